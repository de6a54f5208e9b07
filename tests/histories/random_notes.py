"""Notes made and edited at random, with the truth by construction: a card has words of its own that no edit takes away."""

from __future__ import annotations

import random
import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache

from hypothesis import strategies as st

# --- cards ------------------------------------------------------------------------------------------------------

# The spaces are filled with words that no other card has.
QUESTIONS = [
    "What does {} do with a {} {}",
    "Why is {} slower than a {} {}",
    "How do you turn {} into a {} {}",
    "When should one prefer {} over {}",
    "Which {} of {} holds the {}",
    "Name the parts of {} in a {} {}",
    "Who decides whether {} may replace {}",
    "Where does a {} {} keep its {}",
    "{} against {}",
    "What happens to the {} if {} fails before {}",
]
SENTENCES = [
    "The {} {} has {} {} in it.",
    "It {} {} when a {} {} it.",
    "{} {} by {} or {}.",
    "Of {} and {}, only {} {}.",
]


@cache
def name(number: int) -> str:
    """A word of its own for each number."""
    dice = random.Random(number)
    return "".join(dice.choice(letters) for letters in ("bcdfghjklmnpqrstvwxz", "aeiou") * 4)


@dataclass
class Note:
    """A card of the notes, as many of whose words are its own that no edit makes another of it."""

    key: int
    question: str
    answer: list[str]
    blanks: set[str]
    kind: str = "basic"
    comment: str = ""
    tags: tuple[str, ...] = ()

    @property
    def is_cloze(self) -> bool:
        """Whether it is a note of the other type in Anki."""
        return self.kind == "cloze"

    def written(self) -> str:
        """The card as Markdown."""
        answer = " ".join(self.answer)
        for blank in self.blanks if self.is_cloze else ():
            # Some blanks have a hint, of the same words wherever the card goes.
            hint = f"<!-- hint: {blank[::-1]} of {{}}::x -->" if self.key % 2 else ""
            answer = re.sub(rf"\b{blank}\b", f"=={blank}=={hint}", answer, count=1)
        tags = f"<!-- tags: {' '.join(self.tags)} -->\n" if self.tags else ""
        return f"## {self.question}\n{self.comment}{tags}\n{answer}\n\n"


def note(key: int) -> Note:
    """The card of a number: basic, reversed or cloze."""
    dice = random.Random(key)
    asked = filled(dice.choice(QUESTIONS), key, 0)
    answer = [sentence(key, number) for number in range(3)]
    made = Note(key, f"{asked[0].upper()}{asked[1:]}?", answer, {blanks(key)[0]})
    become(made, dice.choice(["basic", "basic", "reversed", "cloze"]))
    return made


def filled(shape: str, key: int, first: int) -> str:
    """A shape with a card's own words, from a number on."""
    return shape.format(*(name(100 * key + first + number) for number in range(shape.count("{}"))))


def sentence(key: int, number: int) -> str:
    """One of the sentences of an answer."""
    return filled(random.Random(key + number).choice(SENTENCES), key, 10 + 4 * number)


def blanks(key: int) -> list[str]:
    """Three words of an answer, in its order."""
    return [name(100 * key + 10 + 4 * number) for number in range(3)]


def become(each: Note, kind: str) -> None:
    """Give a card a kind; basic is only said where it was something else."""
    each.comment = f"<!-- card: {kind} -->\n" if kind != "basic" or each.comment else ""
    each.kind = kind


# --- notes and their edits --------------------------------------------------------------------------------------


@dataclass
class Topic:
    """A topic with its cards."""

    title: str
    notes: list[Note]


