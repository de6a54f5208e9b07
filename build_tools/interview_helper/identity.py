"""Cards and the ledger to identified cards and the new ledger: who is who from build to build. Pure.

`matching.py` says which card is which line of the ledger. What is not matched is new, or retired.
"""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from difflib import SequenceMatcher
from enum import StrEnum
from itertools import count

from interview_helper.cards import marks
from interview_helper.evidence import same_words
from interview_helper.ledger import LAST, Ledger, Line
from interview_helper.matching import Matching
from interview_helper.model import Card, Identified, Kind, Tombstone

_SLIPS = 2_500  # pairs of blanks of a card up to which a slip of the pen is looked for
_LONG = 300  # characters of a blank up to which it is, because the time goes with their square
# A card's spelling on its note: raised by hand when all notes of a kind must reach those who have them already.
_RENDERING = {Kind.BASIC: 2, Kind.REVERSED: 2, Kind.CLOZE: 2, Kind.OUTPUT: 2}


class Event(StrEnum):
    """What a build does to one card."""

    NEW = "new"
    CHANGED = "changed"
    MOVED = "moved"
    RETIRED = "retired"
    RESTORED = "restored"


@dataclass(frozen=True, slots=True)
class Change:
    """One card that is not as last published: `old` as it was, `new` as it is, None where there is none of the two.

    `guessed` says that only evidence makes the two one card; `<!-- id: {other} -->` below the heading then makes it a
    card of its own.
    """

    event: Event
    id: str
    old: Line | None
    new: Line | None
    guessed: bool = False
    other: str = ""


@dataclass(frozen=True, slots=True)
class Doubt:
    """A new card that may be one that is gone: `<!-- id: {old.id} -->` below its heading makes them one."""

    old: Line
    new: Line


@dataclass(frozen=True, slots=True)
class Turned:
    """A card that asks in the other note type now: a new card in Anki, the old one retired."""

    old: Line
    new: Line


@dataclass(frozen=True, slots=True)
class Assignment:
    """What a build knows of its cards: each with its identity, the ledger to keep, and what became of whom.

    `kept` are cards that the notes no longer call cloze and that stay so, because they were published so. `clashes`
    are pairs of cards whose explicit ids name one and the same card: nothing may be published then.
    """

    cards: tuple[Identified, ...]
    ledger: Ledger
    changes: tuple[Change, ...] = ()
    doubts: tuple[Doubt, ...] = ()
    turned: tuple[Turned, ...] = ()
    kept: tuple[Card, ...] = ()
    clashes: tuple[tuple[Card, Card], ...] = ()

    def ids(self, event: Event) -> tuple[str, ...]:
        """The cards to which this happened."""
        return tuple(change.id for change in self.changes if change.event is event)

    @property
    def tombstones(self) -> tuple[Tombstone, ...]:
        """What the package goes on shipping of the cards that are gone."""
        return tuple(line.tombstone for line in self.ledger.lines if line.retired is not None)


def assign(cards: Iterable[Card], ledger: Ledger, now: int) -> Assignment:
    """Give each card its line of the ledger, or a new one. `now` is in seconds since 1970.

    A card's `changed` becomes `max(now, changed + 1)` when its meaning changed, since Anki takes a note only when it
    is newer in whole seconds; otherwise it stays, since Anki then leaves the user's own tags alone.
    """
    matching = Matching(tuple(cards), ledger)
    lines: dict[str, Line] = {line.id: line for line in ledger.lines}
    identified: list[Identified] = []
    changes: list[Change] = []
    previous: dict[str, str] = {}
    for index, card in enumerate(matching.cards):
        old = matching.lines.get(index)
        guid = old.id if old else matching.fresh_id(card)
        blanks, numbers = _numbered(card, old.blanks if old else ())
        meaning = fingerprint(card, numbers, ledger.slug)
        stamp = now if old is None else old.changed
        restored = old is not None and old.retired is not None
        if old is not None and (old.fingerprint != meaning or restored):
            stamp = _later(now, old)
        file = card.span.path
        after, previous[file] = previous.get(file, ""), guid
        pin = card.pin.id if card.pin and card.pin.id != guid else ""
        identified.append(Identified(card, guid, stamp, numbers))
        said = (file, after, pin, blanks, matching.questions[index], matching.answers[index])
        if (
            old
            and stamp == old.changed
            and said == (old.file, old.after, old.pin, old.blanks, old.question, old.answer)
        ):
            continue  # the rule, and much quicker than another line with the same values
        line = lines[guid] = Line(
            id=guid,
            pin=pin,
            kind=card.kind,
            file=file,
            after=after,
            trail=card.trail,
            question=matching.questions[index],
            answer=matching.answers[index],
            blanks=blanks,
            fingerprint=meaning,
            changed=stamp,
            retired=None,
        )
        if event := _event(old, line):
            guessed = index in matching.guessed
            changes.append(Change(event, guid, old, line, guessed, matching.fresh_id(card) if guessed else ""))
    living = {card.id for card in identified}
    for line in ledger.lines:
        if line.id not in living and line.retired is None:
            stamp = _later(now, line)
            gone = lines[line.id] = replace(line, changed=stamp, retired=stamp)
            changes.append(Change(Event.RETIRED, line.id, line, gone))
    doubts = [Doubt(old, lines[identified[index].id]) for old, index in matching.doubts()]
    return Assignment(
        cards=tuple(identified),
        ledger=replace(ledger, lines=tuple(lines[guid] for guid in sorted(lines))),
        changes=tuple(changes),
        doubts=tuple(doubts),
        turned=tuple(Turned(old, lines[identified[index].id]) for old, index in matching.turned()),
        kept=tuple(matching.kept),
        clashes=tuple(matching.clashes),
    )


