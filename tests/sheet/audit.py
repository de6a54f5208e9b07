"""What is wrong with a finished sheet: found in the PDF, against the words of its notes and the numbers of its Layout.

Each check returns what it found, in words; nothing found is an empty list. `audited` is all of them.
"""

from __future__ import annotations

import re
import unicodedata
from bisect import bisect_right
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from html import unescape
from itertools import pairwise

from interview_helper.model import Only, Section, Source
from interview_helper.outputs.sheet import Layout
from interview_helper.parse import parse

from sheet.book import Book, Element, Link, Place
from sheet.drawn import Box, Color, Glyph, Mark, Paint, Run, number_of, resolved
from sheet.faces import Face
from sheet.readers import read_by_pdfium, read_by_poppler

EDGE = 14.17  # points of 5 mm, which a printer can't reach
HAIR = 0.3  # points by which something may be off
CONTRAST = 4.5
FAMILIES = ("IBMPlexSansCond", "IBMPlexMono", "DejaVuSans")
FONT_BYTES = 60_000  # for notes in Latin letters
_SHOWN = 60  # characters of what is wrong that a finding shows


def audited(pdf: bytes, notes: Mapping[str, str], layout: Layout, *, maths: bool = False) -> list[str]:
    """All that is wrong with the sheet of these notes: texts by their paths, in the order in which it prints them."""
    audit = Audit(pdf, notes, layout, maths=maths)
    return [f"{check.__name__}: {words}" for check in CHECKS for words in check(audit)]


# --- the words of notes -----------------------------------------------------------------------------------------------

# What a layout puts in or leaves out: white space, hyphens at the ends of lines, the mark of a line that goes on.
_LOOSE = re.compile(r"[\s\u200b\u200c\u200d\ufeff\u2060\u00ad\u2010\u2011↩-]+")


def characters(text: str) -> str:
    """All characters of a text but white space and hyphens."""
    return _LOOSE.sub("", unicodedata.normalize("NFC", text))


def letters(text: str) -> str:
    """Letters and digits alone: what all readers of PDF agree on."""
    return "".join(re.findall(r"[^\W_]", unicodedata.normalize("NFKC", text)))


def shown(text: str) -> str:
    """A text as a finding names it."""
    return repr(text if len(text) <= _SHOWN else f"{text[:_SHOWN]}…")


@dataclass(frozen=True, slots=True)
class Words:
    """A piece of the notes: a heading with its level on the sheet, or a block below it, whose level is 0."""

    text: str
    level: int
    html: str


def noted(notes: Mapping[str, str], *, maths: bool = False) -> Iterator[Words]:
    """The pieces of all notes that stand on the sheet, in order."""

    def walk(section: Section, level: int) -> Iterator[Words]:
        if section.only is Only.DECK:
            return
        yield Words(section.title.text, level, section.title.html)
        yield from (Words(block.text, 0, block.html) for block in (*section.question, *section.answer))
        for below in section.sections:
            yield from walk(below, min(6, level + 1))

    for path, text in notes.items():
        for topic in parse(Source(path, text), maths=maths).document.topics:
            yield from walk(topic, 2)


# --- a book as its layout divides it ----------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True, order=True)
class Column:
    """A column, by its page and its number, both from 0."""

    page: int
    number: int

    def __str__(self) -> str:
        return f"page {self.page + 1}, column {self.number + 1}"


@dataclass(frozen=True, slots=True, eq=False)
class Step:
    """A marked content of the body that shows something, in reading order, with the element that owns it."""

    element: Element
    mark: Mark
    column: Column
    heading: Element | None  # that it is part of
    label: bool  # whether it is the sign or number of a list's item


