"""What the contacts of a client do: they choose photos, and judge what became of them."""

from typing import Any

import pytest

from photolens.database import Connection
from tests.client import ApiClient
from tests.contacts import sign_in_contact
from tests.factories import Factory
from tests.portal.conftest import Portal


def awaited(portal: Portal) -> int:
    """The booking whose editing waits for the selection."""
    [booking] = portal.api.get("/portal/dashboard").body["awaitedSelections"]
    booking_id: int = booking["id"]
    return booking_id


def told(api: ApiClient) -> tuple[str, str]:
    """The newest deed, and who did it."""
    activity = api.get("/activities").body["data"][0]
    return activity["kind"], activity["actor"]


# Choosing


def test_a_client_chooses_a_photo_and_takes_it_back(api: ApiClient, portal: Portal) -> None:
    photos = f"/portal/bookings/{awaited(portal)}/photo-selections"

    chosen = portal.api.post(photos, {"name": "IMG_0042.jpg"})
    assert (chosen.status, chosen.body["isEdited"]) == (201, False)
    assert told(api) == ("PHOTO_SELECTED", "Contact of day 0")
    read = portal.api.get(chosen.headers["Location"].removeprefix("/api/v1"))
    assert (read.body, read.headers["ETag"]) == (chosen.body, chosen.headers["ETag"])

    assert portal.api.delete(f"{photos}/{chosen.body['id']}").status == 204
    assert told(api) == ("PHOTO_REMOVED", "Contact of day 0")
    assert portal.api.get(photos).body["data"] == []


def test_before_there_is_a_job_they_choose_freely(portal: Portal) -> None:
    photos = f"/portal/bookings/{portal.own.ids['bookingId']}/photo-selections"

    assert portal.api.post(photos, {"name": "IMG_0042.jpg"}).status == 201
    assert portal.api.delete(f"{photos}/{portal.own.ids['selectionId']}").status == 204
    refused = portal.api.post(f"{photos}/finalize")
    assert (refused.status, refused.body["code"]) == (409, "no_job_waiting")


def test_what_is_all_chosen_goes_on_and_is_the_clients_to_change_no_more(
    conn: Connection, api: ApiClient, portal: Portal
) -> None:
    booking_id = awaited(portal)
    photos = f"/portal/bookings/{booking_id}/photo-selections"
    nothing = portal.api.post(f"{photos}/finalize")
    photo = portal.api.post(photos, {"name": "IMG_0042.jpg"}).body

    assert portal.api.post(f"{photos}/finalize").status == 204

    assert (nothing.status, nothing.body["code"]) == (409, "nothing_selected")
    assert told(api) == ("SELECTION_FINALIZED", "Contact of day 0")
    assert portal.api.get(f"/portal/bookings/{booking_id}").body["selectionState"] == "FINAL"
    job = api.get("/editing-jobs", query_string={"bookingId": booking_id}).body["data"][0]
    assert (job["status"], job["stageName"]) == ("PENDING", "Ready for Edit")
    for refused in (
        portal.api.post(photos, {"name": "IMG_0043.jpg"}),
        portal.api.delete(f"{photos}/{photo['id']}"),
    ):
        assert (refused.status, refused.body["code"]) == (409, "selection_final")
    # The studio may, for them.
    assert api.post(f"/bookings/{booking_id}/photo-selections", {"name": "IMG_0043.jpg"}).status == 201
    assert api.delete(f"/bookings/{booking_id}/photo-selections/{photo['id']}").status == 204


def test_a_job_that_is_put_back_awaits_the_selection_again(api: ApiClient, portal: Portal) -> None:
    booking_id = awaited(portal)
    photos = f"/portal/bookings/{booking_id}/photo-selections"
    portal.api.post(photos, {"name": "IMG_0042.jpg"})
    portal.api.post(f"{photos}/finalize")
    [job] = api.get("/editing-jobs", query_string={"bookingId": booking_id}).body["data"]
    stage = next(s["id"] for s in api.get("/editing-stages").body["data"] if s["awaitsSelection"])

    assert api.patch(f"/editing-jobs/{job['id']}", {"stageId": stage}).status == 200

    assert portal.api.post(photos, {"name": "IMG_0043.jpg"}).status == 201


# Judging


def test_photos_that_are_approved_are_delivered(api: ApiClient, portal: Portal) -> None:
    job = f"/portal/editing-jobs/{portal.own.ids['editingJobId']}"

    assert portal.api.post(f"{job}/approve").status == 204

    assert told(api) == ("EDITING_JOB_APPROVED", "Contact of day 0")
    delivered = portal.api.get(job).body
    assert (delivered["state"], delivered["deliveredAt"] is None) == ("DELIVERED", False)
    history = api.get(f"/editing-jobs/{portal.own.ids['editingJobId']}").body["statusHistory"]
    assert (history[-1]["stageName"], history[-1]["changedBy"]) == ("Completed", "Contact of day 0")
    again = portal.api.post(f"{job}/approve")
    assert (again.status, again.body["code"]) == (409, "not_in_review")


