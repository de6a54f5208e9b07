"""What one save does to the deck, and how little is done for it."""

from __future__ import annotations

from pathlib import Path

import pytest
from interview_helper.diagnostics import Severity
from interview_helper.files import Refusal
from interview_helper.identity import Event
from interview_helper.live import screen
from interview_helper.live.rounds import Round, Rounds

A = "# T\n\n## What is A?\n\nThe first letter of the alphabet.\n"
B = "\n## Where does B stand?\n\nBehind A, and before the letter C.\n"


class Clock:
    """Time that passes only while somebody sleeps; what is to happen at a moment happens then."""

    def __init__(self) -> None:
        self.now = 0.0
        self.plans: list[tuple[float, object]] = []

    def sleep(self, seconds: float) -> None:
        self.now += seconds
        while self.plans and self.plans[0][0] <= self.now:
            self.plans.pop(0)[1]()  # type: ignore[operator]


@pytest.fixture
def clock():
    return Clock()


@pytest.fixture
def folder(tmp_path):
    (tmp_path / "a.md").write_text(A)
    (tmp_path / "b.md").write_text("# U\n\n## What is U?\n\nA letter that stands late in the alphabet.\n")
    return tmp_path


def rounds(folder: Path, clock: Clock) -> Rounds:
    return Rounds(folder, sleep=clock.sleep, clock=lambda: clock.now)


def taken(of: Rounds) -> Round:
    made = of.taken(1_900_000_000)
    assert made is not None
    return made


def test_a_save_parses_the_one_note_that_was_saved(folder, clock):
    of = rounds(folder, clock)
    taken(of)
    assert of.parses == 2
    (folder / "a.md").write_text(A + B)
    assert screen.events(taken(of).since) == "1 new"
    assert of.parses == 3


def test_a_round_in_which_nothing_changed_is_none(folder, clock):
    of = rounds(folder, clock)
    taken(of)
    (folder / ".a.md.swp").write_text("x")
    (folder / "4913").write_text("")
    assert of.taken(1_900_000_001) is None
    assert of.parses == 2


def test_the_notes_are_those_that_a_build_would_have(folder, clock):
    from interview_helper import project

    of = rounds(folder, clock)
    taken(of)
    (folder / "a.md").write_text(A + B)
    made = taken(of)
    whole = project.understood(project.read(folder))
    assert made.notes == whole
    assert made.plan == project.planned(whole, 1_900_000_000)


def test_tags_and_maths_of_the_config_are_parsed_in(folder, clock):
    of = rounds(folder, clock)
    taken(of)
    (folder / "deck.toml").write_text('tags = ["late"]\n')
    assert {tag for card in taken(of).notes.cards for tag in card.tags} == {"late"}


def test_a_card_keeps_its_id_of_the_session_while_its_heading_is_written(folder, clock):
    of = rounds(folder, clock)
    taken(of)
    (folder / "a.md").write_text(A + B)
    first = taken(of)
    (folder / "a.md").write_text(A + B.replace("Where does B stand?", "Where in the alphabet does B stand?"))
    second = taken(of)
    assert screen.events(second.since) == "1 changed"
    assert second.since.cards[1].id == first.since.cards[1].id
    assert second.plan.assignment.cards[1].id != first.plan.assignment.cards[1].id
    (folder / "a.md").write_text(A + B.replace("Where does B stand?", "Where in the whole alphabet does B stand?"))
    assert taken(of).since.cards[1].id == first.since.cards[1].id


def test_the_lock_is_never_written(folder, clock):
    of = rounds(folder, clock)
    assert taken(of).pending
    assert not (folder / "deck.lock").exists()


def test_a_note_that_is_empty_for_an_instant_has_lost_nothing(folder, clock):
    of = rounds(folder, clock)
    taken(of)
    (folder / "a.md").write_text("")
    clock.plans = [(0.1, lambda: (folder / "a.md").write_text(A + B))]
    assert screen.events(taken(of).since) == "1 new"


def test_a_note_that_is_written_bit_by_bit_is_waited_for(folder, clock):
    of = rounds(folder, clock)
    taken(of)
    at = range(0, len(A), 8)
    clock.plans = [(i / 10, lambda n=n: (folder / "a.md").write_text(A[: n + 8])) for i, n in enumerate(at, 1)]
    (folder / "a.md").write_text("")
    assert of.taken(1_900_000_001) is None
    assert clock.now > 0.5


def test_a_note_that_is_away_while_another_takes_its_name_has_lost_nothing(folder, clock):
    of = rounds(folder, clock)
    taken(of)
    (folder / "a.md").rename(folder / "a.md~")
    clock.plans = [(0.1, lambda: (folder / "a.md").write_text(A))]
    assert of.taken(1_900_000_001) is None


def test_what_is_taken_out_for_good_is_retired(folder, clock):
    of = rounds(folder, clock)
    taken(of)
    (folder / "a.md").unlink()
    assert screen.events(taken(of).since) == "1 retired"
    assert clock.now < 0.5


def test_a_folder_that_vanishes_is_a_refusal_until_it_is_back(folder, clock):
    of = rounds(folder, clock)
    taken(of)
    folder.rename(folder.with_name("away"))
    with pytest.raises(Refusal, match="does not exist"):
        of.taken(1_900_000_001)
    folder.with_name("away").rename(folder)
    assert of.taken(1_900_000_002) is None


def test_cards_that_an_error_hides_are_not_retired_and_not_new_afterwards(folder, clock):
    of = rounds(folder, clock)
    taken(of)
    (folder / "a.md").write_bytes(b"# T\n\n## What is A?\n\n\xff\n")
    broken = taken(of)
    assert broken.broken
    assert "nothing is built until the errors are mended" in screen.line(broken)
    (folder / "a.md").write_text(A)
    assert taken(of).since.changes == ()


def test_a_line_says_what_was_done_and_what_the_next_import_does(folder, clock):
    of = rounds(folder, clock)
    assert screen.line(taken(of)) == "2 cards · nothing to complain of · next import: 2 new"
    (folder / "a.md").write_text(A + "\n## Nothing\n")
    assert screen.line(taken(of)) == "2 cards · 1 warning · next import: 2 new"
    (folder / "a.md").write_text(A.replace("first", "very first"))
    assert screen.line(taken(of)) == "2 cards: 1 changed · nothing to complain of · next import: 2 new"


def test_a_lock_that_another_build_writes_is_a_round(folder, clock):
    of = rounds(folder, clock)
    first = taken(of)
    (folder / "deck.lock").write_text(first.plan.lock)
    second = taken(of)
    assert not second.pending
    assert screen.line(second).endswith("next import: nothing new")
    assert second.since.ids(Event.NEW) == ()


def test_a_broken_lock_says_so_and_is_left_alone(folder, clock):
    of = rounds(folder, clock)
    (folder / "deck.lock").write_text("<<<<<<< HEAD\n")
    made = taken(of)
    assert made.broken
    assert any(d.severity is Severity.ERROR for d in made.diagnostics)
    assert (folder / "deck.lock").read_text() == "<<<<<<< HEAD\n"


def test_a_lone_file_has_rounds_too(folder, clock):
    of = rounds(folder / "a.md", clock)
    assert screen.line(taken(of)).startswith("1 card ·")
    (folder / "a.md").write_text(A + B)
    assert screen.events(taken(of).since) == "1 new"
