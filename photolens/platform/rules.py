"""What users are told by what, how what they ask of the studio moves on, and what others are told of what happens; from
values alone."""

from collections.abc import Mapping
from typing import Any

from photolens.problems import ILLEGAL_TRANSITION

# What is told by e-mail where nobody has chosen: what one must know soon, or waits for. In the application all of it is
# shown; by text, which costs money, what somebody has asked for.
BY_EMAIL = {
    "CLASS_BOOKED": False,
    "CLASS_CANCELLED": True,
    "CLASS_MOVED": True,
    "CLASS_REMINDER": True,
    "CLASS_PROMOTED": True,
    "CLASS_OFFERED": True,
    "CLASS_OUT_OF_REACH": True,
    "INDUCTION_CHANGED": True,
    "PARQ_DECIDED": True,
    "SUBSCRIPTION_CHANGED": True,
    "CREDITS_GRANTED": False,
    "PHOTO_JOB_FINISHED": False,
    "SPACE_BOOKING_CHANGED": True,
    "SUPPORT_ANSWERED": True,
    "SUPPORT_CHANGED": False,
}

# Where the front end shows what something is about.
PAGES = {
    "CLASS_SESSION": "/classes/{}",
    "INDUCTION": "/inductions/{}",
    "PHOTO_JOB": "/photo-jobs/{}",
    "SPACE_BOOKING": "/space-bookings/{}",
    "SUBSCRIPTION": "/subscriptions/{}",
    "SUPPORT_PROBLEM": "/support/{}",
}

# Of problems: what the team makes of a status. An OPEN one is ASSIGNED by saying to whom.
MOVES: dict[str, frozenset[str]] = {
    "OPEN": frozenset(),
    "ASSIGNED": frozenset({"IN_PROGRESS"}),
    "IN_PROGRESS": frozenset({"WAITING_CUSTOMER", "RESOLVED"}),
    "WAITING_CUSTOMER": frozenset({"IN_PROGRESS", "RESOLVED"}),
    "RESOLVED": frozenset({"IN_PROGRESS", "CLOSED"}),
    "CLOSED": frozenset(),
}

# How its user is told of a status.
STATUS_SENTENCES = {
    "OPEN": "Nobody looks after it just now.",
    "ASSIGNED": "Somebody looks after it now.",
    "IN_PROGRESS": "It is being worked on.",
    "WAITING_CUSTOMER": "We wait for an answer of yours.",
    "RESOLVED": "It is resolved. If it is not, say so there.",
    "CLOSED": "It is closed.",
}


def channels(type_: str, email: bool | None, sms: bool | None) -> tuple[bool, bool]:
    """Whether something of a type is told by e-mail, and by text: as its user has chosen, or as it is by default."""
    return (BY_EMAIL[type_] if email is None else email, bool(sms))


def page_of(subject_type: str | None, subject_id: int | None) -> str | None:
    """The path at which the front end shows a subject: `/support/12`; None where it is not known."""
    page = PAGES.get(subject_type or "")
    return None if page is None else page.format(subject_id)


def problem_after(problem: Mapping[str, Any], changes: Mapping[str, Any]) -> dict[str, Any]:
    """A problem as the team changes it: given to somebody, an OPEN one is ASSIGNED; taken back, an ASSIGNED one OPEN.

    Raises `illegal_transition`.
    """
    changed = {**problem, **changes, "status": problem["status"]}
    if changed["assignee_id"] is not None and changed["status"] == "OPEN":
        changed["status"] = "ASSIGNED"
    elif changed["assignee_id"] is None and changed["status"] == "ASSIGNED":
        changed["status"] = "OPEN"
    wished = changes.get("status", changed["status"])
    if wished not in {changed["status"], *MOVES[changed["status"]]}:
        raise ILLEGAL_TRANSITION(f"It is {changed['status']}.")
    return changed | {"status": wished}


