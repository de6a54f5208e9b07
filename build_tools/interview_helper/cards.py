"""Library to cards, in the order of the notes, and what is wrong with them. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace

from interview_helper import neutral
from interview_helper.diagnostics import Diagnostic
from interview_helper.model import Block, Card, Code, Kind, Library, Media, Section


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
            hint = "write a ```output fence right below the code"
            problem = Diagnostic("N007", card.span, f"{card.heading.text!r} has no code with its output", hint)
            return replace(card, kind=Kind.BASIC), [problem]
        return split, []
    if card.kind is Kind.CLOZE and not marks(card):
        problem = Diagnostic(
            "N008", card.span, f"{card.heading.text!r} has no blank", "write ==…== around the words to blank"
        )
        return replace(card, kind=Kind.BASIC), [problem]
    return card, []


def _asked(card: Card) -> Card | None:
    """An output card with its code moved to the question; None where there is no code with its output."""
    for i, block in enumerate(card.answer):
        if not isinstance(block, Code):
            continue
        after = card.answer[i + 1] if i + 1 < len(card.answer) else None
        if isinstance(after, Code) and after.language == "output":
            return replace(card, question=(*card.question, *card.answer[: i + 1]), answer=card.answer[i + 1 :])
        if block.language == "pycon":
            asked = (*card.question, *card.answer[:i], _prompts(block))
            return replace(card, question=asked, answer=card.answer[i:])
    # Code in the question and its output as the first thing behind <!-- answer -->.
    first = card.answer[0]
    before: Block | None = card.question[-1] if card.question else None
    if isinstance(first, Code) and first.language == "output" and isinstance(before, Code):
        return card
    return None


def _prompts(session: Code) -> Code:
    """A session without what it prints."""
    lines = [line for line in session.text.split("\n") if line.startswith((">>>", "..."))]
    text = "\n".join(lines)
    marked = f"```{session.info}\n{text}\n```"
    return replace(session, text=text, html=neutral.code(session.language, text), marked=marked)


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
