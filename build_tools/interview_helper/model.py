"""The nouns: notes, cards and decks as frozen values with source positions. Imports nothing of ours.

*Neutral HTML* is the HTML of a block before an output has made it its own. Everything an output must decide stands
in it as one plain element, spelt in one way only (`neutral.py` writes and finds them):

- `<pre><code class="language-python">…</code></pre>`: code, not yet coloured;
- `<img src="KEY" alt="…">`: a picture, KEY being its address (see `Library.media`);
- `<a href="…">`: a link; `note:PATH#ANCHOR` is a place in these notes, everything else is an outside address;
- `<mark>`, with `data-group="c2"` and `data-hint="a lock"` where it has them, in this order: a highlight, and a blank
  on a cloze card; the hint is plain text that no output but a card with blanks shows;
- `<span class="math">…</span>` and `<div class="math">…</div>`: TeX, inline and displayed;
- `<div class="callout" data-kind="note">`: a callout, its title in a `<p class="callout-title">`.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Protocol


@dataclass(frozen=True, slots=True, order=True)
class Span:
    """A stretch of a note: 1-based lines and columns in code points, the end exclusive.

    `path` is POSIX and relative to the notes folder, or the name of a file in it that is no note (`deck.toml`).
    """

    path: str
    line: int
    column: int
    end_line: int
    end_column: int


@dataclass(frozen=True, slots=True)
class Source:
    """A note as read: decoded, without a byte order mark, each line end one line feed."""

    path: str
    text: str


class Kind(StrEnum):
    """What a card asks, and how."""

    BASIC = "basic"
    REVERSED = "reversed"
    CLOZE = "cloze"
    OUTPUT = "output"


class Only(StrEnum):
    """The one output that a heading and all below it are for."""

    DECK = "deck"
    SHEET = "sheet"


@dataclass(frozen=True, slots=True)
class Prose:
    """A block of text, a list, a table, a picture, or several of these inside one raw element.

    `html` is neutral HTML, `text` its words alone. `marked` is the words with their structure (emphasis, code,
    lists, link targets) in a spelling of our own that no release of a library changes: what a fingerprint is of.
    """

    html: str
    text: str
    marked: str
    span: Span


@dataclass(frozen=True, slots=True)
class Code:
    """A fenced or indented block of code that stands by itself; `text` without the last line end.

    `language` is the first word of the fence's information string, in lower case, or empty; `info` the whole string.
    `skip` is the reason why it is no verified example, where a comment above it gives one.
    """

    language: str
    info: str
    html: str
    text: str
    marked: str
    span: Span
    skip: str = ""


Block = Prose | Code


@dataclass(frozen=True, slots=True)
class Pin:
    """An identity that the notes give explicitly: `<!-- id: … -->`."""

    id: str
    span: Span


@dataclass(frozen=True, slots=True)
class Section:
    """A heading, the text right below it, and the sections below that.

    `level` is 1 to 6 as written, 0 for a topic that only the file's name titles. `trail` are the headings above, the
    topic first. `question` are the blocks that belong to the question besides the heading (all before
    `<!-- answer -->`), `answer` the rest. `chosen` says whether a comment names the kind. `tags` and `only` are those in force, inherited ones included; `kind` and
    `pin` are never inherited. `anchor` is the heading's address within its file, as GitHub spells it.
    """

    title: Prose
    level: int
    anchor: str
    trail: tuple[str, ...]
    kind: Kind
    pin: Pin | None
    source: str
    only: Only | None
    tags: tuple[str, ...]
    question: tuple[Block, ...]
    answer: tuple[Block, ...]
    sections: tuple[Section, ...]
    span: Span
    chosen: bool = False

    @property
    def is_topic(self) -> bool:
        """Whether this is the root of a topic: an H1, or what stands in for one."""
        return self.level <= 1

    @property
    def is_card(self) -> bool:
        """Whether a heading with text asks something here: an introduction of a topic does not."""
        if self.level == 0 or (self.is_topic and self.sections):
            return False
        return bool(self.answer) and self.only is not Only.SHEET


@dataclass(frozen=True, slots=True)
class Skipped:
    """Words of a note that reach no output on purpose, and why: navigation, numbering, a comment, an attribute."""

    why: str
    text: str
    span: Span


@dataclass(frozen=True, slots=True)
class Reference:
    """An address in a note: `target` as neutral HTML holds it, `written` as the note has it."""

    target: str
    written: str
    span: Span


@dataclass(frozen=True, slots=True)
class Ignored:
    """A code that a comment silences in the own part of its heading: the lines from `first` up to `end`, from 1.

    That part is the heading and all up to the next one. `span` is where the comment names the code.
    """

    code: str
    span: Span
    first: int
    end: int

    def silences(self, code: str, span: Span) -> bool:
        """Whether what has a code at a place is not told."""
        return code == self.code and span.path == self.span.path and self.first <= span.line < self.end


@dataclass(frozen=True, slots=True)
class Document:
    """One note, parsed. `anchors` are all places in it that a link can name."""

    source: Source
    topics: tuple[Section, ...]
    images: tuple[Reference, ...]
    links: tuple[Reference, ...]
    anchors: frozenset[str]
    skipped: tuple[Skipped, ...]
    ignored: tuple[Ignored, ...] = ()


@dataclass(frozen=True, slots=True)
class Media:
    """A picture that may be shown: `name` is flat, literal and carries a hash of the file; sizes in px, as it is shown.

    `without` names what was cut out of a drawing because it would act, in the words of its file.
    """

    name: str
    type: str
    data: bytes
    width: int | None
    height: int | None
    without: tuple[str, ...] = ()

    def width_at(self, height: float) -> float | None:
        """How wide it is at a height; nobody knows of a drawing, which may have no size of its own."""
        return height * self.width / self.height if self.width and self.height else None


@dataclass(frozen=True, slots=True)
class Library:
    """All notes of a deck, in the order of their paths, with the pictures they may show, by the address in `src`."""

    documents: tuple[Document, ...]
    media: Mapping[str, Media]


@dataclass(frozen=True, slots=True)
class Card:
    """What is asked and answered once: the notes' word, one note of Anki.

    `heading` is the question's heading, `question` what else belongs to the question (a snippet, a picture).
    `trail` are the headings above. On an output card the code stands in `question`, and what it prints opens `answer`.
    `pictures` are the names of those that it shows, in order: another content is another name. `chosen` says whether
    a comment names the kind.
    """

    kind: Kind
    trail: tuple[str, ...]
    heading: Prose
    question: tuple[Block, ...]
    answer: tuple[Block, ...]
    source: str
    tags: tuple[str, ...]
    pin: Pin | None
    span: Span
    pictures: tuple[str, ...] = ()
    chosen: bool = False

    @property
    def place(self) -> tuple[str, ...]:
        """The trail with the card's own heading: where it stands in the notes."""
        return (*self.trail, self.heading.text)

    @property
    def question_text(self) -> str:
        """The question as plain text, its blocks in paragraphs of their own."""
        return "\n\n".join(block.text for block in (self.heading, *self.question))

    @property
    def answer_text(self) -> str:
        """The answer as plain text, its blocks in paragraphs of their own."""
        return "\n\n".join(block.text for block in self.answer)