def _later(now: int, line: Line) -> int:
    """The second of a change: later than that of the change before, as far as there are seconds that a lock can hold."""
    return min(max(now, line.changed + 1), LAST)


def fingerprint(card: Card, numbers: tuple[int, ...], slug: str) -> str:
    """A hash of what a card means: words, structure, code, pictures, tags, source, trail; of no library's spelling of it.

    `slug` is the deck's, which stands in the tags.
    """
    parts = [
        str(_RENDERING[card.kind]),
        card.kind,
        slug,
        *card.trail,
        "\x1d",
        *(block.marked for block in (card.heading, *card.question)),
        "\x1d",
        *(block.marked for block in card.answer),
        "\x1d",
        card.source,
        *sorted(card.tags),
        repr(numbers),
        *card.pictures,
    ]
    return hashlib.sha256("\x1e".join(parts).encode()).hexdigest()[:20]


def _event(old: Line | None, new: Line) -> Event | None:
    if old is None:
        return Event.NEW
    if old.retired is not None:
        return Event.RESTORED
    if (old.trail, old.file) != (new.trail, new.file) and (old.question, old.answer) == (new.question, new.answer):
        return Event.MOVED
    return Event.CHANGED if old.fingerprint != new.fingerprint else None


# --- blanks -----------------------------------------------------------------------------------------------------


def _numbered(card: Card, old: tuple[tuple[str, int], ...]) -> tuple[tuple[tuple[str, int], ...], tuple[int, ...]]:
    """The blanks of a cloze card with their numbers, and the number of each mark.

    A blank keeps its number by its words, a slip of the pen aside; a new one gets the next free one. A number once
    used stays used: Anki would give one blank's history to another.
    """
    if card.kind is not Kind.CLOZE:
        return old, ()
    found = marks(card)
    known = _known(found, old)
    groups: dict[str, int] = {}
    claimed: set[int] = set()
    for (group, _), number in zip(found, known, strict=True):
        if group and number and group not in groups and number not in claimed:
            groups[group] = number
            claimed.add(number)
    used = {number for _, number in old}
    given = set(claimed)
    # A new group takes the number in its name where no blank ever had that.
    for group, _ in found:
        named = int(group[1:]) if group else 0
        if group and group not in groups and named not in used and named not in given:
            groups[group] = named
            given.add(named)
    taken = used | given
    free = (number for number in count(1) if number not in taken)
    numbers: list[int] = []
    blanks = dict.fromkeys(old)
    for (group, said), number in zip(found, known, strict=True):
        if group:
            chosen = groups.get(group, 0) or next(free)
            groups[group] = chosen
        else:  # of a group that is no more, the first of its blanks keeps the card
            chosen = number if number and number not in given else next(free)
        given.add(chosen)
        blanks[said, chosen] = None
        numbers.append(chosen)
    return tuple(blanks), tuple(numbers)


def _known(found: Sequence[tuple[str, str]], old: Sequence[tuple[str, int]]) -> list[int]:
    """For each mark the number of the blank that it was, each given to one mark alone; 0 for a new one.

    What a group says again is no other blank.
    """
    first: dict[tuple[str, str] | int, int] = {}
    spoken_for = [first.setdefault(mark if mark[0] else at, at) for at, mark in enumerate(found)]
    known = dict.fromkeys(first.values(), 0)
    held: dict[int, set[str]] = {}
    by_words: dict[str, list[tuple[str, int]]] = {}
    for blank in old:
        held.setdefault(blank[1], set()).add(blank[0])
        by_words.setdefault(blank[0], []).append(blank)
    to_come = Counter(found[at][1] for at in known)
    for at in known:
        group, now = found[at]
        those = by_words.get(now, [])
        if was := _kept(group, those, to_come[now], held):
            those.remove(was)
            known[at] = was[1]
        to_come[now] -= 1
    # What stands on the card is not also a slip of something else.
    placed = set(known.values())
    left = [blank for blank in old if blank[1] not in placed]
    new = [at for at, number in known.items() if not number]
    for at in new if (len(left) + len(found)) * len(new) <= _SLIPS else ():
        group, now = found[at]
        those = [blank for blank in left if _nearly_equal_words(blank[0], now)]
        claims = sum(_nearly_equal_words(now, found[other][1]) for other in known if other >= at)
        if was := _kept(group, those, claims, held):
            left.remove(was)
            known[at] = was[1]
    return [known[at] for at in spoken_for]


def _kept(
    group: str, those: Sequence[tuple[str, int]], claims: int, held: Mapping[int, Collection[str]]
) -> tuple[str, int] | None:
    """The blank that a mark was, of `those` that say the same; as many `claims` to it are made from this mark on.

    Out of a group, a blank got a number of its own beside that of the group, which other words have too: it keeps that
    one.
    """
    own = (each for each in those if len(held[each[1]]) == 1) if not group and len(those) > claims else iter(())
    return next(own, those[0] if those else None)


def _nearly_equal_words(old: str, new: str) -> bool:
    if same_words(old) == same_words(new):
        return True
    return (
        6 <= min(len(old), len(new)) <= max(len(old), len(new)) <= _LONG
        and SequenceMatcher(None, old, new, autojunk=False).ratio() >= 0.85
    )
