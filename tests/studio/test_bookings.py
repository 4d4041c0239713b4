"""Bookings: who is photographed when, where, for how much, by whom."""

from typing import Any

import pytest

from photolens.database import Connection
from tests.client import Answer, ApiClient
from tests.factories import Factory, instant


def request_of(make: Factory, **fields: Any) -> dict[str, Any]:
    """The body of a booking, as a request that makes one."""
    return {
        "clientId": make.client()["id"],
        "sessionTypeId": make.package()["id"],
        "sessionDate": instant(),
        "location": "Riverside Gardens",
        **fields,
    }


def ids(api: ApiClient, query: str) -> list[int]:
    return [booking["id"] for booking in api.get(f"/bookings?{query}").body["data"]]


def pointers(refused: Answer) -> list[str]:
    return [fault["pointer"] for fault in refused.body["errors"]]


def test_a_booking_is_made_with_everything_that_is_said_of_it(api: ApiClient, make: Factory) -> None:
    request = request_of(make, endsAt=instant(hour=14), price="99.50", status="PENDING", notes="Bring the kit.")

    created = api.post("/bookings", request)

    assert created.status == 201
    assert created.headers["Location"] == f"/api/v1/bookings/{created.body['id']}"
    assert created.body | request == created.body
    assert api.get(f"/bookings/{created.body['id']}").body == created.body


def test_a_booking_is_scheduled_and_has_nobody_and_no_notes_unless_said_otherwise(
    api: ApiClient, make: Factory
) -> None:
    created = api.post("/bookings", request_of(make))

    assert (created.body["status"], created.body["assignedStaff"], created.body["notes"]) == ("SCHEDULED", [], None)


def test_price_and_end_are_the_packages_unless_given(api: ApiClient, make: Factory) -> None:
    package = make.package(price="310.00", durationMinutes=75)

    created = api.post("/bookings", request_of(make, sessionTypeId=package["id"], sessionDate=instant(hour=10)))

    assert (created.body["price"], created.body["endsAt"]) == ("310.00", instant(hour=11, minute=15))


def test_a_session_may_be_free_of_charge(api: ApiClient, make: Factory) -> None:
    created = api.post("/bookings", request_of(make, price="0.00"))

    assert (created.status, created.body["price"]) == (201, "0.00")


@pytest.mark.parametrize("end", [instant(hour=10), instant(hour=9, minute=59), instant(day=-1)])
def test_a_booking_ends_after_it_starts(api: ApiClient, make: Factory, end: str) -> None:
    refused = api.post("/bookings", request_of(make, sessionDate=instant(hour=10), endsAt=end))

    assert refused.status == 422
    assert pointers(refused) == ["/endsAt"]


def test_an_instant_with_an_offset_is_answered_in_utc(api: ApiClient, make: Factory) -> None:
    created = api.post("/bookings", request_of(make, sessionDate="2027-03-01T10:00:00+05:30"))

    assert created.body["sessionDate"] == "2027-03-01T04:30:00Z"


@pytest.mark.parametrize("start", ["2027-03-01T10:00:00", "2027-03-01", "tomorrow", "2027-02-30T10:00:00Z", 1740000000])
def test_a_start_is_an_instant_with_its_offset(api: ApiClient, make: Factory, start: Any) -> None:
    refused = api.post("/bookings", request_of(make, sessionDate=start))

    assert refused.status == 422
    assert pointers(refused) == ["/sessionDate"]


@pytest.mark.parametrize("status", ["COMPLETED", "CANCELLED"])
def test_a_booking_does_not_begin_with_its_end(api: ApiClient, make: Factory, status: str) -> None:
    refused = api.post("/bookings", request_of(make, status=status))

    assert refused.status == 422
    assert pointers(refused) == ["/status"]


@pytest.mark.parametrize("field", ["clientId", "sessionTypeId"])
def test_a_booking_needs_a_client_and_a_package_that_are_there(api: ApiClient, make: Factory, field: str) -> None:
    refused = api.post("/bookings", request_of(make, **{field: 999999}))

    assert refused.status == 422
    assert pointers(refused) == [f"/{field}"]


def test_a_package_that_is_no_longer_offered_cannot_be_booked(api: ApiClient, make: Factory) -> None:
    package = make.package(isActive=False)

    refused = api.post("/bookings", request_of(make, sessionTypeId=package["id"]))

    assert (refused.status, refused.body["code"]) == (409, "package_inactive")


