"""What the page layout remarked, as diagnostics at the places in the notes that it is about. Pure."""

from __future__ import annotations

import re
from collections.abc import Container, Iterable, Iterator, Mapping, Sequence
from typing import Literal
from urllib.parse import unquote

from interview_helper import neutral
from interview_helper.diagnostics import Diagnostic, ordered
from interview_helper.model import Block, Build, Ignored, Only, Section, Span
from interview_helper.outputs.sheet.faces import Choice, Further
from interview_helper.outputs.sheet.record import Noted

_NOWHERE = Span(".", 1, 1, 1, 1)
_BROKEN = "write it in other TeX, or in backticks"
_WIDE = r"break it into lines, as with \begin{aligned}"
_SMALLER = "make several topics of it, or take colspan and rowspan away"
_SOUGHT = 200  # characters of a formula by which it is found
_SHOWN = 40  # characters of it that a message has
_SHORTER = {
    "sheet": "break it, or give the sheet fewer columns",
    "flashcard": "break it, or have fewer flashcards on a page",
}
_NAMED = 8  # characters that a message names; a note in another script has hundreds


def placed(
    remarks: Iterable[tuple[Sequence[Block], Iterable[Noted]]],
    build: Build,
    paper: Literal["sheet", "flashcard"] = "sheet",
    cards: Iterable[Block] = (),
) -> tuple[Diagnostic, ...]:
    """All remarks as diagnostics: the missing characters once a note, the others each once.

    They come by what they are on: its blocks, as `markup.Body` counts them, and behind these its titles. Of a sheet
    all blocks of the notes are printed, of flashcards those of `cards`.
    """
    sources = _sources(build)
    printed: dict[str, list[Block]] = {path: [] for path in sources}
    everything = (block for document in build.library.documents for topic in document.topics for block in blocks(topic))
    for block in everything if paper == "sheet" else cards:
        printed.setdefault(block.span.path, []).append(block)
    lacking: set[str] = set()
    wrapped: dict[Span, str] = {}  # the code of a card may stand on both sides
    found: list[Diagnostic] = []
    for shown, noted in remarks:
        for each in noted:
            if each.code == "P001":
                lacking.add(each.about)
            elif each.code == "P002":
                found.append(Diagnostic("P002", _showing(each.about, build, printed), each.words))
            elif each.code == "P003":
                found += _formulas(each, shown, sources)
            elif each.code == "P009":
                found.append(Diagnostic("P009", shown[int(each.about) - 1].span, each.words, _SMALLER))
            else:
                number, _, line = each.about.partition(" ")
                span = _of_line(line, shown[int(number) - 1].span, sources)
                wrapped.setdefault(span, f"this line is wrapped on the {paper}: {each.words}")
    found += (Diagnostic("P004", span, words, _SHORTER[paper]) for span, words in wrapped.items())
    return ordered((*found, *(_lacking(lacking, sources, printed, _ignored(build)) if lacking else ())))


def borrowed(
    choices: Iterable[Choice], documents: Sequence[tuple[Iterable[Block], Further]], build: Build
) -> Iterator[Diagnostic]:
    """A hint for each face of the system that came in unasked, at the first character that is set in it.

    `documents` are the blocks of each, with the further faces that it is set in.
    """
    sources, ignored = _sources(build), _ignored(build)
    for choice in choices:
        if choice.named:
            continue
        here = {min(choice.characters): _NOWHERE}
        for blocks, further in documents:
            if choice.key in further.families:
                characters = choice.characters & further.characters
                shown = tuple(blocks)
                silent = [each for block in shown[:1] for each in ignored.get(block.span.path, ())]
                found = _places(characters, _told_of(shown, "P007", silent), sources)
                found = found or _places(characters, shown, sources)
                if found:
                    here = found
                    break
        character, span = min(here.items(), key=lambda item: item[1])
        family = choice.font.family
        message = f"characters such as {character!r} come from {family}, a font of this system: another one may print them otherwise"
        yield Diagnostic("P007", span, message, f'write fonts = ["{family}"] below [sheet], or name a font file')


def _sources(build: Build) -> dict[str, list[str]]:
    """The lines of each note."""
    return {document.source.path: document.source.text.split("\n") for document in build.library.documents}


def _ignored(build: Build) -> dict[str, Sequence[Ignored]]:
    """What comments silence in the notes that have such comments."""
    return {document.source.path: document.ignored for document in build.library.documents if document.ignored}


def _told_of(blocks: Iterable[Block], code: str, ignored: Sequence[Ignored]) -> list[Block]:
    """The blocks in which a code is not silenced: what is told once a note is told there, if it is there."""
    return [block for block in blocks if not any(each.silences(code, block.span) for each in ignored)]


def _of_line(line: str, span: Span, sources: Mapping[str, list[str]]) -> Span:
    """The place of a line of code in a stretch of a note; the stretch where it is spelt otherwise there."""
    rows = sources.get(span.path, [])
    for number in range(span.line, min(span.end_line, len(rows)) + 1):
        row = rows[number - 1]
        # Tabs count from where the code begins: behind the > of a quote, or the indent of its fence.
        start = next((i for i in range(len(row)) if row[i:].expandtabs(4) == line), None)
        if start is not None:
            start += len(row[start:]) - len(row[start:].lstrip())
            return Span(span.path, number, start + 1, number, len(row) + 1)
    return span


