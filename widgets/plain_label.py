"""Labels for text from outside: shown as it is, never read as HTML."""

from __future__ import annotations

from PySide6.QtCore import QSize, Qt
from PySide6.QtGui import QFontMetrics, QPainter, QPaintEvent, QPalette
from PySide6.QtWidgets import QLabel, QStyle, QStyleOption, QWidget


def plain_label(text: str = "", *, tone: str = "", scale: str = "", wrap: bool = False) -> QLabel:
    """Return a label for plain text; ``tone`` and ``scale`` are properties of the style sheet."""
    label = QLabel(text)
    label.setTextFormat(Qt.TextFormat.PlainText)
    label.setWordWrap(wrap)
    if tone:
        label.setProperty("tone", tone)
    if scale:
        label.setProperty("scale", scale)
    return label


def set_text(label: QLabel, text: str) -> None:
    """Set a label's text if it is another: setting it lays the window out anew."""
    if label.text() != text:
        label.setText(text)


def set_tone(widget: QWidget, name: str, value: object) -> None:
    """Set a property that the style sheet asks for, and have the sheet applied anew when it changed."""
    if widget.property(name) == value:
        return
    widget.setProperty(name, value)
    widget.style().unpolish(widget)
    widget.style().polish(widget)
    widget.update()


class ElidedLabel(QLabel):
    """One line of plain text that gives way: cut with "…" where the room ends, whole in the tool tip."""

    def __init__(self, text: str = "", *, tone: str = "", scale: str = "") -> None:
        super().__init__(text)
        self.setTextFormat(Qt.TextFormat.PlainText)
        if tone:
            self.setProperty("tone", tone)
        if scale:
            self.setProperty("scale", scale)

    def minimumSizeHint(self) -> QSize:
        """Ask for no width: the text gives way."""
        return QSize(0, super().minimumSizeHint().height())

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint the text, cut to the width there is."""
        del event
        painter = QPainter(self)
        option = QStyleOption()
        option.initFrom(self)
        self.style().drawPrimitive(QStyle.PrimitiveElement.PE_Widget, option, painter, self)
        metrics = QFontMetrics(self.font())
        shown = metrics.elidedText(self.text(), Qt.TextElideMode.ElideRight, self.contentsRect().width())
        painter.setPen(self.palette().color(QPalette.ColorRole.WindowText))
        painter.drawText(self.contentsRect(), int(self.alignment()), shown)
