"""A folder for what need not outlast this process. It goes with it; where that was killed, the next one takes it away."""

from __future__ import annotations

import atexit
import os
import re
import shutil
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from interview_helper import interrupts

_PREFIX, _SUFFIX = "interview-helper-", ".run"
_OURS = re.compile(re.escape(_PREFIX) + "[a-z0-9_]{8}" + re.escape(_SUFFIX))
_MINUTE = 60  # seconds, by which whoever has made a folder has locked it
_DAY = 86400


_made: list[tuple[int, Path, int | None]] = []  # by which process, where, and the lock on it


def folder() -> Path:
    """The folder of this process; what is forked from it has the same, and leaves it there."""
    if not _made:
        path = Path(tempfile.mkdtemp(_SUFFIX, _PREFIX))
        _made.append((os.getpid(), path, _held(path)))
        atexit.register(gone)
        interrupts.undone_at_the_end(gone)
        _cleared(path.parent)
    return _made[0][1]


def gone() -> None:
    """Have the folder taken away that this process has made, if it has made one."""
    while _made:
        process, path, held = _made.pop()
        if process == os.getpid():
            shutil.rmtree(path, ignore_errors=True)
            if held is not None:
                os.close(held)


@contextmanager
def used() -> Iterator[None]:
    """Within it, libraries make there what they make for a while."""
    before, tempfile.tempdir = tempfile.tempdir, str(folder())
    try:
        yield
    finally:
        tempfile.tempdir = before


def _cleared(parent: Path) -> None:
    """Take away the folders of processes that are gone."""
    with suppress(OSError), os.scandir(parent) as found:
        for each in found:
            if _OURS.fullmatch(each.name):
                with suppress(OSError):
                    path, age = Path(each.path), time.time() - each.stat(follow_symlinks=False).st_mtime
                    if os.name != "posix":
                        left = age > _DAY
                    elif left := age > _MINUTE and each.stat().st_uid == os.geteuid():
                        held = _held(path)
                        left = held is not None
                        if held is not None:
                            os.close(held)
                    if left:
                        shutil.rmtree(path, ignore_errors=True)


def _held(made: Path) -> int | None:
    """A lock of the system on a folder, as long as this or what is forked from it lives; None where there is none."""
    if os.name != "posix":
        return None
    import fcntl

    handle = os.open(made, os.O_RDONLY | os.O_NOFOLLOW)
    try:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        os.close(handle)
        return None
    return handle
