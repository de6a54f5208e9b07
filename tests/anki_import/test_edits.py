"""Every way to edit notes: in the real Anki, a card that is still the same keeps its id and its reviews."""

from __future__ import annotations

import os
import re
import shutil
import time
from dataclasses import replace
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest
from interview_helper import project
from interview_helper.diagnostics import Diagnostic
from interview_helper.model import Block, Card, Library
from interview_helper.outputs import anki as package

from anki_import.folder import Folder, picture
from anki_import.history import START, History, assert_same, kept
from anki_import.sandbox import KEEPS_TIMES, Sandbox

ITERATORS = """# Iterators

## What is an iterator?

An object wiht `__next__()`, which hands out one item after the other.

## How does a for loop know when to stop?

It calls `next()` until `StopIteration` is raised, and swallows that exception.

## Which builtins return lazy iterators?

`map`, `filter`, `zip` and `enumerate` compute an item only when somebody asks for it.

They can be walked through only once. A second pass finds them exhausted.

## GIL
<!-- card: reversed -->

Global interpreter lock
"""
MEMORY = """# Memory

## Garbage collection
<!-- card: cloze -->

CPython counts ==references== and finds ==cycles== with a second collector.

## Objects

### What does del remove?

The name. The object goes with its last reference.

### Why are small integers shared?

Those from -5 to 256 are made once when the interpreter starts.

## What does this print?
<!-- card: output -->

```python
a = 256
print(a is 256)
```

```output
True
```
"""
FILES = {"iterators.md": ITERATORS, "memory.md": MEMORY}
ALL = {
    "What is an iterator?",
    "How does a for loop know when to stop?",
    "Which builtins return lazy iterators?",
    "GIL",
    "Garbage collection",
    "What does del remove?",
    "Why are small integers shared?",
    "What does this print?",
}

CLOZE = "Garbage collection"
SENTENCE = "CPython counts ==references== and finds ==cycles== with a second collector."

either_way = pytest.mark.parametrize("history", [{}, {"connect": True}], ids=["anki", "ankiconnect"], indirect=True)


@pytest.fixture
def history(request: pytest.FixtureRequest, folder: Folder, anki: Sandbox) -> History:
    """The notes above, built, imported and studied; with the options of AnkiConnect where a test asks for both."""
    return History(folder, anki, FILES, **getattr(request, "param", {}))


# Words


@either_way
def test_a_typo_in_an_answer(history: History) -> None:
    history.edit("An object wiht", "An object with")
    history.then(changed=["What is an iterator?"])
    assert "An object with" in history.anki.answer(history.ids["What is an iterator?"])


def test_an_answer_rewritten(history: History) -> None:
    history.edit(
        "An object wiht `__next__()`, which hands out one item after the other.",
        "Whatever `next` takes as its argument: each call produces a value, until nothing is left.",
    )
    history.then(changed=["What is an iterator?"])


@either_way
def test_a_question_reworded(history: History) -> None:
    history.edit("How does a for loop know when to stop?", "How do for loops notice that they should stop?")
    said = history.then(
        reworded={"How does a for loop know when to stop?": "How do for loops notice that they should stop?"}
    )
    assert [row["question"] for row in said["matched"]] == ["How do for loops notice that they should stop?"]


def test_an_edit_arrives_although_the_clock_went_back(history: History) -> None:
    history.now = START - 1000
    history.edit("An object wiht", "An object with")
    history.cut("GIL")
    history.then(changed=["What is an iterator?"], retired=["GIL"])


def test_a_question_reworded_in_steps_until_no_word_is_left(history: History) -> None:
    steps = [
        "How does a for loop know when to stop?",
        "How does a for loop know when to end?",
        "How does a loop find out when to end?",
        "What tells a loop that it is to end?",
        "What tells Python that an iteration is over?",
    ]
    for old, new in pairwise(steps):
        history.edit(f"## {old}", f"## {new}")
        history.then(reworded={old: new})


def test_question_and_answer_both_edited_lightly(history: History) -> None:
    history.edit("## Why are small integers shared?", "## Why are the small integers shared objects?")
    history.edit("are made once when the interpreter starts", "are created once, at the start of the interpreter")
    history.then(reworded={"Why are small integers shared?": "Why are the small integers shared objects?"})


def test_case_and_punctuation_of_all_questions(history: History) -> None:
    questions = sorted(ALL)
    new = {question: question.upper().rstrip("?") + " ..." for question in questions}
    for question in questions:
        history.edit(f"# {question}\n", f"# {new[question]}\n")
    said = history.then(reworded=new)
    assert said["matched"] == []


