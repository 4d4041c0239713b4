"""The API document: OpenAPI 3.1, and complete for every operation."""

import json
import re
from collections import Counter
from collections.abc import Iterator
from typing import Any

import pytest
from flask import Flask
from jsonschema import Draft202012Validator
from openapi_spec_validator import validate

from photolens.database import Connection
from photolens.naming import camel_case
from tests.client import PREFIX, api_document, openapi_path
from tests.contracts.operations import Operation, operations_of

CAMEL_CASE = re.compile(r"[a-z][a-z0-9]*([A-Z][a-z0-9]*)*")

ENUMERATED = {
    "class_session_status": ("ClassSession", "status"),
    "session_booking_status": ("ClassBooking", "status"),
    "waitlist_status": ("WaitlistEntry", "status"),
    "audit_operation": ("AuditLog", "operation"),
    "equipment_status": ("Equipment", "status"),
    "gym_status": ("Gym", "status"),
    "clearance_status": ("Parq", "clearance"),
    "induction_status": ("Induction", "status"),
    "plan_interval": ("Plan", "interval"),
    "subscription_source": ("Subscription", "source"),
    "subscription_status": ("Subscription", "status"),
    "chat_role": ("ChatMessage", "role"),
    "approval_kind": ("ApprovalRequest", "kind"),
    "approval_status": ("ApprovalRequest", "status"),
    "branch_status": ("Branch", "status"),
    "price_unit": ("VendorService", "priceUnit"),
    "service_name": ("Service", "name"),
    "space_booking_status": ("StatusFigure", "status"),
    "checkout_status": ("Checkout", "status"),
    "stripe_event_outcome": ("StripeEvent", "outcome"),
    "booking_status": ("Booking", "status"),
    "editing_priority": ("EditingJob", "priority"),
    "editing_status": ("EditingJob", "status"),
    "financial_status": ("Client", "financialStatus"),
    "space_payment_method": ("SpacePayment", "paymentMethod"),
    "space_payment_status": ("SpacePayment", "status"),
    "recurrence_frequency": ("BookingSeriesRule", "frequency"),
    "weekday": ("BookingSeriesRule", "weekdays"),
    "communication_channel": ("Message", "channel"),
    "communication_status": ("Message", "status"),
    "notification_type": ("Notification", "type"),
    "support_priority": ("SupportProblem", "priority"),
    "support_status": ("SupportProblem", "status"),
    "support_type": ("SupportProblem", "type"),
    "credit_transaction_kind": ("CreditTransaction", "kind"),
    "purchase_status": ("Purchase", "status"),
    "expense_category": ("Expense", "category"),
    "invoice_status": ("Invoice", "status"),
    "milestone_status": ("Milestone", "status"),
    "otp_purpose": ("CodeRequest", "purpose"),
    "payment_account_kind": ("PaymentAccount", "kind"),
    "permission": ("PersonalToken", "permissions"),
    "photo_job_status": ("PhotoJob", "status"),
    "refund_status": ("Refund", "status"),
    "staff_status": ("StaffMember", "status"),
    "stage_colour": ("EditingStage", "colour"),
    "user_role": ("User", "role"),
    "user_status": ("User", "status"),
    "webhook_delivery_status": ("WebhookDelivery", "status"),
    "work_package_status": ("WorkPackage", "status"),
}

SHOWN_NOWHERE = {
    # What a link is for, its address says.
    "verification_purpose",
    # How the queue keeps its jobs is the worker's.
    "procrastinate_job_event_type",
    "procrastinate_job_status",
}

# Money that may be less than nothing: what a refund took from a milestone, and credits that are taken.
BELOW_ZERO = {"HeldAllocation.amount", "CreditAdjustment.amount"}

# An editing job that is archived has left the board.
OFF_THE_BOARD = {"ARCHIVED"}

