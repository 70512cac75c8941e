"""Builds the console's parts, runs them, and takes them down in order."""

from __future__ import annotations

import asyncio
import importlib
from collections.abc import Callable, Coroutine, Sequence
from contextlib import AsyncExitStack
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, TypeVar

import structlog

from app.bootstrap.budget import keep_to_budget
from app.bootstrap.city import City, CityReady
from app.bootstrap.demo_roles import PEOPLE, DemoRoles
from app.bootstrap.metrics import serve_metrics
from app.bootstrap.options import DemoOptions
from app.bridge.stall_meter import StallMeter
from app.bridge.store_bridge import StoreBridge
from app.bridge.task_scope import TaskScope
from app.config import Places, Settings
from app.domain.clock import SystemClock
from app.domain.errors import ConsoleError, OperatorError
from app.domain.events import LinkState, NoticeLevel
from app.services.desk import Desk
from app.services.engine_watch import EngineWatch
from app.services.evidence import Evidence
from app.services.layouts import Layouts
from app.services.listening import Listening
from app.services.notify import Notify
from app.services.record_watch import RecordWatch
from app.services.replays import Replays
from app.services.saving import Saving
from app.services.streams import Streams
from app.services.walls import Walls
from app.services.workspace import Workspace
from app.sources.desk_keys import DeskKeys
from app.sources.evidence_files import EvidenceFiles
from app.sources.files import JsonFile
from app.sources.hub_account_review import HubAccountReview
from app.sources.hub_accounts import HubAccounts
from app.sources.hub_approvals import HubApprovals
from app.sources.hub_consents import HubConsents
from app.sources.hub_desks import HubDesks
from app.sources.hub_door import RestDoor
from app.sources.hub_evidence import HubEvidence
from app.sources.hub_health import HubHealth
from app.sources.hub_live import HubLive
from app.sources.hub_owner_links import HubOwnerLinks
from app.sources.hub_owner_telling import HubOwnerTelling
from app.sources.hub_presence import HubPresence
from app.sources.hub_process import HubProcess
from app.sources.hub_proof import HubProof
from app.sources.hub_record import HubRecord
from app.sources.hub_remote import RemoteHub
from app.sources.hub_rest import HubRest
from app.sources.hub_shifts import HubShifts
from app.sources.hub_trust import trust
from app.sources.layout_file import LayoutFile
from app.sources.video.figures import VideoFigures
from app.sources.video.supervisor import VideoSupervisor
from app.sources.workstations import Workstations
from app.store.state import Store
from layouts.demo_menu import DemoMenu
from layouts.desk_windows import MAIN_WALL, DeskWindows
from layouts.parts import Parts
from layouts.splash import Splash
from widgets.map.basemap import BaseMap

if TYPE_CHECKING:
    from app.hub.vault import Vault

log = structlog.get_logger(__name__)

SAVE_EVERY_S = 2.0
FULL_DEMO = 24
"""From so many cameras on the demo has all that have a picture of their own."""
HUB_BEGINS_S = 0.1
"""After so long the hub's process runs, and this one waits for it."""

T = TypeVar("T")
Attendant = Callable[["Console", DeskWindows], Coroutine[None, None, None]]


async def _open_vault() -> Vault:
    from app.hub.vault import open_vault  # noqa: PLC0415 (keyrings are needed at another hub's door only)

    return await open_vault()


@dataclass(frozen=True, slots=True)
class Sources:
    """What the console draws from: the hub and the cameras."""

    rest: HubRest
    live: HubLive
    hub: HubProcess | RemoteHub
    engine: VideoSupervisor


