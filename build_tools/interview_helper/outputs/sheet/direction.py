"""Text from right to left: which blocks of a document are, and the words of a line in the order they are seen in. Pure.

Inside a line Pango knows what goes where (Unicode Annex 9); it has to be told which way a block begins. A block goes the
way of most of its letters, those in code aside: many a Hebrew sentence on Python begins with the word Python.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import groupby
from unicodedata import bidirectional

_LEFTWARDS = re.compile("[\u0590-\u08ff\ufb1d-\ufdff\ufe70-\ufefc\U00010800-\U00010fff\U0001e800-\U0001efff]")
_BLOCKS = frozenset(("p", "ul", "ol", "li", "dl", "dt", "dd", "blockquote", "div", "summary", "table", "th", "td"))
_BLOCKS |= {f"h{level}" for level in range(2, 7)}
_CODE = frozenset(("pre", "code", "kbd", "samp", "nav"))  # and the contents, whose lines are all alike
_TOKEN = re.compile(r"<(/?)([a-z][a-z0-9]*)[^>]*>|[^<]+", re.IGNORECASE)
BRACKETS = "()[]{}<>«»\u2039\u203a≤≥≪≫"  # in pairs
_MIRRORED = str.maketrans(BRACKETS, "".join(map("".join, zip(BRACKETS[1::2], BRACKETS[::2], strict=True))))


def has_leftwards(words: str) -> bool:
    """Whether a text has a letter that is written from right to left."""
    return _LEFTWARDS.search(words) is not None


def leftwards(words: str) -> bool:
    """Whether a text, or HTML, goes from right to left."""
    return has_leftwards(words) and _Letters().with_those(re.sub(r"<[^>]*>", "", words)).leftwards


@dataclass(slots=True)
class _Letters:
    """How many letters of a text go which way, and which way the first one goes."""

    left: int = 0
    right: int = 0
    first: str = ""

    def with_those(self, words: str) -> _Letters:
        kinds = ["R" if kind == "AL" else kind for kind in map(bidirectional, words) if kind in ("L", "R", "AL")]
        self.left += kinds.count("R")
        self.right += kinds.count("L")
        self.first = self.first or "".join(kinds[:1])
        return self

    @property
    def leftwards(self) -> bool:
        return self.left > self.right or (self.left == self.right and self.first == "R")


@dataclass(slots=True)
class _Block:
    name: str
    at: int  # where its tag ends, before the bracket
    letters: _Letters = field(default_factory=_Letters)


def directed(html: str) -> str:
    """`html` with the direction of every block that has letters, if any of them go to the left.

    Text with such letters is drawn from left to right all the same, so it gets an element that says it as it is read.
    """
    if not has_leftwards(html):
        return html
    parts: list[str] = []
    done = 0
    for at, more in sorted(_added(html), key=lambda each: each[0]):
        parts += (html[done:at], more)
        done = at
    return "".join((*parts, html[done:]))


def _added(html: str) -> Iterator[tuple[int, str]]:
    """What is written into `html`, and where."""
    open_blocks: list[_Block] = []
    code = 0
    for token in _TOKEN.finditer(html):
        closing, name = token[1], token[2]
        if name in _CODE:
            code += -1 if closing else 1
        elif name in _BLOCKS and not closing:
            open_blocks.append(_Block(name, token.end() - 1))
        elif name in _BLOCKS:
            for block in _closed(open_blocks, name):
                way = "rtl" if block.letters.leftwards else "ltr"
                yield block.at, f' dir="{way}"' if block.letters.first else ""
        elif name is None:
            if has_leftwards(token[0]):
                said = token[0].replace('"', "&quot;")
                yield from ((token.start(), f'<span data-actual="{said}">'), (token.end(), "</span>"))
            for block in open_blocks if not code else ():
                block.letters.with_those(token[0])


def _closed(open_blocks: list[_Block], name: str) -> Iterator[_Block]:
    """The block that ends with a tag, and is not open any more; nor are those in it."""
    if any(block.name == name for block in open_blocks):
        while (block := open_blocks.pop()).name != name:
            pass
        yield block


def seen(words: str) -> str:
    """The words of one line as they stand from left to right.

    The part of Annex 9 that titles need: letters, numbers in them, what is neither, and brackets that turn around.
    """
    if not has_leftwards(words):
        return words
    base = "R" if leftwards(words) else "L"
    kinds: list[str] = []
    for character in words:
        kind = bidirectional(character)
        before = next((each for each in reversed(kinds) if each in "LR"), base)
        if kind == "NSM" and kinds:
            kinds.append(kinds[-1])
        elif kind in ("R", "AL"):
            kinds.append("R")
        elif kind in ("EN", "AN"):
            kinds.append("N" if before == "R" else "L")
        else:
            kinds.append("L" if kind == "L" else " ")
    for at, kind in enumerate(kinds):
        if kind == " ":
            after = next((each for each in kinds[at:] if each != " "), base)
            before = kinds[at - 1] if at else base
            same = before.replace("N", "R") == after.replace("N", "R")
            kinds[at] = before.replace("N", "R") if same else base
    runs = [
        (kind, "".join(character for _, character in run))
        for kind, run in groupby(zip(kinds, words, strict=True), key=lambda pair: pair[0])
    ]
    parts: list[str] = []
    for leftward, group in groupby(runs, key=lambda run: run[0] != "L"):
        inner = [run if kind != "R" else _turned(run) for kind, run in group]
        parts.append("".join(reversed(inner) if leftward else inner))
    return "".join(parts if base == "L" else reversed(parts))


def _turned(words: str) -> str:
    """Words from the last character to the first, with what belongs to a character behind it still."""
    clusters: list[str] = []
    for character in words:
        if clusters and bidirectional(character) == "NSM":
            clusters[-1] += character
        else:
            clusters.append(character.translate(_MIRRORED))
    return "".join(reversed(clusters))
