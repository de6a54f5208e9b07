"""Bytes by key in the user's cache folder: what was made once need not be made again.

The files are our own, because the library for it, diskcache, unpickles what it finds, which lets whoever can write to
the folder run code (CVE-2025-69872, not mended since its last release of 2023), and imports SQLite before an unchanged
build has done anything.

The folder may be deleted at any time. That it is broken, full, or not ours to write to is never an error: what it lacks
is made again. Every entry begins with a hash of itself, so that one that is torn or was tampered with is none.
"""

from __future__ import annotations

import hashlib
import os
import re
import time
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

_BOUND = 200_000_000  # bytes
_HASH = hashlib.sha256().digest_size
_UNIT = 4096  # bytes, what file systems give away at once
_USE = 3600  # seconds; an entry is not marked as used more often than that
_GROWN = "grown"


class FolderCache:
    """A cache in a folder that never holds more than `bound` bytes: what was not used for the longest time goes first."""

    def __init__(self, folder: Path, bound: int = _BOUND) -> None:
        self.folder = folder
        self._bound = bound

    def get(self, key: str) -> bytes | None:
        """What was kept under a key; None where it is not there any more, or never was."""
        path = self._path(key)
        try:
            data = path.read_bytes()
            if time.time() - path.stat().st_mtime > _USE:
                os.utime(path)
        except OSError:
            return None
        value = data[_HASH:]
        return value if data[:_HASH] == _checked(key, value) else None

    def put(self, key: str, value: bytes) -> None:
        """Keep it, if that can be done."""
        path = self._path(key)
        if len(value) > self._bound // 8:
            return
        with suppress(OSError):
            self.folder.mkdir(mode=0o700, parents=True, exist_ok=True)  # notes are nobody else's business
            self._make_room(len(value) + _HASH)
            _put(path, _checked(key, value) + value)

    def _path(self, key: str) -> Path:
        if not re.fullmatch("[0-9a-f]{16,128}", key):
            raise ValueError(f"{key!r} is no hash")
        return self.folder / key

    def _make_room(self, more: int) -> None:
        """Drop what is too much, when an eighth of the bound has come since the last time.

        How much has come is the length of a file that grows by a byte a unit: two builds at once may both add to it,
        and nothing has to be listed to know.
        """
        grown = self.folder / _GROWN
        with grown.open("ab") as file:
            file.write(bytes(-(-more // _UNIT)))
            units = file.tell()
        if units * _UNIT <= self._bound // 8:
            return
        grown.unlink(missing_ok=True)
        entries = sorted(_entries(self.folder))
        total = sum(size for _, size, _ in entries)
        for _, size, path in entries:
            if total <= self._bound // 4 * 3:
                break
            with suppress(OSError):
                path.unlink()
            total -= size


def user_cache() -> FolderCache | None:
    """The cache of whoever runs this; None for one without a home."""
    import platformdirs

    try:
        return FolderCache(platformdirs.user_cache_path("interview-helper", appauthor=False))
    except (OSError, RuntimeError):
        return None


def _checked(key: str, value: bytes) -> bytes:
    """What an entry begins with: a hash of its key too, because it may have been given another name."""
    return hashlib.sha256(key.encode() + b"\0" + value).digest()


def _put(path: Path, data: bytes) -> None:
    """Put a file into its place whole. After a crash of the system it may be torn; then its hash says so."""
    import tempfile  # only what writes pays for it

    handle, temporary = tempfile.mkstemp(prefix=f"{path.name}.", dir=path.parent)
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(data)
        Path(temporary).replace(path)
    except BaseException:
        with suppress(OSError):
            Path(temporary).unlink()
        raise


def _entries(folder: Path) -> Iterator[tuple[float, int, Path]]:
    """When each file was last used, the room it takes, and where it is; those left behind by a killed build too."""
    with os.scandir(folder) as found:
        for entry in found:
            with suppress(OSError):
                stat = entry.stat()
                yield stat.st_mtime, -(-stat.st_size // _UNIT) * _UNIT, Path(entry.path)
