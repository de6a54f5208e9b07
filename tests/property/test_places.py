"""Whatever stands around a mistake, the span of its diagnostic covers the text that it names, and nothing else."""

from __future__ import annotations

import tempfile
from collections.abc import Iterable
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from interview_helper import project
from interview_helper.diagnostics import Diagnostic
from interview_helper.examples.found import examples
from interview_helper.model import Build, Deck, Library
from interview_helper.outputs.sheet import Layout, render

# Whole pieces of Markdown: none of them opens what would swallow the mistake behind it.
PIECES = (
    *(
        "word",
        "two words",
        "a.b",
        "'",
        '"',
        "“said”",
        "(x)",
        "&amp;",
        "&",
        "5 < 6",
        "\\*",
        "\\<",
        "100 %",
        "#",
        "1.",
        "=",
        "-",
    ),
    *("**bold**", "*slanted*", "`code`", "``a ` b``", "==marked==", "~~gone~~", "[a](https://example.org)", "__init__"),
    *(
        "漢字",
        "ｆｕｌｌ",
        "é",
        "e\N{COMBINING ACUTE ACCENT}",
        "👩\N{ZERO WIDTH JOINER}💻",
        "שלום",
        "\N{NO-BREAK SPACE}x",
        "a\tb",
    ),
    *("a\N{LINE SEPARATOR}b", "a\x0cb", "a\x85b", "a\x1cb", "\N{ZERO WIDTH SPACE}"),
)
AROUND = st.lists(st.sampled_from(PIECES), max_size=4).map(" ".join)

# Where text may stand in a note.
BLOCKS = (
    "{}",
    "first line\nsecond {}\nthird",
    "- {}",
    "-\t{}",
    "- one\n- two {}\n- three",
    "- one\n\n  {}",
    "- one\n\t- {}",
    "10. one\n\n    {}",
    "- [ ] {}",
    "> {}",
    ">{}",
    "> one\n{}",
    "> - one\n>   {}",
    "> > {}",
    "- > {}",
    "> [!NOTE]\n> {}",
    "**so: {}**",
    "<div>\n\n{}\n\n</div>",
    "<details><summary>more</summary>\n\n{}\n\n</details>",
    "#### {}",
    "   {}",
)
CELLS = (
    "| a | b |\n|---|---|\n| x | {} |",
    "a | b\n--- | ---\n{} | `x \\| y`",
    "> | a | b |\n> |---|---|\n> | x \\| y | {} |",
)
FRONT = ("", "---\ntitle: Été\ntags: [a, b]\n---\n", "---\ntitle: |\n  two\n  lines\n---\n\n")
ABOVE = (
    "",
    "# T\n\n",
    "# T\n\nintroduction 漢\n\n## One\n\ntext\n\n",
    "Title\n=====\n\n",
    "# T\n\n```python\nx = 1\n```\n\n",
    "\n\n# T\n\n",
)
LINE_ENDS = ("\n", "\r\n", "\r")


@st.composite
def notes(draw: st.DrawFn, stretch: st.SearchStrategy[str]) -> tuple[bytes, str, int]:
    """The bytes of a note around a stretch of it, the note as it is read, and where the stretch begins."""
    middle = draw(stretch)
    before = draw(st.sampled_from(FRONT)) + draw(st.sampled_from(ABOVE))
    after = draw(st.sampled_from(("", "\n", "\n\nlast\n", "\n\n## Next\n\nlast")))
    text = before + middle + after
    written = text.replace("\n", draw(st.sampled_from(LINE_ENDS)))
    return draw(st.sampled_from((b"", b"\xef\xbb\xbf"))) + written.encode(), text, len(before)


def told(data: bytes, config: str = "", **others: bytes) -> tuple[Diagnostic, ...]:
    """What `check` says of a note in a folder of its own."""
    with tempfile.TemporaryDirectory() as folder:
        for name, content in {"deck.toml": config.encode(), "a.md": data, **others}.items():
            Path(folder, name).write_bytes(content)
        return project.understood(project.read(Path(folder))).diagnostics


def at(text: str, start: int, end: int) -> tuple[int, int, int, int]:
    """The place of a stretch: first line and column, last line and column, from 1, the end exclusive."""
    places = ((text.count("\n", 0, i) + 1, i - text.rfind("\n", 0, i)) for i in (start, end))
    return tuple(number for place in places for number in place)


