"""The examples of the API document: sent as they stand, they are accepted; but for ids, and for secrets."""

import json
import re
from collections.abc import Callable
from datetime import timedelta
from typing import Any

from flask import Flask

from photolens.database import Connection
from tests.classes.timetable import HEALTHY, MONDAY, Timetable
from tests.client import ApiClient, api_document, token_of
from tests.contacts import sign_in_contact
from tests.contracts.operations import operations_of
from tests.factories import Factory
from tests.purchases import buy
from tests.subscriptions import monthly_plan

EMAIL, PHONE = "emma.chen@example.com", "+31612345678"


def test_the_example_of_every_body_is_accepted(app: Flask, conn: Connection, api: ApiClient, make: Factory) -> None:
    ids = _made(conn, make, api) | _attended(conn, make, api)
    secrets = _Secrets(app, conn, api, make)
    contact, ids_of_client = _client_of_contact(conn, make, api)
    refused = []
    for operation in operations_of(api_document()):
        if operation.body:
            path_ids = dict(ids)
            if operation.name == "requestRevision":  # of what somebody has begun
                api.patch(f"/editing-jobs/{ids['editingJobId']}", {"status": "DELIVERED"})
            if operation.name == "updateInvoice":  # the booking and date of an issued one stand
                path_ids["invoiceId"] = make.invoice(clientId=ids["clientId"])["id"]
            if operation.name in ("recordPayment", "updateMilestone"):  # of what is paid in parts
                path_ids["invoiceId"] = ids["partsId"]
            conn.execute("savepoint example")
            token, known = secrets.of(operation.name)
            if operation.is_for_vendors:
                token = token_of("VENDOR")
            if operation.name in ("decideBranch", "updateOwnBranch"):  # what waits, and has no slots yet
                path_ids["branchId"] = make.branch("PENDING")["id"]
            if operation.name == "addTrainer":  # where they are not yet
                path_ids["gymId"] = make.gym()["id"]
            if operation.name == "reviewClass":  # of which nothing was said yet
                path_ids["classSessionId"] = ids["attendedId"]
            if operation.name == "updateClass":  # of which the time can still be changed
                path_ids["classSessionId"] = ids["toComeId"]
            if operation.is_for_contacts:
                path_ids, token = path_ids | ids_of_client, contact
            caller = api if token is None else api.by_token(token)
            body = operation.example(ids) | known
            answer = caller.request(operation.method.upper(), operation.address(path_ids), body)
            conn.execute("rollback to savepoint example")
            # What is to be paid online gets as far as the provider, of which there is none here.
            if answer.status >= 400 and answer.body["code"] != "payments_not_configured":
                refused.append(f"{operation}: {answer.body}")

    assert refused == []


def test_the_example_of_every_file_is_accepted(api: ApiClient, make: Factory) -> None:
    # What the lines of a file name is there.
    make.client(email=EMAIL)
    make.package(name="Full Day Wedding", categoryId=make.category(name="Weddings")["id"])
    make.room(name="Daylight studio")
    for login in ("lena", "maya"):
        make.staff(email=f"{login}@studio.example")
    taking = [operation for operation in operations_of(api_document()) if operation.csv_body]

    answers = [api.post(o.address(), data=o.csv_body["example"], content_type="text/csv") for o in taking]

    assert [answer for answer in answers if answer.status >= 400] == []
    assert len(answers) >= 2


