"""Webhooks out: whoever has subscribed is told of what happens, once it has happened, however long they were away."""

import re
import signal
import subprocess
import sys
from collections.abc import Iterator
from functools import partial
from threading import Event
from typing import Any

import pytest
from flask import Flask

from photolens import standard_webhooks, worker
from photolens.access import PERMISSIONS, Permission, Role
from photolens.config import Settings
from photolens.database import Connection, connection, sql
from photolens.embedded import ROOT
from photolens.platform.actions import webhook_sending
from photolens.platform.rules import LONGEST_RETRIED, RETRY_DELAYS, TOLD, retry_delay
from photolens.public_addresses import connected
from tests.client import ApiClient
from tests.factories import Factory
from tests.platform.receivers import HOST, URL, Message, Receiver, Reply, away, well
from tests.platform.webhook_worker import Telling, by_object, pass_time, subscribe, trail

pytestmark = pytest.mark.committed

# Of what nobody is told, and why.
UNTOLD = {
    "ai_chat_messages": "what somebody has talked about with an assistant",
    "api_tokens": "secrets",
    "auth_accounts": "secrets",
    "calendar_links": "secrets",
    "contact_invites": "secrets",
    "invoice_counter": "follows from invoices",
    "notification_preferences": "a user's own",
    "parqs": "what members say of their health",
    "support_comments": "notes among the team are among them",
    "user_access_changes": "why somebody was suspended",
    "webhook_endpoints": "webhooks themselves",
    "studio_hosts": "who shares the database is the operator's business",
    "studios": "who shares the database is the operator's business",
}


@pytest.fixture(scope="module")
def host(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Receiver]:
    with Receiver(tmp_path_factory.mktemp("receiver")).running() as receiver:
        yield receiver


@pytest.fixture
def receiver(host: Receiver, monkeypatch: pytest.MonkeyPatch) -> Receiver:
    host.forget()
    monkeypatch.setattr(standard_webhooks, "connected", partial(connected, network=host.network))
    return host


@pytest.fixture
def tell(app: Flask, conn: Connection) -> Telling:
    return Telling(app, conn)


def deliveries(api: ApiClient, filters: str = "") -> list[dict[str, Any]]:
    """Newest first."""
    rows: list[dict[str, Any]] = api.get(f"/webhook-deliveries?limit=200{filters}").body["data"]
    return rows


def attempts(api: ApiClient, delivery: dict[str, Any]) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = api.get(f"/webhook-deliveries/{delivery['id']}").body["attempts"]
    return found


# What is told.


def test_whoever_has_subscribed_is_told_of_what_was_committed(
    api: ApiClient, make: Factory, receiver: Receiver, clone_url: str, settings: Settings
) -> None:
    subscribe(api, receiver)
    client = make.client(name="Emma Chen")
    api.patch(f"/clients/{client['id']}", {"name": "Emma Chan"})
    api.delete(f"/clients/{client['id']}")

    worker.run(settings, clone_url, until_idle=True)

    changes = [row for row in api.get("/changes?limit=1000").body["data"] if row["tableName"] == "clients"]
    told = [message.body for message in receiver.taken]
    assert [body["type"] for body in told] == ["client.created", "client.updated", "client.deleted"]
    assert [body["data"] for body in told] == [changes[0]["data"], changes[1]["data"], {"id": client["id"]}]
    assert [body["timestamp"] for body in told] == [change["recordedAt"] for change in changes]


def test_of_what_came_to_nothing_nobody_is_told(
    api: ApiClient, conn: Connection, receiver: Receiver, tell: Telling
) -> None:
    subscribe(api, receiver)
    with conn.transaction(force_rollback=True):
        conn.execute("insert into rooms (name) values ('Loft')")

    tell.by_the_clock()

    assert receiver.asked == []


def test_one_is_told_of_what_happens_after_one_has_subscribed_and_of_what_one_has_subscribed_to(
    api: ApiClient, make: Factory, receiver: Receiver, tell: Telling
) -> None:
    make.client()
    subscribe(api, receiver, "client.updated", "room.created")
    client = make.client()
    api.patch(f"/clients/{client['id']}", {"notes": "Prefers mornings."})
    make.room()

    tell()

    assert {message.type for message in receiver.taken} == {"client.updated", "room.created"}


