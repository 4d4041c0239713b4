"""`photolens db migrate`, `status`, `rollback`, `reset`, `new`, `rehearse`, as those who operate a studio run them."""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import psycopg
import pytest
from click.testing import CliRunner, Result
from psycopg.rows import dict_row

from photolens.cli import photolens
from photolens.invariants import broken_invariants
from photolens.rehearsals import COPY
from photolens.schema_versions import MIGRATIONS, ROLLBACK
from tests.conftest import SEEDED_TEMPLATE, TEMPLATE, Databases, psql
from tests.migrations.catalogue import catalogue, differences
from tests.migrations.conftest import NEWEST, NICKNAMES, name_of, write
from tests.processes import Command

NEXT = f"{int(NEWEST[:4]) + 2:04}"  # after the nicknames
PRODUCTION = {
    "PHOTOLENS_ENV": "production",
    "SECRET_KEY": "only the tests have this one and no server",
    "DATABASE_URL": "postgresql://elsewhere/photolens",
}


def db(*arguments: str, url: str, **environment: str) -> Result:
    """`photolens db …`, as the owner of this database."""
    said = environment | {"OWNER_DATABASE_URL": url}
    return CliRunner(env=said).invoke(photolens, ["db", *arguments], catch_exceptions=False)


def value(url: str, query: str) -> Any:
    """The only value of a query."""
    with psycopg.connect(url) as conn:
        row = conn.execute(query.encode()).fetchone()
    assert row is not None
    return row[0]


@contextmanager
def login(url: str, name: str, role: str) -> Iterator[str]:
    """The address of the database for a login of that name, which may act as a role and inherits nothing of it."""
    with psycopg.connect(url) as conn:
        user = conn.info.user
    psql(url, "-c", f"create role {name} login noinherit", "-c", f"grant {role} to {name}")
    try:
        yield url.replace(f"user={user}", f"user={name}").replace(f"//{user}@", f"//{name}@")
    finally:
        psql(url, "-c", f"drop role {name}")


# Up


def test_two_at_once_on_an_empty_database_apply_each_migration_once(databases: Databases) -> None:
    with databases.clone("template0") as url:
        with (
            Command("db", "migrate", OWNER_DATABASE_URL=url) as one,
            Command("db", "migrate", OWNER_DATABASE_URL=url) as other,
        ):
            said = [one.stdout.read(), other.stdout.read()]
            failed = [one.stderr.read(), other.stderr.read()]
            ended = [one.wait(), other.wait()]
        assert (ended, failed) == ([0, 0], ["", ""])
        status = db("status", url=url)

        [nothing, applied] = sorted(said, key=len)
        assert nothing == "There was nothing to apply.\n"
        assert re.findall(r"^Applied (\w+) in \d+\.\d s$", applied, re.MULTILINE)[0] == "0001_baseline"
        assert (status.exit_code, status.stdout.count("applied")) == (0, applied.count("Applied"))
        with psycopg.connect(url, autocommit=True, row_factory=dict_row) as conn:
            assert broken_invariants(conn) == []


def test_a_database_built_by_schema_sql_has_had_every_migration(databases: Databases) -> None:
    with databases.clone(TEMPLATE) as url:
        status, migrated = db("status", url=url), db("migrate", url=url)

    assert status.exit_code == 0
    assert re.fullmatch(r"(applied  \d{4}_\w+  \S+ \S+ UTC\n)+", status.stdout)
    assert (migrated.exit_code, migrated.stdout) == (0, "There was nothing to apply.\n")


def test_what_is_pending_is_told_by_status_and_then_applied(databases: Databases, folder: Path) -> None:
    with databases.clone(SEEDED_TEMPLATE) as url:
        before, migrated, after = db("status", url=url), db("migrate", url=url), db("status", url=url)

        assert (before.exit_code, before.stdout.splitlines()[-1]) == (1, f"pending  {NICKNAMES}")
        assert migrated.exit_code == 0
        assert re.fullmatch(rf"Applied {NICKNAMES} in \d+\.\d s\n", migrated.stdout)
        assert after.exit_code == 0
        assert value(url, "select count(*) from clients where nickname <> split_part(name, ' ', 1)") == 0
        with psycopg.connect(url, autocommit=True, row_factory=dict_row) as conn:
            assert broken_invariants(conn) == []


