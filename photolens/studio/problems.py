"""The studio's named problems, and what its constraints mean to a caller."""

from photolens.problems import CONSTRAINTS, EMAIL_TAKEN, NAME_TAKEN, InvalidField, ProblemKind, Reference, Refusal

CLIENT_IN_USE = ProblemKind(409, "client_in_use", "The client has bookings, invoices or work packages")
CLIENT_ERASED = ProblemKind(409, "client_erased", "The client has been erased")
CATEGORY_IN_USE = ProblemKind(409, "category_in_use", "The category has packages")
PACKAGE_IN_USE = ProblemKind(409, "package_in_use", "Bookings use the package")
BOOKING_IN_USE = ProblemKind(409, "booking_in_use", "The booking has an editing job, an invoice or expenses")
PAYMENT_ACCOUNT_IN_USE = ProblemKind(409, "payment_account_in_use", "Money went through the account")
CONTACT_INACTIVE = ProblemKind(409, "contact_inactive", "The contact has been deactivated")
WORK_PACKAGE_CLOSED = ProblemKind(409, "work_package_closed", "The work package is closed")
WORK_PACKAGE_IN_USE = ProblemKind(409, "work_package_in_use", "Bookings or invoices belong to the work package")
BOOKING_INVOICED = ProblemKind(409, "booking_invoiced", "The booking has an invoice")
BOOKING_CANCELLED = ProblemKind(409, "booking_cancelled", "The booking was cancelled")
BOOKING_CONFLICT = ProblemKind(409, "booking_conflict", "Somebody or some room is taken at that time")
ROOM_INACTIVE = ProblemKind(409, "room_inactive", "The room can no longer be booked")
ROOM_IN_USE = ProblemKind(409, "room_in_use", "Bookings take place in the room")
ALREADY_ASSIGNED = ProblemKind(409, "already_assigned", "They are on this booking already")
STAFF_INACTIVE = ProblemKind(409, "staff_inactive", "They no longer work here")
NO_CALENDAR = ProblemKind(409, "no_calendar", "Their role is shown no bookings")
HAS_ACCOUNT = ProblemKind(409, "has_account", "They have an account already")
NO_EMAIL = ProblemKind(409, "no_email", "There is no e-mail address to write to")
PACKAGE_INACTIVE = ProblemKind(409, "package_inactive", "The package is no longer offered")
STAGE_IN_USE = ProblemKind(409, "stage_in_use", "Editing jobs are in the stage")
STAGE_NEEDED = ProblemKind(409, "stage_needed", "The board needs the stage")
BOARD_FULL = ProblemKind(409, "board_full", "The board has as many stages as it can have")
SELECTION_FULL = ProblemKind(409, "selection_full", "As many photos are chosen as can be")
NOTHING_SELECTED = ProblemKind(409, "nothing_selected", "No photo is chosen yet")
SELECTION_FINAL = ProblemKind(409, "selection_final", "The selection was taken as made")
NOT_IN_REVIEW = ProblemKind(409, "not_in_review", "The photos are not in review")
NO_JOB_WAITING = ProblemKind(409, "no_job_waiting", "No editing job waits for the selection")
EXPENSE_BILLED = ProblemKind(409, "expense_billed", "The expense stands on an invoice")
EXPENSE_NOT_BILLABLE = ProblemKind(409, "expense_not_billable", "There is no invoice to bill the expense on")

CONSTRAINTS |= {
    "clients_email_key": Refusal(EMAIL_TAKEN, "Another client has this e-mail address."),
    "client_contacts_email_key": Refusal(EMAIL_TAKEN, "Another contact has this e-mail address."),
    "work_packages_client_fkey": Reference("/clientId", CLIENT_IN_USE, "The client has work packages."),
    "work_packages_ends_after_start": InvalidField("/endsOn", "is before the first day"),
    "bookings_work_package_fkey": Reference(
        "/workPackageId", WORK_PACKAGE_IN_USE, "Bookings belong to it.", "is no work package of this client"
    ),
    "invoices_work_package_fkey": Reference(
        "/workPackageId", WORK_PACKAGE_IN_USE, "Invoices belong to it.", "is no work package of this client"
    ),
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
    "rooms_name_key": Refusal(NAME_TAKEN, "Another room has this name."),
    "bookings_room_fkey": Reference("/roomId", ROOM_IN_USE, "Deactivate it instead: isActive false."),
    "bookings_room_no_overlap": Refusal(BOOKING_CONFLICT, "Another booking takes the room at that time."),
    "booking_series_client_fkey": Reference("/clientId"),
    # A series goes with its client: what is in the way of that is a booking of it.
    "bookings_series_fkey": Refusal(CLIENT_IN_USE, "The client has bookings."),
    "booking_series_until_after_start": InvalidField("/until", "is before the first day"),
    "bookings_ends_after_start": InvalidField("/endsAt", "is not after the start"),
    "photo_selections_booking_name_key": Refusal(NAME_TAKEN, "Another photo of this booking has this name."),
    "editing_stages_name_key": Refusal(NAME_TAKEN, "Another stage has this name."),
    "editing_stages_selection_before_work": InvalidField("/awaitsSelection", "goes with PENDING only"),
    "editing_stages_approval_of_work": InvalidField("/awaitsApproval", "goes with IN_PROGRESS only"),
    # Whoever moves a job holds the stages: only what happens to a stage can break this.
    "editing_jobs_stage_fkey": Refusal(STAGE_IN_USE, "Move its jobs to another stage first, the archived ones too."),
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
