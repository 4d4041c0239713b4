"""The `photolens studios` commands: of the studios that share a database."""

import click

from photolens import founding, schema_versions
from photolens.config import Settings
from photolens.database import sql
from photolens.database_commands import database, in_a_sentence, owner_url
from photolens.storage import open_storage, storage_of


@click.group()
def studios() -> None:
    """Look after the studios that share the database, each in a schema of its own (STUDIOS=1 serves them)."""


@studios.command()
@click.argument("name")
@click.option("--host", "hosts", multiple=True, help="Under which it is asked for; it may be given several times.")
def create(name: str, hosts: tuple[str, ...]) -> None:
    """Make the studio NAME: a schema of its own, built by the migrations."""
    with in_a_sentence(), owner_url(Settings.from_environment()) as url:
        seconds = sum(done.seconds for done in founding.found_studio(url, schema_versions.MIGRATIONS, name, hosts))
    click.echo(
        f"{name} is there, made in {seconds:.1f} s. Its first owner: photolens --studio {name} users create-owner"
    )


@studios.command("list")
def show() -> None:
    """Show the studios, their schemas, and the hosts that they are asked for under."""
    with database(Settings.from_environment()) as conn:
        rows = sql.platform.list_studios(conn)
    for row in rows:
        click.echo(f"{row['name']:<40}  {row['schemaName']:<47}  {' '.join(row['hosts'])}".rstrip())
    click.echo(f"{len(rows)} beside the server's own." if rows else "There is none beside the server's own.")


@studios.command()
@click.argument("name")
@click.option("--yes", is_flag=True, help="Do not ask.")
def drop(name: str, yes: bool) -> None:
    """Drop the studio NAME with everything in it, its files too."""
    settings = Settings.from_environment()
    if not yes:
        click.confirm(f"Everything of {name} is lost. Go on?", abort=True)
    with in_a_sentence(), owner_url(settings) as url:
        studio = founding.drop_studio(url, name)
    storage_of(studio.schema, open_storage(settings)).delete_all("photo-jobs")
    click.echo(f"{name} is gone.")
