"""The JSON of imports, and the lines of a file of bookings."""

from collections.abc import Mapping
from typing import Any

from marshmallow import ValidationError

from photolens.fields import (
    Choice,
    Email,
    Flag,
    Input,
    Instant,
    LocalTime,
    Money,
    Output,
    QueryInput,
    Text,
    WholeNumber,
)
from photolens.studio.schemas.bookings import MOST_PEOPLE, STATUSES


class Import(QueryInput):
    """How a file is taken."""

    dry_run = Flag(
        load_default=False,
        metadata={"example": False, "description": "With true, everything is checked and nothing kept."},
    )


class Emails(Text):
    """E-mail addresses in one cell, with semicolons between them."""

    def __init__(self) -> None:
        super().__init__(6000, nullable=True, example="lena@studio.example; maya@studio.example")
        self._email = Email()

    def _deserialize(self, value: Any, attr: str | None, data: Mapping[str, Any] | None, **kwargs: Any) -> Any:
        text = super()._deserialize(value, attr, data, **kwargs)
        emails = [self._email.deserialize(part) for part in text.split(";") if part.strip()]
        if len(emails) > MOST_PEOPLE:
            raise ValidationError(f"names more than {MOST_PEOPLE} people")
        return emails


class ImportedBooking(Input):
    """What a line of a file says of a booking: the columns of an export by which it can be told what it refers to."""

    client_email = Email(required=True)
    session_type_name = Text(200, required=True, example="Full Day Wedding")
    category_name = Text(100, nullable=True, example="Weddings")
    session_date = Instant(nullable=True)
    local_session_date = LocalTime(nullable=True, metadata={"example": None})
    ends_at = Instant(nullable=True, example="2026-11-20T19:30:00Z")
    room_name = Text(100, nullable=True, load_default=None, example="Daylight studio")
    location = Text(300, required=True, example="Riverside Gardens")
    price = Money(nullable=True, example="3200.00")
    status = Choice(*STATUSES, nullable=True)
    notes = Text(5000, nullable=True, load_default=None, example="Bring the second light kit.")
    staff_emails = Emails()


class ImportResult(Output):
    """What became of the lines of a file, or of a dry run would."""

    dry_run = Flag(metadata={"example": False})
    lines = WholeNumber(0, 2**31 - 1, example=3)
    created = WholeNumber(0, 2**31 - 1, example=1)
    updated = WholeNumber(
        0, 2**31 - 1, example=1, metadata={"description": "Of clients; an import changes no booking that is there."}
    )
    unchanged = WholeNumber(0, 2**31 - 1, example=1)
