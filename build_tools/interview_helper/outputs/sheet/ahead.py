"""A process of its own that loads the layout engine while the notes are still read, and then lays a few galleys out.

Loading takes longer than reading the notes or laying out the topic that was edited, so an edit is done sooner by a
quarter. It is only ever faster: what this process fails to do, the caller does.
"""

from __future__ import annotations

import atexit
import multiprocessing
import os
import signal
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress
from multiprocessing.connection import Connection
from typing import TypeVar

from interview_helper import interrupts, scratch

J = TypeVar("J")
R = TypeVar("R")

_WAITING: list[tuple[Connection, int]] = []
_ANYTHING = (
    '<html lang="en"><body><h1>A</h1><p>word <code>b</code></p><ul><li>c</li></ul><table><tr><td>d</td></tr></table>'
)


def begin() -> None:
    """Start it, where a second core and fork (Linux) make it pay."""
    if sys.platform != "linux" or len(os.sched_getaffinity(0)) < 2 or _WAITING:
        return
    ours, its = multiprocessing.Pipe()
    with suppress(OSError):  # no more processes may be
        process = os.fork()
        if process == 0:
            interrupts.heed_in_silence()
            try:
                _serve(ours, its)
            finally:
                os._exit(0)
        _WAITING.append((ours, process))
        atexit.register(end)
        interrupts.undone_at_the_end(end)
    its.close()


def end() -> None:
    """Stop it, where there is too much to do for it, or no more. Nobody waits for it to clear up."""
    while _WAITING:
        ours, process = _WAITING.pop()
        ours.close()
        with suppress(OSError):  # it is gone already
            os.kill(process, signal.SIGTERM)
            os.waitpid(process, os.WNOHANG)


def asked(done: Callable[[J], R], jobs: Sequence[J], ready: Callable[[], object]) -> Iterator[R] | None:
    """What `done` makes of each job there, in order, after `ready`; None where it does not run.

    It is at work once this returns.
    """
    if not _WAITING:
        return None
    try:
        _WAITING[0][0].send((done, jobs, ready))
    except OSError:
        end()
        return None
    return _answers(done, jobs)


def _answers(done: Callable[[J], R], jobs: Sequence[J]) -> Iterator[R]:
    for job in jobs:
        answer = None
        if _WAITING:
            try:
                answer = _WAITING[0][0].recv()
            except (EOFError, OSError):
                end()
        yield done(job) if answer is None else answer


def _serve(ours: Connection, its: Connection) -> None:
    from interview_helper.outputs.sheet import galley

    ours.close()  # or it would never hear that we are gone
    # What fails here fails for the caller again, who says it.
    with suppress(Exception):
        try:
            galley.galley(_ANYTHING, "", {})  # the first takes twice as long as the second
            from interview_helper.outputs.sheet import galleys  # noqa: F401  # whose functions are asked for

            while True:
                done, jobs, ready = its.recv()
                ready()
                for answer in map(done, jobs):
                    its.send(answer)
        finally:
            galley.cleared()
            scratch.gone()
