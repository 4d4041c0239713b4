"""Calendars as calendar programs read them (iCalendar, RFC 5545): events in UTC, text that stays text, stable bytes."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

MIMETYPE = "text/calendar"

_PROGRAM = "-//Photolens//Photolens//EN"
_REFRESH = timedelta(hours=1)


@dataclass(frozen=True)
class Event:
    """Something that takes a time; tentative until it is confirmed. The uid is its own for ever."""

    uid: str
    summary: str
    location: str
    description: str
    starts_at: datetime
    ends_at: datetime
    is_confirmed: bool
    changed_at: datetime


def to_icalendar(name: str, events: Iterable[Event]) -> bytes:
    """A published calendar of this name. What is the same is the same bytes: an event is stamped by its last change."""
    import icalendar  # long to read, and no start waits for it

    calendar = icalendar.Calendar()
    calendar.add("prodid", _PROGRAM)
    calendar.add("version", "2.0")
    calendar.add("method", "PUBLISH")
    # Twice: as RFC 7986 has it, and as most programs still do.
    calendar.add("name", icalendar.vText(_text(name)))
    calendar.add("x-wr-calname", icalendar.vText(_text(name)))
    calendar.add("refresh-interval", _REFRESH, parameters={"VALUE": "DURATION"})
    calendar.add("x-published-ttl", "PT1H")
    for event in events:
        component = icalendar.Event()
        for property_name, value in _properties(event).items():
            component.add(property_name, value)
        calendar.add_component(component)
    written: bytes = calendar.to_ical()
    return written


def _properties(event: Event) -> dict[str, Any]:
    properties = {
        "uid": event.uid,
        "dtstamp": event.changed_at.astimezone(UTC),
        "last-modified": event.changed_at.astimezone(UTC),
        "dtstart": event.starts_at.astimezone(UTC),
        "dtend": event.ends_at.astimezone(UTC),
        "summary": _text(event.summary),
        "location": _text(event.location),
        "status": "CONFIRMED" if event.is_confirmed else "TENTATIVE",
    }
    return properties | ({"description": _text(event.description)} if event.description else {})


def _text(text: str) -> str:
    """Text whose line breaks, of whichever kind, are those that the library escapes: none of them ends a line."""
    return "\n".join(text.splitlines())
