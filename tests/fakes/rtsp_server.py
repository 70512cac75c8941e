"""An RTSP camera for tests, on loopback: run with the system's Python, which has GStreamer's bindings.

    /usr/bin/python3 rtsp_server.py CLIP [--fps 15] [--transport any|tcp|udp]
        [--user U] [--password P] [--digest] [--port N] [--loss SHARE] [--sets S]

CLIP holds access units as `video_clips.write_clip` writes them; they are sent in a loop, stamped with
the time of sending. Every path /1 … /9 serves the same clip, every other one is 404. The port is told
as one JSON line on stdout. Commands, one a line on stdin: ``freeze`` (connections stay, no packet comes),
``thaw``, ``drop`` (close all connections), ``present`` (from now on there is a path /late), ``whole`` (the
loss is over). ``--loss`` leaves out that share of the RTP packets, ``--sets`` is the payloader's interval for
parameter sets, 0 for none. End of stdin ends the server.
"""

from __future__ import annotations

import argparse
import json
import struct
import sys
import threading
import time
from pathlib import Path

import gi

gi.require_version("Gst", "1.0")
gi.require_version("GstRtsp", "1.0")
gi.require_version("GstRtspServer", "1.0")
from gi.repository import GLib, Gst, GstRtsp, GstRtspServer  # noqa: E402

PIPELINE = (
    "( appsrc name=units is-live=true format=time do-timestamp=true"
    " caps=video/x-{codec},stream-format=byte-stream,alignment=au"
    " ! {codec}parse ! {paying} )"
)
PAYING = "rtp{codec}pay name=pay0 pt=96 config-interval={sets}"
LOSING = "rtp{codec}pay pt=96 config-interval={sets} ! identity name=pay0 drop-probability={loss}"
TRANSPORTS = {
    "any": GstRtsp.RTSPLowerTrans.TCP | GstRtsp.RTSPLowerTrans.UDP,
    "tcp": GstRtsp.RTSPLowerTrans.TCP,
    "udp": GstRtsp.RTSPLowerTrans.UDP,
}


def read_clip(path: Path) -> list[bytes]:
    data, at, units = path.read_bytes(), 0, []
    while at < len(data):
        (size,) = struct.unpack_from(">I", data, at)
        units.append(data[at + 4 : at + 4 + size])
        at += 4 + size
    return units


class Camera:
    """Pushes the clip into every open media at the clip's pace, unless it is frozen."""

    def __init__(self, units: list[bytes], fps: float) -> None:
        self._units = [Gst.Buffer.new_wrapped(unit) for unit in units]
        self._fps = fps
        self._lock = threading.Lock()
        self._sources: list[tuple[Gst.Element, int]] = []
        self._index = 0
        self._losing: list[Gst.Element] = []
        self.frozen = False

    def on_media_configure(
        self, _factory: GstRtspServer.RTSPMediaFactory, media: GstRtspServer.RTSPMedia
    ) -> None:
        source = media.get_element().get_by_name("units")
        with self._lock:
            self._sources.append((source, 0))
            self._losing.append(media.get_element().get_by_name("pay0"))
        media.connect("unprepared", lambda _media: self._forget(source))

    def lose_nothing(self) -> None:
        with self._lock:
            for element in self._losing:
                element.set_property("drop-probability", 0.0)

    def _forget(self, source: Gst.Element) -> None:
        with self._lock:
            self._sources = [entry for entry in self._sources if entry[0] is not source]

    def run(self) -> None:
        due, pause = time.monotonic(), threading.Event()
        while True:
            due += 1 / self._fps
            pause.wait(max(0.0, due - time.monotonic()))
            if self.frozen:
                continue
            with self._lock:
                sources, self._sources = self._sources, []
                for source, index in sources:
                    # Every media starts at the clip's first key picture.
                    unit = self._units[index % len(self._units)]
                    source.emit("push-buffer", unit.copy_deep())
                    self._sources.append((source, index + 1))


def add_password(server: GstRtspServer.RTSPServer, user: str, password: str, digest: bool) -> None:
    auth = GstRtspServer.RTSPAuth()
    token = GstRtspServer.RTSPToken()
    token.set_string("media.factory.role", "viewer")
    if digest:
        auth.set_supported_methods(GstRtsp.RTSPAuthMethod.DIGEST)
        auth.add_digest(user, password, token)
    else:
        auth.add_basic(GstRtspServer.RTSPAuth.make_basic(user, password), token)
    server.set_auth(auth)


def arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser()
    parser.add_argument("clip", type=Path)
    parser.add_argument("--fps", type=float, default=15.0)
    parser.add_argument("--transport", choices=sorted(TRANSPORTS), default="any")
    parser.add_argument("--codec", choices=["h264", "h265"], default="h264")
    parser.add_argument("--user")
    parser.add_argument("--password", default="")
    parser.add_argument("--digest", action="store_true")
    parser.add_argument("--port", default="0")
    parser.add_argument("--loss", type=float, default=0.0)
    parser.add_argument("--sets", type=int, default=1)
    return parser.parse_args()


def main() -> None:
    options = arguments()
    paying = (LOSING if options.loss else PAYING).format(
        codec=options.codec, sets=options.sets, loss=options.loss
    )

    Gst.init(None)
    server = GstRtspServer.RTSPServer()
    server.set_address("127.0.0.1")
    server.set_service(options.port)
    if options.user:
        add_password(server, options.user, options.password, options.digest)
    camera = Camera(read_clip(options.clip), options.fps)
    mounts = server.get_mount_points()

    def mount(path: str) -> None:
        factory = GstRtspServer.RTSPMediaFactory()
        factory.set_launch(PIPELINE.format(codec=options.codec, paying=paying))
        factory.set_shared(False)
        factory.set_protocols(TRANSPORTS[options.transport])
        if options.user:
            # Without the role only the password's owner may look, and nobody may construct anything.
            permissions = GstRtspServer.RTSPPermissions()
            permissions.add_permission_for_role("viewer", "media.factory.access", True)
            permissions.add_permission_for_role("viewer", "media.factory.construct", True)
            factory.set_permissions(permissions)
        factory.connect("media-configure", camera.on_media_configure)
        mounts.add_factory(path, factory)

    for number in range(1, 10):
        mount(f"/{number}")
    server.attach(None)
    threading.Thread(target=camera.run, daemon=True).start()
    loop = GLib.MainLoop()

    def drop_all() -> bool:
        server.client_filter(lambda _server, _client: GstRtspServer.RTSPFilterResult.REMOVE)
        return False

    def obey() -> None:
        for line in sys.stdin:
            command = line.strip()
            if command == "freeze":
                camera.frozen = True
            elif command == "thaw":
                camera.frozen = False
            elif command == "drop":
                GLib.idle_add(drop_all)
            elif command == "present":
                GLib.idle_add(mount, "/late")
            elif command == "whole":
                camera.lose_nothing()
        loop.quit()

    threading.Thread(target=obey, daemon=True).start()
    print(json.dumps({"port": server.get_bound_port()}), flush=True)
    loop.run()


if __name__ == "__main__":
    main()
