"""What a build does to the cards, as `diff` and `build` say it."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import time
from pathlib import Path

import pytest
from interview_helper.changes import marked
from interview_helper.cli import app
from typer.testing import CliRunner

NOW = 1_700_000_000
BEFORE = """# Iterators

## What is an iterator?

An object with `__next__()` that gives the next item each time it is asked, until there is none.

## Moves

It moves to another topic.

## Goes

It goes.

## Turns
<!-- card: cloze -->

The ==GIL== lets one ==thread== run.

## Stays

It stays as it is.
"""
AFTER = """# Iterators

## What is an iterator, really?

An object with `__next__()` that hands out the next item each time it is asked, until there is none.

## Turns
<!-- card: cloze -->

The ==GIL== lets ==one== ==thread== run.

## Stays

It stays as it is.

## Comes

Hm.
"""
OTHER = "# Other\n\n## Moves\n\nIt moves to another topic.\n"


@pytest.fixture
def notes(tmp_path, monkeypatch):
    """A notes folder `n` in the working directory, built once into `out`."""
    monkeypatch.chdir(tmp_path)
    (tmp_path / "n").mkdir()
    (tmp_path / "n" / "a.md").write_text(BEFORE)
    assert build().stderr == "5 cards: 5 new\n"
    return tmp_path / "n"


def run(*arguments: str, **environment: str):
    variables = {"SOURCE_DATE_EPOCH": str(NOW), "NO_COLOR": "", "FORCE_COLOR": "", **environment}
    return CliRunner(env=variables).invoke(app, list(arguments), catch_exceptions=False)


def build():
    return run("build", "n", "-o", "out", "--only", "deck")


def diff(*arguments: str, **environment: str) -> str:
    result = run("diff", "n", *arguments, **environment)
    assert result.exit_code == 0
    return result.stdout


def edited(notes: Path) -> None:
    (notes / "a.md").write_text(AFTER)
    (notes / "b.md").write_text(OTHER)


def test_nothing_changed_is_one_line(notes):
    assert diff() == "5 cards: none changed\n"


def test_a_person_reads_what_comes_changes_moves_and_goes(notes):
    edited(notes)
    shown = diff().splitlines()
    overrule = next(row for row in shown if "taken as one card" in row).split("write ")[1]
    gone = next(row for row in shown if row.startswith("    its id")).split()[-1]
    assert shown == [
        "new      n/a.md:16: Comes",
        "changed  n/a.md:3: What is an iterator, really?",
        "    question: What is an iterator{+, really+}?",
        "    answer: An object with __next__() that [-gives-]{+hands out+} the next item each time it is asked …",
        f"    taken as one card by what they have in common; if not, write {overrule}",
        "changed  n/a.md:7: Turns",
        "    words as before; emphasis, a link, a picture, a tag, a blank, a hint, the source or the deck's slug changed",
        "moved    n/b.md:3: Moves",
        "    from n/a.md (Iterators) to n/b.md (Other)",
        "retired  n/a.md: Goes",
        f"    its id: {gone}",
        "4 notes are updated by the next import: tags of your own on them are lost, flags and reviews stay",
        "5 cards: 1 new, 2 changed, 1 moved, 1 retired",
    ]
    assert build().stderr.splitlines()[-1] == shown[-1]
    # The line that is shown does overrule, and the id is the one that `forget` takes.
    (notes / "a.md").write_text(AFTER.replace("really?\n", f"really?\n{overrule}\n"))
    assert "1 new, 1 retired" in diff()
    assert run("forget", gone, "n").exit_code == 0


def test_a_program_reads_the_same(notes):
    edited(notes)
    found = json.loads(diff("--format", "json"))
    assert list(found) == ["new", "changed", "moved", "retired", "restored", "matched", "updated"]
    assert {event: [row["question"] for row in found[event]] for event in list(found)[:6]} == {
        "new": ["Comes"],
        "changed": ["What is an iterator, really?", "Turns"],
        "moved": ["Moves"],
        "retired": ["Goes"],
        "restored": [],
        "matched": ["What is an iterator, really?"],
    }
    assert found["updated"] == 4
    (moved,) = found["moved"]
    assert {key: moved[key] for key in ("path", "line", "kind", "trail", "answer", "old")} == {
        "path": "n/b.md",
        "line": 3,
        "kind": "basic",
        "trail": ["Other"],
        "answer": "It moves to another topic.",
        "old": {
            "path": "n/a.md",
            "kind": "basic",
            "trail": ["Iterators"],
            "question": "Moves",
            "answer": "It moves to another topic.",
        },
    }
    (gone,) = found["retired"]
    assert (gone["path"], gone["line"], "old" in gone) == ("n/a.md", None, False)
    assert found["matched"][0]["overrule"].startswith("<!-- id: ")
    assert found["matched"][0] == found["changed"][0]


def test_nothing_changed_has_the_same_shape(notes):
    found = json.loads(diff("--format", "json"))
    assert found == {"new": [], "changed": [], "moved": [], "retired": [], "restored": [], "matched": [], "updated": 0}


def test_a_file_renamed_updates_no_note(notes):
    (notes / "a.md").rename(notes / "c.md")
    assert diff().splitlines()[-1] == "5 cards: 5 moved"
    assert json.loads(diff("--format", "json"))["updated"] == 0
    assert "    from n/a.md (Iterators) to n/c.md (Iterators)" in diff().splitlines()
    assert "words as before" not in diff()


def test_what_comes_back_is_restored(notes):
    (notes / "a.md").write_text(BEFORE.replace("## Goes\n\nIt goes.\n\n", ""))
    build()
    (notes / "a.md").write_text(BEFORE)
    assert diff().splitlines() == [
        "restored n/a.md:11: Goes",
        "1 note is updated by the next import: tags of your own on them are lost, flags and reviews stay",
        "5 cards: 1 restored",
    ]


def test_a_kind_that_changed_is_named(notes):
    (notes / "a.md").write_text(BEFORE.replace("## Stays\n", "## Stays\n<!-- card: reversed -->\n"))
    assert diff().splitlines()[1] == "    basic is reversed now"


def test_a_card_that_may_be_one_that_is_gone_is_told(notes):
    (notes / "a.md").write_text(BEFORE.replace("## Turns\n<!-- card: cloze -->", "## Turns\n<!-- card: basic -->"))
    result = run("diff", "n")
    assert "hint I008 'Turns' is no cloze card any more" in result.stderr
    assert "1 new, 1 retired" in result.stdout


def test_diff_writes_nothing(notes):
    edited(notes)
    before = {path: path.read_bytes() for path in Path().rglob("*") if path.is_file()}
    diff()
    assert {path: path.read_bytes() for path in Path().rglob("*") if path.is_file()} == before


def test_without_a_lock_all_is_new(notes):
    (notes / "deck.lock").unlink()
    assert diff().splitlines()[-1] == "5 cards: 5 new"
    assert "updated" not in diff()


def test_an_error_in_the_notes_is_told_and_nothing_else(notes):
    (notes / "b.md").write_bytes(b"# \xff")
    result = run("diff", "n")
    assert (result.exit_code, result.stdout) == (1, "")
    assert "n/b.md:1:3: error C002" in result.stderr


# --- against ----------------------------------------------------------------------------------------------------


@pytest.mark.skipif(not shutil.which("git"), reason="git is not installed")
def test_against_a_revision_of_git(notes, monkeypatch):
    monkeypatch.setenv("GIT_CONFIG_GLOBAL", os.devnull)
    who = ["-c", "user.name=a", "-c", "user.email=a@example.org"]

    def git(*arguments: str) -> None:
        subprocess.run(["git", *who, *arguments], check=True, capture_output=True)

    git("init", "-q")
    git("add", ".")
    git("commit", "-qm", "x")
    edited(notes)
    build()
    git("commit", "-qam", "y")
    assert diff() == "5 cards: none changed\n"
    assert diff("--against", "HEAD") == "5 cards: none changed\n"
    assert diff("--against", "HEAD~1").splitlines()[-1] == "5 cards: 1 new, 2 changed, 1 moved, 1 retired"
    monkeypatch.chdir(notes)
    assert run("diff", ".", "--against", "HEAD~1").stdout.splitlines()[0] == "new      a.md:16: Comes"
    refused = run("diff", ".", "--against", "HEAD~9")
    assert refused.exit_code == 2
    assert refused.stderr.splitlines() == [
        "error: HEAD~9 is no file, and no git revision that has deck.lock",
        "    hint: name a lock, an .apkg, or a revision such as HEAD~1",
    ]


def test_against_an_older_lock_or_package(notes):
    shutil.copy(notes / "deck.lock", "old.lock")
    shutil.copy("out/iterators.apkg", "old.zip")
    edited(notes)
    before = diff()
    build()
    assert diff("--against", "old.lock") == diff("--against", "old.zip") == before
    # What is new has the id that the next build gives it, whoever's lock it is compared with.
    Path("none.lock").write_text('{"format": 1, "id": "x", "title": "", "slug": "", "notetypes": {}}\n')
    ids = {row["id"] for row in json.loads(diff("--against", "none.lock", "--format", "json"))["new"]}
    assert ids >= {row["id"] for row in json.loads(diff("--against", "old.lock", "--format", "json"))["new"]}


@pytest.mark.parametrize(
    ("name", "content", "message", "remedy"),
    [
        (
            "nonsense",
            None,
            "nonsense is no file, and no git revision that has deck.lock",
            "name a lock, an .apkg, or a revision such as HEAD~1",
        ),
        (
            "--output=x",
            None,
            "--output=x is no file, and no git revision that has deck.lock",
            "name a lock, an .apkg, or a revision such as HEAD~1",
        ),
        ("n/a.md", None, "n/a.md can't be read as a lock, line 1: this line is damaged", "name a lock or an .apkg"),
        ("x", b"\xff", "x is no lock: it is no UTF-8", "name a lock or an .apkg"),
        ("x", b'{"format": 99}\n', "x can't be read as a lock, line 1: it was written by a newer version", None),
        ("x", b"PK", "x: it is no package of Anki, or a damaged one", "take another one"),
    ],
)
def test_against_what_is_none(notes, name, content, message, remedy):
    if content is not None:
        Path(name).write_bytes(content)
    result = run("diff", "n", "--against", name)
    assert (result.exit_code, result.stdout) == (2, "")
    assert result.stderr.splitlines() == [f"error: {message}", f"    hint: {remedy or 'update this program'}"]


# --- words ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("old", "new", "shown"),
    [
        ("", "new", "{+new+}"),
        ("old", "", "[-old-]"),
        ("y", "y yes", "y{+ yes+}"),
        ("one two three", "one three", "one[- two-] three"),
        ("print(1)  # one", "print(2)\n# two", "print([-1-]{+2+}) # [-one-]{+two+}"),
        ("a __iter__() b", "a __next__() b", "a [-__iter__-]{+__next__+}() b"),
        ("w " * 90 + "b" + " w" * 90, "w " * 90 + "c" + " w" * 90, "… w w w w w w w w [-b-]{+c+} w w w w w w w w …"),
        ("a \x1b[2J b", "a \x1b[2J c", "a \N{REPLACEMENT CHARACTER}[2J [-b-]{+c+}"),
    ],
)
def test_words_that_went_and_came_are_marked(old, new, shown):
    assert marked(old, new, color=False).strip() == shown


def test_colors_instead_of_marks():
    assert marked("a b", "a c", color=True) == "a \x1b[31;9mb\x1b[0m\x1b[32mc\x1b[0m"


@pytest.mark.parametrize(
    ("environment", "colored"),
    [({}, False), ({"FORCE_COLOR": "1"}, True), ({"FORCE_COLOR": "1", "NO_COLOR": "1"}, False)],
)
def test_colors_where_they_are_asked_for(notes, environment, colored):
    edited(notes)
    shown = diff(**environment)
    assert ("\x1b[" in shown) is colored
    assert ("{+" in shown) is not colored


def test_a_long_text_is_compared_in_no_time():
    old = [f"w{number % 997} the" for number in range(10_000)]
    new = [word if number % 20 else "other" for number, word in enumerate(old)]
    start = time.perf_counter()
    marked(" ".join(old), " ".join(new), color=False)
    assert time.perf_counter() - start < 10
