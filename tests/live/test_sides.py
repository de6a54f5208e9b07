"""What the preview shows of a card is what the real Anki makes of the package."""

from __future__ import annotations

import re
import shutil
from html import escape, unescape
from pathlib import Path

import pytest
from anki_import.folder import Folder
from anki_import.sandbox import Sandbox
from interview_helper import project
from interview_helper.live.sides import sides
from interview_helper.outputs import anki

NOTES = Path(__file__).parents[1] / "notes"


def shown(folder, name):
    """The sides of all cards by the ids of their notes; formulas as they are written."""
    notes = project.understood(project.read(folder / name))
    made = project.planned(notes, 0).assignment.cards
    filled = anki.filled(notes.deck.slug, made, notes.library.media)
    return {
        card.id: list(sides(each.type, each.fields, each.ordinals)) for card, each in zip(made, filled, strict=True)
    }


def spelt(html):
    """A side without its style, with one spelling of what stands in attributes."""
    html = re.sub(r"<style>.*?</style>", "", html, flags=re.DOTALL)
    return re.sub(r'"([^"]*)"', lambda m: f'"{escape(unescape(m[1]))}"', html)


def test_every_side_of_every_note_is_that_of_anki(tmp_path):
    folder = Folder(tmp_path)
    shutil.copytree(NOTES, folder.notes, dirs_exist_ok=True, ignore=shutil.ignore_patterns("maths.*", "broken"))
    package = folder.build(1_900_000_000)
    ours = shown(tmp_path, "notes")
    with Sandbox() as real:
        real.imported(package)
        theirs = {guid: [(c.question(), c.answer()) for c in real.cards(guid)] for guid in ours}
    assert len(ours) > 50
    for guid, cards in theirs.items():
        assert [tuple(map(spelt, card)) for card in ours[guid]] == [tuple(map(spelt, card)) for card in cards]


def drawn(tmp_path, text):
    (tmp_path / "notes").mkdir()
    (tmp_path / "notes" / "deck.toml").write_text("math = true\n")
    (tmp_path / "notes" / "a.md").write_text(text)
    ((card,),) = shown(tmp_path, "notes").values()
    return card


def test_a_formula_is_a_drawing_that_is_read_out(tmp_path):
    front, back = drawn(tmp_path, "# T\n\n## What is $x^2$?\n\n$$x < y$$\n\nSee `\\(code\\)`.\n")
    assert 'role="img" aria-label="x^2"' in front
    assert "<svg" in front
    assert 'class="formula displayed" role="img" aria-label="x &lt; y"' in back
    assert "(code\\)</code>" in back  # in code, a formula is none
    assert back.count("<svg") == 2


@pytest.mark.parametrize("tex", [r"\frac{1}", r"\nosuchthing{x}"])
def test_a_formula_that_can_not_be_set_stands_as_it_is_written(tmp_path, tex):
    front, _ = drawn(tmp_path, f"# T\n\n## What is ${tex}$?\n\nA.\n")
    assert f"\\({tex}\\)" in front
    assert "<svg" not in front
