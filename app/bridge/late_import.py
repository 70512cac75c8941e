"""Imports a module while the user interface goes on: for what is large and only some desks ever need."""

from __future__ import annotations

import asyncio
import importlib
import sys
from types import ModuleType

_SWITCH_S = 0.0005
"""The user interface needs the interpreter's lock several times for each thing it does, and an import that is
busy gives it up only when this time is over. With Python's own 5 ms a tile waited 100 ms and more."""


class _QuickSwitches:
    """Lets threads take turns more often for as long as anybody asks for it."""

    def __init__(self) -> None:
        self._usual_s = 0.0
        self._wanted = 0

    def __enter__(self) -> None:
        if not self._wanted:
            self._usual_s = sys.getswitchinterval()
            sys.setswitchinterval(_SWITCH_S)
        self._wanted += 1

    def __exit__(self, *_: object) -> None:
        self._wanted -= 1
        if not self._wanted:
            sys.setswitchinterval(self._usual_s)


_quick_switches = _QuickSwitches()


async def late_import(name: str) -> ModuleType:
    """Import a module in a thread and return it; a large one takes some tenths of a second the first time.

    Raises:
        ImportError: there is none, or it cannot be loaded.
    """
    if name in sys.modules:
        return sys.modules[name]
    with _quick_switches:
        return await asyncio.to_thread(importlib.import_module, name)
