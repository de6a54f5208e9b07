"""The profile that a test imports into; without Anki none of these tests run."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from anki_import.folder import Folder

pytest.importorskip("anki")

from anki_import.sandbox import Sandbox  # only where Anki is

pytest.register_assert_rewrite("anki_import.history")


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


@pytest.fixture
def folder(tmp_path: Path) -> Folder:
    """An empty notes folder."""
    return Folder(tmp_path)
