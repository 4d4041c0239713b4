"""The JSON of the people at clients."""

from marshmallow import ValidationError, validates

from photolens.database import sql
from photolens.fields import Email, Flag, Id, Input, Instant, Output, Text, Uuid
from photolens.paging import ListArguments, Order, search_field, sort_field
from photolens.studio import rules


class ContactInput(Input):
    """A contact, as they are added or changed."""

    name = Text(200, required=True, example="Noor Haddad")
    title = Text(100, nullable=True, load_default=None, example="Office manager")
    email = Email(required=True)
    phone = Text(40, nullable=True, load_default=None, example="+31 20 555 0142")
    is_primary = Flag(
        load_default=False,
        metadata={"description": "The one to turn to first. Whoever was that before is not any more."},
    )

    @validates("email")
    def _of_somebody(self, email: str, data_key: str) -> None:
        if rules.is_address_of_erased(email):
            raise ValidationError(rules.KEPT_FOR_ERASED)


class Contact(Output):
    """Somebody at a client, who may be invited to the portal."""

    id = Id()
    client_id = Id()
    client_name = Text(200, example="Emma Chen")
    user_id = Uuid(nullable=True)
    name = Text(200, example="Noor Haddad")
    title = Text(100, nullable=True, example="Office manager")
    email = Email()
    phone = Text(40, nullable=True, example="+31 20 555 0142")
    is_primary = Flag()
    is_active = Flag()
    activated_at = Instant(nullable=True)
    invited_at = Instant(nullable=True, metadata={"description": "When the link was sent that waits for them."})
    invite_expires_at = Instant(nullable=True, metadata={"description": "From then on the link is of no use."})
    created_at = Instant()
    updated_at = Instant()


class ContactList(ListArguments):
    """Filters and orders of the contacts of a client."""

    orders = {
        "name": Order(sql.studio.list_contacts_by_name, "name"),
        "-name": Order(sql.studio.list_contacts_by_name_desc, "name"),
    }
    count = sql.studio.count_contacts
    sort = sort_field(orders)
    q = search_field()
    is_active = Flag(load_default=None)
