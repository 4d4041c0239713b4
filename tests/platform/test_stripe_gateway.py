"""What is asked of Stripe and what its answers come to: the official library, against a stub that speaks as it does."""

import base64
import logging
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.error import HTTPError
from urllib.parse import urlencode
from urllib.request import Request, urlopen

import orjson
import pytest
import stripe
from flask import Flask

from photolens import stripe_gateway as gateway
from photolens.config import Settings
from photolens.embedded import ROOT
from photolens.problems import Problem
from tests.stripe_stub import StripeStub, sign

OLD_SECRET = "whsec_of_yesterday"


@pytest.fixture(scope="module")
def server() -> Iterator[StripeStub]:
    with StripeStub() as server:
        yield server


@pytest.fixture
def stub(server: StripeStub, monkeypatch: pytest.MonkeyPatch) -> StripeStub:
    """A Stripe that has seen nothing yet, of which the library asks again without a pause."""
    monkeypatch.setattr(stripe.HTTPClient, "INITIAL_DELAY", 0)
    server.requests.clear()
    server.events.clear()
    return server


@pytest.fixture
def app(stub: StripeStub) -> Iterator[Flask]:
    app = Flask("pays")
    app.extensions["settings"] = Settings.from_environment(stub.environment)
    with app.app_context():
        yield app


def configure(app: Flask, **values: Any) -> None:
    app.extensions["settings"] = replace(app.extensions["settings"], **values)


def new_session(reference: str | None = None, **values: Any) -> gateway.CheckoutSession:
    """A session of 125.00 USD, under a reference that nothing else has."""
    asked = {
        "reference": reference or f"checkout-{time.monotonic_ns()}",
        "amount_minor": 12500,
        "currency": "USD",
        "name": "Invoice INV-0007",
        "customer_email": "emma@example.com",
        "success_url": "https://studio.example/paid?session={CHECKOUT_SESSION_ID}",
        "cancel_url": "https://studio.example/invoices/7?a=1&b=2",
        "metadata": {"invoice_id": "7"},
    }
    return gateway.create_checkout_session(**{**asked, **values})


def refused(call: Callable[[], object]) -> Problem:
    with pytest.raises(Problem) as raised:
        call()
    return raised.value


# Checkout sessions.


@pytest.mark.usefixtures("app")
def test_a_new_session_is_open_and_asks_for_what_it_was_made_for() -> None:
    session = new_session("checkout-of-all")

    assert replace(session, id="", url="", expires_at=datetime.min) == gateway.CheckoutSession(
        id="",
        url="",
        status="open",
        payment_status="unpaid",
        amount_total=12500,
        currency="USD",
        payment_intent_id=None,
        customer_id=None,
        subscription_id=None,
        expires_at=datetime.min,
        client_reference_id="checkout-of-all",
        metadata={"invoice_id": "7"},
    )
    assert session.id.startswith("cs_test_")
    assert session.url is not None
    assert timedelta(hours=23) < session.expires_at - datetime.now(UTC) <= timedelta(days=1)


@pytest.mark.usefixtures("app")
def test_stripe_is_asked_for_one_thing_under_the_reference_and_told_nothing_else(stub: StripeStub) -> None:
    new_session("checkout-asked")

    [request] = stub.requests
    assert (request.method, request.path) == ("POST", "/v1/checkout/sessions")
    assert request.headers["Authorization"] == f"Bearer {stub.api_key}"
    assert request.headers["Idempotency-Key"] == "checkout-asked"
    assert request.parameters == {
        "mode": "payment",
        "line_items": [
            {
                "quantity": "1",
                "price_data": {
                    "currency": "usd",
                    "unit_amount": "12500",
                    "product_data": {"name": "Invoice INV-0007"},
                },
            }
        ],
        "client_reference_id": "checkout-asked",
        "customer_creation": "always",
        "customer_email": "emma@example.com",
        "success_url": "https://studio.example/paid?session={CHECKOUT_SESSION_ID}",
        "cancel_url": "https://studio.example/invoices/7?a=1&b=2",
        "metadata": {"invoice_id": "7"},
        "payment_intent_data": {"metadata": {"invoice_id": "7"}},
    }


