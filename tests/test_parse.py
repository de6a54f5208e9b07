"""What a note means: headings, blocks, positions, and what is odd about it."""

from __future__ import annotations

from pathlib import Path

import pytest
from interview_helper import neutral
from interview_helper.cards import cards
from interview_helper.diagnostics import ordered
from interview_helper.model import Card, Code, Kind, Library, Source, Span
from interview_helper.parse import Parsed, parse, words_of

NOTES = Path(__file__).parent / "notes"


def parsed(text: str, path: str = "note.md") -> Parsed:
    return parse(Source(path, text))


def made(text: str, path: str = "note.md") -> tuple[Card, ...]:
    return cards(Library((parsed(text, path).document,), {}))[0]


def fronts(text: str) -> list[str]:
    return [card.heading.text for card in made(text)]


def problems(text: str) -> list[tuple[str, Span]]:
    document = parsed(text)
    found = [*document.diagnostics, *cards(Library((document.document,), {}))[1]]
    return [(d.code, d.span) for d in ordered(found)]


def codes(text: str) -> list[tuple[str, int, int]]:
    return [(code, span.line, span.column) for code, span in problems(text)]


def under(text: str, span: Span) -> str:
    """The text that a span covers."""
    rows = text.split("\n")[span.line - 1 : span.end_line]
    rows[-1] = rows[-1][: span.end_column - 1]
    rows[0] = rows[0][span.column - 1 :]
    return "\n".join(rows)


def _callout(kind: str, title: str, body: str) -> str:
    return f'<div class="callout" data-kind="{kind}"><p class="callout-title">{title}</p>\n{body}</div>'


def test_a_comment_right_above_a_fence_says_why_it_is_not_run():
    for between in ("\n", "\n\n", "\n<!-- a remark -->\n\n", "\n<!-- tags: t -->\n"):
        (card,) = made(
            f"# Q\n<!-- example: skip needs  a\n network -->{between}```python\nf()\n```\n\n```output\n1\n```"
        )
        assert [(block.skip, block.text) for block in card.answer] == [("needs a network", "f()"), ("", "1")]
        assert card.tags == (("t",) if "tags" in between else ())


def test_the_seed_gives_five_cards_with_its_special_methods_as_written():
    text = (NOTES / "seed.md").read_text()
    found = made(text)
    assert [c.heading.text for c in found] == [
        "Parallelism and Concurrency",
        "Generator functions",
        "Wheels and Package distribution",
        "Context Managers",
        "Iterators",
    ]
    assert "implement __enter__ and __exit__ special" in found[3].answer_text
    assert "the __next__() special" in found[4].answer_text
    assert codes(text) == []


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("# T\n## A\ntext\n### B\nmore", ["A", "B"]),
        ("# T\n## Group\n### B\nmore", ["B"]),
        ("# What is X?\nan answer", ["What is X?"]),
        ("# T\nintro\n## A\nx", ["A"]),
        ("## A\nx\n## B\ny", ["A", "B"]),
        ("A\n=\n\nB\n-\nx", ["B"]),
        ("# T\n#### Deep\nx\n## B\ny", ["Deep", "B"]),
        ("# A\n\n```\n## no\n```\n\n> ## nor\n", ["A"]),
        ("# T\n1. ### What is X?\n\n   answer\n\n2. ### And Y?\n\n   other", ["What is X?", "And Y?"]),
        ("# T\n## Q12: What?\nx\n## 3. Why?\ny\n## 3.14 features\nz", ["What?", "Why?", "3.14 features"]),
        ("# T\n- ## A\n  x\n  - ### B\n    y\n- ## C\n  z", ["A", "B", "C"]),
        ("# T\n1. ### A\n\n   x\n\n   #### inner\n\n   y", ["A"]),
        ("# T\n1. plain\n2. ### A\n   x", ["A"]),
        ("# T\n## A\n1. x\n\n   ### inner\n\n   y", ["A"]),
        ("# T\n## A\n<!-- only: sheet -->\nx\n### B\ny", []),
        ("# One\nx\n# Two\ny", ["One", "Two"]),
    ],
)
def test_headings_cut(text, expected):
    assert fronts(text) == expected


def test_text_of_a_list_item_that_is_a_section_is_paragraphs():
    found = made("# T\n- ### A\n  one\n  - two\n- ### B\n  three\n3. four")
    assert [[b.html for b in c.answer] for c in found] == [
        ["<p>one</p>", "<ul>\n<li>two</li>\n</ul>"],
        ["<p>three</p>", '<ol start="3">\n<li>four</li>\n</ol>'],
    ]


def test_the_trail_holds_the_headings_above():
    assert made("# T\n## G\n### Q\nx")[0].trail == ("T", "G")
    assert made("## Q\nx", "10-my_notes.md")[0].trail == ("My notes",)


