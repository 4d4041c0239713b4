"""What Prometheus is told, and who else."""

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import pytest
from flask import Flask
from prometheus_client.parser import text_string_to_metric_families

from photolens import create_app
from photolens.config import Settings
from photolens.database import Connection, no_pools, open_pools
from photolens.job_queue import SLOW, queue_job
from tests.client import ApiClient
from tests.conftest import TEMPLATE, Databases

TOKEN = "a-token-that-only-these-tests-have"
ELSEWHERE = {"REMOTE_ADDR": "192.0.2.7"}

Samples = dict[tuple[str, frozenset[tuple[str, str]]], float]


def scrape(app: Flask) -> Samples:
    """Every sample by its name and labels, as Prometheus reads them."""
    answer = app.test_client().get("/metrics")
    assert answer.status_code == 200
    assert answer.headers["Content-Type"].startswith("text/plain; version=0.0.4")
    return {
        (sample.name, frozenset(sample.labels.items())): sample.value
        for family in text_string_to_metric_families(answer.text)
        for sample in family.samples
    }


def sample(samples: Samples, name: str, **labels: str) -> float | None:
    return samples.get((name, frozenset(labels.items())))


@pytest.fixture(scope="module")
def counted(databases: Databases, settings: Settings) -> Iterator[Flask]:
    """The application on a clone, for tests that look at different counts of it."""
    with databases.clone(TEMPLATE) as url, open_pools(settings, url) as pools:
        yield create_app(settings, pools)


@pytest.fixture
def without_database(settings: Settings) -> Flask:
    """An application whose pools lend nothing."""
    return create_app(settings, no_pools())


# Requests


def test_requests_are_counted_by_route_method_and_status_and_timed(counted: Flask) -> None:
    api = ApiClient(counted)
    for client_id in (987_654_321, 987_654_322):
        assert api.get(f"/clients/{client_id}").status == 404
    assert api.by_token(None).get("/clients/1").status == 401
    samples = scrape(counted)

    labels = {"route": "/api/v1/clients/{clientId}", "method": "GET"}
    assert sample(samples, "photolens_requests_total", **labels, status="404") == 2
    assert sample(samples, "photolens_requests_total", **labels, status="401") == 1
    assert sample(samples, "photolens_request_duration_seconds_count", **labels) == 3
    assert sample(samples, "photolens_request_duration_seconds_bucket", **labels, le="+Inf") == 3
    assert 0 < (sample(samples, "photolens_request_duration_seconds_sum", **labels) or 0) < 60


def test_whatever_strangers_send_there_are_no_more_metrics_for_it(without_database: Flask) -> None:
    client = without_database.test_client()
    for path in ("/wp-login.php", "/api/v1/nothing", "/portal/x"):
        client.get(path).close()
        client.open(path, method="BREW").close()
    samples = scrape(without_database)

    requests = [dict(labels) for name, labels in samples if name == "photolens_requests_total"]
    assert [labels["route"] for labels in requests] == ["unmatched", "unmatched"]
    assert {labels["method"] for labels in requests} == {"GET", "OTHER"}


# Connections


def test_each_pool_tells_how_it_stands(counted: Flask, settings: Settings) -> None:
    before = scrape(counted)
    ApiClient(counted).get("/clients")
    after = scrape(counted)

    for pool in ("app", "portal"):
        assert sample(after, "photolens_pool_max", pool=pool) == settings.database_connection_limit
        assert sample(after, "photolens_pool_waiting", pool=pool) == 0
    lent = [sample(samples, "photolens_pool_requests_total", pool="app") or 0 for samples in (before, after)]
    assert lent[1] == lent[0] + 2  # the request's, and the scrape's
    assert (sample(after, "photolens_pool_size", pool="app") or 0) >= 1


# Work


@pytest.mark.committed
def test_what_waits_for_the_workers_is_told_by_queue_task_and_status(app: Flask, conn: Connection) -> None:
    for task, queue in (("send_message", "quick"), ("send_message", "quick"), ("process_photo_job", SLOW)):
        queue_job(conn, task, queue=queue)
    failed = queue_job(conn, "send_message")
    conn.execute("update procrastinate_jobs set status = 'failed' where id = %s", (failed,))
    conn.execute(
        "insert into communication_logs (channel, recipient, template, body) "
        "values ('EMAIL', 'rosa@studio.example', 'verify_email', 'sealed')"
    )
    conn.execute("insert into procrastinate_workers values (default, now()), (default, now() - interval '1 hour')")
    samples = scrape(app)

    jobs = {tuple(sorted(labels)): number for (name, labels), number in samples.items() if name == "photolens_jobs"}
    assert jobs == {
        (("queue", "quick"), ("status", "todo"), ("task", "send_message")): 2,
        (("queue", "slow"), ("status", "todo"), ("task", "process_photo_job")): 1,
        (("queue", "quick"), ("status", "failed"), ("task", "send_message")): 1,
    }
    assert sample(samples, "photolens_messages_waiting") == 1
    assert sample(samples, "photolens_workers") == 1
    assert sample(samples, "photolens_database_up") == 1


def test_while_the_database_is_away_the_process_tells_what_it_knows(without_database: Flask) -> None:
    without_database.test_client().get("/healthz").close()
    samples = scrape(without_database)

    assert sample(samples, "photolens_database_up") == 0
    assert sample(samples, "photolens_requests_total", route="/healthz", method="GET", status="200") == 1
    assert sample(samples, "photolens_pool_waiting", pool="app") == 0
    assert (sample(samples, "process_resident_memory_bytes") or 0) > 0
    assert not [name for name, _ in samples if name in ("photolens_jobs", "photolens_messages_waiting")]


# Who may read them


def asked(app: Flask, token: str | None = None, **environ: str) -> tuple[int, Any]:
    headers = {} if token is None else {"Authorization": token}
    answer = app.test_client().get("/metrics", headers=headers, environ_overrides=environ)
    return answer.status_code, answer.get_json(silent=True)


def test_without_a_token_they_are_for_this_machine_alone(without_database: Flask) -> None:
    nothing = without_database.test_client().get("/nothing").get_json() | {"instance": "/metrics"}

    assert asked(without_database)[0] == 200
    assert asked(without_database, **ELSEWHERE) == (404, nothing)
    assert asked(without_database, HTTP_HOST="studio.example")[0] == 404
    assert asked(without_database, HTTP_X_FORWARDED_FOR="192.0.2.7")[0] == 404
    assert asked(without_database, "Bearer " + TOKEN, **ELSEWHERE)[0] == 404


@pytest.mark.parametrize("token", [None, f"Bearer {TOKEN}x", f"Bearer {TOKEN[:-1]}", f"Basic {TOKEN}", "Bearer", "é"])
def test_with_one_they_are_for_whoever_has_it(settings: Settings, token: str | None) -> None:
    app = create_app(replace(settings, metrics_token=TOKEN), no_pools())

    assert asked(app, f"Bearer {TOKEN}", **ELSEWHERE)[0] == 200
    assert asked(app, token)[0] == 404
