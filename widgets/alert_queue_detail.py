"""The selected alert in full, with what can be done about it."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtGui import QAction
from PySide6.QtWidgets import QFrame, QPlainTextEdit, QVBoxLayout, QWidget

from app.domain.alert import Alert, AlertStatus
from app.domain.ports import Clock
from app.domain.rights import Right
from resources import theme
from widgets.action_button import ActionButton
from widgets.flow_layout import FlowLayout
from widgets.plain_label import ElidedLabel, set_text
from widgets.view_state import plain_tip, visible
from widgets.view_state_alerts import alert_facts, alert_row


class AlertDetail(QFrame):
    """Keeps its height while one alert after the other is selected, so that the list above never jumps."""

    def __init__(
        self,
        clock: Clock,
        actions: tuple[QAction, ...],
        may: Callable[[Right], bool],
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self._may = may
        self._clock = clock
        self._actions = actions
        self._build()
        self.show_alert(None)

    def show_alert(self, alert: Alert | None) -> None:
        """Show the alert, or how to choose one."""
        acknowledge, incident, nearest = self._actions
        is_new = alert is not None and alert.status is AlertStatus.NEW
        acknowledge.setEnabled(is_new and self._may(Right.ACKNOWLEDGE))
        incident.setEnabled(alert is not None and self._may(Right.INCIDENT_OPEN))
        nearest.setEnabled(alert is not None and alert.position is not None)
        self._text.setVisible(alert is not None)
        if alert is None:
            set_text(self._title, "No alert selected")
            self._title.setToolTip("")
            set_text(self._facts, "Up and Down choose one; the map follows.")
            self._set_text("")
            return
        now = self._clock.utc()
        set_text(self._title, alert_row(alert, now).title)
        self._title.setToolTip(plain_tip(alert.title))
        facts = alert_facts(alert, now)
        set_text(self._facts, facts)
        self._facts.setToolTip(plain_tip(facts))
        self._set_text(visible(alert.detail))

    def _set_text(self, text: str) -> None:
        if self._text.toPlainText() != text:
            self._text.setPlainText(text)
        self._text.setPlaceholderText("No further detail.")

    def _build(self) -> None:
        self.setProperty("panel", "footer")
        self._title = ElidedLabel()
        self._title.setProperty("weight", "strong")
        self._facts = ElidedLabel(tone="dim", scale="small")
        self._text = QPlainTextEdit()
        self._text.setReadOnly(True)
        self._text.setAccessibleName("Detail of the selected alert")
        self._text.setFixedHeight(2 * 18 + 18)
        self._text.setTabChangesFocus(True)
        buttons = FlowLayout(6)
        for action in self._actions:
            buttons.addWidget(ActionButton(action))
        layout = QVBoxLayout(self)
        layout.setContentsMargins(theme.GAP + 2, theme.GAP, theme.GAP + 2, theme.GAP)
        layout.setSpacing(4)
        layout.addWidget(self._title)
        layout.addWidget(self._facts)
        layout.addWidget(self._text)
        layout.addLayout(buttons)
