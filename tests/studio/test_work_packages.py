"""Work packages: what was agreed on with a client, the bookings that belong to it, and what came of it."""

from typing import Any

import pytest

from photolens.database import Connection
from tests.client import Answer, ApiClient
from tests.contracts.roles import join_team
from tests.factories import Factory, instant

CAMPAIGN = {
    "name": "Spring campaign",
    "description": "Four shoots.",
    "status": "OPEN",
    "startsOn": "2027-03-01",
    "endsOn": "2027-05-31",
}


@pytest.fixture
def package(make: Factory) -> dict[str, Any]:
    return make.work_package()


def outcome(answer: Answer) -> tuple[int, str | None]:
    return answer.status, answer.body.get("code")


def pointers(answer: Answer) -> list[str]:
    return [error["pointer"] for error in answer.body["errors"]]


def test_a_work_package_is_a_clients_and_begins_empty(api: ApiClient, make: Factory) -> None:
    client = make.client()

    created = api.post("/work-packages", CAMPAIGN | {"clientId": client["id"]})

    assert created.status == 201
    figures = {"bookingCount": 0, "invoicedAmount": "0.00", "paidAmount": "0.00"}
    assert created.body == created.body | CAMPAIGN | figures | {"clientId": client["id"], "clientName": client["name"]}


def test_it_ends_no_earlier_than_it_begins(api: ApiClient, package: dict[str, Any]) -> None:
    refused = [
        api.post("/work-packages", CAMPAIGN | {"clientId": package["clientId"], "endsOn": "2027-02-28"}),
        api.patch(f"/work-packages/{package['id']}", {"startsOn": "2027-02-02", "endsOn": "2027-02-01"}),
    ]

    assert [pointers(answer) for answer in refused] == [["/endsOn"]] * 2


def test_the_client_of_a_work_package_is_there_and_stays(api: ApiClient, package: dict[str, Any]) -> None:
    assert pointers(api.post("/work-packages", CAMPAIGN | {"clientId": 987654321})) == ["/clientId"]
    assert pointers(api.patch(f"/work-packages/{package['id']}", {"clientId": package["clientId"]})) == ["/clientId"]


def test_work_packages_are_listed_by_client_status_and_words(api: ApiClient, make: Factory) -> None:
    client = make.client(name="Acme")
    spring = make.work_package(clientId=client["id"], name="Spring")
    closed = make.work_package(clientId=client["id"], name="Autumn", status="CLOSED")
    other = make.work_package(name="Spring of another")

    def ids(**query: Any) -> list[int]:
        page = api.get("/work-packages", query_string={"sort": "createdAt", "include": "total", **query}).body
        assert page["total"] == len(page["data"])
        return [row["id"] for row in page["data"]]

    assert ids(clientId=client["id"]) == [spring["id"], closed["id"]]
    assert ids(status="CLOSED") == [closed["id"]]
    assert (ids(q="spring"), ids(q="acme")) == ([spring["id"], other["id"]], [spring["id"], closed["id"]])


def test_a_booking_belongs_to_a_work_package_of_its_client(
    api: ApiClient, make: Factory, package: dict[str, Any]
) -> None:
    other = make.work_package()
    booking = make.booking(clientId=package["clientId"], workPackageId=package["id"])
    make.booking(clientId=package["clientId"], sessionDate=instant(1))

    listed = api.get("/bookings", query_string={"workPackageId": package["id"], "include": "total"}).body
    refused = api.patch(f"/bookings/{booking['id']}", {"workPackageId": other["id"]})

    assert (booking["workPackageId"], booking["workPackageName"]) == (package["id"], package["name"])
    assert ([row["id"] for row in listed["data"]], listed["total"]) == ([booking["id"]], 1)
    assert pointers(refused) == ["/workPackageId"]
    assert api.get(f"/work-packages/{package['id']}").body["bookingCount"] == 1


def test_a_booking_is_moved_into_a_work_package_and_out_of_it(
    api: ApiClient, make: Factory, package: dict[str, Any]
) -> None:
    address = f"/bookings/{make.booking(clientId=package['clientId'])['id']}"

    there = api.patch(address, {"workPackageId": package["id"]})
    back = api.patch(address, {"workPackageId": None})

    assert (there.body["workPackageName"], back.body["workPackageName"]) == (package["name"], None)


