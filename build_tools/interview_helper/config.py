"""The text of deck.toml to Config, and what is wrong with it. Pure."""

from __future__ import annotations

import re
import tomllib
from dataclasses import dataclass, field
from typing import Any

from interview_helper.diagnostics import CODES, Diagnostic
from interview_helper.model import Span
from interview_helper.outputs.sheet.layout import Layout
from interview_helper.parse import fit_tag, slug_of

CONFIG = "deck.toml"


@dataclass(frozen=True, slots=True)
class Config:
    """`deck.toml` as written: empty where it says nothing."""

    id: str = ""
    title: str = ""
    slug: str = ""
    author: str = ""
    language: str = "en"
    tags: tuple[str, ...] = ()
    math: bool = False
    exclude: tuple[str, ...] = ()
    ignore: tuple[str, ...] = ()
    layout: Layout = field(default_factory=Layout)


_KEYS: dict[str, type] = {
    "id": str,
    "title": str,
    "slug": str,
    "author": str,
    "language": str,
    "tags": list,
    "math": bool,
    "exclude": list,
    "ignore": list,
    "sheet": dict,
}
_SHEET_KEYS: dict[str, tuple[type, ...]] = {
    "paper": (str,),
    "orientation": (str,),
    "columns": (int,),
    "size": (int, float),
    "contents": (bool,),
}


def configured(text: str) -> tuple[Config, tuple[Diagnostic, ...]]:  # noqa: C901  # one branch a way to be wrong
    """What `deck.toml` says, and what is wrong with it; what is wrong is left at its default."""
    diagnostics: list[Diagnostic] = []

    def wrong(key: str, message: str, hint: str) -> None:
        rows = text.split("\n")
        number = next((i for i, row in enumerate(rows, 1) if re.match(rf"\s*\[*\s*[\"']?{re.escape(key)}\b", row)), 1)
        row = rows[number - 1]
        column = row.find(key) + 1 or 1
        diagnostics.append(Diagnostic("C001", Span(CONFIG, number, column, number, len(row) + 1), message, hint))

    try:
        values = tomllib.loads(text)
    except (tomllib.TOMLDecodeError, RecursionError) as error:
        at = re.search(r"\(at line ([0-9]+), column ([0-9]+)\)", str(error))
        line, column = (int(at[1]), int(at[2])) if at else (text.count("\n") + 1, len(text) - text.rfind("\n"))
        words = re.sub(r" \(at .*\)", "", str(error))
        span = Span(CONFIG, line, column, line, column + 1)
        diagnostics.append(Diagnostic("C001", span, f"no valid TOML: {words}", "put texts in quotes, lists in [ ]"))
        return Config(), tuple(diagnostics)
    good: dict[str, Any] = {}
    for key, value in values.items():
        if key not in _KEYS:
            wrong(key, f"{key!r} is no key of deck.toml", f"use one of {', '.join(_KEYS)}")
        elif type(value) is not _KEYS[key] or (isinstance(value, list) and not all(isinstance(v, str) for v in value)):
            kind = {str: "a text in quotes", list: "a list of texts", bool: "true or false", dict: "a table"}[
                _KEYS[key]
            ]
            wrong(key, f"{key} must be {kind}", f"write {key} = {_EXAMPLES[_KEYS[key]]}")
        elif isinstance(value, dict):
            good["layout"] = _layout(value, wrong)
        else:
            good[key] = tuple(value) if isinstance(value, list) else value
    for code in good.get("ignore", ()):
        if code not in CODES:
            wrong("ignore", f"{code!r} is no code", "interview-helper explain names them all")
    if good.get("title", "").casefold() == TAKEN:
        wrong("title", "Anki keeps the deck 'Default' for itself and would rename this one", "write another title")
    if "slug" in good and good["slug"] != slug_of(good["slug"]):
        wrong(
            "slug",
            f"{good['slug']!r} can't name a file everywhere",
            f'write slug = "{slug_of(good["slug"]) or "notes"}"',
        )
    good["tags"] = tuple(filter(None, map(fit_tag, good.get("tags", ()))))
    return Config(**good), tuple(diagnostics)


TAKEN = "default"  # the name of the deck that every Anki has
_EXAMPLES = {str: '"…"', list: '["…"]', bool: "true", dict: "a [table]"}
_CHOICES = {"paper": ("A4", "Letter"), "orientation": ("portrait", "landscape"), "columns": (1, 2, 3, 4)}


def _layout(values: dict[str, Any], wrong: Any) -> Layout:
    good: dict[str, Any] = {}
    for key, value in values.items():
        if key not in _SHEET_KEYS:
            wrong(key, f"{key!r} is no key of [sheet]", f"use one of {', '.join(_SHEET_KEYS)}")
        elif type(value) not in _SHEET_KEYS[key]:
            wrong(key, f"{key} can't be {value!r}", f"it is {' or '.join(t.__name__ for t in _SHEET_KEYS[key])}")
        elif key in _CHOICES and value not in _CHOICES[key]:
            wrong(key, f"{key} can't be {value!r}", f"use one of {', '.join(map(str, _CHOICES[key]))}")
        elif key == "size" and not 5 <= value <= 20:
            wrong(key, f"size can't be {value!r}", "write points from 5 to 20")
        else:
            good[key] = float(value) if key == "size" else value
    return Layout(**good)
