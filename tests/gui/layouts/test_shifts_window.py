"""Planning shifts at the desk."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta

from app.domain.errors import OperatorError
from app.domain.events import SessionChanged
from app.domain.geo import LatLon
from app.domain.rights import Right
from app.domain.scope import EVERYTHING, Area, Scope
from app.domain.shift import Shift
from layouts.shifts_window import ShiftsFlow
from tests.fakes.door import DANA
from tests.fakes.waiting import until
from tests.gui.layouts.conftest import Room, RoomTest
from widgets.view_state_shifts import scope_words, shift_row, words_of

NOW = datetime(2026, 1, 5, 21, tzinfo=UTC)


class FakeShifts:
    """Implements `ShiftGateway` in memory."""

    def __init__(self) -> None:
        self.kept: list[Shift] = []
        self.refusal: OperatorError | None = None

    async def shifts(self) -> tuple[Shift, ...]:
        return tuple(self.kept)

    async def plan(self, account: str, begins_at: datetime, ends_at: datetime, scope: Scope) -> None:
        refusal, self.refusal = self.refusal, None
        if refusal is not None:
            raise refusal
        self.kept.append(Shift(str(len(self.kept)), account, begins_at, ends_at, scope))

    async def set_end(self, shift_id: str, ends_at: datetime) -> None:
        self.kept = [replace(s, ends_at=ends_at) if s.id == shift_id else s for s in self.kept]

    async def cancel(self, shift_id: str) -> None:
        self.kept = [replace(s, cancelled=True) if s.id == shift_id else s for s in self.kept]


def test_a_shift_is_planned_made_longer_and_taken_back(in_room: Callable[[RoomTest], None]) -> None:
    async def scene(room: Room) -> None:
        hub = FakeShifts()
        flow = ShiftsFlow(room.parts, room.windows.main, hub)
        assert not flow.open_action.isVisible()
        room.parts.store.apply(SessionChanged(DANA))
        room.parts.bridge.flush()
        assert flow.open_action.isVisible()
        flow.open_action.trigger()
        assert flow.window is not None
        page = flow.window.page
        page.plan_button.click()
        assert page.said.startswith("Whose shift is it?")
        page.account.setText(" Vera ")
        page.groups.setText("Park, harbour,")
        hub.refusal = OperatorError("There is no such account.", "Look again.")
        page.plan_button.click()
        await until(lambda: page.said == "There is no such account. Look again.")
        page.plan_button.click()
        await until(lambda: page.table.rowCount() == 1)
        (shift,) = hub.kept
        assert (shift.account, shift.scope.groups) == ("Vera", frozenset({"park", "harbour"}))
        assert shift.begins_at == NOW + timedelta(minutes=15)
        assert shift.ends_at - shift.begins_at == timedelta(hours=4)
        page.table.selectRow(0)
        page.longer_button.click()
        await until(lambda: hub.kept[0].ends_at == shift.ends_at + timedelta(minutes=30))
        await until(lambda: page.said == "The shift is half an hour longer.")
        page.cancel_button.click()
        await until(lambda: not page.cancel_button.isEnabled())
        assert page.table.item(0, 3).text() == "cancelled"
        room.parts.store.apply(SessionChanged(replace(DANA, rights=DANA.rights - {Right.SHIFT_PLAN})))
        room.parts.bridge.flush()
        assert flow.window is None
        assert not flow.open_action.isVisible()

    in_room(scene)


def test_a_shift_in_words() -> None:
    shift = Shift("1", "Ve\nra", NOW, NOW + timedelta(hours=5), EVERYTHING)
    row = shift_row(shift, NOW, UTC)
    assert (row.account, row.scope, row.state) == ("Ve ra", "everything of the role", "runs now")
    assert row.time == "Mon 05 Jan 21:00 – Tue 06 Jan 02:00"
    assert shift_row(shift, NOW - timedelta(hours=1), UTC).state == "planned"
    bounds = Scope(frozenset({"park"}), frozenset({"cad"}), Area(LatLon(1, 2), 1500))
    assert scope_words(bounds) == "cameras of park; alerts of cad; within 1,500 m of 1.0000, 2.0000"
    assert words_of(" , ") is None
