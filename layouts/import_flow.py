"""Importing a camera file: choose it, see what it would do, agree."""

from __future__ import annotations

import asyncio
from pathlib import Path

from PySide6.QtCore import QObject
from PySide6.QtWidgets import QFileDialog, QWidget

from app.domain.errors import OperatorError
from app.domain.events import NoticeLevel
from app.domain.ports import ImportPlan
from layouts.parts import Parts
from widgets.import_dialog import ImportDialog

LARGEST_FILE = 64 * 2**20


class ImportFlow(QObject):
    """One import after the other; nothing changes before the operator agrees to the plan."""

    def __init__(self, parts: Parts, window: QWidget) -> None:
        super().__init__(window)
        self._parts = parts
        self._window = window
        self._dialog: ImportDialog | None = None

    def begin(self) -> None:
        """Ask for the file."""
        chooser = QFileDialog(self._window, "Import a camera file")
        chooser.setNameFilters(["Camera files (*.csv *.json *.txt)", "All files (*)"])
        chooser.setFileMode(QFileDialog.FileMode.ExistingFile)
        chooser.fileSelected.connect(self.check)
        chooser.finished.connect(chooser.deleteLater)
        chooser.open()

    def check(self, name: str) -> None:
        """Ask the hub what importing the file ``name`` would do."""
        self._parts.tasks.start("Checking the camera file", self._check(Path(name)))

    async def _check(self, path: Path) -> None:
        content = await asyncio.to_thread(_read, path)
        self._ask(path.name, await self._parts.desk.plan_import(path.name, content))

    def _ask(self, name: str, plan: ImportPlan) -> None:
        dialog = ImportDialog(name, plan, self._window)
        dialog.apply_requested.connect(self._on_apply_requested)
        dialog.finished.connect(dialog.deleteLater)
        self._dialog = dialog
        dialog.open()

    def _on_apply_requested(self, plan: ImportPlan) -> None:
        self._parts.tasks.start("Importing the cameras", self._apply(plan))

    async def _apply(self, plan: ImportPlan) -> None:
        await self._parts.desk.apply_import(plan)
        self._parts.notify.tell(
            NoticeLevel.INFO, f"Cameras imported: {plan.added} added, {plan.changed} changed."
        )


def _read(path: Path) -> bytes:
    try:
        if path.stat().st_size > LARGEST_FILE:
            raise OperatorError(f"{path.name} is larger than 64 MB.", "Split it into smaller files.")
        return path.read_bytes()
    except OSError as error:
        raise OperatorError(f"{path.name} cannot be read: {error.strerror}.") from error
