"""schema.sql and seed.sql, as psql applies them: once, twice, in another schema; and what the demo studio holds."""

import re
import subprocess
from collections.abc import Iterator
from typing import Any

import psycopg
import pytest
from psycopg.rows import dict_row

from photolens.database import Connection
from photolens.embedded import PROGRAMS, ROOT
from photolens.identity.passwords import is_right
from photolens.invariants import broken_invariants
from tests.conftest import SEEDED_TEMPLATE, TEMPLATE, Databases, psql

SCHEMA = ("-f", str(ROOT / "schema.sql"))
SEED = ("-f", str(ROOT / "seed.sql"))


def dump(url: str, *arguments: str) -> str:
    """Everything a database holds, structure and rows, as pg_dump writes it down."""
    result = subprocess.run(
        [str(PROGRAMS / "pg_dump"), "--no-owner", "-d", url, *arguments], capture_output=True, text=True, check=True
    )
    # These two lines carry a word that is drawn anew for each dump.
    return re.sub(r"^\\(un)?restrict .*$", "", result.stdout, flags=re.MULTILINE)


def connect(url: str) -> Connection:
    return psycopg.connect(url, autocommit=True, row_factory=dict_row)


def one(conn: Connection, query: str) -> Any:
    """The only value of a query."""
    row = conn.execute(query.encode()).fetchone()
    assert row is not None
    [value] = row.values()
    return value


def column(conn: Connection, query: str) -> list[Any]:
    """The only column of a query."""
    return [next(iter(row.values())) for row in conn.execute(query.encode())]


@pytest.fixture(scope="module")
def seeded_url(databases: Databases) -> Iterator[str]:
    """The demo studio, to look at."""
    with databases.clone(SEEDED_TEMPLATE) as url:
        yield url


@pytest.fixture(scope="module")
def seeded(seeded_url: str) -> Iterator[Connection]:
    with connect(seeded_url) as conn:
        conn.execute("set default_transaction_read_only = on")
        yield conn


# The files


def test_the_schema_goes_into_an_empty_database(databases: Databases) -> None:
    with databases.clone("template0") as url:
        said = psql(url, *SCHEMA)

        with connect(url) as conn:
            assert one(conn, "select count(*) from clients") == 0
            assert one(conn, "select count(*) from studio_settings") == 1
            assert broken_invariants(conn) == []
    assert said == "The Photolens schema is installed.\n"


def test_the_schema_applied_twice_says_so_and_changes_nothing(databases: Databases) -> None:
    with databases.clone(SEEDED_TEMPLATE) as url:
        before = dump(url)
        said = psql(url, *SCHEMA)

        assert dump(url) == before
    assert said == "The Photolens schema is already here: nothing was changed.\n"


def test_the_seed_applied_twice_says_so_and_changes_nothing(databases: Databases) -> None:
    with databases.clone(TEMPLATE) as url:
        first = psql(url, *SEED)
        before = dump(url)
        second = psql(url, *SEED)

        assert dump(url) == before
    assert first == "The demo studio is in place.\n"
    assert second == "The demo studio is already here: nothing was changed.\n"


def test_schema_and_seed_go_into_one_run_of_psql(databases: Databases) -> None:
    with databases.clone("template0") as url:
        said = psql(url, *SCHEMA, *SEED, *SCHEMA, *SEED)

    assert said.splitlines() == [
        "The Photolens schema is installed.",
        "The demo studio is in place.",
        "The Photolens schema is already here: nothing was changed.",
        "The demo studio is already here: nothing was changed.",
    ]


def test_a_schema_that_cannot_be_finished_leaves_nothing_behind(databases: Databases) -> None:
    with databases.clone("template0") as url:
        psql(url, "-c", "create table payments (id bigint)")
        with pytest.raises(AssertionError, match='relation "payments" already exists'):
            psql(url, *SCHEMA)

        with connect(url) as conn:
            assert column(conn, "select relname from pg_class where relnamespace = 'public'::regnamespace") == [
                "payments"
            ]


def test_a_seed_that_cannot_be_finished_leaves_nothing_behind(databases: Databases, seeded: Connection) -> None:
    taken = one(seeded, "select upper(email) from clients order by id desc limit 1")
    with databases.clone(TEMPLATE) as url:
        psql(url, "-c", f"insert into clients (name, email) values ('Somebody', '{taken}')")
        before = dump(url)
        with pytest.raises(AssertionError, match="clients_email_key"):
            psql(url, *SEED)
        after = dump(url)

    # A number that was drawn from a sequence is not given back; everything else is as it was.
    setval = r"^SELECT pg_catalog.setval\(.*$"
    assert re.sub(setval, "", after, flags=re.MULTILINE) == re.sub(setval, "", before, flags=re.MULTILINE)


