"""What a push leaves in Anki, card by card: AnkiConnect's protocol over the real collection."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from anki_import.folder import Folder, picture
from anki_import.sandbox import Sandbox
from interview_helper import pushing
from interview_helper.ankiconnect import Anki
from interview_helper.outputs.anki import CLOZE, QUESTION, style

from push.connect import Connect

LIST = "## What is a list?\n\nMutable.\n"
TUPLE = "## What is a tuple?\n\nImmutable.\n"
NONE = "## What is `None`?\n<!-- card: reversed -->\n\nOne object.\n"
BLANKS = "## Blanks\n<!-- card: cloze -->\n\nThe ==GIL== lets one ==thread== run.\n"
NOTES = f"# A\n\n{LIST}\n{TUPLE}\n# B\n\n{NONE}\n{BLANKS}"
RELEASES = Path(__file__).parents[1] / "releases"
BY_TOPIC = '[anki]\ndecks = "topic"\n'


def rows(anki: Sandbox, table: str) -> list[Any]:
    assert anki.collection.db is not None
    return sorted(anki.collection.db.all(f"select * from {table}"), key=repr)  # a constant


def whole(anki: Sandbox) -> dict[str, list[Any]]:
    """All that a collection holds: what it is synced by included."""
    tables = ("notes", "cards", "revlog", "graves", "decks", "deck_config", "notetypes", "fields", "templates", "tags")
    return {table: rows(anki, table) for table in tables}


def foreign(anki: Sandbox) -> Callable[[], Any]:
    """Notes of somebody's own, and what becomes of them: a copy of one of ours, one with our tags, one beside ours."""
    collection = anki.collection
    basic = collection.models.by_name("Basic")
    assert basic is not None
    notes = []
    for front, tag, deck in (("mine", "deck::a", "Deck"), ("other", "own", "Deck::A"), ("third", "deck::retired", "Z")):
        note = collection.new_note(basic)
        note["Front"], note.tags = front, [tag]
        number = collection.decks.id(deck)
        assert number is not None
        collection.add_note(note, number)
        notes.append(note.id)
    original = next(n for n in map(collection.get_note, collection.find_notes(f"mid:{QUESTION.id}")))
    copy = collection.new_note(original.note_type() or {})
    copy.fields, copy.tags = list(original.fields), ["own"]
    number = collection.decks.id("Deck")
    assert number is not None
    collection.add_note(copy, number)
    notes.append(copy.id)
    listed = ",".join(map(str, notes))
    return lambda: [
        rows(anki, f"{table} where {column} in ({listed})") for table, column in (("notes", "id"), ("cards", "nid"))
    ]


def test_the_first_push_brings_all_cards_and_the_second_changes_nothing(desk):
    desk.write(NOTES)
    assert "profile User 1: 4 new" in desk.push()
    assert desk.anki.ordinals() == {
        desk.id("What is a list?"): [0],
        desk.id("What is a tuple?"): [0],
        desk.id("What is None?"): [0, 1],
        desk.id("Blanks"): [0, 1],
    }
    before = whole(desk.anki)
    assert "nothing changed" in desk.push()
    assert whole(desk.anki) == before


