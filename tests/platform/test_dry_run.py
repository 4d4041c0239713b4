"""`Prefer: dry-run`: a write is done, undone, and answered with what it would have answered and caused."""

from typing import Any

import pytest

from photolens.database import Connection
from tests.classes.test_inductions import Gym
from tests.classes.timetable import Timetable
from tests.client import DRY_RUN, Answer, ApiClient
from tests.contacts import sign_in_contact
from tests.factories import Factory

EMMA = {"name": "Emma Chen", "email": "emma@example.com"}


def tried(
    api: ApiClient, method: str, path: str, body: Any = None, *, prefer: str = "dry-run", **headers: str
) -> Answer:
    return api.request(method, path, body, headers={"Prefer": prefer} | headers)


def names(api: ApiClient) -> list[str]:
    return [client["name"] for client in api.get("/clients").body["data"]]


def test_a_dry_run_tells_what_would_be_answered_and_keeps_nothing(api: ApiClient) -> None:
    answer = tried(api, "POST", "/clients", EMMA)

    assert (answer.status, answer.headers["Content-Type"]) == (200, DRY_RUN)
    assert answer.headers["Preference-Applied"] == "dry-run"
    assert answer.body["status"] == 201
    assert answer.body["body"].items() > EMMA.items()
    assert "Location" not in answer.headers
    assert names(api) == []


def test_of_a_write_that_answers_nothing_the_body_is_null(api: ApiClient, make: Factory) -> None:
    client = make.client(name="Emma Chen")

    answer = tried(api, "DELETE", f"/clients/{client['id']}")

    assert (answer.body["status"], answer.body["body"]) == (204, None)
    assert names(api) == ["Emma Chen"]


# How it is asked for


@pytest.mark.parametrize(
    "prefer",
    [
        "dry-run",
        "DRY-Run",
        " dry-run ",
        'dry-run=""',
        "dry-run; until=tonight",
        "respond-async, wait=10, dry-run",
        'note="a, b; c", dry-run',
        "dry-run, dry-run",
    ],
)
def test_the_preference_stands_among_others_and_in_any_case(api: ApiClient, prefer: str) -> None:
    assert tried(api, "POST", "/clients", EMMA, prefer=prefer).headers["Content-Type"] == DRY_RUN


@pytest.mark.parametrize("prefer", ["", "dry", "return=minimal", "note=dry-run", 'note="x, dry-run"', "wait; dry-run"])
def test_another_preference_is_none_for_a_dry_run(api: ApiClient, prefer: str) -> None:
    assert tried(api, "POST", "/clients", EMMA, prefer=prefer).status == 201


def test_it_may_come_in_a_header_of_its_own(api: ApiClient) -> None:
    answer = api.post("/clients", EMMA, headers=[("Prefer", "return=minimal"), ("Prefer", "dry-run")])

    assert answer.headers["Content-Type"] == DRY_RUN


@pytest.mark.parametrize("value", ["true", "false", '"no"', "0"])
def test_with_a_value_it_is_neither_a_dry_run_nor_done(api: ApiClient, value: str) -> None:
    answer = tried(api, "POST", "/clients", EMMA, prefer=f"dry-run={value}")

    assert (answer.status, answer.body["errors"][0]["pointer"]) == (422, "/Prefer")
    assert names(api) == []


def test_who_only_reads_is_answered_as_ever(api: ApiClient) -> None:
    answer = tried(api, "GET", "/clients")

    assert (answer.status, answer.body["data"]) == (200, [])
    assert "Preference-Applied" not in answer.headers


# What it refuses


def test_what_the_write_would_refuse_is_refused_alike(api: ApiClient, make: Factory) -> None:
    make.client(**EMMA)
    unknown = {"name": 7, "nope": True}

    for body, status in ((EMMA, 409), (unknown, 422)):
        dry, real = tried(api, "POST", "/clients", body), api.post("/clients", body)
        assert (dry.status, dry.body) == (real.status, real.body)
        assert dry.status == status


