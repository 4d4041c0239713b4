"""A row of another vendor is no row: 404, word for word as for one that is not there. Asked of all that vendors do."""

import re
from typing import Any

import pytest

from photolens.database import Connection
from tests.client import Answer, ApiClient, token_of
from tests.contracts.operations import OPERATIONS, Operation
from tests.contracts.test_foreign_rows import OF_THE_MOMENT
from tests.factories import Factory
from tests.vendors import sign_in_vendor

ABOUT_A_ROW = [operation for operation in OPERATIONS if operation.is_for_vendors and operation.path_ids]


def possessions(make: Factory) -> dict[str, Any]:
    branch = make.branch()
    offering = make.offering(branch)
    return {
        "branchId": branch["id"],
        "vendorServiceId": offering["id"],
        "slotId": make.slots(offering)[0]["id"],
        "requestId": make.approval_request(branch)["id"],
    }


def words(answer: Answer) -> tuple[int, str, dict[str, str]]:
    headers = {name: value for name, value in answer.headers.items() if name not in OF_THE_MOMENT}
    return answer.status, re.sub(r"\d+", "#", str(answer.body)), headers


@pytest.fixture
def stranger(conn: Connection) -> str:
    return sign_in_vendor(conn)


def test_a_row_of_another_vendor_is_as_one_that_is_not_there(
    api: ApiClient, make: Factory, conn: Connection, stranger: str
) -> None:
    own, foreign = possessions(make), possessions(Factory(api, stranger))
    catalogue = {"serviceId": 1, "facilityIds": [make.facility()["id"]], "featureIds": [make.feature()["id"]]}

    def ask(operation: Operation, ids: dict[str, Any], token: str, **headers: str) -> Answer:
        conn.execute("savepoint asked")
        body = operation.example(ids | catalogue)
        answer = api.by_token(token).request(operation.method.upper(), operation.address(ids), body, headers=headers)
        conn.execute("rollback to savepoint asked")
        return answer

    betrayed = []
    for operation in ABOUT_A_ROW:
        absent = words(ask(operation, {}, token_of("VENDOR")))
        for headers in ({}, {"If-Match": "*"}, {"If-None-Match": "*"}):
            refused = ask(operation, foreign, token_of("VENDOR"), **headers)
            if words(refused) != absent or refused.body["code"] != "not_found":
                betrayed.append(f"{operation}: {refused}")
        assert ask(operation, foreign, stranger).status in (200, 201, 204, 409), str(operation)

    assert betrayed == []
    assert own.keys() == foreign.keys()


def test_a_foreign_offering_is_not_asked_for_through_ones_own_branch(
    api: ApiClient, make: Factory, stranger: str
) -> None:
    own, foreign = possessions(make), possessions(Factory(api, stranger))
    asked = {"kind": "CAPACITY_CHANGE", "requestedCapacity": 5}
    vendor, path = api.by_role("VENDOR"), f"/vendor/branches/{own['branchId']}/approval-requests"

    refused = [vendor.post(path, {**asked, "vendorServiceId": id_}) for id_ in (foreign["vendorServiceId"], 987654321)]

    assert words(refused[0]) == words(refused[1])
    assert refused[0].status == 422


def test_a_vendor_who_is_suspended_is_nobody_and_one_who_waits_is_no_vendor(api: ApiClient, conn: Connection) -> None:
    waiting = api.by_token(sign_in_vendor(conn, status="PENDING")).get("/vendor/branches")
    suspended = api.by_token(sign_in_vendor(conn, status="SUSPENDED")).get("/vendor/branches")

    assert (waiting.status, waiting.body["code"]) == (403, "not_a_vendor")
    assert suspended.status == 401
