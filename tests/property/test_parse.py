"""No note crashes the parser, and no word of a note is lost: it is in the model, skipped on purpose, or reported."""

from __future__ import annotations

import re
from html import unescape

from hypothesis import example, given
from hypothesis import strategies as st
from interview_helper.model import Section, Source
from interview_helper.parse import parse

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
            "__{}__",
            "~~{}~~",
            "[{}](#x)",
            "[{}](https://y)",
            "![{}](z.png)",
            "<b>{}</b>",
            "<{}>",
            "[[{}]]",
            "![[{}]]",
            "[[x|{}]]",
            "%%{}%%",
            "[^{}]",
            "<!--{}-->",
            "{}&amp;",
            "\\*{}\\*",
            "<br>{}",
            "[{}][]",
            "<kbd>{}",
            "{}|{}",
            "$${}$$",
            "${}$",
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
            "{}\n---",
            "- {}\n- {}",
            "1. ### {}\n\n   {}",
            "3. {}\n4. # {}",
            "> {}",
            "> [!NOTE] {}\n> {}",
            "```python\n{}\n```",
            "```output\n{}",
            "    {}",
            "| {} | b |\n|---|---|\n| {} | c | {} |",
            "<div>\n{}",
            "</div>{}",
            "<details>\n\n{}\n\n</details>",
            "<!-- {} -->",
            "<!-- card: {} -->",
            "<!-- answer -->\n{}",
            "%%\n{}\n%%",
            "[{}]: https://x",
            "[^{}]: {}",
            "***",
            "---\n{}: {}\n---",
            "$$\n{}\n$$",
        ]
    ).flatmap(lambda shape: st.lists(LINE, min_size=3, max_size=3).map(lambda lines: _filled(shape, lines))),
)
NOTE = st.lists(BLOCK, max_size=8).flatmap(
    lambda blocks: st.sampled_from(["\n", "\n\n"]).map(lambda between: between.join(blocks))
)


def _filled(shape: str, lines: list[str]) -> str:
    for line in lines:
        shape = shape.replace("{}", line, 1)
    return shape


def kept(text: str, *, maths: bool) -> str:
    """Everything that became of a note, as one text."""
    parsed = parse(Source("note.md", text), maths=maths)
    parts = [skipped.text for skipped in parsed.document.skipped]
    parts += [d.message for d in parsed.diagnostics]
    parts += [name for name, _ in parsed.foreign_keys]
    parts += [link.written for link in (*parsed.document.links, *parsed.document.images)]

    def walk(section: Section) -> None:
        blocks = (section.title, *section.question, *section.answer)
        parts.extend(f"{unescape(block.html)} {block.text} {block.marked}" for block in blocks)
        parts.extend((section.source, *section.tags))
        for below in section.sections:
            walk(below)

    for topic in parsed.document.topics:
        walk(topic)
    return "\n".join(parts)


@given(NOTE, st.booleans())
@example("## A\n\n| a |\n|---|\n| wabc | wdef |", False)
def test_no_word_of_a_note_is_lost(text, maths):
    everything = kept(text, maths=maths)
    lost = {word for word in re.findall("w[a-j]+", text) if word not in everything}
    assert not lost


@given(st.text(max_size=300), st.booleans())
@example("---\n- \n---", False)
def test_no_text_crashes_the_parser(text, maths):
    parse(Source("note.md", text.replace("\r", "\n").replace("\0", "")), maths=maths)


@given(NOTE)
def test_the_same_note_gives_the_same_model_and_places_inside_the_file(text):
    first = parse(Source("note.md", text))
    assert first == parse(Source("note.md", text))
    lines = text.split("\n")
    for span in (d.span for d in first.diagnostics):
        assert 1 <= span.line <= span.end_line <= len(lines) + 1
        assert 1 <= span.column <= len((*lines, "")[span.line - 1]) + 1
