"""`ETag`, `If-None-Match`, `If-Match`: reading what has changed only, and changing only what one has read."""

import json
import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import pytest

from photolens.database import Connection, sql
from tests.classes.timetable import HEALTHY, Timetable
from tests.client import PREFIX, Answer, ApiClient, api_document
from tests.factories import Factory, instant
from tests.waiting import held_up


@dataclass(frozen=True)
class Resource:
    """A resource that is there: its address, and a change to it, where it can be changed at all."""

    path: str
    method: str = "PATCH"
    change: Any = None
    role: str = "OWNER"

    def write(self, api: ApiClient, etag: str | None) -> Answer:
        return api.by_role(self.role).request(
            self.method, self.path, self.change, headers={} if etag is None else {"If-Match": etag}
        )


Opener = Callable[[ApiClient, Factory], Resource]


def profile(_api: ApiClient, make: Factory) -> Resource:
    return Resource(f"/clients/{make.client()['id']}/profile")


def document(_api: ApiClient, make: Factory) -> Resource:
    return Resource(f"/clients/{make.client()['id']}/export")


def assignment(_api: ApiClient, make: Factory) -> Resource:
    person = make.staff()
    booking = make.booking(person)
    return Resource(f"/bookings/{booking['id']}/assignments/{person['id']}", "DELETE")


def editing_job(_api: ApiClient, make: Factory) -> Resource:
    return Resource(f"/editing-jobs/{make.completed_booking()['editingJobId']}", change={"status": "IN_PROGRESS"})


def editing_stage(_api: ApiClient, make: Factory) -> Resource:
    return Resource(f"/editing-stages/{make.stage()['id']}", change={"name": "Changed", "position": 1})


def photo(_api: ApiClient, make: Factory) -> Resource:
    booking = make.booking()
    return Resource(
        f"/bookings/{booking['id']}/photo-selections/{make.photo(booking)['id']}", change={"isEdited": True}
    )


def revision(api: ApiClient, make: Factory) -> Resource:
    job = f"/editing-jobs/{make.completed_booking()['editingJobId']}"
    api.patch(job, {"status": "DELIVERED"})
    made = api.post(f"{job}/revisions", {"note": "Warmer tones."}).body
    return Resource(f"{job}/revisions/{made['id']}")


def board(_api: ApiClient, make: Factory) -> Resource:
    make.completed_booking()
    return Resource("/editing-board")


def invoice_item(_api: ApiClient, make: Factory) -> Resource:
    invoice = make.invoice("100.00")
    return Resource(f"/invoices/{invoice['id']}/items/{invoice['items'][0]['id']}", change={"unitPrice": "90.00"})


def milestone(api: ApiClient, make: Factory) -> Resource:
    path = f"/invoices/{make.invoice('100.00')['id']}/milestones"
    made = api.put(path, {"milestones": [{"label": "All", "percent": 100}]}).body["data"]
    return Resource(f"{path}/{made[0]['id']}", change={"label": "All of it"})


def invoice_file(_api: ApiClient, make: Factory) -> Resource:
    return Resource(f"/invoices/{make.sent_invoice('100.00')['id']}.pdf")


def receipt_file(_api: ApiClient, make: Factory) -> Resource:
    invoice = make.sent_invoice("100.00")
    make.payment(invoice, "10.00")
    return Resource(f"/invoices/{invoice['id']}/receipt.pdf")


def refund(_api: ApiClient, make: Factory) -> Resource:
    refunded = make.payment(make.sent_invoice("100.00"), "100.00")
    return Resource(f"/payments/{refunded['id']}/refunds/{make.refund(refunded, '10.00')['id']}")


def payment(_api: ApiClient, make: Factory) -> Resource:
    invoice = make.sent_invoice("100.00")
    return Resource(f"/invoices/{invoice['id']}/payments/{make.payment(invoice, '10.00')['id']}")


def studio_settings(_api: ApiClient, _make: Factory) -> Resource:
    change = {"currency": "EUR", "timeZone": "Europe/Paris", "invoicePrefix": "F-", "defaultDueDays": 30}
    return Resource("/settings", "PUT", change)


def user(api: ApiClient, _make: Factory) -> Resource:
    admin = api.by_role("ADMIN").get("/me").body
    return Resource(f"/users/{admin['id']}", change={"status": "SUSPENDED", "reason": "Has left the studio."})


def caller(_api: ApiClient, _make: Factory) -> Resource:
    return Resource("/auth/me")


def session(api: ApiClient, _make: Factory) -> Resource:
    return Resource(f"/auth/sessions/{api.get('/auth/sessions').body['data'][0]['id']}")


