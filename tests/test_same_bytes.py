"""The same notes give the same files, byte for byte, however often, where and in how many steps they are built."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import made_fonts
import pytest
from corpus import notes as generated

FEW_CORES = "import os, sys; os.sched_setaffinity(0, {min(os.sched_getaffinity(0))}); "
RUN = "from interview_helper.__main__ import main; main()"


class Folder:
    """Notes of eight topics, their outputs, and a cache."""

    def __init__(self, root: Path) -> None:
        self.root = root
        for path, text in generated(20).items():
            note = root / "notes" / path
            note.parent.mkdir(parents=True, exist_ok=True)
            note.write_text(text, encoding="utf-8")
        (root / "notes" / "deck.toml").write_text(
            'id = "0f6b1f5e-5d4c-4a58-9a5a-6a2f4b1c7d01"\ntitle = "Same"\nslug = "same"\n[flashcards]\nbuild = true\n',
            encoding="utf-8",
        )

    def built(self, *options: str, code: str = RUN, **environment: str) -> dict[str, bytes]:
        """The bytes of all outputs of a build."""
        command = [sys.executable, "-c", code, "build", "notes", "-o", "output", *options]
        known = {"XDG_CACHE_HOME": str(self.root / "cache"), "SOURCE_DATE_EPOCH": "1000000000"}
        env = {**os.environ, **known, **environment}
        subprocess.run(command, cwd=self.root, env=env, check=True, capture_output=True, timeout=300)
        return {path.name: path.read_bytes() for path in sorted((self.root / "output").iterdir())}

    def forget_outputs(self) -> None:
        for path in (self.root / "output").iterdir():
            path.unlink()


@pytest.fixture(scope="module")
def folder(tmp_path_factory) -> Folder:
    return Folder(tmp_path_factory.mktemp("same"))


@pytest.fixture(scope="module")
def first(folder) -> dict[str, bytes]:
    """What the first build writes, in an empty folder with an empty cache, on all cores."""
    found = folder.built()
    assert set(found) == {"same.apkg", "same.pdf", "same-flashcards.pdf"}
    return found


def test_a_warm_cache_changes_nothing(folder, first):
    folder.forget_outputs()
    assert folder.built() == first


@pytest.mark.skipif(not hasattr(os, "sched_setaffinity"), reason="the system does not let a process choose its cores")
def test_one_core_and_another_hash_seed_change_nothing(folder, first):
    folder.forget_outputs()
    assert folder.built("--no-cache", code=FEW_CORES + RUN, PYTHONHASHSEED="1") == first


def test_other_fonts_of_the_system_change_nothing(folder, first, tmp_path):
    fonts = tmp_path / "fonts"
    fonts.mkdir()
    (fonts / "plex.ttf").write_bytes(made_fonts.saved(made_fonts.font("IBM Plex Sans Condensed", "abcdefghijklmnop")))
    config = tmp_path / "fonts.conf"
    config.write_text(
        f'<?xml version="1.0"?><!DOCTYPE fontconfig SYSTEM "fonts.dtd"><fontconfig><dir>{fonts}</dir></fontconfig>',
        encoding="utf-8",
    )
    folder.forget_outputs()
    assert folder.built("--no-cache", FONTCONFIG_FILE=str(config)) == first


def test_an_edit_and_its_revert_change_nothing_on_paper(folder, first):
    note = sorted((folder.root / "notes").rglob("*.md"))[3]
    before = note.read_text(encoding="utf-8")
    note.write_text(before.replace(" a ", " one ", 1), encoding="utf-8")
    edited = folder.built()
    note.write_text(before, encoding="utf-8")
    reverted = folder.built()
    assert edited["same.pdf"] != first["same.pdf"]
    assert {name: reverted[name] for name in reverted if name.endswith(".pdf")} == {
        name: first[name] for name in first if name.endswith(".pdf")
    }
