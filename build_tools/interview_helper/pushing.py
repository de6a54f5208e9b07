"""What Anki holds of our notes and what the package ships to what is left to do once it is imported. Pure.

An import adds notes and updates those of which the package has a newer one. It moves no card, suspends none, deletes
none, and takes the user's own tags off what it updates. All that is done here is about notes whose field `Id` names a
card of this deck.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from hashlib import sha256
from itertools import count
from unicodedata import normalize

from interview_helper.files import Refusal
from interview_helper.ledger import Ledger
from interview_helper.model import Deck
from interview_helper.outputs.anki import CLOZE, QUESTION, Shipped, retired_tag, style, topic_tag


@dataclass(frozen=True, slots=True)
class Known:
    """A note in Anki: its row, its note type's name, what it holds, its cards in their order.

    `mod` is the second since 1970 in which it last changed, None where AnkiConnect does not tell.
    """

    id: int
    type: str
    tags: tuple[str, ...]
    fields: Mapping[str, str]
    cards: tuple[int, ...]
    mod: int | None = None


@dataclass(frozen=True, slots=True)
class Shape:
    """A note type as Anki has it: its name, its fields and the names of its templates in their order, its look."""

    id: int
    name: str
    fields: tuple[str, ...]
    templates: Mapping[str, tuple[str, str]]
    css: str


@dataclass(frozen=True, slots=True)
class Collection:
    """What a profile of Anki has of a deck: its notes by their field `Id`, and of their cards where and how they are.

    `decks` has the deck of each card, `suspended` and `filtered` are cards. `shapes` are those of our two note types
    that are there. `strays` are notes with this deck's tags and a note type that is none of ours.
    """

    profile: str
    notes: Mapping[str, Known]
    decks: Mapping[int, str]
    suspended: frozenset[int]
    filtered: frozenset[int]
    shapes: tuple[Shape, ...] = ()
    strays: int = 0


@dataclass(frozen=True, slots=True)
class Wishes:
    """What is asked for beyond the import: `decks` as in `deck.toml`, for what is retired `suspend`, `delete` or `leave`."""

    deck: Deck
    before: Ledger
    decks: str = ""
    retired: str = "suspend"

    @property
    def slugs(self) -> tuple[str, ...]:
        """What our tags start with, or did before this build."""
        return tuple(dict.fromkeys(filter(None, (self.deck.slug, self.before.slug))))


@dataclass(frozen=True, slots=True)
class Rest:
    """What is to be done once the package is imported, as rows of Anki's cards and notes.

    `moved` are cards by the deck they go to, `marked` notes by the tag that says which of their cards we suspend.
    `left` are cards that are neither in a deck of ours nor where they would go, `away` those that a filtered deck has
    for now. `looks` are our note types as they are to look.
    """

    moved: Mapping[str, tuple[int, ...]]
    suspended: tuple[int, ...]
    marked: Mapping[str, tuple[int, ...]]
    unsuspended: tuple[int, ...]
    deleted: tuple[int, ...]
    left: tuple[int, ...] = ()
    away: tuple[int, ...] = ()
    looks: tuple[Shape, ...] = ()


@dataclass(frozen=True, slots=True)
class Import:
    """What an import did, or would do, as ids of cards of the notes.

    `edited` are those that Anki keeps as somebody has edited them there, after they last changed in the notes.
    """

    new: tuple[str, ...]
    updated: tuple[str, ...]
    retired: tuple[str, ...]
    edited: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Effect:
    """A push, as it is foreseen or as it was: what Anki held and holds once it has imported, and what that makes of cards.

    `own_tags` are the user's own that the import takes away: the notes to give them to again, by the tags as Anki
    takes them.
    """

    before: Collection
    after: Collection
    imported: Import
    rest: Rest
    own_tags: Mapping[str, tuple[int, ...]]
    is_another: bool

    @property
    def needs_import(self) -> bool:
        """Whether an import changes anything. Even where it would not, Anki stamps the note types anew."""
        return self.before.notes != self.after.notes


def foreseen(before: Collection, notes: Sequence[Shipped], wishes: Wishes) -> Effect:
    """What a push is going to do."""
    return effect(before, _imported(before, notes, wishes), notes, wishes)


def effect(before: Collection, after: Collection, notes: Sequence[Shipped], wishes: Wishes) -> Effect:
    """What a push does, now that Anki has imported."""
    # Of a deck that was built before, a profile that has none of it may not be the one that is meant.
    is_another = not before.notes and any(line.retired is None for line in wishes.before.lines)
    left = _rest(before, after, notes, wishes)
    return Effect(before, after, _done(before, after, notes), left, _tags_to_add(before, notes, wishes), is_another)


# --- note types ---------------------------------------------------------------------------------------------------


def _misshapen(shapes: Iterable[Shape]) -> Iterator[str]:
    """What is not as the package has it in the fields and templates of our note types, in words.

    AnkiConnect has Anki merge the two then, which asks for a full sync where one of ours is lacking; an Anki before
    24.04 makes a second note type instead, and updates nothing.
    """
    ours = {note_type.id: note_type for note_type in (QUESTION, CLOZE)}
    for shape in shapes:
        wanted = ours[shape.id]
        pairs = (
            ("field", tuple(name for _, name in wanted.fields), shape.fields),
            ("template", tuple(each.name for each in wanted.templates), tuple(shape.templates)),
        )
        for what, mine, theirs in pairs:
            lacking = [name for name in mine if name not in theirs]
            more = [name for name in theirs if name not in mine]
            if lacking:
                yield f"{shape.name!r} lacks the {what} {', '.join(lacking)}"
            if more:
                yield f"{shape.name!r} has the {what} {', '.join(more)} of your own"
            if not lacking and not more and mine != theirs:
                yield f"{shape.name!r} has its {what}s in another order"


def _outdated(shapes: Iterable[Shape]) -> tuple[Shape, ...]:
    """Our note types that look as an earlier release had them, as they are to look now.

    An import leaves them so: by AnkiConnect it stamps note types with the second in which it is done, and takes from a
    package only a look that is newer than that.
    """
    return tuple(
        replace(s, templates=_sides(s.id), css=style()) for s in shapes if not _is_ours(s) and _look(s) in LOOKS
    )


def _restyled(shapes: Iterable[Shape]) -> tuple[str, ...]:
    """The names of our note types to which somebody has given a look of their own."""
    return tuple(shape.name for shape in shapes if not _is_ours(shape) and _look(shape) not in LOOKS)


def _is_ours(shape: Shape) -> bool:
    return shape.css == style() and all(shape.templates.get(name) == both for name, both in _sides(shape.id).items())


def _sides(number: int) -> dict[str, tuple[str, str]]:
    (note_type,) = (each for each in (QUESTION, CLOZE) if each.id == number)
    return {each.name: (each.front, each.back) for each in note_type.templates}


def _look(shape: Shape) -> str:
    sides = (side for both in shape.templates.values() for side in both)
    return sha256("\x00".join([shape.css, *sides]).encode()).hexdigest()[:16]


LOOKS = frozenset({"f4796aa3571ec189", "06514b48f7d855ef", "d962f3fb1bf28383", "3b2633715910e445"})
"""All looks that our note types ever had: what is none of them is somebody's own."""


