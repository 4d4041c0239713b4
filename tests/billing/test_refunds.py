"""Money that goes back, and what follows from it."""

from typing import Any

import psycopg
import pytest

from photolens.database import Connection
from tests.client import ApiClient
from tests.factories import Factory


@pytest.fixture
def paid(make: Factory) -> dict[str, Any]:
    """A payment of 100.00, which is all of an invoice."""
    return make.payment(make.sent_invoice("100.00"), "100.00")


def reread(api: ApiClient, payment: dict[str, Any]) -> tuple[str, str, str]:
    """Of a payment's invoice: its status, its balance, and what its client has paid in all."""
    invoice = api.get(f"/invoices/{payment['invoiceId']}").body
    client = api.get(f"/clients/{invoice['clientId']}").body
    return invoice["status"], invoice["balanceDue"], client["totalRevenue"]


@pytest.mark.parametrize(
    ("amount", "expected"),
    [("40.00", ("PARTIALLY_PAID", "40.00", "60.00")), ("100.00", ("SENT", "100.00", "0.00"))],
)
def test_a_refund_reopens_a_paid_invoice(
    api: ApiClient, make: Factory, paid: dict[str, Any], amount: str, expected: tuple[str, str, str]
) -> None:
    assert reread(api, paid) == ("PAID", "0.00", "100.00")

    make.refund(paid, amount)

    assert reread(api, paid) == expected


def test_an_invoice_that_is_reopened_past_its_due_date_is_overdue_at_once(api: ApiClient, make: Factory) -> None:
    payment = make.payment(make.sent_invoice("100.00", issueDate="2026-01-05", dueDate="2026-01-20"), "100.00")

    make.refund(payment, "10.00")

    invoice = api.get(f"/invoices/{payment['invoiceId']}").body
    assert (invoice["status"], invoice["isOverdue"], invoice["balanceDue"]) == ("OVERDUE", True, "10.00")
    assert [row["id"] for row in api.get("/invoices?overdue=true").body["data"]] == [invoice["id"]]


def test_what_was_refunded_may_be_paid_again(api: ApiClient, make: Factory, paid: dict[str, Any]) -> None:
    make.refund(paid, "40.00")

    make.payment({"id": paid["invoiceId"]}, "40.00")

    assert reread(api, paid) == ("PAID", "0.00", "100.00")


def test_a_refund_is_answered_as_it_was_sent_and_found_again(api: ApiClient, make: Factory) -> None:
    invoice = make.sent_invoice("100.00")
    payment = make.payment(invoice, "60.00", paidAt="2026-11-02T09:30:00Z")
    sent = {"amount": "12.5", "reason": "Rain.", "refundedAt": "2026-11-03T11:30:00+02:00"}

    made = api.post(f"/payments/{payment['id']}/refunds", sent)

    assert made.status == 201
    assert made.headers["Location"] == f"/api/v1/payments/{payment['id']}/refunds/{made.body['id']}"
    assert {key: value for key, value in made.body.items() if key not in ("id", "createdAt")} == {
        "paymentId": payment["id"],
        "invoiceId": invoice["id"],
        "amount": "12.50",
        "currency": "USD",
        "reason": "Rain.",
        "status": "SUCCEEDED",
        "stripeRefundId": None,
        "refundedAt": "2026-11-03T09:30:00Z",
        "recordedBy": "Owner Test",
    }
    assert api.get(f"/payments/{payment['id']}/refunds/{made.body['id']}").body == made.body
    assert api.get(f"/payments/{payment['id']}/refunds").body["data"] == [made.body]


def test_a_refund_without_a_time_or_a_reason_went_now(make: Factory, paid: dict[str, Any]) -> None:
    refund = make.refund(paid, "1.00")

    assert (refund["refundedAt"], refund["reason"]) == (refund["createdAt"], None)


def test_a_payment_says_how_much_of_it_went_back(api: ApiClient, make: Factory, paid: dict[str, Any]) -> None:
    assert paid["refundedAmount"] == "0.00"

    make.refund(paid, "10.00")
    make.refund(paid, "5.50")

    payment = api.get(f"/invoices/{paid['invoiceId']}/payments/{paid['id']}").body
    assert (payment["amount"], payment["refundedAmount"]) == ("100.00", "15.50")
    assert api.get(f"/invoices/{paid['invoiceId']}").body["payments"] == [payment]


