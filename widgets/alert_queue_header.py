"""How many alerts wait, critical ones first."""

from __future__ import annotations

from PySide6.QtWidgets import QHBoxLayout, QLabel, QWidget

from resources import theme
from widgets.icons import pixmap
from widgets.plain_label import plain_label, set_text
from widgets.view_state_alerts import QueueCounts


class AlertHeader(QWidget):
    """One line: "3 critical · 12 new · 240 in all"."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._mark = QLabel()
        self._mark.setPixmap(pixmap("urgency-critical", theme.ALARM, 14))
        self._critical = plain_label(tone="alarm")
        self._counts = plain_label(tone="dim")
        line = QHBoxLayout(self)
        line.setContentsMargins(theme.GAP + 2, theme.GAP, theme.GAP, 0)
        line.setSpacing(6)
        line.addWidget(self._mark)
        line.addWidget(self._critical)
        line.addWidget(self._counts)
        line.addStretch(1)

    def set_counts(self, counts: QueueCounts) -> None:
        """Show the counts."""
        self._mark.setVisible(counts.critical > 0)
        self._critical.setVisible(counts.critical > 0)
        set_text(self._critical, f"{counts.critical:,} critical ·")
        set_text(self._counts, counts.rest_words)