def test_until_then_no_command_works_on_it_and_says_what_does(databases: Databases, folder: Path) -> None:
    from photolens.config import ConfigurationError

    with databases.clone(TEMPLATE) as url, pytest.raises(ConfigurationError, match="`photolens db migrate`"):
        db("audit", url=url, DATABASE_URL=url)


def test_a_migration_that_fails_halfway_leaves_nothing_and_those_before_it_stay(
    databases: Databases, folder: Path
) -> None:
    halfway = "create table leftovers (id bigint);\nupdate studio_settings set currency = 'EUR';\nselect 1 / 0;\n"
    write(folder, f"{NEXT}_halfway", f"-- depends: {NICKNAMES}\n{halfway}")
    with databases.clone(TEMPLATE) as url:
        failed, status = db("migrate", url=url), db("status", url=url)

        assert failed.exit_code == 1
        assert f"Applied {NICKNAMES}" in failed.stdout
        assert f"Error: {NEXT}_halfway failed, and nothing of it was done: division by zero" in failed.stderr
        assert status.stdout.splitlines()[-1] == f"pending  {NEXT}_halfway"
        assert value(url, "select to_regclass('leftovers')") is None
        assert value(url, "select currency from studio_settings") == "USD"


def test_rows_that_change_before_their_table_does_have_their_deferred_triggers_checked_first(
    databases: Databases, folder: Path
) -> None:
    change = "update invoices set total_amount = total_amount;\n"
    alter = "alter table invoices add column paid_late boolean not null default false;\n"
    with databases.clone(SEEDED_TEMPLATE) as url:
        db("migrate", url=url)
        write(folder, f"{NEXT}_late", change + alter)
        refused = db("migrate", url=url)
        write(folder, f"{NEXT}_late", change + "set constraints all immediate;\n" + alter)
        migrated = db("migrate", url=url)

    assert (refused.exit_code, migrated.exit_code) == (1, 0)
    assert "pending trigger events" in refused.stderr


