"""A sheet made by hand in which nothing is wrong: two pages of two columns, with all that a sheet may have."""

from __future__ import annotations

import zlib
from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import cache
from io import BytesIO
from typing import Any

import pydyf
from fontTools import subset
from fontTools.ttLib import TTFont
from interview_helper.outputs.sheet import Layout, fonts

LAYOUT = Layout()
NOTES = {
    "a.md": """# Alpha

All about Alpha.

## What is one?

Some `code` and [two](#what-is-two) words.

- first item
- second item
  - third item

## What is two?

```python
first = 1
second = 2
third = -3
```

### How so?

> [!NOTE]
> Because.
""",
    "b.md": """# Beta

## What is three?

| name | cost |
|------|------|
| append | O(1) |
| insert | O(n) |

1. one way
2. another way

![a dot](dot.png)
""",
}
_FACES = {
    "R": (0, "IBMPlexSansCondensed-Regular"),
    "B": (0, "IBMPlexSansCondensed-SemiBold"),
    "M": (1, "IBMPlexMono-Regular"),
}
_SIGNS = "".join(map(chr, range(32, 127))) + "•–·"
_GRAY, _BLUE, _WHITE, _BLACK = "0.35 0.35 0.35", "0.12 0.31 0.55", "1 1 1", "0.07 0.07 0.07"


At = tuple[int, float, float]  # the page from 0, and a place on it


@dataclass
class _Face:
    """A face, cut down to what the specimen writes."""

    name: str
    data: bytes
    glyphs: dict[str, int]
    widths: dict[str, int]


@cache
def _face(key: str) -> _Face:
    folder, name = _FACES[key]
    font = TTFont(fonts.folders()[folder] / f"{name}.ttf")
    known = font.getBestCmap()
    glyphs = {sign: font.getGlyphID(known[ord(sign)]) for sign in _SIGNS}
    widths = {sign: font["hmtx"][known[ord(sign)]][0] for sign in _SIGNS}
    options = subset.Options(retain_gids=True, layout_features=[], hinting=False, notdef_outline=True)
    options.drop_tables += ["meta"]
    cutter = subset.Subsetter(options)
    cutter.populate(text=_SIGNS)
    cutter.subset(font)
    written = BytesIO()
    font.save(written)
    return _Face(name, written.getvalue(), glyphs, widths)


@dataclass
class _Page:
    drawn: list[str] = field(default_factory=list)
    owners: list[Any] = field(default_factory=list)
    links: list[Any] = field(default_factory=list)


