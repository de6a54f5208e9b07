"""Our Markdown: text to tokens. The only module that knows markdown-it.

CommonMark with tables and strikethrough, and what `DESIGN` adds: highlights, literal `__names__`, Obsidian's links,
comments and block names, maths where asked for. What a note holds is in its tokens: nothing is dropped for being
nested too deep, in too many cells, or like a footnote.

Every inline token of a link, picture, comment, piece of HTML or other program's habit carries its place in the
inline text as `meta["at"] = (start, end)`; `places` turns that into lines and columns.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from typing import Any

from markdown_it import MarkdownIt
from markdown_it.common.utils import MD_TRIM_CHARS
from markdown_it.rules_block import StateBlock
from markdown_it.rules_inline import StateInline
from markdown_it.rules_inline.state_inline import Delimiter
from markdown_it.token import Token
from mdit_py_plugins.dollarmath import dollarmath_plugin
from mdit_py_plugins.front_matter import front_matter_plugin

__all__ = ["TRIMMED", "Definition", "Token", "tokens"]

# What markdown-it takes off both ends of the text of a paragraph, heading or cell.
TRIMMED = MD_TRIM_CHARS

_RUN = re.compile(r"\w+")
_WIKI = re.compile(r"(!?)\[\[([^\[\]\n|]+)(?:\|([^\[\]\n]*))?\]\]")
_FOOTNOTE = re.compile(r"\[\^[^\]\s]+\]")
# Anki knows blanks up to number 500, and refuses a whole package for one of number 65537. It writes two colons.
_GROUP = re.compile(r"(c(?:500|[1-4][0-9]{2}|[1-9][0-9]?)):{1,2}+[ \t]*+(?!==)")
_BLOCK_NAME = re.compile(r"\^(?=[A-Za-z0-9-]*[A-Za-z])[A-Za-z0-9-]{2,}[ \t]*$")
# `<class 'int'>`: in angle brackets and no HTML, without anything in it that Markdown would act on.
_ANGLED = re.compile(r"</?[A-Za-z][\w.:-]*(?:[ ,|][^<>\n*_`~=!&\\$\[\]]*)?>")

# markdown-it drops what is nested deeper than this: each level is a few calls deep, and Python's limit is not far.
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
    inline, block = markdown.inline.ruler, markdown.block.ruler
    if maths:
        markdown.use(dollarmath_plugin, allow_space=False, allow_digits=False, allow_labels=False, double_inline=True)
        inline.at("math_inline", _without_code(_rule(inline, "math_inline")))
    for name in ("link", "image", "autolink", "html_inline"):
        inline.at(name, _placed(_rule(inline, name)))
    inline.before("emphasis", "ours", _ours)
    inline.after("html_inline", "angled", _angled)
    markdown.inline.ruler2.before("emphasis", "highlight", _paired)
    block.before("fence", "comment", _block_comment, {"alt": ["paragraph", "reference", "blockquote", "list"]})
    block.before("table", "nested", _nested)
    block.at("front_matter", _opened_alone(_rule(block, "front_matter")))
    block.at("reference", _no_footnote(_rule(block, "reference")))
    block.at("heading", _placed_heading(_rule(block, "heading")), {"alt": ["paragraph", "reference", "blockquote"]})
    block.at("table", _placed_table(_rule(block, "table")), {"alt": ["paragraph", "reference"]})
    return markdown


_Rule = Callable[[StateInline, bool], bool]
_BlockRule = Callable[[StateBlock, int, int, bool], bool]


def _rule(ruler: Any, name: str) -> Any:
    return next(rule.fn for rule in ruler.__rules__ if rule.name == name)


# --- blocks -----------------------------------------------------------------------------------------------------


def _nested(state: StateBlock, start: int, end: int, silent: bool) -> bool:
    """What would be dropped a list or quote further in: to the end of what it is in, as it stands."""
    if state.level < _NESTING - 2 or silent:
        return False
    after = start + 1
    while after < end and (state.isEmpty(after) or state.sCount[after] >= state.blkIndent):
        after += 1
    token = state.push("nested", "", 0)
    token.content = state.getLines(start, after, state.blkIndent, False)
    token.map = [start, after]
    state.line = after
    return True


def _opened_alone(rule: _BlockRule) -> _BlockRule:
    """The same rule, but its first line holds three hyphens and nothing else: `--- words` is no front matter."""

    def front_matter(state: StateBlock, start: int, end: int, silent: bool) -> bool:
        return not start and state.src[: state.eMarks[0]].rstrip() == "---" and rule(state, start, end, silent)

    return front_matter


def _no_footnote(definition: _BlockRule) -> _BlockRule:
    """The same rule, but `[^1]: word` is text: it would vanish as the definition of a link named `^1`."""

    def reference(state: StateBlock, start: int, end: int, silent: bool) -> bool:
        first = state.bMarks[start] + state.tShift[start]
        return not state.src.startswith("[^", first) and definition(state, start, end, silent)

    return reference


def _column(state: StateBlock, position: int) -> int:
    """How far into its line a position in the source is."""
    return position - state.src.rfind("\n", 0, position) - 1


def _placed_heading(rule: _BlockRule) -> _BlockRule:
    """The same rule; the text of the heading says in `meta["column"]` how far into its line it begins."""

    def heading(state: StateBlock, start: int, end: int, silent: bool) -> bool:
        if not rule(state, start, end, silent):
            return False
        if not silent:
            opener, inline = state.tokens[-3:-1]
            first = state.bMarks[start] + state.tShift[start] + len(opener.markup)
            rest = state.src[first : state.eMarks[start]]
            inline.meta["column"] = _column(state, first) + len(rest) - len(rest.lstrip(TRIMMED))
        return True

    return heading


def _placed_table(rule: _BlockRule) -> _BlockRule:
    """The same rule; each cell has its `meta["column"]`, each row in `meta["beyond"]` what is in no column."""

    def table(state: StateBlock, start: int, end: int, silent: bool) -> bool:
        count = len(state.tokens)
        if not rule(state, start, end, silent):
            return False
        row: Token | None = None
        cells: list[tuple[int, str]] = []
        for token in state.tokens[count:]:
            if token.type == "tr_open" and token.map:
                row, line = token, token.map[0]
                first = state.bMarks[line] + state.tShift[line]
                cells = _cells(state.src[first : state.eMarks[line]], _column(state, first))
            elif token.type == "inline":
                column, _ = cells.pop(0) if cells else (0, "")
                token.meta.update(column=column, cell=True)
            elif token.type == "tr_close" and row:
                row.meta["beyond"] = [cell for cell in cells if cell[1]]
        return True

    return table


def _cells(row: str, column: int) -> list[tuple[int, str]]:
    """The cells of a row as written, each with how far into the line it begins; cut where markdown-it cuts."""
    text = row.strip(TRIMMED)
    column += len(row) - len(row.lstrip(TRIMMED))
    cuts = [-1, *(i for i, sign in enumerate(text) if sign == "|" and (not i or text[i - 1] != "\\")), len(text)]
    pieces = [(cuts[k] + 1, text[cuts[k] + 1 : cuts[k + 1]]) for k in range(len(cuts) - 1)]
    if pieces and not pieces[0][1]:
        pieces = pieces[1:]
    if pieces and not pieces[-1][1]:
        pieces = pieces[:-1]
    return [(column + at + len(cell) - len(cell.lstrip(TRIMMED)), cell.strip(TRIMMED)) for at, cell in pieces]


def _block_comment(state: StateBlock, start: int, end: int, silent: bool) -> bool:
    """Obsidian's comment in lines of its own: `%%…%%`, or from a `%%` up to a line that ends with the next."""
    first = state.bMarks[start] + state.tShift[start]
    if not state.src.startswith("%%", first) or state.is_code_block(start):
        return False
    line = state.src[first : state.eMarks[start]].rstrip()
    after = start + 1
    if len(line) >= 4 and line.endswith("%%"):
        if "%%" in line[2:-2]:
            return False
    elif line == "%%" or (line[2] in " \t" and "%%" not in line[2:]):
        after = _closed_comment(state, after, end)
        if not after:
            return False
    else:
        return False
    if not silent:
        token = state.push("comment", "", 0)
        content = state.getLines(start, after, state.blkIndent, False).strip()
        token.content = content.removeprefix("%%").removesuffix("%%")
        token.map = [start, after]
        state.line = after
    return True


