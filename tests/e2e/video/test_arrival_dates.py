"""A packet is dated by its arrival: also the last one before a silence, which FFmpeg gives out after it."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable

import pytest

from app.domain.camera import StreamKind
from app.domain.stream_state import Fault
from app.sources.video.carried import _SILENCE_S
from app.sources.video.opening import open_transport
from app.sources.video.transport import Packet, TransportError
from tests.e2e.video.conftest import FPS, RtspCamera
from tests.fakes.http_cameras import HttpCameras

SILENCE_S = 1.0


class Arrivals:
    """Stops the camera after some packets, and keeps what arrives."""

    def __init__(self, camera: RtspCamera) -> None:
        self._camera = camera
        self.packets: list[Packet] = []
        self.stopped_at = 0.0

    def put(self, packet: Packet) -> None:
        self.packets.append(packet)
        if len(self.packets) == FPS:
            self._camera.command("freeze")
            self.stopped_at = time.monotonic()


def test_no_packet_is_dated_after_the_camera_fell_silent(
    rtsp_camera: Callable[..., RtspCamera], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(_SILENCE_S, StreamKind.RTSP, SILENCE_S)
    camera = rtsp_camera()
    arrivals = Arrivals(camera)
    transport = open_transport(StreamKind.RTSP, camera.url(), None)
    try:
        with pytest.raises(TransportError) as silent:
            transport.carry(arrivals, threading.Event())
    finally:
        transport.close()
    assert silent.value.fault is Fault.TIMEOUT
    # One silence, not one for the pictures and another for the connection.
    assert time.monotonic() - arrivals.stopped_at < 1.8 * SILENCE_S
    assert arrivals.packets[-1].arrived_at < arrivals.stopped_at + 0.3


def test_a_picture_without_a_length_is_dated_by_its_last_bytes(http_cameras: HttpCameras) -> None:
    """It is known to be whole one interval later, when the next one begins."""
    http_cameras.interval_s = interval_s = 0.4
    delays: list[float] = []
    enough = threading.Event()

    class Delays:
        def put(self, packet: Packet) -> None:
            delays.append(time.monotonic() - packet.arrived_at)
            if len(delays) == 5:
                enough.set()

    transport = open_transport(StreamKind.JPEG, http_cameras.url("/mjpeg-plain"), 1 / interval_s)
    try:
        transport.carry(Delays(), enough)
    finally:
        transport.close()
    assert all(interval_s / 2 < delay < 2 * interval_s for delay in delays[1:]), delays
