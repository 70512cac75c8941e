"""One tile's state between paints: which stream, which picture, what it says, and its drawn words."""

from __future__ import annotations

from math import inf

from PySide6.QtCore import QPointF, QRect

from app.domain.camera import Camera, StreamKey
from app.domain.ids import CameraId, TileIndex
from app.domain.picture_size import PictureSize
from app.domain.sound import Heard
from app.domain.stream_state import StreamState, StreamStatus
from app.domain.tile_view import PLAIN, AspectMode, TileView
from widgets.wall import lens
from widgets.wall.geometry import fit
from widgets.wall.honesty import LIMITS, Saying, judge_replay, judge_tile, live_until, promised_interval_s
from widgets.wall.inset import Inset
from widgets.wall.labels import Scale
from widgets.wall.lens import NO_ZOOM, Reach, Zoom
from widgets.wall.pictures import Place
from widgets.wall.sound_labels import sound_words
from widgets.wall.stale import StalePicture
from widgets.wall.tile_labels import Placed, TileLabels
from widgets.wall.view_labels import Looking, view_words

FIRST_ASPECT = 16 / 9


class Tile:
    """A place on the wall and, while a camera is in it, all that is needed to paint it. Device pixels."""

    def __init__(self, camera_id: CameraId | None) -> None:
        self.index = TileIndex(0)
        self.camera_id = camera_id
        self.camera: Camera | None = None
        self.key: StreamKey | None = None
        self.status: StreamStatus | None = None
        self.status_at = 0.0
        self.rect = QRect()
        self.video = Place.at(QRect())
        self.bars: tuple[QRect, ...] = ()
        self.dirty_tile = QRect()
        self.dirty_video = QRect()
        self.scale = Scale(0, 0, 1.0)
        self.aspect = FIRST_ASPECT
        self.view = PLAIN
        self.zoom = NO_ZOOM
        self.reach = Reach(1.0, 1.0)
        self.seen = 0
        self.picture_at: float | None = None
        self.behind_s = 0.0
        self.in_hand = False
        self.live_limit_s = LIMITS.live_s
        self.saying = Saying(StreamState.CONNECTING)
        self.until = -inf
        self.last = StalePicture()
        self.heard: Heard | None = None
        self.paints = 0
        self.inset = Inset()
        self._drawn = TileLabels()
        self._labels: list[Placed] | None = None

    def set_camera(self, camera: Camera | None) -> None:
        """Take the directory's entry, None while it has none."""
        if camera != self.camera:
            self.camera = camera
            self._labels = None
        self._follow_interval()

    def set_key(self, key: StreamKey | None) -> None:
        """Paint that stream from now on; numbers of two streams have nothing to do with each other."""
        self.key = key
        self.seen = -1
        self.last.forget_number()
        self.until = -inf
        self._follow_interval()

    def set_status(self, status: StreamStatus | None, now: float) -> None:
        """Take the stream's own report."""
        if status != self.status:
            self.status = status
            self.status_at = now
            if status is None or status.age_s is None:
                # No stream knows of the picture: what is remembered may be what its masks hide by now.
                self.last, self.in_hand = StalePicture(), False
        self.until = -inf

    def set_heard(self, heard: Heard | None) -> bool:
        """Take what is listened to; say whether that is another thing of this tile's camera than before."""
        mine = heard if heard is not None and heard.camera_id == self.camera_id else None
        if mine == self.heard:
            return False
        self.heard, self._labels = mine, None
        return True

    def _follow_interval(self) -> None:
        if self.camera is not None and self.key is not None:
            self.live_limit_s = LIMITS.live_limit_s(promised_interval_s(self.camera, self.key))

    def place(self, rect: QRect, ratio: float) -> None:
        """Lie at ``rect``, at ``ratio`` device pixels per device-independent pixel."""
        self.rect = QRect(rect)
        self.scale = Scale(rect.width() / ratio, rect.height() / ratio, ratio)
        self._labels = None
        self.dirty_tile = logical(rect, ratio)
        self._fit()

    def set_aspect(self, aspect: float) -> bool:
        """Fit pictures of that width over height; say whether that moved the picture."""
        if aspect == self.aspect:
            return False
        self.aspect = aspect
        return self._fit()

    def set_view(self, view: TileView) -> None:
        """Show the picture that way."""
        if view != self.view:
            self.view = view
            self._fit()

    def set_zoom(self, zoom: Zoom) -> bool:
        """Look that near; say whether that changed anything."""
        if zoom == self.zoom:
            return False
        self.zoom = zoom
        return self._fit()

    def _fit(self) -> bool:
        rect = self._area_in(self.rect)
        self.reach = _reach_in(rect, self.aspect, self.view)
        video = Place.at(rect, lens.window(self.zoom.seen(self.reach), self.view))
        moved = video != self.video
        self.video = video
        self.dirty_video = logical(rect, self.scale.ratio)
        self.bars = bars(self.rect, rect)
        if moved:
            self._labels = None
        return moved

    def _area_in(self, rect: QRect) -> QRect:
        if self.view.mode is not AspectMode.FIT:
            return QRect(rect)
        return fit(lens.seen_aspect(self.aspect, self.view), rect)

    def size_in(self, rect: QRect, zoom: Zoom | None = None) -> PictureSize:
        """Return how large a picture the tile wants when it lies at ``rect``, its own zoom or another on."""
        area = self._area_in(rect)
        near = self.zoom if zoom is None else zoom
        return lens.wanted_size(
            area.width(), area.height(), _reach_in(area, self.aspect, self.view), near, self.view
        )

    def parts_at(self, point: QPointF) -> tuple[float, float]:
        """Return a device-independent place as parts of the picture's painted width and height."""
        rect, ratio = self.video.rect, self.scale.ratio
        across = (point.x() * ratio - rect.x()) / max(1, rect.width())
        down = (point.y() * ratio - rect.y()) / max(1, rect.height())
        return min(max(across, 0.0), 1.0), min(max(down, 0.0), 1.0)

    def judge(self, now: float, absent: Saying) -> bool:
        """Bring the saying up to date; say whether it changed."""
        saying, self.until = self._judged(now, absent)
        if saying == self.saying:
            return False
        self.saying = saying
        self._labels = None
        if saying.state is StreamState.LIVE:
            # What was grey before is not the last picture any more.
            self.last = StalePicture()
        return True

    def _judged(self, now: float, absent: Saying) -> tuple[Saying, float]:
        if self.camera is None:
            return absent, inf
        picture_at = self.picture_at if self.in_hand else None
        if self.plays_past:
            judged = judge_replay(picture_at, now)
            return judged.saying, judged.until
        interval_s = promised_interval_s(self.camera, self.key) if self.key else 0.0
        judged = judge_tile(self.status, self.status_at, picture_at, interval_s, now, self.behind_s)
        return judged.saying, judged.until

    def take_picture(self, arrived_at: float, now: float, absent: Saying, behind_s: float = 0.0) -> bool:
        """Note the picture in hand, by `Frame`'s times; say whether the tile now says something else."""
        self.picture_at, self.behind_s = arrived_at, behind_s
        self.in_hand = True
        if self.saying.state is StreamState.LIVE and self.until > now - self.live_limit_s:
            until = live_until(arrived_at, behind_s, self.live_limit_s)
            if now <= until:
                self.until = until
                return False
        return self.judge(now, absent)

    def lose_picture(self, now: float, absent: Saying) -> bool:
        """Note that there is no picture in memory any more; say whether the tile now says something else."""
        in_hand = self.last.grey is not None and self.saying.stale
        if in_hand == self.in_hand and now < self.until:
            return False
        self.in_hand = in_hand
        return self.judge(now, absent)

    @property
    def plays_past(self) -> bool:
        """Say whether this is a replay, with the live picture in its corner."""
        return self.key is not None and self.key.replay_s > 0

    @property
    def runs(self) -> bool:
        """Say whether the tile shows moving pictures: a further one changes nothing but the picture."""
        return self.in_hand and self.saying.shows_picture and not self.saying.stale

    @property
    def name(self) -> str:
        """The camera's name, its id while the directory lacks it, nothing for an empty tile."""
        return self.camera.name if self.camera else str(self.camera_id or "")

    def words(self) -> list[str]:
        """Return the tile in full words without its age, a line each: for tool tips and screen readers."""
        if self.camera_id is None:
            return ["Empty"]
        place = self.camera.place if self.camera else ""
        said = self.saying.word.capitalize()
        if self.plays_past and self.key is not None:
            said = f"Replay from {self.key.replay_s} s ago, not live"
        lines = (
            self.name,
            place,
            said,
            self.saying.reason,
            sound_words(self.heard),
            view_words(self.zoom, self.view),
        )
        return [line for line in lines if line]

    def on_name(self, point: QPointF) -> bool:
        """Say whether a device-independent place is on the drawn name."""
        ratio = self.scale.ratio
        return self._drawn.name_area.contains(QPointF(point.x() * ratio, point.y() * ratio).toPoint())

    def labels(self) -> list[Placed]:
        """Return the drawn words, made anew only after they changed."""
        if self._labels is None:
            self._labels = self._draw_labels()
        return self._labels

    def _draw_labels(self) -> list[Placed]:
        if self.rect.isEmpty():
            return []
        if self.camera_id is None:
            return self._drawn.empty(self.rect, self.scale)
        place = self.camera.place if self.camera else ""
        aspect = lens.seen_aspect(self.aspect, self.view)
        looking = Looking(self.zoom.factor, self.zoom.seen(self.reach), aspect)
        return self._drawn.camera(self.rect, self.scale, self.name, place, self.saying, looking, self.heard)


