"""One server (where a test needs it, two) for all races of a worker, on the database that is emptied after each test.

To start a server takes a second.
"""

from collections.abc import Iterator
from contextlib import contextmanager

import pytest

from photolens.config import Settings
from tests.conftest import serving
from tests.races.live import LiveApi
from tests.shared_database import SharedDatabase


@contextmanager
def _server(database: SharedDatabase, settings: Settings) -> Iterator[str]:
    # Under the key of the tests, so that they can read its outbox; and with their storage.
    storage = str(settings.storage_dir)
    with serving(DATABASE_URL=database.url, SECRET_KEY=settings.secret_key[0], STORAGE_DIR=storage) as server:
        yield server.api


@pytest.fixture(scope="session")
def server(shared_database: SharedDatabase, settings: Settings) -> Iterator[str]:
    """The real server, a process of its own, on the database of the races; gives the base URL of its API."""
    with _server(shared_database, settings) as url:
        yield url


@pytest.fixture(scope="session")
def another_server(shared_database: SharedDatabase, settings: Settings) -> Iterator[str]:
    """A second one on the same database."""
    with _server(shared_database, settings) as url:
        yield url


@pytest.fixture
def live(server: str, clone_url: str) -> str:
    """The base URL of the server's API; its database is as new."""
    return server


@pytest.fixture
def two_servers(live: str, another_server: str) -> LiveApi:
    """Two servers on one database, asked in turn."""
    return LiveApi(live, another_server)
