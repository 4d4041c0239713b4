"""What members of classes are told."""

from datetime import datetime
from zoneinfo import ZoneInfo

from photolens.database import Row

_NOTICES = {
    "CLASS_BOOKED": ("You have a place: {title}", "{title} on {when}."),
    "CLASS_CANCELLED": ("Cancelled: {title}", "{title} on {when} will not take place. Your credits are back."),
    "CLASS_MOVED": ("Another time: {title}", "{title} is now on {when}. Until it starts you can cancel for nothing."),
    "CLASS_REMINDER": ("Soon: {title}", "{title} is on {when}."),
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
