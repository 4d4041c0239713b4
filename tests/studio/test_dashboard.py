"""The dashboard over HTTP: figures beside those before, what is next, and for each role what is theirs to see."""

from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest

from photolens.database import Connection
from tests.client import ApiClient
from tests.contracts.roles import join_team
from tests.factories import Factory

Row = dict[str, Any]

FIGURES = {"revenue", "upcomingBookings", "overdueInvoices", "editingQueue"}
LISTS = {"monthlyRevenue", "nextBookings", "latestActivities"}


def dashboard(api: ApiClient, **query: Any) -> Row:
    answer = api.get("/dashboard", query_string=query)
    assert answer.status == 200, answer.body
    body: Row = answer.body
    return body


def figure(value: Any, previous: Any, change: Any, percent: float | None) -> Row:
    return {"value": value, "previous": previous, "change": change, "changePercent": percent}


def shifted(**by: float) -> str:
    """An instant so far from now."""
    return (datetime.now(UTC) + timedelta(**by)).strftime("%Y-%m-%dT%H:%M:%SZ")


@pytest.fixture
def today(api: ApiClient) -> date:
    return date.fromisoformat(dashboard(api)["today"])


def test_an_empty_studio_has_nothing_to_show_and_no_percents(api: ApiClient) -> None:
    body = dashboard(api)

    assert (body["days"], body["currency"]) == (30, "USD")
    assert body["revenue"] == figure("0.00", "0.00", "0.00", None)
    assert body["upcomingBookings"] == body["editingQueue"] == figure(0, 0, 0, None)
    assert body["overdueInvoices"] == figure("0.00", "0.00", "0.00", None) | {"count": 0, "previousCount": 0}
    assert {row["revenue"] for row in body["monthlyRevenue"]} == {"0.00"}
    assert (body["nextBookings"], body["latestActivities"]) == ([], [])


@pytest.mark.parametrize("days", ["0", "367", "-1", "1.5", "thirty"])
def test_it_looks_back_a_day_at_least_and_a_year_at_most(api: ApiClient, days: str) -> None:
    refused = api.get("/dashboard", query_string={"days": days})

    assert (refused.status, refused.body["errors"][0]["pointer"]) == (422, "/days")
    assert dashboard(api, days=366)["days"] == 366


def test_revenue_is_that_of_the_last_days_beside_as_many_before(api: ApiClient, make: Factory, today: date) -> None:
    invoice = make.sent_invoice("1000.00")
    for days_ago, amount in ((0, "100.00"), (1, "50.00"), (2, "20.00"), (3, "100.00"), (4, "500.00")):
        make.payment(invoice, amount, paidAt=f"{today - timedelta(days=days_ago)}T00:00:00Z")

    assert dashboard(api, days=2)["revenue"] == figure("150.00", "120.00", "30.00", 25.0)
    assert dashboard(api, days=1)["revenue"] == figure("100.00", "50.00", "50.00", 100.0)


def test_revenue_keeps_to_the_days_of_the_studio(conn: Connection, api: ApiClient, make: Factory) -> None:
    conn.execute("update studio_settings set time_zone = 'Pacific/Kiritimati'")  # fourteen hours ahead
    today = date.fromisoformat(dashboard(api)["today"])
    invoice = make.sent_invoice("100.00")
    make.payment(invoice, "1.00", paidAt=f"{today - timedelta(days=1)}T09:59:59Z")
    make.payment(invoice, "2.00", paidAt=f"{today - timedelta(days=1)}T10:00:00Z")

    body = dashboard(api, days=1)

    assert body["revenue"] == figure("2.00", "1.00", "1.00", 100.0)
    assert sum(float(row["revenue"]) for row in body["monthlyRevenue"]) == 3


def test_the_last_twelve_months_are_there_with_what_came_in(api: ApiClient, make: Factory, today: date) -> None:
    first = (today.replace(day=1) - timedelta(days=320)).replace(day=1)
    invoice = make.sent_invoice("100.00")
    make.payment(invoice, "1.00", paidAt=f"{first - timedelta(days=1)}T23:59:59Z")
    make.payment(invoice, "2.00", paidAt=f"{first}T00:00:00Z")
    make.payment(invoice, "4.00", paidAt=f"{today}T00:00:00Z")

    months = dashboard(api)["monthlyRevenue"]

    assert (len(months), months[0]["month"], months[-1]["month"]) == (12, f"{first:%Y-%m}", f"{today:%Y-%m}")
    assert [row["revenue"] for row in months] == ["2.00", *["0.00"] * 10, "4.00"]