def test_all_of_it_at_once_leaves_history_and_foreign_notes_as_they_were_and_asks_for_no_full_sync(desk):
    desk.write(NOTES)
    desk.push()
    assert desk.anki.study("Deck") == 6
    theirs = foreign(desk.anki)
    untouched, schema = theirs(), desk.anki.schema_changed()
    ids = {
        question: desk.id(question) for question in ("What is a list?", "What is a tuple?", "What is None?", "Blanks")
    }
    desk.edit(ids["What is a list?"], tags=("mine",))
    reviews = desk.anki.state()["reviews"]
    history = {
        card.id: (card.ivl, card.due, card.reps, card.factor) for i in ids.values() for card in desk.anki.cards(i)
    }

    desk.write(
        f"# A\n\n{LIST.replace('Mutable', 'It can change')}\n# B\n\n{BLANKS}\n## What is new?\n\nThis.\n", BY_TOPIC
    )
    said = desk.push()
    assert "1 new, 1 updated, 2 retired, 4 moved, 3 suspended; tags of your own kept on 1" in said
    assert desk.decks() == {"Deck::A": ["What is a list?"], "Deck::B": ["Blanks", "What is new?"]}
    assert "It can change" in desk.anki.answer(ids["What is a list?"])
    assert desk.tags(ids["What is a list?"]) == {"deck::a", "mine"}
    assert desk.suspended(ids["What is a tuple?"]) == [True]
    assert desk.suspended(ids["What is None?"]) == [True, True]
    assert desk.suspended(ids["What is a list?"]) + desk.suspended(ids["Blanks"]) == [False] * 3
    assert desk.anki.deck(ids["What is a tuple?"]) == "Deck"
    assert desk.anki.state()["reviews"] == reviews
    assert {c: (k.ivl, k.due, k.reps, k.factor) for c in history for k in [desk.anki.collection.get_card(c)]} == history
    assert theirs() == untouched
    assert desk.anki.schema_changed() == schema
    before = whole(desk.anki)
    assert "nothing changed" in desk.push()
    assert whole(desk.anki) == before
    assert desk.anki.problems() == ""


def test_only_the_package_brings_notes_and_by_an_absolute_path(desk):
    desk.write(NOTES, BY_TOPIC)
    desk.push()
    assert {"addNote", "addNotes", "updateNote", "updateNoteFields"}.isdisjoint(desk.connect.asked)
    assert desk.connect.paths == [str(desk.folder.package.absolute())]


def test_a_dry_run_says_what_the_push_then_does_and_does_nothing(desk):
    desk.write(NOTES)
    desk.push()
    desk.edit(desk.id("What is a list?"), tags=("mine",))
    desk.write(f"# A\n\n{LIST.replace('Mutable', 'It can change')}\n## What is new?\n\nThis.\n", BY_TOPIC)
    before, lock = whole(desk.anki), (desk.folder.notes / "deck.lock").read_bytes()
    package = desk.folder.package.read_bytes()
    said = desk.push("--dry-run").splitlines()
    assert [line.split(None, 1) for line in said[:-1]] == [
        ["new", "What is new?"],
        ["updated", "What is a list?"],
        *(["retired", q] for q in desk.anki_order("What is a tuple?", "What is None?", "Blanks")),
        ["moved", "What is a list? (Deck::A)"],
        ["moved", "What is new? (Deck::A)"],
        *(
            ["suspended", q]
            for q in desk.anki_order("What is a tuple?", "What is None?", "What is None?", "Blanks", "Blanks")
        ),
    ]
    assert whole(desk.anki) == before
    assert (desk.folder.notes / "deck.lock").read_bytes() == lock
    assert desk.folder.package.read_bytes() == package
    assert desk.push().splitlines()[-1] == said[-1]


def test_a_card_goes_to_the_deck_of_its_topic_and_with_it_when_the_topic_is_renamed(desk):
    desk.write(f"# A\n\n{LIST}\n# B\n\n{TUPLE}", BY_TOPIC)
    desk.push()
    assert desk.decks() == {"Deck::A": ["What is a list?"], "Deck::B": ["What is a tuple?"]}
    desk.write(f"# A\n\n{LIST}\n{TUPLE}", BY_TOPIC)
    desk.push()
    assert desk.decks() == {"Deck::A": ["What is a list?", "What is a tuple?"]}
    desk.write(f"# C\n\n{LIST}\n{TUPLE}", BY_TOPIC)
    desk.push()
    assert desk.decks() == {"Deck::C": ["What is a list?", "What is a tuple?"]}
    desk.write(f"# C\n\n{LIST}\n{TUPLE}", '[anki]\ndecks = "one"\n')
    desk.push()
    assert desk.decks() == {"Deck": ["What is a list?", "What is a tuple?"]}


