"""The command line: Typer, what is printed, exit codes. But for a build that finds nothing changed, all of it."""

from __future__ import annotations

import gc
import json
import os
import re
import sys
import time
from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import replace
from enum import StrEnum
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, NoReturn, assert_never

import typer
from typer.core import TyperGroup

from interview_helper import completion, interrupts, manual, terminal
from interview_helper.records import Record, Said

if TYPE_CHECKING:
    from interview_helper.diagnostics import Diagnostic
    from interview_helper.disk import Watch
    from interview_helper.files import Refusal
    from interview_helper.live.rounds import Round
    from interview_helper.live.screen import Screen
    from interview_helper.live.session import Session
    from interview_helper.live.sheets import Advised, Printed
    from interview_helper.lock import Lock
    from interview_helper.project import Outcome, Plan, Understood
    from interview_helper.selection import Selection


class _Verbs(TyperGroup):
    """The verbs; what the world refuses is told in a line, wherever it does."""

    def invoke(self, ctx: Any) -> Any:
        """As of any group."""
        try:
            return super().invoke(ctx)
        except BrokenPipeError:  # as of `| head`; Typer knows what to do
            raise
        except OSError as error:
            _refuse_of_the_world(error)


app = typer.Typer(
    cls=_Verbs,
    help="Markdown notes to an Anki deck and a printable cheat sheet.\n\nWhat a verb does and takes: interview-helper VERB --help.",
    epilog=manual.below(),
    no_args_is_help=True,
    add_completion=True,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,  # Rich would bring Pygments and half a second to every --help
)


class Part(StrEnum):
    """An output of a build."""

    DECK = "deck"
    SHEET = "sheet"
    FLASHCARDS = "flashcards"


class Fate(StrEnum):
    """What becomes of cards in Anki that are gone from the notes."""

    SUSPEND = "suspend"
    DELETE = "delete"
    LEAVE = "leave"


class Format(StrEnum):
    """A spelling of what goes to standard output."""

    TEXT = "text"
    JSON = "json"


class Report(StrEnum):
    """A spelling of what is wrong."""

    TEXT = "text"
    JSON = "json"
    GITHUB = "github"
    SARIF = "sarif"


_Source = Annotated[Path, typer.Argument(help="A folder of notes, or one note.")]
_Strict = Annotated[bool, typer.Option("--strict", help="Take warnings as errors.")]
_Format = Annotated[Format, typer.Option("--format", help="How to print it.")]
_DEFAULT = Path("source")


def _topics(context: typer.Context) -> list[str]:
    return completion.topics(context.params)


def _tags(context: typer.Context) -> list[str]:
    return completion.tags(context.params)


def _retired(context: typer.Context) -> list[tuple[str, str]]:
    return completion.retired(context.params)


# What threatens the deck itself, and so every card of it.
_OF_LOCK = ("I003", "I004", "I010", "I011", "I012")


@app.command(epilog=manual.below("build"))
def build(
    context: typer.Context,
    source: _Source = _DEFAULT,
    output: Annotated[Path, typer.Option("--output", "-o", help="The folder to write to.")] = Path("output"),
    only: Annotated[Part | None, typer.Option("--only", help="Write this output alone.")] = None,
    topic: Annotated[
        str | None,
        typer.Option(
            "--topic", metavar="TITLE", autocompletion=_topics, help="Print this topic alone, on paper of its own."
        ),
    ] = None,
    tag: Annotated[
        str | None,
        typer.Option(
            "--tag", metavar="TAG", autocompletion=_tags, help="Print what has this tag alone, on paper of its own."
        ),
    ] = None,
    strict: _Strict = False,
    locked: Annotated[
        bool, typer.Option("--locked", help="Write nothing and exit 1 where the lock would change (for CI).")
    ] = False,
    no_cache: Annotated[
        bool, typer.Option("--no-cache", help="Do all the work again, and keep nothing of it for the next time.")
    ] = False,
) -> None:
    """Write deck and sheet, and the flashcards that are asked for.

    The notes are checked first, and an error writes nothing. What is unchanged is not done again.
    """
    from interview_helper import cache, disk, files, project
    from interview_helper.selection import Selection

    _not_led_out(context, source, output)
    _begin(context, source)
    with disk.watched() as seen:
        notes = _understood(source, strict=strict)
        plan = project.planned(notes, _now())
    _err(_first_words(notes, plan))
    if notes.broken or plan.broken:
        raise typer.Exit(_exit_code(notes, plan))
    usual = (Part.DECK, Part.SHEET, *([Part.FLASHCARDS] if notes.notes.config.with_flashcards else []))
    parts = frozenset(part.value for part in ([only] if only else usual))
    chosen = Selection()
    if topic is not None or tag is not None:
        chosen, parts = _chosen(notes, topic, tag, only), parts - {Part.DECK.value}
    mine = (card for card in notes.cards if notes.notes.selected in ("", card.span.path))
    if only is Part.FLASHCARDS and not any(map(chosen.has_card, mine)):
        _refuse(files.Refusal("none of it is a card", "write text below a heading that is for the deck", 2))
    kept = notes.notes.lock
    if locked and "deck" in parts and plan.lock != kept.text:
        _refuse_to_change(kept, plan, source)
    try:
        with disk.watched() as made, _progress("sheet: {} of {} topics") as told:
            store = None if no_cache else cache.user_cache()
            outcome = project.build(notes, plan, output.absolute(), parts, chosen, cache=store, told=told)
    except files.Refusal as refusal:
        _refuse(refusal)
    _err(_last_words(notes, plan, outcome, parts))
    typer.echo(_listed(outcome.files, outcome.written), nl=False)
    if outcome.refusal:
        _refuse(outcome.refusal)
    code = int(strict and any(d.severity == "warning" for d in outcome.diagnostics))
    if isinstance(context.obj, Record):
        seen.add(made)
        rewritten = "deck" in parts and plan.lock != kept.text
        if found_next := _found_next(notes, plan, source, seen, strict=strict) if rewritten else (notes, plan):
            words = _first_words(*found_next) + _last_words(*found_next, outcome, parts)
            context.obj.keep(seen, Said(words, _listed(outcome.files, ()), code))
    raise typer.Exit(code)


