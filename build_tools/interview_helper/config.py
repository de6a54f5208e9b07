"""The bytes of deck.toml to Config, and what is wrong with it, each at its place. Pure."""

from __future__ import annotations

import json
import re
import tomllib
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import partial
from itertools import islice
from typing import Any

from interview_helper.advice import Limits
from interview_helper.diagnostics import CODES, Diagnostic
from interview_helper.model import Document, Span
from interview_helper.outputs.sheet.flashcards.layout import CHOICES, FlashcardLayout
from interview_helper.outputs.sheet.layout import Layout
from interview_helper.parse import slug_of
from interview_helper.selection import Selection, is_of_flashcards, tag_of

CONFIG = "deck.toml"
WORDS = "words.txt"
TAKEN = "default"  # the name of the deck that every Anki has

Place = tuple[str | int, ...]
"""Where a value stands: keys of tables and indices of lists, the outermost first."""


@dataclass(frozen=True, slots=True)
class Also:
    """One more sheet. `name` is what is behind the hyphen in its file's name; name and title are empty where not given."""

    name: str = ""
    title: str = ""
    selection: Selection = field(default_factory=Selection)
    layout: Layout = field(default_factory=Layout)


@dataclass(frozen=True, slots=True)
class Spelling:
    """In which language unknown words are looked for, empty for the deck's, and the file of the deck's own words."""

    language: str = ""
    dictionary: str = WORDS


@dataclass(frozen=True, slots=True)
class Config:
    """`deck.toml` as written: empty where it says nothing. `text` is all of it, for the places of its values."""

    id: str = ""
    title: str = ""
    slug: str = ""
    author: str = ""
    language: str = "en"
    tags: tuple[str, ...] = ()
    math: bool = False
    exclude: tuple[str, ...] = ()
    ignore: tuple[str, ...] = ()
    max_size: int = 50  # megabytes of notes in all
    layout: Layout = field(default_factory=Layout)
    also: tuple[Also, ...] = ()
    flashcards: FlashcardLayout = field(default_factory=FlashcardLayout)
    with_flashcards: bool = False
    limits: Limits = field(default_factory=Limits)
    spelling: Spelling | None = None  # nothing is looked for without its table
    decks: str = ""  # which decks `push` puts cards into: `topic`, `one`, or empty for where they are
    text: str = field(default="", repr=False)

    def place(self, *path: str | int) -> Span:
        """Where the key stands that `path` ends with, or the header of the table in a list."""
        return _place(self.text, path)


# --- the keys -----------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class _Rule:
    """What a key's value is: its type as a test and in words, an example, and which of that type are allowed."""

    typed: Callable[[Any], bool]
    what: str
    example: str
    allowed: Callable[[Any], bool] = lambda _: True
    hint: str = ""


def _texts(value: object) -> bool:
    return isinstance(value, list) and all(isinstance(each, str) for each in value)


def _tables(value: object) -> bool:
    return isinstance(value, list) and all(isinstance(each, dict) for each in value)


def _one_of(default: str | int, *choices: str | int) -> _Rule:
    kind = type(default)
    what = "a text in quotes" if kind is str else "a whole number"
    hint = f"use one of {', '.join(map(str, choices))}"
    return _Rule(lambda v: type(v) is kind, what, _spelt(default), lambda v: v in choices, hint)


def _points(least: int, most: int, example: str) -> _Rule:
    hint = f"write points from {least} to {most}"
    return _Rule(lambda v: type(v) in (int, float), "a number of points", example, lambda v: least <= v <= most, hint)


def _at_least(least: int, example: str) -> _Rule:
    return _Rule(
        lambda v: type(v) is int, "a whole number", example, lambda v: v >= least, f"write how many, {least} or more"
    )


def _spelt(value: object) -> str:
    """A value as TOML spells it, near enough to be recognised."""
    return json.dumps(value, ensure_ascii=False, default=str)


_TEXT = _Rule(lambda v: isinstance(v, str), "a text in quotes", '"…"')
_TEXTS = _Rule(_texts, "a list of texts", '["…"]')
_LANGUAGE = re.compile(r"[A-Za-z]{2,3}(?:[-_][A-Za-z0-9]{2,8})*")
_FLAG = _Rule(lambda v: isinstance(v, bool), "true or false", "true")

