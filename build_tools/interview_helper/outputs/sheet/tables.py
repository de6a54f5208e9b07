"""Tables, so that they fit the column: whole words where they fit, smaller where they must, broken words at last. Pure.

The layout alone would break any word in any cell once a table is too wide. Here the words are measured, roughly,
before: what is too long for its column may break, and `O(1)` stays whole.
"""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass, field
from html import unescape

from interview_helper.outputs.sheet import formulas

_PADDING = 0.7  # em left and right of a cell's words, in style.css
_SIZE = 0.95  # of the text; style.css sets tables in the same size
_SMALLEST = 0.8  # of that, as long as words may still break
_PROSE, _CODE = 0.5, 0.52  # em a character takes, more or less
_LONG = 12.0  # em from which a word may break wherever it stands
_SHORTEST = 3  # characters that stay together in any table, however small they get
_ROW = re.compile(r"<tr\b.*?</tr>", re.DOTALL)
_CELL = re.compile(r"<t[hd]\b([^>]*)>(.*?)</t[hd]>", re.DOTALL)
_PIECE = re.compile(r"<[^>]*>|[^<]+")
_PART = re.compile(r"<(/?)(table|thead|tbody|tfoot|tr|td|th|caption|colgroup|col)\b([^>]*)>")
_ACROSS, _DOWN = re.compile(r'colspan="([0-9]+)"'), re.compile(r'rowspan="([0-9]+)"')
_BLOCKS = re.compile(r"<(?:p|div|ul|ol|dl|pre|blockquote|details|figure|hr|h[1-6])\b")
# Characters with room between them for a break, and no space in place of one: all of Chinese and Japanese.
WIDE = "\u2e80-\u312f\u3190-\u4dbf\u4e00-\u9fff\uf900-\ufaff\ufe30-\ufe4f\uff01-\uff9f\U00020000-\U0003ffff"
_WIDE = re.compile(rf"[{WIDE}\uac00-\ud7a3]")
_STRETCHED = 1000  # characters of a word from which it is set in stretches
_STRETCH = re.compile(r"(?:&[^;\s]*;|[^\s<&]){1,20}")
_FEWEST = 3.0  # em: as many of these stay together where they can
_BREAK = re.compile(rf"[\s/-]+|[{WIDE}\uac00-\ud7a3]")


def fitted(table: str, room: float, tall: int) -> str:
    """A table as it fits into `room` em. Its rows may be cut where a cell has `tall` characters by the column."""
    longest, most = _measured(table)
    if not longest:
        return table
    room /= _SIZE
    padding = _PADDING * len(longest)
    least = _SHORTEST * _CODE * len(longest)
    scale = min(1.0, max(_SMALLEST, room / (sum(longest) + padding)), room / (least + padding))
    style = f' style="font-size:{_SIZE * scale:.3f}em"' if scale < 1 else ""
    name = ' class="tall"' if most > tall // len(longest) else ""
    limit = _limit(longest, room / scale - padding)
    if sum(longest) > room / scale - padding:
        table = formulas.narrowed(table, limit)
    words = re.compile(rf"<[^>]*>|(?:&[^;\s]*;|[^\s<&]){{{max(_SHORTEST, int(limit / _CODE)) + 1},}}")
    broken = words.sub(lambda m: m[0] if m[0].startswith("<") else _breaking(m[0]), table)
    return broken.replace("<table", f"<table{name}{style}", 1)


def _breaking(word: str) -> str:
    """A word that may break: one of thousands of characters in stretches, because each line looks at all of its own."""
    parts = [word] if len(word) < _STRETCHED else _STRETCH.findall(word)
    return "\u200b".join(f'<span class="breaks">{part}</span>' for part in parts)


def slots(html: str) -> int:
    """How many cells the tables in a piece of HTML have, counted as the layout does: rows by columns, filled or not."""
    count = 0
    open_tables: list[_Grid] = []
    for closes, name, attributes in _PART.findall(html):
        if name == "table" and not closes:
            open_tables.append(_Grid())
        elif not open_tables or (closes and name != "table"):
            continue
        elif name == "table":
            grid = open_tables.pop()
            count += grid.rows * grid.columns
        elif name == "tr":
            open_tables[-1].row()
        elif name in ("td", "th"):
            across, down = _ACROSS.search(attributes), _DOWN.search(attributes)
            open_tables[-1].cell(int(across[1]) if across else 1, int(down[1]) if down else 1)
    return count


def fullest(html: str) -> int:
    """The characters of HTML in the fullest cell of the tables in a piece of HTML."""
    return max((match.end(2) - match.start(2) for match in _CELL.finditer(html)), default=0)


@dataclass(slots=True)
class _Grid:
    """A table so far: its rows, its columns, those that are taken in this row, and those that end above later ones."""

    rows: int = 0
    columns: int = 0
    taken: int = 0
    reaching: int = 0
    ending: Counter[int] = field(default_factory=Counter)

    def row(self) -> None:
        self.rows += 1
        self.reaching -= self.ending.pop(self.rows, 0)
        self.taken = self.reaching

    def cell(self, across: int, down: int) -> None:
        self.taken += across
        self.columns = max(self.columns, self.taken)
        if down > 1:
            self.reaching += across
            self.ending[self.rows + down] += across


def rows(html: str) -> str:
    """A piece of HTML with the rows of its tables as paragraphs of their own, a bar in front of each cell."""
    blocks = _BLOCKS.search(html) is not None
    row, cell = ("div", "div") if blocks else ("p", "span")

    def part(match: re.Match[str]) -> str:
        closes, name = match[1], match[2]
        if name in ("tr", "caption"):
            return f"<{closes}{row}>"
        if name in ("td", "th"):
            return f"</{cell}> " if closes else f"| <{cell}>"
        return ""

    return _PART.sub(part, html)


def _measured(table: str) -> tuple[list[float], int]:
    """The longest word of each column in em, at most `_LONG`, or its widest formula; the characters of its fullest cell."""
    longest: list[float] = []
    most = 0
    for row in _ROW.findall(table):
        column = 0
        for attributes, cell in _CELL.findall(row):
            spans = _ACROSS.search(attributes)
            width = int(spans[1]) if spans else 1
            longest += [0.0] * (column + min(width, 50) - len(longest))
            if width == 1:
                word, count = _widest(cell)
                longest[column] = max(longest[column], min(word, _LONG), *formulas.widths(cell))
                most = max(most, count)
            column += min(width, 50)
    return longest, most


def _widest(cell: str) -> tuple[float, int]:
    """The longest word of a cell in em, and its characters."""
    widest = 0.0
    count = code = 0
    for piece in _PIECE.findall(cell):
        if piece.startswith("<"):
            code += piece.startswith("<code") - piece.startswith("</code")
            continue
        text = unescape(piece)
        wide = 0 if text.isascii() else len(_WIDE.findall(text))
        count += len(text) + wide
        characters = max(map(len, _BREAK.split(text)))
        widest = max(widest, characters * (_CODE if code else _PROSE), min(wide, _FEWEST))
    return widest, count


def _limit(longest: list[float], room: float) -> float:
    """The length in em from which words break, so that all columns fit into `room`."""
    left = sorted(longest)
    for done, length in enumerate(left):
        if length * (len(left) - done) >= room:
            return room / (len(left) - done)
        room -= length
    return _LONG
