"""One at a time: whoever may write a deck's lock has its turn, and others wait for theirs.

A turn is a lock of the system on a file in the user's cache folder: nothing lies among the notes, where sync programs and
git would find it, and who is killed has lost its turn. Where there can be none (no home, a folder that is not ours to
write to, a file system without locks, another machine) nobody waits; then `project` finds before it writes that the lock
is not what it has read.

The standard library has all of it. `filelock` on top of that would say neither who has the turn nor since when.
"""

from __future__ import annotations

import hashlib
import os
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from interview_helper.cache import user_cache
from interview_helper.files import Refusal, typed

_SOON = 0.5  # seconds, after which it is said who is waited for
_PATIENCE = 60  # seconds; builds take less, and what takes longer may well have been stopped
_STEP = 0.05
_ASIDE = 1 << 20  # where Windows locks the file: nobody could read what is locked there


@contextmanager
def taken(lock: Path, told: Callable[[str], object]) -> Iterator[bool]:
    """Within it, no other process of this user has the turn of that lock. Gives whether another had it before us.

    `told` hears whom we wait for. Raises Refusal where that takes more than a minute.
    """
    path = _path(lock)
    start, waited, spoken = time.monotonic(), False, False
    handle = None
    while path and (handle := _opened(path)) is not None and not _is_ours(handle, path):
        holder = _holder(handle)
        os.close(handle)
        handle, waited = None, True
        since = time.monotonic() - start
        if since > _PATIENCE:
            number = holder.split()[1] if holder.startswith("process") else ""
            command = f"taskkill /pid {number}" if sys.platform == "win32" else f"kill {number}"
            hint = f"wait for it, or end it: {command}" if number else "wait for it"
            raise Refusal(f"another build of {typed(lock.parent)} is not done yet: {holder}", hint)
        if since > _SOON and not spoken:
            told(f"waiting for another build of this deck: {holder}\n")
            spoken = True
        time.sleep(_STEP)
    try:
        yield waited
    finally:
        if handle is not None and path:
            _left(handle, path)


def _path(lock: Path) -> Path | None:
    """The file for the turn of a lock; None where there can be none."""
    cache = user_cache()
    if cache is None:
        return None
    try:
        name = hashlib.sha256(os.fsencode(os.path.normcase(os.path.realpath(lock)))).hexdigest()
        folder = cache.folder / "turns"
        cache.folder.mkdir(mode=0o700, parents=True, exist_ok=True)  # the mode is of the last folder alone
        folder.mkdir(mode=0o700, exist_ok=True)
    except (OSError, ValueError):
        return None
    return folder / name


def _opened(path: Path) -> int | None:
    try:
        return os.open(path, os.O_RDWR | os.O_CREAT, 0o600)
    except OSError:
        return None


def _is_ours(handle: int, path: Path) -> bool:
    """Whether we have the turn now, and have written who we are. True also where the file system has no locks."""
    try:
        if not _locked(handle):
            return False
        if not os.path.samestat(os.fstat(handle), path.stat()):
            return False  # whoever had it has taken the file away, and there may be another by now
        os.ftruncate(handle, 0)
        os.write(handle, f"{os.getpid()} {int(time.time())}".encode())
    except FileNotFoundError:
        return False
    except OSError:
        return True
    return True


def _locked(handle: int) -> bool:
    """Lock an open file, if nobody has. Raises OSError where that is not to be had."""
    try:
        if sys.platform == "win32":
            import msvcrt

            os.lseek(handle, _ASIDE, os.SEEK_SET)
            msvcrt.locking(handle, msvcrt.LK_NBLCK, 1)
            os.lseek(handle, 0, os.SEEK_SET)
        else:
            import fcntl

            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except (BlockingIOError, PermissionError):
        return False
    return True


def _holder(handle: int) -> str:
    """Who has the turn, in words."""
    try:
        os.lseek(handle, 0, os.SEEK_SET)
        number, since = os.read(handle, 100).split()
        return f"process {int(number)}, since {time.strftime('%H:%M:%S', time.localtime(int(since)))}"
    except (OSError, ValueError):  # it has not said so yet
        return "its process is not known"


def _left(handle: int, path: Path) -> None:
    """Give the turn to others."""
    if sys.platform == "win32":  # nothing that is open can be removed there
        os.close(handle)
        with suppress(OSError):
            path.unlink()
    else:
        with suppress(OSError):
            path.unlink()
        os.close(handle)
