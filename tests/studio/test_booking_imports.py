"""Imports of bookings: a file is checked line by line, and booked whole or not at all."""

from typing import Any

import pytest

from photolens.database import Connection
from tests.client import Answer, ApiClient
from tests.factories import Factory, instant
from tests.studio.test_client_imports import everything, faults
from tests.waiting import held_up

HEADER = "clientEmail,sessionTypeName,sessionDate,location,staffEmails,roomName,status,price,endsAt,notes"


def send(api: ApiClient, *lines: str, header: str = HEADER, **options: Any) -> Answer:
    return send_file(api, "\n".join([header, *lines]), **options)


def send_file(api: ApiClient, file: str, **options: Any) -> Answer:
    return api.post("/imports/bookings", data=file.encode(), content_type="text/csv", **options)


def counts(answer: Answer) -> tuple[int, int]:
    assert answer.status == 200, answer.body
    return answer.body["created"], answer.body["unchanged"]


@pytest.fixture
def studio(make: Factory) -> dict[str, Any]:
    """A client, a package of an hour, two people and a room, by the names that files have for them."""
    return {
        "client": make.client(email="emma@example.com"),
        "package": make.package(name="Portrait", price="250.00", durationMinutes=60),
        "lena": make.staff(name="Lena", email="lena@studio.example"),
        "kit": make.staff(name="Kit", email="kit@studio.example"),
        "room": make.room(name="Daylight"),
    }


def test_every_line_is_booked_as_if_it_were_sent_by_itself(
    api: ApiClient, conn: Connection, studio: dict[str, Any]
) -> None:
    taken = send(
        api,
        f"EMMA@example.com,portrait,{instant(0)},Park,Lena@studio.example; kit@studio.example,daylight,,,,Rain plan.",
        f"emma@example.com,Portrait,{instant(1)},Park,,,COMPLETED,199.50,{instant(1, 12)},",
    )

    assert taken.body == {"dryRun": False, "lines": 2, "created": 2, "updated": 0, "unchanged": 0}
    first, second = api.get("/bookings").body["data"]
    assert (first["endsAt"], first["price"], first["status"], first["notes"]) == (
        instant(0, 11),
        "250.00",
        "SCHEDULED",
        "Rain plan.",
    )
    assert (first["roomName"], [p["name"] for p in first["assignedStaff"]]) == ("Daylight", ["Lena", "Kit"])
    assert (second["endsAt"], second["price"], second["status"]) == (instant(1, 12), "199.50", "COMPLETED")
    # What was done is edited and counted.
    assert api.get(f"/editing-jobs/{second['editingJobId']}").body["stageName"] == "Awaiting Selection"
    assert api.get(f"/clients/{studio['client']['id']}").body["totalSessions"] == 1
    assert api.get("/activities").body["data"][0]["details"] == {"created": 2, "updated": 0}


@pytest.mark.parametrize(
    ("line", "column"),
    [
        (f"nobody@example.com,Portrait,{instant()},Park,,,,,,", "clientEmail"),
        (f"emma@example.com,Wedding,{instant()},Park,,,,,,", "sessionTypeName"),
        (f"emma@example.com,Portrait,{instant()},Park,who@studio.example,,,,,", "staffEmails"),
        (f"emma@example.com,Portrait,{instant()},Park,not an address,,,,,", "staffEmails"),
        (f"emma@example.com,Portrait,{instant()},Park,,Cellar,,,,", "roomName"),
        (f"emma@example.com,Portrait,{instant()},,,,,,,", "location"),
        ("emma@example.com,Portrait,,Park,,,,,,", "sessionDate"),
        ("emma@example.com,Portrait,2027-03-01T10:00,Park,,,,,,", "sessionDate"),
        (f"emma@example.com,Portrait,{instant()},Park,,,DONE,,,", "status"),
        (f"emma@example.com,Portrait,{instant()},Park,,,,1.234,,", "price"),
        (f"emma@example.com,Portrait,{instant()},Park,,,,,{instant()},", "endsAt"),
    ],
    ids=lambda value: value if "," not in value else "",
)
def test_a_bad_line_refuses_the_whole_file_by_its_number_and_reason(
    api: ApiClient, studio: dict[str, Any], line: str, column: str
) -> None:
    refused = send(api, f"emma@example.com,Portrait,{instant(5)},Park,,,,,,", line)

    [(pointer, number, _)] = faults(refused)
    assert (pointer, number) == (f"/lines/3/{column}", 3)
    assert api.get("/bookings").body["data"] == []


def test_all_bad_lines_are_named_at_once(api: ApiClient, studio: dict[str, Any]) -> None:
    refused = send(
        api,
        f"nobody@example.com,Portrait,{instant(0)},Park,,,,,,",
        f"emma@example.com,Portrait,{instant(1)},Park,,,,,,",
        f"emma@example.com,Wedding,{instant(2)},Park,,,,,,",
        "emma@example.com,Portrait,no date,Park,,,,,,",
    )

    assert [line for _, line, _ in faults(refused)] == [2, 4, 5]


def test_a_package_of_several_categories_is_told_by_its_category(
    api: ApiClient, make: Factory, studio: dict[str, Any]
) -> None:
    category = make.category(name="Corporate")
    other = make.package(name="Portrait", categoryId=category["id"])
    header = "clientEmail,sessionTypeName,categoryName,sessionDate,location"

    refused = send(api, f"emma@example.com,Portrait,,{instant()},Park", header=header)
    taken = send(api, f"emma@example.com,Portrait,corporate,{instant()},Park", header=header)

    assert "several categories" in faults(refused)[0][2]
    assert counts(taken) == (1, 0)
    assert api.get("/bookings").body["data"][0]["sessionTypeId"] == other["id"]


