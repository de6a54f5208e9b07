"""What the notes' examples print is what the notes say; and whatever they try, nothing of it gets out."""

from __future__ import annotations

import ctypes
import json
import os
import re
import subprocess
import sys
import threading
from dataclasses import replace
from pathlib import Path

import pytest
from interview_helper import project
from interview_helper.cards import sections
from interview_helper.cli import app
from interview_helper.diagnostics import CODES, Severity
from interview_helper.examples import Interpreter, Limits, Verified, found, interpreter, running, verified
from interview_helper.files import Refusal
from interview_helper.model import Code, Source
from interview_helper.parse import parse
from interview_helper.reports import as_text
from typer.testing import CliRunner

ROOT = Path(__file__).parent.parent
HERE = interpreter()
LINUX = pytest.mark.skipif(sys.platform != "linux", reason="held by Linux alone")
POSIX = pytest.mark.skipif(sys.platform == "win32", reason="Windows has no such thing")


def document(text: str):
    return parse(Source("note.md", f"# Q\n\n{text}\n")).document


def tried(text: str, *pythons: Interpreter, **options) -> Verified:
    return verified([document(text)], pythons or (HERE,), **options)


def under(text: str, verdict) -> str:
    """The text that a diagnostic's span covers."""
    span = verdict.span
    assert span.line == span.end_line
    return f"# Q\n\n{text}\n".split("\n")[span.line - 1][span.column - 1 : span.end_column - 1]


def told(text: str, *pythons: Interpreter, **options) -> list[tuple[str, str, str]]:
    """Code, covered text and message of all that is wrong."""
    return [(d.code, under(text, d), d.message) for d in tried(text, *pythons, **options).diagnostics]


def pair(code: str, output: str = "") -> str:
    return (
        f"```python\n{code}\n```\n\n```output\n{output}\n```" if output else f"```python\n{code}\n```\n\n```output\n```"
    )


def session(text: str) -> str:
    return f"```pycon\n{text}\n```"


# --- what is an example -----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "steps"),
    [
        (pair("print(1)", "1"), ["print(1)"]),
        ("```py\nprint(1)\n```\n```output\n1\n```", ["print(1)"]),
        ("```python title=x\na\n```\n\n<!-- answer -->\n\n```output\n```", ["a"]),
        ("```python\na\n```\n\n```python\nb\n```\n\n```output\n```", ["a", "b"]),
        ("```python\na\n```\n\nWords.\n\n```python\nb\n```\n\n```output\n```", ["b"]),
        (f"{pair('a')}\n\n{pair('b')}", ["a", "b"]),
        ("```python\na\n```\n\n```pycon\n>>> b\n```", ["a", "b"]),
        ("```pycon\n>>> a\n1\n>>> for b in c:\n...     d\n...\n>>> # nothing\n```", ["a", "for b in c:\n    d"]),
        ("```python\na\n```", []),
        ("```bash\na\n```\n\n```output\n1\n```", []),
        ("    a\n\n```output\n1\n```", []),
    ],
)
def test_an_example_is_code_with_its_output_and_what_stands_right_above(text, steps):
    made = found.examples([document(text)])
    assert [step.code.rstrip() for example in made.examples for step in example.steps] == steps
    assert made.diagnostics == ()


def test_pairs_next_to_each_other_are_examples_of_their_own():
    assert len(found.examples([document(f"{pair('a')}\n\n{pair('b')}")]).examples) == 2


@pytest.mark.parametrize(
    "text",
    [
        f"<!-- example: skip it is slow -->\n{pair('1 / 0')}",
        "```python\n1 / 0\n```\n\n<!-- example: skip it is slow -->\n\n```output\n```",
        f"<!-- example: skip it is slow -->\n\n```python\nx = 1\n```\n\n{session('>>> 1 / 0')}",
        session(">>> 1 / 0  # doctest: +SKIP"),
    ],
)
def test_what_is_skipped_is_counted_and_not_run(text):
    assert tried(text).summary == "no example to run (1 skipped)"


@pytest.mark.parametrize(
    ("text", "covered", "hint"),
    [
        ("```python\n>>> 1\n2\n```", "```python\n>>> 1\n2\n```", "name the fence ```pycon"),
        ("```pycon\n1 + 1\n2\n```", "```pycon\n1 + 1\n2\n```", "write >>> in front of what is typed in"),
        ("```python\na\n```\n\nprints\n\n```output\n1\n```", "```output\n1\n```", "put it right below the code, "),
        ("- ```pycon\n  >>> 1\n  2\n  ```", "- ```pycon\n  >>> 1\n  2\n  ```", "put its fences outside"),
        (
            "> ```python\n> a\n> ```\n> ```output\n> ```",
            "> ```python\n> a\n> ```\n> ```output\n> ```",
            "put its fences",
        ),
    ],
)
def test_what_looks_like_an_example_and_is_none_gets_a_hint(text, covered, hint):
    (diagnostic,) = found.examples([document(text)]).diagnostics
    assert (diagnostic.code, diagnostic.severity) == ("E011", Severity.HINT)
    rows = f"# Q\n\n{text}\n".split("\n")[diagnostic.span.line - 1 : diagnostic.span.end_line]
    assert "\n".join(rows) == covered
    assert diagnostic.hint.startswith(hint)


@pytest.mark.parametrize(
    ("text", "line"),
    [
        (">>> 1\n1\n>>>2", ">>>2"),
        (">>> if 1:\n...   2\n  ... 3", "... 3"),
        (">>> 1 # doctest: +NONSENSE\n1", ">>> 1 # doctest: +NONSENSE"),
    ],
)
def test_a_session_that_doctest_can_not_read_is_an_error_at_its_line(text, line):
    ((code, covered, _),) = told(session(text))
    assert (code, covered) == ("E010", line)
    assert tried(session(text)).summary == f"1 example ran on Python {HERE.name}: 1 fail"


