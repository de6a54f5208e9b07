"""However an editor saves, it is heard; and so is a folder that goes and comes back."""

from __future__ import annotations

import shutil
import time
from queue import Empty, Queue

import pytest
from interview_helper.live.watching import Place, Watching

pytest.importorskip("watchfiles", reason="the extra `live` is not installed")

SOON = 10  # seconds; it takes a fraction of one


class Heard:
    """A folder under watch, and what is told of it."""

    def __init__(self, folder, **options):
        self.calls = Queue()
        self.refusals = Queue()
        self.watching = Watching(
            Place(folder, **{k: v for k, v in options.items() if k == "below"}),
            lambda: self.calls.put(time.monotonic()),
            self.refusals.put,
            poll=options.get("poll", False),
        )
        self.calls.get(timeout=SOON)  # that it has begun

    def after(self, deed):
        """Whether something is told after a deed."""
        self.quiet()
        deed()
        try:
            self.calls.get(timeout=SOON)
        except Empty:
            return False
        return True

    def quiet(self, seconds=0.15):
        """How often something is told while nobody does anything."""
        told = 0
        try:
            while True:
                self.calls.get(timeout=seconds)
                told += 1
        except Empty:
            return told


@pytest.fixture
def notes(tmp_path):
    folder = tmp_path / "notes"
    (folder / "sub").mkdir(parents=True)
    (folder / "a.md").write_text("a")
    return folder


@pytest.fixture
def heard(notes):
    found = Heard(notes)
    yield found
    found.watching.stop()


def renamed(notes):
    (notes / ".a.md.tmp").write_text("b")
    (notes / ".a.md.tmp").replace(notes / "a.md")


def backed_up(notes):
    (notes / "a.md").replace(notes / "a.md~")
    (notes / "a.md").write_text("b")
    (notes / "a.md~").unlink()


def made_below(notes):
    (notes / "new").mkdir()
    time.sleep(0.1)
    (notes / "new" / "b.md").write_text("b")


SAVES = {
    "written": lambda notes: (notes / "a.md").write_text("b"),
    "renamed": renamed,
    "backed up": backed_up,
    "below": lambda notes: (notes / "sub" / "b.md").write_text("b"),
    "in a new folder": made_below,
    "taken away": lambda notes: (notes / "a.md").unlink(),
    "a picture": lambda notes: (notes / "p.png").write_bytes(b"x"),
}


@pytest.mark.parametrize("save", SAVES.values(), ids=SAVES)
def test_every_way_to_save_is_heard(heard, notes, save):
    assert heard.after(lambda: save(notes))


def test_a_save_of_many_files_is_told_few_times(heard, notes):
    heard.quiet()
    for number in range(50):
        (notes / f"{number}.md").write_text("x")
    assert 1 <= heard.quiet(0.5) <= 10


def test_what_editors_and_git_keep_for_themselves_is_not_told(heard, notes):
    heard.quiet()
    (notes / ".git").mkdir()
    (notes / ".git" / "index").write_text("x")
    (notes / ".a.md.swp").write_text("x")
    (notes / "a.md~").write_text("x")
    assert heard.quiet(0.3) == 0


def test_a_folder_that_vanishes_and_comes_back_is_heard_again(heard, notes):
    assert heard.after(lambda: notes.rename(notes.with_name("away")))
    assert heard.after(lambda: notes.with_name("away").rename(notes))
    assert heard.after(lambda: (notes / "a.md").write_text("c"))


def test_a_folder_that_another_takes_the_place_of_is_heard(heard, notes):
    def replaced():
        shutil.copytree(notes, notes.with_name("other"))
        notes.rename(notes.with_name("away"))
        notes.with_name("other").rename(notes)

    assert heard.after(replaced)
    heard.quiet(1)
    assert heard.after(lambda: (notes / "a.md").write_text("c"))


def test_polling_finds_a_save_as_well(notes):
    found = Heard(notes, poll=True)
    try:
        time.sleep(1.1)  # some file systems stamp whole seconds
        assert found.after(lambda: (notes / "a.md").write_text("longer"))
    finally:
        found.watching.stop()


def test_of_a_lone_file_only_its_folder_is_watched(notes):
    found = Heard(notes, below=False)
    try:
        found.quiet()
        (notes / "sub" / "b.md").write_text("b")
        assert found.quiet(0.3) == 0
        assert found.after(lambda: (notes / "a.md").write_text("c"))
    finally:
        found.watching.stop()


def test_that_the_system_will_not_watch_is_a_refusal_with_what_to_type(notes, monkeypatch):
    def limit(*_, **__):
        raise OSError(28, "OS file watch limit reached.")

    monkeypatch.setattr("watchfiles.watch", limit)
    refusals = Queue()
    Watching(Place(notes), lambda: None, refusals.put)
    refusal = refusals.get(timeout=SOON)
    assert refusal.message.startswith("the system won't tell of changes: ")
    assert "watch limit" in refusal.message
    assert "--poll" in refusal.hint
