"""Two clients who have everything, and the portal as the contact of the first sees it."""

from functools import cached_property

import pytest

from photolens.database import Connection
from tests.client import ApiClient
from tests.factories import Factory
from tests.portal.furnished import FurnishedClient, furnish


class Portal:
    """The portal, as the contact of `own` sees it, who is to see nothing of `foreign`: who is there once asked for."""

    def __init__(self, conn: Connection, api: ApiClient, make: Factory) -> None:
        self._studio = (conn, api, make)
        self.own = furnish(*self._studio, 0)
        self.api = api.by_token(self.own.token)

    @cached_property
    def foreign(self) -> FurnishedClient:
        return furnish(*self._studio, 10)


@pytest.fixture
def portal(conn: Connection, api: ApiClient, make: Factory) -> Portal:
    return Portal(conn, api, make)