def test_tags_and_only_go_down_and_kind_does_not():
    found = made("# T\n<!-- tags: a b -->\n\n## Q\n<!-- card: reversed -->\n<!-- tags: c -->\nx\n### R\ny")
    assert [(c.kind, c.tags) for c in found] == [(Kind.REVERSED, ("a", "b", "c")), (Kind.BASIC, ("a", "b", "c"))]


def test_all_before_the_answer_comment_belongs_to_the_question():
    card = made("# Q\n\n```python\nx = 1\n```\n\n<!-- answer -->\n\nOne.")[0]
    assert isinstance(card.question[0], Code)
    assert card.answer_text == "One."


def test_an_output_card_asks_the_code_and_answers_what_it_prints():
    card = made("# Q\n<!-- card: output -->\n```python\nprint(1)\n```\n```output\n1\n```\nBecause.")[0]
    assert [b.text for b in card.question] == ["print(1)"]
    assert [b.text for b in card.answer] == ["1", "Because."]
    session = made("# Q\n<!-- card: output -->\n```pycon\n>>> 1 + 1\n2\n```")[0]
    assert [b.text for b in session.question] == [">>> 1 + 1"]


def test_highlights_open_after_a_non_word():
    assert "<mark>GIL</mark>" in made("# Q\nThe ==GIL== is")[0].answer[0].html
    assert '<mark data-group="c2">x</mark>' in made("# Q\n==c2:x==")[0].answer[0].html
    assert "mark" not in made("# Q\nif a==b: and c==d: `==x==`")[0].answer[0].html
    assert "<mark><code>x</code></mark>" in made("# Q\n==`x`==")[0].answer[0].html


@pytest.mark.parametrize(
    "written",
    [
        "<class 'int'>",
        "List<int>",
        "Map<A, B>",
        "List<B>",
        "{{x}} }}",
        "a && b < c",
        "a <b and c> d",
        "a<b>c",
        "<script>x</script>",
        "<function f at 0x7f>",
        "<!DOCTYPE html>",
    ],
)
def test_what_is_no_known_tag_is_shown_as_written(written):
    assert made(f"# Q\nsee {written} here")[0].answer[0].text == f"see {written} here"


def test_known_html_passes_and_cannot_act():
    html = made('# Q\n<kbd>a</kbd> <img src="x.png" onerror="y"> <a href="javascript:z">k</a>')[0].answer[0].html
    assert "<kbd>a</kbd>" in html
    assert '<img src="x.png" alt="">' in html
    assert "onerror" not in html
    assert "javascript" not in html


def test_html_of_a_writer_is_never_taken_for_our_own():
    text = '# Q\n<div class="math">x</div>\n\n<div class="callout" data-kind="tip">y</div>\n\n<mark data-group="c1">z</mark>'
    assert [b.html for b in made(text)[0].answer] == ["<div>x</div>", "<div>y</div>", "<p><mark>z</mark></p>"]


@pytest.mark.parametrize("span", ["3000000", "2 wide", "-1", "", "\u0663"])
def test_a_cell_over_more_columns_than_paper_has_is_a_cell(span):
    """WeasyPrint would lay out a table of three million columns."""
    found = parsed(f'# Q\n\n<table><tr><td colspan="{span}">a</td><td colspan="2">b</td></tr></table>')
    (block,) = found.document.topics[0].answer
    assert block.html == '<table><tbody><tr><td>a</td><td colspan="2">b</td></tr></tbody></table>'
    assert [(each.why, each.text) for each in found.document.skipped] == [("attributes", f'colspan="{span}"')]


def test_attributes_keep_the_quotes_inside_them():
    html = made("""# Q\n<img src="a.png" alt="'it' &quot;s&quot;"> <img src=b.png alt='"c"'>""")[0].answer[0].html
    assert [neutral.pictures(html), html.count("&quot;")] == [["a.png", "b.png"], 4]


def test_a_picture_without_an_address_is_its_words():
    assert made('# Q\na <img alt="b"> c')[0].answer[0].html == "<p>a b c</p>"


def test_text_in_code_of_raw_html_stays_code():
    html = made('# Q\n<pre><code class="language-python x">a &lt; <b>b</b>\n\n# c</code></pre>')[0].answer[0].html
    assert html == '<pre><code class="language-python">a &lt; <b>b</b>\n\n# c</code></pre>'
    assert neutral.with_code(html, lambda language, text: f"{language}: {text}") == "python: a < b\n\n# c"


def test_what_stands_in_script_is_text_and_ends_with_it():
    card = made('# Q\n<script>\nif (a<b) { x("<b>") }\n\n</script>\n\n```py\nx\n```')[0]
    assert card.answer[0].text == '<script>\nif (a<b) { x("<b>") }\n\n</script>'
    assert isinstance(card.answer[1], Code)


