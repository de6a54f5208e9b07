"""Files read, and written whole or not at all; what the world refuses is an exception with a remedy."""

from __future__ import annotations

import errno
import os
import re
import shlex
import tempfile
from contextlib import suppress
from pathlib import Path

from interview_helper import disk, interrupts
from interview_helper.terminal import harmless


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
    why, remedy = error.strerror or str(error), f"ls -l {typed(path)}"
    if isinstance(error, PermissionError):
        remedy = f"chmod u+{'rX' if path.is_dir() else 'r'} {typed(path)}"
    elif isinstance(error, IsADirectoryError) or error.errno in _NO_FILE:
        why, remedy = f"it {disk.what(path)}", f"mv {typed(path)} {typed(path.with_name(path.name + '.old'))}"
    elif (what := disk.what(path)).startswith("is a link"):
        why = f"it {what}"
    return Refusal(f"{shown(path)} can't be read: {why}", remedy)


_NO_FILE = (errno.EINVAL, errno.ENXIO)  # a named pipe or a device; a socket


def refused(error: OSError) -> Refusal:
    """What to say of something that the world refuses where nobody asked for it by name."""
    why = error.strerror or str(error)
    if isinstance(error.filename, (str, bytes)):
        where = Path(os.fsdecode(error.filename))
        there = next((each for each in (where, *where.absolute().parents) if each.exists()), where)
        return Refusal(f"{shown(where)}: {why}", f"{'df -h' if error.errno in _FULL else 'ls -ld'} {typed(there)}")
    try:
        os.getcwd()  # noqa: PTH109  # only to see whether there is one
    except OSError:
        return Refusal("the working directory is gone", "cd")
    return Refusal(f"the system refuses: {why}", "df -h" if error.errno in _FULL else "")


def moved(path: Path, target: Path) -> None:
    """Give a file another name. Raises Refusal where that can't be."""
    try:
        path.rename(target)
    except OSError as error:
        remedy = f"chmod u+w {typed(path.parent)}"
        raise Refusal(f"{shown(path)} can't be renamed: {error.strerror or error}", remedy) from error


def write(path: Path, data: bytes, remedy: str = "") -> bool:
    """Put `data` at `path` at once, so that a crash leaves the old or the new file; False where it is so already.

    A link within its folder stays one: its target is written. What a build that was killed has left behind there is gone. Raises Refusal
    where that can't be; `remedy` is for rights that are lacking, and without one it is an output.
    """
    own(path)
    try:
        target = Path(os.path.realpath(path))
        _replaceable(target)
        disk.wrote(path, data)
        _cleared(target)
        if target.is_file() and target.read_bytes() == data:
            return False
        target.parent.mkdir(parents=True, exist_ok=True)
        handle, temporary = tempfile.mkstemp(_NEW, f".{target.name}.", target.parent)
        with interrupts.replacing(temporary, shown(path)):
            try:
                with os.fdopen(handle, "wb") as file:
                    _claimed(file.fileno())
                    file.write(data)
                    file.flush()
                    os.fsync(file.fileno())
                mode = target.stat().st_mode & 0o777 if target.exists() else 0o666 & ~_umask()
                Path(temporary).chmod(mode)
                Path(temporary).replace(target)
            except BaseException:
                with suppress(OSError):
                    Path(temporary).unlink(missing_ok=True)
                raise
        _kept(target.parent)
    except OSError as error:
        why = str(error.strerror or error)
        if isinstance(error, (FileExistsError, NotADirectoryError)):
            why = f"{shown(_no_folder(path.parent))} is no folder"
        raise Refusal(f"{shown(path)} can't be written: {why}", _remedy(path, error, remedy)) from error
    return True


def _replaceable(target: Path) -> None:
    """Raise OSError of what is no file: renamed over, a device would be gone for all programs."""
    if target.exists() and not target.is_file():
        raise OSError(errno.EINVAL, f"it {disk.what(target)}")


def _no_folder(path: Path) -> Path:
    """The part of a path that is there and no folder."""
    return next((each for each in (path, *path.parents) if os.path.lexists(each)), path)


def _remedy(path: Path, error: OSError, rights: str) -> str:
    """What to type where a file can't be written."""
    there = next((each for each in path.absolute().parents if os.path.lexists(each)), path)
    if error.errno == errno.ENAMETOOLONG:
        return "choose shorter names of files and folders"
    if error.errno in _FULL:
        return f"make room, and build again: df -h {typed(there)}"
    if path.is_dir():
        return f"mv {typed(path)} {typed(path.with_name(f'{path.name}.folder'))}"
    if not there.is_dir():
        return f"mv {typed(there)} {typed(there.with_name(f'{there.name}.file'))}"
    if error.errno in (errno.EACCES, errno.EPERM) or not rights:
        return rights or "name another folder with -o"
    return f"ls -ld {typed(there)}"


_FULL = (errno.ENOSPC, errno.EDQUOT, errno.EFBIG)


_NEW = ".tmp"


def _cleared(target: Path) -> None:
    """Take away what was to become this file, and whose writer is gone."""
    ours = re.compile(re.escape(f".{target.name}.") + r"[a-z0-9_]{8}" + re.escape(_NEW))
    with suppress(OSError), os.scandir(target.parent) as found:
        for each in found:
            if ours.fullmatch(each.name):
                with suppress(OSError):
                    with Path(each.path).open("rb") as file:
                        left = _claimed(file.fileno())
                    if left:
                        Path(each.path).unlink()


def _claimed(handle: int) -> bool:
    """Have the system say of an open file that somebody is at work on it, if nobody is and the system can."""
    if os.name != "posix":
        return True  # Windows removes no file that is open
    import fcntl

    try:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        return False
    return True


def _kept(folder: Path) -> None:
    """Have a new name in a folder outlive a loss of power."""
    if os.name == "posix":
        with suppress(OSError):  # not all file systems can be asked to; the file is there all the same
            handle = os.open(folder, os.O_RDONLY)
            try:
                os.fsync(handle)
            finally:
                os.close(handle)


def _umask() -> int:
    mask = os.umask(0)
    os.umask(mask)
    return mask


def shown(path: Path) -> str:
    """A path against the working directory, as it can be shown: in one line, without what a terminal would obey."""
    return harmless(_relative(path))


def _relative(path: Path) -> str:
    try:
        return os.path.relpath(path)
    except ValueError:  # another drive of Windows
        return str(path)


def typed(path: Path) -> str:
    """A path against the working directory, as it can be typed in a shell."""
    return quoted(_relative(path))


def quoted(name: str) -> str:
    """A file's name as it can be typed in a shell."""
    # With a hyphen in front it would be an option.
    name = f"./{name}" if name.startswith("-") else name
    return shlex.quote(name) if harmless(name) == name else f"$'{''.join(map(_spelt, name))}'"


def _spelt(character: str) -> str:
    """A character of a name between $' and ', as the shells of Unix read it."""
    if character in "\\'":
        return f"\\{character}"
    if harmless(character) == character:
        return character
    return "".join(f"\\x{byte:02x}" for byte in character.encode(errors="surrogateescape"))