def test_whoever_waits_for_a_table_gives_up_and_has_changed_nothing(
    databases: Databases, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("photolens.migrations.LOCK_TIMEOUT", "10ms")
    with databases.clone(TEMPLATE) as url, psycopg.connect(url) as somebody:
        somebody.execute("select from clients")
        refused = db("migrate", url=url)

    assert refused.exit_code == 1
    assert "lock timeout" in refused.stderr


def test_nothing_is_applied_where_what_was_applied_is_not_what_is_here(databases: Databases, folder: Path) -> None:
    with databases.clone(TEMPLATE) as url:
        (folder / f"{NEWEST}.sql").write_text("select 2;\n")
        changed, refused = db("status", url=url), db("migrate", url=url)
        (folder / f"{NEWEST}.sql").write_bytes((MIGRATIONS / f"{NEWEST}.sql").read_bytes())
        psql(url, "-c", f"insert into schema_migrations values ('9000_later', '{'0' * 64}')")
        unknown, refused_too = db("status", url=url), db("migrate", url=url)

        assert value(url, "select count(*) from schema_migrations where id ~ 'nicknames'") == 0
    assert changed.exit_code == unknown.exit_code == 2
    assert f"changed  {NEWEST}" in changed.stdout
    assert "unknown  9000_later" in unknown.stdout
    assert f"{NEWEST} is not what was applied" in refused.stderr
    assert "9000_later was applied, and is unknown here" in refused_too.stderr


def test_a_database_from_before_there_were_migrations_is_refused(databases: Databases) -> None:
    with databases.clone(TEMPLATE) as url:
        psql(url, "-c", "drop table schema_migrations")
        status, refused = db("status", url=url), db("migrate", url=url)

    assert status.exit_code == 2
    assert refused.exit_code == 1
    assert "from before there were migrations" in status.stderr
    assert "from before there were migrations" in refused.stderr


# Who may


def test_the_applications_login_may_look_and_not_migrate(databases: Databases, folder: Path) -> None:
    with databases.clone(TEMPLATE) as url:
        with login(url, "photolens_test_serving", "photolens_app") as served:
            status, refused = db("status", url=served), db("migrate", url=served)
            others = [
                db(*command, url=served) for command in (("rollback", "--yes"), ("reset", "--yes"), ("rehearse",))
            ]

        assert status.exit_code == 1
        assert {result.exit_code for result in (refused, *others)} == {1}
        assert "may not act as photolens_owner. Set OWNER_DATABASE_URL" in refused.stderr
        assert value(url, "select to_regproc('nicknames')") is None


def test_a_login_that_may_act_as_the_owner_migrates_as_the_owner(databases: Databases, folder: Path) -> None:
    with databases.clone(TEMPLATE) as url:
        with login(url, "photolens_test_operating", "photolens_owner") as operated:
            migrated = db("migrate", url=operated)

        assert migrated.exit_code == 0
        assert (
            value(url, "select proowner::regrole::text from pg_proc where proname = 'nicknames'") == "photolens_owner"
        )


# Back


def test_the_newest_is_taken_back_or_all_that_come_after_one(databases: Databases, folder: Path) -> None:
    write(folder, f"{NEXT}_labels", "create table labels (id bigint);\n", "drop table labels;\n")
    with databases.clone(TEMPLATE) as url:
        before = catalogue(url)
        db("migrate", url=url)
        newest = db("rollback", "--yes", url=url)
        status = db("status", url=url)
        db("migrate", url=url)
        both = db("rollback", "--to", NEWEST, "--yes", url=url)

        assert differences(before, catalogue(url)) == []
    assert re.findall(r"Took back (\w+) in", newest.stdout) == [f"{NEXT}_labels"]
    assert status.stdout.splitlines()[-1] == f"pending  {NEXT}_labels"
    assert re.findall(r"Took back (\w+) in", both.stdout) == [f"{NEXT}_labels", NICKNAMES]


def test_what_cannot_be_taken_back_is_refused(databases: Databases, first: str, folder: Path) -> None:
    with databases.clone(first) as url:
        whole = db("rollback", "--yes", url=url)
        stranger = db("rollback", "--to", "0007_never", "--yes", url=url)
        db("migrate", url=url)
        (folder / f"{NICKNAMES}{ROLLBACK}").rename(folder / "aside")
        lost = db("rollback", "--yes", url=url)
        (folder / "aside").rename(folder / f"{NICKNAMES}{ROLLBACK}")
        (folder / f"{NICKNAMES}.sql").write_text("select 2;\n")
        changed = db("rollback", "--yes", url=url)
        asked = db("rollback", url=url)

        assert value(url, "select to_regproc('nicknames')") is not None
    assert {result.exit_code for result in (whole, stranger, lost, changed, asked)} == {1}
    assert "`photolens db reset`" in whole.stderr
    assert "0007_never was never applied here" in stranger.stderr
    assert f"{NICKNAMES} has no way back" in lost.stderr
    assert f"{NICKNAMES} is not what was applied" in changed.stderr
    assert "Go on? [y/N]" in asked.stdout


# Anew


def test_reset_drops_what_is_there_and_builds_it_anew(databases: Databases, built: tuple[str, str]) -> None:
    _, new = built
    with databases.clone(SEEDED_TEMPLATE) as url:
        psql(url, "-c", "set role photolens_owner", "-c", "create table strays (id bigint)")
        psql(url, "-c", "create schema neighbours", "-c", "create table neighbours.kept as select 42 as answer")
        asked = db("reset", url=url)
        assert value(url, "select count(*) > 0 from clients")
        done = db("reset", "--yes", url=url)

        assert (asked.exit_code, done.exit_code) == (1, 0), done.output
        assert f"Everything of the studio in {name_of(url)} on " in asked.stdout
        assert "Applied 0001_baseline" in done.stdout
        assert differences(catalogue(new), catalogue(url)) == []
        assert value(url, "select answer from neighbours.kept") == 42


def test_reset_is_refused_in_production(databases: Databases) -> None:
    with databases.clone(TEMPLATE) as url:
        before = catalogue(url)
        refused = db("reset", "--yes", url=url, **PRODUCTION)

        assert catalogue(url) == before
    assert (refused.exit_code, refused.stderr) == (1, "Error: This is production: nothing is reset here.\n")


def test_a_new_migration_comes_after_all_others_and_can_be_applied_as_it_is(databases: Databases, folder: Path) -> None:
    with databases.clone(TEMPLATE) as url:
        written = db("new", "add_tags", url=url)
        migrated, back = db("migrate", url=url), db("rollback", "--yes", url=url)

    new = f"{NEXT}_add_tags"
    assert written.stdout.splitlines() == [str(folder / f"{new}.sql"), str(folder / f"{new}{ROLLBACK}")]
    assert (folder / f"{new}.sql").read_text().startswith(f"-- Add tags.\n-- depends: {NICKNAMES}\n")
    assert "set constraints all immediate" in (folder / f"{new}.sql").read_text()
    assert f"Applied {new}" in migrated.stdout
    assert f"Took back {new}" in back.stdout


@pytest.mark.parametrize("name", ["", "Add tags", "../add_tags", "1st", "add-tags"])
def test_a_name_that_is_none_is_refused(folder: Path, name: str) -> None:
    before = sorted(folder.iterdir())
    refused = db("new", name, url="")

    assert refused.exit_code == 1
    assert "is no name for a migration" in refused.stderr
    assert sorted(folder.iterdir()) == before


# On a copy


def copies(url: str) -> int:
    found: int = value(url, f"select count(*) from pg_database where datname = '{name_of(url)}{COPY}'")
    return found


def test_where_nothing_is_pending_there_is_nothing_to_rehearse(databases: Databases) -> None:
    with databases.clone(TEMPLATE) as url:
        rehearsed = db("rehearse", url=url)

    assert (rehearsed.exit_code, rehearsed.stdout) == (0, "There is nothing to apply.\n")


@pytest.mark.parametrize("is_used", [False, True], ids=["nobody_uses", "somebody_uses"])
def test_a_rehearsal_applies_what_is_pending_to_a_copy_of_a_database_that(
    databases: Databases, folder: Path, is_used: bool
) -> None:
    with databases.clone(SEEDED_TEMPLATE) as url:
        if is_used:
            with psycopg.connect(url) as somebody:
                somebody.execute("select from clients")
                rehearsed = db("rehearse", url=url)
        else:
            rehearsed = db("rehearse", url=url)

        assert rehearsed.exit_code == 0, rehearsed.output
        assert re.fullmatch(
            rf"Applied {NICKNAMES} in \d+\.\d s\nThe copy is right, and gone again\.\n", rehearsed.stdout
        )
        assert db("status", url=url).exit_code == 1
        assert copies(url) == 0


def test_a_rehearsal_tells_what_fails_and_what_does_not_fit_together(databases: Databases, folder: Path) -> None:
    write(folder, f"{NEXT}_raise", "update clients set total_revenue = total_revenue + 1 where id = 1;\n")
    with databases.clone(SEEDED_TEMPLATE) as url:
        differs = db("rehearse", url=url)
        write(folder, f"{NEXT}_raise", "select 1 / 0;\n")
        fails = db("rehearse", url=url)

        assert copies(url) == 0
    assert (differs.exit_code, fails.exit_code) == (1, 1)
    assert "clients 1: total_revenue is" in differs.stdout
    assert "1 differences." in differs.stdout
    assert f"{NEXT}_raise failed" in fails.stderr
