"""The reports over HTTP: exact figures of small studios, their edges in time, their CSV."""

import csv
import io
import re
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest

from photolens.database import Connection
from tests.client import Answer, ApiClient
from tests.factories import Factory

Row = dict[str, Any]

REPORTS = ["profit-and-loss", "revenue-by-category", "booking-profitability", "receivables", "team"]

# Instants about midnight in New York, at both ends of the months in which its clocks are changed; and the month there.
EDGES = {
    "2026-03-01T04:59:59Z": "2026-02",
    "2026-03-01T05:00:00Z": "2026-03",
    "2026-04-01T03:30:00Z": "2026-03",
    "2026-04-01T04:00:00Z": "2026-04",
    "2026-11-01T03:30:00Z": "2026-10",
    "2026-11-01T04:00:00Z": "2026-11",
    "2026-12-01T04:30:00Z": "2026-11",
    "2026-12-01T05:00:00Z": "2026-12",
}


def report(api: ApiClient, name: str, **query: Any) -> Row:
    """A report; `since` is its `from`, a word that Python keeps for itself."""
    answer = ask(api, name, **query)
    assert answer.status == 200, answer.body
    body: Row = answer.body
    return body


def ask(api: ApiClient, name: str, accept: str = "*/*", **query: Any) -> Answer:
    asked = {"from" if key == "since" else key: value for key, value in query.items()}
    return api.get(f"/reports/{name}", query_string=asked, headers={"Accept": accept})


def in_new_york(conn: Connection) -> None:
    conn.execute("update studio_settings set time_zone = 'America/New_York'")


def by_month(rows: list[Row], key: str) -> dict[str, Any]:
    """What the months have that are not empty."""
    return {row["month"]: row[key] for row in rows if row[key] not in (0, "0.00")}


def void(api: ApiClient, invoice: Row) -> None:
    assert api.post(f"/invoices/{invoice['id']}/void").status == 200


# Periods


def test_without_days_a_report_is_about_the_last_twelve_months_up_to_today(api: ApiClient) -> None:
    today = date.fromisoformat(api.get("/dashboard").body["today"])
    first = today.replace(year=today.year - 1, day=1) + timedelta(days=31)

    for name in REPORTS:
        body = report(api, name)
        assert (body["to"], body["currency"]) == (today.isoformat(), "USD")
        assert body["from"] == (None if name == "receivables" else first.replace(day=1).isoformat())


def test_a_day_that_is_not_given_follows_from_the_one_that_is(api: ApiClient) -> None:
    assert report(api, "team", to="2024-02-29")["from"] == "2023-03-01"
    assert report(api, "team", since="2150-05-05")["to"] == "2150-05-05"


@pytest.mark.parametrize("name", REPORTS)
@pytest.mark.parametrize(
    ("query", "pointer"),
    [
        ({"since": "2026-05-02", "to": "2026-05-01"}, "/to"),
        ({"since": "2016-05-02", "to": "2026-05-02"}, "/from"),
        ({"since": "2016-02-29", "to": "2026-03-01"}, "/from"),
        ({"since": "1999-01-01"}, "/from"),
        ({"to": "2026-02-30"}, "/to"),
        ({"since": "2026-05-01T00:00:00Z"}, "/from"),
        ({"until": "2026-05-01"}, "/until"),
    ],
)
def test_a_period_that_is_none_or_too_long_is_refused(
    api: ApiClient, name: str, query: dict[str, str], pointer: str
) -> None:
    refused = ask(api, name, **query)

    assert (refused.status, [fault["pointer"] for fault in refused.body["errors"]]) == (422, [pointer])


def test_a_report_covers_ten_years_with_each_of_their_months(api: ApiClient) -> None:
    body = report(api, "profit-and-loss", since="2016-05-02", to="2026-05-01")

    assert len(body["data"]) == 121
    assert (body["data"][0]["month"], body["data"][-1]["month"]) == ("2016-05", "2026-05")
    assert report(api, "team", since="2016-02-29", to="2026-02-28")["from"] == "2016-02-29"


# Profit and loss


