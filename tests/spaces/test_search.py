"""What the public finds of spaces: conditions that hold together, for one offering that is really free."""

from datetime import date, timedelta
from typing import Any
from uuid import UUID

import pytest

from photolens.database import Connection
from photolens.spaces.actions.bookings import book
from tests.client import Answer, ApiClient, token_of
from tests.factories import Factory

DAY = "2040-01-02"
CUSTOMER = UUID("00000000-0000-4000-8000-000000000008")  # the test's, of callers.sql


def hold(conn: Connection, offering: dict[str, Any], quantity: int) -> None:
    """The test's customer has booked so many, from 9 to 10."""
    times = {"booking_date": date(2040, 1, 2), "start_time": "09:00", "end_time": "10:00", "duration": None}
    wish = {"vendor_service_id": offering["id"], "quantity": quantity, "payment_method": "CASH"}
    book(conn, CUSTOMER, {**wish, **times})


def pointers(refused: Answer) -> list[str]:
    return [fault["pointer"] for fault in refused.body["errors"]]


@pytest.fixture
def public(api: ApiClient) -> ApiClient:
    """Somebody without a token."""
    return api.by_token(None)


def found(public: ApiClient, path: str = "/vendor-services", **query: Any) -> list[Any]:
    """The ids of what is found, in order."""
    answer = public.get(path, query_string=query)
    assert answer.status == 200, answer.body
    return [row["id"] for row in answer.body["data"]]


def test_the_public_sees_active_offerings_at_active_branches(public: ApiClient, make: Factory) -> None:
    shown = make.offering()
    make.offering(isActive=False)
    hidden = [make.offering(make.branch(status)) for status in ("PENDING", "SUSPENDED")]

    assert found(public) == [shown["id"]]
    assert shown["branchId"] in found(public, "/branches")
    for offering in hidden:
        paths = [f"/vendor-services/{offering['id']}", f"/branches/{offering['branchId']}"]
        assert [public.get(path).body["code"] for path in paths] == ["not_found"] * 2


def test_what_is_hidden_is_refused_in_the_words_of_what_is_not_there(public: ApiClient, make: Factory) -> None:
    hidden = make.offering(make.branch("SUSPENDED"))
    absent = 987654321

    for path, row_id in (("/branches/{}", hidden["branchId"]), ("/vendor-services/{}", hidden["id"])):
        of_hidden, of_absent = public.get(path.format(row_id)), public.get(path.format(absent))
        assert of_hidden.body["detail"].replace(str(row_id), "…") == of_absent.body["detail"].replace(str(absent), "…")
    assert public.get(f"/vendor-services/{hidden['id']}/availability").status == 404


def test_the_branches_of_a_vendor_who_is_suspended_are_hidden(
    public: ApiClient, make: Factory, conn: Connection
) -> None:
    offering = make.offering()
    conn.execute("update auth_users set status = 'SUSPENDED' where role = 'VENDOR'")

    assert (found(public), found(public, "/branches")) == ([], [])
    assert public.get(f"/vendor-services/{offering['id']}").status == 404


def test_a_branch_that_offers_nothing_yet_is_shown_and_found_by_nothing_asked_of_an_offering(
    public: ApiClient, make: Factory
) -> None:
    branch = make.branch(city="Lisbon")

    assert found(public, "/branches", city="lisbon") == [branch["id"]]
    assert found(public, "/branches", city="lisbon", priceMin="0.00") == []
    assert public.get(f"/branches/{branch['id']}").body["fromPrice"] is None


def test_a_branch_is_shown_with_the_cheapest_of_what_was_searched(public: ApiClient, make: Factory) -> None:
    branch = make.branch()
    make.offering(branch, pricePerUnit="5.00", priceUnit="DAY")
    hourly = [make.offering(branch, pricePerUnit=price) for price in ("12.00", "9.50")]

    [row] = public.get("/branches?priceUnit=HOUR").body["data"]

    assert row["fromPrice"] == "9.50"
    assert [service["id"] for service in row["services"]] == [hourly[1]["id"], hourly[0]["id"]]


def test_a_city_is_its_whole_name_in_any_case(public: ApiClient, make: Factory) -> None:
    amman, _ = make.branch(city="Amman"), make.branch(city="Amman West")

    assert found(public, "/branches", city="aMMan") == [amman["id"]]


def test_all_conditions_hold_for_the_same_offering(public: ApiClient, make: Factory) -> None:
    branch = make.branch()
    make.offering(branch, serviceId=1, pricePerUnit="50.00")
    make.offering(branch, serviceId=2, pricePerUnit="5.00")
    service = public.get("/services").body["data"][0]["name"]

    assert found(public, "/branches", service=service, priceMax="20.00") == []
    assert found(public, "/branches", service=service, priceMin="20.00") == [branch["id"]]


