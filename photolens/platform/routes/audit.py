"""The audit trail, and the feed of changes that is read from it."""

from typing import Any

from photolens import access, paging
from photolens.access import Permission
from photolens.api import Blueprint
from photolens.database import Row, connection
from photolens.platform.problems import CHANGES_DEPARTED
from photolens.platform.schemas import audit as schemas
from photolens.platform.screens import audit as screens

blp = Blueprint("Audit", __name__, description="What was changed of which row, by whom; and the feed of changes.")


@blp.get("/audit-logs")
@access.requires(Permission.MANAGE_SETTINGS)
@blp.arguments(schemas.AuditLogList, location="query")
@blp.pages(schemas.AuditLog)
def list_audit_logs(arguments: dict[str, Any]) -> dict[str, Any]:
    """List what was changed, newest first

    Of every row of the business, in the order of the commits. Secrets and health data are `[redacted]`.
    """
    return paging.page(connection(), schemas.AuditLogList, arguments)


@blp.get("/changes")
@access.requires(Permission.MANAGE_SETTINGS)
@blp.arguments(schemas.ChangesArguments, location="query")
@blp.refuses(CHANGES_DEPARTED)
@blp.answers(200, schemas.Changes)
def list_changes(arguments: dict[str, int]) -> Row:
    """Follow what is changed

    Every committed change once, in the order of the commits, without a gap: whoever keeps each row by its table and id
    as it comes, and deletes what is deleted, has a copy of the tables. Whoever has lost their place begins again
    anywhere before it; what has been taken out of the database, months ago at least, is not told again.
    """
    return screens.get_changes(connection(), **arguments)