def test_each_endpoint_is_told_by_itself(api: ApiClient, make: Factory, receiver: Receiver, tell: Telling) -> None:
    for _ in range(2):
        subscribe(api, receiver, "client.created")
    make.client()

    tell()

    assert [message.type for message in receiver.taken] == ["client.created"] * 2
    assert len({message.id for message in receiver.taken}) == 2


def test_there_is_one_job_however_many_changes_wait_to_be_told(
    api: ApiClient, make: Factory, receiver: Receiver, conn: Connection
) -> None:
    subscribe(api, receiver)
    for _ in range(3):
        make.client()

    jobs = conn.execute("select task_name from procrastinate_jobs where queue_name = 'webhooks'").fetchall()
    assert [job["task_name"] for job in jobs] == ["fan_out_webhooks"]


def test_with_nobody_to_tell_nothing_is_queued(
    api: ApiClient, make: Factory, receiver: Receiver, conn: Connection
) -> None:
    endpoint_id = subscribe(api, receiver)
    api.patch(f"/webhook-endpoints/{endpoint_id}", {"isActive": False})
    conn.execute("delete from procrastinate_jobs")
    make.client()

    assert conn.execute("select from procrastinate_jobs").fetchall() == []


def test_what_is_committed_while_the_job_waits_is_not_missed(
    api: ApiClient, conn: Connection, receiver: Receiver, clone_url: str, settings: Settings, tell: Telling
) -> None:
    subscribe(api, receiver, "room.created")
    conn.execute("insert into rooms (name) values ('Loft')")
    with conn.transaction():
        conn.execute("insert into rooms (name) values ('Yard')")
        conn.execute("set constraints all immediate")
        # The job that waits is held by whoever is about to commit: it does not begin without them.
        worker.run(settings, clone_url, until_idle=True)
        assert receiver.asked == []
    worker.run(settings, clone_url, until_idle=True)

    assert {message.body["data"]["name"] for message in receiver.taken} == {"Loft", "Yard"}


def test_every_table_that_is_audited_is_told_of_or_there_is_a_reason(conn: Connection) -> None:
    audited = conn.execute("select tgrelid::regclass::text as name from pg_trigger where tgname like '%\\_audit'")

    assert {row["name"] for row in audited} == TOLD.keys() | UNTOLD.keys()
    assert TOLD.keys() & UNTOLD.keys() == set()
    assert len(set(TOLD.values())) == len(TOLD)


def test_the_types_of_events_are_listed(api: ApiClient) -> None:
    types = api.get("/webhook-event-types").body["data"]

    assert {"type": "class_booking.updated", "tableName": "session_bookings"} in types
    assert len(types) == 3 * len(TOLD)


def test_nobody_is_told_of_a_password_or_a_token(api: ApiClient, receiver: Receiver, tell: Telling) -> None:
    subscribe(api, receiver)
    signed_up = {"name": "Nora", "email": "nora@example.com", "password": "correct horse battery"}
    assert api.by_token(None).post("/auth/signup", signed_up).status == 201
    token = api.post("/me/tokens", {"name": "Script", "permissions": ["VIEW_CLIENTS"]}).body["token"]

    tell()

    told = b"".join(message.content for message in receiver.taken)
    assert b"nora@example.com" in told
    assert b"argon2" not in told
    assert token.encode() not in told
    assert b"whsec_" not in told


# By which it is known that it is ours.


def test_a_secret_is_shown_once_and_not_kept_as_it_is(api: ApiClient, conn: Connection, receiver: Receiver) -> None:
    endpoint_id = subscribe(api, receiver)
    [secret] = receiver.secrets

    assert re.fullmatch(r"whsec_[A-Za-z0-9+/]{32}", secret)
    assert "secret" not in api.get(f"/webhook-endpoints/{endpoint_id}").body
    kept = conn.execute("select secret from webhook_endpoints").fetchone()
    audited = conn.execute("select after::text from audit_logs where table_name = 'webhook_endpoints'").fetchone()
    assert kept is not None
    assert secret.encode() not in kept["secret"]
    assert audited is not None
    assert '"secret": "[redacted]"' in audited["after"]


