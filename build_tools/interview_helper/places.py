"""Where the text of tokens stands in a note: offsets to 1-based lines and columns, in code points. Pure."""

from __future__ import annotations

from bisect import bisect_right

from interview_helper.model import Span
from interview_helper.notation import TRIMMED, Token


class Places:
    """The lines of one note, and the places in them.

    A container (quote, list) takes something off the front of a line and never anything off its end. So a row of
    a token's text is found by its end, which holds for lazy continuations, tabs and wide characters alike.
    """

    def __init__(self, path: str, text: str) -> None:
        self.path = path
        self.lines = text.split("\n")

    def span(self, token: Token, start: int, end: int) -> Span:
        """The place of a stretch of a token's text."""
        return Span(self.path, *self._at(token, start), *self._at(token, end))

    def block(self, *tokens: Token) -> Span:
        """The place of a block, from its first character to the last one that is not white space."""
        first, end = tokens[0].map or (0, 1)
        if tokens[0].nesting == 0:
            # Raw HTML has no token that encloses what goes with it.
            end = max(token.map[1] for token in tokens if token.map)
        end = min(end, len(self.lines))
        while end - 1 > first and not self.lines[end - 1].strip():
            end -= 1
        line = self.lines[first]
        column = len(line) - len(line.lstrip()) + 1
        last = len(self.lines[end - 1].rstrip()) + 1
        return Span(self.path, first + 1, column, end, max(column, last) if end == first + 1 else last)

    def line(self, number: int) -> Span:
        """The place of the text of a 0-based line."""
        number = min(number, len(self.lines) - 1)
        return Span(self.path, number + 1, 1, number + 1, len(self.lines[number].rstrip()) + 1)

    def words(self, first: int, end: int) -> str:
        """The text of the 0-based lines from `first` up to `end`."""
        return "\n".join(self.lines[first:end])

    def _at(self, token: Token, offset: int) -> tuple[int, int]:
        first = token.map[0] if token.map else 0
        column = token.meta.get("column")
        if column is not None:
            # A bar inside a cell is written `\|` and stands in the cell's text without its backslash.
            bars = token.content.count("|", 0, offset) if "cell" in token.meta else 0
            return first + 1, column + offset + bars + 1
        rows = token.meta.get("rows")
        if rows is None:
            rows = token.meta["rows"] = self._rows(token, first)
        starts, begins = rows
        row = bisect_right(starts, offset) - 1
        line, column = begins[row]
        return line + 1, max(0, column + offset - starts[row]) + 1

    def _rows(self, token: Token, first: int) -> tuple[list[int], list[tuple[int, int]]]:
        """Where each row of a token's text begins: in that text, and as line and column of the note, from 0."""
        texts = token.content.split("\n")
        last = len(texts) - 1
        if token.type == "inline" and token.map:
            # Lines of nothing but what markdown-it trims are in the token's lines and not in its text.
            spare = token.map[1] - first - len(texts)
            while spare > 0 and not self._line(first).rstrip(TRIMMED).endswith(texts[0].rstrip(TRIMMED)):
                first, spare = first + 1, spare - 1
        starts, begins, start = [], [], 0
        for row, text in enumerate(texts):
            line = self._line(first + row)
            if row == last and token.type == "inline":
                line = line.rstrip(TRIMMED)
            starts.append(start)
            begins.append((first + row, len(line) - len(text)))
            start += len(text) + 1
        return starts, begins

    def _line(self, number: int) -> str:
        return self.lines[number] if number < len(self.lines) else ""
