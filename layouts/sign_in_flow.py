"""What the door's card asks for, carried out; what the hub says to it is told on the card."""

from __future__ import annotations

from collections.abc import Callable, Coroutine
from functools import partial
from typing import Any

from PySide6.QtCore import QObject, QTimer, Signal

from app.domain.account import HANDED_OVER
from app.domain.door import Credentials, HubDoor
from app.domain.errors import OperatorError, SourceError
from app.domain.unfit_input import UnfitInputError
from layouts.parts import Parts
from widgets.door.card import DoorCard

PROVIDER_MS = 5 * 60 * 1000
"""For so long the hub waits for who has gone to the agency's provider."""
_TOO_LATE = "The sign-in in the browser took too long."
_NO_BROWSER = "No browser can be opened here."
_NO_BROWSER_HINTS = {
    False: "Sign in with your password, or tell the administrator.",
    True: "Unlock with your password, or sign out.",
}
"""By whether the desk is locked."""


class SignInFlow(QObject):
    """Lets people in and unlocks the desk: one try at a time."""

    went = Signal()
    """To the agency's provider, or back: the card shows something else now."""

    def __init__(self, parts: Parts, door: HubDoor, card: DoorCard, parent: QObject) -> None:
        super().__init__(parent)
        self._parts = parts
        self._door = door
        self._card = card
        self.at_provider = False
        """Whether the browser is at the agency's provider."""
        self._unlocks = False
        """Whether it went there to unlock the desk."""
        self.late = QTimer(self, interval=PROVIDER_MS, singleShot=True)
        self.late.timeout.connect(self._on_late)
        card.provider_requested.connect(self._on_provider_requested)
        card.number_entered.connect(self._on_number_entered)
        card.cancel_requested.connect(self.come_back)
        card.sign_in_requested.connect(self._on_sign_in)
        card.first_account_requested.connect(self._on_first_account)
        card.unlock_requested.connect(self._on_unlock)
        card.name_entered.connect(self._on_name_entered)
        card.forget_requested.connect(self._on_forget)

    def follow(self) -> None:
        """Wait no more for the browser where the desk is in another state than when it went."""
        if self.at_provider and self._unlocks != self._is_locked():
            self.come_back()

    def come_back(self) -> None:
        """Wait no more for the browser."""
        self.late.stop()
        if self.at_provider:
            self.at_provider = False
            self.went.emit()

    def _on_late(self) -> None:
        self.come_back()
        self._card.say(_TOO_LATE, "Begin again.")

    def _on_provider_requested(self) -> None:
        self._try(self._begin_at_provider)

    def _on_number_entered(self, number: str) -> None:
        finish = self._door.unlock_at_provider if self._is_locked() else self._door.finish_at_provider
        self._try(partial(finish, number))

    def _on_sign_in(self, typed: Credentials) -> None:
        self._try(partial(self._sign_in, typed))

    def _on_first_account(self, typed: Credentials) -> None:
        self._try(partial(self._door.make_first_account, typed))

    def _on_unlock(self, password: str) -> None:
        self._try(partial(self._door.unlock, password))

    def _on_name_entered(self, name: str) -> None:
        self._parts.tasks.start("Looking whether this workstation is remembered", self._look_up(name))

    def _on_forget(self, name: str) -> None:
        self._try(partial(self._forget, name))

    async def _sign_in(self, typed: Credentials) -> None:
        try:
            await self._door.sign_in(typed)
        except (OperatorError, SourceError):
            # The hub may remember this workstation no longer: the next try can have a code.
            self._card.set_remembered(typed.name, False)
            raise

    async def _begin_at_provider(self) -> None:
        unlocks = self._is_locked()
        address = await (self._door.begin_to_unlock() if unlocks else self._door.begin_at_provider())
        if unlocks != self._is_locked():
            # Signed out, or the session ended, while the hub answered.
            return
        if not self._parts.open_browser(address):
            raise OperatorError(_NO_BROWSER, _NO_BROWSER_HINTS[unlocks])
        self.at_provider, self._unlocks = True, unlocks
        self.late.start()
        self.went.emit()

    def _is_locked(self) -> bool:
        return self._parts.store.session is not None

    async def _look_up(self, name: str) -> None:
        self._card.set_remembered(name, await self._door.is_remembered(name))

    async def _forget(self, name: str) -> None:
        try:
            await self._door.forget_workstation(name)
        finally:
            await self._look_up(name)

    def _try(self, work: Callable[[], Coroutine[Any, Any, None]]) -> None:
        self._card.say("")
        self._card.set_busy(True)
        self._parts.tasks.start("Signing in", self._tried(work))

    async def _tried(self, work: Callable[[], Coroutine[Any, Any, None]]) -> None:
        try:
            await work()
        except UnfitInputError as error:
            self._card.say(" ".join(words for _, words in error.fields))
        except OperatorError as error:
            self._card.say(error.message, error.hint)
            if error.message == HANDED_OVER:
                self._card.choose_password()
        except SourceError as error:
            self._card.say(error.message)
        finally:
            self._card.set_busy(False)