def test_one_database_holds_several_studios_each_in_its_own_schema(
    databases: Databases, monkeypatch: pytest.MonkeyPatch
) -> None:
    with databases.clone(SEEDED_TEMPLATE) as url:
        first = dump(url, "--schema=public")
        psql(url, "-c", "create schema studio_two", "-c", "create schema studio_three")
        for search_path in ("studio_two", "studio_three,public"):
            monkeypatch.setenv("PGOPTIONS", f"-c search_path={search_path}")
            assert psql(url, *SCHEMA) == "The Photolens schema is installed.\n"
            assert psql(url, *SCHEMA) == "The Photolens schema is already here: nothing was changed.\n"
            assert psql(url, *SEED) == "The demo studio is in place.\n"
            with connect(url) as conn:
                assert one(conn, "select count(*) from clients") >= 8
                assert broken_invariants(conn) == []
        monkeypatch.delenv("PGOPTIONS")

        assert dump(url, "--schema=public") == first
        psql(url, "-c", "drop schema studio_two cascade")
        with connect(url) as conn:
            conn.execute("set search_path = studio_three, public")
            assert broken_invariants(conn) == []
            tables = column(
                conn,
                "select schemaname || ' ' || count(*) from pg_tables"
                " where schemaname !~ '^(pg_|information_schema)' group by schemaname",
            )
        [of_public, of_three] = sorted(tables)
        assert of_public.split()[1] == of_three.split()[1]


def test_a_studio_may_have_a_name_that_needs_quotes(databases: Databases, monkeypatch: pytest.MonkeyPatch) -> None:
    with databases.clone("template0") as url:
        psql(url, "-c", 'create schema "Lumen & Hall, 2027"')
        monkeypatch.setenv("PGOPTIONS", r'-c search_path="Lumen\ &\ Hall,\ 2027"')

        assert psql(url, *SCHEMA) == "The Photolens schema is installed.\n"
        assert psql(url, *SCHEMA) == "The Photolens schema is already here: nothing was changed.\n"
        assert psql(url, *SEED) == "The demo studio is in place.\n"


def test_no_object_of_the_schema_names_the_schema_it_is_in(databases: Databases) -> None:
    with databases.clone("template0") as url:
        psql(url, "-c", "create schema elsewhere", "-c", "alter schema public rename to aside")
        psql(f"{url}{'&' if '?' in url else '?'}options=-csearch_path%3Delsewhere", *SCHEMA)
        with connect(url) as conn:
            made = column(
                conn,
                "select distinct relnamespace::regnamespace::text from pg_class"
                " where relnamespace::regnamespace::text !~ '^(pg_|information_schema)'",
            )

    assert made == ["elsewhere"]


# The demo studio


def test_every_invariant_holds_in_the_demo_studio(seeded: Connection) -> None:
    assert broken_invariants(seeded) == []


def test_the_demo_studio_has_clients_with_and_without_sessions(seeded: Connection) -> None:
    assert one(seeded, "select count(*) from clients") >= 8
    assert one(seeded, "select count(*) from clients where total_sessions > 1 and total_revenue > 5000") >= 1
    assert one(seeded, "select count(*) from clients where total_sessions = 0") >= 1


def test_the_demo_studio_has_clients_of_every_standing_and_one_in_the_archive(seeded: Connection) -> None:
    standings = "select count(distinct financial_status) from clients_seen_by(null) where archived_at is null"
    assert one(seeded, standings) == 3
    assert one(seeded, "select count(*) from clients where archived_at is not null and erased_at is null") == 1


def test_the_demo_studio_has_a_catalogue(seeded: Connection) -> None:
    assert one(seeded, "select count(*) from session_categories") >= 4
    assert one(seeded, "select count(*) from session_packages where inclusions <> '{}'") >= 9
    assert one(seeded, "select count(distinct category_id) from session_packages") >= 4


def test_the_demo_studio_has_people_of_every_role(seeded: Connection) -> None:
    assert one(seeded, "select count(*) from staff_members") >= 6
    roles = {"OWNER", "ADMIN", "PHOTOGRAPHER", "EDITOR", "FINANCE"}
    assert set(column(seeded, "select role::text from staff_members")) == roles


