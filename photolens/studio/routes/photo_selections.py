"""The photos that clients choose to be edited."""

from typing import Any

from photolens import access, paging, visibility
from photolens.access import Permission
from photolens.api import Blueprint
from photolens.database import Row, connection, sql
from photolens.problems import NAME_TAKEN, found
from photolens.studio import problems
from photolens.studio.actions import photo_selections as actions
from photolens.studio.schemas import editing
from photolens.studio.schemas import photo_selections as schemas

blp = Blueprint("Photo selections", __name__, description="The photos of a booking that its client wants edited.")

_READERS = (
    Permission.VIEW_BOOKINGS_ALL,
    Permission.VIEW_BOOKINGS_SELF,
    Permission.VIEW_EDITING_ALL,
    Permission.VIEW_EDITING_SELF,
)


@blp.get("/bookings/<id:booking_id>/photo-selections")
@access.requires(*_READERS)
@blp.arguments(schemas.PhotoSelectionList, location="query")
@blp.pages(schemas.PhotoSelection)
def list_photo_selections(arguments: dict[str, Any], booking_id: int) -> dict[str, Any]:
    """List the photos that were chosen of a booking

    Whoever sees the booking sees them, and whoever edits it.
    """
    conn = connection()
    viewer_id, viewing_editor_id = visibility.selection_viewers(access.current_caller())
    is_there = sql.studio.exists_booking_of_selections(
        conn, booking_id=booking_id, viewer_id=viewer_id, viewing_editor_id=viewing_editor_id
    )
    found(is_there or None, "booking", booking_id)
    return paging.page(
        conn,
        schemas.PhotoSelectionList,
        {**arguments, "booking_id": booking_id, "viewer_id": viewer_id, "viewing_editor_id": viewing_editor_id},
    )


@blp.post("/bookings/<id:booking_id>/photo-selections")
@access.requires(Permission.MANAGE_BOOKINGS)
@blp.arguments(schemas.PhotoSelectionInput)
@blp.refuses(NAME_TAKEN, problems.SELECTION_FULL, problems.CLIENT_ERASED)
@blp.answers(201, schemas.PhotoSelection)
def add_photo_selection(photo: dict[str, Any], booking_id: int) -> Row:
    """Add a photo to those that were chosen of a booking

    At most 1000, each by another name.
    """
    return actions.add_photo_selection(connection(), booking_id, photo)


@blp.get("/bookings/<id:booking_id>/photo-selections/<id:selection_id>")
@access.requires(*_READERS)
@blp.answers(200, schemas.PhotoSelection)
def get_photo_selection(booking_id: int, selection_id: int) -> Row:
    """Read a photo that was chosen"""
    viewer_id, viewing_editor_id = visibility.selection_viewers(access.current_caller())
    photo = sql.studio.get_photo_selection(
        connection(),
        booking_id=booking_id,
        selection_id=selection_id,
        viewer_id=viewer_id,
        viewing_editor_id=viewing_editor_id,
    )
    return found(photo, "photo selection", selection_id)


@blp.patch("/bookings/<id:booking_id>/photo-selections/<id:selection_id>")
@access.requires(Permission.MANAGE_BOOKINGS, Permission.MANAGE_EDITING)
@blp.arguments(schemas.PhotoSelectionInput(partial=True))
@blp.refuses(NAME_TAKEN)
@blp.answers(200, schemas.PhotoSelection)
def update_photo_selection(changes: dict[str, Any], booking_id: int, selection_id: int) -> Row:
    """Rename a photo that was chosen, or note whether it is edited

    An editor notes it, on the bookings of their own jobs; names are for whoever manages bookings.
    """
    return actions.update_photo_selection(connection(), booking_id, selection_id, changes)


@blp.delete("/bookings/<id:booking_id>/photo-selections/<id:selection_id>")
@access.requires(Permission.MANAGE_BOOKINGS)
@blp.answers(204)
def remove_photo_selection(booking_id: int, selection_id: int) -> None:
    """Take a photo back out of those that were chosen"""
    actions.remove_photo_selection(connection(), booking_id, selection_id)


@blp.post("/bookings/<id:booking_id>/photo-selections/finalize")
@access.requires(Permission.MANAGE_BOOKINGS)
@blp.refuses(problems.NOTHING_SELECTED, problems.NO_JOB_WAITING)
@blp.answers(200, editing.EditingJob)
def finalize_photo_selections(booking_id: int) -> Row:
    """Take the selection of a booking as made

    Its editing job, which has awaited it, goes on to the first stage that is PENDING and awaits none.
    """
    return actions.finalize_photo_selections(connection(), booking_id)