def _refuse_to_change(kept: Lock, plan: Plan, source: Path) -> NoReturn:
    """Say what would change, and exit."""
    from interview_helper import changes, files

    what = "does not exist" if kept.text is None else "is not up to date"
    _err(changes.summary(plan.assignment) + "\n")
    hint = f"interview-helper build {files.typed(source)} --only deck, and commit {files.typed(kept.path)}"
    _refuse(files.Refusal(f"{files.shown(kept.path)} {what}", hint, 1))


def _begin(context: typer.Context, source: Path) -> None:
    """Wait for our turn. Say what a build says that finds nothing changed, and exit, where another has done it all."""
    if _turn(context, source) and isinstance(context.obj, Record) and (said := context.obj.said()):
        _err(said.complaints)
        typer.echo(said.files, nl=False)
        raise typer.Exit(said.code)


def _turn(context: typer.Context, source: Path) -> bool:
    """Whether another had the turn of this deck; now it is ours, to the end."""
    from interview_helper import files, project, turns

    try:
        return bool(context.with_resource(turns.taken(project.lock_of(source), _err)))
    except files.Refusal as refusal:
        _refuse(refusal)


def _not_led_out(context: typer.Context, source: Path, output: Path) -> None:
    """Refuse an output folder that is a link and that nobody has typed: the link may have come with the notes."""
    from interview_helper import files

    given = context.get_parameter_source("output")
    if given and given.name == "DEFAULT" and not output.resolve().is_relative_to(Path.cwd().resolve()):
        remedy = f"if it is your own, interview-helper build {files.typed(source)} -o {output}"
        _refuse(files.Refusal(f"{output} is a link that leads out of the working directory", remedy, 2))


def _found_next(
    notes: Understood, plan: Plan, source: Path, seen: Watch, *, strict: bool
) -> tuple[Understood, Plan] | None:
    """What the next build finds now that the lock is written, and then has `seen`; None where it would be another."""
    from interview_helper import disk, files, project

    try:
        with disk.watched() as later:
            settled = project.settled(notes, plan, source)
    except files.Refusal:
        return None
    if settled is None:
        return None
    seen.overwrite(later)
    notes, plan = settled
    return None if (_raised(notes) if strict else notes).broken or plan.broken else settled


def _chosen(notes: Understood, topic: str | None, tag: str | None, only: Part | None) -> Selection:
    """What is printed of the notes: paper alone, because a deck of some cards would leave the others unrecorded."""
    from interview_helper import files
    from interview_helper.files import Refusal
    from interview_helper.model import Only
    from interview_helper.selection import Selection, tag_of

    if only is Part.DECK:
        given = "--tag" if topic is None else "--topic"
        what = f"a {given.removeprefix('--')} is printed; the deck is always whole"
        _refuse(Refusal(what, f"leave {given} or --only deck away", 2))
    chosen = Selection(topic, None if tag is None else tag_of(tag))
    if unknown := chosen.unknown(notes.documents, Only.SHEET if only is Part.FLASHCARDS else Only.DECK):
        hint = f"--{unknown.key} {' or '.join(map(files.quoted, unknown.alike))}"
        _refuse(Refusal(unknown.message, hint if unknown.alike else "write <!-- tags: … --> below a heading", 2))
    return chosen


