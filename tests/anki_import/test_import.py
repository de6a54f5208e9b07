"""What the real Anki makes of a package."""

from __future__ import annotations

import random
import re
import unicodedata
import zipfile
from dataclasses import replace
from hashlib import sha256
from html import escape, unescape
from io import BytesIO
from pathlib import Path
from re import sub

import pytest
from interview_helper import neutral
from interview_helper.cards import marks
from interview_helper.model import (
    Block,
    Build,
    Card,
    Code,
    Deck,
    Identified,
    Kind,
    Library,
    Media,
    Prose,
    Span,
    Tombstone,
)
from interview_helper.outputs import anki as package

from anki_import.folder import odd
from anki_import.sandbox import Sandbox, words

NOW = 1_700_000_000
SPAN = Span("iterators.md", 1, 1, 1, 2)
DECK = Deck("a deck of its own", "Python Interview", "python", "Somebody", "en")
PICTURE = Media("plot-1a2b3c4d.png", "image/png", b"\x89PNG a picture", 10, 10)


def prose(html: str) -> Prose:
    words = unescape(sub("<[^>]*>", "", html))
    return Prose(html, words, words, SPAN)


def code(text: str, language: str = "python") -> Code:
    return Code(language, language, neutral.code(language, text), text, text, SPAN)


def card(
    id: str,  # noqa: A002  # the model's own name
    heading: str,
    *answer: Block | str,
    kind: Kind = Kind.BASIC,
    numbers: tuple[int, ...] = (),
    question: tuple[Block, ...] = (),
    trail: tuple[str, ...] = ("Iterators & Co",),
    tags: tuple[str, ...] = (),
    source: str = "",
) -> Identified:
    blocks = tuple(prose(block) if isinstance(block, str) else block for block in answer)
    made = Card(kind, trail, prose(heading), question, blocks, source, tags, None, SPAN)
    return Identified(made, id, NOW, numbers)


def build(*cards: Identified, tombstones: tuple[Tombstone, ...] = (), media: dict[str, Media] | None = None) -> Build:
    return Build(DECK, Library((), media or {}), cards, tombstones)


def imported(anki: Sandbox, *cards: Identified, tombstones: tuple[Tombstone, ...] = ()) -> dict[str, int]:
    return anki.imported(package.render(build(*cards, tombstones=tombstones)))


BASIC = card("basic-1", "What is an iterator?", "<p>An object with <code>__next__</code>.</p>", code("next(iter([1]))"))
REVERSED = card("reversed-1", "GIL", "<p>Global interpreter lock</p>", kind=Kind.REVERSED)
FILL_IN = card(
    "cloze-1",
    "Generators",
    "<p>The <mark>GIL</mark> lets one <mark>thread</mark> run; a <mark>thread</mark> waits.</p>",
    kind=Kind.CLOZE,
    numbers=(1, 3, 3),
)
PRINTS = card("output-1", "What does this print?", code("1", "output"), kind=Kind.OUTPUT, question=(code("print(1)"),))
ALL = (BASIC, REVERSED, FILL_IN, PRINTS)


def test_a_fresh_profile_takes_every_note_as_new(anki: Sandbox) -> None:
    assert imported(anki, *ALL) == {"new": 4}
    assert all(anki.cards(one.id) for one in ALL)
    assert anki.empty_cards() == 0
    assert not anki.problems()
    assert anki.note_types() == {"Interview Helper Question", "Interview Helper Cloze"}


def test_the_same_package_again_changes_nothing(anki: Sandbox) -> None:
    imported(anki, *ALL)
    anki.study("Python Interview")
    before = anki.state()
    assert imported(anki, *ALL) == {"duplicate": 4}
    assert anki.state() == before


def test_a_changed_answer_arrives_and_keeps_the_history(anki: Sandbox) -> None:
    imported(anki, *ALL)
    assert anki.study("Python Interview") == 6
    history, reviews = anki.scheduling(), anki.state()["reviews"]
    changed = replace(card("basic-1", "What is an iterator?", "<p>Changed.</p>"), changed=NOW + 1)
    assert imported(anki, changed, REVERSED, FILL_IN, PRINTS) == {"updated": 1, "duplicate": 3}
    assert "Changed." in anki.answer("basic-1")
    assert anki.scheduling() == history
    assert anki.state()["reviews"] == reviews


