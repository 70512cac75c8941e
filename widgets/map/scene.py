"""What the page shows in one window: a pure function of the map's content, without Qt."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass, field
from typing import Any

from app.domain.camera import Camera
from app.domain.clusters import mercator, world_px
from app.domain.geo import Bounds, LatLon, sector
from app.domain.ids import CameraId
from widgets.map import graticule
from widgets.map.content import Layer, MapContent, Window
from widgets.map.placement import Box, free_labels, spread
from widgets.map.symbols import (
    CameraLook,
    Item,
    alert_item,
    alerts_item,
    camera_item,
    cameras_item,
    incident_item,
    shortened,
)

SECTOR_ZOOM = 15
NAME_ZOOM = 17
CAMERA_CELL_PX = 66.0
CAMERA_CELL_NEAR_PX = 46.0
ALERT_CELL_PX = 116.0
MARKED_REACH_PX = 20.0
STAYS = (0, 0)
SECTOR_M = 60.0
SECTOR_MIN_PX = 42.0
GUESSED_FOV_DEG = 60.0
NO_CAMERAS = "There are no cameras here"
NO_ROOM = "Your role does not see the cameras"
NONE_HERE = "No cameras in this part of the map"


@dataclass(frozen=True, slots=True)
class Notice:
    """A sentence over an empty map, and whether a button leads back to the cameras."""

    text: str = ""
    offers_all: bool = False


@dataclass(frozen=True, slots=True)
class Scene:
    """Everything that the page draws: ``items`` in the order of the Tab key, all else below them."""

    items: Sequence[Item] = ()
    sectors: Sequence[dict[str, Any]] = ()
    links: Sequence[Sequence[list[float]]] = ()
    grid: Sequence[dict[str, Any]] = ()
    notice: Notice = field(default_factory=Notice)

    def as_json(self) -> dict[str, Any]:
        """Return the scene as the page reads it."""
        return {
            "items": list(self.items),
            "sectors": list(self.sectors),
            "links": list(self.links),
            "grid": list(self.grid),
            "notice": asdict(self.notice),
        }


def compose(content: MapContent, window: Window, *, plain_ground: bool) -> Scene:
    """Return the scene for one window.

    Args:
        content: the map's inputs.
        window: what is on screen.
        plain_ground: there is no base map, so lines of latitude and longitude give the eye a hold.
    """
    shown = set(Layer) - content.hidden
    singles: list[Camera] = []
    items: list[Item] = []
    if Layer.ALERTS in shown:
        items += _alerts(content, window)
    if Layer.INCIDENTS in shown:
        items += _incidents(content, window)
    if Layer.CAMERAS in shown:
        singles, groups = _cameras(content, window)
        moves = _moves(content, singles, window, items)
        items += [camera_item(c, _look(content, c.id), moves.get(c.id, STAYS)) for c in singles]
        items += groups
    named = _named(content, singles, window, items)
    ordered = sorted(named, key=_tab_order)
    sectors = _sectors(content, singles, window) if Layer.SECTORS in shown else []
    return Scene(
        items=ordered,
        sectors=sectors,
        links=_links(content) if {Layer.ALERTS, Layer.CAMERAS} <= shown else [],
        grid=graticule.lines(window) if plain_ground else [],
        notice=_notice(content, shown, items),
    )


def metres_per_px(window: Window) -> float:
    """Return how many metres a pixel spans in the window's middle."""
    equator_m = 2 * math.pi * 6_378_137.0
    return equator_m * math.cos(math.radians(window.centre.lat)) / world_px(window.zoom)


def _look(content: MapContent, camera_id: CameraId) -> CameraLook:
    number = content.marked.index(camera_id) + 1 if camera_id in content.marked else 0
    return CameraLook(number, camera_id in content.on_wall)


def _alerts(content: MapContent, window: Window) -> list[Item]:
    alone = {content.selected} if content.selected is not None else set()
    items: list[Item] = []
    for cluster in content.alert_index.in_view(window.zoom, window.bounds, ALERT_CELL_PX, alone):
        if cluster.count > 1:
            items.append(alerts_item(cluster, content.alerts))
        else:
            alert = content.alerts[cluster.ids[0]]
            items.append(alert_item(alert, cluster.centre, selected=alert.id == content.selected))
    return items


def _incidents(content: MapContent, window: Window) -> list[Item]:
    return [
        incident_item(incident, incident.position)
        for incident in content.incidents
        if incident.position is not None and window.bounds.contains(incident.position)
    ]


