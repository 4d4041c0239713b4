"""What the assistant understands of plain English."""

from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from photolens.spaces.wording import Wish, place_named, reply, understood

TODAY = date(2040, 1, 2)  # a Monday


@pytest.mark.parametrize(
    ("text", "understanding"),
    [
        ("A hot desk, please", {"service": "HOT_DESK"}),
        ("a place for a conference", {"service": "MEETING_ROOM"}),
        ("an office with a window", {"service": "PRIVATE_OFFICE", "words": ("window",)}),
        ("three desks", {"service": "HOT_DESK", "quantity": 3}),
        ("2 quiet hot desks", {"service": "HOT_DESK", "quantity": 2, "words": ("quiet",)}),
        ("a desk for 4 people", {"service": "HOT_DESK", "quantity": 4}),
        ("a desk for two", {"service": "HOT_DESK", "quantity": 2}),
        ("a meeting room for 8 people", {"service": "MEETING_ROOM"}),
        ("desk today", {"service": "HOT_DESK", "day": TODAY}),
        ("desk tomorrow", {"service": "HOT_DESK", "day": date(2040, 1, 3)}),
        ("desk the day after tomorrow", {"service": "HOT_DESK", "day": date(2040, 1, 4)}),
        ("desk on Monday", {"service": "HOT_DESK", "day": date(2040, 1, 9)}),
        ("desk on friday", {"service": "HOT_DESK", "day": date(2040, 1, 6)}),
        ("desk 2040-02-29", {"service": "HOT_DESK", "day": date(2040, 2, 29)}),
        ("desk 2040-02-30", {"service": "HOT_DESK"}),
        ("desk from 10 to 12", {"service": "HOT_DESK", "day": TODAY, "start_time": "10:00", "end_time": "12:00"}),
        ("desk 9:30-11:00", {"service": "HOT_DESK", "day": TODAY, "start_time": "09:30", "end_time": "11:00"}),
        ("desk between 2 and 4pm", {"service": "HOT_DESK", "day": TODAY, "start_time": "14:00", "end_time": "16:00"}),
        ("desk under 20", {"service": "HOT_DESK", "price_max": Decimal(20)}),
        (
            "desk for at most $7.50 per hour",
            {"service": "HOT_DESK", "price_max": Decimal("7.50"), "price_unit": "HOUR"},
        ),
        ("desk daily", {"service": "HOT_DESK", "price_unit": "DAY", "words": ("daily",)}),
        ("the cheapest desk", {"service": "HOT_DESK", "is_cheapest_first": True}),
        ("hello", {"words": ("hello",)}),
        ("'; drop table branches; --", {"words": ("branches", "drop", "table")}),
    ],
)
def test_a_wish_is_read_from_what_is_written(text: str, understanding: dict[str, Any]) -> None:
    assert understood(text, TODAY) == Wish(**understanding)


@pytest.mark.parametrize(
    ("text", "place"), [("a desk in Berlin", "Berlin"), ("in New York today", "New York"), ("in the morning", None)]
)
def test_a_place_is_what_is_named_after_in(text: str, place: str | None) -> None:
    assert place_named(text) == place


def test_a_reply_says_what_is_free_or_that_nothing_is() -> None:
    found = {"label": "Garden desk", "branchName": "Rainbow Court", "city": "Amman", "pricePerUnit": "3.25"}
    slot = {"priceUnit": "HOUR", "date": "2040-01-03", "startTime": "09:00", "endTime": "10:00"}
    wish = understood("two desks tomorrow", TODAY)

    assert reply(wish, "Amman", [found | slot]) == (
        "I found a hot desk with 2 units free in Amman on 2040-01-03. "
        "The first is Garden desk at Rainbow Court, Amman: 3.25 per hour, free on 2040-01-03 from 09:00 to 10:00."
    )
    assert reply(wish, None, []) == (
        "I found no hot desk with 2 units free on 2040-01-03 that is free. Try another day, city or price."
    )
