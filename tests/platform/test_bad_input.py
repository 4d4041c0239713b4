"""Whatever is sent: the right 4xx, told by pointer, never a 5xx, and nothing written.

The cases are made from the API document, so an operation that is added is covered from its first day.
"""

import base64
import json
import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from typing import Any, TypeVar
from urllib.parse import quote, urlencode, urlsplit
from uuid import UUID

import orjson
import psycopg
import pytest
from flask import Flask
from psycopg.rows import dict_row

from photolens import create_app, event_streams
from photolens.config import Settings
from photolens.database import Connection, open_pools
from photolens.embedded import ROOT
from photolens.identity.passwords import hash_of
from photolens.sealing import digest_of
from tests.classes.timetable import HEALTHY, MONDAY, Timetable
from tests.client import PREFIX, Answer, ApiClient, token_of, with_token
from tests.conftest import TEMPLATE, Databases, SharedConnection, plan_once, pools_of
from tests.contacts import sign_in_contact
from tests.contracts.roles import join_team
from tests.factories import Factory, instant
from tests.photos.orders import complete
from tests.platform.told import OWNER, tell
from tests.purchases import buy
from tests.subscriptions import monthly_plan, subscribe

MAX_ID = 2**63 - 1
METHODS = ("GET", "POST", "PUT", "PATCH", "DELETE")


# The one that is committed; tests/contracts/test_house holds it to be the application's.
DOCUMENT: dict[str, Any] = json.loads((ROOT / "docs" / "openapi.json").read_text())


def resolved(node: dict[str, Any]) -> dict[str, Any]:
    """A part of the document, with its own reference followed."""
    while "$ref" in node:
        target: Any = DOCUMENT
        for step in node["$ref"].removeprefix("#/").split("/"):
            target = target[step]
        node = target
    return node


@dataclass(frozen=True)
class Operation:
    """An operation of the document: a method on a path with its `{parameters}`."""

    method: str
    template: str
    spec: dict[str, Any]

    @property
    def name(self) -> str:
        name: str = self.spec["operationId"]
        return name

    @property
    def path_parameters(self) -> list[str]:
        return re.findall(r"{(\w+)}", self.template)

    @property
    def query_parameters(self) -> dict[str, dict[str, Any]]:
        parameters = [resolved(parameter) for parameter in self.spec.get("parameters", [])]
        return {p["name"]: resolved(p["schema"]) for p in parameters if p["in"] == "query"}

    @property
    def is_public(self) -> bool:
        security: list[Any] = self.spec["security"]
        return not security

    @property
    def is_for_contacts(self) -> bool:
        return self.template.startswith(f"{PREFIX}/portal/") and bool(self.spec.get("security", True))

    @property
    def is_for_vendors(self) -> bool:
        return self.template.startswith(f"{PREFIX}/vendor/")

    @property
    def takes_key(self) -> bool:
        return "Idempotency-Key" in {resolved(parameter)["name"] for parameter in self.spec.get("parameters", [])}

    @property
    def media(self) -> dict[str, Any] | None:
        content = self.spec.get("requestBody", {}).get("content", {})
        media: dict[str, Any] | None = content.get("application/json")
        return media

    @property
    def takes_file(self) -> bool:
        return "text/csv" in self.spec.get("requestBody", {}).get("content", {})

    @property
    def takes_form(self) -> bool:
        return "multipart/form-data" in self.spec.get("requestBody", {}).get("content", {})

    @property
    def schema(self) -> dict[str, Any]:
        assert self.media is not None
        return resolved(self.media["schema"])

    def path(self, ids: dict[str, Any]) -> str:
        """Its address below the prefix, with these values in place of its parameters."""
        path = self.template.removeprefix(PREFIX)
        for name in self.path_parameters:
            path = path.replace(f"{{{name}}}", str(ids[name]))
        return path


OPERATIONS = [
    Operation(method.upper(), template, spec)
    for template, methods in DOCUMENT["paths"].items()
    for method, spec in methods.items()
    if method.upper() in METHODS
]


Variant = TypeVar("Variant")


def each(operations: list[Operation]) -> pytest.MarkDecorator:
    """A test for each of these operations."""
    assert operations
    return pytest.mark.parametrize("operation", operations, ids=[operation.name for operation in operations])


def in_turn(operation: Operation, variants: Iterable[Variant], share: int = 4) -> list[Variant]:
    """Some of the variants: what does not depend on the operation is tried on all of them together, in turn."""
    several = list(variants)
    first = OPERATIONS.index(operation) * share
    return [several[(first + n) % len(several)] for n in range(min(share, len(several)))]


WITH_BODY = [operation for operation in OPERATIONS if operation.media is not None]
WITH_QUERY = [operation for operation in OPERATIONS if operation.query_parameters]
OF_UUIDS = {"listUsers", "listCheckouts", "listTrainers", "listWebhookDeliveries"}
PAGED = [operation for operation in WITH_QUERY if "cursor" in operation.query_parameters]
WITH_ID = [operation for operation in OPERATIONS if operation.path_parameters]
POSTS = [operation for operation in OPERATIONS if operation.method == "POST"]
WITH_KEY = [operation for operation in POSTS if operation.takes_key]
CHANGES = [operation for operation in OPERATIONS if operation.method in ("PUT", "PATCH", "DELETE")]


# The room the requests are sent into


def _names_a_row(name: str) -> bool:
    return name.endswith("Id") and name != "sessionId"  # which a payment provider has given


