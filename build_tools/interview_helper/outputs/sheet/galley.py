"""HTML to a galley: laid out once, read from WeasyPrint's pages. The only module that knows WeasyPrint, imported late.

A page of this layout is a unit (see `record.Unit`): the style breaks before each. WeasyPrint gets our style, our fonts
and the pictures of the build, and nothing else: not a file, not the network.

Parts of WeasyPrint that are not its public interface, all used here: `Page._page_box` and its boxes (where things
stand), `weasyprint.pdf.stream.Stream` with `_tags` (what draws a page, and what it has marked),
`weasyprint.pdf._use_references` (pictures as PDF objects), `weasyprint.layout.make_margin_boxes` (which we do without),
`weasyprint.layout.page.set_page_type_computed_styles` (ours does not look at all elements),
`weasyprint.layout.layout_fixed_boxes` and `initialize_page_maker` (all pages are looked at for none),
`weasyprint.layout.background` (where a box is cut).
`test_galley.py` guards each; the version is held below 71.
"""

from __future__ import annotations

import atexit
import base64
import gc
import hashlib
import logging
import re
import sys
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager, redirect_stdout, suppress
from dataclasses import replace
from functools import lru_cache
from io import StringIO
from types import ModuleType
from typing import Any, Protocol
from urllib.parse import unquote

import pydyf

from interview_helper import scratch
from interview_helper.outputs.sheet import faces, fonts, pango, structure
from interview_helper.outputs.sheet.direction import BRACKETS, has_leftwards
from interview_helper.outputs.sheet.faces import Cut
from interview_helper.outputs.sheet.opentype import Font
from interview_helper.outputs.sheet.record import TOPIC_COLOR, Bookmark, Galley, Link, Mark, Noted, Place, Slot, Unit

SENTINEL = "#010203"  # the color in style.css that stands for the topic's own
_POINTS = 0.75  # a CSS px
_GLYPH = re.compile(r'\.notdef glyph.*: "(.*)" \(U\+', re.DOTALL)
_PICTURE = re.compile(r"Failed to load image at '([^']*)'|Failed to render SVG image (\S+)")
_SLOWER = "Using fontTools instead of HarfBuzz"  # about the machine; what is printed is the same
_FACE = re.compile(rb"/([A-Z]{6}) (?=[\d.]+ Tf)")
_SHOWN = re.compile(rb"/([A-Z]{6}) [\d.]+ Tf|<([0-9a-f]+)>")
_FULL = re.compile(r"[aA]1(\.0)?")
_OPAQUE = re.compile(rb"/[aA]1(?:\.0)? gs\n?")
_SENTINEL = b"0.003922 0.007843 0.011765"
_REFERENCE = re.compile(rb"(\d+) 0 R")
_COLLECTED = 100  # units after which what WeasyPrint leaves behind in circles is collected


class Shown(Protocol):
    """A picture's bytes and their type."""

    @property
    def type(self) -> str: ...
    @property
    def data(self) -> bytes: ...


def galley(
    html: str,
    style: str,
    media: Mapping[str, Shown],
    said: Sequence[Noted] = (),
    chosen: Callable[[list[tuple[str, float]]], Sequence[int]] | None = None,
) -> Galley:
    """The galley of a document. `media` are the pictures that it may show, by the name in `media:NAME`.

    `said` are remarks that it starts with. `chosen`, if given, hears the names of all pages and how high they are, in
    points, and says which become units: a document may hold the same in several sizes.

    Raises PangoMissing.
    """
    press = _press(style)
    with _remarks(press.weasyprint) as remarks:
        document = press.weasyprint.HTML(string=html, url_fetcher=press.fetcher(media), media_type="print")
        laid_out = document.render(
            stylesheets=[press.css],
            font_config=press.fonts,
            presentational_hints=True,  # the numbers lists start with, the alignment of cells
        )
        remarks.extend(said)
        reading = _Reading(press, document.etree_element, laid_out)
        pages = laid_out.pages if chosen is None else [laid_out.pages[n] for n in chosen(reading.pages())]
        found = reading.galley(pages, remarks)
    press.tidied(len(laid_out.pages))
    return found


def supplied(cuts: Sequence[Cut]) -> str:
    """Have these faces beside ours, for galleys in this process: the rules that a style names them by.

    They are there until others are supplied.
    """
    _SUPPLY.clear()
    _SUPPLY.update((faces.key_of(cut.data), cut) for cut in cuts)
    return "".join(
        f"@font-face{{font-family:{cut.family};font-weight:{cut.weight};src:url(font:{name})}}"
        for name, cut in _SUPPLY.items()
    )


