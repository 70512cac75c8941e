"""The two-person rule at the desk: what a second person is asked, answered by a click, gone with them."""

from __future__ import annotations

from collections.abc import Callable, Coroutine
from datetime import timedelta

from PySide6.QtCore import Qt
from PySide6.QtTest import QTest

from app.domain.approval import ApprovalTold
from app.domain.errors import OperatorError
from app.domain.events import ApprovalChanged, IncidentUpserted, LinkChanged, LinkState, SessionChanged
from app.domain.own_session import OwnSession
from app.domain.rights import Right
from tests.fakes.approvals import request
from tests.fakes.waiting import until
from tests.fakes.world import START, incident
from tests.gui.layouts.conftest import Room
from widgets.approvals import ApprovalBar
from widgets.view_state_approvals import approval_rows

Play = Callable[[Callable[[Room], Coroutine[None, None, None]]], None]
OTHERS = ApprovalTold(request(1), "North gate", mine=False)


def bar_of(room: Room) -> ApprovalBar:
    flow = room.windows._wiring.approvals
    assert flow is not None
    return flow.bar


def words(room: Room) -> list[str]:
    return [line.words() for line in bar_of(room).lines()]


def sit(room: Room, user: str, *rights: Right) -> None:
    room.store.apply(SessionChanged(OwnSession(user, (), frozenset(rights), None, False)))
    room.parts.bridge.flush()


async def asked(room: Room) -> None:
    """Have Bo at the desk while Dana asks."""
    room.store.apply(LinkChanged(LinkState.CONNECTED))
    sit(room, "Bo", Right.LIVE_PRIVATE, Right.EXPORT)
    room.tell(IncidentUpserted(incident(1, title="Shots at 5th & Main")))
    room.approvals.told = [OTHERS]
    room.tell(ApprovalChanged("approval-1"))
    await until(lambda: bool(words(room)))


def test_a_request_is_told_with_its_reason_and_answered_by_a_click(in_room: Play) -> None:
    async def play(room: Room) -> None:
        await asked(room)
        assert words(room) == [
            "Dana asks for a second person to export footage of North gate "
            "Gunshot  ·  Shots at 5th & Main  ·  15 min left"
        ]
        bar = bar_of(room)
        assert bar.isVisible()
        room.approvals.refusal = OperatorError("Cem has answered this already.")
        QTest.mouseClick(bar.lines()[0].agree_button, Qt.MouseButton.LeftButton)
        await until(lambda: any("Cem has" in notice.message for notice in room.store.notices.values()))
        await until(bar.lines()[0].agree_button.isEnabled)
        QTest.mouseClick(bar.lines()[0].agree_button, Qt.MouseButton.LeftButton)
        await until(lambda: not words(room))
        assert room.approvals.answers == [("approval-1", True)]
        assert not bar.isVisible()

    in_room(play)


def test_what_one_person_was_asked_is_not_shown_to_the_next(in_room: Play) -> None:
    async def play(room: Room) -> None:
        await asked(room)
        reads = room.approvals.reads
        sit(room, "Vera", Right.SEE_ROOM)
        assert not words(room)
        room.tell(ApprovalChanged("approval-2"))
        assert room.approvals.reads == reads

    in_room(play)


def test_rows_say_what_became_of_ones_own_and_go_with_their_time() -> None:
    at = START + timedelta(minutes=1)
    agreed = request(2, decided_by="Bo", decided_at=at, approved=True)
    denied = request(3, decided_by="Bo", decided_at=at, incident_id=None)
    told = [
        ApprovalTold(request(1), "Gate", mine=True),
        ApprovalTold(agreed, "Gate", mine=True),
        ApprovalTold(denied, "Gate", mine=True),
        ApprovalTold(request(4), "Gate\nX", mine=False),
        ApprovalTold(request(5, decided_at=at, approved=True, used_at=at), "Gate", mine=True),
    ]
    rows = approval_rows(told, lambda _: "", START + timedelta(minutes=10, seconds=1))
    assert [(row.words, row.more, row.asks) for row in rows] == [
        (
            "Dana asks for a second person to export footage of Gate X",
            "Gunshot  ·  an incident that is not shown here  ·  5 min left",
            True,
        ),
        (
            "You asked for a second person to export footage of Gate",
            "Gunshot  ·  an incident that is not shown here  ·  5 min left",
            False,
        ),
        ("Bo agrees: you may export footage of Gate, once", "6 min left", False),
        ("Bo does not agree that you export footage of Gate", "Gunshot", False),
    ]
    assert approval_rows(told, lambda _: "", START + timedelta(minutes=16)) == ()
