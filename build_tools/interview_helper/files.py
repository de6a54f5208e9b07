"""Files read, and written whole or not at all; what the world refuses is an exception with a remedy."""

from __future__ import annotations

import os
import tempfile
from pathlib import Path


class Refusal(Exception):
    """The world does not let us: what happened in one sentence, what to type, and the exit code."""

    def __init__(self, message: str, hint: str = "", code: int = 3) -> None:
        super().__init__(message)
        self.message, self.hint, self.code = message, hint, code


def contents(path: Path) -> bytes:
    """The bytes of a file. Raises Refusal where it can't be read."""
    try:
        return path.read_bytes()
    except OSError as error:
        raise Refusal(f"{shown(path)} can't be read: {error.strerror or error}") from error


def write(path: Path, data: bytes) -> bool:
    """Put `data` at `path` at once, so that a crash leaves the old or the new file; False where it is so already."""
    try:
        if path.is_file() and path.read_bytes() == data:
            return False
        path.parent.mkdir(parents=True, exist_ok=True)
        handle, temporary = tempfile.mkstemp(prefix=f".{path.name}.", dir=path.parent)
        try:
            with os.fdopen(handle, "wb") as file:
                file.write(data)
                file.flush()
                os.fsync(file.fileno())
            mode = path.stat().st_mode & 0o777 if path.exists() else 0o666 & ~_umask()
            Path(temporary).chmod(mode)
            Path(temporary).replace(path)
        except BaseException:
            Path(temporary).unlink(missing_ok=True)
            raise
    except OSError as error:
        raise Refusal(
            f"{shown(path)} can't be written: {error.strerror or error}", "name another folder with -o"
        ) from error
    return True


def _umask() -> int:
    mask = os.umask(0)
    os.umask(mask)
    return mask


def shown(path: Path) -> str:
    """A path against the working directory."""
    return os.path.relpath(path)
