"""The `photolens` command."""

import json
import sys
from pathlib import Path

import click
import psycopg
from psycopg.rows import dict_row
from psycopg_pool import ConnectionPool

from photolens import create_app, server
from photolens.config import ConfigurationError, Settings
from photolens.embedded import EmbeddedError, EmbeddedServer
from photolens.invariants import broken_invariants


@click.group()
def photolens() -> None:
    """The backend that photography studios run on."""


@photolens.command()
@click.option("--fresh", is_flag=True, help="Make the embedded database anew: all its data is lost.")
def serve(fresh: bool) -> None:
    """Serve the API; without DATABASE_URL, on an embedded PostgreSQL kept in STATE_DIR."""
    server.serve(Settings.from_environment(), fresh=fresh)


@photolens.command()
@click.argument("file", type=click.Path(path_type=Path, dir_okay=False))
def openapi(file: Path) -> None:
    """Write the API document to FILE."""
    app = create_app(Settings.from_environment({}), ConnectionPool(open=False))
    document = app.test_client().get("/api/openapi.json").get_json()
    file.write_text(json.dumps(document, indent=2, ensure_ascii=False) + "\n")


@photolens.group()
def db() -> None:
    """Look after the database."""


@db.command()
def audit() -> None:
    """Recompute every derived field; name each row that differs, and exit 1 if there is one."""
    settings = Settings.from_environment()
    if settings.database_url is not None:
        broken = _audit(settings.database_url)
    else:
        with EmbeddedServer(settings.state_dir, share=True) as embedded:
            broken = _audit(embedded.url)
    for line in broken:
        click.echo(line)
    click.echo(f"{len(broken)} differences." if broken else "Every derived field is what its rows say.")
    sys.exit(1 if broken else 0)


def _audit(url: str) -> list[str]:
    with psycopg.connect(url, connect_timeout=5, autocommit=True, row_factory=dict_row) as conn:
        server.require_schema(conn)
        return broken_invariants(conn)


def main() -> None:
    """Run the command; a configuration that cannot be used is one sentence and exit status 2."""
    try:
        photolens()
    except (ConfigurationError, EmbeddedError, psycopg.OperationalError) as error:
        click.echo(f"photolens: {error}", err=True)
        sys.exit(2)
