"""Whole processes, in turn, medians: `check` of 10,000 cards against parsing them alone, and what near-duplicates add.

    python benchmarks/checks.py [RUNS]

Prints a table. The bounds are on the processor (user and system), because machines are shared.
"""

from __future__ import annotations

import statistics
import sys
import tempfile
from pathlib import Path

import corpus
import measure
from measure import Row

HERE = Path(__file__).parent
PYTHON = sys.executable
SECTIONS = 7_800  # with those below them, a little more than 10,000 cards
APART = ("S019", "S020")  # questions that are asked twice, or nearly
SECONDS = 2.0


def notes(folder: Path, ignored: tuple[str, ...] = ()) -> Path:
    """A folder of notes, in which these codes are not said."""
    folder.mkdir()
    (folder / "deck.toml").write_text(f"ignore = {list(ignored)}\n", encoding="utf-8")
    for path, text in corpus.notes(SECTIONS).items():
        (folder / path).write_text(text, encoding="utf-8", newline="\n")
    return folder


def main(runs: int = 5) -> None:
    """Measure and print."""
    with tempfile.TemporaryDirectory() as scratch:
        without, whole = notes(Path(scratch, "without"), APART), notes(Path(scratch, "whole"))
        found = measure.rounds(
            runs,
            {
                "without": lambda: [PYTHON, "-m", "interview_helper", "check", str(without)],
                "whole": lambda: [PYTHON, "-m", "interview_helper", "check", str(whole)],
                "parse": lambda: [PYTHON, str(HERE / "bare_parse.py"), str(without)],
            },
            first=("without", "whole", "parse"),
        )
    measure.table(
        found,
        (
            Row("check of 10,000 cards / parsing them", "without", "parse", 2.0),
            Row("the same with near-duplicates / without", "whole", "without"),
        ),
    )
    pairs = zip(found["whole"], found["without"], strict=True)
    seconds = statistics.median(whole.processor - without.processor for whole, without in pairs)
    print(f"{'near-duplicates of 10,000 cards, seconds':48} {seconds:17.2f} {'':26} {SECONDS:6.2f}")


if __name__ == "__main__":
    main(*map(int, sys.argv[1:]))
