"""Who is on shift, at the status line: as the hub tells it, and not for who sits down next."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import replace

from PySide6.QtCore import Qt
from PySide6.QtTest import QTest

from app.domain.errors import SourceError
from app.domain.events import LinkChanged, LinkState, PresenceStale, SessionChanged
from app.domain.presence import Present
from layouts.presence_flow import PresenceFlow
from tests.fakes.door import DANA
from tests.fakes.waiting import until
from tests.gui.layouts.conftest import Room, RoomTest
from widgets.view_state_presence import ALONE, UNKNOWN

Play = Callable[[RoomTest], None]
ME = Present("Dana", ("Operator",))


class FakePresence:
    """Implements `PresenceGateway`; an answer waits while ``gate`` is not set."""

    def __init__(self, *present: Present) -> None:
        self.answer: tuple[Present, ...] | SourceError = present
        self.asked = 0
        self.gate = asyncio.Event()
        self.gate.set()

    async def present(self) -> tuple[Present, ...]:
        self.asked += 1
        answer = self.answer
        await self.gate.wait()
        if isinstance(answer, SourceError):
            raise answer
        return answer


def words(room: Room) -> str:
    return room.windows.main.status.words()["present"]


def sign_in(room: Room) -> None:
    room.store.apply(SessionChanged(DANA))
    room.parts.bridge.flush()


def test_who_comes_and_locks_is_shown_as_it_is_told(in_room: Play) -> None:
    async def scene(room: Room) -> None:
        hub = FakePresence(ME)
        flow = PresenceFlow(room.parts, room.windows.main, hub)
        status = room.windows.main.status
        assert status.present.isHidden()
        sign_in(room)
        await until(lambda: words(room) == "On shift: 1")
        status.present.click()
        assert flow.popup.isVisible()
        assert flow.popup.words.text() == ALONE
        # It is told while the answer before is still on its way: the last word counts.
        hub.gate.clear()
        room.tell(PresenceStale())
        await until(lambda: hub.asked == 2)
        hub.answer = (ME, Present("Bea", ("Supervisor",), locked=True))
        room.tell(PresenceStale())
        hub.gate.set()
        await until(lambda: words(room) == "On shift: 2")
        assert [(row.name, row.locked) for row in flow.popup.rows or ()] == [
            ("Dana (you)", False),
            ("Bea", True),
        ]
        assert hub.asked == 3
        QTest.keyClick(flow.popup, Qt.Key.Key_Escape)
        assert not flow.popup.isVisible()

    in_room(scene)


def test_what_may_be_old_is_not_shown(in_room: Play) -> None:
    async def scene(room: Room) -> None:
        hub = FakePresence(ME)
        flow = PresenceFlow(room.parts, room.windows.main, hub)
        sign_in(room)
        await until(lambda: words(room) == "On shift: 1")
        hub.answer = SourceError("The hub does not answer.")
        room.tell(PresenceStale())
        await until(lambda: words(room) == "On shift: ?")
        flow.open()
        assert flow.popup.words.text() == UNKNOWN
        assert flow.popup.rows is None
        hub.answer = (ME,)
        room.store.apply(LinkChanged(LinkState.CONNECTED))
        await until(lambda: words(room) == "On shift: 1")
        # A locked desk shows nothing and asks nothing.
        asked = hub.asked
        room.store.apply(SessionChanged(replace(DANA, locked=True)))
        room.parts.bridge.flush()
        assert not flow.popup.isVisible()
        assert room.windows.main.status.present.isHidden()
        room.tell(PresenceStale())
        assert hub.asked == asked
        room.store.apply(SessionChanged(None))
        room.parts.bridge.flush()
        assert room.store.present is None

    in_room(scene)