def test_details_hold_the_markdown_inside_them():
    card = made("# Q\n<details>\n<summary>More</summary>\n\n**bold**\n\n</details>\n\nend")[0]
    assert card.answer[0].html.startswith("<details>")
    assert "<strong>bold</strong>" in card.answer[0].html
    assert card.answer[1].text == "end"


def test_headings_in_the_details_of_an_answer_do_not_cut():
    text = "###### 1. A?\n<details><summary>Answer</summary>\n<p>\n\n#### Answer: D\n\nBecause.\n\n</p>\n</details>\n\n## B?\nx"
    assert [(c.heading.text, c.answer_text) for c in made(text)] == [("A?", "Answer\nAnswer: D\nBecause."), ("B?", "x")]
    assert codes(text) == []


@pytest.mark.parametrize("above", ["# T", "## Group"])
def test_details_around_questions_are_no_text(above):
    text = f"{above}\n<details><summary>Show</summary>\n\n### A\nx\n\n### B\ny\n\n</details>"
    assert [(c.heading.text, c.answer_text) for c in made(text)] == [("A", "x"), ("B", "y")]
    assert [s.text for s in parsed(text).document.skipped] == ["Show"]
    assert codes(text) == []


def test_an_element_that_is_never_closed_swallows_nothing():
    card = made("# Q\n<div>\nx\n\n```py\ny\n```\n\n- z")[0]
    assert [b.text for b in card.answer] == ["x", "y", "z"]


def test_a_tag_beside_a_comment_is_text():
    assert made("# Q\n<T>\n<V>\n<!-- words -->")[0].answer_text == "<T>\n<V>"


def test_text_behind_a_comment_is_kept_and_the_comment_holds():
    card = made("# Q\n<!-- id: x --> question\n<!-- answer --> answer")[0]
    assert card.pin
    assert (card.pin.id, card.question_text, card.answer_text) == ("x", "Q\n\nquestion", "answer")


def test_comments_above_the_first_heading_are_its_own_where_it_has_none():
    found = made("<!-- tags: a -->\n<!-- only: deck -->\nwords\n\n# T\n<!-- tags: b -->\nintro\n\n## Q\nx")
    assert found[0].tags == ("b",)
    assert made("<!-- tags: a -->\n\n## Q\nx")[0].tags == ("a",)


def test_rules_between_sections_are_on_no_card():
    card = made("## Q\n---\nx\n\n---\n\ny\n\n***\n\n## R\n\n---\n\n## S\nz")[0]
    assert [b.html for b in card.answer] == ["<p>x</p>", "<hr>", "<p>y</p>"]
    assert codes("## Q\nx\n\n## R\n\n---\n\n## S\nz") == [("N001", 4, 4)]


def test_what_is_nested_too_deep_is_shown_as_written():
    text = "# Q\n" + "> " * 200 + "deep *words*"
    assert "deep *words*" in made(text)[0].answer_text
    assert codes(text) == [("N013", 2, 77)]
    items = "# Q\n" + "".join(f"{'  ' * depth}- word{depth}\n" for depth in range(120))
    assert all(f"word{depth}" in made(items)[0].answer_text for depth in range(120))


def test_brackets_in_brackets_are_no_stack_overflow():
    assert "x" in made("# Q\n" + "![" * 400 + "x" + "](y)" * 400)[0].answer_text
    assert "x" in made("# Q\n" + "[" * 4000 + "x" + "]" * 4000)[0].answer_text


def test_navigation_is_skipped_and_kept_in_sight():
    text = "# T\n\n- [A](#a)\n- [B](#b)\n\n## A\nx\n\n**[⬆ back to top](#t)**\n\n## B\ny"
    document = parsed(text).document
    assert [s.why for s in document.skipped] == ["navigation", "navigation"]
    assert [c.answer_text for c in made(text)] == ["x", "y"]


@pytest.mark.parametrize(
    "written",
    [
        "[TOC]",
        "[[_TOC_]]",
        "[a](#a) | [b](#b)",
        "> [up](#a)",
        "[up](note.md#a)",
        "- [[#A]]\n- [[#B]]",
        "1. [a](#a)\n   - [b](#b)\n2. <a href='#c'>c</a>",
        "[![top](top.png)](#a)",
        "| No. | Question |\n|---|---|\n| 1 | [a](#a) |\n| 2 | [b](#b) |",
        "| | Question |\n|---|---|\n| | **Core *words*** |\n| 1 | [a](#a) |",
        "- Basics\n  - [a](#a)\n- **More**\n\n  1. [b](#b)",
        '<div align="right"><b><a href="#">↥ back to top</a></b></div>',
        '<div align="right">\n\n[top](#a)\n\n</div>',
        "<details><summary>Contents</summary>\n\n- [a](#a)\n- [b](#b)\n\n</details>",
        "#### [⬆ back](#a)",
    ],
)
def test_navigation_reaches_no_card(written):
    text = f"# T\n## Q\nx\n\n{written}\n\n## R\ny"
    assert [c.answer_text for c in made(text)] == ["x", "y"]
    assert "navigation" in [s.why for s in parsed(text).document.skipped]
    assert codes(text) == []


