"""A photo that is shared is shown without the place where it was taken, and else as it was, byte for byte."""

from __future__ import annotations

import struct
from hashlib import sha256
from io import BytesIO

import pytest
from interview_helper.geotags import unlocated
from interview_helper.pictures import known, scaled
from made_photos import saved
from PIL import Image
from PIL.PngImagePlugin import PngInfo

NORTH = (52.0, 31.0, 12.34)
XMP = (
    b'<x:xmpmeta xmlns:x="adobe:ns:meta/"><rdf:Description exif:GPSLatitude="52,31.2N" exif:GPSLongitude = \'13,24E\''
    b' tiff:Make="A camera"><exif:GPSAltitude>34/1</exif:GPSAltitude></rdf:Description></x:xmpmeta>'
)
BLANK = XMP.replace(b"52,31.2N", b" " * 8).replace(b"13,24E", b" " * 6).replace(b"34/1", b" " * 4)


def exif(*, located: bool = True) -> Image.Exif:
    made = Image.Exif()
    made[0x0112] = 6
    made[0x010F] = "A camera"
    made.get_ifd(0x8769)[0x9003] = "2024:01:02 03:04:05"
    if located:
        gps = made.get_ifd(0x8825)
        gps[1], gps[2], gps[3], gps[4], gps[29] = "N", NORTH, "E", (13.0, 24.0, 5.0), "2024:01:02"
    return made


def noise() -> Image.Image:
    return Image.effect_noise((60, 40), 90).convert("RGB")


def backwards() -> bytes:
    """EXIF in the other order of bytes: a photo on its side, 52 degrees, 31 minutes and 77 seconds north."""
    own = struct.pack(">HHHIHHHHIII", 2, 0x0112, 3, 1, 6, 0, 0x8825, 4, 1, 38, 0)
    north = struct.pack(">HHHIII", 1, 2, 5, 3, 56, 0) + struct.pack(">6I", 52, 1, 31, 1, 77, 1)
    return b"Exif\0\0MM\0*\0\0\0\x08" + own + north


LOCATED = {
    "jpg": saved(noise(), "JPEG", exif=exif().tobytes(), xmp=XMP),
    "mpo": saved(noise(), "MPO", save_all=True, append_images=[noise()], exif=exif().tobytes()),
    "png": saved(noise(), "PNG", exif=exif().tobytes()),
    "webp": saved(noise(), "WEBP", exif=exif().tobytes(), xmp=XMP, lossless=True),
    "other order": saved(noise(), "JPEG", exif=backwards()),
}


def place(data: bytes) -> dict[int, object]:
    return dict(Image.open(BytesIO(data)).getexif().get_ifd(0x8825))


@pytest.mark.parametrize("form", LOCATED)
def test_the_place_is_gone_and_all_else_is_there(form):
    data = LOCATED[form]
    assert place(data)
    shown = known("x", data).data
    assert place(shown) == {}
    assert len(shown) == len(data)
    before, after = (Image.open(BytesIO(each)) for each in (data, shown))
    assert before.tobytes() == after.tobytes()
    kept = [dict(each.getexif()) for each in (before, after)]
    assert kept[0] | {0x8825: 0} == kept[1] | {0x8825: 0}
    assert kept[0][0x0112] == 6
    if form != "other order":
        assert after.getexif().get_ifd(0x8769)[0x9003] == "2024:01:02 03:04:05"
    assert before.info.get("xmp") is None or after.info["xmp"].strip(b"\0") == BLANK


@pytest.mark.parametrize("form", LOCATED)
def test_no_number_of_the_place_is_left(form):
    data = LOCATED[form]
    little, big = (struct.pack(f"{order}II", 31, 1) for order in "<>")  # the minutes
    assert little in data or big in data
    shown = unlocated(data)
    assert little not in shown
    assert big not in shown


def test_the_second_picture_of_a_phone_is_one_too():
    first, second = (saved(noise(), "JPEG", exif=exif().tobytes()) for _ in range(2))
    shown = unlocated(first + second)
    assert (place(shown[: len(first)]), place(shown[len(first) :])) == ({}, {})


def test_the_place_in_a_png_is_gone_however_it_is_written():
    for packed in (False, True):
        info = PngInfo()
        info.add_itxt("XML:com.adobe.xmp", XMP.decode(), zip=packed)
        info.add_text("Raw profile type exif", "\nexif\n      4\n" + exif().tobytes().hex(), zip=packed)
        info.add_text("Title", "GPSLatitude=52")
        shown = known("x", saved(noise(), "PNG", pnginfo=info)).data
        found = Image.open(BytesIO(shown))
        found.load()
        assert found.info.get("XML:com.adobe.xmp", BLANK.decode()) == BLANK.decode()
        assert "Raw profile type exif" not in found.info
        assert found.info["Title"] == "GPSLatitude=52"


@pytest.mark.parametrize("form", ["JPEG", "PNG", "WEBP", "GIF"])
def test_a_photo_without_a_place_is_the_file_itself(form):
    data = saved(noise(), form, **({} if form == "GIF" else {"exif": exif(located=False).tobytes()}))
    assert known("x", data).data is data


def test_a_photo_keeps_its_name():
    data = LOCATED["jpg"]
    media = known("x", data)
    assert media.data != data
    assert media.name == f"x-{sha256(data).hexdigest()[:12]}.jpg"
    assert scaled(media) is media


@pytest.mark.parametrize("form", LOCATED)
def test_a_damaged_one_is_no_trouble(form):
    data = LOCATED[form]
    at = max(data.find(b"Exif"), data.find(b"eXIf"), data.find(b"EXIF"))
    for wrong in range(at, at + 200):
        damaged = data[:wrong] + bytes([data[wrong] ^ 0xFF]) + data[wrong + 1 :]
        assert len(unlocated(damaged)) == len(data)
        unlocated(damaged[: wrong + 3])
