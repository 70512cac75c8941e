from __future__ import annotations

import json
from dataclasses import replace

import pytest

from app.domain.alert import AlertKind, AlertStatus, Urgency
from app.domain.clusters import mercator, world_px
from app.domain.geo import Bounds, LatLon
from app.domain.ids import AlertId, CameraId
from tests.gui.map.desk import CITY, NOON, alert, camera, incident
from widgets.map import graticule
from widgets.map.channel import window_from
from widgets.map.content import Layer, MapContent, Window
from widgets.map.placement import Box, free_labels, spread
from widgets.map.scene import NO_CAMERAS, NO_ROOM, NONE_HERE, Scene, compose, whole
from widgets.map.symbols import ALERT_NAMES, ALERT_WORDS, Item, direction, shortened


def _window(zoom: float = 16, centre: LatLon = CITY) -> Window:
    half_lon = 400 * 360.0 / world_px(zoom)
    half_lat = 300 * 360.0 / world_px(zoom) * 0.745
    bounds = Bounds(
        centre.lat - half_lat, centre.lon - half_lon, centre.lat + half_lat, centre.lon + half_lon
    )
    return Window(bounds, centre, zoom, 800, 600)


def _scene(content: MapContent, zoom: float = 16) -> Scene:
    return compose(content, _window(zoom), plain_ground=False)


def _item(scene: Scene, key: str) -> Item:
    return next(item for item in scene.items if item["key"] == key)


def _px(item: Item, zoom: float = 16) -> tuple[float, float]:
    x, y = mercator(LatLon(*item["at"]))
    return x * world_px(zoom) + item["offset"][0], y * world_px(zoom) + item["offset"][1]


def test_a_scene_is_plain_json() -> None:
    content = MapContent()
    content.set_cameras([camera("a", bearing_deg=10.0), camera("b", bearing_deg=20.0)])
    content.set_alerts([alert("x")])
    content.set_incidents([incident("i")])
    said = json.loads(json.dumps(_scene(content).as_json()))
    assert set(said) == {"items", "sectors", "links", "grid", "notice"}
    assert {item["kind"] for item in said["items"]} == {"cameras", "alert", "incident"}


def test_an_empty_map_says_what_to_do() -> None:
    assert _scene(MapContent()).notice.text == NO_CAMERAS
    kept_from = MapContent()
    kept_from.set_cameras([], sees=False)
    assert _scene(kept_from).notice.text == NO_ROOM


def test_a_window_without_anything_offers_the_way_back() -> None:
    content = MapContent()
    content.set_cameras([camera("far", 10.0, 10.0)])
    assert _scene(content).notice.text == NONE_HERE
    assert _scene(content).notice.offers_all


def test_sectors_are_drawn_from_zoom_15_and_only_where_the_direction_is_known() -> None:
    content = MapContent()
    content.set_cameras(
        [
            camera("known", CITY.lat, CITY.lon, bearing_deg=90.0, fov_deg=60.0),
            camera("width unknown", CITY.lat + 0.002, CITY.lon, bearing_deg=90.0),
            camera("unknown", CITY.lat, CITY.lon + 0.002),
        ]
    )
    assert _scene(content, 14).sectors == []
    sectors = _scene(content, 16).sectors
    assert sorted(sector["look"] for sector in sectors) == ["", "guessed"]
    centre, *arc = next(sector["ring"] for sector in sectors if sector["look"] == "")
    assert centre == [CITY.lat, CITY.lon]
    assert all(lon > CITY.lon for _, lon in arc)


def test_marked_cameras_are_numbered_in_order_and_never_clustered() -> None:
    content = MapContent()
    content.set_cameras([camera(f"c{i}") for i in range(6)])
    content.set_marked([CameraId(f"c{i}") for i in (3, 1, 5, 0)])
    scene = _scene(content, 10)
    numbers = {item["id"]: item["number"] for item in scene.items if item["kind"] == "camera"}
    assert numbers == {"c3": 1, "c1": 2, "c5": 3, "c0": 4}
    assert _item(scene, "cameras:c2:2")["count"] == 2