# What a client is told of the editing, and of the photos that they choose.
IN_REVIEW_OR_JUDGED = {"IN_REVIEW", "REVISION_REQUESTED", "DELIVERED"}
CHOOSING = {"OPEN", "AWAITED", "FINAL"}

# Roles of users who are never on the team.
NO_STAFF = {"TRAINER", "VENDOR", "CUSTOMER"}

# POSTs of which nothing may be kept, so that they take no Idempotency-Key; nor do public ones, where nobody is to keep
# it for.
CONFIDENTIAL = {
    "answerParq",
    "changePassword",
    "createCalendarLink",
    "createOwnCalendarLink",
    "createPersonalToken",
    "createWebhookEndpoint",
    "decideParq",
    "rotateWebhookSecret",
}


@pytest.fixture
def document() -> dict[str, Any]:
    return api_document()


@pytest.fixture
def operations(document: dict[str, Any]) -> list[Operation]:
    return operations_of(document)


@pytest.fixture
def schemas(document: dict[str, Any]) -> dict[str, dict[str, Any]]:
    found: dict[str, dict[str, Any]] = document["components"]["schemas"]
    return found


def test_the_document_is_valid_openapi_3_1(document: dict[str, Any]) -> None:
    assert document["openapi"].startswith("3.1.")
    validate(document)


def test_every_address_of_the_api_is_documented(app: Flask, operations: list[Operation]) -> None:
    served = {
        f"{method} {openapi_path(rule.rule)}"
        for rule in app.url_map.iter_rules()
        if rule.rule.startswith(PREFIX)
        for method in (rule.methods or set()) - {"HEAD", "OPTIONS"}
    }

    assert served == {str(operation) for operation in operations}


def test_every_operation_has_a_name_of_its_own_in_camel_case(operations: list[Operation]) -> None:
    names = Counter(operation.description["operationId"] for operation in operations)

    assert [name for name, count in names.items() if count > 1 or not CAMEL_CASE.fullmatch(name)] == []


def test_every_operation_has_a_summary_and_a_tag_that_is_described(
    document: dict[str, Any], operations: list[Operation]
) -> None:
    described = {tag["name"] for tag in document["tags"] if tag["description"]}
    bare = [
        str(operation)
        for operation in operations
        if not operation.description.get("summary") or not {*operation.description.get("tags", [])} & described
    ]

    assert bare == []


def test_every_body_sent_or_answered_has_an_example_that_fits_its_schema(
    document: dict[str, Any], operations: list[Operation]
) -> None:
    misleading = []
    for operation in operations:
        for media in (operation.body, operation.csv_body, operation.success):
            if media:
                schema = media["schema"] | {"components": document["components"]}
                if "example" not in media or not Draft202012Validator(schema).is_valid(media["example"]):
                    misleading.append(str(operation))

    assert misleading == []


def test_only_a_204_answers_without_a_body(operations: list[Operation]) -> None:
    assert [str(o) for o in operations if bool(o.media_types) is ("204" in o.description["responses"])] == []


def test_the_example_of_a_problem_is_one(document: dict[str, Any]) -> None:
    problem = Draft202012Validator({"$ref": "#/components/schemas/Problem", "components": document["components"]})
    examples = document["components"]["examples"]

    assert [code for code, example in examples.items() if not problem.is_valid(example["value"])] == []
    assert [code for code, example in examples.items() if example["value"]["code"] != code] == []


def test_every_operation_names_the_problems_of_its_shape(operations: list[Operation]) -> None:
    silent = [
        f"{operation} {status} {code}"
        for operation in operations
        for status, code in _problems_of_its_shape(operation)
        if code not in operation.codes(status)
    ]

    assert silent == []


