"""Photos to show a demo on: drawn here, so that they are nobody's."""

from io import BytesIO

from PIL import Image, ImageDraw
from werkzeug.datastructures import FileStorage

SIZE = (960, 640)
_SUN, _HILL = (520, 110, 720, 310), (-300, 420, 1260, 1100)
_SCENES = {
    "dawn.jpg": ((92, 74, 126), (255, 201, 148), (255, 236, 179), (64, 71, 58)),
    "noon.jpg": ((66, 135, 206), (201, 228, 245), (255, 250, 220), (92, 140, 72)),
    "dusk.jpg": ((24, 30, 66), (214, 96, 74), (255, 170, 110), (30, 34, 40)),
}


def draw_samples() -> list[FileStorage]:
    """Three landscapes, as a form would have sent them."""
    return [FileStorage(_draw(*colours), name) for name, colours in _SCENES.items()]


def _draw(above: tuple[int, ...], below: tuple[int, ...], sun: tuple[int, ...], hill: tuple[int, ...]) -> BytesIO:
    sky = Image.linear_gradient("L").resize(SIZE)
    picture = Image.composite(Image.new("RGB", SIZE, below), Image.new("RGB", SIZE, above), sky)
    draw = ImageDraw.Draw(picture)
    draw.ellipse(_SUN, fill=sun)
    draw.ellipse(_HILL, fill=hill)
    file = BytesIO()
    picture.save(file, "JPEG", quality=90)
    return file
