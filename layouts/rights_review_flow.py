"""The yearly review of all rights: what its window asks for, carried out."""

from __future__ import annotations

import asyncio
from collections.abc import Coroutine
from functools import partial
from pathlib import Path
from typing import Any

from PySide6.QtCore import QObject, Qt
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QFileDialog, QVBoxLayout, QWidget

from app.domain.account_review import ReviewGateway, RightsReview
from app.domain.changes import Changes
from app.domain.errors import HubFullError, OperatorError, SourceError
from app.domain.rights import Right
from layouts.accounts_flow import write_private
from layouts.console_window import ConsoleWindow
from layouts.parts import Parts
from widgets.accounts.review_page import ReviewPage
from widgets.view_state_rights_review import report_csv


class RightsReviewWindow(QWidget):
    """The window of the review; goes with the main one."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent, Qt.WindowType.Window)
        self.setWindowTitle("Watchfloor – review of all rights")
        self.page = ReviewPage()
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.addWidget(self.page)
        self.resize(1200, 760)


class RightsReviewFlow(QObject):
    """Opens the window for auditors: who gives rights does not attest them."""

    def __init__(self, parts: Parts, window: ConsoleWindow, gateway: ReviewGateway) -> None:
        super().__init__(window)
        self._parts = parts
        self._main = window
        self._gateway = gateway
        self.window: RightsReviewWindow | None = None
        self.open_action = QAction("Yearly &review of rights …", self)
        self.open_action.triggered.connect(self._on_open)
        window.room.addAction(self.open_action)
        parts.bridge.changed.connect(self._on_changed)
        window.closed.connect(self.close)
        self._render()

    def close(self) -> None:
        """Put the window away, with all that it shows."""
        if self.window is not None:
            self.window.close()
            self.window.deleteLater()
            self.window = None

    def save(self, review: RightsReview, name: str) -> None:
        """Keep a review as CSV in a file that nobody else on this computer reads."""

        async def work(page: ReviewPage) -> None:
            try:
                await asyncio.to_thread(write_private, Path(name), report_csv(review))
            except OSError as error:
                page.show_words(f"The file cannot be written: {error.strerror}.", "warn")
                return
            page.show_words(f"Exported as {Path(name).name}.")

        if self.window is not None:
            self._start("Exporting the review", work(self.window.page))

    def _on_changed(self, changes: Changes) -> None:
        if changes.session:
            self._render()

    def _render(self) -> None:
        session = self._parts.store.session
        may = session is not None and session.may(Right.AUDIT_READ)
        self.open_action.setVisible(may)
        if not may:
            self.close()

    def _on_open(self) -> None:
        if self.window is None:
            self.window = RightsReviewWindow(self._main)
            self.window.page.refresh_requested.connect(self._on_refresh)
            self.window.page.sign_off_requested.connect(self._on_sign_off)
            self.window.page.export_requested.connect(self._on_export)
        self.window.show()
        self.window.raise_()
        self.window.activateWindow()
        self._on_refresh()

    def _on_refresh(self) -> None:
        self._start("Reading the review", self._refresh())

    async def _refresh(self, words: str = "") -> None:
        review = await self._gateway.review()
        if self.window is not None:
            self.window.page.show_review(review, self._parts.clock.utc())
            self.window.page.show_words(words)

    def _on_sign_off(self, digest: str) -> None:
        async def work() -> None:
            await self._gateway.sign_off(digest)
            await self._refresh("Signed off; it is on record.")

        self._start("Signing off the review", work())

    def _on_export(self, review: RightsReview) -> None:
        chooser = QFileDialog(self.window, "Export the review")
        chooser.setAcceptMode(QFileDialog.AcceptMode.AcceptSave)
        chooser.setNameFilters(["CSV (*.csv)"])
        chooser.setDefaultSuffix("csv")
        chooser.selectFile(f"rights-review-{self._parts.clock.utc():%Y-%m-%d}.csv")
        chooser.fileSelected.connect(partial(self.save, review))
        chooser.finished.connect(chooser.deleteLater)
        chooser.open()

    def _start(self, name: str, work: Coroutine[Any, Any, None]) -> None:
        self._parts.tasks.start(name, self._told(work))

    async def _told(self, work: Coroutine[Any, Any, None]) -> None:
        try:
            await work
        except (OperatorError, HubFullError) as error:
            self._show_problem(f"{error.message} {error.hint}".strip())
        except SourceError as error:
            self._show_problem(error.message)

    def _show_problem(self, words: str) -> None:
        if self.window is not None:
            self.window.page.show_words(words, "warn")