def _problems_of_its_shape(operation: Operation) -> Iterator[tuple[int, str]]:
    yield from ((429, "rate_limited"), (500, "internal_error"), (503, "database_unavailable"))
    if not operation.is_public:
        yield 401, "unauthenticated"
    if operation.demands:
        yield 403, "forbidden"
    if "{" in operation.path:
        yield 404, "not_found"
    if operation.body:
        yield 400, "malformed_json"
    if operation.body or operation.csv_body:
        yield from ((413, "body_too_large"), (415, "unsupported_media_type"))
    if (
        operation.body
        or operation.csv_body
        or any(parameter["in"] == "query" for parameter in operation.parameters.values())
    ):
        yield 422, "invalid"
    if _takes_key(operation):
        yield from ((409, "idempotency_in_progress"), (422, "idempotency_key_reused"), (422, "invalid"))
    if operation.method in ("put", "patch", "delete"):
        yield 412, "precondition_failed"


def _takes_key(operation: Operation) -> bool:
    return operation.method == "post" and not operation.is_public and operation.name not in CONFIDENTIAL


def test_every_operation_takes_the_request_headers_of_its_method(operations: list[Operation]) -> None:
    wrong = []
    for operation in operations:
        taken = {name for name, parameter in operation.parameters.items() if parameter["in"] == "header"} - {"Prefer"}
        header = {"post": "Idempotency-Key", "get": "If-None-Match"}.get(operation.method, "If-Match")
        header = "Last-Event-ID" if operation.has_events else header
        takes_none = operation.is_streamed or (operation.method == "post" and not _takes_key(operation))
        wanted = set() if takes_none else {header}
        if taken != wanted:
            wrong.append(str(operation))

    assert wrong == []


def test_a_file_that_is_streamed_has_a_name_and_no_etag(operations: list[Operation]) -> None:
    streamed = [operation for operation in operations if operation.is_streamed]

    assert len(streamed) >= 5
    for operation in streamed:
        headers = operation.description["responses"]["200"]["headers"]
        assert ("Content-Disposition" in headers, "ETag" in headers) == (True, False), str(operation)
        assert "304" not in operation.description["responses"], str(operation)


def test_a_refusal_for_now_says_when_to_come_back(operations: list[Operation]) -> None:
    silent = [
        f"{operation} {status}"
        for operation in operations
        for status in ("429", "503")
        if "Retry-After" not in operation.description["responses"][status].get("headers", {})
    ]

    assert silent == []


def test_what_can_be_changed_or_deleted_can_be_read_at_the_same_address(operations: list[Operation]) -> None:
    read = {operation.path for operation in operations if operation.method == "get"}

    assert [str(o) for o in operations if o.method in ("put", "patch", "delete") and o.path not in read] == []


def test_every_list_takes_a_limit_a_cursor_an_order_and_the_wish_for_a_total(
    operations: list[Operation], schemas: dict[str, dict[str, Any]]
) -> None:
    pages = {name for name, schema in schemas.items() if "nextCursor" in schema["properties"]}
    unlike = []
    for operation in operations:
        # What replaces a list is answered by its one page.
        is_page = operation.success.get("schema", {}).get("$ref", "").rpartition("/")[2] in pages
        if is_page and operation.method == "get":
            limit, cursor, sort, include = (
                operation.parameters.get(name, {}).get("schema", {}) for name in ("limit", "cursor", "sort", "include")
            )
            bounds = (limit.get("minimum"), limit.get("maximum"), limit.get("default"))
            if (
                bounds != (1, 200, 50)
                or not cursor
                or sort.get("default") not in sort["enum"]
                or include["enum"] != ["total"]
            ):
                unlike.append(str(operation))

    assert unlike == []


def test_every_key_is_in_camel_case(operations: list[Operation], schemas: dict[str, dict[str, Any]]) -> None:
    keys = [f"{name}.{key}" for name, schema in schemas.items() for key in schema["properties"]]
    asked = [f"{o} {p['name']}" for o in operations for p in o.parameters.values() if p["in"] == "query"]

    assert [key for key in keys if not CAMEL_CASE.fullmatch(key.partition(".")[2])] == []
    assert [key for key in asked if not CAMEL_CASE.fullmatch(key.rpartition(" ")[2])] == []