def _closed_comment(state: StateBlock, line: int, end: int) -> int:
    """The line below the one that closes a comment; 0 where none does."""
    # Each opener that nothing closes would read the rest of the file.
    unclosed: int = state.env.get("unclosed", end + 1)
    if line >= unclosed:
        return 0
    for after in range(line, end):
        if state.sCount[after] < state.blkIndent and not state.isEmpty(after):
            return 0
        text = state.src[state.bMarks[after] : state.eMarks[after]].rstrip()
        if "%%" in text:
            return after + 1 if text.find("%%") == len(text) - 2 else 0
    if end == len(state.bMarks) - 1:
        state.env["unclosed"] = line
    return 0


# --- inline -----------------------------------------------------------------------------------------------------


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


def _without_code(rule: _Rule) -> _Rule:
    """The rule for maths, but `$10, `x$`` is none: a formula neither begins outside code and ends in it, nor holds `$`."""

    def maths(state: StateInline, silent: bool) -> bool:
        start = state.pos
        if not rule(state, True):
            return False
        end, state.pos = state.pos, start
        inner = state.src[start:end].strip("$")
        return "`" not in inner and "$" not in inner.replace("\\$", "") and rule(state, silent)

    return maths


def _ours(state: StateInline, silent: bool) -> bool:
    """The rules that markdown-it lacks, by the sign that each begins with."""
    rule = _OURS.get(state.src[state.pos])
    return rule is not None and rule(state, silent)


