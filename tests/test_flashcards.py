"""Flashcards as paper: what is printed where, what lies behind what, and what is lost (nothing)."""

from __future__ import annotations

import base64
import gc
import re
import shutil
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from io import BytesIO
from itertools import pairwise
from pathlib import Path
from typing import Any

import pdfplumber
import pypdf
import pytest
from interview_helper import identity, project
from interview_helper.cards import cards
from interview_helper.diagnostics import Diagnostic
from interview_helper.ledger import Ledger
from interview_helper.model import Build, Card, Deck, Kind, Library, Media, Source
from interview_helper.neutral import words as words_of
from interview_helper.outputs.sheet import galley, galleys
from interview_helper.outputs.sheet.flashcards import FlashcardLayout, Flashcards, fitting, markup, render
from interview_helper.outputs.sheet.flashcards.layout import CHOICES
from interview_helper.parse import parse

ROOT = Path(__file__).parent.parent
PAPER = {"A4": (595.276, 841.89), "Letter": (612.0, 792.0)}
REACH = 14.17  # points, 5 mm: what lies nearer to the edge, a printer does not print
PIXEL = base64.b64decode(
    "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNkYPhfDwAChwGA60e6kgAAAABJRU5ErkJggg=="
)
DRAWING = Media(
    "tall.svg",
    "image/svg+xml",
    b'<svg xmlns="http://www.w3.org/2000/svg" width="300" height="900"><rect width="300" height="900"/></svg>',
    300,
    900,
)

Box = tuple[float, float, float, float]  # left, top, right, bottom


@pytest.fixture(scope="module", autouse=True)
def _few_collections() -> Iterator[None]:
    """As in the command: a layout makes many values and drops few."""
    before = gc.get_threshold()
    gc.set_threshold(100_000, 50, 50)
    yield
    gc.set_threshold(*before)


class Kept(dict[str, bytes]):
    """A cache."""

    def put(self, key: str, value: bytes) -> None:
        self[key] = value


KEPT = Kept()  # of all tests: paper, flip and marks of another print are of no concern to a card


def build(*notes: str, media: dict[str, Media] | None = None) -> Build:
    """A deck of these notes: a.md, b.md and so on."""
    parsed = [parse(Source(f"{chr(97 + n)}.md", text)) for n, text in enumerate(notes)]
    library = Library(tuple(each.document for each in parsed), media or {})
    known = identity.assign(cards(library)[0], Ledger(), 0).cards
    return Build(Deck("id", "My deck", "my-deck", "", "en"), library, known, ())


def letters(text: str) -> str:
    """Letters, digits and `_` alone."""
    return "".join(re.findall(r"\w", text))


# --- paper, read back ---------------------------------------------------------------------------------------------


@dataclass
class Piece:
    """One side of one card as it is cut out: where it was on its page, and what is on it."""

    page: int
    box: Box
    glyphs: list[dict[str, Any]]
    things: list[dict[str, Any]]

    @cached_property
    def text(self) -> str:
        """What is on it in the order in which it is drawn, line by line."""
        parts = []
        before = {"x1": 0.0, "bottom": 0.0}
        for glyph in self.glyphs:
            goes_on = abs(glyph["bottom"] - before["bottom"]) < 3 and glyph["x0"] > before["x1"] - 2
            parts.append(glyph["text"] if goes_on else f"\n{glyph['text']}")
            before = glyph
        return "".join(parts).strip("\n")

    @property
    def number(self) -> str:
        """Its number, and the sign before it."""
        return "".join(glyph["text"] for glyph in self._of_number)

    @property
    def words(self) -> str:
        """The letters on it, without its number."""
        number = {id(glyph) for glyph in self._of_number}
        return letters("".join(glyph["text"] for glyph in self.glyphs if id(glyph) not in number))

    @property
    def _of_number(self) -> list[dict[str, Any]]:
        """What is bold above the rule of a front, below that of a back."""
        bold = (g for g in self.glyphs if "SemiBold" in g["fontname"] or "DejaVu" in g["fontname"])
        _, top, _, bottom = self.rule
        return [g for g in bold if (g["bottom"] < top + 1 if self.front else g["top"] > bottom - 1)]

    @property
    def front(self) -> bool:
        """Whether it is a front: every other page has backs."""
        return self.page % 2 == 0

    @property
    def rule(self) -> Box:
        """The colored line below the head or above the foot: as wide as what may be printed on the card."""
        thin = [box(t) for t in self.things if t["object_type"] == "rect" and 0.4 < t["height"] < 0.6]
        return min(thin, key=lambda each: each[1]) if self.front else max(thin, key=lambda each: each[1])

    @property
    def size(self) -> float:
        """The size of the largest text."""
        return max(round(g["size"], 2) for g in self.glyphs)


