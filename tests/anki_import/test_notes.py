"""From notes on disk through the command line into the real Anki."""

from __future__ import annotations

import json
import os
import random
import re
import shutil
import sqlite3
import subprocess
import sys
import time
import unicodedata
import zipfile
from contextlib import closing
from hashlib import sha256
from html import escape
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
from histories.random_notes import EDITS, Notes
from interview_helper.outputs.anki import CLOZE, QUESTION, Template

from anki_import.folder import Folder, odd, picture
from anki_import.sandbox import Sandbox, codes, words

NOW = 1_700_000_000
NOTES = """# Iterators

## What is an iterator?
<!-- tags: core protocol -->
<!-- source: Glossary: iterator -->

An object with `__next__()`.

## GIL
<!-- card: reversed -->

Global interpreter lock

## Generators
<!-- card: cloze -->

The ==GIL== lets one ==thread== run; ==c1:the GIL== is a lock.

## What does this print?
<!-- card: output -->

```python
print([1][0])
```

```output
1
```
"""
DECK = "Notes"  # the folder's name in words


@pytest.fixture
def notes(folder: Folder) -> Folder:
    """Two topics, every kind of card."""
    folder.write("a.md", NOTES)
    folder.write("b.md", "# Decorators\n\n## What is a decorator?\n\nA function of a function.\n")
    return folder


def test_a_fresh_profile_takes_every_note_as_new(notes: Folder, anki: Sandbox) -> None:
    assert anki.imported(notes.build(NOW)) == {"new": 5}
    before = anki.ordinals()
    assert sorted(before) == sorted(notes.ids().values())
    assert anki.empty_cards() == 0
    assert not anki.problems()
    assert anki.note_types() == {"Interview Helper Question", "Interview Helper Cloze"}
    assert anki.ordinals_by_anki() == before
    assert sorted(map(len, before.values())) == [1, 1, 1, 2, 3]


def test_the_same_notes_again_change_nothing(notes: Folder, anki: Sandbox) -> None:
    first = notes.build(NOW)
    anki.imported(first)
    assert anki.study(DECK) == 8
    before = anki.state()
    again = notes.build(NOW + 1000)
    assert again == first
    assert anki.imported(again) == {"duplicate": 5}
    assert anki.state() == before


def test_a_changed_answer_arrives_and_keeps_the_history(notes: Folder, anki: Sandbox) -> None:
    anki.imported(notes.build(NOW))
    anki.study(DECK)
    history, reviews = anki.scheduling(), anki.state()["reviews"]
    ids = notes.ids()
    notes.write("a.md", NOTES.replace("An object", "Any object"))
    assert anki.imported(notes.build(NOW)) == {"updated": 1, "duplicate": 4}  # within the second of the first build
    assert "Any object" in anki.answer(ids["What is an iterator?"])
    notes.write("b.md", "# Decorators\n\n## What is a decorator?\n\nA callable.\n")
    assert anki.imported(notes.build(NOW + 100)) == {"updated": 1, "duplicate": 4}
    assert "A callable." in anki.answer(ids["What is a decorator?"])
    notes.write("b.md", "# Decorators\n\n## What is a decorator?\n\nA callable of a callable.\n")
    assert anki.imported(notes.build(int(time.time()) + 1)) == {"updated": 1, "duplicate": 4}
    assert "of a callable" in anki.answer(ids["What is a decorator?"])
    assert notes.ids() == ids
    assert anki.scheduling() == history
    assert anki.state()["reviews"] == reviews


def test_an_added_card_lies_where_the_notes_have_it(notes: Folder, anki: Sandbox) -> None:
    anki.imported(notes.build(NOW))
    before = anki.state()
    notes.write(
        "a.md", NOTES.replace("## Generators", "## What is an iterable?\n\nIt has `__iter__()`.\n\n## Generators")
    )
    assert anki.imported(notes.build(NOW + 100)) == {"new": 1, "duplicate": 5}
    after = anki.state()
    ids = notes.ids()
    added = ids["What is an iterable?"]
    assert [row for row in after["notes"] if row[1] != added] == before["notes"]
    assert [row for row in after["cards"] if row in before["cards"]] == before["cards"]
    (card,) = anki.cards(added)
    assert card.due == 1 + list(ids.values()).index(added)


