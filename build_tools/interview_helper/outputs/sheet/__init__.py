"""The sheet: a Build and a Layout to one dense, tagged PDF. The same values give the same bytes.

`markup` turns the tree of notes into HTML, a document a topic; `galley` lays each out once in a column of endless
height and reads what was drawn (`record`, with `structure`); `imposition` packs these galleys into columns on sheets
(`packing`) and writes the PDF (`pdf`, with `faces`), without a layout.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from interview_helper.diagnostics import Diagnostic
from interview_helper.model import Build, Cache
from interview_helper.outputs.sheet import galleys
from interview_helper.outputs.sheet.faces import Faces
from interview_helper.outputs.sheet.galley import PangoMissing
from interview_helper.outputs.sheet.imposition import Topic, Whole, imposed
from interview_helper.outputs.sheet.layout import Layout
from interview_helper.outputs.sheet.markup import Markup
from interview_helper.outputs.sheet.remarks import placed

__all__ = ["Layout", "PangoMissing", "Sheet", "render"]


@dataclass(frozen=True, slots=True)
class Sheet:
    """The finished PDF, and what its layout had to remark."""

    pdf: bytes
    diagnostics: tuple[Diagnostic, ...]


def render(
    build: Build, layout: Layout, cache: Cache | None = None, told: Callable[[int, int], None] | None = None
) -> Sheet:
    """The sheet of all notes.

    `cache` keeps what was laid out, `told` hears of progress: topics laid out, of topics. Raises `PangoMissing` where
    WeasyPrint can't load the library that sets its text.
    """
    faces = Faces(cache)
    markup = Markup(build, layout, lambda: faces.covered)
    media = {each.name: each for each in build.library.media.values()}
    masthead, *rest = galleys.laid_out(markup, media, cache, told)
    topics = [
        Topic(topic.number, topic.root.title.text, galley, topic.labels)
        for topic, galley in zip(markup.topics, rest, strict=True)
    ]
    whole = Whole(build.deck.title, build.deck.author, build.deck.language)
    pdf = imposed(whole, masthead, topics, layout, faces)
    return Sheet(pdf, placed((remark for galley in (masthead, *rest) for remark in galley.remarks), build))
