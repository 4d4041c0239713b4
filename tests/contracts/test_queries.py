"""The named queries: each fits the schema, and is named and written as the house writes them."""

import re

import pytest

from photolens.database import Connection
from photolens.embedded import ROOT
from photolens.named_queries import QUERIES as FOLDER
from tests.contracts.named_queries import QUERIES, NamedQuery, split

OPERATORS = {
    "get": {"^"},
    "lock": {"^", ""},
    "unlock": {"^"},
    "insert": {"^", "!", "$"},
    "update": {"^", "!", "$"},
    "upsert": {"^"},
    "refresh": {"^", "!", "$"},
    "list": {""},
    "stream": {""},
    "delete": {"!"},
    "mark": {"!"},
    "count": {"$"},
    "sum": {"$"},
    "exists": {"$"},
    "add_many": {"*!"},
}

OWN_VERBS = {
    # Reads nothing, and writes nothing.
    "platform.check_deferred_constraints": "^",
    # Tells a connection its settings: it neither reads rows nor writes any, so no verb of the table fits.
    "platform.configure_actor": "^",
    "platform.configure_backup_connection": "^",
    "platform.configure_connection": "^",
    "platform.configure_forgetting": "^",
    "platform.configure_locking": "^",
    "platform.configure_migrating_connection": "^",
    "platform.configure_owner_transaction": "^",
    "platform.configure_portal_session": "^",
    "platform.configure_search_path": "^",
    # A studio's tables are made by the migrations; where they go, by procedures.
    "platform.create_studio_schema": "!",
    "platform.drop_studio_schema": "!",
    # What the application may not write itself, a function of the owner's does.
    "billing.erase_archived_stripe_events": "^",
    "platform.archive_audit_logs": "$",
    "platform.archive_messages": "$",
    "platform.archive_stripe_events": "$",
    "platform.drop_archive_partition": "^",
    "platform.erase_archived_messages_of_users": "^",
    "platform.erase_archived_messages_to": "^",
    "platform.erase_audit_of_deleted": "^",
}

# Rows that are no table's: what there is one row of each.
ONE_ROW_OF_EACH = {
    "platform.list_archive_partitions": "table_name",
    "platform.list_connections_by_state": "state",
    "platform.list_jobs_by_status": "status",
    "platform.list_long_queries": "pid",
    "platform.list_row_counts": "table_name",
    "platform.list_studio_schemas": "schema_name",
    "platform.list_studios": "name",
    "platform.list_standbys": "pid",
    "platform.list_table_sizes": "table_name",
    "platform.list_unused_indexes": "index_name",
    "platform.list_notification_preferences": "type",
    "portal.list_open_balances": "currency",
    "spaces.list_bookings_by_status": "status",
    "studio.list_expenses_by_category": "category",
    "studio.list_free_slots": "session_date",
    "studio.list_new_clients_by_month": "month",
    "studio.list_profit_by_month": "month",
    "studio.list_revenue_by_month": "month",
}


# The document of everything that is held about a client: what was left out of it would be denied.
WITHOUT_LIMIT = {
    f"studio.list_{rows}_of_client"
    for rows in (
        "activities",
        "milestones",
        "booking_series",
        "bookings",
        "checkouts",
        "contacts",
        "editing_jobs",
        "editing_revisions",
        "editing_statuses",
        "expenses",
        "invoice_items",
        "invoices",
        "messages",
        "payment_allocations",
        "payments",
        "photo_jobs",
        "photo_selections",
        "refunds",
        "work_packages",
    )
}


@pytest.mark.parametrize("query", QUERIES.values(), ids=QUERIES.keys())
def test_a_query_fits_the_schema_and_gives_what_its_operator_says(conn: Connection, query: NamedQuery) -> None:
    columns = query.columns(conn)

    if query.operator in ("!", "*!"):
        assert columns == []
    elif query.operator == "$":
        assert len(columns) == 1
    else:
        assert len(columns) == len(set(columns)) > 0


def test_no_name_is_given_twice_in_a_domain() -> None:
    names = [
        f"{file.parent.name}.{name}"
        for file in sorted(FOLDER.rglob("*.sql"))
        for name in re.findall(r"^-- name: (\w+)", file.read_text(), re.MULTILINE)
    ]

    assert sorted(names) == sorted(QUERIES)


def test_a_query_is_named_verb_noun_with_the_operator_of_its_verb() -> None:
    misnamed = [
        f"{query.full_name}{query.operator}"
        for query in QUERIES.values()
        if query.full_name not in OWN_VERBS
        and not any(
            re.fullmatch(rf"{verb}(_[a-z0-9]+)+", query.name) and query.operator in operators
            for verb, operators in OPERATORS.items()
        )
    ]

    assert misnamed == []
    assert {name: QUERIES[name].operator for name in OWN_VERBS} == OWN_VERBS


def test_a_query_of_many_rows_has_a_limit_and_an_order_that_ends_in_what_is_unique() -> None:
    # One that locks them too: rows are locked in the order in which they are found. What is streamed has no limit.
    disorderly = []
    for query in QUERIES.values():
        if query.verb == "stream":
            continue
        limit = "" if query.full_name in WITHOUT_LIMIT else r" limit (%\(limit\)s|\d+)"
        ending = re.search(
            rf" order by (?P<order>(?:(?! order by ).)+){limit}"
            r"( for (no key )?(update|share)( of [\w, ]+)?( skip locked)?)?$",
            query.code,
        )
        last = split(ending["order"])[-1] if ending else ""
        unique = ONE_ROW_OF_EACH.get(query.full_name, r"(\w+_)?id")
        if query.operator == "" and not re.fullmatch(rf"(\w+\.)?{unique}( desc)?", last):
            disorderly.append(query.full_name)

    assert disorderly == []


def test_a_query_that_is_streamed_has_an_order_that_ends_in_an_id_and_no_limit() -> None:
    streamed = [query for query in QUERIES.values() if query.verb == "stream"]

    assert [q.full_name for q in streamed if not re.search(r" order by (\S+, )*(\w+\.)?id$", q.code)] == []


def test_a_query_says_what_it_is_for() -> None:
    silent = [name for name, query in QUERIES.items() if not re.fullmatch(r"[A-Z].+\.", query.comment, re.DOTALL)]

    assert silent == []


def test_a_query_that_locks_says_so_in_its_name_and_its_comment_says_what() -> None:
    misleading = []
    for query in QUERIES.values():
        locks = (
            re.search(
                r" for (no key |key )?(update|share)( of [\w, ]+)?( skip locked)?$|_advisory_(xact_)?lock|\block_\w+\(",
                query.code,
            )
            is not None
        )
        if (query.verb == "lock", query.comment.startswith("Locks: ")) != (locks, locks):
            misleading.append(query.full_name)

    assert misleading == []


def test_queries_are_written_in_lower_case() -> None:
    assert [name for name, query in QUERIES.items() if query.code != query.code.lower()] == []


def test_queries_live_in_the_folder_of_a_domain_and_the_file_of_a_subject() -> None:
    domains = {package.parent.name for package in (ROOT / "photolens").glob("*/__init__.py")}
    files = [file.relative_to(FOLDER) for file in FOLDER.rglob("*") if file.is_file()]
    homeless = [
        str(file)
        for file in files
        if file.parent.as_posix() not in domains or not re.fullmatch(r"[a-z]+(_[a-z]+)*\.sql", file.name)
    ]

    assert homeless == []
