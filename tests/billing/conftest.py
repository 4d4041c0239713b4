"""A Stripe to be paid at, and somebody at a client who pays."""

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import pytest
import stripe as library
from flask import Flask

from photolens.database import Connection
from tests.billing.paying import Payer
from tests.client import ApiClient
from tests.factories import Factory
from tests.stripe_stub import StripeStub


@pytest.fixture(scope="module")
def stripe_server() -> Iterator[StripeStub]:
    with StripeStub() as server:
        yield server


@pytest.fixture
def stripe(stripe_server: StripeStub, app: Flask, monkeypatch: pytest.MonkeyPatch) -> StripeStub:
    """A Stripe that the application pays at, and of which the library asks again without a pause."""
    monkeypatch.setattr(library.HTTPClient, "INITIAL_DELAY", 0)
    settings = replace(
        app.extensions["settings"],
        stripe_api_key=stripe_server.api_key,
        stripe_webhook_secret=(stripe_server.webhook_secret,),
        stripe_api_base=stripe_server.base,
        portal_url="https://portal.example",
    )
    monkeypatch.setitem(app.extensions, "settings", settings)
    stripe_server.requests.clear()
    stripe_server.events.clear()
    return stripe_server


@pytest.fixture
def payer(stripe: StripeStub, conn: Connection, api: ApiClient, make: Factory) -> Payer:
    """Somebody at a client, who has been sent an invoice of 100.00."""
    return Payer(stripe, conn, api, make)


def configure(app: Flask, **values: Any) -> None:
    app.extensions["settings"] = replace(app.extensions["settings"], **values)
