"""The JSON of expenses, and of the accounts that money goes through."""

from photolens.database import sql
from photolens.fields import Choice, Flag, Id, Input, Instant, Money, Output, Text
from photolens.paging import ListArguments, Order, search_field, sort_field

CATEGORIES = ("TRAVEL", "SOFTWARE", "STUDIO", "MARKETING", "GEAR", "OTHER")
ACCOUNT_KINDS = ("BANK", "CASH", "DIGITAL_WALLET", "OTHER")


class PaymentAccountInput(Input):
    """A payment account, as it is added or changed."""

    name = Text(100, required=True, example="Business checking")
    kind = Choice(*ACCOUNT_KINDS, required=True)
    details = Text(500, nullable=True, load_default=None, example="Ends in 4821")


class PaymentAccount(Output):
    """Where money comes in or goes out."""

    id = Id()
    name = Text(100, example="Business checking")
    kind = Choice(*ACCOUNT_KINDS)
    details = Text(500, nullable=True, example="Ends in 4821")
    created_at = Instant()
    updated_at = Instant()


class PaymentAccountList(ListArguments):
    """Filters and orders of the payment accounts."""

    orders = {
        "name": Order(sql.studio.list_payment_accounts_by_name, "name"),
        "-name": Order(sql.studio.list_payment_accounts_by_name_desc, "name"),
    }
    count = sql.studio.count_payment_accounts
    sort = sort_field(orders)
    q = search_field()
    kind = Choice(*ACCOUNT_KINDS, load_default=None)


class ExpenseInput(Input):
    """An expense, as it is recorded or changed."""

    booking_id = Id(nullable=True, load_default=None)
    category = Choice(*CATEGORIES, required=True)
    description = Text(300, nullable=True, load_default=None, example="Train to the venue")
    amount = Money(positive=True, required=True, example="48.60")
    incurred_at = Instant(metadata={"description": "A new expense without one was incurred now."})
    notes = Text(5000, nullable=True, load_default=None, example="Receipt in the folder.")
    payment_account_id = Id(nullable=True, load_default=None)


class Expense(Output):
    """Money the studio spent, and where it was billed on."""

    id = Id()
    booking_id = Id(nullable=True)
    client_id = Id(nullable=True)
    client_name = Text(200, nullable=True, example="Emma Chen")
    category = Choice(*CATEGORIES)
    description = Text(300, nullable=True, example="Train to the venue")
    amount = Money(example="48.60")
    incurred_at = Instant()
    notes = Text(5000, nullable=True, example="Receipt in the folder.")
    payment_account_id = Id(nullable=True)
    payment_account_name = Text(100, nullable=True, example="Business checking")
    billed_invoice_item_id = Id(nullable=True)
    billed_invoice_id = Id(nullable=True)
    created_at = Instant()
    updated_at = Instant()


class ExpenseList(ListArguments):
    """Filters and orders of the expenses."""

    orders = {
        "-incurredAt": Order(sql.studio.list_expenses_by_incurred_at_desc, "incurredAt"),
        "incurredAt": Order(sql.studio.list_expenses_by_incurred_at, "incurredAt"),
        "amount": Order(sql.studio.list_expenses_by_amount, "amount"),
        "-amount": Order(sql.studio.list_expenses_by_amount_desc, "amount"),
    }
    count = sql.studio.count_expenses
    sort = sort_field(orders)
    q = search_field()
    incurred_from = Instant(data_key="from", load_default=None)
    incurred_to = Instant(data_key="to", load_default=None)
    category = Choice(*CATEGORIES, load_default=None)
    booking_id = Id(load_default=None)
    client_id = Id(load_default=None, metadata={"description": "Of the bookings of one client."})
    billed = Flag(load_default=None)
