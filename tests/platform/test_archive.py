"""The archive: what is old is kept apart, read as before, changed by nobody, and leaves the database as files."""

import gzip
import json
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import psycopg
import pytest
from click.testing import CliRunner, Result
from psycopg.rows import dict_row

from photolens import tasks
from photolens.billing.actions.stripe_events import handle_event
from photolens.cli import photolens
from photolens.connections import APP_ROLE, AppConnection
from photolens.database import Connection
from photolens.platform.actions.audit import find_fault
from tests.client import ApiClient
from tests.conftest import TEMPLATE, Databases
from tests.factories import Factory
from tests.processes import Command
from tests.waiting import until

# Lets the trail have been written long ago, so many rows a month from January 2020 on: other times, a chain again.
AGE = """
    do $$
    declare
        previous bytea := decode(repeat('00', 32), 'hex');
        entry audit_logs;
    begin
        set local session_replication_role = replica;
        for entry in select * from audit_logs order by id loop
            entry.recorded_at := timestamptz '2020-01-15 00:00:00+00'
                + make_interval(months => ((entry.id - 1) / {a_month})::integer, secs => entry.id);
            entry.hash := audit_hash(previous, entry);
            previous := entry.hash;
            update audit_logs set recorded_at = entry.recorded_at, hash = entry.hash where id = entry.id;
        end loop;
        update audit_heads set hash = previous;
    end;
    $$
"""


def age_trail(conn: Connection, a_month: int = 4) -> int:
    """Let the trail be old; gives the number of its last row."""
    conn.execute(AGE.format(a_month=a_month).encode())
    return count(conn, "audit_logs")


def count(conn: Connection, table: str) -> int:
    [row] = conn.execute(f"select count(*) from {table}".encode()).fetchall()
    number: int = row["count"]
    return number


def run(url: str, *words: str | Path) -> Result:
    """`photolens …`, as the application and as the owner of this database."""
    environment = {"DATABASE_URL": url, "OWNER_DATABASE_URL": url}
    return CliRunner(env=environment).invoke(photolens, [*map(str, words)], catch_exceptions=False)


def read_feed(api: ApiClient, after: int = 0) -> list[dict[str, Any]]:
    changes, has_more = [], True
    while has_more:
        page = api.get(f"/changes?after={after}&limit=7").body
        changes += page["data"]
        after, has_more = page["lastId"], page["hasMore"]
    return changes


def read_list(api: ApiClient, address: str) -> list[dict[str, Any]]:
    rows, cursor = [], ""
    while cursor is not None:
        page = api.get(f"{address}{'&' if '?' in address else '?'}limit=3{cursor and '&cursor='}{cursor}").body
        rows += page["data"]
        cursor = page["nextCursor"]
    return rows


MESSAGES = """
    insert into communication_logs (channel, recipient, template, subject, body, status, created_at, sent_at)
    select
        'EMAIL', 'emma@example.com', 'reminder', 'No. ' || n, '\\x00',
        (array['SENT', 'FAILED', 'PENDING'])[1 + n % 3]::communication_status,
        timestamptz '2020-01-15 00:00:00+00' + make_interval(months => n),
        case when n % 3 = 0 then now() end
    from generate_series(0, 8) as n
"""

EVENTS = """
    insert into stripe_events (id, type, payload, outcome, received_at, processed_at)
    select
        'evt_' || n, 'charge.updated', '{}',
        (array['PROCESSED', 'IGNORED', 'FAILED', 'PENDING'])[1 + n % 4]::stripe_event_outcome,
        timestamptz '2020-01-15 00:00:00+00' + make_interval(months => n),
        case when n % 4 < 2 then now() end
    from generate_series(0, 7) as n
"""


def test_old_messages_are_moved_and_listed_as_before_and_what_waits_stays(api: ApiClient, conn: Connection) -> None:
    conn.execute(MESSAGES.encode())
    addresses = ("/communication-logs", "/communication-logs?status=FAILED")
    before = [read_list(api, address) for address in addresses]

    moved = tasks.archive_old_rows(conn)

    assert [read_list(api, address) for address in addresses] == before
    assert moved["communication_logs"] == 6
    assert (count(conn, "communication_logs"), count(conn, "archived_communication_logs")) == (3, 6)
    assert count(conn, "communication_logs where status = 'PENDING'") == 3


