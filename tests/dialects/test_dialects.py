"""Files of other tools, and the cards that arrive: question, answer, kind, tags, numbers of blanks, pictures, trail."""

from __future__ import annotations

import csv
import io
import json
import re
import shutil
import sqlite3
import sys
import zipfile
from contextlib import closing
from pathlib import Path
from typing import NamedTuple

import pytest
from interview_helper import identity, intake, neutral, project
from interview_helper.cli import app
from interview_helper.ledger import Ledger
from interview_helper.model import Block
from interview_helper.outputs import anki
from typer.testing import CliRunner

HERE = Path(__file__).parent
NOTES = HERE.parent / "notes"
ROOT = HERE.parent.parent


class Arrived(NamedTuple):
    """A card as `list` and a build know it."""

    trail: str
    question: str
    answer: str
    kind: str = "basic"
    tags: str = ""
    numbers: tuple[int, ...] = ()
    pictures: tuple[str, ...] = ()


def run(*arguments: str | Path):
    return CliRunner().invoke(app, [str(each) for each in arguments])


def words(blocks: tuple[Block, ...]) -> str:
    """The words of blocks, the hints of blanks behind them."""
    html = neutral.with_pictures(" / ".join(block.html for block in blocks), lambda _: "")
    html = re.sub(r'<mark(?: data-group="c\d+")?(?: data-hint="([^"]*)")?>', lambda m: f"{{{m[1] or ''}|", html)
    return " ".join(neutral.words(html.replace("</mark>", "}").replace("<br>", " ").replace("</td>", " ")).split())


def arrived(folder: Path) -> list[Arrived]:
    """The cards of a notes folder."""
    notes = project.understood(project.read(folder))
    told = [each for each in notes.diagnostics if each.severity == "error"]
    assert not told
    return [
        Arrived(
            " > ".join(known.card.trail),
            words((known.card.heading, *known.card.question)),
            words(known.card.answer),
            known.card.kind,
            " ".join(sorted(known.card.tags)),
            known.numbers,
            tuple(re.sub(r"-[0-9a-f]{12}\.", ".", name) for name in known.card.pictures),
        )
        for known in identity.assign(notes.cards, Ledger(), 0).cards
    ]


def imported(original: Path, folder: Path, *options: str) -> tuple[list[Arrived], str]:
    """The cards that arrive in a folder where formulas are read, and what is said on the way."""
    result = run("import", original, "-o", folder, *options)
    assert result.exit_code == 0, result.output
    (folder / "deck.toml").write_text("math = true\n")
    return arrived(folder), result.stderr


MEMORY = "Python > Memory"
NAMES = "Python > Language > Names"
FROM_ANKI = [
    Arrived(
        NAMES, "What does is compare?", "Identity: / the same object, not an equal one", tags="core::naming python"
    ),
    Arrived(
        NAMES,
        "What is printed? / x = [1] y = x y += [2] print(x)",
        "[1, 2], since += works in place and y is x",
        tags="python",
    ),
    Arrived("Python > Language", "LEGB", "Local, enclosing, global, builtin", "reversed"),
    Arrived("Python > Language", "dunder", "double underscore", "reversed"),
    Arrived("Python > Language", "MRO", "method resolution order"),
    Arrived("Python", "Which keyword makes a generator?", "yield"),
    Arrived(
        MEMORY,
        "… frees at once; … finds …, … by generation. / {how|Reference counting} frees at once; {|the collector} finds"
        " {|cycles}, {|generation} by generation.",
        "See gc",
        "cloze",
        "memory",
        (1, 2, 3, 2),
    ),
    Arrived(MEMORY, "…", "{|gen 0} is young un{|track}ed objects gc.is_tracked({|x})", "cloze", numbers=(1, 2, 3)),
    Arrived(MEMORY, "Complexity: … for", "Complexity: {|O(n)} for / for x in {|xs}: f(x)", "cloze", numbers=(1, 2)),
    Arrived(MEMORY, "Memory /", "stack a | b heap *c*", pictures=("memory-layout.png",)),
    Arrived("Words", "the closure", "function with cells / def f(): return lambda: x"),
    Arrived(
        "Words",
        "# not a heading",
        "- no *list* 1. nor this == a == b == <!-- answer --> [[no link]] __init__ a_b",
    ),
]
OF_THE_FILE = "How large is 2^{10}? $5 or $6"