# --- what it must print -----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "text",
    [
        pair("print(1)\nprint(2)", "1\n2"),
        pair("print('a  \\r\\n\\n  b')", "a\n\n  b"),
        pair("x = 1"),
        pair("print(object())", "<object object at 0x7f01>"),
        pair("print(list(range(100)))", "[0, 1, ..., 99]"),
        pair("1 / 0", "ZeroDivisionError: division by zero"),
        pair("print(1)\n1 / 0", "1\nTraceback (most recent call last):\n  ...\nZeroDivisionError: division by zero"),
        pair("print(1, end='')\n1 / 0", '1\nTraceback (most recent call last):\n  File "x"\nZeroDivisionError: ...'),
        pair("x = = 1", "SyntaxError: invalid syntax"),
        pair("class E(Exception): pass\nraise E", "E"),
        pair("nam = 1\nname", "NameError: name 'name' is not defined. Did you mean: 'nam'?"),
        pair("import json\njson.loads('')", "json.decoder.JSONDecodeError: Expecting value: line 1 column 1 (char 0)"),
        pair("e = ValueError('a')\ne.add_note('b')\nraise e", "ValueError: a\nb")
        if sys.version_info >= (3, 11)
        else pair(""),
        pair("raise ValueError('a\\nb')", "ValueError: a\nb"),
        pair("import sys\nprint(1)\nsys.exit(2)", "1"),
        pair("import atexit, sys\natexit.register(print, 'bye')\nsys.exit(2)", "bye"),
        pair("import sys\nprint(1)\nsys.exit(2)", "1\nSystemExit: 2"),
        pair(
            "print('\\udc80')", "UnicodeEncodeError: 'utf-8' codec can't encode character '\\udc80' in position 0: ..."
        ),
        pair("print('ü \N{SNAKE}')", "ü \N{SNAKE}"),
        pair("import os\nos.write(1, b'caf\\xe9')", "caf\\xe9"),
        pair("class A:\n    def __del__(self): print('gone')\na = A()", "gone"),
        pair("import atexit\natexit.register(print, 'bye')\nprint('hello')", "hello\nbye"),
        pair("import threading\nt = threading.Timer(0.1, print, 'x')\nt.start()\nprint(1)", "1\nx"),
        pair("import threading, time\nthreading.Thread(target=time.sleep, args=[99], daemon=True).start()"),
        pair("import sys, io\nsys.stdout = io.StringIO()\nprint(1)"),
        pair("import sys\nprint(1)\nsys.stdout.close()", "1"),
        pair("import sys\nprint(1)\nprint(2, file=sys.stderr)", "1"),
        pair("import io, sys\nsys.stdin = io.StringIO('me')\nprint(input('who? '))", "who? me"),
        pair("if __name__ == '__main__':\n    print(__file__)", "example.py"),
        pair("class A: pass\nimport pickle\nprint(type(pickle.loads(pickle.dumps(A()))))", "<class '__main__.A'>"),
        pair("import inspect\ndef f(): return 1\nprint(inspect.getsource(f))", "def f(): return 1"),
        pair("import sys\nsys.excepthook = lambda *_: print('hooked')\n1 / 0", "hooked\nZeroDivisionError: ..."),
        pair("import sys\nsys.excepthook = lambda *_: 1 / 0\n[][0]", "IndexError: list index out of range"),
        pair("import sys\ndef hook(*_): raise ValueError\nsys.addaudithook(hook)\nopen('x')", "ValueError"),
        pair("import asyncio\nasync def f(): print(1)\nasyncio.run(f())", "1"),
        pair("from concurrent.futures import ThreadPoolExecutor as P\nwith P(32) as p: print(*p.map(abs, [-1]))", "1"),
        pair("import tempfile, os\nwith tempfile.NamedTemporaryFile() as f: print(len(os.listdir()))", "1"),
        pair("open('a', 'w').write('b')\nprint(open('a').read())", "b"),
        pair(
            "import os\nos.mkdir('a')\nos.rename('a', 'b')\nos.symlink('b', 'c')\nos.rmdir('b')\nprint(os.listdir())",
            "['c']",
        ),
        pair("import os, time\nprint(os.listdir(), os.environ['TZ'], time.tzname[0])", "[] UTC UTC"),
        pair("print('a\\rb')", "a\nb"),
        pair("import sqlite3\nprint(sqlite3.connect(':memory:').execute('select 1').fetchone())", "(1,)"),
        pair("print(sorted({'a', 'b', 'c'}))", "['a', 'b', 'c']"),
        pair("'x' * 10**18", "MemoryError"),
        pair("print('a\\x0cb')\n\nprint(1)", "a\x0cb\n1"),
        pair(
            "import traceback, sys\ntry: 1 / 0\nexcept ZeroDivisionError: traceback.print_exc(file=sys.stdout)",
            "Traceback (most recent call last):\n  ...\nZeroDivisionError: division by zero",
        ),
        session(">>> 1 + 1\n2\n>>> print('a\\n\\nb')\na\n<BLANKLINE>\nb"),
        session(">>> int('x')\nTraceback (most recent call last):\n  ...\nValueError: invalid literal..."),
        session(
            ">>> int('x')  # doctest: +IGNORE_EXCEPTION_DETAIL\nTraceback (most recent call last):\nValueError: no"
        ),
        session(">>> print('a   b')  # doctest: +NORMALIZE_WHITESPACE\na b"),
        session(">>> print('a\\tb')\na\tb"),
        session(">>> from __future__ import annotations\n>>> def f(a: b): pass\n>>> f.__annotations__\n{'a': 'b'}"),
        session("  >>> [x\n  ...  for x in 'a']\n  ['a']"),
        session(">>> class A: pass\n>>> A()\n<__main__.A object at 0x0>"),
        "```python\nclass A:\n    def __repr__(self): return 'A!'\n```\n```pycon\n>>> A()\nA!\n```",
        "```pycon\n>>> print(1)\n>>> 2\n```\n\n```output\n1\n2\n```",
        "```pycon\n>>> print(1)\n1\n```\n\n```output\n1\n```",
    ],
)
def test_what_prints_what_the_note_says_passes(text):
    assert told(text) == []


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (pair("print(1)\nprint(3)", "1\n2"), [("E001", "2", "expected '2', got '3'")]),
        (
            pair("s = '\x0c'\nprint(1, s)\n1 / 0", "1 \x0c\n2"),
            [("E002", "1 / 0", "raises 'ZeroDivisionError: division by zero'")],
        ),
        (pair("print(1)", "1\n2"), [("E001", "2", "expected '2', and nothing more is printed")]),
        (pair("print(1)\nprint(2)", "1"), [("E001", "```", "expected nothing more, got '2'")]),
        (pair("print(1)"), [("E001", "```", "expected nothing, got '1'")]),
        (
            pair("for i in 1, 2, 3: print(i)", "0\n2\n4"),
            [("E001", "0", "expected '0', got '1', and 2 more lines below")],
        ),
        (
            pair("print('x' * 999 + 'a')", "x" * 999 + "b"),
            [("E001", "x" * 999 + "b", f"expected '…{'x' * 79}b', got '…{'x' * 79}a'")],
        ),
        (pair("print(True)", "1"), [("E001", "1", "expected '1', got 'True'")]),
        (pair("1 / 0", "1"), [("E002", "1 / 0", "raises 'ZeroDivisionError: division by zero'")]),
        (pair("def f():\n    {}[1]\nf()", "1"), [("E002", "{}[1]", "raises 'KeyError: 1'")]),
        (pair("if 1\n  2", "1"), [("E002", "if 1", "raises \"SyntaxError: expected ':'\"")]),
        (
            pair("1 / 0", "ZeroDivisionError"),
            [("E001", "ZeroDivisionError", "expected 'ZeroDivisionError', got 'ZeroDivisionError: division by zero'")],
        ),
        (
            pair("print(1)", "Traceback (most recent call last):\n  ...\nKeyError: 1"),
            [("E001", "KeyError: 1", "expected 'KeyError: 1', but nothing is raised; it prints '1'")],
        ),
        (
            "```python\n1 / 0\n```\n\n```pycon\n>>> 1\n1\n```",
            [("E002", "1 / 0", "raises 'ZeroDivisionError: division by zero'")],
        ),
        (
            session(">>> 1\n2\n>>> [3,\n...  4]\n5"),
            [("E001", "2", "expected '2', got '1'"), ("E001", "5", "expected '5', got '[3, 4]'")],
        ),
        (session(">>> x = 1\n>>> x"), [("E001", "```", "expected nothing, got '1'")]),
        (session(">>> True\n1"), [("E001", "1", "expected '1', got 'True'")]),
        (
            session(">>> def f():\n...     1 / 0\n>>> f()\n3"),
            [("E002", "f()", "raises 'ZeroDivisionError: division by zero'")],
        ),
        (
            session(">>> int('x')\nTraceback (most recent call last):\n  ...\nKeyError: x"),
            [
                (
                    "E001",
                    "KeyError: x",
                    "expected 'KeyError: x', got \"ValueError: invalid literal for int() with base 10: 'x'\"",
                )
            ],
        ),
        (
            session(">>> int('1')\nTraceback (most recent call last):\n  ...\nKeyError: x"),
            [("E001", "KeyError: x", "expected 'KeyError: x', but nothing is raised; it prints '1'")],
        ),
        ("```pycon\n>>> 1\n>>> 2\n```\n\n```output\n1\n3\n```", [("E001", "3", "expected '3', got '2'")]),
        ("```pycon\n>>> 1\n1\n```\n\n```output\n2\n```", [("E001", "2", "expected '2', got '1'")]),
        (pair("print('\\x00\\x1b')", "x"), [("E001", "x", "expected 'x', got '\N{REPLACEMENT CHARACTER}\\x1b'")]),
        (
            "1. ### R\n\n   ```python\n   print(1)\n   ```\n\n   ```output\n   2\n   ```",
            [("E001", "2", "expected '2', got '1'")],
        ),
    ],
)
def test_what_prints_something_else_is_an_error_at_the_line_that_differs(text, expected):
    assert told(text) == expected


