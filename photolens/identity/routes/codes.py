"""One-time codes by text message."""

from flask import request

from photolens import access
from photolens.api import Blueprint
from photolens.database import Row, connection
from photolens.identity import problems
from photolens.identity.actions import codes as actions
from photolens.identity.routes.sessions import this_device
from photolens.identity.schemas import accounts as schemas
from photolens.problems import UNAUTHENTICATED

blp = Blueprint("One-time codes", __name__, description="Codes by text message, to sign in and to verify a phone.")


@blp.post("/auth/otp/send")
@access.public
@blp.arguments(schemas.CodeRequest)
@blp.refuses(UNAUTHENTICATED)
@blp.answers(200, schemas.CodeSent)
def send_code(body: dict[str, str]) -> Row:
    """Send a one-time code to a phone

    For LOGIN, to the verified phone of an account; for SIGNUP, to one that nobody has; for VERIFY, which needs a token,
    to the caller's own. Answered alike whether or not a code goes out. Good for five minutes; another one, from the
    61st second on, kills it, and so do five wrong tries.
    """
    caller = access.current_caller() if body["purpose"] == "VERIFY" else None
    return actions.send_code(connection(), body["phone_number"], body["purpose"], caller, request.remote_addr or "")


@blp.post("/auth/otp/verify")
@access.public
@blp.arguments(schemas.CodeInput)
@blp.refuses(problems.CODE_INVALID, UNAUTHENTICATED)
@blp.answers(200, schemas.CodeVerified)
def verify_code(body: dict[str, str]) -> Row:
    """Sign in by a one-time code, or verify your phone

    LOGIN signs in the user whose verified phone it is. VERIFY, which needs a token, verifies the caller's phone: then
    `token` and `expiresAt` are null. A code for SIGNUP is sent with the sign-up, as `phoneCode`.
    """
    phone_number, code = body["phone_number"], body["code"]
    if body["purpose"] == "LOGIN":
        return actions.sign_in_with_code(connection(), phone_number, code, this_device())
    caller = access.current_caller()
    user = actions.verify_phone(connection(), caller, phone_number, code, request.remote_addr or "")
    return {"token": None, "expiresAt": None, "user": user}
