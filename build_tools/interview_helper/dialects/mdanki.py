"""Notes for mdanki, headings with `%` between question and answer and links as tags, to cards. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import PurePosixPath

from interview_helper.dialects import reading, writing
from interview_helper.dialects.anki_notes import Pictures
from interview_helper.dialects.nouns import Card, File, Imported, Remark
from interview_helper.dialects.obsidian import with_pictures
from interview_helper.parse import words_of

NAME = "mdanki"
WHAT = "notes for mdanki: ## headings, with % on a line of its own or [#tag]() among the text"
SUFFIXES = (".md", ".markdown")

_TAGS = re.compile(r"\[#[^\]]*\]\([^)]*\)(?:[ \t]+\[#[^\]]*\]\([^)]*\))*[ \t]*")
_TAG = re.compile(r"\[#([^\]]*)\]")
_HEADING = re.compile(r"(#{1,6})[ \t]+(.*?)(?:[ \t]+#+)?[ \t]*")
_FENCE = re.compile(r"[ \t]*(`{3,}|~{3,})")


def recognises(file: File) -> bool:
    """Whether a note has a heading of a card, and a separator or tags of mdanki's."""
    if not file.path.lower().endswith((".md", ".markdown")):
        return False
    lines = [line for line, code in _lines(file.data.decode("utf-8", "replace").replace("\r", "")) if not code]
    return any(line.startswith(("## ", "### ")) for line in lines) and any(
        line.strip() == "%" or _TAGS.fullmatch(line) for line in lines
    )


def imported(files: Sequence[File]) -> Imported:
    """The cards of such notes: one for each heading below the title, without those inside its answer."""
    cards: list[Card] = []
    remarks: list[Remark] = []
    placed = Pictures()
    pictures: dict[str, bytes | str] = {}
    for file in files:
        if not file.path.lower().endswith((".md", ".markdown")):
            continue
        if above := _above(file):
            remarks.append(Remark(file.path, above, "text above the first card is left out"))
        for line, card in _cards(file):
            if any(text and reading.of_blocks(text) is None for text in (card.question, card.answer)):
                remarks.append(Remark(file.path, line, "a heading in it would begin another card: it is bold now"))
            if not card.answer.strip():
                remarks.append(Remark(file.path, line, "it has no answer", "write one below its heading"))
            shown = [
                with_pictures(writing.below(text), file.path, placed, pictures) for text in (card.question, card.answer)
            ]
            cards.append(replace(card, question=shown[0], answer=shown[1]))
    return Imported(tuple(cards), tuple(remarks), pictures)


def _lines(text: str) -> Iterator[tuple[str, bool]]:
    """The lines, and whether each is code in a fence."""
    inside = ""
    for line in text.split("\n"):
        fence = _FENCE.match(line)
        if fence and not inside:
            inside = fence[1]
        elif inside and line.strip().startswith(inside) and not line.strip().strip(inside[0]):
            yield line, True
            inside = ""
            continue
        yield line, bool(inside)


def _above(file: File) -> int:
    """The line in which text begins that stands above all cards; 0 where there is none."""
    for number, (line, code) in enumerate(_lines(file.text), 1):
        heading = None if code else _HEADING.fullmatch(line)
        if heading and len(heading[1]) > 1:
            return 0
        if line.strip() and heading is None:
            return number
    return 0


def _cards(file: File) -> Iterator[tuple[int, Card]]:
    title = words_of(PurePosixPath(file.path).stem)
    lines = list(_lines(file.text))
    # The highest level below the title is that of the cards: mdanki has ##, some write ###.
    levels = [len(m[1]) for line, code in lines if not code and (m := _HEADING.fullmatch(line)) and len(m[1]) > 1]
    level = min(levels, default=2)
    heading: tuple[int, str] | None = None
    body: list[tuple[str, bool]] = []
    for number, (line, code) in enumerate([*lines, (f"{'#' * level} ", False)], 1):
        match = None if code else _HEADING.fullmatch(line)
        if match is None or len(match[1]) > level:
            body.append((line, code))
            continue
        if heading:
            yield heading[0], _card(heading[1], body, title)
        heading, body = (number, match[2]) if len(match[1]) == level else None, []
        if len(match[1]) == 1:
            title = match[2].strip() or title


def _card(heading: str, body: list[tuple[str, bool]], title: str) -> Card:
    tags = [tag for line, code in body if not code and _TAGS.fullmatch(line) for tag in _TAG.findall(line)]
    left = [(line, code) for line, code in body if code or not _TAGS.fullmatch(line)]
    cut = next((i for i, (line, code) in enumerate(left) if not code and line.strip() == "%"), None)
    parts = ([], left) if cut is None else (left[:cut], left[cut + 1 :])
    asked, said = ("\n".join(line for line, _ in part).strip("\n") for part in parts)
    return Card(asked, said, heading=heading, trail=(title,), tags=writing.tags(tag.replace(" ", "_") for tag in tags))
