"""What happens to editing jobs: opened by a completed booking, moved along the board, approved or sent back, archived.

What the contacts of a client do, the portal has found to be theirs: no viewer is asked for.
"""

from collections.abc import Sequence
from typing import Any

import psycopg

from photolens import visibility
from photolens.access import current_caller
from photolens.database import Connection, Row, sql
from photolens.platform.actions.activities import record_activity
from photolens.preconditions import require_match
from photolens.problems import FORBIDDEN, ILLEGAL_TRANSITION, found, invalid
from photolens.studio import rules
from photolens.studio.problems import CLIENT_ERASED, NO_JOB_WAITING, NOT_IN_REVIEW, SELECTION_FINAL, STAFF_INACTIVE

_OF_A_MOVE = ("stage_id", "status")
_WORDS = ("notes", "photographer_notes", "drive_folder_url", "status_note")  # what an erasure overwrites


def open_editing_jobs(conn: Connection, booking_ids: list[int]) -> None:
    """Open the one editing job of each booking that has just been completed, with the first row of its log.

    Called inside the bookings' transaction, which has locked clients and bookings. Locks: the stages, shared.
    """
    stage_id = rules.first_stage(sql.studio.lock_editing_stages_shared(conn), "PENDING")["id"]
    sql.studio.insert_editing_jobs(conn, booking_ids=booking_ids, stage_id=stage_id)
    sql.studio.insert_first_editing_statuses(conn, booking_ids=booking_ids, changed_by=current_caller().name)


def take_back_editing_job(conn: Connection, booking_id: int) -> None:
    """Remove the job of a booking whose completion is undone. Locks: the job, after client and booking.

    Problems: `illegal_transition` when somebody has begun it: it has come to another stage than its first.
    """
    job = sql.studio.lock_editing_job_of_booking(conn, booking_id=booking_id)
    if sql.studio.count_editing_statuses(conn, editing_job_id=job["id"]) > 1:
        raise ILLEGAL_TRANSITION("The editing has begun, so the booking stays completed.")
    sql.studio.delete_editing_job(conn, editing_job_id=job["id"])


def finish_selection(conn: Connection, booking_id: int) -> Row:
    """Move the job of a booking whose photos were chosen to where it waits for its editor; gives the job.

    Called inside the booking's transaction, which has locked the booking. Locks: the stages, shared; the job.
    Problems: `no_job_waiting`.
    """
    stages = {stage["id"]: stage for stage in sql.studio.lock_editing_stages_shared(conn)}
    job: Row | None = sql.studio.lock_editing_job_of_booking(conn, booking_id=booking_id)
    if job is None or not stages[job["stage_id"]]["awaits_selection"]:
        raise NO_JOB_WAITING("The booking has no editing job in a stage that awaits the selection.")
    stage = rules.stage_after_selection(stages.values())
    _move(conn, job["id"], stage["id"], stage["status"], None)
    row = _get(conn, job["id"])
    _record(conn, "SELECTION_FINALIZED", row)
    return row


def refuse_final_selection(conn: Connection, booking_id: int) -> None:
    """See to it that a client changes nothing of a selection that was taken as made; the studio may.

    Before there is a job they choose freely, and while it waits for them. Called inside the booking's transaction,
    which has locked the booking. Locks: the stages, shared; the job. Problems: `selection_final`.
    """
    stages = {stage["id"]: stage for stage in sql.studio.lock_editing_stages_shared(conn)}
    job: Row | None = sql.studio.lock_editing_job_of_booking(conn, booking_id=booking_id)
    if job is not None and not stages[job["stage_id"]]["awaits_selection"]:
        raise SELECTION_FINAL("The photos are being edited. Write to the studio about a change.")


def refuse_words_on_erased(conn: Connection, booking_id: int) -> None:
    """See to it that nothing is noted any more of a client who was erased. The booking or its job is locked.

    Problems: `client_erased`.
    """
    if sql.studio.exists_erased_client_of_booking(conn, booking_id=booking_id):
        raise CLIENT_ERASED("Nothing is known of them any more, and nothing can be noted.")


