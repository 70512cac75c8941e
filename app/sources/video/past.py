"""What streams showed before now: replays of it, and files. It lies with each stream's worker."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from functools import partial
from pathlib import Path

from app.domain.camera import Lease, StreamKey
from app.domain.evidence import Span
from app.sources.video.requests import SaveRequests
from app.sources.video.stream_record import StreamRecord
from app.sources.video.worker_process import WorkerProcess
from app.wire.privacy_masks import masks_to
from app.wire.worker import ReplayStream, SaveStill, SaveStream, StreamSaved


class StreamPast:
    """Implements `app.domain.ports.StreamPast`; the supervisor owns the streams."""

    def __init__(
        self,
        records: Mapping[StreamKey, StreamRecord],
        *,
        enter: Callable[[Lease], StreamRecord],
        place: Callable[[WorkerProcess, StreamRecord], None],
        stop: Callable[[StreamKey], None],
    ) -> None:
        """Make what looks back.

        Args:
            records: the open streams, replays among them.
            enter: makes a record of a stream.
            place: notes that a worker has a stream.
            stop: ends a stream.
        """
        self._records = records
        self._enter, self._place, self._stop = enter, place, stop
        self._requests = SaveRequests()

    def replay(self, key: StreamKey, ago_s: int) -> StreamKey | None:
        """Show an open stream as it was; see the port."""
        live = self._records.get(key)
        if live is None or live.is_replay or live.worker is None or live.shape() is None:
            return None
        past = replace(key, replay_s=ago_s)
        self._stop(past)
        record = self._enter(replace(live.lease, key=past))
        record.wanted = live.wanted
        self._place(live.worker, record)
        live.worker.send(
            ReplayStream(
                stream=record.number,
                generation=record.generation,
                of=live.number,
                ago_s=float(ago_s),
                privacy_masks=masks_to(live.lease.privacy_masks),
            )
        )
        return past

    def end_replay(self, key: StreamKey) -> None:
        """End a replay; unknown keys are ignored."""
        if key.replay_s:
            self._stop(key)

    def end_with(self, key: StreamKey) -> None:
        """End the replays of a stream that ends."""
        for past in [k for k in self._records if k.replay_s and replace(k, replay_s=0) == key]:
            self._stop(past)

    def end_on(self, worker: WorkerProcess) -> None:
        """End the replays on a worker that loses its streams: what they play is lost to it too."""
        for past in [k for k, record in self._records.items() if k.replay_s and record.worker is worker]:
            self._stop(past)

    async def save(self, key: StreamKey, since: float, path: Path, title: str) -> Span:
        """Save what the camera sent since then; see the port."""
        return await self._ask(key, partial(SaveStream, since=since, path=str(path), title=title))

    async def save_still(self, key: StreamKey, at: float, path: Path, title: str) -> None:
        """Save the picture that arrived at that moment; see the port."""
        mark = self._watermark(key)
        await self._ask(key, partial(SaveStill, at=at, path=str(path), title=title, watermark=mark))

    def _watermark(self, key: StreamKey) -> str:
        live = self._records.get(replace(key, replay_s=0))
        return live.lease.watermark if live is not None else ""

    async def _ask(self, key: StreamKey, command: Callable[..., SaveStream | SaveStill]) -> Span:
        live = self._records.get(replace(key, replay_s=0))
        number = live.number if live is not None else 0
        return await self._requests.ask(
            live.worker if live is not None else None,
            lambda request: command(stream=number, request=request),
        )

    def saved(self, event: StreamSaved) -> None:
        """A worker has told how saving went."""
        self._requests.answered(event)

    def lost(self, worker: WorkerProcess) -> None:
        """A worker has ended, and its streams' past with it."""
        self._requests.lost(worker)
        self.end_on(worker)