class Room:
    """The application on a database with one row of each kind, known by the names that paths and bodies have for it."""

    def __init__(self, app: Flask, api: ApiClient, conn: Connection) -> None:
        self.app = app
        self.api = api
        self.conn = conn
        make = Factory(api)
        category = make.category()
        package = make.package(categoryId=category["id"])
        client, staff, account = make.client(), make.staff(), make.payment_account()
        packed = {"clientId": client["id"], "sessionTypeId": package["id"]}
        completed = make.completed_booking(sessionDate=instant(50), **packed)
        booking = make.booking(staff, **packed)
        in_review = make.completed_booking(sessionDate=instant(52), **packed)
        draft = make.invoice("100.00", "50.00", clientId=client["id"], bookingId=booking["id"])
        issued = make.sent_invoice("9000.00", clientId=client["id"])
        plan = {"milestones": [{"label": "All", "percent": 100}]}
        milestones = api.put(f"/invoices/{issued['id']}/milestones", plan).body["data"]
        api.patch(f"/editing-jobs/{completed['editingJobId']}", {"status": "DELIVERED"})
        revision = api.post(f"/editing-jobs/{completed['editingJobId']}/revisions", {"note": "Warmer tones."}).body
        stages = {stage["name"]: stage["id"] for stage in api.get("/editing-stages").body["data"]}
        assert (
            api.patch(f"/editing-jobs/{in_review['editingJobId']}", {"stageId": stages["Client Review"]}).status == 200
        )
        self._contact = sign_in_contact(conn, client["id"])
        payment = make.payment(issued, "1000.00", paidAt="2026-01-02T12:00:00Z")
        self._of_portal = {"invoiceId": issued["id"], "editingJobId": in_review["editingJobId"]}
        self._ids = {
            "stageId": stages["In Progress"],
            "revisionId": revision["id"],
            "roomId": make.room()["id"],
            "seriesId": make.series(booking)["id"],
            "selectionId": make.photo(booking)["id"],
            "clientId": client["id"],
            "contactId": make.contact(clientId=client["id"])["id"],
            "workPackageId": make.work_package(clientId=client["id"])["id"],
            "categoryId": category["id"],
            "packageId": package["id"],
            "sessionTypeId": package["id"],
            "staffId": staff["id"],
            "bookingId": booking["id"],
            "editingJobId": completed["editingJobId"],
            "paymentAccountId": account["id"],
            "expenseId": make.expense(bookingId=booking["id"])["id"],
            "invoiceId": draft["id"],
            "itemId": draft["items"][0]["id"],
            "milestoneId": milestones[0]["id"],
            "paymentId": payment["id"],
            "refundId": api.post(f"/payments/{payment['id']}/refunds", {"amount": "0.50"}).body["id"],
            "checkoutId": failed_checkout(conn, issued["id"]),
            "eventId": event_of_stripe(conn),
            "messageId": failed_message(conn),
            "editorId": make.staff(role="EDITOR")["id"],
            "purchaseId": buy(conn, api.get("/me").body["id"]),
            "planId": monthly_plan(conn),
            "subscriptionId": subscribe(conn, api.get("/me").body["id"]),
            "userId": api.by_role("ADMIN").get("/me").body["id"],
            "sessionId": another_session(conn),
            "tokenId": api.post("/me/tokens", {"name": "Backup", "permissions": []}).body["id"],
            "photoJobId": finished_demo(api, conn),
            "addressId": api.post("/me/addresses", {"line1": "1 Quay", "city": "Delft", "country": "NL"}).body["id"],
        }
        join_team(conn, "OWNER", make.staff(role="OWNER")["id"])
        assert api.post("/me/calendar-link").status == 201
        self._furnish_spaces(make)
        self._furnish_booked_space(make, api)
        self._furnish_classes(api, conn)
        self._furnish_gym(make, api)
        self._furnish_support(make, api)
        self._calendar = urlsplit(api.post(f"/staff/{staff['id']}/calendar-link").body["url"]).query
        self._issued_id = issued["id"]
        self._free_staff_id = make.staff()["id"]
        self._fingerprint = fingerprint(conn)
        self._left = self._look()
        self._next_write = self._find_next_write()

    def _furnish_spaces(self, make: Factory) -> None:
        """What the vendor of the tests lets; and a branch that waits for an administrator."""
        branch = make.branch()
        offering = make.offering(branch)
        self._ids |= {
            "branchId": branch["id"],
            "vendorServiceId": offering["id"],
            "slotId": make.slots(make.offering(branch))[0]["id"],  # of which nothing is booked
            "requestId": make.approval_request(branch)["id"],
            "facilityId": make.facility()["id"],
            "featureId": make.feature()["id"],
            "serviceId": 1,
        }
        self._waiting_id = make.branch("PENDING")["id"]

    def _furnish_support(self, make: Factory, api: ApiClient) -> None:
        """What the owner was told, and has reported; and somebody who is told of every client."""
        problem, endpoint = make.problem(), make.webhook_endpoint()
        tell(self.conn, "Yoga has moved", user_id=OWNER)
        self._ids |= {
            "problemId": problem["id"],
            "commentId": make.comment(problem)["id"],
            "assigneeId": str(OWNER),
            "endpointId": endpoint["id"],
            "deliveryId": make.ping(endpoint)["id"],
            "notificationId": api.get("/notifications").body["data"][0]["id"],
        }

    def _furnish_booked_space(self, make: Factory, api: ApiClient) -> None:
        """A space that is booked and paid for; on the day of the examples it is to be had as well."""
        offering = make.offering({"id": self._ids["branchId"]})
        make.slots(offering)
        make.slots(offering, fromDate="2040-03-05", toDate="2040-03-05", startTime="10:00", endTime="13:00")
        times = {"bookingDate": "2040-01-02", "startTime": "09:00", "endTime": "11:00"}
        wish = {"vendorServiceId": offering["id"], **times, "quantity": 2, "paymentMethod": "CASH"}
        booking_id = api.post("/space-bookings", wish).body["id"]
        payment_id = api.get(f"/space-bookings/{booking_id}/payments").body["data"][0]["id"]
        assert api.post(f"/space-payments/{payment_id}/collect").status == 200
        self._ids |= {
            "vendorServiceId": offering["id"],
            "spaceBookingId": booking_id,
            "spacePaymentId": payment_id,
        }

    def _furnish_gym(self, make: Factory, api: ApiClient) -> None:
        """A gym, and one more at which the owner has been at two classes, of which one has a review."""
        gym, timetable = make.gym(), Timetable(self.conn)
        owner_id = api.get("/me").body["id"]
        used_id = make.gym()["id"]
        attended, reviewed = (timetable.session_in(timedelta(hours=-hours), gym_id=used_id) for hours in (2, 4))
        timetable.attended(attended, owner_id)
        self._ids |= {
            "gymId": gym["id"],
            "equipmentId": make.equipment(gym)["id"],
            "trainerId": make.trainer(gym)["id"],
            "classSessionId": reviewed,
            "reviewId": timetable.review(timetable.attended(reviewed, owner_id)),
        }
        self._attended_id, self._free_trainer_id = attended, owner_id

    def _furnish_classes(self, api: ApiClient, conn: Connection) -> None:
        """A gym with trainers and a class; somebody who waits for their induction, and the owner for a clearance and a
        place."""
        timetable = Timetable(conn)
        gym_id = timetable.gym()
        timetable.trainer(gym_id, timetable.user_id("OWNER"))
        self._to_come_id = session = timetable.session(MONDAY + timedelta(days=1), gym_id=gym_id)
        answers = json.loads(HEALTHY) | {"dizziness": True}
        self._ids |= {
            "gymId": gym_id,
            "trainerId": str(timetable.trainer(gym_id)),
            "inductionId": timetable.induction(gym_id, timetable.person()[0]),
            "parqId": api.post("/me/parq", {"answers": answers}).body["id"],
            "classBookingId": api.by_token(timetable.member()).post(f"/classes/{session}/bookings").body["id"],
        }
        timetable.waiting(session, timetable.user_id("OWNER"))

    def _find_next_write(self) -> int:
        """The number that the next transaction which writes anything will have, whether or not it is kept."""
        row = self.conn.execute("select pg_snapshot_xmax(pg_current_snapshot())::text as xid").fetchone()
        assert row is not None
        return int(row["xid"])

    def _look(self) -> dict[str, str]:
        return {row["name"]: row["print"] for row in self.conn.execute(self._fingerprint).fetchall()}

    def is_left_as_it_was(self) -> bool:
        """Whether every row of every table is as it was when this was last asked; looked at if anything was written."""
        last_write, self._next_write = self._next_write, self._find_next_write()
        if self._next_write == last_write:
            return True
        before, self._left = self._left, self._look()
        return len(before) >= 15 and self._left == before

    def ids(self, operation: Operation) -> dict[str, Any]:
        """What stands for the parameters of its path: the draft, but where payments are about the issued invoice, and
        where a milestone is."""
        of_issued = any(
            part in operation.template for part in ("/payments", "/milestones/", "/receipt", "/checkout-sessions")
        )
        ids = self._ids | ({"invoiceId": self._issued_id} if of_issued else {})
        ids |= self._of_portal if operation.is_for_contacts else {}
        ids |= (
            {"branchId": self._waiting_id}
            if operation.template.endswith(("/admin/branches/{branchId}", "/vendor/branches/{branchId}"))
            else {}
        )
        ids |= {"classSessionId": self._attended_id} if operation.template.endswith("/reviews") else {}
        ids |= {} if "/reviews" in operation.template else {"classSessionId": self._to_come_id}
        return {name: ids[name] for name in operation.path_parameters}

    def body(self, operation: Operation) -> Any:
        """Its documented example, with ids of rows that are there; nothing where it takes no body."""
        if operation.media is None:
            return None
        ids = self._ids | {"staffId": self._free_staff_id}
        if operation.name == "addTrainer":  # who is none there
            ids["trainerId"] = self._free_trainer_id
        return self._with_ids(operation.media["example"], ids)

    def _with_ids(self, example: Any, ids: dict[str, Any]) -> Any:
        if isinstance(example, list):
            return [self._with_ids(item, ids) for item in example]
        if not isinstance(example, dict):
            return example
        body = {n: ids[n] if _names_a_row(n) else self._with_ids(value, ids) for n, value in example.items()}
        # The one moment that has to be still to come.
        return body | ({"expiresAt": in_a_month()} if "expiresAt" in body else {})

    def send(
        self,
        operation: Operation,
        body: Any = None,
        *,
        query: Any = "",
        ids: dict[str, Any] | None = None,
        token: str | None = token_of("OWNER"),
        **options: Any,
    ) -> Answer:
        """Its answer to this body (or `data`), this query, these ids in place of its own, these headers, this token.

        What is for the contacts of clients, or for vendors, is sent by one of them in place of the owner.
        """
        if token == token_of("OWNER") and operation.is_for_vendors:
            token = token_of("VENDOR")
        if token == token_of("OWNER") and operation.is_for_contacts:
            token = self._contact
        if body is not None:
            options = {"content_type": "application/json", "data": json.dumps(body).encode(), **options}
        if query == "" and operation.template.endswith("/calendar.ics"):
            query = self._calendar
        query = query if isinstance(query, str) else urlencode(query)
        if operation.template.endswith("/bookings/availability"):
            asked = {"from": instant(), "to": instant(1), "packageId": self._ids["packageId"]}
            missing = {name: value for name, value in asked.items() if f"{name}=" not in query}
            query = "&".join(filter(None, (query, urlencode(missing))))
        path = operation.path(self.ids(operation) | (ids or {}))
        api = self.api.by_token(token)
        return api.request(operation.method, f"{path}?{query}" if query else path, **options)


