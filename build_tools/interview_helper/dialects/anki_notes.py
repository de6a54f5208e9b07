"""Notes of Anki to cards: what stands on their two sides, in HTML, to our Markdown. Pure."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from unicodedata import normalize
from urllib.parse import unquote

from interview_helper.dialects import blanks
from interview_helper.dialects.nouns import Card
from interview_helper.model import Kind

BLANK = re.compile(r"\{\{c[0-9]+(?:,[0-9]+)*::")
_UNFIT = re.compile(r'[\x00-\x1f\x7f<>:"/\\|?*#%]')
_RESERVED = re.compile(r"(?:con|prn|aux|nul|com[0-9]|lpt[0-9])(?:\..*)?", re.IGNORECASE)
ELSEWHERE = re.compile(r"(?:https?|ftp|file|data|blob):|//", re.IGNORECASE)
# A picture of ours is named by its file's stem and a hash.
_HASHED = re.compile(r"(.+)-[0-9a-f]{12}(\.[a-z]+)")
MEDIA = "media"
_DEEPEST = 4


def trail(deck: str, otherwise: str) -> tuple[str, ...]:
    """The headings that a deck becomes, the topic first; `otherwise` is the topic of what has no deck of its own."""
    parts = [part for part in (" ".join(part.split()) for part in deck.split("::")) if part]
    if not parts or parts == ["Default"]:
        return (otherwise,)
    return (*parts[: _DEEPEST - 1], "::".join(parts[_DEEPEST - 1 :])) if len(parts) > _DEEPEST else tuple(parts)


@dataclass(slots=True)
class Pictures:
    """The pictures that cards have shown so far: the address in the notes by the name in Anki."""

    own: bool = False
    placed: dict[str, str] = field(default_factory=dict)

    def place(self, source: str) -> str:
        """The address in the notes of what HTML names: a file in a folder, of a name that any system takes."""
        if ELSEWHERE.match(source):
            return source
        return self.place_file(unquote(source))

    def place_file(self, name: str) -> str:
        """The address in the notes of a file in a folder of the original; only its last part matters."""
        if name not in self.placed:
            taken = {address.casefold() for address in self.placed.values()}
            self.placed[name] = next(each for each in self._addresses(name) if each.casefold() not in taken)
        return self.placed[name]

    def _addresses(self, name: str) -> list[str]:
        """The addresses that a picture may have, the best first."""
        fit = _UNFIT.sub("_", normalize("NFC", name.rpartition("/")[2])).strip(" .") or "picture"
        fit = f"_{fit}" if _RESERVED.fullmatch(fit) else fit
        stem, dot, suffix = fit.rpartition(".") if "." in fit else (fit, "", "")
        fit = f"{stem[:100]}{dot}{suffix[:20]}"
        hashed = _HASHED.fullmatch(fit) if self.own else None
        names = [*([f"{hashed[1]}{hashed[2]}"] if hashed else []), fit]
        numbered = [f"{stem[:100]}-{number}{dot}{suffix[:20]}" for number in range(2, len(self.placed) + 3)]
        return [f"{MEDIA}/{each}" for each in (*names, *numbered)]


@dataclass(frozen=True, slots=True)
class Made:
    """A card, what it lost on the way, and whether there is a formula in it."""

    card: Card
    lost: tuple[str, ...]
    maths: bool


def made(question: str, answer: str, pictures: Pictures, *, kind: Kind) -> Made:
    """The card of two sides in HTML; a cloze card's blanks are as Anki spells them."""
    from interview_helper.dialects import markup

    numbers: list[int] = []
    lost: tuple[str, ...] = ()
    if kind is Kind.CLOZE:
        question, answer = blanks.marked(question), blanks.marked(answer)
        numbers = [*markup.numbers(question), *markup.numbers(answer)]
        if not numbers:
            kind, lost = Kind.BASIC, ("it has no blank: it is a basic card now",)
    groups = blanks.grouped(numbers)
    asked = markup.blocks(question, groups, pictures.place)
    said = markup.blocks(answer, groups, pictures.place)
    lost = (*lost, *asked.lost, *said.lost)
    maths = asked.maths or said.maths
    if kind is Kind.CLOZE and not said.markdown.strip():
        return Made(Card("", asked.markdown, kind=kind), lost, maths)
    return Made(Card(asked.markdown, said.markdown, kind=kind), lost, maths)
