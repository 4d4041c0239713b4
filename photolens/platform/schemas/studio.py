"""The JSON of settings, activities and messages."""

from decimal import Decimal
from typing import Any

from marshmallow import ValidationError, fields, validates, validates_schema

from photolens.clock import WEEKDAYS
from photolens.database import sql
from photolens.fields import (
    MAX_ID,
    Choice,
    Currency,
    Email,
    Flag,
    Id,
    Input,
    Instant,
    Money,
    Number,
    Output,
    Text,
    TimeOfDay,
    Uuid,
    WebAddress,
    WholeNumber,
)
from photolens.paging import ARCHIVED, ListArguments, Order, sort_field

CHANNELS = ("EMAIL", "SMS")
MESSAGE_STATUSES = ("PENDING", "SENT", "FAILED")
OPEN = {"opensAt": "09:00", "closesAt": "18:00"}


class WorkingHoursInput(Input):
    """From when until when sessions are offered on a day of the week."""

    weekday = Choice(*WEEKDAYS, required=True)
    opens_at = TimeOfDay(required=True)
    closes_at = TimeOfDay(required=True, example="18:00")

    @validates_schema
    def _closes_after_opening(self, day: dict[str, str], **_kwargs: Any) -> None:
        if day["closes_at"] <= day["opens_at"]:
            raise ValidationError("is not after the opening", "closesAt")


def require_each_weekday_once(days: list[dict[str, str]]) -> None:
    """Refuse hours that are given for the same day of the week twice."""
    seen: set[str] = set()
    for index, day in enumerate(days):
        weekday = day.get("weekday")  # absent where it was no word of the list
        if weekday in seen:
            raise ValidationError({index: {"weekday": ["is here already"]}})
        if weekday is not None:
            seen.add(weekday)


class WorkingHours(Output):
    """When sessions are offered on a day of the week, by the studio's clock."""

    weekday = Choice(*WEEKDAYS)
    opens_at = TimeOfDay()
    closes_at = TimeOfDay(example="18:00")


class SettingsInput(Input):
    """The whole of the settings; a PUT replaces them."""

    currency = Currency(
        required=True, metadata={"description": "ISO 4217; what new invoices are made out in, where nobody says."}
    )
    time_zone = Text(
        60,
        required=True,
        example="America/New_York",
        metadata={"description": "IANA name; the studio's days and months are those of this zone."},
    )
    invoice_prefix = Text(20, required=True, example="INV-")
    default_due_days = WholeNumber(0, 365, required=True, example=14)
    invoice_footer = Text(2000, nullable=True, load_default=None, example="Thank you for your trust.")
    company_name = Text(200, nullable=True, load_default=None, example="Lumen Hall")
    company_address = Text(500, nullable=True, load_default=None, example="12 Mercer Street, New York, NY 10013")
    company_email = Email(nullable=True, load_default=None)
    logo_url = WebAddress(nullable=True, load_default=None)
    reminders_enabled = Flag(
        load_default=False, metadata={"description": "Whether clients are reminded of invoices that are overdue."}
    )
    reminder_interval_days = WholeNumber(
        1, 365, load_default=7, example=7, metadata={"description": "No client is reminded of an invoice more often."}
    )
    high_value_threshold = Money(
        load_default=Decimal("5000.00"),
        example="5000.00",
        metadata={"default": "5000.00", "description": "Who has paid more in all is a client of HIGH_VALUE."},
    )
    working_hours = fields.List(
        fields.Nested(WorkingHoursInput),
        load_default=lambda: [{"weekday": day, "opens_at": "09:00", "closes_at": "18:00"} for day in WEEKDAYS[:6]],
        metadata={
            "default": [{"weekday": day, **OPEN} for day in WEEKDAYS[:6]],
            "description": "Each day of the week once; one that is absent is closed.",
        },
    )

    @validates("working_hours")
    def _each_weekday_once(self, days: list[dict[str, str]], data_key: str) -> None:
        require_each_weekday_once(days)


class Settings(Output):
    """What the whole studio agrees on."""

    currency = Text(3, example="USD")
    time_zone = Text(60, example="America/New_York")
    invoice_prefix = Text(20, example="INV-")
    default_due_days = WholeNumber(0, 365, example=14)
    invoice_footer = Text(2000, nullable=True, example="Thank you for your trust.")
    company_name = Text(200, nullable=True, example="Lumen Hall")
    company_address = Text(500, nullable=True, example="12 Mercer Street, New York, NY 10013")
    company_email = Email(nullable=True)
    logo_url = WebAddress(nullable=True)
    reminders_enabled = Flag()
    reminder_interval_days = WholeNumber(1, 365, example=7)
    high_value_threshold = Money(example="5000.00")
    working_hours = fields.List(fields.Nested(WorkingHours))
    updated_at = Instant()


class ActivityList(ListArguments):
    """Filters and orders of the feed."""

    orders = {"-createdAt": Order(sql.platform.list_activities, "createdAt")}
    count = sql.platform.count_activities
    sort = sort_field(orders)
    client_id = Id(load_default=None)
    subject_type = Text(40, load_default=None, example="BOOKING")
    subject_id = Id(load_default=None)


