"""Tokens of a stretch of a note to neutral HTML, its words, and its words with their structure. Pure."""

from __future__ import annotations

import posixpath
import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from html import escape, unescape
from itertools import accumulate
from unicodedata import normalize
from urllib.parse import unquote

from interview_helper import neutral
from interview_helper.comments import HINTS, Comment, leading
from interview_helper.diagnostics import Diagnostic
from interview_helper.elements import INLINE, VOID, Tag, Text, cleaned, ends, passes, piece_at, pieces
from interview_helper.model import Reference, Skipped, Span
from interview_helper.notation import Token
from interview_helper.places import Places

_SCHEME = re.compile(r"(?:[A-Za-z][A-Za-z0-9+.-]*:|//)")
_FOLLOWED = ("note:", "http:", "https:", "mailto:", "//")
_CALLOUT = re.compile(r"\[!([A-Za-z][\w-]*)\]([+-]?)[ \t]*")
_PICTURE_SUFFIXES = (".png", ".jpg", ".jpeg", ".gif", ".webp", ".svg", ".bmp", ".avif")
_SIZE = re.compile(r"([0-9]{1,4})(?:x[0-9]{1,4})?")
_SIZED = re.compile(r"(.*)\|[ ]*([0-9]{1,4})(?:x[0-9]{1,4})?[ ]*", re.DOTALL)
_LANGUAGE = re.compile(r"\blanguage-[\w+#.-]+")
# A type variable, as in `List<B>`: no one writes HTML so but with its end.
_VARIABLE = re.compile(r"<[A-Z]>")
_VARIABLE_ENDED = re.compile(r"</([A-Z])>")
_LINE_END = re.compile(r"[ \t]*\n\s*")

# More elements of HTML than this inside each other are shown as text: who mends and lays them out goes as deep.
_OPEN = 15
# Emphasis, marks and links further in than this are words as the others.
_STRESSED = 10

# Why lines are shown as they are written, and what to do.
_WRITTEN = {
    "N013": ("lists and quotes are nested too deep here", "take some of the > or spaces away"),
    "N016": ("this row is too long for a table", "write the table in shorter rows, or put it into a code fence"),
}

