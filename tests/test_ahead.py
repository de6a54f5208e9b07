"""The process that loads the layout engine ahead: what it answers, and that nothing is lost where it fails."""

import os
import signal
import subprocess
import sys
from functools import partial

import pytest
from interview_helper.outputs.sheet import ahead

pytestmark = pytest.mark.skipif(
    sys.platform != "linux" or len(os.sched_getaffinity(0)) < 2, reason="it needs fork and a second core"
)


def doubled(number: int) -> tuple[int, int]:
    if number == 13:
        raise ValueError("13 can't be doubled")
    return 2 * number, os.getpid()


def doubled_and_gone(parent: int, number: int) -> tuple[int, int]:
    if os.getpid() != parent:
        os.kill(os.getpid(), signal.SIGKILL)
    return doubled(number)


@pytest.fixture(autouse=True)
def _begun():
    ahead.begin()
    yield
    ahead.end()


def ready() -> None:
    pass


def test_jobs_are_done_in_the_other_process_more_than_once():
    for jobs in ([1, 2, 3], [4]):
        answers = list(ahead.asked(doubled, jobs, ready))
        assert [number for number, _ in answers] == [2 * job for job in jobs]
        assert os.getpid() not in {process for _, process in answers}


def test_a_process_that_dies_costs_nothing_but_time():
    answers = list(ahead.asked(partial(doubled_and_gone, os.getpid()), [1, 2], ready))
    assert answers == [(2, os.getpid()), (4, os.getpid())]
    assert ahead.asked(doubled, [1], ready) is None


def test_what_fails_there_fails_here():
    answers = ahead.asked(doubled, [1, 13], ready)
    assert next(answers)[0] == 2
    with pytest.raises(ValueError, match="13"):
        next(answers)


def test_it_is_there_only_between_begin_and_end():
    ahead.end()
    assert ahead.asked(doubled, [1], ready) is None


def left(folder) -> list[str]:
    return sorted(path.name for path in folder.iterdir())


def build(notes, output, cache, *options, **environment):
    command = [
        sys.executable,
        "-m",
        "interview_helper",
        "build",
        str(notes),
        "-o",
        str(output),
        "--only",
        "sheet",
        *options,
    ]
    done = subprocess.run(
        command,
        env={**os.environ, "XDG_CACHE_HOME": str(cache), **environment},
        capture_output=True,
        text=True,
        check=True,
        timeout=120,
    )
    (pdf,) = output.glob("*.pdf")
    return pdf.read_bytes(), done.stderr


def test_an_edit_gives_the_sheet_that_a_build_of_everything_gives_and_leaves_nothing_behind(tmp_path):
    notes = tmp_path / "notes"
    notes.mkdir()
    temporary = tmp_path / "temporary"
    temporary.mkdir()
    for topic in ("one", "two", "three", "four", "five"):
        (notes / f"{topic}.md").write_text(f"# {topic}\n\n## What is {topic}?\n\nA *number*.\n", encoding="utf-8")
    build(notes, tmp_path / "output", tmp_path / "cache", TMPDIR=str(temporary))
    with (notes / "two.md").open("a", encoding="utf-8") as note:
        note.write("\nAnd more, with `code`:\n\n```python\nx = 2\n```\n")
    edited = build(notes, tmp_path / "output", tmp_path / "cache", TMPDIR=str(temporary))
    assert edited == build(notes, tmp_path / "output", tmp_path / "other", "--no-cache", TMPDIR=str(temporary))
    assert left(temporary) == []
    (notes / "two.md").write_bytes(b"# two\n\n## What?\n\n\xff\n")
    with pytest.raises(subprocess.CalledProcessError):
        build(notes, tmp_path / "output", tmp_path / "cache", TMPDIR=str(temporary))
    assert left(temporary) == []
