"""Questions that are asked twice, or nearly so, anywhere in a deck."""

from __future__ import annotations

from itertools import combinations
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st
from interview_helper import likeness
from interview_helper.cards import cards
from interview_helper.diagnostics import ordered
from interview_helper.likeness import Asked, asked, is_alike, pairs, twice
from interview_helper.model import Card, Library, Source
from interview_helper.parse import parse


def made(*notes: str) -> tuple[Card, ...]:
    documents = tuple(parse(Source(f"{i}.md", note)).document for i, note in enumerate(notes))
    return cards(Library(documents, {}))[0]


def hints(*notes: str, likeness: float = 0.7) -> list[tuple[str, str, str]]:
    """Each hint's code, its place as `path:line:column`, and the place that its message ends with."""
    found = ordered(twice(made(*notes), likeness))
    return [(d.code, f"{d.span.path}:{d.span.line}:{d.span.column}", d.message.rpartition(" ")[2]) for d in found]


def told(one: str, other: str) -> list[str]:
    """The codes that two questions in two topics get."""
    return [code for code, _, _ in hints(f"# A\n\n## {one}\n\nx\n", f"# B\n\n## {other}\n\ny\n")]


def test_the_later_one_names_the_first():
    note = "# {}\n\n## What is a decorator?\n\nx\n"
    assert hints(note.format("A"), "# X\n\n## Why?\n\nx\n", note.format("B"), note.format("C")) == [
        ("S019", "2.md:3:4", "0.md:3"),
        ("S019", "3.md:3:4", "0.md:3"),
    ]


def test_the_nearest_before_is_named():
    one, two = (
        "Which of the methods of a frozen set return a set?",
        "Which of the methods of a set return a frozen set?",
    )
    other = "Which of the methods of a frozen set return a new set?"
    assert hints(f"# A\n\n## {other}\n\nx\n\n## {one}\n\nx\n", f"# B\n\n## {two}\n\nx\n") == [
        ("S020", "0.md:7:4", "0.md:3"),
        ("S020", "1.md:3:4", "0.md:7"),
    ]


def test_of_several_the_most_alike_is_named():
    note = "# {}\n\n## Which {} hold references of objects in main memory after garbage collection?\n\nx\n"
    far, near, later = "old weak strong", "new weak strong", "new weak strong fast"
    notes = [note.format(i, words) for i, words in enumerate((far, near, later))]
    assert hints(*notes) == [("S020", "1.md:3:4", "0.md:3"), ("S020", "2.md:3:4", "1.md:3")]
    assert hints(notes[1], notes[0], notes[2])[1] == ("S020", "2.md:3:4", "0.md:3")


def test_highlights_in_an_answer_are_no_part_of_a_question():
    note = "# {}\n\n## What is a closure?\n\nA ==function== {}.\n"
    assert hints(note.format("A", "with names"), note.format("B", "that keeps cells")) == [
        ("S019", "1.md:3:4", "0.md:3")
    ]


SAME = [
    ("Which method does a context manager need?", "Which methods does a context manager need?"),
    ("What is a closure?", "What is a *closure*"),
    ("What is a closure?", "what is a `closure`?"),
    ("12. What is a closure?", "What is a closure?"),
]
NEAR = [
    ("What is a decorator?", "What are decorators?"),
    ("How is a dict copied?", "How is the dict copied"),
    ("Which objects can `len()` measure with a result?", "Which objects can `len()` measure, and is a result given?"),
    ("What raises `StopIteration`?", "What is raised by StopIteration, what raises it?".replace("is raised by ", "")),
]
APART = [
    ("What is the cost of `append`?", "What is the cost of `insert`?"),
    # However long what they share: other names are other questions.
    (
        "What is the average cost in time and memory of one call of `list.append` on a very long sorted list?",
        "What is the average cost in time and memory of one call of `list.insert` on a very long sorted list?",
    ),
    (
        "What came with Python 3.11 for typing of generic classes?",
        "What came with Python 3.12 for typing of generic classes?",
    ),
    ("What is the first argument of __init__ in a class?", "What is the first argument of __new__ in a class?"),
    ("Does `is` compare by identity or equality?", "Does `==` compare by identity or equality?"),
    ("When is `__del__` called?", "Why is `__del__` called?"),
    ("What is a closure?", "When is a closure made?"),
    ("Why?", "How?"),
]


@pytest.mark.parametrize(("one", "other"), SAME)
def test_the_same_question_is_asked_twice(one, other):
    assert told(one, other) == ["S019"]


@pytest.mark.parametrize(("one", "other"), NEAR)
def test_a_question_that_is_nearly_another_one(one, other):
    assert told(one, other) == ["S020"]


@pytest.mark.parametrize(("one", "other"), APART)
def test_two_questions(one, other):
    assert told(one, other) == []


def output(code: str, question: str = "What does this print?") -> str:
    return f"## {question}\n<!-- card: output -->\n\n```python\n{code}\n```\n\n```output\n1\n```\n\n"


def codes(*codes: str) -> list[str]:
    return [code for code, _, _ in hints(*(f"# T{i}\n\n{output(code)}" for i, code in enumerate(codes)))]


def test_output_cards_are_told_apart_by_their_code():
    assert codes("print(1)", "print(2)") == []
    assert codes("x = 256\ny = 256\nprint(x is y)", "x = 257\ny = 257\nprint(x is y)") == []
    assert codes("print(a == b)", "print(a is b)") == []
    assert codes("print(1)", "print( 1 )  ") == ["S019"]
    assert codes("print(a, b, c, d)", "print(a, b, c, d, e)") == ["S020"]
    # Twice of one thing is more than once of it.
    assert codes("f(1)", "f(f(f(f(1))))") == []


