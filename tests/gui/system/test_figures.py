"""Rates, the five minutes, the order of streams, and the real processes' figures."""

from __future__ import annotations

import os
from math import isnan

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.domain.camera import Quality, StreamKey
from app.domain.clock import SystemClock
from app.domain.events import SnapshotLoaded
from app.domain.ids import CameraId, Sequence, WallId
from app.domain.ports import StreamCounts
from app.domain.stream_state import Fault, StreamState, StreamStatus
from app.domain.system_look import PaintCounts, StreamLook, SystemLook
from app.sources.video.figures import VideoFigures
from app.sources.video.supervisor import VideoSupervisor
from app.store.state import Store
from tests.fakes.world import camera
from widgets.system.history import SPAN_S, History
from widgets.system.rates import Rates
from widgets.system.reader import SystemReader
from widgets.system.readings import StreamReading, age_text, badness, summary


def stream(
    name: str,
    state: StreamState = StreamState.LIVE,
    age_s: float | None = 0.1,
    dropped: float | None = 0.0,
    restarts: int = 0,
) -> StreamReading:
    key = StreamKey(CameraId(name), Quality.SUB)
    fault = Fault.NO_PICTURE if state is StreamState.FROZEN else None
    return StreamReading(
        key,
        name,
        "wf-decoder-1",
        StreamStatus(state, age_s, fault),
        age_s,
        kbit=1400.0,
        received=15.0,
        decoded=15.0,
        painted=15.0,
        dropped=dropped,
        restarts=restarts,
    )


def test_a_rate_is_over_the_looks_of_its_window() -> None:
    rates: Rates[str] = Rates(over_s=2.0)
    assert rates.look({"a": (0.0, 0)}) == {}
    assert rates.look({"a": (1.0, 14)}) == {"a": 14.0}
    assert rates.look({"a": (2.0, 30)}) == {"a": 15.0}
    assert rates.look({"a": (3.0, 45)}) == {"a": 15.5}
    assert rates.look({"a": (10.0, 45)})["a"] == pytest.approx(0.0)


def test_a_count_that_began_anew_or_was_gone_has_no_rate() -> None:
    rates: Rates[str] = Rates(over_s=5.0)
    rates.look({"a": (0.0, 100)})
    assert rates.look({"a": (1.0, 5)}) == {}
    assert rates.look({}) == {}
    assert rates.look({"a": (3.0, 50)}) == {}
    rates.forget()
    assert rates.look({"a": (4.0, 60)}) == {}


def test_a_stopped_count_falls_to_no_rate_within_its_window() -> None:
    rates: Rates[str] = Rates(over_s=3.0)
    for second in range(10):
        rates.look({"a": (float(second), second * 15)})
    for second in range(10, 14):
        rate = rates.look({"a": (float(second), 135)})["a"]
    assert rate == 0.0


SEEN, HIDDEN = StreamKey(CameraId("cam-1"), Quality.SUB), StreamKey(CameraId("cam-1"), Quality.MAIN)
HERE, THERE = (WallId("wall-1"), CameraId("cam-1")), (WallId("wall-2"), CameraId("cam-1"))


def look(at: float, counts: StreamCounts, here: PaintCounts, there: PaintCounts) -> SystemLook:
    status = StreamStatus(StreamState.LIVE, 0.0)
    return SystemLook(
        at=at,
        streams={SEEN: StreamLook(status, counts, True), HIDDEN: StreamLook(status, counts, False)},
        paints={HERE: here, THERE: there},
        loads={},
        console="console",
        late_s=0.004,
        late_in_minute_s=0.05,
        hub_round_trip_s=0.002,
        trouble=None,
    )


def test_dropped_is_what_nobody_saw_left_out_by_the_decoder_or_overtaken_where_most_was_painted() -> None:
    store = Store()
    store.apply(SnapshotLoaded(Sequence(1), (camera(1),), (), ()))
    reader = SystemReader(store)
    reader.take(
        look(0.0, StreamCounts("w", 100, 0, 0, 100, 0, 0.0), PaintCounts(90, 5), PaintCounts(1000, 0))
    )
    reading = reader.take(
        look(2.0, StreamCounts("w", 130, 50_000, 4, 126, 0, 1.9), PaintCounts(110, 11), PaintCounts(1002, 24))
    )
    seen, hidden = reading.streams
    assert (seen.kbit, seen.received, seen.decoded) == (200.0, 15.0, 13.0)
    # Two a second were left out; three a second were overtaken on the wall that painted ten.
    assert (seen.painted, seen.dropped) == (10.0, 5.0)
    assert (hidden.painted, hidden.dropped) == (None, 2.0)
    assert (reading.painted, reading.dropped) == (11.0, 7.0)
    assert (reading.late_ms, reading.hub_ms) == (4.0, 2.0)


def test_the_history_keeps_five_minutes_and_breaks_where_nobody_measured() -> None:
    history = History()
    for second in range(400):
        history.add(float(second), float(second % 7))
    ages, values = history.line(399.0)
    assert ages[0] == -SPAN_S
    assert ages[-1] == 0.0
    assert len(ages) == 301
    history.add(450.0, 1.0)
    _, values = history.line(450.0)
    assert isnan(values[-2])
    assert history.newest == 1.0
    assert history.largest == 6.0


def test_the_worst_stream_comes_first() -> None:
    streams = [
        stream("fine"),
        stream("half", dropped=8.0),
        stream("restarted", restarts=3),
        stream("frozen", StreamState.FROZEN, 7.0),
        stream("frozen for long", StreamState.FROZEN, 70.0),
        stream("late", StreamState.DELAYED, 1.5),
        stream("gone", StreamState.OFFLINE, None),
        stream("starting", StreamState.CONNECTING, None),
    ]
    names = [reading.camera for reading in sorted(streams, key=badness)]
    assert names == ["gone", "frozen for long", "frozen", "late", "starting", "half", "restarted", "fine"]


@given(st.floats(0, 0.99), st.floats(0, 0.99))
def test_healthy_streams_do_not_change_places_with_each_picture(one: float, other: float) -> None:
    assert badness(stream("a", age_s=one)) < badness(stream("b", age_s=other))


def test_the_headline_counts_the_worst_states_first() -> None:
    streams = (stream("a"), stream("b", StreamState.OFFLINE), stream("c"))
    assert summary(streams) == "3 open streams: 1 offline, 2 live · 4.2 Mbit/s"


def test_ages_are_told_in_the_unit_that_matters() -> None:
    assert [age_text(age) for age in (None, 0.04, 9.94, 12.0, 200.0)] == [
        "–",
        "0.0 s",
        "9.9 s",
        "12 s",
        "3 min",
    ]


def test_the_engines_figures_hold_the_real_processes_and_leave_out_what_has_ended() -> None:
    figures = VideoFigures(VideoSupervisor(SystemClock(), decoder="synthetic"), SystemClock())
    assert figures.processes() == {figures.console: os.getpid()}
    loads = figures.weigh({**figures.processes(), "gone": 2**22 - 1})
    assert loads.keys() == {figures.console}
    assert loads[figures.console].memory_mb > 10
    assert loads[figures.console].cpu_s > 0
    assert figures.counts(StreamKey(CameraId("nobody"), Quality.MAIN)) is None
