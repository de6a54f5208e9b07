"""A face in a font file, read and cut by HarfBuzz: what it is called, what it has, the part of it that a sheet needs.

Any OpenType file will do: TrueType and CFF outlines, collections, variable fonts. A file that is none has no characters.
The only module that knows uharfbuzz, imported late.
"""

from __future__ import annotations

import hashlib
import io
import struct
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Any
from unicodedata import category

_REGULAR = 400.0
_ERROR = 1.0  # thousandths of the size by which a curve may miss the one that it stands for
# Spaces, joiners and the like stay in the font of what is before them, and selectors choose a form of it.
_BETWEEN = (
    *map(ord, " \u00a0\u00ad\u3000\ufeff"),
    *range(0x2000, 0x2010),
    *range(0x2028, 0x2030),
    *range(0x205F, 0x2070),
)
_FARTHEST = 0x7FFF  # that a point can be from the origin in a font file; in a broken one it is farther
_SELECTORS = (*range(0xFE00, 0xFE10), *range(0xE0100, 0xE01F0))
_BLANK = "\u115f\u1160\u2800\u3164\uffa0"  # they are drawn by nothing, though no spaces
_COLOR = frozenset(("CBDT", "COLR", "SVG ", "sbix"))
_OUTLINES = frozenset(("glyf", "CFF ", "CFF2"))
_UNUSED = ("BASE", "DSIG", "VORG", "vhea", "vmtx")
_WORDS = (  # in names of families, for faces without serifs and for those with
    ("sans", "gothic", "hei", "dotum", "gulim"),
    ("serif", "mincho", "ming", "song", "sung", "batang", "myeongjo", "myungjo", "fang", "kai", "times"),
)
_SANS_SERIFS = range(11, 16)  # of the kinds of serifs in Panose
_RESTRICTED = 0x2  # and no milder of the four kinds of licence
_WHOLE_OR_BITMAPS = 0x300  # "no subsetting" and "bitmap embedding only"
_CODE_PAGES = {17: "ja", 18: "zh-hans", 19: "ko", 20: "zh-hant", 21: "ko"}
_LAST_WORDS = {"jp": "ja", "j": "ja", "kr": "ko", "k": "ko", "sc": "zh-hans", "cn": "zh-hans", "tc": "zh-hant"}
_LAST_WORDS |= {"tw": "zh-hant", "hk": "zh-hk", "gb": "zh-hans"}


