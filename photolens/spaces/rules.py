"""The decisions of spaces, from values alone. Times of day are text, 00:00 to 24:00, by the clock at the branch."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from decimal import ROUND_HALF_UP, Decimal
from fractions import Fraction
from itertools import groupby, pairwise
from typing import Any, Literal
from uuid import UUID
from zoneinfo import ZoneInfo

from dateutil.relativedelta import relativedelta

from photolens.clock import WEEKDAYS, readings, why_two
from photolens.problems import ILLEGAL_TRANSITION, invalid

CENT = Decimal("0.01")
HOLD = timedelta(minutes=15)  # that a booking waits for its money
NO_SHOW_AFTER = timedelta(minutes=15)
COMPLETED_AFTER = timedelta(hours=24)  # that a vendor has to say who did not come
MOST_MONEY = Decimal("9999999999.99")
REMOVED = "[removed]"
PAID_ONLINE = ("CARD", "APPLE_PAY")

Slot = Mapping[str, Any]
Party = Literal["ADMIN", "VENDOR", "CUSTOMER"]

MOVES: dict[str, frozenset[str]] = {
    "PENDING": frozenset({"CONFIRMED", "CANCELLED"}),
    "CONFIRMED": frozenset({"COMPLETED", "CANCELLED", "NO_SHOW"}),
    "COMPLETED": frozenset(),
    "CANCELLED": frozenset(),
    "NO_SHOW": frozenset(),
}

# How whoever has made a booking is told what others have made of it.
STATUS_SENTENCES = {
    "CONFIRMED": "The space is yours.",
    "CANCELLED": "The space is no longer kept for you. If you have paid for it, the money goes back.",
}

BRANCH_MOVES: dict[str, frozenset[str]] = {
    "PENDING": frozenset({"ACTIVE", "SUSPENDED"}),
    "ACTIVE": frozenset({"SUSPENDED"}),
    "SUSPENDED": frozenset({"ACTIVE"}),
}

# What becomes of a branch when a request of a kind is approved.
STATUS_ASKED_FOR = {"PAUSE_BRANCH": "SUSPENDED", "ACTIVATE_BRANCH": "ACTIVE"}


@dataclass(frozen=True)
class Period:
    """What is booked: of one date a time, which has its instants; or whole days, whenever of them it is to be had.

    `duration` is in price units: 10:00 to 12:30 is 2.5 hours, but for the days on which the clocks are changed.
    """

    first: date
    last: date
    duration: Fraction
    start: str | None = None
    end: str | None = None
    starts_at: datetime | None = None
    ends_at: datetime | None = None


def period_of(offering: Mapping[str, Any], wish: Mapping[str, Any]) -> Period:
    """The period of a wish: by the hour `start_time` and `end_time`, otherwise a `duration` in days, weeks or months.

    A month ends on the day before its number comes again, or where the next month is too short, before its last day: 31
    January and one month ends before 28 February. Problems: `invalid`.
    """
    first, start, end, duration = (wish[key] for key in ("booking_date", "start_time", "end_time", "duration"))
    if offering["price_unit"] == "HOUR":
        if duration is not None:
            raise invalid("/duration", "follows from the times, where the price is by the hour")
        if start is None or end is None:
            raise invalid("/startTime" if start is None else "/endTime", "is needed where the price is by the hour")
        if end <= start:
            raise invalid("/endTime", "is not after the start")
        zone = ZoneInfo(offering["time_zone"])
        starts_at, ends_at = _instant(first, start, zone, "/startTime"), _instant(first, end, zone, "/endTime")
        hours = Fraction(int((ends_at - starts_at).total_seconds()), 3600)
        return Period(first, first, hours, start, end, starts_at, ends_at)
    if start is not None or end is not None:
        raise invalid("/startTime" if start is not None else "/endTime", "is only taken where the price is by the hour")
    if duration is None:
        raise invalid("/duration", f"is needed where the price is by the {offering['price_unit'].lower()}")
    try:
        last = first + _length(offering["price_unit"], duration) - timedelta(days=1)
    except (OverflowError, ValueError):
        raise invalid("/duration", "ends beyond the calendar") from None
    return Period(first, last, Fraction(duration))


def _length(price_unit: str, duration: int) -> timedelta | relativedelta:
    if price_unit == "MONTH":
        return relativedelta(months=duration)
    return timedelta(days=duration * (7 if price_unit == "WEEK" else 1))


def _instant(day: date, time_of_day: str, zone: ZoneInfo, pointer: str) -> datetime:
    """The instant of a time by the clock at the branch. Problems: `invalid` for one that is none, or two."""
    if time_of_day == "24:00":
        day, time_of_day = day + timedelta(days=1), "00:00"
    local = datetime.combine(day, time.fromisoformat(time_of_day))
    meant = readings(local, zone)
    if len(meant) > 1:
        raise invalid(pointer, why_two(local, zone))
    return meant[0]


def require_duration(offering: Mapping[str, Any], period: Period) -> None:
    """Refuse what is shorter or longer than the vendor lets it for. Problems: `invalid`."""
    least, most = offering["min_booking_duration"], offering["max_booking_duration"]
    unit = offering["price_unit"].lower()
    pointer = "/endTime" if period.end is not None else "/duration"
    if period.duration < least:
        raise invalid(pointer, f"makes it shorter than {least} {unit}{'s' if least > 1 else ''}")
    if most is not None and period.duration > most:
        raise invalid(pointer, f"makes it longer than {most} {unit}{'s' if most > 1 else ''}")


def require_future(offering: Mapping[str, Any], period: Period, now: datetime) -> None:
    """Refuse the past, as it is seen at the branch: a time that has come; a day that is over. Problems: `invalid`."""
    if period.starts_at is not None:
        if period.starts_at <= now:
            raise invalid("/startTime", "is past")
    elif period.first < now.astimezone(ZoneInfo(offering["time_zone"])).date():
        raise invalid("/bookingDate", "is past")


def why_not_free(slots: Sequence[Slot], period: Period, quantity: int) -> str | None:
    """Why a period cannot be had of these slots, its own in order of time; None where it can.

    On each date the slots must cover the time without a gap, in which an hour that the clock skips is none; of whole
    days, there must be some, and none between them missing. Each must be unblocked, and have as many units.
    """
    by_date = {day: list(of_day) for day, of_day in groupby(slots, key=lambda slot: slot["date"])}
    day = period.first
    while day <= period.last:
        of_day = by_date.get(day)
        if not of_day or not _covers(of_day, period):
            return f"On {day} it is not offered for all of that time."
        day += timedelta(days=1)
    if any(slot["is_blocked"] for slot in slots):
        return "Some of that time is blocked."
    free = min(slot["available_units"] for slot in slots)
    return None if free >= quantity else f"Of {quantity}, {free} are free all that time."


def _covers(of_day: Sequence[Slot], period: Period) -> bool:
    return (
        all(one["ends_at"] == next_one["starts_at"] for one, next_one in pairwise(of_day))
        and (period.start is None or of_day[0]["start_time"] <= period.start)
        and (period.end is None or of_day[-1]["end_time"] >= period.end)
    )


def total_price(price_per_unit: Decimal, period: Period, quantity: int) -> Decimal:
    """The price, rounded half up, once: 10.55 an hour, 10:00 to 12:30, three of them, is 79.13.

    Problems: `invalid` where it comes to more than can be kept.
    """
    exact = Fraction(price_per_unit) * period.duration * quantity
    price = (Decimal(exact.numerator) / Decimal(exact.denominator)).quantize(CENT, ROUND_HALF_UP)
    if price > MOST_MONEY:
        raise invalid("/quantity", "comes to more than can be paid")
    return price


def hold_of(starts_at: datetime, now: datetime, *, is_online: bool) -> datetime:
    """Until when a booking waits: for its money a while; for the vendor's word, until it would begin."""
    return now + HOLD if is_online else max(starts_at, now + HOLD)


