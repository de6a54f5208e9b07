"""A photo's bytes to the same photo without the place where it was taken. Pure; not a pixel is touched.

Phones write it into EXIF, and programs copy it into XMP. Both are blanked where they stand, so that what else a file says
of itself (which way is up, its colors) stays in its place, and no byte moves.
"""

from __future__ import annotations

import re
import struct
import zlib
from collections.abc import Iterator

_GPS = 0x8825  # the entry of EXIF that says where the directory of the place begins
_SIZES = (0, 1, 1, 2, 4, 8, 1, 1, 2, 4, 8, 4, 8)  # bytes of a value by its type
_DIRECTORIES = 8  # a photo has two: its own and that of its thumbnail

_JPEG_EXIF = re.compile(rb"\xff\xe1(..)Exif\0.", re.DOTALL)
_JPEG_XMP = re.compile(rb"\xff\xe1(..)http://ns\.adobe\.com/(?:xap/1\.0|xmp/extension)/\0", re.DOTALL)
_WRITTEN = re.compile(rb"""(GPS\w*\s*=\s*["'])([^"']*)|(<[\w-]+:GPS\w*(?:\s[^>]*)?>)([^<]*)""")


def unlocated(data: bytes) -> bytes:
    """The photo without its place: `data` itself where it has none."""
    if data.startswith(b"\x89PNG"):
        return _png(data)
    blank = bytearray(data)
    for start, end in _exif(data):
        _blank_exif(blank, start, end)
    for start, end in _xmp(data):
        _blank_xmp(blank, start, end)
    return bytes(blank) if blank != data else data


def _exif(data: bytes) -> Iterator[tuple[int, int]]:
    """Where EXIF begins and ends in a JPEG, in those behind it in the same file as well, or in a WebP."""
    if data.startswith(b"\xff\xd8"):
        # Among compressed pixels no 0xFF is followed by another byte than 0 and the marks of a restart.
        yield from ((each.end(), each.start(1) + int.from_bytes(each[1], "big")) for each in _JPEG_EXIF.finditer(data))
    for name, start, end in _riff(data):
        if name == b"EXIF":
            yield start + 6 * data.startswith(b"Exif\0", start), end


def _xmp(data: bytes) -> Iterator[tuple[int, int]]:
    if data.startswith(b"\xff\xd8"):
        yield from ((each.end(), each.start(1) + int.from_bytes(each[1], "big")) for each in _JPEG_XMP.finditer(data))
    yield from ((start, end) for name, start, end in _riff(data) if name == b"XMP ")


def _riff(data: bytes) -> Iterator[tuple[bytes, int, int]]:
    """The parts of a WebP: the name of each, where it begins and ends."""
    at = 12 if data[:4] == b"RIFF" else len(data)
    while at + 8 <= len(data):
        start, size = at + 8, int.from_bytes(data[at + 4 : at + 8], "little")
        yield data[at : at + 4], start, start + size
        at = start + size + size % 2


def _png(data: bytes) -> bytes:
    parts, at = [data[:8]], 8
    while at + 12 <= len(data):
        size = int.from_bytes(data[at : at + 4], "big")
        name, held, end = data[at + 4 : at + 8], bytearray(data[at + 8 : at + 8 + size]), at + 12 + size
        if name == b"eXIf":
            _blank_exif(held, 0, len(held))
        elif name == b"iTXt" and held.startswith(b"XML:com.adobe.xmp\0\0"):
            _blank_xmp(held, 0, len(held))
        if held != data[at + 8 : at + 8 + size]:
            parts += [data[at : at + 8], bytes(held), zlib.crc32(name + held).to_bytes(4, "big")]
        elif not _packed(name, held):
            parts.append(data[at:end])
        at = end
    made = b"".join((*parts, data[at:]))
    return made if made != data else data


def _packed(name: bytes, held: bytearray) -> bool:
    """Whether a part of a PNG holds EXIF or XMP that is compressed or in other letters: no viewer reads more than it."""
    other = name in (b"tEXt", b"zTXt", b"iTXt") and re.match(rb"Raw profile type (?:exif|APP1|xmp)\0", held)
    return bool(other) or (name == b"iTXt" and held.startswith(b"XML:com.adobe.xmp\0\1"))


def _blank_exif(data: bytearray, start: int, end: int) -> None:
    """Empty the directories of the place in EXIF that stands from `start` to `end`."""
    order = {b"II": "<", b"MM": ">"}.get(bytes(data[start : start + 2]))
    if order is None:
        return
    end = min(end, len(data))

    def number(at: int, size: int) -> int:
        held = data[at : at + size] if start <= at <= end - size else b""
        return int.from_bytes(held, "little" if order == "<" else "big")

    directory = number(start + 4, 4)
    for _ in range(_DIRECTORIES):
        at = start + directory
        entries = number(at, 2)
        for entry in range(at + 2, min(at + 2 + 12 * entries, end), 12):
            if number(entry, 2) == _GPS:
                _empty(data, start, end, start + number(entry + 8, 4), order)
        directory = number(at + 2 + 12 * entries, 4)
        if not directory:
            return


def _empty(data: bytearray, start: int, end: int, at: int, order: str) -> None:
    """Leave a directory without an entry, and nothing of what its entries pointed to."""
    if not start < at <= end - 2:
        return
    (entries,) = struct.unpack_from(f"{order}H", data, at)
    data[at : at + 2] = bytes(2)
    for entry in range(at + 2, min(at + 2 + 12 * entries, end - 11), 12):
        _, kind, count, value = struct.unpack_from(f"{order}HHII", data, entry)
        size = count * (_SIZES[kind] if kind < len(_SIZES) else 1)
        if size > 4 and start <= start + value < end:
            stop = min(start + value + size, end)
            data[start + value : stop] = bytes(stop - start - value)
        data[entry : entry + 12] = bytes(12)


def _blank_xmp(data: bytearray, start: int, end: int) -> None:
    end = min(end, len(data))
    for found in _WRITTEN.finditer(bytes(data[start:end])):
        first, last = found.span(2) if found[1] else found.span(4)
        data[start + first : start + last] = b" " * (last - first)
