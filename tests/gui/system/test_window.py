"""When the system page reads, and what opening it costs."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable, Coroutine
from pathlib import Path

from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QWidget

from app.domain.camera import Quality, StreamKey
from app.domain.events import CameraUpserted, HubEvent, StreamChanged
from app.domain.ids import CameraId, Sequence
from app.domain.ports import ProcessLoad, StreamCounts
from app.domain.stream_state import StreamState, StreamStatus
from layouts.system_window import SystemWindow
from tests.fakes.waiting import until
from tests.fakes.world import camera
from tests.gui.system.conftest import Desktop

Play = Callable[[Callable[[Desktop], Coroutine[None, None, None]]], None]
KEY = StreamKey(CameraId("cam-1"), Quality.SUB)


def opened(desk: Desktop) -> SystemWindow:
    """Open the page as an operator does; the shortcut needs an active window."""
    desk.windows.main.system_requested.emit()
    window = desk.windows.system
    assert window is not None
    return window


def test_the_key_f9_opens_the_page_and_escape_closes_it(at_desk: Play) -> None:
    async def play(desk: Desktop) -> None:
        desk.windows.main.activateWindow()
        await until(desk.windows.main.isActiveWindow)
        QTest.keyClick(desk.windows.main, Qt.Key.Key_F9)
        await until(lambda: desk.windows.system is not None and desk.windows.system.isVisible())
        window = desk.windows.system
        assert window is not None
        QTest.keyClick(window.page.stream_view, Qt.Key.Key_Escape)
        await until(lambda: not window.isVisible())

    at_desk(play)


def test_figures_are_read_while_the_page_is_seen_and_never_while_it_is_hidden(at_desk: Play) -> None:
    async def play(desk: Desktop) -> None:
        window = opened(desk)
        await until(lambda: window.readings >= 2)
        window.close()
        assert not window.reading
        weighed = desk.figures.weighed
        window.present()
        await until(lambda: desk.figures.weighed > weighed)
        window.showMinimized()
        await until(lambda: not window.reading)

    at_desk(play)


def test_the_page_shows_what_the_engine_counts(at_desk: Play) -> None:
    async def play(desk: Desktop) -> None:
        store, figures = desk.parts.store, desk.figures
        store.apply(HubEvent(Sequence(1), CameraUpserted(camera(1, name="North\nGate"))))
        store.apply(StreamChanged(KEY, StreamStatus(StreamState.LIVE, 0.0)))
        figures.known[KEY] = StreamCounts("wf-decoder-1", 100, 150_000, 0, 90, 2, desk.clock.seconds)
        figures.loads["wf-decoder-1"] = ProcessLoad(desk.clock.seconds, 5.0, 80.4)
        window = opened(desk)
        await until(lambda: window.readings >= 1)
        desk.clock.advance(2.0)
        figures.known[KEY] = StreamCounts("wf-decoder-1", 130, 400_000, 4, 116, 2, desk.clock.seconds - 0.5)
        figures.loads["wf-decoder-1"] = ProcessLoad(desk.clock.seconds, 5.5, 80.4)
        seen = window.readings
        await until(lambda: window.readings > seen)
        model = window.page.stream_view.model()
        cells = [str(model.index(0, column).data()) for column in range(model.columnCount())]
        assert cells == [
            "Live", "North Gate", "Sub", "0.5 s",
            "1,000", "15.0", "13.0", "–", "2.0", "2", "wf-decoder-1", "",
        ]  # fmt: skip
        assert window.page.headline == "1 open stream: 1 live · 1.0 Mbit/s"
        processes = window.page.process_view.model()
        assert [processes.index(0, column).data() for column in range(4)] == [
            "wf-decoder-1", "25.0 %", "80 MB", "1",
        ]  # fmt: skip

    at_desk(play)


def test_load_and_budget_stand_in_one_line(at_desk: Play) -> None:
    async def play(desk: Desktop) -> None:
        qualities = desk.parts.streams.qualities
        qualities.budget_mpx_s, qualities.load_mpx_s = 250.0, 138.2
        window = opened(desk)
        await until(lambda: window.readings >= 1)
        assert window.page.decoding.startswith("Load: 138 of 250 Mpx/s (56 %) · ")

    at_desk(play)


def test_without_streams_the_page_says_so_in_words(at_desk: Play) -> None:
    async def play(desk: Desktop) -> None:
        window = opened(desk)
        await until(lambda: window.readings >= 1)
        assert window.page.headline == "No streams are open"
        words = "Load: 0.0 Mpx/s, budget not measured yet · Decoding: In software, by libVLC"
        assert window.page.decoding == words
        assert window.page.is_empty

    at_desk(play)


def test_the_engines_own_trouble_stands_above_all_while_it_lasts(at_desk: Play) -> None:
    async def play(desk: Desktop) -> None:
        desk.figures.trouble = "The video decoders end while they start; the log says more"
        window = opened(desk)
        await until(lambda: window.page.trouble == desk.figures.trouble)
        desk.figures.trouble = None
        await until(lambda: window.page.trouble == "")

    at_desk(play)


def test_a_hub_that_does_not_answer_is_said_in_words(at_desk: Play) -> None:
    async def play(desk: Desktop) -> None:
        window = opened(desk)
        await until(lambda: window.page.has_plots)
        plot = next(p for p in window.findChildren(QWidget) if p.accessibleName() == "Delay")
        await until(lambda: "Hub 4.0 ms" in plot.accessibleDescription())
        desk.pulse.round_trip_s = None
        await until(lambda: "Hub does not answer" in plot.accessibleDescription())
        desk.pulse.round_trip_s = 0.0075
        await until(lambda: "Hub 7.5 ms" in plot.accessibleDescription())

    at_desk(play)


def test_the_plots_come_after_the_page(at_desk: Play) -> None:
    async def play(desk: Desktop) -> None:
        window = opened(desk)
        assert not window.page.has_plots
        await until(lambda: window.page.has_plots)
        seen = window.readings
        await until(lambda: window.readings > seen)

    at_desk(play)


def test_only_a_running_console_loads_what_draws_the_plots() -> None:
    program = "import sys, app.bootstrap.console; sys.exit('pyqtgraph' in sys.modules)"
    root = Path(__file__).resolve().parents[3]
    assert subprocess.run([sys.executable, "-c", program], check=False, cwd=root, timeout=50).returncode == 0
