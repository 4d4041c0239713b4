"""The `photolens db` commands; and how every command comes by the database it is about."""

import json
import signal
import sys
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path

import click
import psycopg
from psycopg.conninfo import conninfo_to_dict
from psycopg.rows import dict_row

from photolens import archives, backups, schema_versions, server, tasks
from photolens.answers import to_json
from photolens.archives import ArchiveError
from photolens.backups import BackupError, Manifest
from photolens.config import Settings
from photolens.connections import APP_ROLE, connect, terms_of
from photolens.database import Connection
from photolens.embedded import DATABASE, EmbeddedServer
from photolens.founding import StudioError, everywhere
from photolens.invariants import broken_invariants
from photolens.platform.screens.database import get_database
from photolens.postgres_programs import ProgramError, in_schema
from photolens.schema_versions import Done, MigrationError, SchemaState, Standing

_DUMP = click.argument("file", type=click.Path(path_type=Path, dir_okay=False))


@click.group()
def db() -> None:
    """Look after the database."""


@db.command()
def audit() -> None:
    """Recompute every derived field; name each row that differs, and exit 1 if there is one."""
    with database(Settings.from_environment()) as conn:
        broken = broken_invariants(conn)
    for line in broken:
        click.echo(line)
    click.echo(f"{len(broken)} differences." if broken else "Every derived field is what its rows say.")
    sys.exit(1 if broken else 0)


@db.command()
def stats() -> None:
    """Say how the database does, as `GET /admin/database` does."""
    with database(Settings.from_environment()) as conn:
        figures = get_database(conn)
    click.echo(json.dumps(json.loads(to_json(figures)), indent=2))


@db.command()
@click.option("--to", type=click.Path(path_type=Path, file_okay=False), help="A folder; by default STATE_DIR/backups.")
@click.option("--keep", default=14, show_default=True, type=click.IntRange(1), help="How many of this database stay.")
def backup(to: Path | None, keep: int) -> None:
    """Dump the whole database into a file, with a manifest beside it; older backups beyond those to keep go."""
    settings = Settings.from_environment()
    folder = to or settings.state_dir / "backups"
    with in_a_sentence(), owner_url(settings) as url, backups.as_owner(url) as conn:
        server.require_schema(conn)
        manifest, removed = backups.take_backup(conn, url, folder, keep)
    click.echo(f"{folder / manifest.file}: {_content(manifest)}, {manifest.size} bytes.")
    for name in removed:
        click.echo(f"Removed {name}.")


@db.command()
@_DUMP
@click.option("--into", metavar="URL", help="Another database than that of OWNER_DATABASE_URL.")
@click.option("--replace", is_flag=True, help="Into a database that is not empty: what Photolens has in it goes.")
@click.option("--yes", is_flag=True, help="Needed in production.")
def restore(file: Path, into: str | None, replace: bool, yes: bool) -> None:
    """Put the backup FILE into an empty database, in one transaction: wholly, or not at all."""
    settings = Settings.from_environment()
    if settings.is_production and not yes:
        raise click.ClickException("This is production. Add --yes if it is to be restored here.")
    with in_a_sentence(), owner_url(settings, into) as url:
        manifest = backups.restore_backup(url, file, replace=replace)
        name = conninfo_to_dict(url).get("dbname", "the database")
    done = "put in the place of what was there" if replace else "restored"
    click.echo(f"{manifest.database} as it was at {manifest.taken_at:%Y-%m-%d %H:%M:%S} UTC is {done}, in {name}:")
    click.echo(f"{_content(manifest)}.")


@db.command()
@_DUMP
def verify(file: Path) -> None:
    """Restore the backup FILE into a scratch database beside the present one; exit 1 if anything differs."""
    with in_a_sentence(), owner_url(Settings.from_environment()) as url, backups.as_owner(url) as conn:
        manifest, faults = backups.verify_backup(conn, url, file)
    for line in faults:
        click.echo(line)
    click.echo(f"{len(faults)} differences." if faults else f"{manifest.file} is verified: {_content(manifest)}.")
    sys.exit(1 if faults else 0)


