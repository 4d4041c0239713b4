"""How the portal's pages write amounts, days and states."""

from datetime import date, datetime
from decimal import Decimal
from zoneinfo import ZoneInfo

from photolens.currencies import written

_MOODS = {
    "PAID": "good",
    "DELIVERED": "good",
    "COMPLETED": "good",
    "OVERDUE": "bad",
    "SENT": "warn",
    "PARTIALLY_PAID": "warn",
    "PARTIAL": "warn",
    "IN_REVIEW": "warn",
}
_WORDS = {"SENT": "To be paid", "PENDING": "Waiting", "SCHEDULED": "Booked", "VOID": "Cancelled"}


def money(amount: Decimal | str, currency: str) -> str:
    """`1250`, USD → `USD 1,250.00`. A currency without smaller units is written without any where there are none."""
    return f"{currency}\N{NO-BREAK SPACE}{written(Decimal(amount), currency)}"


def number(value: float | Decimal) -> str:
    """`1.0` → `1`, `8.875` → `8.875`: a quantity or a rate, with no more decimals than it has."""
    return f"{Decimal(str(value)).normalize():f}"


def day(value: date | str | None) -> str:
    """`2026-11-20` → `20 November 2026`; nothing for no day."""
    if value is None:
        return ""
    that = date.fromisoformat(value) if isinstance(value, str) else value
    return f"{that.day} {that:%B %Y}"


def moment(value: datetime | str, time_zone: str) -> str:
    """An instant by the studio's clock: `20 November 2026, 14:30`."""
    instant = datetime.fromisoformat(value) if isinstance(value, str) else value
    local = instant.astimezone(ZoneInfo(time_zone))
    return f"{day(local.date())}, {local:%H:%M}"


def words(name: str) -> str:
    """`PARTIALLY_PAID` → `Partially paid`, `currentPassword` → `Current password`: a state, or a field of a form."""
    if name in _WORDS:
        return _WORDS[name]
    parted = "".join(f" {letter.lower()}" if letter.isupper() else letter for letter in name)
    return (parted if name != name.upper() else name.replace("_", " ").lower()).strip().capitalize()


def mood(state: str) -> str:
    """How a state is coloured; its words say it too."""
    return _MOODS.get(state, "")
