"""`Idempotency-Key`: a POST that is sent again is answered again, and done once."""

from typing import Any

import pytest

from photolens.database import Connection
from tests.client import Answer, ApiClient
from tests.factories import Factory
from tests.waiting import held_up

EMMA = {"name": "Emma Chen", "email": "emma@example.com"}


def post(api: ApiClient, path: str, body: Any = None, *, key: str = "key-1") -> Answer:
    return api.post(path, body, headers={"Idempotency-Key": key})


def names(api: ApiClient) -> list[str]:
    return [client["name"] for client in api.get("/clients").body["data"]]


def test_a_request_that_is_sent_again_is_answered_again_and_done_once(api: ApiClient) -> None:
    first = post(api, "/clients", EMMA)

    again = post(api, "/clients", EMMA)

    assert (first.status, again.status) == (201, 201)
    assert again.body == first.body
    for header in ("Content-Type", "Location", "ETag"):
        assert again.headers[header] == first.headers[header]
    assert names(api) == ["Emma Chen"]


def test_only_the_answer_that_is_given_again_says_so(api: ApiClient) -> None:
    first = post(api, "/clients", EMMA)

    again = post(api, "/clients", EMMA)

    assert "Idempotent-Replayed" not in first.headers
    assert again.headers["Idempotent-Replayed"] == "true"


def test_a_deed_without_a_body_is_done_once(api: ApiClient, make: Factory) -> None:
    invoice = make.invoice()
    sent = post(api, f"/invoices/{invoice['id']}/send")

    again = post(api, f"/invoices/{invoice['id']}/send")

    assert (again.status, again.body, again.headers["ETag"]) == (200, sent.body, sent.headers["ETag"])


def test_money_that_is_sent_twice_is_counted_once(api: ApiClient, make: Factory) -> None:
    invoice = make.sent_invoice("100.00")
    for _ in range(3):
        post(api, f"/invoices/{invoice['id']}/payments", {"amount": "40.00"})

    assert api.get(f"/invoices/{invoice['id']}").body["balanceDue"] == "60.00"


def test_two_keys_are_two_deeds(api: ApiClient, make: Factory) -> None:
    invoice = make.sent_invoice("100.00")

    post(api, f"/invoices/{invoice['id']}/payments", {"amount": "40.00"}, key="key-1")
    post(api, f"/invoices/{invoice['id']}/payments", {"amount": "40.00"}, key="key-2")

    assert api.get(f"/invoices/{invoice['id']}").body["balanceDue"] == "20.00"


def test_the_first_answer_is_given_again_whatever_has_happened_since(api: ApiClient) -> None:
    first = post(api, "/clients", EMMA)
    api.delete(f"/clients/{first.body['id']}")

    again = post(api, "/clients", EMMA)

    assert (again.status, again.body) == (201, first.body)
    assert names(api) == []


def test_a_key_is_not_for_another_body(api: ApiClient) -> None:
    post(api, "/clients", EMMA)

    refused = post(api, "/clients", {"name": "Noah Berg", "email": "noah@example.com"})

    assert (refused.status, refused.body["code"]) == (422, "idempotency_key_reused")
    assert names(api) == ["Emma Chen"]


def test_a_key_is_not_for_another_address(api: ApiClient, make: Factory) -> None:
    one, other = make.invoice(), make.invoice()
    post(api, f"/invoices/{one['id']}/send")

    refused = post(api, f"/invoices/{other['id']}/send")

    assert (refused.status, refused.body["code"]) == (422, "idempotency_key_reused")
    assert api.get(f"/invoices/{other['id']}").body["status"] == "DRAFT"


def test_a_key_is_its_users_own(api: ApiClient) -> None:
    post(api, "/clients", EMMA)

    other = post(api.by_role("ADMIN"), "/clients", {"name": "Noah Berg", "email": "noah@example.com"})

    assert (other.status, "Idempotent-Replayed" in other.headers) == (201, False)
    assert names(api) == ["Emma Chen", "Noah Berg"]


def test_a_user_has_the_same_keys_wherever_they_are_signed_in(api: ApiClient, conn: Connection) -> None:
    first = post(api, "/clients", EMMA)
    conn.execute(
        "insert into auth_sessions (user_id, session_token) select id, sha256('elsewhere') from auth_users"
        " where role = 'OWNER'"
    )

    again = post(api.by_token("elsewhere"), "/clients", EMMA)

    assert (again.body, again.headers["Idempotent-Replayed"]) == (first.body, "true")


def test_an_answer_is_not_given_again_to_a_user_who_may_no_longer_ask(api: ApiClient, conn: Connection) -> None:
    admin = api.by_role("ADMIN")
    post(admin, "/clients", EMMA)
    conn.execute("update auth_users set role = 'CUSTOMER' where role = 'ADMIN'")

    refused = post(admin, "/clients", EMMA)

    assert (refused.status, refused.body["code"]) == (403, "forbidden")


def test_no_answer_that_holds_a_secret_is_kept_for_a_key(api: ApiClient, conn: Connection) -> None:
    wish = {"name": "Calendar sync", "permissions": ["VIEW_BOOKINGS_ALL"]}
    made = post(api, "/me/tokens", wish)

    again = post(api, "/me/tokens", wish)

    assert (made.status, again.status, again.body["code"]) == (201, 409, "name_taken")
    assert conn.execute("select from idempotency_keys").fetchall() == []


