"""What the client chooses: photos by name, edited or not, and the job that waits for them."""

from typing import Any

import pytest

from photolens.database import Connection
from tests.client import ApiClient
from tests.contracts.roles import join_team
from tests.factories import Factory

Row = dict[str, Any]


def photos(api: ApiClient, booking: Row) -> list[Row]:
    rows: list[Row] = api.get(f"/bookings/{booking['id']}/photo-selections").body["data"]
    return rows


def address(photo: Row) -> str:
    return f"/bookings/{photo['bookingId']}/photo-selections/{photo['id']}"


@pytest.fixture
def yuki(make: Factory, conn: Connection) -> Row:
    """The record on the team of the editor who is signed in as EDITOR."""
    member = make.staff(name="Yuki Sato", role="EDITOR")
    join_team(conn, "EDITOR", member["id"])
    return member


def test_photos_are_chosen_one_by_one_and_stay_in_that_order(api: ApiClient, make: Factory) -> None:
    booking = make.booking()

    first, second = make.photo(booking, name="IMG_0042.jpg"), make.photo(booking, name="IMG_0007.jpg", isEdited=True)

    assert [first["position"], second["position"]] == [1, 2]
    assert [first["isEdited"], second["isEdited"]] == [False, True]
    assert photos(api, booking) == [first, second]
    assert api.get(address(second)).body == second
    assert api.get(f"/bookings/{booking['id']}").body["photoSelectionCount"] == 2


def test_a_photo_is_chosen_once_whatever_the_case_of_its_name(api: ApiClient, make: Factory) -> None:
    booking, another = make.booking(), make.completed_booking()
    make.photo(booking, name="IMG_0042.jpg")
    other = make.photo(booking, name="IMG_0043.jpg")

    answers = [
        api.post(f"/bookings/{booking['id']}/photo-selections", {"name": "img_0042.JPG"}),
        api.patch(address(other), {"name": "IMG_0042.JPG"}),
    ]

    assert [(answer.status, answer.body["code"]) for answer in answers] == [(409, "name_taken")] * 2
    assert make.photo(another, name="IMG_0042.jpg")["position"] == 1


def test_a_photo_is_renamed_edited_and_taken_back(api: ApiClient, make: Factory) -> None:
    booking = make.booking()
    photo, other = make.photo(booking), make.photo(booking)

    changed = api.patch(address(photo), {"name": "Portrait.jpg", "isEdited": True})
    unchanged = api.patch(address(photo), {"isEdited": True})
    removed = api.delete(address(photo))

    assert (changed.status, changed.body["name"], changed.body["isEdited"]) == (200, "Portrait.jpg", True)
    assert unchanged.body == changed.body
    assert (removed.status, photos(api, booking)) == (204, [other])
    assert make.photo(booking)["position"] == 3


def test_at_most_1000_photos_of_a_booking_are_chosen(api: ApiClient, make: Factory, conn: Connection) -> None:
    booking = make.booking()
    conn.execute(
        "insert into photo_selections (booking_id, name, position) select %s, n || '.jpg', n"
        " from generate_series(1, 999) as n",
        [booking["id"]],
    )
    make.photo(booking, name="The last.jpg")

    refused = api.post(f"/bookings/{booking['id']}/photo-selections", {"name": "One more.jpg"})

    assert (refused.status, refused.body["code"]) == (409, "selection_full")


def test_an_editing_job_shows_the_photos_to_be_edited(api: ApiClient, make: Factory) -> None:
    booking = make.completed_booking()
    chosen = [make.photo(booking), make.photo(booking, isEdited=True)]

    assert api.get(f"/editing-jobs/{booking['editingJobId']}").body["photoSelections"] == chosen


def test_an_editor_says_what_is_edited_of_their_own_jobs_and_no_more(api: ApiClient, make: Factory, yuki: Row) -> None:
    booking, others = make.completed_booking(), make.completed_booking()
    api.patch(f"/editing-jobs/{booking['editingJobId']}", {"editorId": yuki["id"]})
    photo, foreign = make.photo(booking), make.photo(others)
    editor = api.by_role("EDITOR")

    toggled = editor.patch(address(photo), {"isEdited": True, "name": photo["name"]})
    renamed = editor.patch(address(photo), {"isEdited": False, "name": "Mine.jpg"})

    assert (toggled.status, toggled.body["isEdited"]) == (200, True)
    assert (renamed.status, renamed.body["code"]) == (403, "forbidden")
    assert photos(editor, booking) == [toggled.body]
    assert editor.delete(address(photo)).status == 403
    assert editor.post(f"/bookings/{booking['id']}/photo-selections", {"name": "Mine.jpg"}).status == 403
    for refused in (
        editor.get(f"/bookings/{others['id']}/photo-selections"),
        editor.get(address(foreign)),
        editor.patch(address(foreign), {"isEdited": True}),
    ):
        assert refused.status == 404
    assert photos(api, others) == [foreign]


