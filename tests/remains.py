"""What became of a note: its sections, blocks, words and places, and which places lie outside the text."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from html import unescape

from interview_helper.model import Block, Code, Section, Span
from interview_helper.parse import Parsed


def sections(found: Parsed) -> Iterator[Section]:
    def walk(section: Section) -> Iterator[Section]:
        yield section
        for below in section.sections:
            yield from walk(below)

    for topic in found.document.topics:
        yield from walk(topic)


def blocks(found: Parsed) -> Iterator[Block]:
    for section in sections(found):
        yield section.title
        yield from section.question
        yield from section.answer


def kept(found: Parsed) -> str:
    """Everything that became of a note, as one text."""
    parts = [skipped.text for skipped in found.document.skipped]
    parts += [d.message for d in found.diagnostics]
    parts += [name for name, _ in found.foreign_keys]
    parts += [link.written for link in (*found.document.links, *found.document.images)]
    for section in sections(found):
        parts += [section.source, *section.tags]
    for block in blocks(found):
        parts.append(f"{unescape(block.html)} {block.text}")
        parts += [block.info] if isinstance(block, Code) else []
    return "\n".join(parts)


def heard(html: str) -> list[str]:
    """The words of neutral HTML in order, those that stand for a picture included."""
    html = re.sub(r'<img[^>]*? alt="([^"]*)"[^>]*>', r" \1 ", html)
    return re.findall(r"\w+", unescape(re.sub(r"<[^>]*>", " ", html)))


def spans(found: Parsed) -> Iterator[Span]:
    document = found.document
    yield from (d.span for d in found.diagnostics)
    yield from (s.span for s in document.skipped)
    yield from (r.span for r in (*document.links, *document.images))
    yield from (span for _, span in found.foreign_keys)
    yield from (block.span for block in blocks(found))


def strays(text: str, places: Iterable[Span]) -> list[Span]:
    """The places that do not lie in a text whose lines end with a line feed."""
    lines = text.split("\n")
    return [
        span
        for span in places
        if not (
            (span.line, span.column) <= (span.end_line, span.end_column)
            and 1 <= span.line <= span.end_line <= len(lines)
            and 1 <= span.column <= len(lines[span.line - 1]) + 1
            and 1 <= span.end_column <= len(lines[span.end_line - 1]) + 1
        )
    ]
