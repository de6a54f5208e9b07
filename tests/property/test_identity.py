"""What holds for whatever is done to any notes: of ids, numbers of blanks, times, the lock, and what overrules."""

from __future__ import annotations

import json
import re
import zipfile
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from difflib import SequenceMatcher
from io import BytesIO
from pathlib import Path

import pytest
from histories.random_notes import BATCH, SIZES, Notes, states
from hypothesis import example, given
from hypothesis import strategies as st
from interview_helper import identity, ledger, neutral
from interview_helper.cards import cards, marks
from interview_helper.evidence import same_words
from interview_helper.identity import Assignment, Event
from interview_helper.ledger import Ledger, Line
from interview_helper.model import Build, Card, Deck, Kind, Library, Source
from interview_helper.outputs import anki
from interview_helper.parse import parse, slug_of

NOTHING = Ledger(id="deck", slug="deck")
DECK = Deck("deck", "Deck", "deck", "", "en")


def made(files: Mapping[str, str]) -> tuple[Card, ...]:
    """The cards of notes."""
    documents = tuple(parse(Source(path, text)).document for path, text in sorted(files.items()))
    return cards(Library(documents, {}))[0]


# --- notes that are hard to tell apart: few words, many twins, ids that come and go ---------------------------------

WORD = st.sampled_from(["a", "b", "A", "list", "lists", "dict", "map", "not", "1", "2", "==", "`x`", "ö", "\u2028"])
WORDS = st.lists(WORD, min_size=1, max_size=4).map(" ".join)
MARKED = st.lists(
    st.one_of(
        WORD,
        st.tuples(st.sampled_from(["", "", "c1:", "c2:", "c7:"]), WORD, st.sampled_from(["", "", "a", "b"])).map(
            lambda mark: f"=={mark[0]}{mark[1]}==" + (f"<!-- hint: {mark[2]} -->" if mark[2] else "")
        ),
    ),
    min_size=1,
    max_size=5,
).map(" ".join)
KIND = st.sampled_from(["", "", "", "basic", "reversed", "cloze", "cloze"])
PIN = st.sampled_from(["", "", "", "", "", "one", "two", "0123456789abcdef"])


@st.composite
def card(draw: st.DrawFn) -> str:
    """One card as Markdown."""
    comments = [f"<!-- card: {kind} -->" for kind in [draw(KIND)] if kind]
    comments += [f"<!-- id: {pin} -->" for pin in [draw(PIN)] if pin]
    return "\n".join([f"{draw(st.sampled_from(['##', '###']))} {draw(WORDS)}", *comments, "", draw(MARKED), "", ""])


FILES = st.dictionaries(
    st.sampled_from(["a.md", "b.md"]),
    st.lists(card(), max_size=5).map(lambda several: f"# T\n\n{''.join(several)}"),
    min_size=1,
)
HISTORY = st.lists(FILES, min_size=1, max_size=5)


def played(
    history: Sequence[Mapping[str, str]], pace: int = 100
) -> Iterator[tuple[tuple[Card, ...], Ledger, Assignment]]:
    """The cards of each build, the ledger before it, and what it made of them; no build where ids clash.

    From one to the next so many seconds pass.
    """
    before = NOTHING
    for number, files in enumerate(history):
        found, now = made(files), 1000 + pace * number
        pins = [each.pin.id for each in found if each.pin]
        assignment = identity.assign(found, before, now)
        assert identity.assign(found, before, now) == assignment
        if not assignment.clashes and len(pins) == len(set(pins)):
            yield found, before, assignment
            before = assignment.ledger


@given(HISTORY)
@example([{"a.md": "# T\n## a\na", "b.md": "# T\n## a\na"}])
@example(
    [
        {"a.md": "# T\n## a a\n<!-- card: cloze -->\n==a=="},
        {"a.md": "# T\n## a\na\n## a a\n<!-- id: one -->\n==a=="},
    ]
)
@example([{"a.md": "# T\n## a\n<!-- card: cloze -->\n==c1:b== ==c1:b== ==b=="}])
def test_a_build_depends_on_nothing_but_notes_and_lock_and_changes_nothing_when_repeated(history) -> None:
    for found, _, after in played(history):
        again = identity.assign(found, after.ledger, 10_000)
        assert (again.changes, again.ledger, again.cards) == ((), after.ledger, after.cards)


@given(HISTORY)
def test_no_id_is_given_twice_and_all_that_is_not_there_is_retired(history) -> None:
    for found, before, after in played(history):
        ids = [known.id for known in after.cards]
        assert len(ids) == len(set(ids)) == len(found)
        lines = {line.id: line for line in after.ledger.lines}
        assert [line.id for line in after.ledger.lines] == sorted(lines)
        assert {guid for guid, line in lines.items() if line.retired is None} == set(ids)
        assert {line.id for line in before.lines} <= set(lines)
        assert {stone.id for stone in after.tombstones} == set(lines) - set(ids)
        clozes = {guid for guid, line in lines.items() if line.kind is Kind.CLOZE}
        assert clozes >= {line.id for line in before.lines if line.kind is Kind.CLOZE}
        assert not clozes & {line.id for line in before.lines if line.kind is not Kind.CLOZE}


