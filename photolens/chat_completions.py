"""The one module that talks to a language model: any endpoint that speaks OpenAI's chat completions (ASSISTANT_URL).

Nothing here is called inside a transaction: an answer may take half a minute. What the endpoint says of its failures
never leaves the process. Source: https://platform.openai.com/docs/api-reference/chat/create
"""

import logging
import time
from collections.abc import Sequence

import orjson
import urllib3
from flask import g

from photolens.config import Settings
from photolens.problems import ProblemKind

log = logging.getLogger(__name__)

TIMEOUT = 30.0  # seconds, for all of an answer
LARGEST = 256 * 1024  # bytes of an answer that are read
LONGEST = 8000  # characters of it that are kept
PIECE = 16 * 1024

ASSISTANT_UNAVAILABLE = ProblemKind(502, "assistant_unavailable", "The assistant does not answer just now")

_POOL = urllib3.PoolManager(retries=False, num_pools=2, maxsize=4)


class _UnansweredError(Exception):
    """What the endpoint did wrong, for the log."""


def complete(settings: Settings, messages: Sequence[dict[str, str]]) -> str:
    """What the model says next in a conversation of `role` and `content`; at most 8,000 characters.

    Raises ASSISTANT_UNAVAILABLE where it cannot be reached, takes longer than half a minute, or answers anything else.
    """
    try:
        return _said(_ask(settings, messages))
    except (_UnansweredError, urllib3.exceptions.HTTPError, OSError) as error:
        log.warning("Request %s: the assistant did not answer: %s", g.get("request_id"), _words_of(error))
        raise ASSISTANT_UNAVAILABLE("Your message is kept. Try again in a moment.") from None


def _ask(settings: Settings, messages: Sequence[dict[str, str]]) -> bytes:
    assert settings.assistant_url is not None
    headers = {"Content-Type": "application/json", "Accept": "application/json"}
    if settings.assistant_key is not None:
        headers["Authorization"] = f"Bearer {settings.assistant_key}"
    deadline = time.monotonic() + TIMEOUT
    response = _POOL.request(
        "POST",
        address_of(settings.assistant_url),
        body=orjson.dumps({"model": settings.assistant_model, "messages": list(messages)}),
        headers=headers,
        redirect=False,
        timeout=urllib3.Timeout(total=TIMEOUT),
        preload_content=False,
    )
    try:
        if response.status != 200:
            raise _UnansweredError(f"status {response.status}")
        body = b""
        while piece := response.read1(PIECE):
            body += piece
            if len(body) > LARGEST:
                raise _UnansweredError(f"more than {LARGEST} bytes")
            if time.monotonic() > deadline:
                raise _UnansweredError(f"more than {TIMEOUT:g} seconds")
        return body
    finally:
        response.close()


def address_of(url: str) -> str:
    """The endpoint itself: the address that is set may be that of the API it belongs to."""
    base = url.rstrip("/")
    return base if base.endswith("/chat/completions") else f"{base}/chat/completions"


def _said(body: bytes) -> str:
    try:
        match orjson.loads(body):
            case {"choices": [{"message": {"content": str(content)}}, *_]}:
                text = "".join(sign for sign in content if sign.isprintable() or sign in "\n\t").strip()
                if text:
                    return text[:LONGEST]
    except orjson.JSONDecodeError:
        pass
    raise _UnansweredError("no chat completion")


def _words_of(error: Exception) -> str:
    return str(error) if isinstance(error, _UnansweredError) else type(error).__name__
