"""A desk with a record and consents that a test fills."""

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
from app.domain.events import CameraUpserted, HubEvent, SessionChanged  # noqa: E402
from app.domain.ids import Sequence  # noqa: E402
from app.domain.own_session import OwnSession  # noqa: E402
from app.domain.rights import Right  # noqa: E402
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
from layouts.consents_flow import ConsentsFlow  # noqa: E402
from layouts.desk_windows import DeskWindows  # noqa: E402
from layouts.parts import Parts  # noqa: E402
from layouts.record_flow import RecordFlow  # noqa: E402
from tests.fakes.record import FakeConsents, FakeOwnerLinks, FakeOwnerTelling, FakeRecord  # noqa: E402
from tests.fakes.world import FakeClock, FakeEngine, FakeHub, camera  # noqa: E402
from tests.gui.record.filled import LONG, histories, looks, records, reviews  # noqa: E402
from widgets.map.basemap import BaseMap  # noqa: E402

BOTH = frozenset({Right.SEE_ROOM, Right.AUDIT_READ, Right.CONSENT_EDIT})


@dataclass
class RecordDesk:
    """The windows, and what stands behind them."""

    parts: Parts
    record: FakeRecord
    consents: FakeConsents
    links: FakeOwnerLinks
    telling: FakeOwnerTelling
    windows: DeskWindows

    @property
    def record_flow(self) -> RecordFlow:
        flow = self.windows._wiring.record
        assert flow is not None
        return flow

    @property
    def consents_flow(self) -> ConsentsFlow:
        flow = self.windows._wiring.consents
        assert flow is not None
        return flow

    def sign_in(self, *rights: Right, user: str = "Ann Auditor") -> None:
        self._session(OwnSession(user, ("Auditor",), frozenset(rights)))

    def sign_out(self) -> None:
        self._session(None)

    def _session(self, session: OwnSession | None) -> None:
        self.parts.store.apply(SessionChanged(session))
        self.parts.bridge.flush()


DeskTest = Callable[[RecordDesk], Coroutine[None, None, None]]


@pytest.fixture
def at_desk(qapp: QApplication, tmp_path: Path) -> Iterator[Callable[[DeskTest], None]]:
    """Play a coroutine at a desk whose record and consents are filled."""
    loop = QEventLoop(qapp)
    asyncio.set_event_loop(loop)

    async def play(test: DeskTest) -> None:
        store, clock = Store(), FakeClock()
        hub, engine = FakeHub(clock), FakeEngine(clock)
        notify = Notify(store, clock)
        failures: list[BaseException] = []
        tasks = TaskScope(lambda _, error: failures.append(error))
        streams = Streams(store, hub, engine, clock, lambda _, error: failures.append(error))
        replays = Replays(streams, engine, engine, clock)
        record, consents, links = FakeRecord(), FakeConsents(), FakeOwnerLinks()
        telling = FakeOwnerTelling()
        record.kept, record.kept_looks, record.reviews = records(450), looks(), reviews()
        consents.histories = histories()
        for number in range(1, 8):
            name = LONG if number == 2 else f"Camera {number}"
            store.apply(HubEvent(Sequence(number), CameraUpserted(camera(number, name=name))))
        parts = Parts(
            store=store,
            clock=clock,
            frames=engine,
            streams=streams,
            replays=replays,
            listening=Listening(store, streams, replays, engine, notify, clock),
            saving=Saving(store, engine, clock, tmp_path / "pictures"),
            walls=Walls(store),
            layouts=Layouts(store, LayoutFile(tmp_path / "l.json", clock.utc, print), streams.qualities),
            desk=Desk(store, hub),
            notify=notify,
            workspace=Workspace(store, JsonFile(tmp_path / "w.json", clock.utc, print), notify),
            bridge=StoreBridge(store),
            stall=StallMeter(clock),
            tasks=tasks,
            record=record,
            consents=consents,
            owner_links=links,
            owner_telling=telling,
        )
        windows = DeskWindows(parts, BaseMap(), lambda: None)
        windows.show()
        desk = RecordDesk(parts, record, consents, links, telling, windows)
        desk.sign_in(*BOTH)
        try:
            async with asyncio.timeout(30):
                await test(desk)
        finally:
            windows.close()
            await tasks.aclose()
            windows.main.deleteLater()
        assert not failures

    with loop:
        yield lambda test: loop.run_until_complete(play(test))
    asyncio.set_event_loop(None)