def personal_token(api: ApiClient, _make: Factory) -> Resource:
    made = api.post("/me/tokens", {"name": "Calendar sync", "permissions": []}).body
    return Resource(f"/me/tokens/{made['id']}", "DELETE")


def address(api: ApiClient, _make: Factory) -> Resource:
    made = api.post("/me/addresses", HOME).body
    return Resource(f"/me/addresses/{made['id']}", change={"city": "Delft"})


def calendar_link(api: ApiClient, make: Factory) -> Resource:
    address = f"/staff/{make.staff()['id']}/calendar-link"
    assert api.post(address).status == 201
    return Resource(address, "DELETE")


def calendar(api: ApiClient, make: Factory) -> Resource:
    url = api.post(f"/staff/{make.staff()['id']}/calendar-link").body["url"]
    return Resource(url.partition(PREFIX)[2])


def series(_api: ApiClient, make: Factory) -> Resource:
    return Resource(f"/booking-series/{make.series(make.booking())['id']}")


def availability(_api: ApiClient, make: Factory) -> Resource:
    asked = f"from={instant()}&to={instant(1)}&packageId={make.package()['id']}"
    return Resource(f"/bookings/availability?{asked}")


def slot(_api: ApiClient, make: Factory) -> Resource:
    made = make.slots(make.offering())[0]
    return Resource(f"/vendor/availability/{made['id']}", change={"isBlocked": True}, role="VENDOR")


def offering(_api: ApiClient, make: Factory) -> Resource:
    return Resource(f"/vendor/services/{make.offering()['id']}", change={"label": "Changed"}, role="VENDOR")


def own_branch(_api: ApiClient, make: Factory) -> Resource:
    return Resource(f"/vendor/branches/{make.branch()['id']}", change={"name": "Changed"}, role="VENDOR")


def any_branch(_api: ApiClient, make: Factory) -> Resource:
    change = {"status": "SUSPENDED", "reason": "The roof leaks."}
    return Resource(f"/admin/branches/{make.branch()['id']}", change=change)


def facilities(_api: ApiClient, make: Factory) -> Resource:
    change = {"facilityIds": [make.facility()["id"]]}
    return Resource(f"/vendor/branches/{make.branch()['id']}/facilities", "PUT", change, "VENDOR")


def features(_api: ApiClient, make: Factory) -> Resource:
    change = {"featureIds": [make.feature()["id"]]}
    return Resource(f"/vendor/services/{make.offering()['id']}/features", "PUT", change, "VENDOR")


def own_request(_api: ApiClient, make: Factory) -> Resource:
    branch = make.branch()
    request = make.approval_request(branch)
    return Resource(f"/vendor/branches/{branch['id']}/approval-requests/{request['id']}", role="VENDOR")


def any_request(_api: ApiClient, make: Factory) -> Resource:
    return Resource(f"/admin/approval-requests/{make.approval_request(make.branch())['id']}")


def vendor_stats(_api: ApiClient, make: Factory) -> Resource:
    make.slots(make.offering())
    return Resource("/vendor/stats?from=2040-01-01&to=2040-01-31", role="VENDOR")


def figures(path: str) -> Opener:
    """What is computed when it is asked for, and so is no row that is changed."""
    return lambda _api, _make: Resource(path)


HOME = {"line1": "12 Mill Lane", "city": "Utrecht", "country": "NL"}
FIGURES = {
    path: figures(path)
    for path in (
        "/billing/me",
        "/billing/products",
        "/dashboard",
        "/notifications/unread-count",
        "/photo-jobs/dashboard",
        "/reports/profit-and-loss",
        "/reports/receivables",
        "/reports/revenue-by-category",
        "/reports/team",
        "/admin/spaces/stats",
    )
}


def space_booking(api: ApiClient, make: Factory) -> Resource:
    offering = make.offering()
    slot = make.slots(offering)[0]
    time = {"bookingDate": slot["date"], "startTime": slot["startTime"], "endTime": slot["endTime"]}
    wish = {"vendorServiceId": offering["id"], "quantity": 1, "paymentMethod": "CASH"} | time
    return Resource(f"/space-bookings/{api.post('/space-bookings', wish).body['id']}")


def space_payment(api: ApiClient, make: Factory) -> Resource:
    booking = space_booking(api, make).path
    return Resource(f"{booking}/payments/{api.get(f'{booking}/payments').body['data'][0]['id']}")


def balance(api: ApiClient, _make: Factory) -> Resource:
    return Resource(f"/admin/users/{api.get('/auth/me').body['user']['id']}/credits")


