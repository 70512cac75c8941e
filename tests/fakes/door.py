"""A hub's door that a test commands."""

from __future__ import annotations

from dataclasses import replace

from app.domain.door import Credentials, Entrance
from app.domain.errors import OperatorError, SourceError
from app.domain.events import SessionChanged
from app.domain.own_session import OwnSession
from app.domain.proof import AskForProof
from app.domain.rights import Right
from app.store.state import Store

DANA = OwnSession("Dana", ("Operator",), frozenset(Right) - {Right.USERS})


class FakeProof:
    """Implements `ProofDesk`; ``refusals`` are what the next tries are answered with, the last one first."""

    def __init__(self) -> None:
        self.ask: AskForProof | None = None
        self.typed: list[tuple[str, str]] = []
        self.refusals: list[SourceError | OperatorError] = []

    def ask_by(self, ask: AskForProof) -> None:
        self.ask = ask

    async def prove(self, password: str, code: str) -> None:
        self.typed.append((password, code))
        if self.refusals:
            raise self.refusals.pop()

    async def begin_at_provider(self) -> str:
        return "https://id.example/authorize?state=x"

    async def finish_at_provider(self, number: str) -> None:
        await self.prove("", number)


class FakeDoor:
    """Implements `HubDoor` on a store; ``refusal`` is what the next try is answered with."""

    def __init__(self, store: Store, session: OwnSession = DANA) -> None:
        self._store = store
        self.session = session
        self.told = Entrance("One.\nTwo.", is_own=False, is_new=False)
        self.refusal: OperatorError | None = None
        self.typed: list[object] = []
        self.asked_desk: list[bool] = []
        """Each question which walls stay lit, and whether it says first which desk this is."""
        self.remembered: set[str] = set()
        self.away: list[SourceError | OperatorError] = []
        """What the next questions how to sign in are answered with, the last one first."""

    async def entrance(self) -> Entrance:
        if self.away:
            raise self.away.pop()
        return self.told

    async def sign_in(self, typed: Credentials) -> None:
        self._enter(typed)

    async def begin_at_provider(self) -> str:
        return "https://id.example/authorize?state=x"

    async def finish_at_provider(self, number: str) -> None:
        self._enter(number)

    async def begin_to_unlock(self) -> str:
        return "https://id.example/authorize?state=u"

    async def unlock_at_provider(self, number: str) -> None:
        self._enter(f"unlock {number}")

    async def is_remembered(self, name: str) -> bool:
        return name in self.remembered

    async def forget_workstation(self, name: str) -> None:
        self.remembered.remove(name)

    async def make_first_account(self, typed: Credentials) -> None:
        self._enter(typed)

    async def refresh(self) -> None:
        self._store.apply(SessionChanged(self.session))

    async def find_desk(self, *, enter: bool) -> None:
        self.asked_desk.append(enter)

    async def lock(self) -> None:
        self._store.apply(SessionChanged(replace(self.session, locked=True)))

    async def unlock(self, password: str) -> None:
        self._enter(password)

    async def sign_out(self) -> None:
        self._store.apply(SessionChanged(None, "You have signed out."))

    async def hand_over(self, text: str) -> int:
        self.typed.append(text)
        return 2

    def _enter(self, typed: object) -> None:
        self.typed.append(typed)
        refusal, self.refusal = self.refusal, None
        if refusal is not None:
            raise refusal
        self._store.apply(SessionChanged(self.session))
