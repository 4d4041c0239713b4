"""What is not for somebody's eyes is in nothing that they are answered: no list, total, search, order, page or error.

Every text that the one who looks is not to see holds a word that stands nowhere else. Then they ask for everything that
the API document has.
"""

import base64
import json
from collections.abc import Callable, Collection, Iterator, Mapping
from datetime import timedelta
from itertools import product
from typing import Any

import pytest

from photolens.database import Connection
from tests.classes.timetable import Timetable
from tests.client import Answer, ApiClient, token_of
from tests.contracts.operations import OPERATIONS, Operation
from tests.contracts.roles import ROLES, join_team
from tests.factories import Factory, instant
from tests.platform.told import tell
from tests.purchases import buy
from tests.spaces.marketplace import Marketplace
from tests.subscriptions import monthly_plan, subscribe
from tests.vendors import sign_in_vendor

WORD = "Zyxomma"

Ids = dict[str, list[Any]]

# The texts of a shoot of their own that somebody is shown; of a shoot that is not, none.
PHOTOGRAPHERS = {
    "client name",
    "client email",
    "client phone",
    "client notes",
    "client avatar",
    "contact",
    "contact name",
    "work package",
    "location",
    "booking notes",
    "part",
    "staff name",
    "editor name",
    "job notes",
    "status note",
    "hand-off",
    "revision",
    "photo",
}
EDITORS = {"client name", "editor name", "job notes", "status note", "hand-off", "revision", "photo"}
FINANCES = {
    "client name",
    "client email",
    "client avatar",
    "contact name",
    "work package",
    "staff name",
    "editor name",
    "invoice name",
    "invoice words",
    "item",
    "milestone",
    "milestone words",
    "payment method",
    "payment notes",
    "refund reason",
    "account name",
    "account details",
    "expense",
    "expense notes",
}

SUBJECT_TYPES = [
    "BOOKING",
    "BOOKING_IMPORT",
    "BOOKING_SERIES",
    "BRANCH",
    "CLASS_SESSION",
    "CLIENT",
    "CLIENT_IMPORT",
    "CONTACT",
    "EDITING_JOB",
    "EDITING_STAGE",
    "EXPENSE",
    "FACILITY",
    "FEATURE",
    "INDUCTION",
    "INVOICE",
    "PARQ",
    "PAYMENT_ACCOUNT",
    "PURCHASE",
    "ROOM",
    "SERVICE",
    "SESSION_CATEGORY",
    "SESSION_PACKAGE",
    "SETTINGS",
    "SPACE_BOOKING",
    "STAFF",
    "SUBSCRIPTION",
    "SUBSCRIPTION_PLAN",
    "SUPPORT_PROBLEM",
    "VENDOR_SERVICE",
    "WORK_PACKAGE",
]

# Operations whose answers have no text of somebody's.
WORDLESS = {
    # Of what has been committed.
    "listAuditLogs",
    "listChanges",
    "getWebhookDelivery",
    "listWebhookDeliveries",
    "listWebhookEventTypes",
    # Of nobody here who waits.
    "getOwnWaiting",
    "getOwnSubscription",
    "getPlan",
    "getSubscription",
    "listPlans",
    "listSubscriptionGrants",
    "listSubscriptions",
    "listChatMessages",
    "listPublicSlots",
    "listServices",
    # Of nobody here who has a link; behind one are the sessions of its owner: see tests/studio/test_calendars.py.
    "getCalendar",
    "getCalendarLink",
    "getCreditsOfUser",
    "getDatabase",
    "getOwnCalendarLink",
    "countUnreadNotifications",
    "downloadPhotoJob",
    # It begins with what comes next: see tests/platform/test_events.py.
    "followNotifications",
    "followPhotoJob",
    "getNotificationPreferences",
    "getOwnCredits",
    "getBookingSeries",
    "getEditingStage",
    "getInvoicePdf",
    "getMe",
    "getOwnAccount",
    "getRoom",
    "getProfitAndLoss",
    "getReceiptPdf",
    "getRevenueByCategory",
    "getService",
    "getSessionCategory",
    "getSessionPackage",
    "getSettings",
    "getSpacePayment",
    "getUser",
    "listCreditProducts",
    "listEditingStages",
    "listFreeSlots",
    "listRooms",
    "listSessionCategories",
    "listSessionPackages",
    "listSpacePayments",
    "listUsers",
}

# What vendors say to everybody, and of gyms; and what those who were there say of classes.
FOR_EVERYBODY = {"Spaces", "Classes", "Gyms", "Equipment of gyms", "Trainers", "Reviews of classes"}

