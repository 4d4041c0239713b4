"""A Stripe to buy credits at, and somebody who does."""

import pytest

from photolens.database import Connection
from tests.billing.conftest import stripe, stripe_server
from tests.client import ApiClient
from tests.credits.buying import Buyer
from tests.stripe_stub import StripeStub

__all__ = ["stripe", "stripe_server"]


@pytest.fixture
def buyer(stripe: StripeStub, conn: Connection, api: ApiClient) -> Buyer:
    """A customer who buys credits."""
    return Buyer(stripe, conn, api)
