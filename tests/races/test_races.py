"""Many at once: the real server in its own process, a thread and a connection for each request, all let go together.

No answer may be a 5xx, and after each test the invariants are recomputed on its database (`clone_url`).
"""

import pytest

from photolens.database import Connection
from tests.factories import Factory, instant
from tests.races.live import Call, LiveApi, count, outcomes
from tests.waiting import held_up

pytestmark = pytest.mark.committed


@pytest.fixture
def api(live: str) -> LiveApi:
    return LiveApi(live)


@pytest.fixture
def make(api: LiveApi) -> Factory:
    return Factory(api)


def test_of_200_payments_at_once_over_20_invoices_of_one_client_none_is_lost(
    api: LiveApi, make: Factory, conn: Connection
) -> None:
    client = make.client()
    whole = [make.sent_invoice("100.00", clientId=client["id"]) for _ in range(10)]
    part = [make.sent_invoice("100.00", clientId=client["id"]) for _ in range(10)]
    payments = [Call("POST", f"/invoices/{invoice['id']}/payments", {"amount": "10.00"}) for invoice in whole]
    payments += [Call("POST", f"/invoices/{invoice['id']}/payments", {"amount": "7.77"}) for invoice in part]

    answers = api.at_once(payments * 10)

    assert outcomes(answers) == {(201, None): 200}
    assert len({answer.body["id"] for answer in answers}) == 200
    paid = [api.get(f"/invoices/{invoice['id']}").body for invoice in whole]
    assert [(invoice["status"], invoice["balanceDue"]) for invoice in paid] == [("PAID", "0.00")] * 10
    owed = [api.get(f"/invoices/{invoice['id']}").body for invoice in part]
    assert [(invoice["status"], invoice["balanceDue"]) for invoice in owed] == [("PARTIALLY_PAID", "22.30")] * 10
    assert api.get(f"/clients/{client['id']}").body["totalRevenue"] == "1777.00"
    assert count(conn, "payments") == 200
    assert count(conn, "activities", "kind = 'PAYMENT_RECORDED'") == 200


def test_after_every_handful_of_payments_at_once_what_the_client_has_paid_is_exact(api: LiveApi, make: Factory) -> None:
    client = make.client()
    invoices = [make.sent_invoice("100.00", clientId=client["id"]) for _ in range(12)]
    handful = [Call("POST", f"/invoices/{invoice['id']}/payments", {"amount": "1.01"}) for invoice in invoices]

    for n in range(1, 13):
        answers = api.at_once(handful)
        assert outcomes(answers) == {(201, None): 12}
        assert api.get(f"/clients/{client['id']}").body["totalRevenue"] == f"{1212 * n // 100}.{1212 * n % 100:02}"


def test_of_ten_payments_of_the_whole_balance_at_once_one_is_taken(api: LiveApi, make: Factory) -> None:
    invoice = make.sent_invoice("640.00")

    answers = api.at_once([Call("POST", f"/invoices/{invoice['id']}/payments", {"amount": "640.00"})] * 10)

    assert outcomes(answers) == {(201, None): 1, (409, "overpayment"): 9}
    settled = api.get(f"/invoices/{invoice['id']}").body
    assert (settled["status"], settled["balanceDue"], len(settled["payments"])) == ("PAID", "0.00", 1)


def test_of_ten_refunds_of_a_fifth_of_a_payment_at_once_five_are_made(
    api: LiveApi, make: Factory, conn: Connection
) -> None:
    payment = make.payment(make.sent_invoice("100.00"), "100.00")

    answers = api.at_once([Call("POST", f"/payments/{payment['id']}/refunds", {"amount": "20.00"})] * 10)

    assert outcomes(answers) == {(201, None): 5, (409, "refund_exceeds_payment"): 5}
    reopened = api.get(f"/invoices/{payment['invoiceId']}").body
    assert (reopened["status"], reopened["balanceDue"]) == ("SENT", "100.00")
    assert api.get(f"/clients/{reopened['clientId']}").body["totalRevenue"] == "0.00"
    assert count(conn, "activities", "kind = 'PAYMENT_REFUNDED'") == 5


def test_under_one_key_a_refund_that_is_sent_ten_times_at_once_is_made_once(api: LiveApi, make: Factory) -> None:
    payment = make.payment(make.sent_invoice("100.00"), "100.00")
    call = Call("POST", f"/payments/{payment['id']}/refunds", {"amount": "20.00"}, {"Idempotency-Key": "once"})

    answers = api.at_once([call] * 10)

    assert outcomes(answers) == {(201, None): 10}
    assert len({answer.body["id"] for answer in answers}) == 1


