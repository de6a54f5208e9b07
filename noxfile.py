# /// script
# requires-python = ">=3.11,<3.15"
# dependencies = ["nox>=2026.8.10"]
# ///
"""What a person or a machine does with this repository, one session each."""

from __future__ import annotations

import os
import platform
import runpy
import shutil
import sys
import tomllib
from pathlib import Path
from types import SimpleNamespace

import nox

nox.needs_version = (
    ">=2026.8.10"  # the first that obeys requires-python above: whatever starts it, a Python of ours runs
)
nox.options.default_venv_backend = "uv|virtualenv"
nox.options.download_python = "never"  # a missing Python is skipped, and nox says so
nox.options.error_on_missing_interpreters = False
nox.options.sessions = ["lint", "types", "tests"]

PYTHONS = ["3.11", "3.12", "3.13", "3.14"]
SIDE_BY_SIDE = ["--numprocesses=auto", "--dist=worksteal"]  # as many tests at once as there are cores
PROJECT = nox.project.load_toml("pyproject.toml")


@nox.session
def build(session: nox.Session) -> None:
    """Deck and cheat sheet from source/ into output/; what follows `--` goes to `interview-helper build`."""
    _pango(session)
    _install(session)
    session.run("interview-helper", "build", "source", "-o", "output", *session.posargs)


@nox.session(python=PYTHONS)
def tests(session: nox.Session) -> None:
    """All tests with coverage; what follows `--` goes to pytest, and then coverage is not asked for."""
    _pango(session)
    _install(session, "tests")
    # One data file a session: sessions side by side would write into each other's. Not in create_tmp(): that becomes
    # the folder for temporary files, and tests would find themselves in this work tree.
    environment = {"COVERAGE_FILE": str(Path(session.virtualenv.location, "coverage"))}
    # Counted by Python itself, which costs nothing, where it can: lines from 3.12 on, branches from 3.14 on.
    branches = session.python in ("3.11", "3.14")
    if session.python != "3.11":
        environment["COVERAGE_CORE"] = "sysmon"
    coverage = ["--cov", *(["--cov-branch"] if branches else []), "--cov-report=term-missing:skip-covered"]
    arguments = session.posargs or [*SIDE_BY_SIDE, *coverage]
    session.run("pytest", *arguments, env=environment)


OLDEST_ANKI = "23.10"  # the README promises it: the first whose import has the options of today's
KILLS_APART = ["--ignore=tests/anki_import/test_kills.py"]  # what a kill leaves behind is the same for any Anki


@nox.session
def tests_oldest_anki(session: nox.Session) -> None:
    """The tests of the deck once more, in the oldest Anki that it is made for."""
    _install(session, "tests")
    session.install(f"anki=={OLDEST_ANKI}")
    session.run("pytest", "tests/anki_import", "tests/push", *KILLS_APART, *(session.posargs or SIDE_BY_SIDE))


@nox.session
def kills(session: nox.Session) -> None:
    """Builds that are killed and interrupted at any instant, 200 times and not a dozen; half an hour."""
    _pango(session)
    _install(session, "tests")
    asked = {"KILLS": os.environ.get("KILLS", "200")}
    session.run("pytest", "tests/anki_import/test_kills.py", "tests/test_interrupts.py", *session.posargs, env=asked)


@nox.session
def screens(session: nox.Session) -> None:
    """Cards as Chromium shows them: they fit, they read, nothing lies on anything; pictures of all in output/screens/."""
    if not _chromium(session):
        session.skip("there is no Chromium; on Debian, type: sudo apt-get install chromium fonts-dejavu-core")
    _install(session, "tests", "screens")
    # The page that cards stand on is the desktop program's own. Its code is not run, so that it needs no Qt.
    anki = session.run("python", "-c", "import anki.buildinfo; print(anki.buildinfo.version)", silent=True)
    session.install("--no-deps", f"aqt=={str(anki).strip()}")
    pictures = os.environ.get("SCREENS", str(Path("output", "screens").resolve()))  # empty: none are taken
    session.run("pytest", "tests/screens", *session.posargs, env={"SCREENS": pictures})


