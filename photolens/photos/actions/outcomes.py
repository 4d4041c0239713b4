"""How a job comes to nothing: cancelled, given up by the worker, or overdue. What it took is given back, once."""

from photolens.credits.actions import ledger
from photolens.database import Connection, Row, sql
from photolens.job_queue import queue_job

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
