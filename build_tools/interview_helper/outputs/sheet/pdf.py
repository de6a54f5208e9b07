"""The sheet's HTML to PDF bytes. The only module that knows WeasyPrint, and it imports it late.

WeasyPrint gets our style, our fonts and the pictures of the build, and nothing else: not a file, not the network.
"""

from __future__ import annotations

import logging
import re
import sys
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, redirect_stdout
from importlib.resources import files
from io import StringIO
from types import ModuleType
from typing import Any
from urllib.parse import unquote

from interview_helper.model import Media
from interview_helper.outputs.sheet import fonts, pango
from interview_helper.outputs.sheet.layout import Layout
from interview_helper.outputs.sheet.remarks import Remark

_GLYPH = re.compile(r'\.notdef glyph.*: "(.*)" \(U\+', re.DOTALL)
_PICTURE = re.compile(r"Failed to load image at '([^']*)'|Failed to render SVG image (\S+)")
_SLOWER = "Using fontTools instead of HarfBuzz"  # about the machine; what is printed is the same
_ROUNDS = 3
_FOOT = 28.4  # points, the margin below in style.css
_SHARES = (1.15, 1.4, 1.8)  # of an even height, to which columns may be made shorter
_SHORT_LINE = 50  # characters


class PangoMissing(OSError):
    """WeasyPrint is installed, but Pango, which sets its text, can't be loaded."""


def printed(
    html: Callable[[Mapping[str, int]], str], media: Mapping[str, Media], layout: Layout
) -> tuple[bytes, tuple[Remark, ...]]:
    """The PDF of `html(numbers)`, `numbers` being the page of each id, and what WeasyPrint remarked."""
    with fonts.only_ours():
        weasyprint = _weasyprint()
        with _remarks(weasyprint) as remarks:
            configuration = weasyprint.text.fonts.FontConfiguration()
            css = weasyprint.CSS(string=_style(layout), font_config=configuration)

            def laid_out(numbers: Mapping[str, int], foot: float = 0) -> Any:
                page = weasyprint.HTML(
                    string=html(numbers), url_fetcher=_fetcher(weasyprint, media), media_type="print"
                )
                shorter = weasyprint.CSS(string=f"@page{{padding-bottom:{foot}pt}}")
                return page.render(
                    stylesheets=[css, shorter],
                    font_config=configuration,
                    presentational_hints=True,  # the numbers lists start with, the alignment of cells
                )

            document = _settled(laid_out, layout)
            return document.write_pdf(finisher=_with_plain_codes, pdf_variant="pdf/ua-1"), tuple(remarks)


def _settled(laid_out: Callable[..., Any], layout: Layout) -> Any:
    """The document of `laid_out(numbers, foot)` with the right numbers in its contents and its columns about even.

    Numbers can move what they number, so the pages are laid out until the contents agree with them.
    """
    numbers: dict[str, int] = {}
    document = laid_out(numbers)
    for _ in range(_ROUNDS if layout.contents else 0):
        seen = {name: number for number, each in enumerate(document.pages, 1) for name in each.anchors}
        if all(numbers.get(name, 1) == number for name, number in seen.items()):
            break
        numbers = seen
        document = laid_out(numbers)
    for foot in _feet(document, layout):
        shorter = laid_out(numbers, foot)
        if len(shorter.pages) == 1:
            return shorter
    return document


