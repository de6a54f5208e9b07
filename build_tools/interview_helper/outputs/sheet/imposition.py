"""Galleys to a PDF: units in columns on sheets, and what belongs to the whole: numbers, colors, contents, heads, rules.

No layout happens here, and WeasyPrint is not imported: what a unit draws is copied as it is, its marked content
renumbered. Lengths are points, y goes down from the top of a sheet until the moment it is written.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from itertools import groupby

from interview_helper.model import Section
from interview_helper.outputs.sheet import packing
from interview_helper.outputs.sheet.direction import seen
from interview_helper.outputs.sheet.faces import Faces, key_of_file
from interview_helper.outputs.sheet.layout import Layout
from interview_helper.outputs.sheet.pdf import Book, Grown, Joined, Line, Placed, Sheet, Whole
from interview_helper.outputs.sheet.record import Element, Galley, Unit

COLORS = ("#1f4e8c", "#8a3b12", "#1d6b4a", "#6b2c86", "#8c1d40", "#37474f")  # dark: white words stand on them
_BOLD, _PLAIN, _WIDEST = "IBMPlexSansCondensed-SemiBold", "IBMPlexSansCondensed-Regular", "DejaVuSans"
_INK, _QUIET, _WHITE, _LINE = "#222222", "#5a5a5a", "#ffffff", "#c8c8c8"
_HEAD = 7.5  # points, the size of what stands in head and foot
_RULE = 1.6  # points, the width of the rule beside a question; style.css leaves room for it
_STRETCH = 5.0  # points that a gap above a question may grow
_AFTER = 8.0  # points between the masthead's line and the first columns
_FITS = 500  # characters of a title that surely fit into no head of a page
_LEAST = 0.25  # of a column, below which no column is worth starting under the contents


@dataclass(frozen=True, slots=True)
class Topic:
    """A topic as it is printed. `labels` are the words of its headings by their ids."""

    number: int
    root: Section
    galley: Galley
    labels: Mapping[str, str]

    @property
    def title(self) -> str:
        return self.root.title.text

    @property
    def color(self) -> str:
        return COLORS[(self.number - 1) % len(COLORS)]


@dataclass(frozen=True, slots=True)
class _Spot:
    """Where a unit stands: on which sheet, and its top left corner there; `topic` is None for the masthead.

    `opens` says that it is the first of its column.
    """

    topic: Topic | None
    unit: int
    sheet: int
    x: float
    y: float
    opens: bool = False


@dataclass(slots=True)
class _Plan:
    """Where everything stands."""

    spots: list[_Spot] = field(default_factory=list)
    lines: list[tuple[int, float]] = field(default_factory=list)  # below the masthead: sheet and y
    bodies: dict[int, tuple[float, float]] = field(default_factory=dict)  # by sheet: top and foot of its columns
    sheets: int = 1
    used: float = 1.0


def imposed(whole: Whole, masthead: Galley, topics: Sequence[Topic], layout: Layout, faces: Faces) -> bytes:
    """The finished PDF: the same values give the same bytes."""
    return _Imposition(whole, masthead, topics, layout, faces).written()


def pages(masthead: Galley, topics: Sequence[Topic], layout: Layout) -> float:
    """How many pages these galleys take, the last as the share of its columns that is full."""
    return _planned(masthead, topics, layout).used


def _planned(masthead: Galley, topics: Sequence[Topic], layout: Layout) -> _Plan:
    plan = _Plan()
    head = masthead.units[0]
    plan.spots.append(_Spot(None, 0, 0, layout.margin, layout.first))
    sheet, top = 0, layout.first + head.height
    entries = [(topic, n) for topic in topics for n, unit in enumerate(topic.galley.units) if unit.entry]
    if layout.contents and entries:
        sheet, top = _contents(plan, entries, top + head.below, layout)
    plan.lines.append((sheet, top + 4))
    top += 4 + _AFTER
    _body(plan, [(t, n) for t in topics for n, unit in enumerate(t.galley.units) if not unit.entry], sheet, top, layout)
    plan.sheets = 1 + max(spot.sheet for spot in plan.spots)
    plan.used += plan.sheets - 1
    return plan


def _contents(plan: _Plan, entries: list[tuple[Topic, int]], top: float, layout: Layout) -> tuple[int, float]:
    """Place the entries in even columns: the sheet on which they end, and where."""
    blocks = [_block(topic.galley.units, n) for topic, n in entries]
    columns = layout.entries
    sheet = done = 0
    while True:
        room = layout.page[1] - layout.foot - top
        even = packing.even(blocks[done:], columns, float("inf")) if done < len(blocks) else 0.0
        height = min(room, even)
        groups = packing.packed(blocks[done:], lambda _, height=height: height)[:columns]  # type: ignore[misc]
        lowest = top
        for column, (first, last) in enumerate(groups):
            tops = packing.stretched(blocks[done + first : done + last], 0, 0)
            x = layout.margin + column * (layout.entry + layout.gap)
            for (topic, n), y in zip(entries[done + first : done + last], tops, strict=True):
                plan.spots.append(_Spot(topic, n, sheet, x, top + y))
                lowest = max(lowest, top + y + topic.galley.units[n].height)
        done += groups[-1][1] if groups else 0
        if done >= len(blocks):
            return sheet, lowest
        sheet, top = sheet + 1, layout.head


def _body(plan: _Plan, units: list[tuple[Topic, int]], sheet: int, top: float, layout: Layout) -> None:
    """Place all units of the topics, from `top` of a sheet on."""
    full = layout.page[1] - layout.head - layout.foot
    short = layout.page[1] - layout.foot - top
    if short < full * _LEAST:
        sheet, top, short = sheet + 1, layout.head, full
    count = layout.columns
    blocks = [_block(topic.galley.units, n) for topic, n in units]

    def capacity(column: int) -> float:
        return short if column < count else full

    plan.used = 0.0
    columns = packing.packed(blocks, capacity)
    final = (len(columns) - 1) // count * count  # the first column of the last sheet
    if columns:
        start = columns[final][0]
        height = packing.even(blocks[start:], count, capacity(final))
        plan.used = height / capacity(final)
        evened = packing.packed(blocks[start:], lambda _: height)
        if len(evened) <= count:
            columns[final:] = [(start + first, start + last) for first, last in evened]
    for number, (first, last) in enumerate(columns):
        here = sheet + number // count
        y = top if number < count else layout.head
        x = layout.margin + number % count * (layout.column + layout.gap)
        room = capacity(number) if number < final else 0.0
        tops = packing.stretched(blocks[first:last], room, _STRETCH)
        for at, ((topic, n), down) in enumerate(zip(units[first:last], tops, strict=True)):
            plan.spots.append(_Spot(topic, n, here, x, y + down, opens=at == 0))
            foot = y + down + topic.galley.units[n].height
            plan.bodies[here] = (y, max(foot, plan.bodies.get(here, (0, 0))[1]))


def _block(units: Sequence[Unit], number: int) -> packing.Block:
    unit = units[number]
    before = units[number - 1] if number else None
    if before is not None and before.entry == unit.entry:
        return packing.Block(unit.height, max(before.below, unit.above), before.article != unit.article, unit.over)
    # The first of a topic stands below the last of another one, whose margin is as wide as its own.
    return packing.Block(unit.height, max(0.0 if unit.entry else units[-1].below, unit.above), opens=True)


class _Imposition:
    def __init__(self, whole: Whole, masthead: Galley, topics: Sequence[Topic], layout: Layout, faces: Faces) -> None:
        self.whole = whole
        self.masthead = masthead
        self.topics = topics
        self.layout = layout
        self.book = Book(faces, [key_of_file(_WIDEST)])
        self.plan = _planned(masthead, topics, layout)
        self.bold, self.plain = key_of_file(_BOLD), key_of_file(_PLAIN)

    def written(self) -> bytes:
        """The PDF."""
        book, layout = self.book, self.layout
        width, height = layout.page
        sheets = [book.sheet(width, height) for _ in range(self.plan.sheets)]
        pages: dict[str, int] = {}
        for spot in self.plan.spots:
            if spot.topic and not spot.topic.galley.units[spot.unit].entry:
                for name in spot.topic.galley.units[spot.unit].anchors:
                    pages.setdefault(name, spot.sheet + 1)
        for galley in (self.masthead, *(topic.galley for topic in self.topics)):
            book.add(galley)
        for number, (sheet, body) in enumerate(zip(sheets, self._bodies(), strict=True)):
            self._furnished(number, sheet, body)
        labels = {name: label for topic in self.topics for name, label in topic.labels.items()}
        placed: dict[tuple[int, int], Placed] = {}
        for spot in self.plan.spots:
            number = spot.topic.number if spot.topic else 0
            placed[number, spot.unit] = self._unit(sheets[spot.sheet], spot, pages)
        tree: list[Grown | Joined] = [*self._tree(self.masthead, 0)]
        entries = [Grown(t.number, kid) for t in self.topics for e in t.galley.tree for kid in _entries(e)]
        if layout.contents and entries:
            tree.append(Joined("TOC", tuple(entries)))
        for topic in self.topics:
            tree += self._tree(topic.galley, topic.number)
        return book.written(self.whole, tree, placed, labels)

    def _tree(self, galley: Galley, number: int) -> Iterator[Grown]:
        return (Grown(number, element) for element in galley.tree if element.type != "TOC")

    def _unit(self, sheet: Sheet, spot: _Spot, pages: Mapping[str, int]) -> Placed:
        topic = spot.topic
        galley = topic.galley if topic else self.masthead
        unit = galley.units[spot.unit]
        color = topic.color if topic else _INK
        lines = []
        targets = iter(
            dict.fromkeys(link.target.removeprefix("#") for link in unit.links)
        )  # in the order of the entries
        for slot in unit.slots:
            if slot.name == "number" and topic:
                lines.append(self._text(self.bold, slot.size, f"{topic.number} ", color if unit.entry else _WHITE))
                continue
            line = self._text(self.plain, slot.size, str(pages[next(targets)]), _QUIET)
            right = self.layout.entry - line.width
            sheet.dots(spot.x + slot.x + 2, spot.x + right - 2, spot.y + slot.baseline, _QUIET)
            lines.append(replace(line, offset=right - slot.x))
        if unit.opening and spot.opens:
            unit = replace(unit, content=unit.opening)
        return sheet.placed(unit, (spot.x, spot.y), color, f"{topic.number} " if topic else "", lines)

    def _text(self, face: str, size: float, text: str, color: str, galley: Galley | None = None) -> Line:
        """Words of one line; for what our faces lack of them, those come first that set a galley."""
        further = [heavy if face == self.bold else plain for plain, heavy in self.book.faces.further]
        own = galley.glyphs if galley else {}
        return self.book.line(face, size, text, color, sorted(further, key=lambda key: key not in own))

    # --- what stands around the columns ---------------------------------------------------------------------------

    def _furnished(self, number: int, sheet: Sheet, body: list[_Spot]) -> None:
        layout = self.layout
        width, height = layout.page
        right = width - layout.margin
        for below, y in self.plan.lines:
            if below == number:
                sheet.rectangle(layout.margin, y - 1.2, right - layout.margin, 1.2, "#111111")
        foot = self._text(self.bold, _HEAD, f"{number + 1} / {self.plan.sheets}", _INK)
        sheet.artifact(foot, right - foot.width, height - layout.foot + 4 + _HEAD * 1.0)
        shown = [spot.topic for spot in body if spot.topic]
        if number:
            sheet.rectangle(layout.margin, layout.head - 6.2, right - layout.margin, 0.5, _INK)
            third = (right - layout.margin) / 3
            y = layout.head - 6.2 - 3.4 - _HEAD * 0.27
            for topic, at in zip(shown[:1] + shown[-1:], (0.0, 1.0), strict=False):
                line = self._fitting(self.bold, f"{topic.number} {topic.title}", third - 8, _INK, topic.galley)
                sheet.artifact(line, layout.margin + at * (right - layout.margin - line.width), y)
            middle = self._fitting(self.plain, self.whole.title, third - 8, _QUIET, self.masthead)
            sheet.artifact(middle, (width - middle.width) / 2, y)
        if number in self.plan.bodies:
            top, lowest = self.plan.bodies[number]
            for column in range(1, layout.columns):
                x = layout.margin + column * (layout.column + layout.gap) - layout.gap / 2
                sheet.rectangle(x - 0.175, top, 0.35, lowest - top, _LINE)
        self._rules(body, sheet)

    def _bodies(self) -> list[list[_Spot]]:
        """What stands in the columns of each sheet."""
        bodies: list[list[_Spot]] = [[] for _ in range(self.plan.sheets)]
        for spot in self.plan.spots:
            if self._of_body(spot):
                bodies[spot.sheet].append(spot)
        return bodies

    def _of_body(self, spot: _Spot) -> bool:
        return spot.topic is not None and not spot.topic.galley.units[spot.unit].entry

    def _fitting(self, face: str, words: str, room: float, color: str, galley: Galley) -> Line:
        """A line that ends in an ellipsis where all of it would not fit."""
        if len(words) > _FITS:
            words = f"{words[:_FITS].rstrip()}…"
        line = self._text(face, _HEAD, seen(words), color, galley)
        while line.width > room and words:
            words = words.removesuffix("…")[:-1].rstrip() + "…"
            line = self._text(face, _HEAD, seen(words), color, galley)
        return line

    def _rules(self, body: list[_Spot], sheet: Sheet) -> None:
        """The colored rules beside questions, each from its first unit in a column to its last."""

        def question(spot: _Spot) -> tuple[float, int, int]:
            assert spot.topic is not None
            return spot.x, spot.topic.number, spot.topic.galley.units[spot.unit].article

        for (x, _, article), group in groupby(body, key=question):
            if article < 0:
                continue
            within = list(group)
            topic = within[0].topic
            assert topic is not None
            first, last = within[0], within[-1]
            unit = topic.galley.units[first.unit]
            top = first.y - unit.over if first.opens else first.y + unit.rule
            sheet.rectangle(x, top, _RULE, last.y + topic.galley.units[last.unit].height - top, topic.color)


def _entries(element: Element) -> Iterator[Element]:
    """The entries of a topic in the contents."""
    if element.type == "TOC":
        yield from (kid for kid in element.kids if isinstance(kid, Element))