def _push(state: StateInline, silent: bool, kind: str, content: str, end: int, **meta: object) -> bool:
    if not silent:
        token = state.push(kind, "", 0)
        token.content = content
        token.meta = {"at": (state.pos, end), **meta}
    state.pos = end
    return True


def _before(state: StateInline) -> str:
    """The character in front, a space at the beginning."""
    return state.src[state.pos - 1] if state.pos else " "


def _dunder(state: StateInline, silent: bool) -> bool:
    """A lower-case word between double underscores, as written."""
    before = _before(state)
    if not state.src.startswith("__", state.pos) or before.isalnum() or before == "_":
        return False
    match = _RUN.match(state.src, state.pos, state.posMax)
    name = match[0] if match else ""
    word = name[2:-2]
    if match is None or not name.endswith("__") or not word.islower() or word[0] in "_0123456789" or word[-1] == "_":
        return False
    if not silent:
        state.pending += name
    state.pos = match.end()
    return True


def _bracketed(state: StateInline, silent: bool) -> bool:
    """A footnote's `[^1]`, or Obsidian's `[[Page]]`, `[[Page|words]]`, `![[picture.png]]`."""
    if match := _FOOTNOTE.match(state.src, state.pos, state.posMax):
        return _push(state, silent, "footnote", match[0], match.end())
    match = _WIKI.match(state.src, state.pos, state.posMax)
    if match is None or not match[2].strip():
        return False
    # Inside a table the bar has a backslash, and writers keep the habit outside.
    name, alias = match[2].strip().removesuffix("\\"), (match[3] or "").strip()
    return _push(state, silent, "wiki", name, match.end(), embeds=bool(match[1]), alias=alias)


def _inline_comment(state: StateInline, silent: bool) -> bool:
    """Obsidian's `%%…%%`, but not the two `%%` of "100%% of 50%%" or of "%%time and %%timeit"."""
    if not state.src.startswith("%%", state.pos) or _before(state).isalnum():
        return False
    close = state.src.find("%%", state.pos + 2, state.posMax)
    end = close + 2
    if close <= state.pos + 2 or state.src[end : end + 1].isalnum():
        return False
    return _push(state, silent, "comment", state.src[state.pos + 2 : close], end)


def _block_name(state: StateInline, silent: bool) -> bool:
    """Obsidian's `^name` of a block, at the end of its text."""
    if state.src[state.pos] != "^" or not _before(state).isspace():
        return False
    match = _BLOCK_NAME.match(state.src, state.pos)
    if match and not silent:
        state.pending = state.pending.rstrip()
    return match is not None and _push(state, silent, "block_name", match[0].rstrip(), match.end())


def _angled(state: StateInline, silent: bool) -> bool:
    """What is in angle brackets and no HTML: text, but HTML to its reader's eye."""
    match = _ANGLED.match(state.src, state.pos, state.posMax) if state.src[state.pos] == "<" else None
    return match is not None and _push(state, silent, "html_inline", match[0], match.end())


def _highlight(state: StateInline, silent: bool) -> bool:
    """`==` as a delimiter that opens after a non-word and closes before one, like `_`."""
    if silent:
        return False
    scanned = state.scanDelims(state.pos, False)
    if scanned.length != 2 or not (scanned.can_open or scanned.can_close):
        state.pending += "=" * scanned.length
        state.pos += scanned.length
        return True
    start = state.pos
    token = state.push("text", "", 0)
    token.content = "=="
    if scanned.can_open and (group := _GROUP.match(state.src, start + 2, state.posMax)):
        token.meta = {"group": group[1], "prefix": group[0]}
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
                if inner.type == "text" and inner.content.startswith(first.meta["prefix"]):
                    inner.content = inner.content.removeprefix(first.meta["prefix"])
                    first.attrs = {"data-group": first.meta["group"]}


_OURS: dict[str, _Rule] = {
    "_": _dunder,
    "=": _highlight,
    "[": _bracketed,
    "!": _bracketed,
    "%": _inline_comment,
    "^": _block_name,
}
