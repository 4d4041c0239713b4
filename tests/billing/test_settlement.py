"""What comes of a payment online: the same, whoever tells of it, how often, how late, and in whatever order."""

from itertools import chain, combinations, permutations
from typing import Any

import pytest

from photolens.database import Connection
from tests.billing.paying import Payer
from tests.factories import Factory
from tests.stripe_stub import StripeStub

COMPLETED = "checkout.session.completed"
SUCCEEDED = "checkout.session.async_payment_succeeded"
FAILED = "checkout.session.async_payment_failed"
EXPIRED = "checkout.session.expired"
TYPES = (COMPLETED, SUCCEEDED, FAILED, EXPIRED)

SUBSETS = list(chain.from_iterable(combinations(TYPES, size) for size in range(1, 5)))

# What all of these come to, in whatever order they are heard.
STATUS_OF = {
    frozenset(subset): "PAID"
    if SUCCEEDED in subset
    else "FAILED"
    if FAILED in subset
    else "PROCESSING"
    if COMPLETED in subset
    else "EXPIRED"
    for subset in SUBSETS
}


def four_events(payer: Payer, checkout: dict[str, Any]) -> dict[str, dict[str, Any]]:
    """What Stripe could tell of one session, of which not all can be true."""
    stripe, session_id = payer.stripe, payer.session_of(checkout)
    completed = stripe.pay(session_id, async_=True)
    unpaid = completed["data"]["object"]
    succeeded = stripe.succeed_async(session_id)
    expired = {**unpaid, "status": "expired", "payment_intent": None, "customer": None}
    return {
        COMPLETED: completed,
        SUCCEEDED: succeeded,
        FAILED: stripe.event(FAILED, unpaid),
        EXPIRED: stripe.event(EXPIRED, expired),
    }


@pytest.mark.parametrize("subset", SUBSETS, ids=lambda subset: "+".join(name.rpartition("_")[2] for name in subset))
def test_in_whatever_order_events_come_they_end_the_same(
    payer: Payer, conn: Connection, subset: tuple[str, ...]
) -> None:
    checkout = payer.checkout()
    events = four_events(payer, checkout)
    states = set()

    for order in permutations(subset):
        conn.execute("savepoint before")
        assert {payer.hear(events[event_type]).status for event_type in order} == {200}
        states.add(payer.state())
        conn.execute("rollback to savepoint before")

    [state] = states
    status = STATUS_OF[frozenset(subset)]
    assert f'"status": "{status}", "stripe_customer_id"' in state
    assert ('"payments": [' in state) is (status == "PAID")


def test_paid_by_card_it_is_paid_at_once_and_shows_by_whom(payer: Payer, stripe: StripeStub, conn: Connection) -> None:
    checkout = payer.checkout()

    heard = payer.hear(stripe.pay(payer.session_of(checkout)))

    assert (heard.status, heard.body["outcome"]) == (200, "PROCESSED")
    seen = payer.seen()
    assert (seen["status"], seen["balanceDue"]) == ("PAID", "0.00")
    assert [(p["amount"], p["method"], p["recordedBy"]) for p in seen["payments"]] == [("100.00", "Card", "Stripe")]
    row = conn.execute(
        "select invoices.*, client_contacts.name from invoices"
        " join client_contacts on client_contacts.id = invoices.paid_by_contact_id where invoices.id = %s",
        [payer.invoice["id"]],
    ).fetchone()
    assert row is not None
    session = stripe.session(payer.session_of(checkout))
    assert row["name"] == "Noor Haddad"
    assert (
        row["stripe_checkout_session_id"],
        row["stripe_payment_intent_id"],
        row["stripe_customer_id"],
    ) == (session["id"], session["payment_intent"], session["customer"])
    assert payer.studio.get(f"/clients/{payer.client['id']}").body["totalRevenue"] == "100.00"


def test_whoever_comes_back_from_paying_need_not_wait_for_the_webhook(payer: Payer, stripe: StripeStub) -> None:
    checkout = payer.checkout()
    before = payer.verify(checkout).body
    stripe.pay(payer.session_of(checkout))

    after = [payer.verify(checkout) for _ in range(2)]

    assert (before["status"], before["invoiceStatus"], before["url"]) == ("OPEN", "SENT", checkout["url"])
    assert [
        (a.status, a.body["status"], a.body["invoiceStatus"], a.body["balanceDue"], a.body["url"]) for a in after
    ] == [(200, "PAID", "PAID", "0.00", None)] * 2
    assert len(payer.seen()["payments"]) == 1


def test_where_the_provider_cannot_be_asked_nothing_is_changed(payer: Payer, stripe: StripeStub) -> None:
    checkout = payer.checkout()
    stripe.pay(payer.session_of(checkout))
    before = payer.state()
    stripe.fail_next("drop", times=3)

    refused = payer.verify(checkout)

    assert (refused.status, refused.body["code"], payer.state()) == (503, "payments_unavailable", before)


