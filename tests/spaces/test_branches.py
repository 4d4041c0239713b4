"""Branches: what vendors say of them, and what administrators make of them."""

import pytest

from photolens.database import Connection
from tests.client import ApiClient
from tests.factories import Factory
from tests.spaces.booked import hold
from tests.vendors import sign_in_vendor

HARBOUR = {"name": "Harbour House", "city": "Amman", "address": "14 Rainbow Street", "timeZone": "Asia/Amman"}


@pytest.fixture
def vendor(api: ApiClient) -> ApiClient:
    return api.by_role("VENDOR")


def test_a_new_branch_waits_for_an_administrator(vendor: ApiClient) -> None:
    created = vendor.post("/vendor/branches", HARBOUR | {"latitude": 31.9514, "longitude": 35.9239})

    assert created.status == 201
    assert (created.body["status"], created.body["latitude"], created.body["longitude"]) == (
        "PENDING",
        31.9514,
        35.9239,
    )
    assert created.body["facilities"] == []


@pytest.mark.parametrize(("missing", "present"), [("latitude", "longitude"), ("longitude", "latitude")])
def test_a_place_has_both_coordinates_or_neither(vendor: ApiClient, missing: str, present: str) -> None:
    refused = vendor.post("/vendor/branches", HARBOUR | {present: 31.9})

    assert (refused.status, refused.body["errors"][0]["pointer"]) == (422, "/latitude")


@pytest.mark.parametrize("beyond", [{"latitude": 90.1}, {"latitude": -90.1}, {"longitude": 180.1}, {"longitude": -181}])
def test_a_place_is_on_this_earth(vendor: ApiClient, beyond: dict[str, float]) -> None:
    refused = vendor.post("/vendor/branches", {**HARBOUR, "latitude": 0, "longitude": 0, **beyond})

    assert (refused.status, [e["pointer"] for e in refused.body["errors"]]) == (422, [f"/{next(iter(beyond))}"])


@pytest.mark.parametrize("zone", ["Mars/Olympus", "+03:00", "asia/amman", "posixrules", "../UTC"])
def test_a_time_zone_is_an_iana_name(vendor: ApiClient, zone: str) -> None:
    refused = vendor.post("/vendor/branches", HARBOUR | {"timeZone": zone})

    assert (refused.status, refused.body["errors"][0]["pointer"]) == (422, "/timeZone")


def test_a_vendor_never_writes_a_status(vendor: ApiClient, make: Factory) -> None:
    branch = make.branch("PENDING")

    for refused in (
        vendor.post("/vendor/branches", HARBOUR | {"status": "ACTIVE"}),
        vendor.patch(f"/vendor/branches/{branch['id']}", {"status": "ACTIVE"}),
    ):
        assert (refused.status, refused.body["errors"][0]["pointer"]) == (422, "/status")


def test_two_branches_of_a_vendor_have_different_names(vendor: ApiClient, make: Factory, conn: Connection) -> None:
    make.branch(name="Harbour House")

    refused = vendor.post("/vendor/branches", HARBOUR)
    of_another = vendor.by_token(sign_in_vendor(conn)).post("/vendor/branches", HARBOUR)

    assert (refused.status, refused.body["code"], of_another.status) == (409, "name_taken", 201)


def test_the_clock_of_a_branch_stays_once_times_of_it_are_published(vendor: ApiClient, make: Factory) -> None:
    branch = make.branch()
    path = f"/vendor/branches/{branch['id']}"
    assert vendor.patch(path, {"timeZone": "Europe/Lisbon"}).status == 200
    make.slots(make.offering(branch))

    refused = vendor.patch(path, {"timeZone": "Asia/Amman"})

    assert (refused.status, refused.body["code"]) == (409, "time_zone_in_use")


def test_facilities_are_replaced_as_a_set(vendor: ApiClient, make: Factory) -> None:
    parking, lift = make.facility(name="Parking"), make.facility(name="Lift")
    path = f"/vendor/branches/{make.branch()['id']}/facilities"

    both = vendor.put(path, {"facilityIds": [parking["id"], lift["id"], parking["id"]]})
    one = vendor.put(path, {"facilityIds": [lift["id"]]})
    unknown = vendor.put(path, {"facilityIds": [lift["id"], 987654321]})

    assert both.body == {"facilities": [lift, parking]}
    assert one.body == vendor.get(path).body == {"facilities": [lift]}
    assert (unknown.status, unknown.body["errors"][0]["pointer"]) == (422, "/facilityIds")


def test_a_vendor_lists_their_own_branches(vendor: ApiClient, make: Factory, conn: Connection) -> None:
    own = make.branch(name="Own")
    Factory(vendor.by_role("OWNER"), sign_in_vendor(conn)).branch(name="Another's")

    listed = vendor.get("/vendor/branches?include=total").body

    assert ([row["id"] for row in listed["data"]], listed["total"]) == ([own["id"]], 1)


@pytest.mark.parametrize("role", ["OWNER", "ADMIN"])
def test_an_administrator_lets_a_branch_in(api: ApiClient, make: Factory, role: str) -> None:
    path = f"/admin/branches/{make.branch('PENDING')['id']}"
    admin = api.by_role(role)

    moved = admin.patch(path, {"status": "ACTIVE", "reason": "The papers are in order."})

    assert (moved.status, moved.body["status"], admin.get(path).body["status"]) == (200, "ACTIVE", "ACTIVE")
    newest = api.get("/activities?limit=1").body["data"][0]
    assert (newest["kind"], newest["details"]["reason"]) == ("BRANCH_STATUS_CHANGED", "The papers are in order.")


def test_a_branch_never_waits_again(api: ApiClient, make: Factory) -> None:
    path = f"/admin/branches/{make.branch()['id']}"

    refused = api.patch(path, {"status": "PENDING", "reason": "Once more."})

    assert refused.status == 422


def test_a_branch_that_is_hidden_gives_up_unpaid_holds_and_keeps_the_rest(
    api: ApiClient, make: Factory, conn: Connection
) -> None:
    branch = make.branch()
    offering = make.offering(branch)
    slot = make.slots(offering, endTime="10:00")[0]
    unpaid, confirmed = hold(conn, offering, "CARD"), hold(conn, offering, "CASH")

    moved = api.patch(f"/admin/branches/{branch['id']}", {"status": "SUSPENDED", "reason": "The roof leaks."})

    assert moved.body["status"] == "SUSPENDED"
    rows = conn.execute("select id, status from space_bookings").fetchall()
    assert {row["id"]: row["status"] for row in rows} == {unpaid: "CANCELLED", confirmed: "CONFIRMED"}
    assert api.by_role("VENDOR").get(f"/vendor/availability/{slot['id']}").body["availableUnits"] == 2
