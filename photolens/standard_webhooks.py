"""Webhooks as Standard Webhooks has them: secrets, signatures, and one POST to an address that a stranger has given.

No POST is made in a transaction. Whatever becomes of one is told, not raised.
Source: https://github.com/standard-webhooks/standard-webhooks/blob/main/spec/standard-webhooks.md.
"""

import base64
import hashlib
import hmac
import math
import secrets
import time
from collections.abc import Iterable
from contextlib import closing
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime

from photolens.public_addresses import FetchFailed, FetchLater, Place, connected, on_the_wire, require_public_form

PREFIX = "whsec_"
DEADLINE = 15.0  # seconds, for all of it
LARGEST = 2**18  # bytes of an answer that are taken at most, headers included
KEPT = 1024  # bytes of it that are kept
LONGEST_WAIT = 24 * 3600.0  # seconds of a Retry-After that are heeded


@dataclass(frozen=True)
class Reply:
    """What came of a POST: a status code, or why there is none; how the answer begins; how long it took.

    `wait` are the seconds for which the receiver does not want to be asked again.
    """

    status_code: int | None
    error: str | None
    answer: str | None
    milliseconds: int
    wait: float = 0.0

    @property
    def is_taken(self) -> bool:
        return self.status_code is not None and 200 <= self.status_code < 300

    @property
    def is_gone(self) -> bool:
        return self.status_code == 410


def new_secret() -> str:
    """A secret to sign with, of 192 random bits."""
    return PREFIX + base64.b64encode(secrets.token_bytes(24)).decode()


def signatures(message_id: str, timestamp: int, body: bytes, keys: Iterable[str]) -> str:
    """The `webhook-signature` of a body: one signature for each secret."""
    signed = f"{message_id}.{timestamp}.".encode() + body
    digests = (hmac.digest(base64.b64decode(key.removeprefix(PREFIX)), signed, hashlib.sha256) for key in keys)
    return " ".join(f"v1,{base64.b64encode(digest).decode()}" for digest in digests)


def post(url: str, message_id: str, body: bytes, keys: Iterable[str]) -> Reply:
    """Send a body, signed now. No redirect is followed, and no address asked that is not public."""
    began = time.monotonic()
    timestamp = int(time.time())
    headers = {
        "User-Agent": "Photolens",
        "Content-Type": "application/json",
        "Accept-Encoding": "identity",
        "Connection": "close",
        "webhook-id": message_id,
        "webhook-timestamp": str(timestamp),
        "webhook-signature": signatures(message_id, timestamp, body, keys),
    }
    try:
        place = require_public_form(url)
        status, answer, wait = _exchange(place, headers, body, began + DEADLINE)
    except (FetchFailed, FetchLater) as fault:
        return Reply(None, str(fault), None, _milliseconds_since(began))
    error = None if 200 <= status < 300 else f"{place.host} answers {status}."
    return Reply(status, error, answer, _milliseconds_since(began), wait)


def _exchange(place: Place, headers: dict[str, str], body: bytes, deadline: float) -> tuple[int, str | None, float]:
    """The status, how the answer begins, and for how long there is to be peace. Raises FetchFailed, FetchLater."""
    with connected(place.host, deadline, LARGEST) as connection:
        with on_the_wire(place.host):
            connection.request("POST", place.target, body, headers)
            response = connection.getresponse()
        with closing(response):
            wait = _wait(response.headers.get("Retry-After", "")) if response.status in (429, 503) else 0.0
            try:
                with on_the_wire(place.host):
                    content = response.read(KEPT)
            except (FetchFailed, FetchLater):
                return response.status, None, wait  # it has said whether it takes it
    # What PostgreSQL keeps is text, and has no NUL.
    return response.status, content.decode(errors="replace").replace("\x00", "") or None, wait


def _wait(text: str) -> float:
    """The seconds that a Retry-After asks for; none where it cannot be read."""
    if text.isascii() and text.isdigit():
        return min(float(text[:9]), LONGEST_WAIT)
    try:
        at = parsedate_to_datetime(text)
    except ValueError:
        return 0.0
    until = at if at.tzinfo else at.replace(tzinfo=UTC)
    return max(0.0, min((until - datetime.now(UTC)).total_seconds(), LONGEST_WAIT))


def _milliseconds_since(began: float) -> int:
    return math.ceil((time.monotonic() - began) * 1000)