class _Secrets:
    """What no example can hold: who has been sent what, and the token of whoever is signed in with it."""

    def __init__(self, app: Flask, conn: Connection, api: ApiClient, make: Factory) -> None:
        self._app = app
        self._conn = conn
        self._owner = api
        self._api = api.by_token(None)
        self._make = make

    def of(self, name: str) -> tuple[str | None, dict[str, str]]:
        """Under which token, if not the owner's, the example of an operation is sent, and with which secrets."""
        prepare: dict[str, Callable[[], tuple[str | None, dict[str, str]]]] = {
            "signUp": lambda: (None, {"phoneCode": self._code("SIGNUP")}),
            "login": lambda: (self._signed_up(), {}),
            "changePassword": lambda: (self._signed_up(), {}),
            "verifyEmail": lambda: (None, {"token": self._link("/auth/send-verification")}),
            "resetPassword": lambda: (None, {"token": self._link("/auth/request-password-reset")}),
            "acceptInvitation": lambda: (None, {"token": self._invitation()}),
            "activateContact": lambda: (None, {"token": self._contact_invite()}),
            "verifyCode": lambda: (None, {"code": self._code_of_account()}),
            "confirmPurchase": lambda: (None, {"sessionId": self._session_of_purchase()}),
        }
        return prepare.get(name, lambda: (None, {}))()

    def _signed_up(self, **fields: str) -> str:
        account = {"name": "Emma Chen", "email": EMAIL, "password": "a sentence nobody says", **fields}
        token: str = self._api.post("/auth/signup", account).body["token"]
        return token

    def _link(self, path: str) -> str:
        self._signed_up()
        assert self._api.post(path, {"email": EMAIL}).status == 204
        return self._sent(r"#token=(\S+)")

    def _invitation(self) -> str:
        member = self._make.staff(email=EMAIL)
        assert self._owner.post(f"/staff/{member['id']}/invite").status == 200
        return self._sent(r"#token=(\S+)")

    def _contact_invite(self) -> str:
        contact = self._make.contact(email=EMAIL)
        assert self._owner.post(f"/contacts/{contact['id']}/invites").status == 200
        return self._sent(r"#token=(\S+)")

    def _code(self, purpose: str) -> str:
        assert self._api.post("/auth/otp/send", {"phoneNumber": PHONE, "purpose": purpose}).status == 200
        return self._sent(r"\b([0-9]{6})\b")

    def _code_of_account(self) -> str:
        self._signed_up(phoneNumber=PHONE, phoneCode=self._code("SIGNUP"))
        return self._code("LOGIN")

    def _session_of_purchase(self) -> str:
        buy(self._conn, self._owner.get("/me").body["id"], "cs_example")
        return "cs_example"

    def _sent(self, pattern: str) -> str:
        """What the newest message holds."""
        row = self._conn.execute("select body from communication_logs order by id desc limit 1").fetchone()
        assert row is not None
        match = re.search(pattern, self._app.extensions["seal"].unseal(row["body"]))
        assert match is not None
        return match[1]


def _client_of_contact(conn: Connection, make: Factory, api: ApiClient) -> tuple[str, dict[str, Any]]:
    """The token of a contact, and what is their client's: an invoice, a session to choose from, photos to judge."""
    booking = make.booking(sessionDate="2027-07-01T10:00:00Z")
    shot = make.completed_booking(clientId=booking["clientId"], sessionDate="2027-07-02T10:00:00Z")
    stages = {stage["name"]: stage["id"] for stage in api.get("/editing-stages").body["data"]}
    job = f"/editing-jobs/{shot['editingJobId']}"
    assert api.patch(job, {"stageId": stages["Client Review"]}).status == 200
    invoice = make.sent_invoice(clientId=booking["clientId"])
    ids = {"invoiceId": invoice["id"], "bookingId": booking["id"], "editingJobId": shot["editingJobId"]}
    return sign_in_contact(conn, booking["clientId"]), ids


def _attended(conn: Connection, make: Factory, api: ApiClient) -> dict[str, Any]:
    """A gym, what is there and who gives classes; two classes that the owner was at, of which one has a review; an
    induction that is asked for, and a questionnaire that waits for its clearance.
    """
    gym, timetable = make.gym(), Timetable(conn)
    owner_id = api.get("/me").body["id"]
    attended, reviewed = (timetable.session_in(timedelta(hours=-hours), gym_id=gym["id"]) for hours in (2, 4))
    timetable.attended(attended, owner_id)
    answers = json.loads(HEALTHY) | {"dizziness": True}
    return {
        "inductionId": timetable.induction(gym["id"], timetable.person()[0]),
        "parqId": api.post("/me/parq", {"answers": answers}).body["id"],
        "gymId": gym["id"],
        "equipmentId": make.equipment(gym)["id"],
        "trainerId": make.trainer(gym)["id"],
        "attendedId": attended,
        "toComeId": timetable.session(MONDAY + timedelta(days=1), gym_id=gym["id"]),
        "classSessionId": reviewed,
        "reviewId": timetable.review(timetable.attended(reviewed, owner_id)),
    }


