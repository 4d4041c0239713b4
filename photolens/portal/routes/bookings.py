"""A client's bookings, and the photos they choose of them."""

from typing import Any

from photolens import access, paging
from photolens.api import Blueprint
from photolens.database import Row, connection, sql
from photolens.portal.rows import as_contact
from photolens.portal.schemas import bookings as schemas
from photolens.problems import NAME_TAKEN, found
from photolens.studio import problems
from photolens.studio.actions import photo_selections as actions

blp = Blueprint("Portal: bookings", __name__, description="The sessions of a client, and the photos they choose.")


@blp.get("/portal/bookings")
@access.contact
@blp.arguments(schemas.PortalBookingList, location="query")
@blp.pages(schemas.PortalBookingSummary)
def list_portal_bookings(arguments: dict[str, Any]) -> dict[str, Any]:
    """List one's client's bookings"""
    with as_contact() as conn:
        return paging.page(conn, schemas.PortalBookingList, arguments)


@blp.get("/portal/bookings/<id:booking_id>")
@access.contact
@blp.answers(200, schemas.PortalBooking)
def get_portal_booking(booking_id: int) -> Row:
    """Read a booking of one's client's, with the photos that were chosen"""
    with as_contact() as conn:
        return found(sql.portal.get_booking(conn, booking_id=booking_id), "booking", booking_id)


@blp.get("/portal/bookings/<id:booking_id>/photo-selections")
@access.contact
@blp.arguments(schemas.PortalPhotoSelectionList, location="query")
@blp.pages(schemas.PortalPhotoSelection)
def list_portal_photos(arguments: dict[str, Any], booking_id: int) -> dict[str, Any]:
    """List the photos that were chosen of a booking of one's client's"""
    with as_contact() as conn:
        found(sql.portal.exists_booking(conn, booking_id=booking_id) or None, "booking", booking_id)
        return paging.page(conn, schemas.PortalPhotoSelectionList, {**arguments, "booking_id": booking_id})


@blp.get("/portal/bookings/<id:booking_id>/photo-selections/<id:selection_id>")
@access.contact
@blp.answers(200, schemas.PortalPhotoSelection)
def get_portal_photo(booking_id: int, selection_id: int) -> Row:
    """Read a photo that was chosen"""
    with as_contact() as conn:
        photo = sql.portal.get_photo_selection(conn, booking_id=booking_id, selection_id=selection_id)
        return found(photo, "photo selection", selection_id)


@blp.post("/portal/bookings/<id:booking_id>/photo-selections")
@access.contact
@blp.arguments(schemas.PortalPhotoInput)
@blp.refuses(NAME_TAKEN, problems.SELECTION_FULL, problems.SELECTION_FINAL, problems.CLIENT_ERASED)
@blp.answers(201, schemas.PortalPhotoSelection)
def choose_photo(photo: dict[str, Any], booking_id: int) -> Row:
    """Choose a photo to be edited

    At most 1000 of a booking, each by another name, until the selection was taken as made.
    """
    _require_booking(booking_id)
    return actions.choose_photo_for_client(connection(), booking_id, photo)


@blp.delete("/portal/bookings/<id:booking_id>/photo-selections/<id:selection_id>")
@access.contact
@blp.refuses(problems.SELECTION_FINAL)
@blp.answers(204)
def take_back_photo(booking_id: int, selection_id: int) -> None:
    """Take a photo back out of those that were chosen

    Until the selection was taken as made.
    """
    get_photo = sql.portal.get_photo_selection
    with as_contact() as conn:
        found(get_photo(conn, booking_id=booking_id, selection_id=selection_id), "photo selection", selection_id)
    actions.take_back_photo_for_client(connection(), booking_id, selection_id)


@blp.post("/portal/bookings/<id:booking_id>/photo-selections/finalize")
@access.contact
@blp.refuses(problems.NOTHING_SELECTED, problems.NO_JOB_WAITING)
@blp.answers(204)
def finalize_choice(booking_id: int) -> None:
    """Say that all photos are chosen

    The editing, which has awaited it, goes on, and the client changes nothing any more of what they have chosen.
    """
    _require_booking(booking_id)
    actions.finalize_photo_selections(connection(), booking_id)


def _require_booking(booking_id: int) -> None:
    """See that the booking is the caller's client's, by what the portal's role is shown."""
    with as_contact() as conn:
        found(sql.portal.exists_booking(conn, booking_id=booking_id) or None, "booking", booking_id)
