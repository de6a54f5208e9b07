"""What a person would write in ten minutes: markdown-it-py and genanki, no model, no checks, no identity.

    python benchmarks/bare_deck.py NOTE.md DECK.apkg

The measure for a deck build: the same cards by the same two libraries and nothing else.
"""

from __future__ import annotations

import sys
from pathlib import Path

import genanki
from markdown_it import MarkdownIt


def main(note: str, deck_file: str) -> None:
    """Write a deck with a card for each heading of level 2."""
    markdown = MarkdownIt()
    tokens = markdown.parse(Path(note).read_text(encoding="utf-8"))
    model = genanki.Model(
        1_607_392_319,
        "Bare",
        fields=[{"name": "Question"}, {"name": "Answer"}],
        templates=[{"name": "Card", "qfmt": "{{Question}}", "afmt": "{{FrontSide}}<hr id=answer>{{Answer}}"}],
    )
    deck = genanki.Deck(2_059_400_110, "Bare")
    starts = [i for i, token in enumerate(tokens) if token.type == "heading_open" and token.tag == "h2"]
    for start, end in zip(starts, [*starts[1:], len(tokens)], strict=True):
        question = markdown.renderer.render([tokens[start + 1]], markdown.options, {})
        answer = markdown.renderer.render(tokens[start + 3 : end], markdown.options, {})
        deck.add_note(genanki.Note(model=model, fields=[question, answer]))
    genanki.Package(deck).write_to_file(deck_file)


if __name__ == "__main__":
    main(*sys.argv[1:])
