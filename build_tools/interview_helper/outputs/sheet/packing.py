"""Units into columns: in order, in as few columns as may be, these as full as may be. Pure; lengths in points."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

_SLOP = 0.5  # points that a column may be overfull by: less than a line's own leading
_SPLIT = 0.02  # what it costs to cut a question; a column that is a seventh empty costs as much
_MORE = 1  # columns more than the fewest that are tried on the way
_EVEN = 0.5  # points to which the height of even columns is found


@dataclass(frozen=True, slots=True)
class Block:
    """What of a unit counts here: its height, the gap to the unit above it in a column, whether a question begins."""

    height: float
    gap: float
    opens: bool


Columns = list[tuple[int, int]]  # the first block of each, and the one after its last


def packed(blocks: Sequence[Block], capacity: Callable[[int], float]) -> Columns:
    """The columns of `blocks`; the column with number k is `capacity(k)` high.

    The fewest columns there can be, and of these ways the one with the least sum of squared shares that stay empty, the
    last column left out. A block higher than its column stands alone in it, and a column that is too low for the next
    block stays empty where a later one is high enough.
    """
    count = len(blocks)
    # By block: for each number of columns before it, the least cost, and the block that the last of them begins with.
    best: list[dict[int, tuple[float, int]]] = [{} for _ in range(count + 1)]
    best[0][0] = (0.0, 0)
    highest = max((block.height for block in blocks), default=0.0)
    for first in range(count):
        if not best[first]:
            continue
        fewest = min(best[first])
        column = fewest
        while column <= fewest + _MORE or column in best[first]:
            known = best[first].get(column)
            if known is None:
                if column > max(best[first]):
                    break
                column += 1
                continue
            room = capacity(column)
            if blocks[first].height > room + _SLOP and _grows(capacity, column, min(highest, blocks[first].height)):
                _better(best[first], column + 1, known[0] + 1, -1)
                column += 1
                continue
            total = -blocks[first].gap
            for last in range(first, count):
                total += blocks[last].height + blocks[last].gap
                if total > room + _SLOP and last > first:
                    break
                cost = known[0]
                if last + 1 < count:
                    empty = max(0.0, room - total) / room
                    cost += empty * empty + (0 if blocks[last + 1].opens else _SPLIT)
                _better(best[last + 1], column + 1, cost, first)
            column += 1
    columns: Columns = []
    at, column = count, min(best[count], default=0)
    while column:
        first = best[at][column][1]
        columns.append((at, at) if first < 0 else (first, at))
        at = at if first < 0 else first
        column -= 1
    return columns[::-1]


def _grows(capacity: Callable[[int], float], column: int, height: float) -> bool:
    """Whether a later column is higher than this one: only the first sheet's are lower than all others."""
    return capacity(column + 1_000_000) > capacity(column) + _SLOP and height > capacity(column)


def _better(ways: dict[int, tuple[float, int]], column: int, cost: float, first: int) -> None:
    known = ways.get(column)
    if known is None or cost < known[0]:
        ways[column] = (cost, first)


def even(blocks: Sequence[Block], columns: int, limit: float) -> float:
    """The least height at which `blocks` fit into so many columns, `limit` where there is none below it."""
    low = max((block.height for block in blocks), default=0.0)
    high = min(limit, sum(block.height + block.gap for block in blocks))
    while high - low > _EVEN:
        middle = (low + high) / 2
        if _needed(blocks, middle) <= columns:
            high = middle
        else:
            low = middle
    return high


def _needed(blocks: Sequence[Block], height: float) -> int:
    needed, left = 0, -1.0
    for block in blocks:
        if block.height + block.gap > left + _SLOP:
            needed += 1
            left = height - block.height
        else:
            left -= block.height + block.gap
    return needed


def stretched(blocks: Sequence[Block], room: float, most: float) -> list[float]:
    """The tops of the blocks of one column, with what is left of its `room` spread over the gaps above questions."""
    total = sum(block.height + block.gap for block in blocks) - (blocks[0].gap if blocks else 0)
    opening = sum(block.opens for block in blocks[1:])
    more = min(max(0.0, room - total) / opening, most) if opening else 0.0
    tops: list[float] = []
    at = 0.0
    for number, block in enumerate(blocks):
        if number:
            at += block.gap + (more if block.opens else 0.0)
        tops.append(at)
        at += block.height
    return tops
