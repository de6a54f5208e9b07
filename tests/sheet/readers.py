"""What other readers of PDF read in a sheet: pdfium, which Chrome and Edge have, and poppler."""

from __future__ import annotations

import ctypes
import re
import shutil
import subprocess
import tempfile
from collections import defaultdict
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pypdfium2
import pypdfium2.raw as pdfium


@dataclass(frozen=True, slots=True)
class Read:
    """A page as pdfium reads it: its text as drawn, and that of the structure tree's part for the page."""

    drawn: str
    tree: str


def read_by_pdfium(pdf: bytes) -> list[Read]:
    document = pypdfium2.PdfDocument(pdf)
    try:
        return [_page(document[number]) for number in range(len(document))]
    finally:
        document.close()


def _page(page: Any) -> Read:
    text_page = page.get_textpage()
    drawn = text_page.get_text_range()
    marked: dict[int, list[str]] = defaultdict(list)
    for n in range(pdfium.FPDFPage_CountObjects(page.raw)):
        each = pdfium.FPDFPage_GetObject(page.raw, n)
        if pdfium.FPDFPageObj_GetType(each) == pdfium.FPDF_PAGEOBJ_TEXT:
            marked[pdfium.FPDFPageObj_GetMarkedContentID(each)].append(_text(each, text_page.raw))
    tree = pdfium.FPDF_StructTree_GetForPage(page.raw)
    parts: list[str] = []

    def walk(element: Any) -> None:
        for n in range(pdfium.FPDF_StructElement_CountChildren(element)):
            mcid = pdfium.FPDF_StructElement_GetChildMarkedContentID(element, n)
            if mcid >= 0:
                parts.extend(marked.get(mcid, []))
            elif kid := pdfium.FPDF_StructElement_GetChildAtIndex(element, n):
                walk(kid)

    for n in range(pdfium.FPDF_StructTree_CountChildren(tree)):
        walk(pdfium.FPDF_StructTree_GetChildAtIndex(tree, n))
    pdfium.FPDF_StructTree_Close(tree)
    text_page.close()
    page.close()
    return Read(drawn, "".join(parts))


def _text(each: Any, text_page: Any) -> str:
    size = pdfium.FPDFTextObj_GetText(each, text_page, None, 0)
    buffer = ctypes.create_string_buffer(size)
    pdfium.FPDFTextObj_GetText(each, text_page, ctypes.cast(buffer, ctypes.POINTER(ctypes.c_ushort)), size)
    return buffer.raw[:size].decode("utf-16-le", "replace").rstrip("\0")


def read_by_poppler(pdf: bytes) -> tuple[str, list[str]] | None:
    """The text of the structure tree as poppler reads it, and what it has to say of it; None where it is not here.

    It takes a time that grows with the square of the pages.
    """
    pdfinfo = shutil.which("pdfinfo")
    if pdfinfo is None:
        return None
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "sheet.pdf"
        path.write_bytes(pdf)
        told = subprocess.run([pdfinfo, "-struct-text", path], capture_output=True, check=True)
    quoted = re.findall(r'^ *"(.*?)"$', told.stdout.decode("utf-8", "replace"), re.MULTILINE | re.DOTALL)
    said = told.stderr.decode("utf-8", "replace").splitlines()
    return "".join(quoted), list(dict.fromkeys(said))
