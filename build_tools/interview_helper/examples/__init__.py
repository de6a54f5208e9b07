"""Verified examples: the code of the notes run, and what it prints compared with what the notes say.

`found` finds them in the documents, `interpreters` the Pythons that are asked for, `running` runs each in a process
of its own (`child`), and `verdicts` says what is wrong. Only `check --examples` comes here: building runs no code.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace

from interview_helper.diagnostics import Diagnostic, Severity, ordered
from interview_helper.examples.found import examples
from interview_helper.examples.interpreters import Interpreter, interpreter
from interview_helper.examples.running import Cache, Limits, ran
from interview_helper.examples.verdicts import verdict
from interview_helper.model import Document

__all__ = ["Cache", "Interpreter", "Limits", "Verified", "interpreter", "verified"]


@dataclass(frozen=True, slots=True)
class Verified:
    """What became of the examples: how many ran on each Python (by name) and failed there, and what there is to say."""

    examples: int
    skipped: int
    failed: tuple[tuple[str, int], ...]
    diagnostics: tuple[Diagnostic, ...]

    @property
    def summary(self) -> str:
        """A line for each Python."""
        skipped = f" ({self.skipped} skipped)" if self.skipped else ""
        if not self.examples:
            return f"no example to run{skipped}"
        count = f"{self.examples} example{'s' if self.examples > 1 else ''} ran"
        return "\n".join(
            f"{count} on Python {name}: {f'{failed} fail' if failed else 'all pass'}{skipped}"
            for name, failed in self.failed
        )


def verified(
    documents: Iterable[Document],
    pythons: Sequence[Interpreter],
    limits: Limits = Limits(),  # noqa: B008  # it is a value
    cache: Cache | None = None,
    told: Callable[[int, int], None] | None = None,
) -> Verified:
    """What is wrong with the examples of documents on each of the Pythons. It runs their code.

    `told` hears after each example how many are done, and of how many. Raises Refusal where a Python can't be started.
    """
    found = examples(documents)
    unreadable = sum(d.severity is Severity.ERROR for d in found.diagnostics)
    failed = [unreadable] * len(pythons)
    where: dict[Diagnostic, list[str]] = {}
    for example, runs in zip(found.examples, ran(found.examples, pythons, limits, cache, told), strict=True):
        for number, on_one in enumerate(runs):
            wrong = verdict(example, on_one)
            failed[number] += bool(wrong)
            for each in wrong:
                where.setdefault(each, []).append(pythons[number].name)
    several = len(pythons) > 1
    told_of = [
        replace(each, message=f"{each.message} (Python {', '.join(names)})" if several else each.message)
        for each, names in where.items()
    ]
    count = len(found.examples) + unreadable
    by_name = tuple(zip((python.name for python in pythons), failed, strict=True))
    return Verified(count, found.skipped, by_name, ordered((*found.diagnostics, *told_of)))
