"""The sheet: a Build and a Layout to one dense, tagged PDF. The same values give the same bytes.

`markup` turns the tree of notes into HTML, `pdf` turns HTML into pages. The seam between them is that HTML string:
today `pdf.py` is one run of WeasyPrint (repeated until the contents' page numbers hold); galleys and imposition
will replace `pdf.py` and leave the rest as it is.
"""

from __future__ import annotations

from dataclasses import dataclass

from interview_helper.diagnostics import Diagnostic
from interview_helper.model import Build
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


def render(build: Build, layout: Layout) -> Sheet:
    """The sheet of all notes. Raises `PangoMissing` where WeasyPrint can't load the library that sets its text."""
    written, remarks = pdf.printed(
        lambda numbers: markup.html(build, layout, numbers),
        {media.name: media for media in build.library.media.values()},
        layout,
    )
    return Sheet(written, placed(remarks, build))
