"""The stream service: leases, linger, quality switch, refusals, expiry."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable, Coroutine
from contextlib import asynccontextmanager

from app.domain.camera import Quality, StreamKey
from app.domain.errors import OperatorError, SourceError
from app.domain.events import CameraUpserted, HubEvent
from app.domain.ids import CameraId, Sequence, WallId
from app.domain.stream_state import Fault, StreamState
from app.services.streams import LINGER_S, Streams
from app.store.state import Store
from tests.fakes.waiting import run, until
from tests.fakes.world import FakeClock, FakeEngine, FakeHub, camera

WALL = WallId("wall-1")
CAM = CameraId("cam-1")
SUB, MAIN = StreamKey(CAM, Quality.SUB), StreamKey(CAM, Quality.MAIN)


class World:
    def __init__(self) -> None:
        self.clock = FakeClock()
        self.hub = FakeHub(self.clock)
        self.engine = FakeEngine(self.clock)
        self.store = Store()
        self.store.apply(HubEvent(Sequence(1), CameraUpserted(camera(1))))
        self.failures: list[BaseException] = []
        self.streams = Streams(
            self.store, self.hub, self.engine, self.clock, lambda _, error: self.failures.append(error)
        )

    def state(self, key: StreamKey = SUB) -> StreamState | None:
        status = self.store.streams.get(key)
        return status.state if status else None

    async def pass_time(self, seconds: float) -> None:
        """Move the clock and let the service look twice."""
        self.clock.advance(seconds)
        for _ in range(2):
            self.streams.wake()
            await asyncio.sleep(0)
            await asyncio.sleep(0)


@asynccontextmanager
async def running() -> AsyncIterator[World]:
    world = World()
    task = asyncio.create_task(world.streams.run())
    try:
        yield world
    finally:
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)
    assert not world.failures


def in_world(test: Callable[[World], Coroutine[None, None, None]]) -> None:
    async def play() -> None:
        async with running() as world:
            await test(world)

    run(play())


def test_a_wanted_camera_is_opened_under_a_lease_and_becomes_live_with_its_first_picture() -> None:
    async def play(world: World) -> None:
        world.streams.demand(WALL, {CAM: 200})
        await until(lambda: SUB in world.engine.open_streams)
        assert world.hub.named("lease") == [("lease", SUB)]
        await until(lambda: world.state() is StreamState.CONNECTING)
        world.engine.picture(SUB)
        await until(lambda: world.state() is StreamState.LIVE)
        assert world.streams.first_live_at == world.clock.monotonic()

    in_world(play)


def test_a_stream_that_stops_bringing_pictures_is_not_live_any_more() -> None:
    async def play(world: World) -> None:
        world.streams.demand(WALL, {CAM: 200})
        await until(lambda: SUB in world.engine.open_streams)
        world.engine.picture(SUB)
        await until(lambda: world.state() is StreamState.LIVE)
        await world.pass_time(1.5)
        await until(lambda: world.state() is StreamState.DELAYED)
        await world.pass_time(1.5)
        await until(lambda: world.state() is StreamState.FROZEN)
        assert world.store.streams[SUB].age_s == 3.0

    in_world(play)


def test_moving_a_camera_between_walls_keeps_its_stream() -> None:
    async def play(world: World) -> None:
        world.streams.demand(WALL, {CAM: 200})
        await until(lambda: SUB in world.engine.open_streams)
        world.streams.demand(WALL, {})
        await world.pass_time(LINGER_S / 2)
        world.streams.demand(WallId("wall-2"), {CAM: 200})
        await world.pass_time(LINGER_S * 2)
        assert world.engine.opened == [SUB]
        assert not world.engine.closed

    in_world(play)


def test_an_unwanted_stream_lingers_then_closes_and_its_lease_ends() -> None:
    async def play(world: World) -> None:
        world.streams.demand(WALL, {CAM: 200})
        await until(lambda: SUB in world.engine.open_streams)
        world.streams.demand(WALL, {})
        await world.pass_time(0)
        await world.pass_time(LINGER_S - 1)
        assert SUB in world.engine.open_streams
        await world.pass_time(1.1)
        await until(lambda: world.engine.closed == [SUB])
        await until(lambda: world.hub.named("end_lease") == [("end_lease", "lease-1")])
        assert SUB not in world.store.streams

    in_world(play)


def test_a_larger_tile_shows_the_old_stream_until_the_new_one_has_a_picture() -> None:
    async def play(world: World) -> None:
        world.streams.demand(WALL, {CAM: 200})
        await until(lambda: SUB in world.engine.open_streams)
        world.engine.picture(SUB)
        await until(lambda: world.streams.key_for(CAM) == SUB)
        world.streams.demand(WALL, {CAM: 900})
        await until(lambda: MAIN in world.engine.open_streams)
        await world.pass_time(LINGER_S * 2)
        assert world.streams.key_for(CAM) == SUB
        assert SUB in world.engine.open_streams
        world.engine.picture(MAIN)
        await until(lambda: world.streams.key_for(CAM) == MAIN)
        await world.pass_time(0)
        await world.pass_time(LINGER_S + 1)
        await until(lambda: world.engine.closed == [SUB])

    in_world(play)


def test_a_refusal_is_shown_in_the_hubs_words_and_asked_again_slowly() -> None:
    async def play(world: World) -> None:
        world.hub.fail = lambda: OperatorError("The owner has not shared this camera.")
        world.streams.demand(WALL, {CAM: 200})
        await until(lambda: world.state() is StreamState.DENIED)
        status = world.store.streams[SUB]
        assert (status.fault, status.detail) == (
            Fault.DENIED_BY_HUB,
            "The owner has not shared this camera.",
        )
        asked = len(world.hub.named("lease"))
        await world.pass_time(5)
        assert len(world.hub.named("lease")) == asked
        world.hub.fail = None
        await world.pass_time(60)
        await until(lambda: SUB in world.engine.open_streams)

    in_world(play)


def test_a_hub_that_is_away_is_asked_again_and_the_tile_says_it_waits() -> None:
    async def play(world: World) -> None:
        world.hub.fail = lambda: SourceError("away")
        world.streams.demand(WALL, {CAM: 200})
        await until(lambda: world.state() is StreamState.CONNECTING)
        await until(lambda: world.store.streams[SUB].detail == "Waiting for the hub's permission")
        world.hub.fail = None
        await world.pass_time(5)
        await until(lambda: SUB in world.engine.open_streams)

    in_world(play)


def test_a_lease_is_renewed_before_it_ends_without_touching_the_stream() -> None:
    async def play(world: World) -> None:
        world.streams.demand(WALL, {CAM: 200})
        await until(lambda: SUB in world.engine.open_streams)
        await world.pass_time(world.hub.lease_s - 60)
        await until(lambda: len(world.hub.named("lease")) == 2)
        await until(lambda: world.hub.named("end_lease") == [("end_lease", "lease-1")])
        assert world.engine.opened == [SUB]
        assert not world.engine.closed

    in_world(play)


def test_a_lease_that_runs_out_while_the_hub_is_away_closes_the_stream() -> None:
    async def play(world: World) -> None:
        world.streams.demand(WALL, {CAM: 200})
        await until(lambda: SUB in world.engine.open_streams)
        world.engine.picture(SUB)
        world.hub.fail = lambda: SourceError("away")
        await world.pass_time(world.hub.lease_s + 1)
        await until(lambda: world.engine.closed == [SUB])
        assert world.state() is StreamState.DENIED

    in_world(play)


def test_a_restarted_hub_is_asked_for_every_lease_anew() -> None:
    async def play(world: World) -> None:
        world.streams.demand(WALL, {CAM: 200})
        await until(lambda: SUB in world.engine.open_streams)
        world.streams.renew_all()
        await until(lambda: len(world.hub.named("lease")) == 2)
        assert world.engine.opened == [SUB]

    in_world(play)


def test_stopping_closes_every_stream_and_ends_its_lease() -> None:
    async def play() -> None:
        async with running() as world:
            world.streams.demand(WALL, {CAM: 200})
            await until(lambda: SUB in world.engine.open_streams)
        assert world.engine.closed == [SUB]
        assert world.hub.named("end_lease") == [("end_lease", "lease-1")]

    run(play())


def test_a_camera_that_the_directory_lacks_opens_nothing() -> None:
    async def play(world: World) -> None:
        world.streams.demand(WALL, {CameraId("nobody"): 200})
        await world.pass_time(1)
        assert not world.hub.calls

    in_world(play)