def test_a_booking_cannot_change_to_a_package_that_is_no_longer_offered(api: ApiClient, make: Factory) -> None:
    booking, package = make.booking(), make.package(isActive=False)

    refused = api.patch(f"/bookings/{booking['id']}", {"sessionTypeId": package["id"]})

    assert (refused.status, refused.body["code"]) == (409, "package_inactive")
    assert api.get(f"/bookings/{booking['id']}").body == booking


def test_a_booking_of_a_package_that_was_deactivated_since_can_still_be_changed(api: ApiClient, make: Factory) -> None:
    booking = make.booking()
    api.patch(f"/session-packages/{booking['sessionTypeId']}", {"isActive": False})

    changed = api.patch(
        f"/bookings/{booking['id']}", {"sessionTypeId": booking["sessionTypeId"], "location": "Harbour"}
    )

    assert (changed.status, changed.body["location"]) == (200, "Harbour")


def test_a_patch_changes_only_what_it_names(api: ApiClient, make: Factory) -> None:
    booking = make.booking(make.staff(), notes="Bring the kit.")

    changed = api.patch(f"/bookings/{booking['id']}", {"location": "Harbour"})

    assert changed.status == 200
    assert changed.body == booking | {"location": "Harbour", "updatedAt": changed.body["updatedAt"]}
    assert api.get(f"/bookings/{booking['id']}").body == changed.body


def test_null_clears_the_notes(api: ApiClient, make: Factory) -> None:
    booking = make.booking(notes="Bring the kit.")

    changed = api.patch(f"/bookings/{booking['id']}", {"notes": None})

    assert (changed.status, changed.body["notes"]) == (200, None)


@pytest.mark.parametrize("field", ["sessionTypeId", "sessionDate", "endsAt", "location", "price", "status"])
def test_null_does_not_clear_what_must_be_there(api: ApiClient, make: Factory, field: str) -> None:
    booking = make.booking()

    refused = api.patch(f"/bookings/{booking['id']}", {field: None})

    assert refused.status == 422
    assert pointers(refused) == [f"/{field}"]


def test_a_booking_stays_its_clients(api: ApiClient, make: Factory) -> None:
    booking, other = make.booking(), make.client()

    refused = api.patch(f"/bookings/{booking['id']}", {"clientId": other["id"]})

    assert refused.status == 422
    assert pointers(refused) == ["/clientId"]


def test_a_booking_that_is_moved_keeps_its_length(api: ApiClient, make: Factory) -> None:
    booking = make.booking(sessionDate=instant(hour=10), endsAt=instant(hour=12, minute=20))

    moved = api.patch(f"/bookings/{booking['id']}", {"sessionDate": instant(day=1, hour=14)})

    assert moved.body["sessionDate"] == instant(day=1, hour=14)
    assert moved.body["endsAt"] == instant(day=1, hour=16, minute=20)


def test_a_booking_that_is_moved_with_a_new_end_takes_that_end(api: ApiClient, make: Factory) -> None:
    booking = make.booking()

    moved = api.patch(f"/bookings/{booking['id']}", {"sessionDate": instant(hour=14), "endsAt": instant(hour=15)})

    assert (moved.body["sessionDate"], moved.body["endsAt"]) == (instant(hour=14), instant(hour=15))


def test_a_booking_cannot_be_made_to_end_before_it_starts(api: ApiClient, make: Factory) -> None:
    booking = make.booking(sessionDate=instant(hour=10))

    refused = api.patch(f"/bookings/{booking['id']}", {"endsAt": instant(hour=10)})

    assert refused.status == 422
    assert pointers(refused) == ["/endsAt"]
    assert api.get(f"/bookings/{booking['id']}").body == booking


def test_another_package_leaves_the_price_and_length_that_were_agreed(api: ApiClient, make: Factory) -> None:
    booking, package = make.booking(price="180.00"), make.package(price="900.00", durationMinutes=300)

    changed = api.patch(f"/bookings/{booking['id']}", {"sessionTypeId": package["id"]})

    assert (changed.body["sessionTypeName"], changed.body["categoryId"]) == (package["name"], package["categoryId"])
    assert (changed.body["price"], changed.body["endsAt"]) == ("180.00", booking["endsAt"])


def test_a_booking_that_nothing_was_done_for_can_be_deleted_with_its_people(api: ApiClient, make: Factory) -> None:
    person = make.staff()
    booking = make.booking(person)

    deleted = api.delete(f"/bookings/{booking['id']}")

    assert deleted.status == 204
    assert api.get(f"/bookings/{booking['id']}").status == 404
    assert make.booking(person)["id"] != booking["id"]


