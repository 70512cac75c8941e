"""The demo's menu: shows the room as another role sees it, in one action."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence

from PySide6.QtCore import QObject
from PySide6.QtGui import QAction, QKeySequence

from app.bridge.task_scope import TaskScope
from layouts.console_window import ConsoleWindow

Switch = Callable[[str], Awaitable[None]]


class DemoMenu(QObject):
    """One entry for each role, with a key of its own."""

    def __init__(
        self, tasks: TaskScope, window: ConsoleWindow, titles: Sequence[str], switch: Switch
    ) -> None:
        super().__init__(window)
        self._tasks = tasks
        self._switch = switch
        menu = window.menuBar().addMenu("&Demo")
        for number, title in enumerate(titles, start=1):
            action = QAction(f"Show as &{number} {title.lower()}", self)
            action.setShortcut(QKeySequence(f"Ctrl+Shift+{number}"))
            action.setData(title)
            action.triggered.connect(self._on_switch)
            menu.addAction(action)

    def _on_switch(self) -> None:
        action = self.sender()
        if isinstance(action, QAction):
            self._tasks.start("Signing in as another role", self._enter(str(action.data())))

    async def _enter(self, title: str) -> None:
        await self._switch(title)
