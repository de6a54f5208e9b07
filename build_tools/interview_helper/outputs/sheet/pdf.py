"""A PDF under construction: what is drawn on its sheets, its structure tree, its fonts; and the file."""

from __future__ import annotations

import hashlib
import re
import zlib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from html import escape

from interview_helper.outputs.sheet.faces import Face, Faces
from interview_helper.outputs.sheet.record import TOPIC_COLOR, Element, Galley, Mark, Place, Unit

_MCID = re.compile(rb"/MCID (\d+)")
_HASH = re.compile(rb"@(\w+)@")
_MATRIX = re.compile(rb"/Matrix ?\[([^\]]*)\]")
_SCALE = 0.75  # of a CSS px, in which units are drawn
_PRODUCER = "Python Interview Helper"
_BATCH = 100  # entries that one bfchar operator may have


@dataclass(frozen=True, slots=True)
class Whole:
    """What a PDF says of itself: `author` may be empty, `language` is a tag of BCP 47."""

    title: str
    author: str
    language: str


@dataclass(frozen=True, slots=True)
class Line:
    """Words that we set ourselves: what draws them, how wide they are, how far right of their place they stand."""

    content: bytes
    width: float
    color: bytes
    offset: float = 0.0


@dataclass(frozen=True, slots=True)
class Grown:
    """An element of a galley, by the galley's number: all its units are placed."""

    number: int
    element: Element


@dataclass(frozen=True, slots=True)
class Joined:
    """An element of the whole, made of elements of several galleys."""

    type: str
    kids: tuple[Grown, ...]


@dataclass(slots=True)
class Placed:
    """A unit on its sheet: the first of its MCIDs there, its links, and the MCIDs of its slots."""

    sheet: Sheet
    base: int
    x: float
    y: float
    links: list[_Link]
    slots: list[int]


@dataclass(slots=True)
class _Link:
    target: str
    rectangle: tuple[float, float, float, float]
    object: _Object
    owner: _Object | None = None


class _Object:
    """An object as it is written; a stream stands by itself in the file, all others in one that is packed."""

    def __init__(self, number: int) -> None:
        self.reference = b"%d 0 R" % number
        self.content = b"null"
        self.stream = False


def _stream(data: bytes, extra: bytes = b"") -> bytes:
    packed = zlib.compress(data, 4)
    return b"<<%s/Filter/FlateDecode/Length %d>>\nstream\n%s\nendstream" % (extra, len(packed), packed)


class _File:
    """The objects of a PDF, and the bytes of it.

    pydyf would do; it packs all objects twice and at zlib's slowest, which is more than half of the time that an edit of
    a large sheet has (0.25 against 0.12 s of writing at 32 pages, 1.07 against 0.47 s at 125).
    """

    def __init__(self) -> None:
        self.objects: list[_Object] = []

    def new(self) -> _Object:
        """An object that is yet to be filled."""
        self.objects.append(_Object(len(self.objects) + 1))
        return self.objects[-1]

    def stream(self, content: bytes) -> _Object:
        """A stream, as `_stream` gives it."""
        made = self.new()
        made.content, made.stream = content, True
        return made

    def written(self, root: bytes, info: bytes) -> bytes:
        """The file, its ID a hash of it. `root` and `info` are references."""
        out = bytearray(b"%PDF-1.7\n%\xe2\xe3\xcf\xd3\n")
        packed = len(self.objects) + 1  # the number of the object that holds all those that are no streams
        places = [(0, 0, 65535)]  # of each object: how it is kept, where, and its number there
        numbers: list[bytes] = []
        parts: list[bytes] = []
        length = 0
        for number, each in enumerate(self.objects, 1):
            if each.stream:
                places.append((1, len(out), 0))
                out += b"%d 0 obj\n%s\nendobj\n" % (number, each.content)
            else:
                places.append((2, packed, len(parts)))
                numbers.append(b"%d %d" % (number, length))
                parts.append(each.content)
                length += len(each.content) + 1
        head = b" ".join(numbers) + b"\n"
        places.append((1, len(out), 0))
        objects = _stream(head + b"\n".join(parts), b"/Type/ObjStm/N %d/First %d" % (len(parts), len(head)))
        out += b"%d 0 obj\n%s\nendobj\n" % (packed, objects)
        places.append((1, len(out), 0))
        start = len(out)
        name = hashlib.sha256(out).hexdigest()[:32].encode()
        rows = b"".join(b"%c%b%b" % (kind, at.to_bytes(4, "big"), n.to_bytes(3, "big")) for kind, at, n in places)
        extra = b"/Type/XRef/W[1 4 3]/Size %d/Root %b/Info %b/ID[<%b><%b>]" % (len(places), root, info, name, name)
        out += b"%d 0 obj\n%s\nendobj\nstartxref\n%d\n%%%%EOF\n" % (packed + 1, _stream(rows, extra), start)
        return bytes(out)


