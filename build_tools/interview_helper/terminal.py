"""What a terminal shows beyond what a pipe gets: colors. Imports nothing that takes long."""

from __future__ import annotations

import os
import re
from typing import TextIO

_HEAD = re.compile(r"(\S.*?:[0-9]+:[0-9]+:) (error|warning|hint) ([A-Z][0-9]{3})(?= )")
_MARK = re.compile(r"    ( *)(\^+)")
_HINT = re.compile(r"    hint:")
_COLORS = {"error": "31", "warning": "33", "hint": "36"}


def takes_color(stream: TextIO) -> bool:
    """Whether a stream takes colors: a terminal does, unless NO_COLOR asks for none; all do where FORCE_COLOR asks."""
    if os.environ.get("NO_COLOR"):
        return False
    return bool(os.environ.get("FORCE_COLOR")) or (stream.isatty() and os.environ.get("TERM") != "dumb")


def colored(text: str) -> str:
    """Diagnostics in text (`reports.as_text`), among other lines, with their colors."""
    lines = text.split("\n")
    color = ""
    for i, line in enumerate(lines):
        if head := _HEAD.match(line):
            color = _COLORS[head[2]]
            lines[i] = f"{_bold(head[1])} {_in(color, f'{head[2]} {head[3]}')}{line[head.end() :]}"
        elif color and (mark := _MARK.fullmatch(line)):
            lines[i] = f"    {mark[1]}{_in(color, mark[2])}"
        elif color and _HINT.match(line) and not (i + 1 < len(lines) and _MARK.fullmatch(lines[i + 1])):
            lines[i] = f"    {_bold('hint:')}{line[9:]}"
        elif not line.startswith("    "):
            color = ""
    return "\n".join(lines)


def _bold(text: str) -> str:
    return f"\x1b[1m{text}\x1b[0m"


def _in(color: str, text: str) -> str:
    return f"\x1b[1;{color}m{text}\x1b[0m"