def test_marked_cameras_on_one_pole_step_aside_from_each_other_and_from_the_alert() -> None:
    content = MapContent()
    content.set_cameras([camera(f"c{i}") for i in range(4)])
    content.set_marked([CameraId(f"c{i}") for i in range(4)])
    content.set_alerts([alert("x")])
    content.set_incidents([incident("i")])
    content.selected = AlertId("x")
    items = [item for item in _scene(content).items if item["kind"] == "camera"]
    spots = [_px(item) for item in items]
    for i, (x, y) in enumerate(spots):
        assert all(max(abs(x - ox), abs(y - oy)) >= 38 for ox, oy in spots[:i])
    alert_x, alert_y = _px({"at": [CITY.lat, CITY.lon], "offset": (0, 0)})
    assert all(max(abs(x - alert_x), abs(y - alert_y)) > 30 for x, y in spots)


def test_lines_lead_from_the_selected_alert_to_the_marked_cameras() -> None:
    content = MapContent()
    content.set_cameras([camera("a", CITY.lat + 0.001), camera("b", CITY.lat - 0.001)])
    content.set_marked([CameraId("a"), CameraId("gone"), CameraId("b")])
    content.set_alerts([alert("x")])
    assert _scene(content).links == []
    content.selected = AlertId("x")
    assert [link[1][0] for link in _scene(content).links] == [CITY.lat + 0.001, CITY.lat - 0.001]


@pytest.mark.parametrize("kind", list(AlertKind))
@pytest.mark.parametrize("urgency", list(Urgency))
def test_each_kind_and_urgency_of_alert_has_its_shape_and_its_word(kind: AlertKind, urgency: Urgency) -> None:
    content = MapContent()
    content.set_alerts([alert("x", kind=kind, urgency=urgency)])
    item = _item(_scene(content), "alert:x")
    assert item["shape"] == kind
    assert item["word"]
    assert f"P{int(urgency)}" in item["more"][0]


def test_words_tell_the_kinds_apart() -> None:
    assert set(ALERT_WORDS) == set(ALERT_NAMES) == set(AlertKind)
    assert len(set(ALERT_WORDS.values())) == len(AlertKind)


def test_closed_alerts_alerts_without_a_place_and_closed_incidents_are_not_on_the_map() -> None:
    content = MapContent()
    content.set_alerts([alert("closed", status=AlertStatus.CLOSED), alert("nowhere", lat=None)])
    content.set_incidents([incident("done", closed_at=NOON)])
    assert list(_scene(content).items) == []


def test_a_group_of_alerts_shows_its_most_urgent_open_one() -> None:
    content = MapContent()
    content.set_alerts(
        [
            alert("seen", urgency=Urgency.CRITICAL, status=AlertStatus.ACKNOWLEDGED),
            alert("low", urgency=Urgency.LOW, kind=AlertKind.OTHER),
            alert("high", urgency=Urgency.HIGH, kind=AlertKind.PANIC),
        ]
    )
    (item,) = _scene(content).items
    assert (item["count"], item["urgency"], item["shape"], item["done"]) == (3, 2, "panic", False)
    assert {member["id"] for member in item["members"]} == {"seen", "low", "high"}


def test_the_selected_alert_leaves_its_group_and_lies_on_top() -> None:
    content = MapContent()
    content.set_alerts([alert("a"), alert("b"), alert("c")])
    content.selected = AlertId("b")
    scene = _scene(content)
    assert _item(scene, "alert:b")["selected"]
    assert _item(scene, "alert:b")["z"] == max(item["z"] for item in scene.items)
    assert _item(scene, "alerts:a:2")["count"] == 2


def test_cameras_that_a_zoom_parts_are_not_listed_and_those_on_one_pole_are() -> None:
    content = MapContent()
    content.set_cameras([camera("a"), camera("b", CITY.lat + 0.001)])
    (apart,) = _scene(content, 12).items
    assert apart["members"] == []
    content.set_cameras([camera("a"), camera("b")])
    (pole,) = _scene(content, 12).items
    assert [member["payload"] for member in pole["members"]] == ["watchfloor:camera:a", "watchfloor:camera:b"]


def test_hidden_layers_are_not_composed() -> None:
    content = MapContent()
    content.set_cameras([camera("a", bearing_deg=1.0)])
    content.set_alerts([alert("x", CITY.lat + 0.001)])
    content.set_incidents([incident("i", CITY.lat - 0.001)])
    for layer, kind in ((Layer.CAMERAS, "camera"), (Layer.ALERTS, "alert"), (Layer.INCIDENTS, "incident")):
        content.hidden = frozenset({layer})
        assert kind not in {item["kind"] for item in _scene(content).items}
        assert len(_scene(content).items) == 2
    content.hidden = frozenset({Layer.SECTORS})
    assert _scene(content).sectors == []


