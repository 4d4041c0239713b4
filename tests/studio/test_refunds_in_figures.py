"""Every figure that money moves through is of what came in less what went back, each on the day it moved."""

import csv
import io
from datetime import date, timedelta
from typing import Any

from photolens.database import Connection
from tests.client import ApiClient
from tests.factories import Factory

Row = dict[str, Any]


def report(api: ApiClient, name: str, first: str, last: str) -> Row:
    answer = api.get(f"/reports/{name}", query_string={"from": first, "to": last})
    assert answer.status == 200, answer.body
    body: Row = answer.body
    return body


def paid(make: Factory, amount: str, when: str, **fields: Any) -> Row:
    return make.payment(make.sent_invoice(amount, **fields), amount, paidAt=when)


def test_a_refund_is_taken_off_the_month_in_which_it_went(api: ApiClient, make: Factory) -> None:
    payment = paid(make, "100.00", "2026-03-10T10:00:00Z")
    make.refund(payment, "30.00", refundedAt="2026-03-31T23:59:59Z")
    make.refund(payment, "20.00", refundedAt="2026-04-01T00:00:00Z")

    body = report(api, "profit-and-loss", "2026-03-01", "2026-04-30")

    assert [(row["revenue"], row["profit"]) for row in body["data"]] == [("70.00", "70.00"), ("-20.00", "-20.00")]
    assert body["totals"] == {"revenue": "50.00", "expenses": "0.00", "profit": "50.00"}
    assert report(api, "revenue-by-category", "2026-03-01", "2026-04-30")["months"] == [
        {"month": "2026-03", "revenue": "70.00"},
        {"month": "2026-04", "revenue": "-20.00"},
    ]


def test_a_category_has_brought_what_was_kept_and_a_booking_is_paid_on_where_money_came_in(
    api: ApiClient, make: Factory
) -> None:
    category = make.category(name="Weddings")
    package = make.package(categoryId=category["id"])
    before, during = (make.booking(sessionTypeId=package["id"]) for _ in range(2))
    of = [{"clientId": booking["clientId"], "bookingId": booking["id"]} for booking in (before, during)]
    make.refund(paid(make, "40.00", "2026-04-10T10:00:00Z", **of[0]), "40.00", refundedAt="2026-05-02T10:00:00Z")
    make.refund(paid(make, "100.00", "2026-05-10T10:00:00Z", **of[1]), "10.00", refundedAt="2026-05-11T10:00:00Z")
    paid(make, "150.00", "2026-05-20T10:00:00Z")

    body = report(api, "revenue-by-category", "2026-05-01", "2026-05-31")

    assert [(row["categoryName"], row["revenue"], row["bookings"], row["sharePercent"]) for row in body["data"]] == [
        ("Other", "150.00", 0, 75.0),
        ("Weddings", "50.00", 1, 25.0),
    ]
    assert body["totals"] == {"revenue": "200.00", "bookings": 1}


def test_of_a_period_in_which_more_went_back_than_came_there_are_no_shares(api: ApiClient, make: Factory) -> None:
    make.refund(paid(make, "40.00", "2026-04-10T10:00:00Z"), "40.00", refundedAt="2026-05-02T10:00:00Z")

    [other] = report(api, "revenue-by-category", "2026-05-01", "2026-05-31")["data"]

    assert (other["revenue"], other["sharePercent"]) == ("-40.00", None)


def test_on_a_booking_was_paid_what_was_kept(api: ApiClient, make: Factory, conn: Connection) -> None:
    booking = make.booking(sessionDate="2026-05-05T10:00:00Z")
    of = {"clientId": booking["clientId"], "bookingId": booking["id"]}
    make.refund(paid(make, "100.00", "2026-04-10T10:00:00Z", **of), "30.00")
    overpaid = make.sent_invoice("50.00", **of)
    conn.execute("update invoices set needs_review = true where id = %s", [overpaid["id"]])
    conn.execute(
        "insert into payments (invoice_id, currency, amount, recorded_by) values (%s, 'USD', 60, 'Stripe')",
        [overpaid["id"]],
    )
    make.refund(make.payment(overpaid, "50.00"), "45.00")

    body = report(api, "booking-profitability", "2026-05-01", "2026-05-31")

    [row] = body["data"]
    assert (row["invoiced"], row["paid"]) == ("150.00", "135.00")
    assert (body["totals"]["invoiced"], body["totals"]["paid"]) == ("150.00", "135.00")


def test_what_is_owed_follows_what_came_and_went_by_then(api: ApiClient, make: Factory) -> None:
    invoice = make.sent_invoice("100.00", issueDate="2026-01-01", dueDate="2026-01-31")
    payment = make.payment(invoice, "100.00", paidAt="2026-02-10T10:00:00Z")
    make.refund(payment, "30.00", refundedAt="2026-03-10T10:00:00Z")

    def owed(day: str) -> tuple[str, int, int]:
        body = report(api, "receivables", "2026-01-01", day)
        return body["totals"]["balance"], body["totals"]["invoices"], len(body["data"])

    assert owed("2026-02-09") == ("100.00", 1, 1)
    assert owed("2026-02-10") == ("0.00", 0, 0)
    assert owed("2026-03-10") == ("30.00", 1, 1)

    make.payment(invoice, "30.00", paidAt="2026-04-10T10:00:00Z")
    assert owed("2026-02-10") == ("0.00", 0, 0)
    assert owed("2026-03-10") == ("30.00", 1, 1)
    assert owed("2026-04-10") == ("0.00", 0, 0)