@pytest.mark.parametrize(
    "written",
    [
        "[a](#a) and words",
        "- [a](#a)\n- words",
        "- [a](#a) - words",
        "[a](other.md#a)",
        "[a](https://x.y)",
        "| [a](#a) |\n|---|\n| words |",
        "| n |\n|---|\n| **words** and |\n| [a](#a) |",
        "- words\n- [a](#a)\n  - [b](#b)",
        "- words `code`\n  - [b](#b)",
        "- words\n  - more words",
        '<a href="#a">a</a> words',
        "![a](#a)",
        "`code` [a](#a)",
        "see [[Page#a]]",
    ],
)
def test_what_holds_words_besides_is_no_navigation(written):
    assert len(made(f"# T\n## Q\n{written}")) == 1


def test_navigation_inside_a_list_goes_without_the_list():
    card = made("# Q\n1. a\n\n   [⬆ top](#q)\n\n2. [b](#q)")[0]
    assert card.answer_text == "a\nb"


def test_a_heading_over_nothing_but_navigation_goes_with_it():
    text = "# T\n\n## Contents\n\n- [A](#a)\n\n## A\nsee [up](#contents)"
    document = parsed(text).document
    assert [s.title.text for s in document.topics[0].sections] == ["A"]
    assert "contents" in document.anchors
    assert codes(text) == []


@pytest.mark.parametrize(
    ("heading", "question"),
    [
        ("Q12: What?", "What?"),
        ("12. What?", "What?"),
        ("1) What?", "What?"),
        ("1.2. What?", "What?"),
        ("Q. What?", "What?"),
        ("Question 4: What?", "What?"),
        ("**Q1.** What?", "What?"),
        ("**Q1. What?**", "What?"),
        ("1. `code`", "code"),
        ("1. **Bold** words", "Bold words"),
        ("1\\. What?", "What?"),
        ("3.14 features", "3.14 features"),
        ("3 things", "3 things"),
        ("Q&A: x", "Q&A: x"),
        ("12.", "12."),
        ("Questions: which?", "Questions: which?"),
    ],
)
def test_numbering_is_no_part_of_a_question(heading, question):
    assert fronts(f"# T\n## {heading}\nx") == [question]


@pytest.mark.parametrize(
    ("heading", "anchor"),
    [
        ("What is `x`?", "what-is-x"),
        ("**Bold** [link](https://x.y)", "bold-link"),
        ("🚀 Rocket", "-rocket"),
        ("C++ & C#", "c--c"),
        ("12. Größe", "12-größe"),
        ("a_b __init__", "a_b-__init__"),
    ],
)
def test_anchors_are_those_of_github(heading, anchor):
    assert parsed(f"# {heading}\nx").document.topics[0].anchor == anchor


def test_no_two_headings_have_one_anchor():
    document = parsed("## A\nx\n## A\nx\n## A 1\nx\n## Note\nx").document
    topic = document.topics[0]
    assert [s.anchor for s in topic.sections] == ["a", "a-1", "a-1-1", "note"]
    assert topic.anchor == "note-1"


def test_an_obsidian_vault_builds():
    text = "# Q\n[[Page|words]] ![[pic.png|300]] %%secret%%\n\n%%\nmore\n%%\n\n> [!info]- Title\n> body"
    card = made(text)[0]
    html = "".join(b.html for b in card.answer)
    assert "secret" not in html
    assert "more" not in html
    assert '<img src="**/pic.png" alt="pic" width="300">' in html
    assert '<div class="callout" data-kind="note"><p class="callout-title">Title</p>' in html
    assert ("N010", 2, 1) in codes(text)


@pytest.mark.parametrize(
    ("written", "text"),
    [
        ("[[#Heading]] [[Page#Part]]", "Heading Page > Part"),
        ("![words|100](x.png)", "words"),
        ("[[Page\\|words]]", "words"),
        ("a block ^name-1", "a block"),
        ("x ^2 and 2 ^n", "x ^2 and 2 ^n"),
        ("100%% of 50%%", "100%% of 50%%"),
        ("the %%time and %%timeit magics", "the %%time and %%timeit magics"),
        ("a %%hidden%% b", "a  b"),
        ("%% over\n\nparagraphs %%\n\nb", "b"),
        ("%% never closed", "%% never closed"),
        ("| a |\n|---|\n| [[P\\|w]] |", "a\nw"),
    ],
)
def test_what_obsidian_writes(written, text):
    assert made(f"# Q\n{written}")[0].answer_text == text


