"""Runs the demo city beside the console and imports its cameras through the hub, like any vendor's file."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import structlog

from app.bootstrap.options import DemoOptions
from app.domain.errors import SourceError
from app.domain.ids import CameraId
from app.sources.line_process import LineProcess, own_program

log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class CityReady:
    """What the city offers once its streams are up."""

    camera_file: Path
    mbtiles: Path
    default_wall: tuple[CameraId, ...]


@dataclass(slots=True)
class CityCounters:
    """What the city says of itself."""

    sent: int = 0
    alerts: int = 0
    rest: dict[str, Any] = field(default_factory=dict)


class City:
    """The demo city's process. `start` first, then `send_alerts`, then `follow` as a task."""

    def __init__(
        self, options: DemoOptions, logs: Path, on_progress: Callable[[str, int, int], None]
    ) -> None:
        self._options = options
        self._logs = logs
        self._on_progress = on_progress
        self._child: LineProcess | None = None
        self.counters = CityCounters()

    @property
    def pid(self) -> int | None:
        """The process id, None while it does not run."""
        return self._child.pid if self._child and self._child.exit_code is None else None

    async def start(self) -> CityReady:
        """Start the city and wait until its streams are served; drawing them takes a while the first time.

        Raises:
            SourceError: it ended instead.
        """
        options = self._options
        arguments = ["--cameras", str(options.cameras), "--seed", str(options.seed)]
        if options.storm:
            arguments += ["--storm", str(options.storm)]
        self._child = LineProcess(own_program("demo-city", *arguments), self._logs / "demo-city.log")
        while (message := await self._child.next_message()) is not None:
            if "progress" in message:
                self._on_progress(str(message["progress"]), int(message["done"]), int(message["of"]))
            elif "error" in message:
                raise SourceError(str(message["error"]), retryable=False)
            elif ready := message.get("ready"):
                return CityReady(
                    Path(ready["camera_file"]),
                    Path(ready["mbtiles"]),
                    tuple(CameraId(camera) for camera in ready["default_wall"]),
                )
        raise SourceError("The demo city ended while starting; its log has the reason.", retryable=False)

    def send_alerts(self, hub_url: str, ingest_token: str) -> None:
        """Let the city send its alerts to the hub's public ingest."""
        assert self._child is not None
        self._child.send({"hub_url": hub_url, "ingest_token": ingest_token})

    async def follow(self) -> None:
        """Keep the counters up to date until the city ends.

        Raises:
            SourceError: it ended.
        """
        assert self._child is not None
        while (message := await self._child.next_message()) is not None:
            if "sent" in message:
                self.counters.sent = int(message["sent"])
                self.counters.alerts = int(message.get("alerts", message["sent"]))
                self.counters.rest = message
        raise SourceError("The demo city has ended; its streams are gone.", retryable=False)

    async def aclose(self) -> None:
        """End the city."""
        if self._child is not None:
            await self._child.aclose()
