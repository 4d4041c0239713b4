"""Webhooks out, while many write: a receiver that fails at random, and workers that do, are told all of it in order."""

import random
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from pathlib import Path
from threading import Event

import psycopg
import pytest
from flask import Flask
from psycopg.rows import dict_row

from photolens import standard_webhooks
from photolens.database import Connection
from photolens.public_addresses import connected
from tests.client import ApiClient
from tests.platform.receivers import Message, Receiver, Reply
from tests.platform.webhook_worker import Telling, by_object, first_times, pass_time, subscribe, trail

pytestmark = pytest.mark.committed

WRITERS, DEEDS, WORKERS = 8, 15, 3


@pytest.fixture
def receiver(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Receiver]:
    with Receiver(tmp_path).running() as running:
        monkeypatch.setattr(standard_webhooks, "connected", partial(connected, network=running.network))
        yield running


def write(url: str, number: int) -> None:
    """A room, renamed again and again, and one that everybody renames."""
    with psycopg.connect(url, autocommit=True) as conn:
        conn.execute("insert into rooms (name) values (%s)", [f"Room {number}"])
        for deed in range(DEEDS):
            conn.execute("update rooms set notes = %s where name = %s", [f"{deed}", f"Room {number}"])
            conn.execute("update rooms set notes = %s where name = 'Lobby'", [f"{number}.{deed}"])


def test_while_eight_write_and_it_fails_at_random_a_receiver_is_told_all_of_it_in_order(
    api: ApiClient, app: Flask, conn: Connection, clone_url: str, receiver: Receiver
) -> None:
    chance = random.Random(8)
    receiver.behave = lambda _: Reply(500 if chance.random() < 0.2 else 204)
    endpoint_id = subscribe(api, receiver, "room.created", "room.updated")
    conn.execute("insert into rooms (name) values ('Lobby')")
    is_over = Event()

    def work() -> None:
        with psycopg.connect(clone_url, autocommit=True, row_factory=dict_row) as own:
            tell = Telling(app, own)
            while not is_over.is_set():
                tell()
                is_over.wait(0.01)

    with ThreadPoolExecutor(WRITERS + WORKERS) as threads:
        working = [threads.submit(work) for _ in range(WORKERS)]
        writing = [threads.submit(write, clone_url, number) for number in range(WRITERS)]
        for each in writing:
            each.result()
        is_over.set()
        for each in working:
            each.result()
    tell = Telling(app, conn)
    for _ in range(200):
        tell.by_the_clock()
        if len({*first_times(receiver.taken)}) == 1 + WRITERS * (1 + 2 * DEEDS):
            break
        pass_time(conn, minutes=1)

    told = trail(conn, endpoint_id)
    assert len(told) == 1 + WRITERS * (1 + 2 * DEEDS)
    assert by_object(told, first_times(receiver.taken)) == by_object(told, [message_id for _, message_id in told])
    assert len(receiver.taken) == len(told)


def test_nothing_of_an_object_is_sent_before_what_comes_before_it_was_taken(
    api: ApiClient, app: Flask, conn: Connection, receiver: Receiver
) -> None:
    chance = random.Random(3)
    outcomes: list[tuple[str, bool]] = []

    def behave(message: Message) -> Reply:
        is_well = chance.random() < 0.5
        outcomes.append((message.body["data"]["notes"], is_well))
        return Reply(204 if is_well else 500)

    receiver.behave = behave
    subscribe(api, receiver, "room.created", "room.updated")
    conn.execute("insert into rooms (name, notes) values ('Lobby', '0')")
    for number in range(1, 8):
        conn.execute("update rooms set notes = %s", [f"{number}"])
    tell = Telling(app, conn)
    for _ in range(100):
        tell.by_the_clock()
        pass_time(conn, hours=1)

    assert [notes for notes, is_well in outcomes if is_well] == [f"{number}" for number in range(8)]
    assert [notes for notes, _ in outcomes] == sorted(notes for notes, _ in outcomes)
