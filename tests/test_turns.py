"""Two builds at once: the second waits for the first, and no id that is published is missing from the lock."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from interview_helper import cli, ledger, lock, turns
from interview_helper.files import Refusal
from kills import World, world, written
from typer.testing import CliRunner

POSIX = pytest.mark.skipif(os.name != "posix", reason="processes are stopped and killed by signals of POSIX")

# A build that stops once it knows what to write, and has written nothing.
_STOPPED = """
import os, signal
from interview_helper import project
real = project.planned
def planned(*arguments):
    made = real(*arguments)
    project.planned = real
    os.kill(os.getpid(), signal.SIGSTOP)
    return made
project.planned = planned
from interview_helper.__main__ import main
main()
"""


@pytest.fixture
def notes(tmp_path) -> World:
    made = world(tmp_path)
    written(made.notes)
    return made


def begun(notes: World, output: str, program: tuple[str, ...] = ("-m", "interview_helper"), **more: str):
    return subprocess.Popen(
        [sys.executable, *program, "build", "notes", "-o", output, "--only", "deck"],
        env=notes.environment(1) | more,
        cwd=notes.root,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


@pytest.fixture
def stopped(notes) -> Iterator[subprocess.Popen[str]]:
    """A build that has read notes and lock, knows what to write, and is stopped there."""
    yield from _stopped(notes)


def _stopped(notes: World, **more: str) -> Iterator[subprocess.Popen[str]]:
    process = begun(notes, "first", ("-c", _STOPPED), **more)
    os.waitid(os.P_PID, process.pid, os.WSTOPPED | os.WNOWAIT)
    yield process
    if process.poll() is None:
        process.kill()
        process.send_signal(signal.SIGCONT)
    process.communicate()


def another_card(notes: World) -> None:
    (notes.notes / "more.md").write_text("# More\n\n## What came between?\n\nA card.\n")


def recorded(notes: World) -> set[str]:
    text = (notes.notes / "deck.lock").read_text(encoding="utf-8")
    return {line.id for line in ledger.read(text)[0].lines}


def published(notes: World, output: str) -> set[str]:
    return {line.id for line in lock.recovered(notes.root / output / "kills.apkg").lines}


def killed(process: subprocess.Popen[str]) -> None:
    process.kill()
    process.communicate()


@POSIX
def test_the_second_build_waits_says_for_whom_and_knows_what_the_first_has_published(notes, stopped):
    another_card(notes)
    second = begun(notes, "second")
    assert second.stderr
    words = second.stderr.readline()
    assert words.startswith(f"waiting for another build of this deck: process {stopped.pid}, since ")
    stopped.send_signal(signal.SIGCONT)
    assert second.communicate(timeout=60)[1] == "13 cards: 1 new\n"
    assert (stopped.wait(60), second.returncode) == (0, 0)
    assert published(notes, "first") | published(notes, "second") == recorded(notes)
    assert len(recorded(notes)) == 13
    assert not list((notes.cache / "interview-helper" / "turns").iterdir())


@POSIX
def test_where_there_are_no_turns_the_first_finds_that_it_was_overtaken_and_writes_nothing(notes):
    (first,) = (run := _stopped(notes, XDG_CACHE_HOME="/dev/null")) and [next(run)]
    another_card(notes)
    second = begun(notes, "second", XDG_CACHE_HOME="/dev/null")
    assert second.communicate(timeout=60)[1] == "13 cards: 13 new\n"
    assert second.returncode == 0
    first.send_signal(signal.SIGCONT)
    said = first.communicate(timeout=60)[1]
    assert said.splitlines() == [
        "error: notes/deck.lock has been changed while this build was at work, by another one or by git",
        "    hint: interview-helper build notes",
    ]
    assert first.returncode == 3
    assert not (notes.root / "first").exists()
    assert published(notes, "second") == recorded(notes)
    run.close()


@POSIX
def test_who_is_killed_has_lost_its_turn(notes, stopped):
    killed(stopped)
    second = begun(notes, "second")
    assert second.communicate(timeout=60)[1] == "12 cards: 12 new\n"


@POSIX
def test_who_has_waited_for_a_build_that_did_it_all_finds_nothing_to_do(notes, stopped):
    second = begun(
        notes, "first", ("-c", "import time\ntime.sleep(0.2)\nfrom interview_helper.__main__ import main\nmain()")
    )
    time.sleep(1)
    stopped.send_signal(signal.SIGCONT)
    out, said = second.communicate(timeout=60)
    assert (stopped.wait(60), out) == (0, "first/kills.apkg (unchanged)\n")
    assert said.splitlines()[-1] == "12 cards: none changed"


@pytest.fixture
def held(notes, monkeypatch) -> Iterator[None]:
    """Another one has the turn, and nobody has patience."""
    monkeypatch.setattr(turns, "_PATIENCE", -1)
    monkeypatch.chdir(notes.root)
    assert CliRunner().invoke(cli.app, ["build", "notes", "--only", "deck"]).exit_code == 0
    with turns.taken(notes.notes / "deck.lock", print):
        yield


@pytest.mark.parametrize(
    ("typed", "waits"),
    [
        ("build notes", True),
        ("build notes/lists.md --only sheet", True),
        ("recover output/kills.apkg notes", True),
        ("forget 12 notes", True),
        ("init notes", True),
        ("init notes --fork", True),
        ("check notes", False),
        ("list notes", False),
        ("diff notes", False),
    ],
)
def test_what_writes_a_lock_waits_and_what_only_reads_does_not(held, typed, waits):
    done = CliRunner().invoke(cli.app, typed.split())
    assert done.exit_code == (3 if waits else 0), done.output
    assert (f"another build of notes is not done yet: process {os.getpid()}, since " in done.stderr) == waits
    assert (
        f"    hint: wait for it, or end it: {'kill' if os.name == 'posix' else 'taskkill /pid'} " in done.stderr
    ) == waits


def test_an_unchanged_build_waits_for_nobody(notes):
    assert "12 new" in notes.built(1, "--only", "deck")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("XDG_CACHE_HOME", str(notes.cache))
        patch.setenv("WIN_PD_OVERRIDE_LOCAL_APPDATA", str(notes.cache))
        with turns.taken(notes.notes / "deck.lock", print):
            assert notes.built(1, "--only", "deck") == "12 cards: none changed\n"


def test_decks_do_not_wait_for_each_other(tmp_path, monkeypatch):
    monkeypatch.setattr(turns, "_PATIENCE", -1)
    with turns.taken(tmp_path / "a" / "deck.lock", print), turns.taken(tmp_path / "b" / "deck.lock", print) as waited:
        assert not waited


def test_a_deck_has_one_turn_by_whatever_path(tmp_path, monkeypatch):
    monkeypatch.setattr(turns, "_PATIENCE", -1)
    (tmp_path / "a").mkdir()
    try:
        (tmp_path / "b").symlink_to(tmp_path / "a")
    except OSError:
        pytest.skip("no links here")
    with turns.taken(tmp_path / "a" / "deck.lock", print):
        with pytest.raises(Refusal, match="not done yet"), turns.taken(tmp_path / "b" / "deck.lock", print):
            pass
        with (
            pytest.raises(Refusal, match="not done yet"),
            turns.taken(Path(tmp_path, "a", "..", "a", "deck.lock"), print),
        ):
            pass