@pytest.mark.parametrize(
    ("text", "hint"),
    [
        (pair("print('a b')", "a  b"), "if the code is right, write a b"),
        (session(">>> print('a\\n\\nb')\na\nb"), "if the code is right, write <BLANKLINE>"),
        (
            pair("raise PermissionError", "1"),
            "an example may change files in its own folder alone, and start no process; ",
        ),
        (pair("x", "1"), "each example starts anew: put what it needs right above it, with no words between"),
        (pair("1 / 0", "1"), "if it should, write below it: ZeroDivisionError: division by zero"),
        (session(">>> {}[1]"), "if it should, write below it: Traceback (most recent call last): and then KeyError: 1"),
    ],
)
def test_a_failure_says_what_to_type(text, hint):
    ((said),) = [d.hint for d in tried(text).diagnostics]
    assert said.startswith(hint) if hint.endswith("; ") else said == hint


@pytest.mark.parametrize(
    ("code", "why"),
    [
        ("print({'a', 'b', 'c'})", "depends on the hash seed"),
        ("print({'a', 'b'})", "depends on the hash seed"),
        ("print(hash('a'))", "depends on the hash seed"),
        ("import time\nprint(time.perf_counter())", "is not the same in each run"),
        ("import random\nprint({random.random()})", "is not the same in each run"),
    ],
)
def test_an_output_that_is_not_always_the_same_is_flagged(code, why):
    shown = "{'a', 'b'}"
    ((code, covered, message),) = told(pair(code, shown))
    assert (code, covered) == ("E009", shown)
    assert message.startswith(f"the output {why}: ")
    one, other = message.split(": ", 1)[1].split(" or ")
    assert one != other