def box(thing: dict[str, Any]) -> Box:
    return thing["x0"], thing["top"], thing["x1"], thing["bottom"]


@dataclass
class Printed:
    """Flashcards, read back from their PDF. Cells are found from the crop marks, equal parts of the page without."""

    made: Flashcards
    per_page: int = 8

    @cached_property
    def reader(self) -> pypdf.PdfReader:
        return pypdf.PdfReader(BytesIO(self.made.pdf))

    @cached_property
    def pages(self) -> list[Any]:
        with pdfplumber.open(BytesIO(self.made.pdf)) as book:
            pages = list(book.pages)
            for page in pages:
                page.objects  # noqa: B018  # read while the file is open
            return pages

    def marks(self, number: int) -> list[Box]:
        """The crop marks of a page: the black lines that are a quarter of a point wide."""
        found = [box(r) for r in self.pages[number].rects if min(r["width"], r["height"]) < 0.3]
        return sorted(tuple(round(value, 2) for value in each) for each in found)  # type: ignore[misc]

    def cells(self, number: int) -> list[Box]:
        """Where the cards of a page are cut."""
        marks, page = self.marks(number), self.pages[number]
        xs = sorted({round((x0 + x1) / 2, 2) for x0, _, x1, _ in marks if x1 - x0 < 0.3})
        ys = sorted({round((y0 + y1) / 2, 2) for _, y0, _, y1 in marks if y1 - y0 < 0.3})
        if not marks:
            lies = page.width > page.height
            columns = {2: 1, 4: 2, 6: 2, 8: 2, 9: 3, 10: 2, 12: 3, 16: 4}[self.per_page]
            assert lies == (self.per_page in (4, 9, 12, 16))
            rows = self.per_page // columns
            xs = [page.width * n / columns for n in range(columns + 1)]
            ys = [page.height * n / rows for n in range(rows + 1)]
        return [(x0, y0, x1, y1) for y0, y1 in pairwise(ys) for x0, x1 in pairwise(xs)]

    @cached_property
    def pieces(self) -> list[Piece]:
        """All that is printed, cut out; fails where something lies on a cut or outside the cards."""
        found = []
        for number, page in enumerate(self.pages):
            marks = set(self.marks(number))
            cells = {cell: Piece(number, cell, [], []) for cell in self.cells(number)}
            for thing in (*page.chars, *page.rects, *page.lines, *page.curves, *page.images):
                if tuple(round(value, 2) for value in box(thing)) in marks:
                    continue
                left, top, right, bottom = box(thing)
                inside = [c for c in cells if c[0] < left and right < c[2] and c[1] < top and bottom < c[3]]
                assert len(inside) == 1 or not str(thing.get("text", "x")).strip(), (number, thing)
                if inside:
                    piece = cells[inside[0]]
                    (piece.glyphs if thing["object_type"] == "char" else piece.things).append(thing)
            found += [piece for piece in cells.values() if piece.glyphs]
        return found

    @cached_property
    def fronts(self) -> dict[str, Piece]:
        return self._numbered(0)

    @cached_property
    def backs(self) -> dict[str, Piece]:
        """By their numbers, in the order of the fronts."""
        found = self._numbered(1)
        assert found.keys() == self.fronts.keys(), "each front has a back"
        return {number: found[number] for number in self.fronts}

    def _numbered(self, side: int) -> dict[str, Piece]:
        pieces = [piece for piece in self.pieces if piece.page % 2 == side]
        found = {piece.number: piece for piece in pieces}
        assert len(found) == len(pieces), "a number is on two cards"
        return found


def printed(*notes: str, media: dict[str, Media] | None = None, **layout: Any) -> Printed:
    return Printed(render(build(*notes, media=media), FlashcardLayout(**layout), KEPT), layout.get("per_page", 8))


def through(at: tuple[float, float], page: tuple[float, float], flip: str) -> tuple[float, float]:
    """Where a point of a back lies on the front of the sheet, found by moving the paper as a printer does.

    The paper stands in the printer. A driver turns a page that lies by a quarter, front and back alike. For the long
    edge the paper is turned over about its upright middle line, and the back printed as it then stands: left and right
    change places. For the short edge the printer tumbles it, which is the same but for half a turn of the back.
    """
    (x, y), (width, height) = at, page
    lies = width > height
    if lies:
        x, y, width, height = y, width - x, height, width
    if flip == "short":
        x, y = width - x, height - y
    x = width - x
    if lies:
        x, y = height - y, x
    return x, y


def test_the_model_of_the_paper():
    assert through((10, 20), (100, 300), "long") == (90, 20)
    assert through((10, 20), (100, 300), "short") == (10, 280)
    assert through((10, 20), (300, 100), "long") == (10, 80), "about the long edge, which is level"
    assert through((10, 20), (300, 100), "short") == (290, 20)


