"""Connections of the portal are lent to one contact after another, and none carries one into the next request."""

from concurrent.futures import ThreadPoolExecutor

import pytest

from photolens import create_app
from photolens.config import Settings
from photolens.connections import PORTAL_ROLE
from photolens.database import Connection, open_pools
from tests.client import ApiClient
from tests.contacts import sign_in_contact
from tests.factories import Factory

pytestmark = pytest.mark.committed

REQUESTS = 200
CLIENTS = 4


def test_a_pooled_connection_never_carries_one_clients_identity_into_the_next_request(
    clone_url: str, conn: Connection
) -> None:
    settings = Settings.from_environment({"DATABASE_CONNECTION_LIMIT": "2", "RATE_LIMIT_PER_MINUTE": "1000000"})
    with open_pools(settings, clone_url) as pools:
        app = create_app(settings, pools)
        api = ApiClient(app)
        make = Factory(api)
        tokens, invoices = [], []
        for _ in range(CLIENTS):
            invoice = make.sent_invoice()
            tokens.append(sign_in_contact(conn, invoice["clientId"]))
            invoices.append(invoice["id"])

        def ask(number: int) -> tuple[list[int], list[int]]:
            whose = number % CLIENTS
            contact = ApiClient(app, tokens[whose])
            if number % 7 == 0:  # one that fails in the middle of its transaction
                assert contact.get(f"/portal/invoices/{invoices[whose - 1]}").status == 404
            page = contact.get("/portal/invoices?include=total").body
            assert page["total"] == 1
            return [row["id"] for row in page["data"]], [invoices[whose]]

        with ThreadPoolExecutor(8) as threads:
            answers = list(threads.map(ask, range(REQUESTS)))

        assert [(shown, own) for shown, own in answers if shown != own] == []
        assert pools.portal.get_stats()["pool_size"] <= 2
        with pools.portal.connection() as first, pools.portal.connection() as second:
            for lent in (first, second):
                row = lent.execute(
                    "select current_user::text as role, (select count(*) from invoices) as invoices,"
                    " coalesce(current_setting('photolens.session', true), '') as session"
                ).fetchone()
                assert row == {"role": PORTAL_ROLE, "session": "", "invoices": 0}
