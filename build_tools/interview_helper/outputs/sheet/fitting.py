"""The largest type at which a sheet fits on so many pages, found in few layouts. Pure: the layouts are the caller's.

Sizes are tenths of a point, as whole numbers: nothing is lost between them.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from math import log

SMALLEST, LARGEST = 50, 160  # tenths of a point: below, nobody reads it; above, it is no sheet
_GROWTH = 1.45  # pages grow with this power of the size, and not with its square: code does not wrap anew (measured)
_GUESSES = 5  # after which the interval that is left is halved
_WASTE = 0.08  # of a page, which the last one mostly leaves


def largest(pages: int, start: int, used: Callable[[int], float], *, found: bool = False) -> int | None:
    """The largest size that fits, or None where not even the smallest does.

    `used(size)` lays the sheet out: how many pages it takes, the last as the share that is full. `start` is the size to
    try first; `found` says that it was the answer before the last edit, so that the one beside it is tried next. What is found does not depend on it, as long as a larger size never takes fewer pages.
    """
    fits, fails = SMALLEST - 1, LARGEST + 1
    taken: dict[int, float] = {}
    size = min(max(start, SMALLEST), LARGEST)
    while True:
        taken[size] = used(size)
        if taken[size] <= pages:
            fits = size
        else:
            fails = size
        if fails - fits <= 1:
            return fits if fits >= SMALLEST else None
        if found and len(taken) == 1:
            size += 1 if fits == size else -1
        else:
            size = _guess(pages, size, taken, fits, fails)


def _guess(pages: int, size: int, taken: Mapping[int, float], fits: int, fails: int) -> int:
    """The size to try next, between two that are known to fit and to fail."""
    if len(taken) > _GUESSES:
        return (fits + fails) // 2
    if fits in taken and fails in taken:
        # Between the two, where it would be if pages grew evenly with the size; a little away from either.
        below, above = taken[fits], max(taken[fails], taken[fits] + _WASTE)
        share = log((pages - _WASTE / 2) / below) / log(above / below)
        found = fits + round(min(max(share, 0.15), 0.85) * (fails - fits))
    else:
        waste = _WASTE if taken[size] > pages else 0.0  # below, for what may fit; above, for what surely does
        found = int(size * ((pages - waste) / taken[size]) ** (1 / _GROWTH))
    return min(max(found, fits + 1), fails - 1)
