"""The layouts of a wall as a menu: save, open, rename, delete. Shown with ``popup``, never ``exec``."""

from __future__ import annotations

from collections.abc import Iterable
from enum import Enum, auto

from PySide6.QtCore import QPoint, QSize, Qt, Signal
from PySide6.QtGui import QAction, QFontMetrics, QKeySequence, QShortcut
from PySide6.QtWidgets import QMenu, QPushButton, QWidget

from widgets.icons import icon
from widgets.view_state import plain_tip

NAME_PX = 360
"""Longer names are cut in the menu; their tool tip has them whole."""


class LayoutAct(Enum):
    """What is to be done with a saved layout."""

    OPEN = auto()
    RENAME = auto()
    DELETE = auto()


class LayoutButton(QPushButton):
    """Opens the menu, by mouse, by Alt+L, or by Space when it has the focus."""

    menu_requested = Signal()
    """The menu is about to be wanted: `show_menu` with what there is."""
    save_requested = Signal()
    act_requested = Signal(object, str)
    """`LayoutAct` and the layout's name."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__("Layouts", parent)
        self.setIcon(icon("grid"))
        self.setIconSize(QSize(16, 16))
        self.setProperty("role", "quiet")
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.setAccessibleName("Layouts of this wall")
        key = QKeySequence("Alt+L")
        self.setToolTip(
            f"Save, open and tidy layouts ({key.toString(QKeySequence.SequenceFormat.NativeText)})"
        )
        QShortcut(key, self).activated.connect(self.menu_requested)
        self.clicked.connect(self.menu_requested)
        self.menu_shown: QMenu | None = None
        """The menu that was opened last, None before the first and after it has closed."""

    def show_menu(self, names: Iterable[str]) -> None:
        """Open the menu below the button."""
        menu = QMenu(self)
        menu.setToolTipsVisible(True)
        menu.addAction("&Save as…").triggered.connect(self.save_requested)
        menu.addSeparator()
        listed = list(names)
        self._add_each(menu, listed, LayoutAct.OPEN)
        if listed:
            menu.addSeparator()
            self._add_each(menu.addMenu("&Rename"), listed, LayoutAct.RENAME)
            self._add_each(menu.addMenu("&Delete"), listed, LayoutAct.DELETE)
        else:
            menu.addAction("No layout is saved yet").setEnabled(False)
        menu.aboutToHide.connect(self._on_hidden)
        self.menu_shown = menu
        # The button is at the wall's right end: the menu's right edge is the button's.
        menu.popup(self.mapToGlobal(QPoint(self.width() - menu.sizeHint().width(), self.height())))
        # By keyboard the first entry is at hand at once.
        menu.setActiveAction(menu.actions()[0])

    def _add_each(self, menu: QMenu, names: list[str], act: LayoutAct) -> None:
        menu.setToolTipsVisible(True)
        metrics = QFontMetrics(menu.font())
        for name in names:
            shown = metrics.elidedText(name, Qt.TextElideMode.ElideRight, NAME_PX)
            action = menu.addAction(shown.replace("&", "&&"))
            action.setData((act, name))
            action.setToolTip(plain_tip(name))
            action.triggered.connect(self._on_chosen)

    def _on_chosen(self) -> None:
        action = self.sender()
        if isinstance(action, QAction):
            act, name = action.data()
            self.act_requested.emit(act, name)

    def _on_hidden(self) -> None:
        # What was chosen is told after the menu hides: it must live until then.
        if self.menu_shown is not None:
            self.menu_shown.deleteLater()
            self.menu_shown = None
