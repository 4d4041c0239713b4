"""What the database itself shows to the portal's role: in psql's terms, whatever the application were to ask.

Every table, view, sequence and function has its place here: one that is added later belongs in one of the lists below.
"""

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import psycopg
import pytest
from psycopg.rows import dict_row, scalar_row

from photolens import create_app
from photolens.config import Settings
from photolens.connections import APP_ROLE, OWNER_ROLE, PORTAL_ROLE
from photolens.database import open_pools
from photolens.embedded import ROOT
from tests.client import ApiClient, token_of
from tests.conftest import CALLERS, Databases, psql
from tests.factories import Factory
from tests.portal.furnished import WORD, FurnishedClient, furnish

# Of the rows of the client, these columns.
OF_THE_CLIENT: dict[str, str] = {
    "bookings": "id client_id session_type_id session_date ends_at work_package_id location price status created_at"
    " updated_at",
    "checkout_sessions": "id invoice_id milestone_id expected_amount_minor currency status url expires_at created_at"
    " updated_at",
    "client_contacts": "id client_id name title email phone is_primary activated_at created_at updated_at",
    "clients": "id name email",
    "editing_jobs": "id booking_id stage_id status drive_folder_url delivered_at created_at updated_at",
    "editing_revisions": "id editing_job_id note requested_at",
    "invoice_items": "id invoice_id position name quantity unit_price amount",
    "invoice_milestones": "id invoice_id position label description expected_amount expected_date paid_amount status",
    "invoices": "id client_id booking_id work_package_id invoice_number invoice_name invoice_description issue_date"
    " due_date status currency subtotal discount_amount tax_rate tax_amount total_amount balance_due overpaid_amount"
    " paid_at created_at updated_at",
    "payments": "id invoice_id milestone_id amount currency paid_at method created_at",
    "photo_selections": "id booking_id name is_edited position created_at updated_at",
    "refunds": "id payment_id amount reason status refunded_at",
    "work_packages": "id client_id name description status starts_on ends_on created_at updated_at",
}
# Of those, these have no column that is not the client's to see.
WHOLE = {"invoice_milestones", "photo_selections", "work_packages"}
# Of rows that are nobody's, these columns.
OF_THE_STUDIO: dict[str, str] = {
    "editing_stages": "id name status awaits_selection awaits_approval",
    "schema_migrations": "id sha256 applied_at",
    "session_categories": "id name",
    "session_packages": "id category_id name",
    "studio_settings": "id currency time_zone invoice_footer company_name company_address company_email logo_url",
}
# Of these, nothing.
HIDDEN = {
    "activities",
    "addresses",
    "ai_chat_messages",
    "all_audit_logs",
    "all_communication_logs",
    "all_stripe_events",
    "api_tokens",
    "approval_request_details",
    "approval_requests",
    "archive_exports",
    "archived_audit_logs",
    "archived_communication_logs",
    "archived_stripe_events",
    "audit_heads",
    "audit_logs",
    "auth_accounts",
    "auth_attempts",
    "auth_sessions",
    "auth_users",
    "auth_verification_token",
    "availability",
    "availability_details",
    "booking_details",
    "booking_profits",
    "booking_series",
    "booking_slots",
    "branch_details",
    "branch_facilities",
    "branches",
    "calendar_links",
    "changes",
    "checkout_details",
    "class_session_details",
    "class_sessions",
    "client_contact_details",
    "communication_logs",
    "contact_invites",
    "credit_balances",
    "credit_lot_movements",
    "credit_lots",
    "credit_transactions",
    "database_backups",
    "editing_job_details",
    "editing_status_logs",
    "expense_details",
    "expenses",
    "facilities",
    "features",
    "first_deliveries",
    "gym_details",
    "gym_equipment",
    "gym_opening_hours",
    "gym_trainer_details",
    "gym_trainers",
    "gyms",
    "idempotency_keys",
    "induction_details",
    "inductions",
    "invoice_counter",
    "invoice_item_details",
    "invoice_milestone_details",
    "invoice_summaries",
    "invoice_sums",
    "milestone_sums",
    "money_movements",
    "notification_details",
    "notification_inboxes",
    "notification_preferences",
    "notifications",
    "otp_sessions",
    "parq_details",
    "parqs",
    "payment_accounts",
    "payment_allocations",
    "payment_details",
    "payment_sums",
    "photo_job_details",
    "photo_job_photos",
    "photo_jobs",
    "procrastinate_events",
    "procrastinate_jobs",
    "procrastinate_periodic_defers",
    "procrastinate_workers",
    "public_offering_details",
    "purchase_details",
    "purchases",
    "refund_details",
    "rooms",
    "service_features",
    "services",
    "session_booking_details",
    "session_bookings",
    "session_package_details",
    "session_review_details",
    "session_reviews",
    "session_waitlist",
    "space_booking_details",
    "space_booking_money",
    "space_bookings",
    "space_payment_details",
    "space_payment_events",
    "space_payments",
    "staff_assignments",
    "staff_member_details",
    "staff_members",
    "stripe_events",
    "studio_hosts",
    "studios",
    "subscription_details",
    "subscription_grant_details",
    "subscription_grants",
    "subscription_plans",
    "subscriptions",
    "support_comment_details",
    "support_comments",
    "support_problems",
    "trainer_engagements",
    "user_access_changes",
    "user_credits",
    "user_details",
    "user_profiles",
    "vendor_service_details",
    "vendor_services",
    "webhook_attempts",
    "webhook_deliveries",
    "webhook_endpoints",
    "webhook_progress",
    "working_hours",
}
FUNCTIONS = {"portal_client_id", "portal_contact", "portal_contact_id", "rfc3339", "studio_today"}

