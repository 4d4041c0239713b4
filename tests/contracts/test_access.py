"""Who may call what: read from the API document, and asked of every operation for every role.

The roles' permissions and the operations that need none stand here once more, written out from the specification: a
change of either is entered here as well, or the build fails.
"""

from typing import Any

import pytest
from flask import Flask

from photolens import access
from photolens.api import PREFIX, Blueprint
from photolens.database import Connection
from tests.client import Answer, ApiClient, token_of
from tests.contacts import sign_in_contact
from tests.contracts.operations import OPERATIONS, Operation
from tests.contracts.roles import EVERYTHING, ROLES
from tests.factories import Factory

PUBLIC = {
    "getClass",
    "listClasses",
    "getClassReview",
    "getEquipment",
    "getGym",
    "getTrainer",
    "listClassReviews",
    "listEquipment",
    "listGyms",
    "listTrainers",
    "getPlan",
    "listPlans",
    "getBranch",
    "getPublicOffering",
    "listFacilities",
    "listFeatures",
    "listPublicSlots",
    "listServices",
    "searchBranches",
    "searchOfferings",
    "acceptInvitation",
    "activateContact",
    "getCalendar",
    "login",
    "receiveSpacePaymentEvent",
    "receiveStripeEvent",
    "requestPasswordReset",
    "resetPassword",
    "sendCode",
    "sendVerification",
    "signUp",
    "verifyCode",
    "verifyEmail",
}

# What those of them answer nonsense whose body has no shape.
UNSHAPED = {
    "getCalendar": 404,
    "receiveSpacePaymentEvent": 503,
    "receiveStripeEvent": 503,
    "getClass": 404,
    "listClasses": 200,
    **dict.fromkeys(("getClassReview", "getEquipment", "getGym", "getTrainer"), 404),
    **dict.fromkeys(("listClassReviews", "listEquipment", "listTrainers"), 404),
    "listGyms": 200,
    **{"getPlan": 404, "listPlans": 200},
    **dict.fromkeys(("getBranch", "getPublicOffering", "listPublicSlots"), 404),
    **dict.fromkeys(("listFacilities", "listFeatures", "listServices", "searchBranches", "searchOfferings"), 200),
}

SIGNED_IN = {
    "addClass",
    "cancelClass",
    "cancelClassBooking",
    "checkIn",
    "completeClass",
    "getAttendance",
    "getClassBooking",
    "getOwnWaiting",
    "listClassBookings",
    "markClassNoShow",
    "startClass",
    "updateClass",
    "cancelInduction",
    "completeInduction",
    "confirmInduction",
    "getInduction",
    "listInductions",
    "markInductionNoShow",
    "updateInduction",
    "getOwnSubscription",
    "getSubscription",
    "listSubscriptionGrants",
    "confirmPurchase",
    "createPurchase",
    "listChatMessages",
    "sendChatMessage",
    "bookSpace",
    "cancelSpaceBooking",
    "collectSpacePayment",
    "completeSpaceBooking",
    "confirmSpaceBooking",
    "getAddress",
    "getMe",
    "downloadPhotoJob",
    "followPhotoJob",
    "getOwnAccount",
    "getOwnCredits",
    "getOwnPurchase",
    "getPhotoDashboard",
    "getPhotoJob",
    "getProfile",
    "getSpaceBooking",
    "getSpacePayment",
    "listAddresses",
    "listCreditProducts",
    "listOwnCreditTransactions",
    "listOwnPurchases",
    "listPhotoJobs",
    "listSpaceBookings",
    "listSpacePayments",
    "markSpaceNoShow",
    "openSpacePayment",
    "quoteSpace",
    "refundSpacePayment",
    "countUnreadNotifications",
    "followNotifications",
    "getNotification",
    "getNotificationPreferences",
    "getSupportComment",
    "getSupportProblem",
    "listNotifications",
    "listSupportComments",
    "listSupportProblems",
    "markAllNotificationsRead",
    "markNotificationRead",
}

