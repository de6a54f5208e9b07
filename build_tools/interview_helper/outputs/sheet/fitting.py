"""The largest type at which a sheet fits on so many pages, found in few layouts. Pure: the layouts are the caller's.

Sizes are tenths of a point, as whole numbers: nothing is lost between them.
"""

from __future__ import annotations

from collections.abc import Callable

SMALLEST, LARGEST = 50, 160  # tenths of a point: below, nobody reads it; above, it is no sheet
_GROWTH = 1.45  # pages grow with this power of the size, and not with its square: code does not wrap anew (measured)
_WASTE = 0.08  # of a page, which the last one mostly leaves


def largest(pages: int, start: int, used: Callable[[int], float]) -> int | None:
    """The largest size that fits, or None where not even the smallest does.

    `used(size)` lays the sheet out: how many pages it takes, the last as the share that is full. `start` is the size to
    try first. What is found does not depend on it, as long as a larger size never takes fewer pages.
    """
    fits, fails = SMALLEST - 1, LARGEST + 1
    size = min(max(start, SMALLEST), LARGEST)
    step = 1
    while True:
        taken = used(size)
        before, (fits, fails) = (fits, fails), (size, fails) if taken <= pages else (fits, size)
        if fails - fits <= 1:
            return fits if fits >= SMALLEST else None
        # Where it would end if all went on growing so; from there on size by size, in strides while they agree.
        guess = int(size * ((pages - _WASTE) / taken) ** (1 / _GROWTH))
        if taken <= pages:
            guess = max(guess, size + step)
            step = step * 2 if before[0] >= SMALLEST else 1
        else:
            guess = min(guess, size - step)
            step = step * 2 if before[1] <= LARGEST else 1
        size = min(max(guess, fits + 1), fails - 1)
