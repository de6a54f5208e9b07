"""A notes folder on disk, and the deck that the command line makes of it."""

from __future__ import annotations

import json
import random
from io import BytesIO
from pathlib import Path
from typing import Any

from interview_helper.cli import app
from PIL import Image
from typer.testing import CliRunner


class Folder:
    """Notes in a folder of their own, built as a person builds them."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self.notes = root / "notes"
        self.output = root / "out"
        self.notes.mkdir(parents=True, exist_ok=True)

    def write(self, path: str, content: str | bytes) -> None:
        """Put a note or a picture there."""
        file = self.notes / path
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(content.encode() if isinstance(content, str) else content)

    def run(self, *arguments: str | Path, now: int = 0) -> Any:
        """What the command line says at that second."""
        runner = CliRunner(env={"SOURCE_DATE_EPOCH": str(now)})
        return runner.invoke(app, [str(argument) for argument in arguments], catch_exceptions=False)

    def built(self, now: int) -> Any:
        """What a build of the deck says at that second."""
        return self.run("build", self.notes, "-o", self.output, "--only", "deck", now=now)

    def build(self, now: int) -> bytes:
        """The package of a build at that second."""
        result = self.built(now)
        assert result.exit_code == 0, result.stderr
        return self.package.read_bytes()

    @property
    def package(self) -> Path:
        """Where the package is."""
        (package,) = self.output.glob("*.apkg")
        return package

    def rows(self) -> list[dict[str, Any]]:
        """The cards as `list` prints them, in the order of the notes."""
        result = self.run("list", self.notes, "--format", "json")
        assert result.exit_code == 0, result.stderr
        rows: list[dict[str, Any]] = json.loads(result.stdout)
        return rows

    def ids(self) -> dict[str, str]:
        """The id of each card by the first line of its question, in the order of the notes."""
        return {row["question"].split("\n")[0]: row["id"] for row in self.rows()}


def picture(color: str, size: tuple[int, int] = (3, 2)) -> bytes:
    """A PNG."""
    data = BytesIO()
    Image.new("RGB", size, color).save(data, "PNG")
    return data.getvalue()


def odd(dice: random.Random) -> str:
    """Characters that Anki, its cloze, its clients or HTML would act on, in any order, between two letters."""
    return "x" + "".join(dice.choices(_PIECES, k=dice.randint(1, 8))) + "x"


_PIECES = [
    *(
        "{",
        "}",
        "{{",
        "}}",
        "{{c1::",
        "{{c2::x}}",
        "::",
        ":",
        "[",
        "]",
        "[sound:",
        "[latex]",
        "[/latex]",
        "[$]",
        "[$$]",
    ),
    *(
        "[anki:tts",
        "[[type:",
        "<",
        ">",
        "<b>",
        "</code>",
        "</pre>",
        "</div>",
        "&",
        "&lt;",
        "&#123;",
        "&#58;",
        "\\(",
        "\\)",
    ),
    *("\\[", "\\", "<!--", "-->", "'", '"', "$", "#", "x", "y z", "ß", "\N{ZERO WIDTH SPACE}", "{{Answer}}", "{{#Id}}"),
]