@pytest.mark.parametrize("name", ["legacy.apkg", "newer.apkg"])
def test_a_package_of_anki_arrives_card_by_card(tmp_path, name):
    cards, said = imported(HERE / "anki" / name, tmp_path / "notes")
    own = Arrived(name.split(".")[0].capitalize(), OF_THE_FILE, "1024 = 2^{10}", pictures=("bersicht.png",))
    assert sorted(cards) == sorted([*FROM_ANKI, own])
    lines = [line.split(name, 1)[-1] for line in said.splitlines()]
    assert ": note 10, '![](<media/memory layout.png>)': the sound 'heap.mp3' is left out" in lines
    assert ": note 9, 'Complexity: ==$O(n)$== for': a blank inside the formula 'O(n)' now covers all of it" in lines
    assert ": 2 of 13 notes were studied: their reviews stay with them in Anki" in lines
    assert ": field 'Sort' of note type 'Vocabulary' is not on its first card, and left out" in lines
    assert "math = true" in said


def test_the_pictures_of_a_package_are_those_that_it_held(tmp_path):
    imported(HERE / "anki" / "newer.apkg", tmp_path / "newer")
    imported(HERE / "anki" / "legacy.apkg", tmp_path / "legacy")
    with zipfile.ZipFile(HERE / "anki" / "legacy.apkg") as package:
        held = {name: package.read(at) for at, name in json.loads(package.read("media")).items()}
    assert len(held) == 2
    for name, data in held.items():
        for folder in ("newer", "legacy"):
            assert (tmp_path / folder / "media" / name).read_bytes() == data


def test_ankis_text_export_arrives_card_by_card(tmp_path):
    for name in ("notes.txt", "steps.png"):
        shutil.copy(HERE / "anki" / name, tmp_path)
    (tmp_path / "collection.media").mkdir()
    for name in ("memory layout.png", "übersicht.png"):
        shutil.copy(HERE / "anki" / "steps.png", tmp_path / "collection.media" / name)
    cards, said = imported(tmp_path / "notes.txt", tmp_path / "notes")
    own = Arrived("Notes", OF_THE_FILE, "1024 = 2^{10}", pictures=("bersicht.png",))
    # Which fields stand on no card, the export does not say.
    exported = [
        card._replace(answer=f"{card.answer} / 17") if card.question == "the closure" else card for card in FROM_ANKI
    ]
    assert sorted(cards) == sorted([*exported, own])
    assert "notes.txt:21: the sound 'heap.mp3' is left out" in said
    assert "notes.txt:23: field 4 stands at the end of the answer" in said


def test_text_that_anki_exported_without_html_is_text(tmp_path):
    cards, _ = imported(HERE / "anki" / "plain.txt", tmp_path / "notes")
    assert (
        Arrived(
            "Plain", "What does is compare?", "Identity: the same object, not an equal one", tags="core::naming python"
        )
        in cards
    )
    assert len(cards) == 13


def test_a_table_with_headers_of_anki_has_lines_and_signs_of_its_own(tmp_path):
    cards, said = imported(HERE / "anki" / "shared.txt", tmp_path / "notes")
    assert cards == [
        Arrived(
            "Python > Strings",
            'What does "a;b".split(";") give?',
            "['a', 'b'] # no comment, a second line",
            tags="imported one strings two",
        ),
        Arrived(
            "Python > Strings",
            "f-strings",
            "parsed at compile time since 3.6 nested since 3.12 / see x^2 and y",
            tags="imported strings",
        ),
        Arrived(
            "Python > Strings",
            "tags kept",
            "quoted text:bold /",
            tags="imported strings two",
            pictures=("steps.png",),
        ),
    ]
    assert "shared.txt:11: field 'Extra' stands at the end of the answer" in said
    assert "the picture 'missing.png' is not beside it" in said


