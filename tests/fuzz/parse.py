"""Any text is a note: it is parsed, to the same twice, all places lie in it, and its words come out again."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

from fuzz.pieces import NOTE as PIECES
from interview_helper.cards import cards
from interview_helper.model import Library, Source
from interview_helper.parse import parse
from remains import blocks, heard, kept, spans, strays

__all__ = ["MODULES", "PIECES", "holds", "seeds"]

MODULES = [
    "parse",
    "notation",
    "outline",
    "blocks",
    "navigation",
    "fragments",
    "elements",
    "comments",
    "places",
    "cards",
    "neutral",
    "frontmatter",
]


def seeds() -> Iterator[bytes]:
    """The notes of the tests."""
    for note in sorted(Path(__file__).parents[1].glob("notes/*.md")):
        yield note.read_bytes()


def holds(data: bytes) -> bool:
    """True; raises where what is promised of any note does not hold. Maths is on where the text has a dollar and an even number of characters."""
    # As `project` reads it.
    text = data.decode("utf-8", "replace").removeprefix("\ufeff")
    text = text.replace("\r\n", "\n").replace("\r", "\n").replace("\0", "\N{REPLACEMENT CHARACTER}")
    maths = "$" in text and len(text) % 2 == 0
    found = parse(Source("note.md", text), maths=maths)
    assert found == parse(Source("note.md", text), maths=maths)
    assert not strays(text, spans(found))
    everything = kept(found)
    everything.encode()  # no half characters
    lost = {word for word in re.findall("w[a-j]{3,}", text) if word not in everything}
    assert not lost, lost
    for block in blocks(found):
        # In the same order, too, except for what a broken table drives out of itself (`tests/property`).
        assert sorted("".join(heard(block.html))) == sorted("".join(re.findall(r"\w+", block.text))), block
    for card in cards(Library((found.document,), {}))[0]:
        assert card.question_text or card.heading
        assert not strays(text, [card.span])
    return True
