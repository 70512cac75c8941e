"""The whole console, with a volunteer's shift played in it by its own widgets, for `test_volunteers_shift`.

Takes two arguments, the profile's folder and a camera's address. Writes one JSON line: what was seen at each
step. A picture of each step is kept in the profile, for whoever wants to look.
"""

from __future__ import annotations

import asyncio
import json
import multiprocessing
import sys
import traceback
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

from app.bootstrap.console import Console
from app.bootstrap.start import run_qt
from app.config import Places, Settings, VideoSettings
from app.domain.camera import Quality, StreamKey
from app.domain.clock import SystemClock
from app.domain.consent import Purpose
from app.domain.errors import OperatorError
from app.domain.ids import CameraId, TileIndex
from app.sources.hub_rest import HubRest
from app.wire.accounts import AccountIn, HandoverOut
from app.wire.shifts import ScopeMessage, ShiftEndIn, ShiftIn, Shifts
from layouts.desk_windows import MAIN_WALL, DeskWindows
from widgets.door.card import DoorCard
from widgets.view_state_door import DoorStep

OWNS, CHOSEN = "a long and quiet street", "an even longer evening"
CAMERAS = (("park", ["park"]), ("harbour", ["harbour"]))


class Scene:
    """Sits at the desk as two persons, one after the other."""

    def __init__(self, folder: Path, url: str) -> None:
        self._folder = folder
        self._url = url
        self.seen: dict[str, Any] = {}

    async def __call__(self, console: Console, windows: DeskWindows) -> None:
        self._console, self._windows = console, windows
        try:
            await self._play()
        except Exception as error:
            # The program's log goes to its profile: without this the test would only see the console end.
            self.seen["error"] = "".join(traceback.format_exception(error))
            raise
        finally:
            print(json.dumps(self.seen), flush=True)
            console.quit()

    @property
    def _card(self) -> DoorCard:
        assert self._windows.door is not None
        return self._windows.door.card

    async def _play(self) -> None:
        await self._first_start()
        handed, shift_id = await self._prepare()
        self._windows.main.wall_window_requested.emit()
        console = self._console
        console.parts.walls.show(MAIN_WALL, [CameraId(name) for name, _ in CAMERAS])
        await self._until(lambda: self._states() == {"park": "live", "harbour": "live"})
        await self._keep("1-owner", states=self._states())

        assert console.parts.door is not None
        await console.parts.door.sign_out()
        await self._sign_in_as_volunteer(handed)
        store = console.store
        await self._until(lambda: list(store.cameras) == ["park"] and self._states().get("park") == "live")
        await self._keep(
            "4-published-part",
            cameras=list(store.cameras),
            states=self._states(),
            tiles=[self._windows.main.wall.surface.tile(TileIndex(n)).saying.reason for n in (0, 1)],
            status=self._windows.main.status.words()["who"],
            may_open=self._windows.main.incidents.new_incident_offered,
        )
        await self._be_refused()
        await self._until(lambda: any("shift ends" in n.message for n in store.notices.values()), 40)
        await self._keep("5-warned", notices=[notice.message for notice in store.notices.values()])
        await self._end_shift(shift_id)

    async def _first_start(self) -> None:
        card = self._card
        await self._until(lambda: card.view.step is DoorStep.BANNER)
        await self._keep("0-banner", text=card.view.text)
        card.action_button.click()
        await self._until(lambda: card.view.step is DoorStep.FIRST)
        card.field("name").setText("Ada")
        for name in ("chosen", "again"):
            card.field(name).setText("password")
        card.action_button.click()
        await self._until(lambda: bool(card.said))
        await self._keep("0-weak", said=card.said)
        for name in ("chosen", "again"):
            card.field(name).setText(OWNS)
        card.action_button.click()
        await self._until(lambda: self._console.store.session is not None)

    async def _prepare(self) -> tuple[str, str]:
        """Import the cameras, make the volunteer's account and plan a shift; return password and shift."""
        desk, rest = self._console.parts.desk, self._console.sources.rest
        rows = [
            {"id": name, "name": name.title(), "lat": 1.0, "lon": 2.0, "tags": tags,
             "streams": [{"kind": "rtsp", "url": f"{self._url}/{number}", "fps": 15}]}
            for number, (name, tags) in enumerate(CAMERAS, start=1)
        ]  # fmt: skip
        await desk.apply_import(await desk.plan_import("c.json", json.dumps({"cameras": rows}).encode()))
        await self._until(lambda: len(self._console.store.cameras) == 2)
        answer = await rest.call("POST", "accounts", AccountIn(name="Vera", roles=["volunteer"]))
        now = SystemClock().utc()
        shift = ShiftIn(
            account="Vera", begins_at=now, ends_at=now + timedelta(minutes=5),
            scope=ScopeMessage(camera_groups=["park"]),
        )  # fmt: skip
        await rest.call("POST", "shifts", shift)
        (planned,) = rest.read(Shifts, await rest.call("GET", "shifts")).shifts
        return rest.read(HandoverOut, answer).password, planned.id

    async def _sign_in_as_volunteer(self, handed: str) -> None:
        card = self._card
        await self._until(lambda: card.view.step is DoorStep.BANNER and not self._open_streams())
        await self._keep("2-signed-out", covered=self._covered(), open_streams=self._open_streams())
        card.action_button.click()
        await self._until(lambda: card.view.step is DoorStep.SIGN_IN)
        card.field("name").setText("Vera")
        card.field("password").setText(handed)
        card.action_button.click()
        await self._until(lambda: not card.field("chosen").isHidden())
        await self._keep("3-choose", said=card.said)
        for name in ("chosen", "again"):
            card.field(name).setText(CHOSEN)
        card.action_button.click()
        await self._until(lambda: self._console.store.session is not None)

    async def _be_refused(self) -> None:
        """Ask the hub for what the console does not offer."""
        rest = self._console.sources.rest
        refused = []
        for work in (
            rest.open_incident("Mine", None, None),
            rest.lease(StreamKey(CameraId("harbour"), Quality.MAIN), Purpose()),
            rest.call("GET", "accounts"),
            rest.call("GET", "audit"),
        ):
            try:
                await work
            except OperatorError as error:
                refused.append(error.message)
        self.seen["refused"] = refused

    async def _end_shift(self, shift_id: str) -> None:
        """Let a supervisor end the shift; see the desk close."""
        console = self._console
        address = await console.sources.hub.address()
        supervisor = HubRest()
        await supervisor.sign_in(address.url, address.token)
        await supervisor.call("PATCH", f"shifts/{shift_id}", ShiftEndIn(ends_at=SystemClock().utc()))
        await supervisor.aclose()
        await self._until(lambda: console.store.session is None)
        await self._until(lambda: not self._open_streams())
        card = self._card
        await self._until(lambda: card.view.step is DoorStep.BANNER)
        await self._keep(
            "6-ended",
            words=card.view.words,
            covered=self._covered(),
            cameras=list(console.store.cameras),
            open_streams=self._open_streams(),
        )
        card.action_button.click()
        await self._until(lambda: card.view.step is DoorStep.SIGN_IN)
        card.field("name").setText("Vera")
        card.field("password").setText(CHOSEN)
        card.action_button.click()
        await self._until(lambda: bool(card.said))
        await self._keep("7-outside", said=card.said)

    def _states(self) -> dict[str, str]:
        return {key.camera_id: status.state.value for key, status in self._console.store.streams.items()}

    def _open_streams(self) -> int:
        engine = self._console.sources.engine
        keys = [StreamKey(CameraId(name), quality) for name, _ in CAMERAS for quality in Quality]
        return sum(engine.facts(key) is not None for key in keys)

    def _covered(self) -> list[bool]:
        """Say of each window whether nothing of it but the curtain takes part."""
        door = self._windows.door
        assert door is not None
        return [door.covers(window) for window in self._windows.windows()]

    async def _keep(self, step: str, **facts: Any) -> None:
        self.seen[step] = facts
        await asyncio.sleep(0.3)
        for number, window in enumerate(self._windows.windows(), start=1):
            self._windows.picture(window).save(str(self._folder / f"{step}-{number}.png"))

    async def _until(self, condition: Callable[[], bool], within_s: float = 60.0) -> None:
        async with asyncio.timeout(within_s):
            while not condition():  # noqa: ASYNC110 - the conditions are many and have no event
                await asyncio.sleep(0.02)


def main() -> int:
    folder, url = Path(sys.argv[1]), sys.argv[2]
    video = VideoSettings(budget_mpx_s=0)
    return run_qt(
        Places.within(folder), Settings(operator="test", video=video), Scene(folder, url), by_itself=False
    )


if __name__ == "__main__":
    multiprocessing.freeze_support()
    sys.exit(main())