def test_new_cards_are_asked_in_the_order_of_the_notes(folder: Folder, anki: Sandbox) -> None:
    questions = [f"Question {random.Random(i).random()}" for i in range(20)]
    for name, ours in (("b.md", questions[10:]), ("a.md", questions[:10])):
        folder.write(name, "# T\n\n" + "".join(f"## {each}\n\nx\n\n" for each in ours))
    anki.imported(folder.build(NOW))
    ids = folder.ids()
    assert list(ids) == questions
    assert anki.queue(DECK) == [(guid, 0) for guid in ids.values()]


def test_a_retired_card_keeps_its_history_and_is_none_for_others(
    notes: Folder, anki: Sandbox, other_anki: Sandbox
) -> None:
    anki.imported(notes.build(NOW))
    anki.study(DECK)
    history = anki.scheduling()
    ids = notes.ids()
    notes.write("a.md", "# Iterators\n\n## What is an iterator?\n\nAn object with `__next__()`.\n")
    package = notes.build(NOW + 100)
    gone = {ids[question] for question in ("GIL", "Generators", "What does this print?")}
    assert anki.imported(package) == {"updated": 4, "duplicate": 1}  # one has lost its tags and its source
    assert [guid for guid in ids.values() if anki.note(guid).tags == ["notes::retired"]] == sorted(
        gone, key=list(ids.values()).index
    )
    assert anki.scheduling() == history
    assert anki.empty_cards() == 0
    other_anki.imported(package)
    assert not gone & set(other_anki.ordinals())
    assert other_anki.empty_cards() == 0


def test_a_note_is_found_by_the_id_that_list_prints(notes: Folder, anki: Sandbox) -> None:
    anki.imported(notes.build(NOW))
    for guid in notes.ids().values():
        (found,) = anki.collection.find_notes(f"Id:{guid}")
        assert anki.note(guid).id == found


def test_the_note_types_in_anki_are_the_pinned_ones(notes: Folder, anki: Sandbox) -> None:
    anki.imported(notes.build(NOW))
    for pinned in (QUESTION, CLOZE):
        found = anki.note_type(pinned.id)
        assert (found["name"], found["type"], found["mod"]) == (pinned.name, int(pinned.cloze), pinned.mod)
        assert tuple((field["id"], field["name"]) for field in found["flds"]) == pinned.fields
        templates = tuple(Template(t["id"], t["name"], t["qfmt"], t["afmt"]) for t in found["tmpls"])
        assert templates == pinned.templates


# Equal bytes


WORLDS = [
    {"PYTHONHASHSEED": "1", "TZ": "UTC", "LANG": "C.UTF-8"},
    {"PYTHONHASHSEED": "2", "TZ": "Pacific/Kiritimati", "LANG": "de_DE.UTF-8", "LC_ALL": "C"},
    {"PYTHONHASHSEED": "3", "TZ": "America/New_York", "LANG": "tr_TR.UTF-8"},
]


def built_in_all_worlds(notes: Folder, tmp_path: Path, now: int) -> list[tuple[bytes, bytes]]:
    """Package and lock of a build in each of some folders, hash seeds, time zones, locales, with other file times."""
    built = []
    for number, (world, seconds) in enumerate(zip(WORLDS, (0, 100, NOW), strict=True)):
        root = tmp_path / f"world {number}"
        shutil.copytree(notes.notes, root / "notes")
        temporary = root / "temporary"
        temporary.mkdir()
        for file in (root / "notes").rglob("*.*"):
            os.utime(file, (seconds, seconds))  # zip knows no year before 1980
        place = root if number else root / "notes"
        source, output = ("notes", "out") if number else (".", "../out")
        subprocess.run(
            [sys.executable, "-m", "interview_helper", "build", source, "-o", output, "--only", "deck"],
            cwd=place,
            env={**os.environ, **world, "SOURCE_DATE_EPOCH": str(now), "TMPDIR": str(temporary)},
            check=True,
            capture_output=True,
        )
        assert list(temporary.iterdir()) == []
        (package,) = (root / "out").iterdir()
        built.append((package.read_bytes(), (root / "notes" / "deck.lock").read_bytes()))
    return built