def test_who_may_not_do_it_may_not_try_it(api: ApiClient) -> None:
    assert tried(api.by_token(None), "POST", "/clients", EMMA).status == 401
    assert tried(api.by_role("EDITOR"), "POST", "/clients", EMMA).status == 403


def test_what_has_changed_since_it_was_read_is_412(api: ApiClient, make: Factory) -> None:
    path = f"/clients/{make.client()['id']}"
    etag = api.get(path).headers["ETag"]
    assert tried(api, "PATCH", path, {"phone": None}, **{"If-Match": etag}).status == 200
    api.patch(path, {"notes": "Prefers mornings."})

    assert tried(api, "PATCH", path, {"phone": None}, **{"If-Match": etag}).status == 412


@pytest.mark.committed
def test_what_only_the_commit_would_refuse_is_refused_by_the_same_problem(api: ApiClient, conn: Connection) -> None:
    conn.execute("drop index rooms_name_key")
    conn.execute("alter table rooms add constraint rooms_name_key unique (name) deferrable initially deferred")
    api.post("/rooms", {"name": "Daylight"})

    dry, real = tried(api, "POST", "/rooms", {"name": "Daylight"}), api.post("/rooms", {"name": "Daylight"})

    assert (dry.status, dry.body) == (real.status, real.body)
    assert dry.body["code"] == "name_taken"


@pytest.mark.parametrize(
    ("path", "body"),
    [
        ("/auth/login", {"email": "emma@example.com", "password": "a sentence nobody says"}),
        ("/auth/otp/verify", {"phoneNumber": "+31612345678", "code": "042117", "purpose": "LOGIN"}),
        ("/auth/change-password", {"currentPassword": "one of many tries", "password": "a sentence nobody says"}),
        ("/billing/create-checkout", {"productId": "credits_10"}),
    ],
)
def test_there_is_no_dry_run_of_what_cannot_be_undone_or_tries_a_secret(
    api: ApiClient, conn: Connection, path: str, body: dict[str, str]
) -> None:
    answer = tried(api, "POST", path, body)

    assert (answer.status, answer.body["code"]) == (422, "dry_run_unsupported")
    assert conn.execute("select from auth_attempts").fetchall() == []


# What would follow


def test_it_tells_the_deeds_and_what_becomes_of_what_the_address_names(api: ApiClient, make: Factory) -> None:
    invoice = make.sent_invoice("100.00")

    answer = tried(api, "POST", f"/invoices/{invoice['id']}/payments", {"amount": "100.00"})

    followed = answer.body["followedBy"]
    assert [(deed["kind"], deed["subjectId"]) for deed in followed["activities"]] == [
        ("PAYMENT_RECORDED", invoice["id"])
    ]
    address = f"/api/v1/invoices/{invoice['id']}"
    assert followed["statusChanges"] == [{"resource": address, "from": "SENT", "to": "PAID"}]
    assert api.get(f"/invoices/{invoice['id']}").body["status"] == "SENT"


def test_what_would_be_no_more_has_no_status(api: ApiClient, make: Factory) -> None:
    invoice = make.invoice()

    followed = tried(api, "DELETE", f"/invoices/{invoice['id']}").body["followedBy"]

    address = f"/api/v1/invoices/{invoice['id']}"
    assert followed["statusChanges"] == [{"resource": address, "from": "DRAFT", "to": None}]


def test_it_tells_the_messages_and_jobs_and_none_of_before(api: ApiClient, make: Factory, conn: Connection) -> None:
    earlier, contact = make.contact(), make.contact(email="noor@client.example")
    api.post(f"/contacts/{earlier['id']}/invites")
    before = conn.execute("select count(*) from communication_logs").fetchone()

    followed = tried(api, "POST", f"/contacts/{contact['id']}/invites").body["followedBy"]

    message = {"channel": "EMAIL", "recipient": "noor@client.example", "template": "invite_contact"}
    assert followed["messages"] == [message]
    assert followed["jobs"] == [{"task": "send_message", "count": 1}]
    assert conn.execute("select count(*) from communication_logs").fetchone() == before


