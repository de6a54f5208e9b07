"""Hostile notes: what is slow, deep or large costs no more than its size, and crashes nothing."""

import sys
from collections.abc import Callable, Iterator
from io import BytesIO

import pytest
from interview_helper.cards import cards
from interview_helper.cli import app
from interview_helper.identity import assign
from interview_helper.ledger import Ledger
from interview_helper.model import Build, Deck, Library, Source
from interview_helper.outputs.sheet import Layout, Sheet, render
from interview_helper.parse import Parsed, parse
from pypdf import PdfReader
from traps import MATHS, NOTES
from typer.testing import CliRunner

SIZE = 300
# One for each rule of ours, and for what has once been slow; `traps` has all, and `benchmarks/bounds.py` times them.
COUNTED = (
    "quotes in a line",
    "callouts side by side",
    "bullets stairs",
    "items with headings in items",
    "details around headings",
    "details unclosed",
    "brackets",
    "pictures in pictures",
    "definitions",
    "definitions with a long title",
    "footnotes unclosed",
    "wiki embeds unclosed",
    "pictures missing",
    "mixed delimiters",
    "dunders unclosed",
    "highlights opening",
    "highlights nested",
    "groups with spaces",
    "backticks growing",
    "sessions",
    "outputs",
    "angles with spaces",
    "attributes unclosed",
    "comments unclosed",
    "tags",
    "ignored codes of separators",
    "ignored codes in every heading",
    "scripts unclosed",
    "type variables",
    "elements unclosed",
    "blocks unclosed",
    "marks in HTML",
    "entities",
    "comments of Obsidian unclosed",
    "block names in text",
    "a block name of hyphens",
    "blanks",
    "hints behind one blank",
    "a table of columns",
    "a table of rows beyond",
    "tables in items",
    "a line",
    "tabs",
    "headings equal",
    "headings that differ by a number",
    "front matter of keys",
    "navigation",
    "control characters",
    "dollars and words",
    "formulas alone on lines",
    "formulas unclosed in blocks",
    "a formula of braces unclosed",
    "formulas in tables",
)
CONSTRUCTS = [(name, NOTES.get(name) or MATHS[name], name in MATHS) for name in COUNTED]


def parsed(text: str, *, maths: bool = False) -> Parsed:
    return parse(Source("a.md", text), maths=maths)


def identified(text: str) -> int:
    library = Library((parsed(text).document,), {})
    return len(assign(cards(library)[0], Ledger(slug="s"), 1).cards)


def calls(text: str, *, maths: bool) -> int:
    """How many functions are called to parse a note."""
    return calls_of(lambda: parsed(text, maths=maths))


def calls_of(work: Callable[[], object], function: str = "") -> int:
    """How many functions are called, or how often one of C: a measure of work that is the same on every machine."""
    count = 0

    def counted(_frame: object, event: str, argument: object) -> None:
        nonlocal count
        if function:
            count += event == "c_call" and getattr(argument, "__name__", "") == function
        else:
            count += event in ("call", "c_call")

    before = sys.getprofile()
    sys.setprofile(counted)
    try:
        work()
    finally:
        sys.setprofile(before)
    return count


@pytest.mark.parametrize(("name", "note", "maths"), CONSTRUCTS, ids=[name for name, _, _ in CONSTRUCTS])
def test_twice_the_note_is_twice_the_work(name, note, maths):
    parsed(note(SIZE), maths=maths)  # what is made once is made
    fixed = calls("# Topic\n\n## Question\n\nx\n", maths=maths)
    once, twice = (max(0, calls(note(size), maths=maths) - fixed) for size in (SIZE, 2 * SIZE))
    assert twice <= 2.5 * once + 500, name


@pytest.mark.parametrize(
    "name",
    [
        "a question of spaces",
        "a question of spaces as they are",
        "a question of spaces and stars",
        "a comment of words",
        "footnotes unclosed",
        "scripts unclosed",
        "type variables",
    ],
)
def test_no_pattern_tries_all_ways(name):
    # One that does needs minutes for this, or years.
    assert parsed(NOTES[name](10_000)).document.topics


@pytest.mark.parametrize("opened", ["> ", "- ", "![", "[", "*a ", "**a ", "==a ", "<div>\n\n", "<ruby><rt>", "- > "])
def test_no_nesting_is_deeper_than_the_stack(opened):
    closed = {"![": "](u)", "[": "](u)", "*a ": " a*", "**a ": " a**", "==a ": " a=="}.get(opened, "")
    depth, frame = 0, sys._getframe()
    while frame := frame.f_back:
        depth += 1
    limit = sys.getrecursionlimit()
    for count in (39, 40, 41, 100, 400):
        text = f"# T\n\n## Q\n\n{opened * count}word{closed * count}\n"
        sys.setrecursionlimit(depth + 300)
        try:
            answer = parsed(text).document.topics[0].sections[0].answer
        finally:
            sys.setrecursionlimit(limit)
        assert "word" in "".join(block.text for block in answer)