# Operations about what is the caller's own.
OWN = {
    operation.name
    for operation in OPERATIONS
    if operation.path.startswith(
        ("/api/v1/me", "/api/v1/billing/", "/api/v1/photo-jobs", "/api/v1/notifications", "/api/v1/support/")
    )
}

# As long as a report may be; whatever happens in a test lies in it.
PERIOD = {"from": "2022-01-01", "to": "2031-12-31"}

GETS = [operation for operation in OPERATIONS if operation.method == "get"]
NOT_PUBLIC = [operation for operation in OPERATIONS if not operation.is_public]
LISTS = [operation for operation in GETS if "cursor" in operation.parameters]


class Studio:
    """Shoots with everything that hangs on them, made over HTTP by the owner; and the ids of all of it."""

    def __init__(self, conn: Connection, api: ApiClient, make: Factory) -> None:
        self._conn = conn
        self._api = api
        self._make = make
        self._day = 0
        self._room = make.room()
        self.ids: Ids = {}
        self._note(userId=api.get("/me").body["id"], subjectType=SUBJECT_TYPES)

    def shoot(
        self,
        shown: set[str] | None = None,
        *,
        client: dict[str, Any] | None = None,
        photographer: dict[str, Any] | None = None,
        editor: dict[str, Any] | None = None,
    ) -> dict[str, Any]:
        """A completed, edited, invoiced and paid shoot, whose texts hold the word but where they are shown."""
        self._day += 1

        def tell(what: str) -> str:
            return what if what in (shown or ()) else f"{WORD} {what}"

        client = client or self._client(tell)
        photographer = photographer or self._person(tell, "staff name", "PHOTOGRAPHER")
        editor = editor or self._person(tell, "editor name", "EDITOR")
        booking = self._make.completed_booking(
            clientId=client["id"],
            workPackageId=client["workPackageId"],
            sessionDate=instant(self._day),
            location=tell("location"),
            roomId=self._room["id"],
            notes=tell("booking notes"),
            assignedStaff=[{"staffId": photographer["id"], "role": tell("part")}],
        )
        photo, revision = self._edit(booking, editor, tell)
        series = self._make.series(booking, startsOn="2028-01-03", location=tell("location"))
        self._note(
            bookingId=booking["id"],
            clientId=client["id"],
            staffId=photographer["id"],
            editorId=editor["id"],
            roomId=self._room["id"],
            seriesId=series["id"],
            selectionId=photo["id"],
            revisionId=revision["id"],
            stageId=self._api.get(f"/editing-jobs/{booking['editingJobId']}").body["stageId"],
            editingJobId=booking["editingJobId"],
            categoryId=booking["categoryId"],
            packageId=booking["sessionTypeId"],
        )
        self._money(booking, tell)
        return booking | {"client": client}

    def _edit(
        self, booking: dict[str, Any], editor: dict[str, Any], tell: Callable[[str], str]
    ) -> tuple[dict[str, Any], dict[str, Any]]:
        """Choose a photo, plan the editing and move it, and ask for a revision; gives the first and the last."""
        photo = self._api.post(f"/bookings/{booking['id']}/photo-selections", {"name": tell("photo")})
        job = f"/editing-jobs/{booking['editingJobId']}"
        plan = {"editorId": editor["id"], "notes": tell("job notes"), "dueDate": "2027-05-01"}
        handed_on = {
            "driveFolderUrl": f"https://drive.example/{tell('hand-off').replace(' ', '-')}",
            "photographerNotes": tell("hand-off"),
        }
        moved = {"status": "IN_PROGRESS", "statusNote": tell("status note")}
        assert self._api.patch(job, plan | handed_on | moved).status == 200
        revision = self._api.post(f"{job}/revisions", {"note": tell("revision")})
        return photo.body, revision.body

    def _client(self, tell: Callable[[str], str]) -> dict[str, Any]:
        """A client, with somebody there and something agreed on."""
        client = self._make.client(
            name=tell("client name"),
            email=f"{tell('client email')}.{self._day}@example.com".replace(" ", "."),
            phone=tell("client phone"),
            notes=tell("client notes"),
            avatarUrl=f"https://images.example/{tell('client avatar').replace(' ', '-')}.jpg",
        )
        email = f"{tell('contact')}.{self._day}@example.com".replace(" ", ".")
        texts = {name: tell("contact") for name in ("title", "phone")}
        contact = self._make.contact(clientId=client["id"], name=tell("contact name"), email=email, **texts)
        texts = {name: tell("work package") for name in ("name", "description")}
        work_package = self._make.work_package(clientId=client["id"], **texts)
        self._note(contactId=contact["id"], workPackageId=work_package["id"])
        return client | {"workPackageId": work_package["id"]}

    def _person(self, tell: Callable[[str], str], name: str, role: str) -> dict[str, Any]:
        email = f"{tell(name)}.{self._day}@example.com".replace(" ", ".")
        return self._make.staff(name=tell(name), role=role, email=email)

    def _money(self, booking: dict[str, Any], tell: Callable[[str], str]) -> None:
        account = self._make.payment_account(
            name=f"{tell('account name')} {self._day}", details=tell("account details")
        )
        invoice = self._make.invoice(
            clientId=booking["clientId"],
            bookingId=booking["id"],
            invoiceName=tell("invoice name"),
            invoiceDescription=tell("invoice words"),
            items=[{"name": tell("item"), "unitPrice": "250.00"}],
        )
        plan = {"milestones": [{"label": tell("milestone"), "description": tell("milestone words"), "percent": 100}]}
        milestones = self._api.put(f"/invoices/{invoice['id']}/milestones", plan).body["data"]
        assert self._api.post(f"/invoices/{invoice['id']}/send").status == 200
        through = {"paymentAccountId": account["id"]}
        payment = self._make.payment(
            invoice, "100.00", method=tell("payment method"), notes=tell("payment notes"), **through
        )
        refund = self._make.refund(payment, "10.00", reason=tell("refund reason"))
        expense = self._make.expense(
            bookingId=booking["id"], description=tell("expense"), notes=tell("expense notes"), **through
        )
        self._pay_online(invoice, booking, tell)
        self._note(
            paymentAccountId=account["id"],
            invoiceId=invoice["id"],
            itemId=invoice["items"][0]["id"],
            milestoneId=milestones[0]["id"],
            paymentId=payment["id"],
            refundId=refund["id"],
            expenseId=expense["id"],
        )

    def _pay_online(self, invoice: dict[str, Any], booking: dict[str, Any], tell: Callable[[str], str]) -> None:
        """The contact has opened a page to pay on, of which Stripe has told something; the client was reminded."""
        self._conn.execute(
            "insert into communication_logs (channel, recipient, template, subject, body, client_id)"
            " values ('EMAIL', 'emma@example.com', 'invoice_reminder', %s, '', %s)",
            [tell("message"), booking["clientId"]],
        )
        checkout = self._conn.execute(
            """
            insert into checkout_sessions (invoice_id, contact_id, expected_amount_minor, currency, status)
            select %s, max(id), 100, %s, 'EXPIRED' from client_contacts where client_id = %s
            returning id
            """,
            [invoice["id"], invoice["currency"], booking["clientId"]],
        ).fetchone()
        assert checkout is not None
        event_id = f"evt_{self._day}"
        self._conn.execute(
            "insert into stripe_events (id, type, payload) values (%s, %s, jsonb_build_object('of', %s::text))",
            [event_id, tell("event type"), tell("event")],
        )
        self._note(checkoutId=checkout["id"], eventId=event_id)

    def private_things(self) -> None:
        """What a user keeps to themselves."""
        address = self._api.post("/me/addresses", {"line1": WORD, "city": WORD, "country": "NL", "label": WORD}).body
        token = self._api.post("/me/tokens", {"name": WORD, "permissions": []}).body
        session = self._api.get("/auth/sessions").body["data"][0]
        self._conn.execute("update auth_sessions set user_agent = %s where id = %s", [WORD, session["id"]])
        assert self._api.patch("/me/profile", {"bio": WORD, "phone": WORD}).status == 200
        user_id = self._api.get("/me").body["id"]
        purchase_id = buy(self._conn, user_id, f"cs_{WORD}")
        correction = {"amount": "1.00", "reason": WORD}
        assert self._api.post(f"/admin/users/{user_id}/credits", correction).status == 201
        self._note(addressId=address["id"], tokenId=token["id"], sessionId=session["id"], purchaseId=purchase_id)
        self._note(subscriptionId=subscribe(self._conn, user_id), planId=monthly_plan(self._conn))
        wish = {"photoUrls": [f"https://images.example/{WORD}.jpg"], "prompt": WORD, "groupName": WORD}
        for job in (self._api.post("/photo-jobs", wish).body["job"], self._api.post("/admin/demo-jobs", wish).body):
            assert self._api.post(f"/photo-jobs/{job['id']}/cancel").status == 200
            self._note(photoJobId=job["id"])
        self._spaces()
        endpoint = self._make.webhook_endpoint(description=WORD)
        self._note(endpointId=endpoint["id"], deliveryId=self._make.ping(endpoint)["id"])
        problem = self._make.problem(title=WORD, description=WORD)
        note = self._make.comment(problem, WORD, isInternal=True)
        self._note(problemId=problem["id"], commentId=note["id"], assigneeId=user_id)
        tell(self._conn, WORD, user_id=user_id)
        self._note(notificationId=self._api.get("/notifications").body["data"][0]["id"])
        self._gyms()
        self._classes()

    def _gyms(self) -> None:
        """A gym with what is there and who gives classes, and what somebody said of one."""
        gym = self._make.gym(name=f"{WORD} hall")
        equipment = self._make.equipment(gym, name=WORD)
        timetable = Timetable(self._conn)
        trainer_id = timetable.trainer(gym["id"], timetable.person("TRAINER")[0])
        self._conn.execute("insert into user_profiles (user_id, bio) values (%s, %s)", [trainer_id, WORD])
        class_session_id = timetable.session_in(timedelta(hours=-2), gym_id=gym["id"], title=WORD)
        timetable.session(gym_id=gym["id"], title=WORD)
        booking_id = timetable.attended(class_session_id, timetable.person()[0])
        review = timetable.review(booking_id, comment=WORD)
        self._note(
            gymId=gym["id"],
            equipmentId=equipment["id"],
            trainerId=str(trainer_id),
            classSessionId=class_session_id,
            classBookingId=booking_id,
            reviewId=review,
        )

    def _classes(self) -> None:
        """What somebody has said of their health, and their induction, who is none of those who look."""
        timetable = Timetable(self._conn)
        user_id = timetable.person()[0]
        gym_id = timetable.gym(name=WORD)
        note = "update parqs set clearance_note = %s where id = any(%s) returning id"
        parqs = [timetable.healthy(each) for each in (user_id, timetable.user_id("OWNER"))]
        timetable.one(note, WORD, parqs)
        self._note(gymId=gym_id, inductionId=timetable.induction(gym_id, user_id), parqId=parqs)

    def _spaces(self) -> None:
        """What a vendor lets who is none of those who look."""
        make = Factory(self._api, sign_in_vendor(self._conn))
        branch = make.branch(name=WORD, description=WORD, city=WORD, address=WORD)
        offering = make.offering(branch, label=WORD, cancellationPolicy=WORD)
        self._note(
            branchId=branch["id"],
            vendorServiceId=offering["id"],
            slotId=make.slots(offering)[0]["id"],
            **self._booked(offering),
            requestId=make.approval_request(branch, reason=WORD)["id"],
            facilityId=make.facility(name=WORD)["id"],
            featureId=make.feature(name=WORD)["id"],
            serviceId=1,
        )

    def photographer(self) -> dict[str, Any]:
        """The photographer of the test, on the team."""
        person = self._make.staff(name="staff name")
        join_team(self._conn, "PHOTOGRAPHER", person["id"])
        return person

    def editor(self) -> dict[str, Any]:
        """The editor of the test, on the team."""
        person = self._make.staff(name="editor name", role="EDITOR")
        join_team(self._conn, "EDITOR", person["id"])
        return person

    def _booked(self, offering: dict[str, Any]) -> dict[str, int]:
        wish = {
            "vendorServiceId": offering["id"],
            "bookingDate": "2040-01-02",
            "startTime": "09:00",
            "endTime": "11:00",
        }
        stranger = self._api.by_token(Marketplace(self._conn).stranger())
        booking = stranger.post("/space-bookings", wish | {"paymentMethod": "CASH"}).body
        payment = stranger.get(f"/space-bookings/{booking['id']}/payments").body["data"][0]
        return {"spaceBookingId": booking["id"], "spacePaymentId": payment["id"]}

    def _note(self, **made: Any) -> None:
        for name, id_ in made.items():
            known = self.ids.setdefault(name, [])
            known.extend(id_ if isinstance(id_, list) else [id_])