def _formulas(remark: Noted, blocks: Iterable[Block], sources: Mapping[str, list[str]]) -> Iterator[Diagnostic]:
    """A diagnostic for each place in some blocks where the formula stands of which something is to be said."""
    for block in blocks:
        written = neutral.formulas(block.html)
        if remark.about not in written:
            continue
        hint = _BROKEN if remark.words.startswith("can't") else _WIDE
        for tex, span in zip(written, _spans(written, block.span, sources[block.span.path]), strict=True):
            if tex == remark.about:
                yield Diagnostic("P003", span, f"the formula '{_shortened(tex)}' {remark.words}", hint)


def _spans(written: list[str], span: Span, lines: list[str]) -> Iterator[Span]:
    """The places of the formulas of a block; the block where one is spelt otherwise there."""
    text = "\n".join(lines[span.line - 1 : span.end_line])
    at = span.column - 1

    def place(offset: int) -> tuple[int, int]:
        return span.line + text.count("\n", 0, offset), offset - text.rfind("\n", 0, offset)

    for tex in written:
        words = (re.escape(word).replace(r"\|", r"\\?\|") for word in tex[:_SOUGHT].split())
        # A quote goes on with its sign in the next line.
        found = re.compile(r"\$\$?[\s>]*" + r"[\s>]+".join(words) + r"(?:[\s>]*\$\$?)?").search(text, at)
        if found:
            at = found.end()
        yield Span(span.path, *place(found.start()), *place(found.end())) if found else span


def _shortened(tex: str) -> str:
    words = " ".join(tex.split())
    return words if len(words) <= _SHOWN else f"{words[:_SHOWN]}…"


def _lacking(
    characters: set[str],
    sources: Mapping[str, list[str]],
    printed: Mapping[str, list[Block]],
    ignored: Mapping[str, Sequence[Ignored]],
) -> Iterator[Diagnostic]:
    """A diagnostic a note that holds some of `characters`, at the first of them; what no note holds is nowhere."""
    left = set(characters)
    for path, blocks in printed.items():
        here = _places(characters, blocks, sources)
        left -= here.keys()
        if path in ignored:
            here = _places(characters, _told_of(blocks, "P001", ignored[path]), sources) or here
        if here:
            yield _without_a_glyph(list(here), min(here.values()))
    if left:
        yield _without_a_glyph(sorted(left), _NOWHERE)


def _places(characters: Container[str], blocks: Iterable[Block], sources: Mapping[str, list[str]]) -> dict[str, Span]:
    """Where each of `characters` first stands in these blocks, in the order of the text."""
    here: dict[str, Span] = {}
    for block in blocks:
        for character in dict.fromkeys(block.text):
            if character in characters and character not in here:
                here[character] = _at(character, block.span, sources.get(block.span.path, []))
    return here


def _without_a_glyph(characters: list[str], span: Span) -> Diagnostic:
    named = ", ".join(f"{each!r} (U+{ord(each):04X})" for each in characters[:_NAMED])
    more = len(characters) - _NAMED
    named += f" and {more} more" if more > 0 else ""
    return Diagnostic("P001", span, f"no font of the sheet has {named}", "write it in words, or show it in a picture")


def _at(character: str, span: Span, lines: list[str]) -> Span:
    """The place of a character in a stretch of a note; the stretch where it is spelt otherwise there."""
    for number in range(span.line, span.end_line + 1):
        if number > len(lines):
            break
        column = lines[number - 1].find(character, span.column - 1 if number == span.line else 0) + 1
        if column:
            return Span(span.path, number, column, number, column + 1)
    return span


def _showing(address: str, build: Build, printed: Mapping[str, list[Block]]) -> Span:
    """The first block that shows the picture at `address`, or the drawing that names it."""
    if not address:
        return _NOWHERE
    name = unquote(address.removeprefix("media:"))
    wanted = {
        key
        for key, media in build.library.media.items()
        if media.name == name or (media.type == "image/svg+xml" and address.encode() in media.data)
    }
    blocks = (block for each in printed.values() for block in each)
    return next((b.span for b in blocks if wanted.intersection(neutral.pictures(b.html))), _NOWHERE)


def counted(section: Section) -> Iterator[Block]:
    """The blocks of a section and all below it that stand on the sheet, in order, and behind these all titles."""
    for each in _sections(section):
        yield from (*each.question, *each.answer)
    yield from (each.title for each in _sections(section))


def _sections(section: Section) -> Iterator[Section]:
    if section.only is not Only.DECK:
        yield section
        for below in section.sections:
            yield from _sections(below)


def blocks(section: Section) -> Iterator[Block]:
    """The blocks of a section and all below it that stand on the sheet, in order, the titles among them."""
    for each in _sections(section):
        yield from (each.title, *each.question, *each.answer)
