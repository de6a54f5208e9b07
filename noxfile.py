# /// script
# requires-python = ">=3.11"
# dependencies = ["nox>=2025.11.12"]
# ///
"""What a person or a machine does with this repository, one session each."""

from __future__ import annotations

import ctypes
import ctypes.util
import os
import shutil
import subprocess
import sys
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path

import nox

nox.needs_version = ">=2025.11.12"
nox.options.default_venv_backend = "uv|virtualenv"
nox.options.download_python = "never"  # a missing Python is skipped, and nox says so
nox.options.error_on_missing_interpreters = False
nox.options.sessions = ["lint", "types", "tests"]

PYTHONS = ["3.11", "3.12", "3.13", "3.14"]
PROJECT = nox.project.load_toml("pyproject.toml")


@nox.session
def build(session: nox.Session) -> None:
    """Deck and cheat sheet from source/ into output/; what follows `--` goes to `interview-helper build`."""
    environment = _pango(session)
    _install(session)
    session.run("interview-helper", "build", "source", "-o", "output", *session.posargs, env=environment)


@nox.session(python=PYTHONS)
def tests(session: nox.Session) -> None:
    """All tests with coverage; what follows `--` goes to pytest, and then coverage is not asked for."""
    environment = _pango(session)
    # One data file a session: sessions side by side would write into each other's.
    environment["COVERAGE_FILE"] = str(Path(session.create_tmp()) / "coverage")
    _install(session, "tests")
    arguments = session.posargs or ["--cov", "--cov-report=term-missing:skip-covered"]
    session.run("pytest", *arguments, env=environment)


OLDEST_ANKI = "23.10"  # the README promises it: the first whose import has the options of today's


@nox.session
def tests_oldest_anki(session: nox.Session) -> None:
    """The tests of the deck once more, in the oldest Anki that it is made for."""
    _install(session, "tests")
    session.install(f"anki=={OLDEST_ANKI}")
    session.run("pytest", "tests/anki_import", *session.posargs)


@nox.session
def lint(session: nox.Session) -> None:
    """Style, format, and who may import whom."""
    _install(session, "lint", project=False)
    session.run("ruff", "check")
    session.run("ruff", "format", "--check")
    # From the source tree: the graph of imports is read, nothing is imported.
    session.run("lint-imports", env={"PYTHONPATH": "build_tools"})


@nox.session
def types(session: nox.Session) -> None:
    """Mypy, strict."""
    _install(session, "types")
    session.run("mypy")


@nox.session
def wheel(session: nox.Session) -> None:
    """Sdist and wheel into dist/, and the proof that the wheel alone gives a working command."""
    shutil.rmtree("dist", ignore_errors=True)
    session.install("build")
    session.run("python", "-m", "build")
    session.install(*map(str, Path("dist").glob("*.whl")))
    session.chdir(session.create_tmp())
    session.run("interview-helper", "--help", silent=True)


@nox.session
def benchmarks(session: nox.Session) -> None:
    """Every script of benchmarks/, in the order of their names; `bare_*.py` are what they measure against."""
    scripts = [script for script in sorted(Path("benchmarks").glob("*.py")) if not script.name.startswith("bare_")]
    environment = _pango(session)
    _install(session)
    for script in scripts:
        session.run("python", str(script), *session.posargs, env=environment)


def _install(session: nox.Session, *groups: str, project: bool = True) -> None:
    """Install the project (not editable: what is tested is what is shipped) and these dependency groups.

    With uv the versions are those of uv.lock; pip can't read it and takes the newest that fit.
    """
    if session.venv_backend != "uv":
        packages = [*(["."] if project else []), *nox.project.dependency_groups(PROJECT, *groups)]
        session.install(*packages)
        return
    name = PROJECT["project"]["name"]
    # uv keeps built wheels by pyproject.toml alone; without the refresh an edited module would not arrive.
    mine = ["--no-editable", f"--reinstall-package={name}"] if project else ["--no-install-project"]
    wanted = [f"--{'group' if project else 'only-group'}={group}" for group in groups]
    session.run_install(
        "uv",
        "sync",
        "--locked",
        "--no-default-groups",
        *mine,
        *wanted,
        f"--python={session.virtualenv.location}",
        env={"UV_PROJECT_ENVIRONMENT": session.virtualenv.location},
        silent=True,
    )


# WeasyPrint lays out with Pango, a library of the system that no wheel holds.

