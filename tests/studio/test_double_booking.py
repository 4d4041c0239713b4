"""One person cannot be in two places: not by HTTP, not in a race, not with SQL."""

from typing import Any

import psycopg
import pytest

from photolens.database import Connection
from tests.client import Answer, ApiClient
from tests.factories import Factory, instant
from tests.waiting import held_up

OVERLAPS = [
    pytest.param((10, 0), (11, 30), id="the same time"),
    pytest.param((9, 0), (10, 30), id="its beginning"),
    pytest.param((11, 0), (12, 0), id="its end"),
    pytest.param((10, 30), (11, 0), id="its middle"),
    pytest.param((9, 0), (13, 0), id="all of it and more"),
    pytest.param((11, 29), (12, 0), id="its last minute"),
]
FREE = [
    pytest.param((8, 0), (10, 0), id="up to its start"),
    pytest.param((11, 30), (12, 0), id="from its end on"),
    pytest.param((15, 0), (16, 0), id="long after"),
]
Time = tuple[int, int]


def at(time: Time) -> str:
    return instant(hour=time[0], minute=time[1])


def book(api: ApiClient, make: Factory, *staff: dict[str, Any], **fields: Any) -> Answer:
    """Try to book these people, as `make.booking` would."""
    return api.post(
        "/bookings",
        {
            "clientId": make.client()["id"],
            "sessionTypeId": make.package()["id"],
            "sessionDate": instant(),
            "location": "Studio B",
            "assignedStaff": [{"staffId": person["id"]} for person in staff],
            **fields,
        },
    )


def in_the_way(booking: dict[str, Any], person: dict[str, Any]) -> dict[str, Any]:
    """How a refusal names a booking that takes a person's time."""
    return {
        "bookingId": booking["id"],
        "staffId": person["id"],
        "staffName": person["name"],
        "roomId": None,
        "roomName": None,
        "sessionDate": booking["sessionDate"],
        "endsAt": booking["endsAt"],
    }


@pytest.mark.parametrize(("start", "end"), OVERLAPS)
def test_a_person_cannot_be_booked_over(api: ApiClient, make: Factory, start: Time, end: Time) -> None:
    person = make.staff()
    booking = make.booking(person)

    refused = book(api, make, person, sessionDate=at(start), endsAt=at(end))

    assert (refused.status, refused.body["code"]) == (409, "booking_conflict")
    assert refused.body["conflicts"] == [in_the_way(booking, person)]
    assert [row["id"] for row in api.get("/bookings").body["data"]] == [booking["id"]]


@pytest.mark.parametrize(("start", "end"), FREE)
def test_a_person_can_be_booked(api: ApiClient, make: Factory, start: Time, end: Time) -> None:
    person = make.staff()
    make.booking(person)

    booked = book(api, make, person, sessionDate=at(start), endsAt=at(end))

    assert booked.status == 201


def test_two_people_can_be_in_two_places(api: ApiClient, make: Factory) -> None:
    make.booking(make.staff())

    booked = book(api, make, make.staff())

    assert booked.status == 201


def test_a_booking_that_is_only_asked_for_takes_the_persons_time(api: ApiClient, make: Factory) -> None:
    person = make.staff()
    pending = make.booking(person, status="PENDING")

    refused = book(api, make, person)

    assert refused.status == 409
    assert refused.body["conflicts"] == [in_the_way(pending, person)]


def test_a_booking_that_only_asks_is_refused_as_well(api: ApiClient, make: Factory) -> None:
    person = make.staff()
    make.booking(person)

    refused = book(api, make, person, status="PENDING")

    assert (refused.status, refused.body["code"]) == (409, "booking_conflict")


def test_a_completed_booking_took_the_persons_time(api: ApiClient, make: Factory) -> None:
    person = make.staff()
    booking = make.booking(person)
    api.patch(f"/bookings/{booking['id']}", {"status": "COMPLETED"})

    refused = book(api, make, person)

    assert (refused.status, refused.body["code"]) == (409, "booking_conflict")


def test_a_cancelled_booking_frees_its_people(api: ApiClient, make: Factory) -> None:
    person = make.staff()
    cancelled = make.booking(person)
    api.patch(f"/bookings/{cancelled['id']}", {"status": "CANCELLED"})

    booked = book(api, make, person)

    assert booked.status == 201