class Book:
    """All sheets of a PDF. `widest` are the faces to look into for a character that a line's own face lacks."""

    def __init__(self, faces: Faces, widest: Sequence[str]) -> None:
        self.file = _File()
        self.pages = self.file.new()
        self.faces = faces
        self.widest = widest
        self.sheets: list[Sheet] = []
        self.glyphs: dict[str, dict[int, tuple[str, int]]] = {}
        self.objects: dict[str, bytes] = {}
        self.resources: dict[str, str] = {}
        self.destinations: dict[str, bytes] = {}
        self.bookmarks: list[tuple[int, str, bytes]] = []

    def sheet(self, width: float, height: float) -> Sheet:
        """One more sheet, empty."""
        self.sheets.append(Sheet(self, width, height))
        return self.sheets[-1]

    def add(self, galley: Galley) -> None:
        """Take in the glyphs and the objects that a galley's units name."""
        self.objects.update(galley.objects)
        for face, glyphs in galley.glyphs.items():
            known = self.glyphs.setdefault(face, {})
            for glyph, (text, width) in glyphs.items():
                if glyph not in known or text < known[glyph][0]:
                    known[glyph] = text, width

    def line(self, face: str, size: float, text: str, color: str, also: Sequence[str] = ()) -> Line:
        """Words of one line, in a face and a size (points). `also` are more faces to look into for a character."""
        parts: list[bytes] = []
        width = 0.0
        before = ""
        for character in text:
            key = next((k for k in (face, *self.widest, *also) if character in self.faces[k].glyphs), "")
            shown = character if key else "?"
            key = key or face
            glyph, advance = self.faces[key].glyphs[shown]
            known = self.glyphs.setdefault(key, {})
            if glyph not in known or shown < known[glyph][0]:
                known[glyph] = shown, advance
            if key != before:
                parts.append(b"%s/%s %.3f Tf <" % (b"> Tj " if before else b"", key.encode(), size))
                before = key
            parts.append(b"%04x" % glyph)
            width += advance * size / 1000
        if before:
            parts.append(b"> Tj")
        return Line(b"".join(parts), width, b"%s rg" % _color(color))

    def written(
        self,
        whole: Whole,
        tree: Sequence[Grown | Joined],
        placed: Mapping[tuple[int, int], Placed],
        labels: Mapping[str, str],
        printing: bytes = b"",
    ) -> bytes:
        """The PDF's bytes.

        `tree` are the structure elements in reading order; `placed` are the units by the number of their galley and
        their own; `labels` what links to the places by these ids say. `printing` is what a viewer's dialog for printing
        starts with, as entries of ViewerPreferences.
        """
        resources = self._resources()
        root, document = self.file.new(), self.file.new()
        writing = _Tree(self, placed, root)
        kids = [writing.element(each, document) for each in tree]
        document.content = b"<</Type/StructElem/S/Document/P %s/K[%s]>>" % (root.reference, b" ".join(kids))
        numbers: list[bytes] = []
        links: list[_Link] = []
        for number, sheet in enumerate(self.sheets):
            numbers.append(b"%d[%s]" % (number, b" ".join(each.reference for each in sheet.owned())))
            links += sheet.links
            sheet.finish(number, resources)
        for key, link in enumerate(links, len(self.sheets)):
            assert link.owner is not None, "a link without an element"
            numbers.append(b"%d %s" % (key, link.owner.reference))
            link.object.content = self._annotation(link, key, labels)
        parents = self.file.new()
        parents.content = b"<</Nums[%s]>>" % b" ".join(numbers)
        root.content = b"<</Type/StructTreeRoot/K[%s]/ParentTree %s/ParentTreeNextKey %d>>" % (
            document.reference,
            parents.reference,
            len(self.sheets) + len(links),
        )
        metadata = self.file.stream(_metadata(whole.title, whole.author))
        kids = [sheet.page.reference for sheet in self.sheets]
        self.pages.content = b"<</Type/Pages/Count %d/Kids[%s]>>" % (len(kids), b" ".join(kids))
        parts = [
            b"/Type/Catalog/Pages %s/StructTreeRoot %s/Metadata %s"
            % (self.pages.reference, root.reference, metadata.reference),
            b"/MarkInfo<</Marked true>>/ViewerPreferences<</DisplayDocTitle true%s>>/Lang%s"
            % (printing, _text(whole.language)),
        ]
        if self.destinations:
            names = self.file.new()
            pairs = (_text(name) + place for name, place in sorted(self.destinations.items()))
            names.content = b"<</Names[%s]>>" % b" ".join(pairs)
            parts.append(b"/Names<</Dests %s>>" % names.reference)
        if self.bookmarks:
            parts.append(b"/Outlines %s/PageMode/UseOutlines" % self._outline())
        catalog, info = self.file.new(), self.file.new()
        catalog.content = b"<<%s>>" % b"".join(parts)
        author = b"/Author%s" % _text(whole.author) if whole.author else b""
        info.content = b"<</Title%s%s/Producer%s>>" % (_text(whole.title), author, _text(_PRODUCER))
        return self.file.written(catalog.reference, info.reference)

    def _resources(self) -> bytes:
        """The one dictionary of resources that all sheets share."""
        fonts = self.file.new()
        fonts.content = b"<<%s>>" % b"".join(
            b"/%s %s" % (key.encode(), self._font(self.faces[key], glyphs).reference)
            for key, glyphs in sorted(self.glyphs.items())
            if glyphs
        )
        made: dict[str, _Object] = {}
        for name, data in sorted(self.objects.items()):
            made[name] = self.file.stream(data) if b"\nstream\n" in data else self.file.new()
            made[name].content = data
        for each in made.values():
            head, stream, body = each.content.partition(b"\nstream\n")
            head = _HASH.sub(lambda m: fonts.reference if m[1] == b"FONT" else made[m[1].decode()].reference, head)
            each.content = head + stream + body
        kinds: dict[str, list[bytes]] = {}
        for path, name in sorted(self.resources.items()):
            kind, _, called = path.partition("/")
            kinds.setdefault(kind, []).append(b"/%s %s" % (called.encode(), made[name].reference))
        rest = b"".join(b"/%s<<%s>>" % (kind.encode(), b"".join(each)) for kind, each in kinds.items())
        found = self.file.new()
        found.content = b"<</Font %s%s>>" % (fonts.reference, rest)
        return found.reference

    def _font(self, face: Face, glyphs: Mapping[int, tuple[str, int]]) -> _Object:
        used = sorted(glyphs)
        data = self.faces.subset(face.key, used)
        file = self.file.stream(_stream(data, b"/Length1 %d" % len(data)))
        unicode = self.file.stream(_stream(_characters({glyph: glyphs[glyph][0] for glyph in used})))
        digest = hashlib.sha256(repr(used).encode()).digest()
        name = bytes(65 + each % 26 for each in digest[:6]) + b"+" + re.sub(r"[^\w-]", "", face.name).encode()
        flags = 4 + 64 * bool(face.slant) + face.fixed
        descriptor = self.file.new()
        descriptor.content = (
            b"<</Type/FontDescriptor/FontName/%s/Flags %d/FontBBox[%d %d %d %d]/ItalicAngle %d/Ascent %d/Descent %d"
            b"/CapHeight %d/StemV 80/FontFile2 %s>>"
        ) % (name, flags, *face.box, face.slant, face.ascent, face.descent, face.height, file.reference)
        mapping = b"/Identity"
        if face.renumbered:
            order = sorted({0, *used})
            numbers = bytearray(2 * order[-1] + 2)
            for number, glyph in enumerate(order):
                numbers[2 * glyph : 2 * glyph + 2] = number.to_bytes(2, "big")
            mapping = self.file.stream(_stream(bytes(numbers))).reference
        below = self.file.new()
        widths = b" ".join(b"%d[%d]" % (glyph, glyphs[glyph][1]) for glyph in used)
        below.content = (
            b"<</Type/Font/Subtype/CIDFontType2/BaseFont/%s/CIDSystemInfo<</Registry(Adobe)/Ordering(Identity)"
            b"/Supplement 0>>/CIDToGIDMap %s/DW 0/W[%s]/FontDescriptor %s>>"
        ) % (name, mapping, widths, descriptor.reference)
        made = self.file.new()
        made.content = (
            b"<</Type/Font/Subtype/Type0/BaseFont/%s/Encoding/Identity-H/ToUnicode %s/DescendantFonts[%s]>>"
        ) % (name, unicode.reference, below.reference)
        return made

    def _annotation(self, link: _Link, key: int, labels: Mapping[str, str]) -> bytes:
        inside = link.target.startswith("#")
        name = link.target.removeprefix("#")
        action = b"/Dest%s" % _text(name) if inside else b"/A<</S/URI/URI%s>>" % _text(link.target)
        return b"<</Type/Annot/Subtype/Link/F 4/Border[0 0 0]/Rect[%s]/Contents%s/StructParent %d%s>>" % (
            b" ".join(b"%.2f" % value for value in link.rectangle),
            _text(labels.get(name, name) if inside else link.target),
            key,
            action,
        )

    def _outline(self) -> bytes:
        """The bookmarks as a tree: a level that skips one stands below what is above it."""
        root = _Bookmark(self.file.new(), 0, b"", b"")
        open_ones = [root]
        for level, label, place in self.bookmarks:
            while open_ones[-1].level >= level:
                open_ones.pop()
            made = _Bookmark(self.file.new(), level, _text(label), place)
            open_ones[-1].kids.append(made)
            open_ones.append(made)
        root.write(None, None, None)
        return root.object.reference


