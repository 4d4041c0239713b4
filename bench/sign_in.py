"""Whether sign-in tells, by the time it takes, who has an account; and what knowing the caller costs a request.

`python bench/sign_in.py http://127.0.0.1:8000/api/v1`, against a server on the demo seed that nobody has signed in to
for a quarter of an hour: ten tries for an account are allowed in one. 50 tries with a wrong password for each, in turn.
"""

import http.client
import json
import statistics
import sys
import time
from urllib.parse import urlsplit

TRIES = 50
KNOWN = [f"{login}@demo.photolens.test" for login in ("owner", "admin", "photographer", "editor", "finance")]
UNKNOWN = [f"{login}@demo.photolens.test" for login in ("nobody", "no-one", "not-a-soul", "who-else", "stranger")]
DEMO = {"email": "customer@demo.photolens.test", "password": "photolens-demo"}


class Server:
    """One connection to a server, and the time that its answers take."""

    def __init__(self, base_url: str) -> None:
        parts = urlsplit(base_url)
        self._connection = http.client.HTTPConnection(f"{parts.hostname}:{parts.port}", timeout=30)
        self._prefix = parts.path

    def ask(self, method: str, path: str, body: object = None, token: str | None = None) -> tuple[int, object, float]:
        headers = {"Content-Type": "application/json"} | ({"Authorization": f"Bearer {token}"} if token else {})
        start = time.perf_counter()
        self._connection.request(method, self._prefix + path, json.dumps(body) if body else None, headers)
        response = self._connection.getresponse()
        content = response.read()
        return response.status, json.loads(content), time.perf_counter() - start


def median_ms(seconds: list[float]) -> float:
    return statistics.median(seconds) * 1000


def main() -> None:
    server = Server(sys.argv[1])
    status, signed_in, _ = server.ask("POST", "/auth/login", DEMO)
    assert status == 200, signed_in
    assert isinstance(signed_in, dict)
    times: dict[str, list[float]] = {"known": [], "unknown": []}
    for n in range(TRIES):
        for kind, emails in (("known", KNOWN), ("unknown", UNKNOWN)):
            wrong = {"email": emails[n % len(emails)], "password": "not the password"}
            status, answer, seconds = server.ask("POST", "/auth/login", wrong)
            assert status == 401, answer
            times[kind].append(seconds)
    known, unknown = median_ms(times["known"]), median_ms(times["unknown"])
    print(f"sign-in, wrong password   known {known:.1f} ms   unknown {unknown:.1f} ms   ratio {known / unknown:.3f}")

    asked: dict[str, list[float]] = {"with": [], "without": []}
    for _ in range(500):
        for kind, token in (("with", signed_in["token"]), ("without", None)):
            # Refused, 403 or 401, so that the caller's query is all that is done.
            asked[kind].append(server.ask("GET", "/clients", token=token)[2])
    with_caller, without = median_ms(asked["with"]), median_ms(asked["without"])
    print(f"a request that is refused   with a caller {with_caller:.2f} ms   without {without:.2f} ms")


if __name__ == "__main__":
    main()
