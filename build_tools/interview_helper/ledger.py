"""The ledger: a deck's cards as last published, as values and as the text of `deck.lock`. Pure.

JSON Lines: the deck first, then a card a line, sorted by id. The format is frozen: a release that needs another
raises `FORMAT` and adds the step from the one before to `_STEPS`, so that every lock ever written is read.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from dataclasses import dataclass, fields, replace

from interview_helper.model import Deck, Kind, Tombstone

FORMAT = 2
LARGEST = 100_000_000  # bytes, what 100,000 cards have

LAST = 2**53 - 1  # the largest number that every reader of JSON knows

# What helps against a lock of a newer version; against other damage only another lock helps.
UPDATE = "update this program"


class BrokenLedger(Exception):
    """The lock can't be read: the 1-based line, what is wrong, and what to do, or nothing where only another one helps."""

    def __init__(self, line: int, what: str, remedy: str = "") -> None:
        super().__init__(f"line {line}: {what}")
        self.line, self.what, self.remedy = line, what, remedy


@dataclass(frozen=True, slots=True)
class Line:
    """A card as last published.

    `id` is the guid of its note in Anki, `pin` the name that the notes gave it, or empty. Its place is `file`, `trail`
    and `after`, the id of the card before it in the file (empty for the first). `question` and `answer` are plain
    text. `blanks` are all blanks it ever had, with their numbers. `changed` is the second since 1970 when its meaning
    last changed, `retired` the second it went, or None.
    """

    id: str
    pin: str
    kind: Kind
    file: str
    after: str
    trail: tuple[str, ...]
    question: str
    answer: str
    blanks: tuple[tuple[str, int], ...]
    fingerprint: str
    changed: int
    retired: int | None

    @property
    def tombstone(self) -> Tombstone:
        """What the package goes on shipping of a card that is gone."""
        return Tombstone(self.id, self.kind, self.trail, self.question, self.changed, self.blanks)


@dataclass(frozen=True, slots=True)
class Ledger:
    """The deck and its cards as last published. An empty title and slug mean that nothing was published yet."""

    id: str = ""
    title: str = ""
    slug: str = ""
    notetypes: tuple[tuple[str, int], ...] = ()
    lines: tuple[Line, ...] = ()


def published(ledger: Ledger, deck: Deck, notetypes: tuple[tuple[str, int], ...]) -> Ledger:
    """The ledger with the deck's name and its note types' versions as they are published now."""
    return replace(ledger, id=deck.id, title=deck.title, slug=deck.slug, notetypes=notetypes)


_FIELDS = tuple(field.name for field in fields(Line))


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
    """The ledger of a `deck.lock`, and how many lines were folded because they held one card, or the deck, twice.

    Lines end with a line feed, with or without a carriage return; empty ones are skipped. Raises BrokenLedger for what
    is no lock, is cut short, or comes from a newer version.
    """
    if not text.strip():
        raise BrokenLedger(1, "the file is empty")
    headers: list[Ledger] = []
    lines: dict[str, Line] = {}
    folded = 0
    rows = text.replace("\r\n", "\n").split("\n")
    for number, row in enumerate(rows, 1):
        if not row.strip():
            continue
        if row.startswith(_MARKERS):
            raise BrokenLedger(
                number, "a merge was left unfinished here", "delete the marker lines, keep all others, and build again"
            )
        try:
            value = _DECODER.decode(row)
            if "format" in value:
                headers.append(_header(value, number))
                continue
            line = _line(value)
        except BrokenLedger:
            raise
        except (ValueError, KeyError, TypeError, AttributeError, RecursionError) as error:
            # What is whole ends with a line feed.
            what = "the file is cut short" if number == len(rows) else "this line is damaged"
            raise BrokenLedger(number, what) from error
        other = lines.get(line.id)
        folded += other is not None
        lines[line.id] = line if other is None else _folded(line, other)
    if not headers:
        raise BrokenLedger(1, "the line that names the deck is missing")
    ledger = replace(headers[0], lines=tuple(lines[guid] for guid in sorted(lines)))
    return ledger, folded + len(headers) - 1


