"""`GET /admin/database` and `photolens db stats`: how the database does, and nothing of what anybody asks it."""

import json
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from typing import Any

import psycopg
import pytest
from click.testing import CliRunner

from photolens.cli import photolens
from photolens.database import Connection
from photolens.platform.screens import database as screen
from tests.client import ApiClient
from tests.waiting import until

MANY_ACTIVITIES = (
    "insert into activities (kind, subject_type, subject_id, actor) select 'A', 'B', n, 'C'"
    " from generate_series(1, 9000) as n"
)


def database(api: ApiClient) -> dict[str, Any]:
    answer = api.get("/admin/database")
    assert answer.status == 200, answer.body
    body: dict[str, Any] = answer.body
    return body


@contextmanager
def running(url: str, statement: str) -> Iterator[int]:
    """A statement of somebody's that runs until the block ends; gives its process."""
    with psycopg.connect(url, autocommit=True) as conn, psycopg.connect(url, autocommit=True) as watching:
        pid = conn.info.backend_pid
        conn.pgconn.send_query(statement.encode())
        begun = "select from pg_stat_activity where pid = %s and state = 'active'"
        until(lambda: watching.execute(begun, [pid]).fetchone() is not None)
        try:
            yield pid
        finally:
            conn.cancel_safe()
            while conn.pgconn.get_result() is not None:
                pass


@pytest.fixture
def url(conn: Connection) -> str:
    """The address of the test's database, as a superuser: nobody the application is a part of."""
    return f"host={conn.info.host} port={conn.info.port} user={conn.info.user} dbname={conn.info.dbname}"


# What is in it


def test_users_and_whoever_is_signed_in_are_counted(api: ApiClient) -> None:
    before = database(api)
    account = {"name": "Emma Chen", "email": "emma@example.com", "password": "a sentence nobody says"}
    token = api.by_token(None).post("/auth/signup", account).body["token"]
    after = database(api)
    api.by_token(token).post("/auth/logout")

    assert (after["users"], after["liveSessions"]) == (before["users"] + 1, before["liveSessions"] + 1)
    assert (database(api)["users"], database(api)["liveSessions"]) == (after["users"], before["liveSessions"])


def test_a_session_that_is_over_is_not_live(api: ApiClient, conn: Connection) -> None:
    before = database(api)["liveSessions"]
    conn.execute("update auth_sessions set expires_at = now() where id = (select max(id) from auth_sessions)")

    assert database(api)["liveSessions"] == before - 1


def test_jobs_are_counted_by_status(api: ApiClient, conn: Connection) -> None:
    conn.execute(
        "insert into procrastinate_jobs (queue_name, task_name, status) values"
        " ('quick', 'a', 'todo'), ('quick', 'b', 'failed'), ('quick', 'c', 'failed')"
    )

    assert database(api)["jobs"] == [{"status": "FAILED", "jobs": 2}, {"status": "TODO", "jobs": 1}]


def test_the_largest_tables_come_first_with_their_indexes(api: ApiClient, conn: Connection) -> None:
    conn.execute(MANY_ACTIVITIES)

    figures = database(api)

    sizes = [table["size"] for table in figures["tables"]]
    [filled] = [table for table in figures["tables"] if table["tableName"] == "activities"]
    # What tests have undone has its room still: others may be as large.
    assert filled in figures["tables"][:10]
    assert 0 < filled["indexSize"] < filled["size"] < figures["size"]
    assert sizes == sorted(sizes, reverse=True)
    assert len(sizes) == 50


def test_an_index_that_keeps_no_rule_and_was_never_used_is_named(api: ApiClient, conn: Connection) -> None:
    conn.execute(MANY_ACTIVITIES)
    conn.execute("create index of_no_use on activities (id, actor)")

    unused = {index["indexName"]: index for index in database(api)["unusedIndexes"]}

    rules = {
        row["name"]
        for row in conn.execute("select conname as name from pg_constraint where contype in ('p', 'u', 'x')")
    }
    assert unused["of_no_use"]["tableName"] == "activities"
    assert unused["of_no_use"]["size"] > 0
    assert unused.keys().isdisjoint(rules)


def test_how_much_was_found_in_memory_is_a_part_of_one(api: ApiClient) -> None:
    assert 0.5 < database(api)["cacheHitRate"] <= 1


