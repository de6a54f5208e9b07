"""Rounds and sheets to what the page shows, as values of JSON: all of it, or what is another since a version."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from hashlib import sha256
from typing import Any

from interview_helper import changes, reports
from interview_helper.diagnostics import CODES, Diagnostic, ordered
from interview_helper.files import Refusal
from interview_helper.identity import Event
from interview_helper.live import pages, screen
from interview_helper.live.rounds import Round
from interview_helper.live.sheets import Advised, Printed
from interview_helper.live.sides import sides
from interview_helper.model import Card, Document, Media, Section, Span
from interview_helper.outputs import anki

Value = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Paper:
    """A PDF as it was laid out: the stem of its name, its bytes, and what is another where these are."""

    name: str
    pdf: bytes
    version: str


@dataclass(frozen=True, slots=True)
class Shown:
    """What the page shows at one moment. `parts` and `cards` are values with the version in which each was last changed."""

    version: int = 0
    parts: Mapping[str, tuple[int, Any]] = field(default_factory=dict)
    cards: Mapping[str, tuple[int, Value]] = field(default_factory=dict)
    media: Mapping[str, Media] = field(default_factory=dict)
    papers: Mapping[str, Paper] = field(default_factory=dict)

    def since(self, version: int) -> Value:
        """What a page needs that shows a version, or none: 0."""
        parts = {name: value for name, (changed, value) in self.parts.items() if changed > version}
        cards = {key: value for key, (changed, value) in self.cards.items() if changed > version}
        return {"version": self.version, "cards": cards, **parts}


class Showing:
    """What the page shows, made of what happens. `now` is complete at every moment, for any thread.

    `edit` has the address that opens an editor at a place. Paths are those in the notes folder.
    """

    def __init__(self, edit: Callable[[Span], str]) -> None:
        self._edit = edit
        self._made: dict[str, _Sides] = {}
        self._paper: tuple[Diagnostic, ...] = ()
        self._advice: tuple[Diagnostic, ...] = ()
        self.now = Shown()

    def of(self, happening: Round | Printed | Advised | Refusal, last: Round) -> None:
        """Show what happened; `last` is the last round."""
        match happening:
            case Round():
                self.round(happening)
            case Printed():
                self.printed(happening, last)
            case Advised():
                self.advised(happening, last)
            case Refusal():
                self.refused(happening.message)

    def round(self, taken: Round) -> None:
        """Show a round."""
        self._show(taken)

    def printed(self, printed: Printed, taken: Round) -> None:
        """Show what is printed of a round, which may be an older one than the last, `taken`."""
        self._paper = printed.outcome.diagnostics if printed.outcome else ()
        papers: dict[str, Paper] = {}
        shown: list[Value] = []
        for path in printed.outcome.files if printed.outcome else ():
            pdf = path.read_bytes()
            paper = papers[path.stem] = Paper(path.stem, pdf, sha256(pdf).hexdigest()[:16])
            shown.append({"name": paper.name, "version": paper.version, "pages": pages.sizes(pdf)})
        why = ""
        if printed.outcome is None:
            why = "The sheet could not be laid out: interview-helper build says why."
        elif refusal := printed.outcome.refusal:
            why = f"{refusal.message}: {refusal.hint}"
        self._show(taken, papers, papers={"round": printed.round, "why": why, "files": shown})

    def advised(self, advised: Advised, taken: Round) -> None:
        """Show the advice on a round, which may be an older one than the last, `taken`."""
        self._advice = advised.diagnostics
        self._show(taken)

    def refused(self, message: str) -> None:
        """Show what keeps the notes from being read."""
        cards = {key: value for key, (_, value) in self.now.cards.items()}
        self._next(cards, media=self.now.media, papers=self.now.papers, parts={"refused": message})

    def _show(self, taken: Round, printed: Mapping[str, Paper] | None = None, **parts: Value) -> None:
        """Show a round, and what else is new."""
        media = {each.name: each for each in taken.notes.library.media.values()}
        problems = self._problems(taken)
        keys = [each.id for each in taken.since.cards]
        self._next(
            self._cards(taken, problems),
            media=media,
            papers=printed or self.now.papers,
            parts=self._parts(taken, keys, problems) | parts,
        )

    def _next(
        self,
        cards: Mapping[str, Value],
        *,
        media: Mapping[str, Media],
        papers: Mapping[str, Paper],
        parts: Mapping[str, Any],
    ) -> None:
        before, version = self.now, self.now.version + 1

        def stamped(old: tuple[int, Any] | None, value: Any) -> tuple[int, Any]:
            return old if old is not None and old[1] == value else (version, value)

        self.now = Shown(
            version,
            {**before.parts, **{name: stamped(before.parts.get(name), value) for name, value in parts.items()}},
            {key: stamped(before.cards.get(key), value) for key, value in cards.items()},
            media,
            papers,
        )

    def _parts(self, taken: Round, keys: list[str], problems: list[Value]) -> dict[str, Any]:
        assignment = taken.plan.assignment
        return {
            "deck": {"title": taken.notes.deck.title, "language": taken.notes.deck.language},
            "round": {"number": taken.number, "done": screen.events(taken.since), "broken": taken.broken},
            "order": keys,
            "problems": problems,
            "next": {
                "summary": changes.summary(assignment),
                "updated": changes.updated(assignment),
                "pending": taken.pending,
                "changes": self._changes(taken),
            },
            "refused": "",
        }

    def _problems(self, taken: Round) -> list[Value]:
        texts = taken.notes.texts
        cards = _Headings(taken.notes.library.documents)
        keys = {each.card.span: each.id for each in taken.since.cards}
        found: list[Value] = []
        for d in ordered((*taken.diagnostics, *self._paper, *self._advice)):
            lines = reports.as_text([d], texts).split("\n")[1:]
            hint = f"    hint: {d.hint}"
            heading = cards.over(d.span)
            found.append(
                {
                    "code": d.code,
                    "title": CODES[d.code].title,
                    "severity": str(d.severity),
                    "message": d.message,
                    "hint": d.hint,
                    "excerpt": "\n".join(line[4:] for line in lines if line != hint),
                    "path": d.span.path,
                    "line": d.span.line,
                    "column": d.span.column,
                    "edit": self._edit(d.span),
                    "card": keys.get(heading, "") if heading else "",
                }
            )
        return found

    def _changes(self, taken: Round) -> list[Value]:
        spans = {each.id: each.card.span for each in taken.plan.assignment.cards}
        keys = {own.id: each.id for own, each in zip(taken.plan.assignment.cards, taken.since.cards, strict=True)}
        rows: list[Value] = []
        for event in Event:
            for change in taken.plan.assignment.changes:
                now = change.new or change.old
                if change.event is not event or now is None:
                    continue
                span = spans.get(change.id)
                rows.append(
                    {
                        "event": str(event),
                        "id": change.id,
                        "card": keys.get(change.id, ""),
                        "question": changes.one_line(now.question),
                        "path": now.file,
                        "line": span.line if span else None,
                        "edit": self._edit(span) if span else "",
                        "details": [
                            {"name": name, "words": [(str(what), each) for what, each in words]}
                            for name, words in changes.details(change, str)
                        ],
                    }
                )
        return rows

    def _cards(self, taken: Round, problems: Iterable[Value]) -> dict[str, Value]:
        codes: dict[str, list[str]] = {}
        for problem in problems:
            codes.setdefault(problem["card"], []).append(problem["code"])
        events = {change.id: str(change.event) for change in taken.plan.assignment.changes}
        made: dict[str, _Sides] = {}
        slug, media = taken.notes.deck.slug, taken.notes.library.media
        cards: dict[str, Value] = {}
        for identified, session in zip(taken.plan.assignment.cards, taken.since.cards, strict=True):
            key, card = session.id, identified.card
            known = self._made.get(key)
            if known is None or (known.card, known.numbers) != (card, identified.numbers):
                (filled,) = anki.filled(slug, [identified], media)
                known = _Sides(card, identified.numbers, tuple(sides(filled.type, filled.fields, filled.ordinals)))
            made[key] = known
            cards[key] = self._card(card, known.sides, events.get(identified.id, ""), sorted(set(codes.get(key, ()))))
        self._made = made
        return cards

    def _card(self, card: Card, shown: tuple[tuple[str, str], ...], event: str, codes: list[str]) -> Value:
        return {
            "question": changes.one_line(card.heading.text),
            "words": changes.one_line(f"{card.question_text} {card.answer_text}").casefold(),
            "topic": changes.one_line(card.place[0]),
            "trail": [changes.one_line(each) for each in card.trail],
            "kind": str(card.kind),
            "tags": list(card.tags),
            "path": card.span.path,
            "line": card.span.line,
            "edit": self._edit(card.span),
            "event": event,
            "codes": codes,
            "sides": shown,
        }


@dataclass(frozen=True, slots=True)
class _Sides:
    """The sides that were made of a card with the numbers of its blanks."""

    card: Card
    numbers: tuple[int, ...]
    sides: tuple[tuple[str, str], ...]


class _Headings:
    """The headings of notes by the lines that they stand in."""

    def __init__(self, documents: Iterable[Document]) -> None:
        self._spans = {each.source.path: [section.span for section in _all(each.topics)] for each in documents}

    def over(self, place: Span) -> Span | None:
        """The last heading that stands at a place or before it."""
        spans = self._spans.get(place.path, ())
        at = bisect_right(spans, place.line, key=lambda span: span.line)
        return spans[at - 1] if at else None


def _all(sections: Iterable[Section]) -> Iterable[Section]:
    for section in sections:
        yield section
        yield from _all(section.sections)
