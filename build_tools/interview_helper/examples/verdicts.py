"""What examples should print, and what they did, to diagnostics at the lines of the note. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from doctest import DONT_ACCEPT_TRUE_FOR_1, ELLIPSIS, IGNORE_EXCEPTION_DETAIL, OutputChecker
from itertools import zip_longest

from interview_helper.diagnostics import Diagnostic
from interview_helper.examples.found import Example, Expected, row
from interview_helper.examples.running import Ended, Fate, Run, Runs, lasting
from interview_helper.model import Span

_HEADER = re.compile(r"Traceback \(most recent call last\):")
# What an interpreter guesses behind a message: it is no part of it, and not alike on two of them.
_GUESS = re.compile(r"[.,]? (?:Did|Or did) you (?:mean|forget)\b[^\n]*\?$", re.MULTILINE)
_SKIP = "change it, or write <!-- example: skip reason --> above it"
_WIDTH = 80  # characters of a line that are shown

_Row = tuple[int, str]  # a line of the note, and what stands there


def verdict(example: Example, runs: Runs) -> list[Diagnostic]:
    """What is wrong with an example on one Python; nothing where it prints what it should, whatever the hash seed."""
    last = runs.by_seed[-1]
    if last.fate is not Fate.ENDED:
        return [_stopped(example, last)]
    judged = [list(_judged(example, run)) for run in runs.by_seed]
    always = [each for each in judged[0] if all(each in other for other in judged)]
    at_times = [each for some in judged for each in some if each not in always]
    if runs.again is None or not at_times:
        return judged[0]
    first, *others = map(_shown, (runs.by_seed[0], runs.again, *runs.by_seed[1:]))
    by_chance = first != others[0]
    pairs = zip_longest(first, next((each for each in others if each != first), []), fillvalue="")
    one, other = next((pair for pair in pairs if pair[0] != pair[1]), ("", ""))
    why = "is not the same in each run" if by_chance else "depends on the hash seed"
    message = f"the output {why}: {_quoted(one, other)} or {_quoted(other, one)}"
    hint = "print what does not change" if by_chance else "print it in order: sorted(…)"
    return [*always, Diagnostic("E009", at_times[0].span, message, hint)]


def _judged(example: Example, run: Run) -> Iterator[Diagnostic]:
    """What is wrong with a run that came to its end."""
    fine = True
    for number, (step, ended) in enumerate(zip(example.steps, run.steps, strict=False)):
        if step.expected is None:
            if ended.raised and not step.interactive:
                yield _raised(example, number, ended)
                return
            continue
        found = (_prompted if step.interactive else _fenced)(example, number, ended, run.rest, step.expected)
        if found:
            fine = False
            yield found
    if example.printed and fine:
        typed = [ended for step, ended in zip(example.steps, run.steps, strict=False) if step.interactive]
        printed = "".join(_together(ended.printed, ended.raised) for ended in typed)
        rows = _rows(example.printed, example.printed.text)
        if not _matches(rows, printed):
            yield _differs(example, example.printed, rows, printed)


def _prompted(example: Example, number: int, ended: Ended, _: str, expected: Expected) -> Diagnostic | None:
    """What is wrong with the answer to a prompt: doctest's rules, but True is not 1."""
    if expected.raised is None:
        printed = ended.printed.expandtabs()  # as doctest reads what should be printed
        rows = _rows(expected, expected.text)
        if ended.raised:
            return _raised(example, number, ended)
        return None if _matches(rows, printed, expected.flags) else _differs(example, expected, rows, printed)
    rows = _rows(expected, expected.text)[-len(_lines(expected.raised)) :]
    if not ended.raised:
        return _silent(example, rows, ended)
    if expected.flags & IGNORE_EXCEPTION_DETAIL and _kind(rows[0][1]) == _kind(ended.raised):
        return None
    if _matches(rows, ended.raised, expected.flags):
        return None
    return _raised(example, number, ended) if _is_memory(ended) else _differs(example, expected, rows, ended.raised)


