"""What a topic or a tag chooses of the notes."""

from __future__ import annotations

from collections.abc import Iterable

import pytest
from interview_helper import identity
from interview_helper.cards import cards
from interview_helper.ledger import Ledger
from interview_helper.model import Build, Deck, Library, Section, Source
from interview_helper.parse import parse
from interview_helper.selection import Selection, tag_of, tags, topics

FIRST = """# Objects

An introduction.

## A group

### Named
<!-- tags: core::naming -->

named

#### Below it

below

### Unnamed

unnamed

## With text

outer

### Inner
<!-- tags: Core -->

inner

## Corner
<!-- tags: corner -->

corner

## Asked only
<!-- tags: core -->
<!-- only: deck -->

asked
"""
SECOND = """# Running
<!-- tags: core late -->

All of it is core.

## Speed

fast

# Rest
## Left

left
"""


def build(*notes: str) -> Build:
    documents = tuple(parse(Source(f"{i}.md", note)).document for i, note in enumerate(notes or (FIRST, SECOND)))
    library = Library(documents, {})
    known = identity.assign(cards(library)[0], Ledger(), 0).cards
    return Build(Deck("id", "Deck", "deck", "", "en"), library, known, ())


def outline(sections: Iterable[Section], depth: int = 0) -> list[str]:
    """The headings of a tree, indented, each with its text."""
    lines = []
    for section in sections:
        text = " ".join(block.text for block in (*section.question, *section.answer))
        lines += [f"{' ' * depth}{section.title.text}: {text}".rstrip(": "), *outline(section.sections, depth + 1)]
    return lines


def chosen(topic: str | None = None, tag: str | None = None) -> list[str]:
    made = Selection(topic, tag).build(build())
    return outline(topic for document in made.library.documents for topic in document.topics)


def test_a_tag_chooses_headings_with_their_text_and_those_over_them_as_titles():
    assert chosen(tag="core") == [
        "Objects",
        " A group",
        "  Named: named",
        "   Below it: below",
        " With text",
        "  Inner: inner",
        "Running: All of it is core.",
        " Speed: fast",
    ]


@pytest.mark.parametrize(
    ("tag", "kept"),
    [
        ("core::naming", ["Objects", " A group", "  Named: named", "   Below it: below"]),
        ("CORE::Naming", ["Objects", " A group", "  Named: named", "   Below it: below"]),
        ("corner", ["Objects", " Corner: corner"]),
        ("late", ["Running: All of it is core.", " Speed: fast"]),
        ("cor", []),
        ("", []),
    ],
)
def test_a_tag_has_those_below_it_and_no_others(tag, kept):
    assert chosen(tag=tag) == kept


def test_a_topic_is_chosen_whole_whatever_the_case():
    assert chosen("running") == ["Running: All of it is core.", " Speed: fast"]
    assert chosen("Rest") == ["Rest", " Left: left"]


def test_a_file_without_a_title_is_a_topic_of_its_name():
    whole = build("## Q\n\nx\n", SECOND)
    made = Selection("0").build(whole)
    assert [d.source.path for d in made.library.documents] == ["0.md"]
    assert made.cards == whole.cards[:1]


def test_topic_and_tag_must_both_hold():
    assert chosen("Objects", "corner") == ["Objects", " Corner: corner"]
    assert chosen("Rest", "core") == []


def test_the_cards_are_those_with_topic_and_tag_and_stay_what_they_are():
    whole = build()
    for selection, questions in (
        (Selection(tag="core"), ["Named", "Below it", "Inner", "Asked only", "Speed"]),
        (Selection("Running"), ["Speed"]),
        (Selection("objects", "core::naming"), ["Named", "Below it"]),
        (Selection(), [c.card.heading.text for c in whole.cards]),
    ):
        made = selection.build(whole)
        assert [c.card.heading.text for c in made.cards] == questions
        assert set(made.cards) <= set(whole.cards)


def test_without_topic_and_tag_it_is_all_of_it():
    whole = build()
    assert Selection().build(whole) is whole


def test_the_topics_and_tags_are_those_of_the_sheet():
    documents = build(FIRST, SECOND, "# Hidden\n<!-- only: deck -->\n<!-- tags: secret -->\n## Q\nx").library.documents
    assert topics(documents) == ("Objects", "Running", "Rest")
    assert tags(documents) == ("core", "core::naming", "corner", "late")


@pytest.mark.parametrize(
    ("selection", "key", "message", "alike"),
    [
        (Selection("Object"), "topic", "no topic is named 'Object'", ("Objects",)),
        (Selection(""), "topic", "no topic is named ''", ("Objects", "Running", "Rest")),
        (Selection(tag="cor"), "tag", "no heading has the tag 'cor'", ("core", "corner")),
        (Selection(tag=""), "tag", "no heading has the tag ''", ("core", "core::naming", "corner")),
        (Selection("Running", "corner"), "tag", "nothing below 'Running' has the tag 'corner'", ("core",)),
        (Selection("Rest", "core"), "tag", "nothing below 'Rest' has the tag 'core'", ()),
    ],
)
def test_what_chooses_nothing_says_so_with_what_may_be_meant(selection, key, message, alike):
    unknown = selection.unknown(build().library.documents)
    assert (unknown.key, unknown.message, unknown.alike) == (key, message, alike)


@pytest.mark.parametrize(
    "selection", [Selection(), Selection("objects"), Selection(tag="CORE"), Selection("Running", "core")]
)
def test_what_chooses_something_is_known(selection):
    assert selection.unknown(build().library.documents) is None


def test_a_tag_of_cards_alone_is_unknown_on_the_sheet():
    documents = build("# T\n## A\n<!-- tags: hidden -->\n<!-- only: deck -->\nx").library.documents
    assert Selection(tag="hidden").unknown(documents).message == "no heading has the tag 'hidden'"


@pytest.mark.parametrize(
    ("selection", "name"),
    [
        (Selection("C"), "c"),
        (Selection("c++"), "c-2"),
        (Selection("C#"), "c-3"),
        (Selection("*"), "topic"),
        (Selection(tag="c"), "c"),
        (Selection(tag="C++"), "c-2"),
        (Selection(tag="a::b"), "a-b"),
        (Selection("C", "a::b"), "c-a-b"),
        (Selection("std::vector"), "std-vector"),
        (Selection("Flashcards"), "flashcards-sheet"),
    ],
)
def test_a_selection_has_a_name_that_no_other_has(selection, name):
    titles = ("C", "C++", "C#", r"\*", "std::vector", "Flashcards")
    notes = [f"# {title}\n<!-- tags: c c++ a::b -->\n## Q\nx\n" for title in titles]
    assert selection.name(build(*notes).library.documents) == name


def test_a_tag_may_be_given_as_it_is_written_anywhere():
    assert [tag_of(written) for written in ("core", " #core ", "two words", "a::::b")] == [
        "core",
        "core",
        "two-words",
        "a::b",
    ]
