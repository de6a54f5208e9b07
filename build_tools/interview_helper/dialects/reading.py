"""Markdown to what a reader gets of it: its words and its blanks, white space aside. Pure.

Whatever is imported is read back so: what was written must say what the original said.
"""

from __future__ import annotations

from dataclasses import dataclass

from interview_helper import neutral
from interview_helper.model import Block, Section, Source
from interview_helper.parse import parse


@dataclass(frozen=True, slots=True)
class Reading:
    """The words, and the blanks in order: the group, or nothing, and the words of each."""

    words: str
    blanks: tuple[tuple[str, str], ...] = ()


def squeezed(words: str) -> str:
    """The words without their white space."""
    return "".join(words.split())


def of_blocks(markdown: str) -> Reading | None:
    """What blocks below a heading say; None where they would not stay below it."""
    section = _only(f"# T\n\n## Q\n\n{markdown}\n")
    return _reading((*section.question, *section.answer)) if section else None


def of_heading(markdown: str) -> Reading | None:
    """What a heading says; None where it would be none."""
    section = _only(f"# T\n\n## {markdown}\n\nx\n")
    return _reading((section.title,)) if section and len(section.answer) == 1 else None


def _only(text: str) -> Section | None:
    topics = parse(Source("read.md", text), maths=True).document.topics
    if len(topics) != 1 or topics[0].answer or len(topics[0].sections) != 1 or topics[0].sections[0].sections:
        return None
    return topics[0].sections[0]


def _reading(blocks: tuple[Block, ...]) -> Reading:
    words = "".join(neutral.words(block.html) for block in blocks)
    blanks = (blank for block in blocks for blank in neutral.marks(block.html))
    return Reading(squeezed(words), tuple((group, squeezed(said)) for group, said in blanks))
