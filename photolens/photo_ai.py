"""The one module that talks to the editor at PHOTO_AI_URL: a photo and a prompt there, a photo back.

What is sent is the request that OpenAI's image edits take (multipart/form-data of `image` and `prompt`); the answer is
either the photo itself, or JSON with it in base64. Nothing here is called inside a transaction.
Source: https://platform.openai.com/docs/api-reference/images/createEdit.
"""

import base64
import binascii
import io
import logging
import time
from functools import cache
from typing import BinaryIO

import orjson
import urllib3

from photolens.config import Settings
from photolens.pictures import MEDIA_TYPES, NotAPicture, examine

log = logging.getLogger(__name__)

CONNECT_TIMEOUT = 5.0  # seconds
DEADLINE = 120.0  # seconds, for all of it
LARGEST_PHOTO = 30 * 1024 * 1024  # bytes
LARGEST_JSON = LARGEST_PHOTO * 4 // 3 + 1024 * 1024
PIECE = 2**18  # bytes
LONGEST_REASON = 200

_PASSING = {408, 409, 425, 429}  # as is every 5xx


class NoAnswer(Exception):  # noqa: N818
    """It gives no photo now; it may the next time."""


class Declined(Exception):  # noqa: N818
    """It does not want to edit this photo, and will not the next time."""


def edit_photo(settings: Settings, photo: BinaryIO, prompt: str, key: str, into: BinaryIO) -> None:
    """Have a photo edited as the prompt asks, and write the answer into a file. Under one key, it is one request.

    Raises NoAnswer, Declined.
    """
    answer = _answer(settings, photo, prompt, key)
    try:
        examine(io.BytesIO(answer))
    except NotAPicture as fault:
        raise NoAnswer(f"What the photo service answers is no photo. {fault}") from None
    into.write(answer)


@cache
def _pool() -> urllib3.PoolManager:
    return urllib3.PoolManager(num_pools=1, maxsize=4, retries=False)


def _answer(settings: Settings, photo: BinaryIO, prompt: str, key: str) -> bytes:
    assert settings.photo_ai_url is not None
    picture = examine(photo)
    photo.seek(0)
    name = f"photo.{picture.format.lower()}"
    deadline = time.monotonic() + DEADLINE
    headers = {"Accept": "image/*, application/json", "Idempotency-Key": key}
    if settings.photo_ai_key is not None:
        headers["Authorization"] = f"Bearer {settings.photo_ai_key}"
    try:
        response = _pool().request(
            "POST",
            settings.photo_ai_url,
            fields={"image": (name, photo.read(), MEDIA_TYPES[picture.format]), "prompt": prompt},
            headers=headers,
            timeout=urllib3.Timeout(total=DEADLINE, connect=CONNECT_TIMEOUT),
            redirect=False,
            preload_content=False,
        )
        try:
            return _photo_in(response, deadline)
        finally:
            response.close()
    except urllib3.exceptions.HTTPError as fault:
        log.warning("The photo service does not answer: %s", type(fault).__name__)
        raise NoAnswer("The photo service does not answer.") from None


def _photo_in(response: urllib3.BaseHTTPResponse, deadline: float) -> bytes:
    media_type = response.headers.get("Content-Type", "").partition(";")[0].strip().lower()
    if response.status in _PASSING or response.status >= 500:
        raise NoAnswer(f"The photo service is not ready: it answers {response.status}.")
    if response.status in (400, 422):
        raise Declined(f"The photo service declines it{_reason(_read(response, deadline, LARGEST_JSON))}")
    if response.status != 200:
        log.error("The photo service answers %s: PHOTO_AI_URL or PHOTO_AI_KEY may be wrong.", response.status)
        raise Declined(f"The photo service answers {response.status}.")
    if media_type in MEDIA_TYPES.values():
        return _read(response, deadline, LARGEST_PHOTO)
    if media_type != "application/json":
        raise NoAnswer("What the photo service answers is no photo.")
    try:
        encoded = orjson.loads(_read(response, deadline, LARGEST_JSON))["data"][0]["b64_json"]
        return base64.b64decode(encoded, validate=True)
    except (orjson.JSONDecodeError, LookupError, TypeError, ValueError, binascii.Error):
        raise NoAnswer("What the photo service answers has no photo in it.") from None


def _read(response: urllib3.BaseHTTPResponse, deadline: float, largest: int) -> bytes:
    content = bytearray()
    for piece in response.stream(PIECE):
        content += piece
        if len(content) > largest:
            raise NoAnswer("What the photo service answers is too large.")
        if time.monotonic() > deadline:
            raise NoAnswer("The photo service takes too long.")
    return bytes(content)


def _reason(content: bytes) -> str:
    """What it says for a reason, in OpenAI's form of an error."""
    try:
        message = orjson.loads(content)["error"]["message"]
    except (orjson.JSONDecodeError, LookupError, TypeError):
        return "."
    words = "".join(c for c in str(message) if c.isprintable())
    return f": {words[:LONGEST_REASON]}"
