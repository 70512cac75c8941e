from __future__ import annotations

import os
import signal
import sqlite3
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import pytest
from PySide6.QtCore import QBuffer, QIODevice, Qt
from PySide6.QtGui import QColor, QImage
from PySide6.QtWidgets import QLabel
from pytestqt.qtbot import QtBot

import widgets.map.view
from app.domain.alert import Urgency
from app.domain.geo import Bounds, LatLon, distance_m
from app.domain.ids import AlertId, CameraId
from tests.gui.map.desk import CITY, READY_MS, Page, alert, camera, incident
from widgets.map.basemap import BaseMap
from widgets.map.content import Layer
from widgets.map.view import MapView

MakeView = Callable[..., MapView]
NASTY = '<img src=x onerror="window.hacked=1"></div><script>window.hacked=1</script>\'"&amp;'
CAMERA = ".wf-marker .camera"


def _city(view: MapView) -> None:
    view.set_cameras(
        [camera(f"c{i}", CITY.lat + i * 0.002, CITY.lon + i * 0.003, bearing_deg=45.0 * i) for i in range(5)]
    )


def _pole(view: MapView) -> None:
    view.set_cameras([camera(f"p{i}", name=f"Pole {NASTY} {i}") for i in range(3)])


def _near(view: MapView, place: LatLon, metres: float = 30) -> bool:
    return distance_m(view.viewport()[0], place) < metres


def test_all_cameras_come_into_view_and_are_counted_as_the_page_shows_them(
    make_view: MakeView, qtbot: QtBot
) -> None:
    view = make_view(_city)
    page = Page(view, qtbot)
    page.wait_for_count(CAMERA, 5)
    qtbot.waitUntil(lambda: view.marker_count == 5)
    assert view.camera_count == 5
    view.go_to(LatLon(CITY.lat + 0.008, CITY.lon + 0.012), 18)
    page.wait_for_count(CAMERA, 1)
    qtbot.waitUntil(lambda: view.marker_count == 1)
    assert view.camera_count == 5


def test_an_empty_map_says_so_until_cameras_come(make_view: MakeView, qtbot: QtBot) -> None:
    view = make_view()
    page = Page(view, qtbot)
    page.wait_for("document.querySelector('.wf-notice').hidden", False)
    assert "There are no cameras here" in page.ask("document.querySelector('.wf-notice').textContent")
    view.set_cameras([camera("a")])
    page.wait_for("document.querySelector('.wf-notice').hidden", True)
    page.wait_for_count(CAMERA, 1)


def test_the_viewport_comes_back_as_it_was_saved(make_view: MakeView, qtbot: QtBot) -> None:
    view = make_view(_city, viewport=(LatLon(41.86, -87.64), 15.0))
    centre, zoom = view.viewport()
    assert zoom == 15
    assert distance_m(centre, LatLon(41.86, -87.64)) < 5
    view.go_to(LatLon(41.9, -87.7), 13)
    qtbot.waitUntil(lambda: _near(view, LatLon(41.9, -87.7)))
    again = make_view(_city, viewport=view.viewport())
    assert again.viewport()[1] == 13
    assert _near(again, LatLon(41.9, -87.7))


def test_fit_shows_the_whole_rectangle(make_view: MakeView, qtbot: QtBot) -> None:
    view = make_view(_city)
    asked = Bounds(40.0, -89.0, 42.0, -87.0)
    with qtbot.waitSignal(view.viewport_changed) as moved:
        view.fit(asked)
    seen, zoom = moved.args
    assert zoom < 10
    assert all(
        seen.contains(corner) for corner in (LatLon(asked.south, asked.west), LatLon(asked.north, asked.east))
    )


def test_selecting_an_alert_takes_the_map_there_at_zoom_16_or_closer(
    make_view: MakeView, qtbot: QtBot
) -> None:
    place = LatLon(41.87, -87.63)
    view = make_view(_city)
    view.set_alerts([alert("x", place.lat, place.lon), alert("y", 41.5, -87.0)])
    view.select_alert(AlertId("x"))
    qtbot.waitUntil(lambda: _near(view, place) and view.viewport()[1] >= 16)
    Page(view, qtbot).wait_for_count(".alert.selected", 1)
    view.select_alert(None)
    Page(view, qtbot).wait_for_count(".alert.selected", 0)
    assert _near(view, place)