def update_editing_job(conn: Connection, editing_job_id: int, changes: dict[str, Any]) -> Row:
    """Plan a job, hand its photos on, give it to an editor, or move it along the board.

    Every stage it comes to is logged with its status and note, and sets the time of delivery. An editor does this with
    their own jobs only, and gives none away.

    Locks: its editor and the new one, by id; the stages, shared; the job. Problems: `not_found`, `illegal_transition`,
    `staff_inactive`, `forbidden`, `client_erased` for words on the job of a client who was, `invalid` for an editor or
    a stage that is not there, for a stage and a status that disagree, or for a note without a move.
    """
    _, viewing_editor_id = visibility.editing_viewers(current_caller())
    with conn.transaction():
        # An editor is told of nobody whom they name: they give no job away.
        named = changes.get("editor_id") if viewing_editor_id is None else None
        editor = _lock_editors(conn, editing_job_id, named)
        is_move = not changes.keys().isdisjoint(_OF_A_MOVE)
        stages = sql.studio.lock_editing_stages_shared(conn) if is_move else []
        job = _lock(conn, editing_job_id, visibility.editing_viewers(current_caller()))
        require_match()
        if any(changes.get(name) is not None for name in _WORDS):
            refuse_words_on_erased(conn, job["booking_id"])
        if viewing_editor_id is not None and changes.get("editor_id", viewing_editor_id) != viewing_editor_id:
            raise FORBIDDEN("Whoever gives jobs out gives them to somebody else.")
        stage_id, status = _destination(stages, job, changes)
        is_moved = _is_moved(job, stage_id, status, changes)
        changed = {**job, **{name: changes[name] for name in changes.keys() & job.keys() if name not in _OF_A_MOVE}}
        changed["editor_id"] = _who_goes_on(job, editor, changed["editor_id"], status)
        if changed != job:
            is_uploaded_now = "uploaded_at" not in changes and rules.is_handed_on(job, changed)
            sql.studio.update_editing_job(conn, **changed, is_uploaded_now=is_uploaded_now)
        if is_moved:
            _move(conn, editing_job_id, stage_id, status, changes.get("status_note"))
        row = _get(conn, editing_job_id)
        if is_moved or changed != job:
            _record(conn, "EDITING_JOB_MOVED" if is_moved else "EDITING_JOB_PLANNED", row)
        return row


def request_revision(conn: Connection, editing_job_id: int, note: str) -> Row:
    """Send a job back to work, and keep what is to be done; asked again meanwhile, it is one more revision.

    Locks: its editor; the stages, shared; the job. Problems: `not_found`, `client_erased`, `illegal_transition`.
    """
    viewers = visibility.editing_viewers(current_caller())
    with conn.transaction():
        editor = _lock_editors(conn, editing_job_id, None)
        stages = sql.studio.lock_editing_stages_shared(conn)
        job = _lock(conn, editing_job_id, viewers)
        if not rules.may_be_revised(job["status"]):
            raise ILLEGAL_TRANSITION(f"An editing job that is {job['status']} is not sent back to work.")
        return _send_back(conn, job, editor, stages, note, is_from_client=False)


def request_revision_for_client(conn: Connection, editing_job_id: int, note: str) -> Row:
    """Send a job in review back to work, as a contact of its client asks.

    Locks: its editor; the stages, shared; the job. Problems: `not_found`, `client_erased`, `not_in_review`.
    """
    with conn.transaction():
        editor = _lock_editors(conn, editing_job_id, None)
        stages, job = _lock_in_review(conn, editing_job_id)
        return _send_back(conn, job, editor, stages, note, is_from_client=True)


def approve_editing_job(conn: Connection, editing_job_id: int) -> None:
    """Take the work on a job in review as done, as a contact of its client says: it is delivered.

    Locks: the stages, shared; the job. Problems: `not_found`, `not_in_review`.
    """
    with conn.transaction():
        stages, _job = _lock_in_review(conn, editing_job_id)
        stage = rules.first_stage(stages, "DELIVERED")
        _move(conn, editing_job_id, stage["id"], stage["status"], None)
        _record(conn, "EDITING_JOB_APPROVED", _get(conn, editing_job_id))


def _lock_in_review(conn: Connection, editing_job_id: int) -> tuple[list[Row], Row]:
    """The stages, and a job in one of them in which it waits for its client."""
    stages: list[Row] = sql.studio.lock_editing_stages_shared(conn)
    job = _lock(conn, editing_job_id, visibility.EVERYBODYS)
    if not any(stage["awaits_approval"] for stage in stages if stage["id"] == job["stage_id"]):
        raise NOT_IN_REVIEW("The photos are approved, or sent back, while they are in review.")
    return stages, job


def _send_back(
    conn: Connection, job: Row, editor: Row | None, stages: Sequence[Row], note: str, *, is_from_client: bool
) -> Row:
    """Keep what is to be done, and move the job to where it is done. Its editor, the stages and the job are locked."""
    refuse_words_on_erased(conn, job["booking_id"])
    revision_id = sql.studio.insert_editing_revision(
        conn,
        editing_job_id=job["id"],
        note=note,
        requested_by=current_caller().name,
        is_from_client=is_from_client,
    )
    sql.studio.refresh_editing_job_revisions(conn, editing_job_id=job["id"])
    if job["status"] != "REVISION":
        editor_id = _who_goes_on(job, editor, job["editor_id"], "REVISION")
        if editor_id != job["editor_id"]:
            sql.studio.update_editing_job(conn, **{**job, "editor_id": editor_id}, is_uploaded_now=False)
        _move(conn, job["id"], rules.first_stage(stages, "REVISION")["id"], "REVISION", note)
    _record(conn, "REVISION_REQUESTED", _get(conn, job["id"]))
    row: Row = sql.studio.get_editing_revision(
        conn, editing_job_id=job["id"], revision_id=revision_id, viewer_id=None, viewing_editor_id=None
    )
    return row


