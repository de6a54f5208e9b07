"""Blanks from notes on disk in the real Anki: each card hides its own words, or its own picture, and nothing else."""

from __future__ import annotations

import random
import re

import pytest

from anki_import.folder import Folder, odd, picture
from anki_import.sandbox import Sandbox, codes, words

NOW = 1_700_000_000

# A note as written, and what it shows: each blank as «number:words» or «number:words¦hint».
CASES = {
    "words": ("The ==GIL== lets one ==thread== run.", "The «1:GIL» lets one «2:thread» run."),
    "hints": (
        "The ==GIL==<!-- hint: a lock --> lets ==one==<!-- hint: how many? --> ==thread== run.",
        "The «1:GIL¦a lock» lets «2:one¦how many?» «3:thread» run.",
    ),
    "code": ("==`f(x)`== is `x`, ==see `g` there==.", "«1:f(x)» is x, «2:see g there»."),
    "list": (
        "- ==a==\n- b\n  1. c ==d==<!-- hint: 4 -->\n\n     ==e==\n- [x] ==f==",
        "«1:a» b c «2:d¦4» «3:e» [x] «4:f»",
    ),
    "table": (
        "| ==h== | i |\n|---|:-:|\n| ==a \\| b==<!-- hint: x \\| y --> | c |\n| `d` | ==`e \\| f`== |",
        "«1:h» i «2:a | b¦x | y» c d «3:e | f»",
    ),
    "quote": ("> ==a==<!-- hint: b -->\n> > - ==c==", "«1:a¦b» «2:c»"),
    "callout": (
        "> [!WARNING] Not ==a==<!-- hint: 1st -->\n> but ==b==.\n\n> [!TIP]\n> ==c==",
        "Not «1:a¦1st» but «2:b». Tip «3:c»",
    ),
    "callout over its first line": ("> [!NOTE] ==a\n> b== c", "«1:a b» c"),
    "emphasis": (
        "==**a** *b*==, **==c==**<!-- hint: d --> ~~*x ==e== y*~~ ==***f***==",
        "«1:a b», «2:c¦d» x «3:e» y «4:f»",
    ),
    "links": (
        "[see ==a==<!-- hint: b --> there](https://x.org/a::b) and ==[c](https://x.org/{{c1::d}} 'e::f')==",
        "see «1:a¦b» there and «2:c»",
    ),
    "maths": (
        "==$x^{{2}}::y$==<!-- hint: $z$ --> is $\\frac{{a}}{{b}}$ and\n\n$$\nc\n$$\n\n==d==",
        "«1:\\(x^{{2}}::y\\)¦$z$» is \\(\\frac{{a}}{{b}}\\) and \\[c\\] «2:d»",
    ),
    "braces": (
        "==}}== {{ ==`{'a': {'b': x[::2]}}`== ==a::b==<!-- hint: c::d }} e --> }} ==`c1::x`== ==`{{c1::y}}`== {{c9::z}}",
        "«1:}}» {{ «2:{'a': {'b': x[::2]}}» «3:a::b¦c::d }} e» }} «4:c1::x» «5:{{c1::y}}» {{c9::z}}",
    ),
    "three in a row": (
        "==a== ==b== ==c==: ==d==<!-- hint: 1 -->==e==<!-- hint: 2 -->==f==<!-- hint: 3 -->",
        "«1:a» «2:b» «3:c»: «4:d¦1»«5:e¦2»«6:f¦3»",
    ),
    "over a line end": ("so ==a\nb `c`\nd== e ==f  \ng==", "so «1:a b c d» e «2:f g»"),
    "groups": (
        "==c2:a==<!-- hint: first --> ==b== ==c2:c==<!-- hint: second --> ==d== ==c2:`e`==",
        "«2:a¦first» «1:b» «2:c¦second» «3:d» «2:e»",
    ),
    "groups as Anki spells them": ("==c2::a== ==c1::b== ==c2:c==", "«2:a» «1:b» «2:c»"),
    "gaps": ("==c7:a== ==c3:b== ==c7:c== ==d==", "«7:a» «3:b» «7:c» «1:d»"),
    "one in another": ("==a ==b== c==<!-- hint: d --> ==e==", "«1:a b c¦d» «2:e»"),
    "html": (
        "<details><summary>See <mark>a</mark><!-- hint: b --></summary>\n\n==c==<!-- hint: d -->\n\n</details>\n\n"
        "<kbd>==e==</kbd> <mark>f</mark>",
        "See «1:a¦b» «2:c¦d» «3:e» «4:f»",
    ),
    "no blank in html": ("<div>==a==</div>\n\n==b==", "==a== «1:b»"),
    "no blank in code": ("`==a==` ==b==\n\n```\n==c==<!-- hint: d -->\n```", "==a== «1:b» ==c==<!-- hint: d -->"),
    "backslashes": (
        "\\\\( ==a==<!-- hint: \\(b\\) \\[c\\] --> \\\\) `\\(` ==`\\)`==",
        "\\( «1:a¦\\(b\\) \\[c\\]» \\) \\( «2:\\)»",
    ),
    "what Anki acts on": (
        "==a==<!-- hint: sound:a.mp3 --> ==b==<!-- hint: latex]c[/latex --> ==d==<!-- hint: [type:Answer] --> "
        "==e==<!-- hint: $]f[/$ --> ==[sound:g.mp3]==<!-- hint: anki:tts lang=en]h[/anki:tts -->",
        "«1:a¦sound:a.mp3» «2:b¦latex]c[/latex» «3:d¦[type:Answer]» «4:e¦$]f[/$» "
        "«5:[sound:g.mp3]¦anki:tts lang=en]h[/anki:tts»",
    ),
    "html in a hint": (
        "==a==<!-- hint: <b>x</b> &amp; 'y' \"z\" {{c1::w}} <img src=x onerror=alert(1)> -->",
        "«1:a¦<b>x</b> &amp; 'y' \"z\" {{c1::w}} <img src=x onerror=alert(1)>»",
    ),
}
_BLANK = re.compile(r"«(\d+):([^»¦]*)¦?([^»]*)»")


