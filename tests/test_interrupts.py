"""Ctrl-C and the signals like it: one line, the exit code that a shell knows, nothing half done, nothing left running."""

from __future__ import annotations

import os
import re
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
from kills import World, world, written

pytestmark = pytest.mark.skipif(os.name != "posix", reason="signals and terminals are those of POSIX")

# Runs the command that follows, and sends its process group a signal when so many of the things have happened that
# Python tells of (a module imported, a file opened, ...). With 0, it says how many there are.
_AT_AN_EVENT = """
import os, signal, sys
number, wanted, seen, process = int(sys.argv[1]), int(sys.argv[2]), 0, os.getpid()
def heard(name, arguments):
    global seen
    if begun and os.getpid() == process:
        seen += 1
        if seen == wanted:
            os.killpg(0, number)
sys.argv = ["interview-helper", *sys.argv[3:]]
signal.signal(signal.SIGHUP, signal.SIG_DFL)  # the tests may run with nohup
begun = False
from interview_helper import __main__, interrupts
real = interrupts.heed
def heed():
    global begun
    real()
    begun = True
interrupts.heed = heed
sys.addaudithook(heard)
try:
    __main__.main()
finally:
    if not wanted:
        print("events:", seen, file=sys.stderr)
"""
_SAID = re.compile(r"stopped; (nothing was written|written: .*)\n\Z")


@pytest.fixture
def notes(tmp_path) -> World:
    made = world(tmp_path)
    written(made.notes)
    return made


def at_event(notes: World, event: int, number: int = signal.SIGINT, *more: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-c", _AT_AN_EVENT, str(int(number)), str(event), *(more or notes.command())],
        env=notes.environment(1_700_000_000),
        capture_output=True,
        text=True,
        start_new_session=True,
        check=False,
        timeout=120,
    )


def events(notes: World) -> int:
    """How many there are in a build of all, once Python has compiled what it is made of; it leaves nothing."""
    counts = []
    for name in ("first", "second"):
        other = world(notes.root / name)
        written(other.notes)
        counts.append(int(at_event(other, 0).stderr.rpartition("events: ")[2]))
    return min(counts)


def kept_its_word(notes: World, said: str) -> None:
    """What is said to be written is there, and nothing else, nor a part of anything."""
    found = _SAID.search(said)
    assert found, said
    assert "Traceback" not in said
    assert "Exception" not in said
    names = {Path(name).name for name in found[1].removeprefix("written: ").split(", ")}
    assert set(notes.files) - {".gitattributes"} == names - {"nothing was written"}
    assert list(notes.temporary.iterdir()) == []


def test_ctrl_c_at_any_instant_ends_a_build_with_one_line_and_130(notes):
    many = int(os.environ.get("KILLS", "0")) or 4
    all_of_them = events(notes)
    for number in range(many):
        shutil.rmtree(notes.cache, ignore_errors=True)  # with what is kept there, a build has fewer events
        for path in (*notes.output.glob("*"), notes.notes / "deck.lock"):
            path.unlink(missing_ok=True)
        event = 1 + (all_of_them - 1) * number // many
        done = at_event(notes, event)
        assert done.returncode == 130, (event, done)
        assert done.stdout == ""
        kept_its_word(notes, done.stderr)
        assert notes.left_running() == []


def test_what_was_written_before_ctrl_c_is_named(notes):
    hook = "from interview_helper.outputs import anki\nimport os, signal\n"
    hook += "anki.render = lambda build: os.kill(os.getpid(), signal.SIGINT)\n"
    done = subprocess.run(
        [sys.executable, "-c", f"{hook}from interview_helper.__main__ import main\nmain()", "build", "notes"],
        env=notes.environment(1),
        cwd=notes.root,
        capture_output=True,
        text=True,
        check=False,
    )
    assert (done.returncode, done.stderr.splitlines()[-1]) == (130, "stopped; written: notes/deck.lock")


def test_ctrl_c_while_all_cores_lay_out_leaves_nothing(notes):
    hook = """
import os, signal
from interview_helper.outputs.sheet import galleys
galleys._cores = lambda: 2
real = galleys._on_all_cores
def stopped(*jobs):
    for each in real(*jobs):
        assert os.listdir(os.environ["TMPDIR"])
        os.kill(os.getpid(), signal.SIGINT)
        yield each
galleys._on_all_cores = stopped
from interview_helper.__main__ import main
main()
"""
    for number in range(8):
        (notes.notes / f"more-{number}.md").write_text(f"# More {number}\n\n## Q {number}\n\nA.\n", encoding="utf-8")
    done = subprocess.run(
        [sys.executable, "-c", hook, *notes.command("--only", "sheet")],
        env=notes.environment(2),
        capture_output=True,
        text=True,
        check=False,
    )
    assert (done.returncode, done.stderr.splitlines()[-1]) == (130, "stopped; nothing was written")
    assert list(notes.temporary.iterdir()) == []
    assert notes.left_running() == []


@pytest.mark.parametrize(("number", "code"), [(signal.SIGTERM, 143), (signal.SIGHUP, 129)])
def test_who_is_asked_to_end_ends_in_the_same_way(notes, number, code):
    done = at_event(notes, 300, number)
    assert done.returncode == code
    kept_its_word(notes, done.stderr)


