"""Two people add and edit cards on two branches, and git merges: every card keeps its id, its reviews, its blanks.

`MERGES=100 pytest tests/test_merges.py` tries a hundred.
"""

from __future__ import annotations

import json
import os
import random
import re
import shutil
import subprocess
from dataclasses import dataclass, replace
from pathlib import Path

import pytest
from interview_helper.cli import app
from typer.testing import CliRunner

pytestmark = pytest.mark.skipif(not shutil.which("git"), reason="git is not installed")

NOW = 1_700_000_000
FILES, CARDS, EDITS, SHARED = 8, 50, 10, 3
WORDS = [
    a + b + c for a in ("ka", "lo", "mi", "su", "te", "ro") for b in ("ba", "ne", "di", "vo", "gu") for c in "nrstl"
]


@dataclass(frozen=True)
class Note:
    """A card as a person has written it; `key` is who it is, whatever is said."""

    key: str
    question: str
    answer: str
    comment: str = ""

    @property
    def text(self) -> str:
        return f"## {self.question}\n{self.comment}\n{self.answer}\n"


Notes = dict[str, tuple[Note, ...]]


def sentence(dice: random.Random, count: int) -> str:
    return " ".join(dice.choices(WORDS, k=count))


def written(dice: random.Random, key: str) -> Note:
    """A new card: one in eight has blanks, one in eight a name."""
    note = Note(key, f"What is {sentence(dice, 3)} {key}?", f"It is {sentence(dice, dice.randint(4, 25))}.")
    match dice.randrange(8):
        case 0:
            answer = f"The =={sentence(dice, 1)}== of =={sentence(dice, 2)}== is {sentence(dice, 6)}."
            return replace(note, answer=answer, comment="<!-- card: cloze -->\n")
        case 1:
            return replace(note, comment=f"<!-- id: name-{key} -->\n")
    return note


def edited(dice: random.Random, note: Note) -> Note:
    """The card as a person edits it: words in question or answer, another kind, a tag, one more blank."""
    if "cloze" in note.comment:
        return replace(
            note, answer=note.answer + "".join(f" And =={sentence(dice, 1)}==." for _ in range(dice.randint(1, 2)))
        )
    match dice.randrange(5):
        case 0:
            return replace(note, question=note.question.replace("What is", "What exactly is"))
        case 1:
            return replace(note, question=f"{note.question[:-1]} {sentence(dice, 1)}?")
        case 2:
            return replace(note, comment=f"{note.comment}<!-- tags: {sentence(dice, 1)} -->\n")
        case 3:
            return replace(note, comment=f"{note.comment}<!-- card: reversed -->\n")
    return replace(note, answer=f"{note.answer} {sentence(dice, 4).capitalize()}.")


def branched(notes: Notes, dice: random.Random, name: str, shared: random.Random) -> tuple[Notes, set[str]]:
    """The notes of a branch, and whom it edited: some are edited on both branches, some new ones stand at one place."""
    keys = [note.key for each in notes.values() for note in each]
    with_blanks = [note.key for each in notes.values() for note in each if "cloze" in note.comment]
    chosen = {shared.choice(with_blanks)}
    chosen |= {*shared.sample([key for key in keys if key not in chosen], SHARED - 1)}
    chosen |= {*dice.sample([key for key in keys if key not in chosen], EDITS - SHARED)}
    places = [(shared.choice(list(notes)), shared.randrange(CARDS)) for _ in range(SHARED)]
    places += [(dice.choice(list(notes)), dice.randrange(CARDS)) for _ in range(EDITS - SHARED)]
    after: Notes = {}
    for file, each in notes.items():
        row: list[Note] = []
        for at, note in enumerate(each):
            row.append(edited(dice, note) if note.key in chosen else note)
            row += [written(dice, f"{name}{n}") for n, place in enumerate(places) if place == (file, at)]
        after[file] = tuple(row)
    return after, chosen


def resolved(base: Notes, ours: Notes, theirs: Notes) -> Notes:
    """Both branches in one, as a careful person resolves it: nothing that one of the two wrote is lost."""
    old = {note.key: note for each in base.values() for note in each}
    they = {note.key: note for each in theirs.values() for note in each}
    merged: Notes = {}
    for file, each in ours.items():
        row = [_both(old.get(note.key), note, they.get(note.key, note)) for note in each]
        keys = [note.key for note in row]
        before = ""
        for note in theirs[file]:
            if note.key not in keys:
                at = keys.index(before) + 1 if before else 0
                row.insert(at, note)
                keys.insert(at, note.key)
            before = note.key
        merged[file] = tuple(row)
    return merged


def _both(old: Note | None, ours: Note, theirs: Note) -> Note:
    if old is None or old in (ours, theirs):
        return theirs if ours == old else ours
    answer = ours.answer + theirs.answer.removeprefix(old.answer)
    comment = ours.comment + theirs.comment.removeprefix(old.comment)
    if comment.count("card: reversed") > 1:
        comment = ours.comment
    if comment.count("<!-- tags:") > 1:  # a key stands once
        comment = re.sub(r" -->\n<!-- tags: ", " ", comment)
    return Note(old.key, ours.question if ours.question != old.question else theirs.question, answer, comment)


