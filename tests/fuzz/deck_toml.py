"""Any bytes may be a `deck.toml`: what is wrong is told at its place, and what is left is fit to build with."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from fuzz.pieces import TOML as PIECES
from interview_helper.config import CONFIG, configured, unfit
from interview_helper.model import Source
from interview_helper.parse import parse, slug_of
from remains import strays

__all__ = ["MODULES", "PIECES", "holds", "seeds"]

MODULES = ["config", "selection"]

_DOCUMENTS = (parse(Source("a.md", "# T\n<!-- tags: core -->\n\n## Q\n\na\n")).document,)


def seeds() -> Iterator[bytes]:
    """All keys at once, and each piece alone."""
    yield "\n".join(PIECES[:1] + PIECES[1:2] + PIECES[3:4]).encode()
    yield b'id = "a"\ntags = ["a"]\n\n[sheet]\ncolumns = 3\nsize = 8\n\n[[sheet.also]]\ntag = "core"\npages = 2\n'
    yield b'[flashcards]\nbuild = true\n\n[advice]\nlikeness = 0.9\n\n[spelling]\nlanguage = "en_US"\n'
    yield from (piece.encode() for piece in PIECES)


def holds(data: bytes) -> bool:
    """Whether nothing is wrong with this `deck.toml`; raises where what is promised of a folder with it does not hold."""
    config, problems = configured(data)
    assert (config, problems) == configured(data)
    text = data.decode("utf-8", "replace").removeprefix("\ufeff")
    if b"\r" not in data:
        # Its places are those of the end of what can be read, or one sign behind the end of a line.
        spans = [each.span for each in problems]
        assert not strays("\n".join(row + " " for row in text.split("\n")), spans), spans
    for each in problems:
        assert (each.code, each.span.path) == ("C001", CONFIG)
        f"{each.message}{each.hint}".encode()
    if problems:
        return False
    for words in (config.id, config.title, config.slug, config.author, *config.tags, *config.ignore):
        words.encode()
    assert config.slug in ("", slug_of(config.slug))
    for layout in (config.layout, *(each.layout for each in config.also)):
        assert layout.columns in (1, 2, 3, 4)
        assert 5 <= layout.size <= 20
        assert layout.pages is None or layout.pages >= 1
    told = list(unfit(config, _DOCUMENTS))
    assert told == list(unfit(replace(config), _DOCUMENTS))
    for each in (each.name or each.selection.name(_DOCUMENTS) for each in config.also if not told):
        assert each == slug_of(each), each
    return True