class Audit:
    """A book, its notes and its layout, and what several checks need to know of them."""

    def __init__(self, pdf: bytes, notes: Mapping[str, str], layout: Layout, *, maths: bool = False) -> None:
        self.book = Book(pdf)
        self.layout = layout
        self.words = tuple(noted(notes, maths=maths))

    def edges(self, number: int) -> tuple[float, float]:
        """Where a column begins and ends."""
        left = self.layout.margin + number * (self.layout.column + self.layout.gap)
        return left, left + self.layout.column

    def column(self, page: int, left: float) -> Column:
        """The column in which something stands that begins at `left`; half of a gap belongs to each."""
        number = int((left - self.layout.margin + self.layout.gap / 2) // (self.layout.column + self.layout.gap))
        return Column(page, min(max(number, 0), self.layout.columns - 1))

    @cached_property
    def body(self) -> list[Run]:
        """The text with ink below the masthead, without heads and feet of pages, as it is drawn."""
        return [
            run
            for page in self.book.pages
            for run in page.runs
            if not run.blank and run.mark is not None and (run.page, run.mark) not in self.book.masthead
        ]

    @cached_property
    def steps(self) -> list[Step]:
        found = []
        for element in self.book.elements[self.book.first_topic :]:
            heading = element if element.level else next((e for e in element.above() if e.level), None)
            label = element.kind == "Lbl" or element.inside("Lbl")
            for mark in element.kids:
                if not isinstance(mark, Mark):
                    continue
                lefts = [run.box.left for run in mark.runs if not run.blank] or [p.box.left for p in mark.paints]
                if lefts:
                    found.append(Step(element, mark, self.column(mark.page, lefts[0]), heading, label))
        # Elements come before what is below them, marks in the order of the tree.
        order = {(mark.page, mark.number): n for n, mark in enumerate(self.book.top.marks())}
        return sorted(found, key=lambda step: order[step.mark.page, step.mark.number])

    def columns_of(self, runs: Iterable[Run]) -> dict[Column, Box]:
        """The columns that some runs with ink are in, and the box around them in each."""
        found: dict[Column, Box] = {}
        for run in runs:
            if not run.blank:
                column = self.column(run.page, run.box.left)
                found[column] = run.box.around(found[column]) if column in found else run.box
        return found

    @cached_property
    def top(self) -> float:
        """Where the columns of the first page begin: below its masthead."""
        found = [each.box.top for each in (*self.body, *self.body_paints) if each.page == 0]
        return min(found, default=self.layout.head)

    @cached_property
    def body_paints(self) -> list[Paint]:
        """What is filled, stroked or pictured in the columns: below the masthead or the head, and above the foot."""
        first = min((run.box.top for run in self.body if run.page == 0), default=self.layout.page[1])
        found = []
        for number, page in enumerate(self.book.pages):
            above = self.layout.head - 1.5 if number else first
            below = page.height - self.layout.foot + 1
            found += [paint for paint in page.paints if paint.box.bottom > above and paint.box.top < below]
        return found

    def heading_at(self, place: Place) -> Element | None:
        """The heading that a place is the corner of."""
        found: list[tuple[float, Element]] = []
        for heading, run in self._heading_starts.get(place.page, []):
            same = self.column(place.page, place.left + 1) == self.column(place.page, run.box.left)
            below = run.box.top - place.top
            if same and -2 < below < max(12.0, run.size):
                found.append((abs(below), heading))
        return min(found, key=lambda each: each[0])[1] if found else None

    @cached_property
    def _heading_starts(self) -> dict[int, list[tuple[Element, Run]]]:
        found: dict[int, list[tuple[Element, Run]]] = defaultdict(list)
        for heading in self.book.headings:
            run = next((run for run in heading.runs() if not run.blank), None)
            if run is not None:
                found[run.page].append((heading, run))
        return found


def page(number: int) -> str:
    return f"page {number + 1}"


# --- structure --------------------------------------------------------------------------------------------------------

_STANDARD = frozenset(
    """Document Part Art Sect Div BlockQuote Caption TOC TOCI Index NonStruct Private P H H1 H2 H3 H4 H5 H6 L LI Lbl
    LBody Table TR TH TD THead TBody TFoot Span Quote Note Reference BibEntry Code Link Annot Ruby RB RT RP Warichu WT
    WP Figure Formula Form""".split()  # noqa: SIM905
)
_PARENTS = {
    "LI": {"L"},
    "LBody": {"LI"},
    "TR": {"Table", "THead", "TBody", "TFoot"},
    "THead": {"Table"},
    "TBody": {"Table"},
    "TFoot": {"Table"},
    "TH": {"TR"},
    "TD": {"TR"},
    "TOCI": {"TOC"},
}
_KIDS = {
    "L": {"LI", "L", "Caption"},
    "LI": {"Lbl", "LBody"},
    "Table": {"TR", "THead", "TBody", "TFoot", "Caption"},
    "THead": {"TR"},
    "TBody": {"TR"},
    "TFoot": {"TR"},
    "TR": {"TH", "TD"},
    "TOC": {"TOC", "TOCI", "Caption"},
}


def reading(audit: Audit) -> list[str]:
    """What can't be made sense of: unbalanced operators, trees that loop, kids that are nothing."""
    book = audit.book
    _ = book.elements, book.links, book.names, book.bookmarks, book.parents  # each may find faults
    return list(dict.fromkeys(book.faults))


def content(audit: Audit) -> list[str]:
    """Everything drawn is in an artifact or in content that one element owns; both sides say so."""
    book = audit.book
    found = []
    for number, drawn in enumerate(book.pages):
        found += [
            f"{page(number)}: text outside marked content: {shown(run.text)}"
            for run in drawn.runs
            if run.mark is None and not run.artifact
        ]
        found += [
            f"{page(number)}: a {paint.kind} outside marked content at {paint.box.left:.0f}, {paint.box.top:.0f}"
            for paint in drawn.paints
            if paint.mark is None and not paint.artifact
        ]
        found += [f"{page(number)}: the operator {name!r} is not known" for name in sorted(drawn.unknown)]
    for (number, mcid), mark in book.marks.items():
        what = f"{page(number)}: MCID {mcid} ({shown(''.join(run.text for run in mark.runs))})"
        if mark.begun > 1:
            found.append(f"{what} begins {mark.begun} times")
        owners = book.owners.get((number, mcid), [])
        times = sum(kid is mark for owner in owners for kid in owner.kids)
        if times != 1:
            found.append(f"{what} is owned {times} times")
    return found + _parent_tree(book)


def _parent_tree(book: Book) -> list[str]:
    found = []
    pages = book.reader.pages
    keys = Counter(int(each["/StructParents"]) for each in pages if "/StructParents" in each)
    keys.update(link.parent_key for link in book.links.values() if link.parent_key is not None)
    found += [f"two things have the key {key} of the parent tree" for key, times in keys.items() if times > 1]
    found += [f"the parent tree has the key {key}, which nothing has" for key in book.parents.keys() - keys.keys()]
    after = (resolved(book.root.get("/StructTreeRoot")) or {}).get("/ParentTreeNextKey")
    if after is not None and book.parents and int(after) <= max(book.parents):
        found.append("the next key of the parent tree is taken")
    for number, each in enumerate(pages):
        mine = sorted(mcid for at, mcid in book.marks if at == number)
        if "/StructParents" not in each:
            found += [f"{page(number)} has marked content and no StructParents"] if mine else []
            continue
        owners = resolved(book.parents.get(int(each["/StructParents"])))
        if not isinstance(owners, list):
            found.append(f"{page(number)} is not in the parent tree")
            continue
        known = {mcid for mcid, owner in enumerate(owners) if number_of(owner)}
        if known != set(mine):
            found.append(f"{page(number)}: the parent tree has {len(known)} contents, the page {len(mine)}")
        for mcid in known.intersection(mine):
            said, has = number_of(owners[mcid]), book.owners.get((number, mcid), [])
            if [said] != [owner.number for owner in has]:
                found.append(f"{page(number)}: the parent tree gives MCID {mcid} to another element than owns it")
    return found


def elements(audit: Audit) -> list[str]:
    """Each element names who has it, is of a kind that readers know, and stands where its kind belongs."""
    found = []
    for element in audit.book.elements:
        kind, parent = element.kind, element.parent
        assert parent is not None
        what = f"{kind} {shown(element.text)}"
        if element.said_parent != parent.number:
            found.append(f"{what} names another parent than has it")
        if kind not in _STANDARD:
            found.append(f"{what} is of no standard kind")
        if kind in _PARENTS and parent.kind not in _PARENTS[kind]:
            found.append(f"{what} is in a {parent.kind}")
        if kind in _KIDS:
            odd = {k.kind if isinstance(k, Element) else type(k).__name__ for k in element.kids} - _KIDS[kind]
            found += [f"{what} has a {each}" for each in sorted(odd)]
    tops = [kid for kid in audit.book.top.kids if isinstance(kid, Element)]
    if [top.kind for top in tops] != ["Document"]:
        found.append(f"the tree has {[top.kind for top in tops]} at its top, not one Document")
    return found


def headings(audit: Audit) -> list[str]:
    """One H1, no level left out, and otherwise the headings of the notes."""
    found = []
    levels = [heading.level for heading in audit.book.headings]
    if levels[:1] != [1] or levels.count(1) != 1:
        found.append(f"the sheet has {levels.count(1)} H1 and begins with {levels[:1]}")
    for before, heading in pairwise(audit.book.headings):
        if heading.level > before.level + 1:
            found.append(f"H{heading.level} {shown(heading.text)} follows H{before.level} {shown(before.text)}")
    seen = [(heading.level, characters(_spoken(heading))) for heading in audit.book.headings if heading.level > 1]
    wanted = [(words.level, characters(words.text)) for words in audit.words if words.level and words.text.strip()]
    topics = 0
    for n, (level, words) in enumerate(wanted):
        topics += level == 2
        if n >= len(seen):
            found.append(f"H{level} {shown(words)} is no heading")
        elif seen[n] != (level, words) and seen[n] != (level, f"{topics}{words}"):
            found.append(f"H{level} {shown(words)} is H{seen[n][0]} {shown(seen[n][1])}")
            break
    return found


def lists(audit: Audit) -> list[str]:
    """Each list of the notes is one L, each item has a body, and numbers are said to be numbers."""
    found = []
    body = audit.book.elements[audit.book.first_topic :]
    lists_seen = [element for element in body if element.kind == "L"]
    wanted = sum(len(re.findall(r"<[uod]l\b", words.html)) for words in audit.words)
    if len(lists_seen) != wanted:
        found.append(f"the notes have {wanted} lists, the sheet {len(lists_seen)}")
    for each in lists_seen:
        items = [kid for kid in each.kids if isinstance(kid, Element) and kid.kind == "LI"]
        for item in items:
            kinds = [kid.kind for kid in item.kids if isinstance(kid, Element)]
            if kinds not in (["Lbl", "LBody"], ["LBody"]):
                found.append(f"an item {shown(item.text)} has {kinds}")
        labels = [label.text.strip() for item in items for label in item.kids if _is(label, "Lbl")]
        numbered = bool(labels) and all(re.fullmatch(r"\d+[.)]", label) for label in labels)
        numbering = each.attribute("/ListNumbering")
        if numbered != (numbering == "/Decimal"):
            found.append(f"a list {shown(each.text)} with the labels {labels[:3]} is said to be {numbering}")
    return found


def _is(kid: object, kind: str) -> bool:
    return isinstance(kid, Element) and kid.kind == kind


def tables(audit: Audit) -> list[str]:
    """Each table of the notes is one Table, its rows are as wide as each other, its heads say what they are heads of."""
    found = []
    seen = [element for element in audit.book.elements if element.kind == "Table"]
    wanted = sum(words.html.count("<table") for words in audit.words)
    if len(seen) != wanted:
        found.append(f"the notes have {wanted} tables, the sheet {len(seen)}")
    for table in seen:
        widths = Counter(_widths(table))
        if len(widths) > 1:
            found.append(f"a table {shown(table.text)} has rows of {sorted(widths)} cells")
        for head in table.below("TH"):
            if head.attribute("/Scope") not in ("/Column", "/Row", "/Both"):
                found.append(f"a head {shown(head.text)} of a table has no scope")
    return found


def _widths(table: Element) -> list[int]:
    """How many columns each row of a table takes, with what rows above reach down into it."""
    widths: list[int] = []
    reaching: list[int] = []  # for each cell that reaches down: rows left, once a column
    for row in table.below("TR"):
        taken = len(reaching)
        reaching = [left - 1 for left in reaching if left > 1]
        for cell in row.kids:
            if isinstance(cell, Element):
                across = int(cell.attribute("/ColSpan") or 1)
                taken += across
                reaching += [int(cell.attribute("/RowSpan") or 1) - 1] * across
        reaching = [left for left in reaching if left]
        widths.append(taken)
    return widths


def figures(audit: Audit) -> list[str]:
    """Figures and formulas have words that stand for them."""
    return [
        f"{page(mark.page)}: a {element.kind} has no alternative text"
        for element in audit.book.elements
        if element.kind in ("Figure", "Formula") and not str(element.values.get("/Alt", "")).strip()
        for mark in [next(element.marks(), Mark(0, 0))]
    ]


_CODE_BLOCK = re.compile(r"<pre><code[^>]*>(.*?)</code></pre>", re.DOTALL)


def codes(audit: Audit) -> list[str]:
    """Each block of code is one Code, however many lines and columns it has."""
    said = iter([characters(element.text) for element in audit.book.elements if element.kind == "Code"])
    wanted = [unescape(re.sub("<[^>]*>", "", inner)) for words in audit.words for inner in _CODE_BLOCK.findall(words.html)]
    missing = next((text for text in wanted if characters(text) and characters(text) not in said), None)
    return [] if missing is None else [f"the code {shown(missing)} is not one Code, or not in its place"]


def links(audit: Audit) -> list[str]:
    """Each annotation is a link with words, in one Link element, which it names and which names it."""
    found = []
    book = audit.book
    owners: dict[int, list[Element]] = defaultdict(list)
    for element in book.elements:
        for kid in element.kids:
            if isinstance(kid, Link):
                owners[kid.number].append(element)
        if element.kind == "Link" and not any(isinstance(kid, Link) for kid in element.kids):
            found.append(f"a Link {shown(element.text)} has no annotation")
    for number, link in book.links.items():
        what = f"{page(link.page)}: the link {shown(link.contents)} at {link.box.left:.0f}, {link.box.top:.0f}"
        if not link.contents.strip():
            found.append(f"{what} has no Contents")
        if [owner.kind for owner in owners[number]] != ["Link"]:
            found.append(f"{what} is in {[owner.kind for owner in owners[number]]}, not in one Link")
        if link.parent_key is None:
            found.append(f"{what} has no StructParent")
        elif number_of(book.parents.get(link.parent_key)) not in [owner.number for owner in owners[number]]:
            found.append(f"{what} is another element's in the parent tree")
    for number, each in enumerate(book.reader.pages):
        if resolved(each.get("/Annots")) and each.get("/Tabs") != "/S":
            found.append(f"{page(number)} has annotations, and its tabs are not in the order of the structure")
    return found


def catalog(audit: Audit) -> list[str]:
    """The document says that it is tagged, in which language, by which title, and that it is PDF/UA-1."""
    root = audit.book.root
    found = []
    if not (resolved(root.get("/MarkInfo")) or {}).get("/Marked"):
        found.append("it does not say that it is tagged")
    if not str(root.get("/Lang", "")):
        found.append("it has no language")
    if not (resolved(root.get("/ViewerPreferences")) or {}).get("/DisplayDocTitle"):
        found.append("its title is not displayed")
    metadata = resolved(root.get("/Metadata"))
    xmp = metadata.get_data().decode("utf-8") if metadata is not None else ""
    if not re.search(r"pdfuaid:part(?:>|=[\"'])1\b", xmp):
        found.append("its metadata do not say PDF/UA-1")
    title = re.search(r"<dc:title>.*?<rdf:li[^>]*>([^<]+)</rdf:li>", xmp, re.DOTALL)
    told = str((audit.book.reader.metadata or {}).get("/Title", ""))
    if title is None or unescape(title[1]) != told:
        found.append(f"its title is {shown(title[1] if title else '')} in the metadata and {shown(told)} elsewhere")
    if next((h for h in audit.book.headings if characters(h.text) == characters(told)), None) is None:
        found.append(f"its title {shown(told)} is no heading")
    return found


# --- words ------------------------------------------------------------------------------------------------------------


def _spoken(element: Element) -> str:
    """What is read out of an element: its text without labels, and the words that stand for its figures."""
    return "".join(text for text, _ in _sayings(element))


def _sayings(element: Element) -> Iterator[tuple[str, bool]]:
    """The same in pieces, with whether each stands for a figure."""
    if element.kind == "Lbl":
        return
    if element.kind in ("Figure", "Formula"):
        yield str(element.values.get("/Alt", "")), True
        return
    for kid in element.kids:
        if isinstance(kid, Mark):
            yield "".join(run.text for run in kid.runs), False
        elif isinstance(kid, Element):
            yield from _sayings(kid)


def words(audit: Audit) -> list[str]:
    """Every character of the notes is said once, in the order of the notes, and nothing else is."""
    pieces: list[str] = []
    figure: list[bool] = []
    body = {id(element) for element in audit.book.elements[audit.book.first_topic :]}

    # The masthead's elements are left out where their own content is; what holds both is gone through.
    def walk(element: Element) -> None:
        for kid in element.kids:
            if isinstance(kid, Element) and id(kid) in body:
                for text, stands_for in _sayings(kid):
                    pieces.append(characters(text))
                    figure.append(stands_for)
            elif isinstance(kid, Element):
                walk(kid)

    walk(audit.book.top)
    starts = [0]
    for piece in pieces:
        starts.append(starts[-1] + len(piece))
    said = "".join(pieces)
    found: list[str] = []

    def odd(start: int, end: int) -> None:
        """What is said between two places and stands in no note; a picture without words has its name."""
        first, last = bisect_right(starts, start) - 1, bisect_right(starts, end - 1) - 1
        if not all(figure[first : last + 1]):
            found.append(f"not in the notes: {shown(said[start:end])}")

    at = topics = 0
    for each in audit.words:
        topics += each.level == 2
        wanted = characters(each.text)
        if each.level == 2 and said.startswith(f"{topics}{wanted}", at):
            at += len(str(topics))
        place = said.find(wanted, at, at + len(wanted) + 200)
        if place < 0:
            same = next((n for n, pair in enumerate(zip(wanted, said[at:], strict=False)) if pair[0] != pair[1]), 0)
            found.append(f"lost or out of place: {shown(wanted[same:])}, where it says {shown(said[at + same :])}")
            after = said.find(wanted[-30:], at + same)
            at = after + len(wanted[-30:]) if 0 <= after < at + len(wanted) + 200 else at + same
            continue
        if place > at:
            odd(at, place)
        at = place + len(wanted)
    if at < len(said):
        odd(at, len(said))
    return found


def glyphs(audit: Audit) -> list[str]:
    """Each glyph says what it is, is one of its font's, as wide as it says, and wholly seen."""
    found = []
    for face in audit.book.faces.values():
        for code in sorted(face.drawn):
            says = face.codes.get(code, "")
            if not says or any(not _speaks(character) for character in says):
                found.append(f"the glyph {code} of {face.plain} says {says!r}")
            if face.glyph(code) == 0:
                found.append(f"{face.plain} draws the sign of a missing glyph for {says!r}")
            wide = face.advances.get(face.glyph(code))
            if wide is not None and abs(wide * 1000 - face.widths.get(code, face.default)) > 1.01:
                found.append(f"the glyph {code} of {face.plain} is not as wide as the font says")
    for drawn in audit.book.pages:
        found += [f"{page(run.page)}: cut away: {shown(run.text)}" for run in drawn.runs if run.clipped]
        found += [f"{page(run.page)}: painted over: {shown(run.text)}" for run in drawn.runs if run.hidden]
    return found


def _speaks(character: str) -> bool:
    return character not in "\0\ufffd\ufeff\ufffe" and not "\ue000" <= character <= "\uf8ff"


def pdfium(audit: Audit) -> list[str]:
    """pdfium (Chrome, Edge) reads each page's words in the order of the structure, from its tree and as drawn.

    As drawn, signs and numbers of lists may stand elsewhere.
    """
    chunks: dict[int, list[tuple[str, bool]]] = defaultdict(list)
    before: Element | None = None
    for element, mark in _owned(audit.book.top):
        block = _block_of(element)
        text = letters("".join(run.text for run in mark.runs))
        here = chunks[mark.page]
        if block is before and here:
            text = here.pop()[0] + text
        here.append((text, block.kind == "Lbl"))
        before = block
    found = []
    for number, read in enumerate(read_by_pdfium(audit.book.pdf)):
        wanted = "".join(text for text, _ in chunks[number])
        found += [f"{page(number)}: the tree {words}" for words in _differs(letters(read.tree), wanted)]
        drawn = letters(read.drawn)
        at = 0
        for text, is_label in chunks[number]:
            place = drawn.find(text, at)
            if place >= 0 and not is_label:
                at = place + len(text)
            elif not is_label:
                found.append(f"{page(number)}: {shown(text)} is not drawn where it is read: {shown(drawn[at:])}")
    return found


def _differs(read: str, wanted: str) -> list[str]:
    if read == wanted:
        return []
    pairs = enumerate(zip(read, wanted, strict=False))
    at = next((n for n, (one, other) in pairs if one != other), min(len(read), len(wanted)))
    return [f"reads {shown(read[at:])} where it should {shown(wanted[at:])}"]


def _owned(element: Element) -> Iterator[tuple[Element, Mark]]:
    for kid in element.kids:
        if isinstance(kid, Mark):
            yield element, kid
        elif isinstance(kid, Element):
            yield from _owned(kid)


_BLOCKS = frozenset(["P", "H1", "H2", "H3", "H4", "H5", "H6", "Lbl", "LBody", "TH", "TD", "TOCI", "Figure"])


def _block_of(element: Element) -> Element:
    return next((e for e in (element, *element.above()) if e.kind in _BLOCKS), element)


def poppler(audit: Audit) -> list[str]:
    """poppler reads the whole tree's words in its order. It is slow, so this is none of `CHECKS`."""
    read = read_by_poppler(audit.book.pdf)
    if read is None:
        return []
    text, said = read
    wanted = letters("".join(run.text for run in audit.book.top.runs()))
    return [*(f"says {line}" for line in said), *_differs(letters(text), wanted)]


# --- geometry ---------------------------------------------------------------------------------------------------------


def columns(audit: Audit) -> list[str]:
    """All text and all boxes of the body are in their column, between the heads and the feet of pages."""
    found = []
    for run in audit.body:
        column = audit.column(run.page, run.box.left)
        start, end = audit.edges(column.number)
        inked = [glyph for glyph in run.glyphs if glyph.ink is not None]
        left, right = inked[0].origin, inked[-1].origin + inked[-1].advance
        out = max(start - left, right - end)
        if out > HAIR:
            found.append(f"{column}: {shown(run.text)} is {out:.2f} pt outside")
        low = run.box.bottom - (audit.book.pages[run.page].height - audit.layout.foot)
        high = (audit.layout.head if run.page else 0) - run.box.top
        if max(low, high) > HAIR:
            found.append(f"{column}: {shown(run.text)} is {max(low, high):.2f} pt above or below")
    for paint in audit.body_paints:
        column = audit.column(paint.page, paint.box.left)
        start, end = audit.edges(column.number)
        if audit.layout.columns > 1 and paint.box.right - paint.box.left < audit.layout.gap and _in_gap(audit, paint):
            continue
        out = max(start - paint.box.left, paint.box.right - end)
        if out > HAIR:
            found.append(f"{column}: a {paint.kind} at {paint.box.top:.0f} is {out:.2f} pt outside")
    return found


def _in_gap(audit: Audit, paint: Paint) -> bool:
    """Whether it is the line between two columns."""
    numbers = range(audit.layout.columns - 1)
    return any(audit.edges(n)[1] + 1 < paint.box.left and paint.box.right < audit.edges(n + 1)[0] - 1 for n in numbers)


def edges(audit: Audit) -> list[str]:
    """Nothing is where a printer can't reach."""
    found = []
    for number, drawn in enumerate(audit.book.pages):
        reached = Box(EDGE, EDGE, drawn.width - EDGE, drawn.height - EDGE)
        for what, box in (
            *((f"text {shown(run.text)}", run.box) for run in drawn.runs if not run.blank),
            *((f"a {paint.kind}", paint.box) for paint in drawn.paints),
        ):
            if box.cut(reached) != box:
                found.append(f"{page(number)}: {what} is nearer than 5 mm to the edge: {_rounded(box)}")
    return found


def _rounded(box: Box) -> tuple[int, ...]:
    return tuple(round(each) for each in box)


_BAND = 10.0


def overlaps(audit: Audit) -> list[str]:
    """No glyph lies on another."""
    found = []
    for number, drawn in enumerate(audit.book.pages):
        bands: dict[int, list[Run]] = defaultdict(list)
        for run in drawn.runs:
            if run.blank:
                continue
            for one, other in pairwise(glyph for glyph in run.glyphs if glyph.ink is not None):
                if _on(one, other, 0.6):
                    found.append(f"{page(number)}: {other.text!r} lies on {one.text!r} in {shown(run.text)}")
            for band in range(int(run.box.top // _BAND), int(run.box.bottom // _BAND) + 1):
                bands[band].append(run)
        for band, runs in bands.items():
            runs.sort(key=lambda run: run.box.left)
            for n, run in enumerate(runs):
                for m in range(n + 1, len(runs)):
                    other_run = runs[m]
                    if other_run.box.left >= run.box.right:
                        break
                    shared = run.box.cut(other_run.box)
                    # Each pair is looked at once, in the first band that has both.
                    if shared.bottom - shared.top < 0.5 or int(max(run.box.top, other_run.box.top) // _BAND) != band:
                        continue
                    pairs = ((a, b) for a in run.glyphs for b in other_run.glyphs if _on(a, b, 0.5))
                    hit = next(pairs, None)
                    if hit is not None:
                        found.append(
                            f"{page(number)}: {hit[1].text!r} of {shown(other_run.text)} lies on {shown(run.text)}"
                        )
    return found


def _on(one: Glyph, other: Glyph, share: float) -> bool:
    """Whether two glyphs share so much of the smaller one's width and height; an accent may lie on its letter."""
    if one.ink is None or other.ink is None or _accent(one) or _accent(other):
        return False
    both = one.ink.cut(other.ink)
    wide, high = both.right - both.left, both.bottom - both.top
    return (
        wide > share * min(one.ink.right - one.ink.left, other.ink.right - other.ink.left)
        and high > share * min(one.ink.bottom - one.ink.top, other.ink.bottom - other.ink.top)
        and wide > 0
        and high > 0
    )


def _accent(glyph: Glyph) -> bool:
    return glyph.advance < 0.01 or unicodedata.category(glyph.text[:1] or "x") in ("Mn", "Me")


_CALLOUTS = frozenset(["Note", "Tip", "Important", "Warning", "Caution"])


def orphans(audit: Audit) -> list[str]:
    """No heading, callout's title or head of a table stands without what is its own in its column."""
    found = []
    steps = audit.steps
    for n, step in enumerate(steps):
        heading = step.heading
        if heading is not None and (n + 1 == len(steps) or steps[n + 1].heading is not heading):
            # A heading of the same or a higher level ends what is this one's own.
            for after in steps[n + 1 :]:
                if after.label:
                    continue
                if after.heading is not None and after.heading.level <= heading.level:
                    break
                if after.column != step.column:
                    found.append(f"{step.column}: {shown(heading.text)} stands without its text")
                    break
                if after.heading is None:
                    break
        elif heading is None and n + 1 < len(steps) and steps[n + 1].column != step.column:
            block = _block_of(step.element)
            if block.text.strip() in _CALLOUTS:
                found.append(f"{step.column}: the callout's {shown(block.text)} stands without its text")
    for heading in audit.book.headings:
        if heading.level > 1 and len(audit.columns_of(heading.runs())) > 1:
            found.append(f"the heading {shown(heading.text)} is in two columns")
    for table in (element for element in audit.book.elements if element.kind == "Table"):
        rows = list(table.below("TR"))
        for row, after in pairwise(rows):
            if all(_is(cell, "TH") for cell in row.kids):
                here, there = audit.columns_of(row.runs()), audit.columns_of(after.runs())
                if here and there and max(here) != min(there):
                    found.append(f"{max(here)}: the head {shown(row.text)} stands without its table")
    return found


def splits(audit: Audit) -> list[str]:
    """No block of code and no row of a table is in two columns, unless it is taller than one."""
    found = []
    for element in audit.book.elements[audit.book.first_topic :]:
        if element.kind == "TR" or (element.kind == "Code" and _is_block(element)):
            boxes = audit.columns_of(element.runs())
            height = sum(box.bottom - box.top for box in boxes.values())
            room = audit.layout.height
            if len(boxes) > 1 and height + 3 * audit.layout.size < room:
                what = "row" if element.kind == "TR" else "code"
                found.append(f"{min(boxes)}: the {what} {shown(element.text)} is split, and would fit one column")
    return found


def _is_block(code: Element) -> bool:
    """Whether a Code is a block of its own: nothing stands beside it in its paragraph."""
    block = _block_of(code)
    return block.kind != "P" or characters(block.text) == characters(code.text)


def fills(audit: Audit) -> dict[Column, float]:
    """How full each column is, but for those of the last page: where its lowest ink is, in heights of the column."""
    lowest: dict[Column, float] = {}
    boxes = [(run.page, run.box) for run in audit.body] + [
        (paint.page, paint.box) for paint in audit.body_paints if not _in_gap(audit, paint)
    ]
    for number, box in boxes:
        column = audit.column(number, box.left)
        lowest[column] = max(lowest.get(column, 0.0), box.bottom)
    found = {}
    for number in range(len(audit.book.pages) - 1):
        top = audit.layout.head if number else audit.top
        height = audit.book.pages[number].height - audit.layout.foot - top
        for at in range(audit.layout.columns):
            column = Column(number, at)
            found[column] = max(0.0, lowest.get(column, top) - top) / height
    return found


# --- navigation -------------------------------------------------------------------------------------------------------


def destinations(audit: Audit) -> list[str]:
    """Each link leads to an address or to a heading."""
    found = []
    book = audit.book
    found += [f"{name!r} is on no page" for name, place in book.names.items() if place is None]
    for link in book.links.values():
        if isinstance(link.to, str) and link.to.startswith("uri:"):
            continue
        place = book.where(link.to)
        what = f"{page(link.page)}: the link {shown(link.contents)} to {link.to!r}"
        if place is None:
            found.append(f"{what} leads nowhere")
        elif audit.heading_at(place) is None:
            found.append(f"{what} leads to no heading: page {place.page + 1}, {place.left:.0f}, {place.top:.0f}")
    return found


def bookmarks(audit: Audit) -> list[str]:
    """Each heading below the title has its bookmark, in order and at its depth, which leads to it."""
    found = []
    seen = audit.book.bookmarks
    wanted = [heading for heading in audit.book.headings if heading.level > 1]
    if len(seen) != len(wanted):
        found.append(f"{len(wanted)} headings have {len(seen)} bookmarks")
    for (level, title, place), heading in zip(seen, wanted, strict=False):
        # The number of a topic may be no part of its heading's text.
        said, is_said = characters(heading.text), characters(title)
        same = said == is_said or (level == 1 and re.sub(r"^\d+", "", is_said) in (said, re.sub(r"^\d+", "", said)))
        if level != heading.level - 1 or not same:
            found.append(f"H{heading.level} {shown(heading.text)} has the bookmark {shown(title)} of level {level}")
            break
        if place is None or audit.heading_at(place) is not heading:
            found.append(f"the bookmark {shown(title)} leads elsewhere")
    return found


def contents(audit: Audit) -> list[str]:
    """The contents name the topics, or all headings of the first two levels, each with the page that it is on."""
    book = audit.book
    entries = [element for element in book.elements if element.kind == "TOCI"]
    if not audit.layout.contents:
        return [f"there are {len(entries)} entries of contents, and none are wanted"] if entries else []
    found = []
    led: list[Element] = []
    for entry in entries:
        runs = [run for mark in _own_marks(entry) for run in mark.runs if run.text.strip(" .")]
        title = characters("".join(run.text for run in runs[:-1]))
        number = runs[-1].text.strip() if runs else ""
        what = f"the entry {shown(''.join(run.text for run in runs))}"
        targets = {link.to for element in _own(entry) for link in element.kids if isinstance(link, Link)}
        place = book.where(next(iter(targets))) if len(targets) == 1 else None
        if place is None:
            found.append(f"{what} leads to {len(targets)} places or nowhere")
            continue
        if number != str(place.page + 1):
            found.append(f"{what} says page {number}, and leads to {place.page + 1}")
        heading = audit.heading_at(place)
        if heading is None or re.sub(r"^\d+", "", characters(heading.text)) != re.sub(r"^\d+", "", title):
            found.append(f"{what} leads to {shown(heading.text if heading else '')}")
        else:
            led.append(heading)
    wanted = [
        [heading for heading in book.headings if heading.level == 2],
        [heading for heading in book.headings if heading.level in (2, 3)],
    ]
    if not found and led not in wanted:
        found.append(f"they have {len(led)} entries for {len(wanted[0])} topics and {len(wanted[1])} headings")
    return found


def _own(entry: Element) -> Iterator[Element]:
    """An entry of contents and what is below it, without the entries below it."""
    yield entry
    for kid in entry.kids:
        if isinstance(kid, Element) and kid.kind not in ("TOC", "TOCI"):
            yield from _own(kid)


def _own_marks(entry: Element) -> Iterator[Mark]:
    for kid in entry.kids:
        if isinstance(kid, Mark):
            yield kid
        elif isinstance(kid, Element) and kid.kind not in ("TOC", "TOCI"):
            yield from _own_marks(kid)


# --- look and fonts ---------------------------------------------------------------------------------------------------


def contrast(color: Color, ground: Color) -> float:
    """How well a color stands out from its ground in grey, as WCAG 2 counts: 1 not at all, 21 black on white."""
    one, other = sorted((_luminance(color), _luminance(ground)))
    return (other + 0.05) / (one + 0.05)


def _luminance(color: Color) -> float:
    """By the weights of Rec. 709."""
    r, g, b = (c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in color)
    return 0.2126 * r + 0.7152 * g + 0.0722 * b


def contrasts(audit: Audit) -> list[str]:
    """All text can be read in grey."""
    pairs: dict[tuple[Color, Color], Run] = {}
    for drawn in audit.book.pages:
        for run in drawn.runs:
            for ground in run.grounds:
                pairs.setdefault((run.color, ground), run)
    return [
        f"{page(run.page)}: {shown(run.text)} is {_hex(color)} on {_hex(ground)}, {contrast(color, ground):.2f} : 1"
        for (color, ground), run in pairs.items()
        if contrast(color, ground) < CONTRAST
    ]


def _hex(color: Color) -> str:
    return "#" + "".join(f"{round(255 * each):02x}" for each in color)


def fonts(audit: Audit) -> list[str]:
    """Only our families are used, each face embedded once, in few bytes."""
    found = []
    faces = list(audit.book.faces.values())
    for face in faces:
        name = re.sub("[^A-Za-z]", "", face.plain)
        if not name.startswith(FAMILIES):
            found.append(f"{face.plain} is none of ours")
        if len(face.files) != 1:
            found.append(f"{face.plain} is embedded {len(face.files)} times")
        if not face.identity:
            found.append(f"{face.plain} has codes of its own, which pypdf and pdfminer can't read")
    found += [f"{name} has {n} fonts" for name, n in Counter(face.plain for face in faces).items() if n > 1]
    for n, face in enumerate(faces):
        found += [f"{face.plain} and {other.plain} are one face" for other in faces[n + 1 :] if _same(face, other)]
    size = font_bytes(audit.book)
    if size > FONT_BYTES:
        found.append(f"{size} bytes of fonts are embedded")
    return found


def font_bytes(book: Book) -> int:
    """The bytes of all embedded font files, as they are in the PDF."""
    files = {number_of(each): resolved(each) for face in book.faces.values() for each in face.files}
    return sum(len(each._data) for each in files.values())


def _same(one: Face, other: Face) -> bool:
    """Whether two fonts draw the same outlines, whatever their names are."""
    if one.plain == other.plain or not one.outlines or not other.outlines:
        return False
    shared = one.outlines.keys() & other.outlines.keys()
    return len(shared) > 2 and all(one.outlines[glyph] == other.outlines[glyph] for glyph in shared)


CHECKS: tuple[Callable[[Audit], list[str]], ...] = (
    reading,
    content,
    elements,
    headings,
    lists,
    tables,
    figures,
    codes,
    links,
    catalog,
    words,
    glyphs,
    pdfium,
    columns,
    edges,
    overlaps,
    orphans,
    splits,
    destinations,
    bookmarks,
    contents,
    contrasts,
    fonts,
)
