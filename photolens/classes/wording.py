"""What members of classes are told."""

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


def notice(kind: str, session: Row, **words: str) -> tuple[str, str]:
    """Title and body of a notice about a session, whose `time_zone` is its gym's."""
    when = session["start_time"].astimezone(ZoneInfo(session["time_zone"])).strftime("%A %-d %B, %H:%M")
    title, body = _NOTICES[kind]
    values = {"title": session["title"], "when": when, **words}
    return title.format(**values), body.format(**values)
