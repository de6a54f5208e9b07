"""Diagnostics as they are told: to people in text, to programs in JSON, GitHub's workflow commands, and SARIF. Pure."""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from hashlib import sha256
from unicodedata import category, east_asian_width
from urllib.parse import quote

from interview_helper.diagnostics import CODES, Code, Diagnostic, Severity
from interview_helper.model import Span
from interview_helper.terminal import harmless, harmless_json, shown

Texts = Mapping[str, str]
"""The text that was parsed, by the path that diagnostics name it with; what is not in it is told without its line."""

_INDENT = "    "
_WIDTH = 92  # columns of a line of a note; a pipe has no width, and says what a terminal says
_FAR = 4 * _WIDTH  # characters
_NAME = "interview-helper"


# --- text ---------------------------------------------------------------------------------------------------------


def as_text(diagnostics: Iterable[Diagnostic], texts: Texts) -> str:
    """A line each, `path:line:col: CODE words`; below it the line of the note with a mark under the span, and the hint."""
    lines = _Lines(texts)
    told = []
    for d in diagnostics:
        told.append(harmless(f"{d.span.path}:{d.span.line}:{d.span.column}: {d.severity} {d.code} {d.message}"))
        told += (f"{_INDENT}{row}" for row in lines.marked(d.span))
        if d.hint:
            told.append(harmless(f"{_INDENT}hint: {d.hint}"))
    return "\n".join(told)


class _Lines:
    """The lines of some texts, taken apart when they are asked for."""

    def __init__(self, texts: Texts) -> None:
        self._texts = texts
        self._lines: dict[str, list[str]] = {}

    def of(self, path: str) -> list[str]:
        """The lines of the text at a path; none where it is not known."""
        if path not in self._lines:
            text = self._texts.get(path)
            self._lines[path] = [] if text is None else text.removeprefix("\ufeff").split("\n")
        return self._lines[path]

    def has(self, span: Span) -> bool:
        """Whether the span is a place in one of the texts; what is said of a whole file is at its start."""
        return span.line <= len(self.of(span.path)) and span != Span(span.path, 1, 1, 1, 1)

    def marked(self, span: Span) -> tuple[str, ...]:
        """The line that a span begins in, and a line with a mark under it; over more lines, to the end of the first."""
        if not self.has(span):
            return ()
        line = self.of(span.path)[span.line - 1].rstrip()
        last = span.end_column - 1 if span.end_line == span.line else len(line)
        return _marked(line, span.column - 1, max(last, span.column))

    def words(self, span: Span) -> str:
        """The text of a span."""
        rows = self.of(span.path)[span.line - 1 : span.end_line]
        if not rows:
            return ""
        rows[-1] = rows[-1][: span.end_column - 1]
        rows[0] = rows[0][span.column - 1 :]
        return "\n".join(rows)


def _marked(line: str, start: int, end: int) -> tuple[str, str]:
    """A line as a terminal shows it, cut around a stretch where it is too long, and the mark under that stretch."""
    # More than this is never shown, and a line may be a picture in base64.
    before, more = max(0, start - _FAR), len(line) > start + 2 * _FAR
    line, start, end = line[before : start + 2 * _FAR], start - before, end - before
    told, at = [], [0]
    for character in line:
        told.append(shown(character, at[-1]))
        at.append(at[-1] + _columns(told[-1]))
    start, end = min(start, len(line)), min(end, len(line))
    first, last = 0, len(line)
    if at[-1] > _WIDTH:
        room = _WIDTH - 2  # for a … at either end
        around = max(0, room - (at[end] - at[start])) // 2
        least = max(0, min(at[start] - around, at[-1] - room))
        first = next(i for i in range(len(line) + 1) if at[i] >= least)
        while first < start and at[first + 1] == at[first]:  # what combines with the letter before
            first += 1
        last = next(i for i in range(len(line), -1, -1) if at[i] - at[first] <= room)
    front, back = "…" * (before + first > 0), "…" * (more or last < len(line))
    mark = max(1, at[min(end, last)] - at[start])
    return f"{front}{''.join(told[first:last])}{back}", " " * (len(front) + at[start] - at[first]) + "^" * mark


def _columns(told: str) -> int:
    """How many columns of a terminal a character takes."""
    if told.isascii():
        return len(told)
    if category(told) in ("Mn", "Me", "Cf") or "\u1160" <= told <= "\u11ff":
        return 0
    return 2 if east_asian_width(told) in ("W", "F") else 1


# --- JSON ---------------------------------------------------------------------------------------------------------


def as_json(diagnostics: Iterable[Diagnostic]) -> str:
    """A JSON array of objects with `code severity message hint path line column end_line end_column`."""
    return _spelt(
        [
            {
                "code": d.code,
                "severity": d.severity,
                "message": d.message,
                "hint": d.hint,
                "path": d.span.path,
                "line": d.span.line,
                "column": d.span.column,
                "end_line": d.span.end_line,
                "end_column": d.span.end_column,
            }
            for d in diagnostics
        ]
    )


def _spelt(value: object) -> str:
    return harmless_json(json.dumps(value, ensure_ascii=False, indent=2))


# --- GitHub -------------------------------------------------------------------------------------------------------


