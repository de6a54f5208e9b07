"""Notes that are edited, built, imported and studied again and again, and what becomes of every card in Anki."""

from __future__ import annotations

import json
import re
import sqlite3
import time
import zipfile
from collections import Counter
from collections.abc import Iterable, Mapping
from contextlib import closing
from dataclasses import dataclass
from io import BytesIO
from typing import Any

from interview_helper import ledger

from anki_import.folder import Folder
from anki_import.sandbox import Sandbox

START = 1_700_000_000  # long ago: what a user edits in Anki is newer than the first build


@dataclass(frozen=True)
class Kept:
    """What Anki holds of one note: its row, its cards by ordinal, and all their answers."""

    note: int
    changed: int
    tags: str
    fields: str
    cards: Mapping[int, tuple[Any, ...]]
    reviews: tuple[tuple[Any, ...], ...]


def kept(anki: Sandbox) -> dict[str, Kept]:
    """What Anki holds, by the guid of the note. No guid is there twice."""
    state = anki.state()
    guids = [guid for _, guid, *_ in state["notes"]]
    assert len(guids) == len(set(guids)), [guid for guid, count in Counter(guids).items() if count > 1]
    cards: dict[int, dict[int, tuple[Any, ...]]] = {row[0]: {} for row in state["notes"]}
    reviews: dict[int, list[tuple[Any, ...]]] = {row[0]: [] for row in state["notes"]}
    note_of: dict[int, int] = {}
    for row in state["cards"]:
        card, note, _, ordinal, *_ = row
        cards[note][ordinal] = tuple(row)
        note_of[card] = note
    for row in state["reviews"]:
        reviews[note_of[row[1]]].append(tuple(row))
    return {
        guid: Kept(note, changed, tags, fields, cards[note], tuple(reviews[note]))
        for note, guid, _, changed, tags, fields in state["notes"]
    }


def assert_same(before: Kept, after: Kept) -> None:
    """The note is the same for Anki, and each card it had is there with its schedule and all its reviews."""
    assert after.note == before.note
    assert {ordinal: after.cards.get(ordinal) for ordinal in before.cards} == before.cards
    assert after.reviews == before.reviews


def cards_shipped(package: bytes) -> dict[str, int]:
    """How many cards a package has for each of its notes."""
    with zipfile.ZipFile(BytesIO(package)) as members, closing(sqlite3.connect(":memory:")) as database:
        database.deserialize(members.read("collection.anki2"))
        query = "select n.guid, count(c.id) from notes n left join cards c on c.nid = n.id group by n.id"
        return dict(database.execute(query))


