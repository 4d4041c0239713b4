"""A PostgreSQL of the tests' own with a standby that follows it, both the embedded one's programs."""

import os
import signal
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import psycopg

from photolens.embedded import PROGRAMS, ROOT, EmbeddedServer, _other_user, _system_account
from tests.conftest import CALLERS, psql
from tests.waiting import until

DATABASE = "photolens_test"
OPTIONS = ("fsync=off", "wal_level=replica", "autovacuum=off", "hot_standby_feedback=on")


class Standby:
    """A standby: it follows its primary, and can be stopped, paused, or held back."""

    def __init__(self, primary: EmbeddedServer, state_dir: Path) -> None:
        self._state_dir = state_dir
        self._data = state_dir / "postgres"
        state_dir.mkdir()
        if os.geteuid() == 0:
            os.chown(state_dir, _system_account().pw_uid, -1)
        source = [f"--dbname={primary.url_of('postgres')}", "--checkpoint=fast", "--write-recovery-conf"]
        command = [str(PROGRAMS / "pg_basebackup"), f"--pgdata={self._data}", *source]
        subprocess.run(command, check=True, cwd="/", **_other_user())
        for lock in self._data.glob(".s.PGSQL.*"):
            lock.unlink()  # of the primary's socket, which is among its data
        self.server = EmbeddedServer(state_dir, options=OPTIONS)
        self.url = self.server.url_of(DATABASE)

    @contextmanager
    def paused(self) -> Iterator[None]:
        """It takes connections and says nothing, as long as the block lasts."""
        processes = self._processes()
        for process in processes:
            os.kill(process, signal.SIGSTOP)
        try:
            yield
        finally:
            for process in reversed(processes):
                os.kill(process, signal.SIGCONT)

    @contextmanager
    def held_back(self, seconds: int) -> Iterator[None]:
        """It replays what is committed so many seconds later, as long as the block lasts."""
        self._set("recovery_min_apply_delay", f"{seconds}s")
        try:
            yield
        finally:
            self._set("recovery_min_apply_delay", "0")

    def _set(self, name: str, value: str) -> None:
        with psycopg.connect(self.server.url_of("postgres"), autocommit=True) as conn:
            conn.execute(f"alter system set {name} = '{value}'".encode())
            conn.execute("select pg_reload_conf()")
            shown = f"select current_setting('{name}') = '{value}'".encode()
            until(lambda: conn.execute(shown).fetchone() == (True,))

    def _processes(self) -> list[int]:
        postmaster = int((self._data / "postmaster.pid").read_text().split()[0])
        found = subprocess.run(["pgrep", "-P", str(postmaster)], capture_output=True, text=True, check=False)
        return [postmaster, *map(int, found.stdout.split())]


@contextmanager
def primary_with_standby(folder: Path) -> Iterator[tuple[str, Standby]]:
    """The address of a database with the schema and the callers, and the standby that follows it."""
    with EmbeddedServer(folder / "primary", options=OPTIONS) as primary:
        primary.psql("postgres", "-c", f"create database {DATABASE}")
        url = primary.url_of(DATABASE)
        psql(url, *[word for file in (ROOT / "schema.sql", ROOT / "seed.sql", CALLERS) for word in ("-f", str(file))])
        standby = Standby(primary, folder / "standby")
        with standby.server:
            yield url, standby
