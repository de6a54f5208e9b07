"""What is wrong with colors and fonts."""

from __future__ import annotations

import re
from collections import Counter

from sheet.book import Book
from sheet.drawn import Color, Run, number_of, resolved
from sheet.faces import Face
from sheet.subject import Subject, page, shown

CONTRAST = 4.5
FAMILIES = ("IBMPlexSansCond", "IBMPlexMono", "DejaVuSans")
FONT_BYTES = 60_000  # for notes in Latin letters


def contrast(color: Color, ground: Color) -> float:
    """How well a color stands out from its ground in grey, as WCAG 2 counts: 1 not at all, 21 black on white."""
    one, other = sorted((_luminance(color), _luminance(ground)))
    return (other + 0.05) / (one + 0.05)


def _luminance(color: Color) -> float:
    """By the weights of Rec. 709."""
    r, g, b = (c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in color)
    return 0.2126 * r + 0.7152 * g + 0.0722 * b


def contrasts(subject: Subject) -> list[str]:
    """All text can be read in grey."""
    pairs: dict[tuple[Color, Color], Run] = {}
    for drawn in subject.book.pages:
        for run in drawn.runs:
            for ground in run.grounds:
                pairs.setdefault((run.color, ground), run)
    return [
        f"{page(run.page)}: {shown(run.text)} is {_hex(color)} on {_hex(ground)}, {contrast(color, ground):.2f} : 1"
        for (color, ground), run in pairs.items()
        if contrast(color, ground) < CONTRAST
    ]


def _hex(color: Color) -> str:
    return "#" + "".join(f"{round(255 * each):02x}" for each in color)


def fonts(subject: Subject) -> list[str]:
    """Only our families are used, each face embedded once, in few bytes."""
    found = []
    faces = list(subject.book.faces.values())
    for face in faces:
        name = re.sub("[^A-Za-z]", "", face.plain)
        if not name.startswith((*FAMILIES, *subject.families)):
            found.append(f"{face.plain} is none of ours")
        if len(face.files) != 1:
            found.append(f"{face.plain} is embedded {len(face.files)} times")
        if not face.identity:
            found.append(f"{face.plain} has codes of its own, which pypdf and pdfminer can't read")
    found += [f"{name} has {n} fonts" for name, n in Counter(face.plain for face in faces).items() if n > 1]
    for n, face in enumerate(faces):
        found += [f"{face.plain} and {other.plain} are one face" for other in faces[n + 1 :] if _same(face, other)]
    size = font_bytes(subject.book)
    if size > FONT_BYTES and not subject.families:
        found.append(f"{size} bytes of fonts are embedded")
    return found


def font_bytes(book: Book) -> int:
    """The bytes of all embedded font files, as they are in the PDF."""
    files = {number_of(each): resolved(each) for face in book.faces.values() for each in face.files}
    return sum(len(each._data) for each in files.values())


def _same(one: Face, other: Face) -> bool:
    """Whether two fonts draw the same outlines, whatever their names are."""
    if one.plain == other.plain or not one.outlines or not other.outlines:
        return False
    shared = one.outlines.keys() & other.outlines.keys()
    return len(shared) > 2 and all(one.outlines[glyph] == other.outlines[glyph] for glyph in shared)