def photo_job(api: ApiClient, _make: Factory) -> Resource:
    """A job that is finished: it can be deleted."""
    wish = {"photoUrls": ["https://images.example/emma.jpg"], "prompt": "Sharpen it."}
    path = f"/photo-jobs/{api.post('/photo-jobs', wish).body['job']['id']}"
    assert api.post(f"{path}/cancel").status == 200
    return Resource(path, change={"groupName": "Changed"})


def notification(api: ApiClient, make: Factory) -> Resource:
    customer = api.by_role("CUSTOMER")
    make.comment(Factory(customer).problem(), "Which class?")
    return Resource(f"/notifications/{customer.get('/notifications').body['data'][0]['id']}", role="CUSTOMER")


def support_problem(_api: ApiClient, make: Factory) -> Resource:
    return Resource(f"/support/problems/{make.problem()['id']}", change={"priority": "URGENT"})


def webhook_endpoint(_api: ApiClient, make: Factory) -> Resource:
    return Resource(f"/webhook-endpoints/{make.webhook_endpoint()['id']}", change={"description": "Our bookkeeping"})


def webhook_delivery(_api: ApiClient, make: Factory) -> Resource:
    return Resource(f"/webhook-deliveries/{make.ping(make.webhook_endpoint())['id']}")


def event_types(_api: ApiClient, _make: Factory) -> Resource:
    return Resource("/webhook-event-types")


def support_comment(_api: ApiClient, make: Factory) -> Resource:
    problem = make.problem()
    return Resource(f"/support/problems/{problem['id']}/comments/{make.comment(problem)['id']}")


def preferences(_api: ApiClient, _make: Factory) -> Resource:
    chosen = [{"type": "CLASS_BOOKED", "email": True, "sms": True}]
    return Resource("/me/notification-preferences", "PUT", {"preferences": chosen})


def kinds_of_spaces(_api: ApiClient, _make: Factory) -> Resource:
    return Resource("/services")


def public_branch(_api: ApiClient, make: Factory) -> Resource:
    return Resource(f"/branches/{make.branch()['id']}")


def gym(_api: ApiClient, make: Factory) -> Resource:
    return Resource(f"/gyms/{make.gym()['id']}", change={"name": "Changed"})


def equipment(_api: ApiClient, make: Factory) -> Resource:
    place = make.gym()
    return Resource(f"/gyms/{place['id']}/equipment/{make.equipment(place)['id']}", change={"name": "Changed"})


def trainer(_api: ApiClient, make: Factory) -> Resource:
    place = make.gym()
    return Resource(f"/gyms/{place['id']}/trainers/{make.trainer(place)['id']}", change={"isActive": False})


def public_offering(_api: ApiClient, make: Factory) -> Resource:
    return Resource(f"/vendor-services/{make.offering()['id']}")


@contextmanager
def timetable_of(api: ApiClient) -> Iterator[Timetable]:
    """Classes in the database of an application; no request is sent meanwhile."""
    pool = api._app.extensions["pools"].app
    conn = pool.getconn()
    try:
        yield Timetable(conn)
    finally:
        pool.putconn(conn)


def a_class(api: ApiClient, _make: Factory) -> Resource:
    with timetable_of(api) as timetable:
        return Resource(f"/classes/{timetable.session()}", change={"title": "Changed"})


def attendance(api: ApiClient, make: Factory) -> Resource:
    return Resource(f"{a_class(api, make).path}/attendees")


def class_booking(api: ApiClient, _make: Factory) -> Resource:
    with timetable_of(api) as timetable:
        session, token = timetable.session(), timetable.member()
    return Resource(f"/class-bookings/{api.by_token(token).post(f'/classes/{session}/bookings').body['id']}")


def waiting(api: ApiClient, _make: Factory) -> Resource:
    """The owner's place on the waiting list of a class that is full."""
    with timetable_of(api) as timetable:
        path, token = f"/classes/{timetable.session(capacity=1)}", timetable.member()
    assert api.by_token(token).post(f"{path}/bookings").status == 201
    assert api.post(f"{path}/waitlist").status == 201
    return Resource(f"{path}/waitlist", "DELETE")


def own_parq(api: ApiClient, _make: Factory) -> Resource:
    assert api.post("/me/parq", {"answers": json.loads(HEALTHY)}).status == 201
    return Resource("/me/parq")


def any_parq(api: ApiClient, make: Factory) -> Resource:
    return Resource(f"/parqs/{api.get(own_parq(api, make).path).body['id']}")


def plan(api: ApiClient, _make: Factory) -> Resource:
    made = api.post("/plans", {"name": "Ten a month", "price": "79.00", "creditsPerPeriod": 10}).body
    return Resource(f"/plans/{made['id']}", change={"price": "89.00"})


