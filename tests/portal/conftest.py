"""Two clients who have everything, and the portal as the contact of the first sees it."""

from dataclasses import dataclass

import pytest

from photolens.database import Connection
from tests.client import ApiClient
from tests.factories import Factory
from tests.portal.furnished import FurnishedClient, furnish


@dataclass(frozen=True)
class Portal:
    """The portal, as the contact of `own` sees it, who is to see nothing of `foreign`."""

    api: ApiClient
    own: FurnishedClient
    foreign: FurnishedClient


@pytest.fixture
def portal(conn: Connection, api: ApiClient, make: Factory) -> Portal:
    own, foreign = furnish(conn, api, make, 0), furnish(conn, api, make, 10)
    return Portal(api.by_token(own.token), own, foreign)
