"""What importing a camera file would do, before anything is changed."""

from __future__ import annotations

from PySide6.QtCore import QAbstractTableModel, QModelIndex, QPersistentModelIndex, Qt, Signal
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import (
    QDialog,
    QFrame,
    QHBoxLayout,
    QHeaderView,
    QPushButton,
    QTableView,
    QVBoxLayout,
    QWidget,
)

from app.domain.ports import ImportPlan, RefusedRow
from resources import theme
from widgets.icons import icon
from widgets.plain_label import plain_label
from widgets.view_state import count_words, one_line, plain_tip

_LEFT = Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignLeft


def report_words(name: str, plan: ImportPlan) -> str:
    """Return the plan as text, one refused row per line, for the clipboard."""
    head = (
        f"{name}: {plan.added} added, {plan.changed} changed, {plan.unchanged} unchanged, "
        f"{len(plan.refused)} refused"
    )
    return "\n".join([head, *(f"{row.row}\t{one_line(row.reason)}" for row in plan.refused)])


class RefusedRowsModel(QAbstractTableModel):
    """Row number and reason of each refused row."""

    def __init__(self, rows: tuple[RefusedRow, ...]) -> None:
        super().__init__()
        self._rows = rows

    def rowCount(self, parent: QModelIndex | QPersistentModelIndex = QModelIndex()) -> int:
        """Return how many rows were refused."""
        return 0 if parent.isValid() else len(self._rows)

    def columnCount(self, parent: QModelIndex | QPersistentModelIndex = QModelIndex()) -> int:
        """Return two: number and reason."""
        return 0 if parent.isValid() else 2

    def data(self, index: QModelIndex | QPersistentModelIndex, role: int = 0) -> object:
        """Return a cell's text."""
        if not 0 <= index.row() < len(self._rows):
            return None
        row = self._rows[index.row()]
        match role:
            case Qt.ItemDataRole.DisplayRole:
                return str(row.row) if index.column() == 0 else one_line(row.reason)
            case Qt.ItemDataRole.ToolTipRole:
                return plain_tip(row.reason) if index.column() == 1 else None
        return None

    def headerData(self, section: int, orientation: Qt.Orientation, role: int = 0) -> object:
        """Return a column's name."""
        if orientation is Qt.Orientation.Horizontal and role == Qt.ItemDataRole.DisplayRole:
            return ("Row", "Why it is refused")[section]
        return None


class ImportDialog(QDialog):
    """Show it with `open()`. Applying asks for exactly the plan that was shown."""

    apply_requested = Signal(object)
    """`ImportPlan` that the operator agreed to."""

    def __init__(self, name: str, plan: ImportPlan, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._name = name
        self._plan = plan
        self._build()
        self._connect()

    @property
    def apply_button(self) -> QPushButton:
        """Agrees to the plan."""
        return self._apply

    @property
    def copy_button(self) -> QPushButton:
        """Copies the report."""
        return self._copy

    @property
    def table(self) -> QTableView:
        """The refused rows."""
        return self._table

    def _build(self) -> None:
        plan = self._plan
        self.setWindowTitle("Import cameras")
        self.resize(680, 520)
        title = plain_label(one_line(self._name), scale="large", wrap=True)
        counts = QHBoxLayout()
        counts.setSpacing(theme.GAP)
        for number, word, tone in (
            (plan.added, "added", "live" if plan.added else "dim"),
            (plan.changed, "changed", "" if plan.changed else "dim"),
            (plan.unchanged, "unchanged", "dim"),
            (len(plan.refused), "refused", "warn" if plan.refused else "dim"),
        ):
            counts.addWidget(_count_card(number, word, tone), 1)
        self._model = RefusedRowsModel(plan.refused)
        self._table = QTableView()
        self._table.setModel(self._model)
        self._table.setAccessibleName("Refused rows")
        self._table.verticalHeader().hide()
        self._table.verticalHeader().setDefaultSectionSize(28)
        self._table.verticalHeader().setSectionResizeMode(QHeaderView.ResizeMode.Fixed)
        self._table.horizontalHeader().setStretchLastSection(True)
        self._table.horizontalHeader().resizeSection(0, 84)
        self._table.horizontalHeader().setDefaultAlignment(_LEFT)
        self._table.setSelectionBehavior(QTableView.SelectionBehavior.SelectRows)
        self._table.setTabKeyNavigation(False)
        self._table.setWordWrap(False)
        self._table.setShowGrid(False)
        self._table.setVisible(bool(plan.refused))
        nothing = not (plan.added or plan.changed)
        if nothing:
            words = "Nothing to import: every good row is in the directory already."
        elif plan.refused:
            words = "The good rows can be imported; these rows are left out:"
        else:
            words = "Every row is good."
        self._words = plain_label(words, wrap=True)
        self._build_buttons(nothing)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(16, 16, 16, 16)
        layout.setSpacing(12)
        layout.addWidget(title)
        layout.addLayout(counts)
        layout.addWidget(self._words)
        layout.addWidget(self._table, 1)
        if not plan.refused:
            layout.addStretch(1)
        layout.addLayout(self._buttons)
        (self._cancel if nothing else self._apply).setFocus()

    def _build_buttons(self, nothing: bool) -> None:
        plan = self._plan
        self._copy = QPushButton(icon("copy"), "Copy report")
        self._copy.setAutoDefault(False)
        self._cancel = QPushButton("Close" if nothing else "Cancel")
        self._cancel.setAutoDefault(nothing)
        self._apply = QPushButton(
            icon("import", theme.TEXT_ON_COLOUR), f"Import {count_words(plan.added + plan.changed, 'camera')}"
        )
        self._apply.setProperty("role", "primary")
        self._apply.setDefault(not nothing)
        self._apply.setVisible(not nothing)
        self._buttons = QHBoxLayout()
        self._buttons.addWidget(self._copy)
        self._buttons.addStretch(1)
        self._buttons.addWidget(self._cancel)
        self._buttons.addWidget(self._apply)

    def _connect(self) -> None:
        self._copy.clicked.connect(self._on_copy)
        self._cancel.clicked.connect(self.reject)
        self._apply.clicked.connect(self._on_apply)

    def _on_copy(self) -> None:
        QGuiApplication.clipboard().setText(report_words(self._name, self._plan))
        self._copy.setText("Copied")

    def _on_apply(self) -> None:
        self._apply.setEnabled(False)
        self.apply_requested.emit(self._plan)
        self.accept()


def _count_card(number: int, word: str, tone: str) -> QFrame:
    card = QFrame()
    card.setProperty("panel", "raised")
    column = QVBoxLayout(card)
    column.setContentsMargins(12, 8, 12, 8)
    column.setSpacing(0)
    column.addWidget(plain_label(f"{number:,}", tone=tone, scale="large"))
    column.addWidget(plain_label(word, tone="dim", scale="small"))
    return card
