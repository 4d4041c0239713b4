"""Accounts: opened, verified, given a new password."""

from typing import Any

from flask import request

from photolens import access
from photolens.api import Blueprint
from photolens.database import Row, connection
from photolens.identity import problems
from photolens.identity.actions import accounts as actions
from photolens.identity.routes.sessions import this_device
from photolens.identity.schemas import accounts as schemas
from photolens.problems import EMAIL_TAKEN

blp = Blueprint("Accounts", __name__, description="How an account is opened, verified, and kept.")


@blp.post("/auth/signup")
@access.public
@blp.arguments(schemas.SignUpInput)
@blp.refuses(EMAIL_TAKEN, problems.PHONE_TAKEN, problems.CODE_INVALID)
@blp.answers(201, schemas.SignedIn, location="/api/v1/auth/me")
def sign_up(account: dict[str, Any]) -> Row:
    """Open an account, and sign in

    A customer becomes ACTIVE with a verified e-mail or phone: at once with a `phoneCode` that was sent for SIGNUP. A
    vendor also needs an administrator's approval.
    """
    return actions.sign_up(connection(), account, this_device())


@blp.post("/auth/send-verification")
@access.public
@blp.arguments(schemas.EmailInput)
@blp.answers(204)
def send_verification(body: dict[str, str]) -> None:
    """Send the link that verifies an e-mail

    Answered alike whether or not somebody has an account with it.
    """
    actions.send_link(connection(), body["email"], "VERIFY_EMAIL", request.remote_addr or "")


@blp.post("/auth/verify-email")
@access.public
@blp.arguments(schemas.LinkInput)
@blp.refuses(problems.LINK_INVALID)
@blp.answers(204)
def verify_email(body: dict[str, str]) -> None:
    """Verify an e-mail by the link that was sent to it"""
    actions.verify_email(connection(), body["token"], request.remote_addr or "")


@blp.post("/auth/request-password-reset")
@access.public
@blp.arguments(schemas.EmailInput)
@blp.answers(204)
def request_password_reset(body: dict[str, str]) -> None:
    """Send the link to choose a new password

    Answered alike whether or not somebody has an account with this e-mail. The link is good for an hour.
    """
    actions.send_link(connection(), body["email"], "RESET_PASSWORD", request.remote_addr or "")


@blp.post("/auth/reset-password")
@access.public
@blp.arguments(schemas.PasswordResetInput)
@blp.refuses(problems.LINK_INVALID)
@blp.answers(204)
def reset_password(body: dict[str, str]) -> None:
    """Choose a new password by the link that was sent

    Every session and token of the account ends, and its phone has to be verified anew.
    """
    actions.reset_password(connection(), body["token"], body["password"], request.remote_addr or "")


@blp.post("/auth/change-password")
@access.in_person
@blp.confidential
@blp.counts_tries
@blp.arguments(schemas.PasswordChangeInput)
@blp.answers(204)
def change_password(body: dict[str, str]) -> None:
    """Change your password

    Every other session of yours ends.
    """
    caller = access.current_caller()
    actions.change_password(connection(), caller, body["current_password"], body["password"], request.remote_addr or "")
