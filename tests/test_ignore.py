"""`<!-- check: ignore CODE -->`: what it silences, where, and what is said of one that does nothing."""

from __future__ import annotations

from pathlib import Path

import pytest
from interview_helper.mistakes import Folder, Notes, Picture
from worlds import made, told


@pytest.fixture(autouse=True)
def here(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)


def said(text: str, verb: str = "check", before: Folder | None = None, **files: str | Picture) -> list[tuple[str, str]]:
    """Code and covered words of all that a verb says of a note."""
    others = {name.replace("_", "."): each for name, each in files.items()}
    parent = Path(str(len(list(Path().iterdir()))))
    folder = made(parent, Notes({"a.md": text, **others}, before))
    found = []
    for d in told(folder, verb, parent):
        path = folder / d.span.path
        row = path.read_text("utf-8").split("\n")[d.span.line - 1] if path.is_file() else ""
        found.append(
            (d.code, row[d.span.column - 1 : d.span.end_column - 1 if d.span.end_line == d.span.line else None])
        )
    return found


def test_a_code_is_silenced_between_its_heading_and_the_next():
    assert said("# T\n\n## A\n<!-- check: ignore N004 -->\n\na<b-c>\n\n- d<e-f>\n\n## B\n\ng<h-i>\n") == [
        ("N004", "<h-i>")
    ]


def test_the_next_heading_does_not_belong_to_it():
    assert said("# T\n\n## A\n<!-- check: ignore N004 -->\n\na<b-c>\n\n## B<d-e>\n\nx\n") == [("N004", "<d-e>")]


def test_a_heading_below_has_its_own():
    assert said("# T\n\n## A\n<!-- check: ignore N004 -->\n\na<b-c>\n\n### B\n\ng<h-i>\n") == [("N004", "<h-i>")]


@pytest.mark.parametrize(
    "listed", ["N004 N010", "N004, N010", "N004,N010", "n004\nN010", "N004 -->\n<!-- check: ignore N010"]
)
def test_several_codes_stand_in_one_comment_or_in_more(listed):
    assert said(f"# T\n\n## A\n<!-- check: ignore {listed} -->\n\na<b-c> [[d]]\n") == []


def test_the_heading_itself_belongs_to_it():
    assert said("# T\n\n## A<b-c>\n<!-- check: ignore N001 N004 -->\n\n## D\n\nx\n") == []


def test_an_introduction_a_lone_text_and_a_heading_in_a_list_have_their_own():
    assert said("# T\n<!-- check: ignore N004 -->\n\na<b-c>\n\n## D\n\nx<e-f>\n") == [("N004", "<e-f>")]
    assert said("<!-- check: ignore N004 -->\na<b-c>\n\n## D\n\nx<e-f>\n") == [("N004", "<e-f>")]
    text = "# T\n\n1. ## A\n   <!-- check: ignore N004 -->\n\n   a<b-c>\n\n2. ## D\n\n   x<e-f>\n"
    assert said(text) == [("N004", "<e-f>")]


PICTURE = Picture(2400, 600)
LONG = "x" * 200


@pytest.mark.parametrize(
    ("code", "text", "verb"),
    [
        ("N007", "## A\n<!-- card: output -->\n{}\n\nx\n", "check"),
        ("M001", "## A\n<!-- tag: x -->\n{}\n\nx\n", "check"),
        ("L001", "## A\n{}\n\n![x](gone.png)\n", "check"),
        ("L006", "## A\n{}\n\nx [x](#gone)\n", "check"),
        ("I001", "## A\n\nx\n\n## A\n{}\n\ny\n", "check"),
        ("S001", "## A\n{}\n\n" + "- x\n" * 50, "build --only deck"),
        ("S006", "## A? B?\n{}\n\nx\n", "check"),
        ("S019", "## What is a list?\n\nx\n\n# U\n\n## What is a list?\n{}\n\ny\n", "check"),
        ("E001", "## A\n{}\n\n```python\nprint(1)\n```\n\n```output\n2\n```\n", "check --examples"),
        ("E010", "## A\n{}\n\n```pycon\n>>>1\n1\n```\n", "check --examples"),
        ("E011", "## A\n{}\n\n```python\n>>> 1\n1\n```\n", "check --examples"),
        ("L007", "## A\n{}\n\n![x](p.png)\n", "build --only deck"),
        ("P001", "## A\n{}\n\n\N{EGYPTIAN HIEROGLYPH A001}\n", "build --only sheet"),
        ("P004", "## A\n{}\n\n```\n" + LONG + "\n```\n", "build --only sheet"),
        ("P006", "## A\n{}\n\n" + "- x\n" * 25, "build --only flashcards"),
    ],
)
def test_whatever_tells_a_code_it_is_silenced(code, text, verb):
    others = {"p_png": PICTURE, "deck_toml": "[flashcards]\nper_page = 16\n"}
    found = said("# T\n\n" + text.format(""), verb, **others)
    assert {each for each, _ in found} == {code}
    assert said("# T\n\n" + text.format(f"<!-- check: ignore {code} -->"), verb, **others) == []