class Console:
    """The running console. `run` returns when the operator closes it or a headless run's time is up."""

    def __init__(
        self,
        places: Places,
        settings: Settings,
        demo: DemoOptions | None,
        notices: Sequence[str],
        *,
        by_itself: bool = False,
    ) -> None:
        """Build the parts. ``by_itself``: nobody sits here, so the desk signs in with its hub's token."""
        self._by_itself = by_itself and demo is None
        self._demo = demo
        self._places = places
        self._settings = settings
        self._quit = asyncio.Event()
        self._failure: ConsoleError | None = None
        self._save_failed = False
        self._told_no_vault = False
        self.clock = SystemClock()
        self.store = Store()
        self.notify = Notify(self.store, self.clock)
        for words in notices:
            self._warn(words)
        self.tasks = TaskScope(self.notify.failed)
        self.sources = self._open_sources()
        self.figures = VideoFigures(self.sources.engine, self.clock)
        self._roles: DemoRoles | None = None
        self._admin = HubRest()
        self.parts = self._build_parts()
        self.city: City | None = None

    def quit(self) -> None:
        """End the program, from any thread's signal handler or window."""
        self._quit.set()

    async def run(self, splash: Splash, attendant: Attendant | None = None) -> None:
        """Start everything, show the windows, wait for the end, and close in order.

        ``attendant`` works beside the operator, or in place of one, as long as the console runs.

        Raises:
            ConsoleError: what it cannot run without did not start.
        """
        async with AsyncExitStack() as closing:
            closing.push_async_callback(self.sources.rest.aclose)
            closing.push_async_callback(self._admin.aclose)
            hub_task = TaskScope(self.notify.failed)
            closing.push_async_callback(hub_task.aclose, 8.0)
            hub_task.keep("Running the hub", self._run_hub)
            ready = await self._unless_failed(self._start_city(closing, splash))
            splash.progress("Starting the hub", 0, 0)
            await self._unless_failed(self._hub_and_plots())
            closing.push_async_callback(self.sources.engine.aclose)
            await self.sources.engine.start()
            closing.push_async_callback(self.tasks.aclose)
            self.tasks.keep("Following the hub", self.sources.live.run)
            self.tasks.keep("Opening streams", self.parts.streams.run)
            self.tasks.keep("Listening to a camera", self.parts.listening.run)
            if self.parts.evidence is not None:
                self.tasks.keep("Getting recordings' manifests", self.parts.evidence.run)
            self.tasks.start("Reading the layouts", self.parts.layouts.read())
            self.tasks.start("Measuring this computer", self._keep_to_budget())
            self.tasks.keep("Watching the video decoders", EngineWatch(self.figures, self.notify).run)
            watch = RecordWatch(HubHealth(self.sources.rest), self.notify)
            self.tasks.keep("Watching the hub's record", watch.run)
            windows = self._present(ready, splash, closing)
            self._serve_metrics(windows)
            if attendant is not None:
                self.tasks.start("Running by itself", attendant(self, windows))
            await self._quit.wait()
            self.parts.stall.stop()

    async def _hub_and_plots(self) -> None:
        """Wait for the hub, and load what draws the system page's plots meanwhile.

        That takes some tenths of a second of this thread, while there is no tile yet that could stall. In
        another thread PySide's classes would be made beside what the user interface does with them.
        """
        address = asyncio.ensure_future(self.sources.hub.address())
        try:
            await asyncio.sleep(HUB_BEGINS_S)
            importlib.import_module("widgets.system.plots")
            await address
        finally:
            address.cancel()

    def _present(self, ready: CityReady | None, splash: Splash, closing: AsyncExitStack) -> DeskWindows:
        views = self.parts.workspace.restore()
        if ready is not None:
            self.tasks.start("Importing the demo's cameras", self._furnish(ready))
        windows = DeskWindows(self.parts, self._base_map(ready), self.quit)
        if self._roles is not None:
            DemoMenu(self.parts.tasks, windows.main, list(PEOPLE), self._roles.switch)
        windows.restore(views)
        closing.callback(windows.close)
        closing.push_async_callback(self._save, windows)
        windows.show()
        splash.close()
        self.parts.stall.start()
        self.tasks.keep("Saving the workspace", partial(self._keep_saved, windows))
        return windows

    def _serve_metrics(self, windows: DeskWindows) -> None:
        settings, probe = self._settings.metrics, windows.probe
        if settings.enabled and probe is not None:
            work = partial(serve_metrics, settings, probe, self.clock, self.notify)
            self.tasks.keep("Serving metrics", work)

    # Parts

    def _open_sources(self) -> Sources:
        chosen = self._settings.hub
        remote = chosen.address if self._demo is None and not self._by_itself else None
        rest = HubRest(tls=trust(chosen.authority) if remote and remote.startswith("https") else None)
        hub: HubProcess | RemoteHub = (
            RemoteHub(remote)
            if remote is not None
            else HubProcess(self._places.data / "hub", self._settings.operator, self._warn)
        )
        live = HubLive(
            hub, rest, self.store.apply, self._on_new_hub, self._on_no_vault, by_itself=self._by_itself
        )
        video = self._settings.video
        engine = VideoSupervisor(
            self.clock,
            streams_per_worker=video.streams_per_worker,
            decoder=video.decoder,
            hardware_decoding=video.hardware_decoding,
        )
        return Sources(rest, live, hub, engine)

    def _build_parts(self) -> Parts:
        store, clock, sources = self.store, self.clock, self.sources
        file = JsonFile(self._places.data / "workspace.json", clock.utc, self._warn)
        book = LayoutFile(self._places.data / "layouts.json", clock.utc, self._warn)
        desks = HubDesks(sources.rest, DeskKeys(_open_vault), store.apply)
        streams = Streams(store, sources.rest, sources.engine, clock, self._on_stream_failure, renewals=desks)
        replays = Replays(streams, sources.engine, sources.engine.past, clock)
        workstations = Workstations(_open_vault, clock.utc, self._on_not_remembered)
        door = (
            None if self._by_itself else RestDoor(sources.hub, sources.rest, store.apply, workstations, desks)
        )
        if self._demo is not None and door is not None:
            self._roles = DemoRoles(self._admin, door)
        return Parts(
            store=store,
            clock=clock,
            frames=sources.engine,
            streams=streams,
            replays=replays,
            listening=Listening(store, streams, replays, sources.engine.sounds, self.notify, clock),
            saving=Saving(store, sources.engine.past, clock, self._places.pictures),
            walls=Walls(store),
            layouts=Layouts(store, book, streams.qualities),
            desk=Desk(store, sources.rest),
            notify=self.notify,
            workspace=Workspace(store, file, self.notify),
            bridge=StoreBridge(store),
            stall=StallMeter(clock),
            tasks=self.tasks,
            approvals=HubApprovals(sources.rest),
            evidence=Evidence(
                store, HubEvidence(sources.rest), EvidenceFiles(self._places.pictures), clock, self.notify
            ),
            figures=self.figures,
            pulse=sources.live.pulse,
            door=door,
            proof=None if self._by_itself else HubProof(sources.hub, sources.rest),
            door_note=f"In the demo every password is {self._roles.password}." if self._roles else "",
            record=HubRecord(sources.rest),
            consents=HubConsents(sources.rest),
            owner_links=HubOwnerLinks(sources.rest),
            owner_telling=HubOwnerTelling(sources.rest),
            accounts=HubAccounts(sources.rest),
            presence=HubPresence(sources.rest),
            desks=desks,
            shifts=HubShifts(sources.rest),
            rights_review=HubAccountReview(sources.rest),
        )

    async def _keep_to_budget(self) -> None:
        file = JsonFile(self._places.data / "machine.json", self.clock.utc, self._warn)
        await keep_to_budget(self.parts.streams.qualities, file, self._settings.video.budget_mpx_s)

    def _base_map(self, ready: CityReady | None) -> BaseMap:
        if ready is not None:
            return BaseMap(mbtiles=ready.mbtiles)
        chosen = self._settings.map
        return BaseMap(chosen.mbtiles, chosen.tile_url or "", chosen.attribution)

    # What goes wrong

    async def _run_hub(self) -> None:
        try:
            await self.sources.hub.run()
        except ConsoleError as error:
            self._failure = error
            self.quit()

    async def _unless_failed(self, work: Coroutine[None, None, T]) -> T:
        """Return what ``work`` returns, unless the console has to give up before."""
        task, ended = asyncio.ensure_future(work), asyncio.ensure_future(self._quit.wait())
        try:
            await asyncio.wait({task, ended}, return_when=asyncio.FIRST_COMPLETED)
            if self._failure is not None:
                raise self._failure
            return await task
        finally:
            task.cancel()
            ended.cancel()

    def _on_not_remembered(self) -> None:
        self.notify.tell(
            NoticeLevel.WARNING,
            "This workstation is not remembered: the computer's password vault did not take it.",
            "The next sign-in asks for the code.",
        )

    def _warn(self, words: str) -> None:
        self.notify.tell(NoticeLevel.WARNING, words, of_desk=True)

    def _on_new_hub(self) -> None:
        self.parts.streams.renew_all()

    def _on_no_vault(self) -> None:
        if self._told_no_vault:
            # Once is enough: the hub says so to everybody who signs in.
            return
        self._told_no_vault = True
        self.notify.tell(
            NoticeLevel.INFO,
            "No password vault here: cameras' passwords are kept for this run only.",
            "After a restart, import the camera file again.",
            of_desk=True,
        )

    def _on_stream_failure(self, name: str, error: BaseException) -> None:
        log.error("stream task failed", task=name, exc_info=error)
        self.notify.tell(
            NoticeLevel.ERROR, "A stream could not be handled.", "The log has the details.", of_desk=True
        )

    # The demo

    async def _start_city(self, closing: AsyncExitStack, splash: Splash) -> CityReady | None:
        if self._demo is None:
            return None
        self.city = City(self._demo, self._places.logs, splash.progress)
        closing.push_async_callback(self.city.aclose)
        ready = await self.city.start()
        self.tasks.start("Running the demo city", self.city.follow())
        return ready

    async def _furnish(self, ready: CityReady) -> None:
        """Import the city's cameras, sign in, arrange the first wall, and let the alerts begin."""
        assert self._roles is not None
        address = await self.sources.hub.address()
        await self._admin.sign_in(address.url, address.token)
        plan = await self._admin.plan_import(ready.camera_file.name, ready.camera_file.read_bytes())
        for row in plan.refused:
            log.error("the demo's camera was refused", row=row.row, reason=row.reason)
        if plan.added or plan.changed:
            await self._admin.apply_import(plan.token)
        await self._roles.enter("Operator")
        await self._until_connected()
        wanted = set(ready.default_wall)
        await self._until(lambda: wanted <= self.store.cameras.keys())
        if not any(self.parts.walls.wall(MAIN_WALL).cameras):
            self.parts.walls.show(MAIN_WALL, ready.default_wall)
        if len(self.store.cameras) >= FULL_DEMO:
            await self._roles.record_consents()
        assert self.city is not None
        self.city.send_alerts(address.url, self.sources.hub.ingest_token)

    async def _until_connected(self) -> None:
        await self._until(lambda: self.store.link is LinkState.CONNECTED)

    async def _until(self, condition: Callable[[], bool], timeout_s: float = 60.0) -> None:
        """Wait for a condition on the store.

        Raises:
            OperatorError: it did not come true in time.
        """
        changed = asyncio.Event()
        forget = self.store.subscribe(lambda _: changed.set())
        try:
            async with asyncio.timeout(timeout_s):
                while not condition():
                    changed.clear()
                    await changed.wait()
        except TimeoutError as error:
            raise OperatorError("The hub did not get ready in time.") from error
        finally:
            forget()

    async def _keep_saved(self, windows: DeskWindows) -> None:
        while True:
            await asyncio.sleep(SAVE_EVERY_S)
            await self._save(windows)

    async def _save(self, windows: DeskWindows) -> None:
        try:
            await self.parts.workspace.save(windows.state())
            self._save_failed = False
        except OSError as error:
            if not self._save_failed:  # Told once, or it would come back as often as it is put away.
                self._warn(f"The workspace cannot be saved: {error.strerror}.")
            self._save_failed = True