def _cameras(content: MapContent, window: Window) -> tuple[list[Camera], list[Item]]:
    cell = CAMERA_CELL_NEAR_PX if window.zoom >= NAME_ZOOM else CAMERA_CELL_PX
    singles: list[Camera] = []
    groups: list[Item] = []
    for cluster in content.camera_index.in_view(window.zoom, window.bounds, cell, content.marked):
        if cluster.count == 1:
            singles.append(content.cameras[cluster.ids[0]])
        else:
            groups.append(cameras_item(cluster, content.cameras, content.on_wall))
    return singles, groups


def _moves(
    content: MapContent, singles: Iterable[Camera], window: Window, items: Iterable[Item]
) -> dict[CameraId, tuple[int, int]]:
    """Return by how many pixels marked cameras step aside: often they hang on one pole, or at the alert."""
    marked = [camera for camera in singles if camera.id in content.marked]
    marked.sort(key=lambda camera: content.marked.index(camera.id))
    taken = [
        Box.of(item["kind"], *_px(LatLon(*item["at"]), window))
        for item in items
        if item["kind"] == "incident" or item.get("selected")
    ]
    steps = spread([_px(camera.position, window) for camera in marked], taken, MARKED_REACH_PX)
    return {camera.id: (round(dx), round(dy)) for camera, (dx, dy) in zip(marked, steps, strict=True)}


def _named(content: MapContent, singles: Iterable[Camera], window: Window, items: list[Item]) -> list[Item]:
    """Return the items with the camera names that find room; marked cameras come first."""
    wanted = [
        (f"camera:{camera.id}", shortened(camera.name, 34))
        for camera in sorted(singles, key=lambda c: (c.id not in content.marked, c.id))
        if window.zoom >= NAME_ZOOM or camera.id in content.marked
    ]
    places = {item["key"]: _drawn_at(item, window) for item in items}
    taken = [Box.of(item["kind"], *places[item["key"]]) for item in items]
    requests = [(key, *places[key], text) for key, text in wanted]
    names = free_labels(requests, taken)
    return [{**item, "label": names[item["key"]]} if item["key"] in names else item for item in items]


def _drawn_at(item: Item, window: Window) -> tuple[float, float]:
    x, y = _px(LatLon(*item["at"]), window)
    dx, dy = item.get("offset", STAYS)
    return x + dx, y + dy


def _px(position: LatLon, window: Window) -> tuple[float, float]:
    x, y = mercator(position)
    return x * world_px(window.zoom), y * world_px(window.zoom)


def _sectors(content: MapContent, singles: Iterable[Camera], window: Window) -> list[dict[str, Any]]:
    radius = max(SECTOR_M, SECTOR_MIN_PX * metres_per_px(window))
    found = []
    for camera in singles:
        look = _look(content, camera.id)
        if camera.bearing_deg is None or (window.zoom < SECTOR_ZOOM and not look.number):
            continue
        ring = sector(camera.position, camera.bearing_deg, camera.fov_deg or GUESSED_FOV_DEG, radius)
        state = "marked" if look.number else "wall" if look.on_wall else ""
        guessed = "" if camera.fov_deg else "guessed"
        found.append({"ring": [[p.lat, p.lon] for p in ring], "look": f"{state} {guessed}".strip()})
    return found


def _links(content: MapContent) -> list[list[list[float]]]:
    """Return a line from the selected alert to each marked camera."""
    start = content.selected_position()
    if start is None:
        return []
    ends = [content.cameras[c].position for c in content.marked if c in content.cameras]
    return [[[start.lat, start.lon], [end.lat, end.lon]] for end in ends]


def _notice(content: MapContent, shown: set[Layer], items: Sequence[Item]) -> Notice:
    if not content.cameras:
        return Notice(NO_CAMERAS if content.sees_cameras else NO_ROOM)
    if Layer.CAMERAS in shown and not items:
        return Notice(NONE_HERE, offers_all=True)
    return Notice()


def _tab_order(item: Item) -> tuple[int, float]:
    """Alerts by urgency, incidents, marked cameras by number, then all else west to east."""
    if item["kind"] in ("alert", "alerts"):
        return (0, float(-item["z"]))
    if item["kind"] == "incident":
        return (1, float(item["at"][1]))
    return (2, float(item["number"])) if item.get("number") else (3, float(item["at"][1]))


def whole(bounds: Bounds) -> Bounds:
    """Return ``bounds`` with room around a single point, so that it is not zoomed in on to the end."""
    least_deg = 0.004
    lat_pad = max(0.0, least_deg - (bounds.north - bounds.south)) / 2
    lon_pad = max(0.0, least_deg - (bounds.east - bounds.west)) / 2
    south, north = max(-85.0, bounds.south - lat_pad), min(85.0, bounds.north + lat_pad)
    return Bounds(south, max(-180.0, bounds.west - lon_pad), north, min(180.0, bounds.east + lon_pad))