@app.command(epilog=manual.below("diff"))
def diff(
    source: _Source = _DEFAULT,
    against: Annotated[
        str,
        typer.Option(
            "--against",
            metavar="LOCK|PACKAGE|REVISION",
            help="What to compare with: an older lock, a package, a git revision.",
        ),
    ] = "",
    form: _Format = Format.TEXT,
) -> None:
    """What the next build changes in the deck, card by card.

    New, changed, moved and retired cards, and what was matched by evidence alone. Nothing is written.
    """
    from interview_helper import changes, files, lock, project
    from interview_helper.diagnostics import ordered

    notes = _understood(source, strict=False)
    if notes.broken:
        _complain(notes, notes.diagnostics)
        raise typer.Exit(_exit_code(notes))
    try:
        before = lock.against(notes.notes.lock.path, against) if against else None
    except files.Refusal as refusal:
        _refuse(refusal)
    plan = project.planned(notes, _now(), before)
    # What was matched by evidence stands in the answer itself; what is odd in the notes is for `check`.
    of_lock = (d for d in notes.diagnostics if d.code in _OF_LOCK)
    _complain(notes, ordered((*of_lock, *(d for d in plan.diagnostics if d.code != "I006"))))
    shown = partial(_shown, notes)
    if form is Format.JSON:
        typer.echo(changes.as_json(plan.assignment, shown))
    else:
        color = terminal.takes_color(sys.stdout)
        # Told so, because without a word echo takes colors out for whatever is no terminal.
        typer.echo(changes.as_text(plan.assignment, shown, color=color), color=color)
    if plan.broken:
        raise typer.Exit(_exit_code(notes, plan))


@app.command(epilog=manual.below("push"))
def push(
    context: typer.Context,
    source: _Source = _DEFAULT,
    output: Annotated[Path, typer.Option("--output", "-o", help="The folder to write to.")] = Path("output"),
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="Say what would be done, card by card, and do nothing.")
    ] = False,
    retired: Annotated[
        Fate, typer.Option("--retired", help="What becomes of cards that are gone from the notes.")
    ] = Fate.SUSPEND,
    yes: Annotated[bool, typer.Option("--yes", help="Do not ask before cards are deleted.")] = False,
    profile: Annotated[
        str, typer.Option("--profile", metavar="NAME", help="Only where this profile is open in Anki.")
    ] = "",
    merge: Annotated[
        bool, typer.Option("--merge", help="Let Anki merge note types that are not as ours: it may want a full sync.")
    ] = False,
    url: Annotated[
        str, typer.Option("--url", metavar="URL", envvar="ANKI_CONNECT_URL", help="Where AnkiConnect listens.")
    ] = "http://127.0.0.1:8765",
    strict: _Strict = False,
) -> None:
    """Build the deck and put it into the running Anki.

    It needs the add-on AnkiConnect. Beyond an import, it moves cards to their decks, suspends those that are gone and
    keeps your own tags.
    """
    from interview_helper import ankiconnect, cache, files, project, pushing

    _not_led_out(context, source, output)
    _turn(context, source)
    notes = _understood(source, strict=strict)
    plan = project.planned(notes, _now())
    _err(_first_words(notes, plan))
    if notes.broken or plan.broken:
        raise typer.Exit(_exit_code(notes, plan))
    store, deck = cache.user_cache(), frozenset({Part.DECK.value})
    wishes = pushing.Wishes(notes.deck, notes.notes.lock.ledger, notes.notes.config.decks, retired)
    try:
        anki = ankiconnect.Anki(url, os.environ.get("ANKI_CONNECT_KEY", ""))
        name = anki.checked(profile)
        shipped = project.shipped(notes, plan, store)
        seen = partial(anki.collection, name, shipped, notes.deck.slug, with_decks=bool(wishes.decks))
        before = seen()
        if not merge:
            pushing.refuse_to_merge(before, shipped, wishes)
        effect = pushing.foreseen(before, shipped, wishes)
        if not dry_run:
            deleted = _confirmed(effect.rest.deleted, name, yes=yes)
            outcome = project.build(notes, plan, output.absolute(), deck, cache=store)
            _err(_last_words(notes, plan, outcome, deck))
            typer.echo(_listed(outcome.files, outcome.written), nl=False)
            anki.take(outcome.files[0], effect)
            effect = pushing.effect(before, seen(), shipped, wishes)
            anki.finish(effect, deleted)
    except files.Refusal as refusal:
        _refuse(refusal)
    asked = {line.id: line.question.split("\n")[0] for line in plan.assignment.ledger.lines}
    for line in pushing.listed(effect, asked) if dry_run else ():
        typer.echo(terminal.harmless(line))
    for line in pushing.odd(effect, asked):
        typer.echo(terminal.harmless(line), err=True)
    typer.echo(terminal.harmless(pushing.told(effect)))