def test_a_card_leaves_the_deck_of_a_topic_that_was_renamed_between_two_pushes(desk):
    desk.write(f"# A\n\n{LIST}\n# B\n\n{TUPLE}", BY_TOPIC)
    desk.push()
    for topic in ("C", "D"):
        desk.write(f"# {topic}\n\n{LIST}\n# B\n\n{TUPLE}", BY_TOPIC)
        desk.now += 1_000
        desk.folder.build(desk.now)
    desk.push()
    assert desk.decks() == {"Deck::D": ["What is a list?"], "Deck::B": ["What is a tuple?"]}


def test_a_card_that_somebody_has_put_into_a_deck_of_their_own_stays_there(desk):
    desk.write(f"# A\n\n{LIST}\n{TUPLE}", BY_TOPIC)
    desk.push()
    mine = desk.anki.collection.decks.id("Deck::Hard")
    desk.anki.collection.set_deck([desk.anki.cards(desk.id("What is a list?"))[0].id], mine)
    result = desk.run()
    assert "1 card stays in decks of your own" in result.stderr
    assert desk.decks() == {"Deck::Hard": ["What is a list?"], "Deck::A": ["What is a tuple?"]}


def test_a_card_stays_in_a_filtered_deck_and_moves_when_that_is_emptied(desk):
    desk.write(f"# A\n\n{LIST}")
    desk.push()
    scheduler = desk.anki.collection.sched
    filtered = desk.anki.collection.decks.new_filtered("Cram")
    scheduler.rebuild_filtered_deck(filtered)
    desk.write(f"# A\n\n{LIST}", BY_TOPIC)
    result = desk.run()
    assert "1 card stays in a filtered deck" in result.stderr
    assert desk.decks() == {"Cram": ["What is a list?"]}
    scheduler.empty_filtered_deck(filtered)
    desk.push()
    assert desk.decks() == {"Deck::A": ["What is a list?"]}


def test_without_the_setting_no_card_is_moved(desk):
    desk.write(f"# A\n\n{LIST}\n# B\n\n{TUPLE}")
    desk.push()
    desk.push()
    assert "changeDeck" not in desk.connect.asked
    assert desk.decks() == {"Deck": ["What is a list?", "What is a tuple?"]}


@pytest.mark.parametrize(
    ("topic", "deck"),
    [("std::vector", "Deck::std:vector"), ('"Quoted"', "Deck::Quoted"), ("Straße", "Deck::Straße"), ("A:", "Deck::A")],
)
def test_a_topic_has_one_deck_whatever_it_is_called_and_the_second_push_finds_it(desk, topic, deck):
    desk.write(f"# {topic}\n\n{LIST}", BY_TOPIC)
    desk.push()
    assert desk.decks() == {deck: ["What is a list?"]}
    assert "nothing changed" in desk.push()


def test_a_card_that_comes_back_is_asked_again_but_not_one_that_its_owner_had_suspended(desk):
    desk.write(f"# A\n\n{LIST}\n{TUPLE}\n{NONE}")
    desk.push()
    desk.anki.study("Deck")
    owned, ours = desk.id("What is None?"), desk.id("What is a tuple?")
    desk.anki.collection.sched.suspend_cards([desk.anki.cards(owned)[1].id])
    desk.write(f"# A\n\n{LIST}")
    desk.push()
    assert desk.suspended(owned) == [True, True]
    assert desk.suspended(ours) == [True]
    desk.write(f"# A\n\n{LIST}\n{TUPLE}\n{NONE}")
    assert "2 unsuspended" in desk.push()
    assert desk.suspended(owned) == [False, True]
    assert desk.suspended(ours) == [False]
    assert desk.tags(ours) == desk.tags(owned) == {"deck::a"}