def test_money_belongs_to_the_month_that_it_is_where_the_studio_is(
    conn: Connection, api: ApiClient, make: Factory
) -> None:
    in_new_york(conn)
    invoice = make.sent_invoice("1000.00")
    for n, (moment, _month) in enumerate(EDGES.items()):
        make.payment(invoice, f"{2**n}.00", paidAt=moment)
        make.expense(amount=f"{2**n}.50", incurredAt=moment)

    body = report(api, "profit-and-loss", since="2026-03-01", to="2026-12-31")

    assert [row["month"] for row in body["data"]] == [f"2026-{month:02}" for month in range(3, 13)]
    assert by_month(body["data"], "revenue") == {
        "2026-03": "6.00",
        "2026-04": "8.00",
        "2026-10": "16.00",
        "2026-11": "96.00",
        "2026-12": "128.00",
    }
    assert by_month(body["data"], "expenses") == {
        "2026-03": "7.00",
        "2026-04": "8.50",
        "2026-10": "16.50",
        "2026-11": "97.00",
        "2026-12": "128.50",
    }
    assert body["totals"] == {"revenue": "254.00", "expenses": "257.50", "profit": "-3.50"}
    assert by_month(report(api, "revenue-by-category", since="2026-03-01", to="2026-12-31")["months"], "revenue") == (
        by_month(body["data"], "revenue")
    )


def test_the_first_and_the_last_day_are_whole_and_nothing_beyond_them_counts(
    conn: Connection, api: ApiClient, make: Factory
) -> None:
    in_new_york(conn)
    invoice = make.sent_invoice("100.00")
    for amount, moment in (
        ("1.00", "2026-11-01T03:59:59Z"),
        ("2.00", "2026-11-01T04:00:00Z"),
        ("4.00", "2026-11-02T04:59:59Z"),  # a day of 25 hours
        ("8.00", "2026-11-02T05:00:00Z"),
    ):
        make.payment(invoice, amount, paidAt=moment)

    body = report(api, "profit-and-loss", since="2026-11-01", to="2026-11-01")

    assert body["data"] == [{"month": "2026-11", "revenue": "6.00", "expenses": "0.00", "profit": "6.00"}]


def test_expenses_are_told_by_category_and_one_that_was_deleted_is_not(api: ApiClient, make: Factory) -> None:
    make.expense(category="GEAR", amount="99.99", incurredAt="2026-05-05T10:00:00Z")
    make.expense(category="GEAR", amount="0.01", incurredAt="2026-05-06T10:00:00Z")
    make.expense(category="OTHER", amount="5.00", incurredAt="2026-05-07T10:00:00Z")
    make.expense(category="OTHER", amount="7.00", incurredAt="2026-06-01T00:00:00Z")
    deleted = make.expense(category="TRAVEL", amount="40.00", incurredAt="2026-05-05T10:00:00Z")
    assert api.delete(f"/expenses/{deleted['id']}").status == 204

    body = report(api, "profit-and-loss", since="2026-05-01", to="2026-05-31")

    assert {row["category"]: row["amount"] for row in body["expensesByCategory"]} == {
        "SOFTWARE": "0.00",
        "STUDIO": "0.00",
        "MARKETING": "0.00",
        "GEAR": "100.00",
        "TRAVEL": "0.00",
        "OTHER": "5.00",
    }
    assert body["totals"] == {"revenue": "0.00", "expenses": "105.00", "profit": "-105.00"}


# Revenue by category


def test_revenue_is_told_by_the_category_of_the_booking_it_was_paid_for(api: ApiClient, make: Factory) -> None:
    weddings, events, idle = (make.category(name=name) for name in ("Weddings", "Events", "Idle"))
    client = make.client()

    def paid_for(category: Row, *amounts: str) -> None:
        package = make.package(categoryId=category["id"])
        booking = make.booking(clientId=client["id"], sessionTypeId=package["id"])
        invoice = make.sent_invoice("1000.00", clientId=client["id"], bookingId=booking["id"])
        for amount in amounts:
            make.payment(invoice, amount, paidAt="2026-05-05T10:00:00Z")
        make.payment(invoice, "1.00", paidAt="2026-06-01T00:00:00Z")

    paid_for(weddings, "100.00", "50.00")
    paid_for(weddings, "50.00")
    paid_for(events, "33.33")
    make.payment(make.sent_invoice("500.00"), "66.67", paidAt="2026-05-31T23:59:59Z")
    make.sent_invoice("500.00", issueDate="2026-05-05")

    body = report(api, "revenue-by-category", since="2026-05-01", to="2026-05-31")

    assert body["data"] == [
        category_row(weddings, "200.00", 2, 66.67),
        category_row({"id": None, "name": "Other"}, "66.67", 0, 22.22),
        category_row(events, "33.33", 1, 11.11),
        category_row(idle, "0.00", 0, 0.0),
    ]
    assert body["totals"] == {"revenue": "300.00", "bookings": 3}
    assert body["months"] == [{"month": "2026-05", "revenue": "300.00"}]


