"""What classes decide from values alone."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Literal
from uuid import UUID

from photolens.database import Row
from photolens.problems import ILLEGAL_TRANSITION, invalid

OFFER_LASTS = timedelta(minutes=15)
DOORS_OPEN = timedelta(minutes=30)  # before the start, people are checked in and the class is begun

# What may still be moved, changed, cancelled or completed.
GOES_ON = ("SCHEDULED", "IN_PROGRESS")
INDUCTION_LASTS = timedelta(hours=1)

# What somebody is to an induction: a candidate could give one that has no trainer.
Party = Literal["MEMBER", "TRAINER", "CANDIDATE"]

INDUCTION_MOVES: dict[str, frozenset[str]] = {
    "PENDING": frozenset({"CONFIRMED", "CANCELLED"}),
    "CONFIRMED": frozenset({"COMPLETED", "NO_SHOW", "CANCELLED"}),
    "COMPLETED": frozenset(),
    "CANCELLED": frozenset(),
    "NO_SHOW": frozenset(),
}


def places_left(session: Row) -> int:
    """How many places of a session are neither taken nor offered to somebody: of 20, with 17 and 2, one."""
    left: int = session["capacity"] - session["places_taken"] - session["places_offered"]
    return left


def is_open(session: Row) -> bool:
    """Whether a session is booked, waited for and cancelled by its members: until it starts."""
    return session["status"] == "SCHEDULED" and not session["has_begun"]


def is_promoted_at_once(session: Row, cancel_hours: int) -> bool:
    """Whether whoever has waited is given a place unasked: as long as they could still cancel it for nothing."""
    cut_off: datetime = session["start_time"] - timedelta(hours=cancel_hours)
    now: datetime = session["now"]
    return now < cut_off


def offer_expires_at(session: Row) -> datetime:
    """Until when a place is kept for whoever it is offered to: a quarter of an hour, and never beyond the start."""
    expires_at: datetime = min(session["now"] + OFFER_LASTS, session["start_time"])
    return expires_at


def status_once_cancelled(session: Row, booking: Row) -> str:
    """What a member makes of their booking by cancelling it: CANCELLED gives the credits back, LATE_CANCELLED does not.

    In time is until so many hours before the start, to the second; or until the start, where the class was put at
    another time after it was booked.
    """
    cut_off = session["start_time"] - timedelta(hours=booking["cancel_hours"])
    is_moved = session["moved_at"] is not None and booking["created_at"] <= session["moved_at"]
    return "CANCELLED" if session["now"] <= cut_off or is_moved else "LATE_CANCELLED"


def is_too_early(session: Row) -> bool:
    """Whether the doors are still closed: until half an hour before the start, to the second."""
    opens_at: datetime = session["start_time"] - DOORS_OPEN
    now: datetime = session["now"]
    return now < opens_at


def is_too_late(session: Row) -> bool:
    """Whether nobody is checked in any more: after the end, to the second."""
    end_time: datetime = session["end_time"]
    now: datetime = session["now"]
    return now > end_time


def clearance_of(answers: Mapping[str, bool]) -> str:
    """Whether somebody has to decide about these answers: one yes is enough."""
    return "PENDING" if any(answers.values()) else "NOT_NEEDED"


def require_to_come(start_time: datetime, now: datetime) -> None:
    """Refuse a start that has come. Problems: `invalid`."""
    if start_time <= now:
        raise invalid("/startTime", "is past")


def require_induction_move(induction: Row, status: str) -> None:
    """Refuse what an induction cannot become. Problems: `illegal_transition`."""
    if status not in INDUCTION_MOVES[induction["status"]]:
        raise ILLEGAL_TRANSITION(f"It is {induction['status']}.")


def require_induction_open(induction: Row) -> None:
    """Refuse to change what has been held, or never will be. Problems: `illegal_transition`."""
    if not INDUCTION_MOVES[induction["status"]]:
        raise ILLEGAL_TRANSITION(f"It is {induction['status']}, and stays as it is.")


def parties_to(induction: Row, user_id: UUID) -> frozenset[Party]:
    """What somebody is to an induction that they are shown."""
    is_candidate = induction["trainer_id"] is None and induction["is_callers_gym"]
    parties: dict[Party, bool] = {
        "MEMBER": user_id == induction["user_id"],
        "TRAINER": user_id == induction["trainer_id"],
        "CANDIDATE": is_candidate,
    }
    return frozenset(party for party, is_so in parties.items() if is_so)


def whom_to_tell(induction: Row, deed: str, doer_id: UUID) -> UUID | None:
    """Who hears of a deed: the member; of what the member cancels, its trainer. Nobody of what they have done."""
    if doer_id != induction["userId"]:
        member_id: UUID = induction["userId"]
        return member_id
    trainer_id: UUID | None = induction["trainerId"]
    return trainer_id if deed == "INDUCTION_CANCELLED" else None


LIVE = ("INCOMPLETE", "ACTIVE", "PAST_DUE")

TERMS = ("price", "currency", "interval", "creditsPerPeriod")


def subscription_status(
    present: str, *, paid_from: datetime | None, unpaid_from: datetime | None, is_over: bool, is_cancelled: bool
) -> str:
    """What a subscription comes to by all that has been heard of it, in whatever order that was.

    CANCELLED is final. Once a period is paid it is live: PAST_DUE where the payment of a later one has failed, until
    that one or a later one is paid. Before, it is EXPIRED if its page is over, and money that comes after all makes it
    live.
    """
    if present == "CANCELLED" or is_cancelled:
        return "CANCELLED"
    if paid_from is not None:
        return "PAST_DUE" if unpaid_from is not None and unpaid_from > paid_from else "ACTIVE"
    return "EXPIRED" if present == "EXPIRED" or is_over else "INCOMPLETE"


def is_as_offered(subscription: Row, plan: Row) -> bool:
    """Whether what was agreed is what a plan asks and gives now."""
    return subscription["planId"] == plan["id"] and all(subscription[term] == plan[term] for term in TERMS)
