"""Documents to their verified examples, and what looks like one and is none. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from doctest import SKIP, DocTestParser
from doctest import Example as Prompted

from interview_helper import neutral
from interview_helper.cards import sections
from interview_helper.diagnostics import Diagnostic
from interview_helper.model import Block, Code, Document, Source, Span

_PYTHON = ("python", "py", "python3")
_SESSION = "pycon"
_OUTPUT = "output"
_PROMPT = re.compile(r"\s*>>>")
_LINE = re.compile(r"line ([0-9]+) of the \w+ for \S+ (.*)", re.DOTALL)


@dataclass(frozen=True, slots=True)
class Expected:
    """What must be printed: `text`, whose first line is line `line` of the note.

    `raised` is the last line of a traceback, and what follows it, where a session has one; `flags` are doctest's.
    """

    text: str
    line: int
    raised: str | None = None
    flags: int = 0


@dataclass(frozen=True, slots=True)
class Step:
    """Code that runs at once: a fence, or (`interactive`) what stands behind one prompt. Its first line is `line`.

    Nothing is asked of what a step without `expected` prints: it is the set-up of what stands below it.
    """

    code: str
    line: int
    interactive: bool
    expected: Expected | None


@dataclass(frozen=True, slots=True)
class Example:
    """Steps that run one after another in an interpreter of their own, and what they must print.

    `printed` is the fence of output below a session: all that the session prints. `span` is the code's place.
    """

    source: Source
    span: Span
    steps: tuple[Step, ...]
    printed: Expected | None = None

    @property
    def is_session(self) -> bool:
        """Whether it is a session of the interactive interpreter."""
        return self.steps[-1].interactive


@dataclass(frozen=True, slots=True)
class Found:
    """The examples of notes in order, how many of them a comment skips, and what is odd about the others."""

    examples: tuple[Example, ...]
    skipped: int
    diagnostics: tuple[Diagnostic, ...]


def examples(documents: Iterable[Document]) -> Found:
    """The verified examples of documents: code with its output right below it, and sessions."""
    found: list[Example] = []
    diagnostics: list[Diagnostic] = []
    skipped = 0
    for document in documents:
        for section in sections(document.topics):
            for codes in _candidates((*section.question, *section.answer)):
                if any(code.skip for code in codes):
                    skipped += 1
                    continue
                made = _example(document.source, codes)
                if isinstance(made, Diagnostic):
                    diagnostics.append(made)
                elif made.steps:
                    found.append(made)
                else:  # each prompt says so itself: `# doctest: +SKIP`
                    skipped += 1
            diagnostics += _left((*section.question, *section.answer))
    return Found(tuple(found), skipped, tuple(diagnostics))


def _candidates(blocks: Sequence[Block]) -> Iterator[list[Code]]:
    """The blocks of each example: the code right above it, its own, and the fence of its output."""
    above: list[Code] = []
    for i, block in enumerate(blocks):
        below = blocks[i + 1] if i + 1 < len(blocks) else None
        output = [below] if isinstance(below, Code) and below.language == _OUTPUT else []
        code = isinstance(block, Code) and block.language in _PYTHON and not _PROMPT.match(block.text)
        session = isinstance(block, Code) and block.language == _SESSION and _prompted(block)
        if isinstance(block, Code) and (session or (code and output)):
            yield [*above, block, *output]
        above = [*above, block] if isinstance(block, Code) and code and not output else []


def _prompted(code: Code) -> bool:
    return any(map(_PROMPT.match, code.text.split("\n")))


def _example(source: Source, codes: Sequence[Code]) -> Example | Diagnostic:
    """The example of these blocks, or why there is none."""
    output = _expected(codes[-1]) if codes[-1].language == _OUTPUT else None
    *above, code = codes[:-1] if output else codes
    steps = [Step(each.text, each.span.line + 1, interactive=False, expected=None) for each in above]
    if code.language != _SESSION:
        step = Step(code.text, code.span.line + 1, interactive=False, expected=output)
        return Example(source, code.span, (*steps, step))
    try:
        prompts = DocTestParser().get_examples(code.text)
    except ValueError as error:
        return _unreadable(source, code, str(error))
    alone = output is not None and not any(prompt.want for prompt in prompts)
    typed = [_step(code, prompt, asked=not alone) for prompt in prompts if not prompt.options.get(SKIP)]
    return Example(source, code.span, (*steps, *typed) if typed else (), output)


def _expected(code: Code) -> Expected:
    return Expected(f"{code.text}\n" if code.text else "", code.span.line + 1)


def _step(code: Code, prompt: Prompted, *, asked: bool) -> Step:
    """What stands behind a prompt, and what must be printed below it, unless all of that stands in a fence."""
    line = code.span.line + 1 + prompt.lineno
    flags = sum(flag for flag, given in prompt.options.items() if given)
    expected = Expected(prompt.want, line + prompt.source.count("\n"), prompt.exc_msg, flags) if asked else None
    return Step(prompt.source, line, interactive=True, expected=expected)


def _unreadable(source: Source, code: Code, said: str) -> Diagnostic:
    match = _LINE.match(said)
    line = code.span.line + int(match[1]) if match else code.span.line
    words = match[2].split(": ")[0] if match else said
    hint = "put a space behind >>> and ..., and both in one column"
    return Diagnostic("E010", row(source, line), f"the line {words}", hint)


def row(source: Source, line: int, text: str = "") -> Span:
    """The place of a line of a note, without what a list or a quote puts in front of it where its text is given."""
    rows = source.text.split("\n")
    written = rows[min(line, len(rows)) - 1].rstrip()
    kept = text.strip() or written.lstrip()
    column = len(written) - len(kept if written.endswith(kept) else written.lstrip())
    return Span(source.path, line, column + 1, line, len(written) + 1)


def _left(blocks: Sequence[Block]) -> Iterator[Diagnostic]:
    """Hints on what looks like an example and is not run."""
    code: Code | None = None
    for i, block in enumerate(blocks):
        if not isinstance(block, Code):
            nested = dict(neutral.codes(block.html))
            if _SESSION in nested or (_OUTPUT in nested and any(name in nested for name in _PYTHON)):
                message = "the example in this list, quote or element is not run"
                yield Diagnostic("E011", block.span, message, "put its fences outside, with nothing in front of them")
            continue
        before = blocks[i - 1] if i else None
        if block.language == _SESSION and not _prompted(block):
            yield Diagnostic("E011", block.span, "the session is not run", "write >>> in front of what is typed in")
        elif block.language in _PYTHON and _PROMPT.match(block.text) and not block.skip:
            yield Diagnostic("E011", block.span, "the session is not run", "name the fence ```pycon")
        elif block.language == _OUTPUT and code and not isinstance(before, Code) and not block.skip:
            message = "the output is not compared with what the code prints"
            yield Diagnostic("E011", block.span, message, "put it right below the code, with no words between")
        code = block if block.language in (*_PYTHON, _SESSION) else None