class Reader:
    """Somebody who asks for everything, and what they were answered."""

    def __init__(self, api: ApiClient, ids: Ids, but: Collection[str] = ()) -> None:
        self._api = api
        self._ids = ids
        self._gets = [operation for operation in GETS if operation.name not in but]
        self.betrayed: list[str] = []
        self.miscounted: list[str] = []

    def ask_for_everything(self) -> None:
        """Every GET of the document, about every row there is; every list in every order, by every filter."""
        for operation in self._gets:
            if operation.description["tags"][0] in FOR_EVERYBODY:
                continue
            for ids in self.paths(operation):
                address = operation.address(ids)
                if self.get(address).status == 403:
                    break  # refused before any row is looked at
                self.get(address, period_of(operation))
                if operation in LISTS:
                    for query in self._queries(operation):
                        self.rows_of(address, query)

    def rows_of(self, address: str, query: Mapping[str, Any]) -> list[dict[str, Any]]:
        """The rows of a list, a row on a page; they are as many as it says."""
        rows: list[dict[str, Any]] = []
        more: dict[str, Any] = {}
        while True:
            answer = self.get(address, {**query, **more, "limit": 1, "include": "total"})
            if answer.status != 200:
                assert answer.status in (403, 404), answer
                return rows
            rows += answer.body["data"]
            if answer.body["nextCursor"] is None:
                break
            more = {"cursor": answer.body["nextCursor"]}
        if answer.body["total"] != len(rows) or (query.get("q") == WORD and rows):
            self.miscounted.append(f"{address} {query}: {len(rows)} of {answer.body['total']}")
        return rows

    def get(self, address: str, query: Mapping[str, Any] | None = None) -> Answer:
        return self.look_at(f"GET {address} {query or ''}", self._api.get(address, query_string=query))

    def look_at(self, asked: str, answer: Answer) -> Answer:
        """Note whether an answer holds the word."""
        cursor = answer.body.get("nextCursor") if isinstance(answer.body, dict) else None
        place = base64.urlsafe_b64decode(cursor + "==").decode() if cursor else ""
        if WORD.lower() in f"{json.dumps(answer.body)} {place} {answer.headers}".lower():
            self.betrayed.append(f"{asked}: {answer.status} {answer.body}")
        return answer

    def paths(self, operation: Operation) -> Iterator[dict[str, Any]]:
        names = operation.path_ids
        for ids in product(*(dict.fromkeys(self._ids[name]) for name in names)):
            yield dict(zip(names, ids, strict=True))

    def _queries(self, operation: Operation) -> Iterator[dict[str, Any]]:
        asked = {name: p["schema"] for name, p in operation.parameters.items() if p["in"] == "query"}
        for sort in asked["sort"]["enum"]:
            yield {"sort": sort}
            if "q" in asked:
                yield {"sort": sort, "q": WORD}
        for name in sorted(asked.keys() - {"sort", "q", "limit", "cursor", "include"}):
            for value in self._values(name, asked[name]):
                yield {name: value}

    def _values(self, name: str, schema: dict[str, Any]) -> list[Any]:
        if "enum" in schema:
            return [*schema["enum"]]
        if schema["type"] == "boolean":
            return ["true", "false"]
        if "format" in schema and schema["format"].startswith("date"):
            return [instant(2) if schema["format"] == "date-time" else instant(2)[:10]]
        if name == "subjectId":
            return sorted({id_ for ids in self._ids.values() for id_ in ids if isinstance(id_, int)})
        return [WORD] if name == "groupName" else [*dict.fromkeys(self._ids[name])]


