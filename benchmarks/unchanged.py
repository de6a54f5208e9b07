"""Whole processes, in turn, medians: a build that finds nothing changed against the start of a bare Typer app.

    python benchmarks/unchanged.py [RUNS]

Prints a table: seconds of the processor and seconds that went by, and their ratios, of pairs that ran one after the
other. The bound is 1.8 at any size. Of 10,000 cards the deck alone is made, because the first build of so long a sheet
takes minutes; the sheet is one more file to look at.
"""

from __future__ import annotations

import os
import statistics
import sys
import tempfile
import time
from pathlib import Path

HERE = Path(__file__).parent
SIZES = (60, 250, 1_000, 10_000)
A_FILE = 6  # cards
BOUND = 1.8


def notes(folder: Path, count: int) -> None:
    """So many cards, six to a file."""
    folder.mkdir(parents=True)
    for first in range(0, count, A_FILE):
        cards = "".join(
            f"## Question number {i} about topic {i % 97}?\n\nThe answer {i} has `code{i}` and **bold** words.\n\n"
            for i in range(first, min(first + A_FILE, count))
        )
        (folder / f"note-{first:05}.md").write_text(f"# Topic {first}\n\n{cards}", encoding="utf-8")


def spent(arguments: list[str]) -> tuple[float, float]:
    """The seconds of the processor and those that went by in a command that must succeed."""
    null = os.open(os.devnull, os.O_WRONLY)
    actions = [(os.POSIX_SPAWN_DUP2, null, 1), (os.POSIX_SPAWN_DUP2, null, 2)]
    start = time.perf_counter()
    process = os.posix_spawn(arguments[0], arguments, os.environ, file_actions=actions)
    _, status, usage = os.wait4(process, 0)
    passed = time.perf_counter() - start
    os.close(null)
    if status:
        raise SystemExit(f"{' '.join(arguments)} failed")
    return usage.ru_utime + usage.ru_stime, passed


def main(runs: int = 15) -> None:
    """Measure and print."""
    bare = [sys.executable, str(HERE / "bare_typer.py")]
    print(
        f"{'nothing changed / bare Typer app':34} {'cpu s':>12} {'ratio':>6} {'wall s':>12} {'ratio':>6} {'bound':>6}"
    )
    with tempfile.TemporaryDirectory() as scratch:
        os.environ["XDG_CACHE_HOME"] = str(Path(scratch, "cache"))
        for count in SIZES:
            folder = Path(scratch, str(count))
            notes(folder / "notes", count)
            ours = [sys.executable, "-m", "interview_helper", "build", str(folder / "notes"), "-o", str(folder / "out")]
            ours += ["--only", "deck"] if count > 1_000 else []
            spent(ours)
            time.sleep(2.5)  # files that are younger are read again, whatever their stamps say
            spent(ours), spent(bare)
            rows = [(spent(ours), spent(bare)) for _ in range(runs)]
            cells = ""
            for kind in (0, 1):
                first, second = (statistics.median(row[which][kind] for row in rows) for which in (0, 1))
                ratio = statistics.median(row[0][kind] / row[1][kind] for row in rows)
                cells += f" {first:5.3f}, {second:5.3f} {ratio:6.2f}"
            print(f"{f'{count:,} cards':34}{cells} {BOUND:6.2f}", flush=True)


if __name__ == "__main__":
    main(*map(int, sys.argv[1:]))
