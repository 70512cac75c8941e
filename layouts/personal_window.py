"""A window that shows what one person may see, and nobody after them."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QDialog, QWidget


class PersonalWindow(QWidget):
    """Escape closes it. Once retired it is never shown again, whoever still knows of it and asks."""

    def __init__(self) -> None:
        super().__init__(None)
        self._retired = False

    def present(self) -> None:
        """Show the window in front of the others."""
        self.setWindowState(self.windowState() & ~Qt.WindowState.WindowMinimized)
        self.show()
        self.raise_()
        self.activateWindow()

    def retire(self) -> None:
        """Put the window away for good, with what it asks.

        It goes with the last who knows of it: a locked desk may.
        """
        self._retired = True
        for dialog in self.findChildren(QDialog):
            # Not by `reject`: one that shows what nobody can tell again stays open for that.
            dialog.done(QDialog.DialogCode.Rejected)
        self.close()

    def setVisible(self, visible: bool) -> None:
        """Show or hide the window; a retired one stays hidden."""
        super().setVisible(visible and not self._retired)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Close the window on Escape."""
        if event.key() == Qt.Key.Key_Escape:
            self.close()
            return
        super().keyPressEvent(event)
