"""Notices that nobody touches the desk: no key, no mouse, no touch, for a time.

The windows that have or had the focus are watched, not the application: a filter on the application sees
every event of every object, also of the web engine's, and a Python object made for one of those in its last
moment brings the program down.
"""

from __future__ import annotations

from PySide6.QtCore import QEvent, QObject, QTimer, Signal
from PySide6.QtGui import QGuiApplication, QWindow

INPUT = frozenset(
    {
        QEvent.Type.KeyPress,
        QEvent.Type.MouseButtonPress,
        QEvent.Type.MouseMove,
        QEvent.Type.Wheel,
        QEvent.Type.TouchBegin,
        QEvent.Type.TabletPress,
    }
)


class IdleWatch(QObject):
    """Emits `idle` once after so long without input; the next input begins anew."""

    idle = Signal()

    def __init__(self, after_s: float, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._timer = QTimer(self, singleShot=True, interval=int(after_s * 1000))
        self._timer.timeout.connect(self.idle)
        application = QGuiApplication.instance()
        assert isinstance(application, QGuiApplication)
        self._application = application
        application.focusWindowChanged.connect(self._on_focus_window_changed)
        self._on_focus_window_changed(QGuiApplication.focusWindow())
        self._timer.start()

    def begin(self) -> None:
        """Count from now on: somebody is there."""
        self._timer.start()

    def stop(self) -> None:
        """Watch no more."""
        self._timer.stop()
        self._application.focusWindowChanged.disconnect(self._on_focus_window_changed)

    def eventFilter(self, _watched: QObject, event: QEvent) -> bool:
        """Begin anew with each input."""
        if event.type() in INPUT:
            self._timer.start()
        return False

    def _on_focus_window_changed(self, window: QWindow | None) -> None:
        if window is not None:
            # Qt moves a filter that is there already to the front and calls it once.
            window.installEventFilter(self)
            self._timer.start()
