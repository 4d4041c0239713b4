"""A client about whom something is held in every place where there can be something."""

from typing import Any

from photolens.database import Connection
from tests.client import ApiClient
from tests.factories import Factory, instant

# Every table with rows that are a client's, by way of its foreign keys: to clients, or to rows that are theirs already.
OF_CLIENTS = """
    with recursive reached as (
        select 'clients'::regclass as child, array['clients'::regclass::oid] as path, 'clients' collate "C" as joined
        union all
        select
            conrelid::regclass,
            path || conrelid,
            joined || format(
                ' join %s on (%s) = (%s)',
                conrelid::regclass,
                (
                    select string_agg(format('%s.%I', conrelid::regclass, attname), ', ' order by place)
                    from unnest(conkey) with ordinality as k (key, place)
                    join pg_attribute on attrelid = conrelid and attnum = key
                ),
                (
                    select string_agg(format('%s.%I', confrelid::regclass, attname), ', ' order by place)
                    from unnest(confkey) with ordinality as k (key, place)
                    join pg_attribute on attrelid = confrelid and attnum = key
                )
            )
        from reached
        join pg_constraint on contype = 'f' and conparentid = 0 and confrelid = child and conrelid <> all(path)
    )
    select child::text as name, joined from reached
    -- What a photo job was paid with is not the client's.
    where child <> 'clients'::regclass and not path && array['credit_transactions'::regclass::oid]
"""


def rows_of_client(conn: Connection, client_id: int) -> dict[str, list[dict[str, Any]]]:
    """The rows of each table that are a client's, as texts by the names of their columns."""
    rows: dict[str, list[dict[str, Any]]] = {}
    for table in conn.execute(OF_CLIENTS.encode()).fetchall():
        name = table["name"]
        found = conn.execute(
            f"select distinct on ({name}.ctid) {name}.* from {table['joined']} where clients.id = %s".encode(),
            [client_id],
        ).fetchall()
        rows.setdefault(name, []).extend(found)
    return rows


def known_client(conn: Connection, api: ApiClient, make: Factory, word: str) -> dict[str, Any]:
    """A client with rows everywhere; every text that is about them holds the word, and those of money another."""
    client = make.client(
        name=f"{word} Chen",
        email=f"{word}@example.com",
        phone=f"{word} 0134",
        notes=f"{word} prefers mornings.",
        avatarUrl=f"https://images.example/{word}.jpg",
    )
    make.contact(
        clientId=client["id"],
        name=f"{word} Berg",
        title=f"{word}s wife",
        email=f"{word}@berg.example",
        phone=f"{word} 7",
    )
    package = make.work_package(
        clientId=client["id"], name=f"{word}s wedding", description=f"{word} wants two days.", startsOn="2027-03-01"
    )
    person = make.staff()
    booking = make.completed_booking(
        clientId=client["id"],
        sessionDate=instant(1),
        location=f"At the home of {word}",
        notes=f"{word} has a dog.",
        workPackageId=package["id"],
        assignedStaff=[{"staffId": person["id"], "role": "Lead"}],
    )
    job = f"/editing-jobs/{booking['editingJobId']}"
    for status in ("IN_PROGRESS", "DELIVERED", "REVISION"):
        change = {"status": status, "statusNote": f"{word} wants it {status}.", "notes": f"{word} likes it warm."}
        assert api.patch(job, change).status == 200
    invoice = make.sent_invoice(clientId=client["id"], bookingId=booking["id"], items=[MONEY_ITEM])
    plan = {"milestones": [{"label": "Ledger: all", "description": "Ledger: at once", "percent": 100}]}
    assert api.put(f"/invoices/{invoice['id']}/milestones", plan).status == 200
    payment = make.payment(invoice, "10.00", notes="Ledger: first half.", method="Ledger: cash")
    make.refund(payment, "5.00", reason="Ledger: rain")
    make.expense(bookingId=booking["id"], description="Ledger: train", notes="Ledger: receipt")
    make.photo(booking, name=f"{word}_0042.jpg")
    assert api.post(f"{job}/revisions", {"note": f"{word} wants it warmer."}).status == 201
    handed_on = {"photographerNotes": f"{word} blinks.", "driveFolderUrl": f"https://drive.example/{word}"}
    assert api.patch(job, handed_on).status == 200
    # What a worker overwrites, once the client has been erased: tests/photos/test_job_erasure.py.
    wish = {"photoUrls": ["https://images.example/smile.jpg"], "prompt": "Warmer.", "bookingId": booking["id"]}
    assert api.post("/photo-jobs", wish).status == 202
    _what_tasks_and_series_make(conn, client, booking, word)
    _what_paying_online_makes(conn, invoice, word)
    shown: dict[str, Any] = api.get(f"/clients/{client['id']}").body
    return shown


