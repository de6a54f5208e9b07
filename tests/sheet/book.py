"""A PDF, read back as a reader of PDF reads it: pages of text and paint, the structure tree, links and bookmarks.

Each content stream is read once. Lengths are points, places are measured from a page's upper left corner. What can't
be made sense of is a fault, in words, and reading goes on.
"""

from __future__ import annotations

import re
import struct
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cached_property
from io import BytesIO
from itertools import pairwise
from typing import Any, NamedTuple

import pypdf
from pypdf.generic import DictionaryObject, IndirectObject, StreamObject

Matrix = tuple[float, float, float, float, float, float]
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


class Place(NamedTuple):
    """Where a link or a bookmark leads: the page from 0, and a corner on it."""

    page: int
    left: float
    top: float


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
    box: Box  # of all its ink; of its advance where it has none
    clipped: bool  # whether some of its ink is cut away
    paints_before: int  # how much of the page's paint lies under it
    grounds: tuple[Color, ...] = ()  # under its first, middle and last glyph
    hidden: bool = False  # whether one of these is painted over

    @property
    def text(self) -> str:
        return "".join(glyph.text for glyph in self.glyphs)

    @property
    def blank(self) -> bool:
        return all(glyph.ink is None for glyph in self.glyphs)


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
    tag: str
    runs: list[Run] = field(default_factory=list)
    paints: list[Paint] = field(default_factory=list)
    begun: int = 0  # how often the page begins content with this number


@dataclass(slots=True, eq=False)
class Link:
    """A link annotation. `to` is the name, the place or the address that it leads to."""

    page: int
    box: Box
    to: str | Place | None
    contents: str
    parent_key: int | None
    number: int


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
    def text(self) -> str:
        return "".join(run.text for run in self.runs())

    @property
    def level(self) -> int:
        """1 to 6 for a heading, else 0."""
        return int(self.kind[1]) if re.fullmatch("H[1-6]", self.kind) else 0


@dataclass(slots=True, eq=False)
class Page:
    width: float
    height: float
    runs: list[Run] = field(default_factory=list)
    paints: list[Paint] = field(default_factory=list)
    unknown: set[str] = field(default_factory=set)  # operators


def resolved(value: Any) -> Any:
    return value.get_object() if isinstance(value, IndirectObject) else value


def number_of(value: Any) -> int:
    """The number of the object that a reference names, 0 for a value that stands in place."""
    return value.idnum if isinstance(value, IndirectObject) else 0


class Face:
    """A font: its family, what its codes say, how wide they are, and where their ink is."""

    def __init__(self, font: Any) -> None:
        self.name = str(font.get("/BaseFont", "/?"))[1:]
        below = resolved(resolved(font["/DescendantFonts"])[0]) if "/DescendantFonts" in font else font
        self.wide = "/DescendantFonts" in font
        self.identity = not self.wide or font.get("/Encoding") == "/Identity-H"
        self.codes = _codes(resolved(font["/ToUnicode"]).get_data()) if "/ToUnicode" in font else {}
        self.widths: dict[int, float] = {}
        self.default = float(below.get("/DW", 1000)) if self.wide else 0.0
        if self.wide:
            self._wide_widths(resolved(below.get("/W", [])))
        else:
            first = int(font.get("/FirstChar", 0))
            self.widths = {first + n: float(width) for n, width in enumerate(resolved(font.get("/Widths", [])))}
        mapping = resolved(below.get("/CIDToGIDMap"))
        self.mapping = mapping.get_data() if isinstance(mapping, StreamObject) else b""
        descriptor = resolved(below.get("/FontDescriptor", {}))
        self.descriptor = descriptor
        self.files = [descriptor.raw_get(key) for key in ("/FontFile", "/FontFile2", "/FontFile3") if key in descriptor]
        self.outlines, self.advances = _measures(resolved(self.files[0]).get_data()) if self.files else (None, {})
        self.drawn: set[int] = set()
        self.inks: dict[int, tuple[float, float, float, float] | None] = {}

    def _wide_widths(self, given: list[Any]) -> None:
        at = 0
        while at < len(given):
            first, after = int(given[at]), resolved(given[at + 1])
            if isinstance(after, list):
                self.widths.update({first + n: float(width) for n, width in enumerate(after)})
                at += 2
            else:
                self.widths.update(dict.fromkeys(range(first, int(after) + 1), float(given[at + 2])))
                at += 3

    @property
    def plain(self) -> str:
        """Its name without the prefix of a subset."""
        return re.sub(r"^[A-Z]{6}\+", "", self.name)

    def glyph(self, code: int) -> int:
        if self.mapping:
            return int.from_bytes(self.mapping[2 * code : 2 * code + 2], "big")
        return code

    def ink(self, code: int) -> tuple[float, float, float, float] | None:
        """The box of a code's ink in ems, y upwards."""
        if code not in self.inks:
            self.inks[code] = self._ink(code)
        return self.inks[code]

    def _ink(self, code: int) -> tuple[float, float, float, float] | None:
        if self.outlines is not None and self.wide:
            return self.outlines.get(self.glyph(code))
        if not self.codes.get(code, "?").strip():
            return None
        width = self.widths.get(code, self.default) / 1000
        low, high = (float(self.descriptor.get(key, 0)) / 1000 for key in ("/Descent", "/Ascent"))
        return (0.0, low, width, high)


