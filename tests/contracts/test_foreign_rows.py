"""Somebody else's row is no row: 404, word for word as for one that is not there.

Asked of every operation of the API document that names a row in its path, for every role that may call it and is not
shown all of those rows. What the contacts of a client are shown of another, tests/portal/test_isolation.py asks, and
what a vendor is shown of another, tests/spaces/test_isolation.py.
"""

import re
from dataclasses import dataclass
from typing import Any
from uuid import UUID

import pytest

from photolens.database import Connection
from tests.classes.timetable import Timetable
from tests.client import PREFIX, Answer, ApiClient
from tests.contracts.operations import OPERATIONS, Operation
from tests.contracts.roles import ROLES, join_team
from tests.factories import Factory, instant
from tests.photos.orders import complete
from tests.platform.told import tell
from tests.purchases import buy
from tests.spaces.marketplace import Marketplace, wish
from tests.subscriptions import subscribe

# Who is shown every row below an address; everybody else, only their own.
HEADS = {"OWNER", "ADMIN"}
SHOWN_ALL = {
    "/admin/approval-requests": HEADS,
    "/admin/branches": HEADS,
    "/admin/facilities": HEADS,
    "/admin/features": HEADS,
    "/admin/services": HEADS,
    "/admin/stripe-events": HEADS,
    "/admin/users": HEADS,
    "/booking-series": HEADS,
    "/bookings": HEADS,
    # What is said of classes, everybody may read: who changes what of it, tests/classes/test_reviews.py has.
    "/classes": set(ROLES),
    "/clients": HEADS,
    "/class-bookings": HEADS,
    "/communication-logs": HEADS,
    "/contacts": HEADS,
    "/editing-jobs": HEADS,
    "/editing-stages": HEADS | {"PHOTOGRAPHER", "EDITOR"},
    "/expenses": HEADS | {"FINANCE"},
    "/gyms": HEADS,
    "/inductions": HEADS,
    "/invoices": HEADS | {"FINANCE"},
    "/parqs": HEADS,
    "/payment-accounts": HEADS | {"FINANCE"},
    "/payments": HEADS | {"FINANCE"},
    "/plans": HEADS,
    "/rooms": HEADS | {"PHOTOGRAPHER"},
    "/session-categories": HEADS | {"PHOTOGRAPHER", "FINANCE"},
    "/session-packages": HEADS | {"PHOTOGRAPHER", "FINANCE"},
    "/space-bookings": HEADS,
    "/space-payments": HEADS,
    "/staff": HEADS,
    "/subscriptions": HEADS | {"FINANCE"},
    "/support/problems": HEADS,
    "/users": HEADS,
    "/webhook-deliveries": HEADS,
    "/webhook-endpoints": HEADS,
    "/work-packages": HEADS | {"FINANCE"},
}

# What is done to the money of a row that is not shown otherwise.
SHOWN_ALL_THE_MONEY = {"invoiceBooking": HEADS | {"FINANCE"}}

# What is answered before it is whole, and what is not read at its address.
WITHOUT_ETAG = {"cancelPhotoJob", "downloadPhotoJob", "followPhotoJob"}
OF_ONES_OWN = ("/me/", "/auth/", "/billing/", "/notifications/", "/photo-jobs/")

# How a booking of a space must stand for what is done to it.
HAS_ENDED = """update space_bookings set status = 'CONFIRMED', hold_expires_at = null,
    starts_at = starts_at - interval '100 years', ends_at = ends_at - interval '100 years'"""
# Whoever is checked in gives the class as well, and it has just begun.
OWN_CLASS = """insert into gym_trainers (gym_id, trainer_id)
    select class_sessions.gym_id, session_bookings.user_id
    from session_bookings inner join class_sessions on session_bookings.session_id = class_sessions.id;
    update class_sessions
    set trainer_id = session_bookings.user_id, start_time = now(), end_time = now() + interval '1 hour'
    from session_bookings where session_bookings.session_id = class_sessions.id"""
HAS_BEGUN = """update inductions set status = 'CONFIRMED',
    start_time = start_time - interval '100 years', end_time = end_time - interval '100 years'"""
