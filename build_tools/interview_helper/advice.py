"""Cards to advice on studying them: hints, and never more than that. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from html import unescape
from math import ceil

from interview_helper.diagnostics import Diagnostic
from interview_helper.model import Block, Card, Kind, Media


@dataclass(frozen=True, slots=True)
class Limits:
    """What is too much: words of a question, of an answer, items of a list, blanks of a text; words around them at least.

    `likeness` is the part of their words that two questions share to be nearly one. `acronyms` need not be spelt out.
    """

    question_words: int = 20
    answer_words: int = 45
    list_items: int = 4
    blanks: int = 3
    blank_words: int = 4
    likeness: float = 0.7
    acronyms: tuple[str, ...] = ()


# Lengths are CSS px of a phone under the style of the cards.
_SCREEN = 844
_WIDTH = 390 - 2 * 14
_EM = 17
_LINE = 1.55 * _EM
_CHARACTER = 0.46 * _EM  # of running text, and what the end of a line leaves empty
_GAP = 0.65 * _EM
_CODE_LINE = 1.5 * 0.8 * _EM
_CODE_GAP = 0.85 * _EM
_CODE_FRAME = 8 + 10 + 2
_CODE_NAME = 5 + 1.5 * 0.68 * _EM
_CELL = 1.45 * 0.9 * _EM
_CELL_CHARACTER = 0.9 * _CHARACTER
_CELL_FRAME = (0.64 * 0.9 * _EM + 1, 1.2 * 0.9 * _EM + 1)
_FORMULA = 2 * _EM
_HIGHEST = 0.8 * _SCREEN  # of a picture
_PICTURE = 150  # one whose size nobody knows


def advice(cards: Iterable[Card], media: Mapping[str, Media]) -> Iterator[Diagnostic]:
    """What makes cards hard to study, in the order of the cards."""
    for card in cards:
        blocks = card.answer
        # Anki rolls to the answer, so it has a screen of its own; but a blank in it draws it to the question.
        if card.kind is Kind.CLOZE and any("<mark" in block.html for block in blocks):
            blocks = (*card.question, *blocks)
        if not _may_be_long(blocks):
            continue
        screens = height(blocks, media) / _SCREEN
        if screens > 1:
            yield Diagnostic(
                "S001",
                card.span,
                f"the answer to {card.heading.text!r} is about {max(screens, 1.1):.1f} screens of a phone",
                "split it: each sub-heading is a question of its own",
            )


def _may_be_long(blocks: Iterable[Block]) -> bool:
    """Whether the blocks can be as high as a screen. Few can, and the others cost no more than this."""
    bound = 0
    for block in blocks:
        html = block.html
        if "<img" in html or "<table" in html or 'class="math"' in html:
            return True
        bound += len(html) + 64 + 24 * (html.count("<") + html.count("\n"))
    return bound > _SCREEN


def height(blocks: Iterable[Block], media: Mapping[str, Media]) -> float:
    """How high a phone shows blocks, in CSS px, as far as their HTML says."""
    flow = _Flow(media)
    for block in blocks:
        flow.add(block.html)
    return flow.height


_PIECE = re.compile(
    r'<pre><code(?P<named>[^>]*)>(?P<code>.*?)</code></pre>|<div class="math">(?P<formula>.*?)</div>'
    r'|<span class="math">(?P<tex>.*?)</span>'
    r"|<table\b[^>]*>(?P<table>.*?)</table>|<(?P<end>/?)(?P<tag>[a-z0-9]+)(?P<rest>[^>]*)>|(?P<text>[^<]+)",
    re.DOTALL,
)
_ROW = re.compile(r"<tr\b[^>]*>(.*?)</tr>", re.DOTALL)
_CELLS = re.compile(r"<t[hd]\b[^>]*>(.*?)</t[hd]>", re.DOTALL)
_COMMAND = re.compile(r"\\[A-Za-z]+ *|\\.")
_TAG = re.compile(r"<[^>]*>")
_UNSEEN = dict.fromkeys(map(ord, "{}^_&"))
_SIZE = re.compile(r' (src|alt|width)="([^"]*)"')
_INDENTS = {"ul": 1.35 * _EM, "ol": 1.35 * _EM, "blockquote": 0.9 * _EM + 3, "dd": 40, "details": 1.6 * _EM + 2}
_ITEM = 0.28 * _EM
_GAPS = {**dict.fromkeys(("p", "ul", "ol", "dl", "blockquote", "figure", "details"), _GAP), "li": _ITEM, "hr": _GAP}
_HEADINGS = frozenset(("h1", "h2", "h3", "h4", "h5", "h6"))
_LINES = frozenset(("br", "div", "dt", "dd", "summary", "figcaption", *_GAPS, *_HEADINGS))
# In these, nothing is left empty above what comes first and below what comes last.
_TIGHT = frozenset(("li", "blockquote"))


class _Flow:
    """Blocks below each other, each as high as its words make it."""

    def __init__(self, media: Mapping[str, Media]) -> None:
        self.media = media
        self.height = 0.0
        self.gap = 0.0
        self.first = True  # of what it is in, so that no gap is above it
        self.width = float(_WIDTH)
        self.characters = 0.0
        self.tight = False  # the gap above what comes next is settled
        self.items = 0
        self.wider = 1.0
        self.callouts: list[bool] = []

    def add(self, html: str) -> None:
        """Put neutral HTML below what is there."""
        for piece in _PIECE.finditer(html):
            if (words := piece["text"]) is not None:
                text = " ".join(words.split())
                if text or self.characters:
                    self.characters += self.wider * (len(unescape(text)) + (text != words))
            elif piece["tag"]:
                self._tag(piece["tag"], not piece["end"], piece["rest"])
            elif (code := piece["code"]) is not None:
                self._box(
                    (code.count("\n") + 1) * _CODE_LINE + _CODE_FRAME + bool(piece["named"]) * _CODE_NAME, _CODE_GAP
                )
            elif (formula := piece["formula"]) is not None:
                self._box(_FORMULA * (1 + formula.count("\\\\")), _EM)
            elif (tex := piece["tex"]) is not None:
                self.characters += len(_COMMAND.sub("x", unescape(tex)).translate(_UNSEEN))
            else:
                self._box(self._table(piece["table"]), _GAP)
        self._end_line()

    def _tag(self, tag: str, opens: bool, rest: str) -> None:
        if tag == "code":
            # The letters of code are wider, and it has a frame.
            self.wider = 1.1 if opens else 1.0
            self.characters += 0.6
        elif tag == "img":
            self._picture(dict(_SIZE.findall(rest)))
        elif tag in _LINES:
            self._end_line(least=tag == "br" and not self.characters)
            self._block(tag, opens, rest)

    def _block(self, tag: str, opens: bool, rest: str) -> None:
        gap = _ITEM if self.items and tag in ("ul", "ol") else _GAPS.get(tag, 0)
        if tag in _HEADINGS:
            gap = (1.1 if opens else 0.4) * _EM
        if not opens and (tag in _TIGHT or tag in _HEADINGS):
            self.gap = gap
        elif not self.tight:
            self.gap = max(self.gap, gap)
        self.tight = self.tight or (opens and tag in _TIGHT)
        self.items += (tag == "li") * (1 if opens else -1)
        self.width += _INDENTS.get(tag, 0) * (-1 if opens else 1)
        framed = tag == "details"
        if tag == "div":
            if opens:
                self.callouts.append('class="callout"' in rest)
            framed = bool(self.callouts) and (self.callouts[-1] if opens else self.callouts.pop())
            self.width += framed * (1.8 * _EM + 3) * (-1 if opens else 1)
        if framed:
            gap = (0.65 if tag == "details" else 0.85) * _EM
            self.first = self.first or not opens
            self._box(0.6 * _EM, gap)
            self.first = opens

    def _end_line(self, *, least: bool = False) -> None:
        waiting, self.characters = self.characters, 0.0
        if waiting >= 0.5 or least:
            lines = max(1, ceil(waiting * _CHARACTER / max(self.width, 10 * _CHARACTER)))
            self._box(lines * _LINE, 0)

    def _box(self, tall: float, gap: float) -> None:
        if self.characters:
            self._end_line()
        self.height += tall if self.first else tall + max(self.gap, gap)
        self.gap, self.first, self.tight = gap, False, False

    def _picture(self, attributes: Mapping[str, str]) -> None:
        media = self.media.get(unescape(attributes.get("src", "")))
        if media is None:
            self.characters += len(attributes.get("alt", ""))  # which stands in for it
            return
        tall, wide = float(media.height or _PICTURE), float(media.width or self.width)
        if (given := attributes.get("width", "")).isdigit() and int(given):
            tall, wide = tall * int(given) / wide, float(given)
        self._box(min(tall * min(1, self.width / wide), _HIGHEST), 0)

    def _table(self, html: str) -> float:
        """The height of a table whose columns share the width as far as their longest words let them."""
        rows = [[" ".join(unescape(_TAG.sub("", c)).split()) for c in _CELLS.findall(r)] for r in _ROW.findall(html)]
        columns = max(map(len, rows), default=0)
        if not columns:
            return 0.0
        frame, border = _CELL_FRAME[1], _CELL_FRAME[0]
        cells = [[row[i] for row in rows if i < len(row)] for i in range(columns)]
        least = [max(max(map(len, cell.split()), default=1) for cell in column) for column in cells]
        most = [max(map(len, column)) for column in cells]
        room = (self.width - columns * frame) / _CELL_CHARACTER - sum(least)
        wanted = sum(most) - sum(least)
        part = 1.0 if wanted <= max(room, 0.0) else max(room, 0.0) / wanted
        widths = [low + part * (high - low) for low, high in zip(least, most, strict=True)]
        return sum(_lines(row, widths) * _CELL + border for row in rows)


def _lines(row: Sequence[str], widths: Sequence[float]) -> int:
    return (
        max((ceil(len(cell) / width - 0.001) for cell, width in zip(row, widths, strict=False) if width), default=1)
        or 1
    )
