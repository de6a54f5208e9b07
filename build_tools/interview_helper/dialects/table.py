"""A table with a header (CSV, semicolons, tabs) to cards. Pure."""

from __future__ import annotations

import csv
import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import replace
from html import escape
from io import StringIO
from pathlib import PurePosixPath

from interview_helper.dialects import anki_notes, literal, writing
from interview_helper.dialects.anki_notes import BLANK, Pictures
from interview_helper.dialects.nouns import Card, File, Imported, Remark, Unreadable
from interview_helper.model import Kind
from interview_helper.parse import words_of

NAME = "csv"
WHAT = "a table whose first row names its columns, question and answer (or front and back) among them"
SUFFIXES = (".csv", ".tsv", ".txt")

_NAMES = {
    "question": ("question", "front", "q", "prompt", "term", "card front", "text"),
    "answer": ("answer", "back", "a", "definition", "response", "meaning", "card back", "back extra"),
    "tags": ("tags", "tag", "labels"),
    "deck": ("deck", "topic", "category", "subject", "chapter", "section"),
    "kind": ("kind", "type", "card type", "note type", "notetype"),
    "source": ("source", "reference"),
}
_DELIMITERS = ",;\t|"
_TAG = re.compile(r"<(?:br|b|i|u|div|p|ul|ol|li|img|strong|em|code|pre|span|sub|sup)\b[^>]*>|&nbsp;", re.IGNORECASE)
_SEPARATION = re.compile(r"sep=(.)", re.IGNORECASE)


def recognises(file: File) -> bool:
    """Whether the first row has a name for the question and one for the answer."""
    return file.path.lower().endswith(SUFFIXES) and bool(_delimiter(file.head))


def imported(files: Sequence[File]) -> Imported:
    """The cards of such tables. Raises Unreadable where the first row names no question and no answer."""
    cards: list[Card] = []
    remarks: list[Remark] = []
    maths = False
    pictures = Pictures()
    for file in files:
        text = file.text
        delimiter = _delimiter(text)
        if not delimiter:
            raise Unreadable("its first row names no question and no answer", "write question,answer above it")
        rows = _rows(text, delimiter)
        (_, head), *rest = rows
        columns = {meaning: at for at, name in reversed(list(enumerate(head))) if (meaning := _meaning(name))}
        left: Counter[int] = Counter()
        for line, row in rest:
            cell = {name: row[at].strip() if at < len(row) else "" for name, at in columns.items()}
            left.update(
                at for at, value in enumerate(row) if value.strip() and (at >= len(head) or at not in columns.values())
            )
            if not (cell["question"] or cell["answer"]):
                continue
            card, lost, formula = _made(cell, pictures)
            maths = maths or formula
            trail = anki_notes.trail(cell.get("deck", ""), words_of(PurePosixPath(file.path).stem))
            tags = writing.tags(re.split(r"[\s,;]+", cell.get("tags", "")))
            cards.append(replace(card, trail=trail, tags=tags, source=" ".join(cell.get("source", "").split())))
            remarks += (Remark(file.path, line, message, hint) for message, hint in lost)
        for at, count in sorted(left.items()):
            name = f"column {head[at]!r}" if at < len(head) and head[at].strip() else f"column {at + 1}"
            message = f"{name} is left out, with {count} cell{'s' if count > 1 else ''}"
            remarks.append(Remark(file.path, rows[0][0], message))
    return Imported(tuple(cards), tuple(remarks), {a: n for n, a in pictures.placed.items()}, maths)


def _delimiter(text: str) -> str:
    """The sign between the columns: the one with which the first row names a question and an answer."""
    first, _, rest = text.partition("\n")
    if match := _SEPARATION.fullmatch(first.strip()):
        return match[1] if _delimiter(rest) == match[1] else ""
    for sign in _DELIMITERS:
        try:
            head = next(csv.reader(StringIO(text, newline=""), delimiter=sign, strict=True), [])
        except csv.Error:
            continue
        if {"question", "answer"} <= set(map(_meaning, head)):
            return sign
    return ""


def _rows(text: str, delimiter: str) -> list[tuple[int, list[str]]]:
    """The rows that are not empty, each with the line in which it begins."""
    found: list[tuple[int, list[str]]] = []
    reader = csv.reader(StringIO(text, newline=""), delimiter=delimiter)
    begins = 1
    try:
        for row in reader:
            if any(cell.strip() for cell in row) and not (begins == 1 and _SEPARATION.fullmatch(delimiter.join(row))):
                found.append((begins, row))
            begins = reader.line_num + 1
    except csv.Error as error:
        raise Unreadable(f"it is no table from line {begins} on: {error}", "mend it there") from error
    return found


def _meaning(name: str) -> str:
    """What a column is to us; empty where it is nothing."""
    words = " ".join(re.sub(r"[_-]", " ", name.strip().lower()).split())
    return next((meaning for meaning, names in _NAMES.items() if words in names), "")


def _made(cell: dict[str, str], pictures: Pictures) -> tuple[Card, list[tuple[str, str]], bool]:
    lost: list[tuple[str, str]] = []
    kind = _kind(cell.get("kind", ""))
    if kind is None:
        lost.append((f"{cell['kind']!r} is no kind of card: it is basic", "write basic, reversed or cloze"))
    question, answer = cell["question"], cell["answer"]
    if BLANK.search(question) or BLANK.search(answer):
        asked, said = (escape(each, quote=False).replace("\n", "<br>") for each in (question, answer))
        made = anki_notes.made(asked, said, pictures, kind=Kind.CLOZE)
        return made.card, [*lost, *((each, "") for each in made.lost)], made.maths
    if kind is Kind.CLOZE:
        lost.append(("it has no blank: it is a basic card now", "write {{c1::…}} around the words"))
        kind = Kind.BASIC
    if tags := sorted({match[0] for each in (question, answer) for match in _TAG.finditer(each)}):
        hint = "where the cells are HTML, write #separator:comma and #html:true above the table, instead of its header"
        lost.append((f"{tags[0]} is taken as text", hint))
    if not answer:
        lost.append(("it has no answer", "write one below its heading"))
    return Card(literal.blocks(question), literal.blocks(answer), kind=kind or Kind.BASIC), lost, False


def _kind(written: str) -> Kind | None:
    word = written.lower()
    if "cloze" in word:
        return Kind.CLOZE
    if "revers" in word or "both" in word:
        return Kind.REVERSED
    return Kind.BASIC if not word or word.startswith("basic") else None
