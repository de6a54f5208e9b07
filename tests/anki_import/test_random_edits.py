"""Random notes, edited at random between builds: in the real Anki, each card that is still the same is the same.

`--hypothesis-profile long` plays 1,000 histories.
"""

from __future__ import annotations

import json
import tempfile
from pathlib import Path
from typing import Any

from histories.random_notes import BATCH, SIZES, Notes, State, states
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from interview_helper import changes, project

from anki_import.folder import Folder
from anki_import.history import History
from anki_import.sandbox import Sandbox


class Quick(History):
    """A history that is planned and built without the command line, once each."""

    def diff(self) -> dict[str, Any]:
        """What `diff` says of the next build."""
        self._understood = project.understood(project.read(self.folder.notes))
        self._plan = project.planned(self._understood, self.now)
        said: dict[str, Any] = json.loads(changes.as_json(self._plan.assignment, str))
        return said

    def _imported(self) -> None:
        if not self.package:
            self.diff()
        project.build(self._understood, self._plan, self.folder.output, frozenset({"deck"}))
        self.package = self.folder.package.read_bytes()
        self.log = self.anki.imported(self.package, connect=self.connect, now=self._second)
        again = project.planned(project.understood(project.read(self.folder.notes)), self.now + 1_000_000)
        assert again.lock == self._plan.lock
        assert again.assignment.changes == ()

    def _ids(self) -> dict[str, str]:
        return {each.card.heading.text: each.id for each in self._plan.assignment.cards}


class Truth:
    """Which note of Anki is which card, from build to build."""

    def __init__(self, notes: Notes, history: History) -> None:
        self.notes, self.history = notes, history
        self._before: dict[int, State] = {}
        self._text: dict[str, tuple[str, ...]] = {}
        self._owner: dict[str, tuple[int, bool]] = {}
        self._blanks: dict[tuple[str, str], int] = {}
        self._words: dict[int, str] = {}
        self._noted()

    def then(self) -> None:
        """Build and import: what the edits have done to a card is what becomes of it."""
        before, now, history = self._before, states(self.notes), self.history
        write(history.folder, self.notes)
        stay = {key for key in before.keys() & now.keys() if before[key].is_cloze is now[key].is_cloze}
        reworded = {key for key in stay if before[key].question != now[key].question}
        came = {key: (key, now[key].is_cloze) for key in now.keys() - stay}
        new = {key for key, owner in came.items() if owner not in self._owner.values()}
        # Who comes back with other words than it went with may be taken for new.
        sure = {key for key in came if self._was(came[key], now[key])}
        history.then(
            changed=(now[key].question for key in stay - reworded if before[key].meaning != now[key].meaning),
            reworded={before[key].question: now[key].question for key in reworded},
            retired=(before[key].question for key in before.keys() - stay),
            new=(now[key].question for key in new),
            restored=(now[key].question for key in sure),
            new_or_restored=(now[key].question for key in came.keys() - new - sure),
        )
        self._noted()

    def _was(self, owner: tuple[int, bool], now: State) -> bool:
        return any(self._owner[guid] == owner and text == now.text for guid, text in self._text.items())

    def _noted(self) -> None:
        self._before = states(self.notes)
        for key, state in self._before.items():
            guid = self.history.ids[state.question]
            assert self._owner.setdefault(guid, (key, state.is_cloze)) == (key, state.is_cloze)
            self._text[guid] = state.text
            for words, card in self.history.blanks(state.question).items() if state.is_cloze else ():
                assert self._blanks.setdefault((guid, words), card) == card
                assert self._words.setdefault(card, words) == words


def write(folder: Folder, notes: Notes) -> None:
    """Have the folder hold these notes and no others."""
    for path in folder.notes.glob("*.md"):
        path.unlink()
    for path, text in notes.written().items():
        folder.write(path, text)


LONG = settings.get_current_profile_name() == "long"


@settings(
    max_examples=1000 if LONG else 50,
    derandomize=not LONG,
    suppress_health_check=[HealthCheck.too_slow],
)
@given(
    sizes=SIZES,
    batches=st.lists(BATCH, min_size=1, max_size=6 if LONG else 3),
    connect=st.booleans(),
)
def test_any_edits_of_any_notes_keep_every_history(sizes, batches, connect) -> None:
    notes = Notes(sizes)
    with tempfile.TemporaryDirectory() as root, Sandbox() as anki:
        truth = Truth(notes, Quick(Folder(Path(root)), anki, notes.written(), connect=connect))
        for batch in batches:
            for edit in batch:
                notes.edit(*edit)
            truth.then()
