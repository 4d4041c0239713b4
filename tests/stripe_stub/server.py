"""The stub's server: authentication, idempotency and faults as Stripe has them, around an account; and its hosted page.

Source: https://docs.stripe.com/api/authentication, /api/errors, /api/idempotent_requests.
"""

import base64
import contextlib
import json
import re
import secrets
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from email.message import Message
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Condition, Thread
from typing import Any, Literal, Self, cast

from tests.stripe_stub import parameters
from tests.stripe_stub.account import API_VERSION, Account, StripeObject, new_event
from tests.stripe_stub.page import page_of
from tests.stripe_stub.parameters import Parameters, Refused
from tests.stripe_stub.signatures import sign

PATIENCE = 8.0  # seconds

Fault = int | Literal["drop", "drop_answer", "garbage"]


@dataclass(frozen=True)
class SeenRequest:
    """A request of the API, as it came in."""

    method: str
    path: str
    parameters: Parameters
    headers: Message


@dataclass(frozen=True)
class Reply:
    """What the server answers."""

    status: int
    body: bytes
    headers: dict[str, str] = field(default_factory=dict)


class Dropped(Exception):  # noqa: N818
    """The connection is lost, and no answer sent."""


class StripeStub:
    """A Stripe with one account, served as long as the `with` block lasts.

    `requests` and `events` are what has come in and what has happened. Where a `webhook` is set, it is called with the
    body and the signature of each event that `pay`, `fail_async`, `succeed_async`, `expire` or the hosted page cause.
    """

    api_key = "sk_test_of_the_stub"
    webhook_secret = "whsec_of_the_stub"

    def __init__(self, port: int = 0) -> None:
        self._server = _Server(("127.0.0.1", port), _Handler)
        self._server.stub = self
        self.base = f"http://127.0.0.1:{self._server.server_port}"
        self._account = Account(f"{self.base}/c/pay")
        self._changed = Condition()
        self._faults: list[Fault] = []
        self._kept: dict[str, tuple[Any, Reply | None]] = {}
        self._is_holding = False
        self._held_count = 0
        self.requests: list[SeenRequest] = []
        self.webhook: Callable[[bytes, str], object] | None = None

    @property
    def environment(self) -> dict[str, str]:
        """The settings of an application that pays here."""
        return {
            "STRIPE_API_KEY": self.api_key,
            "STRIPE_WEBHOOK_SECRET": self.webhook_secret,
            "STRIPE_API_BASE": self.base,
        }

    @property
    def events(self) -> list[StripeObject]:
        """What has happened, first to last."""
        return self._account.events

    def __enter__(self) -> Self:
        self._thread = Thread(target=self._server.serve_forever, args=(0.01,), name="Stripe", daemon=True)
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._server.shutdown()
        self._thread.join()
        self._server.server_close()

    def session(self, session_id: str) -> StripeObject:
        """A checkout session as it is now."""
        return self._account.session(session_id)

    def pay(
        self, session_id: str, *, async_: bool = False, amount: int | None = None, currency: str | None = None
    ) -> StripeObject:
        """Somebody pays on the hosted page; by a method that takes days (`async_`), or not what was asked for.

        Gives the event, `checkout.session.completed`.
        """
        return self._tell(self._account.pay(session_id, is_certain=not async_, amount=amount, currency=currency))

    def succeed_async(self, session_id: str) -> StripeObject:
        """The money that was paid by a slow method has come; gives the event."""
        return self._tell(self._account.settle(session_id, has_come=True))

    def fail_async(self, session_id: str) -> StripeObject:
        """The money that was paid by a slow method does not come; gives the event."""
        return self._tell(self._account.settle(session_id, has_come=False))

    def expire(self, session_id: str) -> StripeObject:
        """The session's day is over; gives the event."""
        return self._tell(self._account.expire(session_id))

    def renew(
        self, subscription_id: str, *, is_paid: bool = True, amount: int | None = None, currency: str | None = None
    ) -> StripeObject:
        """A subscription's next period begins; gives the event, `invoice.paid` or `invoice.payment_failed`."""
        return self._tell(self._account.renew(subscription_id, is_paid=is_paid, amount=amount, currency=currency))

    def end(self, subscription_id: str) -> StripeObject:
        """A subscription is over; gives the event, `customer.subscription.deleted`."""
        return self._tell(self._account.end(subscription_id))

    def refund(self, payment_intent: str, amount: int, reason: str = "requested_by_customer") -> StripeObject:
        """Somebody refunds a part of a payment in the dashboard; gives the event, `refund.created`."""
        given = {"payment_intent": payment_intent, "amount": str(amount), "reason": reason}
        self._account.create_refund(given)
        return self._tell(self._account.events[-1])

    def fail_next(self, fault: Fault, times: int = 1) -> None:
        """What becomes of the next requests: a status, a connection lost before or after it is done, or no JSON."""
        self._faults += [fault] * times

    @contextlib.contextmanager
    def held(self) -> Iterator[Callable[[int], None]]:
        """POSTs with a key are begun and not answered until the block ends; what it gives waits for so many of them."""
        self._is_holding = True
        try:
            yield self._wait_for_held
        finally:
            with self._changed:
                self._is_holding = False
                self._changed.notify_all()

    def event(self, event_type: str, stripe_object: StripeObject) -> StripeObject:
        """An event that nothing has caused, of an object as it is now."""
        return new_event(event_type, stripe_object)

    def signed(self, event: StripeObject) -> tuple[bytes, str]:
        """An event as it is sent: the body, and its `Stripe-Signature`."""
        payload = json.dumps(event, indent=2).encode()
        return payload, sign(payload, self.webhook_secret)

    def _tell(self, event: StripeObject) -> StripeObject:
        if self.webhook is not None:
            self.webhook(*self.signed(event))
        return event

    def _wait_for_held(self, count: int) -> None:
        with self._changed:
            assert self._changed.wait_for(lambda: self._held_count >= count, PATIENCE), "they never came"

    # What the handler's threads call.

    def answer_api(self, request: SeenRequest) -> Reply:
        """Stripe's answer to a request of its API. Raises Dropped."""
        self.requests.append(request)
        fault = self._faults.pop(0) if self._faults else None
        if fault == "drop":
            raise Dropped
        if fault == "garbage":
            return Reply(200, b"<html>Sign in to the network</html>")
        if isinstance(fault, int):
            return _failure(fault)
        if not self._is_ours(request.headers.get("Authorization", "")):
            refusal = Refused("Invalid API Key provided.", status=401)
            return _json(401, refusal.body, {"WWW-Authenticate": 'Basic realm="Stripe"'})
        reply = self._once(request) if request.method == "POST" else self._done(request)[0]
        if fault == "drop_answer":
            raise Dropped
        return reply

    def answer_page(self, request: SeenRequest) -> Reply:
        """The hosted page of a session; posted, the session is paid, and the browser sent to the success URL."""
        session_id = request.path.removeprefix("/c/pay/")
        try:
            session = self.session(session_id)
            if request.method == "POST" and session["status"] == "open":
                self.pay(session_id)
                return Reply(303, b"", {"Location": _after(session)})
        except Refused as refused:
            return Reply(refused.status, page_of(None).encode(), {"Content-Type": "text/html; charset=utf-8"})
        return Reply(200, page_of(session).encode(), {"Content-Type": "text/html; charset=utf-8"})

    def _is_ours(self, authorization: str) -> bool:
        basic = base64.b64encode(f"{self.api_key}:".encode()).decode()
        return authorization in (f"Bearer {self.api_key}", f"Basic {basic}")

    def _once(self, request: SeenRequest) -> Reply:
        key = request.headers.get("Idempotency-Key")
        if key is None:
            return self._done(request)[0]
        asked = (request.path, request.parameters)
        with self._changed:
            if key in self._kept:
                return _again(key, asked, *self._kept[key])
            self._kept[key] = (asked, None)
            self._held_count += 1
            self._changed.notify_all()
            self._changed.wait_for(lambda: not self._is_holding)
            self._held_count -= 1
        reply, is_kept = self._done(request)
        with self._changed:
            if is_kept:
                self._kept[key] = (asked, reply)
            else:
                del self._kept[key]
        return reply

    def _done(self, request: SeenRequest) -> tuple[Reply, bool]:
        """The answer, and whether it is kept under an idempotency key."""
        try:
            return _json(200, self._route(request)), True
        except Refused as refused:
            return _json(refused.status, refused.body), refused.is_kept

    def _route(self, request: SeenRequest) -> StripeObject:
        account = self._account
        match [request.method, *request.path.removeprefix("/v1/").split("/")]:
            case ["POST", "checkout", "sessions"]:
                return account.create_session(request.parameters)
            case ["GET", "checkout", "sessions", session_id]:
                return account.session(session_id)
            case ["POST", "checkout", "sessions", session_id, "expire"]:
                expired: StripeObject = account.expire(session_id)["data"]["object"]
                return expired
            case ["POST", "subscriptions", subscription_id]:
                return account.update_subscription(subscription_id, request.parameters)
            case ["POST", "refunds"]:
                return account.create_refund(request.parameters)
        raise Refused(f"Unrecognized request URL ({request.method}: {request.path}).", status=404)


