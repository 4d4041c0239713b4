"""Every figure of the dashboard and the reports, recomputed by hand from the rows of the demo studio."""

from collections import defaultdict
from collections.abc import Iterable
from datetime import date, datetime, timedelta
from decimal import ROUND_HALF_UP, Decimal
from functools import cached_property
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from photolens.database import Connection
from tests.client import ApiClient
from tests.conftest import SeededStudio

Row = dict[str, Any]

NEW_YORK = ZoneInfo("America/New_York")


class Books:
    """The rows of the demo studio, read whole, and sums of them in plain Python."""

    def __init__(self, conn: Connection) -> None:
        self._conn = conn
        self.today = datetime.now(NEW_YORK).date()

    def _rows(self, table: str) -> list[Row]:
        return self._conn.execute(f"select * from {table} order by id".encode()).fetchall()

    @cached_property
    def clients(self) -> dict[int, Row]:
        return {row["id"]: row for row in self._rows("clients")}

    @cached_property
    def bookings(self) -> dict[int, Row]:
        return {row["id"]: row for row in self._rows("bookings")}

    @cached_property
    def categories(self) -> dict[int, Row]:
        return {row["id"]: row for row in self._rows("session_categories")}

    @cached_property
    def packages(self) -> dict[int, Row]:
        return {row["id"]: row for row in self._rows("session_packages")}

    @cached_property
    def issued(self) -> dict[int, Row]:
        return {row["id"]: row for row in self._rows("invoices") if row["status"] not in ("DRAFT", "VOID")}

    @cached_property
    def payments(self) -> list[Row]:
        return self._rows("payments")

    @cached_property
    def movements(self) -> list[Row]:
        """Payments, and below zero what was refunded of them, each with its `invoice_id` and when it `moved_at`."""
        of_payment = {row["id"]: row for row in self.payments}
        came = [{**row, "moved_at": row["paid_at"]} for row in self.payments]
        went = [
            {
                "invoice_id": of_payment[row["payment_id"]]["invoice_id"],
                "amount": -row["amount"],
                "moved_at": row["refunded_at"],
            }
            for row in self._rows("refunds")
        ]
        return came + went

    @cached_property
    def expenses(self) -> list[Row]:
        return self._rows("expenses")

    @cached_property
    def staff(self) -> list[Row]:
        return self._rows("staff_members")

    @cached_property
    def assignments(self) -> list[Row]:
        return self._rows("staff_assignments")

    @cached_property
    def jobs(self) -> list[Row]:
        return self._rows("editing_jobs")

    @cached_property
    def moves(self) -> dict[int, list[Row]]:
        """What each editing job has been through."""
        moves: dict[int, list[Row]] = defaultdict(list)
        for row in self._rows("editing_status_logs"):
            moves[row["editing_job_id"]].append(row)
        return moves

    def total(self, invoice: Row) -> Decimal:
        """Its items, less the discount, and the tax on that."""
        items = [row for row in self._rows("invoice_items") if row["invoice_id"] == invoice["id"]]
        taxed = sum((cents(row["quantity"] * row["unit_price"]) for row in items), -invoice["discount_amount"])
        return taxed + cents(taxed * invoice["tax_rate"] / 100)

    def paid(self, invoice_id: int, until: date = date.max) -> Decimal:
        return sum(
            (
                row["amount"]
                for row in self.movements
                if row["invoice_id"] == invoice_id and day(row["moved_at"]) <= until
            ),
            Decimal(),
        )

    def owed(self, as_of: date) -> list[tuple[Row, Decimal]]:
        """The invoices that were not settled at the end of a day, each with its balance."""
        balances = [(row, self.total(row) - self.paid(row["id"], as_of)) for row in self.issued.values()]
        return [(row, balance) for row, balance in balances if balance and row["issue_date"] <= as_of]

    def revenue(self, first: date, last: date) -> Decimal:
        return sum((row["amount"] for row in within(self.movements, "moved_at", first, last)), Decimal())

    def spent(self, first: date, last: date) -> Decimal:
        return sum((row["amount"] for row in within(self.expenses, "incurred_at", first, last)), Decimal())


def cents(amount: Decimal) -> Decimal:
    return amount.quantize(Decimal("0.01"), ROUND_HALF_UP)


def text(amount: Decimal) -> str:
    return str(cents(amount))