def test_an_added_card_lies_where_the_notes_have_it(anki: Sandbox) -> None:
    imported(anki, *ALL)
    before = anki.state()
    added = card("basic-2", "What is an iterable?", "<p>What has <code>__iter__</code>.</p>")
    assert imported(anki, BASIC, added, REVERSED, FILL_IN, PRINTS) == {"new": 1, "duplicate": 4}
    after = anki.state()
    assert [row for row in after["notes"] if row[1] != "basic-2"] == before["notes"]
    assert [row for row in after["cards"] if row in before["cards"]] == before["cards"]


def test_new_cards_come_in_the_order_of_the_notes(anki: Sandbox) -> None:
    imported(anki, *ALL)
    due = [anki.cards(one.id)[0].due for one in ALL]
    assert due == sorted(set(due))


def test_a_reversed_card_asks_both_ways(anki: Sandbox) -> None:
    imported(anki, REVERSED, BASIC)
    assert [one.ord for one in anki.cards("reversed-1")] == [0, 1]
    assert "GIL" in anki.question("reversed-1", 0)
    assert "Global" not in anki.question("reversed-1", 0)
    assert "Global" in anki.question("reversed-1", 1)
    assert "GIL" not in anki.question("reversed-1", 1)
    assert "GIL" in anki.answer("reversed-1", 1)
    assert [one.ord for one in anki.cards("basic-1")] == [0]


def test_a_cloze_card_has_the_cards_that_anki_would_make(anki: Sandbox) -> None:
    imported(anki, FILL_IN)
    assert [one.ord for one in anki.cards("cloze-1")] == [0, 2]
    assert words(anki.question("cloze-1", 2)) == "Iterators & CoGeneratorsThe GIL lets one [...] run; a [...] waits."
    note = anki.note("cloze-1")
    note["Text"] += " "
    anki.collection.update_note(note)  # Anki makes the cards that it misses
    assert [one.ord for one in anki.cards("cloze-1")] == [0, 2]
    assert anki.empty_cards() == 0


def test_the_answer_of_a_blank_in_the_question_stands_on_the_back(anki: Sandbox) -> None:
    imported(anki, card("c", "<mark>Four</mark> is even", "<p>Because.</p>", kind=Kind.CLOZE, numbers=(1,)))
    assert "Because" not in anki.question("c")
    assert words(anki.answer("c")) == "Iterators & CoFour is evenBecause."


ODD = "a < b && c: List<T>; {{ x }} {{{y}}} f'{{{z}}}' [sound:a.mp3] [latex]x[/latex] [$]y[/$] [[type:Answer]] \\(a\\) \\[b\\] &amp;"


@pytest.mark.parametrize("language", ["", "python"])
def test_code_is_shown_as_it_is_written(anki: Sandbox, language: str) -> None:
    imported(anki, card("odd", "Odd", code(ODD, language), kind=Kind.REVERSED))
    assert words(anki.answer("odd")).endswith(ODD)
    assert words(anki.question("odd", 1)).endswith(ODD)


def test_text_is_shown_as_it_is_written(anki: Sandbox) -> None:
    imported(anki, card("odd", escape(ODD), f"<p>{escape(ODD)}</p>", source=ODD, trail=(ODD,)))
    assert words(anki.question("odd")) == ODD + ODD
    assert words(anki.answer("odd")) == ODD + ODD + ODD + ODD


def test_any_text_is_shown_as_it_is_written(anki: Sandbox) -> None:
    dice = random.Random(20)
    written = {f"odd-{number}": [odd(dice) for _ in range(5)] for number in range(200)}
    cards = []
    for number, (guid, (trail, heading, text, blank, source)) in enumerate(written.items()):
        kind = Kind.CLOZE if number % 2 else Kind.REVERSED
        html = f"<p>{escape(text)} <mark>{escape(blank)}</mark></p>"
        numbers = (1,) if kind is Kind.CLOZE else ()
        cards.append(card(guid, escape(heading), html, kind=kind, numbers=numbers, trail=(trail, text), source=source))
    assert imported(anki, *cards) == {"new": 200}
    for guid, (trail, heading, text, blank, source) in written.items():
        above, below = f"{trail} › {text}", f"{text} {blank}"
        assert words(anki.answer(guid)) == above + heading + below + source
        if anki.ordinals()[guid] == [0]:
            assert words(anki.question(guid)) == f"{above}{heading}{text} [...]"
        else:
            assert words(anki.question(guid)) == above + heading
            assert words(anki.question(guid, 1)) == above + below
            assert words(anki.answer(guid, 1)) == above + below + heading + source
        assert anki.cards(guid)[0].question_av_tags() == anki.cards(guid)[0].answer_av_tags() == []
        assert not any(re.search(r"\\[(\[]", field) for field in anki.note(guid).fields)
    before = anki.ordinals()
    assert anki.ordinals_by_anki() == before


