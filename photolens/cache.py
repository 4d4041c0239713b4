"""Answers kept for a minute in Redis, where there is one (REDIS_URL): what many ask for, and nothing is decided by.

What is kept of a subject is kept under its generation; whoever changes the subject gives it another one, once that is
committed, and what was kept is never found again. An answer that was being made meanwhile is kept under the old one.

A Redis that is gone holds nobody up: what is asked is made, and the process leaves Redis alone for a while.
Source: https://redis.readthedocs.io (connections, retries).
"""

import hashlib
import logging
import secrets
import time
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any

import orjson
from flask import Flask, current_app

from photolens.answers import to_json
from photolens.config import Settings
from photolens.database import present_schema

if TYPE_CHECKING:  # it takes long to import: only who has a Redis waits for it
    import redis

log = logging.getLogger(__name__)

FRESH = 60  # seconds that an answer is kept
PATIENCE = 0.2  # seconds for a connection, and again for an answer
PAUSE = 5.0  # seconds that a Redis which did not answer is left alone


class Cache:
    """What is kept, of this process and all others on the same Redis; without a Redis, nothing."""

    def __init__(self, redis_url: str | None) -> None:
        self._redis = None if redis_url is None else _client(redis_url)
        self._alone_until = 0.0
        self._is_gone = False
        self._outdated: set[str] = set()  # what has changed, and Redis could not be told

    def remember(self, subject: str, asked: Mapping[str, Any], make: Callable[[], dict[str, Any]]) -> dict[str, Any]:
        """What `make` gives, or has given within the last minute to whoever asked the same, as JSON has it."""
        key = self._key(subject, asked)
        if key is None:
            return make()
        kept = self._ask(lambda server: server.get(key))
        if kept is not None:
            answer: dict[str, Any] = orjson.loads(kept)
            return answer
        made = make()
        self._ask(lambda server: server.set(key, to_json(made), ex=FRESH))
        return made

    def forget(self, subject: str) -> None:
        """Let nothing of a subject be found any more: it has changed, and that is committed."""
        self._outdated.add(subject)
        self._ask(lambda server: self._renew(server, subject))

    def _key(self, subject: str, asked: Mapping[str, Any]) -> str | None:
        """Under what an answer is kept; None where nothing can be."""

        def generation(server: "redis.Redis") -> bytes:
            if subject in self._outdated:
                self._renew(server, subject)
            current: Any = server.get(_generation(subject))
            return current or b"first"

        current = self._ask(generation)
        if current is None:
            return None
        digest = hashlib.sha256(to_json(dict(asked))).hexdigest()
        return f"photolens:{subject}:{current.decode()}:{digest}"

    def _renew(self, server: "redis.Redis", subject: str) -> None:
        server.set(_generation(subject), secrets.token_hex(8))
        self._outdated.discard(subject)

    def _ask(self, question: Callable[["redis.Redis"], Any]) -> Any:
        """What Redis answers; None while there is none, or none that answers."""
        if self._redis is None or time.monotonic() < self._alone_until:
            return None
        import redis

        try:
            answer = question(self._redis)
        except (redis.RedisError, OSError) as error:
            self._alone_until = time.monotonic() + PAUSE
            if not self._is_gone:
                log.warning("Redis does not answer, and nothing is kept in it: %s", type(error).__name__)
            self._is_gone = True
            return None
        self._is_gone = False
        return answer


def _client(redis_url: str) -> "redis.Redis":
    import redis
    from redis.backoff import NoBackoff
    from redis.retry import Retry

    never = Retry(NoBackoff(), 0)
    return redis.Redis.from_url(redis_url, socket_timeout=PATIENCE, socket_connect_timeout=PATIENCE, retry=never)


def _generation(subject: str) -> str:
    return f"photolens:{subject}:generation"


def _current_cache() -> Cache:
    cache: Cache = current_app.extensions["cache"]
    return cache


def _of_studio(subject: str) -> str:
    return f"{present_schema()}:{subject}"


def remember(subject: str, asked: Mapping[str, Any], make: Callable[[], dict[str, Any]]) -> dict[str, Any]:
    """What the present application keeps of a subject of the present studio: see `Cache.remember`."""
    return _current_cache().remember(_of_studio(subject), asked, make)


def forget(subject: str) -> None:
    """Let the present application find nothing of a subject any more; where there is none, nothing was kept."""
    if current_app:
        _current_cache().forget(_of_studio(subject))


def init_app(app: Flask, settings: Settings) -> None:
    """Give the application its cache. Nothing is asked of Redis before somebody asks."""
    app.extensions["cache"] = Cache(settings.redis_url)
