"""The bytes of a picture's file to what deck and sheet show of it. Pure, and the only module with Pillow."""

from __future__ import annotations

import re
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from hashlib import sha256
from io import BytesIO
from typing import TYPE_CHECKING, Any

from interview_helper import __version__, drawings
from interview_helper.geotags import unlocated
from interview_helper.model import Cache, Media

if TYPE_CHECKING:
    from PIL.Image import Image

# A card's column is at most 44rem, about 790 CSS px: 1580 px on a screen that has two for each. A phone held upright is
# 360 to 430 CSS px wide and has three for each: 1290 px. More is never seen, and a phone's photo, 3 to 6 MB as it
# comes, has about 0.4 MB then. What counts is the width, because a card shows a picture as wide as it can and lets it
# be as high as it is: a long screenshot scaled by its longer side could not be read. The sheet shows pictures in its
# columns, 270 points wide and 200 high: it has more than 400 px an inch then.
_WIDTH = 1600
_UPRIGHT = 1200  # px of a picture that is 3:4 or taller; between that and a square the width falls evenly
_SLACK = 1.25  # a screenshot of 1920 px stays as it is: to scale it by so little blurs its text and saves little
# Raised by hand when `scaled` makes another picture of the same file: it is a part of the name, which is what a card's
# fingerprint knows of a picture. So another Pillow may compress a picture differently and no card changes.
_SCALING = 1
_CLEANING = 1  # likewise of a drawing from which something was cut out
_QUALITY = 85

# MPO is a JPEG with a second picture behind the first, such as a preview: many phones write it and call it JPEG.
_TYPES = {"PNG": "image/png", "JPEG": "image/jpeg", "MPO": "image/jpeg", "GIF": "image/gif", "WEBP": "image/webp"}
_SUFFIXES = {"image/png": "png", "image/jpeg": "jpg", "image/gif": "gif", "image/webp": "webp", "image/svg+xml": "svg"}
_FORMATS = ("PNG", "JPEG", "GIF", "WEBP")
_SCANS = 200  # of a JPEG that sharpens as it loads: it has about ten, and each takes as long as a whole picture
_ORIENTATION = 0x0112  # of EXIF: 1 is as stored, 5 to 8 lie on their side
_SIDEWAYS = (5, 6, 7, 8)


class Unfit(Exception):
    """A file that can't be shown: what it is, as the end of a sentence that its name begins, and what to do."""

    def __init__(self, message: str, hint: str) -> None:
        super().__init__(message)
        self.message, self.hint = message, hint


def known(stem: str, data: bytes) -> Media:
    """The picture as its file has it, but for what acts in a drawing and the place where a photo was taken.

    It is named by the file's stem and a hash of the file, and of how it is changed where that can be seen. Raises Unfit.
    """
    if data.lstrip()[:1] == b"<" or data[:3] == b"\xef\xbb\xbf":
        try:
            shown, without = drawings.cleaned(data, _is_photo)
        except drawings.Unsound as error:
            raise Unfit(error.message, error.hint) from error
        name = _name(stem, "image/svg+xml", data, f"cleaned {_CLEANING}" if without else "")
        return Media(name, "image/svg+xml", shown, None, None, without)
    with _opened(data) as picture:
        kind = _TYPES[picture.format or ""]
        width, height = _size(picture)
        name = _name(stem, kind, data, f"scaled {_SCALING}" if _fitting(picture) else "")
        if kind == "image/jpeg" and data.count(b"\xff\xda") > _SCANS:
            raise Unfit(f"has more than {_SCANS} scans", "save it anew")
        picture.verify()
    return Media(name, kind, unlocated(data), width, height)


def scaled(media: Media, cache: Cache | None = None) -> Media:
    """The picture with no more pixels than can be seen on a card; itself where it has no more, or would not be smaller.

    It stays upright, keeps its colors' profile and loses all else that a camera has written down, the place among it.
    One that moves stays as it is, and so does a GIF, which would need other colors. Raises Unfit where it is damaged.
    """
    if media.width is None:
        return media
    with _opened(media.data) as picture:
        fitting = _fitting(picture)
        if fitting is None:
            return media
        key = _key(media.data)
        data = cache.get(key) if cache else None
        if data is None:
            data = _smaller(media.data, picture, fitting)
            if cache:
                cache.put(key, data)
    return replace(media, data=data, width=fitting[0], height=fitting[1]) if len(data) < len(media.data) else media


def _key(data: bytes) -> str:
    """What decides on the bytes of the smaller picture: those of the large one, and who scales it."""
    from PIL import __version__ as pillow

    scaled_by = f"picture {__version__} {pillow} {_SCALING}\0"
    return sha256(scaled_by.encode() + data).hexdigest()


_UNKNOWN = ("is no PNG, JPEG, GIF, WebP or SVG", "convert it to PNG")


