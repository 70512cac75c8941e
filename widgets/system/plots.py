"""The page's plots. The only file that imports pyqtgraph, and only when the plots are wanted.

The import takes a quarter of a second: the window has it done in a thread before the first plot is made.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import pyqtgraph
from PySide6.QtCore import QPointF, Qt, QTimer
from PySide6.QtGui import QColor, QPainter, QPen, QPixmap
from PySide6.QtWidgets import QGridLayout, QHBoxLayout, QLabel, QVBoxLayout, QWidget

from resources import theme
from widgets.plain_label import ElidedLabel, set_text, set_tone
from widgets.system.history import SPAN_S, History
from widgets.system.readings import SystemReading

_AXIS_PX = 44
_PLOT_PX = 160
_TURN_MS = 30
_TICKS = [(-240.0, "−4 min"), (-120.0, "−2 min"), (0.0, "now")]
_MINOR_TICKS = [(-60.0 * minutes, "") for minutes in (5, 3, 1)]
_SOLID, _DASHED = Qt.PenStyle.SolidLine, Qt.PenStyle.DashLine


@dataclass(frozen=True, slots=True)
class Line:
    """A line of a plot: its name, its look, and how its values read."""

    name: str
    style: Qt.PenStyle
    colour: str
    unit: str
    digits: int = 0
    away: str = ""
    """What is said in place of the values while there is nothing to measure."""

    def words(self, history: History, missing: bool) -> str:
        """Return the newest value and the largest of the five minutes; ``missing``: there is none now."""
        if missing and self.away:
            return f"{self.name} {self.away}"
        if history.newest is None or history.largest is None:
            return f"{self.name} –"
        return f"{self.name} {self._value(history.newest)} · highest {self._value(history.largest)}"

    def _value(self, value: float) -> str:
        return f"{value:.{self.digits}f} {self.unit}"


class Plot(QWidget):
    """One or two figures over the last five minutes, with their newest values in words."""

    def __init__(self, title: str, tip: str, least: float, lines: Sequence[Line]) -> None:
        """Make an empty plot; its axis reaches at least to ``least``, so that noise stays flat."""
        super().__init__()
        self._least = least
        self._lines = lines
        self._histories = [History() for _ in lines]
        self._missing = [False for _ in lines]
        self._now = 0.0
        self._words = [ElidedLabel(scale="small") for _ in lines]
        self._graph = _Graph(lines)
        self.setToolTip(tip)
        self.setAccessibleName(title)
        self._build(title)
        self._render_words()

    def add(self, at: float, values: Sequence[float | None]) -> None:
        """Add one value per line, measured at ``at`` (monotonic seconds); None adds nothing."""
        self._now = at
        self._missing = [value is None for value in values]
        for value, history in zip(values, self._histories, strict=True):
            if value is not None:
                history.add(at, value)

    def draw(self) -> None:
        """Show what was added."""
        largest = self._least
        for history, curve in zip(self._histories, self._graph.curves, strict=True):
            curve.setData(*history.line(self._now), connect="finite")
            largest = max(largest, history.largest or 0.0)
        self._graph.box.setYRange(0.0, largest * 1.08, padding=0)
        self._render_words()

    def _render_words(self) -> None:
        shown = zip(self._lines, self._histories, self._missing, self._words, strict=True)
        for line, history, missing, label in shown:
            set_text(label, line.words(history, missing))
            set_tone(label, "tone", "alarm" if missing and line.away else "")
        words = "; ".join(label.text() for label in self._words)
        self.setAccessibleDescription(words)

    def _build(self, title: str) -> None:
        key = QGridLayout()
        key.setHorizontalSpacing(6)
        key.setVerticalSpacing(1)
        key.setColumnStretch(1, 1)
        for row, (line, label) in enumerate(zip(self._lines, self._words, strict=True)):
            if len(self._lines) > 1:
                key.addWidget(_swatch(line), row, 0)
            key.addWidget(label, row, 1)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(3)
        heading = ElidedLabel(title)
        heading.setProperty("weight", "strong")
        column.addWidget(heading)
        column.addLayout(key)
        column.addStretch(1)
        column.addWidget(self._graph.view)


class Plots(QWidget):
    """The three plots side by side. They are made, and drawn each second, one at a time."""

    def __init__(self) -> None:
        super().__init__()
        self._plots: list[Plot] = []
        self._places = [_place() for _ in _MAKERS]
        self._due: list[Plot] = []
        self._turns = QTimer(self, interval=_TURN_MS)
        self._turns.timeout.connect(self._on_turn)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(24)
        for place in self._places:
            row.addWidget(place, 1)

    @property
    def drawing(self) -> bool:
        """Whether some plot does not show the newest figures yet."""
        return self._turns.isActive()

    def build(self) -> Iterator[None]:
        """Put one more plot into its place at each step."""
        for place, make in zip(self._places, _MAKERS, strict=True):
            plot = make()
            layout = place.layout()
            assert layout is not None
            layout.addWidget(plot)
            self._plots.append(plot)
            yield

    def add(self, reading: SystemReading) -> None:
        """Add another second; the plots draw it one after the other, within a tenth of one."""
        figures = (
            (reading.late_ms, reading.hub_ms),
            (reading.painted, reading.dropped),
            (reading.workers_cpu, reading.console_cpu),
        )
        # The first readings come while there are fewer plots than figures.
        for plot, values in zip(self._plots, figures, strict=False):
            plot.add(reading.at, values)
        self._due = list(self._plots)
        self._turns.start()

    def _on_turn(self) -> None:
        if self._due:
            self._due.pop(0).draw()
        if not self._due:
            self._turns.stop()


def _place() -> QWidget:
    place = QWidget()
    QVBoxLayout(place).setContentsMargins(0, 0, 0, 0)
    return place


def _delay() -> Plot:
    return Plot(
        "Delay",
        "How late the user interface answered at worst in each second, and how long the hub took to "
        "answer the console",
        20.0,
        [
            Line("Interface", _SOLID, theme.ACCENT, "ms"),
            Line("Hub", _DASHED, theme.TEXT, "ms", digits=1, away="does not answer"),
        ],
    )


def _pictures() -> Plot:
    return Plot(
        "Pictures",
        "Pictures a second that all tiles painted together, and those of all streams that nobody saw: "
        "left out because a decoder was behind, or overtaken by a newer one before a tile was painted",
        10.0,
        [
            Line("Painted", _SOLID, theme.ACCENT, "/s"),
            Line("Dropped", _DASHED, theme.WARN, "/s", digits=1),
        ],
    )


def _processor() -> Plot:
    return Plot(
        "Processor",
        "Share of one core: 100 % is one core kept busy",
        10.0,
        [
            Line("Workers", _SOLID, theme.ACCENT, "%"),
            Line("Console", _DASHED, theme.TEXT, "%"),
        ],
    )


_MAKERS = (_delay, _pictures, _processor)


class _Graph:
    """A view with two axes. pyqtgraph's own PlotWidget makes menus and buttons that cost 40 ms each time."""

    def __init__(self, lines: Sequence[Line]) -> None:
        self.view = pyqtgraph.GraphicsView(background=theme.GROUND)
        self.view.setFixedHeight(_PLOT_PX)
        self.view.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.box = pyqtgraph.ViewBox(enableMenu=False, enableMouse=False)
        self.box.setXRange(-SPAN_S - 1, 0.0, padding=0)
        left, below = self._axis("left"), self._axis("bottom")
        left.setWidth(_AXIS_PX)
        left.setGrid(60)
        below.setTicks([_TICKS, _MINOR_TICKS])
        # The first and the last label reach beyond the plot; there is room for them.
        below.setStyle(hideOverlappingLabels=False)
        place = pyqtgraph.GraphicsLayout()
        place.setContentsMargins(0, 4, 22, 0)
        place.setSpacing(0)
        place.addItem(left, 0, 0)
        place.addItem(self.box, 0, 1)
        place.addItem(below, 1, 1)
        self.view.setCentralItem(place)
        self.curves = [pyqtgraph.PlotCurveItem(pen=_pen(line), antialias=True) for line in lines]
        for curve in self.curves:
            self.box.addItem(curve)

    def _axis(self, side: str) -> pyqtgraph.AxisItem:
        axis = pyqtgraph.AxisItem(side, pen=QColor(theme.LINE), textPen=QColor(theme.TEXT_DIM))
        font = self.view.font()
        font.setPixelSize(theme.FONT_SMALL_PX)
        axis.setTickFont(font)
        axis.linkToView(self.box)
        return axis


def _pen(line: Line) -> QPen:
    pen = QPen(QColor(line.colour), 1.5, line.style)
    pen.setCosmetic(True)
    return pen


def _swatch(line: Line) -> QLabel:
    """Return a short piece of the line, as its key."""
    label = QLabel()
    ratio = label.devicePixelRatioF()
    piece = QPixmap(round(26 * ratio), round(10 * ratio))
    piece.setDevicePixelRatio(ratio)
    piece.fill(Qt.GlobalColor.transparent)
    painter = QPainter(piece)
    painter.setPen(QPen(QColor(line.colour), 2, line.style))
    painter.drawLine(QPointF(0, 5), QPointF(26, 5))
    painter.end()
    label.setPixmap(piece)
    return label
