"""A marketplace for tests, made by SQL: a vendor's branch, what it offers, and when; and what the gateway tells."""

import json
import time
from datetime import UTC, date, datetime, timedelta
from itertools import count
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from photolens.database import Connection
from photolens.signatures import sign
from tests.client import Answer, ApiClient

SECRET = "what the gateway signs with"

MONDAY = date(2040, 3, 5)


class Marketplace:
    """What there is to book, with sensible defaults; a test names only what it is about."""

    def __init__(self, conn: Connection) -> None:
        self._conn = conn
        self._numbers = count(1)

    def one(self, statement: str, *parameters: Any) -> dict[str, Any]:
        """The one row that a statement gives."""
        row = self._conn.execute(statement.encode(), parameters).fetchone()
        assert row is not None
        return row

    def user_id(self, role: str) -> UUID:
        user_id: UUID = self.one("select id from auth_users where email = %s", f"{role.lower()}@callers.example")["id"]
        return user_id

    def stranger(self, role: str = "CUSTOMER", status: str = "ACTIVE") -> str:
        """The session token of one more user."""
        number = next(self._numbers)
        self.one(
            """
            with users as (
                insert into auth_users (name, email, email_verified, role, status)
                values ('Stranger', %s, now(), %s, %s)
                returning id
            )
            insert into auth_sessions (user_id, session_token) select id, sha256(%s::bytea) from users returning id
            """,
            f"stranger{number}@example.com",
            role,
            status,
            f"stranger-{number}",
        )
        return f"stranger-{number}"

    def branch(self, **fields: Any) -> int:
        """A branch of the vendor's in Amsterdam, ACTIVE."""
        defaults = {
            "vendor_id": self.user_id("VENDOR"),
            "name": f"Branch {next(self._numbers)}",
            "city": "Amsterdam",
            "address": "1 Canal",
            "time_zone": "Europe/Amsterdam",
            "status": "ACTIVE",
        }
        return self._insert("branches", {**defaults, **fields})

    def offering(self, **fields: Any) -> int:
        """Ten meeting rooms at 10.55 an hour, confirmed at once where cash is paid."""
        fields.setdefault("branch_id", None)
        service = self.one("select id from services where name = 'MEETING_ROOM'")["id"]
        defaults = {
            "service_id": service,
            "label": f"Room {next(self._numbers)}",
            "max_capacity": 10,
            "price_per_unit": "10.55",
            "price_unit": "HOUR",
            "auto_accept": True,
        }
        fields["branch_id"] = fields["branch_id"] or self.branch()
        return self._insert("vendor_services", {**defaults, **fields})

    def slots(
        self,
        offering_id: int,
        day: date = MONDAY,
        *,
        hours: tuple[int, int] = (8, 18),
        length: int = 1,
        units: int = 3,
        days: int = 1,
        blocked: bool = False,
    ) -> list[int]:
        """Slots of so many hours, one after the other, on so many days; gives their ids."""
        return [
            self.slot(offering_id, day + timedelta(days=n), hour, hour + length, units=units, blocked=blocked)
            for n in range(days)
            for hour in range(*hours, length)
        ]

    def slot(self, offering_id: int, day: date, start: int, end: int, *, units: int = 3, blocked: bool = False) -> int:
        """A slot from one full hour to another, up to 24, by the clock at the branch."""
        name = self.one(
            "select time_zone from vendor_services inner join branches on branch_id = branches.id"
            " where vendor_services.id = %s",
            offering_id,
        )["time_zone"]
        return self._insert(
            "availability",
            {
                "vendor_service_id": offering_id,
                "date": day,
                "start_time": f"{start:02}:00",
                "end_time": f"{end:02}:00",
                "starts_at": instant(day, start, name),
                "ends_at": instant(day, end, name),
                "total_units": units,
                "available_units": units,
                "is_blocked": blocked,
            },
        )

    def free(self, offering_id: int) -> list[int]:
        """How many units of each slot are free, in order of time."""
        rows = self._conn.execute(
            "select available_units from availability where vendor_service_id = %s order by starts_at", [offering_id]
        )
        return [row["available_units"] for row in rows]

    def move(self, booking: dict[str, Any], before_now: timedelta) -> None:
        """Let a booking have begun so long ago, for its two and a half hours."""
        self._conn.execute(
            "update space_bookings set starts_at = now() - %(ago)s::interval, ends_at = now() - %(ago)s + '150 minutes'"
            " where id = %(id)s",
            {"id": booking["id"], "ago": before_now},
        )

    def expire(self, booking: dict[str, Any]) -> None:
        """Let the hold of a booking be over."""
        self._conn.execute(
            "update space_bookings set hold_expires_at = now() - interval '1 second' where id = %s", [booking["id"]]
        )

    def _insert(self, table: str, fields: dict[str, Any]) -> int:
        columns, places = ", ".join(fields), ", ".join(["%s"] * len(fields))
        statement = f"insert into {table} ({columns}) values ({places}) returning id"
        row_id: int = self.one(statement, *fields.values())["id"]
        return row_id


def instant(day: date, hour: int, time_zone: str) -> datetime:
    """The instant of a full hour, up to 24, by the clock of a place."""
    local = datetime(day.year, day.month, day.day) + timedelta(hours=hour)
    return local.replace(tzinfo=ZoneInfo(time_zone)).astimezone(UTC)


def wish(offering_id: int, **fields: Any) -> dict[str, Any]:
    """From 10:00 to 12:30 on the Monday, one unit, in cash."""
    defaults = {
        "vendorServiceId": offering_id,
        "bookingDate": MONDAY.isoformat(),
        "startTime": "10:00",
        "endTime": "12:30",
        "quantity": 1,
        "paymentMethod": "CASH",
    }
    return {**defaults, **fields}


def days_wished(offering_id: int, day: date, duration: int, **fields: Any) -> dict[str, Any]:
    """So many days, weeks or months from a day on, one unit, in cash."""
    of_days = {"bookingDate": day.isoformat(), "duration": duration}
    of_hours = ("startTime", "endTime")
    return {name: value for name, value in wish(offering_id, **of_days).items() if name not in of_hours} | fields


def tell(api: ApiClient, event: dict[str, Any], *, secret: str = SECRET) -> Answer:
    """Tell of an event as the gateway does."""
    body = json.dumps(event).encode()
    headers = {"X-Signature": sign(body, secret, int(time.time()))}
    return api.by_token(None).post("/webhooks/space-payments", data=body, headers=headers)


_EVENTS = count(1)


def event_of(payment: dict[str, Any], status: str, **fields: Any) -> dict[str, Any]:
    """An event about an attempt to pay, of the amount that was asked for."""
    of_payment = {name: payment[name] for name in ("transactionId", "bookingNumber", "amount", "currency")}
    return {"id": f"evt_{next(_EVENTS)}", "status": status, **of_payment, **fields}
