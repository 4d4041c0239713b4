"""The contact who is asking, and their first page."""

from typing import Any

from photolens import access
from photolens.api import Blueprint
from photolens.database import Connection, Row, connection, sql
from photolens.portal.rows import as_contact
from photolens.portal.schemas import dashboard as dashboard_schemas
from photolens.portal.schemas import me as schemas
from photolens.portal.screens.dashboard import dashboard
from photolens.problems import NOT_A_CONTACT
from photolens.studio.actions import contacts as actions
from photolens.studio.problems import CLIENT_ERASED

blp = Blueprint("Portal", __name__, description="What the contacts of a client see of it, and may do.")


@blp.get("/portal/me")
@access.contact
@blp.answers(200, schemas.PortalContact)
def get_portal_contact() -> Row:
    """Read who one is at one's client, and whom one deals with"""
    with as_contact() as conn:
        return _read_contact(conn)


@blp.patch("/portal/me")
@access.contact
@blp.arguments(schemas.PortalContactInput(partial=True))
@blp.refuses(CLIENT_ERASED)
@blp.answers(200, schemas.PortalContact)
def update_portal_contact(changes: dict[str, Any]) -> Row:
    """Change one's own name and phone

    The e-mail address, by which one signs in, is the studio's to change.
    """
    actions.update_own_contact(connection(), access.current_contact_id(), changes)
    return _read_contact(connection())  # where the change is seen, if it is not committed yet


@blp.get("/portal/dashboard")
@access.contact
@blp.answers(200, dashboard_schemas.PortalDashboard)
def get_portal_dashboard() -> Row:
    """Read what the client owes, what comes next, and what waits for them"""
    with as_contact() as conn:
        return dashboard(conn)


def _read_contact(conn: Connection) -> Row:
    """The caller as a contact, or the refusal of whoever has ceased to be one since the request began."""
    contact: Row | None = sql.portal.get_contact(conn, contact_id=access.current_contact_id())
    if contact is None:
        raise NOT_A_CONTACT("You are one no longer.")
    return contact
