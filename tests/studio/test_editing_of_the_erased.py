"""What editing still does for a client who was erased: the job goes on, and nothing is noted of them any more."""

from typing import Any

import pytest

from photolens.database import Connection
from tests.client import ApiClient
from tests.factories import Factory
from tests.waiting import held_up

Row = dict[str, Any]

FOLDER = "https://drive.example/emma"


def erase(api: ApiClient, booking: Row) -> None:
    assert api.post(f"/clients/{booking['clientId']}/erase").status == 200


@pytest.fixture
def booking(api: ApiClient, make: Factory) -> Row:
    """A completed booking whose job was delivered."""
    completed = make.completed_booking()
    assert api.patch(f"/editing-jobs/{completed['editingJobId']}", {"status": "DELIVERED"}).status == 200
    return completed


@pytest.mark.parametrize(
    "changes",
    [
        {"notes": "Emma likes it warm."},
        {"photographerNotes": "Emma blinks."},
        {"driveFolderUrl": FOLDER},
        {"status": "REVISION", "statusNote": "Emma called."},
    ],
)
def test_nothing_is_noted_on_the_job_of_a_client_who_was_erased(api: ApiClient, booking: Row, changes: Row) -> None:
    erase(api, booking)
    job = api.get(f"/editing-jobs/{booking['editingJobId']}").body

    refused = api.patch(f"/editing-jobs/{job['id']}", changes)

    assert (refused.status, refused.body["code"]) == (409, "client_erased")
    assert api.get(f"/editing-jobs/{job['id']}").body == job


def test_no_revision_is_asked_for_and_no_photo_chosen_by_a_client_who_was_erased(api: ApiClient, booking: Row) -> None:
    erase(api, booking)

    refused = [
        api.post(f"/editing-jobs/{booking['editingJobId']}/revisions", {"note": "Warmer, says Emma."}),
        api.post(f"/bookings/{booking['id']}/photo-selections", {"name": "Emma.jpg"}),
    ]

    assert [(answer.status, answer.body["code"]) for answer in refused] == [(409, "client_erased")] * 2
    assert api.get(f"/editing-jobs/{booking['editingJobId']}").body["revisionCount"] == 0


def test_a_job_goes_on_after_its_client_was_erased(api: ApiClient, make: Factory, booking: Row) -> None:
    erase(api, booking)
    editor = make.staff(role="EDITOR")

    planned = api.patch(
        f"/editing-jobs/{booking['editingJobId']}",
        {"editorId": editor["id"], "priority": "HIGH", "notes": None, "status": "ARCHIVED"},
    )

    assert (planned.status, planned.body["status"], planned.body["editorId"]) == (200, "ARCHIVED", editor["id"])


@pytest.mark.committed
def test_what_is_noted_while_a_client_is_erased_is_refused(
    api: ApiClient, make: Factory, conn: Connection, booking: Row
) -> None:
    job = f"/editing-jobs/{booking['editingJobId']}"
    photo = f"/bookings/{booking['id']}/photo-selections/{make.photo(booking)['id']}"

    with held_up(conn) as waiting:
        # The one who erases waits with the client and the bookings in hand.
        conn.execute("select from editing_jobs where id = %s for update", [booking["editingJobId"]])
        erased = waiting.send(api.post, f"/clients/{booking['clientId']}/erase")
        noted = waiting.send(api.patch, job, {"notes": "Emma likes it warm."})
        revised = waiting.send(api.post, f"{job}/revisions", {"note": "Warmer, says Emma."})
        chosen = waiting.send(api.post, f"/bookings/{booking['id']}/photo-selections", {"name": "Emma.jpg"})
        renamed = waiting.send(api.patch, photo, {"name": "Emma.jpg"})

    assert erased.result().status == 200
    refused = [answer.result() for answer in (noted, revised, chosen)]
    assert [(answer.status, answer.body["code"]) for answer in refused] == [(409, "client_erased")] * 3
    assert renamed.result().status == 404
    assert api.get(job).body.items() >= {"notes": None, "revisions": [], "photoSelections": []}.items()