def test_an_alert_selected_before_it_is_known_is_gone_to_once_when_it_comes(
    make_view: MakeView, qtbot: QtBot
) -> None:
    place = LatLon(41.87, -87.63)
    view = make_view(_city)
    view.select_alert(AlertId("late"))
    view.set_alerts([alert("late", place.lat, place.lon)])
    qtbot.waitUntil(lambda: _near(view, place))
    elsewhere = LatLon(41.80, -87.60)
    view.go_to(elsewhere, 14)
    qtbot.waitUntil(lambda: _near(view, elsewhere))
    view.set_alerts([alert("late", place.lat, place.lon), alert("new")])
    Page(view, qtbot).wait_for_count(".alert", 0)
    assert _near(view, elsewhere)


def test_marked_cameras_carry_their_numbers(make_view: MakeView, qtbot: QtBot) -> None:
    view = make_view(_city)
    view.set_marked([CameraId("c2"), CameraId("c0"), CameraId("c4"), CameraId("c1")])
    page = Page(view, qtbot)
    page.wait_for_count(".camera.marked", 4)
    numbers = "[...document.querySelectorAll('.camera.marked b')].map((b) => b.textContent).sort()"
    assert page.ask(numbers) == ["1", "2", "3", "4"]


def test_cameras_on_the_wall_have_a_shape_of_their_own(make_view: MakeView, qtbot: QtBot) -> None:
    view = make_view(_city)
    view.set_on_wall(frozenset({CameraId("c1"), CameraId("c3")}))
    page = Page(view, qtbot)
    page.wait_for_count(".camera.wall", 2)
    assert page.ask("getComputedStyle(document.querySelector('.camera.wall .face')).borderRadius") == "6px"


def test_a_double_click_puts_a_camera_on_the_wall(make_view: MakeView, qtbot: QtBot) -> None:
    view = make_view(lambda v: v.set_cameras([camera("a 1/ü")]))
    page = Page(view, qtbot)
    page.wait_for_count(CAMERA, 1)
    with qtbot.waitSignal(view.camera_activated) as chosen:
        page.event(CAMERA, "dblclick")
    assert chosen.args == ["a 1/ü"]


def test_a_click_chooses_an_alert_or_an_incident(make_view: MakeView, qtbot: QtBot) -> None:
    view = make_view(viewport=(CITY, 16))
    view.set_alerts([alert("x", CITY.lat + 0.001)])
    view.set_incidents([incident("i")])
    page = Page(view, qtbot)
    page.wait_for_count(".alert, .incident", 2)
    with qtbot.waitSignal(view.alert_activated) as chosen:
        page.event(".alert .pill", "click")
    assert chosen.args == ["x"]
    with qtbot.waitSignal(view.incident_activated) as chosen:
        page.event(".incident .flag", "click")
    assert chosen.args == ["i"]


def test_a_click_on_a_group_zooms_in_until_it_parts(make_view: MakeView, qtbot: QtBot) -> None:
    view = make_view(viewport=(CITY, 12))
    view.set_cameras([camera("a"), camera("b", CITY.lat + 0.0015)])
    page = Page(view, qtbot)
    page.wait_for_count(".wf-marker .cameras", 1)
    page.event(".wf-marker .cameras", "click")
    page.wait_for_count(CAMERA, 2)
    assert view.viewport()[1] > 12


def test_cameras_on_one_pole_are_listed_by_name_and_can_be_dragged_and_chosen_from_the_list(
    make_view: MakeView, qtbot: QtBot
) -> None:
    view = make_view(_pole)
    page = Page(view, qtbot)
    page.wait_for_count(".wf-marker .cameras", 1)
    page.event(".wf-marker .cameras", "click")
    page.wait_for_count(".wf-list .row[draggable=true]", 3)
    assert page.ask("document.querySelector('.wf-list .row').textContent").startswith("Pole <img src=x")
    with qtbot.waitSignal(view.camera_activated) as chosen:
        page.event(".wf-list .row", "dblclick")
    assert chosen.args == ["p0"]


def test_texts_from_outside_are_shown_as_text(make_view: MakeView, qtbot: QtBot) -> None:
    view = make_view(viewport=(CITY, 18), base=BaseMap(attribution=NASTY))
    view.set_cameras([camera("c", CITY.lat - 0.0005, name=NASTY, place=NASTY)])
    view.set_alerts([alert("x", CITY.lat + 0.0003, title=NASTY, place=NASTY)])
    view.set_incidents([incident("i", CITY.lat, CITY.lon + 0.0005, title=NASTY)])
    page = Page(view, qtbot)
    page.wait_for_count(".wf-marker", 3)
    for selector in (".camera", ".alert", ".incident"):
        page.event(selector, "mouseover")
        assert page.ask("document.querySelector('.wf-tip').textContent").startswith(
            ("<img", "Incident: <img")
        )
    assert page.ask("document.querySelector('.wf-attribution').textContent") == NASTY
    assert page.ask("document.querySelector('.label').textContent").startswith("<img src=x")
    assert page.count("img:not(.leaflet-tile), .wf-marker script, .wf-tip img, body > script:not([src])") == 0
    assert page.ask("window.hacked === undefined")


