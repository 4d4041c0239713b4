"""Files that are sent to their readers in pieces, to a few readers at a time."""

from collections.abc import Callable
from contextlib import AbstractContextManager, ExitStack
from functools import partial
from threading import BoundedSemaphore

from flask import Response

from photolens.problems import NOT_FOUND, RATE_LIMITED
from photolens.storage import FileMissing, StoredFile

MOST_STREAMS = 4  # at once: each holds a thread, and most a connection, for as long as its reader likes
_STREAMS = BoundedSemaphore(MOST_STREAMS)
PIECE = 64 * 1024  # bytes that are in memory at a time


def one_of_few(produce: Callable[[], Response]) -> Response:
    """The answer of `produce`, which is still being sent when its request has ended. Problems: `rate_limited`."""
    if not _STREAMS.acquire(blocking=False):
        detail = f"{MOST_STREAMS} files are being sent already."
        raise RATE_LIMITED(detail, headers={"Retry-After": "5"})
    try:
        response = produce()
    except BaseException:
        _STREAMS.release()
        raise
    response.call_on_close(_STREAMS.release)
    return response


def answer(mimetype: str, reading: AbstractContextManager[StoredFile], filename: str) -> Response:
    """The file that is being read, as an attachment; it is closed once it is sent, or its reader has gone away.

    Problems: `not_found` for one that is there no more, and the storage's.
    """
    with ExitStack() as stack:
        try:
            stored = stack.enter_context(reading)
        except FileMissing:
            raise NOT_FOUND("The file is there no more.") from None
        response = Response(iter(partial(stored.file.read, PIECE), b""), mimetype=mimetype)
        response.call_on_close(stack.pop_all().close)
    response.content_length = stored.size
    response.headers["Content-Disposition"] = f'attachment; filename="{filename}"'
    return response
