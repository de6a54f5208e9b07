"""Notes that nobody wrote: none crashes the parser, and each word comes out where its writer meant it to be."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from html import unescape

from hypothesis import example, given
from hypothesis import strategies as st
from interview_helper import neutral
from interview_helper.cards import cards
from interview_helper.model import Code, Kind, Library, Prose, Source, Span
from interview_helper.parse import Parsed, parse
from remains import blocks, heard, kept, sections, spans, strays

# --- a heap of everything: nothing is lost ----------------------------------------------------------------------

WORDS = st.text("abcdefghij", min_size=3, max_size=6).map(lambda word: f"w{word}")
INLINE = st.one_of(
    WORDS,
    st.sampled_from(
        [
            "**{}**",
            "*{}*",
            "`{}`",
            "=={}==",
            "==c1:{}==",
            "==x==<!-- hint: {} -->",
            "<mark>x</mark><!--hint:{}-->",
            "<!-- hint: {} -->",
            "__{}__",
            "~~{}~~",
            "[{}](#x)",
            "[{}](https://y)",
            "[x](y '{}')",
            "![{}](z.png)",
            "![{}|200](z.png)",
            "<b>{}</b>",
            "<b {}>",
            "<img alt='{}'>",
            "<{}>",
            "<{} 'x'>",
            "[[{}]]",
            "![[{}]]",
            "![[{}.png]]",
            "[[x|{}]]",
            "%%{}%%",
            "%% {}",
            "^{}",
            "[^{}]",
            "<!--{}-->",
            "<!-- {}",
            "{}&amp;",
            "\\*{}\\*",
            "<br>{}",
            "[{}][]",
            "<kbd>{}",
            "</kbd>{}",
            "{}|{}",
            "$${}$$",
            "${}$",
            "{}  \n{}",
        ]
    ).flatmap(lambda shape: WORDS.map(lambda word: shape.replace("{}", word))),
)
LINE = st.lists(INLINE, min_size=1, max_size=4).map(" ".join)
BLOCK = st.one_of(
    LINE,
    st.sampled_from(
        [
            "# {}",
            "## {}",
            "### Q1: {}",
            "## **1.** {} ##",
            "{}\n---",
            "- {}\n- {}",
            "- {}\n\n  {}\n\n      {}",
            "1. ### {}\n\n   {}",
            "3. {}\n4. # {}\n   - ## {}",
            "> {}",
            "> - {}\n{}",
            "> [!NOTE] {}\n> {}",
            "> [!{}]",
            "```python\n{}\n```",
            "```{}\n{}",
            "- ```\n  {}\n\n{}",
            "    {}",
            "\t{}",
            "| {} | b |\n|---|---|\n| {} | c | {} |",
            "<div>\n{}",
            "</div>{}",
            "<script>\n{}\n\n{}\n</script>",
            "<details>\n\n{}\n\n</details>",
            "<details><summary>{}</summary>\n\n## {}\n\n## {}\n\n</details>",
            "<!-- {} -->",
            "<!-- {}",
            "<!-- card: {} -->",
            "<!-- tags: {} --> {}",
            "<!-- answer -->\n{}",
            "%%\n{}\n%%",
            "%% {}\n\n{} %%",
            "[{}]: https://x",
            "[^{}]: {}",
            "***",
            "---\n{}: {}\n---",
            "$$\n{}\n$$",
            "[{}](#x)",
            "- [{}](#x)\n- [{}](#y)",
        ]
    ).flatmap(lambda shape: st.lists(LINE, min_size=3, max_size=3).map(lambda lines: _filled(shape, lines))),
)
NOTE = st.lists(BLOCK, max_size=8).flatmap(
    lambda blocks: st.sampled_from(["\n", "\n\n"]).map(lambda between: between.join(blocks))
)
# Signs with words between them, in no order at all.
LINES = [f"\n{opens}" for opens in ("\n", "    ", "> ", "- ", "1. ", "## ", "---\n", "|-|-|\n")]
TOGETHER = "== %% <!-- --> [[ ]] ![ ]( ``` $$ <b> </b> <div> </div> &amp; __ Q1. ^a <details> </details> <T>"
NOISE = st.lists(
    st.one_of(
        WORDS,
        st.sampled_from([*"#*_`[]()<>!|=-~%^$&:;\\\"' \t\n0é😀\u2028\x0c\u00a0", *LINES, *TOGETHER.split(" ")]),
    ),
    max_size=40,
).map("".join)


def _filled(shape: str, lines: list[str]) -> str:
    for line in lines:
        shape = shape.replace("{}", line, 1)
    return shape


def parsed(text: str, *, maths: bool = False) -> Parsed:
    return parse(Source("note.md", text), maths=maths)


@given(st.one_of(NOTE, NOISE), st.booleans())
@example("## A\n\n| a |\n|---|\n| wabc | wdef |", False)
@example("## A\n" + "> " * 200 + "wabc", False)
@example("## A\na <b wabc> c", False)
@example("## [x](y 'waaa')\n- [a](#a)", False)
@example("\n> ```waaa", False)
@example("--->waaa\n---\n", False)
@example("\n> ```waaa\twaab", False)
def test_no_word_of_a_note_is_lost(text, maths):
    everything = kept(parsed(text, maths=maths))
    lost = {word for word in re.findall("w[a-j]+", text) if word not in everything}
    assert not lost


@given(st.one_of(NOTE, NOISE), st.booleans())
def test_a_block_says_the_same_words_in_html_and_in_text(text, maths):
    for block in blocks(parsed(text, maths=maths)):
        assert "".join(heard(block.html)) == "".join(re.findall(r"\w+", block.text))


@given(st.text(max_size=300), st.booleans())
@example("---\n- \n---", False)
@example("a\r\nb\rc <T>\0", False)
def test_no_text_crashes_the_parser(text, maths):
    parsed(text, maths=maths)


@given(st.one_of(NOTE, NOISE))
@example("waaa\n1. ### waaa\n\n   waaa\n%%\nwaaa\n%%")
def test_the_same_note_gives_the_same_model_and_places_inside_the_file(text):
    found = parsed(text)
    assert found == parsed(text)
    assert not strays(text, spans(found))


# --- output cards: what is asked, and what is not -----------------------------------------------------------------

# Each `{}` is a number of its own; a session's typed lines and its output in turn.
EXAMPLES = st.lists(
    st.sampled_from(
        [
            "words {}",
            "```python\ntyped{}\n```",
            "```output\nprinted{}\n```",
            "```python\ntyped{}\n```\n```output\nprinted{}\n```",
            "```pycon\n>>> typed{}\n...     typed{}\n...\nprinted{}\n\nprinted{}\n>>> typed{}\n```",
            "```pycon\n>>> typed{}\n```",
            "  ```pycon\n  >>> typed{}\n  printed{}\n  ... printed{}\n    >>> printed{}\n  ```",
        ]
    ),
    min_size=1,
    max_size=6,
)


@given(EXAMPLES, st.none() | st.integers(0, 6))
@example(["```pycon\n>>> typed{}\nprinted{}\n```", "```output\nprinted{}\n```"], 1)
def test_what_code_prints_is_never_on_the_front_and_all_else_stays(pieces, at):
    numbers = iter(range(100))
    pieces = [re.sub(r"\{\}", lambda _: f"{next(numbers)}.", piece) for piece in pieces]
    marked = [*pieces[:at], "<!-- answer -->", *pieces[at:]] if at is not None else pieces
    found = parsed("# Q\n<!-- card: output -->\n\n" + "\n\n".join(marked))
    for card in cards(Library((found.document,), {}))[0]:
        front = set(re.findall(r"[a-z]+[0-9]+\.", card.question_text))
        back = set(re.findall(r"[a-z]+[0-9]+\.", card.answer_text))
        assert front | back == set(re.findall(r"[a-z]+[0-9]+\.", "\n".join(pieces)))
        if card.kind is not Kind.OUTPUT:
            continue
        # Only what the writer gives above the marker, and there no more of the code that is asked.
        above = pieces[:at] if at is not None else []
        across = bool(above) and pieces[len(above) :][:1] and pieces[len(above)].startswith("```output")
        if across and "output" not in above[-1]:
            given = above[:-1] if "pycon" in above[-1] else above
        else:
            given = [piece for piece in above if piece.startswith("```output")]
        assert {word for word in front if word.startswith("printed")} <= set(
            re.findall(r"printed[0-9]+\.", "".join(given))
        )
        asked = card.question[-1] if isinstance(card.question[-1], Code) else None
        if asked and asked.language == "pycon":
            whole = next(piece for piece in pieces if asked.text.split("\n")[0] in piece)
            assert re.findall(r"typed[0-9]+\.", whole) == re.findall(r"typed[0-9]+\.", asked.text)


# --- maths: what stands between dollars -------------------------------------------------------------------------

TEX = (
    st.lists(
        st.one_of(
            st.sampled_from(
                [
                    r"\frac{a}{b}",
                    r"\alpha",
                    r"x^2",
                    r"a_1",
                    r"_",
                    r"*",
                    r"**",
                    r"==",
                    r"&",
                    r"<",
                    r">",
                    r"\\",
                    r"\$",
                    r"\{",
                    r"\}",
                    r"{}",
                    r"^",
                    r"[x](y)",
                    r"<b>",
                    r"&lt;",
                    r"%%",
                    r"[[",
                    r"|",
                    r"#",
                    r"~~",
                ]
            ),
            st.sampled_from(
                [r"-", r"+", r"=", r"1.", r"!", r"\_", r"\*", r"'", r"é", r"設", r"__init__", r"::", r"([^1])", r"-->"]
            ),
            st.text(st.characters(exclude_categories=["C", "Z"], exclude_characters="$`\\|"), min_size=1, max_size=3),
        ),
        min_size=1,
        max_size=6,
    )
    .map(" ".join)
    .filter(lambda tex: tex.strip("| ") and tex[0] not in ";)")
)
INLINE_MATHS = [
    "so {} end",
    "{}",
    "({}),",
    "**{}**",
    "=={}==",
    "- {}",
    "> - so {}",
    "a {}\nb",
    "<kbd>{}</kbd>",
    "{} is 1",
]


@given(TEX, st.sampled_from(INLINE_MATHS), st.sampled_from(["$", "$$"]))
@example("x", "{} is 1", "$")
def test_maths_within_text_arrives_as_written(tex, around, dollars):
    # Below a line of its own, so that no sign of a block is in front of it.
    found = parsed(f"# Q\n\nso\n\n{around.replace('{}', f'{dollars}{tex}{dollars}')}", maths=True)
    assert _formulas(found) == [tex]


@given(TEX.filter(lambda tex: tex[-1] not in "# "), st.booleans())
def test_maths_in_a_heading_and_in_a_table_arrives_as_written(tex, heading):
    if heading:
        assert _formulas(parsed(f"# so ${tex}$ end\n\nx", maths=True)) == [tex]
        return
    found = parsed(f"# Q\n\n| a | ${tex}$ |\n|--|--|\n| ${tex}$ | b |\n", maths=True)
    assert _formulas(found) == [tex, tex]
    assert not found.diagnostics


@given(st.lists(TEX, min_size=1, max_size=4), st.sampled_from(["", "> ", "- ", "> - ", "   "]), st.booleans())
def test_displayed_maths_arrives_as_written(lines, before, gap):
    lines = [line for line in lines if not re.match(r"#+( |$)", line)] or ["x"]
    written = ["$$", *(["  " + lines[0], ""] if gap else []), *lines, "$$"]
    rest = before.replace("-", " ")
    text = "\n".join(f"{before if not i else rest}{line}" for i, line in enumerate(written))
    assert _formulas(parsed(f"# Q\n\n{text}", maths=True)) == ["\n".join(written[1:-1]).strip()]


@given(TEX, st.sampled_from(INLINE_MATHS))
def test_without_maths_dollars_are_text(tex, around):
    assert not _formulas(parsed(f"# Q\n\nso\n\n{around.replace('{}', f'${tex}$')}"))


def _formulas(found: Parsed) -> list[str]:
    html = "\n".join(block.html for block in blocks(found))
    return [unescape(tex) for _, tex in re.findall(r'<(span|div) class="math">(.*?)</\1>', html, re.DOTALL)]


# --- notes with a meaning: what is written is what is on the card -----------------------------------------------


@dataclass
class Part:
    """A block as written, and what must come of it: nothing, its text, or its code."""

    lines: list[str]
    text: str = ""
    code: str | None = None
    lists: bool = False


@dataclass
class Question:
    """A heading and what stands below it, as written and as meant."""

    level: int
    title: str
    words: str
    kind: str
    tags: list[str]
    source: str
    above: list[Part]
    parts: list[Part] = field(default_factory=list)


VOCABULARY = "alpha Beta γάμμα 日本 naïve __init__ a_b 50% C++ 3.14 it's 😀 x==y {{x}} U.S. R&D"
WORD = st.sampled_from(VOCABULARY.split(" "))
STYLED = st.one_of(
    WORD.map(lambda w: (w, w)),
    st.tuples(WORD, st.sampled_from([("**", "**"), ("*", "*"), ("~~", "~~"), ("==", "=="), ("==c2:", "==")])).map(
        lambda pair: (f"{pair[1][0]}{pair[0]}{pair[1][1]}", pair[0])
    ),
    st.tuples(WORD, st.sampled_from(["=={}==", "**==c3:{}==**", "==`{}`==", "<mark>{}</mark>"]), WORD).map(
        lambda blank: (f"{blank[1].format(blank[0])}<!-- hint: {blank[2]} -->", blank[0])
    ),
    WORD.map(lambda w: (f"`{w}`", w)),
    WORD.map(lambda w: (f"[{w}](https://example.com)", w)),
    WORD.map(lambda w: (f"![{w}](p.png)", w)),
    WORD.map(lambda w: (f"<kbd>{w}</kbd>", w)),
    WORD.map(lambda w: (f"[[{w}]]", w)),
    WORD.map(lambda w: (f"[[Page|{w}]]", w)),
    st.sampled_from([("<T>", "<T>"), ("List<int>", "List<int>"), ("\\*", "*"), ("&lt;", "<"), ("<class 'x'>",) * 2]),
)


def phrase(least: int = 1, most: int = 5) -> st.SearchStrategy[tuple[str, str]]:
    """Words with signs around them that keep apart, as written and as read."""
    return st.lists(STYLED, min_size=least, max_size=most).map(
        lambda pairs: (f"so {' '.join(a for a, _ in pairs)} end", f"so {' '.join(b for _, b in pairs)} end")
    )


LINES_OF_CODE = r"""
def f():
    return 1