def _feet(document: Any, layout: Layout) -> list[float]:
    """By how many points a single page can be shorter for its columns to be even, the most daring first.

    WeasyPrint's own way, `column-fill: balance`, can take minutes. Here the headings tell how far the columns reach.
    """
    if len(document.pages) > 1 or layout.columns == 1 or not document.pages[0].anchors:
        return []
    heads = [(x * 0.75, y * 0.75) for x, y, *_ in document.pages[0].anchors.values()]  # corners, from CSS pixels
    top = min(y for _, y in heads)
    height = layout.page[1] - top - _FOOT
    columns = [(int((x - layout.margin + 1) // (layout.column + layout.gap)), y - top) for x, y in heads]
    last, reached = max(columns)
    used = last * height + reached
    if used < height / 4 or used > (layout.columns - 0.6) * height:
        return []
    return [foot for share in _SHARES if (foot := height - used / layout.columns * share) > 0]


def _with_plain_codes(document: Any, written: Any) -> None:
    """Let codes be glyph numbers in a font that lacks characters, as they are in all others.

    WeasyPrint gives such a font a table of codes that pypdf and pdfminer can't read, and all its text is lost to them.
    """
    from weasyprint.pdf import pydyf

    lacking = {font.name: font.missing.values() for font in document.fonts.values() if font.missing}
    by_reference = {each.reference: each for each in written.objects}
    for each in [each for each in written.objects if isinstance(each, dict)]:
        if each.get("Subtype") != "/Type0" or each["BaseFont"] not in lacking:
            continue
        drawn = dict.fromkeys(lacking[each["BaseFont"]], 0)
        glyphs = b"".join(drawn.get(code, code).to_bytes(2, "big") for code in range(max(drawn) + 1))
        table = pydyf.Stream([glyphs], compress=True)
        written.add_object(table)
        each["Encoding"] = "/Identity-H"
        by_reference[each["DescendantFonts"][0]]["CIDToGIDMap"] = table.reference


def _weasyprint() -> Any:
    """WeasyPrint, without the banner that it prints to stdout where it can't load Pango."""
    try:
        with pango.homebrewed(), redirect_stdout(StringIO()):
            import weasyprint
            import weasyprint.text.fonts
            import weasyprint.urls
    except OSError as error:
        # A half-imported package would fail differently at the next try.
        for name in [name for name in sys.modules if name.partition(".")[0] == "weasyprint"]:
            del sys.modules[name]
        lacking = ", ".join(pango.lacking())
        raise PangoMissing(f"the system lacks {lacking}" if lacking else str(error)) from error
    module: ModuleType = weasyprint
    return module


def _style(layout: Layout) -> str:
    """style.css, and before it what the layout decides."""
    width, height = layout.page
    chosen = (
        f"@page{{size:{width}pt {height}pt;margin-left:{layout.margin}pt;margin-right:{layout.margin}pt}}"
        f":root{{--size:{layout.size}pt;--columns:{layout.columns};--gap:{layout.gap}pt;"
        f"--contents:{max(1, round((width - 2 * layout.margin) / 150))};"
        # A word in two halves is found by no search, so only where lines are short.
        f"--hyphens:{'auto' if layout.characters < _SHORT_LINE else 'manual'}}}\n"
    )
    return chosen + files(__package__).joinpath("style.css").read_text(encoding="utf-8")


def _fetcher(weasyprint: Any, media: Mapping[str, Media]) -> Any:
    """What WeasyPrint asks for every address: it has the build's pictures and refuses all else."""

    class Fetcher(weasyprint.urls.URLFetcher):  # type: ignore[misc]
        def fetch(self, url: str, headers: Mapping[str, str] | None = None) -> Any:  # noqa: ARG002
            scheme, _, name = url.partition(":")
            picture = media.get(unquote(name)) if scheme == "media" else None
            if picture is None:
                raise ValueError(f"the sheet fetches nothing: {url}")
            return weasyprint.urls.URLFetcherResponse(url, picture.data, {"Content-Type": picture.type})

    return Fetcher()


@contextmanager
def _remarks(weasyprint: Any) -> Iterator[list[Remark]]:
    """A list that fills with WeasyPrint's warnings and errors, which show nowhere else meanwhile."""
    found: list[Remark] = []

    class Listener(logging.Handler):
        def emit(self, record: logging.LogRecord) -> None:
            words = record.getMessage()
            if words.startswith(_SLOWER):
                return
            if glyph := _GLYPH.search(words):
                found.append(Remark(words, character=glyph[1]))
            elif picture := _PICTURE.search(words):
                found.append(Remark(words, address=picture[1] or picture[2]))
            else:
                found.append(Remark(words))

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
