"""Photos that strangers send: what a file is, decided by decoding it, and never with more memory than a bound.

JPEG, PNG and WebP are read, and no other decoder is ever tried. The number of pixels is judged by the header before any
of them is decoded; in one process no more than MOST_PIXELS are decoded at a time, whoever else has to wait.
Source: https://pillow.readthedocs.io (Image.open, draft, decompression bombs); ISO/IEC 10918-1 (scans).
"""

import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from threading import Condition, Lock
from typing import BinaryIO

from PIL import Image, ImageFile, PngImagePlugin

MOST_PIXELS = 64_000_000  # of one photo; and of all that are decoded at a time
# Of a progressive JPEG, which decodes all of its coefficients anew for each: usual are ten.
MOST_SCANS = 60
MOST_TEXT = 8 * 2**20  # bytes that the texts of a PNG may unfold to; of its colour profile Pillow takes one MB
PIECE = 2**20  # bytes

MEDIA_TYPES = {"JPEG": "image/jpeg", "PNG": "image/png", "WEBP": "image/webp"}

# What Pillow has to remark about a file (odd EXIF, many pixels) is no matter of whoever runs this.
warnings.filterwarnings("ignore", module="PIL")
PngImagePlugin.MAX_TEXT_MEMORY = MOST_TEXT
# The memory of a large photo comes in blocks that go back to the system when it is done; smaller ones, the C library
# keeps for the thread that had them, each as many as it ever needed.
Image.core.set_block_size(64 * 2**20)  # type: ignore[attr-defined]


class NotAPicture(Exception):  # noqa: N818  (the file is at fault, not the program)
    """The file is no photo that is taken; `reason` is a sentence for whoever sent it."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


@dataclass(frozen=True)
class Picture:
    """What a file holds: its format, a key of MEDIA_TYPES, and its size in pixels, as they are stored."""

    format: str
    width: int
    height: int


def examine(file: BinaryIO) -> Picture:
    """What picture a file holds, which is read to its end: one that breaks off is none. Raises NotAPicture."""
    image, picture = _open(file)
    with _room_for(image):
        if isinstance(image, ImageFile.ImageFile) and picture.format == "JPEG":
            image.draft("", (1, 1))  # every byte is read, but an eighth of the pixels of each line is made
        _load(image)
    return picture


@contextmanager
def decoded(file: BinaryIO) -> Iterator[tuple[Image.Image, Picture]]:
    """The pixels of a file, and what it is; there is room for them until the block ends. Raises NotAPicture."""
    image, picture = _open(file)
    with _room_for(image):
        _load(image)
        yield image, picture


def _open(file: BinaryIO) -> tuple[Image.Image, Picture]:
    """Read the header."""
    file.seek(0)
    try:
        image = Image.open(file, formats=tuple(MEDIA_TYPES))
    except Image.DecompressionBombError:
        raise NotAPicture(_TOO_MANY_PIXELS) from None
    except Exception:  # a file that is made to break a decoder may raise anything
        raise NotAPicture("It is no JPEG, PNG or WebP photo.") from None
    # Some cameras put a second picture behind the first, which Pillow then calls MPO.
    format_ = "JPEG" if image.format == "MPO" else str(image.format)
    if image.width * image.height > MOST_PIXELS:
        raise NotAPicture(_TOO_MANY_PIXELS)
    if format_ != "JPEG" and getattr(image, "n_frames", 1) > 1:
        raise NotAPicture("It is an animation.")
    if format_ == "JPEG" and _scans(file) > MOST_SCANS:
        raise NotAPicture("It is a JPEG of more scans than a photo has.")
    return image, Picture(format_, image.width, image.height)


_TOO_MANY_PIXELS = f"It has more than {MOST_PIXELS // 1_000_000} megapixels."


def _load(image: Image.Image) -> None:
    try:
        image.load()
    except Exception:
        raise NotAPicture("It is damaged, or not all of it is there.") from None


def _scans(file: BinaryIO) -> int:
    """How often a JPEG says that a scan begins: in the data of one, the byte FF is never followed by DA."""
    position = file.tell()
    file.seek(0)
    count, last = 0, b""
    while piece := file.read(PIECE):
        count += (last + piece).count(b"\xff\xda")
        last = piece[-1:]
    file.seek(position)
    return count


_turn = Lock()
_change = Condition()
_taken = 0


@contextmanager
def _room_for(image: Image.Image) -> Iterator[None]:
    """Wait until so many pixels more may be decoded; at the end they are given up.

    Who waits keeps those behind it waiting, or it might for ever.
    """
    global _taken
    pixels = image.width * image.height
    with _turn, _change:
        _change.wait_for(lambda: _taken + pixels <= MOST_PIXELS)
        _taken += pixels
    try:
        yield
    finally:
        Image.Image.close(image)  # its memory; the method of its own class would close the file, which is the caller's
        with _change:
            _taken -= pixels
            _change.notify()
