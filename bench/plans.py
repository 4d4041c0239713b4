"""Time and plan of every list on the large studio: first page, a page in the middle, and each filter; and of what the
reports and the dashboard gather, for a year and for all there is, thirty days and as many as there may be.

    DATABASE_URL=… python bench/plans.py [QUERY…]

Each statement runs prepared, with the plan PostgreSQL would keep for any parameters and with the one made for these;
milliseconds are the executor's own (EXPLAIN ANALYZE), the best of three. With names, prints those queries' plans too.
"""

import os
import sys
from typing import Any

import psycopg

from photolens.database import sql

FILTERS: dict[str, Any] = {
    "q": "%silva%",
    "client_id": 4321,
    "staff_id": 7,
    "booking_id": 2500,
    "category_id": 3,
    "status": {
        "bookings": "CANCELLED",
        "invoices": "OVERDUE",
        "editing_jobs": "PENDING",
        "staff_members": "ACTIVE",
        "users": "PENDING",
    },
    "session_from": "2025-03-01T00:00:00Z",
    "session_to": "2025-04-01T00:00:00Z",
    "issued_from": "2025-03-01",
    "issued_to": "2025-03-31",
    "incurred_from": "2025-03-01T00:00:00Z",
    "incurred_to": "2025-04-01T00:00:00Z",
    "invoiced": False,
    "billed": False,
    "overdue": True,
    "category": "TRAVEL",
    "is_active": True,
    "role": {"users": "CUSTOMER", "staff_members": "EDITOR"},
    "editor_id": 7,
    "room_id": 2,
    "series_id": 5,
    "stage_id": 5,
    "priority": "URGENT",
    "viewer_id": 6,
    "financial_status": "OVERDUE",
    "viewing_editor_id": 7,
}
ALWAYS = {
    "limit": 51,
    "archived": False,
    "invoice_id": 13,
    "payment_id": 13,
    "editing_job_id": 1250,
    "subject_types": "{BOOKING,CLIENT,EDITING_JOB,INVOICE}",
    "user_id": "00000000-0000-0000-0000-000000000000",
}
SCREENS = ("reports.sql", "dashboard.sql")
A_YEAR = {
    "date_from": "2025-01-01",
    "date_to": "2025-12-15",
    "starts_at": "2025-01-01T00:00:00Z",
    "ends_at": "2025-12-16T00:00:00Z",
    "issued_to": "2025-12-15",
    "as_of": "2025-12-15",
    "as_of_ends_at": "2025-12-16T00:00:00Z",
    "days": 30,
    "today": "2025-12-15",
    "day_then": "2025-11-15",
    "day_then_ends_at": "2025-11-16T00:00:00Z",
    "previous_starts_at": "2024-01-01T00:00:00Z",
    "now": "2025-12-15T12:00:00Z",
    "time_then": "2025-11-15T12:00:00Z",
    "time_ahead": "2026-01-14T12:00:00Z",
    "subject_types": "{BOOKING,CLIENT,EDITING_JOB,INVOICE}",
}
EVERYTHING = A_YEAR | {
    "date_from": "2016-01-01",
    "starts_at": "2016-01-01T00:00:00Z",
    "issued_to": "2025-01-31",
    "as_of": "2025-01-31",
    "as_of_ends_at": "2025-02-01T00:00:00Z",
    "day_then": "2024-12-15",
    "day_then_ends_at": "2024-12-16T00:00:00Z",
    "time_then": "2024-12-15T12:00:00Z",
    "time_ahead": "2026-12-15T12:00:00Z",
}
MIDDLE = {
    "name": "client 5",
    "total_revenue": "300",
    "price": "300",
    "amount": "50",
    "created_at": "2025-01-01T00:00:00Z",
    "session_date": "2025-01-01T00:00:00Z",
    "incurred_at": "2025-01-01T00:00:00Z",
    "paid_at": "2025-01-01T00:00:00Z",
    "refunded_at": "2025-01-01T00:00:00Z",
    "issue_date": "2025-01-01",
    "due_date": "2025-01-01",
    "priority": "NORMAL",
    "position": "3",
    "requested_at": "2025-01-01T00:00:00Z",
}


