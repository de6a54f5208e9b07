"""Font files made for tests: each character is a block, the first one 300 units wide, each next one 10 wider."""

from __future__ import annotations

from io import BytesIO
from itertools import cycle
from pathlib import Path
from typing import Any

from fontTools.fontBuilder import FontBuilder
from fontTools.pens.t2CharStringPen import T2CharStringPen
from fontTools.pens.ttGlyphPen import TTGlyphPen
from fontTools.ttLib import TTCollection, TTFont
from fontTools.ttLib.tables.TupleVariation import TupleVariation

LEAST, STEP, MOST = 300, 10, 900  # then it begins again
_BOLDER = 80  # units that a block of the heaviest weight of a variable font is wider than one of the lightest


def font(  # one a wish
    family: str,
    characters: str,
    *,
    style: str = "Regular",
    weight: int = 400,
    cff: bool = False,
    tall: int = 700,
    **tables: Any,
) -> TTFont:
    """A font with these characters and a space, its blocks `tall` units high. `tables` are values for OS/2."""
    names = [".notdef", "space", *(f"u{ord(character):04X}" for character in characters)]
    sides = dict(zip(names[2:], cycle(range(LEAST, MOST, STEP)), strict=False))
    built = FontBuilder(1000, isTTF=not cff)
    built.setupGlyphOrder(names)
    built.setupCharacterMap({0x20: "space"} | {ord(each): f"u{ord(each):04X}" for each in characters})
    name = f"{family}-{style}".replace(" ", "")
    if cff:
        outlines = {each: _drawn(T2CharStringPen(1000, {}), sides.get(each, 0), tall).getCharString() for each in names}
        built.setupCFF(name, {"FullName": name}, outlines, {})
    else:
        built.setupGlyf({each: _drawn(TTGlyphPen(None), sides.get(each, 0), tall).glyph() for each in names})
    built.setupHorizontalMetrics(dict.fromkeys(names, (1000, 0)))
    built.setupHorizontalHeader(ascent=880, descent=-120)
    built.setupNameTable({"familyName": family, "styleName": style, "psName": name})
    built.setupOS2(usWeightClass=weight, sTypoAscender=880, sTypoDescender=-120, **tables)
    built.setupPost()
    return built.font


def _drawn(pen: Any, side: int, tall: int) -> Any:
    if side:
        pen.moveTo((0, 0))
        for corner in ((side, 0), (side, tall), (0, tall)):
            pen.lineTo(corner)
        pen.closePath()
    return pen


def variable(family: str, characters: str) -> TTFont:
    """A variable font whose default is its lightest weight, 100; at 900 its blocks are 80 units wider."""
    made = font(family, characters, weight=100)
    built = FontBuilder(font=made)
    built.setupFvar([("wght", 100, 100, 900, "Weight")], [])
    wider = [(0, 0), (_BOLDER, 0), (_BOLDER, 0), (0, 0), (0, 0), (0, 0), (0, 0), (0, 0)]
    variations = {each: [TupleVariation({"wght": (0.0, 1.0, 1.0)}, wider)] for each in made.getGlyphOrder()[2:]}
    built.setupGvar({each: variations.get(each, []) for each in made.getGlyphOrder()})
    return made


def colored(family: str, characters: str) -> TTFont:
    """A font in colors."""
    made = font(family, characters)
    built = FontBuilder(font=made)
    built.setupCOLR({each: [(each, 0)] for each in made.getGlyphOrder()[2:]})
    built.setupCPAL([[(1.0, 0.0, 0.0, 1.0)]])
    return made


def saved(*fonts: TTFont, flavor: str | None = None) -> bytes:
    """The file of a font, or of a collection."""
    out = BytesIO()
    if len(fonts) == 1:
        fonts[0].flavor = flavor
        fonts[0].save(out)
    else:
        collection = TTCollection()
        collection.fonts = list(fonts)
        collection.save(out)
    return out.getvalue()


def configured(folder: Path) -> Path:
    """A file for fontconfig that sees the fonts of a folder alone."""
    config = folder / "fonts.conf"
    config.write_text(
        f"<fontconfig><dir>{folder}</dir><cachedir>{folder / 'cache'}</cachedir></fontconfig>", encoding="utf-8"
    )
    return config
