"""A throw-away profile of the real Anki: what an import does, and what a card shows."""

from __future__ import annotations

import re
import shutil
import tempfile
from html import unescape
from pathlib import Path
from types import TracebackType
from typing import Any, Self

from anki.collection import Collection, ImportAnkiPackageRequest  # isort: skip  # first: anki.cards imports it back
from anki import import_export_pb2
from anki.buildinfo import version
from anki.cards import Card
from anki.models import NotetypeId
from anki.scheduler.v3 import CardAnswer

_LOG = (
    "new",
    "updated",
    "duplicate",
    "conflicting",
    "first_field_match",
    "missing_notetype",
    "missing_deck",
    "empty_first_field",
)
KEEPS_TIMES = tuple(map(int, version.split(".")[:2])) >= (25, 2)
_ANKICONNECT = ("merge_notetypes", "with_scheduling", "with_deck_configs")


class Sandbox:
    """A profile that is gone afterwards."""

    def __init__(self) -> None:
        self._folder = Path(tempfile.mkdtemp(prefix="anki-sandbox-"))
        self.collection = Collection(str(self._folder / "collection.anki2"))
        assert self.collection.db is not None
        self._database = self.collection.db
        self._answered = 0  # when the last card was, in milliseconds
        self._database.execute("pragma synchronous = off")  # gone soon, so nothing need reach the disk

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        self.collection.close()
        shutil.rmtree(self._folder)

    def imported(self, package: bytes, *, connect: bool = False, now: int | None = None) -> dict[str, int]:
        """What the log of an import counts, zeros left out: with the options of a fresh profile, or of AnkiConnect.

        An Anki before 25.02 stamps the notes that it updates with the second of the import; `now` is then that second.
        """
        path = self._folder / "import.apkg"
        path.write_bytes(package)
        made = import_export_pb2.ImportAnkiPackageOptions
        known = made.DESCRIPTOR.fields_by_name  # an older Anki lacks some
        options = made(**{name: True for name in _ANKICONNECT if connect and name in known})
        request = ImportAnkiPackageRequest(package_path=str(path), options=options)
        log = self.collection.import_anki_package(request).log
        self.collection.models._clear_cache()  # else it shows the note types of before the import
        if not KEEPS_TIMES and now is not None:
            stamped = [(now, each.id.nid) for each in log.updated]
            self._database.executemany("update notes set mod = ? where id = ?", stamped)
        counts = {name: len(getattr(log, name)) for name in _LOG}
        return {name: count for name, count in counts.items() if count}

    def study(self, deck: str) -> int:
        """How many cards were due; all are answered with Good."""
        number = self.collection.decks.id_for_name(deck)
        assert number is not None
        self.collection.decks.select(number)
        scheduler: Any = self.collection.sched
        seen: set[int] = set()
        while queued := scheduler.get_queued_cards().cards:
            if queued[0].card.id in seen:
                break  # in its learning steps: due again in a minute
            card = Card(self.collection, backend_card=queued[0].card)
            card.start_timer()
            answer = scheduler.build_answer(card=card, states=queued[0].states, rating=CardAnswer.GOOD)
            # No two in one millisecond: Anki would move the later to the next, in the history and not on the card, and
            # where a second ends there its check of the database would find the two apart.
            answer.answered_at_millis = self._answered = max(answer.answered_at_millis, self._answered + 1)
            scheduler.answer_card(answer)
            seen.add(card.id)
        return len(seen)

    def forget(self, guid: str) -> None:
        """Answer a card with Again once too often: Anki tags its note as a leech."""
        card = self.cards(guid)[0]
        card.type, card.queue, card.ivl, card.due, card.lapses = 2, 2, 1, 0, 7
        self.collection.update_card(card)
        scheduler: Any = self.collection.sched
        states = self.collection._backend.get_scheduling_states(card.id)
        card.start_timer()
        scheduler.answer_card(scheduler.build_answer(card=card, states=states, rating=CardAnswer.AGAIN))

    def deck(self, guid: str) -> str:
        """The name of the deck that the first card of a note lies in."""
        return self.collection.decks.name(self.cards(guid)[0].did)

    def note(self, guid: str) -> Any:
        """The note, as Anki's own object."""
        return self.collection.get_note(self._database.scalar("select id from notes where guid = ?", guid))

    def cards(self, guid: str) -> list[Card]:
        """The cards of the note, by ordinal."""
        return sorted(self.note(guid).cards(), key=lambda card: card.ord)

    def question(self, guid: str, ordinal: int = 0) -> str:
        """What the front of a card shows."""
        return _body(self._card(guid, ordinal).question())

    def answer(self, guid: str, ordinal: int = 0) -> str:
        """What the back of a card shows."""
        return _body(self._card(guid, ordinal).answer())

    def queue(self, deck: str) -> list[tuple[str, int]]:
        """What Anki asks today, in its order: note and ordinal."""
        number = self.collection.decks.id_for_name(deck)
        assert number is not None
        self.collection.decks.select(number)
        scheduler: Any = self.collection.sched
        cards = [
            Card(self.collection, backend_card=each.card) for each in scheduler.get_queued_cards(fetch_limit=1000).cards
        ]
        return [(card.note().guid, card.ord) for card in cards]

    def ordinals(self) -> dict[str, list[int]]:
        """The cards of each note that has some."""
        ordinals: dict[str, list[int]] = {}
        rows = self._database.all(
            "select n.guid, c.ord from cards c join notes n on n.id = c.nid order by n.guid, c.ord"
        )
        for guid, ordinal in rows:
            ordinals.setdefault(guid, []).append(ordinal)
        return ordinals

    def ordinals_by_anki(self) -> dict[str, list[int]]:
        """The cards that Anki gives each note: it makes the missing ones, and those that it calls empty are gone."""
        self.collection.after_note_updates(list(self.collection.find_notes("")), mark_modified=False)
        empty = [card for report in self.collection.get_empty_cards().notes for card in report.card_ids]
        self.collection.remove_cards_and_orphaned_notes(empty)
        return self.ordinals()

    def media(self) -> dict[str, bytes]:
        """The files of the profile's media folder."""
        return {file.name: file.read_bytes() for file in Path(self.collection.media.dir()).iterdir()}

    def state(self) -> dict[str, list[Any]]:
        """All that an import could change: notes, cards, reviews."""
        database = self._database
        return {
            "notes": database.all("select id, guid, mid, mod, tags, flds from notes order by id"),
            "cards": self.scheduling(),
            "reviews": database.all("select * from revlog order by id"),
        }

    def scheduling(self) -> list[Any]:
        """What Anki knows of each card's history."""
        columns = "id, nid, did, ord, type, queue, due, ivl, factor, reps, lapses, left, flags, data"
        return self._database.all(f"select {columns} from cards order by id")  # a constant

    def problems(self) -> str:
        """What Anki's own check of the database finds; empty if nothing."""
        found, sound = self.collection.fix_integrity()
        return "" if sound else found

    def empty_cards(self) -> int:
        """How many cards Anki would call empty."""
        return len(self.collection.get_empty_cards().notes)

    def note_types(self) -> set[str]:
        """The names of the note types that are ours."""
        return {m.name for m in self.collection.models.all_names_and_ids() if m.name.startswith("Interview")}

    def note_type(self, number: int) -> Any:
        """A note type, as Anki keeps it."""
        return self.collection.models.get(NotetypeId(number))

    def style(self, note_type: int) -> str:
        """The style sheet of a note type."""
        return str(self.note_type(note_type)["css"])

    def schema_changed(self) -> int:
        """When a change last asked for a full sync, in milliseconds."""
        return int(self._database.scalar("select scm from col"))

    def _card(self, guid: str, ordinal: int) -> Card:
        return next(card for card in self.cards(guid) if card.ord == ordinal)


def words(html: str) -> str:
    """What a browser shows of it."""
    return unescape(re.sub("<[^>]*>", "", html))


def codes(html: str) -> list[str]:
    """The blocks of code that a browser shows of it."""
    return [words(block) for block in re.findall("<pre>(.*?)</pre>", html, re.DOTALL)]


def _body(html: str) -> str:
    return re.sub(r"<style>.*?</style>", "", html, flags=re.DOTALL)
