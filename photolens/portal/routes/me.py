"""The contact who is asking, and their first page."""

from photolens import access
from photolens.api import Blueprint
from photolens.database import Row, sql
from photolens.portal.rows import as_contact
from photolens.portal.schemas import dashboard as dashboard_schemas
from photolens.portal.schemas import me as schemas
from photolens.portal.screens.dashboard import dashboard
from photolens.problems import NOT_A_CONTACT

blp = Blueprint("Portal", __name__, description="What the contacts of a client see of it, and may do.")


@blp.get("/portal/me")
@access.contact
@blp.answers(200, schemas.PortalContact)
def get_portal_contact() -> Row:
    """Read who one is at one's client, and whom one deals with"""
    with as_contact() as conn:
        contact: Row | None = sql.portal.get_contact(conn)
    if contact is None:
        raise NOT_A_CONTACT("You are one no longer.")  # since the request began
    return contact


@blp.get("/portal/dashboard")
@access.contact
@blp.answers(200, dashboard_schemas.PortalDashboard)
def get_portal_dashboard() -> Row:
    """Read what the client owes, what comes next, and what waits for them"""
    with as_contact() as conn:
        return dashboard(conn)
