"""The worker: what a transaction has queued is done once it has committed, whatever happens to whoever does it."""

import logging
import os
import signal
from collections.abc import Callable
from pathlib import Path
from threading import Barrier, BrokenBarrierError

import pytest
from procrastinate.schema import SchemaManager

from photolens import tasks, worker
from photolens.config import Settings
from photolens.database import Connection, sql
from photolens.embedded import ROOT
from photolens.job_queue import queue_job
from tests.conftest import RunningServer, serving_beside_a_worker
from tests.processes import Command
from tests.waiting import until

pytestmark = pytest.mark.committed

Work = Callable[[], None]


@pytest.fixture
def work(clone_url: str, settings: Settings) -> Work:
    """Does all that is queued and due."""
    return lambda: worker.run(settings, clone_url, until_idle=True)


@pytest.fixture
def done(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """What the task `note` was queued with, as it comes to it."""
    words: list[str] = []
    monkeypatch.setitem(tasks.TASKS, "note", lambda _conn, word: words.append(word))
    return words


def jobs(conn: Connection) -> list[tuple[str, int]]:
    """How the jobs that are still there stand, and how often each was tried."""
    return [
        (row["status"], row["attempts"])
        for row in conn.execute("select status, attempts from procrastinate_jobs order by id")
    ]


def test_a_job_is_done_once_its_transaction_has_committed(conn: Connection, work: Work, done: list[str]) -> None:
    with conn.transaction():
        queue_job(conn, "note", word="first")
        work()
        assert done == []
    work()
    work()

    assert done == ["first"]
    assert jobs(conn) == []


def test_a_job_of_a_transaction_that_is_undone_is_never_done(conn: Connection, work: Work, done: list[str]) -> None:
    with conn.transaction(force_rollback=True):
        queue_job(conn, "note", word="never")
    work()

    assert done == []


def test_a_task_works_on_the_database_as_the_application(
    conn: Connection, work: Work, monkeypatch: pytest.MonkeyPatch
) -> None:
    roles = []
    monkeypatch.setitem(
        tasks.TASKS, "ask", lambda its: roles.append(its.execute("select current_user as role").fetchone()["role"])
    )
    queue_job(conn, "ask")
    work()

    assert roles == ["photolens_app"]


def test_a_fault_that_nobody_has_foreseen_is_logged_and_the_job_done_again_later(
    conn: Connection, work: Work, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def fail(_conn: Connection) -> None:
        raise RuntimeError("out of the blue")

    monkeypatch.setitem(tasks.TASKS, "fail", fail)
    queue_job(conn, "fail")
    with caplog.at_level(logging.INFO):
        work()

    assert jobs(conn) == [("todo", 1)]
    assert "out of the blue" in caplog.text
    later = conn.execute("select scheduled_at > now() as is_later from procrastinate_jobs").fetchone()
    assert later == {"is_later": True}


def test_a_job_that_fails_again_and_again_is_kept_for_somebody_to_look_at(
    conn: Connection, work: Work, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(_conn: Connection) -> None:
        raise RuntimeError("out of the blue")

    monkeypatch.setitem(tasks.TASKS, "fail", fail)
    queue_job(conn, "fail")
    conn.execute("update procrastinate_jobs set attempts = %s", (worker.RETRIES.max_attempts,))
    work()

    assert jobs(conn) == [("failed", 11)]


def test_two_jobs_of_one_lock_are_not_done_at_the_same_time(
    conn: Connection, work: Work, monkeypatch: pytest.MonkeyPatch
) -> None:
    together = Barrier(2)
    met = []

    def meet(_conn: Connection) -> None:
        try:
            together.wait(0.3)
            met.append(True)
        except BrokenBarrierError:
            together.reset()

    monkeypatch.setitem(tasks.TASKS, "meet", meet)
    for _ in range(2):
        queue_job(conn, "meet", lock="one of these at a time")
    work()

    assert met == []
    assert jobs(conn) == []


def test_the_job_of_a_dead_worker_is_done_again_where_another_of_its_kind_waits_already(conn: Connection) -> None:
    conn.execute(
        """
        insert into procrastinate_jobs (queue_name, task_name, queueing_lock, status)
        values ('quick', 'note', 'one waits', 'doing'), ('quick', 'note', 'one waits', 'todo')
        """
    )

    assert sql.platform.update_jobs_of_the_dead(conn, silence=20) == 1
    assert jobs(conn) == [("todo", 1), ("todo", 0)]


def test_the_job_of_a_worker_that_says_nothing_any_more_goes_to_another(
    conn: Connection, work: Work, done: list[str]
) -> None:
    queue_job(conn, "note", word="taken over")
    conn.execute("insert into procrastinate_workers (last_heartbeat) values (now() - interval '21 seconds'), (now())")
    take = "update procrastinate_jobs set status = 'doing', worker_id = (select {}(id) from procrastinate_workers)"

    conn.execute(take.format("max").encode())
    assert sql.platform.update_jobs_of_the_dead(conn, silence=worker.PACE.silence) == 0  # that one lives
    conn.execute(take.format("min").encode())
    assert sql.platform.update_jobs_of_the_dead(conn, silence=worker.PACE.silence) == 1
    work()

    assert done == ["taken over"]


def test_whoever_is_dead_long_enough_to_be_forgotten_has_left_their_job_as_well(conn: Connection) -> None:
    queue_job(conn, "note", word="orphaned")
    conn.execute("update procrastinate_jobs set status = 'doing'")

    assert sql.platform.update_jobs_of_the_dead(conn, silence=worker.PACE.silence) == 1


def test_a_worker_that_is_told_to_stop_leaves_at_once(conn: Connection, clone_url: str) -> None:
    with Command("worker", DATABASE_URL=clone_url) as process:
        until(lambda: conn.execute("select 1 from procrastinate_workers").rowcount == len(worker.AT_ONCE))
        process.terminate()
        assert process.wait() == 0

    assert conn.execute("select 1 from procrastinate_workers").fetchone() is None


def _workers_of(server: RunningServer) -> list[int]:
    threads = Path(f"/proc/{server.process.pid}/task").iterdir()
    children = " ".join((thread / "children").read_text() for thread in threads)
    return [int(child) for child in children.split()]


def test_a_server_has_a_worker_beside_it_which_it_starts_again_and_takes_along(
    conn: Connection, clone_url: str
) -> None:
    def heartbeats() -> int:
        row = conn.execute("select count(*) as number from procrastinate_workers").fetchone()
        assert row
        return int(row["number"])

    with serving_beside_a_worker(DATABASE_URL=clone_url) as server:
        until(lambda: heartbeats() == len(worker.AT_ONCE))
        [first] = _workers_of(server)
        os.kill(first, signal.SIGKILL)
        until(lambda: heartbeats() == 2 * len(worker.AT_ONCE))
        [second] = _workers_of(server)
        assert second != first

    assert not Path(f"/proc/{second}").exists()


def test_a_worker_never_outlives_the_server_it_was_started_by(conn: Connection, clone_url: str) -> None:
    with Command("serve", DATABASE_URL=clone_url) as server:
        next(line for line in server.stdout if "Ctrl-C" in line)
        until(lambda: conn.execute("select 1 from procrastinate_workers").rowcount == len(worker.AT_ONCE))
        server.kill()
        until(lambda: conn.execute("select 1 from procrastinate_workers").fetchone() is None)


def test_the_queue_is_the_one_that_its_package_brings() -> None:
    ours = (ROOT / "schema" / "procrastinate.sql").read_text()

    assert ours.endswith("\n\n" + SchemaManager.get_schema())
