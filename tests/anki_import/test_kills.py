"""Builds that are killed at any instant: every file is the old or the new one, and no review is lost in Anki.

KILLS=200 in the environment asks for so many (`nox -s kills`).
"""

from __future__ import annotations

import os
import random
import shutil
import sys
import time

import pytest
from interview_helper import ledger
from kills import World, edited, world, written

from anki_import.history import START, Kept, assert_same, kept, unlimited
from anki_import.sandbox import Sandbox

MANY = int(os.environ.get("KILLS", "0"))
pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="there are no process groups to kill")


def whole(now: World, old: dict[str, bytes], new: dict[str, bytes]) -> None:
    """Each file is the old one or the new one, and a package is never newer than its lock."""
    left = {name: data for name, data in now.files.items() if not name.endswith(".tmp")}
    for name, data in left.items():
        assert data in (old.get(name), new[name]), f"{name} is neither"
    assert set(left) >= set(old)
    if left.get("kills.apkg") not in (None, old.get("kills.apkg")):
        assert left["deck.lock"] == new["deck.lock"]
    assert now.torn_entries() == []


def copied(old: World, to: World) -> World:
    """The same notes, lock, outputs and cache elsewhere."""
    shutil.rmtree(to.root, ignore_errors=True)
    shutil.copytree(old.root, to.root)
    return to


class Story:
    """Notes that are edited, with a profile of Anki that imports what each build leaves, and a twin that nobody kills."""

    def __init__(self, root, anki: Sandbox, *, seed: int, options: tuple[str, ...] = ()) -> None:
        self.chance, self.anki, self.options = random.Random(seed), anki, options
        self.world = world(root / "killed")
        self.twin = world(root / "twin")
        self.number, self.now = 0, START
        written(self.world.notes)
        written(self.twin.notes)
        unlimited(anki)
        self.old: dict[str, bytes] = {}
        self.new = self._of_twin()
        self.change = (12, 0)

    def _of_twin(self) -> dict[str, bytes]:
        self.seconds = -time.monotonic()
        self.twin.built(self.now, *self.options)
        self.seconds += time.monotonic()
        return self.twin.files

    def edit(self) -> None:
        """The next edit, with what an undisturbed build makes of it."""
        self.number, self.now = self.number + 1, self.now + 1000
        state = self.chance.getstate()
        self.change = edited(self.world.notes, self.number, self.chance)
        self.chance.setstate(state)
        edited(self.twin.notes, self.number, self.chance)
        self.old = self.new
        self.new = self._of_twin()

    def check(self) -> None:
        """All is whole after a kill, the next build makes of it what there should be, and Anki keeps every review."""
        whole(self.world, self.old, self.new)
        before = kept(self.anki)
        self._imported(before)  # by a user who takes what is there
        self.world.built(self.now, *self.options)
        assert self.world.files == self.new
        self._imported(before)
        assert self.log.get("new", 0) <= self.change[0]
        held = kept(self.anki)
        living = {line.id for line in ledger.read(self.new["deck.lock"].decode())[0].lines if line.retired is None}
        assert {each for each in held if each not in before} | (set(before) & living) == living
        for guid, note in held.items():
            assert note.cards, guid
        self.anki.study("Kills")
        assert self.anki.problems() == ""

    def _imported(self, before: dict[str, Kept]) -> None:
        package = self.world.output / "kills.apkg"
        if package.exists():
            self.log = self.anki.imported(package.read_bytes(), now=self.now)
        held = kept(self.anki)
        assert set(before) <= set(held)
        for guid, note in before.items():
            assert_same(note, held[guid])


def test_a_build_that_is_killed_at_what_it_does_to_the_disk_leaves_whole_files_and_all_reviews(tmp_path):
    deck = ("--only", "deck")
    with Sandbox() as anki:
        story = Story(tmp_path, anki, seed=1, options=deck)
        counted = world(tmp_path / "counted")
        written(counted.notes)
        events = int(counted.built(story.now, *deck, event=0).rpartition("events: ")[2])
        chosen = range(1, events + 1) if MANY else sorted(random.Random(1).sample(range(1, events + 1), 3))
        fresh = copied(story.world, world(tmp_path / "fresh"))
        for event in chosen:  # of a first build
            copied(fresh, story.world)
            assert story.world.killed_at(story.now, event, *deck)
            whole(story.world, {}, story.new)
            story.world.built(story.now, *deck)
            assert story.world.files == story.new
        story.check()
        for event in chosen:  # of the build after an edit
            story.edit()
            story.world.killed_at(story.now, event, *deck)
            story.check()


def test_a_build_that_is_killed_at_any_instant_leaves_whole_files_all_reviews_and_nothing_running(tmp_path):
    seed = int(os.environ.get("SEED", "2"))
    with Sandbox() as anki:
        story = Story(tmp_path, anki, seed=seed)
        first = MANY // 5 or 1
        kills = 0
        fresh = copied(story.world, world(tmp_path / "fresh"))
        seconds = story.seconds
        for number in range(first):
            copied(fresh, story.world)
            kills += story.world.killed_after(story.now, story.chance.uniform(0, seconds), group=bool(number % 2))
            whole(story.world, {}, story.new)
            assert story.world.left_running() == []
        story.check()
        while kills < (MANY or 2):
            story.edit()
            kills += story.world.killed_after(
                story.now, story.chance.uniform(0, story.seconds), group=bool(story.chance.randrange(2))
            )
            assert story.world.left_running() == []
            story.check()
