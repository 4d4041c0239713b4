"""The audit trail: every change of a business row, in the order of the commits, as a chain that shows tampering."""

import json
from typing import Any

import psycopg
import pytest

from photolens.connections import APP_ROLE
from photolens.database import Connection
from photolens.naming import camel_case
from photolens.platform.actions.audit import find_fault
from tests.client import ApiClient
from tests.factories import Factory

pytestmark = pytest.mark.committed

# What is not audited, and why.
NOT_AUDITED = {
    "activities": "a log by itself, which is added to and never changed",
    "archive_exports": "a log by itself, of what has left",
    "archived_audit_logs": "the trail's own",
    "archived_communication_logs": "a log by itself",
    "archived_stripe_events": "a log by itself, as it came",
    "audit_heads": "the trail's own",
    "audit_logs": "the trail's own",
    "auth_attempts": "counts, there for minutes",
    "auth_sessions": "moves with every request",
    "auth_verification_token": "there for a day, and nobody's to read",
    "communication_logs": "a log by itself",
    "database_backups": "a log by itself, of what was taken before",
    "idempotency_keys": "answers, there for a day",
    "notification_inboxes": "counts the notifications",
    "notifications": "a log by itself",
    "otp_sessions": "there for minutes, and nobody's to read",
    "schema_migrations": "a log by itself, of what the schema has been through",
    "space_payment_events": "a log by itself, as it came",
    "stripe_events": "a log by itself, as it came",
    "trainer_engagements": "follows from classes and inductions",
    "webhook_attempts": "a log by itself",
    "webhook_deliveries": "a log by itself, of what was told of the trail",
    "webhook_progress": "moves with every change that is told",
}


def trail(conn: Connection, table: str) -> list[dict[str, Any]]:
    return conn.execute("select * from audit_logs where table_name = %s order by id", [table]).fetchall()


def reason(conn: Connection) -> tuple[int, str] | None:
    fault = find_fault(conn)
    return None if fault is None else (fault["id"], fault["reason"])


def last_id(conn: Connection) -> int:
    [head] = conn.execute("select last_id from audit_heads").fetchall()
    number: int = head["last_id"]
    return number


def as_owner(conn: Connection, statement: str, *parameters: Any) -> None:
    """What somebody does who has the database in their hands, past its triggers."""
    with conn.transaction():
        conn.execute("set local session_replication_role = replica")
        conn.execute(statement.encode(), parameters)


def test_a_change_is_told_by_whom_for_which_request_what_there_was_and_is(api: ApiClient, conn: Connection) -> None:
    client = api.post("/clients", {"name": "Emma Chan", "email": "emma@example.com"}, headers={"X-Request-Id": "r-1"})
    api.patch(f"/clients/{client.body['id']}", {"name": "Emma Chen"}, headers={"X-Request-Id": "r-2"})
    api.delete(f"/clients/{client.body['id']}", headers={"X-Request-Id": "r-3"})

    rows = trail(conn, "clients")
    owner = api.get("/auth/me").body["user"]["id"]

    assert [(row["operation"], row["request_id"], str(row["actor_id"])) for row in rows] == [
        ("INSERT", "r-1", owner),
        ("UPDATE", "r-2", owner),
        ("DELETE", "r-3", owner),
    ]
    assert (rows[0]["before"], rows[0]["after"]["name"]) == (None, "Emma Chan")
    assert (rows[1]["before"]["name"], rows[1]["after"]["name"]) == ("Emma Chan", "Emma Chen")
    assert "email" not in rows[1]["before"]
    assert (rows[2]["before"]["name"], rows[2]["after"]) == ("Emma Chen", None)


def test_what_is_refused_leaves_nothing(api: ApiClient, conn: Connection) -> None:
    before = len(trail(conn, "clients"))

    refused = api.post("/bookings", {"clientId": 99, "sessionTypeId": 1, "sessionDate": "2027-01-01T10:00:00Z"})

    assert refused.status == 422
    assert len(trail(conn, "clients")) == before
    assert trail(conn, "bookings") == []


def test_what_is_changed_by_a_login_of_the_database_is_told_by_its_name(conn: Connection) -> None:
    conn.execute("update studio_settings set invoice_footer = 'Thank you.'")

    [row] = [row for row in trail(conn, "studio_settings") if row["operation"] == "UPDATE"]

    assert (row["actor_id"], row["actor"]) == (None, conn.info.user)


def test_no_password_and_no_token_stands_in_it(api: ApiClient, conn: Connection) -> None:
    signed_up = {"name": "Nora", "email": "nora@example.com", "password": "correct horse battery"}
    assert api.by_token(None).post("/auth/signup", signed_up).status == 201
    token = api.post("/me/tokens", {"name": "Script", "permissions": ["VIEW_CLIENTS"]})
    assert token.status == 201

    [account] = trail(conn, "auth_accounts")[-1:]
    [kept] = trail(conn, "api_tokens")

    assert account["after"]["password"] == "[redacted]"
    assert kept["after"]["token"] == "[redacted]"
    everything = json.dumps(
        [[row["before"], row["after"]] for t in ("auth_accounts", "api_tokens") for row in trail(conn, t)]
    )
    assert "argon2" not in everything
    assert token.body["token"] not in everything


def test_every_table_is_audited_or_there_is_a_reason(conn: Connection) -> None:
    tables = conn.execute(
        """
        select relname as name, exists (
            select from pg_trigger where tgrelid = pg_class.oid and tgname = relname || '_audit'
        ) as is_audited
        from pg_class
        where
            relnamespace = current_schema()::regnamespace
            and relkind in ('r', 'p')
            and not relispartition
            and relname not like 'procrastinate%'
        """
    ).fetchall()

    assert {table["name"] for table in tables if not table["is_audited"]} == NOT_AUDITED.keys()


