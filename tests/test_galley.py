"""Galleys: what is read from a layout, what is kept of it, and that only what changed is laid out again."""

from __future__ import annotations

import inspect
import re
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pydyf
import pytest
import weasyprint
from interview_helper.model import Build, Deck, Library, Media, Source
from interview_helper.outputs.sheet import Layout, galleys, render
from interview_helper.outputs.sheet.galley import galley
from interview_helper.outputs.sheet.record import Element, Galley, Mark, Place, Unit, packed, unpacked
from interview_helper.parse import parse
from weasyprint.pdf.stream import Stream

STYLE = """@page { size: 200pt 300pt; margin: 0 } body { margin: 0; font: 10pt/1.2 "IBM Plex Sans Condensed" }
article > * { break-before: page; margin: 0 0 4pt } h3 + * { break-before: avoid } p { color: #010203 }"""
HTML = """<!DOCTYPE html><html lang="en"><title>t</title><body><article data-rule>
<h3 id="a" style="bookmark-level:2;bookmark-label:'A'"><span data-slot="number"></span>Heading</h3><p>First <code>code</code>.</p>
<ul><li>one</li><li>two <a href="#b">there</a></li></ul>
<table><tr><th>x</th><th></th></tr><tr><td>1</td><td>2</td></tr></table>
<p id="b"><img src="media:dot.svg" alt="A dot"></p></article>"""
DOT = Media(
    "dot.svg",
    "image/svg+xml",
    b'<svg xmlns="http://www.w3.org/2000/svg" width="9" height="9"><rect width="9" height="9"/></svg>',
    9,
    9,
)


@pytest.fixture(scope="module")
def laid_out() -> Galley:
    return galley(HTML, STYLE, {"dot.svg": DOT})


class Kept(dict[str, bytes]):
    """A cache in memory."""

    def put(self, key: str, value: bytes) -> None:
        self[key] = value


def test_a_page_is_a_unit_with_all_that_stands_in_it(laid_out):
    heading, items, table, picture = laid_out.units
    assert [len(unit.anchors) for unit in laid_out.units] == [1, 0, 0, 1]
    assert heading.bookmarks[0].label == "A"
    assert [(slot.name, slot.before) for slot in heading.slots] == [("number", 0)]
    assert [link.target for link in items.links] == ["#b"]
    assert {unit.article for unit in laid_out.units} == {0}
    assert all(0 < unit.height < 100 for unit in laid_out.units)
    assert b"%TOPIC rg" in heading.content
    assert picture.marks == 1
    assert table.marks == 3


def test_the_structure_is_that_of_the_elements(laid_out):
    def shape(element: Element) -> object:
        return (element.type, [shape(kid) if isinstance(kid, Element) else type(kid).__name__ for kid in element.kids])

    article = laid_out.tree[0]
    assert [kid.type for kid in article.kids if isinstance(kid, Element)] == ["H3", "P", "L", "Table", "P"]
    heading, words, items, table, picture = article.kids
    assert shape(heading) == ("H3", ["Place", "Mark"])
    assert shape(words) == ("P", ["Mark", ("Code", ["Mark"]), "Mark"])
    item = ("LI", [("Lbl", ["Mark"]), ("LBody", ["Mark"])])
    linked = ("LI", [("Lbl", ["Mark"]), ("LBody", ["Mark", ("Link", ["Place", "Mark"])])])
    assert shape(items) == ("L", [item, linked])
    head = ("TR", [("TH", ["Mark"]), ("TH", [])])
    assert shape(table) == ("Table", [("TBody", [head, ("TR", [("TD", ["Mark"]), ("TD", ["Mark"])])])])
    assert isinstance(picture, Element)
    figure = picture.kids[0]
    assert isinstance(figure, Element)
    assert figure.attributes["Alt"] == "A dot"
    assert figure.attributes["BBox"].startswith("3 ")


def test_a_galley_comes_back_from_its_bytes(laid_out):
    assert unpacked(packed(laid_out)) == laid_out


