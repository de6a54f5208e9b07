"""How time and memory grow: hostile notes by the construct, parsed, and large decks and sheets, each in a process of its own.

    python benchmarks/bounds.py [CHARACTERS [CARDS]]

Prints a table: seconds of the processor for a size and for twice of it, their ratio, and the peak memory of the second.
"""

from __future__ import annotations

import os
import sys
import tempfile
from pathlib import Path

import corpus
import decks
import measure
from traps import MATHS, NOTES

PYTHON = sys.executable
PARSE = """
import gc, sys
from pathlib import Path
from interview_helper.model import Source
from interview_helper.parse import parse
gc.disable()  # its rounds come at sizes of their own
parse(Source("a.md", Path(sys.argv[1]).read_text(encoding="utf-8")), maths=sys.argv[2] == "True")
"""
BOUND = 2.3


def row(name: str, small: measure.Spent, large: measure.Spent, fixed: float = 0.0) -> None:
    """Print one; `fixed` seconds are those that a process takes for nothing."""
    once, twice = small.processor - fixed, large.processor - fixed
    ratio = twice / once if once > 0.05 else 0.0  # less is noise
    print(
        f"{name:44} {once:8.2f} {twice:8.2f} {ratio:6.2f}{'' if ratio <= BOUND else ' >':2} {large.memory:6.0f}",
        flush=True,
    )


def main(characters: int = 40_000, cards: int = 25_000) -> None:
    """Measure and print."""
    with tempfile.TemporaryDirectory() as scratch:
        folder = Path(scratch)
        os.environ["XDG_CACHE_HOME"] = str(folder / "cache")

        def parsed(text: str, *, maths: bool) -> measure.Spent:
            (folder / "a.md").write_text(text, encoding="utf-8", newline="\n")
            return measure.spent([PYTHON, "-c", PARSE, str(folder / "a.md"), str(maths)])

        print(f"{'':44} {'first':>8} {'twice':>8} {'ratio':>6}   {'MiB':>6}")
        fixed = parsed("# T\n\n## Q\n\nx $a$\n", maths=True).processor
        for constructs, maths in ((NOTES, False), (MATHS, True)):
            for name, note in constructs.items():
                small, large = (parsed(note(size), maths=maths) for size in (characters, 2 * characters))
                row(name, small, large, fixed)
        _of_decks(folder, cards)


def _of_decks(folder: Path, cards: int) -> None:
    small, large = (decks.notes(folder / str(count), count) for count in (cards, 2 * cards))
    for name, verb in (
        ("first build of the deck", ("build", "--only", "deck", "-o")),
        ("the same with --no-cache", ("build", "--no-cache", "--only", "deck", "-o")),
        ("nothing changed", ("build", "--only", "deck", "-o")),
        ("check", ("check",)),
        ("list", ("list",)),
        ("diff", ("diff",)),
    ):
        spent = [
            measure.spent(
                [PYTHON, "-m", "interview_helper", *verb, *([str(n.parent / "out")] if "-o" in verb else []), str(n)]
            )
            for n in (small, large)
        ]
        row(f"{2 * cards} cards, {name}", *spent)
    for sections in (250, 500):
        made = folder / f"sheet{sections}"
        made.mkdir()
        for path, text in corpus.notes(sections).items():
            (made / path).write_text(text, encoding="utf-8", newline="\n")
    command = [PYTHON, "-m", "interview_helper", "build", "--only", "sheet", "-o"]
    spent = [measure.spent([*command, str(folder / "out" / n), str(folder / f"sheet{n}")]) for n in ("250", "500")]
    row("500 sections, sheet", *spent)


if __name__ == "__main__":
    main(*map(int, sys.argv[1:]))
