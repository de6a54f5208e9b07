"""The sheet beside plain WeasyPrint, headless Chromium and typst: cold, unchanged, with one topic edited, and how it grows.

    python benchmarks/sheets.py [RUNS]

Prints tables. Each command is a whole process; all run in turn, RUNS rounds of about two minutes; the ratios are of
commands of one round. Ours reads the notes; the others read what `bare_sheet.py` has made of the same notes before. A
cold build has neither output nor cache; Chromium has a new profile. Cold builds use all cores: compare them by the wall
where the machine is quiet, and all else by the processor where it is not.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Callable
from dataclasses import dataclass
from importlib.util import find_spec
from io import BytesIO
from pathlib import Path

import corpus
import measure
from measure import Row

HERE = Path(__file__).parent
PYTHON = sys.executable
CHROMIUM = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None)
QUIET = [
    *("--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--no-pdf-header-footer"),
    *("--disable-background-networking", "--disable-component-update", "--disable-sync"),
]
TYPST = """
import sys, typst
typst.compile(sys.argv[1], output=sys.argv[2], font_paths=sys.argv[3:], ignore_system_fonts=True)
"""
FONTS = ("fontpkg_ibm_plex_sans_condensed", "fontpkg_ibm_plex_mono", "ziafont")
ROWS = (
    Row("60 sections, cold / WeasyPrint", "60 cold", "60 weasyprint", 0.5),
    Row("60 sections, cold / Chromium", "60 cold", "60 chromium"),
    Row("60 sections, cold / typst", "60 cold", "60 typst"),
    Row("250 sections, cold / WeasyPrint", "250 cold", "250 weasyprint", 0.6),
    Row("250 sections, cold / Chromium", "250 cold", "250 chromium"),
    Row("250 sections, cold / typst", "250 cold", "250 typst"),
    Row("500 sections, cold / 250 sections", "500 cold", "250 cold", 2.2),
    Row("1,000 sections, cold / Chromium", "1000 cold", "1000 chromium"),
    Row("1,000 sections, cold / typst", "1000 cold", "1000 typst"),
    Row("60 sections, nothing changed / bare Typer app", "60 unchanged", "app", 1.8),
    Row("250 sections, nothing changed / bare Typer app", "250 unchanged", "app", 1.8),
    Row("1,000 sections, nothing changed / bare Typer app", "1000 unchanged", "app", 1.8),
    Row("250 sections, one topic edited / cold", "250 edited", "250 cold", 0.25),
    Row("250 sections, one topic edited / Chromium", "250 edited", "250 chromium", 0.6),
    Row("1,000 sections, one topic edited / cold", "1000 edited", "1000 cold", 0.1),
    Row("1,000 sections, one topic edited / Chromium", "1000 edited", "1000 chromium", 0.3),
)
LISTED = "from interview_helper.outputs.sheet.markup import LISTED; print(LISTED)"


@dataclass(slots=True)
class Notes:
    """Notes of so many sections, with a folder for all that is made of them. Each method gives a command."""

    sections: int
    folder: Path
    edits: int = 0

    def written(self, listed: str) -> None:
        """Write the notes, and their plain HTML and typst, whose contents list all sections up to `listed`."""
        corpus.written(self.sections, self.folder / "notes")
        command = [PYTHON, HERE / "bare_sheet.py", self.folder / "notes", self.folder, listed]
        subprocess.run(command, check=True)

    def cold(self) -> list[str]:
        for made in ("cache", "output"):
            shutil.rmtree(self.folder / made, ignore_errors=True)
        return self.unchanged()

    def edited(self) -> list[str]:
        """One line of one note has other words than ever before."""
        notes = sorted((self.folder / "notes").glob("*.md"))
        note = notes[len(notes) // 2]
        lines = note.read_text(encoding="utf-8").split("\n")
        self.edits += 1
        lines[2] = f"Edit {self.edits} says it in other words. {lines[2].partition('words. ')[2] or lines[2]}"
        note.write_text("\n".join(lines), encoding="utf-8")
        return self.unchanged()

    def unchanged(self) -> list[str]:
        build = [PYTHON, "-m", "interview_helper", "build", f"{self.folder / 'notes'}", "--only", "sheet"]
        return ["/usr/bin/env", f"XDG_CACHE_HOME={self.folder / 'cache'}", *build, "-o", f"{self.folder / 'output'}"]

    def weasyprint(self) -> list[str]:
        command = [PYTHON, "-m", "weasyprint", "--pdf-variant", "pdf/ua-1"]
        return [*command, f"{self.folder / 'sheet.html'}", f"{self.folder / 'weasyprint.pdf'}"]

    def chromium(self) -> list[str]:
        profile = self.folder / "profile"
        shutil.rmtree(profile, ignore_errors=True)
        output = f"--print-to-pdf={self.folder / 'chromium.pdf'}"
        return [str(CHROMIUM), *QUIET, f"--user-data-dir={profile}", output, (self.folder / "sheet.html").as_uri()]

    def typst(self) -> list[str]:
        fonts = [str(Path(str(find_spec(name).origin)).parent) for name in FONTS]
        return [PYTHON, "-c", TYPST, f"{self.folder / 'sheet.typ'}", f"{self.folder / 'typst.pdf'}", *fonts]

    def pdf(self) -> Path:
        """Our sheet."""
        (found,) = (self.folder / "output").glob("*.pdf")
        return found


def bare_app() -> list[str]:
    """The build verb of a Typer app that does nothing."""
    return [PYTHON, str(HERE / "bare_typer.py")]


def fonts(pdf: Path) -> int:
    """The bytes of the fonts in a PDF, as they are packed there."""
    from pypdf import PdfReader
    from pypdf.generic import DictionaryObject

    reader = PdfReader(pdf)
    found = 0
    for number in range(1, int(reader.trailer["/Size"])):
        each = reader.get_object(number)
        if isinstance(each, DictionaryObject):
            for name in each.keys() & {"/FontFile", "/FontFile2", "/FontFile3"}:
                packed = BytesIO()
                each[name].write_to_stream(packed)
                found += packed.tell()
    return found


def commands(notes: Notes, programs: list[str]) -> dict[str, Callable[[], list[str]]]:
    """What is run of notes, in this order: each cold build is followed by those that start from it."""
    named: dict[str, Callable[[], list[str]]] = {"cold": notes.cold}
    if notes.sections != 500:
        named |= {"unchanged": notes.unchanged, "edited": notes.edited}
        named |= {name: getattr(notes, name) for name in programs}
    if notes.sections < 500:
        named["weasyprint"] = notes.weasyprint
    return {f"{notes.sections} {name}": command for name, command in named.items()}


def main(runs: int = 3) -> None:
    """Measure and print."""
    before = os.getloadavg()[0]
    programs = [name for name, here in (("chromium", CHROMIUM), ("typst", find_spec("typst"))) if here]
    with tempfile.TemporaryDirectory() as scratch:
        sizes = [Notes(n, Path(scratch, str(n))) for n in (60, 250, 500, 1000)]
        listed = subprocess.run([PYTHON, "-c", LISTED], check=True, capture_output=True, text=True).stdout.strip()
        everything = {"app": bare_app}
        for notes in sizes:
            notes.written(listed)
            everything |= commands(notes, programs)
        smallest = ["app", *commands(sizes[0], programs)]
        found = measure.rounds(runs, everything, first=smallest)
        measure.table(found, [row for row in ROWS if {row.first, row.second} <= found.keys()])
        print(f"\n{'what':48} {'':>8} {'bound':>8}")
        for notes in sizes:
            if notes.sections != 500:
                files(notes, "chromium" in programs)
        largest = max(each.memory for each in found["1000 cold"])
        print(f"{'1,000 sections, cold: MiB of the largest process':48} {largest:8.0f} {250:8}")
        if (all_of_them := measure.together(sizes[-1].cold())) is not None:
            print(f"{'1,000 sections, cold: MiB of all processes':48} {all_of_them:8.0f} {250:8}")
    for name in {"chromium", "typst"} - {*programs}:
        print(f"There is no {name} here: its rows are left out.")
    print(f"Load average: {before:.1f} before, {os.getloadavg()[0]:.1f} after.")


def files(notes: Notes, chromium: bool) -> None:
    """Print how large our file is, and its fonts."""
    name, ours = f"{notes.sections:,} sections", notes.pdf()
    size = ours.stat().st_size
    print(f"{name + ': KB':48} {size / 1000:8.0f}")
    if chromium:
        ratio = size / (notes.folder / "chromium.pdf").stat().st_size
        print(f"{name + ': bytes / Chromium':48} {ratio:8.2f} {0.35:8.2f}")
    print(f"{name + ': KB of embedded fonts':48} {fonts(ours) / 1000:8.1f} {60:8}")


if __name__ == "__main__":
    main(*map(int, sys.argv[1:]))
