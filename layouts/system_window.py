"""The window of the system page, and what reads the figures for it: once a second while it can be seen."""

from __future__ import annotations

import asyncio

from PySide6.QtCore import QEvent, Qt, QTimer
from PySide6.QtGui import QHideEvent, QKeyEvent, QShowEvent
from PySide6.QtWidgets import QVBoxLayout, QWidget

from app.bridge.system_probe import SystemProbe
from layouts.parts import Parts
from widgets.system.page import SystemPage
from widgets.system.reader import EVERY_MS, SystemReader

PAINTED_S = 0.15
"""After so long the window's first figures are on screen."""
PLOT_EVERY_S = 0.05
"""Each plot takes some milliseconds to be made and painted: never two of them in one turn of the loop."""


class SystemWindow(QWidget):
    """Reads and shows; costs nothing while it is hidden or minimised."""

    def __init__(self, parts: Parts, probe: SystemProbe) -> None:
        super().__init__(None)
        self._parts = parts
        self._probe = probe
        self._reader = SystemReader(parts.store)
        self._looking = False
        self._preparing = False
        self.page = SystemPage()
        self.readings = 0
        """How many readings were shown."""
        self._timer = QTimer(self, interval=EVERY_MS)
        self._timer.timeout.connect(self._on_due)
        self.setWindowTitle("Watchfloor – system")
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.addWidget(self.page)
        self.setMinimumSize(1280, 560)
        self.resize(1600, 860)

    @property
    def reading(self) -> bool:
        """Whether the figures are being read now."""
        return self._timer.isActive()

    def present(self) -> None:
        """Show the window in front of the others."""
        self.setWindowState(self.windowState() & ~Qt.WindowState.WindowMinimized)
        self.show()
        self.raise_()
        self.activateWindow()
        self.page.stream_view.setFocus(Qt.FocusReason.OtherFocusReason)

    def showEvent(self, event: QShowEvent) -> None:
        """Begin to read."""
        super().showEvent(event)
        self._sync()

    def hideEvent(self, event: QHideEvent) -> None:
        """Stop reading."""
        super().hideEvent(event)
        self._sync()

    def changeEvent(self, event: QEvent) -> None:
        """Stop reading while the window is minimised."""
        super().changeEvent(event)
        if event.type() == QEvent.Type.WindowStateChange:
            self._sync()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Close the window on Escape."""
        if event.key() == Qt.Key.Key_Escape:
            self.close()
            return
        super().keyPressEvent(event)

    def _sync(self) -> None:
        seen = self.isVisible() and not self.isMinimized()
        if seen and not self._timer.isActive():
            self._reader.begin()
            self._timer.start()
            self._on_due()
        elif not seen:
            self._timer.stop()

    async def _prepare(self) -> None:
        await asyncio.sleep(PAINTED_S)
        from widgets.system.plots import Plots  # noqa: PLC0415  loaded at the program's start, beside the hub's

        plots = Plots()
        self.page.put_plots(plots, plots.add)
        for _ in plots.build():
            await asyncio.sleep(PLOT_EVERY_S)

    def _on_due(self) -> None:
        if not self._looking:
            self._looking = True
            self._parts.tasks.start("Reading the system's figures", self._read())

    async def _read(self) -> None:
        try:
            look = await self._probe.look()
        finally:
            self._looking = False
        if self._timer.isActive():
            self.page.show_reading(self._reader.take(look))
            self.readings += 1
            if not self._preparing:
                self._preparing = True
                self._parts.tasks.start("Preparing the plots", self._prepare())
