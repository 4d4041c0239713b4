"""Bookings, and the people on them."""

from typing import Any

from photolens import access, paging, visibility
from photolens.access import Permission
from photolens.api import Blueprint
from photolens.billing.schemas.invoices import Invoice
from photolens.database import Row, connection, sql
from photolens.problems import ILLEGAL_TRANSITION, found
from photolens.studio import problems
from photolens.studio.actions import bookings as actions
from photolens.studio.actions import invoicing
from photolens.studio.schemas import bookings as schemas

blp = Blueprint("Bookings", __name__, description="Sessions: who is photographed when, where, by whom.")


@blp.get("/bookings")
@access.requires(Permission.VIEW_BOOKINGS_ALL, Permission.VIEW_BOOKINGS_SELF)
@blp.arguments(schemas.BookingList, location="query")
@blp.pages(schemas.Booking)
def list_bookings(arguments: dict[str, Any]) -> dict[str, Any]:
    """List bookings"""
    viewer_id = visibility.booking_viewer(access.current_caller())
    return paging.page(connection(), schemas.BookingList, {**arguments, "viewer_id": viewer_id})


@blp.post("/bookings")
@access.requires(Permission.MANAGE_BOOKINGS)
@blp.arguments(schemas.BookingInput)
@blp.refuses(
    problems.BOOKING_CONFLICT,
    problems.STAFF_INACTIVE,
    problems.ROOM_INACTIVE,
    problems.PACKAGE_INACTIVE,
    problems.CLIENT_ERASED,
    problems.WORK_PACKAGE_CLOSED,
)
@blp.answers(201, schemas.Booking)
def create_booking(booking: dict[str, Any]) -> Row:
    """Book a session

    Price and end are the package's unless given. Nobody and no room can be booked twice for one time: the refusal
    `booking_conflict` lists what is in the way in `conflicts`, and the next times that are free in `nextFree`.
    """
    return actions.create_booking(connection(), booking)


@blp.get("/bookings/<id:booking_id>")
@access.requires(Permission.VIEW_BOOKINGS_ALL, Permission.VIEW_BOOKINGS_SELF)
@blp.answers(200, schemas.Booking)
def get_booking(booking_id: int) -> Row:
    """Read a booking"""
    viewer_id = visibility.booking_viewer(access.current_caller())
    booking = sql.studio.get_booking(connection(), booking_id=booking_id, viewer_id=viewer_id)
    return found(booking, "booking", booking_id)


@blp.patch("/bookings/<id:booking_id>")
@access.requires(Permission.MANAGE_BOOKINGS)
@blp.arguments(schemas.BookingChanges(partial=True))
@blp.refuses(
    problems.BOOKING_CONFLICT,
    problems.STAFF_INACTIVE,
    problems.ROOM_INACTIVE,
    problems.PACKAGE_INACTIVE,
    problems.CLIENT_ERASED,
    problems.WORK_PACKAGE_CLOSED,
    ILLEGAL_TRANSITION,
)
@blp.answers(200, schemas.Booking)
def update_booking(changes: dict[str, Any], booking_id: int) -> Row:
    """Change a booking, or its status

    It may be moved and given to other people or another room at once: `assignedStaff` names everybody on it then.
    PENDING → SCHEDULED or CANCELLED, SCHEDULED → COMPLETED or CANCELLED. COMPLETED opens the editing job; it can be
    undone (→ SCHEDULED) until the editing begins or an invoice is issued.
    """
    return actions.update_booking(connection(), booking_id, changes)


@blp.delete("/bookings/<id:booking_id>")
@access.requires(Permission.MANAGE_BOOKINGS)
@blp.refuses(problems.BOOKING_IN_USE)
@blp.answers(204)
def delete_booking(booking_id: int) -> None:
    """Delete a booking

    Only one that nothing was done or charged for; otherwise cancel it.
    """
    actions.delete_booking(connection(), booking_id)


@blp.post("/bookings/<id:booking_id>/assignments")
@access.requires(Permission.MANAGE_BOOKINGS)
@blp.arguments(schemas.AssignmentInput)
@blp.refuses(problems.BOOKING_CONFLICT, problems.ALREADY_ASSIGNED, problems.STAFF_INACTIVE)
@blp.answers(201, schemas.AssignedStaff, named_by="staffId")
def assign_staff(person: dict[str, Any], booking_id: int) -> Row:
    """Put a person on a booking"""
    return actions.assign_staff(connection(), booking_id, person)


@blp.get("/bookings/<id:booking_id>/assignments/<id:staff_id>")
@access.requires(Permission.VIEW_BOOKINGS_ALL, Permission.VIEW_BOOKINGS_SELF)
@blp.answers(200, schemas.AssignedStaff)
def get_assigned_staff(booking_id: int, staff_id: int) -> Row:
    """Read a person's part in a booking"""
    viewer_id = visibility.booking_viewer(access.current_caller())
    person = sql.studio.get_staff_assignment(
        connection(), booking_id=booking_id, staff_id=staff_id, viewer_id=viewer_id
    )
    return found(person, "assignment of staff member", staff_id)


@blp.delete("/bookings/<id:booking_id>/assignments/<id:staff_id>")
@access.requires(Permission.MANAGE_BOOKINGS)
@blp.answers(204)
def unassign_staff(booking_id: int, staff_id: int) -> None:
    """Take a person off a booking"""
    actions.unassign_staff(connection(), booking_id, staff_id)


@blp.post("/bookings/<id:booking_id>/invoice")
@access.requires(Permission.MANAGE_INVOICES)
@blp.refuses(problems.BOOKING_INVOICED, problems.BOOKING_CANCELLED)
@blp.answers(201, Invoice, location="/api/v1/invoices/{id}")
def invoice_booking(booking_id: int) -> Row:
    """Draft the invoice of a booking

    Its package, at the booking's price, due as the settings say. Once: `booking_invoiced` names the invoice there is in
    `invoiceId`, unless that is void.
    """
    return invoicing.invoice_booking(connection(), booking_id)
