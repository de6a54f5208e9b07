"""Build to the sheet's HTML, by way of neutral HTML. Pure: same build, layout and page numbers, same string.

The tree of notes is printed as it is, one `section` a topic and one `article` a heading below it; what is only for
the deck is left out.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import partial
from html import escape
from unicodedata import east_asian_width
from urllib.parse import quote

from interview_helper import neutral
from interview_helper.coloring import colored
from interview_helper.model import Block, Build, Code, Library, Only, Section
from interview_helper.outputs.sheet.layout import Layout

COLORS = 6  # of topics, in style.css
LISTED = 60  # with more entries than these, the contents list topics alone
_CODE_SIZE = 0.83  # of the text; style.css sets code in the same size
_ADVANCE = 0.6  # of IBM Plex Mono, in its size
_SECTION = (0.55, 1.6)  # what style.css indents an article by: em and points
_PRE = (1.0 * _CODE_SIZE, 0.8)  # padding and borders of a block of code
# What a box takes from the width of the code in it.
_INSETS = {"ul": (1.15, 0.0), "ol": (1.5, 0.0), "dd": (1.15, 0.0), "blockquote": (0.6, 1.6), "div": (1.0, 2.7)}
_LEAST = 12  # characters a line of code has even where boxes leave no room
_CELL = 20  # characters a line of code has in a table, whose columns are not known before the layout
_BOX = re.compile(r"<(/?)(ul|ol|dd|blockquote|div|td|th)\b[^>]*>|<pre><code")
_PIECE = re.compile(r"<[^>]*>|&[^;]*;|.", re.DOTALL)
_TABLE = re.compile(r"<table\b.*?</table>", re.DOTALL)
_LONG = re.compile(r"<[^>]*>|(?:&[^;\s]*;|[^\s<&]){14,}")  # tags, to leave them alone, and words
_WIDE = 6  # columns; a table with more breaks any word
_MARK = '<span class="wrapmark">↩</span>\n'


@dataclass(frozen=True, slots=True)
class _Topic:
    """A topic that is printed: its number from 1, the note it stands in, and its root."""

    number: int
    path: str
    root: Section

    @property
    def color(self) -> str:
        return f"topic-{(self.number - 1) % COLORS + 1}"


def html(build: Build, layout: Layout, numbers: Mapping[str, int]) -> str:
    """The whole sheet. `numbers` are the pages that the contents name, by the ids of the sections."""
    topics = _topics(build.library)
    addresses = _addresses(topics)
    turned = partial(_turned, library=build.library, addresses=addresses, layout=layout)
    questions = sum(1 for topic in topics for _ in _shown(topic.root))
    count = f"{_counted(len(topics), 'topic')} · {_counted(questions, 'section')}"
    author = f'<meta name="author" content="{escape(build.deck.author)}">' if build.deck.author else ""
    title = escape(build.deck.title)
    parts = [
        f'<!DOCTYPE html><html lang="{escape(build.deck.language)}"><head><meta charset="utf-8">',
        f"<title>{title}</title>{author}</head><body>",
        f'<header><h1>{title}</h1><p class="count">{count}</p>',
    ]
    if layout.contents and topics:
        parts.append(_contents(topics, build.library, numbers, full=len(topics) + questions <= LISTED))
    parts.append("</header><main>")
    for topic in topics:
        root = topic.root
        parts.append(
            f'<section class="topic {topic.color}"><h2 id="{_id(topic.path, root)}">'
            f'<span class="number">{topic.number}</span> {turned(root.title.html)}</h2>'
        )
        if root.question or root.answer:
            size = _size(root, layout)
            parts.append(f'<article class="introduction{size}">{_body(root, turned, layout)}</article>')
        parts += (_article(section, topic.path, 3, turned, layout) for section in _shown(root))
        parts.append("</section>")
    parts.append("</main></body></html>\n")
    return "\n".join(parts)


def _topics(library: Library) -> tuple[_Topic, ...]:
    roots = [(d.source.path, root) for d in library.documents for root in d.topics if root.only is not Only.DECK]
    return tuple(_Topic(number, path, root) for number, (path, root) in enumerate(roots, 1))


def _shown(section: Section) -> Iterator[Section]:
    return (below for below in section.sections if below.only is not Only.DECK)


def _place(path: str, section: Section) -> str:
    return f"{path}#{section.anchor}"


def _id(path: str, section: Section) -> str:
    return escape(_place(path, section))


def _addresses(topics: tuple[_Topic, ...]) -> dict[str, str]:
    """What a link to a place in the notes may name, and the id on the sheet that it means."""
    found: dict[str, str] = {}

    def add(path: str, section: Section) -> None:
        found.setdefault(f"note:{_place(path, section)}", _place(path, section))
        for below in _shown(section):
            add(path, below)

    for topic in topics:
        found.setdefault(f"note:{topic.path}", _place(topic.path, topic.root))
        add(topic.path, topic.root)
    return found


def _counted(count: int, noun: str) -> str:
    return f"{count} {noun}" if count == 1 else f"{count} {noun}s"


def _contents(topics: tuple[_Topic, ...], library: Library, numbers: Mapping[str, int], *, full: bool) -> str:
    parts = ['<nav class="contents">']
    for topic in topics:
        title = f"{topic.number} {topic.root.title.html}"
        entries = [_entry(_place(topic.path, topic.root), title, "first", library, numbers)]
        if full:
            entries += (
                _entry(_place(topic.path, below), below.title.html, "below", library, numbers)
                for below in _shown(topic.root)
            )
        parts.append(f'<div class="{topic.color}">{"".join(entries)}</div>')
    parts.append("</nav>")
    return "\n".join(parts)


def _entry(place: str, title: str, name: str, library: Library, numbers: Mapping[str, int]) -> str:
    title = neutral.with_links(title, lambda _, inner: inner)
    title = neutral.with_pictures(title, lambda picture: escape(picture.get("alt", "")))
    title = _turned(title, library=library, addresses={}, layout=Layout())
    # Until the first layout no page is known; two digits take the room that the number will.
    page = numbers.get(place, 88)
    return f'<p class="{name}" data-page="{page}"><a href="#{escape(quote(place))}">{title}</a></p>'


def _article(section: Section, path: str, level: int, turned: partial[str], layout: Layout) -> str:
    name = f"h{min(level, 6)}"
    below = "".join(_article(each, path, level + 1, turned, layout) for each in _shown(section))
    return (
        f'<article class="at-{min(level, 6)}{_size(section, layout)}">'
        f'<{name} id="{_id(path, section)}">{turned(section.title.html)}</{name}>'
        f"{_body(section, turned, layout)}{below}</article>"
    )


def _size(section: Section, layout: Layout) -> str:
    """Whether a section is so long that a column may end within it, between its blocks."""
    blocks = (*section.question, *section.answer)
    lines = sum(block.text.count("\n") + 2 + len(block.text) // 60 for block in blocks)
    return " long" if section.sections or lines > min(22, layout.lines) else ""


def _body(section: Section, turned: partial[str], layout: Layout) -> str:
    return "".join(_block(block, turned, layout) for block in (*section.question, *section.answer))


def _block(block: Block, turned: partial[str], layout: Layout) -> str:
    if isinstance(block, Code):
        return f"{_code(block.language, block.text, _capacity(layout, 0, 0), layout)}\n"
    return turned(block.html)


def _turned(html: str, *, library: Library, addresses: Mapping[str, str], layout: Layout) -> str:
    """Neutral HTML as the sheet's own."""
    capacities = _capacities(html, layout)
    html = neutral.with_marks(html, lambda _: "<mark>", "</mark>")
    html = neutral.with_code(html, lambda language, text: _code(language, text, next(capacities), layout))
    html = neutral.with_maths(html, _maths)
    html = neutral.with_links(html, lambda address, inner: _link(address, inner, addresses))
    html = neutral.with_pictures(html, lambda picture: _picture(picture, library))
    return _TABLE.sub(lambda match: _table(match[0]), html) if "<table" in html else html


