"""Units into columns: all of them, in order, none too high, in the fewest columns."""

from __future__ import annotations

from functools import cache

from hypothesis import given
from hypothesis import strategies as st
from interview_helper.outputs.sheet.fitting import LARGEST, SMALLEST, largest
from interview_helper.outputs.sheet.packing import Block, even, packed, stretched

BLOCKS = st.lists(
    st.builds(Block, st.floats(5, 120), st.floats(0, 8), st.booleans(), st.just(0.0) | st.floats(0, 20)), max_size=14
)


def fewest(blocks: list[Block], capacities: list[float]) -> int:
    """The fewest columns, found by trying all ways; a column that is too low for its first block stays empty."""

    @cache
    def needed(first: int, column: int) -> int:
        if first == len(blocks):
            return column
        room = capacities[min(column, len(capacities) - 1)]
        if blocks[first].height + blocks[first].over > room + 0.5 and column < len(capacities) - 1:
            return needed(first, column + 1)
        found = [needed(first + 1, column + 1)]
        total = blocks[first].height + blocks[first].over
        for last in range(first + 1, len(blocks)):
            total += blocks[last].height + blocks[last].gap
            if total > room + 0.5:
                break
            found.append(needed(last + 1, column + 1))
        return min(found)

    return needed(0, 0)


@given(BLOCKS, st.floats(20, 150), st.integers(0, 3))
def test_all_blocks_stand_in_order_in_the_fewest_columns(blocks, short, low):
    capacities = [short] * low + [150.0]
    columns = packed(blocks, lambda k: capacities[min(k, low)])
    assert [n for first, last in columns for n in range(first, last)] == list(range(len(blocks)))
    for number, (first, last) in enumerate(columns):
        inside = blocks[first:last]
        height = sum(block.height + block.gap for block in inside) + (inside[0].over - inside[0].gap if inside else 0)
        assert len(inside) < 2 or height <= capacities[min(number, low)] + 0.51
    assert len(columns) == fewest(blocks, capacities)


def test_columns_are_about_as_full_as_each_other():
    blocks = [Block(10, 0, opens=True)] * 12
    # Four columns of 35 take three each; the fewest are filled, and no one is left with less for no reason.
    assert [last - first for first, last in packed(blocks, lambda _: 35)] == [3, 3, 3, 3]


def test_a_question_is_rather_not_cut():
    blocks = [Block(30, 2, opens=n % 2 == 0) for n in range(6)]
    assert packed(blocks, lambda _: 100) == [(0, 2), (2, 4), (4, 6)] or packed(blocks, lambda _: 100)[0] == (0, 3)


@given(BLOCKS.filter(bool), st.integers(1, 4))
def test_even_columns_hold_all(blocks, columns):
    height = even(blocks, columns, 10_000)
    assert len(packed(blocks, lambda _: height)) <= columns


@given(BLOCKS.filter(bool), st.floats(100, 900), st.floats(0, 9))
def test_what_is_left_goes_above_questions_and_never_beyond_the_foot(blocks, room, most):
    tops = stretched(blocks, room, most)
    natural = sum(block.height + block.gap for block in blocks) + blocks[0].over - blocks[0].gap
    assert tops[0] == blocks[0].over
    assert tops[-1] + blocks[-1].height <= max(room, natural) + 0.01
    for number in range(1, len(blocks)):
        gap = tops[number] - tops[number - 1] - blocks[number - 1].height
        assert blocks[number].gap - 0.01 <= gap <= blocks[number].gap + (most if blocks[number].opens else 0) + 0.01


@given(st.floats(0.2, 60), st.floats(1.1, 1.9), st.integers(1, 40), st.integers(40, 200))
def test_the_largest_size_that_fits_is_found_from_anywhere_in_few_layouts(pages, power, wanted, start):
    tried: list[int] = []

    def used(size: int) -> float:
        tried.append(size)
        return pages * (size / 83) ** power

    found = largest(wanted, start, used)
    assert found == max((s for s in range(SMALLEST, LARGEST + 1) if used(s) <= wanted), default=None)
    tried = tried[: -(LARGEST - SMALLEST + 1)]
    assert len(tried) <= 12  # halving alone would take seven, always; from a size that is near, four are the rule
    assert len(set(tried)) == len(tried)
