"""Finished sheets, audited: the shipped notes, notes of every kind, and a corpus on papers of every kind."""

from __future__ import annotations

import re
from dataclasses import replace
from io import BytesIO
from pathlib import Path

import pypdf
import pytest
from corpus import notes as generated
from interview_helper import identity, project
from interview_helper.model import Build, Deck, Library, Source
from interview_helper.outputs.sheet import Layout, Sheet, render
from interview_helper.parse import parse

from sheet.audit import audited
from sheet.geometry import fills
from sheet.subject import Subject
from sheet.wording import poppler

ROOT = Path(__file__).parent.parent.parent
NOTES = [path for path in sorted((ROOT / "tests" / "notes").glob("*.md")) if path.stem != "scripts"]  # it wants fonts
MATHS = ("maths", "everything")


def lacking(sheet: Sheet) -> str:
    """The characters that a sheet has said no font of it has."""
    told = " ".join(each.message for each in sheet.diagnostics if each.code == "P001")
    return "".join(chr(int(number, 16)) for number in re.findall(r"U\+([0-9A-F]+)", told))


def folder(path: Path, *, maths: bool = False) -> tuple[Build, dict[str, str], Layout]:
    """A notes folder, or a lone note, as `build` reads it: what to print, its texts, its layout."""
    read = project.read(path)
    config = replace(read.config, math=True) if maths else read.config
    notes = project.understood(replace(read, config=config))
    known = identity.assign(notes.cards, notes.ledger, 0)
    texts = {source.path: source.text for source in notes.notes.sources}
    return Build(notes.deck, notes.library, known.cards, known.tombstones), texts, config.layout


def of(title: str, texts: dict[str, str], layout: Layout) -> Sheet:
    """The sheet of some notes."""
    library = Library(tuple(parse(Source(path, text)).document for path, text in texts.items()), {})
    return render(Build(Deck("id", title, "a-sheet", "", "en"), library, (), ()), layout)


@pytest.fixture(scope="module")
def shipped() -> tuple[Sheet, dict[str, str], Layout]:
    build, texts, layout = folder(ROOT / "source")
    return render(build, layout), texts, layout


def test_nothing_is_wrong_with_the_shipped_sheet(shipped):
    sheet, texts, layout = shipped
    # A card shows what `errors="replace"` makes of bytes: the very sign that stands for a missing glyph elsewhere.
    assert audited(sheet.pdf, texts, layout, lacking="\N{REPLACEMENT CHARACTER}") == []
    assert sheet.diagnostics == ()


def test_the_columns_of_the_shipped_sheet_are_full(shipped):
    sheet, texts, layout = shipped
    full = fills(Subject(sheet.pdf, texts, layout)).values()
    assert sum(full) / len(full) >= 0.92
    assert min(full) >= 0.75


def test_poppler_reads_real_notes_in_their_order():
    build, texts, layout = folder(ROOT / "tests" / "notes" / "seed.md")
    assert poppler(Subject(render(build, layout).pdf, texts, layout)) == []


@pytest.mark.parametrize("path", NOTES, ids=lambda path: path.stem)
def test_nothing_is_wrong_with_notes_of_any_kind(path):
    maths = path.stem in MATHS
    build, texts, layout = folder(path, maths=maths)
    sheet = render(build, layout)
    assert audited(sheet.pdf, texts, layout, maths=maths, lacking=lacking(sheet)) == []


@pytest.mark.parametrize(
    "layout",
    [
        Layout(paper="A4", orientation="portrait", columns=1, size=12.0),
        Layout(paper="A4", orientation="portrait", columns=4, size=6.0),
        Layout(paper="Letter", orientation="portrait", columns=2, size=9.5),
        Layout(paper="A4", orientation="landscape", columns=3),
        Layout(paper="Letter", orientation="landscape", columns=4, size=10.0),
        Layout(paper="A4", orientation="portrait", columns=3, size=7.0, contents=False),
    ],
    ids=lambda layout: f"{layout.paper}-{layout.orientation}-{layout.columns}-{layout.size:g}",
)
def test_nothing_is_wrong_with_a_corpus_on_any_paper(layout):
    texts = generated(30)
    sheet = of("A corpus", texts, layout)
    assert audited(sheet.pdf, texts, layout, lacking=lacking(sheet)) == []