@pytest.fixture
def studio(conn: Connection, api: ApiClient, make: Factory) -> Studio:
    return Studio(conn, api, make)


def fill(studio: Studio, role: str) -> list[dict[str, Any]]:
    """A busy studio. Gives the two shoots that are the role's own; none for who has none."""
    studio.private_things()
    photographer = studio.photographer() if role == "PHOTOGRAPHER" else None
    editor = studio.editor() if role == "EDITOR" else None
    shown = {"PHOTOGRAPHER": PHOTOGRAPHERS, "EDITOR": EDITORS, "FINANCE": FINANCES}.get(role)
    studio.shoot(FINANCES if role == "FINANCE" else None)
    first = studio.shoot(shown, photographer=photographer, editor=editor)
    # The same client's, but of somebody else's doing: what the client is called, they have been shown.
    studio.shoot(FINANCES if role == "FINANCE" else None, client=first["client"])
    second = studio.shoot(shown, photographer=photographer, editor=editor)
    return [first, second]


def period_of(operation: Operation) -> dict[str, str]:
    """The longest period that an operation takes; nothing where it takes none, or instants."""
    is_of_days = operation.parameters.get("from", {}).get("schema", {}).get("format") == "date"
    return PERIOD if is_of_days else {}


def token_with(api: ApiClient, permissions: set[str]) -> str:
    """A personal access token with these permissions."""
    answer = api.post("/me/tokens", {"name": f"With {len(permissions)}", "permissions": sorted(permissions)})
    token: str = answer.body["token"]
    return token


