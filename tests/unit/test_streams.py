"""The stream service: what is open, for how long, in which quality, and what is said of it."""

from __future__ import annotations

import asyncio

import pytest

from app.domain.camera import StreamKey
from app.domain.events import CameraRemoved
from app.domain.ids import CameraId, WallId
from app.domain.stream_state import StreamState
from app.services.streams import LINGER_S
from tests.fakes.stream_world import CAM, LARGE, MAIN, SMALL, SUB, WALL, World, in_world
from tests.fakes.waiting import run, until


def test_a_stream_that_stops_bringing_pictures_is_not_live_any_more() -> None:
    async def play(world: World) -> None:
        world.streams.demand(WALL, {CAM: SMALL})
        await until(lambda: SUB in world.engine.open_streams)
        world.engine.picture(SUB)
        await until(lambda: world.state() is StreamState.LIVE)
        await world.pass_time(1.5)
        await until(lambda: world.state() is StreamState.DELAYED)
        await world.pass_time(1.5)
        await until(lambda: world.state() is StreamState.FROZEN)
        assert world.store.streams[SUB].age_s == 3.0

    in_world(play)


def test_an_unwanted_stream_lingers_then_closes_and_its_lease_ends() -> None:
    async def play(world: World) -> None:
        world.streams.demand(WALL, {CAM: SMALL})
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


def test_moving_a_camera_between_walls_keeps_its_stream() -> None:
    async def play(world: World) -> None:
        world.streams.demand(WALL, {CAM: SMALL})
        await until(lambda: SUB in world.engine.open_streams)
        world.streams.demand(WALL, {})
        await world.pass_time(LINGER_S / 2)
        world.streams.demand(WallId("wall-2"), {CAM: SMALL})
        await world.pass_time(LINGER_S * 2)
        assert world.engine.opened == [SUB]
        assert not world.engine.closed

    in_world(play)


def test_a_larger_tile_shows_the_old_stream_until_the_new_one_has_a_picture() -> None:
    async def play(world: World) -> None:
        world.streams.demand(WALL, {CAM: SMALL})
        await until(lambda: SUB in world.engine.open_streams)
        world.engine.picture(SUB)
        await until(lambda: world.streams.key_for(CAM) == SUB)
        world.streams.demand(WALL, {CAM: LARGE})
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


def test_a_camera_that_the_directory_lacks_opens_nothing() -> None:
    async def play(world: World) -> None:
        world.streams.demand(WALL, {CameraId("nobody"): SMALL})
        await world.pass_time(1)
        assert not world.hub.calls

    in_world(play)


def test_a_camera_that_leaves_the_directory_is_closed_without_lingering() -> None:
    async def play(world: World) -> None:
        await world.open()
        world.tell(CameraRemoved(CAM))
        await until(lambda: world.engine.closed == [SUB])
        assert world.streams.key_for(CAM) is None
        assert SUB not in world.store.streams

    in_world(play)


def test_a_service_that_breaks_leaves_no_stream_behind_that_claims_to_be_live_and_can_run_again(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    async def play() -> None:
        world = World()
        first = asyncio.create_task(world.streams.run())
        await world.open()
        monkeypatch.setattr(world.engine, "newest_number", _broken)
        world.streams.wake()
        await asyncio.wait({first}, timeout=10)
        assert isinstance(first.exception(), RuntimeError)
        assert not world.store.streams
        assert world.engine.closed == [SUB]
        monkeypatch.undo()
        second = asyncio.create_task(world.streams.run())
        await until(lambda: SUB in world.engine.open_streams)
        second.cancel()
        await asyncio.gather(second, return_exceptions=True)

    run(play())


def _broken(_key: StreamKey) -> int:
    raise RuntimeError("broken")