IN_PERSON = {
    "bookClass",
    "joinWaitlist",
    "leaveWaitlist",
    "reviewClass",
    "updateClassReview",
    "answerParq",
    "askForInduction",
    "getOwnParq",
    "cancelSubscription",
    "subscribe",
    "addAddress",
    "addSupportComment",
    "cancelPhotoJob",
    "changePassword",
    "closeSupportProblem",
    "createOwnCalendarLink",
    "createPersonalToken",
    "deletePhotoJob",
    "endSession",
    "getOwnCalendarLink",
    "getPersonalToken",
    "getSession",
    "listPersonalTokens",
    "listSessions",
    "logout",
    "orderPhotoJob",
    "removeAddress",
    "replaceNotificationPreferences",
    "reportSupportProblem",
    "revokeOwnCalendarLink",
    "revokePersonalToken",
    "updateAddress",
    "updateOwnAccount",
    "updatePhotoJob",
    "updateProfile",
}

# In person as well, and with a permission.
IN_PERSON_WITH_PERMISSION = {
    "decideParq",
    "getParq",
    "listParqs",
    "adjustCredits",
    "changeUser",
    "createCalendarLink",
    "deactivateContact",
    "eraseClient",
    "grantCredits",
    "grantSubscription",
    "getCalendarLink",
    "inviteContact",
    "inviteStaffMember",
    "orderDemoJob",
    "reactivateContact",
    "removeStaffMember",
    "revokeCalendarLink",
    "updateStaffMember",
}

# In person as well, and only for the contacts of clients.
CONTACTS = {
    "approvePhotos",
    "askForRevision",
    "choosePhoto",
    "finalizeChoice",
    "getPortalBooking",
    "getPortalCheckout",
    "getPortalContact",
    "getPortalDashboard",
    "getPortalEditingJob",
    "getPortalInvoice",
    "getPortalInvoicePdf",
    "getPortalPhoto",
    "getPortalReceiptPdf",
    "getPortalWorkPackage",
    "listPortalBookings",
    "listPortalEditingJobs",
    "listPortalInvoices",
    "listPortalPhotos",
    "listPortalWorkPackages",
    "openPortalCheckout",
    "takeBackPhoto",
    "updatePortalContact",
    "verifyPortalCheckout",
}

# In person as well, and only for vendors of spaces.
VENDORS = {
    "addBranch",
    "addOffering",
    "getFacilitiesOfBranch",
    "getFeaturesOfOffering",
    "getOffering",
    "getOwnBranch",
    "getOwnRequest",
    "getSlot",
    "getVendorStats",
    "listOfferings",
    "listOwnBranches",
    "listOwnRequests",
    "listSlots",
    "publishSlots",
    "removeOffering",
    "removeSlot",
    "replaceFacilitiesOfBranch",
    "replaceFeaturesOfOffering",
    "requestApproval",
    "updateOffering",
    "updateOwnBranch",
    "updateSlot",
}

# Addresses outside the API's own: the document, and the page to read it with.
OUTSIDE = {"/api/openapi.json", "/api/docs/", "/api/docs/<path:path>", "/healthz", "/readyz", "/metrics"}

NOT_PUBLIC = [operation for operation in OPERATIONS if not operation.is_public]
WITH_PERMISSIONS = [operation for operation in OPERATIONS if operation.demands]

NONSENSE: dict[str, Any] = {"json": {"nonsense": ["of", {"no": "schema"}]}}
UNREADABLE: dict[str, Any] = {"data": b"{'", "content_type": "application/octet-stream"}


class Asker:
    """Asks an operation, about rows that are not there, and undoes whatever comes of it."""

    def __init__(self, api: ApiClient, conn: Connection) -> None:
        self._api = api
        self._conn = conn

    def __call__(self, operation: Operation, token: str | None, **options: Any) -> Answer:
        self._conn.execute("savepoint asked")
        given = options or NONSENSE
        answer = self._api.by_token(token).request(operation.method.upper(), operation.address(), **given)
        self._conn.execute("rollback to savepoint asked")
        return answer