def marks(element: Element | Mark | Place) -> Iterator[Mark]:
    if isinstance(element, Mark):
        yield element
    elif isinstance(element, Element):
        for kid in element.kids:
            yield from marks(kid)


def test_every_mark_stands_in_the_tree_once(laid_out):
    found = [mark for element in laid_out.tree for mark in marks(element)]
    drawn = [Mark(number, mcid) for number, unit in enumerate(laid_out.units) for mcid in range(unit.marks)]
    assert sorted(found, key=lambda mark: (mark.unit, mark.mcid)) == drawn


def test_the_private_parts_of_weasyprint_are_there():
    assert weasyprint.__version__.startswith("70.")
    parameters = list(inspect.signature(Stream.__init__).parameters)
    assert parameters[1:8] == [
        "fonts",
        "page_rectangle",
        "resources",
        "images",
        "tags",
        "color_profiles",
        "output_intent",
    ]
    assert "MCID" in inspect.getsource(Stream.marked)
    assert list(inspect.signature(weasyprint.pdf._use_references).parameters) == [
        "pdf",
        "resources",
        "images",
        "color_profiles",
    ]
    page = weasyprint.HTML(string="<p>x").render().pages[0]
    assert page._page_box.children
    assert "make_margin_boxes(context, page, state)" in inspect.getsource(weasyprint.layout.layout_document)
    layout = inspect.getsource(weasyprint.layout.layout_document)
    assert "initialize_page_maker(context, root_box)" in layout
    assert "layout_fixed_boxes(context, pages[:i], page)" in layout
    made = inspect.getsource(weasyprint.layout.page.make_page)
    assert "in page_maker[:page_number - 1]:" in made
    assert len(re.findall(r"page_maker\[[^]]*:", made)) == 1
    styled = inspect.getsource(weasyprint.layout.page.remake_page)
    assert "set_page_type_computed_styles(page_type, html, context.style_for)" in styled
    areas = set(re.findall(r"'(@[a-z-]+)'", made))
    assert areas == {"@footnote", "@note-area"}
    background = weasyprint.layout.background.layout_box_backgrounds
    assert list(inspect.signature(background).parameters)[:4] == [
        "page",
        "box",
        "get_image_from_uri",
        "layout_children",
    ]
    boxes = weasyprint.formatting_structure.boxes
    assert issubclass(boxes.TableRowGroupBox, boxes.Box)
    assert issubclass(boxes.BlockContainerBox, boxes.Box)
    assert {"stream", "_tags"} <= set(vars(Stream(set(), (0, 0, 1, 1), pydyf.Dictionary(), {}, False, {}, None)))


def test_a_galley_does_without_the_boxes_in_the_margins_of_its_pages():
    marginal = "@page{margin:20pt;@top-left{content:'in the margin'}}"
    (unit,) = galley("<p>x</p>", marginal, {}).units
    (plain,) = galley("<p>x</p>", "@page{margin:20pt}", {}).units
    assert unit.content == plain.content


# --- the cache ----------------------------------------------------------------------------------------------------


def build(*notes: str) -> Build:
    parsed = [parse(Source(f"{chr(97 + n)}.md", text)) for n, text in enumerate(notes)]
    return Build(Deck("id", "My deck", "my-deck", "", "en"), Library(tuple(p.document for p in parsed), {}), (), ())


NOTES = [
    f"# Topic {n}\n\n## Question {n}\n\nAnswer {n} with [a link](#question-{n}) and `code`.\n\n- a\n- b\n"
    for n in range(6)
]


def test_only_what_changed_is_laid_out_again(counted):
    kept = Kept()
    first = render(build(*NOTES), Layout(), kept)
    assert len(counted) == 7
    counted.clear()
    assert render(build(*NOTES), Layout(), kept).pdf == first.pdf
    assert counted == []
    edited = [*NOTES[:3], NOTES[3].replace("Answer", "Another answer"), *NOTES[4:]]
    changed = render(build(*edited), Layout(), kept)
    assert len(counted) == 1
    assert "Another answer" in counted[0]
    assert changed.pdf == render(build(*edited), Layout()).pdf, "as without a cache"
    assert render(build(*NOTES), Layout(), kept).pdf == first.pdf, "and back"