def test_ids_from_outside_cannot_break_the_page(make_view: MakeView, qtbot: QtBot) -> None:
    view = make_view(viewport=(CITY, 16))
    view.set_cameras([camera("__proto__"), camera(NASTY, CITY.lat + 0.002)])
    page = Page(view, qtbot)
    page.wait_for_count(CAMERA, 2)
    with qtbot.waitSignal(view.camera_activated) as chosen:
        page.event(".wf-marker[aria-label^='Camera <img'] .camera", "dblclick")
    assert chosen.args == [NASTY]


def test_layers_are_switched_in_the_page_and_kept_over_its_restart(make_view: MakeView, qtbot: QtBot) -> None:
    view = make_view(_city)
    view.set_alerts([alert("x", CITY.lat + 0.001)])
    page = Page(view, qtbot)
    page.wait_for_count(".alert", 1)
    tick = "[...document.querySelectorAll('.wf-layers input')]"
    assert page.ask(f"{tick}.length") == 4
    page.ask(f"{tick}[0].click()")
    page.wait_for_count(CAMERA, 0)
    assert view.hidden_layers() == {Layer.CAMERAS}
    assert page.count(".alert") == 1
    surface = view.surface()
    assert surface is not None
    with qtbot.waitSignal(view.ready, timeout=READY_MS):
        surface.open()
    assert page.ask(f"{tick}.map((t) => t.checked)") == [False, True, True, True]


def test_a_killed_page_says_so_and_comes_back_with_everything(make_view: MakeView, qtbot: QtBot) -> None:
    view = make_view(_city)
    view.set_alerts([alert("x", CITY.lat + 0.001)])
    view.go_to(LatLon(CITY.lat + 0.001, CITY.lon), 15)
    page = Page(view, qtbot)
    page.wait_for_count(".alert", 1)
    qtbot.waitUntil(lambda: view.viewport()[1] == 15)
    surface = view.surface()
    assert surface is not None
    before = view.marker_count
    with qtbot.waitSignals([surface.died, view.ready], timeout=READY_MS, order="strict"):
        os.kill(surface.page().renderProcessPid(), signal.SIGKILL)
        qtbot.waitUntil(lambda: not view.shows_page(), timeout=READY_MS)
        assert view.marker_count == 0
        # What comes while there is no page is not lost.
        view.set_incidents([incident("i", CITY.lat + 0.002)])
    assert view.shows_page()
    page.wait_for_count(".alert", 1)
    page.wait_for_count(".incident", 1)
    qtbot.waitUntil(lambda: view.marker_count == before + 1)
    assert view.viewport()[1] == 15


