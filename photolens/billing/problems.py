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
NOTHING_PAID = ProblemKind(409, "nothing_paid", "Nothing has been paid on the invoice")
DISCOUNT_TOO_LARGE = ProblemKind(409, "discount_too_large", "The discount is more than the items come to")
MILESTONES_FIXED = ProblemKind(409, "milestones_fixed", "The invoice's milestones come to its total")
MILESTONES_DO_NOT_ADD_UP = ProblemKind(409, "milestones_do_not_add_up", "The milestones do not come to the total")
REFUND_EXCEEDS_PAYMENT = ProblemKind(409, "refund_exceeds_payment", "The refund is more than is left of the payment")

_DISCOUNT_TOO_LARGE = Refusal(DISCOUNT_TOO_LARGE, "Lower the discount first, or take fewer items away.")

CONSTRAINTS |= {
    "checkout_sessions_idempotency_key": Refusal(KEY_REUSED, "Send every new request under a key of its own."),
    "checkout_sessions_milestone_fkey": Reference(
        "/milestoneId",
        INVOICE_FROZEN,
        "Somebody had begun to pay a milestone that would go. Keep as many as there are.",
    ),
    "invoice_milestones_add_up": Refusal(MILESTONES_DO_NOT_ADD_UP, "They come to another sum than the invoice."),
    "invoice_milestones_expected_amount_positive": InvalidField(
        "/milestones", "come to one of nothing: so little cannot be split like that"
    ),
    # Of a total below zero, the first check that says so.
    "invoices_balance_within_total": _DISCOUNT_TOO_LARGE,
    "invoices_discount_within_subtotal": _DISCOUNT_TOO_LARGE,
    "invoices_overpaid_is_reviewed": Refusal(
        OVERPAYMENT, "More is paid than the invoice comes to: it stays under review until that is given back."
    ),
    "invoices_total_stands": Refusal(INVOICE_FROZEN, "Money has moved on it, or somebody is paying: its total stands."),
    "payments_milestone_fkey": Reference("/milestoneId", absent_detail="is no milestone of this invoice"),
    "invoices_invoice_number_key": Refusal(INVOICE_NUMBER_TAKEN, "An older prefix made it; change the invoice prefix."),
    "invoices_due_after_issue": InvalidField("/dueDate", "is before the issue date"),
    "payments_invoice_fkey": Reference("/invoiceId", INVOICE_ISSUED, "The invoice has payments."),
    "refunds_idempotency_key": Refusal(KEY_REUSED, "Send every new request under a key of its own."),
    "refunds_within_payment": Refusal(REFUND_EXCEEDS_PAYMENT, "More would go back than is left of the payment."),
}
