"""The page that a client is sent to: what it costs, a button to pay, and a way back."""

from html import escape

from tests.stripe_stub.account import StripeObject

_PAGE = """<!doctype html>
<html lang="en">
<meta charset="utf-8">
<title>Checkout</title>
<h1>Checkout</h1>
{content}
</html>
"""
_OPEN = """<p id="amount">{amount} {currency}, in the smallest unit</p>
<form method="post"><button id="pay">{pay}</button></form>
<p>{back}</p>"""


def page_of(session: StripeObject | None) -> str:
    """The hosted page of a session, or of none."""
    if session is None:
        return _PAGE.format(content="<p>There is no such checkout.</p>")
    if session["status"] != "open":
        return _PAGE.format(content=f"<p>This checkout is {session['status']}.</p>")
    cancel_url = session["cancel_url"]
    back = f'<a id="back" href="{escape(cancel_url)}">Back</a>' if cancel_url else ""
    amount, currency = session["amount_total"], session["currency"].upper()
    pay = "Subscribe" if session["mode"] == "subscription" else "Pay"
    return _PAGE.format(content=_OPEN.format(amount=amount, currency=currency, pay=pay, back=back))
