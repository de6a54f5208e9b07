"""The histories beside this file, commit by commit: the notes without the truth in them, and the truth."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from interview_helper.cards import cards
from interview_helper.model import Card, Library, Source
from interview_helper.parse import parse

HISTORIES = Path(__file__).parent
NAMES = sorted(folder.name for folder in HISTORIES.iterdir() if (folder / "commits.json").exists())
_TRUTH = re.compile(r" *<!-- truth: (\S+) -->")


@dataclass(frozen=True)
class State:
    """The cards of one commit in order, each with its true key."""

    message: str
    files: dict[str, str]
    cards: tuple[Card, ...]
    keys: tuple[str, ...]


def states(name: str) -> Iterator[State]:
    """The notes of a history, commit by commit, without the truth in them."""
    start = HISTORIES / name / "start"
    files = {path.relative_to(start).as_posix(): path.read_text("utf-8") for path in start.rglob("*.md")}
    yield state("start", files)
    for commit in json.loads((HISTORIES / name / "commits.json").read_text("utf-8")):
        for edit in commit["edits"]:
            match edit:
                case {"rename": path, "to": new}:
                    files[new] = files.pop(path)
                case {"create": path, "text": text}:
                    files[path] = text
                case {"delete": path}:
                    del files[path]
                case {"file": path, "old": old, "new": new}:
                    assert files[path].count(old) == 1
                    files[path] = files[path].replace(old, new)
        yield state(commit["message"], files)


def state(message: str, files: dict[str, str]) -> State:
    plain: dict[str, str] = {}
    truth: dict[tuple[str, int], str] = {}
    for path, text in sorted(files.items()):
        rows: list[str] = []
        for row in text.split("\n"):
            if match := _TRUTH.fullmatch(row):
                truth[path, len(rows)] = match[1]
            else:
                rows.append(row)
        plain[path] = "\n".join(rows)
    documents = tuple(parse(Source(path, text)).document for path, text in plain.items())
    found = cards(Library(documents, {}))[0]
    return State(message, plain, found, tuple(truth[card.span.path, card.span.line] for card in found))
