"""Flashcards: a Build and a FlashcardLayout to a tagged PDF, to be printed on both sides and cut. Same values, same bytes.

`markup` makes HTML of the two sides of a card, in any size; `fitting` finds the size and has the galley laid out;
`imposition` puts fronts on one page and backs behind them on the next. What a galley is, how it is laid out and how a PDF
is written stands in the modules of the sheet.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from interview_helper.diagnostics import Diagnostic
from interview_helper.model import Build, Cache
from interview_helper.outputs.sheet.flashcards.layout import FlashcardLayout
from interview_helper.outputs.sheet.layout import Named
from interview_helper.outputs.sheet.pango import PangoMissing

__all__ = ["FlashcardLayout", "Flashcards", "PangoMissing", "render"]


@dataclass(frozen=True, slots=True)
class Flashcards:
    """The finished PDF, and what its layout had to remark."""

    pdf: bytes
    diagnostics: tuple[Diagnostic, ...]


def render(
    build: Build,
    layout: FlashcardLayout,
    cache: Cache | None = None,
    told: Callable[[int, int], None] | None = None,
    named: Sequence[Named] = (),
) -> Flashcards:
    """The cards of a build, of which there is one or more.

    `cache` keeps what was laid out, `told` hears of progress: cards laid out, of cards; `named` are the fonts for what
    ours lack. Raises `PangoMissing` where
    WeasyPrint can't load the library that sets its text.
    """
    from interview_helper.outputs.sheet.flashcards import rendering  # late: who only asks for a layout need not wait

    return Flashcards(*rendering.rendered(build, layout, named, cache, told))