def test_a_vault_arrives_card_by_card(tmp_path):
    cards, said = imported(HERE / "obsidian", tmp_path / "notes")
    locks, below = "python > interpreter > Locks", "python > interpreter > Blanks"
    wanted = [
        Arrived(
            "Memory",
            "What is a memory view?",
            "Buffer protocol / A window on the bytes of another object / / without a copy",
        ),
        Arrived(locks, "What does the GIL protect?", "The interpreter's own state, see Memory"),
        Arrived(locks, "GIL", "global interpreter lock", "reversed"),
        Arrived(locks, "Which module has asyncio.Lock, threading::Lock aside?", "asyncio"),
        Arrived(locks, "Is a::b Python?", "No"),
        Arrived(
            locks,
            "Which loop is this? / while True: try: step() # a :: b except StopIteration: break",
            "What a for loop does inside:",
        ),
        Arrived(
            locks,
            "What happens at import?",
            "The module is looked up in sys.modules. Else it is found, loaded and executed: / import importlib"
            ' importlib.import_module("json") /',
            "reversed",
            pictures=("import-steps.png",),
        ),
        Arrived(
            below,
            "CPython counts … and collects ….",
            "CPython counts {what is counted?|references} and collects {|cycles}.",
            "cloze",
            numbers=(1, 2),
        ),
        Arrived(
            below,
            "The … of an object rises when it … a collection of …",
            "The {|generation} of an object rises when it {|survives} a collection of its {|generation}.",
            "cloze",
            numbers=(1, 2, 1),
        ),
        Arrived(
            below,
            "Since … un…ity is a thing: x == y == z is …",
            "Since {|3.12} un{|mortal}ity is a thing: x == y == z is none.",
            "cloze",
            numbers=(1, 2),
        ),
        Arrived("python > memory > Blanks", "A __del__ method runs at most", "once", tags="gc"),
        Arrived("python > memory > Blanks", "Which size has a pool?", "4 kB", tags="gc"),
        Arrived("other > Blanks", "What is an arena?", "256 kB of pools, see", tags="gc", pictures=("pools.png",)),
    ]
    tagged = [
        card._replace(tags=f"{card.tags} reading-list".strip()) if card.trail != "Memory" else card for card in wanted
    ]
    assert sorted(cards) == sorted(tagged)
    assert "Interpreter.md:15: the schedule of 4 cards is left out: they begin anew" in said
    assert "obsidian: 1 note without #flashcards left out" in said
    assert "Interpreter.md:10: 2 paragraphs belong to no card, and are left out" in said
    assert "Memory.md:3: a heading in it would begin another card: it is bold now" in said


def test_one_note_of_a_vault_has_the_settings_and_pictures_of_the_vault(tmp_path):
    cards, _ = imported(HERE / "obsidian" / "Python" / "Interpreter.md", tmp_path / "notes")
    assert len(cards) == 12
    assert any(card.numbers == (1, 2) and "3.12" in card.answer for card in cards), "as the settings say"
    assert any(card.pictures == ("pools.png",) for card in cards)


def test_notes_for_mdanki_arrive_card_by_card(tmp_path):
    cards, said = imported(HERE / "mdanki", tmp_path / "notes")
    topic = "Library of Python"
    assert cards == [
        Arrived(
            topic,
            "What's a generator?",
            "A function with yield. / How does it end? / With StopIteration. / ## Not a card %",
            tags="core_language iterators",
        ),
        Arrived(
            topic,
            "YAGNI / Describe this acronym, and why it's important.",
            '"You aren\'t gonna need it". / 100 % sure',
            pictures=("steps.png",),
        ),
        Arrived("Only headings", "What is native?", "This is."),
    ]
    assert "library.md:3: text above the first card is left out" in said
    assert "library.md:5: a heading in it would begin another card: it is bold now" in said
    assert "library.md:33: it has no answer" in said


def test_a_table_with_a_header_arrives_card_by_card(tmp_path):
    cards, said = imported(HERE / "tables" / "cards.csv", tmp_path / "notes")
    assert cards == [
        Arrived("Python > Data model", "What does len(x) call?", "x.__len__()", tags="core dunder"),
        Arrived("Python > Data model", "What is printed? / x = [1, 2] print(x[-1])", "2 / The last one.", tags="core"),
        Arrived("Python", "PEP 8", 'The "style guide"; see <https://peps.python.org/pep-0008/>', "reversed"),
        Arrived(
            "Python",
            "… began Python in …. / {|Guido} began Python in {a year|1989}.",
            "He was at CWI",
            "cloze",
            "history",
            (1, 2),
        ),
        Arrived("Python", "a * b * c == [x](y) _z_", "# no heading - no item 1. neither <b>nor bold</b>"),
    ]
    assert "cards.csv:14: 'essay' is no kind of card: it is basic" in said
    assert "cards.csv:14: <b> is taken as text" in said
    assert "cards.csv:1: column 'Difficulty' is left out, with 2 cells" in said
    assert "cards.csv:19: it has no answer" in said


