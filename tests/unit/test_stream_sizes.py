"""The stream service tells the engine how large each picture is shown: once, and again when it changes."""

from __future__ import annotations

from app.domain.camera import Quality
from app.domain.errors import OperatorError, SourceError
from app.domain.events import CameraUpserted
from app.domain.ids import WallId
from app.domain.picture_size import HIDDEN, PictureSize
from app.services.streams import LINGER_S
from tests.fakes.stream_world import CAM, LARGE, MAIN, SMALL, SUB, WALL, World, in_world
from tests.fakes.waiting import until
from tests.fakes.world import camera

OTHER = WallId("wall-2")
MIDDLE = PictureSize(640, 360)


def test_a_stream_is_fitted_when_it_is_opened_and_not_again_without_a_change() -> None:
    async def play(world: World) -> None:
        await world.open()
        assert world.engine.fitted == [(SUB, SMALL)]
        for _ in range(3):
            world.streams.demand(WALL, {CAM: SMALL})
            await world.pass_time(1)
        world.streams.renew_all()
        await until(lambda: len(world.hub.named("end_lease")) == 1)
        await world.pass_time(1)
        assert world.engine.fitted == [(SUB, SMALL)]

    in_world(play)


def test_each_change_of_size_is_told_once() -> None:
    async def play(world: World) -> None:
        await world.open()
        for size in (MIDDLE, SMALL):
            world.streams.demand(WALL, {CAM: size})
            await world.pass_time(0)
        assert world.engine.fitted == [(SUB, SMALL), (SUB, MIDDLE), (SUB, SMALL)]

    in_world(play)


def test_the_largest_of_all_walls_counts() -> None:
    async def play(world: World) -> None:
        await world.open()
        tall = PictureSize(200, 360)
        world.streams.demand(OTHER, {CAM: MIDDLE})
        await world.pass_time(0)
        world.streams.demand(WALL, {CAM: tall})
        await world.pass_time(0)
        assert world.engine.fitted == [(SUB, SMALL), (SUB, MIDDLE)]
        world.streams.demand(OTHER, {})
        await world.pass_time(0)
        assert world.engine.fitted[2:] == [(SUB, tall)]

    in_world(play)


def test_while_the_quality_changes_the_new_stream_and_the_one_shown_in_its_place_are_fitted() -> None:
    async def play(world: World) -> None:
        await world.open()
        world.streams.demand(WALL, {CAM: LARGE})
        await until(lambda: MAIN in world.engine.open_streams)
        await world.pass_time(1)
        assert sorted(world.engine.fitted[1:], key=str) == [(MAIN, LARGE), (SUB, LARGE)]
        larger = PictureSize(1920, 1080)
        world.engine.picture(MAIN)
        await until(lambda: world.streams.key_for(CAM) == MAIN)
        world.streams.demand(WALL, {CAM: larger})
        await world.pass_time(1)
        assert SUB in world.engine.open_streams
        assert world.engine.fitted[3:] == [(MAIN, larger)]

    in_world(play)


def test_a_stream_that_lingers_rests_and_is_fitted_again_when_it_is_wanted_again() -> None:
    async def play(world: World) -> None:
        await world.open()
        world.streams.demand(WALL, {})
        await world.pass_time(LINGER_S / 2)
        assert world.engine.rested == [SUB]
        world.streams.demand(OTHER, {CAM: SMALL})
        await world.pass_time(LINGER_S * 2)
        assert world.engine.fitted == [(SUB, SMALL), (SUB, SMALL)]
        assert world.engine.rested == [SUB]
        assert world.engine.opened == [SUB]

    in_world(play)


def test_what_nobody_can_see_rests_and_keeps_its_camera_and_its_quality() -> None:
    async def play(world: World) -> None:
        await world.open()
        world.streams.demand(WALL, {CAM: HIDDEN})
        await world.pass_time(LINGER_S * 4)
        assert world.engine.rested == [SUB]
        assert SUB in world.engine.open_streams
        assert world.state() is None
        world.streams.demand(WALL, {CAM: MIDDLE})
        await world.pass_time(0)
        assert world.engine.fitted == [(SUB, SMALL), (SUB, MIDDLE)]
        assert world.engine.opened == [SUB]
        await until(lambda: world.state() is not None)

    in_world(play)


def test_a_camera_that_one_wall_hides_and_another_shows_is_decoded() -> None:
    async def play(world: World) -> None:
        await world.open()
        world.streams.demand(OTHER, {CAM: MIDDLE})
        world.streams.demand(WALL, {CAM: HIDDEN})
        await world.pass_time(LINGER_S)
        assert world.engine.rested == []
        assert world.engine.fitted[-1] == (SUB, MIDDLE)

    in_world(play)


def test_nothing_is_opened_for_a_wall_that_nobody_can_see() -> None:
    async def play(world: World) -> None:
        world.streams.demand(WALL, {CAM: HIDDEN})
        await world.pass_time(LINGER_S)
        assert not world.hub.named("lease")
        assert not world.engine.opened

    in_world(play)


def test_a_stream_that_is_opened_anew_is_fitted_anew() -> None:
    async def play(world: World) -> None:
        await world.open()
        world.hub.url = "rtsp://host/moved"
        world.tell(CameraUpserted(camera(1)))
        await until(lambda: world.engine.opened == [SUB, SUB])
        await world.pass_time(0)
        assert world.engine.fitted == [(SUB, SMALL), (SUB, SMALL)]
        world.hub.fail = lambda: SourceError("away")
        await world.pass_time(world.hub.lease_s + 1)
        await until(lambda: not world.engine.open_streams)
        world.hub.fail = None
        await world.pass_time(600)
        await until(lambda: SUB in world.engine.open_streams)
        await world.pass_time(0)
        assert world.engine.fitted == [(SUB, SMALL)] * 3

    in_world(play)


def test_a_refused_stream_is_not_fitted() -> None:
    async def play(world: World) -> None:
        world.hub.fail = lambda: OperatorError("The owner has not shared this camera.")
        world.streams.demand(WALL, {CAM: SMALL})
        await until(lambda: bool(world.hub.named("lease")))
        world.streams.demand(WALL, {CAM: MIDDLE})
        await world.pass_time(1)
        assert not world.engine.fitted

    in_world(play)


def test_a_camera_whose_streams_differ_in_shape_settles_on_one_of_them() -> None:
    """In a tile of 640 × 480 the sub stream's 4:3 fills the height of a main stream's tile, 16:9 does not."""

    async def play(world: World) -> None:
        shown = {Quality.SUB: PictureSize(640, 480), Quality.MAIN: PictureSize(640, 360)}
        world.streams.demand(WALL, {CAM: SMALL})
        await until(lambda: SUB in world.engine.open_streams)
        for _ in range(6):
            key = world.streams.key_for(CAM) or SUB
            world.streams.demand(WALL, {CAM: shown[key.quality]})
            await world.pass_time(1)
            for opened in tuple(world.engine.open_streams):
                world.engine.picture(opened)
            await world.pass_time(LINGER_S + 1)
        assert len(world.engine.opened) <= 2

    in_world(play)
