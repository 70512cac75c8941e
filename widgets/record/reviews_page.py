"""The weekly review: the record's weeks, one of them in counts, and the sign-off."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QModelIndex, QSignalBlocker, Qt, Signal
from PySide6.QtWidgets import (
    QGridLayout,
    QHBoxLayout,
    QLabel,
    QPlainTextEdit,
    QPushButton,
    QSplitter,
    QVBoxLayout,
    QWidget,
)

from app.domain.record import ReviewWeek, WeekReview
from resources import theme
from widgets.icons import icon
from widgets.plain_label import plain_label, set_text, set_tone
from widgets.record.paged_table import Column, PagedModel, PagedTable
from widgets.view_state_record import Name
from widgets.view_state_reviews import CountRow, WeekRow, review_sheet, week_row

WEEK_COLUMNS: tuple[Column[WeekRow], ...] = (
    Column("Week", lambda r: r.name, "2026-W48"),
    Column("Days", lambda r: r.days, "23 Nov – 29 Nov 2026"),
    Column("Records", lambda r: r.records, "123,456", number=True),
    Column("Refused", lambda r: r.refused, "1,234", number=True),
    Column("Review", lambda r: r.state),
)


class ReviewsPage(QWidget):
    """Whoever reads the weeks calls `show_weeks`, `add_weeks`, `show_review` or `show_problem`."""

    weeks_requested = Signal()
    more_requested = Signal(str)
    """The week that the next page is before."""
    week_requested = Signal(str)
    """The week to show."""
    sign_off_requested = Signal(str, str)
    """The week and the comment."""

    def __init__(self, name: Name, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._name = name
        self._weeks: list[ReviewWeek] = []
        self._shown = ""
        self._drafts: dict[str, str] = {}
        self._build()
        self._connect()
        self._sheet.hide()

    @property
    def view(self) -> PagedTable:
        """The list of weeks."""
        return self._view

    @property
    def comment(self) -> QPlainTextEdit:
        """What was found."""
        return self._comment

    @property
    def sign_button(self) -> QPushButton:
        """Signs the week off."""
        return self._sign

    @property
    def signed(self) -> QLabel:
        """Who signed it off."""
        return self._signed

    @property
    def words(self) -> QLabel:
        """What is going on, or what went wrong."""
        return self._words

    def show_weeks(self, weeks: Sequence[ReviewWeek], *, more: bool) -> None:
        """Show the newest weeks; the one that was chosen stays so."""
        kept = self._shown
        self._weeks = list(weeks)
        with QSignalBlocker(self._view.selectionModel()):
            self._model.show_rows([week_row(week) for week in weeks], more=more)
        names = [week.name for week in weeks]
        self._say("" if names else "Nothing is on record yet.", "dim")
        waiting = next((n for n, week in enumerate(weeks) if week_row(week).waits), 0)
        if names:
            self._view.selectRow(names.index(kept) if kept in names else waiting)

    def add_weeks(self, weeks: Sequence[ReviewWeek], *, more: bool) -> None:
        """Add older weeks."""
        self._weeks += weeks
        self._model.add_rows([week_row(week) for week in weeks], more=more)

    def show_loading(self) -> None:
        """Say that the hub is being asked."""
        self._say("Reading the record …", "dim")

    def show_review(self, review: WeekReview) -> None:
        """Show a week in counts."""
        sheet = review_sheet(review, self._name)
        self._shown = review.week.name
        self._sheet.show()
        set_text(self._title, sheet.title)
        for model, rows in zip(
            self._counts, (sheet.acts, sheet.cameras, sheet.persons, sheet.refused), strict=True
        ):
            model.show_rows(rows)
        set_text(self._signed, sheet.signed or sheet.wait)
        self._signed.setVisible(bool(sheet.signed or sheet.wait))
        self._comment.setVisible(sheet.may_sign)
        self._sign.setVisible(sheet.may_sign)
        with QSignalBlocker(self._comment):
            self._comment.setPlainText(self._drafts.get(self._shown, ""))
        self._on_typed()
        self._say("", "dim")

    def show_problem(self, words: str) -> None:
        """Say what went wrong; what was typed stays."""
        self._say(words, "warn")
        self._model.want_more()
        self._on_typed()

    def forget_draft(self, name: str) -> None:
        """Forget what was typed of a week that is signed off."""
        self._drafts.pop(name, None)

    def _build(self) -> None:
        self._model: PagedModel[WeekRow] = PagedModel(
            WEEK_COLUMNS, lambda row: theme.ACCENT if row.waits else theme.TEXT
        )
        self._view = PagedTable("Weeks", self._model)
        self._words = plain_label(tone="dim", scale="small", wrap=True)
        self._sheet = QWidget()
        self._title = plain_label(scale="large")
        grid = QGridLayout()
        grid.setSpacing(theme.GAP)
        self._counts: list[PagedModel[CountRow]] = []
        titles = ("What was done", "Looks by camera", "Looks by person", "Refusals by person")
        for number, title in enumerate(titles):
            columns: tuple[Column[CountRow], ...] = (
                Column(title, lambda r: r.name),
                Column("Count", lambda r: r.count, "123,456", number=True),
            )
            model = PagedModel(columns)
            self._counts.append(model)
            table = PagedTable(title, model)
            table.empty_words = "None"
            grid.addWidget(table, number // 2, number % 2)
        self._signed = plain_label(wrap=True)
        self._signed.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        self._comment = QPlainTextEdit()
        self._comment.setAccessibleName("What the review found")
        self._comment.setPlaceholderText("What the review found, or that it found nothing")
        self._comment.setTabChangesFocus(True)
        self._comment.setFixedHeight(72)
        self._sign = QPushButton(icon("check", theme.TEXT_ON_COLOUR), "Sign off this week")
        self._sign.setProperty("role", "primary")
        self._lay_out(grid)

    def _lay_out(self, grid: QGridLayout) -> None:
        foot = QHBoxLayout()
        foot.addStretch(1)
        foot.addWidget(self._sign)
        right = QVBoxLayout(self._sheet)
        right.setContentsMargins(12, 0, 0, 0)
        right.setSpacing(theme.GAP)
        right.addWidget(self._title)
        right.addLayout(grid, 1)
        right.addWidget(self._signed)
        right.addWidget(self._comment)
        right.addLayout(foot)
        left = QWidget()
        beside = QVBoxLayout(left)
        beside.setContentsMargins(0, 0, 0, 0)
        beside.setSpacing(theme.GAP)
        beside.addWidget(self._view, 1)
        beside.addWidget(self._words)
        split = QSplitter(Qt.Orientation.Horizontal)
        split.addWidget(left)
        split.addWidget(self._sheet)
        split.setStretchFactor(1, 1)
        split.setSizes([660, 780])
        split.setChildrenCollapsible(False)
        column = QVBoxLayout(self)
        column.setContentsMargins(12, 12, 12, 12)
        column.addWidget(split)

    def _connect(self) -> None:
        self._view.selectionModel().currentRowChanged.connect(self._on_week_chosen)
        self._model.more_requested.connect(self._on_more_wanted)
        self._comment.textChanged.connect(self._on_typed)
        self._sign.clicked.connect(self._on_signed)

    def _say(self, words: str, mood: str) -> None:
        set_text(self._words, words)
        set_tone(self._words, "tone", mood)

    def _on_week_chosen(self, now: QModelIndex, _before: QModelIndex) -> None:
        if 0 <= now.row() < len(self._weeks):
            self.week_requested.emit(self._weeks[now.row()].name)

    def _on_more_wanted(self) -> None:
        if self._weeks:
            self.more_requested.emit(self._weeks[-1].name)

    def _on_typed(self) -> None:
        text = self._comment.toPlainText()
        if self._shown and not self._comment.isHidden():
            self._drafts[self._shown] = text
        self._sign.setEnabled(bool(text.strip()))

    def _on_signed(self) -> None:
        self._sign.setEnabled(False)
        self.sign_off_requested.emit(self._shown, self._comment.toPlainText().strip())
