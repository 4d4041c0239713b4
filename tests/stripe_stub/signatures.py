"""The signatures of webhooks, made as Stripe documents them and not with its library.

Source: https://docs.stripe.com/webhooks/signature.
"""

import hashlib
import hmac
import time


def sign(payload: bytes, secret: str, timestamp: int | None = None) -> str:
    """The `Stripe-Signature` header of a body sent now, or at another time (seconds since 1970)."""
    sent_at = int(time.time()) if timestamp is None else timestamp
    digest = hmac.new(secret.encode(), f"{sent_at}.".encode() + payload, hashlib.sha256).hexdigest()
    return f"t={sent_at},v1={digest}"
