"""Any text may be a `deck.lock`: it is refused at its line, or read; and what is read is written and read again alike."""

from __future__ import annotations

from collections.abc import Iterator
from io import BytesIO
from pathlib import Path

from fuzz.pieces import LOCK as PIECES
from interview_helper import ledger
from interview_helper.cards import cards
from interview_helper.identity import assign
from interview_helper.ledger import BrokenLedger, Ledger
from interview_helper.model import Build, Deck, Library, Source
from interview_helper.outputs import anki
from interview_helper.parse import parse

__all__ = ["MODULES", "PIECES", "goes_on", "holds", "seeds"]

MODULES = ["ledger", "identity", "matching", "evidence", "pairing"]

_NOTE = """# T

## What is Q?

a

## Q

==a== and ==b==
<!-- id: x -->

## What does the GIL do?
<!-- card: cloze -->

It lets one ==thread== run.

## Reversed
<!-- card: reversed -->

a ==c2:b==
"""
_LIBRARY = Library((parse(Source("a.md", _NOTE)).document,), {})
_CARDS = cards(_LIBRARY)[0]


def seeds() -> Iterator[bytes]:
    """A lock of our own cards, those of the releases, and each piece alone."""
    yield ledger.written(goes_on(Ledger(slug="notes"))).encode()
    yield "\n".join([*PIECES[:1], *PIECES[2:3], ""]).encode()
    for lock in sorted(Path(__file__).parents[1].glob("releases/**/deck.lock")):
        yield b"".join(lock.read_bytes().splitlines(keepends=True)[:6])
    yield from (piece.encode() for piece in PIECES)


def holds(data: bytes) -> bool:
    """Whether this lock is read; raises where what is promised of a folder with it does not hold."""
    text = data.decode("utf-8", "replace")
    try:
        found, _ = ledger.read(text)
    except BrokenLedger as error:
        assert 1 <= error.line <= text.count("\n") + 1  # noqa: PT017  # the other way out has promises of its own
        assert error.what  # noqa: PT017
        return False
    assert ledger.read(ledger.written(found)) == (found, 0)
    goes_on(found)
    return True


def goes_on(before: Ledger) -> Ledger:
    """The ledger after a build of other notes, with all that is promised of a build over any ledger."""
    made = assign(_CARDS, before, 1_000)
    after = made.ledger
    text = ledger.written(after)
    text.encode()  # no half characters
    assert ledger.read(text) == (after, 0)
    ids = [card.id for card in made.cards]
    assert len(set(ids)) == len(ids) or made.clashes
    kept = {line.id for line in after.lines}
    assert kept >= {line.id for line in before.lines} | set(ids)
    if not made.clashes:
        again = assign(_CARDS, after, 2_000)
        assert again.ledger == after, "the same notes again change the ledger"
        deck = Deck("d", after.title or "T", after.slug or "notes", "", "en")
        package = anki.render(Build(deck, _LIBRARY, made.cards, made.tombstones, text))
        assert anki.known(BytesIO(package)) == after
    return after
