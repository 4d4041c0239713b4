"""What the public finds, kept in a Redis by two processes (here: applications), and what becomes of it without one."""

import dataclasses
import logging
from collections.abc import Iterator
from contextlib import ExitStack

import pytest

from photolens import cache, create_app
from photolens.config import Settings
from photolens.database import Connection, open_pools
from tests.client import ApiClient, token_of
from tests.factories import Factory
from tests.servers.conftest import Redis

pytestmark = pytest.mark.committed
SEARCH = "/vendor-services?date=2040-01-02&sort=price"


@pytest.fixture
def apis(clone_url: str, settings: Settings, redis: Redis) -> Iterator[list[ApiClient]]:
    """The owner at two applications on one database and one Redis."""
    with ExitStack() as stack:
        kept = dataclasses.replace(settings, redis_url=redis.url)
        yield [ApiClient(create_app(kept, stack.enter_context(open_pools(kept, clone_url)))) for _ in range(2)]


@pytest.fixture
def make(apis: list[ApiClient]) -> Factory:
    return Factory(apis[0])


def test_what_was_found_is_found_again_by_every_process(apis: list[ApiClient], make: Factory, conn: Connection) -> None:
    make.slots(make.offering(label="Desk by the window"))
    first = apis[0].by_token(None).get(SEARCH)
    conn.execute("update vendor_services set label = 'Desk at the door'")

    again = apis[1].by_token(None).get(SEARCH)

    assert (again.body, again.headers["ETag"]) == (first.body, first.headers["ETag"])
    assert again.body["data"][0]["label"] == "Desk by the window"
    assert apis[1].get(SEARCH, headers={"If-None-Match": first.headers["ETag"]}).status == 304
    assert apis[1].get(f"{SEARCH}&limit=7").body["data"][0]["label"] == "Desk at the door"


def test_a_change_is_shown_by_every_process_once_it_is_committed(apis: list[ApiClient], make: Factory) -> None:
    offering = make.offering(label="Desk by the window")
    [slot, _] = make.slots(offering)
    vendor = apis[1].by_token(token_of("VENDOR"))
    before = [api.get(SEARCH).body["data"][0]["label"] for api in apis]

    vendor.patch(f"/vendor/services/{offering['id']}", {"label": "Desk at the door"})
    renamed = [api.get(SEARCH).body["data"][0]["label"] for api in apis]
    vendor.patch(f"/vendor/availability/{slot['id']}", {"isBlocked": True})
    blocked = [api.get(SEARCH).body["data"] for api in apis]

    assert (before, renamed) == (["Desk by the window"] * 2, ["Desk at the door"] * 2)
    assert blocked == [[], []]


def test_a_dry_run_changes_nothing_and_lets_nothing_be_forgotten(
    apis: list[ApiClient], make: Factory, conn: Connection
) -> None:
    offering = make.offering(label="Desk by the window")
    make.slots(offering)
    first = apis[0].by_token(None).get(SEARCH)
    conn.execute("update vendor_services set label = 'Desk at the door'")

    tried = (
        apis[1]
        .by_token(token_of("VENDOR"))
        .patch(f"/vendor/services/{offering['id']}", {"label": "Desk"}, headers={"Prefer": "dry-run"})
    )

    assert tried.body["body"]["label"] == "Desk"
    assert apis[0].by_token(None).get(SEARCH).body == first.body


def test_a_catalogue_is_kept_until_it_is_changed(apis: list[ApiClient], make: Factory, conn: Connection) -> None:
    make.facility(name="Parking")
    apis[0].get("/facilities")
    conn.execute("update facilities set name = 'Car park'")

    kept = apis[1].get("/facilities").body["data"]
    make.facility(name="Lift")

    assert [facility["name"] for facility in kept] == ["Parking"]
    assert [facility["name"] for facility in apis[1].get("/facilities").body["data"]] == ["Car park", "Lift"]


def test_the_branches_of_a_vendor_who_is_suspended_are_gone_at_once(apis: list[ApiClient], make: Factory) -> None:
    vendor_id = make.branch()["vendorId"]
    shown = apis[0].get("/branches").body["data"]

    apis[1].patch(f"/users/{vendor_id}", {"status": "SUSPENDED", "reason": "Left the city."})

    assert (len(shown), apis[0].get("/branches").body["data"]) == (1, [])


def test_when_redis_stops_everybody_is_answered_the_same(
    apis: list[ApiClient], make: Factory, redis: Redis, caplog: pytest.LogCaptureFixture
) -> None:
    offering = make.offering()
    make.slots(offering)
    with_redis = apis[0].get(SEARCH).body
    caplog.set_level(logging.WARNING, logger=cache.__name__)

    redis.stop()
    without = [apis[0].get(SEARCH).body for _ in range(3)]
    apis[1].by_token(token_of("VENDOR")).patch(f"/vendor/services/{offering['id']}", {"label": "Desk at the door"})

    assert without == [with_redis] * 3
    assert apis[0].get(SEARCH).body["data"][0]["label"] == "Desk at the door"
    assert [record.name for record in caplog.records].count(cache.__name__) == 2  # once for each process


def test_a_redis_that_says_nothing_is_asked_once_and_left_alone(
    apis: list[ApiClient], make: Factory, redis: Redis, monkeypatch: pytest.MonkeyPatch
) -> None:
    make.slots(make.offering())
    with_redis = apis[0].get(SEARCH).body
    monkeypatch.setattr(cache, "PAUSE", 1000.0)

    with redis.stuck():
        without = [apis[0].get(SEARCH).body for _ in range(20)]  # a fifth of a second each would be noticed

    assert without == [with_redis] * 20


def test_a_process_that_could_not_tell_redis_of_a_change_finds_nothing_from_before(
    apis: list[ApiClient], make: Factory, redis: Redis, monkeypatch: pytest.MonkeyPatch
) -> None:
    offering = make.offering(label="Desk by the window")
    make.slots(offering)
    apis[0].get(SEARCH)
    monkeypatch.setattr(cache, "PAUSE", 0.0)

    with redis.stuck():
        apis[0].by_token(token_of("VENDOR")).patch(f"/vendor/services/{offering['id']}", {"label": "Desk at the door"})

    assert [api.get(SEARCH).body["data"][0]["label"] for api in apis] == ["Desk at the door"] * 2
