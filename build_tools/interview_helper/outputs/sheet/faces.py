"""The faces of the sheet's fonts: what they hold, and the part of each that a sheet embeds."""

from __future__ import annotations

import hashlib
import io
import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from interview_helper.model import Cache
from interview_helper.outputs.sheet import fonts

_VERSION = "1"  # of what is cached here
_SETTING = ("IBMPlexSansCondensed-Regular", "IBMPlexMono-Regular", "DejaVuSans")  # all weights have the same characters
_DROPPED = ("BASE", "DSIG", "FFTM", "GDEF", "GPOS", "GSUB", "OS/2", "cmap", "meta", "name", "post")


@dataclass(frozen=True, slots=True)
class Face:
    """A font file: `glyphs` are number and width (thousandths of the size) by the character, lengths likewise."""

    key: str
    path: Path
    name: str
    glyphs: Mapping[str, tuple[int, int]]
    ascent: int
    descent: int
    height: int
    box: tuple[int, int, int, int]
    slant: float
    fixed: bool


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
    """The faces by their names, their tables read once and kept in the cache."""

    def __init__(self, kept: Cache | None = None) -> None:
        self._kept = kept
        self._known: dict[str, Face] = {}

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
        return Face(key, path, glyphs=glyphs, box=tuple(values.pop("box")), **values)

    @property
    def covered(self) -> frozenset[str]:
        """All characters that one of the faces has which set text."""
        return frozenset(character for stem in _SETTING for character in self[key_of_file(stem)].glyphs)

    def subset(self, key: str, glyphs: Iterable[int]) -> bytes:
        """The font file with these glyphs alone, under their own numbers."""
        wanted = sorted({0, *glyphs})
        name = _hashed("subset", key, *map(str, wanted))
        data = self._kept.get(name) if self._kept is not None else None
        if data is None:
            data = _cut(self[key].path, wanted)
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