def test_two_questions_about_one_snippet_are_two():
    first = output("print(a, b, c)", "Which names does it need?")
    assert hints(f"# A\n\n{first}", f"# B\n\n{output('print(a, b, c)', 'How often is a function called?')}") == []


def test_code_below_a_question_about_it_tells_it_apart_all_the_same():
    notes = [f"# T{i}\n\n## What does this code print?\n\n```python\nprint({i})\n```\n" for i in (1, 1, 2)]
    notes[1] = notes[1].replace("# T", "# U")
    assert hints(*notes) == [("S019", "1.md:3:4", "0.md:3")]
    assert told("How is a tuple made?\n\n```\n(1,)\n```", "How is a tuple made?\n\n```\n(2,)\n```") == ["S019"]


def test_pictures_tell_questions_apart():
    note = "# T{0}\n\n## What is shown?\n\n![plot]({0}.png)\n\n<!-- answer -->\n\nx\n"
    assert hints(note.format("a"), note.format("b")) == []
    assert [code for code, *_ in hints(note.format("a"), note.format("a").replace("Ta", "Tb"))] == ["S019"]


def test_a_cloze_card_asks_by_its_text():
    note = "# T\n\n## Facts\n<!-- card: cloze -->\n\n{}\n"
    assert hints(note.format("A list is ==mutable== here."), note.format("Tuples are ==frozen== objects.")) == []
    assert (
        hints(note.format("A ==list== is it."), note.format("A list is ==it==").replace("# T", "# U"))[0][0] == "S019"
    )


def test_a_heading_that_leans_on_those_above_counts_with_them():
    note = "# {}\n\n## {}\n\n### Advantages\n\nx\n\n### How does it work?\n\ny\n"
    assert hints(note.format("A", "Threads"), note.format("A", "Processes")) == []
    assert [c for c, *_ in hints(note.format("On threads", "Locks"), note.format("On processes", "Locks"))] == []
    assert [c for c, *_ in hints(note.format("A", "Threads"), note.format("A", "Threads"))] == []  # each is an I001


def test_at_one_place_it_is_another_code():
    assert hints("# A\n\n## What is a closure?\n\nx\n\n## What is a closure?\n\ny\n") == []


WORDS = ("queue", "stack", "heap", "`push`", "`pop`", "tree", "3.11", "3.12", "what", "why", "fast", "slow", "rust")
QUESTIONS = st.lists(st.lists(st.sampled_from(WORDS), min_size=1, max_size=9).map(" ".join), min_size=2, max_size=25)


def decked(questions: list[str], shown: list[str]) -> list[Asked]:
    blocks = [f"\n\n```\n{code}\n```\n\n<!-- answer -->" if code else "" for code in shown]
    return [asked(made(f"# T\n\n## {q}{b}\n\nx\n")[0]) for q, b in zip(questions, blocks, strict=False)]


@given(QUESTIONS, st.lists(st.sampled_from(["", "", "a b c d", "a b c d e", "a b c"]), min_size=25, max_size=25), st.sampled_from([0.5, 0.6, 0.7, 0.75, 0.9, 1]))  # fmt: skip
def test_the_index_finds_what_comparing_all_pairs_finds(questions, shown, likeness):
    deck = decked(questions, shown)
    found = list(pairs(deck, likeness))
    assert len(found) == len(set(found))
    naive = [(i, j) for (i, a), (j, b) in combinations(enumerate(deck), 2) if is_alike(a, b, likeness)]
    assert sorted(found) == naive


@given(
    st.lists(st.frozensets(st.integers(0, 30).map(str), min_size=1, max_size=14), min_size=2, max_size=40),
    st.floats(0.5, 1),
)
def test_the_index_finds_all_sets_that_are_alike(sets, likeness):
    deck = [Asked((), each, frozenset(), frozenset()) for each in sets]
    naive = [(i, j) for (i, a), (j, b) in combinations(enumerate(deck), 2) if is_alike(a, b, likeness)]
    assert sorted(pairs(deck, likeness)) == naive

    shown = [Asked((), frozenset(), each, each) for each in sets]
    naive = [(i, j) for (i, a), (j, b) in combinations(enumerate(shown), 2) if is_alike(a, b, likeness)]
    assert sorted(pairs(shown, likeness)) == naive


def test_where_all_share_their_words_twice_the_questions_are_twice_the_work(monkeypatch):
    monkeypatch.setattr(likeness, "_HOLDERS", 10)
    compared = []
    monkeypatch.setattr(likeness, "is_alike", lambda *both: compared.append(both))
    random = Random(1)
    deck = [Asked((), frozenset(random.sample("abcdefghijkl", 6)), frozenset(), frozenset()) for _ in range(800)]
    works = []
    for size in (400, 800):
        compared.clear()
        assert list(pairs(deck[:size], 0.7)) == []
        works.append(len(compared))
    assert works[1] < 2.1 * works[0] < 400 * 399


def test_a_likeness_is_a_part_of_all_words():
    words = [frozenset("abcdefg"), frozenset("abcdefghij"), frozenset("abcdefghijk")]
    deck = [Asked((), each, frozenset(), frozenset()) for each in words]
    assert sorted(pairs(deck, 0.7)) == [(0, 1), (1, 2)]  # 7 of 10, and not 7 of 11


def test_hints_do_not_depend_on_anything_but_the_notes():
    notes = [f"# T{i}\n\n## Which {a} is in the {b} of a large {c}?\n\nx\n" for i, (a, b, c) in enumerate(
        (a, b, c) for a in ("row", "cell") for b in ("row", "table") for c in ("cell", "table"))]  # fmt: skip
    assert hints(*notes) == hints(*notes)
    assert [(place, of) for code, place, of in hints(*notes) if code == "S020"]
