"""What is free when, and bookings that recur."""

from typing import Any

from photolens import access
from photolens.access import Permission
from photolens.api import Blueprint
from photolens.database import Row, connection, sql
from photolens.problems import found
from photolens.studio import problems
from photolens.studio.actions import series as actions
from photolens.studio.schemas import scheduling as schemas
from photolens.studio.screens.availability import availability

blp = Blueprint("Scheduling", __name__, description="When a session can be, and sessions that recur.")


@blp.get("/bookings/availability")
@access.requires(Permission.VIEW_BOOKINGS_ALL, Permission.MANAGE_BOOKINGS)
@blp.arguments(schemas.AvailabilityQuery, location="query")
@blp.answers(200, schemas.Availability)
def list_free_slots(query: dict[str, Any]) -> Row:
    """List the times at which a session could be booked

    In the studio's working hours, every half-hour from the opening on, when somebody is free for the whole of it.
    """
    return availability(connection(), query)


@blp.post("/booking-series")
@access.requires(Permission.MANAGE_BOOKINGS)
@blp.arguments(schemas.BookingSeriesQuery, location="query")
@blp.arguments(schemas.BookingSeriesInput)
@blp.refuses(
    problems.BOOKING_CONFLICT,
    problems.STAFF_INACTIVE,
    problems.ROOM_INACTIVE,
    problems.PACKAGE_INACTIVE,
    problems.CLIENT_ERASED,
)
@blp.answers(201, schemas.NewBookingSeries)
def create_booking_series(query: dict[str, Any], series: dict[str, Any]) -> Row:
    """Book a session that recurs

    At one time of the studio's clock, also across the change to summer time. `results` tells of each day what became of
    it. With `onConflict=fail` a day that cannot be booked stops all of them, and the refusal's `results` say which.
    """
    return actions.create_series(connection(), series, query["on_conflict"])


@blp.get("/booking-series/<id:series_id>")
@access.requires(Permission.VIEW_BOOKINGS_ALL)
@blp.answers(200, schemas.BookingSeries)
def get_booking_series(series_id: int) -> Row:
    """Read a series, with its bookings"""
    return found(sql.studio.get_booking_series(connection(), series_id=series_id), "booking series", series_id)


@blp.post("/booking-series/<id:series_id>/cancel")
@access.requires(Permission.MANAGE_BOOKINGS)
@blp.answers(200, schemas.BookingSeries)
def cancel_booking_series(series_id: int) -> Row:
    """Cancel what is still to come of a series"""
    return actions.cancel_series(connection(), series_id)
