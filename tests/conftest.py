"""How long the property tests look (`--hypothesis-profile long` for a run of its own); a cache apart; no fonts of the machine."""

from __future__ import annotations

import os
import signal
import tempfile
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings
from interview_helper.outputs.sheet import galleys
from interview_helper.outputs.sheet.fonts import folders

settings.register_profile("default", deadline=None)
settings.register_profile("long", deadline=None, max_examples=20_000, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("default")

# Who starts the tests in the background may have them ignore Ctrl-C, and what they start would as well.
if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
    signal.signal(signal.SIGINT, signal.default_int_handler)

# Fontconfig's file for all processes of the tests: no other font is installed than ours, whatever the machine has.
_FOLDER = tempfile.TemporaryDirectory(prefix="interview-helper-tests-", ignore_cleanup_errors=True)
_CONFIG = Path(_FOLDER.name, "fonts.conf")
_SEEN = "".join(f"<dir>{folder}</dir>" for folder in folders())
_CONFIG.write_text(f"<fontconfig>{_SEEN}<cachedir>{_FOLDER.name}</cachedir></fontconfig>", encoding="utf-8")
os.environ["FONTCONFIG_FILE"] = str(_CONFIG)


@pytest.fixture(scope="session", autouse=True)
def cache_of_the_tests(tmp_path_factory):
    """No test reads or fills the cache of whoever runs them. It is theirs together, as it is that of all of one's decks."""
    folder = tmp_path_factory.mktemp("cache")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("XDG_CACHE_HOME", str(folder))  # Linux and macOS
        patch.setenv("WIN_PD_OVERRIDE_LOCAL_APPDATA", str(folder))  # platformdirs on Windows
        yield folder


@pytest.fixture
def counted(monkeypatch) -> list[str]:
    """The documents that are laid out, in this process."""
    found: list[str] = []
    done = galleys._done

    def counting(job: galleys.Job) -> tuple[int, bytes]:
        found.append(job[1].html)
        return done(job)

    monkeypatch.setattr(galleys, "_done", counting)
    monkeypatch.setattr(galleys, "_cores", lambda: 1)
    return found