# --- what it must not do ----------------------------------------------------------------------------------------------


@pytest.fixture
def notes(tmp_path, monkeypatch):
    """A folder of notes, with a module in it, which nothing may change; and secrets in the environment."""
    folder = tmp_path / "notes"
    folder.mkdir()
    (folder / "deck.toml").write_text('title = "T"\n')
    (folder / "homemade.py").write_text("print('imported')\n")
    monkeypatch.chdir(folder)
    monkeypatch.setenv("SECRET", "s3cret")
    monkeypatch.setenv("PYTHONPATH", str(folder))
    before = {path.name: (path.read_bytes(), path.stat().st_mode) for path in folder.iterdir()}
    yield folder
    assert {path.name: (path.read_bytes(), path.stat().st_mode) for path in folder.iterdir()} == before


def stopped(code: str, would: str, line: str = "") -> None:
    """Hold that code is stopped at its last line, or the one given, and what is said of it."""
    found = told(pair(code))
    assert [(c, covered) for c, covered, _ in found] == [("E004", line or code.split("\n").pop().strip())]
    assert re.fullmatch(f"stopped, because it would {would}", found[0][2])


def test_a_wrong_output_is_reported_as_that():
    assert told(pair("print('right')", "wrong")) == [("E001", "wrong", "expected 'wrong', got 'right'")]


@pytest.mark.parametrize(
    ("code", "line"),
    [
        ("x = 1\nwhile True: pass", "while True: pass"),
        ("import time\ntime.sleep(99)", "time.sleep(99)"),
        ("import re\nre.match('(a+)+b', 'a' * 99)", "re.match('(a+)+b', 'a' * 99)"),
        ("try:\n    while True: pass\nfinally:\n    while True: pass", "while True: pass"),
        ("import threading\ndef go():\n    while True: pass\nthreading.Thread(target=go).start()", "while True: pass"),
        ("import atexit, time\natexit.register(time.sleep, 99)", "import atexit, time"),
        (
            "import threading\nwith threading.Lock() as a, threading.Lock() as b:\n    threading.Event().wait()",
            "threading.Event().wait()",
        ),
        ("import signal\nsignal.signal(signal.SIGTERM, signal.SIG_IGN)\nwhile True: pass", "while True: pass"),
    ],
)
def test_what_does_not_end_is_ended(code, line):
    assert told(pair(code), limits=Limits(seconds=2)) == [("E003", line, "still running after 2 s")]


@pytest.mark.parametrize("then", ["import time\nwhile True: time.sleep(1)", "while True: pass"])
def test_what_takes_the_clock_away_is_ended_from_outside(monkeypatch, then):
    monkeypatch.setattr(running, "_GRACE", 1)
    code = f"import faulthandler as clock\nclock.cancel_dump_traceback_later()\n{then}"
    found = told(pair(code), limits=Limits(seconds=1))
    assert found == [("E003", "import faulthandler as clock", "still running after 1 s")]


@LINUX
def test_what_takes_the_clock_away_is_ended_by_its_processor_time(monkeypatch):
    monkeypatch.setattr(running, "_GRACE", 99)
    code = "import faulthandler as clock\nclock.cancel_dump_traceback_later()\nwhile True: pass"
    found = told(pair(code), limits=Limits(seconds=1))
    assert found == [("E003", "import faulthandler as clock", "still running after 1 s")]


def test_what_does_not_end_in_a_session_is_reported_at_its_prompt():
    text = session(">>> x = 1\n>>> while x: pass")
    assert told(text, limits=Limits(seconds=2)) == [("E003", "while x: pass", "still running after 2 s")]


@pytest.mark.parametrize(
    ("code", "would"),
    [
        ("import os\nwhile True:\n    os.fork()", "start a process"),
        ("import os\nos.forkpty()", "start a process"),
        ("import subprocess\nsubprocess.run(['ls', '-l'])", "start a process: 'ls'"),
        ("import os\nos.system('ls')", "start a process: 'ls'"),
        ("import os\nos.popen('ls')", "start a process: .*"),
        ("import os\nos.execv('/bin/ls', ['ls'])", "start a process: '/bin/ls'"),
        ("import os\nos.posix_spawn('/bin/ls', ['ls'], {})", "start a process: '/bin/ls'"),
        ("import os\nos.spawnv(os.P_WAIT, '/bin/ls', ['ls'])", "start a process.*"),
        ("import multiprocessing\nmultiprocessing.Process(target=print).start()", "start a process"),
        ("import multiprocessing as m\nm.get_context('spawn').Process(target=print).start()", "start a process"),
        ("import ctypes\nctypes.CDLL(None).fork()", "call C code: 'fork'"),
        ("import ctypes\nctypes.CDLL('libc.so.6')", "load the library 'libc.so.6'"),
        ("import os\nos.kill(os.getppid(), 9)", "signal another process"),
        ("import os\nos.kill(0, 9)", "signal another process"),
        ("import os\nos.killpg(os.getpgid(os.getppid()), 9)", "signal other processes"),
        ("import os, signal\nsignal.pidfd_send_signal(os.pidfd_open(os.getppid()), 9)", "signal another process"),
        ("import os\nos.setpriority(os.PRIO_PROCESS, os.getppid(), 5)", "change the priority of a process"),
        ("import time\ntime.clock_settime(time.CLOCK_REALTIME, time.time())", "set the clock"),
        ("import resource\nresource.setrlimit(resource.RLIMIT_AS, (-1, -1))", "change the limits of a process"),
        ("import os\nopen(f'/proc/{os.getppid()}/environ')", "read what another process has"),
    ],
)
@LINUX
def test_processes_are_out_of_reach(code, would):
    stopped(code, would)


