from collections.abc import Callable

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtTest import QSignalSpy, QTest
from PySide6.QtWidgets import QWidget
from pytestqt.qtbot import QtBot

from app.domain.changes import Changes
from app.domain.ids import CameraId
from app.store.state import Store
from tests.gui.panels.city import camera, loaded, tell
from widgets.camera_list import CameraList
from widgets.camera_list_model import ON_WALL_ROLE
from widgets.drag import camera_of

Shown = Callable[[QWidget, int, int], None]


@pytest.fixture
def store() -> Store:
    made = loaded(cameras=20)
    tell(made, camera(50, name="Old Lighthouse", place="Pier", tags=("ptz",)))
    return made


@pytest.fixture
def panel(shown: Shown, store: Store) -> CameraList:
    made = CameraList(store)
    shown(made, 340, 500)
    return made


def names(panel: CameraList) -> list[str]:
    model = panel.view.model()
    return [model.index(row, 0).data() for row in range(model.rowCount())]


def said(spy: QSignalSpy) -> list[object]:
    return [spy.at(i)[0] for i in range(spy.count())]


@pytest.mark.parametrize("typed", ["lighthouse", "LIGHT old", "lihgthouse", "pier"])
def test_typing_finds_a_camera_by_name_or_place_even_misspelt(panel: CameraList, typed: str) -> None:
    QTest.keyClicks(panel.search_field, typed)
    assert names(panel)[0] == "Old Lighthouse"
    assert panel.selected() == "cam-00050"
    assert panel.match_count < 21


def test_every_key_press_narrows_the_list_at_once(panel: CameraList) -> None:
    assert panel.match_count == 21
    QTest.keyClicks(panel.search_field, "zzzzqq")
    assert panel.match_count == 0
    panel.search_field.clear()
    assert panel.match_count == 21


def test_enter_in_the_search_field_puts_the_first_match_on_the_wall(panel: CameraList) -> None:
    put = QSignalSpy(panel.camera_activated)
    QTest.keyClicks(panel.search_field, "lighthouse")
    QTest.keyClick(panel.search_field, Qt.Key.Key_Return)
    assert said(put) == ["cam-00050"]


def test_arrow_keys_move_in_the_list_while_typing(panel: CameraList) -> None:
    QTest.keyClicks(panel.search_field, "st")
    first = panel.selected()
    QTest.keyClick(panel.search_field, Qt.Key.Key_Down)
    assert panel.selected() not in (None, first)


def test_keys_in_the_list_put_on_the_wall_show_on_the_map_and_pin(panel: CameraList) -> None:
    put, located, pinned = (
        QSignalSpy(signal) for signal in (panel.camera_activated, panel.camera_located, panel.pin_requested)
    )
    panel.view.setFocus()
    panel.view.selectRow(2)
    chosen = panel.selected()
    for key in (Qt.Key.Key_Return, Qt.Key.Key_M, Qt.Key.Key_P):
        QTest.keyClick(panel.view, key)
    assert (said(put), said(located), said(pinned)) == ([chosen], [chosen], [chosen])


def test_double_click_puts_the_camera_on_the_wall(panel: CameraList) -> None:
    put = QSignalSpy(panel.camera_activated)
    where = panel.view.visualRect(panel.view.model().index(1, 0)).center()
    QTest.mouseClick(panel.view.viewport(), Qt.MouseButton.LeftButton, pos=where)
    QTest.mouseDClick(panel.view.viewport(), Qt.MouseButton.LeftButton, pos=where)
    assert said(put) == [panel.selected()]


def test_dragged_row_carries_its_camera(panel: CameraList) -> None:
    model = panel.view.model()
    index = model.index(3, 0)
    assert model.flags(index) & Qt.ItemFlag.ItemIsDragEnabled
    panel.view.selectRow(3)
    assert camera_of(model.mimeData([index])) == panel.selected()


def test_cameras_on_a_wall_are_marked_in_colour_and_words(panel: CameraList) -> None:
    panel.set_on_wall(frozenset((CameraId("cam-00050"),)))
    QTest.keyClicks(panel.search_field, "lighthouse")
    index = panel.view.model().index(0, 0)
    assert index.data(ON_WALL_ROLE) is True
    assert "on the wall" in index.data(Qt.ItemDataRole.AccessibleTextRole)


def test_selection_survives_a_change_of_the_directory(qtbot: QtBot, panel: CameraList, store: Store) -> None:
    panel.view.selectRow(5)
    chosen = panel.selected()
    panel.on_changed(tell(store, camera(90, name="AAA first")))
    qtbot.waitUntil(lambda: panel.match_count == 22)
    assert names(panel)[0] == "AAA first"
    assert panel.selected() == chosen


def test_burst_of_directory_changes_is_indexed_once(
    qtbot: QtBot, panel: CameraList, store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    resets = QSignalSpy(panel.view.model().modelReset)
    for number in range(100, 150):
        panel.on_changed(tell(store, camera(number)))
    qtbot.waitUntil(lambda: panel.match_count == 71)
    assert resets.count() == 1


def test_programmatic_changes_are_no_intents(panel: CameraList, store: Store) -> None:
    spies = [QSignalSpy(s) for s in (panel.camera_activated, panel.camera_located, panel.pin_requested)]
    panel.set_on_wall(frozenset((CameraId("cam-00003"),)))
    panel.on_changed(Changes(all_reloaded=True))
    panel.search_field.setText("st")
    assert [spy.count() for spy in spies] == [0, 0, 0]


def test_empty_directory_offers_the_import(qtbot: QtBot) -> None:
    panel = CameraList(loaded())
    qtbot.addWidget(panel)
    panel.show()
    asked = QSignalSpy(panel.import_requested)
    assert panel._nothing.text() == "No cameras yet."
    QTest.mouseClick(panel._offer, Qt.MouseButton.LeftButton, pos=QPoint(5, 5))
    assert asked.count() == 1


def test_no_match_says_so_and_offers_all(panel: CameraList) -> None:
    panel.search_field.setText("<b>zzzzqq</b>")
    assert panel._nothing.text() == "No camera matches “<b>zzzzqq</b>”."
    assert panel._nothing.textFormat() is Qt.TextFormat.PlainText
    QTest.mouseClick(panel._offer, Qt.MouseButton.LeftButton)
    assert panel.match_count == 21


def test_names_are_text_in_the_tool_tip_too(qtbot: QtBot, panel: CameraList, store: Store) -> None:
    panel.on_changed(tell(store, camera(60, name="AAA <img src=x>")))
    qtbot.waitUntil(lambda: panel.match_count == 22)
    tip = panel.view.model().index(0, 0).data(Qt.ItemDataRole.ToolTipRole)
    assert "&lt;img" in tip
    assert "<img" not in tip
