"""Serves the figures to other programs, where the settings ask for it."""

from __future__ import annotations

import asyncio

import structlog

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
    from app.metrics.port import MetricsPort  # noqa: PLC0415  who asks for no metrics need not load it

    try:
        port = MetricsPort(settings.port, clock)
    except OperatorError as error:
        notify.tell(NoticeLevel.WARNING, error.message, error.hint, of_desk=True)
        return
    log.info("metrics are served", address=port.address)
    try:
        while True:
            port.show(await probe.look())
            await asyncio.sleep(LOOK_EVERY_S)
    finally:
        await port.aclose()
