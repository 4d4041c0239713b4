"""The storage of each test of photos, in a folder of its own; and credits to pay with."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from flask import Flask

from photolens.database import Connection
from photolens.storage import DiskStorage
from tests.photos.jobs import credit_all


@pytest.fixture
def stored(app: Flask, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Where what the application stores lies; each request has an application of its own."""
    monkeypatch.setitem(app.extensions, "storage", DiskStorage(tmp_path))
    return tmp_path


@pytest.fixture
def storage(tmp_path: Path, app: Flask, monkeypatch: pytest.MonkeyPatch) -> Iterator[DiskStorage]:
    """Where the application keeps files in this test: `tmp_path`. The application is the present one."""
    storage = DiskStorage(tmp_path)
    monkeypatch.setitem(app.extensions, "storage", storage)
    with app.app_context():
        yield storage


@pytest.fixture
def credits(conn: Connection, app: Flask) -> None:
    """The customer has ten credits."""
    with app.app_context():
        credit_all(conn, 10)