def test_a_retired_card_that_somebody_goes_on_studying_is_suspended_once(desk):
    desk.write(f"# A\n\n{LIST}\n{TUPLE}")
    desk.push()
    gone = desk.id("What is a tuple?")
    desk.write(f"# A\n\n{LIST}")
    desk.push()
    desk.anki.collection.sched.unsuspend_cards([desk.anki.cards(gone)[0].id])
    assert "nothing changed" in desk.push()
    assert desk.suspended(gone) == [False]


def test_a_card_that_is_gone_and_was_edited_in_anki_since_is_not_suspended(desk):
    desk.write(f"# A\n\n{LIST}\n{TUPLE}")
    desk.push()
    gone = desk.id("What is a tuple?")
    desk.edit(gone, answer="My own words", tags=("mine",))
    desk.edit(gone, answer="My own words again")
    desk.now -= 2_500
    desk.write(f"# A\n\n{LIST}")
    result = desk.run()
    assert "edited in Anki, and kept so: What is a tuple?" in result.stderr
    assert desk.suspended(gone) == [False]
    assert desk.tags(gone) == {"deck::a", "mine"}


def test_a_card_follows_its_topic_when_an_import_by_hand_came_first(desk):
    desk.write(f"# A\n\n{LIST}\n# B\n\n{TUPLE}", BY_TOPIC)
    desk.push()
    desk.write(f"# A\n\n{NONE}\n# B\n\n{TUPLE}\n{LIST}", BY_TOPIC)
    desk.now += 1_000
    desk.anki.imported(desk.folder.build(desk.now))
    desk.push()
    assert desk.decks() == {"Deck::A": ["What is None?"], "Deck::B": ["What is a tuple?", "What is a list?"]}


def test_retired_cards_can_be_left_alone(desk):
    desk.write(f"# A\n\n{LIST}\n{TUPLE}")
    desk.push()
    gone = desk.id("What is a tuple?")
    desk.write(f"# A\n\n{LIST}")
    assert "1 retired" in desk.push("--retired", "leave")
    assert desk.suspended(gone) == [False]
    assert desk.tags(gone) == {"deck::retired"}


def test_retired_cards_are_deleted_when_that_is_confirmed_and_the_next_push_changes_nothing(desk):
    desk.write(f"# A\n\n{LIST}\n{TUPLE}\n{NONE}")
    desk.push()
    theirs = foreign(desk.anki)
    untouched, schema = theirs(), desk.anki.schema_changed()
    desk.write(f"# A\n\n{LIST}")
    kept = desk.id("What is a list?")
    before = whole(desk.anki)
    refused = desk.run("--retired", "delete")
    assert refused.exit_code == 2
    assert "2 retired cards would be deleted in Anki" in refused.stderr
    assert whole(desk.anki) == before
    assert "2 deleted" in desk.push("--retired", "delete", "--yes")
    assert {guid: cards for guid, cards in desk.anki.ordinals().items() if guid == kept} == {kept: [0]}
    assert len(desk.anki.ordinals()) == 1 + 4
    assert theirs() == untouched
    assert desk.anki.schema_changed() == schema
    before = whole(desk.anki)
    assert "nothing changed" in desk.push("--retired", "delete")
    assert whole(desk.anki) == before
    desk.write(f"# A\n\n{LIST.replace('Mutable', 'It can change')}")  # an import once more, tombstones and all
    assert "1 updated" in desk.push("--retired", "delete")
    assert len(desk.anki.ordinals()) == 1 + 4
    desk.write(f"# A\n\n{LIST}\n{TUPLE}")
    desk.push()
    assert desk.suspended(desk.id("What is a tuple?")) == [False]