def misregistered(found: Printed, flip: str) -> float:
    """How far the back of a card is from where its front is, at most, in points; of all cards.

    Looked at are the corners of what is cut out, and the edges of what may be printed on it: front and back have them at
    the same distances from the cut.
    """
    size = found.pages[0].width, found.pages[0].height
    worst = 0.0
    across, down = set(), set()
    for number, front in found.fronts.items():
        back = found.backs[number]
        assert back.page == front.page + 1
        corners = [through((x, y), size, flip) for x in back.box[::2] for y in back.box[1::2]]
        xs, ys = (sorted({round(value, 3) for value in each}) for each in zip(*corners, strict=True))
        worst = max(worst, *(abs(a - b) for a, b in zip((*xs, *ys), (*front.box[::2], *front.box[1::2]), strict=True)))
        for piece in (front, back):
            across |= {piece.rule[0] - piece.box[0], piece.box[2] - piece.rule[2]}
        # One line of small text stands above the rule of the front, and one below that of the back.
        down |= {front.rule[1] - front.box[1], back.box[3] - back.rule[3]}
    return max(worst, max(across) - min(across), max(down) - min(down))


def deck_of(count: int) -> str:
    return "# T\n" + "".join(f"\n## Q{n}\n<!-- source: S -->\n\nA{n}.\n" for n in range(count))


EVERY_PRINT = [(count, paper, flip) for count in CHOICES for paper in PAPER for flip in ("long", "short")]


@pytest.mark.parametrize(("per_page", "paper", "flip"), EVERY_PRINT)
def test_the_back_of_each_card_lies_behind_its_front(per_page, paper, flip):
    for marks in (True, False):
        found = printed(deck_of(per_page + 1), per_page=per_page, paper=paper, flip=flip, marks=marks)
        assert len(found.pages) == 4
        assert sorted((float(p.width), float(p.height)) for p in found.pages) in (
            [PAPER[paper]] * 4,
            [PAPER[paper][::-1]] * 4,
        )
        assert len(found.fronts) == per_page + 1
        assert misregistered(found, flip) < 0.1
        assert misregistered(found, {"long": "short", "short": "long"}[flip]) > 20, "and nowhere else"


@pytest.mark.parametrize("per_page", CHOICES)
def test_crop_marks_are_outside_the_cards_and_within_reach(per_page):
    found = printed(deck_of(per_page), per_page=per_page)
    front, back = found.marks(0), found.marks(1)
    assert front == back
    width, height = found.pages[0].width, found.pages[0].height
    cells = found.cells(0)
    assert len(cells) == per_page
    left, top, right, bottom = cells[0][0], cells[0][1], cells[-1][2], cells[-1][3]
    for x0, y0, x1, y1 in front:
        assert min(x0, y0, width - x1, height - y1) > REACH
        assert x1 < left - 2 or x0 > right + 2 or y1 < top - 2 or y0 > bottom + 2
    # Each cut has a mark at both ends.
    cuts = Counter(
        round((x0 + x1) / 2, 1) if y1 - y0 > x1 - x0 else -round((y0 + y1) / 2, 1) for x0, y0, x1, y1 in front
    )
    assert set(cuts.values()) == {2}


def ink_within_reach(found: Printed, least: float) -> None:
    for piece in found.pieces:
        for thing in (*piece.glyphs, *piece.things):
            if thing["object_type"] != "char" or thing["text"].strip():
                left, top, right, bottom = box(thing)
                assert left - piece.box[0] > least - 0.1, thing
                assert piece.box[2] - right > least - 0.1, thing
                # The boxes of glyphs are higher than their ink.
                assert top - piece.box[1] > least - 2.5, thing
                assert piece.box[3] - bottom > least - 2.5, thing


def test_without_marks_the_cards_are_equal_parts_of_the_paper_and_nothing_is_out_of_reach():
    found = printed(deck_of(8), marks=False)
    assert found.marks(0) == []
    ink_within_reach(found, REACH)


def test_a_viewer_prints_in_its_own_size_on_the_right_edge():
    for flip, edge in (("long", "/DuplexFlipLongEdge"), ("short", "/DuplexFlipShortEdge")):
        wishes = printed(deck_of(1), flip=flip).reader.trailer["/Root"]["/ViewerPreferences"]
        assert (wishes["/Duplex"], wishes["/PrintScaling"]) == (edge, "/None")


# --- what stands on a card ----------------------------------------------------------------------------------------


