"""How a sheet is laid out: paper, columns and size as chosen, and the measures that follow from them, in points."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal, Protocol

from interview_helper.model import Span

PAPER = {"A4": (595.276, 841.89), "Letter": (612.0, 792.0)}
_INDENT = (0.55, 1.6)  # what style.css indents a question by: em and points


class Measure(Protocol):
    """What text is set in: `room` is its width, `height` the most it has below each other, `size` its size, in points.

    Of prose, surely `lines` fit one below the other in what is not to be cut, and `characters` side by side; of code,
    `code(above)` lines one below the other where `above` points are taken. A picture is `picture` points high at most.
    """

    @property
    def room(self) -> float: ...
    @property
    def height(self) -> float: ...
    @property
    def size(self) -> float: ...
    @property
    def lines(self) -> int: ...
    def code(self, above: float = 0.0) -> int: ...
    @property
    def characters(self) -> int: ...
    @property
    def picture(self) -> float: ...


@dataclass(frozen=True, slots=True)
class Layout:
    """What can be chosen. `columns` is 1 to 4, `size` the size of the text in points.

    `pages` is the number of pages that the sheet is to fill, `fonts` are font files in the notes folder or families of
    the system's fonts.
    """

    paper: Literal["A4", "Letter"] = "A4"
    orientation: Literal["portrait", "landscape"] = "portrait"
    columns: int = 2
    size: float = 8.3
    contents: bool = True
    pages: int | None = None
    fonts: tuple[str, ...] = ()

    @property
    def page(self) -> tuple[float, float]:
        """Width and height of the paper as it lies."""
        width, height = PAPER[self.paper]
        return (width, height) if self.orientation == "portrait" else (height, width)

    @property
    def margin(self) -> float:
        """The margin left and right."""
        return 26.0

    @property
    def first(self) -> float:
        """The margin above the masthead."""
        return 22.7

    @property
    def head(self) -> float:
        """What stays free above the columns of all sheets but the first: the head stands in it."""
        return 40.2

    @property
    def foot(self) -> float:
        """What stays free below the columns."""
        return 28.4

    @property
    def gap(self) -> float:
        """The room between two columns."""
        return 14.0

    @property
    def column(self) -> float:
        """The width of one column."""
        return (self.page[0] - 2 * self.margin - (self.columns - 1) * self.gap) / self.columns

    @property
    def room(self) -> float:
        """The width of the text of a question."""
        return self.column - _INDENT[0] * self.size - _INDENT[1]

    @property
    def picture(self) -> float:
        """The height of a picture at most; style.css says so too."""
        return 200.0

    @property
    def height(self) -> float:
        """The height of a column on all sheets but the first."""
        return self.page[1] - self.head - self.foot

    @property
    def entries(self) -> int:
        """How many columns the contents have."""
        return max(1, round((self.page[0] - 2 * self.margin) / (18 * self.size)))

    @property
    def entry(self) -> float:
        """The width of one column of the contents."""
        return (self.page[0] - 2 * self.margin - (self.entries - 1) * self.gap) / self.entries

    @property
    def lines(self) -> int:
        """How many lines of prose surely fit one below the other in half a column."""
        return int(self.page[1] / 2 / (self.size * 1.2))

    def code(self, above: float = 0.0) -> int:
        """How many lines of code fit into a column below `above` points: more go on in the next one."""
        return int((self.height - above - 1.2 * self.size) / (self.size * 0.83 * 1.3))

    @property
    def characters(self) -> int:
        """How many characters of prose a line in a column has."""
        return max(1, int(self.column / (self.size * 0.43)))


@dataclass(frozen=True, slots=True)
class Named:
    """What `Layout.fonts` names: the name as written, its place, and for a file in the notes folder how to get its bytes."""

    name: str
    span: Span
    content: Callable[[], bytes] | None = None
