"""How photos come in to be edited, and what their user makes of the job afterwards.

What is sent is stored before there is a job, with no transaction open: a bucket may take its time. What a refusal
leaves of it is removed at once, and what a crash leaves, a sweep finds.
"""

import hashlib
import shutil
from collections.abc import Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from urllib.parse import unquote, urlsplit
from uuid import UUID, uuid4

import psycopg
from werkzeug.datastructures import FileStorage

from photolens.answers import to_json
from photolens.config import current_settings
from photolens.credits.actions import ledger
from photolens.database import Connection, Row, sql
from photolens.idempotency import KEY_REUSED
from photolens.job_queue import SLOW, queue_job
from photolens.photos import rules
from photolens.photos.actions import outcomes
from photolens.photos.problems import PHOTO_JOB_STARTED, PHOTO_JOB_UNFINISHED
from photolens.preconditions import require_match
from photolens.problems import found, invalid
from photolens.storage import current_storage


@dataclass(frozen=True)
class Wish:
    """What is to be done with which photos, sent or to be fetched; for whom (nobody: a demo); and under which key.

    The booking that they are of is one that the viewer is shown.
    """

    user_id: UUID | None
    prompt: str
    group_name: str | None
    booking_id: int | None
    viewer_id: int | None
    idempotency_key: str | None
    photos: Sequence[FileStorage] = ()
    photo_urls: Sequence[str] = ()
    folder: UUID = field(default_factory=uuid4)


@dataclass(frozen=True)
class Asker:
    """Who asks for a job: a user is given their own, and some are given those that are nobody's as well."""

    user_id: UUID
    sees_demos: bool


def order_job(conn: Connection, wish: Wish) -> int:
    """Take on a job, paid with free photos and credits, and queue it; gives its id. Under one key, one job.

    Outside of a transaction. Locks, in one of its own: the booking, then the balance. Problems: `invalid` for a booking
    that the viewer is not shown, `insufficient_credits` with the `shortfall`, `idempotency_key_reused`, and the
    storage's.
    """
    digest = None if wish.idempotency_key is None else _digest_of(wish)
    kept = _kept_under_key(conn, wish, digest)
    if kept is not None:
        return kept
    is_kept = False
    try:
        _store(wish)
        with conn.transaction():
            job_id, is_kept = _keep(conn, wish, digest)
    except (psycopg.OperationalError, psycopg.InterfaceError):
        is_kept = True  # for all that is known: if it is not, a sweep finds what is stored
        raise
    finally:
        if not is_kept:
            current_storage().delete_all(_prefix(wish))
    return job_id


def change_group(conn: Connection, job_id: int, asker: Asker, changes: dict[str, str | None]) -> None:
    """Put a job into another group, or into none. Locks: the job. Problems: `not_found`."""
    with conn.transaction():
        job = _lock(conn, job_id, asker)
        require_match()
        changed = {**job, **changes}
        if changed != job:
            sql.photos.update_photo_job_group(conn, job_id=job_id, group_name=changed["group_name"])


def hide_job(conn: Connection, job_id: int, asker: Asker) -> None:
    """Show a finished job no more, and have its files removed; what it cost stays spent. Locks: the job.

    Problems: `not_found`, `photo_job_unfinished`.
    """
    with conn.transaction():
        job = _lock(conn, job_id, asker)
        require_match()
        if job["finished_at"] is None:
            raise PHOTO_JOB_UNFINISHED(f"The job is {job['status']}.")
        sql.photos.mark_photo_job_hidden(conn, job_id=job_id)
        queue_job(conn, "discard_photo_files", job_id=job_id)


def cancel_job(conn: Connection, job_id: int, asker: Asker) -> None:
    """End a job that no worker has begun, and give back what it took. Locks: the job, then the balance.

    Problems: `not_found`, `photo_job_started`.
    """
    with conn.transaction():
        job = _lock(conn, job_id, asker)
        if job["status"] != "PENDING":
            raise PHOTO_JOB_STARTED(f"The job is {job['status']}.")
        outcomes.fail(conn, job, "Cancelled.")


def _lock(conn: Connection, job_id: int, asker: Asker) -> Row:
    job = sql.photos.lock_own_photo_job(conn, job_id=job_id, user_id=asker.user_id, sees_demos=asker.sees_demos)
    return found(job, "photo job", job_id)


