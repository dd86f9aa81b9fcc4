"""Counters and timings in Prometheus's text form.

Several processes at one address keep theirs in files of the directory that the environment names (SHARED), and
each of them tells the sum.
"""

import os
from collections.abc import Mapping, Sequence
from typing import Any, Protocol

from prometheus_client import REGISTRY, CollectorRegistry, Counter, Gauge, Histogram, generate_latest
from prometheus_client.metrics_core import GaugeMetricFamily, InfoMetricFamily, Metric
from prometheus_client.multiprocess import MultiProcessCollector
from prometheus_client.registry import Collector

from touchbook import __version__
from touchbook.operation.backlog import MOST_COUNTED, Backlog

CONTENT_TYPE = "text/plain; version=0.0.4; charset=utf-8"
# The client's own name: it decides by it, when it is imported, where values are kept.
SHARED = "PROMETHEUS_MULTIPROC_DIR"
_IN_USE = ("touchbook_database_connections", "Connections to the database.")
_MOST = ("touchbook_database_connections_max", "The most connections that the pool opens.")
_HELD = ("touchbook_admission_held", "Requests that hold a slot: the right to a connection.")
_WAITING = ("touchbook_admission_waiting", "Requests that wait for a slot.")
_REFUSED = ("touchbook_admission_refused", "Requests answered 503 because no slot was free in time.")
_SECONDS = (0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 10.0)
_METHODS = frozenset({"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"})


class Pool(Protocol):
    def get_size(self) -> int: ...
    def get_idle_size(self) -> int: ...
    def get_max_size(self) -> int: ...


class Admission(Protocol):
    """The values are counts by kind of request."""

    waiting: int

    @property
    def held(self) -> Mapping[Any, int]: ...
    @property
    def refused(self) -> Mapping[Any, int]: ...


class Metrics:
    """The registry is private, so that two applications in one process do not share it; the process's own metrics
    are added.
    """

    def __init__(self, pool: Pool, admission: Admission) -> None:
        self._registry = CollectorRegistry()
        self._shared = os.environ.get(SHARED)
        self._connections = _Connections(pool, admission, self._registry)
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
        if self._shared is not None:
            self._connections.note()

    def text(self, backlog: Backlog | None) -> bytes:
        """`backlog` None: the database could not be asked."""
        return generate_latest(_site(backlog)) + self._counted()

    def _counted(self) -> bytes:
        if self._shared is not None:
            whole = CollectorRegistry()
            MultiProcessCollector(whole, self._shared)  # type: ignore[no-untyped-call]
            return generate_latest(whole)
        self._connections.note()
        return generate_latest(self._registry) + generate_latest(REGISTRY)

    def _make(self, dialect: str, method: str, route: str, status: int) -> tuple[Any, Any]:
        counter = self._requests.labels(dialect, method, route, str(status))
        return counter, self._seconds.labels(dialect, method, route)


def _site(backlog: Backlog | None) -> CollectorRegistry:
    """Return what is so now, whichever process is asked; it is kept nowhere."""
    values = [
        ("touchbook_database_up", "Whether the database answers.", float(backlog is not None)),
    ]
    if backlog is not None:
        values += [
            ("touchbook_jobs_due", f"Jobs whose time has come, at most {MOST_COUNTED}.", backlog.due),
            ("touchbook_jobs_held", f"Jobs that kept failing, at most {MOST_COUNTED}.", backlog.held),
            ("touchbook_jobs_oldest_due_seconds", "How late the oldest due job is.", backlog.oldest_due_seconds),
            (
                "touchbook_reminders_late_seconds",
                "How late the oldest due reminder is.",
                backlog.reminders_late_seconds,
            ),
        ]
    registry = CollectorRegistry()
    registry.register(_Fixed([GaugeMetricFamily(name, said, value) for name, said, value in values]))
    return registry


class _Fixed(Collector):
    def __init__(self, families: Sequence[Metric]) -> None:
        version = InfoMetricFamily("touchbook_build", "This Touchbook.", {"version": __version__})
        self._families = [version, *families]

    def collect(self) -> Sequence[Metric]:
        return self._families


class _Connections:
    """The pool and who waits for it. With several processes: all that live, each as it was at its last request."""

    def __init__(self, pool: Pool, admission: Admission, registry: CollectorRegistry) -> None:
        self._pool, self._admission = pool, admission
        kept: Any = {"registry": registry, "multiprocess_mode": "livesum"}
        connections = Gauge(*_IN_USE, ["state"], **kept)
        self._in_use, self._idle = connections.labels("in_use"), connections.labels("idle")
        Gauge(*_MOST, **kept).set(pool.get_max_size())
        self._waiting = Gauge(*_WAITING, **kept)
        held = Gauge(*_HELD, ["kind"], **kept)
        refused = Counter(*_REFUSED, ["kind"], registry=registry)
        self._held = {kind: held.labels(kind) for kind in admission.held}
        self._refused = {kind: refused.labels(kind) for kind in admission.refused}
        self._told = dict.fromkeys(self._refused, 0)

    def note(self) -> None:
        size, idle = self._pool.get_size(), self._pool.get_idle_size()
        self._in_use.set(size - idle)
        self._idle.set(idle)
        self._waiting.set(self._admission.waiting)
        for kind, count in self._admission.held.items():
            self._held[kind].set(count)
        for kind, count in self._admission.refused.items():
            self._refused[kind].inc(count - self._told[kind])
            self._told[kind] = count