def party_of(booking: Mapping[str, Any], user_id: UUID, *, is_admin: bool) -> Party | None:
    """What somebody is to a booking, the most that they are; None for a stranger, to whom it is not there."""
    if is_admin:
        return "ADMIN"
    if user_id == booking["vendor_id"]:
        return "VENDOR"
    return "CUSTOMER" if user_id == booking["customer_id"] else None


def refund_of_cancellation(booking: Mapping[str, Any], now: datetime, party: Party) -> Decimal:
    """What of its price goes back. All of it where the vendor or an admin cancels, or the customer early enough."""
    price: Decimal = booking["total_price"]
    if party != "CUSTOMER" or now <= booking["starts_at"] - timedelta(hours=booking["free_cancel_hours"]):
        return price
    percent: int = booking["late_refund_percent"]
    return (price * percent / 100).quantize(CENT, ROUND_HALF_UP)


def settles(booking: Mapping[str, Any], amount: Decimal, currency: str) -> bool:
    """Whether money that has come online is what a booking waits for; what is not goes back."""
    return (
        booking["status"] == "PENDING"
        and booking["payment_method"] in PAID_ONLINE
        and (amount, currency) == (booking["total_price"], booking["currency"])
    )


_CARD_NUMBER = re.compile(r"(?<![0-9])[0-9](?:[ -]?[0-9]){12,18}(?![0-9])")
_OF_A_CARD = re.compile(
    r"number|pan|(card|account)(number|no)|exp.*|(cvc|cvv|csc|cid)2?|securitycode|track[0-9]?(data)?|pin"
)
_DEEPEST = 20