def test_what_is_past_due_stands_beside_what_was(api: ApiClient, make: Factory, today: date) -> None:
    def invoice(amount: str, due_days_ago: int) -> Row:
        due = today - timedelta(days=due_days_ago)
        return make.sent_invoice(amount, issueDate=f"{due - timedelta(days=9)}", dueDate=f"{due}")

    def paid(invoice: Row, amount: str, days_ago: int) -> None:
        make.payment(invoice, amount, paidAt=f"{today - timedelta(days=days_ago)}T00:00:00Z")

    invoice("1.00", 0)  # due today
    invoice("10.00", 1)
    invoice("20.00", 7)  # due on the day seven days ago
    paid(invoice("100.00", 8), "30.00", 7)  # paid on that very day
    paid(invoice("200.00", 8), "50.00", 6)
    paid(invoice("400.00", 8), "400.00", 6)
    paid(invoice("800.00", 20), "800.00", 9)
    invoice_that_is_void = invoice("1000.00", 9)
    assert api.post(f"/invoices/{invoice_that_is_void['id']}/void").status == 200

    assert dashboard(api, days=7)["overdueInvoices"] == figure("250.00", "670.00", "-420.00", -62.69) | {
        "count": 4,
        "previousCount": 3,
    }


def test_sessions_to_come_stand_beside_those_that_were(api: ApiClient, make: Factory) -> None:
    for status, hours in (("PENDING", 1), ("SCHEDULED", 47), ("SCHEDULED", 49), ("SCHEDULED", -1), ("SCHEDULED", -49)):
        make.booking(sessionDate=shifted(hours=hours), status=status)
    make.completed_booking(sessionDate=shifted(hours=-47))
    make.completed_booking(sessionDate=shifted(hours=2))
    for hours in (-2, 3):
        cancelled = make.booking(sessionDate=shifted(hours=hours))
        assert api.patch(f"/bookings/{cancelled['id']}", {"status": "CANCELLED"}).status == 200

    assert dashboard(api, days=2)["upcomingBookings"] == figure(2, 2, 0, 0.0)
    assert dashboard(api, days=3)["upcomingBookings"] == figure(3, 3, 0, 0.0)


def test_the_next_sessions_are_shown_as_bookings_and_the_latest_deeds_as_activities(
    api: ApiClient, make: Factory
) -> None:
    client, package = make.client(), make.package()
    for hours in (9, 3, 5, 2, 7, 4, -1):
        make.booking(clientId=client["id"], sessionTypeId=package["id"], sessionDate=shifted(hours=hours))
    cancelled = make.booking(clientId=client["id"], sessionTypeId=package["id"], sessionDate=shifted(hours=1))
    assert api.patch(f"/bookings/{cancelled['id']}", {"status": "CANCELLED"}).status == 200
    scheduled = api.get("/bookings", query_string={"from": shifted(), "status": "SCHEDULED"}).body["data"]

    body = dashboard(api)

    assert body["nextBookings"] == scheduled[:5]
    assert body["latestActivities"] == api.get("/activities", query_string={"limit": 10}).body["data"]
    assert len(body["latestActivities"]) == 10


def test_jobs_to_be_done_stand_beside_those_there_were(conn: Connection, api: ApiClient, make: Factory) -> None:
    """Each job by the statuses it has had, and how many days ago."""
    histories: dict[str, list[tuple[str, int]]] = {
        "open all along": [("PENDING", 20)],
        "opened since": [("PENDING", 3)],
        "delivered since": [("PENDING", 20), ("IN_PROGRESS", 9), ("DELIVERED", 2)],
        "delivered before": [("PENDING", 20), ("DELIVERED", 8)],
        "archived since": [("PENDING", 20), ("DELIVERED", 8), ("ARCHIVED", 1)],
        "back for a revision": [("PENDING", 20), ("DELIVERED", 8), ("REVISION", 1)],
        "moved about": [("PENDING", 20), ("IN_PROGRESS", 6), ("DELIVERED", 5), ("REVISION", 4)],
        "opened and delivered since": [("PENDING", 5), ("DELIVERED", 1)],
    }
    for day, history in enumerate(histories.values()):
        job_id = make.completed_booking(sessionDate=shifted(days=day - 30))["editingJobId"]
        for status, _days in history[1:]:
            assert api.patch(f"/editing-jobs/{job_id}", {"status": status}).status == 200
        rows = conn.execute("select id from editing_status_logs where editing_job_id = %s order by id", [job_id])
        for row, (_status, days) in zip(rows.fetchall(), history, strict=True):
            conn.execute(
                "update editing_status_logs set changed_at = %s where id = %s", [shifted(days=-days), row["id"]]
            )

    # Now: all along, opened since, revision, moved about. A week ago: all along, delivered since, moved about.
    assert dashboard(api, days=7)["editingQueue"] == figure(4, 3, 1, 33.33)
    assert dashboard(api, days=30)["editingQueue"] == figure(4, 0, 4, None)