def test_a_deleted_booking_frees_its_people(api: ApiClient, make: Factory) -> None:
    person = make.staff()
    api.delete(f"/bookings/{make.booking(person)['id']}")

    booked = book(api, make, person)

    assert booked.status == 201


def test_somebody_who_is_taken_off_a_booking_is_free(api: ApiClient, make: Factory) -> None:
    person = make.staff()
    booking = make.booking(person)
    api.delete(f"/bookings/{booking['id']}/assignments/{person['id']}")

    booked = book(api, make, person)

    assert booked.status == 201


def test_every_booking_in_the_way_is_named_and_nobody_who_is_free(api: ApiClient, make: Factory) -> None:
    lena, kit, noor = make.staff(name="Lena"), make.staff(name="Kit"), make.staff(name="Noor")
    morning = make.booking(lena, sessionDate=at((9, 0)), endsAt=at((10, 0)))
    noon = make.booking(kit, lena, sessionDate=at((12, 0)), endsAt=at((13, 0)))
    make.booking(noor, sessionDate=at((18, 0)), endsAt=at((19, 0)))

    refused = book(api, make, lena, kit, noor, sessionDate=at((9, 30)), endsAt=at((14, 0)))

    assert refused.status == 409
    assert refused.body["conflicts"] == [in_the_way(morning, lena), in_the_way(noon, lena), in_the_way(noon, kit)]
    assert "Lena" in refused.body["detail"]
    assert "Noor" not in refused.body["detail"]


def test_a_person_cannot_be_put_on_a_booking_while_they_are_elsewhere(api: ApiClient, make: Factory) -> None:
    person = make.staff()
    booking, other = make.booking(person), make.booking()

    refused = api.post(f"/bookings/{other['id']}/assignments", {"staffId": person["id"]})

    assert (refused.status, refused.body["code"]) == (409, "booking_conflict")
    assert refused.body["conflicts"] == [in_the_way(booking, person)]
    assert api.get(f"/bookings/{other['id']}").body == other


def test_a_person_can_be_put_on_a_cancelled_booking_whatever_else_they_do(api: ApiClient, make: Factory) -> None:
    person = make.staff()
    make.booking(person)
    cancelled = make.booking()
    api.patch(f"/bookings/{cancelled['id']}", {"status": "CANCELLED"})

    assigned = api.post(f"/bookings/{cancelled['id']}/assignments", {"staffId": person["id"]})

    assert assigned.status == 201


def test_a_booking_cannot_be_moved_over_another_of_its_people(api: ApiClient, make: Factory) -> None:
    person = make.staff()
    booking = make.booking(person)
    later = make.booking(person, sessionDate=at((15, 0)))

    refused = api.patch(f"/bookings/{later['id']}", {"sessionDate": at((11, 0))})

    assert (refused.status, refused.body["code"]) == (409, "booking_conflict")
    assert refused.body["conflicts"] == [in_the_way(booking, person)]
    assert api.get(f"/bookings/{later['id']}").body == later


def test_a_booking_cannot_be_lengthened_into_another_of_its_people(api: ApiClient, make: Factory) -> None:
    person = make.staff()
    booking = make.booking(person)
    after = make.booking(person, sessionDate=at((11, 30)))

    refused = api.patch(f"/bookings/{booking['id']}", {"endsAt": at((11, 31))})

    assert (refused.status, refused.body["code"]) == (409, "booking_conflict")
    assert refused.body["conflicts"] == [in_the_way(after, person)]


def test_a_booking_can_be_moved_into_its_own_time(api: ApiClient, make: Factory) -> None:
    booking = make.booking(make.staff())

    moved = api.patch(f"/bookings/{booking['id']}", {"sessionDate": at((10, 30))})

    assert (moved.status, moved.body["endsAt"]) == (200, at((12, 0)))


def test_the_time_a_moved_booking_leaves_is_free(api: ApiClient, make: Factory) -> None:
    person = make.staff()
    booking = make.booking(person)
    api.patch(f"/bookings/{booking['id']}", {"sessionDate": instant(day=1)})

    there = book(api, make, person)
    here = book(api, make, person, sessionDate=instant(day=1))

    assert (there.status, here.status) == (201, 409)


def test_a_cancelled_booking_can_be_moved_over_another(api: ApiClient, make: Factory) -> None:
    person = make.staff()
    make.booking(person)
    later = make.booking(person, sessionDate=at((15, 0)))
    api.patch(f"/bookings/{later['id']}", {"status": "CANCELLED"})

    moved = api.patch(f"/bookings/{later['id']}", {"sessionDate": at((10, 0))})

    assert moved.status == 200