def hidden(shown: str, number: int) -> str:
    """What the front of the card of a number shows; of number 0, what every back does."""
    asked = _BLANK.sub(lambda m: f"[{m[3] or '...'}]" if int(m[1]) == number else m[2], shown)
    return " ".join(asked.split())


def seen(html: str) -> str:
    """The words that a browser shows, between them one space each."""
    return " ".join(words(re.sub(r"</?(?:p|li|td|th|tr|br|summary|hr|pre|div)\b[^>]*>", " ", html)).split())


def built(folder: Folder, anki: Sandbox, body: str, heading: str = "Q") -> str:
    """The id of the one card of a note, imported; all its cards are those that Anki itself makes."""
    folder.write("deck.toml", 'math = true\nlanguage = "en"\n')
    folder.write("a.md", f"# T\n\n## {heading}\n<!-- card: cloze -->\n\n{body}\n")
    anki.imported(folder.build(NOW))
    (guid,) = folder.ids().values()
    before = anki.ordinals()
    assert anki.empty_cards() == 0
    assert anki.ordinals_by_anki() == before
    return guid


def assert_asks(anki: Sandbox, guid: str, shown: str) -> None:
    """Each card of the note hides the blanks of its number on the front, and nothing on the back."""
    numbers = sorted({int(match[1]) for match in _BLANK.finditer(shown)})
    assert [card.ord + 1 for card in anki.cards(guid)] == numbers
    for number, card in zip(numbers, anki.cards(guid), strict=True):
        assert seen(anki.question(guid, card.ord)) == hidden(shown, number)
        assert seen(anki.answer(guid, card.ord)) == hidden(shown, 0)
        assert card.question_av_tags() == card.answer_av_tags() == []


