"""The migrations' house: templates that migrations have built, and a folder with one more that is tried out here."""

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from psycopg.conninfo import conninfo_to_dict

from photolens import schema_versions
from photolens.migrations import migrate
from photolens.schema_versions import MIGRATIONS, ROLLBACK, migration_files
from tests.conftest import Databases

NEWEST = migration_files(MIGRATIONS)[-1].stem
NICKNAMES = f"{int(NEWEST[:4]) + 1:04}_nicknames"

_ADD_NICKNAMES = f"""\
-- Clients have a nickname: until they say which, the first word of their name.
-- depends: {NEWEST}

alter table clients add column nickname text;

update clients set nickname = split_part(name, ' ', 1);
set constraints all immediate;

alter table clients alter column nickname set not null;
alter table clients add constraint clients_nickname_present check (nickname <> '');
comment on column clients.nickname is 'What the studio calls them.';
create index clients_nickname_idx on clients (nickname, id);
grant select (nickname) on clients to photolens_portal;

create function nicknames() returns setof text
language sql stable
begin atomic
    select nickname from clients;
end;
"""
_DROP_NICKNAMES = """\
drop function nicknames();
alter table clients drop column nickname;
"""


def write(folder: Path, name: str, text: str, rollback: str | None = None) -> None:
    """A migration in a folder, with its way back if it has one."""
    (folder / f"{name}.sql").write_text(text)
    if rollback is not None:
        (folder / f"{name}{ROLLBACK}").write_text(rollback)


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder that stands in for migrations/: the same, and one more, which nobody has had."""
    folder = tmp_path / "migrations"
    shutil.copytree(MIGRATIONS, folder)
    write(folder, NICKNAMES, _ADD_NICKNAMES, _DROP_NICKNAMES)
    monkeypatch.setattr(schema_versions, "MIGRATIONS", folder)
    return folder


@pytest.fixture(scope="session")
def built(databases: Databases, tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[str, str]]:
    """The addresses of a database that has had the first migration alone, and of one that has had all: no clone."""
    folder = tmp_path_factory.mktemp("first")
    for file in MIGRATIONS.glob("0001_*"):
        shutil.copy(file, folder)
    with databases.clone("template0") as migrated:
        list(migrate(migrated, folder))
        with databases.clone(name_of(migrated)) as first:
            list(migrate(migrated, MIGRATIONS))
            yield first, migrated


@pytest.fixture(scope="session")
def first(built: tuple[str, str]) -> str:
    """The name of a template that has had the first migration, and no more."""
    return name_of(built[0])


@pytest.fixture(scope="session")
def migrated(built: tuple[str, str]) -> str:
    """The name of a template that the migrations have built, all of them and nothing else."""
    return name_of(built[1])


def name_of(url: str) -> str:
    return str(conninfo_to_dict(url)["dbname"])