@given(HISTORY, st.sampled_from([100, 0, -100]))
def test_a_time_rises_with_the_meaning_and_with_nothing_else(history, pace) -> None:
    for _, before, after in played(history, pace):
        old = {line.id: line for line in before.lines}
        for line in after.ledger.lines:
            was = old.get(line.id)
            if was is None:
                continue
            same = (was.fingerprint, was.retired is None) == (line.fingerprint, line.retired is None)
            assert line.changed == was.changed if same else line.changed > was.changed
        told = {change.id: change for change in after.changes}
        assert {line.id for line in after.ledger.lines if old.get(line.id, line).changed != line.changed} <= set(told)
        for change in told.values():
            assert (change.old is None) is (change.event is Event.NEW)
            assert change.new is not None
            assert change.new.id == change.id
            assert (change.new.retired is not None) is (change.event is Event.RETIRED)
            assert (change.old is not None and change.old.retired is not None) is (change.event is Event.RESTORED)


@given(st.lists(MARKED, min_size=2, max_size=6))
@example(["==a== ==b==", "==b==", "==b== ==c=="])
@example(["==references==", "==refferences=="])
@example(["==c1:a== ==c1:A==", "==a== ==A=="])
@example(["==c1:a== ==c1:b==", "==b== ==c1:a=="])
@example(["==c2:a== ==c2:b==", "==a== ==b==", "==a== ==b=="])
def test_a_number_of_a_blank_is_never_given_to_other_words(texts) -> None:
    said: dict[int, set[str]] = defaultdict(set)
    blanks: tuple[tuple[str, int], ...] = ()
    history = [{"a.md": f"# T\n## A\n<!-- card: cloze -->\n==kept== {text}"} for text in texts]
    for _, _, after in played(history):
        (known,), (line,) = after.cards, after.ledger.lines
        assert line.blanks[: len(blanks)] == blanks
        blanks = line.blanks
        found = list(zip(marks(known.card), known.numbers, strict=True))
        alone = [number for (group, _), number in found if not group]
        assert len(alone) == len(set(alone))
        assert min(known.numbers) >= 1
        for (group, words), number in found:
            assert group or not said[number] or any(alike(words, other) for other in said[number])
        for (_, words), number in found:
            said[number].add(words)


@given(HISTORY)
def test_a_hint_is_in_the_meaning_and_in_nothing_else(history) -> None:
    """The same notes without hints give the same lock, but for fingerprints and times."""
    plain = [{path: re.sub("<!-- hint: . -->", "", text) for path, text in files.items()} for files in history]
    with_hints, without = (list(played(each)) for each in (history, plain))
    for (found, _, one), (bare, _, other) in zip(with_hints, without, strict=True):
        assert [(known.id, known.numbers) for known in one.cards] == [(c.id, c.numbers) for c in other.cards]
        lines = (
            [replace(line, fingerprint="", changed=0, retired=line.retired and 1) for line in after.ledger.lines]
            for after in (one, other)
        )
        assert next(lines) == next(lines)
        for card_, same, known in zip(found, bare, one.cards, strict=True):
            prints = {identity.fingerprint(each, known.numbers, "deck") for each in (card_, same)}
            assert len(prints) == (2 if hinted(card_) else 1)


def hinted(card_: Card) -> bool:
    """Whether a highlight of the card has a hint."""
    blocks = (card_.heading, *card_.question, *card_.answer)
    return any(any(neutral.hints(block.html)) for block in blocks)


def alike(one: str, other: str) -> bool:
    """Whether one is the other with a slip of the pen."""
    return same_words(one) == same_words(other) or SequenceMatcher(None, one, other).ratio() >= 0.85


# --- the truth by construction --------------------------------------------------------------------------------------


@given(sizes=SIZES, batches=st.lists(BATCH, min_size=1, max_size=6))
def test_whoever_stays_keeps_its_id_and_whoever_is_new_gets_another(sizes, batches) -> None:
    notes, before = Notes(sizes), NOTHING
    id_of: dict[tuple[int, bool], str] = {}
    living: set[tuple[int, bool]] = set()
    for number, batch in enumerate([[], *batches]):
        for edit in batch:
            notes.edit(*edit)
        after = identity.assign(made(notes.written()), before, number)
        now = {
            (key, state.is_cloze): known.id
            for (key, state), known in zip(states(notes).items(), after.cards, strict=True)
        }
        assert {owner: now[owner] for owner in living & now.keys()} == {
            owner: id_of[owner] for owner in living & now.keys()
        }
        others = {guid for owner, guid in id_of.items() if owner not in now}
        assert not others & set(now.values())
        id_of |= now
        living, before = set(now), after.ledger


# --- the lock -------------------------------------------------------------------------------------------------------