class Repository:
    """A repository with one notes folder, worked on as a person does."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self.notes = root / "notes"

    def git(self, *arguments: str, fails: bool = False) -> str:
        environment = {**os.environ, "GIT_CONFIG_GLOBAL": os.devnull, "GIT_CONFIG_SYSTEM": os.devnull}
        who = ["-c", "user.name=a", "-c", "user.email=a@example.org", "-c", "gc.auto=0"]
        command = ["git", *who, "-C", str(self.root), *arguments]
        done = subprocess.run(command, capture_output=True, text=True, check=False, env=environment)
        assert fails or done.returncode == 0, done.stdout + done.stderr
        return done.stdout

    def write(self, notes: Notes) -> None:
        self.notes.mkdir(exist_ok=True)
        for file, each in notes.items():
            text = f"# Topic of {file[:-3]}\n\n" + "\n".join(note.text for note in each)
            (self.notes / file).write_text(text, encoding="utf-8")

    def build(self, now: int) -> str:
        """What a build says."""
        arguments = ["build", str(self.notes), "-o", str(self.root / "out"), "--only", "deck"]
        result = CliRunner(env={"SOURCE_DATE_EPOCH": str(now)}).invoke(app, arguments, catch_exceptions=False)
        assert result.exit_code == 0, result.stderr
        return result.stderr

    def commit(self, notes: Notes, now: int) -> None:
        self.write(notes)
        self.build(now)
        self.git("add", "notes")
        self.git("commit", "-qm", "x")

    def cards(self) -> dict[str, dict[str, object]]:
        """The lines of the living cards by who they are."""
        rows = map(json.loads, (self.notes / "deck.lock").read_text(encoding="utf-8").splitlines()[1:])
        living = [row for row in rows if row["retired"] is None]
        found = {re.search(r"\b[abn][0-9]+\b", row["question"])[0]: row for row in living}
        assert len(found) == len(living)
        return found


@pytest.fixture(scope="module")
def repository(tmp_path_factory) -> tuple[Repository, Notes]:
    """400 cards, published and committed."""
    dice = random.Random("base")
    made = [[written(dice, f"n{CARDS * file + card}") for card in range(CARDS)] for file in range(FILES)]
    notes = {f"{WORDS[7 * file]}.md": tuple(each) for file, each in enumerate(made)}
    repository = Repository(tmp_path_factory.mktemp("merges"))
    repository.git("init", "-q", "-b", "base")
    repository.commit(notes, NOW)
    assert repository.git("ls-files", "notes/.gitattributes").strip()  # the build has written it
    return repository, notes


@dataclass(frozen=True)
class Merge:
    """What a merge did.

    Cards with another id than on their branch; how many are new or gone; cards with a blank that has lost its number
    without need; lines that were folded.
    """

    lost: tuple[str, ...]
    doubled: str
    renumbered: tuple[str, ...]
    folded: int


def merge(repository: Repository, base: Notes, seed: int) -> Merge:
    """Merge two random branches, resolve the notes, and build."""
    dice = random.Random(seed)
    shared = dice.random()
    cards = {}
    branches = {}
    edits = {}
    for name in ("a", "b"):
        repository.git("checkout", "-q", "-f", "-B", name, "base")
        branches[name], edits[name] = branched(base, dice, name, random.Random(shared))
        # Whose clock is ahead is as random as who merges whom; now and then it is the same second.
        repository.commit(branches[name], NOW + dice.randint(1, 5))
        cards[name] = repository.cards()
    ours, theirs = dice.sample(["a", "b"], 2)
    repository.git("checkout", "-q", ours)
    repository.git("merge", "--no-commit", "--no-ff", theirs, fails=True)  # the notes may conflict
    assert repository.git("ls-files", "--unmerged", "notes/deck.lock") == ""
    merged = resolved(base, branches[ours], branches[theirs])
    repository.write(merged)
    said = repository.build(NOW + 100)
    assert repository.build(NOW + 200).splitlines()[-1].endswith("none changed")
    after = repository.cards()
    repository.git("commit", "-qam", "merged")
    assert {note.key for each in merged.values() for note in each} == after.keys()

    lost = [
        key
        for name in ("a", "b")
        for key, line in cards[name].items()
        if key in after and after[key]["id"] != line["id"]
    ]
    folded = re.search(r"I003 ([0-9]+) line", said)
    summary = said.splitlines()[-1]
    return Merge(
        lost=tuple(sorted({*lost, *(cards["a"].keys() | cards["b"].keys()) - after.keys()})),
        doubled=", ".join(re.findall(r"[0-9]+ (?:new|retired|restored)", summary)),
        renumbered=tuple(_renumbered(cards["a"], cards["b"], after)),
        folded=int(folded[1]) if folded else 0,
    )


def _renumbered(ours: dict, theirs: dict, after: dict) -> list[str]:
    """Cards with two blanks under one number, or with a blank that has lost its number without need."""
    found = []
    for key, line in after.items():
        numbers = [number for _, number in line["blanks"]]
        given = {tuple(blank) for side in (ours, theirs) if key in side for blank in side[key]["blanks"]}
        # Two branches may have given one number to two blanks: one of the two has to take another.
        free = {blank for blank in given if sum(number == blank[1] for _, number in given) == 1}
        if len(numbers) != len(set(numbers)) or not free <= {tuple(blank) for blank in line["blanks"]}:
            found.append(key)
    return found


@pytest.mark.parametrize("seed", range(int(os.environ.get("MERGES", "4"))))
def test_a_merge_loses_no_card_and_doubles_none(repository, seed):
    found = merge(*repository, seed)
    assert (found.lost, found.doubled, found.renumbered) == ((), "", ())
