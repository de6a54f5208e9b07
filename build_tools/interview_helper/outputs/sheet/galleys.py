"""The galleys of a sheet: those that are kept, and the others laid out, on all cores where that pays."""

from __future__ import annotations

import hashlib
import multiprocessing
import os
import signal
import sys
import tempfile
import threading
from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import partial
from importlib.metadata import version
from importlib.resources import files
from multiprocessing.process import BaseProcess
from pathlib import Path
from typing import TypeVar
from urllib.parse import quote

from interview_helper import interrupts, scratch
from interview_helper.model import Cache, Media
from interview_helper.outputs.sheet import ahead, galley, pango, record
from interview_helper.outputs.sheet.faces import Cut, Further
from interview_helper.outputs.sheet.fallback import Fallback
from interview_helper.outputs.sheet.layout import Layout
from interview_helper.outputs.sheet.markup import Markup, Page
from interview_helper.outputs.sheet.record import Galley

_FEW = 4  # documents from which a second process pays
_SHORT_LINE = 50  # characters
_START = "fork" if sys.platform == "linux" else "spawn"
_SAFE = "PYTHONSAFEPATH"
_LIBRARIES = (
    "weasyprint",
    "pydyf",
    "pygments",
    "fontpkg-ibm-plex-mono",
    "fontpkg-ibm-plex-sans-condensed",
    "ziafont",
    "uharfbuzz",
)

_Job = tuple[int, Page, str, dict[str, Media]]
J = TypeVar("J")
R = TypeVar("R")


def laid_out(  # noqa: PLR0913, PLR0917  # what all layouts of a sheet have in common, and the layout
    markup: Markup,
    fallback: Fallback,
    media: Mapping[str, Media],
    cache: Cache | None,
    told: Callable[[int, int], None] | None,
    meanwhile: Callable[[Iterable[Galley]], object],
) -> list[Galley]:
    """The galley of the masthead, and one a topic. Raises PangoMissing.

    `meanwhile` is given those that are kept, while another process may be at work on the others.
    """
    base = versions() if cache is not None else ""
    packed: list[bytes | None] = []
    keys: list[str] = []
    jobs: list[_Job] = []
    needed: list[Further] = []
    style = _style(markup.layout)
    for number, topic in enumerate((None, *markup.topics)):
        kept = None
        further = fallback.of(markup.lacking(topic))
        if cache is not None:
            source = markup.key(topic, further) if topic else markup.masthead(further).html
            keys.append(hashlib.sha256(f"{base}\0{style}\0{source}".encode("utf-8", "surrogatepass")).hexdigest())
            kept = cache.get(keys[-1])
        packed.append(kept)
        if kept is None:
            page = markup.topic(topic, further) if topic else markup.masthead(further)
            shown = {name: each for name, each in media.items() if quote(name) in page.html}
            jobs.append((number, page, style, shown))
            needed.append(further)
    cuts = fallback.cuts(needed)
    style = galley.supplied(cuts) + style
    longest_first = sorted(((*job[:2], style, job[3]) for job in jobs), key=lambda job: -len(job[1].html))
    done = len(markup.topics) - sum(number > 0 for number, *_ in jobs)
    answers = made(_done, longest_first, style, cuts)
    found = [record.unpacked(kept) if kept else None for kept in packed]
    meanwhile(each for each in found if each is not None)
    for number, data in answers:
        if cache is not None:
            cache.put(keys[number], data)
        found[number] = record.unpacked(data)
        if told and number:
            done += 1
            told(done, len(markup.topics))
    return [each for each in found if each is not None]


def made(done: Callable[[J], R], jobs: Sequence[J], style: str, cuts: Sequence[Cut] = ()) -> Iterable[R]:
    """What `done` makes of each job, in any order. All jobs lay out with one style, and with these faces beside ours.

    Sort the jobs that take longest to the front, so that no process has one left to do when all others are done.
    """
    cores = min(_cores(), len(jobs) // 2)
    if len(jobs) < _FEW or cores < 2:  # one core is this process
        return (jobs and ahead.asked(done, jobs, partial(galley.supplied, cuts))) or map(done, jobs)
    ahead.end()
    return _on_all_cores(done, jobs, style, cuts, cores)


def _on_all_cores(
    done: Callable[[J], R], jobs: Sequence[J], style: str, cuts: Sequence[Cut], cores: int
) -> Iterable[R]:
    if _START == "fork":
        galley.warmed(style)
    # A process that is spawned would look for Python's own modules in the working directory first, among the notes.
    before = os.environ.get(_SAFE)
    os.environ[_SAFE] = "1"
    try:
        with (
            # WeasyPrint makes a folder for each font that a style or a drawing names, and these processes are ended
            # before they take theirs away.
            tempfile.TemporaryDirectory(dir=scratch.folder(), ignore_cleanup_errors=True) as folder,
            interrupts.undone(_end_all),
            multiprocessing.get_context(_START).Pool(cores, _begin, (cuts, folder)) as pool,
        ):
            yield from pool.imap_unordered(done, jobs)
    finally:
        if before is None:
            del os.environ[_SAFE]
        else:
            os.environ[_SAFE] = before


def _end_all() -> None:
    """Kill the processes that lay out. One that is to answer when nobody listens any more would complain of that."""
    children = multiprocessing.active_children()
    for process in children:
        process.kill()
    for process in children:  # or one would still write into a folder that is taken away
        process.join(1)


def _begin(cuts: Sequence[Cut], folder: str) -> None:
    """Make a process ready for jobs, and have it end when the one that has started it does, however that comes about.

    What it puts aside for a while lies in a folder that is taken away for it.
    """
    tempfile.tempdir = folder
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is for all of them; who has started this one ends it
    # Not in Python, which would not get to it where the signal comes just before it begins to wait.
    signal.signal(signal.SIGTERM, signal.SIG_DFL)
    parent = multiprocessing.parent_process()
    if parent:
        threading.Thread(target=_end_after, args=(parent,), daemon=True).start()
    galley.supplied(cuts)


def _end_after(parent: BaseProcess) -> None:
    parent.join()
    os._exit(1)


def _done(job: _Job) -> tuple[int, bytes]:
    number, page, style, media = job
    return number, record.packed(galley.galley(page.html, style, media, page.remarks))


def _cores() -> int:
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def _style(layout: Layout) -> str:
    """style.css, and before it what the layout decides: a page is a unit, as wide as what it will stand in."""
    width, height = layout.page
    chosen = (
        f"@page{{size:{layout.column}pt {layout.height}pt;margin:0}}"
        f"@page entry{{size:{layout.entry}pt {layout.height}pt}}"
        f"@page masthead{{size:{width - 2 * layout.margin}pt {height}pt}}"
        f":root{{--size:{layout.size}pt;--color:{galley.SENTINEL};--fallback:'DejaVu Sans';"
        # A word in two halves is found by no search, so only where lines are short.
        f"--hyphens:{'auto' if layout.characters < _SHORT_LINE else 'manual'}}}\n"
    )
    return chosen + files(__package__).joinpath("style.css").read_text(encoding="utf-8")


def versions() -> str:
    """All that a galley depends on beside its document."""
    ours = b"".join(
        path.read_bytes() for path in sorted(Path(str(files(__package__))).rglob("*")) if path.suffix in (".py", ".css")
    )
    names = [f"{name} {version(name)}" for name in _LIBRARIES]
    return f"{hashlib.sha256(ours).hexdigest()} {' '.join(names)} {pango.version()}"