def percent(part: Decimal | int, whole: Decimal | int) -> float | None:
    return float(cents(Decimal(100) * part / whole)) if whole else None


def day(instant: datetime) -> date:
    """The calendar date of an instant where the demo studio is."""
    return instant.astimezone(NEW_YORK).date()


def within(rows: Iterable[Row], column: str, first: date, last: date) -> list[Row]:
    return [row for row in rows if first <= day(row[column]) <= last]


def months(first: date, last: date) -> dict[str, tuple[date, date]]:
    """The days of each month of a period."""
    found: dict[str, tuple[date, date]] = {}
    for n in range((last - first).days + 1):
        here = first + timedelta(days=n)
        begun, _ = found.get(f"{here:%Y-%m}", (here, here))
        found[f"{here:%Y-%m}"] = (begun, here)
    return found


@pytest.fixture(scope="module")
def books(seeded_studio: SeededStudio) -> Books:
    return Books(seeded_studio.conn)


@pytest.fixture(scope="module")
def api(seeded_studio: SeededStudio) -> ApiClient:
    return seeded_studio.api


@pytest.fixture(params=["a year", "half a year", "a week", "three years"])
def period(request: pytest.FixtureRequest, books: Books) -> tuple[date, date]:
    """Days of the demo studio: whole months, parts of months, and more than there was."""
    today = books.today
    return {
        "a year": ((today.replace(day=1) - timedelta(days=320)).replace(day=1), today),
        "half a year": (today - timedelta(days=300), today - timedelta(days=120)),
        "a week": (today - timedelta(days=20), today - timedelta(days=14)),
        "three years": (today - timedelta(days=900), today + timedelta(days=200)),
    }[request.param]


def report(api: ApiClient, name: str, period: tuple[date, date]) -> Row:
    query = {"from": f"{period[0]}", "to": f"{period[1]}", **({"limit": 200} if name.startswith("booking") else {})}
    answer = api.get(f"/reports/{name}", query_string=query)
    assert answer.status == 200, answer.body
    body: Row = answer.body
    return body


def test_the_demo_studio_has_given_money_back(books: Books) -> None:
    assert [row["amount"] for row in books.movements if row["amount"] < 0] == [Decimal("-65.00"), Decimal("-50.00")]


def test_profit_and_loss_is_the_sum_of_payments_and_expenses(
    api: ApiClient, books: Books, period: tuple[date, date]
) -> None:
    body = report(api, "profit-and-loss", period)

    expected = [
        {
            "month": month,
            "revenue": text(books.revenue(*days)),
            "expenses": text(books.spent(*days)),
            "profit": text(books.revenue(*days) - books.spent(*days)),
        }
        for month, days in months(*period).items()
    ]
    assert body["data"] == expected
    assert body["totals"] == {
        "revenue": text(books.revenue(*period)),
        "expenses": text(books.spent(*period)),
        "profit": text(books.revenue(*period) - books.spent(*period)),
    }
    by_category: dict[str, Decimal] = defaultdict(Decimal)
    for row in within(books.expenses, "incurred_at", *period):
        by_category[row["category"]] += row["amount"]
    assert {row["category"]: row["amount"] for row in body["expensesByCategory"]} == {
        category: text(by_category[category])
        for category in ("SOFTWARE", "STUDIO", "MARKETING", "GEAR", "TRAVEL", "OTHER")
    }


def test_revenue_by_category_is_the_sum_of_payments_on_its_bookings(
    api: ApiClient, books: Books, period: tuple[date, date]
) -> None:
    body = report(api, "revenue-by-category", period)

    received: dict[int | None, Decimal] = defaultdict(Decimal)
    paid_on: dict[int | None, set[int]] = defaultdict(set)
    for movement in within(books.movements, "moved_at", *period):
        booking_id = books.issued[movement["invoice_id"]]["booking_id"]
        package = books.packages[books.bookings[booking_id]["session_type_id"]] if booking_id else None
        category_id = package["category_id"] if package else None
        received[category_id] += movement["amount"]
        if movement["amount"] > 0:
            paid_on[category_id] |= {booking_id} - {None}
    total = books.revenue(*period)
    assert {row["categoryId"]: row for row in body["data"]} == {
        category_id: {
            "categoryId": category_id,
            "categoryName": books.categories[category_id]["name"] if category_id else "Other",
            "revenue": text(received[category_id]),
            "bookings": len(paid_on[category_id]),
            "sharePercent": percent(received[category_id], total),
        }
        for category_id in (*books.categories, None)
    }
    assert len(body["data"]) == len(books.categories) + 1
    assert body["totals"] == {"revenue": text(total), "bookings": len(set().union(*paid_on.values()))}
    assert body["months"] == [
        {"month": month, "revenue": text(books.revenue(*days))} for month, days in months(*period).items()
    ]


