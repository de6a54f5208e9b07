"""Whole processes, in turn, medians: `check` of 10,000 cards against parsing them alone; what near-duplicates add, and spelling.

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


def notes(folder: Path, ignored: tuple[str, ...] = (), tables: str = "") -> Path:
    """A folder of notes, in which these codes are not said, with these tables in its `deck.toml`."""
    corpus.written(SECTIONS, folder)
    (folder / "deck.toml").write_text(f"ignore = {list(ignored)}\n{tables}", encoding="utf-8")
    return folder


def main(runs: int = 5) -> None:
    """Measure and print."""
    with tempfile.TemporaryDirectory() as scratch:
        without, whole = notes(Path(scratch, "without"), APART), notes(Path(scratch, "whole"))
        spelled = notes(Path(scratch, "spelled"), APART, "[spelling]\n")
        found = measure.rounds(
            runs,
            {
                "without": lambda: [PYTHON, "-m", "interview_helper", "check", str(without)],
                "whole": lambda: [PYTHON, "-m", "interview_helper", "check", str(whole)],
                "spelled": lambda: [PYTHON, "-m", "interview_helper", "check", str(spelled)],
                "parse": lambda: [PYTHON, str(HERE / "bare_parse.py"), str(without)],
            },
            first=("without", "whole", "spelled", "parse"),
        )
    measure.table(
        found,
        (
            Row("check of 10,000 cards / parsing them", "without", "parse", 2.0),
            Row("the same with near-duplicates / without", "whole", "without"),
            Row("the same with spelling / without", "spelled", "without"),
        ),
    )
    for name, more, bound in (("near-duplicates", "whole", f"{SECONDS:6.2f}"), ("spelling", "spelled", "")):
        pairs = zip(found[more], found["without"], strict=True)
        seconds = statistics.median(more.processor - without.processor for more, without in pairs)
        print(f"{f'{name} of 10,000 cards, seconds':48} {seconds:17.2f} {'':26} {bound}")


if __name__ == "__main__":
    main(*map(int, sys.argv[1:]))