@pytest.mark.parametrize(
    ("written", "html"),
    [
        ("> [!NOTE]\n> x", ("note", "Note", "<p>x</p>\n")),
        ("> [!warning]+ A *b*\n> x", ("warning", "A <em>b</em>", "<p>x</p>\n")),
        ("> [!my-own]\n> x", ("note", "My own", "<p>x</p>\n")),
        ("> [!TIP] only", ("tip", "only", "")),
        ("> [!tip]\n> > [!bug]\n> > x", ("tip", "Tip", "\n" + _callout("warning", "Bug", "<p>x</p>\n") + "\n")),
        ("> [!TIP] a <kbd>b</kbd>\n> c", ("tip", "a <kbd>b</kbd>", "<p>c</p>\n")),
    ],
)
def test_callouts(written, html):
    assert made(f"# Q\n{written}")[0].answer[0].html == _callout(*html)


@pytest.mark.parametrize(
    ("written", "html"),
    [
        ("__init__", "__init__"),
        ("**__init__** *__init__*", "<strong>__init__</strong> <em>__init__</em>"),
        ("__all__ = [...] (__x__) __a__, __init__.py", "__all__ = [...] (__x__) __a__, __init__.py"),
        ("__getattr__() x.__y__ a__b__c", "__getattr__() x.__y__ a__b__c"),
        ("__two words__ __Bold__", "<strong>two words</strong> <strong>Bold</strong>"),
        ("==c2: x==", '<mark data-group="c2">x</mark>'),
        ("==c2:== ==c0:x==", "<mark>c2:</mark> <mark>c0:x</mark>"),
        ("==c2::x== ==c2::==", '<mark data-group="c2">x</mark> <mark>c2::</mark>'),
        ("==c500:x== ==c501:x==", '<mark data-group="c500">x</mark> <mark>c501:x</mark>'),
        ("==a==, (==b==)", "<mark>a</mark>, (<mark>b</mark>)"),
        ("a ===x=== ==== x==y==", "a ===x=== ==== x==y=="),
        ("a \\==x== b", "a ==x== b"),
        ("a<br>b", "a<br>b"),
        ("a  \nb\\\nc\nd", "a<br>\nb<br>\nc\nd"),
        ("a &lt;b&gt; & c", "a &lt;b&gt; &amp; c"),
    ],
)
def test_inline_html(written, html):
    assert made(f"# Q\n{written}")[0].answer[0].html == f"<p>{html}</p>"


@pytest.mark.parametrize(
    "text",
    [
        "$HOME and $PATH",
        "$PATH:$HOME",
        "${A}/${B}",
        "$(pwd)/$(ls)",
        "$user@$host",
        "$FOO$BAR",
        "$user$host",
        "costs $5 and $6",
        "$5-$10",
        "US$5 and US$6",
        "5$ or 6$",
        "\\$x$",
        "^a$|^b$",
        "kill $$; wait $$",
        "`$x$`",
    ],
)
def test_dollars_of_shell_and_money_stay_text(text):
    card = cards(Library((parse(Source("note.md", f"# Q\n{text}\n"), maths=True).document,), {}))[0][0]
    assert 'class="math"' not in card.answer[0].html
    assert card.answer[0].text == text.replace("\\", "").replace("`", "")


@pytest.mark.parametrize("between", ["## R\n\nz", "```\nz\n```"])
def test_a_formula_that_is_never_closed_goes_on_to_no_other(between):
    text = f"# Q\n\n$$\nx\n\n{between}\n\n$$\ny\n$$\n"
    parsed = parse(Source("note.md", text), maths=True)
    assert [d.code for d in parsed.diagnostics] == ["N015"]
    assert "z" in [block.text for card in cards(Library((parsed.document,), {}))[0] for block in card.answer]


@pytest.mark.parametrize("end", ["# Next\n\nz", "```\nz\n```", ""])
def test_a_formula_that_is_never_closed_takes_nothing_with_it(end):
    text = f"# Q\n\nx\n$$\ny\n\n{end}"
    (problem,) = parse(Source("note.md", text), maths=True).diagnostics
    assert (problem.code, problem.span) == ("N015", Span("note.md", 4, 1, 4, 3))
    assert "math" not in str(parse(Source("note.md", text), maths=True).document.topics)
    assert not parse(Source("note.md", text)).diagnostics


