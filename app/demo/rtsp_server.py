"""The demo's RTSP server: plays reels round and round, over TCP and UDP, while somebody watches.

A script of its own for the system's Python, since GStreamer's bindings (Debian: python3-gi,
gir1.2-gst-rtsp-server-1.0, gstreamer1.0-plugins-base, -good, -bad) are not on PyPI. Standard library and
``gi`` only. Run it as ``python3 -m app.demo.rtsp_server``. It reads one line of JSON on stdin
(``{"mounts": {"/cam-01/main": {"reel": FILE, "user": ..., "password": ...}}}``; user and password may be
left out), prints ``{"port": N}``, and ends when stdin does. Without the bindings it prints
``{"error": ..., "hint": ...}`` and ends with 2.
"""

from __future__ import annotations

import json
import sys
import threading
import time
from pathlib import Path
from typing import Any

from app.demo.reel import Reel, read_reel

HINT = (
    "Debian or Ubuntu: sudo apt install python3-gi gir1.2-gst-rtsp-server-1.0 "
    "gstreamer1.0-plugins-base gstreamer1.0-plugins-good gstreamer1.0-plugins-bad"
)
LAUNCH = (
    "( appsrc name=pictures is-live=true format=time block=false "
    'caps="video/x-h264,stream-format=byte-stream,alignment=au" '
    "! h264parse ! rtph264pay name=pay0 pt=96 config-interval=-1 aggregate-mode=none )"
)
NS = 1_000_000_000
LATE = 2.0
"""A feed more than this many seconds behind goes on from now instead of catching up."""


class Feed:
    """Feeds one open medium with its reel's pictures at their pace, timestamps running on for ever."""

    def __init__(self, gst: Any, glib: Any, reel: Reel, source: Any) -> None:
        self._gst, self._glib, self._reel, self._source = gst, glib, reel, source
        # Every watcher sees the same moment of the loop; the first picture must be one to start with.
        now = int(time.time() * reel.fps)
        self._number = now - now % reel.key_every
        self._begun: float | None = None
        self._origin_ns = 0
        self._sent = 0
        self._rewind = False
        self._timer = glib.timeout_add(round(1000 / reel.fps / 2), self._tick)

    def rewind(self) -> None:
        """Send a picture next that can be decoded alone: what was sent before PLAY reached nobody."""
        self._rewind = True

    def stop(self) -> None:
        """Feed no more."""
        if self._timer:
            self._glib.source_remove(self._timer)
            self._timer = 0

    def _tick(self) -> bool:
        if self._source.get_state(0).state != self._gst.State.PLAYING:
            # It has a clock before it has a time to count from: its pictures would be due in hours.
            return True
        now = time.monotonic()
        if self._begun is None or now - self._begun - self._sent / self._reel.fps > LATE:
            self._begun = now
            self._sent = 0
            self._origin_ns = self._running_ns()
        if self._rewind:
            self._rewind = False
            self._number -= self._number % self._reel.key_every
        while self._sent <= (now - self._begun) * self._reel.fps:
            buffer = self._gst.Buffer.new_wrapped(self._reel.picture(self._number))
            buffer.pts = buffer.dts = self._origin_ns + round(self._sent * NS / self._reel.fps)
            buffer.duration = round(NS / self._reel.fps)
            self._number += 1
            self._sent += 1
            if self._source.emit("push-buffer", buffer) != self._gst.FlowReturn.OK:
                self._timer = 0
                return False
        return True

    def _running_ns(self) -> int:
        clock = self._source.get_clock()
        return max(0, int(clock.get_time() - self._source.get_base_time())) if clock else 0


class Mount:
    """One address of the server: opens its reel when the first watcher comes."""

    def __init__(self, gst: Any, glib: Any, reel: Path) -> None:
        self._gst, self._glib, self._path = gst, glib, reel
        self._reel: Reel | None = None

    def configure(self, _factory: Any, media: Any) -> None:
        """Start the feed of a medium that is being opened, and end it with the medium."""
        if self._reel is None:
            self._reel = read_reel(self._path)
        feed = Feed(self._gst, self._glib, self._reel, media.get_element().get_by_name("pictures"))
        media.connect("unprepared", lambda _media: feed.stop())
        playing = int(self._gst.State.PLAYING)
        media.connect("new-state", lambda _media, state: feed.rewind() if state == playing else None)


def serve(config: dict[str, Any]) -> int:
    """Serve the configured mounts until stdin ends; returns the exit code."""
    try:
        import gi  # noqa: PLC0415 - told in words when it is missing

        gi.require_version("Gst", "1.0")
        gi.require_version("GstRtspServer", "1.0")
        from gi.repository import GLib, Gst, GstRtspServer  # noqa: PLC0415
    except (ImportError, ValueError) as error:
        _say({"error": f"GStreamer's RTSP server is missing: {error}", "hint": HINT})
        return 2
    Gst.init(None)
    missing = [n for n in ("appsrc", "h264parse", "rtph264pay") if Gst.ElementFactory.find(n) is None]
    if missing:
        _say({"error": f"GStreamer lacks {', '.join(missing)}", "hint": HINT})
        return 2
    server = GstRtspServer.RTSPServer()
    server.set_address("127.0.0.1")
    server.set_service("0")
    auth = GstRtspServer.RTSPAuth()
    auth.set_default_token(_token(GstRtspServer, "anonymous"))
    mounts = server.get_mount_points()
    for path, entry in config["mounts"].items():
        factory = GstRtspServer.RTSPMediaFactory()
        factory.set_launch(LAUNCH)
        factory.set_shared(True)
        role = "anonymous"
        if entry.get("user"):
            role = f"{entry['user']}:{entry['password']}"
            basic = GstRtspServer.RTSPAuth.make_basic(entry["user"], entry["password"])
            auth.add_basic(basic, _token(GstRtspServer, role))
        rights = GstRtspServer.RTSPPermissions()
        # Without "access" GStreamer answers 404; without "construct" it asks for a password (401).
        for who in {"anonymous", role}:
            rights.add_permission_for_role(who, "media.factory.access", True)
        rights.add_permission_for_role(role, "media.factory.construct", True)
        factory.set_permissions(rights)
        factory.connect("media-configure", Mount(Gst, GLib, Path(entry["reel"])).configure)
        mounts.add_factory(path, factory)
    server.set_auth(auth)
    if not server.attach(None):
        _say({"error": "no free port on the loopback address", "hint": ""})
        return 1
    loop = GLib.MainLoop()
    GLib.timeout_add_seconds(5, lambda: server.get_session_pool().cleanup() >= 0)
    threading.Thread(target=_end_with_stdin, args=(GLib, loop), daemon=True).start()
    _say({"port": server.get_bound_port()})
    loop.run()
    return 0


def _token(rtsp: Any, role: str) -> Any:
    token = rtsp.RTSPToken()
    token.set_string("media.factory.role", role)
    return token


def _end_with_stdin(glib: Any, loop: Any) -> None:
    while sys.stdin.readline():
        pass
    glib.idle_add(loop.quit)


def _say(message: dict[str, Any]) -> None:
    sys.stdout.write(json.dumps(message) + "\n")
    sys.stdout.flush()


def main() -> int:
    """Read the configuration from stdin and serve."""
    line = sys.stdin.readline()
    return serve(json.loads(line)) if line else 0


if __name__ == "__main__":
    sys.exit(main())
