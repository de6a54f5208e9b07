"""Our Markdown: text to tokens, each with its place. The only module that knows markdown-it.

CommonMark with tables and strikethrough, and what `DESIGN` adds: highlights, literal `__names__`, Obsidian's links
and comments, maths where asked for. Every inline token that the rules here or their wrappers push carries its place
in the inline text as `meta["at"] = (start, end)`.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from functools import cache
from typing import Any

from markdown_it import MarkdownIt
from markdown_it.rules_block import StateBlock
from markdown_it.rules_inline import StateInline
from markdown_it.rules_inline.state_inline import Delimiter
from markdown_it.token import Token
from mdit_py_plugins.dollarmath import dollarmath_plugin
from mdit_py_plugins.front_matter import front_matter_plugin

__all__ = ["Definition", "Places", "Token", "tokens"]

_DUNDER = re.compile(r"__[a-z](?:[a-z0-9_]*[a-z0-9])?__(?!\w)")
_WIKI = re.compile(r"(!?)\[\[([^\[\]\n|]+)(?:\|([^\[\]\n]*))?\]\]")
_COMMENT = re.compile(r"%%(.+?)%%", re.DOTALL)
_FOOTNOTE = re.compile(r"\[\^[^\]\s]+\]")
_GROUP = re.compile(r"(c[1-9][0-9]*):")

# markdown-it drops what is nested deeper than this, and Python's own limit on recursion is not far above it.
_NESTING = 150


@dataclass(frozen=True, slots=True)
class Definition:
    """A link definition: its lines in the file, 0-based, the end exclusive."""

    first: int
    end: int


def tokens(text: str, *, maths: bool = False) -> tuple[list[Token], tuple[Definition, ...]]:
    """The tokens of a note and the lines that define links. Each line of `text` ends with a line feed alone."""
    environment: dict[str, Any] = {}
    made = _markdown(maths).parse(text, environment)
    definitions = [*environment.get("references", {}).values(), *environment.get("duplicate_refs", ())]
    return made, tuple(Definition(*d["map"]) for d in definitions)


@cache
def _markdown(maths: bool) -> MarkdownIt:
    markdown = MarkdownIt("commonmark", {"maxNesting": _NESTING}).enable(["table", "strikethrough"])
    markdown.use(front_matter_plugin)
    if maths:
        markdown.use(dollarmath_plugin, allow_space=False, allow_digits=False, allow_labels=False, double_inline=True)
    inline = markdown.inline.ruler
    for name in ("link", "image", "autolink", "html_inline", "backticks"):
        rule = next(r.fn for r in inline.__rules__ if r.name == name)
        inline.at(name, _placed(rule))
    inline.before("emphasis", "dunder", _dunder)
    inline.before("emphasis", "highlight", _highlight)
    inline.before("link", "footnote", _footnote)
    inline.before("link", "wiki", _wiki)
    inline.before("link", "comment", _inline_comment)
    markdown.inline.ruler2.before("emphasis", "highlight", _paired)
    markdown.block.ruler.before(
        "fence", "comment", _block_comment, {"alt": ["paragraph", "reference", "blockquote", "list"]}
    )
    definition = next(r.fn for r in markdown.block.ruler.__rules__ if r.name == "reference")

    def reference(state: StateBlock, start: int, end: int, silent: bool) -> bool:
        # `[^1]: word` is a footnote to its writer, and would vanish as the definition of a link named `^1`.
        first = state.bMarks[start] + state.tShift[start]
        return not state.src.startswith("[^", first) and definition(state, start, end, silent)

    markdown.block.ruler.at("reference", reference)
    return markdown


_Rule = Callable[[StateInline, bool], bool]


def _placed(rule: _Rule) -> _Rule:
    """The same rule; the first token it pushes says where in the inline text it stands."""

    def placed(state: StateInline, silent: bool) -> bool:
        start, count = state.pos, len(state.tokens)
        pending = bool(state.pending)
        if not rule(state, silent):
            return False
        # Text still pending becomes a token of its own in front of the rule's first.
        first = count + pending
        if not silent and len(state.tokens) > first:
            state.tokens[first].meta["at"] = (start, state.pos)
        return True

    return placed


def _push(state: StateInline, kind: str, content: str, end: int, **meta: object) -> bool:
    token = state.push(kind, "", 0)
    token.content = content
    token.meta = {"at": (state.pos, end), **meta}
    state.pos = end
    return True


def _dunder(state: StateInline, silent: bool) -> bool:
    if not state.src.startswith("__", state.pos):
        return False
    before = state.src[state.pos - 1] if state.pos else " "
    match = _DUNDER.match(state.src, state.pos, state.posMax)
    if match is None or before.isalnum() or before == "_":
        return False
    if not silent:
        state.pending += match[0]
    state.pos = match.end()
    return True


def _footnote(state: StateInline, silent: bool) -> bool:
    match = _FOOTNOTE.match(state.src, state.pos, state.posMax)
    if match is None:
        return False
    if silent:
        state.pos = match.end()
        return True
    return _push(
        state, "footnote", match[0], match.end(), opens_line=state.pos == 0 or state.src[state.pos - 1] == "\n"
    )


def _wiki(state: StateInline, silent: bool) -> bool:
    if state.src[state.pos] not in "![":
        return False
    match = _WIKI.match(state.src, state.pos, state.posMax)
    if match is None:
        return False
    if silent:
        state.pos = match.end()
        return True
    return _push(state, "wiki", match[2].strip(), match.end(), embeds=bool(match[1]), alias=(match[3] or "").strip())


def _inline_comment(state: StateInline, silent: bool) -> bool:
    match = _COMMENT.match(state.src, state.pos, state.posMax) if state.src[state.pos] == "%" else None
    if match is None:
        return False
    if silent:
        state.pos = match.end()
        return True
    return _push(state, "comment", match[1], match.end())


def _block_comment(state: StateBlock, start: int, end: int, silent: bool) -> bool:
    """Obsidian's `%%` on a line of its own up to the next one, or one `%%…%%` that fills its line."""
    first = state.bMarks[start] + state.tShift[start]
    if not state.src.startswith("%%", first) or state.is_code_block(start):
        return False
    line = state.src[first : state.eMarks[start]].rstrip()
    if len(line) >= 4 and line.endswith("%%") and "%%" not in line[2:-2]:
        after = start + 1
    elif line == "%%":
        after = start + 1
        while after < end and state.src[state.bMarks[after] : state.eMarks[after]].strip() != "%%":
            after += 1
        if after == end:
            return False
        after += 1
    else:
        return False
    if not silent:
        token = state.push("comment", "", 0)
        token.content = (
            state.getLines(start, after, state.blkIndent, False).strip().removeprefix("%%").removesuffix("%%")
        )
        token.map = [start, after]
        state.line = after
    return True