def test_a_card_has_trail_and_question_on_the_front_answer_and_source_on_the_back():
    found = printed(
        "# Topic\n\n## Group\n\n### What *is* `it`?\n<!-- source: PEP 1 -->\n\n"
        "![a dot](dot.png) Look.\n\n```python\nprint(1)\n```\n\n<!-- answer -->\n\n- One\n- two\n",
        media={"dot.png": Media("dot.png", "image/png", PIXEL, 1, 1)},
    )
    [front], [back] = found.fronts.values(), found.backs.values()
    assert front.text.split("\n") == ["1.1", "Topic › Group", "What is it?", " Look.", "print(1)"]
    assert any(thing["object_type"] == "image" for thing in front.things)
    assert back.text.split("\n") == ["One", "two", "•  ", "•  ", "1.1", "PEP 1"]
    title = next(g for g in front.glyphs if g["text"] == "W")
    last = next(g for g in front.glyphs if g["text"] == "?")
    assert abs(title["x0"] + last["x1"] - front.box[0] - front.box[2]) < 1, "in the middle"


def test_a_question_stands_in_the_middle_of_what_is_free():
    found = printed("# T\n\n## Q\n\nA\n")
    [front] = found.fronts.values()
    question = next(g for g in front.glyphs if g["text"] == "Q")
    free = front.rule[3], front.box[3] - 11.4
    assert abs((question["top"] + question["bottom"]) / 2 - sum(free) / 2) < 5


CLOZE = """# T

## A ==lock==<!-- hint: of doors --> on one side
<!-- card: cloze -->

It is ==c1:`shut`== or ==open==<!-- hint: c < d -->.

## Only above ==here==
<!-- card: cloze -->

```python
x = 1
```

<!-- answer -->

Below.

## A name
<!-- card: cloze -->

| ==left== | right |
|---|---|
| a | ==b== |
"""


def test_a_cloze_card_hides_all_blanks_at_once_and_the_back_shows_them_marked():
    found = printed(CLOZE)
    fronts = [re.sub(r"\s", "", piece.text) for piece in found.fronts.values()]
    backs = [re.sub(r"\s", "", piece.text) for piece in found.backs.values()]
    assert fronts == [
        "1.1TA[ofdoors]ononesideItis[…]or[c<d].",
        "1.2TOnlyabove[…]x=1",
        "1.3TAname[…]righta[…]",
    ]
    assert backs == ["AlockononesideItisshutoropen.1.1", "OnlyabovehereBelow.1.2", "leftrightab1.3"]
    yellow = [
        t
        for p in found.backs.values()
        for t in p.things
        if t["object_type"] == "rect" and t["non_stroking_color"] == pytest.approx((1, 0.941176, 0.658824), abs=0.01)
    ]
    assert len(yellow) == 6
    assert [title for level, title, _ in bookmarks(found) if level == 2] == [
        "1.1 A [of doors] on one side",
        "1.2 Only above […]",
        "1.3 A name",
    ], "no bookmark tells"


def test_a_reversed_card_is_one_card_and_says_so():
    found = printed("# T\n\n## Term\n<!-- card: reversed -->\n\nMeaning.\n\n## Q\n\nA\n")
    assert [*found.fronts] == [*found.backs] == ["⇄ 1.1", "1.2"]
    assert [piece.text.startswith("⇄ 1.1") for piece in found.fronts.values()] == [True, False]
    assert found.backs["⇄ 1.1"].words == "Meaning"


def test_an_output_card_asks_the_code_and_answers_the_output():
    found = printed("# T\n\n## What?\n<!-- card: output -->\n\n```python\nprint(2)\n```\n\n```output\n2\n```\n\nWhy.\n")
    assert found.fronts["1.1"].text.endswith("What?\nprint(2)")
    assert found.backs["1.1"].text == "2\nWhy.\n1.1"


def test_what_is_only_for_the_deck_is_a_flashcard_and_what_is_only_for_the_sheet_is_none():
    found = printed(
        "# A\n\n## Asked\n<!-- only: deck -->\n\nx\n\n## Shown\n<!-- only: sheet -->\n\ny\n",
        "# B\n<!-- only: deck -->\n\n## C\n\nz\n",
        "# D\n\n## E\n\nw\n",
    )
    assert [piece.text.split("\n")[-1] for piece in found.fronts.values()] == ["Asked", "C", "E"]
    assert [*found.fronts] == ["1.1", "3.1", "2.1"], (
        "topics are numbered as on the sheet, those that are not there last"
    )


def test_the_numbers_of_topics_are_those_of_the_sheet():
    found = printed(
        "# Introduction\n\n## Read this\n<!-- only: sheet -->\n\nx\n\n# Same\n\n## A\n\na\n\n# Same\n\n## B\n\nb\n\n## C\n\nc\n"
    )
    assert [*found.fronts] == ["2.1", "3.1", "3.2"]