def test_a_topic_in_front_lays_out_itself_and_the_count_alone(counted):
    kept = Kept()
    parsed = build(*NOTES)
    render(parsed, Layout(), kept)
    counted.clear()
    new = parse(Source("0.md", "# Before all\n\n## Q\n\nA.\n")).document
    more = replace(parsed, library=Library((new, *parsed.library.documents), {}))
    render(more, Layout(), kept)
    assert len(counted) == 2


def test_what_belongs_to_another_layout_language_or_picture_is_not_taken(counted):
    kept = Kept()
    note = "# T\n\n## Q\n\n![x](x.svg) and [there](b.md)\n"
    base = replace(build(note), library=Library(build(note).library.documents, {"x.svg": DOT}))
    render(base, Layout(), kept)
    for other, layout in (
        (base, Layout(size=9.0)),
        (base, Layout(columns=3)),
        (replace(base, deck=replace(base.deck, language="de")), Layout()),
        (replace(base, library=Library(base.library.documents, {"x.svg": replace(DOT, name="other.svg")})), Layout()),
        (
            replace(
                base,
                library=Library(
                    (*base.library.documents, *build("", "# B\n\n## C\n\nx\n").library.documents[1:]), {"x.svg": DOT}
                ),
            ),
            Layout(),
        ),
    ):
        counted.clear()
        render(other, layout, kept)
        assert any("Q</h3>" in html for html in counted)


def test_one_process_or_two_give_the_same_bytes(monkeypatch):
    monkeypatch.setattr(galleys, "_cores", lambda: 1)
    one = render(build(*NOTES), Layout()).pdf
    monkeypatch.setattr(galleys, "_cores", lambda: 2)
    assert render(build(*NOTES), Layout()).pdf == one


def test_remarks_come_back_from_the_cache():
    kept = Kept()
    note = "# T\n\n## Q\n\n漢\n\n```\n" + "long " * 40 + "\n```\n"
    first = render(build(note), Layout(), kept)
    assert [d.code for d in first.diagnostics] == ["P001", "P004"]
    assert render(build("Words above.\n\n" + note), Layout(), kept).diagnostics[1].span.line == 10
    assert render(build(note), Layout(), kept).diagnostics == first.diagnostics


def test_progress_is_told_topic_by_topic():
    heard: list[tuple[int, int]] = []
    render(build(*NOTES), Layout(), None, lambda done, of: heard.append((done, of)))
    assert heard == [(n, 6) for n in range(1, 7)]


def test_the_key_of_a_galley_names_every_file_of_the_folder():
    names = {path.name for path in Path(galleys.__file__).parent.iterdir()}
    assert {"galley.py", "style.css", "tables.py"} <= names
    assert Unit.__slots__, "a record is frozen"


def test_every_row_of_a_table_has_as_many_cells():
    rows = '<tr><th>a</th><th>b</th><th>c</th></tr><tr><td rowspan="2">1</td><td>2</td></tr><tr><td colspan="2">3</td></tr>'
    found = galley(f"<!DOCTYPE html><html lang='en'><title>t</title><body><table>{rows}</table>", STYLE, {}).tree[0]
    below = found.kids[0]
    assert isinstance(below, Element)
    counts = [[kid.attributes.get("ColSpan", "1") for kid in row.kids] for row in below.kids]  # type: ignore[union-attr]
    assert counts == [["1", "1", "1"], ["1", "1", "1"], ["2"]]


def test_bare_text_stands_in_a_paragraph():
    html = "<!DOCTYPE html><html lang='en'><title>t</title><body>bare <b>text</b><div>in a <code>box</code><p>and</p>more</div>"
    found = galley(html, STYLE, {})
    assert [element.type for element in found.tree] == ["P", "Div"]
    assert [kid.type for kid in found.tree[1].kids if isinstance(kid, Element)] == ["P", "P", "P"]
    assert sum(1 for element in found.tree for _ in marks(element)) == sum(unit.marks for unit in found.units)