def test_a_booking_with_an_editing_job_cannot_be_deleted(api: ApiClient, make: Factory) -> None:
    booking = make.completed_booking()

    refused = api.delete(f"/bookings/{booking['id']}")

    assert (refused.status, refused.body["code"]) == (409, "booking_in_use")
    assert api.get(f"/bookings/{booking['id']}").body == booking


def test_a_booking_with_an_invoice_cannot_be_deleted(api: ApiClient, make: Factory) -> None:
    booking = make.booking()
    make.invoice(clientId=booking["clientId"], bookingId=booking["id"])

    refused = api.delete(f"/bookings/{booking['id']}")

    assert (refused.status, refused.body["code"]) == (409, "booking_in_use")
    assert api.get(f"/bookings/{booking['id']}").status == 200


def test_a_booking_with_an_expense_cannot_be_deleted(api: ApiClient, make: Factory) -> None:
    booking = make.booking()
    make.expense(bookingId=booking["id"])

    refused = api.delete(f"/bookings/{booking['id']}")

    assert (refused.status, refused.body["code"]) == (409, "booking_in_use")
    assert api.get(f"/bookings/{booking['id']}").body == booking


def test_a_booking_is_made_with_its_people_and_their_parts(api: ApiClient, make: Factory) -> None:
    lena, kit = make.staff(name="Lena", avatarUrl="https://images.example/lena.jpg"), make.staff(name="Kit")
    people = [{"staffId": kit["id"], "role": "Lead photographer"}, {"staffId": lena["id"]}]

    created = api.post("/bookings", request_of(make, assignedStaff=people))

    assert created.body["assignedStaff"] == [
        {"staffId": kit["id"], "name": "Kit", "avatarUrl": None, "role": "Lead photographer"},
        {"staffId": lena["id"], "name": "Lena", "avatarUrl": "https://images.example/lena.jpg", "role": None},
    ]


def test_nobody_can_be_named_twice_for_a_booking(api: ApiClient, make: Factory) -> None:
    person = make.staff()
    people = [{"staffId": person["id"]}, {"staffId": make.staff()["id"]}, {"staffId": person["id"]}]

    refused = api.post("/bookings", request_of(make, assignedStaff=people))

    assert refused.status == 422
    assert pointers(refused) == ["/assignedStaff/2/staffId"]


def test_a_booking_with_somebody_who_is_not_there_is_refused_and_not_made(api: ApiClient, make: Factory) -> None:
    people = [{"staffId": make.staff()["id"]}, {"staffId": 999999}]

    refused = api.post("/bookings", request_of(make, assignedStaff=people))

    assert refused.status == 422
    assert pointers(refused) == ["/assignedStaff/1/staffId"]
    assert ids(api, "") == []


def test_a_person_is_put_on_a_booking(api: ApiClient, make: Factory) -> None:
    booking, person = make.booking(), make.staff(name="Lena")

    assigned = api.post(
        f"/bookings/{booking['id']}/assignments", {"staffId": person["id"], "role": "Second photographer"}
    )

    assert assigned.status == 201
    assert assigned.headers["Location"] == f"/api/v1/bookings/{booking['id']}/assignments/{person['id']}"
    assert assigned.body == {
        "staffId": person["id"],
        "name": "Lena",
        "avatarUrl": None,
        "role": "Second photographer",
    }
    assert api.get(f"/bookings/{booking['id']}/assignments/{person['id']}").body == assigned.body
    assert api.get(f"/bookings/{booking['id']}").body["assignedStaff"] == [assigned.body]


def test_a_person_is_on_a_booking_once(api: ApiClient, make: Factory) -> None:
    person = make.staff()
    booking = make.booking(person)

    refused = api.post(f"/bookings/{booking['id']}/assignments", {"staffId": person["id"]})

    assert (refused.status, refused.body["code"]) == (409, "already_assigned")
    assert api.get(f"/bookings/{booking['id']}").body == booking


def test_nobody_is_on_a_cancelled_booking_twice_either(api: ApiClient, make: Factory) -> None:
    person = make.staff()
    booking = make.booking(person)
    api.patch(f"/bookings/{booking['id']}", {"status": "CANCELLED"})

    refused = api.post(f"/bookings/{booking['id']}/assignments", {"staffId": person["id"]})

    assert (refused.status, refused.body["code"]) == (409, "already_assigned")


