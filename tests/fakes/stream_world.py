"""The stream service with a clock, a hub and an engine that a test commands."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable, Coroutine
from contextlib import asynccontextmanager

from app.domain.camera import Quality, StreamKey
from app.domain.events import CameraUpserted, HubEvent, HubFact
from app.domain.ids import CameraId, Sequence, WallId
from app.domain.picture_size import PictureSize
from app.domain.stream_state import StreamState
from app.services.streams import Streams
from app.store.state import Store
from tests.fakes.waiting import run, until
from tests.fakes.world import FakeClock, FakeEngine, FakeHub, camera

WALL = WallId("wall-1")
CAM = CameraId("cam-1")
SUB, MAIN = StreamKey(CAM, Quality.SUB), StreamKey(CAM, Quality.MAIN)
SMALL, LARGE = PictureSize(356, 200), PictureSize(1600, 900)


class World:
    """A camera in the directory and a service that is not running yet."""

    def __init__(self) -> None:
        self.clock = FakeClock()
        self.hub = FakeHub(self.clock)
        self.engine = FakeEngine(self.clock)
        self.store = Store()
        self.store.apply(HubEvent(Sequence(1), CameraUpserted(camera(1))))
        self.failures: list[BaseException] = []
        self.streams = Streams(
            self.store,
            self.hub,
            self.engine,
            self.clock,
            lambda _, error: self.failures.append(error),
            renewals=self.hub,
        )

    def state(self, key: StreamKey = SUB) -> StreamState | None:
        status = self.store.streams.get(key)
        return status.state if status else None

    def tell(self, fact: HubFact) -> None:
        """Let the hub's next event bring this fact."""
        self.store.apply(HubEvent(Sequence(self.store.sequence + 1), fact))

    async def open(self) -> None:
        """Have the camera on the wall with its first picture."""
        self.streams.demand(WALL, {CAM: SMALL})
        await until(lambda: SUB in self.engine.open_streams)
        self.engine.picture(SUB)
        await until(lambda: self.state() is StreamState.LIVE)

    async def pass_time(self, seconds: float) -> None:
        """Move the clock and let the service look twice."""
        self.clock.advance(seconds)
        for _ in range(2):
            self.streams.wake()
            await asyncio.sleep(0)
            await asyncio.sleep(0)


@asynccontextmanager
async def running() -> AsyncIterator[World]:
    """Run the service for the length of the block; nothing in it may fail."""
    world = World()
    task = asyncio.create_task(world.streams.run())
    try:
        yield world
    finally:
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)
    assert not world.failures


def in_world(test: Callable[[World], Coroutine[None, None, None]]) -> None:
    """Play a test while the service runs."""

    async def play() -> None:
        async with running() as world:
            await test(world)

    run(play())