TEXT = st.text(st.characters(exclude_categories=["Cs"]), max_size=20)
NUMBER = st.integers(0, 2**53 - 1)
LINE = st.builds(
    Line,
    id=TEXT,
    pin=TEXT,
    kind=st.sampled_from(Kind),
    file=TEXT,
    after=TEXT,
    trail=st.lists(TEXT, max_size=3).map(tuple),
    question=TEXT,
    answer=TEXT,
    blanks=st.lists(st.tuples(TEXT, NUMBER), max_size=3).map(tuple),
    fingerprint=TEXT,
    changed=NUMBER,
    retired=st.none() | NUMBER,
)
LEDGER = st.builds(
    Ledger,
    id=TEXT,
    title=TEXT,
    slug=TEXT.map(slug_of),
    notetypes=st.dictionaries(TEXT, NUMBER).map(lambda types: tuple(types.items())),
    lines=st.lists(LINE, max_size=4, unique_by=lambda line: line.id).map(
        lambda lines: tuple(sorted(lines, key=lambda line: line.id))
    ),
)


@given(LEDGER)
def test_a_lock_reads_as_it_was_written_whatever_stands_in_it(kept) -> None:
    text = ledger.written(kept)
    assert ledger.read(text.encode().decode("utf-8-sig")) == (kept, 0)
    assert ledger.read(text.replace("\n", "\r\n")) == (kept, 0)


@given(HISTORY)
def test_a_package_gives_the_lock_back(history) -> None:
    *_, (_, _, after) = [(None, None, identity.assign((), NOTHING, 0)), *played(history)]
    lock = ledger.written(ledger.published(after.ledger, DECK, anki.versions()))
    package = anki.render(Build(DECK, Library((), {}), after.cards, after.tombstones, lock))
    assert ledger.written(anki.known(BytesIO(package))) == lock


@given(sizes=SIZES, batches=st.lists(BATCH, max_size=3))
def test_a_package_without_its_lock_gives_the_ids_back(sizes, batches) -> None:
    """As Anki exports it."""
    notes, before = Notes(sizes), NOTHING
    for batch in [[], *batches]:
        for edit in batch:
            notes.edit(*edit)
        after = identity.assign(made(notes.written()), before, 100)
        before = after.ledger
    package = anki.render(Build(DECK, Library((), {}), after.cards, after.tombstones, ledger.written(before)))
    recovered = replace(anki.known(BytesIO(without_lock(package))), id="deck")
    again = identity.assign(made(notes.written()), recovered, 200)
    assert [known.id for known in again.cards] == [known.id for known in after.cards]
    assert [known.numbers for known in again.cards] == [known.numbers for known in after.cards]
    assert again.ids(Event.NEW) == again.ids(Event.RETIRED) == ()


def without_lock(package: bytes) -> bytes:
    made_anew = BytesIO()
    with zipfile.ZipFile(BytesIO(package)) as old, zipfile.ZipFile(made_anew, "w") as new:
        for name in old.namelist():
            if name != "deck.lock":
                new.writestr(name, old.read(name))
    return made_anew.getvalue()


# --- overruling -----------------------------------------------------------------------------------------------------

PAIRS = [
    json.loads(line)
    for line in (Path(__file__).parents[1] / "identity" / "pairs.jsonl").read_text("utf-8").splitlines()
]


def deck_of(number: int, side: str, pin: str = "") -> tuple[Card, ...]:
    """The old or the new card of a pair between two others that stay."""
    pair = PAIRS[number]
    comments = ("" if pair["kind"] == "basic" else f"<!-- card: {pair['kind']} -->\n") + (
        pin and f"<!-- id: {pin} -->\n"
    )
    asked = f"## {pair[side]['question']}\n{comments}\n{pair[side]['answer']}\n\n"
    return made({"n.md": f"# T\n\n## Before\n\nfirst\n\n{asked}## After\n\nlast\n"})


@pytest.mark.parametrize("number", range(0, len(PAIRS), 3))
def test_the_line_of_a_hint_overrules_it_before_and_after_it_was_built(number) -> None:
    first = identity.assign(deck_of(number, "old"), NOTHING, 100)
    second = identity.assign(deck_of(number, "new"), first.ledger, 200)
    old, now = first.cards[1].id, second.cards[1].id
    for guessed in (change for change in second.changes if change.guessed):
        assert now == old
        pinned = deck_of(number, "new", guessed.other)
        for before in (first.ledger, second.ledger):
            third = identity.assign(pinned, before, 300)
            assert [known.id for known in third.cards] == [first.cards[0].id, guessed.other, first.cards[2].id]
            assert third.ids(Event.NEW) == (guessed.other,)
            assert third.ids(Event.RETIRED) == (old,)
            assert identity.assign(pinned, third.ledger, 400).changes == ()
    for doubt in second.doubts:
        assert (doubt.old.id, doubt.new.id) == (old, now)
        pinned = deck_of(number, "new", doubt.old.id)
        for before, event in ((first.ledger, Event.CHANGED), (second.ledger, Event.RESTORED)):
            third = identity.assign(pinned, before, 300)
            assert third.cards[1].id == old
            assert third.ids(event) == (old,)
            assert third.ids(Event.NEW) == ()
            assert identity.assign(pinned, third.ledger, 400).changes == ()
