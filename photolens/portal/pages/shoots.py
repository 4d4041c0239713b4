"""Shoots: when they are, the photos that are chosen of them, and what is thought of those that were edited."""

from typing import Any

from flask import redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from photolens import paging
from photolens.database import connection, sql
from photolens.portal.pages.house import blp, form_as, reading
from photolens.portal.schemas.bookings import PortalBookingList, PortalPhotoInput
from photolens.problems import found
from photolens.studio.actions import editing, photo_selections
from photolens.studio.schemas.editing import RevisionInput


@blp.get("/shoots")
def shoots() -> Any:
    """The client's shoots, newest first."""
    arguments = PortalBookingList().load(request.args.to_dict())
    with reading() as conn:
        page = paging.page(conn, PortalBookingList, arguments)
    return render_template("portal/shoots.html", page=page)


@blp.get("/shoots/<id:booking_id>")
def shoot(booking_id: int) -> Any:
    """One shoot, with its chosen photos and its editing."""
    with reading() as conn:
        booking = found(sql.portal.get_booking(conn, booking_id=booking_id), "booking", booking_id)
        visible = sql.portal.get_editing_job_of_booking(conn, booking_id=booking_id)
        job = None if visible is None else sql.portal.get_editing_job(conn, editing_job_id=visible["id"])
    return render_template("portal/shoot.html", shoot=booking, job=job)


@blp.post("/shoots/<id:booking_id>/photos")
def add_photo(booking_id: int) -> Response:
    """Choose a photo."""
    photo = form_as(PortalPhotoInput())
    _require_booking(booking_id)
    photo_selections.choose_photo_for_client(connection(), booking_id, photo)
    return _back_to(booking_id)


@blp.post("/shoots/<id:booking_id>/photos/<id:selection_id>/remove")
def remove_photo(booking_id: int, selection_id: int) -> Response:
    """Take a photo back out of those that were chosen."""
    get_photo = sql.portal.get_photo_selection
    with reading() as conn:
        found(get_photo(conn, booking_id=booking_id, selection_id=selection_id), "photo selection", selection_id)
    photo_selections.take_back_photo_for_client(connection(), booking_id, selection_id)
    return _back_to(booking_id)


@blp.post("/shoots/<id:booking_id>/photos/finalize")
def finalize(booking_id: int) -> Response:
    """Say that all photos are chosen."""
    _require_booking(booking_id)
    photo_selections.finalize_photo_selections(connection(), booking_id)
    return _back_to(booking_id)


@blp.post("/shoots/<id:booking_id>/approve")
def approve(booking_id: int) -> Response:
    """Approve the photos that are in review."""
    editing.approve_editing_job(connection(), _job_of(booking_id))
    return _back_to(booking_id)


@blp.post("/shoots/<id:booking_id>/revisions")
def request_revision(booking_id: int) -> Response:
    """Send the photos that are in review back to work."""
    revision = form_as(RevisionInput())
    editing.request_revision_for_client(connection(), _job_of(booking_id), **revision)
    return _back_to(booking_id)


def _require_booking(booking_id: int) -> None:
    with reading() as conn:
        found(sql.portal.exists_booking(conn, booking_id=booking_id) or None, "booking", booking_id)


def _job_of(booking_id: int) -> int:
    """The editing job of a booking, if the portal's role is shown it."""
    with reading() as conn:
        job = found(sql.portal.get_editing_job_of_booking(conn, booking_id=booking_id), "booking", booking_id)
    job_id: int = job["id"]
    return job_id


def _back_to(booking_id: int) -> Response:
    return redirect(url_for("portal_pages.shoot", booking_id=booking_id), 303)
