"""Inputs of a target once more, without atheris: `replay.py TARGET [FILE or FOLDER …]`, all that are kept if none is named.

Kept are `found`, what once broke a promise, by hand, and `corpus`, the fewest inputs that reach all that was ever reached.

Prints the traceback of the first that breaks a promise; exit 1 then.
"""

from __future__ import annotations

import importlib
import sys
from collections.abc import Iterator
from pathlib import Path

HERE = Path(__file__).parent


def kept(target: str) -> list[Path]:
    """The inputs of a target that are kept, in order."""
    return list(inputs([HERE / "found" / target, HERE / "corpus" / target]))


def inputs(paths: list[Path]) -> Iterator[Path]:
    """The files named, and those in the folders named, in order."""
    for path in paths:
        yield from sorted(path.glob("*")) if path.is_dir() else filter(Path.exists, [path])


if __name__ == "__main__":
    # As nothing else than `replay`, this folder's modules would hide others of their names.
    sys.path[0] = str(Path(__file__).parents[1])
    target = importlib.import_module(f"fuzz.{sys.argv[1]}")
    for path in inputs([*map(Path, sys.argv[2:])]) if sys.argv[2:] else kept(sys.argv[1]):
        try:
            target.holds(path.read_bytes())
        except Exception:
            print(f"{path} breaks a promise of {sys.argv[1]}:", file=sys.stderr)
            raise
