"""The webhook: what is signed is kept before anything is done with it, done once, and done again where it failed."""

import json
import time
from typing import Any

import pytest
from click.testing import CliRunner
from flask import Flask

from photolens.cli import photolens
from photolens.database import Connection
from tests.billing.conftest import configure
from tests.billing.paying import Payer, send, send_event
from tests.client import ApiClient
from tests.stripe_stub import StripeStub, sign


def events(conn: Connection) -> list[dict[str, Any]]:
    return conn.execute("select * from stripe_events order by received_at, id").fetchall()


def break_payments(conn: Connection) -> None:
    """From now on no payment can be kept."""
    conn.execute("alter table payments add constraint payments_broken check (amount = 0) not valid")


def mend_payments(conn: Connection) -> None:
    conn.execute("alter table payments drop constraint payments_broken")


def an_event(stripe: StripeStub) -> dict[str, Any]:
    return stripe.event("customer.created", {"id": "cus_1", "object": "customer"})


def test_what_is_not_signed_for_us_now_is_refused_and_not_kept(
    api: ApiClient, stripe: StripeStub, conn: Connection
) -> None:
    payload, signature = stripe.signed(an_event(stripe))
    old = sign(payload, stripe.webhook_secret, int(time.time()) - 301)
    tampered = payload.replace(b"cus_1", b"cus_2")
    attempts = [
        (payload, None),
        (payload, ""),
        (payload, "t=1,v1=0"),
        (payload, old),
        (payload, sign(payload, "whsec_of_another")),
        (tampered, signature),
        (b"", signature),
    ]

    answers = [send(api, *attempt) for attempt in attempts]

    assert {(answer.status, answer.body["code"]) for answer in answers} == {(400, "signature_invalid")}
    assert events(conn) == []


def test_what_is_signed_and_no_event_is_refused(api: ApiClient, stripe: StripeStub, conn: Connection) -> None:
    for payload in (b"{'", b"[]", b'{"id": 1}', b'{"id": "evt_1", "type": "x"}'):
        answer = send(api, payload, sign(payload, stripe.webhook_secret))
        assert (answer.status, answer.body["code"]) == (400, "bad_request")

    assert events(conn) == []


def test_a_body_of_more_than_a_megabyte_is_too_large(api: ApiClient, stripe: StripeStub, conn: Connection) -> None:
    payload = json.dumps(an_event(stripe) | {"padding": "x" * 1024 * 1024}).encode()

    answer = send(api, payload, sign(payload, stripe.webhook_secret))

    assert (answer.status, answer.body["code"], events(conn)) == (413, "body_too_large", [])


def test_signatures_are_as_good_up_to_five_minutes_and_with_either_secret(
    app: Flask, api: ApiClient, stripe: StripeStub
) -> None:
    configure(app, stripe_webhook_secret=("whsec_of_yesterday", "whsec_of_today"))
    payload, signature = stripe.signed(an_event(stripe))

    signatures = [sign(payload, f"whsec_of_{day}", int(time.time()) - 290) for day in ("yesterday", "today")]

    assert [send(api, payload, each).status for each in (*signatures, signature)] == [200, 200, 400]


def test_without_a_secret_no_event_is_taken(app: Flask, api: ApiClient, stripe: StripeStub) -> None:
    configure(app, stripe_webhook_secret=())

    refused = send_event(api, stripe, an_event(stripe))

    assert (refused.status, refused.body["code"]) == (503, "payments_not_configured")


def test_an_event_that_is_sent_again_is_kept_and_done_once(payer: Payer, conn: Connection, stripe: StripeStub) -> None:
    event = stripe.pay(payer.session_of(payer.checkout()))

    answers = [payer.hear(event) for _ in range(3)]

    assert [answer.status for answer in answers] == [200] * 3
    assert [(row["outcome"], row["attempts"]) for row in events(conn)] == [("PROCESSED", 1)]
    assert len(payer.seen()["payments"]) == 1


def test_what_is_not_about_us_is_kept_and_ignored(api: ApiClient, conn: Connection, stripe: StripeStub) -> None:
    session = {"id": "cs_x", "payment_status": "paid", "status": "complete", "expires_at": 1, "amount_total": 100}
    of_others = [
        stripe.event("checkout.session.completed", session | {"client_reference_id": reference})
        for reference in (None, "order-7", "98765432-1098-4765-8321-098765432109")
    ]

    answers = [send_event(api, stripe, event) for event in (an_event(stripe), *of_others)]

    assert [(answer.status, answer.body["outcome"]) for answer in answers] == [(200, "IGNORED")] * 4
    assert [row["payload"]["id"] for row in events(conn)] == [row["id"] for row in events(conn)]
    assert conn.execute("select from payments").fetchall() == []


