"""SECURITY.md: every promise has a place that holds it and a test, and all that is named is there."""

from __future__ import annotations

import re
from pathlib import Path

import interview_helper
import pytest

ROOT = Path(__file__).parents[1]
PACKAGE = Path(interview_helper.__file__).parent
NEVER = (
    "code run by `build`",
    "files read from outside the notes folder",
    "network reached",
    "script in a card",
    "files written outside the output folder",
    "unbounded time or memory",
    "a history lost, a file half written",
    "a terminal, a log or a shell that obeys",
    "the preview read by another",
)


def rows() -> list[list[str]]:
    """The rows of the table of what must never happen, a list of cells each."""
    text = (ROOT / "SECURITY.md").read_text(encoding="utf-8").partition("## What must never happen")[2]
    table = re.findall(r"^\|(.*)\|$", text, re.MULTILINE)
    return [[cell.strip() for cell in row.split("|")] for row in table[2:]]


def test_all_that_must_never_happen_is_held_somewhere():
    assert {row[0] for row in rows()} == set(NEVER)
    assert all(len(row) == 4 and all(row) for row in rows())


@pytest.mark.parametrize("row", rows(), ids=lambda row: row[1][:40])
def test_a_promise_names_a_module_and_a_test_that_are_there(row):
    modules = re.findall(r"`([\w.]+)`", row[2])
    assert modules
    for module in modules:
        path = PACKAGE.joinpath(*module.split("."))
        assert path.with_suffix(".py").is_file() or path.is_dir(), module
    tests = re.findall(r"`([\w/]+\.py)::(test_\w+)`", row[3])
    assert tests
    for file, name in tests:
        assert re.search(rf"^def {name}\(", (ROOT / "tests" / file).read_text(encoding="utf-8"), re.MULTILINE), name


def test_no_test_of_confinement_is_left_out():
    named = {name for row in rows() for name in re.findall(r"test_confinement\.py::(test_\w+)`", row[3])}
    there = set(re.findall(r"^def (test_\w+)\(", (ROOT / "tests/test_confinement.py").read_text("utf-8"), re.MULTILINE))
    # A remedy that works, and what is pickled between our own processes, are no promises to anybody.
    assert there - named == {
        "test_a_link_that_is_one_s_own_moves_in_as_the_hint_says",
        "test_what_one_process_hands_another_is_made_of_our_own_classes",
    }