def test_a_paragraph_wrapped_otherwise_is_no_change(history: History) -> None:
    history.edit("which hands out one item after", "which hands out\none item\nafter")
    history.edit("## Objects\n", "Objects\n-------\n")
    history.edit("# Iterators\n\n", "\n\n# Iterators #\n\n\n")
    history.then_nothing()


def test_tags_and_a_source_are_given_and_taken_away(history: History) -> None:
    history.edit("# Why are small integers shared?\n", "# Why are small integers shared?\n<!-- tags: cpython -->\n")
    history.then(changed=["Why are small integers shared?"])
    guid = history.ids["Why are small integers shared?"]
    assert history.anki.note(guid).tags == ["cpython", "notes::memory"]
    history.edit("<!-- tags: cpython -->", "<!-- source: CPython -->")
    history.then(changed=["Why are small integers shared?"])
    assert history.anki.note(guid).tags == ["notes::memory"]


# Places


@either_way
def test_all_cards_in_another_order(history: History) -> None:
    for question in ("What is an iterator?", "How does a for loop know when to stop?"):
        history.put(history.cut(question), end_of="iterators.md")
    history.put(history.cut("What does this print?"), before="Garbage collection")
    history.then_nothing()


@either_way
def test_a_card_moved_to_another_file(history: History) -> None:
    history.put(history.cut("What is an iterator?"), before="Garbage collection")
    history.then(changed=["What is an iterator?"])
    assert history.anki.note(history.ids["What is an iterator?"]).tags == ["notes::memory"]


def test_a_card_moved_and_edited(history: History) -> None:
    section = history.cut("Which builtins return lazy iterators?")
    history.put(section.replace("only once", "just once"), end_of="memory.md")
    history.then(changed=["Which builtins return lazy iterators?"])


def test_a_card_moved_and_its_question_reworded(history: History) -> None:
    section = history.cut("Which builtins return lazy iterators?")
    history.put(section.replace("Which builtins return", "Which functions return"), end_of="memory.md")
    history.then(
        reworded={"Which builtins return lazy iterators?": "Which functions return lazy iterators?"},
    )


def test_a_file_renamed(history: History) -> None:
    history.rename("iterators.md", "10-loops/iteration.md")
    history.then_nothing()


IN_ITERATORS = [
    "What is an iterator?",
    "How does a for loop know when to stop?",
    "Which builtins return lazy iterators?",
]


@either_way
def test_a_topic_renamed(history: History) -> None:
    history.edit("# Iterators\n", "# Iteration\n")
    history.then(changed=[*IN_ITERATORS, "GIL"])
    assert {tuple(history.anki.note(history.ids[each]).tags) for each in IN_ITERATORS} == {("notes::iteration",)}


def test_file_and_topic_renamed_and_a_question_reworded_in_it(history: History) -> None:
    history.rename("iterators.md", "iteration.md")
    history.edit("# Iterators\n", "# Iteration\n")
    history.edit("## What is an iterator?", "## What exactly is an iterator?")
    history.then(changed=[*IN_ITERATORS[1:], "GIL"], reworded={"What is an iterator?": "What exactly is an iterator?"})


def test_a_file_split_under_one_topic(history: History) -> None:
    cut = [history.cut(question) for question in IN_ITERATORS[1:]]
    history.write("more.md", f"# Iterators\n\n{''.join(cut)}")
    history.then_nothing()


@either_way
def test_a_file_split_into_two_topics(history: History) -> None:
    cut = [history.cut(question) for question in IN_ITERATORS[1:]]
    history.write("loops.md", f"# Loops\n\n{''.join(cut)}")
    history.then(changed=IN_ITERATORS[1:])


@either_way
def test_two_files_merged(history: History) -> None:
    history.write("all.md", history.delete("iterators.md") + "\n" + history.delete("memory.md"))
    history.then_nothing()


def test_two_files_merged_under_one_topic(history: History) -> None:
    history.write("all.md", history.delete("iterators.md") + history.delete("memory.md").replace("# Memory\n", ""))
    history.then(changed=ALL - {*IN_ITERATORS, "GIL"})


def test_the_level_of_a_heading_changed(history: History) -> None:
    history.edit("## What is an iterator?", "#### What is an iterator?")
    history.then_nothing()
    history.edit("### What does del remove?", "## What does del remove?")  # out of the group, and the one behind it too
    history.edit("### Why are small integers shared?", "## Why are small integers shared?")
    history.then(changed=["What does del remove?", "Why are small integers shared?"])


