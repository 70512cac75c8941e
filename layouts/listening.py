"""Wires a wall's wishes about sound."""

from __future__ import annotations

from app.domain.camera import Use
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
        self._parts.tasks.start("Listening", self._listen(CameraId(camera_id)))

    async def _listen(self, camera_id: CameraId) -> None:
        heard = self._parts.store.heard
        if heard is None or heard.camera_id != camera_id:
            await self._parts.streams.use(camera_id, Use.LISTEN)
        self._parts.listening.toggle(camera_id)

    def _on_volume_requested(self, volume: int) -> None:
        self._parts.listening.set_volume(volume)
