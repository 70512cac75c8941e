"""A cycle that holds Qt objects is collected by the user interface's thread and by no other."""

from __future__ import annotations

import gc
import threading
from collections.abc import Iterator

import pytest
from PySide6.QtCore import QObject
from pytestqt.qtbot import QtBot

from app.bridge.garbage import GarbageOnThisThread


class Cycle(QObject):
    """Holds itself, and says in which thread it went."""

    def __init__(self, gone_in: list[int]) -> None:
        super().__init__()
        self._gone_in = gone_in
        self._itself = self

    def __del__(self) -> None:
        self._gone_in.append(threading.get_ident())


def allocate_much(kept: list[list[object]]) -> None:
    """Make more containers than every one of the collector's thresholds lets pass."""
    first, second, third = gc.get_threshold()
    kept += ([] for _ in range((first + 1) * (second + 1) * (third + 2)))


@pytest.fixture
def garbage(qtbot: QtBot) -> Iterator[GarbageOnThisThread]:
    collector = GarbageOnThisThread()
    collector.start()
    yield collector
    collector.stop()
    gc.disable()  # as the test run has it


def test_a_busy_thread_destroys_no_qt_object(qtbot: QtBot, garbage: GarbageOnThisThread) -> None:
    gone_in: list[int] = []
    kept: list[list[object]] = []
    Cycle(gone_in)
    thread = threading.Thread(target=allocate_much, args=(kept,))
    thread.start()
    thread.join()
    assert gone_in == []
    qtbot.waitUntil(lambda: gone_in != [])
    assert gone_in == [threading.get_ident()]


def test_python_has_its_collector_back_afterwards(qtbot: QtBot) -> None:
    collector = GarbageOnThisThread()
    collector.start()
    assert not gc.isenabled()
    collector.stop()
    assert gc.isenabled()
    gc.disable()  # as the test run has it