@pytest.mark.parametrize(
    ("name", "wanted"),
    [
        ("semikolon.csv", Arrived("Semikolon", "Was ist ein Objekt?", 'Ein "Wert" auf zwei Zeilen')),
        ("quizlet.tsv", Arrived("Quizlet", "GIL", "global interpreter lock")),
    ],
)
def test_a_table_has_its_columns_in_any_order_and_between_any_signs(tmp_path, name, wanted):
    cards, _ = imported(HERE / "tables" / name, tmp_path / "notes")
    assert cards[0] == wanted
    assert len(cards) == 2


def test_a_table_may_be_the_unicode_text_of_excel(tmp_path):
    (tmp_path / "t.csv").write_bytes("Front\tBack\r\né\tü\r\n".encode("utf-16"))
    cards, _ = imported(tmp_path / "t.csv", tmp_path / "notes")
    assert cards == [Arrived("T", "é", "ü")]


# --- our own packages


def package_of(folder: Path, lock: Path | None = None) -> bytes:
    """The package of a notes folder, built at one and the same second."""
    if lock:
        shutil.copy(lock, folder / "deck.lock")
    out = folder.parent / f"{folder.name}-out"
    notes = project.understood(project.read(folder))
    project.build(notes, project.planned(notes, 1_800_000_000), out, frozenset({"deck"}))
    return next(out.glob("*.apkg")).read_bytes()


def rows(package: bytes) -> dict[str, tuple[object, ...]]:
    """The notes of a package by their guids, without the time of their change."""
    with zipfile.ZipFile(io.BytesIO(package)) as members, closing(sqlite3.connect(":memory:")) as database:
        database.deserialize(members.read("collection.anki2"))
        found = database.execute("SELECT guid, mid, tags, flds FROM notes").fetchall()
    return {guid: tuple(rest) for guid, *rest in found}


def round_trip(original: Path, tmp_path: Path) -> tuple[dict[str, tuple[object, ...]], dict[str, tuple[object, ...]]]:
    """The rows of a deck, and those of the deck that is built from what was imported of its package."""
    first = package_of(original)
    (tmp_path / "deck.apkg").write_bytes(first)
    back = tmp_path / "back"
    assert run("import", tmp_path / "deck.apkg", "-o", back).exit_code == 0
    if (original / "deck.toml").exists():
        shutil.copy(original / "deck.toml", back)
    assert run("recover", tmp_path / "deck.apkg", back).exit_code == 0
    return rows(first), rows(package_of(back))


@pytest.mark.parametrize("maths", [False, True])
def test_the_note_with_everything_comes_back_from_its_package_field_by_field(tmp_path, maths):
    original = tmp_path / "n"
    original.mkdir()
    shutil.copy(NOTES / "everything.md", original)
    shutil.copytree(NOTES / "img", original / "img")
    if maths:
        (original / "deck.toml").write_text("math = true\n")
    before, after = round_trip(original, tmp_path)
    assert before.keys() == after.keys()
    # A comment of Obsidian left a space in front of it.
    trimmed = {guid: (*row[:2], str(row[2]).replace("Closures. </p>", "Closures.</p>")) for guid, row in before.items()}
    assert {guid: row for guid, row in after.items() if trimmed[guid] != row} == {}
    assert [each.kind for each in arrived(tmp_path / "back")] == [each.kind for each in arrived(original)]


