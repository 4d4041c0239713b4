"""What users are told: in the application, and by e-mail or text where they want that."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from uuid import UUID

from psycopg.types.json import Jsonb

from photolens.database import Connection, sql
from photolens.job_queue import queue_job

DELIVERING = "deliver_notifications"  # the task


@dataclass(frozen=True)
class Notice:
    """Something that one user is told: of a type, and about what, where the front end can show that."""

    user_id: UUID
    type: str
    title: str
    body: str
    subject_type: str | None = None
    subject_id: int | None = None


def notify(conn: Connection, notices: Sequence[Notice]) -> None:
    """Tell users things, in the transaction that causes it, and queue the job that sends what goes out besides.

    A transaction does this once, as the last thing it locks anything for: it takes what it tells together.

    Locks: the inboxes, in the order of their users.
    """
    if not notices:
        return
    told = [{**asdict(notice), "user_id": str(notice.user_id)} for notice in notices]
    with conn.transaction():
        notifications = sql.platform.insert_notifications(conn, notices=Jsonb(told))
        queue_job(conn, DELIVERING, notification_ids=notifications["ids"])
