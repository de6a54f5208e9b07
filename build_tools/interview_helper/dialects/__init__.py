"""Notes of other tools to our notation: one module a dialect, each from files to `Imported`. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol, cast

from interview_helper.dialects import anki_text, apkg, mdanki, obsidian, table
from interview_helper.dialects.nouns import File, Imported


class Dialect(Protocol):
    """What the module of a dialect holds: how `--from` names it, what it is in words, what its files' names end with, and two functions."""

    NAME: str
    WHAT: str
    SUFFIXES: tuple[str, ...]

    def recognises(self, file: File) -> bool:
        """Whether a file is written in it, by its name and its first bytes; never an exception."""

    def imported(self, files: Sequence[File]) -> Imported:
        """The cards of files. Raises Unreadable, and UnicodeDecodeError where text is no UTF-8."""


# Asked in this order which of them a file is written in.
DIALECTS: tuple[Dialect, ...] = tuple(cast("Dialect", each) for each in (apkg, anki_text, table, obsidian, mdanki))


def recognised(files: Sequence[File]) -> Dialect | None:
    """The first dialect that recognises one of the files."""
    return next((dialect for dialect in DIALECTS if any(map(dialect.recognises, files))), None)