def test_equal_notes_are_equal_bytes_wherever_and_whenever(notes: Folder, anki: Sandbox, tmp_path: Path) -> None:
    for number in range(12):
        notes.write(f"img/{number}.png", picture(f"#{number:02x}0000"))
    shown = "".join(f"![{number}](img/{number}.png)\n" for number in range(12))
    notes.write("c.md", f"# Pictures\n\n## All\n<!-- tags: z y x w v u -->\n\n{shown}")
    packages = [package for package, _ in built_in_all_worlds(notes, tmp_path, 0)]
    assert len({sha256(package).hexdigest() for package in packages}) == 1
    with zipfile.ZipFile(BytesIO(packages[0])) as members:
        assert members.read("collection.anki2")[96:100] == (3_040_000).to_bytes(4, "big")  # no version of SQLite
        pictures = json.loads(members.read("media"))
        assert list(pictures.values()) == sorted(pictures.values())
        assert members.namelist() == ["collection.anki2", "media", *pictures, "deck.lock"]
        assert {(m.date_time, m.external_attr, m.create_system) for m in members.infolist()} == {
            ((1980, 1, 1, 0, 0, 0), 0o100644 << 16, 3)
        }
    assert anki.imported(packages[0]) == {"new": 6}
    assert len(anki.media()) == 12
    state = anki.state()
    assert all(row[0] > 0 for table in ("notes", "cards") for row in state[table])
    assert {row[3] for row in state["notes"]} == {0}
    assert not anki.problems()
    # What was made at second 0 is updated like everything else.
    notes.build(0)
    notes.write("b.md", "# Decorators\n\n## What is a decorator?\n\nA callable.\n")
    assert anki.imported(notes.build(0)) == {"updated": 1, "duplicate": 5}


def test_a_deck_with_a_past_is_equal_bytes_wherever_and_whenever(folder: Folder, anki: Sandbox, tmp_path: Path) -> None:
    """The last build has matched, retired and restored cards, and cards that turned into others, in each world anew."""
    random_notes, dice = Notes([6, 6, 6]), random.Random(7)
    for now in (NOW, NOW + 1, NOW + 2):
        for _ in range(30):
            random_notes.edit(dice.choice(EDITS), dice.randrange(1000), dice.randrange(1000))
        for path in folder.notes.glob("*.md"):
            path.unlink()
        for path, text in random_notes.written().items():
            folder.write(path, text)
        if now < NOW + 2:
            folder.build(now)
    said = json.loads(folder.run("diff", folder.notes, "--format", "json").stdout)
    assert all(said[event] for event in ("new", "changed", "moved", "retired", "restored", "matched"))
    (package, lock), *others = built_in_all_worlds(folder, tmp_path, NOW + 2)
    assert others == [(package, lock)] * 2
    assert {'"cloze"' in lock.decode(), '"reversed"' in lock.decode()} == {True}
    assert anki.imported(package) == {"new": len(lock.splitlines()) - 1}
    # Over every Python as well. After a change of what is shown, pin the new one, and see it on another Python.
    assert sha256(repr(rows(package)).encode()).hexdigest()[:16] == "5b6f5b02d5b29cd4"


def rows(package: bytes) -> list[Any]:
    """The notes, cards and pictures of a package, whatever the SQLite and the zlib that wrote it."""
    with zipfile.ZipFile(BytesIO(package)) as members, closing(sqlite3.connect(":memory:")) as database:
        database.deserialize(members.read("collection.anki2"))
        tables = [database.execute(f"select * from {table} order by 1").fetchall() for table in ("notes", "cards")]
        return [*tables, *((name, members.read(name)) for name in members.namelist()[1:])]


