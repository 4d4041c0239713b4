"""What vendors ask for, decided once, with its effect at once."""

from typing import Any

import pytest

from photolens.database import Connection
from tests.client import Answer, ApiClient
from tests.factories import Factory
from tests.spaces.booked import hold, pointers


@pytest.fixture
def vendor(api: ApiClient) -> ApiClient:
    return api.by_role("VENDOR")


def ask(vendor: ApiClient, branch: dict[str, Any], **request: Any) -> Answer:
    return vendor.post(f"/vendor/branches/{branch['id']}/approval-requests", {"kind": "PAUSE_BRANCH", **request})


def capacity(make: Factory, branch: dict[str, Any], offering: dict[str, Any], to: int) -> str:
    """The address of a request for another capacity."""
    asked = {"kind": "CAPACITY_CHANGE", "vendorServiceId": offering["id"], "requestedCapacity": to}
    return f"/admin/approval-requests/{make.approval_request(branch, **asked)['id']}"


def totals(vendor: ApiClient, offering: dict[str, Any]) -> list[tuple[int, int]]:
    slots = vendor.get(f"/vendor/services/{offering['id']}/availability").body["data"]
    return [(slot["totalUnits"], slot["availableUnits"]) for slot in slots]


# Asking


def test_a_request_waits_and_is_found_at_its_branch(vendor: ApiClient, make: Factory) -> None:
    branch = make.branch()

    asked = ask(vendor, branch, reason="The roof is mended in June.")

    path = f"/vendor/branches/{branch['id']}/approval-requests"
    assert (asked.status, asked.body["status"], asked.body["decidedAt"]) == (201, "PENDING", None)
    assert vendor.get(f"{path}/{asked.body['id']}").body == asked.body == vendor.get(path).body["data"][0]
    assert vendor.get(f"/vendor/branches/{make.branch()['id']}/approval-requests/{asked.body['id']}").status == 404


def test_one_of_a_kind_and_target_waits_at_a_time(api: ApiClient, vendor: ApiClient, make: Factory) -> None:
    branch = make.branch()
    first = make.approval_request(branch)

    second = ask(vendor, branch)
    api.post(f"/admin/approval-requests/{first['id']}/reject", {})

    assert (second.status, second.body["code"]) == (409, "request_pending")
    assert ask(vendor, branch).status == 201


def test_capacities_of_two_offerings_are_two_targets(make: Factory) -> None:
    branch = make.branch()

    assert capacity(make, branch, make.offering(branch), 5) != capacity(make, branch, make.offering(branch), 5)


@pytest.mark.parametrize(
    ("wrong", "wanted"),
    [
        ({"kind": "CAPACITY_CHANGE"}, ["/requestedCapacity", "/vendorServiceId"]),
        ({"requestedCapacity": 5}, ["/requestedCapacity"]),
        ({"kind": "CAPACITY_CHANGE", "vendorServiceId": 987654321, "requestedCapacity": 5}, ["/vendorServiceId"]),
        ({"kind": "CAPACITY_CHANGE", "vendorServiceId": 1, "requestedCapacity": 0}, ["/requestedCapacity"]),
    ],
)
def test_a_request_has_what_its_kind_needs_and_nothing_else(
    vendor: ApiClient, make: Factory, wrong: dict[str, Any], wanted: list[str]
) -> None:
    refused = ask(vendor, make.branch(), **wrong)

    assert (refused.status, sorted(pointers(refused))) == (422, wanted)


def test_a_capacity_is_that_of_an_offering_of_the_branch_and_another_than_it_is(
    vendor: ApiClient, make: Factory
) -> None:
    branch, offering = make.branch(), make.offering()
    of_another = {"kind": "CAPACITY_CHANGE", "vendorServiceId": offering["id"], "requestedCapacity": 5}
    same = {"kind": "CAPACITY_CHANGE", "vendorServiceId": make.offering(branch)["id"], "requestedCapacity": 3}

    assert pointers(ask(vendor, branch, **of_another)) == ["/vendorServiceId"]
    assert pointers(ask(vendor, branch, **same)) == ["/requestedCapacity"]


@pytest.mark.parametrize(
    ("status", "kind", "wanted"),
    [
        ("ACTIVE", "ACTIVATE_BRANCH", 409),
        ("SUSPENDED", "PAUSE_BRANCH", 409),
        ("PENDING", "ACTIVATE_BRANCH", 201),
        ("SUSPENDED", "ACTIVATE_BRANCH", 201),
    ],
)
def test_a_branch_is_asked_to_become_what_it_can(
    vendor: ApiClient, make: Factory, status: str, kind: str, wanted: int
) -> None:
    assert ask(vendor, make.branch(status), kind=kind).status == wanted


# Deciding


def test_requests_are_decided_once(api: ApiClient, make: Factory) -> None:
    path = f"/admin/approval-requests/{make.approval_request(make.branch())['id']}"

    decided = api.post(f"{path}/reject", {"note": "Not in the season."})
    again = [api.post(f"{path}/{decision}", {}) for decision in ("approve", "reject")]

    assert (decided.body["status"], decided.body["reviewNote"]) == ("REJECTED", "Not in the season.")
    assert [(answer.status, answer.body["code"]) for answer in again] == [(409, "already_decided")] * 2
    assert api.get(path).body == decided.body