def spans(diagnostics: Iterable[Diagnostic], code: str) -> list[tuple[int, int, int, int]]:
    return [(d.span.line, d.span.column, d.span.end_line, d.span.end_column) for d in diagnostics if d.code == code]


INLINE = [
    ("N004", "<zq-x>"),
    ("N004", "<class 'zqx'>"),
    ("N005", "[^zqx]"),
    ("N010", "[[zqx]]"),
    ("N010", "![[zqx#part]]"),
    ("N011", "<kbd>"),
    ("N011", "</kbd>"),
    ("N011", '<span title="zqx">'),
    ("M003", "<!-- tags: zqx -->"),
    ("M003", "<!-- hint: zqx -->"),
    ("M001", "<!-- Tags: zqx -->"),
    ("L001", "![zqx](zqx.png)"),
    ("L001", '![zqx](zqx.png "title")'),
    ("L001", "![[zqx.png]]"),
    ("L001", '<img src="zqx.png">'),
    ("L002", "![zqx](https://example.org/zqx.png)"),
    ("L003", "![zqx](../zqx.png)"),
    ("L005", "[zqx](zqx.md)"),
    ("L005", '[zqx *y*](<zq x.md> "title")'),
    ("L006", "[zqx](#zqx)"),
    ("L006", "[zqx](a.md#zqx)"),
]


@pytest.mark.parametrize(("code", "thing"), INLINE)
@given(data=st.data())
def test_in_running_text(code, thing, data):
    block = data.draw(st.sampled_from(BLOCKS if "\\" in thing else (*BLOCKS, *CELLS)))
    before, after = data.draw(AROUND), data.draw(AROUND)
    # A space on either side, because a letter or a bracket right beside it may make another thing of it.
    stretch = f"## Q\n\n{block.format(f'x {before} {thing} {after}'.rstrip())}\n"
    raw, text, start = data.draw(notes(st.just(stretch)))
    begin = text.index(thing, start)
    found = told(raw)
    assert at(text, begin, begin + len(thing)) in spans(found, code), (text, found)


@given(data=st.data())
def test_a_reference_is_covered_with_its_label(data):
    raw, text, start = data.draw(notes(st.builds("## Q\n\nx {} [zqx][to] {}\n\n[to]: zqx.md\n".format, AROUND, AROUND)))
    begin = text.index("[zqx][to]", start)
    assert at(text, begin, begin + 9) in spans(told(raw), "L005")


HEADINGS = ("## {}", "## {} ##", "{}\n---", "##\t{}", "1. ## {}", "- ### {}", "   ## {}  ", "10) ## {}")
BODIES: list[tuple[str, str]] = [
    ("N001", ""),
    ("N007", "<!-- card: output -->\n\nx"),
    ("N008", "<!-- card: cloze -->\n\nx"),
    ("S001", "\n".join(f"- x{n}" for n in range(60))),
]


@pytest.mark.parametrize(("code", "body"), BODIES)
@given(data=st.data())
def test_of_a_heading_its_words_are_covered(code, body, data):
    shape = data.draw(st.sampled_from([s for s in HEADINGS if s[0] in "# " or code == "N001"]))
    numbering = data.draw(st.sampled_from(("", "12. ", "Q3: ", "**4.** "))) if shape[0] != "{" else ""
    around = data.draw(AROUND.filter(lambda text: code != "N008" or "==" not in text))
    words = f"{numbering}zqx {around}".strip()
    while words.endswith(("#", "\\", "-", "=")):
        words = words[:-1].strip()
    heading = shape.format(words)
    raw, text, start = data.draw(notes(st.just(f"## Before\n\ntext\n\n{heading}\n{body}\n\n## End of it\n\ntext\n")))
    begin = text.index(words, start)
    trimmed = words.strip("\x0c\x85\x1c\u2028 \t")
    assert at(text, begin, begin + len(trimmed)) in spans(told(raw), code), told(raw)


COMMENTS = [
    ("M001", "<!-- tag: {} -->", 0),
    ("M002", "<!-- card: {} -->", 0),
    ("M002", "<!--only:{}-->", 0),
    ("M002", "<!-- check: ignore N004, {} -->", 1),
    ("M004", "<!-- tags: a -->\n<!-- tags: {} -->", 2),
    ("M008", '<!-- tags: a, "{}" b -->', 3),
    ("M009", "<!-- check: ignore M002 N004\tL001 -->", 4),
    ("N006", "<!-- x --> {}", 5),
]


