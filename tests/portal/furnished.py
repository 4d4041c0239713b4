"""Clients who have everything that a portal shows, and everything that it does not."""

from dataclasses import dataclass
from typing import Any

from photolens.database import Connection, sql
from tests.client import ApiClient
from tests.contacts import sign_in_contact
from tests.factories import Factory, instant

WORD = "Zyxomma"  # in every text that no contact is to see


@dataclass(frozen=True)
class FurnishedClient:
    """A client, the token of their contact, and ids: by the names of paths; of rows they see, and do not, by table."""

    token: str
    ids: dict[str, Any]
    shown: dict[str, set[Any]]
    hidden: dict[str, set[Any]]


def furnish(conn: Connection, api: ApiClient, make: Factory, day: int) -> FurnishedClient:
    """Make a client, over HTTP where there is an operation for it; with sessions on `day` and the four days after."""
    client = make.client(name=f"Client of day {day}", notes=WORD, phone="+31612345678")
    token = sign_in_contact(conn, client["id"], f"Contact of day {day}")
    colleague = make.contact(clientId=client["id"], name=WORD)
    work_package = make.work_package(clientId=client["id"])
    of_client = {"clientId": client["id"], "workPackageId": work_package["id"], "notes": WORD}
    upcoming = make.booking(make.staff(name=WORD), sessionDate=instant(day), **of_client)
    photo = make.photo(upcoming)
    jobs = [
        _job(api, make.completed_booking(sessionDate=instant(day + n), **of_client), stage)
        for n, stage in enumerate(("Awaiting Selection", "Client Review", "In Progress", "Completed"), 1)
    ]
    selecting, reviewed, edited, delivered = jobs
    own_revision = _revision(conn, reviewed["id"], "Warmer tones, please.", is_from_client=True)
    staffs_revision = _revision(conn, reviewed["id"], WORD, is_from_client=False)
    invoice = make.sent_invoice("4000.00", "5000.00", clientId=client["id"], bookingId=upcoming["id"])
    draft = make.invoice("77.00", clientId=client["id"])
    voided = make.sent_invoice("10.00", clientId=client["id"])
    voided_draft = make.invoice("11.00", clientId=client["id"])
    for row in (voided, voided_draft):
        assert api.post(f"/invoices/{row['id']}/void").status == 200
    payment = make.payment(invoice, "1000.00", notes=WORD)
    money = _money(conn, client["id"], invoice["id"], payment["id"])
    contact_id = _one(conn, "select id from client_contacts where client_id = %s and user_id is not null", client["id"])
    items = {item["id"] for row in (invoice, voided) for item in row["items"]}
    return FurnishedClient(
        token,
        {
            "invoiceId": invoice["id"],
            "checkoutId": str(next(iter(money["checkout_sessions"]))),
            "bookingId": upcoming["id"],
            "selectionId": photo["id"],
            "editingJobId": reviewed["id"],
            "workPackageId": work_package["id"],
        },
        {
            "clients": {client["id"]},
            "client_contacts": {contact_id},
            "work_packages": {work_package["id"]},
            "bookings": {upcoming["id"], *(job["bookingId"] for job in jobs)},
            "photo_selections": {photo["id"]},
            "editing_jobs": {selecting["id"], reviewed["id"], delivered["id"]},
            "editing_revisions": {own_revision},
            "invoices": {invoice["id"], voided["id"]},
            "invoice_items": items,
            "payments": {payment["id"]},
            **money,
        },
        {
            "client_contacts": {colleague["id"]},
            "editing_jobs": {edited["id"]},
            "editing_revisions": {staffs_revision},
            "invoices": {draft["id"], voided_draft["id"]},
        },
    )


def _job(api: ApiClient, booking: dict[str, Any], stage: str) -> dict[str, Any]:
    stages = {row["name"]: row["id"] for row in api.get("/editing-stages").body["data"]}
    job = f"/editing-jobs/{booking['editingJobId']}"
    notes = {"notes": WORD, "photographerNotes": WORD}
    answer = api.patch(job, notes | {"stageId": stages[stage], "driveFolderUrl": "https://drive.example/folder"})
    assert answer.status == 200, answer.body
    moved: dict[str, Any] = answer.body
    return moved


def _revision(conn: Connection, job_id: int, note: str, *, is_from_client: bool) -> int:
    revision_id: int = sql.studio.insert_editing_revision(
        conn, editing_job_id=job_id, note=note, requested_by=WORD, is_from_client=is_from_client
    )
    sql.studio.refresh_editing_job_revisions(conn, editing_job_id=job_id)
    return revision_id


def _money(conn: Connection, client_id: int, invoice_id: int, payment_id: int) -> dict[str, set[Any]]:
    """Milestones, a refund and a checkout, which have a number for each table."""
    with conn.transaction():
        milestones = conn.execute(
            "insert into invoice_milestones (invoice_id, position, label, expected_amount)"
            " values (%(id)s, 1, 'Deposit', 4000), (%(id)s, 2, 'Rest', 5000) returning id",
            {"id": invoice_id},
        ).fetchall()
        refund = _one(
            conn,
            "insert into refunds (payment_id, amount, reason, recorded_by) values (%s, 100, 'Rain', 'Zyxomma')"
            " returning id",
            payment_id,
        )
        checkout = _one(
            conn,
            "insert into checkout_sessions (invoice_id, contact_id, expected_amount_minor, currency)"
            " select invoices.id, client_contacts.id, 810000, invoices.currency from invoices"
            " inner join client_contacts on invoices.client_id = client_contacts.client_id"
            " where invoices.id = %s and client_contacts.user_id is not null returning id",
            invoice_id,
        )
        sql.billing.refresh_invoice(conn, invoice_id=invoice_id)
        sql.billing.refresh_client_revenue(conn, client_id=client_id)
    return {
        "invoice_milestones": {row["id"] for row in milestones},
        "refunds": {refund},
        "checkout_sessions": {checkout},
    }


def _one(conn: Connection, statement: str, parameter: Any) -> Any:
    row = conn.execute(statement.encode(), [parameter]).fetchone()
    assert row is not None
    return row["id"]
