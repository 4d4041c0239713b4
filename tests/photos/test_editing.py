"""The built-in editor: the prompt's words choose what is done, and the pixels show it."""

import io
from itertools import pairwise
from typing import Any

import pytest
from PIL import Image, ImageChops, ImageCms, ImageStat

from photolens.photo_editor import edit_photo
from photolens.photo_edits import ENHANCED, ORDER, Edit, edits_for
from tests.photos.photos import photo


def edited(content: bytes, prompt: str) -> tuple[Image.Image, list[Edit]]:
    result = io.BytesIO()
    done = edit_photo(io.BytesIO(content), edits_for(prompt), result)
    return Image.open(result), done


def mean(image: Image.Image) -> list[float]:
    """The mean level of red, green and blue."""
    return ImageStat.Stat(image.convert("RGB")).mean


def spread(image: Image.Image) -> float:
    return ImageStat.Stat(image.convert("L")).stddev[0]


PLAIN = photo(format_="PNG")
BEFORE = Image.open(io.BytesIO(PLAIN))


@pytest.mark.parametrize(
    ("prompt", "edits"),
    [
        ("20% brighter", [{"edit": "BRIGHTNESS", "percent": 20}]),
        ("Make it brighter by 35 %", [{"edit": "BRIGHTNESS", "percent": 35}]),
        ("darker please", [{"edit": "BRIGHTNESS", "percent": -20}]),
        ("less bright", [{"edit": "BRIGHTNESS", "percent": -20}]),
        ("brightness -10%", [{"edit": "BRIGHTNESS", "percent": -10}]),
        ("reduce contrast by 15 percent", [{"edit": "CONTRAST", "percent": -15}]),
        ("slightly more contrast", [{"edit": "CONTRAST", "percent": 10}]),
        ("much warmer", [{"edit": "WARMTH", "percent": 40}]),
        ("cooler", [{"edit": "WARMTH", "percent": -20}]),
        ("vivid colours", [{"edit": "SATURATION", "percent": 25}]),
        ("muted", [{"edit": "SATURATION", "percent": -25}]),
        ("30% brighter 10% warmer", [{"edit": "BRIGHTNESS", "percent": 30}, {"edit": "WARMTH", "percent": 10}]),
        ("Black and white", [{"edit": "BLACK_AND_WHITE"}]),
        ("B&W, grayscale", [{"edit": "BLACK_AND_WHITE"}]),
        ("sepia", [{"edit": "SEPIA"}]),
        ("blur", [{"edit": "BLUR", "percent": 10}]),
        ("sharpen 120%", [{"edit": "SHARPEN", "percent": 120}]),
        ("auto contrast", [{"edit": "AUTO_CONTRAST"}]),
        ("resize to 1200", [{"edit": "RESIZE", "longestSide": 1200}]),
        ("1200x800", [{"edit": "RESIZE", "width": 1200, "height": 800}]),
        ("1200 × 800", [{"edit": "RESIZE", "width": 1200, "height": 800}]),
        ("scale to 50%", [{"edit": "RESIZE", "percent": 50}]),
        ("for the web", [{"edit": "RESIZE", "longestSide": 2048}]),
        ("thumbnails", [{"edit": "RESIZE", "longestSide": 320}]),
        ("crop square", [{"edit": "CROP", "ratio": "1:1"}]),
        ("crop to 4:5", [{"edit": "CROP", "ratio": "4:5"}]),
        ("rotate left", [{"edit": "ROTATE", "degrees": 270}]),
        ("rotate 90", [{"edit": "ROTATE", "degrees": 90}]),
        ("rotate 90 counterclockwise", [{"edit": "ROTATE", "degrees": 270}]),
        ("turn upside down", [{"edit": "ROTATE", "degrees": 180}]),
        ("mirror", [{"edit": "FLIP", "axis": "HORIZONTAL"}]),
        ("flip vertically", [{"edit": "FLIP", "axis": "VERTICAL"}]),
        ("black border", [{"edit": "BORDER", "colour": "BLACK", "percent": 4}]),
        ("a 10% border", [{"edit": "BORDER", "colour": "WHITE", "percent": 10}]),
        ("vignette", [{"edit": "VIGNETTE", "percent": 40}]),
        ("watermark © Studio Köln", [{"edit": "WATERMARK", "text": "© Studio Köln"}]),
        ('Watermark "Sepia & Co", brighter', [
            {"edit": "BRIGHTNESS", "percent": 20}, {"edit": "WATERMARK", "text": "Sepia & Co"}
        ]),
        ("add a watermark", [{"edit": "WATERMARK", "text": "PROOF"}]),
        ("no watermark, darker", [{"edit": "BRIGHTNESS", "percent": -20}]),
        ("sepia without border", [{"edit": "SEPIA"}]),
        ("don't blur, sepia", [{"edit": "SEPIA"}]),
        ("brighter, no, darker", [{"edit": "BRIGHTNESS", "percent": -20}]),
        ("999% brighter", [{"edit": "BRIGHTNESS", "percent": 100}]),
        ("make my dog smile", ENHANCED),
        ("blur the background", ENHANCED),
        ("rotate 45", ENHANCED),
    ],
)  # fmt: skip
def test_the_words_of_a_prompt_choose_the_edits(prompt: str, edits: list[Edit]) -> None:
    assert edits_for(prompt) == edits


