"""The queue: what a transaction leaves for the worker to do once it has committed."""

from datetime import datetime
from typing import Any

from photolens.database import Connection, sql

QUICK = "quick"  # a moment each: messages, clearing up
SLOW = "slow"  # up to minutes each: photos
WEBHOOKS = "webhooks"  # up to half a minute each: they wait for servers that nobody knows


def queue_job(
    conn: Connection,
    task: str,
    *,
    queue: str = QUICK,
    lock: str | None = None,
    not_before: datetime | None = None,
    **args: Any,
) -> int:
    """Queue a job of a task of photolens.worker, with these arguments (values of JSON); gives its id.

    It is done after the present transaction has committed, at least once, and possibly again where a worker is killed
    at it. Two jobs of one lock are never done at the same time.
    """
    row = sql.platform.insert_job(conn, task=task, queue=queue, lock=lock, args=args, scheduled_at=not_before)
    job_id: int = row["id"]
    return job_id