_SUPPLY: dict[str, Cut] = {}  # by the hash of what it holds


def warmed(style: str) -> None:
    """Have everything loaded that a galley needs, so that processes that are forked share it. Raises PangoMissing."""
    _press(style)
    gc.collect()
    gc.freeze()


@lru_cache(maxsize=4)
def _press(style: str) -> _Press:
    return _Press(style)


def cleared() -> None:
    """Have the folders taken away in which the fonts of this process lie."""
    _press.cache_clear()


atexit.register(cleared)  # at the very end of a process it would fail


class _Press:
    """WeasyPrint with a style and our fonts."""

    def __init__(self, style: str) -> None:
        with scratch.used(), fonts.only_ours():
            self.weasyprint = _weasyprint()
            self.fonts = self.weasyprint.text.fonts.FontConfiguration()
        self.supply = dict(_SUPPLY)
        self.css = self.weasyprint.CSS(
            string=style, font_config=self.fonts, url_fetcher=self.fetcher({}), base_url="sheet:"
        )
        self._units = 0
        gc.freeze()

    def tidied(self, units: int) -> None:
        """Free the memory of galleys now and then: nothing is freed by counting alone where all is tied in circles."""
        self._units += units
        if self._units > _COLLECTED:
            self._units = 0
            gc.collect()

    def fetcher(self, media: Mapping[str, Shown]) -> Any:
        """What WeasyPrint asks for every address: it has what the build shows and refuses all else."""
        urls, supply = self.weasyprint.urls, self.supply

        class Fetcher(urls.URLFetcher):  # type: ignore[misc, name-defined]
            def fetch(self, url: str, headers: Mapping[str, str] | None = None) -> Any:  # noqa: ARG002
                scheme, _, name = url.partition(":")
                if scheme == "formula":
                    svg = base64.urlsafe_b64decode(name)
                    return urls.URLFetcherResponse(url, svg, {"Content-Type": "image/svg+xml"})
                if scheme == "font":
                    return urls.URLFetcherResponse(url, supply[name].data, {"Content-Type": "font/ttf"})
                picture = media.get(unquote(name)) if scheme == "media" else None
                if picture is None:
                    raise ValueError(f"the sheet fetches nothing: {url}")
                return urls.URLFetcherResponse(url, picture.data, {"Content-Type": picture.type})

        return Fetcher()


def _weasyprint() -> Any:
    """WeasyPrint, without the banner that it prints to stdout where it can't load Pango."""
    try:
        with suppress(OSError), pango.by_file():
            return _imported()
        return _imported()
    except OSError as error:
        lacking = ", ".join(pango.lacking())
        raise pango.PangoMissing(f"the system lacks {lacking}" if lacking else str(error)) from error


def _imported() -> ModuleType:
    try:
        with pango.homebrewed(), redirect_stdout(StringIO()):
            import weasyprint
            import weasyprint.layout
            import weasyprint.pdf.stream
            import weasyprint.text.fonts
            import weasyprint.urls
    except OSError:
        # A half-imported package would fail differently at the next try.
        for name in [name for name in sys.modules if name.partition(".")[0] == "weasyprint"]:
            del sys.modules[name]
        raise
    # Units have no margins: to find that of the sixteen boxes in them none is there takes a tenth of a layout.
    weasyprint.layout.make_margin_boxes = lambda *_: ()
    weasyprint.layout.page.set_page_type_computed_styles = _style_page
    # Nothing of ours is fixed to each page, nor does any text name one: to look at all pages for each is in vain.
    weasyprint.layout.layout_fixed_boxes = lambda *_: ()
    begin = weasyprint.layout.initialize_page_maker

    def begin_pages(context: Any, root: Any) -> None:
        begin(context, root)
        context.page_maker = _Pages(context.page_maker)

    weasyprint.layout.initialize_page_maker = begin_pages
    module: ModuleType = weasyprint
    return module


class _Pages(list[Any]):
    """What WeasyPrint notes of each page. Of all those before the newest, whose counters it asks for, it is nothing."""

    def __getitem__(self, at: Any) -> Any:
        return [] if isinstance(at, slice) and at.stop == len(self) - 1 else super().__getitem__(at)


