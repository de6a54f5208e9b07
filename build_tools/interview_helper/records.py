"""What a build said and made, by what was typed: while nothing has changed, it is said again and nothing is done.

A record holds every question that the build asked the disk and git, with its answer, and the hash of every file that it
read and wrote. It holds good as long as each question has its answer still and each file its bytes. So an input is:

- what was typed, the working directory (paths are shown against it), SOURCE_DATE_EPOCH
- our own code, Python, and the libraries as installed; not Pango: what an older one has set is no less right
- the names of the notes below the folder, their bytes, deck.toml, the pictures they show, what their links lead to
- deck.lock, copies of it beside it, whether git tracks or ignores it; deck.toml and deck.lock of the folders above
- the outputs: one that was deleted or edited is made again

What ends in a refusal or writes nothing has no record, nor has a build during which somebody changed what it read.
"""

from __future__ import annotations

import hashlib
import json
import os
import sys
from collections.abc import Iterator, Sequence
from contextlib import suppress
from pathlib import Path
from typing import NamedTuple

from interview_helper import __version__, disk
from interview_helper.cache import FolderCache, user_cache
from interview_helper.disk import Watch


class Said(NamedTuple):
    """What a build puts on standard error and standard output, and its exit code."""

    complaints: str
    files: str
    code: int


class Record:
    """The record of one build, whether there is one yet or not."""

    def __init__(self, cache: FolderCache, key: str) -> None:
        self._cache = cache
        self._key = key
        self.outdated = False  # there is one, and something has changed

    def said(self) -> Said | None:
        """What the build says that finds nothing changed; None where it has to be done."""
        kept = self._cache.get(self._key)
        if kept is None:
            return None
        self.outdated = True
        asked, seen, said = json.loads(kept)
        now = {}
        for path, before in seen.items():
            now[path] = disk.unchanged(path, before)
            if now[path] is None:
                return None
        try:
            if any(disk.QUESTIONS[name](Path(path), *texts) != answer for (name, path, *texts), answer in asked):
                return None
        except (OSError, ValueError):
            return None
        self.outdated = False
        if now != seen:  # so that next time a look at the stamps will do
            self._put(asked, now, said)
        return Said(*said)

    def keep(self, watch: Watch, said: Said) -> None:
        """Have it that the next build says this, if it finds all as it was watched; `said` is what it would say then."""
        if watch.whole:
            self._put(list(watch.asked.items()), watch.read | {p: [h] for p, h in watch.written.items()}, said)

    def _put(self, *parts: object) -> None:
        self._cache.put(self._key, json.dumps(parts, separators=(",", ":")).encode())


def record(arguments: Sequence[str]) -> Record | None:
    """The record of what is typed; None for what has none: another verb than `build`, `--no-cache`, no folder for it."""
    if arguments[:1] != ["build"] or "--no-cache" in arguments:
        return None
    if os.name == "nt" and any(set(argument) & set("*?[~$%") for argument in arguments):
        return None  # there it is for the program to find out what files are meant
    cache = user_cache()
    if cache is None:
        return None
    try:
        made_by = [__version__, sys.version, *_stamps(Path(__file__).parent), *_libraries()]
        typed = [str(Path.cwd()), os.environ.get("SOURCE_DATE_EPOCH"), *arguments]
    except OSError:  # our code is in an archive, or the working directory is gone
        return None
    return Record(cache, hashlib.sha256(json.dumps([made_by, typed]).encode()).hexdigest())


def _stamps(folder: Path) -> Iterator[tuple[str, int, int]]:
    """The names, sizes and times of all that our package consists of."""
    for path, folders, files in os.walk(folder, onerror=_raised):
        folders[:] = sorted(name for name in folders if name != "__pycache__")
        for name in sorted(files):
            file = Path(path, name)
            stat = file.stat()
            yield str(file), stat.st_size, stat.st_mtime_ns


def _raised(error: OSError) -> None:
    raise error


def _libraries() -> list[tuple[str, int]]:
    """What an installer leaves beside each library: its name has the version, its time tells two of one version apart."""
    found = []
    for folder in dict.fromkeys(sys.path):
        with suppress(OSError), os.scandir(folder or os.curdir) as entries:
            found += [
                (entry.path, entry.stat().st_mtime_ns)
                for entry in entries
                if entry.name.endswith((".dist-info", ".egg-info"))
            ]
    return sorted(found)