def _turned(collection: Collection, notes: Sequence[Shipped]) -> tuple[str, ...]:
    """The cards whose notes somebody has given another note type than the package's, as far as that can be seen."""
    names = {shape.id: shape.name for shape in collection.shapes}
    return tuple(
        note.guid
        for note in notes
        if (known := collection.notes.get(note.guid)) and known.type != names.get(note.type.id, known.type)
    )


def refuse_to_merge(collection: Collection, notes: Sequence[Shipped], wishes: Wishes) -> None:
    """Raise Refusal where Anki would have to merge note types, which may ask for a full sync."""
    hint = "make it in Anki as it was, or --merge, and be ready for a full sync"
    for what in _misshapen(collection.shapes):
        raise Refusal(f"in Anki, the note type {what}", hint)
    if others := _turned(collection, notes):
        some = ", ".join(others[:_SHOWN])
        raise Refusal(f"{len(others)} of this deck's cards have another note type in Anki (Id: {some})", hint)
    if _strayed(collection, wishes):
        one = collection.strays == 1
        notes_, tag = "1 note" if one else f"{collection.strays} notes", f"tag:{wishes.deck.slug}::*"
        what = f"{notes_} with this deck's tags {'has' if one else 'have'} a note type of your own ({tag} finds {'it' if one else 'them'})"
        hint = f"if {'it is that card' if one else 'they are such cards'}, --merge makes {'it' if one else 'them'} ours again, with a full sync"
        raise Refusal(f"{what}, and a card of the deck is not there", hint)


