"""The worker's part of a photo job: its photos are edited one by one, and packed into one ZIP.

A worker may die at any moment, or come back when it was long taken for dead. So whoever begins takes the number of its
try, and writes nothing any more, neither file nor row, once somebody else has begun or the job is over. What is
finished of an earlier try stays. Each step is a transaction of its own, with no file and no network in it.
"""

import logging
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from shutil import copyfileobj
from tempfile import TemporaryFile
from typing import BinaryIO

from psycopg.types.json import Jsonb

from photolens import photo_ai, photo_editor
from photolens.config import current_settings
from photolens.database import Connection, Row, sql
from photolens.job_queue import SLOW, queue_job
from photolens.photo_edits import edits_for
from photolens.photos.actions import outcomes, results
from photolens.photos.rules import LARGEST_PHOTO
from photolens.pictures import NotAPicture
from photolens.public_addresses import FetchFailed, FetchLater, fetch
from photolens.storage import FileMissing, StorageUnavailable, current_storage

log = logging.getLogger(__name__)

TRIES = 3
WAITS = {1: timedelta(seconds=5), 2: timedelta(seconds=30)}  # after each try


class Lost(Exception):  # noqa: N818
    """Somebody else does the job by now, or it is over."""


class Refused(Exception):  # noqa: N818
    """No try will do better; the message says why, to whom the job belongs."""


@dataclass(frozen=True)
class Held:
    """A job that a worker does, and its try: as long as no other one has begun."""

    id: int
    tries: int
    prompt: str
    folder: str  # in the storage
    created_at: datetime


def process_photo_job(conn: Connection, job_id: int) -> None:
    """Do a job to its end, if it is to be done. What may pass by itself is tried again, three times in all.

    Locks, in each transaction of its own: the job, then the balance and the inbox of whoever it is for.
    """
    job = _begin(conn, job_id)
    if job is None:
        return
    try:
        _finish(conn, job)
    except Lost:
        log.warning("Photo job %s is somebody else's by now.", job.id)
    except Refused as refusal:
        _fail(conn, job, str(refusal))
    except (StorageUnavailable, FetchLater, photo_ai.NoAnswer) as fault:
        _try_later(conn, job, str(fault))
    except Exception:
        log.exception("Photo job %s came to grief.", job.id)
        _try_later(conn, job, "Something went wrong on our side.")


def _begin(conn: Connection, job_id: int) -> Held | None:
    with conn.transaction():
        job = sql.photos.lock_photo_job(conn, job_id=job_id)
        if job is None or job["finished_at"] is not None:
            return None
        tries = sql.photos.update_photo_job_begun(conn, job_id=job_id)
        if tries is None:
            outcomes.give_up(conn, job, outcomes.NOT_DONE)
            return None
    return Held(job_id, tries, job["prompt"], results.folder_of(job["storage_folder"]), job["created_at"])


def _finish(conn: Connection, job: Held) -> None:
    photos: list[Row] = sql.photos.list_photos_to_edit(conn, job_id=job.id)
    for photo in photos:
        if photo["edits"] is None or not _is_there(_key(job, photo)):
            photo["edits"] = _edit(conn, job, photo)
    with _writing(conn, job, results.result_of(job.folder)) as file:
        results.pack(
            file, [results.Edited(photo["name"], _key(job, photo), photo["edits"]) for photo in photos], job.created_at
        )
        size = file.tell()
    with conn.transaction():
        outcomes.complete(conn, _lock(conn, job), size)


def _edit(conn: Connection, job: Held, photo: Row) -> list[Row]:
    """Edit one photo, keep the file, and note it; gives what was done."""
    position = photo["position"]
    try:
        with TemporaryFile() as source, _writing(conn, job, _key(job, photo)) as into:
            _receive(job, photo, source)
            edits = _edit_file(job, position, source, into)
    except (NotAPicture, FetchFailed, photo_ai.Declined) as refusal:
        raise Refused(f"Photo {position}, {photo['name']}: {refusal}") from None
    with conn.transaction():
        _lock(conn, job)
        sql.photos.mark_photo_done(conn, job_id=job.id, position=position, edits=Jsonb(edits))
    return edits


def _receive(job: Held, photo: Row, into: BinaryIO) -> None:
    if photo["sourceUrl"] is not None:
        fetch(photo["sourceUrl"], largest=LARGEST_PHOTO, into=into)
        return
    with current_storage().reading(f"{job.folder}/source-{photo['position']}") as stored:
        copyfileobj(stored.file, into)


def _edit_file(job: Held, position: int, source: BinaryIO, into: BinaryIO) -> list[Row]:
    settings = current_settings()
    if settings.photo_ai_url is None:
        return photo_editor.edit_photo(source, edits_for(job.prompt), into)
    with TemporaryFile() as upright:
        # As it is to be seen, and without the place where it was taken.
        photo_editor.edit_photo(source, [], upright)
        upright.seek(0)
        photo_ai.edit_photo(settings, upright, job.prompt, f"photo-job-{job.id}-{position}", into)
    return [{"edit": "EXTERNAL"}]


def _key(job: Held, photo: Row) -> str:
    return f"{job.folder}/edited-{photo['position']}"


def _is_there(key: str) -> bool:
    try:
        with current_storage().reading(key):
            return True
    except FileMissing:
        return False


@contextmanager
def _writing(conn: Connection, job: Held, key: str) -> Iterator[BinaryIO]:
    """A file of the job's, which is there in the end only if the job is still held then. Raises Lost."""
    with current_storage().writing(key) as file:
        yield file
        if not sql.photos.exists_held_photo_job(conn, job_id=job.id, tries=job.tries):
            raise Lost


def _lock(conn: Connection, job: Held) -> Row:
    """Lock the job. Raises Lost."""
    row: Row | None = sql.photos.lock_held_photo_job(conn, job_id=job.id, tries=job.tries)
    if row is None:
        raise Lost
    return row


def _fail(conn: Connection, job: Held, failure: str) -> None:
    with conn.transaction():
        row = sql.photos.lock_held_photo_job(conn, job_id=job.id, tries=job.tries)
        if row is not None:
            outcomes.give_up(conn, row, failure)


def _try_later(conn: Connection, job: Held, fault: str) -> None:
    """Queue the next try, if there is one."""
    if job.tries == TRIES:
        _fail(conn, job, f"{outcomes.NOT_DONE} {fault}")
        return
    with conn.transaction():
        if sql.photos.lock_held_photo_job(conn, job_id=job.id, tries=job.tries) is not None:
            queue_again(conn, job.id, not_before=datetime.now(UTC) + WAITS[job.tries])


def queue_again(conn: Connection, job_id: int, not_before: datetime | None = None) -> None:
    """Have a worker begin with a job, once it is time. In a transaction of the caller's."""
    lock = f"photo job {job_id}"
    queue_job(conn, "process_photo_job", queue=SLOW, lock=lock, not_before=not_before, job_id=job_id)
