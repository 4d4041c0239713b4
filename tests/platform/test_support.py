"""Support: what users report, who looks after it, what is said of it, and who is told."""

from typing import Any

import pytest

from photolens.database import Connection
from tests.client import Answer, ApiClient
from tests.contacts import sign_in_contact
from tests.factories import Factory
from tests.studio.test_client_erasure import places_of

PROBLEM = {"type": "BOOKING", "title": "No credits for Friday", "description": "It says that I have none."}
ADDRESS = "/support/problems"

# Each status, and those that the team makes of it.
MOVES = {
    "OPEN": set[str](),
    "ASSIGNED": {"IN_PROGRESS"},
    "IN_PROGRESS": {"WAITING_CUSTOMER", "RESOLVED"},
    "WAITING_CUSTOMER": {"IN_PROGRESS", "RESOLVED"},
    "RESOLVED": {"IN_PROGRESS", "CLOSED"},
    "CLOSED": set[str](),
}


@pytest.fixture
def customer(api: ApiClient) -> ApiClient:
    return api.by_role("CUSTOMER")


@pytest.fixture
def admin(api: ApiClient) -> ApiClient:
    return api.by_role("ADMIN")


def report(user: ApiClient, **fields: Any) -> dict[str, Any]:
    answer = user.post(ADDRESS, PROBLEM | fields)
    assert answer.status == 201
    problem: dict[str, Any] = answer.body
    return problem


def address(problem: dict[str, Any]) -> str:
    return f"{ADDRESS}/{problem['id']}"


def say(user: ApiClient, problem: dict[str, Any], body: str = "It works now.", **fields: Any) -> Answer:
    return user.post(f"{address(problem)}/comments", {"body": body, **fields})


def assign(api: ApiClient, problem: dict[str, Any], to: ApiClient) -> Answer:
    return api.patch(address(problem), {"assigneeId": to.get("/me").body["id"]})


def put(conn: Connection, problem: dict[str, Any], status: str, assignee: ApiClient | None = None) -> None:
    """Bring a problem to a status."""
    conn.execute(
        """
        update support_problems
        set status = %(status)s::support_status, assignee_id = %(assignee)s,
            resolved_at = case when %(status)s in ('RESOLVED', 'CLOSED') then now() end,
            closed_at = case when %(status)s = 'CLOSED' then now() end
        where id = %(id)s
        """,
        {"status": status, "id": problem["id"], "assignee": assignee and assignee.get("/me").body["id"]},
    )


def told(user: ApiClient) -> list[tuple[str, int]]:
    """What somebody was told, and of which problem."""
    return [(row["type"], row["subjectId"]) for row in user.get("/notifications").body["data"]]


# Reporting


def test_a_problem_that_is_reported_is_open_and_has_a_number(customer: ApiClient) -> None:
    problem = report(customer)

    assert problem | PROBLEM == problem
    assert (problem["status"], problem["priority"], problem["commentCount"]) == ("OPEN", "NORMAL", 0)
    assert problem["number"] == f"SUP-{problem['id']:06}"
    assert customer.get(address(problem)).body == problem


def test_whoever_is_not_verified_reports_nothing(conn: Connection, customer: ApiClient) -> None:
    conn.execute("update auth_users set status = 'PENDING' where role = 'CUSTOMER'")

    assert customer.post(ADDRESS, PROBLEM).status == 403


def test_users_are_shown_their_own_problems_and_the_team_all_of_them(api: ApiClient, customer: ApiClient) -> None:
    own, others = report(customer), report(api.by_role("TRAINER"))

    page = customer.get(ADDRESS, query_string={"include": "total"}).body
    assert (page["data"], page["total"]) == ([own], 1)
    assert [row["id"] for row in api.get(ADDRESS).body["data"]] == [others["id"], own["id"]]
    for refused in (customer.get(address(others)), say(customer, others), customer.post(f"{address(others)}/close")):
        assert refused.status == 404
    assert customer.get(f"{address(others)}/comments").status == 404


def test_the_team_finds_problems_by_what_they_are(api: ApiClient, admin: ApiClient, customer: ApiClient) -> None:
    first, second = report(customer), report(customer, type="PAYMENT", priority="URGENT", title="Charged twice")
    assign(api, first, admin)

    def found(**query: str) -> list[int]:
        return [row["id"] for row in api.get(ADDRESS, query_string=query).body["data"]]

    assert found(type="PAYMENT") == found(priority="URGENT") == found(status="OPEN") == [second["id"]]
    assert found(q="charged TWICE") == found(q=second["number"].lower()) == [second["id"]]
    assert found(status="ASSIGNED") == found(assigneeId=admin.get("/me").body["id"]) == [first["id"]]
    assert found(q="nothing of the kind") == []