@pytest.mark.parametrize(("code", "comment", "covers"), COMMENTS)
@given(data=st.data())
def test_of_a_comment_what_is_wrong_with_it_is_covered(code, comment, covers, data):
    word = "zqx" + data.draw(st.text(st.sampled_from("漢é👩ßx"), max_size=4))
    item = data.draw(st.booleans())
    lines = comment.format(word).split("\n")
    indent = "   " if item else data.draw(st.sampled_from(("", " ", "   ")))
    body = "\n".join(indent + line for line in lines)
    heading = "1. ## Q" if item else "## Q"
    raw, text, start = data.draw(notes(st.just(f"{heading}\n{body}\n\n{'   ' * item}text\n")))
    named = (comment.format(word), word, lines[-1], f'"{word}"', "L001", "<!-- x -->")[covers]
    begin = text.index(named, start)
    assert at(text, begin, begin + len(named)) in spans(told(raw), code), told(raw)


STRETCHES = [
    ("N003", "```zqx"),
    ("N003", "~~~~ zqx"),
    ("N012", "##"),
    ("N014", "<!--"),
    ("N015", "$$"),
]


@pytest.mark.parametrize(("code", "opener"), STRETCHES)
@given(data=st.data())
def test_of_what_is_never_closed_its_beginning_is_covered(code, opener, data):
    shapes = ["{}", "   {}"] if opener == "##" else ["{}", "- {}", "> {}", "> - {}", "  {}", "-\t{}", "1. x\n\n   {}"]
    before = data.draw(AROUND)
    shape = data.draw(st.sampled_from(shapes))
    more = "\n" if opener == "##" else "\nmore 漢\n"
    raw, text, start = data.draw(notes(st.just(f"## Q\n\nx {before}\n\n{shape.format(opener)}{more}")))
    begin = text.index(opener, text.index("## Q", start) + 5)
    assert at(text, begin, begin + len(opener)) in spans(told(raw, "math = true\n"), code), told(raw)


@given(before=AROUND, beyond=AROUND, data=st.data())
def test_cells_without_a_column_are_covered(before, beyond, data):
    shape = data.draw(
        st.sampled_from(("| a |\n|---|\n| {} |", "> | a |\n> |---|\n> | {} |", "- | a |\n  |---|\n  | {} |"))
    )
    beyond = f"zqx {beyond}".strip()
    row = f"x {before} | {beyond}"
    raw, text, start = data.draw(notes(st.just(f"## Q\n\n{shape.format(row)}\n")))
    begin = text.index("zqx", start)
    assert at(text, begin, begin + len(beyond)) in spans(told(raw), "N009"), told(raw)


KEYS = [
    ("M004", "title: x\n{}", "title"),
    ("M006", "only: {}", "zqx"),
    ("M006", "title: {}", "[zqx, y]"),
    ("M006", "tags:\n  a: {}", "a: zqx"),
    ("M007", "x: {}", "x"),
    ("M008", "tags:\n  - a\n  - {}", "'z\"qx'"),
    ("M008", "tags: [a, {}, b]", "'z\"qx'"),
]


@pytest.mark.parametrize(("code", "lines", "thing"), KEYS)
@given(data=st.data())
def test_in_front_matter(code, lines, thing, data):
    above = data.draw(
        st.sampled_from(("", "aliases: [漢, é]\n", "other: |\n  é\n\n  x\n", "# a comment\n", '"k": "a\\u0085b"\n'))
    )
    if code == "M007":
        above = ""
    value = "a: zqx".removeprefix("a: ") if thing == "a: zqx" else thing
    written = lines.format(f"{thing}: y" if code == "M004" else value)
    line_end = data.draw(st.sampled_from(LINE_ENDS))
    mark = data.draw(st.sampled_from((b"", b"\xef\xbb\xbf")))
    text = f"---\n{above}{written}\n---\n\n# T\n\n## Q\n\nx\n"
    begin = text.rindex(thing, 0, text.index("---", 4)) if code == "M004" else text.index(thing, 4)
    found = told(mark + text.replace("\n", line_end).encode())
    assert at(text, begin, begin + len(thing)) in spans(found, code), found