def test_a_group_put_over_cards(history: History) -> None:
    history.edit("## How does a for loop know", "## Loops\n\n### How does a for loop know")
    history.then(changed=["How does a for loop know when to stop?"])


def test_two_cards_swapped(history: History) -> None:
    history.put(history.cut("How does a for loop know when to stop?"), before="What is an iterator?")
    history.then_nothing()


def test_two_answers_swapped(history: History) -> None:
    """What a card asks decides: the answers were mixed up, and are put right."""
    history.edit("The name. The object goes with its last reference.", "@")
    history.edit(
        "Those from -5 to 256 are made once when the interpreter starts.",
        "The name. The object goes with its last reference.",
    )
    history.edit("@", "Those from -5 to 256 are made once when the interpreter starts.")
    history.then(changed=["What does del remove?", "Why are small integers shared?"])


# Cards that come and go


@either_way
def test_a_card_inserted_first(history: History) -> None:
    history.put("## What makes an object iterable?\n\nThe method `__iter__()`.", before="What is an iterator?")
    history.then(new=["What makes an object iterable?"])


@either_way
def test_a_card_deleted_and_restored(history: History, other_anki: Sandbox) -> None:
    guid = history.ids["GIL"]
    section = history.cut("GIL")
    history.then(retired=["GIL"])
    assert "1 retired" in history.told
    assert other_anki.imported(history.package)["new"] == len(ALL)  # the tombstone is among them, and has no card
    assert set(other_anki.ordinals()) == set(history.ids.values())
    assert other_anki.empty_cards() == 0
    history.then_nothing()
    history.put(section, end_of="iterators.md")
    history.then(restored=["GIL"])
    assert history.ids["GIL"] == guid
    assert history.anki.note(guid).tags == ["notes::iterators"]
    assert "Global interpreter lock" in history.anki.answer(guid)


def test_a_card_deleted_and_restored_elsewhere_with_its_answer_edited(history: History) -> None:
    section = history.cut("How does a for loop know when to stop?")
    history.then(retired=["How does a for loop know when to stop?"])
    history.put(section.replace("and swallows that exception", "and swallows it"), end_of="memory.md")
    history.then(restored=["How does a for loop know when to stop?"])


def test_a_topic_deleted_and_restored_under_another_name(history: History) -> None:
    text = history.delete("memory.md")
    gone = ALL - {*IN_ITERATORS, "GIL"}
    history.then(retired=gone)
    history.write("cpython.md", text.replace("# Memory\n", "# CPython\n"))
    history.then(restored=gone)


@either_way
def test_a_card_deleted_and_an_unrelated_one_put_in_its_place(history: History) -> None:
    history.cut("How does a for loop know when to stop?")
    history.put(
        "## What can a decorator be applied to?\n\nFunctions, methods and classes.",
        before="Which builtins return lazy iterators?",
    )
    history.then(retired=["How does a for loop know when to stop?"], new=["What can a decorator be applied to?"])


def test_a_paragraph_of_an_answer_turned_into_a_card_of_its_own(history: History) -> None:
    history.edit("\nThey can be walked", "\n## How often can one walk through a lazy iterator?\n\nThey can be walked")
    history.then(
        changed=["Which builtins return lazy iterators?"], new=["How often can one walk through a lazy iterator?"]
    )


def test_two_cards_merged_into_one(history: History) -> None:
    history.edit("\n### Why are small integers shared?\n", "")
    history.then(changed=["What does del remove?"], retired=["Why are small integers shared?"])


def test_a_card_for_the_sheet_alone_is_retired_and_comes_back(history: History) -> None:
    history.edit("## GIL\n", "## GIL\n<!-- only: sheet -->\n")
    history.then(retired=["GIL"])
    history.edit("<!-- only: sheet -->\n", "")
    history.then(restored=["GIL"])


def test_many_edits_between_two_imports(history: History) -> None:
    history.rename("memory.md", "cpython.md")
    history.edit("# Memory\n", "# CPython\n")
    history.put(history.cut("What is an iterator?").replace("wiht", "with"), end_of="cpython.md")
    history.edit("## How does a for loop know when to stop?", "## How does a for loop learn when to stop?")
    history.cut("GIL")
    history.put("## What is a mapping proxy?\n\nA view of a `dict` that nobody can write to.", end_of="iterators.md")
    history.then(
        changed=ALL - {*IN_ITERATORS[1:], "GIL"},
        reworded={"How does a for loop know when to stop?": "How does a for loop learn when to stop?"},
        new=["What is a mapping proxy?"],
        retired=["GIL"],
    )


