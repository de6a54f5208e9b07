"""A PDF, read back as a reader of PDF reads it: pages of text and paint, the structure tree, links and bookmarks.

Each content stream is read once. Lengths are points, places are measured from a page's upper left corner. What can't
be made sense of is a fault, in words, and reading goes on.
"""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cached_property
from io import BytesIO
from typing import Any, NamedTuple
from unicodedata import bidirectional

import pypdf
from pypdf.generic import DictionaryObject

from sheet.content import read_content
from sheet.drawn import Box, Mark, Page, Run, number_of, resolved
from sheet.faces import Face

_SPACES = dict.fromkeys(map(ord, " \n\t"))


class Place(NamedTuple):
    """Where a link or a bookmark leads: the page from 0, and a corner on it."""

    page: int
    left: float
    top: float


@dataclass(slots=True, eq=False)
class Link:
    """A link annotation. `to` is the name, the place or the address that it leads to."""

    page: int
    box: Box
    to: str | Place | None
    contents: str
    parent_key: int | None
    number: int


_BLOCKS = frozenset(["P", "H1", "H2", "H3", "H4", "H5", "H6", "Lbl", "LBody", "TH", "TD", "TOCI", "Figure"])


@dataclass(slots=True, eq=False)
class Element:
    """An element of the structure tree, with its kids in order. `parent` is who has it among its kids."""

    kind: str
    number: int  # of its object
    parent: Element | None
    said_parent: int | None  # the object that its own P names
    values: Any  # the dictionary itself
    kids: list[Element | Mark | Link] = field(default_factory=list)

    def walk(self) -> Iterator[Element]:
        """It and all elements below, in order."""
        yield self
        for kid in self.kids:
            if isinstance(kid, Element):
                yield from kid.walk()

    def marks(self) -> Iterator[Mark]:
        for kid in self.kids:
            if isinstance(kid, Mark):
                yield kid
            elif isinstance(kid, Element):
                yield from kid.marks()

    def runs(self) -> Iterator[Run]:
        for mark in self.marks():
            yield from mark.runs

    def below(self, *kinds: str) -> Iterator[Element]:
        return (element for element in self.walk() if element is not self and element.kind in kinds)

    def above(self) -> Iterator[Element]:
        """The elements over it, the nearest first."""
        over = self.parent
        while over is not None:
            yield over
            over = over.parent

    def inside(self, *kinds: str) -> bool:
        """Whether an element over it is of one of these kinds."""
        return any(over.kind in kinds for over in self.above())

    def attribute(self, name: str) -> Any:
        """A value of one of its attribute objects."""
        attributes = resolved(self.values.get("/A"))
        for each in attributes if isinstance(attributes, list) else [attributes]:
            given = resolved(each)
            if isinstance(given, dict) and name in given:
                return given[name]
        return None

    @property
    def block(self) -> Element:
        """The block that it is or is part of; itself where there is none."""
        return next((each for each in (self, *self.above()) if each.kind in _BLOCKS), self)

    def has(self, kind: str) -> list[Element]:
        """Its kids of a kind."""
        return [kid for kid in self.kids if isinstance(kid, Element) and kid.kind == kind]

    @property
    def text(self) -> str:
        return "".join(run.text for run in self.runs())

    def sayings(self) -> Iterator[tuple[str, bool]]:
        """What is read out of it, in pieces, and whether each stands for a figure. Labels are left out."""
        if self.kind == "Lbl":
            return
        if self.kind in ("Figure", "Formula"):
            yield str(self.values.get("/Alt", "")), True
            return
        for kid in self.kids:
            if isinstance(kid, Mark):
                yield "".join(run.text for run in kid.runs), False
            elif isinstance(kid, Element):
                yield from kid.sayings()

    @property
    def level(self) -> int:
        """1 to 6 for a heading, else 0."""
        return int(self.kind[1]) if re.fullmatch("H[1-6]", self.kind) else 0


