"""Notifications: what users are told, in their order; read by them alone, and sent once besides."""

from typing import Any

import pytest
from flask import Flask

from photolens.database import Connection
from photolens.platform.actions import deliveries
from photolens.platform.actions.messages import queue_message
from photolens.sealing import current_seal
from tests.client import ApiClient
from tests.platform.told import OWNER, deliver, outbox, tell, undelivered


@pytest.fixture
def customer(api: ApiClient) -> ApiClient:
    return api.by_role("CUSTOMER")


def titles(api: ApiClient, **query: Any) -> list[str]:
    return [row["title"] for row in api.get("/notifications", query_string=query).body["data"]]


def words(app: Flask, conn: Connection) -> list[str]:
    with app.app_context():
        seal = current_seal()
        sealed = conn.execute("select body from communication_logs order by id").fetchall()
        return [seal.unseal(row["body"]) or "" for row in sealed]


# To read


def test_what_one_was_told_is_listed_newest_first(conn: Connection, customer: ApiClient) -> None:
    tell(conn, "First")
    tell(conn, "Second", "Third")

    page = customer.get("/notifications", query_string={"include": "total"}).body

    assert [(row["number"], row["title"]) for row in page["data"]] == [(3, "Third"), (2, "Second"), (1, "First")]
    assert page["total"] == 3


def test_pages_follow_one_another(conn: Connection, customer: ApiClient) -> None:
    tell(conn, *"abcde")

    first = customer.get("/notifications", query_string={"limit": 3}).body
    tell(conn, "f")
    second = customer.get("/notifications", query_string={"limit": 3, "cursor": first["nextCursor"]}).body

    assert [row["title"] for page in (first, second) for row in page["data"]] == [*"edcba"]
    assert second["nextCursor"] is None


def test_it_is_filtered_by_type_and_by_whether_it_was_read(conn: Connection, customer: ApiClient) -> None:
    tell(conn, "Moved", "Moved again")
    tell(conn, "Cancelled", type="CLASS_CANCELLED")
    read = customer.get("/notifications").body["data"][1]
    customer.post(f"/notifications/{read['id']}/read")

    assert titles(customer, type="CLASS_CANCELLED") == ["Cancelled"]
    assert titles(customer, isRead="true") == ["Moved again"]
    assert titles(customer, isRead="false", type="CLASS_MOVED") == ["Moved"]


def test_what_somebody_else_was_told_is_not_there(conn: Connection, api: ApiClient, customer: ApiClient) -> None:
    tell(conn, "For the owner", user_id=OWNER)
    address = f"/notifications/{api.get('/notifications').body['data'][0]['id']}"

    assert titles(customer) == []
    assert {customer.get(address).status, customer.post(f"{address}/read").status} == {404}
    assert customer.post("/notifications/read-all").body == {"read": 0}
    assert api.get(address).body["readAt"] is None


def test_reading_something_twice_notes_the_first_time(conn: Connection, customer: ApiClient) -> None:
    tell(conn, "Once")
    address = f"/notifications/{customer.get('/notifications').body['data'][0]['id']}"

    first, second = (customer.post(f"{address}/read") for _ in range(2))

    assert (first.status, second.status) == (200, 200)
    assert first.body["readAt"] is not None
    assert first.body == second.body == customer.get(address).body


def test_reading_everything_answers_how_much_it_was(conn: Connection, customer: ApiClient) -> None:
    tell(conn, *"abc")
    customer.post(f"/notifications/{customer.get('/notifications').body['data'][0]['id']}/read")

    assert customer.get("/notifications/unread-count").body == {"unread": 2}
    assert customer.post("/notifications/read-all").body == {"read": 2}
    assert customer.get("/notifications/unread-count").body == {"unread": 0}
    assert customer.post("/notifications/read-all").body == {"read": 0}


# To be sent


