"""Notes as people edit them over months: a card that is still the same keeps its id, and no card gets another's."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from interview_helper import identity
from interview_helper.cards import cards
from interview_helper.ledger import Ledger
from interview_helper.model import Card, Library, Source
from interview_helper.parse import parse

HISTORIES = Path(__file__).parent / "histories"
NAMES = sorted(folder.name for folder in HISTORIES.iterdir() if folder.is_dir())
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


@dataclass
class Score:
    """Of all cards of all builds: taken over by another, lost although still the same; and what was new or retired."""

    builds: int = 0
    wrong: int = 0
    lost: int = 0
    decided: int = 0


def score(name: str) -> Score:
    ledger = Ledger(id=name, slug=name)
    found = Score()
    id_of: dict[str, str] = {}
    key_of: dict[str, str] = {}
    for number, each in enumerate(states(name)):
        assignment = identity.assign(each.cards, ledger, number)
        ledger = assignment.ledger
        for known, key in zip(assignment.cards, each.keys, strict=True):
            found.builds += 1
            found.lost += id_of.get(key, known.id) != known.id
            found.wrong += key_of.get(known.id, key) != key
            id_of[key], key_of[known.id] = known.id, key
        found.decided += len(assignment.changes) if number else 0
    return found


@pytest.fixture(scope="module")
def scores() -> dict[str, Score]:
    return {name: score(name) for name in NAMES}


@pytest.mark.parametrize("name", NAMES)
def test_a_history_is_kept_commit_by_commit(name, scores):
    assert scores[name].decided > 150
    assert scores[name].lost <= 0.05 * scores[name].decided, scores[name]
    assert scores[name].wrong <= 0.02 * scores[name].decided, scores[name]


def test_of_all_that_changed_at_most_1_of_100_took_over_a_history(scores):
    assert sum(each.wrong for each in scores.values()) <= 0.01 * sum(each.decided for each in scores.values())
