"""Calendars to subscribe to: who may make a link, what it opens, and what a calendar program makes of what is there."""

import logging
import re
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import parse_qs, urlsplit

import icalendar
import pytest
import vobject

from photolens.database import Connection
from photolens.studio.screens import calendars as screens
from tests.client import PREFIX, Answer, ApiClient
from tests.contracts.roles import join_team
from tests.factories import Factory, instant

OTHER_WORDS = 'Say "hi"; bring a, b\\c\nGrüße 💐\r\nEND:VEVENT\nBEGIN:VEVENT\rX:1\u2028DTSTART:19700101T000000Z'


@pytest.fixture
def maya(make: Factory) -> dict[str, Any]:
    return make.staff(name="Maya Osei", email="maya@lumenhall.example")


def link_to(api: ApiClient, member: dict[str, Any]) -> str:
    """The address of a new link to a member's calendar, below the API's."""
    made = api.post(f"/staff/{member['id']}/calendar-link")
    assert made.status == 201, made.body
    return path_of(made.body["url"])


def path_of(url: str) -> str:
    parts = urlsplit(url)
    return f"{parts.path.removeprefix(PREFIX)}?{parts.query}"


def read(api: ApiClient, address: str, **options: Any) -> Answer:
    """What a calendar program is answered, which has no token but that of the address."""
    return api.by_token(None).get(address, **options)


def sessions(api: ApiClient, address: str) -> list[icalendar.Component]:
    answer = read(api, address)
    assert answer.status == 200, answer.body
    return list(icalendar.Calendar.from_ical(answer.body).walk("VEVENT"))


def is_gone(api: ApiClient, address: str) -> bool:
    return read(api, address).status == 404


# The link


@pytest.mark.parametrize("role", ["EDITOR", "FINANCE"])
def test_whose_role_is_shown_no_bookings_has_no_calendar(
    api: ApiClient, conn: Connection, make: Factory, maya: dict[str, Any], role: str
) -> None:
    address = link_to(api, maya)
    conn.execute("update staff_members set role = %s where id = %s", [role, maya["id"]])

    refused = api.post(f"/staff/{maya['id']}/calendar-link")

    assert (refused.status, refused.body["code"]) == (409, "no_calendar")
    assert is_gone(api, address)


def test_a_link_is_shown_once_and_opens_the_calendar_to_whoever_has_it(api: ApiClient, maya: dict[str, Any]) -> None:
    made = api.post(f"/staff/{maya['id']}/calendar-link")

    link = api.get(f"/staff/{maya['id']}/calendar-link")
    [token] = parse_qs(urlsplit(made.body["url"]).query)["token"]
    assert made.headers["Location"] == f"{PREFIX}/staff/{maya['id']}/calendar-link"
    assert made.body["url"] == f"http://localhost{PREFIX}/staff/{maya['id']}/calendar.ics?token={token}"
    assert len(token) == 43
    assert link.body == {"staffId": maya["id"], "createdAt": made.body["createdAt"]}
    calendar = read(api, path_of(made.body["url"]))
    assert (calendar.status, calendar.headers["Content-Type"]) == (200, "text/calendar; charset=utf-8")
    [deed] = api.get("/activities", query_string={"subjectType": "STAFF", "limit": 1}).body["data"]
    assert (deed["kind"], deed["subjectId"]) == ("CALENDAR_LINK_CREATED", maya["id"])
    assert token not in str(deed)


def test_whatever_is_wrong_with_a_link_it_is_answered_as_none_is(
    api: ApiClient, make: Factory, maya: dict[str, Any]
) -> None:
    older = link_to(api, maya)
    newer = link_to(api, maya)
    others = link_to(api, make.staff())
    address, _, right = newer.partition("?token=")
    tokens = [None, "wrong", "x" * 200, "%ff", "%f0%9f%92%90", right + "x", right[:-1], right.swapcase()]
    tokens += [older.partition("?token=")[2], others.partition("?token=")[2]]

    answers = [read(api, address if token is None else f"{address}?token={token}") for token in tokens]

    assert read(api, newer).status == 200
    assert {answer.status for answer in answers} == {404}
    assert len({str(answer.body) for answer in answers}) == 1
    nobody = read(api, newer.replace(f"/staff/{maya['id']}/", "/staff/987654321/"))
    assert re.sub(r"\d{9}", str(maya["id"]), str(nobody.body)) == str(answers[0].body)


