"""Notes folders as `mistakes` and `tests/notes/broken` describe them, made on disk; and what a verb says of them."""

from __future__ import annotations

import subprocess
from io import BytesIO
from pathlib import Path

from interview_helper import project
from interview_helper.diagnostics import Diagnostic, ordered
from interview_helper.mistakes import Folder, Notes, Picture
from PIL import Image


def written(folder: Path, files: Folder) -> None:
    """Put these files into a folder."""
    for path, content in files.items():
        target = folder / path
        target.parent.mkdir(parents=True, exist_ok=True)
        match content:
            case Picture():
                data = BytesIO()
                Image.new("RGB", (content.width, content.height)).save(data, "PNG")
                target.write_bytes(data.getvalue())
            case str():
                target.write_bytes(content.encode())
            case bytes():
                target.write_bytes(content)


def made(parent: Path, notes: Notes) -> Path:
    """The folder of these notes, built before and treated as they say."""
    folder = parent / "notes"
    folder.mkdir(parents=True)
    if notes.before is not None:
        written(folder, notes.before)
        before = project.understood(project.read(folder))
        project.build(before, project.planned(before, 1), parent / "before", frozenset({"deck"}))
        for path in notes.before.keys() - notes.files.keys():
            (folder / path).unlink()
    written(folder, notes.files)
    for command in notes.typed:
        subprocess.run(command, shell=True, check=True, cwd=parent)
    return folder


def told(folder: Path, verb: str, parent: Path) -> tuple[Diagnostic, ...]:
    """All that a verb says of a folder; a build writes beside it."""
    notes = project.understood(project.read(folder))
    name, *options = verb.split()
    if name == "check":
        notes = project.spelled(project.advised(notes))
        more = project.verified(notes, ()).diagnostics if "--examples" in options else ()
        return ordered((*notes.diagnostics, *more))
    plan = project.planned(notes, 2)
    if notes.broken or plan.broken:
        return ordered((*notes.diagnostics, *plan.diagnostics))
    outcome = project.build(notes, plan, parent / "output", frozenset({options[1]}))
    return ordered((*notes.diagnostics, *plan.diagnostics, *outcome.diagnostics))