def test_edits_are_done_in_one_order_however_they_are_asked_for() -> None:
    words = (
        "watermark X, border, vignette, sharpen, blur, sepia, grayscale, warmer, vivid, contrast, brighter, enhance,"
    )
    everything = edits_for(f"{words} resize to 40, square, flip, rotate")

    assert [edit["edit"] for edit in everything] == list(ORDER)
    image, done = edited(PLAIN, f"{words} resize to 30, square, flip, rotate")
    assert [edit["edit"] for edit in done] == list(ORDER)
    assert image.size == (32, 32)  # 30, and a border of one pixel


def test_brighter_is_brighter_and_darker_darker() -> None:
    assert sum(mean(edited(PLAIN, "brighter")[0])) > 1.1 * sum(mean(BEFORE))
    assert sum(mean(edited(PLAIN, "darker")[0])) < 0.9 * sum(mean(BEFORE))


def test_contrast_spreads_the_levels() -> None:
    assert spread(edited(PLAIN, "contrast")[0]) > 1.1 * spread(BEFORE) > spread(edited(PLAIN, "faded")[0])


def test_warmer_is_redder_and_cooler_bluer() -> None:
    (red, _, blue), (warm_red, _, warm_blue) = mean(BEFORE), mean(edited(PLAIN, "warmer")[0])
    _, _, cool_blue = mean(edited(PLAIN, "cooler")[0])

    assert warm_red > red
    assert warm_blue < blue < cool_blue


def test_black_and_white_has_no_colour_and_vivid_more_of_it() -> None:
    def colour(image: Image.Image) -> float:
        return ImageStat.Stat(image.convert("HSV").getchannel("S")).mean[0]

    assert colour(edited(PLAIN, "black and white")[0]) == 0
    assert colour(edited(PLAIN, "muted")[0]) < colour(BEFORE) < colour(edited(PLAIN, "vivid")[0])


def test_sepia_is_brown() -> None:
    red, green, blue = mean(edited(PLAIN, "sepia")[0])

    assert red > green > blue


def test_blurring_takes_edges_and_sharpening_makes_them_harder() -> None:
    halves = Image.new("L", (40, 40), 60)
    halves.paste(190, (20, 0, 40, 40))
    file = io.BytesIO()
    halves.save(file, "PNG")

    def step(prompt: str) -> int:
        image = edited(file.getvalue(), prompt)[0].convert("L")
        levels = image.crop((0, 20, 40, 21)).tobytes()
        return max(after - before for before, after in pairwise(levels))

    assert step("blur 50%") < 130 < step("sharpen")


@pytest.mark.parametrize(
    ("prompt", "size"),
    [
        ("resize to 30", (30, 20)),
        ("40x20", (30, 20)),
        ("scale to 50%", (30, 20)),
        ("square", (40, 40)),
        ("crop 2:1", (60, 30)),
        ("rotate right", (40, 60)),
        ("border 10%", (68, 48)),
        ("resize to 6000", (60, 40)),
    ],
)
def test_sizes_follow(prompt: str, size: tuple[int, int]) -> None:
    assert edited(PLAIN, prompt)[0].size == size


def test_nothing_is_enlarged_and_what_was_not_done_is_not_said() -> None:
    assert edited(PLAIN, "resize to 6000")[1] == []


def test_a_mirrored_photo_has_its_bright_side_at_the_left() -> None:
    left, right = (0, 20), (59, 20)
    image = edited(PLAIN, "mirror")[0]

    assert image.getpixel(left) == BEFORE.getpixel(right)
    assert edited(PLAIN, "rotate 180")[0].getpixel((0, 0)) == BEFORE.getpixel((59, 39))