def test_nothing_that_anki_acts_on_is_left_in_a_field(anki: Sandbox) -> None:
    imported(anki, card("odd", escape(ODD), code(ODD)))
    for field in anki.note("odd").fields:
        assert not any(f"[{word}" in field for word in ("sound:", "latex", "$", "[type:"))
    assert anki.cards("odd")[0].question_av_tags() == []


def test_braces_and_colons_in_a_blank_are_shown_as_they_are_written(anki: Sandbox) -> None:
    inside = "{'a': {'b': x[::2]}}"
    html = f"<p>{{{{ <mark>{inside}</mark> }}}} <mark>std::map{{}}</mark>}} c1::x {{{{c9::no}}}}</p>"
    imported(anki, card("c", "{{c8::no}}", html, code("d = {1: {2: 3}}"), kind=Kind.CLOZE, numbers=(1, 2)))
    shown = f"{{{{ {inside} }}}} std::map{{}}}} c1::x {{{{c9::no}}}}d = {{1: {{2: 3}}}}"
    assert [one.ord for one in anki.cards("c")] == [0, 1]
    assert words(anki.answer("c", 0)) == "Iterators & Co{{c8::no}}" + shown
    assert words(anki.question("c", 0)) == "Iterators & Co{{c8::no}}" + shown.replace(inside, "[...]", 1)
    assert anki.empty_cards() == 0


def test_control_characters_go_and_accents_stay(anki: Sandbox) -> None:
    accents = unicodedata.normalize("NFD", "café")
    control = "".join(map(chr, range(0x20)))
    imported(anki, card("c", f"a{control}b", f"<p>{accents}</p>", trail=(control,), source=control))
    assert words(anki.question("c")).strip() == "a\t\nb"
    # Anki composes what it imports.
    assert unicodedata.normalize("NFC", accents) in anki.answer("c")


def test_a_first_import_of_a_retired_card_makes_no_card(anki: Sandbox) -> None:
    gone = Tombstone("gone", Kind.BASIC, ("Iterators",), "What is <this>?", NOW)
    gone_cloze = Tombstone("gone-2", Kind.CLOZE, ("Iterators",), "A {{c1::b}}", NOW, (("b", 1),))
    imported(anki, BASIC, tombstones=(gone, gone_cloze))
    assert anki.collection.card_count() == 1
    assert anki.empty_cards() == 0


def test_only_check_database_makes_a_card_of_a_retired_note(anki: Sandbox, monkeypatch: pytest.MonkeyPatch) -> None:
    gone = (
        Tombstone("gone", Kind.BASIC, ("Iterators",), "What is this?", NOW),
        Tombstone("gone-2", Kind.CLOZE, ("Iterators",), "A b", NOW, (("b", 2),)),
    )
    imported(anki, BASIC, tombstones=gone)
    for name in ("QUESTION", "CLOZE"):
        old = getattr(package, name)
        templates = tuple(replace(template, front=f"{template.front} ") for template in old.templates)
        monkeypatch.setattr(package, name, replace(old, mod=old.mod + 1, templates=templates))
    imported(anki, BASIC, tombstones=gone)
    notes = anki.collection.find_notes("tag:python::retired")
    anki.collection.tags.bulk_add(notes, "mine")
    for note_type in map(anki.note_type, (package.QUESTION.id, package.CLOZE.id)):
        note_type["tmpls"][0]["qfmt"] += " "
        anki.collection.models.update_dict(note_type)
    assert anki.ordinals() == {"basic-1": [0]}
    # Anki gives every note a card here, whatever its fields hold; README says what to do.
    assert not anki.problems()
    assert anki.ordinals() == {"basic-1": [0], "gone": [0], "gone-2": [1]}


def tombstone(one: Identified, changed: int) -> Tombstone:
    found = marks(one.card) if one.numbers else []
    blanks = tuple((blank, number) for (_, blank), number in zip(found, one.numbers, strict=True))
    return Tombstone(one.id, one.card.kind, one.card.trail, one.card.question_text, changed, blanks)


ODD_BLANKS = card(
    "odd-blanks",
    "C",
    f"<p><mark>{escape(ODD)}</mark> <mark>{{c2::}}}}x</mark> <mark></mark></p>",
    kind=Kind.CLOZE,
    numbers=(1, 2, 7),
)


