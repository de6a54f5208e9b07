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

from interview_helper.diagnostics import Diagnostic, ordered
from interview_helper.model import Media, Span
from interview_helper.outputs.sheet import fonts, pango
from interview_helper.outputs.sheet.layout import Layout

_NOWHERE = Span("sheet", 1, 1, 1, 1)
_GLYPH = re.compile(r'\.notdef glyph.*: "(.*)" \((U\+.*)\)', re.DOTALL)
_ROUNDS = 3


class PangoMissing(OSError):
    """WeasyPrint is installed, but Pango, which sets its text, can't be loaded."""


def printed(
    html: Callable[[Mapping[str, int]], str], media: Mapping[str, Media], layout: Layout
) -> tuple[bytes, tuple[Diagnostic, ...]]:
    """The PDF of `html(numbers)`, `numbers` being the page of each id, and what WeasyPrint remarked.

    Numbers can move what they number, so the pages are laid out until the contents agree with them.
    """
    with fonts.only_ours():
        weasyprint = _weasyprint()
        with _remarks(weasyprint) as remarks:
            configuration = weasyprint.text.fonts.FontConfiguration()
            css = weasyprint.CSS(string=_style(layout), font_config=configuration)
            numbers: dict[str, int] = {}
            for _ in range(_ROUNDS):
                remarks.clear()
                page = weasyprint.HTML(
                    string=html(numbers), url_fetcher=_fetcher(weasyprint, media), media_type="print"
                )
                document = page.render(stylesheets=[css], font_config=configuration, pdf_variant="pdf/ua-1")
                seen = {name: number for number, each in enumerate(document.pages, 1) for name in each.anchors}
                if seen == numbers or not layout.contents:
                    break
                numbers = seen
            return document.write_pdf(), ordered(remarks)


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
        f"--contents:{max(1, round((width - 2 * layout.margin) / 150))}}}\n"
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
def _remarks(weasyprint: Any) -> Iterator[list[Diagnostic]]:
    """A list that fills with WeasyPrint's warnings and errors, which show nowhere else meanwhile."""
    found: list[Diagnostic] = []

    class Listener(logging.Handler):
        def emit(self, record: logging.LogRecord) -> None:
            words = record.getMessage()
            if match := _GLYPH.search(words):
                message = f"no font of the sheet has {match[1]!r} ({match[2]})"
                found.append(Diagnostic("P001", _NOWHERE, message, "name a font that has it in deck.toml"))
            else:
                found.append(Diagnostic("P002", _NOWHERE, words))

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
