"""What Prometheus is told: of the requests this process has answered, its connections, and what waits for workers.

Source: https://prometheus.io/docs/instrumenting/writing_clientlibs, https://prometheus.github.io/client_python.
"""

from collections.abc import Iterator
from functools import cache

import psycopg
from prometheus_client import CollectorRegistry, Counter, Histogram, ProcessCollector, generate_latest
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, Metric
from prometheus_client.exposition import CONTENT_TYPE_PLAIN_0_0_4
from prometheus_client.registry import Collector

from photolens.database import Connection, Pools, Row, probing_connection, sql
from photolens.observation import Answered

CONTENT_TYPE = CONTENT_TYPE_PLAIN_0_0_4
PATIENCE = 2.0  # seconds that a scrape waits for the database
MOST = 100_000  # jobs of a status, and messages, that are counted

_BUCKETS = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 10.0)  # seconds

# Of psycopg_pool's: the statistic, what it is called here and says, and how often its unit goes into ours.
_GAUGES = (
    ("pool_max", "photolens_pool_max", "Connections the pool may have.", 1),
    ("pool_size", "photolens_pool_size", "Connections it has.", 1),
    ("pool_available", "photolens_pool_available", "Connections that nobody uses.", 1),
    ("requests_waiting", "photolens_pool_waiting", "Who waits for a connection.", 1),
)
_COUNTERS = (
    ("requests_num", "photolens_pool_requests", "How often a connection was asked for.", 1),
    ("requests_queued", "photolens_pool_requests_queued", "How often somebody had to wait for one.", 1),
    ("requests_errors", "photolens_pool_requests_errors", "How often nobody got one in time.", 1),
    ("requests_wait_ms", "photolens_pool_wait_seconds", "How long they have waited in all.", 1000),
    ("usage_ms", "photolens_pool_usage_seconds", "How long connections were used in all.", 1000),
    ("connections_errors", "photolens_pool_connections_errors", "How often none could be made.", 1),
    ("connections_lost", "photolens_pool_connections_lost", "How many were found broken.", 1),
)


class PoolCollector(Collector):
    """How the pools of connections stand, as they are asked."""

    def __init__(self, pools: Pools) -> None:
        self._pools = {"app": pools.app, "portal": pools.portal, "locks": pools.locks}
        if pools.replica is not None:
            self._pools["replica"] = pools.replica

    def collect(self) -> Iterator[Metric]:
        """A metric for each statistic, with a value for each pool."""
        stats = {name: pool.get_stats() for name, pool in self._pools.items()}
        for kind, described in ((GaugeMetricFamily, _GAUGES), (CounterMetricFamily, _COUNTERS)):
            for statistic, name, documentation, divisor in described:
                metric = kind(name, documentation, labels=["pool"])
                for pool, of_pool in stats.items():
                    metric.add_metric([pool], of_pool.get(statistic, 0) / divisor)
                yield metric


class WorkCollector(Collector):
    """What waits for the workers, from the database; where it does not answer, that it does not, and nothing else."""

    def __init__(self, pools: Pools) -> None:
        self._pools = pools

    def collect(self) -> Iterator[Metric]:
        """One query, of which one row comes."""
        try:
            with probing_connection(self._pools.app, PATIENCE) as conn:
                work = _read(conn)
        except psycopg.Error:
            work = None
        yield GaugeMetricFamily("photolens_database_up", "Whether the database has answered.", value=work is not None)
        if work is not None:
            yield from _described(work)


def _read(conn: Connection) -> Row:
    row: Row = sql.platform.get_work_waiting(conn, most=MOST)
    return row


def _described(work: Row) -> Iterator[Metric]:
    jobs = GaugeMetricFamily(
        "photolens_jobs", "Jobs that wait (todo), are being done, or have failed.", labels=["queue", "task", "status"]
    )
    for group in work["jobs"]:
        jobs.add_metric([group["queue"], group["task"], group["status"]], group["jobs"])
    yield jobs
    yield GaugeMetricFamily("photolens_messages_waiting", "Messages that wait to be sent.", value=work["messages"])
    yield GaugeMetricFamily("photolens_workers", "Workers heard of within a minute.", value=work["workers"])


class Metrics:
    """The metrics of one application."""

    def __init__(self, pools: Pools) -> None:
        self._registry = CollectorRegistry()
        self._requests = Counter(
            "photolens_requests", "Requests answered.", ["route", "method", "status"], registry=self._registry
        )
        self._durations = Histogram(
            "photolens_request_duration_seconds",
            "How long requests took, until their answer was handed over.",
            ["route", "method"],
            registry=self._registry,
            buckets=_BUCKETS,
        )
        # Finding a metric by its labels costs more than counting.
        self._labelled = cache(self._label)
        self._registry.register(PoolCollector(pools))
        self._registry.register(WorkCollector(pools))
        ProcessCollector(registry=self._registry)

    def _label(self, route: str, method: str, status: int) -> tuple[Counter, Histogram]:
        return self._requests.labels(route, method, status), self._durations.labels(route, method)

    def count(self, answered: Answered) -> None:
        """Count a request."""
        requests, durations = self._labelled(answered.route, answered.method, answered.status)
        requests.inc()
        durations.observe(answered.seconds)

    def text(self) -> bytes:
        """All of it, in Prometheus's text format."""
        return generate_latest(self._registry)