def busy_studio(conn: Connection, api: ApiClient, make: Factory) -> None:
    """Two shoots, of which one is the photographer's and the editor's of the test, each past and to come."""
    photographer, editor = make.staff(), make.staff(role="EDITOR")
    join_team(conn, "PHOTOGRAPHER", photographer["id"])
    join_team(conn, "EDITOR", editor["id"])
    for day, (on_it, edits_it) in enumerate([(photographer, editor), (make.staff(), make.staff(role="EDITOR"))], 1):
        done = make.completed_booking(
            sessionDate=shifted(days=-day), assignedStaff=[{"staffId": on_it["id"]}], location=f"Past {day}"
        )
        assert api.patch(f"/editing-jobs/{done['editingJobId']}", {"editorId": edits_it["id"]}).status == 200
        make.booking(on_it, sessionDate=shifted(days=day), location=f"Ahead {day}")
        make.payment(make.sent_invoice("100.00", clientId=done["clientId"]), "40.00")


@pytest.mark.parametrize(
    ("role", "hidden", "sessions", "jobs", "subjects"),
    [
        ("OWNER", set(), 2, 2, {"INVOICE", "CLIENT", "SESSION_CATEGORY", "SESSION_PACKAGE", "BOOKING", "EDITING_JOB"}),
        ("ADMIN", set(), 2, 2, {"INVOICE", "CLIENT", "SESSION_CATEGORY", "SESSION_PACKAGE", "BOOKING", "EDITING_JOB"}),
        ("PHOTOGRAPHER", {"revenue", "overdueInvoices", "monthlyRevenue"}, 1, 1, {"BOOKING", "CLIENT", "EDITING_JOB"}),
        (
            "EDITOR",
            {"revenue", "overdueInvoices", "monthlyRevenue", "upcomingBookings", "nextBookings"},
            None,
            1,
            {"EDITING_JOB"},
        ),
        ("FINANCE", {"upcomingBookings", "nextBookings", "editingQueue"}, None, None, {"INVOICE"}),
    ],
)
def test_a_role_is_shown_what_its_permissions_show_and_of_that_its_own(
    conn: Connection,
    api: ApiClient,
    make: Factory,
    role: str,
    hidden: set[str],
    sessions: int | None,
    jobs: int | None,
    subjects: set[str],
) -> None:
    busy_studio(conn, api, make)

    body = dashboard(api.by_role(role))

    assert {key for key in FIGURES | LISTS if body[key] is None} == hidden
    if sessions is not None:
        assert body["upcomingBookings"] == figure(sessions, sessions, 0, 0.0)
        assert [row["location"] for row in body["nextBookings"]] == ["Ahead 1", "Ahead 2"][:sessions]
    if jobs is not None:
        assert body["editingQueue"] == figure(jobs, 0, jobs, None)
    if "revenue" not in hidden:
        assert body["revenue"]["value"] == "80.00"
    assert {row["subjectType"] for row in body["latestActivities"]} == subjects


@pytest.mark.parametrize("role", ["PHOTOGRAPHER", "EDITOR"])
def test_whoever_has_no_record_on_the_team_has_nothing_of_their_own(
    conn: Connection, api: ApiClient, make: Factory, role: str
) -> None:
    busy_studio(conn, api, make)
    conn.execute("update staff_members set user_id = null")

    body = dashboard(api.by_role(role))

    assert body["editingQueue"] == figure(0, 0, 0, None)
    assert body["latestActivities"] == []
    if role == "PHOTOGRAPHER":
        assert (body["upcomingBookings"], body["nextBookings"]) == (figure(0, 0, 0, None), [])


@pytest.mark.parametrize("role", ["TRAINER", "VENDOR", "CUSTOMER"])
def test_whoever_is_not_of_the_studio_has_no_dashboard(api: ApiClient, role: str) -> None:
    assert api.by_role(role).get("/dashboard").status == 403