def test_a_line_whose_people_or_room_are_taken_says_by_which_booking_or_line(
    api: ApiClient, make: Factory, studio: dict[str, Any]
) -> None:
    there = make.booking(studio["lena"])

    refused = send(
        api,
        f"emma@example.com,Portrait,{instant(hour=11)},Park,lena@studio.example,,,,,",
        f"emma@example.com,Portrait,{instant(3)},Park,,Daylight,,,,",
        f"emma@example.com,Portrait,{instant(3, 10, 30)},Park,,Daylight,,,,",
        f"emma@example.com,Portrait,{instant(4)},Park,kit@studio.example,,CANCELLED,,,",
        f"emma@example.com,Portrait,{instant(4, 10, 30)},Park,kit@studio.example,,,,,",
        f"emma@example.com,Portrait,{instant(4, 11, 30)},Park,kit@studio.example,,,,,",
    )

    assert faults(refused) == [
        (
            "/lines/2/sessionDate",
            2,
            f"is taken: Lena has booking {there['id']} from {instant()} to {instant(hour=11, minute=30)}",
        ),
        ("/lines/4/sessionDate", 4, "overlaps line 3, which takes the same person or room"),
    ]


def test_a_time_of_day_is_that_of_the_studio_and_one_that_is_none_is_a_fault(
    api: ApiClient, conn: Connection, studio: dict[str, Any]
) -> None:
    conn.execute("update studio_settings set time_zone = 'America/New_York'")
    header = "clientEmail,sessionTypeName,localSessionDate,location"

    refused = send(api, "emma@example.com,Portrait,2027-03-14T02:30,Park", header=header)
    taken = send(api, "emma@example.com,Portrait,2027-03-14T03:30,Park", header=header)

    [(pointer, _, detail)] = faults(refused)
    assert pointer == "/lines/2/localSessionDate"
    assert "2027-03-14T06:30:00Z or 2027-03-14T07:30:00Z" in detail
    assert counts(taken) == (1, 0)
    assert api.get("/bookings").body["data"][0]["sessionDate"] == "2027-03-14T07:30:00Z"


def test_a_line_that_says_otherwise_of_what_is_there_is_refused(
    api: ApiClient, make: Factory, studio: dict[str, Any]
) -> None:
    line = f"emma@example.com,Portrait,{instant()},Park,,,,,,"
    assert counts(send(api, line)) == (1, 0)
    assert counts(send(api, line)) == (0, 1)

    refused = send(api, f"emma@example.com,Portrait,{instant()},Beach,,,,,,")

    assert "differs: change it there" in faults(refused)[0][2]


@pytest.mark.parametrize(
    ("path", "change", "column"),
    [
        ("/staff/{kit}", {"status": "INACTIVE"}, "staffEmails"),
        ("/rooms/{room}", {"isActive": False}, "roomName"),
        ("/session-packages/{package}", {"isActive": False}, "sessionTypeName"),
    ],
)
def test_what_can_no_longer_be_booked_may_have_been(
    api: ApiClient, studio: dict[str, Any], path: str, change: dict[str, Any], column: str
) -> None:
    ids = {name: row["id"] for name, row in studio.items()}
    assert api.patch(path.format(**ids), change).status == 200

    past = send(api, "emma@example.com,Portrait,2020-03-01T10:00:00Z,Park,kit@studio.example,Daylight,COMPLETED,,,")
    to_come = send(api, f"emma@example.com,Portrait,{instant()},Park,kit@studio.example,Daylight,,,,")

    assert counts(past) == (1, 0)
    assert faults(to_come) == [(f"/lines/2/{column}", 2, "can no longer be booked")]


def test_a_dry_run_says_what_would_be_and_keeps_nothing(
    api: ApiClient, conn: Connection, studio: dict[str, Any]
) -> None:
    before = everything(conn)

    taken = send(api, f"emma@example.com,Portrait,{instant()},Park,,,COMPLETED,,,", query_string={"dryRun": "true"})

    assert taken.body == {"dryRun": True, "lines": 1, "created": 1, "updated": 0, "unchanged": 0}
    assert everything(conn) == before


@pytest.mark.committed
def test_what_is_exported_and_imported_again_changes_nothing(
    api: ApiClient, conn: Connection, make: Factory, studio: dict[str, Any]
) -> None:
    by_name = {"clientId": studio["client"]["id"], "sessionTypeId": studio["package"]["id"]}
    make.booking(studio["lena"], studio["kit"], **by_name, roomId=studio["room"]["id"], notes="=1+1\n\"quoted\"; 'so'")
    make.booking(make.staff(), sessionDate=instant(1), location="+31 Park, back gate", price="0.00")
    done = make.completed_booking(sessionDate=instant(2), endsAt=instant(3))
    cancelled = make.booking(sessionDate=instant(4), **by_name)
    assert api.patch(f"/bookings/{cancelled['id']}", {"status": "CANCELLED"}).status == 200
    make.booking(sessionDate=instant(4), **by_name)
    assert api.post(f"/clients/{done['clientId']}/erase").status == 200
    before = everything(conn)

    file = api.get("/exports/bookings.csv").body
    taken = send_file(api, file)

    assert counts(taken) == (0, 5)
    assert everything(conn) == before


@pytest.mark.committed
def test_two_imports_of_one_file_at_once_book_it_once(api: ApiClient, conn: Connection, studio: dict[str, Any]) -> None:
    lines = [f"emma@example.com,Portrait,{instant(day)},Park,lena@studio.example,Daylight,,,," for day in range(20)]

    with held_up(conn) as waiting:
        conn.execute("select from clients for update")
        answers = [waiting.send(send, api, *lines) for _ in range(2)]

    assert sorted(counts(answer.result()) for answer in answers) == [(0, 20), (20, 0)]