def _codes(table: bytes) -> dict[int, str]:
    """What the codes of a font say, from its ToUnicode."""
    found: dict[int, str] = {}

    def words(code: bytes) -> str:
        return bytes.fromhex(code.decode()).decode("utf-16-be", "replace")

    for kind, inner in re.findall(rb"beginbf(char|range)(.*?)endbf", table, re.DOTALL):
        if kind == b"char":
            for code, says in re.findall(rb"<([0-9A-Fa-f]+)>\s*<([0-9A-Fa-f]*)>", inner):
                found[int(code, 16)] = words(says)
            continue
        for first, last, says, each in re.findall(
            rb"<([0-9A-Fa-f]+)>\s*<([0-9A-Fa-f]+)>\s*(?:<([0-9A-Fa-f]+)>|\[(.*?)\])", inner, re.DOTALL
        ):
            span = range(int(first, 16), int(last, 16) + 1)
            if says:
                start = words(says)
                found.update({code: start[:-1] + chr(ord(start[-1]) + n) for n, code in enumerate(span)})
            else:
                found.update(zip(span, map(words, re.findall(rb"<([0-9A-Fa-f]*)>", each)), strict=False))
    return found


Outlines = dict[int, tuple[float, float, float, float]]


def _measures(font: bytes) -> tuple[Outlines | None, dict[int, float]]:
    """The boxes and the widths of a TrueType font's glyphs in ems, those without ink having no box.

    None and no widths for another kind of font.
    """
    if font[:4] not in (b"\0\1\0\0", b"true"):
        return None, {}
    tables = {}
    for n in range(struct.unpack(">H", font[4:6])[0]):
        tag, _, offset, length = struct.unpack(">4sLLL", font[12 + 16 * n : 28 + 16 * n])
        tables[tag] = font[offset : offset + length]
    if not {b"head", b"loca", b"glyf", b"hhea", b"hmtx"} <= tables.keys():
        return None, {}
    em = struct.unpack(">H", tables[b"head"][18:20])[0]
    size, kind, factor = (4, "L", 1) if struct.unpack(">h", tables[b"head"][50:52])[0] else (2, "H", 2)
    loca, glyf, hmtx = tables[b"loca"], tables[b"glyf"], tables[b"hmtx"]
    count = len(loca) // size
    starts = [factor * at for at in struct.unpack(f">{count}{kind}", loca[: count * size])]
    outlines: Outlines = {}
    for glyph, (start, end) in enumerate(pairwise(starts)):
        if end - start >= 10:
            left, low, right, high = struct.unpack(">4h", glyf[start + 2 : start + 10])
            outlines[glyph] = (left / em, low / em, right / em, high / em)
    metrics = struct.unpack(">H", tables[b"hhea"][34:36])[0]
    given = [each / em for each, _ in struct.iter_unpack(">Hh", hmtx[: 4 * metrics])]
    return outlines, {glyph: given[min(glyph, metrics - 1)] for glyph in range(count - 1)}