_SHOWN = 3


def _strayed(collection: Collection, wishes: Wishes) -> bool:
    """Whether notes of another type may be cards of this deck: with its tags they are there, and some of it is not."""
    gone = any(line.retired is None and line.id not in collection.notes for line in wishes.before.lines)
    return gone and bool(collection.strays)


# --- the import ---------------------------------------------------------------------------------------------------


def _imported(before: Collection, notes: Sequence[Shipped], wishes: Wishes) -> Collection:
    """What Anki is going to hold once the package is imported; cards that are not there yet have numbers below zero."""
    after, decks = dict(before.notes), dict(before.decks)
    fresh = count(-1, -1)
    names = {note_type.id: note_type.name for note_type in (QUESTION, CLOZE)}
    names |= {shape.id: shape.name for shape in before.shapes}
    kept = _own_tags(before, notes, wishes)
    for note in notes:
        known = before.notes.get(note.guid)
        lacking = note.cards - len(known.cards if known else ())
        cards = tuple(next(fresh) for _ in range(max(0, lacking)))
        decks |= dict.fromkeys(cards, wishes.deck.title)
        if known is None:
            if cards:  # a tombstone without cards is of no interest to anybody
                after[note.guid] = Known(note.row, names[note.type.id], note.tags, _fields(note), cards, note.changed)
        elif _is_newer(note, known):
            tags = (*note.tags, *kept.get(note.guid, ()))
            known = replace(known, tags=tags, fields={**known.fields, **_fields(note)}, mod=note.changed)
            after[note.guid] = replace(known, cards=known.cards + cards)
        elif cards:
            after[note.guid] = replace(known, cards=known.cards + cards)
    return replace(before, notes=after, decks=decks)


def _done(before: Collection, after: Collection, notes: Sequence[Shipped]) -> Import:
    """What became of each card."""
    new: list[str] = []
    updated: list[str] = []
    retired: list[str] = []
    edited: list[str] = []
    for note in notes:
        old, now = before.notes.get(note.guid), after.notes.get(note.guid)
        if now is None:
            continue
        if old is None:
            new.append(note.guid)
        elif not _is_same(now, note):
            edited.append(note.guid)
        elif not _is_same(old, note) or {*old.tags} != {*now.tags}:
            (retired if note.retired else updated).append(note.guid)
    return Import(tuple(new), tuple(updated), tuple(retired), tuple(edited))


def _tags_to_add(before: Collection, notes: Sequence[Shipped], wishes: Wishes) -> Mapping[str, tuple[int, ...]]:
    """The user's own tags that the import takes away: the notes to give them to again, by the tags as Anki takes them."""
    kept: dict[str, list[int]] = {}
    for guid, tags in _own_tags(before, notes, wishes).items():
        kept.setdefault(" ".join(tags), []).append(before.notes[guid].id)
    return {tags: tuple(ids) for tags, ids in kept.items()}


def _own_tags(before: Collection, notes: Sequence[Shipped], wishes: Wishes) -> dict[str, tuple[str, ...]]:
    """The tags of notes that are the user's own and that the import takes away, by guid.

    A note that has not changed in Anki since it was imported has none. Else it is told apart by what we know to be
    ours: what the notes no longer say stays rather than that something of the user's is lost.
    """
    imported_at = {line.id: line.changed for line in wishes.before.lines}
    ours = {tag.casefold() for tag in _our_tags(notes, wishes)}
    marks = tuple(f"{retired_tag(slug)}::".casefold() for slug in wishes.slugs)
    kept: dict[str, tuple[str, ...]] = {}
    for note in notes:
        known = before.notes.get(note.guid)
        if known is None or not _is_newer(note, known) or known.mod == imported_at.get(note.guid, -1):
            continue
        there = {tag.casefold() for tag in note.tags} | ours
        own = tuple(t for t in known.tags if t.casefold() not in there and not t.casefold().startswith(marks))
        if own:
            kept[note.guid] = own
    return kept


