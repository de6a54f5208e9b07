"""What every release has published goes on: its lock is read, its cards are the same, and nothing is stamped anew."""

from __future__ import annotations

import json
import shutil
from io import BytesIO
from pathlib import Path

import pytest
from interview_helper import identity, ledger
from interview_helper.cli import app
from interview_helper.ledger import FORMAT
from interview_helper.model import Kind
from interview_helper.outputs import anki
from typer.testing import CliRunner

HERE = Path(__file__).parent
RELEASES = sorted(path.name for path in HERE.iterdir() if (path / "notes").is_dir())
# How each release spelt its notes: a kind whose number has been raised since is stamped once, on purpose.
RENDERING = {"0.1.0": {Kind.BASIC: 1, Kind.REVERSED: 1, Kind.CLOZE: 1, Kind.OUTPUT: 1}}
LATER = 2_000_000_000


@pytest.fixture(params=RELEASES)
def release(request, tmp_path, monkeypatch):
    """A copy of the release's folder as the working directory: `notes`, and its package."""
    shutil.copytree(HERE / request.param, tmp_path / "release")
    monkeypatch.chdir(tmp_path / "release")
    return request.param


def run(*arguments: str):
    result = CliRunner(env={"SOURCE_DATE_EPOCH": str(LATER)}).invoke(app, list(arguments), catch_exceptions=False)
    assert result.exit_code == 0, result.stderr
    return result


def package() -> Path:
    (found,) = Path().glob("*.apkg")
    return found


def lines() -> dict[str, ledger.Line]:
    known = ledger.read(Path("notes/deck.lock").read_text(encoding="utf-8"))[0]
    return {line.id: line for line in known.lines}


def diff(*arguments: str) -> dict[str, list[dict[str, object]]]:
    return json.loads(run("diff", "notes", "--format", "json", *arguments).stdout)


def raised(release: str) -> set[str]:
    """The kinds that are spelt otherwise since."""
    return {kind for kind, number in identity._RENDERING.items() if RENDERING[release][kind] != number}


def test_nothing_is_stamped_that_was_not_raised_by_hand(release):
    before = lines()
    run("build", "notes", "-o", "out", "--only", "deck")
    after = lines()
    assert after.keys() == before.keys()
    stamped = {guid for guid in after if after[guid].changed != before[guid].changed}
    assert stamped == {guid for guid, line in before.items() if line.retired is None and line.kind in raised(release)}
    unlike = {guid for guid in after if after[guid] != before[guid]}
    assert unlike == stamped


def test_the_lock_is_that_of_the_package(release):
    text = Path("notes/deck.lock").read_text(encoding="utf-8")
    assert anki.known(BytesIO(package().read_bytes())) == ledger.read(text)[0]
    Path("notes/deck.lock").unlink()
    run("recover", str(package()), "notes")
    assert lines() == {line.id: line for line in ledger.read(text)[0].lines}


def test_the_folder_uses_everything(release):
    known = lines().values()
    assert {line.kind for line in known} == set(Kind)
    assert {line.pin for line in known} == {"", "named"}
    assert sum(line.retired is not None for line in known) >= 2
    assert any(len({number for _, number in line.blanks}) < len(line.blanks) for line in known)
    back = next(line for line in known if line.question == "It came back")
    assert back.retired is None
    assert back.changed > min(line.changed for line in known)
    assert list(Path("notes").glob("*.png"))
    assert sum(path.stat().st_size for path in (HERE / release).rglob("*") if path.is_file()) < 60_000


def test_a_card_of_the_release_that_is_reworded_and_one_that_comes_back_keep_their_ids(release):
    ids = {line.question: line.id for line in lines().values()}
    note = Path("notes/20-the-rest.md")
    text = note.read_text(encoding="utf-8").replace("## On the deck only", "## On the deck alone")
    note.write_text(
        f"{text}\n## It will go\n\nIt is retired in the lock, and goes on in the package.\n", encoding="utf-8"
    )
    run("build", "notes", "-o", "out", "--only", "deck")
    after = {line.question: line.id for line in lines().values()}
    assert after["On the deck alone"] == ids["On the deck only"]
    assert after["It will go"] == ids["It will go"]


def test_a_lock_of_the_first_format_is_read_and_written_anew(release):
    """Format 1 knew neither names that the notes give nor the order of the cards."""
    path = Path("notes/deck.lock")
    before = lines()
    header, *rows = map(json.loads, path.read_text(encoding="utf-8").splitlines())
    first = [{key: value for key, value in row.items() if key not in ("pin", "after")} for row in rows]
    path.write_text("".join(f"{json.dumps(row)}\n" for row in (header | {"format": 1}, *first)), encoding="utf-8")
    run("build", "notes", "-o", "out", "--only", "deck")
    after = lines()
    assert after.keys() == before.keys()
    same = [line for line in before.values() if line.retired is None and line.kind not in raised(release)]
    assert [after[line.id] for line in same] == same
    assert json.loads(path.read_text(encoding="utf-8").splitlines()[0])["format"] == FORMAT


def test_every_release_says_how_it_spelt_its_notes():
    assert sorted(RENDERING) == RELEASES
