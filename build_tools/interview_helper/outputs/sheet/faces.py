"""The faces of the sheet's fonts: what they hold, and the part of each that a sheet embeds."""

from __future__ import annotations

import hashlib
import io
import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cache, cached_property
from pathlib import Path
from typing import Any

from interview_helper.model import Cache
from interview_helper.outputs.sheet import fonts
from interview_helper.outputs.sheet.opentype import Font
from interview_helper.outputs.sheet.record import Galley

_VERSION = "1"  # of what is cached here
_SETTING = ("IBMPlexSansCondensed-Regular", "IBMPlexMono-Regular", "DejaVuSans")  # all weights have the same characters
_DROPPED = ("BASE", "DSIG", "FFTM", "GDEF", "GPOS", "GSUB", "OS/2", "cmap", "meta", "name", "post")


@dataclass(frozen=True, slots=True)
class Face:
    """A font file: `glyphs` are number and width (thousandths of the size) by the character, lengths likewise.

    `renumbered` says that in its subset the glyphs are counted from 0, in the order of their numbers.
    """

    key: str
    name: str
    glyphs: Mapping[str, tuple[int, int]]
    ascent: int
    descent: int
    height: int
    box: tuple[int, int, int, int]
    slant: float
    fixed: bool
    renumbered: bool = False


@dataclass(frozen=True, slots=True)
class Choice:
    """A face that is let in for these characters, which ours lack. `bold` is one of its family that has them, too.

    `named` says that `fonts` names it.
    """

    key: str
    font: Font
    characters: frozenset[str]
    bold: Choice | None = None
    named: bool = False


@dataclass(frozen=True, slots=True)
class Further:
    """The faces that a document needs beside ours: their families in the style, and the characters that it has of them.

    `key` changes with whatever changes its layout.
    """

    families: tuple[str, ...] = ()
    characters: frozenset[str] = frozenset()
    key: str = ""


OURS = Further()  # where ours have all


@dataclass(frozen=True, slots=True)
class Cut:
    """A part of a further face, for the layout: a family and a weight of the style, and the face's own key."""

    family: str
    weight: int
    key: str
    data: bytes


@cache
def _ours() -> dict[str, Path]:
    files = (path for folder in fonts.folders() for path in sorted(folder.glob("*.ttf")))
    return {key_of(path.read_bytes()): path for path in files}


def key_of(content: bytes) -> str:
    """The name of a face in galleys: a hash of the font file."""
    return f"F{hashlib.sha256(content).hexdigest()[:12]}"


def key_of_file(stem: str) -> str:
    """The name of the face in one of our font files."""
    return next(key for key, path in _ours().items() if path.stem == stem)


class Faces:
    """The faces by their names, ours and those let in: their tables read once, and ours kept in the cache."""

    def __init__(self, kept: Cache | None = None) -> None:
        self._kept = kept
        self._known: dict[str, Face] = {}
        self._further: dict[str, Font] = {}
        self.further: list[tuple[str, str]] = []
        """The faces that were let in, each with the one of its family for headings."""

    def let_in(self, choice: Choice) -> None:
        """Have one more face, and the one for headings."""
        self.further.append((choice.key, choice.bold.key if choice.bold else choice.key))
        for each in (choice, choice.bold):
            if each:
                self._further[each.key] = each.font
                glyphs = each.font.glyphs(choice.characters)
                self._known[each.key] = Face(each.key, glyphs=glyphs, renumbered=True, **each.font.measures())

    def __getitem__(self, key: str) -> Face:
        if key not in self._known:
            self._known[key] = self._read(key, _ours()[key])
        return self._known[key]

    def _read(self, key: str, path: Path) -> Face:
        name = _hashed("face", key)
        data = self._kept.get(name) if self._kept is not None else None
        if data is None:
            data = json.dumps(_tables(path), separators=(",", ":")).encode()
            if self._kept is not None:
                self._kept.put(name, data)
        values = json.loads(data)
        glyphs = {character: (glyph, width) for character, (glyph, width) in values.pop("glyphs").items()}
        return Face(key, glyphs=glyphs, box=tuple(values.pop("box")), **values)

    @cached_property
    def covered(self) -> frozenset[str]:
        """All characters that one of the faces has which set text."""
        keys = [key_of_file(stem) for stem in _SETTING]
        name = _hashed("covered", *keys)
        data = self._kept.get(name) if self._kept is not None else None
        if data is None:
            data = "".join(sorted({character for key in keys for character in self[key].glyphs})).encode()
            if self._kept is not None:
                self._kept.put(name, data)
        return frozenset(data.decode())

    def ready(self, galleys: Iterable[Galley]) -> None:
        """Have at hand what galleys need."""
        for key in {key for galley in galleys for key in galley.glyphs}:
            self[key]

    def subset(self, key: str, glyphs: Iterable[int]) -> bytes:
        """The font file with these glyphs alone, under their own numbers or renumbered."""
        wanted = sorted({0, *glyphs})
        name = _hashed("subset", key, *map(str, wanted))
        data = self._kept.get(name) if self._kept is not None else None
        if data is None:
            data = self._further[key].drawn(wanted) if key in self._further else _cut(_ours()[key], wanted)
            if self._kept is not None:
                self._kept.put(name, data)
        return data


def _hashed(*parts: str) -> str:
    return hashlib.sha256("\0".join((_VERSION, *parts)).encode()).hexdigest()


def _tables(path: Path) -> dict[str, Any]:
    from fontTools.ttLib import TTFont

    with TTFont(path, lazy=True) as font:
        scale = 1000 / font["head"].unitsPerEm
        widths = font["hmtx"].metrics
        glyphs = {
            chr(code): (font.getGlyphID(name), round(widths[name][0] * scale))
            for code, name in font.getBestCmap().items()
        }
        head, line = font["head"], font["hhea"]
        return {
            "name": path.stem,
            "glyphs": glyphs,
            "ascent": round(line.ascent * scale),
            "descent": round(line.descent * scale),
            "height": round(getattr(font["OS/2"], "sCapHeight", 0) * scale) or round(line.ascent * scale),
            "box": [round(value * scale) for value in (head.xMin, head.yMin, head.xMax, head.yMax)],
            "slant": float(font["post"].italicAngle),
            "fixed": bool(font["post"].isFixedPitch),
        }


def _cut(path: Path, glyphs: list[int]) -> bytes:
    from fontTools import subset

    options = subset.Options(
        retain_gids=True,
        hinting=False,
        notdef_outline=True,
        layout_features=[],
        name_IDs=[],
        recalc_timestamp=False,
        glyph_names=False,
    )
    options.drop_tables += _DROPPED
    font = subset.load_font(str(path), options)
    cutting = subset.Subsetter(options)
    cutting.populate(gids=glyphs)
    cutting.subset(font)
    out = io.BytesIO()
    font.save(out)
    font.close()
    return out.getvalue()
