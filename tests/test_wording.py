"""Cards to hints on their words: what trips each rule, what just does not, and what is exempt."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st
from interview_helper.advice import Limits
from interview_helper.cards import cards
from interview_helper.likeness import twice
from interview_helper.model import Library, Source
from interview_helper.parse import parse
from interview_helper.wording import wording


def hints(note: str, limits: Limits | None = None, language: str = "en") -> list[tuple[str, str]]:
    """Each hint's code and the words of the note that it names."""
    library = Library((parse(Source("note.md", note), maths=True).document,), {})
    lines = note.split("\n")
    found = []
    for d in wording(cards(library)[0], library, limits or Limits(), language):
        span = d.span
        rows = lines[span.line - 1 : span.end_line]
        rows[-1] = rows[-1][: span.end_column - 1]
        rows[0] = rows[0][span.column - 1 :]
        assert d.hint
        found.append((d.code, "\n".join(rows)))
    return found


def said(note: str) -> list[str]:
    library = Library((parse(Source("note.md", note)).document,), {})
    return [d.message for d in wording(cards(library)[0], library, Limits())]


def basic(question: str, answer: str = "Because of it.") -> str:
    return f"# T\n\n## {question}\n\n{answer}\n"


def cloze(text: str, heading: str = "Facts") -> str:
    return f"# T\n\n## {heading}\n<!-- card: cloze -->\n\n{text}\n"


FIVE = "one two three four five"
TWENTY = f"Why is {FIVE} {FIVE} {FIVE} six seven eight?"
FORTY_FIVE = " ".join([FIVE] * 9)
FOUR = "- a\n- b\n- c\n- d"
CODE = "```python\nx = 1\n```"

TRIPS = {
    # S002
    TWENTY.replace("?", " more?"): ("S002", TWENTY.replace("?", " more?")),
    # S005
    "Is a tuple mutable?": ("S005", "Is a tuple mutable?"),
    "**Can't** a *tuple* change?": ("S005", "**Can't** a *tuple* change?"),
    "Does `a: int` do a thing?": ("S005", "Does `a: int` do a thing?"),
    # S006
    "What is a list? Why is it slow?": ("S006", "?"),
    "What does `a ? b` mean? Why **so?**": ("S006", "?"),
    "Why [so?](x?y=1) And when?": ("S006", "?"),
    # S007
    "What does `def` bind, and when?": ("S007", "and when?"),
    "What is a list and **how** is it made?": ("S007", "and **how** is it made?"),
    # S009
    "Write a function that adds": ("S009", "Write a"),
    # S010
    "What does this code print?": ("S010", "this code"),
    "What will be the output of the code": ("S010", "output of the code"),
    # S014
    "What does an LRUX do?": ("S014", "LRUX"),
    "How many `A` LRUs fit?": ("S014", "LRU"),
    # S015
    "Explain the GIL in Python (GIL)": ("S015", "Explain"),
    "*Explain* decorators": ("S015", "Explain"),
    "List all built-in types": ("S015", "List all"),
    "Can you explain decorators?": ("S015", "Can you explain"),
    "Write about a thing": ("S015", "Write about"),
    # S016
    "What did the previous card say?": ("S016", "previous card"),
    "What is `x`, as mentioned *above*?": ("S016", "as mentioned *above"),
    # S017
    "What do people use nowadays?": ("S017", "nowadays"),
}


@pytest.mark.parametrize(("question", "hint"), TRIPS.items())
def test_a_question_that_trips_is_named_by_what_is_wrong_with_it(question, hint):
    assert hints(basic(question)) == [hint]


FINE = [
    TWENTY,
    # A choice, a reason, a statement, a name that begins like a question.
    "Is a tuple mutable or not?",
    "Is a tuple mutable, and if not, why?".replace("and if not, why", "which part"),
    "Tuples: mutable?",
    "Is-a vs has-a",
    "Does it: what is it?",
    "Can bus",
    # One question mark that counts.
    "What does `a ? b : c?` do?",
    "What does ? match in a glob?",
    "What does '?' match?",
    "What is [a list](http://x.y/z?a=1)?",
    "Why?!",
    # `and` with no question behind it.
    "What do `and` and `or` return?",
    "What is the what and the whatever?",
    # No task: a noun.
    "Write-ahead log",
    "Write barrier",
    # A noun at the front that looks like an order.
    "List vs tuple: which is faster?",
    "List comprehension",
    "EXPLAIN ANALYZE",
    "Explanation",
    # Known, or no acronym.
    "What does the API do with JSON?",
    "What does `LRU` do?",
    "LOUD WORDS",
    "What is IPv6?",
    # The way words above and new are used of other things.
    "Which codes above 255 are there?",
    "Why is a new list made?",
    "What was new in Python 3.12?",
    "Which dialect was used nowadays, in 2024?",
]


