"""What vendors offer at their branches, and on which terms."""

from typing import Any

import pytest

from photolens.database import Connection
from tests.client import ApiClient
from tests.factories import Factory
from tests.spaces.booked import hold, pointers

DESK = {"serviceId": 1, "label": "Desk", "maxCapacity": 3, "pricePerUnit": "10.55", "priceUnit": "HOUR"}


@pytest.fixture
def vendor(api: ApiClient) -> ApiClient:
    return api.by_role("VENDOR")


def test_an_offering_has_the_usual_terms_where_none_are_named(vendor: ApiClient, make: Factory) -> None:
    created = vendor.post(f"/vendor/branches/{make.branch()['id']}/services", DESK)

    assert created.status == 201
    assert created.headers["Location"] == f"/api/v1/vendor/services/{created.body['id']}"
    terms = (
        "freeCancelHours",
        "lateRefundPercent",
        "autoAccept",
        "minBookingDuration",
        "maxBookingDuration",
        "isActive",
    )
    assert [created.body[term] for term in terms] == [24, 0, False, 1, None, True]
    assert (created.body["serviceName"], created.body["pricePerUnit"]) == ("HOT_DESK", "10.55")


@pytest.mark.parametrize(
    ("wrong", "pointer"),
    [
        ({"serviceId": 987654321}, "/serviceId"),
        ({"maxCapacity": 0}, "/maxCapacity"),
        ({"pricePerUnit": "0.00"}, "/pricePerUnit"),
        ({"pricePerUnit": "10.555"}, "/pricePerUnit"),
        ({"priceUnit": "YEAR"}, "/priceUnit"),
        ({"minBookingDuration": 4, "maxBookingDuration": 3}, "/maxBookingDuration"),
        ({"lateRefundPercent": 101}, "/lateRefundPercent"),
        ({"freeCancelHours": -1}, "/freeCancelHours"),
    ],
)
def test_what_cannot_be_offered_is_told_at_its_pointer(
    vendor: ApiClient, make: Factory, wrong: dict[str, Any], pointer: str
) -> None:
    refused = vendor.post(f"/vendor/branches/{make.branch()['id']}/services", DESK | wrong)

    assert (refused.status, pointers(refused)) == (422, [pointer])


def test_the_least_duration_is_held_against_the_most_that_is_there(vendor: ApiClient, make: Factory) -> None:
    path = f"/vendor/services/{make.offering(maxBookingDuration=3)['id']}"

    assert pointers(vendor.patch(path, {"minBookingDuration": 4})) == ["/maxBookingDuration"]


def test_two_offerings_of_a_branch_have_different_labels(vendor: ApiClient, make: Factory) -> None:
    branch = make.branch()
    make.offering(branch, label="Desk")

    refused = vendor.post(f"/vendor/branches/{branch['id']}/services", DESK)

    assert (refused.status, refused.body["code"]) == (409, "name_taken")


def test_another_capacity_is_asked_for_and_not_written(vendor: ApiClient, make: Factory) -> None:
    refused = vendor.patch(f"/vendor/services/{make.offering()['id']}", {"maxCapacity": 9})

    assert (refused.status, pointers(refused)) == (422, ["/maxCapacity"])


def test_a_booking_keeps_the_price_it_was_sold_at(vendor: ApiClient, make: Factory, conn: Connection) -> None:
    offering = make.offering(pricePerUnit="10.00")
    make.slots(offering)
    hold(conn, offering)

    changed = vendor.patch(f"/vendor/services/{offering['id']}", {"pricePerUnit": "12.00", "priceUnit": "DAY"})

    assert (changed.body["pricePerUnit"], changed.body["priceUnit"]) == ("12.00", "DAY")
    sold = conn.execute("select unit_price::text, price_unit, total_price::text from space_bookings").fetchone()
    assert sold == {"unit_price": "10.00", "price_unit": "HOUR", "total_price": "10.00"}


def test_what_was_ever_booked_is_deactivated_and_never_deleted(
    vendor: ApiClient, make: Factory, conn: Connection
) -> None:
    offering = make.offering()
    make.slots(offering)
    hold(conn, offering)
    conn.execute("update space_bookings set status = 'CANCELLED', cancelled_at = now()")
    path = f"/vendor/services/{offering['id']}"

    refused = vendor.delete(path)

    assert (refused.status, refused.body["code"]) == (409, "offering_in_use")
    assert vendor.patch(path, {"isActive": False}).body["isActive"] is False


def test_what_was_never_booked_goes_with_its_slots_features_and_requests(
    vendor: ApiClient, make: Factory, conn: Connection
) -> None:
    branch = make.branch()
    offering = make.offering(branch)
    make.slots(offering)
    make.approval_request(branch, kind="CAPACITY_CHANGE", vendorServiceId=offering["id"], requestedCapacity=5)
    path = f"/vendor/services/{offering['id']}"
    vendor.put(f"{path}/features", {"featureIds": [make.feature()["id"]]})

    removed = vendor.delete(path)

    assert (removed.status, vendor.get(path).status) == (204, 404)
    left = conn.execute(
        "select (select count(*) from availability) + (select count(*) from service_features)"
        " + (select count(*) from approval_requests) as rows"
    ).fetchone()
    assert left == {"rows": 0}


def test_features_are_replaced_as_a_set(vendor: ApiClient, make: Factory) -> None:
    monitor, window = make.feature(name="Monitor"), make.feature(name="Window")
    offering = make.offering()
    path = f"/vendor/services/{offering['id']}/features"

    both = vendor.put(path, {"featureIds": [window["id"], monitor["id"]]})
    none = vendor.put(path, {"featureIds": []})

    assert both.body == {"features": [monitor, window]}
    assert none.body == vendor.get(path).body == {"features": []}
    assert pointers(vendor.put(path, {"featureIds": [987654321]})) == ["/featureIds"]


@pytest.mark.parametrize("kind", ["facilities", "features"])
def test_what_is_in_the_catalogue_has_a_name_of_its_own_and_stays_while_it_is_used(
    api: ApiClient, vendor: ApiClient, make: Factory, kind: str
) -> None:
    one = make.facility() if kind == "facilities" else make.feature()
    of = f"branches/{make.branch()['id']}" if kind == "facilities" else f"services/{make.offering()['id']}"
    ids = "facilityIds" if kind == "facilities" else "featureIds"
    assert vendor.put(f"/vendor/{of}/{kind}", {ids: [one["id"]]}).status == 200
    path = f"/admin/{kind}/{one['id']}"

    same = api.post(f"/admin/{kind}", {"name": one["name"].upper()})
    in_use = api.delete(path)
    assert vendor.put(f"/vendor/{of}/{kind}", {ids: []}).status == 200
    removed = api.delete(path)

    assert (same.status, same.body["code"]) == (409, "name_taken")
    assert (in_use.status, in_use.body["code"]) == (
        409,
        "facility_in_use" if ids == "facilityIds" else "feature_in_use",
    )
    assert removed.status == 204


def test_a_kind_of_space_is_described_and_not_renamed(api: ApiClient) -> None:
    described = api.patch("/admin/services/1", {"description": "Any free desk."})

    assert (described.body["name"], described.body["description"]) == ("HOT_DESK", "Any free desk.")
    assert pointers(api.patch("/admin/services/1", {"name": "MEETING_ROOM"})) == ["/name"]
