"""What the page layout remarked, as diagnostics at the places in the notes that it is about. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from urllib.parse import unquote

from interview_helper import neutral
from interview_helper.diagnostics import Diagnostic, ordered
from interview_helper.model import Block, Build, Document, Only, Section, Span
from interview_helper.outputs.sheet.record import Noted

_NOWHERE = Span(".", 1, 1, 1, 1)
_SHORTER = "break it, or give the sheet fewer columns"
_NAMED = 8  # characters that a message names; a note in another script has hundreds


def placed(remarks: Iterable[tuple[Section | None, Iterable[Noted]]], build: Build) -> tuple[Diagnostic, ...]:
    """All remarks, by the topic that they are on, as diagnostics: the missing characters once a note, others each once."""
    sources = {document.source.path: document.source.text.split("\n") for document in build.library.documents}
    lacking: set[str] = set()
    found: list[Diagnostic] = []
    for topic, noted in remarks:
        blocks = list(_blocks(topic, titles=False)) if topic else []
        for each in noted:
            if each.code == "P001":
                lacking.add(each.about)
            elif each.code == "P002":
                found.append(Diagnostic("P002", _showing(each.about, build), each.words))
            else:
                number, _, line = each.about.partition(" ")
                span = _of_line(line, blocks[int(number) - 1].span, sources)
                found.append(Diagnostic("P004", span, f"this line is wrapped on the sheet: {each.words}", _SHORTER))
    return ordered((*found, *(_lacking(lacking, build) if lacking else ())))


def _of_line(line: str, span: Span, sources: Mapping[str, list[str]]) -> Span:
    """The place of a line of code in a stretch of a note; the stretch where it is spelt otherwise there."""
    rows = sources[span.path]
    for number in range(span.line, min(span.end_line, len(rows)) + 1):
        row = rows[number - 1]
        if row.expandtabs(4).endswith(line):
            return Span(span.path, number, len(row) - len(row.lstrip()) + 1, number, len(row) + 1)
    return span


def _lacking(characters: set[str], build: Build) -> Iterator[Diagnostic]:
    """A diagnostic a note that holds some of `characters`, at the first of them; what no note holds is nowhere."""
    left = set(characters)
    for document in build.library.documents:
        here: dict[str, Span] = {}
        for block in _printed(document):
            for character in dict.fromkeys(block.text):
                if character in characters and character not in here:
                    here[character] = _at(character, block.span, document)
        if here:
            left -= here.keys()
            yield _without_a_glyph(list(here), min(here.values()))
    if left:
        yield _without_a_glyph(sorted(left), _NOWHERE)


def _without_a_glyph(characters: list[str], span: Span) -> Diagnostic:
    named = ", ".join(f"{each!r} (U+{ord(each):04X})" for each in characters[:_NAMED])
    more = len(characters) - _NAMED
    named += f" and {more} more" if more > 0 else ""
    return Diagnostic("P001", span, f"no font of the sheet has {named}", "write it in words, or show it in a picture")


def _at(character: str, span: Span, document: Document) -> Span:
    """The place of a character in a stretch of a note; the stretch where it is spelt otherwise there."""
    lines = document.source.text.split("\n")
    for number in range(span.line, span.end_line + 1):
        if number > len(lines):
            break
        column = lines[number - 1].find(character, span.column - 1 if number == span.line else 0) + 1
        if column:
            return Span(span.path, number, column, number, column + 1)
    return span


def _showing(address: str, build: Build) -> Span:
    """The first block that shows the picture at `address`, or the drawing that names it."""
    if not address:
        return _NOWHERE
    name = unquote(address.removeprefix("media:"))
    wanted = {
        key
        for key, media in build.library.media.items()
        if media.name == name or (media.type == "image/svg+xml" and address.encode() in media.data)
    }
    blocks = (block for document in build.library.documents for block in _printed(document))
    return next((b.span for b in blocks if wanted.intersection(neutral.pictures(b.html))), _NOWHERE)


def _printed(document: Document) -> Iterator[Block]:
    """The titles and blocks of a note that stand on the sheet, in order."""
    for topic in document.topics:
        yield from _blocks(topic)


def _blocks(section: Section, *, titles: bool = True) -> Iterator[Block]:
    if section.only is Only.DECK:
        return
    yield from (section.title,) if titles else ()
    yield from (*section.question, *section.answer)
    for below in section.sections:
        yield from _blocks(below, titles=titles)