_SHEET = {
    "paper": _one_of("A4", "A4", "Letter"),
    "orientation": _one_of("portrait", "portrait", "landscape"),
    "columns": _one_of(2, 1, 2, 3, 4),
    "pages": _at_least(1, "2"),
    "size": _points(5, 20, "8.3"),
    "contents": _FLAG,
    "fonts": _TEXTS,
}
_ALSO = {
    "name": _Rule(_TEXT.typed, _TEXT.what, '"short"'),
    "title": _TEXT,
    "tag": _Rule(_TEXT.typed, _TEXT.what, '"…"', lambda v: bool(tag_of(v)), "write the tag of a heading"),
    "topic": _Rule(_TEXT.typed, _TEXT.what, '"…"', bool, "write the title of a topic"),
    **_SHEET,
}
_FLASHCARDS = {
    "paper": _one_of("A4", "A4", "Letter"),
    "per_page": _one_of(8, *CHOICES),
    "flip": _one_of("long", "long", "short"),
    "size": _points(5, 40, "14"),
    "marks": _FLAG,
    "build": _FLAG,
}
_ADVICE = {
    "question_words": _at_least(1, "20"),
    "answer_words": _at_least(1, "45"),
    "list_items": _at_least(1, "4"),
    "blanks": _at_least(1, "3"),
    "blank_words": _at_least(0, "4"),
    "likeness": _Rule(
        lambda v: type(v) in (int, float), "a number", "0.7", lambda v: 0.5 <= v <= 1, "write a part from 0.5 to 1"
    ),
    "acronyms": _TEXTS,
}
_SPELLING = {
    "language": _Rule(
        _TEXT.typed, _TEXT.what, '"en"', lambda v: bool(_LANGUAGE.fullmatch(v)), 'write a code such as "en"'
    ),
    "dictionary": _Rule(_TEXT.typed, _TEXT.what, f'"{WORDS}"', bool, f'write the name of a file: "{WORDS}"'),
}
_ANKI = {"decks": _one_of("topic", "topic", "one")}
_DECK = {
    "id": _TEXT,
    "title": _TEXT,
    "slug": _TEXT,
    "author": _TEXT,
    "language": _TEXT,
    "tags": _TEXTS,
    "math": _FLAG,
    "exclude": _TEXTS,
    "ignore": _TEXTS,
    "max_size": _Rule(
        lambda v: type(v) is int, "a whole number", "50", lambda v: v >= 1, "write how many megabytes, 1 or more"
    ),
}
KEYS: Mapping[str, tuple[str, ...]] = {
    "": tuple(_DECK),
    "[sheet]": tuple(_SHEET),
    "[[sheet.also]]": tuple(_ALSO),
    "[flashcards]": tuple(_FLASHCARDS),
    "[advice]": tuple(_ADVICE),
    "[spelling]": tuple(_SPELLING),
    "[anki]": tuple(_ANKI),
}
"""All keys, by the header of their table."""


# --- reading ------------------------------------------------------------------------------------------------------


LARGEST = 64_000  # bytes
_PARTS = 16  # of a key with dots; tomllib takes a minute for some thousands
_DOTTED = re.compile(rf"(?<![\w-])(?:(?:[\w-]++|\"[^\"\n]*+\"|'[^'\n]*+')[ \t]*+\.[ \t]*+){{{_PARTS}}}", re.ASCII)
_LONG = re.compile(r"(?<![\w\"'])(?:0[xob][0-9a-fA-F_]{16}|[0-9][0-9_]{18})")  # a number that has too many digits
_TOLD = 20  # mistakes of one file: to find the place of one takes a while
_SHEETS = 50


def configured(data: bytes) -> tuple[Config, tuple[Diagnostic, ...]]:
    """What `deck.toml` says, and what is wrong with it; what is wrong is left at its default."""
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        # Not `data`: the place is counted behind a byte order mark.
        before = error.object[: error.start].decode()
        message, hint = f"byte {error.object[error.start]:#04x} is no UTF-8", f"save {CONFIG} as UTF-8"
        return Config(), (Diagnostic("C001", _span(before, len(before), len(before) + 1), message, hint),)
    if dotted := _DOTTED.search(text):
        message, hint = f"a key with more than {_PARTS} dots", "write [tables]"
        return Config(text=text), (Diagnostic("C001", _span(text, *dotted.span()), message, hint),)
    try:
        values = tomllib.loads(text)
        _fit_numbers(values)
    except (ValueError, RecursionError) as error:
        at = re.search(r"\(at line ([0-9]+), column ([0-9]+)\)", str(error))
        start = long.start() if not at and (long := _LONG.search(text)) else len(text)
        whole = _span(text, start, start + 1)
        line, column = (int(at[1]), int(at[2])) if at else (whole.line, whole.column)
        words = re.sub(r" \(at .*\)", "", str(error))
        span = Span(CONFIG, line, column, line, column + 1)
        hint = "put texts in quotes, lists in [ ]"
        return Config(text=text), (Diagnostic("C001", span, f"no valid TOML: {words}", hint),)
    reader = _Reader(text)
    return reader.deck(values), tuple(reader.found)


