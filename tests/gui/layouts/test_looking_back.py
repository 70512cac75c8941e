"""From a key on the wall to a replay, a saved picture and what the operator is told."""

from __future__ import annotations

from collections.abc import Callable, Coroutine
from dataclasses import replace

from app.domain.camera import Quality, StreamKey, Use
from app.domain.errors import OperatorError
from app.domain.events import CameraUpserted
from app.domain.ids import CameraId, TileIndex
from layouts.desk_windows import MAIN_WALL
from tests.fakes.waiting import until
from tests.fakes.world import camera
from tests.gui.layouts.conftest import Room

Play = Callable[[Callable[[Room], Coroutine[None, None, None]]], None]
CAM = CameraId("cam-1")
LIVE = StreamKey(CAM, Quality.SUB)


async def looked_at(room: Room) -> None:
    """Have the camera on the wall with its first picture."""
    room.tell(CameraUpserted(camera(1, name="North gate")))
    room.parts.walls.show(MAIN_WALL, [CAM])
    await until(lambda: LIVE in room.engine.open_streams)
    room.engine.picture(LIVE)
    room.pass_time(0.1)
    await until(lambda: room.parts.streams.key_for(CAM) == LIVE)


def told(room: Room) -> list[str]:
    return [f"{notice.message} {notice.hint}" for notice in room.store.notices.values()]


def test_back_and_live_begin_and_end_a_replay(in_room: Play) -> None:
    async def play(room: Room) -> None:
        await looked_at(room)
        surface = room.windows.main.wall.surface
        surface.replay_requested.emit(CAM, 0)
        await until(lambda: room.parts.replays.replay_of(CAM) is not None)
        assert [call[2] for call in room.hub.named("use_lease")] == [Use.REPLAY]
        past = room.parts.replays.replay_of(CAM)
        assert past is not None
        assert past.replay_s == 5
        assert room.parts.replays.key_for(CAM) == past
        await until(lambda: surface.tile(TileIndex(0)).key == past)
        surface.replay_requested.emit(CAM, 60)
        await until(lambda: room.parts.replays.key_for(CAM) != past)
        assert room.parts.replays.key_for(CAM) == replace(past, replay_s=60)
        surface.live_requested.emit(CAM)
        assert room.parts.replays.replay_of(CAM) is None
        await until(lambda: surface.tile(TileIndex(0)).key == replace(past, replay_s=0))

    in_room(play)


def test_what_cannot_be_played_back_is_told(in_room: Play) -> None:
    async def play(room: Room) -> None:
        room.windows.main.wall.surface.replay_requested.emit(CAM, 0)
        await until(lambda: any("This camera is not open" in words for words in told(room)))

    in_room(play)


def test_what_the_hub_does_not_allow_is_not_done(in_room: Play) -> None:
    async def play(room: Room) -> None:
        await looked_at(room)
        room.hub.fail = lambda: OperatorError("Your role may not look back.")
        surface = room.windows.main.wall.surface
        surface.replay_requested.emit(CAM, 0)
        surface.picture_requested.emit(LIVE, 1.0)
        surface.recording_requested.emit(CAM)
        await until(lambda: len(told(room)) == 3)
        assert room.parts.replays.replay_of(CAM) is None
        assert not room.engine.saved

    in_room(play)


def test_a_saved_picture_and_recording_are_told_with_their_place(in_room: Play) -> None:
    async def play(room: Room) -> None:
        await looked_at(room)
        surface = room.windows.main.wall.surface
        surface.picture_requested.emit(LIVE, room.clock.seconds)
        await until(lambda: any("Picture saved" in words and "pictures" in words for words in told(room)))
        surface.recording_requested.emit(CAM)
        await until(lambda: any("Recording saved" in words for words in told(room)))
        (_, at, picture, title), (_, since, recording, _) = room.engine.saved
        assert (at, title) == (room.clock.seconds, "North gate")
        assert since == room.clock.seconds - 60
        assert picture.name.endswith("North gate.png")
        assert recording.name.endswith("North gate.mkv")
        room.engine.trouble = "The file was not saved: No space left on device"
        surface.picture_requested.emit(LIVE, room.clock.seconds - 1)
        await until(lambda: any("No space left on device" in words for words in told(room)))

    in_room(play)


def test_nothing_is_recorded_of_a_private_camera_where_no_manifest_can_go_with_it(in_room: Play) -> None:
    async def play(room: Room) -> None:
        room.hub.watermark = "Dana"
        await looked_at(room)
        assert room.parts.evidence is None
        room.windows.main.wall.surface.recording_requested.emit(CAM)
        await until(lambda: any("leaves with a signed manifest only" in words for words in told(room)))
        assert not room.engine.saved

    in_room(play)
