"""What members of classes are told."""

from datetime import datetime
from zoneinfo import ZoneInfo

from photolens.database import Row

REFUNDED = " Your credits are back."
STILL_FREE = " Until it starts you can cancel for nothing."
STILL_WAITING = " You are still on the waiting list."

_NOTICES = {
    "CLASS_BOOKED": ("You have a place: {title}", "{title} on {when}."),
    "CLASS_CANCELLED": ("Cancelled: {title}", "{title} on {when} {what}.{more}"),
    "CLASS_MOVED": ("Another time: {title}", "{title} is now on {when}.{more}"),
    "CLASS_REMINDER": ("{soon}: {title}", "{title} is on {when}."),
    "CLASS_PROMOTED": ("You have a place: {title}", "A place came free: you are in {title} on {when}, and it is paid."),
    "CLASS_OFFERED": ("A place for you: {title}", "A place came free in {title} on {when}. Book it within 15 minutes."),
    "CLASS_OUT_OF_REACH": (
        "A place you could not have: {title}",
        "A place came free in {title} on {when}. {reason} You are still on the waiting list.",
    ),
}

_OF_INDUCTIONS = {
    "INDUCTION_CONFIRMED": ("Confirmed: induction at {gym}", "The induction at {gym} on {when} is confirmed."),
    "INDUCTION_CHANGED": ("Changed: induction at {gym}", "The induction at {gym} is now on {when}."),
    "INDUCTION_CANCELLED": ("Cancelled: induction at {gym}", "The induction at {gym} on {when} will not take place."),
}

# It goes out by e-mail and text as well: what was decided is read by whoever has signed in.
PARQ_DECIDED = ("Your questionnaire has been read", "Sign in to see what was decided.")


def notice(kind: str, session: Row, **words: str) -> tuple[str, str]:
    """Title and body of a notice about a session, whose `time_zone` is its gym's."""
    title, body = _NOTICES[kind]
    values = {"title": session["title"], "when": _when(session["start_time"], session["time_zone"]), **words}
    return title.format(**values), body.format(**values)


def soon_by_a_day(start_time: datetime, now: datetime, time_zone: str) -> str:
    """When a class is that starts within a day, by the calendar at its gym: Today, Tomorrow; or by its weekday.

    For the day on which the clocks are put forward has 23 hours: 24 hours after its eve may be the day after it.
    """
    day, today = (instant.astimezone(ZoneInfo(time_zone)).date() for instant in (start_time, now))
    return {0: "Today", 1: "Tomorrow"}.get((day - today).days, f"On {day:%A}")


def soon_by_an_hour(start_time: datetime, now: datetime) -> str:
    """When a class is that starts within an hour: as a rule, in one."""
    minutes = max(1, round((start_time - now).total_seconds() / 60))
    if minutes >= 55:
        return "In an hour"
    return "In a minute" if minutes == 1 else f"In {minutes} minutes"


def induction_notice(deed: str, induction: Row) -> tuple[str, str]:
    """Title and body of a notice about an induction, as it is shown."""
    title, body = _OF_INDUCTIONS[deed]
    values = {"gym": induction["gymName"], "when": _when(induction["startTime"], induction["timeZone"])}
    return title.format(**values), body.format(**values)


def _when(start_time: datetime, time_zone: str) -> str:
    return start_time.astimezone(ZoneInfo(time_zone)).strftime("%A %-d %B, %H:%M")


def grant_notice(subscription: Row) -> tuple[str, str]:
    """Title and body of a notice that a subscription, locked, has brought its credits."""
    number, plan = subscription["credits_per_period"], subscription["plan_name"]
    credits = "1 credit" if number == 1 else f"{number} credits"
    return f"{credits} of {plan}", f"Your subscription to {plan} has brought you {credits}, for this period."


_SUBSCRIPTION = {
    "ACTIVE": ("Subscribed: {plan}", "Your subscription to {plan} is running."),
    "PAST_DUE": ("Not paid: {plan}", "The payment for {plan} has failed. It brings credits again once it is paid."),
    "CANCELLED": ("Ended: {plan}", "Your subscription to {plan} has ended."),
    "ENDING": ("Ending: {plan}", "Your subscription to {plan} ends with the period that it is in."),
}


def subscription_notice(status: str, subscription: Row) -> tuple[str, str]:
    """Title and body of a notice of what a subscription, locked, has come to; ENDING, that it ends with its period."""
    title, body = _SUBSCRIPTION[status]
    return title.format(plan=subscription["plan_name"]), body.format(plan=subscription["plan_name"])
