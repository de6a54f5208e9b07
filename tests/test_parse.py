"""What a note means: headings, blocks, positions, and what is odd about it."""

from __future__ import annotations

from pathlib import Path

import pytest
from interview_helper.cards import cards
from interview_helper.model import Card, Code, Kind, Library, Source, Span
from interview_helper.parse import Parsed, parse, words_of

NOTES = Path(__file__).parent / "notes"


def parsed(text: str, path: str = "note.md") -> Parsed:
    return parse(Source(path, text))


def made(text: str, path: str = "note.md") -> tuple[Card, ...]:
    return cards(Library((parsed(text, path).document,), {}))[0]


def fronts(text: str) -> list[str]:
    return [card.heading.text for card in made(text)]


def codes(text: str) -> list[tuple[str, int, int]]:
    document = parsed(text)
    found = [*document.diagnostics, *cards(Library((document.document,), {}))[1]]
    return sorted((d.code, d.span.line, d.span.column) for d in found)


def under(text: str, span: Span) -> str:
    """The text that a span covers."""
    rows = text.split("\n")[span.line - 1 : span.end_line]
    rows[-1] = rows[-1][: span.end_column - 1]
    rows[0] = rows[0][span.column - 1 :]
    return "\n".join(rows)


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
        ("# T\n## A\n<!-- only: sheet -->\nx\n### B\ny", []),
        ("# One\nx\n# Two\ny", ["One", "Two"]),
    ],
)
def test_headings_cut(text, expected):
    assert fronts(text) == expected


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


@pytest.mark.parametrize("written", ["<class 'int'>", "List<int>", "{{x}} }}", "a && b < c", "<script>x</script>"])
def test_what_is_no_known_tag_is_shown_as_written(written):
    assert made(f"# Q\nsee {written} here")[0].answer[0].text == f"see {written} here"


def test_known_html_passes_and_cannot_act():
    html = made('# Q\n<kbd>a</kbd> <img src="x.png" onerror="y"> <a href="javascript:z">k</a>')[0].answer[0].html
    assert "<kbd>a</kbd>" in html
    assert "onerror" not in html
    assert "javascript" not in html


def test_details_hold_the_markdown_inside_them():
    card = made("# Q\n<details>\n<summary>More</summary>\n\n**bold**\n\n</details>\n\nend")[0]
    assert card.answer[0].html.startswith("<details>")
    assert "<strong>bold</strong>" in card.answer[0].html
    assert card.answer[1].text == "end"


def test_a_tag_beside_a_comment_is_text():
    assert made("# Q\n<T>\n<V>\n<!-- words -->")[0].answer_text == "<T>\n<V>"


def test_navigation_is_skipped_and_kept_in_sight():
    text = "# T\n\n- [A](#a)\n- [B](#b)\n\n## A\nx\n\n**[⬆ back to top](#t)**\n\n## B\ny"
    document = parsed(text).document
    assert [s.why for s in document.skipped] == ["navigation", "navigation"]
    assert [c.answer_text for c in made(text)] == ["x", "y"]


def test_a_heading_over_nothing_but_navigation_goes_with_it():
    text = "# T\n\n## Contents\n\n- [A](#a)\n\n## A\nsee [up](#contents)"
    document = parsed(text).document
    assert [s.title.text for s in document.topics[0].sections] == ["A"]
    assert "contents" in document.anchors
    assert codes(text) == []


def test_an_obsidian_vault_builds():
    text = "# Q\n[[Page|words]] ![[pic.png|300]] %%secret%%\n\n%%\nmore\n%%\n\n> [!info]- Title\n> body"
    card = made(text)[0]
    html = "".join(b.html for b in card.answer)
    assert "secret" not in html
    assert "more" not in html
    assert '<img src="**/pic.png" alt="pic" width="300">' in html
    assert '<div class="callout" data-kind="note"><p class="callout-title">Title</p>' in html
    assert ("N010", 2, 1) in codes(text)


def test_front_matter():
    document = parsed("---\ntitle: My Topic\ntags: [a, b c]\nlayout: post\n---\n## Q\nx")
    assert document.document.topics[0].title.text == "My Topic"
    assert document.document.topics[0].tags == ("a", "b-c")
    assert [name for name, _ in document.foreign_keys] == ["layout"]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("# T\n## A\n## B\nx", [("N001", 2, 4)]),
        ("just text", [("N002", 1, 1)]),
        ("# Q\n\n```python\nx", [("N003", 3, 1)]),
        ("# Q\nsee\n  a List<int> b", [("N004", 3, 9)]),
        ("# Q\n> - a <T> b", [("N004", 2, 7)]),
        ("# Q\n\n| a | b |\n|---|---|\n| x \\| y | <T> |", [("N004", 5, 12)]),
        ("# Q\nword[^1]\n\n[^1]: note", [("N005", 2, 5), ("N005", 4, 1)]),
        ("# Q\nx\n\n<!-- y --> z", [("N006", 4, 1)]),
        ("# Q\n<!-- card: output -->\nx", [("N007", 1, 3)]),
        ("# Q\n<!-- card: cloze -->\nx", [("N008", 1, 3)]),
        ("# Q\n\n| a |\n|---|\n| x | y |", [("N009", 5, 7)]),
        ("# Q\n  see [[Page]]", [("N010", 2, 7)]),
        ("# Q\n\n<div>\nx", [("N011", 3, 1)]),
        ("# Q\nx\n\n##\ny", [("N012", 4, 1)]),
        ("# Q\n<!-- tag: x -->\ny", [("M001", 2, 1)]),
        ("# Q\n<!-- TODO: x -->\ny", []),
        ("# Q\n<!-- card: clozed -->\ny", [("M002", 2, 1)]),
        ("# Q\ny\n\n<!-- card: cloze -->\n", [("M003", 4, 1)]),
        ("# Q\n<!-- card: basic -->\n<!-- card: basic -->\ny", [("M004", 3, 1)]),
        ("---\na: b: c\n---\n# Q\ny", [("M005", 2, 5)]),
        ("---\nonly: x\n---\n# Q\ny", [("M006", 2, 7)]),
        ("---\ntags: [a b]\n---\n# Q\ny", [("M008", 2, 7)]),
        ("# T\n## Q\nx\n## Q\ny", [("I001", 4, 4)]),
        ("# T\n## Q\n<!-- id: a -->\nx\n## R\n<!-- id: a -->\ny", [("I002", 6, 1)]),
    ],
)
def test_what_is_odd_is_said_at_its_line_and_column(text, expected):
    assert codes(text) == expected


def test_links_lead_to_places_in_the_notes():
    document = parsed("# Q\n[a](#b) [c](../d.md#e) [f](https://g)", "x/y.md").document
    assert [link.target for link in document.links] == ["note:x/y.md#b", "note:d.md#e", "https://g"]
    assert under(document.source.text, document.links[1].span) == "[c](../d.md#e)"


def test_a_link_definition_serves_the_whole_file():
    card = made("## Q\n[k]\n\n## R\ny\n\n[k]: https://x")[0]
    assert '<a href="https://x">k</a>' in card.answer[0].html


def test_names_of_files_in_words():
    assert words_of("a/10-generator_functions.md") == "Generator functions"
