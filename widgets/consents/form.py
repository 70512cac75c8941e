"""The form of one consent: only the fields that apply are there, each with what is wrong in it."""

from __future__ import annotations

from PySide6.QtCore import QSignalBlocker, QStringListModel, Qt, Signal
from PySide6.QtWidgets import (
    QComboBox,
    QCompleter,
    QGridLayout,
    QLabel,
    QLineEdit,
    QVBoxLayout,
    QWidget,
)

from app.domain.consent import ConsentLevel, ConsentScope
from resources import theme
from widgets.plain_label import plain_label, set_text
from widgets.view_state_consents import DAYS, SCOPE_WORDS, ConsentDraft, Problems

LONGEST = 500
"""Characters; the hub takes no more."""
_TIME = "YYYY-MM-DD HH:MM"


class ConsentForm(QWidget):
    """Shows a draft and gives it back as it was typed."""

    edited = Signal()

    def __init__(self, zones: list[str], parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._fields: dict[str, QWidget] = {}
        self._titles: dict[str, QLabel] = {}
        self._problems: dict[str, QLabel] = {}
        self._build(zones)
        self._connect()
        self._render()

    @property
    def level(self) -> QComboBox:
        """How far the camera is shared."""
        return self._level

    @property
    def scope(self) -> QComboBox:
        """When it may be looked at."""
        return self._scope

    @property
    def given_by(self) -> QLineEdit:
        """Who gave the consent."""
        return self._given_by

    @property
    def hours(self) -> tuple[QLineEdit, ...]:
        """The hours of each day, from Monday on."""
        return self._hours

    def shown(self, field: str) -> bool:
        """Say whether a field applies."""
        return not self._fields[field].isHidden()

    def problem(self, field: str) -> str:
        """Return what stands beside a field."""
        return self._problems[field].text()

    def draft(self) -> ConsentDraft:
        """Return what stands in the form."""
        return ConsentDraft(
            level=ConsentLevel(self._level.currentData()),
            scope=ConsentScope(self._scope.currentData()),
            given_by=self._given_by.text(),
            obtained=self._obtained.text(),
            document=self._document.text(),
            valid_from=self._from.text(),
            valid_until=self._until.text(),
            hours=tuple(field.text() for field in self._hours),
            zone=self._zone.text(),
            radius_m=self._radius.text(),
            minutes=self._minutes.text(),
        )

    def show_draft(self, draft: ConsentDraft) -> None:
        """Put a draft into the form."""
        texts = (
            (self._given_by, draft.given_by),
            (self._obtained, draft.obtained),
            (self._document, draft.document),
            (self._from, draft.valid_from),
            (self._until, draft.valid_until),
            (self._zone, draft.zone),
            (self._radius, draft.radius_m),
            (self._minutes, draft.minutes),
            *zip(self._hours, draft.hours, strict=True),
        )
        for field, text in texts:
            with QSignalBlocker(field):
                field.setText(text)
                field.setCursorPosition(0)
        for box, value in ((self._level, int(draft.level)), (self._scope, draft.scope.value)):
            with QSignalBlocker(box):
                box.setCurrentIndex(box.findData(value))
        self.show_problems({})
        self._render()

    def show_problems(self, problems: Problems) -> None:
        """Put what is wrong beside its field; what belongs to none stands below all."""
        loose = [words for field, words in problems.items() if field not in self._problems]
        for field, label in self._problems.items():
            words = problems.get(field, "")
            if field == "body":
                words = " ".join([words, *loose]).strip()
            set_text(label, words)
            label.setVisible(bool(words))
        first = next((self._fields[f] for f in self._fields if f in problems), None)
        if first is not None:
            (self._hours[0] if first is self._week else first).setFocus()

    def _build(self, zones: list[str]) -> None:
        self._level, self._scope = QComboBox(), QComboBox()
        self._level.addItem("Level 1: registered only, nobody looks", int(ConsentLevel.REGISTERED))
        self._level.addItem("Level 2: live, within the limits below", int(ConsentLevel.LIVE))
        for scope, words in SCOPE_WORDS.items():
            self._scope.addItem(words, scope.value)
        self._given_by = _line("Name of the owner, or who speaks for them")
        self._obtained = _line("Signed form, on the phone, by e-mail …")
        self._document = _line("Where it is written: file number, link")
        self._from, self._until = _line(_TIME), _line(f"{_TIME}; empty: without end")
        self._zone, self._radius, self._minutes = _line("America/New_York"), _line("500"), _line("60")
        completer = QCompleter(QStringListModel(zones, self), self)
        completer.setFilterMode(Qt.MatchFlag.MatchContains)
        completer.setCaseSensitivity(Qt.CaseSensitivity.CaseInsensitive)
        self._zone.setCompleter(completer)
        self._build_hours()
        self._grid = QGridLayout()
        self._grid.setHorizontalSpacing(12)
        self._grid.setVerticalSpacing(4)
        self._grid.setColumnStretch(1, 1)
        rows: tuple[tuple[str, str, QWidget], ...] = (
            ("level", "Shared", self._level),
            ("scope", "When", self._scope),
            ("windows", "Hours", self._week),
            ("zone", "Time zone", self._zone),
            ("radius_m", "Within, in metres", self._radius),
            ("minutes", "For, in minutes", self._minutes),
            ("given_by", "Given by", self._given_by),
            ("obtained", "Obtained how", self._obtained),
            ("document", "Document", self._document),
            ("valid_from", "Valid from", self._from),
            ("valid_until", "Valid until", self._until),
        )
        for row, (field, title, widget) in enumerate(rows):
            self._add(row, field, title, widget)
        self._problems["body"] = plain_label(tone="warn", wrap=True)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(theme.GAP)
        column.addLayout(self._grid)
        column.addWidget(self._problems["body"])

    def _build_hours(self) -> None:
        self._week = QWidget()
        days = QGridLayout(self._week)
        days.setContentsMargins(0, 0, 0, 0)
        days.setHorizontalSpacing(theme.GAP)
        days.setVerticalSpacing(4)
        fields = []
        for number, day in enumerate(DAYS):
            field = _line("none" if number > 4 else "08:00–18:00, 20:00–24:00")
            field.setAccessibleName(f"Hours on {day}")
            days.addWidget(plain_label(day, tone="dim", scale="small"), number % 4, 2 * (number // 4))
            days.addWidget(field, number % 4, 2 * (number // 4) + 1)
            fields.append(field)
        days.setColumnStretch(1, 1)
        days.setColumnStretch(3, 1)
        self._hours = tuple(fields)

    def _add(self, row: int, field: str, title: str, widget: QWidget) -> None:
        label = plain_label(title, tone="dim")
        label.setBuddy(widget)
        widget.setAccessibleName(title)
        problem = plain_label(tone="warn", scale="small", wrap=True)
        problem.hide()
        top = Qt.AlignmentFlag.AlignTop if field == "windows" else Qt.AlignmentFlag.AlignVCenter
        self._grid.addWidget(label, 2 * row, 0, top)
        self._grid.addWidget(widget, 2 * row, 1)
        self._grid.addWidget(problem, 2 * row + 1, 1)
        self._fields[field], self._titles[field], self._problems[field] = widget, label, problem

    def _connect(self) -> None:
        for box in (self._level, self._scope):
            box.currentIndexChanged.connect(self._on_edited)
        for field in (*self._fields.values(), *self._hours):
            if isinstance(field, QLineEdit):
                field.textEdited.connect(self._on_edited)

    def _on_edited(self) -> None:
        self._render()
        self.edited.emit()

    def _render(self) -> None:
        live = self._level.currentData() == int(ConsentLevel.LIVE)
        scope = self._scope.currentData() if live else None
        applies = {
            "scope": live,
            "windows": scope == ConsentScope.HOURS,
            "zone": scope == ConsentScope.HOURS,
            "radius_m": scope == ConsentScope.INCIDENT,
            "minutes": scope == ConsentScope.INCIDENT,
        }
        for field, on in applies.items():
            self._fields[field].setVisible(on)
            self._titles[field].setVisible(on)
            if not on:
                self._problems[field].hide()


def _line(hint: str) -> QLineEdit:
    field = QLineEdit()
    field.setPlaceholderText(hint)
    field.setMaxLength(LONGEST)
    return field
