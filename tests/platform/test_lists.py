"""Lists: pages that never skip or repeat a row, their links, their totals, and what they refuse."""

import base64
import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any, LiteralString

import pytest

from photolens.classes.actions.grants import Paid, grant_period
from photolens.database import Connection, sql
from photolens.stripe_subscriptions import Period
from tests.classes.timetable import MONDAY, Timetable
from tests.client import PREFIX, Answer, ApiClient, api_document, token_of
from tests.contacts import sign_in_contact
from tests.factories import Factory, instant
from tests.platform.told import OWNER, tell
from tests.purchases import buy
from tests.spaces.marketplace import Marketplace, wish
from tests.subscriptions import subscribe

Row = dict[str, Any]


@dataclass(frozen=True)
class Listing:
    """A list: its address, how a row of some rank comes in, and how one goes, where rows of its kind can go.

    The owner reads it, where nobody else is named.
    """

    path: str
    add: Callable[[int], Row]
    remove: Callable[[Row], Answer] | None = None
    token: str = token_of("OWNER")


def rows_of(path: str, add: Callable[[int], Row], api: ApiClient) -> Listing:
    """A list whose rows are deleted at an address of their own."""
    return Listing(path, add, lambda row: api.delete(f"{path}/{row['id']}"))


def clients(api: ApiClient, make: Factory, _conn: Connection) -> Listing:
    return rows_of("/clients", lambda rank: make.client(name=f"Rank {rank // 20}"), api)


def contacts(api: ApiClient, make: Factory, _conn: Connection) -> Listing:
    client = make.client()
    return Listing(
        f"/clients/{client['id']}/contacts",
        lambda rank: make.contact(clientId=client["id"], name=f"Rank {rank // 20}"),
        lambda row: api.delete(f"/contacts/{row['id']}"),
    )


def work_packages(api: ApiClient, make: Factory, _conn: Connection) -> Listing:
    client = make.client()
    return rows_of("/work-packages", lambda _rank: make.work_package(clientId=client["id"]), api)


def clients_who_paid(_api: ApiClient, make: Factory, _conn: Connection) -> Listing:
    def add(rank: int) -> Row:
        client = make.client()
        make.payment(make.sent_invoice("100.00", clientId=client["id"]), f"{rank // 20 + 1}.00")
        return client

    return Listing("/clients", add)


def categories(api: ApiClient, make: Factory, _conn: Connection) -> Listing:
    return rows_of("/session-categories", lambda rank: make.category(name=f"Rank {rank:02}"), api)


def packages(api: ApiClient, make: Factory, _conn: Connection) -> Listing:
    return rows_of(
        "/session-packages", lambda rank: make.package(name=f"Rank {rank // 20}", price=f"{rank // 20}.00"), api
    )


def rooms(api: ApiClient, make: Factory, _conn: Connection) -> Listing:
    return rows_of("/rooms", lambda rank: make.room(name=f"Rank {rank:02}"), api)


def staff(api: ApiClient, make: Factory, _conn: Connection) -> Listing:
    return rows_of("/staff", lambda rank: make.staff(name=f"Rank {rank // 20}"), api)


