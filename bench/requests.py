"""Requests per second of one server, or of several side by side, on the large studio of bench/load.sql.

    python bench/requests.py http://127.0.0.1:8000/api/v1 [http://127.0.0.1:8001/api/v1 …]

Targets take turns, round by round, so that a noisy machine disturbs all of them alike; what counts is the ratio to the
first. Two checkouts are compared by serving each on a database of its own. The client runs on the same machine: these
are not the numbers of a network, and not the server's limit.
"""

import http.client
import json
import random
import statistics
import sys
import threading
import time
from collections.abc import Callable
from urllib.parse import urlsplit

# bench/load.sql signs its owner in with this token; serve with RATE_LIMIT_PER_MINUTE=1000000.
HEADERS = {"Content-Type": "application/json", "Authorization": "Bearer bench"}

ROUNDS, THREADS, SECONDS = 5, 8, 2.0

Request = tuple[str, str, dict[str, object] | None]


def _unpaid_invoice() -> int:
    return 10 * random.randint(0, 4999) + random.randint(7, 9)


WORKLOADS: dict[str, Callable[[], Request]] = {
    "a page of clients": lambda: ("GET", "/clients?limit=50&sort=createdAt", None),
    "a month of bookings": lambda: ("GET", "/bookings?from=2025-03-01T00:00:00Z&to=2025-04-01T00:00:00Z", None),
    "an invoice": lambda: ("GET", f"/invoices/{random.randint(1, 50000)}", None),
    "record a payment": lambda: ("POST", f"/invoices/{_unpaid_invoice()}/payments", {"amount": "0.01"}),
    "add a client": lambda: ("POST", "/clients", {"name": "Bench", "email": f"{random.getrandbits(64):x}@example.com"}),
}


def rate(base: str, request: Callable[[], Request]) -> float:
    """Answers per second of one target under one workload; any refusal ends the run."""
    parts = urlsplit(base)
    counts = [0] * THREADS
    end = time.monotonic() + SECONDS

    def send(thread: int) -> None:
        connection = http.client.HTTPConnection(parts.hostname or "", parts.port, timeout=30)
        while time.monotonic() < end:
            method, path, body = request()
            payload = None if body is None else json.dumps(body)
            connection.request(method, parts.path + path, payload, HEADERS)
            answer = connection.getresponse()
            content = answer.read()
            if answer.status >= 300:
                raise SystemExit(f"{method} {path} answered {answer.status}: {content[:300]!r}")
            counts[thread] += 1
        connection.close()

    threads = [threading.Thread(target=send, args=(number,)) for number in range(THREADS)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return sum(counts) / SECONDS


def main() -> None:
    """Print a line for each workload and target."""
    targets = sys.argv[1:]
    for name, request in WORKLOADS.items():
        rates: dict[str, list[float]] = {target: [] for target in targets}
        for turn in range(ROUNDS):
            for target in targets if turn % 2 == 0 else reversed(targets):
                rates[target].append(rate(target, request))
        for target in targets:
            ratio = statistics.median(a / b for a, b in zip(rates[target], rates[targets[0]], strict=True))
            print(f"{name:20} {statistics.median(rates[target]):7.0f}/s  x{ratio:.2f}  {target}", flush=True)


if __name__ == "__main__":
    main()
