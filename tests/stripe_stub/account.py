"""What a Stripe account holds, as far as the stub goes: checkout sessions, payments, refunds, subscriptions with their
invoices, and events of it all."""

import copy
import secrets
import time
from threading import RLock
from typing import Any

from tests.stripe_stub import parameters, subscriptions
from tests.stripe_stub.parameters import Parameters, Refused

API_VERSION = "2026-10-28.endive"
DAY = 24 * 60 * 60

StripeObject = dict[str, Any]


class Account:
    """One account in test mode. Every method is one step, whoever calls at the same time."""

    def __init__(self, page: str) -> None:
        self._page = page
        self._lock = RLock()
        self._sessions: dict[str, StripeObject] = {}
        self._paid: dict[str, StripeObject] = {}  # by payment intent
        self._awaited: dict[str, StripeObject] = {}  # by session: the subscription that comes of it once it is paid
        self._subscriptions: dict[str, StripeObject] = {}
        self.events: list[StripeObject] = []

    def session(self, session_id: str) -> StripeObject:
        """The session as `GET /v1/checkout/sessions/{id}` answers it."""
        with self._lock:
            return copy.deepcopy(self._find(session_id))

    def create_session(self, given: Parameters) -> StripeObject:
        """`POST /v1/checkout/sessions`."""
        allowed = "mode line_items success_url cancel_url client_reference_id customer_email metadata"
        of_mode = {"payment": ["customer_creation", "payment_intent_data"], "subscription": ["subscription_data"]}
        if (mode := parameters.required(given, "mode")) not in of_mode:
            raise Refused(f"Invalid mode: must be payment or subscription, not {mode}", None, "mode")
        parameters.allow(given, *allowed.split(), *of_mode[mode])
        currency, total = parameters.price(parameters.required(given, "line_items"))
        if len(given.get("client_reference_id", "")) > 200:
            raise Refused("client_reference_id has at most 200 letters.", None, "client_reference_id")
        for data in ("payment_intent_data", "subscription_data"):
            parameters.metadata(given.get(data, {}).get("metadata"), f"{data}[metadata]")
        session = _session(f"cs_test_{secrets.token_hex(29)}", currency, total)
        session |= {
            "success_url": parameters.url(parameters.required(given, "success_url"), "success_url"),
            "cancel_url": parameters.url(given["cancel_url"], "cancel_url") if "cancel_url" in given else None,
            "client_reference_id": given.get("client_reference_id"),
            "customer_creation": given.get("customer_creation", "if_required"),
            "customer_email": parameters.email(given.get("customer_email")),
            "metadata": parameters.metadata(given.get("metadata")),
            "url": f"{self._page}/{session['id']}",
        }
        if mode == "subscription":
            session |= {"mode": mode, "customer_creation": "always", "payment_method_collection": "always"}
            interval = parameters.interval(given["line_items"])
            subscription = subscriptions.new(session, interval, given.get("subscription_data", {}).get("metadata", {}))
        with self._lock:
            if mode == "subscription":
                self._awaited[session["id"]] = subscription
            self._sessions[session["id"]] = session
            return copy.deepcopy(session)

    def expire(self, session_id: str) -> StripeObject:
        """An open session ends, by `POST /v1/checkout/sessions/{id}/expire` or after a day. Gives the event."""
        with self._lock:
            session = self._find(session_id)
            if session["status"] != "open":
                only = 'Only Checkout Sessions with a status in ["open"] can be expired.'
                raise Refused(f"{only} This Checkout Session has a status of `{session['status']}`.", is_kept=True)
            session |= {"status": "expired", "url": None}
            return self._happened("checkout.session.expired", session)

    def pay(self, session_id: str, *, is_certain: bool, amount: int | None, currency: str | None) -> StripeObject:
        """Somebody pays an open session: now, or by a method that takes days. Gives the event."""
        with self._lock:
            session = self._find(session_id)
            if session["status"] != "open":
                raise Refused(f"This session is {session['status']}.")
            intent = f"pi_{secrets.token_hex(12)}"
            session |= {
                "status": "complete",
                "url": None,
                "payment_status": "paid" if is_certain else "unpaid",
                "payment_intent": intent,
                "customer": f"cus_{secrets.token_hex(7)}" if session["customer_creation"] == "always" else None,
                "customer_details": _customer_details(session["customer_email"]),
                "amount_subtotal": session["amount_total"] if amount is None else amount,
                "amount_total": session["amount_total"] if amount is None else amount,
                "currency": session["currency"] if currency is None else currency.lower(),
            }
            if session["mode"] == "subscription":
                self._begin(session)
                return self._happened("checkout.session.completed", session)
            charge = f"ch_{secrets.token_hex(12)}"
            self._paid[intent] = {"session": session, "charge": charge, "refunded": 0}
            return self._happened("checkout.session.completed", session)

    def settle(self, session_id: str, *, has_come: bool) -> StripeObject:
        """What a slow method came to, days later. Gives the event."""
        with self._lock:
            session = self._find(session_id)
            if (session["status"], session["payment_status"]) != ("complete", "unpaid"):
                raise Refused(f"Nothing is awaited: {session['status']}, {session['payment_status']}.")
            if has_come:
                session["payment_status"] = "paid"
            outcome = "succeeded" if has_come else "failed"
            return self._happened(f"checkout.session.async_payment_{outcome}", session)

    def create_refund(self, given: Parameters) -> StripeObject:
        """`POST /v1/refunds` of a payment intent, whole or in part."""
        parameters.allow(given, "payment_intent", "amount", "metadata", "reason")
        intent = parameters.required(given, "payment_intent")
        with self._lock:
            paid = self._paid.get(intent)
            if paid is None:
                raise _missing("payment_intent", intent, "payment_intent")
            session, charge = paid["session"], paid["charge"]
            if session["payment_status"] != "paid":
                raise Refused(f"This PaymentIntent ({intent}) does not have a successful charge to refund.")
            left = session["amount_total"] - paid["refunded"]
            amount = parameters.whole_number(given["amount"], "amount") if "amount" in given else left
            if left == 0:
                message = f"Charge {charge} has already been refunded."
                raise Refused(message, "charge_already_refunded", is_kept=True)
            if amount > left:
                message = f"Refund amount ({amount}) is greater than unrefunded amount on charge ({left})"
                raise Refused(message, None, "amount", is_kept=True)
            if amount == 0:
                raise Refused("Invalid positive integer", "parameter_invalid_integer", "amount")
            paid["refunded"] += amount
            refund = _refund(session, charge, amount, given)
            self._happened("refund.created", refund)
            return refund

    def _begin(self, session: StripeObject) -> None:
        """What a paid session of a subscription makes: the subscription, and the invoice of its first period, paid."""
        subscription = self._awaited[session["id"]] | {"customer": session["customer"], "status": "active"}
        self._subscriptions[subscription["id"]] = subscription
        invoice = subscriptions.invoice(subscription, session, "subscription_create")
        subscription["latest_invoice"] = invoice["id"]
        session |= {"subscription": subscription["id"], "invoice": invoice["id"], "payment_intent": None}
        self._happened("customer.subscription.created", subscription)
        self._happened("invoice.paid", invoice)

    def renew(self, subscription_id: str, *, is_paid: bool, amount: int | None, currency: str | None) -> StripeObject:
        """A subscription's next period begins, and its invoice is paid or not. Gives the event of that."""
        with self._lock:
            subscription = self._subscription(subscription_id)
            subscriptions.advance(subscription)
            subscription["status"] = "active" if is_paid else "past_due"
            price = subscription["items"]["data"][0]["price"]
            paid = {
                "amount_total": price["unit_amount"] if amount is None else amount,
                "currency": price["currency"] if currency is None else currency.lower(),
                "customer_email": None,
            }
            invoice = subscriptions.invoice(subscription, paid, "subscription_cycle", is_paid=is_paid)
            subscription["latest_invoice"] = invoice["id"]
            self._happened("customer.subscription.updated", subscription)
            return self._happened("invoice.paid" if is_paid else "invoice.payment_failed", invoice)

    def update_subscription(self, subscription_id: str, given: Parameters) -> StripeObject:
        """`POST /v1/subscriptions/{id}`: whether it ends with its period."""
        parameters.allow(given, "cancel_at_period_end")
        with self._lock:
            subscription = self._subscription(subscription_id)
            if subscription["status"] == "canceled":
                message = "A canceled subscription can only update its cancellation_details and metadata."
                raise Refused(message, None, is_kept=True)
            ends = parameters.required(given, "cancel_at_period_end") == "true"
            subscription["cancel_at_period_end"] = ends
            subscription["canceled_at"] = int(time.time()) if ends else None
            subscription["cancel_at"] = subscription["items"]["data"][0]["current_period_end"] if ends else None
            self._happened("customer.subscription.updated", subscription)
            return copy.deepcopy(subscription)

    def end(self, subscription_id: str) -> StripeObject:
        """A subscription is over, at the end of its period or because somebody in the dashboard said so."""
        with self._lock:
            subscription = self._subscription(subscription_id)
            now = int(time.time())
            subscription |= {"status": "canceled", "ended_at": now, "canceled_at": subscription["canceled_at"] or now}
            return self._happened("customer.subscription.deleted", subscription)

    def _subscription(self, subscription_id: str) -> StripeObject:
        if subscription_id not in self._subscriptions:
            raise _missing("subscription", subscription_id, "id")
        return self._subscriptions[subscription_id]

    def _find(self, session_id: str) -> StripeObject:
        if session_id not in self._sessions:
            raise _missing("checkout.session", session_id, "session")
        return self._sessions[session_id]

    def _happened(self, event_type: str, stripe_object: StripeObject) -> StripeObject:
        event = new_event(event_type, stripe_object)
        self.events.append(event)
        return event