@pytest.fixture
def ask(api: ApiClient, conn: Connection) -> Asker:
    return Asker(api, conn)


def personal_token(api: ApiClient, permissions: set[str]) -> str:
    answer = api.post("/me/tokens", {"name": f"With {len(permissions)}", "permissions": sorted(permissions)})
    assert answer.status == 201, answer.body
    token: str = answer.body["token"]
    return token


def refusal_of_token(operation: Operation, permissions: set[str]) -> str | None:
    """How an operation with permissions turns away a personal access token with these; None where it does not."""
    if operation.name in IN_PERSON_WITH_PERMISSION:
        return "session_required"
    return None if operation.admits(permissions) else "forbidden"


def refusal(answer: Answer) -> str | None:
    """The code of an answer that turns the caller away, whatever they ask; None where they are let through."""
    return answer.body["code"] if answer.status in (401, 403) else None


# What the document says of each operation


def test_the_operations_that_anybody_may_call_are_these() -> None:
    assert {operation.name for operation in OPERATIONS if operation.is_public} == PUBLIC


def test_the_operations_that_need_a_caller_and_no_permission_are_these() -> None:
    without = [operation for operation in NOT_PUBLIC if not operation.demands]

    assert {operation.name for operation in without if not operation.is_in_person} == SIGNED_IN
    in_person = {operation.name for operation in without if operation.is_in_person}
    contacts = {operation.name for operation in without if operation.is_for_contacts}
    vendors = {operation.name for operation in without if operation.is_for_vendors}
    assert (in_person - contacts - vendors, contacts, vendors) == (IN_PERSON, CONTACTS, VENDORS)
    assert contacts | vendors <= in_person


def test_the_operations_that_need_a_permission_and_whoever_has_it_in_person_are_these() -> None:
    assert {operation.name for operation in WITH_PERMISSIONS if operation.is_in_person} == IN_PERSON_WITH_PERMISSION


def test_an_operation_that_needs_no_permission_is_about_the_callers_own() -> None:
    own = (
        *("/api/v1/me", "/api/v1/auth/", "/api/v1/billing/", "/api/v1/photo-jobs", "/api/v1/portal/"),
        *("/api/v1/space-", "/api/v1/vendor/", "/api/v1/assistant/", "/api/v1/inductions"),
        # Also of the trainer who gives a class.
        *("/api/v1/classes", "/api/v1/class-bookings", "/api/v1/subscriptions"),
    )

    assert [str(o) for o in NOT_PUBLIC if not o.demands and not o.path.startswith(own)] == []


def test_an_operation_demands_permissions_that_there_are_and_to_change_something_one_to_manage_it() -> None:
    groups = [(operation, any_of) for operation in OPERATIONS for any_of in operation.demands]

    assert [str(operation) for operation, any_of in groups if not any_of or not any_of <= EVERYTHING] == []
    assert [
        str(operation)
        for operation, any_of in groups
        if operation.method != "get" and not all(permission.startswith("MANAGE_") for permission in any_of)
    ] == []


def test_the_bearer_token_is_the_one_way_to_be_known() -> None:
    assert [str(o) for o in NOT_PUBLIC if o.description["security"] != [{"bearer": []}]] == []


def test_beside_the_api_only_its_document_the_portals_pages_and_what_watchers_ask_are_served(app: Flask) -> None:
    rules = {rule.rule for rule in app.url_map.iter_rules()}

    assert {rule for rule in rules if not rule.startswith((f"{PREFIX}/", "/portal/"))} == OUTSIDE


# A route without a demand


def test_a_route_that_does_not_say_who_may_call_it_stops_the_start() -> None:
    blp = Blueprint("Carelessness", __name__, description="A route without a demand.")

    def forgetful() -> None: ...

    with pytest.raises(TypeError, match="forgetful does not say who may call it"):
        blp.get("/secrets")(blp.answers(204)(forgetful))
    with pytest.raises(TypeError, match="forgetful does not say who may call it"):
        blp.get("/secrets")(forgetful)


