"""What members say of their health, and what is decided about it. None of it stands in the feed, or in a message."""

from uuid import UUID

from photolens.access import current_caller
from photolens.classes import rules, wording
from photolens.classes.problems import PARQ_REPLACED
from photolens.database import Connection, Row, sql
from photolens.platform.actions.activities import record_activity
from photolens.platform.actions.notifications import Notice, notify
from photolens.problems import ILLEGAL_TRANSITION, found


def answer(conn: Connection, user_id: UUID, answers: dict[str, bool]) -> Row:
    """Keep what a member says of their health; it counts in place of what they have said before."""
    with conn.transaction():
        clearance = rules.clearance_of(answers)
        parq_id = sql.classes.insert_parq(conn, user_id=user_id, clearance=clearance, **answers)
        row: Row = sql.classes.get_parq(conn, parq_id=parq_id)
        return row


def decide(conn: Connection, parq_id: int, *, is_accepted: bool, note: str | None) -> Row:
    """Say whether a member who has answered yes to something may exercise, and tell them that it was decided.

    Locks: the questionnaire, then the member's inbox. Problems: `not_found`, `illegal_transition`, `parq_replaced`.
    """
    with conn.transaction():
        parq = found(sql.classes.lock_parq(conn, parq_id=parq_id), "questionnaire", parq_id)
        if parq["clearance"] != "PENDING":
            raise ILLEGAL_TRANSITION("It waits for no decision.")
        if not parq["is_newest"]:
            raise PARQ_REPLACED("Decide about the newest one.")
        sql.classes.mark_parq_decided(
            conn,
            parq_id=parq_id,
            clearance="ACCEPTED" if is_accepted else "REJECTED",
            clearance_note=note,
            decided_by=current_caller().user_id,
        )
        record_activity(conn, "PARQ_DECIDED", "PARQ", parq_id)
        notify(conn, [Notice(parq["user_id"], "PARQ_DECIDED", *wording.PARQ_DECIDED, "PARQ", parq_id)])
        row: Row = sql.classes.get_parq(conn, parq_id=parq_id)
        return row


def forget(conn: Connection, user_ids: list[UUID]) -> None:
    """Forget what these users, who are locked, have said of their health."""
    sql.classes.delete_parqs_of_users(conn, user_ids=user_ids)
