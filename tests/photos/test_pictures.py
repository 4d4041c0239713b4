"""What is a photo is decided by decoding it, in bounded memory and time, whatever the file pretends to be."""

import io
import resource
import subprocess
import sys
import zlib
from contextlib import suppress

import pytest
from PIL import Image

from photolens.embedded import ROOT
from photolens.pictures import MOST_PIXELS, MOST_SCANS, NotAPicture, Picture, decoded, examine
from tests.photos.photos import photo, png_of


def refused(content: bytes) -> str:
    with pytest.raises(NotAPicture) as refusal:
        examine(io.BytesIO(content))
    return refusal.value.reason


@pytest.mark.parametrize("format_", ["JPEG", "PNG", "WEBP"])
def test_a_photo_is_known_by_its_content(format_: str) -> None:
    assert examine(io.BytesIO(photo((60, 40), format_))) == Picture(format_, 60, 40)


@pytest.mark.parametrize("content", [photo(), photo(format_="WEBP"), photo()[:300], b"hello"])
def test_the_file_stays_open_for_whoever_it_belongs_to(content: bytes) -> None:
    file = io.BytesIO(content)
    with suppress(NotAPicture):
        examine(file)
    file.seek(0)

    assert file.read() == content


@pytest.mark.parametrize(
    ("format_", "mode"),
    [("JPEG", "L"), ("JPEG", "CMYK"), ("PNG", "P"), ("PNG", "1"), ("PNG", "LA"), ("PNG", "I;16"), ("WEBP", "RGBA")],
)
def test_photos_come_in_grey_in_print_colours_and_with_palettes_too(format_: str, mode: str) -> None:
    file = io.BytesIO()
    Image.new(mode, (9, 7)).save(file, format_)

    assert examine(file) == Picture(format_, 9, 7)


def test_a_photo_with_another_one_behind_it_as_phones_take_them_is_the_first() -> None:
    file = io.BytesIO()
    Image.new("RGB", (9, 7)).save(file, "MPO", save_all=True, append_images=[Image.new("RGB", (3, 3))])

    assert examine(file) == Picture("JPEG", 9, 7)


@pytest.mark.parametrize(
    "content", [b"", b"hello", b"GIF89a", photo(format_="GIF"), photo(format_="TIFF"), b"%!PS-Adobe-3.0 EPSF-3.0\n"]
)
def test_anything_else_is_no_photo(content: bytes) -> None:
    assert refused(content) == "It is no JPEG, PNG or WebP photo."


@pytest.mark.parametrize("format_", ["JPEG", "PNG", "WEBP"])
@pytest.mark.parametrize("part", [0.5, 0.9])
def test_a_photo_that_breaks_off_is_none(format_: str, part: float) -> None:
    content = photo((300, 200), format_)

    # A WebP says in its header how long it is.
    assert refused(content[: int(len(content) * part)]) in (
        "It is damaged, or not all of it is there.",
        "It is no JPEG, PNG or WebP photo.",
    )


@pytest.mark.parametrize("format_", ["PNG", "WEBP"])
def test_an_animation_is_no_photo(format_: str) -> None:
    file = io.BytesIO()
    frames = [Image.new("RGB", (9, 7), colour) for colour in ("red", "green", "blue")]
    frames[0].save(file, format_, save_all=True, append_images=frames[1:])

    assert refused(file.getvalue()) == "It is an animation."


def test_too_many_pixels_are_refused_by_the_header_alone() -> None:
    assert refused(png_of(60_000, 60_000)) == "It has more than 64 megapixels."
    assert refused(png_of(8001, 8000)) == "It has more than 64 megapixels."
    assert MOST_PIXELS == 8000 * 8000


def test_a_small_file_that_unfolds_to_a_huge_photo_takes_no_memory() -> None:
    packer = zlib.compressobj(1)
    packed = b"".join(packer.compress(bytes(4_000_200)) for _ in range(100)) + packer.flush()
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss

    assert len(packed) < 2_000_000
    assert refused(png_of(20_000, 20_000, pixels=packed)) == "It has more than 64 megapixels."
    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before < 20_000  # KiB


def test_texts_and_profiles_that_unfold_are_bounded() -> None:
    bomb = zlib.compress(bytes(50_000_000))

    assert refused(png_of(1, 1, (b"zTXt", b"Comment\0\0" + bomb))) == "It is no JPEG, PNG or WebP photo."
    assert refused(png_of(1, 1, (b"iCCP", b"profile\0\0" + bomb))) == "It is no JPEG, PNG or WebP photo."


def test_a_jpeg_that_is_decoded_over_and_over_is_refused_before_it_is() -> None:
    content = photo((600, 400), progressive=True)
    start = content.rindex(b"\xff\xda")
    last = content[start:-2]

    assert examine(io.BytesIO(content[:-2] + last * 5 + content[-2:]))
    assert "scans" in refused(content[:-2] + last * MOST_SCANS + content[-2:])


def test_pixels_are_given_with_what_they_are() -> None:
    with decoded(io.BytesIO(photo((60, 40), "PNG"))) as (image, picture):
        assert picture == Picture("PNG", 60, 40)
        assert image.getpixel((0, 0)) != image.getpixel((59, 0))


def test_the_largest_photos_come_one_after_the_other_in_bounded_memory() -> None:
    """Four at once, in a process of their own, whose memory is known: one has 64 MB of grey pixels."""
    program = """
import io, resource
from concurrent.futures import ThreadPoolExecutor
from PIL import Image
from photolens.pictures import decoded
file = io.BytesIO()
Image.new("L", (8000, 8000)).save(file, "PNG", compress_level=1)
def decode(file):
    with decoded(file):
        pass
before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
with ThreadPoolExecutor(4) as threads:
    list(threads.map(decode, [io.BytesIO(file.getvalue()) for _ in range(4)]))
print(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before)
"""
    result = subprocess.run([sys.executable, "-c", program], cwd=ROOT, capture_output=True, text=True, check=True)

    assert int(result.stdout) < 40_000  # KiB, beyond those of the one that was made here
