"""The stream service at a locked desk with a wall that stays lit: what goes on, for how long, and no more."""

from __future__ import annotations

import asyncio
from dataclasses import replace

import pytest

from app.domain.errors import OperatorError, SourceError
from app.domain.events import CameraUpserted, LeaseRevoked, LooksKept, SessionChanged
from app.domain.ids import CameraId, WallId
from app.domain.own_session import OwnSession
from tests.fakes.stream_world import CAM, LARGE, MAIN, SMALL, SUB, WALL, World, in_world
from tests.fakes.waiting import until
from tests.fakes.world import camera

LIT = WallId("wall-2")
OTHER = CameraId("cam-2")
DANA = OwnSession("Dana", exempt_walls=frozenset({LIT}))


async def furnish(world: World, session: OwnSession = DANA) -> None:
    """Have one camera on the exempt wall and another one on the main wall."""
    world.store.apply(SessionChanged(session))
    world.tell(CameraUpserted(camera(2)))
    world.streams.demand(LIT, {CAM: SMALL})
    world.streams.demand(WALL, {OTHER: SMALL})
    await until(lambda: len(world.engine.open_streams) == 2)
    for key in list(world.engine.open_streams):
        world.engine.picture(key)


def lock(world: World, session: OwnSession = DANA) -> None:
    world.store.apply(SessionChanged(replace(session, locked=True)))
    world.streams.wake()


def test_a_lock_leaves_the_exempt_walls_stream_open_and_closes_the_others() -> None:
    async def play(world: World) -> None:
        await furnish(world)
        lease = world.engine.open_streams[SUB]
        assert lease.wall == LIT
        lock(world)
        await until(lambda: list(world.engine.open_streams) == [SUB])
        await until(lambda: world.hub.named("renew_lease") == [("renew_lease", lease.id)])
        assert world.streams.is_lit(CAM)
        assert not world.streams.is_lit(OTHER)
        asked = len(world.hub.named("lease"))
        for _ in range(6):
            await world.pass_time(60)
        assert SUB in world.engine.open_streams
        assert len(world.hub.named("renew_lease")) > 2
        assert len(world.hub.named("lease")) == asked
        assert SUB not in world.engine.closed

    in_world(play)


def test_without_the_setting_everything_closes() -> None:
    async def play(world: World) -> None:
        await furnish(world, replace(DANA, exempt_walls=frozenset()))
        lock(world, replace(DANA, exempt_walls=frozenset()))
        await until(lambda: not world.engine.open_streams)
        assert not world.streams.is_lit(CAM)
        assert not world.hub.named("renew_lease")

    in_world(play)


def test_a_hub_that_is_away_has_the_wall_dark_within_five_minutes_of_the_lock() -> None:
    async def play(world: World) -> None:
        await furnish(world)
        world.hub.fail = lambda: SourceError("away")
        lock(world)
        await until(lambda: list(world.engine.open_streams) == [SUB])
        await world.pass_time(290)
        assert SUB in world.engine.open_streams
        await world.pass_time(11)
        await until(lambda: not world.engine.open_streams)
        assert not world.streams.is_lit(CAM)

    in_world(play)


@pytest.mark.parametrize("end", ["revoked", "refused", "kept no more", "withdrawn", "signed out"])
def test_what_the_hub_takes_back_closes_at_once_and_is_not_asked_for(end: str) -> None:
    async def play(world: World) -> None:
        await furnish(world)
        lease = world.engine.open_streams[SUB].id
        lock(world)
        await until(lambda: list(world.engine.open_streams) == [SUB])
        await until(lambda: bool(world.hub.named("renew_lease")))
        world.store.apply(LooksKept(frozenset({lease})))
        asked = len(world.hub.named("lease"))
        if end == "revoked":
            world.tell(LeaseRevoked(lease, "The wall is hidden."))
        elif end == "refused":
            world.hub.fail = lambda: OperatorError("This look does not go on.")
            await world.pass_time(110)
        elif end == "kept no more":
            world.store.apply(LooksKept(frozenset({"another"})))
        elif end == "withdrawn":
            lock(world, replace(DANA, exempt_walls=frozenset()))
        else:
            world.store.apply(SessionChanged(None))
        world.streams.wake()
        await until(lambda: not world.engine.open_streams)
        assert not world.streams.is_lit(CAM)
        await world.pass_time(60)
        assert len(world.hub.named("lease")) == asked

    in_world(play)


def test_a_private_camera_goes_dark_whatever_its_lease_says() -> None:
    async def play(world: World) -> None:
        world.hub.watermark = "Dana"
        await furnish(world)
        lock(world)
        await until(lambda: not world.engine.open_streams)

    in_world(play)


def test_a_camera_that_both_walls_show_keeps_its_stream_and_asks_for_no_other_quality() -> None:
    async def play(world: World) -> None:
        world.store.apply(SessionChanged(DANA))
        world.streams.demand(LIT, {CAM: SMALL})
        world.streams.demand(WALL, {CAM: LARGE})
        await until(lambda: MAIN in world.engine.open_streams)
        world.engine.picture(MAIN)
        lock(world)
        await until(lambda: bool(world.hub.named("renew_lease")))
        asked = len(world.hub.named("lease"))
        await world.pass_time(30)
        assert world.engine.fitted[-1] == (MAIN, SMALL)
        assert list(world.engine.open_streams) == [MAIN]
        assert len(world.hub.named("lease")) == asked

    in_world(play)


def test_a_camera_that_comes_to_the_exempt_wall_is_asked_for_anew_and_one_that_leaves_it_too() -> None:
    async def play(world: World) -> None:
        world.store.apply(SessionChanged(DANA))
        await world.open()
        assert world.engine.open_streams[SUB].wall is None
        world.streams.demand(LIT, {CAM: SMALL})
        await until(lambda: world.engine.open_streams[SUB].wall == LIT)
        await world.pass_time(6)
        world.streams.demand(LIT, {})
        await until(lambda: world.engine.open_streams[SUB].wall is None)
        assert SUB not in world.engine.closed

    in_world(play)


def test_after_unlocking_the_stream_goes_on_and_all_others_come_back() -> None:
    async def play(world: World) -> None:
        await furnish(world)
        lock(world)
        await until(lambda: list(world.engine.open_streams) == [SUB])
        world.store.apply(SessionChanged(DANA))
        world.streams.wake()
        await until(lambda: len(world.engine.open_streams) == 2)
        assert SUB not in world.engine.closed
        await world.pass_time(200)
        await until(lambda: any(call[1] == SUB for call in world.hub.named("lease")[2:]))

    in_world(play)


def test_a_camera_whose_lease_does_not_name_the_exempt_wall_yet_goes_dark() -> None:
    async def play(world: World) -> None:
        world.store.apply(SessionChanged(DANA))
        await world.open()
        world.hub.gate = asyncio.Event()
        world.streams.demand(LIT, {CAM: SMALL})
        await until(lambda: len(world.hub.named("lease")) == 2)
        lock(world)
        await until(lambda: not world.engine.open_streams)
        world.hub.gate.set()
        await world.pass_time(10)
        assert not world.engine.open_streams

    in_world(play)


def test_a_camera_that_has_left_the_exempt_wall_goes_dark_though_its_lease_names_it() -> None:
    async def play(world: World) -> None:
        await furnish(world)
        lock(world)
        world.streams.demand(LIT, {})
        await until(lambda: not world.engine.open_streams)

    in_world(play)
