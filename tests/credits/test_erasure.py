"""Somebody at a client who bought credits, and is forgotten with the client: the ledger stays, and names nobody."""

import json
from typing import Any

import pytest

from photolens.database import Connection
from photolens.invariants import broken_invariants
from tests.client import ApiClient
from tests.contacts import sign_in_contact
from tests.credits.buying import Buyer
from tests.factories import Factory
from tests.stripe_stub import StripeStub

NAME = "Zyxomma"


@pytest.fixture
def client(make: Factory) -> dict[str, Any]:
    return make.client()


@pytest.fixture
def contact(buyer: Buyer, conn: Connection, api: ApiClient, client: dict[str, Any]) -> Buyer:
    """Somebody at the client who buys credits by the account that they have for the portal."""
    buyer.api = api.by_token(sign_in_contact(conn, client["id"], NAME))
    return buyer


def told(conn: Connection) -> str:
    """All that is kept of what the payment provider said, and of what was bought and why."""
    rows = conn.execute(
        "select payload::text as said from stripe_events"
        " union all select to_jsonb(purchases)::text from purchases"
        " union all select to_jsonb(credit_transactions)::text from credit_transactions"
    ).fetchall()
    return json.dumps([row["said"] for row in rows]).lower()


def test_what_names_them_goes_and_ledger_and_balance_stay(
    contact: Buyer, stripe: StripeStub, conn: Connection, api: ApiClient, client: dict[str, Any]
) -> None:
    paid = contact.wish(key=f"of-{NAME}").body
    contact.wish(key=f"open-for-{NAME}")
    contact.hear(stripe.pay(paid["stripeSessionId"]))
    user_id = contact.api.get("/me").body["id"]
    given = {"amount": "1.00", "reason": f"For {NAME}."}
    api.post(f"/admin/users/{user_id}/credits", given, headers={"Idempotency-Key": "given"})
    assert NAME.lower() in told(conn)

    assert api.post(f"/clients/{client['id']}/erase").status == 200

    assert NAME.lower() not in told(conn)
    assert [(row["idempotency_key"], row["url"]) for row in contact.rows()] == [(None, None)] * 2
    assert conn.execute("select from idempotency_keys where key = 'given'").rowcount == 0
    assert api.get(f"/admin/users/{user_id}/credits").body["credits"] == "21.00"
    assert broken_invariants(conn) == []


def test_money_that_comes_later_is_credited_and_its_event_is_made_nameless(
    contact: Buyer, stripe: StripeStub, conn: Connection, api: ApiClient, client: dict[str, Any]
) -> None:
    purchase = contact.purchase()
    user_id = contact.api.get("/me").body["id"]
    assert api.post(f"/clients/{client['id']}/erase").status == 200

    heard = contact.hear(stripe.pay(purchase["stripeSessionId"]))

    assert (heard.body["outcome"], NAME.lower() in told(conn)) == ("PROCESSED", False)
    assert api.get(f"/admin/users/{user_id}/credits").body["credits"] == "20.00"


def test_who_had_an_account_of_their_own_before_keeps_what_they_bought(
    contact: Buyer, stripe: StripeStub, conn: Connection, api: ApiClient, client: dict[str, Any]
) -> None:
    conn.execute("update auth_users set created_at = created_at - interval '1 day'")
    contact.wish(key="of-mine")

    assert api.post(f"/clients/{client['id']}/erase").status == 200

    assert [row["idempotency_key"] for row in contact.rows()] == ["of-mine"]
