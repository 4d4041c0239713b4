"""Streams of events, of which a reader is told as they happen: server-sent events.

A stream holds a thread of the server, and no connection of the database but while it looks. There are a few at a time;
whoever comes then is told at once what is new, and when to ask again, and loses nothing: each answer goes on after the
event that the reader has had last.
Source: the WHATWG's HTML standard (server-sent events).
"""

import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from itertools import chain
from threading import BoundedSemaphore
from typing import Any

import psycopg
from flask import Response, request
from psycopg_pool import PoolClosed, PoolTimeout, TooManyRequests

from photolens.answers import to_json
from photolens.database import Connection, connection, lender
from photolens.problems import Problem

MIMETYPE = "text/event-stream"
MOST_STREAMS = 4  # at once, of the server's threads
LONGEST = 25.0  # seconds; the reader comes again
PAUSE = 0.5  # seconds from one look to the next
RETRY, RETRY_LATER = 1000, 5000  # milliseconds until a reader comes again: after a stream, and where there was none
_STREAMS = BoundedSemaphore(MOST_STREAMS)


@dataclass(frozen=True)
class Event:
    """Something that a reader is told, by a name; `id` is what it sends to have what came after it."""

    id: str
    name: str
    data: Any


@dataclass(frozen=True)
class News:
    """What is new, in its order; and whether nothing can come any more.

    `begins_after` is the id that it comes after, where that is not the one that was asked with: a reader who has had no
    event yet is told it, and asks with it from then on.
    """

    events: Sequence[Event]
    is_over: bool = False
    begins_after: str | None = None


# What is new after the event of an id; without one, after nothing.
Look = Callable[[Connection, str | None], News]


def answer(look: Look) -> Response:
    """The stream of what a look finds, again and again. What fails at the first is still a problem."""
    last_id = request.headers.get("Last-Event-ID")
    news = look(connection(), last_id)
    begins = _begins(news, last_id) + written(news.events)
    if request.method == "GET" and not news.is_over and _STREAMS.acquire(blocking=False):
        stream = _stream(look, news, _last_id(news, last_id), lender())
        response = Response(chain([_retry(RETRY) + begins], stream), mimetype=MIMETYPE)
        response.call_on_close(_STREAMS.release)
    else:
        response = Response(_retry(RETRY if news.is_over else RETRY_LATER) + begins, mimetype=MIMETYPE)
    response.headers["X-Accel-Buffering"] = "no"  # or a proxy would keep events until it has many
    return response


def _stream(
    look: Look, news: News, last_id: str | None, lend: Callable[[], AbstractContextManager[Connection]]
) -> Iterator[bytes]:
    ends_at = time.monotonic() + LONGEST
    while not news.is_over and time.monotonic() < ends_at:
        time.sleep(PAUSE)
        try:
            with lend() as conn:
                news = look(conn, last_id)
        except (Problem, psycopg.Error, PoolClosed, PoolTimeout, TooManyRequests):
            return  # the reader comes again, and is told
        last_id = _last_id(news, last_id)
        # A comment where there is nothing: by what cannot be sent it is known that a reader has gone.
        yield written(news.events) or b":\n\n"


def _last_id(news: News, before: str | None) -> str | None:
    return news.events[-1].id if news.events else news.begins_after or before


def _begins(news: News, last_id: str | None) -> bytes:
    """An id by itself is no event: a reader keeps it, and is told nothing."""
    is_told = news.begins_after in (None, last_id)
    return b"" if is_told else f"id: {news.begins_after}\n\n".encode()


def _retry(milliseconds: int) -> bytes:
    return b"retry: %d\n\n" % milliseconds


def written(events: Iterable[Event]) -> bytes:
    """Events as they are sent."""
    return b"".join(
        b"id: %s\nevent: %s\ndata: %s\n\n" % (event.id.encode(), event.name.encode(), to_json(event.data))
        for event in events
    )