class Book:
    """A PDF, read back."""

    def __init__(self, pdf: bytes) -> None:
        self.pdf = pdf
        self.reader = pypdf.PdfReader(BytesIO(pdf))
        self.root = resolved(self.reader.trailer["/Root"])
        self.faults: list[str] = []
        self.faces: dict[int, Face] = {}
        self.pages: list[Page] = []
        self.marks: dict[tuple[int, int], Mark] = {}
        self._page_numbers = {number_of(page.indirect_reference): n for n, page in enumerate(self.reader.pages)}
        for number, page in enumerate(self.reader.pages):
            box = [float(value) for value in page.mediabox]
            if page.get("/Rotate") or box[0] or box[1] or page.cropbox != page.mediabox:
                self.faults.append(f"page {number + 1} is turned, cut or begins elsewhere than at 0 0")
            drawn = Page(number, box[2], box[3])
            contents = resolved(page.get("/Contents", []))
            streams = [resolved(each) for each in contents] if isinstance(contents, list) else [contents]
            read_content(
                b"\n".join(each.get_data() for each in streams), resolved(page["/Resources"]), drawn, self.face
            )
            self.pages.append(drawn)
            self.marks.update(((number, mark.number), mark) for mark in drawn.marks.values())
            self.faults += (f"page {number + 1}: {words}" for words in drawn.faults)

    def face(self, font: Any) -> Face:
        """The font that a resource names, read once."""
        key = number_of(font) or id(font)
        if key not in self.faces:
            self.faces[key] = Face(resolved(font))
        return self.faces[key]

    def page_number(self, reference: Any) -> int | None:
        return self._page_numbers.get(number_of(reference))

    # --- links ----------------------------------------------------------------------------------------------------

    @cached_property
    def links(self) -> dict[int, Link]:
        """The annotations of all pages, by the numbers of their objects."""
        found: dict[int, Link] = {}
        for number, page in enumerate(self.reader.pages):
            for reference in resolved(page.get("/Annots")) or []:
                note = resolved(reference)
                x1, y1, x2, y2 = (float(value) for value in note["/Rect"])
                height = self.pages[number].height
                key = note.get("/StructParent")
                link = Link(
                    number,
                    Box(min(x1, x2), height - max(y1, y2), max(x1, x2), height - min(y1, y2)),
                    self._target(note),
                    str(note.get("/Contents", "")),
                    None if key is None else int(key),
                    number_of(reference),
                )
                if number_of(reference) in found:
                    self.faults.append(f"an annotation is on two pages: {link.contents!r}")
                found[number_of(reference)] = link
        return found

    def _target(self, note: Any) -> str | Place | None:
        action = resolved(note.get("/A", {}))
        if "/URI" in action:
            return f"uri:{action['/URI']}"
        to = resolved(note.get("/Dest", action.get("/D")))
        return to if to is None or isinstance(to, str) else self.place(to)

    def place(self, to: Any) -> Place | None:
        """The place that an explicit destination names; its left or top is -1 where it names none."""
        to = resolved(to)
        if isinstance(to, dict):
            to = resolved(to["/D"])
        page = self.page_number(to[0])
        if page is None:
            return None
        kind = str(to[1])
        left, top = {"/XYZ": (2, 3), "/FitH": (None, 2), "/FitBH": (None, 2)}.get(kind, (None, None))
        try:
            x = -1.0 if left is None else float(to[left])
            y = -1.0 if top is None else self.pages[page].height - float(to[top])
        except (TypeError, IndexError, ValueError):
            x = y = -1.0
        return Place(page, x, y)

    @cached_property
    def names(self) -> dict[str, Place | None]:
        """Every named destination and where it is; None where its page is none of ours."""
        found: dict[str, Place | None] = {}
        old = resolved(self.root.get("/Dests")) or {}
        found.update({key[1:]: self.place(value) for key, value in old.items()})
        tree = resolved(resolved(self.root.get("/Names", {})).get("/Dests"))

        def walk(node: Any) -> None:
            names = resolved(node.get("/Names", []))
            keys = [str(resolved(key)) for key in names[::2]]
            if [str(key).encode() for key in keys] != sorted(str(key).encode() for key in keys):
                self.faults.append("the names of destinations are not in order")
            for key, value in zip(keys, names[1::2], strict=True):
                if key in found:
                    self.faults.append(f"two destinations are named {key!r}")
                found[key] = self.place(value)
            for kid in resolved(node.get("/Kids", [])):
                walk(resolved(kid))

        if tree is not None:
            walk(tree)
        return found

    def where(self, to: str | Place | None) -> Place | None:
        """The place that a link leads to."""
        return self.names.get(to) if isinstance(to, str) else to

    @cached_property
    def bookmarks(self) -> list[tuple[int, str, Place | None]]:
        """Level, title and place of each bookmark, in order."""
        found: list[tuple[int, str, Place | None]] = []
        seen: set[int] = set()

        def walk(parent: Any, level: int) -> int:
            reference = parent.get("/First") and parent.raw_get("/First")
            before, count = None, 0
            while reference is not None:
                if number_of(reference) in seen:
                    self.faults.append("the bookmarks go round in a circle")
                    return count
                seen.add(number_of(reference))
                entry = resolved(reference)
                to = resolved(entry.get("/Dest", resolved(entry.get("/A", {})).get("/D")))
                place = self.names.get(to) if isinstance(to, str) else None if to is None else self.place(to)
                found.append((level, str(entry.get("/Title", "")), place))
                if number_of(entry.raw_get("/Prev")) != before if "/Prev" in entry else before is not None:
                    self.faults.append(f"the bookmark {entry.get('/Title')!r} is not linked to the one before")
                before = number_of(reference)
                count += 1
                below = walk(entry, level + 1)
                if abs(int(entry.get("/Count", 0))) < (1 if below else 0):
                    self.faults.append(f"the bookmark {entry.get('/Title')!r} has others below and counts none")
                reference = entry.raw_get("/Next") if "/Next" in entry else None
            if before is not None and number_of(parent.raw_get("/Last")) != before:
                self.faults.append("the last bookmark of a level is another than its parent says")
            return count

        outlines = resolved(self.root.get("/Outlines"))
        if outlines is not None:
            walk(outlines, 1)
        return found

    # --- structure ------------------------------------------------------------------------------------------------

    @cached_property
    def roles(self) -> dict[str, str]:
        tree = resolved(self.root.get("/StructTreeRoot")) or {}
        return {str(key)[1:]: str(value)[1:] for key, value in (resolved(tree.get("/RoleMap")) or {}).items()}

    @cached_property
    def top(self) -> Element:
        """The root of the structure tree, as an element without a kind; what is odd about the tree is a fault."""
        reference = self.root.raw_get("/StructTreeRoot") if "/StructTreeRoot" in self.root else None
        tree = resolved(reference) or DictionaryObject()
        top = Element("", number_of(reference), None, None, tree)
        self._add_kids(top, None, {})
        for element in top.walk():
            self._turn(element)
        return top

    def _turn(self, element: Element) -> None:
        """Have text that is drawn against the direction in which it is read say what its element says, line by line."""
        said = str(element.values.get("/ActualText", ""))
        if all(bidirectional(character) not in ("R", "AL") for character in said):
            return
        left = iter(said)
        for mark in element.marks():
            drawn = [character for run in mark.runs for character in run.text if not character.isspace()]
            taken: list[str] = []
            for character in left:
                taken.append(character)
                if sum(not each.isspace() for each in taken) == len(drawn):
                    break
            if Counter("".join(drawn)) != Counter("".join(taken).translate(_SPACES)):
                self.faults.append(f"what is read as {''.join(taken)!r} is drawn as {''.join(drawn)!r}")
            for run in mark.runs:
                run.text, taken = "".join(taken), []
        if "".join(left).strip():
            self.faults.append(f"not all of {said!r} is drawn")

    def _add_kids(self, above: Element, page: int | None, seen: dict[int, Element]) -> None:
        raw = above.values.raw_get("/K") if "/K" in above.values else []
        kids = resolved(raw)
        if not isinstance(kids, list):
            kids = [raw]
        for kid in kids:
            value = resolved(kid)
            if isinstance(value, int):
                self._add_mark(above, page, int(value))
            elif not isinstance(value, dict):
                self.faults.append(f"{above.kind} has a kid that is nothing: {value!r}")
            elif value.get("/Type") == "/MCR":
                if "/Stm" in value:
                    self.faults.append(f"{above.kind} owns content of a form, which pdfium does not see")
                on = self.page_number(value.raw_get("/Pg")) if "/Pg" in value else page
                self._add_mark(above, on, int(value["/MCID"]))
            elif value.get("/Type") == "/OBJR":
                link = self.links.get(number_of(value.raw_get("/Obj")))
                if link is None:
                    self.faults.append(f"{above.kind} refers to an annotation that is on no page")
                else:
                    above.kids.append(link)
            else:
                self._add_element(above, kid, value, seen)

    def _add_mark(self, above: Element, page: int | None, number: int) -> None:
        mark = None if page is None else self.marks.get((page, number))
        if mark is None:
            self.faults.append(f"{above.kind} owns marked content that is not there: {page}, {number}")
        else:
            above.kids.append(mark)

    def _add_element(self, above: Element, reference: Any, value: Any, seen: dict[int, Element]) -> None:
        number = number_of(reference)
        if number and number in seen:
            self.faults.append(f"a {seen[number].kind} is the kid of two elements")
            return
        kind = str(value.get("/S", "/?"))[1:]
        parent = value.raw_get("/P") if "/P" in value else None
        element = Element(self.roles.get(kind, kind), number, above, number_of(parent) if parent else None, value)
        seen[number] = element
        above.kids.append(element)
        self._add_kids(element, self.page_number(value.raw_get("/Pg")) if "/Pg" in value else None, seen)

    @cached_property
    def elements(self) -> list[Element]:
        """All of them, in reading order."""
        return [element for element in self.top.walk() if element is not self.top]

    @cached_property
    def owners(self) -> dict[tuple[int, int], list[Element]]:
        """The elements that have each marked content among their kids."""
        found: dict[tuple[int, int], list[Element]] = defaultdict(list)
        for element in self.elements:
            for kid in element.kids:
                if isinstance(kid, Mark):
                    found[kid.page, kid.number].append(element)
        return found

    @cached_property
    def parents(self) -> dict[int, Any]:
        """The ParentTree: an array of references, or a reference, by its key."""
        found: dict[int, Any] = {}

        def walk(node: Any) -> None:
            numbers = resolved(node.get("/Nums", []))
            keys = [int(key) for key in numbers[::2]]
            if keys != sorted(keys):
                self.faults.append("the keys of the parent tree are not in order")
            for key, value in zip(keys, numbers[1::2], strict=True):
                if key in found:
                    self.faults.append(f"the parent tree has the key {key} twice")
                found[key] = value
            for kid in resolved(node.get("/Kids", [])):
                walk(resolved(kid))

        tree = resolved((resolved(self.root.get("/StructTreeRoot")) or {}).get("/ParentTree"))
        if tree is not None:
            walk(tree)
        return found

    @cached_property
    def headings(self) -> list[Element]:
        return [element for element in self.elements if element.level]

    @cached_property
    def first_topic(self) -> int:
        """Where in `elements` the first topic's heading is; what is before it is the masthead."""
        return next((n for n, element in enumerate(self.elements) if element.level == 2), len(self.elements))

    @cached_property
    def masthead(self) -> set[tuple[int, int]]:
        """The marked content of the masthead."""
        return {
            (kid.page, kid.number)
            for element in self.elements[: self.first_topic]
            for kid in element.kids
            if isinstance(kid, Mark)
        }
