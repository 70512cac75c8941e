"""The whole console, attended by a benchmark; `console_run` starts it.

Reads one JSON line: ``{"profile", "camera_file", "wall": [ids], "grid", "tile": [width, height], "bare",
"decoder", "until_live_s"}``.

Writes ``{"live": seconds}`` once every tile of the wall is live, then answers ``{"ask": WORD}``:

| word | what it does and answers (times in seconds of the machine's monotonic clock) |
|---|---|
| report | ``{"report": ...}``, the console's own counters |
| restart_counters | begins the stall counter anew |
| alerts | the times at which rows were painted |
| show (``wall``, ``grid``) | has exactly these cameras in this grid; the time at which it began |
| until_live (``within_s``) | waits for every tile; how many are live and the seconds it took |
| until_idle (``within_s``) | waits until no stream is open; whether it came to that |
| first_painted (``camera``) | waits for a camera's first picture on the wall; the time of that paint |
| tiles | camera, state, newest picture's number and place on the screen of each tile |
| kill_worker (``dice``) | kills a decoder worker that decodes; its name, its cameras and the time |
| stalls | the lateness in ms of every beat of a 5 ms timer since it was last asked |
| holdings | what the process holds: threads, files, children, shared memory, own MB |

Ends with its input.
"""

from __future__ import annotations

import asyncio
import json
import sys
import threading
import traceback
from pathlib import Path
from typing import Any

from app.bootstrap.console import Console
from app.bootstrap.processes import process_started
from app.bootstrap.start import run_qt
from app.config import Places, Settings, VideoSettings
from app.domain.ids import CameraId
from app.domain.wall import grid_named
from layouts.console_window import ConsoleWindow
from layouts.desk_windows import MAIN_WALL, DeskWindows
from tests.benchmarks.console_orders import ConsoleOrders, live_tiles
from widgets.wall.board import GAP_PX


def say(**message: Any) -> None:
    print(json.dumps(message), flush=True)


class Attendant:
    """Sets the scene, says when it is live, answers questions."""

    def __init__(self, order: dict[str, Any]) -> None:
        self._order = order
        self._asked: asyncio.Queue[dict[str, Any] | None] = asyncio.Queue()
        self._holding: asyncio.Task[None] | None = None

    async def __call__(self, console: Console, windows: DeskWindows) -> None:
        threading.Thread(target=self._read, args=(asyncio.get_running_loop(),), daemon=True).start()
        try:
            await self._set_scene(console, windows)
            await self._until_live(console)
            say(live=round(console.clock.monotonic() - process_started(), 3))
            orders = ConsoleOrders(console, windows)
            while (question := await self._asked.get()) is not None:
                say(**await orders.obey(question))
        except Exception as error:
            # Its log goes nowhere: without this the benchmark would only see the console end.
            say(error="".join(traceback.format_exception(error)))
            raise
        finally:
            if self._holding is not None:
                self._holding.cancel()
            console.quit()

    async def _set_scene(self, console: Console, windows: DeskWindows) -> None:
        order = self._order
        await self._until(lambda: console.sources.rest.session is not None)
        if order.get("camera_file"):
            content = await asyncio.to_thread(Path(order["camera_file"]).read_bytes)
            plan = await console.parts.desk.plan_import("cameras.json", content)
            await console.parts.desk.apply_import(plan)
            wanted = {CameraId(camera) for camera in order["wall"]}
            await self._until(lambda: wanted <= console.store.cameras.keys())
        main = windows.main
        console.parts.walls.choose_grid(MAIN_WALL, grid_named(order.get("grid", "3×3")))
        console.parts.walls.show(MAIN_WALL, [CameraId(camera) for camera in order["wall"]])
        if order.get("bare"):
            main.show_wall_alone()
        if order.get("tile"):
            self._holding = asyncio.create_task(self._hold_tiles(main, *order["tile"]))
        address = await console.sources.hub.address()
        say(hub_url=address.url, ingest_token=console.sources.hub.ingest_token)

    async def _hold_tiles(self, main: ConsoleWindow, width: int, height: int) -> None:
        """Keep the tiles at their size: notices that come and go change the wall's share of the window."""
        grid = grid_named(self._order.get("grid", "3×3"))
        surface = main.wall.surface
        wanted = (
            width * grid.columns + GAP_PX * (grid.columns - 1),
            height * grid.rows + GAP_PX * (grid.rows - 1),
        )
        while True:
            missing = (wanted[0] - surface.width(), wanted[1] - surface.height())
            if missing != (0, 0):
                main.resize(main.width() + missing[0], main.height() + missing[1])
            await asyncio.sleep(0.2 if missing != (0, 0) else 1.0)

    async def _until_live(self, console: Console) -> None:
        """Wait for all tiles; an order may limit that, for walls that are too much for the machine."""
        try:
            async with asyncio.timeout(self._order.get("until_live_s")):
                await self._until(
                    lambda: live_tiles(console, self._order["wall"]) == len(self._order["wall"])
                )
        except TimeoutError:
            if "until_live_s" not in self._order:
                raise

    async def _until(self, condition: Any) -> None:
        async with asyncio.timeout(120):
            while not condition():  # noqa: ASYNC110 - the conditions are many and have no event
                await asyncio.sleep(0.02)

    def _read(self, loop: asyncio.AbstractEventLoop) -> None:
        for line in sys.stdin:
            loop.call_soon_threadsafe(self._asked.put_nowait, json.loads(line))
        loop.call_soon_threadsafe(self._asked.put_nowait, None)


def main() -> int:
    order = json.loads(sys.stdin.readline())
    places = Places.within(Path(order["profile"]))
    # No measuring of the machine while something else is measured.
    video = VideoSettings(decoder=order.get("decoder", VideoSettings().decoder), budget_mpx_s=0)
    return run_qt(places, Settings(operator="bench", video=video), Attendant(order))