@dataclass(frozen=True, slots=True)
class Identified:
    """A card with the identity that it keeps for life.

    `id` is the note's guid in Anki, `changed` the second since 1970 when its meaning last changed. `numbers` are the
    numbers of its blanks, in the order of the marks in question and answer; empty but on cloze cards.
    """

    card: Card
    id: str
    changed: int
    numbers: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Tombstone:
    """A card that was published and is gone from the notes, as the package goes on shipping it.

    `blanks` are the words and numbers of all blanks that it ever had; empty but on cloze cards.
    """

    id: str
    kind: Kind
    trail: tuple[str, ...]
    question: str
    changed: int
    blanks: tuple[tuple[str, int], ...] = ()


@dataclass(frozen=True, slots=True)
class Deck:
    """What is true of the whole deck: its own id, its name in Anki, the stem of its files, its language (BCP 47)."""

    id: str
    title: str
    slug: str
    author: str
    language: str


@dataclass(frozen=True, slots=True)
class Build:
    """All that an output needs: the deck, its tree, its cards in order, what it once held, and the lock's text."""

    deck: Deck
    library: Library
    cards: tuple[Identified, ...]
    tombstones: tuple[Tombstone, ...]
    lock: str = ""


class Cache(Protocol):
    """Where an output keeps what it made, by a key that is a hash of all that it was made from."""

    def get(self, key: str) -> bytes | None:
        """What was kept under a key; None where it is not there any more, or never was."""

    def put(self, key: str, value: bytes) -> None:
        """Keep it, if that can be done."""