@pytest.mark.parametrize("case", CASES)
def test_each_card_hides_its_own_blanks_and_shows_all_others(folder: Folder, anki: Sandbox, case: str) -> None:
    body, shown = CASES[case]
    guid = built(folder, anki, body)
    assert_asks(anki, guid, f"T Q {shown}")
    assert anki.note(guid)["Text"].count("{{c") == len(_BLANK.findall(shown))


def test_blanks_of_the_heading_leave_the_answer_for_the_back(folder: Folder, anki: Sandbox) -> None:
    guid = built(folder, anki, "Because.", "The ==GIL==<!-- hint: a lock --> is ==a `lock`==")
    for ordinal, front in enumerate(("T The [a lock] is a lock", "T The GIL is [...]")):
        assert seen(anki.question(guid, ordinal)) == front
        assert seen(anki.answer(guid, ordinal)) == "T The GIL is a lock Because."


def test_blanks_of_heading_question_and_answer_are_in_one_text(folder: Folder, anki: Sandbox) -> None:
    guid = built(folder, anki, "==b==<!-- hint: 2 -->\n\n<!-- answer -->\n\n==c== d", "==a==<!-- hint: 1 -->")
    assert_asks(anki, guid, "T «1:a¦1» «2:b¦2» «3:c» d")


def test_a_picture_in_a_blank_is_hidden_with_it(folder: Folder, anki: Sandbox) -> None:
    folder.write("p.png", picture("red"))
    guid = built(folder, anki, "==a ![b](p.png) c==<!-- hint: a plot --> ==![d](p.png)== ![e](p.png)")
    assert_asks(anki, guid, "T Q «1:a c¦a plot» «2:»")
    assert [anki.question(guid, ordinal).count("<img") for ordinal in (0, 1)] == [2, 2]
    assert [anki.answer(guid, ordinal).count("<img") for ordinal in (0, 1)] == [3, 3]


def test_code_between_blanks_keeps_its_lines(folder: Folder, anki: Sandbox) -> None:
    guid = built(folder, anki, "==a==<!-- hint: b -->\n\n```python\nx = {1: {2: 3}}\nx[::2]\n```\n\n==c==")
    assert codes(anki.question(guid)) == codes(anki.answer(guid)) == ["x = {1: {2: 3}}\nx[::2]"]


def test_a_hint_of_a_highlight_that_is_no_blank_is_nowhere(folder: Folder, anki: Sandbox) -> None:
    folder.write("a.md", "# T\n\n## Q ==q==<!-- hint: one -->\n\nThe ==GIL==<!-- hint: two -->.\n")
    result = folder.built(NOW)
    assert "hint" not in result.stderr
    anki.imported(folder.package.read_bytes())
    (guid,) = folder.ids().values()
    assert anki.note(guid).fields[:2] == [
        '<div class="heading">Q <mark>q</mark></div>',
        "<p>The <mark>GIL</mark>.</p>",
    ]


def test_any_hint_is_shown_as_it_is_written(folder: Folder, anki: Sandbox) -> None:
    dice = random.Random(21)
    written = {}
    body = "# T\n\n"
    for number in range(150):
        hint, word = odd(dice).replace("-->", "").replace("<!--", ""), odd(dice)
        written[f"Q{number}"] = hint, word
        body += f"## Q{number}\n<!-- card: cloze -->\n\n=={'`'}{word}{'`'}==<!-- hint: {hint} -->==c2:b== c\n\n"
    folder.write("a.md", body)
    assert anki.imported(folder.build(NOW)) == {"new": 150}
    ids = folder.ids()
    for question, (hint, word) in written.items():
        guid = ids[question]
        assert words(anki.question(guid)) == f"T{question}[{hint}]b c"
        assert words(anki.question(guid, 1)) == f"T{question}{word}[...] c"
        assert words(anki.answer(guid)) == words(anki.answer(guid, 1)) == f"T{question}{word}b c"
        assert [card.question_av_tags() for card in anki.cards(guid)] == [[], []]
        assert not re.search(r"\\[(\[]", anki.note(guid)["Text"])  # nor does MathJax find its own
    before = anki.ordinals()
    assert anki.ordinals_by_anki() == before
