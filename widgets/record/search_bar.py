"""What records are looked for: person, camera, incident, act, outcome, from and to."""

from __future__ import annotations

from collections.abc import Mapping

from PySide6.QtCore import QSignalBlocker, QStringListModel, Qt, Signal
from PySide6.QtWidgets import (
    QComboBox,
    QCompleter,
    QGridLayout,
    QHBoxLayout,
    QLabel,
    QLineEdit,
    QPushButton,
    QVBoxLayout,
    QWidget,
)

from app.domain.audit import Act, Outcome
from app.domain.camera import Camera
from app.domain.ids import CameraId
from app.domain.record import RecordSearch
from resources import theme
from widgets.icons import icon
from widgets.plain_label import plain_label, set_text
from widgets.view_state_record import act_words, camera_choices, camera_of, choice_of, moment_of

LONGEST = 200
"""Characters; the hub takes no more."""
_TIME = "YYYY-MM-DD HH:MM"


class RecordSearchBar(QWidget):
    """Enter in any field, or the button, asks for the search."""

    search_requested = Signal(object)
    """`RecordSearch`."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._cameras: Mapping[CameraId, Camera] = {}
        self._choices = QStringListModel(self)
        self._build()
        self._connect()

    @property
    def person(self) -> QLineEdit:
        """The field for a person's name, for focus."""
        return self._person

    @property
    def camera(self) -> QLineEdit:
        """The field for a camera."""
        return self._camera

    @property
    def since(self) -> QLineEdit:
        """The field for the first moment."""
        return self._since

    @property
    def problem(self) -> QLabel:
        """Says what does not fit."""
        return self._problem

    @property
    def button(self) -> QPushButton:
        """Asks for the search."""
        return self._search

    def set_cameras(self, cameras: Mapping[CameraId, Camera]) -> None:
        """Offer these cameras while one types."""
        self._cameras = cameras
        self._choices.setStringList(camera_choices(cameras))

    def choose_camera(self, camera_id: str) -> None:
        """Look for one camera and nothing else."""
        self.clear()
        self._camera.setText(choice_of(camera_id, self._cameras))

    def choose_act(self, act: Act | None, outcome: Outcome | None = None) -> None:
        """Set the act and the outcome."""
        self._act.setCurrentIndex(max(0, self._act.findData(act)))
        self._outcome.setCurrentIndex(max(0, self._outcome.findData(outcome)))

    def clear(self) -> None:
        """Look for everything."""
        for field in self._texts:
            field.clear()
        for box in (self._act, self._outcome):
            with QSignalBlocker(box):
                box.setCurrentIndex(0)
        set_text(self._problem, "")

    def wanted(self) -> RecordSearch | None:
        """Return what is set; None, with words beside it, where a time cannot be read."""
        try:
            since, until = moment_of(self._since.text()), moment_of(self._until.text(), end=True)
        except (ValueError, OverflowError):
            set_text(self._problem, f"Write times as {_TIME}, or a day alone.")
            return None
        if since is not None and until is not None and until <= since:
            set_text(self._problem, "The end is before the beginning.")
            return None
        set_text(self._problem, "")
        return RecordSearch(
            person=self._person.text().strip(),
            camera_id=camera_of(self._camera.text(), self._cameras),
            incident_id=self._incident.text().strip(),
            act=self._act.currentData(),
            outcome=self._outcome.currentData(),
            since=since,
            until=until,
        )

    def _build(self) -> None:
        self._person = _field("Person", "Name")
        self._camera = _field("Camera", "Name or id")
        completer = QCompleter(self._choices, self)
        completer.setFilterMode(Qt.MatchFlag.MatchContains)
        completer.setCaseSensitivity(Qt.CaseSensitivity.CaseInsensitive)
        self._camera.setCompleter(completer)
        self._incident = _field("Incident", "Id")
        self._since, self._until = _field("From", _TIME), _field("To", _TIME)
        self._texts = (self._person, self._camera, self._incident, self._since, self._until)
        self._act, self._outcome = QComboBox(), QComboBox()
        self._act.setAccessibleName("Act")
        self._act.addItem("Every act", None)
        for words, act in sorted((act_words(act).capitalize(), act) for act in Act):
            self._act.addItem(words, act)
        self._outcome.setAccessibleName("Outcome")
        for words, outcome in (
            ("Any", None),
            ("Done", Outcome.DONE),
            ("Refused", Outcome.REFUSED),
        ):
            self._outcome.addItem(words, outcome)
        self._search = QPushButton(icon("search", theme.TEXT_ON_COLOUR), "Search")
        self._search.setProperty("role", "primary")
        self._clear = QPushButton("Clear")
        self._problem = plain_label(tone="warn", scale="small")
        self._lay_out()

    def _lay_out(self) -> None:
        fields = QGridLayout()
        fields.setHorizontalSpacing(theme.GAP)
        fields.setVerticalSpacing(2)
        placed: tuple[tuple[str, QWidget, int], ...] = (
            ("Person", self._person, 3),
            ("Camera", self._camera, 5),
            ("Incident", self._incident, 3),
            ("Act", self._act, 4),
            ("Outcome", self._outcome, 1),
            ("From", self._since, 2),
            ("To", self._until, 2),
        )
        for column, (title, field, stretch) in enumerate(placed):
            label = plain_label(title, tone="dim", scale="small")
            label.setBuddy(field)
            fields.addWidget(label, 0, column)
            fields.addWidget(field, 1, column)
            fields.setColumnStretch(column, stretch)
            field.setMinimumWidth(90)
        for field in (self._since, self._until):
            field.setMinimumWidth(field.fontMetrics().horizontalAdvance(_TIME) + 24)
        self._act.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon)
        self._act.setMinimumContentsLength(16)
        fields.addWidget(self._search, 1, len(placed))
        fields.addWidget(self._clear, 1, len(placed) + 1)
        below = QHBoxLayout()
        below.addWidget(self._problem)
        below.addStretch(1)
        column_ = QVBoxLayout(self)
        column_.setContentsMargins(0, 0, 0, 0)
        column_.setSpacing(2)
        column_.addLayout(fields)
        column_.addLayout(below)

    def _connect(self) -> None:
        for field in self._texts:
            field.returnPressed.connect(self._on_asked)
        self._search.clicked.connect(self._on_asked)
        self._clear.clicked.connect(self._on_cleared)
        self._act.currentIndexChanged.connect(self._on_asked)
        self._outcome.currentIndexChanged.connect(self._on_asked)

    def _on_asked(self) -> None:
        search = self.wanted()
        if search is not None:
            self.search_requested.emit(search)

    def _on_cleared(self) -> None:
        self.clear()
        self._on_asked()


def _field(name: str, hint: str) -> QLineEdit:
    field = QLineEdit()
    field.setAccessibleName(name)
    field.setPlaceholderText(hint)
    field.setMaxLength(LONGEST)
    field.setClearButtonEnabled(name in {"Person", "Camera", "Incident"})
    return field