AS_IT_MUST_BE = {
    "checkIn": OWN_CLASS,
    "markClassNoShow": OWN_CLASS,
    "collectSpacePayment": "update space_bookings set status = 'CONFIRMED', hold_expires_at = null",
    "completeInduction": HAS_BEGUN,
    "completeSpaceBooking": HAS_ENDED,
    "markInductionNoShow": HAS_BEGUN,
    "markSpaceNoShow": HAS_ENDED,
    "openSpacePayment": "update space_bookings set payment_method = 'CARD'",
    "refundSpacePayment": "update space_payments set status = 'PAID', paid_at = now()",
}

READ = {operation.path for operation in OPERATIONS if operation.method == "get"}

# What differs from one answer to the next, whatever they are about.
OF_THE_MOMENT = {"X-Request-Id", "Content-Length", "RateLimit-Remaining", "RateLimit-Reset"}


def _limited_roles(operation: Operation) -> list[str]:
    """The roles that may call an operation, and are shown only rows of their own."""
    address = operation.address()
    shown_all = {role for prefix, roles in SHOWN_ALL.items() if address.startswith(f"{prefix}/") for role in roles}
    shown_all |= SHOWN_ALL_THE_MONEY.get(operation.name, set())
    return [role for role, permissions in ROLES.items() if operation.admits(permissions) and role not in shown_all]


CASES = [
    (operation, role)
    for operation in OPERATIONS
    if operation.path_ids and not (operation.is_public or operation.is_for_contacts or operation.is_for_vendors)
    for role in _limited_roles(operation)
]


@dataclass(frozen=True)
class Rows:
    """By the names they have in paths: ids of rows that are a role's own, and of somebody else's; and who that is."""

    own: dict[str, dict[str, Any]]
    foreign: dict[str, Any]
    stranger: ApiClient


@pytest.fixture
def rows(conn: Connection, api: ApiClient, make: Factory) -> Rows:
    """The photographer and the editor of the test have a shoot of theirs; there is another that neither is on.

    Everybody lets a space, and has booked it; and everybody is a trainer at a gym, with an induction to give.
    """
    photographer, editor = make.staff(), make.staff(role="EDITOR")
    join_team(conn, "PHOTOGRAPHER", photographer["id"])
    join_team(conn, "EDITOR", editor["id"])
    own_shoot = _shoot(api, make, photographer, editor, 0)
    foreign_shoot = _shoot(api, make, make.staff(), make.staff(role="EDITOR"), 1)
    account = {"name": "A Stranger", "email": "stranger@example.com", "password": "a sentence nobody says"}
    stranger = api.by_token(api.by_token(None).post("/auth/signup", account).body["token"])
    conn.execute("update auth_users set status = 'ACTIVE', email_verified = now() where email = 'stranger@example.com'")
    market, timetable = Marketplace(conn), Timetable(conn)

    def own_things(user: ApiClient) -> dict[str, Any]:
        booked = _booked_space(market, user) | _booked_class(timetable, user)
        return _possessions(conn, user) | booked | _induction(timetable, user)

    own = {role: own_shoot | own_things(api.by_role(role)) for role in ROLES}
    return Rows(own, foreign_shoot | own_things(stranger), stranger)


def _shoot(
    api: ApiClient, make: Factory, photographer: dict[str, Any], editor: dict[str, Any], day: int
) -> dict[str, Any]:
    booking = make.completed_booking(sessionDate=instant(day), assignedStaff=[{"staffId": photographer["id"]}])
    photo = api.post(f"/bookings/{booking['id']}/photo-selections", {"name": "IMG_0042.jpg"}).body
    job = api.patch(f"/editing-jobs/{booking['editingJobId']}", {"editorId": editor["id"], "status": "DELIVERED"}).body
    revision = api.post(f"/editing-jobs/{job['id']}/revisions", {"note": "Warmer tones."}).body
    return {
        "contactId": make.contact(clientId=booking["clientId"])["id"],
        "workPackageId": make.work_package(clientId=booking["clientId"])["id"],
        "selectionId": photo["id"],
        "revisionId": revision["id"],
        "bookingId": booking["id"],
        "clientId": booking["clientId"],
        "staffId": photographer["id"],
        "editingJobId": job["id"],
    }