@given(before=AROUND, line_end=st.sampled_from(LINE_ENDS[:2]))
def test_in_deck_toml_the_key_is_covered(before, line_end):
    # TOML takes no control characters.
    before = "".join(each for each in before if each.isprintable() or each == "\t")
    text = f"# {before}\nauthor = '''{before}'''\n\n[sheet]\nzqx = 1\n"
    found = told(b"# T\n\n## Q\n\nx\n", text.replace("\n", line_end))
    begin = text.rindex("zqx")
    assert at(text, begin, begin + 3) in spans(found, "C001"), found


@given(before=AROUND, line_end=st.sampled_from(LINE_ENDS))
def test_a_byte_that_is_no_utf_8_is_at_its_place(before, line_end):
    text = f"# T\n\n## Q\n\n{before} "
    raw = text.replace("\n", line_end).encode() + b"\xe9 x"
    (place,) = spans(told(raw), "C002")
    assert place == at(text + "\xe9", len(text), len(text) + 1)


@given(before=AROUND, data=st.data())
def test_of_examples_that_are_none_the_block_is_covered(before, data):
    block = data.draw(
        st.sampled_from(
            (
                "```python\n>>> zqx\n1\n```",
                "> ```pycon\n> >>> zqx\n> 1\n> ```",
                "- ```python\n  zqx\n  ```\n\n  ```output\n  zqx\n  ```",
            )
        )
    )
    raw, text, start = data.draw(notes(st.just(f"## Q\n\nx {before}\n\n{block}\n")))
    begin = text.index(block, start)
    with tempfile.TemporaryDirectory() as folder:
        Path(folder, "a.md").write_bytes(raw)
        documents = project.understood(project.read(Path(folder))).documents
    assert at(text, begin, begin + len(block)) in spans(examples(documents).diagnostics, "E011")


ON_PAPER: list[tuple[str, str]] = [
    ("P001", "\N{EGYPTIAN HIEROGLYPH A001}"),
    ("P003", "$\\zqx{a}$"),
]


FENCES = (
    "```\n{}\n```",
    "   ```\n   {}\n   ```",
    "- ```python\n  {}\n  ```",
    "> ```\n> {}\n> ```",
    "> - ```\n>   {}\n>   ```",
    "    {}",
)


@settings(max_examples=20)
@given(data=st.data())
def test_of_code_that_is_wrapped_the_line_is_covered(data):
    line = data.draw(st.sampled_from(("x = 1 ", "é\tx ", "漢字 "))) * 40 + "zqx"
    fence = data.draw(st.sampled_from(FENCES)).format(line)
    raw, text, start = data.draw(notes(st.just(f"## Q\n\nx\n\n{fence}\n\n### R\n\ny\n\n#### S\n\nz\n")))
    begin = text.index(line, start)
    assert at(text, begin, begin + len(line)) in spans(printed(raw), "P004"), printed(raw)


def printed(raw: bytes) -> tuple[Diagnostic, ...]:
    """What is said of the sheet of a note."""
    with tempfile.TemporaryDirectory() as folder:
        Path(folder, "a.md").write_bytes(raw)
        Path(folder, "deck.toml").write_text("math = true\n")
        documents = project.understood(project.read(Path(folder))).documents
    return render(Build(Deck("d", "D", "d", "", "en"), Library(documents, {}), (), ()), Layout()).diagnostics


@pytest.mark.parametrize(("code", "thing"), ON_PAPER)
@settings(max_examples=12)
@given(data=st.data())
def test_on_paper(code, thing, data):
    pieces = [
        piece for piece in PIECES if piece.isascii() and piece.isprintable() and piece not in ("#", "-", "=", "1.")
    ]
    around = st.lists(st.sampled_from(pieces), max_size=4).map(" ".join)
    block = data.draw(st.sampled_from(BLOCKS))
    stretch = f"## Q\n\n{block.format(f'x {data.draw(around)} {thing} {data.draw(around)}'.rstrip())}\n"
    # The first character that our fonts lack is the one that is named.
    raw, text, start = data.draw(notes(st.just(stretch)).filter(lambda note: "漢" not in note[1]))
    begin = text.index(thing, start)
    found = printed(raw)
    assert at(text, begin, begin + len(thing)) in spans(found, code), found
