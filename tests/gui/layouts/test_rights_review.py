"""The yearly review's window: who gets it, what it tells, the sign-off and the export."""

from __future__ import annotations

import csv
from collections.abc import Callable, Coroutine
from pathlib import Path

from app.domain.errors import OperatorError
from app.domain.events import SessionChanged
from app.domain.own_session import OwnSession
from app.domain.rights import Right
from layouts.rights_review_flow import RightsReviewFlow
from tests.fakes.waiting import until
from tests.gui.layouts.conftest import Room
from widgets.accounts.review_page import ReviewPage

Play = Callable[[Callable[[Room], Coroutine[None, None, None]]], None]


def sign_in(room: Room, *rights: Right) -> RightsReviewFlow:
    room.store.apply(SessionChanged(OwnSession("Cy", (), frozenset(rights))))
    room.parts.bridge.flush()
    flow = room.windows._wiring.rights_review
    assert flow is not None
    return flow


async def opened(room: Room) -> tuple[RightsReviewFlow, ReviewPage]:
    flow = sign_in(room, Right.AUDIT_READ)
    flow.open_action.trigger()
    assert flow.window is not None
    page = flow.window.page
    await until(page.sign.isEnabled)
    return flow, page


def test_only_auditors_get_the_window(in_room: Play) -> None:
    async def play(room: Room) -> None:
        assert not sign_in(room, Right.USERS).open_action.isVisible()
        flow, _ = await opened(room)
        assert flow.open_action.isVisible()
        sign_in(room, Right.USERS)
        assert flow.window is None

    in_room(play)


def test_it_tells_what_each_account_may_and_who_made_it_so(in_room: Play) -> None:
    async def play(room: Room) -> None:
        _, page = await opened(room)
        assert "never been signed off" in page.due.text()
        assert "due since" in page.due.text()
        page.table.selectRow(1)
        text = page.detail.toPlainText()
        assert "look at a city's own cameras" in text
        assert "Ada gave it other roles: operator, supervisor" in text

    in_room(play)


def test_the_sign_off_is_of_what_is_shown_and_a_refusal_is_told(in_room: Play) -> None:
    async def play(room: Room) -> None:
        _, page = await opened(room)
        reviews = room.accounts.reviews
        reviews.refusal = OperatorError("The accounts are not what you read any more.")
        page.sign.click()
        await until(lambda: "not what you read" in page.words.text())
        reviews.refusal = None
        page.refresh.click()
        await until(page.sign.isEnabled)
        page.sign.click()
        await until(lambda: "Signed off on 2026-01-05" in page.due.text())
        assert reviews.signed == ["ab" * 32]

    in_room(play)


def test_the_export_runs_nothing_in_a_table_program(in_room: Play, tmp_path: Path) -> None:
    async def play(room: Room) -> None:
        flow, page = await opened(room)
        file = tmp_path / "review.csv"
        flow.save(room.accounts.reviews.told, str(file))
        await until(lambda: "Exported as review.csv" in page.words.text())
        with file.open(newline="", encoding="utf-8") as opened_file:
            head, first, second = csv.reader(opened_file)
        assert head[0] == "name"
        assert first[0] == "'=cmd()"
        assert second[:3] == ["Bo", "operator; supervisor", "live; ptz"]
        assert second[5] == "Ada"

    in_room(play)