REFUSED = psycopg.errors.InsufficientPrivilege  # 42501

SCHEMA_CHANGES = (
    "create table portal_notes (id int)",
    "create temporary table portal_notes (id int)",
    "create view portal_notes as select id from invoices",
    "create schema portal_notes",
    "create function portal_notes() returns int language sql as 'select 1'",
    "create function pg_temp.portal_notes() returns int language sql as 'select 1'",
    "create operator === (leftarg = int, rightarg = int, procedure = int4eq)",
    "create extension pg_prewarm",
    "alter table invoices add column portal_notes text",
    "alter table invoices disable row level security",
    "alter policy invoices_portal on invoices using (true)",
    "create policy portal_notes on invoices to photolens_portal using (true)",
    "drop policy invoices_portal on invoices",
    "drop table payments",
    "drop function portal_contact()",
    "alter function portal_contact() security invoker",
    "create or replace function portal_client_id() returns bigint language sql as 'select 1'",
    "create index portal_notes on invoices (id)",
    "comment on table invoices is 'mine'",
    "truncate invoices",
)
OTHER_ROLES_CHANGES = (
    "alter role photolens_app superuser",
    "alter role photolens_portal superuser",
    "alter role photolens_portal bypassrls",
    "create role portal_notes",
    "grant photolens_app to photolens_portal",
    "grant photolens_owner to photolens_app",
)


@dataclass(frozen=True)
class House:
    """A database as schema.sql makes it, with two clients who have everything; and its owner, who sees all of it."""

    url: str
    conn: psycopg.Connection[dict[str, Any]]
    own: FurnishedClient
    foreign: FurnishedClient


@pytest.fixture(scope="module")
def house(databases: Databases, settings: Settings) -> Iterator[House]:
    with (
        databases.clone("template0") as url,
        psycopg.connect(url, autocommit=True, row_factory=dict_row) as conn,
        open_pools(settings, url) as pools,
    ):
        psql(url, "-f", str(ROOT / "schema.sql"), "-f", str(CALLERS))
        api = ApiClient(create_app(settings, pools))
        make = Factory(api)
        own, foreign = furnish(conn, api, make, 0), furnish(conn, api, make, 10)
        conn.execute("analyze")
        yield House(url, conn, own, foreign)


def connect(house: House, role: str) -> psycopg.Connection[Any]:
    """A connection of a role's own, by which it is nobody else."""
    conn = psycopg.connect(house.url, autocommit=True, row_factory=scalar_row)
    conn.execute(f"set session authorization {role}".encode())
    return conn


@pytest.fixture
def portal(house: House) -> Iterator[psycopg.Connection[Any]]:
    """A connection as the portal's role, for the session of the first client's contact."""
    with connect(house, PORTAL_ROLE) as conn:
        enter(conn, digest(house.own.token))
        yield conn


