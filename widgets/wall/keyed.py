"""The wall under the keyboard: selection, what it says to assistive technology, and the keys' intents."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QFocusEvent, QKeyEvent, QPainter
from PySide6.QtWidgets import QWidget

from app.domain.changes import Changes
from app.domain.ids import CameraId, TileIndex, WallId
from app.domain.ports import Clock, FrameSource
from app.store.state import Store
from widgets.wall.canvas import StreamChoice, WallCanvas
from widgets.wall.geometry import neighbour
from widgets.wall.marks import Marks, paint_marks
from widgets.wall.tile import Tile

STEPS = {
    Qt.Key.Key_Left: (-1, 0),
    Qt.Key.Key_Right: (1, 0),
    Qt.Key.Key_Up: (0, -1),
    Qt.Key.Key_Down: (0, 1),
}
_PAST_KEYS = (Qt.Key.Key_B, Qt.Key.Key_L, Qt.Key.Key_C, Qt.Key.Key_K)
"""Back, live, catch this picture, keep this recording."""


class KeyedWall(WallCanvas):
    """A wall whose tiles are selected, swapped, closed and expanded with the keyboard."""

    place_requested = Signal(int, str)
    """`TileIndex`, `CameraId`: show that camera in that tile."""
    swap_requested = Signal(int, int)
    """Two `TileIndex`: exchange them."""
    close_requested = Signal(int)
    """`TileIndex`: empty it."""
    locate_requested = Signal(str)
    """`CameraId`: show it on the map."""
    pin_requested = Signal(str)
    """`CameraId`: pin it to the incident."""
    replay_requested = Signal(str, int)
    """`CameraId` and from how many seconds ago; 0: a step further back than now."""
    live_requested = Signal(str)
    """`CameraId`: end its replay."""
    picture_requested = Signal(object, float)
    """`StreamKey` and when the picture arrived that the operator sees: save it."""
    recording_requested = Signal(str)
    """`CameraId`: save its replay, or its last minute."""
    listen_requested = Signal(str)
    """`CameraId`: listen to it, or to nothing where it is listened to."""
    volume_requested = Signal(int)
    """Per cent."""
    tile_selected = Signal(object)
    """`TileIndex` or None."""
    tile_expanded = Signal(object)
    """`TileIndex` of the tile that now has the whole surface, None when all are shown again."""

    def __init__(
        self,
        store: Store,
        wall_id: WallId,
        frames: FrameSource,
        streams: StreamChoice,
        clock: Clock,
        parent: QWidget | None = None,
    ) -> None:
        self._marks = Marks()
        super().__init__(store, wall_id, frames, streams, clock, parent)
        self.setAccessibleName("Video wall")
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self._describe()

    # Selection and what it says

    @property
    def selected(self) -> TileIndex | None:
        """The selected tile."""
        return self._marks.selected

    def select(self, index: TileIndex | None) -> None:
        """Select a tile, or none."""
        if index == self._marks.selected:
            return
        self._mark("selected", index)
        self._describe()
        self.tile_selected.emit(index)

    def on_changed(self, changes: Changes) -> None:
        """Take over what changed in the store; marks on tiles that no longer exist go."""
        expanded = self._board.expanded
        super().on_changed(changes)
        if not (changes.all_reloaded or self.wall_id in changes.walls):
            return
        count = len(self._board.tiles)
        for mark in ("hovered", "drop_target", "swap_from"):
            if (index := getattr(self._marks, mark)) is not None and index >= count:
                self._mark(mark, None)
        if self._marks.selected is not None and self._marks.selected >= count:
            self.select(None)
        if self._board.expanded != expanded:
            self.tile_expanded.emit(self._board.expanded)
        self._describe()

    def _said(self, tile: Tile) -> None:
        super()._said(tile)
        if tile.index == self._marks.selected:
            self._describe()

    def _describe(self) -> None:
        """Tell assistive technology about the selected tile, without ages: it would never be silent."""
        grid = self._board.wall.grid
        words = f"{grid.name}, {len(grid.cells)} tiles"
        if (index := self._marks.selected) is not None and index < len(self._board.tiles):
            words = f"Tile {index + 1} of {len(grid.cells)}: {', '.join(self.tile(index).words())}"
        if words != self.accessibleDescription():
            self.setAccessibleDescription(words)

    def _mark(self, mark: str, index: TileIndex | None) -> None:
        before = getattr(self._marks, mark)
        setattr(self._marks, mark, index)
        for changed in (before, index):
            if changed is not None and changed < len(self._board.tiles):
                self.update(self.tile(changed).dirty_tile)

    def _paint_marks(self, painter: QPainter, tile: Tile) -> None:
        paint_marks(painter, tile, self._marks)

    # Keyboard

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Arrows select, with Ctrl they swap; Enter expands, Escape returns, Delete closes, 1 to 9 pick."""
        key, index = Qt.Key(event.key()), self._marks.selected
        if key == Qt.Key.Key_H and event.isAutoRepeat():
            # A key that is held down would begin and end listening many times a second.
            return
        modifiers = event.modifiers() & ~Qt.KeyboardModifier.KeypadModifier
        control = modifiers == Qt.KeyboardModifier.ControlModifier
        if key in STEPS and (control or modifiers == Qt.KeyboardModifier.NoModifier):
            self._step(*STEPS[key], swap=control)
        elif modifiers != Qt.KeyboardModifier.NoModifier:
            super().keyPressEvent(event)
        elif key == Qt.Key.Key_Escape and self._marks.swap_from is not None:
            self._mark("swap_from", None)
        elif key == Qt.Key.Key_Escape and self._board.expanded is not None:
            self._show_alone(None)
        elif Qt.Key.Key_1 <= key <= Qt.Key.Key_9 and key - Qt.Key.Key_1 < len(self._board.tiles):
            self.select(TileIndex(key - Qt.Key.Key_1))
        elif index is None or not self._act(key, index):
            super().keyPressEvent(event)

    def _act(self, key: Qt.Key, index: TileIndex) -> bool:
        """Do what the key means for the selected tile; say whether it means anything."""
        camera_id = self.tile(index).camera_id
        if key in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            if self._marks.swap_from is not None:
                self._swap_with(index)
            else:
                self._show_alone(index)
        elif camera_id is None:
            return False
        elif key == Qt.Key.Key_Delete:
            self.close_requested.emit(index)
        elif key == Qt.Key.Key_M:
            self.locate_requested.emit(camera_id)
        elif key == Qt.Key.Key_H:
            self.listen_requested.emit(camera_id)
        elif key == Qt.Key.Key_P:
            self.pin_requested.emit(camera_id)
        elif key in _PAST_KEYS:
            self._look_back(key, self.tile(index), camera_id)
        elif key == Qt.Key.Key_S and self._board.expanded is None:
            self._mark("swap_from", index)
        else:
            return False
        return True

    def _look_back(self, key: Qt.Key, tile: Tile, camera_id: CameraId) -> None:
        if key == Qt.Key.Key_B:
            self.replay_requested.emit(camera_id, 0)
        elif key == Qt.Key.Key_L:
            self.live_requested.emit(camera_id)
        elif key == Qt.Key.Key_K:
            self.recording_requested.emit(camera_id)
        elif tile.key is not None and tile.in_hand and tile.picture_at is not None:
            self.picture_requested.emit(tile.key, tile.picture_at)

    def _step(self, columns: int, rows: int, *, swap: bool) -> None:
        if self._marks.selected is None:
            self.select(TileIndex(0))
            return
        to = neighbour(self._board.wall.grid, self._marks.selected, columns, rows)
        if to is None:
            return
        if self._board.expanded is not None:
            if swap or self.tile(to).camera_id is None:
                return
            self.select(to)
            self._show_alone(to)
            return
        if swap:
            self.swap_requested.emit(self._marks.selected, to)
        self.select(to)

    def focusInEvent(self, event: QFocusEvent) -> None:
        """Show the focus on the selected tile; coming by Tab, select the first."""
        super().focusInEvent(event)
        self._marks.focused = True
        if self._marks.selected is None and event.reason() in (
            Qt.FocusReason.TabFocusReason,
            Qt.FocusReason.BacktabFocusReason,
            Qt.FocusReason.ShortcutFocusReason,
        ):
            self.select(TileIndex(0))
        self._mark("selected", self._marks.selected)

    def focusOutEvent(self, event: QFocusEvent) -> None:
        """Take the focus ring away."""
        super().focusOutEvent(event)
        self._marks.focused = False
        self._mark("selected", self._marks.selected)

    def _show_alone(self, index: TileIndex | None) -> None:
        if index is not None and (index == self._board.expanded or self.tile(index).camera_id is None):
            index = None
        if index != self._board.expanded:
            self._mark("swap_from", None)
            self.expand(index)
            self.tile_expanded.emit(index)

    def _swap_with(self, index: TileIndex) -> None:
        start = self._marks.swap_from
        self._mark("swap_from", None)
        if start is not None and start != index:
            self.swap_requested.emit(start, index)