def without_card_data(told: Any, depth: int = 0) -> Any:
    """What a gateway tells without what could be used of a card: its number, its dates, its codes.

    Of a `card`, brand and last four digits stay; elsewhere, whatever could be a number of 13 to 19 digits goes.
    """
    if depth > _DEEPEST:
        return None
    if isinstance(told, Mapping):
        return {
            _without_numbers(key): without_card_data(
                _shown_of_card(value) if key.lower() == "card" else value, depth + 1
            )
            for key, value in told.items()
            if not _OF_A_CARD.fullmatch(re.sub(r"[^a-z0-9]", "", key.lower()))
        }
    if isinstance(told, list):
        return [without_card_data(part, depth + 1) for part in told]
    if isinstance(told, str):
        return _without_numbers(told)
    is_number = isinstance(told, int | float) and not isinstance(told, bool)
    return REMOVED if is_number and _CARD_NUMBER.search(f"{told:f}" if isinstance(told, float) else str(told)) else told


def _shown_of_card(card: Any) -> Any:
    return {key: card[key] for key in ("brand", "last4") if key in card} if isinstance(card, Mapping) else REMOVED


def _without_numbers(text: str) -> str:
    return _CARD_NUMBER.sub(REMOVED, text.replace("\x00", ""))


def require_publishable(zone: str, publication: Mapping[str, Any], capacity: int, now: datetime) -> None:
    """Refuse to publish days that are over, as seen at the branch, and more than there is. Problems: `invalid`."""
    if publication["from_date"] < now.astimezone(ZoneInfo(zone)).date():
        raise invalid("/fromDate", "is past")
    require_capacity(publication["total_units"], capacity)


def require_capacity(total_units: int, capacity: int) -> None:
    """Refuse more units than can be booked at a time. Problems: `invalid`."""
    if total_units > capacity:
        raise invalid("/totalUnits", f"is more than the {capacity} there are")


def require_branch_move(present: str, to: str) -> None:
    """Refuse what a branch cannot become. Problems: `illegal_transition`."""
    if to not in BRANCH_MOVES[present]:
        raise ILLEGAL_TRANSITION(f"The branch is {present}, and does not become {to}.")


def count_slots(publication: Mapping[str, Any]) -> int:
    """How many slots a publication names, whether or not they can be published."""
    first: date = publication["from_date"]
    days = [first + timedelta(days=n) for n in range((publication["to_date"] - first).days + 1)]
    chosen = sum(WEEKDAYS[day.weekday()] in (publication["weekdays"] or WEEKDAYS) for day in days)
    minutes = minutes_of(publication["end_time"]) - minutes_of(publication["start_time"])
    slots: int = chosen * (minutes // publication["slot_minutes"])
    return slots


def minutes_of(time_of_day: str) -> int:
    """The minutes from midnight to a time of day: 24:00 is 1440."""
    hours, minutes = time_of_day.split(":")
    return int(hours) * 60 + int(minutes)
