"""What people ask the assistant in plain English, and how it puts what was found. From values alone.

It understands a kind of space, how many, a day, a time from one hour to another, a highest price, and whether the
cheapest is wanted; what is left are words to look for.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

DAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
AHEAD = timedelta(days=14)  # of which days it is looked for where none is named
MOST_UNITS = 10_000

_NUMBER_WORDS = ("one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve")
_NUMBERS = {word: number for number, word in enumerate(_NUMBER_WORDS, 1)}
_NUMBER = r"\b(?P<number>\d{1,4}|" + "|".join(_NUMBERS) + ")"
_KINDS = {
    "MEETING_ROOM": r"meeting|conference|board ?room|\brooms?\b",
    "PRIVATE_OFFICE": r"\boffices?\b",
    "HOT_DESK": r"\bdesks?\b|\bhot.?desk|co-?working|\bseats?\b",
}
_NAMES = {"MEETING_ROOM": "meeting room", "PRIVATE_OFFICE": "private office", "HOT_DESK": "hot desk"}
_UNITS = re.compile(_NUMBER + r"\s+(?:[a-z-]+\s+){0,2}?(?:desks?|offices?|rooms?|units?)\b")
_PEOPLE = re.compile(
    _NUMBER
    + r"\s+(?:people|persons?|colleagues|of us|seats?|places?)\b|\bfor "
    + _NUMBER.replace("number", "group")
    + r"\b(?!\s*(?::|am|pm|hours?|days?|weeks?|months?|desks?|offices?|rooms?|units?))"
)
_PRICE = re.compile(
    r"(?:under|below|less than|cheaper than|up to|at most|max(?:imum)?(?: of)?|no more than)\s*"
    r"(?:[$€£]|[a-z]{3}\s)?\s*(\d{1,8}(?:\.\d{1,2})?)"
)
_PRICE_UNIT = re.compile(r"(?:per|by the|/)\s*(hour|day|week|month)\b|\b(hour|dai|week|month)ly\b")
_DATE = re.compile(r"\b(\d{4})-(\d{2})-(\d{2})\b")
_CLOCK = r"(\d{1,2})(?::([0-5]\d))?\s*(am|pm)?"
_TIMES = re.compile(rf"(from |between )?\b{_CLOCK}\s*(?:-|–|to|until|till|and)\s*{_CLOCK}\b")
_PLACE = re.compile(r"\b[Ii]n ((?:[A-Z][\w'-]+)(?: [A-Z][\w'-]+)*)")
_WORD = re.compile(r"[a-z]{3,30}")
_PLAIN_WORDS = """
the and for with from until till between can you have any there what which please need want looking find show
get book free available space spaces place somewhere hot desk desks office offices meeting room rooms
conference private people person persons today tomorrow after day days hour hours week weeks month months per
under below less than most max maximum cheap cheapest cheaper price lowest next this that some something are
was will would like near
"""
_PLAIN = frozenset([*_PLAIN_WORDS.split(), *DAYS, *_NUMBERS])


@dataclass(frozen=True)
class Wish:
    """What somebody looks for; None where they do not say. Times are text, 00:00 to 24:00."""

    service: str | None = None
    quantity: int | None = None
    day: date | None = None
    start_time: str | None = None
    end_time: str | None = None
    price_max: Decimal | None = None
    price_unit: str | None = None
    is_cheapest_first: bool = False
    words: tuple[str, ...] = ()


def understood(text: str, today: date) -> Wish:
    """What a text asks for, on a day that is today where it is looked for.

    Of rooms and offices, how many people come says nothing of how many are needed.
    """
    lower = text.lower()
    service = next((kind for kind, pattern in _KINDS.items() if re.search(pattern, lower)), None)
    start, end = _times(_DATE.sub(" ", lower))
    day = _day(lower, today)
    price, unit = _PRICE.search(lower), _PRICE_UNIT.search(lower)
    return Wish(
        service=service,
        quantity=_quantity(_PRICE.sub(" ", _TIMES.sub(" ", _DATE.sub(" ", lower))), service),
        day=today if day is None and start is not None else day,
        start_time=start,
        end_time=end,
        price_max=Decimal(price[1]) if price else None,
        price_unit={"DAI": "DAY"}.get(word := (unit[1] or unit[2]).upper(), word) if unit else None,
        is_cheapest_first=re.search(r"\bcheap(est)?\b|\blowest\b", lower) is not None,
        words=tuple(sorted(set(_WORD.findall(lower)) - _PLAIN)),
    )


def place_named(text: str) -> str | None:
    """What a text calls a place: "in Lisbon"."""
    match = _PLACE.search(text)
    return match[1] if match and match[1].lower() not in DAYS else None


def _quantity(lower: str, service: str | None) -> int | None:
    match = _UNITS.search(lower)
    if match is None and service in (None, "HOT_DESK"):
        match = _PEOPLE.search(lower)
    if match is None:
        return None
    word = match["number"] or match["group"]
    number = _NUMBERS.get(word) or int(word)
    return min(max(number, 1), MOST_UNITS)


def _day(lower: str, today: date) -> date | None:
    if match := _DATE.search(lower):
        try:
            return date(int(match[1]), int(match[2]), int(match[3]))
        except ValueError:
            return None
    if "day after tomorrow" in lower:
        return today + timedelta(days=2)
    if "tomorrow" in lower:
        return today + timedelta(days=1)
    if "today" in lower or "tonight" in lower:
        return today
    named = next((number for number, name in enumerate(DAYS) if re.search(rf"\b{name}\b", lower)), None)
    return None if named is None else today + timedelta(days=(named - today.weekday() - 1) % 7 + 1)


def _times(lower: str) -> tuple[str | None, str | None]:
    for match in _TIMES.finditer(lower):
        begins, hour, minute, half, to_hour, to_minute, to_half = match.groups()
        if begins or minute or half or to_minute or to_half:
            end = _clock(to_hour, to_minute, to_half)
            start = _clock(hour, minute, half or (to_half if int(hour) < int(to_hour) else None))
            if start is not None and end is not None and start < end:
                return start, end
    return None, None


def _clock(hour: str, minute: str | None, half: str | None) -> str | None:
    hours = int(hour)
    if half is not None and 1 <= hours <= 12:
        hours = hours % 12 + (12 if half == "pm" else 0)
    return f"{hours:02}:{minute or '00'}" if hours < 24 else None


def reply(wish: Wish, city: str | None, found: Sequence[Mapping[str, Any]]) -> str:
    """One or two sentences: what was found, or what was not."""
    what = _NAMES[wish.service] if wish.service else "space"
    asked = " ".join(filter(None, (f"in {city}" if city else "", _when(wish), _most(wish))))
    several = f" with {wish.quantity} units free" if (wish.quantity or 1) > 1 else ""
    if not found:
        return f"I found no {what}{several}{' ' if asked else ''}{asked} that is free. Try another day, city or price."
    first = found[0]
    count = f"a {what}" if len(found) == 1 else f"{len(found)} {what}s"
    article = "The cheapest" if wish.is_cheapest_first else "The first"
    return (
        f"I found {count}{several}{' ' if asked else ''}{asked}. "
        f"{article} is {first['label']} at {first['branchName']}, {first['city']}: "
        f"{first['pricePerUnit']} per {first['priceUnit'].lower()}, "
        f"free on {first['date']} from {first['startTime']} to {first['endTime']}."
    )


def _when(wish: Wish) -> str:
    day = f"on {wish.day}" if wish.day else "within two weeks"
    return f"{day} from {wish.start_time} to {wish.end_time}" if wish.start_time else day


def _most(wish: Wish) -> str:
    return f"for at most {wish.price_max}" if wish.price_max is not None else ""
