"""The faces that are let in where ours lack a character: chosen from their tables, by rules, never by the system's own.

First come the fonts that `fonts` names, then the system's. What is chosen depends on nothing but the characters, the
language and the fonts there are, so equal fonts give equal sheets; and where nothing lacks, nothing is looked for.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import replace
from functools import partial
from pathlib import Path
from unicodedata import category

from interview_helper.diagnostics import Diagnostic
from interview_helper.model import Cache
from interview_helper.outputs.sheet import opentype
from interview_helper.outputs.sheet.faces import Choice, Cut, Further
from interview_helper.outputs.sheet.installed import Installed, installed
from interview_helper.outputs.sheet.layout import Named
from interview_helper.outputs.sheet.opentype import Font

REGULAR, BOLD = 400, 600  # the weights in style.css
_NEARLY = 0.9  # of what the face with the most characters has: as good as that, if it is the better one otherwise
_FAR = 100.0  # from the regular weight
_HEAVY = 800.0
_KANA = ((0x3041, 0x30FF), (0x31F0, 0x31FF), (0xFF66, 0xFF9F))
_HANGUL = ((0x1100, 0x11FF), (0x3130, 0x318F), (0xA960, 0xA97F), (0xAC00, 0xD7FF))
_BOPOMOFO = ((0x3100, 0x312F), (0x31A0, 0x31BF))
_HAN = ((0x2E80, 0x303F), (0x3400, 0x9FFF), (0xF900, 0xFAFF), (0x20000, 0x3FFFF))


class Fallback:
    """The faces let in for documents that lack these sets of characters.

    Chinese characters are written in each country in its own way: documents are told apart by what else stands in
    them, and by the language of the deck.
    """

    def __init__(
        self, lacking: Iterable[frozenset[str]], language: str, named: Sequence[Named], kept: Cache | None
    ) -> None:
        self._language = language.lower().replace("_", "-")
        self._kept = kept
        self._digests: dict[Path | bytes, str] = {}
        self.diagnostics: list[Diagnostic] = []
        lacked: dict[str, set[str]] = {}
        for characters in lacking:
            if characters:
                lacked.setdefault(self._region(characters), set()).update(characters)
        self._by_region = self._chosen(lacked, named) if lacked else {}

    @property
    def choices(self) -> tuple[Choice, ...]:
        """All of them, each once with all its characters, in the order in which they are asked for one."""
        found: dict[str, Choice] = {}
        for face in (each for choices in self._by_region.values() for each in choices):
            before = found.get(face.key)
            found[face.key] = replace(face, characters=face.characters | before.characters) if before else face
        return tuple(found.values())

    def of(self, characters: frozenset[str]) -> Further:
        """Those for a document that lacks these characters."""
        chosen = self._by_region.get(self._region(characters), ()) if characters else ()
        own = tuple(face for face in chosen if face.characters & characters)
        key = " ".join(f"{face.key} {face.bold.key if face.bold else '-'}" for face in own)
        has = frozenset(each for face in own for each in face.characters & characters)
        return Further(tuple(face.key for face in own), has, key)

    def cuts(self, documents: Iterable[Further]) -> tuple[Cut, ...]:
        """The fonts with which these documents are laid out: whatever else is cut with it, a face sets text alike."""
        wanted: dict[str, set[str]] = {}
        for further in documents:
            for family in further.families:
                wanted.setdefault(family, set()).update(further.characters)
        found: list[Cut] = []
        for choice in self.choices:
            characters = wanted.get(choice.key, set()) & choice.characters
            for weight, each in ((REGULAR, choice), (BOLD, choice.bold)) if characters else ():
                if each and (data := each.font.cut(characters)):
                    found.append(Cut(choice.key, weight, each.key, data))
        return tuple(found)

    def _region(self, characters: frozenset[str]) -> str:
        """Whose way of writing Chinese characters is wanted; empty where there are none."""
        codes = [ord(character) for character in characters]
        if _any(codes, _KANA):
            return "ja"
        if _any(codes, _HANGUL):
            return "ko"
        if not _any(codes, _HAN) and not _any(codes, _BOPOMOFO):
            return ""
        language, *rest = self._language.split("-")
        if language in ("ja", "ko"):
            return language
        if "hk" in rest:
            return "zh-hk"
        traditional = {"hant", "tw", "mo"}.intersection(rest) or _any(codes, _BOPOMOFO)
        return "zh-hant" if traditional else "zh-hans"

    # --- choosing ---------------------------------------------------------------------------------------------------

    def _chosen(self, lacked: dict[str, set[str]], named: Sequence[Named]) -> dict[str, list[Choice]]:
        listed, families = installed(set().union(*lacked.values()))
        offers = [fonts for each in named if (fonts := self._offered(each, listed, families))]
        every = [font for fonts in offers for font in fonts]
        system: list[Font] = []
        found: dict[str, list[Choice]] = {}
        for region, characters in sorted(lacked.items()):
            rank = partial(_rank, region)
            left = set(characters)
            faces = found.setdefault(region, [])
            for fonts in offers:
                faces += self._taken(left, fonts, rank, every, named=True)
            left = {each for each in left if category(each) != "Co"}  # in another font, it is another sign
            if left:
                system = system or [font for each in listed if _allowed(font := Font(each.path, each.index))]
                faces += self._taken(left, system, rank, system, named=False)
        return found

    def _offered(self, named: Named, listed: Sequence[Installed], families: frozenset[str]) -> list[Font]:
        """The faces that go by a name, or that its file holds; where there are none to use, that is said."""
        if named.content is None:
            name = named.name.casefold()
            fonts = [Font(each.path, each.index) for each in listed if name in each.families]
            wrong = "" if name in families else "it is not installed on this system"
        else:
            fonts = [font for font in opentype.faces(named.content()) if font.cut(" ")]
            wrong = "" if fonts else "it can't be read as a font"
        if fonts and not any(font.usable for font in fonts):
            wrong = "it is no font for text, with outlines in one color and a space"
        elif fonts and not any(_allowed(font) for font in fonts):
            wrong = "its maker does not allow that a document holds a part of it"
        if wrong:
            message = f"the sheet does without the font {named.name!r}: {wrong}"
            self.diagnostics.append(Diagnostic("P008", named.span, message, "name another one, or take it out"))
        return [font for font in fonts if _allowed(font)]

    def _taken(
        self,
        left: set[str],
        fonts: Sequence[Font],
        rank: Callable[[Font], tuple[object, ...]],
        every: Sequence[Font],
        *,
        named: bool,
    ) -> Iterator[Choice]:
        """Faces for the characters that are left, one by one, and less left after each."""
        offers = {font: font.has(left) for font in fonts}
        while left:
            most = max((len(has & left) for has in offers.values()), default=0)
            if not most:
                return
            font = min((font for font, has in offers.items() if len(has & left) >= most * _NEARLY), key=rank)
            characters = frozenset(offers[font] & left)
            left -= characters
            face = Choice(self._key(font), font, characters, named=named)
            heavy = self._bold(font, characters, every)
            yield face if heavy is None else replace(face, bold=Choice(self._key(heavy), heavy, characters))

    def _bold(self, font: Font, characters: frozenset[str], fonts: Sequence[Font]) -> Font | None:
        """The face of a font's family for headings, or None."""
        if font.set_weight >= BOLD:
            return None
        if font.variable:
            heavy = replace(font, weight=float(BOLD))
            return heavy if heavy.set_weight > font.set_weight else None
        family = (
            each
            for each in fonts
            if each.family == font.family
            and BOLD <= each.set_weight <= _HEAVY
            and not each.slanted
            and each.narrow_or_wide == font.narrow_or_wide
            and each.has(characters) == characters
        )
        return min(family, key=lambda each: (each.set_weight, each.name, str(each.content)), default=None)

    def _key(self, font: Font) -> str:
        if font.content not in self._digests:
            self._digests[font.content] = self._digest(font.content)
        return font.key(self._digests[font.content])

    def _digest(self, content: Path | bytes) -> str:
        """A hash of a font file; that of one of the system is kept as long as its size and its time stay."""
        if isinstance(content, bytes):
            return hashlib.sha256(content).hexdigest()
        stat = content.stat()
        name = hashlib.sha256(repr(("font", str(content), stat.st_size, stat.st_mtime_ns)).encode()).hexdigest()
        known = self._kept.get(name) if self._kept is not None else None
        if known is not None:
            return known.decode()
        with content.open("rb") as file:
            digest = hashlib.file_digest(file, "sha256").hexdigest()
        if self._kept is not None:
            self._kept.put(name, digest.encode())
        return digest


def _allowed(font: Font) -> bool:
    return font.usable and font.embeddable


def _rank(region: str, font: Font) -> tuple[object, ...]:
    """What makes one face better than another that has as many characters: the lesser, the better."""
    weight = abs(font.set_weight - REGULAR)
    return (
        font.slanted,
        _foreign(font, region),
        weight > _FAR,
        font.serifs,
        font.narrow_or_wide,
        font.fixed,
        font.variable,
        weight,
        font.family.casefold(),
        font.name.casefold(),
        str(font.content) if isinstance(font.content, Path) else "",
        font.index,
    )


def _foreign(font: Font, region: str) -> int:
    """0 for a face made for a region, 1 for one that may be or is made for several, 2 for one that is not."""
    if not region:
        return 0
    if region in font.regions:
        return 0 if len(font.regions) == 1 else 1
    return 2 if font.regions else 1


def _any(codes: Iterable[int], ranges: Sequence[tuple[int, int]]) -> bool:
    return any(first <= code <= last for code in codes for first, last in ranges)