def test_cancelling_and_moving_at_once_meets_nobody(api: ApiClient, make: Factory) -> None:
    person = make.staff()
    make.booking(person)
    later = make.booking(person, sessionDate=at((15, 0)))

    changed = api.patch(f"/bookings/{later['id']}", {"status": "CANCELLED", "sessionDate": at((10, 0))})

    assert (changed.status, changed.body["status"]) == (200, "CANCELLED")


@pytest.mark.committed
def test_of_two_bookings_that_race_for_a_person_one_wins(api: ApiClient, make: Factory, conn: Connection) -> None:
    person = make.staff()
    bodies = [
        {
            "clientId": make.client()["id"],
            "sessionTypeId": make.package()["id"],
            "sessionDate": instant(),
            "location": "Studio A",
            "assignedStaff": [{"staffId": person["id"]}],
        }
        for _ in range(2)
    ]

    with held_up(conn) as waiting:
        conn.execute("select from staff_members where id = %s for update", [person["id"]])
        answers = [waiting.send(api.post, "/bookings", body) for body in bodies]

    won, lost = sorted((answer.result() for answer in answers), key=lambda answer: answer.status)
    assert (won.status, lost.status, lost.body["code"]) == (201, 409, "booking_conflict")
    assert lost.body["conflicts"] == [in_the_way(won.body, person)]
    assert [row["id"] for row in api.get("/bookings").body["data"]] == [won.body["id"]]


@pytest.mark.committed
def test_of_two_assignments_that_race_for_a_person_one_wins(api: ApiClient, make: Factory, conn: Connection) -> None:
    person = make.staff()
    paths = [f"/bookings/{make.booking()['id']}/assignments" for _ in range(2)]

    with held_up(conn) as waiting:
        conn.execute("select from staff_members where id = %s for update", [person["id"]])
        answers = [waiting.send(api.post, path, {"staffId": person["id"]}) for path in paths]

    assert sorted(answer.result().status for answer in answers) == [201, 409]


@pytest.mark.committed
def test_of_two_bookings_that_race_into_one_hour_one_wins(api: ApiClient, make: Factory, conn: Connection) -> None:
    person = make.staff()
    paths = [f"/bookings/{make.booking(person, sessionDate=instant(day=day))['id']}" for day in (1, 2)]

    with held_up(conn) as waiting:
        conn.execute("select from staff_members where id = %s for update", [person["id"]])
        answers = [waiting.send(api.patch, path, {"sessionDate": instant(day=9)}) for path in paths]

    assert sorted(answer.result().status for answer in answers) == [200, 409]


@pytest.mark.committed
def test_a_conditional_move_names_the_booking_that_came_in_between(
    api: ApiClient, make: Factory, conn: Connection
) -> None:
    person = make.staff()
    booking = make.booking(person, sessionDate=instant(day=1))
    other = make.booking()
    etag = api.get(f"/bookings/{booking['id']}").headers["ETag"]

    with held_up(conn) as waiting:
        conn.execute("select from staff_members where id = %s for update", [person["id"]])
        move = {"sessionDate": other["sessionDate"]}
        moved = waiting.send(api.patch, f"/bookings/{booking['id']}", move, headers={"If-Match": etag})
        _assign_with_sql(conn, other, person)

    assert (moved.result().status, moved.result().body["code"]) == (409, "booking_conflict")
    assert moved.result().body["conflicts"] == [in_the_way(other, person)]


@pytest.mark.committed
def test_somebody_who_is_removed_meanwhile_is_not_booked(api: ApiClient, make: Factory, conn: Connection) -> None:
    person = make.staff()
    booking = make.booking()

    with held_up(conn) as waiting:
        conn.execute("select from staff_members where id = %s for update", [person["id"]])
        removed = waiting.send(api.delete, f"/staff/{person['id']}")
        assigned = waiting.send(api.post, f"/bookings/{booking['id']}/assignments", {"staffId": person["id"]})

    assert sorted([removed.result().status, assigned.result().status]) == [204, 422]
    assert api.get(f"/bookings/{booking['id']}").body["assignedStaff"] == []


def _assign_with_sql(conn: Connection, booking: dict[str, Any], person: dict[str, Any]) -> None:
    """Put a person on a booking behind the application's back."""
    conn.execute(
        "insert into staff_assignments (booking_id, staff_id, occupied) select id, %s, occupied from bookings"
        " where id = %s",
        [person["id"], booking["id"]],
    )


