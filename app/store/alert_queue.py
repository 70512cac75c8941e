"""The alerts in the order of the queue, kept sorted as they come.

Sorting ten thousand rows anew at every change would stall the console in a storm; a bisection does not.
"""

from __future__ import annotations

from bisect import bisect_left, insort
from collections.abc import Iterator

from app.domain.alert import Alert, queue_order
from app.domain.ids import AlertId

OrderKey = tuple[int, int, float, str]


class AlertQueue:
    """Alerts by id and in queue order. Beyond ``limit`` the last in order leave; the hub keeps them."""

    def __init__(self, limit: int = 20_000) -> None:
        self._limit = limit
        self._alerts: dict[AlertId, Alert] = {}
        self._order: list[OrderKey] = []

    def __len__(self) -> int:
        return len(self._order)

    def __iter__(self) -> Iterator[Alert]:
        return (self._alerts[AlertId(key[3])] for key in self._order)

    def in_order(self) -> Iterator[tuple[OrderKey, Alert]]:
        """Yield each alert with its place in the order, so that nobody computes it twice."""
        alerts = self._alerts
        return ((key, alerts[AlertId(key[3])]) for key in self._order)

    def get(self, alert_id: AlertId) -> Alert | None:
        """Return the alert, None where the queue does not hold it."""
        return self._alerts.get(alert_id)

    def put(self, alert: Alert) -> frozenset[AlertId]:
        """Insert or replace an alert and return every id that changed, those pushed out included."""
        self._forget(alert.id)
        self._alerts[alert.id] = alert
        insort(self._order, queue_order(alert))
        changed = {alert.id}
        while len(self._order) > self._limit:
            last = AlertId(self._order[-1][3])
            self._forget(last)
            changed.add(last)
        return frozenset(changed)

    def remove(self, alert_id: AlertId) -> frozenset[AlertId]:
        """Take an alert out and return its id, nothing where the queue does not hold it."""
        known = alert_id in self._alerts
        self._forget(alert_id)
        return frozenset((alert_id,)) if known else frozenset()

    def clear(self) -> None:
        """Forget every alert."""
        self._alerts.clear()
        self._order.clear()

    def _forget(self, alert_id: AlertId) -> None:
        old = self._alerts.pop(alert_id, None)
        if old is not None:
            del self._order[bisect_left(self._order, queue_order(old))]
