"""A clock, a hub and a video engine that a test commands; and entities with sensible defaults."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from itertools import count
from pathlib import Path
from typing import Any

from app.domain.alert import Alert, AlertKind, AlertStatus, Urgency
from app.domain.camera import Camera, Lease, Quality, StreamKey, StreamKind, StreamProfile, Use
from app.domain.consent import Purpose
from app.domain.errors import OperatorError
from app.domain.evidence import Span, UseOnRecord
from app.domain.geo import LatLon
from app.domain.ids import AlertId, CameraId, IncidentId, WallId
from app.domain.incident import EntryKind, Incident, TimelineEntry
from app.domain.picture_size import PictureSize
from app.domain.ports import Frame, ImportPlan
from app.domain.privacy_mask import PrivacyMask
from app.domain.sound import Sound
from app.domain.stream_state import StreamFacts

START = datetime(2026, 1, 5, 21, 0, tzinfo=UTC)


class FakeClock:
    """Time that stands until a test moves it."""

    def __init__(self) -> None:
        self.seconds = 1000.0

    def monotonic(self) -> float:
        return self.seconds

    def utc(self) -> datetime:
        return START + timedelta(seconds=self.seconds - 1000.0)

    def advance(self, seconds: float) -> None:
        self.seconds += seconds


BOTH = (
    StreamProfile(Quality.MAIN, StreamKind.RTSP, 1280, 720, 15),
    StreamProfile(Quality.SUB, StreamKind.RTSP, 640, 360, 15),
)


def camera(number: int, lat: float = 41.0, lon: float = -72.0, **changes: Any) -> Camera:
    made = Camera(
        CameraId(f"cam-{number}"), f"Camera {number}", LatLon(lat, lon + number / 1000), streams=BOTH
    )
    return replace(made, **changes)


def alert(number: int, **changes: Any) -> Alert:
    made = Alert(
        id=AlertId(f"alert-{number}"),
        source="test",
        external_id=str(number),
        revision=0,
        kind=AlertKind.CALL_911,
        urgency=Urgency.NORMAL,
        title=f"Alert {number}",
        occurred_at=START + timedelta(seconds=number),
        received_at=START + timedelta(seconds=number),
        position=LatLon(41.0, -72.0),
        status=AlertStatus.NEW,
    )
    return replace(made, **changes)


def incident(number: int, **changes: Any) -> Incident:
    made = Incident(
        id=IncidentId(f"incident-{number}"),
        title=f"Incident {number}",
        opened_at=START,
        opened_by="dana",
        timeline=(TimelineEntry(START, "dana", EntryKind.OPENED, "Opened the incident"),),
    )
    return replace(made, **changes)


class FakeHub:
    """Implements `HubGateway`: records the calls; ``fail`` makes the next ones raise."""

    def __init__(self, clock: FakeClock) -> None:
        self._clock = clock
        self._ids = count(1)
        self.calls: list[tuple[Any, ...]] = []
        self.purposes: list[Purpose] = []
        self.fail: Callable[[], Exception] | None = None
        self.end_fail: Exception | None = None
        self.gate: asyncio.Event | None = None
        """While it is set up and not set, the answers to `lease` wait."""
        self.url = "rtsp://host/x"
        self.masks: tuple[PrivacyMask, ...] = ()
        self.watermark = ""
        self.lease_s = 3600.0

    def _call(self, *call: Any) -> None:
        self.calls.append(call)
        if self.fail is not None:
            raise self.fail()

    def named(self, name: str) -> list[tuple[Any, ...]]:
        return [call for call in self.calls if call[0] == name]

    async def renew_lease(self, lease_id: str) -> datetime:
        self._call("renew_lease", lease_id)
        return self._clock.utc() + timedelta(minutes=5)

    async def lease(self, key: StreamKey, purpose: Purpose, wall: WallId | None = None) -> Lease:
        self._call("lease", key)
        self.purposes.append(purpose)
        expires = self._clock.utc() + timedelta(seconds=self.lease_s)
        lease = Lease(f"lease-{next(self._ids)}", key, StreamKind.RTSP, self.url, expires, 15, self.masks)
        lease = replace(lease, watermark=self.watermark, wall=wall)
        if self.gate is not None:
            await self.gate.wait()
        return lease

    async def end_lease(self, lease_id: str) -> None:
        self._call("end_lease", lease_id)
        if self.end_fail is not None:
            raise self.end_fail

    async def use_lease(self, lease_id: str, use: Use) -> UseOnRecord:
        self._call("use_lease", lease_id, use)
        return UseOnRecord(len(self.calls), self._clock.utc(), "hub-1")

    async def acknowledge_alert(self, alert_id: AlertId) -> None:
        self._call("acknowledge_alert", alert_id)

    async def open_incident(
        self, title: str, position: LatLon | None, alert_id: AlertId | None
    ) -> IncidentId:
        self._call("open_incident", title, position, alert_id)
        return IncidentId(f"incident-{next(self._ids)}")

    async def add_alert(self, incident_id: IncidentId, alert_id: AlertId) -> None:
        self._call("add_alert", incident_id, alert_id)

    async def pin_camera(self, incident_id: IncidentId, camera_id: CameraId) -> None:
        self._call("pin_camera", incident_id, camera_id)

    async def unpin_camera(self, incident_id: IncidentId, camera_id: CameraId) -> None:
        self._call("unpin_camera", incident_id, camera_id)

    async def add_note(self, incident_id: IncidentId, text: str, note_id: str) -> None:
        self._call("add_note", incident_id, text, note_id)

    async def close_incident(self, incident_id: IncidentId) -> None:
        self._call("close_incident", incident_id)

    async def plan_import(self, name: str, content: bytes) -> ImportPlan:
        self._call("plan_import", name, content)
        return ImportPlan("plan", 1, 0, 0, ())

    async def apply_import(self, token: str) -> None:
        self._call("apply_import", token)


class FakeEngine:
    """Implements `VideoEngine` without pictures: a test gives each stream its facts."""

    def __init__(self, clock: FakeClock) -> None:
        self._clock = clock
        self.open_streams: dict[StreamKey, Lease] = {}
        self.known: dict[StreamKey, StreamFacts] = {}
        self.opened: list[StreamKey] = []
        self.closed: list[StreamKey] = []
        self.fitted: list[tuple[StreamKey, PictureSize]] = []
        self.rested: list[StreamKey] = []
        self.saved: list[tuple[StreamKey, float, Path, str]] = []
        self.heard = Sound.STARTING
        self.listened: list[tuple[StreamKey, int] | None] = []
        """What was to be heard, and how loud in per cent; None for nothing. Each once."""
        self.trouble: str | None = None
        """Why the next file is not saved."""

    async def open(self, lease: Lease) -> None:
        if lease.key not in self.open_streams:
            self.opened.append(lease.key)
            self.known[lease.key] = StreamFacts(self._clock.monotonic())
        self.open_streams[lease.key] = lease

    async def close(self, key: StreamKey) -> None:
        if self.open_streams.pop(key, None) is not None:
            self.closed.append(key)
            del self.known[key]

    def picture(self, key: StreamKey) -> None:
        """Let a picture of that stream come now."""
        facts = self.known[key]
        self.known[key] = replace(
            facts,
            pictures_decoded=facts.pictures_decoded + 1,
            last_picture_at=self._clock.monotonic(),
            last_packet_at=self._clock.monotonic(),
        )

    def fit(self, key: StreamKey, size: PictureSize) -> None:
        assert key in self.open_streams, "a stream is fitted only while it is open"
        self.fitted.append((key, size))

    def rest(self, key: StreamKey) -> None:
        assert key in self.open_streams, "a stream rests only while it is open"
        self.rested.append(key)

    def listen(self, key: StreamKey, volume: int) -> None:
        if self.listened[-1:] != [(key, volume)]:
            self.listened.append((key, volume))

    def hush(self) -> None:
        self.heard = Sound.STARTING
        if self.listened and self.listened[-1] is not None:
            self.listened.append(None)

    def replay(self, key: StreamKey, ago_s: int) -> StreamKey | None:
        if key not in self.open_streams:
            return None
        past = replace(key, replay_s=ago_s)
        self.open_streams[past] = self.open_streams[key]
        self.known[past] = StreamFacts(self._clock.monotonic())
        return past

    def end_replay(self, key: StreamKey) -> None:
        if self.open_streams.pop(key, None) is not None:
            self.closed.append(key)
            del self.known[key]

    async def save(self, key: StreamKey, since: float, path: Path, title: str) -> Span:
        self._save(key, since, path, title)
        return Span(since, self._clock.monotonic())

    async def save_still(self, key: StreamKey, at: float, path: Path, title: str) -> None:
        self._save(key, at, path, title)

    def _save(self, key: StreamKey, at: float, path: Path, title: str) -> None:
        if self.trouble is not None:
            raise OperatorError(self.trouble)
        self.saved.append((key, at, path, title))

    def facts(self, key: StreamKey) -> StreamFacts | None:
        return self.known.get(key)

    def newest_number(self, key: StreamKey) -> int:
        facts = self.known.get(key)
        return facts.pictures_decoded if facts else 0

    def newest(self, key: StreamKey) -> Frame | None:
        return None

    async def aclose(self) -> None:
        self.open_streams.clear()
