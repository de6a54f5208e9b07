"""Library to cards, in the order of the notes, and what is wrong with them. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from typing import TypeGuard

from interview_helper import neutral
from interview_helper.diagnostics import Diagnostic
from interview_helper.model import Block, Card, Code, Kind, Library, Media, Prose, Section

_BLANKS = 500  # Anki's own bound
# A prompt of the interactive interpreter, with what stands in front of it.
_PROMPT = re.compile(r"([ \t]*)(>>>|\.\.\.(?![^ ]))")


def cards(library: Library) -> tuple[tuple[Card, ...], tuple[Diagnostic, ...]]:
    """Every card of the notes, and the diagnostics of their kinds, places and explicit ids."""
    found: list[Card] = []
    diagnostics: list[Diagnostic] = []
    for document in library.documents:
        for section in sections(document.topics):
            if section.is_card and section.title.text:
                card, problem = _card(section, library.media)
                found.append(card)
                diagnostics += problem
    diagnostics += _twins(found)
    return tuple(found), tuple(diagnostics)


def sections(roots: Iterable[Section]) -> Iterator[Section]:
    """The sections and all below them, in the order of the notes."""
    for section in roots:
        yield section
        yield from sections(section.sections)


def marks(card: Card) -> list[tuple[str, str]]:
    """The marks of a card in order, heading, question, answer: group (`c2`, or empty) and words."""
    return [mark for block in (card.heading, *card.question, *card.answer) for mark in neutral.marks(block.html)]


def typed(session: str) -> str:
    """A session of the interactive interpreter without what it prints."""
    lines = _typed_lines(session)
    return "\n".join(line for i, line in enumerate(session.split("\n")) if i in lines)


def _card(section: Section, media: Mapping[str, Media]) -> tuple[Card, list[Diagnostic]]:
    blocks = (section.title, *section.question, *section.answer)
    addresses = [address for block in blocks for address in neutral.pictures(block.html)]
    card = Card(
        kind=section.kind,
        chosen=section.chosen,
        trail=section.trail,
        heading=section.title,
        question=section.question,
        answer=section.answer,
        source=section.source,
        tags=section.tags,
        pin=section.pin,
        span=section.span,
        pictures=tuple(media[address].name for address in addresses if address in media),
    )
    if card.kind is Kind.OUTPUT:
        split = _asked(card)
        if split is None:
            message = f"{card.heading.text!r} has no code with its output"
            return replace(card, kind=Kind.BASIC), [Diagnostic("N007", card.span, message, _remedy(card))]
        return split, []
    blanks = len(marks(card)) if card.kind is Kind.CLOZE else 0
    if blanks > _BLANKS:
        message = f"{card.heading.text!r} has {blanks} blanks, and Anki takes no more than {_BLANKS} of one card"
        problem = Diagnostic("N008", card.span, message, "split it into several questions")
        return replace(card, kind=Kind.BASIC), [problem]
    if card.kind is Kind.CLOZE and not blanks:
        problem = Diagnostic(
            "N008", card.span, f"{card.heading.text!r} has no blank", "write ==…== around the words to blank"
        )
        return replace(card, kind=Kind.BASIC), [problem]
    if card.kind is Kind.CLOZE and card.question and any(neutral.marks(block.html) for block in card.answer):
        message = f"the comment 'answer' has no effect on {card.heading.text!r}: a blank stands behind it"
        hint = "take the == behind it away, or <!-- answer -->"
        return card, [Diagnostic("M003", card.span, message, hint)]
    return card, []


def _asked(card: Card) -> Card | None:
    """An output card with its code in the question and all output in the answer; None where no code has an output."""
    question, answer = card.question, card.answer
    # Code that ends the question, and its output as the first thing behind <!-- answer -->. What else is in the
    # question was put there: another example may be given.
    if _is_output(answer[0]) and question and _is_code(question[-1]):
        last = question[-1]
        if not _printed(last):
            return card
        return replace(card, question=(*question[:-1], _typed(last)), answer=(last, *answer))
    # An example in the question itself: <!-- answer --> stands below the output, which is no part of what is asked.
    if _pair(question) is not None:
        shown = [block for i, block in enumerate(question) if _is_output(block) or _printed(block)]
        asked = [_typed(block) for block in question if not _is_output(block)]
        return replace(card, question=tuple(asked), answer=(*shown, *answer))
    at = _pair(answer)
    if at is None:
        return None
    shown = [block for block in answer[:at] if _is_output(block)]
    asked = [block for block in answer[:at] if not _is_output(block)]
    code = answer[at]
    rest = answer[at:] if _printed(code) else answer[at + 1 :]
    return replace(card, question=(*question, *asked, _typed(code)), answer=(*shown, *rest))


def _pair(blocks: Sequence[Block]) -> int | None:
    """Which block is the first code that has its output: a fence below it, or in a session with it."""
    for i, block in enumerate(blocks):
        fenced = _is_code(block) and i + 1 < len(blocks) and _is_output(blocks[i + 1])
        if fenced or _printed(block):
            return i
    return None


def _is_output(block: Block) -> TypeGuard[Code]:
    return isinstance(block, Code) and block.language == "output"


def _is_code(block: Block) -> TypeGuard[Code]:
    return isinstance(block, Code) and block.language != "output"


def _printed(block: Block) -> bool:
    """Whether the block is a session with something that it prints."""
    if not isinstance(block, Code) or block.language != "pycon":
        return False
    lines, entered = block.text.split("\n"), _typed_lines(block.text)
    return bool(entered) and any(line.strip() for i, line in enumerate(lines) if i not in entered)


def _typed(block: Block) -> Block:
    """A session without what it prints; any other block as it is."""
    if not _printed(block):
        return block
    assert isinstance(block, Code)
    text = typed(block.text)
    marked = f"```{block.info}\n{text}\n```"
    return replace(block, text=text, html=neutral.code(block.language, text), marked=marked)


def _typed_lines(session: str) -> frozenset[int]:
    """The lines of a session that were typed in, as doctest reads it: `...` continues only what stands right above."""
    entered: set[int] = set()
    first: str | None = None
    for i, line in enumerate(session.split("\n")):
        match = _PROMPT.match(line)
        if match is None or (first is not None and match[1] != first):
            continue
        if match[2] == ">>>" or i - 1 in entered:
            first = match[1]
            entered.add(i)
    return frozenset(entered)


def _remedy(card: Card) -> str:
    """What to type so that the code has its output."""
    blocks = (*card.question, *card.answer)
    codes = [block for block in blocks if _is_code(block)]
    if any(block.language == "pycon" for block in codes):
        session = next(block for block in codes if block.language == "pycon")
        if _typed_lines(session.text):
            return "write what it prints below its >>> lines"
        return "write >>> in front of what is typed in"
    if any(_typed_lines(block.text) for block in codes):
        return "name the fence with the >>> lines ```pycon"
    if any('<pre><code class="language-output">' in block.html for block in blocks if isinstance(block, Prose)):
        return "put both fences outside the list, quote or element"
    if codes and any(map(_is_output, blocks)):
        return "put the ```output fence right below the code, other text below it"
    return "write a ```output fence right below the code"


def _twins(found: list[Card]) -> Iterator[Diagnostic]:
    places: dict[tuple[str, ...], Card] = {}
    pins: dict[str, Card] = {}
    for card in found:
        first = places.setdefault(card.place, card)
        if first is not card:
            where = f"{first.span.path}:{first.span.line}"
            yield Diagnostic(
                "I001", card.span, f"{card.heading.text!r} is also asked at {where}", "word one of them differently"
            )
        if card.pin:
            first = pins.setdefault(card.pin.id, card)
            if first is not card and first.pin:
                where = f"{first.pin.span.path}:{first.pin.span.line}"
                yield Diagnostic(
                    "I002",
                    card.pin.span,
                    f"the id {card.pin.id!r} is also at {where}",
                    "change one of the two <!-- id: … -->",
                )