def _possessions(conn: Connection, user: ApiClient) -> dict[str, Any]:
    wish = {"photoUrls": ["https://images.example/emma.jpg"], "prompt": "Sharpen it."}
    done, waiting = (user.post("/photo-jobs", wish).body["job"]["id"] for _ in range(2))
    complete(user._app, conn, done)
    address = user.post("/me/addresses", {"line1": "1 High Street", "city": "Utrecht", "country": "NL"})
    token = user.post("/me/tokens", {"name": "Calendar", "permissions": []})
    user_id = user.get("/me").body["id"]
    problem = Factory(user).problem()
    tell(conn, "Yoga has moved", user_id=UUID(user_id))
    return {
        "problemId": problem["id"],
        "commentId": Factory(user).comment(problem)["id"],
        "notificationId": user.get("/notifications").body["data"][0]["id"],
        "photoJobId": done,
        "waitingPhotoJobId": waiting,
        "purchaseId": buy(conn, user_id, f"cs_{user_id}"),
        "subscriptionId": subscribe(conn, user_id),
        "addressId": address.body["id"],
        "tokenId": token.body["id"],
        "sessionId": user.get("/auth/sessions").body["data"][0]["id"],
    }


def _booked_space(market: Marketplace, user: ApiClient) -> dict[str, Any]:
    offering = market.offering(branch_id=market.branch(vendor_id=user.get("/me").body["id"]), auto_accept=False)
    market.slots(offering, hours=(10, 13))
    booking = user.post("/space-bookings", wish(offering, quantity=3)).body
    payment = user.get(f"/space-bookings/{booking['id']}/payments").body["data"][0]
    return {"spaceBookingId": booking["id"], "spacePaymentId": payment["id"]}


def _booked_class(timetable: Timetable, user: ApiClient) -> dict[str, Any]:
    booking = user.post(f"/classes/{timetable.session(credit_cost=0)}/bookings").body
    return {"classBookingId": booking["id"]}


def _induction(timetable: Timetable, trainer: ApiClient) -> dict[str, Any]:
    gym_id, trainer_id = timetable.gym(), UUID(trainer.get("/me").body["id"])
    timetable.trainer(gym_id, trainer_id)
    return {"inductionId": timetable.induction(gym_id, timetable.person()[0], trainer_id=trainer_id)}


def _words(answer: Answer) -> tuple[int, str, dict[str, str]]:
    """An answer, but for the ids in it and what is of the moment."""
    headers = {name: value for name, value in answer.headers.items() if name not in OF_THE_MOMENT}
    return answer.status, re.sub(r"\d+", "#", str(answer.body)), headers


class Asker:
    """Asks an operation about rows, with its example but for the ids in it, and undoes whatever comes of it."""

    def __init__(self, api: ApiClient, conn: Connection) -> None:
        self._api = api
        self._conn = conn

    def __call__(self, role: str, operation: Operation, ids: dict[str, Any], **headers: str) -> Answer:
        if operation.name == "cancelPhotoJob" and ids:
            ids = ids | {"photoJobId": ids["waitingPhotoJobId"]}
        body = {key: value for key, value in operation.body.get("example", {}).items() if not key.endswith("Id")}
        self._conn.execute("savepoint asked")
        if operation.name in AS_IT_MUST_BE:
            self._conn.execute(AS_IT_MUST_BE[operation.name].encode())
        answer = self._api.by_role(role).request(
            operation.method.upper(), operation.address(ids), body or None, headers=headers
        )
        self._conn.execute("rollback to savepoint asked")
        return answer


@pytest.fixture
def ask(api: ApiClient, conn: Connection) -> Asker:
    return Asker(api, conn)


@pytest.fixture
def etags(api: ApiClient, rows: Rows) -> dict[str, str]:
    """The ETag of each foreign row, by its address, as whoever is shown it reads it."""
    etags = {}
    for operation in (operation for operation, _role in CASES if operation.path in READ):
        if operation.name in WITHOUT_ETAG:
            continue
        is_strangers = operation.path.startswith(tuple(PREFIX + path for path in OF_ONES_OWN))
        row = (rows.stranger if is_strangers else api).get(operation.address(rows.foreign))
        assert row.status == 200
        etags[operation.address(rows.foreign)] = row.headers["ETag"]
    return etags