class Book:
    """A PDF, read back."""

    def __init__(self, pdf: bytes) -> None:
        self.pdf = pdf
        self.reader = pypdf.PdfReader(BytesIO(pdf))
        self.faults: list[str] = []
        self.faces: dict[int, Face] = {}
        self.root = resolved(self.reader.trailer["/Root"])
        self.pages: list[Page] = []
        self.marks: dict[tuple[int, int], Mark] = {}
        self._page_numbers: dict[int, int] = {}
        for number, page in enumerate(self.reader.pages):
            self._page_numbers[number_of(page.indirect_reference)] = number
            box = [float(value) for value in page.mediabox]
            self.pages.append(Page(box[2] - box[0], box[3] - box[1]))
            if page.get("/Rotate") or box[0] or box[1] or page.cropbox != page.mediabox:
                self.faults.append(f"page {number + 1} is turned, cut or begins elsewhere than at 0 0")
        for number, page in enumerate(self.reader.pages):
            _Reading(self, number, page).read()
        for found in self.pages:
            _add_grounds(found)

    def face(self, font: Any) -> tuple[int, Face]:
        """The font that a resource names, read once."""
        key = number_of(font) or id(font)
        if key not in self.faces:
            self.faces[key] = Face(resolved(font))
        return key, self.faces[key]

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
        return top

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


# --- content streams --------------------------------------------------------------------------------------------------

