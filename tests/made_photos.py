"""Pictures as cameras and programs save them."""

from __future__ import annotations

from io import BytesIO
from typing import Any

from PIL.Image import Image


def saved(image: Image, form: str, **options: Any) -> bytes:
    """The bytes of a picture's file."""
    data = BytesIO()
    image.save(data, form, **options)
    return data.getvalue()