MONEY_ITEM = {"name": "Ledger: session", "unitPrice": "100.00"}


def _what_tasks_and_series_make(conn: Connection, client: dict[str, Any], booking: dict[str, Any], word: str) -> None:
    given = {"word": word, "client": client["id"], "booking": booking["id"]}
    for statement in (
        "insert into booking_series (client_id, frequency, weekdays, starts_on, starts_at, occurrences)"
        " values (%(client)s, 'WEEKLY', '{MONDAY}', '2027-03-01', '10:15', 7)",
        "update bookings set series_id = (select max(id) from booking_series) where id = %(booking)s",
        "insert into communication_logs (channel, recipient, template, subject, body) values"
        " ('EMAIL', upper(%(word)s || '@example.com'), 'reminder', 'Dear ' || %(word)s, '\\x00'),"
        " ('SMS', %(word)s || ' 0134', 'reminder', null, '\\x00')",
        "insert into communication_logs (client_id, channel, recipient, template, subject, body) values"
        " (%(client)s, 'EMAIL', %(word)s || '@before.example', 'reminder', 'Before', '\\x00')",
        "insert into communication_logs"
        " (client_id, channel, recipient, template, subject, status, created_at, sent_at)"
        " values (%(client)s, 'EMAIL', %(word)s || '@long.example', 'reminder', 'Long ago', 'SENT',"
        " '2020-02-02', '2020-02-02')",
        "select archive_communication_logs(13, 1000)",
        "with account as ("
        "insert into auth_users (name, email, email_verified, status)"
        " select name, email, now(), 'ACTIVE' from client_contacts where client_id = %(client)s returning id)"
        " update client_contacts set user_id = account.id, activated_at = now()"
        " from account where client_id = %(client)s",
        "insert into contact_invites (contact_id, token, expires_at, created_at)"
        " select id, sha256(name::bytea), '2027-01-09', '2027-01-02' from client_contacts where client_id = %(client)s",
        "insert into activities (kind, subject_type, subject_id, client_id, actor_id, actor)"
        " select 'NOTED', 'CONTACT', id, client_id, user_id, 'Miss ' || %(word)s"
        " from client_contacts where client_id = %(client)s",
        "update editing_revisions set requested_by = 'Miss ' || %(word)s where note like %(word)s || '%%'",
        "update editing_status_logs set changed_by = %(word)s || ' Berg' where notes like %(word)s || '%%REVISION.'",
        "insert into activities (kind, subject_type, subject_id, client_id, actor, details)"
        " values ('NOTED', 'CLIENT', %(client)s, %(client)s, 'Somebody', jsonb_build_object('new', %(word)s::text))",
    ):
        conn.execute(statement.encode(), given)


def _what_paying_online_makes(conn: Connection, invoice: dict[str, Any], word: str) -> None:
    for statement in (
        "insert into checkout_sessions"
        " (invoice_id, contact_id, idempotency_key, expected_amount_minor, currency, status, stripe_session_id)"
        " select invoices.id, client_contacts.id, %(word)s || '-1', 9000, currency, 'EXPIRED', 'cs_' || invoices.id"
        " from invoices join client_contacts using (client_id) where invoices.id = %(invoice)s",
        "insert into stripe_events (id, type, payload) select 'evt_' || session.id, 'checkout.session.expired',"
        " jsonb_build_object('data', jsonb_build_object('object', to_jsonb(session)))"
        " from checkout_sessions cross join lateral"
        " (select stripe_session_id, %(word)s || '@berg.example') as session (id, customer_email)"
        " where invoice_id = %(invoice)s",
        "insert into stripe_events (id, type, payload, outcome, received_at, processed_at)"
        " select id || '_long_ago', type, payload, 'PROCESSED', '2020-02-02', '2020-02-02'"
        " from stripe_events where payload #>> '{data,object,id}' = 'cs_' || %(invoice)s",
        "select archive_stripe_events(13, 1000)",
    ):
        conn.execute(statement.encode(), {"word": word, "invoice": invoice["id"]})
