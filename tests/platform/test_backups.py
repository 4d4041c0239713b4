"""`photolens db backup`, `restore` and `verify`: what is dumped comes back whole, and what is not whole is found."""

import hashlib
import json
import re
import resource
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import psycopg
import pytest
from click.testing import CliRunner, Result
from psycopg.conninfo import conninfo_to_dict, make_conninfo

from photolens.backups import SCRATCH
from photolens.cli import photolens
from photolens.postgres_programs import ProgramError, Programs
from tests.conftest import SEEDED_TEMPLATE, TEMPLATE, Databases, psql
from tests.waiting import until


def db(*arguments: str | Path, url: str, **environment: str) -> Result:
    """`photolens db …`, as the owner of this database."""
    said = environment | {"OWNER_DATABASE_URL": url}
    return CliRunner(env=said).invoke(photolens, ["db", *map(str, arguments)], catch_exceptions=False)


def back_up(url: str, folder: Path, *arguments: str) -> Path:
    """The dump of a backup that is taken now."""
    before = {*folder.glob("*.dump")}
    result = db("backup", "--to", folder, *arguments, url=url)
    assert result.exit_code == 0, result.output
    [dump] = {*folder.glob("*.dump")} - before
    return dump


def manifest_of(dump: Path) -> dict[str, Any]:
    manifest: dict[str, Any] = json.loads(dump.with_suffix(".json").read_text())
    return manifest


def change_manifest(dump: Path, **changes: Any) -> None:
    dump.with_suffix(".json").write_text(json.dumps(manifest_of(dump) | changes))


def sign_again(dump: Path) -> None:
    """Let the manifest say of whatever the dump has become that it is what was dumped."""
    change_manifest(dump, sha256=hashlib.sha256(dump.read_bytes()).hexdigest())


def content(url: str) -> str:
    """Everything that a database holds, with whom it belongs to and who may do what, as pg_dump writes it down."""
    with psycopg.connect(url) as conn:
        programs = Programs(url, conn.info.server_version)
    with programs.start("pg_dump", "-d", programs.address, stdout=subprocess.PIPE) as process:
        written = process.communicate()[0].decode()
    assert process.returncode == 0
    return re.sub(r"^\\(un)?restrict .*$", "", written, flags=re.MULTILINE)


def names_of_databases(url: str) -> set[str]:
    return {*psql(url, "-At", "-c", "select datname from pg_database where datname like 'photolens_test%'").split()}


def has_scratch(url: str) -> bool:
    with psycopg.connect(url) as conn:
        return conn.info.dbname + SCRATCH in names_of_databases(url)


@pytest.fixture(scope="module")
def studio(databases: Databases) -> Iterator[str]:
    """The demo studio, which is dumped, and otherwise stays as it is."""
    with databases.clone(SEEDED_TEMPLATE) as url:
        yield url


