"""How members are shown around a gym: asked for, confirmed with a trainer, held.

Each change is decided under the lock of the induction: of two that want to make something else of it, the second finds
what the first has made. What a trainer's time is taken by, the database keeps.
"""

from typing import Any
from uuid import UUID

from photolens import visibility
from photolens.access import Permission, active_caller, current_caller
from photolens.classes import rules, wording
from photolens.classes.problems import ALREADY_BEGUN, ALREADY_INDUCTED, TOO_EARLY
from photolens.database import Connection, Row, sql
from photolens.platform.actions.activities import record_activity
from photolens.platform.actions.notifications import Notice, notify
from photolens.preconditions import require_match
from photolens.problems import FORBIDDEN, found, invalid


def ask(conn: Connection, user_id: UUID, wish: dict[str, Any]) -> Row:
    """Ask for an induction; what the member had asked for there, and nobody has confirmed in time, is cancelled.

    Locks: the gym for share, what had been asked for. Problems: `induction_open`, `already_inducted`, `invalid`.
    """
    gym_id, start_time = wish["gym_id"], wish["start_time"]
    with conn.transaction():
        gym = sql.classes.lock_gym_for_induction(conn, gym_id=gym_id)
        if gym is None or gym["status"] != "ACTIVE":
            raise invalid("/gymId", "names no gym that is open")
        rules.require_to_come(start_time, gym["now"])
        sql.classes.mark_lapsed_inductions_cancelled(conn, user_id=user_id, gym_id=gym_id)
        end_time = wish["end_time"] or start_time + rules.INDUCTION_LASTS
        induction_id = sql.classes.insert_induction(
            conn, gym_id=gym_id, user_id=user_id, start_time=start_time, end_time=end_time
        )
        # Asked only now: where one was open, it has waited for what became of that.
        if sql.classes.exists_induction(conn, user_id=user_id, gym_id=gym_id):
            raise ALREADY_INDUCTED("You need no other one there.")
        return _recorded(conn, induction_id, "INDUCTION_ASKED")


def change(conn: Connection, induction_id: int, changes: dict[str, Any]) -> Row:
    """Put an induction at another time, or give it to another trainer, and tell the member.

    Locks: the induction, a trainer who is new to it for share, their time, the member's inbox. Problems: `forbidden`,
    `not_found`, `illegal_transition`, `trainer_overlap`, `invalid`.
    """
    with conn.transaction():
        induction = _lock(conn, induction_id, "TRAINER")
        require_match()
        rules.require_induction_open(induction)
        changed = {**induction, **changes}
        if changes.get("trainer_id") is not None:
            changed["trainer_id"] = UUID(changes["trainer_id"])
        if changed == induction:
            return _shown(conn, induction_id)
        if changed["start_time"] != induction["start_time"]:
            rules.require_to_come(changed["start_time"], induction["now"])
        if changed["trainer_id"] != induction["trainer_id"]:
            _require_trainer(conn, changed)
        _update(conn, changed)
        return _told(conn, induction_id, "INDUCTION_CHANGED")


def confirm(conn: Connection, induction_id: int, trainer_id: str | None) -> Row:
    """Confirm an induction: a trainer of the gym takes it, or whoever looks after bookings gives it to one.

    Locks: the induction, the trainer at the gym for share, their time, the member's inbox. Problems: `forbidden`,
    `not_found`, `illegal_transition`, `already_begun`, `trainer_overlap`, `invalid`.
    """
    with conn.transaction():
        induction = _lock(conn, induction_id, "TRAINER", "CANDIDATE")
        trainer = UUID(trainer_id) if trainer_id is not None else induction["trainer_id"]
        caller = current_caller()
        if not caller.may(Permission.MANAGE_BOOKINGS):
            if trainer not in (None, caller.user_id):
                raise FORBIDDEN("A trainer confirms what they give themselves.")
            trainer = caller.user_id
        rules.require_induction_move(induction, "CONFIRMED")
        if induction["has_begun"]:
            raise ALREADY_BEGUN("Its time has come: put it at another one first.")
        confirmed = {**induction, "trainer_id": trainer, "status": "CONFIRMED"}
        _require_trainer(conn, confirmed)
        _update(conn, confirmed)
        return _told(conn, induction_id, "INDUCTION_CONFIRMED")