def test_money_that_takes_days_is_on_its_way_until_it_has_come(payer: Payer, stripe: StripeStub) -> None:
    checkout = payer.checkout()
    payer.hear(stripe.pay(payer.session_of(checkout), async_=True))
    meanwhile = payer.verify(checkout).body

    payer.hear(stripe.succeed_async(payer.session_of(checkout)))

    assert (meanwhile["status"], meanwhile["invoiceStatus"]) == ("PROCESSING", "SENT")
    assert payer.verify(checkout).body["status"] == "PAID"


def test_money_that_does_not_come_leaves_the_invoice_to_be_paid_another_way(payer: Payer, stripe: StripeStub) -> None:
    checkout = payer.checkout()
    payer.hear(stripe.pay(payer.session_of(checkout), async_=True))
    payer.hear(stripe.fail_async(payer.session_of(checkout)))

    again = payer.checkout()

    assert (payer.verify(checkout).body["status"], payer.seen()["status"]) == ("FAILED", "SENT")
    assert again["id"] != checkout["id"]


def test_what_ended_is_not_under_way_again_beside_another(payer: Payer, stripe: StripeStub) -> None:
    checkout = payer.checkout()
    events = four_events(payer, checkout)
    payer.hear(events[EXPIRED])
    another = payer.checkout()

    heard = [payer.hear(events[COMPLETED]), payer.hear(events[SUCCEEDED])]

    assert [answer.status for answer in heard] == [200, 200]
    assert payer.verify(checkout).body["status"] == "PAID"
    assert payer.verify(another).body["status"] == "OPEN"


def test_an_event_that_comes_before_we_know_the_session_finds_it_by_its_reference(
    payer: Payer, stripe: StripeStub, conn: Connection
) -> None:
    checkout = payer.checkout()
    event = stripe.expire(payer.session_of(checkout))
    conn.execute("update checkout_sessions set status = 'CREATING', stripe_session_id = null, url = null")

    payer.hear(event)

    assert payer.verify(checkout).body["status"] == "EXPIRED"


@pytest.mark.parametrize(
    ("paid", "status", "balance", "overpaid", "reasons"),
    [
        (4000, "PARTIALLY_PAID", "60.00", "0.00", ["AMOUNT"]),
        (12000, "PAID", "0.00", "20.00", ["AMOUNT", "OVERPAID"]),
    ],
)
def test_another_amount_is_booked_as_it_came_and_flagged(
    payer: Payer, stripe: StripeStub, paid: int, status: str, balance: str, overpaid: str, reasons: list[str]
) -> None:
    checkout = payer.checkout()

    event = stripe.pay(payer.session_of(checkout), amount=paid)
    heard = [payer.hear(event), payer.hear(event)]

    assert {answer.status for answer in heard} == {200}
    seen = payer.seen()
    assert (seen["status"], seen["balanceDue"], payer.overpaid()) == (status, balance, overpaid)
    assert (payer.needs_review(), payer.reasons()) == (True, [reasons])


def test_of_another_currency_nothing_is_booked_and_it_is_flagged_once(payer: Payer, stripe: StripeStub) -> None:
    checkout = payer.checkout()

    payer.hear(stripe.pay(payer.session_of(checkout), currency="EUR"))
    shown = payer.verify(checkout).body

    assert (shown["status"], shown["invoiceStatus"]) == ("PAID", "SENT")
    assert (payer.seen()["payments"], payer.needs_review(), payer.reasons()) == ([], True, [["CURRENCY"]])


def test_money_for_an_invoice_that_was_paid_meanwhile_is_overpaid(
    payer: Payer, stripe: StripeStub, make: Factory
) -> None:
    checkout = payer.checkout()
    make.payment(payer.invoice, "100.00")

    payer.hear(stripe.pay(payer.session_of(checkout)))

    assert (payer.seen()["status"], payer.overpaid(), payer.reasons()) == ("PAID", "100.00", [["OVERPAID"]])


def test_money_for_an_invoice_that_was_voided_meanwhile_is_kept_and_flagged(
    payer: Payer, stripe: StripeStub, conn: Connection
) -> None:
    checkout = payer.checkout()
    conn.execute("update invoices set status = 'VOID', balance_due = 0 where id = %s", [payer.invoice["id"]])

    payer.hear(stripe.pay(payer.session_of(checkout)))

    assert (payer.seen()["status"], payer.overpaid(), payer.reasons()) == ("VOID", "100.00", [["VOID"]])


def test_money_for_a_milestone_is_put_on_it_and_where_that_was_paid_meanwhile_on_the_next(
    payer: Payer, stripe: StripeStub, make: Factory, conn: Connection
) -> None:
    first, second = payer.part("30.00", "70.00")
    for_second = payer.checkout(second)
    payer.hear(stripe.pay(payer.session_of(for_second)))
    for_first = payer.checkout(first)
    make.payment(payer.invoice, "10.00")

    payer.hear(stripe.pay(payer.session_of(for_first)))

    rows = conn.execute("select id, paid_amount, status from invoice_milestones order by position").fetchall()
    assert [(row["id"], str(row["paid_amount"]), row["status"]) for row in rows] == [
        (first, "30.00", "PAID"),
        (second, "70.00", "PAID"),
    ]
    assert (payer.seen()["status"], payer.overpaid(), payer.reasons()) == ("PAID", "10.00", [["OVERPAID"]])