def test_after_a_rotation_both_secrets_sign_for_a_day_and_then_the_new_one_alone(
    api: ApiClient, make: Factory, conn: Connection, receiver: Receiver, tell: Telling
) -> None:
    endpoint_id = subscribe(api, receiver, "client.created")
    [old] = receiver.secrets
    new = api.post(f"/webhook-endpoints/{endpoint_id}/rotate-secret").body["secret"]

    for secret in (old, new):
        receiver.secrets = [secret]
        make.client()
        tell()
    assert len(receiver.taken) == 2
    pass_time(conn, hours=24)
    receiver.secrets = [old]
    make.client()
    tell()

    assert len(receiver.taken) == 2
    assert deliveries(api)[0]["lastStatusCode"] == 401
    receiver.secrets = [new]
    pass_time(conn, minutes=1)
    tell.by_the_clock()
    assert len(receiver.taken) == 3
    assert [message.signature.count("v1,") for message in receiver.taken] == [2, 2, 1]


def test_a_secret_that_is_sealed_under_another_key_is_told_and_not_signed_with(
    api: ApiClient, make: Factory, conn: Connection, receiver: Receiver, tell: Telling
) -> None:
    endpoint_id = subscribe(api, receiver, "client.created")
    conn.execute("update webhook_endpoints set secret = 'sealed otherwise'")
    make.client()
    tell()

    assert deliveries(api)[0]["lastError"] == webhook_sending.SEALED_OTHERWISE
    assert receiver.asked == []
    receiver.secrets = [api.post(f"/webhook-endpoints/{endpoint_id}/rotate-secret").body["secret"]]
    pass_time(conn, minutes=1)
    tell.by_the_clock()
    assert len(receiver.taken) == 1


# When it is not taken.


def test_a_receiver_that_was_away_for_two_days_is_told_everything_in_order(
    api: ApiClient, make: Factory, conn: Connection, receiver: Receiver, tell: Telling
) -> None:
    endpoint_id = subscribe(api, receiver)
    clients = [make.client() for _ in range(5)]
    receiver.behave = away
    for hour in range(48):
        if hour % 4 == 0:
            api.patch(f"/clients/{clients[hour // 4 % 5]['id']}", {"notes": f"In hour {hour}."})
        tell.by_the_clock()
        pass_time(conn, hours=1)
    assert receiver.taken == []
    receiver.behave = well
    for _ in range(24):
        tell.by_the_clock()
        pass_time(conn, hours=1)

    told = trail(conn, endpoint_id)
    assert len(told) == 17
    assert by_object(told, [message.id for message in receiver.taken]) == by_object(told, [each for _, each in told])
    assert len(receiver.taken) == len(told)


def test_a_try_is_repeated_later_and_later_for_three_days_and_then_it_is_given_up(
    api: ApiClient, make: Factory, conn: Connection, receiver: Receiver, tell: Telling
) -> None:
    subscribe(api, receiver, "client.created", "client.updated")
    receiver.behave = away
    client = make.client()
    tell()
    for delay in RETRY_DELAYS:
        assert deliveries(api)[0]["status"] == "PENDING"
        pass_time(conn, seconds=delay * 1.2)
        tell.by_the_clock()
    [given_up] = deliveries(api)
    assert (given_up["status"], given_up["tries"], given_up["nextAttemptAt"]) == ("FAILED", 10, None)
    assert len({message.content for message in receiver.asked}) == 1

    receiver.behave = well
    pass_time(conn, minutes=1)
    api.patch(f"/clients/{client['id']}", {"notes": "Prefers mornings."})
    tell()
    assert [message.type for message in receiver.taken] == ["client.updated"]


def test_delays_are_those_that_are_recommended_and_a_little_more_by_chance() -> None:
    assert retry_delay(1, 0.0) == 5
    assert retry_delay(2, 1.0) == 360
    assert retry_delay(30, 0.0) == 86400
    assert LONGEST_RETRIED > 3 * 86400