@pytest.mark.parametrize("question", FINE)
def test_a_question_that_is_fine_gets_no_hint(question):
    assert hints(basic(question)) == []


ANSWERS = {
    f"{FORTY_FIVE} more": [("S003", f"{FORTY_FIVE} more")],
    FORTY_FIVE: [],
    # Code does not count, nor what is in a list; a table does.
    f"{FORTY_FIVE}\n\n```\n{FORTY_FIVE}\n```": [],
    f"{FORTY_FIVE}\n\n{CODE}\n\nmore": [("S003", f"{FORTY_FIVE}\n\n{CODE}\n\nmore")],
    f"{FORTY_FIVE}\n\n| more |\n|---|": [("S003", f"{FORTY_FIVE}\n\n| more |\n|---|")],
    FOUR: [],
    f"{FOUR}\n- e": [("S004", f"{FOUR}\n- e")],
    f"{FOUR}\n  - e\n  - f": [],
    "1. x\n   - a\n   - b\n   - c\n   - d\n   - e": [("S004", "1. x\n   - a\n   - b\n   - c\n   - d\n   - e")],
    "> - aa *bb*\n> - b\n> - c\n> - d\n> - e": [("S004", "aa *bb")],
    "1. a\n2. b\n3. c\n4. d\n5. e": [("S004", "1. a\n2. b\n3. c\n4. d\n5. e")],
    # What points elsewhere.
    "Like *as mentioned\nabove*.": [("S016", "as mentioned\nabove")],
    "See the example below.": [("S016", "example below")],
    f"See the example below.\n\n{CODE}": [],
    "It is the above.\n": [("S016", "the above")],
    "As `mentioned above` it is.": [],
    "Recently it changed.": [("S017", "Recently")],
    "Recently it changed, in 3.12.": [],
    # Only a link.
    "[Docs](https://x.y)": [("S018", "[Docs](https://x.y)")],
    "See also: <https://x.y>": [("S018", "See also: <https://x.y>")],
    "https://x.y/z": [("S018", "https://x.y/z")],
    "A lock: see [Docs](https://x.y)": [],
    "- [A](https://x.y)\n- [B](https://x.y)": [("S018", "- [A](https://x.y)\n- [B](https://x.y)")],
    f"[Docs](https://x.y)\n\n{CODE}": [],
    # Blanks of Anki.
    "A {{c1::lock::hint}} is.": [("S013", "{{c1::lock::hint}}")],
    "A `{{c1::lock}}` is.": [],
    "A {{ template }} is.": [],
    # Acronyms.
    "The **MRO** is `it`, the MRO.": [("S014", "MRO")],
    "The method resolution order is the MRO.": [],
    "The order of methods (MRO): an MRO.": [],
    # Two letters fit too many words.
    "A GC is a garbage collector.": [("S014", "GC")],
    "A garbage collector (GC) is the GC.": [],
    "The MRO (order of methods) is it.": [],
    "MRO stands for it.": [],
    "`MRO` and ![MRO](x.png) and [x](MRO.md) and <b title='MRO'>it</b>.": [],
}


@pytest.mark.parametrize(("answer", "expected"), ANSWERS.items())
def test_an_answer_is_named_by_what_is_wrong_with_it(answer, expected):
    assert hints(basic("Why is that so?", answer)) == expected


def test_an_answer_that_stands_in_the_question_is_found():
    assert hints(basic("What is a mutable default argument?", "A *mutable default* argument. It is one.")) == [
        ("S008", "A *mutable default* argument")
    ]
    # Too little to tell, something new, a choice, code, an explanation that goes on.
    assert not hints(basic("What is a mutable?", "A mutable."))
    assert not hints(basic("What is a mutable default argument?", "A mutable default that stays."))
    assert not hints(basic("What must hold for the hashes of two equal objects?", "Their hashes must be equal."))
    assert not hints(basic("List vs tuple for speed: which wins?", "A tuple wins for speed."))
    assert not hints(basic("Fast list or slow tuple: it is?", "Fast list"))
    assert not hints(basic("What is a mutable default argument?", "A mutable default argument `x=[]`."))
    assert not hints(basic("What is a mutable default argument?", f"A mutable default argument.\n\n{CODE}"))
    assert not hints(
        basic("What is a mutable default argument?", f"A mutable default argument: {FIVE * 1} {' x' * 21}")
    )