def test_what_is_not_older_than_the_months_stays(conn: Connection) -> None:
    conn.execute(MESSAGES.encode())
    conn.execute(
        "update communication_logs set created_at = date_trunc('month', now(), 'UTC') - case"
        " when subject = 'No. 0' then interval '13 months' else interval '13 months 1 second' end"
    )

    assert tasks.archive_old_rows(conn)["communication_logs"] == 5
    assert count(conn, "communication_logs where subject = 'No. 0'") == 1


def test_what_is_done_again_changes_nothing(conn: Connection) -> None:
    conn.execute(MESSAGES.encode())

    assert [tasks.archive_old_rows(conn)["communication_logs"] for _ in range(2)] == [6, 0]


def test_an_archived_message_is_not_sent_any_more(api: ApiClient, conn: Connection) -> None:
    conn.execute(MESSAGES.encode())
    tasks.archive_old_rows(conn)
    failed = api.get("/communication-logs?status=FAILED").body["data"][0]

    refused = api.post(f"/communication-logs/{failed['id']}/retry")

    assert (refused.status, refused.body["code"]) == (409, "illegal_transition")
    assert api.post("/communication-logs/987654/retry").status == 404


def test_old_events_that_are_done_with_are_moved_and_read_as_before(api: ApiClient, conn: Connection) -> None:
    conn.execute(EVENTS.encode())
    before = read_list(api, "/admin/stripe-events")
    one = api.get("/admin/stripe-events/evt_0").body

    moved = tasks.archive_old_rows(conn)

    assert moved["stripe_events"] == 4
    assert read_list(api, "/admin/stripe-events") == before
    assert api.get("/admin/stripe-events/evt_0").body == one
    assert handle_event(conn, "evt_0")["outcome"] == "PROCESSED"


@pytest.mark.parametrize("table", ["audit_logs", "communication_logs", "stripe_events"])
def test_an_archive_has_the_columns_of_its_table_in_their_order(conn: Connection, table: str) -> None:
    columns = [
        conn.execute(
            "select attname, atttypid, attnotnull from pg_attribute"
            " where attrelid = %s::regclass and attnum > 0 and not attisdropped order by attnum",
            [name],
        ).fetchall()
        for name in (table, f"archived_{table}")
    ]

    assert columns[0] == columns[1]


@pytest.mark.parametrize(
    "statement",
    [
        *(
            statement.format(table)
            for table in ("archived_audit_logs", "archived_communication_logs", "archived_stripe_events")
            for statement in ("delete from {}", "insert into {0} select * from {0}", "truncate {}", "drop table {}")
        ),
        "update archived_audit_logs set actor = 'Nobody'",
        "update archived_communication_logs set subject = 'Nothing'",
        "update archived_stripe_events set payload = '{}'",
        "insert into archive_exports (file_name, table_name, month, row_count, sha256)"
        " values ('', '', '2020-01-01', 0, '')",
        "delete from archive_exports",
        "select drop_archive_partition('archived_communication_logs_2020_01')",
        "select lock_archive_partition('archived_communication_logs_2020_01')",
        "select add_archive_partition('archived_communication_logs', '2010-01-01')",
        "delete from archived_communication_logs_2020_01",
    ],
)
def test_the_application_cannot_change_what_is_archived(conn: Connection, statement: str) -> None:
    conn.execute(MESSAGES.encode())
    tasks.archive_old_rows(conn)
    conn.execute(f"set local role {APP_ROLE}".encode())

    with pytest.raises(psycopg.errors.InsufficientPrivilege):
        conn.execute(statement.encode())


