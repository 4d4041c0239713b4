"""Who is there: for the trainer at the door, and whoever looks after all bookings."""

from photolens import access, visibility
from photolens.access import Permission
from photolens.api import Blueprint
from photolens.classes import problems
from photolens.classes.actions import bookings
from photolens.classes.schemas import attendance as schemas
from photolens.classes.schemas.bookings import ClassBooking
from photolens.database import Row, connection, sql
from photolens.problems import FORBIDDEN, ILLEGAL_TRANSITION, found

blp = Blueprint("Attendance", __name__, description="Who has come to a class, and who has not.")


@blp.get("/classes/<id:class_session_id>/attendees")
@access.signed_in
@blp.refuses(FORBIDDEN)
@blp.answers(200, schemas.Attendance)
def get_attendance(class_session_id: int) -> Row:
    """Read who has a place in a class, and who waits for one

    For its trainer, in person, and whoever may see all bookings. Of a questionnaire it says whether it is valid, and
    nothing that was answered.
    """
    conn, caller = connection(), access.current_caller()
    viewer_id = visibility.class_session_viewer(caller)
    session = sql.classes.get_class_session(conn, session_id=class_session_id, viewer_id=viewer_id)
    is_trainer = found(session, "class", class_session_id)["trainerId"] == caller.user_id
    sees_all = caller.may(Permission.VIEW_BOOKINGS_ALL, Permission.MANAGE_BOOKINGS)
    if not sees_all and not (is_trainer and caller.is_active and caller.session_id is not None):
        raise FORBIDDEN("This is for its trainer, in person, and for whoever may see all bookings.")
    row: Row = sql.classes.get_attendance(conn, session_id=class_session_id)
    return row


@blp.post("/class-bookings/<id:class_booking_id>/check-in")
@access.signed_in
@blp.refuses(FORBIDDEN, ILLEGAL_TRANSITION, problems.TOO_EARLY, problems.TOO_LATE, problems.USER_OVERLAP)
@blp.answers(200, ClassBooking)
def check_in(class_booking_id: int) -> Row:
    """Check somebody in, as the trainer of the class or whoever looks after all bookings

    From half an hour before the start until the end; also somebody who was thought not to come.
    """
    bookings.check_in(connection(), class_booking_id)
    return _shown(class_booking_id)


@blp.post("/class-bookings/<id:class_booking_id>/no-show")
@access.signed_in
@blp.refuses(FORBIDDEN, ILLEGAL_TRANSITION, problems.TOO_EARLY)
@blp.answers(200, ClassBooking)
def mark_class_no_show(class_booking_id: int) -> Row:
    """Say that somebody has not come, as the trainer of the class or whoever looks after all bookings

    From the start on. Their credits do not come back.
    """
    bookings.mark_no_show(connection(), class_booking_id)
    return _shown(class_booking_id)


def _shown(booking_id: int) -> Row:
    viewer_id = visibility.class_viewer(access.current_caller())
    row: Row = sql.classes.get_session_booking(connection(), booking_id=booking_id, viewer_id=viewer_id)
    return row
