"""Pictures that claim more than they hold or hold more than they claim: shown or refused, within memory that is bounded."""

from __future__ import annotations

import struct
import subprocess
import sys
import zlib
from contextlib import suppress
from io import BytesIO

import pytest
from interview_helper.pictures import Unfit, known, scaled
from made_photos import saved
from PIL import Image

SMALL = Image.new("RGB", (3, 2), "teal")


def png(width: int, height: int, *parts: tuple[bytes, bytes], pixels: bytes = b"\0" * 4) -> bytes:
    """A PNG of one channel, with these parts in front of its pixels."""
    header = struct.pack(">IIBBBBB", width, height, 8, 0, 0, 0, 0)
    data = b"\x89PNG\r\n\x1a\n"
    for name, held in ((b"IHDR", header), *parts, (b"IDAT", zlib.compress(pixels)), (b"IEND", b"")):
        data += struct.pack(">I", len(held)) + name + held + struct.pack(">I", zlib.crc32(name + held))
    return data


def jpeg(width: int, height: int) -> bytes:
    """A JPEG that claims a size."""
    data = saved(SMALL, "JPEG")
    at = data.index(b"\xff\xc0") + 5
    return data[:at] + struct.pack(">HH", height, width) + data[at + 4 :]


def webp(width: int, height: int) -> bytes:
    """A WebP that moves and claims a size."""
    frames = [Image.new("RGB", (3, 2), color) for color in ("teal", "red")]
    data = saved(frames[0], "WEBP", save_all=True, append_images=frames[1:])
    at = data.index(b"VP8X") + 12
    return data[:at] + (width - 1).to_bytes(3, "little") + (height - 1).to_bytes(3, "little") + data[at + 6 :]


def gif(width: int, height: int, frames: int = 1) -> bytes:
    """A GIF that claims a size, its frames as large as it."""
    data = saved(Image.new("P", (3, 2)), "GIF")
    at = data.index(b",")
    frame = data[at : at + 5] + struct.pack("<HH", width, height) + data[at + 9 : -1]
    return data[:6] + struct.pack("<HH", width, height) + data[10:at] + frame * frames + b";"


ZEROS = zlib.compress(bytes(100_000_000), 9)
LARGE = "has more than 89 million pixels"
DAMAGED = "is damaged"
REFUSED = ("is ", "has ")  # as what, depends on the release of Pillow
SHOWN = ""
FILES = {
    "a JPEG of 65500 px": (jpeg(65500, 65500), LARGE),
    "a PNG of 2**31 px": (png(2**31 - 1, 2**31 - 1), LARGE),
    "a PNG of one long line": (png(2**31 - 1, 1), LARGE),
    "a PNG of no size": (png(0, 0), REFUSED),
    "a GIF of 65535 px": (gif(65535, 65535), LARGE),
    "a WebP of 16384 px": (webp(16384, 16384), REFUSED),
    "a PNG with a long text": (png(3, 2, (b"zTXt", b"a\0\0" + ZEROS)), DAMAGED),
    "a PNG with a long profile": (png(3, 2, (b"iCCP", b"a\0\0" + ZEROS), pixels=bytes(8)), DAMAGED),
    "a PNG with many texts": (png(3, 2, *[(b"zTXt", b"a\0\0" + zlib.compress(bytes(900_000)))] * 200), DAMAGED),
    "a PNG of more pixels than it claims": (png(3, 2, pixels=bytes(50_000_000)), SHOWN),
    "a GIF of 10000 frames": (gif(3, 2, 10_000), SHOWN),
    "a GIF of 10000 large frames": (gif(5000, 5000, 10_000), SHOWN),
    "a JPEG of 5000 scans": (saved(SMALL, "JPEG")[:-2] + b"\xff\xda\0\x08\1\1\0\0?\0" * 5_000 + b"\xff\xd9", "has more than"),
    "TIFF": (saved(SMALL, "TIFF"), "is no PNG"),
    "BMP": (saved(SMALL, "BMP"), "is no PNG"),
    "ICO": (saved(SMALL, "ICO"), "is no PNG"),
    "PDF": (saved(SMALL, "PDF"), "is no PNG"),
    "EPS": (saved(SMALL, "EPS"), "is no PNG"),
    "EPS with a header in front": (b"\xc5\xd0\xd3\xc6" + saved(SMALL, "EPS"), "is no PNG"),
    "compressed SVG": (b"\x1f\x8b\x08\0" + bytes(20), "is no PNG"),
    "a GIF that is a page, too": (b"GIF89a<script>alert(1)</script>", REFUSED),
    "a JPEG in the middle": (b"\0" * 100 + saved(SMALL, "JPEG"), "is no PNG"),
}  # fmt: skip


@pytest.mark.parametrize("name", [name for name, (_, words) in FILES.items() if words])
def test_what_is_no_picture_or_too_large_is_refused(name):
    data, words = FILES[name]
    with pytest.raises(Unfit) as error:
        known("x", data)
    assert error.value.message.startswith(words)
    assert error.value.hint


@pytest.mark.parametrize("name", [name for name, (_, words) in FILES.items() if not words])
def test_what_only_holds_more_than_it_shows_is_shown(name):
    media = scaled(known("x", FILES[name][0]))
    # WeasyPrint asks Pillow for any format that it knows.
    assert Image.open(BytesIO(media.data)).format.lower() in media.type


@pytest.mark.parametrize("form", ["PNG", "JPEG", "GIF", "WEBP"])
def test_a_picture_cut_short_anywhere_is_shown_or_refused(form):
    data = saved(Image.effect_noise((40, 30), 90), form)
    widths = set()
    for end in range(0, len(data), 7):
        with suppress(Unfit):
            widths.add(known("x", data[:end]).width)
    assert widths <= {40}


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux holds a process to its memory")
def test_no_picture_takes_much_memory(tmp_path):
    """All of them, one after the other, in a process that has little."""
    for number, (data, _) in enumerate(FILES.values()):
        (tmp_path / str(number)).write_bytes(data)
    script = """
import resource, sys
from pathlib import Path
from interview_helper.pictures import Unfit, known, scaled
resource.setrlimit(resource.RLIMIT_AS, (900_000_000, 900_000_000))
for path in Path(sys.argv[1]).iterdir():
    try:
        scaled(known("x", path.read_bytes()))
    except Unfit as unfit:
        assert not isinstance(unfit.__cause__, MemoryError), path
    print(path.name)
"""
    done = subprocess.run([sys.executable, "-c", script, tmp_path], capture_output=True, text=True, check=False)
    assert done.stderr == ""
    assert len(done.stdout.split()) == len(FILES)
