"""Whatever is imported says in our notation just what the original said."""

from __future__ import annotations

from html import escape

from hypothesis import example, given
from hypothesis import strategies as st
from interview_helper.cards import cards
from interview_helper.dialects import anki_notes, blanks, literal, markup, reading, writing
from interview_helper.dialects.nouns import Card
from interview_helper.model import Kind, Library, Source
from interview_helper.parse import parse

# What Markdown or our notation acts on, and what stands around it.
SIGNS = [
    *(
        "#",
        "##",
        "-",
        "+",
        "*",
        "**",
        "_",
        "__",
        "`",
        "```",
        "~~",
        "~~~",
        "=",
        "==",
        "==c2:",
        ">",
        "|",
        "|---|",
        "---",
        "===",
    ),
    *(
        "[",
        "]",
        "](",
        "[[",
        "]]",
        "![",
        "[^1]",
        "[x]: y",
        "(",
        ")",
        "<",
        ">",
        "<b>",
        "</b>",
        "<int>",
        "<!--",
        "-->",
        "<br>",
    ),
    *(
        "<!-- card: cloze -->",
        "<!-- answer -->",
        "&amp;",
        "&",
        "$",
        "$$",
        "$x$",
        "\\",
        "\\(",
        "%%",
        "^name",
        "{{c1::",
        "}}",
    ),
    *("1.", "12)", "Q:", "Q12.", "[ ]", "[!NOTE]", "__init__", "a_b", "http://x.y", "<http://x.y>", ":", "::", "?"),
    *(
        " ",
        "  ",
        "    ",
        "\t",
        "\n",
        "\n\n",
        "\n    ",
        "word",
        "x",
        "é",
        "日本",
        "\N{NO-BREAK SPACE}",
        "\u2028",
        "\x0c",
    ),
]
TEXTS = st.lists(st.sampled_from(SIGNS), max_size=12).map("".join) | st.text(
    st.characters(exclude_categories=["Cs", "Cc"]), max_size=30
)
WORDS = TEXTS.filter(lambda text: any(sign.isalnum() for sign in text))


def said(text: str) -> str:
    """The words of plain text: of code in it, what the backticks hold."""
    return reading.squeezed(literal.CODE.sub(lambda match: match[2], text))


@given(TEXTS.filter(lambda text: "```" not in text))
@example("a\n===")
@example("| a |\n|---|")
@example("    x")
@example("[x]: y")
@example("--- \n[")
def test_text_in_blocks_says_just_itself(text):
    assert reading.of_blocks(literal.blocks(text)) == reading.Reading(said(text))


@given(WORDS)
@example("C# #")
@example("12. What is [x](y)?")
def test_text_in_a_heading_says_just_itself(text):
    read = reading.of_heading(literal.line(text))
    assert read is not None
    assert not read.blanks
    assert literal.is_said(text, read.words)


PLAIN = st.sampled_from([each for each in SIGNS if each not in ("{{c1::", "}}") and "\\(" not in each]).map(escape)
INLINE = st.recursive(
    st.lists(PLAIN, min_size=1, max_size=4).map("".join),
    lambda inner: st.tuples(
        st.sampled_from(["b", "i", "em", "strong", "u", "code", "span", "sub", "s"]), inner, inner
    ).map(lambda made: f"{made[2]}<{made[0]}>{made[1]}</{made[0]}>{made[2]}"),
    max_leaves=4,
)
ROWS = st.tuples(INLINE, INLINE).map(lambda row: f"<tr><td>{row[0]}</td><td>{row[1]}</td></tr>")
BLOCKS = st.recursive(
    INLINE,
    lambda inner: st.one_of(
        st.tuples(st.sampled_from(["div", "p", "blockquote"]), inner).map(lambda m: f"<{m[0]}>{m[1]}</{m[0]}>"),
        st.tuples(st.sampled_from(["ul", "ol"]), st.lists(inner, min_size=1, max_size=3)).map(
            lambda m: f"<{m[0]}>{''.join(f'<li>{each}</li>' for each in m[1])}</{m[0]}>"
        ),
        st.lists(inner, min_size=2, max_size=3).map("<br>".join),
        st.lists(ROWS, min_size=1, max_size=2).map(lambda rows: f"<table>{''.join(rows)}</table>"),
        PLAIN.map(lambda text: f'<pre><code class="language-python">{text}</code></pre>'),
    ),
    max_leaves=5,
)


@given(BLOCKS)
def test_html_says_in_markdown_what_it_said(html):
    made = markup.blocks(html, frozenset(), lambda source: source)
    assert made.lost == ()


@given(st.lists(st.tuples(INLINE, st.integers(1, 4)), min_size=1, max_size=4))
def test_blanks_keep_their_words_and_numbers(parts):
    html = " and ".join(f"{{{{c{number}::x{words}x}}}}" for words, number in parts)
    made = anki_notes.made(html, "", anki_notes.Pictures(), kind=Kind.CLOZE)
    numbers = [*markup.numbers(blanks.marked(html))]
    read = reading.of_blocks(made.card.answer)
    assert read is not None
    groups = blanks.grouped(numbers)
    assert [group for group, _ in read.blanks] == [f"c{number}" if number in groups else "" for number in numbers]


CARDS = st.lists(
    st.builds(
        Card,
        question=WORDS.map(literal.blocks),
        answer=WORDS.map(literal.blocks),
        trail=st.lists(st.sampled_from(["A", "B", "C# #", "1. x"]), min_size=1, max_size=3).map(tuple),
        kind=st.sampled_from([Kind.BASIC, Kind.REVERSED]),
        tags=st.lists(st.sampled_from(["a", "b", "c::d"]), max_size=2, unique=True).map(tuple),
        source=st.sampled_from(["", "PEP 8", "x --> y"]),
    ),
    min_size=1,
    max_size=5,
)


@given(CARDS)
@example([Card("a", "b", trail=("A", "A")), Card("A", "c", trail=("A",), tags=("x",))])
@example([Card("A", "c", trail=("A",), tags=("x",)), Card("a", "b", trail=("A", "A"))])
def test_cards_written_are_the_cards_that_are_parsed(given_):
    documents = tuple(parse(Source(name, text)).document for name, text in writing.notes(given_).items())
    found, diagnostics = cards(Library(documents, {}))
    assert not [each for each in diagnostics if each.code != "I001"]
    left = [(card.kind, frozenset(card.tags), reading.squeezed(card.answer_text), card.trail) for card in found]
    for card in given_:
        answer = reading.of_blocks(card.answer)
        assert answer is not None
        wanted = (card.kind, frozenset(card.tags))
        assert any(each[:2] == wanted and each[2] == answer.words for each in left), (wanted, answer.words, left)
    assert len(found) == len(given_)
