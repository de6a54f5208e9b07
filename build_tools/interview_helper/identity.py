"""Cards and the ledger to identified cards and the new ledger: who is who from build to build. Pure.

The ledger is `deck.lock`: JSON Lines, the deck first, then a card a line, sorted by id. Nothing else decides
identity, so the notes stay clean. Cards are matched exactly for now: explicit id, then place with question and
answer, then place. Everything that is not matched is new, or retired.
"""

from __future__ import annotations

import hashlib
import json
from collections import defaultdict
from collections.abc import Callable, Hashable, Iterable
from dataclasses import dataclass, fields, replace

from interview_helper.cards import marks
from interview_helper.model import Card, Deck, Identified, Kind, Tombstone

FORMAT = 1

# A card's spelling on its note: raised by hand when all notes of a kind must reach those who have them already.
_RENDERING = {Kind.BASIC: 1, Kind.REVERSED: 1, Kind.CLOZE: 1, Kind.OUTPUT: 1}


class BrokenLedger(Exception):
    """The lock can't be read: the 1-based line, what is wrong, and what to do."""

    def __init__(self, line: int, what: str, remedy: str) -> None:
        super().__init__(f"line {line}: {what}")
        self.line, self.what, self.remedy = line, what, remedy


@dataclass(frozen=True, slots=True)
class Line:
    """A card as last published. `retired` is the second it went, or None."""

    id: str
    kind: Kind
    file: str
    trail: tuple[str, ...]
    question: str
    answer: str
    blanks: tuple[tuple[str, int], ...]
    fingerprint: str
    changed: int
    retired: int | None


@dataclass(frozen=True, slots=True)
class Ledger:
    """The deck and its cards as last published. An empty title and slug mean that nothing was published yet."""

    id: str = ""
    title: str = ""
    slug: str = ""
    notetypes: tuple[tuple[str, int], ...] = ()
    lines: tuple[Line, ...] = ()


@dataclass(frozen=True, slots=True)
class Assignment:
    """What a build knows of its cards: each with its identity, the ledger to keep, and what changed, as ids."""

    cards: tuple[Identified, ...]
    ledger: Ledger
    new: tuple[str, ...] = ()
    changed: tuple[str, ...] = ()
    retired: tuple[str, ...] = ()
    restored: tuple[str, ...] = ()

    @property
    def tombstones(self) -> tuple[Tombstone, ...]:
        """What the package goes on shipping of the cards that are gone."""
        return tuple(
            Tombstone(line.id, line.kind, line.trail, line.question, line.changed)
            for line in self.ledger.lines
            if line.retired is not None
        )


def assign(cards: Iterable[Card], ledger: Ledger, now: int) -> Assignment:
    """Give each card its line of the ledger, or a new one. `now` is in seconds since 1970.

    A card's `changed` becomes `max(now, changed + 1)` when its meaning changed, since Anki takes a note only when it
    is newer in whole seconds; otherwise it stays, since Anki then leaves the user's own tags alone.
    """
    cards = tuple(cards)
    matched = _matched(cards, ledger.lines)
    taken = {line.id for line in ledger.lines} | {card.pin.id for card in cards if card.pin}
    lines: dict[str, Line] = {line.id: line for line in ledger.lines}
    identified: list[Identified] = []
    new: list[str] = []
    changed: list[str] = []
    restored: list[str] = []
    for index, card in enumerate(cards):
        old = matched.get(index)
        if old is None:
            guid = card.pin.id if card.pin else _fresh_id(ledger.id or ledger.slug, card, taken)
            taken.add(guid)
            stamp = now
            blanks, numbers = _numbered(card, ())
            new.append(guid)
        else:
            guid, stamp = old.id, old.changed
            blanks, numbers = _numbered(card, old.blanks)
        print_ = fingerprint(card, numbers)
        if old is not None and (old.fingerprint != print_ or old.retired is not None):
            stamp = max(now, old.changed + 1)
            (restored if old.retired is not None else changed).append(guid)
        lines[guid] = Line(
            guid,
            card.kind,
            card.span.path,
            card.trail,
            card.question_text,
            card.answer_text,
            blanks,
            print_,
            stamp,
            None,
        )
        identified.append(Identified(card, guid, stamp, numbers))
    living = {card.id for card in identified}
    retired: list[str] = []
    for line in ledger.lines:
        if line.id not in living and line.retired is None:
            stamp = max(now, line.changed + 1)
            lines[line.id] = replace(line, changed=stamp, retired=stamp)
            retired.append(line.id)
    kept = replace(ledger, lines=tuple(lines[guid] for guid in sorted(lines)))
    return Assignment(tuple(identified), kept, tuple(new), tuple(changed), tuple(retired), tuple(restored))


