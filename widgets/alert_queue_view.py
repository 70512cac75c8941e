"""The alert queue's list: holds its place while alerts come in above, and offers the way to the top."""

from __future__ import annotations

from collections import Counter

from PySide6.QtCore import QSignalBlocker, Qt, Signal
from PySide6.QtGui import QKeyEvent, QResizeEvent
from PySide6.QtWidgets import QPushButton, QWidget

from app.domain.ids import AlertId
from resources import theme
from widgets.alert_queue_delegate import ROW_HEIGHT
from widgets.alert_queue_model import AlertQueueModel
from widgets.icons import icon
from widgets.plain_label import set_tone
from widgets.row_view import RowView

Place = dict[AlertId, int]
"""Visible alerts and their rows' distance from the top of the view, in pixels."""


class AlertView(RowView):
    """Follows the newest alerts at the top; once the operator reads further down or has a row selected
    in view, that row stays under the eye and a pill counts what came in above.
    """

    place_left = Signal()
    """The operator went to the newest alerts."""

    def __init__(self, model: AlertQueueModel, parent: QWidget | None = None) -> None:
        super().__init__(ROW_HEIGHT, "Alerts", parent)
        self._alerts = model
        self.setModel(model)
        self._pill = QPushButton(self.viewport())
        self._pill.setProperty("role", "pill")
        self._pill.setIcon(icon("arrow-up", theme.TEXT_ON_COLOUR, 14))
        self._pill.setToolTip("Go to the newest alerts (T)")
        self._pill.hide()
        self._pill.clicked.connect(self.go_to_newest)
        self.verticalScrollBar().valueChanged.connect(self._on_scrolled)

    @property
    def pill(self) -> QPushButton:
        """The button that counts what came in above."""
        return self._pill

    def is_reading(self) -> bool:
        """Say whether the operator's place must be held."""
        if self.verticalScrollBar().value() > 0:
            return True
        row = self.currentIndex().row()
        return 0 <= row * ROW_HEIGHT < self.viewport().height()

    def place(self) -> Place:
        """Return which alerts are visible, and where."""
        top = self.verticalScrollBar().value()
        first = top // ROW_HEIGHT
        last = (top + max(0, self.viewport().height() - 1)) // ROW_HEIGHT
        found: Place = {}
        for row in range(first, last + 1):
            alert_id = self._alerts.id_at(row)
            if alert_id is not None:
                found[alert_id] = row * ROW_HEIGHT - top
        return found

    def hold(self, before: Place) -> None:
        """Scroll so that most of the alerts that were visible stand where they stood.

        Most, because the selected one may just have left for the handled ones further down.
        """
        votes: Counter[int] = Counter()
        for alert_id, offset in before.items():
            row = self._alerts.row_of(alert_id)
            if row is not None:
                votes[row * ROW_HEIGHT - offset] += 1
        self.updateGeometries()
        if votes:
            self.verticalScrollBar().setValue(votes.most_common(1)[0][0])
        self.show_unseen()

    def select(self, alert_id: AlertId | None, *, scroll: bool) -> None:
        """Make that alert the current row, or none, without telling anybody."""
        row = self._alerts.row_of(alert_id)
        with QSignalBlocker(self.selectionModel()):
            if row is None:
                self.clearSelection()
                self.setCurrentIndex(self.rootIndex())
            elif row != self.currentIndex().row() or not self.selectionModel().hasSelection():
                value = self.verticalScrollBar().value()
                self.setCurrentIndex(self._alerts.index(row))
                if not scroll:
                    self.verticalScrollBar().setValue(value)
        if row is not None and scroll:
            self.scrollTo(self._alerts.index(row))
        self.viewport().update()

    def go_to_newest(self) -> None:
        """Scroll to the top and give up the place."""
        self.scrollToTop()
        self._alerts.unseen.saw_from(None)
        self.show_unseen()
        self.place_left.emit()

    def show_unseen(self) -> None:
        """Bring the pill up to date with what is visible now."""
        top = self.verticalScrollBar().value()
        unseen = self._alerts.unseen
        unseen.saw_from(self._alerts.key_at((top + ROW_HEIGHT // 2) // ROW_HEIGHT))
        words = unseen.words
        self._pill.setVisible(bool(words))
        if words:
            self._pill.setText(words)
            set_tone(self._pill, "alarm", "true" if unseen.critical else "false")
            self._place_pill()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Go on from what is visible when the selected row is not.

        An alert that was just acknowledged stays selected but leaves for the handled ones, hundreds of
        rows further down; the next one to see to is here.
        """
        down = event.key() == Qt.Key.Key_Down
        if down or event.key() == Qt.Key.Key_Up:
            rows = [self._alerts.row_of(alert_id) for alert_id, y in self.place().items() if y >= 0]
            visible = [row for row in rows if row is not None]
            if visible and not visible[0] - 1 <= self.currentIndex().row() <= visible[-1] + 1:
                self.selectRow(visible[0] if down else visible[-1])
                event.accept()
                return
        super().keyPressEvent(event)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Keep the pill in the middle, and the selected row in view when the detail below takes room."""
        top = self.currentIndex().row() * ROW_HEIGHT - self.verticalScrollBar().value()
        seen = self.currentIndex().isValid() and 0 <= top < event.oldSize().height()
        super().resizeEvent(event)
        if seen:
            self.scrollTo(self.currentIndex())
        self._place_pill()

    def _place_pill(self) -> None:
        self._pill.adjustSize()
        self._pill.move(max(0, (self.viewport().width() - self._pill.width()) // 2), 6)

    def _on_scrolled(self) -> None:
        self.show_unseen()
