"""A place in a note to the address that opens an editor there. Pure."""

from __future__ import annotations

import re
from collections.abc import Mapping
from pathlib import Path, PurePath
from urllib.parse import quote

from interview_helper.files import Refusal

_FILE = "://file{path}:{line}:{column}"
_OPEN = "://open?file={path}&line={line}&column={column}"
_URL = "://open?url=file://{path}&line={line}&column={column}"
EDITORS = {
    **{name: name + _FILE for name in ("vscode", "vscode-insiders", "vscodium", "cursor", "windsurf", "zed")},
    **{name: name + _OPEN for name in ("idea", "pycharm", "webstorm")},
    "sublime": "subl" + _URL,
    "textmate": "txmt" + _URL,
    "macvim": "mvim" + _URL,
    "obsidian": "obsidian://open?path={path}",
    "none": "",
}
_COMMANDS = {  # what stands in $VISUAL and $EDITOR
    "code": "vscode",
    "code-insiders": "vscode-insiders",
    "codium": "vscodium",
    "cursor": "cursor",
    "idea": "idea",
    "mate": "textmate",
    "mvim": "macvim",
    "pycharm": "pycharm",
    "subl": "sublime",
    "windsurf": "windsurf",
    "zed": "zed",
}
_SCHEME = re.compile(r"([a-z][a-z0-9+.-]*):", re.IGNORECASE)
_RUN_BY_BROWSERS = ("javascript", "data", "vbscript", "blob", "file", "http", "https")


def template(asked: str, environment: Mapping[str, str]) -> str:
    """The address with `{path}`, `{line}` and `{column}` to fill in, by the name of an editor or as it is asked for.

    Without a wish it is that of $VISUAL or $EDITOR, where it has one, else VS Code's. Raises Refusal.
    """
    if not asked:
        for name in ("VISUAL", "EDITOR"):
            command = Path(environment.get(name, "").split(" ")[0]).name.removesuffix(".exe")
            if command in _COMMANDS:
                return EDITORS[_COMMANDS[command]]
        return EDITORS["vscode"]
    if asked in EDITORS:
        return EDITORS[asked]
    scheme = _SCHEME.match(asked)
    if scheme is None or "{path}" not in asked or scheme[1].lower() in _RUN_BY_BROWSERS:
        hint = f"name one of {', '.join(EDITORS)}, or an address such as 'vscode://file{{path}}:{{line}}:{{column}}'"
        raise Refusal(f"{asked!r} is no editor", hint, 2)
    return asked


def address(template: str, path: PurePath, line: int, column: int) -> str:
    """Where an editor opens at a place; empty where there is none."""
    spelt = path.as_posix()
    spelt = quote(
        spelt if spelt.startswith("/") else f"/{spelt}", safe="/:"
    )  # a drive of Windows stands behind a slash
    values = {"{path}": spelt, "{line}": str(line), "{column}": str(column)}
    return re.sub(r"\{(?:path|line|column)\}", lambda match: values[match[0]], template)
