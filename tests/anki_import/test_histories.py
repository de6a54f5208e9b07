"""Three histories of 20 commits each, built and imported commit by commit, all cards studied in between."""

from __future__ import annotations

from pathlib import Path

import pytest
from histories.states import NAMES, states
from interview_helper import changes, ledger, project
from interview_helper.identity import Event

from anki_import.sandbox import Sandbox

DECK = "Deck"
START = 1_700_000_000  # seconds


@pytest.mark.parametrize("name", NAMES)
def test_anki_keeps_every_card_and_review_over_twenty_imports(name: str, tmp_path: Path, anki: Sandbox) -> None:
    notes = tmp_path / "notes"
    reviews: list[object] = []
    where: dict[str, tuple[int, dict[int, int]]] = {}
    for number, each in enumerate(states(name)):
        for path in notes.rglob("*.md"):
            path.unlink()
        for path, text in each.files.items():
            (notes / path).parent.mkdir(parents=True, exist_ok=True)
            (notes / path).write_text(text, "utf-8")
        (notes / "deck.toml").write_text(f'id = "{name}"\ntitle = "{DECK}"\n', "utf-8")
        understood = project.understood(project.read(notes))
        plan = project.planned(understood, START + number)
        project.build(understood, plan, tmp_path / "out", frozenset({"deck"}))
        log = anki.imported((tmp_path / "out" / "deck.apkg").read_bytes(), now=START + number)
        new, updated = len(plan.assignment.ids(Event.NEW)), changes.updated(plan.assignment)
        expected = {"new": new, "updated": updated}
        expected["duplicate"] = len(ledger.read(plan.lock)[0].lines) - new - updated
        assert log == {what: count for what, count in expected.items() if count}, each.message
        found = {known.id: known for known in plan.assignment.cards}
        for guid, (note, cards) in where.items():
            assert anki.note(guid).id == note, each.message
            now = {card.ord: card.id for card in anki.cards(guid)}
            assert cards.items() <= now.items(), each.message
            assert ("deck::retired" in anki.note(guid).tags) is (guid not in found), each.message
        assert anki.state()["reviews"][: len(reviews)] == reviews, each.message
        anki.study(DECK)
        reviews = anki.state()["reviews"]
        where |= {guid: (anki.note(guid).id, {card.ord: card.id for card in anki.cards(guid)}) for guid in found}
    assert not anki.problems()
    assert anki.note_types() == {"Interview Helper Question", "Interview Helper Cloze"}