def test_a_closed_work_package_keeps_its_bookings_and_is_given_no_more(
    api: ApiClient, make: Factory, package: dict[str, Any]
) -> None:
    inside = make.booking(clientId=package["clientId"], workPackageId=package["id"])
    outside = make.booking(clientId=package["clientId"], sessionDate=instant(1))
    api.patch(f"/work-packages/{package['id']}", {"status": "CLOSED"})
    another = {name: inside[name] for name in ("clientId", "sessionTypeId", "location", "workPackageId")}

    refused = [
        api.post("/bookings", another | {"sessionDate": instant(2)}),
        api.patch(f"/bookings/{outside['id']}", {"workPackageId": package["id"]}),
    ]
    kept = api.patch(f"/bookings/{inside['id']}", {"location": "Park", "workPackageId": package["id"]})

    assert [outcome(answer) for answer in refused] == [(409, "work_package_closed")] * 2
    assert (kept.status, kept.body["workPackageId"]) == (200, package["id"])
    api.patch(f"/work-packages/{package['id']}", {"status": "OPEN"})
    assert api.post("/bookings", another | {"sessionDate": instant(2)}).status == 201


def test_what_was_invoiced_and_paid_is_summed_without_drafts_and_void_invoices(
    conn: Connection, api: ApiClient, make: Factory, package: dict[str, Any]
) -> None:
    client = {"clientId": package["clientId"]}
    paid, void, draft = (
        make.sent_invoice("100.00", **client),
        make.sent_invoice("40.00", **client),
        make.invoice(**client),
    )
    ids = [paid["id"], void["id"], draft["id"], make.sent_invoice("7.50", **client)["id"]]
    conn.execute("update invoices set work_package_id = %s where id = any(%s)", [package["id"], ids])
    api.post(f"/invoices/{void['id']}/void")
    make.payment(paid, "60.00")

    shown = api.get(f"/work-packages/{package['id']}").body

    assert (shown["invoicedAmount"], shown["paidAmount"]) == ("107.50", "60.00")


def test_only_an_empty_work_package_is_deleted(
    conn: Connection, api: ApiClient, make: Factory, package: dict[str, Any]
) -> None:
    booked, invoiced = make.work_package(), make.work_package()
    make.booking(clientId=booked["clientId"], workPackageId=booked["id"])
    invoice = make.invoice(clientId=invoiced["clientId"])
    conn.execute("update invoices set work_package_id = %s where id = %s", [invoiced["id"], invoice["id"]])

    assert api.delete(f"/work-packages/{package['id']}").status == 204
    for used in (booked, invoiced):
        assert outcome(api.delete(f"/work-packages/{used['id']}")) == (409, "work_package_in_use")


def test_a_client_with_a_work_package_is_not_deleted(api: ApiClient, package: dict[str, Any]) -> None:
    assert outcome(api.delete(f"/clients/{package['clientId']}")) == (409, "client_in_use")


def test_with_a_client_who_was_erased_nothing_is_agreed_on(api: ApiClient, package: dict[str, Any]) -> None:
    api.post(f"/clients/{package['clientId']}/erase")

    refused = [
        api.post("/work-packages", CAMPAIGN | {"clientId": package["clientId"]}),
        api.patch(f"/work-packages/{package['id']}", {"name": "Spring"}),
    ]

    assert [outcome(answer) for answer in refused] == [(409, "client_erased")] * 2


def test_a_photographer_is_shown_those_of_their_clients_without_the_money(
    conn: Connection, api: ApiClient, make: Factory, package: dict[str, Any]
) -> None:
    member = make.staff()
    join_team(conn, "PHOTOGRAPHER", member["id"])
    into = {"clientId": package["clientId"], "workPackageId": package["id"]}
    make.booking(member, **into)
    make.booking(**into, sessionDate=instant(1))
    make.work_package()

    [shown] = api.by_role("PHOTOGRAPHER").get("/work-packages").body["data"]

    own = {"bookingCount": 1, "invoicedAmount": None, "paidAmount": None}
    assert shown == api.get(f"/work-packages/{package['id']}").body | own


def test_whoever_bills_is_shown_all_of_them_with_the_money_and_changes_none(
    api: ApiClient, package: dict[str, Any]
) -> None:
    finance = api.by_role("FINANCE")

    assert finance.get(f"/work-packages/{package['id']}").body == package
    assert finance.patch(f"/work-packages/{package['id']}", {"status": "CLOSED"}).status == 403


def test_what_happens_to_it_is_told_in_the_feed(api: ApiClient, package: dict[str, Any]) -> None:
    address = f"/work-packages/{package['id']}"
    api.patch(address, {"name": package["name"]})
    api.patch(address, {"status": "CLOSED"})
    api.delete(address)

    feed = api.get("/activities", query_string={"subjectType": "WORK_PACKAGE"}).body["data"]

    assert [deed["kind"].removeprefix("WORK_PACKAGE_") for deed in feed] == ["DELETED", "CHANGED", "CREATED"]
    assert {deed["clientId"] for deed in feed} == {package["clientId"]}
