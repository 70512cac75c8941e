"""Wires a wall's wishes about sound."""

from __future__ import annotations

from app.domain.errors import OperatorError
from app.domain.ids import CameraId
from layouts.parts import Parts
from widgets.wall.surface import WallSurface


class ListeningWishes:
    """One wall's."""

    def __init__(self, parts: Parts, surface: WallSurface) -> None:
        self._parts = parts
        surface.listen_requested.connect(self._on_listen_requested)
        surface.volume_requested.connect(self._on_volume_requested)

    def _on_listen_requested(self, camera_id: str) -> None:
        try:
            self._parts.listening.toggle(CameraId(camera_id))
        except OperatorError as error:
            self._parts.notify.failed("Listening", error)

    def _on_volume_requested(self, volume: int) -> None:
        self._parts.listening.set_volume(volume)
