"""What happens to editing jobs: opened by a completed booking, moved along the board, archived."""

from typing import Any

import psycopg

from photolens import visibility
from photolens.access import current_caller
from photolens.database import Connection, Row, sql
from photolens.platform.actions import record_activity
from photolens.preconditions import require_match
from photolens.problems import FORBIDDEN, ILLEGAL_TRANSITION, found, invalid
from photolens.studio import rules
from photolens.studio.problems import STAFF_INACTIVE


def open_editing_job(conn: Connection, booking_id: int) -> None:
    """Open the one editing job of a booking that has just been completed, with the first row of its log.

    Called inside the booking's transaction, which has locked client and booking.
    """
    stage_id = _first_stage_id(conn, "PENDING")
    job_id = sql.studio.insert_editing_job(conn, booking_id=booking_id, stage_id=stage_id)
    _log_status(conn, job_id, stage_id, "PENDING", None)


def take_back_editing_job(conn: Connection, booking_id: int) -> None:
    """Remove the job of a booking whose completion is undone. Locks: the job, after client and booking.

    Problems: `illegal_transition` when somebody has begun it.
    """
    job = sql.studio.lock_editing_job_of_booking(conn, booking_id=booking_id)
    if job["status"] != "PENDING" or sql.studio.count_editing_statuses(conn, editing_job_id=job["id"]) > 1:
        raise ILLEGAL_TRANSITION("The editing has begun, so the booking stays completed.")
    sql.studio.delete_editing_job(conn, editing_job_id=job["id"])


def update_editing_job(conn: Connection, editing_job_id: int, changes: dict[str, Any]) -> Row:
    """Plan a job, give it to an editor, or move it along the board.

    Every status is logged with its note, and sets the time of delivery. An editor does this with their own jobs only,
    and gives none away.

    Locks: its editor, the new one, the job. Problems: `not_found`, `illegal_transition`, `staff_inactive`, `forbidden`,
    `invalid` for an editor who is not there, or for a note without a new status.
    """
    viewer_id, viewing_editor_id = visibility.editing_viewers(current_caller())
    with conn.transaction():
        # An editor is told of nobody whom they name: they give no job away.
        named = changes.get("editor_id") if viewing_editor_id is None else None
        editor = _lock_editors(conn, editing_job_id, named)
        job = sql.studio.lock_editing_job(conn, editing_job_id=editing_job_id, viewing_editor_id=viewing_editor_id)
        job = found(job, "editing job", editing_job_id)
        require_match()
        if viewing_editor_id is not None and changes.get("editor_id", viewing_editor_id) != viewing_editor_id:
            raise FORBIDDEN("Whoever gives jobs out gives them to somebody else.")
        note = changes.get("status_note")
        changed = {**job, **{name: value for name, value in changes.items() if name != "status_note"}}
        was, now = job["status"], changed["status"]
        if rules.is_finished(was) and not rules.is_finished(now) and editor is not None:
            changed["editor_id"] = _who_goes_on(job, editor, changed["editor_id"])
        if was == now and note is not None:
            raise invalid("/statusNote", "goes with a new status")
        if was != now and not rules.may_move_editing_job(was, now):
            raise ILLEGAL_TRANSITION(f"An editing job that is {was} cannot become {now}.")
        if changed != job:
            sql.studio.update_editing_job(conn, **changed)
        if was != now:
            stage_id = job["stage_id"] if now == "ARCHIVED" else _first_stage_id(conn, now)
            _log_status(conn, editing_job_id, stage_id, now, note)
            sql.studio.refresh_editing_job_stage(conn, editing_job_id=editing_job_id)
        row: Row = sql.studio.get_editing_job(
            conn, editing_job_id=editing_job_id, viewer_id=viewer_id, viewing_editor_id=viewing_editor_id
        )
        if changed != job:
            _record(conn, "EDITING_JOB_PLANNED" if was == now else "EDITING_JOB_MOVED", row)
        return row


def _lock_editors(conn: Connection, editing_job_id: int, editor_id: int | None) -> Row | None:
    """Hold whoever has the job, and whoever is given it, as whoever removes them does; gives the first."""
    present: Row | None = sql.studio.lock_editor_of_editing_job(conn, editing_job_id=editing_job_id)
    if editor_id is not None:
        editor = sql.studio.lock_staff_member(conn, staff_id=editor_id)
        if editor is None:
            raise invalid("/editorId", "names nobody")
        if editor["status"] == "INACTIVE":
            raise STAFF_INACTIVE(f"{editor['name']} no longer works here.")
    return present


def _who_goes_on(job: Row, editor: Row, editor_id: int | None) -> int | None:
    """Who has a job that comes back after it was delivered: nobody, if its editor has left since."""
    if job["editor_id"] != editor["id"]:
        raise psycopg.errors.SerializationFailure  # it was given to somebody else meanwhile: the caller tries once more
    return None if editor_id == editor["id"] and editor["status"] == "INACTIVE" else editor_id


def _record(conn: Connection, kind: str, job: Row) -> None:
    details = {"status": job["status"], "clientName": job["clientName"]}
    record_activity(conn, kind, "EDITING_JOB", job["id"], client_id=job["clientId"], details=details)


def _first_stage_id(conn: Connection, status: str) -> int:
    stage_id: int = sql.studio.get_first_editing_stage(conn, status=status)["id"]
    return stage_id


def _log_status(conn: Connection, editing_job_id: int, stage_id: int, status: str, note: str | None) -> None:
    changed_by = current_caller().name
    sql.studio.insert_editing_status(
        conn, editing_job_id=editing_job_id, stage_id=stage_id, status=status, changed_by=changed_by, notes=note
    )
