"""Who is who among 20,000 cards of which 1,000 are reworded: its share of a deck build, and its growth.

    python benchmarks/identities.py [RUNS]

Prints a table. Seconds are of the processor, because machines are shared; medians, sizes in turn.
"""

from __future__ import annotations

import gc
import random
import statistics
import sys
import tempfile
import time
from pathlib import Path

from interview_helper import identity, project

THINGS = """queue stack heap tree graph lock thread process socket packet frame buffer cache index table join view trigger
schema kernel driver module signal pipe shell branch commit merge tag remote"""


def note(count: int, reworded: set[int]) -> str:
    """So many two-line cards, some of them in other words."""
    dice, things = random.Random(count), THINGS.split()
    rows = ["# Many\n"]
    for i in range(count):
        one, other = dice.sample(things, 2)
        asked = (
            f"How do a {one} and a {other} go together, case {i}?"
            if i in reworded
            else f"What of {one} {i} in a {other}?"
        )
        rows.append(
            f"## {asked}\n\nThe answer {i} has `code{i}` and a **{one}**.\nA second line says what {other} {i} is for.\n"
        )
    return "\n".join(rows)


def spent(count: int) -> tuple[float, float]:
    """The seconds of `assign`, and of the whole build of the deck, after a twentieth of the cards was reworded."""
    with tempfile.TemporaryDirectory() as scratch:
        folder = Path(scratch, "notes")
        folder.mkdir()
        out = Path(scratch, "out")
        for now, reworded in enumerate((set(), set(random.Random(1).sample(range(count), count // 20))), 1):
            (folder / "many.md").write_text(note(count, reworded), encoding="utf-8")
            gc.collect()
            start = time.process_time()
            notes = project.understood(project.read(folder))
            plan = project.planned(notes, now)
            project.build(notes, plan, out, frozenset({"deck"}))
            whole = time.process_time() - start
        start = time.process_time()
        assignment = identity.assign(notes.cards, notes.ledger, 2)
        alone = time.process_time() - start
        assert len(assignment.ids(identity.Event.CHANGED)) == count // 20
        return alone, whole


def main(runs: int = 3) -> None:
    """Measure and print."""
    gc.set_threshold(100_000, 50, 50)  # as the command does
    rows = [(spent(20_000), spent(40_000)) for _ in range(runs)]
    median = statistics.median
    print(f"{'what':60} {'s':>7} {'ratio':>6} {'bound':>6}")
    share = median(alone / whole for (alone, whole), _ in rows)
    growth = median(large / small for (small, _), (large, _) in rows)
    print(
        f"{'assign of 20,000 cards, 1,000 reworded / whole deck build':60} {median(s for (s, _), _ in rows):7.2f} {share:6.3f} {0.1:6.2f}"
    )
    print(
        f"{'assign of 40,000 cards, 2,000 reworded / of 20,000':60} {median(s for _, (s, _) in rows):7.2f} {growth:6.2f} {2.3:6.2f}"
    )


if __name__ == "__main__":
    main(*map(int, sys.argv[1:]))