# Looking after it


def test_a_problem_that_is_given_to_somebody_is_assigned(api: ApiClient, admin: ApiClient, customer: ApiClient) -> None:
    problem = report(customer)

    assigned = assign(api, problem, admin).body

    assert (assigned["status"], assigned["assigneeName"]) == ("ASSIGNED", "Admin Test")
    assert told(customer) == [("SUPPORT_CHANGED", problem["id"])]
    seen = customer.get(address(problem)).body
    assert (seen["assigneeId"], seen["assigneeName"]) == (None, "Admin Test")


def test_taken_back_it_is_open_again(api: ApiClient, admin: ApiClient, customer: ApiClient) -> None:
    problem = report(customer)
    assign(api, problem, admin)

    assert api.patch(address(problem), {"assigneeId": None}).body["status"] == "OPEN"


@pytest.mark.parametrize("role", ["CUSTOMER", "TRAINER", "PHOTOGRAPHER", "FINANCE"])
def test_only_whoever_may_look_after_problems_is_given_one(api: ApiClient, customer: ApiClient, role: str) -> None:
    refused = assign(api, report(customer), api.by_role(role))

    assert (refused.status, refused.body["errors"][0]["pointer"]) == (422, "/assigneeId")


def test_whoever_is_suspended_is_given_none(conn: Connection, api: ApiClient, customer: ApiClient) -> None:
    problem = report(customer)
    row = conn.execute("update auth_users set status = 'SUSPENDED' where role = 'ADMIN' returning id").fetchone()
    assert row is not None

    assert api.patch(address(problem), {"assigneeId": str(row["id"])}).status == 422


@pytest.mark.parametrize("before", MOVES)
@pytest.mark.parametrize("after", MOVES)
def test_a_status_moves_as_the_table_says(
    conn: Connection, api: ApiClient, admin: ApiClient, customer: ApiClient, before: str, after: str
) -> None:
    problem = report(customer)
    put(conn, problem, before, assignee=None if before == "OPEN" else admin)

    answer = api.patch(address(problem), {"status": after})

    if after in MOVES[before] | {before}:
        assert (answer.status, answer.body["status"]) == (200, after)
        assert (answer.body["resolvedAt"] is not None) == (after in ("RESOLVED", "CLOSED"))
        assert (answer.body["closedAt"] is not None) == (after == "CLOSED")
    else:
        assert (answer.status, answer.body["code"]) == (409, "illegal_transition")
    assert len(told(customer)) == (1 if answer.status == 200 and after != before else 0)


def test_it_is_assigned_and_begun_at_once(api: ApiClient, admin: ApiClient, customer: ApiClient) -> None:
    problem = report(customer)
    wish = {"assigneeId": admin.get("/me").body["id"], "status": "IN_PROGRESS", "priority": "HIGH"}

    assert api.patch(address(problem), wish).body["status"] == "IN_PROGRESS"
    assert told(customer) == [("SUPPORT_CHANGED", problem["id"])]


def test_a_priority_that_changes_tells_nobody(api: ApiClient, customer: ApiClient) -> None:
    problem = report(customer)

    assert api.patch(address(problem), {"priority": "LOW"}).body["priority"] == "LOW"
    assert told(customer) == []


def test_users_do_not_look_after_problems(customer: ApiClient) -> None:
    assert customer.patch(address(report(customer)), {"status": "CLOSED"}).status == 403


# What is said of it


def test_what_is_said_is_listed_oldest_first(api: ApiClient, customer: ApiClient) -> None:
    problem = report(customer)

    asked, answered = say(api, problem, "Which class?").body, say(customer, problem, "Yoga.").body

    assert customer.get(f"{address(problem)}/comments").body["data"] == [asked, answered]
    assert [(row["authorName"], row["isFromTeam"]) for row in (asked, answered)] == [
        ("Owner Test", True),
        ("Customer Test", False),
    ]
    assert customer.get(f"{address(problem)}/comments/{asked['id']}").body == asked
    assert customer.get(address(problem)).body["commentCount"] == 2


def test_an_answer_of_the_team_tells_the_user_and_moves_nothing(api: ApiClient, customer: ApiClient) -> None:
    problem = report(customer)

    say(api, problem)

    assert told(customer) == [("SUPPORT_ANSWERED", problem["id"])]
    assert customer.get(address(problem)).body["status"] == "OPEN"


def test_an_answer_of_the_user_tells_whoever_looks_after_it(
    conn: Connection, admin: ApiClient, customer: ApiClient
) -> None:
    problem = report(customer)
    put(conn, problem, "IN_PROGRESS", assignee=admin)

    say(customer, problem)

    assert told(admin) == [("SUPPORT_ANSWERED", problem["id"])]
    assert told(customer) == []


