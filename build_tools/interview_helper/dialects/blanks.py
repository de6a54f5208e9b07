"""Anki's spelling of blanks, `{{c1::words::hint}}`, to marks. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from html import escape, unescape
from itertools import count

_PIECE = re.compile(r"\{\{c([0-9]+)(?:,[0-9]+)*::|\}\}")
_TAG = re.compile(r"<[^<>]*>")
_HINT = re.compile(r"::((?:(?!::).)*)$", re.DOTALL)


@dataclass(slots=True)
class _Open:
    """A blank that is not closed yet: its number, how it was written, and what it holds so far."""

    number: str
    written: str
    parts: list[str] = field(default_factory=list)


def marked(html: str) -> str:
    """HTML with each blank as `<mark data-number="1" data-hint="…">`, as Anki reads them: nested ones too."""
    opened = [_Open("", "")]
    at = 0
    for piece in _PIECE.finditer(html):
        opened[-1].parts.append(html[at : piece.start()])
        at = piece.end()
        if piece[1]:
            opened.append(_Open(piece[1], piece[0]))
        elif len(opened) == 1:
            opened[0].parts.append(piece[0])
        else:
            blank = opened.pop()
            opened[-1].parts.append(_mark(blank.number, "".join(blank.parts)))
    opened[-1].parts.append(html[at:])
    # What nothing closes is text.
    return "".join(part for each in opened for part in (each.written, *each.parts))


def _mark(number: str, inner: str) -> str:
    hint = ""
    if match := _HINT.search(inner):
        inner, hint = inner[: match.start()], " ".join(unescape(_TAG.sub("", match[1])).split())
    hinted = f' data-hint="{escape(hint)}"' if hint else ""
    return f'<mark data-number="{number}"{hinted}>{inner}</mark>'


def grouped(numbers: Iterable[int]) -> frozenset[int]:
    """Those of the numbers, given in the order of their blanks, that must be written as a group to stay what they are.

    Blanks without a group are numbered in order when they are first published, around the groups.
    """
    order = list(numbers)
    groups: set[int] = set()
    while True:
        free = (number for number in count(1) if number not in groups)
        wrong = next((number for number in order if number not in groups and number != next(free)), None)
        if wrong is None:
            return frozenset(groups)
        groups.add(wrong)