def status_after_answer(problem: Mapping[str, Any]) -> str:
    """Where a problem stands when its user has said something: what waited for that, or was resolved, goes on."""
    if problem["status"] not in ("WAITING_CUSTOMER", "RESOLVED"):
        status: str = problem["status"]
        return status
    return "OPEN" if problem["assignee_id"] is None else "IN_PROGRESS"


# Of which tables others are told by webhooks, and what events call a row of them.
TOLD = {
    "addresses": "address",
    "approval_requests": "approval_request",
    "auth_users": "user",
    "availability": "space_slot",
    "booking_series": "booking_series",
    "booking_slots": "space_booking_slot",
    "bookings": "booking",
    "branch_facilities": "branch_facility",
    "branches": "branch",
    "checkout_sessions": "checkout_session",
    "class_sessions": "class",
    "client_contacts": "contact",
    "clients": "client",
    "credit_lot_movements": "credit_lot_movement",
    "credit_lots": "credit_lot",
    "credit_transactions": "credit_transaction",
    "editing_jobs": "editing_job",
    "editing_revisions": "editing_revision",
    "editing_stages": "editing_stage",
    "editing_status_logs": "editing_status_log",
    "expenses": "expense",
    "facilities": "facility",
    "features": "feature",
    "gym_equipment": "equipment",
    "gym_opening_hours": "gym_opening_hours",
    "gym_trainers": "trainer",
    "gyms": "gym",
    "inductions": "induction",
    "invoice_items": "invoice_item",
    "invoice_milestones": "invoice_milestone",
    "invoices": "invoice",
    "payment_accounts": "payment_account",
    "payment_allocations": "payment_allocation",
    "payments": "payment",
    "photo_job_photos": "photo_job_photo",
    "photo_jobs": "photo_job",
    "photo_selections": "photo_selection",
    "purchases": "purchase",
    "refunds": "refund",
    "rooms": "room",
    "service_features": "service_feature",
    "services": "service",
    "session_bookings": "class_booking",
    "session_categories": "session_category",
    "session_packages": "session_package",
    "session_reviews": "class_review",
    "session_waitlist": "class_waiting",
    "space_bookings": "space_booking",
    "space_payments": "space_payment",
    "staff_assignments": "staff_assignment",
    "staff_members": "staff_member",
    "studio_settings": "settings",
    "subscription_grants": "subscription_grant",
    "subscription_plans": "plan",
    "subscriptions": "subscription",
    "support_problems": "support_problem",
    "user_credits": "user_credits",
    "user_profiles": "user_profile",
    "vendor_services": "vendor_service",
    "work_packages": "work_package",
    "working_hours": "working_hours",
}

DEEDS = ("created", "updated", "deleted")
EVENT_TYPES = tuple(f"{name}.{deed}" for name in TOLD.values() for deed in DEEDS)
EVERY_EVENT = "*"

# Seconds until something is sent again, after each try that failed; then as after the last of them.
RETRY_DELAYS = (5, 5 * 60, 30 * 60, 2 * 3600, 5 * 3600, 10 * 3600, 14 * 3600, 20 * 3600, 24 * 3600)
LONGEST_RETRIED = sum(RETRY_DELAYS)  # seconds: three days, and three hours and a half


def retry_delay(tries: int, chance: float) -> float:
    """Seconds until what has been tried so often is sent again; up to a fifth more, by chance (from 0 to 1).

    So those that failed together do not all come back together.
    """
    return RETRY_DELAYS[min(tries, len(RETRY_DELAYS)) - 1] * (1 + chance / 5)


def payload_of(delivery: Mapping[str, Any]) -> dict[str, Any]:
    """What an endpoint is sent: of a row that is gone, or was erased meanwhile, its id alone; of a ping, nothing."""
    if delivery["row_id"] is None:
        return {"type": delivery["event_type"], "timestamp": delivery["created_at"], "data": {}}
    row_id = delivery["row_id"]
    data = delivery["data"] or {"id": int(row_id) if row_id.isdecimal() else row_id}
    return {"type": delivery["event_type"], "timestamp": delivery["recorded_at"], "data": data}
