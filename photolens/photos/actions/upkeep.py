"""What is done for photo jobs by the clock, and when they are over: nobody waits for ever, and no file is left."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from itertools import islice
from uuid import UUID

from photolens.database import Connection, sql
from photolens.job_queue import queue_job
from photolens.photos.actions import outcomes, results, work
from photolens.storage import Folder, StorageUnavailable, current_storage

BATCH = 500  # folders that the database is asked about at a time
WAIT = timedelta(minutes=10)  # until a storage that was away is asked again


def discard_photo_files(conn: Connection, job_id: int) -> None:
    """Delete the files of a finished job: all but the result, or all where there is none, or it is shown no more."""
    job = sql.photos.get_finished_photo_job(conn, job_id=job_id)
    if job is None:
        return
    try:
        _clear(job["storageFolder"], has_result=job["hasResult"])
    except StorageUnavailable:
        queue_job(conn, "discard_photo_files", not_before=datetime.now(UTC) + WAIT, job_id=job_id)


def end_overdue_jobs(conn: Connection) -> None:
    """Fail each job that is being done for 15 minutes: whoever is at it has lost it. Queue those again that got lost.

    Locks, one job after the other: the job, then the balance and the inbox of whoever it is for.
    """
    for overdue in sql.photos.list_overdue_photo_jobs(conn):
        with conn.transaction():
            job = sql.photos.lock_photo_job(conn, job_id=overdue["id"])
            if job["finished_at"] is None:
                outcomes.give_up(conn, job, outcomes.NOT_DONE)
    for lost in sql.photos.list_lost_photo_jobs(conn):
        work.queue_again(conn, lost["id"])


def sweep_photo_files(conn: Connection) -> None:
    """Delete the files that a crash has left: of a request before it had a job, of a worker when the job was over.

    They are left alone for an hour, while somebody may still be about to make a job of them.
    """
    for folders in _batches(current_storage().folders(results.FOLDERS)):
        known = {folder_id: folder for folder in folders if (folder_id := _id_of(folder)) is not None}
        changed_at = [folder.changed_at for folder in known.values()]
        strays = sql.photos.list_stray_photo_folders(conn, folder_ids=[*known], changed_at=changed_at)
        for stray in strays:
            _clear(stray["folderId"], has_result=stray["hasResult"])


def _batches(folders: Iterator[Folder]) -> Iterator[list[Folder]]:
    while batch := list(islice(folders, BATCH)):
        yield batch


def _clear(storage_folder: UUID, *, has_result: bool) -> None:
    folder = results.folder_of(storage_folder)
    current_storage().delete_all(folder, keep=[results.result_of(folder)] if has_result else [])


def _id_of(folder: Folder) -> UUID | None:
    """The id that a folder is named for; whatever has another name is nobody's of ours."""
    try:
        return UUID(folder.prefix.rpartition("/")[2])
    except ValueError:
        return None
