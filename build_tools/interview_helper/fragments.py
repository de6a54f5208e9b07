"""Tokens of a stretch of a note to neutral HTML, its words, and its words with their structure. Pure."""

from __future__ import annotations

import posixpath
import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from html import escape, unescape
from urllib.parse import unquote

import nh3

from interview_helper import neutral
from interview_helper.diagnostics import Diagnostic
from interview_helper.model import Reference, Skipped, Span
from interview_helper.notation import Places, Token

# What notes on GitHub use, less what a card or paper can't hold (forms, frames, scripts, styles).
TAGS = frozenset(
    [
        "a",
        "abbr",
        "b",
        "blockquote",
        "br",
        "caption",
        "center",
        "cite",
        "code",
        "col",
        "colgroup",
        "dd",
        "del",
        "details",
        "dfn",
        "div",
        "dl",
        "dt",
        "em",
        "figcaption",
        "figure",
        "h1",
        "h2",
        "h3",
        "h4",
        "h5",
        "h6",
        "hr",
        "i",
        "img",
        "ins",
        "kbd",
        "li",
        "mark",
        "ol",
        "p",
        "pre",
        "q",
        "rp",
        "rt",
        "ruby",
        "s",
        "samp",
        "small",
        "span",
        "strike",
        "strong",
        "sub",
        "summary",
        "sup",
        "table",
        "tbody",
        "td",
        "tfoot",
        "th",
        "thead",
        "tr",
        "tt",
        "u",
        "ul",
        "var",
        "wbr",
    ]
)
_VOID = frozenset(["br", "col", "hr", "img", "wbr"])
_ATTRIBUTES = {
    "a": {"href", "title"},
    "abbr": {"title"},
    "col": {"span"},
    "details": {"open"},
    "div": {"align", "data-kind"},
    "img": {"src", "alt", "title", "width", "height"},
    "li": {"value"},
    "mark": {"data-group"},
    "ol": {"start"},
    "p": {"align"},
    "td": {"align", "colspan", "rowspan"},
    "th": {"align", "colspan", "rowspan"},
}
_CLASSES = {"div": {"callout", "math"}, "span": {"math"}, "p": {"callout-title"}}
_SCHEMES = {"http", "https", "mailto"}

_TAG = re.compile(r"<!--.*?(?:-->|$)|<(/?)([A-Za-z][A-Za-z0-9-]*)((?:\s[^<>]*)?)/?>", re.DOTALL)
_RAW = re.compile(r"<[^>]*>")
_ID = re.compile(r"""\s(?:id|name)\s*=\s*["']?([^"'\s>]+)""", re.IGNORECASE)
_URL = re.compile(r"""\s(href|src)\s*=\s*("[^"]*"|'[^']*'|[^\s>]+)""", re.IGNORECASE)
_SCHEME = re.compile(r"(?:[A-Za-z][A-Za-z0-9+.-]*:|//)")
_CALLOUT = re.compile(r"\[!([A-Za-z]+)\]([+-]?)[ \t]*([^\n]*)\n?")
_PICTURE_SUFFIXES = (".png", ".jpg", ".jpeg", ".gif", ".webp", ".svg", ".bmp", ".avif")

# GitHub's five callouts and the names that Obsidian knows, as the three that the notation has.
CALLOUTS = {
    **dict.fromkeys(("note", "abstract", "summary", "tldr", "info", "todo", "question", "help", "faq"), "note"),
    **dict.fromkeys(("example", "quote", "cite"), "note"),
    **dict.fromkeys(("tip", "hint", "success", "check", "done"), "tip"),
    **dict.fromkeys(("warning", "caution", "attention", "important", "danger", "error"), "warning"),
    **dict.fromkeys(("failure", "fail", "missing", "bug"), "warning"),
}


@dataclass(frozen=True, slots=True)
class Fragment:
    """Neutral HTML, its words alone, and its words with their structure."""

    html: str
    text: str
    marked: str


@dataclass(slots=True)
class Found:
    """What writing the fragments of one note brings to light besides their HTML."""

    diagnostics: list[Diagnostic] = field(default_factory=list)
    images: list[Reference] = field(default_factory=list)
    links: list[Reference] = field(default_factory=list)
    skipped: list[Skipped] = field(default_factory=list)
    anchors: set[str] = field(default_factory=set)


def address(path: str, written: str) -> str:
    """A picture's or file's address in the note at `path`, relative to the notes folder; outside addresses as written."""
    if _SCHEME.match(written):
        return written
    plain = unquote(written.split("#", 1)[0].split("?", 1)[0])
    start = "" if plain.startswith("/") else posixpath.dirname(path)
    return posixpath.normpath(posixpath.join(start, plain.lstrip("/")))