def fingerprint(card: Card, numbers: tuple[int, ...]) -> str:
    """A hash of what a card means: words, structure, code, pictures, tags, source, trail; of no library's spelling of it."""
    parts = [
        str(_RENDERING[card.kind]),
        card.kind,
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


def _matched(cards: tuple[Card, ...], lines: tuple[Line, ...]) -> dict[int, Line]:
    """Cards by their index, with their lines: best evidence first, each line given once."""
    found: dict[int, Line] = {}
    used: set[str] = set()
    by_id = {line.id: line for line in lines}
    for index, card in enumerate(cards):
        if card.pin and (line := by_id.get(card.pin.id)) and _one_note_type(card.kind, line.kind):
            found[index] = line
            used.add(line.id)

    def place(line: Line) -> tuple[str, ...]:
        return (*line.trail, line.question)

    rounds: tuple[tuple[Callable[[Card], Hashable], Callable[[Line], Hashable], bool], ...] = (
        (lambda c: (*c.trail, c.question_text, c.answer_text), lambda x: (*place(x), x.answer), False),
        (lambda c: (*c.trail, c.question_text), place, False),
        (lambda c: (*c.trail, c.question_text), place, True),
    )
    for of_card, of_line, of_retired in rounds:
        candidates: dict[Hashable, list[Line]] = defaultdict(list)
        for line in lines:
            if line.id not in used and (line.retired is not None) is of_retired:
                candidates[of_line(line)].append(line)
        for index, card in enumerate(cards):
            if index in found or card.pin:
                continue
            waiting = candidates.get(of_card(card), [])
            line = next((x for x in waiting if _one_note_type(card.kind, x.kind)), None)
            if line:
                waiting.remove(line)
                used.add(line.id)
                found[index] = line
    return found


def _one_note_type(kind: Kind, other: Kind) -> bool:
    """Whether two kinds share a note type of Anki, so that one can become the other on one note."""
    return (kind is Kind.CLOZE) is (other is Kind.CLOZE)


def _fresh_id(deck: str, card: Card, taken: set[str]) -> str:
    """A hash of deck, place and note type that no card of the ledger has, salted until it is free."""
    salt = 0
    while True:
        kind = "cloze" if card.kind is Kind.CLOZE else "question"
        whole = "\x1e".join((deck, kind, *card.place, str(salt)))
        guid = hashlib.sha256(whole.encode()).hexdigest()[:16]
        if guid not in taken:
            return guid
        salt += 1


def _numbered(card: Card, old: tuple[tuple[str, int], ...]) -> tuple[tuple[tuple[str, int], ...], tuple[int, ...]]:
    """The blanks of a cloze card with their numbers, and the number of each mark.

    A blank keeps its number by its words; a new one gets the next free one. A number once used stays used: Anki would
    give one blank's history to another.
    """
    if card.kind is not Kind.CLOZE:
        return old, ()
    known: dict[str, list[int]] = defaultdict(list)
    for words, number in old:
        known[words].append(number)
    groups: dict[str, int] = {}
    numbers: list[int] = []
    blanks = list(old)
    free = max((number for _, number in old), default=0) + 1
    for group, words in marks(card):
        if group in groups:
            number = groups[group]
        elif known[words]:
            number = known[words].pop(0)
        else:
            number, free = free, free + 1
        if group:
            groups[group] = number
        if (words, number) not in blanks:
            blanks.append((words, number))
        numbers.append(number)
    return tuple(blanks), tuple(numbers)


_FIELDS = tuple(field.name for field in fields(Line))


# --- the file ---------------------------------------------------------------------------------------------------


def written(ledger: Ledger) -> str:
    """The ledger as the text of `deck.lock`."""
    header = {
        "format": FORMAT,
        "id": ledger.id,
        "title": ledger.title,
        "slug": ledger.slug,
        "notetypes": dict(ledger.notetypes),
    }
    # Not `asdict`, which copies deeply: a second for 10,000 cards.
    rows = ({name: getattr(line, name) for name in _FIELDS} for line in ledger.lines)
    return "".join(f"{json.dumps(row, ensure_ascii=False)}\n" for row in (header, *rows))


def read(text: str) -> tuple[Ledger, int]:
    """The ledger of a `deck.lock`, and how many lines were folded because they held one card twice.

    Raises BrokenLedger for what is no lock, is cut short, or comes from a newer version.
    """
    if not text:
        raise BrokenLedger(1, "the file is empty", "restore it from git, or delete it to start over")
    if not text.endswith("\n"):
        raise BrokenLedger(text.count("\n") + 1, "the file is cut short", "restore it from git or a backup")
    header: Ledger | None = None
    lines: dict[str, Line] = {}
    folded = 0
    for number, row in enumerate(text.removesuffix("\n").split("\n"), 1):
        if row.startswith(("<<<<<<<", "=======", ">>>>>>>")):
            raise BrokenLedger(
                number, "a merge was left unfinished here", "delete the three marker lines, keep all others"
            )
        try:
            value = json.loads(row)
            if "format" in value:
                header = header or _header(value, number)
                continue
            line = _line(value)
        except BrokenLedger:
            raise
        except (ValueError, KeyError, TypeError, AttributeError, RecursionError) as error:
            raise BrokenLedger(number, "this line is no card of a lock", "restore it from git or a backup") from error
        other = lines.get(line.id)
        folded += other is not None
        lines[line.id] = line if other is None else max(line, other, key=_newer)
    if header is None:
        raise BrokenLedger(1, "the first line, which names the deck, is missing", "restore it from git or a backup")
    return replace(header, lines=tuple(lines[guid] for guid in sorted(lines))), folded


def _newer(line: Line) -> tuple[int, bool, str]:
    return (line.changed, line.retired is None, line.fingerprint)


def _header(value: dict[str, object], number: int) -> Ledger:
    if not isinstance(value["format"], int) or value["format"] > FORMAT:
        raise BrokenLedger(number, "it was written by a newer version", "update this program")
    notetypes = value["notetypes"]
    if not isinstance(notetypes, dict):
        raise TypeError(notetypes)
    return Ledger(
        str(value["id"]), str(value["title"]), str(value["slug"]), tuple((str(k), int(v)) for k, v in notetypes.items())
    )


def _line(value: dict[str, object]) -> Line:
    trail, blanks, retired = value["trail"], value["blanks"], value["retired"]
    if not isinstance(trail, list) or not isinstance(blanks, list):
        raise TypeError(trail)
    return Line(
        id=_text(value["id"]),
        kind=Kind(_text(value["kind"])),
        file=_text(value["file"]),
        trail=tuple(_text(t) for t in trail),
        question=_text(value["question"]),
        answer=_text(value["answer"]),
        blanks=tuple((_text(words), _number(number)) for words, number in blanks),
        fingerprint=_text(value["fingerprint"]),
        changed=_number(value["changed"]),
        retired=None if retired is None else _number(retired),
    )


def _text(value: object) -> str:
    if not isinstance(value, str):
        raise TypeError(value)
    return value


def _number(value: object) -> int:
    if not isinstance(value, int) or isinstance(value, bool):
        raise TypeError(value)
    return value


def published(ledger: Ledger, deck: Deck, notetypes: tuple[tuple[str, int], ...]) -> Ledger:
    """The ledger with the deck's name as it is published now."""
    return replace(ledger, id=deck.id, title=deck.title, slug=deck.slug, notetypes=notetypes)