@pytest.fixture(scope="module")
def taken(studio: str, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A backup of the demo studio."""
    return back_up(studio, tmp_path_factory.mktemp("backups"))


@pytest.fixture
def dump(taken: Path, tmp_path: Path) -> Path:
    """A copy of that backup, to spoil."""
    shutil.copy(taken.with_suffix(".json"), tmp_path)
    return Path(shutil.copy(taken, tmp_path))


@pytest.fixture
def empty(databases: Databases) -> Iterator[str]:
    with databases.clone("template0") as url:
        yield url


@pytest.fixture
def other(databases: Databases) -> Iterator[str]:
    """A database of Photolens with somebody in it who is not in the backup."""
    with databases.clone(TEMPLATE) as url:
        psql(url, "-c", "insert into clients (name, email) values ('Somebody else', 'else@example.com')")
        yield url


# Backing up


def test_a_backup_is_a_dump_and_its_manifest_for_the_owner_of_the_files_alone(studio: str, taken: Path) -> None:
    files = {file.name: file.stat().st_mode & 0o777 for file in taken.parent.iterdir()}

    assert files == {taken.name: 0o600, f"{taken.stem}.json": 0o600}


def test_the_manifest_says_what_was_dumped(studio: str, taken: Path) -> None:
    manifest = manifest_of(taken)
    [clients, version, database] = psql(
        studio,
        "-At",
        "-c",
        "select count(*) from clients",
        "-c",
        "show server_version",
        "-c",
        "select current_database()",
    ).splitlines()

    assert (manifest["file"], manifest["database"]) == (taken.name, database)
    assert (manifest["serverVersion"], manifest["applicationVersion"]) == (version, "1.0.0")
    assert (manifest["size"], manifest["sha256"]) == (
        taken.stat().st_size,
        hashlib.sha256(taken.read_bytes()).hexdigest(),
    )
    assert manifest["rows"]["public.clients"] == int(clients) > 0
    assert "0001_baseline" in manifest["migrations"]
    assert manifest["takenAt"].endswith("Z")


def test_rows_that_come_while_it_is_dumped_are_neither_counted_nor_dumped(
    databases: Databases, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    run = Programs.run

    def run_late(self: Programs, *arguments: str) -> None:
        psql(url, "-c", "insert into clients (name, email) values ('Late', 'late@example.com')")
        run(self, *arguments)

    with databases.clone(TEMPLATE) as url:
        with monkeypatch.context() as patch:
            patch.setattr(Programs, "run", run_late)
            dump = back_up(url, tmp_path)
        verified = db("verify", dump, url=url)

    assert manifest_of(dump)["rows"]["public.clients"] == 0
    assert verified.exit_code == 0, verified.output


def test_the_newest_backups_stay_and_older_ones_go_with_their_manifests(databases: Databases, tmp_path: Path) -> None:
    with databases.clone("template0") as url, databases.clone(TEMPLATE) as second:
        psql(url, "-f", "schema.sql")
        other = back_up(second, tmp_path)
        first, *newest = (back_up(url, tmp_path) for _ in range(3))
        result = db("backup", "--to", tmp_path, "--keep", "3", url=url)
        assert f"Removed {first.name}." in result.output

        back_up(url, tmp_path, "--keep", "1")

    left = {file.name for file in tmp_path.iterdir()}
    assert {other.name, other.with_suffix(".json").name} < left
    assert len(left) == 4
    assert left.isdisjoint({first.name, *(dump.name for dump in newest)})


def test_a_backup_that_cannot_be_finished_leaves_nothing_and_takes_nothing_away(studio: str, dump: Path) -> None:
    before = {*dump.parent.iterdir()}
    _, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (50_000, hard))
    try:
        failed = db("backup", "--to", dump.parent, "--keep", "1", url=studio)
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (hard, hard))

    assert failed.exit_code == 1
    assert "pg_dump failed" in failed.output
    assert {*dump.parent.iterdir()} == before


def test_a_login_that_may_not_act_as_the_owner_is_told_so(studio: str, tmp_path: Path) -> None:
    user = conninfo_to_dict(studio)["user"]
    of_app = studio.replace(f"user={user}", "user=photolens_app").replace(f"//{user}@", "//photolens_app@")

    refused = db("backup", "--to", tmp_path, url=of_app)

    assert refused.exit_code == 1
    assert "'photolens_app' may not act as photolens_owner. Set OWNER_DATABASE_URL" in refused.output
    assert [*tmp_path.iterdir()] == []


# The programs


def test_a_password_is_on_no_command_line(studio: str) -> None:
    with psycopg.connect(studio) as conn:
        programs = Programs(make_conninfo(studio, password="hush"), conn.info.server_version)
    with programs.start("psql", "-d", programs.address, stdin=subprocess.PIPE) as process:
        # The system shows neither at once.
        until(lambda: b"PGPASSWORD=hush" in Path(f"/proc/{process.pid}/environ").read_bytes())
        command = Path(f"/proc/{process.pid}/cmdline").read_bytes()

    assert process.returncode == 0
    assert b"psql" in command
    assert b"hush" not in command


def test_a_server_that_the_programs_on_path_are_too_old_for_is_refused_in_a_sentence(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(ProgramError, match="PostgreSQL 99, and there is no pg_dump on PATH"):
        Programs("postgresql:///photolens", 990_001)

    (tmp_path / "pg_dump").write_text("#!/bin/sh\necho 'pg_dump (PostgreSQL) 98.4 (Debian 98.4-1)'\n")
    (tmp_path / "pg_dump").chmod(0o755)
    with pytest.raises(
        ProgramError, match=r"is PostgreSQL 99, and .*/pg_dump is of PostgreSQL 98, which cannot dump it"
    ):
        Programs("postgresql:///photolens", 990_001)


# Restoring


def test_what_is_restored_is_what_was_dumped_with_owners_and_grants(studio: str, taken: Path, empty: str) -> None:
    restored = db("restore", taken, "--into", empty, url=studio)

    assert restored.exit_code == 0, restored.output
    assert f"{len(manifest_of(taken)['rows'])} tables, " in restored.output
    # The backup itself was noted after it. PostgreSQL writes fewer brackets when it has read its own rules again, and
    # names what is not null of a table that was made like another by the table.
    unlike = (
        r"^COPY public.database_backups .*?^\\\.$|setval\('public.database_backups_id_seq'.*?$|[()]"
        r"| CONSTRAINT \w+_not_null\d*(?= NOT NULL)"
    )
    before, after = (re.sub(unlike, "", content(url), flags=re.M | re.S) for url in (studio, empty))
    assert after == before


def test_a_database_that_is_not_empty_is_refused_and_left_alone(taken: Path, other: str) -> None:
    before = content(other)

    refused = db("restore", taken, url=other)

    assert (refused.exit_code, "is not empty. --replace" in refused.output) == (1, True)
    assert content(other) == before


def test_to_replace_takes_away_what_the_backup_does_not_know(studio: str, taken: Path, other: str) -> None:
    psql(
        other,
        "-c",
        "create table later (client_id bigint references clients)",
        "-c",
        "alter table later owner to photolens_owner",
    )

    replaced = db("restore", taken, "--replace", url=other)

    assert replaced.exit_code == 0, replaced.output
    found = psql(
        other,
        "-At",
        "-c",
        "select to_regclass('later') is null, not exists (select from clients where name = 'Somebody else')",
    )
    assert found == "t|t\n"
    assert psql(other, "-At", "-c", "select count(*) from clients") == psql(
        studio, "-At", "-c", "select count(*) from clients"
    )


def test_a_restore_that_fails_halfway_leaves_the_database_as_it_was(dump: Path, other: str) -> None:
    before = content(other)
    with dump.open("r+b") as file:
        file.truncate(dump.stat().st_size * 2 // 3)
    sign_again(dump)

    failed = db("restore", dump, "--replace", url=other)

    assert (failed.exit_code, "Nothing was restored" in failed.output) == (1, True)
    assert content(other) == before


def test_what_is_in_the_way_and_belongs_to_somebody_else_leaves_the_database_as_it_was(taken: Path, other: str) -> None:
    psql(
        other,
        "-c",
        "alter table photo_jobs rename to of_somebody",
        "-c",
        "alter table of_somebody owner to current_user",
    )
    before = content(other)

    failed = db("restore", taken, "--replace", url=other)

    assert (failed.exit_code, "already exists" in failed.output) == (1, True)
    assert content(other) == before


def test_in_production_it_wants_a_yes(taken: Path, empty: str) -> None:
    production = {
        "DATABASE_URL": empty,
        "PHOTOLENS_ENV": "production",
        "SECRET_KEY": "only the tests have this one and no server",
    }

    refused = db("restore", taken, url=empty, **production)
    assert (refused.exit_code, "Add --yes" in refused.output) == (1, True)
    assert psql(empty, "-At", "-c", "select to_regclass('clients') is null") == "t\n"

    assert db("restore", taken, "--yes", url=empty, **production).exit_code == 0


# Verifying


def test_a_backup_that_is_right_is_verified_and_that_is_noted(studio: str, taken: Path) -> None:
    verified = db("verify", taken, url=studio)

    assert verified.exit_code == 0, verified.output
    assert f"{taken.name} is verified: " in verified.output
    last = json.loads(db("stats", url=studio, DATABASE_URL=studio).output)["lastBackup"]
    assert (last["fileName"], last["sha256"]) == (taken.name, manifest_of(taken)["sha256"])
    assert last["verifiedAt"] > last["takenAt"]
    assert not has_scratch(studio)


@pytest.mark.parametrize("place", [0, 0.001, 0.37, 0.9999])
def test_a_flipped_byte_is_found_before_anything_is_restored(studio: str, dump: Path, place: float) -> None:
    written = bytearray(dump.read_bytes())
    written[int(place * len(written))] ^= 1
    dump.write_bytes(written)

    for command in (("verify", dump), ("restore", dump, "--replace")):
        refused = db(*command, url=studio)

        assert (refused.exit_code, "is not what was backed up: its SHA-256" in refused.output) == (1, True)


def test_a_manifest_that_counts_otherwise_is_found(studio: str, dump: Path) -> None:
    rows = manifest_of(dump)["rows"]
    change_manifest(dump, rows=rows | {"public.clients": rows["public.clients"] + 1, "public.dreams": 3})

    differing = db("verify", dump, url=studio)

    assert (differing.exit_code, differing.output.splitlines()) == (
        1,
        [
            f"public.clients: {rows['public.clients']} rows, the manifest says {rows['public.clients'] + 1}",
            "public.dreams: no table, and no rows, the manifest says 3",
            "2 differences.",
        ],
    )
    assert not has_scratch(studio)


def test_a_derived_field_that_was_wrong_when_it_was_dumped_is_named(databases: Databases, tmp_path: Path) -> None:
    with databases.clone(TEMPLATE) as url:
        psql(url, "-c", "insert into clients (name, email, total_sessions) values ('Emma', 'emma@example.com', 9)")
        differing = db("verify", back_up(url, tmp_path), url=url)

    assert (differing.exit_code, differing.output.splitlines()[0]) == (
        1,
        "clients 1: total_sessions is 9, its rows say 0",
    )


def test_what_cannot_be_restored_is_not_verified_and_leaves_no_scratch_database(studio: str, dump: Path) -> None:
    with dump.open("r+b") as file:
        file.truncate(dump.stat().st_size // 2)
    sign_again(dump)

    failed = db("verify", dump, url=studio)

    assert (failed.exit_code, "Nothing was restored" in failed.output) == (1, True)
    assert not has_scratch(studio)


def test_a_scratch_database_that_was_left_behind_goes_with_the_next_verification(studio: str, taken: Path) -> None:
    with psycopg.connect(studio) as conn:
        psql(studio, "-c", f"create database {conn.info.dbname}{SCRATCH}")

    assert db("verify", taken, url=studio).exit_code == 0
    assert not has_scratch(studio)


def test_one_backup_is_verified_at_a_time(studio: str, taken: Path) -> None:
    with psycopg.connect(studio) as conn:
        conn.execute("select pg_advisory_lock(hashtextextended(current_schema() || ' verification', 0))")
        refused = db("verify", taken, url=studio)

    assert (refused.exit_code, "is just being verified" in refused.output) == (1, True)


@pytest.mark.parametrize(
    ("manifest", "sentence"),
    [(None, "There is no manifest"), ("{", "is no manifest of a backup"), ("{}", "is no manifest of a backup")],
)
def test_a_dump_without_a_manifest_is_told_so(studio: str, dump: Path, manifest: str | None, sentence: str) -> None:
    dump.with_suffix(".json").unlink()
    if manifest is not None:
        dump.with_suffix(".json").write_text(manifest)

    refused = db("verify", dump, url=studio)

    assert (refused.exit_code, sentence in refused.output) == (1, True)