def test_a_trail_and_a_source_of_many_words_are_printed_whole():
    trail, source = ("level " * 60, "where it is from " * 40)
    found = printed(f"# {trail}\n\n## {trail}\n\n### Q\n<!-- source: {source} -->\n\nA\n", per_page=16)
    [front], [back] = found.fronts.values(), found.backs.values()
    assert letters(front.text) == "11" + letters(trail * 2) + "Q"
    assert letters(back.text) == "A" + letters(source) + "11"


def bookmarks(found: Printed) -> Iterator[tuple[int, str, tuple[int, float, float]]]:
    def walk(entries: list[Any], level: int) -> Iterator[tuple[int, str, tuple[int, float, float]]]:
        for entry in entries:
            if isinstance(entry, list):
                yield from walk(entry, level + 1)
            else:
                page = found.reader.get_destination_page_number(entry)
                assert page is not None
                yield level, entry.title, (page, float(entry["/Left"]), found.pages[page].height - float(entry["/Top"]))

    return walk(found.reader.outline, 1)


def test_bookmarks_lead_to_the_cards_below_their_topics():
    found = printed("# One\n\n## A\n\na\n\n## B\n\nb\n", "# Two\n\n## C\n\nc\n")
    assert [(level, title) for level, title, _ in bookmarks(found)] == [
        (1, "1 One"),
        (2, "1.1 A"),
        (2, "1.2 B"),
        (1, "2 Two"),
        (2, "2.1 C"),
    ]
    for level, title, (page, x, y) in bookmarks(found):
        number = title.split()[0] if level == 2 else f"{title.split()[0]}.1"
        front = found.fronts[number]
        assert page == front.page
        assert front.box[0] < x < front.box[2]
        assert front.box[1] < y < front.box[3]


# --- the notes that are shipped, and those with everything in them -------------------------------------------------


def known(path: Path) -> Build:
    notes = project.understood(project.read(path))
    found = identity.assign(notes.cards, notes.ledger, 0)
    return Build(notes.deck, notes.library, found.cards, found.tombstones)


def printed_from(path: Path, **layout: Any) -> tuple[Build, Printed]:
    made = known(path)
    return made, Printed(render(made, FlashcardLayout(**layout), KEPT), layout.get("per_page", 8))


@pytest.fixture(scope="module")
def shipped(tmp_path_factory) -> tuple[Build, Printed]:
    return printed_from(some_of_the_shipped(tmp_path_factory.mktemp("shipped")))


def some_of_the_shipped(folder: Path) -> Path:
    """A folder with every seventh topic of the shipped notes: all of them would take a minute."""
    for note in sorted((ROOT / "source").glob("*.md"))[::7]:
        shutil.copy(note, folder)
    return folder


@pytest.fixture(scope="module")
def everything() -> tuple[Build, Printed]:
    return printed_from(ROOT / "tests" / "notes" / "everything.md")


@pytest.fixture(scope="module")
def small() -> tuple[Build, Printed]:
    return printed_from(ROOT / "tests" / "notes" / "everything.md", per_page=16, paper="Letter")


@pytest.fixture(params=["shipped", "everything", "small"])
def real(request: pytest.FixtureRequest) -> tuple[Build, Printed]:
    return request.getfixturevalue(request.param)


def on_paper(html: str) -> str:
    """The letters of neutral HTML: what a picture shows is on paper, too, and not in it."""
    return letters(words_of(re.sub(r"<img[^>]*>", "", html)))


def sides(card: Card) -> tuple[str, str]:
    """The letters of question and answer, those of blanks left out in front."""
    hidden = [
        re.sub(r"<mark[^>]*>.*?</mark>", "", block.html, flags=re.DOTALL) for block in (card.heading, *card.question)
    ]
    front = hidden if card.kind is Kind.CLOZE else [block.html for block in (card.heading, *card.question)]
    return "".join(map(on_paper, front)), "".join(on_paper(block.html) for block in card.answer) + letters(card.source)


def holds(text: str, wanted: str) -> bool:
    """Whether all letters of `wanted` are in `text`, in this order."""
    left = iter(text)
    return all(letter in left for letter in wanted)


def parts(pieces: dict[str, Piece], number: str) -> str:
    """The letters on all pieces of a card, in order."""
    mine = [piece for name, piece in pieces.items() if name.removeprefix("⇄ ").split(" ")[0] == number]
    return "".join(piece.words for piece in mine)


