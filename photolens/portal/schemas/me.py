"""The JSON of whoever is asking: the contact, their client, and the studio that they deal with."""

from marshmallow import fields

from photolens.fields import Email, Flag, Id, Input, Instant, Output, Text, WebAddress


class PortalContactInput(Input):
    """What contacts say of themselves."""

    name = Text(200, required=True, example="Noor Haddad")
    phone = Text(40, nullable=True, load_default=None, example="+31 20 555 0142")


class PortalClient(Output):
    """The client whose contact is asking."""

    id = Id()
    name = Text(200, example="Emma Chen")


class PortalStudio(Output):
    """The studio, as its invoices name it."""

    company_name = Text(200, nullable=True, example="Lumen Hall")
    company_address = Text(500, nullable=True, example="12 Mercer Street, New York, NY 10013")
    company_email = Email(nullable=True)
    logo_url = WebAddress(nullable=True)
    currency = Text(3, example="USD")
    time_zone = Text(60, example="America/New_York")


class PortalContact(Output):
    """The contact who is asking, with their client and the studio."""

    id = Id()
    name = Text(200, example="Noor Haddad")
    title = Text(100, nullable=True, example="Office manager")
    email = Email()
    phone = Text(40, nullable=True, example="+31 20 555 0142")
    is_primary = Flag()
    activated_at = Instant()
    client = fields.Nested(PortalClient)
    studio = fields.Nested(PortalStudio)
    created_at = Instant()
    updated_at = Instant()