def test_what_comes_after_it_of_the_same_object_waits_and_other_objects_do_not(
    api: ApiClient, make: Factory, conn: Connection, receiver: Receiver, tell: Telling
) -> None:
    subscribe(api, receiver)
    stuck, other = make.client(), make.client()
    receiver.behave = lambda message: Reply(500 if message.body["data"]["id"] == stuck["id"] else 204)
    for client in (stuck, other):
        api.patch(f"/clients/{client['id']}", {"notes": "Prefers mornings."})
    tell()

    assert [message.body["data"]["id"] for message in receiver.taken] == [other["id"], other["id"]]
    assert [row["tries"] for row in deliveries(api) if row["object"] == f"clients/{stuck['id']}"] == [0, 1]
    receiver.behave = well
    pass_time(conn, seconds=6)
    tell()
    assert [message.type for message in receiver.taken][2:] == ["client.created", "client.updated"]


def test_one_that_is_away_is_asked_with_one_at_a_time_and_others_are_told_meanwhile(
    api: ApiClient, make: Factory, conn: Connection, receiver: Receiver, tell: Telling
) -> None:
    dead = subscribe(api, receiver)
    for _ in range(20):
        make.client()
    receiver.behave = away
    tell()
    assert len(receiver.asked) == 8
    tell.by_the_clock()
    assert len(receiver.asked) == 8
    pass_time(conn, minutes=1)
    tell.by_the_clock()
    assert len(receiver.asked) == 9

    receiver.behave = lambda message: Reply(204 if message.signature else 503)
    living = subscribe(api, receiver, "room.created")
    make.room()
    tell()
    assert [row["endpointId"] for row in deliveries(api, "&status=DELIVERED")] == [living]
    assert {row["endpointId"] for row in deliveries(api, "&status=PENDING")} == {dead}


def test_one_that_took_nothing_for_three_days_is_told_no_more_of_what_is_older_and_goes_on(
    api: ApiClient, make: Factory, conn: Connection, receiver: Receiver, tell: Telling, app: Flask
) -> None:
    subscribe(api, receiver)
    old = [make.client() for _ in range(20)]
    receiver.behave = away
    tell()
    pass_time(conn, seconds=LONGEST_RETRIED + 1)
    api.patch(f"/clients/{old[0]['id']}", {"notes": "Prefers mornings."})
    tell()
    with app.app_context():
        webhook_sending.give_up_webhooks(connection())

    assert {row["status"] for row in deliveries(api, "&eventType=client.created")} == {"FAILED"}
    receiver.behave = well
    pass_time(conn, minutes=1)
    tell.by_the_clock()
    assert [message.type for message in receiver.taken] == ["client.updated"]


@pytest.mark.parametrize("status", [429, 503])
def test_one_who_says_when_to_come_back_is_left_alone_until_then(
    api: ApiClient, make: Factory, conn: Connection, receiver: Receiver, tell: Telling, status: int
) -> None:
    subscribe(api, receiver)
    receiver.behave = lambda _: Reply(status, headers={"Retry-After": "600"})
    make.client()
    tell()
    receiver.behave = well
    make.client()
    pass_time(conn, minutes=9)
    tell.by_the_clock()
    assert len(receiver.asked) == 1

    pass_time(conn, minutes=1)
    tell.by_the_clock()
    assert len(receiver.taken) == 2


def test_one_who_is_gone_is_switched_off_and_what_waits_is_kept_until_it_is_switched_on(
    api: ApiClient, make: Factory, receiver: Receiver, tell: Telling
) -> None:
    endpoint_id = subscribe(api, receiver, "client.created")
    receiver.behave = lambda _: Reply(410)
    make.client()
    tell()
    assert api.get(f"/webhook-endpoints/{endpoint_id}").body["isActive"] is False
    receiver.behave = well
    make.client()
    tell.by_the_clock()
    assert receiver.taken == []

    api.patch(f"/webhook-endpoints/{endpoint_id}", {"isActive": True})
    tell()
    assert len(receiver.taken) == 2