def test_the_demo_studio_has_a_user_of_every_role_whose_password_everybody_knows(seeded: Connection) -> None:
    demo = "from auth_users inner join auth_accounts on auth_users.id = user_id where is_demo"
    assert column(seeded, f"select unnest(enum_range(null::user_role)) except select role {demo}") == []
    [everybodys] = column(seeded, f"select distinct password {demo} and email like '%@demo.photolens.test'")
    assert is_right("photolens-demo", everybodys)


def test_the_user_that_the_seed_document_names_is_among_them(seeded: Connection) -> None:
    kept = one(
        seeded,
        "select password from auth_accounts inner join auth_users on auth_users.id = user_id"
        " where auth_users.id = '550e8400-e29b-41d4-a716-446655440000' and email = 'test@example.com'",
    )

    assert is_right("test123", kept)


def test_the_demo_studios_people_sign_in_as_what_they_are_on_the_team(seeded: Connection) -> None:
    assert one(seeded, "select count(distinct role) from staff_members where user_id is not null") == 5


def test_an_account_with_the_address_of_a_demo_user_stays_as_it_is(databases: Databases) -> None:
    with databases.clone(TEMPLATE) as url:
        with connect(url) as conn:
            conn.execute("insert into auth_users (name, email) values ('Somebody', 'OWNER@demo.photolens.test')")
        psql(url, *SEED)
        with connect(url) as conn:
            [somebody] = conn.execute(
                "select name, role, is_demo from auth_users where lower(email) = 'owner@demo.photolens.test'"
            ).fetchall()

    assert somebody == {"name": "Somebody", "role": "CUSTOMER", "is_demo": False}


def test_the_demo_studio_has_payment_accounts_that_money_goes_through(seeded: Connection) -> None:
    assert one(seeded, "select count(*) from payment_accounts") >= 3
    assert one(seeded, "select count(distinct payment_account_id) from payments") >= 3


@pytest.mark.parametrize(
    ("status", "when"),
    [
        ("COMPLETED", "<"),
        ("CANCELLED", "<"),
        ("PENDING", ">"),
        ("SCHEDULED", ">"),
        ("CANCELLED", ">"),
    ],
)
def test_the_demo_studio_has_bookings_of_every_status_in_past_and_future(
    seeded: Connection, status: str, when: str
) -> None:
    assert one(seeded, f"select count(*) from bookings where status = '{status}' and session_date {when} now()") >= 1


def test_in_the_demo_studio_nothing_is_completed_before_it_has_happened_or_forgotten_after(seeded: Connection) -> None:
    assert one(seeded, "select count(*) from bookings where status = 'COMPLETED' and ends_at > now()") == 0
    assert (
        one(seeded, "select count(*) from bookings where status in ('PENDING', 'SCHEDULED') and ends_at < now()") == 0
    )
    assert one(seeded, "select count(*) from payments where paid_at > now()") == 0
    assert one(seeded, "select count(*) from editing_status_logs where changed_at > now()") == 0
    assert one(seeded, "select count(*) from expenses where incurred_at > now()") == 0
    assert one(seeded, "select count(*) from activities where created_at > now()") == 0
    assert one(seeded, "select count(*) from invoices where status <> 'DRAFT' and issue_date > studio_today()") == 0


def test_every_shoot_of_the_demo_studio_has_its_people(seeded: Connection) -> None:
    without = (
        "select count(*) from bookings where not exists (select from staff_assignments where booking_id = bookings.id)"
    )
    assert one(seeded, without) == 0
    assert (
        one(seeded, "select count(*) from (select from staff_assignments group by booking_id having count(*) > 1) t")
        >= 1
    )


def test_the_demo_studio_has_editing_jobs_of_every_status_with_their_log(seeded: Connection) -> None:
    assert (
        column(seeded, "select unnest(enum_range(null::editing_status)) except select status from editing_jobs") == []
    )
    moved = (
        "select count(*) from (select from editing_status_logs group by editing_job_id having count(*) > 2) as moved"
    )
    assert one(seeded, moved) >= 1


