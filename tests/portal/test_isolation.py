"""A contact is shown their own client, and nothing that tells of another: asked of every operation of the portal."""

import json
import re
from collections.abc import Iterator
from typing import Any

import pytest

from photolens.database import Connection
from tests.client import Answer, ApiClient
from tests.contracts.operations import OPERATIONS, Operation
from tests.contracts.test_foreign_rows import OF_THE_MOMENT
from tests.portal.conftest import Portal
from tests.portal.furnished import WORD

PORTALS = [operation for operation in OPERATIONS if operation.is_for_contacts]
ABOUT_A_ROW = [operation for operation in PORTALS if operation.path_ids]
LISTS = [operation for operation in PORTALS if "cursor" in operation.parameters]

ID = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}|\d+")

# What is the client's, and still not for their eyes: by the name in the path, the table whose hidden rows it names.
HIDDEN = {"invoiceId": "invoices", "editingJobId": "editing_jobs"}


@pytest.fixture
def ask(portal: Portal, conn: Connection) -> Any:
    """Ask an operation about rows, with its example; whatever comes of it is undone."""

    def asked(operation: Operation, ids: dict[str, Any], **headers: str) -> Answer:
        conn.execute("savepoint asked")
        body = operation.body.get("example")
        answer = portal.api.request(operation.method.upper(), operation.address(ids), body, headers=headers)
        conn.execute("rollback to savepoint asked")
        return answer

    return asked


def words(answer: Answer) -> tuple[int, str, dict[str, str]]:
    """An answer, but for the ids in it and what is of the moment."""
    headers = {name: value for name, value in answer.headers.items() if name not in OF_THE_MOMENT}
    return answer.status, ID.sub("#", json.dumps(answer.body)), headers


def ids_not_to_be_found(portal: Portal, operation: Operation) -> Iterator[dict[str, Any]]:
    """The ids of another client; of what is hidden of one's own; and one's own and another's, mixed."""
    yield portal.foreign.ids
    for name in operation.path_ids:
        yield portal.own.ids | {name: portal.foreign.ids[name]}
        for row_id in portal.own.hidden.get(HIDDEN.get(name, ""), ()):
            yield portal.own.ids | {name: row_id}


def test_the_portals_operations_about_a_row_are_those_of_six_kinds() -> None:
    assert {name for operation in ABOUT_A_ROW for name in operation.path_ids} == {
        "bookingId",
        "checkoutId",
        "editingJobId",
        "invoiceId",
        "selectionId",
        "workPackageId",
    }


def test_a_row_of_another_client_or_a_draft_is_as_one_that_is_not_there(portal: Portal, ask: Any) -> None:
    betrayed = []
    for operation in ABOUT_A_ROW:
        absent = ask(operation, {})
        assert (absent.status, absent.body["code"]) == (404, "not_found"), str(operation)
        for ids in ids_not_to_be_found(portal, operation):
            answer = ask(operation, ids)
            # Of what two ids name, it is the first that is missing in one, the second in the other.
            if words(answer)[0::2] != words(absent)[0::2] or answer.body["title"] != absent.body["title"]:
                betrayed.append(f"{operation} {ids}: {answer}")
        if words(ask(operation, portal.foreign.ids)) != words(absent):
            betrayed.append(str(operation))

    assert betrayed == []


def test_whether_a_row_of_another_client_has_changed_is_not_told(portal: Portal, ask: Any) -> None:
    for operation in ABOUT_A_ROW:
        header = "If-None-Match" if operation.method == "get" else "If-Match"
        for etag in ('"another"', "*"):
            assert ask(operation, portal.foreign.ids, **{header: etag}).status == 404, str(operation)


def test_a_row_of_ones_own_client_is_there(portal: Portal, ask: Any) -> None:
    answers = {o.name: ask(o, portal.own.ids).status for o in ABOUT_A_ROW}

    assert {name: status for name, status in answers.items() if status not in (200, 201, 204)} == {
        "finalizeChoice": 409,  # there is no job yet
        "openPortalCheckout": 503,  # the payment provider is not there: tests/billing
    }