def test_somebody_who_is_not_there_cannot_be_put_on_a_booking(api: ApiClient, make: Factory) -> None:
    booking = make.booking()

    refused = api.post(f"/bookings/{booking['id']}/assignments", {"staffId": 999999})

    assert refused.status == 422
    assert pointers(refused) == ["/staffId"]


def test_a_person_is_taken_off_a_booking(api: ApiClient, make: Factory) -> None:
    lena, kit = make.staff(name="Lena"), make.staff(name="Kit")
    booking = make.booking(lena, kit)

    taken_off = api.delete(f"/bookings/{booking['id']}/assignments/{lena['id']}")

    assert taken_off.status == 204
    assert [person["name"] for person in api.get(f"/bookings/{booking['id']}").body["assignedStaff"]] == ["Kit"]


def test_somebody_who_is_not_on_a_booking_cannot_be_taken_off_it(api: ApiClient, make: Factory) -> None:
    booking, person = make.booking(), make.staff()

    answers = [
        api.get(f"/bookings/{booking['id']}/assignments/{person['id']}"),
        api.delete(f"/bookings/{booking['id']}/assignments/{person['id']}"),
        api.delete(f"/bookings/999999/assignments/{person['id']}"),
        api.post("/bookings/999999/assignments", {"staffId": person["id"]}),
    ]

    assert [answer.status for answer in answers] == [404, 404, 404, 404]


def test_a_row_carries_all_that_its_screens_show(api: ApiClient, make: Factory) -> None:
    client = make.client(name="Emma Chen", avatarUrl="https://images.example/emma.jpg")
    category = make.category(name="Weddings")
    package = make.package(name="Full Day Wedding", categoryId=category["id"])
    booking = make.booking(make.staff(name="Lena"), clientId=client["id"], sessionTypeId=package["id"])
    invoice = make.sent_invoice(clientId=client["id"], bookingId=booking["id"])
    completed = api.patch(f"/bookings/{booking['id']}", {"status": "COMPLETED"}).body

    rows = api.get("/bookings").body["data"]

    assert rows == [completed]
    assert (rows[0]["clientName"], rows[0]["clientAvatarUrl"]) == ("Emma Chen", "https://images.example/emma.jpg")
    assert (rows[0]["sessionTypeName"], rows[0]["categoryName"]) == ("Full Day Wedding", "Weddings")
    assert [person["name"] for person in rows[0]["assignedStaff"]] == ["Lena"]
    assert (rows[0]["invoiceId"], rows[0]["invoiceNumber"]) == (invoice["id"], invoice["invoiceNumber"])
    assert api.get(f"/editing-jobs/{rows[0]['editingJobId']}").body["bookingId"] == booking["id"]


def test_a_row_shows_a_draft_without_a_number(api: ApiClient, make: Factory) -> None:
    booking = make.booking()
    draft = make.invoice(clientId=booking["clientId"], bookingId=booking["id"])

    row = api.get(f"/bookings/{booking['id']}").body

    assert (row["invoiceId"], row["invoiceNumber"]) == (draft["id"], None)


def test_a_row_shows_the_newest_invoice_that_still_counts(api: ApiClient, make: Factory) -> None:
    booking = make.booking()
    first = make.sent_invoice(clientId=booking["clientId"], bookingId=booking["id"])
    second = make.sent_invoice(clientId=booking["clientId"], bookingId=booking["id"])

    newest = api.get(f"/bookings/{booking['id']}").body["invoiceId"]
    api.post(f"/invoices/{second['id']}/void")
    still_counts = api.get(f"/bookings/{booking['id']}").body["invoiceId"]

    assert (newest, still_counts) == (second["id"], first["id"])


def test_a_booking_is_listed_once_however_many_people_and_invoices_it_has(api: ApiClient, make: Factory) -> None:
    booking = make.booking(make.staff(), make.staff())
    make.invoice(clientId=booking["clientId"], bookingId=booking["id"])
    make.invoice(clientId=booking["clientId"], bookingId=booking["id"])

    page = api.get("/bookings?include=total").body

    assert ([row["id"] for row in page["data"]], page["total"]) == ([booking["id"]], 1)


