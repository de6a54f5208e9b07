"""Notes to unknown words: what neither the dictionary of their language nor a list of the deck's own words has."""

from __future__ import annotations

import re
import warnings
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from difflib import get_close_matches
from itertools import chain
from pathlib import Path
from typing import Any, Protocol
from unicodedata import name as name_of
from unicodedata import normalize

from interview_helper import prose
from interview_helper.cards import sections
from interview_helper.diagnostics import Diagnostic
from interview_helper.model import Block, Document, Span

# As often as this, a word is told at each of its places; more often, once for all of them.
_PLACES = 5
# What a word may be instead takes some hundredths of a second, so only so many words of so many letters get it.
_MEANT = 50
_LONGEST = 30
_LIKE = 0.85
# Longer ones no dictionary has, and to look for them takes time by the square, or by the power of two of the hyphens.
_LETTERS = 100
_PARTS = 6

_REGIONS = {"en": "US", "pt": "PT", "sv": "SE", "da": "DK", "cs": "CZ", "uk": "UA", "el": "GR", "ko": "KR", "sl": "SI"}


class Unavailable(Exception):
    """The spelling can't be checked: why, and what to type."""

    def __init__(self, message: str, hint: str) -> None:
        super().__init__(message)
        self.message, self.hint = message, hint


class Dictionary(Protocol):
    """The words of a language."""

    def knows(self, word: str) -> bool:
        """Whether it has the word, or the word is of a script that it has no words of."""

    def meant(self, word: str) -> Iterator[str]:
        """Words that it has and that may be meant, the likeliest first."""


@dataclass(frozen=True, slots=True)
class Vocabulary:
    """The words of a deck's own: those in lower case hold however they are written, the others only as they are."""

    any_case: frozenset[str] = frozenset()
    as_written: frozenset[str] = frozenset()

    def knows(self, word: str) -> bool:
        """Whether it has the word, or what this is the plural of."""
        if self._has(word):
            return True
        if word.endswith("es") and word[:-2].endswith(("s", "x", "z", "ch", "sh")) and self._has(word[:-2]):
            return True
        return word.endswith("s") and self._has(word[:-1])

    def meant(self, word: str) -> Iterator[str]:
        """Words of it that are spelt alike, the likeliest first."""
        for each in get_close_matches(word.lower(), self.any_case, 1, _LIKE):
            yield each.capitalize() if word.istitle() else each

    def _has(self, word: str) -> bool:
        return word in self.as_written or word.lower() in self.any_case


def vocabulary(path: str, text: str) -> tuple[Vocabulary, tuple[Diagnostic, ...]]:
    """The words of a file, one a line and `#` before what is a comment, and the lines that are none."""
    words: list[str] = []
    found: list[Diagnostic] = []
    for number, line in enumerate(text.split("\n"), 1):
        written = line.split("#", 1)[0].strip()
        if len(written.split()) > 1:
            start = line.index(written) + 1
            span = Span(path, number, start, number, start + len(written))
            found.append(
                Diagnostic("W002", span, f"{written!r} is more than one word", "write each on a line of its own")
            )
        words += [normalize("NFC", word).replace("\N{RIGHT SINGLE QUOTATION MARK}", "'") for word in written.split()]
    lower = frozenset(word for word in words if word == word.lower())
    return Vocabulary(lower, frozenset(words) - lower), tuple(found)


# --- the notes ----------------------------------------------------------------------------------------------------


def misspelt(
    documents: Iterable[Document], dictionary: Dictionary, own: Vocabulary, *, file: str, maths: bool = False
) -> Iterator[Diagnostic]:
    """The unknown words of notes, each at each of its places. `file` is where to add them."""
    unknown: dict[str, list[Span]] = {}
    looked_up = _LookedUp(dictionary, own)
    for document in documents:
        for key, span in _of_document(document, looked_up, maths=maths):
            unknown.setdefault(key, []).append(span)
    for number, (word, places) in enumerate(unknown.items()):
        hint = f"add it to {file} if it is right"
        if number < _MEANT and len(word) <= _LONGEST and (meant := _meant(word, dictionary, own)):
            hint = f"write {meant}, or {hint}"
        yield from (Diagnostic("W001", span, f"no dictionary has {word!r}", hint) for span in places)


def folded(diagnostics: Iterable[Diagnostic]) -> Iterator[Diagnostic]:
    """The diagnostics, but an unknown word with many places at the first of them alone, with their number."""
    together: dict[tuple[str, str], list[Diagnostic]] = {}
    for found in diagnostics:
        together.setdefault((found.code, found.message), []).append(found)
    for (code, message), same in together.items():
        if code == "W001" and len(same) > _PLACES:
            yield replace(same[0], message=f"{message} (here and {len(same) - 1} times more)")
        else:
            yield from same


def _meant(word: str, dictionary: Dictionary, own: Vocabulary) -> str:
    return next(chain(own.meant(word), dictionary.meant(word)), "")


class _LookedUp(dict[str, tuple[str, ...]]):
    """The unknown words of each stretch without white space that was met: few are met only once."""

    def __init__(self, dictionary: Dictionary, own: Vocabulary) -> None:
        super().__init__()
        self.dictionary, self.own = dictionary, own

    def __missing__(self, chunk: str) -> tuple[str, ...]:
        self[chunk] = made = tuple(
            part.key
            for compound in prose.compounds(chunk)
            if not 1 < len(compound.parts) <= _PARTS or not self._known(compound.key)
            for part in compound.parts
            if not self._known(part.key)
        )
        return made

    def _known(self, word: str) -> bool:
        return self.own.knows(word) or self.dictionary.knows(word)


