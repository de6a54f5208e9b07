"""The sheet: a Build and a Layout to one dense, tagged PDF. The same values give the same bytes.

`markup` turns the tree of notes into HTML, `pdf` turns HTML into pages. The seam between them is that HTML string:
today `pdf.py` is one run of WeasyPrint (repeated until the contents' page numbers hold); galleys and imposition
will replace `pdf.py` and leave the rest as it is.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from interview_helper.diagnostics import Diagnostic
from interview_helper.model import Build, Cache
from interview_helper.outputs.sheet import markup, pdf
from interview_helper.outputs.sheet.layout import Layout
from interview_helper.outputs.sheet.pdf import PangoMissing
from interview_helper.outputs.sheet.remarks import placed

__all__ = ["Layout", "PangoMissing", "Sheet", "render"]


@dataclass(frozen=True, slots=True)
class Sheet:
    """The finished PDF, and what its layout had to remark."""

    pdf: bytes
    diagnostics: tuple[Diagnostic, ...]


def render(
    build: Build,
    layout: Layout,
    cache: Cache | None = None,  # noqa: ARG001  # galleys will be kept in it
    told: Callable[[int, int], None] | None = None,
) -> Sheet:
    """The sheet of all notes; `told(done, all)` hears how many topics are laid out.

    Raises `PangoMissing` where WeasyPrint can't load the library that sets its text.
    """
    written, remarks = pdf.printed(
        lambda numbers: markup.html(build, layout, numbers),
        {media.name: media for media in build.library.media.values()},
        layout,
    )
    if told:
        count = sum(len(document.topics) for document in build.library.documents)
        told(count, count)
    return Sheet(written, placed(remarks, build))