def test_a_signal_that_a_process_is_started_not_to_hear_is_not_heard(notes):
    """As with nohup, or behind & in a script."""
    deaf = "import signal\nfor each in (signal.SIGINT, signal.SIGHUP):\n    signal.signal(each, signal.SIG_IGN)\n"
    deaf += "print(flush=True)\nfrom interview_helper.__main__ import main\nmain()"
    process = subprocess.Popen(
        [sys.executable, "-c", deaf, *notes.command("--only", "deck")],
        env=notes.environment(1),
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
    )
    assert process.stdout
    process.stdout.readline()
    while process.poll() is None:
        for each in (signal.SIGINT, signal.SIGHUP):
            process.send_signal(each)
        time.sleep(0.02)
    assert process.returncode == 0, process.stderr and process.stderr.read()
    process.communicate()


def test_ctrl_c_on_a_terminal_takes_the_progress_away(notes):
    """Typed there: all processes of the build get the signal."""
    slow = "import os\nos.login_tty(os.dup(0))\n"
    slow += "from interview_helper import cli, __main__\ncli._PATIENCE = 0\n__main__.main()"
    here, terminal = os.openpty()
    process = subprocess.Popen(
        [sys.executable, "-c", slow, *notes.command("--no-cache")],
        env=notes.environment(1),
        stdin=terminal,
        stdout=terminal,
        stderr=terminal,
    )
    os.close(terminal)
    shown = b""
    while b"topics" not in shown:
        shown += os.read(here, 1000)
    os.write(here, b"\x03")
    try:
        while more := os.read(here, 1000):
            shown += more
    except OSError:  # nobody has the other end any more
        pass
    os.close(here)
    assert process.wait(30) == 130
    assert re.search(rb"\r {20,}\rstopped; written: \S*deck.lock, \S*kills.apkg\r\n\Z", shown), shown
    assert b"Traceback" not in shown
    assert notes.left_running() == []


def test_ctrl_c_ends_the_examples_that_run(notes):
    (notes.notes / "slow.md").write_text(
        "# S\n\n## A?\n\n```python\nimport time\ntime.sleep(60)\n```\n\n```output\n1\n```\n"
    )
    process = subprocess.Popen(
        [sys.executable, "-m", "interview_helper", "check", str(notes.notes), "--examples"],
        env=notes.environment(1),
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        start_new_session=True,
    )
    while process.poll() is None and not (found := _children(process.pid)):
        time.sleep(0.02)
    os.killpg(process.pid, signal.SIGINT)
    out, said = process.communicate(timeout=30)
    assert (process.returncode, out, said) == (130, "", "stopped; nothing was written\n")
    assert not any(map(_is_running, found))
    assert list(notes.temporary.iterdir()) == []


def _children(process: int) -> list[int]:
    told = subprocess.run(
        ["ps", "-A", "-ww", "-o", "pid=,ppid=,args="], capture_output=True, text=True, check=True
    ).stdout
    rows = [row.split(None, 2) for row in told.splitlines()]
    return [int(row[0]) for row in rows if int(row[1]) == process and "child.py" in row[2]]


def _is_running(process: int) -> bool:
    told = subprocess.run(["ps", "-o", "stat=", "-p", str(process)], capture_output=True, text=True, check=False).stdout
    return told.strip() != "" and not told.startswith("Z")  # dead, and nobody has asked yet


def test_a_reader_that_has_gone_is_no_mistake(notes):
    """As of `| head`: what is built is built."""
    reading, writing = os.pipe()
    os.close(reading)
    done = subprocess.run(
        [sys.executable, "-m", "interview_helper", *notes.command("--only", "deck")],
        env=notes.environment(1),
        stdout=writing,
        stderr=subprocess.PIPE,
        text=True,
        check=False,
    )
    os.close(writing)
    assert (done.returncode, done.stderr) == (1, "12 cards: 12 new\n")
    assert set(notes.files) == {"deck.lock", "kills.apkg"}


@pytest.mark.skipif(
    sys.platform != "linux" or len(os.sched_getaffinity(0)) < 2, reason="it needs /proc, fork and a second core"
)
def test_processes_that_lay_out_do_not_outlive_a_build_that_is_killed(notes):
    """Killed alone, as for want of memory: nobody else tells them. Here a galley takes a minute."""
    slow = "import time\nfrom interview_helper.outputs.sheet import galleys\n"
    slow += "def _done(job): time.sleep(60)\n_done.__module__, galleys._done = galleys.__name__, _done\n"
    slow += "from interview_helper.__main__ import main\nmain()"
    process = subprocess.Popen(
        [sys.executable, "-c", slow, *notes.command("--no-cache", "--only", "sheet")],
        env=notes.environment(1),
        stderr=subprocess.PIPE,
        text=True,
    )
    while len(notes.left_running(0)) < 3:
        assert process.poll() is None
        time.sleep(0.005)
    time.sleep(0.2)  # so that they are at work
    process.kill()
    assert process.communicate(timeout=30)[1] == ""
    assert notes.left_running() == []