def failed_checkout(conn: Connection, invoice_id: int) -> str:
    """A checkout of an invoice that came to nothing."""
    row = conn.execute(
        "insert into checkout_sessions (invoice_id, contact_id, expected_amount_minor, currency, status)"
        " select invoices.id, client_contacts.id, 100, currency, 'FAILED' from invoices"
        " inner join client_contacts using (client_id) where invoices.id = %s limit 1 returning id",
        [invoice_id],
    ).fetchone()
    assert row is not None
    return str(row["id"])


def finished_demo(api: ApiClient, conn: Connection) -> int:
    """A photo job of nobody's that has a result."""
    wish = {"photoUrls": ["https://images.example/emma.jpg"], "prompt": "Sharpen it."}
    job_id: int = api.post("/admin/demo-jobs", wish).body["id"]
    complete(api._app, conn, job_id)
    return job_id


def event_of_stripe(conn: Connection) -> str:
    """An event that the payment provider has sent, and that is about nothing here."""
    conn.execute(
        "insert into stripe_events (id, type, payload, outcome, processed_at)"
        " values ('evt_1Pq9', 'customer.created', jsonb_build_object('id', 'evt_1Pq9'), 'IGNORED', now())"
    )
    return "evt_1Pq9"


def failed_message(conn: Connection) -> int:
    """A message that nobody has taken."""
    row = conn.execute(
        "insert into communication_logs (channel, recipient, template, body, status)"
        " values ('SMS', '+31612345678', 'one_time_code', '', 'FAILED') returning id"
    ).fetchone()
    assert row is not None
    message_id: int = row["id"]
    return message_id


def another_session(conn: Connection) -> int:
    """A sign-in of the owner's that none of these requests is sent by."""
    row = conn.execute(
        "insert into auth_sessions (user_id, session_token) select id, sha256('elsewhere') from auth_users"
        " where role = 'OWNER' returning id"
    ).fetchone()
    assert row is not None
    session_id: int = row["id"]
    return session_id


def in_a_month() -> str:
    return (datetime.now(UTC) + timedelta(days=30)).strftime("%Y-%m-%dT%H:%M:%SZ")


@pytest.fixture(scope="module")
def shared(databases: Databases, settings: Settings) -> Iterator[Room]:
    """One room for all these tests: none of them may change anything in it."""
    alone = replace(settings, database_connection_limit=1)  # requests come one after the other
    with databases.clone(TEMPLATE) as url, open_pools(alone, url) as pools:
        with pools.app.connection() as own:
            plan_once(own)
        app = create_app(settings, pools)
        with psycopg.connect(url, autocommit=True, row_factory=dict_row) as conn:
            # What is noted of a session that was not seen for some minutes would be a change.
            conn.execute("update auth_sessions set last_seen_at = now() + interval '1 day'")
            yield Room(app, ApiClient(app), conn)