def _table(html: str) -> str:
    """A table in which only long words may break, so that `O(1)` stays whole and nothing leaves the column."""
    head = html.partition("</tr>")[0]
    if head.count("<th") + head.count("<td") > _WIDE:
        return html.replace("<table", '<table class="wide"', 1)
    return _LONG.sub(lambda m: m[0] if m[0].startswith("<") else f'<span class="breaks">{m[0]}</span>', html)


def _link(address: str, inner: str, addresses: Mapping[str, str]) -> str:
    if not address.startswith("note:"):
        return f'<a href="{escape(address)}">{inner}</a>'
    place = addresses.get(address)
    return inner if place is None else f'<a href="#{escape(quote(place))}">{inner}</a>'


def _picture(picture: Mapping[str, str], library: Library) -> str:
    media = library.media.get(picture["src"])
    alt = picture.get("alt", "")
    if media is None:
        return f'<span class="missing">{escape(alt)}</span>'
    width = f' style="width:{escape(picture["width"])}px"' if picture.get("width", "").isdecimal() else ""
    return f'<img src="media:{escape(quote(media.name))}" alt="{escape(alt or media.name)}"{width}>'


def _maths(tex: str, displayed: bool) -> str:
    source = f'<code class="tex">{escape(tex, quote=False)}</code>'
    return f'<div class="formula">{source}</div>' if displayed else source


