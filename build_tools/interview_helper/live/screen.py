"""What a session says on a terminal or into a pipe: a line a round, and on a terminal, below them, what is wrong now."""

from __future__ import annotations

import os
import re
import shutil
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from threading import Thread
from typing import TextIO
from unicodedata import category, east_asian_width

from interview_helper import interrupts, terminal
from interview_helper.diagnostics import Diagnostic
from interview_helper.identity import Assignment, Event
from interview_helper.live.rounds import Round

_SIGNS = re.compile(r"\x1b\[[0-9;]*m")
_LEFT = 4  # rows of a terminal that stay for the lines of rounds


def line(taken: Round, others: tuple[Diagnostic, ...] = ()) -> str:
    """A round in one line: the cards and what was done to them, what is wrong, what the next build does to the deck.

    `others` is what is wrong beyond the notes: on paper.
    """
    count = len(taken.plan.assignment.cards)
    parts = [f"{count} card{'' if count == 1 else 's'}"]
    if done := events(taken.since):
        parts[0] += f": {done}"
    parts.append(problems((*taken.diagnostics, *others)))
    if taken.broken:
        parts.append("nothing is built until the errors are mended")
    else:
        parts.append(f"next import: {events(taken.plan.assignment) or 'nothing new'}")
    return " · ".join(parts)


def events(assignment: Assignment) -> str:
    """How many cards are new, changed, moved, retired, restored; empty where none is."""
    return ", ".join(f"{len(ids)} {event}" for event in Event if (ids := assignment.ids(event)))


def problems(diagnostics: tuple[Diagnostic, ...]) -> str:
    """How many errors, warnings and hints there are."""
    counts = {name: sum(d.severity == name for d in diagnostics) for name in ("error", "warning", "hint")}
    words = [f"{n} {name}{'' if n == 1 else 's'}" for name, n in counts.items() if n]
    return ", ".join(words) or "nothing to complain of"


class Screen:
    """Lines that stay, and on a terminal a region below them that is drawn anew."""

    def __init__(self, stream: TextIO) -> None:
        self._stream = stream
        self.live = stream.isatty() and os.environ.get("TERM") != "dumb"
        self._color = terminal.takes_color(stream)
        self._region: list[str] = []

    def draw(self, said: str = "", wrong: str = "", status: str = "") -> None:
        """Put `said` above the region, for good; in the region what is wrong, as far as there is room, and a status."""
        rows = self._spelt(wrong).split("\n") if wrong else []
        up = sum(map(_rows, self._region))
        erased = f"\x1b[{up}A\r\x1b[J" if up else ""
        self._region = [*_fitting(rows), *([status] if status else [])] if self.live else []
        lines = [*([self._spelt(said)] if said else []), *self._region]
        self._stream.write(erased + "".join(f"{row}\n" for row in lines))
        self._stream.flush()

    def _spelt(self, text: str) -> str:
        return terminal.colored(text) if self._color else text


def _fitting(rows: list[str]) -> list[str]:
    """As many rows as the terminal has room for, and how many are left out."""
    room = shutil.get_terminal_size().lines - _LEFT
    shown: list[str] = []
    for number, row in enumerate(rows):
        room -= _rows(row)
        if room < 1 and number < len(rows) - 1:
            return [*shown, f"… and {len(rows) - number} more lines: interview-helper check has them all"]
        shown.append(row)
    return shown


def _rows(row: str) -> int:
    """How many rows of the terminal a line takes."""
    columns = sum(
        0 if category(c) in ("Mn", "Me", "Cf") else 2 if east_asian_width(c) in "WF" else 1 for c in _SIGNS.sub("", row)
    )
    return max(1, -(-columns // max(1, shutil.get_terminal_size().columns)))


@contextmanager
def keys(pressed: Callable[[str], object]) -> Iterator[bool]:
    """Within it, `pressed` hears each key of the terminal, in a thread of its own; what is given is whether there is one."""
    if not sys.stdin.isatty():
        yield False
        return
    with _raw(sys.stdin.fileno()) as read:
        Thread(target=_hear, args=(read, pressed), name="keys", daemon=True).start()
        yield True


def _hear(read: Callable[[], str], pressed: Callable[[str], object]) -> None:
    while key := read():
        pressed(key)


if sys.platform == "win32":

    @contextmanager
    def _raw(_: int) -> Iterator[Callable[[], str]]:
        """What reads a key without waiting for Enter."""
        import msvcrt

        yield msvcrt.getwch

else:

    @contextmanager
    def _raw(stdin: int) -> Iterator[Callable[[], str]]:
        """What reads a key without waiting for Enter, until the terminal is as it was."""
        import termios
        import tty

        before = termios.tcgetattr(stdin)
        tty.setcbreak(stdin)

        def read() -> str:
            try:
                return os.read(stdin, 1).decode("ascii", "replace")  # not sys.stdin, which is locked while it waits
            except OSError:  # the terminal is gone
                return ""

        def restored() -> None:
            termios.tcsetattr(stdin, termios.TCSANOW, before)

        with interrupts.undone(restored):
            try:
                yield read
            finally:
                restored()