def _confirmed(notes: Sequence[int], profile: str, *, yes: bool) -> Sequence[int]:
    """The notes that are to be deleted in Anki, when somebody has said that they may be."""
    from interview_helper import files

    if notes and not yes:
        many = f"{len(notes)} retired card{'s' if len(notes) > 1 else ''}"
        if not _is_terminal():
            _refuse(files.Refusal(f"{many} would be deleted in Anki, and nobody is here to be asked", "add --yes", 2))
        if not typer.confirm(f"Delete {many} in the profile {terminal.harmless(profile)}, with all reviews?", err=True):
            _refuse(files.Refusal("nothing was pushed", "--retired suspend keeps them", 2))
    return notes


def _is_terminal() -> bool:
    return sys.stdin.isatty()


@app.command(epilog=manual.below("recover"))
def recover(
    context: typer.Context,
    deck: Annotated[Path, typer.Argument(help="A package (.apkg) that was built from the notes.")],
    source: _Source = _DEFAULT,
) -> None:
    """Rebuild a lost deck.lock from a package.

    One that can't be read is kept beside it; one that can is left alone.
    """
    from interview_helper import files, project

    _turn(context, source)
    try:
        path, aside = project.recovered(deck, source)
    except files.Refusal as refusal:
        _refuse(refusal)
    if aside:
        typer.echo(f"the one that can't be read is {files.shown(aside)} now", err=True)
    typer.echo(files.shown(path))


@app.command(epilog=manual.below("forget"))
def forget(
    context: typer.Context,
    card: Annotated[
        str,
        typer.Argument(
            metavar="ID",
            autocompletion=_retired,
            help="The id of a retired card, as diff and the field Id in Anki have it.",
        ),
    ],
    source: _Source = _DEFAULT,
) -> None:
    """Drop a retired card for good: packages no longer ship it."""
    from interview_helper import files, project

    _turn(context, source)
    try:
        path = project.forgotten(source, card)
    except files.Refusal as refusal:
        _refuse(refusal)
    typer.echo(files.shown(path))


@app.command(name="import", epilog=manual.below("import"))
def import_(
    original: Annotated[Path, typer.Argument(metavar="FILE|FOLDER", help="What another tool wrote.")],
    output: Annotated[
        Path | None, typer.Option("--output", "-o", help="The folder to write notes to; nothing in it is overwritten.")
    ] = None,
    dialect: Annotated[
        str | None,
        typer.Option(
            "--from",
            metavar="DIALECT",
            help="What it is: apkg, anki, csv, obsidian or mdanki. It is recognised by itself.",
        ),
    ] = None,
) -> None:
    """Turn cards of other tools into notes.

    They go to standard output, or into a folder with their pictures. What can't be carried over is told.
    """
    from interview_helper import files, intake

    try:
        notes = intake.read(original, dialect)
        if output is None and notes.pictures:
            count = len(notes.pictures)
            what = "there is a picture" if count == 1 else f"there are {count} pictures"
            _refuse(files.Refusal(f"{what} to write", f"{_typed_import(original, dialect)} -o notes", 2))
        written = intake.write(notes, output) if output else []
    except files.Refusal as refusal:
        _refuse(refusal)
    for path in written:
        typer.echo(files.shown(path))
    if output is None:
        typer.echo("\n".join(notes.texts.values()), nl=False)
    for remark in notes.remarks:
        where = files.shown(notes.root / remark.path) if remark.path else files.shown(original)
        typer.echo(f"{where}{f':{remark.line}' if remark.line else ''}: {remark.message}", err=True)
        if remark.hint:
            typer.echo(f"    hint: {remark.hint}", err=True)
    count = len(notes.cards)
    typer.echo(f"{count} card{'s' if count > 1 else ''} from {files.shown(original)} ({notes.dialect})", err=True)
    if notes.maths:
        typer.echo("    hint: there are formulas: write math = true into deck.toml", err=True)
    if notes.own and output:
        typer.echo(
            f"    hint: to keep its reviews: interview-helper recover {files.typed(original)} {files.typed(output)}",
            err=True,
        )


def _typed_import(original: Path, dialect: str | None) -> str:
    from interview_helper import files

    return f"interview-helper import {files.typed(original)}{f' --from {dialect}' if dialect else ''}"