def test_one_that_is_switched_on_is_not_told_what_is_older_than_three_days(
    api: ApiClient, make: Factory, conn: Connection, receiver: Receiver, tell: Telling
) -> None:
    endpoint_id = subscribe(api, receiver, "client.created")
    receiver.behave = away
    make.client(name="Noted")
    tell()
    api.patch(f"/webhook-endpoints/{endpoint_id}", {"isActive": False})
    make.client(name="Not noted")
    pass_time(conn, seconds=LONGEST_RETRIED + 1)
    with conn.transaction():
        conn.execute("set local session_replication_role = replica")
        conn.execute("update audit_logs set recorded_at = recorded_at - interval '4 days'")
    make.client(name="New")
    receiver.behave = well
    api.patch(f"/webhook-endpoints/{endpoint_id}", {"isActive": True})
    tell()

    assert [message.body["data"]["name"] for message in receiver.taken] == ["New"]
    assert sorted(row["status"] for row in deliveries(api)) == ["DELIVERED", "FAILED"]


# Workers that die, and that come late.


def test_what_a_worker_was_sending_when_it_was_killed_is_sent_again_under_the_same_id(
    api: ApiClient,
    make: Factory,
    conn: Connection,
    receiver: Receiver,
    tell: Telling,
    clone_url: str,
    settings: Settings,
) -> None:
    assert settings.secret_key is not None
    subscribe(api, receiver, "client.created")
    make.client()
    command = [sys.executable, "-m", "tests.platform.killed_worker", clone_url, str(receiver.port)]
    with subprocess.Popen([*command, receiver.authorities, *settings.secret_key], cwd=ROOT) as process:

        def kill(_: Message) -> Reply:
            process.kill()
            process.wait()
            return Reply()

        receiver.behave = kill
    assert process.returncode == -signal.SIGKILL
    receiver.behave = well
    tell.by_the_clock()
    assert len(receiver.taken) == 1

    pass_time(conn, seconds=webhook_sending.LEASE)
    tell.by_the_clock()
    first, again = receiver.taken
    assert (first.id, first.content) == (again.id, again.content)
    assert [(row["status"], row["tries"]) for row in deliveries(api)] == [("DELIVERED", 2)]


def test_a_worker_that_comes_late_changes_nothing_of_what_another_has_noted(
    api: ApiClient, make: Factory, conn: Connection, receiver: Receiver, tell: Telling, app: Flask
) -> None:
    endpoint_id = subscribe(api, receiver, "client.created")
    make.client()
    with app.app_context():
        webhook_sending.fan_out_webhooks(connection())
        late = webhook_sending._take(connection(), endpoint_id)
    assert late is not None
    pass_time(conn, seconds=webhook_sending.LEASE)
    tell.by_the_clock()
    assert [row["status"] for row in deliveries(api)] == ["DELIVERED"]

    fault = standard_webhooks.Reply(500, "late", None, 1)
    late.deliveries[0]["attempted_at"] = late.deliveries[0]["created_at"]
    with app.app_context():
        webhook_sending._settle(connection(), endpoint_id, [(late.deliveries[0], fault)])
    [row] = deliveries(api)
    assert (row["status"], row["lastError"]) == ("DELIVERED", None)


def test_what_one_worker_sends_no_other_takes(
    api: ApiClient, make: Factory, receiver: Receiver, tell: Telling, app: Flask
) -> None:
    subscribe(api, receiver, "client.created")

    def meanwhile(_: Message) -> Reply:
        with app.app_context():
            conn = connection()
            webhook_sending.send_webhooks(conn, sql.platform.list_active_webhook_endpoints(conn)[0]["id"])
        return Reply()

    receiver.behave = meanwhile
    make.client()
    tell()

    assert len(receiver.asked) == 1


def test_while_a_receiver_is_asked_no_transaction_is_open(
    api: ApiClient, make: Factory, receiver: Receiver, tell: Telling, conn: Connection
) -> None:
    seen: list[int] = []

    def look(_: Message) -> Reply:
        row = conn.execute(
            "select count(*) from pg_stat_activity where datname = current_database() and pid <> pg_backend_pid()"
            " and xact_start is not null and backend_type = 'client backend'"
        ).fetchone()
        assert row is not None
        seen.append(row["count"])
        return Reply()

    subscribe(api, receiver, "client.created")
    receiver.behave = look
    make.client()
    tell()

    assert seen == [0]


