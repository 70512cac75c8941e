"""Asks for a fresh proof in front of whatever window somebody works in, for the command that waits for it."""

from __future__ import annotations

import asyncio
from collections.abc import Coroutine
from functools import partial
from typing import Any

from PySide6.QtCore import QObject
from PySide6.QtWidgets import QApplication, QDialog, QWidget

from app.domain.errors import OperatorError, SourceError
from app.domain.proof import ProofDesk, ProofRequest
from layouts.console_window import ConsoleWindow
from layouts.parts import Parts
from widgets.door.proof_dialog import ProofDialog


class ProofFlow(QObject):
    """One dialog at a time: the sources ask for no second proof while they wait for one."""

    def __init__(self, parts: Parts, window: ConsoleWindow, desk: ProofDesk) -> None:
        super().__init__(window)
        self._parts = parts
        self._main = window
        self._desk = desk
        self.dialog: ProofDialog | None = None
        """What is asked now."""
        desk.ask_by(self.ask)

    async def ask(self, asked: ProofRequest) -> bool:
        """Ask the person; return whether they proved it."""
        answer: asyncio.Future[bool] = asyncio.get_running_loop().create_future()
        dialog = self.dialog = ProofDialog(asked, self._parts.door_note, self._in_front())
        dialog.proof_requested.connect(partial(self._on_proof_requested, dialog))
        dialog.provider_requested.connect(partial(self._on_provider_requested, dialog))
        dialog.number_entered.connect(partial(self._on_number_entered, dialog))
        dialog.finished.connect(partial(self._on_finished, dialog, answer))
        # It goes with the window that it stands in front of, too.
        dialog.destroyed.connect(partial(self._on_gone, dialog, answer))
        dialog.open()
        try:
            return await answer
        finally:
            if self.dialog is dialog:
                dialog.reject()

    def _on_finished(self, dialog: ProofDialog, answer: asyncio.Future[bool], result: int) -> None:
        dialog.deleteLater()
        self._settle(dialog, answer, proved=result == QDialog.DialogCode.Accepted)

    def _on_gone(self, dialog: ProofDialog, answer: asyncio.Future[bool], *_gone: QObject) -> None:
        self._settle(dialog, answer, proved=False)

    def _settle(self, dialog: ProofDialog, answer: asyncio.Future[bool], *, proved: bool) -> None:
        if self.dialog is dialog:
            self.dialog = None
        if not answer.done():
            answer.set_result(proved)

    def _in_front(self) -> QWidget:
        return QApplication.activeModalWidget() or QApplication.activeWindow() or self._main

    def _on_proof_requested(self, dialog: ProofDialog, password: str, code: str) -> None:
        self._start(dialog, self._prove(dialog, self._desk.prove(password, code)))

    def _on_number_entered(self, dialog: ProofDialog, number: str) -> None:
        self._start(dialog, self._prove(dialog, self._desk.finish_at_provider(number)))

    def _on_provider_requested(self, dialog: ProofDialog) -> None:
        self._start(dialog, self._go_to_provider(dialog))

    async def _prove(self, dialog: ProofDialog, proof: Coroutine[Any, Any, None]) -> None:
        await proof
        if self.dialog is dialog:
            dialog.accept()

    async def _go_to_provider(self, dialog: ProofDialog) -> None:
        address = await self._desk.begin_at_provider()
        if self.dialog is not dialog:
            return
        if not self._parts.open_browser(address):
            raise OperatorError("No browser can be opened here.", "Prove it with your password.")
        dialog.ask_number()

    def _start(self, dialog: ProofDialog, work: Coroutine[Any, Any, None]) -> None:
        self._parts.tasks.start("Proving who is signed in", self._told(dialog, work))

    async def _told(self, dialog: ProofDialog, work: Coroutine[Any, Any, None]) -> None:
        try:
            await work
        except OperatorError as error:
            self._tell(dialog, f"{error.message} {error.hint}".strip())
        except SourceError as error:
            self._tell(dialog, error.message)

    def _tell(self, dialog: ProofDialog, words: str) -> None:
        if self.dialog is dialog:
            dialog.show_problem(words)
