"""What commands cost: each a whole process, all in turn, round after round, so that a busy machine is busy for all."""

from __future__ import annotations

import ctypes
import os
import statistics
import sys
import tempfile
import time
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

_PR_SET_CHILD_SUBREAPER = 36  # prctl(2)
_EVERY = 0.05  # seconds between two looks at the memory of processes


@dataclass(frozen=True, slots=True)
class Spent:
    """Seconds on the wall and of the processor, and the peak memory of the largest process in MiB."""

    wall: float
    processor: float
    memory: float


@dataclass(frozen=True, slots=True)
class Row:
    """What a table says of two commands, by their names in the rounds: the first divided by the second."""

    name: str
    first: str
    second: str
    bound: float | None = None


Rounds = Mapping[str, Sequence[Spent]]


def rounds(runs: int, commands: Mapping[str, Callable[[], list[str]]], first: Collection[str] = ()) -> Rounds:
    """What each of `commands` spent in each of `runs` rounds, after those named in `first` have run unmeasured.

    A command's function makes ready what it needs, which is not measured, and gives its arguments.
    """
    for name in first:
        spent(commands[name]())
    found: dict[str, list[Spent]] = {name: [] for name in commands}
    for _ in range(runs):
        for name, ready in commands.items():
            found[name].append(spent(ready()))
    return found


def spent(arguments: list[str]) -> Spent:
    """What a command and all processes that it started have spent, after it succeeded."""
    _adopt_orphans()
    with tempfile.TemporaryFile() as said:
        start = time.perf_counter()
        process = _started(arguments, said.fileno())
        _, status, usage = os.wait4(process, 0)
        wall = time.perf_counter() - start
        if status:
            said.seek(0)
            raise SystemExit(f"{said.read().decode(errors='replace')}\n{' '.join(arguments)} failed")
    usages = [usage]
    with suppress(ChildProcessError):  # what it left behind: Chromium does not wait for all of its processes
        while True:
            usages.append(os.wait4(-1, 0)[2])
    processor = sum(each.ru_utime + each.ru_stime for each in usages)
    memory = max(each.ru_maxrss for each in usages) / (1024 if sys.platform == "linux" else 1024 * 1024)
    return Spent(wall, processor, memory)


def together(arguments: list[str]) -> float | None:
    """The peak memory (MiB) of a command and all its processes together, shared pages counted once. Linux only.

    Looking costs the processor something: nothing else should be measured in the same run.
    """
    if not Path("/proc/self/smaps_rollup").exists():
        return None
    with Path(os.devnull).open("wb") as null:
        process = _started(arguments, null.fileno())
    most = 0
    while os.waitpid(process, os.WNOHANG) == (0, 0):
        most = max(most, sum(map(_resident, _tree(process))))
        time.sleep(_EVERY)
    return most / 1024


def table(found: Rounds, rows: Iterable[Row]) -> None:
    """Print what the rounds say: medians of seconds, and of the ratios within a round; the memory is the first's."""
    print(f"{'':48} {'wall s':^17} {'processor s':^17} {'ratio of':^13}")
    seconds = f"{'first':>8} {'second':>8}"
    print(f"{'what':48} {seconds} {seconds} {'wall':>6} {'proc.':>6} {'bound':>6} {'MiB':>6}")
    median = statistics.median
    for row in rows:
        pairs = list(zip(found[row.first], found[row.second], strict=True))
        spent = zip(*((a.wall, b.wall, a.processor, b.processor) for a, b in pairs), strict=True)
        ratios = zip(*((a.wall / b.wall, a.processor / b.processor) for a, b in pairs), strict=True)
        print(
            f"{row.name:48}",
            *(f"{median(each):8.2f}" for each in spent),
            *(f"{median(each):6.2f}" for each in ratios),
            f"{'' if row.bound is None else f'{row.bound:.2f}':>6}",
            f"{median(first.memory for first, _ in pairs):6.0f}",
        )


def _started(arguments: list[str], said: int) -> int:
    """A new process that writes all it says into the file `said`, and that keeps compiled modules, as people's do."""
    actions = [(os.POSIX_SPAWN_DUP2, said, 1), (os.POSIX_SPAWN_DUP2, said, 2)]
    environment = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}
    return os.posix_spawn(arguments[0], arguments, environment, file_actions=actions)


def _adopt_orphans() -> None:
    """Have what is left of a command become our child, whose use of the processor we are told."""
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(_PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0)


def _tree(process: int) -> list[int]:
    """A process and all below it."""
    children: dict[int, list[int]] = {}
    for entry in Path("/proc").glob("[0-9]*/stat"):
        with suppress(OSError):  # it ended meanwhile
            parent = int(entry.read_text(encoding="utf-8").rpartition(")")[2].split()[1])
            children.setdefault(parent, []).append(int(entry.parent.name))
    found = [process]
    for each in found:
        found += children.get(each, [])
    return found


def _resident(process: int) -> int:
    """The memory (KiB) of a process, its share of what it shares with others."""
    with suppress(OSError):
        for line in Path(f"/proc/{process}/smaps_rollup").read_text(encoding="utf-8").splitlines():
            if line.startswith("Pss:"):
                return int(line.split()[1])
    return 0