def test_a_demand_said_twice_is_both() -> None:
    view: Any = access.requires(access.Permission.VIEW_STAFF)(
        access.requires(access.Permission.VIEW_CLIENTS, access.Permission.MANAGE_CLIENTS)(lambda: None)
    )

    assert set(view._apidoc["demand"].permissions) == {
        frozenset({access.Permission.VIEW_STAFF}),
        frozenset({access.Permission.VIEW_CLIENTS, access.Permission.MANAGE_CLIENTS}),
    }


# Without a token


@pytest.mark.parametrize("operation", NOT_PUBLIC, ids=str)
def test_an_operation_refuses_whoever_has_no_token_whatever_they_send(ask: Asker, operation: Operation) -> None:
    for sent in (NONSENSE, UNREADABLE, {"query_string": "token=test-owner&cursor=%00"}):
        answer = ask(operation, None, **sent)

        assert (answer.status, answer.body["code"]) == (401, "unauthenticated")
        assert answer.headers["WWW-Authenticate"] == "Bearer"


@pytest.mark.parametrize("operation", NOT_PUBLIC, ids=str)
def test_an_operation_refuses_a_wrong_token_whatever_else_is_sent(ask: Asker, operation: Operation) -> None:
    for header in ("Bearer wrong", "Bearer pl_wrong", "Bearer", "Basic dGVzdC1vd25lcjo=", "test-owner"):
        for sent in (NONSENSE, UNREADABLE):
            answer = ask(operation, None, headers={"Authorization": header}, **sent)

            assert (answer.status, answer.body["code"]) == (401, "unauthenticated")
            assert answer.headers["WWW-Authenticate"] == 'Bearer error="invalid_token"'


def test_a_token_in_a_cookie_or_an_address_is_none(ask: Asker) -> None:
    for operation in NOT_PUBLIC:
        cookie = {"Cookie": "token=test-owner; session=test-owner; Authorization=Bearer test-owner"}
        answer = ask(operation, None, headers=cookie, query_string="access_token=test-owner")

        assert answer.status == 401, str(operation)


def test_a_head_request_needs_what_a_get_does(app: Flask) -> None:
    client = app.test_client()

    for operation in NOT_PUBLIC:
        if operation.method == "get":
            assert client.head(PREFIX + operation.address()).status_code == 401, str(operation)


def test_a_suspended_user_is_nobody_to_any_operation(conn: Connection, api: ApiClient, ask: Asker) -> None:
    token = personal_token(api, EVERYTHING)
    conn.execute("update auth_users set status = 'SUSPENDED' where role = 'OWNER'")

    for operation in NOT_PUBLIC:
        assert refusal(ask(operation, token_of("OWNER"))) == "unauthenticated", str(operation)
        assert refusal(ask(operation, token)) == "unauthenticated", str(operation)


def test_a_public_operation_asks_for_no_token_and_minds_no_wrong_one(ask: Asker) -> None:
    for operation in OPERATIONS:
        if operation.is_public:
            # Nonsense is refused; of those without a body of a shape, to one its address is all that counts, and the
            # other, a webhook, can verify nothing here.
            wanted = 422 if operation.body else UNSHAPED[operation.name]
            assert {ask(operation, token).status for token in (None, "wrong", token_of("EDITOR"))} == {wanted}


@pytest.mark.parametrize("operation", ["send", "verify"])
def test_a_code_that_verifies_a_phone_is_for_whoever_is_signed_in(api: ApiClient, operation: str) -> None:
    body = {"phoneNumber": "+31612345678", "purpose": "VERIFY"} | ({"code": "042117"} if operation == "verify" else {})

    refused = api.by_token(None).post(f"/auth/otp/{operation}", body)

    assert (refused.status, refused.body["code"]) == (401, "unauthenticated")


# Without the permission


def test_there_are_no_other_roles_and_no_other_permissions(conn: Connection) -> None:
    row = conn.execute(
        "select enum_range(null::user_role)::text[] as roles, enum_range(null::permission)::text[] as permissions"
    ).fetchone()

    assert row is not None
    assert (set(row["roles"]), set(row["permissions"])) == (set(ROLES), EVERYTHING)


