"""Places in classes: of those who book them."""

from typing import Any

from photolens import access, paging, visibility
from photolens.api import PREFIX, Blueprint
from photolens.classes import problems
from photolens.classes.actions import bookings, places
from photolens.classes.schemas import bookings as schemas
from photolens.credits.problems import INSUFFICIENT_CREDITS
from photolens.database import Row, connection, sql
from photolens.problems import FORBIDDEN, ILLEGAL_TRANSITION, found

blp = Blueprint("Class bookings", __name__, description="Places in classes, and who has booked them.")


@blp.post("/classes/<id:class_session_id>/bookings")
@access.in_person
@blp.refuses(
    FORBIDDEN,
    INSUFFICIENT_CREDITS,
    problems.BOOKING_CLOSED,
    problems.ALREADY_BOOKED,
    problems.PARQ_REQUIRED,
    problems.INDUCTION_REQUIRED,
    problems.USER_OVERLAP,
    problems.SESSION_FULL,
)
@blp.answers(201, schemas.ClassBooking, location=PREFIX + "/class-bookings/{id}")
def book_class(class_session_id: int) -> Row:
    """Book a place in a class

    It is paid at once. A place that was offered to you is yours; what is free goes to who waits before it goes to you.
    """
    user_id = access.active_caller().user_id
    return _shown(places.book(connection(), class_session_id, user_id))


@blp.get("/class-bookings")
@access.signed_in
@blp.arguments(schemas.ClassBookingList, location="query")
@blp.pages(schemas.ClassBooking)
def list_class_bookings(arguments: dict[str, Any]) -> dict[str, Any]:
    """List places in classes

    Those that you have booked, and those in classes you give; for whoever looks after all bookings, all of them.
    """
    viewer_id = visibility.class_viewer(access.current_caller())
    return paging.page(connection(), schemas.ClassBookingList, {**arguments, "viewer_id": viewer_id})


@blp.get("/class-bookings/<id:class_booking_id>")
@access.signed_in
@blp.answers(200, schemas.ClassBooking)
def get_class_booking(class_booking_id: int) -> Row:
    """Read a place in a class"""
    return _shown(class_booking_id)


@blp.post("/class-bookings/<id:class_booking_id>/cancel")
@access.signed_in
@blp.refuses(FORBIDDEN, ILLEGAL_TRANSITION, problems.ALREADY_BEGUN)
@blp.answers(200, schemas.ClassBooking)
def cancel_class_booking(class_booking_id: int) -> Row:
    """Give up a place in a class

    By its member for its credits until `freeCancelUntil`; later it is LATE_CANCELLED and they do not come back, and
    from the start on it cannot be. By whoever looks after all bookings always for its credits. The place goes to who
    waits.
    """
    bookings.cancel_booking(connection(), class_booking_id)
    return _shown(class_booking_id)


def _shown(booking_id: int) -> Row:
    """The booking, as the caller is shown it, or the 404."""
    viewer_id = visibility.class_viewer(access.current_caller())
    booking = sql.classes.get_session_booking(connection(), booking_id=booking_id, viewer_id=viewer_id)
    return found(booking, "class booking", booking_id)