@pytest.mark.committed
class TestTheTrail:
    @pytest.fixture
    def last_id(self, make: Factory, conn: Connection) -> int:
        """The last number of a trail that is old, of some months."""
        for _ in range(10):
            make.client()
        return age_trail(conn)

    def test_it_is_read_as_before_and_its_chain_fits(self, api: ApiClient, conn: Connection, last_id: int) -> None:
        before = read_feed(api), read_list(api, "/audit-logs"), read_list(api, "/audit-logs?tableName=clients")

        moved = tasks.archive_old_rows(conn)

        assert (moved["audit_logs"], count(conn, "audit_logs")) == (last_id, 0)
        after = read_feed(api), read_list(api, "/audit-logs"), read_list(api, "/audit-logs?tableName=clients")
        assert after == before
        assert find_fault(conn) is None

    def test_it_goes_on_after_what_is_archived(
        self, api: ApiClient, make: Factory, conn: Connection, last_id: int
    ) -> None:
        tasks.archive_old_rows(conn)

        make.client()

        assert [change["id"] for change in read_feed(api)] == [*range(1, last_id + count(conn, "audit_logs") + 1)]
        assert find_fault(conn) is None

    def test_an_archived_row_that_was_changed_is_named(self, conn: Connection, last_id: int) -> None:
        tasks.archive_old_rows(conn)
        conn.execute("update archived_audit_logs set after = '{}' where id = 5")

        fault = find_fault(conn)

        assert fault is not None
        assert (fault["id"], fault["reason"]) == (5, "what it says has been changed")

    def test_of_a_client_who_is_forgotten_nothing_is_left_in_it(
        self, api: ApiClient, make: Factory, conn: Connection
    ) -> None:
        client = make.client(name="Zebedee Quill", email="zebedee@quill.example")
        gone = make.contact(clientId=client["id"], name="Quincy Quill", email="quincy@quill.example")
        api.delete(f"/contacts/{gone['id']}")
        age_trail(conn)
        tasks.archive_old_rows(conn)
        assert count(conn, "archived_audit_logs where after::text ilike '%quill%'") > 0

        assert api.post(f"/clients/{client['id']}/erase").status == 200

        assert count(conn, "all_audit_logs where concat(before, after) ilike '%quill%'") == 0
        assert find_fault(conn) is None

    def test_moved_by_two_while_eight_write_it_loses_and_repeats_nothing(
        self, clone_url: str, api: ApiClient, make: Factory, conn: Connection
    ) -> None:
        for _ in range(10):
            make.client()
        old = age_trail(conn, a_month=9)

        def write(number: int) -> None:
            with AppConnection.connect(clone_url, autocommit=True, row_factory=dict_row) as own:
                for deed in range(10):
                    own.execute("insert into rooms (name) values (%s)", [f"Room {number}.{deed}"])

        def move(_: int) -> int:
            moved = 0
            with psycopg.connect(clone_url, autocommit=True) as own:
                own.execute(f"set role {APP_ROLE}".encode())
                while own.execute(
                    "select exists (select from audit_logs where recorded_at < '2026-01-01')"
                ).fetchone() == (True,):
                    [batch] = own.execute("select archive_audit_logs(13, 3)").fetchone() or [0]
                    moved += batch or 0
            return moved

        with ThreadPoolExecutor() as threads:
            movers = [threads.submit(move, n) for n in range(2)]
            writers = [threads.submit(write, n) for n in range(8)]
            seen = [change["id"] for change in read_feed(api)]
            assert [writer.result() for writer in writers] == [None] * 8
            assert sum(mover.result() for mover in movers) == old

        assert seen == [*range(1, len(seen) + 1)]
        assert [change["id"] for change in read_feed(api)] == [*range(1, old + 80 + 1)]
        assert find_fault(conn) is None


