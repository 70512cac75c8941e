"""A window of the Room menu: for who has the right to it, and one person's."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Coroutine
from typing import Any, Generic, TypeVar

from PySide6.QtCore import QObject
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QVBoxLayout, QWidget

from app.domain.changes import Changes
from app.domain.errors import OperatorError, ProtocolError, SourceError
from app.domain.rights import Right
from layouts.console_window import ConsoleWindow
from layouts.parts import Parts
from layouts.personal_window import PersonalWindow

P = TypeVar("P", bound=QWidget)
W = TypeVar("W", bound=PersonalWindow)
UNCLEAR = "The hub's answer cannot be read: it is not known whether it was done."


class PageWindow(PersonalWindow, Generic[P]):
    """A personal window that holds one page."""

    def __init__(self, title: str, page: P, width: int, height: int) -> None:
        super().__init__()
        self.setWindowTitle(f"Watchfloor – {title}")
        self.page = page
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.addWidget(page)
        self.resize(width, height)


class RoomWindow(QObject, Generic[W]):
    """Offers a window in the Room menu while the right is there, and puts it away when it goes.

    Whoever sits down next does not read what was open to who left. With ``waits`` the window of one whose
    session has ended is hidden until it is known who comes next: the same person goes on where they were.
    """

    def __init__(
        self, parts: Parts, main: ConsoleWindow, right: Right, words: str, make: Callable[[], W],
        *, waits: bool = False,
    ) -> None:  # fmt: skip
        super().__init__(main)
        self._parts = parts
        self._right = right
        self._make = make
        self._waits = waits
        self._user = ""
        self._asked: set[asyncio.Task[bool]] = set()
        self.window: W | None = None
        """None until it is opened, and once it is put away."""
        self.open_action = QAction(words, self)
        main.room.addAction(self.open_action)
        main.closed.connect(self.close)
        parts.bridge.changed.connect(self._on_changed)
        self._render()

    @property
    def allowed(self) -> bool:
        """Say whether who sits here has the right."""
        session = self._parts.store.session
        return session is not None and session.may(self._right)

    def present(self) -> W:
        """Show the window in front of the others."""
        if self.window is None:
            session = self._parts.store.session
            self._user = session.user if session is not None else ""
            self.window = self._make()
        self.window.present()
        return self.window

    def start(self, doing: str, work: Callable[[], Coroutine[Any, Any, None]]) -> None:
        """Carry out what the window asked for. It is given up with the window.

        The answer may hold what only who asked may read, and a window of the next person would show it.
        """
        task = self._parts.tasks.start(doing, work())
        if task is not None:
            self._asked.add(task)
            task.add_done_callback(self._asked.discard)

    def close(self) -> None:
        """Put the window away for good, with all that it shows."""
        for task in tuple(self._asked):
            task.cancel()
        if self.window is not None:
            self.window.retire()
            self.window = None

    def _on_changed(self, changes: Changes) -> None:
        if changes.session:
            self._render()

    def _render(self) -> None:
        session = self._parts.store.session
        self.open_action.setVisible(self.allowed)
        if session is None and self._waits:
            if self.window is not None:
                self.window.hide()
        elif session is None or not self.allowed or session.user != self._user:
            self.close()


async def telling(work: Callable[[], Awaitable[object]], tell: Callable[[str], None]) -> None:
    """Do work for somebody who asked; where the hub refuses it or does not answer, tell them why.

    It is called here and not before: a task may be cancelled before its first step.
    """
    try:
        await work()
    except (OperatorError, SourceError) as error:
        tell(problem_words(error))
    except ProtocolError:
        tell(UNCLEAR)
        raise


def problem_words(error: OperatorError | SourceError) -> str:
    """Return what went wrong and what to do, in one line."""
    return f"{error.message} {error.hint}".strip()
