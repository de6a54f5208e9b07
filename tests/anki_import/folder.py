"""A notes folder on disk, and the deck that the command line makes of it."""

from __future__ import annotations

import json
import random
from io import BytesIO
from pathlib import Path

from interview_helper.cli import app
from PIL import Image
from typer.testing import CliRunner


class Folder:
    """Notes in a folder of their own, built as a person builds them."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self.notes = root / "notes"
        self.output = root / "out"
        self.notes.mkdir(parents=True)

    def write(self, path: str, content: str | bytes) -> None:
        """Put a note or a picture there."""
        file = self.notes / path
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(content.encode() if isinstance(content, str) else content)

    def build(self, now: int) -> bytes:
        """The package of a build at that second."""
        arguments = ["build", str(self.notes), "-o", str(self.output), "--only", "deck"]
        result = CliRunner(env={"SOURCE_DATE_EPOCH": str(now)}).invoke(app, arguments, catch_exceptions=False)
        assert result.exit_code == 0, result.stderr
        (package,) = self.output.glob("*.apkg")
        return package.read_bytes()

    def ids(self) -> dict[str, str]:
        """The id of each card by the first line of its question, in the order of the notes."""
        result = CliRunner().invoke(app, ["list", str(self.notes), "--format", "json"], catch_exceptions=False)
        assert result.exit_code == 0, result.stderr
        return {row["question"].split("\n")[0]: row["id"] for row in json.loads(result.stdout)}


def picture(color: str) -> bytes:
    """A PNG."""
    data = BytesIO()
    Image.new("RGB", (3, 2), color).save(data, "PNG")
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
