"""How a client's contact comes to the portal."""

from photolens import access
from photolens.api import Blueprint
from photolens.database import Row, connection
from photolens.identity.problems import LINK_INVALID
from photolens.identity.routes.sessions import this_device
from photolens.identity.schemas import accounts
from photolens.problems import EMAIL_TAKEN
from photolens.studio.actions import contacts as actions

blp = Blueprint("Portal activation", __name__, description="How the contact of a client comes to the portal.")


@blp.post("/portal/activate")
@access.public
@blp.arguments(accounts.PasswordResetInput)
@blp.refuses(LINK_INVALID, EMAIL_TAKEN)
@blp.answers(200, accounts.SignedIn)
def activate_contact(body: dict[str, str]) -> Row:
    """Activate the account you were invited to as a client's contact, and sign in

    An account that has this e-mail already becomes the contact's: its password, sessions and tokens end.
    """
    return actions.activate_contact(connection(), body["token"], body["password"], this_device())
