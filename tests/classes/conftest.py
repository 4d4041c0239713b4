"""What tests of classes start from."""

import pytest

from photolens.database import Connection
from tests.billing.conftest import stripe, stripe_server
from tests.classes.subscribing import Subscriber
from tests.classes.timetable import Timetable
from tests.client import ApiClient
from tests.stripe_stub import StripeStub

__all__ = ["stripe", "stripe_server"]


@pytest.fixture
def timetable(conn: Connection) -> Timetable:
    """Gyms, trainers, classes and members, in the test's own transaction or clone."""
    return Timetable(conn)


@pytest.fixture
def subscriber(stripe: StripeStub, conn: Connection, api: ApiClient) -> Subscriber:
    """A customer who subscribes."""
    return Subscriber(stripe, conn, api)