def test_edits_that_are_taken_back_before_a_build_are_none(history: History) -> None:
    history.edit("## What is an iterator?", "## What is it?")
    history.folder.run("check", history.folder.notes)
    history.edit("## What is it?", "## What is an iterator?")
    history.then_nothing()


# Twins

TWINS = {
    "a.md": "# Lists\n\n## How long does a lookup take?\n\nLinear time: all items are looked at.\n\n"
    "## What are they good for?\n\nRows of things in order.\n",
    "b.md": "# Dicts\n\n## How long does a lookup take?\n\nConstant time, because of hashing.\n\n"
    "## What can a key be?\n\nWhatever is hashable.\n",
}
LISTS, DICTS = "Lists / How long does a lookup take?", "Dicts / How long does a lookup take?"


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("Constant time, because of hashing.", "Constant time on average, because of hashing."),
        ("Constant time, because of hashing.", "Usually one probe."),
        ("Linear time: all items are looked at.", "Constant time, because of hashing. Not."),
    ],
)
def test_one_question_in_two_topics_and_one_answer_edited(folder: Folder, anki: Sandbox, old: str, new: str) -> None:
    history = History(folder, anki, TWINS)
    history.edit(old, new)
    history.then(changed=[LISTS if old.startswith("Linear") else DICTS])


def test_one_question_in_two_topics_and_one_question_edited(folder: Folder, anki: Sandbox) -> None:
    history = History(folder, anki, TWINS)
    ids = history.ids
    history.edit("# Dicts\n\n## How long does a lookup take?", "# Dicts\n\n## How long does looking up a key take?")
    history.folder.build(history.now)
    after = history.folder.ids()
    assert after["How long does a lookup take?"] == ids[LISTS]
    assert after["How long does looking up a key take?"] == ids[DICTS]


def test_one_question_in_two_topics_and_both_moved_into_one(folder: Folder, anki: Sandbox) -> None:
    history = History(folder, anki, TWINS)
    before = [history.ids[LISTS], history.ids[DICTS]]
    history.write("c.md", history.delete("a.md") + history.delete("b.md").replace("# Dicts\n", ""))
    history.folder.build(history.now)
    assert [row["id"] for row in history.folder.rows() if "lookup" in row["question"]] == before


# Kinds


@either_way
def test_basic_then_reversed_then_basic_then_reversed(history: History) -> None:
    question = "What is an iterator?"
    guid = history.ids[question]
    (forward,) = history.anki.cards(guid)
    history.edit(f"## {question}\n", f"## {question}\n<!-- card: reversed -->\n")
    history.then(changed=[question])
    assert [card.ord for card in history.anki.cards(guid)] == [0, 1]
    assert history.anki.cards(guid)[0].id == forward.id
    history.edit(f"## {question}\n<!-- card: reversed -->\n", f"## {question}\n")
    history.then(changed=[question])  # the second card and its reviews stay, and Anki calls it empty
    assert history.anki.empty_cards() == 1
    history.edit(f"## {question}\n", f"## {question}\n<!-- card: reversed -->\n")
    history.then(changed=[question])
    assert history.anki.empty_cards() == 0


@either_way
def test_basic_becomes_cloze_by_a_comment_and_basic_again(history: History) -> None:
    question = "What does del remove?"
    basic = history.ids[question]
    history.edit(f"### {question}\n\nThe name.", f"### {question}\n<!-- card: cloze -->\n\nThe ==name==.")
    history.then(retired=[question], new=[question])
    assert "I008" in history.told
    history.edit("<!-- card: cloze -->\n\nThe ==name==.", "<!-- card: basic -->\n\nThe name.")
    history.then(retired=[question], restored=[question])
    assert history.ids[question] == basic  # with its reviews
    history.edit("<!-- card: basic -->\n\nThe name.", "<!-- card: cloze -->\n\nThe ==name==.")
    history.then(retired=[question], restored=[question])


def test_a_cloze_card_whose_comment_is_gone_stays_one_while_it_has_a_blank(history: History) -> None:
    before = history.blanks(CLOZE)
    history.edit("<!-- card: cloze -->\n", "")
    history.then_nothing()
    assert "hint I009" in history.told
    history.edit("finds ==cycles==", "finds ==cycles== by ==chance==")
    history.then(changed=[CLOZE])
    assert {word: history.blanks(CLOZE)[word] for word in before} == before
    history.edit("==references== and finds ==cycles== by ==chance==", "references and finds cycles")
    history.then(retired=[CLOZE], new=[CLOZE])