def _fenced(example: Example, number: int, ended: Ended, rest: str, expected: Expected) -> Diagnostic | None:
    """What is wrong with what a fence prints; what it raises is the last line of that."""
    printed = ended.printed + rest
    rows = _rows(expected, expected.text)
    raises = any(map(_HEADER.match, _lines(expected.text)))
    if raises and not ended.raised:
        # Code may print a traceback itself.
        whole = list(enumerate(_lines(expected.text)))
        return None if _matches(whole, printed) else _silent(example, rows, ended)
    if not raises and (not ended.raised or ended.raised.startswith("SystemExit")) and _matches(rows, printed):
        return None
    # The traceback is on another stream, and a terminal shows it behind what was printed before.
    shown = _together(ended.printed, ended.raised) + rest
    if _matches(rows, shown):
        return None
    named = any(_kind(line) == _kind(ended.raised) for _, line in rows)
    if ended.raised and (not (raises or named) or _is_memory(ended)):
        return _raised(example, number, ended)
    return _differs(example, expected, rows, shown)


def _together(printed: str, raised: str) -> str:
    """What a terminal shows of what was printed and then raised."""
    between = "\n" if raised and printed and not printed.endswith("\n") else ""
    return f"{printed}{between}{raised}\n" if raised else printed


def _lines(text: str) -> list[str]:
    """The lines of a text as a note has lines: no other sign than a line feed ends one."""
    return text.removesuffix("\n").split("\n") if text else []


def _rows(expected: Expected, text: str) -> list[_Row]:
    """The lines that are compared, without the frames of a traceback and the line over them."""
    rows: list[_Row] = []
    in_trace = False
    for number, line in enumerate(_lines(text), expected.line):
        if _HEADER.match(line):
            in_trace = True
        elif not in_trace or not (line[:1] in ("", " ", "\t") or line.strip() == "..."):
            in_trace = False
            rows.append((number, line))
    while rows and not rows[-1][1].strip():
        rows.pop()
    return rows


def _matches(rows: Sequence[_Row], printed: str, flags: int = 0) -> bool:
    """Whether something was printed as expected: `...` stands for anything, spaces at the end of a line for nothing."""
    wanted, got = _clean(line for _, line in rows), _clean(_lines(printed))
    return OutputChecker().check_output(wanted, got, flags | ELLIPSIS | DONT_ACCEPT_TRUE_FOR_1)


def _clean(lines: Iterable[str]) -> str:
    text = "\n".join(_GUESS.sub("", lasting(line.rstrip())) for line in lines).rstrip("\n")
    return f"{text}\n" if text else ""


def _kind(line: str) -> str:
    """The name of the exception in the last line of a traceback, without its module."""
    return re.split(r"[:\n]", line, maxsplit=1)[0].rpartition(".")[2]


def _is_memory(ended: Ended) -> bool:
    """Whether a step has asked for more memory than it gets."""
    return ended.raised.startswith(("MemoryError", "OSError: [Errno 12]"))


def _shown(run: Run) -> list[str]:
    """All that a run has shown, as lines that can be compared with those of another run."""
    printed = "".join(_together(ended.printed, ended.raised) for ended in run.steps) + run.rest
    return _lines(_clean(_lines(printed)))


# --- telling ----------------------------------------------------------------------------------------------------------