def category_row(category: Row, revenue: str, bookings: int, share: float | None) -> Row:
    return {
        "categoryId": category["id"],
        "categoryName": category["name"],
        "revenue": revenue,
        "bookings": bookings,
        "sharePercent": share,
    }


def test_of_no_revenue_there_are_no_shares(api: ApiClient, make: Factory) -> None:
    category = make.category(name="Weddings")

    assert report(api, "revenue-by-category")["data"] == [
        category_row({"id": None, "name": "Other"}, "0.00", 0, None),
        category_row(category, "0.00", 0, None),
    ]


# The profit of bookings


def test_a_booking_has_brought_what_was_invoiced_less_what_it_cost(api: ApiClient, make: Factory) -> None:
    booking = make.booking(sessionDate="2026-05-05T10:00:00Z", price="400.00")
    about = {"clientId": booking["clientId"], "bookingId": booking["id"]}
    make.payment(make.sent_invoice("300.00", "100.00", **about), "150.00")
    make.invoice("1000.00", **about)
    void(api, make.sent_invoice("2000.00", **about))
    make.expense(bookingId=booking["id"], amount="66.60")
    make.expense(bookingId=booking["id"], amount="33.40")
    deleted = make.expense(bookingId=booking["id"], amount="500.00")
    assert api.delete(f"/expenses/{deleted['id']}").status == 204

    body = report(api, "booking-profitability", since="2026-05-01", to="2026-05-31")

    came_to = {
        "invoiced": "400.00",
        "paid": "150.00",
        "expenses": "100.00",
        "profit": "300.00",
        "marginPercent": 75.0,
    }
    shown = ("id", "sessionDate", "clientId", "clientName", "sessionTypeId", "sessionTypeName", "status", "price")
    assert body["data"] == [{key: booking[key] for key in shown} | came_to]
    assert body["totals"] == came_to


def test_a_booking_without_an_invoice_has_no_margin_and_may_have_cost_more_than_it_brought(
    api: ApiClient, make: Factory
) -> None:
    booking = make.booking(sessionDate="2026-05-05T10:00:00Z")
    make.expense(bookingId=booking["id"], amount="40.00")

    body = report(api, "booking-profitability", since="2026-05-05", to="2026-05-05")

    assert [(row["profit"], row["marginPercent"]) for row in body["data"]] == [("-40.00", None)]
    assert (body["totals"]["profit"], body["totals"]["marginPercent"]) == ("-40.00", None)


def test_a_cancelled_booking_counts_only_where_it_was_invoiced_or_cost_something(api: ApiClient, make: Factory) -> None:
    def cancelled(day: int) -> Row:
        booking = make.booking(sessionDate=f"2026-05-{day:02}T10:00:00Z")
        assert api.patch(f"/bookings/{booking['id']}", {"status": "CANCELLED"}).status == 200
        return booking

    _idle, invoiced, drafted, voided, costly = (cancelled(day) for day in range(1, 6))
    make.sent_invoice(clientId=invoiced["clientId"], bookingId=invoiced["id"])
    make.invoice(clientId=drafted["clientId"], bookingId=drafted["id"])
    void(api, make.sent_invoice(clientId=voided["clientId"], bookingId=voided["id"]))
    make.expense(bookingId=costly["id"])

    body = report(api, "booking-profitability", since="2026-05-01", to="2026-05-31", include="total")

    assert [row["id"] for row in body["data"]] == [invoiced["id"], costly["id"]]
    assert body["total"] == 2


