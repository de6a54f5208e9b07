"""How time and memory grow: hostile notes by the construct, parsed, and ordinary ones by the megabyte, each in a process of its own.

    python benchmarks/bounds.py [CHARACTERS [SECTIONS [PRINTED]]]

CHARACTERS are those of a hostile note (0: none), SECTIONS those of the notes of a deck, PRINTED those of a sheet.

Prints a table: seconds of the processor for a size and for twice of it, their ratio, and the peak memory of the second.
"""

from __future__ import annotations

import os
import sys
import tempfile
from pathlib import Path

import corpus
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


def main(characters: int = 40_000, sections: int = 16_300, printed: int = 3_300) -> None:
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
            for name, note in constructs.items() if characters else ():
                small, large = (parsed(note(size), maths=maths) for size in (characters, 2 * characters))
                row(name, small, large, fixed)
        _of_notes(folder / "deck", sections, "deck")
        _of_notes(folder / "sheet", printed, "sheet")


def _of_notes(folder: Path, sections: int, part: str) -> None:
    """What commands spend on ordinary notes of so many sections, and of twice as many."""
    sizes = [corpus.written(count, folder / str(count) / "notes") for count in (sections, 2 * sections)]
    size = sum(path.stat().st_size for path in sizes[1].iterdir()) / 1_000_000
    build = ("build", "--only", part)
    of_deck = (("check", ("check",)), ("list", ("list",)), ("diff", ("diff",))) if part == "deck" else ()
    for name, verb in ((f"first build of the {part}", build), ("the same, nothing changed", build), *of_deck):
        spent = [
            measure.spent(
                [PYTHON, "-m", "interview_helper", *verb, str(notes)]
                + (["-o", str(notes.parent / "out")] if verb is build else [])
            )
            for notes in sizes
        ]
        row(f"{size:.1f} MB of notes, {name}", *spent)


if __name__ == "__main__":
    main(*map(int, sys.argv[1:]))
