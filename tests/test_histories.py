"""Notes as people edit them over months: a card that is still the same keeps its id, and no card gets another's."""

from __future__ import annotations

from dataclasses import dataclass

import pytest
from histories.states import NAMES, states
from interview_helper import identity
from interview_helper.ledger import Ledger


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
