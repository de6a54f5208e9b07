"""Cards to galleys: each side in the largest size in which it fits its card, over several cards where none does."""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cache
from html import unescape
from importlib.resources import files
from math import ceil

from interview_helper.outputs.sheet import galley, record
from interview_helper.outputs.sheet.flashcards.layout import SMALLEST, FlashcardLayout
from interview_helper.outputs.sheet.flashcards.markup import Setting, Side, Sides
from interview_helper.outputs.sheet.markup import Page
from interview_helper.outputs.sheet.record import Galley, Noted

GAP = 6.0  # points between a side and the head or foot
_STEP = 0.5  # points between two sizes
_EASY, _EASY_WORD = 7.5, 10.0  # points; down to here text is set smaller rather than a line of code or a word broken
_LETTER, _INSET = 0.52, 1.6  # em that a letter is wide at most, more or less, and what a list or a title takes
_SMALL_LINE = 8.125  # points, the height of a line in head and foot
_ENDLESS = 20_000.0  # points that a page is high where nothing is to be broken
_SLOP = 0.01  # points
_SIDES: tuple[Side, ...] = ("front", "back")
_WRAPPED = '<span class="wrapmark">'
_PRE = re.compile(r"<pre\b.*?</pre>", re.DOTALL)
_ENDS = re.compile(r"</(?:p|li|h1|tr|dt|dd|summary|div)>")
_TABLE = re.compile(r"<table\b.*?</table>", re.DOTALL)
_TAG = re.compile(r"<[^>]*>")
_BREAK = re.compile(r"[\s/-]+")


@dataclass(frozen=True, slots=True)
class Fitted:
    """A card's galley: its units are the head, the parts of the front, those of the back, the foot.

    A side that fits no card is broken into parts, each for a card of its own.
    """

    fronts: int
    backs: int
    galley: Galley

    def packed(self) -> bytes:
        """The card as bytes."""
        return b"%d %d\n" % (self.fronts, self.backs) + record.packed(self.galley)


def unpacked(data: bytes) -> Fitted:
    """The card that was packed."""
    head, _, rest = data.partition(b"\n")
    fronts, backs = map(int, head.split())
    return Fitted(fronts, backs, record.unpacked(rest))


def style(layout: FlashcardLayout) -> str:
    """What all cards are laid out with: a page is a part of a card."""
    sheet = files("interview_helper.outputs.sheet")
    texts = (sheet / name for name in ("style.css", "flashcards/style.css"))
    chosen = (
        f"@page{{size:{layout.inside[0]}pt {_ENDLESS}pt;margin:0}}"
        f":root{{--size:10pt;--hyphens:manual;--fallback:'DejaVu Sans';--color:{galley.SENTINEL}}}\n"
    )
    return chosen + "".join(text.read_text(encoding="utf-8") for text in texts)


@cache
def sizes(layout: FlashcardLayout) -> tuple[float, ...]:
    """The sizes of text that are tried, the largest first."""
    count = ceil(max(0.0, layout.size - SMALLEST) / _STEP - _SLOP)
    return (*(layout.size - _STEP * number for number in range(count)), SMALLEST)


def fitted(sides: Sides, layout: FlashcardLayout, style: str) -> Fitted:
    """A card, laid out with a style. Raises PangoMissing."""
    return _Fitting(sides, layout, style).found()


class _Fitting:
    """The search for the sizes of one card, in documents that hold its sides in several."""

    def __init__(self, sides: Sides, layout: FlashcardLayout, style: str) -> None:
        self.sides = sides
        self.layout = layout
        self.style = style
        self.media = {each.name: each for each in sides.media.values()}
        self.said = [Noted("P001", "", character) for character in sides.missing]
        width, height = layout.inside
        lines = {"front": sides.head_lines, "back": sides.foot_lines}
        self.searches = tuple(
            _Search(sides, side, Setting(width, height - GAP - lines[side] * _SMALL_LINE, 0.0), sizes(layout))
            for side in _SIDES
        )

    def found(self) -> Fitted:
        """The card in its sizes."""
        while True:
            found = self._attempt()
            if all(search.over for search in self.searches):
                break
        return self._broken() if any(search.fits is None for search in self.searches) else Fitted(1, 1, found)

    def _attempt(self) -> Galley:
        """Look at some sizes of each side: the galley of the card where these are the right ones."""
        looked_at = [(search, number) for search in self.searches for number in search.wanted()]

        def chosen(pages: Sequence[tuple[str, float]]) -> list[int]:
            heights = [height for _, height in pages]
            for search, height in zip(self.searches, heights, strict=False):
                search.room = self.layout.inside[1] - GAP - height
            for (search, number), height in zip(looked_at, heights[2:], strict=True):
                search.learn(number, height)
            if not all(search.over and search.fits is not None for search in self.searches):
                return []
            front, back = (2 + looked_at.index((search, search.fits or 0)) for search in self.searches)
            return [0, front, back, 1]

        parts = [self.sides.head(), self.sides.foot(), *(search.page(number).html for search, number in looked_at)]
        found = galley.galley(self.sides.document(parts), self.style, self.media, self.said, chosen)
        told = [
            each for search in self.searches if search.fits is not None for each in search.page(search.fits).remarks
        ]
        return replace(found, remarks=(*found.remarks, *told))

    def _broken(self) -> Fitted:
        """The card with each side that fits in no size over as few cards as can be, and in the largest size for these."""
        pages = "".join(
            f"@page {search.side}{{size:{self.layout.inside[0]}pt {search.room:.3f}pt}}"
            for search in self.searches
            if search.fits is None
        )
        counts: list[int] = []
        shown: list[Page] = []
        for search in self.searches:
            if search.fits is not None:
                counts.append(1)
                shown.append(search.page(search.fits))
                continue
            last = len(search.sizes) - 1
            fewest = self._count(search, last, pages)
            tried = range(search.first, last)
            at = bisect_left(tried, True, key=lambda n: self._count(search, n, pages) <= fewest)
            counts.append(fewest)
            shown.append(search.page(search.first + at, broken=True))
        html = self.sides.document([self.sides.head(), self.sides.foot(), *(page.html for page in shown)], pages)
        said = [*self.said, *(remark for page in shown for remark in page.remarks)]
        units = [0, *range(2, 2 + sum(counts)), 1]
        return Fitted(counts[0], counts[1], galley.galley(html, self.style, self.media, said, lambda _: units))

    def _count(self, search: _Search, number: int, pages: str) -> int:
        """How many cards a side takes in a size."""
        count = 0

        def chosen(found: Sequence[tuple[str, float]]) -> list[int]:
            nonlocal count
            count = len(found)
            return []

        html = self.sides.document([search.page(number, broken=True).html], pages)
        galley.galley(html, self.style, self.media, (), chosen)
        return count


