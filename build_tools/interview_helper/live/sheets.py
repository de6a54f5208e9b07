"""Rounds to what is printed of them and advised on them, in a process of its own while the next round is taken."""

from __future__ import annotations

import multiprocessing
import signal
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from multiprocessing.connection import Connection
from multiprocessing.context import SpawnProcess
from pathlib import Path
from threading import Condition, Thread
from typing import Any

from interview_helper import interrupts
from interview_helper.diagnostics import Diagnostic
from interview_helper.files import Refusal
from interview_helper.project import Outcome, Plan, Understood

_CLEARING = 5  # seconds that the process has to end its own ones


@dataclass(frozen=True, slots=True)
class Printed:
    """The papers of the round of a number; `outcome` is None where the process that lays out has died of it."""

    round: int
    outcome: Outcome | None


@dataclass(frozen=True, slots=True)
class Advised:
    """What `check` says of a round, and no round by itself."""

    diagnostics: tuple[Diagnostic, ...]


class Sheets:
    """The sheets of the newest round, in a folder; `told` hears, in a thread of its own, of each that is done.

    With `advising`, advice follows each. What is asked for meanwhile waits, and only the newest of that is done.
    """

    def __init__(self, output: Path, told: Callable[[Printed | Advised], object], *, advising: bool = False) -> None:
        self._output, self._told, self._advising = output, told, advising
        self._state = Condition()
        self._wanted: tuple[int, Understood, Plan] | None = None
        self._busy = False
        self._stopped = False
        self._process: SpawnProcess | None = None
        self._connection: Connection | None = None
        self._thread = Thread(target=self._run, name="sheets", daemon=True)
        self._thread.start()

    def want(self, number: int, notes: Understood, plan: Plan) -> None:
        """Lay these out next."""
        with self._state:
            self._wanted = number, notes, plan
            self._state.notify_all()

    def wait(self) -> None:
        """Be back when all that was wanted is done."""
        with self._state:
            while not self._state.wait_for(lambda: self._wanted is None and not self._busy, 0.5):
                pass  # on Windows, Ctrl-C is heard between two waits only

    def stop(self) -> None:
        """End it, and the process with what it is at."""
        with self._state:
            self._stopped = True
            self._state.notify_all()
        self.end()
        if (process := self._process) is not None:
            process.join(_CLEARING)
            if process.is_alive():
                process.kill()
        self._thread.join(_CLEARING)

    def end(self) -> None:
        """Tell the process to end."""
        if (process := self._process) is not None and process.is_alive():
            process.terminate()

    def _run(self) -> None:
        while True:
            with self._state:
                self._busy = False
                self._state.notify_all()
                self._state.wait_for(lambda: self._wanted is not None or self._stopped)
                if self._stopped or self._wanted is None:
                    return
                (number, notes, plan), self._wanted, self._busy = self._wanted, None, True
                connection = self._connected()
            with suppress(OSError):
                connection.send((notes, plan, self._output))
            self._tell(Printed(number, self._received(connection)))
            if self._advising and (advice := self._received(connection)) is not None:
                self._tell(Advised(advice))

    def _tell(self, done: Printed | Advised) -> None:
        if not self._stopped:
            self._told(done)

    def _received(self, connection: Connection) -> Any:
        """What the process sends next; None where it is gone. Then the next round gets another one."""
        try:
            return connection.recv()
        except (EOFError, OSError):
            self._connection = None
            return None

    def _connected(self) -> Connection:
        if self._connection is None:
            spawn = multiprocessing.get_context("spawn")
            self._connection, its = spawn.Pipe()
            self._process = spawn.Process(target=_serve, args=(its, self._advising), name="sheet")
            self._process.start()
            its.close()
        return self._connection


def _serve(connection: Connection, advising: bool) -> None:
    """Lay out what comes, until nobody is there any more."""
    # Ctrl-C reaches every process of a terminal; this one is told by the first, and ends its own in order.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    interrupts.heed_in_silence()
    from interview_helper import cache, project
    from interview_helper.outputs.sheet import PangoMissing, galley

    loaded = False
    try:
        while True:
            notes, plan, output = connection.recv()
            parts = frozenset({"sheet", *(["flashcards"] if notes.notes.config.with_flashcards else [])})
            outcome: Outcome | None
            try:
                outcome = project.build(notes, plan, output, parts, cache=cache.user_cache())
            except Refusal as refusal:
                outcome = Outcome((), (), (), refusal)
            connection.send(outcome)
            if advising:
                known = set(notes.diagnostics)
                connection.send(tuple(d for d in project.checked(notes).diagnostics if d not in known))
            if not loaded and outcome.refusal is None:
                loaded = True
                with suppress(PangoMissing):  # which it is after a sheet that was whole in the cache
                    galley.galley("<html><body><p>word</p></body></html>", "", {})  # so that the next is done sooner
    except (EOFError, OSError):
        return
