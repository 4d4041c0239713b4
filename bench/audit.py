"""What the audit trail costs a write: requests of one server with its triggers and without, in turn.

    python bench/audit.py http://127.0.0.1:8000/api/v1 postgresql://postgres@127.0.0.1/photolens

The server is on the large studio of bench/load.sql (see bench/requests.py), the second address is its database as its
owner. What counts is the ratio: both are measured in one run, round by round.
"""

import statistics
import sys
from pathlib import Path

import psycopg
from requests import WORKLOADS, rate

ROUNDS = 7
HERE = Path(__file__).parent
WRITES = ("record a payment", "add a client")


def main(base: str, owner: str) -> None:
    """Print, for each write, how many a second there are without the trail for each one with it."""
    statements = {state: (HERE / f"trail_{state}.sql").read_bytes() for state in ("on", "off")}
    with psycopg.connect(owner, autocommit=True) as conn:
        for name in WRITES:
            ratios = []
            for _ in range(ROUNDS):
                rates = {}
                for state, statement in statements.items():
                    conn.execute(statement)
                    rates[state] = rate(base, WORKLOADS[name])
                ratios.append(rates["off"] / rates["on"])
            print(f"{name}: {statistics.median(ratios):.2f}, from {min(ratios):.2f} to {max(ratios):.2f}")
        conn.execute(statements["on"])


if __name__ == "__main__":
    main(*sys.argv[1:])
