"""The events of a session in the order in which they come: rounds, sheets, keys, and what went wrong with the world."""

from __future__ import annotations

import os
import signal
from collections import deque
from collections.abc import Callable, Iterator
from contextlib import ExitStack, suppress
from pathlib import Path
from queue import Empty, SimpleQueue
from types import FrameType
from typing import Self

from interview_helper import interrupts, lock
from interview_helper.files import Refusal
from interview_helper.live.rounds import Round, Rounds
from interview_helper.live.sheets import Advised, Printed, Sheets
from interview_helper.live.watching import Place, Watching

LEFT = "\x03"  # the key that Ctrl-C is

Happening = Round | Printed | Advised | Refusal | str
"""A string is a key; a Refusal is what keeps a round from being taken, as a folder that is gone, until it is mended."""


class _Saved:
    """Something may have changed on the disk."""


class Session:
    """A notes folder under watch. `now` is the second since 1970; the sheets of each sound round go to `output`.

    With `advising`, `check`'s advice on each sound round is among the happenings.
    """

    def __init__(
        self, source: Path, output: Path, now: Callable[[], int], *, poll: bool = False, advising: bool = False
    ) -> None:
        self.rounds = Rounds(source)
        self._source, self._output, self._now, self._poll, self._advising = source, output, now, poll, advising
        self._events: SimpleQueue[_Saved | Happening] = SimpleQueue()  # of which a signal may add
        self._seen: deque[_Saved | Happening] = deque()
        self._open = ExitStack()
        self.sheets: Sheets | None = None

    def pressed(self, key: str) -> None:
        """Have a key among the events; any thread may say so."""
        self._events.put(key)

    def __enter__(self) -> Self:
        """The session with its first round taken. Raises Refusal where there is nothing to read."""
        first = self.rounds.taken(self._now())
        assert first is not None  # nothing was before it
        self._hear_of_leaving()
        self.sheets = Sheets(self._output, self._events.put, advising=self._advising)
        self._open.callback(self.sheets.stop)
        self._open.enter_context(interrupts.undone(self.sheets.end))
        watching = Watching(_place(first), lambda: self._events.put(_Saved()), self._failed, poll=self._poll)
        self._open.callback(watching.stop)
        return self

    def __exit__(self, *_: object) -> None:
        self._open.close()

    def settled(self) -> Round:
        """The last round, which is one of the notes as they are now. Raises Refusal."""
        taken = self.rounds.taken(self._now())
        if taken is not None:
            self._laid_out(taken)
        assert self.rounds.last is not None  # a session begins with a round
        return self.rounds.last

    def happenings(self) -> Iterator[Happening]:
        """All that happens from the first round on, for ever. Raises Refusal where changes can't be watched any more."""
        refused = ""
        taken = self.rounds.last
        while True:
            if taken is not None:
                yield taken
                self._laid_out(taken)
            event, taken = self._event(), None
            if isinstance(event, Refusal):
                raise event
            if not isinstance(event, _Saved):
                yield event
                continue
            try:
                taken = self.rounds.taken(self._now()) or (self.rounds.last if refused else None)
                refused = ""
            except Refusal as refusal:
                if refusal.message != refused:
                    refused = refusal.message
                    yield refusal

    def _laid_out(self, taken: Round) -> None:
        if not taken.broken and self.sheets is not None:
            self.sheets.want(taken.number, taken.notes, taken.plan)

    def _event(self) -> _Saved | Happening:
        """The next event; of saves that came meanwhile one is as good as many."""
        while True:
            with suppress(Empty):
                while True:
                    self._seen.append(self._events.get_nowait())
            if self._seen:
                event = self._seen.popleft()
                while isinstance(event, _Saved) and self._seen and isinstance(self._seen[0], _Saved):
                    self._seen.popleft()
                return event
            with suppress(Empty):
                self._seen.append(
                    self._events.get(timeout=0.5 if os.name == "nt" else None)
                )  # it hears no Ctrl-C there

    def _hear_of_leaving(self) -> None:
        """Have the first Ctrl-C among the events, as a key; the second ends the process as everywhere."""

        def left(*_: object) -> None:
            signal.signal(signal.SIGINT, before)
            self._events.put(LEFT)

        before: Callable[[int, FrameType | None], object] | int | None = signal.getsignal(signal.SIGINT)
        if before is None or before == signal.SIG_IGN:
            return
        with suppress(ValueError):  # only the main thread may say so
            signal.signal(signal.SIGINT, left)
            self._open.callback(signal.signal, signal.SIGINT, before)

    def _failed(self, refusal: Refusal) -> None:
        self._events.put(refusal)


def _place(taken: Round) -> Place:
    notes = taken.notes.notes
    return Place(notes.root, below=notes.lock.path.name == lock.NAME)