def test_photos_that_are_sent_back_are_in_revision_with_the_note(api: ApiClient, portal: Portal) -> None:
    job_id = portal.own.ids["editingJobId"]

    asked = portal.api.post(f"/portal/editing-jobs/{job_id}/revisions", {"note": "Cooler again."})

    assert asked.status == 201
    assert set(asked.body) == {"id", "editingJobId", "note", "requestedAt"}
    assert told(api) == ("REVISION_REQUESTED", "Contact of day 0")
    job = portal.api.get(asked.headers["Location"].removeprefix("/api/v1")).body
    assert (job["state"], job["revisions"][-1]) == ("REVISION_REQUESTED", asked.body)
    seen = api.get(f"/editing-jobs/{job_id}").body
    newest = seen["revisions"][-1]
    assert (seen["stageName"], newest["note"], newest["requestedBy"]) == (
        "Revision",
        "Cooler again.",
        "Contact of day 0",
    )
    assert [revision["isFromClient"] for revision in seen["revisions"]] == [True, False, True]


@pytest.mark.parametrize("stage", ["Revision", "Completed"])
def test_what_is_not_in_review_is_neither_approved_nor_sent_back(api: ApiClient, portal: Portal, stage: str) -> None:
    job_id = portal.own.ids["editingJobId"]
    stage_id = next(s["id"] for s in api.get("/editing-stages").body["data"] if s["name"] == stage)
    assert api.patch(f"/editing-jobs/{job_id}", {"stageId": stage_id}).status == 200

    for refused in (
        portal.api.post(f"/portal/editing-jobs/{job_id}/approve"),
        portal.api.post(f"/portal/editing-jobs/{job_id}/revisions", {"note": "Warmer."}),
    ):
        assert (refused.status, refused.body["code"]) == (409, "not_in_review")


def test_a_note_is_of_five_thousand_characters_at_most(portal: Portal) -> None:
    revisions = f"/portal/editing-jobs/{portal.own.ids['editingJobId']}/revisions"

    assert portal.api.post(revisions, {"note": "x" * 5001}).status == 422
    assert portal.api.post(revisions, {"note": "x" * 5000}).status == 201


# As everywhere


def test_what_a_contact_sends_twice_under_one_key_is_done_once(portal: Portal, api: ApiClient) -> None:
    key = {"Idempotency-Key": "one"}
    job = f"/portal/editing-jobs/{portal.own.ids['editingJobId']}"
    photos = f"/portal/bookings/{portal.own.ids['bookingId']}/photo-selections"
    posts: list[tuple[str, Any]] = [
        (photos, {"name": "IMG_0042.jpg"}),
        (f"{job}/revisions", {"note": "Warmer."}),
    ]
    for number, (path, body) in enumerate(posts):
        first, again = (portal.api.post(path, body, headers={"Idempotency-Key": f"key-{number}"}) for _ in range(2))
        assert (first.status, again.headers["Idempotent-Replayed"]) == (201, "true")
        assert again.body == first.body

    # Another client's contact has keys of their own.
    others = api.by_token(portal.foreign.token)
    theirs = f"/portal/editing-jobs/{portal.foreign.ids['editingJobId']}/approve"
    assert others.post(theirs, headers=key).status == 204
    assert others.post(theirs, headers=key).headers["Idempotent-Replayed"] == "true"


def test_a_photo_is_taken_back_if_it_is_as_it_was_read(api: ApiClient, portal: Portal) -> None:
    booking, photo = portal.own.ids["bookingId"], portal.own.ids["selectionId"]
    path = f"/portal/bookings/{booking}/photo-selections/{photo}"
    etag = portal.api.get(path).headers["ETag"]
    assert api.patch(f"/bookings/{booking}/photo-selections/{photo}", {"isEdited": True}).status == 200

    stale = portal.api.delete(path, headers={"If-Match": etag})
    fresh = portal.api.delete(path, headers={"If-Match": portal.api.get(path).headers["ETag"]})

    assert (stale.status, fresh.status) == (412, 204)


@pytest.mark.parametrize("path", ["/portal/me", "/portal/dashboard", "/portal/invoices", "/portal/work-packages"])
def test_what_a_contact_has_read_already_is_not_sent_again(portal: Portal, path: str) -> None:
    etag = portal.api.get(path).headers["ETag"]

    assert portal.api.get(path, headers={"If-None-Match": etag}).status == 304


def test_a_photo_of_one_booking_is_not_taken_back_through_another(
    conn: Connection, api: ApiClient, make: Factory
) -> None:
    first, photo = make.booking(), None
    photo = make.photo(first)
    second = make.booking(clientId=first["clientId"], sessionDate="2027-08-01T10:00:00Z")
    contact = api.by_token(sign_in_contact(conn, first["clientId"]))

    answer = contact.delete(f"/portal/bookings/{second['id']}/photo-selections/{photo['id']}")

    assert answer.status == 404
