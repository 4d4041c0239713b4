"""How long lists, tasks and locks of classes take in the database, on what `classes.sql` loads.

    DATABASE_URL=… python bench/classes.py [PLAN]

Each statement is run 20 times, as the server runs it (plans for the parameters at hand), and rolled back. Milliseconds
are of EXPLAIN ANALYZE, planning and execution. With PLAN, prints the plan of the slowest of each.
"""

import os
import sys
from typing import Any

import psycopg
from spaces import explained

from photolens.database import sql

RUNS = 20
BLANK: dict[str, Any] = {
    "after_key": None,
    "after_id": None,
    "limit": 51,
    "gym_id": None,
    "trainer_id": None,
    "session_id": None,
    "user_id": None,
    "starts_from": None,
    "starts_to": None,
    "has_space": None,
    "status": None,
    "q": None,
    "viewer_id": None,
}
NOBODY = "00000000-0000-0000-0000-000000000000"


def statements(conn: psycopg.Connection[Any]) -> dict[str, tuple[Any, dict[str, Any]]]:
    """What is measured: {what: (the query, its parameters)}."""
    row = conn.execute("select user_id, trainer_id, session_id from session_booking_details limit 1").fetchone()
    assert row is not None
    member, trainer, session = row
    classes = sql.classes
    public, batch = {"viewer_id": NOBODY}, {"after_id": 0, "limit": 50}
    by_start, bookings = classes.list_class_sessions_by_start_time, classes.list_session_bookings_by_start_time
    return {
        "classes: what is to come": (by_start, public),
        "classes: with a place": (by_start, {**public, "has_space": True}),
        "classes: of a gym": (by_start, {**public, "gym_id": 77}),
        "classes: of a trainer": (by_start, {**public, "trainer_id": trainer}),
        "classes: words that are rare": (by_start, {**public, "q": "%gym 499%"}),
        "classes: latest first": (classes.list_class_sessions_by_start_time_desc, public),
        "classes: counted": (classes.count_class_sessions, public),
        "bookings: of a member": (bookings, {"viewer_id": member}),
        "bookings: of a trainer's classes": (bookings, {"viewer_id": trainer}),
        "bookings: all": (bookings, {}),
        "bookings: all, of one member": (bookings, {"user_id": member}),
        "bookings: all, of one class": (bookings, {"session_id": session}),
        "bookings: of a member, counted": (classes.count_session_bookings, {"viewer_id": member}),
        "one booking": (classes.get_session_booking, {"booking_id": 1, "viewer_id": member}),
        "attendance": (classes.get_attendance, {"session_id": session}),
        "standings": (classes.list_standings, {"session_id": session, "user_ids": [member]}),
        "refresh of a class": (classes.refresh_class_session, {"session_id": session}),
        "task: ended": (classes.list_ended_class_sessions, batch),
        "task: unsettled": (classes.list_unsettled_class_sessions, batch),
        "task: reminders of a day": (classes.lock_day_reminders, {"limit": 200}),
        "task: reminders of an hour": (classes.lock_hour_reminders, {"limit": 200}),
    }


def main() -> None:
    """Print a line for each statement: milliseconds, in the middle and at most."""
    with psycopg.connect(os.environ["DATABASE_URL"], autocommit=True) as conn:
        conn.execute("set plan_cache_mode = force_custom_plan; set jit = off")
        print(f"{'p50 ms':>8} {'max ms':>8}  statement")
        for what, (query, asked) in statements(conn).items():
            parameters = {name: value for name, value in (BLANK | asked).items() if name in query.parameters}
            runs = []
            for _ in range(RUNS):
                with conn.transaction(force_rollback=True):
                    runs.append(explained(conn, query, parameters))
            took = sorted(run[0] for run in runs)
            print(f"{took[RUNS // 2]:8.1f} {took[-1]:8.1f}  {what}")
            if sys.argv[1:]:
                print(max(runs)[1])


if __name__ == "__main__":
    main()
