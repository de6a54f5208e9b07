"""Builds that are killed, and what there is to check of what they leave."""

from __future__ import annotations

import os
import random
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from interview_helper.cache import FolderCache

# Runs the command that follows, and kills its own process group at the event of this number that changes a disk:
# before it does. With 0, it says how many there are.
_AT_AN_EVENT = """
import os, signal, sys
wanted, seen, process = int(sys.argv[1]), 0, os.getpid()
names = ("os.rename", "os.remove", "os.mkdir", "os.chmod", "os.truncate")
def heard(name, arguments):
    global seen
    if name in names or name == "open" and isinstance(arguments[2], int) and arguments[2] & (os.O_WRONLY | os.O_RDWR):
        if os.getpid() == process and "__pycache__" not in str(arguments[0]):
            seen += 1
            if seen == wanted:
                os.killpg(0, signal.SIGKILL)
sys.addaudithook(heard)
sys.argv = ["interview-helper", *sys.argv[2:]]
from interview_helper.__main__ import main
try:
    main()
finally:
    if not wanted:
        print("events:", seen, file=sys.stderr)
"""
_MARK = "INTERVIEW_HELPER_TEST"


@dataclass(frozen=True)
class World:
    """A notes folder, what is built from it, and a cache of its own."""

    root: Path
    notes: Path
    output: Path
    cache: Path
    temporary: Path

    @classmethod
    def of(cls, root: Path) -> World:
        """The one in a folder."""
        return cls(root, root / "notes", root / "output", root / "cache", root / "temporary")

    @property
    def files(self) -> dict[str, bytes]:
        """What a build leaves: lock and outputs, and what should not be beside them."""
        found = [*self.output.glob("*"), *self.output.glob(".*"), *self.notes.glob("*.lock"), *self.notes.glob(".*")]
        return {path.name: path.read_bytes() for path in sorted(found) if path.is_file()}

    def environment(self, now: int) -> dict[str, str]:
        """That of a build at a second since 1970."""
        own = {
            "XDG_CACHE_HOME": str(self.cache),
            "WIN_PD_OVERRIDE_LOCAL_APPDATA": str(self.cache),  # platformdirs on Windows
            "TMPDIR": str(self.temporary),
            "SOURCE_DATE_EPOCH": str(now),
            _MARK: str(self.root),
        }
        return {**os.environ, **own}

    def command(self, *more: str) -> list[str]:
        """What is typed to build it, after the name of the program."""
        return ["build", str(self.notes), "-o", str(self.output), *more]

    def started(self, now: int, *more: str, event: int | None = None, **options: object) -> subprocess.Popen[str]:
        """A build in a process group of its own, which kills itself at an event where one is given."""
        program = ["-m", "interview_helper"] if event is None else ["-c", _AT_AN_EVENT, str(event)]
        return subprocess.Popen(
            [sys.executable, *program, *self.command(*more)],
            env=self.environment(now),
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            start_new_session=True,
            **options,
        )

    def built(self, now: int, *more: str, event: int | None = None) -> str:
        """What a build says on standard error that nobody kills."""
        process = self.started(now, *more, event=event)
        _, said = process.communicate(timeout=120)
        assert process.returncode == 0, said
        assert "Traceback" not in said
        return said

    def killed_after(self, now: int, seconds: float, *more: str, group: bool = True) -> bool:
        """Whether a build was still at work when it was killed after so many seconds; alone, or with what it started."""
        process = self.started(now, *more)
        with suppress(subprocess.TimeoutExpired):
            process.communicate(timeout=seconds)
            return False
        if group:
            os.killpg(process.pid, signal.SIGKILL)
        else:
            process.kill()
        process.communicate(timeout=30)  # whoever is left of it would hold its pipes
        return process.returncode == -signal.SIGKILL

    def killed_at(self, now: int, event: int, *more: str) -> bool:
        """Whether a build came to its event of this number, where it was killed."""
        process = self.started(now, *more, event=event)
        process.communicate(timeout=120)
        return process.returncode == -signal.SIGKILL

    def left_running(self, seconds: float = 10) -> list[int]:
        """The processes of killed builds that are still there after so many seconds."""
        end = time.monotonic() + seconds
        while (found := list(self._running())) and time.monotonic() < end:
            time.sleep(0.05)
        return found

    def _running(self) -> Iterator[int]:
        mark = f"{_MARK}={self.root}\0".encode()
        for each in Path("/proc").glob("[0-9]*"):
            with suppress(OSError):
                if mark in (each / "environ").read_bytes() and int(each.name) != os.getpid():
                    yield int(each.name)

    def torn_entries(self) -> list[str]:
        """The entries of the cache that are there and have no value."""
        folder = self.cache / "interview-helper"
        cache = FolderCache(folder)
        names = [path.name for path in folder.glob("*") if len(path.name) == 64]
        return [name for name in names if cache.get(name) is None]


def world(root: Path) -> World:
    """An empty one."""
    made = World.of(root)
    for each in (made.notes, made.temporary):
        each.mkdir(parents=True)
    return made


TOPICS = ("lists", "dicts", "sets", "loops")


def written(notes: Path) -> None:
    """Write the first notes: four topics with three cards each."""
    (notes / "deck.toml").write_text('id = "kills"\ntitle = "Kills"\nslug = "kills"\n')
    for topic in TOPICS:
        cards = (f"## What is number {n} of {topic}?\n\nThe `{topic}` *{n}* answer.\n" for n in range(3))
        (notes / f"{topic}.md").write_text("\n".join((f"# All {topic}\n", *cards)))


def edited(notes: Path, number: int, chance: random.Random) -> tuple[int, int]:
    """Edit the notes: reword, add, move or retire a card. How many cards are new then, and how many are gone."""
    path = chance.choice(sorted(notes.glob("*.md")))
    head, *cards = path.read_text().split("\n## ")
    at = chance.randrange(len(cards)) if cards else 0
    match number % 4 if len(cards) > 1 else 1:
        case 0:  # reworded
            question, rest = cards[at].split("\n", 1)
            cards[at] = f"{question.rstrip('?')} now?\n{rest}"
            change = (0, 0)
        case 1:
            cards.insert(at, f"Which word is new in edit {number}?\n\nThe word `w{number}x`, a new one.\n")
            change = (1, 0)
        case 2:  # moved to another file
            other = chance.choice([each for each in sorted(notes.glob("*.md")) if each != path])
            other.write_text(f"{other.read_text().rstrip()}\n\n## {cards.pop(at)}")
            change = (0, 0)
        case _:
            cards.pop(at)
            change = (0, 1)
    path.write_text("\n## ".join((head, *cards)))
    return change