@pytest.mark.parametrize(
    ("code", "would"),
    [
        ("import socket\nsocket.socket()", "open a socket"),
        ("import socket\nsocket.create_connection(('127.0.0.1', 9))", "look up '127.0.0.1' on the network"),
        ("import socket\nsocket.gethostbyname('example.org')", "look up 'example.org' on the network"),
        ("import socket\nsocket.socket(socket.AF_UNIX).connect('/tmp/x')", "open a connection to '/tmp/x'"),
        ("import socket\nsocket.socket(socket.AF_UNIX).bind('x')", "open a connection to 'x'"),
        ("import _socket\n_socket.socket()", "open a socket"),
        ("from urllib.request import urlopen\nurlopen('https://example.org')", "open 'https://example.org'"),
        (
            "from http.client import HTTPConnection\nHTTPConnection('a.example').connect()",
            "open a connection to 'a.example'",
        ),
        ("import asyncio\nasyncio.run(asyncio.start_server(None, port=0))", "open a socket"),
    ],
)
@POSIX
def test_sockets_are_out_of_reach(code, would):
    stopped(code, would)


@pytest.mark.parametrize(
    ("code", "would"),
    [
        ("open(victim, 'w')", "write {victim!r}"),
        ("open(victim, 'r+b')", "write {victim!r}"),
        ("import os\nos.open(victim, os.O_WRONLY)", "write {victim!r}"),
        ("open(os.path.relpath(victim), 'a')", "write '.*deck.toml'"),
        ("os.chdir(os.path.dirname(victim))\nopen('deck.toml', 'w')", "write 'deck.toml'"),
        ("os.remove(victim)", "delete {victim!r}"),
        ("os.rename(victim, 'mine')", "rename {victim!r}"),
        ("os.truncate(victim, 0)", "change {victim!r}"),
        ("os.chmod(victim, 0)", "change {victim!r}"),
        ("os.utime(victim)", "change {victim!r}"),
        ("os.fchmod(os.open(victim, os.O_RDONLY), 0)", "change .*"),
        ("os.mkdir(os.path.dirname(victim) + '/more')", "make .*more'"),
        ("os.link(victim, 'mine')", "link {victim!r}"),
        ("open('mine', 'w').close()\nos.link('mine', victim + '.new')", "link .*deck.toml.new'"),
        ("open('mine', 'w').close()\nos.rename('mine', victim)", "rename {victim!r}"),
        ("os.symlink(victim, 'mine')\nopen('mine', 'w')", "write 'mine'"),
        ("os.symlink(os.path.dirname(victim), 'd')\nos.remove('d/deck.toml')", "delete 'd/deck.toml'"),
        ("os.symlink('.', os.path.dirname(victim) + '/l')", "make .*/l'"),
        ("os.open(os.path.dirname(victim), os.O_RDONLY)", "open the folder .*"),
        ("os.mkfifo(os.path.dirname(victim) + '/fifo')", "make a special file"),
        ("open('/dev/kmsg')", "read '/dev/kmsg'"),
        ("import shutil\nshutil.rmtree(os.path.dirname(victim))", ".*notes.*|delete .*"),
        ("from pathlib import Path\nPath(victim).write_text('x')", "write {victim!r}"),
        ("import sqlite3\nsqlite3.connect(os.path.dirname(victim) + '/db')", "open the database .*db'"),
    ],
)
@LINUX
def test_files_of_others_are_out_of_reach(notes, code, would):
    victim = str(notes / "deck.toml")
    stopped(f"import os\nvictim = {victim!r}\n{code}", would.format(victim=victim))


def test_a_path_that_leads_out_of_an_open_folder_is_out_of_reach(notes):
    code = """\
import os
os.makedirs('a/b')
top = os.open('.', os.O_RDONLY)
os.chdir('a/b')
os.open('../x', os.O_WRONLY | os.O_CREAT, dir_fd=top)"""
    stopped(code, "write '../x'")


def test_what_the_user_has_is_not_in_reach(notes):
    code = """\
import os, sys
print(sorted({'SECRET', 'PYTHONPATH', 'PATH', 'USER'} & set(os.environ)))
print([path for path in sys.path if 'notes' in path or path == ''])
import homemade"""
    assert told(pair(code, "[]\n[]\nModuleNotFoundError: No module named 'homemade'")) == []


@pytest.mark.parametrize(
    "code",
    [
        "input()",
        "import sys\nsys.stdin.read()",
        "import sys\nfor line in sys.stdin: pass",
        "import sys\nsys.__stdin__.readlines()",
        "import sys\nsys.stdin.buffer.read()",
        "open(0).read()",
        pytest.param("open('/dev/tty')", marks=POSIX),
        pytest.param("import getpass\ngetpass.getpass()", marks=POSIX),
        "import fileinput\nfileinput.input('-').readline()",
    ],
)
def test_reading_standard_input_is_reported_as_that(code):
    line = code.split("\n")[-1]
    assert told(pair(code)) == [("E005", line, "stopped, because it reads standard input")]


def test_nothing_comes_from_standard_input_by_its_number_either():
    assert told(pair("import os\nprint(os.read(0, 9))", "b''")) == []


@LINUX
@pytest.mark.parametrize(
    "code",
    [
        "x = bytearray(2 * 10**9)",
        "x = bytearray(12 * 10**8)",
        "x = [0] * (3 * 10**8)",
        "import mmap\nx = mmap.mmap(-1, 2 * 10**9)",
    ],
)
def test_two_gigabytes_are_too_much(code):
    assert told(pair(code)) == [("E006", code.split("\n")[-1], "out of memory")]


