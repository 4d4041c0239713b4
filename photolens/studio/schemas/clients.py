"""The JSON of clients, and the lines of a file of them."""

from marshmallow import ValidationError, validates

from photolens.database import sql
from photolens.fields import (
    Choice,
    Email,
    Flag,
    Id,
    Input,
    Instant,
    Money,
    MoneySum,
    Output,
    Text,
    WebAddress,
    WholeNumber,
)
from photolens.paging import ListArguments, Order, search_field, sort_field
from photolens.studio import rules

FINANCIAL_STATUSES = ("GOOD_STANDING", "HIGH_VALUE", "OVERDUE")


class ClientLine(Input):
    """What a line of a file says of a client."""

    name = Text(200, required=True, example="Emma Chen")
    email = Email(required=True)
    phone = Text(40, nullable=True, load_default=None, example="+1 555 0134")
    notes = Text(5000, nullable=True, load_default=None, example="Prefers the late afternoon.")
    avatar_url = WebAddress(nullable=True, load_default=None)


class ClientInput(ClientLine):
    """A client, as it is created or changed."""

    @validates("email")
    def _of_somebody(self, email: str, data_key: str) -> None:
        if rules.is_address_of_erased(email):
            raise ValidationError(rules.KEPT_FOR_ERASED)


class ClientChanges(ClientInput):
    """What may be changed of a client."""

    archived = Flag(metadata={"description": "Whether lists leave them out unless they are asked for."})


class Client(Output):
    """Somebody the studio works for."""

    id = Id()
    name = Text(200, example="Emma Chen")
    email = Email()
    phone = Text(40, nullable=True, example="+1 555 0134")
    notes = Text(5000, nullable=True, example="Prefers the late afternoon.")
    avatar_url = WebAddress(nullable=True)
    total_revenue = Money(
        nullable=True, metadata={"description": "Everything paid on the client's invoices; null for a photographer."}
    )
    total_sessions = WholeNumber(
        0, 2**31 - 1, example=3, metadata={"description": "Completed; for a photographer, those they were on."}
    )
    total_bookings = WholeNumber(
        0, 2**31 - 1, example=4, metadata={"description": "For a photographer, those they are on."}
    )
    outstanding_balance = MoneySum(
        nullable=True, metadata={"description": "What is still to be paid; null for a photographer."}
    )
    financial_status = Choice(
        *FINANCIAL_STATUSES,
        nullable=True,
        metadata={
            "description": "OVERDUE with an overdue invoice, else HIGH_VALUE above the threshold of the settings; "
            "null for a photographer."
        },
    )
    archived_at = Instant(nullable=True)
    erased_at = Instant(nullable=True)
    created_at = Instant()
    updated_at = Instant()


class ClientList(ListArguments):
    """Filters and orders of the clients."""

    orders = {
        "name": Order(sql.studio.list_clients_by_name, "name"),
        "-name": Order(sql.studio.list_clients_by_name_desc, "name"),
        "totalRevenue": Order(sql.studio.list_clients_by_total_revenue, "totalRevenue"),
        "-totalRevenue": Order(sql.studio.list_clients_by_total_revenue_desc, "totalRevenue"),
        "createdAt": Order(sql.studio.list_clients_by_created_at, "createdAt"),
        "-createdAt": Order(sql.studio.list_clients_by_created_at_desc, "createdAt"),
    }
    count = sql.studio.count_clients
    sort = sort_field(orders)
    q = search_field()
    financial_status = Choice(
        *FINANCIAL_STATUSES, load_default=None, metadata={"description": "Not for a photographer, who is shown none."}
    )
    archived = Flag(
        load_default=False,
        metadata={
            "default": False,
            "example": False,
            "description": "With true, the archived clients and no others; without, all others. Of the total too.",
        },
    )