# The names of callouts on GitHub and in Obsidian that are no plain note; any other name is one.
_CALLOUTS = {
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


def _named(place: str) -> str:
    """A link's target with the name of its note in NFC."""
    if place.isascii() or not place.startswith("note:"):
        return place
    file, hash_, anchor = place.partition("#")
    return f"{normalize('NFC', file)}{hash_}{anchor}"


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
        self._open: list[tuple[str, Span | None]] = []
        # The highlights that are open: where in the HTML, and their groups. Of the last one: the same, and where it ended.
        self._marks: list[tuple[int, str]] = []
        self._last: tuple[int, str, int] | None = None

    def fragment(self, tokens: Sequence[Token]) -> Fragment:
        """The fragment of block tokens (balanced, but for raw HTML), or of one inline token."""
        self._html, self._text, self._marked, self._raw = [], [], [], False
        self._blocks(tokens)
        while self._open:
            self._unclosed(*self._open.pop())
        self._marks, self._last = [], None
        html, text, marked = "".join(self._html), "".join(self._text).strip(), "".join(self._marked).strip()
        if self._raw:
            html = cleaned(html)
        return Fragment(html, text, marked)

    def code(self, token: Token) -> Fragment:
        """The fragment of a block of code, fenced or indented."""
        self._html, self._text, self._marked = [], [], []
        self._code(token)
        return Fragment("".join(self._html).rstrip("\n"), token.content, "".join(self._marked).strip())

    def report(self, code: str, span: Span, message: str, hint: str = "") -> None:
        """Note one mistake."""
        self.found.diagnostics.append(Diagnostic(code, span, message, hint))

    def skip(self, why: str, text: str, span: Span) -> None:
        """Note words that reach no output on purpose."""
        self.found.skipped.append(Skipped(why, text, span))

    def comment(self, comment: Comment, span: Span) -> None:
        """Leave out a comment that stands in the text; a hint is heeded where it belongs to a highlight."""
        self.leave_out(comment, span)
        key = comment.key
        if key == "hint":
            self._hint(comment.value, span)
        elif key == "answer" and comment.value is not None:
            self.report("M002", span, "answer takes no value", HINTS[key])
        elif key == "answer":
            hint = "put <!-- answer --> on a line of its own between two blocks, once"
            self.report("M003", span, "the comment 'answer' has no effect here", hint)
        elif key and comment.value is not None:
            where = "above a code fence that stands by itself" if key == "example" else "below the heading"
            hint = f"put it right {where}, on a line of its own"
            self.report("M003", span, f"the comment {key!r} has no effect here", hint)
        else:
            self.near_miss(comment, span)

    def _hint(self, value: str | None, span: Span) -> None:
        """Give a hint to the highlight that it stands right behind; what closes around that may come between."""
        words = " ".join((value or "").split())
        behind = self._last and all(
            piece[:2] == "</" and piece[2:-1] in INLINE for piece in self._html[self._last[2] :]
        )
        if not self._last or not behind:
            if value is not None:
                hint = f"put it right behind a highlight, without a space: ==words==<!-- hint: {words or '…'} -->"
                self.report("M003", span, "the comment 'hint' has no effect here", hint)
            return
        first, group, _ = self._last
        if not words:
            self.report("M002", span, "hint has no value", HINTS["hint"])
        elif self._html[first] != neutral.mark(group):
            self.report("M004", span, "hint is given twice behind this highlight", "leave one of the two")
        else:
            self._html[first] = neutral.mark(group, words)
            self._marked.append(f"<!-- hint: {words} -->")

    def _open_mark(self, group: str = "") -> None:
        self._marks.append((len(self._html), group))
        if len(self._marks) <= _STRESSED:
            self._html.append(neutral.mark(group))

    def _close_mark(self) -> None:
        if len(self._marks) <= _STRESSED:
            self._html.append("</mark>")
        if self._marks:
            first, group = self._marks.pop()
            # One inside another is no blank of its own.
            self._last = None if self._marks else (first, group, len(self._html))

    def leave_out(self, comment: Comment, span: Span) -> None:
        """Leave out any comment, and report one that nothing ends."""
        self.skip("comment", comment.words, span)
        if not comment.closed:
            first = Span(span.path, span.line, span.column, span.line, span.column + len("<!--"))
            self.report("N014", first, "this comment is never closed", "write --> where it ends")

    def near_miss(self, comment: Comment, span: Span) -> None:
        """Report a comment that is nearly one of the notation."""
        near = comment.near
        if near:
            value = f": {comment.value}" if comment.value is not None else ""
            word = comment.words.strip().split(":", 1)[0].strip()
            self.report("M001", span, f"{word!r} is no key, {near!r} is", f"write <!-- {near}{value} -->")

    def words_behind(self, token: Token, comments: Sequence[Comment], rest: int) -> None:
        """Report what stands behind comments on their line: it is text, but read as HTML."""
        line = token.content[rest:].split("\n", 1)[0]
        if comments and any(
            isinstance(piece, Text) and line[piece.start : piece.end].strip() for piece in pieces(line)
        ):
            span = self.places.span(token, comments[-1].start, comments[-1].end)
            self.report("N006", span, "text follows the comment on its line", "put the text on the next line")

    # --- blocks -------------------------------------------------------------------------------------------------

    def _blocks(self, tokens: Sequence[Token]) -> None:
        html, text, marked = self._html, self._text, self._marked
        quotes: list[Token] = []
        for i, token in enumerate(tokens):
            kind = token.type
            if kind == "inline":
                self._inline(token)
            elif kind == "paragraph_open":
                if not token.hidden:
                    html.append("<p>")
            elif kind == "paragraph_close":
                if not token.hidden:
                    html.append("</p>\n")
                elif i + 1 < len(tokens) and tokens[i + 1].nesting == 1:
                    html.append("\n")
                self._break()
                marked.append("\n" if token.hidden else "\n\n")
            elif kind in ("fence", "code_block"):
                self._code(token)
                text.append(token.content)
                if more := token.info.split(None, 1)[1:]:
                    self.skip("info", more[0].strip(), self.places.line((token.map or (0, 1))[0]))
            elif kind == "html_block":
                self._html_block(token)
            elif kind == "comment":
                self.skip("comment", token.content, self.places.block(token))
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
                self._break()
            elif kind == "blockquote_open":
                quotes.append(token)
                if not self._callout(tokens, i):
                    html.append("<blockquote>\n")
                    marked.append("> ")
            elif kind == "blockquote_close":
                html.append("</div>\n" if quotes.pop().meta.get("callout") else "</blockquote>\n")
                marked.append("<\n")
            elif kind == "heading_open":
                html.append(f"<{token.tag}>")
                marked.append(f"{token.tag} ")
            elif kind == "heading_close":
                html.append(f"</{token.tag}>\n")
                self._break()
                marked.append("\n")
            elif kind == "hr":
                html.append("<hr>\n")
                marked.append("---\n")
            elif kind == "tr_open":
                self._beyond(token)
                html.append("<tr>")
            elif kind == "tr_close":
                html.append("</tr>\n")
                while text and text[-1] == "\t":
                    text.pop()
                self._break()
                marked.append("|\n")
            elif kind in ("th_open", "td_open"):
                align = str(token.attrs.get("style", "")).removeprefix("text-align:")
                html.append(f'<{token.tag} align="{align}">' if align else f"<{token.tag}>")
                marked.append("|")
            elif kind in ("th_close", "td_close"):
                html.append(f"</{token.tag}>")
                text.append("\t")
            elif kind in ("table_open", "table_close", "thead_open", "thead_close", "tbody_open", "tbody_close"):
                if "overfull" in token.meta:
                    self._overfull(token)
                html.append(f"<{'/' if token.nesting < 0 else ''}{token.tag}>\n")
            elif kind == "math_block":
                html.append(f'<div class="math">{escape(token.content.strip(), quote=False)}</div>\n')
                text.append(token.content.strip() + "\n")
                marked.append(f"$${token.content}$$\n")
            elif kind == "unclosed_maths":
                self._unclosed_maths(token)
            elif kind == "written":
                self._written(token)
            else:
                raise AssertionError(f"a token nobody writes: {kind}")

    def _break(self) -> None:
        """What comes next is in a line of its own."""
        text = self._text
        if text and text[-1][-1:] != "\n":
            text.append("\n")

    def _code(self, token: Token) -> None:
        language = token.info.split()[0].lower() if token.info.split() else ""
        self._html.append(neutral.code(language, token.content.removesuffix("\n")) + "\n")
        self._marked.append(f"```{token.info}\n{token.content}```\n")
        if token.type == "code_block":
            return
        first, end = token.map or (0, 1)
        rows = token.content.count("\n") + (token.content[-1:] not in ("\n", ""))
        if end - first - 2 < rows:
            line = self.places.lines[first]
            column = line.find(token.markup) + 1
            self.report(
                "N003",
                Span(self.path, first + 1, column, first + 1, len(line.rstrip()) + 1),
                "this code fence is never closed",
                f"put {token.markup} on a line of its own where the code ends",
            )

    def _beyond(self, row: Token) -> None:
        cells: list[tuple[int, str]] = row.meta.get("beyond", [])
        if not cells:
            return
        number = (row.map or (0, 1))[0]
        first, last = cells[0][0], cells[-1][0] + len(cells[-1][1])
        words = self.places.lines[number][first:last]
        span = Span(self.path, number + 1, first + 1, number + 1, last + 1)
        self.skip("cell", words, span)
        self.report("N009", span, f"{words!r} is in no column of the table", "write \\| for a bar that is text")

    def _overfull(self, table: Token) -> None:
        span = self.places.line(table.meta["overfull"])
        hint = "write a bar for each cell of each row, or take columns away"
        self.report("N016", span, "the table ends above this line, which would leave too many cells empty", hint)

    def _unclosed_maths(self, token: Token) -> None:
        self._html.append("<p>$$</p>\n")
        self._text.append("$$\n")
        self._marked.append("$$\n\n")
        span = self.places.block(token)
        column = self.places.lines[span.line - 1].find("$$", span.column - 1) + 1
        hint = "put $$ on a line of its own where the formula ends"
        self.report("N015", replace(span, column=column), "this $$ is never closed", hint)

    def _written(self, token: Token) -> None:
        self._html.append(f"<p>{escape(token.content, quote=False)}</p>\n")
        self._text.append(f"{token.content}\n")
        self._marked.append(f"{token.content}\n\n")
        code = token.meta["code"]
        span = self.places.span(token, 0, len(token.content.split("\n", 1)[0]))
        self.report(code, span, *_WRITTEN[code])

    def _callout(self, tokens: Sequence[Token], at: int) -> bool:
        if at + 2 >= len(tokens) or tokens[at + 1].type != "paragraph_open":
            return False
        inline = tokens[at + 2]
        match = _CALLOUT.match(inline.content)
        children = inline.children
        if match is None or not children or children[0].type != "text" or not children[0].content.startswith("[!"):
            return False
        name = match[1].lower()
        # The first line is the marker and the title: the children up to the first line break that nothing reaches over.
        depths = accumulate(child.nesting for child in children)
        breaks = (k for k, (c, depth) in enumerate(zip(children, depths, strict=True)) if c.tag == "br" and not depth)
        cut = next(breaks, len(children))
        head, children[:] = children[:cut], children[cut + 1 :]
        head[0].content = head[0].content[match.end() :]
        if not children:
            tokens[at + 1].hidden = tokens[at + 3].hidden = True
        tokens[at].meta["callout"] = True
        self._html.append(f'<div class="callout" data-kind="{_CALLOUTS.get(name, "note")}"><p class="callout-title">')
        self._marked.append(f"!{name} ")
        self._inline(inline, head)
        self.skip("callout", match[1], self.places.span(inline, *match.span(1)))
        if not any(c.content.strip() for c in head if c.type != "comment" and not c.content.startswith("<!--")):
            title = name.replace("-", " ").capitalize()
            self._html.append(title)
            self._text.append(title)
        self._html.append("</p>\n")
        self._break()
        self._marked.append("\n")
        return True

    # --- inline -------------------------------------------------------------------------------------------------

    def _inline(self, inline: Token, children: Sequence[Token] | None = None) -> None:
        html, text, marked = self._html, self._text, self._marked
        opened = len(self._open)
        self._last = None
        children = inline.children or () if children is None else children
        ended: Counter[str] | None = None
        depth = 0
        for child in children:
            kind = child.type
            if kind == "text":
                if child.content:
                    html.append(escape(child.content, quote=False))
                    text.append(child.content)
                    marked.append(child.content)
            elif kind == "softbreak":
                html.append("\n")
                if text and text[-1] != "\n":
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
                depth += child.nesting
                if depth - min(child.nesting, 0) <= _STRESSED:
                    html.append(f"<{'/' if child.nesting < 0 else ''}{child.tag}>")
                marked.append({"em": "*", "strong": "**", "s": "~~"}[child.tag])
            elif kind == "mark_open":
                group = str(child.attrs.get("data-group", ""))
                self._open_mark(group)
                marked.append(f"=={group}")
            elif kind == "mark_close":
                self._close_mark()
                marked.append("==")
            elif kind == "link_open":
                self._link(inline, child)
            elif kind == "link_close":
                html.append("</a>")
                marked.append("]")
            elif kind == "image":
                self._image(inline, child, str(child.attrs["src"]))
            elif kind == "html_inline":
                ended = _ended(children) if ended is None else ended
                self._html_inline(inline, child, ended)
            elif kind == "wiki":
                self._wiki(inline, child)
            elif kind == "comment":
                self.skip("comment", child.content, self._span(inline, child))
            elif kind == "block_name":
                span = self._span(inline, child)
                self.skip("block name", child.content, span)
                message = f"{child.content} names a block for another program and is left out"
                self.report("N010", span, message, "take it away, or write it in backticks if it is text")
            elif kind == "footnote":
                self._footnote(inline, child)
            elif kind in ("math_inline", "math_inline_double"):
                tag = "span" if kind == "math_inline" else "div"
                html.append(f'<{tag} class="math">{escape(child.content.strip(), quote=False)}</{tag}>')
                text.append(child.content.strip())
                marked.append(f"${child.content}$")
            else:
                raise AssertionError(f"an inline token nobody writes: {kind}")
        while len(self._open) > opened and self._open[-1][0] in INLINE:
            name, where = self._open.pop()
            if name == "mark":
                self._close_mark()
            else:
                html.append(f"</{name}>")
            self._unclosed(name, where)

    def _span(self, inline: Token, child: Token) -> Span:
        return self.places.span(inline, *child.meta["at"])

    def _footnote(self, inline: Token, child: Token) -> None:
        self._html.append(escape(child.content, quote=False))
        self._text.append(child.content)
        self._marked.append(child.content)
        span = self._span(inline, child)
        self.report("N005", span, f"{child.content} is a footnote, which is shown as written", "put its text in place")

    def _link(self, inline: Token, child: Token) -> None:
        written = str(child.attrs["href"])
        # What is published knows a link as it is written; to find its note, its name is as that of all notes.
        marked = target(self.path, written)
        place = _named(marked)
        shown = unquote(written) if place.startswith("note:") else written
        self.found.links.append(Reference(place, shown, self._span(inline, child)))
        title = child.attrs.get("title")
        titled = f' title="{escape(str(title))}"' if title else ""
        self._html.append(f'<a href="{escape(place)}"{titled}>')
        self._marked.append(f"[({marked})")

    def _image(self, inline: Token, child: Token, written: str) -> None:
        place = address(self.path, written)
        alt, width = _words(child.children or ()), ""
        # Obsidian writes a width behind the words: `![A snake|300](snake.png)`.
        if sized := _SIZED.fullmatch(alt):
            alt, width = sized[1].strip(), sized[2]
        self.found.images.append(Reference(place, unquote(written), self._span(inline, child)))
        self._html.append(neutral.picture(place, alt, str(child.attrs.get("title", "")), width))
        self._text.append(alt)
        self._marked.append(f"![{alt}]({place})" if not width else f"![{alt}]({place}|{width})")

    def _wiki(self, inline: Token, child: Token) -> None:
        span = self._span(inline, child)
        name, alias = child.content, child.meta["alias"]
        if child.meta["embeds"] and name.lower().endswith(_PICTURE_SUFFIXES):
            size = _SIZE.fullmatch(alias)
            alt = alias if alias and not size else posixpath.splitext(posixpath.basename(name))[0]
            # Obsidian finds a picture by its name alone, wherever it lies in the vault.
            place = f"**/{name}"
            self.found.images.append(Reference(place, name, span))
            self._html.append(neutral.picture(place, alt, width=size[1] if size else ""))
            self._text.append(alt)
            self._marked.append(f"![{alt}]({place}|{alias})")
            return
        shown = alias or " > ".join(filter(None, (part.strip() for part in name.split("#")))) or name
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

    def _html_block(self, token: Token) -> None:
        content = token.content
        self._last = None
        comments, rest = leading(content)
        for comment in comments:
            self.comment(comment, self.places.span(token, comment.start, comment.end))
        self.words_behind(token, comments, rest)
        if not content[rest:].strip():
            return
        self._raw = True
        ended = set(_VARIABLE_ENDED.findall(content))
        for piece in pieces(content[rest:]):
            start, end = rest + piece.start, rest + piece.end
            if isinstance(piece, Comment):
                self.comment(piece, self.places.span(token, start, end))
            elif isinstance(piece, Text):
                words = content[start:end]
                if piece.foreign:
                    self._foreign(words, piece.foreign, self.places.span(token, start, start + len(piece.foreign)))
                else:
                    self._html_text(words)
            elif _VARIABLE.fullmatch(content, start, end) and content[start + 1] not in ended:
                self._foreign(content[start:end], content[start:end], self.places.span(token, start, end))
            else:
                place = self.places.span(token, start, end)
                self._tag(piece, content[start:end], place, parted="parted" in token.meta)
        self._html.append("\n")
        self._break()

    def _html_inline(self, inline: Token, child: Token, ended: Counter[str]) -> None:
        content, span = child.content, self._span(inline, child)
        piece = piece_at(content, 0, set())
        if isinstance(piece, Comment):
            self.comment(piece, span)
        elif not isinstance(piece, Tag):
            self._foreign(content, content, span)
        elif piece.closes or piece.attributes or piece.name not in INLINE | {"p"} or piece.name in VOID:
            self._tag(piece, content, span)
        elif ended[piece.name]:
            ended[piece.name] -= 1
            self._tag(piece, content, span)
        elif _VARIABLE.fullmatch(content):
            self._foreign(content, content, span)
        elif ends(piece.name):
            # More likely a mistake than an element: `a<b>c`. Nothing of it must vanish.
            self._show(content)
            self._unclosed(piece.name, span)
        else:
            self._tag(piece, content, span)

    def _html_text(self, words: str) -> None:
        # Entities stay, and stray signs are mended by the cleaner.
        self._html.append(words.replace("<", "&lt;"))
        self._marked.append(words)
        plain = unescape(words)
        if not any(name == "pre" for name, _ in self._open):
            plain = _LINE_END.sub("\n", plain)
            if not self._text or self._text[-1][-1:] == "\n":
                plain = plain.lstrip()
        if plain:
            self._text.append(plain)

    def _foreign(self, words: str, tag: str, span: Span) -> None:
        """Show as text what looks like HTML and is none that passes."""
        self._show(words)
        shown = tag if len(tag) < 40 else tag[:37] + "…"
        self.report("N004", span, f"{shown} is shown as text", f"write `{shown}` in backticks")

    def _show(self, words: str) -> None:
        self._html.append(escape(words, quote=False))
        self._text.append(words)
        self._marked.append(words)

    def _tag(self, tag: Tag, written: str, span: Span, *, parted: bool = False) -> None:
        stray = tag.name in ("rt", "rp") and all(name != "ruby" for name, _ in self._open)
        if (len(self._open) >= _OPEN or stray) and not tag.closes:
            self._foreign(written, written, span)
            return
        self._raw = True
        self._marked.append(written)
        if tag.name == "br":
            self._text.append("\n")
        elif tag.name not in INLINE:
            self._break()
        if tag.closes:
            if tag.name == "mark":
                self._close_mark()
            else:
                self._html.append(f"</{tag.name}>")
            self._close(tag.name, None if parted else span)
        elif tag.name == "img":
            self._raw_picture(self._values(tag, span), span)
        else:
            attributes = self._attributes(tag, span)
            if tag.name == "mark":
                self._open_mark()
            else:
                self._html.append(f"<{tag.name}{attributes}>")
            if ends(tag.name):
                self._open.append((tag.name, None if parted else span))

    def _close(self, name: str, span: Span | None) -> None:
        if not ends(name):
            return
        if not any(name == opened for opened, _ in self._open):
            if span:
                hint = f"take it away, or write <{name}> where it begins"
                self.report("N011", span, f"</{name}> closes nothing", hint)
            return
        while True:
            opened, where = self._open.pop()
            if opened == name:
                return
            self._unclosed(opened, where)

    def _unclosed(self, name: str, span: Span | None) -> None:
        if span:
            hint = f"write </{name}> where it ends, or `<{name}>` in backticks"
            self.report("N011", span, f"<{name}> is never closed", hint)

    def _values(self, tag: Tag, span: Span) -> dict[str, str]:
        """The attributes that pass; the others are left out."""
        values = dict(tag.attributes)
        self.found.anchors.update(value for name, value in values.items() if name in ("id", "name"))
        passing = {name: value for name, value in values.items() if passes(tag.name, name, value)}
        if tag.name == "code" and (language := _LANGUAGE.search(values.get("class", ""))):
            passing["class"] = language[0]
        left = {name: value for name, value in values.items() if passing.get(name) != value}
        if left:
            self.skip("attributes", " ".join(f'{name}="{value}"' for name, value in left.items()), span)
        return passing

    def _attributes(self, tag: Tag, span: Span) -> str:
        """The attributes that pass, a link's address first, as neutral HTML spells it."""
        values = self._values(tag, span)
        if written := values.pop("href", ""):
            place = target(self.path, written)
            if place.startswith(_FOLLOWED):
                self.found.links.append(Reference(place, written, span))
                values = {"href": place, **values}
            else:
                self.skip("attributes", f'href="{written}"', span)
        return "".join(f' {name}="{escape(value)}"' for name, value in values.items())

    def _raw_picture(self, values: dict[str, str], span: Span) -> None:
        alt = values.get("alt", "") or values.get("title", "")
        self._text.append(alt)
        written = values.get("src", "")
        if not written:
            self._html.append(escape(alt, quote=False))
            return
        place = address(self.path, written)
        self.found.images.append(Reference(place, unquote(written), span))
        title, width, height = (values.get(name, "") for name in ("title", "width", "height"))
        self._html.append(neutral.picture(place, alt, title, width, height))


def _ended(children: Sequence[Token]) -> Counter[str]:
    """How many end tags of each element inline tokens hold."""
    return Counter(
        child.content[2:-1].strip().lower()
        for child in children
        if child.type == "html_inline" and child.content.startswith("</")
    )


def _words(children: Sequence[Token]) -> str:
    """The words of inline tokens: what a picture's alternative text is."""
    words = ""
    for child in children:
        words += _words(child.children) if child.children else " " if child.type.endswith("break") else child.content
    return words
