"""Cards to a PDF: fronts on one page, backs on the next, behind them; crop marks, numbers, rules, bookmarks.

No layout happens here, and WeasyPrint is not imported. Lengths are points.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import count

from interview_helper.outputs.sheet.faces import Faces, key_of_file
from interview_helper.outputs.sheet.flashcards.fitting import GAP, Fitted
from interview_helper.outputs.sheet.flashcards.layout import FlashcardLayout
from interview_helper.outputs.sheet.imposition import COLORS
from interview_helper.outputs.sheet.pdf import Book, Grown, Joined, Placed, Sheet, Whole
from interview_helper.outputs.sheet.record import Element, Mark, Place

_BOLD, _WIDEST = "IBMPlexSansCondensed-SemiBold", "DejaVuSans"
_RULE = 0.5  # points, the width of the line below a head and above a foot
_CROP = 0.25  # points, the width of a crop mark
_CROP_COLOR = "#000000"
_FLIPS = {"long": b"/DuplexFlipLongEdge", "short": b"/DuplexFlipShortEdge"}


@dataclass(frozen=True, slots=True)
class Flashcard:
    """A card as it is printed: the number and the title of its topic, its own number there, what its bookmark says.

    `both` says that it may be asked either way round.
    """

    topic: int
    title: str
    number: int
    label: str
    both: bool
    fitted: Fitted

    @property
    def color(self) -> str:
        """The color of the topic."""
        return COLORS[(self.topic - 1) % len(COLORS)]


@dataclass(frozen=True, slots=True)
class _Piece:
    """What one piece of paper has of a card; `first` is the number of the card's first piece of all."""

    card: Flashcard
    first: int
    part: int

    @property
    def parts(self) -> int:
        return max(self.card.fitted.fronts, self.card.fitted.backs)

    @property
    def number(self) -> str:
        """What is printed on it, to sort it and to tell which back belongs to which front."""
        sign = "\N{RIGHTWARDS ARROW OVER LEFTWARDS ARROW} " if self.card.both else ""
        part = f" \N{MIDDLE DOT} {self.part + 1}/{self.parts}" if self.parts > 1 else ""
        return f"{sign}{self.card.topic}.{self.card.number}{part}"

    def front(self) -> int | None:
        """The unit on the front: a question on one card stands on all of them."""
        fronts = self.card.fitted.fronts
        return 1 + self._part(fronts) if self._part(fronts) < fronts else None

    def back(self) -> int | None:
        """The unit on the back."""
        fronts, backs = self.card.fitted.fronts, self.card.fitted.backs
        return 1 + fronts + self._part(backs) if self._part(backs) < backs else None

    def _part(self, count: int) -> int:
        return 0 if count == 1 else self.part


def imposed(whole: Whole, cards: Sequence[Flashcard], layout: FlashcardLayout, faces: Faces) -> bytes:
    """The finished PDF: the same values give the same bytes."""
    return _Imposition(whole, cards, layout, faces).written()


