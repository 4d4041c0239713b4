"""What becomes of the photo jobs that are about a client who is forgotten."""

from photolens.database import Connection, sql
from photolens.job_queue import queue_job
from photolens.photos.actions import outcomes
from photolens.platform.actions.erasure import begin_forgetting


def erase_photo_jobs(conn: Connection, client_id: int, user_ids: list[str], name: str) -> None:
    """Overwrite what jobs of a client's bookings, and jobs of these users, say; show them no more; remove their files.

    What is not finished fails. What a job has cost stays spent. May be done again.

    Locks, one job after the other: the job, then the balance of whoever it is for.
    """
    last_id = 0
    while jobs := sql.photos.list_photo_jobs_about(conn, client_id=client_id, user_ids=user_ids, after_id=last_id):
        for row in jobs:
            with conn.transaction():
                begin_forgetting(conn)
                job = sql.photos.lock_photo_job(conn, job_id=row["id"])
                if job["finished_at"] is None:
                    outcomes.fail(conn, job, name)
                sql.photos.mark_photo_job_erased(conn, job_id=job["id"], name=name)
                sql.photos.mark_photos_of_job_erased(conn, job_id=job["id"])
                queue_job(conn, "discard_photo_files", job_id=job["id"])
        last_id = jobs[-1]["id"]
