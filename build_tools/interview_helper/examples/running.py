"""Examples to what happens when they run: each in a process of its own, side by side, and never twice for nothing."""

from __future__ import annotations

import hashlib
import json
import marshal
import os
import re
import secrets
import shutil
import signal
import subprocess
import sys
import tempfile
import threading
from collections.abc import Callable, Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor, as_completed
from contextlib import suppress
from dataclasses import asdict, dataclass
from enum import StrEnum
from pathlib import Path
from typing import IO, Protocol

from interview_helper import interrupts, scratch
from interview_helper.examples.found import Example
from interview_helper.examples.interpreters import Interpreter
from interview_helper.files import Refusal, quoted

_CHILD = Path(__file__).with_name("child.py")
_GRACE = 5  # seconds beyond its time that a process has to start and to end by itself
_NOISE = 100_000  # bytes of standard error that are kept
# What may come in an order that the hash seed decides. Two words change places in one seed of two.
_UNORDERED = re.compile(r"\b(?:set|frozenset|hash|keys|items)\b|\{")
_SEEDS = range(5)


@dataclass(frozen=True, slots=True)
class Limits:
    """What a run may take: seconds of the clock, bytes of memory and of output."""

    seconds: int = 10
    memory: int = 1_000_000_000
    output: int = 1_000_000


class Fate(StrEnum):
    """How a run ended: by itself, or by what."""

    ENDED = "ended"
    TIMED_OUT = "timed out"
    STOPPED = "stopped"
    INPUT = "input"
    FLOODED = "flooded"
    DIED = "died"


@dataclass(frozen=True, slots=True)
class Ended:
    """A step that has run: what it printed, the last line of its traceback if it raised, and which line of a step did."""

    printed: str
    raised: str = ""
    place: tuple[int, int] = (-1, -1)


@dataclass(frozen=True, slots=True)
class Run:
    """One run: the steps that ended, what was printed behind the last of them, and how the process ended.

    `words` are what it was stopped from, or what killed it; `place` is the step and its line, -1 where nobody knows.
    """

    fate: Fate
    steps: tuple[Ended, ...]
    rest: str = ""
    words: str = ""
    place: tuple[int, int] = (-1, -1)


@dataclass(frozen=True, slots=True)
class Runs:
    """The runs of one example on one Python, a hash seed each; `again` is the first seed's second, where they differ."""

    by_seed: tuple[Run, ...]
    again: Run | None = None


class Cache(Protocol):
    """What was made once, by key: a hash in hexadecimal digits."""

    def get(self, key: str, /) -> bytes | None:
        """What was kept under a key, if it is still there."""

    def put(self, key: str, value: bytes, /) -> None:
        """Keep it, if that can be done."""


def ran(
    examples: Sequence[Example],
    pythons: Sequence[Interpreter],
    limits: Limits,
    cache: Cache | None = None,
    told: Callable[[int, int], None] | None = None,
) -> list[list[Runs]]:
    """What happened to each example on each Python. `told` hears after each how many are done, and of how many."""
    jobs = [(python, example) for python in pythons for example in examples]
    found: dict[int, Runs] = {}
    processes = _Processes(limits)
    with (
        tempfile.TemporaryDirectory(dir=scratch.folder(), ignore_cleanup_errors=True) as folder,
        interrupts.undone(processes.end),
    ):
        pool = ThreadPoolExecutor(max_workers=os.cpu_count() or 1)
        try:
            pending = {
                pool.submit(_runs, processes, example, python, Path(folder), cache): number
                for number, (python, example) in enumerate(jobs)
            }
            if told:
                told(0, len(jobs))
            for done in as_completed(pending):
                found[pending[done]] = done.result()
                if told:
                    told(len(found), len(jobs))
        finally:  # with nobody left who waits for them, when the user interrupts
            pool.shutdown(wait=False, cancel_futures=True)
            processes.end()
            pool.shutdown()
    return [[found[row * len(examples) + i] for row in range(len(pythons))] for i in range(len(examples))]


def _runs(processes: _Processes, example: Example, python: Interpreter, folder: Path, cache: Cache | None) -> Runs:
    """The runs of an example, from the cache where it has them."""
    key = _key(example, python, processes.limits)
    if cache is not None and (kept := cache.get(key)) is not None:
        return _read(kept)
    runs: list[Run] = []
    for seed in _SEEDS if any(_UNORDERED.search(step.code) for step in example.steps) else _SEEDS[:2]:
        runs.append(processes.run(example, python, seed, folder))
        if runs[-1].fate is not Fate.ENDED:
            return Runs(tuple(runs))  # not kept: another time the machine may be less busy
    again = processes.run(example, python, _SEEDS[0], folder) if len({*map(_lasting, runs)}) > 1 else None
    made = Runs(tuple(runs), again)
    if cache is not None:
        cache.put(key, _written(made))
    return made