@app.command(epilog=manual.below("check"))
def check(
    source: _Source = _DEFAULT,
    examples: Annotated[
        bool, typer.Option("--examples", help="Run the examples of the notes: their code, and what it prints.")
    ] = False,
    python: Annotated[
        list[str] | None,
        typer.Option(
            "--python",
            metavar="PYTHON",
            help="Run them on this Python: a version or a path; may be given more than once.",
        ),
    ] = None,
    strict: _Strict = False,
    form: Annotated[Report, typer.Option("--format", help="How to print it.")] = Report.TEXT,
) -> None:
    """Say what is wrong with the notes, and write nothing.

    Beside mistakes, hints on how cards ask and answer; they are never errors.
    """
    from interview_helper import files, project

    if python and not examples:
        _refuse(files.Refusal("--python is for running examples", "add --examples", 2))
    notes = project.checked(_understood(source, strict=False))
    notes = _raised(notes) if strict else notes
    summary = ""
    if examples:
        notes, summary = _verified(notes, python or ())
    if words := _report(notes, form):
        color = form is Report.TEXT and terminal.takes_color(sys.stdout)
        # Told so, because without a word echo takes colors out for whatever is no terminal.
        typer.echo(terminal.colored(words) if color else words, color=color)
    counts = _counts(notes.diagnostics)
    typer.echo(f"{len(notes.cards)} cards in {len(notes.library.documents)} files: {counts}", err=True)
    if summary:
        typer.echo(summary, err=True)
    if notes.broken:
        raise typer.Exit(_exit_code(notes))


def _report(notes: Understood, form: Report) -> str:
    """What is wrong with the notes in one of the spellings."""
    from interview_helper import __version__, reports

    found = _located(notes, notes.diagnostics)
    match form:
        case Report.TEXT:
            return reports.as_text(found, _texts(notes, notes.diagnostics))
        case Report.JSON:
            return reports.as_json(found)
        case Report.GITHUB:
            return reports.as_github(found)
        case Report.SARIF:
            texts, root = _texts(notes, notes.diagnostics), _shown(notes, notes.notes.selected)
            return reports.as_sarif(found, texts, version=__version__, notes=root)
        case _:
            assert_never(form)


def _verified(notes: Understood, pythons: Sequence[str]) -> tuple[Understood, str]:
    """The notes with what is wrong with their examples, and a line on each Python."""
    from interview_helper import cache, files, project
    from interview_helper.diagnostics import ordered

    try:
        with _progress("{} of {} examples ran") as told:
            made = project.verified(notes, pythons, told, cache.user_cache())
    except files.Refusal as refusal:
        _refuse(refusal)
    return replace(notes, diagnostics=ordered((*notes.diagnostics, *made.diagnostics))), made.summary


@app.command(name="list", epilog=manual.below("list"))
def list_(source: _Source = _DEFAULT, form: _Format = Format.TEXT) -> None:
    """The cards as parsed, in the order of the notes."""
    from interview_helper import identity

    notes = _understood(source, strict=False)
    if notes.broken:
        _complain(notes, notes.diagnostics)
        raise typer.Exit(_exit_code(notes))
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
        for known in identity.assign(notes.cards, notes.ledger, 0).cards
        if notes.notes.selected in ("", known.card.span.path)
    ]
    if form is Format.JSON:
        typer.echo(terminal.harmless_json(json.dumps(rows, ensure_ascii=False, indent=2)))
        return
    for row in rows:
        first = str(row["question"]).split("\n")[0]
        typer.echo(terminal.harmless(f"{row['path']}:{row['line']}: {row['kind']:8} {first}"))


@app.command(epilog=manual.below("explain"))
def explain(
    code: Annotated[
        str,
        typer.Argument(
            metavar="[CODE]", autocompletion=completion.codes, help="A code such as N001; nothing for all of them."
        ),
    ] = "",
) -> None:
    """What a code means, with notes that get it and notes that do not."""
    from interview_helper.diagnostics import CODES

    if not code:
        for known in CODES.values():
            typer.echo(f"{known.code} {known.severity:8} {known.title}")
        return
    found = CODES.get(code.upper())
    if found is None:
        from interview_helper import files

        _refuse(files.Refusal(f"{code} is no code", "interview-helper explain", 2))
    from interview_helper.mistakes import in_text

    both = in_text(found.code)
    typer.echo(f"{found.code}: {found.title} ({found.severity})\n\n{found.paragraph}\n\n{both}".rstrip())


@app.command(epilog=manual.below("init"))
def init(
    context: typer.Context,
    folder: Annotated[Path, typer.Argument(help="The folder to make.")] = Path(),
    fork: Annotated[
        bool, typer.Option("--fork", help="Make a deck of its own of a copy of somebody's notes: a new id, a new lock.")
    ] = False,
) -> None:
    """Make a notes folder to start from.

    A first note and deck.toml; of a folder that has notes already, a deck.toml for them.
    """
    import uuid

    from interview_helper import files, project

    own = str(uuid.uuid4())
    _turn(context, folder)
    try:
        written, left = project.forked(folder, own) if fork else (project.started(folder, own), ())
    except files.Refusal as refusal:
        _refuse(refusal)
    for path in written:
        typer.echo(files.shown(path))
    for each in left:
        typer.echo(terminal.harmless(f"hint: {each}"), err=True)


_Poll = Annotated[
    bool, typer.Option("--poll", help="Look for changes again and again: for folders on a network or in a container.")
]
_KEYS = "b builds the deck · q builds it and leaves · x leaves it as it is"


