"""Pairs of two sides with the greatest sum of weights. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from heapq import heappop, heappush


def best_pairs(weights: Mapping[int, Mapping[int, float]]) -> dict[int, int]:
    """For each on the left its partner on the right, so that the sum of the weights is the greatest there is.

    `weights` are those above zero, by left and right, both numbered from zero; whoever is in no pair is left out.
    Shortest augmenting paths: n searches, each as long as the quarrel over a partner goes.
    """
    partner: dict[int, int] = {}
    holder: dict[int, int] = {}
    left_price: dict[int, float] = {}
    right_price: dict[int, float] = {}
    for root in weights:
        # A partner of its own that weighs nothing, numbered below zero, stands for none.
        left_price[root] = min([0.0, *(-w - right_price.get(c, 0.0) for c, w in weights[root].items())])
        distance: dict[int, float] = {}
        came_from: dict[int, int] = {}
        settled: list[int] = []
        done: set[int] = set()
        heap: list[tuple[float, int]] = []
        current, walked = root, 0.0
        while True:
            for right, cost in ((-1 - current, 0.0), *((c, -w) for c, w in weights[current].items())):
                far = walked + cost - left_price[current] - right_price.get(right, 0.0)
                if right not in done and far < distance.get(right, float("inf")):
                    distance[right], came_from[right] = far, current
                    heappush(heap, (far, right))
            walked, right = heappop(heap)
            while right in done:
                walked, right = heappop(heap)
            done.add(right)
            if right not in holder:
                break
            settled.append(right)
            current = holder[right]
        for each in settled:
            slack = walked - distance[each]
            right_price[each] = right_price.get(each, 0.0) - slack
            left_price[holder[each]] += slack
        left_price[root] += walked
        while True:
            left = came_from[right]
            freed = partner.get(left)
            partner[left], holder[right] = right, left
            if left == root:
                break
            assert freed is not None  # only the root had no partner before
            right = freed
    return {left: right for left, right in partner.items() if right >= 0}
