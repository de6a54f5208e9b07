"""What is printed: into which files, with which words, on which paper."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path

import pypdf
import pytest
from interview_helper.cli import app
from PIL import Image
from typer.testing import CliRunner

ITERATORS = """# Iterators

An introduction.

## Protocol
<!-- tags: core::protocol -->

A next.

## Exhaustion

Nothing.
"""
SCOPES = """# Scopes

## Closure
<!-- tags: core -->

A cell.

## Global

A module.
"""
SHEETS = """[sheet]
columns = 1

[[sheet.also]]
tag = "core"
title = "The night before"
paper = "Letter"
orientation = "landscape"

[[sheet.also]]
name = "wall"
topic = "scopes"
"""


@pytest.fixture
def notes(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "n").mkdir()
    (tmp_path / "n" / "a.md").write_text(ITERATORS)
    (tmp_path / "n" / "b.md").write_text(SCOPES)
    return tmp_path / "n"


def run(*arguments: str, source: str = "n"):
    return CliRunner().invoke(app, ["build", source, "-o", "out", *arguments])


@dataclass
class Printed:
    """What a reader has of a PDF: its title, its words without the dots of the contents, the size of its paper."""

    title: str
    words: str
    paper: tuple[int, int]


def printed(name: str) -> Printed:
    reader = pypdf.PdfReader(Path("out", name))
    size = reader.pages[0].mediabox
    words = " ".join(page.extract_text() for page in reader.pages)
    return Printed(reader.metadata.title, re.sub(r"[.\s]+", " ", words), (round(size.width), round(size.height)))


def files() -> set[str]:
    return {path.name for path in Path("out").iterdir()}


def told(result) -> list[str]:
    return result.stderr.splitlines()


def test_a_tag_is_printed_alone_with_the_titles_over_it(notes):
    result = run("--tag", "core")
    assert (result.exit_code, result.stdout, result.stderr) == (0, "out/n-core.pdf\n", "")
    found = printed("n-core.pdf")
    assert found.title == "N · core"
    for shown in (
        "N · core",
        "2 topics · 2 sections",
        "Iterators",
        "Protocol",
        "A next",
        "Scopes",
        "Closure",
        "A cell",
    ):
        assert shown in found.words
    for left_out in ("introduction", "Exhaustion", "Nothing", "Global", "module"):
        assert left_out not in found.words
    assert files() == {"n-core.pdf"}
    assert not (notes / "deck.lock").exists()


@pytest.mark.parametrize("tag", ["CORE::Protocol", "#core::protocol"])
def test_a_tag_may_be_written_in_any_case_and_as_obsidian_does(notes, tag):
    assert run("--tag", tag).stdout == "out/n-core-protocol.pdf\n"
    assert "Closure" not in printed("n-core-protocol.pdf").words


def test_topic_and_tag_together_must_both_hold(notes):
    assert run("--topic", "scopes", "--tag", "core").stdout == "out/n-scopes-core.pdf\n"
    words = printed("n-scopes-core.pdf").words
    assert "A cell" in words
    assert "A next" not in words
    assert "A module" not in words


def test_a_tag_of_a_lone_file(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    Path("a.md").write_text(ITERATORS)
    assert run("--tag", "core", source="a.md").stdout == "out/iterators-core.pdf\n"
    assert "A next" in printed("iterators-core.pdf").words
    assert "introduction" not in printed("iterators-core.pdf").words
    assert not Path("a.lock").exists()


def test_a_tag_of_a_file_of_a_deck_has_a_file_of_its_own(notes):
    (notes / "deck.toml").write_text(SHEETS)
    assert run("--tag", "core", source="n/b.md").stdout == "out/n-b-core.pdf\n"
    assert run("--topic", "scopes", source="n/b.md").stdout == "out/n-b-wall.pdf\n"
    assert "no heading has the tag 'core::protocol'" in run("--tag", "core::protocol", source="n/b.md").stderr


@pytest.mark.parametrize(
    ("arguments", "message", "remedy"),
    [
        (("--tag", "cor"), "no heading has the tag 'cor'", "--tag core"),
        (("--tag", ""), "no heading has the tag ''", "--tag core or core::protocol"),
        (("--tag", "core", "--topic", "T"), "no topic is named 'T'", "--topic Iterators or Scopes"),
        (
            ("--topic", "Scopes", "--tag", "core::protocol"),
            "nothing below 'Scopes' has the tag 'core::protocol'",
            "--tag core",
        ),
        (
            ("--tag", "core", "--only", "deck"),
            "a tag is printed; the deck is always whole",
            "leave --tag or --only deck away",
        ),
    ],
)
def test_a_tag_that_can_not_be_printed(notes, arguments, message, remedy):
    result = run(*arguments)
    assert result.exit_code == 2
    assert told(result) == [f"error: {message}", f"    hint: {remedy}"]
    assert not Path("out").exists()


def test_notes_without_a_tag_hint_at_how_to_give_one(notes):
    (notes / "a.md").write_text("# A\n\n## Q\n\nx\n")
    (notes / "b.md").unlink()
    assert told(run("--tag", "core"))[1] == "    hint: write <!-- tags: … --> below a heading"


@pytest.mark.parametrize("only", [(), ("--only", "sheet")])
def test_the_other_sheets_are_written_beside_the_sheet(notes, only):
    (notes / "deck.toml").write_text(SHEETS)
    result = run(*only)
    deck = [] if only else ["out/n.apkg"]
    assert result.stdout.splitlines() == [*deck, "out/n.pdf", "out/n-core.pdf", "out/n-wall.pdf"]
    assert run(*only).stdout.count("(unchanged)") == len(deck) + 3
    whole, core, wall = map(printed, ("n.pdf", "n-core.pdf", "n-wall.pdf"))
    assert [each.title for each in (whole, core, wall)] == ["N", "The night before", "N"]
    assert [each.paper for each in (whole, core, wall)] == [(595, 842), (792, 612), (595, 842)]
    assert "2 topics · 4 sections" in whole.words
    assert "The night before" in core.words
    assert "2 topics · 2 sections" in core.words
    assert "1 topic · 2 sections" in wall.words


def test_the_sheet_of_a_selection_is_printed_as_its_table_has_it(notes):
    (notes / "deck.toml").write_text(SHEETS)
    assert run("--only", "sheet").exit_code == 0
    assert run("--tag", "Core").stdout == "out/n-core.pdf (unchanged)\n"
    assert run("--topic", "SCOPES").stdout == "out/n-wall.pdf (unchanged)\n"
    assert run("--topic", "Scopes", "--tag", "core").stdout == "out/n-scopes-core.pdf\n"


def test_the_deck_alone_prints_nothing(notes):
    (notes / "deck.toml").write_text(SHEETS)
    assert run("--only", "deck").stdout == "out/n.apkg\n"


def test_a_file_of_a_deck_is_printed_without_the_other_sheets(notes):
    (notes / "deck.toml").write_text(SHEETS)
    assert run("--only", "sheet", source="n/b.md").stdout == "out/n-b.pdf\n"


def test_a_sheet_of_a_name_alone_has_all_of_the_notes_on_other_paper(notes):
    (notes / "deck.toml").write_text('[[sheet.also]]\nname = "us"\npaper = "Letter"\n')
    assert run("--only", "sheet").stdout.splitlines() == ["out/n.pdf", "out/n-us.pdf"]
    assert printed("n-us.pdf").words == printed("n.pdf").words
    assert printed("n-us.pdf").paper == (612, 792)


def test_what_all_sheets_have_to_remark_is_said_once(notes):
    Image.new("RGB", (5000, 40)).save(notes / "wide.png")
    (notes / "a.md").write_text(
        ITERATORS.replace("A next.", "\U00012345 ![x](wide.png)").replace("Nothing", "\U00012346")
    )
    (notes / "deck.toml").write_text(SHEETS)
    result = run("--only", "sheet")
    assert [line.split()[2] for line in told(result) if line.startswith("n/")] == ["P001", "L007"]
    assert [line.split()[2] for line in told(run("--topic", "scopes")) if line.startswith("n/")] == []


def test_a_sheet_of_what_the_notes_do_not_have_writes_nothing(notes):
    (notes / "deck.toml").write_text(f'{SHEETS}\n[[sheet.also]]\ntag = "cor"\n\n[[sheet.also]]\ntag = "CORE"\n')
    result = run()
    assert result.exit_code == 2
    assert told(result) == [
        "n/deck.toml:15:1: error C001 no heading has the tag 'cor'",
        '    tag = "cor"',
        "    ^^^",
        '    hint: write tag = "core"',
        "n/deck.toml:18:1: error C001 the sheet of line 4 is named 'core', too",
        '    tag = "CORE"',
        "    ^^^",
        '    hint: write name = "core-4"',
    ]
    assert not Path("out").exists()


def test_no_word_on_sheets_where_the_notes_can_not_be_read(notes):
    (notes / "deck.toml").write_text('[[sheet.also]]\ntag = "core::protocol"\n')
    (notes / "a.md").write_bytes(b"# \xff")
    assert [line.split()[1:3] for line in told(run()) if not line.startswith(" ")] == [["error", "C002"]]


@pytest.mark.parametrize("table", ["[sheet]", '[[sheet.also]]\ntag = "core"'])
@pytest.mark.parametrize("font", ["fonts/own.ttf", "../own.OTF", "/etc/own.woff2", "a\\u0000.ttf"])
def test_a_font_file_must_be_in_the_notes_folder(notes, table, font):
    (notes.parent / "own.OTF").write_bytes(b"")
    heirs = '[[sheet.also]]\nname = "all"\n' if table == "[sheet]" else ""
    (notes / "deck.toml").write_text(f'{table}\nfonts = ["Noto Sans", "{font}"]\n{heirs}')
    result = run()
    assert result.exit_code == 2
    line = table.count("\n") + 2
    assert told(result)[0].startswith(f"n/deck.toml:{line}:1: error C001 the notes folder has no font file ")
    assert len([row for row in told(result) if not row.startswith(" ")]) == 1


def test_a_font_file_that_is_there_is_no_mistake(notes):
    (notes / "fonts").mkdir()
    (notes / "fonts" / "own.ttf").write_bytes(b"")
    (notes / "deck.toml").write_text('[sheet]\nfonts = ["fonts/own.ttf"]\n[[sheet.also]]\ntag = "core"\n')
    assert run("--only", "deck").exit_code == 0


def test_the_tags_of_the_deck_are_those_of_every_heading(notes):
    (notes / "deck.toml").write_text('tags = ["python", "core"]\n')
    assert run("--tag", "python").stdout == "out/n-python.pdf\n"
    words = printed("n-python.pdf").words
    for shown in ("An introduction", "A next", "Nothing", "A cell", "A module"):
        assert shown in words
