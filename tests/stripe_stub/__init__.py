"""A Stripe of the tests' own: it speaks the wire format that the official library and a browser expect, on loopback.

`with StripeStub() as stripe:` serves; `stripe.environment` points the application at it. What a person would do on the
hosted page is done with `pay` and its like, what goes wrong on the way with `fail_next` and `held`. By hand:
`python -m tests.stripe_stub --port 12111`.
"""

from tests.stripe_stub.server import SeenRequest, StripeStub
from tests.stripe_stub.signatures import sign

__all__ = ["SeenRequest", "StripeStub", "sign"]