@pytest.mark.parametrize("error", [OSError(28, "No space left on device"), KeyboardInterrupt()])
def test_a_build_that_dies_leaves_the_old_package(
    notes: Folder, monkeypatch: pytest.MonkeyPatch, error: BaseException
) -> None:
    before = notes.build(NOW)
    notes.write("b.md", "# Decorators\n\n## What is a decorator?\n\nA callable.\n")
    replaced = Path.replace

    def dies(temporary: Path, target: Path) -> Path:
        if target.suffix == ".apkg":
            raise error
        return replaced(temporary, target)

    monkeypatch.setattr(Path, "replace", dies)
    with pytest.raises((KeyboardInterrupt, AssertionError)):
        notes.build(NOW + 1)
    (package,) = notes.output.iterdir()
    assert package.read_bytes() == before
    assert sorted(file.name for file in notes.notes.iterdir()) == ["a.md", "b.md", "deck.lock"]


# Pictures

NAMES = {
    "my plot.png": "![](my%20plot.png)",
    "with space.png": "![](<with space.png>)",
    "bär.png": "![](bär.png)",
    "größe.png": "![](gr%C3%B6%C3%9Fe.png)",
    "a&b.png": "![](a&b.png)",
    "100%.png": "![](100%25.png)",
    "img/plot.png": "![](img/plot.png)",
    "other/plot.png": "![](other/plot.png)",
    "it's.png": "![](it's.png)",
    "html.png": '<img src="html.png" alt="x">',
    "wiki note.png": "![[wiki note.png]]",
    "日本.png": "![](日本.png)",
}


def shown_pictures(anki: Sandbox, guid: str) -> list[bytes]:
    """The files that the back of a card shows."""
    media = anki.media()
    return [media[name] for name in re.findall(r'<img src="([^"]*)"', anki.answer(guid))]


def test_a_picture_of_any_name_arrives(folder: Folder, anki: Sandbox) -> None:
    files = {name: picture(f"#0000{number:02x}") for number, name in enumerate(NAMES)}
    files["drawing.svg"] = b'<svg xmlns="http://www.w3.org/2000/svg" width="2" height="2"></svg>'
    for name, data in files.items():
        folder.write(name, data)
    written = {**NAMES, "drawing.svg": "![](drawing.svg)"}
    body = "".join(f"## Picture {number}\n\n{words_}\n\n" for number, words_ in enumerate(written.values()))
    folder.write("a.md", f"# T\n\n{body}")
    anki.imported(folder.build(NOW))
    ids = folder.ids()
    assert [shown_pictures(anki, ids[f"Picture {number}"]) for number in range(len(written))] == [
        [files[name]] for name in written
    ]
    assert all(re.fullmatch(r"[a-z0-9-]+-[0-9a-f]{12}\.(png|svg)", name) for name in anki.media())


def test_a_changed_picture_is_shown_after_the_next_import(folder: Folder, anki: Sandbox) -> None:
    folder.write("a.md", "# T\n\n## A\n\n![plot](p.png)\n\n## B\n\nx\n")
    red, blue = picture("red"), picture("blue")
    folder.write("p.png", red)
    anki.imported(folder.build(NOW))
    anki.study("T")
    history, (old,) = anki.scheduling(), anki.media()
    guid = folder.ids()["A"]
    assert shown_pictures(anki, guid) == [red]
    folder.write("p.png", blue)
    assert anki.imported(folder.build(NOW + 100)) == {"updated": 1, "duplicate": 1}
    assert shown_pictures(anki, guid) == [blue]
    assert anki.media()[old] == red
    assert len(anki.media()) == 2
    assert anki.scheduling() == history


def test_one_picture_under_two_names_or_twice_is_no_mistake(folder: Folder, anki: Sandbox) -> None:
    for name in ("a/plot.png", "b/plot.png", "c/other.png"):
        folder.write(name, picture("red"))
    folder.write("a.md", "# T\n\n## A\n\n![](a/plot.png) ![](b/plot.png) ![](c/other.png) ![](a/plot.png)\n")
    anki.imported(folder.build(NOW))
    assert shown_pictures(anki, folder.ids()["A"]) == [picture("red")] * 4
    assert len(anki.media()) == 2