def _our_tags(notes: Sequence[Shipped], wishes: Wishes) -> Iterator[str]:
    """The tags of all topics that the deck has or had, and that of what is retired."""
    topics = {note.topic for note in notes if note.topic} | set(_topics(wishes.before))
    for slug in wishes.slugs:
        yield from (slug, retired_tag(slug))
        yield from (topic_tag(slug, topic) for topic in topics)


def _topics(ledger: Ledger) -> Iterator[str]:
    """The topics of all cards that the deck ever had, as far as the ledger has them."""
    return (line.trail[0] if line.trail else line.question.split("\n")[0] for line in ledger.lines)


def _is_newer(note: Shipped, known: Known) -> bool:
    """Whether an import updates the note."""
    if known.mod is not None:
        return note.changed > known.mod
    return not _is_same(known, note) or not {*note.tags} <= {*known.tags}


def _is_same(known: Known, note: Shipped) -> bool:
    fields = _fields(note)
    return all(normalize("NFC", known.fields.get(name, "")) == normalize("NFC", fields[name]) for name in fields)


def _fields(note: Shipped) -> dict[str, str]:
    return {name: value for (_, name), value in zip(note.type.fields, note.fields, strict=True)}


# --- the rest -----------------------------------------------------------------------------------------------------


def _rest(before: Collection, after: Collection, notes: Sequence[Shipped], wishes: Wishes) -> Rest:
    """What is left to do, from what Anki held before the import and holds after it. Done twice, nothing is left."""
    suspended: list[int] = []
    unsuspended: list[int] = []
    marked: dict[str, list[int]] = {}
    deleted: list[int] = []
    retired = retired_tag(wishes.deck.slug)
    for note in notes:
        known = after.notes.get(note.guid)
        if known is None:
            continue
        if not note.retired:
            unsuspended += _restored(before.notes.get(note.guid), known, before.suspended, wishes)
        elif retired in known.tags and wishes.retired == "delete":
            deleted.append(known.id)
        elif retired in known.tags and wishes.retired == "suspend":
            for number, card in enumerate(known.cards, 1):
                mark = f"{retired}::{_SUSPENDED}{number}"
                if mark not in known.tags and card not in after.suspended:
                    suspended.append(card)
                    marked.setdefault(mark, []).append(known.id)
    moved, left, away = _moves(before, after, notes, wishes) if wishes.decks else ({}, (), ())
    return Rest(
        moved,
        tuple(suspended),
        {mark: tuple(ids) for mark, ids in marked.items()},
        tuple(unsuspended),
        tuple(deleted),
        left,
        away,
        _outdated(after.shapes),
    )


_SUSPENDED = "suspended-"


def _restored(old: Known | None, now: Known, suspended: frozenset[int], wishes: Wishes) -> Iterator[int]:
    """The cards of a note that has come back which we had suspended, and nobody else."""
    for slug in wishes.slugs:
        retired = retired_tag(slug)
        if old and retired in old.tags and retired not in now.tags:
            for number, card in enumerate(old.cards, 1):
                if card in suspended and f"{retired}::{_SUSPENDED}{number}" in old.tags:
                    yield card


def _moves(
    before: Collection, after: Collection, notes: Sequence[Shipped], wishes: Wishes
) -> tuple[dict[str, tuple[int, ...]], tuple[int, ...], tuple[int, ...]]:
    """The cards to move, by their new deck; those in a deck of the user's own; those in a filtered deck."""
    titles = [title for title in dict.fromkeys((wishes.deck.title, wishes.before.title)) if title]
    topics = {note.topic for note in notes if note.topic}
    ours = {_same(title) for title in titles} | {_same(deck_of(title, t)) for title in titles for t in topics}
    moved: dict[str, list[int]] = {}
    left: list[int] = []
    away: list[int] = []
    for note in notes:
        if note.retired or note.guid not in after.notes:
            continue
        target = deck_of(wishes.deck.title, note.topic) if wishes.decks == "topic" else wishes.deck.title
        tags = {tag.casefold() for tag in before.notes[note.guid].tags} if note.guid in before.notes else set()
        for card in after.notes[note.guid].cards:
            deck = after.decks.get(card, "")
            if card in after.filtered:
                away.append(card)
            elif _same(deck) == _same(target):
                continue
            elif _same(deck) in ours or _is_its_topic(deck, titles, tags, wishes.slugs):
                moved.setdefault(target, []).append(card)
            else:
                left.append(card)
    return {deck: tuple(cards) for deck, cards in moved.items()}, tuple(left), tuple(away)