def test_what_is_owed_is_never_less_than_nothing(api: ApiClient, make: Factory, conn: Connection) -> None:
    invoice = make.sent_invoice("100.00", issueDate="2026-01-01", dueDate="2026-01-31")
    conn.execute("update invoices set needs_review = true where id = %s", [invoice["id"]])
    conn.execute(
        "insert into payments (invoice_id, currency, amount, paid_at, recorded_by)"
        " values (%s, 'USD', 50, '2026-02-10T10:00Z', 'Stripe')",
        [invoice["id"]],
    )
    make.refund(
        make.payment(invoice, "100.00", paidAt="2026-02-10T10:00:00Z"), "70.00", refundedAt="2026-03-10T10:00:00Z"
    )

    balances = [report(api, "receivables", "2026-01-01", day)["totals"] for day in ("2026-02-28", "2026-03-31")]

    assert [(totals["balance"], totals["invoices"]) for totals in balances] == [("0.00", 0), ("20.00", 1)]


def test_the_dashboard_shows_what_was_kept(api: ApiClient, make: Factory) -> None:
    today = date.fromisoformat(api.get("/dashboard").body["today"])
    days_ago = [f"{today - timedelta(days=days)}T00:00:00Z" for days in range(4)]
    payment = paid(make, "100.00", days_ago[3])
    make.refund(payment, "10.00", refundedAt=days_ago[2])
    make.refund(payment, "20.00", refundedAt=days_ago[0])

    two_days = api.get("/dashboard?days=2").body
    one_day = api.get("/dashboard?days=1").body

    figure = two_days["revenue"]
    assert (figure["value"], figure["previous"], figure["changePercent"]) == ("-20.00", "90.00", -122.22)
    assert one_day["revenue"]["value"] == "-20.00"
    assert sum(float(row["revenue"]) for row in two_days["monthlyRevenue"]) == 70


def test_beside_less_than_nothing_there_is_no_percent(api: ApiClient, make: Factory) -> None:
    today = date.fromisoformat(api.get("/dashboard").body["today"])
    make.refund(
        paid(make, "10.00", "2026-01-01T00:00:00Z"), "10.00", refundedAt=f"{today - timedelta(days=1)}T00:00:00Z"
    )
    paid(make, "5.00", f"{today}T00:00:00Z")

    assert api.get("/dashboard?days=1").body["revenue"] == {
        "value": "5.00",
        "previous": "-10.00",
        "change": "15.00",
        "changePercent": None,
    }


def test_an_invoice_that_was_reopened_is_overdue_on_the_dashboard_since_then(api: ApiClient, make: Factory) -> None:
    today = date.fromisoformat(api.get("/dashboard").body["today"])
    payment = paid(make, "100.00", "2026-02-01T00:00:00Z", issueDate="2026-01-01", dueDate="2026-01-31")
    make.refund(payment, "40.00", refundedAt=f"{today - timedelta(days=3)}T00:00:00Z")

    figure = api.get("/dashboard?days=7").body["overdueInvoices"]

    assert (figure["value"], figure["count"]) == ("40.00", 1)
    assert (figure["previous"], figure["previousCount"]) == ("0.00", 0)


def test_a_clients_profile_and_lists_show_what_was_kept(api: ApiClient, make: Factory) -> None:
    payment = paid(make, "100.00", "2026-02-01T00:00:00Z")
    client_id = api.get(f"/invoices/{payment['invoiceId']}").body["clientId"]
    make.refund(payment, "40.00")

    profile = api.get(f"/clients/{client_id}/profile").body

    assert (profile["client"]["totalRevenue"], profile["invoices"][0]["balanceDue"]) == ("60.00", "40.00")
    assert api.get("/clients?sort=-totalRevenue").body["data"][0] == profile["client"]


def test_payments_are_exported_with_what_went_back_of_them_and_refunds_with_the_day_they_went(
    api: ApiClient, make: Factory
) -> None:
    payment = paid(make, "100.00", "2026-02-01T00:00:00Z")
    invoice = api.get(f"/invoices/{payment['invoiceId']}").body
    refunds = [
        make.refund(payment, amount, refundedAt=f"2026-03-0{day}T00:00:00Z", reason="Rain.")
        for day, amount in ((1, "10.00"), (2, "5.00"))
    ]

    def lines(name: str) -> list[dict[str, str]]:
        return list(csv.DictReader(io.StringIO(api.get(f"/exports/{name}.csv").body, newline="")))

    [came] = lines("payments")
    assert (came["amount"], came["refundedAmount"]) == ("100.00", "15.00")
    went = lines("refunds")
    assert [(line["id"], line["amount"], line["refundedAt"]) for line in went] == [
        (str(refund["id"]), refund["amount"], refund["refundedAt"]) for refund in refunds
    ]
    for line in went:
        assert (line["paymentId"], line["paidAt"], line["reason"]) == (str(payment["id"]), payment["paidAt"], "Rain.")
        for key in ("invoiceNumber", "clientName", "clientEmail", "currency"):
            assert line[key] == invoice[key]
