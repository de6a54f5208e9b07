"""The sheet as a reader of PDF sees it: words, places, fonts, links, bookmarks, pages."""

from __future__ import annotations

import base64
import gc
import logging
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import cached_property
from io import BytesIO
from itertools import pairwise
from pathlib import Path
from typing import Any

import pdfplumber
import pypdf
import pytest
from interview_helper import identity, project
from interview_helper.coloring import colored
from interview_helper.model import Build, Deck, Library, Media, Source
from interview_helper.outputs.sheet import Layout, PangoMissing, Sheet, fonts, galley, render, tables
from interview_helper.outputs.sheet.markup import Markup
from interview_helper.parse import parse

ROOT = Path(__file__).parent.parent
PIXEL = base64.b64decode(
    "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNkYPhfDwAChwGA60e6kgAAAABJRU5ErkJggg=="
)
HEAD, FOOT = 40, 28  # points above and below what a page shows of the notes
LONG = "value = call(" + ", ".join(f"argument_{i}={i}" for i in range(9)) + ")"


@pytest.fixture(scope="module", autouse=True)
def _few_collections() -> Iterator[None]:
    """As in the command: a layout makes many values and drops few."""
    before = gc.get_threshold()
    gc.set_threshold(100_000, 50, 50)
    yield
    gc.set_threshold(*before)


def build(*notes: str, media: dict[str, Media] | None = None, title: str = "My deck") -> Build:
    """A deck of these notes: a.md, b.md and so on."""
    parsed = [parse(Source(f"{chr(97 + n)}.md", text)) for n, text in enumerate(notes)]
    library = Library(tuple(each.document for each in parsed), media or {})
    return Build(Deck("id", title, "my-deck", "", "en"), library, (), ())


def printed(*notes: str, **layout: Any) -> Sheet:
    return render(build(*notes), Layout(**layout))


def words(text: str) -> str:
    """Letters, digits and `_` alone."""
    return "".join(re.findall(r"\w", text))