def test_these_are_the_operations_about_rows_that_some_roles_are_shown_only_of_their_own() -> None:
    assert {operation.name for operation, _role in CASES} == {
        "cancelPhotoJob",
        "cancelSubscription",
        "getSubscription",
        "listSubscriptionGrants",
        "deletePhotoJob",
        "downloadPhotoJob",
        "endSession",
        "followPhotoJob",
        "getAddress",
        "getOwnPurchase",
        "getAssignedStaff",
        "getBooking",
        "getClient",
        "getClientProfile",
        "getContact",
        "getEditingJob",
        "getPhotoJob",
        "getPhotoSelection",
        "getRevision",
        "getWorkPackage",
        "listContacts",
        "listPhotoSelections",
        "listRevisions",
        "requestRevision",
        "updatePhotoSelection",
        "cancelInduction",
        "completeInduction",
        "confirmInduction",
        "getInduction",
        "markInductionNoShow",
        "updateInduction",
        "getPersonalToken",
        "getSession",
        "removeAddress",
        "revokePersonalToken",
        "updateAddress",
        "updateEditingJob",
        "updatePhotoJob",
        "cancelClassBooking",
        "cancelSpaceBooking",
        "checkIn",
        "collectSpacePayment",
        "completeSpaceBooking",
        "confirmSpaceBooking",
        "getClassBooking",
        "getSpaceBooking",
        "getSpacePayment",
        "listSpacePayments",
        "markClassNoShow",
        "markSpaceNoShow",
        "openSpacePayment",
        "refundSpacePayment",
        "addSupportComment",
        "closeSupportProblem",
        "getNotification",
        "getSupportComment",
        "getSupportProblem",
        "listSupportComments",
        "markNotificationRead",
    }


def test_a_row_of_somebody_else_is_as_one_that_is_not_there(rows: Rows, ask: Asker) -> None:
    betrayed = []
    for operation, role in CASES:
        foreign, absent = ask(role, operation, rows.foreign), ask(role, operation, {})
        if (foreign.status, foreign.body["code"]) != (404, "not_found") or _words(foreign) != _words(absent):
            betrayed.append(f"{operation} as {role}: {foreign}")

    assert betrayed == []


def test_whether_a_row_of_somebody_else_has_changed_is_not_told(rows: Rows, ask: Asker, etags: dict[str, str]) -> None:
    betrayed = []
    for operation, role in ((operation, role) for operation, role in CASES if operation.path in READ):
        header = "If-None-Match" if operation.method == "get" else "If-Match"
        for etag in (etags.get(operation.address(rows.foreign), '"one"'), '"another"', "*"):
            answer = ask(role, operation, rows.foreign, **{header: etag})
            if answer.status != 404:
                betrayed.append(f"{operation} as {role}: {answer}")

    assert betrayed == []


def test_a_row_of_ones_own_is_there(rows: Rows, ask: Asker) -> None:
    answers = {f"{operation} as {role}": ask(role, operation, rows.own[role]) for operation, role in CASES}

    assert [f"{case}: {answer}" for case, answer in answers.items() if answer.status not in (200, 201, 204)] == []


def test_whoever_has_no_record_on_the_team_has_no_shoot_of_their_own(conn: Connection, rows: Rows, ask: Asker) -> None:
    conn.execute("update staff_members set user_id = null")

    for operation, role in CASES:
        if operation.demands:
            for ids in (rows.own[role], rows.foreign):
                assert ask(role, operation, ids).status == 404, f"{operation} as {role}"


def test_a_person_is_not_found_on_a_booking_of_others_through_one_of_ones_own(api: ApiClient, rows: Rows) -> None:
    photographer = api.by_role("PHOTOGRAPHER")
    own, foreign = rows.own["PHOTOGRAPHER"], rows.foreign

    for booking, person in ((own, foreign), (foreign, own)):
        answer = photographer.get(f"/bookings/{booking['bookingId']}/assignments/{person['staffId']}")
        assert answer.status == 404