def _key(example: Example, python: Interpreter, limits: Limits) -> str:
    """What a result hangs on: the code, the Python, the limits, and how we run it."""
    steps = [(step.code, step.interactive) for step in example.steps]
    parts = ["example 1", steps, python.identity, asdict(limits), _CHILD.read_text("utf-8")]
    return hashlib.sha256(json.dumps(parts).encode()).hexdigest()


def _written(runs: Runs) -> bytes:
    return json.dumps(asdict(runs)).encode()


def _read(data: bytes) -> Runs:
    def run(values: dict[str, object]) -> Run:
        steps = values["steps"]
        assert isinstance(steps, list)
        made = tuple(Ended(s["printed"], s["raised"], (s["place"][0], s["place"][1])) for s in steps)
        return Run(Fate(str(values["fate"])), made, str(values["rest"]), str(values["words"]))

    kept = json.loads(data)
    return Runs(tuple(map(run, kept["by_seed"])), run(kept["again"]) if kept["again"] else None)


_ADDRESS = re.compile(r"(?<= at )0x[0-9A-Fa-f]+")


def lasting(text: str) -> str:
    """Text without what no two runs have in common: the addresses in representations of objects."""
    return _ADDRESS.sub("0x…", text)


def _lasting(run: Run) -> tuple[object, ...]:
    return (*((lasting(step.printed), lasting(step.raised)) for step in run.steps), lasting(run.rest), run.fate)


# --- processes --------------------------------------------------------------------------------------------------------


class _Processes:
    """The processes that are alive, so that none is left when the user has enough."""

    def __init__(self, limits: Limits) -> None:
        self.limits = limits
        self._alive: set[subprocess.Popen[bytes]] = set()
        self._lock = threading.RLock()  # a signal may come while it is held
        self._over = False

    def end(self) -> None:
        """Kill all processes, and start no more."""
        with self._lock:
            self._over = True
            for process in self._alive:
                _kill(process)

    def run(self, example: Example, python: Interpreter, seed: int, folder: Path) -> Run:
        """One run, in an empty folder below the one given."""
        home = tempfile.mkdtemp(dir=folder)
        nonce = secrets.token_hex(16)
        names = _names(example)
        job = {
            "nonce": nonce,
            "steps": [(name, step.code, step.interactive) for name, step in zip(names, example.steps, strict=True)],
            "seconds": self.limits.seconds,
            "memory": self.limits.memory,
        }
        # What -I does, but with an environment of ours: it would not hear of the hash seed.
        options = ["-s", "-B", "-X", "utf8", *(["-P"] if python.version >= (3, 11) else [])]
        with self._lock:
            if self._over:
                return Run(Fate.DIED, ())
            try:
                process = subprocess.Popen(  # noqa: S603  # a Python that the user named
                    [python.path, *options, str(_CHILD)],
                    stdin=subprocess.PIPE,
                    stdout=subprocess.PIPE,
                    stderr=subprocess.PIPE,
                    cwd=home,
                    env=_environment(home, seed),
                    start_new_session=True,
                )
            except OSError as error:
                remedy = f"{quoted(python.path)} --version"
                raise Refusal(f"{python.path} can't be started: {error.strerror or error}", remedy) from error
            self._alive.add(process)
        assert process.stdin
        assert process.stdout
        assert process.stderr
        printed = _Reader(process.stdout, self.limits.output, lambda: _kill(process))
        noise = _Reader(process.stderr, _NOISE, lambda: None)
        with suppress(OSError):  # it may be dead already
            process.stdin.write(marshal.dumps(job, 2))
            process.stdin.close()
        in_time = printed.ended(self.limits.seconds + _GRACE)
        _kill(process)  # whatever it has started, too
        process.wait()
        with self._lock:
            self._alive.discard(process)
        shutil.rmtree(home, ignore_errors=True)
        output, trace = printed.data(), noise.data().decode("utf-8", "replace")
        steps, rest, last = _told(output, nonce)
        if printed.full:
            return Run(Fate.FLOODED, steps, rest, f"{self.limits.output:,} bytes")
        if last.kind in ("stopped", "input"):
            return Run(Fate(last.kind), steps, rest, last.words, last.place)
        if not in_time or _is_over_time(process.returncode, last, trace):
            return Run(Fate.TIMED_OUT, steps, rest, f"{self.limits.seconds} s", _traced(trace, "Timeout (", names))
        if last.kind == "ended" and process.returncode == 0:
            return Run(Fate.ENDED, steps, rest)
        place = last.place if last.kind in ("exit", "signal") else _traced(trace, "Fatal Python error", names)
        return Run(Fate.DIED, steps, rest, _death(process.returncode, last, trace), place)