def test_every_part_of_the_document_is_used_in_it(document: dict[str, Any], operations: list[Operation]) -> None:
    used = set(re.findall(r"#/components/(\w+/\w+)", json.dumps(document)))
    schemes = {name for operation in operations for scheme in operation.description["security"] for name in scheme}
    used |= {f"securitySchemes/{name}" for name in schemes}

    assert {f"{kind}/{name}" for kind, parts in document["components"].items() for name in parts} == used


def test_money_is_text_with_at_most_two_decimals(conn: Connection, schemas: dict[str, dict[str, Any]]) -> None:
    rows = conn.execute(
        """
        select distinct column_name
        from information_schema.columns
        where table_schema = current_schema() and (numeric_precision, numeric_scale) = (12, 2)
        """
    )
    money = {camel_case(row["column_name"]) for row in rows}
    shown = [
        (name, key, schema["properties"][key])
        for name, schema in schemas.items()
        for key in money & schema["properties"].keys()
    ]
    wrong = [
        f"{name}.{key}"
        for name, key, schema in shown
        if schema["type"] not in ("string", ["string", "null"])
        # An amount that is kept, or a sum of such.
        or schema.get("pattern", "").replace("^-?", "^" if f"{name}.{key}" in BELOW_ZERO else "^-?")
        not in {rf"^[0-9]{{1,{digits}}}(\.[0-9]{{1,2}})?$" for digits in (10, 16)}
    ]

    assert money == {key for _, key, _ in shown}
    assert wrong == []


def _enumerations(conn: Connection) -> dict[str, set[str]]:
    rows = conn.execute(
        "select enumtypid::regtype::text as name, array_agg(enumlabel::text) as words from pg_enum group by 1"
    )
    return {row["name"]: set(row["words"]) for row in rows}


def _words(field: dict[str, Any]) -> set[str]:
    """The words that a field takes, or a list of them; none where it takes any."""
    return set(field.get("enum") or field.get("items", {}).get("enum") or ()) - {None}


def test_an_enumeration_has_the_words_of_the_database(conn: Connection, schemas: dict[str, dict[str, Any]]) -> None:
    documented = {type_: _words(schemas[name]["properties"][key]) for type_, (name, key) in ENUMERATED.items()}
    kept = _enumerations(conn)

    assert documented == {type_: words for type_, words in kept.items() if type_ not in SHOWN_NOWHERE}
    assert kept.keys() >= SHOWN_NOWHERE


def test_no_body_and_no_filter_takes_a_word_that_the_database_does_not_have(
    conn: Connection, operations: list[Operation], schemas: dict[str, dict[str, Any]]
) -> None:
    kept = _enumerations(conn)
    types = [
        *kept.values(),
        kept["user_role"] - NO_STAFF,
        kept["editing_status"] - OFF_THE_BOARD,
        kept["invoice_status"] - {"DRAFT"},
        IN_REVIEW_OR_JUDGED,
        CHOOSING,
        {"total"},
        {"fail", "skip"},
        {"body", "query", "header"},
    ]
    asked = {
        f"{o} {p['name']}": _words(p["schema"])
        for o in operations
        for p in o.parameters.values()
        if p["name"] != "sort"
    }
    sent = {f"{name}.{key}": _words(p) for name, s in schemas.items() for key, p in s["properties"].items()}

    # A filter takes all of them; a body may take fewer, as a booking is only made PENDING or SCHEDULED.
    assert [place for place, words in asked.items() if words and words not in types] == []
    assert [place for place, words in sent.items() if not any(words <= words_of for words_of in types)] == []


def test_what_a_patch_leaves_out_has_no_default(schemas: dict[str, dict[str, Any]]) -> None:
    filled = [
        f"{name}.{key}"
        for name, schema in schemas.items()
        if name.endswith("Patch")
        for key, field in schema["properties"].items()
        if "default" in field
    ]

    assert filled == []
