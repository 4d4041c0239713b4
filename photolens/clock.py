"""The clock on the studio's wall: what a local time means where summer time begins and ends.

In the hour that is skipped a local time does not exist; in the one that comes again it is two instants. Neither is
guessed at: whoever asks is told both readings.
"""

from datetime import UTC, datetime
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from photolens.problems import invalid

WEEKDAYS = ("MONDAY", "TUESDAY", "WEDNESDAY", "THURSDAY", "FRIDAY", "SATURDAY", "SUNDAY")


def find_zone(name: str) -> ZoneInfo | None:
    """The time zone of an IANA name, or None."""
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        return None


def readings(local: datetime, zone: ZoneInfo) -> list[datetime]:
    """The instants that a local time may mean, earliest first: one, or two where it is missing or comes twice.

    02:30 on 14 March 2027 in New York, where 02:00 is followed by 03:00, reads as 01:30 EST or 03:30 EDT.
    """
    return sorted({local.replace(tzinfo=zone, fold=fold).astimezone(UTC) for fold in (0, 1)})


def is_missing(local: datetime, zone: ZoneInfo) -> bool:
    """Whether a local time lies in the hour that is skipped."""
    there = local.replace(tzinfo=zone).astimezone(UTC).astimezone(zone)
    return there.replace(tzinfo=None, fold=0) != local


def instant_of(local: datetime, zone: ZoneInfo, pointer: str) -> datetime:
    """The one instant that a local time means. Raises `invalid`, with both readings, where there are two."""
    meant = readings(local, zone)
    if len(meant) > 1:
        how = "does not exist" if is_missing(local, zone) else "comes twice"
        detail = f"{how} in {zone.key}, where the clocks are changed: say which instant is meant"
        raise invalid(pointer, detail, readings=[instant.isoformat().replace("+00:00", "Z") for instant in meant])
    return meant[0]
