"""How long the search for spaces takes in the database, on what `spaces.sql` loads.

    DATABASE_URL=… python bench/spaces.py [PLAN]

Each kind of search is run 100 times for other cities, hours, quantities and facilities, the kinds in turn, as the
server runs it (plans for the parameters at hand). Milliseconds are of EXPLAIN ANALYZE, planning and execution, and
beside them the whole of the plain statement as the client sees it. With PLAN, prints the plan of the slowest of each.
"""

import os
import random
import sys
import time
from datetime import date, timedelta
from typing import Any

import psycopg

from photolens.database import sql

RUNS = 100
BLANK: dict[str, Any] = {
    "after_key": None,
    "after_id": None,
    "limit": 51,
    "city": None,
    "service": None,
    "date": None,
    "start_time": None,
    "end_time": None,
    "quantity": None,
    "facilities": None,
    "features": None,
    "price_min": None,
    "price_max": None,
    "price_unit": None,
    "q": None,
    "lat": None,
    "lng": None,
    "radius_km": None,
    "vendor_id": None,
}


def searches(dice: random.Random) -> dict[str, tuple[Any, dict[str, Any]]]:
    """One of each kind: {what: (the query, its parameters)}; the first is the one that must hold."""
    spaces = sql.spaces
    start = dice.randint(8, 14)
    in_city = {"city": f"city {dice.randrange(20)}"}
    window = {
        "date": date.today() + timedelta(days=dice.randint(1, 10)),
        "start_time": f"{start:02}:00",
        "end_time": f"{start + dice.randint(1, 4):02}:00",
        "quantity": dice.randint(1, 4),
    }
    two = {"facilities": dice.sample(range(1, 13), 2)}
    full = {**in_city, **window, **two}
    near = {"lat": dice.uniform(0, 38), "lng": dice.uniform(0, 95)}
    return {
        "offerings: city, window, quantity, two facilities, by price": (
            spaces.list_public_offerings_by_price_per_unit,
            full,
        ),
        "branches: city, window, quantity, two facilities, by price": (spaces.list_public_branches_by_from_price, full),
        "the same, counted": (spaces.count_public_offerings, full),
        "offerings: city, window, by price": (spaces.list_public_offerings_by_price_per_unit, {**in_city, **window}),
        "branches: city, whole day, by name": (
            spaces.list_public_branches_by_name,
            {**in_city, "date": window["date"]},
        ),
        "offerings: 100 km, window, by distance": (
            spaces.list_public_offerings_by_distance_km,
            {**near, "radius_km": 100, **window},
        ),
        "offerings: words, newest": (spaces.list_public_offerings_by_created_at_desc, {"q": "%harbour%"}),
        "offerings: anything, newest": (spaces.list_public_offerings_by_created_at_desc, {}),
        "branches: anything, newest": (spaces.list_public_branches_by_created_at_desc, {}),
        "offerings: window anywhere, by price": (spaces.list_public_offerings_by_price_per_unit, window),
    }


def explained(conn: psycopg.Connection[Any], query: Any, parameters: dict[str, Any]) -> tuple[float, str]:
    """(the milliseconds of planning and execution, the plan)."""
    lines = [row[0] for row in conn.execute("explain (analyze, timing off) " + query.sql, parameters).fetchall()]
    took = sum(float(line.split()[2]) for line in lines if line.startswith(("Planning Time", "Execution Time")))
    return took, "\n".join(lines)


def main() -> None:
    """Print a line for each kind: percentiles, in milliseconds."""
    dice = random.Random(20)
    took: dict[str, list[tuple[float, float, str]]] = {}
    with psycopg.connect(os.environ["DATABASE_URL"], autocommit=True) as conn:
        conn.execute("set plan_cache_mode = force_custom_plan; set jit = off")
        for _ in range(RUNS):
            for what, (query, asked) in searches(dice).items():
                parameters = {name: value for name, value in (BLANK | asked).items() if name in query.parameters}
                in_database, plan = explained(conn, query, parameters)
                begun = time.perf_counter()
                conn.execute(query.sql, parameters).fetchall()
                took.setdefault(what, []).append((in_database, (time.perf_counter() - begun) * 1000, plan))
    print(f"{'p50 ms':>8} {'p95 ms':>8} {'max ms':>8} {'client p95':>11}  kind")
    for what, runs in took.items():
        in_database, at_client = sorted(run[0] for run in runs), sorted(run[1] for run in runs)
        p50, p95 = in_database[RUNS // 2], in_database[RUNS * 95 // 100]
        print(f"{p50:8.1f} {p95:8.1f} {in_database[-1]:8.1f} {at_client[RUNS * 95 // 100]:11.1f}  {what}")
        if sys.argv[1:]:
            print(max(runs)[2])


if __name__ == "__main__":
    main()
