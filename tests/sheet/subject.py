"""What is audited: a book, the words of its notes, and its layout, and where these meet."""

from __future__ import annotations

import re
import unicodedata
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property

from interview_helper.model import Only, Section, Source
from interview_helper.outputs.sheet import Layout
from interview_helper.parse import parse

from sheet.book import Book, Element, Place
from sheet.drawn import Box, Mark, Paint, Run

SIGN = "\ufffd"  # in the place of a character that no font has
_SHOWN = 60  # characters of what is wrong that a finding shows

# What a layout puts in or leaves out: white space, hyphens at the ends of lines, the mark of a line that goes on.
_LOOSE = re.compile(r"[\s\u200b\u200c\u200d\ufeff\u2060\u00ad\u2010\u2011↩-]+")


def characters(text: str) -> str:
    """All characters of a text but white space and hyphens."""
    return _LOOSE.sub("", unicodedata.normalize("NFC", text))


def letters(text: str) -> str:
    """Letters and digits alone: what all readers of PDF agree on."""
    return "".join(re.findall(r"[^\W_]", unicodedata.normalize("NFKC", text)))


def shown(text: str) -> str:
    """A text as a finding names it."""
    return repr(text if len(text) <= _SHOWN else f"{text[:_SHOWN]}…")


@dataclass(frozen=True, slots=True)
class Words:
    """A piece of the notes: a heading with its level on the sheet, or a block below it, whose level is 0."""

    text: str
    level: int
    html: str


def noted(notes: Mapping[str, str], *, maths: bool = False) -> Iterator[Words]:
    """The pieces of all notes that stand on the sheet, in order."""

    def walk(section: Section, level: int) -> Iterator[Words]:
        if section.only is Only.DECK:
            return
        yield Words(section.title.text, level, section.title.html)
        yield from (Words(block.text, 0, block.html) for block in (*section.question, *section.answer))
        for below in section.sections:
            yield from walk(below, min(6, level + 1))

    for path, text in notes.items():
        for topic in parse(Source(path, text), maths=maths).document.topics:
            yield from walk(topic, 2)


def page(number: int) -> str:
    """A page as a finding names it."""
    return f"page {number + 1}"


@dataclass(frozen=True, slots=True, order=True)
class Column:
    """A column, by its page and its number, both from 0."""

    page: int
    number: int

    def __str__(self) -> str:
        return f"page {self.page + 1}, column {self.number + 1}"


@dataclass(frozen=True, slots=True, eq=False)
class Step:
    """A marked content of the body that shows something, in reading order, with the element that owns it."""

    element: Element
    mark: Mark
    column: Column
    heading: Element | None  # that it is part of
    label: bool  # whether it is the sign or number of a list's item


class Subject:
    """A book, its notes and its layout, and what several checks need to know of them."""

    def __init__(  # one a wish
        self,
        pdf: bytes,
        notes: Mapping[str, str],
        layout: Layout,
        *,
        maths: bool = False,
        lacking: str = "",
        families: tuple[str, ...] = (),
    ) -> None:
        self.book = Book(pdf)
        self.families = families
        self.layout = layout
        self.lacking = str.maketrans(dict.fromkeys(lacking, SIGN))
        self.words = tuple(
            Words(self.printed(words.text), words.level, words.html) for words in noted(notes, maths=maths)
        )

    def printed(self, text: str) -> str:
        """A text as it can be printed, with a sign for each character that no font has."""
        return text.translate(self.lacking)

    def edges(self, number: int) -> tuple[float, float]:
        """Where a column begins and ends."""
        left = self.layout.margin + number * (self.layout.column + self.layout.gap)
        return left, left + self.layout.column

    def column(self, page: int, left: float) -> Column:
        """The column in which something stands that begins at `left`; half of a gap belongs to each."""
        number = int((left - self.layout.margin + self.layout.gap / 2) // (self.layout.column + self.layout.gap))
        return Column(page, min(max(number, 0), self.layout.columns - 1))

    @cached_property
    def body(self) -> list[Run]:
        """The text with ink below the masthead, without heads and feet of pages, as it is drawn."""
        return [
            run
            for page in self.book.pages
            for run in page.runs
            if not run.blank and run.mark is not None and (run.page, run.mark) not in self.book.masthead
        ]

    @cached_property
    def steps(self) -> list[Step]:
        found = []
        for element in self.book.elements[self.book.first_topic :]:
            heading = element if element.level else next((e for e in element.above() if e.level), None)
            label = element.kind == "Lbl" or element.inside("Lbl")
            for mark in element.kids:
                if not isinstance(mark, Mark):
                    continue
                lefts = [run.box.left for run in mark.runs if not run.blank] or [p.box.left for p in mark.paints]
                if lefts:
                    found.append(Step(element, mark, self.column(mark.page, lefts[0]), heading, label))
        # Elements come before what is below them, marks in the order of the tree.
        order = {(mark.page, mark.number): n for n, mark in enumerate(self.book.top.marks())}
        return sorted(found, key=lambda step: order[step.mark.page, step.mark.number])

    def columns_of(self, runs: Iterable[Run]) -> dict[Column, Box]:
        """The columns that some runs with ink are in, and the box around them in each."""
        found: dict[Column, Box] = {}
        for run in runs:
            if not run.blank:
                column = self.column(run.page, run.box.left)
                found[column] = run.box.around(found[column]) if column in found else run.box
        return found

    @cached_property
    def top(self) -> float:
        """Where the columns of the first page begin: below its masthead."""
        found = [each.box.top for each in (*self.body, *self.body_paints) if each.page == 0]
        return min(found, default=self.layout.head)

    @cached_property
    def body_paints(self) -> list[Paint]:
        """What is filled, stroked or pictured in the columns: below the masthead or the head, and above the foot."""
        first = min((run.box.top for run in self.body if run.page == 0), default=self.layout.page[1])
        found = []
        for number, page in enumerate(self.book.pages):
            above = self.layout.head - 1.5 if number else first
            below = page.height - self.layout.foot + 1
            found += [paint for paint in page.paints if paint.box.bottom > above and paint.box.top < below]
        return found

    def heading_at(self, place: Place) -> Element | None:
        """The heading that a place is the corner of."""
        found: list[tuple[float, Element]] = []
        for heading, run in self._heading_starts.get(place.page, []):
            same = self.column(place.page, place.left + 1) == self.column(place.page, run.box.left)
            below = run.box.top - place.top
            if same and -2 < below < max(12.0, run.size):
                found.append((abs(below), heading))
        return min(found, key=lambda each: each[0])[1] if found else None

    @cached_property
    def _heading_starts(self) -> dict[int, list[tuple[Element, Run]]]:
        found: dict[int, list[tuple[Element, Run]]] = defaultdict(list)
        for heading in self.book.headings:
            run = next((run for run in heading.runs() if not run.blank), None)
            if run is not None:
                found[run.page].append((heading, run))
        return found