def _differs(example: Example, expected: Expected, rows: Sequence[_Row], printed: str) -> Diagnostic:
    """The first line that is another one than expected."""
    got = _lines(printed.rstrip("\n")) if printed.strip() else []
    wanted = [line for _, line in rows]
    at = next(
        (i for i, (w, g) in enumerate(zip(wanted, got, strict=False)) if not _matches([(0, w)], g)),
        min(len(wanted), len(got)),
    )
    if at < len(wanted):
        span = row(example.source, *rows[at])
        message = f"expected {_quoted(wanted[at], *got[at : at + 1])}, "
        message += f"got {_quoted(got[at], wanted[at])}" if at < len(got) else "and nothing more is printed"
    else:
        line = rows[-1][0] + 1 if rows else expected.line
        span = row(example.source, line)
        message = (
            f"expected nothing more, got {_quoted(got[at])}" if rows else f"expected nothing, got {_quoted(got[at])}"
        )
    more = max(len(wanted), len(got)) - at - 1
    message += f", and {more} more line{'s' if more > 1 else ''} below" if more and len(got) > at else ""
    hint = ""
    if at < len(got):
        blank = not got[at].strip() and example.is_session
        hint = f"if the code is right, write {'<BLANKLINE>' if blank else got[at].strip()}"
    return Diagnostic("E001", span, message, hint if len(hint) < 2 * _WIDTH else "")


def _silent(example: Example, rows: Sequence[_Row], ended: Ended) -> Diagnostic:
    line, words = rows[-1] if rows else (example.steps[-1].line, "")
    printed = f"; it prints {_quoted(_lines(ended.printed)[0])}" if ended.printed.strip() else ""
    return Diagnostic(
        "E001", row(example.source, line, words), f"expected {_quoted(words)}, but nothing is raised{printed}"
    )


def _raised(example: Example, number: int, ended: Ended) -> Diagnostic:
    """An exception that the note says nothing of, at the line that it comes from."""
    inside = ended.place[0] == number or not example.steps[number].interactive
    span = _placed(example, ended.place if inside else (number, 1), number)
    if _is_memory(ended):
        return Diagnostic("E006", span, "out of memory", _SKIP)
    last = _lines(ended.raised)[0]
    trace = "Traceback (most recent call last): and then " if example.steps[number].interactive else ""
    hint = f"if it should, write below it: {trace}{last}"
    if ended.raised.startswith("NameError"):
        hint = "each example starts anew: put what it needs right above it, with no words between"
    if ended.raised.startswith("PermissionError"):
        hint = f"an example may change files in its own folder alone, and start no process; {_SKIP}"
    return Diagnostic("E002", span, f"raises {_quoted(ended.raised)}", hint)


def _stopped(example: Example, run: Run) -> Diagnostic:
    """What ended a run before its end."""
    running = min(len(run.steps), len(example.steps) - 1)
    span = _placed(example, run.place, running)
    match run.fate:
        case Fate.TIMED_OUT:
            return Diagnostic("E003", span, f"still running after {run.words}", _SKIP)
        case Fate.STOPPED:
            return Diagnostic("E004", span, f"stopped, because it would {run.words}", _SKIP)
        case Fate.INPUT:
            hint = "put what is typed into the code: sys.stdin = io.StringIO('…')"
            return Diagnostic("E005", span, "stopped, because it reads standard input", hint)
        case Fate.FLOODED:
            return Diagnostic("E007", span, f"stopped, because it prints more than {run.words}", _SKIP)
        case _:
            return Diagnostic("E008", span, f"the interpreter died: {run.words}", _SKIP)


def _placed(example: Example, place: tuple[int, int], running: int) -> Span:
    """The line of the note that a line of a step is; the first of the step that runs, where nobody knows which."""
    step, line = place
    if not (0 <= step < len(example.steps) and 1 <= line <= len(_lines(example.steps[step].code))):
        step, line = running, 1
    rows = _lines(example.steps[step].code)
    return row(example.source, example.steps[step].line + line - 1, rows[line - 1] if rows else "")


def _quoted(line: str, other: str = "") -> str:
    """A line as it was printed, between quotes; of a long one the part where it leaves another."""
    line, other = lasting(line.rstrip("\n")), lasting(other)
    at = next((i for i, (a, b) in enumerate(zip(line, other, strict=False)) if a != b), 0)
    start = max(0, min(at - _WIDTH // 4, len(line) - _WIDTH))
    cut = line[start : start + _WIDTH]
    return repr(("…" if start else "") + cut + ("…" if start + _WIDTH < len(line) else ""))
