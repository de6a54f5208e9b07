"""The inputs that fuzzing has kept hold what is promised of them, and the targets do see a promise that is broken."""

from __future__ import annotations

import importlib
from pathlib import Path

import pytest

from fuzz.budget import TARGETS
from fuzz.replay import KEPT

INPUTS = [(target, path) for target in TARGETS for path in sorted((KEPT / target).iterdir())]


@pytest.mark.parametrize("target", TARGETS)
def test_what_fuzzing_has_kept_holds(target):
    holds = importlib.import_module(f"fuzz.{target}").holds
    for path in (path for name, path in INPUTS if name == target):
        try:
            holds(path.read_bytes())
        except Exception as error:
            error.add_note(f"again: python tests/fuzz/replay.py {target} {path.relative_to(Path.cwd(), walk_up=True)}")
            raise
