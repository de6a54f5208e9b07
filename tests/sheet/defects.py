"""Defects to plant into a finished sheet: each takes a draft of its PDF and makes one thing wrong."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from functools import cached_property
from io import BytesIO
from typing import Any

import pypdf
from interview_helper.outputs.sheet import Layout
from pypdf.generic import (
    ArrayObject,
    DecodedStreamObject,
    DictionaryObject,
    FloatObject,
    NameObject,
    NumberObject,
    StreamObject,
    TextStringObject,
)

from sheet.book import Book
from sheet.drawn import Run, resolved

_MARKED = rb"(<<\s*/MCID\s+%d\s*>>\s*BDC)(.*?)(EMC)"  # what one marked content draws


class Draft:
    """A PDF that is being spoilt. `book` is how it was; elements are found in the order of the tree."""

    def __init__(self, pdf: bytes, layout: Layout) -> None:
        self.book = Book(pdf)
        self.layout = layout
        self.writer = pypdf.PdfWriter(clone_from=BytesIO(pdf))
        self.root: Any = self.writer.root_object

    def written(self) -> bytes:
        out = BytesIO()
        self.writer.write(out)
        return out.getvalue()

    # --- structure ------------------------------------------------------------------------------------------------

    @cached_property
    def elements(self) -> list[Any]:
        def walk(element: Any) -> Iterator[Any]:
            kids = resolved(element.get("/K", []))
            for kid in map(resolved, kids if isinstance(kids, list) else [kids]):
                if isinstance(kid, DictionaryObject) and "/S" in kid:
                    yield kid
                    yield from walk(kid)

        return list(walk(self.root["/StructTreeRoot"]))

    def element(self, kind: str, number: int = 0) -> Any:
        return [each for each in self.elements if each["/S"] == f"/{kind}"][number]

    def runs(self, kind: str, number: int = 0) -> list[Run]:
        """What the element of that kind and number shows, as it was."""
        found = [each for each in self.book.elements if each.kind == kind]
        return [run for run in found[number].runs() if not run.blank]

    def annotation(self) -> Any:
        page = next(page for page in self.writer.pages if "/Annots" in page)
        return resolved(resolved(page["/Annots"])[0])

    @property
    def bookmarks(self) -> Any:
        return resolved(self.root["/Outlines"])

    # --- content --------------------------------------------------------------------------------------------------

    def content(self, number: int) -> bytes:
        contents = resolved(self.writer.pages[number]["/Contents"])
        streams = map(resolved, contents) if isinstance(contents, list) else [contents]
        return b"\n".join(stream.get_data() for stream in streams)

    def draw(self, number: int, content: bytes) -> None:
        """Give a page other content."""
        stream = DecodedStreamObject()
        stream.set_data(content)
        self.writer.pages[number][NameObject("/Contents")] = self.writer._add_object(stream)

    def add(self, number: int, content: bytes) -> None:
        """Draw more on a page, in points from its lower left corner."""
        self.draw(number, b"q\n%s\nQ\n%s" % (self.content(number), content))

    def drawn(self, run: Run) -> bytes:
        """What the marked content that a run is in draws."""
        found = re.search(_MARKED % (run.mark or 0), self.content(run.page), re.DOTALL)
        assert found is not None
        return found[2]

    def redraw(self, run: Run, change: Callable[[bytes], bytes]) -> None:
        """Change what is between the beginning and the end of the marked content that a run is in."""
        changed, times = re.subn(
            _MARKED % (run.mark or 0),
            lambda m: m[1] + change(m[2]) + m[3],
            self.content(run.page),
            count=1,
            flags=re.DOTALL,
        )
        assert times == 1
        self.draw(run.page, changed)

    def move(self, run: Run, across: float, down: float) -> None:
        """Move what a marked content shows by so many points."""

        def moved(content: bytes) -> bytes:
            # Lines below each other are put in their places by a matrix that may be turned upside down and smaller.
            placed = re.compile(rb"([-\d.]+) ([-\d.]+) ([-\d.]+) ([-\d.]+) ([-\d.]+) ([-\d.]+) Tm")
            scale, sign = self.scale(run, content)
            return placed.sub(
                lambda m: (
                    b"%s %s %s %s %.3f %.3f Tm"
                    % (*m.groups()[:4], float(m[5]) + across / scale, float(m[6]) - sign * down / scale)
                ),
                content,
            )

        self.redraw(run, moved)

    def scale(self, run: Run, content: bytes) -> tuple[float, int]:
        """How many points a unit of the content is, and whether its y goes up (1) or down (-1)."""
        size = re.search(rb"/\S+ ([-\d.]+) Tf", content)
        matrix = re.search(rb"([-\d.]+) [-\d.]+ [-\d.]+ ([-\d.]+) [-\d.]+ [-\d.]+ Tm", content)
        assert size is not None
        assert matrix is not None
        return run.size / (abs(float(matrix[2])) * float(size[1])), 1 if float(matrix[2]) > 0 else -1

    def raw_fonts(self) -> Any:
        """The fonts of the first page, as they were."""
        return resolved(resolved(self.book.reader.pages[0]["/Resources"])["/Font"])

    def fonts(self) -> list[tuple[str, Any]]:
        """The fonts of the first page by their names."""
        fonts = resolved(resolved(self.writer.pages[0]["/Resources"])["/Font"])
        return [(key, resolved(fonts[key])) for key in sorted(fonts)]

    def font(self) -> Any:
        return self.fonts()[0][1]

    def words(self, x: float, y: float, color: str, *, begin: str = "/Artifact BMC", end: str = "EMC") -> bytes:
        """The content that shows a letter at x and y points from the lower left corner."""
        key = self.fonts()[0][0]
        codes = self.book.face(self.raw_fonts().raw_get(key)).codes
        code = next(code for code, says in codes.items() if says == "e")
        return f"{begin}\nBT {key} 8 Tf {color} rg 1 0 0 1 {x} {y} Tm [<{code:04x}>] TJ ET\n{end}".encode()


def _with(stream: Any, data: bytes) -> StreamObject:
    changed = DecodedStreamObject()
    changed.update({key: value for key, value in stream.items() if key not in ("/Filter", "/Length")})
    changed.set_data(data)
    return changed


# --- structure --------------------------------------------------------------------------------------------------------


def an_mcid_owned_twice(draft: Draft) -> None:
    owned = next(kid for kid in draft.element("LBody")["/K"] if isinstance(kid, int))
    draft.element("LBody", 1)["/K"].append(NumberObject(owned))


def an_mcid_that_no_element_owns(draft: Draft) -> None:
    kids = draft.element("LBody")["/K"]
    kids.remove(next(kid for kid in kids if isinstance(kid, int)))


def an_mcid_used_twice_on_a_page(draft: Draft) -> None:
    one, other = draft.runs("LBody")[0], draft.runs("LBody", 1)[0]
    content = draft.content(0)
    draft.draw(0, re.sub(rb"/MCID %d\b" % other.mark, b"/MCID %d" % one.mark, content))


def a_parent_tree_with_another_owner(draft: Draft) -> None:
    tree = resolved(draft.root["/StructTreeRoot"]["/ParentTree"])
    first = resolved(resolved(tree["/Nums"])[1])
    first[0], first[1] = first.raw_get(1) if hasattr(first, "raw_get") else list.__getitem__(first, 1), first[0]


def an_element_with_another_parent(draft: Draft) -> None:
    draft.element("LI")[NameObject("/P")] = draft.element("LI", 1).raw_get("/P")
    draft.element("P")[NameObject("/P")] = draft.element("LBody").raw_get("/P")


def text_outside_marked_content(draft: Draft) -> None:
    draft.add(0, draft.words(200, 100, "0 0 0", begin="", end=""))


def a_box_outside_marked_content(draft: Draft) -> None:
    draft.add(0, b"0.9 g 100 100 9 9 re f")


def words_in_an_artifact(draft: Draft) -> None:
    run = draft.runs("LBody")[0]
    pattern = rb"/\w+\s*<<\s*/MCID\s+%d\s*>>\s*BDC" % run.mark
    draft.draw(run.page, re.sub(pattern, b"/Artifact BMC", draft.content(run.page)))


def a_state_that_is_not_given_back(draft: Draft) -> None:
    draft.draw(0, draft.content(0) + b"\nq")


def a_marked_content_that_does_not_end(draft: Draft) -> None:
    draft.draw(0, draft.content(0) + b"\n/Artifact BMC")


def a_level_of_headings_left_out(draft: Draft) -> None:
    draft.element("H3")[NameObject("/S")] = NameObject("/H5")


def a_heading_that_is_a_paragraph(draft: Draft) -> None:
    draft.element("H3")[NameObject("/S")] = NameObject("/P")


def a_list_in_two(draft: Draft) -> None:
    whole = draft.element("L")
    item = whole["/K"].pop()
    second = DictionaryObject(whole)
    second[NameObject("/K")] = ArrayObject([item])
    reference = draft.writer._add_object(second)
    resolved(item)[NameObject("/P")] = reference
    above = resolved(whole["/P"])["/K"]
    above.insert(above.index(whole.indirect_reference) + 1, reference)


def an_item_without_a_body(draft: Draft) -> None:
    draft.element("LBody")[NameObject("/S")] = NameObject("/P")


def numbers_that_are_said_to_be_none(draft: Draft) -> None:
    numbered = [each for each in draft.elements if each["/S"] == "/L" and "Decimal" in str(each.get("/A"))]
    del numbered[0]["/A"]


def a_number_that_comes_twice(draft: Draft) -> None:
    labels = [element for element in draft.book.elements if element.kind == "Lbl"]
    one, other = (next(label for label in labels if label.text.strip() == words) for words in ("1.", "2."))
    digit = re.search(rb"<[0-9a-f]{4}", draft.drawn(next(one.runs())))
    assert digit is not None
    draft.redraw(next(other.runs()), lambda content: re.sub(rb"<[0-9a-f]{4}", digit[0], content, count=1))


def a_head_of_a_table_without_scope(draft: Draft) -> None:
    del draft.element("TH")["/A"]


def a_row_with_a_cell_less(draft: Draft) -> None:
    row = draft.element("TR", 1)
    cells = row["/K"]
    resolved(list.__getitem__(cells, 0))["/K"].extend(resolved(cells.pop())["/K"])


def a_picture_without_words(draft: Draft) -> None:
    del draft.element("Figure")["/Alt"]


def code_that_is_no_code(draft: Draft) -> None:
    draft.element("Code", 1)[NameObject("/S")] = NameObject("/Span")


def a_link_that_does_not_know_its_element(draft: Draft) -> None:
    del draft.annotation()["/StructParent"]


def a_link_without_words(draft: Draft) -> None:
    del draft.annotation()["/Contents"]


def a_link_that_no_element_has(draft: Draft) -> None:
    kids = draft.element("Link")["/K"]
    kids.remove(next(kid for kid in kids if not isinstance(kid, int)))


def tabs_in_no_order(draft: Draft) -> None:
    del draft.writer.pages[0]["/Tabs"]


def no_language(draft: Draft) -> None:
    del draft.root["/Lang"]


def no_metadata(draft: Draft) -> None:
    del draft.root["/Metadata"]


# --- words ------------------------------------------------------------------------------------------------------------


def a_line_of_code_swallowed(draft: Draft) -> None:
    draft.redraw(draft.runs("Code", 1)[1], lambda content: re.sub(rb"\[[^]]*\] ?TJ", b"", content))


def a_minus_swallowed(draft: Draft) -> None:
    """A hyphen is what a layout may put in or leave out, but not in code."""
    run = next(run for run in draft.runs("Code", 1) if "-" in run.text)
    face = next(face for face in draft.book.faces.values() if face.plain == run.face)
    code = next(code for code, says in face.codes.items() if says == "-")
    draft.redraw(run, lambda content: re.sub(rb"(<(?:[0-9a-f]{4})*?)%04x" % code, rb"\1", content, count=1))


def a_letter_swallowed(draft: Draft) -> None:
    draft.redraw(draft.runs("LBody")[0], lambda content: re.sub(rb"<....", b"<", content, count=1))


def words_in_another_order(draft: Draft) -> None:
    kids = draft.element("L")["/K"]
    kids[0], kids[1] = list.__getitem__(kids, 1), list.__getitem__(kids, 0)


def words_drawn_in_another_order(draft: Draft) -> None:
    """The structure is as it was: only who reads what is drawn reads it wrong."""
    run = draft.runs("H2")[0]
    content = draft.content(run.page)
    match = re.search(rb"/\w+\s*<<\s*/MCID\s+%d\s*>>\s*BDC.*?EMC" % run.mark, content, re.DOTALL)
    assert match is not None
    draft.draw(run.page, content.replace(match[0], b"") + b"\n" + match[0])


def a_glyph_that_says_nothing(draft: Draft) -> None:
    for key, font in reversed(draft.fonts()):
        face = draft.book.face(draft.raw_fonts().raw_get(key))
        code = next((code for code in face.drawn if face.codes.get(code) == "e"), None)
        if code is not None:
            table = resolved(font["/ToUnicode"])
            data = re.sub(rb"(?i)<%04x> ?<0065>\n?" % code, b"", table.get_data())
            font[NameObject("/ToUnicode")] = draft.writer._add_object(_with(table, data))
            return


def a_missing_glyph(draft: Draft) -> None:
    draft.redraw(draft.runs("LBody")[0], lambda content: re.sub(rb"<....", b"<0000", content, count=1))


def words_cut_away(draft: Draft) -> None:
    run = draft.runs("LBody")[0]
    height = draft.book.pages[run.page].height
    clip = b"q %.2f %.2f 9 9 re W n" % (run.box.left, height - run.box.bottom)
    draft.redraw(run, lambda content: b"\n" + clip + content + b"Q\n")


def words_painted_over(draft: Draft) -> None:
    run = draft.runs("LBody")[0]
    box, height = run.box, draft.book.pages[run.page].height
    size = (box.left - 1, height - box.bottom - 1, box.right - box.left + 2, box.bottom - box.top + 2)
    draft.add(run.page, b"/Artifact BMC 1 g %.2f %.2f %.2f %.2f re f EMC" % size)


def words_that_are_not_filled(draft: Draft) -> None:
    draft.redraw(draft.runs("LBody")[0], lambda content: content.replace(b"BT", b"BT 3 Tr"))


# --- geometry ---------------------------------------------------------------------------------------------------------


def a_column_shifted_by_3_mm(draft: Draft) -> None:
    """The first column goes to the left, as it would with a wrong margin."""
    end = draft.layout.margin + draft.layout.column
    marks = {run.mark: run for run in draft.book.pages[0].runs if run.box.top > 100 and run.box.right < end}
    for mark, run in marks.items():
        if mark is not None and not run.blank:
            draft.move(run, -8.5, 0)


def a_word_beyond_its_column(draft: Draft) -> None:
    draft.move(draft.runs("LBody")[0], draft.layout.column - 20, 0)


def a_box_beyond_its_column(draft: Draft) -> None:
    left = draft.layout.margin + draft.layout.column - 100
    draft.add(0, b"/Artifact BMC 0.9 g %.2f 300 104 9 re f EMC" % left)


def words_at_the_edge_of_the_paper(draft: Draft) -> None:
    draft.add(0, draft.words(300, 10, "0 0 0"))


def words_in_the_foot(draft: Draft) -> None:
    run = draft.runs("LBody")[0]
    draft.move(run, 0, draft.layout.page[1] - 22 - run.baseline)


def a_line_on_another(draft: Draft) -> None:
    one, other = draft.runs("LBody")[0], draft.runs("LBody", 1)[0]
    draft.move(one, 0, other.baseline - one.baseline)


def a_heading_alone_at_the_foot(draft: Draft) -> None:
    """The first heading of the second column goes to the foot of the first."""
    step = draft.layout.column + draft.layout.gap
    middle = draft.layout.margin + draft.layout.column + 1
    for number in range(9):
        run = draft.runs("H3", number)[0]
        if run.page == 0 and run.box.left > middle:
            draft.move(run, -step, draft.layout.page[1] - 40 - run.baseline)
            return


def a_row_of_a_table_split(draft: Draft) -> None:
    run = draft.runs("TD", 1)[0]
    draft.move(run, _beside(run, draft.layout), 0)


def a_block_of_code_split(draft: Draft) -> None:
    run = draft.runs("Code", 1)[-1]
    draft.move(run, _beside(run, draft.layout), draft.layout.page[1] - 60 - run.baseline)


def _beside(run: Run, layout: Layout) -> float:
    """How far the other column is."""
    step = layout.column + layout.gap
    return step if run.box.left < layout.margin + layout.column else -step


# --- navigation -------------------------------------------------------------------------------------------------------


def a_wrong_number_in_the_contents(draft: Draft) -> None:
    """The last entry's number becomes the first one's."""
    first, last = draft.runs("TOCI")[-1], draft.runs("TOCI", -1)[-1]
    number = re.search(rb"<[0-9a-f]+>", draft.drawn(first))
    assert number is not None
    draft.redraw(last, lambda content: re.sub(rb"<[0-9a-f]+>", number[0], content))


def an_entry_that_leads_elsewhere(draft: Draft) -> None:
    notes = [resolved(each) for each in resolved(draft.writer.pages[0]["/Annots"])]
    notes[0][NameObject("/Dest")] = notes[1]["/Dest"]


def an_entry_less(draft: Draft) -> None:
    """The entry that is gone leaves its words in the one before."""
    whole = draft.element("TOC")["/K"]
    gone = resolved(whole.pop())
    gone[NameObject("/S")] = NameObject("/Span")
    parent = resolved(draft.element("TOC")["/P"])
    gone[NameObject("/P")] = parent.indirect_reference
    at = parent["/K"].index(draft.element("TOC").indirect_reference)
    parent["/K"].insert(at + 1, gone.indirect_reference)


def a_destination_that_is_gone(draft: Draft) -> None:
    names = resolved(resolved(draft.root["/Names"])["/Dests"])["/Names"]
    del names[:2]


def a_destination_elsewhere(draft: Draft) -> None:
    names = resolved(resolved(draft.root["/Names"])["/Dests"])["/Names"]
    names[1][3] = FloatObject(60)


def a_bookmark_lost(draft: Draft) -> None:
    first = resolved(draft.bookmarks["/First"])
    below = resolved(first["/First"])
    after = resolved(below["/Next"])
    first[NameObject("/First")] = after.indirect_reference
    del after["/Prev"]


def a_bookmark_that_leads_elsewhere(draft: Draft) -> None:
    first, last = resolved(draft.bookmarks["/First"]), resolved(draft.bookmarks["/Last"])
    first[NameObject("/Dest")] = last["/Dest"]


def a_bookmark_that_says_something_else(draft: Draft) -> None:
    resolved(draft.bookmarks["/Last"])[NameObject("/Title")] = TextStringObject("Something else")


# --- look and fonts ---------------------------------------------------------------------------------------------------


def a_contrast_of_3_to_1(draft: Draft) -> None:
    """#949494 on white is 3.03 : 1."""
    draft.redraw(draft.runs("LBody")[0], lambda content: re.sub(rb"(BT\s)", rb"\1 0.58 0.58 0.58 rg ", _plain(content)))