def test_the_board_of_the_demo_studio_is_filled(seeded: Connection) -> None:
    assert column(seeded, "select name from editing_stages where id not in (select stage_id from editing_jobs)") == []
    unused = "select unnest(enum_range(null::editing_priority)) except select priority from editing_jobs"
    assert column(seeded, unused) == []
    assert one(seeded, "select count(*) from editing_revisions") >= 1
    assert one(seeded, "select count(*) from editing_jobs where photographer_notes is not null") >= 1
    assert one(seeded, "select count(*) from editing_jobs where uploaded_at > now()") == 0
    assert one(seeded, "select count(*) from photo_selections where created_at > now()") == 0
    assert column(seeded, "select distinct is_edited from photo_selections order by 1") == [False, True]


@pytest.mark.parametrize("status", ["DRAFT", "SENT", "PARTIALLY_PAID", "PAID", "OVERDUE", "VOID"])
def test_the_demo_studio_has_invoices_of_every_status_with_their_items(seeded: Connection, status: str) -> None:
    without = "not exists (select from invoice_items where invoice_items.invoice_id = invoices.id)"
    assert one(seeded, f"select count(*) from invoices where status = '{status}'") >= 1
    assert one(seeded, f"select count(*) from invoices where status = '{status}' and {without}") == 0


def test_the_demo_studio_has_part_payments_and_invoices_paid_in_parts(seeded: Connection) -> None:
    payments = "(select count(*) from payments where payments.invoice_id = invoices.id)"
    assert one(seeded, f"select count(*) from invoices where status = 'PARTIALLY_PAID' and {payments} >= 1") >= 1
    assert one(seeded, f"select count(*) from invoices where status = 'PAID' and {payments} >= 2") >= 1


def test_in_the_demo_studio_what_is_past_due_is_called_overdue(seeded: Connection) -> None:
    assert one(seeded, "select count(*) from invoice_summaries where is_overdue <> (status = 'OVERDUE')") == 0


def test_the_demo_studio_has_said_who_it_is_and_reminds_of_what_is_overdue(seeded: Connection) -> None:
    assert one(seeded, "select reminders_enabled and company_name is not null from studio_settings")
    assert one(seeded, "select count(distinct (opens_at, closes_at)) from working_hours") == 2
    # Since it fell due, and within the interval: what the daily task has left to do is nothing.
    late = "not (last_reminder_at > due_date + 1 and last_reminder_at between now() - interval '7 days' and now())"
    assert one(seeded, f"select count(*) from invoices where status = 'OVERDUE' and {late} is not false") == 0
    told = "select count(*) from activities where kind = 'INVOICE_REMINDER_QUEUED' and actor = 'Photolens'"
    assert one(seeded, told) == one(seeded, "select count(*) from invoices where status = 'OVERDUE'") >= 3


def test_the_demo_studio_has_expenses_billed_and_unbilled(seeded: Connection) -> None:
    assert one(seeded, "select count(*) from expense_details where billed_invoice_id is not null") >= 1
    assert (
        one(seeded, "select count(*) from expense_details where billed_invoice_id is null and booking_id is not null")
        >= 1
    )
    assert one(seeded, "select count(*) from expense_details where booking_id is null") >= 1


@pytest.mark.parametrize(
    ("what", "moments"),
    [
        ("completed bookings", "select session_date from bookings where status = 'COMPLETED'"),
        ("payments", "select paid_at from payments"),
    ],
)
def test_each_of_the_past_twelve_months_of_the_demo_studio_has(seeded: Connection, what: str, moments: str) -> None:
    empty_months = f"""
        select to_char(months.first_day, 'YYYY-MM')
        from generate_series(1, 12) as ago (n)
        cross join lateral (
            select date_trunc('month', studio_today()) - make_interval(months => ago.n) as first_day
        ) as months
        where not exists (
            select
            from ({moments}) as happened (at)
            cross join studio_settings
            where date_trunc('month', happened.at at time zone studio_settings.time_zone) = months.first_day
        )
    """

    assert column(seeded, empty_months) == [], f"months without {what}"


def test_the_demo_studio_has_a_feed_to_show(seeded: Connection) -> None:
    recent = "select count(distinct kind) from activities where created_at > now() - interval '31 days'"
    assert one(seeded, recent) >= 3


def test_no_address_of_the_demo_studio_belongs_to_anybody(seeded: Connection) -> None:
    addresses = "select email from clients union all select email from staff_members where email is not null"
    pictures = "select avatar_url from clients where avatar_url is not null"

    assert [address for address in column(seeded, addresses) if not re.search(r"[@.]example(\.com)?$", address)] == []
    assert [url for url in column(seeded, pictures) if not re.match(r"https://[\w.-]+\.example/", url)] == []