def as_github(diagnostics: Iterable[Diagnostic]) -> str:
    """A workflow command each, which GitHub shows at its line of the change: `::warning file=…,line=…::words`.

    Source: "Workflow commands for GitHub Actions", and for the escapes `@actions/core`. Columns hold within one line
    only, says "Annotations" of the API of checks.
    """
    return "\n".join(map(_command, diagnostics))


def _command(d: Diagnostic) -> str:
    span = d.span
    places = {"file": span.path, "line": span.line, "endLine": span.end_line}
    if span.line == span.end_line:
        places |= {"col": span.column, "endColumn": span.end_column}
    places["title"] = f"{d.code} {CODES[d.code].title}"
    properties = ",".join(f"{name}={_property(str(value))}" for name, value in places.items())
    message = f"{d.message}\nhint: {d.hint}" if d.hint else d.message
    return f"::{_COMMANDS[d.severity or Severity.ERROR]} {properties}::{_data(message)}"


_COMMANDS = {Severity.ERROR: "error", Severity.WARNING: "warning", Severity.HINT: "notice"}


def _data(text: str) -> str:
    # What a terminal would obey, the log of a workflow obeys as well: what parts lines is spelt out, all else is gone.
    lines = re.split("([\r\n])", text)
    return "".join(_ENDS.get(line) or harmless(line).replace("%", "%25") for line in lines)


_ENDS = {"\r": "%0D", "\n": "%0A"}


def _property(text: str) -> str:
    return _data(text).replace(":", "%3A").replace(",", "%2C")


# --- SARIF --------------------------------------------------------------------------------------------------------


def as_sarif(diagnostics: Iterable[Diagnostic], texts: Texts, *, version: str, notes: str) -> str:
    """A log of one run, by SARIF 2.1.0 (OASIS): all codes as rules, and a result for each diagnostic.

    `notes` is the path of what was checked: two decks of one repository are two analyses.
    """
    lines = _Lines(texts)
    numbers = {code: number for number, code in enumerate(CODES)}
    alike: Counter[str] = Counter()
    run = {
        "tool": {
            "driver": {
                "name": _NAME,
                "version": version,
                "semanticVersion": version,
                "rules": [_rule(code) for code in CODES.values()],
            }
        },
        "automationDetails": {"id": f"{_NAME}/{_uri(notes)}/"},
        "columnKind": "unicodeCodePoints",
        "originalUriBaseIds": {_BASE: {"description": {"text": "The folder that the check ran in."}}},
        "results": [_result(d, lines, numbers[d.code], alike) for d in diagnostics],
    }
    return _spelt({"$schema": _SCHEMA, "version": "2.1.0", "runs": [run]})


_SCHEMA = "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json"
_BASE = "%SRCROOT%"
_LEVELS = {Severity.ERROR: "error", Severity.WARNING: "warning", Severity.HINT: "note"}


def _uri(path: str) -> str:
    return quote(path, errors="surrogateescape")  # a folder's name may be no UTF-8


def _rule(code: Code) -> dict[str, object]:
    from interview_helper.mistakes import in_markdown  # two folders a code, which nothing else here needs

    return {
        "id": code.code,
        "name": "".join(word[:1].upper() + word[1:] for word in re.findall(r"[\w.]+", code.title.replace("'", ""))),
        "shortDescription": {"text": f"{code.title[:1].upper()}{code.title[1:]}"},
        "fullDescription": {"text": code.paragraph},
        "help": {"text": code.paragraph, "markdown": f"{code.paragraph}\n\n{in_markdown(code.code)}".rstrip()},
        "defaultConfiguration": {"level": _LEVELS[code.severity]},
    }


def _result(d: Diagnostic, lines: _Lines, number: int, alike: Counter[str]) -> dict[str, object]:
    location: dict[str, object] = {"artifactLocation": {"uri": _uri(d.span.path), "uriBaseId": _BASE}}
    if lines.has(d.span) or d.span.line > 1:
        location["region"] = dict(_region(d.span, lines))
    return {
        "ruleId": d.code,
        "ruleIndex": number,
        "level": _LEVELS[d.severity or Severity.ERROR],
        "message": {"text": f"{d.message}\nhint: {d.hint}" if d.hint else d.message},
        "locations": [{"physicalLocation": location}],
        "partialFingerprints": {f"{_NAME}/v1": _fingerprint(d, lines, alike)},
    }


def _region(span: Span, lines: _Lines) -> Iterator[tuple[str, object]]:
    yield "startLine", span.line
    yield "startColumn", span.column
    yield "endLine", span.end_line
    yield "endColumn", span.end_column
    if words := lines.words(span):
        yield "snippet", {"text": words}


def _fingerprint(d: Diagnostic, lines: _Lines, alike: Counter[str]) -> str:
    """What names a result as long as its words are the same, wherever they move in their file.

    The message is no part of it, because it may name lines. Of equal ones each has its number.
    """
    words = lines.words(d.span) if lines.has(d.span) else ""
    about = "\0".join((d.code, d.span.path, " ".join(words.split())))
    alike[about] += 1
    return sha256(f"{about}\0{alike[about]}".encode(errors="surrogateescape")).hexdigest()[:32]
