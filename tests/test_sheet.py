"""The sheet as a reader of PDF sees it: words, places, fonts, links, pages."""

from __future__ import annotations

import base64
import logging
import re
import sys
from dataclasses import replace
from io import BytesIO

import pdfplumber
import pypdf
import pytest
from interview_helper import neutral
from interview_helper.model import (
    Block,
    Build,
    Code,
    Deck,
    Document,
    Kind,
    Library,
    Media,
    Only,
    Prose,
    Section,
    Source,
    Span,
)
from interview_helper.outputs.sheet import Layout, PangoMissing, Sheet, fonts, markup, pdf, render

HERE = Span("a.md", 1, 1, 1, 1)
PIXEL = base64.b64decode(
    "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNkYPhfDwAChwGA60e6kgAAAABJRU5ErkJggg=="
)
LONG = "value = call(" + ", ".join(f"argument_{i}={i}" for i in range(20)) + ")"


def prose(html: str) -> Prose:
    return Prose(html, re.sub("<[^>]*>", "", html), "", HERE)


def code(text: str, language: str = "python") -> Code:
    return Code(language, language, neutral.code(language, text), text, "", HERE)


def section(title: str, *parts: Block | Section | str, level: int = 2, only: Only | None = None) -> Section:
    blocks = [prose(f"<p>{part}</p>") if isinstance(part, str) else part for part in parts]
    return Section(
        title=prose(title),
        level=level,
        anchor=title.lower().replace(" ", "-"),
        trail=(),
        kind=Kind.BASIC,
        pin=None,
        source="where it is from",
        only=only,
        tags=(),
        question=(),
        answer=tuple(part for part in blocks if not isinstance(part, Section)),
        sections=tuple(part for part in blocks if isinstance(part, Section)),
        span=HERE,
    )


def build(*topics: Section, media: dict[str, Media] | None = None) -> Build:
    """A deck of one note a topic."""
    documents = tuple(
        Document(Source(f"{chr(97 + n)}.md", ""), (replace(topic, level=1),), (), (), frozenset(), ())
        for n, topic in enumerate(topics)
    )
    return Build(Deck("id", "My deck", "my-deck", "", "en"), Library(documents, media or {}), (), ())


def printed(*topics: Section, **layout: object) -> Sheet:
    return render(build(*topics), Layout(**layout))  # type: ignore[arg-type]


def read(sheet: Sheet) -> pypdf.PdfReader:
    return pypdf.PdfReader(BytesIO(sheet.pdf))


def text(sheet: Sheet) -> str:
    return "\n".join(page.extract_text() for page in read(sheet).pages)


def squeezed(words: str) -> str:
    return re.sub(r"[\s↩-]", "", words)


def many() -> list[Section]:
    return [
        section(f"Topic {t}", *(section(f"Question {t} {q}", f"Answer {t} {q}. " * 30) for q in range(12)))
        for t in range(4)
    ]


def links(reader: pypdf.PdfReader) -> list[tuple[str, int]]:
    """Every internal link in page order: what it names and the page (from 1) where that is."""
    places = {name: reader.get_destination_page_number(at) for name, at in reader.named_destinations.items()}
    return [
        (str(note["/Dest"]), (places[str(note["/Dest"])] or 0) + 1)
        for page in reader.pages
        for note in (each.get_object() for each in page.get("/Annots", []))
        if "/Dest" in note
    ]


def test_every_word_of_the_notes_is_printed():
    sheet = printed(
        section(
            "Topic",
            "An introduction with <em>stress</em>.",
            section(
                "Question",
                "Prose &lt;int&gt; and <mark>marked</mark> words.",
                code(LONG),
                section("Deeper", "α ≤ λ ✗ ⏎ ▪", level=3),
            ),
            section(
                "Group",
                section("Member", prose("<table><tr><th>cell</th></tr><tr><td>O(1)</td></tr></table>"), level=3),
            ),
        )
    )
    words = squeezed(text(sheet))
    for each in (
        "My deck",
        "Anintroductionwithstress.",
        "Prose<int>andmarkedwords.",
        "α≤λ✗⏎▪",
        "Group",
        "cell",
        "O(1)",
        LONG,
    ):
        assert squeezed(each) in words
    assert sheet.diagnostics == ()
    assert "fromit" not in words
    assert "whereitis" not in words


