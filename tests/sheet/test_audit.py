"""The auditor finds nothing in two sheets, one made by hand and one printed, and each defect that is planted in them."""

from __future__ import annotations

import base64
from functools import cache

import pytest
from interview_helper.model import Build, Deck, Library, Media, Source
from interview_helper.outputs.sheet import Layout, render
from interview_helper.parse import parse

from sheet import defects
from sheet.audit import audited
from sheet.geometry import fills
from sheet.look import contrast
from sheet.specimen import LAYOUT, NOTES, specimen
from sheet.subject import Column, Subject
from sheet.wording import poppler

PIXEL = base64.b64decode(
    "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNkYPhfDwAChwGA60e6kgAAAABJRU5ErkJggg=="
)
MORE = "".join(
    f"\n## What else is there, number {n}?\n\n{'Something else to say. ' * (9 + n % 5 * 7)}\n" for n in range(9)
)
PRINTED = {path: text + MORE.replace("number", path) for path, text in NOTES.items()}
PRINTED_LAYOUT = Layout(size=12.0)


@cache
def printed() -> bytes:
    """The sheet of the specimen's notes and more."""
    library = Library(
        tuple(parse(Source(path, text)).document for path, text in PRINTED.items()),
        {"dot.png": Media("dot.png", "image/png", PIXEL, 1, 1)},
    )
    return render(Build(Deck("id", "My deck", "my-deck", "", "en"), library, (), ()), PRINTED_LAYOUT).pdf


# By which checks each defect is found: first by the one that is about it.
FOUND_BY = {
    defects.an_mcid_owned_twice: ("content", "words", "pdfium"),
    defects.an_mcid_that_no_element_owns: ("content", "words"),
    defects.an_mcid_used_twice_on_a_page: ("content", "reading"),
    defects.a_parent_tree_with_another_owner: ("content",),
    defects.an_element_with_another_parent: ("elements", "pdfium"),
    defects.text_outside_marked_content: ("content",),
    defects.a_box_outside_marked_content: ("content",),
    defects.words_in_an_artifact: ("reading", "content", "words"),
    defects.a_state_that_is_not_given_back: ("reading",),
    defects.a_marked_content_that_does_not_end: ("reading",),
    defects.a_level_of_headings_left_out: ("headings", "bookmarks", "contents"),
    defects.a_heading_that_is_a_paragraph: ("headings", "destinations", "bookmarks", "contents"),
    defects.a_list_in_two: ("lists",),
    defects.an_item_without_a_body: ("elements", "lists"),
    defects.numbers_that_are_said_to_be_none: ("lists",),
    defects.a_number_that_comes_twice: ("lists",),
    defects.a_head_of_a_table_without_scope: ("tables",),
    defects.a_row_with_a_cell_less: ("content", "tables"),
    defects.a_picture_without_words: ("figures", "words"),
    defects.code_that_is_no_code: ("codes",),
    defects.a_link_that_does_not_know_its_element: ("content", "links"),
    defects.a_link_without_words: ("links",),
    defects.a_link_that_no_element_has: ("links", "contents"),
    defects.tabs_in_no_order: ("links",),
    defects.no_language: ("catalog",),
    defects.no_metadata: ("catalog",),
    defects.a_line_of_code_swallowed: ("words", "codes"),
    defects.a_minus_swallowed: ("codes",),
    defects.a_letter_swallowed: ("words",),
    defects.words_in_another_order: ("words", "pdfium"),
    defects.words_drawn_in_another_order: ("pdfium",),
    defects.a_glyph_that_says_nothing: ("glyphs", "words", "pdfium", "contents"),
    defects.a_missing_glyph: ("glyphs", "words"),
    defects.words_cut_away: ("glyphs",),
    defects.words_painted_over: ("glyphs",),
    defects.words_that_are_not_filled: ("reading",),
    defects.a_column_shifted_by_3_mm: ("columns", "contrasts"),
    defects.a_word_beyond_its_column: ("columns",),
    defects.a_box_beyond_its_column: ("columns",),
    defects.words_at_the_edge_of_the_paper: ("edges",),
    defects.words_in_the_foot: ("columns",),
    defects.a_line_on_another: ("overlaps",),
    defects.a_heading_alone_at_the_foot: ("orphans", "destinations", "bookmarks", "contents"),
    defects.a_row_of_a_table_split: ("splits",),
    defects.a_block_of_code_split: ("splits",),
    defects.a_wrong_number_in_the_contents: ("contents",),
    defects.an_entry_that_leads_elsewhere: ("contents",),
    defects.an_entry_less: ("contents",),
    defects.a_destination_that_is_gone: ("destinations", "contents"),
    defects.a_destination_elsewhere: ("destinations", "contents"),
    defects.a_bookmark_lost: ("bookmarks",),
    defects.a_bookmark_that_leads_elsewhere: ("bookmarks",),
    defects.a_bookmark_that_says_something_else: ("bookmarks",),
    defects.a_contrast_of_3_to_1: ("contrasts",),
    defects.a_contrast_of_3_to_1_on_a_box: ("contrasts",),
    defects.a_second_subset_of_a_face: ("fonts",),
    defects.a_face_under_another_name: ("fonts",),
    defects.a_strange_family: ("fonts",),
    defects.a_font_that_is_not_embedded: ("fonts",),
    defects.a_wide_font: ("fonts",),
}


def test_nothing_is_wrong_with_the_specimen():
    assert audited(specimen(), NOTES, LAYOUT) == []
    assert poppler(Subject(specimen(), NOTES, LAYOUT)) == []


def test_nothing_is_wrong_with_a_printed_sheet():
    assert audited(printed(), PRINTED, PRINTED_LAYOUT) == []
    assert poppler(Subject(printed(), PRINTED, PRINTED_LAYOUT)) == []


@pytest.mark.parametrize("defect", FOUND_BY, ids=lambda defect: defect.__name__)
def test_a_defect_in_the_specimen_is_found_by_the_checks_that_are_about_it(defect):
    draft = defects.Draft(specimen(), LAYOUT)
    defect(draft)
    found = audited(draft.written(), NOTES, LAYOUT)
    assert {line.partition(":")[0] for line in found} == {*FOUND_BY[defect]}, found


@pytest.mark.parametrize("defect", FOUND_BY, ids=lambda defect: defect.__name__)
def test_a_defect_in_a_printed_sheet_is_found(defect):
    draft = defects.Draft(printed(), PRINTED_LAYOUT)
    defect(draft)
    found = audited(draft.written(), PRINTED, PRINTED_LAYOUT)
    assert FOUND_BY[defect][0] in {line.partition(":")[0] for line in found}, found


def test_how_full_columns_are_is_where_their_lowest_ink_is():
    full = fills(Subject(specimen(), NOTES, LAYOUT))
    top, bottom = 101, LAYOUT.page[1] - LAYOUT.foot
    assert full.keys() == {Column(0, 0), Column(0, 1)}  # the last page's are left out
    assert full[Column(0, 0)] == pytest.approx((188 - top) / (bottom - top), abs=0.0005)
    assert full[Column(0, 1)] == pytest.approx((193 - top) / (bottom - top), abs=0.0005)


def test_contrast_counts_as_wcag_does():
    assert contrast((0, 0, 0), (1, 1, 1)) == pytest.approx(21)
    assert contrast((1, 1, 1), (1, 1, 1)) == 1
    assert contrast((0x76 / 255,) * 3, (1, 1, 1)) == pytest.approx(4.54, abs=0.01)
    assert contrast((1, 0, 0), (1, 1, 1)) == pytest.approx(4.0, abs=0.01)
