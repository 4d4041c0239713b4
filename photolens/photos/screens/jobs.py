"""A photo job: whole, as it has been ordered, as it comes along, and what comes of it."""

from contextlib import AbstractContextManager
from uuid import UUID

from photolens.credits.rules import free_photos_left
from photolens.database import Connection, Row, snapshot, sql
from photolens.event_streams import Event, Look, News
from photolens.photos.actions.jobs import Asker
from photolens.photos.problems import NO_RESULT
from photolens.problems import found
from photolens.storage import StoredFile, current_storage

_FINISHED = ("COMPLETED", "FAILED")


def read_job(conn: Connection, job_id: int, asker: Asker) -> Row:
    """A job and its photos. Problems: `not_found`."""
    with snapshot(conn):
        job: Row = found(
            sql.photos.get_photo_job(conn, job_id=job_id, user_id=asker.user_id, sees_demos=asker.sees_demos),
            "photo job",
            job_id,
        )
        return job | {"photos": sql.photos.list_photos_of_job(conn, job_id=job_id)}


def read_ordered(conn: Connection, job_id: int, asker: Asker) -> Row:
    """A job that its user has ordered, what it was paid with, and what is left to them. Problems: `not_found`."""
    with snapshot(conn):
        job = read_job(conn, job_id, asker)
        return {
            "job": job,
            "applied": {"freePhotos": job["freePhotos"], "credits": job["cost"]},
            "balance": read_balance(conn, asker.user_id),
        }


def read_balance(conn: Connection, user_id: UUID) -> Row:
    """What a user can spend now, in credits and free photos."""
    row = sql.photos.get_spendable(conn, user_id=user_id)
    return {"credits": row["credits"], "freePhotosLeft": free_photos_left(row["freeUsed"])}


def open_result(conn: Connection, job_id: int, asker: Asker) -> tuple[AbstractContextManager[StoredFile], str]:
    """What reads the ZIP of a job, and its name. Problems: `not_found`, `no_result`."""
    row = sql.photos.get_photo_job_result(conn, job_id=job_id, user_id=asker.user_id, sees_demos=asker.sees_demos)
    result = found(row, "photo job", job_id)
    if result["status"] != "COMPLETED":
        raise NO_RESULT(f"The job is {result['status']}.")
    return current_storage().reading(f"photo-jobs/{result['storageFolder']}/result.zip"), f"photos-{job_id}.zip"


def progress_of(job_id: int, asker: Asker) -> Look:
    """How far a job has come: `progress` at once and whenever it has moved, and `done` when nothing moves any more.

    The look raises `not_found`, for a job that is hidden meanwhile as well.
    """

    def look(conn: Connection, last_id: str | None) -> News:
        row = sql.photos.get_photo_job_progress(conn, job_id=job_id, user_id=asker.user_id, sees_demos=asker.sees_demos)
        present = found(row, "photo job", job_id)
        event_id = f"{present['status']}-{present['done']}"
        events = [Event(event_id, "progress", present)] if event_id != last_id else []
        if present["status"] not in _FINISHED:
            return News(events)
        return News([*events, Event(event_id, "done", present)], is_over=True)

    return look
