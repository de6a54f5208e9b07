"""A session as `preview` has it: what comes of each round."""

from __future__ import annotations

import pytest

pytest.importorskip("watchfiles", reason="the extra `live` is not installed")

from interview_helper import project
from interview_helper.live.rounds import Round
from interview_helper.live.session import Session
from interview_helper.live.sheets import Advised
from interview_helper.live.showing import Showing

NOTE = "# T\n\n## Is A a letter?\n\nYes.\n\n## What is yelded?\n\nB.\n"


@pytest.fixture
def folder(tmp_path):
    notes = tmp_path / "notes"
    notes.mkdir()
    (notes / "deck.toml").write_text("[spelling]\n")
    (notes / "a.md").write_text(NOTE)
    return notes


def test_what_check_says_is_among_the_problems_of_the_preview(folder, tmp_path):
    showing = Showing(lambda span: f"{span.path}:{span.line}")
    with Session(folder, tmp_path / "sheets", lambda: 0, advising=True) as session:
        for happening in session.happenings():
            showing.of(happening, session.rounds.last)
            if isinstance(happening, Round):
                codes = {problem["code"] for problem in showing.now.since(0)["problems"]}
                assert not codes & {"S005", "W001"}
            if isinstance(happening, Advised):
                break
    shown = showing.now.since(0)
    said = project.checked(project.understood(project.read(folder))).diagnostics
    assert [(problem["code"], problem["edit"]) for problem in shown["problems"]] == [
        (each.code, f"{each.span.path}:{each.span.line}") for each in said
    ]
    assert {"S005", "W001"} <= {each.code for each in said}
    first, second = (shown["cards"][key] for key in shown["order"])
    assert ("S005" in first["codes"], "W001" in second["codes"]) == (True, True)
