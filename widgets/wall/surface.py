"""The wall under the mouse: clicks, drags and drops on what wheel and keyboard do."""

from __future__ import annotations

import html

from PySide6.QtCore import QEvent, QPoint, Qt, Signal
from PySide6.QtGui import (
    QContextMenuEvent,
    QCursor,
    QDrag,
    QDragEnterEvent,
    QDragLeaveEvent,
    QDragMoveEvent,
    QDropEvent,
    QHelpEvent,
    QMouseEvent,
    QWheelEvent,
)
from PySide6.QtWidgets import QApplication, QSizePolicy, QToolTip, QWidget

from app.domain.ids import TileIndex, WallId
from app.domain.ports import Clock, FrameSource
from app.domain.tile_view import TileView
from app.store.state import Store
from widgets.wall.canvas import StreamChoice
from widgets.wall.full_screen import FullScreenWall
from widgets.wall.intents import Close, Intent, Place, Swap, drop_intent, drop_words
from widgets.wall.marks import close_rect
from widgets.wall.tile import Tile
from widgets.wall.tile_drag import EscapeWatch, TileOrigin, tile_mime
from widgets.wall.tile_menu import TileMenu

__all__ = ["StreamChoice", "WallSurface"]

DRAG_WIDTH_PX = 200
PULL_HINT = "Drag to move the picture; drag by the name, or with Shift, to move the tile"


