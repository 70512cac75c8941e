"""An RTSP camera that sends what it is given, when it is given it: the benchmarks' live source.

A script of its own for the system's Python, which has GStreamer's bindings. Standard input carries access
units (H.264, Annex B), each behind its length as four big-endian bytes; they go to everybody who watches
at once, nobody's joining changes them, so who comes between two key pictures waits as with a real camera.
The paths ``/0`` to ``/999`` are one and the same camera. Writes JSON lines: ``{"port": N}`` first, then
``{"played_at": SECONDS, "path": ...}`` of the monotonic clock for every reader that PLAY was answered. Ends
with its input.
"""

from __future__ import annotations

import json
import struct
import sys
import threading
import time

import gi

gi.require_version("Gst", "1.0")
gi.require_version("GstRtspServer", "1.0")
from gi.repository import GLib, Gst, GstRtspServer  # noqa: E402

PIPELINE = (
    "( appsrc name=units is-live=true format=time do-timestamp=true"
    " caps=video/x-h264,stream-format=byte-stream,alignment=au"
    " ! h264parse ! rtph264pay name=pay0 pt=96 config-interval=-1 aggregate-mode=none )"
)
PATHS = 1000


class OneMedium(GstRtspServer.RTSPMediaFactory):
    """Opens one medium for all its paths."""

    def do_gen_key(self, _url: object) -> str:
        return "the camera"


class Relay:
    """Hands every unit to the open medium, if there is one."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._sources: list[Gst.Element] = []

    def on_media_configure(
        self, _factory: GstRtspServer.RTSPMediaFactory, media: GstRtspServer.RTSPMedia
    ) -> None:
        source = media.get_element().get_by_name("units")
        with self._lock:
            self._sources.append(source)
        media.connect("unprepared", lambda _media: self._forget(source))

    def _forget(self, source: Gst.Element) -> None:
        with self._lock:
            self._sources = [known for known in self._sources if known is not source]

    def run(self) -> None:
        while len(head := sys.stdin.buffer.read(4)) == 4:
            (size,) = struct.unpack(">I", head)
            unit = sys.stdin.buffer.read(size)
            with self._lock:
                sources = list(self._sources)
            for source in sources:
                # One that does not play yet would date the picture by the machine's clock, hours ahead.
                if source.get_state(0).state == Gst.State.PLAYING:
                    source.emit("push-buffer", Gst.Buffer.new_wrapped(unit))


def on_client(_server: GstRtspServer.RTSPServer, client: GstRtspServer.RTSPClient) -> None:
    client.connect("play-request", on_play)


def on_play(_client: GstRtspServer.RTSPClient, context: GstRtspServer.RTSPContext) -> None:
    tell(played_at=time.monotonic(), path=context.uri.abspath)


def tell(**message: object) -> None:
    sys.stdout.write(json.dumps(message) + "\n")
    sys.stdout.flush()


def serve() -> None:
    Gst.init(None)
    server = GstRtspServer.RTSPServer()
    server.set_address("127.0.0.1")
    server.set_service("0")
    server.connect("client-connected", on_client)
    relay = Relay()
    factory = OneMedium()
    factory.set_launch(PIPELINE)
    factory.set_shared(True)
    factory.connect("media-configure", relay.on_media_configure)
    mounts = server.get_mount_points()
    for number in range(PATHS):
        mounts.add_factory(f"/{number}", factory)
    server.attach(None)
    loop = GLib.MainLoop()

    def feed() -> None:
        relay.run()
        loop.quit()

    threading.Thread(target=feed, daemon=True).start()
    tell(port=server.get_bound_port())
    loop.run()


if __name__ == "__main__":
    serve()