def _fit_numbers(values: dict[str, Any]) -> None:
    """Raise ValueError for a number that TOML does not have: what has more digits can't even be told."""
    waiting: list[Any] = [values]
    while waiting:
        value = waiting.pop()
        if isinstance(value, dict | list):
            waiting += value.values() if isinstance(value, dict) else value
        elif isinstance(value, int) and not -(2**63) <= value < 2**63:
            raise ValueError("a number has more than 64 bits")


class _Reader:
    def __init__(self, text: str) -> None:
        self.text = text
        self.found: list[Diagnostic] = []

    def deck(self, values: dict[str, Any]) -> Config:
        spelled = "spelling" in values
        tables = {name: f"[{name}]" for name in ("sheet", "flashcards", "advice", "spelling", "anki")}
        parts = {name: self._part(name, values.pop(name, {}), header) for name, header in tables.items()}
        good = self._table((), values, "", _DECK, tuple(tables))
        for code in good.get("ignore", ()):
            if code not in CODES:
                self._wrong(("ignore",), f"{code!r} is no code", "interview-helper explain names them all", code)
        if good.get("title", "").casefold() == TAKEN:
            message = "Anki keeps the deck 'Default' for itself and would rename this one"
            self._wrong(("title",), message, "write another title")
        if good.get("slug"):
            self._fit_name(("slug",), good["slug"], "notes")
        good["tags"] = tuple(filter(None, map(tag_of, good.get("tags", ()))))
        layout, also = self._sheets(parts["sheet"])
        cards = self._table(("flashcards",), parts["flashcards"], "[flashcards]", _FLASHCARDS)
        build = cards.pop("build", False)
        limits = self._table(("advice",), parts["advice"], "[advice]", _ADVICE)
        spelling = Spelling(**self._table(("spelling",), parts["spelling"], "[spelling]", _SPELLING))
        decks = self._table(("anki",), parts["anki"], "[anki]", _ANKI).get("decks", "")
        return Config(
            **good,
            decks=decks,
            layout=layout,
            also=also,
            flashcards=FlashcardLayout(**cards),
            with_flashcards=build,
            limits=Limits(**limits),
            spelling=spelling if spelled else None,
            text=self.text,
        )

    def _part(self, name: str, value: Any, header: str) -> dict[str, Any]:
        if isinstance(value, dict):
            return value
        self._wrong((name,), f"{name} must be a table", f"write {header}, and its keys below it")
        return {}

    def _sheets(self, values: dict[str, Any]) -> tuple[Layout, tuple[Also, ...]]:
        tables = values.pop("also", [])
        layout = Layout(**self._table(("sheet",), values, "[sheet]", _SHEET, ("also",)))
        if not _tables(tables):
            self._wrong(("sheet", "also"), "also must be a list of tables", "write [[sheet.also]] above each of them")
            return layout, ()
        if len(tables) > _SHEETS:
            self._wrong(("sheet", "also", _SHEETS), f"more than {_SHEETS} sheets", "take some of them out")
            tables = tables[:_SHEETS]
        return layout, tuple(self._also(number, each, layout) for number, each in enumerate(tables))

    def _also(self, number: int, values: dict[str, Any], layout: Layout) -> Also:
        place: Place = ("sheet", "also", number)
        before = len(self.found)
        good = self._table(place, values, "[[sheet.also]]", _ALSO)
        own = {key: good.pop(key) for key in _SHEET if key in good}
        if "size" in own:
            # Two ways to say how large the text is: the nearer one holds.
            own.setdefault("pages", None)
        if "name" in good:
            self._fit_name((*place, "name"), good["name"], "part")
            if is_of_flashcards(good["name"]):
                message = f"a file with flashcards is named {good['name']!r}"
                self._wrong((*place, "name"), message, 'write name = "part"')
        chosen = Selection(good.pop("topic", None), tag_of(good.pop("tag")) if "tag" in good else None)
        if chosen == Selection() and "name" not in good and len(self.found) == before:
            self._wrong(place, "a sheet needs a tag, a topic or a name", 'write name = "all" below it')
        return Also(**good, selection=chosen, layout=replace(layout, **own))

    def _table(
        self,
        place: Place,
        values: dict[str, Any],
        header: str,
        rules: Mapping[str, _Rule],
        tables: tuple[str, ...] = (),
    ) -> dict[str, Any]:
        """The values of a table that are as they should be, lists as tuples."""
        good: dict[str, Any] = {}
        for key, value in values.items():
            rule = rules.get(key)
            if rule is None:
                message = f"{key!r} is no key of {header or CONFIG}"
                self._wrong((*place, key), message, _instead(key, header, (*rules, *tables)))
            elif not rule.typed(value):
                listed = f"[{_spelt(value)}]" if rule is _TEXTS and isinstance(value, str) else rule.example
                self._wrong((*place, key), f"{key} must be {rule.what}", f"write {key} = {listed}")
            elif not rule.allowed(value):
                self._wrong((*place, key), f"{key} can't be {_spelt(value)}", rule.hint)
            elif isinstance(value, list):
                good[key] = tuple(value)
            else:
                good[key] = float(value) if key == "size" else value
        return good

    def _fit_name(self, place: Place, name: str, otherwise: str) -> None:
        fit = slug_of(name) or otherwise
        if name != fit:
            self._wrong(place, f"{name!r} can't name a file everywhere", f'write {place[-1]} = "{fit}"')

    def _wrong(self, place: Place, message: str, hint: str, text: str = "") -> None:
        """Note what is wrong with the value at a place, or with one of the texts in it; after many, nothing more."""
        if len(self.found) >= _TOLD:
            return
        span = _place(self.text, place)
        if text:
            start = sum(len(row) + 1 for row in self.text.split("\n")[: span.line - 1]) + span.column - 1
            if found := re.compile(rf"([\"']){re.escape(text)}\1").search(self.text, start):
                span = _span(self.text, *found.span())
        self.found.append(Diagnostic("C001", span, message, hint))