def test_basic_becomes_output_and_reversed(history: History) -> None:
    question = "Why are small integers shared?"
    (card,) = history.anki.cards(history.ids[question])
    for comment in (
        "<!-- card: output -->\n\n```python\nprint(1)\n```\n\n```output\n1\n```\n",
        "<!-- card: reversed -->",
    ):
        history.edit(f"### {question}\n", f"### {question}\n{comment}\n")
        history.then(changed=[question])
        assert history.anki.cards(history.ids[question])[0].id == card.id
        history.edit(f"### {question}\n{comment}\n", f"### {question}\n")
        history.then(changed=[question])


def test_a_highlight_added_to_a_published_card_is_no_blank(history: History) -> None:
    history.edit("The name. The object", "The ==name==. The object")
    history.then(changed=["What does del remove?"])
    assert "<mark>name</mark>" in history.anki.answer(history.ids["What does del remove?"])


# Blanks


@either_way
@pytest.mark.parametrize(
    ("sentence", "new"),
    [
        ("==CPython== counts ==references== and finds ==cycles== with a second collector.", ["CPython"]),
        ("CPython counts ==references== and ==finds== ==cycles== with a second collector.", ["finds"]),
        ("CPython counts ==references== and finds ==cycles== with a second ==collector==.", ["collector"]),
        (
            "==CPython== counts ==references== and ==finds== ==cycles== with a second ==collector==.",
            ["CPython", "finds", "collector"],
        ),
    ],
    ids=["in front", "between", "behind", "everywhere"],
)
def test_blanks_added_to_others(history: History, sentence: str, new: list[str]) -> None:
    before = history.blanks(CLOZE)
    history.edit(SENTENCE, sentence)
    history.then(changed=[CLOZE])
    after = history.blanks(CLOZE)
    assert {word: after[word] for word in before} == before
    assert set(after) - set(before) == set(new)


@either_way
def test_a_blank_removed_and_put_back(history: History) -> None:
    before = history.blanks(CLOZE)
    history.edit(SENTENCE, "CPython counts references and finds ==cycles== with a second collector.")
    history.then(changed=[CLOZE])
    assert history.blanks(CLOZE) == {"cycles": before["cycles"]}
    assert history.anki.empty_cards() == 1  # the card of the blank that is gone, with its reviews
    history.edit("==cycles==", "==cycles== of ==garbage==")
    history.then(changed=[CLOZE])
    assert history.blanks(CLOZE)["garbage"] not in before.values()
    history.edit("counts references", "counts ==references==")
    history.then(changed=[CLOZE])
    assert {word: history.blanks(CLOZE)[word] for word in before} == before


def test_a_blank_removed_and_another_put_in_its_place_is_a_new_card(history: History) -> None:
    before = history.blanks(CLOZE)
    history.edit("==references==", "==owners==")
    history.then(changed=[CLOZE])
    after = history.blanks(CLOZE)
    assert after["cycles"] == before["cycles"]
    assert after["owners"] not in before.values()


def test_a_slip_in_a_blank_mended(history: History) -> None:
    before = history.blanks(CLOZE)
    history.edit("==references==", "==refferences==")
    history.then(changed=[CLOZE])
    assert history.blanks(CLOZE) == {"refferences": before["references"], "cycles": before["cycles"]}


def test_blanks_in_another_order(history: History) -> None:
    before = history.blanks(CLOZE)
    history.edit(SENTENCE, "CPython finds ==cycles== with a second collector and counts ==references==.")
    history.then(changed=[CLOZE])
    assert history.blanks(CLOZE) == before


def test_blanks_put_into_one_group(history: History) -> None:
    before = history.blanks(CLOZE)
    history.edit(SENTENCE, "CPython counts ==references== and finds ==c9:cycles== with a second ==c9:collector==.")
    history.then(changed=[CLOZE])
    assert history.blanks(CLOZE) == {**before, "collector": before["cycles"]}


