"""Notes folder to rounds: the notes as they are now, what a build would do with them, and what was done since the round before."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

from interview_helper import identity, project
from interview_helper.config import CONFIG
from interview_helper.diagnostics import Diagnostic, ordered
from interview_helper.files import Refusal
from interview_helper.identity import Assignment
from interview_helper.ledger import Ledger
from interview_helper.model import Source
from interview_helper.parse import Parsed, parse
from interview_helper.project import Notes, Plan, Understood

_PATIENCE = 0.3  # seconds until a file that is gone or cut short is believed to be meant so
_PAUSE = 0.04  # seconds between two looks at it

Texts = Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Round:
    """The notes at one moment. `since` is what happened to the cards since the last round that could be built.

    The ids in `since` are those of this session: a card that is not published yet keeps its own while its heading is
    being written. Its cards are in the order of `plan.assignment.cards`.
    """

    number: int
    notes: Understood
    plan: Plan
    since: Assignment

    @property
    def diagnostics(self) -> tuple[Diagnostic, ...]:
        """All that is wrong, in order."""
        return ordered((*self.notes.diagnostics, *self.plan.diagnostics))

    @property
    def broken(self) -> bool:
        """Whether an error forbids to build."""
        return self.notes.broken or self.plan.broken

    @property
    def pending(self) -> bool:
        """Whether a build would write another lock than there is, and so another deck."""
        return self.plan.lock != self.notes.notes.lock.text


class Rounds:
    """The rounds of one notes folder, or lone file. Only what has changed is parsed again."""

    def __init__(
        self,
        source: Path,
        *,
        sleep: Callable[[float], object] = time.sleep,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._source = source
        self._sleep, self._clock = sleep, clock
        self._parsed: dict[tuple[Source, bool, tuple[str, ...]], Parsed] = {}
        self._last: Round | None = None
        self._session: Ledger | None = None
        self.parses = 0  # notes that were parsed so far

    @property
    def last(self) -> Round | None:
        """The round before the next."""
        return self._last

    def taken(self, now: int) -> Round | None:
        """The round at a second since 1970; None where all is as in the last one. Raises Refusal.

        An editor may empty a file before it fills it, or take it away before the new one has its name. What has gone
        or was cut short is looked at again for a while.
        """
        notes = self._settled()
        understood = self._understood(notes)
        last = self._last
        if last and (understood, notes) == (last.notes, last.notes.notes):
            return None
        plan = project.planned(understood, now)
        before = self._session if self._session is not None else plan.assignment.ledger
        since = identity.assign(understood.cards, before, now)
        made = Round(last.number + 1 if last else 1, understood, plan, since)
        if not made.broken:  # of broken notes cards are missing that nobody took away
            self._session = since.ledger
        self._last = made
        return made

    def _settled(self) -> Notes:
        before = _texts(self._last.notes.notes) if self._last else {}
        start, seen = self._clock(), None
        while True:
            waited = self._clock() - start >= _PATIENCE
            try:
                notes = project.read(self._source)
            except Refusal:
                if waited or not before:
                    raise
            else:
                texts = _texts(notes)
                if waited or not _cut_short(before, texts):
                    return notes
                # What is written bit by bit is waited for from the last bit on.
                if seen is not None and texts != seen:
                    start = self._clock()
                seen = texts
            self._sleep(_PAUSE)

    def _understood(self, notes: Notes) -> Understood:
        kept, self._parsed = self._parsed, {}

        def parsed(source: Source, *, maths: bool, tags: tuple[str, ...]) -> Parsed:
            key = (source, maths, tags)
            made = kept.get(key)
            if made is None:
                made = parse(source, maths=maths, tags=tags)
                self.parses += 1
            self._parsed[key] = made
            return made

        return project.understood(notes, parsed)


def _texts(notes: Notes) -> Texts:
    return {source.path: source.text for source in notes.sources} | {CONFIG: notes.config.text}


def _cut_short(before: Texts, now: Texts) -> bool:
    """Whether a file is gone, or is the beginning of what it was."""
    return any(
        len(now.get(path, "")) < len(text) and text.startswith(now.get(path, "")) for path, text in before.items()
    )
