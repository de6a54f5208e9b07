"""A lock that is lost, and nothing left of the deck but what Anki itself exports."""

from __future__ import annotations

from pathlib import Path

import pytest
from anki import collection
from anki.collection import DeckIdLimit
from interview_helper.cli import app
from typer.testing import CliRunner

from anki_import.folder import Folder
from anki_import.sandbox import Sandbox

NOW = 1_700_000_000
NOTES = """# Iterators

## What is an iterator?

An object with `__next__()`.

## GIL
<!-- card: reversed -->

Global interpreter lock

## Generators
<!-- card: cloze -->

The ==GIL== lets one ==thread==<!-- hint: it `runs`: a::b }} --> run.
"""


def exported(anki: Sandbox, path: Path, deck: str = "", *, legacy: bool = True) -> Path:
    """The package that Anki writes of one deck, or of all."""
    number = anki.collection.decks.id_for_name(deck) if deck else None
    wanted = {"with_scheduling": False, "with_media": True}
    if hasattr(collection, "ExportAnkiPackageOptions"):
        wanted = {"options": collection.ExportAnkiPackageOptions(**wanted, legacy=legacy)}
    else:  # 23.10
        wanted["legacy_support"] = legacy
    anki.collection.export_anki_package(out_path=str(path), limit=DeckIdLimit(number) if number else None, **wanted)
    return path


def recover(folder: Folder, package: Path):
    (folder.notes / "deck.lock").unlink(missing_ok=True)
    return CliRunner().invoke(app, ["recover", str(package), str(folder.notes)], catch_exceptions=False)


@pytest.fixture
def notes(folder: Folder) -> Folder:
    folder.write("deck.toml", 'id = "mine"\ntitle = "Interview"\nslug = "inter"\n')
    folder.write("a.md", NOTES)
    return folder


def test_the_cards_of_an_export_go_on(notes: Folder, anki: Sandbox, tmp_path: Path) -> None:
    anki.imported(notes.build(NOW))
    anki.study("Interview")
    ids = notes.ids()
    for guid in ids.values():
        note = anki.note(guid)
        note.tags.append("aaa::mine")  # sorts before the deck's own
        anki.collection.update_note(note)
    reviews = anki.state()["reviews"]
    # Its name in Anki and its slug come back without deck.toml as well.
    (notes.notes / "deck.toml").unlink()
    result = recover(notes, exported(anki, tmp_path / "x.apkg"))
    assert result.exit_code == 0
    assert notes.ids() == ids
    notes.write(
        "a.md", NOTES.replace("What is an iterator?", "And what is an iterator?").replace("==GIL==", "==one== GIL")
    )
    package = notes.build(NOW + 1)
    assert [path.name for path in notes.output.iterdir()] == ["inter.apkg"]
    assert notes.ids()["And what is an iterator?"] == ids["What is an iterator?"]
    assert anki.imported(package) == {"updated": 3}
    assert anki.state()["reviews"] == reviews
    assert not anki.problems()
    # The blank keeps its number, and that of the one that is gone is not given again.
    assert "{{c2::thread::it `runs`" in anki.note(ids["Generators"]).fields[0]
    assert "{{c3::one}}" in anki.note(ids["Generators"]).fields[0]
    assert "none changed" in CliRunner().invoke(app, ["build", str(notes.notes), "-o", str(tmp_path / "o")]).stderr


def test_what_anki_exports_in_its_newer_format_is_asked_for_in_the_older_one(
    notes: Folder, anki: Sandbox, tmp_path: Path
) -> None:
    anki.imported(notes.build(NOW))
    result = recover(notes, exported(anki, tmp_path / "x.apkg", legacy=False))
    assert result.exit_code == 2
    assert result.stderr.splitlines()[1] == "    hint: export it again with 'Support older Anki versions' ticked"


def test_of_two_decks_in_one_export_none_is_taken_for_the_other(notes: Folder, anki: Sandbox, tmp_path: Path) -> None:
    anki.imported(notes.build(NOW))
    ids = notes.ids()
    other = Folder(tmp_path / "other")
    other.write("b.md", "# Other\n\n## Q\n\nx\n")
    anki.imported(other.build(NOW))
    result = recover(notes, exported(anki, tmp_path / "x.apkg"))
    assert result.exit_code == 2
    message, remedy = result.stderr.splitlines()
    assert message.endswith("x.apkg: it holds two decks, inter and other")
    assert remedy == "    hint: export one of the two alone"
    assert recover(notes, exported(anki, tmp_path / "x.apkg", "Interview")).exit_code == 0
    assert notes.ids() == ids


def test_an_export_of_something_else_gives_no_lock(notes: Folder, anki: Sandbox, tmp_path: Path) -> None:
    note = anki.collection.new_note(anki.collection.models.by_name("Basic"))
    note.fields = ["x", "y"]
    anki.collection.add_note(note, anki.collection.decks.id_for_name("Default"))
    result = recover(notes, exported(anki, tmp_path / "x.apkg"))
    assert result.exit_code == 2
    assert "it holds no card that was built by this program" in result.stderr
    assert not (notes.notes / "deck.lock").exists()