## no heading
<T> &amp;
==x==
a | b
``
$x$ $$
[[w]]
%%
\n
---
- no list
> no quote
<!-- no -->
__init__
日本
"""
CODE = st.lists(st.sampled_from([*LINES_OF_CODE.split("\n"), "\t# tab", "trailing  "]), min_size=1, max_size=6)


def _bullets(items: list[tuple[str, str]], marker: str) -> Part:
    lines = [f"{marker} {written}" for written, _ in items]
    return Part(lines, "\n".join(text for _, text in items), lists=True)


def _nested(items: list[tuple[str, str]]) -> Part:
    lines = [f"{'  ' * depth}- {written}" for depth, (written, _) in enumerate(items)]
    return Part(lines, "\n".join(text for _, text in items), lists=True)


def _fence(code: list[str], indent: int, fence: str) -> Part:
    lines = [" " * indent + line if line else "" for line in (f"{fence}python", *code, fence)]
    # Indented so, it would go on with a list in front of it.
    return Part(lines, code="\n".join(code), lists=indent > 1)


def _table(cells: list[tuple[str, str]]) -> Part:
    rows = [[(a.replace("|", "\\|"), b) for a, b in cells[k : k + 2]] for k in range(0, 6, 2)]
    lines = [f"| {' | '.join(written for written, _ in row)} |" for row in rows]
    lines.insert(1, "|---|:-:|")
    return Part(lines, "\n".join("\t".join(text for _, text in row) for row in rows))


PART = st.one_of(
    st.lists(phrase(), min_size=1, max_size=3).map(
        lambda lines: Part([written for written, _ in lines], " ".join(text for _, text in lines))
    ),
    st.builds(_bullets, st.lists(phrase(), min_size=1, max_size=3), st.sampled_from("-*+")),
    st.builds(_bullets, st.lists(phrase(), min_size=1, max_size=3), st.just("1.")),
    st.builds(_nested, st.lists(phrase(), min_size=2, max_size=3)),
    st.builds(_fence, CODE, st.integers(0, 3), st.sampled_from(["```", "~~~~"])),
    st.lists(phrase(), min_size=1, max_size=3).map(
        lambda lines: Part([f"> {written}" for written, _ in lines], " ".join(text for _, text in lines))
    ),
    st.tuples(phrase(), phrase()).map(
        lambda two: Part([f"> [!TIP] {two[0][0]}", f"> {two[1][0]}"], f"{two[0][1]}\n{two[1][1]}")
    ),
    st.builds(_table, st.lists(phrase(), min_size=6, max_size=6)),
    phrase().map(
        lambda one: Part(["<details>", "<summary>more</summary>", "", one[0], "", "</details>"], f"more\n{one[1]}")
    ),
    # What is left out on purpose.
    st.sampled_from(
        [["[⬆ top](#t)"], ["<!-- a remark -->"], ["%% a remark %%"], ["- [A](#a)", "- [B](#b)"], ["[k]: https://x"]]
    ).map(lambda lines: Part(lines, lists=True)),
)
NUMBERS = st.sampled_from(["", "", "Q12: ", "12. ", "**Q1.** ", "Q. "])
QUESTION = st.builds(
    lambda level, number, title, closing, kind, tags, source, above, parts: Question(
        level, f"{number}{title[0]}{closing}", title[1], kind, tags, source, above, parts
    ),
    st.integers(2, 4),
    NUMBERS,
    phrase(),
    st.sampled_from(["", " ##", " #"]),
    st.sampled_from(["basic", "reversed", "cloze", "output"]),
    st.lists(st.sampled_from(["naming", "core", "Größe"]), unique=True, max_size=2),
    st.sampled_from(["", "PEP 703"]),
    st.lists(PART, max_size=2),
    # A heading over nothing but navigation is no section.
    st.lists(PART, min_size=1, max_size=4).filter(lambda parts: any(meant([part]) for part in parts)),
)


def written(questions: list[Question]) -> str:
    """The note of these questions."""
    lines = ["# Topic"]
    for question in questions:
        lines += ["", f"{'#' * question.level} {question.title}"]
        lines += [f"<!-- card: {question.kind} -->"]
        lines += [f"<!-- tags: {' '.join(question.tags)} -->"] if question.tags else []
        lines += [f"<!-- source: {question.source} -->"] if question.source else []
        for parts in (question.above, question.parts):
            # Two lists in a row would be one.
            for k, part in enumerate(parts):
                lines += ["", "so it goes end", ""] if k and part.lists and parts[k - 1].lists else [""]
                lines += part.lines
            lines += ["", "<!-- answer -->"] if parts is question.above else []
    return "\n".join(lines)


def meant(parts: list[Part]) -> list[str]:
    """The texts that blocks must have."""
    texts = []
    for k, part in enumerate(parts):
        texts += ["so it goes end"] if k and part.lists and parts[k - 1].lists else []
        texts += [part.code] if part.code is not None else [part.text] if part.text else []
    return texts


@given(st.lists(QUESTION, min_size=1, max_size=4))
def test_what_is_written_is_what_is_on_the_card(questions):
    found = parsed(written(questions))
    titled = [section for section in sections(found) if section.level > 1]
    assert [(s.level, s.title.text, s.kind, s.source) for s in titled] == [
        (q.level, q.words, q.kind, q.source) for q in questions
    ]
    path: list[Question] = []
    found_hints: list[str] = []
    for section, question in zip(titled, questions, strict=True):
        path = [*(above for above in path if above.level < question.level), question]
        assert set(section.tags) == {tag for each in path for tag in each.tags}
        assert section.trail == ("Topic", *(above.words for above in path[:-1]))
        assert [block.text for block in section.question] == meant(question.above)
        assert [block.text for block in section.answer] == meant(question.parts)
        for part, block in zip(
            (p for p in (*question.above, *question.parts) if p.code is not None),
            (b for b in (*section.question, *section.answer) if isinstance(b, Code)),
            strict=True,
        ):
            assert block.text == part.code
            assert unescape(re.sub("<[^>]*>", "", block.html)) == part.code
        for block in (section.title, *section.question, *section.answer):
            if isinstance(block, Prose):
                found_hints += filter(None, neutral.hints(block.html))
                assert "".join(heard(block.html)) == "".join(re.findall(r"\w+", block.text))
    assert found_hints == re.findall("<!-- hint: (.*?) -->", written(questions))


# --- places: every span covers what it is about, and no more ----------------------------------------------------

# What is looked for, as written, and the part of it that the span covers.
MARKS = st.sampled_from(
    [
        ("N004", "<{}>", "<{}>"),
        ("N004", "</{}>", "</{}>"),
        ("N004", "List<{} 'x'>", "<{} 'x'>"),
        ("N010", "[[{}]]", "[[{}]]"),
        ("N010", "![[{}|é]]", "![[{}|é]]"),
        ("N005", "[^{}]", "[^{}]"),
        ("N011", '<b title="{}">', '<b title="{}">'),
        ("M003", "<!-- tags: {} -->", "<!-- tags: {} -->"),
        ("M001", "<!-- tag: {} -->", "<!-- tag: {} -->"),
        ("M003", "<!-- hint: {} -->", "<!-- hint: {} -->"),
        ("M003", "==é== <!-- hint: {} -->", "<!-- hint: {} -->"),
        ("M004", "==`x`==<!-- hint: 😀 --><!-- hint: {} -->", "<!-- hint: {} -->"),
        ("comment", "**==é==**<!-- hint: {} -->", "<!-- hint: {} -->"),
        ("comment", "<!--{}-->", "<!--{}-->"),
        ("comment", "%%{}%%", "%%{}%%"),
        ("link", "[é `x`](#{})", "[é `x`](#{})"),
        ("link", "**[w](a.md '{}')**", "[w](a.md '{}')"),
        ("link", "<https://{}>", "<https://{}>"),
        ("link", '<a href="#{}">w</a>', '<a href="#{}">'),
        ("image", "![é *x*]({}.png)", "![é *x*]({}.png)"),
        ("image", "![[{}.png]]", "![[{}.png]]"),
        ("image", '<img alt="😀" src="{}.png">', '<img alt="😀" src="{}.png">'),
    ]
)
FILLER = st.lists(
    st.sampled_from(
        ["word", "😀", "é", "`a b`", "**b**", "*e*", "\\*", "&amp;", "a\tb", "==h==", "x<sub>2</sub>", "🏳️‍🌈"]
    ),
    min_size=1,
    max_size=4,
).map(lambda words: "so " + " ".join(words))


@dataclass
class Marked:
    """Lines of a note with marks in them."""

    lines: list[str]
    marks: list[tuple[str, str]]
    #: Whether its lines but the first may go on without what stands in front of them.
    lazy: bool = False


@st.composite
def lines(draw: st.DrawFn, *, bar: str = "|") -> tuple[str, list[tuple[str, str]]]:
    """A line with a mark in it."""
    kind, shape, covered = (each.replace("|", bar) for each in draw(MARKS))
    front, behind = draw(FILLER), draw(FILLER)
    return f"{front} {shape} {behind}", [(kind, covered)]


@st.composite
def paragraphs(draw: st.DrawFn) -> Marked:
    """A paragraph with a mark in one of its lines."""
    text, marks = draw(lines())
    rows = [*draw(st.lists(FILLER, max_size=2)), text, *draw(st.lists(FILLER, max_size=2))]
    indents = st.sampled_from(["", " ", "   ", "     ", "\t", "  \t"])
    rows = [rows[0], *(draw(indents) + row for row in rows[1:])]
    ends = st.sampled_from(["", " ", "  ", "\\", "\t"])
    rows = [*(row + draw(ends) for row in rows[:-1]), rows[-1] + draw(st.sampled_from(["", "  "]))]
    return Marked(rows, marks, lazy=True)


@st.composite
def headings(draw: st.DrawFn) -> Marked:
    """A heading with a mark in it."""
    text, marks = draw(lines())
    if draw(st.booleans()):
        return Marked([*draw(st.lists(FILLER, max_size=1)), text, "---"], marks)
    opening = "#" * draw(st.integers(5, 6)) + draw(st.sampled_from([" ", "   ", "\t"]))
    return Marked([opening + text + draw(st.sampled_from(["", " #", "  ###  ", " "]))], marks)


@st.composite
def tables(draw: st.DrawFn) -> Marked:
    """A table with a mark in one of its cells, with bars at the ends of its rows or without."""
    text, marks = draw(lines(bar="\\|"))
    cells = [draw(FILLER), text, draw(st.sampled_from(["a \\| b", "`x \\| y`", "😀"]))]
    pad = draw(st.sampled_from([" ", "  ", "\t", ""]))
    row, rule, head = f"{pad}|{pad}".join(cells), "---|---|---", "a | b | c"
    if draw(st.booleans()):
        row, rule, head = f"|{pad}{row}{pad}|", f"|{rule}|", f"| {head} |"
    return Marked([row, rule] if draw(st.booleans()) else [head, rule, row], marks)


@st.composite
def elements(draw: st.DrawFn) -> Marked:
    """A block of HTML with a mark in it."""
    raw = [("N004", "<{}>"), ("M003", "<!-- tags: {} -->"), ("link", '<a href="#{}">'), ("N011", '<b id="{}">')]
    kind, tag = draw(st.sampled_from([*raw, ("image", '<img src="{}.png">'), ("comment", "<!-- {} -->")]))
    end = "</a>" if kind == "link" else ""
    return Marked(["<div>", f" é 😀 {tag} words{end}", "</div>"], [(kind, tag)])


@st.composite
def callouts(draw: st.DrawFn) -> Marked:
    """A callout with a mark in its title or its text."""
    text, marks = draw(lines())
    if draw(st.booleans()):
        return Marked([f"> [!NOTE]- {text}", f"> {draw(FILLER)}"], marks)
    return Marked(["> [!my-own]", f">{draw(st.sampled_from(['', ' ', chr(9)]))}{text}"], marks)


def _quoted(inner: Marked, sign: str, lazy: list[bool]) -> Marked:
    kept = [k > 0 and drop and inner.lazy for k, drop in enumerate(lazy)]
    rows = [row if bare else sign + row for bare, row in zip(kept, inner.lines, strict=True)]
    return Marked(rows, inner.marks, inner.lazy)


def _listed(inner: Marked, sign: str, indent: str, lazy: list[bool]) -> Marked:
    kept = [drop and inner.lazy for drop in lazy[: len(inner.lines) - 1]]
    rows = [row if bare or not row else indent + row for bare, row in zip(kept, inner.lines[1:], strict=True)]
    return Marked([sign + inner.lines[0], *rows], inner.marks, inner.lazy)


SIGNS = st.sampled_from(
    [("- ", "  "), ("*   ", "    "), ("10. ", "    "), ("1)  ", "\t"), ("-\t", "\t"), ("- ", "   ")]
)


@st.composite
def nested(draw: st.DrawFn) -> Marked:
    """A block with a mark in it, in up to four lists and quotes."""
    piece = draw(st.one_of(paragraphs(), headings(), tables(), elements(), callouts()))
    for _ in range(draw(st.integers(0, 4))):
        lazy = draw(st.lists(st.booleans(), min_size=len(piece.lines), max_size=len(piece.lines)))
        if draw(st.booleans()):
            piece = _quoted(piece, draw(st.sampled_from(["> ", ">", ">\t", " > "])), lazy)
        else:
            piece = _listed(piece, *draw(SIGNS), lazy)
    return piece


def placed(text: str, part: str) -> Span:
    """The place of a part that stands once in a note."""
    assert text.count(part) == 1
    before = text[: text.index(part)]
    line, column = before.count("\n") + 1, len(before) - before.rfind("\n")
    return Span("note.md", line, column, line, column + len(part))


@given(st.lists(nested(), min_size=1, max_size=6))
@example([Marked(["#####   so <{}>   ##"], [("N004", "<{}>")])])
@example([Marked(["so", "  so <{}>  "], [("N004", "<{}>")])])
def test_every_place_covers_what_it_is_about(pieces):
    # Each mark has a name of its own.
    rows = ["\n".join(piece.lines).replace("{}", f"w{n}q") for n, piece in enumerate(pieces)]
    marks = [(kind, part.replace("{}", f"w{n}q")) for n, piece in enumerate(pieces) for kind, part in piece.marks]
    text = "# Ť\n\n## Q\n\nso it begins\n\n" + "\n\nso it goes on\n\n".join(rows)
    found = parsed(text)
    covered: dict[str, list[Span]] = {"link": [link.span for link in found.document.links]}
    covered["image"] = [image.span for image in found.document.images]
    for skipped in found.document.skipped:
        covered.setdefault(skipped.why, []).append(skipped.span)
    for diagnostic in found.diagnostics:
        covered.setdefault(diagnostic.code, []).append(diagnostic.span)
    code = "\n".join(re.findall(r"<pre>.*?</pre>", "\n".join(b.html for b in blocks(found)), re.DOTALL))
    for kind, part in marks:
        if part not in unescape(code):
            assert placed(text, part) in covered.get(kind, []), (kind, part, text)
