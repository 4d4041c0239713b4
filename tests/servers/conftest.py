"""The tests beside a server of another kind, which they start themselves from PATH: here a Redis.

They are collected where redis-server is installed. `.ci/run` installs it, so CI always runs them.
"""

import shutil
import signal
import socket
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

PATIENCE = 10.0  # seconds for a Redis to start or stop

collect_ignore = [] if shutil.which("redis-server") else ["test_cache.py", "test_redis.py"]


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
