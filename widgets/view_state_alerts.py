"""What the alert queue says, as pure functions: rows, counts, and how many new alerts lie out of sight."""

from __future__ import annotations

from bisect import bisect_left, insort
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, tzinfo

from app.domain.alert import Alert, AlertKind, AlertStatus, Urgency
from app.domain.ids import AlertId
from widgets.view_state import age_words, count_words, one_line, time_words

OrderKey = tuple[int, int, float, str]
"""What `app.domain.alert.queue_order` returns."""

KIND_WORDS = {
    AlertKind.CALL_911: "911",
    AlertKind.GUNSHOT: "Gunshot",
    AlertKind.PLATE_HIT: "Plate",
    AlertKind.PANIC: "Panic",
    AlertKind.OTHER: "Other",
}
URGENCY_WORDS = {
    Urgency.CRITICAL: "CRITICAL",
    Urgency.HIGH: "HIGH",
    Urgency.NORMAL: "NORMAL",
    Urgency.LOW: "LOW",
}
LEAST_URGENCY_WORDS = {
    Urgency.LOW: "Any urgency",
    Urgency.NORMAL: "Normal and up",
    Urgency.HIGH: "High and up",
    Urgency.CRITICAL: "Critical only",
}
FRESH_S = 4.0
"""For so many seconds a critical alert that just came in stands on a stronger ground."""


@dataclass(frozen=True, slots=True)
class AlertRow:
    """A line of the queue."""

    title: str
    urgency: str
    where: str
    age: str
    status: str
    is_new: bool
    is_fresh: bool


def alert_row(alert: Alert, now: datetime) -> AlertRow:
    """Return what the queue says of an alert at ``now``."""
    is_new = alert.status is AlertStatus.NEW
    status = "" if is_new else {AlertStatus.ACKNOWLEDGED: "ACK"}.get(alert.status, "CLOSED")
    if status and alert.handled_by:
        status = f"{status} {one_line(alert.handled_by)}"
    return AlertRow(
        title=one_line(alert.title) or KIND_WORDS[alert.kind],
        urgency=URGENCY_WORDS[alert.urgency],
        where=" · ".join(part for part in (one_line(alert.place), one_line(alert.source)) if part),
        age=age_words((now - alert.occurred_at).total_seconds()),
        status=status,
        is_new=is_new,
        is_fresh=is_new and (now - alert.received_at).total_seconds() < FRESH_S,
    )


def alert_facts(alert: Alert, now: datetime, zone: tzinfo | None = None) -> str:
    """Return the line under the selected alert's title: when, where, from whom, what became of it."""
    parts = [
        time_words(alert.occurred_at, now, zone),
        KIND_WORDS[alert.kind],
        one_line(alert.place),
        one_line(alert.source),
        alert_row(alert, now).status,
        "" if alert.position else "no position",
    ]
    return " · ".join(part for part in parts if part)


@dataclass(frozen=True, slots=True)
class QueueCounts:
    """How many alerts there are; ``critical`` and ``new`` count those that nobody has seen to."""

    critical: int = 0
    new: int = 0
    total: int = 0
    hidden: int = 0
    hidden_critical: int = 0

    @property
    def rest_words(self) -> str:
        """Return the header's part after the critical ones."""
        return f"{self.new:,} new · {self.total:,} in all"

    @property
    def hidden_words(self) -> str:
        """Return what the filter hides, empty when it hides nothing."""
        return f"filtered: {self.hidden:,} hidden" if self.hidden else ""

    @property
    def hidden_critical_words(self) -> str:
        """Return how many critical alerts the filter hides, empty when none."""
        return f"{self.hidden_critical:,} critical hidden" if self.hidden_critical else ""


class QueueTally:
    """Counts kept up to date one alert at a time, so that a storm costs nothing per row of the queue."""

    def __init__(self) -> None:
        self._known: dict[AlertId, tuple[bool, bool, bool]] = {}
        self._sums = [0, 0, 0, 0]
        self._ever_shown = 0
        self._counted: set[AlertId] = set()

    @property
    def counts(self) -> QueueCounts:
        """The counts now."""
        critical, new, hidden, hidden_critical = self._sums
        return QueueCounts(critical, new, len(self._known), hidden, hidden_critical)

    @property
    def ever_shown(self) -> int:
        """How many different alerts have been rows of the queue."""
        return self._ever_shown

    def restart(self, alerts: Iterable[tuple[Alert, bool]]) -> None:
        """Count all alerts anew, each with whether it is shown; how many were ever shown goes on."""
        new_status, critical = AlertStatus.NEW, Urgency.CRITICAL
        known = {
            alert.id: (
                alert.status is new_status,
                alert.status is new_status and alert.urgency is critical,
                shown,
            )
            for alert, shown in alerts
        }
        facts = Counter(known.values())
        self._sums = [0, 0, 0, 0]
        for fact, count in facts.items():
            self._add(fact, count)
        self._known = known
        shown_now = {alert_id for alert_id, fact in known.items() if fact[2]}
        self._counted.intersection_update(known)
        self._ever_shown += len(shown_now - self._counted)
        self._counted |= shown_now

    def put(self, alert: Alert, *, shown: bool) -> bool:
        """Count an alert anew; say whether it was unknown before."""
        unknown = alert.id not in self._known
        self._add(self._known.get(alert.id), -1)
        new = alert.status is AlertStatus.NEW
        facts = (new, new and alert.urgency is Urgency.CRITICAL, shown)
        self._known[alert.id] = facts
        self._add(facts, 1)
        if shown and alert.id not in self._counted:
            self._counted.add(alert.id)
            self._ever_shown += 1
        return unknown

    def drop(self, alert_id: AlertId) -> None:
        """Forget an alert that left the queue."""
        self._add(self._known.pop(alert_id, None), -1)
        self._counted.discard(alert_id)

    def _add(self, facts: tuple[bool, bool, bool] | None, count: int) -> None:
        if facts is None:
            return
        new, critical, shown = facts
        self._sums[0] += count * critical
        self._sums[1] += count * new
        self._sums[2] += count * (not shown)
        self._sums[3] += count * (critical and not shown)


class UnseenAbove:
    """The new alerts above the first visible row, in queue order."""

    def __init__(self) -> None:
        self._keys: list[OrderKey] = []

    def __len__(self) -> int:
        return len(self._keys)

    @property
    def critical(self) -> int:
        """How many of them are critical."""
        return bisect_left(self._keys, (0, int(Urgency.HIGH), float("-inf"), ""))

    @property
    def words(self) -> str:
        """Return the pill's text, empty without any."""
        if not self._keys:
            return ""
        critical = self.critical
        if critical == len(self._keys):
            return f"{critical:,} new critical above"
        return count_words(len(self._keys), "new above", "new above") + (
            f", {critical:,} critical" if critical else ""
        )

    def add(self, key: OrderKey) -> None:
        """Count an alert that came in."""
        insort(self._keys, key)

    def discard(self, key: OrderKey) -> None:
        """Stop counting an alert: it was handled, moved or left."""
        at = bisect_left(self._keys, key)
        if at < len(self._keys) and self._keys[at] == key:
            del self._keys[at]

    def saw_from(self, key: OrderKey | None) -> None:
        """Stop counting all from the first visible row's key down; all of them for None."""
        del self._keys[0 if key is None else bisect_left(self._keys, key) :]
