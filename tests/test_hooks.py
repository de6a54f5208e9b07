"""What runs the command elsewhere, the hook for pre-commit and the workflow, types what there is."""

from __future__ import annotations

import re
import shlex
from pathlib import Path
from typing import Any

import pytest
import yaml
from interview_helper.cli import app
from typer.main import get_command

ROOT = Path(__file__).parent.parent
WORKFLOW = ROOT / ".github" / "workflows" / "deck.yml"
HOOKS = ROOT / ".pre-commit-hooks.yaml"
OURS = ("interview-helper ", "uvx interview-helper ")


def read(path: Path) -> Any:
    return yaml.safe_load(path.read_text("utf-8"))


def typed(command: str) -> dict[str, Any]:
    """What a command line of ours says: the verb and its values. Fails where there is no such verb, option or value."""
    words = shlex.split(re.split(r" (?:>|\|\||&&) ", command)[0])
    verb = get_command(app).commands[words[words.index("interview-helper") + 1]]
    return {"verb": verb.name, **verb.make_context(verb.name, words[words.index("interview-helper") + 2 :]).params}


def steps(job: str) -> list[dict[str, Any]]:
    return read(WORKFLOW)["jobs"][job]["steps"]


def commands(job: str) -> list[dict[str, Any]]:
    return [typed(step["run"]) for step in steps(job) if step.get("run", "").startswith(OURS)]


def test_a_command_that_is_not_there_would_be_noticed():
    for wrong in (
        "interview-helper chek .",
        "interview-helper check . --strikt",
        "interview-helper check --format xml",
    ):
        with pytest.raises(Exception, match=r"chek|strikt|xml"):
            typed(wrong)


def test_the_workflow_checks_for_people_and_for_code_scanning():
    told, scanned = commands("check")
    assert (told["verb"], told["form"], told["strict"], told["examples"]) == ("check", "github", True, True)
    assert (scanned["verb"], scanned["form"], scanned["strict"]) == ("check", "sarif", False)
    upload = next(step for step in steps("check") if "upload-sarif" in step.get("uses", ""))
    assert any(f"> {upload['with']['sarif_file']}" in step.get("run", "") for step in steps("check"))


def test_the_workflow_builds_what_the_lock_says_and_attaches_it_on_a_tag():
    (built,) = commands("build")
    assert (built["verb"], built["locked"], built["strict"], str(built["output"])) == ("build", True, True, "output")
    jobs = read(WORKFLOW)["jobs"]
    assert (jobs["build"]["needs"], jobs["release"]["needs"]) == ("check", "build")
    assert jobs["release"]["if"] == "startsWith(github.ref, 'refs/tags/')"
    assert any("gh release upload" in step.get("run", "") for step in steps("release"))


def test_the_workflow_may_no_more_than_it_must_and_its_actions_have_a_version():
    workflow = read(WORKFLOW)
    assert workflow["permissions"] == {"contents": "read"}
    rights = {name: job.get("permissions") for name, job in workflow["jobs"].items()}
    assert rights == {
        "check": {"contents": "read", "security-events": "write"},
        "build": None,
        "release": {"contents": "write"},
    }
    used = [step["uses"] for job in workflow["jobs"] for step in steps(job) if "uses" in step]
    assert used
    assert all(re.fullmatch(r"[\w-]+(/[\w-]+)+@v[0-9]+", each) for each in used)
    # What others can name (a branch, a title) is no part of a script.
    assert not any("${{" in step.get("run", "") for job in workflow["jobs"] for step in steps(job))


def test_the_hook_checks_the_notes_when_one_of_them_changes():
    (hook,) = read(HOOKS)
    assert typed(f"{hook['entry']} {shlex.join(hook['args'])}")["strict"]
    assert (hook["id"], hook["language"], hook["pass_filenames"]) == ("interview-helper-check", "python", False)
    for path in ("a.md", "notes/deep/B.MD", "deck.toml", "notes/deck.toml", "notes/deck.lock"):
        assert re.search(hook["files"], path)
    for path in ("a.py", "notes/mydeck.toml", "uv.lock", "md"):
        assert not re.search(hook["files"], path)


def test_every_command_of_the_readme_can_be_typed():
    readme = (ROOT / "README.md").read_text("utf-8")
    lines = re.findall(r"^ {4,}(interview-helper .*?)(?: +#.*)?$", readme, re.MULTILINE)
    spans = re.findall(r"`(interview-helper [a-z][^`]*)`", readme)
    found = [*lines, *spans]
    assert len(found) > 8
    for each in found:
        typed(each)


def test_the_hook_of_the_readme_is_the_hook_there_is():
    block = re.search(r"```yaml\n(.*?)```", (ROOT / "README.md").read_text("utf-8"), re.DOTALL)[1]
    (repo,) = yaml.safe_load(block)["repos"]
    (used,) = repo["hooks"]
    (hook,) = read(HOOKS)
    assert used["id"] == hook["id"]
    assert str(typed(f"{hook['entry']} {shlex.join(used['args'])}")["source"]) == "notes"
