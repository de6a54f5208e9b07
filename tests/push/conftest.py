"""An Anki with its add-on, and notes that are pushed to it; without Anki none of these tests run."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

pytest.importorskip("anki")

from anki_import.folder import Folder
from anki_import.sandbox import Sandbox  # only where Anki is

from push.connect import Connect


class Desk:
    """Notes, the Anki they are pushed to, and what a push says. Each push is later than all that was done in Anki."""

    def __init__(self, folder: Folder, connect: Connect) -> None:
        self.folder, self.connect, self.anki = folder, connect, connect.anki
        self.now = 1_700_000_000

    def write(self, text: str, settings: str = "") -> None:
        """Have these notes and these settings."""
        self.folder.write("notes.md", text)
        self.folder.write("deck.toml", f'title = "Deck"\n{settings}')

    def run(self, *options: str) -> Any:
        """What a push says, whatever comes of it."""
        self.now += 1_000
        self.connect.now = self.now + 1  # the build takes a moment
        where = (self.folder.notes, "-o", self.folder.output, "--url", self.connect.url)
        return self.folder.run("push", *where, *options, now=self.now)

    def push(self, *options: str) -> str:
        """What a push that succeeds prints."""
        result = self.run(*options)
        assert result.exit_code == 0, result.stderr
        return str(result.stdout)

    def edit(self, guid: str, *, answer: str = "", tags: tuple[str, ...] = (), without: tuple[str, ...] = ()) -> None:
        """Change a note as a person does in Anki: another answer, tags more, tags less."""
        self.now += 1_000
        note = self.anki.note(guid)
        if answer:
            note["Answer"] = answer
        note.tags = [*(tag for tag in note.tags if tag not in without), *tags]
        self.anki.collection.update_note(note)
        assert self.anki.collection.db is not None
        self.anki.collection.db.execute("update notes set mod = ? where id = ?", self.now, note.id)

    def tags(self, guid: str) -> set[str]:
        """The tags of a note."""
        return set(self.anki.note(guid).tags)

    def id(self, question: str) -> str:
        """The id of a card by its question."""
        return self.folder.ids()[question]

    def anki_order(self, *questions: str) -> list[str]:
        """Questions of retired cards in the order of the lock, which is by id."""
        lock = (self.folder.notes / "deck.lock").read_text(encoding="utf-8")
        return sorted(questions, key=lock.index)

    def decks(self) -> dict[str, list[str]]:
        """The questions of all cards of ours that are in the notes, by the name of their deck."""
        found: dict[str, list[str]] = {}
        for question, guid in self.folder.ids().items():
            found.setdefault(self.anki.deck(guid), []).append(question)
        return found

    def suspended(self, guid: str) -> list[bool]:
        """Whether each card of a note is suspended."""
        return [card.queue == -1 for card in self.anki.cards(guid)]


@pytest.fixture
def anki() -> Iterator[Sandbox]:
    """A fresh profile."""
    with Sandbox() as sandbox:
        yield sandbox


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Desk]:
    """A folder without notes, and a fresh profile."""
    with Sandbox() as anki, Connect(anki) as connect:
        yield Desk(Folder(tmp_path), connect)
