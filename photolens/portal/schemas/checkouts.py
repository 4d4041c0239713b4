"""The JSON of paying online: what is wished for, and where to pay."""

from photolens.billing.schemas.checkouts import CHECKOUT_STATUSES
from photolens.billing.schemas.invoices import STATUSES
from photolens.fields import Choice, Id, Input, Instant, Money, Output, Text, Uuid, WebAddress


class PortalCheckoutInput(Input):
    """What somebody wants to pay: the whole balance of an invoice, or one milestone of it."""

    milestone_id = Id(nullable=True, load_default=None, metadata={"description": "Without one, the whole balance."})


class PortalCheckout(Output):
    """Where to pay: `url` is there as long as it is OPEN. PAID and FAILED are final; what is PROCESSING takes days."""

    id = Uuid()
    invoice_id = Id()
    milestone_id = Id(nullable=True)
    amount = Money(metadata={"description": "What is asked for."})
    currency = Text(3, example="USD")
    status = Choice(*CHECKOUT_STATUSES)
    url = WebAddress(nullable=True)
    expires_at = Instant(nullable=True)
    created_at = Instant()
    updated_at = Instant()
    invoice_status = Choice(*STATUSES)
    balance_due = Money(metadata={"description": "What is left to pay of the whole invoice."})
