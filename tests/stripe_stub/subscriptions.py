"""Subscriptions and their invoices, as Stripe writes them.

Source: https://docs.stripe.com/api/subscriptions/object, /api/invoices/object, /api/invoice-line-item/object.
"""

import calendar
import secrets
import time
from datetime import UTC, datetime, timedelta
from typing import Any

StripeObject = dict[str, Any]


def new(session: StripeObject, interval: str, metadata: dict[str, str]) -> StripeObject:
    """The subscription that comes of a session once it is paid."""
    now = int(time.time())
    subscription_id = f"sub_{secrets.token_hex(12)}"
    empty = """application application_fee_percent billing_cycle_anchor_config billing_thresholds cancel_at canceled_at
        customer customer_account days_until_due default_payment_method default_source description ended_at
        latest_invoice next_pending_invoice_item_invoice on_behalf_of pause_collection pending_invoice_item_interval
        pending_setup_intent pending_update schedule test_clock transfer_data trial_end trial_start"""
    item = {
        "id": f"si_{secrets.token_hex(7)}",
        "object": "subscription_item",
        "created": now,
        "current_period_start": now,
        "current_period_end": _later(now, now, interval),
        "discounts": [],
        "metadata": {},
        "price": {
            "id": f"price_{secrets.token_hex(12)}",
            "object": "price",
            "active": False,
            "currency": session["currency"],
            "recurring": {"interval": interval, "interval_count": 1, "usage_type": "licensed"},
            "type": "recurring",
            "unit_amount": session["amount_total"],
        },
        "quantity": 1,
        "subscription": subscription_id,
        "tax_rates": [],
    }
    return {
        "id": subscription_id,
        "object": "subscription",
        **dict.fromkeys(empty.split()),
        "automatic_tax": {"disabled_reason": None, "enabled": False, "liability": None},
        "billing_cycle_anchor": now,
        "billing_mode": {"type": "flexible"},
        "cancel_at_period_end": False,
        "cancellation_details": {"comment": None, "feedback": None, "reason": None},
        "collection_method": "charge_automatically",
        "created": now,
        "currency": session["currency"],
        "default_tax_rates": [],
        "discounts": [],
        "items": {"object": "list", "data": [item], "has_more": False, "total_count": 1},
        "livemode": False,
        "metadata": metadata,
        "start_date": now,
        "status": "incomplete",
    }


def advance(subscription: StripeObject) -> None:
    """Let the next period of a subscription begin."""
    [item] = subscription["items"]["data"]
    anchor, interval = subscription["billing_cycle_anchor"], item["price"]["recurring"]["interval"]
    start = item["current_period_end"]
    item |= {"current_period_start": start, "current_period_end": _later(anchor, start, interval)}


def invoice(
    subscription: StripeObject, paid: StripeObject, billing_reason: str, *, is_paid: bool = True
) -> StripeObject:
    """The invoice of a subscription's present period; `paid` says of what it is, and to which address it goes."""
    [item] = subscription["items"]["data"]
    invoice_id, total = f"in_{secrets.token_hex(12)}", paid["amount_total"]
    empty = """account_tax_ids application automatically_finalizes_at confirmation_secret custom_fields customer_account
        customer_address customer_name customer_phone customer_shipping default_payment_method default_source
        description due_date ending_balance footer from_invoice last_finalization_error latest_revision
        next_payment_attempt on_behalf_of receipt_number rendering shipping_cost shipping_details statement_descriptor
        test_clock webhooks_delivered_at"""
    now = int(time.time())
    return {
        "id": invoice_id,
        "object": "invoice",
        **dict.fromkeys(empty.split()),
        "amount_due": total,
        "amount_overpaid": 0,
        "amount_paid": total if is_paid else 0,
        "amount_remaining": 0 if is_paid else total,
        "attempt_count": 1,
        "attempted": True,
        "auto_advance": False,
        "billing_reason": billing_reason,
        "collection_method": "charge_automatically",
        "created": now,
        "currency": paid["currency"],
        "customer": subscription["customer"],
        "customer_email": paid["customer_email"] or "somebody@example.com",
        "default_tax_rates": [],
        "discounts": [],
        "lines": {"object": "list", "data": [_line(subscription, item, invoice_id, paid)], "has_more": False},
        "livemode": False,
        "metadata": {},
        "number": f"STUB-{secrets.token_hex(4)}",
        "parent": {
            "quote_details": None,
            "subscription_details": {"metadata": subscription["metadata"], "subscription": subscription["id"]},
            "type": "subscription_details",
        },
        # Of the invoice, and not of what is paid for: before the first period, there is none.
        "period_start": now,
        "period_end": now,
        "status": "paid" if is_paid else "open",
        "subtotal": total,
        "total": total,
    }


def _line(subscription: StripeObject, item: StripeObject, invoice_id: str, paid: StripeObject) -> StripeObject:
    return {
        "id": f"il_{secrets.token_hex(12)}",
        "object": "line_item",
        "amount": paid["amount_total"],
        "currency": paid["currency"],
        "description": "1 × a plan",
        "discounts": [],
        "invoice": invoice_id,
        "livemode": False,
        "metadata": subscription["metadata"],
        "parent": {
            "invoice_item_details": None,
            "subscription_item_details": {
                "invoice_item": None,
                "proration": False,
                "proration_details": {"credited_items": None},
                "subscription": subscription["id"],
                "subscription_item": item["id"],
            },
            "type": "subscription_item_details",
        },
        "period": {"start": item["current_period_start"], "end": item["current_period_end"]},
        "quantity": 1,
    }


def _later(anchor: int, start: int, interval: str) -> int:
    """When a period ends: in months on the day of the first one, in a shorter month on its last day."""
    if interval in ("day", "week"):
        return start + int(timedelta(**{f"{interval}s": 1}).total_seconds())
    begun = datetime.fromtimestamp(start, UTC)
    months = begun.year * 12 + begun.month - 1 + (1 if interval == "month" else 12)
    year, month = divmod(months, 12)
    day = min(datetime.fromtimestamp(anchor, UTC).day, calendar.monthrange(year, month + 1)[1])
    return int(begun.replace(year=year, month=month + 1, day=day).timestamp())