@either_way
def test_hints_given_edited_and_taken_away(history: History) -> None:
    before, ids = history.blanks(CLOZE), history.ids
    for sentence, fronts in (
        ("==references==<!-- hint: what points at it --> and finds ==cycles==", ["what points at it", "..."]),
        ("==references==<!-- hint: pointers --> and finds ==cycles==<!-- hint: rings -->", ["pointers", "rings"]),
        ("==references==<!-- hint: rings --> and finds ==cycles==<!-- hint: pointers -->", ["rings", "pointers"]),
        ("==references== and finds ==cycles==<!-- hint: pointers -->", ["...", "pointers"]),
    ):
        (old,) = re.findall("==references==.*", history.text("memory.md"))
        history.edit(old, f"{sentence} with a second collector.")
        history.then(changed=[CLOZE])
        assert history.blanks(CLOZE) == before
        for ordinal, front in enumerate(fronts):
            assert f">[{front}]</span>" in history.anki.question(ids[CLOZE], ordinal)


def test_a_card_with_hints_deleted_and_restored(history: History) -> None:
    history.edit("==cycles==", "==cycles==<!-- hint: rings -->")
    history.then(changed=[CLOZE])
    blanks = history.blanks(CLOZE)
    guid = history.ids[CLOZE]
    section = history.cut(CLOZE)
    history.then(retired=[CLOZE])
    assert [">[...]</span>" in history.anki.question(guid, ordinal) for ordinal in (0, 1)] == [True, True]
    history.put(section, end_of="memory.md")
    history.then(restored=[CLOZE])
    assert history.blanks(CLOZE) == blanks
    assert ">[rings]</span>" in history.anki.question(guid, 1)


# Pictures


def test_a_picture_replaced(history: History) -> None:
    history.write("img/plot.png", picture("red"))
    history.edit("Those from -5 to 256", "![plot](img/plot.png) Those from -5 to 256")
    history.then(changed=["Why are small integers shared?"])
    history.write("img/plot.png", picture("blue"))
    history.then(changed=["Why are small integers shared?"])
    assert sorted(history.anki.media().values()) == sorted([picture("red"), picture("blue")])
    history.write("img/plot.png", picture("red"))
    history.then(changed=["Why are small integers shared?"])
    assert len(history.anki.media()) == 2


def test_a_picture_lost_is_said_and_found_again(history: History) -> None:
    history.write("plot.png", picture("red"))
    history.edit("Those from -5 to 256", "![a plot](plot.png) Those from -5 to 256")
    history.then(changed=["Why are small integers shared?"])
    (history.folder.notes / "plot.png").unlink()
    history.then(changed=["Why are small integers shared?"])
    assert "warning L001" in history.told
    assert "a plot" in history.anki.answer(history.ids["Why are small integers shared?"])
    history.write("plot.png", picture("red"))
    history.then(changed=["Why are small integers shared?"])


# What users do in Anki


def mine(history: History, question: str) -> str:
    """The fields of a note as the user has them."""
    return history.kept[history.ids[question]].fields


def test_what_a_user_edited_stays_until_the_notes_change(history: History) -> None:
    """A note that the user edits is newer than the build; ours wins when it changes after that."""
    edited, other = "What is an iterator?", "GIL"
    note = history.anki.note(history.ids[edited])
    note["Answer"] = "In my own words."
    history.anki.collection.update_note(note)
    history.noted()
    history.edit("Global interpreter lock", "The global interpreter lock")
    history.then(changed=[other])
    assert "In my own words." in mine(history, edited)
    history.edit("An object wiht", "An object with")
    history.then(changed=[edited])
    assert "In my own words." not in mine(history, edited)
    assert "An object with" in mine(history, edited)


@either_way
def test_tags_of_the_user_stay_on_what_is_unchanged(history: History) -> None:
    tagged, leech, changed = "What is an iterator?", "GIL", "Why are small integers shared?"
    notes = [history.anki.note(history.ids[question]).id for question in (tagged, changed)]
    history.anki.collection.tags.bulk_add(notes, "mine marked")
    history.anki.forget(history.ids[leech])
    assert "leech" in history.anki.note(history.ids[leech]).tags
    history.noted()
    for answer in ("Those from -6 to 256", "Those from -5 to 256"):
        history.edit("Those from -5 to 256" if "-6" in answer else "Those from -6 to 256", answer)
        history.then(changed=[changed])
    assert history.anki.note(history.ids[tagged]).tags == ["marked", "mine", "notes::iterators"]
    assert "leech" in history.anki.note(history.ids[leech]).tags
    assert history.anki.note(history.ids[changed]).tags == ["notes::memory"]  # as the README says


