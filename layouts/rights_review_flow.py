"""The yearly review of all rights: what its window asks for, carried out."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Coroutine
from functools import partial
from pathlib import Path
from typing import Any

from PySide6.QtCore import QObject
from PySide6.QtWidgets import QFileDialog

from app.domain.account_review import ReviewGateway, RightsReview
from app.domain.rights import Right
from layouts.accounts_flow import write_private
from layouts.console_window import ConsoleWindow
from layouts.parts import Parts
from layouts.room_window import PageWindow, RoomWindow, telling
from widgets.accounts.review_page import ReviewPage
from widgets.view_state_rights_review import report_csv

RightsReviewWindow = PageWindow[ReviewPage]


class RightsReviewFlow(QObject):
    """Opens the window for auditors: who gives rights does not attest them."""

    def __init__(self, parts: Parts, window: ConsoleWindow, gateway: ReviewGateway) -> None:
        super().__init__(window)
        self._parts = parts
        self._gateway = gateway
        words = "Yearly &review of rights …"
        self._place = RoomWindow(parts, window, Right.AUDIT_READ, words, self._make)
        self.open_action = self._place.open_action
        self.open_action.triggered.connect(self._on_open)

    @property
    def window(self) -> RightsReviewWindow | None:
        """The window, None while there is none."""
        return self._place.window

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
            self._start("Exporting the review", partial(work, self.window.page))

    def _make(self) -> RightsReviewWindow:
        page = ReviewPage()
        page.refresh_requested.connect(self._on_refresh)
        page.sign_off_requested.connect(self._on_sign_off)
        page.export_requested.connect(self._on_export)
        return RightsReviewWindow("review of all rights", page, 1200, 760)

    def _on_open(self) -> None:
        self._place.present()
        self._on_refresh()

    def _on_refresh(self) -> None:
        self._start("Reading the review", self._refresh)

    async def _refresh(self, words: str = "") -> None:
        review = await self._gateway.review()
        if self.window is not None:
            self.window.page.show_review(review, self._parts.clock.utc())
            self.window.page.show_words(words)

    def _on_sign_off(self, digest: str) -> None:
        async def work() -> None:
            await self._gateway.sign_off(digest)
            await self._refresh("Signed off; it is on record.")

        self._start("Signing off the review", work)

    def _on_export(self, review: RightsReview) -> None:
        chooser = QFileDialog(self.window, "Export the review")
        chooser.setAcceptMode(QFileDialog.AcceptMode.AcceptSave)
        chooser.setNameFilters(["CSV (*.csv)"])
        chooser.setDefaultSuffix("csv")
        chooser.selectFile(f"rights-review-{self._parts.clock.utc():%Y-%m-%d}.csv")
        chooser.fileSelected.connect(partial(self.save, review))
        chooser.finished.connect(chooser.deleteLater)
        chooser.open()

    def _start(self, name: str, work: Callable[[], Coroutine[Any, Any, None]]) -> None:
        self._place.start(name, partial(telling, work, self._show_problem))

    def _show_problem(self, words: str) -> None:
        if self.window is not None:
            self.window.page.show_words(words, "warn")
