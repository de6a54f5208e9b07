"""What a page shows, as values: boxes, glyphs, runs of text, paint, marked content.

Lengths are points, places are measured from a page's upper left corner.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any, NamedTuple

from pypdf.generic import IndirectObject

Color = tuple[float, float, float]
WHITE: Color = (1.0, 1.0, 1.0)
BLACK: Color = (0.0, 0.0, 0.0)


class Box(NamedTuple):
    """A rectangle: `top` is nearer to the page's upper edge than `bottom`, so it is the smaller number."""

    left: float
    top: float
    right: float
    bottom: float

    def holds(self, x: float, y: float) -> bool:
        return self.left <= x <= self.right and self.top <= y <= self.bottom

    def around(self, other: Box) -> Box:
        """The least box with both in it."""
        return Box(
            min(self.left, other.left),
            min(self.top, other.top),
            max(self.right, other.right),
            max(self.bottom, other.bottom),
        )

    def cut(self, other: Box) -> Box:
        """What both cover; its right is left of its left where that is nothing."""
        return Box(
            max(self.left, other.left),
            max(self.top, other.top),
            min(self.right, other.right),
            min(self.bottom, other.bottom),
        )


class Glyph(NamedTuple):
    """A drawn glyph: what it says, the box of its ink (None where it has none), where it starts, how wide it is."""

    text: str
    ink: Box | None
    origin: float
    advance: float


@dataclass(slots=True, eq=False)
class Run:
    """The text that one operator shows. `baseline` is in points from the top, `size` is the height of an em."""

    page: int
    mark: int | None  # the marked content that it is in
    artifact: bool
    face: str
    size: float
    color: Color
    baseline: float
    glyphs: list[Glyph]
    text: str  # of all of them
    blank: bool  # whether none has ink
    box: Box  # of all its ink; of its advance where it has none
    clipped: bool  # whether some of its ink is cut away
    paints_before: int  # how much of the page's paint lies under it
    grounds: tuple[Color, ...] = ()  # under its first, middle and last glyph
    hidden: bool = False  # whether one of these is painted over


@dataclass(slots=True, eq=False)
class Paint:
    """A filled or stroked path, or a picture. `parts` are the boxes of a path's pieces; `box` is what may be colored."""

    page: int
    mark: int | None
    artifact: bool
    kind: str  # fill, stroke or picture
    color: Color
    box: Box
    parts: tuple[Box, ...]
    even_odd: bool

    def covers(self, x: float, y: float) -> bool:
        if not self.box.holds(x, y):
            return False
        inside = sum(part.holds(x, y) for part in self.parts)
        return inside % 2 == 1 if self.even_odd else inside > 0


@dataclass(slots=True, eq=False)
class Mark:
    """The content with one MCID on one page."""

    page: int
    number: int
    runs: list[Run] = field(default_factory=list)
    paints: list[Paint] = field(default_factory=list)
    begun: int = 0  # how often the page begins content with this number


@dataclass(slots=True, eq=False)
class Page:
    """A page and all that it shows, in the order in which it is drawn. `unknown` are operators that no reader knows."""

    number: int
    width: float
    height: float
    runs: list[Run] = field(default_factory=list)
    paints: list[Paint] = field(default_factory=list)
    marks: dict[int, Mark] = field(default_factory=dict)
    faults: list[str] = field(default_factory=list)
    unknown: set[str] = field(default_factory=set)


def resolved(value: Any) -> Any:
    return value.get_object() if isinstance(value, IndirectObject) else value


def number_of(value: Any) -> int:
    """The number of the object that a reference names, 0 for a value that stands in place."""
    return value.idnum if isinstance(value, IndirectObject) else 0
