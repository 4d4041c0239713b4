"""The worker: a process that does the jobs transactions have queued (photolens.job_queue), and what the clock says.

Several may run at once, on one machine or many. A job is done by one of them at a time; that of a worker which says
nothing any more goes to another. What a job does has to bear being done again: a worker may be killed at any moment.
Each studio has a queue of its own, in its schema; a worker works on them all.
Source: https://procrastinate.readthedocs.io (workers, stalled jobs, retries).
"""

import asyncio
import contextlib
import logging
import os
import signal
import sys
import threading
from collections.abc import AsyncGenerator, Callable
from dataclasses import dataclass
from typing import Any

import procrastinate
import psycopg
from flask import Flask
from procrastinate.exceptions import ConnectorException
from psycopg.rows import DictRow
from psycopg_pool import AsyncConnectionPool, PoolTimeout

from photolens import create_app, logs, tasks
from photolens.config import Settings
from photolens.connections import APP_ROLE, Terms, terms_of
from photolens.database import connection, open_pools, sql
from photolens.job_queue import QUICK, SLOW, WEBHOOKS
from photolens.studios import Studio, list_studios, work_for

log = logging.getLogger(__name__)

AT_ONCE = {QUICK: 4, SLOW: 2, WEBHOOKS: 4}  # jobs of each queue that one worker does side by side, each in a thread
GRACE = 10.0  # seconds that a stop waits for the jobs that are running; they are crash-proof
PAUSE = 2.0  # seconds until a database that was away is asked again
RETRIES = procrastinate.RetryStrategy(max_attempts=10, exponential_wait=2)  # of a fault that a task has not foreseen


@dataclass(frozen=True)
class Pace:
    """How often a worker says that it lives, after what silence it is taken for dead, how often it looks for jobs that
    nobody tells it of, such as those whose time has come, and how often for studios; in seconds."""

    heartbeat: float = 5.0
    silence: float = 20.0
    look: float = 2.0
    studios: float = 10.0


PACE = Pace()


def run(
    settings: Settings, url: str, *, until_idle: bool = False, is_beside_a_server: bool = False, pace: Pace = PACE
) -> None:
    """Work until SIGTERM or SIGINT; with `until_idle`, only on what is queued and due.

    Beside a server, it ends with its standard input, which is the server's end of a pipe: however that goes.
    """
    with open_pools(settings, url) as pools:
        work = Work(settings, url, create_app(settings, pools), pace)
        asyncio.run(work.until_idle() if until_idle else _until_stopped(work, is_beside_a_server=is_beside_a_server))


async def _until_stopped(work: "Work", *, is_beside_a_server: bool) -> None:
    """Work until somebody stops it; a database that goes away is waited for."""
    stop = asyncio.Event()
    loop = asyncio.get_running_loop()

    def leave() -> None:
        stop.set()
        # A job that takes longer is left where it is: another worker does it again.
        end = threading.Timer(GRACE, os._exit, (0,))
        end.daemon = True
        end.start()

    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, leave)
    if is_beside_a_server:
        threading.Thread(target=_when_the_server_ends, args=(loop, leave), daemon=True).start()
    while not stop.is_set():
        try:
            await work.until(stop)
        except* (ConnectorException, PoolTimeout, psycopg.OperationalError) as faults:
            log.warning("The worker has lost the database, and tries again: %s", faults.exceptions[0])
        if not stop.is_set():
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(stop.wait(), PAUSE)


def _when_the_server_ends(loop: asyncio.AbstractEventLoop, leave: Callable[[], None]) -> None:
    while os.read(sys.stdin.fileno(), 1):
        pass
    loop.call_soon_threadsafe(leave)


class StudioConnector(procrastinate.PsycopgConnector):
    """Procrastinate's connector, whose statements keep to the terms of one studio, each in a transaction of its own.

    So one pool serves the queues of all studios, also behind a pooler.
    """

    def __init__(self, terms: Terms) -> None:
        super().__init__()
        self._terms = terms

    @contextlib.asynccontextmanager
    async def _get_cursor(
        self, connection: psycopg.AsyncConnection[Any] | None = None
    ) -> AsyncGenerator[psycopg.AsyncCursor[DictRow]]:
        async with super()._get_cursor(connection) as cursor, cursor.connection.transaction():
            await cursor.execute(sql.platform.configure_connection.sql, self._terms.as_parameters(for_transaction=True))
            yield cursor


