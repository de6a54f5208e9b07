"""The part of the notes that a topic or a tag chooses: their tree pruned to it, their cards, its name. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Literal

from interview_helper.cards import sections
from interview_helper.model import Build, Card, Document, Library, Only, Section
from interview_helper.parse import fit_tag, slug_of

FLASHCARDS = (
    "flashcards"  # what the names of files with flashcards have behind the deck's, where sheets have what is on them
)


@dataclass(frozen=True, slots=True)
class Unknown:
    """A word of a selection that chooses nothing, what to say of it, and the few words that may be meant."""

    key: Literal["topic", "tag"]
    message: str
    alike: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Selection:
    """What stands below the topics of a title and has a tag; without either, everything.

    Case makes no difference. A tag has all below it: `core` also chooses what has the tag `core::naming`.
    """

    topic: str | None = None
    tag: str | None = None

    def same(self, other: Selection) -> bool:
        """Whether the two choose alike in any notes."""
        mine, others = ([each and each.casefold() for each in (s.topic, s.tag)] for s in (self, other))
        return mine == others

    def build(self, whole: Build) -> Build:
        """The build of what is chosen.

        A heading that has the tag is chosen with its text. One that has not stays, as a title, where a heading below
        it has the tag.
        """
        if self == Selection():
            return whole
        chosen = (replace(each, topics=tuple(self._topics(each))) for each in whole.library.documents)
        library = Library(tuple(each for each in chosen if each.topics), whole.library.media)
        return replace(whole, library=library, cards=tuple(c for c in whole.cards if self.has_card(c.card)))

    def unknown(self, documents: Sequence[Document], without: Only = Only.DECK) -> Unknown | None:
        """What is wrong with the selection where it chooses nothing of the notes, `without` what is for that alone."""
        known = topics(documents, without)
        if self.topic is not None and self.topic.casefold() not in map(str.casefold, known):
            return Unknown("topic", f"no topic is named {self.topic!r}", _alike(self.topic, known))
        known = tags(documents, without)
        if self.tag is not None and self.tag.casefold() not in map(str.casefold, known):
            return Unknown("tag", f"no heading has the tag {self.tag!r}", _alike(self.tag, known))
        if self.tag is not None and not any(any(self._topics(document, without)) for document in documents):
            here = (replace(d, topics=tuple(t for t in d.topics if self._has_topic(t.title.text))) for d in documents)
            return Unknown(
                "tag", f"nothing below {self.topic!r} has the tag {self.tag!r}", _alike(self.tag, tags(here, without))
            )
        return None

    def name(self, documents: Sequence[Document], without: Only = Only.DECK) -> str:
        """The selection as a part of a file's name: `c` for the first of the tags c, c++ and c#, `c-2` for the next."""
        parts = ((self.topic, topics(documents, without), "topic"), (self.tag, tags(documents, without), "tag"))
        name = "-".join(_numbered(words, known, otherwise) for words, known, otherwise in parts if words is not None)
        return f"{name}-sheet" if is_of_flashcards(name) else name

    def has_card(self, card: Card) -> bool:
        """Whether a card is chosen."""
        return self._has_topic(card.place[0]) and (self.tag is None or _has(card.tags, self.tag))

    def _topics(self, document: Document, without: Only = Only.DECK) -> Iterator[Section]:
        for topic in document.topics:
            if self._has_topic(topic.title.text) and (kept := _pruned(topic, self.tag, without)):
                yield kept

    def _has_topic(self, title: str) -> bool:
        return self.topic is None or title.casefold() == self.topic.casefold()


def is_of_flashcards(name: str) -> bool:
    """Whether a part of a file's name is one of a file with flashcards."""
    return f"{name}-".startswith(f"{FLASHCARDS}-")


def topics(documents: Iterable[Document], without: Only = Only.DECK) -> tuple[str, ...]:
    """The titles of the topics in the order of the notes, `without` those for that alone."""
    roots = (topic for document in documents for topic in document.topics if topic.only is not without)
    return tuple(root.title.text for root in roots if root.title.text)


def tags(documents: Iterable[Document], without: Only = Only.DECK) -> tuple[str, ...]:
    """The tags of the headings and those over these tags, each once, in order, `without` what is for that alone."""
    found: dict[str, str] = {}
    for document in documents:
        for section in sections(document.topics):
            for tag in section.tags if section.only is not without else ():
                levels = tag.split("::")
                for above in ("::".join(levels[: depth + 1]) for depth in range(len(levels))):
                    found.setdefault(above.casefold(), above)
    return tuple(found.values())


def tag_of(written: str) -> str:
    """A tag as headings have it, from how it may be written where one is asked for."""
    return fit_tag(written.strip().lstrip("#"))


def _pruned(section: Section, tag: str | None, without: Only) -> Section | None:
    if section.only is without:
        return None
    if tag is None or _has(section.tags, tag):
        return section  # and all below it, which has its tags
    below = tuple(kept for each in section.sections if (kept := _pruned(each, tag, without)))
    return replace(section, question=(), answer=(), sections=below) if below else None


def _has(given: Iterable[str], tag: str) -> bool:
    return any(f"{each}::".casefold().startswith(f"{tag}::".casefold()) for each in given)


def _alike(wanted: str, known: Sequence[str]) -> tuple[str, ...]:
    """The known words that are spelt like one; the first few where none is."""
    from difflib import get_close_matches  # only a mistake pays for it

    by_case = {each.casefold(): each for each in known}
    close = get_close_matches(wanted.casefold(), by_case, n=3, cutoff=0.5) or list(by_case)[:3]
    return tuple(by_case[each] for each in close)


def _numbered(words: str, known: Iterable[str], otherwise: str) -> str:
    slug = _slug(words) or otherwise
    same = list(dict.fromkeys(each.casefold() for each in known if (_slug(each) or otherwise) == slug))
    number = same.index(words.casefold()) + 1
    return slug if number == 1 else f"{slug}-{number}"


def _slug(words: str) -> str:
    return "-".join(filter(None, map(slug_of, words.split("::"))))