# What comes back needs care, a card each.
TRICKY = (
    "- a\n\n- b\n\n- c",
    "- a\n- b\n\n* other\n* list\n\n1. one\n2. two\n\n7) seven\n8) eight",
    "- a\n\n  ```python\n  x = 1\n\n  y = 2\n  ```\n\n  > quoted\n  > > twice\n- b",
    "> ### Heading in a quote\n>\n> ```sh\n> ls\n> ```\n>\n> - item",
    '<table><tr><td colspan="2">a</td></tr><tr><td>b</td><td>c</td></tr></table>',
    "<dl><dt>term</dt><dd>meaning</dd></dl>",
    "*a*b **c**d ~~e~~ ***f*** **g *h* i** `` ` `` ``a``b`` <b>k</b> <i>l</i> <del>m</del>",
    "a ==b==, (==c==) ==`d`== ==**e**==; <mark>f</mark>g",
    "line\\\nbreak<br>tag  \nspaces\n\n---\n\n***",
    '[a](https://x.y/z_(w)?a=b&c=d "t \\"q\\"") <https://x.y> <mailto:a@b.c> [*e*](http://f.g)',
    "\\# no heading\n\\- no item\n1\\. none\n\n\\| no | table |\n\\|---|---|",
    "a \\* b \\_c\\_ __init__ \\[d](e) \\<int> &lt;br&gt; &amp;amp; \\$f\\$ \\=\\=g\\=\\= \\%\\%h\\%\\%",
    "| a | b |\n|:-:|--:|\n| `x \\| y` | **z** \\| w |\n| | ==m== |",
    "```\nno language\n```\n\n````text\n```\ninner\n```\n````\n\n```c++\nstd::x<int> y;\n```\n\n```unknownlang\nz\n```",
    "> [!TIP] *Title* `code`\n> text\n\n> [!note]\n> - item\n>\n> more",
    "$x_1$ and $$y$$ in a line\n\n$$\n\\frac{a}{b}\n$$\n\n- $z$\n\n| $a\\mid b$ |\n|---|\n| $c$ |",
    '<details>\n<summary>More <code>x</code></summary>\n\n**in** it\n\n</details>\n\nH<sub>2</sub>O <kbd>C</kbd> <abbr title="x y">z</abbr>',
    "{{c1::no blank}} [sound:x.mp3] \\\\(no formula\\\\) [latex]no[/latex]",
    "[x] not a task\n\n- [x] task\n- [ ] left\n\nlast line",
)


@pytest.mark.parametrize("kind", ["basic", "cloze"])
def test_what_needs_care_comes_back_from_a_package_field_by_field(tmp_path, kind):
    original = tmp_path / "n"
    original.mkdir()
    asked = "==Which==" if kind == "cloze" else "Which"
    cards = (f"## {asked} has `{at}` #\\#?\n<!-- card: {kind} -->\n\n{text}\n\nend\n" for at, text in enumerate(TRICKY))
    (original / "a.md").write_text("\n".join(["# T\n", *cards]), encoding="utf-8")
    (original / "deck.toml").write_text("math = true\n")
    before, after = round_trip(original, tmp_path)
    assert len(before) == len(TRICKY)
    assert {guid: row for guid, row in after.items() if before.get(guid) != row} == {}


def test_the_shipped_notes_come_back_from_their_package_field_by_field(tmp_path):
    original = tmp_path / "source"
    shutil.copytree(ROOT / "source", original)
    before, after = round_trip(original, tmp_path)
    assert len(before) > 400
    assert before == after
    kinds = [[each.kind for each in arrived(folder)] for folder in (original, tmp_path / "back")]
    assert kinds[0] == kinds[1]
    assert sorted(path.name for path in original.glob("*.md") if path.name != "README.md") == sorted(
        path.name for path in (tmp_path / "back").glob("*.md")
    )


def test_a_package_of_ours_that_anki_exported_comes_back_without_its_lock(tmp_path):
    original = tmp_path / "n"
    original.mkdir()
    (original / "a.md").write_text(
        "# T\n<!-- tags: x -->\n\n## G\n\n### ==Q== `c`\n<!-- card: cloze -->\n\nA\n\n## R\n<!-- card: reversed -->\n\nB\n"
    )
    package = package_of(original)
    stripped = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(package)) as members, zipfile.ZipFile(stripped, "w") as less:
        for name in members.namelist():
            if name != "deck.lock":
                less.writestr(name, members.read(name))
    (tmp_path / "deck.apkg").write_bytes(stripped.getvalue())
    cards, _ = imported(tmp_path / "deck.apkg", tmp_path / "back")
    assert cards == [
        Arrived("T > G", "{|Q} c", "A", "cloze", "x", (1,)),
        Arrived("T", "R", "B", "reversed", "x"),
    ]


