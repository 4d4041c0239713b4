"""How studios come and go beside the server's own: a schema each, built by the migrations, and a line in the list."""

from collections.abc import Collection, Iterator
from contextlib import contextmanager
from pathlib import Path

import psycopg
from psycopg.rows import dict_row

from photolens.database import Connection, sql
from photolens.postgres_programs import in_schema
from photolens.schema_versions import Done, SchemaState, schema_state
from photolens.studios import Studio, list_studios, name_of, schema_of

LOCK_TIMEOUT = "10s"  # for the tables of a studio that is dropped while somebody is still at them


class StudioError(Exception):
    """A studio cannot be made or dropped; the message says why."""


def found_studio(url: str, folder: Path, name: str, hosts: Collection[str]) -> Iterator[Done]:
    """Make a studio's schema by the migrations of a folder; gives each as it is applied. It is served once it is whole.

    One that was begun and not finished is gone on with. Raises StudioError for a name or a host that is taken, or is
    none; MigrationError. Locks: as `migrate`.
    """
    from photolens.migrations import migrate  # with what it stands on it takes a moment to import

    with _owner(url) as conn:
        with conn.transaction(force_rollback=True):
            _insert(conn, name, hosts)  # so what is taken is known before anything is made
        sql.platform.create_studio_schema(conn, name=name)
        yield from migrate(in_schema(url, schema_of(name)), folder)
        with conn.transaction():
            _insert(conn, name, hosts)


def drop_studio(url: str, name: str) -> Studio:
    """Serve a studio no more, and drop its schema with everything in it; gives what it was.

    Raises StudioError for one that is not there. Locks: every table of it.
    """
    with _owner(url) as conn:
        found = [studio for studio in list_studios(conn) if studio.name == name]
        if not found:
            raise StudioError(f"There is no studio {name!r}.")
        with conn.transaction():
            sql.platform.configure_owner_transaction(conn)
            sql.platform.delete_studio(conn, name=name)
            sql.platform.drop_studio_schema(conn, name=name)
        return found[0]


def everywhere(url: str) -> Iterator[tuple[str | None, str]]:
    """The schema of an address, and those of the studios beside it: each by its studio's name, and its address."""
    yield None, url
    with psycopg.connect(url, connect_timeout=5, autocommit=True, row_factory=dict_row) as conn:
        schemas = [row["schemaName"] for row in sql.platform.list_studio_schemas(conn)]
    for schema in schemas:
        yield name_of(schema), in_schema(url, schema)


def _insert(conn: Connection, name: str, hosts: Collection[str]) -> None:
    sql.platform.configure_owner_transaction(conn)
    try:
        sql.platform.insert_studio(conn, name=name)
        sql.platform.insert_studio_hosts(conn, name=name, hosts=list(hosts))
    except psycopg.errors.UniqueViolation as error:
        taken = "name" if error.diag.constraint_name == "studios_pkey" else "host"
        raise StudioError(f"There is a studio of this {taken} already.") from None
    except psycopg.errors.CheckViolation as error:
        if error.diag.constraint_name == "studios_name_plain":
            raise StudioError(f"{name!r} is no name: small letters, digits and - make one, such as north.") from None
        raise StudioError("A host takes small letters and no port, such as north.example.com.") from None


@contextmanager
def _owner(url: str) -> Iterator[Connection]:
    conn: Connection
    with psycopg.connect(url, connect_timeout=5, autocommit=True, row_factory=dict_row) as conn:
        if schema_state(conn) is not SchemaState.CURRENT:
            raise StudioError("The database has not the schema of this version: `photolens db migrate` comes first.")
        sql.platform.configure_migrating_connection(conn, lock_timeout=LOCK_TIMEOUT)
        yield conn