def ids_of(rows: list[dict[str, Any]]) -> list[int]:
    return sorted(row["id"] for row in rows)


def sorts_of(address: str) -> list[str]:
    (operation,) = (operation for operation in LISTS if operation.address() == address)
    sorts: list[str] = operation.parameters["sort"]["schema"]["enum"]
    return sorts


# Everything that can be asked for


def test_the_owner_is_shown_the_word_wherever_there_is_a_text(api: ApiClient, studio: Studio) -> None:
    fill(studio, "CUSTOMER")
    reader = Reader(api, studio.ids)
    wordless = set()

    for operation in GETS:
        shown_before = len(reader.betrayed)
        for ids in reader.paths(operation):
            reader.get(operation.address(ids), period_of(operation))
        if len(reader.betrayed) == shown_before:
            wordless.add(operation.name)

    of_others = {operation.name for operation in GETS if operation.is_for_contacts or operation.is_for_vendors}
    assert wordless == WORDLESS | of_others


@pytest.mark.parametrize("role", ["PHOTOGRAPHER", "EDITOR", "FINANCE"])
def test_whoever_works_here_is_shown_nothing_that_is_not_for_them(api: ApiClient, studio: Studio, role: str) -> None:
    fill(studio, role)
    reader = Reader(api.by_role(role), studio.ids)

    reader.ask_for_everything()

    assert reader.betrayed == []
    assert reader.miscounted == []