CODE = "\n".join(f"  step_{number} = advance(step_{number - 1})" for number in range(1, 41))
LONG = " ".join(f"Sentence {number} says something that is not said elsewhere." for number in range(1, 61))
ROWS = "\n".join(f"| row {number} | {' '.join(f'cell{number}x{word}' for word in range(60))} |" for number in range(30))
TALLER_THAN_A_COLUMN = {
    "code in a list": f"- A first item.\n- {LONG}\n\n  ```python\n{CODE}\n  ```\n- A last item.",
    "code in a quote": f"> {LONG}\n>\n> ```python\n" + CODE.replace("  step", "> step") + "\n> ```",
    "a callout in a list": f"- A first item.\n- {LONG[:2600]}\n\n  > [!NOTE]\n  > {LONG[:1500]}",
    "code with its output": f"```python\n{CODE}\n```\n\n```output\n{CODE}\n```",
    "rows of a table": f"| name | words |\n|---|---|\n{ROWS}",
}


@pytest.mark.parametrize("before", ["", "## What comes first?\n\nA line.\n\n"], ids=["first", "second"])
@pytest.mark.parametrize("answer", TALLER_THAN_A_COLUMN.values(), ids=TALLER_THAN_A_COLUMN)
def test_what_fits_a_column_is_not_split_where_more_stands_with_it_than_fits(answer, before):
    texts = {"one.md": f"# One\n\n{before}## What is long?\n\n{answer}\n\n## What is short?\n\nThis.\n"}
    layout = Layout()
    sheet = of("One", texts, layout)
    assert audited(sheet.pdf, texts, layout, lacking=lacking(sheet)) == []


@pytest.mark.parametrize("lines", range(40, 48))
@pytest.mark.parametrize("before", ["- Words.\n\n", "> Words.\n>\n", "Words.\n\n", "- ", ""], ids=repr)
def test_code_about_as_high_as_a_column_is_split_only_if_it_has_to_be(lines, before):
    code = [f"step_{number} = advance(step_{number - 1})" for number in range(lines)]
    prefix = {"-": "  ", ">": "> "}.get(before[:1], "")
    fenced = f"\n{prefix}".join(["```python", *code, "```"])
    answer = f"{before}{fenced}" if before == "- " else f"{before}{prefix}{fenced}"
    texts = {"one.md": f"# One\n\n## What comes first?\n\nA line.\n\n## What is long?\n\n{answer}\n"}
    layout = Layout(paper="Letter", orientation="landscape", columns=2, size=10.8)
    sheet = of("One", texts, layout)
    found = audited(sheet.pdf, texts, layout)
    assert all(each.startswith("splits") for each in found)
    below_a_heading = before in ("- ", "")
    assert not found or below_a_heading


def test_a_long_table_begins_where_there_is_room_and_has_its_head_again_in_each_column():
    rows = "\n".join(f"| row{number} | {' '.join(['word'] * (number % 7 * 6 + 1))} |" for number in range(90))
    note = f"# One\n\n## What is short?\n\nThis.\n\n## What is long?\n\n| name | words |\n|---|---|\n{rows}\n"
    texts = {"one.md": note}
    layout = Layout()
    sheet = of("One", texts, layout)
    subject = Subject(sheet.pdf, texts, layout)
    assert audited(sheet.pdf, texts, layout) == []
    assert min(fills(subject).values()) > 0.9
    words = [pypdf.PdfReader(BytesIO(sheet.pdf)).pages[number].extract_text() for number in (0, 1)]
    assert [text.count("name") for text in words] == [2, 2]