def _lock(conn: Connection, editing_job_id: int, viewers: visibility.Viewers) -> Row:
    """The job, if the viewers may see it."""
    viewer_id, viewing_editor_id = viewers
    job = sql.studio.lock_editing_job(
        conn, editing_job_id=editing_job_id, viewer_id=viewer_id, viewing_editor_id=viewing_editor_id
    )
    return found(job, "editing job", editing_job_id)


def _get(conn: Connection, editing_job_id: int) -> Row:
    """The job as it now is, for whoever has just changed it."""
    row: Row = sql.studio.get_editing_job(conn, editing_job_id=editing_job_id, viewer_id=None, viewing_editor_id=None)
    return row


def _lock_editors(conn: Connection, editing_job_id: int, editor_id: int | None) -> Row | None:
    """Hold whoever has the job, and whoever is given it, as whoever removes them does; gives the first."""
    editors = sql.studio.lock_editors_of_editing_job(conn, editing_job_id=editing_job_id, new_editor_id=editor_id)
    if editor_id is not None:
        editor = next((editor for editor in editors if editor["id"] == editor_id), None)
        if editor is None:
            raise invalid("/editorId", "names nobody")
        if editor["status"] == "INACTIVE":
            raise STAFF_INACTIVE(f"{editor['name']} no longer works here.")
    return next((editor for editor in editors if editor["has_job"]), None)


def _who_goes_on(job: Row, editor: Row | None, editor_id: int | None, status: str) -> int | None:
    """Who has a job that comes to a status: nobody, if it comes back after its editor has left."""
    if editor is None or not rules.is_finished(job["status"]) or rules.is_finished(status):
        return editor_id
    if job["editor_id"] != editor["id"]:
        raise psycopg.errors.SerializationFailure  # it was given to somebody else meanwhile: the caller tries once more
    return None if editor_id == editor["id"] and editor["status"] == "INACTIVE" else editor_id


def _destination(stages: Sequence[Row], job: Row, changes: dict[str, Any]) -> tuple[int, str]:
    """The stage and the status that a job is to have: of the two, what is not named follows from the other."""
    present: tuple[int, str] = (job["stage_id"], job["status"])
    stage_id, status = changes.get("stage_id"), changes.get("status")
    if stage_id is None:
        if status is None:
            return present
        # Into the archive a job takes its stage along; and where it has the status, it stays.
        stays = status in (job["status"], "ARCHIVED")
        return present[0] if stays else rules.first_stage(stages, status)["id"], status
    stage = next((stage for stage in stages if stage["id"] == stage_id), None)
    if stage is None:
        raise invalid("/stageId", "names nothing that is there")
    if status is None:
        return present if stage_id == present[0] else (stage_id, stage["status"])
    if status != stage["status"] and (stage_id, status) != (present[0], "ARCHIVED"):
        raise invalid("/status", f"is not what jobs in that stage are: {stage['status']}")
    return stage_id, status


def _is_moved(job: Row, stage_id: int, status: str, changes: dict[str, Any]) -> bool:
    """Whether a job comes to another stage or status, which it may."""
    if (stage_id, status) == (job["stage_id"], job["status"]):
        if "status_note" in changes:
            raise invalid("/statusNote", "goes with a new stage")
        return False
    if not rules.may_move_editing_job(job["status"], status):
        raise ILLEGAL_TRANSITION(f"An editing job that is {job['status']} cannot become {status}.")
    return True


def _move(conn: Connection, editing_job_id: int, stage_id: int, status: str, note: str | None) -> None:
    """Log where a job comes to, and let it be there. The stages and the job are locked."""
    sql.studio.insert_editing_status(
        conn,
        editing_job_id=editing_job_id,
        stage_id=stage_id,
        status=status,
        changed_by=current_caller().name,
        notes=note,
    )
    sql.studio.refresh_editing_job_stage(conn, editing_job_id=editing_job_id)


def _record(conn: Connection, kind: str, job: Row) -> None:
    details = {"status": job["status"], "stageName": job["stageName"], "clientName": job["clientName"]}
    record_activity(conn, kind, "EDITING_JOB", job["id"], client_id=job["clientId"], details=details)
