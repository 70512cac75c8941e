"""A wall with its grid chooser, and the window that shows one on another monitor."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QObject, Qt, Signal
from PySide6.QtGui import QCloseEvent, QKeySequence, QShortcut
from PySide6.QtWidgets import QToolTip, QVBoxLayout, QWidget

from app.domain.changes import Changes
from app.domain.ids import CameraId, TileIndex, WallId
from app.domain.picture_size import PictureSize
from app.domain.tile_view import TileView
from app.domain.wall import Grid
from layouts.listening import ListeningWishes
from layouts.looking_back import LookingBack
from layouts.parts import Parts
from resources import theme
from widgets.plain_label import plain_label
from widgets.wall.grid_bar import GridBar
from widgets.wall.surface import WallSurface

LIT_WORDS = "Locked. This wall stays lit by the administrator's setting."
_INPUT = frozenset(
    {
        QEvent.Type.ToolTip,
        QEvent.Type.WhatsThis,
        QEvent.Type.ContextMenu,
        QEvent.Type.Wheel,
        QEvent.Type.KeyPress,
        QEvent.Type.ShortcutOverride,
        QEvent.Type.MouseButtonPress,
        QEvent.Type.MouseButtonDblClick,
        QEvent.Type.MouseMove,
        QEvent.Type.DragEnter,
        QEvent.Type.DragMove,
        QEvent.Type.Drop,
    }
)
"""What a wall that stays lit takes no notice of. Qt tells disabled widgets of some of it all the same."""


class WallPane(QWidget):
    """One wall: the grid bar above, the tiles below, both wired to the wall's service."""

    locate_requested = Signal(str)
    pin_requested = Signal(str)

    def __init__(self, parts: Parts, wall_id: WallId, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._parts = parts
        self._released = False
        self._lit = False
        self.wall_id = wall_id
        parts.walls.ensure(wall_id)
        self.grid_bar = GridBar()
        self.surface = WallSurface(parts.store, wall_id, parts.frames, parts.replays, parts.clock)
        self._build()
        self._connect()
        self._render_grid()

    @property
    def released(self) -> bool:
        """Whether this wall has given up its streams."""
        return self._released

    def cameras(self) -> frozenset[CameraId]:
        """Return the cameras in the grid now."""
        return frozenset(c for c in self._parts.walls.wall(self.wall_id).shown() if c is not None)

    @property
    def lit(self) -> bool:
        """Whether this wall is shown at a locked desk, and takes no input."""
        return self._lit

    def set_lit(self, lit: bool) -> None:
        """Show this wall at a locked desk, without its bar and without taking any input; or as ever."""
        if lit == self._lit:
            return
        self._lit = lit
        if lit:
            self.surface.leave_full_screen()
            self.surface.unsetCursor()
            QToolTip.hideText()
            self.surface.installEventFilter(self)
        else:
            self.surface.removeEventFilter(self)
        self.surface.setAcceptDrops(not lit)
        self.grid_bar.setVisible(not lit)
        self.band.setVisible(lit)
        self.surface.setEnabled(not lit)
        self.surface.update()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Keep all input from a wall that stays lit."""
        return self._lit and watched is self.surface and event.type() in _INPUT

    def release(self) -> None:
        """Give up this wall's streams: it is no longer on screen. Once is enough, more does nothing."""
        if self._released:
            return
        self._released = True
        self.surface.leave_full_screen()
        self._parts.bridge.changed.disconnect(self._on_changed)
        # The hiding that follows must keep no camera for a return.
        self.surface.demand_changed.disconnect(self._on_demand_changed)
        self._on_demand_changed({})

    def _build(self) -> None:
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        self.band = plain_label(LIT_WORDS, tone="warn", scale="small")
        self.band.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self.band.setMinimumHeight(theme.ROW)
        self.band.hide()
        column.addWidget(self.grid_bar)
        column.addWidget(self.band)
        column.addWidget(self.surface, 1)

    def _connect(self) -> None:
        self.grid_bar.grid_requested.connect(self._on_grid_requested)
        self.surface.place_requested.connect(self._on_place_requested)
        self.surface.swap_requested.connect(self._on_swap_requested)
        self.surface.close_requested.connect(self._on_close_requested)
        self.surface.view_requested.connect(self._on_view_requested)
        self.surface.demand_changed.connect(self._on_demand_changed)
        self.surface.locate_requested.connect(self.locate_requested)
        self._looking_back = LookingBack(self._parts, self.surface)
        self._listening = ListeningWishes(self._parts, self.surface)
        self.surface.pin_requested.connect(self.pin_requested)
        self._parts.bridge.changed.connect(self._on_changed)

    def _on_changed(self, changes: Changes) -> None:
        self.surface.on_changed(changes)
        if self.wall_id in changes.walls:
            self._render_grid()

    def _render_grid(self) -> None:
        self.grid_bar.set_grid(self._parts.walls.wall(self.wall_id).grid)

    def _on_grid_requested(self, grid: Grid) -> None:
        self._parts.walls.choose_grid(self.wall_id, grid)

    def _on_place_requested(self, tile: int, camera_id: str) -> None:
        self._parts.walls.place(self.wall_id, TileIndex(tile), CameraId(camera_id))

    def _on_swap_requested(self, a: int, b: int) -> None:
        self._parts.walls.swap(self.wall_id, TileIndex(a), TileIndex(b))

    def _on_view_requested(self, tile: int, view: TileView) -> None:
        self._parts.walls.choose_view(self.wall_id, TileIndex(tile), view)

    def _on_close_requested(self, tile: int) -> None:
        self._parts.walls.close(self.wall_id, TileIndex(tile))

    def _on_demand_changed(self, sizes: dict[CameraId, PictureSize]) -> None:
        self._parts.streams.demand(self.wall_id, sizes)
        self._parts.replays.fit()


class WallWindow(QWidget):
    """A wall of its own, for another monitor."""

    closed = Signal(object)
    """This window, once it has given up its streams."""

    def __init__(self, parts: Parts, wall_id: WallId) -> None:
        super().__init__(None)
        self.pane = WallPane(parts, wall_id)
        self.setWindowTitle(f"Watchfloor – {wall_id.replace('-', ' ')}")
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.addWidget(self.pane)
        self.resize(1280, 760)
        self._full = QShortcut(QKeySequence(Qt.Key.Key_F11), self)
        self._full.activated.connect(self._on_full_screen)

    def set_lit(self, lit: bool) -> None:
        """Show this window's wall at a locked desk; or as ever."""
        self._full.setEnabled(not lit)
        self.pane.set_lit(lit)

    def _on_full_screen(self) -> None:
        self.setWindowState(self.windowState() ^ Qt.WindowState.WindowFullScreen)

    def closeEvent(self, event: QCloseEvent) -> None:
        """Give up the streams with the window; a window that has closed already says so no more."""
        if self.pane.lit and event.spontaneous():
            # By somebody at a locked desk, whose wall would be dark until it is unlocked.
            event.ignore()
            return
        event.accept()
        if not self.pane.released:
            self.pane.release()
            self.closed.emit(self)