def cases(name: str, parameters: list[str]) -> dict[str, dict[str, Any]]:
    """The parameter sets to try: {what: {parameter: value}}."""
    blank: dict[str, Any] = {parameter: ALWAYS.get(parameter) for parameter in parameters}
    tried = {"first page": blank}
    if "after_key" in blank:
        key = name.partition("_by_")[2].removesuffix("_desc") or "created_at"
        is_uuid = "users" in name or "checkouts" in name
        middle_id = "88888888-8888-8888-8888-888888888888" if is_uuid else 5000
        tried["middle"] = {**blank, "after_key": MIDDLE[key], "after_id": middle_id}
    for parameter in parameters:
        value = FILTERS.get(parameter)
        if isinstance(value, dict):
            value = next((word for table, word in value.items() if table in name), None)
        if value is not None:
            tried[parameter] = {**blank, parameter: value}
    return tried


def screen_cases(parameters: list[str]) -> dict[str, dict[str, Any]]:
    """The parameter sets to try of what a screen gathers."""

    def among(period: dict[str, Any], **viewers: int) -> dict[str, Any]:
        return {name: (period | viewers | {"limit": 201}).get(name) for name in parameters}

    tried = {"a year, thirty days": among(A_YEAR), "everything, a year": among(EVERYTHING)}
    if "viewer_id" in parameters:
        tried["viewer_id"] = among(A_YEAR, viewer_id=6)
    if "viewing_editor_id" in parameters:
        tried["viewing_editor_id"] = among(A_YEAR, viewing_editor_id=7)
    return tried


def explain(conn: psycopg.Connection[Any], statement: str, parameters: dict[str, Any]) -> tuple[float, str]:
    """(the executor's milliseconds, the plan)."""
    names = list(parameters)
    for number, name in enumerate(names, 1):
        statement = statement.replace(f"%({name})s", f"${number}")
    conn.execute("deallocate all")
    conn.execute(f"prepare probe as {statement.replace('%%', '%')}".encode())
    values = psycopg.sql.SQL(", ").join(psycopg.sql.Literal(None if v is None else str(v)) for v in parameters.values())
    explained = psycopg.sql.SQL(
        "explain (analyze, timing off) execute probe({})" if names else "explain (analyze, timing off) execute probe"
    )
    lines = [row[0] for row in conn.execute(explained.format(values) if names else explained).fetchall()]
    total = next(line for line in lines if line.startswith("Execution Time"))
    return float(total.split()[2]), "\n".join(lines)


def main() -> None:
    """Print a line for each case, slowest last."""
    wanted = sys.argv[1:]
    rows = []
    with psycopg.connect(os.environ["DATABASE_URL"], autocommit=True, prepare_threshold=None) as conn:
        for full_name in sql.available_queries:
            domain, _, name = full_name.partition(".")
            if name.endswith("_cursor") or (wanted and full_name not in wanted):
                continue
            query = getattr(getattr(sql, domain), name)
            is_of_screen = query.__code__.co_filename.endswith(SCREENS)
            is_list = name.startswith("list_") and "limit" in query.parameters and "proposed" not in query.sql
            if not is_of_screen and not is_list and not name.startswith("count_"):
                continue
            tried = screen_cases(query.parameters) if is_of_screen else cases(name, query.parameters)
            for what, parameters in tried.items():
                took = {}
                for mode in ("force_generic_plan", "force_custom_plan"):
                    conn.execute(f"set plan_cache_mode = {mode}".encode())
                    took[mode], plan = min(explain(conn, query.sql, parameters) for _ in range(3))
                    if wanted:
                        print(f"--- {full_name}, {what}, {mode}\n{plan}")
                rows.append((took["force_custom_plan"], full_name, what, *took.values()))
    print(f"{'ms any':>8} {'ms these':>8}  query, case")
    for _, full_name, what, generic, custom in sorted(rows):
        print(f"{generic:8.2f} {custom:8.2f}  {full_name}, {what}")


if __name__ == "__main__":
    main()
