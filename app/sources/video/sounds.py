"""The sound of the one stream that is listened to. It is played by the worker that has the stream."""

from __future__ import annotations

from collections.abc import Mapping

from app.domain.camera import StreamKey
from app.domain.sound import Sound
from app.sources.video.stream_record import StreamRecord
from app.sources.video.worker_process import WorkerProcess
from app.wire.worker import HushStream, ListenStream, SoundTold


class StreamSounds:
    """Implements `app.domain.ports.StreamSound`; the supervisor owns the streams."""

    def __init__(self, records: Mapping[StreamKey, StreamRecord]) -> None:
        """Make one that plays nothing of these open streams."""
        self._records = records
        self._at: tuple[WorkerProcess, int] | None = None
        self._volume = 0
        self._heard = Sound.STARTING

    @property
    def heard(self) -> Sound:
        """What is heard of the stream that is listened to."""
        return self._heard

    def listen(self, key: StreamKey, volume: int) -> None:
        """Play that stream's sound and no other's; see the port."""
        record = self._records.get(key)
        # While a stream moves, the worker that it leaves still shows it.
        worker = (record.leaving or record.worker) if record is not None else None
        if record is None or worker is None:
            self.hush()
            return
        at = (worker, record.number)
        if at != self._at:
            self.hush()
        elif volume == self._volume:
            return
        self._at, self._volume = at, volume
        worker.send(ListenStream(stream=record.number, volume=volume))

    def hush(self) -> None:
        """Play nothing."""
        if self._at is not None:
            worker, number = self._at
            worker.send(HushStream(stream=number))
        self._at, self._heard = None, Sound.STARTING

    def told(self, worker: WorkerProcess, event: SoundTold) -> None:
        """A worker has told what is heard."""
        if self._at is not None and self._at == (worker, event.stream):
            self._heard = event.sound
