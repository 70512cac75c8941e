"""An RTSP camera for tests, on loopback: run with the system's Python, which has GStreamer's bindings.

    /usr/bin/python3 rtsp_server.py CLIP [--fps 15] [--transport any|tcp|udp]
        [--user U] [--password P] [--digest] [--port N] [--loss SHARE] [--sets S]
        [--sound pcmu|pcma|aac|opus|broken] [--refuse-sound]

CLIP holds access units as `video_clips.write_clip` writes them; they are sent in a loop, stamped with
the time of sending. Every path /1 … /9 serves the same clip, every other one is 404. The port is told
as one JSON line on stdout. Commands, one a line on stdin: ``freeze`` (connections stay, no packet comes),
``thaw``, ``drop`` (close all connections), ``present`` (from now on there is a path /late), ``whole`` (the
loss is over). ``--loss`` leaves out that share of the RTP packets, ``--sets`` is the payloader's interval for
parameter sets, 0 for none. With ``--sound`` each path /N also sends a tone of N × 200 Hz, which goes on while
the pictures are frozen; ``broken`` sends noise as AAC. ``--refuse-sound`` lists the sound and refuses to set
it up. End of stdin ends the server.
"""

from __future__ import annotations

import argparse
import array
import json
import math
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
# Not audiotestsrc: it can be sought in, and then the server tries to.
TONE = (
    "appsrc name=tone is-live=true format=time do-timestamp=true"
    " caps=audio/x-raw,format=S16LE,layout=interleaved,rate=48000,channels=1"
    " ! audioconvert ! audioresample"
)
NOISE = (
    "fakesrc is-live=true do-timestamp=true filltype=random sizetype=fixed sizemax=200 datarate=6000"
    " ! audio/mpeg,mpegversion=4,stream-format=raw,channels=1,rate=16000,codec_data=(buffer)1408"
    " ! rtpmp4gpay"
)
SOUNDS = {
    "pcmu": TONE + " ! audio/x-raw,rate=8000,channels=1 ! mulawenc ! rtppcmupay",
    "pcma": TONE + " ! audio/x-raw,rate=8000,channels=1 ! alawenc ! rtppcmapay",
    "aac": TONE + " ! audio/x-raw,rate=16000,channels=1 ! voaacenc bitrate=32000 ! aacparse ! rtpmp4gpay",
    "opus": TONE + " ! audio/x-raw,rate=48000,channels=2 ! opusenc ! rtpopuspay",
    "broken": NOISE,
}
REFUSED = GstRtsp.RTSPStatusCode.INTERNAL_SERVER_ERROR
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


def takes(source: Gst.Element) -> bool:
    """Say whether a source plays: before that it counts from nothing, and its picture is due in hours."""
    return source.get_state(0).state == Gst.State.PLAYING


class Tone:
    """Pushes a sine into every open media, 20 ms at a time."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._sources: list[tuple[Gst.Element, Gst.Buffer]] = []

    def on_media_configure(
        self, _factory: GstRtspServer.RTSPMediaFactory, media: GstRtspServer.RTSPMedia, hz: int
    ) -> None:
        source = media.get_element().get_by_name("tone")
        if source is None:
            return
        # A whole number of waves fits, since each tone is a multiple of 50 Hz.
        samples = (int(12_000 * math.sin(math.tau * hz * n / 48_000)) for n in range(960))
        with self._lock:
            self._sources.append((source, Gst.Buffer.new_wrapped(array.array("h", samples).tobytes())))
        media.connect("unprepared", lambda _media: self._forget(source))

    def _forget(self, source: Gst.Element) -> None:
        with self._lock:
            self._sources = [entry for entry in self._sources if entry[0] is not source]

    def run(self) -> None:
        due, pause = time.monotonic(), threading.Event()
        while True:
            due += 0.02
            pause.wait(max(0.0, due - time.monotonic()))
            with self._lock:
                for source, wave in self._sources:
                    if takes(source):
                        source.emit("push-buffer", wave.copy_deep())


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
                    ready = takes(source)
                    if ready:
                        source.emit("push-buffer", self._units[index % len(self._units)].copy_deep())
                    self._sources.append((source, index + ready))


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


def refuse_sound(_server: GstRtspServer.RTSPServer, client: GstRtspServer.RTSPClient) -> None:
    def answer(
        _client: GstRtspServer.RTSPClient, context: GstRtspServer.RTSPContext
    ) -> GstRtsp.RTSPStatusCode:
        return REFUSED if context.uri.abspath.endswith("stream=1") else GstRtsp.RTSPStatusCode.OK

    client.connect("pre-setup-request", answer)


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
    parser.add_argument("--sound", choices=sorted(SOUNDS))
    parser.add_argument("--refuse-sound", action="store_true")
    return parser.parse_args()


def server_of(options: argparse.Namespace) -> GstRtspServer.RTSPServer:
    Gst.init(None)
    server = GstRtspServer.RTSPServer()
    server.set_address("127.0.0.1")
    server.set_service(options.port)
    if options.user:
        add_password(server, options.user, options.password, options.digest)
    if options.refuse_sound:
        server.connect("client-connected", refuse_sound)
    return server


def main() -> None:
    options = arguments()
    paying = (LOSING if options.loss else PAYING).format(
        codec=options.codec, sets=options.sets, loss=options.loss
    )

    server = server_of(options)
    camera = Camera(read_clip(options.clip), options.fps)
    mounts = server.get_mount_points()

    tone = Tone()

    def mount(path: str, hz: int = 200) -> None:
        factory = GstRtspServer.RTSPMediaFactory()
        launch = PIPELINE.format(codec=options.codec, paying=paying)
        if options.sound:
            launch = f"( {launch} {SOUNDS[options.sound]} name=pay1 pt=97 )"
        factory.set_launch(launch)
        factory.set_shared(False)
        factory.set_protocols(TRANSPORTS[options.transport])
        if options.user:
            # Without the role only the password's owner may look, and nobody may construct anything.
            permissions = GstRtspServer.RTSPPermissions()
            permissions.add_permission_for_role("viewer", "media.factory.access", True)
            permissions.add_permission_for_role("viewer", "media.factory.construct", True)
            factory.set_permissions(permissions)
        factory.connect("media-configure", camera.on_media_configure)
        factory.connect("media-configure", tone.on_media_configure, hz)
        mounts.add_factory(path, factory)

    for number in range(1, 10):
        mount(f"/{number}", 200 * number)
    server.attach(None)
    threading.Thread(target=camera.run, daemon=True).start()
    threading.Thread(target=tone.run, daemon=True).start()
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
