"""What is shown of a picture's file: nothing larger than can be seen, upright, in its colors, in its format."""

import subprocess
import sys
from io import BytesIO

import pytest
from interview_helper import pictures
from interview_helper.pictures import Unfit, known, scaled
from PIL import Image, ImageCms, ImageFile, ImageOps

CORNERS = ("red", "lime", "blue", "white")
PROFILE = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()


def quarters(width, height, mode="RGB"):
    """Four colors, one a corner."""
    image = Image.new("RGB", (2, 2))
    for number, color in enumerate(CORNERS):
        image.putpixel((number % 2, number // 2), Image.new("RGB", (1, 1), color).getpixel((0, 0)))
    return image.resize((width, height), Image.Resampling.NEAREST).convert(mode)


def saved(image, form, **options):
    data = BytesIO()
    image.save(data, form, **options)
    return data.getvalue()


def corners(image):
    """The color in the middle of each quarter, to the next of those there are."""
    small = image.convert("RGB")
    width, height = small.size
    places = [(width * x // 4, height * y // 4) for y in (1, 3) for x in (1, 3)]
    return [tuple(round(value / 255) for value in small.getpixel(place)) for place in places]


def shown(data):
    """What is shown of a file, open."""
    return Image.open(BytesIO(scaled(known("x", data)).data))


@pytest.mark.parametrize(
    ("size", "fitting"),
    [
        ((4032, 3024), (1600, 1200)),
        ((3024, 4032), (1200, 1600)),
        ((3000, 3000), (1600, 1600)),
        ((8000, 1000), (1600, 200)),
        ((2001, 1000), (1600, 800)),
        ((2000, 1000), (2000, 1000)),
        ((1920, 1080), (1920, 1080)),  # a screen
        ((1440, 3120), (1440, 3120)),  # a phone's screen
        ((1000, 9000), (1000, 9000)),  # a long list, which must stay readable
        ((2000, 9000), (1200, 5400)),
        ((4000, 1), (1600, 1)),
    ],
)
def test_no_picture_is_wider_than_a_card_can_show(size, fitting):
    assert shown(saved(Image.new("L", size, 99), "PNG")).size == fitting


@pytest.mark.parametrize(
    ("form", "mode", "orientation"),
    [
        *(("JPEG", "RGB", orientation) for orientation in range(1, 9)),
        ("JPEG", "CMYK", 6),
        ("JPEG", "L", 6),
        ("WEBP", "RGB", 6),
        ("PNG", "RGB", 6),
    ],
)
def test_a_photo_stays_upright_in_its_colors_and_format(form, mode, orientation):
    image = quarters(2200, 1760, mode)
    exif = Image.Exif()
    exif[0x0112] = orientation
    exif[0x010F] = "A camera"
    exif.get_ifd(0x8825)[2] = (52.0, 31.0, 12.0)  # where it was taken
    data = saved(image, form, exif=exif.tobytes(), icc_profile=PROFILE, comment=b"secret", quality=90)
    upright = ImageOps.exif_transpose(Image.open(BytesIO(data)))
    before = known("x", data)
    assert (before.width, before.height) == upright.size
    after = scaled(before)
    found = Image.open(BytesIO(after.data))
    assert (found.format, found.mode) == (form, mode)
    assert found.size == (after.width, after.height) == ((1600, 1280) if orientation < 5 else (1280, 1600))
    assert corners(found) == corners(upright)
    assert found.info["icc_profile"] == PROFILE
    assert not found.getexif()
    assert b"secret" not in after.data


def test_exif_behind_the_pixels_of_a_png_turns_nothing_halfway():
    data = saved(quarters(2200, 1760), "PNG")
    exif = Image.Exif()
    exif[0x0112] = 6
    tagged = saved(Image.new("L", (1, 1)), "PNG", exif=exif.tobytes())
    start = tagged.index(b"eXIf") - 4
    chunk = tagged[start : start + 12 + int.from_bytes(tagged[start : start + 4], "big")]
    end = data.index(b"IEND") - 4
    found = shown(data[:end] + chunk + data[end:])
    assert found.size == (1600, 1280)
    assert corners(found) == corners(quarters(2200, 1760))


@pytest.mark.parametrize("mode", ["L", "LA", "P", "RGB", "RGBA", "I;16"])
def test_a_png_of_any_kind_is_scaled(mode):
    image = Image.linear_gradient("L") if mode == "I;16" else quarters(256, 256)
    image = image.convert(mode, dither=Image.Dither.NONE).resize((2560, 2560), Image.Resampling.NEAREST)
    found = shown(saved(image, "PNG"))
    assert found.size == (1600, 1600)
    assert found.mode == ("RGB" if mode == "P" else mode)
    assert corners(found) == corners(image)


@pytest.mark.parametrize("mode", ["P", "L", "RGB"])
def test_one_transparent_color_stays_transparent(mode):
    image = quarters(2200, 1760, mode)
    clear = image.getpixel((0, 0))
    found = shown(saved(image, "PNG", transparency=clear)).convert("RGBA")
    assert [found.getpixel(place)[3] for place in ((0, 0), (1599, 0), (0, 1279))] == [0, 255, 255]


def test_a_lossless_webp_stays_one():
    assert scaled(known("x", saved(quarters(2200, 1760), "WEBP", lossless=True))).data[12:16] == b"VP8L"


@pytest.mark.parametrize("form", ["GIF", "WEBP", "PNG"])
def test_what_moves_is_never_flattened(form):
    frames = [quarters(2400, 1200).rotate(angle) for angle in (0, 90, 180)]
    data = saved(frames[0], form, save_all=True, append_images=frames[1:], duration=100)
    assert scaled(known("x", data)).data is data
    assert Image.open(BytesIO(data)).n_frames == 3


def test_a_still_gif_and_a_drawing_stay_as_they_are():
    for data in (saved(quarters(2200, 1760), "GIF"), b'<svg xmlns="http://www.w3.org/2000/svg" width="9999"></svg>'):
        assert scaled(known("x", data)).data is data


def test_a_photo_of_a_phone_with_a_preview_behind_it_is_a_jpeg():
    preview = quarters(320, 240)
    small = saved(quarters(800, 600), "MPO", save_all=True, append_images=[preview])
    assert Image.open(BytesIO(small)).format == "MPO"
    media = known("x", small)
    assert (media.type, media.name[-4:], scaled(media)) == ("image/jpeg", ".jpg", media)
    found = shown(saved(quarters(2200, 1760), "MPO", save_all=True, append_images=[preview]))
    assert (found.format, found.size, corners(found)) == ("JPEG", (1600, 1280), corners(preview))


def test_a_picture_that_would_not_be_smaller_stays_as_it_is():
    line_art = quarters(2400, 2400, "1")
    data = saved(line_art, "PNG")
    assert scaled(known("x", data)).data is data


def test_the_name_is_of_the_file_and_of_our_scaling_and_not_of_pillow(monkeypatch):
    small, large = (known("My Photo", saved(quarters(width, 100), "JPEG")) for width in (200, 3000))
    bytes_of_old = scaled(large).data
    monkeypatch.setattr(pictures, "_QUALITY", 50)
    assert scaled(large).data != bytes_of_old
    assert scaled(large).name == large.name == known("My Photo", large.data).name
    monkeypatch.setattr(pictures, "_SCALING", 2)
    assert known("My Photo", large.data).name != large.name
    assert known("My Photo", small.data).name == small.name


def test_equal_files_are_equal_bytes_in_any_process(tmp_path):
    data = saved(quarters(2200, 1760), "JPEG")
    (tmp_path / "x.jpg").write_bytes(data)
    script = (
        "import sys, pathlib; from interview_helper.pictures import known, scaled;"
        "sys.stdout.buffer.write(scaled(known('x', pathlib.Path(sys.argv[1]).read_bytes())).data)"
    )
    other = subprocess.run([sys.executable, "-c", script, tmp_path / "x.jpg"], capture_output=True, check=True).stdout
    assert other == scaled(known("x", data)).data


@pytest.mark.parametrize(
    ("data", "words"),
    [
        (b"", "is no PNG"),
        (b"words", "is no PNG"),
        (b"<html></html>", "is no PNG"),
        (b"<svg", "is no PNG"),
        (b"%!PS-Adobe-3.0 EPSF-3.0\n%%BoundingBox: 0 0 9 9\n", "is no PNG"),
        (saved(Image.new("L", (9, 9)), "BMP"), "is no PNG"),
        (b"\x89PNG\r\n\x1a\n", "is no PNG"),
        (saved(Image.new("L", (90, 90)), "PNG")[:-30], "is damaged"),
        (saved(Image.new("1", (9500, 9500)), "PNG"), "has more than 89 million pixels"),
        (saved(Image.new("1", (14000, 14000)), "PNG"), "has more than 89 million pixels"),
    ],
)
def test_a_file_that_is_none_says_why(data, words):
    with pytest.raises(Unfit) as error:
        known("x", data)
    assert error.value.message.startswith(words)
    assert error.value.hint


@pytest.mark.parametrize("lenient", [False, True])
def test_a_large_photo_that_is_cut_short_is_damaged_whoever_has_used_pillow_before(monkeypatch, lenient):
    monkeypatch.setattr(ImageFile, "LOAD_TRUNCATED_IMAGES", lenient)  # as WeasyPrint does
    data = saved(quarters(2200, 1760), "JPEG")
    with pytest.raises(Unfit, match="is damaged"):
        scaled(known("x", data[: len(data) // 2]))
    assert ImageFile.LOAD_TRUNCATED_IMAGES is lenient