def test_all_facilities_and_all_features_are_wanted(public: ApiClient, api: ApiClient, make: Factory) -> None:
    vendor = api.by_token(token_of("VENDOR"))
    first, second = make.facility()["id"], make.facility()["id"]
    window, board = make.feature()["id"], make.feature()["id"]
    both, one = make.offering(), make.offering()
    for offering, ids in ((both, [first, second]), (one, [first])):
        vendor.put(f"/vendor/branches/{offering['branchId']}/facilities", {"facilityIds": ids})
    vendor.put(f"/vendor/services/{both['id']}/features", {"featureIds": [window, board]})
    vendor.put(f"/vendor/services/{one['id']}/features", {"featureIds": [board]})

    assert found(public, facilities=f"{first},{second}") == [both["id"]]
    assert found(public, facilities=[first, second]) == [both["id"]]
    assert found(public, facilities=first) == [one["id"], both["id"]]
    assert found(public, features=f"{window}, {board}") == [both["id"]]
    assert found(public, "/branches", facilities=f"{first},{second}", features=board) == [both["branchId"]]


@pytest.mark.parametrize(
    ("start", "end", "quantity", "is_free"),
    [
        ("09:00", "11:00", 3, True),
        ("09:30", "10:30", 1, True),
        ("09:00", "11:00", 4, False),
        ("08:30", "10:00", 1, False),
        ("10:00", "11:30", 1, False),
        ("11:00", "12:00", 1, False),
    ],
)
def test_units_are_free_over_the_whole_window(
    public: ApiClient, make: Factory, start: str, end: str, quantity: int, is_free: bool
) -> None:
    offering = make.offering(maxCapacity=5)
    make.slots(offering)

    for path, row_id in (("/vendor-services", offering["id"]), ("/branches", offering["branchId"])):
        answer = found(public, path, date=DAY, startTime=start, endTime=end, quantity=quantity)
        assert answer == ([row_id] if is_free else [])


def test_what_is_booked_is_no_longer_free(public: ApiClient, make: Factory, conn: Connection) -> None:
    offering = make.offering()
    make.slots(offering)
    hold(conn, offering, quantity=2)

    window = {"date": DAY, "startTime": "09:00", "endTime": "10:00"}

    assert [found(public, **window, quantity=n) for n in (1, 2)] == [[offering["id"]], []]
    assert found(public, date=DAY, startTime="10:00", endTime="11:00", quantity=3) == [offering["id"]]


def test_a_blocked_slot_and_a_gap_are_not_free(public: ApiClient, api: ApiClient, make: Factory) -> None:
    blocked, with_gap = make.offering(), make.offering()
    slot = make.slots(blocked)[0]
    make.slots(with_gap)
    make.slots(with_gap, startTime="12:00", endTime="13:00")
    api.by_role("VENDOR").patch(f"/vendor/availability/{slot['id']}", {"isBlocked": True})

    assert found(public, date=DAY) == []
    assert found(public, date=DAY, startTime="10:00", endTime="11:00") == [with_gap["id"], blocked["id"]]
    assert found(public, date=DAY, startTime="10:00", endTime="13:00") == []


def test_a_day_without_times_is_free_where_all_of_its_slots_are(public: ApiClient, make: Factory) -> None:
    offering = make.offering()
    make.slots(offering)

    assert found(public, date=DAY, quantity=3) == [offering["id"]]
    assert found(public, date=DAY, quantity=4) == []
    assert found(public, date="2040-01-03") == []


def test_the_past_is_not_free_as_it_is_seen_at_the_branch(public: ApiClient, make: Factory, conn: Connection) -> None:
    offering = make.offering()
    make.slots(offering)
    day = date.today() - timedelta(days=2)
    conn.execute("update availability set date = %s", [day])

    assert found(public, date=day) == []


def test_search_finds_words_of_the_branch_and_of_the_label(public: ApiClient, make: Factory) -> None:
    branch = make.branch(name="Harbour House", description="Three floors by the water.", city="Lisbon")
    window, _door = make.offering(branch, label="Desk by the window"), make.offering(branch, label="Desk at the door")
    make.offering()

    assert len(found(public, q="HARBOUR")) == len(found(public, q="by the water")) == len(found(public, q="lisb")) == 2
    assert found(public, q="window") == [window["id"]]
    assert found(public, "/branches", q="window") == [branch["id"]]
    assert found(public, q="100%") == []


