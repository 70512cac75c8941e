"""The look of every standard widget, built from the theme's tokens: style sheet, palette, font."""

from __future__ import annotations

from pathlib import Path
from string import Template
from typing import Final

from PySide6.QtCore import QDir
from PySide6.QtGui import QColor, QFont, QFontDatabase, QPalette
from PySide6.QtWidgets import QApplication, QStyleFactory

from resources import theme

ICON_FOLDER: Final = Path(__file__).parent / "icons"
_ICON_PREFIX: Final = "themeicons"

_TOKENS: Final = {
    name: str(value)
    for name, value in vars(theme).items()
    if name.isupper() and isinstance(value, (str, int))
}

_SHEET: Final = Template("""
* { outline: none; }
QWidget { color: $TEXT; }
QMainWindow, QDialog { background: $GROUND; }
QLabel { background: transparent; }
QLabel[tone="dim"] { color: $TEXT_DIM; }
QLabel[tone="alarm"] { color: $ALARM; font-weight: 600; }
QLabel[tone="warn"] { color: $WARN; }
QLabel[tone="live"] { color: $LIVE; }
QLabel[scale="small"], QPushButton[scale="small"] { font-size: ${FONT_DENSE_PX}px; }
QLabel[scale="large"] { font-size: ${FONT_LARGE_PX}px; font-weight: 600; }
QLabel[weight="strong"] { font-weight: 600; }

QFrame[panel="raised"] { background: $RAISED; border: 1px solid $LINE; border-radius: ${RADIUS}px; }
QFrame[panel="footer"] { background: $SURFACE; border: none; border-top: 1px solid $LINE; }
QFrame[panel="status"] { background: $GROUND; border: none; border-top: 1px solid $LINE; }
QFrame[panel="drop"] { background: transparent; border: 1px dashed $LINE; border-radius: ${RADIUS}px; }
QFrame[panel="drop"][hover="true"] { background: $SELECTION; border: 2px solid $ACCENT; }
QFrame[notice="info"] { background: $INFO_GROUND; border: none; border-left: 4px solid $ACCENT; }
QFrame[notice="warning"] { background: $WARN_GROUND; border: none; border-left: 4px solid $WARN; }
QFrame[notice="error"] { background: $ALARM_GROUND; border: none; border-left: 4px solid $ALARM; }

QPushButton, QToolButton {
    background: $RAISED; color: $TEXT; border: 1px solid $LINE; border-radius: ${RADIUS}px;
    padding: 4px 11px; min-height: 22px;
}
QToolButton { padding: 4px 7px; }
QPushButton:hover, QToolButton:hover { background: $HOVER; }
QPushButton:pressed, QToolButton:pressed { background: $LINE; }
QPushButton:focus, QToolButton:focus { border: 2px solid $ACCENT; padding: 3px 10px; }
QToolButton:focus { padding: 3px 6px; }
QPushButton:disabled, QToolButton:disabled { color: $TEXT_OFF; background: $SURFACE; border-color: $RAISED; }
QPushButton[role="primary"] {
    background: $ACCENT; color: $TEXT_ON_COLOUR; border-color: $ACCENT; font-weight: 600;
}
QPushButton[role="primary"]:hover { background: #7bbaff; }
QPushButton[role="primary"]:focus { border: 2px solid $TEXT; }
QPushButton[role="primary"]:disabled { background: $RAISED; color: $TEXT_OFF; border-color: $RAISED; }
QPushButton[role="danger"] { color: $ALARM; border-color: $ALARM; }
QPushButton[role="danger"]:hover { background: $ALARM_GROUND; }
QPushButton[role="danger"]:disabled { color: $TEXT_OFF; border-color: $LINE; }
QPushButton[role="danger"]:focus { border: 2px solid $TEXT; }
QPushButton[role="quiet"], QToolButton[role="quiet"] { background: transparent; border-color: transparent; }
QPushButton[role="quiet"]:hover, QToolButton[role="quiet"]:hover { background: $HOVER; }
QPushButton[role="quiet"]:focus, QToolButton[role="quiet"]:focus { border-color: $ACCENT; }
QPushButton[role="chip"] {
    border-radius: 12px; padding: 1px 7px; color: $TEXT_DIM; font-size: ${FONT_DENSE_PX}px;
}
QPushButton[role="chip"]:checked { background: $SELECTION; color: $TEXT; border-color: $ACCENT; }
QPushButton[role="chip"]:focus { border: 2px solid $ACCENT; padding: 0px 6px; }
QPushButton[role="pill"] {
    background: $ACCENT; color: $TEXT_ON_COLOUR; border: 1px solid $GROUND; border-radius: 14px;
    padding: 2px 12px; font-weight: 600;
}
QPushButton[role="pill"][alarm="true"] { background: $ALARM; }
QPushButton[role="pill"]:focus { border: 2px solid $TEXT; }
QPushButton[role="link"] {
    background: transparent; border: none; color: $ACCENT; padding: 2px; text-align: left;
}
QPushButton[role="link"]:focus { border: 2px solid $ACCENT; padding: 0px; }
QToolButton::menu-indicator { image: none; }

QLineEdit, QPlainTextEdit, QTextEdit, QComboBox, QSpinBox {
    background: $VOID; color: $TEXT; border: 1px solid $LINE; border-radius: ${RADIUS}px;
    padding: 4px 7px; selection-background-color: $ACCENT; selection-color: $TEXT_ON_COLOUR;
    placeholder-text-color: $TEXT_DIM;
}
QLineEdit, QComboBox, QSpinBox { min-height: 22px; }
QLineEdit:focus, QPlainTextEdit:focus, QTextEdit:focus, QComboBox:focus, QSpinBox:focus {
    border: 2px solid $ACCENT; padding: 3px 6px;
}
QLineEdit:disabled, QPlainTextEdit:disabled, QComboBox:disabled { color: $TEXT_OFF; background: $SURFACE; }
QLineEdit:read-only, QPlainTextEdit:read-only { background: $SURFACE; color: $TEXT_DIM; }
QLineEdit QToolButton { background: transparent; border: none; padding: 0; min-height: 0; }
QComboBox::drop-down { border: none; width: 20px; }
QComboBox::down-arrow { image: url(${ICONS}:style-chevron-down.svg); width: 14px; height: 14px; }
QSpinBox:disabled { color: $TEXT_OFF; background: $SURFACE; }
QSpinBox::up-button, QSpinBox::down-button { border: none; width: 20px; background: transparent; }
QSpinBox::up-arrow { image: url(${ICONS}:style-chevron-up.svg); width: 12px; height: 12px; }
QSpinBox::down-arrow { image: url(${ICONS}:style-chevron-down.svg); width: 12px; height: 12px; }
QComboBox QAbstractItemView { background: $RAISED; border: 1px solid $LINE; padding: 2px; }
QCheckBox { spacing: 6px; padding: 2px; border: 2px solid transparent; border-radius: ${RADIUS}px; }
QCheckBox:focus { border-color: $ACCENT; }
QCheckBox:disabled { color: $TEXT_OFF; }
QCheckBox::indicator, QListWidget::indicator {
    width: 14px; height: 14px; border: 1px solid $TEXT_DIM; border-radius: 3px; background: $VOID;
}
QCheckBox::indicator:checked, QListWidget::indicator:checked {
    background: $ACCENT; border-color: $ACCENT; image: url(${ICONS}:style-check.svg);
}

QAbstractItemView {
    background: $SURFACE; border: 1px solid $LINE; border-radius: 0; gridline-color: $RAISED;
    alternate-background-color: $SURFACE; selection-background-color: $SELECTION; selection-color: $TEXT;
}
QAbstractItemView:focus { border: 1px solid $ACCENT; }
QAbstractItemView[bare="true"] { border: none; background: transparent; }
QAbstractItemView::item:hover { background: $HOVER; }
QAbstractItemView::item:selected { background: $SELECTION; color: $TEXT; }
QHeaderView { background: $SURFACE; }
QHeaderView::section {
    background: $RAISED; color: $TEXT_DIM; border: none; border-right: 1px solid $LINE;
    border-bottom: 1px solid $LINE; padding: 4px 8px; font-size: ${FONT_DENSE_PX}px;
}
QTableView::item { padding: 0 8px; }
QTableCornerButton::section { background: $RAISED; border: none; }

QScrollBar:vertical { background: $SURFACE; width: 12px; margin: 0; }
QScrollBar:horizontal { background: $SURFACE; height: 12px; margin: 0; }
QScrollBar::handle { background: #4a5968; border-radius: 4px; margin: 2px; }
QScrollBar::handle:vertical { min-height: 32px; }
QScrollBar::handle:horizontal { min-width: 32px; }
QScrollBar::handle:hover { background: $TEXT_DIM; }
QScrollBar::add-line, QScrollBar::sub-line { width: 0; height: 0; }
QScrollBar::add-page, QScrollBar::sub-page { background: transparent; }
QScrollArea { background: transparent; border: none; }

QSplitter::handle { background: $LINE; }
QSplitter::handle:horizontal { width: 3px; }
QSplitter::handle:vertical { height: 3px; }
QSplitter::handle:hover { background: $ACCENT; }

QMenuBar { background: $GROUND; border-bottom: 1px solid $LINE; }
QMenuBar::item { padding: 5px 10px; background: transparent; }
QMenuBar::item:selected { background: $HOVER; }
QMenu { background: $RAISED; border: 1px solid $LINE; padding: 4px; }
QMenu::item { padding: 6px 24px 6px 12px; border-radius: 3px; }
QMenu::item:selected { background: $SELECTION; color: $TEXT; }
QMenu::item:disabled { color: $TEXT_OFF; }
QMenu::separator { height: 1px; background: $LINE; margin: 4px 6px; }
QMenu::icon { padding-left: 8px; }
QToolTip {
    background: $RAISED; color: $TEXT; border: 1px solid $TEXT_DIM; padding: 4px 6px;
    font-size: ${FONT_DENSE_PX}px;
}

QTabWidget::pane { border: none; border-top: 1px solid $LINE; }
QTabBar { background: $GROUND; }
QTabBar::tab {
    background: transparent; color: $TEXT_DIM; padding: 6px 12px; border: none;
    border-bottom: 2px solid transparent;
}
QTabBar::tab:selected { color: $TEXT; border-bottom: 2px solid $ACCENT; }
QTabBar::tab:hover { background: $HOVER; }
QTabBar::tab:focus { background: $SELECTION; }
QDockWidget { color: $TEXT_DIM; font-size: ${FONT_DENSE_PX}px; }
QDockWidget::title {
    background: $RAISED; padding: 6px 8px; border-bottom: 1px solid $LINE; text-align: left;
}
QMainWindow::separator { background: $LINE; width: 3px; height: 3px; }
QMainWindow::separator:hover { background: $ACCENT; }
QToolBar { background: $GROUND; border: none; border-bottom: 1px solid $LINE; spacing: 4px; padding: 3px; }
QStatusBar { background: $GROUND; border-top: 1px solid $LINE; }
QStatusBar::item { border: none; }
QProgressBar { background: $VOID; border: 1px solid $LINE; border-radius: ${RADIUS}px; text-align: center; }
QProgressBar::chunk { background: $ACCENT; }
QProgressBar[tone="dim"]::chunk { background: $TEXT_DIM; }
QProgressBar[tone="warn"]::chunk { background: $WARN; }
QProgressBar[tone="alarm"]::chunk { background: $ALARM; }
""")