def _paid_space(make: Factory, api: ApiClient, offering: dict[str, Any]) -> int:
    """A payment of 40.00 for a space; on the day of the examples it is to be had as well."""
    make.slots(offering)
    make.slots(offering, fromDate="2040-03-05", toDate="2040-03-05", startTime="10:00", endTime="13:00")
    wish = {"vendorServiceId": offering["id"], "bookingDate": "2040-01-02", "startTime": "09:00", "endTime": "11:00"}
    booking = api.post("/space-bookings", wish | {"quantity": 2, "paymentMethod": "CASH"}).body
    payment = api.get(f"/space-bookings/{booking['id']}/payments").body["data"][0]
    paid_id: int = api.post(f"/space-payments/{payment['id']}/collect").body["id"]
    return paid_id


def _made(conn: Connection, make: Factory, api: ApiClient) -> dict[str, Any]:
    """The id of one of each, under the name it has in paths and bodies."""
    client = make.client()
    booking = make.booking(clientId=client["id"])
    done = make.completed_booking(sessionDate="2027-06-01T10:00:00Z")
    invoice = make.sent_invoice("9000.00", clientId=client["id"])
    parts = make.sent_invoice("9000.00", clientId=client["id"])
    plan = {"milestones": [{"label": "All", "percent": 100}]}
    milestones = api.put(f"/invoices/{parts['id']}/milestones", plan).body["data"]
    payment = make.payment(
        make.sent_invoice("9000.00", clientId=client["id"]), "9000.00", paidAt="2026-01-05T10:00:00Z"
    )
    staff = make.staff()
    photo = api.post(f"/bookings/{booking['id']}/photo-selections", {"name": "IMG_0001.jpg"}).body
    in_progress = next(stage for stage in api.get("/editing-stages").body["data"] if stage["name"] == "In Progress")
    address = api.post("/me/addresses", {"line1": "1 High Street", "city": "Utrecht", "country": "NL"}).body
    branch = make.branch()
    offering = make.offering(branch)
    problem = make.problem()
    return {
        "problemId": problem["id"],
        "endpointId": make.webhook_endpoint()["id"],
        "commentId": make.comment(problem)["id"],
        "assigneeId": api.get("/me").body["id"],
        "branchId": branch["id"],
        "vendorServiceId": offering["id"],
        "slotId": make.slots(make.offering())[0]["id"],  # of which nothing is booked
        "spacePaymentId": _paid_space(make, api, offering),
        "requestId": make.approval_request(branch)["id"],
        "facilityId": make.facility()["id"],
        "facilityIds": [make.facility()["id"]],
        "featureId": make.feature()["id"],
        "featureIds": [make.feature()["id"]],
        "serviceId": 1,
        "planId": monthly_plan(conn),
        "clientId": client["id"],
        "contactId": make.contact(clientId=client["id"])["id"],
        "workPackageId": make.work_package(clientId=client["id"])["id"],
        "categoryId": booking["categoryId"],
        "packageId": booking["sessionTypeId"],
        "sessionTypeId": booking["sessionTypeId"],
        "bookingId": booking["id"],
        "staffId": staff["id"],
        "editorId": staff["id"],
        "editingJobId": api.get(f"/bookings/{done['id']}").body["editingJobId"],
        "stageId": in_progress["id"],
        "roomId": make.room()["id"],
        "seriesId": make.series(booking)["id"],
        "selectionId": photo["id"],
        "expenseId": make.expense()["id"],
        "paymentAccountId": make.payment_account()["id"],
        "invoiceId": invoice["id"],
        "itemId": invoice["items"][0]["id"],
        "partsId": parts["id"],
        "milestoneId": milestones[0]["id"],
        "paymentId": payment["id"],
        "addressId": address["id"],
        "photoJobId": api.post(
            "/admin/demo-jobs", {"photoUrls": ["https://a.example/b.jpg"], "prompt": "Sharpen."}
        ).body["id"],
        "userId": api.by_role("CUSTOMER").get("/me").body["id"],
    }
