"""Runs the procedures of docs/operations.md, and looks after each whether the site does what it should.

Only on a machine that `.ci/operations` has made: it writes to /etc and /opt.
"""

import contextlib
import os
import shlex
import subprocess
import sys
import time
from collections.abc import Callable
from itertools import groupby
from pathlib import Path

from tests.procedures.document import DOCUMENT, Block, command_blocks
from tests.procedures.site import CERTIFICATE, OWNER, Crowd, Site, where_plain_http_leads
from tests.procedures.units import STATE

ENVIRONMENT = {
    "PATH": os.environ["PATH"],
    "HOME": os.environ["HOME"],
    "LANG": "C.UTF-8",
    "CURL_CA_BUNDLE": CERTIFICATE,
    "PIP_NO_INDEX": "1",
    "PIP_FIND_LINKS": str(STATE / "wheels"),
    "NEW": "whsec_the_new_one",  # what Stripe's dashboard shows
}


class Machine:
    """The machine that the procedures are run on, and what has to be true of it after each."""

    def __init__(self) -> None:
        self._site = Site()
        self._written: set[str] = set()
        self._settings: dict[str, str] = {}
        self._before: dict[str, Callable[[], None]] = {
            "restore": lambda: self._written.discard("Witness of backup"),  # which came after the backup
            "recover": self._something_bad,
            "rotate": self._keep_secrets,
        }
        self._after: dict[str, Callable[[], None]] = {
            "install": self._is_closed_where_it_should_be,
            "backup": self._refuses_what_cannot_be_used,
            "upgrade": lambda: self._is_version("1.1.0", has_column=True),
            "rollback": lambda: self._is_version("1.0.0", has_column=False),
            "rotate": self._knows_new_secrets_alone,
            "replica": self._is_read_from_the_standby,
            "studio": self._has_a_studio_beside_it,
            "pgbouncer": self._goes_through_the_pooler,
        }

    def run(self, procedure: str, blocks: list[Block]) -> None:
        """Run the blocks of one procedure, and see that the site is there with all that was ever written to it."""
        self._before.get(procedure, lambda: None)()
        for block in blocks:
            print(f"{procedure}, line {block.line}", flush=True)
            with Crowd(self._site) if block.is_busy else contextlib.nullcontext():
                _run(block)
        self._site.ask("GET", "/readyz")
        self._site.sign_in()
        self._written.add(f"Witness of {procedure}")
        self._site.write(f"Witness of {procedure}")
        assert self._site.names("Witness") == self._written, self._site.names("Witness")
        self._after.get(procedure, lambda: None)()

    def _is_closed_where_it_should_be(self) -> None:
        assert where_plain_http_leads() == "https://studio.example/portal/"
        self._site.ask("GET", "/metrics", expect=404)
        assert self._site.begin_of_events().startswith(b"retry:")
        too_large = {"name": "x" * 3_000_000, "email": "large@example.com"}
        assert self._site.ask("POST", "/api/v1/clients", too_large, expect=413)["code"]  # Photolens says it, not nginx
        for file in ("/etc/photolens.env", "/etc/photolens-owner.env"):
            assert Path(file).stat().st_mode & 0o777 == 0o600, file

    def _refuses_what_cannot_be_used(self) -> None:
        for value, command, status in (("many", "photolens-restart", 1), ("100000", "photolens config", 0)):
            said = f"echo {value} | photolens-set RATE_LIMIT_PER_MINUTE && {command}"
            done = subprocess.run(["bash", "-c", said], capture_output=True, text=True, env=ENVIRONMENT)
            assert done.returncode == status, done.stderr
        self._site.ask("GET", "/readyz")

    def _something_bad(self) -> None:
        """A moment, what came before it and what after."""
        self._site.write("Witness that is good")
        self._written.add("Witness that is good")
        ENVIRONMENT["MOMENT"] = _query("select clock_timestamp()")
        self._site.write("Witness that is bad")

    def _is_version(self, version: str, *, has_column: bool) -> None:
        programs = [Path(f"/proc/{file.read_text()}/cmdline").read_text() for file in STATE.glob("photolens*.pid")]
        assert len(programs) == 3, programs
        assert all(program.startswith(f"/opt/photolens/{version}/") for program in programs), programs
        found = _query("select count(*) from information_schema.columns where column_name = 'thrown_away'")
        assert found == str(int(has_column)), found

    def _keep_secrets(self) -> None:
        somebody = {"name": "Somebody", "email": "somebody@example.com", "password": "a sentence nobody says"}
        Site().ask("POST", "/api/v1/auth/signup", somebody, expect=201)
        self._settings = _settings()
        _query("create role photolens_app_1 login noinherit in role photolens_app")  # as of the last time

    def _knows_new_secrets_alone(self) -> None:
        now = _settings()
        for name in ("SECRET_KEY", "DATABASE_URL", "PORTAL_DATABASE_URL", "METRICS_TOKEN", "PGPASSWORD"):
            assert now[name] != self._settings[name], name
        assert "," not in now["SECRET_KEY"]
        assert now["STRIPE_WEBHOOK_SECRET"] == ENVIRONMENT["NEW"]
        logins = _query(
            "select string_agg(distinct usename, ' ') from pg_stat_activity where usename like 'photolens%'"
        )
        assert not {"photolens_app", "photolens_portal"} & set(logins.split()), logins
        assert _query("select count(*) from pg_roles where rolname = 'photolens_app_1'") == "0"
        said = subprocess.run(["photolens", "outbox"], capture_output=True, text=True, check=True, env=ENVIRONMENT)
        assert "#token=" in said.stdout, said.stdout

    def _is_read_from_the_standby(self) -> None:
        command = ["runuser", "-u", "postgres", "--", "psql", "-XAtq", "-p", "5433", "-c"]
        asked = "select count(*) from pg_stat_activity where usename like 'photolens_app%'"
        said = subprocess.run([*command, asked], capture_output=True, text=True, check=True, cwd="/", env=ENVIRONMENT)
        assert int(said.stdout) > 0, "Nobody has read from the standby."

    def _has_a_studio_beside_it(self) -> None:
        north = Site("north")
        north.sign_in()
        north.write("Witness of the north")
        assert north.names("Witness") == {"Witness of the north"}
        assert "Witness of the north" not in self._site.names("Witness")
        Site("south").ask("POST", "/api/v1/auth/login", OWNER, expect=404)

    def _goes_through_the_pooler(self) -> None:
        found = _query("select count(*) from pg_stat_activity where usename like 'photolens_app%' and client_port > 0")
        sessions = int(found)
        assert 0 < sessions <= 20, sessions
        assert "6432" in _settings()["DATABASE_URL"]
        for _ in range(20):
            self._site.write("Somebody")
        self._has_a_studio_beside_it()


