"""Waiting for a place in a class. All who wait are told of with those who have a place: attendance."""

from photolens import access
from photolens.api import PREFIX, Blueprint
from photolens.classes import problems
from photolens.classes.actions import waitlist as actions
from photolens.classes.schemas import waitlist as schemas
from photolens.database import Row, connection, sql
from photolens.problems import FORBIDDEN, found

blp = Blueprint("Waiting lists", __name__, description="Who waits for a place in a class, first come first served.")


@blp.post("/classes/<id:class_session_id>/waitlist")
@access.in_person
@blp.refuses(
    FORBIDDEN,
    problems.BOOKING_CLOSED,
    problems.ALREADY_BOOKED,
    problems.ALREADY_WAITING,
    problems.PLACES_LEFT,
    problems.WAITLIST_FULL,
)
@blp.answers(201, schemas.WaitlistEntry, location=PREFIX + "/classes/{sessionId}/waitlist")
def join_waitlist(class_session_id: int) -> Row:
    """Wait for a place in a class

    It costs nothing. A place that comes free is booked and paid for whoever is first and can have it, as long as they
    could still cancel it for nothing; after that it is offered, to be booked within 15 minutes.
    """
    actions.join(connection(), class_session_id, access.active_caller().user_id)
    return _own(class_session_id)


@blp.get("/classes/<id:class_session_id>/waitlist")
@access.signed_in
@blp.answers(200, schemas.WaitlistEntry)
def get_own_waiting(class_session_id: int) -> Row:
    """Read one's own place on a waiting list"""
    return _own(class_session_id)


@blp.delete("/classes/<id:class_session_id>/waitlist")
@access.in_person
@blp.answers(204)
def leave_waitlist(class_session_id: int) -> None:
    """Wait no more

    A place that was offered goes to the next.
    """
    actions.leave(connection(), class_session_id, access.current_caller().user_id)


def _own(session_id: int) -> Row:
    user_id = access.current_caller().user_id
    entry = sql.classes.get_waiting(connection(), session_id=session_id, user_id=user_id)
    return found(entry, "place on the waiting list of class", session_id)
