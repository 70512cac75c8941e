"""The system page: plots and processes above, the table of streams below."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QStackedLayout, QVBoxLayout, QWidget

from resources import theme
from widgets.icons import pixmap
from widgets.plain_label import plain_label, set_text
from widgets.system.readings import SystemReading, summary
from widgets.system.table_view import ReadingsTable
from widgets.system.tables import PROCESS_COLUMNS, STREAM_COLUMNS, ReadingsModel

_CAMERA, _REASON = 1, len(STREAM_COLUMNS) - 1
_TOP_PX = 226


class SystemPage(QWidget):
    """Shows one `SystemReading` after the other."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._streams = ReadingsModel(STREAM_COLUMNS, lambda row: row.key)
        self._processes = ReadingsModel(PROCESS_COLUMNS, lambda row: row.name)
        self.stream_view = ReadingsTable("Streams", self._streams, (_CAMERA, _REASON))
        self.process_view = ReadingsTable("Processes", self._processes)
        self._trouble = _TroubleLine()
        self._headline = plain_label(scale="large")
        self._decoding = plain_label(tone="dim")
        self._empty = plain_label(
            "No stream is open. Put a camera on a wall, and its figures appear here.", tone="dim", wrap=True
        )
        self._waiting = plain_label("The plots are being prepared…", tone="dim")
        self._add: Callable[[SystemReading], None] | None = None
        self._build()

    @property
    def headline(self) -> str:
        """How many streams are open, and how they are."""
        return self._headline.text()

    @property
    def decoding(self) -> str:
        """What the decoders have to do and how they work, as it is shown."""
        return self._decoding.text()

    @property
    def trouble(self) -> str:
        """What keeps the engine from decoding, as it is shown above all; empty while nothing is."""
        return self._trouble.words if self._trouble.isVisible() else ""

    @property
    def is_empty(self) -> bool:
        """Whether words stand in place of the streams."""
        return self._empty.isVisible()

    @property
    def has_plots(self) -> bool:
        """Whether the plots are in their place."""
        return self._add is not None

    def show_reading(self, reading: SystemReading) -> None:
        """Show these figures, and add them to the plots."""
        self._streams.show_rows(reading.streams)
        self._processes.show_rows(reading.processes)
        self._trouble.tell(reading.trouble)
        set_text(self._headline, summary(reading.streams))
        parts = [f"Load: {reading.load}"] if reading.load else []
        parts += [f"Decoding: {reading.decoding}"] if reading.decoding else []
        set_text(self._decoding, " · ".join(parts))
        self._empty.setVisible(not reading.streams)
        if self._add is not None:
            self._add(reading)

    def put_plots(self, plots: QWidget, add: Callable[[SystemReading], None]) -> None:
        """Put the plots in, above the tables; ``add`` gets each reading from now on.

        They come from outside: what draws them is loaded only when the page is opened.
        """
        self._add = add
        self._plot_place.addWidget(plots)
        self._plot_place.setCurrentWidget(plots)

    def _build(self) -> None:
        self.setWindowTitle("System")
        self._empty.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self._waiting.setAlignment(Qt.AlignmentFlag.AlignCenter)
        above = QWidget()
        self._plot_place = QStackedLayout(above)
        self._plot_place.addWidget(self._waiting)
        QVBoxLayout(self.stream_view.viewport()).addWidget(self._empty)
        self.process_view.setFixedWidth(self.process_view.wanted_width)
        top = QHBoxLayout()
        top.setSpacing(24)
        top.addWidget(above, 1)
        top.addWidget(self.process_view)
        self.process_view.setFixedHeight(_TOP_PX)
        above.setFixedHeight(_TOP_PX)
        column = QVBoxLayout(self)
        column.setContentsMargins(12, 10, 12, 12)
        column.setSpacing(theme.GAP)
        column.addWidget(self._trouble)
        column.addLayout(top)
        line = QHBoxLayout()
        line.addWidget(self._headline, 1)
        line.addWidget(self._decoding)
        column.addLayout(line)
        column.addWidget(self.stream_view, 1)


class _TroubleLine(QFrame):
    """A line that is there only while there is something to tell."""

    def __init__(self) -> None:
        super().__init__()
        self.setProperty("notice", "error")
        mark = QLabel()
        mark.setPixmap(pixmap("error", theme.ALARM, 18))
        self._label = plain_label(wrap=True)
        line = QHBoxLayout(self)
        line.setContentsMargins(10, 6, 10, 6)
        line.setSpacing(8)
        line.addWidget(mark, 0, Qt.AlignmentFlag.AlignTop)
        line.addWidget(self._label, 1)
        self.hide()

    @property
    def words(self) -> str:
        """What was told last."""
        return self._label.text()

    def tell(self, words: str) -> None:
        """Show these words, nothing where there are none."""
        set_text(self._label, words)
        self.setAccessibleName(f"Error: {words}" if words else "")
        self.setVisible(bool(words))