def _of_document(document: Document, looked_up: _LookedUp, *, maths: bool) -> Iterator[tuple[str, Span]]:
    """The unknown words of a note with their places, in order."""
    # A callout without a title has its name for one, and nobody wrote that as prose.
    names = {skipped.text.replace("-", " ").capitalize() for skipped in document.skipped if skipped.why == "callout"}
    blocks = [(block, count) for block in _blocks(document) if (count := Counter(_unknown(block, names, looked_up)))]
    if not blocks:
        return
    # Few blocks have any, so only these are read again for the places of their words.
    placed: dict[str, list[Span]] = {}
    spans = [block.span for block, _ in blocks]
    for key, span in prose.placed(document.source, spans, looked_up.__getitem__, maths=maths):
        placed.setdefault(key, []).append(span)
    out = [skipped.span for skipped in document.skipped if skipped.why in ("navigation", "numbering")]
    for block, count in blocks:
        for key, often in count.items():
            within = [span for span in placed.get(key, ()) if _within(span, block.span)]
            within = [span for span in within if not any(_within(span, each) for each in out)] or [block.span]
            yield from ((key, span) for span in within[:often])


def _blocks(document: Document) -> Iterator[Block]:
    for section in sections(document.topics):
        if section.level:
            yield section.title
        yield from section.question
        yield from section.answer


def _unknown(block: Block, names: Iterable[str], looked_up: _LookedUp) -> Iterator[str]:
    html = block.html
    for name in names:
        html = html.replace(f'<p class="callout-title">{name}</p>', "")
    for chunk in prose.text(html).split():
        yield from looked_up[chunk]


def _within(inner: Span, outer: Span) -> bool:
    return (outer.line, outer.column) <= (inner.line, inner.column) and (inner.end_line, inner.end_column) <= (
        outer.end_line,
        outer.end_column,
    )


# --- Hunspell -----------------------------------------------------------------------------------------------------


def dictionary(language: str, folder: Path) -> Dictionary:
    """The dictionary of a language (BCP 47): in the notes folder, of the spell checker, or of the system.

    Raises Unavailable where none is there, or one that can't be read.
    """
    from spylls import hunspell

    reader = hunspell.Dictionary
    packaged = Path(hunspell.__file__).with_name("data")
    places = (folder, *(packaged / each for each in reader.DISTRIBUTED.values()), *map(Path, reader.PATHES))
    names = _names(language)
    stems = (place / name for name in names for place in places)
    found = next((stem for stem in stems if _is_there(stem) and (stem.parent != folder or _is_inside(stem))), None)
    if found is None:
        built_in = ", ".join(each.replace("_", "-") for each in sorted(reader.DISTRIBUTED))
        remedy = f"write one of {built_in}"
        if names:
            remedy += f", or put {names[0]}.aff and {names[0]}.dic of LibreOffice into the notes folder"
        raise Unavailable(f"there is no dictionary for the language {language!r}", remedy)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", ResourceWarning)  # it leaves its files to be closed
        try:
            return _Hunspell(reader.from_files(str(found)))
        except Exception as error:  # noqa: BLE001  # whatever it meets in a broken one
            reason = str(error)
    message = f"the dictionary {found.name} can't be read: {reason}"
    raise Unavailable(message, f"take a new {found.name}.aff and {found.name}.dic")


def _is_there(stem: Path) -> bool:
    return all(stem.with_name(f"{stem.name}.{suffix}").is_file() for suffix in ("aff", "dic"))


def _is_inside(stem: Path) -> bool:
    """Whether no link leads out of the folder: the hints would spell out what lies elsewhere."""
    folder = stem.parent.resolve()
    return all(stem.with_name(f"{stem.name}.{suffix}").resolve().is_relative_to(folder) for suffix in ("aff", "dic"))


def _names(language: str) -> list[str]:
    """How the files for a language may be called, the likeliest first."""
    spoken, _, region = language.replace("_", "-").partition("-")
    # It becomes the name of a file, so nothing else may stand in it.
    spoken, region = (re.sub(r"[^A-Za-z0-9-]", "", each) for each in (spoken.lower(), region))
    if not spoken:
        return []
    if region:
        return [f"{spoken}_{region.upper() if len(region) == 2 else region}"]
    return [f"{spoken}_{_REGIONS.get(spoken, spoken.upper())}", spoken]


class _Hunspell:
    """A dictionary in the format of Hunspell."""

    def __init__(self, read: Any) -> None:
        self.read = read
        # These go through the whole dictionary, half a second a word, for words that are hardly alike.
        read.suggester.ngram_suggestions = read.suggester.phonet_suggestions = _none
        self.script = _script("".join(word.stem for word in read.dic.words[:500]))

    def knows(self, word: str) -> bool:
        if any(_script(letter) != self.script for letter in word if letter.isalpha()):
            return True
        return len(word) <= _LETTERS and self.read.lookup(word)

    def meant(self, word: str) -> Iterator[str]:
        likely = self.read.suggest(word.lower() if word.istitle() else word)
        for each in likely:
            # It would also cut the word in two.
            if each.isalpha() or not word.isalpha():
                yield each[:1].upper() + each[1:] if word.istitle() else each


def _none(*_: object, **__: object) -> Iterator[str]:
    return iter(())


def _script(text: str) -> str:
    """The script that most letters of a text are of, as Unicode names it."""
    scripts = Counter(name_of(letter, "").split(" ")[0] for letter in text if letter.isalpha())
    return scripts.most_common(1)[0][0] if scripts else ""
