"""Targets fuzzed for some seconds each, one after the other, and a table of it: `budget.py SECONDS [--keep] [TARGET …]`.

What is found lies in output/fuzz/TARGET: `corpus` (it is gone on from), `findings`, `log`. With --keep the corpus of the
repository becomes the fewest inputs that reach all that is reached by now. Exit 1 where a promise was broken.
"""

from __future__ import annotations

import hashlib
import importlib
import json
import os
import re
import shutil
import subprocess
import sys
import time
from dataclasses import dataclass
from pathlib import Path

import interview_helper

HERE = Path(__file__).parent
SOURCE = Path(interview_helper.__file__).parent
WORK = HERE.parents[1] / "output" / "fuzz"
TARGETS = ("parse", "front_matter", "deck_toml", "deck_lock", "recover", "build")
# Longer inputs say the same more slowly; what size alone does has tests of its own.
LIMITS = ("-max_len=1024", "-timeout=60", "-report_slow_units=60", "-rss_limit_mb=4096")


@dataclass(slots=True)
class Run:
    """What fuzzing one target came to in `seconds`, for `computing` of which it had a core; `lines` are of the modules it is about."""

    target: str
    executions: int = 0
    seconds: float = 0
    computing: float = 0
    edges: int = 0
    features: int = 0
    new: int = 0
    lines: int = 0
    of: int = 0
    findings: tuple[Path, ...] = ()


def run(target: str, seconds: float) -> Run:
    """Fuzz a target; go on after an input that ends the process: it takes too long, or Python itself crashes."""
    corpus, findings = WORK / target / "corpus", WORK / target / "findings"
    findings.mkdir(parents=True, exist_ok=True)
    corpus.mkdir(exist_ok=True)
    kept = HERE / "corpus" / target
    kept.mkdir(parents=True, exist_ok=True)
    _planted(corpus, target)
    before, made = set(corpus.iterdir()), Run(target)
    log = WORK / target / "log"
    log.unlink(missing_ok=True)
    while (left := seconds - made.seconds) >= 1:
        started, before_it = time.monotonic(), _computed()
        options = (*LIMITS, f"-max_total_time={round(left)}", "-print_final_stats=1", f"-artifact_prefix={findings}/")
        with log.open("a", encoding="utf-8") as file:
            code = _loop(target, *options, str(corpus), str(kept), stderr=file).returncode
        made.seconds += time.monotonic() - started
        made.computing += _computed() - before_it
        if code and made.seconds < 5:
            raise SystemExit(f"{target} does not start: see {log}")
    told = log.read_text(encoding="utf-8", errors="replace")
    made.executions = sum(map(int, re.findall(r"stat::number_of_executed_units:\s*([0-9]+)", told)))
    reached = re.findall(r"cov: ([0-9]+) ft: ([0-9]+)", told)
    made.edges = max((int(edges) for edges, _ in reached), default=0)
    made.features = max((int(features) for _, features in reached), default=0)
    made.new = len(set(corpus.iterdir()) - before)
    made.findings = tuple(path for path in sorted(findings.iterdir()) if path.suffix != ".txt")
    return made


def _computed() -> float:
    """The seconds that a core has worked for processes that this one started."""
    times = os.times()
    return times.children_user + times.children_system


def fewest(target: str) -> Path:
    """A folder with the fewest inputs that reach all that the kept corpus and the one of now reach."""
    kept, fewest = HERE / "corpus" / target, WORK / target / "fewest"
    shutil.rmtree(fewest, ignore_errors=True)
    fewest.mkdir()
    options = ("-set_cover_merge=1", "-use_counters=0", *LIMITS, str(fewest), str(kept), str(WORK / target / "corpus"))
    _loop(target, *options, stderr=subprocess.DEVNULL)
    return fewest


def measured(made: Run, inputs: Path) -> None:
    """Note how many lines of the target's modules these inputs reach, and how many there are."""
    data, report = WORK / made.target / "coverage", WORK / made.target / "lines.json"
    coverage = [sys.executable, "-m", "coverage"]
    replay = [f"--source={SOURCE}", str(HERE / "replay.py"), made.target, str(inputs)]
    subprocess.run([*coverage, "run", f"--data-file={data}", *replay], check=False)
    subprocess.run([*coverage, "json", "-q", "--fail-under=0", f"--data-file={data}", "-o", str(report)], check=True)
    sys.path.append(str(HERE.parent))
    for name, each in json.loads(report.read_text(encoding="utf-8"))["files"].items():
        module = Path(name).as_posix().rpartition("interview_helper/")[2].removesuffix(".py")
        if module in _modules(made):
            made.lines += each["summary"]["covered_lines"]
            made.of += each["summary"]["num_statements"]


def _modules(made: Run) -> list[str]:
    return list(importlib.import_module(f"fuzz.{made.target}").MODULES)


def _planted(corpus: Path, target: str) -> None:
    """Put the target's first inputs into the corpus."""
    if str(HERE.parent) not in sys.path:
        sys.path.append(str(HERE.parent))
    for seed in importlib.import_module(f"fuzz.{target}").seeds():
        (corpus / hashlib.sha256(seed).hexdigest()[:16]).write_bytes(seed)


def _loop(target: str, *options: str, stderr: object) -> subprocess.CompletedProcess[bytes]:
    command = [sys.executable, str(HERE / "loop.py"), target, str(WORK / target / "findings"), *options]
    return subprocess.run(command, check=False, stdout=subprocess.DEVNULL, stderr=stderr)


def table(runs: list[Run]) -> str:
    """The runs in columns, and the command for each finding."""
    head = (
        "target",
        "executions",
        "seconds",
        "computing",
        "edges",
        "features",
        "lines of ours",
        "new inputs",
        "findings",
    )
    rows = [
        (
            each.target,
            f"{each.executions:,}",
            f"{each.seconds:.0f}",
            f"{each.computing:.0f}",
            f"{each.edges:,}",
            f"{each.features:,}",
            f"{each.lines} of {each.of} ({each.lines / max(each.of, 1):.0%})",
            str(each.new),
            str(len(each.findings)),
        )
        for each in runs
    ]
    widths = [max(map(len, column)) for column in zip(head, *rows, strict=True)]
    said = [
        "  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip() for row in (head, *rows)
    ]
    here = Path.cwd()
    for each in runs:
        for path in each.findings:
            shown = path.relative_to(here) if path.is_relative_to(here) else path
            said.append(f"\n{each.target} breaks a promise; again: python tests/fuzz/replay.py {each.target} {shown}")
    return "\n".join(said)


def main() -> None:
    """Fuzz as the arguments say, print the table, exit 1 where something was found."""
    seconds, *others = sys.argv[1:] or ["60"]
    targets = [each for each in others if each != "--keep"] or list(TARGETS)
    runs = []
    for target in targets:
        print(f"{target}: {seconds} s", file=sys.stderr)
        runs.append(run(target, float(seconds)))
        inputs = fewest(target)
        measured(runs[-1], inputs)
        if "--keep" in others:
            kept = HERE / "corpus" / target
            shutil.rmtree(kept)
            shutil.copytree(inputs, kept)
    print(table(runs))
    raise SystemExit(any(each.findings for each in runs))


if __name__ == "__main__":
    main()