def subscription(api: ApiClient, make: Factory) -> Resource:
    wish = {"planId": int(plan(api, make).path.rpartition("/")[2])}
    user_id = api.get("/auth/me").body["user"]["id"]
    return Resource(f"/subscriptions/{api.post(f'/admin/users/{user_id}/subscription', wish).body['id']}")


def own_subscription(api: ApiClient, make: Factory) -> Resource:
    subscription(api, make)
    return Resource("/subscriptions/me")


RESOURCES: dict[str, Opener] = {
    "/plans/{planId}": plan,
    "/subscriptions/me": own_subscription,
    "/subscriptions/{subscriptionId}": subscription,
    "/services": kinds_of_spaces,
    "/branches/{branchId}": public_branch,
    "/vendor-services/{vendorServiceId}": public_offering,
    "/classes/{classSessionId}": a_class,
    "/classes/{classSessionId}/attendees": attendance,
    "/classes/{classSessionId}/waitlist": waiting,
    "/class-bookings/{classBookingId}": class_booking,
    "/gyms/{gymId}": gym,
    "/gyms/{gymId}/equipment/{equipmentId}": equipment,
    "/gyms/{gymId}/trainers/{trainerId}": trainer,
    "/clients/{clientId}": lambda _, make: Resource(f"/clients/{make.client()['id']}", change={"name": "Changed"}),
    "/clients/{clientId}/profile": profile,
    "/clients/{clientId}/export": document,
    "/contacts/{contactId}": lambda _, make: Resource(f"/contacts/{make.contact()['id']}", change={"name": "Changed"}),
    "/work-packages/{workPackageId}": lambda _, make: Resource(
        f"/work-packages/{make.work_package()['id']}", change={"name": "Changed"}
    ),
    "/session-categories/{categoryId}": lambda _, make: Resource(
        f"/session-categories/{make.category()['id']}", change={"name": "Changed"}
    ),
    "/session-packages/{packageId}": lambda _, make: Resource(
        f"/session-packages/{make.package()['id']}", change={"name": "Changed"}
    ),
    "/staff/{staffId}": lambda _, make: Resource(f"/staff/{make.staff()['id']}", change={"name": "Changed"}),
    "/staff/{staffId}/calendar-link": calendar_link,
    "/staff/{staffId}/calendar.ics": calendar,
    "/rooms/{roomId}": lambda _, make: Resource(f"/rooms/{make.room()['id']}", change={"name": "Changed"}),
    "/booking-series/{seriesId}": series,
    "/bookings/{bookingId}": lambda _, make: Resource(
        f"/bookings/{make.booking(make.staff())['id']}", change={"location": "Changed"}
    ),
    "/bookings/{bookingId}/assignments/{staffId}": assignment,
    "/bookings/{bookingId}/photo-selections/{selectionId}": photo,
    "/editing-jobs/{editingJobId}": editing_job,
    "/editing-jobs/{editingJobId}/revisions/{revisionId}": revision,
    "/editing-stages/{stageId}": editing_stage,
    "/editing-board": board,
    "/photo-jobs/{photoJobId}": photo_job,
    "/expenses/{expenseId}": lambda _, make: Resource(
        f"/expenses/{make.expense()['id']}", change={"description": "Changed"}
    ),
    "/payment-accounts/{paymentAccountId}": lambda _, make: Resource(
        f"/payment-accounts/{make.payment_account()['id']}", change={"name": "Changed"}
    ),
    "/invoices/{invoiceId}": lambda _, make: Resource(
        f"/invoices/{make.invoice()['id']}", change={"dueDate": "2199-12-31"}
    ),
    "/invoices/{invoiceId}.pdf": invoice_file,
    "/invoices/{invoiceId}/items/{itemId}": invoice_item,
    "/invoices/{invoiceId}/milestones/{milestoneId}": milestone,
    "/invoices/{invoiceId}/payments/{paymentId}": payment,
    "/invoices/{invoiceId}/receipt.pdf": receipt_file,
    "/payments/{paymentId}/refunds/{refundId}": refund,
    "/settings": studio_settings,
    "/users/{userId}": user,
    "/admin/users/{userId}/credits": balance,
    "/space-bookings/{spaceBookingId}": space_booking,
    "/space-bookings/{spaceBookingId}/payments/{spacePaymentId}": space_payment,
    "/auth/me": caller,
    "/auth/sessions/{sessionId}": session,
    "/me": lambda _api, _make: Resource("/me", change={"name": "Changed"}),
    "/me/profile": lambda _api, _make: Resource("/me/profile", change={"bio": "Changed"}),
    "/me/tokens/{tokenId}": personal_token,
    "/me/addresses/{addressId}": address,
    "/me/parq": own_parq,
    "/parqs/{parqId}": any_parq,
    "/bookings/availability": availability,
    "/vendor/branches/{branchId}": own_branch,
    "/vendor/branches/{branchId}/facilities": facilities,
    "/vendor/branches/{branchId}/approval-requests/{requestId}": own_request,
    "/vendor/services/{vendorServiceId}": offering,
    "/vendor/services/{vendorServiceId}/features": features,
    "/vendor/availability/{slotId}": slot,
    "/vendor/stats": vendor_stats,
    "/admin/branches/{branchId}": any_branch,
    "/admin/approval-requests/{requestId}": any_request,
    "/admin/services/{serviceId}": lambda _api, _make: Resource("/admin/services/1", change={"description": "Changed"}),
    "/admin/facilities/{facilityId}": lambda _, make: Resource(
        f"/admin/facilities/{make.facility()['id']}", change={"name": "Changed"}
    ),
    "/admin/features/{featureId}": lambda _, make: Resource(
        f"/admin/features/{make.feature()['id']}", change={"name": "Changed"}
    ),
    "/notifications/{notificationId}": notification,
    "/me/notification-preferences": preferences,
    "/webhook-deliveries/{deliveryId}": webhook_delivery,
    "/webhook-endpoints/{endpointId}": webhook_endpoint,
    "/webhook-event-types": event_types,
    "/support/problems/{problemId}": support_problem,
    "/support/problems/{problemId}/comments/{commentId}": support_comment,
    **FIGURES,
}
# Whoever ends the session they ask by gets no second answer: tests/platform/test_bad_input.py ends others.
UNCHANGED = (
    attendance,
    class_booking,
    kinds_of_spaces,
    public_branch,
    public_offering,
    payment,
    refund,
    revision,
    series,
    board,
    caller,
    session,
    profile,
    document,
    calendar,
    invoice_file,
    receipt_file,
    availability,
    balance,
    subscription,
    own_subscription,
    space_booking,
    space_payment,
    own_request,
    any_request,
    vendor_stats,
    own_parq,
    any_parq,
    notification,
    support_comment,
    webhook_delivery,
    event_types,
    *FIGURES.values(),
)
EVERY_RESOURCE = [pytest.param(opener, id=path) for path, opener in RESOURCES.items()]
EVERY_CHANGE = [pytest.param(opener, id=path) for path, opener in RESOURCES.items() if opener not in UNCHANGED]
CREATED = [
    pytest.param("/clients", lambda _: {"name": "Emma Chen", "email": "emma@example.com"}, id="/clients"),
    pytest.param(
        "/work-packages",
        lambda make: {"clientId": make.client()["id"], "name": "Spring campaign"},
        id="/work-packages",
    ),
    pytest.param("/session-categories", lambda _: {"name": "Weddings"}, id="/session-categories"),
    pytest.param(
        "/session-packages",
        lambda make: {"categoryId": make.category()["id"], "name": "Portrait", "price": "250"},
        id="/session-packages",
    ),
    pytest.param("/staff", lambda _: {"name": "Lena", "role": "EDITOR"}, id="/staff"),
    pytest.param(
        "/bookings",
        lambda make: {
            "clientId": make.client()["id"],
            "sessionTypeId": make.package()["id"],
            "sessionDate": instant(),
            "location": "Studio A",
            "assignedStaff": [{"staffId": make.staff()["id"]}],
        },
        id="/bookings",
    ),
    pytest.param("/rooms", lambda _: {"name": "Daylight"}, id="/rooms"),
    pytest.param("/expenses", lambda _: {"category": "GEAR", "amount": "40"}, id="/expenses"),
    pytest.param("/payment-accounts", lambda _: {"name": "Cash", "kind": "CASH"}, id="/payment-accounts"),
    pytest.param("/editing-stages", lambda _: {"name": "Print", "status": "DELIVERED"}, id="/editing-stages"),
    pytest.param("/me/addresses", lambda _: HOME, id="/me/addresses"),
    pytest.param(
        "/invoices",
        lambda make: {"clientId": make.client()["id"], "items": [{"name": "Portrait", "unitPrice": "9"}]},
        id="/invoices",
    ),
]