def _run(block: Block) -> None:
    """Run a block in a shell of its own, which has no terminal: a password is asked for on standard input."""
    script = STATE / "block"
    script.write_text(block.text)
    began = time.monotonic()
    done = subprocess.run(
        ["bash", "-euo", "pipefail", str(script)], input=f"{OWNER['password']}\n" * 2, text=True, cwd="/",
        env=ENVIRONMENT, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, start_new_session=True,
    )  # fmt: skip
    print(f"    {time.monotonic() - began:.1f} s", flush=True)
    if done.returncode != 0:
        logs = "".join(f"\n{file.name}:\n{file.read_text()[-3000:]}" for file in STATE.glob("*.log"))
        sys.exit(f"{block.text}\nended with {done.returncode}, having said:\n{done.stdout}{logs}")


def _settings() -> dict[str, str]:
    lines = [
        line for file in ("/etc/photolens.env", "/etc/photolens-owner.env") for line in Path(file).read_text().split()
    ]
    return {name: shlex.split(value)[0] for name, _, value in (line.partition("=") for line in lines)}


def _query(query: str) -> str:
    """The one value that a query gives, in the database that is in use."""
    database = _settings()["DATABASE_URL"].rpartition("/")[2]
    command = ["runuser", "-u", "postgres", "--", "psql", "-XAtq", "-d", database, "-c", query]
    return subprocess.run(command, capture_output=True, text=True, check=True, cwd="/", env=ENVIRONMENT).stdout.strip()


def main() -> None:
    """Run every procedure of the document, in its order."""
    machine = Machine()
    began = time.monotonic()
    blocks = [block for block in command_blocks(DOCUMENT.read_text()) if block.procedure]
    for procedure, of_it in groupby(blocks, key=lambda block: block.procedure):
        machine.run(str(procedure), list(of_it))
    print(f"All procedures were done in {time.monotonic() - began:.0f} s.")


if __name__ == "__main__":
    main()