@db.command("archive")
@click.option("--months", default=tasks.KEPT_MONTHS, show_default=True, type=click.IntRange(1, 1200), help="Stay.")
def move_old_rows(months: int) -> None:
    """Move what is older than so many whole months into the archive, as a worker does each night."""
    with database(Settings.from_environment()) as conn:
        moved = tasks.archive_old_rows(conn, months)
    for table, rows in moved.items():
        click.echo(f"{table}: {rows} rows moved.")


@db.command("archive-export")
@click.argument("month", type=click.DateTime(["%Y-%m"]))
@click.option("--to", required=True, type=click.Path(path_type=Path, file_okay=False), help="A folder.")
def export_archive(month: datetime, to: Path) -> None:
    """Write what the archive has of MONTH (2025-03) into files, and take it out of the database."""
    with in_a_sentence(), owner_url(Settings.from_environment()) as url, backups.as_owner(url) as conn:
        server.require_schema(conn)
        files = archives.export_month(conn, month.date(), to)
    for file in files:
        click.echo(f"{to / file.file_name}: {file.row_count} rows, which have left the database.")


@db.command("migrate")
def apply_migrations() -> None:
    """Apply the migrations that the database has not had, one transaction each; two at once apply each once."""
    from photolens import migrations  # with what it stands on it takes a moment to import, which only this needs

    with in_a_sentence(), owner_url(Settings.from_environment()) as url:
        for studio, at in everywhere(url):
            done = migrations.migrate(at, schema_versions.MIGRATIONS)
            _tell("Applied", done, "There was nothing to apply.", studio)


@db.command()
@click.option("--to", metavar="ID", help="Take back all that came after this one; by default the newest.")
@click.option("--yes", is_flag=True, help="Do not ask.")
def rollback(to: str | None, yes: bool) -> None:
    """Take back the newest migration, and with it what only it has room for."""
    from photolens import migrations

    settings = Settings.from_environment()
    if not yes:
        click.confirm("What is kept only in what these migrations have added is lost. Go on?", abort=True)
    with in_a_sentence(), owner_url(settings) as url:
        # The list of the studios goes back last, when it has served for theirs.
        for studio, at in reversed(list(everywhere(url))):
            done = migrations.roll_back(at, schema_versions.MIGRATIONS, to)
            _tell("Took back", done, "There was nothing to take back.", studio)


@db.command()
def status() -> None:
    """Show each migration and what it is to the database; exit 1 with pending ones, 2 with changed or unknown ones."""
    standings: set[Standing | SchemaState] = set()
    with owner_url(Settings.from_environment()) as url:
        for studio, at in everywhere(url):
            standings |= _tell_standing(at, studio)
    if standings & {SchemaState.UNVERSIONED, Standing.CHANGED, Standing.UNKNOWN}:
        sys.exit(2)
    sys.exit(1 if Standing.PENDING in standings else 0)


def _tell_standing(url: str, studio: str | None) -> set[Standing | SchemaState]:
    """Show how a schema stands; gives its state, and how its migrations stand."""
    conn: Connection
    with psycopg.connect(url, connect_timeout=5, autocommit=True, row_factory=dict_row) as conn:
        found = schema_versions.migrations_of(conn, schema_versions.MIGRATIONS)
        state = schema_versions.schema_state(conn)
    for migration in found:
        when = f"  {migration.applied_at:%Y-%m-%d %H:%M:%S} UTC" if migration.applied_at else ""
        click.echo(f"{_of(studio)}{migration.standing.value:<7}  {migration.id}{when}")
    if state is SchemaState.UNVERSIONED:
        click.echo(f"{_of(studio)}The database is from before there were migrations.", err=True)
    return {state, *(migration.standing for migration in found)}