def _instead(key: str, header: str, known: tuple[str, ...]) -> str:
    """What to write for a key that its table does not have: the table that has it, or one that is spelt alike."""
    others = [other for other, keys in KEYS.items() if key in keys and other != header]
    if others:
        return f"write {key} below {others[0]}" if others[0] else f"write {key} above all [tables]"
    from difflib import get_close_matches  # only a mistake pays for it

    if close := get_close_matches(key, known, n=1):
        return f"write {close[0]}"
    return f"use one of {', '.join(known)}"


def unfit(config: Config, documents: Sequence[Document]) -> Iterator[Diagnostic]:
    """What `[[sheet.also]]` chooses and the notes don't have, and files that two sheets would be written to."""
    files: dict[str, int] = {}
    for number, also in enumerate(config.also):
        place = partial(config.place, "sheet", "also", number)
        if unknown := also.selection.unknown(documents):
            hint = f"write {unknown.key} = {' or '.join(map(_spelt, unknown.alike))}"
            yield Diagnostic("C001", place(unknown.key), unknown.message, hint if unknown.alike else _NO_TAGS)
            continue
        name = also.name or also.selection.name(documents)
        first = files.setdefault(name, number)
        if first != number:
            key = "name" if also.name else "topic" if also.selection.tag is None else "tag"
            message = f"the sheet of line {config.place('sheet', 'also', first).line} is named {name!r}, too"
            yield Diagnostic("C001", place(key), message, f'write name = "{name}-{number + 1}"')


_NO_TAGS = "write <!-- tags: … --> below a heading"


# --- places -------------------------------------------------------------------------------------------------------

_SOUGHT = "-sought-"


def _place(text: str, path: Place) -> Span:
    """The place of the key that a path ends with, or of the header of a table in a list; the start where it has none.

    `tomllib` tells no places. But the occurrence of a key is the one that, spelt otherwise, makes it another key.
    """
    number = path[-1] if isinstance(path[-1], int) else 0
    *over, key = path[:-1] if isinstance(path[-1], int) else path
    name = re.escape(str(key))
    bare = rf"(?<![\w-]){name}(?![\w-])|" if re.fullmatch(r"[\w-]+", str(key), re.ASCII) else ""
    few = max(number, 150_000 // (len(text) + 1)) + 1
    found = [
        match
        for match in islice(re.finditer(rf"{bare}\"{name}\"|'{name}'", text), few)
        if _has(text[: match.start()] + _SOUGHT + text[match.end() :], over)
    ]
    if not found:
        return _place(text, tuple(over)) if over else Span(CONFIG, 1, 1, 1, 1)
    match = found[min(number, len(found) - 1)]
    return _span(text, match.start(), match.end())


def _has(text: str, path: list[str | int]) -> bool:
    """Whether the table at a path has the key that is sought."""
    try:
        table: Any = tomllib.loads(text)
        for step in path:
            table = table[step]
    except (ValueError, LookupError, TypeError, RecursionError):
        return False
    return isinstance(table, dict) and _SOUGHT in table


def _span(text: str, start: int, end: int) -> Span:
    """A stretch of the text within one line."""
    line, column = text.count("\n", 0, start) + 1, start - text.rfind("\n", 0, start)
    return Span(CONFIG, line, column, line, column + end - start)
