"""Clients that are erased and imported while others are at them."""

from http.client import HTTPConnection
from typing import Any
from urllib.parse import urlsplit

import pytest

from photolens.database import Connection
from tests.client import ApiClient
from tests.factories import Factory, instant
from tests.races.live import Call, LiveApi, count, outcomes
from tests.studio.client_files import known_client
from tests.studio.test_client_erasure import places_of
from tests.waiting import held_up

pytestmark = pytest.mark.committed

WORD = "Zyxomma"


def send(api: ApiClient, file: str) -> Any:
    return api.post("/imports/clients", data=file.encode(), content_type="text/csv")


def file_of(lines: int, name: str = "Client") -> str:
    return "name,email\n" + "".join(f"{name} {n},client{n}@example.com\n" for n in range(lines))


@pytest.mark.parametrize("turn", range(4))
def test_of_whatever_is_written_while_a_client_is_erased_nothing_stays(live: str, conn: Connection, turn: int) -> None:
    api = LiveApi(live)
    make = Factory(api)
    client = known_client(conn, api, make, WORD)
    [booking] = api.get(f"/clients/{client['id']}/profile").body["bookings"]
    session = {
        "clientId": client["id"],
        "sessionTypeId": booking["sessionTypeId"],
        "sessionDate": instant(30),
        "location": f"At the home of {WORD}",
    }
    person = make.staff()
    calls = [
        Call("POST", "/bookings", session),
        Call("PATCH", f"/bookings/{booking['id']}", {"location": f"At the home of {WORD}", "notes": f"{WORD} is ill."}),
        Call("PATCH", f"/clients/{client['id']}", {"name": f"{WORD} Berg"}),
        Call("POST", f"/clients/{client['id']}/contacts", {"name": f"{WORD} Moen", "email": f"{WORD}@moen.example"}),
        Call("PATCH", f"/work-packages/{booking['workPackageId']}", {"description": f"{WORD} has changed her mind."}),
        Call("POST", f"/bookings/{booking['id']}/assignments", {"staffId": person["id"]}),
        Call("PATCH", f"/editing-jobs/{booking['editingJobId']}", {"status": "IN_PROGRESS"}),
        Call("POST", f"/invoices/{api.get('/invoices').body['data'][0]['id']}/payments", {"amount": "5.00"}),
    ]
    calls.insert(turn, Call("POST", f"/clients/{client['id']}/erase"))

    answers = api.at_once(calls)

    erased = answers.pop(turn)
    assert (erased.status, erased.body["name"]) == (200, f"Erased client {client['id']}")
    assert {answer.status for answer in answers} <= {200, 201, 409}
    assert places_of(conn, WORD) == set()


def test_a_client_is_erased_once_however_many_ask(live: str, conn: Connection) -> None:
    api = LiveApi(live)
    client = Factory(api).client()

    answers = api.at_once([Call("POST", f"/clients/{client['id']}/erase")] * 6)

    assert outcomes(answers) == {(200, None): 1, (409, "client_erased"): 5}
    assert count(conn, "activities", "kind = 'CLIENT_ERASED'") == 1


def test_a_booking_that_waits_for_an_erasure_is_refused(api: ApiClient, make: Factory, conn: Connection) -> None:
    client, package = make.client(), make.package()
    booking = {"clientId": client["id"], "sessionTypeId": package["id"], "sessionDate": instant(), "location": WORD}

    with held_up(conn) as waiting:
        conn.execute("select from clients where id = %s for update", [client["id"]])
        booked = waiting.send(api.post, "/bookings", booking)
        conn.execute("update clients set archived_at = now(), erased_at = now() where id = %s", [client["id"]])

    assert (booked.result().status, booked.result().body["code"]) == (409, "client_erased")


def test_whoever_changes_the_people_of_a_booking_waits_for_an_erasure_and_holds_nothing_it_wants(
    api: ApiClient, make: Factory, conn: Connection
) -> None:
    on_it, other = make.staff(), make.staff()
    booking = make.booking(assignedStaff=[{"staffId": on_it["id"]}])
    assignments = f"/bookings/{booking['id']}/assignments"

    with held_up(conn) as waiting:
        conn.execute("select from clients where id = %s for no key update", [booking["clientId"]])
        assigned = waiting.send(api.post, assignments, {"staffId": other["id"]})
        unassigned = waiting.send(api.delete, f"{assignments}/{on_it['id']}")
        conn.execute("select from clients where id = %s for update", [booking["clientId"]])
        conn.execute("select from bookings where id = %s for no key update nowait", [booking["id"]])

    assert (assigned.result().status, unassigned.result().status) == (201, 204)


def test_of_two_imports_of_one_file_one_adds_and_the_other_finds_everybody_there(
    api: ApiClient, conn: Connection
) -> None:
    backwards = file_of(300).splitlines()
    other = "\n".join([backwards[0], *reversed(backwards[1:])])

    with held_up(conn) as waiting:
        conn.execute("lock table clients in share mode")
        first = waiting.send(send, api, file_of(300))
        second = waiting.send(send, api, other)

    counts = [tuple(answer.result().body[key] for key in ("created", "unchanged")) for answer in (first, second)]
    assert counts == [(300, 0), (0, 300)]
    assert count(conn, "activities", "kind = 'CLIENTS_IMPORTED'") == 1


def test_an_import_waits_for_whoever_changes_one_of_its_clients(
    api: ApiClient, make: Factory, conn: Connection
) -> None:
    clients = [make.client(name="Before", email=f"client{n}@example.com") for n in range(3)]

    with held_up(conn) as waiting:
        conn.execute("select from clients where id = %s for update", [clients[1]["id"]])
        changed = waiting.send(api.patch, f"/clients/{clients[1]['id']}", {"email": "client7@example.com"})
        imported = waiting.send(send, api, file_of(8))

    assert (changed.result().status, imported.result().status) == (200, 503)
    again = send(api, file_of(8))
    assert [again.body[key] for key in ("created", "updated", "unchanged")] == [5, 3, 0]


def test_an_import_whose_server_loses_the_database_leaves_nothing_of_the_file(live: str, conn: Connection) -> None:
    url = urlsplit(live)
    connection = HTTPConnection(url.hostname or "", url.port, timeout=60)
    headers = {"Authorization": "Bearer test-owner", "Content-Type": "text/csv"}

    with conn.transaction():
        conn.execute("lock table activities in share mode")  # the last thing that an import writes
        connection.request("POST", f"{url.path}/imports/clients", file_of(2000).encode(), headers)
        while count(conn, "pg_stat_activity", "wait_event_type = 'Lock' and datname = current_database()") == 0:
            conn.execute("select pg_stat_clear_snapshot()")
        conn.execute(
            """
            select pg_terminate_backend(pid) from pg_stat_activity
            where wait_event_type = 'Lock' and datname = current_database()
            """
        )
        answer = connection.getresponse()

    assert (answer.status, answer.headers["Retry-After"]) == (503, "1")
    assert (count(conn, "clients"), count(conn, "activities")) == (0, 0)
    connection.close()