@db.command()
@click.option("--yes", is_flag=True, help="Do not ask.")
def reset(yes: bool) -> None:
    """Drop the whole schema with everything in it, and build it anew by the migrations; never in production."""
    from photolens import migrations

    settings = Settings.from_environment()
    if settings.is_production:
        raise click.ClickException("This is production: nothing is reset here.")
    with in_a_sentence(), owner_url(settings) as url:
        address = conninfo_to_dict(url)
        where = f"{address.get('dbname')} on {address.get('host', 'this machine')}"
        if not yes:
            click.confirm(f"Everything of the studio in {where} is lost. Go on?", abort=True)
        _tell("Applied", migrations.reset(url, schema_versions.MIGRATIONS), "There is no migration.")


@db.command()
@click.argument("name")
def new(name: str) -> None:
    """Write the two files of a new migration NAME: what it does, and what takes it back."""
    from photolens import migrations

    with in_a_sentence():
        for file in migrations.write_new(schema_versions.MIGRATIONS, name):
            click.echo(file)


@db.command("rehearse")
def rehearse_migrations() -> None:
    """Apply what the database has not had to a copy of it, and audit that; exit 1 if anything fails or differs."""
    from photolens import rehearsals

    with in_a_sentence(), owner_url(Settings.from_environment()) as url:
        rehearsal = rehearsals.rehearse(url, schema_versions.MIGRATIONS)
    _tell("Applied", rehearsal.done, "There is nothing to apply.")
    for line in rehearsal.broken:
        click.echo(line)
    if rehearsal.done:
        click.echo(
            f"{len(rehearsal.broken)} differences." if rehearsal.broken else "The copy is right, and gone again."
        )
    sys.exit(1 if rehearsal.broken else 0)


def _tell(what: str, migrations_done: Iterable[Done], otherwise: str, studio: str | None = None) -> None:
    is_any = False
    for done in migrations_done:
        click.echo(f"{_of(studio)}{what} {done.id} in {done.seconds:.1f} s")
        is_any = True
    if not is_any:
        click.echo(f"{_of(studio)}{otherwise}")


def _of(studio: str | None) -> str:
    """Of which studio a line is, beside the server's own."""
    return "" if studio is None else f"{studio}: "


def _content(manifest: Manifest) -> str:
    return f"{len(manifest.rows)} tables, {sum(manifest.rows.values())} rows"


@contextmanager
def in_a_sentence() -> Iterator[None]:
    """Say what went wrong without a traceback; and let SIGTERM end the command as Ctrl-C does, which leaves nothing."""
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    try:
        yield
    except (ArchiveError, BackupError, MigrationError, ProgramError, StudioError, OSError) as error:
        raise click.ClickException(str(error)) from None


@contextmanager
def database(settings: Settings) -> Iterator[Connection]:
    """A connection to the database, with the schema that this version has."""
    with database_url(settings) as url, connected(settings, url) as conn:
        yield conn


@contextmanager
def database_url(settings: Settings) -> Iterator[str]:
    """The address of the database of DATABASE_URL, or of the embedded one, running or not."""
    if settings.database_url is not None:
        yield settings.database_url
        return
    with EmbeddedServer(settings.state_dir, share=True) as embedded:
        yield embedded.url_as(APP_ROLE)


@contextmanager
def owner_url(settings: Settings, into: str | None = None) -> Iterator[str]:
    """The address under which the database is looked after, or the one that is given."""
    if url := into or settings.owner_database_url or settings.database_url:
        yield in_schema(url, settings.database_schema)
        return
    with EmbeddedServer(settings.state_dir, share=True) as embedded:
        yield in_schema(embedded.url_of(DATABASE), settings.database_schema)


@contextmanager
def connected(settings: Settings, url: str) -> Iterator[Connection]:
    """A connection to the database at an address, as the application's role."""
    with connect(settings, url) as conn:
        server.require_schema(conn)
        conn.keep_to(terms_of(settings, APP_ROLE))
        yield conn
