"""The archive of clients, and how they stand: what lists leave out, and what they are filtered by."""

import pytest

from photolens.database import Connection
from tests.client import ApiClient
from tests.contracts.roles import join_team
from tests.factories import Factory


def names(api: ApiClient, **query: object) -> list[str]:
    page = api.get("/clients", query_string={**query, "include": "total"})
    assert page.status == 200, page.body
    assert page.body["total"] == len(page.body["data"])
    return [client["name"] for client in page.body["data"]]


def deeds(api: ApiClient, client_id: int) -> list[str]:
    feed = api.get("/activities", query_string={"subjectType": "CLIENT", "subjectId": client_id}).body["data"]
    return [deed["kind"] for deed in feed]


def test_a_client_who_is_archived_is_hidden_from_lists_and_from_nothing_else(api: ApiClient, make: Factory) -> None:
    emma, noah = make.client(name="Emma Chen"), make.client(name="Noah Berg")

    archived = api.patch(f"/clients/{emma['id']}", {"archived": True})

    assert (archived.status, archived.body["archivedAt"] is not None) == (200, True)
    assert names(api) == names(api, archived="false") == ["Noah Berg"]
    assert names(api, q="emma") == []
    assert names(api, archived="true") == names(api, archived="true", q="emma") == ["Emma Chen"]
    assert api.get(f"/clients/{emma['id']}").body == archived.body
    assert make.booking(clientId=emma["id"])["clientName"] == "Emma Chen"
    assert api.get(f"/clients/{noah['id']}").body == noah


def test_a_client_is_taken_out_of_the_archive_again(api: ApiClient, make: Factory) -> None:
    client = make.client()
    api.patch(f"/clients/{client['id']}", {"archived": True})

    restored = api.patch(f"/clients/{client['id']}", {"archived": False})

    assert restored.body == client | {"updatedAt": restored.body["updatedAt"]}
    assert deeds(api, client["id"]) == ["CLIENT_RESTORED", "CLIENT_ARCHIVED", "CLIENT_CREATED"]


def test_whoever_is_archived_already_stays_so_since_then(api: ApiClient, make: Factory) -> None:
    client = make.client()
    first = api.patch(f"/clients/{client['id']}", {"archived": True})

    second = api.patch(f"/clients/{client['id']}", {"archived": True})
    renamed = api.patch(f"/clients/{client['id']}", {"name": "Emma Berg"})

    assert second.body == first.body
    assert renamed.body["archivedAt"] == first.body["archivedAt"]
    assert deeds(api, client["id"]) == ["CLIENT_CHANGED", "CLIENT_ARCHIVED", "CLIENT_CREATED"]


@pytest.mark.parametrize("archived", ["true", 1, None])
def test_archived_is_true_or_false(api: ApiClient, make: Factory, archived: object) -> None:
    refused = api.patch(f"/clients/{make.client()['id']}", {"archived": archived})

    assert (refused.status, [fault["pointer"] for fault in refused.body["errors"]]) == (422, ["/archived"])


def test_a_new_client_is_not_made_into_the_archive(api: ApiClient) -> None:
    refused = api.post("/clients", {"name": "Emma", "email": "emma@example.com", "archived": True})

    assert (refused.status, [fault["pointer"] for fault in refused.body["errors"]]) == (422, ["/archived"])


@pytest.mark.parametrize(
    ("status", "expected"),
    [
        ("OVERDUE", ["Late", "Late and large"]),
        ("HIGH_VALUE", ["Large"]),
        ("GOOD_STANDING", ["At the threshold", "New"]),
    ],
)
@pytest.mark.parametrize("sort", ["name", "-name", "totalRevenue", "-totalRevenue", "createdAt", "-createdAt"])
def test_clients_are_filtered_by_how_they_stand(
    api: ApiClient, make: Factory, status: str, expected: list[str], sort: str
) -> None:
    for name, total, paid in (("Late", "100.00", "40.00"), ("Late and large", "9000.00", "8000.00")):
        client = make.client(name=name)
        invoice = make.sent_invoice(total, clientId=client["id"], issueDate="2020-01-01", dueDate="2020-01-15")
        make.payment(invoice, paid)
    for name, total in (("Large", "5000.01"), ("At the threshold", "5000.00")):
        make.payment(make.sent_invoice(total, clientId=make.client(name=name)["id"]), total)
    make.client(name="New")

    found = names(api, financialStatus=status, sort=sort)

    assert sorted(found) == expected
    assert names(api, financialStatus=status, sort=sort, archived="true") == []


def test_what_a_client_owes_is_what_issued_invoices_leave_to_pay(api: ApiClient, make: Factory) -> None:
    client = make.client()
    make.payment(make.sent_invoice("100.00", clientId=client["id"]), "30.00")
    make.sent_invoice("50.00", clientId=client["id"])
    make.invoice("1000.00", clientId=client["id"])
    api.post(f"/invoices/{make.sent_invoice('500.00', clientId=client['id'])['id']}/void")

    shown = api.get(f"/clients/{client['id']}").body

    assert (shown["outstandingBalance"], shown["financialStatus"]) == ("120.00", "GOOD_STANDING")


def test_a_photographer_is_shown_no_standing_and_may_not_ask_who_has_which(
    api: ApiClient, make: Factory, conn: Connection
) -> None:
    person = make.staff()
    join_team(conn, "PHOTOGRAPHER", person["id"])
    booking = make.booking(person)
    make.booking(clientId=booking["clientId"], sessionDate="2027-05-01T10:00:00Z")
    photographer = api.by_role("PHOTOGRAPHER")

    [client] = photographer.get("/clients").body["data"]
    refused = photographer.get("/clients", query_string={"financialStatus": "OVERDUE"})

    assert (client["financialStatus"], client["outstandingBalance"], client["totalBookings"]) == (None, None, 1)
    assert (refused.status, refused.body["code"]) == (403, "forbidden")
