"""Settings: what the whole studio agrees on, and what follows from it."""

from datetime import date, timedelta
from typing import Any

import pytest

from photolens.platform.actions import settings
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


# What is not needed of a studio


WEEK = [{"weekday": day, "opensAt": "10:00", "closesAt": "16:30"} for day in ("TUESDAY", "SATURDAY")]
WHOLE: dict[str, Any] = {
    **PARIS,
    "invoiceFooter": "IBAN FR76 3000 6000 0112 3456 7890 189\nMerci !",
    "companyName": "Atelier Lumière",
    "companyAddress": "4 rue de Sèvres\n75006 Paris",
    "companyEmail": "bonjour@lumiere.example",
    "logoUrl": "https://lumiere.example/logo.svg",
    "remindersEnabled": True,
    "reminderIntervalDays": 14,
    "highValueThreshold": "7500.50",
    "workingHours": WEEK,
}
USUAL: dict[str, Any] = {
    "invoiceFooter": None,
    "companyName": None,
    "companyAddress": None,
    "companyEmail": None,
    "logoUrl": None,
    "remindersEnabled": False,
    "reminderIntervalDays": 7,
    "highValueThreshold": "5000.00",
    "workingHours": [
        {"weekday": day, "opensAt": "09:00", "closesAt": "18:00"}
        for day in ("MONDAY", "TUESDAY", "WEDNESDAY", "THURSDAY", "FRIDAY", "SATURDAY")
    ],
}


def test_a_new_studio_has_the_usual_settings_and_so_has_one_that_leaves_them_out(api: ApiClient) -> None:
    at_first = api.get("/settings").body
    whole = api.put("/settings", WHOLE).body
    left_out = api.put("/settings", PARIS).body

    assert at_first | USUAL == at_first
    assert whole | WHOLE == whole
    assert left_out | PARIS | USUAL == left_out
    assert api.get("/settings").body == left_out


def test_working_hours_are_told_from_monday_on_and_a_day_that_is_absent_is_closed(api: ApiClient) -> None:
    night = {"weekday": "SUNDAY", "opensAt": "00:00", "closesAt": "24:00"}

    replaced = api.put("/settings", WHOLE | {"workingHours": [night, *reversed(WEEK)]})
    closed = api.put("/settings", WHOLE | {"workingHours": []})

    assert replaced.body["workingHours"] == [*WEEK, night]
    assert (closed.status, closed.body["workingHours"]) == (200, [])


@pytest.mark.parametrize(
    ("hours", "pointer"),
    [
        ([*WEEK, WEEK[0]], "/workingHours/2/weekday"),
        ([WEEK[0] | {"closesAt": "10:00"}], "/workingHours/0/closesAt"),
        ([WEEK[0] | {"closesAt": "09:59"}], "/workingHours/0/closesAt"),
        ([WEEK[0] | {"opensAt": "24:00", "closesAt": "24:00"}], "/workingHours/0/closesAt"),
        ([WEEK[0] | {"opensAt": "9:00"}], "/workingHours/0/opensAt"),
        ([WEEK[0] | {"closesAt": "24:01"}], "/workingHours/0/closesAt"),
        ([WEEK[0] | {"weekday": "tuesday"}], "/workingHours/0/weekday"),
        ([{"weekday": "MONDAY", "opensAt": "09:00"}], "/workingHours/0/closesAt"),
        ([WEEK[0] | {"isOpen": True}], "/workingHours/0/isOpen"),
        ([["MONDAY", "09:00", "18:00"]], "/workingHours/0"),
        ("always", "/workingHours"),
        (None, "/workingHours"),
    ],
)
def test_working_hours_that_cannot_be_kept_are_refused(api: ApiClient, hours: Any, pointer: str) -> None:
    refused = api.put("/settings", WHOLE | {"workingHours": hours})

    assert refused.status == 422
    assert [fault["pointer"] for fault in refused.body["errors"]] == [pointer]


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("companyName", ""),
        ("companyEmail", "at lumiere"),
        ("logoUrl", "javascript:alert(1)"),
        ("invoiceFooter", "x" * 2001),
        ("remindersEnabled", "yes"),
        ("remindersEnabled", None),
        ("reminderIntervalDays", 0),
        ("reminderIntervalDays", 366),
        ("highValueThreshold", 5000),
        ("highValueThreshold", "-1.00"),
        ("highValueThreshold", "1.001"),
    ],
)
def test_what_a_studio_says_of_itself_is_checked(api: ApiClient, field: str, value: Any) -> None:
    refused = api.put("/settings", WHOLE | {field: value})

    assert refused.status == 422
    assert [fault["pointer"] for fault in refused.body["errors"]] == [f"/{field}"]


def test_settings_sent_as_they_are_change_nothing(api: ApiClient) -> None:
    changed = api.put("/settings", WHOLE)

    again = api.put("/settings", WHOLE | {"workingHours": WEEK[::-1], "highValueThreshold": "7500.5"})

    assert again.headers["ETag"] == changed.headers["ETag"]
    assert len(api.get("/activities").body["data"]) == 1


@pytest.mark.parametrize("hours", [WEEK[:1], [WEEK[0] | {"closesAt": "16:31"}, WEEK[1]], []])
def test_working_hours_alone_are_a_change_too(api: ApiClient, hours: Any) -> None:
    read = api.put("/settings", WHOLE).headers["ETag"]

    changed = api.put("/settings", WHOLE | {"workingHours": hours}, headers={"If-Match": read})
    late = api.put("/settings", WHOLE, headers={"If-Match": read})

    assert (changed.status, changed.body["workingHours"]) == (200, hours)
    assert (late.status, late.body["code"]) == (412, "precondition_failed")
    assert len(api.get("/activities").body["data"]) == 2


def test_a_time_zone_that_only_postgresql_knows_is_refused(api: ApiClient, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(settings, "find_zone", lambda name: None)

    refused = api.put("/settings", PARIS)

    assert [fault["pointer"] for fault in refused.body["errors"]] == ["/timeZone"]
