"""What a benchmark may order of the attended console, and its answers; `attended_console` lists them."""

from __future__ import annotations

import asyncio
import os
import signal
import threading
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import psutil
from PySide6.QtCore import QPoint

from app.bootstrap.console import Console
from app.bootstrap.headless import Headless
from app.bootstrap.options import HeadlessOptions
from app.domain.events import WallChanged
from app.domain.ids import CameraId, TileIndex
from app.domain.stream_state import StreamState
from app.domain.wall import Wall, grid_named
from app.sources.video.segment import PREFIX
from layouts.desk_windows import MAIN_WALL, DeskWindows
from tests.benchmarks.stall_watch import StallWatch

LOOK_S = 0.02
POOL_THREADS = ("asyncio_", "ThreadPoolExecutor", "AnyIO")
"""Threads of pools: they come with the first pieces of work and stay."""


def live_tiles(console: Console, cameras: Sequence[str]) -> int:
    """Return how many of these cameras' streams are live."""
    keys = [console.parts.streams.key_for(CameraId(camera)) for camera in cameras]
    states = [console.store.streams.get(key) for key in keys if key is not None]
    return sum(state is not None and state.state is StreamState.LIVE for state in states)


class ConsoleOrders:
    """Carries out one order at a time, as the operator's own hand would where there is one for it."""

    def __init__(self, console: Console, windows: DeskWindows) -> None:
        self._console = console
        self._windows = windows
        self._headless = Headless(HeadlessOptions(0, None, None), console, windows)
        self._stalls = StallWatch()

    async def obey(self, order: dict[str, Any]) -> dict[str, Any]:
        """Carry out an order and return the answer."""
        match order["ask"]:
            case "report":
                surface = self._windows.main.wall.surface
                size = [surface.width(), surface.height()]
                return {"report": {**self._headless.report(), "wall": size}}
            case "restart_counters":
                self._console.parts.stall.start()
                return {"restarted": True}
            case "alerts":
                return {"painted": self._painted_alerts()}
            case "show":
                return {"shown_at": self._show(order["wall"], order["grid"])}
            case "until_live":
                return await self._until_live(order["within_s"])
            case "until_idle":
                return {"idle": await self._until(lambda: not self._console.store.streams, order["within_s"])}
            case "first_painted":
                return {"first_painted": await self._first_painted(CameraId(order["camera"]))}
            case "tiles":
                return {"tiles": self._tiles(), "at": time.monotonic()}
            case "kill_worker":
                return self._kill_worker(order["dice"])
            case "stalls":
                return {"stalls": self._stalls.take()}
            case "holdings":
                return {"holdings": holdings()}
            case word:
                return {"error": f"the attended console knows no order {word!r}"}

    # The wall

    def _show(self, cameras: Sequence[str], grid: str) -> float:
        began = time.monotonic()
        wall = Wall(MAIN_WALL, grid_named(grid), tuple(CameraId(camera) for camera in cameras))
        self._console.store.apply(WallChanged(wall))
        return began

    async def _until_live(self, within_s: float) -> dict[str, Any]:
        shown = [camera for camera in self._console.parts.walls.wall(MAIN_WALL).shown() if camera]
        began = time.monotonic()
        await self._until(lambda: live_tiles(self._console, shown) == len(shown), within_s)
        return {"live_tiles": live_tiles(self._console, shown), "after_s": time.monotonic() - began}

    async def _first_painted(self, camera_id: CameraId) -> float | None:
        surface = self._windows.main.wall.surface
        await self._until(lambda: surface.painted(camera_id).first_painted_at is not None, 20.0)
        return surface.painted(camera_id).first_painted_at

    def _tiles(self) -> list[dict[str, Any]]:
        """Return the tiles as they are on the screen: for a moment the store may have another grid."""
        surface = self._windows.main.wall.surface
        corner = surface.mapToGlobal(QPoint(0, 0))
        found: list[dict[str, Any]] = []
        while True:
            try:
                tile = surface.tile(TileIndex(len(found)))
            except IndexError:
                return found
            video = tile.video.rect
            found.append(
                {
                    "camera": tile.camera_id,
                    "state": tile.saying.state.value,
                    "number": self._console.sources.engine.newest_number(tile.key) if tile.key else 0,
                    "video": [corner.x() + video.x(), corner.y() + video.y(), video.width(), video.height()],
                }
            )

    # The decoders

    def _kill_worker(self, dice: float) -> dict[str, Any]:
        """Kill a worker that decodes something; ``dice``, from 0 to 1, chooses which."""
        engine = self._console.sources.engine
        busy: dict[str, list[str]] = {}
        for key in self._console.store.streams:
            if (worker := engine.worker_of(key)) is not None:
                busy.setdefault(worker, []).append(key.camera_id)
        running = engine.worker_processes()
        names = sorted(busy.keys() & running.keys())
        if not names:
            return {"killed": None, "cameras": [], "at": time.monotonic()}
        name = names[min(int(dice * len(names)), len(names) - 1)]
        at = time.monotonic()
        try:
            os.kill(running[name], signal.SIGKILL)
        except ProcessLookupError:
            # It has died by itself or of the last kill, and the console has yet to hear of it.
            return {"killed": None, "cameras": [], "at": at}
        return {"killed": name, "cameras": busy[name], "at": at}

    # Looking

    def _painted_alerts(self) -> dict[str, float]:
        alerts = self._windows.main.alerts
        found = {alert.id: alerts.first_painted_at(alert.id) for alert in self._console.store.alerts}
        return {alert_id: at for alert_id, at in found.items() if at is not None}

    async def _until(self, condition: Callable[[], bool], within_s: float) -> bool:
        """Wait for the condition; say whether it came true in time."""
        deadline = time.monotonic() + within_s
        while not condition():
            if time.monotonic() > deadline:
                return False
            await asyncio.sleep(LOOK_S)
        return True


def holdings() -> dict[str, float]:
    """Return what this process holds now that it could fail to give back."""
    own = psutil.Process()
    threads = [t for t in threading.enumerate() if not t.name.startswith(POOL_THREADS)]
    return {
        "threads": len(threads),
        "files": own.num_fds(),
        "children": len(own.children(recursive=True)),
        "shared_memory": len(_segments(own.pid)),
        # Its own pages only: what it shares counts the more the fewer others share it, whatever it does.
        "memory_mb": round(own.memory_full_info().uss / 2**20, 2),
    }


def _segments(pid: int) -> set[str]:
    """Return the rings that this process has mapped, and those that still have a name.

    A ring's name goes as soon as the worker has it open; the mapping stays as long as it is used.
    """
    named = {path.name for path in Path("/dev/shm").glob(f"{PREFIX}{pid}-*")}
    lines = Path(f"/proc/{pid}/maps").read_text("utf-8").splitlines()
    mapped = {Path(line.split()[5]).name for line in lines if f"/{PREFIX}{pid}-" in line}
    return named | mapped
