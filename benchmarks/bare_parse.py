"""Read and parse notes, and nothing else: what `check` is measured against.

python benchmarks/bare_parse.py FOLDER
"""

from __future__ import annotations

import gc
import sys
from pathlib import Path

from interview_helper.model import Source
from interview_helper.parse import parse


def main(folder: str) -> None:
    """Parse each note of a folder."""
    gc.set_threshold(100_000, 50, 50)  # as the command does
    documents = [
        parse(Source(path.name, path.read_text(encoding="utf-8"))).document
        for path in sorted(Path(folder).glob("*.md"))
    ]
    print(len(documents))


if __name__ == "__main__":
    main(*sys.argv[1:])
