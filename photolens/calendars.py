"""Calendars as calendar programs read them (iCalendar, RFC 5545): events in UTC, text that stays text, stable bytes."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

import icalendar

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
    calendar = icalendar.Calendar()
    calendar.add("prodid", _PROGRAM)
    calendar.add("version", "2.0")
    calendar.add("method", "PUBLISH")
    # Twice: as RFC 7986 has it, and as most programs still do.
    calendar.add("name", _text(name))
    calendar.add("x-wr-calname", _text(name))
    calendar.add("refresh-interval", _REFRESH, parameters={"VALUE": "DURATION"})
    calendar.add("x-published-ttl", "PT1H")
    for event in events:
        calendar.add_component(_component(event))
    written: bytes = calendar.to_ical()
    return written


def _component(event: Event) -> icalendar.Event:
    component = icalendar.Event()
    component.add("uid", event.uid)
    component.add("dtstamp", event.changed_at.astimezone(UTC))
    component.add("last-modified", event.changed_at.astimezone(UTC))
    component.add("dtstart", event.starts_at.astimezone(UTC))
    component.add("dtend", event.ends_at.astimezone(UTC))
    component.add("summary", _text(event.summary))
    component.add("location", _text(event.location))
    if event.description:
        component.add("description", _text(event.description))
    component.add("status", "CONFIRMED" if event.is_confirmed else "TENTATIVE")
    return component


def _text(text: str) -> icalendar.vText:
    """Text whose line breaks, of whichever kind, are those that the library escapes: none of them ends a line."""
    return icalendar.vText("\n".join(text.splitlines()))
