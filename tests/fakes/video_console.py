"""A console with nothing but two synthetic streams, to be killed: prints its workers' process ids."""

from __future__ import annotations

import asyncio
import time
from datetime import UTC, datetime

from app.domain.camera import Lease, Quality, StreamKey, StreamKind
from app.domain.ids import CameraId
from app.sources.video.supervisor import VideoSupervisor
from tests.fakes.waiting import until


class MachineClock:
    def monotonic(self) -> float:
        return time.monotonic()

    def utc(self) -> datetime:
        return datetime.now(UTC)


async def main() -> None:
    engine = VideoSupervisor(MachineClock(), decoder="synthetic", streams_per_worker=1)
    await engine.start()
    keys = [StreamKey(CameraId(name), Quality.SUB) for name in "ab"]
    for key in keys:
        lease = Lease("l", key, StreamKind.RTSP, "synthetic:320x180@25", datetime.now(UTC))
        await engine.open(lease)
    await until(lambda: all(engine.newest_number(key) for key in keys))
    print(*engine.worker_processes().values(), flush=True)
    await asyncio.Event().wait()


if __name__ == "__main__":
    asyncio.run(main())