def new_event(event_type: str, stripe_object: StripeObject) -> StripeObject:
    """An event of an object as it is now, with an id of its own."""
    return {
        "id": f"evt_{secrets.token_hex(12)}",
        "object": "event",
        "api_version": API_VERSION,
        "created": int(time.time()),
        "data": {"object": copy.deepcopy(stripe_object)},
        "livemode": False,
        "pending_webhooks": 1,
        "request": {"id": None, "idempotency_key": None},
        "type": event_type,
    }


def _missing(noun: str, object_id: str, param: str) -> Refused:
    return Refused(f"No such {noun}: '{object_id}'", "resource_missing", param, status=404)


def _session(session_id: str, currency: str, total: int) -> StripeObject:
    now = int(time.time())
    empty = """adaptive_pricing after_expiration allow_promotion_codes billing_address_collection client_secret
        collected_information consent consent_collection currency_conversion customer customer_details invoice locale
        origin_context payment_intent payment_link payment_method_configuration_details permissions recovered_from
        saved_payment_method_options setup_intent shipping_address_collection shipping_cost submit_type subscription
        wallet_options"""
    return {
        "id": session_id,
        "object": "checkout.session",
        **dict.fromkeys(empty.split()),
        "amount_subtotal": total,
        "amount_total": total,
        "automatic_tax": {"enabled": False, "liability": None, "provider": None, "status": None},
        "created": now,
        "currency": currency,
        "custom_fields": [],
        "discounts": [],
        "expires_at": now + DAY,
        "livemode": False,
        "mode": "payment",
        "payment_method_collection": "if_required",
        "payment_method_types": ["card"],
        "payment_status": "unpaid",
        "phone_number_collection": {"enabled": False},
        "shipping_options": [],
        "status": "open",
        "total_details": {"amount_discount": 0, "amount_shipping": 0, "amount_tax": 0},
        "ui_mode": "hosted_page",
    }


def _customer_details(email: str | None) -> StripeObject:
    nothing = dict.fromkeys(["address", "business_name", "individual_name", "name", "phone", "tax_ids"])
    return {**nothing, "email": email or "somebody@example.com", "tax_exempt": "none"}


def _refund(session: StripeObject, charge: str, amount: int, given: Parameters) -> StripeObject:
    return {
        "id": f"re_{secrets.token_hex(12)}",
        "object": "refund",
        "amount": amount,
        "balance_transaction": None,
        "charge": charge,
        "created": int(time.time()),
        "currency": session["currency"],
        "metadata": parameters.metadata(given.get("metadata")),
        "payment_intent": session["payment_intent"],
        "reason": given.get("reason"),
        "receipt_number": None,
        "source_transfer_reversal": None,
        "status": "succeeded",
        "transfer_reversal": None,
    }