def _reach_in(area: QRect, aspect: float, view: TileView) -> Reach:
    return lens.reach(lens.seen_aspect(aspect, view), view, area.width(), area.height())


def bars(tile: QRect, video: QRect) -> tuple[QRect, ...]:
    """Return what the picture leaves of the tile: nothing, or two bars beside it or above and below."""
    if video == tile:
        return ()
    right, bottom = tile.x() + tile.width(), tile.y() + tile.height()
    if video.height() == tile.height():
        after = video.x() + video.width()
        return (
            QRect(tile.x(), tile.y(), video.x() - tile.x(), tile.height()),
            QRect(after, tile.y(), right - after, tile.height()),
        )
    after = video.y() + video.height()
    return (
        QRect(tile.x(), tile.y(), tile.width(), video.y() - tile.y()),
        QRect(tile.x(), after, tile.width(), bottom - after),
    )


def logical(rect: QRect, ratio: float) -> QRect:
    """Return the smallest device-independent rectangle that covers ``rect``."""
    left, top = int(rect.x() // ratio), int(rect.y() // ratio)
    right = -int(-(rect.x() + rect.width()) // ratio)
    bottom = -int(-(rect.y() + rect.height()) // ratio)
    return QRect(left, top, right - left, bottom - top)


def covered(rect: QRect, ratio: float) -> QRect:
    """Return the largest device-independent rectangle inside ``rect``."""
    left, top = -int(-rect.x() // ratio), -int(-rect.y() // ratio)
    right = int((rect.x() + rect.width()) // ratio)
    bottom = int((rect.y() + rect.height()) // ratio)
    return QRect(left, top, max(0, right - left), max(0, bottom - top))
