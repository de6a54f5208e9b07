"""Where the sheet's fonts lie, and a fontconfig file that sees no others. Imports none of the packages that hold them.

IBM Plex sets text and code; DejaVu Sans, the widest free face on the package index, has the Greek, the boxes and the
symbols that Plex lacks (ziafont ships it).
"""

from __future__ import annotations

import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from html import escape
from importlib.util import find_spec
from pathlib import Path

FAMILIES = ("IBM Plex Sans Condensed", "IBM Plex Mono", "DejaVu Sans")
_PACKAGES = (
    ("fontpkg_ibm_plex_sans_condensed", "files"),
    ("fontpkg_ibm_plex_mono", "files"),
    ("ziafont", "fonts"),
)


def folders() -> tuple[Path, ...]:
    """The folders with our fonts, in the order of `FAMILIES`."""
    return tuple(_folder(package, name) for package, name in _PACKAGES)


def _folder(package: str, name: str) -> Path:
    spec = find_spec(package)
    if spec is None or not spec.submodule_search_locations:
        raise ModuleNotFoundError(f"the fonts of {package.replace('_', '-')} are not installed", name=package)
    return Path(spec.submodule_search_locations[0]) / name


@contextmanager
def only_ours() -> Iterator[None]:
    """Within it, fontconfig starts with our fonts and nothing of the machine's."""
    before = os.environ.get("FONTCONFIG_FILE")
    with tempfile.TemporaryDirectory(prefix="interview-helper-", ignore_cleanup_errors=True) as folder:
        seen = "".join(f"<dir>{escape(str(path))}</dir>" for path in folders())
        config = Path(folder) / "fonts.conf"
        config.write_text(
            '<?xml version="1.0"?><!DOCTYPE fontconfig SYSTEM "fonts.dtd">'
            f"<fontconfig>{seen}<cachedir>{escape(folder)}</cachedir></fontconfig>",
            encoding="utf-8",
        )
        os.environ["FONTCONFIG_FILE"] = str(config)
        try:
            yield
        finally:
            if before is None:
                del os.environ["FONTCONFIG_FILE"]
            else:
                os.environ["FONTCONFIG_FILE"] = before