def test_what_is_only_for_the_deck_is_left_out():
    words = text(printed(section("T", section("Shown", "x", only=Only.SHEET), section("Hidden", "y", only=Only.DECK))))
    assert "Shown" in words
    assert "Hidden" not in words


def test_bookmarks_are_topics_and_their_questions():
    outline = read(printed(section("T", section("A", "x"), section("B", "y")), section("U", "z"))).outline
    titles = [[each.title for each in entry] if isinstance(entry, list) else entry.title for entry in outline]
    assert titles == ["1 T", ["A", "B"], "2 U"]


def test_contents_name_the_page_where_each_entry_is():
    sheet = printed(*many(), size=10)
    reader = read(sheet)
    assert len(reader.pages) > 2
    found = links(reader)
    assert len(found) == 4 + 48
    texts = [page.extract_text() for page in reader.pages]
    for name, page in found:
        title = name.partition("#")[2].replace("-", " ").capitalize()
        assert re.search(rf"{title}[ .]+{page}\b", texts[0]), name
        assert re.search(rf"{title}\b", texts[page - 1])


def test_links_within_the_notes_lead_to_their_place_and_unknown_ones_are_words():
    sheet = printed(
        section(
            "T",
            section("A", '<a href="note:b.md#b-two">two</a> <a href="note:b.md">file</a> <a href="note:c.md">lost</a>'),
        ),
        section("U", section("B two", '<a href="https://example.com/">outside</a>')),
        contents=False,
    )
    reader = read(sheet)
    assert sorted(name for name, _ in links(reader)) == ["b.md#b-two", "b.md#u"]
    assert "lost" in text(sheet)
    assert b"https://example.com/" in sheet.pdf or "https://example.com/" in str(
        [note.get_object() for page in reader.pages for note in page.get("/Annots", [])]
    )
    assert sheet.diagnostics == ()


def test_only_our_fonts_are_used():
    families = [family.replace(" ", "") for family in fonts.FAMILIES]
    used = {
        str(font["/BaseFont"]).partition("+")[2].replace("-", "")
        for page in read(printed(section("T", "α ⏎ ‑ <code>x</code> <em>y</em>", code("def f(): ...")))).pages
        for font in page["/Resources"]["/Font"].values()
    }
    assert used
    assert [name for name in used if not name.startswith(tuple(families))] == []


