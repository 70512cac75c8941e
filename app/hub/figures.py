"""The hub's figures as Prometheus metric families.

Names follow Prometheus's own rules (https://prometheus.io/docs/practices/naming): base units, ``_total`` for
what only grows. No label names a person or a camera.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime

import sqlalchemy as sa
from prometheus_client.exposition import generate_latest
from prometheus_client.metrics_core import (
    CounterMetricFamily,
    GaugeMetricFamily,
    HistogramMetricFamily,
    Metric,
)
from prometheus_client.registry import Collector

from app.hub.core import Hub
from app.hub.db.tables import leases, meta

_OUTCOMES = ("created", "revised", "unchanged")
_RECORD_STATES = ("ok", "unsigned", "failing")


async def prometheus_text(hub: Hub) -> bytes:
    """Return the hub's figures in Prometheus's text format, version 0.0.4."""
    async with hub.database.reading() as reading:
        running = await reading.rows(
            sa.select(sa.func.count().label("running")).where(leases.c.ended_at.is_(None))
        )
        backed_up = await reading.rows(sa.select(meta.c.backed_up_at))
    return generate_latest(_HubFamilies(hub, running[0]["running"], backed_up[0]["backed_up_at"]))


class _HubFamilies(Collector):
    """The families of one hub at one moment."""

    def __init__(self, hub: Hub, running_leases: int, backed_up_at: datetime | None) -> None:
        self._hub = hub
        self._running_leases = running_leases
        self._backed_up_at = backed_up_at

    def collect(self) -> Iterator[Metric]:
        """Yield every family, also those without a sample: they say what there could be."""
        hub, measures = self._hub, self._hub.measures
        yield _gauge("event_head", "Number of the newest event.", hub.log.head)
        alerts = _counter("alerts", "Alerts that were taken, by what became of them.", "outcome")
        for outcome in _OUTCOMES:
            alerts.add_metric((outcome,), hub.ingest.outcomes[outcome])
        yield alerts
        commits = HistogramMetricFamily(
            "watchfloor_hub_commit_seconds", "How long transactions took that changed the hub's state."
        )
        commits.add_metric((), hub.journal.commits.up_to(), hub.journal.commits.sum_s)
        yield commits
        yield _gauge("live_clients", "Clients that follow the live events.", measures.live_clients)
        cut_off = _counter("live_clients_cut_off", "Live clients that did not read and were cut off.")
        cut_off.add_metric((), measures.cut_off)
        yield cut_off
        yield _gauge("sessions", "Sessions that are signed in.", hub.sessions.count)
        yield _gauge("leases", "Looks that go on.", self._running_leases)
        refusals = _counter("refusals", "Requests that were not done, by HTTP status.", "status")
        for status, count in sorted(measures.refusals.items()):
            refusals.add_metric((str(status),), count)
        yield refusals
        yield from self._record()

    def _record(self) -> Iterator[Metric]:
        hub = self._hub
        record = GaugeMetricFamily(
            "watchfloor_hub_record", "1 for the state that the audit record is in.", labels=("state",)
        )
        for state in _RECORD_STATES:
            record.add_metric((state,), float(hub.record_state == state))
        yield record
        signed_at = hub.checkpoints.signed_at if hub.checkpoints is not None else None
        yield _time("checkpoint", "When the audit record was signed last; absent before.", signed_at)
        yield _time("backup", "When the hub was backed up last; absent before.", self._backed_up_at)


def _gauge(name: str, meaning: str, value: float) -> GaugeMetricFamily:
    return GaugeMetricFamily(f"watchfloor_hub_{name}", meaning, value=value)


def _counter(name: str, meaning: str, *labels: str) -> CounterMetricFamily:
    return CounterMetricFamily(f"watchfloor_hub_{name}", meaning, labels=labels)


def _time(name: str, meaning: str, at: datetime | None) -> GaugeMetricFamily:
    """Return a time as seconds since 1970: Prometheus subtracts it from its own clock to have an age."""
    family = GaugeMetricFamily(f"watchfloor_hub_{name}_timestamp_seconds", meaning)
    if at is not None:
        family.add_metric((), at.timestamp())
    return family
