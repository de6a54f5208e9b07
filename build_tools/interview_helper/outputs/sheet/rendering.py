"""A Build and a Layout to the bytes of a PDF and its remarks: the order in which the parts of this folder work."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from dataclasses import dataclass, replace

from interview_helper.diagnostics import Diagnostic, ordered
from interview_helper.model import Build, Cache, Span
from interview_helper.outputs.sheet import fitting, galleys, imposition
from interview_helper.outputs.sheet.faces import Faces
from interview_helper.outputs.sheet.imposition import Topic
from interview_helper.outputs.sheet.layout import Layout
from interview_helper.outputs.sheet.markup import Markup
from interview_helper.outputs.sheet.pdf import Whole
from interview_helper.outputs.sheet.record import Galley
from interview_helper.outputs.sheet.remarks import placed

_Told = Callable[[int, int], None] | None


@dataclass(frozen=True, slots=True)
class _LaidOut:
    """All galleys of a sheet in one size of type."""

    layout: Layout
    masthead: Galley
    topics: tuple[Topic, ...]

    @property
    def pages(self) -> float:
        """How many pages they take, the last as the share that is full."""
        return imposition.pages(self.masthead, self.topics, self.layout)


def rendered(build: Build, layout: Layout, cache: Cache | None, told: _Told) -> tuple[bytes, tuple[Diagnostic, ...]]:
    """The PDF, and what there is to say of it. Raises PangoMissing."""
    faces = Faces(cache)
    diagnostics: list[Diagnostic] = []
    if layout.pages is None:
        chosen = _laid_out(build, layout, faces, cache, told)
    else:
        chosen, fits = _fitted(build, layout, faces, cache, told)
        if not fits:
            diagnostics.append(_unfit(chosen, layout.pages))
    whole = Whole(build.deck.title, build.deck.author, build.deck.language)
    pdf = imposition.imposed(whole, chosen.masthead, chosen.topics, chosen.layout, faces)
    remarks = [(None, chosen.masthead.remarks), *((topic.root, topic.galley.remarks) for topic in chosen.topics)]
    return pdf, ordered((*diagnostics, *placed(remarks, build)))


def _laid_out(build: Build, layout: Layout, faces: Faces, cache: Cache | None, told: _Told) -> _LaidOut:
    markup = Markup(build, layout, lambda: faces.covered)
    media = {each.name: each for each in build.library.media.values()}
    masthead, *rest = galleys.laid_out(markup, media, cache, told)
    topics = (
        Topic(topic.number, topic.root, galley, topic.labels) for topic, galley in zip(markup.topics, rest, strict=True)
    )
    return _LaidOut(layout, masthead, tuple(topics))


def _fitted(build: Build, layout: Layout, faces: Faces, cache: Cache | None, told: _Told) -> tuple[_LaidOut, bool]:
    """The galleys in the largest size that fits; in the smallest, and False, where none does.

    The size found is kept, so that after an edit two sizes are looked at: that one, and the next larger one.
    """
    assert layout.pages is not None
    name = repr((build.deck.id, build.deck.title, replace(layout, size=0.0)))
    key = hashlib.sha256(f"size\0{name}".encode()).hexdigest()
    kept = cache.get(key) if cache is not None else None
    tried: dict[int, _LaidOut] = {}

    def used(size: int) -> float:
        tried[size] = _laid_out(build, replace(layout, size=size / 10), faces, cache, told)
        return tried[size].pages

    start = int(kept) if kept and kept.isdigit() else round(Layout().size * 10)
    found = fitting.largest(layout.pages, start, used)
    size = fitting.SMALLEST if found is None else found
    if cache is not None and str(size).encode() != kept:
        cache.put(key, str(size).encode())
    return tried[size], found is not None


def _unfit(chosen: _LaidOut, pages: int) -> Diagnostic:
    needed = -int(-chosen.pages // 1)
    wanted = "1 page" if pages == 1 else f"{pages} pages"
    return Diagnostic(
        "P005",
        Span(".", 1, 1, 1, 1),
        f"the sheet does not fit on {wanted} in any size that can be read: at {chosen.layout.size:g} points it takes {needed}",
        f"write pages = {needed}, more columns, or landscape, below [sheet]",
    )
