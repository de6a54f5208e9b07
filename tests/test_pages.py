"""`pages = N`: the largest type at which a sheet fits, and what is said where none does."""

from __future__ import annotations

from dataclasses import replace
from io import BytesIO

import pypdf
import pytest
from interview_helper.model import Build, Deck, Library, Source
from interview_helper.outputs.sheet import Layout, Sheet, render, rendering
from interview_helper.parse import parse


class Kept(dict[str, bytes]):
    """A cache in memory."""

    def put(self, key: str, value: bytes) -> None:
        self[key] = value


def build(answers: int = 12) -> Build:
    topics = [
        f"# Topic {t}\n\n"
        + "".join(f"## Question {t} {n}\n\n{'Answer. ' * (60 + 30 * n)}\n\n" for n in range(answers // 4))
        for t in range(4)
    ]
    documents = (parse(Source(f"{n}.md", text)).document for n, text in enumerate(topics))
    return Build(Deck("id", "My deck", "my-deck", "", "en"), Library(tuple(documents), {}), (), ())


@pytest.fixture(scope="module")
def kept() -> Kept:
    return Kept()


@pytest.fixture
def sizes(monkeypatch) -> list[float]:
    """The sizes that are laid out, in order."""
    found: list[float] = []
    laid_out = rendering._Setting.laid_out

    def noting(setting: rendering._Setting, layout: Layout) -> object:
        found.append(layout.size)
        return laid_out(setting, layout)

    monkeypatch.setattr(rendering._Setting, "laid_out", noting)
    return found


def pages(sheet: Sheet) -> int:
    return len(pypdf.PdfReader(BytesIO(sheet.pdf)).pages)


@pytest.mark.parametrize("wanted", [1, 2, 3, 4])
def test_the_type_is_the_largest_that_fits(wanted, kept, sizes):
    layout = Layout(pages=wanted, size=8.3)
    assert pages(render(build(), Layout(), kept)) == 2
    sizes.clear()
    sheet = render(build(), layout, kept)
    assert len(sizes) <= 9
    assert sheet.diagnostics == ()
    assert pages(sheet) <= wanted
    chosen = next(size for size in sizes if render(build(), Layout(size=size), kept).pdf == sheet.pdf)
    assert pages(render(build(), Layout(size=round(chosen + 0.1, 1)), kept)) > wanted


def test_what_fits_in_no_size_is_printed_in_the_smallest_and_said(kept):
    sheet = render(build(28), Layout(pages=1, columns=1), kept)
    assert [(d.code, d.severity) for d in sheet.diagnostics] == [("P005", "warning")]
    needed = pages(sheet)
    assert needed > 1
    assert f"it takes {needed}" in sheet.diagnostics[0].message
    assert f"pages = {needed}" in sheet.diagnostics[0].hint
    assert render(build(28), Layout(pages=needed, columns=1), kept).diagnostics == ()


def test_an_edit_looks_at_two_sizes_and_the_way_there_changes_nothing(sizes):
    kept = Kept()
    layout = Layout(pages=2)
    first = render(build(), layout, kept)
    sizes.clear()
    notes = build()
    edited = parse(Source("0.md", notes.library.documents[0].source.text.replace("Answer.", "Another.", 1))).document
    changed = replace(notes, library=Library((edited, *notes.library.documents[1:]), {}))
    after = render(changed, layout, kept)
    assert len(sizes) == 2
    assert after.pdf == render(changed, layout).pdf, "as from nothing"
    assert render(build(), layout, kept).pdf == first.pdf, "and back"
