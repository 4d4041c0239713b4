"""Photos to send: small ones that look like something, and files that only pretend."""

import io
import struct
import zlib

from PIL import Image


def photo(size: tuple[int, int] = (60, 40), format_: str = "JPEG", mode: str = "RGB", **options: object) -> bytes:
    """A picture that is dark at its left and bright at its right, red above and blue below."""
    width, height = size
    across = Image.linear_gradient("L").rotate(90).resize(size).point(lambda level: 40 + level * 170 // 255)
    down = Image.linear_gradient("L").resize((width, height)).point(lambda level: level // 2)
    image = Image.merge("RGB", (across, across.point(lambda level: level * 2 // 3), down)).convert(mode)
    file = io.BytesIO()
    image.save(file, format_, **options)
    return file.getvalue()


def png_of(width: int, height: int, *chunks: tuple[bytes, bytes], pixels: bytes = b"") -> bytes:
    """A PNG, grey, that says to be of this size, with these chunks in it and this data for its pixels."""
    header = struct.pack(">IIBBBBB", width, height, 8, 0, 0, 0, 0)
    parts = [(b"IHDR", header), *chunks, (b"IDAT", pixels), (b"IEND", b"")]
    return b"\x89PNG\r\n\x1a\n" + b"".join(
        struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data)) for name, data in parts
    )