def test_payments_and_refunds_of_one_invoice_at_once_leave_it_exact(api: LiveApi, make: Factory) -> None:
    invoice = make.sent_invoice("200.00")
    payment = make.payment(invoice, "100.00")
    refunds = [Call("POST", f"/payments/{payment['id']}/refunds", {"amount": "10.00"})] * 10
    payments = [Call("POST", f"/invoices/{invoice['id']}/payments", {"amount": "5.00"})] * 10

    answers = api.at_once([call for pair in zip(refunds, payments, strict=True) for call in pair])

    assert outcomes(answers) == {(201, None): 20}
    assert api.get(f"/invoices/{invoice['id']}").body["balanceDue"] == "150.00"


def test_of_50_bookings_of_one_photographer_for_one_hour_one_is_made(api: LiveApi, make: Factory) -> None:
    photographer = make.staff()
    booking = {
        "clientId": make.client()["id"],
        "sessionTypeId": make.package()["id"],
        "sessionDate": instant(),
        "location": "Studio A",
        "assignedStaff": [{"staffId": photographer["id"]}],
    }

    answers = api.at_once([Call("POST", "/bookings", booking)] * 50)

    assert outcomes(answers) == {(201, None): 1, (409, "booking_conflict"): 49}
    [made] = [answer.body for answer in answers if answer.status == 201]
    in_the_way = [(made["id"], photographer["id"])]
    for refused in (answer.body for answer in answers if answer.status == 409):
        assert [(conflict["bookingId"], conflict["staffId"]) for conflict in refused["conflicts"]] == in_the_way
    assert [row["id"] for row in api.get("/bookings").body["data"]] == [made["id"]]


def test_bookings_that_name_two_people_in_opposite_orders_never_deadlock(api: LiveApi, make: Factory) -> None:
    people = [{"staffId": make.staff()["id"]}, {"staffId": make.staff()["id"]}]
    template = {"clientId": make.client()["id"], "sessionTypeId": make.package()["id"], "location": "Studio A"}
    bookings = [
        {**template, "sessionDate": instant(day), "assignedStaff": order}
        for day in range(20)
        for order in (people, people[::-1])
    ]

    answers = api.at_once([Call("POST", "/bookings", booking) for booking in bookings])

    for first, second in zip(answers[::2], answers[1::2], strict=True):
        assert outcomes([first, second]) == {(201, None): 1, (409, "booking_conflict"): 1}


def test_two_bookings_that_are_moved_into_one_hour_at_once_do_not_both_get_there(api: LiveApi, make: Factory) -> None:
    anna, ben = make.staff(), make.staff()
    bookings = [
        make.booking(*people, sessionDate=instant(day)) for day, people in enumerate([(anna, ben), (ben, anna)])
    ]

    for day in range(10, 20):
        move = {"sessionDate": instant(day)}
        answers = api.at_once([Call("PATCH", f"/bookings/{booking['id']}", move) for booking in bookings])
        assert outcomes(answers) == {(200, None): 1, (409, "booking_conflict"): 1}


def test_of_20_wishes_at_once_for_the_invoice_of_a_booking_one_is_met(
    api: LiveApi, make: Factory, conn: Connection
) -> None:
    booking = make.booking()

    answers = api.at_once([Call("POST", f"/bookings/{booking['id']}/invoice")] * 20)

    assert outcomes(answers) == {(201, None): 1, (409, "booking_invoiced"): 19}
    [made] = [answer.body["id"] for answer in answers if answer.status == 201]
    assert {answer.body["invoiceId"] for answer in answers if answer.status == 409} == {made}
    assert count(conn, "invoices") == 1


def test_a_booking_completed_20_times_at_once_is_completed_once(api: LiveApi, make: Factory, conn: Connection) -> None:
    client = make.client()
    booking = make.booking(clientId=client["id"])

    answers = api.at_once([Call("PATCH", f"/bookings/{booking['id']}", {"status": "COMPLETED"})] * 20)

    assert {answer.status for answer in answers} <= {200, 409}
    assert 200 in {answer.status for answer in answers}
    assert count(conn, "editing_jobs") == 1
    assert count(conn, "editing_status_logs") == 1
    assert count(conn, "activities", "kind = 'BOOKING_COMPLETED'") == 1
    assert api.get(f"/clients/{client['id']}").body["totalSessions"] == 1