def test_from_is_included_and_to_is_not(api: ApiClient, make: Factory) -> None:
    first, second, third = (make.booking(sessionDate=instant(day=day))["id"] for day in (1, 2, 3))

    assert ids(api, f"from={instant(day=2)}") == [second, third]
    assert ids(api, f"to={instant(day=2)}") == [first]
    assert ids(api, f"from={instant(day=1)}&to={instant(day=3)}") == [first, second]
    assert ids(api, f"from={instant(day=2)}&to={instant(day=2)}") == []


def test_from_takes_an_instant_with_any_offset(api: ApiClient, make: Factory) -> None:
    booking = make.booking(sessionDate="2027-03-01T10:00:00Z")

    assert ids(api, "from=2027-03-01T12:00:00%2B02:00") == [booking["id"]]
    assert ids(api, "from=2027-03-01T12:00:01%2B02:00") == []


def test_bookings_can_be_had_by_status(api: ApiClient, make: Factory) -> None:
    pending = make.booking(status="PENDING")
    scheduled = make.booking()
    completed = make.completed_booking()

    assert ids(api, "status=PENDING") == [pending["id"]]
    assert ids(api, "status=SCHEDULED") == [scheduled["id"]]
    assert ids(api, "status=COMPLETED") == [completed["id"]]
    assert ids(api, "status=CANCELLED") == []


def test_bookings_can_be_had_by_client(api: ApiClient, make: Factory) -> None:
    booking = make.booking()
    make.booking()

    assert ids(api, f"clientId={booking['clientId']}") == [booking["id"]]


def test_bookings_can_be_had_by_person(api: ApiClient, make: Factory) -> None:
    lena = make.staff()
    booking = make.booking(make.staff(), lena)
    make.booking(make.staff())

    assert ids(api, f"staffId={lena['id']}") == [booking["id"]]


def test_bookings_can_be_had_by_category(api: ApiClient, make: Factory) -> None:
    booking = make.booking()
    make.booking()

    assert ids(api, f"categoryId={booking['categoryId']}") == [booking["id"]]


def test_bookings_can_be_had_by_whether_an_invoice_counts_for_them(api: ApiClient, make: Factory) -> None:
    invoiced, taken_back, never = make.booking(), make.booking(), make.booking()
    make.invoice(clientId=invoiced["clientId"], bookingId=invoiced["id"])
    void = make.sent_invoice(clientId=taken_back["clientId"], bookingId=taken_back["id"])
    api.post(f"/invoices/{void['id']}/void")

    assert ids(api, "invoiced=true") == [invoiced["id"]]
    assert ids(api, "invoiced=false") == [taken_back["id"], never["id"]]


def test_filters_narrow_each_other_and_the_total(api: ApiClient, make: Factory) -> None:
    client = make.client()
    make.booking(clientId=client["id"])
    pending = make.booking(clientId=client["id"], status="PENDING")
    make.booking(status="PENDING")

    page = api.get(f"/bookings?clientId={client['id']}&status=PENDING&include=total").body

    assert ([row["id"] for row in page["data"]], page["total"]) == ([pending["id"]], 1)


@pytest.mark.parametrize("q", ["EMMA", "riverside"])
def test_bookings_can_be_searched_by_client_and_place(api: ApiClient, make: Factory, q: str) -> None:
    booking = make.booking(clientId=make.client(name="Emma Chen")["id"], location="Riverside Gardens")
    make.booking(location="Studio A")

    assert ids(api, f"q={q}") == [booking["id"]]


def test_search_takes_the_signs_of_patterns_literally(api: ApiClient, make: Factory) -> None:
    make.booking(location="Studio A")
    percent = make.booking(location="100% Gallery")
    underscore = make.booking(location="hall_2")

    assert ids(api, "q=%25") == [percent["id"]]
    assert ids(api, "q=_") == [underscore["id"]]


@pytest.mark.parametrize(
    ("sort", "expected"),
    [
        ("sessionDate", ["second", "third", "first"]),
        ("-sessionDate", ["first", "third", "second"]),
        ("createdAt", ["first", "second", "third"]),
        ("-createdAt", ["third", "second", "first"]),
    ],
)
def test_bookings_are_sorted_by(
    api: ApiClient, make: Factory, conn: Connection, sort: str, expected: list[str]
) -> None:
    for created, (location, day) in enumerate((("first", 9), ("second", 1), ("third", 5)), 1):
        booking = make.booking(location=location, sessionDate=instant(day=day))
        conn.execute("update bookings set created_at = make_date(2026, 1, %s) where id = %s", [created, booking["id"]])

    rows = api.get(f"/bookings?sort={sort}").body["data"]

    assert [row["location"] for row in rows] == expected