def test_bookings_are_paged_by_session_in_json_and_csv_and_the_totals_are_of_all(api: ApiClient, make: Factory) -> None:
    days = (7, 3, 5, 3)
    ids = [make.booking(sessionDate=f"2026-05-{day:02}T10:00:00Z")["id"] for day in days]
    make.booking(sessionDate="2026-06-01T00:00:00Z")
    make.expense(bookingId=ids[0], amount="10.00")
    in_order = [ids[1], ids[3], ids[2], ids[0]]

    for accept in ("application/json", "text/csv"):
        path, seen = "/reports/booking-profitability?from=2026-05-01&to=2026-05-31&limit=3", []
        for size in (3, 1):
            page = api.get(path, headers={"Accept": accept})
            if accept == "text/csv":
                rows = list(csv.DictReader(io.StringIO(page.body)))
            else:
                rows = page.body["data"]
                assert page.body["totals"]["expenses"] == "10.00"
            assert len(rows) == size
            seen += [int(row["id"]) for row in rows]
            following = re.search(r'<(.+)>; rel="next"', page.headers.get("Link", ""))
            path = following[1].removeprefix("/api/v1") if following else ""
        assert (seen, path) == (in_order, "")


# Receivables


def test_what_is_owed_is_told_by_the_days_since_it_was_due(api: ApiClient, make: Factory) -> None:
    emma, noah = make.client(name="Emma"), make.client(name="Noah")
    for client, amount, due in (
        (emma, "1.00", "2026-07-01"),
        (emma, "2.00", "2026-06-30"),  # due that day
        (emma, "4.00", "2026-06-29"),
        (emma, "8.00", "2026-05-31"),  # thirty days
        (noah, "16.00", "2026-05-30"),
        (noah, "32.00", "2026-05-01"),  # sixty days
        (noah, "64.00", "2026-04-30"),
    ):
        make.sent_invoice(amount, clientId=client["id"], issueDate="2026-01-01", dueDate=due)
    without_a_day = make.sent_invoice("128.00", clientId=emma["id"], issueDate="2026-01-01")
    assert api.patch(f"/invoices/{without_a_day['id']}", {"dueDate": None}).status == 200
    make.invoice("256.00", clientId=emma["id"], issueDate="2026-01-01")
    void(api, make.sent_invoice("512.00", clientId=emma["id"], issueDate="2026-01-01"))

    body = report(api, "receivables", to="2026-06-30")

    assert body["asOf"] == "2026-06-30"
    assert body["data"] == [
        aged(emma, 5, "143.00", "131.00", "12.00", "0.00", "0.00"),
        aged(noah, 3, "112.00", "0.00", "0.00", "48.00", "64.00"),
    ]
    assert body["totals"] == {
        "clients": 2,
        "invoices": 8,
        "balance": "255.00",
        "current": "131.00",
        "currentInvoices": 3,
        "days1To30": "12.00",
        "days1To30Invoices": 2,
        "days31To60": "48.00",
        "days31To60Invoices": 2,
        "days61Plus": "64.00",
        "days61PlusInvoices": 1,
    }


def aged(client: Row, invoices: int, balance: str, *buckets: str) -> Row:
    return {
        "clientId": client["id"],
        "clientName": client["name"],
        "clientEmail": client["email"],
        "invoices": invoices,
        "balance": balance,
        **dict(zip(("current", "days1To30", "days31To60", "days61Plus"), buckets, strict=True)),
    }


def test_what_is_owed_is_the_balance_at_the_end_of_the_day_and_not_the_amount(
    conn: Connection, api: ApiClient, make: Factory
) -> None:
    in_new_york(conn)
    invoice = make.sent_invoice("100.00", issueDate="2026-01-01", dueDate="2026-01-31")
    make.payment(invoice, "30.00", paidAt="2026-03-01T04:59:59Z")  # on 28 February there
    make.payment(invoice, "70.00", paidAt="2026-03-15T04:00:00Z")  # on the fifteenth, in summer time

    def owed(day: str) -> tuple[str, str, str]:
        totals = report(api, "receivables", to=day)["totals"]
        return totals["balance"], totals["days1To30"], totals["days31To60"]

    assert owed("2025-12-31") == ("0.00", "0.00", "0.00")
    assert owed("2026-02-27") == ("100.00", "100.00", "0.00")
    assert owed("2026-02-28") == ("70.00", "70.00", "0.00")
    assert owed("2026-03-14") == ("70.00", "0.00", "70.00")
    assert owed("2026-03-15") == ("0.00", "0.00", "0.00")