def _capacity(layout: Layout, em: float, points: float) -> int:
    """How many characters of code fit side by side in a column less `em` and `points` of boxes around it."""
    room = layout.column - layout.size * (_SECTION[0] + _PRE[0] + em) - _SECTION[1] - _PRE[1] - points
    return max(_LEAST, int(room / (layout.size * _CODE_SIZE * _ADVANCE) - 0.01))


def _capacities(html: str, layout: Layout) -> Iterator[int]:
    """The capacity of each block of code in `html`, in order: what the boxes around it leave."""
    boxes: list[str] = []
    for match in _BOX.finditer(html):
        if match[2] is None:
            room = _capacity(
                layout,
                sum(_INSETS[box][0] for box in boxes if box in _INSETS),
                sum(_INSETS[box][1] for box in boxes if box in _INSETS),
            )
            yield min(room, _CELL) if "td" in boxes or "th" in boxes else room
        elif not match[1]:
            boxes.append(match[2])
        elif boxes and boxes[-1] == match[2]:
            boxes.pop()


def _code(language: str, text: str, capacity: int, layout: Layout) -> str:
    text = "\n".join(line.expandtabs(4) for line in text.removesuffix("\n").split("\n"))
    names = [f"language-{escape(language)}"] if language else []
    if text.count("\n") >= layout.lines:
        names.append("tall")
    named = f' class="{" ".join(names)}"' if names else ""
    return f"<pre{named}><code>{_wrapped(colored(language, text), _breaks(text, capacity))}</code></pre>"


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
            cut = max(line.rfind(each, least, fits) for each in " ,(") + 1
            at = cut if cut > at else max(fits, at + 1)
            found[start + at] = indent
            room = capacity - indent
        start += len(line) + 1
    return found


def _fitting(line: str, at: int, room: int) -> int:
    """How far `line` reaches from `at` in `room` characters' width."""
    while at < len(line):
        room -= _width(line[at])
        if room < 0:
            break
        at += 1
    return at


def _width(character: str) -> int:
    """How many characters' room it takes: what IBM Plex Mono lacks comes from a wider face."""
    if character < "\u0180" or "\u2500" <= character <= "\u259f" or "\u2190" <= character <= "\u2199":
        return 1
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
