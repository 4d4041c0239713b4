"""Billing's named problems, and what its constraints mean to a caller."""

from photolens.idempotency import KEY_REUSED
from photolens.problems import CONSTRAINTS, InvalidField, ProblemKind, Reference, Refusal

OVERPAYMENT = ProblemKind(409, "overpayment", "The payment is more than the balance due")
INVOICE_NOT_PAYABLE = ProblemKind(409, "invoice_not_payable", "The invoice takes no payments")
INVOICE_FROZEN = ProblemKind(409, "invoice_frozen", "The invoice can no longer be changed")
INVOICE_EMPTY = ProblemKind(409, "invoice_empty", "The invoice has no items")
INVOICE_FULL = ProblemKind(409, "invoice_full", "The invoice has as many items as it can hold")
INVOICE_NUMBER_TAKEN = ProblemKind(409, "invoice_number_taken", "Another invoice has the number that comes next")
INVOICE_ISSUED = ProblemKind(409, "invoice_issued", "An issued invoice is never deleted")
NOTHING_DUE = ProblemKind(409, "nothing_due", "There is nothing left to pay")
PAYMENT_PROCESSING = ProblemKind(409, "payment_processing", "A payment is already on its way")
REFUND_EXCEEDS_PAYMENT = ProblemKind(409, "refund_exceeds_payment", "The refund is more than is left of the payment")

CONSTRAINTS |= {
    "checkout_sessions_idempotency_key": Refusal(KEY_REUSED, "Send every new request under a key of its own."),
    "invoices_overpaid_is_reviewed": Refusal(OVERPAYMENT, "More would be paid than the invoice comes to."),
    "invoices_invoice_number_key": Refusal(INVOICE_NUMBER_TAKEN, "An older prefix made it; change the invoice prefix."),
    "invoices_due_after_issue": InvalidField("/dueDate", "is before the issue date"),
    "payments_invoice_fkey": Reference("/invoiceId", INVOICE_ISSUED, "The invoice has payments."),
    "refunds_idempotency_key": Refusal(KEY_REUSED, "Send every new request under a key of its own."),
    "refunds_within_payment": Refusal(REFUND_EXCEEDS_PAYMENT, "More would go back than is left of the payment."),
}