def test_more_than_is_left_of_the_payment_is_refused_and_changes_nothing(
    api: ApiClient, make: Factory, paid: dict[str, Any]
) -> None:
    make.refund(paid, "60.00")

    refused = api.post(f"/payments/{paid['id']}/refunds", {"amount": "40.01"})

    assert (refused.status, refused.body["code"]) == (409, "refund_exceeds_payment")
    assert refused.body["refundableAmount"] == "40.00"
    assert reread(api, paid) == ("PARTIALLY_PAID", "60.00", "40.00")
    assert make.refund(paid, "40.00")["status"] == "SUCCEEDED"


def test_a_payment_is_refunded_whatever_was_refunded_of_another(
    api: ApiClient, make: Factory, paid: dict[str, Any]
) -> None:
    make.refund(paid, "100.00")
    again = make.payment({"id": paid["invoiceId"]}, "100.00")

    make.refund(again, "100.00")

    assert reread(api, paid) == ("SENT", "100.00", "0.00")


@pytest.mark.parametrize("amount", ["0.00", "-1.00", "1.001", None])
def test_an_amount_that_is_none_is_refused(api: ApiClient, paid: dict[str, Any], amount: str | None) -> None:
    refused = api.post(f"/payments/{paid['id']}/refunds", {"amount": amount})

    assert refused.status == 422
    assert [error["pointer"] for error in refused.body["errors"]] == ["/amount"]


def test_money_does_not_go_back_before_it_came(api: ApiClient, make: Factory) -> None:
    payment = make.payment(make.sent_invoice(), "10.00", paidAt="2026-11-02T09:30:00Z")

    refused = api.post(f"/payments/{payment['id']}/refunds", {"amount": "1.00", "refundedAt": "2026-11-02T09:29:59Z"})

    assert refused.status == 422
    assert [error["pointer"] for error in refused.body["errors"]] == ["/refundedAt"]


def test_of_a_payment_that_is_not_there_nothing_is_refunded_or_listed(
    api: ApiClient, make: Factory, paid: dict[str, Any]
) -> None:
    refund, other = make.refund(paid, "1.00"), make.payment(make.sent_invoice(), "1.00")

    answers = [
        api.post("/payments/999999/refunds", {"amount": "1.00"}),
        api.get("/payments/999999/refunds"),
        api.get(f"/payments/{paid['id']}/refunds/999999"),
        api.get(f"/payments/{other['id']}/refunds/{refund['id']}"),
    ]

    assert [(answer.status, answer.body["code"]) for answer in answers] == [(404, "not_found")] * 4


def test_refunds_are_listed_by_the_time_they_went(api: ApiClient, make: Factory) -> None:
    payment = make.payment(make.sent_invoice("100.00"), "100.00", paidAt="2026-11-01T12:00:00Z")
    make.refund(make.payment(make.sent_invoice(), "5.00"), "5.00")
    ids = [make.refund(payment, "1.00", refundedAt=f"2026-11-0{day}T12:00:00Z")["id"] for day in (3, 2, 4, 3)]
    path = f"/payments/{payment['id']}/refunds"

    newest_first = [ids[2], ids[3], ids[0], ids[1]]
    first_page = api.get(f"{path}?limit=3&include=total").body
    second_page = api.get(f"{path}?limit=3&cursor={first_page['nextCursor']}").body

    assert [row["id"] for row in api.get(f"{path}?sort=refundedAt").body["data"]] == newest_first[::-1]
    assert [row["id"] for row in first_page["data"] + second_page["data"]] == newest_first
    assert (first_page["total"], second_page["nextCursor"]) == (4, None)