@app.command(epilog=manual.below("watch"))
def watch(
    context: typer.Context,
    source: _Source = _DEFAULT,
    output: Annotated[Path, typer.Option("--output", "-o", help="The folder to write to.")] = Path("output"),
    poll: _Poll = False,
) -> None:
    """Say at each save what it does to the deck; the sheet follows.

    Mistakes stay on the screen until they are mended. Deck and lock are written on leaving, or when you ask. Keys: b writes deck and lock now, q (or Ctrl-C) writes them and leaves, x leaves and writes neither.
    """
    from interview_helper import files, live

    _not_led_out(context, source, output)
    try:
        live.require()
        from interview_helper.live.session import Session

        with Session(source, output.absolute(), _now, poll=poll) as session:
            code = _watched(session, source, output.absolute())
    except files.Refusal as refusal:
        _refuse(refusal)
    raise typer.Exit(code)


@app.command(epilog=manual.below("preview"))
def preview(
    source: _Source = _DEFAULT,
    open_: Annotated[bool, typer.Option("--open/--no-open", help="Open the page in a browser.")] = True,
    port: Annotated[int, typer.Option("--port", min=0, max=65535, help="A port of your choice; 0 is any.")] = 0,
    editor: Annotated[
        str,
        typer.Option(
            "--editor",
            envvar="INTERVIEW_HELPER_EDITOR",
            help="What links open: vscode, cursor, zed, idea, sublime, none …, or an address with {path} {line} {column}.",
        ),
    ] = "",
    poll: _Poll = False,
) -> None:
    """Show cards and sheet in a browser, anew at each save.

    The page is for this machine and for who knows its address alone. Nothing is written; q or Ctrl-C leaves.
    """
    from interview_helper import files, live, scratch

    try:
        live.require()
        from interview_helper.live import editors
        from interview_helper.live.session import Session

        address = editors.template(editor, os.environ)
        with Session(source, scratch.folder() / "sheets", _now, poll=poll, advising=True) as session:
            code = _previewed(session, address, port, open_=open_)
    except files.Refusal as refusal:
        _refuse(refusal)
    raise typer.Exit(code)


def _previewed(session: Session, editor: str, port: int, *, open_: bool) -> int:
    """Serve what a session shows, and say its lines, until it is left; the exit code."""
    import webbrowser
    from contextlib import closing

    from interview_helper.live import editors
    from interview_helper.live.screen import Screen, keys
    from interview_helper.live.serving import Serving
    from interview_helper.live.showing import Showing

    first = session.rounds.last
    assert first is not None  # a session begins with a round
    root = first.notes.notes.root
    showing = Showing(lambda span: editors.address(editor, root / span.path, span.line, span.column))
    showing.round(first)
    with closing(Serving(showing, port)) as serving, keys(session.pressed):
        told = _Told(Screen(sys.stdout), f"{serving.address} · o opens it · q leaves", kept=False)
        told.say(f"{serving.address}")
        if open_:
            webbrowser.open(serving.opening)
        for happening in session.happenings():
            match happening:
                case "q" | "\x04" | "\x03":
                    told.screen.draw()
                    return 130 if happening == "\x03" else 0
                case "o":
                    webbrowser.open(serving.opening)
                case str():
                    pass
                case _:
                    showing.of(happening, session.rounds.last or first)
                    serving.tell()
                    told.of(happening)
    return 0


def _watched(session: Session, source: Path, output: Path) -> int:
    """What a session says, until it is left, and its exit code."""
    from interview_helper.live.screen import Screen, keys

    told = _Told(Screen(sys.stdout), _KEYS)
    try:
        with keys(session.pressed):
            for happening in session.happenings():
                match happening:
                    case "b":
                        _written(session, told, source, output)
                    case "q" | "\x04":
                        return _left(session, told, source, output)
                    case "\x03":
                        _left(session, told, source, output)
                        return 130
                    case "x":
                        return 0
                    case str():
                        pass
                    case _:
                        told.of(happening)
    finally:
        told.screen.draw()
    return 0


def _written(session: Session, told: _Told, source: Path, output: Path) -> int:
    """Write deck and lock of the notes as they are now: the exit code of a build."""
    from interview_helper import files, project, turns

    try:
        with turns.taken(project.lock_of(source), lambda words: told.say(words.rstrip("\n"))):
            last = session.settled()
            told.of(last)
            if last.broken:
                told.say("deck and lock are as they were: mend the errors first")
                return _exit_code(last.notes, last.plan)
            outcome = project.build(last.notes, last.plan, output, frozenset({"deck"}))
    except files.Refusal as refusal:
        told.say(_refused(refusal).rstrip("\n"))
        return refusal.code
    told.say(_listed(outcome.files, outcome.written).rstrip("\n"))
    return 0