@dataclass(frozen=True, eq=False)  # no slots: what was read stays with it
class Font:
    """A face of a font file, in the weight asked for where the file has an axis of weights.

    `content` is the file, in memory or where it lies.
    """

    content: Path | bytes = field(repr=False)
    index: int = 0
    weight: float = _REGULAR

    @cached_property
    def _face(self) -> Any:
        return _harfbuzz().Face(_blob(self.content), self.index)

    @cached_property
    def _font(self) -> Any:
        font = _harfbuzz().Font(self._face)
        if self._location:
            font.set_variations(self._location)
        return font

    @cached_property
    def _location(self) -> dict[str, float]:
        axes = {axis.tag: axis for axis in self._face.axis_infos}
        if "wght" in axes:
            axis = axes["wght"]
            return {"wght": min(max(self.weight, axis.min_value), axis.max_value)}
        return {}

    def key(self, digest: str) -> str:
        """Its name in galleys, given a hash of its file. Two with equal keys set all text alike."""
        return f"F{hashlib.sha256(f'{digest} {self.index} {self._location}'.encode()).hexdigest()[:12]}"

    # --- what it is -------------------------------------------------------------------------------------------------

    @cached_property
    def family(self) -> str:
        return self._named(16) or self._named(1) or self.name

    @cached_property
    def name(self) -> str:
        """Its PostScript name."""
        return self._named(6) or "Font"

    @cached_property
    def names(self) -> frozenset[str]:
        """All names that it may be asked for by, in lower case: of its family and of itself, in any language."""
        entries = {(entry.name_id, entry.language) for entry in self._face.list_names()}
        found = (self._face.get_name(number, language) for number, language in entries if number in (1, 4, 6, 16))
        return frozenset(name.casefold() for name in found if name)

    def _named(self, number: int) -> str:
        return (self._face.get_name(number) or "").strip()

    @cached_property
    def _windows(self) -> bytes:
        """The table OS/2, zeros where it ends too early."""
        return self._table("OS/2").ljust(100, b"\0")

    def _table(self, tag: str) -> bytes:
        return bytes(self._face.reference_table(tag).data)

    def _number(self, at: int) -> int:
        return int.from_bytes(self._windows[at : at + 2], "big")

    @property
    def set_weight(self) -> float:
        """How heavy it is, 400 being regular."""
        return self._location.get("wght") or float(self._number(4) or _REGULAR)

    @property
    def variable(self) -> bool:
        """Whether its file has other weights of it."""
        return bool(self._location)

    @property
    def narrow_or_wide(self) -> bool:
        return self._number(6) not in (0, 5)

    @property
    def slanted(self) -> bool:
        return bool(self._number(62) & 0x201)

    @property
    def fixed(self) -> bool:
        """Whether all its characters are equally wide, or as wide as two."""
        return bool(self._post[1]) or self._windows[35] == 9 or "mono" in self.family.casefold().split()

    @property
    def serifs(self) -> int:
        """0 where it has none, 2 where it has some, 1 where nobody knows."""
        family = self.family.casefold()
        for number, words in zip((0, 2), _WORDS, strict=True):
            if any(word in family for word in words):
                return number
        if self._windows[32] == 2 and self._windows[33] > 1:
            return 0 if self._windows[33] in _SANS_SERIFS else 2
        return 1

    @property
    def regions(self) -> frozenset[str]:
        """For whose Chinese characters it is made, as far as its name or its code pages tell."""
        last = self.family.casefold().split()[-1:]
        if last and last[0] in _LAST_WORDS:
            return frozenset((_LAST_WORDS[last[0]],))
        pages = int.from_bytes(self._windows[78:82], "big") if self._number(0) else 0
        return frozenset(region for bit, region in _CODE_PAGES.items() if pages >> bit & 1)

    @property
    def usable(self) -> bool:
        """Whether it is for text: it has outlines in one color, real ones, and the space that Pango thinks every font has."""
        try:
            tags = frozenset(self._face.table_tags)
        except UnicodeDecodeError:  # a broken font
            return False
        none = self.family.casefold().replace(" ", "").lstrip(".").startswith(("lastresort", "adobeblank"))
        return bool(tags & _OUTLINES) and not tags & _COLOR and not none and ord(" ") in self._face.unicodes

    @property
    def embeddable(self) -> bool:
        """Whether its maker lets a document hold a part of it."""
        kind = self._number(8)
        return kind & 0xF != _RESTRICTED and not kind & _WHOLE_OR_BITMAPS

    @cached_property
    def _post(self) -> tuple[float, int]:
        """Its slant in degrees, and whether it is fixed."""
        table = self._table("post")
        return (struct.unpack(">i", table[4:8])[0] / 65536, table[15]) if len(table) >= 16 else (0.0, 0)

    # --- what it has ------------------------------------------------------------------------------------------------

    def has(self, characters: Iterable[str]) -> frozenset[str]:
        """Those of the characters that it can show."""
        known = self._face.unicodes
        return frozenset(each for each in characters if ord(each) in known and self._seen(each))

    def _seen(self, character: str) -> bool:
        glyph = self._font.get_nominal_glyph(ord(character))
        extents = None if glyph is None else self._font.get_glyph_extents(glyph)
        if extents is not None and extents.width and extents.height:
            return True
        return glyph is not None and (category(character)[0] in "ZC" or character in _BLANK)

    def glyphs(self, characters: Iterable[str]) -> dict[str, tuple[int, int]]:
        """Number and width (thousandths of the size) of those that it has, as they are without their neighbors."""
        numbers = {each: self._font.get_nominal_glyph(ord(each)) for each in characters}
        return {
            each: (number, self._thousandths(self._font.get_glyph_h_advance(number)))
            for each, number in numbers.items()
            if number
        }

    def measures(self) -> dict[str, Any]:
        """What a PDF says of it as a whole, in thousandths of the size."""
        line = self._font.get_font_extents("ltr")
        head = self._table("head")
        box = struct.unpack(">4h", head[36:44]) if len(head) >= 44 else (0, 0, self._face.upem, self._face.upem)
        height = self._font.get_metric_position(_harfbuzz().OTMetricsTag.CAP_HEIGHT)
        return {
            "name": self.name,
            "ascent": self._thousandths(line.ascender),
            "descent": self._thousandths(line.descender),
            "height": self._thousandths(height or line.ascender),
            "box": tuple(map(self._thousandths, box)),
            "slant": self._post[0],
            "fixed": bool(self._post[1]),
        }

    def _thousandths(self, units: float) -> int:
        return round(units * 1000 / (self._face.upem or 1000))

    # --- parts of it ------------------------------------------------------------------------------------------------

    def cut(self, characters: Iterable[str]) -> bytes:
        """A font file with these characters, and what they can turn into beside each other, under their own numbers.

        Nothing where the font is too broken for that.
        """
        hb = _harfbuzz()
        wanted = hb.SubsetInput()
        wanted.unicode_set.update((*map(ord, characters), *_BETWEEN, *_SELECTORS))
        wanted.drop_table_tag_set.update(int.from_bytes(tag.encode(), "big") for tag in _UNUSED)
        wanted.flags = hb.SubsetFlags.RETAIN_GIDS | hb.SubsetFlags.NO_HINTING | hb.SubsetFlags.NOTDEF_OUTLINE
        for axis in self._face.axis_infos:
            if axis.tag in self._location:
                wanted.pin_axis_location(self._face, axis.tag, self._location[axis.tag])
            else:
                wanted.pin_axis_to_default(self._face, axis.tag)
        try:
            return bytes(hb.subset(self._face, wanted).blob.data)
        except RuntimeError:
            return b""

    def drawn(self, glyphs: Sequence[int]) -> bytes:
        """A TrueType file with the outlines of these glyphs alone, numbered from 0 in their order."""
        from fontTools.fontBuilder import FontBuilder
        from fontTools.pens.cu2quPen import Cu2QuPen
        from fontTools.pens.ttGlyphPen import TTGlyphPen

        upem = self._face.upem
        names = [".notdef", *(f"glyph{number}" for number in range(1, len(glyphs)))]
        outlines = {}
        for name, glyph in zip(names, glyphs, strict=True):
            pen = TTGlyphPen(None)
            self._font.draw_glyph_with_pen(glyph, Cu2QuPen(pen, _ERROR * upem / 1000))
            outlines[name] = pen.glyph(dropImpliedOnCurves=True)
            if any(abs(value) > _FARTHEST for point in outlines[name].coordinates for value in point):
                outlines[name] = TTGlyphPen(None).glyph()
        built = FontBuilder(upem, isTTF=True)
        built.setupGlyphOrder(names)
        built.setupGlyf(outlines)
        widths = (self._font.get_glyph_h_advance(glyph) for glyph in glyphs)
        lefts = (getattr(outlines[name], "xMin", 0) for name in names)
        built.setupHorizontalMetrics(dict(zip(names, zip(widths, lefts, strict=True), strict=True)))
        line = self._font.get_font_extents("ltr")
        built.setupHorizontalHeader(ascent=line.ascender, descent=line.descender)
        built.font["head"].created = built.font["head"].modified = 0
        built.font.recalcTimestamp = False
        out = io.BytesIO()
        built.font.save(out)
        return out.getvalue()


def faces(content: Path | bytes) -> Iterator[Font]:
    """All faces of a font file; none of a file that is none, or is broken. Files packed for the web are unpacked."""
    if isinstance(content, bytes) and content[:3] == b"wOF":
        content = _unpacked(content)
    count = _harfbuzz().Face(_blob(content), 0).count
    yield from (Font(content, index) for index in range(count))


def _blob(content: Path | bytes) -> Any:
    """A font file as HarfBuzz holds it; an empty one where it can't be read."""
    hb = _harfbuzz()
    if isinstance(content, bytes):
        return hb.Blob(content)
    try:
        return hb.Blob.from_file_path(content)
    except hb.HarfBuzzError:
        return hb.Blob(b"")


def _harfbuzz() -> Any:
    import uharfbuzz  # late: only notes in other scripts pay for it

    return uharfbuzz


def _unpacked(content: bytes) -> bytes:
    from fontTools.ttLib import TTFont

    try:
        with TTFont(io.BytesIO(content)) as font:
            font.flavor = None
            out = io.BytesIO()
            font.save(out)
    except Exception:  # noqa: BLE001  # what a broken font makes of fontTools can't be foretold
        return b""
    return out.getvalue()