@pytest.fixture(autouse=True)
def _short_streams(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(event_streams, "LONGEST", 0)


@pytest.fixture
def room(shared: Room) -> Iterator[Room]:
    """The room; the test fails if any row of any table is another one afterwards."""
    yield shared
    assert shared.is_left_as_it_was()


@pytest.fixture(scope="module")
def furnished(databases: Databases, settings: Settings) -> Iterator[Room]:
    """A room on one connection, in a transaction that is never kept."""
    with databases.clone(TEMPLATE) as url, SharedConnection.connect(url, autocommit=True, row_factory=dict_row) as conn:
        plan_once(conn)
        conn.execute("begin")
        app = create_app(settings, pools_of(conn))
        yield Room(app, ApiClient(app), conn)


@pytest.fixture
def own_room(furnished: Room) -> Iterator[Room]:
    """A room that the test may change: afterwards it is as it was."""
    furnished.conn.execute("savepoint furnished")
    yield furnished
    furnished.conn.execute("rollback to savepoint furnished")


def fingerprint(conn: Connection) -> bytes:
    """The query for what every table holds, down to the last column."""
    tables = conn.execute(
        "select table_name from information_schema.tables"
        " where table_schema = current_schema() and table_type = 'BASE TABLE'"
    ).fetchall()
    prints = " union all ".join(
        f"select '{table}' as name, count(*) || md5(string_agg(t::text, ',' order by t::text)) as print from {table} t"
        for table in (row["table_name"] for row in tables)
    )
    return prints.encode()


def test_the_room_has_a_row_for_every_name_in_a_path_or_body(room: Room) -> None:
    for operation in OPERATIONS:
        room.body(operation)
        if operation.method == "GET":
            assert room.send(operation).status == 200, operation.name


def arrange(app: Flask, conn: Connection, operation: Operation) -> None:
    """What the example of an operation of identity speaks of: its account, its link, its code."""
    links = {"verifyEmail": "VERIFY_EMAIL", "resetPassword": "RESET_PASSWORD", "acceptInvitation": "ACCEPT_INVITATION"}
    codes = {"signUp": "SIGNUP", "verifyCode": "LOGIN"}
    emma = {"email": "emma.chen@example.com", "phone": "+31612345678"}
    if operation.name in ("login", "verifyEmail", "resetPassword", "verifyCode"):
        conn.execute(
            "insert into auth_users (name, email, phone_number, phone_verified)"
            " values ('Emma Chen', %(email)s, %(phone)s, now())",
            emma,
        )
    if operation.name == "acceptInvitation":
        conn.execute(
            "insert into staff_members (name, role, email, status)"
            " values ('Emma Chen', 'EDITOR', %(email)s, 'INVITED')",
            emma,
        )
    if operation.name == "activateContact":
        assert operation.media is not None
        conn.execute(
            "with client as (insert into clients (name, email) values ('Emma Chen', %(email)s) returning *),"
            " contact as (insert into client_contacts (client_id, name, email)"
            " select id, name, email from client returning id)"
            " insert into contact_invites (contact_id, token) select id, %(token)s from contact",
            emma | {"token": digest_of(operation.media["example"]["token"])},
        )
    if operation.name in ("login", "changePassword"):
        conn.execute(
            "insert into auth_accounts (user_id, provider, type, provider_account_id, password)"
            " select id, 'credentials', 'credentials', id::text, %(password)s from auth_users"
            " where email = %(email)s or role = 'OWNER'",
            emma | {"password": hash_of("a sentence nobody says")},
        )
    if operation.name in links:
        assert operation.media is not None
        conn.execute(
            "insert into auth_verification_token (identifier, token, purpose, expires_at)"
            " values (%s, %s, %s, now() + interval '1 hour')",
            [emma["email"], digest_of(operation.media["example"]["token"]), links[operation.name]],
        )
    if operation.name in codes:
        code = app.extensions["seal"].mac("one-time code", codes[operation.name], emma["phone"], "042117")
        conn.execute(
            "insert into otp_sessions (phone_number, otp_code, purpose, expires_at)"
            " values (%s, %s, %s, now() + interval '5 minutes')",
            [emma["phone"], code, codes[operation.name]],
        )


# The examples of changes: test_an_if_match_that_fits_lets_a_change_through
@each([operation for operation in POSTS if operation.media is not None])
def test_the_example_of_a_body_is_accepted(own_room: Room, operation: Operation) -> None:
    arrange(own_room.app, own_room.conn, operation)

    answer = own_room.send(operation, own_room.body(operation))

    # Paying online waits for somebody to say where.
    assert answer.status in (
        (503,) if operation.name in ("openPortalCheckout", "createPurchase", "subscribe") else (200, 201, 202, 204)
    ), answer.body


def test_what_is_public_is_read_without_a_token(room: Room) -> None:
    public = [operation for operation in OPERATIONS if operation.is_public]
    assert public
    for operation in public:
        answer = room.send(operation, {"nope": 1}, token=None)
        if operation.media is None:
            # Without a secret, nothing that says it comes from a payment provider is listened to.
            assert answer.status == (
                503 if operation.name in ("receiveSpacePaymentEvent", "receiveStripeEvent") else 200
            ), operation.name
        else:
            assert_refused(answer, 422, "invalid", operation.name)


# How a refusal looks


def assert_refused(answer: Answer, status: int, code: str, what: Any = "") -> None:
    assert answer.status == status, (what, answer.body)
    assert answer.headers["Content-Type"] == "application/problem+json", what
    assert (answer.body["status"], answer.body["code"]) == (status, code), (what, answer.body)


def assert_invalid(answer: Answer, *pointers: str, location: str = "body", what: Any = "") -> None:
    """422, with exactly these pointers."""
    assert_refused(answer, 422, "invalid", what)
    errors = answer.body["errors"]
    assert sorted({error["pointer"] for error in errors}) == sorted(pointers), (what, errors)
    assert {error["in"] for error in errors} == {location}, (what, errors)
    assert all(error["detail"] for error in errors), (what, errors)


# Bodies that are no JSON object


NO_JSON = {
    "an open brace": b"{",
    "a trailing comma": b'{"name": "x",}',
    "single quotes": b"{'name': 'x'}",
    "two objects": b"{}{}",
    "nothing": b"",
    "only a space": b" ",
    "a word": b"undefined",
    "no UTF-8": b'{"name": "\xff\xfe"}',
    "UTF-16": '{"name": "x"}'.encode("utf-16"),
    "a byte order mark": b"\xef\xbb\xbf{}",
    "a lone surrogate": b'{"name": "\\ud800"}',
    "a lone surrogate in a key": b'{"\\udfff": 1}',
    "an encoded surrogate": b'{"name": "\xed\xa0\x80"}',
    "a raw NUL": b'{"name": "\x00"}',
    "a raw line break": b'{"name": "a\nb"}',
    "NaN": b'{"amount": NaN}',
    "Infinity": b'{"amount": -Infinity}',
    "a number without end": b'{"amount": 1e999999}',
    "a leading zero": b'{"amount": 01}',
    "a hundred thousand brackets": b"[" * 100_000,
    "an object a hundred thousand deep": b'{"a":' * 100_000 + b"1" + b"}" * 100_000,
}


@each(WITH_BODY)
def test_a_body_that_is_no_json_is_400(room: Room, operation: Operation) -> None:
    for what, data in in_turn(operation, NO_JSON.items()):
        answer = room.send(operation, data=data, content_type="application/json")
        assert_refused(answer, 400, "malformed_json", what)


@each(WITH_BODY)
def test_a_body_that_breaks_off_anywhere_is_400(room: Room, operation: Operation) -> None:
    whole = json.dumps(room.body(operation)).encode()
    for length in in_turn(operation, range(1, len(whole), 7)):
        answer = room.send(operation, data=whole[:length], content_type="application/json")
        assert_refused(answer, 400, "malformed_json", whole[:length])


@each(WITH_BODY)
def test_a_body_that_is_no_object_is_422(room: Room, operation: Operation) -> None:
    for body in in_turn(
        operation, (b"[]", b"[{}]", b"null", b"0", b"1.5", b"true", b'"text"', b'""', b"[" * 500 + b"]" * 500)
    ):
        answer = room.send(operation, data=body, content_type="application/json")
        assert_invalid(answer, "", what=body)


@each(WITH_BODY)
def test_a_body_of_another_content_type_is_415(room: Room, operation: Operation) -> None:
    body = json.dumps(room.body(operation)).encode()
    for content_type in in_turn(
        operation,
        (
            None,
            "text/plain",
            "text/html; charset=utf-8",
            "application/xml",
            "application/x-www-form-urlencoded",
            "multipart/form-data; boundary=x",
            "application/octet-stream",
            "json",
            "application/json-seq",
            ";;;",
        ),
    ):
        answer = room.send(operation, data=body, content_type=content_type)
        if operation.takes_form and content_type and content_type.startswith("multipart/form-data"):
            assert_refused(answer, 400, "bad_request", content_type)
        else:
            assert_refused(answer, 415, "unsupported_media_type", content_type)


@each(WITH_BODY)
def test_a_body_of_ten_megabytes_is_413(room: Room, operation: Operation) -> None:
    body = b'{"name": "' + b"x" * 10_000_000 + b'"}'

    answer = room.send(operation, data=body, content_type="application/json")

    assert_refused(answer, 413, "body_too_large")


@each([operation for operation in WITH_KEY if operation.media is None and not operation.takes_file])
def test_ten_megabytes_where_no_body_is_read_are_413_under_a_key(room: Room, operation: Operation) -> None:
    answer = room.send(operation, data=b"x" * 10_000_000, headers={"Idempotency-Key": "large"})

    assert_refused(answer, 413, "body_too_large")


# Fields


MONEY: tuple[Any, ...] = (
    *("NaN", "nan", "sNaN", "Infinity", "-Infinity", "inf", "1e5", "1E2", "1.005", "0.001", "-1", "-0.01", "+1"),
    *(
        "1,00",
        "1 000",
        "1_000",
        "0x10",
        ".5",
        "5.",
        "1.",
        "",
        " ",
        "free",
        "$1",
        "1.00 USD",
        "12345678901.00",
        "9" * 400,
    ),
    *("１２", "١٢", "1\u00002", "--1", "1.0.0"),
    *(1, 1.5, -1, 0, 1e30, 2**70, True, [], {}, ["1.00"], {"amount": "1.00"}),
)
INSTANTS: tuple[Any, ...] = (
    *("2026-11-20T09:30:00", "2026-11-20 09:30:00", "2026-11-20T09:30", "2026-11-20", "09:30:00Z", "", " ", "now"),
    *("2026-02-30T09:30:00Z", "2026-13-01T09:30:00Z", "2026-00-10T09:30:00Z", "2026-11-31T09:30:00Z"),
    *("2026-11-20T24:01:00Z", "2026-11-20T25:00:00Z", "2026-11-20T09:60:00Z", "2026-11-20T09:30:61Z"),
    *("2026-11-20T09:30:00+25:00", "2026-11-20T09:30:00+99:99", "2026-11-20T09:30:00+0200", "2026-11-20T09:30:00 UTC"),
    *("0001-01-01T00:00:00Z", "0001-01-01T00:00:00+14:00", "9999-12-31T23:59:59Z", "9999-12-31T23:59:59-14:00"),
    *("0000-01-01T00:00:00Z", "12026-11-20T09:30:00Z", "-2026-11-20T09:30:00Z", "infinity", "-infinity", "epoch"),
    *(
        "２０２６-11-20T09:30:00Z",
        "2026-11-20T09:30:00Z\u0000",
        "2026-11-20T09:30:00Z; drop table clients",
        "1700000000",
    ),
    *(0, 1700000000, 1.5, True, [], {}, ["2026-11-20T09:30:00Z"]),
)
DATES: tuple[Any, ...] = (
    *("2026-02-30", "2026-13-01", "2026-00-10", "2027-02-29", "0001-01-01", "9999-12-31", "0000-01-01", "20261120"),
    *("2026-W47-5", "2026-324", "20-11-2026", "2026/11/20", "2026-11-20T00:00:00Z", "2026-1-1", "", " ", "today"),
    *("infinity", "２０２６-11-20", "2026-11-20\u0000", 20261120, 1.5, True, [], {}, ["2026-11-20"]),
)


CODES: tuple[Any, ...] = (
    *("", " ", "12345", "1234567", "12 345", "12345x", "-12345", "１２３４５６", "42117\u0000", "0x1234"),
    *(42117, 421170, 1.5, True, [], {}, ["042117"], {"code": "042117"}),
)


def wrong_values(schema: dict[str, Any]) -> Iterator[Any]:
    """Values that a field of this schema refuses as a whole."""
    schema = resolved(schema)
    kinds = schema["type"] if isinstance(schema["type"], list) else [schema["type"]]
    if "null" not in kinds:
        yield None
    if "string" in kinds:
        yield from _wrong_texts(schema)
    elif "integer" in kinds:
        yield from ("1", "", "x", 1.5, 1e30, True, False, [], {}, [1], {"id": 1}, 2**63, 2**64, 2**70, -(2**70))
        yield from (schema["minimum"] - 1, schema["maximum"] + 1)
    elif "number" in kinds:
        yield from ("1", "", "NaN", True, False, [], {}, [1], 1e15, 1e300, 2**70, schema["maximum"] + 1)
        # Where nothing else is said, above zero.
        least = schema.get("minimum", 0)
        yield from (least - 1, least - 0.001) if "minimum" in schema else (0, -1, -0.001)
    elif "boolean" in kinds:
        yield from ("true", "false", "", "yes", 0, 1, 2, 1.0, [], {}, [True])
    elif "array" in kinds:
        yield from ({}, {"0": "x"}, "x", "", 0, 1, True, "[]")
    else:
        yield from ([], "x", 0, True)


def _wrong_texts(schema: dict[str, Any]) -> Iterator[Any]:
    if schema.get("format") == "date-time":
        yield from INSTANTS
    elif schema.get("format") == "date":
        yield from DATES
    elif schema.get("format") == "uuid":
        yield from ("", " ", "x", "a\x00b", "g" * 36, "0" * 32, "{550e8400-e29b-41d4-a716-446655440000}")
        yield from (5, 1.5, True, [], {}, ["550e8400-e29b-41d4-a716-446655440000"])
    elif schema.get("pattern") == "^[0-9]{6}$":
        yield from CODES
    elif schema.get("pattern", "").startswith("^[0-9]"):
        yield from MONEY
    elif schema.get("pattern", "").startswith("^-?[0-9]"):
        yield from (value for value in MONEY if not (isinstance(value, str) and re.fullmatch(schema["pattern"], value)))
    elif schema.get("format") == "password" and schema.get("minLength") != 1:
        yield from _wrong_passwords(schema)
    else:
        yield from ("", " ", "\t\n", "\u00a0\u2003", 5, 1.5, True, False, [], {}, ["text"], {"text": "text"})
        yield from ("a\u0000b", "\u0000", "\u0000a")
        if "enum" in schema:
            word = schema["enum"][0]
            yield from ("NOPE", word.lower(), word + "X", word[:-1], "%", "';--")
        elif schema.get("format") == "uuid":
            yield from ("1", "x", f"{OWNER} ", f"{{{OWNER}}}", OWNER.hex, "g" * 36, "%", "';--")
        else:
            yield "x" * (schema["maxLength"] + 1)
        if schema.get("format") in ("email", "uri"):
            yield from ("x", "@", "a@", "a b@example.com", "javascript:alert(1)", "//example.com", "a@b\u0000.com")
        if schema.get("pattern", "").startswith("^\\+"):
            yield from (
                "+0612345678",
                "0031612345678",
                "+31 6 12345678",
                "+31612",
                "+" + "1" * 16,
                "+３１６１２３４５６７８",
            )


def _wrong_passwords(schema: dict[str, Any]) -> Iterator[Any]:
    """A password is anything but nothing; one that somebody chooses has a length within bounds."""
    yield from ("", 5, 1.5, True, False, [], {}, ["text"], {"text": "text"}, "x" * 1001)
    if "minLength" in schema:
        yield from ("xyz" * 100, "abcdefgh"[: schema["minLength"] - 1], "xy" * (schema["maxLength"] // 2) + "z")


def fields(
    schema: dict[str, Any], value: Any, pointer: str = ""
) -> Iterator[tuple[str, dict[str, Any], Callable[[Any], Any]]]:
    """Every field of a body: its pointer, its schema, and a way to make the body with another value in its place."""
    schema = resolved(schema)
    if isinstance(value, dict):
        for name, inner in value.items():

            def with_member(new: Any, name: str = name) -> Any:
                return {**value, name: new}

            inner_schema = schema["properties"][name]
            yield f"{pointer}/{name}", inner_schema, with_member
            for deep_pointer, deep_schema, with_deep in fields(inner_schema, inner, f"{pointer}/{name}"):

                def with_inner(new: Any, with_member: Any = with_member, with_deep: Any = with_deep) -> Any:
                    return with_member(with_deep(new))

                yield deep_pointer, deep_schema, with_inner
    elif isinstance(value, list) and value:
        items = schema["items"]
        yield f"{pointer}/0", items, lambda new: [new, *value[1:]]
        for deep_pointer, deep_schema, with_deep in fields(items, value[0], f"{pointer}/0"):

            def with_first(new: Any, with_deep: Any = with_deep) -> Any:
                return [with_deep(new), *value[1:]]

            yield deep_pointer, deep_schema, with_first


def shares() -> dict[tuple[str, str], list[Any]]:
    """The wrong values for each field of each operation.

    Of fields that the document describes alike, the first is sent all of them, and the others a quarter each in turn.
    """
    alike: dict[str, int] = {}
    found = {}
    for operation in WITH_BODY:
        assert operation.media is not None
        for pointer, schema, _ in fields(operation.schema, operation.media["example"]):
            described = {key: value for key, value in resolved(schema).items() if key not in ("example", "description")}
            kind = json.dumps(described, sort_keys=True)
            turn = alike[kind] = alike.get(kind, -1) + 1
            values = list(wrong_values(schema))
            found[operation.name, pointer] = values if turn == 0 else values[turn % 4 :: 4]
    return found


SHARES = shares()


@each(WITH_BODY)
def test_a_field_of_the_wrong_kind_is_422_at_its_pointer(room: Room, operation: Operation) -> None:
    body = room.body(operation)
    ways = {pointer: with_value for pointer, _schema, with_value in fields(operation.schema, body)}
    holders = {pointer for pointer in ways if any(inner.startswith(f"{pointer}/") for inner in ways)}
    top = {pointer for pointer in ways.keys() - holders if pointer.count("/") == 1}
    shares = {pointer: SHARES[operation.name, pointer] for pointer in ways}
    for turn in range(max((len(shares[pointer]) for pointer in top), default=0)):  # together: all are told
        wrong = {pointer: shares[pointer][turn] for pointer in top if turn < len(shares[pointer])}
        answer = room.send(operation, body | {pointer[1:]: value for pointer, value in wrong.items()})
        assert_invalid(answer, *wrong, what=wrong)
    for pointer in ways.keys() - top:
        for value in shares[pointer]:
            answer = room.send(operation, ways[pointer](value))
            assert_invalid(answer, pointer, what=(pointer, value))
    assert sum(map(len, shares.values())) >= 3


@each(WITH_BODY)
def test_all_wrong_fields_are_told_at_once(room: Room, operation: Operation) -> None:
    body = {name: {"not": "this"} for name in operation.schema["properties"]}

    answer = room.send(operation, body)

    assert_refused(answer, 422, "invalid")
    assert {error["pointer"].split("/")[1] for error in answer.body["errors"]} == body.keys()


@each([operation for operation in WITH_BODY if operation.schema.get("required")])
def test_every_missing_field_is_told(room: Room, operation: Operation) -> None:
    answer = room.send(operation, {})

    # A start is needed, in one of two ways: no field by itself is.
    one_of_two = ["/sessionDate"] if operation.name == "createBooking" else []
    assert_invalid(answer, *[f"/{name}" for name in operation.schema["required"]], *one_of_two)


@each(WITH_BODY)
def test_an_unknown_field_is_422_at_its_pointer(room: Room, operation: Operation) -> None:
    body = room.body(operation)
    for name in in_turn(
        operation, ("nope", "id", "createdAt", "__proto__", "NAME", " name", "a.b", "", "x" * 300, "é", "\u0000")
    ):
        answer = room.send(operation, {**body, name: 1})
        assert_invalid(answer, f"/{name}", what=name)
    answer = room.send(operation, {**body, "a/b~c": 1})
    assert_invalid(answer, "/a~1b~0c")


@each(WITH_BODY)
def test_a_list_that_is_too_long_is_422(room: Room, operation: Operation) -> None:
    body = room.body(operation)
    for pointer, schema, with_value in fields(operation.schema, body):
        if "maxItems" in resolved(schema):
            [name] = pointer.split("/")[1:]
            answer = room.send(operation, with_value(body[name][:1] * (resolved(schema)["maxItems"] + 1)))
            assert_refused(answer, 422, "invalid", pointer)
            assert pointer in {error["pointer"] for error in answer.body["errors"]}
    answer = room.send(operation, {"nope": [{}] * 10_000})
    assert answer.status == 422


@each([operation for operation in WITH_BODY if operation.name != "openPortalCheckout"])  # which needs Stripe first
def test_an_id_of_nothing_in_a_body_is_422_at_its_pointer(room: Room, operation: Operation) -> None:
    for pointer, _schema, with_value in fields(operation.schema, room.body(operation)):
        if _names_a_row(pointer.removeprefix("/")):
            for absent in (MAX_ID, MAX_ID - 1, 999_999_999):
                answer = room.send(operation, with_value(absent))
                assert_invalid(answer, pointer, what=(pointer, absent))


# Paths and methods


def absent_ids(name: str) -> tuple[Any, ...]:
    """Ids that no row has: of a user, UUIDs; of all others, numbers."""
    if name == "userId":
        return "00000000-0000-0000-0000-000000000000", "ffffffff-ffff-ffff-ffff-ffffffffffff"
    return MAX_ID, 999_999_999


@each(WITH_ID)
def test_what_cannot_be_an_id_is_no_address(room: Room, operation: Operation) -> None:
    for name in operation.path_parameters:
        for wrong in (
            *("0", "-1", "+1", "01", "1.0", "1.5", "1e3", "abc", "null", "1%20", "%201", "%00", "1%00", "%FF", "%2F"),
            *("9223372036854775808", "99999999999999999999", "9" * 400, "%D9%A1", "%EF%BC%91", "1%27--", "1;drop", "*"),
            *("550e8400e29b41d4a716446655440000", "{550e8400-e29b-41d4-a716-446655440000}", "x" * 8 + "-xxxx" * 3),
        ):
            if (operation.name, wrong) == ("replayStripeEvent", "%2F"):
                continue  # behind a slash, it is the address of another operation
            answer = room.send(operation, room.body(operation), ids={name: wrong})
            assert_refused(answer, 404, "not_found", (name, wrong))


@each(WITH_ID)
def test_a_row_that_is_not_there_is_404(room: Room, operation: Operation) -> None:
    for name in operation.path_parameters:
        for absent in absent_ids(name):
            answer = room.send(operation, room.body(operation), ids={name: absent})
            assert_refused(answer, 404, "not_found", (name, absent))


@pytest.mark.parametrize("template", DOCUMENT["paths"])
def test_a_method_that_an_address_does_not_take_is_405(room: Room, template: str) -> None:
    taken = {operation.method for operation in OPERATIONS if operation.template == template}

    for method in {*METHODS, "TRACE", "CONNECT", "BREW"} - taken:
        answer = room.send(Operation(method, template, {}))
        assert_refused(answer, 405, "method_not_allowed", method)
        assert taken <= {word.strip() for word in answer.headers["Allow"].split(",")}


@pytest.mark.parametrize("path", ["/", "", "/nope", "/clients/", "/../clients", "/clients/1/nope", "/%00", "/%FF"])
def test_an_unknown_address_is_404(room: Room, path: str) -> None:
    assert_refused(room.api.get(path), 404, "not_found", path)


# Queries


def wrong_words(schema: dict[str, Any]) -> Iterator[str]:
    """Words of a query string that a parameter of this schema refuses."""
    kinds = schema["type"] if isinstance(schema["type"], list) else [schema["type"]]
    if "integer" in kinds:
        yield from ("", "x", "1.0", "1.5", "1e2", "0x1", "1_0", "true", "null", "١", "１", "1\x00", " ", "--1", "1 2")
        yield from map(str, (schema["minimum"] - 1, schema["maximum"] + 1, 2**63, 2**64, 10**30, -(2**63), "9" * 5000))
    elif "number" in kinds:
        yield from ("", "x", "1e2", "0x1", "NaN", "Infinity", "1,5", "١", "1\x00", "--1", "1 2", "9" * 5000)
        yield from map(str, (schema["minimum"] - 1, schema["maximum"] + 1))
    elif "array" in kinds:
        yield from (
            "",
            "x",
            "0",
            "-1",
            "1,",
            "1,x",
            "1;2",
            "1.5",
            "1\x00",
            str(2**63),
            ",".join(map(str, range(1, 52))),
        )
    elif schema.get("format") == "uuid":
        yield from ("", "x", "1", "\x00", "{550e8400-e29b-41d4-a716-446655440000}", "g" * 36, "0" * 32)
    elif "pattern" in schema and "maxLength" not in schema:
        yield from ("", "x", "-1", "1.234", "1e2", "NaN", "Infinity", "1,5", "\x00", "9" * 5000)
    elif "boolean" in kinds:
        yield from ("", "x", "1", "0", "yes", "True", "FALSE", "null", "true ", "truee", "\x00")
    elif "enum" in schema:
        word = schema["enum"][0]
        yield from (
            "",
            " ",
            "nope",
            word.swapcase(),
            f"{word}x",
            f"{word},{word}",
            "\x00",
            "*",
            "id; drop table clients",
        )
    elif schema.get("format") == "date-time":
        yield from (text for text in INSTANTS if isinstance(text, str))
    elif schema.get("format") == "date":
        yield from (text for text in DATES if isinstance(text, str))
    else:
        yield from ("", " ", "\x00", "a\x00b", "x" * (schema["maxLength"] + 1))


@each(WITH_QUERY)
def test_a_wrong_query_parameter_is_422_at_its_pointer(room: Room, operation: Operation) -> None:
    words = {name: list(wrong_words(schema)) for name, schema in operation.query_parameters.items()}
    for turn in range(max(map(len, words.values()))):  # for every parameter at once: all are told
        query = {name: wrong[turn] for name, wrong in words.items() if turn < len(wrong)}

        answer = room.send(operation, query=query)

        assert_invalid(answer, *[f"/{name}" for name in query], location="query", what=query)


@each(WITH_QUERY)
def test_an_unknown_query_parameter_is_422_at_its_pointer(room: Room, operation: Operation) -> None:
    for name in in_turn(
        operation, ("nope", "Limit", "client_id", "limit[]", "limit[gt]", "sort ", "$where", "é", "x" * 3000)
    ):
        answer = room.send(operation, query={name: "1"})
        assert_invalid(answer, f"/{name}", location="query", what=name)


def test_where_no_query_parameter_is_known_any_is_unknown(room: Room) -> None:
    for operation in OPERATIONS:
        if not operation.query_parameters:
            assert_invalid(room.send(operation, query="x=1"), "/x", location="query", what=operation.name)


@each(WITH_QUERY)
def test_all_wrong_query_parameters_are_told_at_once(room: Room, operation: Operation) -> None:
    query = {name: next(wrong_words(schema)) for name, schema in operation.query_parameters.items()}

    answer = room.send(operation, query=query | {"nope": 1})

    assert_invalid(answer, "/nope", *[f"/{name}" for name in query], location="query")


@each(WITH_QUERY)
def test_a_repeated_query_parameter_is_never_a_fault_of_ours(room: Room, operation: Operation) -> None:
    for name, schema in operation.query_parameters.items():
        good = quote(str(schema.get("enum", [schema.get("example")])[0]))
        if name != "cursor":
            wrong = quote(next(wrong_words(schema)))
            assert room.send(operation, query=f"{name}={good}&{name}={good}").status in (200, 404, 422), name
            assert room.send(operation, query=f"{name}={wrong}&{name}={good}").status == 422, name


@each(WITH_QUERY)
def test_a_query_string_of_any_bytes_is_never_a_fault_of_ours(room: Room, operation: Operation) -> None:
    for query in in_turn(
        operation, ("%", "%zz", "=", "&&&", "=&=", "?", "%00=1", "q=%FF%FE", "limit", "limit=%31", "limit=10;limit=5")
    ):
        # What is not refused comes to the file that is missing.
        allowed = (415, 422) if operation.takes_file else (200, 404, 422)
        assert room.send(operation, query=query).status in allowed, query
    assert_invalid(room.send(operation, query={"nope": "x" * 100_000}), "/nope", location="query")


@each([operation for operation in WITH_QUERY if "q" in operation.query_parameters])
def test_a_search_takes_every_character_for_itself(room: Room, operation: Operation) -> None:
    for q in (
        "%",
        "_",
        "\\",
        "\\%",
        "'",
        '"',
        "';--",
        "%s",
        "%(q)s",
        ":q",
        "{}",
        "$1",
        "\ufffd",
        "🎞",
        "ß" * 200,
        "İ" * 200,
    ):
        answer = room.send(operation, query={"q": q})
        rows = answer.body["data"] if operation in PAGED else _jobs_of(answer)
        assert (answer.status, rows) == (200, []), q


def _jobs_of(board: Answer) -> list[Any]:
    return [job for stage in board.body["stages"] for job in stage["jobs"]]


# Cursors


def cursor_of(value: Any) -> str:
    return base64.urlsafe_b64encode(orjson.dumps(value)).decode().rstrip("=")


FORGED_KEYS = (
    *("", "x", "0", "-1", "NaN", "Infinity", "-Infinity", "infinity", "1e400", "1e5", "null", "true", "allballs"),
    *("2026-11-20", "2026-02-30", "2026-11-20T09:30:00", "2026-11-20 09:30:00+00:00", "0001-01-01", "9999-12-31"),
    *("294277-01-01", "10000-01-01 00:00:00+00:00", "4714-11-24 BC", "now", "epoch", "today", "a\x00b", "x" * 1000),
    *("'; drop table clients; --", "' or '1'='1", "%s", "%(after_key)s", ":after_key", "\\", "\ud7ff", "🎞"),
)


def order_of(operation: Operation, sort: str) -> str:
    """How the cursors of a list name it and its order: `ClientList name`."""
    page = operation.spec["responses"]["200"]["content"]["application/json"]["schema"]["$ref"].rpartition("/")[2]
    return f"{page.removesuffix('Page').removesuffix('Summary')}List {sort}"


def along(sort: str) -> dict[str, Any]:
    """What an order needs beside it: by distance, a point."""
    return {"lat": 1, "lng": 1} if sort == "distance" else {}


@each(PAGED)
def test_the_cursors_of_a_list_name_it_and_its_order(room: Room, operation: Operation) -> None:
    sort = operation.query_parameters["sort"]["default"]
    last = str(UUID(int=2**128 - 1)) if operation.name in OF_UUIDS else MAX_ID

    key = "1" if sort in ("position", "-number") else "infinity"

    answer = room.send(operation, query={"sort": sort, "cursor": cursor_of([order_of(operation, sort), key, last])})

    assert answer.status == 200, answer.body


@each(PAGED)
def test_garbage_is_no_cursor(room: Room, operation: Operation) -> None:
    sort = order_of(operation, operation.query_parameters["sort"]["default"])
    garbage = (
        *(
            "x",
            "====",
            "%%%",
            "null",
            "0",
            "../..",
            "é",
            "\ufffd",
            "🎞",
            "A" * 1999,
            "a b c",
            "'; drop table clients; --",
        ),
        *(base64.urlsafe_b64encode(data).decode() for data in (b"\xff\xfe", b"{", b"[" * 1000, b"NaN", b" ")),
        *map(cursor_of, (None, 0, "text", True, [], {}, [[]], [sort], [sort, "x"], [sort, "x", 1, 1], [sort, None, 1])),
        *map(cursor_of, ([sort, "x", None], [sort, "x", "1"], [sort, "x", 1.5], [sort, "x", -1], [sort, "x", 2**63])),
        *map(cursor_of, ([sort, "x", True], [sort, "x", False], [sort, "x", [1]], [sort, "x", {}], [sort, 1, 1])),
        *map(cursor_of, ([sort, ["x"], 1], [sort, {}, 1], [sort, True, 1], [1, "x", 1], ["id", "x", 1], ["", "x", 1])),
        cursor_of({"sort": sort, "key": "x", "id": 1}),
    )
    for cursor in in_turn(operation, garbage, 12):
        answer = room.send(operation, query={"cursor": cursor})
        assert_invalid(answer, "/cursor", location="query", what=cursor)


@each(PAGED)
def test_a_forged_cursor_is_a_page_or_422_at_its_pointer(room: Room, operation: Operation) -> None:
    for sort in operation.query_parameters["sort"]["enum"]:
        for key in in_turn(operation, FORGED_KEYS, 12):
            cursor = cursor_of([order_of(operation, sort), key, MAX_ID])
            answer = room.send(operation, query={"sort": sort, "cursor": cursor, **along(sort)})
            if answer.status != 200:
                assert_invalid(answer, "/cursor", location="query", what=(sort, key))


@each(PAGED)
def test_a_cursor_of_one_order_is_none_of_another(room: Room, operation: Operation) -> None:
    orders = operation.query_parameters["sort"]["enum"]
    for cursor_sort in orders:
        for sort in {*orders} - {cursor_sort}:
            cursor = cursor_of([order_of(operation, cursor_sort), "2026-11-20", 1])
            answer = room.send(operation, query={"sort": sort, "cursor": cursor, **along(sort)})
            assert_invalid(answer, "/cursor", location="query", what=(cursor_sort, sort))


# Headers


@each(WITH_KEY)
def test_a_bad_idempotency_key_is_422(room: Room, operation: Operation) -> None:
    for key in in_turn(operation, ("", " ", "two words", "x" * 256, "é", "\x7f", "\t", "a\x01b")):
        answer = room.send(operation, room.body(operation), headers={"Idempotency-Key": key})
        assert_invalid(answer, "/Idempotency-Key", location="header", what=key)


@each([operation for operation in WITH_BODY if operation.method == "POST" and not operation.takes_key])
def test_what_takes_no_idempotency_key_does_not_mind_one(room: Room, operation: Operation) -> None:
    for key in ("refused", "two words"):
        answer = room.send(operation, {"nope": 1}, headers={"Idempotency-Key": key})
        assert_refused(answer, 422, "invalid", key)
        assert {error["in"] for error in answer.body["errors"]} == {"body"}


@each([operation for operation in WITH_KEY if operation.media or operation.path_parameters])
def test_a_refused_request_leaves_no_idempotency_key(room: Room, operation: Operation) -> None:
    answer = room.send(
        operation,
        {"nope": 1} if operation.media else None,
        ids=dict.fromkeys(operation.path_parameters, MAX_ID),
        headers={"Idempotency-Key": "refused"},
    )

    assert answer.status in (404, 422)


@each(CHANGES)
def test_a_weak_etag_never_matches_for_a_change(room: Room, operation: Operation) -> None:
    etag = room.send(Operation("GET", operation.template, {})).headers["ETag"]

    answer = room.send(operation, room.body(operation), headers={"If-Match": f"W/{etag}"})

    assert_refused(answer, 412, "precondition_failed")


@each([operation for operation in OPERATIONS if operation.method == "GET"])
def test_strange_headers_do_not_change_what_is_read(room: Room, operation: Operation) -> None:
    plain = room.send(operation)
    assert plain.status == 200
    accepts = ("text/html", "application/xml", "*/*;q=0", "", "garbage;;;", "é", "x" * 5000)
    for headers in in_turn(
        operation,
        (
            *({"Accept": accept} for accept in accepts),
            *({"If-None-Match": tag} for tag in ('"nope"', "", "W/", '"', ",,,", "x" * 5000)),
            {"If-Modified-Since": "garbage", "If-Unmodified-Since": "Thu, 01 Jan 1970 00:00:00 GMT"},
            {"Range": "bytes=0-1", "If-Range": '"nope"'},
            {"Accept-Encoding": "garbage", "Accept-Language": "x" * 500, "Accept-Charset": "utf-7"},
            {"Idempotency-Key": "two words"},
            {"Content-Type": "garbage"},
            {"X-Request-Id": "é \x01"},
            {"Cookie": "session=%00"},
        ),
    ):
        answer = room.send(operation, headers=headers)
        assert (answer.status, answer.body) == (200, plain.body), headers


@each(WITH_ID)
def test_a_refusal_is_json_whatever_the_caller_would_rather_have(room: Room, operation: Operation) -> None:
    for accept in ("text/html", "application/xml", "image/png", "garbage"):
        answer = room.send(operation, ids=dict.fromkeys(operation.path_parameters, "0"), headers={"Accept": accept})
        assert_refused(answer, 404, "not_found", accept)


def test_if_match_is_for_changes_and_not_for_reads(room: Room) -> None:
    for operation in OPERATIONS:
        if operation.method == "GET":
            plain, asked = room.send(operation), room.send(operation, headers={"If-Match": '"nope"'})
            assert (asked.status, asked.body) == (200, plain.body), operation.name


@each(CHANGES)
def test_an_if_match_that_fits_lets_a_change_through(own_room: Room, operation: Operation) -> None:
    etag = own_room.send(Operation("GET", operation.template, {})).headers["ETag"]

    answer = own_room.send(operation, own_room.body(operation), headers={"If-Match": f'"other", {etag}'})

    # What is in use stays for that reason alone.
    assert answer.status in ((204, 409) if operation.method == "DELETE" else (200,)), answer.body


# What a test client does not say by itself, an application still gets


def test_a_length_that_is_none_is_refused(room: Room) -> None:
    for length in ("-1", "abc", "1e3", "9" * 30, ""):
        response = room.app.test_client().post(
            f"{PREFIX}/clients",
            data=b'{"name": "x", "email": "x@example.com"}',
            content_type="application/json",
            headers=with_token(token_of("OWNER"), {}),
            environ_overrides={"CONTENT_LENGTH": length},
        )
        assert response.status_code in (400, 413, 415, 422), (length, response.text)
        assert response.mimetype == "application/problem+json"


def test_a_body_shorter_than_it_says_is_refused(room: Room) -> None:
    response = room.app.test_client().post(
        f"{PREFIX}/clients",
        data=b'{"name": "x", "email": "x@exam',
        content_type="application/json",
        headers=with_token(token_of("OWNER"), {}),
        environ_overrides={"CONTENT_LENGTH": "40"},
    )

    assert (response.status_code, response.mimetype) == (400, "application/problem+json")


# Last, because a change that goes through where it should not changes the room


@each(CHANGES)
def test_an_if_match_that_does_not_fit_is_412(room: Room, operation: Operation) -> None:
    for header in in_turn(
        operation,
        (
            "",
            " ",
            '"nope"',
            "nope",
            '"',
            '""',
            "W/",
            'W/"nope"',
            '"a", "b"',
            ",",
            ",,,",
            "é",
            "x" * 5000,
            '"*"',
        ),
    ):
        answer = room.send(operation, room.body(operation), headers={"If-Match": header})
        assert_refused(answer, 412, "precondition_failed", header)