# Whom it reaches.


@pytest.mark.parametrize(
    "url",
    [
        "http://hooks.example/",
        "https://127.0.0.1/",
        "https://localhost/",
        "https://hooks.example:8443/",
        "ftp://a.example/",
    ],
)
def test_an_address_that_is_not_of_the_public_internet_is_refused(api: ApiClient, url: str) -> None:
    refused = api.post("/webhook-endpoints", {"url": url, "eventTypes": ["*"]})

    assert (refused.status, refused.body["errors"][0]["pointer"]) == (422, "/url")


@pytest.mark.parametrize("address", ["127.0.0.1", "10.0.0.7", "169.254.169.254", "::1"])
def test_a_name_that_leads_to_another_address_is_never_connected_to(
    api: ApiClient, make: Factory, receiver: Receiver, tell: Telling, address: str
) -> None:
    subscribe(api, receiver, "client.created")
    receiver.addresses = [address]
    make.client()
    tell()

    assert receiver.dialled == []
    [row] = deliveries(api)
    assert (row["status"], row["lastError"]) == (
        "PENDING",
        f"{HOST} cannot be reached at an address of the public internet.",
    )


def test_a_redirect_is_not_followed(api: ApiClient, make: Factory, receiver: Receiver, tell: Telling) -> None:
    subscribe(api, receiver, "client.created")
    receiver.behave = lambda _: Reply(307, headers={"Location": f"https://{HOST}/elsewhere"})
    make.client()
    tell()

    assert len(receiver.asked) == 1
    assert [(row["status"], row["lastStatusCode"]) for row in deliveries(api)] == [("PENDING", 307)]


def test_of_a_huge_answer_the_beginning_is_kept(
    api: ApiClient, make: Factory, receiver: Receiver, tell: Telling
) -> None:
    subscribe(api, receiver, "client.created")
    receiver.behave = lambda _: Reply(200, b"\x00ok\xff" + b"x" * 10_000_000)
    make.client()
    tell()

    [row] = deliveries(api)
    [attempt] = attempts(api, row)
    assert row["status"] == "DELIVERED"
    assert (attempt["answer"][:5], len(attempt["answer"])) == ("ok\ufffdxx", 1023)


