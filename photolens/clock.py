"""The clock on the studio's wall: what a local time means where summer time begins and ends.

In the hour that is skipped a local time does not exist; in the one that comes again it is two instants. Neither is
guessed at: whoever asks is told both readings.
"""

from datetime import UTC, datetime
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

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


def why_two(local: datetime, zone: ZoneInfo) -> str:
    """Why a local time has two readings: it lies in the hour that is skipped, or in the one that comes again."""
    there = local.replace(tzinfo=zone).astimezone(UTC).astimezone(zone)
    is_missing = there.replace(tzinfo=None, fold=0) != local
    return f"{'does not exist' if is_missing else 'comes twice'} in {zone.key}, where the clocks are changed"


def rfc3339(instant: datetime) -> str:
    """An instant as the API's JSON has it: `2027-03-14T06:30:00Z`."""
    return instant.astimezone(UTC).isoformat().replace("+00:00", "Z")
