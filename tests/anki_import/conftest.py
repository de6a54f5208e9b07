"""The profile that a test imports into; without Anki none of these tests run."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

pytest.importorskip("anki")
sys.path.insert(0, str(Path(__file__).parent))

from sandbox import Sandbox  # noqa: E402  # only where Anki is


@pytest.fixture
def anki() -> Iterator[Sandbox]:
    """A fresh profile."""
    with Sandbox() as sandbox:
        yield sandbox


@pytest.fixture
def other_anki() -> Iterator[Sandbox]:
    """Somebody else's fresh profile."""
    with Sandbox() as sandbox:
        yield sandbox