def test_a_token_for_a_program_shows_no_more_than_its_holder_is_shown(api: ApiClient, studio: Studio) -> None:
    fill(studio, "PHOTOGRAPHER")
    token = token_with(api.by_role("PHOTOGRAPHER"), ROLES["PHOTOGRAPHER"])
    reader = Reader(api.by_token(token), studio.ids)

    reader.ask_for_everything()

    assert reader.betrayed == []
    assert reader.miscounted == []


def test_whoever_has_nothing_here_is_shown_nothing(conn: Connection, api: ApiClient, studio: Studio) -> None:
    fill(studio, "CUSTOMER")
    tokens = {role: token_of(role) for role in ("PHOTOGRAPHER", "EDITOR", "TRAINER", "VENDOR", "CUSTOMER")}
    tokens["PENDING"] = token_of("ADMIN")
    conn.execute("update auth_users set status = 'PENDING' where role = 'ADMIN'")
    tokens["without permissions"] = token_with(api, set())
    tokens["own rows only"] = token_with(api, {"VIEW_DASHBOARD", "VIEW_BOOKINGS_SELF", "VIEW_EDITING_SELF"})

    for who, token in tokens.items():
        is_owners = who in ("without permissions", "own rows only")
        reader = Reader(api.by_token(token), studio.ids, but=OWN if is_owners else set())
        reader.ask_for_everything()
        assert (reader.betrayed, reader.miscounted) == ([], []), who


@pytest.mark.parametrize("role", ["PHOTOGRAPHER", "EDITOR", "FINANCE"])
def test_no_refusal_and_no_answer_to_a_change_tells_what_is_not_to_be_seen(
    conn: Connection, api: ApiClient, studio: Studio, role: str
) -> None:
    fill(studio, role)
    reader = Reader(api.by_role(role), studio.ids)

    for operation in NOT_PUBLIC:
        asked: list[tuple[str, Any]] = []
        # Whom an operation is not for, it refuses whatever row it is about.
        for turn in range(4 if operation.admits(ROLES[role]) else 1):
            ids = {name: known[min(turn, len(known) - 1)] for name, known in studio.ids.items()}
            for body in (operation.example(ids), {"nonsense": WORD}):
                if (operation.address(ids), body) in asked:
                    continue
                asked.append((operation.address(ids), body))
                conn.execute("savepoint asked")
                answer = api.by_role(role).request(operation.method.upper(), operation.address(ids), body)
                conn.execute("rollback to savepoint asked")
                if operation.name != "askForInduction" or answer.status != 201:  # at a gym, whose name is everybody's
                    reader.look_at(f"{operation} {ids}", answer)

    assert reader.betrayed == []


# Whose rows


@pytest.mark.parametrize("address", ["/bookings", "/clients", "/editing-jobs"])
def test_a_photographer_is_shown_their_bookings_with_clients_and_jobs_in_every_order(
    api: ApiClient, studio: Studio, address: str
) -> None:
    own = fill(studio, "PHOTOGRAPHER")
    key = {"/bookings": "id", "/clients": "clientId", "/editing-jobs": "editingJobId"}[address]
    reader = Reader(api.by_role("PHOTOGRAPHER"), studio.ids)

    for sort in sorts_of(address):
        if not sort.endswith("totalRevenue"):
            rows = reader.rows_of(address, {"sort": sort})
            assert ids_of(rows) == sorted(booking[key] for booking in own), sort
    assert reader.miscounted == []