def a_contrast_of_3_to_1_on_a_box(draft: Draft) -> None:
    """#767676 would do on white: what counts is the ground."""
    run = draft.runs("LBody")[0]
    box, height = run.box, draft.book.pages[run.page].height
    size = (box.left - 1, height - box.bottom - 1, box.right - box.left + 2, box.bottom - box.top + 2)
    content = draft.content(run.page)
    draft.draw(run.page, b"q /Artifact BMC 0.8 g %.2f %.2f %.2f %.2f re f EMC Q\n" % size + content)
    draft.redraw(run, lambda content: re.sub(rb"(BT\s)", rb"\1 0.46 0.46 0.46 rg ", _plain(content)))


def _plain(content: bytes) -> bytes:
    return re.sub(rb"[\d.]+ [\d.]+ [\d.]+ rg", b"", content)


def a_second_subset_of_a_face(draft: Draft) -> None:
    """The second page has a font of its own for one face, as if it had been cut down for itself."""
    page = draft.writer.pages[1]
    resources = DictionaryObject(resolved(page["/Resources"]))
    known = DictionaryObject(resolved(resources["/Font"]))
    for key, value in list(known.items()):
        font = DictionaryObject(resolved(value))
        font[NameObject("/BaseFont")] = NameObject(re.sub(r"^/[A-Z]{6}", "/BBBBBB", str(font["/BaseFont"])))
        known[NameObject(key)] = draft.writer._add_object(font)
    resources[NameObject("/Font")] = known
    page[NameObject("/Resources")] = resources


def a_face_under_another_name(draft: Draft) -> None:
    """It looks like another face of ours, and draws the same."""
    a_second_subset_of_a_face(draft)
    for value in resolved(resolved(draft.writer.pages[1]["/Resources"])["/Font"]).values():
        font = resolved(value)
        font[NameObject("/BaseFont")] = NameObject(str(font["/BaseFont"]) + "X")


def a_strange_family(draft: Draft) -> None:
    font = draft.font()
    font[NameObject("/BaseFont")] = NameObject("/AAAAAA+Comic")


def a_font_that_is_not_embedded(draft: Draft) -> None:
    below = resolved(resolved(draft.font()["/DescendantFonts"])[0])
    del resolved(below["/FontDescriptor"])["/FontFile2"]


def a_wide_font(draft: Draft) -> None:
    """More bytes than Latin notes need: as if a face had not been cut down."""
    descriptor = resolved(resolved(resolved(draft.font()["/DescendantFonts"])[0])["/FontDescriptor"])
    stream = resolved(descriptor["/FontFile2"])
    descriptor[NameObject("/FontFile2")] = draft.writer._add_object(_with(stream, stream.get_data() + bytes(60_000)))
