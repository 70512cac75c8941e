from __future__ import annotations

from dataclasses import replace

from app.domain.alert import AlertKind, AlertStatus, Urgency
from app.domain.events import AlertUpserted, HubEvent, IncidentUpserted
from app.domain.geo import LatLon
from app.domain.ids import Sequence
from app.store.queries import AlertFilter, CameraSearch, nearest_cameras, open_incidents, queue
from app.store.state import Store
from tests.fakes.world import START, alert, camera, incident

CAMERAS = [
    camera(1, name="Main St & 5th Ave", place="Downtown", tags=("traffic",)),
    camera(2, name="Riverside School, gate", place="Eastbank", tags=("school", "private")),
    camera(3, name="Harbour bridge south", place="Quay", tags=("traffic", "bridge")),
]


def found(text: str) -> list[str]:
    return [c.id for c in CameraSearch(CAMERAS).find(text)]


def test_search_finds_by_name_place_and_tag() -> None:
    assert found("5th")[0] == "cam-1"
    assert found("eastbank")[0] == "cam-2"
    assert found("bridge")[0] == "cam-3"
    assert set(found("traffic")) >= {"cam-1", "cam-3"}


def test_search_forgives_a_wrong_letter_and_another_order() -> None:
    assert found("riversde scool")[0] == "cam-2"
    assert found("ave main")[0] == "cam-1"
    assert found("harbor")[0] == "cam-3"


def test_search_shows_all_by_name_without_words_and_nothing_for_nonsense() -> None:
    assert found("  ") == ["cam-3", "cam-1", "cam-2"]
    assert found("zzqqxx") == []


def test_nearest_cameras_come_nearest_first() -> None:
    there = LatLon(41.0, -71.9985)
    assert [c.id for c in nearest_cameras([camera(n) for n in range(6)], there, 4)] == [
        "cam-1",
        "cam-2",
        "cam-0",
        "cam-3",
    ]


def filled() -> Store:
    store = Store()
    rows = (
        alert(1, kind=AlertKind.GUNSHOT, urgency=Urgency.CRITICAL),
        alert(2, urgency=Urgency.LOW, title="Noise <b>loud</b>", place="5th & Main"),
        alert(3, status=AlertStatus.ACKNOWLEDGED),
    )
    for number, row in enumerate(rows, start=1):
        store.apply(HubEvent(Sequence(number), AlertUpserted(row)))
    return store


def ids(wanted: AlertFilter) -> list[str]:
    return [a.id for a in queue(filled(), wanted)]


def test_filters_narrow_by_kind_urgency_status_and_words() -> None:
    assert ids(AlertFilter()) == ["alert-1", "alert-2", "alert-3"]
    assert ids(AlertFilter(kinds=frozenset({AlertKind.GUNSHOT}))) == ["alert-1"]
    assert ids(AlertFilter(least_urgency=Urgency.NORMAL)) == ["alert-1", "alert-3"]
    assert ids(AlertFilter(open_only=True)) == ["alert-1", "alert-2"]
    assert ids(AlertFilter(text="MAIN loud")) == ["alert-2"]
    assert ids(AlertFilter(text="gunshot")) == ["alert-1"]


def test_open_incidents_come_before_closed_ones() -> None:
    store = Store()
    closed = replace(incident(1), closed_at=START)
    for number, row in enumerate((closed, incident(2)), start=1):
        store.apply(HubEvent(Sequence(number), IncidentUpserted(row)))
    assert [i.id for i in open_incidents(store)] == ["incident-2", "incident-1"]
