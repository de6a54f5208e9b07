"""One target fuzzed in this process: `loop.py TARGET FINDINGS [option of libFuzzer …] FOLDER …`. The only module with atheris.

What breaks a promise is put into FINDINGS, the shortest input of each kind with its traceback, and the loop goes on.
"""

from __future__ import annotations

import importlib
import random
import shlex
import sys
import traceback
from collections.abc import Callable, Sequence
from pathlib import Path

import atheris

WATCHED = ["interview_helper", "markdown_it", "mdit_py_plugins", "mdurl", "yaml", "tomllib", "genanki"]


def changed(pieces: Sequence[str]) -> Callable[[bytes, int, int], bytes]:
    """A mutator that knows lines and pieces of the notation; half of the time it leaves the work to libFuzzer."""
    known = [piece.encode("utf-8", "replace") for piece in pieces]

    def mutated(data: bytes, most: int, seed: int) -> bytes:
        dice = random.Random(seed)
        if dice.random() < 0.5:
            return bytes(atheris.Mutate(data, most))
        rows = data.split(b"\n")
        for _ in range(dice.choice((1, 1, 2, 4))):
            at, other = dice.randrange(len(rows)), dice.randrange(len(rows))
            row, piece = rows[at], dice.choice(known)
            match dice.randrange(9):
                case 0 | 1:
                    rows.insert(at, piece)
                case 2 | 3:
                    middle = dice.randint(0, len(row))
                    rows[at] = row[:middle] + piece + row[middle:]
                case 4:
                    rows[at] = dice.choice((b"> ", b"- ", b"  ", b"    ", b"\t", b"1. ", b"# ", b"")) + row
                case 5:
                    rows[at], rows[other] = rows[other], row
                case 6:
                    rows.insert(other, row)
                case 7:
                    del rows[at]
                    rows = rows or [b""]
                case _:
                    rows[at] = piece
        return b"\n".join(rows)[:most]

    return mutated


def kind(error: BaseException) -> str:
    """What two inputs have in common that find the same: the type and the last line of ours that was run."""
    frames = [
        f for f in traceback.extract_tb(error.__traceback__) if "interview_helper" in f.filename or "fuzz" in f.filename
    ]
    last = frames[-1]
    return f"{type(error).__name__}-{Path(last.filename).stem}-{last.name.strip('<>')}-{last.lineno}"


def keep(folder: Path, error: BaseException, data: bytes) -> None:
    """Put the input into the folder of findings, unless a shorter one of its kind is there."""
    path = folder / kind(error)
    if not path.exists() or len(data) < path.stat().st_size:
        new = not path.exists()
        path.write_bytes(data)
        path.with_suffix(".txt").write_text(
            "".join(traceback.format_exception(error)), encoding="utf-8", errors="replace"
        )
        if new:
            print(f"FINDING {path}: {str(error)[:200]!r}", file=sys.stderr)


def main() -> None:
    """Fuzz until libFuzzer has done what its options say."""
    sys.path[0] = str(Path(__file__).parents[1])
    name, findings, *options = sys.argv[1:]
    with atheris.instrument_imports(include=WATCHED):
        target = importlib.import_module(f"fuzz.{name}")

    def once(data: bytes) -> None:
        try:
            target.holds(data)
        except Exception as error:  # noqa: BLE001  # each is a finding, and the next is looked for
            keep(Path(findings), error, data)

    # libFuzzer starts itself once more to merge folders, by what it takes for its own name.
    atheris.Setup([shlex.join([sys.executable, *sys.argv[:3]]), *options], once, custom_mutator=changed(target.PIECES))
    atheris.Fuzz()


if __name__ == "__main__":
    main()