def test_ankis_text_export_of_our_cards_comes_back_as_they_are(tmp_path):
    original = tmp_path / "n"
    original.mkdir()
    (original / "a.md").write_text(
        "# T\n<!-- tags: x -->\n\n## G\n\n### Q?\n\n```python\n1\n```\n\n## ==C== c\n<!-- card: cloze -->\n\nA\n"
    )
    names = {each.id: each.name for each in (anki.QUESTION, anki.CLOZE)}
    text = io.StringIO()
    text.write("#separator:tab\n#html:true\n#guid column:1\n#notetype column:2\n#deck column:3\n#tags column:15\n")
    for guid, (kind, tags, fields) in rows(package_of(original)).items():
        cells = str(fields).split("\x1f")
        cells += [""] * (11 - len(cells))
        csv.writer(text, delimiter="\t").writerow([guid, names[kind], "N", *cells, tags.strip()])
    (tmp_path / "export.txt").write_text(text.getvalue())
    cards, _ = imported(tmp_path / "export.txt", tmp_path / "back")
    assert sorted(cards) == sorted(
        [
            Arrived("T > G", "Q?", "1", tags="x"),
            Arrived("T", "{|C} c", "A", "cloze", "x", (1,)),
        ]
    )


def test_what_is_retired_stays_behind(tmp_path):
    original = tmp_path / "n"
    original.mkdir()
    (original / "a.md").write_text("# T\n\n## A\n\nx\n\n## B\n\ny\n")
    package_of(original)
    (original / "a.md").write_text("# T\n\n## A\n\nx\n")
    (tmp_path / "deck.apkg").write_bytes(package_of(original))
    cards, said = imported(tmp_path / "deck.apkg", tmp_path / "back")
    assert [card.question for card in cards] == ["A"]
    assert "1 retired card left out" in said
    assert "interview-helper recover" in said


# --- the verb


def test_without_a_folder_the_notes_go_to_standard_output(tmp_path):
    result = run("import", HERE / "tables" / "quizlet.tsv")
    assert result.exit_code == 0
    assert result.stdout == "# Quizlet\n\n## GIL\n\nglobal interpreter lock\n\n## MRO\n\nmethod resolution order\n"
    assert result.stderr.splitlines()[-1].endswith("(csv)")
    assert result.stderr.startswith("2 cards") or "2 cards from" in result.stderr


def test_pictures_need_a_folder_and_the_command_is_told(tmp_path):
    result = run("import", HERE / "anki" / "newer.apkg")
    assert result.exit_code == 2
    assert not result.stdout
    assert "there are 2 pictures to write" in result.stderr
    assert "newer.apkg -o notes" in result.stderr


def test_no_file_is_ever_overwritten(tmp_path):
    folder = tmp_path / "notes"
    folder.mkdir()
    (folder / "words.md").write_text("mine\n")
    result = run("import", HERE / "anki" / "newer.apkg", "-o", folder)
    assert result.exit_code == 2
    assert "words.md exists already" in result.stderr
    assert [path.name for path in folder.iterdir()] == ["words.md"]
    assert (folder / "words.md").read_text() == "mine\n"


def test_a_dialect_is_recognised_or_named(tmp_path):
    (tmp_path / "x.md").write_text("What?::That\n")
    refused = run("import", tmp_path / "x.md")
    assert refused.exit_code == 2
    assert "no sign of another tool, and notes with headings need no import" in refused.stderr
    assert "--from apkg|anki|csv|obsidian|mdanki" in refused.stderr
    named = run("import", tmp_path / "x.md", "--from", "obsidian")
    assert named.exit_code == 0
    assert "## What?\n\nThat\n" in named.stdout
    unknown = run("import", tmp_path / "x.md", "--from", "supermemo")
    assert unknown.exit_code == 2
    assert "'supermemo' is no dialect" in unknown.stderr


