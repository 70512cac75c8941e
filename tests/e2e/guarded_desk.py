"""An enrolled desk by the console's own parts, at a real hub and with a keyring of the test's."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

from app.domain.camera import StreamKey
from app.domain.door import Credentials
from app.domain.events import LinkState
from app.domain.ids import CameraId, WallId
from app.domain.picture_size import PictureSize
from app.domain.ports import VideoEngine
from app.domain.stream_state import StreamState
from app.hub.vault import Vault
from app.services.streams import Streams
from app.sources.desk_keys import DeskKeys
from app.sources.hub_desks import HubDesks
from app.sources.hub_door import RestDoor
from app.sources.hub_live import HubLive
from app.sources.hub_rest import HubRest
from app.store.state import Store
from app.wire.accounts import AccountIn, HandoverOut
from tests.e2e.test_change_of_person import Here
from tests.e2e.video.conftest import MachineClock
from tests.fakes.waiting import until
from tests.hub.running_hub import OPERATOR_TOKEN, MemoryKeyring, running_hub

OWN = "one of my own"
LIT, MAIN = WallId("wall-2"), WallId("wall-1")
REASON = "Guarded room, post order 12"
SIZE = PictureSize(480, 270)


@dataclass
class GuardedDesk:
    """A desk where Root has enrolled, and where people work; ``admin`` does what is done elsewhere."""

    store: Store
    rest: HubRest
    door: RestDoor
    desks: HubDesks
    streams: Streams
    admin: HubRest
    ring: MemoryKeyring

    async def enter(self, name: str) -> None:
        await self.door.sign_in(Credentials(name, OWN))
        await self.door.find_desk(enter=True)

    async def enrol(self) -> str:
        """Enrol the desk as its administrator and exempt its second wall; return its id."""
        await self.enter("Root")
        await self.desks.enrol("Front")
        desk = (await self.desks.known()).own
        assert desk is not None
        await self.desks.keep_lit(desk.id, LIT, REASON)
        return desk.id

    def wall_of(self, key: StreamKey) -> WallId | None:
        """Return the wall that a stream's lease names."""
        lease = self.streams._streams[key].lease
        return lease.wall if lease is not None else None

    def live(self) -> list[StreamKey]:
        """Return the streams that are live, by camera."""
        found = [key for key, status in self.store.streams.items() if status.state is StreamState.LIVE]
        return sorted(found, key=lambda key: key.camera_id)


@asynccontextmanager
async def guarded_desk(
    folder: Path, engine: VideoEngine, url: str = "rtsp://127.0.0.1:9"
) -> AsyncIterator[GuardedDesk]:
    """Run a hub with two cameras and a desk's parts on it; Root administers, Dana operates."""
    async with running_hub(folder, one_desk=True) as ready:
        where = Here(f"http://127.0.0.1:{ready.port}")
        admin, rest, store, ring = HubRest(), HubRest(), Store(), MemoryKeyring()
        await admin.sign_in(where.url, OPERATOR_TOKEN)
        file = f"id,name,lat,lon,url\na,Corner,41.1,-72.1,{url}/1\nb,Bridge,41.2,-72.2,{url}/2\n"
        await admin.apply_import((await admin.plan_import("c.csv", file.encode())).token)

        async def opened() -> Vault:
            return vault

        vault = Vault(ring)
        desks = HubDesks(rest, DeskKeys(opened), store.apply)
        door = RestDoor(where, rest, store.apply, desks=desks)
        for name, role in (("Root", "administrator"), ("Dana", "operator")):
            answer = await admin.call("POST", "accounts", AccountIn(name=name, roles=[role]))
            handed = admin.read(HandoverOut, answer).password
            await door.sign_in(Credentials(name, handed, new_password=OWN))
        await door.sign_out()
        failures: list[BaseException] = []
        streams = Streams(
            store, rest, engine, MachineClock(), lambda _, error: failures.append(error), renewals=desks
        )
        live = HubLive(where, rest, store.apply, streams.renew_all, lambda: None, by_itself=False)
        tasks = [asyncio.create_task(live.run()), asyncio.create_task(streams.run())]
        streams.demand(LIT, {CameraId("a"): SIZE})
        streams.demand(MAIN, {CameraId("b"): SIZE})
        try:
            yield GuardedDesk(store, rest, door, desks, streams, admin, ring)
        finally:
            for task in reversed(tasks):
                task.cancel()
            await asyncio.gather(*tasks, return_exceptions=True)
            await admin.aclose()
            await rest.aclose()
        assert not failures


async def connected(desk: GuardedDesk) -> None:
    await until(lambda: desk.store.link is LinkState.CONNECTED)