@dataclass
class Book:
    """A sheet, read back."""

    sheet: Sheet
    layout: Layout

    @cached_property
    def reader(self) -> pypdf.PdfReader:
        return pypdf.PdfReader(BytesIO(self.sheet.pdf))

    @cached_property
    def glyphs(self) -> list[list[dict[str, Any]]]:
        """What each page shows, in the order in which it is drawn, without its head and foot."""
        with pdfplumber.open(BytesIO(self.sheet.pdf)) as book:
            return [
                [c for c in page.chars if c["top"] > (0 if n == 0 else HEAD) and c["bottom"] < page.height - FOOT + 1]
                for n, page in enumerate(book.pages)
            ]

    @cached_property
    def text(self) -> str:
        """All of it, line by line."""
        parts = []
        before = {"x1": 0.0, "bottom": 0.0}
        for glyph in (glyph for page in self.glyphs for glyph in page):
            goes_on = abs(glyph["bottom"] - before["bottom"]) < 3 and glyph["x0"] > before["x1"] - 2
            parts.append(glyph["text"] if goes_on else f"\n{glyph['text']}")
            before = glyph
        return "".join(parts)

    @cached_property
    def places(self) -> dict[str, tuple[int, float, float]]:
        """Page (from 0), left and top of everything that a link can name."""
        return {name: self.place(at) for name, at in self.reader.named_destinations.items()}

    def place(self, at: Any) -> tuple[int, float, float]:
        number = self.reader.get_destination_page_number(at)
        assert number is not None
        return number, float(at["/Left"]), self.layout.page[1] - float(at["/Top"])

    def begins(self, place: tuple[int, float, float], count: int) -> str:
        """The first words at a place."""
        number, left, top = place
        right = left + self.layout.column
        below = (g for g in self.glyphs[number] if g["bottom"] > top and left - 1 <= g["x0"] <= right)
        first = next(below)
        assert first["top"] < top + 12, "the place is the thing's own corner"
        return words(first["text"] + "".join(g["text"] for g in below))[:count]

    def bookmarks(self) -> Iterator[tuple[int, str, tuple[int, float, float]]]:
        def walk(entries: list[Any], level: int) -> Iterator[tuple[int, str, tuple[int, float, float]]]:
            for entry in entries:
                if isinstance(entry, list):
                    yield from walk(entry, level + 1)
                else:
                    yield level, entry.title, self.place(entry)

        return walk(self.reader.outline, 1)

    def links(self) -> list[tuple[str, str, str]]:
        """Every link: the words under it, the name or address that it leads to, and what stands right of it."""
        found = []
        for number, page in enumerate(self.reader.pages):
            for note in (each.get_object() for each in page.get("/Annots", [])):
                box = [float(value) for value in note["/Rect"]]
                left, right = sorted(box[::2])
                bottom, top = (self.layout.page[1] - value for value in sorted(box[1::2]))
                line = [g for g in self.glyphs[number] if top < (g["top"] + g["bottom"]) / 2 < bottom]
                under = "".join(g["text"] for g in line if left < (g["x0"] + g["x1"]) / 2 < right)
                beside = "".join(
                    f" {g['text']}" if g["x0"] > before["x1"] + 8 else g["text"]
                    for before, g in pairwise(sorted(line, key=lambda g: g["x0"]))
                    if g["x0"] >= right - 1
                )
                found.append((under.strip(), str(note["/Dest"] if "/Dest" in note else note["/A"]["/URI"]), beside))
        return found

    def columns(self) -> Iterator[tuple[str, list[dict[str, Any]], float]]:
        """Each column that shows something: its name, its glyphs, and where it ends."""
        step = self.layout.column + self.layout.gap
        for number, page in enumerate(self.glyphs):
            found: dict[int, list[dict[str, Any]]] = {}
            for glyph in page:
                # The first page's masthead spans all columns; the tests that look here print without contents.
                if glyph["text"].strip() and glyph["top"] > 60 - 20 * bool(number):
                    column = int((glyph["x0"] - self.layout.margin + 1) // step)
                    found.setdefault(min(self.layout.columns - 1, column), []).append(glyph)
            for column, glyphs in sorted(found.items()):
                end = self.layout.margin + column * step + self.layout.column
                yield f"page {number + 1}, column {column + 1}", glyphs, end


def read(sheet: Sheet, **layout: Any) -> Book:
    return Book(sheet, Layout(**layout))


def book(*notes: str, **layout: Any) -> Book:
    return read(printed(*notes, **layout), **layout)


# --- the notes that are shipped, and those of the seed ------------------------------------------------------------


def notes_at(path: Path, *, contents: bool) -> tuple[list[str], Book]:
    """The texts of a notes folder, and its sheet as `build` makes it, with contents or without."""
    notes = project.understood(project.read(path))
    known = identity.assign(notes.cards, notes.ledger, 0)
    layout = replace(notes.notes.config.layout, contents=contents)
    sheet = render(Build(notes.deck, notes.library, known.cards, known.tombstones), layout)
    return [source.text for source in notes.notes.sources], Book(sheet, layout)


@pytest.fixture(scope="module")
def shipped(tmp_path_factory) -> tuple[list[str], Book]:
    """Every fourth topic of the shipped notes; tests/sheet looks at all of them."""
    some = tmp_path_factory.mktemp("shipped")
    for note in (ROOT / "source" / "deck.toml", *sorted((ROOT / "source").glob("*.md"))[::4]):
        shutil.copy(note, some)
    return notes_at(some, contents=False)  # their pages are laid out twice with contents


@pytest.fixture(scope="module")
def seed() -> tuple[list[str], Book]:
    return notes_at(ROOT / "tests" / "notes" / "seed.md", contents=True)


@pytest.fixture(params=["shipped", "seed"])
def real(request: pytest.FixtureRequest) -> tuple[list[str], Book]:
    return request.getfixturevalue(request.param)


def plain(line: str) -> str:
    """The words of a line of Markdown: without the mark of a list item, and what marks words outside code."""
    line = re.sub(r"<!--.*?-->", "", line)
    pieces = re.split(r"`([^`]*)`", re.sub(r"^(-|[0-9]+\.) +", "", line.strip()))
    return "".join(each if number % 2 else re.sub(r"\*|==", "", each) for number, each in enumerate(pieces))


def headings(text: str) -> Iterator[tuple[int, str]]:
    """Level and words of each heading of a note, found without our parser."""
    fenced = False
    for line in text.split("\n"):
        fenced ^= line.startswith("```")
        if not fenced and (match := re.match(r"(#{1,6}) +(.*)", line)):
            yield len(match[1]), plain(match[2])


def test_every_word_is_printed_in_the_order_of_the_notes(real):
    texts, pages = real
    shown = words(pages.text)
    at = 0
    for text in texts:
        for line in re.sub(r"\A---\n.*?\n---\n", "", text, flags=re.DOTALL).split("\n"):
            if re.match(r"<!--|```", line):
                continue
            wanted = words(plain(line))
            at = shown.find(wanted, at)
            assert at >= 0, line
            at += len(wanted)
    assert pages.sheet.diagnostics == ()


def test_every_line_of_prose_is_printed_with_its_spaces(real):
    texts, pages = real
    shown = " ".join(pages.text.split())
    for text in texts:
        for line in re.sub(r"\A---\n.*?\n---\n|```.*?```|<!--.*?-->", "", text, flags=re.DOTALL).split("\n"):
            if line.startswith("|"):  # the cells of a table stand in columns
                continue
            wanted = plain(re.sub(r"^#+ ", "", " ".join(line.split())))
            assert re.sub(r"([/-]) ", r"\1", wanted) in re.sub(r"([/-]) ", r"\1", shown)


def test_every_bookmark_is_a_heading_and_lands_on_it(real):
    texts, pages = real
    wanted = []
    topics = 0
    for text in texts:
        for level, title in headings(text):
            topics += level == 1
            wanted.append((level, f"{topics} {title}" if level == 1 else title))
    found = list(pages.bookmarks())
    assert [(level, title) for level, title, _ in found] == wanted
    for _, title, place in found:
        assert pages.begins(place, len(words(title))) == words(title)


def test_the_contents_lead_to_what_they_name_and_number_it(seed):
    pages = seed[1]
    found = pages.links()
    assert len(found) == 6
    for under, name, beside in found:
        assert re.fullmatch(r"\.* ?1( .*)?", beside), (under, beside)
        assert pages.begins(pages.places[name], len(words(under))) == words(under)


def test_only_our_fonts_are_used(shipped):
    families = [family.replace(" ", "") for family in fonts.FAMILIES]
    sheet = printed("# T\n\nα ⏎ ‑ `x` *y* **z**\n\n```python\ndef f(): ...\n```\n")
    used = {
        str(font["/BaseFont"]).partition("+")[2].replace("-", "")
        for pages in (shipped[1], read(sheet))
        for page in pages.reader.pages
        for font in page["/Resources"]["/Font"].values()
    }
    assert used
    assert [name for name in used if not name.startswith(tuple(families))] == []


def test_fontconfig_sees_our_fonts_alone():
    with fonts.only_ours():
        config = Path(os.environ["FONTCONFIG_FILE"])
        folders = re.findall(r"<dir>(.*?)</dir>", config.read_text(encoding="utf-8"))
        assert folders == [str(folder) for folder in fonts.folders()]
        assert "<include" not in config.read_text(encoding="utf-8")
    assert not config.exists()
    assert os.environ.get("FONTCONFIG_FILE") != str(config)


# --- columns ------------------------------------------------------------------------------------------------------

HOSTILE = f"""# A topic with a title that is much longer than the head of a page or its bar can be, and then some

## {"Unbreakable" * 20} `{"code_name." * 12}`

Prose with {"longword" * 30} and `{"inline_code_" * 12}` and <https://example.com/{"path/" * 30}>.

- one

  ```python
  {LONG}
  ```

  - two

    > ```
    > {"abcdefghij" * 30}
    > ```

## Wide characters

```
{"→✗⏎" * 40}
```

> [!TIP]
> 1. one
>
>    ```python
>    {LONG}
>    ```

1000. thousand

      ```python
      {LONG}
      ```

## Tables

| a | b | c | d | e | f | g |
|---|--:|---|---|---|---|---|
| `ThreadPoolExecutor` | 1_000_000 | {"word " * 9} | {"x" * 90} | O(n log n) | `a.b()` | {"w" * 20} |

<table><tr><td><pre><code>{LONG}</code></pre></td><td>{"long" * 40}</td></tr></table>
"""


@pytest.mark.parametrize(
    "layout",
    [
        {"columns": 4},
        {"columns": 1, "paper": "Letter", "orientation": "landscape"},
    ],
    ids=lambda layout: "-".join(map(str, layout.values())),
)
def test_nothing_leaves_its_column_or_lies_on_another(layout):
    pages = book(HOSTILE, contents=False, **layout)
    for name, glyphs, end in pages.columns():
        for glyph in glyphs:
            assert glyph["x1"] <= end + 0.3, (name, glyph["text"])
        centers = sorted(((g["x0"] + g["x1"]) / 2, (g["top"] + g["bottom"]) / 2) for g in glyphs if g["width"] > 0.5)
        for (x, y), (other_x, other_y) in pairwise(centers):
            assert (x, y) != (other_x, other_y), name
    shown = words(pages.text)
    for each in (
        LONG,
        "abcdefghij" * 30,
        "longword" * 30,
        "Unbreakable" * 20,
        "ThreadPoolExecutor",
        "1000",
        "thousand",
    ):
        assert words(each) in shown
    assert "↩" in pages.text
    lines = HOSTILE.split("\n")
    told = [
        (d.code, lines[d.span.line - 1][d.span.column - 1 : d.span.end_column - 1]) for d in pages.sheet.diagnostics
    ]
    assert told
    assert all(code == "P004" for code, _ in told)
    wrapped = {
        LONG,
        "abcdefghij" * 30,
        "→✗⏎" * 40,
        next(line for line in lines if line.startswith("<table><tr><td><pre>")),
    }
    assert {line.removeprefix("> ").strip() for _, line in told} <= wrapped


def test_a_line_that_is_wrapped_is_told_where_it_stands_whatever_stands_below_its_section():
    long = "x" * 200
    note = "# T\n\n{a}\n\n## Q\n\nq\n\n{b}\n\n### R\n\n{c}\n\nr\n\n#### S\n\ns\n\n{d}\n\n### U\n\nu\n\n{e}\n"
    note = note.format(**{each: f"```\n{each} = {long}\n```" for each in "abcde"})
    lines = note.split("\n")
    told = book(note).sheet.diagnostics
    assert [(d.code, lines[d.span.line - 1][0]) for d in told] == [("P004", each) for each in "abcde"]


def test_the_heads_of_pages_fit_and_name_what_the_page_shows():
    title = "A title that goes on and on, and on and on, and so on until the line is full"
    notes = [f"# {title} {n}\n" + "".join(f"\n## Q {n} {q}\n\n{'Answer. ' * 25}\n" for q in range(4)) for n in "ab"]
    sheet = render(build(*notes, title=title), Layout(contents=False, size=19.0, columns=4))
    with pdfplumber.open(BytesIO(sheet.pdf)) as pages:
        heads = [page.crop((0, 0, page.width, 36)).extract_text_lines() for page in pages.pages[1:]]
        feet = [page.crop((0, page.height - 26, page.width, page.height)).extract_text() for page in pages.pages]
    assert len(heads) > 1
    for lines in heads:
        assert [line["text"].count("…") for line in lines] == [3]
    assert heads[-1][0]["text"].startswith("2 A title")
    assert feet == [f"{number} / {len(feet)}" for number in range(1, len(feet) + 1)]


# Every way in which a heading could be left alone at the foot of a column.
STRANDED = {
    "code": lambda n: f"## Q {n}\n\n{'Lead. ' * (n % 3 * 12)}\n\n```\n" + "x = 1\n" * (n % 11 + 1) + "```\n",
    "groups": lambda n: (
        f"## Q {n}\n\n### Q {n} below\n\n#### Q {n} deeper\n\n" + "Answer. " * (15 * (n % 4) + 3) + "\n"
    ),
    "long": lambda n: f"## Q {n}\n\n" + "Answer. " * (25 * (n % 5) + 3) + "\n\n- item\n- item\n",
    "callouts": lambda n: f"## Q {n}\n\n> [!NOTE]\n> " + "Answer. " * (60 * (n % 4) + 1) + "\n",
    "tables": lambda n: f"## Q {n}\n\n|a|b|\n|-|-|\n" + f"|{'cell ' * (n % 4 * 80 + 1)}|b|\n" * (n % 3 + 1),
}


@pytest.mark.parametrize("kind", STRANDED)
def test_no_heading_stands_alone_at_the_foot_of_a_column(kind):
    text = "# T\n\n" + "\n".join(STRANDED[kind](n) for n in range({"code": 24, "tables": 7}.get(kind, 9)))
    # Large letters: many columns of little text.
    pages = book(text, columns=4, size=14.0, orientation="landscape", contents=False)
    columns = list(pages.columns())
    assert len(columns) > 4
    for name, glyphs, _ in columns:
        foot = max(glyph["bottom"] for glyph in glyphs)
        last = "".join(glyph["text"] for glyph in glyphs if glyph["bottom"] > foot - 3)
        assert not re.fullmatch(r"(Q ?[0-9]+( ?below| ?deeper)?|Note|a ?b)", last), (name, last)
        assert min(glyph["top"] for glyph in glyphs) < 110, f"{name} begins at its head"


def test_code_taller_than_a_column_goes_on_in_the_next():
    shown = words(book("# T\n\n```\n" + "\n".join(f"line_{n}." for n in range(200)) + "\n```\n", contents=False).text)
    assert "".join(f"line_{n}" for n in range(200)) in shown


def test_the_columns_of_a_single_page_are_about_even():
    text = "# T\n\n" + "".join(f"## Q {n}\n\n{'Answer. ' * 30}\n\n" for n in range(9))
    pages = book(text, columns=3, contents=False)
    feet = [max(glyph["bottom"] for glyph in glyphs) for _, glyphs, _ in pages.columns()]
    assert len(feet) == 3
    assert max(feet) - min(feet) < 60
    assert max(feet) < 400


def test_a_wrapped_line_loses_nothing():
    text = f"# T\n\n```python\n{LONG}\n\tx = '<&>'  # {'word ' * 60}\n```\n"
    markup = Markup(build(text), Layout(columns=4), lambda: frozenset("↩"))
    shown = re.search(r"<pre.*?</pre>", markup.topic(markup.topics[0]).html, re.DOTALL)
    assert shown is not None
    plain = re.sub("<[^>]*>", "", shown[0].replace('<span class="wrapmark">↩</span>\n', "\0"))
    joined = re.sub("\0 *", "", plain).replace("&lt;", "<").replace("&gt;", ">").replace("&amp;", "&")
    assert joined.replace(" ", "") == (LONG + "\nx = '<&>'  # " + "word " * 60).replace(" ", "")


def test_a_line_is_not_broken_before_a_word_that_fits():
    # WeasyPrint does so where a line is full but for the space before an element.
    text = "# T\n\n" + "".join(f"{'i' * n} four words fit in `code`\n\n" for n in range(20, 40))
    pages = book(text, columns=4, contents=False)
    lines: dict[tuple[str, int], str] = {}
    for name, glyphs, _ in pages.columns():
        for glyph in glyphs:
            lines[name, round(glyph["bottom"])] = lines.get((name, round(glyph["bottom"])), "") + glyph["text"]
    assert not [line for line in lines.values() if re.fullmatch("i+", line)]


def test_spaces_beside_elements_are_in_the_text():
    # WeasyPrint leaves out a space that stands alone between two elements.
    pages = book("# T\n\nstate. `return` *ends* it and `code` *x* **y** `z` `-w`, `a` b.\n", contents=False)
    assert "state. return ends it and code x y z -w, a b." in pages.text
    assert pages.sheet.diagnostics == ()


def test_a_table_breaks_words_only_where_it_must():
    row = "<table><tr><th>name</th><th>cost</th></tr><tr><td><code>append</code></td><td>O(1)</td></tr></table>"
    assert tables.fitted(row, 40, 400) == row
    wide = row.replace("append", "a" * 40)
    assert f'<span class="breaks">{"a" * 40}</span>' in tables.fitted(wide, 40, 400)
    assert "O(1)</td>" in tables.fitted(wide, 40, 400)
    many = "<table><tr>" + "<td>ThreadPoolExecutor</td>" * 8 + "</tr></table>"
    assert 'style="font-size:0.760em"' in tables.fitted(many, 40, 400)
    assert tables.fitted(many, 40, 400).count("breaks") == 8


# --- what is printed ----------------------------------------------------------------------------------------------


def test_words_of_every_kind_are_printed():
    text = """# Topic

An introduction with *stress*.

## Question

What is asked.

<!-- answer -->

Prose <int> and ==marked== words.

### Deeper

α ≤ λ ✗ ⏎ ▪

## Group

### Member

| cell |
|------|
| O(1) |

> ## In a quote
>
> quoted

98. ninety-eight
99. ninety-nine
"""
    pages = book(text.replace("# Topic", "# Topic\n<!-- source: where it is from -->"))
    shown = re.sub(r"\s", "", pages.text)
    for each in (
        "Mydeck",
        "Anintroductionwithstress.",
        "Whatisasked.Prose<int>andmarkedwords.",
        "α≤λ✗⏎▪",
        "Group",
        "cell",
        "O(1)",
    ):
        assert each in shown
    assert {"98.", "99.", "ninety-eight"} <= set(re.findall(r"[0-9]+\.|ninety-eight", shown))
    assert "whereitis" not in shown
    titles = [(level, title) for level, title, _ in pages.bookmarks()]
    assert titles == [(1, "1 Topic"), (2, "Question"), (3, "Deeper"), (2, "Group"), (3, "Member")]
    kinds = [str(each.get_object()["/S"]) for each in tagged(pages.reader.trailer["/Root"]["/StructTreeRoot"])]
    assert kinds.count("/H2") == 1, "a heading in a quote is text"
    assert pages.sheet.diagnostics == ()


def test_the_sheet_is_tagged_and_says_what_it_is(shipped):
    root = shipped[1].reader.trailer["/Root"]
    assert root["/MarkInfo"]["/Marked"]
    assert root["/Lang"] == "en"
    kinds = {str(each.get_object()["/S"]) for each in tagged(root["/StructTreeRoot"])}
    assert {"/H1", "/H2", "/H3", "/P", "/L"} <= kinds
    assert shipped[1].reader.metadata["/Title"] == "Python Interview"
    assert shipped[1].reader.metadata["/Author"] == "The Python Interview Helper authors"


def tagged(element: Any) -> Iterator[Any]:
    kids = element.get_object().get("/K", [])
    for kid in kids if isinstance(kids, list) else [kids]:
        below = kid.get_object() if hasattr(kid, "get_object") else kid
        if isinstance(below, dict) and "/S" in below:
            yield below
            yield from tagged(below)


def test_code_is_colored():
    pages = book("# T\n\n```python\ndef f():  # why\n    return 'text' + 1\n```\n", contents=False)
    colors = {glyph["text"]: glyph["non_stroking_color"] for glyph in pages.glyphs[0] if "Mono" in glyph["fontname"]}
    assert len({colors[each] for each in ("d", "#", "'", "1", "+")}) == 5


def test_what_is_only_for_the_deck_is_left_out():
    notes = "# T\n## Shown\n<!-- only: sheet -->\nx\n## Hidden\n<!-- only: deck -->\ny\n### Below\nz\n"
    shown = book(notes, "# Away\n<!-- only: deck -->\n## Card\nx\n").text
    assert "Shown" in shown
    assert not re.search("Hidden|Below|Away", shown)


def test_contents_name_the_page_of_every_question_unless_they_are_too_many():
    questions = ["".join(f"## Question {t} {q}\n{'Answer. ' * 40}\n" for q in range(5)) for t in range(2)]
    pages = book(*(f"# Topic {t}\n{below}" for t, below in enumerate(questions)), size=18.0)
    assert len(pages.reader.pages) > 2
    found = pages.links()
    assert [under for under, _, _ in found][:3] == ["1 Topic 0", "Question 0 0", "Question 0 1"]
    assert len(found) == 12
    numbers = {name: pages.places[name][0] + 1 for _, name, _ in found}
    assert len(set(numbers.values())) > 2
    for under, name, beside in found:
        assert re.fullmatch(rf"\.* ?{numbers[name]}( .*)?", beside), (under, beside)
        assert pages.begins(pages.places[name], len(words(under))) == words(under)
    many = "# T\n" + "".join(f"## Q {n}\nx\n" for n in range(80))
    markup = Markup(build(many), Layout(), frozenset)
    assert markup.topic(markup.topics[0]).html.count('data-slot="page"') == 1


def test_links_within_the_notes_lead_to_their_heading_and_unknown_ones_are_words():
    more = "".join(f"## More {n}\n\n{'Answer. ' * 50}\n\n" for n in range(9))
    pages = book(
        f"# T\n\n## A\n\n[two](b.md#b-two-漢) [file](b.md) [lost](c.md) [back](#last)\n\n{more}## Last\n\nGo [up](#a)\n",
        '# U\n\n## B two 漢\n\n[outside](https://example.com/?a=1&b="x")\n',
        contents=False,
        size=19.0,
    )
    found = {under: name for under, name, _ in pages.links()}
    assert found.pop("outside") == "https://example.com/?a=1&b=%22x%22"
    assert "lost" in pages.text
    landed = {under: pages.begins(pages.places[name], 4) for under, name in found.items()}
    assert landed == {"two": "Btwo", "file": "2UBt", "back": "Last", "up": "Atwo"}
    assert len({pages.places[name][0] for name in found.values()}) > 1


def test_a_path_of_any_characters_can_be_linked_to():
    parsed = [parse(Source(path, f"# T {n}\n\n[x](<{path}>)\n")) for n, path in enumerate(('a"b.md', "c d#é%.md"))]
    library = Library(tuple(each.document for each in parsed), {})
    pages = read(render(Build(Deck("id", "D", "d", "", "en"), library, (), ()), Layout()))
    assert pages.sheet.diagnostics == ()
    assert len(pages.places) == 2


def test_letter_landscape_has_its_size():
    box = book("# T\n\nx\n", paper="Letter", orientation="landscape", columns=3).reader.pages[0].mediabox
    assert (round(box.width), round(box.height)) == (792, 612)


def test_pictures_are_shown_and_a_missing_one_leaves_its_words():
    notes = "# ![logo](dot.png) T\n\n![a dot](dot.png)\n\n![what is gone](gone.png)\n"
    sheet = render(build(notes, media={"dot.png": Media("dot 1.png", "image/png", PIXEL, 1, 1)}), Layout())
    pages = read(sheet)
    assert "what is gone" in pages.text
    assert len(pages.reader.pages[0].images) >= 1
    assert [title for _, title, _ in pages.bookmarks()] == ["1 logo T"]
    assert sheet.diagnostics == ()


def test_the_last_line_of_a_session_is_colored_as_the_others():
    assert colored("pycon", ">>> 1\n1").endswith('<span class="go">1</span>')
    assert colored("pycon", ">>> x").startswith('<span class="gp">&gt;&gt;&gt; </span>')
    assert colored("python", "x\n\n") == "x\n\n"


# --- remarks ------------------------------------------------------------------------------------------------------


def test_characters_without_a_glyph_are_named_once_a_note_at_the_first():
    sheet = printed("# T\n\n## A\n\nx\n\n- y\n  z 漢 字\n\n## B\n\n漢\n", "# U\n\nfine\n", "# V 漢\n\nx\n")
    assert [(d.code, d.span.path, d.span.line, d.span.column) for d in sheet.diagnostics] == [
        ("P001", "a.md", 8, 5),
        ("P001", "c.md", 1, 5),
    ]
    assert sheet.diagnostics[0].message == "no font of the sheet has '漢' (U+6F22), '字' (U+5B57)"
    pages = read(sheet)
    assert pages.reader.pages[0].extract_text().count("\N{REPLACEMENT CHARACTER}") == 5
    spans = tagged(pages.reader.trailer["/Root"]["/StructTreeRoot"])
    assert [each["/ActualText"] for each in spans if "/ActualText" in each] == list("漢漢字漢漢")


def test_a_title_without_a_glyph_and_many_characters_have_a_remark_too():
    scripts = "".join(map(chr, range(0x4E00, 0x4E10)))
    first, second = render(build(f"# T\n\n{scripts}\n", title="漢"), Layout()).diagnostics
    assert (first.span.path, first.message) == (".", "no font of the sheet has '漢' (U+6F22)")
    assert second.span.path == "a.md"
    assert second.message.endswith(
        "'七' (U+4E03), '丄' (U+4E04), '丅' (U+4E05), '丆' (U+4E06), '万' (U+4E07) and 8 more"
    )


def test_nothing_is_fetched_and_the_remark_is_at_the_picture():
    svg = b'<svg xmlns="http://www.w3.org/2000/svg" width="9" height="9"><image href="file:///etc/passwd" width="5" height="5"/></svg>'
    notes = "# T\n\n## A\n\nx\n\n![drawn](s.svg)\n\n## B\n\n![broken](b.png)\n"
    media = {
        "s.svg": Media("s.svg", "image/svg+xml", svg, 9, 9),
        "b.png": Media("b 1.png", "image/png", PIXEL[:20], 9, 9),
    }
    sheet = render(build(notes, media=media), Layout())
    assert [(d.code, d.span.path, d.span.line) for d in sheet.diagnostics] == [
        ("P002", "a.md", 7),
        ("P002", "a.md", 11),
    ]
    assert "fetches nothing: file:///etc/passwd" in sheet.diagnostics[0].message
    assert "broken" in read(sheet).text


def test_what_the_machine_lacks_is_no_remark_on_the_notes(monkeypatch):
    printed("# T\n\nx\n")  # so that WeasyPrint is there
    monkeypatch.setattr("weasyprint.pdf.fonts.harfbuzz_subset", None)
    assert printed("# T\n\nx\n").diagnostics == ()


def test_weasyprint_keeps_its_logger():
    before = logging.getLogger("weasyprint").handlers[:]
    printed("# T\n\n漢\n")
    assert logging.getLogger("weasyprint").handlers == before


def test_a_missing_pango_says_so_without_a_banner(monkeypatch, capsys):
    class Refused:
        def find_spec(self, name, path=None, target=None):
            if name == "weasyprint":
                print("banner")  # noqa: T201  # as WeasyPrint does
                raise OSError("cannot load library 'libgobject-2.0-0'")

    for name in [name for name in sys.modules if name.partition(".")[0] == "weasyprint"]:
        monkeypatch.delitem(sys.modules, name)
    monkeypatch.setattr(sys, "meta_path", [Refused(), *sys.meta_path])
    with pytest.raises(PangoMissing, match="libgobject"):
        galley.galley("", "", {})
    assert capsys.readouterr().out == ""


# --- bytes --------------------------------------------------------------------------------------------------------

AGAIN = """
import sys
from interview_helper.model import Build, Deck, Library, Media, Source
from interview_helper.outputs.sheet import Layout, render
from interview_helper.parse import parse
media = {"x.png": Media("x.png", "image/png", bytes.fromhex(sys.argv[2]), 1, 1)}
library = Library((parse(Source("a.md", sys.argv[1])).document,), media)
sys.stdout.buffer.write(render(Build(Deck("id", "My deck", "my-deck", "", "en"), library, (), ()), Layout()).pdf)
"""


def test_equal_notes_give_equal_bytes_on_another_day_in_another_place_and_leave_nothing_behind(tmp_path):
    notes = "# T\n\n## A\n\nα ✗ *words* and [a link](#b)\n\n```python\nx = 1\n```\n\n## B\n\n|a|b|\n|-|-|\n|![x](x.png)|`c`|\n"
    elsewhere = tmp_path / "elsewhere"
    temporary = tmp_path / "temporary"
    elsewhere.mkdir()
    temporary.mkdir()
    other = {
        "PYTHONHASHSEED": "7",
        "TZ": "Pacific/Auckland",
        "SOURCE_DATE_EPOCH": "1",
        "TMPDIR": str(temporary),
        "LC_ALL": "C",
        "FONTCONFIG_FILE": "/dev/null",
    }
    again = subprocess.run(
        [sys.executable, "-c", AGAIN, notes, PIXEL.hex()],
        cwd=elsewhere,
        env={**os.environ, **other},
        capture_output=True,
        check=True,
    )
    media = {"x.png": Media("x.png", "image/png", PIXEL, 1, 1)}
    assert render(build(notes, media=media), Layout()).pdf == again.stdout
    assert set(pypdf.PdfReader(BytesIO(again.stdout)).metadata or {}) == {"/Producer", "/Title"}
    assert list(temporary.iterdir()) == []
    assert list(elsewhere.iterdir()) == []