class Notes:
    """Files of topics; `gone` are cards that were deleted, as they were. An edit takes two numbers that say where."""

    def __init__(self, sizes: Sequence[int]) -> None:
        self.files: dict[str, list[Topic]] = {}
        self.gone: list[Note] = []
        self._count = 0
        for size in sizes:
            notes = [note(self._fresh()) for _ in range(size)]
            self.files[f"{len(self.files)}.md"] = [Topic(f"Topic {name(400_000 + self._fresh())}", notes)]

    @property
    def living(self) -> list[tuple[Topic, Note]]:
        """The cards in the order of the notes, each with its topic."""
        return [(topic, each) for topic in self._topics for each in topic.notes]

    def written(self) -> dict[str, str]:
        """The files as text."""
        return {
            path: "".join(f"# {topic.title}\n\n{''.join(n.written() for n in topic.notes)}" for topic in topics)
            for path, topics in self.files.items()
            if any(topic.notes for topic in topics)
        }

    def edit(self, verb: str, one: int, two: int) -> None:
        """Do what one of EDITS says."""
        getattr(self, verb)(one, two)

    def mistype(self, one: int, two: int) -> None:
        """Two letters of a word of an answer change places; never in a blank."""
        _, each = self._note(one)
        words = [word for word in re.findall(r"\w{4,}", " ".join(each.answer)) if word not in blanks(each.key)]
        word = words[two % len(words)]
        each.answer = [s.replace(word, word[0] + word[2] + word[1] + word[3:]) for s in each.answer]

    def append(self, one: int, _two: int) -> None:
        """An answer gets one more sentence."""
        _, each = self._note(one)
        each.answer.append(sentence(each.key, len(each.answer)))

    def reword(self, one: int, two: int) -> None:
        """A question gets a word more, or other case and punctuation."""
        _, each = self._note(one)
        said = each.question.rstrip("?")
        each.question = [
            f"{said}, in short?",
            f"Exactly {said[0].lower()}{said[1:]}?",
            said,
            f"{said.lower()}?",
            f"{said} and why?",
            f"{said} usually?",
        ][two % 6]

    def move(self, one: int, two: int) -> None:
        """A card goes to the end of another topic."""
        topic, each = self._note(one)
        other = self._topics[two % len(self._topics)]
        topic.notes.remove(each)
        other.notes.append(each)

    def reorder(self, one: int, two: int) -> None:
        """All cards of a topic get another order."""
        random.Random(two).shuffle(self._topic(one).notes)

    def swap(self, one: int, two: int) -> None:
        """Two cards change places, wherever they stand."""
        (first, a), (second, b) = self._note(one), self._note(two)
        i, j = first.notes.index(a), second.notes.index(b)
        first.notes[i], second.notes[j] = b, a

    def rename_topic(self, one: int, _: int) -> None:
        """A topic gets a name of no other."""
        self._topic(one).title = f"Topic {name(400_000 + self._fresh())}"

    def rename_file(self, one: int, two: int) -> None:
        """A file gets a name that may sort elsewhere."""
        path = sorted(self.files)[one % len(self.files)]
        self.files[f"{name(two)}-{self._fresh()}.md"] = self.files.pop(path)

    def split(self, one: int, two: int) -> None:
        """The second half of a topic goes to a file of its own, below the same title or another."""
        topic = self._topic(one)
        half = len(topic.notes) // 2
        title = topic.title if two % 2 else f"Topic {name(400_000 + self._fresh())}"
        self.files[f"{name(two)}-{self._fresh()}.md"] = [Topic(title, topic.notes[half:])]
        topic.notes = topic.notes[:half]

    def merge(self, one: int, two: int) -> None:
        """One file goes to the end of another."""
        paths = sorted(self.files)
        path, other = paths[one % len(paths)], paths[two % len(paths)]
        if path != other:
            self.files[other] += self.files.pop(path)

    def delete(self, one: int, _: int) -> None:
        """A card goes, but never the last two."""
        if len(self.living) > 2:
            topic, each = self._note(one)
            topic.notes.remove(each)
            self.gone.append(each)

    def restore(self, one: int, two: int) -> None:
        """A card that was deleted comes back as it was, anywhere."""
        if self.gone:
            self._topic(two).notes.append(self.gone.pop(one % len(self.gone)))

    def insert(self, one: int, two: int) -> None:
        """A new card comes, anywhere."""
        topic = self._topic(one)
        topic.notes.insert(two % (len(topic.notes) + 1), note(self._fresh()))

    def replace(self, one: int, _: int) -> None:
        """A new card comes in the place of one that goes."""
        topic, each = self._note(one)
        topic.notes[topic.notes.index(each)] = note(self._fresh())
        self.gone.append(each)

    def tag(self, one: int, two: int) -> None:
        """A tag comes or goes."""
        _, each = self._note(one)
        each.tags = () if each.tags else (name(two),)

    def turn(self, one: int, two: int) -> None:
        """A card gets another kind."""
        become(self._note(one)[1], ("basic", "reversed", "cloze")[two % 3])

    def blank(self, one: int, two: int) -> None:
        """A blank comes or goes, before the others or behind them; one stays."""
        _, each = self._note(one)
        each.blanks = (each.blanks ^ {blanks(each.key)[two % 3]}) or each.blanks

    @property
    def _topics(self) -> list[Topic]:
        return [topic for _, topics in sorted(self.files.items()) for topic in topics if topic.notes]

    def _note(self, number: int) -> tuple[Topic, Note]:
        return self.living[number % len(self.living)]

    def _topic(self, number: int) -> Topic:
        return self._topics[number % len(self._topics)]

    def _fresh(self) -> int:
        self._count += 1
        return self._count - 1


EDITS = [
    "mistype",
    "append",
    "reword",
    "move",
    "reorder",
    "swap",
    "rename_topic",
    "rename_file",
    "split",
    "merge",
    "delete",
    "restore",
    "insert",
    "replace",
    "tag",
    "turn",
    "blank",
]


# --- what they are at a build ---------------------------------------------------------------------------------------


@dataclass(frozen=True)
class State:
    """A card as last built: all that may arrive in Anki, what is alike when it returns, and its note type."""

    question: str
    meaning: tuple[object, ...]
    text: tuple[str, ...]
    is_cloze: bool


def states(notes: Notes) -> dict[int, State]:
    """The cards as they are, by their numbers."""
    return {
        each.key: State(
            each.question,
            (topic.title, *each.answer, each.tags, each.kind, each.is_cloze and frozenset(each.blanks)),
            (each.question, *each.answer),
            each.is_cloze,
        )
        for topic, each in notes.living
    }


NUMBER = st.integers(0, 999)
SIZES = st.lists(st.integers(1, 5), min_size=2, max_size=3)
BATCH = st.lists(st.tuples(st.sampled_from(EDITS), NUMBER, NUMBER), min_size=1, max_size=8)
