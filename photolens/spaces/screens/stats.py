"""What spaces came to: a vendor's, or everybody's."""

from datetime import UTC, date, datetime, timedelta
from typing import Any
from uuid import UUID

from photolens.database import Connection, Row, snapshot, sql

USUAL = timedelta(days=29)


def stats(conn: Connection, vendor_id: UUID | None, first_date: date | None, last_date: date | None) -> Row:
    """The figures of the days from the first to the last, both included; of a vendor's spaces, or of everybody's."""
    if last_date is None:
        last_date = datetime.now(UTC).date() if first_date is None else first_date + USUAL
    if first_date is None:
        first_date = last_date - USUAL
    asked: dict[str, Any] = {"vendor_id": vendor_id, "first_date": first_date, "last_date": last_date}
    with snapshot(conn):
        return {
            "from": first_date,
            "to": last_date,
            "bookings": sql.spaces.list_bookings_by_status(conn, **asked),
            **sql.spaces.get_figures_of_spaces(conn, **asked),
            "services": sql.spaces.list_figures_of_offerings(conn, **asked),
        }