# Exactly as written

PYTHON = """def f(x: List<T>, y: dict[str, int]) -> "a < b && c > d":
    return {"a": {"b": {{ x }}}} if a < b && c else f"{{{x}}}"  # <class 'int'> &amp; &lt;
    \t{{c1::x}} {{c2::y::hint}} }} {{ [[type:Answer]] {{type:Answer}} {{#Extra}}x{{/Extra}}
    [sound:a.mp3] [latex]x[/latex] [$]y[/$] [$$]z[/$$] [anki:tts lang=en]x[/anki:tts] \\(a\\) \\[b\\]
x[::2], std::map, <br>, </pre>, <script>alert(1)</script>, <!-- no comment -->, \N{NO-BREAK SPACE}, $x$

last line, after an empty one   """
INLINE = [
    "`List<T>`",
    "`a < b && c > d`",
    "`{{ x }}`",
    "`{{{{x}}}}`",
    "`{{c1::x}}`",
    "`[sound:a.mp3]`",
    "`[latex]x[/latex]`",
    "`[$]x[/$]`",
    "`\\(x\\)`",
    "`&lt;&amp;`",
    "`<br>`",
    "{{c1::x}}",
    "{{ x }}",
    "[sound:x.mp3]",
    "[latex]x[/latex]",
    "&amp;amp;",
    "List\\<T>",
    "a && b",
    "`std::map`",
    "}}",
    "{{type:Answer}}",
]
SHOWN = [re.sub(r"^`|`$", "", each).replace("&amp;amp;", "&amp;").replace("List\\<", "List<") for each in INLINE]
ALL_INLINE = " / ".join(INLINE)
ALL_SHOWN = " / ".join(SHOWN)


@pytest.mark.parametrize("kind", ["basic", "reversed", "output", "cloze"])
def test_code_arrives_as_it_is_written(folder: Folder, anki: Sandbox, kind: str) -> None:
    blank = "A ==blank==.\n\n" if kind == "cloze" else ""
    body = f"{blank}```python\n{PYTHON}\n```\n\n```output\n{PYTHON}\n```\n\n    {PYTHON.splitlines()[0]}\n"
    folder.write("a.md", f"# T\n\n## Code\n<!-- card: {kind} -->\n\n{body}")
    anki.imported(folder.build(NOW))
    guid = folder.ids()["Code"]
    assert codes(anki.answer(guid)) == [PYTHON, PYTHON, PYTHON.splitlines()[0]]
    assert codes(anki.question(guid)) == {"output": [PYTHON], "cloze": codes(anki.answer(guid))}.get(kind, [])
    if kind == "reversed":
        assert codes(anki.question(guid, 1)) == codes(anki.answer(guid))
    before = anki.ordinals()
    assert anki.ordinals_by_anki() == before


def test_what_code_prints_is_on_the_back_alone(folder: Folder, anki: Sandbox) -> None:
    folder.write("a.md", Path(__file__).parents[1].joinpath("notes", "output.md").read_bytes())
    anki.imported(folder.build(NOW))
    ids = folder.ids()
    printed = {
        "What does this print?": ["a\tb\n## not a heading"],
        "And in a session?": [">>> x = [1,\n...      2]\n>>> x\n[1, 2]"],
        "Two examples in one answer": ["1", "print(x + 1)", "2"],
        "The marker between, and a second example": ["first", 'print("second")', "second"],
        "The marker behind the output": ["3"],
        "The marker behind a session": [">>> 1 + 3\n4"],
        "An example is given, another asked": ["asked"],
        "A session with its output, and a fence of it": [">>> print(5)\n5", "5"],
        "A session whose output is in a fence": ["6"],
        "It prints nothing": [""],
        "The output stands above its code": ["8", "8"],
    }
    for question, expected in printed.items():
        front, back = codes(anki.question(ids[question])), codes(anki.answer(ids[question]))
        assert back == front + expected
        assert front
    session = codes(anki.question(ids["A session with all that a session has"]))
    assert session == [
        '>>> def f():\n...     # a comment\n...\n...     return "a\\n\\n...b\\n... c"\n...\n'
        ">>> print(f())\n>>> help(f)\n>>> 1 / 0\n>>> # done\n>>>"
    ]
    before = anki.ordinals()
    assert anki.ordinals_by_anki() == before


