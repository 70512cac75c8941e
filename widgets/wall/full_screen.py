"""One tile over the whole monitor that its wall is on."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QCloseEvent, QKeyEvent

from app.domain.changes import Changes
from app.domain.ids import TileIndex
from widgets.wall.viewed import ViewedWall

_ENTER = (Qt.Key.Key_Return, Qt.Key.Key_Enter)


class FullScreenWall(ViewedWall):
    """A wall that leaves its window for as long as one of its tiles has the monitor."""

    full_screen_changed = Signal(bool)
    """Whether a tile has the whole monitor now."""

    _full = False
    _kind = Qt.WindowType.Widget

    @property
    def full_screen(self) -> bool:
        """Say whether a tile has the whole monitor."""
        return self._full

    def show_full_screen(self, index: TileIndex) -> None:
        """Give a tile the whole monitor until all tiles are shown again; an empty one does not get it."""
        if self.tile(index).camera_id is None:
            return
        if index != self._board.expanded:
            self._show_alone(index)
        if self._full:
            return
        self._full = True
        monitor = self.screen()
        self._kind = self.windowFlags() & (Qt.WindowType.Window | Qt.WindowType.SubWindow)
        # A window in its own right, as Qt's own video widget does it: the layout keeps its place free.
        self.setWindowFlags(self.windowFlags() & ~Qt.WindowType.SubWindow | Qt.WindowType.Window)
        self.setGeometry(monitor.geometry())
        self.showFullScreen()
        self.activateWindow()
        self.setFocus(Qt.FocusReason.OtherFocusReason)
        self.full_screen_changed.emit(True)

    def leave_full_screen(self) -> None:
        """Go back into the window; without a tile in full screen nothing happens."""
        if not self._full:
            return
        self._full = False
        others = self.windowFlags() & ~(Qt.WindowType.Window | Qt.WindowType.SubWindow)
        self.setWindowFlags(others | self._kind)
        self.showNormal()
        self.window().activateWindow()
        self.setFocus(Qt.FocusReason.OtherFocusReason)
        self.full_screen_changed.emit(False)

    def on_changed(self, changes: Changes) -> None:
        """Take over what changed in the store; where that takes the tile away, go back into the window."""
        super().on_changed(changes)
        if self._board.expanded is None:
            self.leave_full_screen()

    def expand(self, index: TileIndex | None) -> None:
        """Show one tile alone or all of them; all of them are shown in the window."""
        super().expand(index)
        if index is None:
            self.leave_full_screen()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Shift+Enter gives the selected tile the monitor; F11, the windows' own key, takes it back."""
        index = self._marks.selected
        modifiers = event.modifiers() & ~Qt.KeyboardModifier.KeypadModifier
        shift_enter = event.key() in _ENTER and modifiers == Qt.KeyboardModifier.ShiftModifier
        if self._full and (shift_enter or event.key() == Qt.Key.Key_F11):
            self._show_alone(None)
        elif shift_enter and index is not None:
            self.show_full_screen(index)
        else:
            super().keyPressEvent(event)

    def closeEvent(self, event: QCloseEvent) -> None:
        """Closing the full screen closes no wall: it goes back into its window."""
        if self._full:
            event.ignore()
            self._show_alone(None)
        else:
            super().closeEvent(event)