def test_completing_and_undoing_at_once_leaves_job_and_count_as_the_status_says(
    api: LiveApi, make: Factory, conn: Connection
) -> None:
    client = make.client()
    booking = make.booking(clientId=client["id"])
    there_and_back = [
        Call("PATCH", f"/bookings/{booking['id']}", {"status": status}) for status in ("COMPLETED", "SCHEDULED")
    ]

    answers = api.at_once(there_and_back * 10)

    assert outcomes(answers) == {(200, None): 20}
    is_completed = api.get(f"/bookings/{booking['id']}").body["status"] == "COMPLETED"
    assert count(conn, "editing_jobs") == api.get(f"/clients/{client['id']}").body["totalSessions"] == int(is_completed)


def test_one_idempotency_key_sent_50_times_at_once_has_one_effect(api: LiveApi, make: Factory) -> None:
    invoice = make.sent_invoice("100.00")
    payment = Call("POST", f"/invoices/{invoice['id']}/payments", {"amount": "30.00"}, {"Idempotency-Key": "once"})

    answers = api.at_once([payment] * 50)

    told_to_wait = [answer for answer in answers if answer.status == 409]
    answered = [answer for answer in answers if answer.status == 201]
    assert len(told_to_wait) + len(answered) == 50
    assert all(answer.body["code"] == "idempotency_in_progress" for answer in told_to_wait)
    assert all(int(answer.headers["Retry-After"]) > 0 for answer in told_to_wait)
    [first] = [answer for answer in answered if "Idempotent-Replayed" not in answer.headers]
    assert all(answer.body == first.body for answer in answered)
    assert all(answer.headers["Location"] == first.headers["Location"] for answer in answered)
    assert api.get(f"/invoices/{invoice['id']}").body["balanceDue"] == "70.00"


def test_40_drafts_sent_at_once_are_numbered_1_to_40(api: LiveApi, make: Factory) -> None:
    clients = [make.client() for _ in range(4)]
    drafts = [make.invoice(clientId=clients[n % 4]["id"]) for n in range(40)]

    answers = api.at_once([Call("POST", f"/invoices/{draft['id']}/send") for draft in drafts])

    assert outcomes(answers) == {(200, None): 40}
    assert sorted(answer.body["invoiceNumber"] for answer in answers) == [f"INV-{n:05}" for n in range(1, 41)]


def test_one_draft_sent_20_times_at_once_takes_one_number(api: LiveApi, make: Factory) -> None:
    draft = make.invoice()

    answers = api.at_once([Call("POST", f"/invoices/{draft['id']}/send")] * 20)

    assert outcomes(answers) == {(200, None): 1, (409, "illegal_transition"): 19}
    assert make.sent_invoice()["invoiceNumber"] == "INV-00002"


def test_sends_payments_and_changes_of_one_client_at_once_keep_every_sum(api: LiveApi, make: Factory) -> None:
    client = make.client()
    drafts = [make.invoice("80.00", clientId=client["id"]) for _ in range(20)]
    open_invoices = [make.sent_invoice("50.00", clientId=client["id"]) for _ in range(10)]
    items = [invoice["items"][0] for invoice in open_invoices]

    answers = api.at_once(
        [
            *[Call("POST", f"/invoices/{draft['id']}/send") for draft in drafts],
            *[Call("POST", f"/invoices/{draft['id']}/payments", {"amount": "80.00"}) for draft in drafts],
            *[Call("POST", f"/invoices/{draft['id']}/void") for draft in drafts[:10]],
            *[Call("DELETE", f"/invoices/{draft['id']}") for draft in drafts[:5]],
            *[Call("POST", f"/invoices/{invoice['id']}/payments", {"amount": "20.00"}) for invoice in open_invoices],
            *[Call("PATCH", f"/invoices/{item['invoiceId']}/items/{item['id']}", {"quantity": 2}) for item in items],
            *[
                Call("POST", f"/invoices/{invoice['id']}/items", {"name": "Print", "unitPrice": "5.00"})
                for invoice in open_invoices
            ],
            *[Call("PATCH", f"/clients/{client['id']}", {"notes": f"Note {n}"}) for n in range(5)],
        ]
    )

    assert {answer.status for answer in answers} <= {200, 201, 204, 404, 409}
    paid = [
        answer for answer in answers if answer.status == 201 and "amount" in answer.body and "paidAt" in answer.body
    ]
    cents = sum(int(answer.body["amount"].replace(".", "")) for answer in paid)
    revenue = api.get(f"/clients/{client['id']}").body["totalRevenue"]
    assert int(revenue.replace(".", "")) == cents
    assert cents >= 10 * 2000  # the payments on invoices that were open already always go through


