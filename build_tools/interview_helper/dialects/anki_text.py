"""Anki's own text export, a table with `#` headers, to cards. Pure."""

from __future__ import annotations

import csv
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from html import escape
from pathlib import PurePosixPath

from interview_helper.dialects import anki_notes, own_notes, writing
from interview_helper.dialects.anki_notes import BLANK, Made, Pictures
from interview_helper.dialects.nouns import Card, File, Imported, Remark, Unreadable
from interview_helper.model import Kind
from interview_helper.outputs import anki
from interview_helper.parse import words_of

NAME = "anki"
WHAT = "Anki's text export: a table with lines like #separator:tab above it"
SUFFIXES = (".txt", ".tsv", ".csv")

_HEADER = re.compile(r"#\s*([a-z ]+?)\s*:(.*)", re.IGNORECASE)
_KEYS = ("separator", "html", "tags", "columns", "notetype", "deck", "if matches")
_COLUMNS = ("guid column", "notetype column", "deck column", "tags column")
_SEPARATORS = {"tab": "\t", "comma": ",", "semicolon": ";", "space": " ", "pipe": "|", "colon": ":"}
_OURS = {each.name: each for each in (anki.QUESTION, anki.CLOZE)}


@dataclass(slots=True)
class _Table:
    """What the headers say, and the rows with the line in which each begins."""

    separator: str = "\t"
    html: bool = True
    tags: tuple[str, ...] = ()
    deck: str = ""
    notetype: str = ""
    columns: dict[str, int] = field(default_factory=dict)
    names: tuple[str, ...] = ()
    rows: list[tuple[int, list[str]]] = field(default_factory=list)
    remarks: list[Remark] = field(default_factory=list)


def recognises(file: File) -> bool:
    """Whether the file opens with a header of Anki's."""
    match = _HEADER.fullmatch(file.head.split("\n")[0])
    return match is not None and match[1].lower() in (*_KEYS, *_COLUMNS)


def imported(files: Sequence[File]) -> Imported:
    """The cards of such tables; without headers, each row is question, answer and tags."""
    pictures = Pictures()
    cards: list[Card] = []
    remarks: list[Remark] = []
    maths = False
    for file in files:
        table = _table(file)
        remarks += table.remarks
        for line, row in table.rows:
            made = _made(table, row, pictures, PurePosixPath(file.path).stem)
            if made is None:
                continue
            maths = maths or made.maths
            remarks += (Remark(file.path, line, lost) for lost in made.lost)
            if not made.card.answer.strip():
                remarks.append(Remark(file.path, line, "it has no answer", "write one below its heading"))
            cards.append(made.card)
    beside = {address: name for name, address in pictures.placed.items()}
    return Imported(tuple(cards), tuple(remarks), beside, maths)


def _table(file: File) -> _Table:
    table = _Table()
    lines = file.text.split("\n")
    above = 0
    for number, line in enumerate(lines, 1):
        match = _HEADER.fullmatch(line)
        if match is None or match[1].lower() not in (*_KEYS, *_COLUMNS):
            break
        above = number
        _heed(table, match[1].lower(), match[2], file.path, number)
    if not above and "\t" not in lines[0]:
        table.separator = next((sign for sign in ";|," if sign in lines[0]), "\t")
    starts: list[int] = []
    try:
        reader = csv.reader(_without_comments(lines, above, starts), delimiter=table.separator)
        for row in reader:
            table.rows += [(starts[0], row)] if any(cell.strip() for cell in row) else []
            starts.clear()
    except csv.Error as error:
        raise Unreadable(
            f"it is no table from line {starts[0] if starts else above + 1} on: {error}", "mend it there"
        ) from error
    return table


def _without_comments(lines: Sequence[str], above: int, starts: list[int]) -> Iterator[str]:
    """The lines of the rows; `starts` gets the number of each. Between rows, what opens with a `#` is a comment."""
    inside = False
    for number, line in enumerate(lines[above:], above + 1):
        if not inside and line.startswith("#"):
            continue
        inside ^= line.count('"') % 2 == 1
        starts.append(number)
        yield f"{line}\n"


def _heed(table: _Table, key: str, value: str, path: str, line: int) -> None:
    said = value.strip()
    if key in _COLUMNS:
        if said.isdecimal() and int(said):
            table.columns[key.removesuffix(" column")] = int(said) - 1
        else:
            table.remarks.append(Remark(path, line, f"#{key} is no number of a column: {said!r}"))
    elif key == "separator":
        table.separator = _SEPARATORS.get(said.lower(), value[:1] or "\t")
    elif key == "columns":
        table.names = tuple(value.split(table.separator))
    elif key == "html":
        table.html = said.lower() == "true"
    elif key == "tags":
        table.tags = tuple(said.split())
    elif key == "deck":
        table.deck = said
    elif key == "notetype":
        table.notetype = said


def _made(table: _Table, row: list[str], pictures: Pictures, stem: str) -> Made | None:
    special = {name: row[at] if at < len(row) else "" for name, at in table.columns.items()}
    fields = [cell for at, cell in enumerate(row) if at not in table.columns.values()]
    tags = special.get("tags", "").split()
    if not table.columns and len(fields) > 2 and not table.html:
        tags = fields.pop().split()
    if not table.html:
        fields = [escape(cell, quote=False).replace("\n", "<br>") for cell in fields]
    notetype = special.get("notetype") or table.notetype
    trail = anki_notes.trail(special.get("deck") or table.deck, words_of(stem))
    ours = _OURS.get(notetype)
    if ours is not None and table.html and len(fields) >= len(ours.fields):
        if any(tag.endswith("::retired") for tag in tags):
            return None
        return _own(dict(zip((name for _, name in ours.fields), fields, strict=False)), tags, pictures)
    reversed_ = "revers" in notetype.lower() and not (
        "optional" in notetype.lower() and not "".join(fields[2:]).strip()
    )
    cloze = any(BLANK.search(cell) for cell in fields)
    extra = [cell for cell in fields[2:] if cell.strip() and "optional" not in notetype.lower()]
    made = anki_notes.made(
        fields[0],
        "".join(f"<div>{cell}</div>" for cell in (*fields[1:2], *extra)),
        pictures,
        kind=Kind.CLOZE if cloze else Kind.REVERSED if reversed_ else Kind.BASIC,
    )
    if not (made.card.question or made.card.answer).strip():
        return None
    named = [name for at, name in enumerate(table.names) if at not in table.columns.values()]
    more = (
        f"field {repr(named[at]) if at < len(named) else at + 1} stands at the end of the answer"
        for at, cell in enumerate(fields)
        if at > 1 and cell in extra
    )
    card = replace(made.card, trail=trail, tags=writing.tags((*table.tags, *tags)))
    return replace(made, card=card, lost=(*made.lost, *more))


def _own(fields: dict[str, str], tags: Sequence[str], pictures: Pictures) -> Made:
    made = own_notes.made(fields, pictures)
    trail = own_notes.trail(fields["Trail"])
    topic = trail[0] if trail else own_notes.plain(made.card.heading)
    kept = (tag for tag in tags if not anki.is_of_topic(tag, topic))
    return replace(made, card=replace(made.card, trail=trail, tags=writing.tags(kept)))
