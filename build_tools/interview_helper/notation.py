"""Our Markdown: text to tokens. The only module that knows markdown-it.

CommonMark with tables and strikethrough, and what `DESIGN` adds: highlights, literal `__names__`, Obsidian's links,
comments and block names, maths where asked for. What a note holds is in its tokens: nothing is dropped for being
nested too deep, in too many cells, or like a footnote.

Every inline token of a link, picture, comment, formula, piece of code or HTML, or habit of another program carries
its place in the inline text as `meta["at"] = (start, end)`; `places` turns that into lines and columns.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cache
from typing import Any

from markdown_it import MarkdownIt
from markdown_it.common.utils import MD_TRIM_CHARS
from markdown_it.rules_block import StateBlock
from markdown_it.rules_inline import StateInline
from markdown_it.rules_inline.state_inline import Delimiter
from markdown_it.token import Token
from mdit_py_plugins.front_matter import front_matter_plugin

__all__ = ["TRIMMED", "Definition", "Token", "tokens"]

# What markdown-it takes off both ends of the text of a paragraph, heading or cell.
TRIMMED = MD_TRIM_CHARS

_RUN = re.compile(r"\w+")
_WIKI = re.compile(r"(!?)\[\[([^\[\]\n|]+)(?:\|([^\[\]\n]*))?\]\]")
_FOOTNOTE = re.compile(r"\[\^[^\[\]\s]+\]")
# Anki knows blanks up to number 500, and refuses a whole package for one of number 65537. It writes two colons.
_GROUP = re.compile(r"(c(?:500|[1-4][0-9]{2}|[1-9][0-9]?)):{1,2}+[ \t]*+(?!==)")
_BLOCK_NAME = re.compile(r"\^(?=[A-Za-z0-9-]*[A-Za-z])[A-Za-z0-9-]{2,}[ \t]*$")
# `<class 'int'>`: in angle brackets and no HTML, without anything in it that Markdown would act on.
_ANGLED = re.compile(r"</?[A-Za-z][\w.:-]*(?:[ ,|][^<>\n*_`~=!&\\$\[\]]*)?>")

# No price: a dollar opens in front of what is no space, behind what is no word and no number, and closes behind what is
# no space and in front of no number. No code: `$10, `x$``. Only ASCII counts as a word, for Chinese has no spaces.
_FORMULA = re.compile(r"(?<![A-Za-z0-9_$])\$(?![\s$])((?:[^$`\\]|\\.)+)(?<!\s)\$(?![0-9$])", re.DOTALL)
# A dollar inside a displayed one stands in braces: `$$\text{if $x$}$$`. The number of a shell is none: `kill $$;`.
_DISPLAYED = re.compile(
    r"(?<!\$)\$\$(?!\s*[$;)])((?:(?>\{(?:[^{}$`\\]|\\.|\$(?!\$))*\})|[^$`\\]|\\.)++)\$\$(?!\$)", re.DOTALL
)
_NAME = re.compile(r"[A-Za-z_]{2,}")
_CLOSES = re.compile(r"(?:[^$\\]|\\.|\$(?!\$))*\$\$")
_CUTS = re.compile(r"#{1,6}(?:[ \t]|$)|```|~~~")
_IN_CELLS = re.compile(r"(?<![A-Za-z0-9_$\\`])\$(?![\s$])((?:[^$`\\\n]|\\.)*)(?<!\s)\$(?![A-Za-z0-9_$`])")
_UNESCAPED_BAR = re.compile(r"(?<!\\)\|")
_BAR = "\0"  # markdown-it leaves none in its source
_CELLS_ONLY = re.compile(r"[ \t:|-]*-[ \t:|-]*")

# markdown-it drops what is nested deeper than this. A level is 4 calls deep in the parser and 7 in WeasyPrint, and what
# is in it may have 15 elements of HTML and 10 of emphasis in each other besides (`fragments`): Python allows 1,000 calls.
_NESTING = 40

# Cells that a table may have filled up, besides one for each of its characters: a row of two characters would be one of
# as many cells as its header has. And markdown-it takes a row apart in a time that grows with the square of its length.
_FILLED = 500
_ROW = 50_000


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
        inline.before("escape", "maths", _placed(_maths))
        block.before("fence", "displayed", _displayed, {"alt": ["paragraph", "reference", "blockquote", "list"]})
    for name in ("link", "image", "autolink", "html_inline", "backticks"):
        inline.at(name, _placed(_rule(inline, name)))
    inline.before("emphasis", "ours", _ours)
    inline.after("html_inline", "angled", _angled)
    markdown.inline.ruler2.before("emphasis", "highlight", _paired)
    block.before("fence", "comment", _block_comment, {"alt": ["paragraph", "reference", "blockquote", "list"]})
    block.before("table", "nested", _nested)
    block.before("table", "overfull", _overfull, {"alt": ["blockquote"]})
    block.at("front_matter", _opened_alone(_rule(block, "front_matter")))
    block.at("reference", _no_footnote(_rule(block, "reference")))
    block.at("heading", _placed_heading(_rule(block, "heading")), {"alt": ["paragraph", "reference", "blockquote"]})
    table = _placed_table(_bounded_table(_rule(block, "table")))
    block.at("table", _with_maths(table) if maths else table, {"alt": ["paragraph", "reference"]})
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
    _push_written(state, start, after, "N013")
    return True


def _push_written(state: StateBlock, start: int, after: int, code: str) -> None:
    """Have lines as they stand for a block, and `meta["code"]` for why."""
    token = state.push("written", "", 0)
    token.content = state.getLines(start, after, state.blkIndent, False)
    token.map = [start, after]
    token.meta["code"] = code
    state.line = after


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


@dataclass(slots=True)
class _Filling:
    """How many columns a table has, how many cells were filled up so far, and how many may be."""

    columns: int
    filled: int = 0
    allowed: int = _FILLED


def _overfull(state: StateBlock, line: int, _end: int, silent: bool) -> bool:
    """Ends a table, as a quote does, in front of a row with which it would have more cells filled up than may be."""
    if not silent or state.parentType != "table":
        return False
    filling: _Filling = state.env["filling"]
    row = state.src[state.bMarks[line] + state.tShift[line] : state.eMarks[line]].strip(TRIMMED)
    filling.filled += max(0, filling.columns - (row.count("|") + 1 - row.startswith("|") - row.endswith("|")))
    filling.allowed += len(row)
    if len(row) <= _ROW and filling.filled <= filling.allowed:
        return False
    state.env["overfull"] = line
    return True


def _bounded_table(rule: _BlockRule) -> _BlockRule:
    """The same rule; a table that `_overfull` has ended says in `meta["overfull"]` in front of which line."""

    def table(state: StateBlock, start: int, end: int, silent: bool) -> bool:
        if start + 1 >= end:
            return False
        rules = state.src[state.bMarks[start + 1] + state.tShift[start + 1] : state.eMarks[start + 1]]
        if state.eMarks[start] - state.bMarks[start] > _ROW:
            if state.is_code_block(start) or not _CELLS_ONLY.fullmatch(rules):
                return False
            if not silent:
                after = start + 2
                while after < end and not state.isEmpty(after) and state.sCount[after] >= state.blkIndent:
                    after += 1
                _push_written(state, start, after, "N016")
            return True
        if silent:
            return rule(state, start, end, silent)
        state.env["filling"] = _Filling(len([each for each in rules.split("|") if each.strip(TRIMMED)]))
        count = len(state.tokens)
        if not rule(state, start, end, silent):
            return False
        if state.env.pop("overfull", 0) == state.line:
            state.tokens[count].meta["overfull"] = state.line
        return True

    return table


def _placed_table(rule: _BlockRule) -> _BlockRule:
    """The same rule; each cell has its `meta["column"]`, each row in `meta["beyond"]` what is in no column."""

    def table(state: StateBlock, start: int, end: int, silent: bool) -> bool:
        count = len(state.tokens)
        if not rule(state, start, end, silent):
            return False
        row: Token | None = None
        cells: Iterator[tuple[int, str]] = iter(())
        for token in state.tokens[count:]:
            if token.type == "tr_open" and token.map:
                row, line = token, token.map[0]
                first = state.bMarks[line] + state.tShift[line]
                cells = iter(_cells(state.src[first : state.eMarks[line]], _column(state, first)))
            elif token.type == "inline":
                column, _ = next(cells, (0, ""))
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


def _displayed(state: StateBlock, start: int, end: int, silent: bool) -> bool:
    """A displayed formula in lines of its own, `$$` to `$$`, blank lines included; one that nothing ends is named."""
    first = state.bMarks[start] + state.tShift[start]
    if not state.src.startswith("$$", first) or state.is_code_block(start):
        return False
    if silent and not _interrupts(state, start):
        return False
    after = _closed_maths(state, start, end)
    if after is None or (not after and state.src[first + 2 : state.eMarks[start]].strip()):
        return False
    if not silent:
        content = state.getLines(start, after or start + 1, state.sCount[start], False).strip()
        token = state.push("math_block" if after else "unclosed_maths", "math", 0)
        token.content = content[2:-2] if after else content
        token.map = [start, after or start + 1]
        state.line = after or start + 1
    return True


def _interrupts(state: StateBlock, line: int) -> bool:
    """Whether a `$$` that is alone on its line below other text can open a formula: no `$$` in that text is open."""
    if state.src[state.bMarks[line] : state.eMarks[line]].strip("> \t") != "$$":
        return False
    # A text may have many such lines: each counts only what the one before it has not.
    first = state.bMarks[state.line]
    counted, end, count = state.env.get("counted", (-1, 0, 0))
    if counted != first or end > state.bMarks[line]:
        end, count = first, 0
    count += state.src.count("$$", end, state.bMarks[line])
    state.env["counted"] = (first, state.bMarks[line], count)
    return bool(count % 2 == 0)


def _closed_maths(state: StateBlock, start: int, end: int) -> int | None:
    """The line below the one that ends a displayed formula; 0 where none does, None where it ends within its line."""
    position = state.bMarks[start] + state.tShift[start] + 2
    blank = False
    for line in range(start, end):
        text = state.src[position : state.eMarks[line]]
        if line > start and ((state.sCount[line] < state.blkIndent and not state.isEmpty(line)) or _CUTS.match(text)):
            return 0
        if match := _CLOSES.match(text):
            if text[match.end() :].strip():
                return 0 if blank else None
            return line + 1 if line > start or text[: match.end() - 2].strip() else None
        blank = blank or state.isEmpty(line)
        position = state.bMarks[line + 1] + state.tShift[line + 1]
    return 0


def _with_maths(rule: _BlockRule) -> _BlockRule:
    """The same rule, but a bar within a formula ends no cell; with a backslash it is a bar, as anywhere in a table."""

    def table(state: StateBlock, start: int, end: int, silent: bool) -> bool:
        # What is no header with its line of hyphens is no table; only a table's lines are worth the work.
        if silent or start + 1 >= end:
            return rule(state, start, end, silent)
        second = state.src[state.bMarks[start + 1] + state.tShift[start + 1] : state.eMarks[start + 1]]
        if not _CELLS_ONLY.fullmatch(second):
            return rule(state, start, end, silent)
        last = start
        while last + 1 < end and not state.isEmpty(last + 1):
            last += 1
        first, beyond, source = state.bMarks[start], state.eMarks[last], state.src
        lines = source[first:beyond]
        if "$" not in lines:
            return rule(state, start, end, silent)
        count = len(state.tokens)
        state.src = source[:first] + _IN_CELLS.sub(_barred, lines) + source[beyond:]
        made = rule(state, start, end, silent)
        state.src = source
        for token in state.tokens[count:]:
            token.content = token.content.replace(_BAR, "|")
        return made

    return table


def _barred(match: re.Match[str]) -> str:
    """A formula in a table with another sign for its bars; `$|$` is hardly one."""
    return _UNESCAPED_BAR.sub(_BAR, match[0]) if match[1].strip("| \t") else match[0]


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


def _maths(state: StateInline, silent: bool) -> bool:
    """A formula as written: `$…$`, or `$$…$$` for a displayed one."""
    if state.src[state.pos] != "$":
        return False
    if match := _DISPLAYED.match(state.src, state.pos, state.posMax):
        kind, content = "math_inline_double", match[1]
    else:
        match = _FORMULA.match(state.src, state.pos, state.posMax)
        if match is None or _is_shell(match[1], state.src[match.end() : match.end() + 1]):
            return False
        kind, content = "math_inline", match[1]
    if not silent:
        state.push(kind, "math", 0).content = content
    state.pos = match.end()
    return True


def _is_shell(content: str, after: str) -> bool:
    """Whether a formula that goes on at once with `after` is more likely shell: `$PATH:$HOME`, but `the $n$th`."""
    if after == "{" or (after == "(" and content[0] == "("):
        return True
    if not (after == "_" or (after.isascii() and after.isalpha())):
        return False
    if not after.islower() or _NAME.fullmatch(content):
        return True
    return content[0] in ",.;:" or not (content[-1].isalnum() or content[-1] in "})]")


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
        state.append_pending(name)
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
        state.append_pending("=" * scanned.length)
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