def etag_of(api: ApiClient, path: str) -> str:
    return api.get(path).headers["ETag"]


def pay(conn: Connection, invoice: dict[str, Any], amount: str) -> None:
    """Pay on an invoice in the test's own transaction, as the application does."""
    conn.execute(
        "insert into payments (invoice_id, amount, currency, recorded_by) values (%s, %s, %s, 'test')",
        [invoice["id"], amount, invoice["currency"]],
    )
    sql.billing.refresh_invoice(conn, invoice_id=invoice["id"])
    sql.billing.refresh_client_revenue(conn, client_id=invoice["clientId"])


def test_every_resource_of_the_api_is_here() -> None:
    documented = {
        path.removeprefix(PREFIX)
        for path, operations in api_document()["paths"].items()
        if "get" in operations and "cursor" not in {p.get("name") for p in operations["get"].get("parameters", [])}
        # A file that is sent before it is whole has none.
        if "304" in operations["get"]["responses"]
        # What the contacts of clients read and change: tests/portal.
        and "/portal/" not in path
    }

    # A link of one's own is that of one's record, at another address: tests/studio/test_calendars.py. What Stripe has
    # told, nobody makes or changes here: tests/billing/test_stripe_events.py; nor what is bought there: tests/credits.
    # What was said of a class, by whoever was there: tests/classes/test_reviews.py.
    # How the database does is never twice the same.
    # Inductions are at gyms: tests/classes/test_inductions.py.
    elsewhere = {
        "/me/calendar-link",
        "/admin/stripe-events/{eventId}",
        "/billing/purchases/{purchaseId}",
        "/classes/{classSessionId}/reviews/{reviewId}",
        "/admin/database",
        "/inductions/{inductionId}",
        # A piece of a feed: tests/platform/test_audit_trail.py.
        "/changes",
    }
    assert documented - elsewhere == set(RESOURCES)


