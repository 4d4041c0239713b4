"""Whoever has ordered photos is told when they are done, or will not be; and of what they did themselves, nothing."""

from flask import Flask

from photolens.database import Connection
from photolens.photos.actions import upkeep
from photolens.photos.actions.work import process_photo_job
from photolens.storage import DiskStorage
from tests.client import ApiClient
from tests.photos.jobs import CUSTOMER, a_job


def told(conn: Connection) -> list[tuple[str, int]]:
    rows = conn.execute(
        "select title, subject_id from notifications"
        " where user_id = %s and type = 'PHOTO_JOB_FINISHED' and subject_type = 'PHOTO_JOB' order by number",
        [CUSTOMER],
    )
    return [(row["title"], row["subject_id"]) for row in rows]


def test_a_job_that_is_done_is_told_once(conn: Connection, storage: DiskStorage) -> None:
    job_id = a_job(conn, storage)

    for _ in range(2):
        process_photo_job(conn, job_id)

    assert told(conn) == [("Your photos are edited", job_id)]


def test_a_job_that_fails_is_told(conn: Connection, storage: DiskStorage) -> None:
    job_id = a_job(conn, storage, [b"no picture"])

    process_photo_job(conn, job_id)

    assert told(conn) == [("Your photos could not be edited", job_id)]


def test_a_job_that_takes_too_long_is_told(conn: Connection, storage: DiskStorage) -> None:
    job_id = a_job(conn, storage)
    conn.execute("update photo_jobs set started_at = now() - interval '1 hour', status = 'PROCESSING', tries = 1")

    upkeep.end_overdue_jobs(conn)

    assert told(conn) == [("Your photos could not be edited", job_id)]


def test_a_demo_is_told_to_nobody(conn: Connection, storage: DiskStorage) -> None:
    process_photo_job(conn, a_job(conn, storage, paid=False))

    assert conn.execute("select from notifications").fetchall() == []


def test_whoever_cancels_a_job_is_told_nothing(app: Flask, conn: Connection, api: ApiClient) -> None:
    owner = api.post("/photo-jobs", {"photoUrls": ["https://images.example/emma.jpg"], "prompt": "Sharpen it."}).body

    assert api.post(f"/photo-jobs/{owner['job']['id']}/cancel").status == 200
    assert conn.execute("select from notifications").fetchall() == []
