"""Files read, and written whole or not at all; what the world refuses is an exception with a remedy."""

from __future__ import annotations

import os
import shlex
import tempfile
from pathlib import Path

from interview_helper import disk


class Refusal(Exception):
    """The world does not let us: what happened in one sentence, what to type, and the exit code."""

    def __init__(self, message: str, hint: str = "", code: int = 3) -> None:
        super().__init__(message)
        self.message, self.hint, self.code = message, hint, code


def contents(path: Path) -> bytes:
    """The bytes of a file. Raises Refusal where it can't be read."""
    try:
        return disk.data(path)
    except OSError as error:
        raise unreadable(path, error) from error


def own(path: Path) -> Path:
    """The path, of a file that is its folder's own. Raises Refusal for a link that leads out of the folder.

    A repository that was pulled may bring one: what lies elsewhere is no part of it, to be read or to be written.
    """
    real = Path(disk.real(path))
    if real.is_relative_to(disk.real(path.parent)):
        return path
    remedy = f"rm {typed(path)}; if the link is your own, mv {typed(real)} {typed(path)}"
    raise Refusal(f"{shown(path)} is a link that leads out of its folder", remedy)


def unreadable(path: Path, error: OSError) -> Refusal:
    """What to say of a file or a folder that can't be read."""
    remedy = f"ls -l {typed(path)}"
    if isinstance(error, PermissionError):
        remedy = f"chmod u+{'rX' if path.is_dir() else 'r'} {typed(path)}"
    elif isinstance(error, IsADirectoryError):
        remedy = f"mv {typed(path)} {typed(path.with_name(path.name + '.folder'))}"
    return Refusal(f"{shown(path)} can't be read: {error.strerror or error}", remedy)


def moved(path: Path, target: Path) -> None:
    """Give a file another name. Raises Refusal where that can't be."""
    try:
        path.rename(target)
    except OSError as error:
        remedy = f"chmod u+w {typed(path.parent)}"
        raise Refusal(f"{shown(path)} can't be renamed: {error.strerror or error}", remedy) from error


def write(path: Path, data: bytes, remedy: str = "name another folder with -o") -> bool:
    """Put `data` at `path` at once, so that a crash leaves the old or the new file; False where it is so already.

    A link within its folder stays one: its target is written. Raises Refusal, with `remedy` where that can't be.
    """
    own(path)
    try:
        target = Path(os.path.realpath(path))
        disk.wrote(path, data)
        if target.is_file() and target.read_bytes() == data:
            return False
        target.parent.mkdir(parents=True, exist_ok=True)
        handle, temporary = tempfile.mkstemp(prefix=f".{target.name}.", dir=target.parent)
        try:
            with os.fdopen(handle, "wb") as file:
                file.write(data)
                file.flush()
                os.fsync(file.fileno())
            mode = target.stat().st_mode & 0o777 if target.exists() else 0o666 & ~_umask()
            Path(temporary).chmod(mode)
            Path(temporary).replace(target)
        except BaseException:
            Path(temporary).unlink(missing_ok=True)
            raise
    except OSError as error:
        raise Refusal(f"{shown(path)} can't be written: {error.strerror or error}", remedy) from error
    return True


def _umask() -> int:
    mask = os.umask(0)
    os.umask(mask)
    return mask


def shown(path: Path) -> str:
    """A path against the working directory."""
    try:
        return os.path.relpath(path)
    except ValueError:  # another drive of Windows
        return str(path)


def typed(path: Path) -> str:
    """A path against the working directory, as it can be typed in a shell."""
    return quoted(shown(path))


def quoted(name: str) -> str:
    """A file's name as it can be typed in a shell."""
    # With a hyphen in front it would be an option.
    return shlex.quote(f"./{name}" if name.startswith("-") else name)