def test_a_request_that_was_in_conflict_may_be_sent_again_under_its_key(api: ApiClient, make: Factory) -> None:
    holder = make.client(email="emma@example.com")
    refused = post(api, "/clients", EMMA)
    api.delete(f"/clients/{holder['id']}")

    accepted = post(api, "/clients", EMMA)

    assert (refused.status, accepted.status) == (409, 201)
    assert "Idempotent-Replayed" not in accepted.headers


def test_a_request_that_was_invalid_may_be_mended_under_its_key(api: ApiClient) -> None:
    refused = post(api, "/clients", {"name": "Emma Chen"})

    accepted = post(api, "/clients", EMMA)

    assert (refused.status, accepted.status) == (422, 201)


def test_a_request_that_named_what_is_not_there_may_be_mended_under_its_key(api: ApiClient, make: Factory) -> None:
    booking = make.booking()
    refused = post(api, f"/bookings/{booking['id']}/assignments", {"staffId": 999999})

    accepted = post(api, f"/bookings/{booking['id']}/assignments", {"staffId": make.staff()["id"]})

    assert (refused.status, accepted.status) == (422, 201)


@pytest.mark.parametrize(("hours", "statuses"), [("23:59:59", [201, 201]), ("24:00:01", [201, 409])])
def test_a_key_is_kept_for_24_hours(api: ApiClient, conn: Connection, hours: str, statuses: list[int]) -> None:
    first = post(api, "/clients", EMMA)
    conn.execute("update idempotency_keys set created_at = now() - %s::interval", [hours])

    later = post(api, "/clients", EMMA)

    assert [first.status, later.status] == statuses


def test_a_key_whose_time_is_over_is_as_good_as_new(api: ApiClient, conn: Connection) -> None:
    post(api, "/clients", EMMA)
    conn.execute("update idempotency_keys set created_at = now() - interval '25 hours'")
    other = {"name": "Noah Berg", "email": "noah@example.com"}

    anew = post(api, "/clients", other)
    again = post(api, "/clients", other)

    assert (anew.status, "Idempotent-Replayed" in anew.headers) == (201, False)
    assert (again.body, "Idempotent-Replayed" in again.headers) == (anew.body, True)


def test_keys_whose_time_is_over_do_not_pile_up(api: ApiClient, conn: Connection) -> None:
    for n in range(3):
        post(api, "/session-categories", {"name": f"Category {n}"}, key=f"old-{n}")
    conn.execute("update idempotency_keys set created_at = now() - interval '25 hours'")

    post(api, "/clients", EMMA, key="new")

    assert conn.execute("select key from idempotency_keys").fetchall() == [{"key": "new"}]


@pytest.mark.parametrize("key", ["", " ", "two words", "clé", "tab\there", "x" * 256])
def test_a_key_is_1_to_255_printable_characters_without_spaces(api: ApiClient, key: str) -> None:
    refused = post(api, "/clients", EMMA, key=key)

    assert (refused.status, refused.body["code"]) == (422, "invalid")
    assert [fault["in"] for fault in refused.body["errors"]] == ["header"]
    assert names(api) == []


@pytest.mark.parametrize("key", ["!", "~" * 255, "6f1c2a50-booking-7"])
def test_any_other_key_will_do(api: ApiClient, key: str) -> None:
    post(api, "/clients", EMMA, key=key)

    again = post(api, "/clients", EMMA, key=key)

    assert (again.status, again.headers["Idempotent-Replayed"]) == (201, "true")


def test_a_change_takes_no_notice_of_a_key(api: ApiClient, make: Factory) -> None:
    client = make.client()
    for name in ("Bea", "Cleo"):
        api.patch(f"/clients/{client['id']}", {"name": name}, headers={"Idempotency-Key": "key-1"})

    assert names(api) == ["Cleo"]


@pytest.mark.committed
def test_while_the_first_is_running_the_second_is_told_to_come_back(
    api: ApiClient, make: Factory, conn: Connection
) -> None:
    invoice = make.sent_invoice("100.00")
    path, body = f"/invoices/{invoice['id']}/payments", {"amount": "40.00"}

    with held_up(conn) as waiting:
        conn.execute("select from clients where id = %s for update", [invoice["clientId"]])
        first = waiting.send(post, api, path, body)
        meanwhile = post(api, path, body)
    afterwards = post(api, path, body)

    assert (meanwhile.status, meanwhile.body["code"]) == (409, "idempotency_in_progress")
    assert int(meanwhile.headers["Retry-After"]) >= 1
    assert (first.result().status, afterwards.status) == (201, 201)
    assert (afterwards.body, afterwards.headers["Idempotent-Replayed"]) == (first.result().body, "true")
    assert api.get(f"/invoices/{invoice['id']}").body["balanceDue"] == "60.00"


def test_a_deed_whose_answer_cannot_be_kept_is_not_done(api: ApiClient, conn: Connection) -> None:
    conn.execute("alter table idempotency_keys add constraint no_room check (key <> 'key-1')")

    failed = post(api, "/clients", EMMA)

    assert failed.status == 500
    assert names(api) == []
