"""The Chromium of the system, which all tests of this folder share."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from typing import Any

import pytest

CHROMIUM = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None)


@pytest.fixture(scope="session")
def browser() -> Iterator[Any]:
    playwright = pytest.importorskip("playwright.sync_api", reason="`nox -s screens` runs these")
    assert CHROMIUM, "no Chromium on PATH"
    with playwright.sync_playwright() as play:
        quiet = ["--no-sandbox", "--disable-gpu", "--disable-background-networking", "--allow-file-access-from-files"]
        # The other tests see no fonts but the sheet's; cards are shown in those of the system.
        environment = {name: value for name, value in os.environ.items() if name != "FONTCONFIG_FILE"}
        chromium = play.chromium.launch(executable_path=CHROMIUM, args=quiet, env=environment)
        yield chromium
        chromium.close()