def test_an_editor_is_shown_the_jobs_that_are_theirs_in_every_order(api: ApiClient, studio: Studio) -> None:
    own = fill(studio, "EDITOR")
    reader = Reader(api.by_role("EDITOR"), studio.ids)

    for sort in sorts_of("/editing-jobs"):
        rows = reader.rows_of("/editing-jobs", {"sort": sort})
        assert ids_of(rows) == sorted(booking["editingJobId"] for booking in own), sort
    assert reader.miscounted == []


@pytest.mark.parametrize("role", ["PHOTOGRAPHER", "EDITOR"])
def test_whoever_has_no_record_on_the_team_is_shown_no_row(api: ApiClient, studio: Studio, role: str) -> None:
    fill(studio, "CUSTOMER")
    addresses = ["/editing-jobs", "/activities"] + (["/bookings", "/clients"] if role == "PHOTOGRAPHER" else [])

    for address in addresses:
        page = api.by_role(role).get(address, query_string={"include": "total"})
        assert (page.body["data"], page.body["total"]) == ([], 0), address


@pytest.mark.parametrize("address", ["/bookings", "/clients", "/editing-jobs", "/activities"])
def test_a_cursor_of_somebody_who_sees_everything_leads_to_ones_own_rows_only(
    api: ApiClient, studio: Studio, address: str
) -> None:
    fill(studio, "PHOTOGRAPHER")
    photographer = Reader(api.by_role("PHOTOGRAPHER"), studio.ids)
    shown = ids_of(photographer.rows_of(address, {}))

    for sort in sorts_of(address):
        cursor: str | None = None
        while not sort.endswith("totalRevenue"):
            cursor = api.get(
                address, query_string={"sort": sort, "limit": 2} | ({"cursor": cursor} if cursor else {})
            ).body["nextCursor"]
            if cursor is None:
                break
            page = photographer.get(address, {"sort": sort, "cursor": cursor, "limit": 200})
            assert {*ids_of(page.body["data"])} <= {*shown}

    assert photographer.betrayed == []


def test_the_feed_tells_a_photographer_and_an_editor_of_their_own_shoots_and_jobs(
    api: ApiClient, studio: Studio
) -> None:
    booking, editors = fill(studio, "PHOTOGRAPHER")[0], studio.editor()
    assert api.patch(f"/editing-jobs/{booking['editingJobId']}", {"editorId": editors["id"]}).status == 200

    def told(role: str) -> set[str]:
        return {row["subjectType"] for row in Reader(api.by_role(role), studio.ids).rows_of("/activities", {})}

    assert told("PHOTOGRAPHER") == {"BOOKING", "CLIENT", "CONTACT", "EDITING_JOB", "WORK_PACKAGE"}
    assert told("EDITOR") == {"EDITING_JOB"}
    assert told("FINANCE") == {"INVOICE", "EXPENSE", "PAYMENT_ACCOUNT"}


@pytest.mark.parametrize("role", ["PHOTOGRAPHER", "EDITOR"])
def test_the_feed_tells_of_no_job_that_is_not_shown(api: ApiClient, make: Factory, studio: Studio, role: str) -> None:
    """Who photographs is shown the jobs of their bookings, who edits those given to them; not the other way round."""
    photographer = studio.photographer() if role == "PHOTOGRAPHER" else make.staff()
    editor = studio.editor() if role == "EDITOR" else make.staff(role="EDITOR")
    on_it, edits_it = (editor, make.staff(role="EDITOR")) if role == "EDITOR" else (make.staff(), photographer)
    booking = make.completed_booking(assignedStaff=[{"staffId": on_it["id"]}])
    job = f"/editing-jobs/{booking['editingJobId']}"
    assert api.patch(job, {"editorId": edits_it["id"], "status": "IN_PROGRESS"}).status == 200

    assert api.by_role(role).get(job).status == 404
    feed = api.by_role(role).get("/activities", query_string={"subjectType": "EDITING_JOB", "include": "total"})
    assert (feed.body["data"], feed.body["total"]) == ([], 0)


# What of a row


