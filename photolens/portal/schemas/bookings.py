"""The JSON of a client's bookings and of the photos they choose, as their contacts see them."""

from marshmallow import fields

from photolens.database import sql
from photolens.fields import Choice, Id, Input, Instant, Money, Output, Text
from photolens.paging import ListArguments, Order, sort_field
from photolens.studio.schemas.bookings import STATUSES
from photolens.studio.schemas.photo_selections import PhotoSelection


class PortalBookingSummary(Output):
    """A session of the client's."""

    id = Id()
    session_type_id = Id()
    session_type_name = Text(200, example="Full Day Wedding")
    work_package_id = Id(nullable=True)
    session_date = Instant()
    ends_at = Instant(example="2026-11-20T19:30:00Z")
    location = Text(300, example="Riverside Gardens")
    price = Money(example="3200.00")
    status = Choice(*STATUSES)
    selection_state = Choice(
        "AWAITED",
        "OPEN",
        "FINAL",
        metadata={"description": "Photos may be chosen while it is OPEN; AWAITED, the editing waits for it."},
    )
    created_at = Instant()
    updated_at = Instant()


class PortalPhotoSelection(PhotoSelection):
    """A photo that the client has chosen to be edited."""


class PortalBooking(PortalBookingSummary):
    """A session of the client's, with the photos that they have chosen."""

    photo_selections = fields.List(fields.Nested(PortalPhotoSelection))


class PortalBookingList(ListArguments):
    """Filters and orders of a client's bookings."""

    orders = {
        "-sessionDate": Order(sql.portal.list_bookings_by_session_date_desc, "sessionDate"),
        "sessionDate": Order(sql.portal.list_bookings_by_session_date, "sessionDate"),
    }
    count = sql.portal.count_bookings
    sort = sort_field(orders)
    status = Choice(*STATUSES, load_default=None)
    work_package_id = Id(load_default=None)


class PortalPhotoInput(Input):
    """A photo that is chosen."""

    name = Text(200, required=True, example="IMG_0042.jpg")


class PortalPhotoSelectionList(ListArguments):
    """The order of a booking's photos."""

    orders = {"position": Order(sql.portal.list_photo_selections_by_position, "position")}
    count = sql.portal.count_photo_selections
    sort = sort_field(orders)