def test_an_expense_billed_20_times_at_once_is_one_item(api: LiveApi, make: Factory) -> None:
    client = make.client()
    booking = make.booking(clientId=client["id"])
    invoice = make.invoice("100.00", clientId=client["id"], bookingId=booking["id"])
    expense = make.expense(bookingId=booking["id"], amount="40.00")

    answers = api.at_once([Call("POST", f"/expenses/{expense['id']}/bill")] * 20)

    assert outcomes(answers) == {(200, None): 1, (409, "expense_billed"): 19}
    billed = api.get(f"/invoices/{invoice['id']}").body
    assert [item["expenseId"] for item in billed["items"]] == [None, expense["id"]]
    assert billed["totalAmount"] == "140.00"


def test_a_booking_changes_hands_while_it_is_moved_and_its_people_leave(api: LiveApi, make: Factory) -> None:
    client, package = make.client(), make.package()
    for round_number in range(6):
        day = 27000 + 10 * round_number  # 2100 and later: for the studio these are still to come
        leaver, stayer = make.staff(), make.staff()
        fields = {"clientId": client["id"], "sessionTypeId": package["id"]}
        first = make.booking(leaver, stayer, sessionDate=instant(day), **fields)
        second = make.booking(stayer, sessionDate=instant(day + 1), **fields)

        answers = api.at_once(
            [
                Call("POST", f"/bookings/{second['id']}/assignments", {"staffId": leaver["id"]}),
                Call("PATCH", f"/bookings/{first['id']}", {"sessionDate": instant(day + 1)}),
                Call("PATCH", f"/bookings/{second['id']}", {"sessionDate": instant(day)}),
                Call("DELETE", f"/staff/{leaver['id']}"),
                Call("DELETE", f"/bookings/{first['id']}/assignments/{leaver['id']}"),
                Call("POST", f"/bookings/{first['id']}/assignments", {"staffId": leaver["id"]}),
                Call("DELETE", f"/bookings/{second['id']}/assignments/{stayer['id']}"),
                Call("PATCH", f"/bookings/{second['id']}", {"status": "CANCELLED"}),
            ]
            * 2
        )

        assert {answer.status for answer in answers} <= {200, 201, 204, 404, 409, 422}
        # Whoever was on the booking that was cancelled has a past here, and is kept; nobody keeps a future.
        assert {answer.status for answer in answers[3::8]} <= {204, 404}
        left = api.get(f"/staff/{leaver['id']}")
        assert left.status == 404 or left.body["status"] == "INACTIVE"
        assert {booking["status"] for booking in api.get(f"/bookings?staffId={leaver['id']}").body["data"]} <= {
            "CANCELLED"
        }
        on_first = api.get(f"/bookings/{first['id']}").body["assignedStaff"]
        assert [person["staffId"] for person in on_first] == [stayer["id"]]


def test_of_20_changes_that_read_the_same_state_one_is_made(api: LiveApi, make: Factory) -> None:
    changes_of = {
        f"/clients/{make.client()['id']}": [{"name": f"Name {n}"} for n in range(20)],
        f"/staff/{make.staff()['id']}": [{"name": f"Name {n}"} for n in range(20)],
        f"/bookings/{make.booking()['id']}": [{"location": f"Place {n}"} for n in range(20)],
        f"/invoices/{make.sent_invoice()['id']}": [{"dueDate": f"2100-01-{n + 1:02}"} for n in range(20)],
    }
    for path, changes in changes_of.items():
        etag = api.get(path).headers["ETag"]

        answers = api.at_once([Call("PATCH", path, change, {"If-Match": etag}) for change in changes])

        assert outcomes(answers) == {(200, None): 1, (412, "precondition_failed"): 19}
        [(change, made)] = [pair for pair in zip(changes, answers, strict=True) if pair[1].status == 200]
        assert made.body.items() >= change.items()
        assert api.get(path).body == made.body