def test_what_is_owed_is_of_what_was_issued_in_the_period_and_never_of_a_day_to_come(
    api: ApiClient, make: Factory
) -> None:
    today = api.get("/dashboard").body["today"]
    make.sent_invoice("1.00", issueDate="2026-01-31", dueDate="2026-02-01")
    make.sent_invoice("2.00", issueDate="2026-02-01", dueDate="2026-02-01")
    make.sent_invoice("4.00", issueDate=today, dueDate="2199-12-31")

    february = report(api, "receivables", since="2026-02-01", to="2026-02-28")
    ahead = report(api, "receivables", to="2200-01-01")

    assert (february["from"], february["totals"]["balance"]) == ("2026-02-01", "2.00")
    assert (ahead["to"], ahead["asOf"]) == ("2200-01-01", today)
    assert (ahead["totals"]["balance"], ahead["totals"]["current"]) == ("7.00", "4.00")


def test_the_two_hundred_who_owe_most_are_listed_and_everybody_is_counted(conn: Connection, api: ApiClient) -> None:
    conn.execute(
        """
        with debtors as (
            insert into clients (name, email) select 'Debtor', n || '@debtors.example' from generate_series(1, 201) as n
            returning id, split_part(email, '@', 1)::integer as n
        )
        insert into invoices (
            client_id, currency, status, subtotal, total_amount, balance_due, invoice_sequence, invoice_number
        )
        select id, 'USD', 'SENT', n, n, n, n, 'D-' || n from debtors
        """
    )

    body = report(api, "receivables")

    assert [row["balance"] for row in body["data"]] == [f"{n}.00" for n in range(201, 1, -1)]
    assert (body["totals"]["clients"], body["totals"]["balance"]) == (201, "20301.00")


# The team


def test_everybody_who_is_active_or_did_something_is_on_the_report(
    conn: Connection, api: ApiClient, make: Factory
) -> None:
    lena, yuki, gone = make.staff(name="Lena"), make.staff(name="Yuki", role="EDITOR"), make.staff(name="Gone")
    make.staff(name="Idle", status="INACTIVE")
    jobs = [
        make.completed_booking(
            sessionDate=f"2026-05-{day:02}T10:00:00Z", assignedStaff=[{"staffId": p["id"]} for p in people]
        )["editingJobId"]
        for day, people in ((1, [lena, gone]), (2, [lena]), (3, []))
    ]
    make.booking(lena, sessionDate="2026-05-31T23:59:59Z", status="PENDING")
    make.booking(gone, sessionDate="2026-06-01T00:00:00Z")
    cancelled = make.booking(lena, sessionDate="2026-05-20T10:00:00Z")
    assert api.patch(f"/bookings/{cancelled['id']}", {"status": "CANCELLED"}).status == 200
    assert api.patch(f"/staff/{gone['id']}", {"status": "INACTIVE"}).status == 200
    deliver(conn, jobs[0], yuki, "2026-05-01", "2026-05-04 08:00", "2026-05-30")  # 3⅓ days, and once more
    deliver(conn, jobs[1], yuki, "2026-04-01", "2026-04-30 23:59", "2026-05-30")  # first before the period
    deliver(conn, jobs[2], None, "2026-05-10", "2026-05-20")

    body = report(api, "team", since="2026-05-01", to="2026-05-31")

    assert body["data"] == [
        member(gone, "INACTIVE", 1, 1, 0, None),
        member(lena, "ACTIVE", 3, 2, 0, None),
        member(yuki, "ACTIVE", 0, 0, 1, 3.3),
    ]
    assert body["totals"] == {
        "bookings": 4,
        "completedBookings": 3,
        "deliveredJobs": 2,
        "meanEditingDays": 6.7,
        "newClients": 0,
    }


def member(person: Row, status: str, bookings: int, completed: int, delivered: int, days: float | None) -> Row:
    return {
        "staffId": person["id"],
        "staffName": person["name"],
        "role": person["role"],
        "status": status,
        "bookings": bookings,
        "completedBookings": completed,
        "deliveredJobs": delivered,
        "meanEditingDays": days,
    }


