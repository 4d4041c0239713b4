"""Clients: who the studio works for, and what it knows of them."""

import pytest

from photolens.database import Connection
from tests.client import ApiClient
from tests.factories import Factory

EMMA = {
    "name": "Emma Chen",
    "email": "Emma.Chen@example.com",
    "phone": "+1 555 0134",
    "notes": "Prefers the late afternoon.",
    "avatarUrl": "https://images.example/emma.jpg",
}


def names(api: ApiClient, query: str = "") -> list[str]:
    return [client["name"] for client in api.get(f"/clients{query}").body["data"]]


def test_a_client_is_created_with_what_the_studio_knows_of_them(api: ApiClient) -> None:
    created = api.post("/clients", EMMA)

    assert created.status == 201
    assert created.headers["Location"] == f"/api/v1/clients/{created.body['id']}"
    assert created.body | EMMA == created.body
    assert (created.body["totalRevenue"], created.body["totalSessions"]) == ("0.00", 0)
    assert api.get(f"/clients/{created.body['id']}").body == created.body


def test_a_client_needs_no_more_than_a_name_and_an_address(api: ApiClient) -> None:
    created = api.post("/clients", {"name": "Emma Chen", "email": "emma@example.com"})

    assert created.status == 201
    assert (created.body["phone"], created.body["notes"], created.body["avatarUrl"]) == (None, None, None)


def test_a_client_without_name_and_address_is_refused_with_both_faults(api: ApiClient) -> None:
    refused = api.post("/clients", {"phone": "+1 555 0134"})

    assert refused.status == 422
    assert {fault["pointer"] for fault in refused.body["errors"]} == {"/name", "/email"}


def test_text_is_trimmed(api: ApiClient) -> None:
    created = api.post("/clients", {"name": "  Emma Chen\t", "email": " emma@example.com "})

    assert (created.body["name"], created.body["email"]) == ("Emma Chen", "emma@example.com")


@pytest.mark.parametrize(
    "email", ["emma", "emma@", "@example.com", "em ma@example.com", "a@b@example.com", "emma@host"]
)
def test_what_is_no_email_address_is_refused(api: ApiClient, email: str) -> None:
    refused = api.post("/clients", {"name": "Emma Chen", "email": email})

    assert refused.status == 422
    assert [fault["pointer"] for fault in refused.body["errors"]] == ["/email"]


def test_an_avatar_is_a_web_address_and_nothing_a_browser_would_run(api: ApiClient) -> None:
    refused = api.post("/clients", EMMA | {"avatarUrl": "javascript:alert(1)"})

    assert refused.status == 422
    assert [fault["pointer"] for fault in refused.body["errors"]] == ["/avatarUrl"]


@pytest.mark.parametrize("field", ["totalRevenue", "totalSessions", "id", "createdAt"])
def test_what_the_studio_computes_is_not_for_the_caller_to_set(api: ApiClient, make: Factory, field: str) -> None:
    client = make.client()

    refused = api.patch(f"/clients/{client['id']}", {field: client[field]})

    assert refused.status == 422
    assert [fault["pointer"] for fault in refused.body["errors"]] == [f"/{field}"]


def test_a_patch_changes_only_what_it_names(api: ApiClient, make: Factory) -> None:
    client = make.client(**EMMA)

    changed = api.patch(f"/clients/{client['id']}", {"phone": "+1 555 0199"})

    assert changed.status == 200
    assert changed.body == client | {"phone": "+1 555 0199", "updatedAt": changed.body["updatedAt"]}
    assert api.get(f"/clients/{client['id']}").body == changed.body


@pytest.mark.parametrize("field", ["phone", "notes", "avatarUrl"])
def test_null_clears_what_may_be_absent(api: ApiClient, make: Factory, field: str) -> None:
    client = make.client(**EMMA)

    changed = api.patch(f"/clients/{client['id']}", {field: None})

    assert changed.status == 200
    assert changed.body == client | {field: None, "updatedAt": changed.body["updatedAt"]}


@pytest.mark.parametrize("field", ["name", "email"])
def test_null_does_not_clear_what_must_be_there(api: ApiClient, make: Factory, field: str) -> None:
    client = make.client()

    refused = api.patch(f"/clients/{client['id']}", {field: None})

    assert refused.status == 422
    assert [fault["pointer"] for fault in refused.body["errors"]] == [f"/{field}"]


def test_two_clients_cannot_have_one_address_whatever_its_case(api: ApiClient, make: Factory) -> None:
    make.client(email="emma@example.com")

    refused = api.post("/clients", {"name": "Another Emma", "email": "EMMA@Example.com"})

    assert (refused.status, refused.body["code"]) == (409, "email_taken")


def test_a_client_cannot_change_to_the_address_of_another(api: ApiClient, make: Factory) -> None:
    make.client(email="emma@example.com")
    other = make.client()

    refused = api.patch(f"/clients/{other['id']}", {"email": "Emma@example.com"})

    assert (refused.status, refused.body["code"]) == (409, "email_taken")
    assert api.get(f"/clients/{other['id']}").body == other


