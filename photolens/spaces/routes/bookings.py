"""Bookings of spaces: of those who make them, and of those who let."""

from typing import Any

from photolens import access, paging, visibility
from photolens.api import Blueprint
from photolens.database import Row, connection, sql
from photolens.problems import FORBIDDEN, ILLEGAL_TRANSITION, found
from photolens.spaces import problems
from photolens.spaces.actions import bookings, changes
from photolens.spaces.schemas import bookings as schemas

blp = Blueprint("Space bookings", __name__, description="Desks, offices and meeting rooms: who has booked them.")


@blp.get("/space-bookings")
@access.signed_in
@blp.arguments(schemas.SpaceBookingList, location="query")
@blp.pages(schemas.SpaceBooking)
def list_space_bookings(arguments: dict[str, Any]) -> dict[str, Any]:
    """List bookings of spaces

    Those that you have made, and those at your branches; for whoever looks after all bookings, all of them.
    """
    viewer_id = visibility.space_viewer(access.current_caller())
    return paging.page(connection(), schemas.SpaceBookingList, {**arguments, "viewer_id": viewer_id})


@blp.post("/space-bookings")
@access.signed_in
@blp.arguments(schemas.SpaceBookingInput)
@blp.refuses(FORBIDDEN, problems.NOT_OFFERED, problems.NOT_FREE)
@blp.answers(201, schemas.SpaceBooking)
def book_space(wish: dict[str, Any]) -> Row:
    """Book a space

    Every slot of that time must be there without a gap, unblocked and have the units, or it is 409 `not_free`. To be
    paid in CASH it is CONFIRMED at once, or waits for the vendor's word; otherwise it is kept for a quarter of an hour,
    until `holdExpiresAt`, and CONFIRMED by its money.
    """
    customer_id = access.active_caller().user_id
    return _shown(bookings.book(connection(), customer_id, wish))


@blp.post("/space-bookings/quote")
@access.signed_in
@blp.arguments(schemas.SpaceBookingInput)
@blp.answers(200, schemas.SpaceQuote)
def quote_space(wish: dict[str, Any]) -> Row:
    """Ask what a booking would cost, and whether it can be had

    It has no effect: the units are anybody's until they are booked.
    """
    return bookings.quote(connection(), wish)


@blp.get("/space-bookings/<id:space_booking_id>")
@access.signed_in
@blp.answers(200, schemas.SpaceBooking)
def get_space_booking(space_booking_id: int) -> Row:
    """Read a booking of a space"""
    return _shown(space_booking_id)


@blp.post("/space-bookings/<id:space_booking_id>/cancel")
@access.signed_in
@blp.refuses(FORBIDDEN, ILLEGAL_TRANSITION, problems.ALREADY_BEGUN)
@blp.answers(200, schemas.SpaceBooking)
def cancel_space_booking(space_booking_id: int) -> Row:
    """Cancel a booking of a space

    By its customer for nothing until `freeCancelHours` before its start; later `lateRefundPercent` of the price goes
    back, and once it has begun it cannot be. By the vendor or an admin all of it goes back. The units are free again.
    """
    changes.cancel_booking(connection(), space_booking_id)
    return _shown(space_booking_id)


@blp.post("/space-bookings/<id:space_booking_id>/confirm")
@access.signed_in
@blp.refuses(FORBIDDEN, ILLEGAL_TRANSITION, problems.NOT_PAID)
@blp.answers(200, schemas.SpaceBooking)
def confirm_space_booking(space_booking_id: int) -> Row:
    """Confirm a booking of a space, as its vendor or an admin

    One that is to be paid in CASH: the others are confirmed by their money.
    """
    changes.confirm(connection(), space_booking_id)
    return _shown(space_booking_id)


@blp.post("/space-bookings/<id:space_booking_id>/complete")
@access.signed_in
@blp.refuses(FORBIDDEN, ILLEGAL_TRANSITION, problems.TOO_EARLY)
@blp.answers(200, schemas.SpaceBooking)
def complete_space_booking(space_booking_id: int) -> Row:
    """Complete a booking of a space, as its vendor or an admin

    From its end on. A day later it is completed by itself.
    """
    changes.complete(connection(), space_booking_id)
    return _shown(space_booking_id)


@blp.post("/space-bookings/<id:space_booking_id>/no-show")
@access.signed_in
@blp.refuses(FORBIDDEN, ILLEGAL_TRANSITION, problems.TOO_EARLY)
@blp.answers(200, schemas.SpaceBooking)
def mark_space_no_show(space_booking_id: int) -> Row:
    """Say that nobody came to a booked space, as its vendor or an admin

    From a quarter of an hour after its start on.
    """
    changes.mark_no_show(connection(), space_booking_id)
    return _shown(space_booking_id)


def _shown(booking_id: int) -> Row:
    """The booking, as the caller is shown it, or the 404."""
    viewer_id = visibility.space_viewer(access.current_caller())
    booking = sql.spaces.get_space_booking(connection(), booking_id=booking_id, viewer_id=viewer_id)
    return found(booking, "space booking", booking_id)