@pytest.mark.committed
class TestAMonthLeaves:
    @pytest.fixture(autouse=True)
    def _archived(self, make: Factory, conn: Connection) -> None:
        for _ in range(10):
            make.client()
        age_trail(conn)
        conn.execute(MESSAGES.encode())
        tasks.archive_old_rows(conn)

    def test_as_files_that_hold_its_rows(self, conn: Connection, clone_url: str, tmp_path: Path) -> None:
        rows = conn.execute(
            "select to_jsonb(archived_audit_logs) as row from archived_audit_logs"
            " where recorded_at < '2020-02-01' order by id"
        ).fetchall()

        left = run(clone_url, "db", "archive-export", "2020-01", "--to", tmp_path)

        assert left.exit_code == 0, left.output
        manifest = json.loads(next(tmp_path.glob("archive-*.json")).read_text())
        assert {file["tableName"]: file["rowCount"] for file in manifest["files"]} == {
            "audit_logs": 4,
            "communication_logs": 1,
        }
        with gzip.open(next(tmp_path.glob("audit_logs-*"))) as file:
            written = [json.loads(line) for line in file]
        assert [row["id"] for row in written] == [row["row"]["id"] for row in rows] == [1, 2, 3, 4]
        assert written[0]["after"] == rows[0]["row"]["after"]
        assert count(conn, "archived_audit_logs where recorded_at < '2020-02-01'") == 0
        assert count(conn, "archive_exports") == 2

    def test_and_what_is_left_and_what_has_left_is_verified(self, clone_url: str, tmp_path: Path) -> None:
        for month in ("2020-01", "2020-02"):
            assert run(clone_url, "db", "archive-export", month, "--to", tmp_path).exit_code == 0
        files = [word for file in tmp_path.glob("audit_logs-*") for word in ("--archive", file)]

        verified = run(clone_url, "audit", "verify", *files)

        assert verified.exit_code == 0, verified.output
        assert verified.output.endswith("8 before them have left the database; files of it that are right: 2.\n")

    def test_and_the_feed_says_where_it_begins(self, api: ApiClient, clone_url: str, tmp_path: Path) -> None:
        run(clone_url, "db", "archive-export", "2020-01", "--to", tmp_path)

        refused = api.get("/changes?after=3")

        assert (refused.status, refused.body["code"], refused.body["lastDepartedId"]) == (409, "changes_departed", 4)
        assert read_feed(api, after=4)[0]["id"] == 5

    def test_only_from_the_beginning_of_the_trail(self, conn: Connection, clone_url: str, tmp_path: Path) -> None:
        before = count(conn, "archived_audit_logs")

        refused = run(clone_url, "db", "archive-export", "2020-02", "--to", tmp_path)

        assert refused.exit_code == 1
        assert "it leaves from its beginning" in refused.output
        assert count(conn, "archived_audit_logs") == before
        assert [*tmp_path.iterdir()] == []

    @pytest.mark.parametrize(
        ("tampering", "said"),
        [
            (
                lambda lines: [
                    *lines[:1],
                    lines[1].replace('"operation": "', '"operation": "DELETE", "x": "'),
                    *lines[2:],
                ],
                2,
            ),
            (lambda lines: [*lines[:2], *lines[3:]], 4),
            (lambda lines: lines[1:], 2),
            (lambda lines: lines[:-1], 3),
        ],
    )
    def test_and_a_file_that_was_tampered_with_is_named_with_its_row(
        self, clone_url: str, tmp_path: Path, tampering: Any, said: int
    ) -> None:
        run(clone_url, "db", "archive-export", "2020-01", "--to", tmp_path)
        [file] = tmp_path.glob("audit_logs-*")
        lines = gzip.decompress(file.read_bytes()).decode().splitlines(keepends=True)
        file.write_bytes(gzip.compress("".join(tampering(lines)).encode()))

        verified = run(clone_url, "audit", "verify", "--archive", file)

        assert verified.exit_code == 1
        assert verified.output.startswith(f"Row {said} of the trail in {file}: ")

    def test_and_a_file_that_is_broken_is_named(self, clone_url: str, tmp_path: Path) -> None:
        run(clone_url, "db", "archive-export", "2020-01", "--to", tmp_path)
        [file] = tmp_path.glob("audit_logs-*")
        file.write_bytes(file.read_bytes()[:-20])

        verified = run(clone_url, "audit", "verify", "--archive", file)

        assert verified.exit_code == 1
        assert f"{file} cannot be read" in verified.output

    def test_and_who_is_killed_just_before_has_lost_nothing(
        self, conn: Connection, clone_url: str, tmp_path: Path
    ) -> None:
        before = count(conn, "archived_audit_logs")
        words = ("db", "archive-export", "2020-01", "--to", str(tmp_path))
        with psycopg.connect(clone_url) as reader:
            reader.execute("select from archived_audit_logs")
            with Command(*words, DATABASE_URL=clone_url, OWNER_DATABASE_URL=clone_url) as export:
                until(lambda: [*tmp_path.glob("archive-*.json")])
                until(lambda: count(conn, "pg_locks where mode = 'AccessExclusiveLock' and not granted"))
                export.kill()
                export.wait()

        assert count(conn, "archived_audit_logs") == before
        until(lambda: run(clone_url, *words).exit_code == 0)
        assert count(conn, "archived_audit_logs") == before - 4
        assert find_fault(conn) is None


def test_the_command_says_what_it_has_moved_and_a_backup_has_that(databases: Databases, tmp_path: Path) -> None:
    with databases.clone(TEMPLATE) as url:
        with psycopg.connect(url) as own:
            own.execute(MESSAGES.encode())

        moved = run(url, "db", "archive", "--months", "13")
        back_up = run(url, "db", "backup", "--to", tmp_path)

        assert (
            moved.output
            == "audit_logs: 0 rows moved.\ncommunication_logs: 6 rows moved.\nstripe_events: 0 rows moved.\n"
        )
        assert back_up.exit_code == 0
        [dump] = tmp_path.glob("*.dump")
        assert "is verified" in run(url, "db", "verify", dump).output