def test_one_that_does_not_answer_in_time_is_left(
    api: ApiClient, make: Factory, receiver: Receiver, tell: Telling, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(standard_webhooks, "DEADLINE", 0.2)

    is_left = Event()

    def dawdle(_: Message) -> Reply:
        is_left.wait(10)
        return Reply()

    subscribe(api, receiver, "client.created")
    receiver.behave = dawdle
    make.client()
    tell()

    is_left.set()

    [row] = deliveries(api)
    assert (row["status"], row["lastStatusCode"]) == ("PENDING", None)


# The log, and sending again.


def test_every_try_is_noted(api: ApiClient, make: Factory, conn: Connection, receiver: Receiver, tell: Telling) -> None:
    subscribe(api, receiver, "client.created")
    receiver.behave = lambda _: Reply(500, b"I am unwell.")
    make.client()
    tell()
    receiver.behave = well
    pass_time(conn, seconds=6)
    tell()

    [row] = deliveries(api, "&status=DELIVERED&eventType=client.created")
    assert [(each["statusCode"], each["error"], each["answer"]) for each in attempts(api, row)] == [
        (204, None, None),
        (500, f"{HOST} answers 500.", "I am unwell."),
    ]
    assert (row["tries"], row["lastStatusCode"], row["nextAttemptAt"]) == (2, 204, None)


def test_what_was_delivered_or_given_up_is_sent_again_when_somebody_asks_for_it(
    api: ApiClient, make: Factory, receiver: Receiver, tell: Telling
) -> None:
    subscribe(api, receiver, "client.created")
    make.client()
    tell()
    [row] = deliveries(api)

    again = api.post(f"/webhook-deliveries/{row['id']}/redeliver")
    assert (again.status, again.body["status"], again.body["deliveredAt"]) == (200, "PENDING", None)
    assert api.post(f"/webhook-deliveries/{row['id']}/redeliver").body["code"] == "illegal_transition"
    tell()

    first, second = receiver.taken
    assert (first.id, first.content) == (second.id, second.content)
    assert deliveries(api)[0]["status"] == "DELIVERED"


def test_what_is_sent_again_holds_nothing_up(api: ApiClient, make: Factory, receiver: Receiver, tell: Telling) -> None:
    subscribe(api, receiver)
    client = make.client()
    tell()
    api.post(f"/webhook-deliveries/{deliveries(api)[0]['id']}/redeliver")
    api.patch(f"/clients/{client['id']}", {"notes": "Prefers mornings."})
    receiver.behave = lambda message: Reply(500 if message.type == "client.created" else 204)
    tell()

    assert [message.type for message in receiver.taken] == ["client.created", "client.updated"]


def test_a_ping_is_sent_when_somebody_asks_for_it(api: ApiClient, receiver: Receiver, tell: Telling) -> None:
    endpoint_id = subscribe(api, receiver, "client.created")
    asked = api.post(f"/webhook-endpoints/{endpoint_id}/test")
    tell()

    assert [(message.type, message.body["data"]) for message in receiver.taken] == [("ping", {})]
    assert api.get(asked.headers["Location"].removeprefix("/api/v1")).body["status"] == "DELIVERED"
    api.patch(f"/webhook-endpoints/{endpoint_id}", {"isActive": False})
    assert api.post(f"/webhook-endpoints/{endpoint_id}/test").body["code"] == "illegal_transition"


def test_what_is_over_is_forgotten_after_thirty_days(
    api: ApiClient, make: Factory, conn: Connection, receiver: Receiver, tell: Telling, app: Flask
) -> None:
    subscribe(api, receiver, "client.created")
    make.client()
    tell()
    for days, kept in ((29, 1), (2, 0)):
        pass_time(conn, days=days)
        with app.app_context():
            webhook_sending.give_up_webhooks(connection())
        assert len(deliveries(api)) == kept


def test_an_endpoint_is_removed_with_all_that_it_was_told(
    api: ApiClient, make: Factory, receiver: Receiver, tell: Telling
) -> None:
    endpoint_id = subscribe(api, receiver)
    make.client()
    tell()
    make.client()

    assert api.delete(f"/webhook-endpoints/{endpoint_id}").status == 204
    tell()
    assert len(receiver.asked) == 1
    assert deliveries(api) == []
    assert api.get(f"/webhook-endpoints/{endpoint_id}").status == 404


# Who may, and whoever is forgotten.


@pytest.mark.parametrize("role", [role for role in Role if Permission.MANAGE_SETTINGS not in PERMISSIONS[role]])
def test_only_whoever_manages_settings_is_shown_any_of_it(api: ApiClient, role: str) -> None:
    them = api.by_role(role)

    for path in ("/webhook-endpoints", "/webhook-deliveries", "/webhook-event-types"):
        assert them.get(path).status == 403
    assert them.post("/webhook-endpoints", {"url": URL, "eventTypes": ["*"]}).status == 403


def test_of_what_is_erased_before_it_is_sent_the_id_is_sent_alone_and_no_answer_that_may_repeat_it_is_kept(
    api: ApiClient, make: Factory, conn: Connection, receiver: Receiver, tell: Telling
) -> None:
    subscribe(api, receiver, "client.created")
    receiver.behave = lambda message: Reply(500, message.content[:1000])
    client = make.client(name="Zebedee Quill", email="zebedee@quill.example")
    tell()
    answers = "select answer from webhook_attempts where answer like '%Quill%'"
    assert len(conn.execute(answers).fetchall()) == 1

    assert api.post(f"/clients/{client['id']}/erase").status == 200
    assert conn.execute(answers).fetchall() == []
    receiver.behave = well
    pass_time(conn, seconds=6)
    tell.by_the_clock()
    assert [message.body["data"] for message in receiver.taken] == [{"id": client["id"]}]


def test_event_types_are_those_that_there_are(api: ApiClient) -> None:
    refused = api.post("/webhook-endpoints", {"url": URL, "eventTypes": ["client.created", "client.eaten"]})

    assert (refused.status, refused.body["errors"][0]["pointer"]) == (422, "/eventTypes/1")