_TOKEN = re.compile(
    rb"[-+]?(?:\d+\.?\d*|\.\d+)|/[^\s()<>\[\]{}/%]*|<<|>>|<[0-9A-Fa-f\s]*>|[\[\]]"
    rb"|\((?:[^()\\]|\\.|\((?:[^()\\]|\\.)*\))*\)|[A-Za-z'\"][A-Za-z0-9'\"*]*|%[^\r\n]*",
    re.DOTALL,
)
_DIGITS = frozenset(b"0123456789+-.")
_LETTERS = frozenset(b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz'\"")
_ESCAPE = re.compile(rb"\\([0-7]{1,3}|\r\n|.)", re.DOTALL)
_ESCAPED = {b"n": b"\n", b"r": b"\r", b"t": b"\t", b"b": b"\b", b"f": b"\f", b"\n": b"", b"\r": b"", b"\r\n": b""}
# Of no meaning for what is looked at here: dashes, joins, rendering intents, marked points.
_IGNORED = {b"h", b"d", b"J", b"j", b"M", b"i", b"ri", b"MP", b"DP", b"BX", b"EX"}
_UNIT: Matrix = (1.0, 0.0, 0.0, 1.0, 0.0, 0.0)
_EVERYWHERE = Box(-1e9, -1e9, 1e9, 1e9)


def _string(token: bytes) -> bytes:
    """A literal or hexadecimal string's bytes."""
    if token[:1] == b"<":
        digits = re.sub(rb"\s", b"", token[1:-1]).decode()
        return bytes.fromhex(digits + "0" * (len(digits) % 2))
    if b"\\" not in token:
        return token[1:-1]
    return _ESCAPE.sub(
        lambda m: bytes([int(m[1], 8) & 255]) if m[1][:1].isdigit() else _ESCAPED.get(m[1], m[1]), token[1:-1]
    )


def _times(m: Matrix, n: Matrix) -> Matrix:
    """First `m`, then `n`."""
    a, b, c, d, e, f = m
    g, h, i, j, k, l = n
    return (a * g + b * i, a * h + b * j, c * g + d * i, c * h + d * j, e * g + f * i + k, e * h + f * j + l)


@dataclass(slots=True)
class _State:
    """The graphics state, as far as it matters here."""

    matrix: Matrix = _UNIT
    clip: Box = _EVERYWHERE
    fill: Color = BLACK
    stroke: Color = BLACK
    alpha: float = 1.0
    face_key: int = 0
    face: Face | None = None
    size: float = 0.0
    spacing: float = 0.0
    word_spacing: float = 0.0
    stretch: float = 1.0
    leading: float = 0.0
    rise: float = 0.0
    mode: int = 0
    width: float = 1.0

    def copy(self) -> _State:
        return _State(*(getattr(self, name) for name in self.__slots__))


class _Reading:
    """One page's content stream, read into a book's pages and marks."""

    def __init__(self, book: Book, number: int, page: Any) -> None:
        self.book = book
        self.number = number
        self.source = page
        self.page = book.pages[number]
        self.name = f"page {number + 1}"
        self.state = _State()
        self.stack: list[_State] = []
        self.marks: list[tuple[str, int | None, bool]] = []  # tag, MCID, whether it began in a text object
        self.path: list[list[tuple[float, float]]] = []
        self.boxes: list[Box] = []
        self.next_clip = False
        self.texts = False
        self.text: Matrix = _UNIT
        self.line: Matrix = _UNIT
        self.flip: Matrix = (1.0, 0.0, 0.0, -1.0, 0.0, self.page.height)
        self.mark: int | None = None
        self.artifact = False

    def fault(self, words: str) -> None:
        self.book.faults.append(f"{self.name}: {words}")

    def read(self) -> None:
        contents = resolved(self.source.get("/Contents", []))
        streams = [resolved(each) for each in contents] if isinstance(contents, list) else [contents]
        self._stream(b"\n".join(each.get_data() for each in streams), resolved(self.source["/Resources"]))
        if self.stack:
            self.fault(f"{len(self.stack)} q without Q")
        if self.marks:
            self.fault(f"{len(self.marks)} marked contents are not closed")
        if self.texts:
            self.fault("BT without ET")

    def _stream(self, data: bytes, resources: Any) -> None:
        data = re.sub(rb"(?s)\bBI\s.*?\bID\s.*?\sEI\b", b"", data)
        operands: list[Any] = []
        operate = {name.removeprefix("on_"): getattr(self, name) for name in dir(self) if name.startswith("on_")}
        named = {
            "'": self._next_line_shown,
            '"': self._spaced_line_shown,
            "T*": self._next_line,
            "f*": lambda _, __: self._fill(even_odd=True),
            "F": lambda _, __: self._fill(),
            "B*": lambda _, __: self._fill(even_odd=True, stroke=True),
            "b*": lambda _, __: self._fill(even_odd=True, stroke=True),
            "b": lambda _, __: self._fill(stroke=True),
            "W*": operate["W"],
            "s": operate["S"],
        }
        operations = {name.encode(): what for name, what in {**operate, **named}.items()}
        unknown = self.page.unknown
        for token in _TOKEN.findall(data):
            first = token[0]
            if first in _DIGITS:
                operands.append(float(token))
            elif first in _LETTERS:
                operation = operations.get(token)
                if operation is not None:
                    try:
                        operation(operands, resources)
                    except (KeyError, IndexError, TypeError, ValueError) as error:
                        self.fault(f"{token.decode()} {operands!r:.80}: {error!r}")
                elif token in (b"true", b"false", b"null"):
                    operands.append(token)
                    continue
                elif token not in _IGNORED:
                    unknown.add(token.decode("latin-1"))
                operands.clear()
            elif first != 37:  # a comment
                operands.append(token)

    # --- graphics state -------------------------------------------------------------------------------------------

    def on_q(self, _: list[Any], __: Any) -> None:
        self.stack.append(self.state)
        self.state = self.state.copy()
        if self.texts:
            self.fault("q between BT and ET")

    def on_Q(self, _: list[Any], __: Any) -> None:
        if self.stack:
            self.state = self.stack.pop()
        else:
            self.fault("Q without q")

    def on_cm(self, operands: list[Any], _: Any) -> None:
        self.state.matrix = _times(tuple(operands), self.state.matrix)  # type: ignore[arg-type]

    def on_w(self, operands: list[Any], _: Any) -> None:
        self.state.width = operands[0]

    def on_gs(self, operands: list[Any], resources: Any) -> None:
        state = resolved(resolved(resources["/ExtGState"])[operands[0].decode()])
        if "/ca" in state:
            self.state.alpha = float(state["/ca"])

    def on_rg(self, operands: list[Any], _: Any) -> None:
        self.state.fill = (operands[0], operands[1], operands[2])

    def on_RG(self, operands: list[Any], _: Any) -> None:
        self.state.stroke = (operands[0], operands[1], operands[2])

    def on_g(self, operands: list[Any], _: Any) -> None:
        self.state.fill = (operands[0],) * 3

    def on_G(self, operands: list[Any], _: Any) -> None:
        self.state.stroke = (operands[0],) * 3

    def on_k(self, operands: list[Any], _: Any) -> None:
        self.state.fill = _from_cmyk(operands)

    def on_K(self, operands: list[Any], _: Any) -> None:
        self.state.stroke = _from_cmyk(operands)

    def on_cs(self, _: list[Any], __: Any) -> None:
        self.state.fill = BLACK

    def on_CS(self, _: list[Any], __: Any) -> None:
        self.state.stroke = BLACK

    def on_scn(self, operands: list[Any], _: Any) -> None:
        self.state.fill = _color(operands)

    def on_SCN(self, operands: list[Any], _: Any) -> None:
        self.state.stroke = _color(operands)

    on_sc, on_SC = on_scn, on_SCN

    # --- marked content -------------------------------------------------------------------------------------------

    def on_BMC(self, operands: list[Any], _: Any) -> None:
        self._begin(operands[0].decode()[1:], None)

    def on_BDC(self, operands: list[Any], resources: Any) -> None:
        number = None
        if b"/MCID" in operands:
            number = int(operands[operands.index(b"/MCID") + 1])
        elif operands[1][:1] == b"/":
            properties = resolved(resolved(resources["/Properties"])[operands[1].decode()])
            number = int(properties["/MCID"]) if "/MCID" in properties else None
        self._begin(operands[0].decode()[1:], number)

    def _begin(self, tag: str, number: int | None) -> None:
        if (number is not None or tag == "Artifact") and (self.mark is not None or self.artifact):
            self.fault(f"{tag} begins inside other marked content")
        self.marks.append((tag, number, self.texts))
        if number is not None:
            mark = self.book.marks.setdefault((self.number, number), Mark(self.number, number, tag))
            mark.begun += 1
        self._look()

    def on_EMC(self, _: list[Any], __: Any) -> None:
        if not self.marks:
            self.fault("EMC without BDC")
            return
        tag, _number, in_text = self.marks.pop()
        if in_text != self.texts:
            self.fault(f"{tag} begins and ends on two sides of BT or ET")
        self._look()

    def _look(self) -> None:
        self.mark = next((number for _, number, _ in reversed(self.marks) if number is not None), None)
        self.artifact = any(tag == "Artifact" for tag, _, _ in self.marks)

    # --- paths and pictures ---------------------------------------------------------------------------------------

    def _point(self, x: float, y: float) -> tuple[float, float]:
        a, b, c, d, e, f = self.state.matrix
        return a * x + c * y + e, self.page.height - (b * x + d * y + f)

    def on_m(self, operands: list[Any], _: Any) -> None:
        self.path.append([self._point(*operands)])

    def on_l(self, operands: list[Any], _: Any) -> None:
        self.path[-1].append(self._point(*operands))

    def on_c(self, operands: list[Any], _: Any) -> None:
        self.path[-1].append(self._point(*operands[-2:]))

    on_v, on_y = on_c, on_c

    def on_re(self, operands: list[Any], _: Any) -> None:
        x, y, width, height = operands
        self.path.append([self._point(x, y), self._point(x + width, y + height)])

    def _parts(self) -> tuple[Box, ...]:
        return tuple(
            Box(min(xs), min(ys), max(xs), max(ys))
            for xs, ys in (tuple(zip(*piece, strict=True)) for piece in self.path)
        )

    def _finish(self) -> None:
        if self.next_clip and self.path:
            self.state.clip = self.state.clip.cut(_around(self._parts()))
        self.next_clip = False
        self.path = []

    def on_n(self, _: list[Any], __: Any) -> None:
        self._finish()

    def on_W(self, _: list[Any], __: Any) -> None:
        self.next_clip = True

    def on_f(self, _: list[Any], __: Any) -> None:
        self._fill()

    def on_B(self, _: list[Any], __: Any) -> None:
        self._fill(stroke=True)

    def _fill(self, *, even_odd: bool = False, stroke: bool = False) -> None:
        color = _over(self.state.fill, WHITE, self.state.alpha)
        self._paint("fill", color, self._parts(), even_odd=even_odd)
        if stroke:
            self.on_S([], None)
        else:
            self._finish()

    def on_S(self, _: list[Any], __: Any) -> None:
        half = self.state.width * abs(self.state.matrix[0]) / 2
        self._paint("stroke", self.state.stroke, tuple(_widened(part, half) for part in self._parts()))
        self._finish()

    def _paint(self, kind: str, color: Color, parts: tuple[Box, ...], *, even_odd: bool = False) -> None:
        if not parts:
            return
        box = _around(parts).cut(self.state.clip)
        if box.right <= box.left or box.bottom <= box.top:
            return
        paint = Paint(self.number, self.mark, self.artifact, kind, color, box, parts, even_odd)
        self.page.paints.append(paint)
        if self.mark is not None:
            self.book.marks[self.number, self.mark].paints.append(paint)

    def on_sh(self, _: list[Any], __: Any) -> None:
        if self.state.clip != _EVERYWHERE:
            self._paint("picture", WHITE, (self.state.clip,))

    def on_Do(self, operands: list[Any], resources: Any) -> None:
        form = resolved(resolved(resources["/XObject"])[operands[0].decode()])
        if form.get("/Subtype") != "/Form":
            corners = [self._point(x, y) for x in (0, 1) for y in (0, 1)]
            xs, ys = zip(*corners, strict=True)
            self._paint("picture", WHITE, (Box(min(xs), min(ys), max(xs), max(ys)),))
            return
        if "/StructParents" in form or "/StructParent" in form:
            self.fault("a form owns structure, which pdfium does not see")
        depth = len(self.stack)
        self.on_q([], None)
        if "/Matrix" in form:
            self.on_cm([float(value) for value in form["/Matrix"]], None)
        self._stream(form.get_data(), resolved(form.get("/Resources", resources)))
        while len(self.stack) > depth:
            self.on_Q([], None)

    # --- text -----------------------------------------------------------------------------------------------------

    def on_BT(self, _: list[Any], __: Any) -> None:
        if self.texts:
            self.fault("BT between BT and ET")
        self.texts = True
        self.text = self.line = _UNIT

    def on_ET(self, _: list[Any], __: Any) -> None:
        if not self.texts:
            self.fault("ET without BT")
        self.texts = False

    def on_Tf(self, operands: list[Any], resources: Any) -> None:
        fonts = resolved(resources["/Font"])
        self.state.face_key, self.state.face = self.book.face(fonts.raw_get(operands[0].decode()))
        self.state.size = operands[1]

    def on_Tm(self, operands: list[Any], _: Any) -> None:
        self.text = self.line = tuple(operands)  # type: ignore[assignment]

    def on_Td(self, operands: list[Any], _: Any) -> None:
        self.text = self.line = _times((1.0, 0.0, 0.0, 1.0, operands[0], operands[1]), self.line)

    def on_TD(self, operands: list[Any], _: Any) -> None:
        self.state.leading = -operands[1]
        self.on_Td(operands, None)

    def on_TL(self, operands: list[Any], _: Any) -> None:
        self.state.leading = operands[0]

    def on_Tc(self, operands: list[Any], _: Any) -> None:
        self.state.spacing = operands[0]

    def on_Tw(self, operands: list[Any], _: Any) -> None:
        self.state.word_spacing = operands[0]

    def on_Tz(self, operands: list[Any], _: Any) -> None:
        self.state.stretch = operands[0] / 100

    def on_Ts(self, operands: list[Any], _: Any) -> None:
        self.state.rise = operands[0]

    def on_Tr(self, operands: list[Any], _: Any) -> None:
        self.state.mode = int(operands[0])

    def _next_line(self, _: list[Any], __: Any) -> None:
        self.on_Td([0.0, -self.state.leading], None)

    def _next_line_shown(self, operands: list[Any], _: Any) -> None:
        self._next_line([], None)
        self.on_TJ(operands, None)

    def _spaced_line_shown(self, operands: list[Any], _: Any) -> None:
        self.state.word_spacing, self.state.spacing = operands[:2]
        self._next_line_shown(operands[2:], None)

    def on_Tj(self, operands: list[Any], _: Any) -> None:
        self.on_TJ(operands, None)

    def on_TJ(self, operands: list[Any], _: Any) -> None:
        state = self.state
        face = state.face
        if face is None:
            raise ValueError("text without a font")
        if not self.texts:
            self.fault("text outside BT and ET")
        if state.mode not in (0, 2):
            self.fault(f"text that is not filled (mode {state.mode})")
        a, b, c, d, e, f = _times(_times(self.text, state.matrix), self.flip)
        if abs(b) > 1e-6 * abs(a) or abs(c) > 1e-6 * abs(d) or a <= 0 or d >= 0:
            self.fault("text that is turned or mirrored")
        size, stretch = state.size, state.stretch
        across, down = a * size * stretch, d * size  # an em in points; down is negative
        rise = f + d * state.rise
        codes, widths, default, spacing = face.codes, face.widths, face.default, state.spacing * stretch
        step = 2 if face.wide else 1
        glyphs: list[Glyph] = []
        x = 0.0  # in text space
        left = top = 1e9
        right = bottom = -1e9
        for token in operands:
            if token.__class__ is float:
                x -= token / 1000 * size * stretch
                continue
            if token in (b"[", b"]"):
                continue
            codes_here = _string(token)
            for at in range(0, len(codes_here), step):
                code = codes_here[at] if step == 1 else codes_here[at] << 8 | codes_here[at + 1]
                face.drawn.add(code)
                width = widths.get(code, default) / 1000 * size * stretch + spacing
                if step == 1 and code == 32:
                    width += state.word_spacing * stretch
                origin = e + a * x
                ink = face.ink(code)
                box = None
                if ink is not None:
                    box = Box(
                        origin + ink[0] * across,
                        rise + ink[3] * down,
                        origin + ink[2] * across,
                        rise + ink[1] * down,
                    )
                    left, top = min(left, box[0]), min(top, box[1])
                    right, bottom = max(right, box[2]), max(bottom, box[3])
                glyphs.append(Glyph(codes.get(code, "\ufffd"), box, origin, a * width))
                x += width
        self.text = _times((1.0, 0.0, 0.0, 1.0, x, 0.0), self.text)
        if not glyphs:
            return
        inked = left <= right
        if not inked:
            left, top, right, bottom = glyphs[0].origin, rise, glyphs[-1].origin + glyphs[-1].advance, rise
        run = Run(
            self.number,
            self.mark,
            self.artifact,
            face.plain,
            -down,
            _over(state.fill, WHITE, state.alpha),
            rise,
            glyphs,
            Box(left, top, right, bottom),
            inked and _outside(Box(left, top, right, bottom), state.clip),
            len(self.page.paints),
        )
        self.page.runs.append(run)
        if self.mark is not None:
            self.book.marks[self.number, self.mark].runs.append(run)


def _around(parts: tuple[Box, ...]) -> Box:
    return Box(
        min(part.left for part in parts),
        min(part.top for part in parts),
        max(part.right for part in parts),
        max(part.bottom for part in parts),
    )


def _outside(box: Box, clip: Box) -> bool:
    """Whether some of a box, but for a hair, is cut away by a clip."""
    return (
        box.left < clip.left - 0.3
        or box.right > clip.right + 0.3
        or box.top < clip.top - 0.3
        or box.bottom > clip.bottom + 0.3
    )


def _widened(part: Box, half: float) -> Box:
    """What a pen draws along a piece of a path; a straight line is not longer for that."""
    across = 0.0 if part.top == part.bottom else half
    down = 0.0 if part.left == part.right else half
    return Box(part.left - across, part.top - down, part.right + across, part.bottom + down)


def _from_cmyk(operands: list[Any]) -> Color:
    c, m, y, k = operands
    return ((1 - c) * (1 - k), (1 - m) * (1 - k), (1 - y) * (1 - k))


def _color(operands: list[Any]) -> Color:
    """The color of as many numbers as there are; a pattern is white."""
    numbers = [each for each in operands if isinstance(each, float)]
    match len(numbers):
        case 1:
            return (numbers[0],) * 3
        case 3:
            return (numbers[0], numbers[1], numbers[2])
        case 4:
            return _from_cmyk(numbers)
    return WHITE


def _over(color: Color, ground: Color, alpha: float) -> Color:
    if alpha == 1.0:
        return color
    r, g, b = (alpha * one + (1 - alpha) * other for one, other in zip(color, ground, strict=True))
    return (r, g, b)


_BAND = 12.0


def _add_grounds(page: Page) -> None:
    """Say on what each run stands: the last fill before it that lies under its first, middle and last glyph."""
    bands: dict[int, list[tuple[int, Paint]]] = defaultdict(list)
    for order, paint in enumerate(page.paints):
        if paint.kind == "fill":
            for band in range(int(paint.box.top // _BAND), int(paint.box.bottom // _BAND) + 1):
                bands[band].append((order, paint))
    for run in page.runs:
        inked = [glyph.ink for glyph in run.glyphs if glyph.ink is not None]
        found = []
        for ink in dict.fromkeys((inked[0], inked[len(inked) // 2], inked[-1])) if inked else ():
            x, y = (ink.left + ink.right) / 2, (ink.top + ink.bottom) / 2
            ground = WHITE
            for order, paint in reversed(bands[int(y // _BAND)]):
                if not paint.covers(x, y):
                    continue
                if order < run.paints_before:
                    ground = paint.color
                    break
                # A line through a word does not hide it.
                run.hidden |= paint.box.bottom - paint.box.top > 0.7 * (ink.bottom - ink.top)
            found.append(ground)
        run.grounds = tuple(found)
