from collections.abc import Iterator
from pathlib import Path

import pytest
from flask import Flask

from photolens.database import Connection
from photolens.storage import DiskStorage
from tests.photos.jobs import credit_all


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
