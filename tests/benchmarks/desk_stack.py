"""A desk without its windows, for `lease_revoke`: the console's own hub client, store, streams and decoder.

Reads ``{"url", "session", "camera"}``, the session as the hub told it. Then, on ``{"ask": "show"}`` it shows
the camera and answers ``{"live": SECONDS}`` at its first picture, on ``{"ask": "watch"}`` it answers
``{"gone": SECONDS}`` when there is no picture of the camera any more and the store says that the hub denies
it, both on the machine's monotonic clock. Ends with its input.
"""

from __future__ import annotations

import asyncio
import json
import sys
import threading
import time
from collections.abc import Callable
from typing import Any

from app.domain.camera import Quality, StreamKey
from app.domain.clock import SystemClock
from app.domain.ids import CameraId, WallId
from app.domain.picture_size import PictureSize
from app.domain.stream_state import StreamState
from app.services.streams import Streams
from app.sources.hub_address import HubAddress
from app.sources.hub_live import HubLive
from app.sources.hub_rest import HubRest
from app.sources.video.supervisor import VideoSupervisor
from app.store.state import Store
from app.wire.hub import SessionOut

WALL = WallId("wall-1")
LOOK_S = 0.002
WITHIN_S = 60.0


class Here:
    """Knows the one hub's address: implements `HubLocator`."""

    def __init__(self, url: str) -> None:
        self._url = url

    async def address(self) -> HubAddress:
        return HubAddress(self._url, "", 1)


def say(**message: Any) -> None:
    print(json.dumps(message), flush=True)


async def came_true(condition: Callable[[], bool]) -> float:
    """Return when a condition came true."""
    async with asyncio.timeout(WITHIN_S):
        while not condition():  # noqa: ASYNC110 (the ring has no event for it)
            await asyncio.sleep(LOOK_S)
    return time.monotonic()


async def attend(order: dict[str, Any], asked: asyncio.Queue[dict[str, Any] | None]) -> None:
    clock, store, rest = SystemClock(), Store(), HubRest()
    session = SessionOut.model_validate(order["session"])
    rest.reach(order["url"])
    rest.admit(session)
    live = HubLive(Here(order["url"]), rest, store.apply, lambda: None, lambda: None, by_itself=False)
    engine = VideoSupervisor(clock)
    await engine.start()
    streams = Streams(store, rest, engine, clock, lambda name, error: say(error=f"{name}: {error!r}"))
    tasks = [asyncio.create_task(live.run()), asyncio.create_task(streams.run())]
    camera = CameraId(order["camera"])
    keys = [StreamKey(camera, quality) for quality in Quality]

    def says(state: StreamState) -> bool:
        found = [store.streams.get(key) for key in keys]
        return any(status is not None and status.state is state for status in found)

    def is_gone() -> bool:
        return says(StreamState.DENIED) and all(engine.facts(key) is None for key in keys)

    try:
        while (question := await asked.get()) is not None:
            if question["ask"] == "show":
                streams.demand(WALL, {})
                await came_true(lambda: camera in store.cameras)
                streams.demand(WALL, {camera: PictureSize(640, 360)})
                say(live=await came_true(lambda: says(StreamState.LIVE)))
            else:
                say(gone=await came_true(is_gone))
    finally:
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        await engine.aclose()
        await rest.aclose()


async def main() -> None:
    order = json.loads(await asyncio.to_thread(sys.stdin.readline))
    asked: asyncio.Queue[dict[str, Any] | None] = asyncio.Queue()
    loop = asyncio.get_running_loop()

    def read() -> None:
        for line in sys.stdin:
            loop.call_soon_threadsafe(asked.put_nowait, json.loads(line))
        loop.call_soon_threadsafe(asked.put_nowait, None)

    threading.Thread(target=read, daemon=True).start()
    await attend(order, asked)


if __name__ == "__main__":
    asyncio.run(main())
