"""The storage of each test of photos, in a folder of its own."""

from pathlib import Path

import pytest
from flask import Flask

from photolens.storage import DiskStorage


@pytest.fixture
def stored(app: Flask, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Where what the application stores lies."""
    monkeypatch.setitem(app.extensions, "storage", DiskStorage(tmp_path))
    return tmp_path