def test_a_conditional_change_is_never_refused_for_what_happens_to_its_neighbours(api: LiveApi, make: Factory) -> None:
    clients = [make.client() for _ in range(5)]
    invoices = [make.sent_invoice("1000.00", clientId=client["id"]) for client in clients]
    etags = [api.get(f"/clients/{client['id']}").headers["ETag"] for client in clients]
    bystander = make.sent_invoice("1000.00")

    answers = api.at_once(
        [
            *[
                Call("PATCH", f"/clients/{client['id']}", {"notes": "Paid in cash."}, {"If-Match": etag})
                for client, etag in zip(clients, etags, strict=True)
            ],
            *[
                Call("PATCH", f"/invoices/{invoice['id']}", {"dueDate": "2100-01-01"}, {"If-Match": "*"})
                for invoice in invoices
            ],
            *[Call("POST", f"/invoices/{bystander['id']}/payments", {"amount": "10.00"})] * 40,
        ]
    )

    assert outcomes(answers) == {(200, None): 10, (201, None): 40}


def test_a_conditional_change_holds_out_against_payments_of_the_same_client(api: LiveApi, make: Factory) -> None:
    client = make.client()
    paid = make.sent_invoice("1000.00", clientId=client["id"])
    others = [make.sent_invoice(clientId=client["id"]) for _ in range(5)]
    payments = [Call("POST", f"/invoices/{paid['id']}/payments", {"amount": "10.00"})] * 60
    changes = [
        Call(
            "PATCH",
            f"/invoices/{invoice['id']}",
            {"dueDate": "2100-01-01"},
            {"If-Match": api.get(f"/invoices/{invoice['id']}").headers["ETag"]},
        )
        for invoice in others
    ]

    answers = api.at_once(payments[:20] + changes + payments[20:])

    assert outcomes(answers) == {(201, None): 60, (200, None): 5}


def test_of_a_change_and_a_deletion_that_read_the_same_state_one_is_made(api: LiveApi, make: Factory) -> None:
    for _ in range(5):
        path = f"/clients/{make.client()['id']}"
        condition = {"If-Match": api.get(path).headers["ETag"]}

        answers = api.at_once(
            [Call("PATCH", path, {"name": "Renamed"}, condition), Call("DELETE", path, None, condition)] * 3
        )

        changed, deleted = outcomes(answers[::2]), outcomes(answers[1::2])
        if (200, None) in changed:
            assert changed == {(200, None): 1, (412, "precondition_failed"): 2}
            assert deleted == {(412, "precondition_failed"): 3}
        else:
            assert changed == {(404, "not_found"): 3}
            assert deleted == {(204, None): 1, (404, "not_found"): 2}


def test_a_client_is_deleted_or_booked_and_never_both(api: LiveApi, make: Factory) -> None:
    package = make.package()
    for _ in range(5):
        client = make.client()
        booking = {
            "clientId": client["id"],
            "sessionTypeId": package["id"],
            "sessionDate": instant(),
            "location": "Studio A",
        }
        answers = api.at_once(
            [
                *[Call("POST", "/bookings", booking)] * 3,
                *[Call("POST", "/invoices", {"clientId": client["id"]})] * 3,
                *[Call("DELETE", f"/clients/{client['id']}")] * 3,
            ]
        )
        made = [answer for answer in answers[:6] if answer.status == 201]
        deleted = [answer for answer in answers[6:] if answer.status == 204]
        assert outcomes(answers[:6]).keys() <= {(201, None), (422, "invalid")}
        assert outcomes(answers[6:]).keys() <= {(204, None), (409, "client_in_use"), (404, "not_found")}
        assert bool(made) != bool(deleted)
        assert api.get(f"/clients/{client['id']}").status == (404 if deleted else 200)


def test_of_20_who_take_a_selection_as_made_at_once_one_moves_the_job(
    api: LiveApi, make: Factory, conn: Connection
) -> None:
    booking = make.completed_booking()
    make.photo(booking)

    answers = api.at_once([Call("POST", f"/bookings/{booking['id']}/photo-selections/finalize")] * 20)

    assert outcomes(answers) == {(200, None): 1, (409, "no_job_waiting"): 19}
    assert count(conn, "editing_status_logs") == 2
    assert count(conn, "activities", "kind = 'SELECTION_FINALIZED'") == 1


