"""There are two ways to the schema, schema.sql and the migrations, and both lead to the same."""

import re
import shutil
from pathlib import Path
from urllib.parse import quote

from photolens.embedded import ROOT
from photolens.migrations import migrate, roll_back
from photolens.schema_versions import MIGRATIONS, ROLLBACK, migration_files
from tests.conftest import TEMPLATE, Databases, psql
from tests.migrations.catalogue import catalogue, differences
from tests.migrations.contained import CONTAINED, contained


def test_the_migrations_build_what_schema_sql_builds_to_the_last_grant(
    databases: Databases, built: tuple[str, str]
) -> None:
    # Not of a clone: what was granted on the database itself, a clone has not.
    _, by_migrations = built
    with databases.clone("template0") as by_file:
        psql(by_file, "-f", str(ROOT / "schema.sql"))

        found = differences(catalogue(by_file), catalogue(by_migrations))

    assert found == [], "\n".join(["- schema.sql, + migrations (docs/operations.md, Change the schema):", *found])


def test_what_one_of_the_two_has_alone_is_found_whatever_it_is(databases: Databases, migrated: str) -> None:
    drifts = {
        "alter table clients alter column phone set default ''": "column clients.phone",
        "alter table clients alter column email drop not null": "column clients.email",
        "alter table database_backups alter column size type numeric": "column database_backups.size",
        "alter table rooms drop constraint rooms_name_present": "constraint rooms.rooms_name_present",
        "drop index clients_name_idx": "index clients_name_idx",
        "alter table invoices disable trigger all": "trigger invoices.",
        "drop policy clients_portal on clients": "policy clients.clients_portal",
        "alter table clients disable row level security": "relation clients:",
        "grant select (phone) on clients to photolens_portal": "grant on column clients.phone to photolens_portal",
        "revoke select on rooms from photolens_app": "grant on relation rooms to photolens_app",
        "grant execute on function studio_today() to public": "grant on routine studio_today() to public",
        "alter function studio_today() security definer": "routine studio_today()",
        "alter type weekday add value 'SOMEDAY' before 'FRIDAY'": "type weekday",
        "comment on table studio_settings is 'Many rows.'": "comment table public.studio_settings",
        "alter sequence clients_id_seq cache 20": "sequence clients_id_seq",
        "create table strays (id bigint)": "relation strays",
        "alter view booking_details set (security_barrier = true)": "relation booking_details",
        "delete from studio_settings": "rows studio_settings",
        "alter table rooms owner to photolens_app": "relation rooms:",
        "alter default privileges for role photolens_owner grant select on tables to public": "grant on default",
    }
    with databases.clone(migrated) as url:
        whole = catalogue(url)
        psql(url, *[argument for drift in drifts for argument in ("-c", drift)])
        found = differences(whole, catalogue(url))

    unnoticed = [drift for drift, name in drifts.items() if not any(line.startswith(name) for line in found)]
    assert unnoticed == []


def test_schema_sql_notes_every_migration_with_what_stands_in_its_file() -> None:
    assert CONTAINED.read_text() == contained(), "python -m tests.migrations.contained writes it anew"


def test_migrations_are_numbered_one_after_the_other_and_each_has_its_way_back() -> None:
    names = [file.stem for file in migration_files(MIGRATIONS)]

    assert [int(name[:4]) for name in names] == list(range(1, len(names) + 1))
    assert [name for name in names if not re.fullmatch(r"[0-9]{4}_[a-z][a-z0-9_]*", name)] == []
    assert {f"{name}{ROLLBACK}" for name in names} == {file.name for file in MIGRATIONS.glob(f"*{ROLLBACK}")}


def test_each_migration_after_the_first_is_taken_back_to_what_was_before(
    databases: Databases, first: str, folder: Path, tmp_path: Path
) -> None:
    # Those of migrations/, and the one that is only tried out here.
    steps = tmp_path / "steps"
    steps.mkdir()
    with databases.clone(first) as url:
        before = catalogue(url)
        for file in migration_files(folder):
            for each in folder.glob(f"{file.stem}.*"):
                shutil.copy(each, steps)
            if not list(migrate(url, steps)):
                continue  # the first
            after = catalogue(url)
            list(roll_back(url, steps, to=None))
            taken_back = catalogue(url)
            list(migrate(url, steps))

            assert differences(before, taken_back) == []
            assert differences(after, catalogue(url)) == []
            before = after


def test_a_studio_in_a_schema_of_its_own_is_migrated_there_and_nowhere_else(databases: Databases) -> None:
    with databases.clone(TEMPLATE) as url:
        neighbour = catalogue(url)
        psql(url, "-c", 'create schema "Lumen & Hall"')
        search_path = quote(r'-csearch_path="Lumen\ &\ Hall",public')
        own = f"{url}{'&' if '?' in url else '?'}options={search_path}"
        done = [done.id for done in migrate(own, MIGRATIONS)]
        of_own = {name for name in catalogue(own) if name.startswith(("column ", "index ", "constraint "))}

        assert done == [file.stem for file in migration_files(MIGRATIONS)]
        # What was taken from everybody on the database itself, its clone gives them again.
        moved = [line for line in differences(neighbour, catalogue(url)) if not line.startswith("grant on database")]
        assert moved == []
        assert of_own == {name for name in neighbour if name.startswith(("column ", "index ", "constraint "))}
