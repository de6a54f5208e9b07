"""What `--help`, `--version` and the completion of shells say."""

from __future__ import annotations

import os
import re
import shlex
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from interview_helper import manual
from interview_helper.cli import app
from typer.main import get_command
from typer.testing import CliRunner

ROOT = Path(__file__).parent.parent
VERBS = sorted(get_command(app).commands)
NOTES = "# Data model\n<!-- tags: core -->\n\n## What is a list?\n\nA sequence.\n\n# Deletion\n\n## What does `del` do?\n\nIt unbinds a name.\n"


def shown(*arguments: str) -> str:
    done = CliRunner(env={"COLUMNS": "80", "TERMINAL_WIDTH": "80"}).invoke(app, [*arguments, "--help"])
    assert done.exit_code == 0
    return done.stdout


def test_the_list_of_verbs_says_each_in_one_line_of_80_characters():
    help_ = shown()
    assert "..." not in help_.replace("[ARGS]...", "")
    assert max(map(len, help_.splitlines())) <= 80


@pytest.mark.parametrize("verb", VERBS)
def test_each_verb_says_what_it_does_with_examples_and_exit_codes(verb):
    help_ = shown(verb)
    assert max(map(len, help_.splitlines())) <= 80
    assert f"\n    interview-helper {verb}" in help_
    assert re.search(r"^  Exit codes:\n    0    done\n(    \d+ .*\n)+", help_, re.MULTILINE)


@pytest.mark.parametrize("example", manual.examples())
def test_each_example_can_be_typed(example):
    _, verb, *arguments = shlex.split(example)
    command = get_command(app).commands[verb]
    assert command.make_context(verb, arguments)


def test_the_version_has_what_a_bug_report_needs():
    rows = CliRunner().invoke(app, ["--version"]).stdout.splitlines()
    assert re.fullmatch(r"interview-helper \d+\.\d+\.\d+ \(deck\.lock format \d+\)", rows[0])
    assert rows[1].endswith(f" {sys.version.split()[0].rstrip('+')}")
    named = {row.split()[0] for row in rows[3:]}
    assert {"genanki", "markdown-it-py", "weasyprint", "typer", "Pango"} <= named
    assert all(re.fullmatch(r"\S+ (\d\S*|\(lacking\))", row) for row in rows[3:])


# --- completion ---------------------------------------------------------------------------------------------------


@pytest.fixture
def notes(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "source").mkdir()
    (tmp_path / "source" / "a.md").write_text(NOTES, encoding="utf-8")
    return tmp_path / "source"


def offered(typed: str) -> list[str]:
    """What zsh is offered for what is typed up to here."""
    environment = {"_INTERVIEW_HELPER_COMPLETE": "complete_zsh", "_TYPER_COMPLETE_ARGS": f"interview-helper {typed}"}
    done = CliRunner().invoke(app, prog_name="interview-helper", env=environment)
    assert (done.exit_code, done.stderr) == (0, "")
    return re.findall(r'^(?:_arguments.*\(\()?"([^"]*)"', done.stdout, re.MULTILINE)


def test_a_topic_a_tag_and_a_code_can_be_completed(notes):
    assert offered("build --topic ") == ["Data model", "Deletion"]
    assert offered("build --topic Del") == ["Deletion"]
    assert offered("build source --tag ") == ["core"]
    assert offered("explain N00")[:2] == ["N001", "N002"]


def test_a_retired_card_can_be_completed_by_its_id(notes):
    run = CliRunner().invoke
    assert run(app, ["build", "--only", "deck"]).exit_code == 0
    (notes / "a.md").write_text(NOTES.partition("# Deletion")[0], encoding="utf-8")
    assert run(app, ["build", "--only", "deck"]).exit_code == 0
    (found,) = offered("forget ")
    assert re.fullmatch("[0-9a-f]{16}", found)


def test_nothing_is_offered_and_nothing_said_where_there_are_no_notes(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    assert [offered(typed) for typed in ("build --topic ", "build --tag ", "forget ")] == [[], [], []]


@pytest.mark.skipif(not shutil.which("bash") or os.name == "nt", reason="there is no bash here")
def test_bash_puts_a_title_with_a_space_into_the_line_as_one_word(notes, tmp_path):
    command = tmp_path / "interview-helper"
    command.write_text(
        f'#!/bin/sh\nexec "{sys.executable}" -c "from interview_helper.cli import app; app(prog_name=\'interview-helper\')" "$@"\n'
    )
    command.chmod(0o755)
    script = """
        eval "$(interview-helper --show-completion bash)"
        COMP_WORDS=(interview-helper build --topic Da) COMP_CWORD=3
        _interview_helper_completion interview-helper
        printf '%s\\n' "${COMPREPLY[@]}"
    """
    environment = {**os.environ, "PATH": f"{tmp_path}{os.pathsep}{os.environ['PATH']}"}
    path = os.pathsep.join(filter(None, (str(ROOT / "build_tools"), os.environ.get("PYTHONPATH"))))
    done = subprocess.run(
        ["bash", "-c", script], env={**environment, "PYTHONPATH": path}, capture_output=True, text=True, check=True
    )
    assert done.stdout == "Data\\ model\n"
