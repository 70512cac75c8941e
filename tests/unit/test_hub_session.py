from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.domain.errors import ProtocolError
from app.domain.events import AlertUpserted, HubOther
from app.domain.ids import Sequence
from app.sources.hub_session import HubSession
from app.wire.convert import alert_to
from app.wire.hub import EVENT_PREFIX, EventMessage
from tests.fakes.world import alert


def event(number: int, **changes: Any) -> dict[str, Any]:
    made = EventMessage(
        id=str(number),
        source="/hub",
        type=f"{EVENT_PREFIX}alert.upserted",
        sequence=number,
        data=alert_to(alert(number)).model_dump(mode="json"),
    ).model_dump(mode="json")
    return {**made, **changes}


def events(*numbers: int) -> str:
    return json.dumps({"type": "events", "events": [event(number) for number in numbers]})


def session(after: int = 0) -> HubSession:
    return HubSession("hub-a", Sequence(after))


def test_events_come_out_as_domain_facts_in_order() -> None:
    got = list(session().receive(events(1, 2)))
    assert [e.sequence for e in got] == [1, 2]
    assert isinstance(got[0].fact, AlertUpserted)
    assert got[0].fact.alert == alert(1)


def test_repeats_after_a_reconnection_are_left_out() -> None:
    following = session()
    list(following.receive(events(1, 2, 3)))
    assert [e.sequence for e in following.receive(events(2, 3, 4))] == [4]


def test_a_gap_asks_for_a_snapshot_and_hands_nothing_out_behind_it() -> None:
    following = session(5)
    with pytest.raises(ProtocolError):
        list(following.receive(events(7)))
    assert following.needs_snapshot
    assert following.after == 5


@pytest.mark.parametrize("frame", ["", "[]", "{}", '{"type":"dance"}', '{"type":"events"}', b"\xff\x00"])
def test_a_frame_that_is_not_of_the_protocol_is_refused(frame: str | bytes) -> None:
    with pytest.raises(ProtocolError):
        list(session().receive(frame))


def test_data_that_does_not_fit_its_type_is_refused() -> None:
    frame = json.dumps({"type": "events", "events": [event(1, data={"id": 3})]})
    with pytest.raises(ProtocolError, match="unfit data"):
        list(session().receive(frame))


def test_a_type_of_a_newer_hub_moves_the_number_on() -> None:
    frame = json.dumps({"type": "events", "events": [event(1, type=f"{EVENT_PREFIX}moon.rose")]})
    following = session()
    (got,) = following.receive(frame)
    assert got.fact == HubOther("moon.rose")
    assert following.after == 1


def test_another_hub_at_the_address_needs_a_snapshot() -> None:
    following = session(3)
    with pytest.raises(ProtocolError):
        list(following.receive('{"type":"welcome","hub_id":"hub-b","head":9}'))
    assert following.needs_snapshot


def test_reset_needs_a_snapshot_and_brings_no_event() -> None:
    following = session(3)
    assert not list(following.receive('{"type":"reset","reason":"too far back"}'))
    assert following.needs_snapshot


@given(st.lists(st.integers(1, 12), min_size=1, max_size=20))
def test_whatever_is_sent_each_event_comes_out_once_and_in_order(starts: list[int]) -> None:
    """Frames of three events that start anywhere, as reconnections would send them."""
    following, got = session(), []
    for start in starts:
        try:
            got += [e.sequence for e in following.receive(events(start, start + 1, start + 2))]
        except ProtocolError:
            continue
    assert got == list(range(1, len(got) + 1))
