"""Workers that are killed at random moments, while there are jobs to do: `python -m tests.photos.killing 200 50`.

They say that they live ten times as often as they do by default, so that their jobs are soon somebody else's.
"""

import os
import random
import signal
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, replace
from multiprocessing import get_context
from multiprocessing.context import ForkServerProcess
from pathlib import Path

import psycopg
from psycopg.rows import dict_row

from photolens.config import Settings
from photolens.connections import Terms
from photolens.database import Connection
from photolens.embedded import ROOT, EmbeddedServer
from photolens.invariants import broken_invariants
from photolens.storage import DiskStorage
from photolens.worker import Pace, run
from tests.photos.jobs import a_job, credit_all, files, of, result
from tests.photos.photos import photo

WORKERS = 2
PACE = Pace(heartbeat=0.4, silence=2.0, look=0.2)
PATIENCE = 240.0  # seconds for all that is left, when nobody is killed any more

_FORKS = get_context("forkserver")


@dataclass
class Workers:
    """Worker processes on one database, as many as there were at first, whoever is killed."""

    settings: Settings
    url: str
    running: list[ForkServerProcess]

    def start(self) -> None:
        process = _FORKS.Process(target=_work, args=(self.settings, self.url))
        process.start()
        self.running.append(process)

    def kill_one(self) -> None:
        """`kill -9` one of them, and start another."""
        victim = self.running.pop(random.randrange(len(self.running)))
        assert victim.pid
        os.kill(victim.pid, signal.SIGKILL)
        victim.join()
        self.start()


@contextmanager
def working(settings: Settings, url: str) -> Iterator[Workers]:
    """Workers, until the block ends."""
    workers = Workers(settings, url, [])
    try:
        for _ in range(WORKERS):
            workers.start()
        yield workers
    finally:
        for process in workers.running:
            process.kill()
            process.join()


def _work(settings: Settings, url: str) -> None:
    os.chdir(ROOT)
    run(settings, url, pace=PACE)


def kill_while_working(conn: Connection, settings: Settings, url: str, *, jobs: int, kills: int) -> list[int]:
    """Let workers do so many jobs, of two or three photos, and kill so many of them meanwhile; gives the jobs' ids.

    When it ends, every job is over, and nothing is left in the queue. Each kill falls somewhere into a time in which
    the workers come to do their share.
    """
    storage = DiskStorage(settings.storage_dir)
    credit_all(conn, 3 * jobs)
    pictures = [photo((900, 600)), photo((500, 500), "PNG"), photo((300, 200), "WEBP")]
    ids = [a_job(conn, storage, pictures[: 2 + number % 2], prompt="warmer, sharpen") for number in range(jobs)]
    with working(settings, url) as workers:
        for kill in range(1, kills + 1):
            _wait_until_done(conn, jobs * kill // (kills + 2))
            time.sleep(random.random() * 0.6)
            workers.kill_one()
        _wait_until_done(conn, jobs)
        deadline = time.monotonic() + PATIENCE
        while _left(conn) and time.monotonic() < deadline:
            time.sleep(0.05)
    return ids


def _wait_until_done(conn: Connection, number: int) -> None:
    deadline = time.monotonic() + PATIENCE
    query = b"select count(*) as number from photo_jobs where finished_at is not null"
    while conn.execute(query).fetchone()["number"] < number:  # type: ignore[index]
        assert time.monotonic() < deadline, "the jobs come to no end"
        time.sleep(0.02)


def _left(conn: Connection) -> int:
    return conn.execute(b"select 1 from procrastinate_jobs where task_name !~ ' '").rowcount


def judge(conn: Connection, root: Path, ids: list[int]) -> dict[str, int]:
    """Fail unless every job has come to its one end, with its refund or its result, and nothing else is left.

    Gives how many have come to which end, and how often a worker has begun.
    """
    ends = {"COMPLETED": 0, "FAILED": 0, "begun": 0}
    for job_id in ids:
        job = of(conn, job_id)
        ends[job["status"]] += 1
        ends["begun"] += job["tries"]
        query = b"select kind, sum(delta) from credit_transactions where photo_job_id = %s group by kind order by kind"
        moved = {row["kind"]: row["sum"] for row in conn.execute(query, (job_id,))}
        if job["status"] == "COMPLETED":
            assert moved == {"DEBIT": -job["cost"]}, job
            with result(conn, root, job_id) as packed:
                assert packed.testzip() is None
                assert len(packed.namelist()) == job["photo_count"] + 1
        else:
            assert moved == {"DEBIT": -job["cost"], "REFUND": job["cost"]}, job
    query = b"select count(*) as number from credit_transactions where photo_job_id is not null"
    row = conn.execute(query).fetchone()
    assert row
    assert row["number"] == len(ids) + ends["FAILED"]
    assert files(root) == ["result.zip"] * ends["COMPLETED"]
    assert broken_invariants(conn) == []
    return ends


def main(jobs: int, kills: int) -> None:
    """On a database of its own, which is made and removed."""
    with ExitStack() as stack:
        state = Path(stack.enter_context(tempfile.TemporaryDirectory()))
        server = stack.enter_context(EmbeddedServer(state, options=("fsync=off",)))
        server.psql("postgres", "-c", "create database killing")
        server.psql("killing", "-f", str(ROOT / "schema.sql"), "-f", str(ROOT / "tests" / "callers.sql"))
        url = server.url_of("killing")
        settings = replace(Settings.from_environment({}), storage_dir=state / "storage")
        conn = stack.enter_context(psycopg.connect(url, autocommit=True, row_factory=dict_row))
        Terms("none", 30_000, "public", is_pooled=False).tell(conn, for_transaction=False)
        begun = time.monotonic()
        ids = kill_while_working(conn, settings, url, jobs=jobs, kills=kills)
        ends = judge(conn, settings.storage_dir, ids)
        print(f"{jobs} jobs, {kills} kills, {time.monotonic() - begun:.0f} s: {ends}")


if __name__ == "__main__":
    main(int(sys.argv[1]), int(sys.argv[2]))