class _Search:
    """The search for the size of a side. Sizes are numbers in `sizes`; what does not fit does not in a larger one."""

    def __init__(self, sides: Sides, side: Side, setting: Setting, sizes: Sequence[float]) -> None:
        self.sides = sides
        self.side = side
        self.setting = setting
        self.sizes = sizes
        self.room = setting.height
        self.fits: int | None = None
        self._made: dict[tuple[int, bool], Page] = {}
        self.first = self._whole()
        self._fails = self.first - 1
        self._profile = _Profile(self.page(self.first).html)
        self._scale = 1.0

    @property
    def over(self) -> bool:
        """Whether the size is known, or that there is none."""
        return self._fails + 1 == self._end

    @property
    def _end(self) -> int:
        return len(self.sizes) if self.fits is None else self.fits

    def page(self, number: int, *, broken: bool = False) -> Page:
        """The side in a size; `broken` over several cards."""
        key = number, broken
        if key not in self._made:
            height = self.room if broken else self.setting.height
            self._made[key] = self.sides.side(self.side, Setting(self.setting.room, height, self.sizes[number]))
        return self._made[key]

    def wanted(self) -> list[int]:
        """The sizes to look at next, where the search is over that one alone."""
        known = [] if self.fits is None else [self.fits]
        if self.over:
            return known
        open_ones = range(self._fails + 1, self._end)
        guess = next((n for n in open_ones if self._estimated(n) <= self.room), open_ones[-1])
        return [*([guess - 1] if guess - 1 in open_ones else []), guess, *known]

    def learn(self, number: int, height: float) -> None:
        """Take in how high the side is in a size."""
        self._scale = height / self._profile.height(self._of(number))
        if height <= self.room + _SLOP:
            self.fits = min(number, self._end)
        elif number < self._end:
            self._fails = max(number, self._fails)

    def _estimated(self, number: int) -> float:
        return self._scale * self._profile.height(self._of(number))

    def _of(self, number: int) -> Setting:
        return Setting(self.setting.room, self.setting.height, self.sizes[number])

    def _whole(self) -> int:
        """The largest size in which no line of code and no word is broken that would be whole in a small one."""
        html = self.page(0).html
        widest = [em for em in _Profile(html).words if self.setting.room / em >= _EASY_WORD]
        words = next(
            (n for n, size in enumerate(self.sizes) if size * max(widest, default=0.0) <= self.setting.room), 0
        )
        if "<pre" not in html:
            return words
        easy = max((n for n, size in enumerate(self.sizes) if size >= _EASY), default=0)
        fewest = self.page(easy).html.count(_WRAPPED)
        lines = bisect_left(range(easy), True, key=lambda number: self.page(number).html.count(_WRAPPED) <= fewest)
        return max(words, lines)


class _Profile:
    """What of a side tells roughly how large it will be."""

    def __init__(self, html: str) -> None:
        self.codes = [code.count("\n") + 1 for code in _PRE.findall(html)]
        texts = [unescape(_TAG.sub("", part)) for part in _ENDS.split(_PRE.sub("", html))]
        self.texts = [len(text) for text in texts if text.strip()]
        self.pictures = html.count("<img")
        # Tables have their own way with words.
        prose = unescape(_TAG.sub("", _TABLE.sub("", _PRE.sub("", html))))
        self.words = [len(word) * _LETTER + _INSET for word in set(_BREAK.split(prose))]

    def height(self, setting: Setting) -> float:
        """How high the side may be in a size, in points."""
        lines = sum(ceil(length / setting.characters) for length in self.texts)
        text = 1.32 * lines + 0.35 * len(self.texts)
        code = 1.08 * sum(self.codes) + 1.3 * len(self.codes)
        return setting.size * float(text + code) + 0.75 * setting.picture * self.pictures + _SLOP