def _occupied(conn: Connection, booking: dict[str, Any]) -> Any:
    """The times that the assignments of a booking take, and the booking's own."""
    row = conn.execute(
        "select (select array_agg(distinct occupied) from staff_assignments where booking_id = bookings.id) as people,"
        " array[occupied] as booking, lower(occupied) as start, upper(occupied) as end from bookings where id = %s",
        [booking["id"]],
    ).fetchone()
    assert row is not None
    assert row["people"] == row["booking"]
    return row["start"], row["end"]


def test_sql_cannot_put_a_person_in_two_places(make: Factory, conn: Connection) -> None:
    person = make.staff()
    make.booking(person)
    other = make.booking()

    with pytest.raises(psycopg.errors.ExclusionViolation, match="staff_assignments_no_overlap"), conn.transaction():
        _assign_with_sql(conn, other, person)


def test_sql_cannot_move_a_booking_over_another_of_its_people(make: Factory, conn: Connection) -> None:
    person = make.staff()
    booking = make.booking(person)
    later = make.booking(person, sessionDate=instant(day=1))

    with pytest.raises(psycopg.errors.ExclusionViolation, match="staff_assignments_no_overlap"), conn.transaction():
        conn.execute(
            "update bookings set session_date = other.session_date, ends_at = other.ends_at from bookings as other"
            " where bookings.id = %s and other.id = %s",
            [later["id"], booking["id"]],
        )


def test_sql_cannot_reopen_a_cancelled_booking_over_another(api: ApiClient, make: Factory, conn: Connection) -> None:
    person = make.staff()
    cancelled = make.booking(person)
    api.patch(f"/bookings/{cancelled['id']}", {"status": "CANCELLED"})
    make.booking(person)

    with pytest.raises(psycopg.errors.ExclusionViolation, match="staff_assignments_no_overlap"), conn.transaction():
        conn.execute("update bookings set status = 'SCHEDULED' where id = %s", [cancelled["id"]])


@pytest.mark.parametrize("time", ["empty", "[2027-03-01 20:00+00,2027-03-01 21:00+00)"])
def test_sql_cannot_give_an_assignment_another_time_than_its_bookings(
    make: Factory, conn: Connection, time: str
) -> None:
    person = make.staff()
    booking = make.booking()

    with pytest.raises(psycopg.errors.ForeignKeyViolation, match="staff_assignments_booking_fkey"), conn.transaction():
        conn.execute(
            "insert into staff_assignments (booking_id, staff_id, occupied) values (%s, %s, %s::tstzrange)",
            [booking["id"], person["id"], time],
        )


def test_the_time_of_every_assignment_follows_its_booking(api: ApiClient, make: Factory, conn: Connection) -> None:
    booking = make.booking(make.staff(), make.staff())
    made = _occupied(conn, booking)
    api.patch(f"/bookings/{booking['id']}", {"sessionDate": instant(day=1), "endsAt": instant(day=1, hour=13)})
    moved = _occupied(conn, booking)
    api.patch(f"/bookings/{booking['id']}", {"status": "CANCELLED"})
    cancelled = _occupied(conn, booking)

    assert [moment.isoformat() for moment in made] == ["2027-03-01T10:00:00+00:00", "2027-03-01T11:30:00+00:00"]
    assert [moment.isoformat() for moment in moved] == ["2027-03-02T10:00:00+00:00", "2027-03-02T13:00:00+00:00"]
    assert cancelled == (None, None)


@pytest.mark.committed
def test_a_booking_that_is_changed_while_somebody_is_removed_is_changed_without_them(
    conn: Connection, api: ApiClient, make: Factory
) -> None:
    lena, kit = make.staff(), make.staff()
    booking = make.booking(lena, kit)

    with held_up(conn) as waiting:
        conn.execute("select from staff_members where id = %s for update", [kit["id"]])
        changed = waiting.send(api.patch, f"/bookings/{booking['id']}", {"notes": "Bring the tripod."})
        conn.execute("delete from staff_assignments where staff_id = %s", [kit["id"]])
        conn.execute("delete from staff_members where id = %s", [kit["id"]])

    assert changed.result().status == 200, changed.result().body
    assert [person["staffId"] for person in changed.result().body["assignedStaff"]] == [lena["id"]]