def _style_page(page_type: Any, html: Any, style_for: Any) -> None:
    """Have the styles of a page and of the areas that it has besides its margins.

    WeasyPrint goes through the styles of all elements for each page: a topic of twice the units takes four times as long.
    """
    root, styles = html.etree_element, style_for.get_cascaded_styles()
    style_for.add_page_declarations(page_type)
    style_for.set_computed_styles(page_type, root=root, parent=root, base_url=html.base_url)
    for area in ("@footnote", "@note-area"):
        if (page_type, area) in styles:
            style_for.set_computed_styles(
                page_type, pseudo_type=area, root=root, parent=page_type, base_url=html.base_url
            )


@contextmanager
def _remarks(weasyprint: Any) -> Iterator[list[Noted]]:
    """A list that fills with WeasyPrint's warnings and errors, which show nowhere else meanwhile."""
    found: list[Noted] = []

    class Listener(logging.Handler):
        def emit(self, record: logging.LogRecord) -> None:
            words = record.getMessage()
            if words.startswith(_SLOWER):
                return
            if glyph := _GLYPH.search(words):
                found.append(Noted("P001", "", glyph[1]))
            elif picture := _PICTURE.search(words):
                found.append(Noted("P002", words, picture[1] or picture[2]))
            else:
                found.append(Noted("P002", words))

    logger: logging.Logger = weasyprint.LOGGER
    handlers, level, propagate = logger.handlers[:], logger.level, logger.propagate
    logger.handlers = [Listener(logging.WARNING)]
    logger.setLevel(logging.WARNING)
    logger.propagate = False
    try:
        yield found
    finally:
        logger.handlers = handlers
        logger.setLevel(level)
        logger.propagate = propagate