def stylesheet() -> str:
    """Return the style sheet of the whole program; sizes in device-independent pixels."""
    return _SHEET.substitute(_TOKENS, ICONS=_ICON_PREFIX)


def palette() -> QPalette:
    """Return the palette for what no style sheet reaches: native parts, delegates, placeholder text."""
    colours = {
        QPalette.ColorRole.Window: theme.GROUND,
        QPalette.ColorRole.WindowText: theme.TEXT,
        QPalette.ColorRole.Base: theme.SURFACE,
        QPalette.ColorRole.AlternateBase: theme.RAISED,
        QPalette.ColorRole.Text: theme.TEXT,
        QPalette.ColorRole.PlaceholderText: theme.TEXT_DIM,
        QPalette.ColorRole.Button: theme.RAISED,
        QPalette.ColorRole.ButtonText: theme.TEXT,
        QPalette.ColorRole.BrightText: theme.ALARM,
        QPalette.ColorRole.ToolTipBase: theme.RAISED,
        QPalette.ColorRole.ToolTipText: theme.TEXT,
        QPalette.ColorRole.Highlight: theme.SELECTION,
        QPalette.ColorRole.HighlightedText: theme.TEXT,
        QPalette.ColorRole.Link: theme.ACCENT,
        QPalette.ColorRole.LinkVisited: theme.ACCENT,
        QPalette.ColorRole.Light: theme.HOVER,
        QPalette.ColorRole.Midlight: theme.RAISED,
        QPalette.ColorRole.Mid: theme.LINE,
        QPalette.ColorRole.Dark: theme.GROUND,
        QPalette.ColorRole.Shadow: theme.VOID,
    }
    made = QPalette()
    for role, colour in colours.items():
        made.setColor(role, QColor(colour))
    for role in (QPalette.ColorRole.WindowText, QPalette.ColorRole.Text, QPalette.ColorRole.ButtonText):
        made.setColor(QPalette.ColorGroup.Disabled, role, QColor(theme.TEXT_OFF))
    return made


def font() -> QFont:
    """Return the program's font: the first family of the theme that this system has."""
    present = set(QFontDatabase.families())
    family = next((name for name in theme.FONT_FAMILIES if name in present), "sans-serif")
    made = QFont(family)
    made.setPixelSize(theme.FONT_PX)
    made.setFeature(QFont.Tag("tnum"), 1)  # figures of one width: a clock that does not tremble
    return made


def apply_style(app: QApplication) -> None:
    """Give the application its look; call once, before the first window."""
    QDir.setSearchPaths(_ICON_PREFIX, [str(ICON_FOLDER)])
    fusion = QStyleFactory.create("Fusion")
    app.setStyle(fusion)
    app.setPalette(palette())
    app.setFont(font())
    app.setStyleSheet(stylesheet())