def test_a_folder_is_taken_for_one_dialect_and_the_other_files_are_told(tmp_path):
    for name in ("cards.csv", "quizlet.tsv"):
        shutil.copy(HERE / "tables" / name, tmp_path)
    shutil.copy(HERE / "anki" / "plain.txt", tmp_path)
    (tmp_path / "data.csv").write_text("x,y\n1,2\n")
    result = run("import", tmp_path, "--from", "csv")
    assert result.exit_code == 0
    assert "8 cards from" in result.stderr
    assert "2 other files left out, 'data.csv' first: not read as csv" in result.stderr


def test_the_help_names_all_dialects():
    said = run("import", "--help").stdout
    assert intake.DIALECTS_BY_NAME.keys() == set(re.findall("|".join(intake.DIALECTS_BY_NAME), said))
    assert all(f"`{name}`" in (ROOT / "README.md").read_text("utf-8") for name in intake.DIALECTS_BY_NAME)


def test_a_link_out_of_a_folder_is_not_followed(tmp_path):
    (tmp_path / "secret.md").write_text("#flashcards\n\nWhat?::Secret\n")
    (tmp_path / "vault").mkdir()
    (tmp_path / "vault" / "a.md").write_text("#flashcards\n\nQ::A ![](../secret.png)\n")
    (tmp_path / "secret.png").write_bytes(b"x")
    try:
        (tmp_path / "vault" / "b.md").symlink_to(tmp_path / "secret.md")
    except OSError:
        pytest.skip("no links for this user on this system")
    result = run("import", tmp_path / "vault")
    assert result.exit_code == 0
    assert "Secret" not in result.stdout
    assert "the picture '../secret.png' is not beside it" in result.stderr


@pytest.mark.parametrize(
    ("name", "data", "code", "words"),
    [
        ("gone.apkg", None, 2, "gone.apkg does not exist"),
        ("x.apkg", b"PK\x03\x04" + bytes(100), 2, "it is no package of Anki, or a damaged one"),
        ("t.csv", "Front,Back\nä,b\n".encode("latin-1"), 2, "is not UTF-8"),
        ("t.csv", b"Front,Back\n,\n", 1, "has no card"),
        ("t.csv", b'Front,Back\n"' + b"x" * 200_000 + b'",b\n', 2, "it is no table from line 2 on"),
        ("t.txt", b"#separator:tab\n#tags column:x\n", 1, "has no card"),
        ("x.bin", b"\x00\x01", 2, "is nothing that can be recognised"),
        ("note.md", b"#flashcards\n\nprose\n", 1, "has no card"),
    ],
)
def test_what_can_not_be_read_gets_one_message(tmp_path, name, data, code, words):
    if data is not None:
        (tmp_path / name).write_bytes(data)
    result = run("import", tmp_path / name)
    assert result.exit_code == code
    assert words in result.stderr
    assert result.stderr.startswith("error: ")
    assert result.stderr.count("error:") == 1


def test_what_is_not_installed_is_told_with_the_command(tmp_path, monkeypatch):
    monkeypatch.setitem(sys.modules, "markdownify", None)
    monkeypatch.delitem(sys.modules, "interview_helper.dialects.markup", raising=False)
    monkeypatch.delattr("interview_helper.dialects.markup", raising=False)
    result = run("import", HERE / "anki" / "notes.txt", "-o", tmp_path / "notes")
    assert result.exit_code == 3
    assert "pip install 'python-interview-helper[import]'" in result.stderr
    assert run("import", HERE / "tables" / "quizlet.tsv").exit_code == 0, "a table needs nothing"


# --- packages of strangers


