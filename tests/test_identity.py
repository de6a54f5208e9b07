"""Who is who from build to build, and how the lock is read."""

from __future__ import annotations

from dataclasses import replace

import pytest
from interview_helper import identity, ledger
from interview_helper.cards import cards
from interview_helper.identity import Assignment, Event
from interview_helper.ledger import BrokenLedger, Ledger
from interview_helper.model import Card, Kind, Library, Source
from interview_helper.parse import parse

EMPTY = Ledger(id="deck", slug="deck")


def made(text: str) -> tuple[Card, ...]:
    return made_of({"n.md": text})


def made_of(files: dict[str, str]) -> tuple[Card, ...]:
    return cards(Library(tuple(parse(Source(path, text)).document for path, text in files.items()), {}))[0]


def again(text: str, before: Assignment, now: int = 200) -> Assignment:
    return identity.assign(made(text), before.ledger, now)


def test_without_a_lock_the_same_notes_give_the_same_ids():
    first = identity.assign(made("# T\n## A\nx"), EMPTY, 100)
    assert first.cards[0].id == identity.assign(made("# T\n## A\ny"), EMPTY, 300).cards[0].id
    assert first.ids(Event.NEW) == (first.cards[0].id,)


def test_nothing_changed_stamps_nothing():
    first = identity.assign(made("# T\n## A\nx"), EMPTY, 100)
    second = again("# T\n## A\nx", first)
    assert second.ledger == first.ledger
    assert (second.ids(Event.NEW), second.ids(Event.CHANGED), second.ids(Event.RETIRED)) == ((), (), ())


def test_an_edited_answer_keeps_its_id_and_rises():
    first = identity.assign(made("# T\n## A\nx"), EMPTY, 100)
    second = again("# T\n## A\ny", first, 100)
    assert second.cards[0].id == first.cards[0].id
    assert second.cards[0].changed == 101
    assert second.ids(Event.CHANGED) == (second.cards[0].id,)


def test_emphasis_alone_is_an_edit_too():
    first = identity.assign(made("# T\n## A\nx y"), EMPTY, 100)
    assert again("# T\n## A\nx **y**", first).ids(Event.CHANGED)


def test_two_cards_of_one_place_are_told_apart_by_their_answers():
    first = identity.assign(made("# T\n## A\nx\n## A\ny"), EMPTY, 100)
    second = again("# T\n## A\ny\n## A\nx", first)
    assert [c.id for c in second.cards] == [c.id for c in reversed(first.cards)]


def test_of_two_equal_cards_in_two_files_the_one_that_stays_is_itself():
    files = {"a.md": "# T\n## A\nx", "b.md": "# T\n## A\nx", "c.md": "# U\n## B\nz"}
    first = identity.assign(made_of(files), EMPTY, 100)
    for path in ("a.md", "b.md"):
        left = {other: text for other, text in files.items() if other != path}
        kept = {card.card.span.path: card.id for card in identity.assign(made_of(left), first.ledger, 200).cards}
        assert kept.items() < {card.card.span.path: card.id for card in first.cards}.items()


def test_an_explicit_id_is_obeyed():
    first = identity.assign(made("# T\n## A\n<!-- id: mine -->\nx"), EMPTY, 100)
    second = again("# T\n## Other\n<!-- id: mine -->\nz", first)
    assert second.cards[0].id == first.cards[0].id
    assert second.ids(Event.NEW) == ()


def test_what_is_gone_is_retired_and_comes_back():
    first = identity.assign(made("# T\n## A\nx\n## B\ny"), EMPTY, 100)
    second = again("# T\n## A\nx", first)
    assert [t.id for t in second.tombstones] == [first.cards[1].id]
    third = again("# T\n## A\nx\n## B\ny", second, 300)
    assert third.cards[1].id == first.cards[1].id
    assert third.ids(Event.RESTORED) == (first.cards[1].id,)
    assert third.tombstones == ()


def test_a_blank_keeps_its_number_by_its_words():
    first = identity.assign(made("# A\n<!-- card: cloze -->\n==b== and ==c=="), EMPTY, 100)
    assert first.cards[0].numbers == (1, 2)
    assert again("# A\n<!-- card: cloze -->\n==a== ==b== and ==c==", first).cards[0].numbers == (3, 1, 2)


@pytest.mark.parametrize("apart", ["==a== and ==b==", "==b== and ==a==", "==b== so ==b== and ==a=="])
def test_blanks_out_of_a_group_keep_the_numbers_that_they_get_then(apart):
    first = identity.assign(made("# A\n<!-- card: cloze -->\n==c2:a== and ==c2:b=="), EMPTY, 100)
    second = again(f"# A\n<!-- card: cloze -->\n{apart}", first)
    assert again(f"# A\n<!-- card: cloze -->\n{apart}", second, 300).ledger == second.ledger


def test_a_cloze_card_that_lost_its_comment_stays_one_while_it_has_a_blank():
    first = identity.assign(made("# A\n<!-- card: cloze -->\n==b== and ==c=="), EMPTY, 100)
    second = again("# A\n==b== and ==c==", first)
    assert second.cards[0].id == first.cards[0].id
    assert second.cards[0].card.kind is Kind.CLOZE
    assert [card.heading.text for card in second.kept] == ["A"]
    assert second.changes == ()