def test_a_link_that_is_revoked_leads_nowhere(api: ApiClient, maya: dict[str, Any]) -> None:
    address, resource = link_to(api, maya), f"/staff/{maya['id']}/calendar-link"
    etag = api.get(resource).headers["ETag"]
    late = api.delete(resource, headers={"If-Match": '"another"'})

    revoked = api.delete(resource, headers={"If-Match": etag})

    assert (late.status, revoked.status) == (412, 204)
    assert is_gone(api, address)
    assert (api.get(resource).status, api.delete(resource).status) == (404, 404)
    assert api.get("/activities").body["data"][0]["kind"] == "CALENDAR_LINK_REVOKED"


def test_a_link_ends_with_its_members_work_here_and_nobody_gives_them_another(
    api: ApiClient, make: Factory, maya: dict[str, Any]
) -> None:
    jonas, iris = make.staff(), make.staff()
    make.booking(jonas, sessionDate="2020-06-01T10:00:00Z")
    links = {member["id"]: link_to(api, member) for member in (maya, jonas, iris)}

    assert api.patch(f"/staff/{maya['id']}", {"status": "INACTIVE"}).status == 200
    assert api.delete(f"/staff/{jonas['id']}").status == 204  # who stays on record
    assert api.delete(f"/staff/{iris['id']}").status == 204  # who is deleted

    refused = api.post(f"/staff/{maya['id']}/calendar-link")
    assert (refused.status, refused.body["code"]) == (409, "staff_inactive")
    assert api.post(f"/staff/{iris['id']}/calendar-link").status == 404
    assert api.patch(f"/staff/{maya['id']}", {"status": "ACTIVE"}).status == 200
    assert [is_gone(api, address) for address in links.values()] == [True, True, True]


def test_whoever_is_on_the_team_makes_a_link_of_their_own(
    api: ApiClient, conn: Connection, make: Factory, maya: dict[str, Any]
) -> None:
    join_team(conn, "PHOTOGRAPHER", maya["id"])
    photographer = api.by_role("PHOTOGRAPHER")
    older = link_to(api, maya)

    made = photographer.post("/me/calendar-link")

    assert (made.status, made.headers["Location"]) == (201, f"{PREFIX}/me/calendar-link")
    assert photographer.get("/me/calendar-link").body == {"staffId": maya["id"], "createdAt": made.body["createdAt"]}
    assert (is_gone(api, older), is_gone(api, path_of(made.body["url"]))) == (True, False)
    assert photographer.delete("/me/calendar-link").status == 204
    assert is_gone(api, path_of(made.body["url"]))
    assert photographer.get("/me/calendar-link").status == 404


def test_whoever_is_not_on_the_team_has_no_calendar(api: ApiClient) -> None:
    customer = api.by_role("CUSTOMER")

    for method in ("GET", "POST", "DELETE"):
        answer = customer.request(method, "/me/calendar-link")
        assert (answer.status, answer.body["code"]) == (404, "not_found")


@pytest.mark.parametrize("how", ["suspended", "password reset"])
def test_a_link_ends_with_everything_else_by_which_one_comes_in(
    api: ApiClient, conn: Connection, maya: dict[str, Any], how: str
) -> None:
    join_team(conn, "PHOTOGRAPHER", maya["id"])
    address, user_id = link_to(api, maya), api.by_role("PHOTOGRAPHER").get("/me").body["id"]
    assert not is_gone(api, address)

    if how == "suspended":
        for status in ("SUSPENDED", "ACTIVE"):
            change = {"status": status, "reason": "A telephone was stolen."}
            assert api.patch(f"/users/{user_id}", change).status == 200
            assert is_gone(api, address)
    else:
        visitor, email = api.by_token(None), "photographer@callers.example"
        assert visitor.post("/auth/request-password-reset", {"email": email}).status == 204
        row = conn.execute("select body from communication_logs order by id desc limit 1").fetchone()
        assert row is not None
        link = re.search(r"#token=(\S+)", api._app.extensions["seal"].unseal(row["body"]))
        assert link is not None
        new = {"token": link[1], "password": "another sentence nobody says"}
        assert visitor.post("/auth/reset-password", new).status == 204
        assert is_gone(api, address)


@pytest.mark.committed
def test_whoever_is_let_in_again_gets_a_link_that_works(api: ApiClient, conn: Connection, maya: dict[str, Any]) -> None:
    join_team(conn, "PHOTOGRAPHER", maya["id"])
    older, user_id = link_to(api, maya), api.by_role("PHOTOGRAPHER").get("/me").body["id"]
    for status in ("SUSPENDED", "ACTIVE"):
        assert api.patch(f"/users/{user_id}", {"status": status, "reason": "A mistake."}).status == 200

    newer = link_to(api, maya)

    assert (is_gone(api, newer), is_gone(api, older)) == (False, True)


