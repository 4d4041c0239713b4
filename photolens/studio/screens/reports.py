"""The reports: the whole studio's figures for a period, each gathered in one snapshot."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from photolens import paging
from photolens.database import Connection, Row, snapshot, sql
from photolens.problems import invalid
from photolens.studio import rules
from photolens.studio.schemas import reports as schemas


@dataclass(frozen=True)
class Period:
    """The days of a report; the instants at which they begin and end; and the last of them that is not to come."""

    date_from: date
    date_to: date
    starts_at: datetime
    ends_at: datetime
    as_of: date
    as_of_ends_at: datetime
    currency: str

    @property
    def days(self) -> dict[str, date]:
        return {"date_from": self.date_from, "date_to": self.date_to}

    @property
    def instants(self) -> dict[str, datetime]:
        return {"starts_at": self.starts_at, "ends_at": self.ends_at}

    @property
    def heading(self) -> Row:
        """What every report says of itself."""
        return {"from": self.date_from, "to": self.date_to, "currency": self.currency}


def profit_and_loss(conn: Connection, date_from: date | None, date_to: date | None) -> Row:
    """What came in and was spent: when it was paid, not when it was owed."""
    with snapshot(conn):
        period = _find_period(conn, date_from, date_to)
        return {
            **period.heading,
            "data": sql.studio.list_profit_by_month(conn, **period.days),
            "totals": sql.studio.get_profit_totals(conn, **period.instants),
            "expensesByCategory": sql.studio.list_expenses_by_category(conn, **period.instants),
        }


def revenue_by_category(conn: Connection, date_from: date | None, date_to: date | None) -> Row:
    """What came in, by the category of the session that it was paid for."""
    with snapshot(conn):
        period = _find_period(conn, date_from, date_to)
        return {
            **period.heading,
            "data": sql.studio.list_revenue_by_category(conn, **period.instants),
            "totals": sql.studio.get_revenue_totals(conn, **period.instants),
            "months": sql.studio.list_revenue_by_month(conn, **period.days),
        }


def booking_profitability(conn: Connection, arguments: dict[str, Any]) -> Row:
    """A page of the bookings with a session in the period; the totals are those of all of them."""
    page = dict(arguments)
    with snapshot(conn):
        period = _find_period(conn, page.pop("date_from"), page.pop("date_to"))
        return {
            **period.heading,
            **paging.page(
                conn, schemas.BookingProfitList, {**page, "starts_at": period.starts_at, "ends_at": period.ends_at}
            ),
            "totals": sql.studio.get_booking_profit_totals(conn, **period.instants),
        }


def receivables(conn: Connection, date_from: date | None, date_to: date | None) -> Row:
    """What is owed on the invoices of the period at its end, or now where that lies ahead, by how long it was due."""
    with snapshot(conn):
        period = _find_period(conn, date_from, date_to)
        asked = {
            "issued_from": date_from,
            "issued_to": period.date_to,
            "as_of": period.as_of,
            "as_of_ends_at": period.as_of_ends_at,
        }
        return {
            **period.heading,
            "from": date_from,
            "asOf": period.as_of,
            "data": sql.studio.list_receivables(conn, **asked),
            "totals": sql.studio.get_receivables_totals(conn, **asked),
        }


def team(conn: Connection, date_from: date | None, date_to: date | None) -> Row:
    """Who photographed and edited how much, and the clients who were new."""
    with snapshot(conn):
        period = _find_period(conn, date_from, date_to)
        return {
            **period.heading,
            "data": sql.studio.list_team_figures(conn, **period.instants),
            "totals": sql.studio.get_team_totals(conn, **period.instants),
            "newClients": sql.studio.list_new_clients_by_month(conn, **period.days),
        }


def _find_period(conn: Connection, date_from: date | None, date_to: date | None) -> Period:
    """The period that is asked for. Raises `invalid` for one that ends before it begins, or is too long."""
    if date_from is not None and date_to is not None and date_from > date_to:
        raise invalid("/to", "is before `from`", "query")
    row = sql.studio.get_report_period(conn, date_from=date_from, date_to=date_to)
    period = Period(
        date_from=row["dateFrom"],
        date_to=row["dateTo"],
        starts_at=row["startsAt"],
        ends_at=row["endsAt"],
        as_of=row["asOf"],
        as_of_ends_at=row["asOfEndsAt"],
        currency=row["currency"],
    )
    if rules.is_too_long_a_period(period.date_from, period.date_to):
        raise invalid("/from", f"is more than {rules.LONGEST_REPORT} years before `to`", "query")
    return period