@pytest.mark.parametrize("named", ["name", "its own id"])
def test_a_cloze_card_with_a_name_that_lost_its_comment_stays_one_too(named):
    plain = identity.assign(made("# A\n<!-- card: cloze -->\n==b== and ==c=="), EMPTY, 100)
    comment = f"<!-- id: {'name' if named == 'name' else plain.cards[0].id} -->"
    first = again(f"# A\n{comment}\n<!-- card: cloze -->\n==b== and ==c==", plain)
    for before in (plain, first):  # whether it gets its name then, or had it
        second = again(f"# A\n{comment}\n==b== and ==c==", before, 300)
        assert [(card.id, card.card.kind) for card in second.cards] == [(plain.cards[0].id, Kind.CLOZE)]
        assert (len(second.kept), second.ids(Event.NEW), second.ids(Event.RETIRED)) == (1, (), ())
        third = again(f"# A\n{comment}\n==b== and ==c==", second, 400)
        assert (third.changes, third.ledger) == ((), second.ledger)
    turned = again(f"# A\n{comment}\n<!-- card: basic -->\n==b== and ==c==", first, 300)
    assert turned.ids(Event.RETIRED) == (plain.cards[0].id,)


def test_a_comment_turns_a_card_into_a_new_one_and_that_is_said():
    first = identity.assign(made("# A\n<!-- card: cloze -->\n==b== and ==c=="), EMPTY, 100)
    second = again("# A\n<!-- card: basic -->\n==b== and ==c==", first)
    assert second.ids(Event.NEW) != ()
    assert second.ids(Event.RETIRED) == (first.cards[0].id,)
    assert [turned.old.id for turned in second.turned] == [first.cards[0].id]
    third = again("# A\n<!-- card: cloze -->\n==b== and ==c==", second, 300)
    assert third.ids(Event.RESTORED) == (first.cards[0].id,)


@pytest.mark.parametrize("name", ["dunder", "größe", "a::b"])
def test_naming_a_published_card_keeps_its_history(name):
    first = identity.assign(made("# T\n## A\nx\n## B\ny"), EMPTY, 100)
    second = again(f"# T\n## A\n<!-- id: {name} -->\nx\n## B\ny", first)
    assert [card.id for card in second.cards] == [card.id for card in first.cards]
    third = again(f"# U\n## Quite different\n<!-- id: {name} -->\nz\n## B\ny", second, 300)
    assert third.cards[0].id == first.cards[0].id
    fourth = again("# U\n## Quite different\nz\n## B\ny", third, 400)
    assert fourth.cards[0].id == first.cards[0].id


def test_a_name_that_no_card_has_starts_a_new_one():
    first = identity.assign(made("# T\n## What is a list?\nAn ordered sequence."), EMPTY, 100)
    second = again("# T\n## What is a list now?\n<!-- id: other -->\nAn ordered sequence.", first)
    assert second.ids(Event.RETIRED) == (first.cards[0].id,)


def test_two_ids_of_one_card_clash():
    first = identity.assign(made("# T\n## A\n<!-- id: a -->\nx"), EMPTY, 100)
    guid = first.cards[0].id
    second = again(f"# T\n## A\n<!-- id: a -->\nx\n## B\n<!-- id: {guid} -->\ny", first)
    assert [(one.heading.text, other.heading.text) for one, other in second.clashes] == [("A", "B")]


def test_a_new_blank_gets_the_least_number_that_none_ever_had():
    """Anki knows none above 500."""
    first = identity.assign(made("# A\n<!-- card: cloze -->\n==c500:a== ==b== ==c=="), EMPTY, 100)
    assert first.cards[0].numbers == (500, 1, 2)
    second = again("# A\n<!-- card: cloze -->\n==c500:a== ==c==", first)
    assert again("# A\n<!-- card: cloze -->\n==d== ==c500:a== ==c==", second).cards[0].numbers == (3, 500, 2)


def test_the_lock_reads_as_it_was_written():
    first = identity.assign(made("# T\n## A\n<!-- card: cloze -->\n==b== \u2028 ö"), EMPTY, 100)
    assert ledger.read(ledger.written(first.ledger)) == (first.ledger, 0)


@pytest.mark.parametrize(
    ("text", "line"),
    [
        ("", 1),
        ('{"format": 1', 1),
        ('{"format": 99, "id": "", "title": "", "slug": "", "notetypes": {}}\n', 1),
        ('{"format": 1, "id": "", "title": "", "slug": "", "notetypes": {}}\nnonsense\n', 2),
        ('{"format": 1, "id": "", "title": "", "slug": "", "notetypes": {}}\n<<<<<<< HEAD\n', 2),
        ('{"format": 1, "id": "", "title": "", "slug": "", "notetypes": {}}\n{"id": 1}\n', 2),
    ],
)
def test_a_broken_lock_is_refused_with_its_line(text, line):
    with pytest.raises(BrokenLedger) as caught:
        ledger.read(text)
    assert caught.value.line == line
    assert caught.value.what


def test_a_merged_lock_is_folded_the_newer_line_winning():
    first = identity.assign(made("# T\n## A\nx"), EMPTY, 100)
    second = again("# T\n## A\ny", first)
    text = ledger.written(first.ledger) + ledger.written(second.ledger)
    assert ledger.read(text) == (second.ledger, 2)


def test_cards_of_one_question_that_were_retired_in_the_first_second_there_is_are_looked_for():
    first = identity.assign(made("# T\n## A\nx\n# U\n## A\ny"), EMPTY, 0)
    gone = again("# T\n## C\nz", first, 0)
    lines = tuple(replace(line, retired=line.retired and 0) for line in gone.ledger.lines)
    assert [line.retired for line in lines].count(0) == 2
    before = replace(gone, ledger=replace(gone.ledger, lines=lines))
    back = again("# V\n## A\nof another\n# T\n## C\nz", before, 0)
    assert len({card.id for card in back.cards}) == 2