@pytest.mark.parametrize("opener", EVERY_RESOURCE)
def test_every_resource_has_a_strong_etag_that_stays_while_it_stays(
    api: ApiClient, make: Factory, opener: Opener
) -> None:
    resource = opener(api, make)

    reader = api.by_role(resource.role)
    etags = [etag_of(reader, resource.path), etag_of(reader, resource.path)]

    assert re.fullmatch(r'"[\x21\x23-\x7e]+"', etags[0])
    assert etags[0] == etags[1]


@pytest.mark.parametrize("opener", EVERY_RESOURCE)
def test_what_the_reader_has_already_is_not_sent_again(api: ApiClient, make: Factory, opener: Opener) -> None:
    resource = opener(api, make)
    reader = api.by_role(resource.role)
    etag = etag_of(reader, resource.path)

    known = reader.get(resource.path, headers={"If-None-Match": etag})

    assert (known.status, known.body, known.headers["ETag"]) == (304, None, etag)


@pytest.mark.parametrize("opener", EVERY_CHANGE)
def test_what_has_changed_is_sent_again(api: ApiClient, make: Factory, opener: Opener) -> None:
    resource = opener(api, make)
    reader = api.by_role(resource.role)
    etag = etag_of(reader, resource.path)
    assert resource.write(api, None).status < 300

    fresh = reader.get(resource.path, headers={"If-None-Match": etag})

    assert fresh.status == (404 if resource.method == "DELETE" else 200)
    assert fresh.headers.get("ETag") != etag


@pytest.mark.parametrize("known", ["{etag}", '"other", {etag}', "W/{etag}", "*"])
def test_if_none_match_takes_a_list_weak_ones_and_a_star(api: ApiClient, make: Factory, known: str) -> None:
    path = f"/clients/{make.client()['id']}"

    answer = api.get(path, headers={"If-None-Match": known.format(etag=etag_of(api, path))})

    assert answer.status == 304


def test_a_list_that_is_still_the_same_is_not_sent_again(api: ApiClient, make: Factory) -> None:
    make.client()
    etag = etag_of(api, "/clients")

    same = api.get("/clients", headers={"If-None-Match": etag})
    make.client()
    grown = api.get("/clients", headers={"If-None-Match": etag})

    assert (same.status, grown.status) == (304, 200)


@pytest.mark.parametrize(("path", "body"), CREATED)
def test_what_was_created_is_answered_with_the_etag_it_will_be_read_with(
    api: ApiClient, make: Factory, path: str, body: Callable[[Factory], Any]
) -> None:
    created = api.post(path, body(make))

    read = api.get(created.headers["Location"].removeprefix(PREFIX))

    assert (created.headers["ETag"], created.body) == (read.headers["ETag"], read.body)


@pytest.mark.parametrize(
    "opener",
    [opener for opener in EVERY_CHANGE if opener.values[0] not in (assignment, personal_token, calendar_link, waiting)],
)
def test_what_was_changed_is_answered_with_the_etag_it_will_be_read_with(
    api: ApiClient, make: Factory, opener: Opener
) -> None:
    resource = opener(api, make)

    changed = resource.write(api, None)

    assert changed.headers["ETag"] == etag_of(api.by_role(resource.role), resource.path)


