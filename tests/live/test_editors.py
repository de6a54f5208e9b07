"""Where a link opens an editor, and what is said where that, or the extra, can't be had."""

from __future__ import annotations

from pathlib import PurePosixPath, PureWindowsPath

import pytest
from interview_helper import live
from interview_helper.files import Refusal
from interview_helper.live.editors import EDITORS, address, template


@pytest.mark.parametrize(
    ("asked", "environment", "scheme"),
    [
        ("", {}, "vscode:"),
        ("", {"EDITOR": "vim"}, "vscode:"),
        ("", {"EDITOR": "/usr/bin/subl -w"}, "subl:"),
        ("", {"VISUAL": "zed --wait", "EDITOR": "nano"}, "zed:"),
        ("", {"EDITOR": "code"}, "vscode:"),
        ("pycharm", {"EDITOR": "code"}, "pycharm:"),
        ("my+editor:{path}#{line}", {}, "my+editor:"),
    ],
)
def test_an_editor_is_the_one_that_is_asked_for_or_used(asked, environment, scheme):
    assert template(asked, environment).startswith(scheme)


@pytest.mark.parametrize("asked", ["vi", "javascript:alert('{path}')", "https://evil.example/{path}", "zed://file"])
def test_what_is_no_editor_is_refused_with_those_that_are(asked):
    with pytest.raises(Refusal, match="is no editor") as refused:
        template(asked, {})
    assert refused.value.code == 2
    assert "vscode" in refused.value.hint


def test_a_place_is_spelt_as_each_editor_wants_it():
    note = PurePosixPath("/my notes/a#b?.md")
    assert address(EDITORS["vscode"], note, 3, 4) == "vscode://file/my%20notes/a%23b%3F.md:3:4"
    assert address(EDITORS["pycharm"], note, 3, 4) == "pycharm://open?file=/my%20notes/a%23b%3F.md&line=3&column=4"
    assert address(EDITORS["none"], note, 3, 4) == ""
    assert (
        address(EDITORS["zed"], PureWindowsPath(r"C:\notes\{line}.md"), 3, 4) == "zed://file/C:/notes/%7Bline%7D.md:3:4"
    )


def test_without_the_extra_both_verbs_say_what_to_type(monkeypatch):
    monkeypatch.setattr(live, "find_spec", lambda name: None if name == "watchfiles" else name)
    with pytest.raises(Refusal, match="watchfiles is not installed") as refused:
        live.require()
    assert "[live]" in refused.value.hint
