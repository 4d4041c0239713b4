"""Two servers that count each user's requests in one Redis (REDIS_URL), and what becomes of them without it."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager

import psycopg
import pytest
from psycopg.rows import dict_row

from photolens import rate_limits
from photolens.database import Connection
from tests.conftest import TEMPLATE, Databases, serving
from tests.factories import Factory
from tests.races.live import Call, LiveApi, outcomes
from tests.servers.conftest import Redis
from tests.waiting import held_up

MOST = 30
READ = Call("GET", "/clients")


@pytest.fixture(scope="module")
def database_url(databases: Databases) -> Iterator[str]:
    """One database for all these tests: they read, and whatever is counted is counted elsewhere."""
    with databases.clone(TEMPLATE) as url:
        yield url


@pytest.fixture
def conn(database_url: str) -> Iterator[Connection]:
    with psycopg.connect(database_url, autocommit=True, row_factory=dict_row) as conn:
        yield conn


@contextmanager
def servers(how_many: int, database_url: str, redis_url: str, most: int = MOST) -> Iterator[LiveApi]:
    """An API of so many servers that share database and Redis, asked in turn."""
    environment = {"DATABASE_URL": database_url, "REDIS_URL": redis_url, "RATE_LIMIT_PER_MINUTE": str(most)}
    with ExitStack() as stack:
        yield LiveApi(*[stack.enter_context(serving(**environment)).api for _ in range(how_many)])


def test_two_servers_count_a_user_s_requests_together_and_nobody_else_s(database_url: str, redis: Redis) -> None:
    with servers(2, database_url, redis.url) as api:
        answers = api.at_once([READ] * 40)
        more = [api.get("/clients") for _ in range(2)]
        others = [api.by_role("ADMIN").get("/clients"), api.by_token(None).get("/clients")]

    assert outcomes(answers) == {(200, None): MOST, (429, "rate_limited"): 10}
    assert outcomes(more) == {(429, "rate_limited"): 2}
    assert all(int(answer.headers["Retry-After"]) > 0 for answer in more)
    assert {answer.headers["RateLimit-Remaining"] for answer in more} == {"0"}
    assert [answer.status for answer in others] == [200, 401]


def test_a_redis_on_a_socket_of_this_machine_serves_as_well(database_url: str, redis: Redis) -> None:
    with servers(1, database_url, redis.socket_url) as api:
        answers = api.at_once([READ] * 40)

        assert outcomes(answers) == {(200, None): MOST, (429, "rate_limited"): 10}


def test_without_its_redis_each_server_counts_in_memory(database_url: str, redis: Redis) -> None:
    with servers(2, database_url, redis.url) as api:
        api.at_once([READ] * 10)
        redis.stop()

        answers = [api.get("/clients") for _ in range(2 * MOST)]
        more = [api.get("/clients") for _ in range(2)]

        assert outcomes(answers) == {(200, None): 2 * MOST}
        assert outcomes(more) == {(429, "rate_limited"): 2}


def test_requests_that_find_redis_gone_all_together_are_answered(database_url: str, redis: Redis) -> None:
    with servers(1, database_url, redis.url) as api:
        api.at_once([READ] * 10)
        redis.stop()

        answers = api.at_once([READ] * MOST)

        assert outcomes(answers) == {(200, None): MOST}


def test_requests_that_run_while_redis_stops_are_answered(database_url: str, redis: Redis) -> None:
    with servers(1, database_url, redis.url, most=1_000_000) as api, ThreadPoolExecutor() as threads:
        running = threads.submit(api.at_once, [READ] * 300)
        redis.stop()

        assert outcomes(running.result()) == {(200, None): 300}


def test_a_request_that_began_with_redis_ends_without_it(database_url: str, redis: Redis, conn: Connection) -> None:
    with servers(1, database_url, redis.url) as api:
        client = Factory(api).client()
        with held_up(conn) as waiting:
            conn.execute("select from clients where id = %s for update", [client["id"]])
            changed = waiting.send(api.patch, f"/clients/{client['id']}", {"name": "Emma Chen"})
            redis.stop()

        assert outcomes([changed.result()]) == {(200, None): 1}


def test_a_redis_that_says_nothing_holds_nobody_up(database_url: str, redis: Redis) -> None:
    with servers(1, database_url, redis.url) as api, redis.stuck():
        assert outcomes(api.at_once([READ] * 10)) == {(200, None): 10}


def test_a_redis_that_answers_again_is_asked_again(redis: Redis, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(rate_limits, "PAUSE", 0.0)
    counts = rate_limits.SharedCounts(redis.url)
    assert [counts.count("somebody").count for _ in range(2)] == [1, 2]

    with redis.stuck():
        assert counts.count("somebody").count == 1

    assert counts.count("somebody").count > 2


def test_a_redis_that_is_not_there_yet_keeps_no_server_from_starting(database_url: str, redis: Redis) -> None:
    redis.stop()
    with servers(1, database_url, redis.url) as api:
        assert outcomes(api.at_once([READ] * 10)) == {(200, None): 10}