_APT = ("libpango-1.0-0", "libpangoft2-1.0-0", "libharfbuzz-subset0")
# Where WeasyPrint looks on Windows, in its order.
_DLLS = r"C:\msys64\ucrt64\bin;C:\msys64\mingw64\bin;C:\Program Files\GTK3-Runtime Win64\bin"
_NEEDED: dict[str, tuple[str, ...]] = {
    "gobject-2.0": ("libgobject-2.0.so.0", "libgobject-2.0.0.dylib", "libgobject-2.0-0.dll"),
    "pango-1.0": ("libpango-1.0.so.0", "libpango-1.0.dylib", "libpango-1.0-0.dll"),
    "pangoft2-1.0": ("libpangoft2-1.0.so.0", "libpangoft2-1.0.dylib", "libpangoft2-1.0-0.dll"),
}
# WeasyPrint does without, slower and with a warning: no reason to stop, but one to install where we may.
_WANTED: dict[str, tuple[str, ...]] = {
    "harfbuzz-subset": ("libharfbuzz-subset.so.0", "libharfbuzz-subset.0.dylib", "libharfbuzz-subset-0.dll")
}


def _pango(session: nox.Session) -> dict[str, str]:
    """Find Pango, or install it where we may, or stop with the command to type; the environment that finds it."""
    if _lacking(_NEEDED | _WANTED):
        lacking = ", ".join(_lacking(_NEEDED | _WANTED))
        for command in _installers():
            session.warn(f"The system lacks {lacking}, which WeasyPrint needs. Installing: {' '.join(command)}")
            session.run(*command, external=True, success_codes=range(256))
        if missing := _lacking(_NEEDED):
            session.error(f"The system lacks {', '.join(missing)}, which WeasyPrint needs. Type: {_remedy()}")
        if _lacking(_WANTED):
            session.warn("The system lacks harfbuzz-subset: the sheet is built without it.")
    folder = _brewed()
    if folder is None:
        return {}
    # A Python that is not Homebrew's own does not look into Homebrew's folder by itself.
    known = os.environ.get("DYLD_FALLBACK_LIBRARY_PATH", "/usr/local/lib:/usr/lib")
    return {"DYLD_FALLBACK_LIBRARY_PATH": f"{folder}:{known}"}


def _lacking(libraries: Mapping[str, tuple[str, ...]]) -> list[str]:
    return [name for name, files in libraries.items() if not _found(name, files)]


def _found(name: str, files: tuple[str, ...]) -> bool:
    if sys.platform == "win32":
        folders = os.environ.get("WEASYPRINT_DLL_DIRECTORIES", _DLLS).split(";")
        return any((Path(folder) / file).exists() for folder in folders for file in files)
    brewed = _brewed()
    if brewed and any((brewed / file).exists() for file in files):
        return True
    for file in files:
        with suppress(OSError):
            ctypes.CDLL(file)
            return True
    return ctypes.util.find_library(name) is not None


def _brewed() -> Path | None:
    """Homebrew's folder of libraries; none where there is no Homebrew for this system's own use."""
    brew = shutil.which("brew") if sys.platform == "darwin" else None
    if brew is None:
        return None
    answer = subprocess.run([brew, "--prefix"], capture_output=True, text=True, check=False)  # noqa: S603 - found just now
    return Path(answer.stdout.strip()) / "lib" if answer.returncode == 0 else None


def _installers() -> list[tuple[str, ...]]:
    """Give the commands that install Pango here without asking anybody; none where we may not."""
    if sys.platform == "darwin" and shutil.which("brew"):
        return [("brew", "install", "pango")]
    if sys.platform == "linux" and os.geteuid() == 0 and shutil.which("apt-get"):
        quiet = ("env", "DEBIAN_FRONTEND=noninteractive")
        install = ("apt-get", "install", "-y", "--no-install-recommends", *_APT)
        return [("apt-get", "update"), (*quiet, *install)]
    return []


def _remedy() -> str:
    """Name the one command that installs Pango on this system."""
    if sys.platform == "win32":
        return r"winget install MSYS2.MSYS2; C:\msys64\usr\bin\pacman -S --noconfirm mingw-w64-ucrt-x86_64-pango"
    if sys.platform == "darwin":
        return "brew install pango (Homebrew itself: https://brew.sh)"
    known = {
        "apt-get": f"sudo apt-get install -y --no-install-recommends {' '.join(_APT)}",
        "dnf": "sudo dnf install -y pango",
        "pacman": "sudo pacman -S --noconfirm pango",
        "apk": "sudo apk add pango",
        "zypper": "sudo zypper install -y libpango-1_0-0",
    }
    return next(
        (command for tool, command in known.items() if shutil.which(tool)), "install Pango with your package manager"
    )


if __name__ == "__main__":
    nox.main()
