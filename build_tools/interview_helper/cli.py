"""The command line: the only module that prints or exits."""

from __future__ import annotations

import gc
import json
import os
import sys
from collections.abc import Iterable
from dataclasses import replace
from enum import StrEnum
from io import TextIOWrapper
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, NoReturn

import typer

if TYPE_CHECKING:
    from interview_helper.diagnostics import Diagnostic
    from interview_helper.project import Outcome, Refusal, Understood

app = typer.Typer(
    help="Markdown notes to an Anki deck and a printable cheat sheet.",
    no_args_is_help=True,
    add_completion=True,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,  # Rich would bring Pygments and half a second to every --help
)


class Part(StrEnum):
    """An output of a build."""

    DECK = "deck"
    SHEET = "sheet"


class Format(StrEnum):
    """A spelling of what goes to standard output."""

    TEXT = "text"
    JSON = "json"


_Source = Annotated[Path, typer.Argument(help="A folder of notes, or one note.")]
_Strict = Annotated[bool, typer.Option("--strict", help="Take warnings as errors.")]
_Format = Annotated[Format, typer.Option("--format", help="How to print it.")]
_DEFAULT = Path("source")


@app.command()
def build(
    source: _Source = _DEFAULT,
    output: Annotated[Path, typer.Option("--output", "-o", help="The folder to write to.")] = Path("output"),
    only: Annotated[Part | None, typer.Option("--only", help="Write this output alone.")] = None,
    strict: _Strict = False,
) -> None:
    """Check the notes, then write deck and sheet. An error in the notes writes nothing."""
    import time

    from interview_helper import project

    notes = _understood(source, strict=strict)
    _complain(notes, notes.diagnostics)
    if notes.broken:
        raise typer.Exit(_exit_code(notes))
    parts = frozenset([only.value] if only else [p.value for p in Part])
    now = int(os.environ.get("SOURCE_DATE_EPOCH") or time.time())
    try:
        outcome = project.build(notes, output.absolute(), parts, now)
    except project.Refusal as refusal:
        _refuse(refusal)
    _complain(notes, outcome.diagnostics)
    _report(outcome)
    if outcome.refusal:
        _refuse(outcome.refusal)
    if strict and any(d.severity == "warning" for d in outcome.diagnostics):
        raise typer.Exit(1)


@app.command()
def check(source: _Source = _DEFAULT, strict: _Strict = False, form: _Format = Format.TEXT) -> None:
    """Say what is wrong with the notes, and write nothing."""
    from interview_helper.diagnostics import as_json, as_text

    notes = _understood(source, strict=strict)
    found = _located(notes, notes.diagnostics)
    if form is Format.JSON:
        typer.echo(as_json(found))
    elif found:
        typer.echo(as_text(found))
    if form is Format.TEXT:
        typer.echo(f"{len(notes.cards)} cards in {len(notes.library.documents)} files: {_counts(found)}", err=True)
    if notes.broken:
        raise typer.Exit(_exit_code(notes))


@app.command(name="list")
def list_(source: _Source = _DEFAULT, form: _Format = Format.TEXT) -> None:
    """The cards as parsed, in the order of the notes."""
    from interview_helper import identity

    notes = _understood(source, strict=False)
    if notes.broken:
        _complain(notes, notes.diagnostics)
        raise typer.Exit(_exit_code(notes))
    ledger = replace(notes.ledger, id=notes.ledger.id or notes.deck.id)
    rows = [
        {
            "id": known.id,
            "kind": known.card.kind,
            "path": _shown(notes, known.card.span.path),
            "line": known.card.span.line,
            "trail": list(known.card.trail),
            "question": known.card.question_text,
            "tags": list(known.card.tags),
        }
        for known in identity.assign(notes.cards, ledger, 0).cards
    ]
    if form is Format.JSON:
        typer.echo(json.dumps(rows, ensure_ascii=False, indent=2))
        return
    for row in rows:
        first = str(row["question"]).split("\n")[0]
        typer.echo(f"{row['path']}:{row['line']}: {row['kind']:8} {first}")