def _names(example: Example) -> list[str]:
    """What the interpreter takes for the files that the steps stand in: equal for equal steps."""
    last = len(example.steps) - 1
    return [
        f"<doctest example[{i}]>" if step.interactive else "example.py" if i == last else f"above-{i + 1}.py"
        for i, step in enumerate(example.steps)
    ]


def _environment(home: str, seed: int) -> dict[str, str]:
    """All of an example's environment."""
    folders = dict.fromkeys(("HOME", "USERPROFILE", "TMPDIR", "TEMP", "TMP"), home)
    windows = {"SYSTEMROOT": os.environ.get("SYSTEMROOT", "")} if sys.platform == "win32" else {}
    return {"PYTHONHASHSEED": str(seed), "TZ": "UTC", **folders, **windows}


def _kill(process: subprocess.Popen[bytes]) -> None:
    """Kill a process and all of its group. Until somebody has waited for it, its number is no other's."""
    if process.returncode is not None:
        return
    with suppress(OSError):
        if sys.platform == "win32":
            process.kill()
        else:
            os.killpg(process.pid, signal.SIGKILL)


class _Reader:
    """Reads a pipe to its end, keeps its first bytes, and calls for help when there are more."""

    def __init__(self, pipe: IO[bytes], most: int, full: Callable[[], None]) -> None:
        self._pipe, self._most, self._call = pipe, most, full
        self._data = bytearray()
        self.full = False
        self._thread = threading.Thread(target=self._all, daemon=True)
        self._thread.start()

    def _all(self) -> None:
        with suppress(OSError, ValueError):
            while chunk := os.read(self._pipe.fileno(), 65536):
                room = self._most - len(self._data)
                self._data += chunk[:room]
                if len(chunk) > room and not self.full:
                    self.full = True
                    self._call()

    def ended(self, seconds: int) -> bool:
        """Whether the pipe comes to its end within a time."""
        self._thread.join(seconds)
        return not self._thread.is_alive()

    def data(self) -> bytes:
        """What was read from a process that is dead."""
        if self.ended(_GRACE):  # what escaped from it may hold the pipe for ever
            self._pipe.close()
        return bytes(self._data)


@dataclass(frozen=True, slots=True)
class _Record:
    """What the process told of itself."""

    kind: str = ""
    place: tuple[int, int] = (-1, -1)
    words: str = ""


def _told(output: bytes, nonce: str) -> tuple[tuple[Ended, ...], str, _Record]:
    """The steps that have ended, what was printed behind them, and the last of the other records."""
    mark = re.escape(nonce.encode())
    *pairs, rest = re.split(rb"\x00" + mark + rb"\x1f([^\x00]*)\x00" + mark, output)
    steps: list[Ended] = []
    last = _Record()
    waiting = b""
    for printed, data in zip(pairs[::2], pairs[1::2], strict=True):
        waiting += printed
        kind, step, line, words = data.decode("utf-8", "replace").split("\x1f", 3)
        record = _Record(kind, (int(step), int(line)), words)
        if kind in ("done", "raised"):
            steps.append(Ended(_text(waiting), words, record.place))
            waiting = b""
        else:
            last = record
    return tuple(steps), _text(waiting + rest), last


def _is_over_time(status: int, last: _Record, noise: str) -> bool:
    """Whether the process ended itself at the end of its time, or the system did."""
    dumped = status == 1 and last.kind != "exit" and re.search(r"^Timeout \(", noise, re.MULTILINE)
    return bool(dumped) or (status < 0 and status == -_SIGXCPU)


_SIGXCPU = getattr(signal, "SIGXCPU", 0)


def _text(data: bytes) -> str:
    """Printed bytes as a note can hold them."""
    text = data.decode("utf-8", "backslashreplace").replace("\r\n", "\n").replace("\r", "\n")
    return text.replace("\0", "\N{REPLACEMENT CHARACTER}")


def _death(status: int, last: _Record, noise: str) -> str:
    """What a process died of."""
    if last.kind == "exit":
        return f"os._exit({last.words})"
    if status < 0:
        with suppress(ValueError):
            return signal.Signals(-status).name
    line = noise.strip().splitlines()[-1:]
    return f"exit code {status}" + (f" ({line[0][:200]})" if line else "")


def _traced(noise: str, heading: str, names: Iterable[str]) -> tuple[int, int]:
    """The step and line that a dump of `faulthandler` names: the innermost of the main thread, which comes last."""
    known = {name: number for number, name in enumerate(names)}
    found = (-1, -1)
    first = True
    _, _, dump = noise.rpartition(heading)
    for row in dump.split("\n"):
        match = re.match(r'  File "(.*)", line ([0-9]+)', row)
        if match is None:
            first = True
        elif first and match[1] in known:
            found, first = (known[match[1]], int(match[2])), False
    return found