def test_maths_only_where_the_notes_ask_for_it():
    text = "# Q\n$5 and $10, `$x$`, $a_1*b*c$ and $$y$$"
    card = cards(Library((parse(Source("note.md", text), maths=True).document,), {}))[0][0]
    maths = '<span class="math">a_1*b*c</span> and <div class="math">y</div>'
    assert card.answer[0].html == f"<p>$5 and $10, <code>$x$</code>, {maths}</p>"
    assert "math" not in made(text)[0].answer[0].html


def test_front_matter():
    document = parsed("---\ntitle: My Topic\ntags: [a, b c]\nlayout: post\n---\n## Q\nx")
    assert document.document.topics[0].title.text == "My Topic"
    assert document.document.topics[0].tags == ("a", "b-c")
    assert [name for name, _ in document.foreign_keys] == ["layout"]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("The ==GIL==<!-- hint: a lock --> lets", [("", "GIL", "a lock")]),
        ("==a==<!--hint:b-->==c2:d==<!-- hint: e -->==f==", [("", "a", "b"), ("c2", "d", "e"), ("", "f", "")]),
        ("**==a==**<!-- hint: b --> ~~[*==c==*](x)~~<!-- hint: d -->", [("", "a", "b"), ("", "c", "d")]),
        ("==a\nb==<!-- hint: two\n words -->", [("", "a\nb", "two words")]),
        (
            "==`x`==<!-- todo --><!-- hint: a \"b\" > 'c' < d & &amp; ==e== `f` -->",
            [("", "x", "a \"b\" > 'c' < d & &amp; ==e== `f`")],
        ),
        ("- ==a ==b== c==<!-- hint: d -->", [("", "a b c", "d")]),
        ("> [!TIP] ==a==<!-- hint: b -->\n> ==c==<!-- hint: d -->", [("", "a", "b"), ("", "c", "d")]),
        ("| x |\n|---|\n| ==a==<!-- hint: b\\|c --> |", [("", "a", "b|c")]),
        ("<mark>a</mark><!-- hint: b --> c", [("", "a", "b")]),
        ("<div>\n<mark>a</mark><!-- hint: b > c --></div>", [("", "a", "b > c")]),
        ("==a==<!-- hint: 日本 \u00a0 é --> <b>c</b>", [("", "a", "日本 é")]),
        ("<mark data-hint='b'>a</mark>", [("", "a", "")]),
    ],
)
def test_a_hint_belongs_to_the_highlight_in_front_of_it(text, expected):
    block = made(f"# Q\n{text}")[0].answer[0]
    assert [
        (*mark, hint) for mark, hint in zip(neutral.marks(block.html), neutral.hints(block.html), strict=True)
    ] == expected
    assert "hint" not in block.text
    assert [code for code, _, _ in codes(f"# Q\n{text}")] == []


def test_the_heading_has_hints_as_well():
    card = made("# The ==GIL==<!-- hint: a lock -->\nx")[0]
    assert neutral.hints(card.heading.html) == ["a lock"]
    assert card.heading.text == "The GIL"


def test_emphasis_over_the_line_end_of_a_callouts_title_is_all_in_the_title():
    assert made("# Q\n> [!TIP] a ==b\n> c== d\n> e")[0].answer[0].html == _callout(
        "tip", "a <mark>b\nc</mark> d", "<p>e</p>\n"
    )


@pytest.mark.parametrize("first", ["--- words", "-----", "---|---", " ---"])
def test_front_matter_opens_with_three_hyphens_alone(first):
    text = f"{first}\ntags: a\n\n## Q\nx\n\n---\n"
    assert [(card.heading.text, card.tags) for card in made(text)] == [("Q", ())]


