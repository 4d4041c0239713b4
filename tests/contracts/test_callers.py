"""What it costs to know who calls: one query, by indexes, for every request of somebody; none without a token."""

from collections import Counter
from collections.abc import Iterator
from typing import Any

import pytest

from photolens.database import Connection
from photolens.named_queries import QueryAdapter
from tests.client import ApiClient, token_of
from tests.contracts.named_queries import QUERIES
from tests.contracts.operations import OPERATIONS
from tests.contracts.roles import EVERYTHING

NOT_PUBLIC = [operation for operation in OPERATIONS if not operation.is_public]
GETS = [operation for operation in NOT_PUBLIC if operation.method == "get"]

BY_SESSION, BY_TOKEN = "identity.get_session_caller", "identity.get_api_token_caller"

# Beside the caller: of a list the rows and their number; of a screen always as many, however much there is to show.
QUERIES_OF_A_LIST = 2
QUERIES_OF_SCREENS = {
    "getClientProfile": 6,
    "getDashboard": 8,
    "getDatabase": 10,
    "getPhotoDashboard": 3,
    "getProfitAndLoss": 4,
    "getReceivables": 3,
    "getSpaceStats": 3,
    "getRevenueByCategory": 4,
    "getTeamReport": 4,
    "listBookingProfitability": 4,
    # Of what is archived, the recent is looked at first.
    "listAuditLogs": 3,
    "listChanges": 3,
    "listMessages": 3,
    "listStripeEvents": 3,
}


@pytest.fixture
def asked(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The names of the queries that were sent to the database, in their order."""
    names: list[str] = []
    run = QueryAdapter._run

    def counted(self: QueryAdapter, conn: Connection, query_name: str, sql: str, parameters: Any) -> Any:
        names.append(query_name)
        return run(self, conn, query_name, sql, parameters)

    monkeypatch.setattr(QueryAdapter, "_run", counted)
    return names


@pytest.fixture
def personal_token(api: ApiClient) -> str:
    token: str = api.post("/me/tokens", {"name": "Calendar", "permissions": sorted(EVERYTHING)}).body["token"]
    return token


def test_a_caller_costs_one_query(api: ApiClient, personal_token: str, asked: list[str]) -> None:
    for operation in GETS:
        for token, name in ((token_of("OWNER"), BY_SESSION), (personal_token, BY_TOKEN)):
            asked.clear()
            api.by_token(token).get(operation.address())
            counts = Counter(asked)

            assert (counts[name], counts[BY_SESSION] + counts[BY_TOKEN]) == (1, 1), str(operation)
            assert asked[0] == name


def test_a_refusal_costs_nothing_beyond_that(api: ApiClient, asked: list[str]) -> None:
    for operation in NOT_PUBLIC:
        if operation.demands:
            asked.clear()
            api.by_role("CUSTOMER").request(operation.method.upper(), operation.address(), {"nonsense": True})

            assert asked == [BY_SESSION], str(operation)


def test_a_wrong_token_costs_that_query_and_none_costs_nothing(api: ApiClient, asked: list[str]) -> None:
    for operation in NOT_PUBLIC:
        for token, queries in (("wrong", [BY_SESSION]), ("pl_wrong", [BY_TOKEN]), (None, []), ("x" * 201, [])):
            asked.clear()
            api.by_token(token).request(operation.method.upper(), operation.address())

            assert asked == queries, str(operation)


def test_no_read_costs_more_than_its_caller_its_rows_and_their_number(
    api: ApiClient, personal_token: str, asked: list[str]
) -> None:
    for operation in GETS:
        asked.clear()
        query = {"include": "total", "limit": "200"} if "cursor" in operation.parameters else None
        api.get(operation.address(), query_string=query)

        most = QUERIES_OF_SCREENS.get(operation.name, QUERIES_OF_A_LIST)
        assert len(asked) <= 1 + most, f"{operation}: {asked}"


@pytest.mark.committed
@pytest.mark.own_database
@pytest.mark.parametrize(
    ("query_name", "key"), [(BY_SESSION, "session_token"), (BY_TOKEN, "token")], ids=["session", "personal token"]
)
def test_a_caller_is_found_by_indexes_among_thousands(conn: Connection, query_name: str, key: str) -> None:
    _hire_thousands(conn)
    statement = f"explain (format json) {QUERIES[query_name].statement}"

    row = conn.execute(statement.encode(), {key: b"\0" * 32, "is_demo_welcome": True}).fetchone()

    assert row is not None
    nodes = [node for node in _nodes(row["QUERY PLAN"][0]["Plan"]) if "Relation Name" in node]
    read = {node["Relation Name"] for node in nodes}
    assert read == {
        "auth_sessions" if query_name == BY_SESSION else "api_tokens",
        "auth_users",
        "client_contacts",
        "staff_members",
    }
    assert [node["Relation Name"] for node in nodes if node["Node Type"] == "Seq Scan"] == []


def _nodes(plan: dict[str, Any]) -> Iterator[dict[str, Any]]:
    yield plan
    for inner in plan.get("Plans", []):
        yield from _nodes(inner)


def _hire_thousands(conn: Connection) -> None:
    """Thousands of people on the team, each signed in and with a token; so many that nobody would read them all."""
    conn.execute("set session_replication_role = replica")  # not told of one by one in the audit trail
    conn.execute(
        """
        with hired as (
            insert into auth_users (name, email, email_verified, role, status)
            select 'Person ' || n, n || '@thousands.example', now(), 'EDITOR', 'ACTIVE'
            from generate_series(1, 5000) as n
            returning id, name, role
        ), signed_in as (
            insert into auth_sessions (user_id, session_token) select id, sha256(id::text::bytea) from hired
        ), provided as (
            insert into api_tokens (user_id, name, token, permissions, expires_at)
            select id, 'Calendar', sha256(id::text::bytea), '{}', now() + interval '90 days' from hired
        ), served as (
            insert into clients (name, email) select name, id || '@clients.example' from hired
            returning id, name, email
        ), known as (
            insert into client_contacts (client_id, name, email) select id, name, email from served
        )
        insert into staff_members (user_id, name, role) select id, name, role from hired
        """
    )
    conn.execute("analyze")