def test_a_photographer_sees_what_was_chosen_of_their_bookings(api: ApiClient, make: Factory, conn: Connection) -> None:
    maya = make.staff()
    join_team(conn, "PHOTOGRAPHER", maya["id"])
    mine, others = make.booking(maya), make.booking()
    photo, foreign = make.photo(mine), make.photo(others)
    photographer = api.by_role("PHOTOGRAPHER")

    assert photos(photographer, mine) == [photo]
    assert photographer.get(address(foreign)).status == 404
    assert photographer.get(f"/bookings/{others['id']}/photo-selections").status == 404
    assert photographer.patch(address(photo), {"isEdited": True}).status == 403


@pytest.mark.parametrize(
    ("permission", "status"),
    [("VIEW_BOOKINGS_SELF", 404), ("VIEW_EDITING_SELF", 404), ("VIEW_BOOKINGS_ALL", 200), ("VIEW_EDITING_ALL", 200)],
)
def test_a_token_for_ones_own_rows_shows_no_photos_of_others(
    api: ApiClient, make: Factory, permission: str, status: int
) -> None:
    photo = make.photo(make.completed_booking())
    token = api.post("/me/tokens", {"name": "Gallery", "permissions": [permission]}).body["token"]

    assert api.by_token(token).get(address(photo)).status == status


@pytest.mark.parametrize(
    ("permissions", "status"),
    [
        (["MANAGE_EDITING", "VIEW_BOOKINGS_SELF"], 404),
        (["MANAGE_EDITING"], 200),
        (["MANAGE_BOOKINGS", "VIEW_BOOKINGS_SELF"], 200),
    ],
)
def test_a_token_for_ones_own_rows_notes_nothing_of_other_photos(
    api: ApiClient, make: Factory, permissions: list[str], status: int
) -> None:
    photo = make.photo(make.completed_booking())
    token = api.post("/me/tokens", {"name": "Gallery", "permissions": permissions}).body["token"]

    assert api.by_token(token).patch(address(photo), {"isEdited": True}).status == status
    assert api.get(address(photo)).body["isEdited"] == (status == 200)


def test_a_token_for_ones_own_rows_notes_what_is_edited_of_ones_own_bookings(
    api: ApiClient, make: Factory, conn: Connection
) -> None:
    owner = make.staff(role="OWNER")
    join_team(conn, "OWNER", owner["id"])
    photo = make.photo(make.booking(owner))
    permissions = ["MANAGE_EDITING", "VIEW_BOOKINGS_SELF"]
    token = api.post("/me/tokens", {"name": "Gallery", "permissions": permissions}).body["token"]

    assert api.by_token(token).patch(address(photo), {"isEdited": True}).body["isEdited"] is True


# The selection is made


def test_a_selection_that_is_made_sends_the_job_on(api: ApiClient, make: Factory) -> None:
    booking = make.completed_booking()
    make.photo(booking)
    waited = api.get(f"/editing-jobs/{booking['editingJobId']}").body

    job = api.post(f"/bookings/{booking['id']}/photo-selections/finalize")

    assert (waited["stageName"], waited["status"]) == ("Awaiting Selection", "PENDING")
    assert (job.status, job.body["stageName"], job.body["status"]) == (200, "Ready for Edit", "PENDING")
    assert [row["stageName"] for row in job.body["statusHistory"]] == ["Awaiting Selection", "Ready for Edit"]
    assert api.get(f"/editing-jobs/{job.body['id']}").body == job.body
    assert api.patch(f"/bookings/{booking['id']}", {"status": "SCHEDULED"}).body["code"] == "illegal_transition"


def test_the_job_goes_to_the_first_pending_stage_that_awaits_nothing(api: ApiClient, make: Factory) -> None:
    booking = make.completed_booking()
    make.photo(booking)
    make.stage(name="Second choice", status="PENDING", position=1, awaitsSelection=True)
    make.stage(name="Sorting", status="PENDING", position=3)

    assert api.post(f"/bookings/{booking['id']}/photo-selections/finalize").body["stageName"] == "Sorting"


def test_a_selection_of_nothing_is_not_made(api: ApiClient, make: Factory) -> None:
    booking = make.completed_booking()

    refused = api.post(f"/bookings/{booking['id']}/photo-selections/finalize")

    assert (refused.status, refused.body["code"]) == (409, "nothing_selected")


def test_a_selection_is_made_while_a_job_waits_for_it(api: ApiClient, make: Factory) -> None:
    not_yet, begun = make.booking(), make.completed_booking()
    for booking in (not_yet, begun):
        make.photo(booking)
    api.patch(f"/editing-jobs/{begun['editingJobId']}", {"status": "IN_PROGRESS"})

    answers = [api.post(f"/bookings/{booking['id']}/photo-selections/finalize") for booking in (not_yet, begun)]

    assert [(answer.status, answer.body["code"]) for answer in answers] == [(409, "no_job_waiting")] * 2
