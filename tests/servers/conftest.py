"""The tests beside a server of another kind, which they start themselves from PATH: a Redis, a PgBouncer.

They are collected where it is installed. `.ci/run` installs both, so CI always runs them.
"""

import os
import shutil
import signal
import socket
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import urlencode

import psycopg
import pytest
from psycopg.conninfo import conninfo_to_dict

from photolens.embedded import _other_user
from tests.waiting import until

PATIENCE = 10.0  # seconds for a Redis to start or stop

OF_PROGRAM = {"redis-server": ["test_cache.py", "test_redis.py"], "pgbouncer": ["test_pgbouncer.py"]}

collect_ignore = [file for program, files in OF_PROGRAM.items() if shutil.which(program) is None for file in files]


class Redis:
    """A redis-server of the test's own, which keeps nothing: on a free port of this machine, and on a socket."""

    def __init__(self, folder: Path) -> None:
        with socket.socket() as listener:
            listener.bind(("127.0.0.1", 0))
            self.port: int = listener.getsockname()[1]
        self.url = f"redis://127.0.0.1:{self.port}/0"
        self.socket_url = f"unix://{folder}/redis.sock"
        options = {"port": str(self.port), "bind": "127.0.0.1", "unixsocket": f"{folder}/redis.sock", "save": ""}
        arguments = [word for name, value in options.items() for word in (f"--{name}", value)]
        self._process = subprocess.Popen(["redis-server", *arguments], cwd=folder, stdout=subprocess.DEVNULL)

    def wait(self) -> None:
        """Return once it answers."""
        deadline = time.monotonic() + PATIENCE
        while True:
            try:
                with socket.create_connection(("127.0.0.1", self.port)) as connection:
                    connection.sendall(b"PING\r\n")
                    assert connection.recv(7) == b"+PONG\r\n"
                    return
            except OSError:
                assert time.monotonic() < deadline, "redis-server does not answer"
                time.sleep(0.02)

    @contextmanager
    def stuck(self) -> Iterator[None]:
        """It takes connections and says nothing, as long as the block lasts."""
        self._process.send_signal(signal.SIGSTOP)
        try:
            yield
        finally:
            self._process.send_signal(signal.SIGCONT)

    def stop(self) -> None:
        self._process.terminate()
        self._process.wait(PATIENCE)


@pytest.fixture
def redis(tmp_path: Path) -> Iterator[Redis]:
    redis = Redis(tmp_path)
    try:
        redis.wait()
        yield redis
    finally:
        redis.stop()


class PgBouncer:
    """A pgbouncer before a server, in transaction mode, as any user it is told; with so many sessions for all."""

    def __init__(self, folder: Path, url: str, sessions: int) -> None:
        with socket.socket() as listener:
            listener.bind(("127.0.0.1", 0))
            self.port: int = listener.getsockname()[1]
        server = conninfo_to_dict(url)
        to = " ".join(f"{name}={server[name]}" for name in ("host", "port", "user") if name in server)
        lines = ["[databases]", f"* = {to}", "[pgbouncer]", "listen_addr = 127.0.0.1", f"listen_port = {self.port}"]
        lines += ["unix_socket_dir =", "auth_type = any", "pool_mode = transaction"]
        lines += [f"default_pool_size = {sessions}", "max_client_conn = 500"]
        settings = folder / "pgbouncer.ini"
        settings.write_text("\n".join(lines) + "\n")
        self.url = f"postgresql:///?{urlencode({**server, 'host': '127.0.0.1', 'port': self.port})}"
        account = _other_user()  # who may reach the embedded server's socket; as root, pgbouncer does not run
        if account:
            for path in (folder, settings):
                os.chown(path, account["user"], -1)
        self._process = subprocess.Popen(["pgbouncer", "-q", str(settings)], stderr=subprocess.DEVNULL, **account)

    def wait(self) -> None:
        """Return once it answers."""

        def answers() -> bool:
            try:
                with psycopg.connect(self.url, connect_timeout=2):
                    return True
            except psycopg.OperationalError:
                return False

        until(answers, PATIENCE)

    def stop(self) -> None:
        self._process.terminate()
        self._process.wait(PATIENCE)