class _Imposition:
    def __init__(self, whole: Whole, cards: Sequence[Flashcard], layout: FlashcardLayout, faces: Faces) -> None:
        self.whole = whole
        self.layout = layout
        self.book = Book(faces, [key_of_file(_WIDEST)])
        self.bold = key_of_file(_BOLD)
        self.pieces = list(_pieces(cards))
        self.placed: dict[tuple[int, int], Placed] = {}
        self.tree: list[Grown | Joined] = []
        for card in cards:
            self.book.add(card.fitted.galley)

    def written(self) -> bytes:
        """The PDF."""
        layout = self.layout
        for start in range(0, len(self.pieces), layout.per_page):
            front, back = (self._sheet() for _ in ("front", "back"))
            spots = range(start, min(start + layout.per_page, len(self.pieces)))
            for number in spots:
                self._front(front, number, layout.front(number - start))
            for number in spots:
                self._back(back, number, layout.back(number - start))
        return self.book.written(
            self.whole,
            self.tree,
            self.placed,
            labels={},
            # What is scaled to the page is no longer behind its front in printers that are off center.
            printing=b"/PrintScaling/None/Duplex%s" % _FLIPS[layout.flip],
        )

    def _sheet(self) -> Sheet:
        sheet = self.book.sheet(*self.layout.page)
        for left, top, right, bottom in self.layout.crop_marks():
            width, height = max(right - left, _CROP), max(bottom - top, _CROP)
            x, y = (left - _CROP / 2 if left == right else left), (top - _CROP / 2 if top == bottom else top)
            sheet.rectangle(x, y, width, height, _CROP_COLOR)
        return sheet

    def _front(self, sheet: Sheet, number: int, corner: tuple[float, float]) -> None:
        piece = self.pieces[number]
        card, units = piece.card, piece.card.fitted.galley.units
        x, y = (edge + self.layout.padding for edge in corner)
        width, height = self.layout.inside
        if piece.part == 0:
            self._bookmarks(sheet, number, x, y)
        head = units[0]
        self._put(sheet, number, 0, (x, y))
        sheet.rectangle(x, y + head.height + GAP / 4, width, _RULE, card.color)
        shown = piece.front()
        if shown is not None:
            top = y + head.height + GAP
            # A part of a question begins at the top, a whole one stands in the middle.
            free = y + height - top - units[shown].height if card.fitted.fronts == 1 else 0.0
            self._put(sheet, self._owner(piece, number, card.fitted.fronts), shown, (x, top + free / 2))
        self._tell(piece, number, 0, shown, card.fitted.fronts)

    def _back(self, sheet: Sheet, number: int, corner: tuple[float, float]) -> None:
        piece = self.pieces[number]
        card, units = piece.card, piece.card.fitted.galley.units
        x, y = (edge + self.layout.padding for edge in corner)
        width, height = self.layout.inside
        last = len(units) - 1
        bottom = y + height - units[last].height
        shown = piece.back()
        if shown is not None:
            free = bottom - GAP - y - units[shown].height if card.fitted.backs == 1 else 0.0
            self._put(sheet, self._owner(piece, number, card.fitted.backs), shown, (x, y + free / 2))
        self._put(sheet, number, last, (x, bottom))
        sheet.rectangle(x, bottom - GAP / 4 - _RULE, width, _RULE, card.color)
        self._tell(piece, number, last, shown, card.fitted.backs)

    def _put(self, sheet: Sheet, owner: int, unit: int, place: tuple[float, float]) -> None:
        """Draw a unit of a piece, with the number in its slot, at the right edge."""
        card = self.pieces[owner].card
        what = card.fitted.galley.units[unit]
        lines = []
        for slot in what.slots:
            line = self.book.line(self.bold, slot.size, self.pieces[owner].number, card.color)
            lines.append(replace(line, offset=self.layout.inside[0] - line.width - slot.x))
        self.placed[owner, unit] = sheet.placed(what, place, card.color, "", lines)

    def _owner(self, piece: _Piece, number: int, parts: int) -> int:
        """The piece in whose name a side is placed: the parts of one side belong to one element."""
        return piece.first if parts > 1 else number

    def _tell(self, piece: _Piece, number: int, small: int, shown: int | None, parts: int) -> None:
        """Add a side to the structure: its head or foot, and what stands on it."""
        elements = {_unit(element): element for element in piece.card.fitted.galley.tree}
        kids = [Grown(number, elements[small])]
        # The first part brings the element of all of them.
        if shown is not None and (parts == 1 or piece.part == 0) and shown in elements:
            kids.insert(1 if small == 0 else 0, Grown(number, elements[shown]))
        self.tree.append(Joined("Art", tuple(kids)))

    def _bookmarks(self, sheet: Sheet, number: int, x: float, y: float) -> None:
        card = self.pieces[number].card
        before = self.pieces[number - 1].card if number else None
        if before is None or before.topic != card.topic:
            sheet.bookmark(1, f"{card.topic} {card.title}", x, y)
        sheet.bookmark(2, f"{card.topic}.{card.number} {card.label}", x, y)


def _pieces(cards: Sequence[Flashcard]) -> Iterator[_Piece]:
    number = count()
    for card in cards:
        parts = max(card.fitted.fronts, card.fitted.backs)
        first = next(number)
        yield _Piece(card, first, 0)
        for part in range(1, parts):
            next(number)
            yield _Piece(card, first, part)


def _unit(element: Element) -> int:
    """The unit in which an element begins."""
    for kid in element.kids:
        if isinstance(kid, (Mark, Place)):
            return kid.unit
        found = _unit(kid)
        if found >= 0:
            return found
    return -1
