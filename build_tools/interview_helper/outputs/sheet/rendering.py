"""A Build and a Layout to the bytes of a PDF and its remarks: the order in which the parts of this folder work."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

from interview_helper.diagnostics import Diagnostic, ordered
from interview_helper.model import Build, Cache, Span
from interview_helper.outputs.sheet import fitting, galleys, imposition
from interview_helper.outputs.sheet.faces import Faces
from interview_helper.outputs.sheet.fallback import Fallback
from interview_helper.outputs.sheet.imposition import Topic
from interview_helper.outputs.sheet.layout import Layout, Named
from interview_helper.outputs.sheet.markup import Markup
from interview_helper.outputs.sheet.pdf import Whole
from interview_helper.outputs.sheet.record import Galley
from interview_helper.outputs.sheet.remarks import blocks, borrowed, counted, placed

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


def rendered(
    build: Build, layout: Layout, named: Sequence[Named], cache: Cache | None, told: _Told
) -> tuple[bytes, tuple[Diagnostic, ...]]:
    """The PDF, and what there is to say of it. Raises PangoMissing."""
    faces = Faces(cache)
    markup = Markup(build, layout, lambda: faces.covered)
    lacking = [(topic, markup.lacking(topic)) for topic in (None, *markup.topics)]
    fallback = Fallback([characters for _, characters in lacking], build.deck.language, named, cache)
    for choice in fallback.choices:
        faces.let_in(choice)
    diagnostics = [*fallback.diagnostics]
    setting = _Setting(build, faces, fallback, cache, told)
    if layout.pages is None:
        chosen = setting.laid_out(layout)
    else:
        chosen, fits = setting.fitted(layout, layout.pages)
        if not fits:
            diagnostics.append(_unfit(chosen, layout.pages))
    whole = Whole(build.deck.title, build.deck.author, build.deck.language)
    pdf = imposition.imposed(whole, chosen.masthead, chosen.topics, chosen.layout, faces)
    remarks = [
        ([], chosen.masthead.remarks),
        *((list(counted(topic.root)), topic.galley.remarks) for topic in chosen.topics),
    ]
    needed = [(blocks(topic.root), fallback.of(characters)) for topic, characters in lacking if topic]
    return pdf, ordered((*diagnostics, *placed(remarks, build), *borrowed(fallback.choices, needed, build)))


@dataclass(frozen=True, slots=True)
class _Setting:
    """What all layouts of a sheet have in common."""

    build: Build
    faces: Faces
    fallback: Fallback
    cache: Cache | None
    told: _Told

    def laid_out(self, layout: Layout) -> _LaidOut:
        markup = Markup(self.build, layout, lambda: self.faces.covered)
        media = {each.name: each for each in self.build.library.media.values()}
        masthead, *rest = galleys.laid_out(markup, self.fallback, media, self.cache, self.told, self.faces.ready)
        topics = (
            Topic(topic.number, topic.root, galley, topic.labels)
            for topic, galley in zip(markup.topics, rest, strict=True)
        )
        return _LaidOut(layout, masthead, tuple(topics))

    def fitted(self, layout: Layout, pages: int) -> tuple[_LaidOut, bool]:
        """The galleys in the largest size that fits; in the smallest, and False, where none does.

        The size found is kept, so that after an edit two sizes are looked at: that one, and the next larger one.
        """
        deck, cache = self.build.deck, self.cache
        name = repr((deck.id, deck.title, replace(layout, size=0.0)))
        key = hashlib.sha256(f"size\0{name}".encode()).hexdigest()
        kept = cache.get(key) if cache is not None else None
        tried: dict[int, _LaidOut] = {}

        def used(size: int) -> float:
            tried[size] = self.laid_out(replace(layout, size=size / 10))
            return tried[size].pages

        before = int(kept) if kept and kept.isdigit() else None
        start = round(Layout().size * 10) if before is None else before
        found = fitting.largest(pages, start, used, found=before is not None)
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
