"""What the queue costs a photo job: jobs of one small photo, the same Pillow work alone, and jobs that do nothing.

On a database of its own: `PYTHONPATH=. .venv/bin/python bench/photo_jobs.py [jobs]`. A worker does one kind of jobs
after the other; its time runs from when the first is over to when the last is. The same photo work is done in this
process, in as many threads as the worker has, right before and right after. On a busy machine the time of the processor
says more: of the worker, and of its connections to the database.
"""

import io
import os
import sys
import tempfile
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from dataclasses import replace
from multiprocessing import get_context
from pathlib import Path

import psycopg
from psycopg.rows import dict_row

from photolens import tasks, worker
from photolens.config import Settings
from photolens.connections import Terms
from photolens.database import Connection
from photolens.embedded import ROOT, EmbeddedServer
from photolens.job_queue import SLOW, queue_job
from photolens.photo_editor import edit_photo
from photolens.photo_edits import edits_for
from photolens.storage import DiskStorage
from tests.photos.jobs import a_job, credit_all
from tests.photos.photos import photo

PROMPT = "brighter, sharpen"
PHOTO = photo((1200, 800))


def main(jobs: int) -> None:
    with ExitStack() as stack:
        state = Path(stack.enter_context(tempfile.TemporaryDirectory()))
        server = stack.enter_context(EmbeddedServer(state))
        server.psql("postgres", "-c", "create database bench")
        server.psql("bench", "-f", str(ROOT / "schema.sql"), "-f", str(ROOT / "tests" / "callers.sql"))
        url = server.url_of("bench")
        settings = replace(Settings.from_environment({}), storage_dir=state / "storage")
        conn = stack.enter_context(psycopg.connect(url, autocommit=True, row_factory=dict_row))
        Terms("none", 30_000, "public", is_pooled=False).tell(conn, for_transaction=False)

        nothing = worked(conn, settings, url, jobs, lambda: queue_job(conn, "nothing", queue=SLOW))
        before = alone(jobs)
        storage = DiskStorage(settings.storage_dir)
        credit_all(conn, jobs)
        photos = worked(conn, settings, url, jobs, lambda: a_job(conn, storage, [PHOTO], prompt=PROMPT))
        pillow = [(one + other) / 2 for one, other in zip(before, alone(jobs), strict=True)]
        beside = [one - other for one, other in zip(photos, pillow, strict=True)]
        print(f"{jobs} jobs each, {worker.AT_ONCE[SLOW]} at once          ms a job, of which the processor")
        for what, (elapsed, processor) in (
            ("a job that does nothing", nothing),
            ("Pillow alone", pillow),
            ("a job of one photo", photos),
            ("beside Pillow: queue, rows, files, ZIP", beside),
        ):
            print(f"  {what:<40}{elapsed:8.2f}{processor:10.2f}")


def worked(
    conn: Connection, settings: Settings, url: str, jobs: int, queue: Callable[[], object]
) -> tuple[float, float]:
    """Milliseconds a job, with a worker as it runs by default; and those of the processor."""
    for _ in range(jobs):
        queue()
    process = get_context("forkserver").Process(target=work, args=(settings, url))
    process.start()
    while (first := count(conn)) == jobs:
        time.sleep(0.01)
    begun, processor = time.perf_counter(), spent(conn, process.pid)
    while count(conn):
        time.sleep(0.02)
    elapsed, processor = time.perf_counter() - begun, spent(conn, process.pid) - processor
    process.kill()
    process.join()
    return elapsed * 1000 / first, processor * 1000 / first


def spent(conn: Connection, pid: int | None) -> float:
    """Seconds of the processor that a worker has had, and its connections."""
    backends = conn.execute(
        "select pid from pg_stat_activity where datname = current_database() and pid <> pg_backend_pid()"
    )
    ticks = 0
    for each in (pid, *(row["pid"] for row in backends)):
        fields = Path(f"/proc/{each}/stat").read_text().rpartition(")")[2].split()
        ticks += int(fields[11]) + int(fields[12])
    return ticks / os.sysconf("SC_CLK_TCK")


def work(settings: Settings, url: str) -> None:
    """A worker, that knows how to do nothing as well."""
    tasks.TASKS["nothing"] = lambda _conn: None
    worker.run(settings, url)


def count(conn: Connection) -> int:
    row = conn.execute("select count(*) from procrastinate_jobs where queue_name = 'slow'").fetchone()
    assert row
    return int(row["count"])


def alone(jobs: int) -> tuple[float, float]:
    """Milliseconds a photo, with nothing but Pillow; and those of the processor."""

    def edit(_: int) -> None:
        edit_photo(io.BytesIO(PHOTO), edits_for(PROMPT), io.BytesIO())

    begun, processor = time.perf_counter(), time.process_time()
    with ThreadPoolExecutor(worker.AT_ONCE[SLOW]) as threads:
        list(threads.map(edit, range(jobs)))
    elapsed, processor = time.perf_counter() - begun, time.process_time() - processor
    return elapsed * 1000 / jobs, processor * 1000 / jobs


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 1000)
