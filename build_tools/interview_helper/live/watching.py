"""The disk to a call whenever something in the notes folder may have changed; the only module with watchfiles.

It may call for nothing, never miss anything: what has changed is for `rounds` to find out.
"""

from __future__ import annotations

import os
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path, PurePath
from threading import Event, Thread

from interview_helper.files import Refusal

_STEP = 20  # milliseconds without a change that end what belongs together
_MOST = 400  # milliseconds after which what goes on changing is told all the same
_TICK = 250  # milliseconds between two looks whether the folder is still the one that is watched
_POLL = 300  # milliseconds between two looks at all files


@dataclass(frozen=True, slots=True)
class Place:
    """What is watched: all below a folder, or what lies right in it."""

    folder: Path
    below: bool = True


class Watching:
    """A thread that watches a place until it is stopped.

    `told` is called, in that thread, when it has begun, and then at each change; `failed` when no more can be watched.
    A folder that vanishes is waited for. With `poll`, files are looked at again and again, which finds what is written
    on another machine.
    """

    def __init__(
        self, place: Place, told: Callable[[], object], failed: Callable[[Refusal], object], *, poll: bool = False
    ) -> None:
        self._place, self._told, self._failed, self._poll = place, told, failed, poll
        self._stop = Event()
        self._thread = Thread(target=self._run, name="watching", daemon=True)
        self._thread.start()

    def stop(self) -> None:
        """End it, and wait until it has ended."""
        self._stop.set()
        self._thread.join(5)

    def _run(self) -> None:
        while not self._stop.is_set():
            known = _identity(self._place.folder)
            if known is None:
                self._stop.wait(_TICK / 1000)
                continue
            try:
                self._watch(known)
            except Exception as error:  # noqa: BLE001  whatever the library raises, it is the system that won't
                if _identity(self._place.folder) == known:
                    self._failed(_refusal(error))
                    return
                self._told()  # it vanished just now

    def _watch(self, known: tuple[int, int]) -> None:
        from watchfiles import watch

        # The real path, because a link that leads elsewhere one day is another folder.
        folder = os.path.realpath(self._place.folder)
        seen = watch(
            folder,
            recursive=self._place.below,
            watch_filter=lambda _, path: _counts(folder, path),
            debounce=_MOST,
            step=_STEP,
            stop_event=self._stop,
            rust_timeout=_TICK,
            yield_on_timeout=True,
            force_polling=True if self._poll else None,
            poll_delay_ms=_POLL,
            raise_interrupt=False,
        )
        begun = False
        for changes in seen:
            if changes or not begun:  # what was changed before it began was not seen
                begun = True
                self._told()
            if _identity(self._place.folder) != known:
                self._told()
                return


def _counts(folder: str, path: str) -> bool:
    """Whether a change of a file may be one of the notes: not of what editors and git keep for themselves."""
    parts = PurePath(os.path.relpath(path, folder)).parts
    if not parts:  # the folder itself
        return True
    return not any(part.startswith(".") or part == "node_modules" for part in parts) and not parts[-1].endswith("~")


def _identity(folder: Path) -> tuple[int, int] | None:
    """What tells a folder from another of its name; None where there is none."""
    try:
        stat = folder.stat()
    except OSError:
        return None
    return stat.st_dev, stat.st_ino


def _refusal(error: Exception) -> Refusal:
    words = str(error).strip() or type(error).__name__
    return Refusal(f"the system won't tell of changes: {words}", "add --poll, which looks for them itself")
