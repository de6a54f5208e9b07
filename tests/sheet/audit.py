"""What is wrong with a finished sheet: found in the PDF, against the words of its notes and the numbers of its Layout.

Each check returns what it found, in words; nothing found is an empty list. `audited` is all of them.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping

from interview_helper.outputs.sheet import Layout

from sheet import geometry, look, navigation, structure, wording
from sheet.subject import Subject

CHECKS: tuple[Callable[[Subject], list[str]], ...] = (
    structure.reading,
    structure.content,
    structure.elements,
    structure.headings,
    structure.lists,
    structure.tables,
    structure.figures,
    structure.codes,
    structure.links,
    structure.catalog,
    wording.words,
    wording.glyphs,
    wording.pdfium,
    geometry.columns,
    geometry.edges,
    geometry.overlaps,
    geometry.orphans,
    geometry.splits,
    navigation.destinations,
    navigation.bookmarks,
    navigation.contents,
    look.contrasts,
    look.fonts,
)


def audited(  # one a wish
    pdf: bytes,
    notes: Mapping[str, str],
    layout: Layout,
    *,
    maths: bool = False,
    lacking: str = "",
    families: tuple[str, ...] = (),
) -> list[str]:
    """All that is wrong with the sheet of these notes: texts by their paths, in the order in which it prints them.

    `maths` is whether the notes have some; `lacking` are the characters that the sheet has said no font of it has,
    `families` those of other fonts that may be used, as PDF spells them.
    """
    subject = Subject(pdf, notes, layout, maths=maths, lacking=lacking, families=families)
    return [f"{check.__name__}: {words}" for check in CHECKS for words in check(subject)]
