"""Settings: what the whole studio agrees on, and what follows from it."""

from datetime import date, timedelta
from typing import Any

import pytest

from tests.client import ApiClient
from tests.factories import Factory

PARIS = {"currency": "EUR", "timeZone": "Europe/Paris", "invoicePrefix": "F-2027-", "defaultDueDays": 30}


def test_a_new_studio_has_settings(api: ApiClient) -> None:
    settings = api.get("/settings").body

    assert (settings["currency"], settings["timeZone"]) == ("USD", "UTC")
    assert (settings["invoicePrefix"], settings["defaultDueDays"]) == ("INV-", 14)


def test_settings_are_replaced_as_a_whole(api: ApiClient) -> None:
    replaced = api.put("/settings", PARIS)

    assert replaced.status == 200
    assert replaced.body | PARIS == replaced.body
    assert api.get("/settings").body == replaced.body


@pytest.mark.parametrize("field", PARIS)
def test_settings_are_never_replaced_in_part(api: ApiClient, field: str) -> None:
    before = api.get("/settings").body

    refused = api.put("/settings", {name: value for name, value in PARIS.items() if name != field})

    assert refused.status == 422
    assert [fault["pointer"] for fault in refused.body["errors"]] == [f"/{field}"]
    assert api.get("/settings").body == before


@pytest.mark.parametrize(
    "time_zone", ["Mars/Phobos", "Studio+3", "UTC+1", "+01:00", "europe/paris", "Europe/Paris'", "x" * 61]
)
def test_a_time_zone_that_is_not_known_is_refused(api: ApiClient, time_zone: str) -> None:
    before = api.get("/settings").body

    refused = api.put("/settings", PARIS | {"timeZone": time_zone})

    assert refused.status == 422
    assert [fault["pointer"] for fault in refused.body["errors"]] == ["/timeZone"]
    assert api.get("/settings").body == before


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("currency", "eur"),
        ("currency", "EURO"),
        ("currency", "€"),
        ("currency", None),
        ("invoicePrefix", ""),
        ("invoicePrefix", "x" * 21),
        ("defaultDueDays", -1),
        ("defaultDueDays", 366),
        ("defaultDueDays", "14"),
        ("defaultDueDays", 1.5),
    ],
)
def test_a_setting_that_cannot_be_meant_is_refused(api: ApiClient, field: str, value: Any) -> None:
    refused = api.put("/settings", PARIS | {field: value})

    assert refused.status == 422
    assert [fault["pointer"] for fault in refused.body["errors"]] == [f"/{field}"]


def test_new_invoices_follow_the_currency_and_old_ones_keep_theirs(api: ApiClient, make: Factory) -> None:
    old = make.invoice()
    api.put("/settings", PARIS)

    new = make.invoice()

    assert (old["currency"], new["currency"]) == ("USD", "EUR")
    assert api.get(f"/invoices/{old['id']}").body["currency"] == "USD"


def test_invoices_are_numbered_by_the_prefix_of_the_day_they_are_sent(api: ApiClient, make: Factory) -> None:
    first, second = make.sent_invoice(), make.invoice()
    api.put("/settings", PARIS)

    sent = api.post(f"/invoices/{second['id']}/send").body

    assert (first["invoiceNumber"], sent["invoiceNumber"]) == ("INV-00001", "F-2027-00002")
    assert api.get(f"/invoices/{first['id']}").body["invoiceNumber"] == "INV-00001"


@pytest.mark.parametrize("days", [0, 30, 365])
def test_new_invoices_are_due_after_as_many_days(api: ApiClient, make: Factory, days: int) -> None:
    api.put("/settings", PARIS | {"defaultDueDays": days})

    invoice = make.invoice()

    assert date.fromisoformat(invoice["dueDate"]) - date.fromisoformat(invoice["issueDate"]) == timedelta(days)


def test_today_is_the_studios_day_and_not_the_servers(api: ApiClient, make: Factory) -> None:
    api.put("/settings", PARIS | {"timeZone": "Pacific/Kiritimati"})  # 14 hours before UTC
    first_to_see_the_day = make.invoice()
    api.put("/settings", PARIS | {"timeZone": "Pacific/Pago_Pago"})  # 11 hours behind it
    last_to_see_the_day = make.invoice()

    assert first_to_see_the_day["issueDate"] > last_to_see_the_day["issueDate"]


def test_a_change_is_told_in_the_feed(api: ApiClient) -> None:
    api.put("/settings", PARIS)

    [deed] = api.get("/activities").body["data"]

    assert (deed["kind"], deed["subjectType"]) == ("SETTINGS_CHANGED", "SETTINGS")
