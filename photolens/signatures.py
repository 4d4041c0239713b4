"""Signatures of webhooks: `t=<seconds since 1970>,v1=<hex>`, HMAC-SHA256 of the time, a dot and the body."""

import hashlib
import hmac
import re
from collections.abc import Iterable

TOLERANCE = 300  # seconds between a signature and now

_HEADER = re.compile(r"t=(0|[1-9][0-9]{0,11}),v1=[0-9a-f]{64}")


def sign(body: bytes, secret: str, at: int) -> str:
    """The header of a body that is sent at this time, in seconds since 1970."""
    digest = hmac.new(secret.encode(), f"{at}.".encode() + body, hashlib.sha256).hexdigest()
    return f"t={at},v1={digest}"


def is_signed(body: bytes, header: str, secrets: Iterable[str], now: float) -> bool:
    """Whether a body was signed with one of these secrets, and lately. It takes as long whichever letter is wrong."""
    match = _HEADER.fullmatch(header)
    if match is None or abs(now - int(match[1])) > TOLERANCE:
        return False
    return any(hmac.compare_digest(header, sign(body, secret, int(match[1]))) for secret in secrets)