@pytest.mark.parametrize("one", [*ALL, ODD_BLANKS])
def test_every_retired_card_has_its_question_and_says_what_to_do(anki: Sandbox, one: Identified) -> None:
    imported(anki, one)
    anki.study("Python Interview")
    history, before = anki.scheduling(), anki.ordinals()
    assert imported(anki, tombstones=(tombstone(one, NOW + 1),)) == {"updated": 1}
    for ordinal in before[one.id]:
        back = words(anki.answer(one.id, ordinal))
        assert back.startswith(one.card.trail[0])
        assert one.card.heading.text in back
        assert "search for tag:python::retired and suspend or delete what it finds." in back
        assert "blank" not in words(anki.question(one.id, ordinal))  # Anki: "The front of this card is blank"
        assert "Empty Cards" not in back
    assert anki.empty_cards() == 0
    assert not anki.problems()
    assert anki.ordinals_by_anki() == before
    assert anki.scheduling() == history


@pytest.mark.parametrize("one", [BASIC, REVERSED, FILL_IN])
def test_who_studied_a_retired_card_finds_it_by_its_tag(anki: Sandbox, one: Identified) -> None:
    imported(anki, one, PRINTS)
    anki.study("Python Interview")
    history = anki.scheduling()
    gone = tombstone(one, NOW + 1)
    assert imported(anki, PRINTS, tombstones=(gone,)) == {"updated": 1, "duplicate": 1}
    assert anki.note(one.id).tags == ["python::retired"]
    assert anki.scheduling() == history
    # An Anki before 25.02 stamps what it updates with the second of the import, so only a later build comes back.
    restored = replace(one, changed=anki.note(one.id).mod + 1)
    assert imported(anki, restored, PRINTS) == {"updated": 1, "duplicate": 1}
    assert anki.note(one.id).tags == ["python::iterators-co"]
    assert anki.scheduling() == history
    assert anki.empty_cards() == 0


def test_topics_are_tags_and_tags_stay_as_given(anki: Sandbox) -> None:
    imported(
        anki,
        card("a", "Über C++", "<p>a</p>", trail=(), tags=("Hard", "hard", "leech", "Marked", "a::b")),
        card("b", "B", "<p>b</p>", trail=("???",)),
    )
    assert sorted(anki.note("a").tags) == ["Hard", "a::b", "python::über-c++"]
    assert anki.note("b").tags == ["python"]


@pytest.mark.parametrize("tag", ["leech", "Marked"])
def test_a_tag_that_anki_gives_a_meaning_is_not_in_the_package(tag: str) -> None:
    """An import by the menu takes them away by itself; one by AnkiConnect would keep them."""
    with zipfile.ZipFile(BytesIO(package.render(build(card("a", "A", "<p>a</p>", tags=(tag, "b")))))) as members:
        assert f" {tag} ".encode() not in members.read("collection.anki2")
        assert b" b " in members.read("collection.anki2")


def test_a_picture_arrives_and_a_missing_one_is_its_words(anki: Sandbox) -> None:
    html = neutral.picture("img/a b.png", "a plot", width=40) + neutral.picture("none.png", "<none>")
    data = package.render(
        build(card("p", "P", html), media={"img/a b.png": PICTURE, "other.png": replace(PICTURE, name="o.png")})
    )
    anki.imported(data)
    assert [file.name for file in Path(anki.collection.media.dir()).iterdir()] == ["plot-1a2b3c4d.png"]
    assert '<img src="plot-1a2b3c4d.png" alt="a plot" width="40">' in anki.answer("p")
    assert '<span class="missing">&lt;none&gt;</span>' in anki.answer("p")


def test_links_outside_stay_and_links_between_notes_are_words(anki: Sandbox) -> None:
    html = '<a href="https://x.org/?a=1&amp;b=2">out</a> <a href="note:b.md#c">in</a> <a href="javascript:x">bad</a>'
    imported(anki, card("l", "L", html, source="https://x.org/y"))
    assert '<a href="https://x.org/?a=1&amp;b=2">out</a> in bad' in anki.answer("l")
    assert '<a href="https://x.org/y">https://x.org/y</a>' in anki.answer("l")


