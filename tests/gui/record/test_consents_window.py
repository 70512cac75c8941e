"""The consents' window: only the fields that apply, what the hub refuses at its field, and taking back."""

from __future__ import annotations

from collections.abc import Callable, Coroutine
from datetime import UTC

from PySide6.QtCore import Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtTest import QTest

from app.domain.consent import Consent, ConsentLevel, ConsentScope
from app.domain.errors import SourceError
from app.domain.rights import Right
from app.domain.unfit_input import UnfitInputError
from layouts.consents_window import ConsentsWindow
from tests.fakes.waiting import until
from tests.gui.record.conftest import RecordDesk
from tests.gui.record.filled import LONG

Play = Callable[[Callable[[RecordDesk], Coroutine[None, None, None]]], None]


async def opened(desk: RecordDesk) -> ConsentsWindow:
    desk.consents_flow.open_action.trigger()
    window = desk.consents_flow.window
    assert window is not None
    await until(lambda: "4 private" in window.cameras.words.text())
    return window


async def chosen(desk: RecordDesk, name: str) -> ConsentsWindow:
    """Open the window and choose a camera by its name."""
    window = await opened(desk)
    model = window.cameras.view.model()
    row = next(n for n in range(model.rowCount()) if model.index(n, 0).data() == name)
    window.cameras.view.selectRow(row)
    await until(window.editor.empty.isHidden)
    return window


def choose(window: ConsentsWindow, level: ConsentLevel, scope: ConsentScope | None = None) -> None:
    form = window.editor.form
    form.level.setCurrentIndex(form.level.findData(int(level)))
    if scope is not None:
        form.scope.setCurrentIndex(form.scope.findData(scope.value))


def test_only_who_may_record_consents_is_offered_them(at_desk: Play) -> None:
    async def play(desk: RecordDesk) -> None:
        window = await chosen(desk, "Camera 1")
        desk.sign_in(Right.AUDIT_READ)
        assert not desk.consents_flow.open_action.isVisible()
        assert not window.isVisible()
        assert desk.consents_flow.window is None

    at_desk(play)


def test_the_next_person_does_not_find_what_was_open(at_desk: Play) -> None:
    async def play(desk: RecordDesk) -> None:
        window = await chosen(desk, "Camera 1")
        desk.sign_out()
        assert not window.isVisible()
        desk.sign_in(Right.CONSENT_EDIT, user="Bea Keeper")
        assert desk.consents_flow.window is None
        window.show()
        assert not window.isVisible()

    at_desk(play)


def test_only_the_fields_that_apply_are_there(at_desk: Play) -> None:
    async def play(desk: RecordDesk) -> None:
        window = await chosen(desk, "Camera 6")
        form = window.editor.form
        fields = ("scope", "windows", "zone", "radius_m", "minutes")

        def shown() -> list[str]:
            return [field for field in fields if form.shown(field)]

        choose(window, ConsentLevel.LIVE, ConsentScope.ALWAYS)
        assert shown() == ["scope"]
        choose(window, ConsentLevel.LIVE, ConsentScope.HOURS)
        assert shown() == ["scope", "windows", "zone"]
        choose(window, ConsentLevel.LIVE, ConsentScope.INCIDENT)
        assert shown() == ["scope", "radius_m", "minutes"]
        choose(window, ConsentLevel.REGISTERED)
        assert shown() == []

    at_desk(play)


def test_a_consent_is_recorded_and_says_what_it_did(at_desk: Play) -> None:
    async def play(desk: RecordDesk) -> None:
        window = await chosen(desk, LONG)
        desk.consents.looks_ended = 2
        choose(window, ConsentLevel.LIVE, ConsentScope.HOURS)
        window.editor.form.hours[2].setText("08:00-18:00")
        window.editor.save_button.click()
        await until(lambda: "2 looks ended" in window.editor.words.text())
        (call,) = desk.consents.named("record")
        recorded = call[2]
        assert isinstance(recorded, Consent)
        assert call[1] == "cam-2"
        assert [(w.weekday, w.begin_min, w.end_min) for w in recorded.windows] == [(2, 480, 1080)]
        assert window.editor.history_view.model().rowCount() == 2
        await until(lambda: window.cameras.view.model().index(0, 1).data() is not None)
        assert desk.consents.named("private_cameras") == [("private_cameras",)] * 2

    at_desk(play)


def test_what_cannot_be_read_is_told_beside_its_field_and_not_sent(at_desk: Play) -> None:
    async def play(desk: RecordDesk) -> None:
        window = await chosen(desk, "Camera 6")
        choose(window, ConsentLevel.LIVE, ConsentScope.HOURS)
        window.editor.save_button.click()
        form = window.editor.form
        assert form.problem("windows") == "Write the hours of one day at least."
        assert form.problem("given_by") == "Needed for the record."
        assert window.editor.words.text() == "Not recorded yet."
        assert window.editor.save_button.isEnabled()
        assert not desk.consents.named("record")

    at_desk(play)


