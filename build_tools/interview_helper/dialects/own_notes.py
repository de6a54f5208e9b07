"""Notes of our own note types back to the cards that they were built from. Pure."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import replace

from interview_helper.cards import typed
from interview_helper.dialects import blanks
from interview_helper.dialects.anki_notes import Made, Pictures
from interview_helper.dialects.nouns import Card
from interview_helper.model import Kind
from interview_helper.outputs import anki

_HEADING = re.compile(r'<div class="heading">(.*?)</div>', re.DOTALL)
_FENCE = re.compile(r"(?:^|\n\n)(`{3,})([^\n]*)\n(.*?)\n\1", re.DOTALL)


def made(fields: Mapping[str, str], pictures: Pictures) -> Made:
    """The card of a note with these fields."""
    from interview_helper.dialects import markup

    cloze = "Text" in fields
    asked, answer = fields["Text" if cloze else "Question"], fields["Answer"]
    # Of the field behind it, Anki makes no blanks.
    asked = blanks.marked(asked) if cloze else asked
    groups = blanks.grouped(markup.numbers(asked))
    match = _HEADING.match(asked)
    title, below = (match[1], asked[match.end() :]) if match else ("", asked)
    heading = markup.heading(title, groups, pictures.place, own=True)
    question = markup.blocks(below, groups, pictures.place, own=True)
    said = markup.blocks(answer, groups, pictures.place, own=True)
    kind = Kind.CLOZE if cloze else Kind.REVERSED if fields.get("Reverse") else Kind.BASIC
    card = Card(question.markdown, said.markdown, heading.markdown, kind=kind, source=markup.words(fields["Source"]))
    if cloze and not said.markdown:
        card = replace(card, question="", answer=question.markdown)
    elif kind is Kind.BASIC:
        card = _with_output(card)
    parts = (heading, question, said)
    return Made(card, tuple(lost for part in parts for lost in part.lost), any(part.maths for part in parts))


def trail(html: str) -> tuple[str, ...]:
    """The headings over a card, of the field that holds them."""
    return tuple(map(plain, anki.headings(html)))


def plain(html: str) -> str:
    """The words of a heading in a trail."""
    from interview_helper.dialects import markup

    return markup.words(html)


def _with_output(card: Card) -> Card:
    """An output card, where code ends the question and what it prints opens the answer."""
    asked = list(_FENCE.finditer(card.question))
    printed = _FENCE.match(card.answer)
    if not asked or printed is None or asked[-1].end() != len(card.question):
        return card
    code = asked[-1]
    if printed[2] == "output":
        body, rest = f"{code[0].strip()}\n\n{printed[0].strip()}", card.answer[printed.end() :]
    elif printed[2] == code[2] == "pycon" and typed(printed[3]) == code[3] != printed[3]:
        body, rest = printed[0].strip(), card.answer[printed.end() :]
    else:
        return card
    before = card.question[: code.start()].strip("\n")
    body += rest
    if not _FENCE.search(before):
        return replace(card, kind=Kind.OUTPUT, question="", answer="\n\n".join(filter(None, (before, body))))
    return replace(card, kind=Kind.OUTPUT, question=before, answer=body)