def test_an_update_takes_the_notes_own_tags_and_no_tag_of_the_users(desk):
    desk.write(f"# A\n\n{LIST}\n{TUPLE}".replace("list?\n", "list?\n<!-- tags: core old -->\n"))
    desk.push()
    card, other = desk.id("What is a list?"), desk.id("What is a tuple?")
    desk.edit(card, tags=("mine", "deck::hard", "leech"), without=("core",))
    desk.write(
        f"# B\n\n{LIST.replace('Mutable', 'It changes')}\n{TUPLE}".replace("list?\n", "list?\n<!-- tags: core -->\n")
    )
    desk.push()
    # `old` may be the user's own as well: what Anki holds does not say who has put it there.
    assert desk.tags(card) == {"deck::b", "core", "mine", "deck::hard", "leech", "old"}
    assert desk.tags(other) == {"deck::b"}


def test_a_note_that_nobody_touched_loses_the_tags_that_the_notes_no_longer_have(desk):
    desk.write(f"# A\n\n{LIST}".replace("list?\n", "list?\n<!-- tags: core old -->\n"))
    desk.push()
    desk.write(f"# A\n\n{LIST}".replace("list?\n", "list?\n<!-- tags: core -->\n"))
    desk.push()
    assert desk.tags(desk.id("What is a list?")) == {"deck::a", "core"}


def test_tags_are_kept_where_the_add_on_tells_no_times(desk):
    desk.connect.tells_mod = False
    desk.write(f"# A\n\n{LIST}")
    desk.push()
    card = desk.id("What is a list?")
    desk.edit(card, tags=("mine",))
    desk.write(f"# A\n\n{LIST.replace('Mutable', 'It changes')}")
    assert "1 updated; tags of your own kept on 1" in desk.push()
    assert desk.tags(card) == {"deck::a", "mine"}
    assert "nothing changed" in desk.push()


def test_no_tag_is_lost_when_the_push_is_stopped_behind_the_import(desk):
    desk.write(f"# A\n\n{LIST}")
    desk.push()
    card = desk.id("What is a list?")
    desk.edit(card, tags=("mine",))
    desk.write(f"# A\n\n{LIST.replace('Mutable', 'It changes')}")
    desk.connect.asked.clear()
    desk.connect.breaks_after = "importPackage"
    assert desk.run().exit_code == 3
    assert "It changes" in desk.anki.answer(card)
    assert desk.tags(card) == {"deck::a", "mine"}


def test_a_change_of_one_card_leaves_the_rows_of_all_others_as_they_were(desk):
    desk.write(NOTES)
    desk.push()
    changed = desk.anki.note(desk.id("What is a list?")).id
    others = {
        table: [row for row in rows(desk.anki, table) if row[0] != changed]
        for table in ("notes", "cards", "decks", "tags")
    }
    desk.write(NOTES.replace("Mutable", "It can change"))
    assert "1 updated" in desk.push()
    assert {table: [row for row in rows(desk.anki, table) if row[0] != changed] for table in others} == others


def test_the_look_of_an_earlier_release_is_replaced_and_one_of_somebody_s_own_stays(desk):
    for _ in range(2):  # the second stamps the note types with now, and that is newer than what was ever published
        desk.anki.imported((RELEASES / "0.1.0/release.apkg").read_bytes(), connect=True)
    schema = desk.anki.schema_changed()
    assert desk.anki.style(QUESTION.id) != style()
    desk.write(NOTES)
    assert "2 given a new look" in desk.push()
    assert desk.anki.style(QUESTION.id) == desk.anki.style(CLOZE.id) == style()
    assert [t["qfmt"] for t in desk.anki.note_type(QUESTION.id)["tmpls"]] == [t.front for t in QUESTION.templates]
    assert desk.anki.schema_changed() == schema
    assert "nothing changed" in desk.push()
    own = desk.anki.note_type(QUESTION.id)
    own["css"] = ".card { color: red }"
    desk.anki.collection.models.update_dict(own)
    result = desk.run()
    assert "'Interview Helper Question' has a look of your own in Anki, and keeps it" in result.stderr
    assert desk.anki.style(QUESTION.id) == ".card { color: red }"