def test_every_word_of_every_card_is_on_it(real):
    made, found = real
    numbers = list(dict.fromkeys(name.removeprefix("⇄ ").split(" ")[0] for name in found.fronts))
    assert len(numbers) == len(made.cards) > 20
    for number, each in zip(numbers, made.cards, strict=True):
        card = each.card
        front, back = sides(card)
        shown = parts(found.fronts, number)
        assert holds(shown, letters("".join(card.trail)) + front), card.heading.text
        assert holds(parts(found.backs, number), back), card.heading.text
        if number in found.backs and not card.pictures and card.kind is not Kind.CLOZE:
            numbers_of_items = sum(block.html.count("<li>") for block in card.answer)
            assert len(parts(found.backs, number)) - len(back) <= numbers_of_items, "and nothing else"


def test_all_ink_is_on_a_card_and_off_its_edge(real):
    ink_within_reach(real[1], 11.4)


def test_backs_lie_behind_fronts_whatever_is_on_them(shipped, small):
    for _, found in (shipped, small):
        single = Printed(found.made, found.per_page)
        single.pages = found.pages
        short = {
            name
            for name, piece in found.fronts.items()
            if piece.rule[1] - piece.box[1] < 22 and found.backs[name].box[3] - found.backs[name].rule[3] < 22
        }
        assert len(short) > 10
        single.fronts = {name: piece for name, piece in found.fronts.items() if name in short}
        single.backs = {name: piece for name, piece in found.backs.items() if name in short}
        assert misregistered(single, "long") < 0.1


def test_each_face_is_embedded_once(shipped):
    fonts = shipped[1].reader.pages[0]["/Resources"]["/Font"]
    names = [font.get_object()["/BaseFont"].partition("+")[2] for font in fonts.values()]
    assert len(names) == len(set(names))
    assert len({page["/Resources"].indirect_reference for page in shipped[1].reader.pages} - {None}) <= 1


# --- structure ----------------------------------------------------------------------------------------------------


@dataclass
class Told:
    """What a reader of the structure hears, in order: kind of element, page and mark."""

    elements: list[str]
    marks: list[tuple[int, int]]


def told(found: Printed) -> Told:
    reader = found.reader
    pages = {page.indirect_reference.idnum: number for number, page in enumerate(reader.pages)}
    heard = Told([], [])

    def walk(element: Any, page: int) -> None:
        heard.elements.append(str(element["/S"]))
        page = pages[element.raw_get("/Pg").idnum] if "/Pg" in element else page
        kids = element.get("/K", [])
        for each in kids if isinstance(kids, list) else [kids]:
            kid = each.get_object() if hasattr(each, "get_object") else each
            if isinstance(kid, int):
                heard.marks.append((page, int(kid)))
            elif kid.get("/Type") == "/MCR":
                heard.marks.append((pages[kid.raw_get("/Pg").idnum], int(kid["/MCID"])))
            elif kid.get("/Type") != "/OBJR":
                walk(kid, page)

    root = reader.trailer["/Root"]["/StructTreeRoot"]
    for each in root["/K"]:
        walk(each.get_object(), -1)
    return heard


def test_all_marked_content_is_in_the_tree_once_fronts_before_backs(real):
    _, found = real
    heard = told(found)
    assert len(heard.marks) == len(set(heard.marks))
    for number, page in enumerate(found.reader.pages):
        drawn = re.findall(rb"/MCID (\d+)", page.get_contents().get_data())
        assert sorted(int(each) for each in drawn) == sorted(mark for at, mark in heard.marks if at == number)
    if not any("/" in number for number in found.fronts):
        assert [page for page, _ in heard.marks] == sorted(page for page, _ in heard.marks)
    assert heard.elements.count("/H1") == len(found.fronts)
    assert not {"/H2", "/H3", "/H4"} & {*heard.elements}
    assert heard.elements.count("/Art") == len(found.fronts) + len(found.backs)
    root = found.reader.trailer["/Root"]
    assert root["/MarkInfo"]["/Marked"]
    assert root["/Lang"] == "en"
    assert found.reader.metadata.title.endswith(" · flashcards")


def test_pages_read_in_the_order_of_the_numbers():
    found = printed(deck_of(8))
    for page, side in ((0, "Q"), (1, "A")):
        text = found.reader.pages[page].extract_text()
        assert re.findall(rf"{side}(\d)", text) == list("01234567")


# --- size ---------------------------------------------------------------------------------------------------------


def size_of(side: str, note: str, **layout: Any) -> float:
    found = printed(note, **layout)
    [piece] = (found.fronts if side == "front" else found.backs).values()
    return piece.size


def test_text_is_as_large_as_it_fits_and_no_larger_than_it_may_be():
    sizes = [size_of("back", f"# T\n\n## Q\n\n{'Answer. ' * count}\n") for count in (1, 40, 80, 160, 320)]
    assert sizes[0] == 14
    assert sizes == sorted(sizes, reverse=True)
    assert len(set(sizes)) > 3
    assert sizes[-1] >= 5
    assert all(size * 2 == int(size * 2) for size in sizes)
    assert size_of("front", "# T\n\n## Q\n\nA\n", size=40) == 40
    assert size_of("front", "# T\n\n## Q\n\nA\n", size=5) == 6.5, "only the small text is larger"


