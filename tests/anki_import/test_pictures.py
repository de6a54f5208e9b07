"""Pictures on disk, through the command line, into the media folder of the real Anki and onto the sheet."""

from __future__ import annotations

import html
import re
import unicodedata
from io import BytesIO

import pdfplumber
import pytest
from interview_helper import pictures
from interview_helper.geotags import unlocated
from PIL import Image

from anki_import.folder import Folder, picture
from anki_import.sandbox import Sandbox

NOW = 1_700_000_000
SVG = b'<svg xmlns="http://www.w3.org/2000/svg" width="4000" height="3000"><circle r="9"/></svg>'


def saved(size: tuple[int, int], form: str, *colors: str, **options: object) -> bytes:
    """A picture; of more colors than one, one that moves."""
    frames = [Image.new("RGB", size, color) for color in colors or ("teal",)]
    more = {"save_all": True, "append_images": frames[1:], "duration": 100} if frames[1:] else {}
    data = BytesIO()
    frames[0].save(data, form, **more, **options)
    return data.getvalue()


def photo(size: tuple[int, int] = (3000, 2250)) -> bytes:
    """A JPEG of a camera held upright, its upper half red, with the place where it was taken."""
    image = Image.new("RGB", size, "blue")
    image.paste("red", (0, 0, size[0] // 2, size[1]))
    exif = Image.Exif()
    exif[0x0112] = 6
    exif.get_ifd(0x8825)[2] = (52.0, 31.0, 12.0)
    data = BytesIO()
    image.save(data, "JPEG", exif=exif.tobytes(), icc_profile=b"a profile")
    return data.getvalue()


def images(anki: Sandbox, guid: str) -> list[dict[str, str]]:
    """The attributes of the pictures on the back of a card."""
    tags = re.findall(r"<img ([^>]*)>", anki.answer(guid))
    return [{name: html.unescape(value) for name, value in re.findall(r'([a-z]+)="([^"]*)"', tag)} for tag in tags]


def arrived(folder: Folder, anki: Sandbox, guid: str) -> list[bytes]:
    """The files that the back of a card shows."""
    return [anki.media()[image["src"]] for image in images(anki, guid)]


SMALL = {
    "a.png": saved((30, 20), "PNG"),
    "a.jpg": saved((30, 20), "JPEG", exif=b"Exif\0\0MM\0*\0\0\0\x08\0\0\0\0\0\0", comment=b"mine"),
    "phone.jpeg": saved((30, 20), "MPO", "red", "blue"),
    "a.gif": saved((30, 20), "GIF"),
    "moves.gif": saved((30, 20), "GIF", "red", "blue"),
    "a.webp": saved((30, 20), "WEBP"),
    "moves.webp": saved((30, 20), "WEBP", "red", "blue"),
    "moves.png": saved((30, 20), "PNG", "red", "blue"),
    "a.svg": SVG,
    "no-jpeg.jpg": saved((31, 20), "PNG"),
    "screen.png": saved((1920, 1080), "PNG"),
    "long.png": saved((1000, 5000), "PNG"),
    "large moves.gif": saved((2400, 90), "GIF", "red", "blue", "lime"),
    "large moves.webp": saved((2400, 90), "WEBP", "red", "blue", "lime"),
    "large moves.png": saved((2400, 90), "PNG", "red", "blue", "lime"),
}
SUFFIXES = {"phone.jpeg": "jpg", "no-jpeg.jpg": "png"}


def test_every_format_arrives_byte_for_byte(folder: Folder, anki: Sandbox) -> None:
    for name, data in SMALL.items():
        folder.write(name, data)
    folder.write("a.md", "# T\n\n" + "".join(f"## {name}\n\n![the words](<{name}>)\n\n" for name in SMALL))
    result = folder.built(NOW)
    assert (result.exit_code, result.stderr.count("L00")) == (0, 0)
    anki.imported(folder.package.read_bytes())
    ids = folder.ids()
    for name, data in SMALL.items():
        assert arrived(folder, anki, ids[name]) == [data]
        (image,) = images(anki, ids[name])
        assert image["alt"] == "the words"
        assert image["src"].rpartition(".")[2] == SUFFIXES.get(name, name.rpartition(".")[2])
    assert anki.collection.media.check().missing == []
    assert anki.collection.media.check().unused == []


def test_a_large_photo_is_scaled_down_with_a_note_that_says_so(folder: Folder, anki: Sandbox) -> None:
    original = photo()
    folder.write("img/my trip.jpg", original)
    folder.write("a.md", "# T\n\n## A\n\n![Us](img/my%20trip.jpg)\n\n![Us again](img/my%20trip.jpg)\n")
    result = folder.built(NOW)
    (note,) = re.findall(r"notes/a\.md:5:1: hint L007 (.*)", result.stderr)
    anki.imported(folder.package.read_bytes())
    guid = folder.ids()["A"]
    first, second = arrived(folder, anki, guid)
    assert first == second
    assert len(first) < len(original)
    assert [image["alt"] for image in images(anki, guid)] == ["Us", "Us again"]
    found = Image.open(BytesIO(first)).convert("RGB")
    assert (found.size, Image.open(BytesIO(first)).format) == ((1200, 1600), "JPEG")
    # It hangs upright.
    assert [found.getpixel(place) for place in ((600, 400), (600, 1200))] == [
        pytest.approx((255, 0, 0), abs=3),
        pytest.approx((0, 0, 255), abs=3),
    ]
    assert Image.open(BytesIO(first)).info["icc_profile"] == b"a profile"
    assert not Image.open(BytesIO(first)).getexif()
    sizes = [round(len(data) / 1000) for data in (original, first)]
    assert note == (
        f"img/my trip.jpg is scaled down from 2250 × 3000 px and {sizes[0]} kB to 1200 × 1600 px and {sizes[1]} kB"
    )
    assert (folder.notes / "img/my trip.jpg").read_bytes() == original


@pytest.mark.parametrize("form", ["PNG", "WEBP"])
def test_a_large_picture_keeps_its_format(folder: Folder, anki: Sandbox, form: str) -> None:
    folder.write("x", saved((2600, 1300), form))
    folder.write("a.md", "# T\n\n## A\n\n![](x)\n")
    assert "hint L007 x is scaled down from 2600 × 1300 px" in folder.built(NOW).stderr
    anki.imported(folder.package.read_bytes())
    (data,) = arrived(folder, anki, folder.ids()["A"])
    found = Image.open(BytesIO(data))
    assert (found.format, found.size) == (form, (1600, 800))


def test_what_is_heavy_and_is_not_scaled_is_told_as_well(folder: Folder) -> None:
    noise = Image.effect_noise((1250, 1250), 200)
    data = BytesIO()
    noise.save(data, "PNG")
    folder.write("noise.png", data.getvalue())
    folder.write("drawing.svg", SVG.replace(b"<circle", b"<!--" + b"x" * 1_200_000 + b"--><circle"))
    folder.write("a.md", "# T\n\n## A\n\n![](noise.png) ![](drawing.svg)\n")
    found = re.findall(r"L007 (.*)\n.*\n +\^+\n    hint: (.*)", folder.built(NOW).stderr)
    hint = "save a photo as JPEG or WebP, make an animation shorter"
    assert sorted(found) == [
        ("drawing.svg has 1200 kB", hint),
        (f"noise.png has 1250 × 1250 px and {round(len(data.getvalue()) / 1000)} kB", hint),
    ]


def test_a_photo_that_is_cut_short_is_shown_as_it_is_and_told(folder: Folder, anki: Sandbox) -> None:
    data = photo()[:-5000]
    folder.write("x.jpg", data)
    folder.write("a.md", "# T\n\n## A\n\n![](x.jpg)\n")
    assert "hint L007 x.jpg is damaged and can't be scaled down\n" in folder.built(NOW).stderr
    anki.imported(folder.package.read_bytes())
    assert arrived(folder, anki, folder.ids()["A"]) == [unlocated(data)]


# Words and sizes that the notes give

GIVEN = {
    '![A snake & <its> "tail"](x.png)': {"alt": 'A snake & <its> "tail"'},
    "![*a* `b` &auml;](x.png 'Title')": {"alt": "a b ä", "title": "Title"},
    "![](x.png)": {"alt": ""},
    '<img src="x.png" alt="raw &amp; ready" width="300">': {"alt": "raw & ready", "width": "300"},
    '<img src="x.png" alt="w" width="50%" title="t">': {"alt": "w", "width": "50%", "title": "t"},
    '<p align="center"><img width=120 height=80 src=x.png></p>': {"alt": "", "width": "120", "height": "80"},
    '<img src="x.png" alt="w" width="120px">': {"alt": "w", "width": "120px"},
    '<img src="x.png" alt="w" height="100">': {"alt": "w", "width": "WIDE", "height": "100"},
    "![[x.png]]": {"alt": "x"},
    "![[x.png|300]]": {"alt": "x", "width": "300"},
    "![[x.png|300x200]]": {"alt": "x", "width": "300"},
    "![[x.png|the words]]": {"alt": "the words"},
    "![the words|300](x.png)": {"alt": "the words", "width": "300"},
    "![gone](gone.png)": {},
}


@pytest.mark.parametrize("size", [(30, 20), (2600, 1300)])
def test_words_and_sizes_are_kept_whether_scaled_or_not(folder: Folder, anki: Sandbox, size: tuple[int, int]) -> None:
    folder.write("x.png", saved(size, "PNG"))
    folder.write("a.md", "# T\n\n" + "".join(f"## {n}\n\n{each}\n\n" for n, each in enumerate(GIVEN)))
    anki.imported(folder.build(NOW))
    ids = folder.ids()
    wide = str(100 * size[0] // size[1])  # of a height alone, which the style sheet would overrule
    for number, written in enumerate(GIVEN.values()):
        given = {name: wide if value == "WIDE" else value for name, value in written.items()}
        shown = images(anki, ids[str(number)])
        assert [{name: value for name, value in image.items() if name != "src"} for image in shown] == [given] * bool(
            given
        )
    assert '<span class="missing">gone</span>' in anki.answer(ids[str(len(GIVEN) - 1)])


# Names

NAMED = {
    "one/plot.png": "![](one/plot.png)",
    "two/plot.png": "![](two/plot.png)",
    "two/Plot.png": '<img src="two/Plot.png">',
    "two/plot.jpg": "![[two/plot.jpg]]",
    "one/über uns & more 100%.png": "![](one/%C3%BCber%20uns%20&%20more%20100%25.png)",
    "one/a#b?c.png": "![](one/a%23b%3Fc.png)",
    "one/a+b=c,d;e.png": "![](one/a+b=c,d;e.png)",
    "%20.png": "![](%2520.png)",
    "_under.png": "![](_under.png)",
    "CON.png": "![](CON.png)",
    "日本.png": "![[日本.png]]",
    "n" * 200 + ".png": f"![]({'n' * 200}.png)",
}


def test_no_name_and_no_folder_is_in_the_way(folder: Folder, anki: Sandbox) -> None:
    files = {name: picture(f"#00{number:02x}00") for number, name in enumerate(NAMED)}
    for name, data in files.items():
        folder.write(name, data)
    folder.write("a.md", "# T\n\n## A\n\n" + "\n".join(NAMED.values()) + "\n")
    assert "L00" not in folder.built(NOW).stderr
    anki.imported(folder.package.read_bytes())
    assert arrived(folder, anki, folder.ids()["A"]) == list(files.values())
    assert all(re.fullmatch(r"[a-z0-9-]{1,40}-[0-9a-f]{12}\.png", name) for name in anki.media())


@pytest.mark.parametrize("on_disk", ["NFC", "NFD"])
@pytest.mark.parametrize("in_note", ["NFC", "NFD"])
def test_an_umlaut_is_one_however_it_is_spelt(folder: Folder, anki: Sandbox, on_disk: str, in_note: str) -> None:
    folder.write(unicodedata.normalize(on_disk, "bäume/größe.png"), picture("red"))
    text = "# T\n\n## A\n\n![](bäume/größe.png) ![[größe.png]] ![[bäume/größe.png]]\n"
    folder.write("a.md", unicodedata.normalize(in_note, text))
    assert "L00" not in folder.built(NOW).stderr
    anki.imported(folder.package.read_bytes())
    assert arrived(folder, anki, folder.ids()["A"]) == [picture("red")] * 3


# Later builds


def test_another_pillow_changes_no_card_and_another_scaling_of_ours_does(
    folder: Folder, anki: Sandbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder.write("x.jpg", photo())
    folder.write("y.png", picture("red"))
    folder.write("a.md", "# T\n\n## A\n\n![](x.jpg)\n\n## B\n\n![](y.png)\n")
    anki.imported(folder.build(NOW))
    anki.study("T")
    lock = (folder.notes / "deck.lock").read_bytes()
    before, media, history = anki.state(), anki.media(), anki.scheduling()
    monkeypatch.setattr(pictures, "_QUALITY", 60)  # other bytes for the same file, as of another release
    assert anki.imported(folder.build(NOW + 100)) == {"duplicate": 2}
    assert (folder.notes / "deck.lock").read_bytes() == lock
    assert (anki.state(), anki.media()) == (before, media)
    monkeypatch.setattr(pictures, "_SCALING", 2)
    assert anki.imported(folder.build(NOW + 200)) == {"updated": 1, "duplicate": 1}
    (data,) = arrived(folder, anki, folder.ids()["A"])
    assert data not in media.values()
    assert anki.scheduling() == history


def test_a_build_of_the_same_pictures_is_the_same_bytes(folder: Folder) -> None:
    folder.write("x.jpg", photo())
    folder.write("a.md", "# T\n\n## A\n\n![](x.jpg)\n")
    assert folder.build(NOW) == folder.build(NOW + 100)


# The sheet


def test_the_sheet_shows_the_scaled_photo_sharp_enough_for_print(folder: Folder) -> None:
    folder.write("upright.jpg", photo())
    folder.write("wide.png", saved((4000, 2250), "PNG"))
    folder.write("a.md", "# T\n\n## A\n\n![](upright.jpg)\n\n## B\n\n![](wide.png)\n")
    result = folder.run("build", folder.notes, "-o", folder.output, "--only", "sheet", now=NOW)
    assert (result.exit_code, result.stderr.count("L007")) == (0, 2)
    (sheet,) = folder.output.glob("*.pdf")
    with pdfplumber.open(sheet) as document:
        shown = sorted((each["srcsize"], each["width"], each["height"]) for each in document.pages[0].images)
    assert [size for size, _, _ in shown] == [(1200, 1600), (1600, 900)]
    for (pixels, _), width, height in shown:
        assert height <= 201
        assert pixels / (width / 72) > 300  # an inch


@pytest.mark.parametrize(
    ("given", "width", "height"),
    [
        ('width="120"', 90, 180),
        ('width="120px"', 90, 180),
        ('width="10%"', 25.8, 51.7),
        ('height="120"', 45, 90),
        ('width="90%"', 100, 200),
        ('width="2000"', 100, 200),  # no higher than 200 points, and not squeezed
        ('height="2000"', 100, 200),
        ('width="120" height="30"', 90, 180),
        ('width="wide"', 100, 200),
        ("", 100, 200),
    ],
)
def test_the_sheet_keeps_a_pictures_size_and_proportions(
    folder: Folder, given: str, width: float, height: float
) -> None:
    folder.write("x.png", saved((500, 1000), "PNG"))
    folder.write("a.md", f'# T\n\n## A\n\n<img src="x.png" {given}>\n')
    assert folder.run("build", folder.notes, "-o", folder.output, "--only", "sheet", now=NOW).exit_code == 0
    (sheet,) = folder.output.glob("*.pdf")
    with pdfplumber.open(sheet) as document:
        (shown,) = document.pages[0].images
    assert (shown["width"], shown["height"]) == (pytest.approx(width, abs=1.5), pytest.approx(height, abs=1.5))


def test_who_has_a_photo_with_its_place_already_gets_no_second_one(
    folder: Folder, anki: Sandbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    original = photo((300, 200))
    folder.write("x.jpg", original)
    folder.write("a.md", "# T\n\n## A\n\n![](x.jpg)\n")
    with monkeypatch.context() as before:
        before.setattr(pictures, "unlocated", lambda data: data)
        anki.imported(folder.build(NOW))
    assert arrived(folder, anki, folder.ids()["A"]) == [original]
    assert anki.imported(folder.build(NOW + 100)) == {"duplicate": 1}
    assert anki.media() == dict.fromkeys(anki.media(), original)
    with Sandbox() as new:
        new.imported(folder.build(NOW + 100))
        (data,) = arrived(folder, new, folder.ids()["A"])
        assert len(data) == len(original)
        assert not Image.open(BytesIO(data)).getexif().get_ifd(0x8825)