def test_a_vignette_darkens_the_corners_alone() -> None:
    flat = io.BytesIO()
    Image.new("RGB", (60, 40), "white").save(flat, "PNG")
    image = edited(flat.getvalue(), "vignette")[0]

    assert image.getpixel((30, 20)) == (255, 255, 255)
    assert max(image.getpixel((0, 0))) < 180  # type: ignore[arg-type]


@pytest.mark.parametrize("text", ["© Studio", "摄影", "استوديو"])
def test_a_watermark_is_written_at_the_bottom_right(text: str) -> None:
    flat = io.BytesIO()
    Image.new("RGB", (400, 300), "grey").save(flat, "PNG")
    image = edited(flat.getvalue(), f'watermark "{text}"')[0]
    box = ImageChops.difference(image, Image.open(flat)).getbbox()

    assert box
    assert box[0] > 200
    assert box[1] > 250


def test_a_long_watermark_fits_the_photo() -> None:
    image = edited(PLAIN, f"watermark {'W' * 60}")[0]

    assert image.size == (60, 40)
    assert ImageChops.difference(image, BEFORE).getbbox()


@pytest.mark.parametrize("orientation", range(1, 9))
def test_a_photo_leaves_upright_as_the_camera_held_it(orientation: int) -> None:
    held = {
        2: Image.Transpose.FLIP_LEFT_RIGHT,
        3: Image.Transpose.ROTATE_180,
        4: Image.Transpose.FLIP_TOP_BOTTOM,
        5: Image.Transpose.TRANSPOSE,
        6: Image.Transpose.ROTATE_90,
        7: Image.Transpose.TRANSVERSE,
        8: Image.Transpose.ROTATE_270,
    }
    exif = Image.Exif()
    exif[0x0112] = orientation
    stored, file = BEFORE if orientation == 1 else BEFORE.transpose(held[orientation]), io.BytesIO()
    stored.save(file, "PNG", exif=exif)

    image, done = edited(file.getvalue(), "thumbnail")

    assert ImageChops.difference(image, BEFORE).getbbox() is None
    assert image.getexif().get(0x0112) is None
    assert done == ([] if orientation == 1 else [{"edit": "ORIENTATION"}])


@pytest.mark.parametrize("format_", ["JPEG", "PNG", "WEBP"])
def test_the_profile_stays_and_all_else_that_was_noted_goes(format_: str) -> None:
    profile = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()
    exif = Image.Exif()
    exif.get_ifd(0x8825)[1] = "N"
    exif[0x013B] = "The photographer at home"
    options: dict[str, Any] = {"JPEG": {"comment": b"at home"}, "PNG": {}, "WEBP": {"xmp": b"<x>at home</x>"}}[format_]
    image, _ = edited(photo(format_=format_, icc_profile=profile, exif=exif.tobytes(), **options), "brighter")

    assert image.format == format_
    assert image.info["icc_profile"] == profile
    assert not image.getexif()
    assert not {"comment", "exif", "xmp"} & {*image.info}


@pytest.mark.parametrize(
    ("mode", "format_"),
    [("L", "JPEG"), ("CMYK", "JPEG"), ("P", "PNG"), ("1", "PNG"), ("LA", "PNG"), ("RGBA", "PNG"), ("RGBA", "WEBP")],
)
def test_every_kind_of_photo_can_be_edited_in_every_way(mode: str, format_: str) -> None:
    file = io.BytesIO()
    BEFORE.convert(mode).save(file, format_)
    words = (
        "watermark X, border, vignette, sharpen, blur, sepia, grayscale, warmer, vivid, contrast, brighter, enhance,"
    )
    image, done = edited(file.getvalue(), f"{words} resize to 30, square, flip, rotate")

    assert len(done) == len(ORDER)
    assert (image.format, image.size) == (format_, (32, 32))


def test_what_is_transparent_stays_so() -> None:
    file = io.BytesIO()
    Image.new("RGBA", (9, 7), (200, 100, 50, 77)).save(file, "PNG")

    assert edited(file.getvalue(), "warmer, sharpen")[0].convert("RGBA").getpixel((4, 3))[3] == 77  # type: ignore[index]


def test_16_bits_of_grey_become_8() -> None:
    file = io.BytesIO()
    Image.new("I;16", (9, 7), 128 * 256).save(file, "PNG")

    assert edited(file.getvalue(), "thumbnail")[0].getpixel((4, 3)) == (128, 128, 128)


def test_a_photo_of_one_row_can_be_edited_too() -> None:
    image, done = edited(photo((300, 1), "PNG"), "watermark X, border, vignette, blur, square, resize to 50")

    assert done
    assert image.width >= 1