@pytest.mark.parametrize("release", sorted(each.parent.name for each in RELEASES.glob("*/release.apkg")))
def test_every_look_that_was_published_is_known(anki, release):
    anki.imported((RELEASES / release / "release.apkg").read_bytes())
    with Connect(anki) as connect:
        shapes = list(Anki(connect.url)._shapes())
    assert len(shapes) == 2
    assert pushing._restyled(shapes) == ()


def test_the_look_of_now_is_known_too_for_the_next_release(desk):
    desk.write(NOTES)
    desk.push()
    assert {pushing._look(shape) for shape in Anki(desk.connect.url)._shapes()} <= pushing.LOOKS


def test_what_somebody_has_edited_in_anki_stays_and_is_told(desk):
    desk.write(f"# A\n\n{LIST}")
    desk.push()
    card = desk.id("What is a list?")
    desk.edit(card, answer="My own words")
    result = desk.run()
    assert "edited in Anki, and kept so: What is a list?" in result.stderr
    assert "nothing changed" in result.stdout
    assert "My own words" in desk.anki.answer(card)


def test_of_an_edit_in_the_second_of_the_build_a_dry_run_says_that_it_stays(desk):
    desk.write(f"# A\n\n{LIST}")
    desk.push()
    desk.now -= 1_000
    desk.edit(desk.id("What is a list?"), answer="My own words")
    result = desk.run("--dry-run")
    assert "edited in Anki, and kept so: What is a list?" in result.stderr
    assert "nothing changed" in result.stdout


def test_a_profile_that_has_none_of_a_deck_that_was_published_is_told(desk):
    desk.write(f"# A\n\n{LIST}")
    desk.folder.build(desk.now)
    desk.write(f"# A\n\n{LIST}\n{TUPLE}")
    assert (
        "no card of this deck was in the profile User 1, though it had been built before"
        in desk.run("--dry-run").stderr
    )


def test_a_deck_of_one_file_is_pushed_with_its_own_lock(desk):
    desk.folder.write("one.md", f"# One\n\n{LIST}")
    result = desk.folder.run("push", desk.folder.notes / "one.md", "-o", desk.folder.output, "--url", desk.connect.url)
    assert "1 new" in result.stdout
    assert (desk.folder.notes / "one.lock").is_file()


def test_a_copy_of_a_note_that_somebody_made_in_anki_is_not_ours(desk):
    desk.write(f"# A\n\n{LIST}\n{TUPLE}")
    desk.push()
    theirs = foreign(desk.anki)
    untouched = theirs()
    desk.write("# A\n\n## Another?\n\nYes.\n", BY_TOPIC)
    desk.push()
    assert theirs() == untouched


def test_another_deck_that_was_made_by_this_program_stays_as_it_is(desk, tmp_path):
    other = Folder(tmp_path / "other")
    other.write("deck.toml", 'title = "Other"\n[anki]\ndecks = "topic"\n')
    other.write("notes.md", f"# A\n\n{LIST}\n{NONE}")
    assert other.run("push", other.notes, "-o", other.output, "--url", desk.connect.url, now=desk.now).exit_code == 0
    before = {table: set(map(repr, rows(desk.anki, table))) for table in ("notes", "cards", "decks")}
    desk.write(f"# A\n\n{LIST}\n{TUPLE}", BY_TOPIC)
    assert "2 new" in desk.push()
    desk.write(f"# B\n\n{LIST}", BY_TOPIC)
    assert "1 retired" in desk.push("--retired", "delete", "--yes")
    assert all(before[table] <= set(map(repr, rows(desk.anki, table))) for table in before)


def test_media_travels_with_the_package(desk):
    desk.folder.write("dot.png", picture("red"))
    desk.write("# A\n\n## What is shown?\n\n![A dot](dot.png)\n")
    desk.push()
    assert [name for name in desk.anki.media() if name.endswith(".png")]
    assert "nothing changed" in desk.push()
