"""How often a caller may ask: RATE_LIMIT_PER_MINUTE, counted in memory, or in Redis for all processes (limits).

Sign-in and its like have limits of their own, counted in PostgreSQL: see identity.
"""

import ipaddress
import logging
import re
import time
from dataclasses import dataclass
from threading import Lock

from flask import Blueprint, Flask, Response, g, request

from photolens.config import Settings
from photolens.problems import RATE_LIMITED, Problem

log = logging.getLogger(__name__)

MINUTE = 60  # seconds
SWEEP_EVERY = 60  # seconds: how long counts that are over are kept at most
PATIENCE = 1  # seconds for a connection to Redis, and again for an answer
PAUSE = 5.0  # seconds that a Redis which did not answer is left alone


def limited(retry_after: int, detail: str) -> Problem:
    """429, with the seconds to wait."""
    return RATE_LIMITED(detail, headers={"Retry-After": str(max(retry_after, 1))})


def household_of(address: str) -> str:
    """Whom an address stands for: whoever has one of IPv6 has its whole /64, 2^64 of them."""
    if ":" not in address:
        return address
    return str(ipaddress.ip_network((int(ipaddress.ip_address(address)) >> 64 << 64, 64)))


@dataclass(frozen=True)
class Window:
    """The minute that a request was counted in: how many there were by then, it included, and when the minute ends."""

    count: int
    until: float  # seconds since the epoch

    @property
    def seconds_left(self) -> int:
        return max(int(self.until - time.time()), 1)


class ProcessCounts:
    """How often each key was counted within its minute, in this process."""

    def __init__(self) -> None:
        self._lock = Lock()
        self._windows: dict[str, Window] = {}
        self._sweep_at = 0.0

    def count(self, key: str) -> Window:
        """Count this key once more."""
        now = time.time()
        with self._lock:
            last = self._windows.get(key)
            if last is None or last.until <= now:
                self._sweep(now)
                last = Window(0, now + MINUTE)
            self._windows[key] = window = Window(last.count + 1, last.until)
            return window

    def _sweep(self, now: float) -> None:
        if now >= self._sweep_at:
            self._windows = {key: window for key, window in self._windows.items() if window.until > now}
            self._sweep_at = now + SWEEP_EVERY


class SharedCounts:
    """The same of all processes on one Redis. While it is gone, or says nothing, each process counts for itself."""

    def __init__(self, redis_url: str) -> None:
        # These take long to import: only who has a Redis waits for them.
        from limits.errors import StorageError
        from limits.storage import RedisStorage
        from redis.backoff import NoBackoff
        from redis.retry import Retry

        self._redis = RedisStorage(
            re.sub("^unix://", "redis+unix://", redis_url),
            wrap_exceptions=True,
            socket_timeout=PATIENCE,
            socket_connect_timeout=PATIENCE,
            retry=Retry(NoBackoff(), 0),  # type: ignore[arg-type]  # handed on to redis
        )
        self._failures = (StorageError, OSError)
        self._own = ProcessCounts()
        self._alone_until = 0.0
        self._is_gone = False

    def count(self, key: str) -> Window:
        """Count this key once more. On a Redis that did not answer, one request in PAUSE seconds waits."""
        now = time.monotonic()
        if now < self._alone_until:
            return self._own.count(key)
        if self._is_gone:
            self._alone_until = now + PAUSE
        try:
            window = Window(self._redis.incr(key, MINUTE), self._redis.get_expiry(key))
        except self._failures as error:
            self._alone_until = time.monotonic() + PAUSE
            if not self._is_gone:
                log.warning("Redis does not answer, and this process counts alone: %s", error)
            self._is_gone = True
            return self._own.count(key)
        self._is_gone, self._alone_until = False, 0.0
        return window


def _key() -> str:
    """A user's requests are counted together, wherever they come from; without one, an address's."""
    caller = g.get("caller")
    return f"user {caller.user_id}" if caller is not None else f"address {household_of(request.remote_addr or '')}"


def leave_uncounted(app: Flask, blueprint: Blueprint) -> None:
    """Let everybody ask for what is on this blueprint as often as they like."""
    app.extensions["uncounted"].add(blueprint.name)


def init_app(app: Flask, settings: Settings) -> None:
    """Count each request of the API, and say in `RateLimit` headers how many are left.

    What is no address or method of ours is not counted, nor what only asks what is allowed, nor files of the pages.
    """
    uncounted: set[str] = set()
    app.extensions["uncounted"] = uncounted
    most = settings.rate_limit_per_minute
    counts = ProcessCounts() if settings.redis_url is None else SharedCounts(settings.redis_url)

    @app.before_request
    def count_request() -> None:
        if request.endpoint is None or request.endpoint.endswith(".static") or request.method == "OPTIONS":
            return
        if request.blueprint in uncounted:
            return
        g.window = window = counts.count(_key())
        if window.count > most:
            raise limited(window.seconds_left, "Too many requests. Wait, and go on.")

    @app.after_request
    def tell_what_is_left(response: Response) -> Response:
        window: Window | None = g.get("window")
        if window is None or (response.status_code == 429 and window.count <= most):
            return response  # refused by another limit, which says itself how long
        response.headers["RateLimit-Limit"] = str(most)
        response.headers["RateLimit-Remaining"] = str(max(most - window.count, 0))
        response.headers["RateLimit-Reset"] = str(window.seconds_left)
        return response