@pytest.mark.parametrize(
    ("before", "is_assigned", "after"),
    [
        ("OPEN", False, "OPEN"),
        ("ASSIGNED", True, "ASSIGNED"),
        ("IN_PROGRESS", True, "IN_PROGRESS"),
        ("WAITING_CUSTOMER", True, "IN_PROGRESS"),
        ("WAITING_CUSTOMER", False, "OPEN"),
        ("RESOLVED", True, "IN_PROGRESS"),
        ("RESOLVED", False, "OPEN"),
    ],
)
def test_an_answer_of_the_user_takes_up_again_what_waited_for_it(
    conn: Connection, admin: ApiClient, customer: ApiClient, before: str, is_assigned: bool, after: str
) -> None:
    problem = report(customer)
    put(conn, problem, before, assignee=admin if is_assigned else None)

    say(customer, problem)

    assert customer.get(address(problem)).body["status"] == after


@pytest.mark.parametrize("role", ["OWNER", "CUSTOMER"])
def test_one_that_is_closed_is_talked_about_no_more(
    conn: Connection, api: ApiClient, customer: ApiClient, role: str
) -> None:
    problem = report(customer)
    put(conn, problem, "CLOSED")

    refused = say(api.by_role(role), problem)

    assert (refused.status, refused.body["code"]) == (409, "illegal_transition")
    assert customer.get(address(problem)).body["commentCount"] == 0


def test_what_is_sent_again_under_its_key_is_said_once(customer: ApiClient) -> None:
    problem = report(customer)
    options = {"headers": {"Idempotency-Key": "k"}}

    first, second = (customer.post(f"{address(problem)}/comments", {"body": "Yoga."}, **options) for _ in range(2))

    assert first.body == second.body
    assert customer.get(address(problem)).body["commentCount"] == 1


# Closing


def test_users_close_what_they_have_reported(conn: Connection, admin: ApiClient, customer: ApiClient) -> None:
    problem = report(customer)
    put(conn, problem, "IN_PROGRESS", assignee=admin)

    closed = customer.post(f"{address(problem)}/close")
    again = customer.post(f"{address(problem)}/close")

    assert (closed.status, closed.body["status"]) == (200, "CLOSED")
    assert (again.status, again.body["code"]) == (409, "illegal_transition")
    assert told(admin) == [("SUPPORT_CHANGED", problem["id"])]


def test_the_team_does_not_close_it_in_their_place(api: ApiClient, customer: ApiClient) -> None:
    assert api.post(f"{address(report(customer))}/close").status == 403


# The feed, and being forgotten


def test_the_feed_tells_of_it_in_no_words_of_anybodys(api: ApiClient, customer: ApiClient) -> None:
    problem = report(customer, title="Zyxomma", description="Zyxomma")
    say(customer, problem, "Zyxomma")
    say(api, problem, "Zyxomma", isInternal=True)
    customer.post(f"{address(problem)}/close")

    feed = api.get("/activities", query_string={"subjectType": "SUPPORT_PROBLEM"}).body["data"]

    assert [row["kind"] for row in feed] == [
        "SUPPORT_CLOSED",
        "SUPPORT_NOTED",
        "SUPPORT_ANSWERED",
        "SUPPORT_REPORTED",
    ]
    assert "Zyxomma" not in str(feed)


def test_of_whoever_is_forgotten_no_word_is_left(conn: Connection, api: ApiClient, make: Factory) -> None:
    client = make.client()
    contact = api.by_token(sign_in_contact(conn, client["id"]))
    problem = report(contact, title="Zyxomma", description="Zyxomma")
    contact.put("/me/notification-preferences", {"preferences": [{"type": "CLASS_BOOKED", "email": True, "sms": True}]})
    key = {"headers": {"Idempotency-Key": "k"}}
    for user in (contact, api):
        user.post(f"{address(problem)}/comments", {"body": "Zyxomma"}, **key)
    say(api, problem, "Zyxomma", isInternal=True)
    contact.post(f"{address(problem)}/close", **key)

    assert api.post(f"/clients/{client['id']}/erase").status == 200

    kept = api.get(address(problem)).body
    said = api.get(f"{address(problem)}/comments").body["data"]
    assert {kept["title"], kept["description"], *(row["body"] for row in said)} == {"Erased"}
    assert places_of(conn, "Zyxomma") == set()
    for table in ("notifications", "notification_preferences"):
        assert conn.execute(f"select from {table}".encode()).fetchall() == []