def test_without_a_standby_there_is_none_and_the_schema_is_current(api: ApiClient) -> None:
    figures = database(api)

    assert (figures["standbys"], figures["isSchemaCurrent"]) == ([], True)


# What is going on


def test_connections_are_counted_by_what_they_do(api: ApiClient, conn: Connection, url: str) -> None:
    row = conn.execute("select setting::int as most from pg_settings where name = 'max_connections'").fetchone()
    assert row is not None

    def idle_in_transaction() -> Any:
        conn.execute("select pg_stat_clear_snapshot()")
        states = {each["state"]: each["connections"] for each in database(api)["connections"]}
        return states.get("IDLE_IN_TRANSACTION", 0)

    with ExitStack() as stack:
        for _ in range(7):  # more than other tests have meanwhile
            stack.enter_context(psycopg.connect(url)).execute("select 1")
        until(lambda: idle_in_transaction() >= 7)

    assert database(api)["connectionLimit"] == row["most"]


@pytest.mark.parametrize(
    ("statement", "name"),
    [
        ("/* studio.list_bookings */ select pg_sleep(60), 'zyxomma'", "studio.list_bookings"),
        ("select pg_sleep(60), '/* zyxomma.list_bookings */'", None),
    ],
)
def test_what_runs_long_is_told_by_the_name_of_its_query_and_never_in_its_words(
    api: ApiClient, conn: Connection, url: str, monkeypatch: pytest.MonkeyPatch, statement: str, name: str | None
) -> None:
    monkeypatch.setattr(screen, "LONG", 0.0)  # seconds
    with running(url, statement) as pid:
        conn.execute("select pg_stat_clear_snapshot()")
        figures = database(api)

    [query] = [query for query in figures["longQueries"] if query["pid"] == pid]
    assert (query["queryName"], query["seconds"] > 0) == (name, True)
    assert "zyxomma" not in json.dumps(figures)


def test_what_has_not_run_for_five_seconds_is_not_long(api: ApiClient, conn: Connection, url: str) -> None:
    with running(url, "select pg_sleep(60)"):
        conn.execute("select pg_stat_clear_snapshot()")
        assert database(api)["longQueries"] == []


def test_the_application_itself_may_not_read_what_others_ask(conn: Connection, url: str) -> None:
    with running(url, "select pg_sleep(60), 'zyxomma'") as pid:
        conn.execute("set local role photolens_app")
        row = conn.execute("select query from pg_stat_activity where pid = %s", [pid]).fetchone()

    assert row == {"query": "<insufficient privilege>"}


# The last backup


def test_the_last_backup_is_told_and_whether_it_was_verified(api: ApiClient, conn: Connection) -> None:
    assert database(api)["lastBackup"] is None

    conn.execute(
        "insert into database_backups (file_name, taken_at, size, sha256, verified_at) values"
        " ('studio-1.dump', '2026-11-19 01:30+00', 9, repeat('a', 64), '2026-11-19 02:00+00'),"
        " ('studio-2.dump', '2026-11-20 01:30+00', 9, repeat('b', 64), null)"
    )

    assert database(api)["lastBackup"] == {
        "fileName": "studio-2.dump",
        "takenAt": "2026-11-20T01:30:00Z",
        "size": 9,
        "sha256": "b" * 64,
        "verifiedAt": None,
    }


@pytest.mark.parametrize(
    "statement",
    [
        "insert into database_backups (file_name, taken_at, size, sha256) values ('a', now(), 1, repeat('a', 64))",
        "update database_backups set verified_at = now()",
        "delete from database_backups",
    ],
)
def test_the_application_notes_no_backup(conn: Connection, statement: str) -> None:
    conn.execute("set local role photolens_app")

    with pytest.raises(psycopg.errors.InsufficientPrivilege):
        conn.execute(statement.encode())


# The command


@pytest.mark.committed
def test_the_command_prints_what_the_api_answers(clone_url: str, api: ApiClient) -> None:
    printed = CliRunner(env={"DATABASE_URL": clone_url}).invoke(photolens, ["db", "stats"], catch_exceptions=False)

    said = json.loads(printed.output)
    assert printed.exit_code == 0
    assert {**said, "lastBackup": None}.keys() == database(api).keys()
    assert (said["users"], said["serverVersion"]) == (database(api)["users"], database(api)["serverVersion"])
