"""The line at the bottom: is the hub there, is the video live, is the program quick, what time is it."""

from __future__ import annotations

from PySide6.QtCore import QTimer
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QPushButton, QWidget

from app.domain.changes import Changes
from app.domain.events import LinkState
from app.domain.ports import Clock
from app.domain.stream_state import StreamState
from app.store.state import Store
from resources import theme
from widgets.icons import pixmap
from widgets.plain_label import ElidedLabel, plain_label, set_text, set_tone
from widgets.view_state import clock_words, count_words, link_words, plain_tip
from widgets.view_state_door import session_words
from widgets.view_state_presence import short_words

SLOW_MS = 30.0
"""From this lateness on the operator feels that the program drags."""
TICK_MS = 1000
MARGIN_PX = 3

_LINK_LOOK = {
    LinkState.CONNECTING: ("delayed", theme.WARN, "warn"),
    LinkState.CONNECTED: ("check", theme.LIVE, ""),
    LinkState.LOST: ("offline", theme.ALARM, "alarm"),
}


class StatusLine(QFrame):
    """Words and shapes, updated once a second and on changes."""

    def __init__(self, store: Store, clock: Clock, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._store = store
        self._clock = clock
        self._link_since = clock.monotonic()
        self._link_shown: LinkState | None = None
        self._build()
        self._render()
        self._render_clock()

    def on_changed(self, changes: Changes) -> None:
        """Re-read link, counts and streams."""
        if changes.link:
            self._link_since = self._clock.monotonic()
        if changes.session:
            set_text(self._who, session_words(self._store.session))
        if changes.presence:
            self.present.setText(short_words(self._store.present))
        if changes.link or changes.cameras or changes.alerts or changes.streams or changes.all_reloaded:
            self._render()

    def set_stall(self, lateness_ms: float) -> None:
        """Show how late the user interface runs (99th percentile, milliseconds)."""
        slow = lateness_ms >= SLOW_MS
        set_text(self._stall, f"UI {'slow, ' if slow else ''}p99 {lateness_ms:.0f} ms")
        set_tone(self._stall, "tone", "warn" if slow else "dim")

    def words(self) -> dict[str, str]:
        """Return what each part says."""
        parts = {
            "link": self._link,
            "who": self._who,
            "cameras": self._cameras,
            "alerts": self._alerts,
            "streams": self._streams,
            "stall": self._stall,
            "clock": self._time,
        }
        return {name: label.text() for name, label in parts.items()} | {"present": self.present.text()}

    def _build(self) -> None:
        self.setProperty("panel", "status")
        self.setAccessibleName("Status")
        self._mark = QLabel()
        self._link = ElidedLabel(scale="small")
        self._who = plain_label(session_words(self._store.session), scale="small")
        self._who.setToolTip("Who has signed in at this desk")
        self.present = QPushButton(short_words(self._store.present))
        self.present.setProperty("role", "link")
        self.present.setProperty("scale", "small")
        self.present.setToolTip("Who is on shift now")
        # Until somebody is signed in who may see the room; the line keeps its height for it.
        self.present.hide()
        self.present.ensurePolished()
        self.setMinimumHeight(self.present.sizeHint().height() + 2 * MARGIN_PX)
        self._cameras = plain_label(tone="dim", scale="small")
        self._alerts = plain_label(tone="dim", scale="small")
        self._streams = plain_label(tone="dim", scale="small")
        self._stall = plain_label(tone="dim", scale="small")
        self._stall.setToolTip("How late the user interface answers, in 99 of 100 cases")
        self._time = plain_label(scale="small")
        self._time.setToolTip("Local time and UTC")
        line = QHBoxLayout(self)
        line.setContentsMargins(10, MARGIN_PX, 10, MARGIN_PX)
        line.setSpacing(6)
        line.addWidget(self._mark)
        line.addWidget(self._link, 1)
        for label in (
            self._who,
            self.present,
            self._streams,
            self._cameras,
            self._alerts,
            self._stall,
            self._time,
        ):
            line.addSpacing(14)
            line.addWidget(label)
        self._ticker = QTimer(self)
        self._ticker.setInterval(TICK_MS)
        self._ticker.timeout.connect(self._on_tick)
        self._ticker.start()

    def _render(self) -> None:
        self._render_link()
        store = self._store
        set_text(self._cameras, count_words(len(store.cameras), "camera"))
        set_text(self._alerts, count_words(len(store.alerts), "alert"))
        live = sum(status.state is StreamState.LIVE for status in store.streams.values())
        total = len(store.streams)
        set_text(self._streams, f"{live} of {count_words(total, 'stream')} live" if total else "no streams")
        set_tone(self._streams, "tone", "warn" if live < total else "dim")

    def _render_link(self) -> None:
        state, detail = self._store.link, self._store.link_detail
        if state is not self._link_shown:
            picture, colour, tone = _LINK_LOOK[state]
            self._mark.setPixmap(pixmap(picture, colour, 16))
            set_tone(self._link, "tone", tone)
            self._link_shown = state
        words = link_words(state, self._clock.monotonic() - self._link_since, detail)
        if self._link.text() != words:
            set_text(self._link, words)
            self._link.setToolTip(plain_tip(words))

    def _render_clock(self) -> None:
        set_text(self._time, clock_words(self._clock.utc()))

    def _on_tick(self) -> None:
        self._render_link()
        self._render_clock()