def _again(key: str, asked: Any, asked_before: Any, reply: Reply | None) -> Reply:
    """The answer to a request under a key that has been used."""
    if asked != asked_before:
        message = "Keys for idempotent requests can only be used with the same parameters they were first used with."
        return _json(400, Refused(f"{message} ({key})", error_type="idempotency_error").body)
    if reply is None:
        message = f"There is currently another in-progress request using this Idempotent Key: {key}."
        return _json(409, Refused(message, "idempotency_key_in_use", error_type="idempotency_error").body)
    return Reply(reply.status, reply.body, {**reply.headers, "Idempotent-Replayed": "true"})


def _failure(status: int) -> Reply:
    if status == 429:
        return _json(429, Refused("Too many requests hit the API too quickly.", "rate_limit").body)
    error_type = "api_error" if status >= 500 else "invalid_request_error"
    return _json(status, Refused("The stub was told to fail.", error_type=error_type).body)


def _json(status: int, body: StripeObject, headers: dict[str, str] | None = None) -> Reply:
    return Reply(status, json.dumps(body, indent=2).encode(), headers or {})


def _after(session: StripeObject) -> str:
    return str(session["success_url"]).replace("{CHECKOUT_SESSION_ID}", session["id"])


class _Server(ThreadingHTTPServer):
    stub: StripeStub
    request_queue_size = 128


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def do_GET(self) -> None:
        self._answer("")

    def do_POST(self) -> None:
        self._answer(self.rfile.read(int(self.headers.get("Content-Length", 0))).decode())

    def _answer(self, form: str) -> None:
        stub = cast(_Server, self.server).stub
        path, _, query = self.path.partition("?")
        request = SeenRequest(self.command, path, parameters.decode(form or query), self.headers)
        self.close_connection = True
        try:
            reply = stub.answer_page(request) if re.match("/c/pay/", path) else stub.answer_api(request)
        except Dropped:
            return
        self.send_response(reply.status)
        headers = {"Content-Type": "application/json", "Stripe-Version": API_VERSION, "Connection": "close"}
        headers |= {"Request-Id": f"req_{secrets.token_hex(7)}", "Content-Length": str(len(reply.body))}
        for name, value in {**headers, **reply.headers}.items():
            self.send_header(name, value)
        with contextlib.suppress(ConnectionError):  # whoever asked has given up
            self.end_headers()
            self.wfile.write(reply.body)

    def log_message(self, *_: object) -> None:
        pass