def test_distance_is_along_a_great_circle_and_what_has_no_place_comes_last(public: ApiClient, make: Factory) -> None:
    greenwich = {"lat": 51.4779, "lng": -0.0015}
    nowhere = make.branch()
    paris = make.branch(latitude=48.8566, longitude=2.3522)
    london = make.branch(latitude=51.5074, longitude=-0.1278)

    rows = public.get("/branches", query_string={**greenwich, "sort": "distance"}).body["data"]

    assert [row["id"] for row in rows] == [london["id"], paris["id"], nowhere["id"]]
    assert [row["distanceKm"] for row in rows] == [pytest.approx(9.34, abs=0.01), pytest.approx(336.9, abs=1.0), None]
    assert found(public, "/branches", **greenwich, radiusKm=10) == [london["id"]]
    assert [row["distanceKm"] for row in public.get("/branches").body["data"]] == [None] * 3


def test_distance_goes_the_short_way_over_the_date_line(public: ApiClient, make: Factory) -> None:
    fiji = make.branch(latitude=-17, longitude=179.9)

    assert found(public, "/branches", lat=-17, lng=-179.9, radiusKm=25) == [fiji["id"]]


def test_pages_by_distance_and_by_price_follow_one_another(public: ApiClient, make: Factory) -> None:
    for n in (3, 1, 2):
        make.offering(make.branch(latitude=n, longitude=0), pricePerUnit=f"{n % 2 + 1}.00")
    make.branch()

    for sort in ("distance", "price", "-price", "newest", "name"):
        whole = found(public, "/branches", lat=0, lng=0, sort=sort)
        read: list[int] = []
        cursor = None
        while not read or cursor:
            query = {"lat": 0, "lng": 0, "sort": sort, "limit": 1} | ({"cursor": cursor} if cursor else {})
            page = public.get("/branches", query_string=query).body
            read += [row["id"] for row in page["data"]]
            cursor = page["nextCursor"]
        assert (read, len(read)) == (whole, 4), sort


@pytest.mark.parametrize(
    ("query", "pointer"),
    [
        ("startTime=09:00&endTime=10:00", "/date"),
        (f"date={DAY}&startTime=09:00", "/endTime"),
        (f"date={DAY}&startTime=10:00&endTime=10:00", "/endTime"),
        ("lat=1", "/lng"),
        ("lng=1", "/lat"),
        ("radiusKm=1", "/radiusKm"),
        ("lat=1&lng=1&radiusKm=501", "/radiusKm"),
        ("lat=91&lng=1", "/lat"),
        ("lat=nan&lng=1", "/lat"),
        ("sort=distance", "/sort"),
        ("facilities=1,x", "/facilities"),
        ("quantity=0", "/quantity"),
        ("service=BATH", "/service"),
        ("priceMax=1.234", "/priceMax"),
        ("vendorId=7", "/vendorId"),
        ("city=", "/city"),
    ],
)
def test_a_search_that_cannot_be_meant_is_refused(public: ApiClient, query: str, pointer: str) -> None:
    for path in ("/branches", "/vendor-services"):
        refused = public.get(f"{path}?{query}")
        assert (refused.status, pointers(refused)) == (422, [pointer])


def test_a_vendor_s_are_found_by_the_vendor_s_id(public: ApiClient, make: Factory) -> None:
    offering = make.offering()
    vendor_id = public.get(f"/vendor-services/{offering['id']}").body["vendorId"]

    assert found(public, vendorId=vendor_id) == [offering["id"]]
    assert found(public, vendorId=str(CUSTOMER)) == []


def test_the_calendar_of_an_offering_is_of_62_days_at_most(public: ApiClient, make: Factory) -> None:
    offering = make.offering()
    slots = make.slots(offering)
    path = f"/vendor-services/{offering['id']}/availability"

    assert public.get(f"{path}?from={DAY}&to={DAY}").body["data"] == slots
    assert public.get(f"{path}?to={DAY}").body["data"] == slots
    assert public.get(path).body["data"] == []
    for days in ("from=2040-01-02&to=2040-03-05", "from=2040-01-02&to=2040-01-01"):
        assert pointers(public.get(f"{path}?{days}")) == ["/to"]


def test_the_catalogues_are_for_everybody(public: ApiClient, make: Factory) -> None:
    facility, feature = make.facility(name="Parking"), make.feature(name="Whiteboard")

    assert public.get("/facilities").body["data"] == [facility]
    assert public.get("/features?q=white").body["data"] == [feature]
    kinds = [service["name"] for service in public.get("/services").body["data"]]
    assert kinds == ["HOT_DESK", "PRIVATE_OFFICE", "MEETING_ROOM"]