class Work:
    """What a worker does: for each studio the tasks, with its queue, by one application and over one pool."""

    def __init__(self, settings: Settings, url: str, flask_app: Flask, pace: Pace) -> None:
        self._settings = settings
        self._url = url
        self._flask_app = flask_app
        self._pace = pace

    async def until_idle(self) -> None:
        """Do what is queued and due."""
        async with self._pool() as pool:
            for studio in await asyncio.to_thread(self._studios):
                app = self._app_of(studio)
                await app.open_async(pool)
                await app.run_worker_async(
                    wait=False, listen_notify=False, delete_jobs="successful", install_signal_handlers=False
                )

    async def until(self, stop: asyncio.Event) -> None:
        """Do jobs, and what the clock says, until it is to stop, or one part ends by a fault, which ends the others."""
        stopping = asyncio.create_task(stop.wait())
        working: dict[Studio, asyncio.Task[None]] = {}
        async with self._pool() as pool:
            try:
                while not stop.is_set():
                    studios = await asyncio.to_thread(self._studios)
                    for studio in working.keys() - studios:
                        await _end(working.pop(studio))
                    for studio in studios - working.keys():
                        working[studio] = asyncio.create_task(self._work_for(studio, pool))
                    done, _ = await asyncio.wait(
                        [*working.values(), stopping],
                        timeout=self._pace.studios if self._settings.studios else None,
                        return_when=asyncio.FIRST_COMPLETED,
                    )
                    for each in done - {stopping}:
                        each.result()
            finally:
                await _end(stopping, *working.values())

    def _pool(self) -> AsyncConnectionPool[Any]:
        return AsyncConnectionPool(
            self._url,
            min_size=1,
            max_size=4,
            open=False,
            kwargs={"connect_timeout": 5, "prepare_threshold": None},  # what is prepared is of one schema
            configure=lambda conn: conn.set_autocommit(True),
            check=AsyncConnectionPool.check_connection,
        )

    def _studios(self) -> set[Studio]:
        own = {Studio(None, self._settings.database_schema)}
        if not self._settings.studios:
            return own
        with self._flask_app.app_context():
            return own | {*list_studios(connection())}

    def _app_of(self, studio: Studio) -> procrastinate.App:
        app = procrastinate.App(
            connector=StudioConnector(terms_of(self._settings, APP_ROLE, studio.schema)),
            # What was due while no worker ran is done when one starts; only the last time of each.
            periodic_defaults={"max_delay": 86400},
        )
        for name, do in tasks.TASKS.items():
            app.task(name=name, retry=RETRIES, pass_context=True)(self._as_job(studio, do))
        return app

    def _let_the_clock_tell(self, app: procrastinate.App, studio: Studio) -> None:
        for name, (cron, do) in tasks.BY_THE_CLOCK.items():
            job = self._at_its_time(studio, do)
            task = app.task(name=name, queue=QUICK, lock=name, queueing_lock=name, pass_context=True)(job)
            app.periodic(cron=cron)(task)

    def _as_job(self, studio: Studio, do: tasks.Task) -> Callable[..., None]:
        def job(context: procrastinate.JobContext, **args: Any) -> None:
            logged = logs.logged_job(context.job.id, context.job.task_name, context.job.attempts + 1)
            with logged, self._flask_app.app_context():
                work_for(studio)
                do(connection(), **args)

        return job

    def _at_its_time(self, studio: Studio, do: tasks.Task) -> Callable[..., None]:
        job = self._as_job(studio, do)

        def at_its_time(context: procrastinate.JobContext, timestamp: int) -> None:
            job(context)

        return at_its_time

    async def _work_for(self, studio: Studio, pool: AsyncConnectionPool[Any]) -> None:
        app = self._app_of(studio)
        self._let_the_clock_tell(app, studio)
        await app.open_async(pool)
        # Over a pooler nobody is told of jobs; and of many studios, so as not to have a connection for each.
        is_told = studio.name is None and not self._settings.is_pooled
        async with asyncio.TaskGroup() as working:
            for queue, at_once in AT_ONCE.items():
                working.create_task(
                    app.run_worker_async(
                        queues=[queue],
                        name=queue,
                        concurrency=at_once,
                        listen_notify=is_told,
                        fetch_job_polling_interval=self._pace.look,
                        update_heartbeat_interval=self._pace.heartbeat,
                        stalled_worker_timeout=self._pace.silence,
                        delete_jobs="successful",
                        install_signal_handlers=False,
                    )
                )
            working.create_task(self._take_over(app))

    async def _take_over(self, app: procrastinate.App) -> None:
        """Give the jobs of the dead to the living."""
        connector = app.connector
        assert isinstance(connector, StudioConnector)
        query = sql.platform.update_jobs_of_the_dead.sql
        while True:
            row = await connector.execute_query_one_async(query, silence=self._pace.silence)
            if row["count"]:
                log.warning("%s jobs of workers that have died are done again.", row["count"])
            await asyncio.sleep(self._pace.heartbeat)


async def _end(*running: asyncio.Task[Any]) -> None:
    for each in running:
        each.cancel()
    await asyncio.gather(*running, return_exceptions=True)