@contextmanager
def _opened(data: bytes) -> Iterator[Image]:
    """The picture, open; what Pillow raises of it is Unfit, what it warns of is no matter."""
    from PIL import Image, ImageFile, UnidentifiedImageError

    truncated = ImageFile.LOAD_TRUNCATED_IMAGES  # WeasyPrint sets it when it is imported, before us or after
    ImageFile.LOAD_TRUNCATED_IMAGES = False
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        warnings.simplefilter("error", Image.DecompressionBombWarning)
        try:
            with Image.open(BytesIO(data), formats=_FORMATS) as picture:
                yield picture
        except UnidentifiedImageError:
            raise Unfit(*_UNKNOWN) from None
        except (Image.DecompressionBombWarning, Image.DecompressionBombError):
            most = (Image.MAX_IMAGE_PIXELS or 0) // 1_000_000
            raise Unfit(f"has more than {most} million pixels", "scale it down") from None
        except Unfit:
            raise
        except Exception as error:  # Pillow's decoders raise whatever they like on damaged files
            raise Unfit("is damaged", "save it anew") from error
        finally:
            ImageFile.LOAD_TRUNCATED_IMAGES = truncated


def _is_photo(data: bytes) -> bool:
    """Whether bytes are a picture that is no drawing, and can be shown."""
    try:
        with _opened(data) as picture:
            picture.verify()
    except Unfit:
        return False
    return True


def _name(stem: str, kind: str, data: bytes, made: str) -> str:
    """A flat name of plain letters: two files of one name are told apart, and a changed picture is another one."""
    plain = re.sub(r"[^a-z0-9]+", "-", stem.lower()).strip("-")[:40] or "picture"
    digest = sha256(data)
    digest.update(made.encode())
    return f"{plain}-{digest.hexdigest()[:12]}.{_SUFFIXES[kind]}"


def _orientation(picture: Image) -> int:
    # Of a PNG without EXIF in front of its pixels, Pillow would decode all of them to look behind.
    if picture.format == "PNG" and "exif" not in picture.info:
        return 1
    return int(picture.getexif().get(_ORIENTATION, 1))


def _size(picture: Image) -> tuple[int, int]:
    """Width and height as the picture is shown."""
    width, height = picture.size
    return (height, width) if _orientation(picture) in _SIDEWAYS else (width, height)


def _fitting(picture: Image) -> tuple[int, int] | None:
    """The size, as it is shown, that a large picture is scaled to."""
    width, height = _size(picture)
    fitting = max(_UPRIGHT, min(_WIDTH, _WIDTH * width // height))
    if width <= fitting * _SLACK or picture.format == "GIF":
        return None
    if picture.format != "MPO" and getattr(picture, "is_animated", False):
        return None
    return fitting, max(1, round(height * fitting / width))


def _smaller(data: bytes, picture: Image, fitting: tuple[int, int]) -> bytes:
    """The picture at the size that is given as it is shown, in the format that it has."""
    from PIL.Image import Resampling, Transpose

    orientation = _orientation(picture)
    size = fitting[::-1] if orientation in _SIDEWAYS else fitting
    # A JPEG can be decoded at a half, a quarter or an eighth of its size: in a third of the time, and as sharp.
    picture.draft(None, size)
    picture.load()
    smaller: Image = picture
    if "transparency" in picture.info and picture.mode in ("1", "L", "P", "RGB"):  # one color is
        smaller = picture.convert("RGBA")
    elif picture.mode in _FEW:
        smaller = picture.convert(_FEW[picture.mode])
    smaller = smaller.resize(size, Resampling.LANCZOS)
    turn = {
        2: Transpose.FLIP_LEFT_RIGHT,
        3: Transpose.ROTATE_180,
        4: Transpose.FLIP_TOP_BOTTOM,
        5: Transpose.TRANSPOSE,
        6: Transpose.ROTATE_270,
        7: Transpose.TRANSVERSE,
        8: Transpose.ROTATE_90,
    }.get(orientation)
    if turn is not None:
        smaller = smaller.transpose(turn)
    kind = _TYPES[picture.format or ""]
    options: dict[str, Any] = {"quality": _QUALITY, "icc_profile": picture.info.get("icc_profile")}
    if kind == "image/jpeg":
        options["progressive"] = True
    if kind == "image/webp" and data[12:16] == b"VP8L":  # as screenshots are saved
        options |= {"lossless": True}
    smaller.info = {}  # a comment would be written, among other things
    written = BytesIO()
    smaller.save(written, kind.removeprefix("image/"), **options)
    return written.getvalue()


_FEW = {"1": "L", "P": "RGB"}  # modes in which no color lies between two others


def png(width: int, height: int, pixels: bytes, stride: int) -> bytes:
    """A PNG of pixels in blue, green and red, each row of them so many bytes long."""
    from PIL import Image

    made = BytesIO()
    image = Image.frombuffer("RGB", (width, height), pixels, "raw", "BGR", stride, 1)
    image.save(made, "PNG", compress_level=1)  # it is shown once, on the machine that makes it
    return made.getvalue()
