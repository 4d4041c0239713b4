"""The JSON of bookings, and of the people on them."""

from typing import Any

from marshmallow import ValidationError, fields, validate, validates, validates_schema

from photolens.database import sql
from photolens.fields import (
    Choice,
    Flag,
    Id,
    Input,
    Instant,
    LocalTime,
    Money,
    Output,
    Text,
    WebAddress,
    Whole,
    WholeNumber,
)
from photolens.paging import ListArguments, Order, search_field, sort_field

MOST_PEOPLE = 20
STATUSES = ("SCHEDULED", "PENDING", "COMPLETED", "CANCELLED")


class AssignmentInput(Input):
    """A person, and their part in a shoot."""

    staff_id = Id(required=True)
    role = Text(100, nullable=True, load_default=None, example="Lead photographer")


def people_field(**kwargs: Any) -> fields.Field[Any]:
    """The people a booking is to have."""
    several = validate.Length(max=MOST_PEOPLE)
    return fields.List(Whole(AssignmentInput), load_default=list, validate=several, **kwargs)


def refuse_repeated(people: list[dict[str, int]]) -> None:
    """See that everybody is named once."""
    seen: set[int] = set()
    for index, person in enumerate(people):
        staff_id = person.get("staff_id")  # absent where it was no id
        if staff_id in seen:
            raise ValidationError({index: {"staffId": ["is here already"]}})
        if staff_id is not None:
            seen.add(staff_id)


class AssignedStaff(Output):
    """A person on a booking."""

    staff_id = Id()
    name = Text(200, example="Lena Hoffmann")
    avatar_url = WebAddress(nullable=True)
    role = Text(100, nullable=True, example="Lead photographer")


class BookingChanges(Input):
    """What may be changed of a booking; its client stays."""

    session_type_id = Id(required=True, metadata={"description": "The session package."})
    session_date = Instant(metadata={"description": "The start. A booking that is moved keeps its length."})
    local_session_date = LocalTime(
        metadata={
            "description": "The start by the studio's clock, instead of `sessionDate`. Where the clocks are changed, a "
            "time that is skipped or comes twice is refused with both `readings`."
        }
    )
    ends_at = Instant(
        example="2026-11-20T19:30:00Z",
        metadata={"description": "The end. A new booking without one ends after the package's duration."},
    )
    room_id = Id(nullable=True, load_default=None, metadata={"description": "A room of the studio's own."})
    work_package_id = Id(nullable=True, load_default=None, metadata={"description": "One of this client's, and OPEN."})
    location = Text(300, required=True, example="Riverside Gardens")
    price = Money(metadata={"description": "A new booking without one gets the package's price."})
    status = Choice(*STATUSES)
    notes = Text(5000, nullable=True, load_default=None, example="Bring the second light kit.")
    assigned_staff = people_field(metadata={"description": "Everybody on it: whoever is not named here leaves."})

    @validates("assigned_staff")
    def _each_person_once(self, people: list[dict[str, int]], data_key: str) -> None:
        refuse_repeated(people)

    @validates_schema
    def _one_start(self, booking: dict[str, Any], **_kwargs: Any) -> None:
        if "session_date" in booking and "local_session_date" in booking:
            raise ValidationError({"localSessionDate": ["says again what sessionDate says"]})


class BookingInput(BookingChanges):
    """A booking, as it is made, with the people on it."""

    client_id = Id(required=True)
    status = Choice("SCHEDULED", "PENDING", load_default="SCHEDULED")

    @validates_schema(skip_on_field_errors=False, pass_original=True)
    def _a_start(self, _booking: dict[str, Any], original: Any, **_kwargs: Any) -> None:
        if isinstance(original, dict) and not {"sessionDate", "localSessionDate"} & original.keys():
            raise ValidationError({"sessionDate": ["is required"]})


class Booking(Output):
    """A session, with what its screens show of client, package, people and invoice."""

    id = Id()
    client_id = Id()
    client_name = Text(200, example="Emma Chen")
    client_avatar_url = WebAddress(nullable=True)
    session_type_id = Id()
    session_type_name = Text(200, example="Full Day Wedding")
    category_id = Id()
    category_name = Text(100, example="Weddings")
    session_date = Instant()
    ends_at = Instant(example="2026-11-20T19:30:00Z")
    room_id = Id(nullable=True)
    room_name = Text(100, nullable=True, example="Daylight studio")
    series_id = Id(nullable=True)
    work_package_id = Id(nullable=True)
    work_package_name = Text(200, nullable=True, example="Spring campaign")
    location = Text(300, example="Riverside Gardens")
    price = Money(example="3200.00")
    status = Choice(*STATUSES)
    notes = Text(5000, nullable=True, example="Bring the second light kit.")
    assigned_staff = fields.List(fields.Nested(AssignedStaff))
    photo_selection_count = WholeNumber(0, 2**31 - 1, example=40)
    editing_job_id = Id(nullable=True)
    invoice_id = Id(nullable=True)
    invoice_number = Text(60, nullable=True, example="INV-00042")
    created_at = Instant()
    updated_at = Instant()


class BookingList(ListArguments):
    """Filters and orders of the bookings."""

    orders = {
        "sessionDate": Order(sql.studio.list_bookings_by_session_date, "sessionDate"),
        "-sessionDate": Order(sql.studio.list_bookings_by_session_date_desc, "sessionDate"),
        "createdAt": Order(sql.studio.list_bookings_by_created_at, "createdAt"),
        "-createdAt": Order(sql.studio.list_bookings_by_created_at_desc, "createdAt"),
    }
    count = sql.studio.count_bookings
    sort = sort_field(orders)
    q = search_field()
    session_from = Instant(data_key="from", load_default=None, metadata={"description": "Starting then or later."})
    session_to = Instant(data_key="to", load_default=None, metadata={"description": "Starting before then."})
    status = Choice(*STATUSES, load_default=None)
    client_id = Id(load_default=None)
    staff_id = Id(load_default=None)
    category_id = Id(load_default=None)
    room_id = Id(load_default=None)
    series_id = Id(load_default=None)
    work_package_id = Id(load_default=None)
    invoiced = Flag(load_default=None)