def test_what_is_decided_about_a_card_is_silenced():
    before = {"a.md": "# Lists\n\n## What is a list?\n\nA mutable sequence.\n"}
    text = "# Lists\n\n## What is a list in Python?\n{}\n\nA mutable sequence of objects.\n"
    assert [code for code, _ in said(text.format(""), "build --only deck", before)] == ["I006"]
    assert said(text.format("<!-- check: ignore I006 -->"), "build --only deck", before) == []


@pytest.mark.parametrize(
    ("code", "thing", "verb"),
    [("P001", "\N{EGYPTIAN HIEROGLYPH A001}", "build --only sheet"), ("L007", "![x](p.png)", "build --only deck")],
)
def test_what_is_told_once_a_note_is_told_where_it_is_not_silenced(code, thing, verb):
    silent = f"## A\n<!-- check: ignore {code} -->\n\nx {thing}\n\n"
    assert said(f"# T\n\n{silent}## B\n\ny {thing}\n", verb, p_png=PICTURE) == [(code, thing)]
    assert said(f"# T\n\n{silent}", verb, p_png=PICTURE) == []


def test_what_stops_a_build_can_not_be_ignored():
    text = "# T\n\n## A\n<!-- id: x -->\n\nx\n\n## B\n<!-- check: ignore I002 -->\n<!-- id: x -->\n\ny\n"
    assert said(text) == [("M002", "I002"), ("I002", "<!-- id: x -->")]


def test_what_is_no_code_is_told_at_its_place():
    assert said("# T\n\n## A\n<!-- check: ignore X999, N004 -->\n\na<b-c>\n") == [("M002", "X999")]


@pytest.mark.parametrize("value", [": ignore", ": N004", "", ": ignore,"])
def test_a_comment_that_ignores_nothing_at_all_is_a_value_that_is_none(value):
    assert said(f"# T\n\n## A\n<!-- check{value} -->\n\nx\n") == [("M002", f"<!-- check{value} -->")]


def test_one_in_the_text_has_no_effect():
    assert said("# T\n\n## A\n\nx\n\n<!-- check: ignore N004 -->\n\na<b-c>\n") == [
        ("M003", "<!-- check: ignore N004 -->"),
        ("N004", "<b-c>"),
    ]


def test_a_code_ignored_twice_is_told_as_a_key_given_twice_is():
    assert said("# T\n\n## A\n<!-- check: ignore N004 N004 -->\n\na<b-c>\n") == [("M004", "N004")]


def test_what_is_not_there_need_not_be_ignored():
    assert said("# T\n\n## A\n<!-- check: ignore N004 L001 -->\n\na<b-c>\n") == [("M009", "L001")]


@pytest.mark.parametrize("code", ["E001", "E010", "P004", "L007", "I006", "M009"])
def test_what_was_not_looked_for_may_be_there(code):
    assert said(f"# T\n\n## A\n<!-- check: ignore {code} -->\n\nx\n") == []


def test_with_the_examples_what_is_read_of_them_is_looked_for():
    assert said("# T\n\n## A\n<!-- check: ignore E001 E010 E011 -->\n\nx\n", "check --examples") == [
        ("M009", "E010"),
        ("M009", "E011"),
    ]


def test_advice_is_looked_for_where_it_is_told():
    note = "# T\n\n## A\n<!-- check: ignore S003 S005 -->\n\nx\n"
    assert said(note) == [("M009", "S003"), ("M009", "S005")]
    assert said(note, "build --only deck") == []
    assert said(note, deck_toml='language = "de"\n') == []


def test_a_code_that_deck_toml_ignores_may_be_ignored_once_more_and_an_unused_one_can_be_silenced():
    assert said("# T\n\n## A\n<!-- check: ignore N004 -->\n\nx\n", deck_toml='ignore = ["N004"]\n') == []
    assert said("# T\n\n## A\n<!-- check: ignore N004 M009 -->\n\nx\n") == []
    assert said("# T\n\n## A\n<!-- check: ignore N004 -->\n\nx\n", deck_toml='ignore = ["M009"]\n') == []


def test_a_card_does_not_change_by_it():
    before = {"a.md": "# T\n\n## A\n\nx\n"}
    made(Path(), Notes({"a.md": "# T\n\n## A\n<!-- check: ignore P004 -->\n\nx\n"}, before))
    lock = Path("notes/deck.lock").read_bytes()
    assert told(Path("notes"), "build --only deck", Path()) == ()
    assert Path("notes/deck.lock").read_bytes() == lock