@POSIX
@pytest.mark.parametrize(
    ("code", "words"),
    [
        ("import os\nos._exit(0)", "os._exit(0)"),
        ("import os\nos._exit(3)", "os._exit(3)"),
        ("import os, signal\nos.kill(os.getpid(), signal.SIGKILL)", "SIGKILL"),
        ("import os\nos.abort()", "SIGABRT"),
        ("import faulthandler\nfaulthandler._sigsegv()", "SIGSEGV"),
    ],
)
def test_an_interpreter_that_dies_is_reported_as_that(code, words):
    assert told(pair(code)) == [("E008", code.split("\n")[-1], f"the interpreter died: {words}")]


def test_an_interpreter_that_dies_in_a_session_is_reported_at_the_prompt():
    text = session(">>> import os\n>>> 1\n1\n>>> os._exit(0)")
    assert told(text) == [("E008", "os._exit(0)", "the interpreter died: os._exit(0)")]


@pytest.mark.parametrize(
    "code",
    [
        "for _ in range(10**6): print('x' * 100)",
        "print('x' * 10**8)",
        "import os\nwhile True: os.write(1, b'x' * 65536)",
    ],
)
def test_a_flood_is_stopped(code):
    ((error, _, message),) = told(pair(code))
    assert (error, message) == ("E007", "stopped, because it prints more than 1,000,000 bytes")


def test_a_flood_calls_for_help_while_it_runs():
    end, start = os.pipe()
    called = threading.Event()
    reader = running._Reader(os.fdopen(end, "rb"), 5, called.set)
    os.write(start, b"12345")
    os.write(start, b"6")
    assert called.wait(30)
    os.close(start)
    assert reader.data() == b"12345"


def test_a_flood_of_standard_error_is_dropped():
    assert told(pair("import sys\nfor _ in range(10**5): print('x' * 99, file=sys.stderr)\nprint(1)", "1")) == []


def test_what_an_example_prints_can_not_pass_for_the_word_of_its_keeper():
    forged = "print('\\0' + '0' * 32 + '\\x1fended\\x1f-1\\x1f-1\\x1f\\0' + '0' * 32)\nimport os\nos._exit(0)"
    assert [code for code, _, _ in told(pair(forged))] == ["E008"]


def landlock() -> int:
    """The version of Landlock that the kernel has; 0 for none."""
    return max(0, ctypes.CDLL(None).syscall(444, None, 0, 1)) if sys.platform == "linux" else 0


@pytest.mark.skipif(landlock() < 1, reason="the kernel has no Landlock")
def test_a_library_that_opens_files_without_a_word_is_held_by_the_kernel(notes):
    code = f"""\
import sqlite3
path = {str(notes / "new.db")!r}
sqlite3.connect(":memory:").execute("attach ? as other", [path])"""
    ((error, _, message),) = told(pair(code))
    assert (error, message[:40]) == ("E002", "raises 'sqlite3.OperationalError: unable")


# What is done with no event told: the kernel is asked directly, as from C code.
UNTOLD = {
    "os.fork()": "PermissionError",
    "os.posix_spawn('/bin/true', ['true'], {})": "PermissionError",
    "os.execv('/bin/true', ['true'])": "PermissionError",
    "os.kill(os.getppid(), 0)": "PermissionError",
    "signal.pidfd_send_signal(os.pidfd_open(os.getppid()), 0)": "PermissionError",
    "socket.socket()": "PermissionError",
    "time.clock_settime(time.CLOCK_REALTIME, time.time())": "PermissionError",
    "resource.prlimit(os.getppid(), resource.RLIMIT_CORE, (0, 0))": "PermissionError",
    "open(victim, 'w')": "PermissionError",
    "os.remove(victim)": "PermissionError",
    "os.truncate(victim, 0)": "PermissionError",
    "os.rename(victim, 'mine')": "PermissionError",
    "os.link(victim, 'mine')": "OSError",
    "dbm.dumb.open(victim, 'n')": "PermissionError",
    "ctypes.CDLL(None).fork()": "-1",
    "os.kill(os.getpid(), 0)": "None",
    "len(socket.socketpair())": "2",
    "open('mine', 'w').write('x')": "1",
    "open(os.devnull, 'w').write('x')": "1",
    "threading.Thread(target=int).start()": "None",
    "asyncio.run(asyncio.sleep(0))": "None",
}


@pytest.mark.skipif(landlock() < 6, reason="the kernel has no Landlock, or an older one")
def test_the_kernel_refuses_what_no_event_tells_of(notes, tmp_path):
    script = f"""\
import asyncio, ctypes, dbm.dumb, importlib.util, os, resource, signal, socket, threading, time
spec = importlib.util.spec_from_file_location("child", {str(running._CHILD)!r})
child = importlib.util.module_from_spec(spec)
spec.loader.exec_module(child)
victim = {str(notes / "deck.toml")!r}
child.hold(os.getcwd())
for tried in {list(UNTOLD)!r}:
    try:
        print(eval(tried))
    except OSError as error:
        print(type(error).__name__)
"""
    home = tmp_path / "home"
    home.mkdir()
    done = subprocess.run([sys.executable, "-c", script], cwd=home, capture_output=True, text=True, check=False)
    assert dict(zip(UNTOLD, done.stdout.splitlines(), strict=True)) == UNTOLD


# --- running them -----------------------------------------------------------------------------------------------------


class Kept(dict):
    """A cache."""

    def put(self, key: str, data: bytes) -> None:
        """Keep it."""
        self[key] = data


