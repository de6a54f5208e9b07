"""Whole processes, in turn, medians: deck builds against the bare libraries, growth, memory, and `--help`.

    python benchmarks/decks.py [RUNS]

Prints a table. The bounds are on the processor (user and system), because machines are shared.
"""

from __future__ import annotations

import os
import shutil
import sys
import tempfile
from pathlib import Path

import measure
from measure import Row

HERE = Path(__file__).parent
PYTHON = sys.executable


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

        found = measure.rounds(
            runs,
            {
                "first": lambda: ours(small),
                "again": lambda: [*again(small), "--no-cache"],
                "bare": lambda: [PYTHON, str(HERE / "bare_deck.py"), str(small), str(folder / "bare.apkg")],
                "large": lambda: ours(large),
                "help": lambda: [PYTHON, "-m", "interview_helper", "--help"],
                "app": lambda: [PYTHON, str(HERE / "bare_typer.py"), "--help"],
            },
            first=("first", "bare", "help", "app"),
        )
    measure.table(
        found,
        (
            Row("10,000 cards, first build / bare libraries", "first", "bare", 2.0),
            Row("10,000 cards, --no-cache / bare libraries", "again", "bare", 2.0),
            Row("20,000 cards / 10,000 cards", "large", "first", 2.2),
            Row("--help / a bare Typer app's", "help", "app", 1.5),
        ),
    )


if __name__ == "__main__":
    main(*map(int, sys.argv[1:]))