class History:
    """A notes folder with a profile that imports every build, and studies after each."""

    def __init__(self, folder: Folder, anki: Sandbox, files: Mapping[str, str], *, connect: bool = False) -> None:
        self.folder, self.anki, self.connect = folder, anki, connect
        self.now = START
        self.log: dict[str, int] = {}
        self.told = ""
        self.package = b""
        unlimited(anki)
        for path, text in files.items():
            folder.write(path, text)
        self._imported()
        self.ids = self._ids()
        assert self.log == {"new": len(self.ids)}
        self.schema = anki.schema_changed()
        self._studied()
        assert all(len(each.cards) and each.reviews for each in self.kept.values())

    # --- edits --------------------------------------------------------------------------------------------------

    def edit(self, old: str, new: str) -> None:
        """Put new words in the place of old ones, which stand in the notes once."""
        holders = [path for path in self.paths() if old in self.text(path)]
        assert len(holders) == 1, f"{old!r} stands in {holders}"
        text = self.text(holders[0])
        assert text.count(old) == 1, f"{old!r} stands in {holders[0]} {text.count(old)} times"
        self.folder.write(holders[0], text.replace(old, new))

    def cut(self, question: str) -> str:
        """Take a card out of the notes: from its heading to the next."""
        path, start, end = self._place(question)
        text = self.text(path)
        self.folder.write(path, text[:start] + text[end:])
        return text[start:end].rstrip() + "\n\n"

    def put(self, section: str, *, before: str = "", end_of: str = "") -> None:
        """Put a card into the notes, before another or at the end of a file."""
        path, at, _ = self._place(before) if before else (end_of, len(self.text(end_of)), 0)
        text = self.text(path)
        self.folder.write(path, f"{text[:at].rstrip()}\n\n{section.rstrip()}\n\n{text[at:]}")

    def _place(self, question: str) -> tuple[str, int, int]:
        """The file of a card, where its heading starts, and where the next one does."""
        for path in self.paths():
            card = re.search(rf"^#+ {re.escape(question)}\n(?:(?!#).*\n?)*", self.text(path), re.MULTILINE)
            if card:
                return path, card.start(), card.end()
        raise AssertionError(f"no card asks {question!r}")

    def write(self, path: str, content: str | bytes) -> None:
        """Put a file there."""
        self.folder.write(path, content)

    def rename(self, old: str, new: str) -> None:
        """Give a file another name."""
        self.folder.write(new, self.text(old))
        self.delete(old)

    def delete(self, path: str) -> str:
        """Take a file away, and give what was in it."""
        text = self.text(path)
        (self.folder.notes / path).unlink()
        return text

    def text(self, path: str) -> str:
        """What a file says."""
        return (self.folder.notes / path).read_text("utf-8")

    def paths(self) -> list[str]:
        """The notes, sorted."""
        return sorted(path.relative_to(self.folder.notes).as_posix() for path in self.folder.notes.rglob("*.md"))

    # --- what comes of them -------------------------------------------------------------------------------------

    def then(
        self,
        *,
        changed: Iterable[str] = (),
        reworded: Mapping[str, str] | None = None,
        new: Iterable[str] = (),
        retired: Iterable[str] = (),
        restored: Iterable[str] = (),
        new_or_restored: Iterable[str] = (),
    ) -> dict[str, Any]:
        """Build, import, study; what `diff` said of it before.

        Cards go by their question, twins by trail and question. `changed` are those that arrive, `reworded` those
        that arrive under another question. A question both retired and new, or restored, is asked by another note
        from now on. Nothing becomes of any other card. Whoever was there keeps all that Anki has of it, the retired
        too.
        """
        changed, new, retired, restored = map(set, (changed, new, retired, restored))
        reworded = reworded or {}
        come = new | restored | set(new_or_restored)
        before, ids, lock = self.kept, self.ids, self.lock
        said = self.diff()
        self._imported()
        self.ids, after = self._ids(), kept(self.anki)

        # Who is who, by the truth that the test knows.
        assert set(self.ids) == (set(ids) - retired - set(reworded)) | come | set(reworded.values())
        same = {reworded.get(question, question): ids[question] for question in set(ids) - retired}
        assert {question: self.ids[question] for question in same} == same
        gone = {ids[question] for question in retired}
        came = {self.ids[question] for question in come}
        back = came & set(lock)
        assert not gone & set(self.ids.values())
        assert {self.ids[question] for question in restored} <= back
        assert not {self.ids[question] for question in new} & back
        assert all(lock[guid].retired for guid in back)

        # Anki has all that it had, and says what was announced.
        updated = gone | back | {self.ids[question] for question in changed | set(reworded.values())}
        for guid, each in before.items():
            assert_same(each, after[guid])
            assert guid in updated or after[guid] == each
        assert set(after) == set(before) | came
        assert not any(after[guid].reviews for guid in came - back)
        assert {guid for guid in after if f"{self.slug}::retired" in after[guid].tags} == set(after) - set(
            self.ids.values()
        )
        counts = {"new": len(came - back), "updated": len(updated), "duplicate": len(set(before) - updated)}
        assert self.log == {name: count for name, count in counts.items() if count}
        assert said["updated"] == len(updated)
        rows = {event: {row["id"] for row in said[event]} for event in ("new", "retired", "restored")}
        assert rows == {"new": came - back, "retired": gone, "restored": back}
        assert {guid for guid in lock if self.lock[guid].changed != lock[guid].changed} == updated
        assert all(self.lock[guid].changed >= lock[guid].changed for guid in lock)

        shipped = cards_shipped(self.package)
        assert set(shipped) == set(self.lock)
        assert {guid for guid, count in shipped.items() if count} == set(self.ids.values())
        assert self.anki.schema_changed() == self.schema
        assert self.anki.note_types() <= {"Interview Helper Question", "Interview Helper Cloze"}
        self._studied()
        return said

    def then_nothing(self) -> None:
        """Build and import; no card changed."""
        self.then()
        assert set(self.log) == {"duplicate"}

    def diff(self) -> dict[str, Any]:
        """What `diff` says of the next build."""
        result = self.folder.run("diff", self.folder.notes, "--format", "json", now=self.now)
        assert result.exit_code == 0, result.stderr
        said: dict[str, Any] = json.loads(result.stdout)
        return said

    @property
    def lock(self) -> dict[str, ledger.Line]:
        """The lines of the lock by id."""
        text = (self.folder.notes / "deck.lock").read_text("utf-8")
        return {line.id: line for line in ledger.read(text)[0].lines}

    @property
    def slug(self) -> str:
        """The stem of the package."""
        return self.folder.package.stem

    def blanks(self, question: str) -> dict[str, int]:
        """The id of the card that asks each blank of a cloze card."""
        guid = self.ids[question]
        cards = {card.ord: card.id for card in self.anki.cards(guid)}
        said = re.findall(r"\{\{c(\d+)::(.*?)(?:::.*?)?\}\}", self.anki.note(guid)["Text"])
        return {re.sub("<[^>]*>", "", words): cards[int(number) - 1] for number, words in said}

    def _imported(self) -> None:
        """Build twice and import twice: the second time nothing changes."""
        result = self.folder.built(self.now)
        assert result.exit_code == 0, result.stderr
        self.told = result.stderr
        self.package = self.folder.package.read_bytes()
        self.log = self.anki.imported(self.package, connect=self.connect, now=self._second)
        state = self.anki.state()
        assert self.folder.build(self.now + 1_000_000) == self.package
        assert set(self.anki.imported(self.package, connect=self.connect, now=self._second)) == {"duplicate"}
        assert self.anki.state() == state

    @property
    def _second(self) -> int:
        """When Anki imports: not before the last build, wherever the clock of that stood."""
        return max(self.now, *(line.changed for line in self.lock.values()))

    def _studied(self) -> None:
        """Answer all that is due."""
        for deck in self.anki.collection.decks.all_names_and_ids():
            self.anki.study(deck.name)
        self.noted()

    def noted(self) -> None:
        """Take what Anki has now, whatever the user did there, for what it had; go on to a later second."""
        self.kept = kept(self.anki)
        self.now = max(int(time.time()), self.now) + 1

    def _ids(self) -> dict[str, str]:
        rows = self.folder.rows()
        questions = [row["question"].split("\n")[0] for row in rows]
        twins = {question for question, count in Counter(questions).items() if count > 1}
        return {
            " / ".join((*row["trail"], question)) if question in twins else question: row["id"]
            for row, question in zip(rows, questions, strict=True)
        }


def unlimited(anki: Sandbox) -> None:
    """Let Anki ask any number of new cards a day."""
    options = anki.collection.decks.get_config(1)
    assert options is not None
    options["new"]["perDay"] = 9999
    anki.collection.decks.update_config(options)