def _left(session: Session, told: _Told, source: Path, output: Path) -> int:
    """Write deck and lock, and wait for the sheet that is laid out: the exit code of a build."""
    code = _written(session, told, source, output)
    if session.sheets:
        session.sheets.wait()
    return code


class _Told:
    """What was told of a session: the lines of its rounds, and what is wrong now."""

    def __init__(self, screen: Screen, keys: str, *, kept: bool = True) -> None:
        self.screen = screen
        self._keys = keys
        self._kept = kept  # whether what is laid out stays where it is
        self._round: Round | None = None
        self._paper: tuple[Diagnostic, ...] = ()
        self._sheet = ""
        self._said: frozenset[Diagnostic] = frozenset()

    def of(self, happening: Round | Printed | Advised | Refusal) -> None:
        """Tell of something that happened."""
        from interview_helper.live import screen
        from interview_helper.live.rounds import Round
        from interview_helper.live.sheets import Advised, Printed

        match happening:
            case Round() if happening is not self._round:
                self._round = happening
                self.say(f"{_time()} {screen.line(happening, self._paper)}")
            case Printed(outcome=None):
                self.say(f"{_time()} the sheet could not be laid out: interview-helper build says why")
            case Printed(outcome=outcome) if outcome:
                self._paper = outcome.diagnostics
                what = ", ".join(map(_spelt, outcome.files)) if self._kept else "sheet"
                self._sheet = f"{what} of {_time()} · " if outcome.files else ""
                if outcome.refusal:
                    self.say(_refused(outcome.refusal).rstrip("\n"))
                elif self.screen.live or not outcome.written or not self._kept:
                    self.say("")
                else:
                    self.say(f"{_time()} {', '.join(map(_spelt, outcome.written))}")
            case Round() | Printed() | Advised():  # said already, or on the page
                pass
            case _:
                self.say(terminal.harmless(f"{_time()} {happening.message}: waiting until it is mended"))

    def say(self, words: str) -> None:
        """Say something for good, and what is wrong besides: all of it on a terminal, into a pipe what is new."""
        from interview_helper.diagnostics import ordered

        found = ordered((*(self._round.diagnostics if self._round else ()), *self._paper))
        told = found if self.screen.live else [d for d in found if d not in self._said]
        wrong = _complaints(self._round.notes, told).rstrip("\n") if self._round else ""
        self._said = frozenset(found)
        if self.screen.live:
            self.screen.draw(words, wrong, self._sheet + self._keys)
        else:
            self.screen.draw("\n".join(filter(None, (words, wrong))))


def _spelt(path: Path) -> str:
    from interview_helper.files import shown

    return terminal.harmless(shown(path))


def _time() -> str:
    return time.strftime("%H:%M:%S")


def _version(wanted: bool) -> None:
    if wanted:
        from interview_helper import versions

        typer.echo(versions.text())
        raise typer.Exit


@app.callback()
def _root(
    version: Annotated[
        bool,
        typer.Option(
            "--version",
            callback=_version,
            is_eager=True,
            help="The versions that matter in a bug report, and nothing else.",
        ),
    ] = False,
) -> None:
    pass


def main(record: Record | None = None) -> None:
    """Do what is typed; a build that can be recorded is."""
    # A short process that makes many small values and drops few: a quarter of a deck build goes into looking for
    # cycles at the default of 700.
    gc.set_threshold(100_000, 50, 50)
    try:
        app(obj=record)
    except OSError as error:
        try:
            _refuse_of_the_world(error)
        except typer.Exit as leaving:
            raise SystemExit(leaving.exit_code) from None


def _understood(source: Path, *, strict: bool) -> Understood:
    from interview_helper import files, project

    try:
        notes = project.understood(project.read(source))
    except files.Refusal as refusal:
        _refuse(refusal)
    return _raised(notes) if strict else notes


def _raised(notes: Understood) -> Understood:
    """The notes with their warnings as errors."""
    from interview_helper.diagnostics import Severity

    raised = (replace(d, severity=Severity.ERROR) if d.severity is Severity.WARNING else d for d in notes.diagnostics)
    return replace(notes, diagnostics=tuple(raised))


def _exit_code(notes: Understood, plan: Plan | None = None) -> int:
    """2 where the config is what is wrong, 1 for the notes."""
    errors = {d.code for d in (*notes.diagnostics, *(plan.diagnostics if plan else ())) if d.severity == "error"}
    return 2 if errors <= {"C001"} else 1


