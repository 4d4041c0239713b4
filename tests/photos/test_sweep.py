"""The sweep: what a crash has left in the storage goes, and nothing else does."""

import os
from pathlib import Path
from uuid import uuid4

import pytest

from photolens.database import Connection
from photolens.photos.actions.upkeep import discard_photo_files, sweep_photo_files
from photolens.photos.actions.work import process_photo_job
from photolens.storage import DiskStorage
from tests.photos.jobs import a_job, files, of
from tests.photos.photos import photo

pytestmark = pytest.mark.usefixtures("credits")


def write(storage: DiskStorage, folder: object, name: str) -> None:
    with storage.writing(f"photo-jobs/{folder}/{name}") as file:
        file.write(b"left behind")


def age(root: Path, minutes: int) -> None:
    """Everything that is stored was last changed so long ago."""
    for path in [*root.rglob("*")]:
        seconds = path.stat().st_mtime - minutes * 60
        os.utime(path, (seconds, seconds))


def test_what_no_job_has_goes_after_an_hour(conn: Connection, storage: DiskStorage, tmp_path: Path) -> None:
    write(storage, uuid4(), "source-1")
    age(tmp_path, 61)
    write(storage, uuid4(), "source-2")
    sweep_photo_files(conn)

    assert files(tmp_path) == ["source-2"]


def test_what_is_no_folder_of_a_job_is_not_ours(conn: Connection, storage: DiskStorage, tmp_path: Path) -> None:
    write(storage, "something-else", "kept")
    age(tmp_path, 61)
    sweep_photo_files(conn)

    assert files(tmp_path) == ["kept"]


def test_unfinished_jobs_and_results_keep_their_files(conn: Connection, storage: DiskStorage, tmp_path: Path) -> None:
    a_job(conn, storage)
    done = a_job(conn, storage, paid=False)
    process_photo_job(conn, done)
    discard_photo_files(conn, done)
    age(tmp_path, 61)
    sweep_photo_files(conn)

    assert files(tmp_path) == ["result.zip", "source-1"]


def test_what_came_when_a_job_was_over_goes(conn: Connection, storage: DiskStorage, tmp_path: Path) -> None:
    completed, failed = a_job(conn, storage), a_job(conn, storage, [b"no photo"], paid=False)
    for job_id in (completed, failed):
        process_photo_job(conn, job_id)
        discard_photo_files(conn, job_id)
        write(storage, of(conn, job_id)["storage_folder"], "edited-1")
    conn.execute("update photo_jobs set finished_at = now() - interval '2 hours'")
    age(tmp_path, 61)
    sweep_photo_files(conn)

    assert files(tmp_path) == ["result.zip"]


def test_more_folders_than_are_asked_about_at_a_time_are_all_looked_at(
    conn: Connection, storage: DiskStorage, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("photolens.photos.actions.upkeep.BATCH", 2)
    for _ in range(5):
        write(storage, uuid4(), "source-1")
    kept = a_job(conn, storage, [photo()])
    age(tmp_path, 61)
    sweep_photo_files(conn)

    assert files(tmp_path) == ["source-1"]
    assert of(conn, kept)["status"] == "PENDING"
