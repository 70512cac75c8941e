"""Wires a wall's wishes about the past: replays, pictures and recordings."""

from __future__ import annotations

from functools import partial
from pathlib import Path

from app.domain.camera import StreamKey, Use
from app.domain.errors import OperatorError
from app.domain.events import NoticeLevel
from app.domain.ids import CameraId
from layouts.parts import Parts
from widgets.wall.surface import WallSurface


class LookingBack:
    """One wall's."""

    def __init__(self, parts: Parts, surface: WallSurface) -> None:
        self._parts = parts
        surface.replay_requested.connect(self._on_replay_requested)
        surface.live_requested.connect(self._on_live_requested)
        surface.picture_requested.connect(self._on_picture_requested)
        surface.recording_requested.connect(self._on_recording_requested)

    def _on_replay_requested(self, camera_id: str, ago_s: int) -> None:
        self._parts.tasks.start("Playing back", self._play_back(CameraId(camera_id), ago_s))

    def _on_live_requested(self, camera_id: str) -> None:
        self._parts.replays.stop(CameraId(camera_id))

    def _on_picture_requested(self, key: StreamKey, arrived_at: float) -> None:
        self._parts.tasks.start("Saving the picture", self._save_picture(key, arrived_at))

    def _on_recording_requested(self, camera_id: str) -> None:
        self._parts.tasks.start("Saving the recording", self._save_recording(CameraId(camera_id)))

    async def _play_back(self, camera: CameraId, ago_s: int) -> None:
        replays = self._parts.replays
        if replays.replay_of(camera) is None:
            await self._parts.streams.use(camera, Use.REPLAY)
        if self._parts.store.shut:
            # Locked while the hub was asked: a wall that stays lit shows what is, and nothing begins on it.
            return
        if ago_s:
            replays.start(camera, ago_s)
        else:
            replays.step(camera)

    async def _save_picture(self, key: StreamKey, arrived_at: float) -> None:
        await self._parts.streams.use(key.camera_id, Use.SNAPSHOT)
        self._tell("Picture saved", await self._parts.saving.picture(key, arrived_at))

    async def _save_recording(self, camera_id: CameraId) -> None:
        live = self._parts.replays.live_beside(camera_id)
        if live is None:
            raise OperatorError("Nothing of this camera is on record yet.")
        since = self._parts.replays.since(camera_id)
        begun = await self._parts.streams.use(camera_id, Use.RECORDING)
        saving, evidence = self._parts.saving, self._parts.evidence
        path = saving.recording_path(live)
        write = partial(saving.recording, live, since, path)
        if evidence is not None:
            await evidence.save(begun, path, write)
        elif begun.private:
            raise OperatorError("This camera is private: its footage leaves with a signed manifest only.")
        else:
            self._tell("Recording saved", (await write()).path)

    def _tell(self, what: str, path: Path) -> None:
        self._parts.notify.tell(NoticeLevel.INFO, f"{what}: {path.name}", str(path.parent))
