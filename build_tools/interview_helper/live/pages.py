"""A PDF to pictures of its pages, because browsers show PDFs each in its own way, or not; the only module with pdfium."""

from __future__ import annotations

from functools import lru_cache
from threading import Lock

from interview_helper import pictures

_SCALE = 2  # pixels to the point: sharp on a screen with two to the CSS pixel
_PDFIUM = Lock()  # it serves one thread at a time


def sizes(pdf: bytes) -> list[tuple[float, float]]:
    """The width and height of each page, in points."""
    from pypdfium2 import PdfDocument

    with _PDFIUM, PdfDocument(pdf) as document:
        return [page.get_size() for page in document]


@lru_cache(maxsize=64)
def picture(pdf: bytes, number: int) -> bytes:
    """The page of a number, from 0, as PNG. Raises IndexError where there is none."""
    from pypdfium2 import PdfDocument

    with _PDFIUM, PdfDocument(pdf) as document:
        if number >= len(document):
            raise IndexError(number)
        bitmap = document[number].render(scale=_SCALE)
        pixels = bytes(bitmap.buffer)
    return pictures.png(bitmap.width, bitmap.height, pixels, bitmap.stride)