def test_waiting_requests_of_a_kind_are_listed(api: ApiClient, make: Factory) -> None:
    branch = make.branch()
    pause = make.approval_request(branch)
    other = capacity(make, branch, make.offering(branch), 5)

    listed = api.get("/admin/approval-requests?status=PENDING&kind=PAUSE_BRANCH&include=total").body
    api.post(f"{other}/reject", {})

    assert ([row["id"] for row in listed["data"]], listed["total"]) == ([pause["id"]], 1)
    assert [row["id"] for row in api.get("/admin/approval-requests?status=PENDING").body["data"]] == [pause["id"]]


def test_more_capacity_raises_the_slots_to_come_that_stood_at_the_old_one(
    api: ApiClient, vendor: ApiClient, make: Factory, conn: Connection
) -> None:
    branch = make.branch()
    offering = make.offering(branch)
    lowered = make.slots(offering, endTime="12:00")[2]
    hold(conn, offering, quantity=2)
    vendor.patch(f"/vendor/availability/{lowered['id']}", {"totalUnits": 1})
    conn.execute(
        "insert into availability (vendor_service_id, date, start_time, end_time, starts_at, ends_at, total_units,"
        " available_units) values (%s, '2026-01-05', '09:00', '10:00', '2026-01-05T09:00Z', '2026-01-05T10:00Z', 3, 3)",
        [offering["id"]],
    )

    approved = api.post(f"{capacity(make, branch, offering, 5)}/approve", {"note": None})

    assert (approved.status, approved.body["status"], approved.body["maxCapacity"]) == (200, "APPROVED", 5)
    assert totals(vendor, offering) == [(3, 3), (5, 3), (5, 5), (1, 1)]


def test_less_capacity_lowers_the_slots_to_come_that_have_more(
    api: ApiClient, vendor: ApiClient, make: Factory, conn: Connection
) -> None:
    branch = make.branch()
    offering = make.offering(branch)
    lowered = make.slots(offering, endTime="12:00")[2]
    hold(conn, offering, quantity=2)
    vendor.patch(f"/vendor/availability/{lowered['id']}", {"totalUnits": 1})

    approved = api.post(f"{capacity(make, branch, offering, 2)}/approve", {})

    assert approved.status == 200
    assert totals(vendor, offering) == [(2, 0), (2, 2), (1, 1)]


def test_less_capacity_than_a_slot_to_come_holds_is_refused_and_the_request_waits_on(
    api: ApiClient, vendor: ApiClient, make: Factory, conn: Connection
) -> None:
    branch = make.branch()
    offering = make.offering(branch)
    make.slots(offering)
    hold(conn, offering, quantity=2)
    path = capacity(make, branch, offering, 1)

    refused = api.post(f"{path}/approve", {})

    assert (refused.status, refused.body["code"]) == (409, "units_held")
    assert api.get(path).body["status"] == "PENDING"
    assert totals(vendor, offering) == [(3, 1), (3, 3)]
    assert vendor.get(f"/vendor/services/{offering['id']}").body["maxCapacity"] == 3


def test_a_pause_hides_the_branch_and_gives_up_unpaid_holds_alone(
    api: ApiClient, vendor: ApiClient, make: Factory, conn: Connection
) -> None:
    branch = make.branch()
    offering = make.offering(branch)
    make.slots(offering)
    unpaid = [hold(conn, offering, "CARD"), hold(conn, offering, "APPLE_PAY")]
    confirmed = hold(conn, offering, "CASH")

    paused = api.post(f"/admin/approval-requests/{make.approval_request(branch)['id']}/approve", {})

    assert paused.status == 200
    assert vendor.get(f"/vendor/branches/{branch['id']}").body["status"] == "SUSPENDED"
    rows = conn.execute("select id, status from space_bookings").fetchall()
    statuses = {row["id"]: row["status"] for row in rows}
    assert statuses == dict.fromkeys(unpaid, "CANCELLED") | {confirmed: "CONFIRMED"}
    assert totals(vendor, offering) == [(3, 2), (3, 3)]


def test_a_branch_is_let_in_again_at_its_vendors_wish(api: ApiClient, vendor: ApiClient, make: Factory) -> None:
    branch = make.branch("SUSPENDED")
    request = make.approval_request(branch, kind="ACTIVATE_BRANCH")

    api.post(f"/admin/approval-requests/{request['id']}/approve", {})

    assert vendor.get(f"/vendor/branches/{branch['id']}").body["status"] == "ACTIVE"


def test_what_has_come_about_meanwhile_is_not_approved_any_more(api: ApiClient, make: Factory) -> None:
    branch = make.branch()
    path = f"/admin/approval-requests/{make.approval_request(branch)['id']}"
    api.patch(f"/admin/branches/{branch['id']}", {"status": "SUSPENDED", "reason": "The roof leaks."})

    refused = api.post(f"{path}/approve", {})

    assert (refused.status, refused.body["code"]) == (409, "illegal_transition")
    assert api.get(path).body["status"] == "PENDING"