def _prefix(wish: Wish) -> str:
    return f"photo-jobs/{wish.folder}"


def _store(wish: Wish) -> None:
    storage = current_storage()
    for position, photo in enumerate(wish.photos, start=1):
        photo.stream.seek(0)
        with storage.writing(f"{_prefix(wish)}/source-{position}") as file:
            shutil.copyfileobj(photo.stream, file)


def _keep(conn: Connection, wish: Wish, digest: bytes | None) -> tuple[int, bool]:
    """The id of the job, and whether it is this wish that has made it, in the caller's transaction."""
    if wish.booking_id is not None:
        _require_booking(conn, wish.booking_id, wish.viewer_id)
    balance = None if wish.user_id is None else ledger.lock_balance(conn, wish.user_id)
    kept = _kept_under_key(conn, wish, digest)
    if kept is not None:
        return kept, False
    price, photos = current_settings().photo_price, len(wish.photos) + len(wish.photo_urls)
    free, cost = (0, Decimal(0)) if balance is None else rules.terms(photos, balance["free_used"], price)
    if balance is not None:
        ledger.require_credits(balance, cost)
    job_id = _insert(conn, wish, digest, free_photos=free, unit_price=price, cost=cost)
    if wish.user_id is not None:
        if cost > 0:
            ledger.withdraw(conn, wish.user_id, "DEBIT", cost, photo_job_id=job_id)
        sql.photos.refresh_free_used(conn, user_id=wish.user_id)
    queue_job(conn, "process_photo_job", queue=SLOW, lock=f"photo job {job_id}", job_id=job_id)
    return job_id, True


def _require_booking(conn: Connection, booking_id: int, viewer_id: int | None) -> None:
    sql.photos.lock_booking(conn, booking_id=booking_id)
    if not sql.photos.exists_booking(conn, booking_id=booking_id, viewer_id=viewer_id):
        raise invalid("/bookingId", "names nothing that is there")


def _insert(
    conn: Connection, wish: Wish, digest: bytes | None, *, free_photos: int, unit_price: Decimal, cost: Decimal
) -> int:
    key = wish.idempotency_key
    if key is not None:
        sql.photos.mark_photo_job_key_free(conn, user_id=wish.user_id, idempotency_key=key)
    names = _names_of(wish)
    job_id: int = sql.photos.insert_photo_job(
        conn,
        user_id=wish.user_id,
        booking_id=wish.booking_id,
        prompt=wish.prompt,
        group_name=wish.group_name,
        photo_count=len(names),
        free_photos=free_photos,
        unit_price=unit_price,
        cost=cost,
        storage_folder=wish.folder,
        idempotency_key=key,
        request_digest=digest,
    )
    urls: Sequence[str | None] = wish.photo_urls or [None] * len(names)
    sql.photos.insert_photo_job_photos(conn, job_id=job_id, names=names, source_urls=list(urls))
    return job_id


def _names_of(wish: Wish) -> list[str]:
    given = [photo.filename or "" for photo in wish.photos] + [unquote(urlsplit(url).path) for url in wish.photo_urls]
    return [rules.photo_name(name, position) for position, name in enumerate(given, start=1)]


def _kept_under_key(conn: Connection, wish: Wish, digest: bytes | None) -> int | None:
    """The job that was taken on under the wish's key. Problems: `idempotency_key_reused`."""
    key = wish.idempotency_key
    if key is None:
        return None
    kept = sql.photos.get_photo_job_of_key(conn, user_id=wish.user_id, idempotency_key=key)
    if kept is None:
        return None
    if kept["requestDigest"] != digest:
        raise KEY_REUSED("Send every new request under a key of its own.")
    job_id: int = kept["id"]
    return job_id


def _digest_of(wish: Wish) -> bytes:
    """What a wish asks for, in 32 bytes, however its form was written."""
    names = [photo.filename for photo in wish.photos]
    asked = [wish.prompt, wish.group_name, wish.booking_id, wish.photo_urls, names]
    digest = hashlib.sha256(to_json(asked))
    for photo in wish.photos:
        photo.stream.seek(0)
        digest.update(hashlib.file_digest(photo.stream, "sha256").digest())  # type: ignore[arg-type]
    return digest.digest()