def _now() -> int:
    """The second since 1970 that stamps what changes: the clock's, or that of SOURCE_DATE_EPOCH."""
    import time

    given = os.environ.get("SOURCE_DATE_EPOCH", "").strip()
    # What lies behind the year 9999 is a slip (milliseconds), and would stay in the lock for ever.
    if given and not (re.fullmatch("[0-9]{1,12}", given) and int(given) < 253_402_300_800):
        from interview_helper.files import Refusal

        _refuse(Refusal(f"SOURCE_DATE_EPOCH is no number of seconds: {given!r}", "unset SOURCE_DATE_EPOCH", 2))
    return int(given) if given else int(time.time())


def _shown(notes: Understood, path: str) -> str:
    return Path(os.path.relpath(notes.notes.root / path)).as_posix()


def _located(notes: Understood, diagnostics: Iterable[Diagnostic]) -> list[Diagnostic]:
    """The diagnostics with their paths against the working directory."""
    return [replace(d, span=replace(d.span, path=_shown(notes, d.span.path))) for d in diagnostics]


def _texts(notes: Understood, diagnostics: Iterable[Diagnostic]) -> dict[str, str]:
    """The texts that diagnostics are about, by their paths against the working directory."""
    texts = notes.texts
    return {_shown(notes, path): texts[path] for path in {d.span.path for d in diagnostics} if path in texts}


def _counts(diagnostics: Iterable[Diagnostic]) -> str:
    counts: dict[str, int] = {}
    for d in diagnostics:
        counts[str(d.severity)] = counts.get(str(d.severity), 0) + 1
    words = [f"{n} {name}{'s' if n > 1 else ''}" for name in ("error", "warning", "hint") if (n := counts.get(name))]
    return ", ".join(words) or "nothing to complain of"


def _complaints(notes: Understood, diagnostics: Iterable[Diagnostic]) -> str:
    """The diagnostics in words, each line with its end."""
    found = tuple(diagnostics)
    if not found:
        return ""
    from interview_helper.reports import as_text

    return f"{as_text(_located(notes, found), _texts(notes, found))}\n"


def _complain(notes: Understood, diagnostics: Iterable[Diagnostic]) -> None:
    _err(_complaints(notes, diagnostics))


def _first_words(notes: Understood, plan: Plan) -> str:
    """What there is to say of notes that are built, before they are."""
    from interview_helper.diagnostics import ordered

    # Where the lock is gone, a copy of it stops the build, which names it.
    gone = notes.notes.lock.text is None
    found = (d for d in notes.diagnostics if not (gone and d.code == "I012" and d.severity != "error"))
    return _complaints(notes, ordered((*found, *plan.diagnostics)))


def _last_words(notes: Understood, plan: Plan, outcome: Outcome, parts: frozenset[str]) -> str:
    """What there is to say when they are built."""
    from interview_helper import changes

    summary = f"{changes.summary(plan.assignment)}\n" if "deck" in parts else ""
    return _complaints(notes, outcome.diagnostics) + summary


def _listed(paths: Iterable[Path], written: Collection[Path]) -> str:
    """The outputs, a line each."""
    from interview_helper.files import shown

    return "".join(f"{shown(path)}{'' if path in written else ' (unchanged)'}\n" for path in paths)


def _err(text: str) -> None:
    color = terminal.takes_color(sys.stderr)
    typer.echo(terminal.colored(text) if color else text, nl=False, err=True, color=color)


@contextmanager
def _progress(line: str) -> Iterator[Callable[[int, int], None] | None]:
    """Within it, what is given shows on a terminal how many of how many are done, from half a second on.

    `line` says it with these two numbers.
    """
    if not sys.stderr.isatty():
        yield None
        return
    start, length = time.monotonic(), 0

    def blank() -> str:
        return f"\r{' ' * length}\r" if length else ""

    def told(done: int, count: int) -> None:
        nonlocal length
        if time.monotonic() - start >= _PATIENCE:
            words = line.format(done, count)
            length = len(words)
            _err(f"\r{words}")

    try:
        # Past what Python keeps for later, which may be at work just now.
        with interrupts.undone(lambda: os.write(2, blank().encode())):
            yield told
    finally:
        if length:
            _err(blank())


_PATIENCE = 0.5  # seconds


def _refuse(refusal: Refusal) -> NoReturn:
    _say(refusal)
    raise typer.Exit(refusal.code)


def _refuse_of_the_world(error: OSError) -> NoReturn:
    """Say what the world refuses where nobody had asked for it by name."""
    from interview_helper import files

    refusal = files.refused(error)
    if error.filename is None:  # it may be the output itself; Python would complain of it once more when it ends
        with suppress(OSError, ValueError):
            os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
    with suppress(OSError):
        _say(refusal)
    raise typer.Exit(refusal.code)


def _say(refusal: Refusal) -> None:
    typer.echo(_refused(refusal), nl=False, err=True)


def _refused(refusal: Refusal) -> str:
    lines = (f"error: {refusal.message}", *([f"    hint: {refusal.hint}"] if refusal.hint else []))
    return "".join(f"{terminal.harmless(line)}\n" for line in lines)
