"""What becomes of classes: they are put up, changed and ended, by who gives them or looks after all bookings."""

from typing import Any
from uuid import UUID

from photolens import visibility
from photolens.access import Permission, active_caller
from photolens.classes import problems, rules, wording
from photolens.classes.actions import places as hands
from photolens.classes.actions.places import Places, changing
from photolens.database import Connection, Row, sql
from photolens.platform.actions.activities import record_activity
from photolens.preconditions import require_match
from photolens.problems import FORBIDDEN, ILLEGAL_TRANSITION, found, invalid

COLUMNS = (
    "id",
    "trainer_id",
    "title",
    "description",
    "start_time",
    "end_time",
    "capacity",
    "credit_cost",
    "waitlist_capacity",
    "requires_parq",
)


def create_session(conn: Connection, session: dict[str, Any]) -> Row:
    """Put up a class; a trainer, one of their own.

    Locks: the gym and its trainer, for share. Problems: `forbidden`, `trainer_overlap`, `invalid`.
    """
    with conn.transaction():
        gym = sql.classes.lock_gym_of_class(conn, gym_id=session["gym_id"])
        if gym is None or gym["status"] != "ACTIVE":
            raise invalid("/gymId", "names no gym that is open")
        session = {**session, "trainer_id": _trainer_of_new(conn, session)}
        if session["start_time"] <= gym["now"]:
            raise invalid("/startTime", "is not in the future")
        session_id = sql.classes.insert_class_session(conn, **session)
        record_activity(conn, "CLASS_CREATED", "CLASS_SESSION", session_id, details={"name": session["title"]})
        return _shown(conn, session_id)


def update_session(conn: Connection, session_id: int, changes: dict[str, Any]) -> Row:
    """Change a class. Who has a place keeps it at what it cost; if there are more places, who waits has them.

    At another time, whoever has a place is told, reminded anew, and may give it up for nothing until then.

    Locks: as `changing`; whom the class is given to, for share. Problems: `not_found`, `forbidden`,
    `illegal_transition`, `already_begun`, `places_taken`, `waitlist_full`, `trainer_overlap`, `user_overlap`,
    `invalid`.
    """
    with changing(conn, session_id, with_booked=not changes.keys().isdisjoint({"start_time", "end_time"})) as places:
        require_giver(places.session)
        require_match()
        hands.end_offers(conn, places)
        session = places.session
        changed = {**session, **changes, **_new_trainer(conn, session, changes)}
        if changed != session:
            is_moved = (changed["start_time"], changed["end_time"]) != (session["start_time"], session["end_time"])
            _require_changeable(session, changed, is_moved=is_moved)
            sql.classes.update_class_session(conn, **{column: changed[column] for column in COLUMNS})
            if is_moved:
                _tell_of_move(conn, places)
            _record(conn, "CLASS_CHANGED", changed)
    return _shown(conn, session_id)


def cancel_session(conn: Connection, session_id: int) -> Row:
    """Cancel a class, for good: everybody has their credits back, once, and nobody waits any more.

    Locks: as `changing`, then the bookings. Problems: `not_found`, `forbidden`, `illegal_transition`.
    """
    with changing(conn, session_id, with_booked=True) as places:
        require_giver(places.session)
        if places.session["status"] != "CANCELLED":
            _require_going_on(places.session)
            sql.classes.update_class_session_status(conn, session_id=session_id, status="CANCELLED")
            given_up = sql.classes.lock_booked_places(conn, session_id=session_id)
            hands.give_back(conn, given_up, "CANCELLED")
            for booking in given_up:
                refunded = wording.REFUNDED if booking["credit_cost"] else ""
                places.tell(booking["user_id"], "CLASS_CANCELLED", what="will not take place", more=refunded)
            for entry in places.waitlist:
                places.tell(entry["user_id"], "CLASS_CANCELLED", what="will not take place", more="")
            _record(conn, "CLASS_CANCELLED", places.session)
    return _shown(conn, session_id)


def start_session(conn: Connection, session_id: int) -> Row:
    """Say that a class begins, from half an hour before its time on; from then on nobody books it.

    Locks: as `changing`. Problems: `not_found`, `forbidden`, `illegal_transition`, `too_early`.
    """
    with changing(conn, session_id) as places:
        require_giver(places.session)
        if places.session["status"] != "SCHEDULED":
            raise ILLEGAL_TRANSITION(f"It is {places.session['status']}.")
        if rules.is_too_early(places.session):
            raise problems.TOO_EARLY("It begins half an hour before its time at the earliest.")
        sql.classes.update_class_session_status(conn, session_id=session_id, status="IN_PROGRESS")
        _record(conn, "CLASS_STARTED", places.session)
    return _shown(conn, session_id)


