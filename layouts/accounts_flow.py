"""Managing accounts: what its window asks for, carried out; the hub's refusals are told where one asked."""

from __future__ import annotations

import asyncio
import os
from collections.abc import Callable, Coroutine
from functools import partial
from pathlib import Path
from typing import Any

from PySide6.QtCore import QObject
from PySide6.QtWidgets import QDialog, QFileDialog

from app.domain.account import Account
from app.domain.account_keeping import AccountsGateway, HandoverSheet
from app.domain.rights import Right
from layouts.console_window import ConsoleWindow
from layouts.parts import Parts
from layouts.room_window import PageWindow, RoomWindow, telling
from widgets.accounts.confirm_dialog import ConfirmDialog
from widgets.accounts.edit_dialog import AccountDialog
from widgets.accounts.handover_dialog import HandoverDialog
from widgets.accounts.page import AccountsPage

AccountsWindow = PageWindow[AccountsPage]
_Asking = AccountDialog | ConfirmDialog


class AccountsFlow(QObject):
    """Opens the window for who may manage accounts, and closes it when they may no more."""

    def __init__(self, parts: Parts, window: ConsoleWindow, gateway: AccountsGateway) -> None:
        super().__init__(window)
        self._parts = parts
        self._gateway = gateway
        self.dialog: QDialog | None = None
        """What is asked or shown now."""
        self._place = RoomWindow(parts, window, Right.USERS, "&Accounts …", self._make)
        self.open_action = self._place.open_action
        self.open_action.triggered.connect(self._on_open)

    @property
    def window(self) -> AccountsWindow | None:
        """The window, None while there is none."""
        return self._place.window

    # The list

    def _make(self) -> AccountsWindow:
        page = AccountsPage()
        page.refresh_requested.connect(self._on_refresh)
        page.create_requested.connect(self._on_create)
        page.roles_requested.connect(self._on_roles)
        page.unlock_requested.connect(self._on_unlock)
        page.reset_requested.connect(self._on_reset)
        page.disable_requested.connect(self._on_disable)
        return AccountsWindow("accounts", page, 1100, 640)

    def _on_open(self) -> None:
        self._place.present()
        self._on_refresh()

    def _on_refresh(self) -> None:
        self._start("Reading the accounts", partial(self._refresh, ""))

    async def _refresh(self, words: str, name: str = "") -> None:
        known = await self._gateway.accounts()
        session = self._parts.store.session
        if self.window is None or session is None:
            return
        page = self.window.page
        page.show_accounts(known, session.user, self._parts.clock.utc())
        if name:
            page.select(name)
        if words:
            page.show_words(words)

    # Deeds

    def _on_create(self) -> None:
        if self.window is None:
            return
        dialog = AccountDialog(self.window.page.known.roles, self._parts.clock.utc(), parent=self.window)
        dialog.wanted.connect(partial(self._create, dialog))
        self._ask(dialog)

    def _create(self, dialog: AccountDialog, name: str, roles: list[str], ends_at: Any) -> None:
        async def work() -> None:
            sheet = await self._gateway.create(name, roles, ends_at)
            self._done(dialog)
            self._hand_over(sheet)
            await self._refresh(f"{sheet.name} has an account.", sheet.name)

        self._start("Making the account", work, dialog)

    def _on_roles(self, account: Account) -> None:
        if self.window is None:
            return
        known = self.window.page.known
        dialog = AccountDialog(known.roles, self._parts.clock.utc(), account, self.window)
        dialog.wanted.connect(partial(self._set_roles, dialog))
        self._ask(dialog)

    def _set_roles(self, dialog: AccountDialog, name: str, roles: list[str], _ends_at: object) -> None:
        async def work() -> None:
            await self._gateway.set_roles(name, roles)
            self._done(dialog)
            await self._refresh(f"{name} signs in again with the new roles.", name)

        self._start("Changing the roles", work, dialog)

    def _on_unlock(self, account: Account) -> None:
        async def work() -> None:
            await self._gateway.unlock(account.name)
            await self._refresh(f"{account.name} may sign in again.", account.name)

        self._start("Releasing the account", work)

    def _on_reset(self, account: Account) -> None:
        words = (
            f"{account.name} gets a new password, a new code for the app and new recovery codes. "
            "The old ones are void at once, and they are signed out everywhere."
        )

        async def work(dialog: QDialog) -> None:
            sheet = await self._gateway.reset(account.name)
            self._done(dialog)
            self._hand_over(sheet)
            await self._refresh(f"{account.name} has a new password and new codes.", account.name)

        self._confirm("New password and codes", words, "Make new ones", work)

    def _on_disable(self, account: Account) -> None:
        words = (
            f"{account.name} is signed out everywhere and cannot sign in until the account is released. "
            "Nothing of it is removed: it stands in the record."
        )

        async def work(dialog: QDialog) -> None:
            await self._gateway.disable(account.name)
            self._done(dialog)
            await self._refresh(f"{account.name} is disabled.", account.name)

        self._confirm("Disable an account", words, "Disable", work)

    def _confirm(
        self, title: str, words: str, button: str, work: Callable[[QDialog], Coroutine[Any, Any, None]]
    ) -> None:
        dialog = ConfirmDialog(title, words, button, self.window)
        dialog.confirmed.connect(partial(self._confirmed, dialog, title, work))
        self._ask(dialog)

    def _confirmed(
        self, dialog: ConfirmDialog, title: str, work: Callable[[QDialog], Coroutine[Any, Any, None]]
    ) -> None:
        self._start(title, partial(work, dialog), dialog)

    # What is handed over

    def _hand_over(self, sheet: HandoverSheet) -> None:
        if self.window is None:
            return
        dialog = HandoverDialog(sheet, self.window)
        dialog.save_requested.connect(partial(self._on_save, dialog))
        self._ask(dialog)

    def _on_save(self, dialog: HandoverDialog, text: str) -> None:
        chooser = QFileDialog(dialog, "Save what is handed over")
        chooser.setAcceptMode(QFileDialog.AcceptMode.AcceptSave)
        chooser.setNameFilters(["Text (*.txt)"])
        chooser.setDefaultSuffix("txt")
        chooser.fileSelected.connect(partial(self.save, dialog, text))
        chooser.finished.connect(chooser.deleteLater)
        chooser.open()

    def save(self, dialog: HandoverDialog, text: str, name: str) -> None:
        """Keep what is handed over in a file that nobody else on this computer reads."""

        async def work() -> None:
            try:
                await asyncio.to_thread(write_private, Path(name), text)
            except OSError as error:
                dialog.show_words(f"The file cannot be written: {error.strerror}.", "warn")
                return
            dialog.show_words(f"Saved as {Path(name).name}. Destroy it once it is handed over.")

        self._start("Saving what is handed over", work)

    # How

    def _ask(self, dialog: QDialog) -> None:
        self.dialog = dialog
        dialog.finished.connect(partial(self._on_finished, dialog))
        dialog.open()

    def _on_finished(self, dialog: QDialog, _result: int) -> None:
        dialog.deleteLater()
        if self.dialog is dialog:
            self.dialog = None

    def _done(self, dialog: QDialog) -> None:
        """Put a dialog away whose wish was carried out, unless the administrator has."""
        if self.dialog is dialog:
            dialog.accept()

    def _start(
        self, name: str, work: Callable[[], Coroutine[Any, Any, None]], asking: _Asking | None = None
    ) -> None:
        self._place.start(name, partial(telling, work, partial(self._show_problem, asking)))

    def _show_problem(self, asking: _Asking | None, words: str) -> None:
        if self.window is None:
            return
        if asking is not None and self.dialog is asking:
            asking.show_problem(words)
        else:
            self.window.page.show_words(words, "warn")


def write_private(file: Path, text: str) -> None:
    """Write a file that its owner alone can read, in the place of one that is there.

    Raises:
        OSError: it cannot be written.
    """
    beside = file.with_name(f".{file.name}.{os.getpid()}")
    handle = os.open(beside, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    try:
        with os.fdopen(handle, "w", encoding="utf-8", newline="") as opened:
            opened.write(text)
        beside.replace(file)
    except OSError:
        beside.unlink(missing_ok=True)
        raise