class Activity(Output):
    """A deed: who did what to what, and when."""

    id = Id()
    kind = Text(60, example="PAYMENT_RECORDED")
    subject_type = Text(40, example="INVOICE")
    subject_id = Id()
    client_id = Id(nullable=True)
    actor_id = Uuid(nullable=True)
    actor = Text(200, example="Rosa Delgado", metadata={"description": "Their name, as it was then."})
    details = fields.Dict(
        metadata={"example": {"amount": "250.00"}, "description": "What the deed was about, by its kind."}
    )
    created_at = Instant()


class MessageList(ListArguments):
    """Filters and orders of messages."""

    orders = {"-createdAt": Order(sql.platform.list_messages, "createdAt", ARCHIVED)}
    count = sql.platform.count_messages
    sort = sort_field(orders)
    status = Choice(*MESSAGE_STATUSES, load_default=None)
    channel = Choice(*CHANNELS, load_default=None)


class Message(Output):
    """An e-mail or a text that is sent, or waits to be; but for its words."""

    id = Id()
    channel = Choice(*CHANNELS)
    recipient = Text(254, example="emma.chen@example.com")
    template = Text(60, example="invoice_reminder")
    subject = Text(200, nullable=True, example="Invoice INV-00042 is overdue")
    status = Choice(*MESSAGE_STATUSES, metadata={"description": "PENDING waits: for a server, or for the next try."})
    attempts = WholeNumber(0, 2**31 - 1, example=1)
    error = Text(
        200,
        nullable=True,
        example="The mail server refuses the recipient: 550",
        metadata={"description": "Why the last try came to nothing."},
    )
    client_id = Id(nullable=True)
    created_at = Instant()
    sent_at = Instant(nullable=True)
    updated_at = Instant()


class TableSize(Output):
    """A table, with its indexes and what is kept beside it, in bytes."""

    table_name = Text(63, example="bookings")
    size = WholeNumber(0, MAX_ID, example=8_257_536)
    index_size = WholeNumber(0, MAX_ID, example=3_145_728)
    row_estimate = WholeNumber(0, MAX_ID, example=41_300)


class UnusedIndex(Output):
    """An index that no query has used."""

    index_name = Text(63, example="activities_actor_idx")
    table_name = Text(63, example="activities")
    size = WholeNumber(0, MAX_ID, example=3_145_728)


class JobFigure(Output):
    """How many jobs of the worker are in a status."""

    status = Text(40, example="TODO", metadata={"description": "TODO, DOING, FAILED, …: the worker's own words."})
    jobs = WholeNumber(0, MAX_ID, example=3)


class ConnectionFigure(Output):
    """How many connections to the server are in a state."""

    state = Text(40, example="IDLE", metadata={"description": "ACTIVE, IDLE, …: PostgreSQL's own words; or HIDDEN."})
    connections = WholeNumber(0, 2**31 - 1, example=11)


class LongQuery(Output):
    """What has been running for more than five seconds."""

    pid = WholeNumber(1, 2**31 - 1, example=4711)
    seconds = Number(example=12.5)
    query_name = Text(
        200,
        nullable=True,
        example="studio.list_bookings",
        metadata={"description": "Which of the application's queries it is, if it is one. Its words are not told."},
    )


class Standby(Output):
    """A server that follows the database's, or a base backup that is under way."""

    name = Text(63, nullable=True, example="standby1")
    state = Text(40, example="STREAMING", metadata={"description": "PostgreSQL's own words; or HIDDEN."})
    lag_bytes = WholeNumber(-(2**63), MAX_ID, nullable=True, example=2048)
    lag_seconds = Number(nullable=True, example=0.02)


class DatabaseBackup(Output):
    """A backup, as it was noted when it was whole."""

    file_name = Text(300, example="photolens-20261120T013000.000000Z.dump")
    taken_at = Instant()
    size = WholeNumber(1, MAX_ID, example=8_257_536, metadata={"description": "In bytes."})
    sha256 = Text(64, example="9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08")
    verified_at = Instant(
        nullable=True, metadata={"description": "When it was last restored beside the database, and found right."}
    )


class Database(Output):
    """How the database does. Sizes are in bytes; of each list the largest fifty."""

    server_version = Text(40, example="18.6")
    size = WholeNumber(0, MAX_ID, example=52_428_800)
    users = WholeNumber(0, MAX_ID, example=412)
    live_sessions = WholeNumber(0, MAX_ID, example=97)
    is_schema_current = Flag()
    cache_hit_rate = Number(
        nullable=True, example=0.998, metadata={"description": "Of what was read, how much was in memory: from 0 to 1."}
    )
    counted_since = Instant(
        nullable=True, metadata={"description": "Since when that is counted, and the use of indexes; null for ever."}
    )
    connection_limit = WholeNumber(1, 2**31 - 1, example=200)
    connections = fields.List(fields.Nested(ConnectionFigure))
    long_queries = fields.List(fields.Nested(LongQuery))
    jobs = fields.List(fields.Nested(JobFigure))
    tables = fields.List(fields.Nested(TableSize))
    unused_indexes = fields.List(fields.Nested(UnusedIndex))
    standbys = fields.List(fields.Nested(Standby))
    last_backup = fields.Nested(DatabaseBackup, allow_none=True)
