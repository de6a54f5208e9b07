"""Notes while they are written: what each save does to the deck, told at once (`watch`) and shown in a browser (`preview`).

A *round* (`rounds`) is the notes read and understood again after the disk said that something was saved (`watching`). The
sheet is laid out beside it in a process of its own (`sheets`); `session` has the events of all of them in one line.
Nothing here writes the deck or its lock. What this folder needs of others is the extra `live`.
"""

from __future__ import annotations

from importlib.util import find_spec

from interview_helper.files import Refusal

_NEEDED = ("pypdfium2", "starlette", "uvicorn", "watchfiles")


def require() -> None:
    """The libraries of the extra are there. Raises Refusal."""
    if lacking := [name for name in _NEEDED if find_spec(name) is None]:
        words = "is not installed" if len(lacking) == 1 else "are not installed"
        raise Refusal(f"{' and '.join(lacking)} {words}", 'pip install "python-interview-helper[live]"')
