"""Any text may stand between the lines of front matter: what it says is fit for Anki, what is wrong has its place."""

from __future__ import annotations

import re
from collections.abc import Iterator

from fuzz.pieces import FRONT as PIECES
from interview_helper.model import Source
from interview_helper.parse import parse
from remains import kept, sections, spans, strays

__all__ = ["MODULES", "PIECES", "holds", "seeds"]

MODULES = ["frontmatter", "places"]


def seeds() -> Iterator[bytes]:
    """Front matter as people write it, and each piece alone."""
    yield b"title: Iterators\ntags: [core, naming]\nonly: deck\n"
    yield b"aliases:\n  - a\ntags:\n  - core\n  - naming\ncssclass: wide\n"
    yield b'title: "a: b"\ntags: core naming # two\n'
    yield from (piece.encode() for piece in PIECES)


def holds(data: bytes) -> bool:
    """True; raises where what is promised of a note with this front matter does not hold."""
    content = data.decode("utf-8", "replace").replace("\r\n", "\n").replace("\r", "\n").replace("\0", "\ufffd")
    # Without an H1 the title of front matter is that of the topic.
    text = f"---\n{content}\n---\n" + ("# T\n" if len(content) % 2 else "") + "\n## Q\n\nwabc\n"
    found = parse(Source("note.md", text))
    assert found == parse(Source("note.md", text))
    assert not strays(text, spans(found))
    assert "wabc" in kept(found)
    for section in sections(found):
        section.title.text.encode()
        for tag in section.tags:
            tag.encode()
            assert tag
            assert not re.search(r"[\s\"'\x00-\x1f]", tag), tag
    front = [skipped for skipped in found.document.skipped if skipped.why == "front matter"]
    if front and front[0].text.strip() == content.strip() and found.document.topics[0].level == 0:
        assert not re.search(r"[\x00-\x08\x0e-\x1f\x7f]", found.document.topics[0].title.text)
    for diagnostic in found.diagnostics:
        diagnostic.message.encode()
        diagnostic.hint.encode()
    return True
