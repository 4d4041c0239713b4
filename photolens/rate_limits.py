"""How often a caller may ask (Flask-Limiter): RATE_LIMIT_PER_MINUTE, counted in memory, or in Redis for all processes.

Sign-in and its like have limits of their own, counted in PostgreSQL: see identity.
"""

import ipaddress
import re
import time
from threading import Lock

from flask import Flask, Response, g, request
from flask_limiter import Limiter, RateLimitExceeded
from limits.errors import StorageError
from limits.storage import Storage

from photolens.config import Settings
from photolens.problems import RATE_LIMITED, Problem

SWEEP_EVERY = 60  # seconds: how long counts that are over are kept at most


def limited(retry_after: int, detail: str) -> Problem:
    """429, with the seconds to wait."""
    return RATE_LIMITED(detail, headers={"Retry-After": str(max(retry_after, 1))})


def household_of(address: str) -> str:
    """Whom an address stands for: whoever has one of IPv6 has its whole /64, 2^64 of them."""
    if ":" not in address:
        return address
    return str(ipaddress.ip_network((int(ipaddress.ip_address(address)) >> 64 << 64, 64)))


class ProcessCounts(Storage):
    """How often each key was counted within its window, in this process.

    What limits has for this starts a thread a hundred times a second, which costs more than most requests.
    """

    STORAGE_SCHEME = ["process"]

    def __init__(self, uri: str | None = None, wrap_exceptions: bool = False, **_options: str) -> None:
        super().__init__(uri, wrap_exceptions=wrap_exceptions)
        self._lock = Lock()
        self._windows: dict[str, tuple[int, float]] = {}  # how often, and until when that counts
        self._sweep_at = 0.0

    @property
    def base_exceptions(self) -> type[Exception]:
        return ValueError

    def incr(self, key: str, expiry: float, amount: int = 1) -> int:
        now = time.time()
        with self._lock:
            count, until = self._windows.get(key, (0, 0.0))
            if until <= now:
                count, until = 0, now + expiry
                self._sweep(now)
            self._windows[key] = (count + amount, until)
            return count + amount

    def _sweep(self, now: float) -> None:
        if now >= self._sweep_at:
            self._windows = {key: window for key, window in self._windows.items() if window[1] > now}
            self._sweep_at = now + SWEEP_EVERY

    def get(self, key: str) -> int:
        count, until = self._windows.get(key, (0, 0.0))
        return count if until > time.time() else 0

    def get_expiry(self, key: str) -> float:
        return self._windows.get(key, (0, time.time()))[1]

    def check(self) -> bool:
        return True

    def reset(self) -> int | None:
        with self._lock:
            known = len(self._windows)
            self._windows.clear()
            return known

    def clear(self, key: str) -> None:
        with self._lock:
            self._windows.pop(key, None)


def _key() -> str:
    """A user's requests are counted together, wherever they come from; without one, an address's."""
    caller = g.get("caller")
    return f"user {caller.user_id}" if caller is not None else f"address {household_of(request.remote_addr or '')}"


def init_app(app: Flask, settings: Settings) -> None:
    """Count each request of the API, and say in `RateLimit` headers how many are left.

    A Redis that is gone, or says nothing for a second, holds nobody up: it is then counted in memory, and if that fails
    not at all.
    """
    with_redis = {"socket_timeout": 1, "socket_connect_timeout": 1} if settings.redis_url else {}
    limiter = Limiter(
        _key,
        application_limits=[f"{settings.rate_limit_per_minute} per minute"],
        application_limits_exempt_when=lambda: request.method == "OPTIONS",
        storage_uri=re.sub("^unix://", "redis+unix://", settings.redis_url or "process://"),
        storage_options={"wrap_exceptions": True, **with_redis},
        in_memory_fallback_enabled=settings.redis_url is not None,
        swallow_errors=True,
        headers_enabled=False,  # its headers give moments; ours, as the IETF draft has them, seconds
    )
    limiter.init_app(app)

    @app.errorhandler(RateLimitExceeded)
    def answer_limited(_error: RateLimitExceeded) -> Response:
        return limited(_what_is_left(limiter).get("RateLimit-Reset", 1), "Too many requests. Wait, and go on.").answer()

    @app.after_request
    def tell_what_is_left(response: Response) -> Response:
        limit = limiter.current_limit
        if limit is None or (response.status_code == 429 and not limit.breached):
            return response  # refused by another limit, which says itself how long
        for name, value in _what_is_left(limiter).items():
            response.headers[name] = str(value)
        return response


def _what_is_left(limiter: Limiter) -> dict[str, int]:
    limit = limiter.current_limit
    if limit is None:
        return {}
    try:
        return {
            "RateLimit-Limit": limit.limit.amount,
            "RateLimit-Remaining": max(limit.remaining, 0),
            "RateLimit-Reset": max(int(limit.reset_at - time.time()), 1),
        }
    except StorageError:
        return {}
