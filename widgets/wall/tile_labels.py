"""One tile's drawn words and where they lie; each is drawn anew only when its own words or size change.

When a network fails, 64 ages tick in the same second: drawing names and states again each time would
stall the console.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable

from PySide6.QtCore import QPoint, QRect
from PySide6.QtGui import QPixmap

from app.domain.sound import Heard
from app.domain.stream_state import StreamState
from widgets.wall import labels, view_labels
from widgets.wall.honesty import Saying
from widgets.wall.labels import Scale
from widgets.wall.sound_labels import sound_badge
from widgets.wall.view_labels import Looking

Placed = tuple[QPoint, QPixmap]
"""A drawn label and where its top left corner lies, both in device pixels."""


class TileLabels:
    """Draws and keeps a tile's name plate, state, plate in the middle, or the hint of an empty tile."""

    def __init__(self) -> None:
        self._drawn: dict[str, tuple[Hashable, QPixmap | None]] = {}
        self.name_area = QRect()
        """Where the name lies, in device pixels: a zoomed tile is dragged by it."""

    def empty(self, rect: QRect, scale: Scale) -> list[Placed]:
        """Return the labels of a tile without a camera."""
        return _centred(self._kept("empty", scale, lambda: labels.empty_hint(scale)), rect)

    def camera(
        self,
        rect: QRect,
        scale: Scale,
        name: str,
        place: str,
        saying: Saying,
        looking: Looking,
        heard: Heard | None = None,
    ) -> list[Placed]:
        """Return the labels of a tile with a camera: state at the top left, name at the bottom left."""
        margin = round(scale.margin * scale.ratio)
        placed: list[Placed] = []
        age = saying.age_s if saying.state in (StreamState.DELAYED, StreamState.REPLAY) else None
        badge = self._kept("badge", (saying.state, age, scale), lambda: labels.badge(saying, scale))
        if badge is not None:
            placed.append((rect.topLeft() + QPoint(margin, margin), badge))
        beside = margin + (badge.width() + margin // 2 if badge else 0)
        sound_room = (rect.width() - beside - margin) / scale.ratio
        sound = self._kept("sound", (heard, scale, sound_room), lambda: sound_badge(heard, scale, sound_room))
        if sound is not None:
            placed.append((rect.topLeft() + QPoint(beside, margin), sound))
            beside += sound.width() + margin // 2
        plate = self._kept("name", (name, place, scale), lambda: labels.name_plate(name, place, scale))
        self.name_area = QRect()
        if plate is not None:
            bottom = rect.height() - margin - plate.height()
            self.name_area = QRect(rect.topLeft() + QPoint(margin, bottom), plate.size())
            placed.append((self.name_area.topLeft(), plate))
        middle = self._kept("plate", (saying, scale), lambda: labels.plate(saying, scale))
        placed += _centred(middle, rect)
        return placed + self._looking(rect, scale, looking, beside) if saying.shows_picture else placed

    def _looking(self, rect: QRect, scale: Scale, looking: Looking, beside: int) -> list[Placed]:
        """Return the zoom beside the state, and the overview at the bottom right."""
        margin = round(scale.margin * scale.ratio)
        placed: list[Placed] = []
        room = (rect.width() - beside - margin) / scale.ratio
        zoom = self._kept(
            "zoom", (looking, scale, room), lambda: view_labels.part_badge(looking, scale, room)
        )
        if zoom is not None:
            placed.append((rect.topLeft() + QPoint(beside, margin), zoom))
        view = self._kept("overview", (looking, scale), lambda: view_labels.overview(looking, scale))
        if view is not None:
            left = rect.right() + 1 - margin - view.width()
            bottom = rect.bottom() + 1 - margin
            if self.name_area.right() + margin > left:
                bottom = self.name_area.top() - margin // 2
            placed.append((QPoint(left, bottom - view.height()), view))
        return placed

    def _kept(self, label: str, key: Hashable, draw: Callable[[], QPixmap | None]) -> QPixmap | None:
        known = self._drawn.get(label)
        if known is None or known[0] != key:
            known = self._drawn[label] = (key, draw())
        return known[1]


def _centred(pixmap: QPixmap | None, rect: QRect) -> list[Placed]:
    if pixmap is None:
        return []
    inset = QPoint((rect.width() - pixmap.width()) // 2, (rect.height() - pixmap.height()) // 2)
    return [(rect.topLeft() + inset, pixmap)]
