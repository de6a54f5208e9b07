"""deck.toml as its writer sees it: what holds, and what is wrong at which line and column."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path

import pytest
from interview_helper.advice import Limits
from interview_helper.config import KEYS, Also, Config, FlashcardLayout, Spelling, configured, unfit
from interview_helper.model import Source
from interview_helper.outputs.sheet import Layout
from interview_helper.parse import parse
from interview_helper.selection import Selection

ROOT = Path(__file__).parent.parent
README = (ROOT / "README.md").read_text("utf-8")
NOTE = """# C++
<!-- tags: lang::cpp -->

## A

x

# C#

## B
<!-- tags: core -->

y

# Deck only
<!-- only: deck -->
<!-- tags: hidden -->

## D

z
"""


def config(text: str) -> Config:
    found, wrong = configured(text.encode())
    assert wrong == ()
    return found


def mistakes(text: str | bytes) -> list[tuple[str, str, str]]:
    """Each mistake as `line:column-end`, message and hint."""
    _, wrong = configured(text if isinstance(text, bytes) else text.encode())
    assert {(d.code, d.span.path) for d in wrong} <= {("C001", "deck.toml")}
    assert all(d.span.line == d.span.end_line for d in wrong)
    return [(f"{d.span.line}:{d.span.column}-{d.span.end_column}", d.message, d.hint) for d in wrong]


def misfits(text: str, *notes: str) -> list[tuple[str, str, str]]:
    documents = [parse(Source(f"{i}.md", note)).document for i, note in enumerate(notes or [NOTE])]
    return [(f"{d.span.line}:{d.span.column}", d.message, d.hint) for d in unfit(config(text), documents)]


def test_without_a_word_everything_has_its_default():
    assert config("") == Config()


def test_every_key_has_its_place_in_the_value():
    found = config(
        """