class _Reading:
    """One document, read page by page."""

    def __init__(self, press: _Press, root: Any, document: Any) -> None:
        self.weasyprint = press.weasyprint
        self.supply = press.supply
        self.boxes = press.weasyprint.formatting_structure.boxes
        self.root = root
        self.document = document
        self.leaves: list[structure.Leaf] = []
        self.pictures: dict[Any, str] = {}
        self.objects: dict[str, bytes] = {}
        self.articles: dict[Any, int] = {}
        self.faces: dict[str, str] = {}
        self.heads = {each: head for head in root.iter("thead") for each in head.iter()}
        self.read: set[Any] = set()  # of these heads
        self.stream = self._stream()
        for page in document.pages:
            self._cut(page._page_box.children[0], page._page_box)  # noqa: SLF001

    def pages(self) -> list[tuple[str, float]]:
        """The names of all pages, and how high their units would be."""
        boxes = [page._page_box for page in self.document.pages]  # noqa: SLF001
        extents = map(self._extent, boxes)
        heights = (round((bottom - top) * _POINTS, 3) for top, bottom, _, _ in extents)
        return [(box.page_type.name, height) for box, height in zip(boxes, heights, strict=True)]

    def galley(self, pages: Iterable[Any], remarks: list[Noted]) -> Galley:
        units = tuple(self._unit(number, page) for number, page in enumerate(pages))
        tree = structure.tree(self.root, self.leaves, self.pictures)
        return Galley(units, tree, self._glyphs(), self.objects, tuple(dict.fromkeys(remarks)))

    # --- drawing --------------------------------------------------------------------------------------------------

    def _drawn(self, page: Any) -> tuple[bytes, dict[Any, Any], dict[str, str]]:
        """What draws a page, what it has marked by the box, and the resources that it names."""
        from weasyprint.pdf import _use_references

        resources = pydyf.Dictionary(
            {kind: pydyf.Dictionary() for kind in ("ExtGState", "XObject", "Pattern", "Shading")}
        )
        resources["ColorSpace"] = pydyf.Dictionary()
        images: dict[str, Any] = {}
        marks: dict[Any, Any] = {}
        area = (0, 0, page.width, page.height)
        stream = self.stream(self.document.fonts, area, resources, images, marks, {}, None)
        page.paint(stream, _POINTS)
        self.read |= {self.heads[box.element] for box in marks if box.element in self.heads}
        content = b"\n".join(pydyf._to_bytes(each) for each in stream.stream)  # noqa: SLF001
        kinds = ["XObject", "Pattern", "Shading"]
        if all(_FULL.fullmatch(name) for name in resources["ExtGState"]):
            content = _OPAQUE.sub(b"", content)
        else:
            kinds.append("ExtGState")
        named: dict[str, str] = {}
        if any(resources[kind] for kind in kinds):
            pdf = pydyf.PDF()
            resources["Font"] = b"@FONT@"
            _use_references(pdf, resources, images, {})
            objects = _Objects(pdf, self.objects, self._renamed)
            for kind, name in [(each, name) for each in kinds for name in resources[each]]:
                known = objects.hash_of(resources[kind][name])
                new = f"{kind[0]}{known}"
                named[f"{kind}/{new}"] = known
                old = re.escape(name.encode())
                content = re.sub(rb"/%s(?= (?:Do|gs|sh|scn|SCN)\b)" % old, b"/" + new.encode(), content)
        return content, marks, named

    def _stream(self) -> Any:
        """The class of what a page is drawn into: the head that a table has again in each unit is to be read but once."""
        base = self.weasyprint.pdf.stream.Stream
        if not self.heads:
            return base

        class Stream(base):  # type: ignore[misc, valid-type]
            @contextmanager
            def marked(stream, box: Any, tag: str) -> Iterator[None]:  # noqa: N805
                with stream.artifact() if self._again(box) else super().marked(box, tag):
                    yield

        return Stream

    def _again(self, box: Any) -> bool:
        """Whether a box is of the head of a table that goes on."""
        return box.element in self.heads and self.heads[box.element] in self.read

    def _renamed(self, content: bytes) -> bytes:
        """`content` with the names of our faces, and the number 0 for what a font lacks."""
        content = self._known_glyphs(content)
        for font in self.document.fonts.values():
            if font.hash not in self.faces:
                key = faces.key_of(font.file_content)
                self.faces[font.hash] = self.supply[key].key if key in self.supply else key
        return _FACE.sub(lambda m: b"/%s " % self.faces[m[1].decode()].encode(), content)

    def _glyphs(self) -> dict[str, dict[int, tuple[str, int]]]:
        """The glyphs in use, by the face."""
        glyphs: dict[str, dict[int, tuple[str, int]]] = {}
        fonts = list(self.document.fonts.values())
        turned = any(has_leftwards(text) for font in fonts for text in font.to_unicode.values())
        for font in fonts:
            known = glyphs.setdefault(self.faces[font.hash], {})
            brackets = _brackets(font) if turned else {}
            for glyph, text in font.to_unicode.items():
                says = brackets.get(glyph, text)
                if glyph in font.missing.values():
                    known[0] = "\N{REPLACEMENT CHARACTER}", font.widths.get(glyph, 0)
                elif glyph not in known or says < known[glyph][0]:
                    known[glyph] = says, font.widths.get(glyph, 0)
        return glyphs

    # --- reading --------------------------------------------------------------------------------------------------

    def _unit(self, number: int, page: Any) -> Unit:
        opening, over, more = self._opening(page)
        content, marks, resources = self._drawn(page)
        content = self._renamed(content).replace(_SENTINEL, TOPIC_COLOR)
        top, bottom, above, below = (each * _POINTS for each in self._extent(page._page_box))  # noqa: SLF001

        def down(y: float) -> float:
            return round(y * _POINTS - top, 3)

        links, linked = self._links(page, down)
        slots: list[Slot] = []
        filled = 0  # of the slots, those of which it is known what comes after
        for box, line in self._boxes(page._page_box):  # noqa: SLF001
            if id(box) in linked:
                self._leaf(box.element, Place("link", number, linked[id(box)]))
            if box in marks:
                mcid = marks[box]["mcid"]
                slots[filled:] = [replace(slot, before=mcid) for slot in slots[filled:]]
                filled = len(slots)
                self._leaf(box.element, Mark(number, mcid), marker=box.element_tag.endswith("::marker"))
                if isinstance(box, self.boxes.ReplacedBox):
                    self.pictures[box.element] = f"{number} {self._corners(box, down)}"
            elif line is not None and (name := _own(box).get("data-slot")):
                self._leaf(box.element, Place("slot", number, len(slots)))
                x, size = (round(value * _POINTS, 3) for value in (box.content_box_x(), box.style["font_size"]))
                slots.append(Slot(name, x, down(line.position_y + line.baseline), size))
        ruled = next((box for box, _ in self._boxes(page._page_box) if "data-rule" in _own(box)), None)  # noqa: SLF001
        return Unit(
            content=content,
            marks=len(marks),
            top=round(top, 3),
            height=round(bottom - top, 3),
            above=round(above, 3),
            below=round(below, 3),
            article=self.articles.setdefault(ruled.element, len(self.articles)) if ruled else -1,
            rule=max(0.0, down(ruled.border_box_y())) if ruled else 0.0,
            entry=page._page_box.page_type.name == "entry",  # noqa: SLF001
            links=tuple(links),
            slots=tuple(slots),
            anchors={name: (round(x * _POINTS, 3), down(y)) for name, (x, y, *_) in page.anchors.items()},
            bookmarks=tuple(
                Bookmark(level, label, round(x * _POINTS, 3), down(y)) for level, label, (x, y), _ in page.bookmarks
            ),
            resources={**more, **resources},
            opening=opening,
            over=round(top - over, 3) if opening else 0.0,
        )

    def _opening(self, page: Any) -> tuple[bytes, float, dict[str, str]]:
        """What draws a page that begins with the head of its table again, where that is in points, and its resources.

        The page is without that head then.
        """
        if not self.read:
            return b"", 0.0, {}
        tables = (box for box, _ in self._boxes(page._page_box) if isinstance(box, self.boxes.TableBox))  # noqa: SLF001
        table = next((box for box in tables if "data-long" in _own(box)), None)
        if table is None or not table.children[0].is_header or table.children[0].element not in self.read:
            return b"", 0.0, {}
        content, _, resources = self._drawn(page)
        top = self._extent(page._page_box)[0] * _POINTS  # noqa: SLF001
        table.children = table.children[1:]
        return self._renamed(content).replace(_SENTINEL, TOPIC_COLOR), top, resources

    def _links(self, page: Any, down: Callable[[float], float]) -> tuple[list[Link], dict[int, int]]:
        """The links of a page, and the number of each by its box. What is in a link is a link to WeasyPrint, too."""
        links: list[Link] = []
        linked: dict[int, int] = {}
        for kind, target, (x1, y1, x2, y2), box in page.links:
            if box.element_tag == "a" and x2 > x1 and not self._again(box):
                linked[id(box)] = len(links)
                named = f"#{target}" if kind == "internal" else target
                links.append(Link(named, round(x1 * _POINTS, 3), down(y1), round(x2 * _POINTS, 3), down(y2)))
        return links, linked

    def _corners(self, box: Any, down: Callable[[float], float]) -> str:
        x, y = box.content_box_x(), box.content_box_y()
        corners = (x * _POINTS, down(y), (x + box.width) * _POINTS, down(y + box.height))
        return " ".join(f"{each:.2f}" for each in corners)

    def _known_glyphs(self, content: bytes) -> bytes:
        """`content` with the number 0 for what a font lacks: WeasyPrint makes up numbers, others in each document."""
        missing: dict[bytes, set[bytes]] = {}
        for each in self.document.fonts.values():
            missing.setdefault(each.hash.encode(), set()).update(b"%04x" % glyph for glyph in each.missing.values())
        if not any(missing.values()):
            return content
        font = b""

        def known(match: re.Match[bytes]) -> bytes:
            nonlocal font
            if match[1]:
                font = match[1]
                return match[0]
            glyphs = (match[2][at : at + 4] for at in range(0, len(match[2]), 4))
            return b"<%s>" % b"".join(b"0000" if each in missing[font] else each for each in glyphs)

        return _SHOWN.sub(known, content)

    def _leaf(self, element: Any, what: Mark | Place, *, marker: bool = False) -> None:
        self.leaves.append(structure.Leaf(element, what, marker))

    def _boxes(self, box: Any, line: Any = None) -> Iterator[tuple[Any, Any]]:
        """All boxes of a page in the order of the text, each with the line that it stands in."""
        box = getattr(box, "_box", box)  # of an absolute one, only its placeholder stands in the tree
        if isinstance(box, self.boxes.LineBox):
            line = box
        yield box, line
        for child in getattr(box, "children", ()):
            yield from self._boxes(child, line)

    def _extent(self, page_box: Any) -> tuple[float, float, float, float]:
        """Top and bottom of what stands on a page, the margin above it, and the one below it; all in CSS px."""
        chain = page_box.children[0]
        bottom = self._foot(chain)
        above = below = 0.0
        first = last = chain
        while True:
            above = max(above, _number(first.margin_top))
            inside = _flowing(first)
            if not inside or isinstance(first, self.boxes.LineBox) or first.border_top_width or first.padding_top:
                break
            first = inside[0]
        line = isinstance(first, self.boxes.LineBox)
        top = float(first.position_y if line else first.border_box_y())
        while True:
            below = max(below, _number(last.margin_bottom))
            inside = _flowing(last)
            if not inside or isinstance(last, self.boxes.LineBox) or self._closed(last):
                break
            last = inside[-1]
        return top, bottom, above, below

    def _closed(self, box: Any) -> bool:
        """Whether the margins below what is in a box stay in it."""
        return bool(box.border_bottom_width or box.padding_bottom) or not isinstance(box, self.boxes.BlockContainerBox)

    def _foot(self, box: Any) -> float:
        """Where a box ends: at its border where one is seen, else where the last of what is in it ends."""
        inside = self._below(box)
        seen = not inside or box.border_bottom_width or box.padding_bottom or box.style["background_color"].alpha
        if isinstance(box, self.boxes.LineBox):
            return float(box.position_y + box.height)
        return float(box.border_box_y() + box.border_height()) if seen else max(map(self._foot, inside))

    def _cut(self, box: Any, page: Any) -> None:
        """Have a box end where the last of what is in it does.

        One that goes on in the next unit reaches down to the foot of its page, and so do its background and its border.
        """
        inside = self._below(box)
        if inside:
            self._cut(inside[-1], page)
            surplus = box.border_box_y() + box.border_height() - max(map(self._foot, inside))
            if surplus > 0 and not (box.border_bottom_width or box.padding_bottom):
                box.height -= surplus
                if box.background:
                    self.weasyprint.layout.background.layout_box_backgrounds(page, box, None, layout_children=False)

    def _below(self, box: Any) -> list[Any]:
        """What stands below each other in a box and makes it as high as it is."""
        boxes = self.boxes
        grows = isinstance(box, (boxes.BlockContainerBox, boxes.TableBox, boxes.TableRowGroupBox))
        return _flowing(box) if grows else []