@pytest.mark.parametrize("per_page", [4, 8, 16])
def test_the_next_larger_size_does_not_fit(per_page):
    """Against all sizes, one by one."""
    made = known(ROOT / "tests" / "notes" / "everything.md")
    layout = FlashcardLayout(per_page=per_page)
    style = fitting.style(layout)
    for each in made.cards[3::5]:
        sides = markup.printed(made.deck, each.card, made.library, layout.inside[0], frozenset)
        search = fitting._Fitting(sides, layout, style)
        search.found()
        for found in search.searches:
            heights: list[float] = []
            pages = [found.page(number).html for number in range(found.first, len(found.sizes))]
            galley.galley(
                sides.document(pages),
                style,
                search.media,
                (),
                lambda all_, h=heights: h.extend(x for _, x in all_) or [],
            )
            fits = [number for number, height in enumerate(heights, found.first) if height <= found.room + 0.01]
            assert found.fits == (fits[0] if fits else None)


def test_code_is_set_smaller_rather_than_wrapped():
    line = "value = function(first, second, third, fourth)  # and why"
    found = printed(f"# T\n\n## Q\n\n```python\n{line}\n```\n")
    assert "↩" not in found.backs["1.1"].text
    assert 7.5 * 0.83 <= found.backs["1.1"].size < 10
    assert found.made.diagnostics == ()


def test_a_line_that_is_longer_than_any_card_is_wrapped_with_a_mark_and_told():
    line = "value = function(" + ", ".join(f"argument_{n}={n}" for n in range(9)) + ")"
    note = f"# T\n\n## Q\n\n> ```python\n> short = 1\n> {line}\n> ```\n\n## R\n<!-- only: deck -->\n\n```\n{'x' * 200}\n```\n"
    found = printed(note)
    shown = found.backs["1.1"]
    assert shown.text.count("↩") >= 1
    assert letters(line) in letters(shown.text)
    assert [(d.code, d.span.line, d.message, d.hint) for d in found.made.diagnostics] == [
        (
            "P004",
            7,
            "this line is wrapped on the flashcard: there is room for 58 characters",
            "break it, or have fewer flashcards on a page",
        ),
        (
            "P004",
            14,
            "this line is wrapped on the flashcard: there is room for 53 characters",
            "break it, or have fewer flashcards on a page",
        ),
    ]


# --- what fits on no card -----------------------------------------------------------------------------------------


PARAGRAPH = " ".join(f"word{n}" for n in range(900))
CODE = "\n".join(f"line_{n} = {n}" for n in range(150))
TABLE = "| a | b |\n|---|---|\n" + "\n".join(f"| cell{n} | {'more ' * 9}{n} |" for n in range(70))
LONG = {
    "a paragraph": PARAGRAPH,
    "code": f"```python\n{CODE}\n```",
    "a table": TABLE,
    "a row": f"| a | b |\n|---|---|\n| {PARAGRAPH} | b |",
    "a list": "\n".join(f"- item{n} {'more ' * 12}" for n in range(90)),
    "a callout": f"> [!NOTE]\n> {PARAGRAPH}",
    "code in a callout": "> [!NOTE]\n> ```python\n" + "\n".join(f"> {line}" for line in CODE.split("\n")) + "\n> ```",
    "a quote": f"> {PARAGRAPH}",
    "pictures": "\n\n".join(f"![p](tall.svg)\n\nNo {n}" for n in range(12)),
}


@pytest.mark.parametrize("kind", LONG)
@pytest.mark.parametrize("per_page", [8, 16])
def test_what_fits_on_no_card_goes_on_over_several_and_nothing_is_lost(kind, per_page):
    text = LONG[kind]
    note = f"# T\n\n## Before\n\nx\n\n## Too much\n<!-- source: S -->\n\n{text}\n\n## After\n\ny\n"
    found = printed(note, media={"tall.svg": DRAWING}, per_page=per_page)
    [told] = [d for d in found.made.diagnostics if d.code == "P006"]
    pieces = int(told.message.split()[-1])
    assert told == Diagnostic(
        "P006",
        told.span,
        f"the answer to 'Too much' fits on no flashcard and goes on over {pieces}",
        f"split it, or write per_page = {per_page // 2} below [flashcards]",
    )
    assert told.span.line == 7
    numbers = ["1.1", *(f"1.2 · {n}/{pieces}" for n in range(1, pieces + 1)), "1.3"]
    assert [*found.fronts] == [*found.backs] == numbers
    assert all("Too much" in found.fronts[number].text for number in numbers[1:-1]), "the question is on each of them"
    wanted = (
        on_paper(build(note, media={}).cards[1].card.answer[0].html)
        if kind != "pictures"
        else "".join(f"No{n}" for n in range(12))
    )
    shown = "".join(found.backs[number].words.removesuffix("S") for number in numbers[1:-1])
    if kind in ("a table", "a row"):  # its head stands on each piece, and a row is drawn cell by cell
        assert not Counter(wanted) - Counter(shown)
    else:
        assert shown == wanted
    assert misregistered(found, "long") < 0.1
    ink_within_reach(found, 11.4)
    if kind == "pictures":
        pictures = [
            t for n in numbers[1:-1] for t in found.backs[n].things if t["object_type"] == "rect" and t["height"] > 30
        ]
        assert len(pictures) == 12


