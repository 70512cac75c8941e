"""The whole desk with real windows, on a hub and an engine that a test commands."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Coroutine, Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from PySide6.QtWidgets import QApplication
from qasync import QEventLoop

from widgets.map.scheme import register_scheme

register_scheme()  # before any test makes the QApplication

from app.bridge.stall_meter import StallMeter  # noqa: E402
from app.bridge.store_bridge import StoreBridge  # noqa: E402
from app.bridge.task_scope import TaskScope  # noqa: E402
from app.domain.events import HubEvent, HubFact  # noqa: E402
from app.domain.ids import Sequence  # noqa: E402
from app.services.desk import Desk  # noqa: E402
from app.services.layouts import Layouts  # noqa: E402
from app.services.listening import Listening  # noqa: E402
from app.services.notify import Notify  # noqa: E402
from app.services.replays import Replays  # noqa: E402
from app.services.saving import Saving  # noqa: E402
from app.services.streams import Streams  # noqa: E402
from app.services.walls import Walls  # noqa: E402
from app.services.workspace import Workspace  # noqa: E402
from app.sources.files import JsonFile  # noqa: E402
from app.sources.layout_file import LayoutFile  # noqa: E402
from app.store.state import Store  # noqa: E402
from layouts.desk_windows import DeskWindows  # noqa: E402
from layouts.parts import Parts  # noqa: E402
from tests.fakes.accounts import FakeAccounts  # noqa: E402
from tests.fakes.approvals import FakeApprovals  # noqa: E402
from tests.fakes.world import FakeClock, FakeEngine, FakeHub  # noqa: E402
from widgets.map.basemap import BaseMap  # noqa: E402


@dataclass
class Room:
    """A desk, and what stands behind it."""

    parts: Parts
    hub: FakeHub
    engine: FakeEngine
    clock: FakeClock
    windows: DeskWindows
    accounts: FakeAccounts
    approvals: FakeApprovals

    @property
    def store(self) -> Store:
        return self.parts.store

    def tell(self, *facts: HubFact) -> None:
        """Let the hub's next numbered events bring these facts."""
        for fact in facts:
            self.store.apply(HubEvent(Sequence(self.store.sequence + 1), fact))
        self.parts.bridge.flush()

    def pass_time(self, seconds: float) -> None:
        """Move the clock and let the services look again."""
        self.clock.advance(seconds)
        self.parts.streams.wake()


RoomTest = Callable[[Room], Coroutine[None, None, None]]


@pytest.fixture
def in_room(qapp: QApplication, tmp_path: Path) -> Iterator[Callable[[RoomTest], None]]:
    """Play a coroutine at a desk; a second play of one test finds the desk as the first one left it."""
    loop = QEventLoop(qapp)
    asyncio.set_event_loop(loop)

    async def play(test: RoomTest) -> None:
        store, clock = Store(), FakeClock()
        hub, engine = FakeHub(clock), FakeEngine(clock)
        accounts, approvals = FakeAccounts(), FakeApprovals()
        notify = Notify(store, clock)
        tasks = TaskScope(notify.failed)
        failures: list[BaseException] = []
        streams = Streams(store, hub, engine, clock, lambda _, error: failures.append(error), renewals=hub)
        book = LayoutFile(tmp_path / "layouts.json", clock.utc, print)
        replays = Replays(streams, engine, engine, clock)
        parts = Parts(
            store=store,
            clock=clock,
            frames=engine,
            streams=streams,
            replays=replays,
            listening=Listening(store, streams, replays, engine, notify, clock),
            saving=Saving(store, engine, clock, tmp_path / "pictures"),
            walls=Walls(store),
            layouts=Layouts(store, book, streams.qualities),
            desk=Desk(store, hub),
            notify=notify,
            workspace=Workspace(store, JsonFile(tmp_path / "workspace.json", clock.utc, print), notify),
            bridge=StoreBridge(store),
            stall=StallMeter(clock),
            tasks=tasks,
            accounts=accounts,
            approvals=approvals,
            rights_review=accounts.reviews,
        )
        await parts.layouts.read()
        views = parts.workspace.restore()
        windows = DeskWindows(parts, BaseMap(), lambda: None)
        windows.restore(views)
        windows.show()
        tasks.start("Opening streams", parts.streams.run())
        try:
            async with asyncio.timeout(30):
                await test(Room(parts, hub, engine, clock, windows, accounts, approvals))
        finally:
            await parts.workspace.save(windows.state())
            windows.close()
            await tasks.aclose()
            windows.main.deleteLater()
        assert not failures

    with loop:
        yield lambda test: loop.run_until_complete(play(test))
    asyncio.set_event_loop(None)
