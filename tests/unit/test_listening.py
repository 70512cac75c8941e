"""One camera is heard at a time, and only with a live picture on a wall."""

from __future__ import annotations

from dataclasses import replace

import pytest

from app.domain.errors import OperatorError
from app.domain.picture_size import HIDDEN
from app.domain.sound import Heard, Sound
from app.domain.stream_state import Fault
from app.services.listening import ANSWER_S, Listening
from app.services.notify import Notify
from app.services.replays import Replays
from tests.fakes.stream_world import CAM, SUB, WALL, World, in_world


def listening_in(world: World) -> tuple[Listening, Replays]:
    replays = Replays(world.streams, world.engine, world.engine, world.clock)
    notify = Notify(world.store, world.clock)
    listening = Listening(world.store, world.streams, replays, world.engine, notify, world.clock)
    return listening, replays


def notices(world: World) -> list[str]:
    return [notice.message for notice in world.store.notices.values()]


async def hearing(world: World) -> tuple[Listening, Replays]:
    listening, replays = listening_in(world)
    await world.open()
    listening.toggle(CAM)
    world.engine.heard = Sound.PLAYING
    listening.look()
    assert world.store.heard == Heard(CAM, Sound.PLAYING)
    return listening, replays


def test_the_key_begins_and_ends_it() -> None:
    async def play(world: World) -> None:
        listening, _ = await hearing(world)
        listening.toggle(CAM)
        assert world.store.heard is None
        assert world.engine.listened == [(SUB, 100), None]

    in_world(play)


def test_only_a_live_picture_can_be_listened_to() -> None:
    async def play(world: World) -> None:
        listening, replays = listening_in(world)
        with pytest.raises(OperatorError, match="live"):
            listening.toggle(CAM)
        await world.open()
        replays.start(CAM, 5)
        with pytest.raises(OperatorError, match="replay"):
            listening.toggle(CAM)
        assert world.engine.listened == []

    in_world(play)


def test_a_replay_is_silent_and_the_sound_returns_with_the_live_picture() -> None:
    async def play(world: World) -> None:
        listening, replays = await hearing(world)
        replays.start(CAM, 5)
        listening.look()
        assert world.store.heard == Heard(CAM, silence="no sound in replay")
        assert world.engine.listened[-1] is None
        replays.stop(CAM)
        listening.look()
        assert world.engine.listened[-1] == (SUB, 100)

    in_world(play)


def test_a_picture_that_is_not_live_has_no_sound() -> None:
    async def play(world: World) -> None:
        listening, _ = await hearing(world)
        await world.pass_time(4)
        listening.look()
        assert world.engine.listened[-1] is None
        assert world.store.heard is not None
        assert "not live" in world.store.heard.silence
        assert notices(world) == []

    in_world(play)


def test_a_camera_that_goes_offline_ends_it_in_words() -> None:
    async def play(world: World) -> None:
        listening, _ = await hearing(world)
        world.engine.known[SUB] = replace(world.engine.known[SUB], fault=Fault.ENDED)
        await world.pass_time(0.3)
        listening.look()
        assert world.store.heard is None
        assert world.engine.listened[-1] is None
        assert "offline" in notices(world)[0]

    in_world(play)


def test_a_sound_output_that_stops_the_decoder_is_not_tried_again_by_itself() -> None:
    async def play(world: World) -> None:
        listening, _ = listening_in(world)
        await world.open()
        listening.toggle(CAM)
        world.engine.known[SUB] = replace(world.engine.known[SUB], fault=Fault.DECODER_LOST)
        await world.pass_time(0.3)
        listening.look()
        assert world.store.heard is None
        assert world.engine.listened[-1] is None
        assert "sound output" in notices(world)[0]

    in_world(play)


@pytest.mark.parametrize("looked_between", [False, True])
def test_a_decoder_that_stops_while_sound_plays_gets_its_sound_back(looked_between: bool) -> None:
    async def play(world: World) -> None:
        listening, _ = await hearing(world)
        if looked_between:
            # The engine knows of the lost worker before the tile does.
            world.engine.heard = Sound.STARTING
            listening.look()
        world.engine.known[SUB] = replace(world.engine.known[SUB], fault=Fault.DECODER_LOST)
        await world.pass_time(0.3)
        listening.look()
        assert world.store.heard is not None
        assert notices(world) == []

    in_world(play)


@pytest.mark.parametrize("sizes", [{}, {CAM: HIDDEN}])
def test_what_nobody_sees_nobody_hears(sizes: dict) -> None:
    async def play(world: World) -> None:
        listening, _ = await hearing(world)
        world.streams.demand(WALL, sizes)
        listening.look()
        assert world.store.heard is None
        assert world.engine.listened[-1] is None

    in_world(play)


@pytest.mark.parametrize(
    ("sound", "waits", "words"),
    [
        (Sound.NONE_SENT, False, "sends no sound"),
        (Sound.NO_DEVICE, False, "no sound output"),
        (Sound.UNSUPPORTED, False, "cannot be decoded"),
        (Sound.UNREACHABLE, False, "does not give out its sound"),
        (Sound.STARTING, True, "does not answer"),
        (Sound.AWAITED, True, "sends no sound"),
    ],
)
def test_why_nothing_is_heard_is_said_in_words(sound: Sound, waits: bool, words: str) -> None:
    async def play(world: World) -> None:
        listening, _ = listening_in(world)
        await world.open()
        listening.toggle(CAM)
        world.engine.heard = sound
        listening.look()
        if waits:
            assert notices(world) == []
            world.clock.advance(ANSWER_S + 0.1)
            listening.look()
        assert words in notices(world)[0]
        assert world.store.heard is None

    in_world(play)


def test_a_camera_that_pauses_is_still_listened_to() -> None:
    async def play(world: World) -> None:
        listening, _ = await hearing(world)
        world.engine.heard = Sound.AWAITED
        listening.look()
        world.clock.advance(ANSWER_S * 3)
        world.engine.picture(SUB)
        await world.pass_time(0.2)
        listening.look()
        assert world.store.heard == Heard(CAM, Sound.AWAITED)
        assert notices(world) == []

    in_world(play)


def test_another_volume_is_heard_at_once() -> None:
    async def play(world: World) -> None:
        listening, _ = await hearing(world)
        listening.set_volume(25)
        assert world.engine.listened == [(SUB, 100), (SUB, 25)]

    in_world(play)