def cancel(conn: Connection, induction_id: int) -> Row:
    """Cancel an induction until it starts; what is cancelled stays as it is. It is the others who are told.

    Locks: the induction, the inbox of whoever is told. Problems: `forbidden`, `not_found`,
    `illegal_transition`, `already_begun`.
    """
    with conn.transaction():
        induction = _lock(conn, induction_id, "MEMBER", "TRAINER")
        if induction["status"] == "CANCELLED":
            return _shown(conn, induction_id)
        rules.require_induction_move(induction, "CANCELLED")
        if induction["has_begun"]:
            raise ALREADY_BEGUN("It is cancelled before its start, or not at all.")
        _update(conn, {**induction, "status": "CANCELLED"})
        return _told(conn, induction_id, "INDUCTION_CANCELLED")


def settle(conn: Connection, induction_id: int, status: str) -> Row:
    """Say what has come of an induction, from its start on: COMPLETED, or NO_SHOW.

    Locks: the induction, its trainer's time. Problems: `forbidden`, `not_found`,
    `illegal_transition`, `too_early`.
    """
    with conn.transaction():
        induction = _lock(conn, induction_id, "TRAINER")
        rules.require_induction_move(induction, status)
        if not induction["has_begun"]:
            raise TOO_EARLY("It has not begun.")
        _update(conn, {**induction, "status": status})
        return _recorded(conn, induction_id, f"INDUCTION_{status}")


def _lock(conn: Connection, induction_id: int, *parties: rules.Party) -> Row:
    """An induction, locked, for one of these parties to it, in person, or for whoever looks after bookings.

    Problems: `forbidden`, `not_found`.
    """
    caller = active_caller()
    viewer_id = visibility.class_viewer(caller)
    induction: Row = sql.classes.lock_induction(conn, induction_id=induction_id, caller_id=caller.user_id)
    found(sql.classes.get_induction(conn, induction_id=induction_id, viewer_id=viewer_id), "induction", induction_id)
    if not caller.may(Permission.MANAGE_BOOKINGS):
        if rules.parties_to(induction, caller.user_id).isdisjoint(parties):
            raise FORBIDDEN("This is for others who have to do with it.")
        if caller.session_id is None:
            raise FORBIDDEN("A personal access token does not serve for this. Sign in.")
    return induction


def _require_trainer(conn: Connection, induction: Row) -> None:
    """Refuse whoever is to give an induction and cannot; nobody is needed for one that is PENDING. Problems: `invalid`.

    Locks: the trainer at the gym, for share.
    """
    gym_id, trainer_id = induction["gym_id"], induction["trainer_id"]
    if trainer_id is None:
        if induction["status"] != "PENDING":
            raise invalid("/trainerId", "is needed where it is confirmed")
    elif trainer_id == induction["user_id"]:
        raise invalid("/trainerId", "is whom it is for")
    elif sql.classes.lock_active_trainer(conn, gym_id=gym_id, trainer_id=trainer_id) is None:
        raise invalid("/trainerId", "is no trainer at this gym, or not any more")


def _update(conn: Connection, induction: Row) -> None:
    """Keep an induction, which is locked, as it is to be."""
    sql.classes.update_induction(
        conn,
        induction_id=induction["id"],
        trainer_id=induction["trainer_id"],
        start_time=induction["start_time"],
        end_time=induction["end_time"],
        status=induction["status"],
    )


def _told(conn: Connection, induction_id: int, deed: str) -> Row:
    """The induction as it is now, after a deed that the feed and those whom it concerns are told of."""
    induction = _recorded(conn, induction_id, deed)
    user_id = rules.whom_to_tell(induction, deed, current_caller().user_id)
    if user_id is not None:
        title, body = wording.induction_notice(deed, induction)
        notify(conn, [Notice(user_id, "INDUCTION_CHANGED", title, body, "INDUCTION", induction_id)])
    return induction


def _recorded(conn: Connection, induction_id: int, deed: str) -> Row:
    """The induction as it is now, after a deed that the feed is told of."""
    induction = _shown(conn, induction_id)
    record_activity(conn, deed, "INDUCTION", induction_id, details={"name": induction["gymName"]})
    return induction


def _shown(conn: Connection, induction_id: int) -> Row:
    """The induction as it is now, for whoever has just been let through to it, even where they have given it away."""
    row: Row = sql.classes.get_induction(conn, induction_id=induction_id, viewer_id=None)
    return row
