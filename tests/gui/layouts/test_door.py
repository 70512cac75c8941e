"""The desk's door: what it hides, what it asks, and that nothing shines through."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta

from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QDialog, QWidget

from app.domain.account import HANDED_OVER
from app.domain.door import Credentials, Entrance
from app.domain.errors import OperatorError, SourceError
from app.domain.events import AlertUpserted, CameraUpserted, HubEvent, IncidentUpserted, SessionChanged
from app.domain.ids import CameraId, IncidentId, Sequence, TileIndex
from app.domain.unfit_input import UnfitInputError
from layouts.desk_windows import MAIN_WALL
from layouts.door_flow import DoorFlow
from layouts.shift_flow import ShiftFlow
from tests.fakes.door import DANA, FakeDoor
from tests.fakes.waiting import until
from tests.fakes.world import alert, camera, incident
from tests.gui.layouts.conftest import Room, RoomTest
from widgets.view_state_door import DoorStep

Play = Callable[[RoomTest], None]


class Hall:
    """A desk with a door."""

    def __init__(self, room: Room, idle_s: float = 1000.0, door: FakeDoor | None = None) -> None:
        self.room = room
        self.door = door or FakeDoor(room.parts.store)
        self.flow = DoorFlow(
            room.parts,
            self.door,
            room.windows.main,
            room.windows.windows,
            room.windows.main.wall.surface.leave_full_screen,
            idle_s=idle_s,
        )
        self.shifts = ShiftFlow(room.parts, self.door, room.windows.main)
        self.card = self.flow.card

    def close(self) -> None:
        self.flow.close()
        self.shifts.close()

    async def enter(self) -> None:
        await self.at(DoorStep.BANNER)
        self.card.action_button.click()
        await self.at(DoorStep.SIGN_IN)
        self.card.field("name").setText(" Dana ")
        self.card.field("password").setText("secret")
        self.card.field("code").setText("123456")
        self.card.action_button.click()
        await self.open()

    async def at(self, step: DoorStep) -> None:
        await until(lambda: self.card.view.step is step and self.flow.is_shut)

    async def open(self) -> None:
        await until(lambda: not self.flow.is_shut)

    def covered(self, window: QWidget) -> bool:
        return self.flow.covers(window)


def test_nothing_of_the_desk_is_seen_or_used_before_somebody_has_signed_in(in_room: Play) -> None:
    async def scene(room: Room) -> None:
        hall = Hall(room)
        main = room.windows.main
        assert hall.covered(main)
        assert not main.menuBar().isEnabled()
        assert not main.wall.isEnabled()
        ground = main.grab().toImage()
        assert ground.pixelColor(20, 60).name() == ground.pixelColor(main.width() - 20, 300).name()
        await hall.at(DoorStep.BANNER)
        assert hall.card.view.text == "One.\nTwo."
        await hall.enter()
        assert hall.door.typed == [Credentials("Dana", "secret", "123456")]
        assert main.menuBar().isEnabled()
        assert main.wall.isEnabled()
        assert hall.card.field("password").text() == ""
        assert room.windows.main.status.words()["who"].startswith("Dana")
        hall.close()

    in_room(scene)


def test_a_locked_desk_hides_every_window_and_closes_its_cameras_and_opens_as_it_was(in_room: Play) -> None:
    async def scene(room: Room) -> None:
        hall = Hall(room)
        await hall.enter()
        room.tell(CameraUpserted(camera(1)))
        room.parts.walls.show(MAIN_WALL, [CameraId("cam-1")])
        await until(lambda: bool(room.engine.open_streams))
        room.windows.main.wall_window_requested.emit()
        dialog = QDialog()
        dialog.show()
        hall.flow.lock_action.trigger()
        await hall.at(DoorStep.LOCKED)
        await until(lambda: not room.engine.open_streams)
        assert all(hall.covered(window) for window in room.windows.windows())
        assert len(room.windows.windows()) == 2
        assert not dialog.isVisible()
        assert "Dana is signed in" in hall.card.view.words
        room.windows.main.wall_window_requested.emit()
        hall.flow.cover(room.windows.windows()[-1])
        assert hall.covered(room.windows.windows()[-1])
        room.windows.main.resize(1500, 900)
        await until(lambda: hall.covered(room.windows.main))
        hall.door.refusal = OperatorError("The password is wrong.", "Once more.")
        hall.card.field("password").setText("x")
        hall.card.action_button.click()
        await until(lambda: hall.card.said == "The password is wrong. Once more.")
        hall.card.field("password").setText("secret")
        hall.card.action_button.click()
        await hall.open()
        assert dialog.isVisible()
        await until(lambda: bool(room.engine.open_streams))
        dialog.close()
        dialog.deleteLater()
        hall.close()

    in_room(scene)


def test_what_one_person_had_open_and_knew_is_not_for_the_next_one(in_room: Play) -> None:
    async def scene(room: Room) -> None:
        hall = Hall(room)
        await hall.enter()
        room.tell(CameraUpserted(camera(1)))
        room.tell(AlertUpserted(alert(1)))
        dialog = QDialog()
        dialog.show()
        await hall.door.sign_out()
        await hall.at(DoorStep.BANNER)
        assert hall.card.view.words == "You have signed out."
        assert not room.parts.store.cameras
        assert not list(room.parts.store.alerts)
        hall.door.session = replace(DANA, user="Vera")
        await hall.enter()
        assert not dialog.isVisible()
        dialog.deleteLater()
        hall.close()

    in_room(scene)


def test_a_handed_over_password_leads_to_choosing_ones_own(in_room: Play) -> None:
    async def scene(room: Room) -> None:
        hall = Hall(room)
        await hall.at(DoorStep.BANNER)
        hall.card.action_button.click()
        await hall.at(DoorStep.SIGN_IN)
        hall.door.refusal = OperatorError(HANDED_OVER)
        hall.card.field("name").setText("Dana")
        hall.card.field("password").setText("handed")
        hall.card.action_button.click()
        await until(lambda: not hall.card.field("chosen").isHidden())
        hall.card.field("chosen").setText("mine alone")
        hall.card.field("again").setText("mine, alone")
        hall.card.action_button.click()
        assert hall.card.said.startswith("The two new passwords are not the same.")
        hall.card.field("again").setText("mine alone")
        hall.door.refusal = UnfitInputError([("new_password", "It is too short.")])
        hall.card.action_button.click()
        await until(lambda: hall.card.said == "It is too short.")
        hall.card.action_button.click()
        await hall.open()
        assert hall.door.typed[-1] == Credentials("Dana", "handed", "", "mine alone")
        hall.close()

    in_room(scene)


def test_the_first_start_asks_for_a_password_and_nothing_more(in_room: Play) -> None:
    async def scene(room: Room) -> None:
        hall = Hall(room)
        hall.door.told = Entrance("One.", is_own=True, is_new=True)
        await hall.at(DoorStep.BANNER)
        hall.card.action_button.click()
        await hall.at(DoorStep.FIRST)
        shown = [name for name in ("name", "password", "code", "chosen", "again")
                 if not hall.card.field(name).isHidden()]  # fmt: skip
        assert shown == ["name", "chosen", "again"]
        hall.card.field("name").setText("Sam")
        hall.card.field("chosen").setText("a long one")
        hall.card.field("again").setText("a long one")
        QTest.keyClick(hall.card.field("again"), Qt.Key.Key_Return)
        await hall.open()
        assert hall.door.typed == [Credentials("Sam", "a long one")]
        hall.close()

    in_room(scene)


def test_the_own_desk_asks_for_no_code(in_room: Play) -> None:
    async def scene(room: Room) -> None:
        hall = Hall(room)
        hall.door.told = Entrance("One.", is_own=True, is_new=False)
        await hall.at(DoorStep.BANNER)
        hall.card.action_button.click()
        await hall.at(DoorStep.SIGN_IN)
        assert hall.card.field("code").isHidden()
        hall.close()

    in_room(scene)


def test_a_desk_that_nobody_touches_locks_itself(in_room: Play) -> None:
    async def scene(room: Room) -> None:
        hall = Hall(room, idle_s=0.2)
        await hall.enter()
        await hall.at(DoorStep.LOCKED)
        hall.close()

    in_room(scene)


def test_who_works_in_a_shift_is_warned_before_it_ends_and_hands_over(in_room: Play) -> None:
    async def scene(room: Room) -> None:
        hall = Hall(room)
        until_then = room.clock.utc() + timedelta(minutes=9)
        hall.door.session = replace(DANA, until=until_then, ends_by_shift=True)
        await hall.enter()
        hall.shifts.look()
        notices = room.parts.store.notices.values()
        assert [notice.message for notice in notices] == ["Your shift ends in 9 min."]
        room.clock.advance(60)
        hall.shifts.look()
        assert [notice.message for notice in notices] == ["Your shift ends in 8 min."]
        hall.shifts.begin_handover()
        dialog = hall.shifts.handover
        assert dialog is not None
        assert not dialog.action_button.isEnabled()
        dialog.text.setPlainText(" The gate is open. ")
        dialog.action_button.click()
        await until(lambda: hall.door.typed[-1] == "The gate is open.")
        await until(lambda: any("2 alerts went back" in n.message for n in room.parts.store.notices.values()))
        hall.close()

    in_room(scene)


def test_the_door_waits_for_a_hub_and_asks_it_once(in_room: Play) -> None:
    async def scene(room: Room) -> None:
        hall = Hall(room)
        await hall.at(DoorStep.BANNER)
        room.parts.store.apply(SessionChanged(None, "The session is over: sign in again."))
        room.parts.bridge.flush()
        assert hall.card.view.words == "The session is over: sign in again."
        hall.close()

    in_room(scene)


def test_a_tile_in_full_screen_and_what_opens_later_are_hidden_too(in_room: Play) -> None:
    async def scene(room: Room) -> None:
        hall = Hall(room)
        await hall.enter()
        room.tell(CameraUpserted(camera(1)))
        room.parts.walls.show(MAIN_WALL, [CameraId("cam-1")])
        surface = room.windows.main.wall.surface
        await until(lambda: surface.tile(TileIndex(0)).camera_id is not None)
        surface.show_full_screen(TileIndex(0))
        assert surface.isWindow()
        floating = room.windows.main.pane("map")
        floating.setFloating(True)
        await hall.door.lock()
        await hall.at(DoorStep.LOCKED)
        assert not surface.isWindow()
        assert hall.covered(room.windows.main)
        assert not floating.isVisible()
        late = QDialog()
        late.show()
        await until(lambda: not late.isVisible())
        hall.card.field("password").setText("secret")
        hall.card.action_button.click()
        await hall.open()
        assert late.isVisible()
        assert floating.isVisible()
        assert surface.isVisible()
        # For somebody else the wall is there as well, and the dialog is not.
        surface.show_full_screen(TileIndex(0))
        await hall.door.sign_out()
        await hall.at(DoorStep.BANNER)
        hall.door.session = replace(DANA, user="Vera")
        await hall.enter()
        assert surface.isVisible()
        assert not late.isVisible()
        late.deleteLater()
        hall.close()

    in_room(scene)


def test_a_note_that_one_person_began_is_theirs_alone_and_is_not_lost(in_room: Play) -> None:
    async def scene(room: Room) -> None:
        hall = Hall(room)
        await hall.enter()
        room.tell(IncidentUpserted(incident(1)))
        panel = room.windows.main.incidents
        panel.select(IncidentId("incident-1"))
        panel.detail.note.field.setPlainText("Half a note")
        await hall.door.sign_out()
        await hall.at(DoorStep.BANNER)
        hall.door.session = replace(DANA, user="Vera")
        await hall.enter()
        assert panel.drafts() == {}
        room.parts.store.apply(HubEvent(Sequence(room.store.sequence + 1), IncidentUpserted(incident(1))))
        room.parts.bridge.flush()
        panel.select(IncidentId("incident-1"))
        assert panel.detail.note.field.toPlainText() == ""
        assert room.windows.main.state()["drafts_by"] == {"Dana": {"incident-1": "Half a note"}}
        await hall.door.sign_out()
        await hall.at(DoorStep.BANNER)
        hall.door.session = DANA
        await hall.enter()
        assert panel.drafts() == {"incident-1": "Half a note"}
        hall.close()

    in_room(scene)


def test_a_hub_that_is_away_or_not_believed_is_asked_again_and_the_card_says_why(in_room: Play) -> None:
    async def scene(room: Room) -> None:
        door = FakeDoor(room.parts.store)
        door.away = [SourceError("The hub does not answer."), OperatorError("Nobody vouches for it.", "Ask.")]
        hall = Hall(room, door=door)
        await until(lambda: hall.card.said == "Nobody vouches for it. Ask.")
        assert hall.card.view.step is DoorStep.WAITING
        await until(lambda: hall.card.said == "The hub does not answer.")
        await hall.at(DoorStep.BANNER)
        assert hall.card.said == ""
        hall.close()

    in_room(scene)


def test_a_workstation_that_is_remembered_asks_for_no_code_until_the_hub_wants_one(in_room: Play) -> None:
    async def scene(room: Room) -> None:
        door = FakeDoor(room.parts.store)
        door.told = Entrance("One.", is_own=False, is_new=False, remember_days=30)
        door.remembered = {"Dana"}
        hall = Hall(room, door=door)
        card = hall.card
        await hall.at(DoorStep.BANNER)
        card.action_button.click()
        await hall.at(DoorStep.SIGN_IN)
        assert card.workstation.remember.text() == "Remember this workstation: no code for 30 days"
        card.field("name").setText("Dana")
        card.field("name").editingFinished.emit()
        await until(lambda: card.field("code").isHidden())
        assert card.workstation.remember.isHidden()
        # Another name is another person's, whose workstation it is not.
        card.field("name").setText("Ben")
        assert not card.field("code").isHidden()
        assert card.workstation.forget.isHidden()
        card.field("name").setText("Dana")
        card.field("name").editingFinished.emit()
        await until(lambda: card.field("code").isHidden())
        card.field("password").setText("secret")
        door.refusal = OperatorError("Name, password or code is wrong.")
        card.action_button.click()
        await until(lambda: card.said != "")
        assert not card.field("code").isHidden()
        card.field("code").setText("123456")
        card.workstation.remember.setChecked(True)
        card.action_button.click()
        await hall.open()
        assert door.typed == [
            Credentials("Dana", "secret"),
            Credentials("Dana", "secret", "123456", None, True),
        ]
        # Who comes back finds their name, and need not enter it for the desk to look.
        await door.sign_out()
        await hall.at(DoorStep.BANNER)
        card.action_button.click()
        await hall.at(DoorStep.SIGN_IN)
        await until(lambda: not card.workstation.forget.isHidden())
        card.workstation.forget.click()
        await until(lambda: not card.field("code").isHidden())
        assert not door.remembered
        assert not card.workstation.remember.isChecked()
        hall.close()

    in_room(scene)