@pytest.mark.committed
def test_what_is_as_it_was_read_can_be_changed_and_then_not_by_the_same_etag_again(
    api: ApiClient, make: Factory
) -> None:
    for resource in [opener(api, make) for opener in RESOURCES.values() if opener not in UNCHANGED]:
        reader = api.by_role(resource.role)
        etag = etag_of(reader, resource.path)

        changed = resource.write(api, etag)
        now = reader.get(resource.path)
        stale = resource.write(api, etag)

        assert changed.status == (204 if resource.method == "DELETE" else 200), resource.path
        if resource.method == "DELETE":
            assert (now.status, stale.status) == (404, 404), resource.path
        else:
            assert now.body == changed.body, resource.path
            assert (stale.status, stale.body["code"]) == (412, "precondition_failed"), resource.path
            assert reader.get(resource.path).body == now.body, resource.path


@pytest.mark.committed
def test_what_is_as_it_was_read_can_be_deleted(api: ApiClient, make: Factory) -> None:
    path = f"/clients/{make.client()['id']}"

    deleted = api.delete(path, headers={"If-Match": etag_of(api, path)})

    assert deleted.status == 204
    assert api.get(path).status == 404


@pytest.mark.committed
def test_what_has_changed_since_it_was_read_is_not_deleted(api: ApiClient, make: Factory) -> None:
    path = f"/clients/{make.client()['id']}"
    etag = etag_of(api, path)
    changed = api.patch(path, {"name": "Changed"}).body

    refused = api.delete(path, headers={"If-Match": etag})

    assert (refused.status, refused.body["code"]) == (412, "precondition_failed")
    assert api.get(path).body == changed


@pytest.mark.committed
def test_a_star_stands_for_whatever_is_there(api: ApiClient, make: Factory) -> None:
    path = f"/clients/{make.client()['id']}"

    changed = api.patch(path, {"name": "Changed"}, headers={"If-Match": "*"})
    deleted = api.delete(path, headers={"If-Match": "*"})

    assert (changed.status, deleted.status) == (200, 204)


@pytest.mark.committed
def test_one_etag_of_several_is_enough(api: ApiClient, make: Factory) -> None:
    path = f"/clients/{make.client()['id']}"

    changed = api.patch(path, {"name": "Changed"}, headers={"If-Match": f'"other", {etag_of(api, path)}'})

    assert changed.status == 200


@pytest.mark.committed
@pytest.mark.parametrize("etag", ['"other"', "W/{etag}", '"other", "another"'])
def test_any_other_etag_and_any_weak_one_is_refused(api: ApiClient, make: Factory, etag: str) -> None:
    client = make.client()
    path = f"/clients/{client['id']}"

    refused = api.patch(path, {"name": "Changed"}, headers={"If-Match": etag.format(etag=etag_of(api, path))})

    assert (refused.status, refused.body["code"]) == (412, "precondition_failed")
    assert api.get(path).body == client


@pytest.mark.committed
@pytest.mark.parametrize("etag", ["*", '"any"'])
@pytest.mark.parametrize("method", ["PATCH", "DELETE"])
def test_what_is_not_there_is_not_found_rather_than_changed_since(api: ApiClient, method: str, etag: str) -> None:
    body = {"name": "Changed"} if method == "PATCH" else None

    absent = api.request(method, "/clients/999999", body, headers={"If-Match": etag})

    assert (absent.status, absent.body["code"]) == (404, "not_found")


@pytest.mark.committed
def test_a_change_that_is_refused_for_its_own_reasons_says_those(api: ApiClient, make: Factory) -> None:
    booking = make.booking(status="PENDING")
    path = f"/bookings/{booking['id']}"

    refused = api.patch(path, {"status": "COMPLETED"}, headers={"If-Match": etag_of(api, path)})

    assert (refused.status, refused.body["code"]) == (409, "illegal_transition")
    assert api.get(path).body == booking


@pytest.mark.committed
def test_a_conditional_move_onto_another_booking_is_a_conflict(api: ApiClient, make: Factory) -> None:
    person = make.staff()
    there = make.booking(person)
    path = f"/bookings/{make.booking(person, sessionDate=instant(day=1))['id']}"

    refused = api.patch(path, {"sessionDate": there["sessionDate"]}, headers={"If-Match": etag_of(api, path)})

    assert (refused.status, refused.body["code"]) == (409, "booking_conflict")
    assert [conflict["bookingId"] for conflict in refused.body["conflicts"]] == [there["id"]]


