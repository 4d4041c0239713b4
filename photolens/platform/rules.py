"""What users are told by what, and how what they ask of the studio moves on, from values alone."""

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
