"""The painting half of the wall: one widget, one tick, and only tiles that changed are painted.

A tick compares numbers and asks Qt to repaint rectangles; words are pixmaps made when they change. A
signal per frame, which is what makes viewers stall, does not exist here.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from typing import Protocol, cast

from PySide6.QtCore import QPointF, QRect, QRectF, Qt, QTimer, Signal
from PySide6.QtGui import (
    QColor,
    QGuiApplication,
    QHideEvent,
    QPainter,
    QPaintEvent,
    QRegion,
    QResizeEvent,
    QShowEvent,
)
from PySide6.QtWidgets import QWidget

from app.domain.camera import StreamKey
from app.domain.changes import Changes
from app.domain.ids import CameraId, TileIndex, WallId
from app.domain.picture_size import HIDDEN, PictureSize
from app.domain.ports import Clock, Frame, FrameSource
from app.domain.stream_state import StreamState
from app.domain.wall import Wall, grid_named
from app.store.state import Store
from resources import theme
from widgets.wall import pictures
from widgets.wall.board import Board
from widgets.wall.counters import PaintCounter, PaintLog
from widgets.wall.honesty import absence
from widgets.wall.tile import Tile, logical
from widgets.wall.watermark import Watermarks

TICK_MS = 33
"""Between two looks for new pictures: each costs a wake-up and a flush to the screen, and adds half of this
to a picture's age."""
SETTLE_MS = 150
"""How long a resize or a new aspect must rest before the streams hear of the pictures' new sizes."""
KEPT_BEHIND_MS = 20_000
"""How long the other tiles' cameras are kept open after one tile was expanded: most looks are short."""
KEPT_HIDDEN_MS = 60_000
"""How long a hidden wall's cameras are kept open for a quick return."""
FIRST_GRID = "3×3"

_VOID = QColor(theme.VOID)
_GROUND = QColor(theme.RAISED)


class StreamChoice(Protocol):
    """Says which of a camera's streams to paint; it changes only once the new one has a picture."""

    def key_for(self, camera_id: CameraId) -> StreamKey | None:
        """Return the stream to paint now, None while none is open."""
        ...

    def live_beside(self, camera_id: CameraId) -> StreamKey | None:
        """Return the live stream to show in the corner of a replay, None while none is open."""
        ...

    def watermark_of(self, camera_id: CameraId) -> str:
        """Return what the camera's pictures are marked with, empty where that is nothing."""
        ...

    def is_lit(self, camera_id: CameraId) -> bool:
        """Say whether a camera's picture may be seen now: at a locked desk only where its look goes on."""
        ...


