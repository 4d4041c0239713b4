"""The `photolens` command."""

import json
import os
import sys
from pathlib import Path

import click
import psycopg
from marshmallow import ValidationError

from photolens import archives, create_app, database_commands, logs, server, studio_commands, tasks
from photolens.billing.actions import stripe_events
from photolens.config import ConfigurationError, Settings, dotenv
from photolens.database import no_pools, sql
from photolens.database_commands import connected, database, database_url
from photolens.effective_settings import effective_settings, unknown_names
from photolens.embedded import EmbeddedError
from photolens.identity.schemas.accounts import NewOwner
from photolens.platform.actions.audit import find_fault
from photolens.platform.actions.messages import reseal_messages, send_waiting_messages
from photolens.platform.actions.webhooks import reseal_secrets
from photolens.problems import Problem, from_database
from photolens.sealing import Seal
from photolens.studio.actions import staff
from photolens.studios import schema_of


@click.group()
@click.option("--studio", metavar="NAME", help="Of those that share the database, the one that it is about.")
def photolens(studio: str | None) -> None:
    """The backend that photography studios run on."""
    if studio is not None:
        os.environ["DATABASE_SCHEMA"] = schema_of(studio)


@photolens.command()
@click.option("--fresh", is_flag=True, help="Make the embedded database anew: all its data is lost.")
@click.option("--no-worker", is_flag=True, help="Start no worker beside it: those that do the jobs run elsewhere.")
def serve(fresh: bool, no_worker: bool) -> None:
    """Serve the API, with a worker; without DATABASE_URL, on an embedded PostgreSQL kept in STATE_DIR."""
    server.serve(Settings.from_environment(), fresh=fresh, with_worker=not no_worker)


@photolens.command()
@click.option("--until-idle", is_flag=True, help="Stop once nothing is left to do now.")
@click.option("--beside-a-server", is_flag=True, hidden=True)
def worker(until_idle: bool, beside_a_server: bool) -> None:
    """Do what is queued: messages, photos, and what is done by the clock. As many may run as are wanted."""
    from photolens import worker  # with its queue it takes half a second to import, and only a worker needs it

    settings = Settings.from_environment()
    logs.configure(settings)
    with database_url(settings) as url:
        with connected(settings, url):
            pass  # or it is told at once what is wrong
        worker.run(settings, url, until_idle=until_idle, is_beside_a_server=beside_a_server)


@photolens.command()
@click.argument("file", type=click.Path(path_type=Path, dir_okay=False))
def openapi(file: Path) -> None:
    """Write the API document to FILE."""
    app = create_app(Settings.from_environment({}), no_pools())
    document = app.test_client().get("/api/openapi.json").get_json()
    file.write_text(json.dumps(document, indent=2, ensure_ascii=False) + "\n")


@photolens.command()
def config() -> None:
    """Show the settings in force and where each comes from, without secrets; exit 1 if one cannot be used."""
    environment, file = dict(os.environ), dotenv()
    try:
        settings = Settings.from_environment()
    except ConfigurationError as error:
        raise click.ClickException(str(error)) from None
    for name, value, source in effective_settings(settings, environment, file):
        click.echo(f"{f'{name} = {value}'.rstrip()}  # {source}")
    for sentence in unknown_names(environment, file):
        click.echo(sentence, err=True)


photolens.add_command(database_commands.db)
photolens.add_command(studio_commands.studios)


@photolens.group("audit")
def audit_trail() -> None:
    """Look after the audit trail."""


@audit_trail.command()
@click.option(
    "--archive", "files", multiple=True, type=click.Path(path_type=Path, dir_okay=False), help="A file of it that left."
)
def verify(files: tuple[Path, ...]) -> None:
    """Recompute the trail's chain; name the first row that is not as it was written, and exit 1 if there is one.

    Of what has left the database, only the files that are given are looked at.
    """
    with database(Settings.from_environment()) as conn:
        try:
            faults = [(f" in {file}", archives.find_fault(conn, file)) for file in files]
        except archives.ArchiveError as error:
            raise click.ClickException(str(error)) from None
        faults.append(("", find_fault(conn)))
        departed_id = sql.platform.get_last_departed_id(conn)["id"]
        last_id = sql.platform.get_audit_head(conn)["lastId"]
    for where, fault in faults:
        if fault is not None:
            click.echo(f"Row {fault['id']} of the trail{where}: {fault['reason']}.")
            sys.exit(1)
    click.echo(f"All {last_id - departed_id} rows of the trail are as they were written.")
    if departed_id:
        click.echo(f"{departed_id} before them have left the database; files of it that are right: {len(files)}.")


