"""What photo jobs cost, and what their photos are called, from values alone."""

import re
import unicodedata
from decimal import Decimal

from photolens.credits.rules import free_photos_left

MOST_PHOTOS = 30
LARGEST_PHOTO = 15 * 1024 * 1024  # bytes
LONGEST_NAME = 200

_FOLDERS = re.compile(r".*[/\\]", re.DOTALL)


def terms(photos: int, free_used: int, price: Decimal) -> tuple[int, Decimal]:
    """How many of so many photos are free, for somebody who has had some before, and what the others cost together."""
    free = min(photos, free_photos_left(free_used))
    return free, (photos - free) * price


def photo_name(given: str, position: int) -> str:
    """What to call a photo, after the file or address it comes from: no folders, nothing that is not seen.

    `C:\\fakepath\\IMG 7.jpg` is `IMG 7.jpg`; what leaves nothing is `photo-3`.
    """
    name = "".join(c for c in _FOLDERS.sub("", given) if unicodedata.category(c)[0] != "C").strip(" .")
    return name[-LONGEST_NAME:].lstrip(" .") or f"photo-{position}"
