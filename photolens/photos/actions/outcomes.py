"""How a job ends, and who is told. Of one that comes to nothing, what it took is given back, once."""

from photolens.credits.actions import ledger
from photolens.database import Connection, Row, sql
from photolens.job_queue import queue_job
from photolens.platform.actions.notifications import Notice, notify

NOT_DONE = "It could not be done in 15 minutes and three tries."


def fail(conn: Connection, job: Row, failure: str) -> None:
    """End a job that is locked and not finished: its credits and free photos go back, its files are removed.

    In a transaction of the caller's. Locks: the balance of whoever it is for.
    """
    sql.photos.mark_photo_job_failed(conn, job_id=job["id"], failure=failure)
    if job["user_id"] is not None:
        ledger.lock_balance(conn, job["user_id"])
        ledger.refund_photo_job(conn, job["id"])
        sql.photos.refresh_free_used(conn, user_id=job["user_id"])
    queue_job(conn, "discard_photo_files", job_id=job["id"])


def give_up(conn: Connection, job: Row, failure: str) -> None:
    """Fail a job, as above, that nobody wanted to fail: whoever it is for is told. Locks: the balance, the inbox."""
    fail(conn, job, failure)
    _tell(conn, job, "Your photos could not be edited", "What it took, in credits and free photos, you have back.")


def complete(conn: Connection, job: Row, result_bytes: int) -> None:
    """Note that the result of a job that is locked and held is there, and tell whoever it is for. Locks: the inbox."""
    sql.photos.mark_photo_job_completed(conn, job_id=job["id"], result_bytes=result_bytes)
    queue_job(conn, "discard_photo_files", job_id=job["id"])
    _tell(conn, job, "Your photos are edited", "You can fetch them now.")


def _tell(conn: Connection, job: Row, title: str, body: str) -> None:
    if job["user_id"] is not None:
        notify(conn, [Notice(job["user_id"], "PHOTO_JOB_FINISHED", title, body, "PHOTO_JOB", job["id"])])
