"""Pango, which sets the sheet's text: what of it this system lacks, and the one command that installs it.

It is a library of the system that no wheel holds. Imports the standard library alone, because noxfile.py reads this
file before anything is installed.
"""

from __future__ import annotations

import ctypes
import ctypes.util
import os
import shutil
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

APT = ("libpango-1.0-0", "libpangoft2-1.0-0", "libharfbuzz-subset0")
NEEDED: dict[str, tuple[str, ...]] = {
    "gobject-2.0": ("libgobject-2.0.so.0", "libgobject-2.0.0.dylib", "libgobject-2.0-0.dll"),
    "pango-1.0": ("libpango-1.0.so.0", "libpango-1.0.dylib", "libpango-1.0-0.dll"),
    "pangoft2-1.0": ("libpangoft2-1.0.so.0", "libpangoft2-1.0.dylib", "libpangoft2-1.0-0.dll"),
}
FONTCONFIG = ("libfontconfig.so.1", "libfontconfig.1.dylib", "libfontconfig-1.dll")  # Pango brings it
# WeasyPrint does without, slower and with a warning: no reason to stop, but one to install where we may.
WANTED: dict[str, tuple[str, ...]] = {
    "harfbuzz-subset": ("libharfbuzz-subset.so.0", "libharfbuzz-subset.0.dylib", "libharfbuzz-subset-0.dll")
}
# Where WeasyPrint looks on Windows, in its order.
_DLLS = r"C:\msys64\ucrt64\bin;C:\msys64\mingw64\bin;C:\Program Files\GTK3-Runtime Win64\bin"
# For root, with no quotes in them: they go through `su - -c` too.
_COMMANDS = {
    "apt-get": f"apt-get update && apt-get install -y --no-install-recommends {' '.join(APT)}",
    "dnf": "dnf install -y pango",
    "pacman": "pacman -S --noconfirm pango",
    "apk": "apk add pango harfbuzz-subset",
    "zypper": "zypper install -y libpango-1_0-0",
}
# One line for both of Windows' shells: the older PowerShell has no `&&`, and cmd has no `;`.
_WINDOWS = (
    'cmd /c "winget install -e --id MSYS2.MSYS2 & '
    r'C:\msys64\usr\bin\pacman -S --noconfirm mingw-w64-ucrt-x86_64-pango"'
)


class PangoMissing(OSError):
    """WeasyPrint is installed, but Pango, which sets its text, can't be loaded."""


def lacking(libraries: dict[str, tuple[str, ...]] = NEEDED) -> tuple[str, ...]:
    """The names of the libraries that can't be loaded here."""
    with homebrewed():
        return tuple(name for name, files in libraries.items() if not _found(name, files))


def version() -> str:
    """The version of Pango here, as far as it can be told without WeasyPrint."""
    library = loaded(NEEDED["pango-1.0"])
    if library is None or not hasattr(library, "pango_version_string"):
        return ""
    library.pango_version_string.restype = ctypes.c_char_p
    return str(library.pango_version_string().decode())


def loaded(files: tuple[str, ...]) -> ctypes.CDLL | None:
    """The library that has one of these names, None where there is none."""
    with homebrewed():
        for file in files:
            for path in (file, *(str(folder / file) for folder in _folders())):
                with suppress(OSError):
                    return ctypes.CDLL(path)
    return None


def _folders() -> list[Path]:
    """Where WeasyPrint looks for libraries, beside where the system does."""
    named = os.environ.get("WEASYPRINT_DLL_DIRECTORIES", _DLLS) if sys.platform == "win32" else ""
    return [Path(folder) for folder in named.split(";") if folder]


def _found(name: str, files: tuple[str, ...]) -> bool:
    if sys.platform == "win32":
        return any((folder / file).exists() for folder in _folders() for file in files)
    for file in files:
        with suppress(OSError):
            ctypes.CDLL(file)
            return True
    return ctypes.util.find_library(name) is not None


@contextmanager
def homebrewed() -> Iterator[None]:
    """Within it, ctypes on macOS looks into Homebrew's folder too: a Python that is not Homebrew's does not."""
    key = "DYLD_FALLBACK_LIBRARY_PATH"
    brew = shutil.which("brew") if sys.platform == "darwin" else None
    if brew is None:
        yield
        return
    before = os.environ.get(key)
    os.environ[key] = f"{Path(brew).parent.parent / 'lib'}:{before or '/usr/local/lib:/usr/lib'}"
    try:
        yield
    finally:
        if before is None:
            del os.environ[key]
        else:
            os.environ[key] = before


@contextmanager
def by_file() -> Iterator[None]:
    """Within it, on Linux, a library loads by the name of its file alone.

    WeasyPrint asks for each under the names it has on other systems first, and for each of these ctypes would start a
    compiler, a linker and more: fifty processes, a third of the time that WeasyPrint takes to load.
    """
    find_library = ctypes.util.find_library
    if sys.platform == "linux":
        ctypes.util.find_library = lambda name: None  # noqa: ARG005
    try:
        yield
    finally:
        ctypes.util.find_library = find_library


def remedy() -> str:
    """The one command to type that installs Pango here."""
    if sys.platform == "win32":
        return _WINDOWS
    if sys.platform == "darwin":
        return "brew install pango" if shutil.which("brew") else "brew install pango (get brew at https://brew.sh)"
    command = next((line for tool, line in _COMMANDS.items() if shutil.which(tool)), "")
    if not command:
        return "install Pango with your package manager"
    if os.geteuid() == 0:
        return command
    if shutil.which("sudo") is None:
        return f"su - -c '{command}'"
    return f"sudo {command.replace('&& ', '&& sudo ')}"
