"""A lock with a wall that stays lit, with real cameras: what goes on, and how soon it is dark."""

from __future__ import annotations

from pathlib import Path

from tests.e2e.guarded_desk import LIT, OWN, guarded_desk
from tests.e2e.video.conftest import RtspCamera, wall_with
from tests.fakes.waiting import run, until

WITHIN_S = 2.0


def test_the_exempt_wall_goes_on_through_the_lock_and_is_dark_two_seconds_after_the_setting_is_taken_back(
    plain_camera: RtspCamera, tmp_path: Path
) -> None:
    async def scene() -> None:
        async with (
            wall_with() as wall,
            guarded_desk(tmp_path, wall.engine, plain_camera.url("").removesuffix("/")) as desk,
        ):
            desk_id = await desk.enrol()
            await desk.enter("Dana")
            session = desk.store.session
            assert session is not None
            assert session.exempt_walls == {LIT}
            await until(lambda: [key.camera_id for key in desk.live()] == ["a", "b"])
            lit, other = desk.live()
            await until(lambda: desk.wall_of(lit) == LIT)
            await desk.door.lock()
            await until(lambda: wall.engine.facts(other) is None, WITHIN_S)
            await until(lambda: desk.store.kept is not None, WITHIN_S, "the locked desk's own feed")
            await wall.pictures(lit, 10)
            assert wall.restarts(lit) == 0
            await desk.admin.call("DELETE", f"desks/{desk_id}/exempt-walls/{LIT}")
            await until(lambda: wall.engine.facts(lit) is None, WITHIN_S, "dark")
            assert desk.store.lit_walls == frozenset()
            await desk.door.unlock(OWN)
            await desk.door.find_desk(enter=True)
            await until(lambda: [key.camera_id for key in desk.live()] == ["a", "b"])
            assert desk.store.session is not None
            assert desk.store.session.exempt_walls == frozenset()

    run(scene(), 60)