def test_a_refund_is_in_the_feed_with_its_amount(api: ApiClient, make: Factory, paid: dict[str, Any]) -> None:
    make.refund(paid, "12.5")

    invoice = api.get(f"/invoices/{paid['invoiceId']}").body
    [deed] = api.get(f"/activities?subjectType=INVOICE&subjectId={invoice['id']}&limit=1").body["data"]
    assert (deed["kind"], deed["clientId"], deed["actor"]) == ("PAYMENT_REFUNDED", invoice["clientId"], "Owner Test")
    assert deed["details"] == {"invoiceNumber": invoice["invoiceNumber"], "amount": "12.50"}


def test_the_items_of_an_invoice_stand_also_when_all_money_has_gone_back(
    api: ApiClient, make: Factory, paid: dict[str, Any]
) -> None:
    make.refund(paid, "100.00")

    refused = api.post(f"/invoices/{paid['invoiceId']}/items", {"name": "More", "unitPrice": "1.00"})

    assert (refused.status, refused.body["code"]) == (409, "invoice_frozen")


# Sent again under the same Idempotency-Key.


def test_a_refund_that_is_sent_again_under_its_key_is_the_one_there_is(api: ApiClient, paid: dict[str, Any]) -> None:
    path, headers = f"/payments/{paid['id']}/refunds", {"Idempotency-Key": "refund-1"}

    first, again = (api.post(path, {"amount": "30.00"}, headers=headers) for _ in range(2))

    assert (first.status, again.status) == (201, 201)
    assert first.body == again.body
    assert reread(api, paid) == ("PARTIALLY_PAID", "30.00", "70.00")


@pytest.mark.parametrize("other", [{"amount": "30.01"}, {"amount": "30.00", "reason": "Rain."}])
def test_a_key_is_for_one_refund(api: ApiClient, paid: dict[str, Any], other: dict[str, str]) -> None:
    path, headers = f"/payments/{paid['id']}/refunds", {"Idempotency-Key": "refund-1"}
    api.post(path, {"amount": "30.00"}, headers=headers)

    refused = api.post(path, other, headers=headers)

    assert (refused.status, refused.body["code"]) == (422, "idempotency_key_reused")
    assert reread(api, paid) == ("PARTIALLY_PAID", "30.00", "70.00")


def test_the_key_of_somebody_else_is_another_key(api: ApiClient, paid: dict[str, Any]) -> None:
    path, headers = f"/payments/{paid['id']}/refunds", {"Idempotency-Key": "refund-1"}

    for caller in (api, api.by_role("FINANCE")):
        assert caller.post(path, {"amount": "30.00"}, headers=headers).status == 201

    assert reread(api, paid) == ("PARTIALLY_PAID", "60.00", "40.00")


def test_a_refund_that_was_refused_leaves_its_key_free(api: ApiClient, paid: dict[str, Any]) -> None:
    path, headers = f"/payments/{paid['id']}/refunds", {"Idempotency-Key": "refund-1"}

    answers = [api.post(path, {"amount": amount}, headers=headers).status for amount in ("100.01", "100.00")]

    assert answers == [409, 201]


# Money that was overpaid, and milestones.


def overpay(conn: Connection, invoice: dict[str, Any], amount: str) -> None:
    """Money that a provider took, whatever the invoice comes to."""
    conn.execute("update invoices set needs_review = true where id = %s", [invoice["id"]])
    conn.execute(
        "insert into payments (invoice_id, currency, amount, recorded_by) values (%s, 'USD', %s, 'Stripe')",
        [invoice["id"], amount],
    )


def test_of_an_overpaid_invoice_a_refund_first_takes_what_was_too_much(
    api: ApiClient, make: Factory, conn: Connection
) -> None:
    invoice = make.sent_invoice("100.00")
    overpay(conn, invoice, "50.00")
    payment = make.payment(invoice, "100.00")
    expected = [("PAID", "0.00", "0.00"), ("PARTIALLY_PAID", "10.00", "0.00")]
    seen = []

    for amount in ("50.00", "10.00"):
        make.refund(payment, amount)
        row = conn.execute(
            "select status::text, balance_due::text, overpaid_amount::text from invoices where id = %s", [invoice["id"]]
        ).fetchone()
        assert row is not None
        seen.append(tuple(row.values()))

    assert seen == expected


