"""The words of notes as a reader meets them: code, names and addresses apart, each where its note has it. Pure."""

from __future__ import annotations

import posixpath
import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from html import escape, unescape
from unicodedata import normalize

from interview_helper import neutral
from interview_helper.elements import INLINE, Tag, Text, pieces
from interview_helper.model import Source, Span
from interview_helper.notation import Token, tokens
from interview_helper.places import Places

CODE = "\N{OBJECT REPLACEMENT CHARACTER}"
"""Stands for code and formulas: a word that touches it is a part of a name."""

_HIDING = ("code", "kbd", "pre", "samp", "tt", "var")
_HIDDEN = re.compile(
    rf'<({"|".join(_HIDING)})\b[^>]*>.*?</\1>|<(span|div) class="math">.*?</\2>',
    re.DOTALL,
)
_TAG = re.compile(r"</?([a-z0-9]+)[^>]*>")
_ALT = re.compile(r"""\balt\s*=\s*(?:"([^"]*)"|'([^']*)')""", re.IGNORECASE)
_ENTITY = re.compile(r"&(?:#[0-9]{1,7}|#[xX][0-9a-fA-F]{1,6}|[A-Za-z][A-Za-z0-9]{1,31});")

_LETTER = r"(?:[^\W\d_][\u0300-\u036f\u00ad]*)"
_APOSTROPHE = "['\N{RIGHT SINGLE QUOTATION MARK}]"
_WORD = re.compile(rf"{_LETTER}+(?:{_APOSTROPHE}{_LETTER}+)*")
_COMPOUND = re.compile(
    rf"(?<![\w{CODE}]){_WORD.pattern}(?:[-\N{{HYPHEN}}\N{{NON-BREAKING HYPHEN}}]{_WORD.pattern})*(?![\w{CODE}])"
)
_POSSESSIVE = re.compile(rf"{_APOSTROPHE}[sS]$")
_CHUNK = re.compile(r"[^\s|\N{EM DASH}\N{EN DASH}\N{HORIZONTAL ELLIPSIS}]+")
_OPENING = "([{\"'\N{LEFT DOUBLE QUOTATION MARK}\N{LEFT SINGLE QUOTATION MARK}\N{DOUBLE LOW-9 QUOTATION MARK}\N{LEFT-POINTING DOUBLE ANGLE QUOTATION MARK}"
# A chunk is no prose where a sign of code, a digit, a dot, a colon or a bracket stands in it, or a path's slash.
_NAME = re.compile(
    r"[0-9_@\\<>=$^{}~#%&+]|[^\W\d_]\.[^\W\d_]|:/|[^\W\d_]\(|\w::?\w|^\*{1,2}\w+[^\w*]*$|^[-.!/:]|/.*/|/$|\.\./",
    re.DOTALL,
)
_MIXED = re.compile(r"[^\W\d_]*[a-z][A-Z]")
_ACRONYMS = re.compile(r"[A-Z]{2,}(?:s|es)")


@dataclass(frozen=True, slots=True)
class Word:
    """A word in a text: where it stands there, and how a dictionary spells it."""

    start: int
    end: int
    key: str


@dataclass(frozen=True, slots=True)
class Compound:
    """Words that hyphens join, or one alone."""

    key: str
    parts: tuple[Word, ...]


def text(html: str) -> str:
    """The words of neutral HTML with what is between them; code is one sign."""
    html = _HIDDEN.sub(CODE, html)
    html = neutral.with_pictures(html, _alternative)
    return unescape(_TAG.sub(lambda tag: "" if tag[1] in INLINE else " ", html))


def _alternative(picture: Mapping[str, str]) -> str:
    """The words for a picture that a writer gave it: not its name, which stands in where there are none."""
    alt, name = picture.get("alt", ""), posixpath.basename(picture.get("src", ""))
    return "" if alt == posixpath.splitext(name)[0] else f" {escape(alt)} "


def compounds(chunk: str) -> list[Compound]:
    """What there is to look up in a stretch of a text without white space."""
    found: list[Compound] = []
    for piece in _CHUNK.finditer(chunk):
        bare = piece[0].lstrip(_OPENING)
        if _NAME.search(bare):
            continue
        for compound in _COMPOUND.finditer(chunk, piece.start(), piece.end()):
            words = _WORD.finditer(chunk, compound.start(), compound.end())
            parts = tuple(word for word in map(_word, words) if not _is_name(word.key))
            if parts:
                found.append(Compound(_key(compound[0]), parts))
    return found


def _word(match: re.Match[str]) -> Word:
    own = _POSSESSIVE.sub("", match[0])
    return Word(match.start(), match.start() + len(own), _key(own))


def _key(word: str) -> str:
    """A word as dictionaries spell it: composed, with straight apostrophes and plain hyphens, without soft ones."""
    return normalize("NFC", word).translate(_SPELT)


_SPELT = {0xAD: None, ord("\N{RIGHT SINGLE QUOTATION MARK}"): "'", 0x2010: "-", 0x2011: "-"}


def _is_name(word: str) -> bool:
    """Whether a word is a letter, an acronym or an identifier, to all that its letters tell."""
    return len(word) < 2 or word.isupper() or bool(_ACRONYMS.fullmatch(word) or _MIXED.match(word))


# --- places -------------------------------------------------------------------------------------------------------