def test_no_list_no_total_and_no_filter_tells_of_another_client(portal: Portal) -> None:
    foreign = portal.foreign.ids
    of_list = {
        "listPortalBookings": portal.own.shown["bookings"],
        "listPortalEditingJobs": portal.own.shown["editing_jobs"],
        "listPortalInvoices": portal.own.shown["invoices"],
        "listPortalPhotos": portal.own.shown["photo_selections"],
        "listPortalWorkPackages": portal.own.shown["work_packages"],
    }
    assert of_list.keys() == {operation.name for operation in LISTS}

    for operation in LISTS:
        asked = {name: p["schema"] for name, p in operation.parameters.items() if p["in"] == "query"}
        filters: list[dict[str, Any]] = [{"sort": sort} for sort in asked["sort"]["enum"]]
        for name in asked.keys() - {"sort", "limit", "cursor", "include"}:
            words = ["true", "false"] if asked[name]["type"] == "boolean" else asked[name].get("enum", [])
            filters += [{name: word} for word in words]
            if name in foreign:
                filters.append({name: foreign[name]})
        for query in filters:
            answer = portal.api.get(operation.address(portal.own.ids), query_string={**query, "include": "total"})
            assert answer.status == 200, (operation.name, query, answer)
            page = answer.body
            ids = {row["id"] for row in page["data"]}
            assert ids <= of_list[operation.name], (operation.name, query)
            assert page["total"] == len(ids), (operation.name, query)
            if query.keys() & foreign.keys():
                assert ids == set(), (operation.name, query)


def test_a_cursor_of_another_clients_contact_leads_to_ones_own_rows(portal: Portal, api: ApiClient) -> None:
    others = api.by_token(portal.foreign.token)
    cursor = others.get("/portal/invoices?limit=1&sort=issueDate").body["nextCursor"]

    page = portal.api.get("/portal/invoices", query_string={"cursor": cursor, "sort": "issueDate"})

    assert {row["id"] for row in page.body["data"]} <= portal.own.shown["invoices"]


def test_nothing_that_is_answered_holds_a_note_a_cost_or_the_name_of_anybody_at_the_studio(portal: Portal) -> None:
    gets = [operation for operation in PORTALS if operation.method == "get"]
    assert len(gets) > 10
    private = re.compile(
        r"notes|revenue|cost|staff|editor\b|editorId|provider|stripe|recordedBy|requestedBy|priority|assigned|account",
        re.IGNORECASE,
    )
    for operation in gets:
        answer = portal.api.get(operation.address(portal.own.ids))
        assert answer.status == 200, str(operation)
        text = json.dumps(answer.body)
        assert WORD not in text, str(operation)
        assert private.findall(" ".join(re.findall(r'"(\w+)":', text))) == [], str(operation)


def test_a_contact_is_nobody_to_the_studios_own_operations(portal: Portal) -> None:
    for path in ("/clients", "/invoices", "/bookings", "/editing-jobs", "/dashboard", "/settings", "/activities"):
        refused = portal.api.get(path)
        assert (refused.status, refused.body["code"]) == (403, "forbidden"), path


def test_the_studio_is_told_that_an_invoice_is_not_there_in_the_same_words(api: ApiClient, portal: Portal) -> None:
    studio, contact = api.get("/invoices/987654321"), portal.api.get("/portal/invoices/987654321")

    assert (studio.status, studio.body["detail"]) == (contact.status, contact.body["detail"])


def test_a_contact_sets_no_amount_no_status_and_no_payer(portal: Portal) -> None:
    photos = f"/portal/bookings/{portal.own.ids['bookingId']}/photo-selections"
    sent = [
        portal.api.post(photos, {"name": "IMG_0001.jpg", "isEdited": True}),
        portal.api.post(photos, {"name": "IMG_0001.jpg", "position": 1}),
        portal.api.post(f"/portal/editing-jobs/{portal.own.ids['editingJobId']}/revisions", {"note": "x", "status": 1}),
        portal.api.patch("/portal/me", {"email": "else@example.com"}),
        portal.api.patch("/portal/me", {"isPrimary": True}),
    ]
    writing = {o.name for o in PORTALS if o.method != "get"}

    assert [answer.status for answer in sent] == [422] * len(sent)
    assert writing == {
        "approvePhotos",
        "askForRevision",
        "choosePhoto",
        "finalizeChoice",
        "openPortalCheckout",
        "takeBackPhoto",
        "updatePortalContact",
        "verifyPortalCheckout",
    }


def test_a_contact_who_is_shut_out_is_so_from_the_next_request_on(api: ApiClient, portal: Portal) -> None:
    [contact_id] = portal.own.shown["client_contacts"]
    assert portal.api.get("/portal/me").status == 200

    assert api.post(f"/contacts/{contact_id}/deactivate").status == 200

    refused = portal.api.get("/portal/me")
    assert (refused.status, refused.body["code"]) == (403, "not_a_contact")
    assert portal.api.get(f"/portal/invoices/{portal.own.ids['invoiceId']}").status == 403