def complete_session(conn: Connection, session_id: int) -> Row:
    """Say that a class is over, from its start on: whoever was not checked in has not come.

    Locks: as `changing`. Problems: `not_found`, `forbidden`, `illegal_transition`, `too_early`.
    """
    with changing(conn, session_id) as places:
        require_giver(places.session)
        _require_going_on(places.session)
        if not places.session["has_begun"]:
            raise problems.TOO_EARLY("It has not begun.")
        complete(conn, places)
    return _shown(conn, session_id)


def complete(conn: Connection, places: Places) -> None:
    """Complete a class that is being changed, and goes on."""
    session_id = places.session["id"]
    sql.classes.mark_absent_missed(conn, session_id=session_id)
    sql.classes.update_class_session_status(conn, session_id=session_id, status="COMPLETED")
    _record(conn, "CLASS_COMPLETED", places.session)


def require_giver(session: Row) -> None:
    """Let through whoever looks after all bookings, and the trainer of a locked class in person.

    Problems: `forbidden`; `not_found` for a class that the caller does not see.
    """
    caller = active_caller()
    is_trainer = session["trainer_id"] == caller.user_id
    if caller.may(Permission.MANAGE_BOOKINGS) or (is_trainer and caller.session_id is not None):
        return
    is_shown = is_trainer or session["gym_status"] != "INACTIVE" or caller.may(Permission.VIEW_BOOKINGS_ALL)
    found(session if is_shown else None, "class", session["id"])
    raise FORBIDDEN("This is for its trainer, in person, and for whoever looks after all bookings.")


def _trainer_of_new(conn: Connection, session: dict[str, Any]) -> UUID | None:
    """Who gives a new class: whom whoever looks after all bookings names; otherwise the caller, a trainer there."""
    caller, trainer_id = active_caller(), session["trainer_id"]
    if caller.may(Permission.MANAGE_BOOKINGS):
        return None if trainer_id is None else _trainer(conn, session["gym_id"], trainer_id)
    is_trainer = sql.classes.lock_trainer_of_class(conn, gym_id=session["gym_id"], trainer_id=caller.user_id)
    if caller.session_id is None or is_trainer is None:
        raise FORBIDDEN("This is for trainers at this gym, in person, and for whoever looks after all bookings.")
    if trainer_id is not None and UUID(trainer_id) != caller.user_id:
        raise FORBIDDEN("A trainer puts up their own classes.")
    return caller.user_id


def _new_trainer(conn: Connection, session: Row, changes: dict[str, Any]) -> dict[str, UUID | None]:
    """The change of a class's trainer, where there is one; a trainer gives theirs to nobody else."""
    if "trainer_id" not in changes:
        return {}
    trainer_id = None if changes["trainer_id"] is None else UUID(changes["trainer_id"])
    if trainer_id != session["trainer_id"]:
        if not active_caller().may(Permission.MANAGE_BOOKINGS):
            raise FORBIDDEN("Whoever looks after all bookings gives a class to somebody else.")
        if trainer_id is not None:
            _trainer(conn, session["gym_id"], trainer_id)
    return {"trainer_id": trainer_id}


def _trainer(conn: Connection, gym_id: int, trainer_id: UUID | str) -> UUID:
    trainer = sql.classes.lock_trainer_of_class(conn, gym_id=gym_id, trainer_id=trainer_id)
    if trainer is None:
        raise invalid("/trainerId", "is no trainer at this gym now")
    found_id: UUID = trainer["trainer_id"]
    return found_id


def _require_changeable(session: Row, changed: Row, *, is_moved: bool) -> None:
    _require_going_on(session)
    if is_moved and (session["has_begun"] or session["status"] == "IN_PROGRESS"):
        raise problems.ALREADY_BEGUN("Its time stays.")
    if is_moved and changed["start_time"] <= session["now"]:
        raise invalid("/startTime", "is not in the future")


def _require_going_on(session: Row) -> None:
    if session["status"] not in rules.GOES_ON:
        raise ILLEGAL_TRANSITION(f"It is {session['status']}.")


def _tell_of_move(conn: Connection, places: Places) -> None:
    """Let everybody know of another time, who has a place or waits for one. The balances of all of them are locked."""
    session_id = places.session["id"]
    sql.classes.mark_session_bookings_moved(conn, session_id=session_id)
    hands.refresh(conn, places)
    for user in sql.classes.list_booked_users(conn, session_id=session_id):
        places.tell(user["id"], "CLASS_MOVED", more=wording.STILL_FREE)
    for entry in places.waitlist:
        places.tell(entry["user_id"], "CLASS_MOVED", more=wording.STILL_WAITING)


def _record(conn: Connection, kind: str, session: Row) -> None:
    record_activity(conn, kind, "CLASS_SESSION", session["id"], details={"name": session["title"]})


def _shown(conn: Connection, session_id: int) -> Row:
    """The class, as the caller is shown it."""
    viewer_id = visibility.class_viewer(active_caller())
    row: Row = sql.classes.get_class_session(conn, session_id=session_id, viewer_id=viewer_id)
    return row
