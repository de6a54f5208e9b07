"""Cards to notes in our notation, which say just these cards when they are parsed. Pure."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field, replace

from interview_helper.dialects import literal, reading
from interview_helper.dialects.nouns import Card
from interview_helper.model import Kind
from interview_helper.parse import fit_tag, slug_of

_DEEPEST = 6
# What opens a block that is no words: these can't be a heading.
_NO_WORDS = re.compile(
    r"```|~~~|>|[-+*] |[0-9]{1,9}[.)] |\||\$\$|#{1,6}(?:\s|$)|-{3,}\s*$"
    r"|<(?:pre|table|details|dl|figure|h[1-6]|div|p|center)\b"
)
_PICTURES_ALONE = re.compile(r"(?:!\[[^\]]*\]\((?:<[^>]*>|[^)]*)\)\s*)+")
_MARK = re.compile(
    r"(?P<code>(?P<ticks>`+)[^`]+?(?P=ticks)(?!`))"
    r"|(?:==(?:c[0-9]+:)?(?:(?!==).)+?==|<mark>.+?</mark>)(?:<!-- hint: .*? -->)?",
    re.DOTALL,
)
_BREAK = re.compile(r"(?<!\\)((?:\\\\)*)\\$")  # a last backslash that none before it escapes
_WORDS_OF_HEADING = 12


@dataclass(slots=True)
class _Heading:
    """A heading: its words, its Markdown, its card if it asks something, and the headings below."""

    words: str
    markdown: str
    card: Card | None = None
    below: list[_Heading] = field(default_factory=list)
    known: dict[str, _Heading] = field(default_factory=dict)  # the last below with these words
    made: Counter[str] = field(default_factory=Counter)  # headings of our own making, how often

    def add(self, heading: _Heading) -> _Heading:
        """Put a heading below."""
        self.below.append(heading)
        self.known[heading.words] = heading
        return heading


def notes(cards: Iterable[Card]) -> dict[str, str]:
    """The notes that hold the cards, by the names of their files: one for each topic, or as the cards say."""
    files: dict[str, _Heading] = {}
    names: dict[str, str] = {}
    for card in cards:
        topic = card.trail[0] if card.trail else reading.squeezed(card.heading) or "notes"
        name = card.file or names.get(topic) or names.setdefault(topic, _name(topic, names.values()))
        _insert(files.setdefault(name, _Heading("", "")), card)
    return {name: _text(root) for name, root in files.items()}


def _name(topic: str, taken: Iterable[str]) -> str:
    """A file's name made of a topic's."""
    stem = slug_of(re.sub(r"[\s/\\:]+", "-", topic))[:80].strip("-") or "notes"
    # Files that are named so are no notes.
    stem = f"{stem}-cards" if stem in ("readme", "changelog", "contributing", "license") else stem
    folded = {each.casefold() for each in taken}
    number = 1
    while f"{stem}{'' if number == 1 else f'-{number}'}.md".casefold() in folded:
        number += 1
    return f"{stem}{'' if number == 1 else f'-{number}'}.md"


def _insert(root: _Heading, card: Card) -> None:
    """Put a card below the headings of its trail."""
    at = root
    for words in card.trail:
        squeezed = reading.squeezed(words)
        found = at.known.get(squeezed)
        # What a card has as tags, all below it has too.
        if found is None or (found.card and not set(found.card.tags) <= set(card.tags)):
            found = at.add(_Heading(squeezed, literal.line(words)))
        at = found
    card = _headed(card, at)
    said = reading.of_heading(card.heading)
    words = said.words if said else reading.squeezed(card.heading)
    group = at.known.get(words)
    if group and not group.card and card.kind is not Kind.CLOZE and set(card.tags) <= _shared(group):
        group.card, group.markdown = card, card.heading
    else:
        at.add(_Heading(words, card.heading, card))


def _headed(card: Card, above: _Heading) -> Card:
    """The card with a heading, made of its question where it has none."""
    if card.heading:
        return card
    if card.kind is Kind.CLOZE:
        return replace(card, heading=_distinct(_elided(card.question or card.answer), above))
    first, _, rest = card.question.strip().partition("\n\n")
    lines = first.split("\n")
    if first and not _NO_WORDS.match(first) and not _PICTURES_ALONE.fullmatch(first):
        broken = next((i for i, each in enumerate(lines) if _BREAK.search(each)), len(lines) - 1)
        above_break = [*lines[:broken], _BREAK.sub(r"\1", lines[broken])]
        heading = " ".join(each.strip() for each in above_break)
        left = "\n".join(lines[broken + 1 :])
        # A number opens no list in a heading.
        made = re.sub(r"(?:^|(?<= ))(#+)$", r"\\\1", re.sub(r"^([0-9]+)\\(?=[.)])", r"\1", heading))
        said, wanted = reading.of_heading(made), reading.of_blocks("\n".join(above_break))
        if said and wanted and said.blanks == wanted.blanks and literal.is_said(wanted.words, said.words):
            return replace(card, heading=made, question="\n\n".join(filter(None, (left, rest.strip()))))
    return replace(card, heading=_distinct(literal.line(card.trail[-1] if card.trail else "?"), above))


def _elided(markdown: str) -> str:
    """A heading for a text with blanks: its first words, an ellipsis for each blank."""
    first = markdown.strip().split("\n\n")[0]
    if _NO_WORDS.match(first):
        return "…"
    words = re.sub(r"\\\n|\n", " ", _MARK.sub(lambda match: match["code"] or "…", first)).split()
    made = " ".join(words[:_WORDS_OF_HEADING]) + (" …" if len(words) > _WORDS_OF_HEADING else "")
    said, wanted = reading.of_heading(made), reading.of_blocks(made)
    if said and wanted and not said.blanks and said.words == wanted.words:
        return made
    return literal.line(" ".join((reading.of_blocks(" ".join(words)) or reading.Reading("…")).words.split())[:80])


def _distinct(heading: str, above: _Heading) -> str:
    """A heading of our own making, with a number behind it from the second on."""
    above.made[heading] += 1
    number = above.made[heading]
    return heading if number == 1 else f"{heading} ({number})"


def _text(root: _Heading) -> str:
    return "\n".join(_lines(root, 0, frozenset())).strip("\n") + "\n"


def _lines(heading: _Heading, level: int, tagged: frozenset[str]) -> Iterable[str]:
    if level:
        yield from ("", f"{'#' * min(level, _DEEPEST)} {heading.markdown}")
        # They hold for all below: where a card has headings below it, its own.
        mine = (set(heading.card.tags) if heading.card else _shared(heading)) - tagged
        if heading.card and heading.card.kind is not Kind.BASIC:
            yield f"<!-- card: {heading.card.kind} -->"
        if mine:
            yield f"<!-- tags: {' '.join(sorted(mine))} -->"
        tagged |= mine
        if heading.card:
            yield from _said(heading.card)
    for each in heading.below:
        yield from _lines(each, level + 1, tagged)


def _shared(heading: _Heading) -> set[str]:
    """The tags that all cards of a heading and below have."""
    sets = [set(card.tags) for card in _cards(heading)]
    return set.intersection(*sets) if sets else set()


def _cards(heading: _Heading) -> Iterable[Card]:
    if heading.card:
        yield heading.card
    for each in heading.below:
        yield from _cards(each)


def _said(card: Card) -> Iterable[str]:
    """What stands below the heading of a card."""
    if card.source:
        yield f"<!-- source: {card.source.replace('-->', '-- >')} -->"
    if card.id:
        yield f"<!-- id: {card.id} -->"
    if card.question.strip():
        yield from ("", card.question.strip("\n"), "", "<!-- answer -->")
    if card.answer.strip():
        yield from ("", card.answer.strip("\n"))


def below(markdown: str) -> str:
    """Markdown of others as it stays below its heading: headings of its own are bold words."""
    if reading.of_blocks(markdown) is not None:
        return markdown
    made: list[str] = []
    inside = ""
    for line in markdown.split("\n"):
        fence = re.match(r"[ \t]*(`{3,}|~{3,})", line)
        if fence and not inside:
            inside = fence[1]
        elif inside:
            inside = "" if fence and line.strip().startswith(inside) else inside
        elif heading := re.fullmatch(r" {0,3}#{1,6}(?:[ \t]+(.*?))?(?:[ \t]+#+)?[ \t]*", line):
            words = (heading[1] or "").replace("**", "").strip()
            made += ["", f"**{words}**", ""] if words else []
            continue
        elif re.fullmatch(r" {0,3}(?:-+|=+)[ \t]*", line) and made and made[-1].strip():
            made += ["", "---" if "-" in line else f"\\{line.strip()}"]
            continue
        made.append(line)
    return re.sub(r"\n{3,}", "\n\n", "\n".join(made)).strip("\n")


def destination(address: str) -> str:
    """An address as a link of Markdown takes it."""
    return f"<{address}>" if re.search(r"[\s()]", address) and not re.search(r"[<>\n]", address) else address


def tags(written: Iterable[str]) -> tuple[str, ...]:
    """Tags as our notation takes them."""
    fit = (fit_tag(each.strip().lstrip("#").replace(",", "-")) for each in written)
    return tuple(dict.fromkeys(filter(None, fit)))
