"""A Build and a FlashcardLayout to the bytes of a PDF and its remarks: the order in which the parts of this folder work."""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from itertools import count

from interview_helper.diagnostics import Diagnostic, ordered
from interview_helper.model import Build, Cache, Card, Only
from interview_helper.outputs.sheet import galley, galleys
from interview_helper.outputs.sheet.faces import Faces
from interview_helper.outputs.sheet.fallback import Fallback
from interview_helper.outputs.sheet.flashcards import fitting
from interview_helper.outputs.sheet.flashcards.fitting import Fitted
from interview_helper.outputs.sheet.flashcards.imposition import Flashcard, imposed
from interview_helper.outputs.sheet.flashcards.layout import CHOICES, FlashcardLayout
from interview_helper.outputs.sheet.flashcards.markup import Sides, printed
from interview_helper.outputs.sheet.layout import Named
from interview_helper.outputs.sheet.pdf import Whole
from interview_helper.outputs.sheet.remarks import borrowed, placed

_Job = tuple[int, Sides, FlashcardLayout, str]
_Told = Callable[[int, int], None] | None


def rendered(
    build: Build, layout: FlashcardLayout, named: Sequence[Named], cache: Cache | None, told: _Told
) -> tuple[bytes, tuple[Diagnostic, ...]]:
    """The PDF, and what there is to say of it. Raises PangoMissing."""
    faces = Faces(cache)
    room = layout.inside[0]
    cards_of_ours = [printed(build.deck, each.card, build.library, room, lambda: faces.covered) for each in build.cards]
    fallback = Fallback([frozenset(each.missing) for each in cards_of_ours], build.deck.language, named, cache)
    for choice in fallback.choices:
        faces.let_in(choice)
    sides = [each.set_in(fallback.of(frozenset(each.missing))) for each in cards_of_ours]
    fitted = _fitted(sides, layout, fallback, cache, told)
    cards = [
        Flashcard(topic, each.card.place[0], number, each.label, each.asked_both_ways, found)
        for (topic, number), each, found in zip(_numbers(build), sides, fitted, strict=True)
    ]
    whole = Whole(f"{build.deck.title} · flashcards", build.deck.author, build.deck.language)
    remarks = (
        ((*each.counted, each.card.heading), found.galley.remarks) for each, found in zip(sides, fitted, strict=True)
    )
    overfull = (_overfull(each.card, found, layout) for each, found in zip(sides, fitted, strict=True))
    diagnostics = (
        *placed(remarks, build, "flashcard", [block for each in sides for block in each.blocks]),
        *(found for found in overfull if found),
        *fallback.diagnostics,
        *borrowed(fallback.choices, [(each.blocks, each.further) for each in sides], build),
    )
    return imposed(whole, cards, layout, faces), ordered(diagnostics)


def _numbers(build: Build) -> Iterator[tuple[int, int]]:
    """The topic's number and its own one of each card: topics have those of the sheet, what is not there has higher ones."""
    roots = [(d.source.path, t) for d in build.library.documents for t in d.topics if t.only is not Only.DECK]
    begin = [(path, root.title.text, root.span.line, number) for number, (path, root) in enumerate(roots, 1)]
    further: dict[tuple[str, str], int] = {}
    free = count(len(roots) + 1)
    cards: Counter[int] = Counter()
    for card in (each.card for each in build.cards):
        path, title = card.span.path, card.place[0]
        above = [n for p, words, line, n in begin if (p, words) == (path, title) and line <= card.span.line]
        if not above and (path, title) not in further:
            further[path, title] = next(free)
        topic = above[-1] if above else further[path, title]
        cards[topic] += 1
        yield topic, cards[topic]


def _fitted(
    sides: Sequence[Sides], layout: FlashcardLayout, fallback: Fallback, cache: Cache | None, told: _Told
) -> list[Fitted]:
    """The galleys of all cards: those that are kept, and the others laid out."""
    style = fitting.style(layout)
    base = f"{galleys.versions()}\0{style}\0{layout.inside}\0{layout.size}" if cache is not None else ""
    keys: list[str] = []
    found: list[Fitted | None] = []
    jobs: list[_Job] = []
    for number, each in enumerate(sides):
        kept = None
        if cache is not None:
            keys.append(hashlib.sha256(f"{base}\0{each.key}".encode("utf-8", "surrogatepass")).hexdigest())
            kept = cache.get(keys[-1])
        found.append(fitting.unpacked(kept) if kept else None)
        if kept is None:
            jobs.append((number, each, layout, style))
    cuts = fallback.cuts([job[1].further for job in jobs])
    style = galley.supplied(cuts) + style
    longest_first = sorted(
        ((*job[:3], style) for job in jobs), key=lambda job: -sum(len(block.html) for block in job[1].blocks)
    )
    for done, (number, data) in enumerate(galleys.made(_done, longest_first, style, cuts), 1):
        if cache is not None:
            cache.put(keys[number], data)
        found[number] = fitting.unpacked(data)
        if told:
            told(len(found) - len(jobs) + done, len(found))
    return [each for each in found if each is not None]


def _done(job: _Job) -> tuple[int, bytes]:
    number, sides, layout, style = job
    return number, fitting.fitted(sides, layout, style).packed()


def _overfull(card: Card, fitted: Fitted, layout: FlashcardLayout) -> Diagnostic | None:
    """What there is to say of a card that takes several pieces of paper."""
    pieces = max(fitted.fronts, fitted.backs)
    if pieces == 1:
        return None
    what = "question" if fitted.fronts > 1 else "answer to"
    words = " ".join(card.heading.text.split())
    larger = [each for each in CHOICES if each <= layout.per_page / 2]
    hint = f"split it, or write per_page = {larger[-1]} below [flashcards]" if larger else "split it"
    return Diagnostic("P006", card.span, f"the {what} {words!r} fits on no flashcard and goes on over {pieces}", hint)
