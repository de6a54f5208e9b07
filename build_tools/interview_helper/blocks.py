"""Tokens in a row to blocks: what stands inside raw HTML is in the block of its element. Pure."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

from interview_helper.elements import Tag, ends, pieces
from interview_helper.notation import Token


def blocks(tokens: Sequence[Token]) -> list[list[Token]]:
    """The blocks that tokens make up, each as its own tokens."""
    closing = enclosed(tokens)
    found: list[list[Token]] = []
    depth, end = 0, -1
    for i, token in enumerate(tokens):
        if depth == 0 and i > end:
            found.append([])
            end = closing.get(i, i)
        found[-1].append(token)
        depth += token.nesting
    return found


def enclosed(tokens: Sequence[Token]) -> dict[int, int]:
    """For each piece of raw HTML that leaves elements open: which one closes the last of them, if one does."""
    closing: dict[int, int] = {}
    opened: list[tuple[str, int]] = []
    count: Counter[str] = Counter()
    level = tokens[0].level if tokens else 0
    for i, token in enumerate(tokens):
        if token.type != "html_block" or token.level != level:
            continue
        for piece in pieces(token.content):
            if not isinstance(piece, Tag) or not ends(piece.name):
                continue
            if not piece.closes:
                opened.append((piece.name, i))
                count[piece.name] += 1
                continue
            name = ""
            while name != piece.name and count[piece.name]:
                name, where = opened.pop()
                count[name] -= 1
                # What one piece opens lies side by side.
                if not opened or opened[-1][1] != where:
                    closing[where] = i
    return {first: last for first, last in closing.items() if last > first}