def deliver(conn: Connection, job_id: int, editor: Row | None, opened_at: str, *delivered_at: str) -> None:
    """Let a job have been opened and delivered in the past, by the editor."""
    conn.execute(
        "update editing_jobs set created_at = %s, editor_id = %s where id = %s",
        [opened_at, editor and editor["id"], job_id],
    )
    conn.execute("update editing_status_logs set changed_at = %s where editing_job_id = %s", [opened_at, job_id])
    for moment in delivered_at:
        conn.execute(
            """
            insert into editing_status_logs (editing_job_id, status, changed_at, changed_by)
            values (%s, 'DELIVERED', %s, 'Yuki')
            """,
            [job_id, moment],
        )


def test_new_clients_are_told_by_month(conn: Connection, api: ApiClient, make: Factory) -> None:
    in_new_york(conn)
    for moment in EDGES:
        conn.execute("update clients set created_at = %s where id = %s", [moment, make.client()["id"]])

    body = report(api, "team", since="2026-03-01", to="2026-12-31")

    assert [row["month"] for row in body["newClients"]] == [f"2026-{month:02}" for month in range(3, 13)]
    assert by_month(body["newClients"], "clients") == {
        "2026-03": 2,
        "2026-04": 1,
        "2026-10": 1,
        "2026-11": 2,
        "2026-12": 1,
    }
    assert body["totals"]["newClients"] == 7


# As CSV


@pytest.mark.parametrize("name", REPORTS)
def test_a_report_as_csv_has_the_rows_of_its_json(api: ApiClient, make: Factory, name: str) -> None:
    client = make.client(name='=HYPERLINK("https://evil.example")')
    booking = make.booking(make.staff(), clientId=client["id"], sessionDate="2026-05-05T10:00:00Z")
    invoice = make.sent_invoice("333.33", clientId=client["id"], bookingId=booking["id"], issueDate="2026-05-01")
    make.payment(invoice, "111.11", paidAt="2026-05-06T10:00:00Z")
    make.expense(bookingId=booking["id"], amount="999.99", incurredAt="2026-05-07T10:00:00Z")
    period = {"since": "2026-05-01", "to": "2026-06-30"}

    rows = report(api, name, **period)["data"]
    table = ask(api, name, accept="text/csv", **period)

    assert (table.headers["Content-Type"], table.headers["Vary"]) == ("text/csv; charset=utf-8", "Accept")
    read = list(csv.DictReader(io.StringIO(table.body)))
    assert read == [{key: as_cell(value) for key, value in row.items()} for row in rows]
    assert [[*row] for row in read] == [[*row] for row in rows]
    assert len(rows) >= 1


def as_cell(value: Any) -> str:
    """A value as a spreadsheet is given it: a formula with an apostrophe before it."""
    return "" if value is None else f"'{value}" if str(value).startswith("=") else str(value)


def test_whoever_takes_both_is_answered_json_and_a_report_has_an_etag_in_each(api: ApiClient) -> None:
    assert isinstance(ask(api, "team", accept="text/csv;q=0.5, application/json").body, dict)
    for accept in ("application/json", "text/csv"):
        etag = ask(api, "team", accept=accept).headers["ETag"]
        again = api.get("/reports/team", headers={"Accept": accept, "If-None-Match": etag})
        assert again.status == 304
    assert ask(api, "team", accept="text/csv").headers["ETag"] != ask(api, "team").headers["ETag"]


def test_a_report_is_the_same_for_whoever_may_read_it(api: ApiClient, make: Factory) -> None:
    make.payment(make.sent_invoice("100.00"), "60.00")

    for name in REPORTS:
        assert {str(report(api.by_role(role), name)) for role in ("ADMIN", "FINANCE")} == {str(report(api, name))}


def test_amounts_are_exact_however_many_are_added(conn: Connection, api: ApiClient, make: Factory) -> None:
    invoice = make.sent_invoice("9999999.99")
    conn.execute(
        """
        insert into payments (invoice_id, currency, amount, paid_at, recorded_by)
        select %s, 'USD', 0.01 * n, '2026-05-05 10:00Z', 'test' from generate_series(1, 1999) as n
        """,
        [invoice["id"]],
    )

    body = report(api, "profit-and-loss", since="2026-05-01", to="2026-05-31")

    assert body["totals"]["revenue"] == str(Decimal(sum(range(1, 2000))).scaleb(-2))