class WallCanvas(QWidget):
    """Paints a wall's tiles from the decoders' memory and says of each how true it is."""

    demand_changed = Signal(object)
    """``dict[CameraId, PictureSize]``: every camera to keep open and how large its picture is shown, where it
    is largest; `HIDDEN` for those that cannot be seen now and may be again in a moment."""

    def __init__(
        self,
        store: Store,
        wall_id: WallId,
        frames: FrameSource,
        streams: StreamChoice,
        clock: Clock,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self.wall_id = wall_id
        self._store = store
        self._frames = frames
        self._streams = streams
        self._clock = clock
        self._watermarks = Watermarks(clock)
        self._board = Board(self.wall)
        self._logs: defaultdict[CameraId, PaintLog] = defaultdict(PaintLog)
        self._demand: dict[CameraId, PictureSize] = {}
        self._seen = False
        self.setAttribute(Qt.WidgetAttribute.WA_OpaquePaintEvent)
        if QGuiApplication.platformName() == "xcb":
            # A web view in the same window makes Qt put the whole window together anew, by OpenGL, at every
            # paint of ours: 88 % of a core without a GPU. A native window of our own is flushed alone: 12 %.
            self.setAttribute(Qt.WidgetAttribute.WA_DontCreateNativeAncestors)
            self.setAttribute(Qt.WidgetAttribute.WA_NativeWindow)
        self._tick = QTimer(self, interval=TICK_MS, timerType=Qt.TimerType.PreciseTimer)
        self._tick.timeout.connect(self._on_tick)
        self._settle = QTimer(self, interval=SETTLE_MS, singleShot=True)
        self._settle.timeout.connect(self._tell_demand)
        self._behind = QTimer(self, singleShot=True)
        self._behind.timeout.connect(self._tell_demand)
        self._rebuild()

    @property
    def wall(self) -> Wall:
        """The wall as the store has it, an empty one before anybody arranged it."""
        return self._store.walls.get(self.wall_id) or Wall(self.wall_id, grid_named(FIRST_GRID))

    @property
    def demand(self) -> dict[CameraId, PictureSize]:
        """What `demand_changed` told last."""
        return dict(self._demand)

    def painted(self, camera_id: CameraId) -> PaintCounter:
        """Return what was painted of a camera since this surface exists."""
        log = self._logs.get(camera_id)
        return log.counter() if log else PaintCounter()

    def painted_fps(self, camera_id: CameraId) -> float:
        """Return a camera's new pictures per second over the last seconds."""
        log = self._logs.get(camera_id)
        return log.fps(self._clock.monotonic()) if log else 0.0

    def tile(self, index: TileIndex) -> Tile:
        """Return a tile, for reports and tests.

        Raises:
            IndexError: the grid has no such tile.
        """
        return self._board.tiles[index]

    def expand(self, index: TileIndex | None) -> None:
        """Show one tile over the whole surface, or with None all of them again."""
        if index == self._board.expanded:
            return
        self._board.expanded = index
        if index is None:
            self._behind.stop()
        else:
            self._behind.start(KEPT_BEHIND_MS)
        self._lay_out()
        self._tell_demand()

    # Following the store

    def on_changed(self, changes: Changes) -> None:
        """Take over what changed in the store."""
        if changes.all_reloaded or self.wall_id in changes.walls:
            self._rebuild()
            return
        now = self._clock.monotonic()
        if changes.session or (self._store.shut and changes.streams):
            # A lock hides tiles, or all of them.
            self.update()
        for tile in self._board.tiles:
            if changes.session:
                # What a tile says of a camera that is not there depends on who sits here.
                self._judge(tile, now)
            if tile.camera_id in changes.cameras:
                tile.set_camera(self._store.cameras.get(tile.camera_id))
                self._judge(tile, now)
                self.update(tile.dirty_tile)
            if changes.heard and tile.set_heard(self._store.heard):
                self._said(tile)
            if tile.key in changes.streams:
                tile.set_status(self._store.streams.get(tile.key), now)
                self._judge(tile, now)

    def _rebuild(self) -> None:
        self._board.take(self.wall)
        now = self._clock.monotonic()
        for tile in self._board.tiles:
            if tile.camera_id is not None:
                tile.set_camera(self._store.cameras.get(tile.camera_id))
                tile.set_heard(self._store.heard)
                self._rekey(tile, self._streams.key_for(tile.camera_id), now)
        self._lay_out()
        self._tell_demand()

    def _rekey(self, tile: Tile, key: StreamKey | None, now: float) -> None:
        if key != tile.key:
            tile.set_key(key)
        tile.set_status(self._store.streams.get(key) if key else None, now)
        self._fetch(tile, now)

    def _fetch(self, tile: Tile, now: float) -> Frame | None:
        """Get the newest picture and let the tile say what that means; repaint it where that changed."""
        frame = self._frames.newest(tile.key) if tile.key else None
        absent = absence(self._store.session, bool(self._store.cameras))
        if frame is None:
            changed = tile.lose_picture(now, absent)
        else:
            changed = tile.take_picture(frame.arrived_at, now, absent, frame.behind_s)
            if tile.set_aspect(frame.aspect):
                self._settle.start()
                changed = True
        if changed:
            self._said(tile)
        return frame

    def _judge(self, tile: Tile, now: float) -> None:
        if tile.judge(now, absence(self._store.session, bool(self._store.cameras))):
            self._said(tile)

    def _said(self, tile: Tile) -> None:
        """Paint the tile that now says something else."""
        self.update(tile.dirty_tile)

    # Layout and demand

    def _lay_out(self) -> None:
        ratio = self.devicePixelRatioF()
        self._board.lay_out(int(self.width() * ratio), int(self.height() * ratio), ratio)
        self._pause_all_but({tile.camera_id for tile in self._board.shown()})
        self.update()

    def _tell_demand(self) -> None:
        kept = self._behind.isActive()
        sizes = self._board.sizes(keep_behind=kept)
        if not self._seen:
            sizes = dict.fromkeys(sizes, HIDDEN) if kept else {}
        if sizes != self._demand:
            self._demand = sizes
            self.demand_changed.emit(dict(sizes))

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Lay the tiles out anew; the streams hear of it once the size has settled."""
        super().resizeEvent(event)
        self._lay_out()
        self._settle.start()

    def showEvent(self, event: QShowEvent) -> None:
        """Start painting and ask for the streams."""
        super().showEvent(event)
        self._seen = True
        if self._board.expanded is None:
            self._behind.stop()
        else:
            # Also on the way into full screen, which hides the wall for a moment.
            self._behind.start(KEPT_BEHIND_MS)
        self._tick.start()
        self._tell_demand()

    def hideEvent(self, event: QHideEvent) -> None:
        """Stop painting and let the streams rest, then go: hidden, minimised or on a tab behind."""
        super().hideEvent(event)
        if self._seen:
            self._behind.start(KEPT_HIDDEN_MS)
        self._seen = False
        self._tick.stop()
        self._pause_all_but(set())
        self._tell_demand()

    # The tick

    def _on_tick(self) -> None:
        now = self._clock.monotonic()
        newest = self._frames.newest_number
        key_for = self._streams.key_for
        for tile in self._board.shown():
            if tile.camera_id is None:
                continue
            key = key_for(tile.camera_id)
            if key is not tile.key and key != tile.key:
                self._rekey(tile, key, now)
                self.update(tile.dirty_tile)
            if key is not None:
                number = newest(key)
                if number not in (0, tile.seen):
                    tile.seen = number
                    if not tile.runs:
                        # This picture may make the tile live again: judge before painting it.
                        self._fetch(tile, now)
                    self.update(tile.dirty_video)
            if now >= tile.until:
                self._judge(tile, now)
            if tile.plays_past:
                self._watch_inset(tile, tile.camera_id, now)

    def _watch_inset(self, tile: Tile, camera_id: CameraId, now: float) -> None:
        live = self._streams.live_beside(camera_id)
        number = self._frames.newest_number(live) if live is not None else 0
        if number != tile.inset.seen or now >= tile.inset.until:
            tile.inset.seen = number
            self.update(logical(tile.inset.area(tile.rect, tile.scale), tile.scale.ratio))

    # Painting

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint the tiles that the event's region touches, and the gaps where it has any."""
        painter = QPainter(self)
        ratio = self.devicePixelRatioF()
        if ratio != self._board.ratio:
            # The window has come to a screen of another scale factor. Qt tells of it by an event, but a
            # method that sees every event costs more than this question at a paint.
            self._lay_out()
            self._settle.start()
        if ratio != 1.0:
            _align(painter, ratio)
        region = event.region()
        gaps = region.subtracted(self._board.covered)
        if not gaps.isEmpty():
            _paint_gaps(painter, gaps, ratio)
        now = self._clock.monotonic()
        for tile in self._board.shown():
            if region.intersects(tile.dirty_tile):
                # Where a region holds several tiles, Qt's quick blits need a clip of one rectangle.
                painter.setClipRect(tile.rect)
                self._paint_tile(painter, tile, now)
        painter.end()

    def _paint_tile(self, painter: QPainter, tile: Tile, now: float) -> None:
        tile.paints += 1
        shut = self._store.shut
        if tile.camera_id is None or not self._streams.is_lit(tile.camera_id):
            painter.fillRect(tile.rect, _VOID)
            if shut:
                # At a locked desk such a tile is as if it were empty: not even its name is seen.
                return
        else:
            self._paint_picture(painter, tile, self._logs[tile.camera_id], now)
            words = self._streams.watermark_of(tile.camera_id)
            if words and tile.saying.shows_picture:
                painter.drawPixmap(tile.rect.topLeft(), self._watermarks.over(words, tile.rect.size()))
        for at, pixmap in tile.labels():
            painter.drawPixmap(at, pixmap)
        if not shut:
            self._paint_marks(painter, tile)

    def _paint_picture(self, painter: QPainter, tile: Tile, log: PaintLog, now: float) -> None:
        frame = self._fetch(tile, now)
        key, saying = tile.key, tile.saying
        if not saying.shows_picture:
            log.pause()
            painter.fillRect(tile.rect, _VOID)
            return
        for bar in tile.bars:
            painter.fillRect(bar, _VOID)
        if saying.stale or frame is None or key is None:
            log.pause()
            _paint_grey(painter, tile, log, frame)
        elif pictures.draw(painter, frame, tile.video):
            log.painted(key, frame.number, now)
        else:
            log.torn += 1
            tile.seen = -1
        if tile.plays_past and tile.camera_id is not None:
            live = self._streams.live_beside(tile.camera_id)
            beside = self._frames.newest(live) if live is not None else None
            tile.inset.paint(
                painter, beside, tile.rect, tile.scale, view=tile.view, limit_s=tile.live_limit_s, now=now
            )

    def _pause_all_but(self, painted: set[CameraId | None]) -> None:
        for camera_id, log in self._logs.items():
            if camera_id not in painted:
                log.pause()

    def _paint_marks(self, painter: QPainter, tile: Tile) -> None:
        """Draw selection, hover and drop marks; the surface that takes input knows them."""


def _align(painter: QPainter, ratio: float) -> None:
    """Let the painter count device pixels, from a whole one on."""
    painter.scale(1 / ratio, 1 / ratio)
    origin = painter.deviceTransform().map(QPointF(0, 0))
    painter.translate(round(origin.x()) - origin.x(), round(origin.y()) - origin.y())


def _paint_gaps(painter: QPainter, gaps: QRegion, ratio: float) -> None:
    for gap in cast(Iterable[QRect], gaps):
        painter.fillRect(
            QRectF(gap.x() * ratio, gap.y() * ratio, gap.width() * ratio, gap.height() * ratio), _GROUND
        )


def _paint_grey(painter: QPainter, tile: Tile, log: PaintLog, frame: Frame | None) -> None:
    stands = tile.saying.state is not StreamState.DELAYED
    if frame is not None and not tile.last.take(frame, tile.video, stands=stands):
        log.torn += 1
        tile.seen = -1
    if not tile.last.paint(painter, tile.video):
        painter.fillRect(tile.rect, _VOID)
