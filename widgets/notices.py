"""Notices: slim lines above the wall that never cover it."""

from __future__ import annotations

from PySide6.QtCore import Qt, QTimer, Signal
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QPushButton, QToolButton, QVBoxLayout, QWidget

from app.domain.changes import Changes
from app.domain.events import Notice, NoticeLevel
from app.domain.ports import Clock
from app.store.state import Store
from resources import theme
from widgets.icons import NOTICE_ICONS, icon, pixmap
from widgets.plain_label import ElidedLabel, plain_label, set_text
from widgets.view_state import count_words, one_line, plain_tip
from widgets.view_state_notices import INFO_STAYS_S, notice_view

NOTICE_COLOURS = {
    NoticeLevel.INFO: theme.ACCENT,
    NoticeLevel.WARNING: theme.WARN,
    NoticeLevel.ERROR: theme.ALARM,
}
LEVEL_WORDS = {NoticeLevel.INFO: "Note", NoticeLevel.WARNING: "Warning", NoticeLevel.ERROR: "Error"}
CHECK_MS = 500


class NoticeStack(QWidget):
    """The gravest and newest notices; errors and warnings stay, notes leave by themselves."""

    dismiss_requested = Signal(int)
    """The id of a notice to put away."""

    def __init__(self, store: Store, clock: Clock, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._store = store
        self._clock = clock
        self._since: dict[int, float] = {}
        self._lines: dict[int, NoticeLine] = {}
        self._build()
        self._connect()
        self._render()

    def on_changed(self, changes: Changes) -> None:
        """Re-read the notices."""
        if changes.notices or changes.all_reloaded:
            self._render()

    def lines(self) -> list[NoticeLine]:
        """Return the lines on screen, top to bottom."""
        return list(self._lines.values())

    def expire(self) -> None:
        """Put notes away whose time is over."""
        now = self._clock.monotonic()
        for notice in list(self._store.notices.values()):
            seen = self._since.get(notice.id, now)
            if notice.level is NoticeLevel.INFO and now - seen >= INFO_STAYS_S:
                self.dismiss_requested.emit(notice.id)

    def _build(self) -> None:
        self.setAccessibleName("Notices")
        self._column = QVBoxLayout(self)
        self._column.setContentsMargins(0, 0, 0, 0)
        self._column.setSpacing(1)
        self._more = QFrame()
        line = QHBoxLayout(self._more)
        line.setContentsMargins(14, 2, 6, 2)
        self._more_words = plain_label(tone="dim", scale="small")
        self._all = QPushButton("Dismiss all")
        self._all.setProperty("role", "link")
        line.addWidget(self._more_words)
        line.addStretch(1)
        line.addWidget(self._all)
        self._column.addWidget(self._more)
        self._check = QTimer(self)
        self._check.setInterval(CHECK_MS)

    def _connect(self) -> None:
        self._check.timeout.connect(self.expire)
        self._all.clicked.connect(self._on_dismiss_all)

    def _render(self) -> None:
        notices = self._store.notices
        now = self._clock.monotonic()
        self._since = {known: self._since.get(known, now) for known in notices}
        view = notice_view(notices.values())
        wanted = [notice.id for notice in view.shown]
        if wanted != list(self._lines):
            self._replace(view.shown)
        self._more.setVisible(view.more > 0)
        set_text(self._more_words, count_words(view.more, "more notice"))
        self.setVisible(bool(notices))
        if any(notice.level is NoticeLevel.INFO for notice in notices.values()):
            self._check.start()
        else:
            self._check.stop()

    def _replace(self, shown: tuple[Notice, ...]) -> None:
        kept = {notice.id for notice in shown}
        for notice_id, line in self._lines.items():
            self._column.removeWidget(line)
            if notice_id not in kept:
                line.hide()
                line.deleteLater()
        known = self._lines
        self._lines = {}
        for place, notice in enumerate(shown):
            line = known.get(notice.id) or self._made(notice)
            self._lines[notice.id] = line
            self._column.insertWidget(place, line)

    def _made(self, notice: Notice) -> NoticeLine:
        line = NoticeLine(notice, self)
        line.dismissed.connect(self.dismiss_requested)
        return line

    def _on_dismiss_all(self) -> None:
        for notice_id in list(self._store.notices):
            self.dismiss_requested.emit(notice_id)


class NoticeLine(QFrame):
    """One notice: what happened, what to do, and a button that puts it away."""

    dismissed = Signal(int)

    def __init__(self, notice: Notice, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._notice = notice
        self._build()

    @property
    def dismiss_button(self) -> QToolButton:
        """The button that puts the notice away."""
        return self._dismiss

    def words(self) -> str:
        """Return message and hint as shown."""
        return " ".join(part for part in (self._message.text(), self._hint.text()) if part)

    def _build(self) -> None:
        notice = self._notice
        self.setProperty("notice", notice.level.value)
        self.setAccessibleName(f"{LEVEL_WORDS[notice.level]}: {one_line(notice.message)}")
        self.setToolTip(plain_tip(f"{notice.message}\n{notice.hint}".strip()))
        mark = QLabel()
        mark.setPixmap(pixmap(NOTICE_ICONS[notice.level], NOTICE_COLOURS[notice.level], 18))
        self._message = ElidedLabel(one_line(notice.message))
        self._hint = ElidedLabel(one_line(notice.hint), tone="dim")
        self._dismiss = QToolButton()
        self._dismiss.setIcon(icon("close", theme.TEXT_DIM, 14))
        self._dismiss.setProperty("role", "quiet")
        self._dismiss.setToolTip("Dismiss")
        self._dismiss.setAccessibleName("Dismiss this notice")
        self._dismiss.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self._dismiss.clicked.connect(self._on_dismiss)
        line = QHBoxLayout(self)
        line.setContentsMargins(10, 3, 6, 3)
        line.setSpacing(8)
        line.addWidget(mark)
        line.addWidget(self._message, 3)
        line.addWidget(self._hint, 2)
        self._hint.setVisible(bool(notice.hint))
        line.addWidget(self._dismiss)

    def _on_dismiss(self) -> None:
        self.dismissed.emit(self._notice.id)
