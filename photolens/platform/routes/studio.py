"""Settings, the feed of activities, messages, and how the database does."""

from typing import Any

from photolens import access, paging, visibility
from photolens.access import Permission
from photolens.api import Blueprint
from photolens.database import Row, connection, sql
from photolens.platform.actions import messages, settings
from photolens.platform.schemas import studio as schemas
from photolens.platform.screens import database
from photolens.problems import ILLEGAL_TRANSITION

blp = Blueprint(
    "Studio", __name__, description="The studio's settings, the feed of what was done, messages, the database."
)


@blp.get("/settings")
@access.requires(Permission.VIEW_SETTINGS)
@blp.answers(200, schemas.Settings)
def get_settings() -> Row:
    """Read the studio's settings"""
    row: Row = sql.platform.get_settings(connection())
    return row


@blp.put("/settings")
@access.requires(Permission.MANAGE_SETTINGS)
@blp.arguments(schemas.SettingsInput)
@blp.answers(200, schemas.Settings)
def replace_settings(wish: dict[str, Any]) -> Row:
    """Replace the studio's settings

    What is left out gets its default. Invoices keep the currency and the number they have; new ones follow the
    settings.
    """
    return settings.replace_settings(connection(), wish)


@blp.get("/activities")
@access.requires(Permission.VIEW_DASHBOARD)
@blp.arguments(schemas.ActivityList, location="query")
@blp.pages(schemas.Activity)
def list_activities(arguments: dict[str, Any]) -> dict[str, Any]:
    """List what was done, newest first

    To what the caller may see: a photographer is shown what was done to their own bookings and those bookings' clients
    and jobs, an editor to their own jobs, finance to what is about money.
    """
    caller = access.current_caller()
    _, viewing_editor_id = visibility.editing_viewers(caller)
    return paging.page(
        connection(),
        schemas.ActivityList,
        {
            **arguments,
            "subject_types": visibility.subjects_shown(caller),
            "viewer_id": visibility.client_viewer(caller),
            "viewing_editor_id": viewing_editor_id,
        },
    )


@blp.get("/communication-logs")
@access.requires(Permission.VIEW_SETTINGS)
@blp.arguments(schemas.MessageList, location="query")
@blp.pages(schemas.Message)
def list_messages(arguments: dict[str, Any]) -> dict[str, Any]:
    """List messages and what became of them, newest first

    Their words are in no answer: they may hold a one-time link or code.
    """
    return paging.page(connection(), schemas.MessageList, arguments)


@blp.post("/communication-logs/<id:message_id>/retry")
@access.requires(Permission.MANAGE_SETTINGS)
@blp.refuses(ILLEGAL_TRANSITION)
@blp.answers(200, schemas.Message)
def retry_message(message_id: int) -> Row:
    """Try again to send a message that has failed

    It is PENDING again, and is sent soon after. A one-time link or code is not: what has failed of it is erased.
    """
    return messages.retry_message(connection(), message_id)


@blp.get("/admin/database")
@access.requires(Permission.MANAGE_SETTINGS)
@blp.answers(200, schemas.Database)
@blp.reads_the_primary
def get_database() -> dict[str, Any]:
    """Read how the database does

    Sizes, users, connections, jobs, what takes long, what is of no use, standbys, and the last backup: as
    `photolens db stats` prints it. No query is told of with its words or values.
    """
    return database.get_database(connection())
