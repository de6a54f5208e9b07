"""The command `interview-helper`, and python -m interview_helper.

A build that finds nothing changed speaks here, before Typer and all that `cli` needs is imported. Before anything that
takes a while is, signals are heeded.
"""

from __future__ import annotations

import os
import sys
from io import TextIOWrapper

if __name__ == "__main__" and not sys.flags.safe_path and sys.path[0] != os.path.dirname(os.path.dirname(__file__)):  # noqa: PTH120
    del sys.path[0]  # python -m put the working directory there, and a json.py that lies among notes is not Python's

from interview_helper import interrupts


def main() -> None:
    """Do what is typed."""
    interrupts.heed()
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, TextIOWrapper):
            # On Windows a pipe has the code page of the system, which lacks most of what notes are written in.
            stream.reconfigure(encoding=None if stream.isatty() else "utf-8", errors="backslashreplace")
    from interview_helper.records import record

    kept = record(sys.argv[1:])
    if kept and (said := kept.said()):
        _say(said.complaints, said.files)
        raise SystemExit(said.code)
    if kept and kept.outdated and "deck" not in sys.argv:  # of which alone nothing is laid out
        from interview_helper.outputs.sheet import ahead

        ahead.begin()
    from interview_helper import cli

    cli.main(kept)


def _say(complaints: str, files: str) -> None:
    from interview_helper import terminal

    # An older terminal of Windows would show the signs of the colors; there `cli` has a library for it.
    if complaints and os.name != "nt" and terminal.takes_color(sys.stderr):
        complaints = terminal.colored(complaints)
    for stream, text in ((sys.stderr, complaints), (sys.stdout, files)):
        try:
            stream.write(text)
            stream.flush()
        except BrokenPipeError:  # as of `| head`; Python would complain of it once more when it ends
            os.dup2(os.open(os.devnull, os.O_WRONLY), stream.fileno())
            raise SystemExit(1) from None


if __name__ == "__main__":
    main()
