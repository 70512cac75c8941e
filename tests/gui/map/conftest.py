"""A map in a real web engine."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from pytestqt.qtbot import QtBot

from widgets.map.scheme import register_scheme

register_scheme()  # before any test makes the QApplication

from tests.gui.map.desk import READY_MS  # noqa: E402
from widgets.map.view import MapView  # noqa: E402


@pytest.fixture
def make_view(qtbot: QtBot) -> Callable[..., MapView]:
    """Make maps that are shown and ready."""

    def make(
        prepare: Callable[[MapView], None] | None = None, size: tuple[int, int] = (800, 600), **options: Any
    ) -> MapView:
        view = MapView(**options)
        qtbot.addWidget(view)
        view.resize(*size)
        if prepare is not None:
            prepare(view)
        with qtbot.waitSignal(view.ready, timeout=READY_MS):
            view.show()
        return view

    return make
