"""Choosing a grid."""

from __future__ import annotations

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QToolButton
from pytestqt.qtbot import QtBot

from app.domain.wall import Grid, grid_named, grids
from widgets.wall.grid_bar import GridBar, grid_pixmap


@pytest.fixture
def bar(qtbot: QtBot) -> GridBar:
    made = GridBar()
    qtbot.addWidget(made)
    with qtbot.waitExposed(made):
        made.show()
    # Shortcuts are heard by the active window only, and becoming that takes an X server a moment.
    made.activateWindow()
    qtbot.waitUntil(made.isActiveWindow)
    return made


def marked(bar: GridBar) -> list[str]:
    return [button.text() for button in bar.findChildren(QToolButton) if button.isChecked()]


def test_it_offers_every_grid_by_name_in_one_low_row(bar: GridBar) -> None:
    buttons = bar.findChildren(QToolButton)
    assert [button.text() for button in buttons] == [grid.name for grid in grids()]
    assert [button.accessibleName() for button in buttons] == [f"Grid {grid.name}" for grid in grids()]
    assert all(grid.name in b.toolTip() for b, grid in zip(buttons, grids(), strict=True))
    assert 28 <= bar.sizeHint().height() <= 32


def test_the_walls_grid_is_marked_without_asking_for_it(qtbot: QtBot, bar: GridBar) -> None:
    with qtbot.assertNotEmitted(bar.grid_requested):
        bar.set_grid(grid_named("3×3"))
    assert marked(bar) == ["3×3"]
    bar.set_grid(grid_named("4×2"))
    assert marked(bar) == []
    bar.set_grid(grid_named("1+5"))
    assert marked(bar) == ["1+5"]


def test_a_click_asks_for_the_grid(qtbot: QtBot, bar: GridBar) -> None:
    bar.set_grid(grid_named("3×3"))
    with qtbot.waitSignal(bar.grid_requested) as asked:
        QTest.mouseClick(bar.findChildren(QToolButton)[9], Qt.MouseButton.LeftButton)
    assert asked.args == [grid_named("1+7")]


@pytest.mark.parametrize(
    ("key", "name"),
    [(Qt.Key.Key_1, "1×1"), (Qt.Key.Key_8, "8×8"), (Qt.Key.Key_9, "1+5"), (Qt.Key.Key_0, "1+7")],
)
def test_alt_and_a_digit_ask_for_a_grid(qtbot: QtBot, bar: GridBar, key: Qt.Key, name: str) -> None:
    bar.set_grid(grid_named("3×3"))
    with qtbot.waitSignal(bar.grid_requested) as asked:
        QTest.keyClick(bar, key, Qt.KeyboardModifier.AltModifier)
    assert asked.args == [grid_named(name)]


@pytest.mark.parametrize("grid", grids(), ids=lambda grid: grid.name)
def test_each_icon_is_a_drawing_of_its_own_grid(grid: Grid) -> None:
    image = grid_pixmap(grid, "#ffffff", 2.0).toImage()
    lit = [[image.pixelColor(x, y).alpha() == 255 for x in range(40)] for y in range(40)]
    across = sum(1 for x in range(40) if lit[39][x] and (x == 0 or not lit[39][x - 1]))
    down = sum(1 for y in range(40) if lit[y][39] and (y == 0 or not lit[y - 1][39]))
    assert (across, down) == (grid.columns, grid.rows)