@dataclass(slots=True)
class _Bookmark:
    object: _Object
    level: int
    label: bytes
    place: bytes
    kids: list[_Bookmark] = field(default_factory=list)

    def write(self, over: _Bookmark | None, before: _Bookmark | None, after: _Bookmark | None) -> None:
        """Make the object of it, and of all below."""
        parts = [b"/Title%s/Parent %s/Dest%s" % (self.label, over.object.reference, self.place)] if over else []
        parts += [b"/Prev %s" % before.object.reference] if before else []
        parts += [b"/Next %s" % after.object.reference] if after else []
        if self.kids:
            first, last = self.kids[0].object.reference, self.kids[-1].object.reference
            parts.append(b"/First %s/Last %s/Count %d" % (first, last, -len(self.kids) if over else len(self.kids)))
        self.object.content = b"<<%s>>" % b"".join(parts)
        for number, kid in enumerate(self.kids):
            beside = self.kids[number - 1] if number else None
            kid.write(self, beside, self.kids[number + 1] if number + 1 < len(self.kids) else None)


class Sheet:
    """One sheet: what is drawn on it, and who owns what is marked. Places are points from its top left corner."""

    def __init__(self, book: Book, width: float, height: float) -> None:
        self.book = book
        self.width, self.height = width, height
        self.page = book.file.new()
        self.parts: list[bytes] = []
        self.owners: list[_Object | None] = []
        self.links: list[_Link] = []

    def placed(self, unit: Unit, place: tuple[float, float], color: str, prefix: str, lines: Sequence[Line]) -> Placed:
        """Draw a unit with its top left corner at a place, in the color of its topic, with a line in each slot.

        `prefix` stands before the bookmarks of the first level.
        """
        x, y = place
        base = len(self.owners)
        content = unit.content.replace(TOPIC_COLOR, _color(color))
        if base:
            content = _MCID.sub(lambda m: b"/MCID %d" % (int(m[1]) + base), content)
        slots = list(range(base + unit.marks, base + unit.marks + len(lines)))
        for slot, line, mcid in zip(unit.slots, lines, slots, strict=True):
            # In its place among the rest, so that who reads a page as it is drawn reads it in order.
            start, found, end = content.partition(b"/Span\n<</MCID %d>>\n" % (base + slot.before))
            scale = _SCALE if found else 1.0
            spot = ((slot.x + line.offset) / scale, (unit.top + slot.baseline) / scale)
            drawn = b"/Span<</MCID %d>>BDC q %s BT %.5f 0 0 %.5f %.3f %.3f Tm %s ET Q EMC\n" % (
                *(mcid, line.color, 1 / scale, -1 / scale, *spot, line.content),
            )
            content = start + drawn + found + end if found else content + b"\n" + drawn
        down = self.height - y
        for path, name in unit.resources.items():
            if path.startswith("Pattern/"):
                content = self._pattern(content, path, name, x, down + unit.top)
            else:
                self.book.resources[path] = name
        self.parts.append(b"q 1 0 0 -1 %.3f %.3f cm\n%s\nQ" % (x, down + unit.top, content))
        self.owners += [None] * (unit.marks + len(lines))
        for name, (left, top) in unit.anchors.items():
            self.book.destinations.setdefault(name, self._place(x + left, y + top))
        for mark in unit.bookmarks:
            label = f"{prefix}{mark.label}" if mark.level == 1 else mark.label
            self.bookmark(mark.level, label, x + mark.x, y + mark.y)
        links = []
        for link in unit.links:
            sides = (x + link.left, down - link.bottom, x + link.right, down - link.top)
            links.append(_Link(link.target, sides, self.book.file.new()))
        self.links += links
        return Placed(self, base, x, y, links, slots)

    def bookmark(self, level: int, label: str, x: float, y: float) -> None:
        """Set a bookmark that leads here, 1 being the highest level."""
        self.book.bookmarks.append((level, label, self._place(x, y)))

    def _place(self, x: float, y: float) -> bytes:
        return b"[%s/XYZ %.2f %.2f 0]" % (self.page.reference, x, self.height - y)

    def _pattern(self, content: bytes, path: str, name: str, x: float, down: float) -> bytes:
        """A pattern is anchored to the sheet, not to what is placed on it: it is moved there, as one of its own."""

        def moved(match: re.Match[bytes]) -> bytes:
            a, b, c, d, e, f = map(float, match[1].split())
            return b"/Matrix [%.5f %.5f %.5f %.5f %.3f %.3f]" % (a, -b, c, -d, e + x, down - f)

        data = _MATRIX.sub(moved, self.book.objects[name], count=1)
        own = hashlib.sha256(data).hexdigest()[:16]
        self.book.objects[own] = data
        self.book.resources[f"Pattern/P{own}"] = own
        return content.replace(b"/%s " % path.removeprefix("Pattern/").encode(), b"/P%s " % own.encode())

    def artifact(self, line: Line, x: float, y: float) -> None:
        """Draw a line that no reader reads out: a head, a foot."""
        self.parts.append(b"/Artifact<</Type/Pagination>>BDC\n%s\nEMC" % self._shown(line, x, y))

    def _shown(self, line: Line, x: float, y: float) -> bytes:
        return b"BT %s 1 0 0 1 %.3f %.3f Tm %s ET" % (line.color, x, self.height - y, line.content)

    def rectangle(self, x: float, y: float, width: float, height: float, color: str) -> None:
        """Fill a rectangle; it says nothing."""
        box = (x, self.height - y - height, width, height)
        self.parts.append(b"/Artifact BMC\n%s rg %.3f %.3f %.3f %.3f re f\nEMC" % (_color(color), *box))

    def dots(self, left: float, right: float, y: float, color: str) -> None:
        """Draw a dotted line on a baseline."""
        if right > left:
            ends = (left, self.height - y, right, self.height - y)
            line = b"q %s RG [.5 2] 0 d .5 w %.2f %.2f m %.2f %.2f l S Q" % (_color(color), *ends)
            self.parts.append(b"/Artifact BMC\n%s\nEMC" % line)

    def owned(self) -> list[_Object]:
        """The element of each MCID, in order."""
        owners = [owner for owner in self.owners if owner is not None]
        assert len(owners) == len(self.owners), "marked content without an element"
        return owners

    def finish(self, number: int, resources: bytes) -> None:
        """Make the page of it."""
        content = self.book.file.stream(_stream(b"\n".join(self.parts)))
        links = b"/Annots[%s]" % b" ".join(link.object.reference for link in self.links) if self.links else b""
        self.page.content = (
            b"<</Type/Page/Parent %s/MediaBox[0 0 %.3f %.3f]/Contents %s/Resources %s/Tabs/S/StructParents %d%s>>"
        ) % (self.book.pages.reference, self.width, self.height, content.reference, resources, number, links)


