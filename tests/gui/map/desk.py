"""Made-up things to put on a map, and a way to ask its page."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from typing import Any

from pytestqt.qtbot import QtBot

from app.domain.alert import Alert, AlertKind, AlertStatus, Urgency
from app.domain.camera import Camera
from app.domain.geo import LatLon
from app.domain.ids import AlertId, CameraId, IncidentId
from app.domain.incident import Incident
from widgets.map.view import MapView

NOON = datetime(2026, 3, 1, 12, 0, tzinfo=UTC)
CITY = LatLon(41.85, -87.65)
READY_MS = 20_000


def camera(key: str, lat: float = CITY.lat, lon: float = CITY.lon, name: str = "", **more: Any) -> Camera:
    """Return a camera at a place."""
    return Camera(CameraId(key), name or f"Camera {key}", LatLon(lat, lon), **more)


def alert(key: str, lat: float | None = CITY.lat, lon: float = CITY.lon, **more: Any) -> Alert:
    """Return an alert at a place, or nowhere."""
    values: dict[str, Any] = {"kind": AlertKind.GUNSHOT, "urgency": Urgency.CRITICAL, "title": f"Alert {key}"}
    return Alert(
        id=AlertId(key),
        source="test",
        external_id=key,
        revision=0,
        occurred_at=NOON,
        received_at=NOON,
        position=None if lat is None else LatLon(lat, lon),
        status=more.pop("status", AlertStatus.NEW),
        **{**values, **more},
    )


def incident(key: str, lat: float = CITY.lat, lon: float = CITY.lon, **more: Any) -> Incident:
    """Return an incident at a place."""
    return Incident(
        IncidentId(key), more.pop("title", f"Incident {key}"), NOON, "op", LatLon(lat, lon), **more
    )


class Page:
    """Asks a map's page, as an eye and a hand on it would."""

    def __init__(self, view: MapView, qtbot: QtBot) -> None:
        self._view = view
        self._qtbot = qtbot

    def ask(self, expression: str) -> Any:
        """Return the value of a JavaScript expression."""
        answers: list[str] = []
        surface = self._view.surface()
        assert surface is not None
        surface.page().runJavaScript(f"JSON.stringify([{expression}])", answers.append)
        self._qtbot.waitUntil(lambda: bool(answers))
        return json.loads(answers[0])[0] if answers[0] else None

    def wait_for(self, expression: str, wanted: Any = True, timeout_ms: int = 8000) -> None:
        """Wait until the expression has that value."""
        self._qtbot.waitUntil(lambda: self.ask(expression) == wanted, timeout=timeout_ms)

    def count(self, selector: str) -> int:
        """Return how many elements match a CSS selector."""
        return int(self.ask(f"document.querySelectorAll({json.dumps(selector)}).length"))

    def wait_for_count(self, selector: str, wanted: int) -> None:
        """Wait until that many elements match."""
        self.wait_for(f"document.querySelectorAll({json.dumps(selector)}).length", wanted)

    def event(self, selector: str, name: str) -> None:
        """Send a mouse event to the first element that matches."""
        self.ask(
            f"document.querySelector({json.dumps(selector)}).dispatchEvent("
            f"new MouseEvent({json.dumps(name)}, {{bubbles: true, cancelable: true}}))"
        )
