"""Owners' links: what their dialog asks for, carried out at the hub."""

from __future__ import annotations

from collections.abc import Callable, Coroutine
from functools import partial

from PySide6.QtCore import QObject
from PySide6.QtWidgets import QDialog, QWidget

from app.domain.errors import OperatorError, SourceError
from app.domain.ids import CameraId
from app.domain.owner_links import NewOwnerLink, OwnerLinkGateway
from layouts.parts import Parts
from widgets.consents.owner_link_dialog import OwnerLinkDialog
from widgets.consents.owner_link_sheet import OwnerLinkSheet
from widgets.view_state_owner_links import link_rows


class OwnerLinkFlow(QObject):
    """Opens one dialog at a time, over the window of the consents."""

    def __init__(self, parts: Parts, gateway: OwnerLinkGateway, parent: QObject) -> None:
        super().__init__(parent)
        self._parts = parts
        self._gateway = gateway
        self.dialog: OwnerLinkDialog | None = None
        self.sheet: OwnerLinkSheet | None = None

    def open(self, over: QWidget, camera_id: CameraId, name: str, others: list[tuple[CameraId, str]]) -> None:
        """Show a camera's links; ``others`` are the other private cameras with their names."""
        self.close()
        dialog = self.dialog = OwnerLinkDialog(camera_id, name, others, over)
        dialog.make_requested.connect(partial(self._on_make, dialog, camera_id))
        dialog.take_back_requested.connect(partial(self._on_take_back, dialog, camera_id))
        dialog.finished.connect(partial(self._on_finished, dialog))
        dialog.open()
        self._start(dialog, "Reading an owner's links", partial(self._read, dialog, camera_id, ""))

    def close(self) -> None:
        """Put away what is open."""
        for dialog in (self.sheet, self.dialog):
            if dialog is not None:
                dialog.done(0)

    async def _read(self, dialog: OwnerLinkDialog, camera_id: CameraId, words: str) -> None:
        links = await self._gateway.links(camera_id)
        if self.dialog is dialog:
            dialog.show_links(link_rows(links, self._parts.clock.utc()))
            dialog.say(words)

    def _on_make(
        self, dialog: OwnerLinkDialog, camera_id: CameraId, camera_ids: tuple[CameraId, ...]
    ) -> None:
        async def work() -> None:
            made = await self._gateway.make(camera_ids)
            if self.dialog is dialog:
                self._show(dialog, made)
            await self._read(dialog, camera_id, "The link was made.")

        self._start(dialog, "Making an owner's link", work)

    def _show(self, dialog: OwnerLinkDialog, made: NewOwnerLink) -> None:
        sheet = self.sheet = OwnerLinkSheet(made, dialog)
        sheet.finished.connect(partial(self._on_finished, sheet))
        sheet.open()

    def _on_take_back(self, dialog: OwnerLinkDialog, camera_id: CameraId, link_id: str) -> None:
        async def work() -> None:
            await self._gateway.take_back(link_id)
            await self._read(dialog, camera_id, "The link opens nothing any more.")

        self._start(dialog, "Taking an owner's link back", work)

    def _on_finished(self, dialog: QDialog, _result: int) -> None:
        if self.sheet is dialog:
            self.sheet = None
        if self.dialog is dialog:
            self.dialog = None
        dialog.deleteLater()

    def _start(
        self, dialog: OwnerLinkDialog, doing: str, work: Callable[[], Coroutine[None, None, None]]
    ) -> None:
        async def told() -> None:
            try:
                await work()
            except (OperatorError, SourceError) as error:
                if self.dialog is dialog:
                    dialog.say(f"{error.message} {getattr(error, 'hint', '')}".strip(), "warn")

        self._parts.tasks.start(doing, told())