def test_an_account_that_is_not_in_force_keeps_its_calendar_closed(
    api: ApiClient, conn: Connection, maya: dict[str, Any]
) -> None:
    join_team(conn, "PHOTOGRAPHER", maya["id"])
    address = link_to(api, maya)

    conn.execute("update auth_users set status = 'PENDING' where role = 'PHOTOGRAPHER'")

    assert is_gone(api, address)


def test_a_secret_is_kept_as_its_digest_and_never_logged(
    api: ApiClient,
    conn: Connection,
    maya: dict[str, Any],
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
) -> None:
    address = link_to(api, maya)
    token = address.partition("?token=")[2]
    row = conn.execute("select token = sha256(%s::bytea) as is_digest from calendar_links", [token]).fetchone()
    assert row == {"is_digest": True}

    def fail(*_arguments: Any) -> bytes:
        raise RuntimeError("the library has a fault")

    monkeypatch.setattr(logging.getLogger("photolens.problems"), "disabled", False)  # as import-linter leaves it
    monkeypatch.setattr(screens, "to_icalendar", fail)
    with caplog.at_level(logging.DEBUG):
        failed = read(api, address)

    assert (failed.status, failed.body["code"]) == (500, "internal_error")
    assert "the library has a fault" in caplog.text
    assert token not in caplog.text + str(failed.body) + str(failed.headers)


# What is in the calendar


def test_a_session_is_an_event_that_two_libraries_read_alike(
    api: ApiClient, make: Factory, maya: dict[str, Any], conn: Connection
) -> None:
    settings = {"currency": "USD", "timeZone": "America/New_York", "invoicePrefix": "INV-", "defaultDueDays": 14}
    assert api.put("/settings", settings | {"companyName": "Lumen, Hall; & Söhne"}).status == 200
    package = make.package(name="Wedding, full; day")
    client = make.client(name="Zoë\nde Wit")
    booking = make.booking(
        clientId=client["id"],
        sessionTypeId=package["id"],
        location="Rue de l'Église 4, 1er étage",
        notes=OTHER_WORDS,
        assignedStaff=[{"staffId": maya["id"], "role": "Lead; first, camera"}],
    )
    conn.execute("insert into rooms (name) values ('Daylight studio')")
    conn.execute("update bookings set room_id = (select id from rooms)")

    written = read(api, link_to(api, maya)).body
    [event] = icalendar.Calendar.from_ical(written).walk("VEVENT")
    other = vobject.readOne(written)

    words = OTHER_WORDS.replace("\r\n", "\n").replace("\r", "\n").replace("\u2028", "\n")
    assert str(event["SUMMARY"]) == "Wedding, full; day: Zoë\nde Wit"
    assert str(event["LOCATION"]) == "Daylight studio, Rue de l'Église 4, 1er étage"
    assert str(event["DESCRIPTION"]) == f"Part: Lead; first, camera\n\n{words}"
    assert (str(event["STATUS"]), event.decoded("dtstart")) == ("CONFIRMED", datetime(2027, 3, 1, 10, tzinfo=UTC))
    changed_at = datetime.fromisoformat(booking["updatedAt"]).replace(microsecond=0)
    assert event.decoded("dtstamp") == event.decoded("last-modified") == changed_at
    assert len(other.contents["vevent"]) == 1
    assert other.vevent.summary.value == str(event["SUMMARY"])
    assert other.vevent.location.value == str(event["LOCATION"])
    assert other.vevent.description.value == str(event["DESCRIPTION"])
    assert (other.vevent.dtstart.value, other.vevent.dtend.value) == (
        event.decoded("dtstart"),
        event.decoded("dtstart") + timedelta(minutes=90),
    )
    assert other.vevent.uid.value == str(event["UID"])
    assert (other.method.value, other.version.value) == ("PUBLISH", "2.0")
    assert other.contents["x-wr-calname"][0].value == "Maya Osei, Lumen, Hall; & Söhne"
    assert "REFRESH-INTERVAL;VALUE=DURATION:PT1H\r\n" in written


