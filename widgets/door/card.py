"""The card on the curtain: the banner, the form to sign in or to unlock, and what the hub said to it."""

from __future__ import annotations

from PySide6.QtCore import Signal
from PySide6.QtWidgets import (
    QFormLayout,
    QFrame,
    QHBoxLayout,
    QLabel,
    QLineEdit,
    QPushButton,
    QVBoxLayout,
)

from app.domain.door import Credentials
from resources import theme
from widgets.door.workstation_box import WorkstationBox
from widgets.icons import pixmap
from widgets.plain_label import plain_label, set_text
from widgets.view_state_door import DoorStep, DoorView

WIDTH_PX = 460
_FIELDS = {
    DoorStep.SIGN_IN: ("name", "password", "code", "chosen", "again"),
    DoorStep.FIRST: ("name", "chosen", "again"),
    DoorStep.PROVIDER: ("number",),
    DoorStep.LOCKED: ("password",),
}


class DoorCard(QFrame):
    """Asks; what was typed leaves it by signals and is forgotten here once it was used."""

    acknowledge_requested = Signal()
    sign_in_requested = Signal(object)
    """`Credentials`."""
    first_account_requested = Signal(object)
    """`Credentials`, the new password in ``password``."""
    unlock_requested = Signal(str)
    sign_out_requested = Signal()
    provider_requested = Signal()
    number_entered = Signal(str)
    """The number that the browser shows at the end of a sign-in at the agency's provider."""
    cancel_requested = Signal()
    """Somebody does not want to sign in at the provider after all."""
    name_entered = Signal(str)
    """Somebody has typed their name and goes on to the password."""
    forget_requested = Signal(str)
    """This workstation is to be remembered for this account no longer."""

    def __init__(self) -> None:
        super().__init__()
        self._view = DoorView(DoorStep.WAITING, "")
        self._chooses = False
        self._busy = False
        self._remembered = False
        self._build()
        self._connect()

    @property
    def view(self) -> DoorView:
        """What the card shows."""
        return self._view

    @property
    def said(self) -> str:
        """What was said to the last try, empty when nothing was."""
        return self._error.text() if not self._error.isHidden() else ""

    def field(self, name: str) -> QLineEdit:
        """Return a field: name, password, code, chosen, again or number."""
        return self._fields[name]

    @property
    def action_button(self) -> QPushButton:
        """Goes on."""
        return self._action

    @property
    def workstation(self) -> WorkstationBox:
        """Has this workstation remembered, or forgotten."""
        return self._workstation

    @property
    def provider_button(self) -> QPushButton:
        """Leads to the agency's provider."""
        return self._provider

    @property
    def cancel_button(self) -> QPushButton:
        """Leads back from there."""
        return self._cancel

    @property
    def sign_out_button(self) -> QPushButton:
        """Signs out at a locked desk."""
        return self._sign_out

    def show_view(self, view: DoorView, note: str = "") -> None:
        """Show a view; ``note`` is small print. Another step begins with empty fields."""
        another = view.step is not self._view.step
        if another:
            self.clear()
            self._chooses = self._remembered = False
            self._workstation.remember.setChecked(False)
            self.say("")
        self._view = view
        set_text(self._title, view.title)
        set_text(self._words, view.words)
        self._words.setVisible(bool(view.words))
        set_text(self._text, view.text)
        self._text.setVisible(bool(view.text))
        set_text(self._note, note)
        self._note.setVisible(bool(note))
        set_text_of(self._action, view.action)
        self._action.setVisible(bool(view.action))
        self._sign_out.setVisible(view.step is DoorStep.LOCKED)
        self._cancel.setVisible(view.step is DoorStep.PROVIDER)
        set_text_of(self._provider, view.provider)
        self._provider.setVisible(bool(view.provider))
        self._show_fields()
        if another and view.step is DoorStep.SIGN_IN:
            # Whose name is still there need not type it again.
            self._on_name_entered()

    def choose_password(self) -> None:
        """Ask for a new password beside the one that was handed over."""
        self._chooses = True
        self._show_fields()
        self._fields["chosen"].setFocus()

    def set_remembered(self, name: str, remembered: bool) -> None:
        """Ask for no code at a workstation that is remembered for the account of this name."""
        if name == self._fields["name"].text().strip():
            self._remembered = remembered
            self._show_fields()

    def say(self, message: str, hint: str = "") -> None:
        """Say what came of the last try; nothing takes it away."""
        set_text(self._error, f"{message} {hint}".strip())
        self._error.setVisible(bool(message))

    def set_busy(self, busy: bool) -> None:
        """Take no second try while one is under way."""
        self._busy = busy
        self._action.setEnabled(not busy)
        self._provider.setEnabled(not busy)

    def clear(self) -> None:
        """Forget what was typed, but for the name."""
        for name, field in self._fields.items():
            if name != "name":
                field.clear()

    def focus(self) -> None:
        """Put the cursor where one begins to type."""
        shown = [field for field in self._fields.values() if not field.isHidden()]
        empty = next((field for field in shown if not field.text()), None)
        (empty or self._action).setFocus()

    def _build(self) -> None:
        self.setProperty("panel", "raised")
        self.setFixedWidth(WIDTH_PX)
        mark = QLabel()
        mark.setPixmap(pixmap("lock", theme.ACCENT, 32))
        self._title = plain_label("", scale="large", wrap=True)
        self._words = plain_label("", wrap=True)
        self._text = plain_label("", tone="dim", wrap=True)
        self._error = plain_label("", tone="alarm", wrap=True)
        self._error.setAccessibleName("What is wrong")
        self._error.hide()
        self._note = plain_label("", tone="dim", scale="small", wrap=True)
        self._fields = {
            "name": _field("Name"),
            "password": _field("Password", secret=True),
            "code": _field("Code of your authenticator app, or a recovery code"),
            "chosen": _field("New password", secret=True),
            "again": _field("New password again", secret=True),
            "number": _field("Number that the browser shows"),
        }
        self._labels = {name: _label_of(field) for name, field in self._fields.items()}
        self._workstation = WorkstationBox()
        self._action = QPushButton("")
        self._action.setProperty("role", "primary")
        self._action.setDefault(True)
        self._sign_out = QPushButton("Sign out")
        self._cancel = QPushButton("Cancel")
        self._provider = QPushButton()
        self._provider.setAutoDefault(False)
        self._lay_out(mark)

    def _lay_out(self, mark: QLabel) -> None:
        form = QFormLayout()
        form.setVerticalSpacing(10)
        form.setRowWrapPolicy(QFormLayout.RowWrapPolicy.WrapAllRows)
        for name, field in self._fields.items():
            form.addRow(self._labels[name], field)
        buttons = QHBoxLayout()
        buttons.addWidget(self._action)
        buttons.addWidget(self._sign_out)
        buttons.addWidget(self._cancel)
        buttons.addStretch(1)
        head = QHBoxLayout()
        head.setSpacing(12)
        head.addWidget(mark)
        head.addWidget(self._title, 1)
        column = QVBoxLayout(self)
        column.setContentsMargins(32, 28, 32, 28)
        column.setSpacing(14)
        column.addLayout(head)
        for widget in (self._words, self._text):
            column.addWidget(widget)
        column.addLayout(form)
        column.addWidget(self._workstation)
        column.addWidget(self._error)
        column.addLayout(buttons)
        column.addWidget(self._provider)
        column.addWidget(self._note)

    def _connect(self) -> None:
        self._action.clicked.connect(self._on_action)
        self._sign_out.clicked.connect(self.sign_out_requested)
        self._workstation.forget_requested.connect(self._on_forget)
        self._provider.clicked.connect(self.provider_requested)
        self._cancel.clicked.connect(self.cancel_requested)
        name = self._fields["name"]
        name.editingFinished.connect(self._on_name_entered)
        name.textChanged.connect(self._on_name_changed)
        for field in self._fields.values():
            field.returnPressed.connect(self._on_action)

    def _show_fields(self) -> None:
        view = self._view
        wanted = set(_FIELDS.get(view.step, ()))
        if view.step is DoorStep.SIGN_IN:
            wanted -= set() if view.asks_code and not self._remembered else {"code"}
            wanted -= set() if self._chooses else {"chosen", "again"}
        if not view.asks_password:
            wanted -= {"password"}
        for name, field in self._fields.items():
            field.setVisible(name in wanted)
            self._labels[name].setVisible(name in wanted)
        remembered = view.step is DoorStep.SIGN_IN and self._remembered
        self._workstation.show_state(view.remember if "code" in wanted else "", remembered=remembered)

    def _on_name_entered(self) -> None:
        if self._view.remember:
            self.name_entered.emit(self._fields["name"].text().strip())

    def _on_name_changed(self) -> None:
        # Whose workstation it is has to be asked anew.
        if self._remembered:
            self._remembered = False
            self._show_fields()

    def _on_forget(self) -> None:
        self.forget_requested.emit(self._fields["name"].text().strip())

    def _on_action(self) -> None:
        if self._busy:
            return
        text = {name: field.text() for name, field in self._fields.items()}
        match self._view.step:
            case DoorStep.BANNER:
                self.acknowledge_requested.emit()
            case DoorStep.PROVIDER:
                self.number_entered.emit(text["number"])
            case DoorStep.LOCKED if not self._view.asks_password:
                self.provider_requested.emit()
            case DoorStep.LOCKED:
                self.unlock_requested.emit(text["password"])
            case DoorStep.FIRST if self._chosen_alike(text):
                self.first_account_requested.emit(Credentials(text["name"].strip(), text["chosen"]))
            case DoorStep.SIGN_IN if not self._chooses or self._chosen_alike(text):
                chosen = text["chosen"] if self._chooses else None
                code = "" if self._fields["code"].isHidden() else text["code"]
                box = self._workstation.remember
                remember = not box.isHidden() and box.isChecked()
                typed = Credentials(text["name"].strip(), text["password"], code, chosen, remember)
                self.sign_in_requested.emit(typed)

    def _chosen_alike(self, text: dict[str, str]) -> bool:
        if text["chosen"] == text["again"]:
            return True
        self.say("The two new passwords are not the same.", "Type them again.")
        self._fields["again"].clear()
        self._fields["again"].setFocus()
        return False


def _field(name: str, *, secret: bool = False) -> QLineEdit:
    field = QLineEdit()
    field.setAccessibleName(name)
    field.setMaxLength(1000)
    if secret:
        field.setEchoMode(QLineEdit.EchoMode.Password)
    return field


def _label_of(field: QLineEdit) -> QLabel:
    label = plain_label(field.accessibleName(), tone="dim", scale="small")
    label.setBuddy(field)
    return label


def set_text_of(button: QPushButton, text: str) -> None:
    """Set a button's text if it is another."""
    if button.text() != text:
        button.setText(text)