def test_escapes_in_front_matter_spell_whole_characters():
    document = parsed('---\ntitle: "a \\uD83D\\uDE00 \\uD800 \\0"\ntags: ["b\\uDFFF"]\n---\n## Q\nx').document
    assert document.topics[0].title.text == "a 😀 � �"
    assert document.topics[0].tags == ("b�",)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("# T\n## A\n## B\nx", [("N001", "A")]),
        ("just text", [("N002", "just text")]),
        ("---\ntitle: x\n---\n\n> text\n> more", [("N002", "> text\n> more")]),
        ("# Q\n\n```python\nx", [("N003", "```python")]),
        ("# Q\n- ~~~ x\n  y\n\nz", [("N003", "~~~ x")]),
        ("# Q\n> ```\n> x\n\nz", [("N003", "```")]),
        ("# Q\n```\nx\n```\n\n> ```\n> ```", []),
        ("# Q\nsee\n  a List<int> b", [("N004", "<int>")]),
        ("# Q\n> - a <T> b", [("N004", "<T>")]),
        ("# Q\n\n| a | b |\n|---|---|\n| x \\| y | <T> |", [("N004", "<T>")]),
        ("# Q\n\x0c\n<T>", [("N004", "<T>")]),
        ("# Q\na <T>  \n", [("N004", "<T>")]),
        ("# Q\na <T>\t \n<V>\u00a0", [("N004", "<T>"), ("N004", "<V>")]),
        ("#   a <T>   ##  \nx", [("N004", "<T>")]),
        ("#\t\ta <T>\nx", [("N004", "<T>")]),
        ("a <T>  \n===\nx", [("N004", "<T>")]),
        ("# <T> <V> ##\nx", [("N004", "<T>"), ("N004", "<V>")]),
        ("# Q\nword[^1]\n\n[^1]: note", [("N005", "[^1]"), ("N005", "[^1]")]),
        ("# Q\nx\n\n<!-- y --> z", [("N006", "<!-- y -->")]),
        ("# Q\n<!-- card: output -->\nx", [("N007", "Q")]),
        ("# Q\n<!-- card: output -->\n```pycon\n>>> x = 1\n```", [("N007", "Q")]),
        ("# Q\n<!-- card: output -->\n```output\n1\n```\n```output\n1\n```", [("N007", "Q")]),
        ("# Q\n<!-- card: output -->\n```python\nx\n```\n```output\n1\n```\n<!-- answer -->", [("N001", "Q")]),
        ("# Q\n<!-- card: cloze -->\nx", [("N008", "Q")]),
        ("# Q\n<!-- card: cloze -->\n==x==\n\n<!-- answer -->\n\ny", []),
        ("# Q\n<!-- card: cloze -->\nx\n\n<!-- answer -->\n\n==y==", [("M003", "Q")]),
        ("# Q\n\n| a |\n|---|\n| x | y \\| z | 1 |", [("N009", "y \\| z | 1")]),
        ("# Q\n> | a |\n> |---|\n> | <T> | `x|y` |", [("N004", "<T>"), ("N009", "`x|y`")]),
        ("# Q\n  see [[Page]]", [("N010", "[[Page]]")]),
        ("# Q\nsee\n^name", [("N010", "^name")]),
        ("# Q\n\n<div>\nx", [("N011", "<div>")]),
        ("# Q\nx <i title='y'>z", [("N011", "<i title='y'>")]),
        ("# Q\nx</i>", [("N011", "</i>")]),
        ("# Q\n<div>\n<b>x\n</div>", [("N011", "<b>")]),
        ("# Q\n<ul><li>a<li>b</ul>\n\n<p>c", []),
        ("# Q\nx\n\n##\ny", [("N012", "##")]),
        ("# T\n## ![](x.png)\ny", [("N012", "![](x.png)")]),
        ("# Q\nx\n\n<!-- y\n\n## R\nz", [("N014", "<!--")]),
        ("# Q\n\n$$\nx", []),
        ("# Q\n<!-- tag: x -->\ny", [("M001", "<!-- tag: x -->")]),
        ("# Q\ny\n\n<!-- Answer -->\n\nz", [("M001", "<!-- Answer -->")]),
        ("# Q\ny\n\n<!-- examples: skip x -->\n```\nz\n```", [("M001", "<!-- examples: skip x -->")]),
        ("# Q\ny\n\n<!-- sample: skip x -->\n```\nz\n```", []),
        ("# Q\ny\n\n<!-- example -->\n```\nz\n```", []),
        ("# Q\n<!-- example -->\n```\nz\n```", []),
        ("# Q\ny\n\n<!-- example: skip -->\n```\nz\n```", [("M002", "<!-- example: skip -->")]),
        ("# Q\n<!-- example: run -->\n```\nz\n```", [("M002", "<!-- example: run -->")]),
        ("# Q\ny\n\n<!-- example: skip x -->\nz", [("M003", "<!-- example: skip x -->")]),
        ("# Q\ny\n\n<!-- example: skip x -->", [("M003", "<!-- example: skip x -->")]),
        ("# Q\n- y\n  <!-- example: skip x -->\n  ```\n  z\n  ```", [("M003", "<!-- example: skip x -->")]),
        (
            "# Q\n<!-- example: skip x -->\n<!-- example: skip z -->\n```\ny\n```",
            [("M004", "<!-- example: skip z -->")],
        ),
        ("# Q\n<!-- TODO: x -->\ny <!-- source -->", []),
        ("# Q\n==x==<!-- Hint: y -->", [("M001", "<!-- Hint: y -->")]),
        ("# Q\nx <!-- int: y --> <!-- lint: z -->", []),
        ("# Q\n<!-- card: clozed -->\ny", [("M002", "<!-- card: clozed -->")]),
        ("# Q\nx\n\n<!-- answer: y -->", [("M002", "<!-- answer: y -->")]),
        ("# Q\n- é ==x==<!-- hint: -->", [("M002", "<!-- hint: -->")]),
        ("# Q\n==x==<!-- hint -->", [("M002", "<!-- hint -->")]),
        ("# Q\n\n| a |\n|---|\n| \\| é ==x== <!-- hint: y --> |", [("M003", "<!-- hint: y -->")]),
        ("# Q\nx<!-- hint: y -->\n==x==", [("M003", "<!-- hint: y -->")]),
        ("# Q\n==x==\n<!-- hint: y -->", [("M003", "<!-- hint: y -->")]),
        ("# Q\n- ==x==\n  <!-- hint: y -->", [("M003", "<!-- hint: y -->")]),
        ("# ==Q==\n<!-- hint: y -->\nx", [("M003", "<!-- hint: y -->")]),
        ("# Q\n==a <mark>b</mark><!-- hint: y -->==", [("M003", "<!-- hint: y -->")]),
        ("# Q\nx <!-- hint --> y", []),
        ("# Q\ny\n\n<!-- card: cloze -->\n", [("M003", "<!-- card: cloze -->")]),
        ("# Q <!-- id: x -->\ny", [("M003", "<!-- id: x -->")]),
        ("# Q\n- a\n  <!-- answer -->\n- b", [("M003", "<!-- answer -->")]),
        ("# Q\na\n\n<!-- answer -->\nb\n\n<!-- answer -->", [("M003", "<!-- answer -->")]),
        ("# T\n<!-- card: cloze -->\nx\n## Q\ny", [("M003", "<!-- card: cloze -->")]),
        ("# T\n## G\n<!-- id: g -->\n### Q\ny", [("M003", "<!-- id: g -->")]),
        ("# Q\n<!-- card: basic -->\n<!-- card: basic -->\ny", [("M004", "<!-- card: basic -->")]),
        ("# Q\n==x==<!-- hint: y --><!-- hint: z -->", [("M004", "<!-- hint: z -->")]),
        ("---\ntags: a\ntags: b\n---\n# Q\ny", [("M004", "tags")]),
        ("---\na: b: c\n---\n# Q\ny", [("M005", ": c")]),
        ("---\n- a\n---\n# Q\ny", [("M005", "---\n- a\n---")]),
        ("---\nonly: x\n---\n# Q\ny", [("M006", "x")]),
        ("---\ntitle: [a, b]\n---\n# Q\ny", [("M006", "[a, b]")]),
        ("---\ntags:\n  - a\n  - b: c\nx: y\n---\n# Q\ny", [("M006", "- a\n  - b: c")]),
        ("---\ntags: [a b]\n---\n# Q\ny", [("M008", "a b")]),
        ("# T\n## Q\nx\n## Q\ny", [("I001", "Q")]),
        ("# T\n## Q\n<!-- id: a -->\nx\n## R\n<!-- id: a -->\ny", [("I002", "<!-- id: a -->")]),
    ],
)
def test_what_is_odd_is_said_at_its_place(text, expected):
    assert [(code, under(text, span)) for code, span in problems(text)] == expected


