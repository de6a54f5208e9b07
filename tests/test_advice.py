"""Cards to advice: what is hard to study gets a hint, and nothing else does."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from interview_helper.advice import _may_be_long, advice, height
from interview_helper.cards import cards
from interview_helper.cli import app
from interview_helper.diagnostics import CODES, Diagnostic, Severity
from interview_helper.model import Card, Library, Media, Source
from interview_helper.parse import parse
from typer.testing import CliRunner

SCREEN = 844
WORDS = "An iterator gives one value after another and is exhausted in the end, so that a second pass gives nothing at all. "
PICTURE = {
    "tall.png": Media("tall.png", "image/png", b"", 300, 900),
    "wide.png": Media("wide.png", "image/png", b"", 3620, 900),
    "drawn.svg": Media("drawn.svg", "image/svg+xml", b"", None, None),
}


def made(answer: str, heading: str = "# Q") -> Card:
    return cards(Library((parse(Source("note.md", f"{heading}\n\n{answer}\n"), maths=True).document,), {}))[0][0]


def advised(answer: str, heading: str = "# Q") -> list[Diagnostic]:
    return list(advice([made(answer, heading)], PICTURE))


# What Chromium makes of each with the style of the cards in a page 390 px wide, in Roboto: the px of the answer.
MEASURED = {
    WORDS * 8: 527,
    "\n\n".join([WORDS * 2] * 6): 846,
    "\n".join([f"- {WORDS}"] * 8): 666,
    "\n".join([f"- one\n  - two\n    - {WORDS}"] * 6): 1029,
    "\n\n".join([f"1. {WORDS}"] * 6): 498,
    "```python\n" + "print(1)\n" * 30 + "```": 654,
    "\n\n".join(["```python\nprint('" + "x" * 80 + "')\n```"] * 8): 603,
    "| what | how | why |\n|---|---|---|\n" + "".join(f"| `name_{i}` | {WORDS} | short |\n" for i in range(6)): 631,
    "| a | b |\n|---|---|\n" + "| 1 | 2 |\n" * 20: 693,
    "\n\n".join([f"> [!NOTE]\n> {WORDS}"] * 6): 893,
    "\n\n".join([f"> {WORDS}"] * 6): 529,
    "Call `__iter__()` and then `__next__()` until `StopIteration` is raised. " * 10: 448,
    "\n\n".join([f"> ### Words\n>\n> {WORDS}"] * 5): 614,
    "a<br>\n" * 30: 790,
}


@pytest.mark.parametrize(("answer", "measured"), MEASURED.items())
def test_an_answer_is_as_high_as_a_browser_makes_it(answer, measured):
    assert height(made(answer).answer, {}) == pytest.approx(measured, rel=0.07)


@pytest.mark.parametrize(
    ("answer", "least", "most"),
    [
        ("![](tall.png)", 675, 676),
        ("![](wide.png)", 90, 90),
        ("![|100](tall.png)", 300, 300),
        ("![](drawn.svg)", 100, 200),
        ("![words](none.png)", 20, 60),
        ("$$\nx \\\\ y \\\\ z\n$$", 60, 150),
        ("so $\\frac{a}{b}$ " * 20, 70, 200),
        ("<details><summary>Why?</summary>\n\n" + WORDS * 8 + "\n\n</details>", 580, 680),
        ("<div>\n\nx\n\n</div>\n\n---\n\n<dl><dt>a</dt><dd>b</dd></dl>", 80, 200),
        ("x\n\n<table><tr></tr></table>", 20, 60),
        # Columns of single words, wider than the screen: nothing in them can be set narrower.
        (f"| {'a' * 40} | {'b' * 40} |\n|---|---|\n| x | y |", 40, 100),
    ],
)
def test_pictures_maths_and_raw_elements_have_a_height(answer, least, most):
    assert least <= height(made(answer).answer, PICTURE) <= most


def test_an_answer_that_fits_no_screen_says_how_many_it_takes_and_what_to_do():
    (hint,) = advised(WORDS * 30, "# What is long?")
    assert (hint.code, hint.severity) == ("S001", Severity.HINT)
    assert hint.message == "the answer to 'What is long?' is about 2.3 screens of a phone"
    assert (hint.span.line, hint.span.column) == (1, 3)
    assert "sub-heading" in hint.hint


def test_advice_is_never_more_than_a_hint():
    assert {code.severity for code in CODES.values() if code.code.startswith("S")} == {Severity.HINT}


def test_what_fits_a_screen_gets_no_hint():
    assert not advised(WORDS * 10)
    assert not advised("```\n" + "x\n" * 39 + "```")
    assert advised("```\n" + "x\n" * 41 + "```")
    assert not advised("![](tall.png)")
    assert advised("![](tall.png)\n\n![](tall.png)")
    assert not advised("![](wide.png)")


def test_the_question_takes_no_room_of_the_answer_but_where_a_blank_is_in_the_answer():
    asked = "```\n" + "x\n" * 60 + "```\n\n<!-- answer -->\n\n"
    assert not advised(f"{asked}Short.")
    assert not advised(f"{asked}==Short.==")
    blank = "# Q\n<!-- card: cloze -->"
    assert advised(f"{asked}==Short.==", blank)
    assert not advised("==Short.==", blank)


PIECES = [
    WORDS,
    "- x",
    "a<br>\n" * 5,
    "> x\n>\n> y",
    "```\nx\n```",
    "```\n\n\n\n\n\n```",
    "> [!TIP]\n> x",
    "---",
    "x `y`",
    "1. x\n   - y",
]


@given(st.lists(st.sampled_from(PIECES), min_size=1, max_size=25))
def test_what_is_not_looked_at_fits(pieces):
    blocks = made("\n\n".join(["Words.", *pieces])).answer
    assert _may_be_long(blocks) or height(blocks, {}) <= SCREEN


def test_a_hint_is_no_error_of_a_strict_build_and_can_be_silenced(tmp_path):
    (tmp_path / "a.md").write_text(f"# Q\n\n{WORDS * 30}\n", "utf-8")

    def checked() -> tuple[int, bool]:
        result = CliRunner().invoke(app, ["check", str(tmp_path), "--strict"])
        return result.exit_code, "hint S001" in result.output

    assert checked() == (0, True)
    (tmp_path / "deck.toml").write_text('ignore = ["S001"]\n', "utf-8")
    assert checked() == (0, False)


NOTES = "# T\n\n## Is it so?\n\nx\n\n## What is a closure?\n\nx\n\n# U\n\n## What is a closure?\n\ny\n"


def checked(folder: Path, *options: str) -> tuple[int, list[tuple[str, str]]]:
    """The exit code of `check`, and place and code of all that it says."""
    result = CliRunner().invoke(app, ["check", str(folder), "--format", "json", *options])
    return result.exit_code, [(f"{d['line']}:{d['column']}", d["code"]) for d in json.loads(result.stdout)]


def test_check_gives_all_advice_and_a_build_what_it_says_of_length_alone(tmp_path):
    (tmp_path / "a.md").write_text(f"{NOTES}\n## Why?\n\n{WORDS * 30}\n", "utf-8")
    said = [("3:4", "S005"), ("13:4", "S019"), ("17:4", "S001"), ("19:1", "S003")]
    assert checked(tmp_path, "--strict") == (0, said)
    built = CliRunner().invoke(app, ["build", str(tmp_path), "-o", str(tmp_path / "out"), "--only", "deck"])
    assert built.exit_code == 0
    assert re.findall("S0[0-9]{2}", built.output) == ["S001"]


@pytest.mark.parametrize("code", ["S005", "S019"])
def test_every_hint_can_be_silenced(tmp_path, code):
    (tmp_path / "a.md").write_text(NOTES, "utf-8")
    (tmp_path / "deck.toml").write_text(f'ignore = ["{code}"]\n', "utf-8")
    assert [found for _, found in checked(tmp_path)[1]] == [each for each in ("S005", "S019") if each != code]
    (tmp_path / "deck.toml").write_text('ignore = ["S019", "S020", "S005"]\n', "utf-8")
    assert checked(tmp_path) == (0, [])


def test_deck_toml_has_the_limits_and_the_language(tmp_path):
    (tmp_path / "a.md").write_text("# T\n\n## Is it so?\n\n- a\n- b\n- the LRUX\n", "utf-8")
    (tmp_path / "deck.toml").write_text("[advice]\nlist_items = 2\n", "utf-8")
    assert [found for _, found in checked(tmp_path)[1]] == ["S005", "S004", "S014"]
    (tmp_path / "deck.toml").write_text('language = "de"\n[advice]\nacronyms = ["LRUX"]\n', "utf-8")
    assert checked(tmp_path) == (0, [])


def test_two_places_are_named_across_files(tmp_path):
    for name in ("a", "b"):
        (tmp_path / f"{name}.md").write_text(f"# {name}\n\n## What is a closure?\n\nx\n", "utf-8")
    result = CliRunner().invoke(app, ["check", str(tmp_path)])
    assert "b.md:3:4: hint S019 'What is a closure?' is also asked at a.md:3\n" in result.stdout
