"""Payment accounts: where money comes in and goes out."""

import pytest

from tests.client import ApiClient
from tests.factories import Factory

CHECKING = {"name": "Business checking", "kind": "BANK", "details": "Ends in 4821"}


def names(api: ApiClient, query: str) -> list[str]:
    return [account["name"] for account in api.get(f"/payment-accounts?{query}").body["data"]]


def test_an_account_is_added_with_its_kind(api: ApiClient) -> None:
    created = api.post("/payment-accounts", CHECKING)

    assert created.status == 201
    assert created.headers["Location"] == f"/api/v1/payment-accounts/{created.body['id']}"
    assert created.body | CHECKING == created.body
    assert api.get(f"/payment-accounts/{created.body['id']}").body == created.body


def test_a_kind_is_a_word_of_the_list(api: ApiClient) -> None:
    refused = api.post("/payment-accounts", CHECKING | {"kind": "GOLD"})

    assert refused.status == 422
    assert [fault["pointer"] for fault in refused.body["errors"]] == ["/kind"]


def test_a_patch_changes_only_what_it_names(api: ApiClient, make: Factory) -> None:
    account = make.payment_account(**CHECKING)

    changed = api.patch(f"/payment-accounts/{account['id']}", {"kind": "DIGITAL_WALLET"})

    assert changed.status == 200
    assert changed.body == account | {"kind": "DIGITAL_WALLET", "updatedAt": changed.body["updatedAt"]}


def test_null_clears_the_details(api: ApiClient, make: Factory) -> None:
    account = make.payment_account(**CHECKING)

    changed = api.patch(f"/payment-accounts/{account['id']}", {"details": None})

    assert changed.body == account | {"details": None, "updatedAt": changed.body["updatedAt"]}


def test_two_accounts_cannot_have_one_name_whatever_its_case(api: ApiClient, make: Factory) -> None:
    make.payment_account(name="Business checking")

    refused = api.post("/payment-accounts", {"name": "BUSINESS checking", "kind": "CASH"})

    assert (refused.status, refused.body["code"]) == (409, "name_taken")


def test_an_account_cannot_take_the_name_of_another(api: ApiClient, make: Factory) -> None:
    make.payment_account(name="Business checking")
    other = make.payment_account()

    refused = api.patch(f"/payment-accounts/{other['id']}", {"name": "business checking"})

    assert (refused.status, refused.body["code"]) == (409, "name_taken")
    assert api.get(f"/payment-accounts/{other['id']}").body == other


def test_an_account_that_no_money_went_through_can_be_deleted(api: ApiClient, make: Factory) -> None:
    account = make.payment_account()

    deleted = api.delete(f"/payment-accounts/{account['id']}")

    assert deleted.status == 204
    assert api.get(f"/payment-accounts/{account['id']}").status == 404


def test_an_account_that_an_expense_went_through_cannot_be_deleted(api: ApiClient, make: Factory) -> None:
    account = make.payment_account()
    make.expense(paymentAccountId=account["id"])

    refused = api.delete(f"/payment-accounts/{account['id']}")

    assert (refused.status, refused.body["code"]) == (409, "payment_account_in_use")
    assert api.get(f"/payment-accounts/{account['id']}").body == account


def test_an_account_that_a_payment_went_through_cannot_be_deleted(api: ApiClient, make: Factory) -> None:
    account = make.payment_account()
    make.payment(make.sent_invoice("100.00"), "10.00", paymentAccountId=account["id"])

    refused = api.delete(f"/payment-accounts/{account['id']}")

    assert (refused.status, refused.body["code"]) == (409, "payment_account_in_use")
    assert api.get(f"/payment-accounts/{account['id']}").body == account


def test_an_account_that_an_expense_was_moved_off_can_be_deleted(api: ApiClient, make: Factory) -> None:
    account = make.payment_account()
    expense = make.expense(paymentAccountId=account["id"])
    api.patch(f"/expenses/{expense['id']}", {"paymentAccountId": None})

    deleted = api.delete(f"/payment-accounts/{account['id']}")

    assert deleted.status == 204


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("sort=name", ["cash_box", "Till 100%", "Wallet"]),
        ("sort=-name", ["Wallet", "Till 100%", "cash_box"]),
        ("kind=DIGITAL_WALLET", ["Wallet"]),
        ("kind=BANK", []),
        ("q=WALL", ["Wallet"]),
        ("q=%25", ["Till 100%"]),
        ("q=_", ["cash_box"]),
    ],
)
def test_accounts_can_be_had_by(api: ApiClient, make: Factory, query: str, expected: list[str]) -> None:
    make.payment_account(name="Wallet", kind="DIGITAL_WALLET")
    make.payment_account(name="cash_box", kind="CASH")
    make.payment_account(name="Till 100%", kind="CASH")

    assert names(api, query) == expected
