"""The terms for owners: what their dialog asks for, carried out at the hub."""

from __future__ import annotations

from collections.abc import Callable, Coroutine
from functools import partial

from PySide6.QtCore import QObject
from PySide6.QtWidgets import QPushButton, QWidget

from app.domain.errors import OperatorError, SourceError
from app.domain.owner_telling import OwnerTellingGateway, OwnerTerms
from app.domain.rights import Right
from layouts.parts import Parts
from widgets.consents.owner_terms_dialog import OwnerTermsDialog
from widgets.view_state_owner_telling import UNKNOWN


class OwnerTermsFlow(QObject):
    """Opens one dialog at a time, over the window of the consents, for who may change the settings."""

    def __init__(self, parts: Parts, gateway: OwnerTellingGateway, parent: QObject) -> None:
        super().__init__(parent)
        self._parts = parts
        self._gateway = gateway
        self.dialog: OwnerTermsDialog | None = None

    def offer(self, button: QPushButton) -> None:
        """Show the button to whom it may serve, and put away what is open when that is nobody."""
        session = self._parts.store.session
        may = session is not None and session.may(Right.SETTINGS)
        button.setVisible(may)
        if not may:
            self.close()

    def open(self, over: QWidget) -> None:
        """Show what holds."""
        self.close()
        dialog = self.dialog = OwnerTermsDialog(over)
        dialog.set_requested.connect(partial(self._on_set, dialog))
        dialog.read_requested.connect(partial(self._on_read, dialog))
        dialog.finished.connect(partial(self._on_finished, dialog))
        dialog.open()
        self._on_read(dialog)

    def close(self) -> None:
        """Put away what is open."""
        if self.dialog is not None:
            self.dialog.done(0)

    def _on_read(self, dialog: OwnerTermsDialog) -> None:
        async def work() -> None:
            terms = await self._gateway.terms()
            if self.dialog is dialog:
                dialog.show_terms(terms)
                dialog.say("")

        self._start(dialog, "Reading the terms for owners", work)

    def _on_set(self, dialog: OwnerTermsDialog, terms: OwnerTerms) -> None:
        async def work() -> None:
            await self._gateway.set_terms(terms)
            if self.dialog is dialog:
                dialog.show_terms(terms)
                dialog.say("This holds from now on.")

        self._start(dialog, "Setting the terms for owners", work)

    def _on_finished(self, dialog: OwnerTermsDialog, _result: int) -> None:
        if self.dialog is dialog:
            self.dialog = None
        dialog.deleteLater()

    def _start(
        self, dialog: OwnerTermsDialog, doing: str, work: Callable[[], Coroutine[None, None, None]]
    ) -> None:
        async def told() -> None:
            problem = UNKNOWN
            try:
                await work()
                problem = ""
            except (OperatorError, SourceError) as error:
                problem = f"{error.message} {getattr(error, 'hint', '')}".strip()
            finally:
                if problem and self.dialog is dialog:
                    dialog.say(problem, "warn")

        self._parts.tasks.start(doing, told())
