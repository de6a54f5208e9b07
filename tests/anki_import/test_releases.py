"""What a release has put into somebody's Anki, and today's package of the same notes over it."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest
from interview_helper import ledger

from anki_import.folder import Folder
from anki_import.sandbox import Sandbox

RELEASES = Path(__file__).parent.parent / "releases"
LATER = 2_000_000_000


@pytest.mark.parametrize("release", sorted(path.parent.name for path in RELEASES.glob("*/notes")))
def test_today_s_package_goes_over_that_of_a_release(release: str, folder: Folder, anki: Sandbox) -> None:
    shutil.copytree(RELEASES / release / "notes", folder.notes, dirs_exist_ok=True)
    (package,) = (RELEASES / release).glob("*.apkg")
    known = ledger.read((folder.notes / "deck.lock").read_text(encoding="utf-8"))[0]
    living = [line.id for line in known.lines if line.retired is None]

    assert anki.imported(package.read_bytes()) == {"new": len(known.lines)}
    assert anki.study("Release") > 0
    before, types = anki.state(), anki.note_types()

    log = anki.imported(folder.build(LATER), now=LATER)
    assert log.keys() <= {"updated", "duplicate"}  # a rendering that was raised by hand updates notes
    assert sum(log.values()) == len(known.lines)
    assert anki.note_types() == types == {"Interview Helper Question", "Interview Helper Cloze"}
    after = anki.state()
    assert [row[:2] for row in after["notes"]] == [row[:2] for row in before["notes"]]
    assert after["cards"] == before["cards"]
    assert after["reviews"] == before["reviews"]

    folder.write("30-new.md", "# New\n\n## Since then\n\nx\n")
    note = folder.notes / "20-the-rest.md"
    note.write_text(note.read_text(encoding="utf-8").replace("It is on no sheet.", "It is on none."), encoding="utf-8")
    assert anki.imported(folder.build(LATER + 1), now=LATER + 1) == {
        "new": 1,
        "updated": 1,
        "duplicate": len(known.lines) - 1,
    }
    assert set(living) < anki.ordinals().keys()
    assert not anki.problems()  # last: it touches notes