def placed(
    source: Source, spans: Iterable[Span], wanted: Callable[[str], object], *, maths: bool
) -> Iterator[tuple[str, Span]]:
    """The words to look up in some stretches of a note, each with its place, in order.

    A stretch without white space is passed over unless it is `wanted`, and a word that is written so that it has no
    place of its own (as two entities of which one is a letter, say) is left out.
    """
    lines = {line for span in spans for line in range(span.line, span.end_line + 1)}
    places = Places(source.path, source.text)
    stream, _ = tokens(source.text, maths=maths)
    for token in stream:
        if token.type not in ("inline", "html_block", "written") or lines.isdisjoint(_lines(token)):
            continue
        line = _Line(token.content)
        if token.type == "inline":
            line.inline(token.children or ())
        elif token.type == "html_block":
            line.html(0, len(token.content))
        else:
            line.words(token.content, 0, len(token.content))
        for key, start, end in line.found(wanted):
            yield key, places.span(token, start, end)


def _lines(token: Token) -> range:
    first, end = token.map or (0, 0)
    return range(first + 1, end + 1)


class _Line:
    """The text that a token shows, and where in what is written each of its characters stands."""

    def __init__(self, raw: str) -> None:
        self.raw = raw
        self.at = 0
        self.shown: list[str] = []
        self.ranges: list[tuple[int, int] | None] = []
        self.hidden = 0
        self.links: list[int] = []

    def found(self, wanted: Callable[[str], object]) -> Iterator[tuple[str, int, int]]:
        """The words with their places in what is written."""
        shown = "".join(self.shown)
        for chunk in re.finditer(r"\S+", shown):
            if not wanted(chunk[0]):
                continue
            for compound in compounds(chunk[0]):
                for word in compound.parts:
                    ranges = self.ranges[chunk.start() + word.start : chunk.start() + word.end]
                    exact = [each for each in ranges if each]
                    if len(exact) == len(ranges):
                        yield word.key, exact[0][0], exact[-1][1]

    def words(self, shown: str, start: int, limit: int) -> None:
        """Show words that are written between two offsets, there perhaps with escapes and signs of emphasis."""
        self.at = start
        for sign in shown:
            self._show(sign, self._sought(sign, limit))

    def _show(self, sign: str, place: tuple[int, int] | None = None) -> None:
        if self.hidden:
            return
        self.shown.append(sign)
        self.ranges.append(place)

    def _sought(self, sign: str, limit: int) -> tuple[int, int] | None:
        """Where a character is written next. Only signs are passed over, never a letter."""
        at = self.at
        while at < limit:
            here = self.raw[at]
            if here == "&" and (entity := _ENTITY.match(self.raw, at, limit)) and unescape(entity[0]) == sign:
                self.at = entity.end()
                return at, entity.end()
            if here == sign:
                self.at = at + 1
                return at, at + 1
            if here.isalnum():
                return None
            at += 1
        return None

    def inline(self, children: Sequence[Token]) -> None:
        """Show the children of an inline token."""
        for child in children:
            start, end = child.meta.get("at", (self.at, self.at))
            kind = child.type
            if kind == "text":
                self.words(child.content, self.at, len(self.raw))
            elif kind in ("softbreak", "hardbreak"):
                self._show(" ")
                self.at = self.raw.find("\n", self.at) + 1 or self.at
            elif kind == "mark_open" and "prefix" in child.meta and "data-group" in child.attrs:
                written = f"=={child.meta['prefix']}"
                self.at = max(self.at, self.raw.find(written, self.at) + len(written))
            elif kind == "link_open":
                self.links.append(end)
                self.at = start + 1
            elif kind == "link_close":
                self.at = self.links.pop()
            elif kind == "image":
                self._alternative(child, start + 2, end)
            elif kind == "html_inline":
                self.html(start, end)
            elif kind == "wiki":
                self._wiki(child, start, end)
            elif kind in ("code_inline", "math_inline", "math_inline_double"):
                self._show(CODE)
                self.at = end
            elif kind in ("comment", "block_name", "footnote"):
                self._show(" ")
                self.at = end

    def _alternative(self, image: Token, start: int, end: int) -> None:
        self._show(" ")
        self.at = start
        self.links.append(end)
        self.inline(image.children or ())
        self.links.pop()
        self._show(" ")
        self.at = end

    def _wiki(self, child: Token, start: int, end: int) -> None:
        alias = child.meta["alias"]
        if alias:
            self.words(alias, self.raw.find("|", start) + 1, end)
        else:
            self.words(child.content.strip("#").replace("#", " "), start, end)
        self.at = end

    def html(self, start: int, end: int) -> None:
        """Show a stretch of raw HTML."""
        written = self.raw[start:end]
        for piece in pieces(written):
            if isinstance(piece, Tag):
                self._tag(piece, start)
            elif isinstance(piece, Text):
                words = written[piece.start : piece.end]
                self.words(words if piece.foreign else unescape(words), start + piece.start, start + piece.end)
        self.at = end

    def _tag(self, tag: Tag, start: int) -> None:
        if tag.name in _HIDING:
            if not tag.closes:
                self._show(CODE)
            self.hidden = max(0, self.hidden + (-1 if tag.closes else 1))
        elif tag.name not in INLINE or tag.name == "img":
            self._show(" ")
            alt = _ALT.search(self.raw, start + tag.start, start + tag.end) if tag.name == "img" else None
            if alt:
                group = 1 if alt[1] is not None else 2
                self.words(unescape(alt[group]), alt.start(group), alt.end(group))
                self._show(" ")
