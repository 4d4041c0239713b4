"""The studio's named problems, and what its constraints mean to a caller."""

from photolens.problems import CONSTRAINTS, EMAIL_TAKEN, NAME_TAKEN, InvalidField, ProblemKind, Reference, Refusal

CLIENT_IN_USE = ProblemKind(409, "client_in_use", "The client has bookings or invoices")
CATEGORY_IN_USE = ProblemKind(409, "category_in_use", "The category has packages")
PACKAGE_IN_USE = ProblemKind(409, "package_in_use", "Bookings use the package")
BOOKING_IN_USE = ProblemKind(409, "booking_in_use", "The booking has an editing job, an invoice or expenses")
PAYMENT_ACCOUNT_IN_USE = ProblemKind(409, "payment_account_in_use", "Money went through the account")
BOOKING_INVOICED = ProblemKind(409, "booking_invoiced", "The booking has an invoice")
BOOKING_CANCELLED = ProblemKind(409, "booking_cancelled", "The booking was cancelled")
BOOKING_CONFLICT = ProblemKind(409, "booking_conflict", "Somebody would have to be in two places")
ALREADY_ASSIGNED = ProblemKind(409, "already_assigned", "They are on this booking already")
STAFF_INACTIVE = ProblemKind(409, "staff_inactive", "They no longer work here")
HAS_ACCOUNT = ProblemKind(409, "has_account", "They have an account already")
NO_EMAIL = ProblemKind(409, "no_email", "There is no e-mail address to write to")
PACKAGE_INACTIVE = ProblemKind(409, "package_inactive", "The package is no longer offered")
EXPENSE_BILLED = ProblemKind(409, "expense_billed", "The expense stands on an invoice")
EXPENSE_NOT_BILLABLE = ProblemKind(409, "expense_not_billable", "There is no invoice to bill the expense on")

CONSTRAINTS |= {
    "clients_email_key": Refusal(EMAIL_TAKEN, "Another client has this e-mail address."),
    "staff_members_email_key": Refusal(EMAIL_TAKEN, "Another staff member has this e-mail address."),
    "session_categories_name_key": Refusal(NAME_TAKEN, "Another category has this name."),
    "session_packages_category_name_key": Refusal(NAME_TAKEN, "Another package of this category has this name."),
    "payment_accounts_name_key": Refusal(NAME_TAKEN, "Another payment account has this name."),
    "bookings_client_fkey": Reference("/clientId", CLIENT_IN_USE, "The client has bookings."),
    "invoices_client_fkey": Reference("/clientId", CLIENT_IN_USE, "The client has invoices."),
    "session_packages_category_fkey": Reference("/categoryId", CATEGORY_IN_USE, "Move or delete its packages first."),
    "bookings_session_type_fkey": Reference("/sessionTypeId", PACKAGE_IN_USE, "Deactivate it instead: isActive false."),
    "staff_members_invited_to_an_account": Refusal(HAS_ACCOUNT, "They have an account: there is nothing to invite to."),
    "staff_members_user_key": Refusal(HAS_ACCOUNT, "Another member has the account with this e-mail address."),
    "staff_assignments_staff_fkey": Reference("/staffId"),
    "staff_assignments_booking_staff_key": Refusal(ALREADY_ASSIGNED, "A person is on a booking once."),
    "staff_assignments_no_overlap": Refusal(BOOKING_CONFLICT, "One of the people is on another booking at that time."),
    "bookings_ends_after_start": InvalidField("/endsAt", "is not after the start"),
    "editing_jobs_booking_fkey": Reference("/bookingId", BOOKING_IN_USE, "The booking has an editing job."),
    "invoices_booking_fkey": Reference(
        "/bookingId", BOOKING_IN_USE, "The booking has an invoice.", "is no booking of this client"
    ),
    "expenses_booking_fkey": Reference("/bookingId", BOOKING_IN_USE, "The booking has expenses."),
    "expenses_payment_account_fkey": Reference(
        "/paymentAccountId", PAYMENT_ACCOUNT_IN_USE, "Expenses went through it."
    ),
    "payments_payment_account_fkey": Reference(
        "/paymentAccountId", PAYMENT_ACCOUNT_IN_USE, "Payments went through it."
    ),
    "invoice_items_expense_key": Refusal(EXPENSE_BILLED, "An expense is billed once."),
    "invoice_items_expense_fkey": Reference("/expenseId", EXPENSE_BILLED, "Remove it from the invoice first."),
}