@pytest.fixture
def started(monkeypatch) -> list[list[str]]:
    """The processes that are started."""
    begun: list[list[str]] = []
    real = subprocess.Popen

    def popen(command, **options):
        begun.append(command)
        return real(command, **options)

    monkeypatch.setattr(running.subprocess, "Popen", popen)
    return begun


def test_what_ran_once_does_not_run_again(started):
    cache = Kept()
    assert told(pair("print(object())", "<object object at 0x1>"), cache=cache) == []
    assert len(started) == 2  # two hash seeds
    expected = told(pair("print(object())", "2"))
    del started[:]
    assert told(pair("print(object())", "2"), cache=cache) == expected != []
    assert started == []


@pytest.mark.parametrize(
    "changed",
    [
        {"text": pair("print(2)", "1")},
        {"text": session(">>> print(1)\n1")},
        {"python": replace(HERE, identity="another build")},
        {"limits": Limits(memory=500_000_000)},
    ],
)
def test_another_code_python_or_limit_runs_anew(started, changed):
    cache = Kept()
    tried(pair("print(1)", "1"), cache=cache)
    before = len(started)
    tried(
        changed.get("text", pair("print(1)", "1")),
        changed.get("python", HERE),
        cache=cache,
        limits=changed.get("limits", Limits()),
    )
    assert len(started) == 2 * before


@pytest.mark.parametrize("code", ["while True: pass", "open('/x', 'w')", "input()", "__import__('os')._exit(0)"])
def test_what_was_stopped_runs_anew_each_time(code):
    cache = Kept()
    assert told(pair(code), cache=cache, limits=Limits(seconds=1))
    assert cache == {}


def test_what_an_example_raises_and_varies_in_survives_the_cache():
    text = "\n\nwords\n\n".join((pair("1 / 0", "1"), pair("print({'a', 'b'})", "{'a', 'b'}")))
    cache = Kept()
    first = told(text, cache=cache)
    assert [code for code, _, _ in first] == ["E002", "E009"]
    assert told(text, cache=cache) == first


def test_code_with_sets_runs_under_more_seeds_than_other_code(started):
    tried(pair("print(set('a'))", "{'a'}"))
    assert len(started) == 5


def test_each_python_is_named_where_there_are_several():
    other = replace(HERE, name="9.9", identity="9.9")
    made = tried(f"{pair('print(1)', '1')}\n\nwords\n\n{pair('print(1)', '2')}", HERE, other)
    assert [d.message for d in made.diagnostics] == [f"expected '2', got '1' (Python {HERE.name}, 9.9)"]
    assert made.summary.split("\n") == [f"2 examples ran on Python {name}: 1 fail" for name in (HERE.name, "9.9")]


def test_progress_is_told_example_by_example():
    heard: list[tuple[int, int]] = []
    tried(f"{pair('print(1)', '1')}\n\nwords\n\n{pair('print(1)', '2')}", told=lambda *each: heard.append(each))
    assert heard == [(0, 2), (1, 2), (2, 2)]


@LINUX
def test_nothing_is_left_running_when_the_user_has_enough():
    def interrupted(*_):
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        tried(pair("import time\ntime.sleep(50)"), told=interrupted, limits=Limits(seconds=60))
    me = os.getpid()
    for entry in Path("/proc").glob("[0-9]*/stat"):
        try:
            words, command = entry.read_text(), entry.with_name("cmdline").read_text()
        except OSError:
            continue
        assert int(words.rpartition(")")[2].split()[1]) != me or str(running._CHILD) not in command


def test_an_interpreter_that_can_not_be_started_is_a_refusal():
    with pytest.raises(Refusal, match="can't be started"):
        tried(pair("print(1)", "1"), replace(HERE, path="/no/python"))


# --- interpreters -----------------------------------------------------------------------------------------------------


def version(*, parts: int) -> str:
    return ".".join(map(str, sys.version_info[:parts]))


def test_the_running_python_is_the_default():
    assert HERE.path == sys.executable
    assert HERE.version == sys.version_info[:3]


@pytest.mark.parametrize("request_", [version(parts=1), version(parts=2), version(parts=3), sys.executable])
def test_a_python_is_found_by_version_and_by_path(request_):
    made = interpreter(request_)
    if request_ != sys.executable and len(request_) > 1:
        assert made.version[:2] == sys.version_info[:2]
    assert Path(made.path).is_file()


def test_the_running_python_is_found_where_neither_uv_nor_path_have_one(monkeypatch):
    monkeypatch.setenv("PATH", "")
    assert interpreter(version(parts=2)).path == sys.executable


@POSIX
def test_a_python_behind_a_shim_that_fails_is_found_further_down_the_path(tmp_path, monkeypatch):
    other = json.dumps(["/another/python", list(sys.version_info[:3]), "", "cpython", "its build", []])
    for name, script in (("first", "exit 127"), ("second", f"echo '{other}'")):
        (tmp_path / name).mkdir()
        shim = tmp_path / name / f"python{version(parts=2)}"
        shim.write_text(f"#!/bin/sh\n{script}\n")
        shim.chmod(0o755)
    monkeypatch.setenv("PATH", f"{tmp_path / 'first'}{os.pathsep}{tmp_path / 'second'}")
    assert interpreter(version(parts=2)).path == "/another/python"


@pytest.mark.parametrize(
    ("request_", "hint"),
    [
        ("3.99", "uv python install 3.99"),
        ("python-of-none", "--python takes a version such as 3.13, or the path of a Python"),
        ("/no/python", "interview-helper check --examples --python 3.13"),
    ],
)
def test_a_python_that_is_not_here_is_a_refusal(request_, hint):
    with pytest.raises(Refusal) as refused:
        interpreter(request_)
    assert (refused.value.code, refused.value.hint) == (3, hint)


def test_what_is_no_python_is_a_refusal(tmp_path):
    (tmp_path / "python").write_text("no")
    with pytest.raises(Refusal, match="is no Python that starts"):
        interpreter(str(tmp_path / "python"))


