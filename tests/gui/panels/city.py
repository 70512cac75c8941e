"""A made-up city in a real store: cameras, alerts and incidents for the panels' tests and gallery."""

from __future__ import annotations

import random
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from app.domain.alert import Alert, AlertKind, AlertStatus, Urgency
from app.domain.camera import Camera, Quality, StreamKind, StreamProfile
from app.domain.changes import Changes
from app.domain.events import (
    AlertUpserted,
    CameraUpserted,
    HubEvent,
    HubFact,
    IncidentUpserted,
    SnapshotLoaded,
)
from app.domain.geo import LatLon
from app.domain.ids import AlertId, CameraId, IncidentId, Sequence
from app.domain.incident import EntryKind, Incident, Pin, TimelineEntry
from app.store.state import Store

START = datetime(2026, 11, 21, 18, 30, tzinfo=UTC)
STREETS = (
    "Harbour St",
    "Mill Rd",
    "Station Sq",
    "Quay West",
    "Foundry Lane",
    "Hill Ave",
    "Market Pl",
    "Canal St",
)
TAGS = ("school", "bridge", "ptz", "transit", "night", "parking")


@dataclass
class StillClock:
    """A clock that moves only when told to; seconds since its start."""

    passed_s: float = 0.0

    def monotonic(self) -> float:
        return self.passed_s

    def utc(self) -> datetime:
        return START + timedelta(seconds=self.passed_s)


def camera(number: int, **fields: object) -> Camera:
    chance = random.Random(number)
    cross = chance.sample(STREETS, 2)
    kind = chance.choice(tuple(StreamKind))
    made: dict[str, object] = {
        "id": CameraId(f"cam-{number:05d}"),
        "name": f"{cross[0]} at {cross[1]} {number}",
        "position": LatLon(51.5 + chance.uniform(-0.05, 0.05), chance.uniform(-0.05, 0.05)),
        "place": f"District {number % 9 + 1}",
        "bearing_deg": float(chance.randrange(360)),
        "tags": tuple(chance.sample(TAGS, number % 3)),
        "streams": (
            StreamProfile(Quality.MAIN, kind, 1280, 720, 15.0),
            StreamProfile(Quality.SUB, kind, 640, 360),
        ),
    }
    return Camera(**(made | fields))  # type: ignore[arg-type]


def alert(number: int, **fields: object) -> Alert:
    chance = random.Random(number)
    kind = chance.choice(tuple(AlertKind))
    titles = {
        AlertKind.CALL_911: "911: person with a knife outside the pharmacy",
        AlertKind.GUNSHOT: "Gunshots, 4 rounds",
        AlertKind.PLATE_HIT: "Stolen vehicle 7XKJ204, grey pickup",
        AlertKind.PANIC: "Panic button, front desk",
        AlertKind.OTHER: "Water main pressure drop",
    }
    made: dict[str, object] = {
        "id": AlertId(f"alert-{number:06d}"),
        "source": chance.choice(("cad", "acoustic", "lpr-north", "schools")),
        "external_id": str(number),
        "revision": 0,
        "kind": kind,
        "urgency": chance.choices(tuple(Urgency), (1, 3, 6, 4))[0],
        "title": titles[kind],
        "occurred_at": START - timedelta(seconds=number * 7),
        "received_at": START - timedelta(seconds=number * 7),
        "place": f"{chance.choice(STREETS)} {chance.randrange(1, 200)}",
        "position": LatLon(51.5, 0.0),
    }
    return Alert(**(made | fields))  # type: ignore[arg-type]


def incident(number: int, **fields: object) -> Incident:
    opened = START - timedelta(minutes=11 * number)
    made: dict[str, object] = {
        "id": IncidentId(f"incident-{number}"),
        "title": ("Shots fired, Mill Rd", "Missing child, Market Pl", "Stolen pickup heading north")[
            number % 3
        ],
        "opened_at": opened,
        "opened_by": "desk-2",
        "alert_ids": (AlertId("alert-000001"),),
        "pins": (Pin(CameraId("cam-00001"), "desk-2", opened + timedelta(seconds=40)),),
        "timeline": (
            TimelineEntry(opened, "desk-2", EntryKind.OPENED, "from 911: shots heard near the mill"),
            TimelineEntry(opened + timedelta(seconds=40), "desk-2", EntryKind.CAMERA_PINNED, "cam-00001"),
            TimelineEntry(
                opened + timedelta(seconds=95), "desk-4", EntryKind.NOTE, "Unit 12 is two minutes out."
            ),
        ),
    }
    return Incident(**(made | fields))  # type: ignore[arg-type]


def loaded(cameras: int = 0, alerts: int = 0, incidents: int = 0) -> Store:
    """Return a store that holds so many of each, from one snapshot."""
    store = Store()
    store.apply(
        SnapshotLoaded(
            Sequence(1),
            tuple(camera(n) for n in range(cameras)),
            tuple(
                alert(n, status=AlertStatus.ACKNOWLEDGED if n % 5 == 4 else AlertStatus.NEW)
                for n in range(alerts)
            ),
            tuple(incident(n) for n in range(incidents)),
        )
    )
    return store


def tell(store: Store, *things: Camera | Alert | Incident) -> Changes:
    """Apply the hub's events for those things, as they come over the live socket; return what changed."""
    changes = Changes()
    for thing in things:
        fact: HubFact
        match thing:
            case Camera():
                fact = CameraUpserted(thing)
            case Alert():
                fact = AlertUpserted(thing)
            case Incident():
                fact = IncidentUpserted(thing)
        changes |= store.apply(HubEvent(Sequence(store.sequence + 1), fact))
    return changes
