"""Describes one marker for the page: place, kind, words. The page draws it and adds nothing of its own."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from app.domain.alert import Alert, AlertKind, AlertStatus, Urgency
from app.domain.camera import Camera
from app.domain.clusters import Cluster, extent_px
from app.domain.geo import Bounds, LatLon
from app.domain.ids import AlertId, CameraId
from app.domain.incident import Incident
from widgets.drag import camera_payload
from widgets.map.page import MAX_ZOOM

Item = dict[str, Any]
"""One marker as JSON: ``key``, ``kind``, ``at``, ``z`` (stacking), ``says`` and ``more`` (its words), …"""

ALERT_WORDS: Mapping[AlertKind, str] = {
    AlertKind.CALL_911: "911",
    AlertKind.GUNSHOT: "SHOT",
    AlertKind.PLATE_HIT: "PLATE",
    AlertKind.PANIC: "PANIC",
    AlertKind.OTHER: "ALERT",
}
ALERT_NAMES: Mapping[AlertKind, str] = {
    AlertKind.CALL_911: "911 call",
    AlertKind.GUNSHOT: "Gunshot",
    AlertKind.PLATE_HIT: "Plate hit",
    AlertKind.PANIC: "Panic button",
    AlertKind.OTHER: "Alert",
}
URGENCY_NAMES: Mapping[Urgency, str] = {
    Urgency.CRITICAL: "P1 critical",
    Urgency.HIGH: "P2 high",
    Urgency.NORMAL: "P3 normal",
    Urgency.LOW: "P4 low",
}
DIRECTIONS = ("north", "north-east", "east", "south-east", "south", "south-west", "west", "north-west")
LISTED = 40
"""Most names that a list of things at one place shows."""
PARTABLE_PX = 34.0
"""Things nearer to each other than this at the highest zoom are listed by name: no zoom parts them."""


@dataclass(frozen=True, slots=True)
class CameraLook:
    """How a camera stands out: its number among the marked ones (0: none), and whether the wall shows it."""

    number: int = 0
    on_wall: bool = False


def shortened(text: str, limit: int) -> str:
    """Return ``text`` in one line of at most ``limit`` characters, with an ellipsis where it was cut."""
    line = " ".join(text.split())
    return line if len(line) <= limit else line[: limit - 1].rstrip() + "…"


def direction(bearing_deg: float) -> str:
    """Return the compass direction in words."""
    return DIRECTIONS[round(bearing_deg / 45.0) % 8]


def camera_item(camera: Camera, look: CameraLook, offset: tuple[int, int] = (0, 0)) -> Item:
    """Return the marker of one camera, drawn ``offset`` pixels from its place and tied to it by a line."""
    more = [camera.place] if camera.place else []
    if camera.bearing_deg is not None:
        width = f", {camera.fov_deg:.0f}° wide" if camera.fov_deg is not None else ""
        more.append(f"Looks {direction(camera.bearing_deg)}{width}")
    if look.number:
        more.append(f"Nearest camera {look.number} of the selected alert")
    more.append("On the wall" if look.on_wall else "Double-click or drag to put it on the wall")
    return {
        "key": f"camera:{camera.id}",
        "kind": "camera",
        "id": camera.id,
        "payload": camera_payload(camera.id),
        "at": _at(camera.position),
        "z": 3000 + 100 * (10 - look.number) if look.number else 200 if look.on_wall else 0,
        "says": shortened(camera.name, 120),
        "more": more,
        "label": "",
        "offset": list(offset),
        "bearing": camera.bearing_deg,
        "number": look.number,
        "wall": look.on_wall,
    }


def cameras_item(
    cluster: Cluster[CameraId], cameras: Mapping[CameraId, Camera], on_wall: frozenset[CameraId]
) -> Item:
    """Return the marker of several cameras."""
    members = [
        {"id": key, "name": shortened(cameras[key].name, 80), "payload": camera_payload(key)}
        for key in _listed(cluster)
    ]
    shown = sum(1 for key in cluster.ids if key in on_wall)
    return {
        "key": f"cameras:{cluster.ids[0]}:{cluster.count}",
        "kind": "cameras",
        "at": _at(cluster.centre),
        "z": 100,
        "says": f"{cluster.count} cameras" + (" at one place" if members else ""),
        "more": [f"{shown} on the wall"] if shown else [],
        "count": cluster.count,
        "wall": shown,
        "bounds": _corners(cluster.bounds),
        "members": members,
    }


def alert_item(alert: Alert, position: LatLon, *, selected: bool) -> Item:
    """Return the marker of one alert."""
    words = [f"{ALERT_NAMES[alert.kind]}, {URGENCY_NAMES[alert.urgency]}"]
    if alert.place:
        words.append(shortened(alert.place, 120))
    done = alert.status is not AlertStatus.NEW
    if done:
        words.append("Acknowledged")
    return {
        "key": f"alert:{alert.id}",
        "kind": "alert",
        "id": alert.id,
        "at": _at(position),
        "z": 6000 if selected else _alert_z(alert.urgency, done=done),
        "says": shortened(alert.title, 120),
        "more": words,
        "shape": alert.kind.value,
        "word": ALERT_WORDS[alert.kind],
        "urgency": int(alert.urgency),
        "done": done,
        "selected": selected,
    }


def alerts_item(cluster: Cluster[AlertId], alerts: Mapping[AlertId, Alert]) -> Item:
    """Return the marker of several alerts: the most urgent open one gives its looks."""
    inside = [alerts[key] for key in cluster.ids]
    first = min(inside, key=lambda alert: (alert.status is not AlertStatus.NEW, alert.urgency))
    done = first.status is not AlertStatus.NEW
    members = [{"id": key, "name": shortened(alerts[key].title, 80)} for key in _listed(cluster)]
    kinds = sorted({alert.kind for alert in inside}, key=list(ALERT_NAMES).index)
    return {
        "key": f"alerts:{cluster.ids[0]}:{cluster.count}",
        "kind": "alerts",
        "at": _at(cluster.centre),
        "z": _alert_z(first.urgency, done=done) + 10,
        "says": f"{cluster.count} alerts, the most urgent {URGENCY_NAMES[first.urgency]}",
        "more": [", ".join(ALERT_NAMES[kind] for kind in kinds)],
        "shape": first.kind.value,
        "urgency": int(first.urgency),
        "done": done,
        "count": cluster.count,
        "bounds": _corners(cluster.bounds),
        "members": members,
    }


def incident_item(incident: Incident, position: LatLon) -> Item:
    """Return the marker of an open incident."""
    pins = len(incident.pins)
    return {
        "key": f"incident:{incident.id}",
        "kind": "incident",
        "id": incident.id,
        "at": _at(position),
        "z": 1000,
        "says": f"Incident: {shortened(incident.title, 120)}",
        "more": [f"{pins} camera{'' if pins == 1 else 's'} pinned"],
        "label": shortened(incident.title, 26),
    }


def _alert_z(urgency: Urgency, *, done: bool) -> int:
    return 2000 + 100 * (4 - int(urgency)) - (400 if done else 0)


def _listed(cluster: Cluster[Any]) -> Sequence[Any]:
    return cluster.ids[:LISTED] if extent_px(cluster.bounds, MAX_ZOOM) < PARTABLE_PX else ()


def _at(position: LatLon) -> list[float]:
    return [position.lat, position.lon]


def _corners(bounds: Bounds) -> list[float]:
    return [bounds.south, bounds.west, bounds.north, bounds.east]