# --- the command ------------------------------------------------------------------------------------------------------


def run(*arguments: str):
    return CliRunner().invoke(app, list(arguments))


@pytest.fixture
def folder(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "notes").mkdir()
    (tmp_path / "notes" / "a.md").write_text(f"# T\n\nintro\n\n## A\n\n{pair('print(1)', '2')}\n")
    (tmp_path / "notes" / "b.md").write_text(f"# U\n\n## B\n\n{pair('print(1)', '1')}\n")
    return tmp_path / "notes"


def test_check_reports_examples_only_where_it_is_asked_to(folder):
    plain = run("check", "notes")
    assert (plain.exit_code, plain.stdout) == (0, "")
    result = run("check", "notes", "--examples")
    assert result.exit_code == 1
    assert result.stdout == (
        "notes/a.md:12:1: error E001 expected '2', got '1'\n    2\n    ^\n    hint: if the code is right, write 1\n"
    )
    assert result.stderr.split("\n") == [
        "2 cards in 2 files: 1 error",
        f"2 examples ran on Python {HERE.name}: 1 fail",
        "",
    ]


def test_check_prints_examples_as_json_and_their_summary_beside_it(folder):
    result = run("check", "notes", "--examples", "--format", "json", "--python", version(parts=2))
    (one,) = json.loads(result.stdout)
    assert (one["code"], one["severity"], one["path"], one["line"]) == ("E001", "error", "notes/a.md", 12)
    assert result.stderr == f"2 cards in 2 files: 1 error\n2 examples ran on Python {HERE.name}: 1 fail\n"


def test_check_of_one_file_of_a_deck_runs_that_file(folder):
    (folder / "deck.toml").write_text('title = "T"')
    result = run("check", "notes/b.md", "--examples")
    assert result.exit_code == 0
    assert f"1 example ran on Python {HERE.name}: all pass\n" in result.stderr


def test_a_failing_example_can_not_be_ignored_but_the_hint_can(folder):
    (folder / "deck.toml").write_text('ignore = ["E001", "E011"]')
    (folder / "b.md").write_text("# U\n\n## B\n\n```python\n>>> 1\n2\n```\n")
    assert [d["code"] for d in json.loads(run("check", "notes", "--examples", "--format", "json").stdout)] == ["E001"]


def test_a_python_that_is_not_here_exits_with_the_word_of_the_world(folder):
    result = run("check", "notes", "--examples", "--python", "3.99")
    assert (result.exit_code, result.stdout) == (3, "")
    assert "neither uv nor PATH has a Python 3.99" in result.stderr


def test_a_python_without_examples_is_wrong_usage(folder):
    assert run("check", "notes", "--python", "3.13").exit_code == 2


def test_building_and_checking_run_no_example(folder, monkeypatch):
    (folder / "a.md").write_text(f"# T\n\n## A\n\n{pair('1 / 0', '2')}\n")
    monkeypatch.setattr(running._Processes, "run", lambda *_: pytest.fail("it ran"))
    for verb in (
        ["build", "notes", "-o", "out", "--only", "deck"],
        ["check", "notes"],
        ["list", "notes"],
        ["diff", "notes"],
    ):
        assert run(*verb).exit_code == 0


def test_the_examples_of_the_readme_do_what_it_says():
    readme = (ROOT / "README.md").read_text("utf-8")
    section = readme[readme.index("## Examples that are run") :]
    note = re.search(r"````markdown\n(.*?)````", section, re.DOTALL)[1]
    right = parse(Source("notes/iterators.md", note)).document
    assert verified([right], [HERE]).summary == f"3 examples ran on Python {HERE.name}: all pass (1 skipped)"
    wrong = parse(Source("notes/iterators.md", note.replace("[1, 2] []", "[1, 2] [1, 2]"))).document
    made = verified([wrong], [replace(HERE, name="3.11")])
    shown = [*as_text(made.diagnostics, {"notes/iterators.md": wrong.source.text}).split("\n"), made.summary]
    assert "".join(f"    {line}\n" for line in shown) in section


def test_the_shipped_notes_print_what_they_say():
    notes = project.understood(project.read(ROOT / "source"))
    made = verified(notes.library.documents, (HERE,))
    assert [(d.span.path, d.span.line, d.message) for d in made.diagnostics] == []
    assert made.examples > 150
    assert made.skipped < 15  # what needs a Python that may not be here


def test_the_code_of_the_shipped_notes_that_has_no_output_runs():
    notes = project.understood(project.read(ROOT / "source"))
    proven = {step.code for each in found.examples(notes.library.documents).examples for step in each.steps}
    all_sections = sections([topic for one in notes.library.documents for topic in one.topics])
    blocks = [block for each in all_sections for block in (*each.question, *each.answer)]
    alone = [b.text for b in blocks if isinstance(b, Code) and b.language == "python" and b.text not in proven]
    assert len(alone) > 20
    # No example may start a process, and none is in a package.
    outside = re.compile(r"Process|subprocess|^from \.", re.MULTILINE)
    code = [pair(text, "anything") for text in alone if not outside.search(text) and compiles(text)]
    made = tried("\n\nand\n\n".join(code))
    # They print something else, or what is another thing each time; none raises.
    assert made.examples == len(code)
    assert [(d.message, d.span.line) for d in made.diagnostics if d.code not in ("E001", "E009")] == []


def compiles(text: str) -> bool:
    """Whether this Python knows the syntax; the newest one runs all."""
    try:
        compile(text, "note", "exec")
    except SyntaxError:
        return False
    return True


def test_every_error_of_an_example_is_an_error_of_check():
    assert {CODES[code].severity for code in CODES if code[0] == "E" and code != "E011"} == {Severity.ERROR}