class _Specimen:
    """A PDF being written from the top down. Lengths are points, places from the upper left corner."""

    def __init__(self) -> None:
        self.pdf = pydyf.PDF()
        self.pages = [_Page(), _Page()]
        self.objects = [pydyf.Dictionary({"Type": "/Page"}) for _ in self.pages]
        self.width, self.height = LAYOUT.page
        self.marks: list[tuple[int, Any, str, int, float]] = []  # level, title, page, top
        self.names: dict[str, tuple[int, float, float]] = {}
        self.annotations: list[tuple[Any, Any]] = []
        self.root = pydyf.Dictionary({"Type": "/StructTreeRoot"})
        for each in (*self.objects, self.root):
            self.pdf.add_object(each)

    def element(self, kind: str, parent: Any, page: int = 0, **values: Any) -> Any:
        given = {"Type": "/StructElem", "S": f"/{kind}", "P": parent.reference, "Pg": self.objects[page].reference}
        element = pydyf.Dictionary({**given, "K": pydyf.Array([]), **values})
        self.pdf.add_object(element)
        parent.setdefault("K", pydyf.Array([])).append(element.reference)
        return element

    def text(self, owner: Any, at: At, words: str, *, face: str = "R", size: float = 8.3, color: str = _BLACK) -> float:
        """Words on a line; the result is where they end. Without an owner they are an artifact."""
        page, x, y = at
        known = _face(face)
        codes = "".join(f"{known.glyphs[sign]:04x}" for sign in words)
        sheet = self.pages[page]
        begin = "/Artifact BMC"
        if owner is not None:
            begin = f"/Span <</MCID {len(sheet.owners)}>> BDC"
            owner["K"].append(len(sheet.owners))
            sheet.owners.append(owner)
        sheet.drawn.append(
            f"{begin}\nBT\n/{face} {size} Tf\n{color} rg\n1 0 0 1 {x:.3f} {self.height - y:.3f} Tm\n[<{codes}>] TJ\nET\nEMC"
        )
        return x + sum(known.widths[sign] for sign in words) * size / 1000

    def box(self, at: At, width: float, height: float, color: str) -> None:
        page, x, y = at
        self.pages[page].drawn.append(
            f"/Artifact BMC\n{color} rg\n{x:.3f} {self.height - y - height:.3f} {width:.3f} {height:.3f} re f\nEMC"
        )

    def heading(self, parent: Any, level: int, at: At, words: str, name: str) -> None:
        page, x, y = at
        self.names[name] = (page, x, y - 9)
        self.marks.append((level - 1, words, name, page, y))
        color = _BLUE
        if level == 2:
            self.box((page, x, y - 9), LAYOUT.column, 13, _BLUE)
            color = _WHITE
        self.text(
            self.element(f"H{level}", parent, page),
            (page, x + 3 * (level == 2), y),
            words,
            face="B",
            size=9,
            color=color,
        )

    def link(self, parent: Any, at: At, words: str, to: str, says: str) -> float:
        """A link; the result is where it ends."""
        page, x, y = at
        element = self.element("Link", parent, page)
        end = self.text(element, (page, x, y), words)
        box = pydyf.Array([round(each, 2) for each in (x, self.height - y - 2, end, self.height - y + 7)])
        annotation = pydyf.Dictionary(
            {
                "Type": "/Annot",
                "Subtype": "/Link",
                "F": 4,
                "Border": pydyf.Array([0, 0, 0]),
                "Rect": box,
                "Contents": pydyf.String(says),
                "Dest": pydyf.String(to),
            }
        )
        self.pdf.add_object(annotation)
        self.pages[page].links.append(annotation)
        self.annotations.append((annotation, element))
        reference = {"Type": "/OBJR", "Obj": annotation.reference, "Pg": self.objects[page].reference}
        element["K"].append(pydyf.Dictionary(reference))
        return end

    # --- what it says ---------------------------------------------------------------------------------------------

    def write(self) -> bytes:
        document = self.element("Document", self.root)
        left = LAYOUT.margin
        right = left + LAYOUT.column + LAYOUT.gap
        self.masthead(document, left)
        self.alpha(self.element("Sect", document), left, right)
        self.beta(self.element("Sect", document, 1), left)
        for number in range(2):
            self.text(None, (number, self.width - 50, self.height - 18), f"{number + 1} / 2", face="B", size=7.5)
        self.text(None, (1, left, 30), "2 Beta", face="B", size=7.5)
        return self.finished()

    def masthead(self, document: Any, left: float) -> None:
        self.text(self.element("H1", document), (0, left, 40), "My deck", face="B", size=18)
        self.text(self.element("P", document), (0, left, 52), "2 topics · 3 sections", color=_GRAY)
        table = self.element("TOC", document)
        entries = [
            ("1 Alpha", "alpha", "1"),
            ("What is one?", "one", "1"),
            ("What is two?", "two", "1"),
            ("2 Beta", "beta", "2"),
            ("What is three?", "three", "2"),
        ]
        for n, (words, name, number) in enumerate(entries):
            x, y = left + 180 * (n % 3), 66.0 + 12 * (n // 3)
            entry = self.element("TOCI", table)
            end = self.link(entry, (0, x, y), words, name, words)
            self.text(None, (0, end + 2, y), ". . . .", color=_GRAY)
            self.text(self.element("Span", entry), (0, x + 150, y), number, color=_GRAY)

    def alpha(self, topic: Any, left: float, right: float) -> None:
        self.heading(topic, 2, (0, left, 110), "1 Alpha", "alpha")
        self.text(self.element("P", topic), (0, left, 124), "All about Alpha.")
        one = self.element("Art", topic)
        self.heading(one, 3, (0, left, 140), "What is one?", "one")
        prose = self.element("P", one)
        end = self.text(prose, (0, left, 152), "Some ")
        end = self.text(self.element("Code", prose), (0, end, 152), "code", face="M", size=7.2)
        end = self.text(prose, (0, end, 152), " and ")
        end = self.link(prose, (0, end, 152), "two", "two", "What is two?")
        self.text(prose, (0, end, 152), " words.")
        items = self.listed(one, (0, left, 164), ["first item", "second item"], ["•", "•"])
        self.listed(items[-1], (0, left + 10, 188), ["third item"], ["–"])
        two = self.element("Art", topic)
        self.heading(two, 3, (0, right, 110), "What is two?", "two")
        self.box((0, right, 114), LAYOUT.column, 40, "0.96 0.96 0.95")
        code = self.element("Code", self.element("P", two))
        for n, line in enumerate(("first = 1", "second = 2", "third = -3")):
            self.text(code, (0, right + 4, 126 + 10 * n), line, face="M", size=7.2)
        below = self.element("Art", two)
        self.heading(below, 4, (0, right, 170), "How so?", "how")
        note = self.element("Div", below)
        self.text(self.element("P", note), (0, right + 4, 182), "Note", face="B")
        self.text(self.element("P", note), (0, right + 4, 193), "Because.")

    def beta(self, topic: Any, left: float) -> None:
        self.heading(topic, 2, (1, left, 50), "2 Beta", "beta")
        three = self.element("Art", topic, 1)
        self.heading(three, 3, (1, left, 66), "What is three?", "three")
        table = self.element("Table", three, 1)
        for n, row in enumerate((("name", "cost"), ("append", "O(1)"), ("insert", "O(n)"))):
            line = self.element("TR", table, 1)
            for m, words in enumerate(row):
                scope = {"A": pydyf.Dictionary({"O": "/Table", "Scope": "/Column"})} if n == 0 else {}
                cell = self.element("TD" if n else "TH", line, 1, **scope)
                self.text(cell, (1, left + 60 * m, 80 + 11 * n), words, face="R" if n else "B")
        self.listed(three, (1, left, 116), ["one way", "another way"], ["1.", "2."])
        figure = self.element("Figure", self.element("P", three, 1), 1, Alt=pydyf.String("a dot"))
        sheet = self.pages[1]
        figure["K"].append(len(sheet.owners))
        sheet.drawn.append(f"/Figure <</MCID {len(sheet.owners)}>> BDC\n0 0 0 rg\n{left} 690 9 9 re f\nEMC")
        sheet.owners.append(figure)

    def listed(self, parent: Any, at: At, items: Sequence[str], labels: Sequence[str]) -> list[Any]:
        """A list; the result are the bodies of its items."""
        page, x, y = at
        kind = {"•": "Disc", "–": "Disc"}.get(labels[0], "Decimal")
        values = {"A": pydyf.Dictionary({"O": "/List", "ListNumbering": f"/{kind}"})}
        whole = self.element("L", parent, page, **values)
        bodies = []
        for n, (words, label) in enumerate(zip(items, labels, strict=True)):
            item = self.element("LI", whole, page)
            self.text(self.element("Lbl", item, page), (page, x, y + 12 * n), label)
            bodies.append(self.element("LBody", item, page))
            self.text(bodies[-1], (page, x + 9, y + 12 * n), words)
        return bodies

    # --- what holds it together -----------------------------------------------------------------------------------

    def finished(self) -> bytes:
        resources = pydyf.Dictionary({"Font": pydyf.Dictionary({key: self.font(key) for key in _FACES})})
        self.pdf.add_object(resources)
        numbers = pydyf.Array([])
        for n, (page, known) in enumerate(zip(self.pages, self.objects, strict=True)):
            stream = pydyf.Stream(page.drawn, compress=True)
            self.pdf.add_object(stream)
            known.update(
                {
                    "Parent": self.pdf.pages.reference,
                    "MediaBox": pydyf.Array([0, 0, self.width, self.height]),
                    "Contents": stream.reference,
                    "Resources": resources.reference,
                    "StructParents": n,
                }
            )
            if page.links:
                known.update({"Annots": pydyf.Array([each.reference for each in page.links]), "Tabs": "/S"})
            numbers += [n, pydyf.Array([owner.reference for owner in page.owners])]
            self.pdf.pages["Kids"] += [known.number, 0, "R"]
        self.pdf.pages["Count"] = len(self.pages)
        for n, (annotation, element) in enumerate(self.annotations, len(self.pages)):
            annotation["StructParent"] = n
            numbers += [n, element.reference]
        self.root["ParentTree"] = self.added(pydyf.Dictionary({"Nums": numbers}))
        self.root["ParentTreeNextKey"] = len(self.pages) + len(self.annotations)
        names = pydyf.Array([])
        for name, place in sorted(self.names.items()):
            names += [pydyf.String(name), self.destination(place)]
        xmp = (
            '<?xpacket begin="" id="W5M0MpCehiHzreSzNTczkc9d"?><x:xmpmeta xmlns:x="adobe:ns:meta/">'
            '<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#"><rdf:Description rdf:about="" '
            'xmlns:dc="http://purl.org/dc/elements/1.1/" xmlns:pdfuaid="http://www.aiim.org/pdfua/ns/id/">'
            "<pdfuaid:part>1</pdfuaid:part><dc:title><rdf:Alt><rdf:li xml:lang='x-default'>My deck</rdf:li></rdf:Alt>"
            '</dc:title></rdf:Description></rdf:RDF></x:xmpmeta><?xpacket end="r"?>'
        )
        self.pdf.info["Title"] = pydyf.String("My deck")
        self.pdf.catalog.update(
            {
                "Lang": pydyf.String("en"),
                "MarkInfo": pydyf.Dictionary({"Marked": "true"}),
                "ViewerPreferences": pydyf.Dictionary({"DisplayDocTitle": "true"}),
                "StructTreeRoot": self.root.reference,
                "Metadata": self.added(pydyf.Stream([xmp], {"Type": "/Metadata", "Subtype": "/XML"})),
                "Names": pydyf.Dictionary({"Dests": self.added(pydyf.Dictionary({"Names": names}))}),
                "Outlines": self.outlines(),
            }
        )
        written = BytesIO()
        self.pdf.write(written, version=b"1.7")
        return written.getvalue()

    def added(self, value: Any) -> bytes:
        self.pdf.add_object(value)
        reference: bytes = value.reference
        return reference

    def destination(self, place: tuple[int, float, float]) -> Any:
        page, x, y = place
        return pydyf.Array([self.objects[page].reference, "/XYZ", round(x, 2), round(self.height - y, 2), 0])

    def outlines(self) -> bytes:
        top = pydyf.Dictionary({"Type": "/Outlines"})
        self.pdf.add_object(top)
        open_ones: list[Any] = [top]
        for level, words, name, *_ in self.marks:
            del open_ones[level:]
            above = open_ones[-1]
            entry = pydyf.Dictionary(
                {
                    "Title": pydyf.String(words),
                    "Parent": above.reference,
                    "Dest": self.destination(self.names[name]),
                }
            )
            self.pdf.add_object(entry)
            if "Last" in above:
                before = self.pdf.objects[int(above["Last"].split()[0])]
                before["Next"], entry["Prev"] = entry.reference, before.reference
            above.setdefault("First", entry.reference)
            above["Last"] = entry.reference
            above["Count"] = abs(above.get("Count", 0)) + 1
            open_ones.append(entry)
        reference: bytes = top.reference
        return reference

    def font(self, key: str) -> bytes:
        face = _face(key)
        name = f"/AAAAAA+{face.name}"
        data = self.added(
            pydyf.Stream([zlib.compress(face.data)], {"Filter": "/FlateDecode", "Length1": len(face.data)})
        )
        descriptor = {
            "Type": "/FontDescriptor",
            "FontName": name,
            "Flags": 4,
            "FontBBox": pydyf.Array([-200, -300, 1200, 1100]),
            "ItalicAngle": 0,
            "Ascent": 1025,
            "Descent": -275,
            "CapHeight": 698,
            "StemV": 80,
            "FontFile2": data,
        }
        widths = pydyf.Array([])
        for sign, glyph in sorted(face.glyphs.items(), key=lambda each: each[1]):
            widths += [glyph, pydyf.Array([face.widths[sign]])]
        below = {
            "Type": "/Font",
            "Subtype": "/CIDFontType2",
            "BaseFont": name,
            "CIDSystemInfo": pydyf.Dictionary(
                {"Registry": pydyf.String("Adobe"), "Ordering": pydyf.String("Identity"), "Supplement": 0}
            ),
            "CIDToGIDMap": "/Identity",
            "W": widths,
            "FontDescriptor": self.added(pydyf.Dictionary(descriptor)),
        }
        lines = "".join(f"<{glyph:04x}> <{ord(sign):04x}>\n" for sign, glyph in face.glyphs.items())
        table = (
            "/CIDInit /ProcSet findresource begin 12 dict begin begincmap /CMapType 2 def\n"
            "1 begincodespacerange\n<0000> <ffff>\nendcodespacerange\n"
            f"{len(face.glyphs)} beginbfchar\n{lines}endbfchar\nendcmap end end"
        )
        whole = {
            "Type": "/Font",
            "Subtype": "/Type0",
            "BaseFont": name,
            "Encoding": "/Identity-H",
            "ToUnicode": self.added(pydyf.Stream([table], compress=True)),
            "DescendantFonts": pydyf.Array([self.added(pydyf.Dictionary(below))]),
        }
        return self.added(pydyf.Dictionary(whole))


@cache
def specimen() -> bytes:
    """The specimen: the sheet of `NOTES` in `LAYOUT`."""
    return _Specimen().write()