def digest(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()


def enter(conn: psycopg.Connection[Any], session: str) -> None:
    """Serve a session, until the next one."""
    conn.execute("select set_config('photolens.session', %s, false)", [session])


def read(conn: psycopg.Connection[Any], statement: str) -> list[Any]:
    """The first column of what a statement answers."""
    return conn.execute(statement.encode()).fetchall()


def done(conn: psycopg.Connection[Any], *statements: str) -> list[str]:
    """Those of the statements that are not refused for want of a privilege."""
    admitted = []
    for statement in statements:
        try:
            conn.execute(statement.encode())
        except REFUSED:
            continue
        except psycopg.Error as error:
            admitted.append(f"{statement}: {error.sqlstate}")
        else:
            admitted.append(statement)
    return admitted


def relations(house: House, kinds: str) -> set[str]:
    rows = house.conn.execute(
        "select relname from pg_class"
        " where relnamespace = current_schema()::regnamespace and relkind = any(%s)"
        " and not exists (select from pg_depend where objid = pg_class.oid and deptype = 'e')",
        [list(kinds)],
    )
    return {row["relname"] for row in rows}


def columns(house: House) -> list[tuple[str, str]]:
    """Each column of each table and view."""
    rows = house.conn.execute(
        "select relname, attname from pg_attribute inner join pg_class on attrelid = pg_class.oid"
        " where relnamespace = current_schema()::regnamespace and relkind = any('{r,v,m,p,f}')"
        " and attnum > 0 and not attisdropped order by 1, 2"
    )
    return [(row["relname"], row["attname"]) for row in rows]


# What there is


def test_every_table_and_view_is_the_clients_the_studios_or_hidden(house: House) -> None:
    decided = [*OF_THE_CLIENT, *OF_THE_STUDIO, *HIDDEN]

    assert relations(house, "rvmpf") == set(decided)
    assert len(decided) == len({*decided})


def test_every_table_with_rows_of_clients_has_row_level_security_and_a_policy_for_each_role(house: House) -> None:
    secured = house.conn.execute("select relname from pg_class where relrowsecurity").fetchall()
    policies = house.conn.execute(
        "select tablename, policyname, roles::text[], cmd from pg_policies where schemaname = current_schema()"
    ).fetchall()

    assert {row["relname"] for row in secured} == {*OF_THE_CLIENT}
    assert {(p["tablename"], p["policyname"], *p["roles"], p["cmd"]) for p in policies} == {
        policy
        for table in OF_THE_CLIENT
        for policy in (
            (table, f"{table}_app", APP_ROLE, "ALL"),
            (table, f"{table}_portal", PORTAL_ROLE, "SELECT"),
        )
    }


def test_all_of_it_belongs_to_the_owner_and_no_role_is_above_the_rules(house: House) -> None:
    owners = house.conn.execute(
        "select distinct relowner::regrole::text as owner from pg_class"
        " where relnamespace = current_schema()::regnamespace"
        " and not exists (select from pg_depend where objid = pg_class.oid and deptype = 'e')"
    ).fetchall()
    above = house.conn.execute(
        "select rolname from pg_roles where rolname like 'photolens%%'"
        " and (rolsuper or rolbypassrls or rolcreaterole or rolcreatedb or rolreplication"
        " or (rolinherit and rolname <> %s))",
        [OWNER_ROLE],
    ).fetchall()
    memberships = house.conn.execute(
        "select roleid::regrole::text as role from pg_auth_members where member = %s::regrole", [OWNER_ROLE]
    ).fetchall()

    assert [row["owner"] for row in owners] == [OWNER_ROLE]
    assert above == []
    assert [row["role"] for row in memberships] == [
        "pg_read_all_stats"
    ]  # for what monitoring is told: test_database_stats


# What is not granted


def test_the_portal_reads_the_columns_it_was_given_and_no_other(house: House, portal: psycopg.Connection[Any]) -> None:
    given = {(table, column) for table, names in (OF_THE_CLIENT | OF_THE_STUDIO).items() for column in names.split()}

    read_by_it = {
        (table, column) for table, column in columns(house) if done(portal, f"select {column} from {table} limit 1")
    }

    assert read_by_it == given


def test_the_portal_reads_no_whole_row_and_nothing_that_the_server_keeps_beside_it(
    portal: psycopg.Connection[Any],
) -> None:
    for table in OF_THE_CLIENT:
        whole = (f"select * from {table}", f"select {table} from {table}", f"table {table}")
        assert done(portal, *whole) == ([*whole] if table in WHOLE else [])
        assert done(portal, f"select xmin from {table}", f"select ctid from {table}") == []


def test_the_portal_changes_nothing(house: House, portal: psycopg.Connection[Any]) -> None:
    changes = [
        change
        for table in relations(house, "rmpf")
        for change in (
            f"insert into {table} default values",
            f"delete from {table}",
            f"delete from {table} where false",
            f"truncate {table}",
        )
    ]
    views = relations(house, "v")
    updates = [f"update {table} set {column} = default" for table, column in columns(house) if table not in views]

    assert done(portal, *changes, *updates) == []
    assert done(portal, *(f"select id from {table} for update" for table in OF_THE_CLIENT)) == []


def test_the_portal_uses_no_sequence(house: House, portal: psycopg.Connection[Any]) -> None:
    sequences = relations(house, "S")

    assert len(sequences) > 20
    for name in sequences:
        asked = (f"select nextval('{name}')", f"select setval('{name}', 1)", f"select last_value from {name}")
        assert done(portal, *asked, f"select currval('{name}')") == []
    assert read(portal, "select distinct last_value from pg_sequences") == [None]


def test_the_portal_calls_the_functions_it_was_given_and_no_other(
    house: House, portal: psycopg.Connection[Any]
) -> None:
    rows = house.conn.execute(
        "select proname, has_function_privilege(%s, pg_proc.oid, 'execute') as is_given,"
        " has_function_privilege(%s, pg_proc.oid, 'execute') as is_the_apps,"
        " has_function_privilege('public', pg_proc.oid, 'execute') as is_everybodys from pg_proc"
        " where pronamespace = current_schema()::regnamespace"
        " and not exists (select from pg_depend where objid = pg_proc.oid and deptype = 'e')",
        [PORTAL_ROLE, APP_ROLE],
    ).fetchall()

    assert {row["proname"] for row in rows if row["is_given"]} == FUNCTIONS
    assert {(row["is_the_apps"], row["is_everybodys"]) for row in rows} == {(True, False)}
    calls = ("bookings_seen_by(null)", "clients_seen_by(null)", "balances_at(now(), current_date)")
    assert done(portal, *(f"select * from {call}" for call in calls)) == []


@pytest.mark.parametrize("role", [PORTAL_ROLE, APP_ROLE])
def test_only_the_owner_changes_the_schema(house: House, role: str) -> None:
    with connect(house, role) as conn:
        assert done(conn, *SCHEMA_CHANGES, *OTHER_ROLES_CHANGES) == []


def test_the_portal_becomes_nobody_else(portal: psycopg.Connection[Any]) -> None:
    assert (
        done(portal, "set role photolens_app", "set role photolens_owner", "grant select on invoices to public") == []
    )
    assert read(portal, "select current_user::text || ' ' || session_user") == [f"{PORTAL_ROLE} {PORTAL_ROLE}"]


def test_the_application_becomes_the_portal_and_nobody_above_it(house: House) -> None:
    with connect(house, APP_ROLE) as conn:
        assert done(conn, "set role photolens_owner") == []
        conn.execute("set role photolens_portal")
        assert read(conn, "select id from invoices") == []


def test_the_application_takes_back_no_money_that_has_moved(house: House) -> None:
    with connect(house, APP_ROLE) as conn:
        assert len(read(conn, "select id from payments")) == 2
        for table in ("payments", "payment_allocations"):
            assert done(conn, f"update {table} set amount = amount", f"delete from {table}", f"truncate {table}") == []
        assert done(conn, "update refunds set amount = 1", "delete from refunds", "truncate invoices") == []


# What is granted


@pytest.mark.parametrize("whose", ["own", "foreign"])
def test_a_session_is_shown_exactly_the_rows_of_its_client(
    house: House, portal: psycopg.Connection[Any], whose: str
) -> None:
    client: FurnishedClient = getattr(house, whose)
    enter(portal, digest(client.token))

    shown = {table: {*read(portal, f"select id from {table}")} for table in OF_THE_CLIENT}

    assert shown == client.shown
    assert all(shown.values())


def test_what_is_shown_holds_no_note_and_nothing_of_the_studios_people(portal: psycopg.Connection[Any]) -> None:
    for table, names in (OF_THE_CLIENT | OF_THE_STUDIO).items():
        rows = read(portal, f"select row({names.replace(' ', ', ')})::text from {table}")
        assert rows
        assert [row for row in rows if WORD in row] == []


def test_a_draft_is_no_row_and_its_items_are_none(house: House, portal: psycopg.Connection[Any]) -> None:
    for table, hidden in house.own.hidden.items():
        for row_id in hidden:
            assert read(portal, f"select id from {table} where id = {row_id}") == []
    drafts = ", ".join(map(str, house.own.hidden["invoices"]))
    assert read(portal, f"select id from invoice_items where invoice_id in ({drafts})") == []


def test_a_row_of_another_client_is_no_row_however_it_is_asked_for(
    house: House, portal: psycopg.Connection[Any]
) -> None:
    for table, foreign in house.foreign.shown.items():
        for row_id in foreign:
            found = f"from {table} where id = '{row_id}'"
            assert read(portal, f"select id {found}") == []
            assert read(portal, f"select count(*) {found}") == [0]
            assert read(portal, f"select exists (select {found})") == [False]


NOBODY = {
    "none": "",
    "garbage": "garbage",
    "half a byte": "abc",
    "one that is not there": "0" * 64,
    "a token": "contact-1",
    "in capitals": "A" * 64,
    "a signed-in owner, who is no contact": digest(token_of("OWNER")),
    "several": "0" * 64 + "\n" + "0" * 64,
}


@pytest.mark.parametrize("session", NOBODY.values(), ids=NOBODY.keys())
def test_whoever_has_no_session_of_a_contact_sees_no_row(
    house: House, portal: psycopg.Connection[Any], session: str
) -> None:
    enter(portal, session)

    assert {table for table in OF_THE_CLIENT if read(portal, f"select id from {table}")} == set()


def test_a_connection_that_was_never_told_of_a_session_sees_no_row(house: House) -> None:
    with connect(house, PORTAL_ROLE) as conn:
        assert {table for table in OF_THE_CLIENT if read(conn, f"select id from {table}")} == set()


ENDED = {
    "expired": "update auth_sessions set expires_at = now()",
    "signed out": "delete from auth_sessions",
    "suspended": "update auth_users set status = 'SUSPENDED'",
    "pending": "update auth_users set status = 'PENDING'",
    "deactivated": "update client_contacts set is_active = false",
    "removed": "update client_contacts set user_id = null, activated_at = null",
}


@pytest.mark.parametrize("end", ENDED.values(), ids=ENDED.keys())
def test_a_session_that_has_ended_or_whose_contact_is_shut_out_sees_no_row(house: House, end: str) -> None:
    with house.conn.transaction(force_rollback=True):
        house.conn.execute(end.encode())
        house.conn.execute("set local role photolens_portal")
        house.conn.execute("select set_config('photolens.session', %s, true)", [digest(house.own.token)])

        seen = {t for t in OF_THE_CLIENT if house.conn.execute(f"select id from {t}".encode()).fetchall()}

        assert seen == set()


# Ways around


def test_what_is_asked_of_a_row_is_not_asked_of_another_clients(house: House, portal: psycopg.Connection[Any]) -> None:
    """An error would tell of a row that is not shown: the rule is looked at before whatever might fail."""
    for table in ("invoices", "bookings", "payments", "work_packages"):
        for row_id in house.foreign.shown[table]:
            assert read(portal, f"select id from {table} where 1 / (id - {row_id}) = 7") == []
            assert read(portal, f"select 1 from {table} having max(1 / (id - {row_id})) = 7") == []
    draft = next(iter(house.own.hidden["invoices"]))
    assert read(portal, f"select id from invoices where 1 / (id - {draft}) = 7") == []


def test_statistics_tell_nothing_of_what_clients_have(portal: psycopg.Connection[Any]) -> None:
    assert {*read(portal, "select tablename from pg_stats where schemaname = current_schema()")} <= {*OF_THE_STUDIO}
    assert done(portal, "select stavalues1 from pg_statistic") == []


def test_what_other_connections_do_is_seen_without_whose_it_is(house: House, portal: psycopg.Connection[Any]) -> None:
    with connect(house, PORTAL_ROLE) as other:
        enter(other, digest(house.foreign.token))
        other.execute("select id from invoices")

        seen = read(portal, "select query from pg_stat_activity")

    assert [query for query in seen if digest(house.foreign.token) in (query or "")] == []


def test_a_statement_that_was_prepared_for_one_session_serves_the_next_as_its_own(
    house: House, portal: psycopg.Connection[Any]
) -> None:
    for mode in ("force_custom_plan", "force_generic_plan"):
        portal.execute(f"set plan_cache_mode = {mode}".encode())
        portal.execute("prepare invoices_shown as select id from invoices")
        for client in (house.own, house.foreign) * 4:
            enter(portal, digest(client.token))
            assert {*read(portal, "execute invoices_shown")} == client.shown["invoices"]
        portal.execute("deallocate invoices_shown")


def test_a_function_that_looks_up_the_session_is_not_misled_by_another_path(
    house: House, portal: psycopg.Connection[Any]
) -> None:
    portal.execute("set search_path = pg_temp, pg_catalog")

    assert read(portal, "select client_id from public.portal_contact()") == [*house.own.shown["clients"]]
