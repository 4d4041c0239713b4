"""What members say of classes, and how these, their gyms and their trainers are rated by that."""

from typing import Any
from uuid import UUID

from photolens.classes.problems import NOT_ATTENDED, TOO_EARLY, TOO_LATE
from photolens.database import Connection, Row, sql
from photolens.preconditions import require_match
from photolens.problems import found

REVIEW_DAYS = 30  # after its end that a class is reviewed
FORGOTTEN = "Erased."  # what whoever is forgotten has said


def create_review(conn: Connection, user_id: UUID, session_id: int, review: dict[str, Any]) -> Row:
    """Keep what somebody says of a class they were at.

    Locks: the class, its gym, its trainer there. Problems: `not_found`, `too_early`, `not_attended`, `too_late`,
    `already_reviewed`, `invalid`.
    """
    with conn.transaction():
        session = _lock_session(conn, session_id)
        booking = sql.classes.get_attended_booking(conn, session_id=session_id, user_id=user_id)
        if not session["has_ended"]:
            raise TOO_EARLY("It is reviewed once it has ended.")
        if booking is None:
            raise NOT_ATTENDED("You were not checked in at this class.")
        _require_recent(session)
        review_id = sql.classes.insert_review(conn, session_id=session_id, booking_id=booking["id"], **review)
        _rate(conn, session)
        return _review(conn, session_id, review_id)


def update_review(conn: Connection, user_id: UUID, session_id: int, review_id: int, changes: dict[str, Any]) -> Row:
    """Let the author say something else of a class, while it is still reviewed.

    Locks: the class, the review, the gym, the trainer there. Problems: `not_found`, `too_late`, `invalid`.
    """
    with conn.transaction():
        session = _lock_session(conn, session_id)
        review = found(
            sql.classes.lock_review(conn, session_id=session_id, review_id=review_id, user_id=user_id),
            "review",
            review_id,
        )
        require_match()
        _require_recent(session)
        changed = {**review, **changes}
        if changed != review:
            sql.classes.update_review(conn, **{column: changed[column] for column in ("id", "rating", "comment")})
            _rate(conn, session)
        return _review(conn, session_id, review_id)


def forget(conn: Connection, user_ids: list[UUID]) -> None:
    """Forget what these users, who are locked, have said; their stars stay."""
    sql.classes.mark_reviews_erased(conn, user_ids=user_ids, comment=FORGOTTEN)


def _lock_session(conn: Connection, session_id: int) -> Row:
    session = sql.classes.lock_reviewed_session(conn, session_id=session_id, review_days=REVIEW_DAYS)
    row: Row = found(session, "class", session_id)
    return row


def _require_recent(session: Row) -> None:
    if session["is_long_ago"]:
        raise TOO_LATE(f"It is reviewed, and the review changed, within {REVIEW_DAYS} days.")


def _rate(conn: Connection, session: Row) -> None:
    """Recompute how a class, which is locked, and all that is rated by it are rated.

    Locks: its gym, its trainer there.
    """
    sql.classes.refresh_session_rating(conn, session_id=session["id"])
    sql.classes.lock_gym(conn, gym_id=session["gym_id"])
    sql.classes.refresh_gym_rating(conn, gym_id=session["gym_id"])
    if session["trainer_id"] is not None:
        at_gym = {"gym_id": session["gym_id"], "trainer_id": session["trainer_id"]}
        sql.classes.lock_trainer(conn, **at_gym)
        sql.classes.refresh_trainer_rating(conn, **at_gym)


def _review(conn: Connection, session_id: int, review_id: int) -> Row:
    row: Row = sql.classes.get_review(conn, session_id=session_id, review_id=review_id)
    return row
