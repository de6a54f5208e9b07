"""What may be typed next, for the completion of shells: all words that the notes have for it. It is silent on mistakes.

Typer offers those of them that begin as what is typed.
"""

from __future__ import annotations

import os
import re
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path
from typing import Any, Literal

from interview_helper.terminal import harmless

_PLAIN = re.compile(r"[^\w@%+=:,./-]")
# Typer hands zsh a line to evaluate. It quotes what it puts there, but no backslash: behind one, `$(…)` is run at Tab.
_RUN = re.compile(r"[\\\x00-\x1f\x7f]")


def topics(given: Mapping[str, Any]) -> list[str]:
    """The titles of the topics of the notes; `given` has the folder that was typed before."""
    return _selectable(given, "topics")


def tags(given: Mapping[str, Any]) -> list[str]:
    """The tags of the notes."""
    return _selectable(given, "tags")


def retired(given: Mapping[str, Any]) -> list[tuple[str, str]]:
    """The ids of retired cards, each with its question."""
    from interview_helper import project
    from interview_helper.diagnostics import shortened

    with suppress(Exception):  # whoever types on has not asked what is wrong with the notes
        lines = project.read(_source(given)).lock.ledger.lines
        return [
            (_typed(line.id), _RUN.sub(" ", harmless(shortened(line.question, 60))))
            for line in lines
            if line.retired is not None and _is_plain(line.id)
        ]
    return []


def codes() -> list[tuple[str, str]]:
    """The codes, each with its title."""
    from interview_helper.diagnostics import CODES

    return [(code.code, code.title) for code in CODES.values()]


def _source(given: Mapping[str, Any]) -> Path:
    return Path(given.get("source") or "source")


def _selectable(given: Mapping[str, Any], what: Literal["topics", "tags"]) -> list[str]:
    from interview_helper import project, selection
    from interview_helper.parse import parse

    with suppress(Exception):  # as above
        notes = project.read(_source(given))
        documents = [parse(each, maths=notes.config.math, tags=notes.config.tags).document for each in notes.sources]
        return [_typed(each) for each in getattr(selection, what)(documents) if _is_plain(each)]
    return []


def _is_plain(words: str) -> bool:
    """Whether neither a shell nor a terminal would act on words."""
    return not _RUN.search(words) and harmless(words) == words


def _typed(words: str) -> str:
    """Words as the shell wants them: bash puts them into the line as they are, the others quote for themselves."""
    in_bash = os.environ.get("_INTERVIEW_HELPER_COMPLETE") == "complete_bash"
    return _PLAIN.sub(r"\\\g<0>", words) if in_bash else words
