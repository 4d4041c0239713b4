"""The contact who is asking."""

from photolens import access
from photolens.api import Blueprint
from photolens.database import Row, sql
from photolens.portal.rows import as_contact
from photolens.portal.schemas import me as schemas

blp = Blueprint("Portal", __name__, description="What the contacts of a client see of it, and may do.")


@blp.get("/portal/me")
@access.contact
@blp.answers(200, schemas.PortalContact)
def get_portal_contact() -> Row:
    """Read who one is at one's client, and the studio's address"""
    with as_contact() as conn:
        contact: Row = sql.portal.get_contact(conn)
    return contact