def made_package(path: Path, *, media: dict[str, str], members: dict[str, bytes], fields: str = "") -> Path:
    """A package of one note, with pictures of these names."""
    model = {
        "1": {
            "name": "Basic",
            "type": 0,
            "flds": [{"name": "Front", "ord": 0}, {"name": "Back", "ord": 1}],
            "tmpls": [{"ord": 0, "qfmt": "{{Front}}", "afmt": "{{Back}}"}],
        }
    }
    with closing(sqlite3.connect(":memory:")) as database:
        database.executescript(
            "CREATE TABLE col (models, decks); CREATE TABLE notes (id INTEGER, guid, mid, tags, flds);"
            "CREATE TABLE cards (nid INTEGER, ord, did, odid, type, due, reps);"
            "INSERT INTO cards VALUES (1, 0, 1, 0, 0, 1, 0)"
        )
        database.execute(
            "INSERT INTO col VALUES (?, ?)", (json.dumps(model), json.dumps({"1": {"name": "../../Deck"}}))
        )
        shown = fields or "".join(f'<img src="{name}">' for name in media.values())
        database.execute("INSERT INTO notes VALUES (1, 'g', 1, '', ?)", (f"Q{shown}\x1fA",))
        database.commit()
        data = database.serialize()
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as package:
        package.writestr("collection.anki2", data)
        package.writestr("media", json.dumps(media))
        for name, content in members.items():
            package.writestr(name, content)
    return path


def test_names_of_pictures_and_decks_lead_nowhere_else(tmp_path):
    media = {"0": "../../evil.png", "1": "/etc/passwd", "2": "CON.png", "3": "a:b?.png", "4": "..\\x.png"}
    package = made_package(tmp_path / "x.apkg", media=media, members={name: name.encode() for name in media})
    (tmp_path / "deep" / "er").mkdir(parents=True)
    folder = tmp_path / "deep" / "er" / "notes"
    assert run("import", package, "-o", folder).exit_code == 0
    written = sorted(path.relative_to(tmp_path).as_posix() for path in tmp_path.rglob("*") if path.is_file())
    names = ("evil.png", "passwd", "_CON.png", "a_b_.png", "_x.png")
    assert written == sorted(["x.apkg", "deep/er/notes/deck.md", *(f"deep/er/notes/media/{name}" for name in names)])


def test_a_member_that_grows_too_large_is_refused(tmp_path, monkeypatch):
    from interview_helper.dialects import apkg

    package = made_package(tmp_path / "x.apkg", media={"0": "a.png"}, members={"0": bytes(3_000_000)})
    monkeypatch.setattr(apkg, "_LARGEST", 1_000_000)
    result = run("import", package, "-o", tmp_path / "notes")
    assert result.exit_code == 2
    assert "is larger than 1 MB" in result.stderr


def test_pictures_are_bounded_all_together(tmp_path, monkeypatch):
    from interview_helper.dialects import apkg

    members = {"0": bytes(600_000), "1": bytes(600_000)}
    package = made_package(tmp_path / "x.apkg", media={"0": "a.png", "1": "b.png"}, members=members)
    monkeypatch.setattr(apkg, "_LARGEST", 1_000_000)
    result = run("import", package, "-o", tmp_path / "notes")
    assert result.exit_code == 2
    assert "its pictures are larger than 1 MB" in result.stderr


def test_what_zstandard_packed_is_bounded(tmp_path, monkeypatch):
    from interview_helper.dialects import apkg

    monkeypatch.setattr(apkg, "_LARGEST", 10_000)
    result = run("import", HERE / "anki" / "newer.apkg", "-o", tmp_path / "notes")
    assert result.exit_code == 2
    assert "larger than" in result.stderr


def test_elements_nested_without_end_are_told(tmp_path):
    package = made_package(tmp_path / "x.apkg", media={}, members={}, fields="<div>" * 5000)
    result = run("import", package, "-o", tmp_path / "notes")
    assert result.exit_code in (0, 1)
    assert "nested too deep" in result.stderr
    assert "Traceback" not in result.stderr


def test_a_collection_with_more_than_tables_is_refused(tmp_path):
    package = made_package(tmp_path / "x.apkg", media={}, members={}, fields="x")
    with zipfile.ZipFile(package) as members, closing(sqlite3.connect(":memory:")) as database:
        database.deserialize(members.read("collection.anki2"))
        endless = "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 300000)"
        database.executescript(
            f"DROP TABLE notes; CREATE VIEW notes (id, guid, mid, tags, flds) AS"
            f" {endless} SELECT count(*), 'g', 1, '', 'x' || char(31) || 'y' FROM n"
        )
        database.commit()
        hostile = database.serialize()
    with zipfile.ZipFile(package, "w") as members:
        members.writestr("collection.anki2", hostile)
    result = run("import", package)
    assert result.exit_code == 2
    assert "its collection has more than the tables of Anki" in result.stderr
