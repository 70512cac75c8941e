"""A console that runs into its limit of open files, and out of it again; prints what it said of that."""

from __future__ import annotations

import asyncio
import contextlib
import json
import os
import resource
import time
from datetime import UTC, datetime

from app.domain.camera import Lease, Quality, StreamKey, StreamKind
from app.domain.ids import CameraId
from app.domain.restart_policy import RestartPolicy
from app.domain.stream_state import Fault, StreamState, judge
from app.sources.video.supervisor import VideoSupervisor
from tests.fakes.waiting import until

SPARE = 20


class MachineClock:
    def monotonic(self) -> float:
        return time.monotonic()

    def utc(self) -> datetime:
        return datetime.now(UTC)


async def main() -> None:
    policy = RestartPolicy(first_s=0.1, cap_s=0.5, slow_s=0.5)
    engine = VideoSupervisor(MachineClock(), decoder="synthetic", streams_per_worker=2, policy=policy)

    async def start(name: str) -> StreamKey:
        key = StreamKey(CameraId(name), Quality.SUB)
        await engine.open(Lease(name, key, StreamKind.RTSP, "synthetic:320x180@25", datetime.now(UTC)))
        return key

    def live(key: StreamKey) -> bool:
        facts = engine.facts(key)
        return facts is not None and judge(facts, time.monotonic()).state is StreamState.LIVE

    def without_room(key: StreamKey) -> bool:
        facts = engine.facts(key)
        return facts is not None and facts.fault is Fault.NO_ROOM

    await engine.start()
    first = await start("a")
    await until(lambda: live(first) and len(engine.worker_processes()) > 1)
    _, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (max(map(int, os.listdir("/dev/fd"))) + SPARE, hard))
    fillers = []
    with contextlib.suppress(OSError):
        while True:
            fillers.append(os.open("/dev/null", os.O_RDONLY))
    others = [await start(name) for name in "bcd"]
    await until(lambda: engine.trouble is not None and all(map(without_room, others[:2])))
    said, stays = engine.trouble, live(first)
    for file in fillers:
        os.close(file)
    await until(lambda: live(first) and all(map(live, others)) and engine.trouble is None)
    print(json.dumps({"said": said, "first_stays_live": stays, "trouble_after": engine.trouble}), flush=True)
    await engine.aclose()


if __name__ == "__main__":
    asyncio.run(main())