@either_way
def test_flags_suspending_burying_another_deck_and_other_options_stay(history: History) -> None:
    anki = history.anki
    questions = ("GIL", "Garbage collection", "What is an iterator?", "What does del remove?")
    flagged, suspended, buried, moved = (anki.cards(history.ids[question])[0].id for question in questions)
    anki.collection.set_user_flag_for_cards(3, [flagged])
    anki.collection.sched.suspend_cards([suspended])
    anki.collection.sched.bury_cards([buried], manual=True)
    deck = anki.collection.decks.id("My own deck")
    anki.collection.set_deck([moved], deck)
    ours = anki.collection.decks.by_name("Notes")
    preset = anki.collection.decks.add_config("My preset")
    anki.collection.decks.set_config_id_for_deck_dict(ours, preset["id"])
    history.noted()
    for question in sorted(ALL):
        history.edit(f"# {question}\n", f"# {question}\n<!-- source: {question} -->\n")
    history.then(changed=ALL)
    card = {question: anki.cards(history.ids[question])[0] for question in questions}
    assert card["GIL"].user_flag() == 3
    assert [card[question].queue for question in questions[1:3]] == [-1, -3]
    assert card["What does del remove?"].did == deck
    assert anki.collection.decks.config_dict_for_deck_id(ours["id"])["name"] == "My preset"


def test_a_note_that_the_user_deleted_comes_back_as_new(history: History) -> None:
    """The README says that an import can't know better; the others stay as they are."""
    guid = history.ids["GIL"]
    history.anki.collection.remove_notes([history.anki.note(guid).id])
    history._imported()
    assert history.log == {"new": 1, "duplicate": len(ALL) - 1}


# Releases of this program


def released(monkeypatch: pytest.MonkeyPatch, name: str, **changed: Any) -> None:
    """Change a note type, newer than the last import: with the options of AnkiConnect that stamps it anew."""
    monkeypatch.setattr(package, name, replace(getattr(package, name), mod=int(time.time()) + 100, **changed))