def test_nothing_on_a_card_is_folded(folder: Folder, anki: Sandbox) -> None:
    fold = "<details><summary>Why?</summary>\n\nBecause `<details>`.\n\n</details>"
    folder.write("a.md", f"# T\n\n## Q\n\n{fold}\n\n<details open>\nx\n</details>\n")
    anki.imported(folder.build(NOW))
    (guid,) = folder.ids().values()
    shown = anki.answer(guid)
    assert shown.count("<details open") == shown.count("<details") == 2
    assert "Because <details>." in words(shown)


TEX = [
    r"a_b*c*",
    r"x<y",
    r"a>b & c",
    r"\frac{a}{{b}}",
    r"x::y",
    r"\{x\} \\",
    r"[x](y)",
    r"{{c1::no}}",
    r"&lt;",
    r"<b>i</b>",
    r"\text{\$5}",
]


@pytest.mark.parametrize("kind", ["basic", "reversed", "cloze"])
def test_maths_is_in_the_field_as_written(folder: Folder, anki: Sandbox, kind: str) -> None:
    inline = ", ".join(f"=={dollars}==" if kind == "cloze" else dollars for dollars in (f"${tex}$" for tex in TEX))
    displayed = "\n".join(TEX)
    folder.write("deck.toml", "math = true\n")
    folder.write(
        "a.md", f"# T\n\n## Maths $x<y$\n<!-- card: {kind} -->\n\n{inline}, $HOME and $5\n\n$$\n{displayed}\n$$\n"
    )
    anki.imported(folder.build(NOW))
    (row,) = folder.rows()
    shown = anki.answer(row["id"])
    # A browser gives MathJax the text of the page, whatever tags are around it.
    formulas = re.findall(r"\\\((.*?)\\\)", words(shown), re.DOTALL)
    assert formulas == ["x<y", *TEX]
    assert f"\\[{displayed}\\]" in words(shown)
    assert "$HOME and $5" in words(shown)
    assert row["question"].splitlines()[0] == "Maths x<y"
    field = anki.note(row["id"]).fields[0 if kind == "cloze" else 1]
    if kind != "cloze":
        assert all(f"\\({escape(tex, quote=False)}\\)" in field for tex in TEX)
    # No tag within a formula, for MathJax reads none there.
    assert not any("<" in formula for formula in re.findall(r"\\[(\[](.*?)\\[)\]]", field, re.DOTALL))
    before = anki.ordinals()
    assert len(before[row["id"]]) == {"basic": 1, "reversed": 2, "cloze": len(TEX)}[kind]
    assert anki.ordinals_by_anki() == before


def test_words_arrive_as_they_are_written(folder: Folder, anki: Sandbox) -> None:
    text = f"# Topic {ALL_INLINE}\n\n## Heading {ALL_INLINE}\n<!-- source: {ALL_SHOWN} -->\n\nText {ALL_INLINE}\n"
    folder.write("a.md", text)
    anki.imported(folder.build(NOW))
    (guid,) = folder.ids().values()
    front = f"Topic {ALL_SHOWN}Heading {ALL_SHOWN}"
    assert words(anki.question(guid)) == front
    assert words(anki.answer(guid)) == f"{front}Text {ALL_SHOWN}{ALL_SHOWN}"
    assert anki.cards(guid)[0].question_av_tags() == anki.cards(guid)[0].answer_av_tags() == []
    assert not any(re.search(r"\\[(\[]", field) for field in anki.note(guid).fields)  # nor does MathJax find its own
    assert anki.ordinals_by_anki() == {guid: [0]}