def test_maths_and_marks(anki: Sandbox) -> None:
    html = '<span class="math">a &lt; b</span><div class="math">x \\\\[2pt] y</div><mark data-group="c2">m</mark>'
    imported(anki, card("m", "M", html))
    assert r"\(a &lt; b\)\[x \\[2pt] y\]<mark>m</mark>" in anki.answer("m")


def test_a_note_without_a_card_is_a_mistake_of_ours() -> None:
    with pytest.raises(ValueError, match="no card"):
        package.render(build(card("c", "C", "<p>none</p>", kind=Kind.CLOZE)))
    with pytest.raises(ValueError, match="1 numbers for 0 blanks"):
        package.render(build(card("c", "C", "<p>none</p>", kind=Kind.CLOZE, numbers=(1,))))
    with pytest.raises(ValueError, match="two rows"):
        package.render(build(BASIC, BASIC))


def test_another_card_moves_no_row_of_the_others(anki: Sandbox, other_anki: Sandbox) -> None:
    imported(anki, *ALL)
    imported(other_anki, PRINTS, BASIC)
    for guid in ("basic-1", "output-1"):
        assert anki.note(guid).id == other_anki.note(guid).id
        assert [one.id for one in anki.cards(guid)] == [one.id for one in other_anki.cards(guid)]


def test_the_note_types_are_what_users_have() -> None:
    question, cloze = package.QUESTION, package.CLOZE
    assert (question.id, question.name, question.cloze) == (1_795_392_000_100, "Interview Helper Question", False)
    assert (cloze.id, cloze.name, cloze.cloze) == (1_795_392_000_200, "Interview Helper Cloze", True)
    assert [name for _, name in question.fields] == (
        [
            "Question",
            "Answer",
            "Trail",
            "Source",
            "Extra",
            "TypeIn",
            "Reverse",
            "Reserved1",
            "Reserved2",
            "Reserved3",
            "Id",
        ]
    )
    assert [name for _, name in cloze.fields] == (
        ["Text", "Answer", "Trail", "Source", "Extra", "TypeIn", "Reserved1", "Reserved2", "Reserved3", "Id"]
    )
    assert [number for number, _ in question.fields] == list(range(1_795_392_000_101, 1_795_392_000_112))
    assert [number for number, _ in cloze.fields] == list(range(1_795_392_000_201, 1_795_392_000_211))
    assert [(t.id, t.name) for t in question.templates] == [
        (1_795_392_000_151, "Card"),
        (1_795_392_000_152, "Reverse"),
    ]
    assert [(t.id, t.name) for t in cloze.templates] == [(1_795_392_000_251, "Cloze")]


def test_a_new_look_arrives_with_a_newer_mod(anki: Sandbox, monkeypatch: pytest.MonkeyPatch) -> None:
    imported(anki, *ALL)
    schema, before = anki.schema_changed(), anki.state()
    monkeypatch.setattr(package, "style", lambda: ".card { color: red }")
    assert imported(anki, *ALL) == {"duplicate": 4}
    assert "color: red" not in anki.style(package.CLOZE.id)
    for name in ("QUESTION", "CLOZE"):
        monkeypatch.setattr(package, name, replace(getattr(package, name), mod=getattr(package, name).mod + 1))
    assert imported(anki, *ALL) == {"duplicate": 4}
    assert anki.style(package.QUESTION.id) == anki.style(package.CLOZE.id) == ".card { color: red }"
    assert (anki.schema_changed(), anki.state()) == (schema, before)
    assert anki.note_types() == {"Interview Helper Question", "Interview Helper Cloze"}


@pytest.mark.parametrize(
    ("note_type", "mod", "digest"),
    [
        (package.QUESTION, 1_795_579_200, "d962f3fb1bf28383"),
        (package.CLOZE, 1_795_579_200, "3b2633715910e445"),
    ],
)
def test_a_changed_look_has_a_new_mod(note_type: package.NoteType, mod: int, digest: str) -> None:
    """After a change of style or templates: raise `mod` in anki.py, then pin both here."""
    look = "\x00".join([package.style(), *(side for t in note_type.templates for side in (t.front, t.back))])
    assert (note_type.mod, sha256(look.encode()).hexdigest()[:16]) == (mod, digest)


def test_the_readme_names_the_oldest_anki() -> None:
    root = Path(__file__).parents[2]
    oldest = re.search('^OLDEST_ANKI = "(.*?)"', (root / "noxfile.py").read_text("utf-8"), re.MULTILINE)
    assert oldest is not None
    assert f"Anki {oldest[1]} and newer" in (root / "README.md").read_text("utf-8")