id = "i"
title = "T"
slug = "s"
author = "a"
language = "de"
tags = ["#x", "y z"]
math = true
exclude = ["*.txt"]
ignore = ["M007"]
max_size = 80
[sheet]
paper = "Letter"
orientation = "landscape"
columns = 4
pages = 2
size = 7
contents = false
fonts = ["Noto Sans"]
[[sheet.also]]
name = "n"
title = "U"
tag = "#core"
topic = "T"
[flashcards]
paper = "Letter"
per_page = 16
flip = "short"
size = 20
marks = false
build = true
[advice]
question_words = 25
answer_words = 60
list_items = 5
blanks = 2
blank_words = 0
likeness = 1
acronyms = ["GIL", "MRO"]
"""
    )
    layout = Layout("Letter", "landscape", 4, 7.0, False, 2, ("Noto Sans",))
    assert found == Config(
        id="i",
        title="T",
        slug="s",
        author="a",
        language="de",
        tags=("x", "y-z"),
        math=True,
        exclude=("*.txt",),
        ignore=("M007",),
        max_size=80,
        layout=layout,
        also=(Also("n", "U", Selection("T", "core"), layout),),
        flashcards=FlashcardLayout("Letter", 16, "short", 20.0, marks=False),
        with_flashcards=True,
        limits=Limits(25, 60, 5, 2, 0, 1, ("GIL", "MRO")),
        text=found.text,
    )


def test_another_sheet_takes_what_it_does_not_say_from_the_sheet():
    found = config(
        '[sheet]\npaper = "Letter"\ncolumns = 3\npages = 2\n[[sheet.also]]\ntag = "a"\ncolumns = 1\n'
        '[[sheet.also]]\ntag = "b"\npages = 1\n[[sheet.also]]\ntag = "c"\nsize = 9\n'
    )
    assert [(each.layout.paper, each.layout.columns, each.layout.pages) for each in found.also] == [
        ("Letter", 1, 2),
        ("Letter", 3, 1),
        ("Letter", 3, None),  # a size of its own, so no size that pages give
    ]


@pytest.mark.parametrize(
    ("written", "found"),
    [
        ("titel = 'x'", ("1:1-6", "'titel' is no key of deck.toml", "write title")),
        ("\n[chapter]\nx = 1", ("2:2-9", "'chapter' is no key of deck.toml", f"use one of {', '.join(KEYS[''])}, ")),
        ("columns = 3", ("1:1-8", "'columns' is no key of deck.toml", "write columns below [sheet]")),
        ("flip = 'long'", ("1:1-5", "'flip' is no key of deck.toml", "write flip below [flashcards]")),
        ("[sheet]\nmath = true", ("2:1-5", "'math' is no key of [sheet]", "write math above all [tables]")),
        ("[flashcards]\npage = 1", ("2:1-5", "'page' is no key of [flashcards]", "write per_page")),
        ("id = 1", ("1:1-3", "id must be a text in quotes", 'write id = "…"')),
        ("tags = 'x'", ("1:1-5", "tags must be a list of texts", 'write tags = ["x"]')),
        ("tags = [1]", ("1:1-5", "tags must be a list of texts", 'write tags = ["…"]')),
        ("math = 1", ("1:1-5", "math must be true or false", "write math = true")),
        ("ignore = ['X999']", ("1:11-17", "'X999' is no code", "interview-helper explain names them all")),
        ("title = 'default'", ("1:1-6", "Anki keeps the deck 'Default' for itself", "write another title")),
        ("slug = 'A b/c'", ("1:1-5", "'A b/c' can't name a file everywhere", 'write slug = "a-bc"')),
        ("sheet = 1", ("1:1-6", "sheet must be a table", "write [sheet], and its keys below it")),
        ("[[sheet]]\nx = 1", ("1:3-8", "sheet must be a table", "write [sheet], and its keys below it")),
        ("[sheet]\npaper = 'A5'", ("2:1-6", 'paper can\'t be "A5"', "use one of A4, Letter")),
        ("[sheet]\norientation = 1", ("2:1-12", "orientation must be a text", 'write orientation = "portrait"')),
        ("[sheet]\ncolumns = 9", ("2:1-8", "columns can't be 9", "use one of 1, 2, 3, 4")),
        ("[sheet]\ncolumns = true", ("2:1-8", "columns must be a whole number", "write columns = 2")),
        ("[sheet]\npages = 0", ("2:1-6", "pages can't be 0", "write how many, 1 or more")),
        ("[sheet]\npages = true", ("2:1-6", "pages must be a whole number", "write pages = 2")),
        ("[sheet]\npages = 1.5", ("2:1-6", "pages must be a whole number", "write pages = 2")),
        ("[sheet]\nsize = nan", ("2:1-5", "size can't be", "write points from 5 to 20")),
        ("[sheet]\nfonts = 'a.ttf'", ("2:1-6", "fonts must be a list of texts", 'write fonts = ["a.ttf"]')),
        ("[flashcards]\nper_page = 7", ("2:1-9", "per_page can't be 7", "use one of 2, 4, 6, 8, 9, 10, 12, 16")),
        ("[flashcards]\nflip = 'x'", ("2:1-5", 'flip can\'t be "x"', "use one of long, short")),
        ("[flashcards]\nsize = 41", ("2:1-5", "size can't be 41", "write points from 5 to 40")),
        ("[sheet.also]\ntag = 'x'", ("1:8-12", "also must be a list of tables", "write [[sheet.also]] above")),
        ("[[sheet.also]]\ntag = '#'", ("2:1-4", 'tag can\'t be "#"', "write the tag of a heading")),
        ("[[sheet.also]]\ntopic = ''", ("2:1-6", 'topic can\'t be ""', "write the title of a topic")),
        ("[[sheet.also]]\nname = ''", ("2:1-5", "'' can't name a file everywhere", 'write name = "part"')),
        ("[[sheet.also]]\nname = 'A b'", ("2:1-5", "'A b' can't name a file everywhere", 'write name = "a-b"')),
        ("[[sheet.also]]\nname = 'flashcards'", ("2:1-5", "a file with flashcards", 'write name = "part"')),
        ("[[sheet.also]]\nname = 'flashcards-core'", ("2:1-5", "a file with flashcards", 'write name = "part"')),
        (
            "[[sheet.also]]\ntitle = 'x'",
            ("1:9-13", "a sheet needs a tag, a topic or a name", 'write name = "all" below'),
        ),
        ("advice = 1", ("1:1-7", "advice must be a table", "write [advice], and its keys below it")),
        ("[advice]\nwords = 9", ("2:1-6", "'words' is no key of [advice]", "write ")),
        ("[advice]\nquestion_words = 0", ("2:1-15", "question_words can't be 0", "write how many, 1 or more")),
        ("[advice]\nanswer_words = '9'", ("2:1-13", "answer_words must be a whole number", "write answer_words = 45")),
        ("[advice]\nlist_items = 2.5", ("2:1-11", "list_items must be a whole number", "write list_items = 4")),
        ("[advice]\nblanks = true", ("2:1-7", "blanks must be a whole number", "write blanks = 3")),
        ("[advice]\nblank_words = -1", ("2:1-12", "blank_words can't be -1", "write how many, 0 or more")),
        ("[advice]\nlikeness = 0.4", ("2:1-9", "likeness can't be 0.4", "write a part from 0.5 to 1")),
        ("[advice]\nlikeness = nan", ("2:1-9", "likeness can't be", "write a part from 0.5 to 1")),
        ("[advice]\nacronyms = 'GIL'", ("2:1-9", "acronyms must be a list of texts", 'write acronyms = ["GIL"]')),
        ("likeness = 0.8", ("1:1-9", "'likeness' is no key of deck.toml", "write likeness below [advice]")),
        ("title = ", ("1:9-10", "no valid TOML: Invalid value", "put texts in quotes, lists in [ ]")),
        (b"title = 'x'\n# caf\xe9", ("2:6-7", "byte 0xe9 is no UTF-8", "save deck.toml as UTF-8")),
        (b"\xef\xbb\xbf# caf\xe9", ("1:6-7", "byte 0xe9 is no UTF-8", "save deck.toml as UTF-8")),
    ],
)
def test_a_mistake_is_named_at_its_key_with_what_to_type(written, found):
    [(place, message, hint)] = mistakes(written)
    assert place == found[0]
    assert message.startswith(found[1])
    assert hint.startswith(found[2])


@pytest.mark.parametrize(
    ("written", "places"),
    [
        # The same key in several tables, and in the words of others.
        ("title = 'columns = 9'\n[sheet]\ncolumns = 2 # columns\n[[sheet.also]]\ntag = 'a'\ncolumns = 9", ["6:1-8"]),
        ("[[sheet.also]]\ntag = 'a'\nsize = 9\n[[sheet.also]]\ntag = 'b'\n  size = 99", ["6:3-7"]),
        ("[flashcards]\npaper = 'A4'\n[sheet]\npaper = 'A5'", ["4:1-6"]),
        ("[[sheet.also]]\ntag = 'a'\n\n[[sheet.also]]\ntitle = 'b'\n[[sheet.also]]\ntag = 'c'", ["4:9-13"]),
        ('author = """\ntitel = 1\n"""\ntitel = 2', ["4:1-6"]),
        # Other ways to write it.
        ("sheet.columns = 9", ["1:7-14"]),
        ("\"sheet\" . 'columns' = 9", ["1:11-20"]),
        ("sheet = {size = 9, columns = 9}", ["1:20-27"]),
        ("[sheet]\nalso = [{tag = 'a', columns = 9}, {tag = 'b', size = 9, colums = 2}]", ["2:21-28", "2:57-63"]),
        ("[sheet]\r\n\r\n  columns = 9\r\n", ["3:3-10"]),
        ("\ufefftitel = 1", ["1:1-6"]),
        ("'ä' = 1", ["1:1-4"]),
        ("'' = 1", ["1:1-3"]),
        # An escape hides the key: the place is that of its table.
        ('[sheet]\n"\\u0063olumns" = 9', ["1:2-7"]),
        ('"\\u0074itel" = 1', ["1:1-1"]),
    ],
)
def test_a_key_is_found_in_its_own_table(written, places):
    assert [place for place, _, _ in mistakes(written)] == places


def test_all_mistakes_are_told_at_once_and_the_rest_holds():
    found, wrong = configured(b"math = 1\nauthor = 'a'\n[sheet]\ncolumns = 3\nsize = 1\n[[sheet.also]]\ntga = 'x'\n")
    assert [d.span.line for d in wrong] == [1, 5, 7]
    assert (found.author, found.layout) == ("a", Layout(columns=3))


def test_a_byte_order_mark_is_no_mistake():
    assert configured(b"\xef\xbb\xbftitle = 'x'")[0].title == "x"


# --- against the notes ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("written", "found"),
    [
        ("tag = 'cor'", ("2:1", "no heading has the tag 'cor'", 'write tag = "core"')),
        ("tag = 'hidden'", ("2:1", "no heading has the tag 'hidden'", 'write tag = "lang" or "lang::cpp" or "core"')),
        ("topic = 'C'", ("2:1", "no topic is named 'C'", 'write topic = "C#" or "C++"')),
        ("topic = 'Deck only'", ("2:1", "no topic is named 'Deck only'", 'write topic = "C++" or "C#"')),
        ("topic = 'c#'\ntag = 'lang'", ("3:1", "nothing below 'c#' has the tag 'lang'", 'write tag = "core"')),
    ],
)
def test_a_sheet_of_what_the_notes_do_not_have(written, found):
    assert misfits(f"[[sheet.also]]\n{written}\n[[sheet.also]]\ntag = 'LANG'\ntopic = 'c++'") == [found]


def test_where_no_heading_has_a_tag_the_hint_says_how_to_give_one():
    [(_, _, hint)] = misfits("[[sheet.also]]\ntag = 'x'", "# T\n## A\nx")
    assert hint == "write <!-- tags: … --> below a heading"


@pytest.mark.parametrize(
    ("first", "second", "found"),
    [
        ("tag = 'core'", "tag = 'CORE'", ("4:1", "the sheet of line 1 is named 'core', too", 'write name = "core-2"')),
        ("name = 'c'", "topic = 'C++'", ("4:1", "the sheet of line 1 is named 'c', too", 'write name = "c-2"')),
        (
            "topic = 'C#'",
            "name = 'c-2'\ntag = 'core'",
            ("4:1", "the sheet of line 1 is named 'c-2', too", "write name"),
        ),
    ],
)
def test_two_sheets_of_one_file(first, second, found):
    [(place, message, hint)] = misfits(f"[[sheet.also]]\n{first}\n[[sheet.also]]\n{second}")
    assert (place, message) == found[:2]
    assert hint.startswith(found[2])


def test_topics_that_are_spelt_alike_have_files_of_their_own():
    assert misfits("[[sheet.also]]\ntopic = 'C++'\n[[sheet.also]]\ntopic = 'C#'") == []


# --- the README -------------------------------------------------------------------------------------------------------


def test_the_readme_has_every_key_by_example_and_its_default():
    [example] = re.findall(r"```toml\n(.*?)```", README, re.DOTALL)
    config(example)
    values = tomllib.loads(example)
    sheet = values.pop("sheet")
    also = sheet.pop("also")
    cards = values.pop("flashcards")
    limits = values.pop("advice")
    words = values.pop("spelling")
    assert {*values.pop("anki")} == {*KEYS["[anki]"]}
    assert {*values} == {*KEYS[""]}
    assert {*sheet, *(key for table in also for key in table if key in KEYS["[sheet]"])} == {*KEYS["[sheet]"]}
    assert {key for table in also for key in table} >= {"name", "title", "tag", "topic"}
    assert {*KEYS["[[sheet.also]]"]} == {"name", "title", "tag", "topic", *KEYS["[sheet]"]}
    assert {*cards} == {*KEYS["[flashcards]"]}
    assert {*words} == {*KEYS["[spelling]"]}
    default = Config()
    assert Layout(**sheet) == default.layout
    assert cards.pop("build") == default.with_flashcards
    assert FlashcardLayout(**cards) == default.flashcards
    assert {*limits} == {*KEYS["[advice]"]}
    assert limits.pop("acronyms")
    assert Limits(**limits) == default.limits
    assert Spelling(**{**words, "language": ""}) == Spelling()