@pytest.mark.parametrize(
    "statement",
    [
        "delete from audit_logs",
        "update audit_logs set actor = 'Nobody'",
        "insert into audit_logs select * from audit_logs limit 1",
        "update audit_heads set last_id = 0",
    ],
)
def test_the_application_cannot_write_it(conn: Connection, statement: str) -> None:
    conn.execute(f"set role {APP_ROLE}".encode())

    with pytest.raises(psycopg.errors.InsufficientPrivilege):
        conn.execute(statement.encode())


@pytest.fixture
def written(make: Factory, conn: Connection) -> int:
    """A trail of some length; gives the id of a row in its middle."""
    for _ in range(3):
        make.client()
    rows = trail(conn, "clients")
    assert reason(conn) is None
    middle: int = rows[-2]["id"]
    return middle


def test_a_row_that_was_changed_is_named(conn: Connection, written: int) -> None:
    as_owner(conn, "update audit_logs set after = jsonb_set(after, '{name}', '\"Eve\"') where id = %s", written)

    assert reason(conn) == (written, "what it says has been changed")


def test_a_row_whose_author_was_changed_is_named(conn: Connection, written: int) -> None:
    as_owner(conn, "update audit_logs set recorded_at = recorded_at - interval '1 day' where id = %s", written)

    assert reason(conn) == (written, "it does not follow from the row before it")


def test_the_row_after_one_that_was_removed_is_named(conn: Connection, written: int) -> None:
    as_owner(conn, "delete from audit_logs where id = %s", written)

    assert reason(conn) == (written + 1, "rows are missing before it")


def test_a_row_that_was_put_in_anothers_place_is_named(conn: Connection, written: int) -> None:
    as_owner(
        conn,
        "update audit_logs set after = '{}', data_digest = audit_digest(null, '{}'), before = null where id = %s",
        written,
    )

    assert reason(conn) == (written, "it does not follow from the row before it")


def test_an_end_that_was_cut_off_is_missed(conn: Connection, written: int) -> None:
    end = last_id(conn)

    as_owner(conn, "delete from audit_logs where id >= %s", end)

    assert reason(conn) == (end, "it is missing, and all that may have come after it")


def test_what_was_added_at_the_end_by_hand_is_named(conn: Connection, written: int) -> None:
    as_owner(
        conn,
        "insert into audit_logs select id + 1, recorded_at, table_name, row_id, operation, actor_id, actor, request_id,"
        " client_id, before, after, data_digest, hash from audit_logs order by id desc limit 1",
    )

    assert reason(conn) is not None


def test_of_a_client_who_is_forgotten_nothing_is_left_in_it_and_it_still_fits(
    api: ApiClient, make: Factory, conn: Connection
) -> None:
    client = make.client(name="Zebedee Quill", email="zebedee@quill.example", notes="Zebedee is shy.")
    contact = make.contact(clientId=client["id"], name="Quentin Quill", email="quentin@quill.example")
    api.patch(f"/clients/{client['id']}", {"name": "Zebedee A. Quill"})
    gone = make.contact(clientId=client["id"], name="Quincy Quill", email="quincy@quill.example")
    api.delete(f"/contacts/{gone['id']}")
    make.booking(clientId=client["id"], notes="At the house of the Quills.")

    assert api.post(f"/clients/{client['id']}/erase").status == 200

    rest = json.dumps([[row["before"], row["after"]] for row in conn.execute("select * from audit_logs")])
    assert "quill" not in rest.lower()
    assert [row["after"]["id"] for row in trail(conn, "client_contacts") if row["after"]] == [contact["id"]]
    assert reason(conn) is None


def test_it_is_read_by_administrators_newest_first(api: ApiClient, make: Factory) -> None:
    client = make.client()
    api.patch(f"/clients/{client['id']}", {"notes": "Prefers mornings."})

    listed = api.get(f"/audit-logs?tableName=clients&rowId={client['id']}")

    assert [row["operation"] for row in listed.body["data"]] == ["UPDATE", "INSERT"]
    assert listed.body["data"][0]["actor"] == api.get("/auth/me").body["user"]["name"]


def test_the_feed_has_rows_as_the_api_writes_them(api: ApiClient, make: Factory, conn: Connection) -> None:
    start = last_id(conn)
    package = make.package(price="250.00")

    changes = api.get(f"/changes?after={start}").body

    [change] = [change for change in changes["data"] if change["tableName"] == "session_packages"]
    shown = {key: change["data"][key] for key in ("id", "name", "price", "categoryId", "createdAt", "updatedAt")}
    assert shown == {key: package[key] for key in shown}
    assert changes["hasMore"] is False


def test_the_feed_names_columns_as_the_api_does(conn: Connection) -> None:
    columns = conn.execute(
        """
        select distinct attname as name,
            lower(left(attname, 1)) || substr(replace(initcap(replace(attname, '_', ' ')), ' ', ''), 2) as shown
        from pg_attribute
        inner join pg_trigger on tgrelid = attrelid and tgname like '%_audit'
        where attnum > 0 and not attisdropped
        """
    )

    assert [(c["name"], c["shown"]) for c in columns if camel_case(c["name"]) != c["shown"]] == []


def test_a_page_of_the_feed_goes_on_where_the_one_before_it_ended(
    api: ApiClient, make: Factory, conn: Connection
) -> None:
    for _ in range(4):
        make.client()
    last = last_id(conn)

    seen, after, has_more = [], 0, True
    while has_more:
        page = api.get(f"/changes?after={after}&limit=3").body
        seen += [change["id"] for change in page["data"]]
        after, has_more = page["lastId"], page["hasMore"]

    assert seen == list(range(1, last + 1))