@pytest.mark.usefixtures("app")
def test_the_library_sends_no_measurements_of_ours(stub: StripeStub) -> None:
    for _ in range(2):
        new_session()

    assert [request.headers["X-Stripe-Client-Telemetry"] for request in stub.requests] == [None, None]


@pytest.mark.usefixtures("app")
def test_nobody_needs_an_email_to_pay(stub: StripeStub) -> None:
    session = new_session(customer_email=None)

    assert stub.session(session.id)["customer_email"] is None


@pytest.mark.usefixtures("app")
def test_the_same_reference_gives_the_same_session() -> None:
    assert new_session("checkout-twice") == new_session("checkout-twice")


@pytest.mark.usefixtures("app")
def test_the_same_reference_for_another_amount_is_refused() -> None:
    new_session("checkout-once")

    assert refused(lambda: new_session("checkout-once", amount_minor=12501)).kind is gateway.PAYMENT_REFUSED


def test_of_two_at_once_under_one_reference_the_second_may_ask_again(app: Flask, stub: StripeStub) -> None:
    def first() -> gateway.CheckoutSession:
        with app.app_context():
            return new_session("checkout-race")

    with ThreadPoolExecutor() as threads:
        with stub.held() as wait_for:
            one = threads.submit(first)
            wait_for(1)
            problem = refused(lambda: new_session("checkout-race"))
        session = one.result()

    assert problem.kind is gateway.PAYMENTS_UNAVAILABLE
    assert problem.headers == {"Retry-After": "5"}
    assert new_session("checkout-race") == session


@pytest.mark.usefixtures("app")
def test_once_paid_a_session_says_by_what_and_by_whom(stub: StripeStub) -> None:
    session = new_session()
    stub.pay(session.id)

    paid = gateway.retrieve_checkout_session(session.id)

    assert (paid.status, paid.payment_status, paid.url) == ("complete", "paid", None)
    assert (paid.payment_intent_id or "").startswith("pi_")
    assert (paid.customer_id or "").startswith("cus_")


@pytest.mark.usefixtures("app")
def test_by_a_slow_method_a_session_is_complete_before_it_is_paid(stub: StripeStub) -> None:
    good, bad = new_session(), new_session()
    for session in (good, bad):
        stub.pay(session.id, async_=True)
        assert gateway.retrieve_checkout_session(session.id).payment_status == "unpaid"

    stub.succeed_async(good.id)
    stub.fail_async(bad.id)

    ends = [gateway.retrieve_checkout_session(session.id) for session in (good, bad)]
    assert [(end.status, end.payment_status) for end in ends] == [("complete", "paid"), ("complete", "unpaid")]


@pytest.mark.usefixtures("app")
def test_a_session_that_is_not_there_is_refused() -> None:
    assert refused(lambda: gateway.retrieve_checkout_session("cs_test_none")).kind is gateway.PAYMENT_REFUSED
    assert refused(lambda: gateway.expire_checkout_session("cs_test_none")).kind is gateway.PAYMENT_REFUSED


@pytest.mark.usefixtures("app")
def test_an_open_session_is_expired_once() -> None:
    session = new_session()

    first, second = (gateway.expire_checkout_session(session.id) for _ in range(2))

    assert (first.outcome, second.outcome) == ("EXPIRED_NOW", "ALREADY_EXPIRED")
    assert first.session == second.session == replace(session, status="expired", url=None)


@pytest.mark.usefixtures("app")
def test_a_session_that_somebody_has_paid_does_not_expire(stub: StripeStub) -> None:
    session = new_session()
    stub.pay(session.id)

    expiry = gateway.expire_checkout_session(session.id)

    assert (expiry.outcome, expiry.session.payment_status) == ("ALREADY_COMPLETE", "paid")


# Refunds.


@pytest.mark.usefixtures("app")
def test_a_payment_goes_back_in_parts_and_no_more_than_was_paid(stub: StripeStub) -> None:
    session = new_session()
    stub.pay(session.id)
    intent = gateway.retrieve_checkout_session(session.id).payment_intent_id or ""

    def refund(amount_minor: int, reference: str) -> gateway.Refund:
        return gateway.create_refund(
            reference=f"{reference}-of-{session.id}",
            payment_intent_id=intent,
            amount_minor=amount_minor,
            metadata={"refund_id": "1"},
        )

    first = refund(4000, "refund-1")
    again = refund(4000, "refund-1")
    too_much = refused(lambda: refund(8501, "refund-2"))
    rest = refund(8500, "refund-3")
    nothing_left = refused(lambda: refund(1, "refund-4"))

    assert (
        first
        == again
        == gateway.Refund(first.id, "succeeded", 4000, "USD", intent, None, first.created_at, {"refund_id": "1"})
    )
    assert rest.id != first.id
    assert {too_much.kind, nothing_left.kind} == {gateway.PAYMENT_REFUSED}