def _is_its_topic(deck: str, titles: Iterable[str], tags: set[str], slugs: Iterable[str]) -> bool:
    """Whether a deck is that of the topic that a note's tags name: the one it had before it was imported anew."""
    leaf = next((deck[len(title) + 2 :] for title in titles if _same(deck).startswith(f"{_same(title)}::")), "")
    return bool(leaf) and any(topic_tag(slug, leaf).casefold() in tags for slug in slugs)


def deck_of(title: str, topic: str) -> str:
    """The name of a topic's deck below the deck: what Anki would take for a part of a name, or take out, is not in it."""
    leaf = re.sub(r"[\x00-\x1f\x7f\"]", "", re.sub(":{2,}", ":", topic)).strip(" \t:")
    return f"{title}::{leaf}" if leaf else title


def _same(deck: str) -> str:
    """The same for two names that are one deck to Anki."""
    return normalize("NFC", deck).casefold()


# --- in words -----------------------------------------------------------------------------------------------------


def told(push: Effect) -> str:
    """One line: what changes in a profile."""
    what, left = push.imported, push.rest
    counts = (
        (len(what.new), "new"),
        (len(what.updated), "updated"),
        (len(what.retired), "retired"),
        (sum(map(len, left.moved.values())), "moved"),
        (len(left.suspended), "suspended"),
        (len(left.unsuspended), "unsuspended"),
        (len(left.deleted), "deleted"),
        (len(left.looks), "given a new look"),
    )
    words = ", ".join(f"{number} {name}" for number, name in counts if number) or "nothing changed"
    own = sum(map(len, push.own_tags.values()))
    tags = f"; tags of your own kept on {own}" if own else ""
    return f"Anki, profile {push.before.profile}: {words}{tags}"


def listed(push: Effect, questions: Mapping[str, str]) -> Iterator[str]:
    """A line for each card and what happens to it. `questions` has that of each card of the notes by its id."""
    what, left = push.imported, push.rest
    notes = push.after.notes.items()
    asked = {card: questions.get(guid, guid) for guid, note in notes for card in note.cards}
    of_note = {note.id: questions.get(guid, guid) for guid, note in notes}
    events = (("new", what.new), ("updated", what.updated), ("retired", what.retired))
    rows = [(event, questions.get(guid, guid)) for event, guids in events for guid in guids]
    rows += [("moved", f"{asked[card]} ({deck})") for deck, cards in left.moved.items() for card in cards]
    rows += [("suspended", asked[card]) for card in left.suspended]
    rows += [("unsuspended", asked[card]) for card in left.unsuspended]
    rows += [("deleted", of_note[note]) for note in left.deleted]
    yield from (f"{event:12}{words}" for event, words in rows)


def odd(push: Effect, questions: Mapping[str, str]) -> Iterator[str]:
    """What stays otherwise than the notes have it, and that it may be another profile than is meant."""
    if push.is_another:
        yield f"no card of this deck was in the profile {push.before.profile}, though it had been built before"
    for guid in push.imported.edited:
        yield f"edited in Anki, and kept so: {questions.get(guid, guid)}"
    if cards := push.rest.left:
        yield f"{_cards(cards)} in decks of your own"
    if cards := push.rest.away:
        yield f"{_cards(cards)} in a filtered deck, until the next push after it is emptied"
    for name in _restyled(push.before.shapes):
        yield f"the note type {name!r} has a look of your own in Anki, and keeps it"


def _cards(cards: Sequence[int]) -> str:
    return "1 card stays" if len(cards) == 1 else f"{len(cards)} cards stay"
