"""How flashcards lie on paper: what can be chosen, and the measures that follow from it, in points.

Places are those of top left corners, counted from the top left corner of a page; y goes down.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from interview_helper.outputs.sheet.layout import PAPER

SMALLEST = 5.0  # points; below, nobody reads it
_OUT_OF_REACH = 14.174  # 5 mm: what lies nearer to the paper's edge, a printer does not print
_MARK, _CLEAR = 9.0, 3.0  # the length of a crop mark, and its distance from the cards
_APART = 0.4  # between what a printer can't reach and a crop mark, for drivers that round
# Columns and rows for cards that are wide rather than high, as lines of code are; and whether the paper lies.
_GRIDS = {
    2: (1, 2, False),
    4: (2, 2, True),
    6: (2, 3, False),
    8: (2, 4, False),
    9: (3, 3, True),
    10: (2, 5, False),
    12: (3, 4, True),
    16: (4, 4, True),
}
CHOICES = tuple(_GRIDS)


@dataclass(frozen=True, slots=True)
class FlashcardLayout:
    """What can be chosen: `per_page` cards on a page, the largest text in `size` points, with crop marks or without.

    `flip` is the edge of the sheet over which the printer turns it. Without marks, the cards are equal parts of the
    whole sheet: eight of A4 are A7.
    """

    paper: Literal["A4", "Letter"] = "A4"
    per_page: int = 8
    flip: Literal["long", "short"] = "long"
    size: float = 14.0
    marks: bool = True

    @property
    def page(self) -> tuple[float, float]:
        """Width and height of the paper as it lies."""
        width, height = PAPER[self.paper]
        return (height, width) if self._lies else (width, height)

    @property
    def columns(self) -> int:
        """How many cards stand side by side."""
        return _GRIDS[self.per_page][0]

    @property
    def rows(self) -> int:
        """How many cards stand one below the other."""
        return _GRIDS[self.per_page][1]

    @property
    def margin(self) -> float:
        """The room between the cards and all four edges of the paper."""
        return _OUT_OF_REACH + _APART + _MARK + _CLEAR if self.marks else 0.0

    @property
    def card(self) -> tuple[float, float]:
        """Width and height of a card."""
        width, height = self.page
        return (width - 2 * self.margin) / self.columns, (height - 2 * self.margin) / self.rows

    @property
    def padding(self) -> float:
        """What stays free inside a card's edge, so that it may be cut a little beside the line."""
        return 11.4 if self.marks else _OUT_OF_REACH + _APART

    @property
    def inside(self) -> tuple[float, float]:
        """Width and height of what may be printed on a card."""
        width, height = self.card
        return width - 2 * self.padding, height - 2 * self.padding

    def front(self, number: int) -> tuple[float, float]:
        """The place of a card on the front of its sheet, the first one being 0."""
        row, column = divmod(number, self.columns)
        return self._corner(column, row)

    def back(self, number: int) -> tuple[float, float]:
        """The place of a card on the back of its sheet, behind its front.

        A printer that flips on the long edge prints the back so that it stands upright for a reader who turns the
        sheet over about that edge, as if it were bound there (RFC 8011, `two-sided-long-edge`); on the short edge,
        likewise. What is turned about an upright axis changes left and right: the point (x, y) of the front lies on
        (width - x, y) of the back. What is turned about a level axis changes top and bottom, (x, height - y), and is
        upright again for whoever turns it so. The long edges of a sheet that stands are upright, of one that lies they
        are level: a driver turns a lying page by the same quarter on both sides, which changes nothing of this.

            sheet    flip on     axis      what changes
            stands   long edge   upright   columns
            stands   short edge  level     rows
            lies     long edge   level     rows
            lies     short edge  upright   columns
        """
        row, column = divmod(number, self.columns)
        upright = (self.flip == "long") is not self._lies
        return self._corner(self.columns - 1 - column, row) if upright else self._corner(column, self.rows - 1 - row)

    def crop_marks(self) -> list[tuple[float, float, float, float]]:
        """The lines at which to cut, all of them outside the cards: where each begins and where it ends."""
        if not self.marks:
            return []
        (width, height), (across, down) = self.page, self.card
        first, last = _OUT_OF_REACH + _APART, self.margin - _CLEAR
        xs = [self.margin + column * across for column in range(self.columns + 1)]
        ys = [self.margin + row * down for row in range(self.rows + 1)]
        upright = [(x, top, x, end) for x in xs for top, end in ((first, last), (height - last, height - first))]
        return upright + [(left, y, end, y) for y in ys for left, end in ((first, last), (width - last, width - first))]

    @property
    def _lies(self) -> bool:
        return _GRIDS[self.per_page][2]

    def _corner(self, column: int, row: int) -> tuple[float, float]:
        width, height = self.card
        return self.margin + column * width, self.margin + row * height
