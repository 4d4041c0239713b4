"""The worker: a process that does the jobs transactions have queued (photolens.job_queue), and what the clock says.

Several may run at once, on one machine or many. A job is done by one of them at a time; that of a worker which says
nothing any more goes to another. What a job does has to bear being done again: a worker may be killed at any moment.
Source: https://procrastinate.readthedocs.io (workers, stalled jobs, retries).
"""

import asyncio
import contextlib
import logging
import os
import signal
import sys
import threading
from collections.abc import Callable
from contextlib import AbstractContextManager
from dataclasses import dataclass
from typing import Any

import procrastinate
import psycopg
from flask import Flask
from procrastinate.exceptions import ConnectorException
from psycopg_pool import PoolTimeout

from photolens import create_app, logs, tasks
from photolens.config import Settings
from photolens.database import APP_ROLE, connection, open_pools, sql
from photolens.job_queue import QUICK, SLOW, WEBHOOKS

log = logging.getLogger(__name__)

AT_ONCE = {QUICK: 4, SLOW: 2, WEBHOOKS: 4}  # jobs of each queue that one worker does side by side, each in a thread
GRACE = 10.0  # seconds that a stop waits for the jobs that are running; they are crash-proof
PAUSE = 2.0  # seconds until a database that was away is asked again
RETRIES = procrastinate.RetryStrategy(max_attempts=10, exponential_wait=2)  # of a fault that a task has not foreseen


@dataclass(frozen=True)
class Pace:
    """How often a worker says that it lives, after what silence it is taken for dead, and how often it looks for jobs
    that nobody tells it of, such as those whose time has come; in seconds."""

    heartbeat: float = 5.0
    silence: float = 20.0
    look: float = 2.0


PACE = Pace()


def run(
    settings: Settings, url: str, *, until_idle: bool = False, is_beside_a_server: bool = False, pace: Pace = PACE
) -> None:
    """Work until SIGTERM or SIGINT; with `until_idle`, only on what is queued and due.

    Beside a server, it ends with its standard input, which is the server's end of a pipe: however that goes.
    """
    with open_pools(settings, url) as pools:
        app = _procrastinate_app(settings, url, create_app(settings, pools), with_clock=not until_idle)
        if until_idle:
            asyncio.run(_until_idle(app))
        else:
            asyncio.run(_until_stopped(app, pace, is_beside_a_server=is_beside_a_server))


def _procrastinate_app(settings: Settings, url: str, flask_app: Flask, *, with_clock: bool) -> procrastinate.App:
    async def configure(conn: psycopg.AsyncConnection[Any]) -> None:
        timeout = f"{settings.database_statement_timeout}ms"
        await conn.set_autocommit(True)
        await conn.execute(sql.platform.configure_connection.sql, {"statement_timeout": timeout, "role": APP_ROLE})

    app = procrastinate.App(
        connector=procrastinate.PsycopgConnector(
            conninfo=url,
            min_size=1,
            max_size=4,
            kwargs={"connect_timeout": 5},
            configure=configure,
        ),
        # What was due while no worker ran is done when one starts; only the last time of each.
        periodic_defaults={"max_delay": 86400},
    )
    for name, do in tasks.TASKS.items():
        app.task(name=name, retry=RETRIES, pass_context=True)(_in_application(flask_app, do))
    for name, (cron, do) in tasks.BY_THE_CLOCK.items() if with_clock else ():
        task = app.task(name=name, queue=QUICK, lock=name, queueing_lock=name, pass_context=True)(
            _at_its_time(flask_app, do)
        )
        app.periodic(cron=cron)(task)
    return app


def _in_application(flask_app: Flask, do: tasks.Task) -> Callable[..., None]:
    def job(context: procrastinate.JobContext, **args: Any) -> None:
        with _logged(context), flask_app.app_context():
            do(connection(), **args)

    return job


def _at_its_time(flask_app: Flask, do: tasks.Task) -> Callable[..., None]:
    def job(context: procrastinate.JobContext, timestamp: int) -> None:
        with _logged(context), flask_app.app_context():
            do(connection())

    return job


def _logged(context: procrastinate.JobContext) -> AbstractContextManager[None]:
    return logs.logged_job(context.job.id, context.job.task_name, context.job.attempts + 1)


async def _until_idle(app: procrastinate.App) -> None:
    async with app.open_async():
        await app.run_worker_async(wait=False, delete_jobs="successful", install_signal_handlers=False)


async def _until_stopped(app: procrastinate.App, pace: Pace, *, is_beside_a_server: bool) -> None:
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
            async with app.open_async():
                await _work(app, pace, stop)
        except (ConnectorException, PoolTimeout, psycopg.OperationalError) as error:
            log.warning("The worker has lost the database, and tries again: %s", error)
        if not stop.is_set():
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(stop.wait(), PAUSE)


def _when_the_server_ends(loop: asyncio.AbstractEventLoop, leave: Callable[[], None]) -> None:
    while os.read(sys.stdin.fileno(), 1):
        pass
    loop.call_soon_threadsafe(leave)


async def _work(app: procrastinate.App, pace: Pace, stop: asyncio.Event) -> None:
    """Do jobs of all queues until it is to stop, or one part of it ends by a fault, which ends the others."""
    working = [
        asyncio.create_task(
            app.run_worker_async(
                queues=[queue],
                name=queue,
                concurrency=at_once,
                fetch_job_polling_interval=pace.look,
                update_heartbeat_interval=pace.heartbeat,
                stalled_worker_timeout=pace.silence,
                delete_jobs="successful",
                install_signal_handlers=False,
            )
        )
        for queue, at_once in AT_ONCE.items()
    ]
    working.append(asyncio.create_task(_take_over(app, pace)))
    stopping = asyncio.create_task(stop.wait())
    done, _ = await asyncio.wait([*working, stopping], return_when=asyncio.FIRST_COMPLETED)
    for each in (*working, stopping):
        each.cancel()
    await asyncio.gather(*working, stopping, return_exceptions=True)
    for each in done - {stopping}:
        each.result()


async def _take_over(app: procrastinate.App, pace: Pace) -> None:
    """Give the jobs of the dead to the living."""
    connector = app.connector
    assert isinstance(connector, procrastinate.PsycopgConnector)
    while True:
        row = await connector.execute_query_one_async(sql.platform.update_jobs_of_the_dead.sql, silence=pace.silence)
        if row["count"]:
            log.warning("%s jobs of workers that have died are done again.", row["count"])
        await asyncio.sleep(pace.heartbeat)
