"""Counters and timings in Prometheus's text form."""

from collections.abc import Iterator
from typing import Any, Protocol

from prometheus_client import REGISTRY, CollectorRegistry, Counter, Histogram, generate_latest
from prometheus_client.core import GaugeMetricFamily
from prometheus_client.registry import Collector

CONTENT_TYPE = "text/plain; version=0.0.4; charset=utf-8"
_SECONDS = (0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 10.0)
_METHODS = frozenset({"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"})


class Pool(Protocol):
    def get_size(self) -> int: ...
    def get_idle_size(self) -> int: ...
    def get_max_size(self) -> int: ...


class Metrics:
    """The registry is private, so that two applications in one process do not share it; the process's own metrics
    are added.
    """

    def __init__(self, pool: Pool) -> None:
        self._registry = CollectorRegistry()
        self._registry.register(_PoolCollector(pool))
        where = ["dialect", "method", "route"]
        self._requests = Counter(
            "touchbook_requests", "Requests answered.", [*where, "status"], registry=self._registry
        )
        self._seconds = Histogram(
            "touchbook_request_seconds", "Time to an answer.", where, buckets=_SECONDS, registry=self._registry
        )
        self._children: dict[tuple[str, str, str, int], tuple[Any, Any]] = {}

    def count(self, dialect: str, method: str, route: str, status: int, seconds: float) -> None:
        """`route` is the template, never the path: the number of series stays bounded."""
        if method not in _METHODS:
            method = "other"
        key = (dialect, method, route, status)
        children = self._children.get(key)
        if children is None:
            children = self._children[key] = self._make(*key)
        children[0].inc()
        children[1].observe(seconds)

    def text(self) -> bytes:
        return generate_latest(self._registry) + generate_latest(REGISTRY)

    def _make(self, dialect: str, method: str, route: str, status: int) -> tuple[Any, Any]:
        counter = self._requests.labels(dialect, method, route, str(status))
        return counter, self._seconds.labels(dialect, method, route)


class _PoolCollector(Collector):
    def __init__(self, pool: Pool) -> None:
        self._pool = pool

    def collect(self) -> Iterator[GaugeMetricFamily]:
        size, idle = self._pool.get_size(), self._pool.get_idle_size()
        connections = GaugeMetricFamily(
            "touchbook_database_connections", "Connections to the database.", labels=["state"]
        )
        connections.add_metric(["in_use"], size - idle)
        connections.add_metric(["idle"], idle)
        yield connections
        yield GaugeMetricFamily(
            "touchbook_database_connections_max",
            "The most connections that the pool opens.",
            value=self._pool.get_max_size(),
        )
