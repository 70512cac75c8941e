"""Has PySide make its classes on Qt's thread, a few in each turn of the loop.

It makes a class when it is asked for first. A library that asks for all of them while it is imported in a
thread would have them made beside what the user interface does with the same tables.
"""

from __future__ import annotations

import asyncio
import importlib
import time
from types import ModuleType

_TURN_S = 0.004
_MODULES = ("QtCore", "QtGui", "QtWidgets", "QtSvg", "QtOpenGL", "QtOpenGLWidgets", "QtTest")
"""What pyqtgraph looks through, or imports."""


async def make_qt_classes() -> None:
    """Make every class that pyqtgraph will ask for; some 0.1 s of work in all, done once in a process."""
    for name in _MODULES:
        await _make_all(importlib.import_module(f"PySide6.{name}"))


async def _make_all(module: ModuleType) -> None:
    until = time.monotonic() + _TURN_S
    for name in dir(module):
        getattr(module, name)
        if time.monotonic() > until:
            await asyncio.sleep(_TURN_S)
            until = time.monotonic() + _TURN_S
    await asyncio.sleep(0)
