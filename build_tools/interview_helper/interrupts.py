"""The signals that end a run: what was begun is undone, one line says what had been written, and the process is gone.

They are Ctrl-C, being asked to end, and the end of the terminal. Nothing is raised: an exception out of nowhere may come
up in what a library calls back, to be shown or swallowed there. What is on disk is whole at any instant, as it has to be
for a kill. The exit code is the one a shell knows a signal by, 130 after Ctrl-C.
"""

from __future__ import annotations

import os
import signal
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from types import FrameType

_ENDING = [each for name in ("SIGINT", "SIGTERM", "SIGHUP", "SIGBREAK") if (each := getattr(signal, name, None))]

_begun: list[Callable[[], object]] = []
_replaced: list[tuple[str, str]] = []  # where a new file was made, and what its name is going to be
_process: list[int] = []  # who heeds signals, if anybody; who is forked from it does not speak for it


def heed() -> None:
    """From now on a signal ends this process so. One that it was started not to hear, it does not hear."""
    _process[:] = [os.getpid()]
    with suppress(ValueError):  # only the main thread may say so
        for each in _ENDING:
            if signal.getsignal(each) != signal.SIG_IGN:
                signal.signal(each, _end)


def heed_in_silence() -> None:
    """The same in a process that was forked, which has begun nothing yet and leaves the words to the other."""
    _begun.clear()
    _process.clear()
    for each in _ENDING:
        if signal.getsignal(each) != signal.SIG_IGN:
            signal.signal(each, _end)
    _process.append(-os.getpid())


@contextmanager
def undone(undo: Callable[[], object]) -> Iterator[None]:
    """Within it, a signal has this done before the process is gone."""
    _begun.append(undo)
    try:
        yield
    finally:
        _begun.remove(undo)


def undone_at_the_end(undo: Callable[[], object]) -> None:
    """From now on, a signal has this done before the process is gone."""
    _begun.append(undo)


@contextmanager
def replacing(temporary: str, name: str) -> Iterator[None]:
    """Within it, a new file stands at `temporary`, until it is moved to where people know it by `name`."""
    _replaced.append((temporary, name))
    try:
        yield
    except BaseException:
        _replaced.remove((temporary, name))
        raise


def _end(number: int, _: FrameType | None) -> None:
    for each in _ENDING:
        signal.signal(each, _end_now)  # who asks again does not wait
    if _process and os.getpid() == abs(_process[0]):
        for undo in reversed(_begun):
            with suppress(Exception):
                undo()
        names = [name for temporary, name in _replaced if not _removed(temporary)]
        words = f"written: {', '.join(names)}" if names else "nothing was written"
        if _process[0] > 0:
            with suppress(OSError):
                os.write(2, f"stopped; {words}\n".encode("utf-8", "backslashreplace"))
    os._exit(128 + number)


def _end_now(number: int, _: FrameType | None) -> None:
    os._exit(128 + number)


def _removed(path: str) -> bool:
    """Whether a file was still there. What is in its place by now is not."""
    try:
        os.unlink(path)  # noqa: PTH108  # nothing is imported here, not even by pathlib
    except FileNotFoundError:
        return False
    except OSError:  # Windows removes nothing that is open
        return True
    return True
