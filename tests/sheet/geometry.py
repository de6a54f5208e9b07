"""What is wrong with the places: out of a column, at the edge, on each other, alone, split."""

from __future__ import annotations

import unicodedata
from collections import defaultdict
from collections.abc import Iterator
from itertools import pairwise

from sheet.book import Element
from sheet.drawn import Box, Glyph, Paint, Run
from sheet.subject import Column, Step, Subject, characters, page, shown

EDGE = 14.17  # points of 5 mm, which a printer can't reach
HAIR = 0.3  # points by which something may be off


def columns(subject: Subject) -> list[str]:
    """All text and all boxes of the body are in their column, between the heads and the feet of pages.

    What is above, below and between is within the margins.
    """
    found = []
    body = set(map(id, subject.body))
    for drawn in subject.book.pages:
        for run in drawn.runs:
            out = max(subject.layout.margin - run.box.left, run.box.right - drawn.width + subject.layout.margin)
            if out > HAIR and not run.blank and id(run) not in body:
                found.append(f"{page(run.page)}: {shown(run.text)} is {out:.2f} pt in the margin")
    for run in subject.body:
        column = subject.column(run.page, run.box.left)
        start, end = subject.edges(column.number)
        inked = [glyph for glyph in run.glyphs if glyph.ink is not None]
        left, right = inked[0].origin, inked[-1].origin + inked[-1].advance
        out = max(start - left, right - end)
        if out > HAIR:
            found.append(f"{column}: {shown(run.text)} is {out:.2f} pt outside")
        low = run.box.bottom - (subject.book.pages[run.page].height - subject.layout.foot)
        high = (subject.layout.head if run.page else 0) - run.box.top
        if max(low, high) > HAIR:
            found.append(f"{column}: {shown(run.text)} is {max(low, high):.2f} pt above or below")
    for paint in subject.body_paints:
        column = subject.column(paint.page, paint.box.left)
        start, end = subject.edges(column.number)
        if _in_gap(subject, paint):
            continue
        out = max(start - paint.box.left, paint.box.right - end)
        if out > HAIR:
            found.append(f"{column}: a {paint.kind} at {paint.box.top:.0f} is {out:.2f} pt outside")
    return found


def _in_gap(subject: Subject, paint: Paint) -> bool:
    """Whether it is the line between two columns."""
    numbers = range(subject.layout.columns - 1)
    return any(
        subject.edges(n)[1] + 1 < paint.box.left and paint.box.right < subject.edges(n + 1)[0] - 1 for n in numbers
    )


def edges(subject: Subject) -> list[str]:
    """Nothing is where a printer can't reach."""
    found = []
    for number, drawn in enumerate(subject.book.pages):
        reached = Box(EDGE, EDGE, drawn.width - EDGE, drawn.height - EDGE)
        for what, box in (
            *((f"text {shown(run.text)}", run.box) for run in drawn.runs if not run.blank),
            *((f"a {paint.kind}", paint.box) for paint in drawn.paints),
        ):
            if box.cut(reached) != box:
                found.append(f"{page(number)}: {what} is nearer than 5 mm to the edge: {_rounded(box)}")
    return found


def _rounded(box: Box) -> tuple[int, ...]:
    return tuple(round(each) for each in box)


_BAND = 10.0


def overlaps(subject: Subject) -> list[str]:
    """No glyph lies on another."""
    found = []
    for number, drawn in enumerate(subject.book.pages):
        inked = [run for run in drawn.runs if not run.blank]
        for run in inked:
            glyphs = [glyph for glyph in run.glyphs if glyph.ink is not None]
            found += [
                f"{page(number)}: {other.text!r} lies on {one.text!r} in {shown(run.text)}"
                for one, other in pairwise(glyphs)
                if _on(one, other, 0.6)
            ]
        for run, other_run in _neighbors(inked):
            hit = next((b for a in run.glyphs for b in other_run.glyphs if _on(a, b, 0.5)), None)
            if hit is not None:
                found.append(f"{page(number)}: {hit.text!r} of {shown(other_run.text)} lies on {shown(run.text)}")
    return found


