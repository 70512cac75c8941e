"""Replays follow their camera: one each, as large as its picture, gone with its stream."""

from __future__ import annotations

from dataclasses import replace

import pytest

from app.domain.camera import StreamKey
from app.domain.errors import OperatorError
from app.domain.picture_size import HIDDEN, PictureSize
from app.domain.stream_state import REPLAY_STEPS_S, Fault
from app.services.replays import Replays
from tests.fakes.stream_world import CAM, LARGE, MAIN, SMALL, SUB, WALL, World, in_world


def past(ago_s: int) -> StreamKey:
    return StreamKey(SUB.camera_id, SUB.quality, ago_s)


def test_a_camera_that_is_not_open_has_nothing_to_replay() -> None:
    async def play(world: World) -> None:
        replays = Replays(world.streams, world.engine, world.engine, world.clock)
        with pytest.raises(OperatorError, match="on record"):
            replays.start(CAM, 5)
        assert replays.replay_of(CAM) is None
        assert CAM not in world.streams.held

    in_world(play)


def test_each_step_goes_further_back_and_the_last_one_returns_to_the_live_picture() -> None:
    async def play(world: World) -> None:
        replays = Replays(world.streams, world.engine, world.engine, world.clock)
        await world.open()
        for ago_s in REPLAY_STEPS_S:
            replays.step(CAM)
            assert replays.replay_of(CAM) == past(ago_s)
        replays.step(CAM)
        assert replays.replay_of(CAM) is None
        assert world.engine.closed == [past(ago_s) for ago_s in REPLAY_STEPS_S]
        assert SUB in world.engine.open_streams

    in_world(play)


def test_a_replay_is_as_large_as_its_cameras_picture_and_rests_with_it() -> None:
    async def play(world: World) -> None:
        replays = Replays(world.streams, world.engine, world.engine, world.clock)
        await world.open()
        replays.start(CAM, 5)
        middle = PictureSize(640, 360)
        for size in (middle, HIDDEN, middle):
            world.streams.demand(WALL, {CAM: size})
            replays.fit()
        assert [size for key, size in world.engine.fitted if key == past(5)] == [SMALL, middle, middle]
        assert world.engine.rested == [past(5)]
        world.streams.demand(WALL, {})
        replays.fit()
        assert replays.replay_of(CAM) is None

    in_world(play)


def test_the_quality_stays_while_a_replay_runs() -> None:
    async def play(world: World) -> None:
        replays = Replays(world.streams, world.engine, world.engine, world.clock)
        await world.open()
        replays.start(CAM, 30)
        world.streams.demand(WALL, {CAM: LARGE})
        await world.pass_time(1)
        assert MAIN not in world.engine.open_streams
        replays.stop(CAM)
        await world.pass_time(1)
        assert MAIN in world.engine.open_streams

    in_world(play)


def test_a_replay_that_cannot_be_played_is_over() -> None:
    async def play(world: World) -> None:
        replays = Replays(world.streams, world.engine, world.engine, world.clock)
        await world.open()
        replays.start(CAM, 15)
        world.engine.known[past(15)] = replace(world.engine.known[past(15)], fault=Fault.ENDED)
        assert replays.key_for(CAM) == SUB
        assert past(15) in world.engine.closed

    in_world(play)


def test_a_replay_that_went_with_its_stream_is_over() -> None:
    async def play(world: World) -> None:
        replays = Replays(world.streams, world.engine, world.engine, world.clock)
        await world.open()
        replays.start(CAM, 15)
        world.engine.end_replay(past(15))
        assert replays.replay_of(CAM) is None
        assert CAM not in world.streams.held

    in_world(play)
