"""The one note with every element of the notation in the real Anki: each text of it is in the deck, and once."""

from __future__ import annotations

import re
import shutil
from pathlib import Path

import pytest

from anki_import.folder import Folder
from anki_import.sandbox import Sandbox, codes, words

NOTES = Path(__file__).parents[1] / "notes"
NOTE = (NOTES / "everything.md").read_text("utf-8")

# Words that stand in one element of the note alone, by what that is.
ONCE = {
    "question": "What does an assignment do?",
    "emphasis": "It binds a name",
    "strong": "never copies",
    "strikethrough": "a box",
    "highlight": "label, and",
    "code span": "b = a",
    "link to a heading": "how names are looked up",
    "link by reference": "data model",
    "autolink": "https://docs.python.org/3/faq/programming.html",
    "hard break": "Two names of one object",
    "entity": "mutable \N{EM DASH} a list",
    "escapes": "*is not*",
    "source": "7.2 Assignment statements",
    "numbered question": "Which methods make with work?",
    "dunder name": "What __enter__ returns",
    "dunder call": "from __exit__() swallows",
    "reversed card": "LEGB",
    "its answer": "the order in which a name is searched",
    "blank with a hint": "{{c1::local::innermost}}",
    "group": "{{c2::enclosing::closures}}",
    "group in a list": "{{c2::enclosing scope::of its methods}}",
    "blank": "{{c3::module}}",
    "blank around code, code in a hint": "{{c4::builtins::`len` is there}}",
    "blank in a list": "{{c5::unbinds}}",
    "group with a gap, in a table": "{{c7::module::also from within a function}}",
    "blank in a table": "{{c6::nearest function::never the module}}",
    "blank in a heading": "The lock of {{c1::CPython::the interpreter}}",
    "blank at its end": "{{c2::GIL::three letters}}",
    "snippet of a question": "a += [2]",
    "answer": "Not for a list",
    "heading of level 4": "What is == and what is is?",
    "heading of level 5": "And a == b == c?",
    "heading of level 6": "And 1 < x in seen?",
    "for the deck alone": "Only asked, never printed.",
    "underlined heading": "Iterables, iterators, generators",
    "ordered list": "for calls iter() once,",
    "nested list": "each value is bound to the target,",
    "list in it": "StopIteration quietly,",
    "item behind it": "else runs if no break did.",
    "task that is done": "a generator runs once",
    "task that is not": "zip(strict=True) raises ValueError where lengths differ",
    "code that is asked": "print(sum(squares), sum(squares))",
    "its output": "14 0",
    "output of a session": "(None, [3, 2, 1])",
    "words behind it": "sort works in place",
    "maths": r"\(\Omega(n \log n)\)",
    "displayed maths": r"\[\log_2 n! = \sum_{k=1}^{n} \log_2 k \ge \frac{n}{2} \log_2 \frac{n}{2}\]",
    "prices": "between $5 and $10",
    "table head": "sorted list with bisect",
    "table cell": "O(n) where hashes collide",
    "bar in a cell": "join a | b",
    "last cell": "or O(1) with the order reversed",
    "words around a picture": "every race to the timeout",
    "callout with a title": "Profile first",
    "its text": "says where the time goes",
    "warning": "never load what a stranger sent",
    "important": "Pin what you deploy",
    "list in a callout": "make the list inside",
    "code in a callout": "seen = [] if seen is None else seen",
    "callout of Obsidian": "Folded in Obsidian",
    "quote": "There should be one obvious way to do it",
    "quote in it": "you're Dutch",
    "quote behind it": "Now is better than never",
    "key": "Ctrl+C",
    "abbreviation": "EOF",
    "subscript": "H2O",
    "superscript": "210",
    "mark": "a marker",
    "summary": "Why not os._exit?",
    "details": "not flushed",
    "long line": '"$HOME/public" 8000 2> imports.log',
    "js": "[...Array(4).keys()].map(n => n ** 2)",
    "sql": "GROUP BY name HAVING",
    "json": '{"a": {"b": {"c": "<b>&amp;</b>"}}}',
    "c": r'printf("%d\n", *xs[i])',
    "no language": "no language: {{c1::not a blank}} [sound:none.mp3]",
    "indented code": "indented: four spaces are enough",
    "fence of tildes": 'text = f"{{{{{name}}}}}"  # prints {{card}}; ``` stays',
    "long name": "test_that_a_very_long_name_of_a_test_function_is_broken_somewhere_before_it_runs_out_of_the_page",
    "long word": "Donaudampfschifffahrtselektrizitätenhauptbetriebswerkbauunterbeamtengesellschaft",
    "no html": "List<int>",
    "footnote": "A footnote[^pep]",
    "its words": "PEP 20 has nineteen aphorisms",
    "words of a link in Obsidian": "the page on decorators",
    "link in Obsidian": "and Closures.",
    "named paragraph": "A last paragraph has a name.",
    "heading in a list": "What does async def define?",
    "code below it": "async def f(): return 1",
    "second heading in a list": "What does await do?",
    "long answer": "So a second collector looks",
    "its last words": "Turn it off only after you measured it.",
}
NEVER = {
    "front matter": "Before the interview",
    "introduction": "never asked",
    "topic's introduction": "printed only, too",
    "number of a question": "Q2",
    "for the sheet alone": "1 048 576",
    "definition of a link": "datamodel.html",
    "comment": "ordinary comment",
    "comment of Obsidian": "remind me",
    "name of a block": "^last",
    "navigation": "back to top",
    "page in Obsidian": "Decorators",
    "info of a fence": "template.py",
    "key of the notation": "card:",
}
ALIGNED = ['align="left"', 'align="center"', 'align="right"', "<th>"]


