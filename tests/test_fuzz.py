"""What fuzzing found and kept, once more: a promise that was broken holds."""

from __future__ import annotations

import importlib
from itertools import islice

import pytest
from fuzz.budget import TARGETS
from fuzz.replay import kept


@pytest.mark.parametrize(("target", "path"), [pytest.param(t, p, id=f"{t}-{p.name}") for t in TARGETS for p in kept(t)])
def test_promises_hold_for_what_fuzzing_has_kept(target, path):
    importlib.import_module(f"fuzz.{target}").holds(path.read_bytes())


@pytest.mark.parametrize("target", TARGETS)
def test_what_is_whole_is_not_refused(target):
    """A target that refuses everything keeps all its promises."""
    module = importlib.import_module(f"fuzz.{target}")
    assert [module.holds(seed) for seed in islice(module.seeds(), 3)] == [True] * 3