def test_booking_profitability_is_what_hangs_on_each_booking(
    api: ApiClient, books: Books, period: tuple[date, date]
) -> None:
    body = report(api, "booking-profitability", period)

    def came_to(invoiced: Decimal, paid: Decimal, expenses: Decimal) -> Row:
        return {
            "invoiced": text(invoiced),
            "paid": text(paid),
            "expenses": text(expenses),
            "profit": text(invoiced - expenses),
            "marginPercent": percent(invoiced - expenses, invoiced),
        }

    expected, sums = [], [Decimal(), Decimal(), Decimal()]
    for booking in sorted(
        within(books.bookings.values(), "session_date", *period), key=lambda row: (row["session_date"], row["id"])
    ):
        invoices = [row for row in books.issued.values() if row["booking_id"] == booking["id"]]
        expenses = [row for row in books.expenses if row["booking_id"] == booking["id"]]
        if booking["status"] == "CANCELLED" and not invoices and not expenses:
            continue
        figures = [
            sum((books.total(row) for row in invoices), Decimal()),
            sum((books.paid(row["id"]) for row in invoices), Decimal()),
            sum((row["amount"] for row in expenses), Decimal()),
        ]
        sums = [total + value for total, value in zip(sums, figures, strict=True)]
        expected.append(
            {
                "id": booking["id"],
                "clientName": books.clients[booking["client_id"]]["name"],
                "sessionTypeName": books.packages[booking["session_type_id"]]["name"],
                "status": booking["status"],
                "price": text(booking["price"]),
                **came_to(*figures),
            }
        )
    assert [{key: row[key] for key in expected[0]} for row in body["data"]] == expected
    assert body["totals"] == came_to(*sums)


@pytest.mark.parametrize("days_ago", [0, 10, 40, 100, 250])
def test_receivables_are_what_was_not_paid_by_then_by_its_age(api: ApiClient, books: Books, days_ago: int) -> None:
    as_of = books.today - timedelta(days=days_ago)
    body = api.get("/reports/receivables", query_string={"to": f"{as_of}"}).body

    def bucket(invoice: Row) -> str:
        days = (as_of - invoice["due_date"]).days if invoice["due_date"] else 0
        return "current" if days <= 0 else "days1To30" if days <= 30 else "days31To60" if days <= 60 else "days61Plus"

    buckets = ("current", "days1To30", "days31To60", "days61Plus")
    owed: dict[int, dict[str, Decimal]] = defaultdict(lambda: dict.fromkeys(buckets, Decimal()))
    counts: dict[str, int] = dict.fromkeys(buckets, 0)
    for invoice, balance in books.owed(as_of):
        owed[invoice["client_id"]][bucket(invoice)] += balance
        counts[bucket(invoice)] += 1
    by_size = sorted(owed.items(), key=lambda client: (-sum(client[1].values()), client[0]))
    assert [(row["clientId"], row["balance"], *(row[key] for key in buckets)) for row in body["data"]] == [
        (client_id, text(sum(ages.values(), Decimal())), *(text(ages[key]) for key in buckets))
        for client_id, ages in by_size
    ]
    assert body["totals"] == {
        "clients": len(owed),
        "invoices": sum(counts.values()),
        "balance": text(sum((sum(ages.values(), Decimal()) for ages in owed.values()), Decimal())),
        **{key: text(sum((ages[key] for ages in owed.values()), Decimal())) for key in buckets},
        **{f"{key}Invoices": counts[key] for key in buckets},
    }


def mean_days(deliveries: list[tuple[Row, datetime]]) -> float | None:
    seconds = [Decimal(str((at - job["created_at"]).total_seconds())) for job, at in deliveries]
    if not seconds:
        return None
    return float((sum(seconds, Decimal()) / len(seconds) / 86400).quantize(Decimal("0.1"), ROUND_HALF_UP))


