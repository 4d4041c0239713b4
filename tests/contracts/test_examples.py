"""The examples of the API document: sent as they stand, they are accepted."""

from typing import Any

from flask import Flask

from photolens.database import Connection
from photolens.naming import camel_case
from tests.client import PREFIX, ApiClient, api_document
from tests.factories import Factory


def test_the_example_of_every_body_is_accepted(app: Flask, conn: Connection, api: ApiClient, make: Factory) -> None:
    ids = _made(make, api)
    in_path = {camel_case(name): row_id for name, row_id in ids.items()}
    in_body = in_path | {"sessionTypeId": ids["package_id"]}
    refused = []
    for path, item in api_document(app)["paths"].items():
        for method in {"post", "put", "patch"} & item.keys():
            if "requestBody" in item[method]:
                path_ids = dict(in_path)
                if item[method]["operationId"] == "updateInvoice":  # the booking and date of an issued one stand
                    path_ids["invoiceId"] = make.invoice(clientId=ids["client_id"])["id"]
                example = item[method]["requestBody"]["content"]["application/json"]["example"]
                conn.execute("savepoint example")
                answer = api.request(
                    method.upper(), path.removeprefix(PREFIX).format(**path_ids), _with_ids(example, in_body)
                )
                conn.execute("rollback to savepoint example")
                if answer.status >= 400:
                    refused.append(f"{method.upper()} {path}: {answer.body['detail']}")

    assert refused == []


def _made(make: Factory, api: ApiClient) -> dict[str, int]:
    """The id of one of each, under the name it has in paths."""
    client = make.client()
    booking = make.booking(clientId=client["id"])
    done = make.completed_booking(sessionDate="2027-06-01T10:00:00Z")
    invoice = make.sent_invoice("9000.00", clientId=client["id"])
    return {
        "client_id": client["id"],
        "category_id": booking["categoryId"],
        "package_id": booking["sessionTypeId"],
        "booking_id": booking["id"],
        "staff_id": make.staff()["id"],
        "editing_job_id": api.get(f"/bookings/{done['id']}").body["editingJobId"],
        "expense_id": make.expense()["id"],
        "payment_account_id": make.payment_account()["id"],
        "invoice_id": invoice["id"],
        "item_id": invoice["items"][0]["id"],
    }


def _with_ids(example: Any, ids: dict[str, int]) -> Any:
    if isinstance(example, list):
        return [_with_ids(part, ids) for part in example]
    if isinstance(example, dict):
        return {key: ids.get(key) or _with_ids(part, ids) for key, part in example.items()}
    return example
