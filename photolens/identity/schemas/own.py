"""The JSON of what users keep of themselves."""

from marshmallow import validate

from photolens.database import sql
from photolens.fields import Date, Id, Input, Instant, Output, Phone, Text, WebAddress
from photolens.paging import ListArguments, Order, sort_field


class OwnAccountInput(Input):
    """What users change of their account; the e-mail, which they sign in with, stays."""

    name = Text(200, required=True, example="Emma Chen")
    image = WebAddress(nullable=True, load_default=None)
    phone_number = Phone(nullable=True, load_default=None)


class ProfileInput(Input):
    """What users tell of themselves."""

    date_of_birth = Date(nullable=True, example="1990-05-17")
    phone = Text(40, nullable=True, example="+1 555 0134")
    bio = Text(5000, nullable=True, example="I photograph birds.")


class Profile(Output):
    """What a user tells of themselves."""

    date_of_birth = Date(nullable=True, example="1990-05-17")
    phone = Text(40, nullable=True, example="+1 555 0134")
    bio = Text(5000, nullable=True, example="I photograph birds.")
    created_at = Instant()
    updated_at = Instant()


class AddressInput(Input):
    """An address, as it is added or changed."""

    label = Text(60, nullable=True, load_default=None, example="Home")
    line1 = Text(200, required=True, example="12 Mill Lane")
    line2 = Text(200, nullable=True, load_default=None, example="Flat 3")
    city = Text(100, required=True, example="Utrecht")
    region = Text(100, nullable=True, load_default=None, example="Utrecht")
    postal_code = Text(20, nullable=True, load_default=None, example="3511 AB")
    country = Text(
        2,
        required=True,
        example="NL",
        validate=validate.Regexp("^[A-Z]{2}$", error="is not a country code such as NL"),
        metadata={"description": "ISO 3166-1, two letters."},
    )


class Address(Output):
    """Where a user lives, or is to be written to."""

    id = Id()
    label = Text(60, nullable=True, example="Home")
    line1 = Text(200, example="12 Mill Lane")
    line2 = Text(200, nullable=True, example="Flat 3")
    city = Text(100, example="Utrecht")
    region = Text(100, nullable=True, example="Utrecht")
    postal_code = Text(20, nullable=True, example="3511 AB")
    country = Text(2, example="NL")
    created_at = Instant()
    updated_at = Instant()


class AddressList(ListArguments):
    """The order of the addresses."""

    orders = {"createdAt": Order(sql.identity.list_addresses, "createdAt")}
    count = sql.identity.count_addresses
    sort = sort_field(orders)