def test_without_the_web_engine_the_pane_says_what_is_missing(
    qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(widgets.map.view, "WEB_MISSING", "libnss3.so: cannot open shared object file")
    view = MapView()
    qtbot.addWidget(view)
    view.show()
    _city(view)
    view.select_alert(AlertId("x"))
    view.go_to(CITY, 12)
    assert view.surface() is None
    assert not view.shows_page()
    assert (view.camera_count, view.marker_count) == (5, 0)
    assert view.viewport() == (CITY, 12)


def test_a_base_map_that_cannot_be_used_is_left_out_with_a_notice(qtbot: QtBot, tmp_path: Path) -> None:
    view = MapView(BaseMap(mbtiles=tmp_path / "gone.mbtiles"))
    qtbot.addWidget(view)
    view.resize(400, 300)
    with qtbot.waitSignals([view.notice_raised, view.ready], timeout=READY_MS):
        view.show()
    Page(view, qtbot).wait_for("document.querySelectorAll('.wf-degree').length > 0")


def test_tiles_of_a_file_are_painted(make_view: MakeView, qtbot: QtBot, tmp_path: Path) -> None:
    colour = QColor(200, 30, 160)
    picture = QImage(256, 256, QImage.Format.Format_RGB32)
    picture.fill(colour)
    buffer = QBuffer()
    buffer.open(QIODevice.OpenModeFlag.WriteOnly)
    picture.save(buffer, "PNG")
    with closing(sqlite3.connect(tmp_path / "t.mbtiles")) as db, db:
        db.execute("CREATE TABLE metadata (name TEXT, value TEXT)")
        db.execute("CREATE TABLE tiles (zoom_level INT, tile_column INT, tile_row INT, tile_data BLOB)")
        # The upper half of the world at zoom 3: rows 4 to 7 from the south.
        rows = [(3, x, y, buffer.data().data()) for x in range(8) for y in range(4, 8)]
        db.executemany("INSERT INTO tiles VALUES (?, ?, ?, ?)", rows)
    view = make_view(
        base=BaseMap(mbtiles=tmp_path / "t.mbtiles"), viewport=(LatLon(0, 0), 3), size=(400, 400)
    )
    view.set_cameras([camera("a", -40.0)])
    page = Page(view, qtbot)
    page.wait_for("document.querySelectorAll('.leaflet-tile:not(.leaflet-tile-loaded)').length", 0)

    def painted() -> bool:
        image = view.grab().toImage()
        above, below = image.pixelColor(200, 120), image.pixelColor(200, 280)
        return above == colour and below != colour

    qtbot.waitUntil(painted)


def test_arrow_keys_pan_and_plus_and_minus_zoom(make_view: MakeView, qtbot: QtBot) -> None:
    view = make_view(_city, viewport=(CITY, 14))
    page = Page(view, qtbot)
    _give_keyboard(view, page, qtbot)
    _key(view, qtbot, Qt.Key.Key_Right)
    qtbot.waitUntil(lambda: view.viewport()[0].lon > CITY.lon + 0.002)
    _key(view, qtbot, Qt.Key.Key_Plus)
    qtbot.waitUntil(lambda: view.viewport()[1] == 15)
    _key(view, qtbot, Qt.Key.Key_Minus)
    qtbot.waitUntil(lambda: view.viewport()[1] == 14)


def test_tab_goes_through_the_markers_and_enter_activates(make_view: MakeView, qtbot: QtBot) -> None:
    view = make_view(viewport=(CITY, 16))
    view.set_cameras([camera("a", CITY.lat - 0.001)])
    view.set_alerts([alert("x", CITY.lat + 0.001, urgency=Urgency.LOW)])
    page = Page(view, qtbot)
    page.wait_for_count(".wf-marker", 2)
    _give_keyboard(view, page, qtbot)
    focus = "(document.activeElement.getAttribute('aria-label') || '').split(',')[0]"
    _key(view, qtbot, Qt.Key.Key_Tab)
    page.wait_for(focus, "Alert x")
    with qtbot.waitSignal(view.alert_activated):
        _key(view, qtbot, Qt.Key.Key_Return)
    _key(view, qtbot, Qt.Key.Key_Tab)
    page.wait_for(focus, "Camera a")
    # A redrawn marker keeps the keyboard.
    view.set_on_wall(frozenset({CameraId("a")}))
    page.wait_for_count(".camera.wall", 1)
    assert page.ask(focus) == "Camera a"
    with qtbot.waitSignal(view.camera_activated):
        _key(view, qtbot, Qt.Key.Key_Return)
    _key(view, qtbot, Qt.Key.Key_Tab)
    page.wait_for("document.activeElement.closest('.leaflet-control') !== null")


def test_many_changes_make_few_scenes(make_view: MakeView, qtbot: QtBot) -> None:
    view = make_view(_city)
    page = Page(view, qtbot)
    page.ask(
        "(() => { window.scenes = 0; const draw = Markers.prototype.draw;"
        " Markers.prototype.draw = function (items) { window.scenes += 1; draw.call(this, items); } })()"
    )
    for i in range(200):
        view.set_alerts([alert(f"x{i}", CITY.lat + 0.001)])
    page.wait_for("document.querySelectorAll('.alert').length", 1)
    page.wait_for("window.scenes >= 1")
    assert page.ask("window.scenes") <= 3


def _give_keyboard(view: MapView, page: Page, qtbot: QtBot) -> None:
    view.activateWindow()
    surface = view.surface()
    assert surface is not None
    surface.setFocus()
    page.wait_for("(() => { map_wall.getContainer().focus(); return document.hasFocus(); })()")


def _key(view: MapView, qtbot: QtBot, key: Qt.Key) -> None:
    surface = view.surface()
    assert surface is not None
    text = {Qt.Key.Key_Plus: "+", Qt.Key.Key_Minus: "-"}.get(key)
    receiver = surface.focusProxy() or surface
    if text is None:
        qtbot.keyClick(receiver, key)
    else:
        qtbot.keyClicks(receiver, text)


@pytest.mark.skipif(not hasattr(os, "geteuid"), reason="only systems with a root user have the trap")
def test_run_by_root_with_the_sandbox_on_the_pane_says_so_and_the_program_lives(
    qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("os.geteuid", lambda: 0)
    monkeypatch.delenv("QTWEBENGINE_DISABLE_SANDBOX", raising=False)
    view = MapView()
    qtbot.addWidget(view)
    view.show()
    assert view.surface() is None
    assert "runs as root" in view.findChildren(QLabel)[0].text()