class _Objects:
    """The objects of a PDF as bytes in which `@hash@` stands for a reference."""

    def __init__(self, pdf: Any, found: dict[str, bytes], renamed: Callable[[bytes], bytes]) -> None:
        self.pdf = pdf
        self.found = found
        self.renamed = renamed
        self.known: dict[bytes, str] = {}

    def hash_of(self, what: Any) -> str:
        """The name of an object or of a reference to one, which is in `found` then with all that it refers to."""
        if not isinstance(what, bytes):
            return self._kept(what.data)
        if what not in self.known:
            self.known[what] = self._kept(self._data(self.pdf.objects[int(what.split()[0])]))
        return self.known[what]

    def _data(self, what: Any) -> bytes:
        if hasattr(what, "stream") and "Filter" not in what.extra:
            content = b"\n".join(pydyf._to_bytes(each) for each in what.stream)  # noqa: SLF001
            what.stream = [self.renamed(content)]
            what.compress = True
        return bytes(what.data)

    def _kept(self, data: bytes) -> str:
        head, stream, body = data.partition(b"\nstream\n")
        head = _REFERENCE.sub(lambda m: b"@" + self.hash_of(m[0]).encode() + b"@", head)
        data = head + stream + body
        name = hashlib.sha256(data).hexdigest()[:16]
        self.found[name] = data
        return name


def _own(box: Any) -> Mapping[str, str]:
    """The attributes of the element that a box is of; none where it is of what CSS puts before it, or the like."""
    found: Mapping[str, str] = {} if box.element is None or box.element_tag != box.element.tag else box.element.attrib
    return found


def _brackets(font: Any) -> dict[int, str]:
    """What the glyphs of brackets look like.

    From right to left a bracket is drawn by the glyph of its counterpart, and WeasyPrint says of that what it stands for
    there. Readers of PDF turn it around themselves; and from left to right it would be wrong.
    """
    shapes = Font(font.file_content, font.index).glyphs(BRACKETS)
    return {glyph: character for character, (glyph, _) in shapes.items()}


def _flowing(box: Any) -> list[Any]:
    """What stands in a box one below the other."""
    children = (getattr(child, "_box", child) for child in getattr(box, "children", ()))
    return [child for child in children if child.is_in_normal_flow()]


def _number(value: Any) -> float:
    return float(value) if isinstance(value, (int, float)) else 0.0