def test_what_a_client_has_paid_is_not_shown_to_a_photographer_in_numbers_or_in_their_order(
    api: ApiClient, studio: Studio
) -> None:
    own = fill(studio, "PHOTOGRAPHER")[0]
    photographer = api.by_role("PHOTOGRAPHER")

    assert api.get(f"/clients/{own['clientId']}").body["totalRevenue"] == "180.00"
    assert photographer.get(f"/clients/{own['clientId']}").body["totalRevenue"] is None
    assert {client["totalRevenue"] for client in photographer.get("/clients").body["data"]} == {None}
    for sort in ("totalRevenue", "-totalRevenue"):
        refused = photographer.get("/clients", query_string={"sort": sort})
        assert (refused.status, refused.body["code"]) == (403, "forbidden")


def test_a_photographer_is_told_of_their_own_sessions_with_a_client(api: ApiClient, studio: Studio) -> None:
    own = fill(studio, "PHOTOGRAPHER")[0]

    assert api.get(f"/clients/{own['clientId']}").body["totalSessions"] == 2
    assert api.by_role("PHOTOGRAPHER").get(f"/clients/{own['clientId']}").body["totalSessions"] == 1


def test_an_editor_who_gives_a_job_away_is_refused_and_told_nothing_of_anybody(
    api: ApiClient, make: Factory, studio: Studio
) -> None:
    own, other = fill(studio, "EDITOR")[0], studio.shoot()
    left, busy = make.staff(name=f"{WORD} has left", status="INACTIVE"), make.staff(role="EDITOR")
    editor = api.by_role("EDITOR")

    for editor_id in (left["id"], busy["id"], 987_654_321):
        refused = editor.patch(f"/editing-jobs/{own['editingJobId']}", {"editorId": editor_id})
        assert (refused.status, refused.body["code"]) == (403, "forbidden")
        assert editor.patch(f"/editing-jobs/{other['editingJobId']}", {"editorId": editor_id}).status == 404


# From one request to the next


def test_a_photographer_who_is_taken_off_a_booking_sees_nothing_of_it_any_more(api: ApiClient, studio: Studio) -> None:
    photographer = studio.photographer()
    booking = studio.shoot(photographer=photographer)
    addresses = [
        f"/bookings/{booking['id']}",
        f"/bookings/{booking['id']}/assignments/{photographer['id']}",
        f"/clients/{booking['clientId']}",
        f"/editing-jobs/{booking['editingJobId']}",
    ]
    as_photographer = api.by_role("PHOTOGRAPHER")
    assert {as_photographer.get(address).status for address in addresses} == {200}

    assert api.delete(addresses[1]).status == 204

    assert {as_photographer.get(address).status for address in addresses} == {404}
    for address in ("/bookings", "/clients", "/editing-jobs", "/activities"):
        page = as_photographer.get(address, query_string={"include": "total"})
        assert (page.body["data"], page.body["total"]) == ([], 0)


def test_a_photographer_who_is_put_on_a_booking_sees_it_at_once(api: ApiClient, studio: Studio) -> None:
    photographer, booking = studio.photographer(), studio.shoot()
    assert api.by_role("PHOTOGRAPHER").get(f"/bookings/{booking['id']}").status == 404

    assert api.post(f"/bookings/{booking['id']}/assignments", {"staffId": photographer["id"]}).status == 201

    assert api.by_role("PHOTOGRAPHER").get(f"/bookings/{booking['id']}").status == 200


@pytest.mark.parametrize("to", ["nobody", "somebody else"])
def test_an_editor_who_loses_a_job_neither_sees_it_nor_moves_it_any_more(
    api: ApiClient, make: Factory, studio: Studio, to: str
) -> None:
    booking = studio.shoot(editor=studio.editor())
    job, editor = f"/editing-jobs/{booking['editingJobId']}", api.by_role("EDITOR")
    assert editor.patch(job, {"notes": "Begun."}).status == 200

    editor_id = None if to == "nobody" else make.staff(role="EDITOR")["id"]
    assert api.patch(job, {"editorId": editor_id}).status == 200

    assert (editor.get(job).status, editor.patch(job, {"notes": "Done."}).status) == (404, 404)
    for address in ("/editing-jobs", "/activities"):
        page = editor.get(address, query_string={"include": "total"})
        assert (page.body["data"], page.body["total"]) == ([], 0)


def test_whoever_loses_their_record_on_the_team_loses_sight_of_its_rows(
    conn: Connection, api: ApiClient, studio: Studio
) -> None:
    booking = studio.shoot(photographer=studio.photographer())
    assert api.by_role("PHOTOGRAPHER").get(f"/bookings/{booking['id']}").status == 200

    conn.execute("update staff_members set user_id = null")

    assert api.by_role("PHOTOGRAPHER").get(f"/bookings/{booking['id']}").status == 404
