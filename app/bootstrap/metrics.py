"""Serves the figures to other programs, where the settings ask for it."""

from __future__ import annotations

import asyncio

import structlog

from app.bridge.late_import import late_import
from app.bridge.system_probe import SystemProbe
from app.config import MetricsSettings
from app.domain.errors import OperatorError
from app.domain.events import NoticeLevel
from app.domain.ports import Clock
from app.services.notify import Notify

log = structlog.get_logger(__name__)

LOOK_EVERY_S = 1.0


async def serve_metrics(settings: MetricsSettings, probe: SystemProbe, clock: Clock, notify: Notify) -> None:
    """Look once a second and serve the newest look until cancelled; say so where the port cannot be had."""
    # Who does not ask for metrics does not wait for what writes them, and no tile waits for its import.
    await late_import("app.metrics.port")
    from app.metrics.port import MetricsPort  # noqa: PLC0415

    try:
        port = MetricsPort(settings.port, clock)
    except OperatorError as error:
        notify.tell(NoticeLevel.WARNING, error.message, error.hint)
        return
    log.info("metrics are served", address=port.address)
    try:
        while True:
            port.show(await probe.look())
            await asyncio.sleep(LOOK_EVERY_S)
    finally:
        await port.aclose()
