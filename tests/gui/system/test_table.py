"""The table of streams: its order, what stays while figures change, and how it is sorted without a mouse."""

from __future__ import annotations

import pytest
from pytestqt.qtbot import QtBot

from app.domain.camera import Quality, StreamKey
from app.domain.ids import CameraId
from app.domain.stream_state import StreamState, StreamStatus
from widgets.system.readings import StreamReading
from widgets.system.table_view import ReadingsTable
from widgets.system.tables import STREAM_COLUMNS, ReadingsModel

CAMERA = 1


def stream(
    name: str, state: StreamState = StreamState.LIVE, restarts: int = 0, worker: int = 1
) -> StreamReading:
    key = StreamKey(CameraId(name), Quality.SUB)
    return StreamReading(
        key,
        name,
        f"wf-decoder-{worker}",
        StreamStatus(state, 0.1),
        0.1,
        1400.0,
        15.0,
        15.0,
        15.0,
        0.0,
        restarts,
    )


@pytest.fixture
def model() -> ReadingsModel[StreamReading]:
    return ReadingsModel(STREAM_COLUMNS, lambda row: row.key)


@pytest.fixture
def table(qtbot: QtBot, model: ReadingsModel[StreamReading]) -> ReadingsTable:
    view = ReadingsTable("Streams", model, (CAMERA, len(STREAM_COLUMNS) - 1))
    qtbot.addWidget(view)
    # No wider than the window's least width leaves it.
    view.resize(1256, 400)
    view.show()
    return view


def names(table: ReadingsTable) -> list[str]:
    shown = table.model()
    return [str(shown.index(row, CAMERA).data()) for row in range(shown.rowCount())]


def test_a_stream_that_freezes_moves_to_the_top_and_keeps_its_selection(
    table: ReadingsTable, model: ReadingsModel[StreamReading]
) -> None:
    model.show_rows([stream("a"), stream("b"), stream("c")])
    table.selectRow(2)
    model.show_rows([stream("a"), stream("b"), stream("c", StreamState.FROZEN)])
    assert names(table) == ["c", "a", "b"]
    assert [index.row() for index in table.selectionModel().selectedRows()] == [0]


def test_streams_come_and_go_without_losing_the_selected_one(
    table: ReadingsTable, model: ReadingsModel[StreamReading]
) -> None:
    model.show_rows([stream("a"), stream("b"), stream("c")])
    table.selectRow(1)
    model.show_rows([stream("d"), stream("b"), stream("A0")])
    assert names(table) == ["A0", "b", "d"]
    assert [index.row() for index in table.selectionModel().selectedRows()] == [1]


def test_the_menu_sorts_by_any_column_and_turns_the_order_round(
    table: ReadingsTable, model: ReadingsModel[StreamReading]
) -> None:
    model.show_rows([stream("a", worker=10), stream("b", worker=9), stream("c", worker=2)])
    by_worker = next(action for action in table.actions() if action.text() == "Sort by worker")
    by_worker.trigger()
    assert names(table) == ["c", "b", "a"]
    by_worker.trigger()
    assert names(table) == ["a", "b", "c"]


def test_long_names_take_no_room_from_the_figures(
    table: ReadingsTable, model: ReadingsModel[StreamReading]
) -> None:
    before = [table.columnWidth(column) for column in range(len(STREAM_COLUMNS))]
    model.show_rows([stream("North Entrance Platform Hall Overview " * 9)])
    assert [table.columnWidth(column) for column in range(len(STREAM_COLUMNS))] == before
    assert sum(before) <= table.viewport().width()