@pytest.mark.committed
def test_somebody_elses_change_between_reading_and_writing_is_never_overwritten(
    api: ApiClient, make: Factory, conn: Connection
) -> None:
    client = make.client()
    path = f"/clients/{client['id']}"
    etag = etag_of(api, path)

    with held_up(conn) as waiting:
        conn.execute("update clients set notes = 'Called back.' where id = %s", [client["id"]])
        mine = waiting.send(api.patch, path, {"notes": "Mine."}, headers={"If-Match": etag})

    assert (mine.result().status, mine.result().body["code"]) == (412, "precondition_failed")
    assert api.get(path).body["notes"] == "Called back."


@pytest.mark.committed
def test_of_two_who_have_read_the_same_one_may_write(api: ApiClient, make: Factory, conn: Connection) -> None:
    client = make.client()
    path = f"/clients/{client['id']}"
    etag = etag_of(api, path)

    with held_up(conn) as waiting:
        conn.execute("select from clients where id = %s for update", [client["id"]])
        answers = [waiting.send(api.patch, path, {"notes": note}, headers={"If-Match": etag}) for note in ("A", "B")]

    results = {answer.result().status: answer.result() for answer in answers}
    assert set(results) == {200, 412}
    assert api.get(path).body == results[200].body


@pytest.mark.committed
def test_what_is_deleted_between_reading_and_writing_is_not_found(
    api: ApiClient, make: Factory, conn: Connection
) -> None:
    client = make.client()
    path = f"/clients/{client['id']}"
    etag = etag_of(api, path)

    with held_up(conn) as waiting:
        conn.execute("delete from clients where id = %s", [client["id"]])
        mine = waiting.send(api.patch, path, {"notes": "Mine."}, headers={"If-Match": etag})

    assert mine.result().status == 404


@pytest.mark.committed
def test_a_change_elsewhere_that_the_reader_could_not_see_does_not_stand_in_the_way(
    api: ApiClient, make: Factory, conn: Connection
) -> None:
    client = make.client()
    mine, other = make.invoice(clientId=client["id"]), make.sent_invoice("100.00", clientId=client["id"])
    path = f"/invoices/{mine['id']}"
    etag = etag_of(api, path)

    with held_up(conn) as waiting:
        pay(conn, other, "30.00")
        changed = waiting.send(api.patch, path, {"dueDate": "2199-12-31"}, headers={"If-Match": etag})

    assert (changed.result().status, changed.result().body["dueDate"]) == (200, "2199-12-31")
    assert api.get(f"/clients/{client['id']}").body["totalRevenue"] == "30.00"


@pytest.mark.committed
def test_a_payment_between_reading_and_writing_stops_the_change_of_its_own_invoice(
    api: ApiClient, make: Factory, conn: Connection
) -> None:
    invoice = make.sent_invoice("100.00")
    path = f"/invoices/{invoice['id']}"
    etag = etag_of(api, path)

    with held_up(conn) as waiting:
        pay(conn, invoice, "30.00")
        changed = waiting.send(api.patch, path, {"dueDate": "2199-12-31"}, headers={"If-Match": etag})

    assert (changed.result().status, changed.result().body["code"]) == (412, "precondition_failed")
    assert api.get(path).body["dueDate"] == invoice["dueDate"]


@pytest.mark.committed
@pytest.mark.parametrize("deed", ["assignment", "invoice", "name of the client"])
def test_what_a_booking_shows_of_others_is_part_of_what_was_read(api: ApiClient, make: Factory, deed: str) -> None:
    booking = make.booking()
    path = f"/bookings/{booking['id']}"
    etag = etag_of(api, path)
    if deed == "assignment":
        api.post(f"{path}/assignments", {"staffId": make.staff()["id"]})
    elif deed == "invoice":
        make.invoice(clientId=booking["clientId"], bookingId=booking["id"])
    else:
        api.patch(f"/clients/{booking['clientId']}", {"name": "Changed"})

    refused = api.patch(path, {"location": "Harbour"}, headers={"If-Match": etag})

    assert (refused.status, refused.body["code"]) == (412, "precondition_failed")
    assert api.get(path).body["location"] == booking["location"]


@pytest.mark.committed
def test_a_connection_that_served_a_conditional_change_serves_others_as_before(
    api: ApiClient, make: Factory, conn: Connection
) -> None:
    client = make.client()
    path = f"/clients/{client['id']}"
    for _ in range(10):  # more than the pool keeps ready, so that each of them has served one
        assert api.patch(path, {"name": "Changed"}, headers={"If-Match": "*"}).status == 200

    with held_up(conn) as waiting:
        conn.execute("update clients set notes = 'Called back.' where id = %s", [client["id"]])
        plain = waiting.send(api.patch, path, {"phone": "+1 555 0134"})

    assert plain.result().status == 200
    assert (plain.result().body["notes"], plain.result().body["phone"]) == ("Called back.", "+1 555 0134")
