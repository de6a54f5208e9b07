"""What a terminal is given: nothing of the notes that it would obey, and colors. Imports nothing that takes long."""

from __future__ import annotations

import os
import re
from typing import TextIO
from unicodedata import category

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


def harmless(text: str) -> str:
    """Words in one line, with nothing in them that a terminal would obey: a file's name or a note may hold it."""
    return text if text.isprintable() else "".join(shown(character, 0) for character in text)


def shown(character: str, column: int) -> str:
    """What a terminal is given for a character: nothing that it would obey."""
    if character == "\t":
        return " " * (_TAB - column % _TAB)
    return "\N{REPLACEMENT CHARACTER}" if character in _DIRECTIONS or category(character) in _OBEYED else character


_TAB = 4
_OBEYED = ("Cc", "Zl", "Zp", "Cs")
# They would turn the order of letters around, and with it where the mark is.
_DIRECTIONS = frozenset("\u200e\u200f\u061c\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")


def harmless_json(text: str) -> str:
    """JSON that says the same with nothing in it that a terminal would obey: `json` itself spells only ASCII's signs so."""
    return _UNSAFE.sub(lambda found: f"\\u{ord(found[0]):04x}", text)


_UNSAFE = re.compile(f"[\x7f-\x9f\u2028\u2029\ud800-\udfff{''.join(sorted(_DIRECTIONS))}]")


def _bold(text: str) -> str:
    return f"\x1b[1m{text}\x1b[0m"


def _in(color: str, text: str) -> str:
    return f"\x1b[1;{color}m{text}\x1b[0m"