def test_the_tab_key_goes_through_alerts_by_urgency_then_incidents_then_marked_cameras() -> None:
    content = MapContent()
    content.set_cameras(
        [camera("near", CITY.lat - 0.002), camera("other", CITY.lat - 0.003, CITY.lon - 0.003)]
    )
    content.set_marked([CameraId("near")])
    content.set_alerts(
        [alert("low", CITY.lat - 0.001, urgency=Urgency.LOW), alert("now", CITY.lat + 0.002)],
    )
    content.set_incidents([incident("i")])
    keys = [item["key"] for item in _scene(content).items]
    assert keys == ["alert:now", "alert:low", "incident:i", "camera:near", "camera:other"]


def test_names_are_written_at_high_zoom_where_they_cover_nothing() -> None:
    content = MapContent()
    content.set_cameras(
        [
            camera("a", name="Harbor and Third"),
            camera("b", CITY.lat, CITY.lon + 0.0004, name="Harbor and Fourth"),
            camera("c", CITY.lat + 0.001, name="  City\nHall  "),
        ]
    )
    labels = {item["id"]: item["label"] for item in _scene(content, 17).items}
    assert labels == {"a": "Harbor and Third", "b": "", "c": "City Hall"}
    assert not any(item.get("label") for item in _scene(content, 16).items)


def test_long_texts_are_cut() -> None:
    assert shortened("x" * 500, 20) == "x" * 19 + "…"
    content = MapContent()
    content.set_cameras([camera("a", name="n" * 5000)])
    assert len(_item(_scene(content), "camera:a")["says"]) <= 120


@pytest.mark.parametrize(
    ("bearing", "words"), [(0, "north"), (22, "north"), (23, "north-east"), (359, "north"), (180, "south")]
)
def test_bearings_are_told_in_words(bearing: float, words: str) -> None:
    assert direction(bearing) == words


def test_what_the_wall_shows_is_said_in_words_too() -> None:
    content = MapContent()
    content.set_cameras([camera("a"), camera("b", CITY.lat + 0.002)])
    content.on_wall = frozenset({CameraId("a")})
    assert "On the wall" in _item(_scene(content), "camera:a")["more"]
    assert "On the wall" not in _item(_scene(content), "camera:b")["more"]


def test_spread_moves_nothing_that_is_free() -> None:
    assert spread([(0, 0), (100, 0)], [Box(30, 30, 50, 50)], 20) == [(0, 0), (0, 0)]


def test_a_label_that_would_cover_a_marker_is_left_out() -> None:
    assert free_labels([("a", 0, 0, "name")], []) == {"a": "name"}
    assert free_labels([("a", 0, 0, "name")], [Box(-5, 20, 5, 30)]) == {}


def test_the_graticule_keeps_a_readable_distance_at_every_zoom() -> None:
    for zoom in range(3, 20):
        lines = graticule.lines(_window(zoom))
        assert 2 <= len(lines) <= 14, zoom
        assert len({line["label"] for line in lines}) == len(lines), zoom


def test_showing_a_single_camera_does_not_zoom_to_the_end() -> None:
    bounds = whole(Bounds(41.85, -87.65, 41.85, -87.65))
    assert bounds.north - bounds.south == pytest.approx(0.004)


GOOD = {"bounds": [41.0, -88.0, 42.0, -87.0], "centre": [41.5, -87.5], "zoom": 12, "size": [800, 600]}


def test_a_window_is_read_as_the_page_tells_it() -> None:
    window = window_from(json.dumps(GOOD))
    assert window == Window(Bounds(41.0, -88.0, 42.0, -87.0), LatLon(41.5, -87.5), 12.0, 800, 600)
    assert window is not None
    assert replace(window, zoom=3.0).zoom == 3.0


@pytest.mark.parametrize(
    "wrong",
    [
        "",
        "[]",
        "null",
        "nonsense",
        *(json.dumps({**GOOD, key: value}) for key, value in (
            ("bounds", [42.0, -88.0, 41.0, -87.0]),
            ("bounds", [1, 2, 3]),
            ("bounds", "four"),
            ("centre", [float("nan"), 0]),
            ("centre", [91, 0]),
            ("zoom", 99),
            ("zoom", None),
            ("size", [0, 600]),
            ("size", [float("inf"), 600]),
        )),
    ],
)  # fmt: skip
def test_nonsense_from_the_page_is_no_window(wrong: str) -> None:
    assert window_from(wrong) is None