def test_who_may_not_see_a_deed_or_a_message_is_not_told_of_it(api: ApiClient, make: Factory, conn: Connection) -> None:
    job = make.completed_booking()["editingJobId"]
    stages = {stage["name"]: stage["id"] for stage in api.get("/editing-stages").body["data"]}
    client_id = api.patch(f"/editing-jobs/{job}", {"stageId": stages["Client Review"]}).body["clientId"]
    contact = api.by_token(sign_in_contact(conn, client_id))

    answer = tried(contact, "POST", f"/portal/editing-jobs/{job}/approve")

    assert answer.status == 200
    assert {name: told for name, told in answer.body["followedBy"].items() if told} == {}
    assert contact.post(f"/portal/editing-jobs/{job}/approve").status == 204
    assert api.get("/activities").body["data"][0]["subjectType"] == "EDITING_JOB"


def test_whom_else_it_would_be_told_only_those_learn_who_see_the_messages(api: ApiClient, conn: Connection) -> None:
    gym = Gym(api, Timetable(conn))
    path = f"/inductions/{gym.asked()['id']}/confirm"

    by_owner = tried(api, "POST", path, {"trainerId": str(gym.trainer_id)}).body["followedBy"]
    by_trainer = tried(gym.trainer, "POST", path, {}).body["followedBy"]

    told = [(notice["userId"], notice["type"]) for notice in by_owner["notifications"]]
    assert told == [(str(gym.member_id), "INDUCTION_CHANGED")]
    assert by_owner["jobs"] == [{"task": "deliver_notifications", "count": 1}]
    assert (by_trainer["notifications"], by_trainer["jobs"]) == ([], [])


@pytest.mark.committed
def test_what_others_commit_meanwhile_does_not_follow_from_it(api: ApiClient, conn: Connection) -> None:
    wrote = "insert into activities (kind, subject_type, subject_id, actor) values (%s, 'CLIENT', 1, 'x') returning id"
    seen = "select kind from activities where is_written_here(xmin)"

    with conn.transaction():
        conn.execute(wrote, ["OURS"])
        with conn.transaction():
            conn.execute(wrote, ["OF_A_SAVEPOINT"])
        api.post("/clients", EMMA)
        conn.execute(wrote, ["OF_LATER"])
        kinds = [row["kind"] for row in conn.execute(seen).fetchall()]
        everybodys = [row["kind"] for row in conn.execute("select kind from activities").fetchall()]

    assert kinds == ["OURS", "OF_A_SAVEPOINT", "OF_LATER"]
    assert "CLIENT_CREATED" in everybodys


# What nothing remains of


def test_a_number_without_gaps_is_not_used_up(api: ApiClient, make: Factory) -> None:
    invoice = make.invoice()
    numbers = [tried(api, "POST", f"/invoices/{invoice['id']}/send").body["body"]["invoiceNumber"] for _ in range(2)]

    assert numbers == [api.post(f"/invoices/{invoice['id']}/send").body["invoiceNumber"]] * 2


def test_a_key_is_neither_used_up_nor_answered_by(api: ApiClient) -> None:
    key = {"Idempotency-Key": "key-1"}
    first = tried(api, "POST", "/clients", EMMA, **key)
    real = api.post("/clients", EMMA, headers=key)

    again = tried(api, "POST", "/clients", EMMA, **key)

    assert (first.status, real.status) == (200, 201)
    assert "Idempotent-Replayed" not in real.headers
    assert (again.status, again.body["code"]) == (409, "email_taken")


def test_a_file_is_tried_line_by_line(api: ApiClient) -> None:
    headers, file = {"Prefer": "dry-run"}, "name,email\nEmma,emma@example.com\n"

    answer = api.post("/imports/clients", data=file, content_type="text/csv", headers=headers)

    assert answer.body["body"] == {"dryRun": False, "lines": 1, "created": 1, "updated": 0, "unchanged": 0}
    assert [deed["kind"] for deed in answer.body["followedBy"]["activities"]] == ["CLIENTS_IMPORTED"]
    assert names(api) == []