def test_what_the_hub_refuses_stands_beside_its_field(at_desk: Play) -> None:
    async def play(desk: RecordDesk) -> None:
        window = await chosen(desk, "Camera 4")
        fields = (("valid_until", "is too late"), ("body", "Value error, no"), ("unknown", "odd"))
        desk.consents.fail = lambda: UnfitInputError(fields)
        window.editor.save_button.click()
        form = window.editor.form
        await until(lambda: form.problem("valid_until") == "Is too late")
        assert form.problem("body") == "No Odd"
        assert form.problem("given_by") == ""
        desk.consents.fail = lambda: SourceError("The hub does not answer.")
        window.editor.save_button.click()
        await until(lambda: window.editor.words.text() == "Not recorded: The hub does not answer.")
        assert window.editor.save_button.isEnabled()

    at_desk(play)


def test_taking_back_asks_once_more_and_leaves_the_camera_registered(at_desk: Play) -> None:
    async def play(desk: RecordDesk) -> None:
        window = await chosen(desk, "Camera 1")
        editor = window.editor
        assert not editor.confirm_button.isVisible()
        editor.revoke_button.click()
        assert editor.confirm_button.isVisible()
        # Enter pressed twice takes nothing back.
        await until(
            lambda: window.focusWidget() is not None and window.focusWidget() is not editor.confirm_button
        )
        QTest.keyClick(window.focusWidget(), Qt.Key.Key_Space)
        assert not desk.consents.named("record")
        assert not editor.confirm_button.isVisible()
        editor.revoke_button.click()
        editor.confirm_button.click()
        await until(lambda: bool(editor.words.text()))
        (call,) = desk.consents.named("record")
        assert isinstance(call[2], Consent)
        assert (call[2].level, call[2].valid_from) == (
            ConsentLevel.REGISTERED,
            desk.parts.clock.utc().astimezone(UTC),
        )
        assert not editor.revoke_button.isVisible()

    at_desk(play)


def test_a_camera_of_the_citys_own_has_an_empty_form_and_nothing_to_take_back(at_desk: Play) -> None:
    async def play(desk: RecordDesk) -> None:
        window = await chosen(desk, "Camera 7")
        assert window.editor.form.given_by.text() == ""
        assert not window.editor.revoke_button.isVisible()
        assert not window.editor.history_view.isVisible()

    at_desk(play)


def test_the_list_is_filtered_and_what_was_chosen_stays(at_desk: Play) -> None:
    async def play(desk: RecordDesk) -> None:
        window = await chosen(desk, "Camera 1")
        asked = len(desk.consents.named("history"))
        window.cameras.field.setText("hours")
        assert window.cameras.words.text() == "1 camera, 1 private"
        window.cameras.field.setText("nothing like it")
        assert window.cameras.words.text() == "No camera matches."
        window.cameras.field.clear()
        assert window.cameras.view.currentIndex().siblingAtColumn(0).data() == "Camera 1"
        assert len(desk.consents.named("history")) == asked

    at_desk(play)


def test_consents_that_cannot_be_read_are_told_in_place_of_the_form(at_desk: Play) -> None:
    async def play(desk: RecordDesk) -> None:
        desk.consents.fail = lambda: SourceError("The hub does not answer.")
        desk.consents_flow.open_action.trigger()
        window = desk.consents_flow.window
        assert window is not None
        await until(lambda: window.editor.empty.text() == "The hub does not answer.")

    at_desk(play)


def test_an_owners_link_is_made_shown_once_and_taken_back(at_desk: Play) -> None:
    async def play(desk: RecordDesk) -> None:
        window = await chosen(desk, "Camera 6")
        # The city's own has no owner.
        assert window.editor.link_button.isHidden()
        window = await chosen(desk, "Camera 1")
        window.editor.link_button.click()
        flow = desk.consents_flow.links
        assert flow is not None
        dialog = flow.dialog
        assert dialog is not None
        await until(lambda: dialog.words.text() == "")
        assert [dialog.others.item(n).text() for n in range(dialog.others.count())][:2] == [
            "Camera 3",
            "Camera 4",
        ]
        dialog.others.item(0).setCheckState(Qt.CheckState.Checked)
        dialog.make.click()
        await until(lambda: flow.sheet is not None)
        sheet = flow.sheet
        assert sheet is not None
        assert desk.links.named("make") == [("make", ("cam-1", "cam-3"))]
        assert sheet.address.text() == desk.links.ADDRESS
        sheet.reject()
        assert sheet.isVisible()
        sheet.copy.click()
        clipboard = QGuiApplication.clipboard()
        assert clipboard.text() == desk.links.ADDRESS
        sheet.handed.click()
        assert clipboard.text() == ""
        await until(lambda: len(dialog.buttons) == 1)
        dialog.buttons[0].click()
        assert desk.links.named("take_back") == []
        dialog.buttons[0].click()
        await until(lambda: dialog.buttons == [])
        assert dialog.words.text() == "The link opens nothing any more."
        desk.links.fail = lambda: SourceError("The hub does not answer.")
        dialog.make.click()
        await until(lambda: dialog.words.text() == "The hub does not answer.")
        # Whoever sits down next does not find it open.
        desk.sign_in(Right.AUDIT_READ)
        assert flow.dialog is None

    at_desk(play)
