"""Whole processes, in turn, medians: deck builds against the bare libraries, growth, memory, and `--help`.

    python benchmarks/decks.py [RUNS]

Prints a table. Seconds are of the processor (user and system), because machines are shared; ratios are of pairs
that ran one after the other.
"""

from __future__ import annotations

import os
import shutil
import statistics
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path

HERE = Path(__file__).parent
PYTHON = sys.executable


def spent(arguments: list[str]) -> tuple[float, float]:
    """The processor seconds and the peak memory (MiB) of a command that must succeed."""
    null = os.open(os.devnull, os.O_WRONLY)
    actions = [(os.POSIX_SPAWN_DUP2, null, 1), (os.POSIX_SPAWN_DUP2, null, 2)]
    process = os.posix_spawn(arguments[0], arguments, os.environ, file_actions=actions)
    _, status, usage = os.wait4(process, 0)
    os.close(null)
    if status:
        raise SystemExit(f"{' '.join(arguments)} failed")
    memory = usage.ru_maxrss / (1024 if sys.platform == "linux" else 1024 * 1024)
    return usage.ru_utime + usage.ru_stime, memory


def notes(folder: Path, count: int) -> Path:
    """A note of so many two-line cards."""
    folder.mkdir()
    cards = "".join(
        f"## Question number {i} about topic {i % 97}?\n\nThe answer {i} has `code{i}` and **bold** words.\n"
        f"A second line says what {i} is for.\n\n"
        for i in range(count)
    )
    note = folder / "note.md"
    note.write_text(f"# Many\n\n{cards}", encoding="utf-8")
    return note


def pair(
    name: str, bound: float, first: Callable[[], list[str]], second: Callable[[], list[str]], runs: int
) -> tuple[str, float, float, float, float, float]:
    """Two commands in turn: their medians, the median of their ratios, the memory of the first, and the bound."""
    spent(first()), spent(second())
    rows = [(spent(first()), spent(second())) for _ in range(runs)]
    median = statistics.median
    return (
        name,
        median(a for (a, _), _ in rows),
        median(b for _, (b, _) in rows),
        median(a / b for (a, _), (b, _) in rows),
        median(memory for (_, memory), _ in rows),
        bound,
    )


def main(runs: int = 5) -> None:
    """Measure and print."""
    with tempfile.TemporaryDirectory() as scratch:
        folder = Path(scratch)
        os.environ["XDG_CACHE_HOME"] = str(folder / "cache")
        small, large = notes(folder / "small", 10_000), notes(folder / "large", 20_000)

        def ours(note: Path) -> list[str]:
            # Without lock and package each run is a first build; `again` keeps them. (A package alone stops a build.)
            (note.parent / "note.lock").unlink(missing_ok=True)
            shutil.rmtree(note.parent / "out", ignore_errors=True)
            return again(note)

        def again(note: Path) -> list[str]:
            command = [PYTHON, "-m", "interview_helper", "build", str(note), "--only", "deck"]
            return [*command, "-o", str(note.parent / "out")]

        bare = [PYTHON, str(HERE / "bare_deck.py"), str(small), str(folder / "bare.apkg")]
        app = [PYTHON, str(HERE / "bare_typer.py"), "--help"]
        helped = [PYTHON, "-m", "interview_helper", "--help"]
        rows = [
            pair("10,000 cards, first build / bare libraries", 2.0, lambda: ours(small), lambda: bare, runs),
            pair(
                "10,000 cards, --no-cache / bare libraries",
                2.0,
                lambda: [*again(small), "--no-cache"],
                lambda: bare,
                runs,
            ),
            pair("20,000 cards / 10,000 cards", 2.2, lambda: ours(large), lambda: ours(small), runs),
            pair("--help / a bare Typer app's", 1.5, lambda: helped, lambda: app, runs),
        ]
    print(f"{'what':48} {'first s':>8} {'second s':>8} {'ratio':>6} {'bound':>6} {'MiB':>6}")
    for name, first, second, ratio, memory, bound in rows:
        print(f"{name:48} {first:8.2f} {second:8.2f} {ratio:6.2f} {bound:6.2f} {memory:6.0f}")


if __name__ == "__main__":
    main(*map(int, sys.argv[1:]))
