"""Classes: for everybody to find; and how they are put up, changed and ended."""

from typing import Any

from photolens import access, paging, visibility
from photolens.api import Blueprint
from photolens.classes import problems
from photolens.classes.actions import sessions as actions
from photolens.classes.schemas import sessions as schemas
from photolens.database import Row, connection, sql
from photolens.problems import FORBIDDEN, ILLEGAL_TRANSITION, found

blp = Blueprint("Classes", __name__, description="Group sessions at gyms, paid by credits: for everybody to find.")


@blp.get("/classes")
@access.public
@blp.arguments(schemas.ClassSessionList, location="query")
@blp.pages(schemas.ClassSession)
def list_classes(arguments: dict[str, Any]) -> dict[str, Any]:
    """List classes

    If nothing else is asked for, those that are to come, without what is cancelled. Classes at a gym that is INACTIVE
    are there for whoever gives them, and whoever looks after all bookings.
    """
    viewer_id = visibility.class_session_viewer(access.known_caller())
    return paging.page(connection(), schemas.ClassSessionList, {**arguments, "viewer_id": viewer_id})


@blp.post("/classes")
@access.signed_in
@blp.arguments(schemas.ClassInput)
@blp.refuses(FORBIDDEN, problems.TRAINER_OVERLAP)
@blp.answers(201, schemas.ClassSession)
def add_class(session: dict[str, Any]) -> Row:
    """Put up a class

    At a gym that is ACTIVE, in the future. Whoever looks after all bookings names any trainer of the gym, or none; a
    trainer there puts up their own, in person.
    """
    return actions.create_session(connection(), session)


@blp.get("/classes/<id:class_session_id>")
@access.public
@blp.answers(200, schemas.ClassSession)
def get_class(class_session_id: int) -> Row:
    """Read a class"""
    viewer_id = visibility.class_session_viewer(access.known_caller())
    session = sql.classes.get_class_session(connection(), session_id=class_session_id, viewer_id=viewer_id)
    return found(session, "class", class_session_id)


@blp.patch("/classes/<id:class_session_id>")
@access.signed_in
@blp.arguments(schemas.ClassTerms(partial=True))
@blp.refuses(
    FORBIDDEN,
    ILLEGAL_TRANSITION,
    problems.ALREADY_BEGUN,
    problems.PLACES_TAKEN,
    problems.WAITLIST_FULL,
    problems.TRAINER_OVERLAP,
    problems.USER_OVERLAP,
)
@blp.answers(200, schemas.ClassSession)
def update_class(changes: dict[str, Any], class_session_id: int) -> Row:
    """Change a class, as its trainer or whoever looks after all bookings

    More places go to who waits. At another time, which is not possible once it has begun, members are told, and cancel
    for nothing until it starts; nobody may be in another class then. What they have paid stays, whatever it costs now.
    Its trainer gives it to nobody else.
    """
    return actions.update_session(connection(), class_session_id, changes)


@blp.post("/classes/<id:class_session_id>/cancel")
@access.signed_in
@blp.refuses(FORBIDDEN, ILLEGAL_TRANSITION)
@blp.answers(200, schemas.ClassSession)
def cancel_class(class_session_id: int) -> Row:
    """Cancel a class, as its trainer or whoever looks after all bookings

    Everybody who has a place has their credits back. Done again, it changes nothing.
    """
    return actions.cancel_session(connection(), class_session_id)


@blp.post("/classes/<id:class_session_id>/start")
@access.signed_in
@blp.refuses(FORBIDDEN, ILLEGAL_TRANSITION, problems.TOO_EARLY)
@blp.answers(200, schemas.ClassSession)
def start_class(class_session_id: int) -> Row:
    """Begin a class, as its trainer or whoever looks after all bookings

    From half an hour before its start on. Nobody books it any more.
    """
    return actions.start_session(connection(), class_session_id)


@blp.post("/classes/<id:class_session_id>/complete")
@access.signed_in
@blp.refuses(FORBIDDEN, ILLEGAL_TRANSITION, problems.TOO_EARLY)
@blp.answers(200, schemas.ClassSession)
def complete_class(class_session_id: int) -> Row:
    """Complete a class, as its trainer or whoever looks after all bookings

    From its start on. Whoever was not checked in is a NO_SHOW. Once it has ended it is completed by itself.
    """
    return actions.complete_session(connection(), class_session_id)