def target(path: str, written: str) -> str:
    """A link's target: `note:PATH#ANCHOR` for a place in the notes, an outside address as written."""
    if _SCHEME.match(written):
        return written
    file, _, anchor = written.partition("#")
    place = address(path, file) if file else path
    return f"note:{place}#{unquote(anchor)}" if anchor else f"note:{place}"


def open_elements(html: str) -> int:
    """How many known elements a piece of raw HTML leaves open; below zero where it closes more than it opens."""
    depth = 0
    for match in _TAG.finditer(html):
        name = (match[2] or "").lower()
        if name in TAGS and name not in _VOID and not match[0].endswith("/>"):
            depth += -1 if match[1] else 1
    return depth


class Writer:
    """Writes the fragments of one note; what it finds on the way is in `found`."""

    def __init__(self, path: str, places: Places) -> None:
        self.path = path
        self.places = places
        self.found = Found()
        self._html: list[str] = []
        self._text: list[str] = []
        self._marked: list[str] = []
        self._raw = False

    def fragment(self, tokens: Sequence[Token]) -> Fragment:
        """The fragment of block tokens (balanced, but for raw HTML), or of one inline token."""
        self._html, self._text, self._marked, self._raw = [], [], [], False
        self._blocks(tokens)
        html, text, marked = "".join(self._html), "".join(self._text).strip(), "".join(self._marked).strip()
        if self._raw:
            html = cleaned(html)
        return Fragment(html, text, marked)

    def span(self, inline: Token, start: int, end: int) -> Span:
        """The place of a stretch of an inline token's text."""
        return Span(self.path, *self.places.at(inline, start), *self.places.at(inline, end))

    def lines(self, token: Token) -> Span:
        """The place of a block token: from its first character to the end of its last line that is not empty."""
        first, end = token.map or (0, 1)
        while end - 1 > first and not self.places.words(end - 1, end).strip():
            end -= 1
        return Span(self.path, first + 1, self.places.first_of(first), end, len(self.places.words(end - 1, end)) + 1)

    def report(self, code: str, span: Span, message: str, hint: str = "") -> None:
        """Note one mistake."""
        self.found.diagnostics.append(Diagnostic(code, span, message, hint))

    def skip(self, why: str, text: str, span: Span) -> None:
        """Note words that reach no output on purpose."""
        self.found.skipped.append(Skipped(why, text, span))

    # --- blocks -------------------------------------------------------------------------------------------------

    def _blocks(self, tokens: Sequence[Token]) -> None:
        html, text, marked = self._html, self._text, self._marked
        cells: list[Token] = []
        for i, token in enumerate(tokens):
            kind = token.type
            if kind == "inline":
                self._inline(token)
            elif kind == "paragraph_open":
                if not token.hidden:
                    html.append("<p>")
            elif kind == "paragraph_close":
                html.append(
                    "</p>\n" if not token.hidden else "\n" if i + 1 < len(tokens) and tokens[i + 1].nesting == 1 else ""
                )
                text.append("\n")
                marked.append("\n" if token.hidden else "\n\n")
            elif kind in ("fence", "code_block"):
                language = token.info.split()[0].lower() if token.info.split() else ""
                html.append(neutral.code(language, token.content.removesuffix("\n")) + "\n")
                text.append(token.content)
                marked.append(f"```{token.info}\n{token.content}```\n")
                if kind == "fence":
                    self.check_fence(token)
            elif kind == "html_block":
                self._raw_html(token.content, self.lines(token), token)
                html.append("\n")
                text.append("\n")
            elif kind == "comment":
                self.skip("comment", token.content, self.lines(token))
            elif kind in ("bullet_list_open", "ordered_list_open"):
                start = token.attrs.get("start", 1)
                html.append("<ul>\n" if kind[0] == "b" else f'<ol start="{start}">\n' if start != 1 else "<ol>\n")
                marked.append("(" if kind[0] == "b" else f"{start}(")
            elif kind in ("bullet_list_close", "ordered_list_close"):
                html.append("</ul>\n" if kind[0] == "b" else "</ol>\n")
                marked.append(")\n")
            elif kind == "list_item_open":
                html.append("<li>")
                marked.append("- ")
            elif kind == "list_item_close":
                html.append("</li>\n")
            elif kind == "blockquote_open":
                if not self._callout(tokens, i):
                    html.append("<blockquote>\n")
                    marked.append("> ")
            elif kind == "blockquote_close":
                html.append("</div>\n" if token.meta.get("callout") else "</blockquote>\n")
                marked.append("<\n")
            elif kind == "heading_open":
                html.append(f"<{token.tag}>")
                marked.append(f"{token.tag} ")
                tokens[i + 1].meta["level"] = len(token.markup) if token.markup[:1] == "#" else 0
            elif kind == "heading_close":
                html.append(f"</{token.tag}>\n")
                text.append("\n")
                marked.append("\n")
            elif kind == "hr":
                html.append("<hr>\n")
                marked.append("---\n")
            elif kind == "tr_open":
                cells = [t for t in _until(tokens, i, "tr_close") if t.type == "inline"]
                self._row(token, cells)
                html.append("<tr>")
            elif kind == "tr_close":
                html.append("</tr>\n")
                text.append("\n")
                marked.append("|\n")
            elif kind in ("th_open", "td_open"):
                align = str(token.attrs.get("style", "")).removeprefix("text-align:")
                html.append(f'<{token.tag} align="{align}">' if align else f"<{token.tag}>")
                marked.append("|")
            elif kind in ("th_close", "td_close"):
                html.append(f"</{token.tag}>")
                text.append("\t")
            elif kind in ("table_open", "table_close", "thead_open", "thead_close", "tbody_open", "tbody_close"):
                html.append(f"<{'/' if token.nesting < 0 else ''}{token.tag}>\n")
            elif kind in ("math_block", "math_block_label"):
                html.append(f'<div class="math">{escape(token.content.strip(), quote=False)}</div>\n')
                text.append(token.content.strip() + "\n")
                marked.append(f"$${token.content}$$\n")
            else:
                raise AssertionError(f"a token nobody writes: {kind}")

    def check_fence(self, token: Token) -> None:
        """Report a fence that runs to the end of the file."""
        first, end = token.map or (0, 1)
        last = self.places.lines[min(end, len(self.places.lines)) - 1].strip(" \t>")
        closed = end - 1 > first and last.startswith(token.markup) and not last.strip(token.markup[0])
        if not closed and not "".join(self.places.lines[end:]).strip():
            row = self.places.lines[first]
            column = row.find(token.markup) + 1
            self.report(
                "N003",
                Span(self.path, first + 1, column, first + 1, len(row.rstrip()) + 1),
                "this code fence is never closed",
                f"put {token.markup} on a line of its own where the code ends",
            )

    def _row(self, token: Token, cells: list[Token]) -> None:
        number = (token.map or (0, 1))[0]
        beyond = self.places.cells(number, cells)
        if not beyond:
            return
        line = self.places.lines[number]
        column = line.rfind(beyond) + 1
        span = Span(self.path, number + 1, column, number + 1, column + len(beyond))
        self.skip("cell", beyond, span)
        self.report("N009", span, f"{beyond!r} is in no column of the table", "write \\| for a bar that is text")

    def _callout(self, tokens: Sequence[Token], at: int) -> bool:
        if at + 2 >= len(tokens) or tokens[at + 2].type != "inline":
            return False
        inline = tokens[at + 2]
        match = _CALLOUT.match(inline.content)
        if match is None or not inline.children or inline.children[0].type != "text":
            return False
        name = match[1].lower()
        kind = CALLOUTS.get(name, "note")
        # The first line is the marker and the title: the children up to the first line break.
        cut = next(
            (k for k, c in enumerate(inline.children) if c.type in ("softbreak", "hardbreak")), len(inline.children)
        )
        head, inline.children[:] = inline.children[:cut], inline.children[cut + 1 :]
        head[0].content = head[0].content[len(match[0]) - len(match[3]) - match[0].endswith("\n") :]
        close = next(
            t for t in _until(tokens, at, "blockquote_close", tokens[at].level) if t.type == "blockquote_close"
        )
        close.meta["callout"] = True
        self._html.append(f'<div class="callout" data-kind="{kind}"><p class="callout-title">')
        self._marked.append(f"!{name} ")
        if "".join(c.content for c in head).strip() or any(c.type != "text" for c in head):
            self._inline(inline, head)
        else:
            self._html.append(name.capitalize())
            self._text.append(name.capitalize())
        self._html.append("</p>\n")
        self._text.append("\n")
        self._marked.append("\n")
        return True

    # --- inline -------------------------------------------------------------------------------------------------

    def _inline(self, inline: Token, children: Sequence[Token] | None = None) -> None:
        html, text, marked = self._html, self._text, self._marked
        for child in inline.children or () if children is None else children:
            kind = child.type
            if kind == "text":
                html.append(escape(child.content, quote=False))
                text.append(child.content)
                marked.append(child.content)
            elif kind == "softbreak":
                html.append("\n")
                text.append(" ")
                marked.append(" ")
            elif kind == "hardbreak":
                html.append("<br>\n")
                text.append("\n")
                marked.append("\\\n")
            elif kind == "code_inline":
                html.append(f"<code>{escape(child.content, quote=False)}</code>")
                text.append(child.content)
                marked.append(f"`{child.content}`")
            elif kind in ("em_open", "strong_open", "s_open", "em_close", "strong_close", "s_close"):
                html.append(f"<{'/' if child.nesting < 0 else ''}{child.tag}>")
                marked.append({"em": "*", "strong": "**", "s": "~~"}[child.tag])
            elif kind == "mark_open":
                group = child.attrs.get("data-group", "")
                html.append(f'<mark data-group="{group}">' if group else "<mark>")
                marked.append(f"=={group}")
            elif kind == "mark_close":
                html.append("</mark>")
                marked.append("==")
            elif kind == "link_open":
                self._link(inline, child)
            elif kind == "link_close":
                html.append("</a>")
                marked.append("]")
            elif kind == "image":
                self._image(inline, child, str(child.attrs["src"]))
            elif kind == "html_inline":
                self._raw_html(child.content, self.span(inline, *child.meta["at"]), child)
            elif kind == "wiki":
                self._wiki(inline, child)
            elif kind == "comment":
                self.skip("comment", child.content, self.span(inline, *child.meta["at"]))
            elif kind == "footnote":
                self._footnote(inline, child)
            elif kind in ("math_inline", "math_inline_double"):
                tag = "span" if kind == "math_inline" else "div"
                html.append(f'<{tag} class="math">{escape(child.content, quote=False)}</{tag}>')
                text.append(child.content)
                marked.append(f"${child.content}$")
            else:
                raise AssertionError(f"an inline token nobody writes: {kind}")

    def _footnote(self, inline: Token, child: Token) -> None:
        self._html.append(escape(child.content, quote=False))
        self._text.append(child.content)
        self._marked.append(child.content)
        span = self.span(inline, *child.meta["at"])
        self.report("N005", span, f"{child.content} is a footnote, which is shown as written", "put its text in place")

    def _link(self, inline: Token, child: Token) -> None:
        written = str(child.attrs["href"])
        place = target(self.path, written)
        at = child.meta.get("at", (0, 0))
        self.found.links.append(Reference(place, written, self.span(inline, *at)))
        title = child.attrs.get("title")
        titled = f' title="{escape(str(title))}"' if title else ""
        self._html.append(f'<a href="{escape(place)}"{titled}>')
        self._marked.append(f"[({place})")

    def _image(self, inline: Token, child: Token, written: str) -> None:
        place = address(self.path, written)
        alt = _words(child.children or ())
        self.found.images.append(Reference(place, unquote(written), self.span(inline, *child.meta["at"])))
        self._html.append(neutral.picture(place, alt, str(child.attrs.get("title", ""))))
        self._text.append(alt)
        self._marked.append(f"![{alt}]({place})")

    def _wiki(self, inline: Token, child: Token) -> None:
        span = self.span(inline, *child.meta["at"])
        name, alias = child.content, child.meta["alias"]
        if child.meta["embeds"] and name.lower().endswith(_PICTURE_SUFFIXES):
            width = int(alias.split("x")[0]) if re.fullmatch(r"[0-9]{1,4}(x[0-9]{1,4})?", alias) else None
            alt = alias if alias and width is None else posixpath.splitext(posixpath.basename(name))[0]
            # Obsidian finds a picture by its name alone, wherever it lies in the vault.
            place = f"**/{name}"
            self.found.images.append(Reference(place, name, span))
            self._html.append(neutral.picture(place, alt, width=width))
            self._text.append(alt)
            self._marked.append(f"![{alt}]({place}|{alias})")
            return
        shown = alias or name.replace("#", " > ").strip()
        self._html.append(escape(shown, quote=False))
        self._text.append(shown)
        self._marked.append(f"[[{shown}]]")
        if alias:
            self.skip("link", name, span)
        written = f"{'!' if child.meta['embeds'] else ''}[[{name}]]"
        self.report(
            "N010", span, f"{written} is shown as the words {shown!r}", "write [words](file.md#heading) for a link"
        )

    # --- raw HTML -----------------------------------------------------------------------------------------------

    def _raw_html(self, content: str, span: Span, token: Token) -> None:
        """Pass known tags on, leave comments out, and show everything else as text."""
        end = 0
        for match in _TAG.finditer(content):
            self._raw_text(content[end : match.start()], token)
            end = match.end()
            name = (match[2] or "").lower()
            if not name:
                self.skip("comment", match[0][4:].removesuffix("-->"), span)
            elif name in TAGS:
                self._raw_tag(match, span)
            else:
                self._raw_text(match[0], token)
                self._unknown(content, match.start(), match[0], span)
        self._raw_text(content[end:], token)

    def _unknown(self, content: str, offset: int, tag: str, span: Span) -> None:
        before = content[:offset]
        row = before.count("\n")
        within = offset - (before.rfind("\n") + 1)
        line = span.line + row
        text = self.places.lines[line - 1]
        column = (
            text.find(tag.split("\n", maxsplit=1)[0], span.column - 1 if not row else 0) + 1 or within + span.column
        )
        rows = tag.split("\n")
        end = (line, column + len(tag)) if len(rows) == 1 else (line + len(rows) - 1, len(rows[-1]) + 1)
        shown = tag if len(tag) < 40 else tag[:37] + "…"
        self.report(
            "N004", Span(self.path, line, column, *end), f"{shown} is shown as text", f"write `{shown}` in backticks"
        )

    def _raw_text(self, content: str, token: Token) -> None:
        if not content:
            return
        if token.type == "html_block":
            # Text inside a block of HTML is HTML already: entities stay, stray signs are mended by the cleaner.
            self._html.append(content.replace("<", "&lt;"))
            self._text.append(unescape(content))
        else:
            self._html.append(escape(content, quote=False))
            self._text.append(content)
        self._marked.append(content)

    def _raw_tag(self, match: re.Match[str], span: Span) -> None:
        self._raw = True
        closing, name, attributes = match[1], match[2].lower(), match[3] or ""
        if not closing:
            self.found.anchors.update(_ID.findall(attributes))
            attributes = _URL.sub(
                lambda m: f' {m[1].lower()}="{self._url(name, m[1].lower(), m[2], span)}"', attributes
            )
            titles = re.findall(r"""\s(?:alt|title)\s*=\s*(?:"([^"]*)"|'([^']*)')""", attributes, re.IGNORECASE)
            if name == "img":
                self._text.append(" ".join(unescape(a or b) for a, b in titles))
        self._html.append(f"<{closing}{name}{attributes}>")
        self._marked.append(match[0])
        if name in ("br", "p", "div", "li", "tr", "summary", "td", "th", "hr") or closing:
            self._text.append("\n" if name not in _INLINE else "")

    def _url(self, name: str, attribute: str, quoted: str, span: Span) -> str:
        written = unescape(quoted.strip("\"'"))
        if attribute == "src" and name == "img":
            place = address(self.path, written)
            self.found.images.append(Reference(place, unquote(written), span))
        else:
            place = target(self.path, written)
            self.found.links.append(Reference(place, written, span))
        return escape(place)


