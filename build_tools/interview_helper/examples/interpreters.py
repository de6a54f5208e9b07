"""What a person calls a Python ("3.13", a path) to an interpreter that is here."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

from interview_helper import disk
from interview_helper.files import Refusal, quoted

OLDEST = (3, 8)  # the first with audit hooks
_SECONDS = 30  # for a program to say something: the first start on a cold disk takes long
_VERSION = re.compile(r"(3(?:\.[0-9]+){0,2})(t?)")

# What an interpreter says of itself. Its packages are part of what an example may print.
_PROBE = """
import json, os, sys, sysconfig
path = sysconfig.get_path("purelib") or ""
packages = sorted(n for n in os.listdir(path) if n.endswith(".dist-info")) if os.path.isdir(path) else []
free = "t" if sysconfig.get_config_var("Py_GIL_DISABLED") else ""
print(json.dumps([sys.executable, list(sys.version_info[:3]), free, sys.implementation.name, sys.version, packages]))
"""


@dataclass(frozen=True, slots=True)
class Interpreter:
    """A Python that examples run on; `identity` changes with whatever of it may change what they print."""

    path: str
    version: tuple[int, int, int]
    name: str
    identity: str


def interpreter(request: str = "") -> Interpreter:
    """The interpreter that is asked for, by version (3.13) or path; the one that runs this where nothing is said.

    Raises Refusal where there is none, or where it is too old.
    """
    if not request:
        return _known(sys.executable, request)
    if os.sep in request or "/" in request:  # as in a shell: what lies among the notes is not started by its name
        path = str(Path(request).absolute())
        if not Path(path).is_file():
            raise Refusal(f"no Python is at {request}", "interview-helper check --examples --python 3.13")
        return _known(path, request)
    for path in _places(request):
        try:
            found = _known(path, request)
        except Refusal:  # a shim of a version manager that has no such Python
            continue
        if _answers(found, request):
            return found
    version = _VERSION.fullmatch(request)
    hint = (
        f"uv python install {request}" if version else "--python takes a version such as 3.13, or the path of a Python"
    )
    raise Refusal(f"neither uv nor PATH has a Python {request}", hint)


def _places(request: str) -> list[str]:
    """Where a Python of that name may be, uv's first; the running one last."""
    places = []
    if uv := next(disk.programs("uv"), None):
        answer = _said([uv, "python", "find", "--no-python-downloads", request])
        places += [answer.strip()] if answer else []
    version = _VERSION.fullmatch(request)
    names = [f"python{request}", "python3", "python"] if version else [request]
    # All of PATH: the first of that name may be the shim of a version manager.
    places += [path for name in names for path in disk.programs(name)]
    if version and (launcher := next(disk.programs("py"), None)):
        answer = _said([launcher, f"-{request}", "-c", "import sys; print(sys.executable)"])
        places += [answer.strip()] if answer else []
    return [*places, sys.executable]


def _answers(found: Interpreter, request: str) -> bool:
    """Whether an interpreter is what a request names: 3.13 is any 3.13, but not one without the GIL."""
    wanted = _VERSION.fullmatch(request)
    if wanted is None:
        return found.path != sys.executable
    parts = tuple(map(int, wanted[1].split(".")))
    return found.version[: len(parts)] == parts and found.name.endswith("t") == bool(wanted[2])


def _known(path: str, request: str) -> Interpreter:
    """What the program at a path says of itself. Raises Refusal where it is no Python that examples can run on."""
    said = _said([path, "-I", "-c", _PROBE])
    try:
        executable, version, free, implementation, build, packages = json.loads(said)
    except ValueError as error:
        message = f"{request or path} is no Python that starts"
        raise Refusal(message, f"{quoted(path)} --version, or name another Python") from error
    numbers = (int(version[0]), int(version[1]), int(version[2]))
    if numbers < OLDEST:
        older = ".".join(map(str, numbers[:2]))
        raise Refusal(f"Python {older} can't be watched", "name one that is 3.8 or newer")
    name = (
        f"{numbers[0]}.{numbers[1]}{free}"
        if implementation == "cpython"
        else f"{implementation} {numbers[0]}.{numbers[1]}"
    )
    identity = json.dumps([executable, implementation, build, sys.platform, packages])
    return Interpreter(executable or path, numbers, name, identity)


def _said(command: list[str]) -> str:
    """What a program prints; nothing where it fails."""
    try:
        done = subprocess.run(  # noqa: S603  # uv, or a Python that the user names
            command, capture_output=True, text=True, timeout=_SECONDS, stdin=subprocess.DEVNULL, check=False
        )
    except (OSError, subprocess.TimeoutExpired, ValueError):
        return ""
    return done.stdout if done.returncode == 0 else ""
