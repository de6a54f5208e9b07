"""The versions that matter in a bug report: ours, Python's, the system's, those of the libraries and of Pango."""

from __future__ import annotations

from interview_helper import __version__, ledger

_DISTRIBUTION = "python-interview-helper"


def text() -> str:
    """A line each, ours first."""
    import platform

    rows = [
        f"interview-helper {__version__} (deck.lock format {ledger.FORMAT})",
        f"{platform.python_implementation()} {platform.python_version()}",
        f"{platform.system()} {platform.release()} {platform.machine()}",
        *(f"{name} {version}" for name, version in libraries()),
    ]
    return "\n".join(rows)


def libraries() -> list[tuple[str, str]]:
    """What we need and its versions here, by name: the packages, and Pango, which is the system's."""
    import re
    from importlib import metadata

    from interview_helper.outputs.sheet import pango

    try:
        needed = metadata.requires(_DISTRIBUTION) or []
    except metadata.PackageNotFoundError:  # run from the source tree
        needed = []
    found = {}
    for requirement in needed:
        name = re.split(r"[^\w.-]", requirement, maxsplit=1)[0]
        try:
            found[name] = metadata.version(name)
        except metadata.PackageNotFoundError:
            if "extra ==" not in requirement:
                found[name] = "(lacking)"
    return [*sorted(found.items()), ("Pango", pango.version() or "(lacking)")]
