"""Saves what an operator sees: a picture, or the last seconds of a camera, as the camera sent them."""

from __future__ import annotations

import re
from datetime import datetime, timedelta
from pathlib import Path

from app.domain.camera import StreamKey
from app.domain.evidence import Recording
from app.domain.ports import Clock, StreamPast
from app.store.state import Store

_UNFIT = re.compile(r"[^\w .,+()-]+")
_NAME_BYTES = 160
"""File systems take 255, and the time and the ending stand beside it."""


class Saving:
    """Writes into one folder, a subfolder a day; no file is ever replaced."""

    def __init__(self, store: Store, past: StreamPast, clock: Clock, folder: Path) -> None:
        self._store = store
        self._past = past
        self._clock = clock
        self.folder = folder

    async def picture(self, key: StreamKey, arrived_at: float) -> Path:
        """Save the picture that arrived at that moment (monotonic seconds) and return its file.

        Raises:
            OperatorError: it cannot be saved.
        """
        path = self._path(key, arrived_at, ".png")
        await self._past.save_still(key, arrived_at, path, self._name(key))
        return path

    def recording_path(self, key: StreamKey) -> Path:
        """Return where a recording that is begun now is to lie.

        It is named by its end: how far back the record reaches is the engine's to say, in the file.
        """
        return self._path(key, self._clock.monotonic(), ".mkv")

    async def recording(self, key: StreamKey, since: float, path: Path) -> Recording:
        """Save what the camera has sent since then (monotonic seconds), untouched; say where and of when.

        Raises:
            OperatorError: it cannot be saved.
        """
        return Recording(path, await self._past.save(key, since, path, self._name(key)))

    def _name(self, key: StreamKey) -> str:
        camera = self._store.cameras.get(key.camera_id)
        return camera.name if camera is not None else str(key.camera_id)

    def _path(self, key: StreamKey, at: float, ending: str) -> Path:
        seen = self._clock.utc() - timedelta(seconds=self._clock.monotonic() - at)
        return self.folder / f"{seen:%Y-%m-%d}" / f"{_stamp(seen)} {file_name(self._name(key))}{ending}"


def _stamp(moment: datetime) -> str:
    """Return a time that sorts and that every file system takes, to the millisecond, in UTC."""
    return f"{moment:%Y%m%dT%H%M%S}.{moment.microsecond // 1000:03}Z"


def file_name(words: str) -> str:
    """Return the words as a part of a file name: letters, digits and plain marks, no path, not too long."""
    plain = _UNFIT.sub(" ", words)
    short = " ".join(plain.split()).encode()[:_NAME_BYTES].decode(errors="ignore")
    return short.strip(" .") or "camera"