@pytest.mark.parametrize("role", ROLES)
def test_a_role_has_the_permissions_of_the_specification(api: ApiClient, role: str) -> None:
    assert api.by_role(role).get("/auth/me").body["permissions"] == sorted(ROLES[role])


@pytest.mark.parametrize("operation", NOT_PUBLIC, ids=str)
def test_an_operation_lets_through_the_roles_that_have_its_permissions_and_no_other(
    ask: Asker, operation: Operation
) -> None:
    for role, permissions in ROLES.items():
        answer = ask(operation, token_of(role))

        refused = None if operation.admits(permissions) else "forbidden"
        if operation.is_for_contacts:
            refused = "not_a_contact"
        if operation.is_for_vendors and role != "VENDOR":
            refused = "not_a_vendor"
        assert refusal(answer) == refused, (role, answer)


def test_a_contact_is_let_through_to_the_portal_and_to_what_is_everybodys_own(
    conn: Connection, make: Factory, ask: Asker
) -> None:
    token = sign_in_contact(conn, make.client()["id"])

    for operation in NOT_PUBLIC:
        refused = "not_a_vendor" if operation.is_for_vendors else "forbidden" if operation.demands else None
        assert refusal(ask(operation, token)) == refused, str(operation)


def test_who_is_no_vendor_or_not_yet_is_refused_before_anything_is_looked_at(conn: Connection, ask: Asker) -> None:
    conn.execute("update auth_users set status = 'PENDING' where role = 'VENDOR'")

    for operation in OPERATIONS:
        if operation.is_for_vendors:
            for token in (token_of("VENDOR"), token_of("CUSTOMER"), token_of("OWNER")):
                for sent in (NONSENSE, UNREADABLE, {"query_string": "cursor=%00&limit=0"}):
                    assert refusal(ask(operation, token, **sent)) == "not_a_vendor", str(operation)


def test_who_is_no_contact_or_no_longer_is_refused_before_anything_is_looked_at(
    conn: Connection, make: Factory, ask: Asker
) -> None:
    contact = sign_in_contact(conn, make.client()["id"])
    conn.execute("update client_contacts set is_active = false")

    for operation in OPERATIONS:
        if operation.is_for_contacts:
            for token in (contact, token_of("CUSTOMER"), token_of("OWNER")):
                for sent in (NONSENSE, UNREADABLE, {"query_string": "cursor=%00&limit=0"}):
                    assert refusal(ask(operation, token, **sent)) == "not_a_contact", str(operation)


def test_what_is_refused_for_want_of_a_permission_is_refused_before_anything_is_looked_at(ask: Asker) -> None:
    for operation in WITH_PERMISSIONS:
        for sent in (NONSENSE, UNREADABLE, {"query_string": "cursor=%00&limit=0"}, {"headers": {"If-Match": "*"}}):
            assert refusal(ask(operation, token_of("CUSTOMER"), **sent)) == "forbidden", str(operation)


def test_a_user_who_is_pending_has_no_permission_whatever_their_role(
    conn: Connection, api: ApiClient, ask: Asker
) -> None:
    token = personal_token(api, EVERYTHING)
    conn.execute("update auth_users set status = 'PENDING' where role = 'OWNER'")

    assert api.get("/auth/me").body["permissions"] == []
    for operation in WITH_PERMISSIONS:
        assert refusal(ask(operation, token_of("OWNER"))) == "forbidden", str(operation)
        assert refusal(ask(operation, token)) == refusal_of_token(operation, set()), str(operation)


def test_a_user_who_is_pending_does_for_themselves_what_needs_no_permission(conn: Connection, ask: Asker) -> None:
    conn.execute("update auth_users set status = 'PENDING' where role = 'CUSTOMER'")

    for operation in NOT_PUBLIC:
        # What is for whoever has been let in says so in its refusals.
        if not (operation.is_for_contacts or operation.is_for_vendors or "forbidden" in operation.codes(403)):
            assert refusal(ask(operation, token_of("CUSTOMER"))) is None, str(operation)


