"""Reading the record: what its window asks for, carried out; failures are told where they happened."""

from __future__ import annotations

from collections.abc import Callable, Coroutine
from pathlib import Path

from PySide6.QtCore import QObject
from PySide6.QtWidgets import QFileDialog, QWidget

from app.domain.changes import Changes
from app.domain.record import PAGE, WEEKS, RecordGateway, RecordSearch
from app.domain.rights import Right
from layouts.console_window import ConsoleWindow
from layouts.parts import Parts
from layouts.record_window import RecordWindow
from layouts.room_window import RoomWindow, telling
from widgets.view_state import count_words


class RecordFlow(QObject):
    """Opens the window for who may read the record, and closes it when they may no more."""

    def __init__(self, parts: Parts, window: ConsoleWindow, gateway: RecordGateway) -> None:
        super().__init__(window)
        self._parts = parts
        self._main = window
        self._gateway = gateway
        self._search = self._to_export = RecordSearch()
        self._asked: dict[str, int] = {}
        self._place = RoomWindow(parts, window, Right.AUDIT_READ, "&Audit record …", self._make, waits=True)
        self.open_action = self._place.open_action
        self.open_action.triggered.connect(self._on_open)
        self._who_looked = window.cameras.view.row_action(
            "Who looked at this camera", "search", "", self._on_who_looked
        )
        parts.bridge.changed.connect(self._on_changed)
        self._render()

    @property
    def window(self) -> RecordWindow | None:
        """The window, None until it is first opened."""
        return self._place.window

    def close(self) -> None:
        """Put the window away, with all that it shows."""
        self._place.close()

    def show_looks(self, camera_id: str) -> None:
        """Show who looked at a camera."""
        window = self._place.present()
        window.open_page(window.looks)
        self._on_looks_requested(camera_id)

    def _on_changed(self, changes: Changes) -> None:
        if changes.session:
            self._render()

    def _render(self) -> None:
        self._who_looked.setVisible(self._place.allowed)

    # The window

    def _on_open(self) -> None:
        first = self.window is None
        window = self._place.present()
        window.records.search.person.setFocus()
        if first:
            self._on_search_requested(RecordSearch())

    def _on_who_looked(self) -> None:
        camera_id = self._main.cameras.selected()
        if camera_id is not None:
            self.show_looks(camera_id)

    def _make(self) -> RecordWindow:
        window = RecordWindow(self._parts.store)
        window.page_shown.connect(self._on_page_shown)
        window.records.search_requested.connect(self._on_search_requested)
        window.records.more_requested.connect(self._on_more_requested)
        window.records.looks_requested.connect(self.show_looks)
        window.records.export_requested.connect(self._on_export_requested)
        window.looks.looks_requested.connect(self._on_looks_requested)
        window.looks.more_requested.connect(self._on_more_looks_requested)
        window.reviews.more_requested.connect(self._on_more_weeks_requested)
        window.reviews.week_requested.connect(self._on_week_requested)
        window.reviews.sign_off_requested.connect(self._on_sign_off_requested)
        return window

    def _on_page_shown(self, page: QWidget) -> None:
        if self.window is not None and page is self.window.reviews:
            self._read_weeks()

    # Records

    def _on_search_requested(self, search: RecordSearch) -> None:
        self._search = search
        self._read_records(None)

    def _on_more_requested(self, before: int) -> None:
        self._read_records(before)

    def _read_records(self, before: int | None) -> None:
        assert self.window is not None
        page, still, search = self.window.records, self._begin("records"), self._search
        page.show_loading()

        async def read() -> None:
            found = await self._gateway.records(search, before)
            if still():
                (page.show_first if before is None else page.add)(found, more=len(found) >= PAGE)

        def failed(words: str) -> None:
            page.show_problem(words, again=before is not None)

        self._start("Reading the record", read, still, failed)

    # Looks

    def _on_looks_requested(self, camera_id: str) -> None:
        assert self.window is not None
        self.window.looks.begin(camera_id)
        self._read_looks(camera_id, None)

    def _on_more_looks_requested(self, camera_id: str, before: int) -> None:
        self._read_looks(camera_id, before)

    def _read_looks(self, camera_id: str, before: int | None) -> None:
        assert self.window is not None
        page, still = self.window.looks, self._begin("looks")

        async def read() -> None:
            found = await self._gateway.looks(camera_id, before)
            if still():
                page.add(found, more=len(found) >= PAGE)

        self._start("Reading who looked", read, still, page.show_problem)

    # Reviews

    def _read_weeks(self, before: str | None = None) -> None:
        assert self.window is not None
        page, still = self.window.reviews, self._begin("weeks")
        page.show_loading()

        async def read() -> None:
            found = await self._gateway.weeks(before)
            if still():
                (page.show_weeks if before is None else page.add_weeks)(found, more=len(found) >= WEEKS)

        self._start("Reading the weeks", read, still, page.show_problem)

    def _on_more_weeks_requested(self, before: str) -> None:
        self._read_weeks(before)

    def _on_week_requested(self, name: str) -> None:
        assert self.window is not None
        page, still = self.window.reviews, self._begin("week")

        async def read() -> None:
            review = await self._gateway.week(name)
            if still():
                page.show_review(review)

        self._start("Reading a week", read, still, page.show_problem)

    def _on_sign_off_requested(self, name: str, comment: str) -> None:
        assert self.window is not None
        page, still = self.window.reviews, self._begin("sign-off")

        async def sign() -> None:
            await self._gateway.sign_off(name, comment)
            if still():
                page.forget_draft(name)
                self._read_weeks()

        self._start("Signing off a week", sign, still, page.show_problem)

    # Export

    def _on_export_requested(self, search: RecordSearch) -> None:
        assert self.window is not None
        self._to_export = search
        chooser = QFileDialog(self.window, "Export the record")
        chooser.setAcceptMode(QFileDialog.AcceptMode.AcceptSave)
        chooser.setNameFilters(["Comma-separated values (*.csv)", "All files (*)"])
        chooser.setDefaultSuffix("csv")
        chooser.selectFile(f"audit-record-{self._parts.clock.utc():%Y-%m-%d}.csv")
        chooser.fileSelected.connect(self.export_to)
        chooser.finished.connect(chooser.deleteLater)
        chooser.open()

    def export_to(self, name: str) -> None:
        """Write the search that was asked for into the file ``name``."""
        assert self.window is not None
        page, still = self.window.records, self._begin("export")
        search, path = self._to_export, Path(name)
        page.show_export("Exporting …", busy=True)

        def progress(done: int, count: int) -> None:
            if still():
                page.show_export(f"Exporting: {done:,} of {count_words(count, 'record')} …", busy=True)

        async def export() -> None:
            told = await self._gateway.export(search, path, progress)
            if still():
                records = count_words(told.records, "record")
                page.show_export(f"{path.name}: {records}. On record with SHA-256 {told.sha256[:16]}…")

        def failed(words: str) -> None:
            page.show_export(f"Not exported: {words}", failed=True)

        self._start("Exporting the record", export, still, failed)

    # Tasks

    def _begin(self, what: str) -> Callable[[], bool]:
        """Return what says whether an answer is still wanted: nobody asked anew or closed the window."""
        asked = self._asked[what] = self._asked.get(what, 0) + 1
        window = self.window
        return lambda: self._asked[what] == asked and self.window is window

    def _start(
        self,
        doing: str,
        work: Callable[[], Coroutine[None, None, None]],
        still: Callable[[], bool],
        tell: Callable[[str], None],
    ) -> None:
        def failed(words: str) -> None:
            if still():
                tell(words)

        self._parts.tasks.start(doing, telling(work, failed))