class WallSurface(FullScreenWall):
    """One wall: cameras are dropped on it, tiles dragged within it, out of it and to other panes."""

    drag_ended = Signal()
    """A tile's drag is over, whatever came of it."""
    _intended = Signal(object)

    def __init__(
        self,
        store: Store,
        wall_id: WallId,
        frames: FrameSource,
        streams: StreamChoice,
        clock: Clock,
        parent: QWidget | None = None,
    ) -> None:
        self._pressed_at: QPoint | None = None
        self._closing: TileIndex | None = None
        self._pulling: tuple[Tile, QPoint] | None = None
        super().__init__(store, wall_id, frames, streams, clock, parent)
        self.setMouseTracking(True)
        self.setAcceptDrops(True)
        self.setMinimumSize(240, 135)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        # What a drop asks for must not run inside the drop: the drag's own event loop is on the stack.
        self._intended.connect(self._carry_out, Qt.ConnectionType.QueuedConnection)

    # Pointer

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Select the tile, choose it as the swap's other end, or press its close button."""
        point = event.position().toPoint()
        index = self._board.at(point)
        self._pressed_at = self._closing = self._pulling = None
        if event.button() == Qt.MouseButton.LeftButton and index is not None:
            if self._marks.swap_from is not None:
                self._swap_with(index)
            elif self._on_close_button(index, point):
                self._closing = index
                return
            elif self.tile(index).camera_id is not None:
                self._pressed_at = point
                if self._pulls(index, point, event.modifiers()):
                    self._pulling = (self.tile(index), point)
        if index is not None:
            self.select(index)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        """Show the close button under the pointer; once a pressed tile is pulled, move it or its picture."""
        point = event.position().toPoint()
        if self._pulling is not None and self._pressed_at is None:
            self._pull_to(*self._pulling, point)
            return
        if self._pressed_at is not None and event.buttons() & Qt.MouseButton.LeftButton:
            pulled = (point - self._pressed_at).manhattanLength()
            if pulled >= QApplication.startDragDistance():
                start, self._pressed_at = self._board.at(self._pressed_at), None
                if self._pulling is not None:
                    self._pulling = (self._pulling[0], point)
                    self.setCursor(Qt.CursorShape.ClosedHandCursor)
                elif start is not None:
                    self._drag(start)
            return
        self._hover(self._board.at(point), point)

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        """Let a pulled picture go; close the tile whose close button was pressed, if the pointer is on it."""
        point = event.position().toPoint()
        closing, self._closing, self._pressed_at, self._pulling = self._closing, None, None, None
        self._hover(self._board.at(point), point)
        if closing is not None and self._board.at(point) == closing and self._on_close_button(closing, point):
            self.close_requested.emit(closing)

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        """Show the tile alone, or all tiles again."""
        point = event.position().toPoint()
        index = self._board.at(point)
        if event.button() != Qt.MouseButton.LeftButton or index is None:
            return
        if self._on_close_button(index, point):
            self._closing = index
        else:
            self._show_alone(index)

    def wheelEvent(self, event: QWheelEvent) -> None:
        """Zoom, and show at once what a drag would do now."""
        super().wheelEvent(event)
        point = event.position().toPoint()
        self._hover(self._board.at(point), point)

    def leaveEvent(self, event: QEvent) -> None:
        """Take the close button away."""
        super().leaveEvent(event)
        self._hover(None, QPoint(-1, -1))

    def _on_close_button(self, index: TileIndex, point: QPoint) -> bool:
        tile = self.tile(index)
        return tile.camera_id is not None and close_rect(tile).contains(point)

    def _hover(self, index: TileIndex | None, point: QPoint) -> None:
        hot = index is not None and self._on_close_button(index, point)
        if index != self._marks.hovered or hot != self._marks.close_hot:
            self._marks.close_hot = hot
            self._mark("hovered", index)
        pulls = index is not None and not hot and self._pulls(index, point, Qt.KeyboardModifier.NoModifier)
        shape = Qt.CursorShape.OpenHandCursor if pulls else Qt.CursorShape.ArrowCursor
        if self.cursor().shape() is not shape:
            self.setCursor(shape)

    def _pull_to(self, tile: Tile, start: QPoint, point: QPoint) -> None:
        """Move the picture with the hand, unless its tile has gone from the wall meanwhile."""
        if tile not in self._board.tiles:
            self._pulling = None
            return
        self._pulling = (tile, point)
        self.pull(tile, point.x() - start.x(), point.y() - start.y())

    def contextMenuEvent(self, event: QContextMenuEvent) -> None:
        """Offer what can be done with the tile."""
        index = self._marks.selected
        place = event.globalPos()
        if event.reason() != QContextMenuEvent.Reason.Keyboard:
            index = self._board.at(event.pos())
        elif index is not None:
            place = self.mapToGlobal(self.tile(index).dirty_tile.center())
        if index is None or self.tile(index).camera_id is None:
            return
        self.select(index)
        menu = TileMenu(self.tile(index), expanded=self._board.expanded is not None, parent=self)
        menu.chosen.connect(self._on_menu_chosen)
        menu.replay_chosen.connect(self._on_replay_chosen)
        menu.volume_chosen.connect(self.volume_requested)
        menu.view_chosen.connect(self._on_view_chosen)
        menu.full_screen_chosen.connect(self._on_full_screen_chosen)
        menu.popup(place)

    def _on_replay_chosen(self, ago_s: int) -> None:
        index = self._marks.selected
        if index is not None and (camera_id := self.tile(index).camera_id) is not None:
            self.replay_requested.emit(camera_id, ago_s)

    def _on_menu_chosen(self, key: Qt.Key) -> None:
        if self._marks.selected is not None:
            self._act(key, self._marks.selected)

    def _on_full_screen_chosen(self) -> None:
        if self._marks.selected is not None:
            self.show_full_screen(self._marks.selected)

    def _on_view_chosen(self, view: TileView) -> None:
        if self._marks.selected is not None:
            self.view_requested.emit(self._marks.selected, view)

    def event(self, event: QEvent) -> bool:
        """Show a tile's full words as a tool tip: on a small tile the name is cut."""
        if isinstance(event, QHelpEvent) and event.type() == QEvent.Type.ToolTip:
            index = self._board.at(event.pos())
            if index is None or self.tile(index).camera_id is None:
                QToolTip.hideText()
            else:
                words = self.tile(index).words()
                if self.tile(index).zoom.on:
                    words.append(PULL_HINT)
                lines = "<br>".join(html.escape(line) for line in words)
                QToolTip.showText(event.globalPos(), f"<p>{lines}</p>", self, self.tile(index).dirty_tile)
            return True
        return super().event(event)

    # Drags from here

    def _drag(self, index: TileIndex) -> None:
        """Drag a tile; ends when the operator lets go. Runs inside a mouse event, never in a coroutine."""
        camera_id = self.tile(index).camera_id
        if camera_id is None:
            return
        drag = QDrag(self)
        drag.setMimeData(tile_mime(TileOrigin(self.wall_id, index), camera_id))
        picture = self.grab(self.tile(index).dirty_tile)
        drag.setPixmap(picture.scaledToWidth(DRAG_WIDTH_PX, Qt.TransformationMode.SmoothTransformation))
        drag.setHotSpot(QPoint(DRAG_WIDTH_PX // 2, 12))
        with EscapeWatch() as watch:
            taken = drag.exec(Qt.DropAction.CopyAction)
        outside = not self.rect().contains(self.mapFromGlobal(QCursor.pos()))
        if taken == Qt.DropAction.IgnoreAction and outside and not watch.escaped:
            self._intended.emit(Close(index, camera_id))
        self.drag_ended.emit()

    # Drops here

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:
        """Take an interest in cameras and in nothing else."""
        if any(drop_intent(event.mimeData(), t.index, self.wall, self._store) for t in self._board.shown()):
            event.acceptProposedAction()
        else:
            event.ignore()

    def dragMoveEvent(self, event: QDragMoveEvent) -> None:
        """Show the tile that would take the drop, and what would happen there."""
        intent = self._intent_of(event)
        self._show_target(intent)
        if intent is None:
            event.ignore()
        else:
            event.acceptProposedAction()

    def dragLeaveEvent(self, event: QDragLeaveEvent) -> None:
        """Take the highlight away."""
        self._show_target(None)
        event.accept()

    def dropEvent(self, event: QDropEvent) -> None:
        """Accept the drop; what it asks for is carried out once the drag is over."""
        intent = self._intent_of(event)
        self._show_target(None)
        if intent is None:
            event.ignore()
        else:
            event.acceptProposedAction()
            self._intended.emit(intent)

    def _intent_of(self, event: QDropEvent) -> Intent | None:
        index = self._board.at(event.position().toPoint())
        return drop_intent(event.mimeData(), index, self.wall, self._store)

    def _show_target(self, intent: Intent | None) -> None:
        target = intent.b if isinstance(intent, Swap) else intent.tile if isinstance(intent, Place) else None
        if target != self._marks.drop_target:
            self._marks.drop_words = drop_words(intent, self.wall)
            self._mark("drop_target", target)

    def _carry_out(self, intent: Intent) -> None:
        """Emit the intent, unless the wall was rearranged while it waited."""
        count = len(self._board.tiles)
        match intent:
            case Place(tile, camera_id) if tile < count:
                self.place_requested.emit(tile, camera_id)
                self.select(tile)
            case Swap(a, b) if max(a, b) < count:
                self.swap_requested.emit(a, b)
                self.select(b)
            case Close(tile, camera_id) if self.wall.camera_at(tile) == camera_id:
                self.close_requested.emit(tile)