def _highlight(state: StateInline, silent: bool) -> bool:
    """`==` as a delimiter that opens after a non-word and closes before one, like `_`."""
    if silent or state.src[state.pos] != "=":
        return False
    scanned = state.scanDelims(state.pos, False)
    if scanned.length != 2:
        state.pending += "=" * scanned.length
        state.pos += scanned.length
        return True
    start = state.pos
    token = state.push("text", "", 0)
    token.content = "=="
    token.meta = {"at": (start, start + 2)}
    if scanned.can_open and (group := _GROUP.match(state.src, start + 2, state.posMax)):
        token.meta["group"] = group[1]
    state.delimiters.append(
        Delimiter(
            marker=ord("="),
            length=0,
            token=len(state.tokens) - 1,
            end=-1,
            open=scanned.can_open,
            close=scanned.can_close,
        )
    )
    state.pos += 2
    return True


def _paired(state: StateInline) -> None:
    """Turn the delimiters of highlights that found their partner into marks."""
    for delimiters in (state.delimiters, *(m["delimiters"] for m in state.tokens_meta if m and "delimiters" in m)):
        for opener in delimiters:
            if opener.marker != ord("=") or opener.end == -1:
                continue
            first, last = state.tokens[opener.token], state.tokens[delimiters[opener.end].token]
            first.type, first.tag, first.nesting, first.content = "mark_open", "mark", 1, ""
            last.type, last.tag, last.nesting, last.content = "mark_close", "mark", -1, ""
            if "group" in first.meta:
                inner = state.tokens[opener.token + 1]
                prefix = f"{first.meta['group']}:"
                if inner.type == "text" and inner.content.startswith(prefix):
                    inner.content = inner.content.removeprefix(prefix)
                    first.attrs = {"data-group": first.meta["group"]}


class Places:
    """Where the text of inline tokens stands in the file: offsets to 1-based lines and columns."""

    def __init__(self, text: str) -> None:
        self.lines = text.split("\n")

    def at(self, inline: Token, offset: int) -> tuple[int, int]:
        """The line and column of an offset in an inline token's text."""
        first = inline.map[0] if inline.map else 0
        before = inline.content[:offset]
        row = before.count("\n")
        within = offset - (before.rfind("\n") + 1)
        content = inline.content.split("\n")[row]
        number = min(first + row, len(self.lines) - 1)
        line = self.lines[number]
        if "cell" in inline.meta:
            # A bar inside a cell is written `\\|` and stands in the inline text without its backslash.
            return number + 1, inline.meta["cell"] + within + content[:within].count("|") + 1
        stripped = content.strip()
        if "level" in inline.meta:
            opener = line.find("#") + inline.meta["level"]
            start = line.find(stripped, opener)
        else:
            start = line.rfind(stripped)
        lead = len(content) - len(content.lstrip())
        return number + 1, max(0, start - lead + within) + 1

    def first_of(self, line: int) -> int:
        """The 1-based column of the first character of a 0-based line that is not white space."""
        text = self.lines[line] if line < len(self.lines) else ""
        return len(text) - len(text.lstrip()) + 1

    def words(self, first: int, end: int) -> str:
        """The text of the 0-based lines from `first` up to `end`."""
        return "\n".join(self.lines[first:end])

    def cells(self, row: int, inlines: Iterable[Token]) -> str:
        """Put its column into each cell's token; what the row holds beyond the last of them comes back."""
        line, cursor = self.lines[row], 0
        for inline in inlines:
            written = inline.content.replace("|", "\\|")
            found = line.find(written, cursor)
            inline.meta["cell"] = max(found, cursor)
            cursor = max(found, cursor) + len(written)
            # Past the bar that ends the cell, so that an empty one is found behind it.
            bar = line.find("|", cursor)
            cursor = bar if written and bar >= 0 else cursor
        return line[cursor:].strip(" \t|")