def test_a_task_has_its_code():
    assert not hints(basic("Write a function that adds", CODE))
    assert not hints(basic("Implement an adder", "`int.__add__`"))
    assert not hints(basic("Implement an adder", f"- so:\n\n  {CODE.replace(chr(10), chr(10) + '  ')}"))
    assert [code for code, _ in hints(basic("Implement an adder", "Add them."))] == ["S009"]


def test_a_question_about_code_shows_it():
    printed = f"{CODE}\n\n```output\n1\n```"
    assert not hints(f"# T\n\n## What does this code print?\n<!-- card: output -->\n\n{printed}\n")
    assert not hints(f"# T\n\n## What does this code print?\n\n{CODE}\n\n<!-- answer -->\n\nNothing.\n")
    assert not hints(basic("What does this code print: `1`?"))
    assert hints(basic("What does this code print?", printed)) == [("S010", "this code")]


def test_what_a_question_says_below_its_heading_counts():
    long = " ".join([FIVE] * 4)
    assert hints(f"# T\n\n## Why?\n\n{long}\n\n<!-- answer -->\n\nSo.\n") == [("S002", f"Why?\n\n{long}")]
    assert hints("# T\n\n## Why so?\n\nAnd when,\n*or not?*\n\n<!-- answer -->\n\nSo.\n") == [("S006", "?")]
    assert not hints(f"# T\n\n## Why?\n\n```\n{long}\n```\n\n<!-- answer -->\n\nSo.\n")


def test_a_cloze_card_asks_by_its_text():
    # Its heading is no question to be answered, and its text may be long, but not too long.
    assert not hints(cloze("A lock lets ==one== thread run at a time.", "Is a lock fair? Explain why and how"))
    text = f"{FORTY_FIVE} ==more=="
    assert hints(cloze(text)) == [("S003", text)]
    assert not hints(cloze("\n".join(f"- item {i} is one" for i in range(5)) + "\n- ==this== one"))


def test_a_text_with_blanks_may_say_again_what_its_heading_says():
    assert not hints(cloze("A mutable default ==argument==.", "What is a mutable default argument?"))


def test_blanks_are_counted_groups_once():
    assert not hints(cloze("The ==a== and ==b== and ==c== go on"))
    assert hints(cloze("The ==a== and ==b== and ==c== go\non ==d==")) == [
        ("S011", "The ==a== and ==b== and ==c== go\non ==d==")
    ]
    assert not hints(cloze("The ==c1:a== and ==c1:b== and ==c2:c== go on ==c2:d=="))


def test_a_blank_has_words_around_it():
    assert hints(cloze("A short ==lock==")) == [("S012", "A short ==lock==")]
    assert not hints(cloze("A very short ==lock=="))
    assert not hints(cloze("A short ==lock==", "Two words"))
    assert not hints(
        cloze(f"{CODE}\n\n<!-- answer -->\n\n==lock==").replace("<!-- answer -->\n\n", ""), Limits(blank_words=0)
    )


def test_limits_are_those_of_deck_toml():
    assert not hints(basic(TWENTY.replace("?", " more?")), Limits(question_words=21))
    assert hints(basic(TWENTY), Limits(question_words=19))
    assert not hints(basic("Why so?", f"{FORTY_FIVE} more"), Limits(answer_words=46))
    assert not hints(basic("Why so?", f"{FOUR}\n- e"), Limits(list_items=5))
    assert not hints(cloze("The ==a== and ==b== and ==c== go on ==d=="), Limits(blanks=4))
    assert not hints(cloze("A short ==lock=="), Limits(blank_words=3))
    assert not hints(basic("Why an LRUX?"), Limits(acronyms=("LRUX",)))


def test_an_acronym_is_told_once_a_topic_and_spelt_out_anywhere_in_it():
    note = "# A\n\n## Why an LRUX?\n\nOf the LRUX.\n\n# B\n\n## Which LRUX?\n\nIt.\n"
    assert hints(note) == [("S014", "LRUX"), ("S014", "LRUX")]
    assert not hints("# A\n\n## Why an LRUX?\n\nIt.\n\n## Group\n\n### What is a thing (LRUX)?\n\nIt.\n")
    assert not hints("# A thing (LRUX)\n\n## Why an LRUX?\n\nIt.\n")