def test_no_line_is_longer_than_calendar_programs_read_or_ends_otherwise(
    api: ApiClient, make: Factory, maya: dict[str, Any]
) -> None:
    make.booking(maya, notes=f"{OTHER_WORDS}\n{'Ünïcödé wörds, ' * 300}", location="é" * 300)

    written = read(api, link_to(api, maya)).body

    lines = written.split("\r\n")
    assert max(len(line.encode()) for line in lines) <= 75
    assert [line for line in lines if "\n" in line or "\r" in line] == []
    names = [line.partition(":")[0] for line in written.splitlines() if not line.startswith(" ")]
    assert names.count("BEGIN") == names.count("END") == 2
    assert "X" not in names


def test_in_the_night_when_clocks_change_a_session_is_at_its_instant(
    api: ApiClient, make: Factory, maya: dict[str, Any]
) -> None:
    """New York springs forward on 14 March 2027, from 06:59:59Z on, and falls back on 7 November."""
    starts = ["2027-03-14T06:30:00Z", "2027-03-14T07:30:00Z", "2027-11-07T05:30:00Z", "2027-11-07T06:30:00Z"]
    for start in starts:
        make.booking(maya, sessionDate=start, endsAt=start.replace(":30:", ":45:"))

    written = read(api, link_to(api, maya)).body

    assert re.findall(r"DTSTART:(\S+)", written) == [re.sub("[-:]", "", start) for start in starts]
    read_again = [event.dtstart.value for event in vobject.readOne(written).vevent_list]
    assert read_again == [datetime.fromisoformat(start) for start in starts]


def test_a_session_that_is_cancelled_deleted_or_given_to_others_disappears(
    api: ApiClient, make: Factory, maya: dict[str, Any]
) -> None:
    stays, cancelled, deleted, unassigned = (make.booking(maya, sessionDate=instant(day)) for day in range(4))
    make.booking(make.staff(), notes="Nothing to do with her.")
    address = link_to(api, maya)
    assert len(sessions(api, address)) == 4

    assert api.patch(f"/bookings/{cancelled['id']}", {"status": "CANCELLED"}).status == 200
    assert api.delete(f"/bookings/{deleted['id']}").status == 204
    assert api.delete(f"/bookings/{unassigned['id']}/assignments/{maya['id']}").status == 204

    [event] = sessions(api, address)
    assert event.decoded("dtstart") == datetime.fromisoformat(stays["sessionDate"])


def test_a_session_that_is_confirmed_or_moved_is_still_the_same(
    api: ApiClient, make: Factory, maya: dict[str, Any], conn: Connection
) -> None:
    booking = make.booking(maya, status="PENDING", notes=None)
    conn.execute("update bookings set created_at = now() - interval '2 days', updated_at = now() - interval '1 day'")
    address = link_to(api, maya)
    [asked_for] = sessions(api, address)

    move = {"status": "SCHEDULED", "sessionDate": instant(5)}
    assert api.patch(f"/bookings/{booking['id']}", move).status == 200

    [confirmed] = sessions(api, address)
    assert (str(asked_for["STATUS"]), str(confirmed["STATUS"])) == ("TENTATIVE", "CONFIRMED")
    assert asked_for["UID"] == confirmed["UID"]
    assert asked_for.decoded("last-modified") < confirmed.decoded("last-modified")
    assert confirmed.decoded("dtend") == datetime.fromisoformat(instant(5, 11, 30))
    assert "DESCRIPTION" not in asked_for


def test_the_past_goes_back_ninety_days(api: ApiClient, make: Factory, maya: dict[str, Any]) -> None:
    today = datetime.now(UTC).replace(hour=12, minute=0, second=0, microsecond=0)
    for days in (89, 92):
        make.booking(maya, sessionDate=(today - timedelta(days)).isoformat())

    [event] = sessions(api, link_to(api, maya))

    assert event.decoded("dtstart") == today - timedelta(89)


def test_a_calendar_that_has_not_changed_is_not_sent_again(api: ApiClient, make: Factory, maya: dict[str, Any]) -> None:
    booking = make.booking(maya)
    address = link_to(api, maya)
    first, second = read(api, address), read(api, address)
    have = {"If-None-Match": first.headers["ETag"]}

    unchanged = read(api, address, headers=have)
    assert api.patch(f"/bookings/{booking['id']}", {"location": "Elsewhere"}).status == 200
    changed = read(api, address, headers=have)

    assert (first.body, first.headers["ETag"]) == (second.body, second.headers["ETag"])
    assert (unchanged.status, unchanged.headers["ETag"]) == (304, first.headers["ETag"])
    assert (changed.status, "Elsewhere" in changed.body) == (200, True)