class _Tree:
    """The structure tree as objects."""

    def __init__(self, book: Book, placed: Mapping[tuple[int, int], Placed], root: _Object) -> None:
        self.book = book
        self.placed = placed
        self.root = root

    def element(self, part: Grown | Joined, over: _Object) -> bytes:
        """Write an element with all below it: its reference."""
        made = self.book.file.new()
        if isinstance(part, Joined):
            kids = b" ".join(self.element(each, made) for each in part.kids)
            made.content = b"<</Type/StructElem/S/%s/P %s/K[%s]>>" % (part.type.encode(), over.reference, kids)
            return made.reference
        number, element = part.number, part.element
        pages = (self.placed[number, mark.unit].sheet.page for mark in _marks(element))
        page = next(pages, self.book.sheets[0].page)
        kids = b" ".join(self._kid(kid, number, made, page) for kid in element.kids)
        made.content = b"<</Type/StructElem/S/%s/P %s/Pg %s/K[%s]%s>>" % (
            element.type.encode(),
            over.reference,
            page.reference,
            kids,
            self._attributes(element, number),
        )
        return made.reference

    def _kid(self, kid: Element | Mark | Place, number: int, made: _Object, page: _Object) -> bytes:
        if isinstance(kid, Element):
            return self.element(Grown(number, kid), made)
        placed = self.placed[number, kid.unit]
        here = placed.sheet.page
        if isinstance(kid, Place) and kid.kind == "link":
            link = placed.links[kid.number]
            link.owner = made
            return b"<</Type/OBJR/Obj %s/Pg %s>>" % (link.object.reference, here.reference)
        mcid = placed.base + kid.mcid if isinstance(kid, Mark) else placed.slots[kid.number]
        placed.sheet.owners[mcid] = made
        return b"%d" % mcid if here is page else b"<</Type/MCR/Pg %s/MCID %d>>" % (here.reference, mcid)

    def _attributes(self, element: Element, number: int) -> bytes:
        given = element.attributes
        found = b"".join(
            b"/%s%s" % (name.encode(), _text(given[name])) for name in ("Alt", "ActualText") if name in given
        )
        if "ListNumbering" in given:
            found += b"/A<</O/List/ListNumbering/%s>>" % given["ListNumbering"].encode()
        cell = b"".join(b"/%s %s" % (n.encode(), given[n].encode()) for n in ("ColSpan", "RowSpan") if n in given)
        if "Scope" in given:
            cell += b"/Scope/%s" % given["Scope"].encode()
        if cell:
            found += b"/A<</O/Table%s>>" % cell
        if given.get("BBox"):
            unit, *corners = given["BBox"].split()
            placed = self.placed[number, int(unit)]
            left, top, right, bottom = map(float, corners)
            down = placed.sheet.height - placed.y
            box = (placed.x + left, down - bottom, placed.x + right, down - top)
            found += b"/A<</O/Layout/Placement/Inline/BBox[%.2f %.2f %.2f %.2f]>>" % box
        return found


