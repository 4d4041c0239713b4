"""The JSON of sign-up, sign-in, links and codes."""

from typing import Any

from marshmallow import ValidationError, fields, validate

from photolens.access import Permission
from photolens.fields import Choice, Email, Id, Input, Instant, Output, Password, Phone, Secret, Text
from photolens.identity.rules import LONGEST_PASSWORD, SHORTEST_PASSWORD
from photolens.identity.schemas.users import User

TOKEN_EXAMPLE = "3q2-7_hX0tB5w8k1ZrVn4yCjDmQfLsPaUeGiTbNxOoY"  # noqa: S105  (an example)
PURPOSES = ("LOGIN", "SIGNUP", "VERIFY")


def _long_enough(password: str) -> None:
    if not SHORTEST_PASSWORD <= len(password) <= LONGEST_PASSWORD:
        raise ValidationError(f"is not from {SHORTEST_PASSWORD} to {LONGEST_PASSWORD} characters long")


def new_password_field() -> Password:
    """A password that somebody chooses."""
    return Password(
        required=True,
        validate=_long_enough,
        metadata={
            "minLength": SHORTEST_PASSWORD,
            "maxLength": LONGEST_PASSWORD,
            "description": "Not one that many people have, and not the e-mail.",
        },
    )


def _code_field(**options: Any) -> Text:
    check = validate.Regexp(r"[0-9]{6}\Z", error="is not six digits")
    return Text(6, example="042117", validate=check, metadata={"pattern": "^[0-9]{6}$"}, **options)


class SignUpInput(Input):
    """A new account."""

    name = Text(200, required=True, example="Emma Chen")
    email = Email(required=True)
    password = new_password_field()
    role = Choice("CUSTOMER", "VENDOR", load_default="CUSTOMER")
    phone_number = Phone(nullable=True, load_default=None)
    phone_code = _code_field(nullable=True, load_default=None)


class NewOwner(Input):
    """An owner's account, as the command line opens it."""

    name = Text(200, required=True)
    email = Email(required=True)
    password = new_password_field()


class LoginInput(Input):
    """An e-mail and its password."""

    email = Email(required=True)
    password = Password(required=True)


class SignedIn(Output):
    """A sign-in: the token to send from now on, shown this once, and whose it is."""

    token = Text(200, example=TOKEN_EXAMPLE)
    expires_at = Instant()
    user = fields.Nested(User)


class Me(Output):
    """The caller: the account, what it may do through this token, and the record on the team."""

    user = fields.Nested(User)
    permissions = fields.List(Choice(*Permission))
    staff_id = Id(nullable=True)


class EmailInput(Input):
    """An e-mail address."""

    email = Email(required=True)


class LinkInput(Input):
    """The token of a one-time link."""

    token = Secret(required=True, example=TOKEN_EXAMPLE)


class PasswordResetInput(LinkInput):
    """The token of a one-time link, and the password that is chosen."""

    password = new_password_field()


class PasswordChangeInput(Input):
    """The password as it is, and as it shall be."""

    current_password = Password(required=True)
    password = new_password_field()


class CodeRequest(Input):
    """Where a one-time code shall go, and what for."""

    phone_number = Phone(required=True)
    purpose = Choice(*PURPOSES, required=True)


class CodeSent(Output):
    """A code is on its way, if it serves its purpose there."""

    phone_number = Phone()
    purpose = Choice(*PURPOSES)
    expires_at = Instant()
    resend_at = Instant(metadata={"description": "From when on another may be asked for."})
    code = Text(
        6, nullable=True, metadata={"example": None, "description": "Always null, but for local use: OTP_ECHO."}
    )


class CodeInput(Input):
    """A code that was sent. For sign-up it is part of the sign-up."""

    phone_number = Phone(required=True)
    code = _code_field(required=True)
    purpose = Choice("LOGIN", "VERIFY", required=True)


class CodeVerified(Output):
    """What a right code has done: signed its user in, or verified the phone of whoever is."""

    token = Text(200, nullable=True, example=TOKEN_EXAMPLE, metadata={"description": "Of a sign-in."})
    expires_at = Instant(nullable=True)
    user = fields.Nested(User)