def test_a_question_that_fits_on_no_card_goes_on_too():
    question = "# T\n\n## Q\n\n" + PARAGRAPH + "\n\n<!-- answer -->\n\nShort.\n"
    found = printed(question)
    [told] = found.made.diagnostics
    assert told.message == "the question 'Q' fits on no flashcard and goes on over 4"
    assert holds(letters("".join(piece.text for piece in found.fronts.values())), letters(PARAGRAPH))
    assert all("Short." in piece.text for piece in found.backs.values())
    both = printed(question.replace("Short.", PARAGRAPH + " " + PARAGRAPH))
    assert [*both.fronts] == [f"1.1 · {n}/{len(both.fronts)}" for n in range(1, len(both.fronts) + 1)]
    assert holds(letters("".join(piece.text for piece in both.backs.values())), letters(PARAGRAPH * 2))


def test_the_largest_cards_have_no_larger_ones():
    found = printed(f"# T\n\n## Q\n\n{PARAGRAPH * 6}\n", per_page=2)
    assert [d.hint for d in found.made.diagnostics] == ["split it"]


def test_a_card_of_several_pieces_is_set_as_large_as_fits_on_these():
    found = printed(f"# T\n\n## Q\n\n{PARAGRAPH}\n")
    assert min(piece.size for piece in found.backs.values()) > 5


# --- remarks, cache, sameness -------------------------------------------------------------------------------------


def test_remarks_are_told_at_their_place_also_where_only_the_deck_has_it():
    note = "# T\n<!-- only: deck -->\n\n## A\n\nx\n\ny 漢\n\n![p](bad.svg)\n"
    bad = Media("bad.svg", "image/svg+xml", b"<svg", None, None)
    found = printed(note, media={"bad.svg": bad})
    assert [(d.code, d.span.line) for d in found.made.diagnostics] == [("P001", 8), ("P002", 10)]
    again = printed(note, media={"bad.svg": bad})
    assert again.made.diagnostics == found.made.diagnostics, "and from the cache"


@pytest.fixture
def counted(monkeypatch) -> list[str]:
    """The documents that are laid out."""
    found: list[str] = []
    laid_out = galley.galley

    def counting(html: str, *rest: Any) -> Any:
        found.append(html)
        return laid_out(html, *rest)

    monkeypatch.setattr(galleys, "_cores", lambda: 1)
    monkeypatch.setattr(galley, "galley", counting)
    return found


def test_only_cards_that_changed_are_laid_out_again(counted):
    kept = Kept()
    notes = deck_of(9)
    first = render(build(notes), FlashcardLayout(), kept).pdf
    assert len(counted) == 9, "one look at each is enough"
    counted.clear()
    assert render(build(notes), FlashcardLayout(), kept).pdf == first
    assert counted == []
    edited = build(notes.replace("A4.", "Another answer."))
    changed = render(edited, FlashcardLayout(), kept).pdf
    assert len(counted) == 1
    assert changed == render(edited, FlashcardLayout()).pdf, "as without a cache"
    assert render(build(notes), FlashcardLayout(), kept).pdf == first, "and back"
    counted.clear()
    render(build("# Before\n\n## Q\n\nA\n", notes), FlashcardLayout(flip="short", paper="A4"), kept)
    assert len(counted) == 1, "neither a topic in front nor the printer concerns the others"


def test_one_process_or_two_give_the_same_bytes(monkeypatch):
    made = build(deck_of(6))
    monkeypatch.setattr(galleys, "_cores", lambda: 1)
    one = render(made, FlashcardLayout()).pdf
    monkeypatch.setattr(galleys, "_cores", lambda: 2)
    assert render(made, FlashcardLayout()).pdf == one


def test_progress_is_told_card_by_card():
    heard: list[tuple[int, int]] = []
    render(build(deck_of(3)), FlashcardLayout(), None, lambda done, of: heard.append((done, of)))
    assert heard == [(1, 3), (2, 3), (3, 3)]
