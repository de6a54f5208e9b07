"""Inputs of a target once more, without atheris: `replay.py TARGET [FILE or FOLDER …]`, its kept corpus if none is named.

Prints the traceback of the first that breaks a promise; exit 1 then.
"""

from __future__ import annotations

import importlib
import sys
from collections.abc import Iterator
from pathlib import Path

KEPT = Path(__file__).with_name("corpus")


def inputs(paths: list[Path]) -> Iterator[Path]:
    """The files named, and those in the folders named, in order."""
    for path in paths:
        yield from sorted(path.iterdir()) if path.is_dir() else [path]


if __name__ == "__main__":
    # As nothing else than `replay`, this folder's modules would hide others of their names.
    sys.path[0] = str(Path(__file__).parents[1])
    target = importlib.import_module(f"fuzz.{sys.argv[1]}")
    for path in inputs([*map(Path, sys.argv[2:])] or [KEPT / sys.argv[1]]):
        try:
            target.holds(path.read_bytes())
        except Exception:
            print(f"{path} breaks a promise of {sys.argv[1]}:", file=sys.stderr)
            raise
