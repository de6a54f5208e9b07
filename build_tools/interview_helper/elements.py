"""The HTML in notes: cut into tags, comments and text, and cleaned. What passes here reaches cards and sheet. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from html import unescape

import nh3

from interview_helper.comments import Comment, comment_at


def _names(words: str) -> frozenset[str]:
    return frozenset(words.split())


# What notes on GitHub use, less what a card or paper can't hold (forms, frames, scripts, styles).
TAGS = _names(
    "a abbr b blockquote br caption center cite code col colgroup dd del details dfn div dl dt em figcaption figure "
    "h1 h2 h3 h4 h5 h6 hr i img ins kbd li mark ol p pre q rp rt ruby s samp small span strike strong sub summary sup "
    "table tbody td tfoot th thead tr tt u ul var wbr"
)
VOID = _names("br col hr img wbr")
# Elements that begin no line of their own.
INLINE = _names(
    "a abbr b cite code del dfn em i img ins kbd mark q rp rt ruby s samp small span strike strong sub sup tt u var wbr"
)
# Elements whose end HTML lets a writer leave out.
_UNENDED = _names("p li dt dd tr td th thead tbody tfoot caption colgroup rt rp")
# What stands between these tags is no HTML.
_VERBATIM = _names("script style textarea title iframe noscript xmp noembed noframes")
# Attributes that HTML writes without a value. Any other bare word makes `a <b and c> d` a comparison, not a tag.
_BARE = _names(
    "autoplay checked compact controls disabled hidden itemscope loop markdown muted noshade nowrap open reversed"
)

_ATTRIBUTES = {
    "a": {"href", "title"},
    "abbr": {"title"},
    "col": {"span"},
    "details": {"open"},
    "div": {"align"},
    "img": {"src", "alt", "title", "width", "height"},
    "li": {"value"},
    "ol": {"start"},
    "p": {"align"},
    "td": {"align", "colspan", "rowspan"},
    "th": {"align", "colspan", "rowspan"},
}
# A cell over a million columns is a table with a million columns to whoever lays it out.
_SPAN = re.compile(r"[0-9]{1,2}")
_COUNT = re.compile(r"-?[0-9]{1,6}")
_VALUES = {"colspan": _SPAN, "rowspan": _SPAN, "span": _SPAN, "start": _COUNT, "value": _COUNT}
# What neutral HTML spells with an attribute that no writer of notes can set.
_OURS = {"div": {"data-kind"}, "mark": {"data-group", "data-hint"}, "code": {"class"}}
_CLASSES = {"div": {"callout", "math"}, "span": {"math"}, "p": {"callout-title"}}
_SCHEMES = {"http", "https", "mailto", "note"}

_ATTRIBUTE = re.compile(r"""\s+([A-Za-z_:][\w:.-]*)(?:\s*=\s*("[^"]*"|'[^']*'|[^\s"'=<>`]+))?""", re.ASCII)
_TAG = re.compile(
    r"""<(/?)([A-Za-z][A-Za-z0-9-]*)((?:\s+[A-Za-z_:][\w:.-]*(?:\s*=\s*(?:"[^"]*"|'[^']*'|[^\s"'=<>`]+))?)*)\s*/?>""",
    re.ASCII,
)
_ANGLED = re.compile(r"</?[A-Za-z][^<>]*>|<[!?][^<>]*>")


@dataclass(frozen=True, slots=True)
class Tag:
    """A tag of an element that passes; its attributes unescaped, their names in lower case."""

    start: int
    end: int
    name: str
    closes: bool
    attributes: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class Text:
    """Words in HTML; `foreign` is the tag that makes them look like HTML, which they are not."""

    start: int
    end: int
    foreign: str = ""


def pieces(html: str) -> Iterator[Tag | Comment | Text]:
    """The pieces of `html` in order; together they are the whole of it."""
    start = at = 0
    unclosed: set[str] = set()
    while (at := html.find("<", at)) >= 0:
        piece = piece_at(html, at, unclosed)
        if piece is None:
            at += 1
            continue
        if at > start:
            yield Text(start, at)
        yield piece
        start = at = piece.end
    if start < len(html):
        yield Text(start, len(html))


def piece_at(html: str, at: int, unclosed: set[str]) -> Tag | Comment | Text | None:
    """The tag, comment or like of a tag that begins at `at`, if one does.

    `unclosed` learns which elements are not closed any more: each of their tags would be followed to the end.
    """
    if html.startswith("<!--", at):
        return comment_at(html, at)
    match = _TAG.match(html, at)
    if match is None:
        other = _ANGLED.match(html, at)
        return Text(at, other.end(), other[0]) if other else None
    name = match[2].lower()
    written = [(m[1].lower(), m[2]) for m in _ATTRIBUTE.finditer(match[3])]
    if name in TAGS and all(value is not None or attribute in _BARE for attribute, value in written):
        attributes = tuple((attribute, _unquoted(value or "")) for attribute, value in written)
        return Tag(at, match.end(), name, bool(match[1]), attributes)
    end = match.end()
    if name in _VERBATIM and not match[1] and name not in unclosed:
        close = re.compile(rf"</{name}\s*>", re.IGNORECASE).search(html, end)
        if close:
            end = close.end()
        else:
            unclosed.add(name)
    return Text(at, end, match[0])


def _unquoted(value: str) -> str:
    return unescape(value[1:-1] if value[:1] in ('"', "'") else value)


def ends(name: str) -> bool:
    """Whether an element needs an end tag."""
    return name not in VOID and name not in _UNENDED


def passes(name: str, attribute: str, value: str) -> bool:
    """Whether a writer of notes may give an element this attribute."""
    known = _VALUES.get(attribute)
    return attribute in _ATTRIBUTES.get(name, ()) and (known is None or known.fullmatch(value) is not None)


def cleaned(html: str) -> str:
    """Neutral HTML with raw HTML in it, as a browser would mend it and with nothing in it that could act."""
    attributes = {name: _ATTRIBUTES.get(name, set()) | _OURS.get(name, set()) for name in {*_ATTRIBUTES, *_OURS}}
    return nh3.clean(
        html,
        tags=set(TAGS),
        attributes=attributes,
        allowed_classes={name: set(classes) for name, classes in _CLASSES.items()},
        url_schemes=set(_SCHEMES),
        link_rel=None,
        strip_comments=True,
    )