def _marks(element: Element) -> Iterator[Mark | Place]:
    for kid in element.kids:
        if isinstance(kid, Element):
            yield from _marks(kid)
        else:
            yield kid


def _color(color: str) -> bytes:
    values = (int(color[at : at + 2], 16) / 255 for at in (1, 3, 5))
    return b" ".join(b"%.4g" % value for value in values)


def _text(words: str) -> bytes:
    """A string of PDF."""
    if words.isascii() and words.isprintable():
        return b"(%s)" % re.sub(rb"([\\()])", rb"\\\1", words.encode())
    return b"<feff%s>" % words.encode("utf-16-be", "surrogatepass").hex().encode()


def _characters(texts: Mapping[int, str]) -> bytes:
    """The map from glyphs to text."""
    rows = [b"<%04x> <%s>" % (glyph, text.encode("utf-16-be").hex().encode()) for glyph, text in texts.items() if text]
    batches = (rows[at : at + _BATCH] for at in range(0, len(rows), _BATCH))
    return b"\n".join(
        (
            b"/CIDInit /ProcSet findresource begin 12 dict begin begincmap",
            b"/CIDSystemInfo <</Registry (Adobe)/Ordering (UCS)/Supplement 0>> def",
            b"/CMapName /Adobe-Identity-UCS def /CMapType 2 def",
            b"1 begincodespacerange <0000> <ffff> endcodespacerange",
            *(b"%d beginbfchar\n%s\nendbfchar" % (len(batch), b"\n".join(batch)) for batch in batches),
            b"endcmap CMapName currentdict /CMap defineresource pop end end",
        )
    )


def _metadata(title: str, author: str) -> bytes:
    """XMP: PDF/UA-1 asks for it, and for a title in it."""
    creator = f"<dc:creator><rdf:Seq><rdf:li>{escape(author)}</rdf:li></rdf:Seq></dc:creator>" if author else ""
    text = (
        '<?xpacket begin="\ufeff" id="W5M0MpCehiHzreSzNTczkc9d"?>'
        '<x:xmpmeta xmlns:x="adobe:ns:meta/"><rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#">'
        '<rdf:Description rdf:about="" xmlns:dc="http://purl.org/dc/elements/1.1/" '
        'xmlns:pdfuaid="http://www.aiim.org/pdfua/ns/id/"><pdfuaid:part>1</pdfuaid:part>'
        f'<dc:title><rdf:Alt><rdf:li xml:lang="x-default">{escape(title)}</rdf:li></rdf:Alt></dc:title>{creator}'
        '</rdf:Description></rdf:RDF></x:xmpmeta><?xpacket end="r"?>'
    ).encode()
    return b"<</Type/Metadata/Subtype/XML/Length %d>>\nstream\n%s\nendstream" % (len(text), text)
