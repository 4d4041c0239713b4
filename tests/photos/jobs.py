"""Photo jobs as requests leave them: paid, their photos stored, queued."""

import io
from collections.abc import Sequence
from decimal import Decimal
from pathlib import Path
from typing import Any
from uuid import UUID
from zipfile import ZipFile

from photolens.credits.actions import ledger
from photolens.database import Connection, sql
from photolens.job_queue import SLOW, queue_job
from photolens.storage import DiskStorage
from tests.photos.photos import photo

CUSTOMER = UUID("00000000-0000-4000-8000-000000000001")


def a_job(
    conn: Connection,
    storage: DiskStorage,
    photos: Sequence[bytes | str] = (photo(),),
    *,
    prompt: str = "brighter",
    names: Sequence[str] = (),
    paid: bool = True,
) -> int:
    """A job of these photos, sent or at an address; one is free, if they are paid for, and one credit each the rest."""
    free, cost = (1, len(photos) - 1) if paid else (0, 0)
    with conn.transaction():
        row = conn.execute(
            """
            insert into photo_jobs (user_id, prompt, photo_count, free_photos, unit_price, cost)
            values (%s, %s, %s, %s, 1, %s) returning id, storage_folder
            """,
            (CUSTOMER if paid else None, prompt, len(photos), free, cost),
        ).fetchone()
        assert row
        job_id: int = row["id"]
        for position, each in enumerate(photos, start=1):
            name = names[position - 1] if names else f"photo {position}.jpg"
            conn.execute(
                "insert into photo_job_photos (job_id, position, name, source_url) values (%s, %s, %s, %s)",
                (job_id, position, name, each if isinstance(each, str) else None),
            )
            if isinstance(each, bytes):
                with storage.writing(f"photo-jobs/{row['storage_folder']}/source-{position}") as file:
                    file.write(each)
        if paid:
            ledger.lock_balance(conn, CUSTOMER)
            if cost:
                ledger.withdraw(conn, CUSTOMER, "DEBIT", Decimal(cost), photo_job_id=job_id)
            sql.photos.refresh_free_used(conn, user_id=CUSTOMER)
        queue_job(conn, "process_photo_job", queue=SLOW, lock=f"photo job {job_id}", job_id=job_id)
    return job_id


def credit_all(conn: Connection, amount: int) -> None:
    """Give the customer credits."""
    ledger.deposit(conn, CUSTOMER, "GRANT", Decimal(amount), expires_at=None, reason="A gift")


def of(conn: Connection, job_id: int) -> dict[str, Any]:
    """The row of a job."""
    row = conn.execute("select * from photo_jobs where id = %s", (job_id,)).fetchone()
    assert row
    return row


def files(root: Path) -> list[str]:
    """The names of all files that are stored, whatever folder they are in."""
    return sorted(path.name for path in root.rglob("*") if path.is_file())


def result(conn: Connection, root: Path, job_id: int) -> ZipFile:
    """What the user of a job is given."""
    content = (root / f"photo-jobs/{of(conn, job_id)['storage_folder']}/result.zip").read_bytes()
    assert len(content) == of(conn, job_id)["result_bytes"]
    return ZipFile(io.BytesIO(content))