def test_what_fails_is_answered_500_and_kept_and_done_when_it_is_sent_again(
    payer: Payer, conn: Connection, stripe: StripeStub
) -> None:
    event = stripe.pay(payer.session_of(payer.checkout()))
    break_payments(conn)
    failed = [payer.hear(event) for _ in range(2)]
    [kept] = events(conn)
    before = payer.seen()
    mend_payments(conn)

    done = payer.hear(event)

    assert {(answer.status, answer.body["code"]) for answer in failed} == {(500, "internal_error")}
    assert (kept["outcome"], kept["attempts"], kept["detail"], kept["payload"]) == (
        "FAILED",
        2,
        "CheckViolation",
        event,
    )
    assert (before["status"], before["payments"]) == ("SENT", [])
    assert (done.status, done.body["outcome"], payer.seen()["status"]) == (200, "PROCESSED", "PAID")


def test_an_administrator_sees_the_events_and_replays_what_failed(
    payer: Payer, conn: Connection, stripe: StripeStub
) -> None:
    event = stripe.pay(payer.session_of(payer.checkout()))
    break_payments(conn)
    payer.hear(event)
    address = f"/admin/stripe-events/{event['id']}"
    still_failing = payer.studio.post(f"{address}/replay")
    mend_payments(conn)

    replayed = [payer.studio.post(f"{address}/replay") for _ in range(2)]

    assert (still_failing.status, still_failing.body["outcome"], still_failing.body["attempts"]) == (200, "FAILED", 2)
    assert [(answer.body["outcome"], answer.body["attempts"]) for answer in replayed] == [("PROCESSED", 3)] * 2
    shown = payer.studio.get(address).body
    assert (shown["payload"], shown["type"]) == (event, "checkout.session.completed")
    assert payer.seen()["status"] == "PAID"


def test_the_events_are_listed_newest_first_by_outcome_and_type(
    api: ApiClient, conn: Connection, stripe: StripeStub
) -> None:
    for n in range(3):
        event = stripe.event(f"customer.{n}", {"id": "cus_1"})
        send_event(api, stripe, event)
        conn.execute(
            "update stripe_events set received_at = now() - interval '1 hour' * %s where id = %s", [n, event["id"]]
        )

    def types(query: str) -> list[str]:
        return [row["type"] for row in api.get(f"/admin/stripe-events?{query}").body["data"]]

    first = api.get("/admin/stripe-events?limit=1&include=total").body
    assert ([row["type"] for row in first["data"]], first["total"]) == (["customer.0"], 3)
    assert types(f"limit=2&cursor={first['nextCursor']}") == ["customer.1", "customer.2"]
    assert types("type=customer.1") == ["customer.1"]
    assert (types("outcome=FAILED"), len(types("outcome=IGNORED"))) == ([], 3)


def test_an_event_that_is_not_there_is_not_found(api: ApiClient) -> None:
    for answer in (api.get("/admin/stripe-events/evt_0"), api.post("/admin/stripe-events/evt_0/replay")):
        assert (answer.status, answer.body["detail"]) == (404, "There is no event evt_0.")


@pytest.mark.committed
def test_the_command_replays_what_failed_or_was_never_handled(
    payer: Payer, conn: Connection, stripe: StripeStub, clone_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    event = stripe.pay(payer.session_of(payer.checkout()))
    break_payments(conn)
    payer.hear(event)
    monkeypatch.setenv("DATABASE_URL", clone_url)

    failing = CliRunner().invoke(photolens, ["stripe", "replay"])
    mend_payments(conn)
    done = CliRunner().invoke(photolens, ["stripe", "replay"])
    one = CliRunner().invoke(photolens, ["stripe", "replay", event["id"]])
    none = CliRunner().invoke(photolens, ["stripe", "replay", "evt_0"])

    assert (failing.exit_code, "FAILED  CheckViolation" in failing.output) == (1, True)
    assert (done.exit_code, done.output) == (0, f"{event['id']}  checkout.session.completed  PROCESSED\n")
    assert (one.exit_code, one.output) == (0, done.output)
    assert (none.exit_code, none.output) == (1, "Error: There is no event evt_0.\n")
    assert payer.seen()["status"] == "PAID"


def test_what_names_people_goes_when_their_client_is_erased_and_what_is_due_stays(
    payer: Payer, conn: Connection, stripe: StripeStub
) -> None:
    checkout = payer.checkout()
    completed = stripe.pay(payer.session_of(checkout), async_=True)
    succeeded = stripe.succeed_async(payer.session_of(checkout))
    for event in (completed, succeeded):
        event["data"]["object"]["customer_details"]["name"] = "Zyxomma"
    payer.hear(completed)

    assert payer.studio.post(f"/clients/{payer.client['id']}/erase").status == 200
    late = payer.hear(succeeded)

    assert (late.body["outcome"], payer.seen()["status"]) == ("PROCESSED", "PAID")
    payloads = [row["payload"] for row in events(conn)]
    assert "Zyxomma" not in str(payloads)
    assert "@" not in str(payloads)
    assert [(p["id"], p["type"], p["data"]["object"]["amount_total"]) for p in payloads] == [
        (event["id"], event["type"], 10000) for event in sorted((completed, succeeded), key=lambda event: event["id"])
    ]