@pytest.fixture
def guids(folder: Folder, anki: Sandbox) -> dict[str, str]:
    """The note's cards, imported, by their questions."""
    shutil.copytree(NOTES / "img", folder.notes / "img")
    folder.write("everything.md", NOTE)
    folder.write("deck.toml", 'math = true\nlanguage = "en"\n')
    package = folder.build(1_700_000_000)
    ids = folder.ids()
    assert anki.imported(package) == {"new": len(ids)}
    return ids


def fields(anki: Sandbox, guids: dict[str, str]) -> str:
    """All that the notes say but where they stand and who they are, with one space between words."""
    kept = [field for guid in guids.values() for name, field in anki.note(guid).items() if name not in ("Trail", "Id")]
    return "\n".join(" ".join(words(re.sub("</(?:p|li|t[dh]|div|h[1-6])>|<br>", " ", field)).split()) for field in kept)


def test_each_element_is_in_the_deck_once(guids: dict[str, str], anki: Sandbox) -> None:
    text = fields(anki, guids)
    found = {name: text.count(" ".join(phrase.split())) for name, phrase in ONCE.items()}
    assert {name: count for name, count in found.items() if count != 1} == {}
    assert {name: phrase for name, phrase in NEVER.items() if phrase in text} == {}


def test_every_card_is_shown_whole(guids: dict[str, str], anki: Sandbox) -> None:
    before = anki.ordinals()
    assert anki.ordinals_by_anki() == before
    assert anki.empty_cards() == 0
    assert not anki.problems()
    for guid in guids.values():
        for card in anki.cards(guid):
            assert card.question_av_tags() == card.answer_av_tags() == []
            assert "{{" not in words(re.sub("<pre>.*?</pre>", "", card.question() + card.answer(), flags=re.DOTALL))
    assert [len(before[guids[question]]) for question in ("LEGB", "Where does Python look a name up?")] == [2, 7]


def test_elements_keep_their_kind(guids: dict[str, str], anki: Sandbox) -> None:
    def shown(question: str) -> str:
        return anki.answer(guids[question])

    table = shown("How do sorting and searching compare?")
    assert [sign in table for sign in ALIGNED] == [True] * 4
    callouts = shown("Which callouts are there?")
    assert re.findall('data-kind="([a-z]+)"', callouts) == ["tip", "warning", "warning", "warning", "note"]
    assert len(codes(callouts)) == 1
    html = shown("How is a program started and stopped?")
    assert all(f"<{name}>" in html for name in ("kbd", "sub", "sup", "mark", "details open", "summary", "hr", "br"))
    assert shown("What did Tim Peters write?").count("<blockquote>") == 2
    assert len(codes(shown("How is it written elsewhere?"))) == 8
    assert shown("How does the time grow?").count("<img ") == 3
    assert sorted(name.rsplit("-", 1)[0] for name in anki.media()) == ["growth", "loop"]
