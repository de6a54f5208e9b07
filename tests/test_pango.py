"""Which command installs Pango, on which system."""

from __future__ import annotations

import os
import shutil
import sys
from pathlib import Path

import pytest
from interview_helper.outputs.sheet import pango

PACKAGES = "libpango-1.0-0 libpangoft2-1.0-0 libharfbuzz-subset0"
INSTALL = f"apt-get install -y --no-install-recommends {PACKAGES}"


@pytest.fixture
def system(monkeypatch):
    """A function that makes this the system with these tools."""

    def made(platform: str, *tools: str, user: int = 1000) -> None:
        paths = {Path(tool).name: tool for tool in tools}
        monkeypatch.setattr(sys, "platform", platform)
        monkeypatch.setattr(shutil, "which", paths.get)
        monkeypatch.setattr(os, "geteuid", lambda: user, raising=False)

    return made


def test_nothing_is_lacking_where_the_sheet_is_tested():
    assert pango.lacking() == ()


def test_what_is_lacking_has_its_own_name():
    assert pango.lacking({**pango.NEEDED, "pingo-9": ("libpingo-9.so.0",)}) == ("pingo-9",)


@pytest.mark.parametrize(
    ("tools", "user", "line"),
    [
        (["apt-get", "sudo"], 1000, f"sudo apt-get update && sudo {INSTALL}"),
        (["apt-get"], 1000, f"su - -c 'apt-get update && {INSTALL}'"),
        (["apt-get", "sudo"], 0, f"apt-get update && {INSTALL}"),
        (["dnf", "sudo"], 1000, "sudo dnf install -y pango"),
        ([], 1000, "install Pango with your package manager"),
    ],
)
def test_the_command_fits_the_rights(system, tools, user, line):
    system("linux", *tools, user=user)
    assert pango.remedy() == line


def test_the_commands_of_macos_and_windows(system):
    system("darwin", "/opt/homebrew/bin/brew")
    assert pango.remedy() == "brew install pango"
    system("darwin")
    assert "https://brew.sh" in pango.remedy()
    system("win32")
    assert "pacman -S --noconfirm mingw-w64-ucrt-x86_64-pango" in pango.remedy()


def test_homebrew_is_looked_into(system, tmp_path, monkeypatch):
    dyld = pytest.importorskip("ctypes.macholib.dyld", reason="Debian's Python leaves it out")
    monkeypatch.delenv("DYLD_FALLBACK_LIBRARY_PATH", raising=False)
    library = tmp_path / "lib" / "libpango-1.0.dylib"
    library.parent.mkdir()
    library.touch()
    system("darwin", str(tmp_path / "bin" / "brew"))
    with pango.homebrewed():
        assert dyld.dyld_find("libpango-1.0.dylib") == str(library)
    assert "DYLD_FALLBACK_LIBRARY_PATH" not in os.environ


def test_the_readme_names_the_commands():
    readme = (Path(__file__).parent.parent / "README.md").read_text(encoding="utf-8")
    for line in (f"sudo apt-get update && sudo {INSTALL}", "brew install pango", "mingw-w64-ucrt-x86_64-pango"):
        assert line in readme
