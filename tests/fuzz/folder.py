"""Files in one text, so that a fuzzer changes names and contents alike and a person can read what it found.

A line `=== name` begins a file; what stands above the first is left out. `=== *` begins the folder as it is later:
the files below it are put over those above.
"""

from __future__ import annotations

import re

LATER = b"*"


def folders(data: bytes) -> list[dict[str, bytes]]:
    """The files by name, as they are at first and as they are put over these later."""
    found: list[dict[str, bytes]] = [{}]
    for part in re.split(rb"^=== ", data, flags=re.MULTILINE)[1:]:
        name, _, content = part.partition(b"\n")
        if name.strip() == LATER:
            found.append({})
        elif fit := _fit(name):
            found[-1][fit] = content
    return found


def written(*folders: dict[str, bytes]) -> bytes:
    """The text of these files."""
    parts = [b"".join(b"=== %s\n%s" % (name.encode(), _ended(content)) for name, content in f.items()) for f in folders]
    return b"=== *\n".join(parts)


def _ended(content: bytes) -> bytes:
    return content if not content or content.endswith(b"\n") else content + b"\n"


def _fit(name: bytes) -> str:
    """A name that every system takes and that leads nowhere else: odd ones have tests of their own."""
    return "/".join(re.findall(r"[\w-][\w.-]*", name.decode("utf-8", "replace")[:80], re.ASCII)[:3])