_INLINE = frozenset(
    [
        "a",
        "abbr",
        "b",
        "cite",
        "code",
        "del",
        "dfn",
        "em",
        "i",
        "ins",
        "kbd",
        "mark",
        "q",
        "s",
        "samp",
        "small",
        "span",
        "strong",
        "sub",
        "sup",
        "tt",
        "u",
        "var",
    ]
)


def cleaned(html: str) -> str:
    """Neutral HTML with raw HTML in it, as a browser would mend it and with nothing in it that could act."""
    return nh3.clean(
        html,
        tags=set(TAGS),
        attributes={**_ATTRIBUTES, "code": {"class"}},
        allowed_classes={name: set(classes) for name, classes in _CLASSES.items()},
        url_schemes={*_SCHEMES, "note"},
        link_rel=None,
        strip_comments=True,
    )


def _until(tokens: Sequence[Token], start: int, kind: str, level: int | None = None) -> list[Token]:
    """The tokens from `start` up to and with the first of a kind (at a level)."""
    for end in range(start, len(tokens)):
        if tokens[end].type == kind and (level is None or tokens[end].level == level):
            return list(tokens[start : end + 1])
    return list(tokens[start:])


def _words(children: Sequence[Token]) -> str:
    """The words of inline tokens: what a picture's alternative text is."""
    words = ""
    for child in children:
        words += _words(child.children) if child.children else " " if child.type.endswith("break") else child.content
    return words
