from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.domain.alert import Alert, AlertStatus, Urgency, queue_order
from app.domain.changes import Changes
from app.domain.errors import ProtocolError
from app.domain.events import (
    AlertRemoved,
    AlertSelected,
    AlertUpserted,
    CameraRemoved,
    CameraUpserted,
    HubEvent,
    HubFact,
    IncidentUpserted,
    LinkChanged,
    LinkState,
    SnapshotLoaded,
    WallChanged,
)
from app.domain.ids import AlertId, CameraId, Sequence, WallId
from app.domain.wall import Wall, grid_named
from app.store.alert_queue import AlertQueue
from app.store.state import Store
from tests.fakes.world import START, alert, camera, incident


def numbered(number: int, fact: HubFact) -> HubEvent:
    return HubEvent(Sequence(number), fact)


def test_an_event_that_comes_twice_changes_nothing_the_second_time() -> None:
    store = Store()
    event = numbered(1, AlertUpserted(alert(1)))
    assert store.apply(event).alerts == {"alert-1"}
    assert not store.apply(event)
    assert store.alerts_received == 1


def test_a_gap_in_the_numbers_is_refused_and_nothing_is_applied() -> None:
    store = Store()
    with pytest.raises(ProtocolError):
        store.apply(numbered(2, CameraUpserted(camera(1))))
    assert store.sequence == 0
    assert not store.cameras


def test_a_revision_replaces_the_alert_and_counts_once() -> None:
    store = Store()
    store.apply(numbered(1, AlertUpserted(alert(1))))
    store.apply(numbered(2, AlertUpserted(alert(1, revision=1, urgency=Urgency.CRITICAL))))
    assert [a.urgency for a in store.alerts] == [Urgency.CRITICAL]
    assert store.alerts_received == 1


def test_a_snapshot_replaces_what_was_known_and_drops_a_selection_that_is_gone() -> None:
    store = Store()
    store.apply(numbered(1, AlertUpserted(alert(1))))
    store.apply(numbered(2, CameraUpserted(camera(1))))
    store.apply(AlertSelected(AlertId("alert-1")))
    changes = store.apply(SnapshotLoaded(Sequence(9), (camera(2),), (alert(2),), (incident(1),)))
    assert changes.all_reloaded
    assert set(store.cameras) == {"cam-2"}
    assert [a.id for a in store.alerts] == ["alert-2"]
    assert set(store.incidents) == {"incident-1"}
    assert store.selected_alert is None
    assert store.sequence == 9


def test_an_alert_known_before_a_snapshot_is_not_received_twice() -> None:
    store = Store()
    store.apply(numbered(1, AlertUpserted(alert(1))))
    store.apply(SnapshotLoaded(Sequence(2), (), (alert(1), alert(2)), ()))
    assert store.alerts_received == 2


def test_an_alert_that_has_left_leaves_the_queue_and_the_selection() -> None:
    store = Store()
    for number in (1, 2):
        store.apply(numbered(number, AlertUpserted(alert(number))))
    store.apply(AlertSelected(AlertId("alert-1")))
    changes = store.apply(numbered(3, AlertRemoved(AlertId("alert-1"))))
    assert (changes.alerts, changes.selection) == ({"alert-1"}, True)
    assert [a.id for a in store.alerts] == ["alert-2"]
    assert store.selected_alert is None
    assert not store.apply(numbered(4, AlertRemoved(AlertId("alert-1"))))


def test_cameras_and_incidents_come_change_and_go() -> None:
    store = Store()
    store.apply(numbered(1, CameraUpserted(camera(1))))
    store.apply(numbered(2, CameraUpserted(camera(1, name="Renamed"))))
    assert store.cameras[CameraId("cam-1")].name == "Renamed"
    assert store.apply(numbered(3, CameraRemoved(CameraId("cam-1")))).cameras == {"cam-1"}
    assert not store.cameras
    assert store.apply(numbered(4, IncidentUpserted(incident(1)))).incidents == {"incident-1"}


def test_subscribers_hear_of_changes_only_and_can_stop() -> None:
    store = Store()
    heard: list[Changes] = []
    stop = store.subscribe(heard.append)
    store.apply(LinkChanged(LinkState.CONNECTED))
    store.apply(LinkChanged(LinkState.CONNECTED))
    store.apply(WallChanged(Wall(WallId("w"), grid_named("2×2"))))
    stop()
    store.apply(LinkChanged(LinkState.LOST, "gone"))
    assert heard == [Changes(link=True), Changes(walls=frozenset({WallId("w")}))]


def test_changes_merge_and_know_when_they_are_empty() -> None:
    both = Changes(alerts=frozenset({AlertId("a")})) | Changes(alerts=frozenset({AlertId("b")}), link=True)
    assert both.alerts == {"a", "b"}
    assert both.link
    assert not Changes()


def test_the_queue_shows_open_then_urgent_then_new_first() -> None:
    queue = AlertQueue()
    handled = alert(1, status=AlertStatus.ACKNOWLEDGED, urgency=Urgency.CRITICAL)
    old, new = alert(2, urgency=Urgency.HIGH), alert(3, urgency=Urgency.HIGH)
    low = alert(9, urgency=Urgency.LOW)
    for one in (low, handled, old, new):
        queue.put(one)
    assert [a.id for a in queue] == ["alert-3", "alert-2", "alert-9", "alert-1"]


def test_a_full_queue_lets_go_of_the_last_in_order_and_says_so() -> None:
    queue = AlertQueue(limit=2)
    queue.put(alert(1, urgency=Urgency.LOW))
    queue.put(alert(2))
    assert queue.put(alert(3)) == {"alert-3", "alert-1"}
    assert [a.id for a in queue] == ["alert-3", "alert-2"]


alerts = st.builds(
    lambda n, urgency, second, status: alert(
        n, urgency=urgency, occurred_at=START + timedelta(seconds=second), status=status
    ),
    st.integers(0, 15),
    st.sampled_from(Urgency),
    st.integers(0, 5),
    st.sampled_from(AlertStatus),
)


@given(st.lists(alerts, max_size=60), st.integers(1, 12))
def test_the_queue_stays_sorted_unique_and_within_its_limit(arrivals: list[Alert], limit: int) -> None:
    queue = AlertQueue(limit)
    for one in arrivals:
        queue.put(one)
        held = list(queue)
        assert held == sorted(held, key=queue_order)
        assert len({a.id for a in held}) == len(held) == len(queue) <= limit
        assert all(queue.get(a.id) == a for a in held)


def test_a_replaced_alert_moves_to_its_new_place() -> None:
    queue = AlertQueue()
    for number in range(5):
        queue.put(alert(number))
    queue.put(replace(alert(0), urgency=Urgency.CRITICAL))
    assert next(iter(queue)).id == "alert-0"


def test_a_sender_with_a_fast_clock_does_not_stay_at_the_top() -> None:
    queue = AlertQueue()
    queue.put(alert(1, occurred_at=START + timedelta(days=1), received_at=START))
    queue.put(alert(2, occurred_at=START + timedelta(seconds=5), received_at=START + timedelta(seconds=6)))
    assert [a.id for a in queue] == ["alert-2", "alert-1"]
