"""A run without anybody: waits, looks, and writes down what the program's own counters say."""

from __future__ import annotations

import asyncio
import json
from pathlib import Path
from typing import Any

from app.bootstrap.console import Console
from app.bootstrap.options import HeadlessOptions
from app.bootstrap.processes import costs, process_started
from app.domain.camera import StreamKey
from layouts.desk_windows import DeskWindows
from layouts.wall_pane import WallPane

SETTLE_S = 3.0


class Headless:
    """Ends the console after the asked time and writes its report and pictures."""

    def __init__(self, options: HeadlessOptions, console: Console, windows: DeskWindows) -> None:
        self._options = options
        self._console = console
        self._windows = windows
        self._started = process_started()

    async def run(self) -> None:
        """Wait for the end of the time, then write and quit."""
        try:
            await asyncio.sleep(self._options.seconds)
            await self._let_alerts_settle()
            if self._options.report is not None:
                text = json.dumps(self.report(), indent=1, ensure_ascii=False)
                self._options.report.parent.mkdir(parents=True, exist_ok=True)
                self._options.report.write_text(text + "\n", "utf-8")
            if self._options.screenshot is not None:
                self._write_pictures(self._options.screenshot)
        finally:
            self._console.quit()

    def report(self) -> dict[str, Any]:
        """Return the counters; docs/configuration.md explains each."""
        console = self._console
        store, stall, streams = console.store, console.parts.stall, console.parts.streams
        found = costs(self._process_names())
        first = streams.first_live_at
        main = self._windows.main
        return {
            "tiles": [tile for pane in self._windows.panes() for tile in self._tiles(pane)],
            "alerts": {
                "sent": console.city.counters.alerts if console.city else 0,
                "received": store.alerts_received,
                "shown": main.alerts.shown_count,
            },
            "map": {"cameras": main.map.camera_count, "markers": main.map.marker_count},
            "ui_stall_ms": {
                "p50": round(stall.lateness_ms(0.50), 2),
                "p99": round(stall.lateness_ms(0.99), 2),
                "max": round(stall.lateness_ms(1.0), 2),
            },
            "cpu_s": {name: round(cost.cpu_s, 2) for name, cost in found.items()},
            "memory_mb": {name: round(cost.memory_mb, 1) for name, cost in found.items()},
            "first_live_s": None if first is None else round(first - self._started, 2),
        }

    def _tiles(self, pane: WallPane) -> list[dict[str, Any]]:
        console = self._console
        tiles = []
        for camera_id in console.parts.walls.wall(pane.wall_id).shown():
            camera = console.store.cameras.get(camera_id) if camera_id else None
            if camera is None:
                continue
            key = console.parts.streams.key_for(camera.id)
            status = console.store.streams.get(key) if key else None
            profile = camera.profile(key.quality) if key else None
            tiles.append(
                {
                    "camera": camera.id,
                    "kind": profile.kind.value if profile else None,
                    "state": status.state.value if status else "closed",
                    "painted_fps": round(pane.surface.painted_fps(camera.id), 2),
                    "age_s": self._age(key),
                }
            )
        return tiles

    def _age(self, key: StreamKey | None) -> float | None:
        facts = self._console.sources.engine.facts(key) if key else None
        if facts is None or facts.last_picture_taken_at is None:
            return None
        age_s: float = self._console.clock.monotonic() - facts.last_picture_taken_at
        return round(age_s, 3)

    def _process_names(self) -> dict[str, int]:
        console = self._console
        names = dict(console.sources.engine.worker_processes())
        if (hub := console.sources.hub.pid) is not None:
            names["hub"] = hub
        if console.city is not None and (city := console.city.pid) is not None:
            names["demo-city"] = city
        return names

    async def _let_alerts_settle(self) -> None:
        """Give alerts that are on their way at the end up to `SETTLE_S` to be shown."""
        console = self._console
        if console.city is None:
            return
        for _ in range(int(SETTLE_S / 0.1)):
            shown = self._windows.main.alerts.shown_count
            if console.city.counters.alerts == console.store.alerts_received == shown:
                return
            await asyncio.sleep(0.1)

    def _write_pictures(self, file: Path) -> None:
        file.parent.mkdir(parents=True, exist_ok=True)
        for number, window in enumerate(self._windows.windows(), start=1):
            name = file if number == 1 else file.with_stem(f"{file.stem}-{number}")
            if not self._windows.picture(window).save(str(name)):
                raise OSError(f"{name} cannot be written")


async def run_by_itself(options: HeadlessOptions, console: Console, windows: DeskWindows) -> None:
    """Run the console as `HeadlessOptions` say."""
    await Headless(options, console, windows).run()
