"""The sheet: a Build and a Layout to one dense, tagged PDF. The same values give the same bytes.

`markup` turns the tree of notes into HTML, a document a topic; `galley` lays each out once in a column of endless
height and reads what was drawn (`record`, with `structure`); `imposition` packs these galleys into columns on sheets
(`packing`) and writes the PDF (`pdf`, with `faces`), without a layout. `galleys` knows which galleys are kept and which
are to be made, `fitting` the size at which a sheet has so many pages.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from interview_helper.diagnostics import Diagnostic
from interview_helper.model import Build, Cache
from interview_helper.outputs.sheet.layout import Layout, Named
from interview_helper.outputs.sheet.pango import PangoMissing

__all__ = ["Layout", "Named", "PangoMissing", "Sheet", "render"]


@dataclass(frozen=True, slots=True)
class Sheet:
    """The finished PDF, and what its layout had to remark."""

    pdf: bytes
    diagnostics: tuple[Diagnostic, ...]


def render(
    build: Build,
    layout: Layout,
    cache: Cache | None = None,
    told: Callable[[int, int], None] | None = None,
    named: Sequence[Named] = (),
) -> Sheet:
    """The sheet of all notes.

    `cache` keeps what was laid out, `told` hears of progress: topics laid out, of topics. `named` are the fonts of the
    layout, in its order. Raises `PangoMissing` where WeasyPrint can't load the library that sets its text.
    """
    from interview_helper.outputs.sheet import rendering  # late: who only asks for a Layout need not wait for it

    return Sheet(*rendering.rendered(build, layout, named, cache, told))
