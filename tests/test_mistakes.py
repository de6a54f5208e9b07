"""Broken notes, and exactly what is said of them: those of each code, and folders with more than one mistake.

    WRITE_MODELS=1 pytest tests/test_mistakes.py

writes anew what is expected. Read the difference before you commit it: each line must be at the words that it names.
"""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import pytest
from interview_helper import examples
from interview_helper.cli import app
from interview_helper.diagnostics import CODES, Diagnostic
from interview_helper.examples import Limits
from interview_helper.mistakes import MISTAKES, Notes
from made_fonts import configured, font, saved
from typer.testing import CliRunner
from worlds import made, told

BROKEN = Path(__file__).parent / "notes" / "broken"
FOLDERS = sorted(path for path in BROKEN.iterdir() if path.is_dir())
EXPECTED = BROKEN / "codes.json"
LINUX_ONLY = ("E006", "C005")  # the memory of an example is held, and two names differ in case alone


@pytest.fixture
def system(tmp_path, monkeypatch):
    """A system with a font for what ours lack, and examples that are stopped after two seconds, not ten."""
    fonts = tmp_path / "fonts"
    fonts.mkdir()
    (fonts / "jp.ttf").write_bytes(saved(font("Noto Sans JP", "数")))
    monkeypatch.setenv("FONTCONFIG_FILE", str(configured(fonts)))
    verified = examples.verified
    monkeypatch.setattr(examples, "verified", lambda *a, **k: verified(*a, limits=Limits(seconds=2), **k))
    monkeypatch.chdir(tmp_path)


def under(folder: Path, d: Diagnostic) -> str:
    """The text that a diagnostic's span covers."""
    path = folder / d.span.path
    if not path.is_file() or d.code in ("C002", "I005"):
        return ""
    rows = path.read_text("utf-8").split("\n")[d.span.line - 1 : d.span.end_line]
    rows[-1] = rows[-1][: d.span.end_column - 1]
    rows[0] = rows[0][d.span.column - 1 :]
    return "\n".join(rows)


def model(folder: Path, diagnostics: Iterable[Diagnostic]) -> list[list[str]]:
    """Diagnostics as JSON: place and code, the words at that place, message, hint."""
    return [
        [
            f"{d.span.path}:{d.span.line}:{d.span.column}-{d.span.end_line}:{d.span.end_column} {d.severity} {d.code}",
            under(folder, d),
            d.message.split(":")[0] if d.code == "E009" else d.message,  # the order of a set is the Python's own
            d.hint,
        ]
        for d in diagnostics
    ]


def expected(path: Path, key: str, found: list[list[str]]) -> Any:
    """What a file of expectations has under a key; written anew where that is asked for."""
    known = json.loads(path.read_text("utf-8")) if path.exists() else {}
    if os.environ.get("WRITE_MODELS"):
        known[key] = found
        order = list(CODES)
        known = dict(sorted(known.items(), key=lambda item: order.index(item[0]) if item[0] in order else -1))
        path.write_text(json.dumps(known, ensure_ascii=False, indent=1) + "\n", "utf-8")
    return known[key]


@pytest.mark.parametrize("code", MISTAKES)
def test_the_bad_notes_of_a_code_get_it_and_no_other_and_the_good_ones_nothing(code, tmp_path, system, monkeypatch):
    mistake = MISTAKES[code]
    if code in LINUX_ONLY and sys.platform != "linux":
        pytest.skip("so on Linux alone")
    found = {}
    for name, notes in (("bad", mistake.bad), ("good", mistake.good)):
        (tmp_path / name).mkdir()
        monkeypatch.chdir(tmp_path / name)
        found[name] = model(Path("notes"), told(made(Path(), notes), mistake.verb, Path()))
    assert found["good"] == []
    assert {each[0].split()[-1] for each in found["bad"]} == {code}
    assert found["bad"] == expected(EXPECTED, code, found["bad"])


@pytest.mark.parametrize("folder", FOLDERS, ids=lambda path: path.name)
def test_what_is_said_of_a_broken_folder(folder, tmp_path, system, monkeypatch):
    files = {
        path.relative_to(folder).as_posix(): path.read_bytes()
        for path in sorted(folder.rglob("*"))
        if path.is_file() and path.name != "expected.json"
    }
    monkeypatch.chdir(tmp_path)
    made(Path(), Notes(files))
    verbs = json.loads((folder / "expected.json").read_text("utf-8"))
    for verb in verbs:
        found = model(Path("notes"), told(Path("notes"), verb, Path()))
        assert found == expected(folder / "expected.json", verb, found)


def test_every_code_has_its_notes_and_is_expected_of_some():
    assert list(MISTAKES) == list(CODES)
    assert list(json.loads(EXPECTED.read_text("utf-8"))) == list(CODES)


def test_explain_shows_the_paragraph_and_both_notes():
    for code in CODES.values():
        shown = CliRunner().invoke(app, ["explain", code.code]).stdout
        assert shown.startswith(f"{code.code}: {code.title} ({code.severity})\n\n{code.paragraph}\n\nBad")
        assert "\nGood" in shown
    shown = CliRunner().invoke(app, ["explain", "i006"]).stdout
    assert shown.endswith(
        "Bad: the deck was built of\n\n    # Lists\n\n    ## What is a list?\n\n    A mutable sequence.\n\n"
        "and now the notes are\n\n    # Lists\n\n    ## What is a list in Python?\n\n    A mutable sequence of objects.\n\n"
        "Good: the deck was built of\n\n    # Lists\n\n    ## What is a list?\n\n    A mutable sequence.\n\n"
        "and now the notes are\n\n    # Lists\n\n    ## What is a list?\n\n    A mutable sequence of objects.\n\n"
        "Told by interview-helper build --only deck.\n"
    )