def _neighbors(runs: list[Run]) -> Iterator[tuple[Run, Run]]:
    """The pairs of runs whose boxes overlap."""
    bands: dict[int, list[Run]] = defaultdict(list)
    for run in runs:
        for band in range(int(run.box.top // _BAND), int(run.box.bottom // _BAND) + 1):
            bands[band].append(run)
    for band, here in bands.items():
        here.sort(key=lambda run: run.box.left)
        for n, run in enumerate(here):
            for other in here[n + 1 :]:
                if other.box.left >= run.box.right:
                    break
                shared = run.box.cut(other.box)
                # Each pair once: in the first band that has both.
                if shared.bottom - shared.top > 0.5 and int(shared.top // _BAND) == band:
                    yield run, other


def _on(one: Glyph, other: Glyph, share: float) -> bool:
    """Whether two glyphs share so much of the smaller one's width and height; an accent may lie on its letter."""
    if one.ink is None or other.ink is None or _accent(one) or _accent(other):
        return False
    both = one.ink.cut(other.ink)
    wide, high = both.right - both.left, both.bottom - both.top
    return (
        wide > share * min(one.ink.right - one.ink.left, other.ink.right - other.ink.left)
        and high > share * min(one.ink.bottom - one.ink.top, other.ink.bottom - other.ink.top)
        and wide > 0
        and high > 0
    )


def _accent(glyph: Glyph) -> bool:
    return glyph.advance < 0.01 or unicodedata.category(glyph.text[:1] or "x") in ("Mn", "Me")


_CALLOUTS = frozenset(["Note", "Tip", "Important", "Warning", "Caution"])


def orphans(subject: Subject) -> list[str]:
    """No heading, callout's title or head of a table stands without what is its own in its column."""
    return [*_alone(subject), *_alone_in_tables(subject)]


def _alone(subject: Subject) -> Iterator[str]:
    steps = subject.steps
    for n, step in enumerate(steps[:-1]):
        if step.heading is None:
            title = step.element.block.text.strip() if steps[n + 1].column != step.column else ""
            if title in _CALLOUTS:
                yield f"{step.column}: the callout's {shown(title)} stands without its text"
        elif steps[n + 1].heading is not step.heading:
            own = _first_own(step, step.heading, steps[n + 1 :])
            if own is not None and own.column != step.column:
                yield f"{step.column}: {shown(step.heading.text)} stands without its text"
    for heading in subject.book.headings:
        if heading.level > 1 and len(subject.columns_of(heading.runs())) > 1:
            yield f"the heading {shown(heading.text)} is in two columns"


def _first_own(step: Step, heading: Element, after: list[Step]) -> Step | None:
    """What is a heading's own and comes first in another column, or is its first text; None where it has none."""
    for each in after:
        if each.label:
            continue
        if each.heading is not None and each.heading.level <= heading.level:
            break
        if each.heading is None or each.column != step.column:
            return each
    return None


def _alone_in_tables(subject: Subject) -> Iterator[str]:
    for table in (element for element in subject.book.elements if element.kind == "Table"):
        for row, after in pairwise(table.below("TR")):
            if len(row.has("TH")) == len(row.kids):
                here, there = subject.columns_of(row.runs()), subject.columns_of(after.runs())
                if here and there and max(here) != min(there):
                    yield f"{max(here)}: the head {shown(row.text)} stands without its table"


def splits(subject: Subject) -> list[str]:
    """No block of code and no row of a table is in two columns, unless it is taller than one."""
    found = []
    for element in subject.book.elements[subject.book.first_topic :]:
        if element.kind == "TR" or (element.kind == "Code" and _is_block(element)):
            boxes = subject.columns_of(element.runs())
            height = sum(box.bottom - box.top for box in boxes.values())
            room = subject.layout.height
            if len(boxes) > 1 and height + 3 * subject.layout.size < room:
                what = "row" if element.kind == "TR" else "code"
                found.append(f"{min(boxes)}: the {what} {shown(element.text)} is split, and would fit one column")
    return found


def _is_block(code: Element) -> bool:
    """Whether a Code is a block of its own: nothing stands beside it in its paragraph."""
    block = code.block
    return block.kind != "P" or characters(block.text) == characters(code.text)


def fills(subject: Subject) -> dict[Column, float]:
    """How full each column is, but for those of the last page: where its lowest ink is, in heights of the column."""
    lowest: dict[Column, float] = {}
    boxes = [(run.page, run.box) for run in subject.body] + [
        (paint.page, paint.box) for paint in subject.body_paints if not _in_gap(subject, paint)
    ]
    for number, box in boxes:
        column = subject.column(number, box.left)
        lowest[column] = max(lowest.get(column, 0.0), box.bottom)
    found = {}
    for number in range(len(subject.book.pages) - 1):
        top = subject.layout.head if number else subject.top
        height = subject.book.pages[number].height - subject.layout.foot - top
        for at in range(subject.layout.columns):
            column = Column(number, at)
            found[column] = max(0.0, lowest.get(column, top) - top) / height
    return found
