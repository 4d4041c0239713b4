"""Photo jobs as tests order them: forms of small photos, credits to pay with, and results as a worker leaves them."""

import io
from collections.abc import Sequence
from decimal import Decimal
from typing import Any

from flask import Flask
from werkzeug.datastructures import FileStorage
from werkzeug.test import encode_multipart

from photolens.credits.actions import ledger
from photolens.database import Connection
from photolens.storage import current_storage
from tests.client import Answer, ApiClient
from tests.photos.photos import photo

PHOTO = photo()


def form(*photos: bytes, names: Sequence[str] = (), **fields: Any) -> dict[str, Any]:
    """What `api.post` sends as a form, each with a boundary of its own: these photos, and a prompt."""
    files = [
        FileStorage(io.BytesIO(content), names[n] if n < len(names) else f"IMG_{n + 1}.jpg")
        for n, content in enumerate(photos)
    ]
    boundary, body = encode_multipart({"photos": files, "prompt": "Make it brighter.", **fields})
    return {"data": body, "content_type": f"multipart/form-data; boundary={boundary}"}


def order(api: ApiClient, photos: int = 1, key: str | None = None, **fields: Any) -> Answer:
    """Order the editing of so many photos."""
    headers = {} if key is None else {"Idempotency-Key": key}
    return api.post("/photo-jobs", headers=headers, **form(*[PHOTO] * photos, **fields))


def ordered(api: ApiClient, photos: int = 1, **fields: Any) -> dict[str, Any]:
    """A job that was just ordered, and waits."""
    answer = order(api, photos, **fields)
    assert answer.status == 202, answer.body
    job: dict[str, Any] = answer.body["job"]
    return job


def give_credits(app: Flask, conn: Connection, api: ApiClient, amount: str) -> None:
    """Give whoever calls so many credits."""
    user_id = api.get("/me").body["id"]
    with app.app_context():
        ledger.deposit(conn, user_id, "GRANT", Decimal(amount), expires_at=None, reason="A gift")


def complete(app: Flask, conn: Connection, job_id: int, result: bytes = b"PK-") -> None:
    """Do a job as a worker would: its photos are done, its result is stored."""
    conn.execute(
        'update photo_job_photos set done_at = now(), edits = \'[{"edit": "SHARPEN"}]\' where job_id = %s', [job_id]
    )
    row = conn.execute(
        "update photo_jobs set status = 'COMPLETED', tries = 1, result_bytes = %s, started_at = now(),"
        " finished_at = now() where id = %s returning storage_folder",
        [len(result), job_id],
    ).fetchone()
    assert row is not None
    with app.app_context(), current_storage().writing(f"photo-jobs/{row['storage_folder']}/result.zip") as file:
        file.write(result)
