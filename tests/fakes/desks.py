"""Enrolled desks that a test commands."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from app.domain.enrolled_desk import EnrolledDesk, KnownDesks, LitWall
from app.domain.errors import OperatorError, SourceError
from app.domain.ids import WallId
from tests.fakes.world import START


class FakeDesks:
    """Implements `DeskGateway` in memory; ``refusal`` is what the next deed is answered with."""

    def __init__(self) -> None:
        self.kept: list[EnrolledDesk] = []
        self.own_id = ""
        self.can_keep = True
        self.refusal: OperatorError | SourceError | None = None

    async def known(self) -> KnownDesks:
        return KnownDesks(tuple(self.kept), self.own_id, self.can_keep)

    async def enrol(self, name: str) -> None:
        self._refuse()
        self.own_id = f"desk-{len(self.kept)}"
        self.kept.append(EnrolledDesk(self.own_id, name, "Root", START))

    async def withdraw(self, desk_id: str) -> None:
        self._refuse()
        self.kept = [desk for desk in self.kept if desk.id != desk_id]

    async def keep_lit(self, desk_id: str, wall: WallId, reason: str) -> None:
        self._refuse()
        self._put(desk_id, lambda walls: (*walls, LitWall(wall, reason, "Root", START)))

    async def hide(self, desk_id: str, wall: WallId) -> None:
        self._refuse()
        self._put(desk_id, lambda walls: tuple(one for one in walls if one.wall != wall))

    def _put(self, desk_id: str, change: Change) -> None:
        self.kept = [
            replace(desk, walls=change(desk.walls)) if desk.id == desk_id else desk for desk in self.kept
        ]

    def _refuse(self) -> None:
        refusal, self.refusal = self.refusal, None
        if refusal is not None:
            raise refusal


Change = Callable[[tuple[LitWall, ...]], tuple[LitWall, ...]]