@nox.session
def fuzz(session: nox.Session) -> None:
    """Each target of tests/fuzz fuzzed for ten minutes; `-- 60 parse` says how long in seconds, and which.

    With `--keep` what is reached for the first time is kept in tests/fuzz/corpus.
    """
    if (sys.platform, platform.machine()) != ("linux", "x86_64"):
        session.skip("atheris has no wheel for this system; type: uvx nox -s tests -- tests/test_fuzz.py")
    _pango(session)
    _install(session, "fuzz")
    session.run("python", "tests/fuzz/budget.py", *(session.posargs or ["600"]))


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
    """Every script of benchmarks/, by name; `bare_*.py` are what they measure against, `corpus.py` and `traps.py` what they measure, `measure.py` how."""
    others = ("bare_", "corpus", "measure", "traps")
    scripts = [script for script in sorted(Path("benchmarks").glob("*.py")) if not script.name.startswith(others)]
    _pango(session)
    _chromium(session)
    _install(session, "benchmarks")
    for script in scripts:
        session.run("python", str(script), *session.posargs)


def _install(session: nox.Session, *groups: str, project: bool = True) -> None:
    """Install the project (not editable: what is tested is what is shipped) and these dependency groups.

    The versions are those of uv.lock. pip can't read that file; it gets them as constraints.
    """
    if session.venv_backend != "uv":
        locked = tomllib.loads(Path("uv.lock").read_text(encoding="utf-8"))["package"]
        pins = []
        for package in (each for each in locked if "registry" in each["source"]):
            # Two versions of one package are for two Pythons.
            where = " or ".join(f"({each})" for each in package.get("resolution-markers", []))
            pins.append(f"{package['name']}=={package['version']}{where and f' ; {where}'}\n")
        constraints = Path(session.virtualenv.location, "constraints.txt")
        constraints.write_text("".join(pins), encoding="utf-8")
        packages = [*(["."] if project else []), *nox.project.dependency_groups(PROJECT, *groups)]
        session.install("--constraint", str(constraints), *packages)
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


def _pango(session: nox.Session) -> None:
    """See that WeasyPrint finds Pango, a library of the system: install it where we may, else stop with the command."""
    # The package knows what it needs; nothing is installed yet, so that one file is run from here.
    pango = SimpleNamespace(**runpy.run_path("build_tools/interview_helper/outputs/sheet/pango.py"))
    if lacking := ", ".join(pango.lacking(pango.NEEDED | pango.WANTED)):
        for command in _installers(pango.APT, "pango"):
            session.warn(f"The system lacks {lacking}, which WeasyPrint needs. Installing: {' '.join(command)}")
            session.run_install(*command, external=True, success_codes=range(256))
    if lacking := ", ".join(pango.lacking(pango.NEEDED)):
        session.warn(f"The system lacks {lacking}, which WeasyPrint needs. Type:\n\n    {pango.remedy()}\n")
        session.error("Pango is missing")
    if pango.lacking(pango.WANTED):
        session.warn("The system lacks harfbuzz-subset: the sheet is built without it.")


CHROMIUM = ("chromium", "chromium-browser", "google-chrome")


def _chromium(session: nox.Session) -> bool:
    """Whether there is a Chromium, which is installed where we may."""
    if not any(map(shutil.which, CHROMIUM)):
        for command in _installers(("chromium", "fonts-dejavu-core"), "--cask", "chromium"):
            session.warn(f"There is no Chromium. Installing: {' '.join(command)}")
            session.run_install(*command, external=True, success_codes=range(256))
    return any(map(shutil.which, CHROMIUM))


def _installers(packages: tuple[str, ...], *brewed: str) -> list[tuple[str, ...]]:
    """Give the commands that install packages of apt or Homebrew without asking anybody; none where we may not."""
    if sys.platform == "darwin" and shutil.which("brew"):
        return [("brew", "install", *brewed)]
    if sys.platform == "linux" and os.geteuid() == 0 and shutil.which("apt-get"):
        quiet = ("env", "DEBIAN_FRONTEND=noninteractive")
        install = ("apt-get", "install", "-y", "--no-install-recommends", *packages)
        return [("apt-get", "update"), (*quiet, *install)]
    return []


if __name__ == "__main__":
    nox.main()