@pytest.mark.parametrize("columns", [1, 2, 3, 4])
def test_code_stays_in_its_column(columns):
    line = "result = " + "abcdefghij" * 30
    nested = neutral.code("python", line)
    layout = Layout(columns=columns)
    sheet = printed(
        section(
            "T",
            section("A", code(line), prose(f"<ul><li>x<ul><li>y{nested}</li></ul></li></ul>")),
            section(
                "B",
                prose(
                    f'<blockquote><ol><li>{nested}</li></ol></blockquote><div class="callout" data-kind="tip">{nested}</div>'
                ),
            ),
            section("C", prose(f"<table><tr><td>{nested}</td><td>{'long' * 40}</td></tr></table>"), code("→✗⏎" * 40)),
        ),
        columns=columns,
    )
    ends = [layout.margin + n * (layout.column + layout.gap) + layout.column for n in range(columns)]
    with pdfplumber.open(BytesIO(sheet.pdf)) as book:
        glyphs = [
            glyph
            for page in book.pages
            for glyph in page.chars
            if glyph["top"] > 60 and glyph["text"].strip() and glyph["bottom"] < page.height - 30
        ]
    assert glyphs
    for glyph in glyphs:
        column = min(columns - 1, int((glyph["x0"] - layout.margin + 1) // (layout.column + layout.gap)))
        assert glyph["x1"] <= ends[column] + 0.1, glyph
    assert squeezed(text(sheet)).count("abcdefghij" * 3) >= 4
    assert "↩" in text(sheet)


def test_a_wrapped_line_loses_nothing():
    page = markup.html(build(section("T", code(LONG + "\n\tx = '<&>'  # " + "word " * 60))), Layout(columns=4), {})
    shown = re.search(r"<pre.*?</pre>", page, re.DOTALL)
    assert shown is not None
    plain = re.sub("<[^>]*>", "", shown[0].replace('<span class="wrapmark">↩</span>\n', "\0"))
    joined = re.sub("\0 *", "", plain).replace("&lt;", "<").replace("&gt;", ">").replace("&amp;", "&")
    assert joined.replace(" ", "") == (LONG + "\nx = '<&>'  # " + "word " * 60).replace(" ", "")


def test_letter_landscape_has_its_size():
    box = read(printed(section("T", "x"), paper="Letter", orientation="landscape", columns=3)).pages[0].mediabox
    assert (round(box.width), round(box.height)) == (792, 612)


def test_the_same_notes_give_the_same_bytes():
    assert printed(*many()).pdf == printed(*many()).pdf


def test_a_picture_is_shown_and_a_missing_one_leaves_its_words():
    topic = section("T", neutral.picture("dot.png", "a dot"), neutral.picture("gone.png", "what is gone"))
    media = {"dot.png": Media("dot 1.png", "image/png", PIXEL, 1, 1)}
    sheet = render(build(topic, media=media), Layout())
    assert "what is gone" in text(sheet)
    assert len(read(sheet).pages[0].images) == 1
    assert sheet.diagnostics == ()


def test_nothing_is_fetched():
    svg = b'<svg xmlns="http://www.w3.org/2000/svg" width="9" height="9"><image href="file:///etc/passwd" width="5" height="5"/><image href="http://127.0.0.1:9/x.png" width="5" height="5"/></svg>'
    topic = section("T", neutral.picture("s.svg", "drawn"), neutral.picture("http://127.0.0.1:9/y.png", "far"))
    sheet = render(build(topic, media={"s.svg": Media("s.svg", "image/svg+xml", svg, 9, 9)}), Layout())
    assert "far" in text(sheet)
    assert all(each.code == "P002" and "fetches nothing" in each.message for each in sheet.diagnostics)
    assert len(sheet.diagnostics) == 2


def test_a_character_without_a_glyph_is_named():
    (remark,) = printed(section("T", "漢")).diagnostics
    assert remark.code == "P001"
    assert "漢" in remark.message


def test_a_section_is_not_cut_from_its_heading():
    sheet = printed(section("T", *(section(f"Q {n}", code("x = 1\n" * (n % 17 + 1))) for n in range(40))), columns=3)
    with pdfplumber.open(BytesIO(sheet.pdf)) as book:
        for page in book.pages:
            for n in range(3):
                left = 26 + n * (Layout(columns=3).column + 14)
                words = page.crop((left, 40, left + 170, page.height - 30)).extract_words(extra_attrs=["fontname"])
                assert "Mono" in words[-1]["fontname"] if words else True


def test_code_taller_than_a_column_goes_on_in_the_next():
    words = squeezed(text(printed(section("T", section("A", code("\n".join(f"line_{n}" for n in range(400))))))))
    assert all(f"line_{n}" in words for n in range(400))


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
        pdf.printed(lambda _: "", {}, Layout())
    assert capsys.readouterr().out == ""


def test_weasyprint_keeps_its_logger():
    before = logging.getLogger("weasyprint").handlers[:]
    printed(section("T", "漢"))
    assert logging.getLogger("weasyprint").handlers == before