_MARKERS = ("<<<<<<<", "=======", ">>>>>>>", "|||||||")


def _once(pairs: list[tuple[str, object]]) -> dict[str, object]:
    """An object whose keys stand once: of two, nobody knows which one was meant."""
    found = dict(pairs)
    if len(found) != len(pairs):
        raise ValueError(pairs)
    return found


_DECODER = json.JSONDecoder(object_pairs_hook=_once)


def _folded(line: Line, other: Line) -> Line:
    """One line of two that hold the same card: the newer one, live before retired, with the blanks and name of both.

    Where both branches gave one number to different blanks, the newer line's blank keeps it. Where both published the
    card in the same second and not alike, it counts as changed, because one of the two is out there under that second.
    """
    older, newer = sorted(
        (line, other), key=lambda x: (x.changed, x.retired is None, x.fingerprint, x.pin, x.file, x.after)
    )
    numbers = {number for _, number in newer.blanks}
    kept = tuple((words, number) for words, number in older.blanks if number not in numbers)
    torn = older.changed == newer.changed and older.fingerprint != newer.fingerprint
    return replace(
        newer,
        pin=newer.pin or older.pin,
        blanks=(*newer.blanks, *kept),
        fingerprint="" if torn else newer.fingerprint,
    )


def _header(value: dict[str, object], number: int) -> Ledger:
    if _number(value["format"]) > FORMAT:
        raise BrokenLedger(number, "it was written by a newer version", UPDATE)
    notetypes = value["notetypes"]
    if not isinstance(notetypes, dict):
        raise TypeError(notetypes)
    slug = _text(value["slug"])
    # Files are called so, which must not lead into another folder, and tags, which have no space.
    if _NO_NAME.search(slug):
        raise ValueError(slug)
    return Ledger(
        _text(value["id"]),
        _text(value["title"]),
        slug,
        tuple((_text(name), _number(version)) for name, version in notetypes.items()),
    )


_NO_NAME = re.compile(r"""^\.|[ /\\:*?"<>|\x00-\x1f\x7f]""")


def _line(value: dict[str, object]) -> Line:
    for step in _STEPS:
        step(value)
    trail, blanks, retired = value["trail"], value["blanks"], value["retired"]
    if not isinstance(trail, list) or not isinstance(blanks, list):
        raise TypeError(trail)
    return Line(
        id=_text(value["id"]),
        pin=_text(value["pin"]),
        kind=Kind(_text(value["kind"])),
        file=_text(value["file"]),
        after=_text(value["after"]),
        trail=tuple(_text(heading) for heading in trail),
        question=_text(value["question"]),
        answer=_text(value["answer"]),
        blanks=tuple((_text(words), _number(number)) for words, number in blanks),
        fingerprint=_text(value["fingerprint"]),
        changed=_number(value["changed"]),
        retired=None if retired is None else _number(retired),
    )


def _to_2(value: dict[str, object]) -> None:
    """Format 1 knew neither names that the notes give nor the order of the cards."""
    value.setdefault("pin", "")
    value.setdefault("after", "")


# A step takes a line of the format before and leaves one of the current format alone: git's union of two branches may
# leave lines of two formats in one file.
_STEPS: tuple[Callable[[dict[str, object]], None], ...] = (_to_2,)


def _text(value: object) -> str:
    if not isinstance(value, str):
        raise TypeError(value)
    if not value.isascii():
        value.encode()  # JSON can spell half a character, which no file can hold
    return value


def _number(value: object) -> int:
    """A number of seconds, of a blank, or of a version: what Anki and SQLite can hold as well."""
    if not isinstance(value, int) or isinstance(value, bool):
        raise TypeError(value)
    if not 0 <= value <= LAST:
        raise ValueError(value)
    return value
