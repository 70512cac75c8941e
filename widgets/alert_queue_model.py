"""The alert queue's rows, kept in order one change at a time."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterable

from PySide6.QtCore import QAbstractListModel, QModelIndex, QPersistentModelIndex, Qt

from app.domain.alert import Alert, queue_order
from app.domain.ids import AlertId
from app.domain.ports import Clock
from app.store.queries import AlertFilter
from app.store.state import Store
from widgets.view_state import plain_tip
from widgets.view_state_alerts import KIND_WORDS, OrderKey, QueueCounts, QueueTally, UnseenAbove, alert_row

ALERT_ROLE = Qt.ItemDataRole.UserRole
RELOAD_ABOVE = 400
"""From so many changes at once on, one reset is quicker than single steps."""


class AlertQueueModel(QAbstractListModel):
    """The alerts that pass the filter, in queue order. Never re-sorts: every change is a bisection."""

    def __init__(self, store: Store, clock: Clock) -> None:
        super().__init__()
        self._store = store
        self._clock = clock
        self._filter = AlertFilter()
        self._order: list[OrderKey] = []
        self._keys: dict[AlertId, OrderKey] = {}
        self._tally = QueueTally()
        self.unseen = UnseenAbove()
        self.reload()

    @property
    def counts(self) -> QueueCounts:
        """How many alerts there are and how many the filter hides."""
        return self._tally.counts

    @property
    def ever_shown(self) -> int:
        """How many different alerts have been rows."""
        return self._tally.ever_shown

    @property
    def filter(self) -> AlertFilter:
        """What passes."""
        return self._filter

    def set_filter(self, wanted: AlertFilter) -> None:
        """Show what passes ``wanted``."""
        if wanted != self._filter:
            self._filter = wanted
            self.reload()

    def reload(self) -> None:
        """Read the whole queue anew."""
        self.beginResetModel()
        self.unseen.saw_from(None)
        passes = self._filter.passes
        everything = self._filter == AlertFilter()
        read = [(key, alert, everything or passes(alert)) for key, alert in self._store.alerts.in_order()]
        self._order = [key for key, _, shown in read if shown]
        self._keys = {alert.id: key for key, alert, shown in read if shown}
        self._tally.restart((alert, shown) for _, alert, shown in read)
        self.endResetModel()

    def follow(self, changed: Iterable[AlertId], *, reading: bool) -> None:
        """Bring the rows of the changed alerts up to date.

        Args:
            changed: ids from the store's changes.
            reading: the view holds its place; alerts that come in above it are counted in `unseen`.
        """
        ids = list(changed)
        if len(ids) > RELOAD_ABOVE:
            self.reload()
            return
        for alert_id in ids:
            alert = self._store.alerts.get(alert_id)
            old = self._keys.get(alert_id)
            shown = alert is not None and self._filter.passes(alert)
            if alert is None:
                self._tally.drop(alert_id)
                unknown = False
            else:
                unknown = self._tally.put(alert, shown=shown)
            new = queue_order(alert) if alert is not None and shown else None
            if old is not None and old != new:
                self.unseen.discard(old)
            self._place(alert_id, old, new)
            if new is not None and unknown and reading:
                self.unseen.add(new)

    def row_of(self, alert_id: AlertId | None) -> int | None:
        """Return the alert's row, None where it is not shown."""
        key = self._keys.get(alert_id) if alert_id is not None else None
        return None if key is None else bisect_left(self._order, key)

    def id_at(self, row: int) -> AlertId | None:
        """Return the row's alert."""
        return AlertId(self._order[row][3]) if 0 <= row < len(self._order) else None

    def key_at(self, row: int) -> OrderKey | None:
        """Return the row's place in the order."""
        return self._order[row] if 0 <= row < len(self._order) else None

    def rowCount(self, parent: QModelIndex | QPersistentModelIndex = QModelIndex()) -> int:
        """Return how many alerts are shown."""
        return 0 if parent.isValid() else len(self._order)

    def data(self, index: QModelIndex | QPersistentModelIndex, role: int = 0) -> object:
        """Return the alert, its title, its tool tip or what a screen reader says."""
        alert_id = self.id_at(index.row()) if index.isValid() else None
        alert = self._store.alerts.get(alert_id) if alert_id is not None else None
        if alert is None:
            return None
        match role:
            case _ if role == ALERT_ROLE:
                return alert
            case Qt.ItemDataRole.DisplayRole:
                return alert_row(alert, self._clock.utc()).title
            case Qt.ItemDataRole.ToolTipRole:
                return plain_tip(_told(alert))
            case Qt.ItemDataRole.AccessibleTextRole:
                row = alert_row(alert, self._clock.utc())
                parts = (row.urgency, KIND_WORDS[alert.kind], row.title, row.where, row.age, row.status)
                return ", ".join(part for part in parts if part)
        return None

    def _place(self, alert_id: AlertId, old: OrderKey | None, new: OrderKey | None) -> None:
        top = QModelIndex()
        if old is None and new is None:
            return
        if new is None and old is not None:
            row = bisect_left(self._order, old)
            self.beginRemoveRows(top, row, row)
            del self._order[row]
            del self._keys[alert_id]
            self.endRemoveRows()
            return
        assert new is not None
        at = bisect_left(self._order, new)
        if old is None:
            self.beginInsertRows(top, at, at)
            self._order.insert(at, new)
            self._keys[alert_id] = new
            self.endInsertRows()
            return
        row = bisect_left(self._order, old)
        moves = at not in (row, row + 1)
        if moves:
            self.beginMoveRows(top, row, row, top, at)
        del self._order[row]
        now_at = at if at <= row else at - 1
        self._order.insert(now_at, new)
        self._keys[alert_id] = new
        if moves:
            self.endMoveRows()
        self.dataChanged.emit(self.index(now_at), self.index(now_at))


def _told(alert: Alert) -> str:
    return "\n".join(part for part in (alert.title, alert.place, alert.detail[:600]) if part)
