"""Every card of the notes we ship, as the real Anki shows it, against the notes."""

from __future__ import annotations

import re
import shutil
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from interview_helper import project
from interview_helper.model import Block, Build, Card, Code, Identified, Kind

from anki_import.sandbox import Sandbox, codes, words

SOURCE = Path(__file__).parents[2] / "source"
NOW = 1_900_000_000  # later than whatever the lock holds


@dataclass(frozen=True)
class Shipped:
    """The shipped notes as parsed, and a profile that has imported them."""

    build: Build
    anki: Sandbox
    log: dict[str, int]


@pytest.fixture(scope="module")
def shipped(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Shipped]:
    root = tmp_path_factory.mktemp("shipped")
    shutil.copytree(SOURCE, root / "source")
    notes = project.understood(project.read(root / "source"))
    plan = project.planned(notes, NOW)
    (path,) = project.build(notes, plan, root / "out", frozenset({"deck"})).written
    with Sandbox() as anki:
        log = anki.imported(path.read_bytes())
        build = Build(notes.deck, notes.library, plan.assignment.cards, plan.assignment.tombstones)
        yield Shipped(build, anki, log)


def shown(blocks: Iterable[Block]) -> str:
    return "".join(words(block.html) for block in blocks)


def code(blocks: Iterable[Block]) -> list[str]:
    return [block.text for block in blocks if isinstance(block, Code)]


def trail(card: Card) -> str:
    return " › ".join(card.trail)


def question(card: Card) -> tuple[Block, ...]:
    return (card.heading, *card.question)


def sides(known: Identified) -> dict[int, tuple[str, str]]:
    """Front and back of each card by ordinal, as words."""
    card = known.card
    above, asked, answered = trail(card), shown(question(card)), shown(card.answer)
    match card.kind:
        case Kind.BASIC | Kind.OUTPUT:
            return {0: (above + asked, above + asked + answered + card.source)}
        case Kind.REVERSED:
            return {
                0: (above + asked, above + asked + answered + card.source),
                1: (above + answered, above + answered + asked + card.source),
            }
        case Kind.CLOZE:
            back = above + asked + answered + card.source
            return {number - 1: (above + blanked(known, number), back) for number in known.numbers}


def blanked(known: Identified, number: int) -> str:
    """The front of a cloze card: an answer without blanks is not on it."""
    card, left = known.card, iter(known.numbers)
    html = "".join(block.html for block in question(card))
    answer = "".join(block.html for block in card.answer)
    html += answer if "<mark" in answer else ""

    def shown(mark: re.Match[str]) -> str:
        hint = re.search('data-hint="([^"]*)"', mark[1])
        return mark[2] if next(left) != number else f"[{hint[1] if hint else '...'}]"

    return words(re.sub("<mark([^>]*)>(.*?)</mark>", shown, html))


def test_every_note_is_new_and_has_the_cards_that_anki_would_make(shipped: Shipped) -> None:
    cards, stones = shipped.build.cards, shipped.build.tombstones
    assert len(cards) > 50
    assert shipped.log == {"new": len(cards) + len(stones)}
    assert shipped.anki.ordinals() == {known.id: sorted(sides(known)) for known in cards}
    assert shipped.anki.note_types() == {"Interview Helper Question", "Interview Helper Cloze"}
    assert shipped.anki.empty_cards() == 0


def test_every_card_shows_what_the_notes_say(shipped: Shipped) -> None:
    for known in shipped.build.cards:
        for ordinal, (front, back) in sides(known).items():
            assert words(shipped.anki.question(known.id, ordinal)) == front
            assert words(shipped.anki.answer(known.id, ordinal)) == back


def test_every_block_of_code_is_shown_byte_for_byte(shipped: Shipped) -> None:
    for known in shipped.build.cards:
        card, anki = known.card, shipped.anki
        asked, answered = code(question(card)), code(card.answer)
        if card.kind is Kind.REVERSED:
            assert codes(anki.question(known.id, 1)) == answered
            assert codes(anki.answer(known.id, 1)) == answered + asked
        if card.kind is not Kind.CLOZE:
            assert codes(anki.question(known.id)) == asked
        assert codes(anki.answer(known.id, anki.cards(known.id)[0].ord)) == asked + answered


def test_every_fence_of_a_file_is_on_the_card_of_its_heading(shipped: Shipped) -> None:
    """The files read once more, line by line, by nobody's parser."""
    fences = 0
    for known in shipped.build.cards:
        span = known.card.span
        heading, *lines = (SOURCE / span.path).read_text("utf-8").split("\n")[span.line - 1 :]
        back = shipped.anki.answer(known.id, shipped.anki.cards(known.id)[0].ord)
        shown_heading = re.search('<div class="heading">(.*?)</div>', back, re.DOTALL)
        assert shown_heading is not None
        assert letters(words(shown_heading[1])) == letters(heading)
        left = iter(codes(back))
        for fence in fenced(lines):
            assert fence in left, f"{span.path}:{span.line}"  # takes all up to it: the order is theirs
            fences += 1
    assert fences > 30


def letters(text: str) -> str:
    return "".join(re.findall(r"\w", text))


def fenced(lines: list[str]) -> list[str]:
    """The blocks between fences below a heading."""
    found: list[str] = []
    block: list[str] | None = None
    for line in lines:
        if line.startswith("```"):
            if block is not None:
                found.append("\n".join(block))
            block = [] if block is None else None
        elif block is not None:
            block.append(line)
        elif re.match("#{1,6} ", line):
            break
    return found


def test_every_card_has_its_tags_and_lies_in_the_one_deck_in_the_order_of_the_notes(shipped: Shipped) -> None:
    places, decks = [], set()
    for known in shipped.build.cards:
        topic = re.sub(r"[^\w+#]+", "-", known.card.place[0].lower()).strip("-")
        expected = {f"{shipped.build.deck.slug}::{topic}", *known.card.tags}
        assert sorted(shipped.anki.note(known.id).tags, key=str.casefold) == sorted(expected, key=str.casefold)
        cards = shipped.anki.cards(known.id)
        places.append({card.due for card in cards})
        decks |= {card.did for card in cards}
    assert places == [{due} for due in range(1, len(places) + 1)]
    assert [shipped.anki.collection.decks.name(deck) for deck in decks] == [shipped.build.deck.title]


def test_anki_asks_in_the_order_of_the_notes(shipped: Shipped) -> None:
    asked = [guid for guid, _ in shipped.anki.queue(shipped.build.deck.title)]
    first = list(dict.fromkeys(asked))
    assert len(first) > 10
    assert first == [known.id for known in shipped.build.cards][: len(first)]


def test_anki_itself_would_make_the_same_cards(shipped: Shipped) -> None:
    """Stands last: it makes a card of each tombstone too."""
    before = shipped.anki.ordinals()
    after = shipped.anki.ordinals_by_anki()
    stones = {stone.id for stone in shipped.build.tombstones}
    assert {guid: ordinals for guid, ordinals in after.items() if guid not in stones} == before