def test_the_team_report_is_what_everybody_did(api: ApiClient, books: Books, period: tuple[date, date]) -> None:
    body = report(api, "team", period)

    sessions = {
        row["id"]: row
        for row in within(books.bookings.values(), "session_date", *period)
        if row["status"] != "CANCELLED"
    }
    first = {
        job_id: min(row["changed_at"] for row in moves if row["status"] == "DELIVERED")
        for job_id, moves in books.moves.items()
        if any(row["status"] == "DELIVERED" for row in moves)
    }
    delivered = [
        (job, first[job["id"]])
        for job in books.jobs
        if job["id"] in first and period[0] <= day(first[job["id"]]) <= period[1]
    ]

    def completed(bookings: Iterable[Row]) -> int:
        return sum(row["status"] == "COMPLETED" for row in bookings)

    expected = []
    for person in sorted(books.staff, key=lambda row: row["name"].lower()):
        own = [
            sessions[row["booking_id"]]
            for row in books.assignments
            if row["staff_id"] == person["id"] and row["booking_id"] in sessions
        ]
        jobs = [(job, at) for job, at in delivered if job["editor_id"] == person["id"]]
        if person["status"] == "ACTIVE" or own or jobs:
            expected.append((person["id"], person["name"], len(own), completed(own), len(jobs), mean_days(jobs)))
    keys = ("staffId", "staffName", "bookings", "completedBookings", "deliveredJobs", "meanEditingDays")
    assert [tuple(row[key] for key in keys) for row in body["data"]] == expected
    assert body["totals"] == {
        "bookings": len(sessions),
        "completedBookings": completed(sessions.values()),
        "deliveredJobs": len(delivered),
        "meanEditingDays": mean_days(delivered),
        "newClients": len(within(books.clients.values(), "created_at", *period)),
    }
    assert body["newClients"] == [
        {"month": month, "clients": len(within(books.clients.values(), "created_at", *days))}
        for month, days in months(*period).items()
    ]


@pytest.mark.parametrize("days", [1, 7, 30, 90, 366])
def test_the_dashboard_is_the_sum_of_its_rows(api: ApiClient, books: Books, days: int) -> None:
    body = api.get("/dashboard", query_string={"days": days}).body
    today, then = books.today, books.today - timedelta(days=days)
    now = datetime.now(NEW_YORK)
    earlier, later = now - timedelta(days=days), now + timedelta(days=days)  # on the wall clock

    def compare(value: Any, previous: Any, form: Any) -> Row:
        change = value - previous
        return {
            "value": form(value),
            "previous": form(previous),
            "change": form(change),
            "changePercent": percent(change, previous),
        }

    def overdue(as_of: date) -> list[Decimal]:
        return [balance for row, balance in books.owed(as_of) if row["due_date"] and row["due_date"] < as_of]

    def is_open(job: Row, at: datetime) -> bool:
        had = [row["status"] for row in books.moves[job["id"]] if row["changed_at"] < at]
        return bool(had) and had[-1] not in ("DELIVERED", "ARCHIVED")

    assert body["revenue"] == compare(
        books.revenue(then + timedelta(days=1), today),
        books.revenue(then - timedelta(days=days - 1), then),
        text,
    )
    assert body["overdueInvoices"] == {
        **compare(sum(overdue(today), Decimal()), sum(overdue(then), Decimal()), text),
        "count": len(overdue(today)),
        "previousCount": len(overdue(then)),
    }
    sessions = books.bookings.values()
    assert body["upcomingBookings"] == compare(
        sum(now <= row["session_date"] < later and row["status"] in ("PENDING", "SCHEDULED") for row in sessions),
        sum(earlier <= row["session_date"] < now and row["status"] != "CANCELLED" for row in sessions),
        int,
    )
    assert body["editingQueue"] == compare(
        sum(is_open(job, now) for job in books.jobs), sum(is_open(job, earlier) for job in books.jobs), int
    )
    first = (today.replace(day=1) - timedelta(days=320)).replace(day=1)
    assert body["monthlyRevenue"] == [
        {"month": month, "revenue": text(books.revenue(*span))} for month, span in months(first, today).items()
    ]
    to_come = sorted(
        (row["session_date"], row["id"])
        for row in sessions
        if row["session_date"] >= now and row["status"] in ("PENDING", "SCHEDULED")
    )
    assert [row["id"] for row in body["nextBookings"]] == [booking_id for _, booking_id in to_come[:5]]
