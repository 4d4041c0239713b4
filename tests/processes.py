"""`photolens …` in processes of its own, forked from one that has read the application: to read it takes a second."""

import fcntl
import os
import sys
from multiprocessing import get_context
from multiprocessing.connection import Connection
from typing import Self

from photolens.embedded import ROOT

PATIENCE = 60.0  # seconds for a command to end
PIPE_SIZE = 2**20  # bytes: the lines of some thousand requests

_FORKS = get_context("forkserver")
_FORKS.set_forkserver_preload(["photolens.cli", "photolens.worker", __name__])


class Command:
    """A running `photolens …` with this environment and no other; as a context manager it is ended with the block.

    What it says on standard output and standard error is there to be read as it comes.
    """

    def __init__(self, *arguments: str, **environment: str) -> None:
        (stdout, its_stdout), (stderr, its_stderr) = _FORKS.Pipe(duplex=False), _FORKS.Pipe(duplex=False)
        if sys.platform == "linux":  # nobody reads what a server logs while it serves: there has to be room for it
            fcntl.fcntl(its_stderr.fileno(), fcntl.F_SETPIPE_SZ, PIPE_SIZE)
        ours = inherited() | environment
        self._process = _FORKS.Process(target=_run, args=(arguments, ours, its_stdout, its_stderr))
        self._process.start()
        its_stdout.close()
        its_stderr.close()
        self.stdout, self.stderr = os.fdopen(os.dup(stdout.fileno())), os.fdopen(os.dup(stderr.fileno()))

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_error: object) -> None:
        self._process.terminate()
        self.wait()
        self.stdout.close()
        self.stderr.close()

    @property
    def pid(self) -> int:
        assert self._process.pid is not None
        return self._process.pid

    @property
    def returncode(self) -> int | None:
        """The exit status, or nothing as long as it runs."""
        return self._process.exitcode

    def terminate(self) -> None:
        self._process.terminate()

    def kill(self) -> None:
        self._process.kill()

    def wait(self) -> int:
        """The exit status, once it has ended."""
        self._process.join(PATIENCE)
        assert self.returncode is not None, "it does not end"
        return self.returncode


def inherited() -> dict[str, str]:
    """What a command has of the environment of the tests; and a free port."""
    names = ("PATH", "HOME", "LANG", "TMPDIR")
    return {name: value for name, value in os.environ.items() if name in names} | {"PORT": "0"}


def _run(arguments: tuple[str, ...], environment: dict[str, str], stdout: Connection, stderr: Connection) -> None:
    from photolens.cli import main

    os.dup2(stdout.fileno(), 1)
    os.dup2(stderr.fileno(), 2)
    os.chdir(ROOT)
    os.environ.clear()
    os.environ.update(environment)
    sys.argv = ["photolens", *arguments]
    main()
