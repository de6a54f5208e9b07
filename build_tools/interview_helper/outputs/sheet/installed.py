"""The fonts of this system, as fontconfig lists them for every program: which of them has a character, in which file.

fontconfig keeps that list, with the characters of each font, so no font file is opened here.
"""

from __future__ import annotations

import ctypes
import os
import sys
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from interview_helper.outputs.sheet import pango

_FACE = 0xFFFF  # of an index, the part that counts faces; the rest counts named instances of a variable font
_SYSTEM = 0  # the set of fonts that fontconfig's configuration names


@dataclass(frozen=True, slots=True, order=True)
class Installed:
    """A face of a font file of the system. `families` are the names of its family, in lower case."""

    path: Path
    index: int
    families: tuple[str, ...]


class _FontSet(ctypes.Structure):
    _fields_ = (("nfont", ctypes.c_int), ("sfont", ctypes.c_int), ("fonts", ctypes.POINTER(ctypes.c_void_p)))


def installed(characters: Iterable[str]) -> tuple[list[Installed], frozenset[str]]:
    """The faces that have at least one of these characters, and the families of all, in lower case.

    Nothing and none where fontconfig can't be loaded.
    """
    library = pango.loaded(pango.FONTCONFIG)
    if library is None:
        return [], frozenset()
    _declare(library)
    found: set[Installed] = set()
    families: set[str] = set()
    with _fonts(library) as patterns, _charset(library, characters) as wanted:
        for pattern in patterns:
            names = tuple(name.casefold() for name in _texts(library, pattern, b"family"))
            families.update(names)
            charset, index = ctypes.c_void_p(), ctypes.c_int()
            file = next(_texts(library, pattern, b"file"), "")
            if not file or library.FcPatternGetCharSet(pattern, b"charset", 0, ctypes.byref(charset)):
                continue
            library.FcPatternGetInteger(pattern, b"index", 0, ctypes.byref(index))
            if library.FcCharSetIntersectCount(charset, wanted):
                found.add(Installed(Path(file), index.value & _FACE, names))
    return sorted(found), frozenset(families)


def folders() -> list[Path]:
    """The folders of the system's fonts and those above them: one of them changes where a font comes or goes."""
    library = pango.loaded(pango.FONTCONFIG)
    if library is None:
        return []
    _declare(library)
    with _fonts(library) as patterns:
        files = {Path(file) for pattern in patterns for file in _texts(library, pattern, b"file")}
    return sorted({folder for file in files for folder in (file.parent, file.parent.parent)})


def _declare(library: Any) -> None:
    pointer, text, number = ctypes.c_void_p, ctypes.c_char_p, ctypes.c_int
    library.FcInitLoadConfigAndFonts.restype = pointer
    library.FcConfigDestroy.argtypes = [pointer]
    library.FcConfigGetFonts.argtypes = [pointer, number]
    library.FcConfigGetFonts.restype = ctypes.POINTER(_FontSet)
    library.FcPatternGetString.argtypes = [pointer, text, number, ctypes.POINTER(text)]
    library.FcPatternGetInteger.argtypes = [pointer, text, number, ctypes.POINTER(number)]
    library.FcPatternGetCharSet.argtypes = [pointer, text, number, ctypes.POINTER(pointer)]
    library.FcCharSetCreate.restype = pointer
    library.FcCharSetDestroy.argtypes = [pointer]
    library.FcCharSetAddChar.argtypes = [pointer, ctypes.c_uint32]
    library.FcCharSetIntersectCount.argtypes = [pointer, pointer]
    library.FcCharSetIntersectCount.restype = ctypes.c_uint32


@contextmanager
def _fonts(library: Any) -> Iterator[Iterator[int]]:
    """What fontconfig knows of each font of the system: a configuration of our own, so that Pango's stays as it is."""
    config = library.FcInitLoadConfigAndFonts()
    try:
        found = library.FcConfigGetFonts(config, _SYSTEM) if config else None
        fonts = found.contents if found else _FontSet(0, 0, None)
        yield (fonts.fonts[number] for number in range(fonts.nfont))
    finally:
        if config:
            library.FcConfigDestroy(config)


@contextmanager
def _charset(library: Any, characters: Iterable[str]) -> Iterator[int]:
    charset = library.FcCharSetCreate()
    for character in characters:
        library.FcCharSetAddChar(charset, ord(character))
    try:
        yield charset
    finally:
        library.FcCharSetDestroy(charset)


def _texts(library: Any, pattern: int, name: bytes) -> Iterator[str]:
    """All values of a property of a font."""
    value = ctypes.c_char_p()
    number = 0
    while library.FcPatternGetString(pattern, name, number, ctypes.byref(value)) == 0 and value.value is not None:
        # On Windows fontconfig spells paths in UTF-8, whatever the system does; and names it does everywhere.
        utf8 = sys.platform == "win32" or name != b"file"
        yield value.value.decode("utf-8", "replace") if utf8 else os.fsdecode(value.value)
        number += 1