def bookings(api: ApiClient, make: Factory, _conn: Connection) -> Listing:
    ids = {"clientId": make.client()["id"], "sessionTypeId": make.package()["id"]}
    return rows_of("/bookings", lambda rank: make.booking(sessionDate=instant(day=rank // 20), **ids), api)


def booking_profits(api: ApiClient, make: Factory, _conn: Connection) -> Listing:
    ids = {"clientId": make.client()["id"], "sessionTypeId": make.package()["id"]}
    earliest = datetime.now(UTC).replace(microsecond=0) - timedelta(
        days=30
    )  # of the twelve months that a report covers

    def add(rank: int) -> Row:
        return make.booking(sessionDate=(earliest + timedelta(days=rank // 20)).isoformat(), **ids)

    return Listing("/reports/booking-profitability", add, lambda row: api.delete(f"/bookings/{row['id']}"))


def editing_jobs(api: ApiClient, make: Factory, _conn: Connection) -> Listing:
    ids = {"clientId": make.client()["id"], "sessionTypeId": make.package()["id"]}

    def add(rank: int) -> Row:
        job_id = make.completed_booking(**ids)["editingJobId"]
        due = None if rank > 60 else f"2027-04-{rank // 20 + 1:02}"
        job: Row = api.patch(f"/editing-jobs/{job_id}", {"dueDate": due}).body
        return job

    return Listing(
        "/editing-jobs", add, lambda job: api.patch(f"/bookings/{job['bookingId']}", {"status": "SCHEDULED"})
    )


def editing_jobs_by_priority(api: ApiClient, make: Factory, conn: Connection) -> Listing:
    dated = editing_jobs(api, make, conn)

    def add(rank: int) -> Row:
        priority = ("NORMAL", "HIGH", "URGENT")[min(rank // 20, 2)]
        job: Row = api.patch(f"/editing-jobs/{dated.add(rank)['id']}", {"priority": priority}).body
        return job

    return Listing(dated.path, add, dated.remove)


def editing_stages(api: ApiClient, make: Factory, _conn: Connection) -> Listing:
    return Listing("/editing-stages", lambda rank: make.stage())


def revisions(api: ApiClient, make: Factory, conn: Connection) -> Listing:
    path = f"/editing-jobs/{make.completed_booking()['editingJobId']}"
    api.patch(path, {"status": "DELIVERED"})

    def add(rank: int) -> Row:
        revision = created(api, f"{path}/revisions", {"note": f"Rank {rank}"})
        conn.execute(
            "update editing_revisions set requested_at = make_date(2026, 1, %s) where id = %s",
            [rank // 20 + 1, revision["id"]],
        )
        return revision

    return Listing(f"{path}/revisions", add)


def photo_selections(api: ApiClient, make: Factory, _conn: Connection) -> Listing:
    booking = make.booking()
    return rows_of(f"/bookings/{booking['id']}/photo-selections", lambda _rank: make.photo(booking), api)


def expenses(api: ApiClient, make: Factory, _conn: Connection) -> Listing:
    return rows_of(
        "/expenses",
        lambda rank: make.expense(amount=f"{rank // 20 + 1}.00", incurredAt=instant(day=rank // 20)),
        api,
    )


def payment_accounts(api: ApiClient, make: Factory, _conn: Connection) -> Listing:
    return rows_of("/payment-accounts", lambda rank: make.payment_account(name=f"Rank {rank:02}"), api)


def invoices(api: ApiClient, make: Factory, _conn: Connection) -> Listing:
    client = make.client()

    def add(rank: int) -> Row:
        day = f"2027-04-{rank // 20 + 1:02}"
        invoice = make.invoice(clientId=client["id"], issueDate=day, dueDate=day)
        if rank > 60:
            api.patch(f"/invoices/{invoice['id']}", {"dueDate": None})
        return invoice

    return rows_of("/invoices", add, api)


def payments(_api: ApiClient, make: Factory, _conn: Connection) -> Listing:
    invoice = make.sent_invoice("1000.00")
    return Listing(
        f"/invoices/{invoice['id']}/payments",
        lambda rank: make.payment(invoice, "1.00", paidAt=instant(day=rank // 20)),
    )


def milestones(_api: ApiClient, make: Factory, conn: Connection) -> Listing:
    invoice = make.invoice("100.00")
    return Listing(
        f"/invoices/{invoice['id']}/milestones",
        lambda _rank: inserted(
            conn,
            "insert into invoice_milestones (invoice_id, position, label, expected_amount)"
            " select invoices.id, count(invoice_milestones.id) + 1, 'Part', 1"
            " from invoices left join invoice_milestones on invoices.id = invoice_milestones.invoice_id"
            " where invoices.id = %s group by invoices.id returning id",
            invoice["id"],
        ),
    )


def refunds(api: ApiClient, make: Factory, _conn: Connection) -> Listing:
    payment = make.payment(make.sent_invoice("900.00"), "900.00", paidAt="2025-12-31T12:00:00Z")

    def add(rank: int) -> Row:
        day = f"2026-01-0{rank // 20 + 1}T12:00:00Z"
        return created(api, f"/payments/{payment['id']}/refunds", {"amount": "1.00", "refundedAt": day})

    return Listing(f"/payments/{payment['id']}/refunds", add)


def checkouts(_api: ApiClient, make: Factory, conn: Connection) -> Listing:
    invoice = make.sent_invoice()
    sign_in_contact(conn, invoice["clientId"])
    return Listing(
        f"/invoices/{invoice['id']}/checkout-sessions",
        lambda rank: inserted(
            conn,
            "insert into checkout_sessions"
            " (invoice_id, contact_id, expected_amount_minor, currency, status, created_at)"
            " select invoices.id, client_contacts.id, 100, currency, 'FAILED', now() + make_interval(days => %s::int)"
            " from invoices inner join client_contacts using (client_id) returning checkout_sessions.id::text",
            str(rank // 20),
        ),
    )


def stripe_events(_api: ApiClient, _make: Factory, conn: Connection) -> Listing:
    return Listing(
        "/admin/stripe-events",
        lambda rank: inserted(
            conn,
            "insert into stripe_events (id, type, payload, received_at)"
            " select 'evt_' || replace(gen_random_uuid()::text, '-', ''), 'charge.captured', '{}',"
            " now() + make_interval(days => %s::int) returning id",
            str(rank // 20),
        ),
    )


def webhook_endpoints(_api: ApiClient, _make: Factory, conn: Connection) -> Listing:
    return Listing(
        "/webhook-endpoints",
        lambda rank: inserted(
            conn,
            "insert into webhook_endpoints (url, event_types, secret, created_at)"
            " values ('https://hooks.example/', '{*}', '', now() + make_interval(days => %s::int)) returning id",
            str(rank // 20),
        ),
    )


def webhook_deliveries(_api: ApiClient, _make: Factory, conn: Connection) -> Listing:
    inserted(
        conn,
        "insert into webhook_endpoints (url, event_types, is_active, secret)"
        " values ('https://hooks.example/', %s::text[], false, '') returning id",
        "{*}",
    )
    return Listing(
        "/webhook-deliveries",
        lambda rank: inserted(
            conn,
            "insert into webhook_deliveries (endpoint_id, event_type, is_in_line, created_at)"
            " select id, 'ping', false, now() + make_interval(days => %s::int) from webhook_endpoints"
            " returning id::text",
            str(rank // 20),
        ),
    )


def messages(_api: ApiClient, _make: Factory, conn: Connection) -> Listing:
    return Listing(
        "/communication-logs",
        lambda rank: inserted(
            conn,
            "insert into communication_logs (channel, recipient, template, body, created_at)"
            " values ('SMS', '+31612345678', 'one_time_code', '', now() + make_interval(days => %s::int)) returning id",
            str(rank // 20),
        ),
    )


def dated(conn: Connection, statement: LiteralString, rank: int, row_id: int) -> Row:
    """A row that is of another day for each twenty ranks."""
    conn.execute(statement, [rank // 20 + 1, row_id])
    return {"id": row_id}


def purchases(api: ApiClient, _make: Factory, conn: Connection) -> Listing:
    user_id = api.get("/me").body["id"]
    later = "update purchases set created_at = make_date(2026, 1, %s) where id = %s"
    return Listing("/billing/purchases", lambda rank: dated(conn, later, rank, buy(conn, user_id, f"cs_{rank}")))


def plans(api: ApiClient, _make: Factory, _conn: Connection) -> Listing:
    def add(rank: int) -> Row:
        plan = {"name": f"Rank {rank:02}", "price": f"{rank // 20}.50", "creditsPerPeriod": 10}
        made: Row = api.post("/plans", plan).body
        return made

    return rows_of("/plans", add, api)


def subscriptions(api: ApiClient, _make: Factory, conn: Connection) -> Listing:
    user_id = api.get("/me").body["id"]
    later: LiteralString = (
        "update subscriptions set status = 'CANCELLED', ended_at = now(), created_at = make_date(2026, 1, %s)"
        " where id = %s"
    )
    return Listing("/subscriptions", lambda rank: dated(conn, later, rank, subscribe(conn, user_id)))


def subscription_grants(api: ApiClient, _make: Factory, conn: Connection) -> Listing:
    subscription_id = subscribe(conn, api.get("/me").body["id"])

    def add(rank: int) -> Row:
        [subscription] = sql.classes.lock_subscriptions_of_user(conn, user_id=api.get("/me").body["id"])
        start = datetime(2026, 1, 1, tzinfo=UTC) + timedelta(hours=rank)
        grant_period(conn, subscription, Period(start, start + timedelta(days=30)), Paid())
        return inserted(
            conn, "select id from subscription_grants where period_start = %s::timestamptz", start.isoformat()
        )

    return Listing(f"/subscriptions/{subscription_id}/grants", add)


def credit_transactions(api: ApiClient, _make: Factory, conn: Connection) -> Listing:
    account = f"/admin/users/{api.get('/me').body['id']}/credits"
    later = "update credit_transactions set created_at = make_date(2026, 1, %s) where id = %s"

    def add(rank: int) -> Row:
        given = api.post(account, {"amount": "1.00", "reason": "A gift."}).body
        return dated(conn, later, rank, given["id"])

    return Listing("/billing/transactions", add)


PHOTO_WISH = {"photoUrls": ["https://images.example/emma.jpg"], "prompt": "Sharpen it."}
PHOTO_JOB_LATER: LiteralString = "update photo_jobs set created_at = make_date(2026, 1, %s) where id = %s"


def photo_jobs(api: ApiClient, _make: Factory, conn: Connection) -> Listing:
    user_id = api.get("/me").body["id"]
    buy(conn, user_id)

    def add(rank: int) -> Row:
        return dated(conn, PHOTO_JOB_LATER, rank, api.post("/photo-jobs", PHOTO_WISH).body["job"]["id"])

    def remove(row: Row) -> Answer:
        api.post(f"/photo-jobs/{row['id']}/cancel")
        return api.delete(f"/photo-jobs/{row['id']}")

    return Listing("/photo-jobs", add, remove)


def demo_jobs(api: ApiClient, _make: Factory, conn: Connection) -> Listing:
    return Listing(
        "/admin/demo-jobs",
        lambda rank: dated(conn, PHOTO_JOB_LATER, rank, api.post("/admin/demo-jobs", PHOTO_WISH).body["id"]),
    )


def space_bookings(api: ApiClient, _make: Factory, conn: Connection) -> Listing:
    market = Marketplace(conn)
    offering = market.offering()
    market.slots(offering, units=10)

    def add(rank: int) -> Row:
        booking = api.post("/space-bookings", wish(offering)).body
        days = "update space_bookings set starts_at = starts_at - make_interval(days => 9 - %s) where id = %s"
        return dated(conn, days, rank, booking["id"])

    return Listing("/space-bookings", add)


def classes(_api: ApiClient, _make: Factory, conn: Connection) -> Listing:
    timetable = Timetable(conn)
    gym_id = timetable.gym()
    return Listing(
        "/classes", lambda rank: {"id": timetable.session(MONDAY + timedelta(days=rank // 20), gym_id=gym_id)}
    )


def class_bookings(api: ApiClient, _make: Factory, conn: Connection) -> Listing:
    timetable = Timetable(conn)
    gym_id = timetable.gym()

    def add(rank: int) -> Row:
        session = timetable.session(MONDAY + timedelta(days=rank // 20), gym_id=gym_id)
        booking: Row = api.by_token(timetable.member()).post(f"/classes/{session}/bookings").body
        return booking

    return Listing("/class-bookings", add)


def inductions(_api: ApiClient, _make: Factory, conn: Connection) -> Listing:
    timetable = Timetable(conn)
    gym_id = timetable.gym()

    def add(rank: int) -> Row:
        start = MONDAY + timedelta(days=rank // 20)
        return {"id": timetable.induction(gym_id, timetable.person()[0], start)}

    return Listing("/inductions", add)


def parqs(_api: ApiClient, _make: Factory, conn: Connection) -> Listing:
    timetable = Timetable(conn)
    days = "update parqs set created_at = make_date(2026, 1, %s) where id = %s"
    return Listing("/parqs", lambda rank: dated(conn, days, rank, timetable.healthy(timetable.person()[0])))


def gyms(_api: ApiClient, make: Factory, conn: Connection) -> Listing:
    days = "update gyms set created_at = make_date(2026, 1, %s) where id = %s"
    return Listing("/gyms", lambda rank: dated(conn, days, rank, make.gym(name=f"Rank {rank:02}")["id"]))


def equipment(api: ApiClient, make: Factory, _conn: Connection) -> Listing:
    gym = make.gym()
    return rows_of(f"/gyms/{gym['id']}/equipment", lambda rank: make.equipment(gym, name=f"Rank {rank:02}"), api)


def trainers(api: ApiClient, make: Factory, conn: Connection) -> Listing:
    gym, timetable = make.gym(), Timetable(conn)

    def add(rank: int) -> Row:
        trainer_id, _ = timetable.person("TRAINER")
        conn.execute("update auth_users set name = %s where id = %s", [f"Rank {rank // 20}", trainer_id])
        timetable.trainer(gym["id"], trainer_id)
        return {"id": str(trainer_id)}

    return rows_of(f"/gyms/{gym['id']}/trainers", add, api)


def reviews(_api: ApiClient, _make: Factory, conn: Connection) -> Listing:
    timetable = Timetable(conn)
    session_id = timetable.session()
    days = "update session_reviews set created_at = make_date(2026, 1, %s) where id = %s"

    def add(rank: int) -> Row:
        return dated(conn, days, rank, timetable.review(timetable.attended(session_id, timetable.person()[0])))

    return Listing(f"/classes/{session_id}/reviews", add)


def notifications(api: ApiClient, _make: Factory, conn: Connection) -> Listing:
    def add(rank: int) -> Row:
        tell(conn, f"Rank {rank}", user_id=OWNER)
        told: Row = api.get("/notifications?limit=1").body["data"][0]
        return told

    return Listing("/notifications", add)


def problems(_api: ApiClient, make: Factory, conn: Connection) -> Listing:
    days = "update support_problems set created_at = make_date(2026, 1, %s) where id = %s"
    return Listing("/support/problems", lambda rank: dated(conn, days, rank, make.problem()["id"]))


def comments(_api: ApiClient, make: Factory, conn: Connection) -> Listing:
    problem = make.problem()
    days = "update support_comments set created_at = make_date(2026, 1, %s) where id = %s"
    return Listing(
        f"/support/problems/{problem['id']}/comments",
        lambda rank: dated(conn, days, rank, make.comment(problem)["id"]),
    )


def audit_logs(_api: ApiClient, _make: Factory, conn: Connection) -> Listing:
    return Listing(
        "/audit-logs",
        lambda rank: inserted(
            conn,
            "insert into audit_logs (id, recorded_at, table_name, row_id, operation, actor, data_digest, hash)"
            " select coalesce(max(id), 0) + 1, make_date(2026, 1, %s::int), 'rooms', '1', 'DELETE', 'psql', sha256(''),"
            " sha256('') from audit_logs returning id",
            str(rank // 20 + 1),
        ),
    )


def space_payments(api: ApiClient, _make: Factory, conn: Connection) -> Listing:
    market = Marketplace(conn)
    offering = market.offering()
    market.slots(offering)
    booking_id = api.post("/space-bookings", wish(offering, paymentMethod="CARD")).body["id"]
    conn.execute("delete from space_payments")  # but for the one of the booking itself
    return Listing(
        f"/space-bookings/{booking_id}/payments",
        lambda rank: inserted(
            conn,
            "insert into space_payments (booking_id, amount, currency, payment_method, created_at)"
            " select max(id), 20, 'USD', 'CARD', make_date(2026, 1, %s::int) from space_bookings returning id",
            str(rank // 20 + 1),
        ),
    )


def activities(api: ApiClient, make: Factory, _conn: Connection) -> Listing:
    def add(_rank: int) -> Row:
        make.staff()
        newest: Row = api.get("/activities?limit=1").body["data"][0]
        return newest

    return Listing("/activities", add)


def users(_api: ApiClient, _make: Factory, conn: Connection) -> Listing:
    return Listing(
        "/users",
        lambda rank: inserted(
            conn,
            "insert into auth_users (name, email) values (%s, gen_random_uuid() || '@example.com') returning id::text",
            f"Rank {rank // 20}",
        ),
    )


def sessions(_api: ApiClient, _make: Factory, conn: Connection) -> Listing:
    return Listing(
        "/auth/sessions",
        lambda rank: inserted(
            conn,
            "insert into auth_sessions (user_id, session_token) select id, sha256(%s::text::bytea) from auth_users"
            " where role = 'OWNER' returning id",
            f"rank-{rank}",
        ),
    )


def personal_tokens(api: ApiClient, _make: Factory, _conn: Connection) -> Listing:
    return rows_of(
        "/me/tokens",
        lambda rank: created(api, "/me/tokens", {"name": f"Rank {rank}", "permissions": []}),
        api,
    )


def addresses(api: ApiClient, _make: Factory, _conn: Connection) -> Listing:
    home = {"line1": "12 Mill Lane", "city": "Utrecht", "country": "NL"}
    return rows_of("/me/addresses", lambda _rank: created(api, "/me/addresses", home), api)


def created(api: ApiClient, path: str, body: Row) -> Row:
    answer = api.post(path, body)
    assert answer.status == 201, answer.body
    row: Row = answer.body
    return row


def inserted(conn: Connection, statement: LiteralString, value: str) -> Row:
    """What takes a password or an e-mail to come in over HTTP."""
    row = conn.execute(statement, [value]).fetchone()
    assert row is not None
    return row


def at_portal(kind: str, *, make: Factory, conn: Connection, add: Callable[[dict[str, Any], int], Row]) -> Listing:
    """A list of the portal, read by a contact of the one client whose rows are added, with one package."""
    ids = {"clientId": make.client()["id"], "sessionTypeId": make.package()["id"]}
    token = sign_in_contact(conn, ids["clientId"])
    return Listing(f"/portal/{kind}", lambda rank: add(ids, rank), token=token)


def portal_invoices(_api: ApiClient, make: Factory, conn: Connection) -> Listing:
    def add(ids: dict[str, Any], rank: int) -> Row:
        days = {"issueDate": f"2027-01-0{rank // 20 + 1}", "dueDate": f"2027-02-0{rank // 20 + 1}"}
        return make.sent_invoice(clientId=ids["clientId"], **days)

    return at_portal("invoices", make=make, conn=conn, add=add)


def portal_bookings(_api: ApiClient, make: Factory, conn: Connection) -> Listing:
    def add(ids: dict[str, Any], rank: int) -> Row:
        return make.booking(sessionDate=instant(day=rank // 20), **ids)

    return at_portal("bookings", make=make, conn=conn, add=add)


def portal_photos(_api: ApiClient, make: Factory, conn: Connection) -> Listing:
    booking = make.booking()
    token = sign_in_contact(conn, booking["clientId"])
    path = f"/portal/bookings/{booking['id']}/photo-selections"
    return Listing(path, lambda _rank: make.photo(booking), token=token)


def portal_editing_jobs(api: ApiClient, make: Factory, conn: Connection) -> Listing:
    def add(ids: dict[str, Any], _rank: int) -> Row:
        job_id = make.completed_booking(**ids)["editingJobId"]
        job: Row = api.patch(f"/editing-jobs/{job_id}", {"status": "DELIVERED"}).body
        return job

    return at_portal("editing-jobs", make=make, conn=conn, add=add)


def portal_work_packages(_api: ApiClient, make: Factory, conn: Connection) -> Listing:
    def add(ids: dict[str, Any], _rank: int) -> Row:
        return make.work_package(clientId=ids["clientId"])

    return at_portal("work-packages", make=make, conn=conn, add=add)


Opener = Callable[[ApiClient, Factory, Connection], Listing]


def own_branches(_api: ApiClient, make: Factory, _conn: Connection) -> Listing:
    return Listing("/vendor/branches", lambda _rank: make.branch("PENDING"), token=token_of("VENDOR"))


def all_branches(_api: ApiClient, make: Factory, _conn: Connection) -> Listing:
    return Listing("/admin/branches", lambda _rank: make.branch("PENDING"))


def offerings(api: ApiClient, make: Factory, _conn: Connection) -> Listing:
    branch = make.branch()
    return Listing(
        f"/vendor/branches/{branch['id']}/services",
        lambda rank: make.offering(branch, label=f"Rank {rank:02}"),
        lambda row: api.by_role("VENDOR").delete(f"/vendor/services/{row['id']}"),
        token_of("VENDOR"),
    )


def slots(api: ApiClient, make: Factory, _conn: Connection) -> Listing:
    offering = make.offering()

    def add(rank: int) -> Row:
        day = f"2040-01-{rank // 5 + 1:02}"
        times = {"startTime": "09:00", "endTime": "10:00", "fromDate": day, "toDate": day}
        return next(slot for slot in make.slots(offering, **times) if slot["date"] == day)

    return Listing(
        f"/vendor/services/{offering['id']}/availability",
        add,
        lambda row: api.by_role("VENDOR").delete(f"/vendor/availability/{row['id']}"),
        token_of("VENDOR"),
    )


def public_branches(_api: ApiClient, make: Factory, _conn: Connection) -> Listing:
    def add(rank: int) -> Row:
        branch = make.branch(latitude=rank // 20, longitude=0)
        make.offering(branch, pricePerUnit=f"{rank // 20 + 1}.00")
        return branch

    return Listing("/branches", add)


def public_offerings(api: ApiClient, make: Factory, _conn: Connection) -> Listing:
    def add(rank: int) -> Row:
        branch = make.branch(latitude=rank // 20, longitude=0)
        return make.offering(branch, label=f"Rank {rank // 20}", pricePerUnit=f"{rank // 20 + 1}.00")

    def remove(row: Row) -> Answer:
        return api.by_role("VENDOR").delete(f"/vendor/services/{row['id']}")

    return Listing("/vendor-services", add, remove)


def public_slots(api: ApiClient, make: Factory, _conn: Connection) -> Listing:
    offering = make.offering()
    today = datetime.now(UTC).date()

    def add(rank: int) -> Row:
        day = str(today + timedelta(days=rank // 5 + 1))
        times = {"startTime": "09:00", "endTime": "10:00", "fromDate": day, "toDate": day}
        return next(slot for slot in make.slots(offering, **times) if slot["date"] == day)

    return Listing(
        f"/vendor-services/{offering['id']}/availability",
        add,
        lambda row: api.by_role("VENDOR").delete(f"/vendor/availability/{row['id']}"),
    )


def facilities(api: ApiClient, make: Factory, _conn: Connection) -> Listing:
    return Listing(
        "/facilities",
        lambda rank: make.facility(name=f"Rank {rank:02}"),
        lambda row: api.delete(f"/admin/facilities/{row['id']}"),
    )


def features(api: ApiClient, make: Factory, _conn: Connection) -> Listing:
    return Listing(
        "/features",
        lambda rank: make.feature(name=f"Rank {rank:02}"),
        lambda row: api.delete(f"/admin/features/{row['id']}"),
    )


def chat_messages(_api: ApiClient, _make: Factory, conn: Connection) -> Listing:
    """Without replies, so that a row is added at a time."""

    def add(rank: int) -> Row:
        row = conn.execute(
            """
            insert into ai_chat_messages (user_id, role, content, created_at)
            select id, 'USER', 'hello', timestamptz '2026-01-01 12:00Z' + %s * interval '1 hour'
            from auth_users
            where email = 'owner@callers.example'
            returning id
            """,
            [rank // 20],
        ).fetchone()
        assert row is not None
        return row

    return Listing("/assistant/messages", add)


def own_requests(_api: ApiClient, make: Factory, conn: Connection) -> Listing:
    branch = make.branch()
    path = f"/vendor/branches/{branch['id']}/approval-requests"
    return Listing(path, lambda rank: request_of(make, conn, branch, rank), token=token_of("VENDOR"))


def all_requests(_api: ApiClient, make: Factory, conn: Connection) -> Listing:
    branch = make.branch()
    return Listing("/admin/approval-requests", lambda rank: request_of(make, conn, branch, rank))


def request_of(make: Factory, conn: Connection, branch: Row, rank: int) -> Row:
    """A request of another day for each twenty ranks."""
    asked = {"kind": "CAPACITY_CHANGE", "requestedCapacity": 5, "vendorServiceId": make.offering(branch)["id"]}
    request = make.approval_request(branch, **asked)
    conn.execute(
        "update approval_requests set created_at = make_date(2026, 1, %s) where id = %s",
        [rank // 20 + 1, request["id"]],
    )
    return request


LISTS: dict[str, dict[Opener, tuple[str, ...]]] = {
    "/clients": {
        clients: ("name", "-name", "createdAt", "-createdAt"),
        clients_who_paid: ("totalRevenue", "-totalRevenue"),
    },
    "/clients/{clientId}/contacts": {contacts: ("name", "-name")},
    "/work-packages": {work_packages: ("createdAt", "-createdAt")},
    "/session-categories": {categories: ("name", "-name")},
    "/rooms": {rooms: ("name", "-name")},
    "/session-packages": {packages: ("name", "-name", "price", "-price")},
    "/staff": {staff: ("name", "-name")},
    "/bookings": {bookings: ("sessionDate", "-sessionDate", "createdAt", "-createdAt")},
    "/bookings/{bookingId}/photo-selections": {photo_selections: ("position",)},
    "/editing-jobs": {
        editing_jobs: ("dueDate", "-dueDate", "createdAt", "-createdAt"),
        editing_jobs_by_priority: ("priority", "-priority"),
    },
    "/editing-jobs/{editingJobId}/revisions": {revisions: ("-requestedAt",)},
    "/editing-stages": {editing_stages: ("position",)},
    "/expenses": {expenses: ("incurredAt", "-incurredAt", "amount", "-amount")},
    "/payment-accounts": {payment_accounts: ("name", "-name")},
    "/invoices": {invoices: ("issueDate", "-issueDate", "dueDate", "-dueDate")},
    "/invoices/{invoiceId}/milestones": {milestones: ("position",)},
    "/invoices/{invoiceId}/payments": {payments: ("paidAt", "-paidAt")},
    "/invoices/{invoiceId}/checkout-sessions": {checkouts: ("-createdAt",)},
    "/payments/{paymentId}/refunds": {refunds: ("refundedAt", "-refundedAt")},
    "/admin/stripe-events": {stripe_events: ("-receivedAt",)},
    "/billing/purchases": {purchases: ("-createdAt",)},
    "/plans": {plans: ("name", "price")},
    "/subscriptions": {subscriptions: ("-createdAt",)},
    "/subscriptions/{subscriptionId}/grants": {subscription_grants: ("-periodStart",)},
    "/billing/transactions": {credit_transactions: ("-createdAt",)},
    "/photo-jobs": {photo_jobs: ("-createdAt",)},
    "/admin/demo-jobs": {demo_jobs: ("-createdAt",)},
    "/space-bookings": {space_bookings: ("startsAt", "-startsAt")},
    "/classes": {classes: ("startTime", "-startTime")},
    "/class-bookings": {class_bookings: ("startTime", "-startTime")},
    "/space-bookings/{spaceBookingId}/payments": {space_payments: ("-createdAt",)},
    "/inductions": {inductions: ("startTime", "-startTime")},
    "/parqs": {parqs: ("-createdAt",)},
    "/gyms": {gyms: ("name", "-createdAt")},
    "/gyms/{gymId}/equipment": {equipment: ("name",)},
    "/gyms/{gymId}/trainers": {trainers: ("name",)},
    "/classes/{classSessionId}/reviews": {reviews: ("-createdAt",)},
    "/notifications": {notifications: ("-number",)},
    "/support/problems": {problems: ("-createdAt",)},
    "/support/problems/{problemId}/comments": {comments: ("createdAt",)},
    "/audit-logs": {audit_logs: ("-recordedAt",)},
    "/webhook-endpoints": {webhook_endpoints: ("-createdAt",)},
    "/webhook-deliveries": {webhook_deliveries: ("-createdAt",)},
    "/activities": {activities: ("-createdAt",)},
    "/communication-logs": {messages: ("-createdAt",)},
    "/reports/booking-profitability": {booking_profits: ("sessionDate",)},
    "/users": {users: ("name", "-name", "createdAt", "-createdAt")},
    "/auth/sessions": {sessions: ("-createdAt",)},
    "/me/tokens": {personal_tokens: ("-createdAt",)},
    "/me/addresses": {addresses: ("createdAt",)},
    "/vendor/branches": {own_branches: ("name", "createdAt")},
    "/admin/branches": {all_branches: ("name", "createdAt")},
    "/vendor/branches/{branchId}/services": {offerings: ("label",)},
    "/vendor/services/{vendorServiceId}/availability": {slots: ("startsAt",)},
    "/vendor/branches/{branchId}/approval-requests": {own_requests: ("-createdAt", "createdAt")},
    "/admin/approval-requests": {all_requests: ("-createdAt", "createdAt")},
    "/branches": {public_branches: ("newest", "price", "-price", "distance", "name")},
    "/vendor-services": {public_offerings: ("newest", "price", "-price", "distance", "name")},
    "/vendor-services/{vendorServiceId}/availability": {public_slots: ("startsAt",)},
    "/facilities": {facilities: ("name",)},
    "/features": {features: ("name",)},
    "/assistant/messages": {chat_messages: ("-createdAt",)},
    "/portal/invoices": {portal_invoices: ("issueDate", "-issueDate", "dueDate", "-dueDate")},
    "/portal/bookings": {portal_bookings: ("sessionDate", "-sessionDate")},
    "/portal/bookings/{bookingId}/photo-selections": {portal_photos: ("position",)},
    "/portal/editing-jobs": {portal_editing_jobs: ("createdAt", "-createdAt")},
    "/portal/work-packages": {portal_work_packages: ("createdAt", "-createdAt")},
}
EVERY_ORDER = [
    pytest.param(opener, sorts, id=f"{opener.__name__} by {', '.join(sorts)}")
    for openers in LISTS.values()
    for opener, sorts in openers.items()
]
# Read by twos, a page ends between two rows of one key in either direction (10 and 15, 50 and 55, 70 and 90 undated).
RANKS = (30, 10, 15, 50, 55, 90, 70)
EVERY_LIST = [pytest.param(next(iter(openers)), id=path) for path, openers in LISTS.items()]


@pytest.fixture
def reader(api: ApiClient, listing: Listing) -> ApiClient:
    """Whoever reads the list."""
    return api.by_token(listing.token)


@pytest.fixture
def listing(request: pytest.FixtureRequest, api: ApiClient, make: Factory, conn: Connection) -> Listing:
    """The list that the test is parametrized with."""
    opened: Listing = request.param(api, make, conn)
    return opened


def pages(api: ApiClient, path: str, **query: Any) -> Iterator[list[Any]]:
    """The ids of a list's rows, page by page, each fetched when it is asked for; by distance, from a point."""
    query |= {"lat": 0, "lng": 0} if query.get("sort") == "distance" else {}
    cursor = None
    while True:
        page = api.get(path, query_string=query if cursor is None else query | {"cursor": cursor}).body
        yield [row["id"] for row in page["data"]]
        cursor = page["nextCursor"]
        if cursor is None:
            return


def all_ids(api: ApiClient, path: str, **query: Any) -> list[Any]:
    return [row_id for page in pages(api, path, **query) for row_id in page]


def pointers(refused: Answer) -> list[str]:
    return [fault["pointer"] for fault in refused.body["errors"]]


def test_every_list_of_the_api_is_read_here_in_every_order() -> None:
    documented = {}
    for path, operations in api_document()["paths"].items():
        arguments = {parameter.get("name"): parameter for parameter in operations.get("get", {}).get("parameters", [])}
        if "cursor" in arguments:
            documented[path.removeprefix(PREFIX)] = set(arguments["sort"]["schema"]["enum"])

    assert documented == {path: {s for sorts in openers.values() for s in sorts} for path, openers in LISTS.items()}


@pytest.mark.parametrize(("listing", "sorts"), EVERY_ORDER, indirect=["listing"])
def test_pages_follow_one_another_through_the_whole_list(
    reader: ApiClient, listing: Listing, sorts: tuple[str, ...]
) -> None:
    added = {listing.add(rank)["id"] for rank in RANKS}
    for sort in sorts:
        whole = all_ids(reader, listing.path, sort=sort, limit=200)

        by_twos = list(pages(reader, listing.path, sort=sort, limit=2))

        assert added <= set(whole), sort
        assert [len(page) for page in by_twos[:-1]] == [2] * (len(by_twos) - 1), sort
        assert [row_id for page in by_twos for row_id in page] == whole, sort


@pytest.mark.parametrize(("listing", "sorts"), EVERY_ORDER, indirect=["listing"])
def test_rows_that_come_and_go_meanwhile_make_a_reader_neither_skip_nor_repeat_one(
    reader: ApiClient, conn: Connection, listing: Listing, sorts: tuple[str, ...]
) -> None:
    rows = {row["id"]: row for row in (listing.add(rank) for rank in RANKS)}
    for sort in sorts:
        with conn.transaction(force_rollback=True):
            before = all_ids(reader, listing.path, sort=sort)
            pages_read = pages(reader, listing.path, sort=sort, limit=2)

            read = next(pages_read)
            gone = [before[0], before[-1]] if listing.remove else []
            for row_id in gone:
                assert listing.remove is not None
                assert listing.remove(rows[row_id]).status < 300
            for rank in (5, 45, 95):
                listing.add(rank)
            read += [row_id for page in pages_read for row_id in page]

        stayed = [row_id for row_id in before if row_id not in gone]
        assert len(read) == len(set(read)), sort
        assert [row_id for row_id in read if row_id in stayed] == stayed, sort
        assert not set(gone[1:]) & set(read), sort


@pytest.mark.parametrize("listing", EVERY_LIST, indirect=True)
def test_the_last_page_has_no_next_even_when_it_is_full(reader: ApiClient, listing: Listing) -> None:
    for rank in (10, 50):
        listing.add(rank)
    count = len(all_ids(reader, listing.path))

    full = reader.get(f"{listing.path}?limit={count}")

    assert (len(full.body["data"]), full.body["nextCursor"]) == (count, None)
    assert "Link" not in full.headers


@pytest.mark.parametrize("listing", EVERY_LIST, indirect=True)
def test_the_total_is_of_all_rows_and_only_there_when_it_is_asked_for(reader: ApiClient, listing: Listing) -> None:
    for rank in (10, 50, 90):
        listing.add(rank)

    counted = reader.get(f"{listing.path}?limit=1&include=total").body
    plain = reader.get(f"{listing.path}?limit=1").body

    assert counted["total"] == len(all_ids(reader, listing.path))
    assert "total" not in plain


@pytest.mark.parametrize("listing", EVERY_LIST, indirect=True)
@pytest.mark.parametrize("limit", ["0", "201", "-1", "ten", "1.5", ""])
def test_a_page_has_1_to_200_rows(reader: ApiClient, listing: Listing, limit: str) -> None:

    refused = reader.get(f"{listing.path}?limit={limit}")

    assert refused.status == 422
    assert pointers(refused) == ["/limit"]


@pytest.mark.parametrize("limit", [1, 200])
def test_the_bounds_of_a_page_are_within_it(api: ApiClient, limit: int) -> None:
    assert api.get(f"/clients?limit={limit}").status == 200


def test_a_page_has_50_rows_unless_asked_otherwise(api: ApiClient, make: Factory) -> None:
    for _ in range(51):
        make.category()

    by_default = list(pages(api, "/session-categories"))

    assert [len(page) for page in by_default] == [50, 1]


@pytest.mark.parametrize("listing", EVERY_LIST, indirect=True)
@pytest.mark.parametrize("argument", ["colour=red", "offset=10", "Limit=10"])
def test_an_argument_that_is_not_known_is_refused(reader: ApiClient, listing: Listing, argument: str) -> None:

    refused = reader.get(f"{listing.path}?{argument}")

    assert refused.status == 422
    assert pointers(refused) == [f"/{argument.partition('=')[0]}"]


@pytest.mark.parametrize("listing", EVERY_LIST, indirect=True)
@pytest.mark.parametrize("argument", ["sort=id", "sort=", "sort=--createdAt", "include=rows", "cursor="])
def test_an_argument_that_is_no_word_of_its_list_is_refused(reader: ApiClient, listing: Listing, argument: str) -> None:

    refused = reader.get(f"{listing.path}?{argument}")

    assert refused.status == 422
    assert pointers(refused) == [f"/{argument.partition('=')[0]}"]


@pytest.mark.parametrize(
    ("path", "pointer"),
    [
        ("/bookings?status=done", "/status"),
        ("/bookings?clientId=emma", "/clientId"),
        ("/bookings?clientId=0", "/clientId"),
        ("/bookings?clientId=9223372036854775808", "/clientId"),
        ("/bookings?from=2027-03-01", "/from"),
        ("/bookings?to=2027-03-01T10:00:00", "/to"),
        ("/bookings?invoiced=1", "/invoiced"),
        ("/expenses?billed=TRUE", "/billed"),
        ("/invoices?from=2027-02-30", "/from"),
        ("/clients?q=", "/q"),
        ("/clients?q=%00", "/q"),
        ("/clients?q=" + "x" * 201, "/q"),
    ],
)
def test_a_filter_that_cannot_be_meant_is_refused(api: ApiClient, path: str, pointer: str) -> None:
    refused = api.get(path)

    assert refused.status == 422
    assert pointers(refused) == [pointer]


@pytest.mark.parametrize("listing", EVERY_LIST, indirect=True)
def test_a_cursor_that_is_none_is_refused(reader: ApiClient, listing: Listing) -> None:

    refused = reader.get(f"{listing.path}?cursor=bm9uZQ")

    assert refused.status == 422
    assert pointers(refused) == ["/cursor"]


@pytest.mark.parametrize(
    "forge",
    [
        pytest.param(lambda order, key, row_id: [order, "no time", row_id], id="a key of another type"),
        pytest.param(lambda order, key, row_id: [order, f"\x00{key}", row_id], id="a NUL"),
        pytest.param(lambda order, key, row_id: [order, None, row_id], id="no key"),
        pytest.param(lambda order, key, row_id: [order, key, str(row_id)], id="a row that is text"),
        pytest.param(lambda order, key, row_id: [order, key, 2**63], id="a row beyond all rows"),
        pytest.param(lambda order, key, row_id: [order, key], id="no row"),
        pytest.param(lambda order, key, row_id: {"order": order}, id="another shape"),
    ],
)
def test_a_cursor_that_somebody_has_changed_is_refused(
    api: ApiClient, make: Factory, forge: Callable[[str, str, int], Any]
) -> None:
    make.booking(), make.booking()
    cursor = api.get("/bookings?limit=1").body["nextCursor"]
    parts = json.loads(base64.urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4)))
    forged = base64.urlsafe_b64encode(json.dumps(forge(*parts)).encode()).decode().rstrip("=")

    refused = api.get("/bookings", query_string={"cursor": forged})

    assert refused.status == 422
    assert pointers(refused) == ["/cursor"]


def test_a_cursor_of_another_order_is_refused(api: ApiClient, make: Factory) -> None:
    make.client(), make.client()
    cursor = api.get("/clients?limit=1&sort=name").body["nextCursor"]

    refused = api.get(f"/clients?limit=1&sort=-name&cursor={cursor}")

    assert refused.status == 422
    assert pointers(refused) == ["/cursor"]


def test_a_cursor_of_another_list_is_refused(api: ApiClient, make: Factory) -> None:
    make.client(), make.client()
    cursor = api.get("/clients?limit=1&sort=name").body["nextCursor"]

    refused = api.get(f"/staff?sort=name&cursor={cursor}")

    assert refused.status == 422
    assert pointers(refused) == ["/cursor"]


def test_the_next_page_is_linked_with_all_its_arguments(api: ApiClient, make: Factory) -> None:
    for name in ("Ann & Co", "Bea & Co", "Cleo & Co"):
        make.client(name=name)

    first = api.get("/clients", query_string={"limit": 1, "sort": "-name", "q": "& co", "include": "total"})
    second = follow(api, first)
    third = follow(api, second)

    names = [answer.body["data"][0]["name"] for answer in (first, second, third)]
    assert names == ["Cleo & Co", "Bea & Co", "Ann & Co"]
    assert [answer.body["total"] for answer in (first, second, third)] == [3, 3, 3]
    assert "Link" not in third.headers


def follow(api: ApiClient, answer: Answer) -> Answer:
    """Read the page that an answer's Link header calls the next."""
    address, _, relation = answer.headers["Link"].partition(">; ")
    assert relation == 'rel="next"'
    return api.get(address.removeprefix(f"<{PREFIX}"))


@pytest.mark.parametrize("sort", ["dueDate", "-dueDate"])
@pytest.mark.parametrize("listing", [editing_jobs, invoices], indirect=True)
def test_rows_without_the_key_they_are_sorted_by_come_after_all_others(
    reader: ApiClient, listing: Listing, sort: str
) -> None:
    undated, dated = [listing.add(rank)["id"] for rank in (90, 70, 80)], [listing.add(rank)["id"] for rank in (50, 10)]
    ascending = [*reversed(dated), *undated]

    read = all_ids(reader, listing.path, sort=sort, limit=1)

    assert read == (ascending if sort == "dueDate" else ascending[::-1])


@pytest.mark.parametrize("sort", ["createdAt", "-createdAt"])
def test_a_microsecond_is_enough_to_tell_rows_apart(api: ApiClient, make: Factory, conn: Connection, sort: str) -> None:
    ids = [make.client()["id"] for _ in range(4)]
    for microseconds, client_id in enumerate(reversed(ids)):
        conn.execute(
            "update clients set created_at = timestamptz '2026-01-01 12:00:00.999999Z' + %s * interval '1 microsecond'"
            " where id = %s",
            [microseconds, client_id],
        )

    read = all_ids(api, "/clients", sort=sort, limit=1)

    assert read == (ids[::-1] if sort == "createdAt" else ids)


@pytest.mark.parametrize("sign", ["😀", '"', "İ", "ẞ", "\\"])
@pytest.mark.parametrize("sort", ["name", "-name"])
def test_any_name_can_be_where_a_page_ends(api: ApiClient, make: Factory, sign: str, sort: str) -> None:
    ids = {make.client(name=sign * length)["id"] for length in (1, 199, 200)}

    read = all_ids(api, "/clients", sort=sort, limit=1)

    assert (len(read), set(read)) == (3, ids)


def test_a_list_of_nothing_is_a_page_without_rows(api: ApiClient) -> None:
    assert api.get("/clients?include=total").body == {"data": [], "nextCursor": None, "total": 0}


def test_a_page_after_rows_that_are_all_gone_is_empty(api: ApiClient, make: Factory) -> None:
    bookings = [make.booking() for _ in range(2)]
    first = api.get("/bookings?limit=1").body
    for booking in bookings:
        api.delete(f"/bookings/{booking['id']}")

    after = api.get(f"/bookings?limit=1&cursor={first['nextCursor']}").body

    assert (after["data"], after["nextCursor"]) == ([], None)


@pytest.mark.parametrize(
    ("path", "order", "row_id"),
    [("/users", "UserList name", 1), ("/clients", "ClientList name", "00000000-0000-4000-8000-000000000001")],
)
def test_a_cursor_with_an_id_of_another_type_is_refused(api: ApiClient, path: str, order: str, row_id: Any) -> None:
    cursor = base64.urlsafe_b64encode(json.dumps([order, "a", row_id]).encode()).decode().rstrip("=")

    refused = api.get(path, query_string={"cursor": cursor, "sort": "name"})

    assert refused.status == 422
    assert pointers(refused) == ["/cursor"]


def test_a_cursor_that_was_forged_is_refused_whatever_it_holds(api: ApiClient) -> None:
    forged = [["ClientList name", "a", True], ["ClientList name", "a", 1.5], ["ClientList name", None, 1], {"a": 1}, 7]

    answers = [
        api.get(f"/clients?cursor={base64.urlsafe_b64encode(json.dumps(parts).encode()).decode().rstrip('=')}")
        for parts in forged
    ]

    assert [answer.status for answer in answers] == [422] * len(forged)


def test_search_finds_a_name_whatever_alphabet_its_capitals_are_of(api: ApiClient, make: Factory) -> None:
    names = ["İpek Aksoy", "ÉMILIE Roux", "ΣΟΦΙΑ"]
    for name in names:
        make.client(name=name)

    found = [
        [client["name"] for client in api.get("/clients", query_string={"q": name}).body["data"]] for name in names
    ]

    assert found == [[name] for name in names]