def test_what_one_must_know_soon_is_sent_by_mail_with_a_link_to_what_it_is_about(
    app: Flask, conn: Connection, customer: ApiClient
) -> None:
    tell(conn, "Yoga has moved", subject_type="CLASS_SESSION", subject_id=12)

    deliver(app, conn)

    assert outbox(conn) == [("EMAIL", "customer@callers.example", "Yoga has moved")]
    [text] = words(app, conn)
    assert text.startswith("It begins at ten.\n\nhttp://localhost:3000/classes/12\n\n")


def test_without_a_page_to_show_it_there_is_no_link(app: Flask, conn: Connection) -> None:
    tell(conn, "Yoga has moved")

    deliver(app, conn)

    assert words(app, conn)[0].startswith("It begins at ten.\n\nAbout what we write to you")


def test_what_can_wait_is_shown_in_the_application_alone(app: Flask, conn: Connection, customer: ApiClient) -> None:
    tell(conn, "You are in", type="CLASS_BOOKED")

    deliver(app, conn)

    assert (outbox(conn), undelivered(conn), titles(customer)) == ([], [], ["You are in"])


def test_whoever_chose_it_is_sent_a_text(app: Flask, conn: Connection, customer: ApiClient) -> None:
    conn.execute("update auth_users set phone_number = '+31612345678', phone_verified = now() where role = 'CUSTOMER'")
    chosen = {"preferences": [{"type": "CLASS_MOVED", "email": False, "sms": True}]}
    assert customer.put("/me/notification-preferences", chosen).status == 200
    tell(conn, "Yoga has\nmoved", subject_type="CLASS_SESSION", subject_id=12)

    deliver(app, conn)

    assert outbox(conn) == [("SMS", "+31612345678", None)]
    assert words(app, conn) == ["Yoga has moved http://localhost:3000/classes/12"]


@pytest.mark.parametrize(
    "state",
    [
        "status = 'SUSPENDED'",
        "status = 'PENDING'",
        "email_verified = null, phone_verified = now(), phone_number = '+31612345678'",
    ],
)
def test_nothing_is_sent_to_what_is_not_proved_or_to_whoever_is_shut_out(
    app: Flask, conn: Connection, state: str
) -> None:
    tell(conn, "Yoga has moved")
    conn.execute(f"update auth_users set {state} where role = 'CUSTOMER'".encode())

    deliver(app, conn)

    assert (outbox(conn), undelivered(conn)) == ([], [])


def test_what_was_delivered_is_not_sent_again(app: Flask, conn: Connection) -> None:
    tell(conn, "Yoga has moved")
    ids = undelivered(conn)

    with app.app_context():
        for _ in range(3):
            deliveries.deliver_notifications(conn, ids)

    assert len(outbox(conn)) == 1


def test_what_a_killed_worker_had_begun_is_sent_by_the_next(
    app: Flask, conn: Connection, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(deliveries, "BATCH", 2)
    tell(conn, *"abcde")
    ids, queued = undelivered(conn), 0

    def die_at_the_fourth(*arguments: Any, **options: Any) -> None:
        nonlocal queued
        queued += 1
        if queued == 4:
            raise KeyboardInterrupt
        queue_message(*arguments, **options)

    monkeypatch.setattr(deliveries, "queue_message", die_at_the_fourth)
    with app.app_context():
        with pytest.raises(KeyboardInterrupt):
            deliveries.deliver_notifications(conn, ids)
        assert [subject for *_, subject in outbox(conn)] == [*"ab"]
        deliveries.deliver_notifications(conn, ids)

    assert [subject for *_, subject in outbox(conn)] == [*"abcde"]


def test_telling_somebody_queues_the_job_that_delivers_it(conn: Connection) -> None:
    tell(conn, "a", "b")

    [job] = conn.execute("select task_name, args from procrastinate_jobs").fetchall()
    assert (job["task_name"], job["args"]) == ("deliver_notifications", {"notification_ids": undelivered(conn)})