# Through a personal access token


def test_what_is_done_in_person_is_not_done_by_any_personal_access_token(api: ApiClient, ask: Asker) -> None:
    for token in (personal_token(api, EVERYTHING), personal_token(api, set())):
        for operation in NOT_PUBLIC:
            is_refused = refusal(ask(operation, token)) == "session_required"

            in_person = IN_PERSON | IN_PERSON_WITH_PERMISSION | CONTACTS | VENDORS
            assert is_refused is (operation.name in in_person), str(operation)


def test_a_personal_access_token_without_permissions_has_none(api: ApiClient, ask: Asker) -> None:
    token = personal_token(api, set())

    for operation in WITH_PERMISSIONS:
        assert refusal(ask(operation, token)) == refusal_of_token(operation, set()), str(operation)


@pytest.mark.parametrize("permission", sorted(EVERYTHING))
def test_a_personal_access_token_opens_what_its_permission_does_and_nothing_else(
    api: ApiClient, ask: Asker, permission: str
) -> None:
    token = personal_token(api, {permission})

    for operation in WITH_PERMISSIONS:
        assert refusal(ask(operation, token)) == refusal_of_token(operation, {permission}), str(operation)


def test_a_personal_access_token_is_never_more_than_its_holder_has_become(
    conn: Connection, api: ApiClient, ask: Asker
) -> None:
    token = personal_token(api, EVERYTHING)

    for role, permissions in ROLES.items():
        conn.execute("update auth_users set role = %s where email = 'owner@callers.example'", [role])
        for operation in WITH_PERMISSIONS:
            assert refusal(ask(operation, token)) == refusal_of_token(operation, permissions), str(operation)


CHANGES = {
    "bookings": ("MANAGE_BOOKINGS", {"notes": "Bring the tripod."}),
    "clients": ("MANAGE_CLIENTS", {"notes": "Prefers the morning."}),
    "contacts": ("MANAGE_CLIENTS", {"title": "Office manager"}),
    "editing-jobs": ("MANAGE_EDITING", {"notes": "Cold tones."}),
    "editing-stages": ("MANAGE_SETTINGS", {"colour": "BLUE"}),
    "expenses": ("MANAGE_EXPENSES", {"notes": "Receipt in the folder."}),
    "invoices": ("MANAGE_INVOICES", {"dueDate": "2100-01-01"}),
    "session-packages": ("MANAGE_SETTINGS", {"description": "An hour in the park."}),
    "staff": ("MANAGE_STAFF", {"phone": "+1 555 0190"}),
    "work-packages": ("MANAGE_CLIENTS", {"status": "CLOSED"}),
}


@pytest.mark.parametrize("kind", CHANGES)
def test_whoever_may_change_a_row_may_do_so_on_a_condition(api: ApiClient, make: Factory, kind: str) -> None:
    permission, change = CHANGES[kind]
    booking = make.completed_booking()
    row_ids = {
        "bookings": booking["id"],
        "clients": booking["clientId"],
        "contacts": make.contact()["id"],
        "editing-jobs": booking["editingJobId"],
        "editing-stages": make.stage()["id"],
        "expenses": make.expense()["id"],
        "invoices": make.invoice()["id"],
        "session-packages": booking["sessionTypeId"],
        "staff": make.staff()["id"],
        "work-packages": make.work_package()["id"],
    }
    address = f"/{kind}/{row_ids[kind]}"
    member = api if kind == "staff" else api.by_token(personal_token(api, {permission}))  # on the team: in person

    changed = member.patch(address, change, headers={"If-Match": api.get(address).headers["ETag"]})

    assert (changed.status, changed.body | change) == (200, changed.body)


def test_an_operation_that_is_public_demands_nothing_of_its_caller() -> None:
    def view() -> None:
        """An operation"""

    for demanding in (access.requires(access.Permission.VIEW_CLIENTS), access.in_person):
        with pytest.raises(TypeError, match="public"):
            access.public(demanding(view))
