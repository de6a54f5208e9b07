"""The fonts of a PDF: what their codes say, how wide they are, where their ink is."""

from __future__ import annotations

import re
import struct
from itertools import pairwise
from typing import Any

from pypdf.generic import StreamObject

from sheet.drawn import resolved


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
