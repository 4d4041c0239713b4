"""The built-in editor: does with Pillow what photolens.photo_edits has decided.

A photo leaves upright, as the camera held it, in the format it came in, with its colour profile, and without any other
metadata: where it was taken is nobody's business. It is never enlarged.
"""

from collections.abc import Callable
from pathlib import Path
from typing import Any, BinaryIO

from PIL import Image, ImageDraw, ImageEnhance, ImageFilter, ImageFont, ImageOps

from photolens.photo_edits import Edit
from photolens.pictures import decoded

FONTS = Path(__file__).parent / "fonts"

SAVED: dict[str, dict[str, Any]] = {
    "JPEG": {"quality": 90},
    "PNG": {},
    "WEBP": {"quality": 90},
}
WATERMARK_SIZE = 0.04  # of the shorter side
WATERMARK_OPACITY = 0.7

_ORIENTATION = 0x0112  # of EXIF
_UPRIGHT = {
    2: Image.Transpose.FLIP_LEFT_RIGHT,
    3: Image.Transpose.ROTATE_180,
    4: Image.Transpose.FLIP_TOP_BOTTOM,
    5: Image.Transpose.TRANSPOSE,
    6: Image.Transpose.ROTATE_270,
    7: Image.Transpose.TRANSVERSE,
    8: Image.Transpose.ROTATE_90,
}
_CLOCKWISE = {90: Image.Transpose.ROTATE_270, 180: Image.Transpose.ROTATE_180, 270: Image.Transpose.ROTATE_90}
_FLIPPED = {"HORIZONTAL": Image.Transpose.FLIP_LEFT_RIGHT, "VERTICAL": Image.Transpose.FLIP_TOP_BOTTOM}

# How much of red, green and blue goes into each of them; and a constant.
_SEPIA = (0.393, 0.769, 0.189, 0, 0.349, 0.686, 0.168, 0, 0.272, 0.534, 0.131, 0)


def edit_photo(file: BinaryIO, edits: list[Edit], into: BinaryIO) -> list[Edit]:
    """Write the edited photo into a file; gives what was done to it, in order. Raises NotAPicture."""
    with decoded(file) as (image, picture):
        # A profile is for the colours of its file: of print and of grey none fits what is written here.
        profile = image.info.get("icc_profile") if image.mode in ("RGB", "RGBA", "P") else None
        turn = _UPRIGHT.get(_orientation(image))
        image = _in_rgb(image)
        done: list[Edit] = []
        if turn is not None:
            image, done = image.transpose(turn), [{"edit": "ORIENTATION"}]
        for edit in edits:
            edited = _edited(image, edit)
            if edited is not image:
                image, done = edited, [*done, edit]
        image.info = {}
        image.save(into, picture.format, icc_profile=profile, **SAVED[picture.format])
    return done


def _orientation(image: Image.Image) -> int:
    try:
        return int(image.getexif().get(_ORIENTATION, 1))
    except Exception:  # metadata that cannot be read says nothing
        return 1


def _in_rgb(image: Image.Image) -> Image.Image:
    if image.mode.startswith("I"):  # 16 bits of grey
        image = image.convert("I").point(lambda level: level * (1 / 256)).convert("L")
    mode = "RGBA" if image.has_transparency_data else "RGB"
    return image if image.mode == mode else image.convert(mode)


def _edited(image: Image.Image, edit: Edit) -> Image.Image:
    """The image after an edit; itself if there was nothing to do."""
    name = edit["edit"]
    if image.mode == "RGB" or name in _KEEPING_ALPHA:
        return _EDITS[name](image, edit)
    edited = _EDITS[name](image.convert("RGB"), edit)
    edited.putalpha(image.getchannel("A"))
    return edited