@photolens.group()
def users() -> None:
    """Look after the accounts."""


@users.command("create-owner")
@click.option("--email", prompt="E-mail")
@click.option("--name", prompt="Name")
@click.password_option(help="Asked for where it is not given, which keeps it out of the shell's history.")
def create_owner(email: str, name: str, password: str) -> None:
    """Open an owner's account, with a record on the team: the first of a new studio."""
    owner = {"email": email, "name": name, "password": password}
    with database(Settings.from_environment()) as conn:
        try:
            staff.open_owner_account(conn, **NewOwner().load(owner))
        except ValidationError as error:
            [field, *_] = error.messages_dict
            raise click.ClickException(f"The {field} {error.messages_dict[field][0]}.") from None
        except Problem as problem:
            raise click.ClickException(f"The {problem.detail.lstrip('/')}.") from None
        except psycopg.errors.UniqueViolation as error:
            taken = from_database(error)
            raise click.ClickException(taken.detail if taken else str(error)) from None
    click.echo(f"{email} can sign in, as an owner.")


@photolens.group("tasks")
def task_group() -> None:
    """Do what the server does by itself."""


@task_group.command()
def daily() -> None:
    """Call invoices overdue that are past due, and queue reminders; done again, it changes nothing."""
    settings = Settings.from_environment()
    app = create_app(settings, no_pools())
    with database(settings) as conn, app.app_context():
        click.echo(tasks.run_daily(conn))


@photolens.group()
def stripe() -> None:
    """Look after what Stripe has told."""


@stripe.command()
@click.argument("event_id", required=False)
def replay(event_id: str | None) -> None:
    """Handle EVENT_ID, or all events that have failed or were never handled; exit 1 if one fails."""
    settings = Settings.from_environment()
    app = create_app(settings, no_pools())
    failed = 0
    with database(settings) as conn, app.app_context():
        try:
            events = (
                stripe_events.replay_events(conn) if event_id is None else [stripe_events.handle_event(conn, event_id)]
            )
            for event in events:
                failed += event["outcome"] == "FAILED"
                click.echo(f"{event['id']}  {event['type']}  {event['outcome']}  {event['detail'] or ''}".rstrip())
        except Problem as problem:
            raise click.ClickException(problem.detail) from None
    sys.exit(1 if failed else 0)


@photolens.command()
@click.option("--limit", default=50, show_default=True, type=click.IntRange(1, 10_000), help="The newest so many.")
@click.option("--send", is_flag=True, help="Show nothing; have them all sent now, by a worker that knows a server.")
def outbox(limit: int, send: bool) -> None:
    """Show the messages that wait to be sent: to whom, and what they say."""
    settings = Settings.from_environment()
    if send:
        with database(settings) as conn:
            click.echo(f"{send_waiting_messages(conn)} to be sent now.")
        return
    seal = Seal(settings)
    with database(settings) as conn:
        messages = sql.platform.list_pending_messages(conn, limit=limit)
    for message in reversed(messages):
        click.echo(f"{message['createdAt']:%Y-%m-%d %H:%M:%S} UTC  {message['channel']}  {message['recipient']}")
        if message["subject"]:
            click.echo(f"Subject: {message['subject']}")
        click.echo(f"\n{seal.unseal(message['body']) or '(sealed under another SECRET_KEY)'}\n")
    click.echo(f"{len(messages)} waiting.")


@photolens.command()
def reseal() -> None:
    """Seal anew, under the first SECRET_KEY, what the others have sealed: then nothing needs them any more."""
    settings = Settings.from_environment()
    app = create_app(settings, no_pools())
    with database(settings) as conn, app.app_context():
        done = {"Messages": reseal_messages(conn), "Webhooks' secrets": reseal_secrets(conn)}
    for what, (resealed, unreadable) in done.items():
        click.echo(f"{what} sealed anew: {resealed}.")
        if unreadable:
            click.echo(f"{what} sealed under none of these keys: {unreadable}.")


def main() -> None:
    """Run the command; a configuration that cannot be used is one sentence and exit status 2."""
    try:
        photolens()
    except (ConfigurationError, EmbeddedError, psycopg.OperationalError) as error:
        click.echo(f"photolens: {error}", err=True)
        sys.exit(2)