# What goes wrong.


@pytest.mark.parametrize(
    "values",
    [
        {"amount_minor": 49},
        {"amount_minor": 100_000_000},
        {"amount_minor": -1},
        {"currency": "XXX"},
        {"currency": "ISK", "amount_minor": 12550},
        {"name": ""},
        {"customer_email": "emma"},
        {"success_url": "paid"},
        {"metadata": {"note": "x" * 501}},
        {"reference": "x" * 201},
    ],
)
@pytest.mark.usefixtures("app")
def test_what_stripe_does_not_take_is_refused_and_asked_once(stub: StripeStub, values: dict[str, Any]) -> None:
    problem = refused(lambda: new_session(**values))

    assert (problem.kind.status, problem.kind.code) == (409, "payment_refused")
    assert len(stub.requests) == 1


@pytest.mark.parametrize("fault", [500, 503, "drop"])
@pytest.mark.usefixtures("app")
def test_what_fails_for_a_moment_is_asked_again_under_the_same_reference(stub: StripeStub, fault: Any) -> None:
    stub.fail_next(fault, times=gateway.RETRIES)

    session = new_session("checkout-again-" + str(fault))

    assert {request.headers["Idempotency-Key"] for request in stub.requests} == {session.client_reference_id}
    assert len(stub.requests) == 1 + gateway.RETRIES


@pytest.mark.usefixtures("app")
def test_an_answer_that_is_lost_on_its_way_makes_no_second_session(stub: StripeStub) -> None:
    stub.fail_next("drop_answer")

    session = new_session("checkout-lost")

    assert len(stub.requests) == 2
    assert new_session("checkout-lost") == session


@pytest.mark.parametrize(("fault", "asked"), [(500, 3), ("drop", 3), (429, 1), ("garbage", 1)])
@pytest.mark.usefixtures("app")
def test_a_stripe_that_cannot_be_used_is_unavailable_and_may_be_asked_later(
    stub: StripeStub, fault: Any, asked: int
) -> None:
    stub.fail_next(fault, times=asked)

    problem = refused(new_session)

    assert (problem.kind.status, problem.kind.code) == (503, "payments_unavailable")
    assert problem.headers == {"Retry-After": "5"}
    assert len(stub.requests) == asked


def test_a_stripe_that_nobody_answers_for_is_unavailable(app: Flask) -> None:
    with StripeStub() as gone:
        pass
    configure(app, stripe_api_base=gone.base)

    assert refused(new_session).kind is gateway.PAYMENTS_UNAVAILABLE