def _crop(image: Image.Image, edit: Edit) -> Image.Image:
    across, down = map(int, edit["ratio"].split(":"))
    width = min(image.width, max(1, image.height * across // down))
    height = min(image.height, max(1, image.width * down // across))
    if (width, height) == image.size:
        return image
    left, top = (image.width - width) // 2, (image.height - height) // 2
    return image.crop((left, top, left + width, top + height))


def _resize(image: Image.Image, edit: Edit) -> Image.Image:
    if "percent" in edit:
        scale = edit["percent"] / 100
    elif "longestSide" in edit:
        scale = edit["longestSide"] / max(image.size)
    else:
        scale = min(edit["width"] / image.width, edit["height"] / image.height)
    if scale >= 1:
        return image
    size = (max(1, round(image.width * scale)), max(1, round(image.height * scale)))
    return image.resize(size, Image.Resampling.LANCZOS, reducing_gap=3)


def _warmth(image: Image.Image, edit: Edit) -> Image.Image:
    shift = edit["percent"] / 200
    return image.convert("RGB", (1 + shift, 0, 0, 0, 0, 1, 0, 0, 0, 0, 1 - shift, 0))


def _blur(image: Image.Image, edit: Edit) -> Image.Image:
    return image.filter(ImageFilter.GaussianBlur(min(image.size) * edit["percent"] / 1000))


def _vignette(image: Image.Image, edit: Edit) -> Image.Image:
    strength = edit["percent"] / 100
    dark = Image.radial_gradient("L").point(lambda far: int(max(0, far - 90) / 165 * 255 * strength))
    edited = image.copy()
    edited.paste((0, 0, 0), (0, 0), dark.resize(image.size))
    return edited


def _border(image: Image.Image, edit: Edit) -> Image.Image:
    width = max(1, min(image.size) * edit["percent"] // 100)
    return ImageOps.expand(image, width, edit["colour"].lower())


def _watermark(image: Image.Image, edit: Edit) -> Image.Image:
    """White letters with a dark rim, at the bottom right."""
    text = edit["text"]
    # One of the fonts has the writing of East Asia, the other nearly all else.
    name = "WenQuanYiMicroHei.ttf" if max(text) >= "\u2e80" else "FiraGO-Regular.ttf"
    font = ImageFont.truetype(FONTS / name, max(10, round(min(image.size) * WATERMARK_SIZE)))
    rim = max(1, round(font.size / 16))
    left, top, right, bottom = (round(side) for side in font.getbbox(text, stroke_width=rim))
    letters, around = (Image.new("L", (right - left, bottom - top)) for _ in range(2))
    opaque = round(255 * WATERMARK_OPACITY)
    ImageDraw.Draw(letters).text((-left, -top), text, opaque, font)
    ImageDraw.Draw(around).text((-left, -top), text, opaque, font, stroke_width=rim)
    if letters.width > image.width * 0.9:
        size = (max(1, round(image.width * 0.9)), max(1, round(letters.height * image.width * 0.9 / letters.width)))
        letters, around = letters.resize(size), around.resize(size)
    place = (image.width - letters.width - 2 * rim, image.height - letters.height - 2 * rim)
    edited = image.copy()
    edited.paste((0, 0, 0), place, around)
    edited.paste((255, 255, 255), place, letters)
    return edited


def _factor(edit: Edit) -> float:
    factor: float = 1 + edit["percent"] / 100
    return factor


_KEEPING_ALPHA = {"ROTATE", "FLIP", "CROP", "RESIZE", "BORDER"}
_EDITS: dict[str, Callable[[Image.Image, Edit], Image.Image]] = {
    "ROTATE": lambda image, edit: image.transpose(_CLOCKWISE[edit["degrees"]]),
    "FLIP": lambda image, edit: image.transpose(_FLIPPED[edit["axis"]]),
    "CROP": _crop,
    "RESIZE": _resize,
    "AUTO_CONTRAST": lambda image, _: ImageOps.autocontrast(image, cutoff=0.5, preserve_tone=True),
    "BRIGHTNESS": lambda image, edit: image.point(lambda level: level * _factor(edit)),
    "CONTRAST": lambda image, edit: ImageEnhance.Contrast(image).enhance(_factor(edit)),
    "SATURATION": lambda image, edit: ImageEnhance.Color(image).enhance(_factor(edit)),
    "WARMTH": _warmth,
    "BLACK_AND_WHITE": lambda image, _: image.convert("L").convert("RGB"),
    "SEPIA": lambda image, _: image.convert("RGB", _SEPIA),
    "BLUR": _blur,
    "SHARPEN": lambda image, edit: image.filter(ImageFilter.UnsharpMask(2, edit["percent"], 2)),
    "VIGNETTE": _vignette,
    "BORDER": _border,
    "WATERMARK": _watermark,
}