def test_what_depends_on_english_words_is_said_of_english_alone():
    for question in ("Is es so?", "Explain", "Was ist nowadays?", "Write a code", "this code print"):
        assert not hints(basic(question), language="de")
    assert hints(basic("Is it so?"), language="en-GB")
    assert hints(basic("Was ist das? Und warum?"), language="de") == [("S006", "?")]


def test_a_message_has_the_words_of_the_card_and_the_number():
    assert said(basic(TWENTY.replace("?", " more?"))) == [
        "'Why is one two three four five one two three four five one …' asks in 21 words, more than 20"
    ]
    assert said(basic("Why so?", f"{FORTY_FIVE} more")) == ["the answer to 'Why so?' has 46 words, more than 45"]
    assert said(basic("Why so?", f"{FOUR}\n- e")) == ["the list that begins with 'a' has 5 items, more than 4"]
    assert said(basic("What is `x`? Why?")) == ["'What is x? Why?' asks 2 questions"]
    assert said(basic("What is it and when?")) == ["'What is it and when?' asks a second thing: 'and when?'"]


WRAPS = ("{}", "**{}**", "*{}*", "~~{}~~", "=={}==", "[{}](http://x.y/a?b=MRO)")
FRAMES = (
    "{}",
    "> {}",
    "- item\n- {}",
    "1. x\n\n   {}",
    "Words `MRO as above` and ![MRO](x.png) first. {}",
    "\\*x\\* &amp; {}",
)
TRIPPING = {
    "S014": ("MRO",),
    "S016": ("as mentioned above", "previous card", "Discussed earlier"),
    "S017": ("nowadays", "the latest version", "Recently"),
    "S013": ("{{c1::x y}}",),
}


@given(st.data(), st.sampled_from(sorted(TRIPPING)), st.sampled_from(FRAMES), st.booleans())
def test_every_span_covers_the_words_that_it_names(data, code, frame, split):
    words = data.draw(st.sampled_from(TRIPPING[code]))
    pieces = words.split() if code != "S013" else [words]
    wrapped = [data.draw(st.sampled_from(WRAPS)).format(each) for each in pieces]
    text = ("\n" if split and frame == "{}" else " ").join(wrapped)
    [(found, named)] = hints(basic("12. Why?", frame.format(f"So {text}, it is. Words `{words}` too.")))
    assert found == code
    plain = re.sub(r"\]\([^)]*\)|\*|==|~~|\[", "", named)
    assert plain.split() == words.split()
    assert text.startswith(named) or named in text


@given(
    st.lists(
        st.sampled_from(["What is `a ? b`", "Why **so**", "When *it", "[Who](x?y)", 'Which "one"']),
        min_size=2,
        max_size=4,
    )
)
def test_the_second_question_mark_is_the_one_named(questions):
    heading = " ".join(f"{each}?{'*' * each.endswith('*it')}" for each in questions)
    note = basic(f"Q7. {heading}")
    library = Library((parse(Source("note.md", note)).document,), {})
    [found] = wording(cards(library)[0], library, Limits())
    assert (found.code, found.span.line, note.split("\n")[2][found.span.column - 1]) == ("S006", 3, "?")
    before = note.split("\n")[2][: found.span.column - 1]
    outside = re.sub(r"`[^`]*`|\]\([^)]*\)", "", before)
    assert outside.count("?") == 1


PIECES = ("# ", "## ", "What", " is", " and why", "?", "`", "```\n", "\n", "\n\n", "- ", "> ", "==", "*", "MRO", "(", ")", "[", "]", "<br>",
    "<pre>", "</pre>", "{{c1::", "}}", "<!-- answer -->", "<!-- card: cloze -->", "<!-- card: output -->", "above", " as mentioned ", "http://x.y", "| a |\n|---|\n")  # fmt: skip


@given(st.lists(st.sampled_from(PIECES), max_size=40).map("".join), st.integers(0, 3))
def test_no_note_is_too_odd(note, least):
    limits = Limits(least + 1, least + 1, least + 1, least + 1, 9)
    for _, named in hints(note, limits):
        assert named
    library = Library((parse(Source("a.md", note)).document, parse(Source("b.md", note)).document), {})
    for d in twice(cards(library)[0], 0.5):
        assert d.span.path in d.message or d.span.path == "b.md"
