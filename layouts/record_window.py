"""The window of the audit record: what was done, who looked at a camera, and the weekly review."""

from __future__ import annotations

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QTabWidget, QVBoxLayout, QWidget

from app.domain.ids import CameraId
from app.store.state import Store
from layouts.personal_window import PersonalWindow
from widgets.record.looks_page import LooksPage
from widgets.record.records_page import RecordsPage
from widgets.record.reviews_page import ReviewsPage
from widgets.view_state import one_line


class RecordWindow(PersonalWindow):
    """Holds the pages; `RecordFlow` carries out what they ask for."""

    page_shown = Signal(QWidget)
    """The page that came to the front."""

    def __init__(self, store: Store) -> None:
        super().__init__()
        self._store = store
        self.records = RecordsPage(self._camera_name)
        self.looks = LooksPage()
        self.reviews = ReviewsPage(self._camera_name)
        self._tabs = QTabWidget()
        self._tabs.addTab(self.records, "&Records")
        self._tabs.addTab(self.looks, "Who &looked")
        self._tabs.addTab(self.reviews, "Weekly re&view")
        self._tabs.currentChanged.connect(self._on_tab_changed)
        self.setWindowTitle("Watchfloor – audit record")
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.addWidget(self._tabs)
        self.setMinimumSize(1280, 560)
        self.resize(1480, 860)

    def present(self) -> None:
        """Show the window in front of the others, with the cameras that there are now to choose from."""
        self.records.search.set_cameras(self._store.cameras)
        self.looks.set_cameras(self._store.cameras)
        super().present()

    def retire(self) -> None:
        """Put the window away for good; its tabs, which go one by one, tell nobody any more."""
        self._tabs.currentChanged.disconnect(self._on_tab_changed)
        super().retire()

    def open_page(self, page: QWidget) -> None:
        """Bring a page to the front."""
        self._tabs.setCurrentWidget(page)

    def _camera_name(self, camera_id: str) -> str:
        camera = self._store.cameras.get(CameraId(camera_id))
        return (one_line(camera.name) if camera is not None else "") or camera_id

    def _on_tab_changed(self, _number: int) -> None:
        page = self._tabs.currentWidget()
        if page is not None:
            self.page_shown.emit(page)
