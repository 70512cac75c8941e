from __future__ import annotations

import asyncio
import itertools

from pytestqt.qtbot import QtBot

from app.bridge.stall_meter import INTERVAL_MS, StallMeter
from app.bridge.store_bridge import MIN_INTERVAL_MS, StoreBridge
from app.bridge.task_scope import TaskScope
from app.domain.changes import Changes
from app.domain.clock import SystemClock
from app.domain.events import AlertUpserted, HubEvent, LinkChanged, LinkState
from app.domain.ids import Sequence
from app.domain.restart_policy import RestartPolicy
from app.store.state import Store
from tests.conftest import LogLines
from tests.fakes.waiting import run, until
from tests.fakes.world import FakeClock, alert


def test_a_burst_is_one_signal_with_everything_in_it(qtbot: QtBot) -> None:
    store = Store()
    bridge = StoreBridge(store)
    heard: list[Changes] = []
    bridge.changed.connect(heard.append)
    for number in range(1, 201):
        store.apply(HubEvent(Sequence(number), AlertUpserted(alert(number))))
    store.apply(LinkChanged(LinkState.CONNECTED))
    qtbot.waitUntil(lambda: bool(heard))
    (changes,) = heard
    assert len(changes.alerts) == 200
    assert changes.link


def test_a_steady_stream_of_changes_is_at_most_twenty_signals_a_second(qtbot: QtBot) -> None:
    store, clock = Store(), SystemClock()
    bridge = StoreBridge(store)
    times: list[float] = []
    seen: set[str] = set()

    def hear(changes: Changes) -> None:
        times.append(clock.monotonic())
        seen.update(changes.alerts)

    bridge.changed.connect(hear)
    number = 0

    def feed() -> bool:
        nonlocal number
        number += 1
        store.apply(HubEvent(Sequence(number), AlertUpserted(alert(number))))
        return len(times) >= 5

    qtbot.waitUntil(feed)
    gaps = [b - a for a, b in itertools.pairwise(times)]
    bridge.flush()
    assert min(gaps) >= MIN_INTERVAL_MS / 1000 * 0.9
    assert seen == {f"alert-{n}" for n in range(1, number + 1)}


def test_the_stall_meter_measures_how_late_the_loop_runs(qtbot: QtBot) -> None:
    clock = FakeClock()
    meter = StallMeter(clock)
    assert meter.lateness_ms(0.99) == 0.0
    meter.start()
    clock.advance(0.250)
    qtbot.waitUntil(lambda: meter.lateness_ms(1.0) > 0)
    meter.stop()
    assert abs(meter.lateness_ms(1.0) - (250 - INTERVAL_MS)) < 0.01


def test_the_stall_meter_tells_the_usual_lateness_from_the_worst(qtbot: QtBot) -> None:
    clock = FakeClock()
    meter = StallMeter(clock)
    meter.start()
    late = iter([0.004] * 97 + [0.020, 0.030, 0.500])

    def tick() -> None:
        clock.advance(INTERVAL_MS / 1000 + next(late))
        meter._on_timeout()

    meter._timer.stop()
    for _ in range(100):
        tick()
    assert [round(meter.lateness_ms(share)) for share in (0.5, 0.9, 0.98, 1.0)] == [4, 4, 20, 500]
    assert round(meter.lateness_ms(0.0, newest=2)) == 30


def test_a_task_that_fails_is_routed_and_logged_and_the_others_go_on(log_lines: LogLines) -> None:
    failed: list[tuple[str, str]] = []
    done: list[str] = []

    async def breaks() -> None:
        raise RuntimeError("broken")

    async def works() -> None:
        await asyncio.sleep(0)
        done.append("ok")

    async def play() -> None:
        scope = TaskScope(lambda name, error: failed.append((name, str(error))))
        scope.start("Breaking", breaks())
        scope.start("Working", works())
        await until(lambda: len(scope) == 0)
        await scope.aclose()

    run(play())
    assert failed == [("Breaking", "broken")]
    assert done == ["ok"]
    log_lines.expect("task failed")


def test_closing_a_scope_cancels_its_tasks_and_refuses_new_ones() -> None:
    ended: list[str] = []

    async def lasts() -> None:
        try:
            await asyncio.Event().wait()
        finally:
            ended.append("ended")

    async def play() -> None:
        scope = TaskScope(lambda *_: None)
        scope.start("Lasting", lasts())
        await asyncio.sleep(0)
        await scope.aclose()
        scope.start("Late", lasts())
        assert len(scope) == 0

    run(play())
    assert ended == ["ended"]


def test_a_task_that_is_cancelled_before_its_first_step_leaves_no_coroutine_behind() -> None:
    async def never_begun() -> None:
        raise AssertionError("this must not run")

    async def play() -> None:
        scope = TaskScope(lambda *_: None)
        scope.start("Never begun", never_begun())
        await scope.aclose()

    run(play())


def test_what_the_console_cannot_do_without_is_run_anew_after_it_failed(log_lines: LogLines) -> None:
    failed: list[str] = []
    runs: list[int] = []

    async def breaks_twice() -> None:
        runs.append(len(runs))
        if len(runs) < 3:
            raise RuntimeError("broken")
        await asyncio.Event().wait()

    async def play() -> None:
        policy = RestartPolicy(first_s=0.01, cap_s=0.02)
        scope = TaskScope(lambda name, _: failed.append(name), policy=policy)
        scope.keep("Lasting", breaks_twice)
        await until(lambda: len(runs) == 3)
        await scope.aclose()
        assert len(scope) == 0

    run(play())
    assert failed == ["Lasting", "Lasting"]
    log_lines.expect("task failed")