def deep() -> Iterator[str]:
    """Notes in which all that may be in each other is so, as deep as it goes."""
    inner = "<table><tr><td>" * 5 + "**a *b " * 10 + "word" + " b* a**" * 10
    yield "> " * 39 + inner
    yield "- " * 19 + "> " + inner
    yield "<details>\n\n" * 15 + "- " * 19 + "==a **b " * 10 + "word"
    yield "<b><i><u><s><sub><kbd><q><small>" * 3 + "word"


@pytest.mark.parametrize("text", [*deep()], ids=["quotes", "lists", "details", "elements"])
def test_a_sheet_of_all_that_is_deep_is_laid_out(text, tmp_path):
    (tmp_path / "notes").mkdir()
    (tmp_path / "notes" / "a.md").write_text(f"# T\n\n## Q\n\n{text}\n", encoding="utf-8")
    command = ["build", str(tmp_path / "notes"), "-o", str(tmp_path / "out"), "--no-cache"]
    made = CliRunner().invoke(app, command)
    assert made.exit_code == 0, made.output
    assert {path.suffix for path in (tmp_path / "out").iterdir()} == {".apkg", ".pdf"}


def printed(text: str) -> Sheet:
    """A sheet of one note, laid out in this process."""
    library = Library((parsed(f"# T\n\n## Q\n\n{text}\n").document,), {})
    return render(Build(Deck("d", "D", "d", "", "en"), library, (), ()), Layout())


@pytest.mark.parametrize(
    "note",
    [
        lambda size: "a**b**" * (size // 6),
        lambda size: f"| a |\n|---|\n| {'a' * size} |",
        lambda size: "word\n\n" * (size // 6),
    ],
    ids=["a word of elements", "a word in a table", "paragraphs"],
)
def test_twice_the_note_is_twice_the_work_on_paper(note):
    printed("x")  # what is loaded once is loaded
    fixed = calls_of(lambda: printed("x"))
    once, twice = (calls_of(lambda: printed(note(size))) - fixed for size in (1_100, 2_200))  # noqa: B023  # called at once
    assert twice <= 2.5 * once


@pytest.mark.parametrize(
    "table",
    [
        "<tr><td>first</td><td colspan=99>word</td></tr>" + "<tr><td>next</td></tr>" * 100,
        "<tr><td rowspan=99 colspan=99>word</td></tr>" * 20,
        f"<tr><td>first</td><td>{'word ' * 2_100}</td></tr>",
    ],
    ids=["of too many cells", "of cells that span", "with too full a cell"],
)
def test_what_is_too_large_for_a_table_on_paper_is_printed_row_by_row_and_told(table):
    sheet = printed(f"<table>{table}</table>")
    assert [d.code for d in sheet.diagnostics] == ["P009"]
    words = "".join(page.extract_text() for page in PdfReader(BytesIO(sheet.pdf)).pages)
    assert [words.count(word) for word in ("first", "word", "next")] == [
        table.count(word) for word in ("first", "word", "next")
    ]


def test_equal_cards_by_the_thousand_have_their_ids_without_trying_all_before():
    def hashes(equal: int) -> int:
        def identify() -> None:
            assert identified("## Q\n\nx\n\n" * equal)

        return calls_of(identify, "hexdigest")

    assert hashes(600) <= 2.2 * hashes(300)


def test_more_blanks_than_anki_takes_are_a_plain_card_and_are_told():
    found = parsed(f"# T\n\n## Q\n<!-- card: cloze -->\n\n{'==a== ' * 501}\n")
    made, diagnostics = cards(Library((found.document,), {}))
    assert made[0].kind == "basic"
    assert [d.code for d in diagnostics] == ["N008"]
    assert "501 blanks" in diagnostics[0].message


def test_notes_of_more_than_max_size_are_refused_before_one_is_read(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "notes").mkdir()
    for name in ("a.md", "b.md"):  # together, and no one of them alone
        (tmp_path / "notes" / name).write_bytes(b"\xff")
        with (tmp_path / "notes" / name).open("r+b") as file:
            file.truncate(600_000)
    (tmp_path / "notes" / "deck.toml").write_text("max_size = 1\n", encoding="utf-8")
    made = CliRunner().invoke(app, ["check", "notes"])
    assert made.exit_code == 1
    assert "the notes in notes have 2 MB, and no more than 1 are read" in made.output
    assert "write max_size = 2 in deck.toml" in made.output
    (tmp_path / "notes" / "deck.toml").write_text("max_size = 2\n", encoding="utf-8")
    assert "no UTF-8" in CliRunner().invoke(app, ["check", "notes"]).output