def test_a_stripe_that_says_nothing_is_given_up_on(
    app: Flask, stub: StripeStub, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(gateway, "TIMEOUT", 0.05)
    configure(app, stripe_api_base=stub.base.replace("127.0.0.1", "localhost"))  # another client, of this timeout

    with stub.held():
        problem = refused(new_session)

    assert problem.kind is gateway.PAYMENTS_UNAVAILABLE


def test_without_a_key_nothing_is_asked(app: Flask, stub: StripeStub) -> None:
    configure(app, stripe_api_key=None)
    calls: list[Callable[[], object]] = [
        new_session,
        lambda: gateway.retrieve_checkout_session("cs_test_1"),
        lambda: gateway.expire_checkout_session("cs_test_1"),
        lambda: gateway.create_refund(reference="r", payment_intent_id="pi_1", amount_minor=1, metadata={}),
    ]

    kinds = [refused(call).kind for call in calls]

    assert {(kind.status, kind.code) for kind in kinds} == {(503, "payments_not_configured")}
    assert stub.requests == []


def test_a_key_that_stripe_does_not_know_is_no_configuration(app: Flask) -> None:
    configure(app, stripe_api_key="sk_test_of_somebody_else")

    assert refused(new_session).kind is gateway.PAYMENTS_NOT_CONFIGURED


@pytest.mark.usefixtures("app")
def test_neither_the_caller_nor_the_log_is_told_stripe_s_words_or_the_key(
    stub: StripeStub, caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level(logging.WARNING):
        problem = refused(lambda: new_session(customer_email="emma@nowhere"))

    [line] = caplog.messages
    assert "make a checkout session: InvalidRequestError, status 400, code email_invalid" in line
    assert "Stripe's request req_" in line
    told = f"{line} {problem.detail} {problem.members}"
    assert [word for word in ("emma@nowhere", "Invalid email", stub.api_key) if word in told] == []


# Events.


@pytest.mark.usefixtures("app")
def test_a_signed_event_is_read_and_holds_the_session_as_stripe_answers_it(stub: StripeStub) -> None:
    session = new_session()
    payload, signature = stub.signed(stub.pay(session.id))

    event = gateway.read_event(payload, signature)

    assert event == stub.events[-1]
    assert event["type"] == "checkout.session.completed"
    assert gateway.session_of(event["data"]["object"]) == gateway.retrieve_checkout_session(session.id)


@pytest.mark.usefixtures("app")
def test_a_refund_in_an_event_is_the_one_that_was_answered(stub: StripeStub) -> None:
    session = new_session()
    stub.pay(session.id)
    intent = stub.session(session.id)["payment_intent"]
    refund = gateway.create_refund(
        reference=f"refund-of-{session.id}", payment_intent_id=intent, amount_minor=1, metadata={}
    )

    assert gateway.refund_of(stub.events[-1]["data"]["object"]) == refund


BODY = b'{"id": "evt_1", "object": "event", "type": "charge.succeeded", "data": {"object": {"name": "Zo\xc3\xab"}}}'


def test_while_a_secret_is_being_replaced_either_signs(app: Flask, stub: StripeStub) -> None:
    configure(app, stripe_webhook_secret=(OLD_SECRET, stub.webhook_secret))

    for secret in (OLD_SECRET, stub.webhook_secret):
        assert gateway.read_event(BODY, sign(BODY, secret))["id"] == "evt_1"


@pytest.mark.usefixtures("app")
def test_stripe_may_sign_with_both_secrets_at_once(stub: StripeStub) -> None:
    other = sign(BODY, OLD_SECRET).partition(",")[2]

    assert gateway.read_event(BODY, f"{sign(BODY, stub.webhook_secret)},{other},v0=abc")["id"] == "evt_1"


@pytest.mark.usefixtures("app")
def test_a_signature_is_good_for_five_minutes(stub: StripeStub) -> None:
    now = int(time.time())

    assert gateway.read_event(BODY, sign(BODY, stub.webhook_secret, now - 290))["id"] == "evt_1"
    too_old = sign(BODY, stub.webhook_secret, now - 301)
    assert refused(lambda: gateway.read_event(BODY, too_old)).kind is gateway.SIGNATURE_INVALID


def _good() -> str:
    return sign(BODY, StripeStub.webhook_secret)


@pytest.mark.parametrize(
    ("payload", "signature"),
    [
        pytest.param(BODY, None, id="missing"),
        pytest.param(BODY, "", id="empty"),
        pytest.param(BODY, sign(BODY, OLD_SECRET), id="of-another-secret"),
        pytest.param(BODY.replace(b"evt_1", b"evt_2"), _good(), id="of-another-body"),
        pytest.param(BODY + b" ", _good(), id="of-a-body-without-the-blank"),
        pytest.param(BODY, _good().replace("t=", "t=1"), id="of-another-time"),
        pytest.param(BODY, _good().partition(",")[2], id="without-a-time"),
        pytest.param(BODY, _good().partition(",")[0], id="without-a-digest"),
        pytest.param(BODY, _good().replace("v1", "v0"), id="of-another-scheme"),
        pytest.param(BODY, "t=now,v1=abc", id="no-number"),
        pytest.param(BODY, "t=" + "9" * 5000 + ",v1=abc", id="no-time-at-all"),
        pytest.param(BODY, "t=1,v1=é", id="no-plain-letters"),
        pytest.param(BODY, "garbage", id="garbage"),
        pytest.param(BODY, ",=,=,", id="punctuation"),
        pytest.param(b"\xff\xfe", sign(b"\xff\xfe", StripeStub.webhook_secret), id="no-text"),
        pytest.param(b"", _good(), id="nothing"),
    ],
)
@pytest.mark.usefixtures("app")
def test_an_event_that_stripe_has_not_signed_is_refused(payload: bytes, signature: str | None) -> None:
    problem = refused(lambda: gateway.read_event(payload, signature))

    assert (problem.kind.status, problem.kind.code) == (400, "signature_invalid")


@pytest.mark.parametrize(
    "payload",
    [b"", b"[]", b"null", b"{}", b"{", b'{"id": "evt_1"}', b'{"id": 1, "type": "x", "data": {"object": {}}}'],
)
@pytest.mark.usefixtures("app")
def test_what_is_signed_and_no_event_is_refused(stub: StripeStub, payload: bytes) -> None:
    problem = refused(lambda: gateway.read_event(payload, sign(payload, stub.webhook_secret)))

    assert (problem.kind.status, problem.kind.code) == (400, "bad_request")


def test_without_a_webhook_secret_nothing_can_be_verified(app: Flask) -> None:
    configure(app, stripe_webhook_secret=())

    problem = refused(lambda: gateway.read_event(BODY, _good()))

    assert (problem.kind.status, problem.kind.code) == (503, "payments_not_configured")


def test_a_server_starts_without_the_library() -> None:
    program = "import sys, photolens.cli; sys.exit('stripe' in sys.modules)"

    assert subprocess.run([sys.executable, "-c", program], cwd=ROOT).returncode == 0


# The stub itself, as far as the library does not show it.


def _browse(url: str, form: dict[str, str] | None = None) -> tuple[str, str]:
    """Where a browser ends up, if it is still at the stub, and what it reads there."""
    with urlopen(Request(url, None if form is None else urlencode(form).encode())) as page:
        return page.url, page.read().decode()


@pytest.mark.usefixtures("app")
def test_the_hosted_page_leads_back_or_takes_the_payment_and_leads_on(
    stub: StripeStub, monkeypatch: pytest.MonkeyPatch
) -> None:
    session = new_session(success_url=stub.base + "/c/pay/{CHECKOUT_SESSION_ID}")
    assert session.url is not None
    told: list[tuple[bytes, str]] = []
    monkeypatch.setattr(stub, "webhook", lambda payload, signature: told.append((payload, signature)))

    _, page = _browse(session.url)
    where, after = _browse(session.url, {})

    assert 'href="https://studio.example/invoices/7?a=1&amp;b=2"' in page
    assert "12500 USD" in page
    assert where == f"{stub.base}/c/pay/{session.id}"
    assert "This checkout is complete." in after
    [event] = told
    assert gateway.read_event(*event)["data"]["object"]["id"] == session.id


def test_the_stub_takes_the_key_as_a_user_name_and_replays_in_so_many_words(stub: StripeStub) -> None:
    key = base64.b64encode(f"{stub.api_key}:".encode()).decode()
    headers = {"Authorization": f"Basic {key}", "Idempotency-Key": "by-hand"}
    form = {
        "mode": "payment",
        "success_url": "https://studio.example/",
        "line_items[0][quantity]": "2",
        "line_items[0][price_data][currency]": "jpy",
        "line_items[0][price_data][unit_amount]": "2500",
        "line_items[0][price_data][product_data][name]": "Prints",
    }

    def send(**more: str) -> tuple[int, Any, Any]:
        body = urlencode(form | more).encode()
        try:
            with urlopen(Request(f"{stub.base}/v1/checkout/sessions", body, headers)) as answer:
                return answer.status, orjson.loads(answer.read()), answer.headers
        except HTTPError as error:
            with error:
                return error.code, orjson.loads(error.read()), error.headers

    status, session, first_headers = send()
    _, again, headers_again = send()
    refusal = send(customer_email="emma@example.com")
    headers["Authorization"] = "Bearer sk_test_wrong"
    stranger = send()

    assert (status, session["amount_total"], session["currency"]) == (200, 5000, "jpy")
    assert again == session
    assert (first_headers["Idempotent-Replayed"], headers_again["Idempotent-Replayed"]) == (None, "true")
    assert (refusal[0], refusal[1]["error"]["type"]) == (400, "idempotency_error")
    assert (stranger[0], stranger[1]["error"]["type"]) == (401, "invalid_request_error")