def split(conn: Connection, payment: dict[str, Any], *milestones: tuple[str, str | None]) -> None:
    """Give the payment's invoice milestones of these amounts, and to each as much of the payment as is said."""
    for position, (expected, allocated) in enumerate(milestones, 1):
        conn.execute(
            """
            with made as (
                insert into invoice_milestones (invoice_id, position, label, expected_amount)
                values (%(invoice_id)s, %(position)s, 'Part', %(expected)s)
                returning id
            )
            insert into payment_allocations (invoice_id, payment_id, milestone_id, amount)
            select %(invoice_id)s, %(payment_id)s, id, %(allocated)s::numeric from made
            where %(allocated)s::text is not null
            """,
            {
                "invoice_id": payment["invoiceId"],
                "payment_id": payment["id"],
                "position": position,
                "expected": expected,
                "allocated": allocated,
            },
        )


def milestones(conn: Connection, payment: dict[str, Any]) -> list[tuple[str, str]]:
    rows = conn.execute(
        "select paid_amount::text, status::text from invoice_milestones where invoice_id = %s order by position",
        [payment["invoiceId"]],
    )
    return [(row["paid_amount"], row["status"]) for row in rows]


def test_a_refund_takes_from_the_last_milestone_first(api: ApiClient, make: Factory, conn: Connection) -> None:
    payment = make.payment(make.sent_invoice("100.00"), "90.00")
    split(conn, payment, ("50.00", "50.00"), ("30.00", "30.00"), ("20.00", "10.00"))

    make.refund(payment, "5.00")
    assert milestones(conn, payment) == [("50.00", "PAID"), ("30.00", "PAID"), ("5.00", "PARTIAL")]

    make.refund(payment, "40.00")
    assert milestones(conn, payment) == [("45.00", "PARTIAL"), ("0.00", "PENDING"), ("0.00", "PENDING")]

    make.refund(payment, "45.00")
    assert milestones(conn, payment) == [("0.00", "PENDING")] * 3
    assert reread(api, payment) == ("SENT", "100.00", "0.00")


def test_what_was_allocated_nowhere_goes_back_first(make: Factory, conn: Connection) -> None:
    payment = make.payment(make.sent_invoice("100.00"), "100.00")
    split(conn, payment, ("60.00", "60.00"), ("40.00", "20.00"))

    make.refund(payment, "15.00")
    assert conn.execute("select from payment_allocations where refund_id is not null").fetchall() == []

    make.refund(payment, "15.00")
    assert milestones(conn, payment) == [("60.00", "PAID"), ("10.00", "PARTIAL")]


def test_a_refund_takes_from_the_milestones_of_its_own_payment(make: Factory, conn: Connection) -> None:
    invoice = make.sent_invoice("100.00")
    first, second = make.payment(invoice, "50.00"), make.payment(invoice, "50.00")
    split(conn, first, ("50.00", "50.00"), ("50.00", None))
    [last] = conn.execute("select id from invoice_milestones where position = 2").fetchall()
    conn.execute(
        "insert into payment_allocations (invoice_id, payment_id, milestone_id, amount) values (%s, %s, %s, 50)",
        [invoice["id"], second["id"], last["id"]],
    )

    make.refund(first, "20.00")

    assert milestones(conn, first) == [("30.00", "PARTIAL"), ("50.00", "PAID")]


# The database's last word.


def test_the_database_refuses_to_refund_more_than_was_paid(
    make: Factory, conn: Connection, paid: dict[str, Any]
) -> None:
    make.refund(paid, "60.00")

    with pytest.raises(psycopg.errors.CheckViolation) as refused, conn.transaction():
        conn.execute("insert into refunds (payment_id, amount, recorded_by) values (%s, 40.01, 'a bug')", [paid["id"]])

    assert refused.value.diag.constraint_name == "refunds_within_payment"


def test_a_refund_is_never_changed_or_deleted(api: ApiClient, make: Factory, paid: dict[str, Any]) -> None:
    path = f"/payments/{paid['id']}/refunds/{make.refund(paid, '10.00')['id']}"

    answers = [api.patch(path, {"amount": "1.00"}), api.put(path, {"amount": "1.00"}), api.delete(path)]

    assert [answer.status for answer in answers] == [405] * 3
