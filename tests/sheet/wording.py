"""What is wrong with the words: lost, out of order, unreadable, for the structure and for other readers."""

from __future__ import annotations

from bisect import bisect_right
from collections import defaultdict
from collections.abc import Iterator
from unicodedata import bidirectional

from sheet.book import Element
from sheet.drawn import Mark
from sheet.readers import read_by_pdfium, read_by_poppler
from sheet.subject import SIGN, Subject, characters, letters, page, shown


class _Said:
    """All that is said below the masthead, piece by piece, being compared with the notes."""

    def __init__(self, subject: Subject) -> None:
        self.starts = [0]
        self.figures: list[bool] = []
        parts: list[str] = []
        for text, figure in _body(
            subject.book.top, {id(each) for each in subject.book.elements[subject.book.first_topic :]}
        ):
            parts.append(characters(text))
            self.figures.append(figure)
            self.starts.append(self.starts[-1] + len(parts[-1]))
        self.text = "".join(parts)
        self.at = 0
        self.found: list[str] = []

    def expect(self, wanted: str) -> None:
        """Go on behind `wanted`, which comes next, or say what is odd."""
        place = self.text.find(wanted, self.at, self.at + len(wanted) + 200)
        if place >= 0:
            self.skip_to(place)
            self.at = place + len(wanted)
            return
        here = self.text[self.at : self.at + len(wanted)]
        same = next((n for n, pair in enumerate(zip(wanted, here, strict=False)) if pair[0] != pair[1]), len(here))
        says = self.text[self.at + same :]
        self.found.append(f"lost or out of place: {shown(wanted[same:])}, where it says {shown(says)}")
        end = wanted[-30:]
        after = self.text.find(end, self.at + same, self.at + len(wanted) + 200)
        self.at = self.at + same if after < 0 else after + len(end)

    def skip_to(self, place: int) -> None:
        """What is said before `place` stands in no note; a picture without words has its name, which is none either."""
        if place > self.at:
            first, last = bisect_right(self.starts, self.at) - 1, bisect_right(self.starts, place - 1) - 1
            if not all(self.figures[first : last + 1]):
                self.found.append(f"not in the notes: {shown(self.text[self.at : place])}")


def _body(element: Element, body: set[int]) -> Iterator[tuple[str, bool]]:
    """What is said by the elements of the body, an element that holds both being gone through."""
    for kid in element.kids:
        if isinstance(kid, Element):
            yield from kid.sayings() if id(kid) in body else _body(kid, body)


def words(subject: Subject) -> list[str]:
    """Every character of the notes is said once, in the order of the notes, and nothing else is."""
    said = _Said(subject)
    topics = 0
    for each in subject.words:
        topics += each.level == 2
        wanted = characters(each.text)
        numbered = f"{topics}{wanted}"
        said.expect(numbered if each.level == 2 and said.text.startswith(numbered, said.at) else wanted)
    said.skip_to(len(said.text))
    return said.found


def glyphs(subject: Subject) -> list[str]:
    """Each glyph says what it is, is one of its font's, as wide as it says, and wholly seen."""
    found = []
    for face in subject.book.faces.values():
        for code in sorted(face.drawn):
            says = face.codes.get(code, "")
            if not says or (not all(map(_speaks, says)) and not (says == SIGN and subject.lacking)):
                found.append(f"the glyph {code} of {face.plain} says {says!r}")
            if face.glyph(code) == 0:
                found.append(f"{face.plain} draws the sign of a missing glyph for {says!r}")
            wide = face.advances.get(face.glyph(code))
            if wide is not None and abs(wide * 1000 - face.widths.get(code, face.default)) > 1.01:
                found.append(f"the glyph {code} of {face.plain} is not as wide as the font says")
    for drawn in subject.book.pages:
        found += [f"{page(run.page)}: cut away: {shown(run.text)}" for run in drawn.runs if run.clipped]
        found += [f"{page(run.page)}: painted over: {shown(run.text)}" for run in drawn.runs if run.hidden]
    return found


def _speaks(character: str) -> bool:
    return character not in "\0\ufffd\ufeff\ufffe" and not "\ue000" <= character <= "\uf8ff"


def pdfium(subject: Subject) -> list[str]:
    """As pdfium (Chrome, Edge) reads it, each page has its words in the order of the structure, from its tree and as drawn.

    As drawn, the signs and numbers of lists may stand elsewhere. A page with text from right to left is left out: pdfium
    guesses which way each line goes.
    """
    blocks: dict[int, list[tuple[Element, list[str]]]] = defaultdict(list)
    for element, mark in _owned(subject.book.top):
        here = blocks[mark.page]
        if not here or here[-1][0] is not element.block:
            here.append((element.block, []))
        here[-1][1].append(letters("".join(run.text for run in mark.runs)))
    found = []
    for number, read in enumerate(read_by_pdfium(subject.book.pdf)):
        wanted = "".join(text for _, texts in blocks[number] for text in texts)
        if any(bidirectional(letter) in ("R", "AL") for letter in wanted):
            continue
        found += [f"{page(number)}: the tree {words}" for words in _differs(letters(read.tree), wanted)]
        drawn = letters(read.drawn)
        at = 0
        for block, texts in blocks[number]:
            if block.kind != "Lbl":
                after = _behind(texts, drawn, at)
                if after is None:
                    whole = shown("".join(texts))
                    found.append(f"{page(number)}: {whole} is not drawn where it is read: {shown(drawn[at:])}")
                else:
                    at = after
    return found


_LABEL = 8  # letters and digits that may stand within a block as drawn: a label or two


def _behind(texts: list[str], drawn: str, start: int) -> int | None:
    """Where a block ends whose pieces are drawn from `start` on, one behind the other; None where they are not."""
    whole = "".join(texts)
    if (at := drawn.find(whole, start)) >= 0:
        return at + len(whole)
    at = drawn.find(texts[0], start)
    for text in texts if at >= 0 else ():
        at = drawn.find(text, at, at + len(text) + _LABEL)
        if at < 0:
            break
        at += len(text)
    return None if at < 0 else at


def _differs(read: str, wanted: str) -> list[str]:
    if read == wanted:
        return []
    pairs = enumerate(zip(read, wanted, strict=False))
    at = next((n for n, (one, other) in pairs if one != other), min(len(read), len(wanted)))
    return [f"reads {shown(read[at:])} where it should {shown(wanted[at:])}"]


def _owned(element: Element) -> Iterator[tuple[Element, Mark]]:
    for kid in element.kids:
        if isinstance(kid, Mark):
            yield element, kid
        elif isinstance(kid, Element) and kid.kind not in ("Figure", "Formula"):  # pdfium sees no words in drawings
            yield from _owned(kid)


def poppler(subject: Subject) -> list[str]:
    """As poppler reads it, the whole tree has its words in order. It is slow, so this is none of `CHECKS`."""
    read = read_by_poppler(subject.book.pdf)
    if read is None:
        return []
    text, said = read
    wanted = letters("".join(run.text for run in subject.book.top.runs()))
    return [*(f"says {line}" for line in said), *_differs(letters(text), wanted)]