def test_a_client_may_write_their_own_address_in_another_case(api: ApiClient, make: Factory) -> None:
    client = make.client(email="emma@example.com")

    changed = api.patch(f"/clients/{client['id']}", {"email": "Emma@Example.com"})

    assert (changed.status, changed.body["email"]) == (200, "Emma@Example.com")


def test_an_address_is_free_again_once_its_client_is_deleted(api: ApiClient, make: Factory) -> None:
    client = make.client(email="emma@example.com")

    api.delete(f"/clients/{client['id']}")

    assert make.client(email="emma@example.com")["id"] != client["id"]


def test_a_deleted_client_is_gone(api: ApiClient, make: Factory) -> None:
    client = make.client()

    deleted = api.delete(f"/clients/{client['id']}")

    assert deleted.status == 204
    assert api.get(f"/clients/{client['id']}").status == 404
    assert names(api) == []


def test_a_client_with_a_booking_cannot_be_deleted(api: ApiClient, make: Factory) -> None:
    client = make.client()
    make.booking(clientId=client["id"])

    refused = api.delete(f"/clients/{client['id']}")

    assert (refused.status, refused.body["code"]) == (409, "client_in_use")
    assert api.get(f"/clients/{client['id']}").body == client | {"totalBookings": 1}


def test_a_client_is_held_by_the_bookings_of_a_series_and_not_by_its_rule(api: ApiClient, make: Factory) -> None:
    booking = make.booking()
    client, series = f"/clients/{booking['clientId']}", make.series(booking)
    api.delete(f"/bookings/{booking['id']}")

    refused = api.delete(client)
    for made in series["bookings"]:
        assert api.delete(f"/bookings/{made['bookingId']}").status == 204
    deleted = api.delete(client)

    assert (refused.status, refused.body["code"]) == (409, "client_in_use")
    assert deleted.status == 204
    assert api.get(f"/booking-series/{series['id']}").status == 404


def test_a_client_with_an_invoice_cannot_be_deleted(api: ApiClient, make: Factory) -> None:
    client = make.client()
    make.invoice(clientId=client["id"])

    refused = api.delete(f"/clients/{client['id']}")

    assert (refused.status, refused.body["code"]) == (409, "client_in_use")
    assert api.get(f"/clients/{client['id']}").body == client


def test_a_client_is_free_to_go_once_their_bookings_are_deleted(api: ApiClient, make: Factory) -> None:
    client = make.client()
    booking = make.booking(clientId=client["id"])
    api.delete(f"/bookings/{booking['id']}")

    deleted = api.delete(f"/clients/{client['id']}")

    assert deleted.status == 204


@pytest.mark.parametrize("q", ["emma", "CHEN", "ma ch", "emma.chen@EXAMPLE", "555 01"])
def test_search_looks_at_name_address_and_phone_whatever_the_case(api: ApiClient, make: Factory, q: str) -> None:
    make.client(**EMMA)
    make.client(name="Noah Berg", email="noah@berg.example", phone="+47 22")

    assert names(api, f"?q={q}") == ["Emma Chen"]


def test_search_knows_the_case_of_letters_beyond_ascii(api: ApiClient, make: Factory) -> None:
    make.client(name="Élodie Ørsted")

    assert names(api, "?q=éLODIE øRSTED") == ["Élodie Ørsted"]


@pytest.mark.parametrize(("name", "decoy"), [("50% off", "50 off"), ("a_b", "axb"), (r"c\d", "cd")])
def test_search_takes_the_signs_of_patterns_literally(api: ApiClient, make: Factory, name: str, decoy: str) -> None:
    make.client(name=name)
    make.client(name=decoy)

    found = api.get("/clients", query_string={"q": name}).body["data"]

    assert [client["name"] for client in found] == [name]


@pytest.mark.parametrize(
    ("sort", "expected"),
    [
        ("name", ["ada", "Bea", "cleo"]),
        ("-name", ["cleo", "Bea", "ada"]),
        ("totalRevenue", ["Bea", "cleo", "ada"]),
        ("-totalRevenue", ["ada", "cleo", "Bea"]),
        ("createdAt", ["cleo", "ada", "Bea"]),
        ("-createdAt", ["Bea", "ada", "cleo"]),
    ],
)
def test_clients_are_sorted_by(api: ApiClient, make: Factory, conn: Connection, sort: str, expected: list[str]) -> None:
    for name, paid, created in (("Bea", "5.00", 3), ("cleo", "50.00", 1), ("ada", "100.00", 2)):
        client = make.client(name=name)
        make.payment(make.sent_invoice("100.00", clientId=client["id"]), paid)
        conn.execute("update clients set created_at = make_date(2026, 1, %s) where id = %s", [created, client["id"]])

    assert names(api, f"?sort={sort}") == expected


def test_clients_are_sorted_by_name_unless_asked_otherwise(api: ApiClient, make: Factory) -> None:
    make.client(name="Bea")
    make.client(name="ada")

    assert names(api) == ["ada", "Bea"]
