"""Wires the walls' layouts: the menu, the dialogs, and the service that keeps and opens them."""

from __future__ import annotations

from collections.abc import Callable, Coroutine, Sequence
from functools import partial

from PySide6.QtCore import QObject, Qt, QTimer
from PySide6.QtWidgets import QMessageBox

from app.domain.errors import OperatorError, SourceError
from app.domain.events import NoticeLevel
from app.domain.ids import CameraId
from app.domain.picture_size import PictureSize
from layouts.parts import Parts
from layouts.wall_pane import WallPane
from widgets.layouts.menu import LayoutAct
from widgets.layouts.name_dialog import NameDialog, SaveDialog
from widgets.plain_label import set_tone
from widgets.view_state import count_words
from widgets.view_state_cost import cost_sheet

Change = Callable[[], Coroutine[None, None, None]]

COST_EVERY_MS = 1000
"""While the sheet is open the budget may be measured and the window change its size."""


class LayoutWiring(QObject):
    """One wall's. ``panes`` returns all walls: they share this computer's budget."""

    def __init__(self, parts: Parts, pane: WallPane, panes: Callable[[], Sequence[WallPane]]) -> None:
        super().__init__(pane)
        self._parts = parts
        self._pane = pane
        self._panes = panes
        self._saving: SaveDialog | None = None
        self._cost_due = QTimer(self, interval=COST_EVERY_MS)
        self._cost_due.timeout.connect(self._show_cost)
        button = pane.grid_bar.layouts
        button.menu_requested.connect(self._on_menu_requested)
        button.save_requested.connect(self._on_save_requested)
        button.act_requested.connect(self._on_act_requested)

    def _on_menu_requested(self) -> None:
        self._pane.grid_bar.layouts.show_menu([layout.name for layout in self._parts.layouts.listed])

    def _on_act_requested(self, act: LayoutAct, name: str) -> None:
        match act:
            case LayoutAct.OPEN:
                self._open(name)
            case LayoutAct.RENAME:
                self._ask_name(name)
            case LayoutAct.DELETE:
                self._ask_to_delete(name)

    def _open(self, name: str) -> None:
        try:
            missing = self._parts.layouts.open(name, self._pane.wall_id)
        except OperatorError as error:
            self._parts.notify.failed("Opening the layout", error)
            return
        # A tile that was shown alone must not go on alone with another camera in it.
        self._pane.surface.expand(None)
        # Before the directory has come nothing is known to be missing.
        if missing and self._parts.store.cameras:
            words = f"“{name}” has {count_words(len(missing), 'camera')} that the directory lacks now."
            self._parts.notify.tell(NoticeLevel.WARNING, words, "Their tiles are kept and say so.")

    # Saving

    def _on_save_requested(self) -> None:
        dialog = self._saving = SaveDialog(self._pane)
        dialog.save_requested.connect(self._on_name_given)
        dialog.finished.connect(self._on_save_dialog_finished)
        self._show_cost()
        self._cost_due.start()
        dialog.open()
        dialog.field.setFocus()

    def _show_cost(self) -> None:
        if self._saving is not None:
            here, elsewhere = self._pane.surface.plain_sizes, self._elsewhere()
            self._saving.show_cost(cost_sheet(self._parts.layouts.cost(here, elsewhere)))

    def _elsewhere(self) -> dict[CameraId, PictureSize]:
        largest: dict[CameraId, PictureSize] = {}
        for pane in self._panes():
            if pane is self._pane:
                continue
            for camera_id, size in pane.surface.demand.items():
                before = largest.get(camera_id)
                if before is None or size.area > before.area:
                    largest[camera_id] = size
        return largest

    def _on_save_dialog_finished(self) -> None:
        self._cost_due.stop()
        if self._saving is not None:
            self._saving.deleteLater()
            self._saving = None

    def _on_name_given(self, name: str, replacing: bool) -> None:
        dialog = self._saving
        if dialog is None:
            return
        taken = self._parts.layouts.named(name)
        if taken is not None and not replacing:
            dialog.ask_to_replace(taken.name)
            return
        wall = self._parts.walls.wall(self._pane.wall_id)
        work = partial(self._parts.layouts.save, name, wall, replacing=replacing)
        self._start("Saving the layout", work, dialog)

    # Renaming and deleting

    def _ask_name(self, name: str) -> None:
        dialog = NameDialog("Rename layout", "Rename", name, self._pane)
        dialog.named.connect(partial(self._on_renamed, dialog, name))
        dialog.finished.connect(dialog.deleteLater)
        dialog.open()
        dialog.field.setFocus()

    def _on_renamed(self, dialog: NameDialog, name: str, new: str) -> None:
        self._start("Renaming the layout", partial(self._parts.layouts.rename, name, new), dialog)

    def _ask_to_delete(self, name: str) -> None:
        box = QMessageBox(self._pane)
        box.setWindowTitle("Delete layout")
        box.setTextFormat(Qt.TextFormat.PlainText)
        box.setText(f"Delete the layout “{name}”?")
        box.setInformativeText("The wall stays as it is.")
        delete = box.addButton("Delete", QMessageBox.ButtonRole.DestructiveRole)
        set_tone(delete, "role", "danger")
        cancel = box.addButton("Cancel", QMessageBox.ButtonRole.RejectRole)
        box.setDefaultButton(cancel)
        box.setEscapeButton(cancel)
        delete.clicked.connect(partial(self._on_delete_agreed, name))
        box.finished.connect(box.deleteLater)
        box.open()

    def _on_delete_agreed(self, name: str, _: bool = False) -> None:
        self._parts.tasks.start("Deleting the layout", self._parts.layouts.delete(name))

    def _start(self, doing: str, work: Change, dialog: NameDialog) -> None:
        self._parts.tasks.start(doing, self._carry_out(work, dialog))

    async def _carry_out(self, work: Change, dialog: NameDialog) -> None:
        """Close the dialog when it is done, else say in it what is wrong; as a notice if it has gone."""
        gone: list[int] = []
        dialog.finished.connect(gone.append)
        try:
            await work()
        except (OperatorError, SourceError) as error:
            if gone:
                raise
            tone = "alarm" if isinstance(error, SourceError) else "warn"
            dialog.show_problem(error.message, tone)
            return
        if not gone:
            dialog.accept()