def test_words_in_and_around_blanks_arrive_as_they_are_written(folder: Folder, anki: Sandbox) -> None:
    inside = [each for each in INLINE if each.startswith("`")]
    blanks = [*inside, "`{'a': {'b': x[::2]}}`", "`f'{{{x}}}'`", "`a::b`", "}} and `}`", "{{c9::no}}", "a::b"]
    body = f"{ALL_INLINE} | " + " | ".join(f"=={each}==" for each in blanks)
    folder.write("a.md", f"# T\n\n## Heading {ALL_INLINE}\n<!-- card: cloze -->\n\n{body}\n")
    anki.imported(folder.build(NOW))
    (guid,) = folder.ids().values()
    plain = [each.replace("`", "") for each in blanks]
    front = f"THeading {ALL_SHOWN}{ALL_SHOWN} | "
    assert anki.ordinals()[guid] == list(range(len(blanks)))
    for number in range(len(blanks)):
        asked = [*plain[:number], "[...]", *plain[number + 1 :]]
        assert words(anki.question(guid, number)) == front + " | ".join(asked)
        assert words(anki.answer(guid, number)) == front + " | ".join(plain)
    before = anki.ordinals()
    assert anki.ordinals_by_anki() == before


def test_a_regular_expression_in_a_fill_in_card_keeps_its_tags(folder: Folder, anki: Sandbox) -> None:
    folder.write(
        "a.md", "# T\n\n## Q\n<!-- card: cloze -->\n\n`\\(` ==opens==\n\n```\na\nb\n```\n\nand **`\\)`** closes\n"
    )
    anki.imported(folder.build(NOW))
    (guid,) = folder.ids().values()
    assert codes(anki.question(guid)) == ["a\nb"]
    assert "<strong>" in anki.answer(guid)


def test_control_characters_go_and_accents_stay(folder: Folder, anki: Sandbox) -> None:
    control = bytes(set(range(0x20)) - set(b"\n\r")).decode()
    accents = unicodedata.normalize("NFD", "Café Ångström")
    blank = f"==bl{control}ank== " * 2
    folder.write(
        "a.md",
        f"# T\n\n## A{accents}\n\nx{control}y\n\n```\n1{control}2 {accents}\n```\n\n"
        f"## B\n<!-- card: cloze -->\n\n{blank}\n",
    )
    anki.imported(folder.build(NOW))
    ids = folder.ids()
    composed = unicodedata.normalize("NFC", accents)  # Anki composes what it imports
    guid = next(guid for question, guid in ids.items() if question.startswith("A"))
    assert codes(anki.answer(guid)) == [f"1\N{REPLACEMENT CHARACTER}\t2 {composed}"]
    assert f"A{composed}" in words(anki.question(guid))
    assert not set(map(chr, range(0x20))) - set("\t\n") & set("".join(anki.note(guid).fields))
    assert anki.ordinals()[ids["B"]] == [0, 1]
    assert anki.ordinals_by_anki() == anki.ordinals()


def test_any_code_arrives_as_it_is_written(folder: Folder, anki: Sandbox) -> None:
    dice = random.Random(20)
    written: dict[str, tuple[str, str, str, str]] = {}
    body = "# T\n\n"
    for number in range(150):
        language, inline, blank = dice.choice(["", "python", "output", "html"]), odd(dice), odd(dice)
        block = "\n".join(odd(dice) for _ in range(3))
        written[f"Q{number}"] = (inline, blank, block, language)
        body += (
            f"## Q{number}\n<!-- card: cloze -->\n\n`{inline}` =={'`'}{blank}{'`'}==\n\n~~~{language}\n{block}\n~~~\n\n"
        )
    folder.write("a.md", body)
    assert anki.imported(folder.build(NOW)) == {"new": 150}
    ids = folder.ids()
    for question, (inline, blank, block, _) in written.items():
        guid = ids[question]
        assert words(anki.question(guid)) == f"T{question}{inline} [...]{block}"
        assert words(anki.answer(guid)) == f"T{question}{inline} {blank}{block}"
        assert codes(anki.question(guid)) == [block]
        assert [card.question_av_tags() for card in anki.cards(guid)] == [[]]
    before = anki.ordinals()
    assert set(map(tuple, before.values())) == {(0,)}
    assert anki.ordinals_by_anki() == before
