"""Every card of two decks as Chromium shows it: by day and night, at three widths, in three clients.

`nox -s screens` runs this and puts the pictures into output/screens/, to be looked at.
"""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

pytest.importorskip("playwright", reason="`nox -s screens` runs these")
pytest.importorskip("_aqt", reason="`nox -s screens` runs these")

from anki_import.folder import Folder, picture
from anki_import.sandbox import Sandbox
from playwright.sync_api import Page

from screens.client import ANDROID, ANDROID_OLD, DESKTOP, IOS, SHOW, Client, page

NOTES = Path(__file__).parents[1] / "notes"
SOURCE = Path(__file__).parents[2] / "source"
AUDIT = Path(__file__).with_name("audit.js").read_text("utf-8")
WIDE = Path(__file__).with_name("wide.md")
PICTURES = os.environ.get("SCREENS")
WIDTHS = {320: 568, 390: 844, 1100: 800}  # CSS px, with the height of such a screen
LOOKS = [
    (DESKTOP, 1100, False),
    (DESKTOP, 1100, True),
    (IOS, 390, False),
    (IOS, 390, True),
    (ANDROID, 320, False),
    (ANDROID, 320, True),
    (ANDROID_OLD, 320, True),
    (DESKTOP, 320, True),
]


@dataclass(frozen=True)
class Deck:
    """A deck in the real Anki: the HTML of each side of each card, and the folder of its pictures."""

    name: str
    sides: dict[str, str]
    media: Path


@pytest.fixture(scope="module", params=["notes", "shipped"])
def deck(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Deck]:
    folder = Folder(tmp_path_factory.mktemp(request.param))
    if request.param == "shipped":
        shutil.copytree(SOURCE, folder.notes, dirs_exist_ok=True)
    else:
        # maths.md has TeX that nothing can set; here and in everything.md there is enough that is right.
        shutil.copytree(NOTES, folder.notes, dirs_exist_ok=True, ignore=shutil.ignore_patterns("maths.*", "broken"))
        shutil.copy(WIDE, folder.notes)
        folder.write("small.png", picture("#1b667f", (20, 20)))
        folder.write("large.png", picture("#1b667f", (1500, 1100)))
        folder.write("deck.toml", 'title = "Notes"\nmath = true\n')
    package = folder.build(1_900_000_000)
    with Sandbox() as anki:
        anki.imported(package)
        sides = {}
        for number, guid in enumerate(folder.ids().values(), 1):
            for card in anki.cards(guid):
                name = f"{number:02}-{card.ord}"
                sides[f"{name}-front"] = card.question()
                sides[f"{name}-back"] = card.answer()
        yield Deck(request.param, sides, Path(anki.collection.media.dir()))


def sides(deck: Deck, look: int) -> dict[str, str]:
    """The sides that a look is at: all, but of the shipped cards, which are many and plain, one look has each."""
    if deck.name != "shipped" or PICTURES:
        return deck.sides
    cards = sorted({name.rpartition("-")[0] for name in deck.sides})
    chosen = set(cards[look :: len(LOOKS)])
    return {name: html for name, html in deck.sides.items() if name.rpartition("-")[0] in chosen}


@pytest.mark.parametrize(("client", "width", "night"), LOOKS, ids=lambda each: getattr(each, "name", str(each)))
def test_every_side_of_every_card_fits_and_reads(
    deck: Deck, browser: Any, client: Client, width: int, night: bool
) -> None:
    path = deck.media / "reviewer.html"
    path.write_text(page(client, night=night), "utf-8")
    context = browser.new_context(viewport={"width": width, "height": WIDTHS[width]})
    shown: Page = context.new_page()
    shown.goto(path.as_uri())
    wrong = {}
    for name, html in sides(deck, LOOKS.index((client, width, night))).items():
        shown.evaluate(SHOW, html)
        if found := shown.evaluate(AUDIT, night):
            wrong[name] = found
        if PICTURES:
            theme = "night" if night else "day"
            file = Path(PICTURES, f"{deck.name}-{client.name}-{width}-{theme}", f"{name}.png")
            shown.screenshot(path=file, full_page=True)
    context.close()
    assert wrong == {}
