"""A mask goes its whole way: camera file, hub, event, lease, worker, and the picture of an open tile."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from pathlib import Path

from app.domain.camera import Quality, StreamKey
from app.domain.events import LinkState
from app.domain.ids import CameraId, WallId
from app.domain.picture_size import PictureSize
from app.domain.privacy_mask import PrivacyMask
from app.domain.stream_state import StreamState
from app.services.streams import Streams
from app.sources.hub_live import HubLive
from app.sources.hub_process import HubProcess
from app.sources.hub_rest import HubRest
from app.store.state import Store
from tests.e2e.video.conftest import MachineClock, RtspCamera, Wall, wall_with
from tests.e2e.video.test_privacy_masks import LEFT, RIGHT, hidden, newest, seen
from tests.fakes.waiting import run, until

KEY = StreamKey(CameraId("a"), Quality.MAIN)
WITHIN_S = 2.0


@asynccontextmanager
async def linked(folder: Path) -> AsyncIterator[tuple[Store, HubRest]]:
    """Run a hub as the console does, with the store that follows it."""
    store, rest = Store(), HubRest()
    hub = HubProcess(folder, "dana", lambda _: None)
    live = HubLive(hub, rest, store.apply, lambda: None, lambda: None)
    tasks = [asyncio.create_task(hub.run()), asyncio.create_task(live.run())]
    try:
        await until(lambda: store.link is LinkState.CONNECTED, 30)
        yield store, rest
    finally:
        for task in reversed(tasks):
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        await rest.aclose()


@asynccontextmanager
async def looking(store: Store, rest: HubRest, wall: Wall) -> AsyncIterator[None]:
    """Have the camera on a wall."""
    failures: list[BaseException] = []
    streams = Streams(store, rest, wall.engine, MachineClock(), lambda _, error: failures.append(error))
    task = asyncio.create_task(streams.run())
    streams.demand(WallId("wall-1"), {KEY.camera_id: PictureSize(480, 270)})
    try:
        yield
    finally:
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)
    assert not failures


async def list_camera(rest: HubRest, url: str, masks: str) -> None:
    file = f"id,name,lat,lon,url,privacy_masks\na,Homes,41.1,-72.1,{url},{masks}\n"
    plan = await rest.plan_import("cameras.csv", file.encode())
    assert not plan.refused
    await rest.apply_import(plan.token)


def written(*masks: PrivacyMask) -> str:
    return " | ".join(f"{m.left} {m.top} {m.width} {m.height}" for m in masks) or "none"


def test_a_mask_that_is_imported_reaches_an_open_tile_within_two_seconds(
    plain_camera: RtspCamera, tmp_path: Path
) -> None:
    async def scene() -> None:
        async with linked(tmp_path) as (store, rest), wall_with() as wall:
            await list_camera(rest, plain_camera.url(), written())
            await until(lambda: KEY.camera_id in store.cameras)
            async with looking(store, rest, wall):

                def is_live() -> bool:
                    status = store.streams.get(KEY)
                    return status is not None and status.state is StreamState.LIVE

                def shows(masks: tuple[PrivacyMask, ...]) -> Callable[[], bool]:
                    def shown() -> bool:
                        frame = wall.engine.newest(KEY)
                        return frame is not None and all(
                            hidden(frame, mask) if mask in masks else seen(frame, mask)
                            for mask in (LEFT, RIGHT)
                        )

                    return shown

                await until(is_live)
                assert shows(())()
                for masks in ((LEFT,), (LEFT, RIGHT), (RIGHT,), ()):
                    await list_camera(rest, plain_camera.url(), written(*masks))
                    await until(shows(masks), WITHIN_S, f"pictures with {masks}")
                    assert store.cameras[KEY.camera_id].privacy_masks == masks
                    await until(is_live, WITHIN_S)
                assert wall.restarts(KEY) == 0

    run(scene(), 60)


def test_a_stream_that_is_opened_under_a_mask_never_has_a_picture_without_it(
    plain_camera: RtspCamera, tmp_path: Path
) -> None:
    async def scene() -> None:
        async with linked(tmp_path) as (store, rest), wall_with() as wall:
            await list_camera(rest, plain_camera.url(), written(LEFT))
            await until(lambda: KEY.camera_id in store.cameras)
            async with looking(store, rest, wall):

                def masked_so_far() -> bool:
                    frame = wall.engine.newest(KEY)
                    assert frame is None or hidden(frame, LEFT)
                    return wall.engine.newest_number(KEY) >= 20

                await until(masked_so_far)
                assert seen(newest(wall, KEY), RIGHT)

    run(scene(), 60)
