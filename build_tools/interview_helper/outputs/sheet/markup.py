"""Build to the HTML of its galleys, by way of neutral HTML. Pure: same build and layout, same strings.

The tree of notes is printed as it is, one `section` a topic and one `article` a heading below it; what is only for
the deck is left out.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Iterator, Mapping
from dataclasses import dataclass, field, replace
from html import escape, unescape
from itertools import chain, repeat
from math import ceil
from unicodedata import category, east_asian_width
from urllib.parse import quote

from interview_helper import neutral
from interview_helper.coloring import colored
from interview_helper.model import Block, Build, Code, Deck, Library, Media, Only, Section
from interview_helper.outputs.sheet import formulas, tables
from interview_helper.outputs.sheet.direction import directed, leftwards
from interview_helper.outputs.sheet.faces import OURS, Further
from interview_helper.outputs.sheet.layout import Layout, Measure
from interview_helper.outputs.sheet.record import Noted

LISTED = 80  # with more entries than these, the contents list topics alone
_CODE_SIZE = 0.83  # of the text; style.css sets code in the same size
_ADVANCE = 0.6  # of IBM Plex Mono, in its size
_PRE = (1.0 * _CODE_SIZE, 0.8)  # padding and borders of a block of code
# What a box takes from the width of what is in it, in em and points.
_INSETS = {"ul": (1.15, 0.0), "ol": (1.5, 0.0), "dd": (1.15, 0.0), "blockquote": (0.6, 1.6), "div": (1.0, 2.7)}
_DIGIT = 0.58  # em that each digit of a list's numbers takes beyond the two that its inset has room for
_LEAST = 12  # characters a line of code has even where boxes leave no room
_CELL = 20  # characters a line of code has in a table, whose columns are not known before the layout
_TOP = 3  # the level of the headings that have a rule beside them
_NUMBER_SLOT = '<span class="number" data-slot="number"></span>'
_TITLES = {2: (1.18, 2.6), 3: (1.07, 0.0)}  # the size of a heading, and the em of it that its bar and number take
_ENTRY = (0.86, 3.9)  # the same of an entry in the contents
_INK, _ON_BAR = "#111", "#fff"  # the color of text, and of that on the bar of a topic
_TALL = 0.8  # of a column that a formula is high at most
_SMALL = 0.6  # of its size: a formula that must be set smaller than that is told
_IN_A_CELL = 10_000  # characters, whose time in the layout goes with their square
_CELLS = 10_000  # that the tables of a topic may have together: the layout takes a millisecond and 25 kB for each
_LENGTH = re.compile(r"([0-9]{1,5})(px|%)?", re.ASCII)
_CUTS = (" ,(", "=:./_-")  # after which a line of code is cut, if there is one in its second half
_MARK = '<span class="wrapmark">↩</span>\n'

_BOX = re.compile(
    r'<(?P<formula>span|div) class="math">.*?</(?P=formula)>'
    r"|<(?P<closing>/?)(?P<name>ul|ol|dd|blockquote|div|td|th)\b(?P<attributes>[^>]*)>"
    r'|<pre><code(?: class="language-[^"]*")?>|<(?P<table>table)\b',
    re.DOTALL,
)
_PIECE = re.compile(r"<[^>]*>|&[^;]*;|.", re.DOTALL)
_TAG = re.compile(r"<[^>]*>")
_USUAL = "\u017f"  # all fonts of ours have the letters up to here
_BESIDE_LETTERS = re.compile(r'(\w?)(<img class="maths"[^>]*>)(?=(\w?))')
_TABLE = re.compile(r"<table\b.*?</table>", re.DOTALL)
_LIST = re.compile(r"<(/?)(ol|ul|li)\b([^>]*)>")
_NUMBER = re.compile(r'\b(?:start|value)="(-?[0-9]+)"')
_DIGITS = re.compile(r'class="digits-([0-9])"')
_INNER_HEADING = re.compile(r"<(/?)h[1-6]\b")
# A name with a hyphen or a slash, and the signs right before and behind it: no line may end between them.
_CODE_FIRST = re.compile(r"\s*(?:<(?!pre)[^>]*>\s*)*<pre")
_HEADING, _BAR = 2.8, 2.5  # sizes of the text that a heading of two lines takes, and the bar of a topic
_NAME = re.compile(r"(?<![(\[])[(\[]*+(?<!<pre>)<code>(?=[^\s</-]*+[-/])[^\s<]*+</code>[.,:;!?)\]]*")
_INLINE = "a|abbr|b|cite|code|del|dfn|em|i|img|ins|kbd|mark|q|s|samp|small|span|strike|strong|sub|sup|tt|u|var"
# WeasyPrint breaks a line after its first word where the text before an element fits but for its last space; not so
# where the last word is an element of its own. And it leaves out a text that is nothing but space.
_LAST = re.compile(rf"(?:(?<!\s)\s++|(?<![^<>]))[^\s<>]++\s++(?=<(?:{_INLINE})\b)")
_BETWEEN = re.compile(rf"(</(?:{_INLINE})>)\s+(?=<(?:{_INLINE})\b)")
# A line of the notes ends between two of these: it is no space.
_SOFT = re.compile(
    rf"(<pre\b.*?</pre>)|(?<=[{tables.WIDE}])((?:<[^>]*>)*)\n((?:<[^>]*>)*)(?=[{tables.WIDE}])", re.DOTALL
)
_FULL_WIDTH = re.compile(rf"[{tables.WIDE}\uac00-\ud7a3]")
_MONO = re.compile(  # not all that IBM Plex Mono has, but what code and comments have of it
    r"[\0-\u017f\u0400-\u045f\u2013\u2014\u2018-\u201a\u201c-\u201e\u2020-\u2022\u2026\u2190-\u2199\u2212\u2248\u2260"
    r"\u2264\u2265\u2500-\u259f]"
)
_LETTERS = re.compile("[\u0370-\u06ff\u1f00-\u1fff]")  # Greek to Arabic, from DejaVu Sans
_LETTER = 1.2  # characters that a line of them takes a letter, capitals and all (1.0 to 1.15 is usual)
_JOINER = "\u2060"
# Each line of a word, with the elements in it, makes the layout look at all the rest of it. So one that counts a thousand,
# an element as ten, may break anywhere but where letters join.
_LONG, _OF_A_TAG, _STRETCH, _MOST = 1000, 10, 20, 40
_SIGN = rf"(?:&[^;\s]{{1,9}};|[^ \t\n<&{tables.WIDE}])"
_WORD = re.compile(rf"<(?!/?(?:{_INLINE})\b)[^>]*>|((?:{_SIGN}|</?(?:{_INLINE})\b[^>]*>)+)")
_IN_A_WORD = re.compile(rf"<[^>]*>|{_SIGN}")
_ALONE = re.compile(r"[!-~\w\ufffd]|&\w+;")
_SEPARATORS = str.maketrans("\u2028\u2029", "\n\n")  # no font has them


@dataclass(frozen=True, slots=True)
class Printed:
    """A topic that is printed: its number from 1, the note it stands in, its root, and the ids of its headings."""

    number: int
    path: str
    root: Section
    labels: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Page:
    """A document to be laid out, and what there is to say of it before it is."""

    html: str
    remarks: tuple[Noted, ...]


class Markup:
    """The documents of a build, each to be laid out in a galley of its own: a masthead, and one a topic.

    What belongs to the whole (a topic's number and color, the pages in the contents) is in none of them. `covered` are
    the characters that our fonts have, asked for only where there are unusual ones. The documents are for the faces that
    are let in for what they lack.
    """

    def __init__(self, build: Build, layout: Layout, covered: Callable[[], frozenset[str]]) -> None:
        self.build = build
        self.layout = layout
        self._covered = covered
        roots = [(d.source.path, root) for d in build.library.documents for root in d.topics]
        kept = [(path, root) for path, root in roots if root.only is not Only.DECK]
        self.topics = tuple(
            Printed(number, path, root, dict(_labels(path, root))) for number, (path, root) in enumerate(kept, 1)
        )
        self._questions = sum(1 for topic in self.topics for _ in _shown(topic.root))
        self._full = layout.contents and len(self.topics) + self._questions <= LISTED
        self._digits = len(str(len(self.topics)))
        self._body = Body(build.library, _addresses(self.topics), layout)

    def lacking(self, topic: Printed | None) -> frozenset[str]:
        """The characters of a topic, or of the masthead, that our fonts lack."""
        written = self._body.written(topic) if topic else iter((self.build.deck.title,))
        characters = set("".join(written).translate(_SEPARATORS))
        unusual = {each for each in characters if each > _USUAL and not _unseen(each)}
        return frozenset(unusual - self._covered()) if unusual else frozenset()

    def masthead(self, further: Further = OURS) -> Page:
        """The document with the title, and the count of what follows."""
        count = f"{_counted(len(self.topics), 'topic')} · {_counted(self._questions, 'section')}"
        title = _turning(escape(self.build.deck.title))
        return self._document(f'<header><h1>{title}</h1><p class="count">{count}</p></header>', further)

    def topic(self, topic: Printed, further: Further = OURS) -> Page:
        """The document of a topic: its entries in the contents, then all of it."""
        entries = self._contents(topic) if self.layout.contents else ""
        return self._document(f"{entries}{self._body.topic(topic)}", further)

    def key(self, topic: Printed, further: Further = OURS) -> str:
        """What the document of a topic is made from, in a spelling that costs less than the document."""
        layout = replace(self.layout, fonts=(), pages=None)
        parts = [repr((topic.path, self._full, self._digits, layout, self.build.deck.language)), further.key]
        parts += self._body.sources(topic)
        if any('class="math"' in part for part in parts):
            parts.append(formulas.versions())
        return "\0".join(parts)

    def _document(self, body: str, further: Further) -> Page:
        digits = f' class="digits-{self._digits}"' if self._digits > 2 else ""  # two have room anyway
        missing = lacking(body, lambda: self._covered() | further.characters)
        remarks = (*(Noted("P001", "", character) for character in missing), *dict.fromkeys(self._body.remarks))
        self._body.remarks.clear()
        self._body.count.clear()
        self._body.cells.clear()
        return Page(document(self.build.deck, with_signs(body, missing), further, digits), remarks)

    def _contents(self, topic: Printed) -> str:
        entries = [self._entry(topic.path, topic.root, "first")]
        if self._full:
            named = (below for below in _shown(topic.root) if below.title.text.strip())
            entries += (self._entry(topic.path, below, "below") for below in named)
        return f'<nav class="contents">{"".join(entries)}</nav>'

    def _entry(self, path: str, section: Section, name: str) -> str:
        title = neutral.with_links(section.title.html, lambda _, inner: inner)
        title = neutral.with_pictures(title, lambda picture: escape(picture.get("alt", ""))) or "…"
        number = _NUMBER_SLOT if name == "first" else ""
        width = self.layout.entry / self.layout.size
        shown = _turning(self._body.turned(title, _Title.of(width, _ENTRY, _INK, told=False)))
        link = f'<a href="#{quote(_id(path, section))}">{number}{shown}</a>'
        return f'<p class="{name}">{link}<span data-slot="page"></span></p>'


def document(deck: Deck, body: str, further: Further = OURS, attributes: str = "") -> str:
    """A whole document, set in further faces where ours lack something; `attributes` are those of its body."""
    more = f' style="--fallback:{",".join(further.families)}"' if further.families else ""
    return (
        f'<!DOCTYPE html><html lang="{escape(deck.language)}"{more}><head><meta charset="utf-8">'
        f"<title>{escape(deck.title)}</title></head><body{attributes}>{body}</body></html>\n"
    )


def lacking(html: str, covered: Callable[[], frozenset[str]]) -> list[str]:
    """The characters of `html` that no font of ours has; `covered`, asked for where there are unusual ones, are theirs."""
    unusual = {character for character in set(_TAG.sub("", html)) if character > _USUAL and not _unseen(character)}
    return sorted(unusual - covered()) if unusual else []


def with_signs(html: str, missing: Collection[str]) -> str:
    """`html` as fonts can show it: each block in its direction, a sign in the place of each character that is missing."""
    html = directed(html.translate(_SEPARATORS))
    if missing:
        sought = re.compile(f"<[^>]*>|[{re.escape(''.join(missing))}]")
        sign = '<span data-actual="{}">\N{REPLACEMENT CHARACTER}</span>'
        html = sought.sub(lambda m: m[0] if m[0].startswith("<") else sign.format(m[0]), html)
    return _WORD.sub(lambda m: m[0] if m[1] is None or len(m[0]) < _LONG else _breakable(m[0]), html)


def _breakable(word: str) -> str:
    """A word in HTML as it may break, where it is too long for the layout."""
    pieces = _IN_A_WORD.findall(word)
    if sum(_OF_A_TAG if piece[0] == "<" else 1 for piece in pieces) < _LONG:
        return word
    parts: list[str] = []
    signs, before = 0, False
    for piece in pieces:
        if piece[0] != "<":
            alone = _ALONE.fullmatch(piece) is not None
            if (signs >= _STRETCH and before and alone) or signs >= _MOST:
                parts.append("\u200b")
                signs = 0
            signs, before = signs + 1, alone
        parts.append(piece)
    return "".join(parts)


def _turning(html: str) -> str:
    """A title as it stands in a line of ours, which goes from left to right whatever the title does."""
    return f'<span dir="rtl">{html}</span>' if leftwards(html) else html


def _unseen(character: str) -> bool:
    """Whether a character is drawn by none, or only changes the one before it."""
    selects = "\ufe00" <= character <= "\ufe0f" or "\U000e0100" <= character <= "\U000e01ef"
    return selects or category(character) in ("Cf", "Cc", "Zl", "Zp")


def _labels(path: str, section: Section) -> Iterator[tuple[str, str]]:
    yield _id(path, section), " ".join(section.title.text.split())
    for below in _shown(section):
        yield from _labels(path, below)


def _shown(section: Section) -> Iterator[Section]:
    return (below for below in section.sections if below.only is not Only.DECK)


def _id(path: str, section: Section) -> str:
    """The section's id, in characters that stand for themselves in HTML, in CSS and in the names of a PDF."""
    return quote(f"{path}#{section.anchor}", safe="/#")


def _addresses(topics: tuple[Printed, ...]) -> dict[str, str]:
    """What a link to a place in the notes may name, and the id on the sheet that it means."""
    found: dict[str, str] = {}

    def add(path: str, section: Section) -> None:
        found.setdefault(f"note:{path}#{section.anchor}", _id(path, section))
        for below in _shown(section):
            add(path, below)

    for topic in topics:
        found.setdefault(f"note:{topic.path}", _id(topic.path, topic.root))
        add(topic.path, topic.root)
    return found


def _counted(count: int, noun: str) -> str:
    return f"{count} {noun}" if count == 1 else f"{count} {noun}s"


@dataclass(frozen=True, slots=True)
class _Title:
    """What a heading is to its formulas: its room in its own em, its color, and whether those that shrink are told."""

    room: float
    color: str
    told: bool = True

    @classmethod
    def of(cls, width: float, measures: tuple[float, float], color: str, *, told: bool = True) -> _Title:
        """A heading in a column so wide in em of the text, with its size in them and the em of it that are taken."""
        size, taken = measures
        return cls(width / size - taken, color, told)


@dataclass(frozen=True, slots=True)
class Body:
    """Sections, blocks and neutral HTML as the sheet's own, for one library and one layout.

    `remarks` fills with what there is to say of them; `count` is the number of blocks of the topic so far, `cells` that
    of the cells of its tables, up to each.
    """

    library: Library
    addresses: Mapping[str, str]
    layout: Measure
    remarks: list[Noted] = field(default_factory=list)
    count: list[None] = field(default_factory=list)
    cells: list[int] = field(default_factory=list)

    def topic(self, topic: Printed) -> str:
        """A topic with its bar, its introduction and all below it."""
        root = topic.root
        parts = [
            f'<section class="topic"><h2 id="{_id(topic.path, root)}" data-label="{_label(root)}">'
            f"{_NUMBER_SLOT}{self._title(root, 2)}</h2>"
        ]
        if root.question or root.answer:
            parts.append(f'<article class="introduction" data-rule>{self._blocks(root, _BAR)}</article>')
        parts.append(self._articles(root, topic.path, 3, _BAR))
        parts.append("</section>")
        return "\n".join(parts)

    def sources(self, topic: Printed) -> Iterator[str]:
        """What the HTML of a topic is made from: its words, where its links lead, its pictures."""
        yield from self._sources(topic.root, topic.path, 2)

    def written(self, topic: Printed) -> Iterator[str]:
        """All words of a topic: those of a missing picture, too, and of any in a heading: the contents show words."""
        sections = [topic.root]
        while sections:
            section = sections.pop()
            sections += _shown(section)
            yield _TAG.sub("", neutral.with_pictures(section.title.html, lambda picture: picture.get("alt", "")))
            for block in (*section.question, *section.answer):
                if isinstance(block, Code):
                    yield block.text
                else:
                    yield _TAG.sub("", neutral.with_pictures(block.html, self._missing))

    def _missing(self, picture: Mapping[str, str]) -> str:
        """What stands in for a picture."""
        return "" if picture["src"] in self.library.media else escape(picture.get("alt", ""))

    def _sources(self, section: Section, path: str, level: int) -> Iterator[str]:
        yield f"{level} {_id(path, section)} {section.title.text}"
        for block in (section.title, *section.question, *section.answer):
            yield from self.source(block)
        for below in _shown(section):
            yield from self._sources(below, path, level + 1)

    def source(self, block: Block) -> Iterator[str]:
        """What the HTML of a block is made from: its words, where its links lead, its pictures."""
        yield f"{block.language}\0{block.text}" if isinstance(block, Code) else block.html
        for address in re.findall(r'href="(note:[^"]*)"', block.html):
            yield self.addresses.get(unescape(address), "")
        for address in neutral.pictures(block.html):
            media = self.library.media.get(address)
            yield f"{media.name} {media.type} {len(media.data)} {media.width} {media.height}" if media else ""

    def _title(self, section: Section, level: int) -> str:
        title = _Title.of(
            self.layout.room / self.layout.size, _TITLES.get(level, (1.0, 0.0)), _ON_BAR if level == 2 else _INK
        )
        return self.turned(section.title.html, title)

    def turned(self, html: str, title: _Title | None = None, above: float = 0.0) -> str:
        """Neutral HTML as the sheet's own; that of a heading, where one is given.

        `above` are the points that what it is not to be parted from takes.
        """
        html = _SOFT.sub(lambda m: m[1] or f"{m[2]}{m[3]}", html)
        html = _numbered(_INNER_HEADING.sub(lambda m: "</p" if m[1] else '<p class="heading"', html))
        rooms = _Rooms(html, self.layout)
        capacities, widths, formula_rooms = iter(rooms.codes), iter(rooms.tables), iter(rooms.formulas)
        html = _LAST.sub(r"<span>\g<0></span>", _BETWEEN.sub("\\1 \u200b", html))
        html = _NAME.sub(r'<span class="whole">\g<0></span>', html)
        html = neutral.with_marks(html, lambda _: "<mark>", "</mark>")
        aboves = chain([above] if _CODE_FIRST.match(html) else [], repeat(0.0))
        html = neutral.with_code(
            html, lambda language, text: self._code(language, text, next(capacities), next(aboves))
        )
        html = neutral.with_links(html, self._link)
        html = neutral.with_pictures(html, self._picture)
        if rooms.formulas:
            html = neutral.with_maths(
                html, lambda tex, displayed: self._formula(tex, displayed, next(formula_rooms, rooms.least), title)
            )
            html = _BESIDE_LETTERS.sub(_joined, html)
        if "<table" in html:
            size = self.layout.size
            tall = self.layout.lines * self.layout.characters // 2
            html = _TABLE.sub(lambda m: tables.fitted(m[0], next(widths, rooms.least) / size, tall), html)
        if rooms.formulas:
            self.remarks.extend(
                Noted("P003", f"is set at {share:.0%} of the size of the text, to fit its column", tex)
                for tex, share in formulas.shrunk(html)
                if share < _SMALL and (title is None or title.told)
            )
        return html

    def _formula(self, tex: str, displayed: bool, room: float, title: _Title | None) -> str:
        """A formula, drawn; as it is written where that can't be done."""
        block = displayed and title is None
        try:
            drawing = formulas.drawn(tex, displayed=block)
        except formulas.Unset as unset:
            self.remarks.append(Noted("P003", f"can't be set: {unset}", tex))
            shown = f'<code class="tex">{escape(tex, quote=False)}</code>'
        else:
            size = self.layout.size
            wide = title.room if title else room / size
            shown = formulas.shown(
                drawing, tex, wide, _TALL * self.layout.height / size, title.color if title else _INK
            )
        return f'<span class="formula">{shown}</span>' if block else shown

    def _articles(self, over: Section, path: str, level: int, above: float) -> str:
        """What stands below a heading; with the headings right over it, that takes `above` sizes of the text."""
        above = 0.0 if over.question or over.answer else above
        below = enumerate(_shown(over))
        return "".join(self._article(each, path, level, 0.0 if number else above) for number, each in below)

    def _article(self, section: Section, path: str, level: int, above: float) -> str:
        name = f"h{min(level, 6)}"
        rule = " data-rule" if level == _TOP else ""
        above += _HEADING
        # In the order of the notes, in which blocks are counted.
        return (
            f'<article class="at-{min(level, 6)}"{rule}>'
            f'<{name} id="{_id(path, section)}" data-label="{_label(section)}">{self._title(section, level)}</{name}>'
            f"{self._blocks(section, above)}{self._articles(section, path, level + 1, above)}</article>"
        )

    def _lines(self, block: Block) -> int:
        """About how many lines a block takes."""
        words = block.text if block.text.isascii() else _FULL_WIDTH.sub("xx", block.text)
        lines = sum(ceil(len(line) / self.layout.characters) for line in words.split("\n")) + 1
        for address in neutral.pictures(block.html):
            media = self.library.media.get(address)
            if media is not None:
                highest = self.layout.picture
                height = highest if media.height is None else min(highest, media.height * 0.75)
                lines += int(height / (self.layout.size * 1.32))
        return lines

    def _blocks(self, section: Section, above: float) -> str:
        """The text of a section, below headings that take `above` sizes of the text."""
        blocks = enumerate((*section.question, *section.answer))
        return "".join(
            self._by_rows(block, self.block(block, 0.0 if number else above * self.layout.size))
            for number, block in blocks
        )

    def _by_rows(self, block: Block, html: str) -> str:
        """A block as it is, or the rows of its table as units of their own, where it takes more than a third of a column."""
        plain = html.startswith("<table") and html.count("<table") == 1 and "rowspan" not in html
        long = plain and 3 * self._lines(block) > 2 * self.layout.lines
        return html.replace("<table", "<table data-long", 1) if long else html

    def block(self, block: Block, above: float = 0.0) -> str:
        """A block as the sheet's own; `above` are the points that what it is not to be parted from takes."""
        self.count.append(None)
        if isinstance(block, Code):
            capacity = _capacity(_room(self.layout, 0, 0), self.layout)
            return f"{self._code(block.language, block.text, capacity, above)}\n"
        html = block.html
        if "<table" in html:
            html = self._tables(html)
        if self._lines(block) >= self.layout.lines:
            html = html.replace('<div class="callout"', '<div class="callout tall"')
        return self.turned(html, above=above)

    def _tables(self, html: str) -> str:
        """Tables as they are, or by their rows where the topic has too many cells, or a cell is too full."""
        cells, fullest = tables.slots(html), tables.fullest(html)
        in_all = sum(self.cells[-1:]) + cells
        if in_all <= _CELLS and fullest <= _IN_A_CELL:
            self.cells.append(in_all)
            return html
        if fullest > _IN_A_CELL:
            words = f"this table has a cell of {fullest:,} characters, more than {_IN_A_CELL:,}"
        else:
            words = f"the tables of this topic have {in_all:,} cells with this one, more than {_CELLS:,}"
        self.remarks.append(Noted("P009", f"{words}: it is printed row by row", str(len(self.count))))
        return tables.rows(html)

    def _code(self, language: str, text: str, capacity: int, above: float) -> str:
        text = "\n".join(line.expandtabs(4) for line in text.removesuffix("\n").split("\n"))
        names = [f"language-{escape(language)}"] if language else []
        breaks = _breaks(text, capacity)
        lines = text.count("\n") + len(breaks)
        if lines >= self.layout.code() // 3:
            names.append("high")
        if lines >= self.layout.code(above):
            names.append("tall")
        named = f' class="{" ".join(names)}"' if names else ""
        wrapped = dict.fromkeys(_line_at(text, at) for at in breaks)
        words = f"there is room for {capacity} characters"
        self.remarks.extend(Noted("P004", words, f"{len(self.count)} {line}") for line in wrapped)
        return f"<pre{named}><code>{_wrapped(colored(language, text), breaks)}</code></pre>"

    def _link(self, address: str, inner: str) -> str:
        if not address.startswith("note:"):
            return f'<a href="{escape(address)}">{inner}</a>' if neutral.followed(address) else inner
        place = self.addresses.get(address)
        return inner if place is None else f'<a href="#{quote(place)}">{inner}</a>'

    def _picture(self, picture: Mapping[str, str]) -> str:
        media = self.library.media.get(picture["src"])
        alt = picture.get("alt", "")
        if media is None:
            return f'<span class="missing">{escape(alt)}</span>'
        width = _wide(picture, media, self.layout.picture)
        sized = f' style="width:{width}"' if width else ""
        return f'<img src="media:{escape(quote(media.name))}" alt="{escape(alt or media.name)}"{sized}>'


def _wide(picture: Mapping[str, str], media: Media, highest: float) -> str:
    """The width that a note gives a picture, or that its height means: none that would make it too high."""
    width, height = (_LENGTH.fullmatch(picture.get(name, "")) for name in ("width", "height"))
    if width and width[2] == "%":
        return width[0]
    wide = float(width[1]) if width else media.width_at(float(height[1])) if height and height[2] != "%" else None
    if wide is None:
        return ""
    most = media.width_at(highest / 0.75)
    return f"{wide if most is None else min(wide, most):.4g}px"


def _label(section: Section) -> str:
    """What the bookmark of a section says."""
    return escape(" ".join(section.title.text.split()))


def _joined(match: re.Match[str]) -> str:
    """A formula with what keeps it in one line with the letters beside it, as in "the $n$th"."""
    before, formula, after = match.groups()
    return f"{before}{before and _JOINER}{formula}{after and _JOINER}"


def _numbered(html: str) -> str:
    """`html` with a class on each list whose numbers have more than two digits."""
    if "<ol" not in html:
        return html
    open_lists: list[list[int]] = []  # where its tag ends, the next number, the largest one
    wide: list[tuple[int, int]] = []
    for match in _LIST.finditer(html):
        given = _NUMBER.search(match[3])
        if match[2] == "li":
            if not match[1] and open_lists:
                last = open_lists[-1]
                number = int(given[1]) if given else last[1]
                last[1:] = [number + 1, max(last[2], number)]
        elif not match[1]:
            start = int(given[1]) if given else 1
            open_lists.append([match.end(2) if match[2] == "ol" else 0, start, 0])
        elif open_lists:
            at, _, largest = open_lists.pop()
            if at and largest > 99:
                wide.append((at, min(9, len(str(largest)))))
    for at, digits in sorted(wide, reverse=True):
        html = (
            f'{html[:at]} class="digits-{digits}" style="padding-left:{1.5 + _DIGIT * (digits - 2):.2f}em"{html[at:]}'
        )
    return html


def _room(layout: Measure, em: float, points: float) -> float:
    """The width in a section less `em` and `points` of boxes around."""
    return layout.room - layout.size * em - points


def _capacity(room: float, layout: Measure) -> int:
    """How many characters of code fit side by side into `room`."""
    inner = room - layout.size * _PRE[0] - _PRE[1]
    return max(_LEAST, int(inner / (layout.size * _CODE_SIZE * _ADVANCE) - 0.01))


class _Rooms:
    """What the boxes in a piece of HTML leave: to a block of code in characters, to a table or a formula in points."""

    def __init__(self, html: str, layout: Measure) -> None:
        self.codes: list[int] = []
        self.tables: list[float] = []
        self.formulas: list[float] = []
        self.least = _room(layout, 0, 0) / 2
        boxes: list[tuple[str, float, float]] = []
        for match in _BOX.finditer(html):
            name, attributes = match["name"], match["attributes"]
            if name is None:
                inside = any(box in ("td", "th") for box, _, _ in boxes)
                room = _room(layout, sum(em for _, em, _ in boxes), sum(points for _, _, points in boxes))
                if match["formula"]:
                    self.formulas.append(room)
                elif not match["table"]:
                    self.codes.append(min(_capacity(room, layout), _CELL) if inside else _capacity(room, layout))
                elif not inside:
                    self.tables.append(room)
            elif not match["closing"]:
                em, points = _INSETS.get(name, (0.0, 0.0))
                digits = _DIGITS.search(attributes)
                boxes.append((name, em + (_DIGIT * (int(digits[1]) - 2) if digits else 0.0), points))
            elif boxes and boxes[-1][0] == name:
                boxes.pop()


def _breaks(text: str, capacity: int) -> dict[int, int]:
    """Where lines that are too long go on in a new one, and how far that is indented."""
    found: dict[int, int] = {}
    start = 0
    for line in text.split("\n"):
        indent = min(len(line) - len(line.lstrip(" ")), capacity // 3) + 2
        at = 0
        room = capacity
        while (fits := _fitting(line, at, room)) < len(line):
            fits = _fitting(line, at, room - 1)  # the mark takes one
            least = at + max(1, (fits - at) // 2)
            cuts = (max(line.rfind(each, least, fits) for each in signs) + 1 for signs in _CUTS)
            at = next((cut for cut in cuts if cut > at), max(fits, at + 1))
            found[start + at] = indent
            room = capacity - indent
        start += len(line) + 1
    return found


def _line_at(text: str, at: int) -> str:
    """The line of `text` that holds the place `at`."""
    return text[text.rfind("\n", 0, at) + 1 :].partition("\n")[0]


def _fitting(line: str, at: int, room: float) -> int:
    """How far `line` reaches from `at` in `room` characters' width."""
    while at < len(line):
        room -= _width(line[at])
        if room < 0:
            break
        at += 1
    return at


def _width(character: str) -> float:
    """How many characters' room it takes: what IBM Plex Mono lacks comes from a wider face."""
    if _MONO.match(character):
        return 1
    if _LETTERS.match(character):
        return _LETTER
    return 2 if east_asian_width(character) in "WFA" or character > "\u036f" else 1


def _wrapped(html: str, breaks: Mapping[int, int]) -> str:
    """Colored code with a mark and a new line at each of `breaks`, which count the characters of its text."""
    if not breaks:
        return html
    parts: list[str] = []
    at = 0
    for piece in _PIECE.findall(html):
        if not (piece.startswith("<") and len(piece) > 1):
            if at in breaks:
                parts.append(_MARK + " " * breaks[at])
            at += 1
        parts.append(piece)
    return "".join(parts)
