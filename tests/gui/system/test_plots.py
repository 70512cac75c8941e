"""The plots: made and drawn one at a time, so that no tile waits for all of them."""

from __future__ import annotations

import pytest
from pytestqt.qtbot import QtBot

from widgets.system.plots import Plot, Plots
from widgets.system.readings import SystemReading


def reading(at: float, hub_ms: float | None = 2.5) -> SystemReading:
    return SystemReading(
        at=at,
        late_ms=7.0,
        hub_ms=hub_ms,
        painted=120.0,
        dropped=1.5,
        streams=(),
        processes=(),
        console_cpu=12.0,
        workers_cpu=60.0,
    )


@pytest.fixture
def plots(qtbot: QtBot) -> Plots:
    widget = Plots()
    qtbot.addWidget(widget)
    widget.resize(900, 226)
    widget.show()
    return widget


def words(plots: Plots) -> list[str]:
    return [plot.accessibleDescription() for plot in plots.findChildren(Plot)]


def test_each_step_makes_one_plot_in_the_place_that_was_kept_for_it(plots: Plots, qtbot: QtBot) -> None:
    widths = []
    for count, _ in enumerate(plots.build(), start=1):
        made = plots.findChildren(Plot)
        assert len(made) == count
        qtbot.waitUntil(lambda made=made: made[-1].isVisible() and made[-1].width() > 0)
        widths.append(made[0].width())
    assert len(widths) == 3
    assert max(widths) - min(widths) <= 1


def test_each_turn_draws_one_plot(plots: Plots, qtbot: QtBot) -> None:
    list(plots.build())
    plots.add(reading(1.0))
    assert plots.drawing
    for drawn in range(3):
        assert sum("–" not in text for text in words(plots)) == drawn
        with qtbot.waitSignal(plots._turns.timeout):
            pass
    assert not plots.drawing
    assert words(plots) == [
        "Interface 7 ms · highest 7 ms; Hub 2.5 ms · highest 2.5 ms",
        "Painted 120 /s · highest 120 /s; Dropped 1.5 /s · highest 1.5 /s",
        "Workers 60 % · highest 60 %; Console 12 % · highest 12 %",
    ]


def test_a_reading_that_comes_between_loses_nothing(plots: Plots, qtbot: QtBot) -> None:
    """A busy console draws late: what it draws then holds every second."""
    list(plots.build())
    for second in range(5):
        plots.add(reading(float(second), hub_ms=float(second)))
    plots.add(reading(5.0, hub_ms=None))
    qtbot.waitUntil(lambda: not plots.drawing)
    delay = plots.findChildren(Plot)[0]
    assert delay.accessibleDescription().endswith("Hub does not answer")
    ages, values = delay._graph.curves[1].getData()
    assert list(ages) == [-5.0, -4.0, -3.0, -2.0, -1.0]
    assert list(values) == [0.0, 1.0, 2.0, 3.0, 4.0]