@app.command()
def explain(code: Annotated[str, typer.Argument(help="A code such as N001; nothing for all of them.")] = "") -> None:
    """The paragraph on one code."""
    from interview_helper.diagnostics import CODES

    if not code:
        for known in CODES.values():
            typer.echo(f"{known.code} {known.severity:8} {known.title}")
        return
    found = CODES.get(code.upper())
    if found is None:
        typer.echo(f"{code} is no code; interview-helper explain names them all", err=True)
        raise typer.Exit(2)
    typer.echo(f"{found.code}: {found.title} ({found.severity})\n\n{found.paragraph}")


@app.command()
def init(folder: Annotated[Path, typer.Argument(help="The folder to make.")] = Path()) -> None:
    """Make a notes folder to start from."""
    import uuid

    from interview_helper import project

    try:
        for path in project.started(folder, str(uuid.uuid4())):
            typer.echo(os.path.relpath(path))
    except project.Refusal as refusal:
        _refuse(refusal)


def _version(wanted: bool) -> None:
    if wanted:
        from interview_helper import __version__

        typer.echo(f"interview-helper {__version__}")
        raise typer.Exit


@app.callback()
def _root(
    version: Annotated[
        bool, typer.Option("--version", callback=_version, is_eager=True, help="The version, and nothing else.")
    ] = False,
) -> None:
    pass


def main() -> None:
    """The command `interview-helper`."""
    # A short process that makes many small values and drops few: a quarter of a deck build goes into looking for
    # cycles at the default of 700.
    gc.set_threshold(100_000, 50, 50)
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, TextIOWrapper):
            # On Windows a pipe has the code page of the system, which lacks most of what notes are written in.
            stream.reconfigure(encoding=None if stream.isatty() else "utf-8", errors="backslashreplace")
    app()


def _understood(source: Path, *, strict: bool) -> Understood:
    from interview_helper import project
    from interview_helper.diagnostics import Severity

    try:
        notes = project.understood(project.read(source))
    except project.Refusal as refusal:
        _refuse(refusal)
    if strict:
        raised = (
            replace(d, severity=Severity.ERROR) if d.severity is Severity.WARNING else d for d in notes.diagnostics
        )
        notes = replace(notes, diagnostics=tuple(raised))
    return notes


def _exit_code(notes: Understood) -> int:
    """2 where the config is what is wrong, 1 for the notes."""
    errors = {d.code for d in notes.diagnostics if d.severity == "error"}
    return 2 if errors <= {"C001"} else 1


def _shown(notes: Understood, path: str) -> str:
    return Path(os.path.relpath(notes.notes.root / path)).as_posix()


def _located(notes: Understood, diagnostics: Iterable[Diagnostic]) -> list[Diagnostic]:
    """The diagnostics with their paths against the working directory."""
    return [replace(d, span=replace(d.span, path=_shown(notes, d.span.path))) for d in diagnostics]


def _counts(diagnostics: Iterable[Diagnostic]) -> str:
    counts: dict[str, int] = {}
    for d in diagnostics:
        counts[str(d.severity)] = counts.get(str(d.severity), 0) + 1
    words = [f"{n} {name}{'s' if n > 1 else ''}" for name in ("error", "warning", "hint") if (n := counts.get(name))]
    return ", ".join(words) or "nothing to complain of"


def _complain(notes: Understood, diagnostics: Iterable[Diagnostic]) -> None:
    from interview_helper.diagnostics import as_text

    found = _located(notes, diagnostics)
    if found:
        typer.echo(as_text(found), err=True)


def _report(outcome: Outcome) -> None:
    assignment = outcome.assignment
    if assignment:
        parts = [
            f"{len(ids)} {word}"
            for ids, word in (
                (assignment.new, "new"),
                (assignment.changed, "changed"),
                (assignment.restored, "restored"),
                (assignment.retired, "retired"),
            )
            if ids
        ]
        typer.echo(f"{len(assignment.cards)} cards: {', '.join(parts) or 'none changed'}", err=True)
    for path in outcome.written:
        typer.echo(os.path.relpath(path))
    for path in outcome.unchanged:
        typer.echo(f"{os.path.relpath(path)} (unchanged)")


def _refuse(refusal: Refusal) -> NoReturn:
    typer.echo(f"error: {refusal.message}", err=True)
    if refusal.hint:
        typer.echo(f"    hint: {refusal.hint}", err=True)
    raise typer.Exit(refusal.code)