@either_way
def test_a_new_look_in_a_new_release(history: History, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("QUESTION", "CLOZE"):
        old = getattr(package, name).templates
        templates = tuple(replace(each, back=f"{each.back}<hr>", name=f"{each.name} 1") for each in old)
        released(monkeypatch, name, templates=templates)
    monkeypatch.setattr(package, "style", lambda: ".card { color: red }")
    history.then_nothing()
    assert history.anki.style(package.CLOZE.id) == ".card { color: red }"
    assert history.anki.answer(history.ids["GIL"]).endswith("<hr>")


@pytest.mark.skipif(not KEEPS_TIMES, reason="23.10 gives every note a second card when a field is renamed")
@either_way
def test_a_field_renamed_in_a_new_release(history: History, monkeypatch: pytest.MonkeyPatch) -> None:
    fields = ((number, "Hint" if field == "Reserved1" else field) for number, field in package.QUESTION.fields)
    released(monkeypatch, "QUESTION", fields=tuple(fields))
    history.then_nothing()
    assert "Hint" in {field["name"] for field in history.anki.note_type(package.QUESTION.id)["flds"]}


@either_way
def test_a_field_that_the_user_renamed_is_ours_still(history: History) -> None:
    note_type = history.anki.note_type(package.QUESTION.id)
    field = next(field for field in note_type["flds"] if field["name"] == "Answer")
    history.anki.collection.models.rename_field(note_type, field, "Antwort")
    history.anki.collection.models.update_dict(note_type)
    history.schema = history.anki.schema_changed()  # renaming it asked for a full sync; we don't
    history.noted()
    history.edit("An object wiht", "An object with")
    history.then(changed=["What is an iterator?"])
    assert "An object with" in history.anki.note(history.ids["What is an iterator?"])["Antwort"]


def test_new_releases_of_the_libraries_reach_new_cards_only(
    folder: Folder, anki: Sandbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Pygments with other classes, nh3 and markdown-it with other HTML: no note that is there is stamped."""
    raw = "# Raw\n\n## What is on the keyboard?\n\n<kbd>Ctrl</kbd> & <b>==more==</b>\n\n| a |\n|---|\n| b |\n"
    history = History(folder, anki, {**FILES, "raw.md": raw})
    lock, before = history.lock, history.package
    colored, cards_of = package.colored, project.cards_of

    def respelt(block: Block) -> Block:
        return replace(block, html=re.sub("<(p|b|td|kbd)>", r'<\1 title="new">', block.html))

    def cards_respelt(library: Library) -> tuple[tuple[Card, ...], tuple[Diagnostic, ...]]:
        cards, diagnostics = cards_of(library)
        return tuple(replace(card, answer=tuple(map(respelt, card.answer))) for card in cards), diagnostics

    monkeypatch.setattr(package, "colored", lambda language, text: f"<span>{colored(language, text)}</span>")
    monkeypatch.setattr(project, "cards_of", cards_respelt)
    history.then_nothing()
    assert history.package != before
    assert history.lock == lock
    history.put("## What is new?\n\nThis.", end_of="raw.md")
    history.then(new=["What is new?"])
    assert '<p title="new">This.</p>' in history.anki.answer(history.ids["What is new?"])
    assert 'title="new"' not in history.anki.answer(history.ids["What is on the keyboard?"])


# Mistakes and accidents


def test_one_id_on_two_cards_builds_nothing_and_names_both(history: History) -> None:
    history.edit("## What is an iterator?\n", "## What is an iterator?\n<!-- id: it -->\n")
    history.edit("## GIL\n", "## GIL\n<!-- id: it -->\n")
    result = history.folder.built(history.now)
    assert result.exit_code == 1
    assert "iterators.md:19:1: error I002 the id 'it' is also at iterators.md:4" in result.stderr.replace(
        f"{os.path.relpath(history.folder.notes)}/", ""
    )
    assert history.folder.package.read_bytes() == history.package


def test_naming_a_published_card_and_then_changing_all_of_it_keeps_its_reviews(history: History) -> None:
    history.edit("## What is an iterator?\n", "## What is an iterator?\n<!-- id: it -->\n")
    history.then_nothing()
    section = history.cut("What is an iterator?")
    assert "<!-- id: it -->" in section
    history.put("## Zip it\n<!-- id: it -->\n\nAltogether otherwise.", end_of="memory.md")
    history.then(reworded={"What is an iterator?": "Zip it"})
    history.edit("<!-- id: it -->\n", "")
    history.then_nothing()


def test_a_lost_lock_is_recovered_from_the_package(history: History) -> None:
    history.cut("GIL")
    history.then(retired=["GIL"])
    lock = history.folder.notes / "deck.lock"
    before = lock.read_bytes()
    lock.unlink()
    history.edit("How does a for loop know when to stop?", "How do for loops notice that they should stop?")
    refused = history.folder.built(history.now)
    assert refused.exit_code == 1
    assert "interview-helper recover" in refused.stderr
    assert not lock.exists()
    assert history.folder.run("recover", history.folder.package, history.folder.notes).exit_code == 0
    assert lock.read_bytes() == before
    history.then(reworded={"How does a for loop know when to stop?": "How do for loops notice that they should stop?"})


def test_without_lock_and_package_all_that_stands_where_it_stood_is_updated_and_nothing_is_new(
    history: History,
) -> None:
    (history.folder.notes / "deck.lock").unlink()
    history.folder.package.unlink()
    before = history.kept
    history._imported()
    assert history.log == {"updated": len(ALL)}
    for guid, each in kept(history.anki).items():
        assert_same(before[guid], each)


def test_the_deck_renamed_in_its_config_alone(history: History) -> None:
    """Warned of: what is there stays in the old deck, what is new goes to the new one; no card is lost or twice."""
    history.write("deck.toml", 'title = "Python"\n')
    history.put("## What is new?\n\nThis.", end_of="memory.md")
    history.then(new=["What is new?"])
    assert "warning I010" in history.told
    decks = {question: history.anki.deck(guid) for question, guid in history.ids.items()}
    assert decks == {**dict.fromkeys(ALL, "Notes"), "What is new?": "Python"}


def test_the_deck_renamed_in_anki_first(history: History) -> None:
    anki = history.anki
    anki.collection.decks.rename(anki.collection.decks.by_name("Notes")["id"], "Python")
    history.write("deck.toml", 'title = "Python"\n')
    history.put("## What is new?\n\nThis.", end_of="memory.md")
    history.then(new=["What is new?"])
    assert {anki.deck(guid) for guid in history.ids.values()} == {"Python"}


def test_two_decks_with_the_same_notes_and_ids_live_side_by_side(history: History, tmp_path: Path) -> None:
    for number, question in enumerate(sorted(ALL)):
        history.edit(f"# {question}\n", f"# {question}\n<!-- id: card-{number} -->\n")
    history.then_nothing()
    fork = tmp_path / "fork"
    shutil.copytree(history.folder.notes, fork / "notes")
    theirs = Folder(fork)
    assert theirs.run("init", "--fork", theirs.notes).exit_code == 0
    assert history.anki.imported(theirs.build(START), connect=history.connect) == {"new": len(ALL)}
    assert not set(theirs.ids().values()) & set(history.ids.values())
    state = kept(history.anki)
    assert {guid: state[guid] for guid in history.kept} == history.kept
