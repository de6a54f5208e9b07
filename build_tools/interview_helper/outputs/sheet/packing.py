"""Units into columns: in order, in as few columns as may be, these as full as may be. Pure; lengths in points."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

_SLOP = 0.5  # points that a column may be overfull by: less than a line's own leading
_SPLIT = 0.02  # what it costs to cut a question; a column that is a seventh empty costs as much
_MORE = 1  # columns more than the fewest that are tried on the way
_LATER = 1_000_000  # a column of a sheet that surely is not the first
_EVEN = 0.5  # points to which the height of even columns is found


@dataclass(frozen=True, slots=True)
class Block:
    """What of a unit counts here: its height, the gap to the unit above it in a column, whether a question begins.

    `over` is what it has more where it is the first of a column.
    """

    height: float
    gap: float
    opens: bool
    over: float = 0.0


Columns = list[tuple[int, int]]  # the first block of each, and the one after its last


def packed(blocks: Sequence[Block], capacity: Callable[[int], float]) -> Columns:
    """The columns of `blocks`; the column with number k is `capacity(k)` high, and none is higher than a later one.

    The fewest columns there can be, and of these ways the one with the least sum of squared shares that stay empty, the
    last column left out. A block higher than its column stands alone in it, and columns that are too low for the next
    block stay empty where a later one is high enough.
    """
    # By block: for each number of columns that are full before it, the best way there.
    ways: list[dict[int, _Way]] = [{} for _ in range(len(blocks) + 1)]
    ways[0][0] = _Way(0.0, 0, 0)
    for first, block in enumerate(blocks):
        for column in sorted(ways[first])[: 1 + _MORE]:
            start = column
            while block.height + block.over > capacity(column) + _SLOP and capacity(column) < capacity(_LATER) - _SLOP:
                column += 1  # noqa: PLW2901  # the columns between stay empty
            cost = ways[first][start].cost + column - start
            for last, empty in _fillings(blocks, first, capacity(column)):
                more = 0.0 if last + 1 == len(blocks) else empty + (0.0 if blocks[last + 1].opens else _SPLIT)
                known = ways[last + 1].get(column + 1)
                if known is None or cost + more < known.cost:
                    ways[last + 1][column + 1] = _Way(cost + more, first, start)
    columns: Columns = []
    at, column = len(blocks), min(ways[-1])
    while at:
        way = ways[at][column]
        columns.append((way.first, at))
        columns += [(way.first, way.first)] * (column - 1 - way.before)
        at, column = way.first, way.before
    return columns[::-1]


@dataclass(frozen=True, slots=True)
class _Way:
    """How a number of blocks fills a number of columns: its cost, the last column's first block, the columns before."""

    cost: float
    first: int
    before: int


def _fillings(blocks: Sequence[Block], first: int, room: float) -> Iterator[tuple[int, float]]:
    """The blocks that a column may end with that begins with `first`, each with what it costs that room is left."""
    total = blocks[first].over - blocks[first].gap
    for last in range(first, len(blocks)):
        total += blocks[last].height + blocks[last].gap
        if total > room + _SLOP and last > first:
            break
        empty = max(0.0, room - total) / room
        yield last, empty * empty


def even(blocks: Sequence[Block], columns: int, limit: float) -> float:
    """The least height at which `blocks` fit into so many columns, `limit` where there is none below it."""
    low = max((block.height + block.over for block in blocks), default=0.0)
    high = min(limit, sum(block.height + block.gap + block.over for block in blocks))
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
            left = height - block.height - block.over
        else:
            left -= block.height + block.gap
    return needed


def stretched(blocks: Sequence[Block], room: float, most: float) -> list[float]:
    """The tops of the blocks of one column, with what is left of its `room` spread over the gaps above questions."""
    total = sum(block.height + block.gap for block in blocks) + (blocks[0].over - blocks[0].gap if blocks else 0)
    opening = sum(block.opens for block in blocks[1:])
    more = min(max(0.0, room - total) / opening, most) if opening else 0.0
    tops: list[float] = []
    at = blocks[0].over if blocks else 0.0
    for number, block in enumerate(blocks):
        if number:
            at += block.gap + (more if block.opens else 0.0)
        tops.append(at)
        at += block.height
    return tops