def test_photos_chosen_and_revisions_asked_for_at_once_are_all_counted(api: LiveApi, make: Factory) -> None:
    booking = make.completed_booking()
    job = f"/editing-jobs/{booking['editingJobId']}"
    api.patch(job, {"status": "DELIVERED"})
    photos = [Call("POST", f"/bookings/{booking['id']}/photo-selections", {"name": f"{n}.jpg"}) for n in range(10)]

    answers = api.at_once([*photos, photos[0], *[Call("POST", f"{job}/revisions", {"note": "Warmer."})] * 10])

    assert outcomes(answers) == {(201, None): 20, (409, "name_taken"): 1}
    edited = api.get(job).body
    assert [photo["position"] for photo in edited["photoSelections"]] == list(range(1, 11))
    assert (edited["revisionCount"], len(edited["revisions"]), edited["status"]) == (10, 10, "REVISION")
    assert [row["status"] for row in edited["statusHistory"]] == ["PENDING", "DELIVERED", "REVISION"]


def test_editors_who_swap_their_jobs_in_both_directions_never_deadlock(api: LiveApi, make: Factory) -> None:
    anna, ben = make.staff(role="EDITOR"), make.staff(role="EDITOR")
    first, second = (f"/editing-jobs/{make.completed_booking()['editingJobId']}" for _ in range(2))
    client, package = make.client(), make.package()
    api.patch(second, {"editorId": ben["id"]})

    for n in range(30):
        to, fro = (ben, anna) if n % 2 == 0 else (anna, ben)
        booking = {
            "clientId": client["id"],
            "sessionTypeId": package["id"],
            "sessionDate": instant(n),
            "location": "Studio A",
            "assignedStaff": [{"staffId": ben["id"]}, {"staffId": anna["id"]}],
        }
        answers = api.at_once(
            [
                *[Call("PATCH", first, {"editorId": to["id"]})] * 3,
                *[Call("PATCH", second, {"editorId": fro["id"]})] * 3,
                Call("POST", "/bookings", booking),
            ]
        )
        assert outcomes(answers) == {(200, None): 6, (201, None): 1}
        assert [api.get(job).body["editorId"] for job in (first, second)] == [to["id"], fro["id"]]


def test_stages_that_come_move_and_go_and_jobs_that_move_among_them_at_once_do_not_stand_in_each_others_way(
    api: LiveApi, make: Factory
) -> None:
    jobs = [f"/editing-jobs/{make.completed_booking()['editingJobId']}" for _ in range(6)]
    stages = api.get("/editing-stages").body["data"]
    moves = [
        Call("PATCH", job, {"stageId": stage["id"]}) for job in jobs for stage in stages if stage["status"] != "PENDING"
    ]
    places = [Call("PATCH", f"/editing-stages/{stage['id']}", {"position": n}) for n in (1, 4) for stage in stages]
    empty = [make.stage() for _ in range(4)]
    added = [
        Call(
            "POST",
            "/editing-stages",
            {"name": f"Added {n}", "status": "REVISION", **({"position": 1} if n % 2 else {})},
        )
        for n in range(8)
    ]
    removed = [Call("DELETE", f"/editing-stages/{stage['id']}") for stage in empty]

    answers = api.at_once([*moves, *places, *added, *removed])

    assert outcomes(answers) == {(200, None): 36, (201, None): 8, (204, None): 4}
    left = api.get("/editing-stages").body["data"]
    assert [stage["position"] for stage in left] == list(range(1, 15))
    assert {stage["name"] for stage in left} == {stage["name"] for stage in stages} | {f"Added {n}" for n in range(8)}


def test_of_ten_contacts_who_become_the_primary_one_at_once_one_is(api: LiveApi, make: Factory) -> None:
    client = make.client()
    contacts = [make.contact(clientId=client["id"]) for _ in range(10)]

    answers = api.at_once([Call("PATCH", f"/contacts/{contact['id']}", {"isPrimary": True}) for contact in contacts])

    assert outcomes(answers) == {(200, None): 10}
    rows = api.get(f"/clients/{client['id']}/contacts").body["data"]
    assert sum(row["isPrimary"] for row in rows) == 1


def test_nothing_is_booked_into_a_work_package_that_is_being_closed(
    api: LiveApi, make: Factory, conn: Connection
) -> None:
    package = make.work_package()
    booking = make.booking(clientId=package["clientId"])
    address = f"/work-packages/{package['id']}"

    with held_up(conn) as waiting:
        conn.execute("select from work_packages where id = %s for no key update", [package["id"]])
        closed = waiting.send(api.patch, address, {"status": "CLOSED"})
        moved = waiting.send(api.patch, f"/bookings/{booking['id']}", {"workPackageId": package["id"]})

    assert closed.result().status == 200
    assert outcomes([moved.result()]) == {(409, "work_package_closed"): 1}
    assert api.get(address).body["bookingCount"] == 0
