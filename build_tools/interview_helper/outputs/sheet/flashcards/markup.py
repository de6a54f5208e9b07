"""A card to the HTML of its two sides, in any size, by way of neutral HTML. Pure: same card and size, same strings.

Each side is a page of its own, and so are the head of the front, with the trail, and the foot of the back, with the
source; both have a slot for the number, which only imposition knows.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from html import escape
from math import ceil
from typing import Literal

from interview_helper import neutral
from interview_helper.model import Block, Card, Deck, Kind, Library, Media
from interview_helper.outputs.sheet.faces import OURS, Further
from interview_helper.outputs.sheet.markup import Body, Page, document, lacking, with_signs

_BETWEEN = " \N{SINGLE RIGHT-POINTING ANGLE QUOTATION MARK} "
_SLOT = '<span class="number" data-slot="number"></span>'
_LARGEST_PICTURE = 10.0  # em of the text that a picture is high at most, so that it shrinks with it
_LINE = 1.4  # em around a picture in its line
_SHORT_LINE = 22  # characters, below which words are hyphenated
_SMALL = 3.0  # points that a character takes in head and foot, more or less
NUMBER = 46.0  # points in head and foot that are kept for the number; style.css says so too
_FEW_LINES = 3  # of head or foot; what takes more belongs to the text
_SHORT = re.compile(r"<[^>]*>|(?<![\w/])\w{1,3}/\w{1,3}(?![\w/])")  # I/O, TCP/IP: too short for a break at the slash

Side = Literal["front", "back"]


@dataclass(frozen=True, slots=True)
class Setting:
    """A size of text on a card: the width and the height that there is for it, and the size, in points."""

    room: float
    height: float
    size: float

    @property
    def lines(self) -> int:
        """How many lines of prose surely fit."""
        return max(1, int(self.height / (self.size * 1.4)))

    def code(self, above: float = 0.0) -> int:
        """How many lines of code surely fit below `above` points."""
        return max(1, int((self.height - above) / (self.size * 1.1)) - 1)

    @property
    def characters(self) -> int:
        """How many characters of prose a line has."""
        return max(1, int(self.room / (self.size * 0.43)))

    @property
    def picture(self) -> float:
        """How high a picture is at most."""
        return max(self.size, min(self.height - _LINE * self.size, _LARGEST_PICTURE * self.size))


@dataclass(frozen=True, slots=True)
class Sides:
    """A card as it is printed, with all that takes, so that another process can do it.

    `media` are the pictures that it shows by their addresses, `missing` the characters that no font of ours has. `room`
    is the width of a card's inside.
    """

    deck: Deck
    card: Card
    media: Mapping[str, Media]
    missing: tuple[str, ...]
    room: float
    further: Further = OURS

    def set_in(self, further: Further) -> Sides:
        """The same card, set in further faces where ours lack something."""
        left = tuple(character for character in self.missing if character not in further.characters)
        return replace(self, missing=left, further=further)

    def head(self) -> str:
        """The head of the front, as HTML."""
        return self._line("head", "" if self._long(self._trail) else escape(self._trail))

    def foot(self) -> str:
        """The foot of the back, as HTML."""
        return self._line("foot", "" if self._long(self.card.source) else _source(self.card.source))

    @property
    def head_lines(self) -> int:
        """About how many lines the head has."""
        return self._lines(self._trail)

    @property
    def foot_lines(self) -> int:
        """About how many lines the foot has."""
        return self._lines(self.card.source)

    def side(self, side: Side, setting: Setting) -> Page:
        """A side in a size: a part of a document. Its remarks count the blocks as `counted` has them."""
        before = len(self._blocks("front")) if side == "back" else 0
        body = Body(Library((), self.media), {}, setting, count=[None] * before)
        html = self._front(body) if side == "front" else self._back(body)
        hyphens = "auto" if setting.characters < _SHORT_LINE else "manual"
        style = f"--size:{setting.size:g}pt;--picture:{setting.picture:.2f}pt;--hyphens:{hyphens}"
        return Page(f'<section class="{side}" style="{style}">{html}</section>', tuple(body.remarks))

    @property
    def counted(self) -> tuple[Block, ...]:
        """The blocks of both sides, as remarks count them."""
        return (*self._blocks("front"), *self._blocks("back"))

    def document(self, parts: Iterable[str], style: str = "") -> str:
        """Parts of the card as a document, with a style of its own where it needs one."""
        own = f"<style>{style}</style>" if style else ""
        return document(self.deck, own + with_signs("".join(parts), self.missing), self.further)

    @property
    def label(self) -> str:
        """What the bookmark of the card says: nothing of what it asks for."""
        title = self.card.heading.html
        return " ".join(neutral.words(neutral.with_blanks(title, _blank) if self._has_blanks else title).split())

    @property
    def asked_both_ways(self) -> bool:
        """Whether the answer may be asked for its question, too."""
        return self.card.kind is Kind.REVERSED

    @property
    def blocks(self) -> tuple[Block, ...]:
        """All blocks of the card, its heading first."""
        return (self.card.heading, *self.card.question, *self.card.answer)

    @property
    def key(self) -> str:
        """What the card is printed from, in a spelling that costs less than its HTML."""
        card = self.card
        body = Body(Library((), self.media), {}, Setting(0, 0, 0))
        parts = (source for block in self.blocks for source in body.source(block))
        head = repr(
            (
                self.deck.language,
                card.kind,
                card.trail,
                card.source,
                len(card.question),
                self.missing,
                self.room,
                self.further.key,
            )
        )
        return "\0".join((head, *parts))

    @property
    def _trail(self) -> str:
        return _BETWEEN.join(self.card.trail)

    @property
    def _has_blanks(self) -> bool:
        return self.card.kind is Kind.CLOZE

    def _line(self, name: str, html: str) -> str:
        return f'<p class="{name}">{_SLOT}{html}</p>'

    def _lines(self, words: str) -> int:
        return 1 if self._long(words) else max(1, ceil(len(words) * _SMALL / (self.room - NUMBER)))

    def _long(self, words: str) -> bool:
        return len(words) * _SMALL > (self.room - NUMBER) * _FEW_LINES

    def _blocks(self, side: Side) -> tuple[Block, ...]:
        """The blocks of a side, its heading left out.

        An answer that has blanks belongs to the text with blanks, as in Anki: then it stands on both sides. A question
        that has blanks stands with its words on the back.
        """
        card = self.card
        if side == "front":
            return (*card.question, *(card.answer if self._has_blanks and any(map(_marked, card.answer)) else ()))
        return (*(block for block in card.question if self._has_blanks and _marked(block)), *card.answer)

    def _front(self, body: Body) -> str:
        """The question, below the trail where that is too long for the head."""
        title, blocks = self.card.heading.html, self._blocks("front")
        if self._has_blanks:
            title = neutral.with_blanks(title, _blank)
            blocks = tuple(replace(block, html=neutral.with_blanks(block.html, _blank)) for block in blocks)
        trail = f'<p class="trail">{escape(self._trail)}</p>' if self._long(self._trail) else ""
        title = _SHORT.sub(lambda m: m[0] if m[0].startswith("<") else f'<span class="whole">{m[0]}</span>', title)
        return f"{trail}<h1>{body.turned(title)}</h1>{''.join(map(body.block, blocks))}"

    def _back(self, body: Body) -> str:
        """The answer, above the source where that is too long for the foot."""
        card = self.card
        heading = card.heading if self._has_blanks and _marked(card.heading) else None
        title = f'<p class="heading">{body.turned(heading.html)}</p>' if heading else ""
        source = f'<p class="source">{_source(card.source)}</p>' if self._long(card.source) else ""
        return f"{title}{''.join(map(body.block, self._blocks('back')))}{source}"


def _marked(block: Block) -> bool:
    return bool(neutral.marks(block.html))


def _blank(hint: str) -> str:
    return f'<span class="blank">[{escape(hint) or "…"}]</span>'


def _source(source: str) -> str:
    words = escape(source)
    return f'<a href="{words}">{words}</a>' if re.fullmatch(r"https?://\S+", source) else words


def printed(deck: Deck, card: Card, library: Library, room: float, covered: Callable[[], frozenset[str]]) -> Sides:
    """The sides of a card as wide as `room`; `covered`, asked for where it has unusual ones, are our fonts' characters."""
    blocks = (card.heading, *card.question, *card.answer)
    addresses = [address for block in blocks for address in neutral.pictures(block.html)]
    media = {address: library.media[address] for address in addresses if address in library.media}
    html = " ".join((*map(escape, (*card.trail, card.source)), *(block.html for block in blocks)))
    return Sides(deck, card, media, tuple(lacking(html, covered)), room)
