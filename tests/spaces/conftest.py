"""Somebody who books, somebody who lets, and a gateway that signs."""

from dataclasses import replace

import pytest
from flask import Flask

from photolens.database import Connection
from tests.client import ApiClient
from tests.spaces.marketplace import SECRET, Marketplace


@pytest.fixture
def market(conn: Connection) -> Marketplace:
    return Marketplace(conn)


@pytest.fixture
def customer(api: ApiClient) -> ApiClient:
    return api.by_role("CUSTOMER")


@pytest.fixture
def vendor(api: ApiClient) -> ApiClient:
    return api.by_role("VENDOR")


@pytest.fixture
def gateway(app: Flask, api: ApiClient, monkeypatch: pytest.MonkeyPatch) -> ApiClient:
    """The application, under the secret of the gateway."""
    settings = replace(app.extensions["settings"], space_payments_secret=(SECRET,))
    monkeypatch.setitem(app.extensions, "settings", settings)
    return api.by_token(None)