@pytest.mark.parametrize(
    ("text", "place"),
    [
        ("# T\n## Q\nx\n## Q\ny", (4, 4, 4, 5)),
        ("# T\n## Q\n<!-- id: a -->\nx\n## R\n<!-- id: a -->\ny", (6, 1, 6, 15)),
        ("# Q\n- 😀\t<T>", (2, 5, 2, 8)),
        ("# Q\na\n    <T>", (3, 5, 3, 8)),
        ("# Q\n- > a\n<T>", (3, 1, 3, 4)),
        ("| a | a |\n|---|---|\n| <T> | \\| <V> |\n\n# Q\nx", (3, 3, 3, 6)),
    ],
)
def test_places_count_code_points_from_one(text, place):
    span = problems(text)[0][1]
    assert (span.line, span.column, span.end_line, span.end_column) == place


@pytest.mark.parametrize("ends", ["\r\n", "\r"])
def test_any_line_end_gives_the_same_places(ends):
    text = "# Q\n> - a\n<T>\n\n```\nx"
    assert problems(text.replace("\n", ends)) == problems(text)


def test_links_lead_to_places_in_the_notes():
    document = parsed("# Q\n[a](#b) [c](../d.md#e) [f](https://g)", "x/y.md").document
    assert [link.target for link in document.links] == ["note:x/y.md#b", "note:d.md#e", "https://g"]
    assert under(document.source.text, document.links[1].span) == "[c](../d.md#e)"


def test_a_link_definition_serves_the_whole_file():
    card = made("## Q\n[k]\n\n## R\ny\n\n[k]: https://x")[0]
    assert '<a href="https://x">k</a>' in card.answer[0].html


def test_names_of_files_in_words():
    assert words_of("a/10-generator_functions.md") == "Generator functions"
