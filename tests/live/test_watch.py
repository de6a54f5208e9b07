"""`watch` as a person has it: on a terminal with its keys, and in a pipe."""

from __future__ import annotations

import os
import re
import select
import signal
import subprocess
import sys
import time
from io import StringIO
from types import SimpleNamespace

import pytest

pytest.importorskip("watchfiles", reason="the extra `live` is not installed")

from interview_helper import cli
from interview_helper.live.rounds import Rounds
from interview_helper.live.screen import Screen

NOTE = "# T\n\n## What is A?\n\nA letter.\n"
HALF = "\n## Whe\n"
WHOLE = "\n## When is B?\n\nAfter A.\n"
LONG = 60  # seconds; a loaded machine lays a sheet out slowly


class Watch:
    """A running `watch` of a folder, on a terminal of its own or in a pipe."""

    def __init__(self, folder, *, terminal):
        self.folder = folder
        (folder / "notes").mkdir()
        self.note = folder / "notes" / "a.md"
        self.note.write_text(NOTE)
        self.lock = folder / "notes" / "deck.lock"
        self.deck = folder / "out" / "t.apkg"
        self.said = ""
        command = [sys.executable, "-m", "interview_helper", "watch", "notes", "-o", "out"]
        environment = {**os.environ, "TERM": "xterm", "COLUMNS": "200", "LINES": "40"}
        if terminal:
            self._read, theirs = os.openpty()
            streams = {"stdin": theirs, "stdout": theirs, "stderr": theirs}
        else:
            self._read, theirs = os.pipe()
            streams = {"stdin": subprocess.DEVNULL, "stdout": theirs, "stderr": theirs}
        self.process = subprocess.Popen(command, cwd=folder, env=environment, start_new_session=True, **streams)
        os.close(theirs)

    def until(self, words):
        """Wait until it has said something, from what it says from now on; give that."""
        end = time.monotonic() + LONG
        while not (found := re.search(words, self.said, re.DOTALL)):
            assert time.monotonic() < end, self.said
            self._listen()
        before, self.said = self.said[: found.end()], self.said[found.end() :]
        return before

    def _listen(self):
        if select.select([self._read], [], [], 0.1)[0]:
            try:
                self.said += os.read(self._read, 65536).decode().replace("\r\n", "\n")
            except OSError:  # what a terminal that nobody has any more says on Linux
                self.process.wait(LONG)

    def press(self, key):
        os.write(self._read, key.encode())

    def ended(self):
        """Its exit code, and all that it has said since."""
        end = time.monotonic() + LONG
        while self.process.poll() is None and time.monotonic() < end:
            self._listen()
        self._listen()
        return self.process.returncode

    def close(self):
        if self.process.poll() is None:
            os.killpg(self.process.pid, signal.SIGKILL)
            self.process.wait()
        os.close(self._read)


@pytest.fixture
def watch(tmp_path, request):
    running = Watch(tmp_path, terminal=request.param)
    yield running
    running.close()


def test_with_errors_in_the_notes_nothing_is_written_on_leaving(tmp_path):
    (tmp_path / "a.md").write_bytes(b"# T\n\n## A\n\n\xff\n")
    of = Rounds(tmp_path)
    broken = of.taken(0)
    said = StringIO()
    session = SimpleNamespace(settled=lambda: broken, sheets=None)
    told = cli._Told(Screen(said), "")
    assert cli._left(session, told, tmp_path, tmp_path / "out") == 1
    assert "mend the errors first" in said.getvalue()
    assert "C002" in said.getvalue()
    assert [path.name for path in tmp_path.iterdir()] == ["a.md"]


needs_terminal = pytest.mark.skipif(not hasattr(os, "openpty"), reason="there are no terminals of our own here")


@needs_terminal
@pytest.mark.parametrize("watch", [True], indirect=True, ids=["terminal"])
def test_a_half_typed_heading_is_shown_and_is_no_card_until_it_is_whole_and_asked_for(watch):
    watch.until("1 card · nothing to complain of · next import: 1 new")
    watch.until(r"out/t\.pdf of [0-9:]+ · b builds the deck")  # the sheet is there at once
    assert not watch.lock.exists()
    watch.note.write_text(NOTE + HALF)
    watch.until("1 card · 1 warning · next import: 1 new")
    assert "'Whe' has no answer" in watch.until("b builds the deck · q")
    watch.note.write_text(NOTE + WHOLE)
    watch.until("2 cards: 1 new · nothing to complain of · next import: 2 new")
    # The mistake was on the screen until then, and is taken away.
    assert "has no answer" not in watch.until("q builds it and leaves")
    assert not watch.lock.exists()
    assert not watch.deck.exists()
    watch.press("b")
    watch.until(r"out/t\.apkg")
    watch.until("2 cards · nothing to complain of · next import: nothing new")
    assert "When is B?" in watch.lock.read_text()
    assert 'Whe"' not in watch.lock.read_text()
    lock = watch.lock.read_bytes()
    watch.note.write_text(NOTE)
    watch.until("1 card: 1 retired")
    watch.press("x")
    assert watch.ended() == 0
    assert watch.lock.read_bytes() == lock


@pytest.mark.skipif(os.name == "nt", reason="no signal reaches one process alone there")
@pytest.mark.parametrize("watch", [False], indirect=True, ids=["pipe"])
def test_in_a_pipe_ctrl_c_writes_deck_and_lock_and_leaves(watch):
    watch.until("next import: 1 new\n")
    watch.note.write_text(NOTE + HALF)
    assert "\x1b" not in watch.until("'Whe' has no answer")
    watch.note.write_text(NOTE + WHOLE)
    watch.until("2 cards: 1 new")
    assert not watch.lock.exists()
    watch.process.send_signal(signal.SIGINT)
    assert watch.ended() == 130
    assert "out/t.apkg\n" in watch.said
    assert "Traceback" not in watch.said
    assert "When is B?" in watch.lock.read_text()
    assert (watch.folder / "out" / "t.pdf").exists()  # which was waited for
